"""Before the next campaign: the smallest rise that these regions and so many days could show, where to run it, and what learning costs.

By simulation on the brand's own past sales: a campaign that never was is placed on random regions and days, a rise is planted, and the
chapter's own test is run on it. Never computed from an effect that was seen (Hoenig and Heisey 2001).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs
from playbook.results.attribution import window
from playbook.results.lift.designs import FEW
from playbook.results.lift.regions import FOUND_LEVEL, MIN_BEFORE, measured, whole
from playbook.results.spending import total_cost
from playbook.wording import listed, wording

WEEKS = (2, 4, 6, 8)
LEAST_WEEKS = 4
WANTED = 0.8
DRAWS = 400
_RISES = np.concatenate([[0.0], np.geomspace(0.002, 1.0, 60)])


@needs("brand_daily", otherwise="brand_daily with day, region, measure sales and value: daily sales by region, best for half a year")
def smallest_rise(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return, for campaigns of several lengths in half or a quarter of the regions, the smallest rise of sales that would be found four
    times out of five.

    Returns
    -------
    DataFrame or Missing
        `weeks`, `treated` (regions with the campaign; a quarter only where that is at least four), `smallest` (share; missing where not
        even a doubling would be found), `false_alarms` (share of draws without a rise that would be taken for one), `days_before` (in the
        data before the longest window), `regions` (in all), `spend_to_see` (cost of a campaign that just pays for itself with the smallest
        rise, budget's currency: one that costs less may pay without being seen; missing without a gross margin), `draws`.
    """
    table = past_sales(data, brief)
    if isinstance(table, Missing):
        return table
    values, rng = table.to_numpy(dtype=float).T, np.random.default_rng(brief.statistics.seed)
    regions, margin = len(values), brief.economics.gross_margin or math.nan
    a_day = float(values.mean(axis=1).mean())
    rows = []
    for part in dict.fromkeys((regions // 2, regions // 4)):
        for weeks in WEEKS:
            days = 7 * weeks
            if part < FEW or values.shape[1] < days + MIN_BEFORE:
                continue
            ran, rested = _draw(values, days, part, rng)
            found = np.array([np.mean(_is_found(ran * (1 + rise) - 1, rested - 1)) for rise in _RISES])
            smallest = _first(found)
            rows.append(
                {
                    "weeks": weeks,
                    "treated": part,
                    "smallest": smallest,
                    "false_alarms": float(found[0]),
                    "days_before": values.shape[1] - days,
                    "regions": regions,
                    "spend_to_see": margin * smallest * a_day * days * part,
                    "draws": DRAWS,
                }
            )
    return pd.DataFrame(rows)


def past_sales(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return daily sales (days by regions) from before the campaign, or all where none is dated; days that a region lacks are left out."""
    rows = measured(data, "sales")
    days = window(data, brief)
    if not isinstance(days, Missing):
        rows = rows[rows["day"] < days.starts.tz_localize(None)]
    table = whole(rows.pivot_table(index="region", columns="day", values="value", aggfunc="last").sort_index()).T
    table = table.loc[:, table.mean() > 0]
    if table.shape[1] < 2 * FEW or len(table) < 7 * WEEKS[0] + MIN_BEFORE:
        return Missing(
            needs=("brand_daily.region",),
            text=f"What could be learned needs daily sales of at least {2 * FEW} regions over four weeks before the campaign "
            f"(found {table.shape[1]} regions and {len(table)} days): add brand_daily with region, measure sales and value.",
        )
    return table


def _draw(values: np.ndarray, days: int, half: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return each draw's regions' sales in a random window over their own level before: (draws, treated regions) and (draws, others)."""
    regions, length = values.shape
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
    half = table[table["treated"] == table["treated"].max()]
    known = half.dropna(subset=["smallest"])
    if known.empty:
        return "Not even a doubling of sales would be found in these regions: use codes and a question at the checkout instead."
    parts = [f"{write.share(r.smallest)} in {r.weeks} weeks" for r in known.itertuples()]
    text = (
        f"With the campaign in {int(known['treated'].iloc[0])} of your {int(known['regions'].iloc[0])} regions, a rise would be found four "
        f"times out of five from {listed(parts)} on."
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


@dataclass(frozen=True, kw_only=True)
class NextTest:
    """Where to run the next campaign so that it can be learned from, and what that costs.

    Attributes
    ----------
    weeks : int
        The shortest campaign that would show a rise that pays; where none would, the one that shows the smallest.
    smallest, paying : float
        Smallest rise that it would show, and the rise from which on it pays; shares.
    enough : bool
        Whether the first is at most the second.
    spend : float
        What the campaign costs: so far, else the budget.
    spend_to_see : float
        The least it must cost for a campaign that just pays to be seen.
    forgone : float
        Margin that a campaign which just pays would have earned in the regions left out: the price of learning.
    regions : DataFrame
        Regions in pairs that moved alike: `pair`, `region`, `campaign` (a coin decided), `alike` (correlation of weekly changes within the
        pair), `a_day` (mean sales). An odd region stays without the campaign, in no pair.
    """

    weeks: int
    smallest: float
    paying: float
    enough: bool
    spend: float
    spend_to_see: float
    forgone: float
    regions: pd.DataFrame


def next_test(table: pd.DataFrame | Missing, data: Dataset, brief: Brief) -> NextTest | Missing:
    """Choose regions and weeks for the next campaign.

    Regions are paired by how alike their weekly sales moved, and a coin (the brief's seed) gives the campaign to one of each pair. The
    power of `table` is that of halves drawn without pairs, so it is a little too low for pairs.

    Parameters
    ----------
    table : DataFrame
        Of :func:`smallest_rise`.
    """
    past = past_sales(data, brief)
    if isinstance(table, Missing):
        return table
    if isinstance(past, Missing):
        return past
    half = table[table["treated"] == table["treated"].max()].dropna(subset=["smallest"])
    if half.empty:
        text = "Not even a doubling of sales would be found in these regions, so no test is worth its price."
        return Missing(needs=("brand_daily",), text=text)
    pays = {int(w): paying_rise(data, brief, weeks=int(w)) for w in half["weeks"]}
    # posts come out over weeks, and buyers follow for ten days: a shorter test would miss what it is about
    half = half[half["weeks"] >= min(LEAST_WEEKS, half["weeks"].max())]
    seen = [w for w, s in zip(half["weeks"], half["smallest"], strict=True) if s <= pays[int(w)]]
    weeks = int(min(seen)) if seen else int(half.loc[half["smallest"].idxmin(), "weeks"])
    row = half[half["weeks"] == weeks].iloc[0]
    regions = _pairs(past, brief.statistics.seed)
    out = regions.loc[~regions["campaign"], "a_day"].sum() * 7 * weeks
    cost, whole = total_cost(data, brief)
    return NextTest(
        weeks=weeks,
        smallest=float(row["smallest"]),
        paying=pays[weeks],
        enough=bool(seen),
        spend=cost if whole else brief.budget.amount,
        spend_to_see=float(row["spend_to_see"]),
        forgone=float((brief.economics.gross_margin or math.nan) * pays[weeks] * out),
        regions=regions,
    )


def _pairs(past: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Pair regions greedily by the correlation of their weekly changes, and toss a coin in each pair."""
    weekly = past.groupby(np.arange(len(past)) // 7).mean()
    # what all share says nothing about who is alike
    change = np.log(weekly.clip(lower=1e-9)).diff().dropna()
    change = change.sub(change.mean(axis=1), axis=0)
    alike = change.corr().fillna(0.0) if len(change) > 2 else pd.DataFrame(0.0, index=past.columns, columns=past.columns)
    free, rows = sorted(past.columns), []
    rng = np.random.default_rng(seed)
    level = past.mean()
    while len(free) > 1:
        best = max(((alike.loc[a, b], a, b) for i, a in enumerate(free) for b in free[i + 1 :]), key=lambda t: (t[0], t[1], t[2]))
        pair = len(rows) // 2 + 1
        first = bool(rng.integers(2))
        for region, campaign in ((best[1], first), (best[2], not first)):
            rows.append({"pair": pair, "region": region, "campaign": campaign, "alike": float(best[0]), "a_day": float(level[region])})
            free.remove(region)
    rows += [{"pair": math.nan, "region": r, "campaign": False, "alike": math.nan, "a_day": float(level[r])} for r in free]
    return pd.DataFrame(rows)


def next_test_sentence(found: NextTest | Missing, brief: Brief) -> str:
    """Say where to run the next campaign, for how long, and what learning from it costs."""
    if isinstance(found, Missing):
        return found.text
    write = wording(brief)
    where = listed(sorted(found.regions.loc[found.regions["campaign"], "region"]), 12)
    text = f"Run it for {found.weeks} weeks in {where}; a coin chose one of each pair of regions that moved alike. "
    if math.isnan(found.paying):
        return f"{text}It would show a rise of {write.share(found.smallest)}; set economics.gross_margin to learn whether that is enough."
    if found.enough:
        text += f"It would show a rise of {write.share(found.smallest)}, and pays from {write.share(found.paying)} on."
    else:
        text += (
            f"It would show a rise of {write.share(found.smallest)}, but pays from {write.share(found.paying)} on already: for "
            f"{write.money(found.spend)} it may pay without being seen. A campaign that just pays is seen from "
            f"{write.money(found.spend_to_see)} of spending on."
        )
    return (
        f"{text} The price of learning is what the regions left out might have earned: {write.money(found.forgone)} of margin if it just "
        "pays."
    )
