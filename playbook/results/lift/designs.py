"""The arithmetic of published designs: difference in differences; synthetic control on outcomes; synthetic difference in differences
(Arkhangelsky et al. 2021); time-based regression (Kerman, Wang and Vaver 2017); structural time series (Harvey 1989); and the tests beside
them. Arrays in, estimates out.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np

from playbook.results.trend import forecast_sum

ASSIGNMENTS = 2000
PLACEBOS = 300
# under so many treated units their own spread says too little, and placebos stand in for it
FEW = 4


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


def smallest_p(regions: int, treated: int) -> float:
    """Return the smallest chance that a comparison of regions can come to, however large the effect.

    One over the number of assignments, twice that where half of the regions are treated (the mirror image looks the same); with one to
    three treated regions, one over the number of placebos (as many of the others) plus one.

    Examples
    --------
    >>> smallest_p(20, 1), smallest_p(6, 3), round(smallest_p(8, 4), 3)
    (0.05, 0.1, 0.029)
    """
    others = regions - treated
    if treated < 1 or others < 1:
        return 1.0
    if treated < FEW and others > treated:
        return 1 / (min(math.comb(others, treated), PLACEBOS) + 1)
    return (2 if treated == others else 1) / min(math.comb(regions, treated), ASSIGNMENTS)


def regions_needed(treated: int, level: float) -> tuple[int, int]:
    """Return how many regions without the campaign it takes beside so many with it, and how many in all where half have it.

    Examples
    --------
    >>> regions_needed(1, 0.95), regions_needed(2, 0.95)
    ((19, 8), (7, 8))
    """
    alpha = 1 - level + 1e-12
    beside = next(j for j in range(1, 10_000) if smallest_p(treated + j, treated) <= alpha)
    whole = next(2 * k for k in range(FEW, 10_000) if smallest_p(2 * k, k) <= alpha)
    return beside, whole


def _differences(change: np.ndarray, treated: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return every assignment's regions as rows of booleans, the differences of their means first; a random 2,000 where there are more."""
    from itertools import combinations

    n = len(change)
    if math.comb(n, treated) <= ASSIGNMENTS:
        rows = np.zeros((math.comb(n, treated), n), bool)
        for i, chosen in enumerate(combinations(range(n), treated)):
            rows[i, list(chosen)] = True
    else:
        rng = np.random.default_rng(seed)
        order = np.argsort(rng.random((ASSIGNMENTS - 1, n)), axis=1)[:, :treated]
        rows = np.zeros((ASSIGNMENTS - 1, n), bool)
        np.put_along_axis(rows, order, True, axis=1)
    sums = rows @ change
    return sums / treated - (change.sum() - sums) / (n - treated), rows


def reassignment_p(values: np.ndarray, treated: np.ndarray, before: np.ndarray, *, seed: int) -> float:
    """Return how often a reassignment of the campaign to as many other units gives at least as large a difference (Fisher 1935).

    All assignments where there are at most 2,000, else a random 2,000; never below one over their number.
    """
    change = values[:, ~before].mean(axis=1) - values[:, before].mean(axis=1)
    return _reassigned(change, treated, seed)


def _reassigned(change: np.ndarray, treated: np.ndarray, seed: int) -> float:
    own = abs(change[treated].mean() - change[~treated].mean())
    gaps, rows = _differences(change, int(treated.sum()), seed)
    reached = np.sum(np.abs(gaps) >= own - 1e-12 * max(1.0, own))
    whole = len(rows) == math.comb(len(change), int(treated.sum()))
    return float(reached / len(rows)) if whole else float((1 + reached) / (1 + len(rows)))


def reassignment_interval(values: np.ndarray, treated: np.ndarray, before: np.ndarray, *, level: float, seed: int) -> Estimate:
    """Return the difference in differences with all effects that reassignment does not reject (Fisher's test turned round).

    Assumes one effect for all treated units; infinite bounds where there are too few units for the level.
    """
    change = values[:, ~before].mean(axis=1) - values[:, before].mean(axis=1)
    effect = float(change[treated].mean() - change[~treated].mean())
    gaps, rows = _differences(change, int(treated.sum()), seed)
    inside = rows @ treated.astype(float)
    parts = inside / treated.sum() - (treated.sum() - inside) / (~treated).sum()
    extra = int(len(rows) < math.comb(len(change), int(treated.sum())))

    def p(shift: float) -> float:
        return float((extra + np.sum(np.abs(gaps - shift * parts) >= abs(effect - shift) - 1e-12)) / (extra + len(rows)))

    def bound(sign: float) -> float:
        step = max(float(np.abs(gaps - effect * parts).max()), 1e-9)
        inside, outside = 0.0, step
        while p(effect + sign * outside) > 1 - level:
            inside, outside = outside, outside * 2
            if outside > 1e6 * step:
                return sign * math.inf
        for _ in range(40):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if p(effect + sign * middle) > 1 - level else (inside, middle)
        return effect + sign * outside

    return Estimate(
        method="difference in differences", effect=effect, low=bound(-1.0), high=bound(1.0), p=_reassigned(change, treated, seed)
    )


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


def placebo_interval(
    values: np.ndarray, treated: np.ndarray, before: np.ndarray, *, levels: tuple[float, ...] = (0.95,), seed: int = 0
) -> tuple[Estimate, ...]:
    """Compare the mean of a few treated units with its synthetic control, and with what placebos show (Firpo and Possebom 2018).

    Placebos are the means of as many other units, each with its own synthetic control. The statistic is the mean gap after over the root
    mean squared gap before, so that a badly fitted placebo weighs less; the interval holds all effects that the placebos do not reject.

    Returns
    -------
    tuple of Estimate
        One a level. Mean gap after; infinite bounds where there are too few placebos for the level.
    """
    from itertools import combinations

    from scipy.stats import norm, t

    count, others = int(treated.sum()), values[~treated]
    gaps = _gaps(values[treated].mean(axis=0), others, before, True)
    effect, fit = float(gaps[~before].mean()), math.sqrt(float(np.mean(gaps[before] ** 2)))
    ways = math.comb(len(others), count)
    if ways <= PLACEBOS:
        chosen = [list(c) for c in combinations(range(len(others)), count)]
    else:
        rng = np.random.default_rng(seed)
        chosen = [list(rng.permutation(len(others))[:count]) for _ in range(PLACEBOS)]
    sizes = []
    for mine in chosen:
        rest = np.delete(others, mine, axis=0)
        if len(rest) < 1:
            continue
        gap = _gaps(others[mine].mean(axis=0), rest, before, True)
        was = math.sqrt(float(np.mean(gap[before] ** 2)))
        sizes.append(abs(float(gap[~before].mean())) / was if was > 0 else math.inf)
    ratios = np.sort(np.array(sizes))[::-1]
    own = abs(effect) / fit if fit > 0 else math.inf
    p = float((1 + np.sum(ratios >= own - 1e-12)) / (1 + len(ratios)))
    out = []
    for level in levels:
        within = math.floor((1 - level) * (1 + len(ratios)) + 1e-9)
        reach = float(ratios[within - 1]) * fit if within >= 1 else math.inf
        if count > 1:
            # placebos of several share units, so their spread is less sure than their number makes it look
            reach *= float(t.ppf((1 + level) / 2, max(len(others) - count, 1)) / norm.ppf((1 + level) / 2))
        out.append(Estimate(method="synthetic control", effect=effect, low=effect - reach, high=effect + reach, p=p))
    return tuple(out)


def conformal_test(values: np.ndarray, treated: np.ndarray, before: np.ndarray) -> float:
    """Return the conformal p of no effect: the synthetic control is fitted on all periods, as if nothing had happened."""
    gaps = _gaps_over(values[treated].mean(axis=0), values[~treated], np.ones(len(before), bool))
    return conformal_p(gaps, before)


def _gaps_over(one: np.ndarray, donors: np.ndarray, fitted: np.ndarray) -> np.ndarray:
    weights = simplex_weights(one[fitted], donors[:, fitted].T)
    gap = one - weights @ donors
    return gap - gap[fitted].mean()


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
    # controls that never moved say nothing beyond their mean
    slope = float(np.sum((x - x.mean()) * (y - y.mean())) / spread) if spread > 0 else 0.0
    fit = y.mean() + slope * (x - x.mean())
    sigma = math.sqrt(float(np.sum((y - fit) ** 2)) / (n - 2))
    effect = float(np.sum(treated[~before] - y.mean() - slope * (ahead - x.mean())))
    k, lean = len(ahead), float(np.sum(ahead - x.mean()))
    reach = float(t.ppf((1 + level) / 2, n - 2)) * sigma * math.sqrt(k + k**2 / n + (lean**2 / spread if spread > 0 else 0.0))
    return Estimate(method="time-based regression", effect=effect, low=effect - reach, high=effect + reach)


def drifting_regression(treated: np.ndarray, control: np.ndarray, before: np.ndarray, *, level: float = 0.95) -> Estimate:
    """Do the same with a level that may drift (:mod:`playbook.results.trend`): wider, and honest where days resemble each other."""
    control = np.atleast_2d(control)
    centre, size = control.mean(axis=1, keepdims=True), control.std(axis=1, keepdims=True)
    columns = np.vstack([np.ones(len(treated)), (control - centre) / np.where(size > 0, size, 1)]).T
    found = forecast_sum(treated[before], columns[before], columns[~before], level=level)
    came = float(treated[~before].sum())
    return Estimate(method="regression with drift", effect=came - found.mean, low=came - found.high, high=came - found.low)


def structural_time_series(
    treated: np.ndarray, control: np.ndarray | None, before: np.ndarray, *, level: float = 0.95, draws: int = 2000, seed: int = 0
) -> Estimate:
    """Forecast the treated series from its controls and a drifting level (local level with regression, statsmodels), and add up what came
    beyond.

    The regression is part of the state (`mle_regression=False`), so that its uncertainty counts; the two variances are estimated by maximum
    likelihood from the days before alone, and taken as known. That makes the interval too narrow where there are few days or little drift:
    :func:`drifting_regression` integrates over them.

    Parameters
    ----------
    treated : array (periods,)
    control : array (controls, periods) or None
    """
    import inspect

    from statsmodels.tsa.statespace.structural import UnobservedComponents

    y = np.asarray(treated, float)
    centre, size = y[before].mean(), y[before].std() or 1.0
    ahead = int((~before).sum())
    columns = None
    if control is not None:
        x = np.atleast_2d(np.asarray(control, float)).T
        spread = x[before].std(axis=0)
        columns = (x - x[before].mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    past = {} if columns is None else {"exog": columns[before], "mle_regression": False}
    future = {} if columns is None else {"exog": columns[~before]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = UnobservedComponents((y[before] - centre) / size, "llevel", **past).fit(disp=False, maxiter=200)
        # the argument was renamed in statsmodels 0.15
        named = "rng" if "rng" in inspect.signature(fitted.simulate).parameters else "random_state"
        paths = fitted.simulate(ahead, anchor="end", repetitions=draws, **future, **{named: np.random.default_rng(seed)})
        middle = float(np.sum(fitted.get_forecast(ahead, **future).predicted_mean)) * size + centre * ahead
    sums = np.asarray(paths).reshape(ahead, -1).sum(axis=0) * size + centre * ahead
    low, high = np.quantile(sums, [(1 - level) / 2, (1 + level) / 2])
    came = float(y[~before].sum())
    return Estimate(method="structural time series", effect=came - middle, low=came - float(high), high=came - float(low))
