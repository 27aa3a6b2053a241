"""Extra sales by regions: what regions with the campaign sold beyond regions without it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs
from playbook.memo import remembered
from playbook.results.attribution import attribute, window
from playbook.results.lift.designs import (
    FEW,
    Estimate,
    conformal_test,
    difference_in_differences,
    drifting_regression,
    placebo_interval,
    reassignment_interval,
    reassignment_p,
    regions_needed,
    smallest_p,
    structural_time_series,
    synthetic_control,
    synthetic_did,
    time_based_regression,
)
from playbook.results.spending import total_cost
from playbook.wording import plural, wording

MIN_BEFORE = 14
FOUND_LEVEL = 0.95
# names that the regions of a code holdout have; they are groups of people, not places
ARMS = ("offered", "held out")
_NEED = "brand_daily with day, region, measure, value and treated: daily sales of regions with and without the campaign"


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One measure by unit and day, gaps left out.

    Attributes
    ----------
    values : array (units, days)
    units : tuple of str
    treated : array (units,) of bool
    days : pandas.DatetimeIndex
    before, after : arrays of bool (days,)
        Days before the campaign, and its days.
    left_out : tuple of str
        Regions left out for their gaps; `days_left_out` how many days.
    """

    values: np.ndarray
    units: tuple[str, ...]
    treated: np.ndarray
    days: pd.DatetimeIndex
    before: np.ndarray
    after: np.ndarray
    left_out: tuple[str, ...] = ()
    days_left_out: int = 0


def measured(data: Dataset, measure: str) -> pd.DataFrame:
    """Return rows of brand_daily that can carry a comparison of regions: `day`, `region`, `value`, `treated`.

    Follower counts become daily gains, because counts only add up.
    """
    rows = data.brand_daily[(data.brand_daily["measure"] == measure) & data.brand_daily["region"].notna()]
    names = rows["region"].str.strip().str.casefold()
    rows = rows[(names != "") & ~names.isin(ARMS)].assign(treated=lambda f: f["treated"].astype("boolean").fillna(False).astype(bool))
    rows = rows.drop_duplicates(["day", "region"], keep="last").sort_values(["region", "day"])[["day", "region", "value", "treated"]]
    if measure == "followers":
        rows = rows.assign(value=rows.groupby("region")["value"].diff()).dropna(subset=["value"])
    return rows


def whole(table: pd.DataFrame) -> pd.DataFrame:
    """Leave out regions and days with gaps until none is left, each time the one that lacks the largest share.

    Days first where they lack as much. An unknown day is not a day without sales, so nothing is filled in.

    Parameters
    ----------
    table : DataFrame
        Regions by days.

    Examples
    --------
    >>> gaps = pd.DataFrame([[1, 2, 3, 4], [5, 6, 7, 8], [9, None, None, 1]], index=["a", "b", "c"])
    >>> whole(gaps).index.tolist(), whole(gaps).shape
    (['a', 'b'], (2, 4))
    """
    unknown = table.isna().to_numpy()
    rows, days = np.ones(unknown.shape[0], bool), np.ones(unknown.shape[1], bool)
    while (left := unknown[np.ix_(rows, days)]).any():
        by_row, by_day = left.mean(axis=1), left.mean(axis=0)
        if by_row.max() > by_day.max():
            rows[np.flatnonzero(rows)[by_row.argmax()]] = False
        else:
            days[np.flatnonzero(days)[by_day.argmax()]] = False
    return table.loc[rows, days]


@needs("brand_daily", otherwise=_NEED)
def panel(data: Dataset, brief: Brief, *, measure: str = "sales") -> Panel | Missing:
    """Return daily values by region, without the regions and days that have gaps (:func:`whole`).

    A region is treated where `treated` is marked on any of the campaign's days. Missing where there is no region with or none without the
    campaign, fewer than 14 days before it, or too few regions for any test at the 95 % level; the text then says how many it takes.
    """
    days = window(data, brief)
    if isinstance(days, Missing):
        return days
    starts, ends = days.starts.tz_localize(None), days.ends.tz_localize(None)
    rows = measured(data, measure)
    rows = rows[rows["day"] <= data.as_of.tz_localize(None)]
    known = rows.pivot_table(index="region", columns="day", values="value", aggfunc="last").sort_index()
    known = known.loc[:, known.columns < ends]
    table = whole(known)
    # a mark from an earlier campaign says nothing about this one
    during = rows[(rows["day"] >= starts) & (rows["day"] < ends)]
    treated = during.groupby("region")["treated"].any().reindex(table.index).fillna(False).to_numpy(dtype=bool)
    count, rest = int(treated.sum()), int((~treated).sum())
    if table.empty or not count or not rest:
        found = f"found {count} with and {rest} without"
        return Missing(
            needs=("brand_daily.region", "brand_daily.treated"),
            text=f"Extra {measure} need regions with the campaign and regions without ({found}): add {_NEED}. A rise after the "
            "campaign alone would not tell.",
        )
    dates = pd.DatetimeIndex(table.columns)
    before, after = np.asarray(dates < starts), np.asarray((dates >= starts) & (dates < ends))
    if before.sum() < MIN_BEFORE or after.sum() < 1:
        return Missing(
            needs=("brand_daily",),
            text=f"Extra {measure} need at least {MIN_BEFORE} days before the campaign and some of its days in all regions (found "
            f"{int(before.sum())} and {int(after.sum())}).",
        )
    return Panel(
        values=table.to_numpy(dtype=float),
        units=tuple(table.index),
        treated=treated,
        days=dates,
        before=before,
        after=after,
        left_out=tuple(sorted(set(known.index) - set(table.index))),
        days_left_out=known.shape[1] - table.shape[1],
    )


def too_few(treated: int, others: int, brief: Brief) -> Missing | None:
    """Return why so few regions cannot show anything at the 95 % level, and how many it takes; None where they can."""
    least = smallest_p(treated + others, treated)
    if least <= 1 - FOUND_LEVEL + 1e-12:
        return None
    write = wording(brief)
    beside, whole = regions_needed(treated, FOUND_LEVEL) if treated < FEW else (0, 2 * FEW)
    needed = f"at least {whole} regions, half of them without it"
    if beside:
        needed = f"at least {beside} regions without it, or {whole} regions in all, half of them with it"
    return Missing(
        needs=("brand_daily.region",),
        text=f"Extra sales need more regions than {treated} with the campaign and {others} without: even a perfect result would come up "
        f"by chance in {write.share(least)} of cases, and {write.share(1 - FOUND_LEVEL)} is the most that counts as found. With {treated} "
        f"{plural(treated, 'region')} that {plural(treated, 'has', 'have')} the campaign it takes {needed}.",
    )


@dataclass(frozen=True, kw_only=True)
class Lift:
    """What the regions with the campaign sold beyond the others.

    Attributes
    ----------
    measure : str
        sales, followers or searches.
    design : str
        Whose answer `share` is: difference in differences; with one to three treated regions, synthetic control.
    share, low, high : float
        Rise over what would have come, each region taken relative to its own level before; interval at the brief's level.
    found : {'found', 'none_that_pays', 'cannot_tell'}
        `found`: the 95 % interval excludes zero; `none_that_pays`: it does not, and its upper end would not pay for the campaign; else
        `cannot_tell`.
    found_low, found_high : float
        The 95 % interval.
    p : float
        Share of reassignments of the campaign (or of placebos) with at least as large a difference; `p_floor` the smallest it could be.
    conformal_p : float
        How unusual the campaign's days are among all days, for the synthetic control.
    extra, extra_low, extra_high : float
        What the treated regions had beyond, in the measure's unit (sales: the budget's currency).
    roi, roi_low, roi_high : float
        Incremental: margin of the extra sales less the cost, over the cost; missing without margin or cost.
    paying_share : float
        The rise at which the margin of the extra sales pays the cost.
    per_credited : float
        Extra sales over credited revenue: the factor between what marks see and what regions show.
    before_p : float
        Share of stretches before the campaign, as long as it, in which the regions drifted apart at least as much.
    others : tuple of Estimate
        The other designs' answers, as shares.
    regions_with, regions_without, days_before, days : int
    left_out : tuple of str
        Regions left out for their gaps; `days_left_out` how many days.
    came, without : float
        What the treated regions had during the campaign, and what they would have had.
    paths : DataFrame
        `day`, `with`, `without`: mean of the regions relative to their own level before (for a synthetic control: its weighted mean).
    """

    measure: str
    design: str
    share: float
    low: float
    high: float
    level: float
    found: Literal["found", "none_that_pays", "cannot_tell"]
    found_low: float
    found_high: float
    p: float
    p_floor: float
    conformal_p: float
    extra: float
    extra_low: float
    extra_high: float
    roi: float
    roi_low: float
    roi_high: float
    paying_share: float
    per_credited: float
    before_p: float
    others: tuple[Estimate, ...]
    regions_with: int
    regions_without: int
    days_before: int
    days: int
    came: float
    without: float
    left_out: tuple[str, ...]
    days_left_out: int
    paths: pd.DataFrame


@remembered
def regional_lift(data: Dataset, brief: Brief, *, measure: str | None = None) -> Lift | Missing:
    """Estimate what the regions where the campaign ran had beyond the others.

    Assumes that without the campaign all regions would have moved in proportion, and that it did not reach the regions without it:
    audiences of creators do not stop at borders, and what spills over makes the estimate too small.

    Parameters
    ----------
    measure : {'sales', 'followers', 'searches'}, optional
        By default the brief's `results.outcome`.

    Returns
    -------
    Lift or Missing
        Missing where there are no regions to compare, or too few for the level: then with the number that it takes.
    """
    measure = measure or brief.results.outcome
    found = panel(data, brief, measure=measure)
    if isinstance(found, Missing):
        return found
    treated = found.treated
    refused = too_few(int(treated.sum()), int((~treated).sum()), brief)
    if refused is not None:
        return refused
    days = found.before | found.after
    values, before = found.values[:, days], found.before[days]
    base = values[:, before].mean(axis=1, keepdims=True)
    if (base <= 0).any():
        names = [u for u, b in zip(found.units, base[:, 0], strict=True) if b <= 0]
        return Missing(
            needs=("brand_daily.value",),
            text=f"{names[0]} had no {measure} before the campaign, so its rise has no measure: leave that region out of brand_daily.",
        )
    index = values / base
    if np.ptp(index[:, before]) < 1e-9:
        text = f"Your {measure} never moved before the campaign, in no region, so nothing can be learned from them: check brand_daily."
        return Missing(needs=("brand_daily.value",), text=text)
    level, seed = brief.statistics.level, brief.statistics.seed
    rise, wide, design = answer(index, treated, before, level=level, seed=seed)
    mean = float(index[treated][:, ~before].mean())
    usual = mean - rise.effect
    share, low, high, found_low, found_high = (as_share(e, mean) for e in (rise.effect, rise.low, rise.high, wide.low, wide.high))
    came = float(values[treated][:, ~before].sum())
    extra, extra_low, extra_high = (_beyond(came, s) for s in (share, low, high))
    cost, whole = total_cost(data, brief)
    margin = brief.economics.gross_margin
    known = measure == "sales" and whole and margin is not None and cost > 0
    roi, roi_low, roi_high = ((margin * e - cost) / cost if known else math.nan for e in (extra, extra_low, extra_high))
    without = came / (1 + share) if share > -1 else math.nan
    paying = cost / (margin * without) if known and margin > 0 else math.nan
    zero_out = found_low > 0 or found_high < 0
    pays_not = not math.isnan(paying) and found_high < paying
    credited = _credited(data, brief) if measure == "sales" else math.nan
    paths = pd.DataFrame({"day": found.days[days], "with": index[treated].mean(axis=0), "without": index[~treated].mean(axis=0)})
    if design == "synthetic control":
        _, gaps = synthetic_control(index, treated, before, intercept=True)
        paths["without"] = paths["with"] - gaps
    return Lift(
        measure=measure,
        design=design,
        share=share,
        low=low,
        high=high,
        level=level,
        found="found" if zero_out else "none_that_pays" if pays_not else "cannot_tell",
        found_low=found_low,
        found_high=found_high,
        p=wide.p,
        p_floor=smallest_p(len(treated), int(treated.sum())),
        conformal_p=conformal_test(index, treated, before),
        extra=extra,
        extra_low=extra_low,
        extra_high=extra_high,
        roi=roi,
        roi_low=roi_low,
        roi_high=roi_high,
        paying_share=paying,
        per_credited=extra / credited,
        before_p=placebo_in_time(index, treated, before),
        others=_others(index, treated, before, usual, level, design, seed),
        regions_with=int(treated.sum()),
        regions_without=int((~treated).sum()),
        days_before=int(before.sum()),
        days=int((~before).sum()),
        came=came,
        without=without,
        left_out=found.left_out,
        days_left_out=found.days_left_out,
        paths=paths,
    )


def answer(index: np.ndarray, treated: np.ndarray, before: np.ndarray, *, level: float, seed: int) -> tuple[Estimate, Estimate, str]:
    """Return the design's estimate at the brief's level and at the 95 % level, and which design it is.

    Difference in differences with Welch's interval where both sides have at least four regions; by reassignment where fewer are without
    the campaign; a synthetic control among placebos where one to three have it.
    """
    count, rest = int(treated.sum()), int((~treated).sum())
    levels = (level, FOUND_LEVEL)
    if count < FEW:
        one, two = placebo_interval(index, treated, before, levels=levels, seed=seed)
        return one, two, "synthetic control"
    if rest < FEW:
        one, two = (reassignment_interval(index, treated, before, level=x, seed=seed) for x in levels)
        return one, two, "difference in differences"
    one, two = (difference_in_differences(index, treated, before, level=x) for x in levels)
    p = reassignment_p(index, treated, before, seed=seed)
    two = Estimate(method=two.method, effect=two.effect, low=two.low, high=two.high, p=p)
    return one, two, "difference in differences"


def as_share(effect: float, came: float) -> float:
    """Return an effect as a share of what would have come without it.

    A bound of the effect is a bound of what would have come: dividing both bounds by one estimate of it would make the interval too narrow
    where the effect is large.

    >>> as_share(0.25, 1.25), round(as_share(-0.1, 1.1), 4)
    (0.25, -0.0833)
    """
    return effect / (came - effect) if effect < came else math.inf


def _beyond(came: float, share: float) -> float:
    """Return what of a sum came beyond, where it is a share more than it would have been."""
    if math.isnan(share):
        return math.nan
    if share == math.inf:
        return came
    return came * share / (1 + share) if share > -1 else -math.inf


def _credited(data: Dataset, brief: Brief) -> float:
    """Return the campaign's credited revenue after refunds; NaN where there is none."""
    orders = attribute(data, brief)
    if isinstance(orders, Missing):
        return math.nan
    revenue = float(orders.loc[(orders["period"] == "during") & orders["creator"].notna(), "net"].sum())
    return revenue if revenue > 0 else math.nan


def _others(
    index: np.ndarray, treated: np.ndarray, before: np.ndarray, usual: float, level: float, design: str, seed: int
) -> tuple[Estimate, ...]:
    """Return what the other designs say, as shares of what would have come."""
    one, other, count = index[treated].mean(axis=0), index[~treated].mean(axis=0), int((~before).sum())
    rows = []
    if design == "synthetic control":
        rows.append((difference_in_differences(index, treated, before, level=level), 1))
    else:
        rows.append((synthetic_control(index, treated, before, intercept=True)[0], 1))
    rows.append((synthetic_did(index, treated, before, level=level), 1))
    rows.append((time_based_regression(one, other, before, level=level), count))
    rows.append((structural_time_series(one, other, before, level=level, seed=seed), count))
    rows.append((drifting_regression(one, other, before, level=level), count))
    return tuple(
        Estimate(method=e.method, effect=e.effect / k / usual, low=e.low / k / usual, high=e.high / k / usual, p=e.p) for e, k in rows
    )


def placebo_in_time(values: np.ndarray, treated: np.ndarray, before: np.ndarray) -> float:
    """Return the share of stretches before the campaign, as long as it, whose difference in differences is at least as large; NaN where
    none fits."""
    own = abs(difference_in_differences(values, treated, before).effect)
    length, past = int((~before).sum()), values[:, before]
    placebos = []
    for end in range(past.shape[1], length + MIN_BEFORE - 1, -1):
        stretch = past[:, :end]
        early = np.arange(end) < end - length
        placebos.append(abs(difference_in_differences(stretch, treated, early).effect))
    return float(np.mean([p >= own for p in placebos])) if placebos else math.nan


def lift_sentence(found: Lift | Missing, brief: Brief) -> str:
    """Say whether the regions show an effect, and what it is worth."""
    if isinstance(found, Missing):
        return found.text
    write = wording(brief)
    verb, things = {"sales": ("sold", "extra sales"), "followers": ("won", "extra followers")}.get(found.measure, ("saw", "extra searches"))
    span = write.between(found.low, found.high, write.share, found.level)
    more = "more" if found.share >= 0 else "less"
    start = (
        f"The {found.regions_with} {plural(found.regions_with, 'region')} with the campaign {verb} {write.share(abs(found.share))} {more} "
        f"than the {found.regions_without} without would suggest ({span})."
    )
    amount = write.money if found.measure == "sales" else write.count
    if found.found == "found" and found.share > 0:
        text = f"An effect was found. {start} That is {amount(found.extra)} of {things}"
        if not math.isnan(found.roi):
            text += (
                f", an incremental ROI of {write.share(found.roi)} "
                f"({write.between(found.roi_low, found.roi_high, write.share, found.level)})"
            )
        text += "."
        if not math.isnan(found.per_credited):
            text += (
                f" For each {write.money(1.0)} credited by codes and links, {write.money(found.per_credited)} was extra, in these "
                "regions and through all channels."
            )
    elif found.found == "found":
        text = f"A fall was found. {start}"
    elif found.found == "none_that_pays":
        text = f"No effect was found that would pay for the campaign. {start} It would have taken {write.share(found.paying_share)}."
    else:
        wide = write.between(found.found_low, found.found_high, write.share, FOUND_LEVEL)
        text = f"Your data cannot tell whether the campaign added {found.measure}. {start} What counts is the {wide}, which holds zero."
    return text
