"""Finding a learner's answers wherever they stand in a notebook: copied, split, moved, renamed, or gone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

Status = Literal["answered", "unanswered", "by hand"]
ABSENT = "no cell checks this exercise: it was emptied or deleted, or its check call was changed"
BESIDE = "left open where it is checked, while a cell beside it gives an answer"


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found of one exercise.

    Attributes
    ----------
    status : {'answered', 'unanswered', 'by hand'}
    source : str
        Code that leaves the answer in `answer`; empty where there is none.
    reason : str
        Why somebody has to look at it.
    """

    status: Status
    source: str = ""
    reason: str = ""


@dataclass(frozen=True)
class _Cell:
    source: str
    tree: ast.Module | None
    checks: tuple[tuple[str, ast.expr | None], ...]
    tasks: tuple[str, ...]
    grade_id: str

    def sets(self, name: str) -> bool:
        """Whether it gives a name a value."""
        return self.tree is not None and any(
            isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store) for n in ast.walk(self.tree)
        )


def gathered(book: Any, exercises: Iterable[str], released: Iterable[str] = ()) -> dict[str, Found]:
    """Find the answers of a notebook by the ids in its `check` calls.

    Parameters
    ----------
    book : NotebookNode
        As the learner left it.
    exercises : iterable of str
        Ids to look for.
    released : iterable of str
        Sources of the cells as the learner got them: what is not among these was written by the learner.

    Returns
    -------
    dict of str to Found
        In the order of `exercises`.
    """
    cells = [_read(c) for c in book.cells if c.cell_type == "code"]
    given = {_plain(s) for s in released}
    return {name: _found(name, cells, given) for name in exercises}


def merged(found: dict[str, Found], own: str) -> Found:
    """Bring together what several notebooks of one learner hold of an exercise; `own` is the name of the chapter's notebook.

    >>> merged({"a.ipynb": Found(status="unanswered"), "b.ipynb": Found(status="answered", source="answer = 1")}, "a.ipynb").reason
    'found in b.ipynb'
    """
    there = {n: f for n, f in found.items() if f.reason != ABSENT}
    if not there:
        return next(iter(found.values()), Found(status="by hand", reason=ABSENT))
    answered = {n: f for n, f in there.items() if f.status == "answered"}
    if len({_same(f) for f in answered.values()}) > 1:
        return Found(status="by hand", reason=f"answered differently in {' and '.join(answered)}")
    for name, one in there.items():
        if one.status == "by hand":
            return Found(status="by hand", reason=one.reason if len(there) == 1 else f"{name}: {one.reason}")
    name, one = next(iter(answered.items()), next(iter(there.items())))
    return one if not answered or own in answered else Found(status=one.status, source=one.source, reason=f"found in {name}")


def _read(cell: Any) -> _Cell:
    source = cell.source
    grade_id = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", "")
    try:
        # what IPython alone understands is no part of an answer
        tree = ast.parse(re.sub(r"^[ \t]*[%!].*$", "pass", source, flags=re.M))
    except SyntaxError:
        ids = re.findall(r"""\bcheck\(\s*["']([\w-]+)["']""", source)
        return _Cell(source, None, tuple((i, None) for i in ids), (), grade_id)
    checks, tasks = [], []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name == "check":
                value = node.args[1] if len(node.args) > 1 else next((k.value for k in node.keywords if k.arg == "answer"), None)
                checks.append((node.args[0].value, value))
            elif name == "task":
                tasks.append(node.args[0].value)
    return _Cell(source, tree, tuple(checks), tuple(tasks), grade_id)


def _plain(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def _found(name: str, cells: list[_Cell], given: set[str]) -> Found:
    at = [i for i, c in enumerate(cells) if any(x == name for x, _ in c.checks)]
    if not at:
        own = [c for c in cells if c.grade_id == name and c.source.strip()]
        if len(own) == 1 and own[0].sets("answer"):
            return Found(status="answered", source=own[0].source)
        return Found(status="by hand", reason=ABSENT)
    candidates = [_candidate(name, i, cells, given) for i in at]
    answered = {_same(c): c for c in candidates if c.status == "answered"}
    trouble = [c for c in candidates if c.status == "by hand"]
    if len(answered) > 1:
        return Found(status="by hand", reason=f"answered {len(answered)} times, each time differently")
    if answered and not trouble:
        return next(iter(answered.values()))
    if trouble:
        return trouble[0]
    return candidates[0]


def _same(found: Found) -> str:
    """Return what is equal for answers that differ in spaces and comments alone."""
    return ast.dump(ast.parse(found.source))


def _candidate(name: str, at: int, cells: list[_Cell], given: set[str]) -> Found:
    cell = cells[at]
    if cell.tree is None:
        return Found(status="by hand", reason="its cell is no Python: something was left half-written")
    values = [v for x, v in cell.checks if x == name]
    value = values[-1]
    if value is None:
        return Found(status="by hand", reason="its check call is given no answer")
    if isinstance(value, ast.Constant) and value.value is ...:
        return Found(status="unanswered")
    names = [n.id for n in ast.walk(value) if isinstance(n, ast.Name)]
    # cells of the learner's own before it belong to the answer, back to the cell that gave the numbers or to another exercise
    before: list[_Cell] = []
    for other in reversed(cells[:at]):
        if name in other.tasks or other.checks or _plain(other.source) in given:
            break
        if other.tree is not None and other.source.strip():
            before.insert(0, other)
    wanted = names[0] if isinstance(value, ast.Name) else None
    if wanted and not cell.sets(wanted) and not any(o.sets(wanted) for o in before):
        return Found(status="by hand", reason=f"no cell between its numbers and its check gives {wanted!r} a value")
    source = "\n".join(o.source for o in (*before, cell))
    if wanted and _left_open(ast.parse("\n".join(_without_magic(o.source) for o in (*before, cell))), wanted):
        beside = [*before, *_after(name, at, cells, given)]
        return Found(status="by hand", reason=BESIDE) if any(_gives(o, wanted) for o in beside) else Found(status="unanswered")
    if not (isinstance(value, ast.Name) and value.id == "answer"):
        source += f"\nanswer = {ast.unparse(value)}"
    return Found(status="answered", source=_without_magic(source))


def _after(name: str, at: int, cells: list[_Cell], given: set[str]) -> list[_Cell]:
    """Return the learner's own cells behind a check, up to the next cell of the chapter or check of another exercise."""
    out: list[_Cell] = []
    for other in cells[at + 1 :]:
        if other.tasks or any(x != name for x, _ in other.checks) or _plain(other.source) in given:
            break
        out.append(other)
    return out


def _gives(cell: _Cell, name: str) -> bool:
    """Say whether a cell leaves a name with a value other than the three dots."""
    return not cell.checks and cell.sets(name) and not _left_open(cell.tree, name)


def _without_magic(source: str) -> str:
    return re.sub(r"^[ \t]*[%!].*$", "pass", source, flags=re.M)


def _left_open(tree: ast.Module, name: str) -> bool:
    """Say whether the last value that a name is given is the three dots."""
    last = None
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            last = node.value
        elif any(isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store) for n in ast.walk(node)):
            last = node
    return isinstance(last, ast.Constant) and last.value is ...
