"""What every chapter hands on: findings, figures, claims, and the note that data is missing.

These are the only things that leave a notebook. `record` displays them once, as the kit's
own MIME type (read back by the report) beside a table for people.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

RECORD_MIME = "application/vnd.micro-influencer-playbook.record+json"

Level = Literal["error", "warning", "note"]
Source = Literal["measured", "quoted", "benchmark", "assumed", "modelled"]
Verdict = Literal["holds", "does_not_hold", "cannot_tell"]
Status = Literal["done", "partial", "needs_data", "failed"]


@dataclass(frozen=True, kw_only=True, order=True)
class Finding:
    """Something the reader must know about an input: nothing is repaired without one.

    Attributes
    ----------
    level : {'error', 'warning', 'note'}
        `error` makes the folder unusable, `warning` changes an answer, `note` informs.
    about : str
        File and row, column, creator or chapter that the finding is about.
    found, expected, mend : str
        What was there, what should be, and how to get there; each a clause without a full stop.
    """

    level: Level
    about: str
    found: str
    expected: str = ""
    mend: str = ""

    @property
    def text(self) -> str:
        """The finding as one sentence."""
        parts = [f"{self.about}: {self.found}"]
        if self.expected:
            parts.append(f"expected {self.expected}")
        if self.mend:
            parts.append(self.mend)
        return " ".join("; ".join(parts).split()) + "."


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number with everything that makes it usable.

    Attributes
    ----------
    id : str
        Dotted and stable, listed in `playbook/rules/figures.csv`.
    value, low, high : float or None
        Estimate and interval in `unit`; `None` is unknown.
    level : float or None
        Level of the interval, 0-1.
    n : int or None
        How many things (`of`) the number rests on.
    unit : str
        `share` (0-1), `count`, `ratio`, an ISO 4217 currency, `days`, …
    source : {'measured', 'quoted', 'benchmark', 'assumed', 'modelled'}
    text : str
        One sentence that says the number.
    """

    id: str
    value: float | None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    n: int | None = None
    unit: str
    source: Source
    text: str


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A claim of the guide put to the test on the user's own data.

    Attributes
    ----------
    id : str
        Listed in `playbook/rules/claims.csv`.
    verdict : {'holds', 'does_not_hold', 'cannot_tell'}
        By :func:`verdict`.
    estimate, low, high, smallest_effect : float or None
        On one scale, named in `unit`.
    """

    id: str
    verdict: Verdict
    estimate: float | None
    low: float | None
    high: float | None
    level: float | None = None
    n: int | None
    smallest_effect: float
    unit: str = "ratio"
    text: str


def verdict(low: float | None, high: float | None, smallest_effect: float) -> Verdict:
    """Judge an interval against the smallest effect of interest.

    `holds` where the whole interval lies at or beyond the smallest effect, `does_not_hold` where
    it lies wholly short of it, `cannot_tell` otherwise or where there is no interval.
    The claim's scale must be such that larger supports the claim.

    >>> verdict(1.2, 2.1, 1.1), verdict(0.8, 1.05, 1.1), verdict(0.9, 1.4, 1.1)
    ('holds', 'does_not_hold', 'cannot_tell')
    """
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return "cannot_tell"
    if low >= smallest_effect:
        return "holds"
    return "does_not_hold" if high < smallest_effect else "cannot_tell"


@dataclass(frozen=True, kw_only=True)
class Missing:
    """Stands in for a result that the data at hand cannot give.

    Attributes
    ----------
    needs : tuple of str
        The tables (or fields of the brief) that are absent.
    text : str
        What is missing, and what to add to get the answer.
    """

    needs: tuple[str, ...]
    text: str

    def __bool__(self) -> bool:
        return False


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """All that one chapter hands on.

    Attributes
    ----------
    chapter : str
    answer : str
        The chapter's computed sentence.
    """

    chapter: str
    status: Status
    answer: str
    figures: tuple[Figure, ...] = ()
    claims: tuple[Claim, ...] = ()
    findings: tuple[Finding, ...] = ()
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def needs(*tables: str, otherwise: str) -> Callable[[Callable], Callable]:
    """Return :class:`Missing` instead of calling, where a table that the function needs is empty.

    The decorated function's first argument is the :class:`~playbook.data.dataset.Dataset`.

    Parameters
    ----------
    *tables : str
        Names of tables that must hold rows.
    otherwise : str
        What to add, as a clause: "a quotes table with creator, deliverable, fee and currency".
    """

    def decorate(function: Callable) -> Callable:
        @functools.wraps(function)
        def guarded(data: Any, *args: Any, **kwargs: Any) -> Any:
            absent = tuple(t for t in tables if not data.has(t))
            if absent:
                return Missing(needs=absent, text=missing_text(absent, otherwise))
            return function(data, *args, **kwargs)

        return guarded

    return decorate


def missing_text(absent: Iterable[str], otherwise: str) -> str:
    """Say which tables are absent and what to add, in one sentence."""
    names = " and ".join(absent)
    return f"Your data holds no {names}, so this cannot be answered: add {otherwise}."


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Turn an outcome into plain JSON values: NaN and infinities become null."""
    return _plain(asdict(outcome))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if hasattr(value, "isoformat"):
        return None if value != value else value.isoformat()
    if hasattr(value, "item"):  # numpy scalars
        value = value.item()
    if isinstance(value, float):
        # twelve digits: the last bits of a sum depend on the machine, and results must not
        return float(f"{value:.12g}") if math.isfinite(value) else None
    if value is None or isinstance(value, (str, int, bool)):
        return value
    return None if type(value).__name__ == "NAType" else str(value)
