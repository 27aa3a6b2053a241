"""Grading: answers are found wherever they stand, what cannot be told apart is listed, and nothing is silently zero."""

from __future__ import annotations

import csv
import json
import shutil
import types
import zipfile

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from playbook.chapters import CHAPTERS
from playbook.chapters import chapter as find_chapter
from playbook.errors import NotUsable
from playbook.report.editions import edition, tags
from playbook.teach import grading, submissions, workshop
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


@pytest.mark.parametrize("beside", ["answer = 1", "half = 0.5\nanswer = half + half"])
def test_an_answer_beside_an_open_check_is_not_passed_over(beside):
    """Somebody left the three dots where they were, and answered in a cell of their own, before it or behind it."""
    stub = 'answer = ...\ncheck("a-1", answer)'
    for cells in ((GIVEN[0], stub, beside, GIVEN[1], SECOND), (GIVEN[0], beside, stub, GIVEN[1], SECOND)):
        (status, why), (other, _) = told(*cells)
        assert status == "by hand" and "a cell beside it gives an answer" in why
        assert other == "answered"


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


# --- what comes back otherwise than it was handed out: a function of the learner's folder, which holds a solved notebook


def notebook_of(folder):
    return folder / "notebooks" / find_chapter(CHAPTER).notebook


def changed_book(folder, change):
    book = nbformat.read(notebook_of(folder), as_version=4)
    change(book)
    nbformat.write(book, notebook_of(folder))


def untouched(folder):
    """Put the guide's notebook in the place of the solved one, which is returned: open, with the solutions folded away in it."""
    solved_one = notebook_of(folder).read_text(encoding="utf-8")
    shutil.copyfile(folder.parent / "trainer" / "untouched.ipynb", notebook_of(folder))
    return solved_one


def renamed(folder):
    notebook_of(folder).rename(folder / "my answers (final).ipynb")


def answers_in_a_copy(folder):
    solved_one = untouched(folder)
    notebook_of(folder).with_name("02_creators-Copy1.ipynb").write_text(solved_one, encoding="utf-8")


def another_answer_in_a_copy(folder):
    copy = notebook_of(folder).with_name("02_creators-Copy1.ipynb")
    shutil.copyfile(notebook_of(folder), copy)
    book = nbformat.read(copy, as_version=4)
    answer(book, ONE, WRONG)
    nbformat.write(book, copy)


def as_a_zip(folder):
    shutil.make_archive(str(folder.parent / f"{folder.name} (1)"), "zip", folder.parent, folder.name)
    shutil.rmtree(folder)


def a_zip_inside(folder):
    shutil.make_archive(str(folder / "mine"), "zip", folder, "notebooks")
    untouched(folder)


def the_notebook_alone(folder):
    for path in folder.iterdir():
        if path.is_file():
            path.unlink()


def loose(folder):
    notebook_of(folder).rename(folder.parent / f"{folder.name} {notebook_of(folder).name}")
    shutil.rmtree(folder)


def saved_by_colab(folder):
    """No ids, no tags, other metadata, another minor version."""

    def change(book):
        book.nbformat_minor = 0
        book.metadata = nbformat.from_dict({"colab": {"provenance": []}, "kernelspec": {"name": "python3", "display_name": "Python 3"}})
        for cell in book.cells:
            cell.pop("id", None)
            cell.metadata = nbformat.from_dict({"id": "x1", "outputId": "ab"})

    book = nbformat.read(notebook_of(folder), as_version=4)
    change(book)
    notebook_of(folder).write_text(json.dumps(book), encoding="utf-8")


def saved_by_vs_code(folder):
    def change(book):
        for cell in book.cells:
            cell.metadata = nbformat.from_dict({"vscode": {"languageId": "python"}})

    changed_book(folder, change)
    path = notebook_of(folder)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))


def an_error_before(folder):
    changed_book(folder, lambda book: book.cells.insert(1, new_code_cell("1 / 0")))


def left_open_and_answered_beside(folder):
    def change(book):
        place = at(book, ONE)
        mine = book.cells[place].source.rpartition("\n")[0]
        book.cells[place].source = f'answer = ...\ncheck("{ONE}", answer)'
        book.cells.insert(place + 1, new_code_cell(mine))

    changed_book(folder, change)


def a_neighbours_campaign(folder):
    other = next(p for p in sorted(folder.parent.iterdir()) if p.name.startswith("learner-") and p.name != folder.name)
    for path in other.iterdir():
        if path.suffix in (".csv", ".yml"):
            shutil.copyfile(path, folder / path.name)


def fewer_rows(folder):
    path = folder / "creators.csv"
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:-40]), encoding="utf-8")


def a_brief_that_was_turned(folder):
    with (folder / "campaign.yml").open("a", encoding="utf-8") as file:
        file.write("# mine\n")


def into_a_folder_of_its_own(folder):
    """Copied back into itself, as drag and drop does."""
    shutil.copytree(folder, folder.parent / "moving" / folder.name)
    shutil.rmtree(folder)
    (folder.parent / "moving").rename(folder)


def cleared(folder):
    """Run, saved with numbers and an error, and cleared but for one output."""

    def change(book):
        for cell in book.cells:
            if cell.cell_type == "code":
                cell.execution_count = None
        book.cells[at(book, TWO)].outputs = [nbformat.v4.new_output("error", ename="NameError", evalue="name 'x'", traceback=[])]

    changed_book(folder, change)


ALL = (ONE, TWO, THREE)
# what is done to a learner's folder, the exercises planted for grading by hand, and what the marks say
ARRIVALS = (
    (renamed, (), "found in my answers (final).ipynb"),
    (answers_in_a_copy, (), "found in 02_creators-Copy1.ipynb"),
    (another_answer_in_a_copy, (ONE,), "answered differently in"),
    (as_a_zip, (), ""),
    (a_zip_inside, (), ""),
    (the_notebook_alone, (), "no campaign came with it"),
    (loose, (), "no campaign came with it"),
    (saved_by_colab, (), ""),
    (saved_by_vs_code, (), ""),
    (an_error_before, (), ""),
    (left_open_and_answered_beside, (ONE,), "a cell beside it gives an answer"),
    (a_neighbours_campaign, ALL, "its campaign is the one of learner-"),
    (fewer_rows, ALL, "not the one handed out: creators.csv"),
    (a_brief_that_was_turned, (), "campaign.yml was changed"),
    (into_a_folder_of_its_own, (), ""),
)


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
    changed_as_planted(folder, made, kinds)
    return made


def changed_as_planted(folder, made, kinds):
    lines = solved()
    for name, (change, _, _) in zip(made.learners, kinds, strict=True):
        path = folder / name / "notebooks" / find_chapter(CHAPTER).notebook
        book = nbformat.read(path, as_version=4)
        change(book, lines)
        nbformat.write(book, path)


def planted(made, kinds):
    points = {(n, e): p for n, (_, plan, hand) in zip(made.learners, kinds, strict=True) for e, p in plan.items() if e not in hand}
    by_hand = {(n, e) for n, (_, _, hand) in zip(made.learners, kinds, strict=True) for e in hand}
    return points, by_hand


def arrived(room, name, change):
    """Let a learner's folder come back in a way of its own."""
    shutil.copyfile(ROOT / "notebooks" / find_chapter(CHAPTER).notebook, room / "trainer" / "untouched.ipynb")
    change(room / name)


@pytest.mark.slow
@pytest.mark.notebooks
def test_a_class_of_thirty_gets_the_planted_marks(tmp_path):
    """And the list for grading by hand is exactly the planted one."""
    kinds = (*KINDS, *((all_right, EASY, hand) for _, hand, _ in ARRIVALS))
    made = a_class(tmp_path / "room", kinds)
    for name, (change, _, _) in zip(made.learners[len(KINDS) :], ARRIVALS, strict=True):
        arrived(tmp_path / "room", name, change)
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


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """Two learners who solved everything."""
    place = tmp_path_factory.mktemp("class") / "room"
    a_class(place, (KINDS[0], KINDS[0]))
    return place


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    place = tmp_path_factory.mktemp("course")
    grading.write_course(place, [CHAPTER])
    grading.generate(place)
    return place


@pytest.mark.parametrize(
    ("change", "by_hand", "said"), [*ARRIVALS, (cleared, (), "")], ids=[c[0].__name__ for c in (*ARRIVALS, (cleared,))]
)
def test_whatever_way_it_comes_back_nothing_is_lost(room, course, tmp_path, change, by_hand, said):
    """Each exercise is either found or listed with its reason, and never open without a word."""
    shutil.copytree(room, tmp_path / "room")
    arrived(tmp_path / "room", "learner-01", change)
    marks = [m for m in grading.collect(course, tmp_path / "room", [CHAPTER]) if m.learner == "learner-01"]
    assert {m.exercise: m.status for m in marks} == {e: "by hand" if e in by_hand else "answered" for e in ALL}
    assert all(said in m.reason for m in marks if not by_hand or m.exercise in by_hand), marks
    assert all(m.reason for m in marks if m.status == "by hand")
    lines = solved()
    sent = course / "submitted" / "learner-01" / grading.ASSIGNMENT
    cells = {
        c.metadata.nbgrader.grade_id: c.source
        for c in nbformat.read(sent / find_chapter(CHAPTER).notebook, 4).cells
        if "nbgrader" in c.metadata
    }
    assert all(lines[e] in cells[e] for e in ALL if e not in by_hand)
    if change in (the_notebook_alone, loose):
        # made again from the secret, byte for byte
        original = {p.name: p.read_bytes() for p in (room / "learner-01").iterdir() if p.suffix in (".csv", ".yml")}
        assert {p.name: p.read_bytes() for p in (sent / grading.CAMPAIGN).iterdir()} == original


def test_what_is_nobodys_or_broken_is_listed(room, course, tmp_path):
    shutil.copytree(room, tmp_path / "room")
    (tmp_path / "room" / "homework.zip").write_bytes(b"PK\x03\x04 torn")
    shutil.copyfile(notebook_of(tmp_path / "room" / "learner-01"), tmp_path / "room" / "creators of ana.ipynb")
    shutil.rmtree(tmp_path / "room" / "learner-02")
    notebook_of(tmp_path / "room" / "learner-01").write_text("{", encoding="utf-8")
    marks = grading.collect(course, tmp_path / "room", [CHAPTER])
    said = {m.learner: m.reason for m in marks}
    assert {m.status for m in marks} == {"by hand"} and len(marks) == 4 * len(ALL)
    assert "cannot be unpacked" in said["homework.zip"]
    assert "does not say whose it is" in said["creators of ana.ipynb"]
    assert said["learner-02"] == "there is no notebook"
    assert "cannot be read as a notebook" in said["learner-01"]


def test_a_zip_writes_nowhere_else(tmp_path):
    (tmp_path / "room" / "learner-01").mkdir(parents=True)
    (tmp_path / "room" / "learner-01" / "campaign.yml").write_text("name: x\n", encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "room" / "learner-01.zip", "w") as archive:
        archive.writestr("../../outside.ipynb", "{}")
        archive.writestr("/absolute.ipynb", "{}")
    submissions.submissions(tmp_path / "room", tmp_path / "unpacked")
    assert not (tmp_path / "outside.ipynb").exists()
    assert all((tmp_path / "unpacked") in p.parents for p in tmp_path.rglob("*.ipynb"))


def test_collecting_lays_answers_knobs_and_campaign_into_the_assignment(room, course, tmp_path):
    """Without running anything: the shape that nbgrader then grades."""
    kinds = (KINDS[6], KINDS[4])
    shutil.copytree(room, tmp_path / "room")
    made = types.SimpleNamespace(learners=("learner-01", "learner-02"))
    changed_as_planted(tmp_path / "room", made, kinds)
    path = tmp_path / "room" / "learner-01" / "notebooks" / find_chapter(CHAPTER).notebook
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("TOP: int = 15", "TOP: int = 20"), encoding="utf-8")
    written = find_chapter(CHAPTER)
    marks = grading.collect(course, tmp_path / "room", [CHAPTER])
    assert {(m.learner, m.exercise) for m in marks if m.status == "by hand"} == planted(made, kinds)[1]
    book = nbformat.read(course / "submitted" / "learner-01" / grading.ASSIGNMENT / written.notebook, as_version=4)
    first = next(c for c in book.cells if "parameters" in tags(c))
    assert f'CAMPAIGN: str = "{grading.CAMPAIGN}"' in first.source and "TOP: int = 20  #" in first.source
    cells = {c.metadata.nbgrader.grade_id: c.source for c in book.cells if "nbgrader" in c.metadata}
    assert solved()[TWO] in cells[TWO]
    there = course / "submitted" / "learner-01" / grading.ASSIGNMENT / grading.CAMPAIGN
    assert (there / "campaign.yml").read_bytes() == (tmp_path / "room" / "learner-01" / "campaign.yml").read_bytes()
    assert "SOLUTION" not in (course / "release" / grading.ASSIGNMENT / written.notebook).read_text(encoding="utf-8")
    assert EXERCISES[TWO].points == 2
