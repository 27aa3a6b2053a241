"""Checking answers in any cell: right, nearly, a known wrong idea with its hint; never the solution.

Answers are computed from the campaign that the notebook has open, each time anew: nothing is stored; another campaign has other answers.
"""

from __future__ import annotations

import html
import math
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from playbook.errors import BadCall, did_you_mean
from playbook.teach.exercise import Exercise, Given, _Nothing
from playbook.teach.exercises import EXERCISES

TOLERANCE = 0.005  # relative: three digits are enough
Verdict = Literal["right", "rounded", "wrong_idea", "wrong", "not_usable", "unanswered", "no_data"]
_WORDS = {
    "right": "Right.",
    "rounded": "Right, but rounded too far.",
    "wrong_idea": "Not yet.",
    "wrong": "Not yet.",
    "not_usable": "This cannot be read as an answer.",
    "unanswered": "Not answered yet.",
    "no_data": "Nothing to check.",
}
_COLOURS = {"right": "#2E7D4F", "rounded": "#2E7D4F", "wrong_idea": "#B4540A", "wrong": "#B4540A", "not_usable": "#B4540A"}
_steps: dict[str, int] = {}
_opened: dict[tuple[str, str], Given] = {}


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a check says.

    Attributes
    ----------
    id : str
        The exercise.
    verdict : str
        `right`, `rounded` (counts as right), `wrong_idea`, `wrong`, `not_usable`, `unanswered`, `no_data`.
    text : str
        One or two sentences for the learner.
    """

    id: str
    verdict: Verdict
    text: str

    @property
    def right(self) -> bool:
        """Whether the answer counts as right."""
        return self.verdict in ("right", "rounded")

    @property
    def accepted(self) -> bool:
        """Whether it stands: right, or a campaign on which there is nothing to check."""
        return self.right or self.verdict == "no_data"

    def __repr__(self) -> str:
        return f"{self.id}: {_WORDS[self.verdict]} {self.text}".strip()

    def _repr_html_(self) -> str:
        colour = _COLOURS.get(self.verdict, "#5A6270")
        return (
            f'<p class="pb-exercise" role="status" style="border-left:4px solid {colour};padding-left:.6em">'
            f"<strong>{_WORDS[self.verdict]}</strong> {html.escape(self.text)}</p>"
        )


def exercise(name: str) -> Exercise:
    """Return an exercise by its id.

    Raises
    ------
    BadCall
        Where there is none of that id.
    """
    if name not in EXERCISES:
        raise BadCall(f"{name!r} is no exercise{did_you_mean(str(name), EXERCISES)}; a check looks like check('engagement-1', answer).")
    return EXERCISES[name]


def task(name: str, campaign: Any = None) -> Given:
    """Return the numbers of an exercise, taken from the campaign that is open.

    Parameters
    ----------
    name : str
        The exercise, such as ``engagement-1``.
    campaign : Campaign, optional
        By default the one that the notebook has open.
    """
    wanted, own = exercise(name), campaign or _open_campaign(sys._getframe(1).f_globals)
    if own is None:
        return Given({}, without="No campaign is open: run the first two code cells of the chapter, then this one again.")
    return _numbers(wanted, own)


def check(name: str, answer: Any = ..., campaign: Any = None) -> Reply:
    """Check an answer and say what is wrong with it, never what is right.

    Parameters
    ----------
    name : str
        The exercise, such as ``engagement-1``.
    answer : number or str
        The learner's answer; ``...`` is none yet.
    campaign : Campaign, optional
        By default the one that the notebook has open.

    Returns
    -------
    Reply
        It shows itself.
    """
    wanted, own = exercise(name), campaign or _open_campaign(sys._getframe(1).f_globals)
    if own is None:
        return Reply(id=name, verdict="no_data", text="No campaign is open: run the first two code cells of the chapter, then this one.")
    given = _numbers(wanted, own)
    if given.without:
        return Reply(id=name, verdict="no_data", text=given.without)
    return judged(wanted, given, answer)


def hint(name: str, step: int | None = None) -> Reply:
    """Show the next hint; with a number, that one again.

    Raises
    ------
    BadCall
        Where there is no such exercise or step.
    """
    wanted = exercise(name)
    last = len(wanted.hints)
    if step is None:
        step = min(_steps.get(name, 0) + 1, last)
        _steps[name] = step
    if step not in range(1, last + 1):
        raise BadCall(f"{name} has hints 1 to {last}, and no {step}.")
    more = f' One more: hint("{name}").' if step < last else " That was the last one; ask your neighbour, then your trainer."
    return Reply(id=name, verdict="unanswered", text=f"Hint {step} of {last}: {wanted.hints[step - 1]}{more}")


def judged(wanted: Exercise, given: Given, answer: Any) -> Reply:
    """Judge an answer against the numbers of an exercise."""

    def say(verdict: Verdict, text: str = "") -> Reply:
        return Reply(id=wanted.id, verdict=verdict, text=text)

    if answer is ... or answer is None or isinstance(answer, _Nothing):
        return say(
            "unanswered",
            f'Write your answer in the place of the three dots. For a first hint run hint("{wanted.id}") in a cell of its own.',
        )
    value, trouble = _read(wanted, answer)
    if trouble:
        return say("not_usable", trouble)
    right = wanted.right(given)
    if wanted.unit == "choice":
        if value == right:
            return say("right")
        for idea in wanted.wrong:
            if idea.answer(given) == value:
                return say("wrong_idea", idea.hint)
        return say("wrong", _on(wanted))
    right = float(right)
    if _same(value, right, wanted.unit):
        return say("right")
    # an idea that leads nowhere on these numbers says None
    ideas = [(float(found), i.hint) for i in wanted.wrong if (found := i.answer(given)) is not None]
    if wanted.unit == "share":
        ideas.append((100 * right, "The size is right, the unit is not: a share lies between 0 and 1, and 4 % is written 0.04."))
    ideas.append((-right, "The size is right, the sign is not: what is taken from what?"))
    for wrong, text in ideas:
        if math.isfinite(wrong) and _same(value, wrong, wanted.unit):
            return say("wrong_idea", text)
    if wanted.unit != "count":
        if _rounded_to(right, value, digits=1):
            return say("rounded", "Give three digits next time, since later steps build on it.")
        for wrong, text in ideas:
            if math.isfinite(wrong) and _rounded_to(wrong, value, digits=2):
                return say("wrong_idea", text)
    return say("wrong", _on(wanted))


def _on(wanted: Exercise) -> str:
    return f'This is none of the usual slips. Look at the numbers given once more; hint("{wanted.id}") helps you a step on.'


def _same(value: float, other: float, unit: str) -> bool:
    if unit == "count":
        return abs(value - other) < 1e-6
    return abs(value - other) <= max(TOLERANCE * abs(other), 1e-12)


def _rounded_to(exact: float, value: float, *, digits: int) -> bool:
    """Say whether `value` is `exact` rounded to the digits that `value` shows, of which there must be some."""
    if not value or not math.isfinite(exact):
        return False
    shown = f"{abs(value):.12g}"
    mantissa = shown.partition("e")[0].replace(".", "").strip("0")
    if len(mantissa) < digits:
        return False
    decimals = len(shown.partition(".")[2]) if "." in shown else 0
    # 4,000 shows one digit: its zeros say nothing
    zeros = len(shown) - len(shown.rstrip("0")) if "." not in shown and "e" not in shown else 0
    return math.isclose(round(exact, decimals - zeros), value, rel_tol=1e-9)


def _read(wanted: Exercise, answer: Any) -> tuple[Any, str]:
    """Return the answer as a plain value, or the sentence that says why it is none."""
    if isinstance(answer, Given):
        first = next(iter(answer.entries), "name")
        return None, f"That is the whole table of numbers; take one of them by its name, such as given.{first}."
    if hasattr(answer, "to_numpy"):
        answer = answer.to_numpy()
    if hasattr(answer, "size") and hasattr(answer, "tolist") and not isinstance(answer, str):
        if answer.size != 1:
            return None, f"You gave {answer.size:,} values; one is asked for."
        answer = answer.reshape(-1).tolist()[0]
    if isinstance(answer, (list, tuple, set, frozenset)) and len(answer) == 1:
        answer = next(iter(answer))
    if wanted.unit == "choice":
        folded = {_folded(o): o for o in wanted.options}
        found = folded.get(_folded(str(answer)))
        return found, "" if found else f"Choose one of {', '.join(repr(o) for o in wanted.options)}, with its quotation marks."
    if isinstance(answer, str):
        return None, _told_of_text(wanted, answer)
    if isinstance(answer, tuple) and len(answer) > 1 and all(isinstance(part, int) for part in answer):
        return None, "A comma parts two values here. Write decimals with a point, as in 0.25, and thousands without a comma, as in 25000."
    if callable(answer):
        return None, f"You gave a piece of code, not its result: put parentheses behind {getattr(answer, '__name__', 'it')}, as in .sum()."
    if isinstance(answer, bool) or not isinstance(answer, (int, float, Decimal, Fraction)):
        return None, f"You gave a {type(answer).__name__}; one number is asked for."
    if (isinstance(answer, int) and abs(answer) > 1e300) or not math.isfinite(answer):
        return None, "Your number is not a number: something in it is missing or was divided by 0."
    return float(answer), ""


def _folded(text: str) -> str:
    """Return a choice without what does not tell one from another: case, spaces, dots, and short forms of not."""
    plain = text.strip().strip(".!\"'").casefold().replace("\u2019", "'").replace("_", " ").replace("-", " ")
    for short, long in (("can't", "cannot"), ("can not", "cannot"), ("doesn't", "does not")):
        plain = plain.replace(short, long)
    return " ".join(plain.split())


_IN_TEXT = re.compile(r"\s*([-+]?\d+(?:[.,]\d+)?)\s*(%|per ?cent|percent)?\s*", re.I)


def _told_of_text(wanted: Exercise, answer: str) -> str:
    """Say how a number that was given as text is written."""
    match = _IN_TEXT.fullmatch(answer)
    # three digits behind a comma may be thousands as well
    if not match or re.search(r",\d{3}$", match[1]):
        return "You gave text; write the number without quotation marks, with a point for decimals and without a unit."
    number = float(match[1].replace(",", "."))
    written = f"{number / 100:.10g}" if match[2] else f"{number:.10g}"
    return f"You gave text. Without quotation marks{', and as a share' if match[2] else ''}, {answer.strip()!r} is written {written}."


def _open_campaign(names: Mapping[str, Any]) -> Any:
    """Find the campaign among a notebook's names: `c`, or whichever there is."""
    from playbook.campaign import Campaign

    if isinstance(names.get("c"), Campaign):
        return names["c"]
    return next((v for v in names.values() if isinstance(v, Campaign)), None)


def _numbers(wanted: Exercise, campaign: Any) -> Given:
    key = (wanted.id, campaign.fingerprint)
    if key not in _opened:
        if len(_opened) >= 200:
            _opened.clear()
        _opened[key] = wanted.numbers(campaign)
    return _opened[key]
