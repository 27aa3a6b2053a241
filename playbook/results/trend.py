"""What a daily series would have done by itself: a level that may drift, weekdays, and controls where there are any.

The model is the local level with regression, y_t = x_t b + m_t + e_t, m_t = m_{t-1} + h_t, written as one covariance matrix and
solved by generalised least squares; the ratio of the two variances is integrated over a grid instead of being estimated, so that the
interval owns up to not knowing how much the level drifts (Harvey 1989; Brodersen et al. 2015 for its use on campaigns).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MIN_DAYS = 14
MAX_DAYS = 400
# step of the level as a share of the day's noise, all as likely before seeing the data: with small steps favoured, 95 % intervals of 28
# days held the truth in only 88 to 93 % of simulated worlds where the level really drifted
_STEPS = np.linspace(0.0, 1.0, 11)


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """The sum of a series over days to come, had it gone on as before.

    Attributes
    ----------
    mean, low, high : float
    days : int
        Days added up.
    n : int
        Days learned from.
    drift : float
        Expected step of the level from day to day, as a share of the day's noise.
    daily : numpy.ndarray
        Expected value of each day to come; fitted : of each day before.
    """

    mean: float
    low: float
    high: float
    level: float
    days: int
    n: int
    drift: float
    daily: np.ndarray
    fitted: np.ndarray


def forecast_sum(before: np.ndarray, columns: np.ndarray, columns_after: np.ndarray, *, level: float) -> Forecast:
    """Forecast the sum of the days after from the days before.

    Parameters
    ----------
    before : array (days before,)
        Without gaps.
    columns, columns_after : array (days, columns)
        Regressors, the constant among them.
    level : float
        Of the interval, 0-1.

    Raises
    ------
    ValueError
        Where there are not more days before than columns plus two.

    Examples
    --------
    >>> day = np.arange(60)
    >>> f = forecast_sum(10.0 + (day % 3 - 1), np.ones((60, 1)), np.ones((5, 1)), level=0.9)
    >>> round(f.mean), f.low < 50 < f.high
    (50, True)
    """
    from scipy.linalg import cho_factor, cho_solve

    y = np.asarray(before, float)
    x = np.asarray(columns, float)
    x_new = np.asarray(columns_after, float)
    n, days, k = len(y), len(x_new), x.shape[1]
    if n < k + 3:
        raise ValueError(f"{n} days before for {k} columns; expected at least {k + 3}")
    scale = float(np.std(y)) or 1.0
    y = y / scale
    time = np.arange(1, n + days + 1, dtype=float)
    walk = np.minimum.outer(time, time)
    add = np.ones(days)
    means, spreads, weights, dailies, fits = [], [], [], [], []
    for step in _STEPS:
        cov = np.eye(n) + step**2 * walk[:n, :n]
        factor = cho_factor(cov)
        solved_x, solved_y = cho_solve(factor, x), cho_solve(factor, y)
        gram = x.T @ solved_x
        gram_factor = cho_factor(gram + 1e-12 * np.trace(gram) / k * np.eye(k))
        beta = cho_solve(gram_factor, x.T @ solved_y)
        residual = y - x @ beta
        rss = max(float(residual @ cho_solve(factor, residual)), 1e-18)
        cross = step**2 * walk[n:, :n]
        daily = x_new @ beta + cross @ cho_solve(factor, residual)
        carried = cho_solve(factor, cross.T @ add)
        lack = x_new.T @ add - x.T @ carried
        own = add @ (np.eye(days) + step**2 * walk[n:, n:]) @ add
        variance = own - (cross.T @ add) @ carried + lack @ cho_solve(gram_factor, lack)
        means.append(float(daily.sum()))
        spreads.append(np.sqrt(max(variance, 0.0) * rss / (n - k)))
        weights.append(-0.5 * ((n - k) * np.log(rss) + 2 * np.log(np.diag(factor[0])).sum() + np.linalg.slogdet(gram)[1]))
        dailies.append(daily)
        fits.append(x @ beta + step**2 * walk[:n, :n] @ cho_solve(factor, residual))
    share = np.exp(np.array(weights) - max(weights))
    share /= share.sum()
    low, high = (_mixed_quantile(q, np.array(means), np.array(spreads), share, n - k) for q in ((1 - level) / 2, (1 + level) / 2))
    return Forecast(
        mean=float(share @ np.array(means)) * scale,
        low=low * scale,
        high=high * scale,
        level=level,
        days=days,
        n=n,
        drift=float(share @ _STEPS),
        daily=share @ np.array(dailies) * scale,
        fitted=share @ np.array(fits) * scale,
    )


def drifting_coefficients(
    values: np.ndarray, columns: np.ndarray, wanted: np.ndarray, *, level: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Estimate sums of regression coefficients beside a level that may drift.

    The same model as :func:`forecast_sum`, all days at once.

    Parameters
    ----------
    values : array (days,)
    columns : array (days, columns)
    wanted : array (sums, columns)
        Weights of the coefficients in each sum.

    Returns
    -------
    (mean, low, high) : arrays (sums,)

    Raises
    ------
    ValueError
        Where there are not more days than columns plus two.
    """
    from scipy.linalg import cho_factor, cho_solve

    y, x, c = (np.asarray(a, float) for a in (values, columns, wanted))
    n, k = x.shape
    if n < k + 3:
        raise ValueError(f"{n} days for {k} columns; expected at least {k + 3}")
    scale = float(np.std(y)) or 1.0
    y = y / scale
    time = np.arange(1, n + 1, dtype=float)
    walk = np.minimum.outer(time, time)
    means, spreads, weights = [], [], []
    for step in _STEPS:
        factor = cho_factor(np.eye(n) + step**2 * walk)
        solved = cho_solve(factor, x)
        gram = x.T @ solved
        gram_factor = cho_factor(gram + 1e-12 * np.trace(gram) / k * np.eye(k))
        beta = cho_solve(gram_factor, solved.T @ y)
        residual = y - x @ beta
        rss = max(float(residual @ cho_solve(factor, residual)), 1e-18)
        means.append(c @ beta)
        spreads.append(np.sqrt(np.maximum(np.einsum("ij,ji->i", c, cho_solve(gram_factor, c.T)), 0) * rss / (n - k)))
        weights.append(-0.5 * ((n - k) * np.log(rss) + 2 * np.log(np.diag(factor[0])).sum() + np.linalg.slogdet(gram)[1]))
    share = np.exp(np.array(weights) - max(weights))
    share /= share.sum()
    m, s = np.array(means), np.array(spreads)
    ends = [[_mixed_quantile(q, m[:, i], s[:, i], share, n - k) for i in range(len(c))] for q in ((1 - level) / 2, (1 + level) / 2)]
    return share @ m * scale, np.array(ends[0]) * scale, np.array(ends[1]) * scale


def _mixed_quantile(q: float, means: np.ndarray, spreads: np.ndarray, weights: np.ndarray, freedom: int) -> float:
    from scipy.optimize import brentq
    from scipy.stats import t

    ends = means + np.outer([-1, 1], spreads) * (abs(t.ppf(min(q, 1 - q), freedom)) + 1.0)
    low, high = float(ends.min()) - 1e-9, float(ends.max()) + 1e-9
    safe = np.maximum(spreads, 1e-12)
    return float(brentq(lambda v: float(weights @ t.cdf((v - means) / safe, freedom)) - q, low, high))


def calendar(first_day: int, days: int, *, weekdays: bool) -> np.ndarray:
    """Return a constant and, if asked, six weekday columns for days in a row; `first_day` is 0 for Monday."""
    columns = [np.ones(days)]
    if weekdays:
        of_week = (first_day + np.arange(days)) % 7
        # against the seventh day, so that the constant stays the mean of the week
        columns += [(of_week == d).astype(float) - (of_week == 6) for d in range(6)]
    return np.column_stack(columns)
