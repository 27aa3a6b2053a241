"""Grading: answers are found wherever they stand, what cannot be told apart is listed, and nothing is silently zero."""

from __future__ import annotations

import csv
import shutil
import types

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from playbook.chapters import CHAPTERS
from playbook.chapters import chapter as find_chapter
from playbook.errors import NotUsable
from playbook.report.editions import edition, tags
from playbook.teach import grading, workshop
from playbook.teach.exercises import EXERCISES, of
from playbook.teach.gathering import gathered

from .conftest import ROOT

pytest.importorskip("nbgrader")
CHAPTER = "creators"


def notebook(*sources):
    return new_notebook(cells=[new_code_cell(s) for s in sources])


GIVEN = ('given = task("a-1")\ngiven', 'given = task("a-2")\ngiven')
FIRST, SECOND = 'answer = 1\ncheck("a-1", answer)', 'answer = 2\ncheck("a-2", answer)'


def told(*sources, released=GIVEN):
    found = gathered(notebook(*sources), ["a-1", "a-2"], released)
    return [(f.status, f.source or f.reason) for f in found.values()]


def value(source):
    names = {"check": print, "task": print, "teach": types.SimpleNamespace(check=print)}
    exec(source.replace("answer=1)", "1)"), names)
    return names["answer"]


def test_answers_as_they_were_handed_out():
    (first, a), (second, b) = told(GIVEN[0], FIRST, GIVEN[1], SECOND)
    assert first == second == "answered" and value(a) == 1 and value(b) == 2


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        # moved about
        ((GIVEN[1], SECOND, GIVEN[0], FIRST), 1),
        ((SECOND, FIRST, *GIVEN), 1),
        # split
        ((GIVEN[0], "answer = 1", 'check("a-1", answer)', GIVEN[1], SECOND), 1),
        ((GIVEN[0], "half = 0.5", "answer = 2 * half", 'check("a-1", answer)', GIVEN[1], SECOND), 1),
        ((GIVEN[0], "half = 0.5", 'answer = 2 * half\ncheck("a-1", answer)', GIVEN[1], SECOND), 1),
        # other names, no name
        ((GIVEN[0], 'mine = 1\ncheck("a-1", mine)', GIVEN[1], SECOND), 1),
        ((GIVEN[0], 'check("a-1", 0.5 + 0.5)', GIVEN[1], SECOND), 1),
        ((GIVEN[0], 'check("a-1", answer=1)', GIVEN[1], SECOND), 1),
        ((GIVEN[0], 'teach.check("a-1", 1)', GIVEN[1], SECOND), 1),
        # copied: the same twice, or open once
        ((GIVEN[0], FIRST, FIRST, GIVEN[1], SECOND), 1),
        ((GIVEN[0], FIRST, "answer = 1  # again\n\ncheck('a-1', answer)", GIVEN[1], SECOND), 1),
        ((GIVEN[0], 'answer = ...\ncheck("a-1", answer)', FIRST, GIVEN[1], SECOND), 1),
        # magic beside it
        ((GIVEN[0], '%timeit 1\nanswer = 1\ncheck("a-1", answer)', GIVEN[1], SECOND), 1),
    ],
)
def test_answers_are_found_wherever_they_stand(cells, expected):
    (status, source), (other, second) = told(*cells)
    assert (status, value(source)) == ("answered", expected), source
    assert (other, value(second)) == ("answered", 2)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("", "emptied or deleted"),
        ("answer = 1", "emptied or deleted"),
        ('answer = (1\ncheck("a-1", answer)', "no Python"),
        ('check("a-1")', "no answer"),
        ('check("a-1", answer)', "gives 'answer' a value"),
    ],
)
def test_what_cannot_be_told_is_for_somebody_to_look_at(cell, reason):
    (status, why), (other, _) = told(GIVEN[0], cell, GIVEN[1], SECOND)
    assert status == "by hand" and reason in why
    assert other == "answered"


def test_two_different_answers_are_not_chosen_between():
    (status, why), _ = told(GIVEN[0], FIRST, 'answer = 3\ncheck("a-1", answer)', GIVEN[1], SECOND)
    assert (status, why) == ("by hand", "answered 2 times, each time differently")


def test_an_answer_is_not_taken_from_the_exercise_before():
    (_, _), (status, why) = told(GIVEN[0], FIRST, GIVEN[1], 'check("a-2", answer)')
    assert status == "by hand" and "between its numbers and its check" in why


def test_an_open_answer_is_open():
    for cell in ('answer = ...  # a share\ncheck("a-1", answer)', 'check("a-1", ...)', 'answer = 1\nanswer = ...\ncheck("a-1", answer)'):
        (status, _), _ = told(GIVEN[0], cell, GIVEN[1], SECOND)
        assert status == "unanswered"


@pytest.mark.parametrize("chapter", CHAPTERS, ids=[c.name for c in CHAPTERS])
def test_sources_are_as_nbgrader_wants_them(chapter):
    from nbgrader.nbgraderformat import MetadataValidator
    from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions

    book = grading.source(nbformat.read(ROOT / "notebooks" / chapter.notebook, as_version=4), chapter.name)
    nbformat.validate(book)
    for cell in book.cells:
        MetadataValidator().validate_cell(cell)
    marked = {c.metadata.nbgrader.grade_id: c.metadata.nbgrader for c in book.cells if "nbgrader" in c.metadata}
    for exercise in of(chapter.name):
        assert marked[exercise.id]["solution"] and not marked[exercise.id]["locked"]
        assert marked[f"{exercise.id}-marks"]["points"] == exercise.points
    cleared, _ = ClearSolutions(code_stub={"python": "answer = ..."}, enforce_metadata=False).preprocess(book, {})
    cleared, _ = ClearHiddenTests(enforce_metadata=False).preprocess(cleared, {})
    text = "\n".join(c.source for c in cleared.cells)
    assert "SOLUTION" not in text and "HIDDEN" not in text and text.count("answer = ...\ncheck(") == len(of(chapter.name))


def test_a_folder_without_learners_says_so(tmp_path):
    with pytest.raises(NotUsable, match="holds no learner's folder"):
        grading.collect(tmp_path / "course", tmp_path, [CHAPTER])


def test_changed_campaigns_are_seen(tmp_path):
    for place in ("a", "b"):
        (tmp_path / place / "learner-01").mkdir(parents=True)
        (tmp_path / place / "learner-01" / "campaign.yml").write_text("name: x\n", encoding="utf-8")
    assert grading.changed_campaigns(tmp_path / "a", tmp_path / "b") == {}
    (tmp_path / "a" / "learner-01" / "campaign.yml").write_text("name: easier\n", encoding="utf-8")
    assert grading.changed_campaigns(tmp_path / "a", tmp_path / "b") == {"learner-01": ["campaign.yml"]}


# --- a class of thirty


def solved():
    """The chapter as somebody leaves it who solved everything."""
    chapter = find_chapter(CHAPTER)
    shipped = nbformat.read(ROOT / "notebooks" / chapter.notebook, as_version=4)
    lines = {e.id: grading._solution(edition(shipped, "workshop-trainer"), e.id) for e in of(CHAPTER)}
    return {k: "\n".join(v.splitlines()[1:-1]) for k, v in lines.items()}


def at(book, exercise, part="check("):
    return next(i for i, c in enumerate(book.cells) if c.cell_type == "code" and f'{part}"{exercise}"' in c.source)


def answer(book, exercise, source):
    book.cells[at(book, exercise)].source = f'{source}\ncheck("{exercise}", answer)'


WRONG = "answer = 123.456"
ONE, TWO, THREE = (e.id for e in of(CHAPTER))
EASY = {ONE: 2.0, TWO: 2.0, THREE: 2.0}


def all_right(book, lines):
    for name, source in lines.items():
        answer(book, name, source)


def one_wrong(book, lines):
    all_right(book, lines)
    answer(book, TWO, WRONG)


def one_open(book, lines):
    all_right(book, lines)
    answer(book, THREE, "answer = ...")


def copied_alike(book, lines):
    all_right(book, lines)
    book.cells.insert(at(book, ONE) + 1, new_code_cell(book.cells[at(book, ONE)].source))


def copied_differently(book, lines):
    all_right(book, lines)
    book.cells.append(new_code_cell(f'{WRONG}\ncheck("{ONE}", answer)'))


def same_id_twice(book, lines):
    """A copy with the same cell id, changed: of such nbgrader alone keeps the last."""
    all_right(book, lines)
    copy = nbformat.from_dict(dict(book.cells[at(book, TWO)]))
    copy["source"] = f'{WRONG}\ncheck("{TWO}", answer)'
    book.cells.append(copy)


def split(book, lines):
    all_right(book, lines)
    place = at(book, TWO)
    book.cells[place].source = f'check("{TWO}", answer)'
    book.cells.insert(place, new_code_cell(lines[TWO]))


def split_with_steps(book, lines):
    all_right(book, lines)
    place = at(book, ONE)
    book.cells[place].source = f'answer = middle\ncheck("{ONE}", answer)'
    book.cells.insert(place, new_markdown_cell("My way:"))
    book.cells.insert(place, new_code_cell(lines[ONE].replace("answer =", "middle =")))


def reordered(book, lines):
    all_right(book, lines)
    moved = [book.cells.pop(at(book, ONE, "task(")), book.cells.pop(at(book, ONE))]
    book.cells += moved


def emptied(book, lines):
    all_right(book, lines)
    book.cells[at(book, THREE)].source = ""


def deleted(book, lines):
    all_right(book, lines)
    del book.cells[at(book, ONE)]


def half_written(book, lines):
    all_right(book, lines)
    book.cells[at(book, TWO)].source = f'answer = (1 +\ncheck("{TWO}", answer)'


def stops(book, lines):
    all_right(book, lines)
    answer(book, THREE, "answer = given.nothing_of_that_name")


def another_name(book, lines):
    all_right(book, lines)
    book.cells[at(book, ONE)].source = lines[ONE].replace("answer =", "mine =") + f'\ncheck("{ONE}", mine)'


def rounded(book, lines):
    all_right(book, lines)
    answer(book, ONE, lines[ONE] + "\nanswer = float(f'{answer:.2g}')")


# what is done to a notebook, the points planted, and the exercises planted for grading by hand
KINDS = (
    (all_right, EASY, ()),
    (one_wrong, {**EASY, TWO: 0.0}, ()),
    (one_open, {**EASY, THREE: 0.0}, ()),
    (copied_alike, EASY, ()),
    (copied_differently, EASY, (ONE,)),
    (same_id_twice, EASY, (TWO,)),
    (split, EASY, ()),
    (split_with_steps, EASY, ()),
    (reordered, EASY, ()),
    (emptied, EASY, (THREE,)),
    (deleted, EASY, (ONE,)),
    (half_written, EASY, (TWO,)),
    (stops, EASY, (THREE,)),
    (another_name, EASY, ()),
    (rounded, EASY, ()),
)


def a_class(folder, kinds):
    made = workshop.make(folder, learners=len(kinds), seed="grading")
    lines = solved()
    for name, (change, _, _) in zip(made.learners, kinds, strict=True):
        path = folder / name / "notebooks" / find_chapter(CHAPTER).notebook
        book = nbformat.read(path, as_version=4)
        change(book, lines)
        nbformat.write(book, path)
    return made


def planted(made, kinds):
    points = {(n, e): p for n, (_, plan, hand) in zip(made.learners, kinds, strict=True) for e, p in plan.items() if e not in hand}
    by_hand = {(n, e) for n, (_, _, hand) in zip(made.learners, kinds, strict=True) for e in hand}
    return points, by_hand


@pytest.mark.slow
@pytest.mark.notebooks
def test_a_class_of_thirty_gets_the_planted_marks(tmp_path):
    """And the list for grading by hand is exactly the planted one."""
    kinds = KINDS * 2
    made = a_class(tmp_path / "room", kinds)
    # one more who handed in nothing at all
    shutil.copytree(tmp_path / "room" / "learner-01", tmp_path / "room" / "learner-99", ignore=shutil.ignore_patterns("*.ipynb"))
    assert grading.main([str(tmp_path / "course"), str(tmp_path / "room"), "--chapter", CHAPTER]) == 0
    points, by_hand = planted(made, kinds)
    by_hand |= {("learner-99", e) for e in EASY}
    with (tmp_path / "course" / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = {(r["learner"], r["exercise"]): r for r in csv.DictReader(file)}
    assert set(rows) == set(points) | by_hand
    assert {k: float(r["points"]) for k, r in rows.items() if r["points"]} == points
    with (tmp_path / "course" / "by-hand.csv").open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    assert {(r["learner"], r["exercise"]) for r in listed} == by_hand and all(r["reason"] for r in listed)
    assert len(list((tmp_path / "course" / "feedback").glob("*/*/*.html"))) == 30


def test_collecting_lays_answers_knobs_and_campaign_into_the_assignment(tmp_path):
    """Without running anything: the shape that nbgrader then grades."""
    kinds = (KINDS[6], KINDS[4])
    made = a_class(tmp_path / "room", kinds)
    path = tmp_path / "room" / "learner-01" / "notebooks" / find_chapter(CHAPTER).notebook
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("TOP: int = 15", "TOP: int = 20"), encoding="utf-8")
    course = tmp_path / "course"
    (written,) = grading.write_course(course, [CHAPTER])
    grading.generate(course)
    marks = grading.collect(course, tmp_path / "room", [CHAPTER])
    assert {(m.learner, m.exercise) for m in marks if m.status == "by hand"} == planted(made, kinds)[1]
    book = nbformat.read(course / "submitted" / "learner-01" / grading.ASSIGNMENT / written.name, as_version=4)
    first = next(c for c in book.cells if "parameters" in tags(c))
    assert f'CAMPAIGN: str = "{grading.CAMPAIGN}"' in first.source and "TOP: int = 20  #" in first.source
    cells = {c.metadata.nbgrader.grade_id: c.source for c in book.cells if "nbgrader" in c.metadata}
    assert solved()[TWO] in cells[TWO]
    there = course / "submitted" / "learner-01" / grading.ASSIGNMENT / grading.CAMPAIGN
    assert (there / "campaign.yml").read_bytes() == (tmp_path / "room" / "learner-01" / "campaign.yml").read_bytes()
    assert "SOLUTION" not in (course / "release" / grading.ASSIGNMENT / written.name).read_text(encoding="utf-8")
    assert EXERCISES[TWO].points == 2
