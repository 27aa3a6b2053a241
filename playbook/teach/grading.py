"""Grading with nbgrader: sources for an assignment, submissions brought into shape, marks, and what somebody has to look at.

nbgrader (the extra ``grading``) does the grading. It finds answers by the ids of cells, and of a doubled id it keeps the last; learners
copy, split and move cells. So answers are first gathered by the ids in their `check` calls and laid into the assignment's own notebook.
What cannot be told apart goes on a list with its reason, and gets no mark.

``python -m playbook.teach.grading COURSE WORKSHOP --chapter engagement`` does all of it: COURSE is nbgrader's folder, WORKSHOP the one that
`playbook workshop` made, with the learners' folders back in it.
"""

from __future__ import annotations

import ast
import contextlib
import csv
import os
import re
import shutil
import sys
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from playbook.chapters import chapter as find_chapter
from playbook.errors import NotUsable
from playbook.report.editions import STUB, edition, tags
from playbook.teach import submissions
from playbook.teach.exercises import EXERCISES, of
from playbook.teach.gathering import ABSENT, gathered, merged

ASSIGNMENT = "playbook"
CAMPAIGN = "campaign"
CONFIG = f'''"""nbgrader's settings for the playbook's exercises."""

c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "playbook"
c.ClearSolutions.code_stub = {{"python": {STUB!r}}}
c.ClearSolutions.enforce_metadata = False
c.ExecutePreprocessor.timeout = 300
# nothing is handed out or in through a shared folder
c.Exchange.root = "exchange"
# what a learner's folder holds travels with the submission
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback"]
'''
_FIELDS = ("learner", "exercise", "status", "points", "of", "reason")


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What became of one exercise of one learner.

    Attributes
    ----------
    status : {'answered', 'unanswered', 'by hand'}
    points : float or None
        None where somebody has to look, or before grading.
    reason : str
        Why somebody has to look, or what else is to be known.
    """

    learner: str
    exercise: str
    status: str
    points: float | None = None
    of: int = 0
    reason: str = ""


def source(book: Any, chapter: str) -> Any:
    """Turn one of the guide's notebooks into a source of nbgrader: solution and marks in cells with ids of ours.

    An exercise becomes an answer cell (``engagement-1``) and a locked cell of hidden tests (``engagement-1-marks``).
    """
    from nbformat.v4 import new_code_cell

    out = edition(book, "workshop-trainer")
    solutions = {e.id: _solution(out, e.id) for e in of(chapter)}
    cells = []
    for cell in out.cells:
        own = tags(cell)
        if "solution" in own:
            continue
        if "parameters" in own:
            cell.source = re.sub(r'^CAMPAIGN: str = ".*?"', f'CAMPAIGN: str = "{CAMPAIGN}"', cell.source, flags=re.M)
        cells.append(cell)
        name = _asked(cell)
        if "exercise" not in own or cell.cell_type != "code" or name is None:
            continue
        if "task(" in cell.source:
            # what an earlier exercise left must not count for this one
            cell.source = cell.source.replace("given = task", "answer = ...\ngiven = task")
            _mark(cell, f"{name}-numbers", solution=False)
            continue
        cell.source = re.sub(r"^answer = \.\.\..*$", lambda m, name=name: solutions[name], cell.source, flags=re.M)
        _mark(cell, name, solution=True)
        told = f"Not right yet; run check({name!r}, answer) to see why."
        tests = f'assert check("{name}", answer).right, {told!r}'
        marks = new_code_cell(
            f"# marks for {name}\n### BEGIN HIDDEN TESTS\nfrom playbook.teach import check\n\n{tests}\n### END HIDDEN TESTS",
            id=f"{name}-marks",
        )
        _mark(marks, f"{name}-marks", solution=False, points=EXERCISES[name].points)
        cells.append(marks)
    out.cells = cells
    return out


def _asked(cell: Any) -> str | None:
    match = re.search(r"""\b(?:check|task)\("([\w-]+)\"""", cell.source)
    return match[1] if match else None


def _solution(book: Any, name: str) -> str:
    cell = next(c for c in book.cells if "solution" in tags(c) and f'"{name}"' in c.source)
    return re.search(r"^### BEGIN SOLUTION$.*?^### END SOLUTION$", cell.source, re.M | re.S)[0]


def _mark(cell: Any, name: str, *, solution: bool, points: int | None = None) -> None:
    about = {
        "grade": points is not None,
        "grade_id": name,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    cell.metadata["nbgrader"] = about if points is None else {**about, "points": points}


def write_course(course: Path | str, chapters: Sequence[str]) -> list[Path]:
    """Write a course for nbgrader: its settings, and the sources of one assignment; return the sources."""
    import nbformat

    from playbook.folders import notebooks_dir

    course = Path(course)
    place = course / "source" / ASSIGNMENT
    place.mkdir(parents=True, exist_ok=True)
    (course / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    out = []
    for name in chapters:
        chapter = find_chapter(name)
        book = source(nbformat.read(str(notebooks_dir() / chapter.notebook), as_version=4), chapter.name)
        nbformat.validate(book)
        out.append(place / chapter.notebook)
        out[-1].write_text(nbformat.writes(book) + "\n", encoding="utf-8", newline="\n")
    return out


def generate(course: Path | str) -> None:
    """Run nbgrader's ``generate_assignment``: the release without solutions, and the grade book with its cells."""
    with _api(course) as api:
        _ran(api.generate_assignment(ASSIGNMENT, force=True, create=True), "generate_assignment")


def collect(course: Path | str, workshop: Path | str, chapters: Sequence[str]) -> list[Mark]:
    """Bring what learners left into the shape that nbgrader grades.

    Each learner's answers are laid into the assignment's notebooks, with the learner's own knobs and campaign.

    Parameters
    ----------
    course, workshop : path
    chapters : sequence of str

    Returns
    -------
    list of Mark
        One a learner and exercise, without points yet; a learner without a notebook is on the list for grading by hand.
    """
    import nbformat

    course, workshop = Path(course), Path(workshop)
    marks: list[Mark] = []
    for sent in submissions.submissions(workshop, course / "unpacked"):
        target = course / "submitted" / sent.learner / ASSIGNMENT
        shutil.rmtree(target, ignore_errors=True)
        asked = [e for name in chapters for e in of(find_chapter(name).name)]
        notebooks, unread = sent.read_notebooks()
        why = sent.trouble or ("" if notebooks or unread else "there is no notebook")
        if why:
            marks += [Mark(learner=sent.learner, exercise=e.id, status="by hand", of=e.points, reason=why) for e in asked]
            continue
        target.mkdir(parents=True)
        trouble, note = submissions.lay_campaign(sent, workshop, target / CAMPAIGN)
        for name in chapters:
            chapter = find_chapter(name)
            released = nbformat.read(str(course / "release" / ASSIGNMENT / chapter.notebook), as_version=4)
            found = _laid(released, notebooks, unread, sent.learner, chapter.name)
            if trouble:
                found = [replace(m, status="by hand", reason=trouble) for m in found]
            marks += [replace(m, reason="; ".join(filter(None, (m.reason, note)))) for m in found]
            (target / chapter.notebook).write_text(nbformat.writes(released) + "\n", encoding="utf-8", newline="\n")
    return marks


def _laid(released: Any, books: dict[str, Any], unread: dict[str, str], learner: str, chapter: str) -> list[Mark]:
    """Lay a learner's answers and knobs into the released notebook."""
    from playbook.folders import notebooks_dir

    import nbformat  # isort: skip

    own = find_chapter(chapter).notebook
    shipped = nbformat.read(str(notebooks_dir() / own), as_version=4)
    known = [c.source for c in (*released.cells, *edition(shipped, "workshop-learner").cells) if c.cell_type == "code"]
    asked = [e.id for e in of(chapter)]
    # the guide's own solutions, in a notebook that is not the workshop's, are nobody's answers
    shown = {c.source.strip() for c in shipped.cells if "solution" in tags(c)}
    found = {n: gathered(_without(b, shown), asked, known) for n, b in books.items()}
    # other chapters' notebooks say nothing of this one's exercises
    about = {n: f for n, f in found.items() if n == own or any(x.reason != ABSENT for x in f.values())}
    best = max(about, key=lambda n: sum(x.status == "answered" for x in about[n].values()), default=None)
    by_id = {c.metadata.get("nbgrader", {}).get("grade_id"): c for c in released.cells}
    knobs = _knobs(books[best]) if best else {}
    for cell in released.cells:
        if "parameters" in tags(cell):
            cell.source = re.sub(
                r"^([A-Z_]+)(: \w+ = )(.+?)(  #.*)$",
                lambda m: f"{m[1]}{m[2]}{knobs.get(m[1], m[3])}{m[4]}" if m[1] != "CAMPAIGN" else m[0],
                cell.source,
                flags=re.M,
            )
    # pictures and tables of the chapter are no part of an answer, and most of the time it takes to run
    released.cells = [c for c in released.cells if not _only_shows(c)]
    out = []
    for name in asked:
        what = merged({n: f[name] for n, f in about.items()}, own)
        if not about:
            what = replace(what, reason=next((w for n, w in unread.items() if own[:-6] in n), "there is no notebook of this chapter"))
        if what.source:
            by_id[name].source = what.source
        out.append(Mark(learner=learner, exercise=name, status=what.status, of=EXERCISES[name].points, reason=what.reason))
    return out


def _without(book: Any, sources: set[str]) -> Any:
    """Return a notebook without the cells of these sources."""
    return type(book)({**book, "cells": [c for c in book.cells if c.source.strip() not in sources]})


def _only_shows(cell: Any) -> bool:
    """Say whether a cell of the chapter leaves nothing behind: it shows, prints or records, and gives no name a value."""
    if cell.cell_type != "code" or "nbgrader" in cell.metadata:
        return False
    body = ast.parse(cell.source).body
    return bool(body) and all(isinstance(node, ast.Expr) for node in body)


def _knobs(book: Any) -> dict[str, str]:
    """Return the chapter's knobs as the learner set them, as source."""
    cell = next((c for c in book.cells if c.cell_type == "code" and "CAMPAIGN" in c.source and "=" in c.source), None)
    out: dict[str, str] = {}
    with contextlib.suppress(SyntaxError):
        for node in ast.parse(cell.source if cell else "").body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and isinstance(node.value, ast.Constant):
                out[node.target.id] = ast.unparse(node.value)
    return out


def grade(course: Path | str, marks: Iterable[Mark]) -> list[Mark]:
    """Run nbgrader's ``autograde`` and ``generate_feedback`` over all learners, and return their marks.

    What somebody has to look at gets no points, and is marked so in the grade book, too: answers that could not be told apart, and cells
    that stopped with an error.
    """
    from nbgrader.api import Gradebook, MissingEntry

    course, marks = Path(course), list(marks)
    graded = sorted({m.learner for m in marks if list((course / "submitted" / m.learner / ASSIGNMENT).glob("*.ipynb"))})
    place = course.resolve()
    failed: dict[str, str] = {}
    with _api(course) as api:
        for learner in graded:
            done = api.autograde(ASSIGNMENT, learner, force=True, create=True)
            if not done["success"]:
                failed[learner] = _last(done)
                continue
            _ran(api.generate_feedback(ASSIGNMENT, learner, force=True), "generate_feedback")
    out = []
    with _api(course), Gradebook("sqlite:///gradebook.db") as book:
        for mark in marks:
            chapter = find_chapter(EXERCISES[mark.exercise].chapter)
            notebook = chapter.notebook.removesuffix(".ipynb")
            if mark.learner in failed:
                out.append(replace(mark, status="by hand", reason=f"autograde stopped: {failed[mark.learner]}"))
                continue
            try:
                cell = book.find_grade(f"{mark.exercise}-marks", notebook, ASSIGNMENT, mark.learner)
            except MissingEntry:
                out.append(mark)
                continue
            stopped, said = _ran_to(place / "autograded" / mark.learner / ASSIGNMENT / chapter.notebook, mark.exercise)
            if mark.status == "answered" and stopped:
                mark = replace(mark, status="by hand", reason=f"its cell stops: {stopped}")
            if mark.status == "by hand":
                cell.needs_manual_grade = True
                out.append(mark)
            else:
                points = float(cell.auto_score or 0.0)
                told = said if mark.status == "answered" and not points else ""
                out.append(replace(mark, points=points, reason="; ".join(filter(None, (mark.reason, told)))))
        book.db.commit()
    return out


def _ran_to(path: Path, exercise: str) -> tuple[str, str]:
    """Return the error with which an answer's cell ended, if it did, and what the check said."""
    import nbformat

    for cell in nbformat.read(str(path), as_version=4).cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == exercise:
            error = next((f"{o.ename}: {o.evalue}"[:200] for o in cell.outputs if o.output_type == "error"), "")
            said = [o["data"]["text/plain"] for o in cell.outputs if "text/plain" in o.get("data", {})]
            return error, next((t.partition(": ")[2] for t in said if t.startswith(f"{exercise}: ")), "")
    return "its cell is gone", ""


def write_marks(course: Path | str, marks: Iterable[Mark]) -> tuple[Path, Path]:
    """Write ``grades.csv``, a row a learner and exercise, and ``by-hand.csv``, those that somebody has to look at."""
    course, marks = Path(course), list(marks)
    out = course / "grades.csv", course / "by-hand.csv"
    for path, rows in zip(out, (marks, [m for m in marks if m.status == "by hand"]), strict=True):
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(_FIELDS)
            writer.writerows([["" if getattr(m, f) is None else getattr(m, f) for f in _FIELDS] for m in rows])
    return out


@contextlib.contextmanager
def _api(course: Path | str) -> Any:
    """Give nbgrader's API, in its own folder, where it looks for its settings."""
    import logging

    try:
        from nbgrader.apps.api import NbGraderAPI
        from traitlets.config import Config
    except ImportError:
        raise NotUsable("Grading needs nbgrader: pip install 'micro-influencer-playbook[grading]'.") from None
    here, path = Path.cwd(), os.environ.get("PATH", "")
    # nbgrader starts a tool of its own that lies beside this Python, which need not be on the path
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), path])
    os.chdir(course)
    try:
        settings: dict[str, Any] = {"get_config": Config}
        config = Config()
        settings["get_config"] = lambda: config
        exec((Path("nbgrader_config.py")).read_text(encoding="utf-8"), settings)
        config.CourseDirectory.root = str(Path.cwd())
        logging.getLogger("traitlets").setLevel(logging.ERROR)
        with warnings.catch_warnings():
            # nbgrader's own talk with its data base
            warnings.simplefilter("ignore")
            yield NbGraderAPI(config=config)
    finally:
        os.chdir(here)
        os.environ["PATH"] = path


def _ran(done: dict[str, Any], what: str) -> None:
    if not done["success"]:
        raise NotUsable(f"nbgrader's {what} stopped: {_last(done)}.")


def _last(done: dict[str, Any]) -> str:
    lines = [line for line in str(done.get("error") or done.get("log") or "no reason given").splitlines() if line.strip()]
    return lines[-1].strip()[:300] if lines else "no reason given"


def main(argv: Sequence[str] | None = None) -> int:
    """Grade a workshop; return an exit code."""
    import argparse

    from playbook.errors import PlaybookError

    parser = argparse.ArgumentParser(prog="python -m playbook.teach.grading", description="Grade a workshop's exercises with nbgrader.")
    parser.add_argument("course", type=Path, help="nbgrader's folder; made where it is not there")
    parser.add_argument("workshop", type=Path, help="the folder that playbook workshop made, with the learners' work in it")
    parser.add_argument("--chapter", action="append", required=True, metavar="NAME", help="a chapter to grade; may be repeated")
    call = parser.parse_args(argv)
    try:
        chapters = [find_chapter(name).name for name in call.chapter]
        write_course(call.course, chapters)
        generate(call.course)
        marks = grade(call.course, collect(call.course, call.workshop, chapters))
        grades, by_hand = write_marks(call.course, marks)
    except PlaybookError as problem:
        print(problem, file=sys.stderr)
        return 1
    open_ = sum(m.status == "by hand" for m in marks)
    print(f"{grades}: {len(marks)} answers of {len({m.learner for m in marks})} learners; {open_} to grade by hand, reasons in {by_hand}.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
