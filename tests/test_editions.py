"""Editions: one set of notebooks, and what each reader gets of it."""

from __future__ import annotations

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from playbook.chapters import CHAPTERS
from playbook.errors import BadCall
from playbook.report import editions
from playbook.report.editions import EDITIONS, edition, tags
from playbook.teach.exercises import of

from .conftest import ROOT

each_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=[c.name for c in CHAPTERS])


def opened(chapter):
    return nbformat.read(ROOT / "notebooks" / chapter.notebook, as_version=4)


def text(source, *names):
    return new_markdown_cell(source, metadata={"tags": list(names)})


def code(source, *names):
    return new_code_cell(source, metadata={"tags": list(names)})


def made():
    return new_notebook(
        cells=[
            text("# A chapter\n\nIts question."),
            code("A: int = 1  # posts", "parameters"),
            text("## Only taught\n\nWords.", "learn"),
            text("## Shown\n\nWords.", "learn"),
            code("show(1)"),
            text("### Exercise\n\nHow many?", "exercise"),
            code("answer = ...\ncheck('a-1', answer)", "exercise"),
            code("### BEGIN SOLUTION\nanswer = 2\n### END SOLUTION", "solution"),
            text("## Try it\n\nMove the slider."),
            code("controls(1)", "control"),
            code("# NBVAL_CHECK_OUTPUT\nprint(1)", "keep_output"),
            text("## Said plainly\n\nA section of words that is not for learners alone."),
            text("## For the trainer", "notes"),
            code("record(1)", "record"),
        ]
    )


def sources(book):
    return [c.source for c in book.cells]


def test_each_edition_keeps_what_its_reader_needs():
    kept = {name: sources(edition(made(), name)) for name in EDITIONS}
    assert kept["workshop-trainer"] == sources(made())
    assert kept["guide"] == [s for s in sources(made()) if "For the trainer" not in s]
    assert kept["workshop-learner"] == [s for s in kept["guide"] if "SOLUTION" not in s]
    assert [s.splitlines()[0] for s in kept["report"]] == [
        "# A chapter", "A: int = 1  # posts", "## Shown", "show(1)", "# NBVAL_CHECK_OUTPUT", "## Said plainly", "record(1)",
    ]  # fmt: skip


def test_solutions_lie_folded_in_the_guide():
    solution = next(c for c in edition(made(), "guide").cells if "solution" in tags(c))
    assert solution.metadata["jupyter"]["source_hidden"] is True


def test_a_section_stays_while_a_part_of_it_shows_something():
    book = new_notebook(cells=[text("# A"), text("## B", "learn"), text("### C\n\nWords."), code("show(1)"), text("### D"), text("## E")])
    assert sources(edition(book, "report")) == ["# A", "## B", "### C\n\nWords.", "show(1)"]


def test_a_notebook_handed_in_stays_as_it_is():
    book = made()
    before = nbformat.writes(book)
    for name in EDITIONS:
        edition(book, name)
    assert nbformat.writes(book) == before


def test_solutions_inside_an_exercise_become_a_stub():
    source = "a = 1\n### BEGIN SOLUTION\nanswer = a + 1\n### END SOLUTION\n### BEGIN HIDDEN TESTS\nassert answer == 2\n### END HIDDEN TESTS"
    book = new_notebook(cells=[code(source, "exercise")])
    assert sources(edition(book, "workshop-learner")) == [f"a = 1\n{editions.STUB}"]
    assert sources(edition(book, "workshop-trainer")) == [source]


def test_unknown_editions_are_named():
    with pytest.raises(BadCall, match=r"'reports' is not an edition .did you mean report"):
        edition(made(), "reports")


def test_editions_are_not_written_over_their_source(tmp_path):
    with pytest.raises(BadCall, match="name another folder"):
        editions.write(tmp_path, tmp_path, "guide")


@each_chapter
def test_a_report_has_no_exercise_and_no_empty_heading(chapter):
    book = edition(opened(chapter), "report")
    assert not [c for c in book.cells if tags(c) & {"exercise", "solution", "control", "notes"}]
    assert "check(" not in "\n".join(c.source for c in book.cells if c.cell_type == "code")
    for cell, after in zip(book.cells, [*book.cells[1:], None], strict=True):
        if re.fullmatch(r"#+ .*", cell.source.strip()):
            assert after is not None and not re.match("#+ ", after.source), f"{chapter.notebook}: nothing below {cell.source!r}"
    # whatever the guide computes for its reader, the report computes too
    assert [c.source for c in opened(chapter).cells if c.cell_type == "code" and not tags(c) & EDITIONS["report"].without] == [
        c.source for c in book.cells if c.cell_type == "code"
    ]


@each_chapter
def test_the_learners_edition_holds_no_solution(chapter):
    """No mark, no hidden test, and no line of a solution, however it is indented, that the chapter does not need anyway."""
    whole, book = opened(chapter), edition(opened(chapter), "workshop-learner")
    said = "\n".join(sources(book))
    assert "SOLUTION" not in said and "HIDDEN TESTS" not in said
    assert not [c for c in book.cells if c.get("outputs") and "keep_output" not in tags(c)]
    taught = {line.strip() for c in whole.cells if "solution" not in tags(c) for line in c.source.splitlines()}
    solving = [line.strip() for c in whole.cells if "solution" in tags(c) for line in c.source.splitlines()]
    own = [line for line in solving if line and not line.startswith("#") and line not in taught]
    assert len(own) >= len(of(chapter.name)), "solutions that the chapter shows anyway"
    assert not [line for line in own if line in said]
    # whatever is left out is the solutions and the notes, and nothing else
    assert sources(book) == [c.source for c in whole.cells if not tags(c) & {"solution", "notes"}]


def test_editions_are_written_as_notebooks_are_kept(tmp_path):
    """Without exercises and notes the guide's edition is the source, byte for byte."""
    for path in editions.write(ROOT / "notebooks", tmp_path, "workshop-trainer"):
        assert path.read_bytes() == (ROOT / "notebooks" / path.name).read_bytes()
