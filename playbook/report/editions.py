"""One set of notebooks, several editions: the cells' tags say what each edition keeps.

| tag | a cell with it | guide | report | workshop-learner | workshop-trainer |
|---|---|---|---|---|---|
| (none) | question, call and display | yes | yes | yes | yes |
| `learn` | explains; text alone | yes | where its section shows something | yes | yes |
| `exercise` | asks, and checks an answer | yes | no | yes | yes |
| `solution` | one way to the answer | yes, folded | no | no | yes |
| `control` | a slider and what it moves | yes | no | yes | yes |
| `notes` | is for the trainer | no | no | no | yes |

An exercise cell may hold its solution itself, between ``### BEGIN SOLUTION`` and ``### END SOLUTION``: where solutions go, a stub takes
its place. What stands between ``### BEGIN HIDDEN TESTS`` and ``### END HIDDEN TESTS`` is kept for the trainer alone.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playbook.errors import BadCall, did_you_mean

STUB = "answer = ...  # your answer here"
_REGION = r"^[ \t]*###[ \t]*BEGIN {0}[^\n]*\n.*?^[ \t]*###[ \t]*END {0}[^\n]*(?:\n|\Z)"
_SOLUTION = re.compile(_REGION.format("SOLUTION"), re.M | re.S)
_TESTS = re.compile(_REGION.format("HIDDEN TESTS"), re.M | re.S)
_HEADING = re.compile(r"^(#{1,6})[ \t]+\S.*$", re.M)
# cells that every chapter has, and that by themselves show a reader nothing
_MACHINERY = frozenset({"parameters", "injected-parameters", "keep_output", "record"})


@dataclass(frozen=True, kw_only=True)
class Edition:
    """What one edition keeps.

    Attributes
    ----------
    without : frozenset of str
        Cells with one of these tags are left out.
    solutions : bool
        Whether solutions inside exercise cells stay; otherwise a stub takes their place.
    tests : bool
        Whether hidden tests stay.
    folded : frozenset of str
        Cells with one of these tags show closed in JupyterLab.
    bare : bool
        Whether sections that show nothing go, with their headings.
    """

    without: frozenset[str]
    solutions: bool = False
    tests: bool = False
    folded: frozenset[str] = frozenset()
    bare: bool = False


EDITIONS = {
    "guide": Edition(without=frozenset({"notes"}), folded=frozenset({"solution"})),
    "report": Edition(without=frozenset({"exercise", "solution", "control", "notes"}), bare=True),
    "workshop-learner": Edition(without=frozenset({"solution", "notes"})),
    "workshop-trainer": Edition(without=frozenset(), solutions=True, tests=True),
}


def tags(cell: Any) -> set[str]:
    """Return a cell's tags."""
    return set(cell.get("metadata", {}).get("tags", []))


def edition(notebook: Any, name: str) -> Any:
    """Return an edition of a notebook; the notebook that is handed in stays as it is.

    Parameters
    ----------
    notebook : NotebookNode
        One of the guide's notebooks, or an executed one.
    name : {'guide', 'report', 'workshop-learner', 'workshop-trainer'}

    Raises
    ------
    BadCall
        Where there is no such edition.

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
    >>> book = new_notebook(cells=[new_markdown_cell("# A"), new_code_cell("check('a-1', 2)", metadata={"tags": ["exercise"]})])
    >>> len(edition(book, "guide").cells), len(edition(book, "report").cells)
    (2, 1)
    """
    if name not in EDITIONS:
        raise BadCall(f"{name!r} is not an edition{did_you_mean(name, EDITIONS)}; the editions are {', '.join(EDITIONS)}.")
    rules = EDITIONS[name]
    out = copy.deepcopy(notebook)
    dropped = [bool(tags(c) & rules.without) for c in out.cells]
    if rules.bare:
        dropped = with_empty_sections(out.cells, dropped)
    out.cells = [_as_kept(c, rules) for c, gone in zip(out.cells, dropped, strict=True) if not gone]
    return out


def write(source: Path, target: Path, name: str) -> list[Path]:
    """Write an edition of every notebook of a folder into another one; return what was written.

    Raises
    ------
    BadCall
        Where there is no such edition, or `target` is `source`.
    """
    import nbformat

    if Path(source).resolve() == Path(target).resolve():
        raise BadCall(f"{target} holds the notebooks that editions are made from; name another folder.")
    target.mkdir(parents=True, exist_ok=True)
    out = []
    for path in sorted(source.glob("*.ipynb")):
        book = edition(nbformat.read(str(path), as_version=4), name)
        (target / path.name).write_text(nbformat.writes(book) + "\n", encoding="utf-8", newline="\n")
        out.append(target / path.name)
    return out


def without_solution(source: str) -> str:
    """Put a stub in the place of a solution, and take hidden tests out.

    >>> without_solution('### BEGIN SOLUTION\\nanswer = 2\\n### END SOLUTION\\ncheck("a-1", answer)')
    'answer = ...  # your answer here\\ncheck("a-1", answer)'
    """
    return _TESTS.sub("", _SOLUTION.sub(STUB + "\n", source)).rstrip("\n")


def _as_kept(cell: Any, rules: Edition) -> Any:
    own = tags(cell)
    if cell.cell_type == "code":
        if not rules.solutions and "solution" not in own and _SOLUTION.search(cell.source):
            cell.source = without_solution(cell.source)
        if not rules.tests:
            cell.source = _TESTS.sub("", cell.source).rstrip("\n")
    if own & rules.folded:
        cell.metadata["jupyter"] = {**cell.metadata.get("jupyter", {}), "source_hidden": True}
    return cell


def with_empty_sections(cells: list[Any], dropped: list[bool]) -> list[bool]:
    """Also drop the text of sections in which nothing is shown: those that only teach, and those that lost what they showed."""
    out = list(dropped)
    starts = [(i, _level(c)) for i, c in enumerate(cells) if not dropped[i] and _level(c) > 1]
    for at, level in starts:
        end = next((i for i in range(at + 1, len(cells)) if not dropped[i] and 0 < _level(cells[i]) <= level), len(cells))
        inside = range(at + 1, end)
        shows = any(cells[i].cell_type == "code" and not dropped[i] and not tags(cells[i]) & _MACHINERY for i in inside)
        lost = any(dropped[i] and cells[i].cell_type == "code" for i in inside)
        words = any(_prose(cells[i]) for i in range(at, end) if not dropped[i])
        if not shows and (lost or not words or "learn" in tags(cells[at])):
            for i in range(at, end):
                out[i] = out[i] or cells[i].cell_type == "markdown"
    return out


def _level(cell: Any) -> int:
    """Return the level of the heading that a text cell begins with; 0 where it begins with none."""
    match = _HEADING.match(cell.source.lstrip()) if cell.cell_type == "markdown" else None
    return len(match[1]) if match else 0


def _prose(cell: Any) -> str:
    return _HEADING.sub("", cell.source).strip() if cell.cell_type == "markdown" else ""
