"""Numbers in words: how shares, money, counts and intervals are written, in the brief's locale."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass

from playbook.brief import Brief

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Wording:
    """Writes numbers for one locale and currency.

    Examples
    --------
    >>> w = Wording(locale="en", currency="EUR")
    >>> w.share(0.0234), w.count(12345.4), w.money(1250), w.ratio(1.618)
    ('2.3 %', '12,345', '€1,250', '1.6')
    >>> w.between(0.012, 0.031, w.share, 0.9)
    '90 % interval 1.2 % to 3.1 %'
    """

    locale: str
    currency: str
    date_format: str = ""

    def number(self, value: float | None, digits: int) -> str:
        """Write a number with a fixed count of decimals."""
        if _unknown(value):
            return UNKNOWN
        from babel.numbers import format_decimal

        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return format_decimal(round(float(value), digits) + 0.0, format=pattern, locale=self.locale)

    def count(self, value: float | None) -> str:
        """Write a whole number."""
        return self.number(value, 0)

    def ratio(self, value: float | None) -> str:
        """Write a ratio with two significant digits below 10, whole above 100."""
        if _unknown(value):
            return UNKNOWN
        size = abs(float(value))
        return self.number(value, 0 if size >= 100 else 1 if size >= 1 else 2)

    def share(self, value: float | None) -> str:
        """Write a share (0-1) as per cent."""
        if _unknown(value):
            return UNKNOWN
        size = abs(100 * float(value))
        return f"{self.number(100 * float(value), 0 if size >= 20 else 1 if size >= 1 or size == 0 else 2)} %"

    def money(self, value: float | None) -> str:
        """Write an amount in the budget's currency, with cents below 100."""
        if _unknown(value):
            return UNKNOWN
        from babel.numbers import format_currency

        size = abs(float(value))
        pattern = None if size < 100 and size != 0 else "¤#,##0" if self.locale.startswith("en") else "#,##0 ¤"
        return format_currency(float(value), self.currency, format=pattern, locale=self.locale, currency_digits=False)

    def day(self, value: dt.date | dt.datetime | None) -> str:
        """Write a day."""
        if value is None or value != value:
            return UNKNOWN
        from babel.dates import format_date

        return format_date(value, format=self.date_format or "medium", locale=self.locale)

    def month(self, value: dt.date | dt.datetime | None) -> str:
        """Write a month with its year."""
        if value is None or value != value:
            return UNKNOWN
        from babel.dates import format_skeleton

        return format_skeleton("yMMM", value, locale=self.locale)

    def between(self, low: float | None, high: float | None, write, level: float) -> str:
        """Write an interval with its level; `write` is one of this object's own methods."""
        if _unknown(low) or _unknown(high):
            return "no interval"
        return f"{self.number(100 * level, 0)} % interval {write(low)} to {write(high)}"


def wording(brief: Brief) -> Wording:
    """Return the wording that a brief asks for."""
    return Wording(locale=brief.report.locale.replace("-", "_"), currency=brief.budget.currency, date_format=brief.report.date_format)


def plural(n: float, one: str, many: str | None = None) -> str:
    """Return `one` or `many` by number.

    >>> plural(1, "creator"), plural(3, "creator"), plural(2, "is", "are")
    ('creator', 'creators', 'are')
    """
    return one if n == 1 else (many or one + "s")


def listed(words: list[str], most: int = 5) -> str:
    """Join words for a sentence: `a, b and c`, or `a, b and 7 more`.

    >>> listed(["a", "b", "c"]), listed(["a", "b", "c", "d"], most=2), listed([])
    ('a, b and c', 'a, b and 2 more', 'none')
    """
    if not words:
        return "none"
    shown = list(words[:most])
    rest = len(words) - len(shown)
    if rest:
        return f"{', '.join(shown)} and {rest} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def lines(counts: Mapping[str, object]) -> str:
    """Write counts or verdicts one a line.

    >>> print(lines({"creators": 3, "goal": "reached"}))
    creators: 3
    goal: reached
    """
    return "\n".join(f"{name}: {value}" for name, value in counts.items())


def handle(creator: str) -> str:
    """Return how a creator is named on pages.

    >>> handle("instagram:ana.bakes")
    '@ana.bakes'
    """
    return "@" + str(creator).split(":", 1)[-1]


def _unknown(value: float | None) -> bool:
    return value is None or value != value or math.isinf(float(value))
