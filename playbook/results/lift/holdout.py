"""A code holdout: part of the people, drawn by lot, were never offered the code."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs
from playbook.results.attribution import window
from playbook.results.lift.regions import ARMS, FOUND_LEVEL
from playbook.wording import wording

_NEED = (
    "brand_daily rows with region 'offered' and 'held out', measures visits (people in that group) and orders: people drawn by lot who "
    "were not shown the code"
)


@dataclass(frozen=True, kw_only=True)
class Holdout:
    """People who were offered the code against people, drawn by lot, who were not.

    Attributes
    ----------
    people, orders, held_people, held_orders : float
    rate, held_rate : float
        Orders a person.
    difference, low, high : float
        Of the rates, by Newcombe's method 10 (1998).
    extra, extra_low, extra_high : float
        Orders that the offer added among those who got it.
    incremental_share, share_low, share_high : float
        Share of the offered people's orders that would not have come anyway; bounds kept within 0 and 1.
    """

    people: float
    orders: float
    held_people: float
    held_orders: float
    rate: float
    held_rate: float
    difference: float
    low: float
    high: float
    level: float
    found: Literal["found", "cannot_tell"]
    extra: float
    extra_low: float
    extra_high: float
    incremental_share: float
    share_low: float
    share_high: float


def rate_difference(orders: float, people: float, held_orders: float, held_people: float, *, level: float) -> tuple[float, float, float]:
    """Return the difference of two rates with Newcombe's hybrid score interval (1998, method 10).

    Examples
    --------
    Newcombe's own example, 56 of 70 against 48 of 80:

    >>> [round(v, 4) for v in rate_difference(56, 70, 48, 80, level=0.95)]
    [0.2, 0.0524, 0.3339]
    """
    from scipy.stats import norm

    z = float(norm.ppf((1 + level) / 2))

    def wilson(k: float, n: float) -> tuple[float, float]:
        middle, half = (k + z * z / 2) / (n + z * z), z * math.sqrt(k * (n - k) / n + z * z / 4) / (n + z * z)
        return middle - half, middle + half

    a, b = orders / people, held_orders / held_people
    (a_low, a_high), (b_low, b_high) = wilson(orders, people), wilson(held_orders, held_people)
    return a - b, a - b - math.hypot(a - a_low, b_high - b), a - b + math.hypot(a_high - a, b - b_low)


@needs("brand_daily", otherwise=_NEED)
def code_holdout(data: Dataset, brief: Brief) -> Holdout | Missing:
    """Compare people who were offered the code with people held out of it.

    Reads brand_daily rows of the campaign's days whose region is `offered` or `held out`: measure `visits` counts the people of a group
    (each once), `orders` those who ordered.
    """
    days = window(data, brief)
    if isinstance(days, Missing):
        return days
    rows = data.brand_daily
    rows = rows[(rows["day"] >= days.starts.tz_localize(None)) & (rows["day"] < days.ends.tz_localize(None))]
    arm = rows["region"].fillna("").str.strip().str.casefold()
    sums = {(a, m): float(rows.loc[(arm == a) & (rows["measure"] == m), "value"].sum()) for a in ARMS for m in ("visits", "orders")}
    people, held = sums[("offered", "visits")], sums[("held out", "visits")]
    orders, held_orders = sums[("offered", "orders")], sums[("held out", "orders")]
    if people <= 0 or held <= 0:
        return Missing(needs=("brand_daily.region",), text=f"A code holdout needs two groups of people: add {_NEED}.")
    if orders > people or held_orders > held:
        return Missing(
            needs=("brand_daily.value",),
            text="More orders than people are noted in a group of the code holdout: count each person once, and at most one order of each.",
        )
    level = brief.statistics.level
    difference, low, high = rate_difference(orders, people, held_orders, held, level=level)
    _, wide_low, wide_high = rate_difference(orders, people, held_orders, held, level=FOUND_LEVEL)
    rate = orders / people
    share = tuple(min(max(d / rate, 0.0), 1.0) if rate > 0 else math.nan for d in (difference, low, high))
    return Holdout(
        people=people,
        orders=orders,
        held_people=held,
        held_orders=held_orders,
        rate=rate,
        held_rate=held_orders / held,
        difference=difference,
        low=low,
        high=high,
        level=level,
        found="found" if wide_low > 0 or wide_high < 0 else "cannot_tell",
        extra=difference * people,
        extra_low=low * people,
        extra_high=high * people,
        incremental_share=share[0],
        share_low=share[1],
        share_high=share[2],
    )


def holdout_sentence(found: Holdout | Missing, brief: Brief) -> str:
    """Say what the offer added among those who got it."""
    if isinstance(found, Missing):
        return found.text
    write = wording(brief)
    text = (
        f"Of {write.count(found.people)} people who were offered the code {write.share(found.rate)} ordered, of "
        f"{write.count(found.held_people)} held out {write.share(found.held_rate)}: {write.count(found.extra)} orders more "
        f"({write.between(found.extra_low, found.extra_high, write.count, found.level)})."
    )
    if found.found == "cannot_tell":
        return f"Your data cannot tell whether the code added orders. {text}"
    share = f" {write.share(found.incremental_share)} of the orders of those who were offered it would not have come anyway."
    return f"{'An effect' if found.difference > 0 else 'A fall'} was found. {text}{share if found.difference > 0 else ''}"
