"""Exercises: right answers are accepted, wrong ideas are met by their hints, and the notebooks hold them as they should be."""

from __future__ import annotations

import ast
import functools
import itertools
import math
import re
import secrets
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

import playbook
from playbook.campaign import Campaign
from playbook.chapters import CHAPTERS, NAMES
from playbook.errors import BadCall
from playbook.report.editions import edition, tags
from playbook.teach import checks, workshop
from playbook.teach.checks import check, hint, judged, task
from playbook.teach.exercise import Exercise, Given, Wrong
from playbook.teach.exercises import EXERCISES, of

from .conftest import ROOT, SAMPLES

each_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=[c.name for c in CHAPTERS])
each_exercise = pytest.mark.parametrize("name", EXERCISES)


@functools.cache
def opened(sample):
    return playbook.load(sample)


@functools.cache
def book(name):
    return nbformat.read(ROOT / "notebooks" / next(c.notebook for c in CHAPTERS if c.name == name), as_version=4)


def cells_of(exercise, tag):
    found = [c for c in book(exercise.chapter).cells if tag in tags(c) and exercise.id in c.source]
    return [c for c in found if c.cell_type == "code"], [c for c in found if c.cell_type == "markdown"]


# --- the table of exercises


@each_chapter
def test_every_chapter_has_two_to_four_exercises_for_half_of_its_time(chapter):
    exercises = of(chapter.name)
    assert 2 <= len(exercises) <= 4
    minutes = int(re.search(r"About (\d+) minutes", book(chapter.name).cells[0].source)[1])
    assert abs(2 * sum(e.minutes for e in exercises) - minutes) <= 1
    row = next(
        line for line in (ROOT / "notebooks" / "README.md").read_text(encoding="utf-8").splitlines() if f"]({chapter.notebook})" in line
    )
    assert int(row.split("|")[4]) == minutes


def test_all_kinds_of_exercises_are_there():
    assert {e.kind for e in EXERCISES.values()} == {"predict", "change", "mistake", "decide"}
    assert [e.chapter for e in EXERCISES.values()] == sorted((e.chapter for e in EXERCISES.values()), key=NAMES.index)


def tried(exercise, numbers):
    """Try the right answer and every wrong idea that leads elsewhere; return the hints that were met."""
    right = exercise.right(numbers)
    assert judged(exercise, numbers, right).verdict == "right"
    seen, met = [right], set()
    for idea in exercise.wrong:
        answer = idea.answer(numbers)
        if answer is None:
            continue
        if not any(alike(answer, other) for other in seen):
            reply = judged(exercise, numbers, answer)
            assert (reply.verdict, reply.text) == ("wrong_idea", idea.hint), (exercise.id, answer, right)
            met.add(idea.hint)
        seen.append(answer)
    return met


@each_exercise
def test_a_right_answer_is_accepted_and_three_wrong_ideas_are_met_by_their_hints(name):
    exercise = EXERCISES[name]
    assert len(exercise.wrong) >= 3 and len(exercise.hints) == 3
    all_numbers = [n for n in (exercise.numbers(opened(sample)) for sample in SAMPLES) if not n.without]
    assert len(set().union(*(tried(exercise, n) for n in all_numbers))) >= 3


def fresh(number):
    """Make worlds that nobody has seen, as workshops get them, each of another market than the one before."""
    for at in range(number):
        secret, kind = secrets.token_hex(8), ("glow-skincare", "campus-coffee")[at % 2]
        yield secret, workshop._fair_world(secret, "learner-01", kind, "Linden Care")[0]


def on_fresh_worlds(number):
    """Return how many wrong ideas each exercise met on each of so many fresh worlds."""
    out = {}
    for secret, world in fresh(number):
        campaign = Campaign(folder=Path(), brief=world.brief(), data=world.dataset(), fingerprint=secret)
        for name, exercise in EXERCISES.items():
            numbers = exercise.numbers(campaign)
            assert not numbers.without, (secret, name, numbers.without)
            out[secret, name] = len(tried(exercise, numbers))
    return out


def test_answers_are_judged_alike_on_worlds_that_nobody_has_seen():
    """Two wrong ideas may happen to lead to one number, seldom more: of three or more, two at least are told apart."""
    assert min(on_fresh_worlds(2).values()) >= 2


@pytest.mark.slow
def test_three_wrong_ideas_are_told_apart_on_nearly_all_worlds():
    met = on_fresh_worlds(24)
    assert min(met.values()) >= 2
    assert sum(n >= 3 for n in met.values()) >= 0.98 * len(met)


def ways(value, unit):
    """Write a number in the ways that people write it."""
    out = [float(value), np.float64(value), np.array([value]), pd.Series([value]), pd.DataFrame({"a": [value]}), [value], (value,)]
    out += [Decimal(repr(float(value))), Fraction(float(value))]
    if unit == "count":
        return [*out, int(value), np.int64(value)]
    return [*out, float(f"{value:.3g}"), float(f"{value:.4g}")]


@each_exercise
def test_a_right_answer_is_right_however_it_is_written(name):
    exercise = EXERCISES[name]
    numbers = exercise.numbers(opened("glow-skincare"))
    right = exercise.right(numbers)
    if exercise.unit == "choice":
        written = [right, right.upper(), f" {right} ", f"{right}.", [right], np.array([right]), pd.Series([right]), right.replace(" ", "_")]
    else:
        written = ways(right, exercise.unit)
    for answer in written:
        assert judged(exercise, numbers, answer).right, repr(answer)
    if exercise.unit == "choice":
        return
    for text in (f"{right:.4g}", f"{100 * right:.3g} %", f"{right:,.2f}", f"{right:.2f} euros"):
        reply = judged(exercise, numbers, text)
        assert reply.verdict == "not_usable" and reply.text.startswith("You gave text"), text


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("4.37 %", "'4.37 %' is written 0.0437."),
        ("4,37%", "'4,37%' is written 0.0437."),
        ("12", "'12' is written 12."),
        ("1,250", "write the number without quotation marks"),
        ("many", "write the number without quotation marks"),
        ((0, 68), "A comma parts two values"),
        ((25, 0), "thousands without a comma"),
        ([1, 2], "You gave a list"),
        (pd.Series([1.0]).median, "put parentheses behind median"),
        (Given({"likes": (1.0, "")}), "such as given.likes."),
        (10**400, "Your number is not a number"),
        (1j, "You gave a complex"),
    ],
)
def test_what_cannot_be_read_says_how_it_is_written(answer, said):
    reply = judged(number("share"), NONE, answer)
    assert reply.verdict == "not_usable" and said in reply.text


def alike(one, other):
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return math.isclose(one, other, rel_tol=0.011, abs_tol=1e-12)


@each_exercise
def test_hints_never_hold_the_solution(name):
    exercise = EXERCISES[name]
    numbers = exercise.numbers(opened("glow-skincare"))
    right = exercise.right(numbers)
    said = [*exercise.hints, *(w.hint for w in exercise.wrong)]
    if isinstance(right, str):
        assert not any(re.search(rf"answer is|correct is|\bis {re.escape(right)}\b", t) for t in said)
    else:
        shown = {f"{right:.3g}", f"{right:,.0f}", f"{right:.4g}"} - {"1", "0", "2", "4"}
        assert not any(re.search(rf"(?<![\d.]){re.escape(x)}(?![\d.])", t) for t in said for x in shown)


def test_answers_differ_between_campaigns():
    """A copied answer is of no use: campaigns have other numbers."""
    one, other = opened("glow-skincare"), opened("campus-coffee")
    differ = 0
    for exercise in EXERCISES.values():
        first, second = exercise.numbers(one), exercise.numbers(other)
        right = exercise.right(first)
        differ += not judged(exercise, second, right).right
    assert differ >= 0.8 * len(EXERCISES)


# --- what a check makes of an answer


def number(unit="number", right=0.0437, wrong=()):
    return Exercise(
        id="start-9",
        title="",
        minutes=1,
        kind="predict",
        unit=unit,
        given=lambda c: {},
        right=lambda g: right,
        wrong=tuple(wrong),
        hints=("one", "two", "three"),
    )


NONE = Given({})


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (0.0437, "right"),
        (np.float64(0.04372), "right"),
        (pd.Series([0.0437]), "right"),
        (np.array(0.0437), "right"),
        ([0.0437], "right"),
        (0.04, "rounded"),
        (0.044, "rounded"),
        (4.37, "wrong_idea"),
        (4.4, "wrong_idea"),
        (-0.0437, "wrong_idea"),
        (0.05, "wrong"),
        (0.0447, "wrong"),
        ("4.37 %", "not_usable"),
        (True, "not_usable"),
        (float("nan"), "not_usable"),
        (float("inf"), "not_usable"),
        (pd.Series([1.0, 2.0]), "not_usable"),
        ({"a": 1}, "not_usable"),
        (..., "unanswered"),
        (None, "unanswered"),
    ],
)
def test_answers_of_every_kind(answer, verdict):
    assert judged(number("share"), NONE, answer).verdict == verdict


@drawn(right=st.floats(1e-3, 1e6), digits=st.integers(3, 12))
def test_three_digits_are_enough(right, digits):
    answer = float(f"{right:.{digits}g}")
    assert judged(number(right=right), NONE, answer).verdict == "right"


@drawn(right=st.floats(1e-3, 1e6), answer=st.floats(1e-3, 1e6))
def test_nothing_far_off_is_accepted(right, answer):
    """One digit is the coarsest that counts, and it lies within half of its last place."""
    if judged(number(right=right), NONE, answer).right:
        assert abs(answer - right) <= 0.5 * 10 ** math.floor(math.log10(answer) + 1e-9) * 1.0001


def test_counts_are_exact():
    assert judged(number("count", 48), NONE, 48).verdict == "right"
    assert judged(number("count", 48), NONE, 50).verdict == "wrong"


def test_a_wrong_idea_that_leads_to_the_right_number_is_right():
    assert judged(number(wrong=[Wrong(lambda g: 0.0437, "no")]), NONE, 0.0437).verdict == "right"


def test_no_reply_says_the_answer():
    for answer in (0.05, 4.37, "x", ..., 0.04):
        assert "0.0437" not in repr(judged(number("share"), NONE, answer))


def test_choices_are_read_in_any_case():
    exercise = EXERCISES["why_micro-3"]
    numbers = exercise.numbers(opened("glow-skincare"))
    right = exercise.right(numbers)
    assert judged(exercise, numbers, f" {right.upper()} ").verdict == "right"
    cannot = Exercise(**{**vars(exercise), "right": lambda g: "cannot tell"})
    assert all(judged(cannot, numbers, a).right for a in ("Can't tell", "can\u2019t tell", "can not tell", "cannot-tell."))
    assert "Choose one of" in judged(exercise, numbers, "perhaps").text


def test_unknown_exercises_are_named():
    with pytest.raises(BadCall, match=r"'engagement-11' is no exercise .did you mean engagement-1"):
        check("engagement-11", 1)


def test_hints_come_in_steps():
    checks._steps.clear()
    said = [hint("goals-1").text for _ in range(4)]
    assert [t[:11] for t in said] == ["Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Hint 3 of 3"]
    assert hint("goals-1", 1).text == said[0]
    with pytest.raises(BadCall, match="hints 1 to 3"):
        hint("goals-1", 4)


def test_a_check_finds_the_open_campaign_and_says_where_there_is_none():
    code = 'reply = check("goals-1", answer)\ngiven = task("goals-1")'
    names = {"check": check, "task": task, "answer": 1.0, "c": opened("glow-skincare")}
    exec(code, names)
    assert names["reply"].verdict == "wrong" and names["given"].orders == 600
    names = {"check": check, "task": task, "answer": 1.0}
    exec(code, names)
    assert names["reply"].verdict == "no_data" and "first two code cells" in names["reply"].text
    assert "first two code cells" in repr(names["given"])


def test_a_campaign_without_the_data_says_so_and_nothing_fails(tmp_path):
    """Somebody with a list of names only still runs every chapter from top to bottom."""
    from playbook import folders

    folders.new(tmp_path / "mine")
    pd.DataFrame({"platform": ["instagram"] * 3, "handle": ["ana", "ben", "cleo"], "followers": [1200, 5000, None]}).to_csv(
        tmp_path / "mine" / "creators.csv", index=False
    )
    campaign = playbook.load(tmp_path / "mine")
    for exercise in EXERCISES.values():
        names = {"c": campaign, "check": check, "task": task}
        solution, _ = cells_of(exercise, "solution")
        exec(f'given = task("{exercise.id}")\nrepr(given)\ngiven._repr_html_()\n' + solution[0].source, names)
        assert check(exercise.id, names["answer"], campaign=campaign).accepted


def test_what_is_shown_is_plain_and_escaped():
    numbers = Given({"likes": (pd.Series([1.0, 2.5]), "likes & <more>")}, about="Of @ana")
    page = numbers._repr_html_()
    assert "&amp; &lt;more&gt;" in page and "2 values: 1, 2.5" in page
    assert "given.likes" in repr(numbers)
    assert 'role="status"' in judged(number(), NONE, 1.0)._repr_html_()
    with pytest.raises(AttributeError, match="gives likes, and no fans"):
        _ = numbers.fans


# --- the notebooks


@each_exercise
def test_each_exercise_stands_in_its_notebook(name):
    exercise = EXERCISES[name]
    code, text = cells_of(exercise, "exercise")
    assert len(text) == 1 and text[0].source.startswith(f"### Exercise {name}: {exercise.title} ({exercise.minutes} minutes)\n")
    assert [c.source.splitlines()[-1] for c in code] == ["given", f'check("{name}", answer)']
    assert code[1].source.startswith("answer = ...  # ")
    (solution,), none = cells_of(exercise, "solution")
    assert not none and solution.metadata["jupyter"]["source_hidden"] is True
    assert re.search(r"^### BEGIN SOLUTION$.*^answer = .*^### END SOLUTION$", solution.source, re.M | re.S)
    assert re.search(r"^### BEGIN HIDDEN TESTS$.*\bassert .*^### END HIDDEN TESTS$", solution.source, re.M | re.S)


@each_chapter
def test_exercises_come_in_order_and_leave_the_chapters_names_alone(chapter):
    cells = book(chapter.name).cells
    stands = [m[1] for c in cells if (m := re.match(r"### Exercise ([\w-]+):", c.source))]
    assert stands == [e.id for e in of(chapter.name)]
    own, theirs = set(), set()
    for cell in cells:
        if cell.cell_type == "code":
            names = {n.id for n in ast.walk(ast.parse(cell.source)) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
            (theirs if tags(cell) & {"exercise", "solution"} else own).update(names)
    assert not own & theirs
    for cell, after in itertools.pairwise(cells):
        assert not ("keep_output" in tags(after) and tags(cell) & {"exercise", "solution"})


@each_exercise
def test_the_solution_in_the_notebook_is_right(name):
    exercise = EXERCISES[name]
    (solution,), _ = cells_of(exercise, "solution")
    tried = 0
    for sample in SAMPLES:
        names = {"c": opened(sample), "check": check, "task": task}
        exec(f'given = task("{name}")\n' + solution.source, names)
        reply = check(name, names["answer"], campaign=opened(sample))
        assert reply.accepted, (sample, reply)
        tried += reply.verdict == "right"
    assert tried


@each_chapter
def test_the_learners_edition_has_stubs_where_the_trainers_has_answers(chapter):
    learner = [c.source for c in edition(book(chapter.name), "workshop-learner").cells if c.cell_type == "code" and "exercise" in tags(c)]
    assert sum("answer = ..." in s for s in learner) == len(of(chapter.name))
    trainer = "\n".join(c.source for c in edition(book(chapter.name), "workshop-trainer").cells)
    assert trainer.count("### BEGIN SOLUTION") == len(of(chapter.name))
