"""Before the next campaign: the smallest rise that these regions and so many days could show.

By simulation on the brand's own past sales: a campaign that never was is placed on random regions and days, a rise is planted, and the
chapter's own test is run on it. Never computed from an effect that was seen (Hoenig and Heisey 2001).
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs
from playbook.results.attribution import window
from playbook.results.lift import FOUND_LEVEL, MIN_BEFORE
from playbook.results.spending import total_cost
from playbook.wording import listed, wording

WEEKS = (2, 4, 6, 8)
WANTED = 0.8
DRAWS = 400
_RISES = np.concatenate([[0.0], np.geomspace(0.002, 1.0, 60)])


@needs("brand_daily", otherwise="brand_daily with day, region, measure sales and value: daily sales by region, best for half a year")
def smallest_rise(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return, for campaigns of several lengths in half of the regions, the smallest rise of sales that would be found four times out of
    five.

    Returns
    -------
    DataFrame or Missing
        `weeks`, `smallest` (share; missing where not even a doubling would be found), `false_alarms` (share of draws without a rise that
        would be taken for one),
        `days_before` (used before each window), `regions` (in all), `draws`.
    """
    table = past_sales(data, brief)
    if isinstance(table, Missing):
        return table
    values, rng = table.to_numpy(dtype=float).T, np.random.default_rng(brief.statistics.seed)
    rows = []
    for weeks in WEEKS:
        days = 7 * weeks
        if values.shape[1] < days + MIN_BEFORE:
            continue
        ran, rested = _draw(values, days, rng)
        found = np.array([np.mean(_is_found(ran * (1 + rise) - 1, rested - 1)) for rise in _RISES])
        rows.append(
            {
                "weeks": weeks,
                "smallest": _first(found),
                "false_alarms": float(found[0]),
                "days_before": values.shape[1] - days,
                "regions": values.shape[0],
                "draws": DRAWS,
            }
        )
    return pd.DataFrame(rows)


def past_sales(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return daily sales (days by regions) from before the campaign, or all where none is dated; days that a region lacks are left out."""
    rows = data.brand_daily[(data.brand_daily["measure"] == "sales") & data.brand_daily["region"].notna()]
    days = window(data, brief)
    if not isinstance(days, Missing):
        rows = rows[rows["day"] < days.starts.tz_localize(None)]
    table = rows.pivot_table(index="day", columns="region", values="value", aggfunc="last").dropna().sort_index()
    table = table.loc[:, table.mean() > 0]
    if table.shape[1] < 4 or len(table) < 7 * WEEKS[0] + MIN_BEFORE:
        return Missing(
            needs=("brand_daily.region",),
            text="What could be learned needs daily sales of at least four regions over four weeks before the campaign "
            f"(found {table.shape[1]} regions and {len(table)} days): add brand_daily with region, measure sales and value.",
        )
    return table


def _draw(values: np.ndarray, days: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return each draw's regions' sales in a random window over their own level before: (draws, treated regions) and (draws, others)."""
    regions, length = values.shape
    half = regions // 2
    total = np.concatenate([np.zeros((regions, 1)), np.cumsum(values, axis=1)], axis=1)
    starts = rng.integers(MIN_BEFORE, length - days + 1, DRAWS)
    after = (total[:, starts + days] - total[:, starts]).T / days
    before = total[:, starts].T / starts[:, None]
    index = after / np.where(before > 0, before, np.nan)
    order = np.argsort(rng.random((DRAWS, regions)), axis=1)
    shuffled = np.take_along_axis(index, order, axis=1)
    return shuffled[:, :half], shuffled[:, half:]


def _is_found(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Run Welch's test on each row."""
    from scipy.stats import t

    n, m = one.shape[1], other.shape[1]
    a, b = one.var(axis=1, ddof=1) / n, other.var(axis=1, ddof=1) / m
    freedom = (a + b) ** 2 / (a**2 / (n - 1) + b**2 / (m - 1))
    return np.abs(one.mean(axis=1) - other.mean(axis=1)) > t.ppf((1 + FOUND_LEVEL) / 2, freedom) * np.sqrt(a + b)


def _first(found: np.ndarray) -> float:
    """Return the rise from which on the rate stays at what is wanted, by straight lines between the rises tried."""
    short = np.flatnonzero(found < WANTED)
    if not len(short):
        return 0.0
    last = short[-1]
    if last == len(found) - 1:
        return math.nan
    part = (WANTED - found[last]) / (found[last + 1] - found[last])
    return float(_RISES[last] + part * (_RISES[last + 1] - _RISES[last]))


def paying_rise(data: Dataset, brief: Brief, *, weeks: int) -> float:
    """Return the rise at which the margin of extra sales in half of the regions pays the campaign: its cost so far, else the budget; NaN
    without margin."""
    table = past_sales(data, brief)
    margin = brief.economics.gross_margin
    if isinstance(table, Missing) or not margin:
        return math.nan
    cost, whole = total_cost(data, brief)
    usual = float(table.mean().sum()) * 7 * weeks / 2
    return (cost if whole else brief.budget.amount) / (margin * usual) if usual > 0 else math.nan


def power_sentence(table: pd.DataFrame | Missing, data: Dataset, brief: Brief) -> str:
    """Say what the next campaign could show, and whether that is enough to see it pay."""
    if isinstance(table, Missing):
        return table.text
    write = wording(brief)
    known = table.dropna(subset=["smallest"])
    if known.empty:
        return "Not even a doubling of sales would be found in these regions: use codes and a question at the checkout instead."
    parts = [f"{write.share(r.smallest)} in {r.weeks} weeks" for r in known.itertuples()]
    text = (
        f"With the campaign in half of your {int(known['regions'].iloc[0])} regions, a rise would be found four times out of five "
        f"from {listed(parts)} on."
    )
    row = known.iloc[(known["weeks"] - 4).abs().argmin()]
    pays = paying_rise(data, brief, weeks=int(row["weeks"]))
    if math.isnan(pays):
        return text
    enough = (
        "so you would see whether it pays"
        if row["smallest"] <= pays
        else "so it may pay without being seen: run it longer, in more regions, or with more money in fewer"
    )
    return f"{text} In {int(row['weeks'])} weeks it pays from {write.share(pays)} on, {enough}."
