"""Extra sales: what regions with the campaign sold beyond regions without it.

The arithmetic of four published designs (difference in differences; synthetic control on outcomes; synthetic difference in differences,
Arkhangelsky et al. 2021; time-based regression, Kerman, Wang and Vaver 2017), and the chapter's answer from them. A rise after a campaign
without regions or weeks to compare is never called an effect here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs
from playbook.results.attribution import attribute, window
from playbook.results.spending import total_cost
from playbook.results.trend import forecast_sum
from playbook.wording import wording

MIN_BEFORE = 14
FOUND_LEVEL = 0.95
ASSIGNMENTS = 2000
_NEED = "brand_daily with day, region, measure sales, value and treated: daily sales of regions with and without the campaign"


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
        Days before the campaign, and its days; days later than the campaign belong to neither.
    """

    values: np.ndarray
    units: tuple[str, ...]
    treated: np.ndarray
    days: pd.DatetimeIndex
    before: np.ndarray
    after: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """One design's answer: mean effect a treated unit and period, in the units of the outcome; NaN bounds where the design gives none."""

    method: str
    effect: float
    low: float = math.nan
    high: float = math.nan
    p: float = math.nan


def difference_in_differences(values: np.ndarray, treated: np.ndarray, before: np.ndarray, *, level: float = 0.95) -> Estimate:
    """Compare the change of treated units with the change of the others.

    Each unit is reduced to one number, its mean after less its mean before, so that days that resemble each other do not count as
    independent (Bertrand, Duflo and Mullainathan 2004); Welch's interval over units, none with fewer than two on a side.

    Parameters
    ----------
    values : array (units, periods)
    treated : array (units,) of bool
    before : array (periods,) of bool; all other periods are after

    Examples
    --------
    >>> y = np.array([[1.0, 1, 4, 4], [2, 2, 3, 3], [3, 3, 4, 4]])
    >>> difference_in_differences(y, np.array([True, False, False]), np.array([True, True, False, False])).effect
    2.0
    """
    from scipy.stats import t

    change = values[:, ~before].mean(axis=1) - values[:, before].mean(axis=1)
    one, other = change[treated], change[~treated]
    effect = float(one.mean() - other.mean())
    if len(one) < 2 or len(other) < 2:
        return Estimate(method="difference in differences", effect=effect)
    a, b = one.var(ddof=1) / len(one), other.var(ddof=1) / len(other)
    if a + b == 0:
        return Estimate(method="difference in differences", effect=effect, low=effect, high=effect, p=float(effect == 0))
    freedom = (a + b) ** 2 / (a**2 / (len(one) - 1) + b**2 / (len(other) - 1))
    reach = float(t.ppf((1 + level) / 2, freedom) * math.sqrt(a + b))
    p = float(2 * t.sf(abs(effect) / math.sqrt(a + b), freedom))
    return Estimate(method="difference in differences", effect=effect, low=effect - reach, high=effect + reach, p=p)


def reassignment_p(values: np.ndarray, treated: np.ndarray, before: np.ndarray, *, seed: int) -> float:
    """Return how often a reassignment of the campaign to as many other units gives at least as large a difference (Fisher 1935).

    All assignments where there are at most 2,000, else a random 2,000; never below one over their number.
    """
    from itertools import combinations

    change = values[:, ~before].mean(axis=1) - values[:, before].mean(axis=1)
    n, k = len(change), int(treated.sum())
    total = change.sum()
    own = abs(change[treated].mean() - change[~treated].mean())
    if math.comb(n, k) <= ASSIGNMENTS:
        sums = np.array([change[list(c)].sum() for c in combinations(range(n), k)])
        gaps = np.abs(sums / k - (total - sums) / (n - k))
        return float(np.mean(gaps >= own - 1e-12))
    rng = np.random.default_rng(seed)
    order = np.argsort(rng.random((ASSIGNMENTS - 1, n)), axis=1)[:, :k]
    sums = change[order].sum(axis=1)
    gaps = np.abs(sums / k - (total - sums) / (n - k))
    return float((1 + np.sum(gaps >= own - 1e-12)) / ASSIGNMENTS)


def simplex_weights(target: np.ndarray, donors: np.ndarray, *, ridge: float = 0.0, intercept: bool = True) -> np.ndarray:
    """Return weights of at least 0 that add up to 1 and bring the donors closest to the target.

    Minimises the mean squared gap plus `ridge` times the squared weights; a convex problem with one answer.

    Parameters
    ----------
    target : array (periods,)
    donors : array (periods, donors)
    intercept : bool
        Whether a constant gap is free, which means that levels need not match.
    """
    from scipy.optimize import nnls

    y, x = np.asarray(target, float), np.asarray(donors, float)
    if intercept:
        y, x = y - y.mean(), x - x.mean(axis=0)
    scale = float(np.abs(x).max()) or 1.0
    rows, count = x.shape
    top = np.vstack([x / scale, math.sqrt(max(ridge, 1e-14) * rows) / scale * np.eye(count)])
    right = np.concatenate([y / scale, np.zeros(count)])
    # the sum to one as a row so heavy that it holds to eight digits; what is left is scaled away
    heavy = 1e4 * math.sqrt(rows)
    weights, _ = nnls(np.vstack([top, heavy * np.ones(count)]), np.append(right, heavy), maxiter=50 * count + 1000)
    return weights / weights.sum()


def synthetic_control(
    values: np.ndarray, treated: np.ndarray, before: np.ndarray, *, intercept: bool = False
) -> tuple[Estimate, np.ndarray]:
    """Compare the mean of the treated units with a weighted mean of the others that ran alike before (Abadie, Diamond and Hainmueller
    2010).

    On outcomes alone, without other predictors, so that the weights have one answer.

    Returns
    -------
    (Estimate, gaps)
        Mean gap after; p by rank among placebos, each other unit in turn taken as treated; and the gap of every period.
    """
    gaps = _gaps(values[treated].mean(axis=0), values[~treated], before, intercept)
    others = values[~treated]
    ratios = (
        [_fit_ratio(_gaps(others[i], np.delete(others, i, axis=0), before, intercept), before) for i in range(len(others))]
        if len(others) > 2
        else []
    )
    own = _fit_ratio(gaps, before)
    p = (1 + sum(r >= own for r in ratios)) / (1 + len(ratios)) if ratios else math.nan
    return Estimate(method="synthetic control", effect=float(gaps[~before].mean()), p=p), gaps


def _gaps(one: np.ndarray, donors: np.ndarray, before: np.ndarray, intercept: bool) -> np.ndarray:
    weights = simplex_weights(one[before], donors[:, before].T, intercept=intercept)
    gap = one - weights @ donors
    return gap - gap[before].mean() if intercept else gap


def _fit_ratio(gaps: np.ndarray, before: np.ndarray) -> float:
    was, came = float(np.mean(gaps[before] ** 2)), float(np.mean(gaps[~before] ** 2))
    return math.sqrt(came / was) if was > 0 else math.inf


def conformal_p(gaps: np.ndarray, before: np.ndarray) -> float:
    """Return how unusual the gaps after are among all cyclic shifts of the gaps (Chernozhukov, Wuthrich and Zhu 2021).

    `gaps` must come from a fit on all periods under no effect; never below one over the number of periods.
    """
    length = int((~before).sum())
    sizes = np.abs(np.concatenate([gaps[before], gaps[~before]]))
    means = np.array([np.roll(sizes, k)[-length:].mean() for k in range(len(sizes))])
    return float(np.mean(means >= means[0] - 1e-12))


def synthetic_did(values: np.ndarray, treated: np.ndarray, before: np.ndarray, *, level: float = 0.95) -> Estimate:
    """Compare changes, with weights on units and on days that make the comparison alike before (Arkhangelsky et al. 2021).

    The interval is by jackknife over units, none with fewer than two treated.
    """
    effect = _sdid(values, treated, before)
    if treated.sum() < 2 or (~treated).sum() < 2:
        return Estimate(method="synthetic difference in differences", effect=effect)
    from scipy.stats import norm

    n = len(values)
    without = np.array([_sdid(np.delete(values, i, axis=0), np.delete(treated, i), before) for i in range(n)])
    reach = float(norm.ppf((1 + level) / 2)) * math.sqrt((n - 1) / n * float(np.sum((without - without.mean()) ** 2)))
    return Estimate(method="synthetic difference in differences", effect=effect, low=effect - reach, high=effect + reach)


def _sdid(values: np.ndarray, treated: np.ndarray, before: np.ndarray) -> float:
    donors, one = values[~treated], values[treated].mean(axis=0)
    steps = np.diff(donors[:, before], axis=1)
    noise = float(steps.std(ddof=1)) if steps.size > 1 else 0.0
    n_treated, n_after = int(treated.sum()), int((~before).sum())
    ridge = math.sqrt(n_treated * n_after) * noise**2
    units = simplex_weights(one[before], donors[:, before].T, ridge=ridge)
    days = simplex_weights(donors[:, ~before].mean(axis=1), donors[:, before], ridge=1e-12 * noise**2)
    gap = one - units @ donors
    return float(gap[~before].mean() - days @ gap[before])


def time_based_regression(treated: np.ndarray, control: np.ndarray, before: np.ndarray, *, level: float = 0.8) -> Estimate:
    """Forecast the treated total from the control total by least squares on the days before, and add up what came beyond (Kerman, Wang and
    Vaver 2017).

    The effect is the sum over the days after. Days are taken as independent, so the interval is too narrow where the level drifts.
    """
    from scipy.stats import t

    x, y = control[before], treated[before]
    n, ahead = len(x), control[~before]
    spread = float(np.sum((x - x.mean()) ** 2))
    slope = float(np.sum((x - x.mean()) * (y - y.mean())) / spread)
    fit = y.mean() + slope * (x - x.mean())
    sigma = math.sqrt(float(np.sum((y - fit) ** 2)) / (n - 2))
    effect = float(np.sum(treated[~before] - y.mean() - slope * (ahead - x.mean())))
    k, lean = len(ahead), float(np.sum(ahead - x.mean()))
    reach = float(t.ppf((1 + level) / 2, n - 2)) * sigma * math.sqrt(k + k**2 / n + lean**2 / spread)
    return Estimate(method="time-based regression", effect=effect, low=effect - reach, high=effect + reach)


def drifting_regression(treated: np.ndarray, control: np.ndarray, before: np.ndarray, *, level: float = 0.95) -> Estimate:
    """Do the same with a level that may drift (:mod:`playbook.results.trend`): wider, and honest where days resemble each other."""
    control = np.atleast_2d(control)
    centre, size = control.mean(axis=1, keepdims=True), control.std(axis=1, keepdims=True)
    columns = np.vstack([np.ones(len(treated)), (control - centre) / np.where(size > 0, size, 1)]).T
    found = forecast_sum(treated[before], columns[before], columns[~before], level=level)
    came = float(treated[~before].sum())
    return Estimate(method="regression with drift", effect=came - found.mean, low=came - found.high, high=came - found.low)


@needs("brand_daily", otherwise=_NEED)
def panel(data: Dataset, brief: Brief, *, measure: str = "sales") -> Panel | Missing:
    """Return daily values by region, from the days that all regions know.

    A region is treated where `treated` is marked on any of its days. Missing where there are not two regions with and two without the
    campaign, or fewer
    than 14 days before it.
    """
    days = window(data, brief)
    if isinstance(days, Missing):
        return days
    rows = data.brand_daily[(data.brand_daily["measure"] == measure) & data.brand_daily["region"].notna()]
    rows = rows[rows["day"] <= data.as_of.tz_localize(None)]
    table = rows.pivot_table(index="region", columns="day", values="value", aggfunc="last").dropna(axis=1).sort_index()
    marked = rows.assign(treated=rows["treated"].fillna(False).astype(bool)).groupby("region")["treated"].any().reindex(table.index)
    treated = marked.to_numpy(dtype=bool)
    if table.empty or treated.sum() < 2 or (~treated).sum() < 2:
        found = f"found {int(treated.sum())} with and {int((~treated).sum())} without"
        return Missing(
            needs=("brand_daily.region", "brand_daily.treated"),
            text=f"Extra sales need at least two regions with the campaign and two without ({found}): add {_NEED}. A rise after the "
            "campaign alone would not tell.",
        )
    dates = pd.DatetimeIndex(table.columns)
    starts, ends = days.starts.tz_localize(None), days.ends.tz_localize(None)
    before, after = np.asarray(dates < starts), np.asarray((dates >= starts) & (dates < ends))
    if before.sum() < MIN_BEFORE or after.sum() < 1:
        return Missing(
            needs=("brand_daily",),
            text=f"Extra sales need at least {MIN_BEFORE} days before the campaign and some of its days in all regions (found "
            f"{int(before.sum())} and {int(after.sum())}).",
        )
    return Panel(values=table.to_numpy(dtype=float), units=tuple(table.index), treated=treated, days=dates, before=before, after=after)


@dataclass(frozen=True, kw_only=True)
class Lift:
    """What the regions with the campaign sold beyond the others.

    Attributes
    ----------
    share, low, high : float
        Rise over what would have come, by difference in differences of regions, each taken relative to its own level before; interval at
        the brief's level.
    found : {'found', 'none_that_pays', 'cannot_tell'}
        `found`: the 95 % interval excludes zero; `none_that_pays`: it does not, and its upper end would not pay for the campaign; else
        `cannot_tell`.
    p : float
        Share of reassignments of the campaign to other regions with at least as large a difference; `p_floor` the smallest it could be.
    extra, extra_low, extra_high : float
        Extra sales in the treated regions, in the budget's currency.
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
    paths : DataFrame
        `day`, `with`, `without`: mean of the regions relative to their own level before.
    """

    share: float
    low: float
    high: float
    level: float
    found: Literal["found", "none_that_pays", "cannot_tell"]
    p: float
    p_floor: float
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
    paths: pd.DataFrame


def regional_lift(data: Dataset, brief: Brief) -> Lift | Missing:
    """Estimate the extra sales of the regions where the campaign ran.

    Assumes that without the campaign all regions would have moved in proportion, and that it did not reach the regions without it:
    audiences of
    creators do not stop at borders, and what spills over makes the estimate too small.
    """
    found = panel(data, brief)
    if isinstance(found, Missing):
        return found
    days = found.before | found.after
    values, before = found.values[:, days], found.before[days]
    base = values[:, before].mean(axis=1, keepdims=True)
    if (base <= 0).any():
        return Missing(
            needs=("brand_daily.value",),
            text="A region sold nothing before the campaign, so its rise has no measure: leave it out of brand_daily.",
        )
    index = values / base
    treated, level = found.treated, brief.statistics.level
    rise, wide = (difference_in_differences(index, treated, before, level=x) for x in (level, FOUND_LEVEL))
    # both sides moved: the counterfactual of the treated is what the others did
    usual = index[~treated][:, ~before].mean()
    share, low, high = (e / usual for e in (rise.effect, rise.low, rise.high))
    came = values[treated][:, ~before].sum()
    extra, extra_low, extra_high = (came * s / (1 + s) if s > -1 else -math.inf for s in (share, low, high))
    cost, whole = total_cost(data, brief)
    margin = brief.economics.gross_margin
    known = whole and margin is not None and cost > 0
    roi, roi_low, roi_high = ((margin * e - cost) / cost if known else math.nan for e in (extra, extra_low, extra_high))
    without = came / (1 + share)
    paying = cost / (margin * without) if known and margin > 0 else math.nan
    zero_out = wide.low > 0 or wide.high < 0
    pays_not = not math.isnan(paying) and wide.high / usual < paying
    credited = _credited(data, brief)
    paths = pd.DataFrame({"day": found.days[days], "with": index[treated].mean(axis=0), "without": index[~treated].mean(axis=0)})
    return Lift(
        share=share,
        low=low,
        high=high,
        level=level,
        found="found" if zero_out else "none_that_pays" if pays_not else "cannot_tell",
        p=reassignment_p(index, treated, before, seed=brief.statistics.seed),
        p_floor=1 / min(math.comb(len(treated), int(treated.sum())), ASSIGNMENTS),
        extra=extra,
        extra_low=extra_low,
        extra_high=extra_high,
        roi=roi,
        roi_low=roi_low,
        roi_high=roi_high,
        paying_share=paying,
        per_credited=extra / credited,
        before_p=placebo_in_time(index, treated, before),
        others=_others(index, treated, before, usual, level),
        regions_with=int(treated.sum()),
        regions_without=int((~treated).sum()),
        days_before=int(before.sum()),
        days=int((~before).sum()),
        paths=paths,
    )


def _credited(data: Dataset, brief: Brief) -> float:
    """Return the campaign's credited revenue after refunds; NaN where there is none."""
    orders = attribute(data, brief)
    if isinstance(orders, Missing):
        return math.nan
    revenue = float(orders.loc[(orders["period"] == "during") & orders["creator"].notna(), "net"].sum())
    return revenue if revenue > 0 else math.nan


def _others(index: np.ndarray, treated: np.ndarray, before: np.ndarray, usual: float, level: float) -> tuple[Estimate, ...]:
    control, _ = synthetic_control(index, treated, before, intercept=True)
    did = synthetic_did(index, treated, before, level=level)
    one, other, count = index[treated].mean(axis=0), index[~treated].mean(axis=0), int((~before).sum())
    plain = time_based_regression(one, other, before, level=level)
    drift = drifting_regression(one, other, before, level=level)
    per_day = [(control, 1), (did, 1), (plain, count), (drift, count)]
    return tuple(
        Estimate(method=e.method, effect=e.effect / k / usual, low=e.low / k / usual, high=e.high / k / usual, p=e.p) for e, k in per_day
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
    span = write.between(found.low, found.high, write.share, found.level)
    start = (
        f"The {found.regions_with} regions with the campaign sold {write.share(found.share)} more than the {found.regions_without} "
        f"without would suggest ({span})."
    )
    if found.found == "found" and found.share > 0:
        text = f"An effect was found. {start} That is {write.money(found.extra)} of extra sales"
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
        text = f"Your data cannot tell whether the campaign added sales. {start}"
    if found.p_floor > 1 - FOUND_LEVEL:
        text += f" With so few regions no test can be sure: even a perfect result has a chance of {write.share(found.p_floor)}."
    return text
