"""Rates of true trials: orders per click, replies per comment, clicks per person reached."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Trials:
    """Rates of several units, drawn together as far as their trials are few.

    Attributes
    ----------
    rate, low, high : ndarray
        Posterior mean and central interval of each unit's rate.
    a, b : float
        Posterior means of the Beta distribution's parameters among units.
    """

    rate: np.ndarray
    low: np.ndarray
    high: np.ndarray
    a: float
    b: float


def beta_binomial(successes: np.ndarray, trials: np.ndarray, level: float = 0.9, *, grid: int = 60) -> Trials:
    """Estimate rates of units with true trials, where each success is one of a known number of tries.

    successes_i ~ Binomial(trials_i, p_i), p_i ~ Beta(a, b), prior of (a, b) proportional to (a + b)^(-5/2), integrated on a grid of
    (log(a / b), log(a + b)): Gelman and others, Bayesian Data Analysis, chapter 5. Not for likes over followers: those are not trials, and
    such an interval is far too narrow.

    Parameters
    ----------
    successes, trials : ndarray
        Whole numbers, successes at most trials; at least two units with trials.
    level : float
        Level of the intervals.
    grid : int
        Steps a side.

    Returns
    -------
    Trials

    Examples
    --------
    >>> found = beta_binomial(np.array([1, 5, 0]), np.array([50, 100, 10]))
    >>> bool(0 < found.rate[2] < found.rate[1] < 0.06), bool(found.low[2] < found.rate[2] < found.high[2])
    (True, True)
    """
    from scipy.special import expit, gammaln

    y, n = np.asarray(successes, dtype="float64"), np.asarray(trials, dtype="float64")
    known = n > 0
    total_y, total_n = y.sum(), n.sum()
    # the grid lies around the overall rate, wide enough for what the units' own rates can show
    middle = np.log((total_y + 0.5) / (total_n - total_y + 0.5))
    half = 4 / np.sqrt(known.sum()) + 4 / np.sqrt(min(total_y, total_n - total_y) + 1)
    logit = np.linspace(middle - half, middle + half, grid)
    size = np.linspace(np.log(0.2), np.log(max(50.0, 20 * n.max())), grid)
    u, v = np.meshgrid(logit, size, indexing="ij")
    total = np.exp(v)
    a, b = total * expit(u), total * expit(-u)
    log = -2.5 * v + np.log(a) + np.log(b)  # the last two: from (a, b) to (log(a / b), log(a + b))
    # the beta functions of all units at once: each distinct number of successes, failures and trials is worked out once
    log += known.sum() * (gammaln(total) - gammaln(a) - gammaln(b))
    for sign, base, counted in ((1, a, y), (1, b, n - y), (-1, total, n)):
        for value, times in zip(*np.unique(counted[known], return_counts=True), strict=True):
            log += sign * times * gammaln(base + value)
    weights = np.exp(log - log.max())
    weights /= weights.sum()
    keep = weights > 1e-6
    a, b, weights = a[keep], b[keep], weights[keep] / weights[keep].sum()
    # units with the same numbers have the same answer
    pairs, back = np.unique(np.column_stack([y, n]), axis=0, return_inverse=True)
    back = back.ravel()
    rate = np.array([weights @ ((a + yi) / (a + b + ni)) for yi, ni in pairs])[back]
    low, high = (_quantile(q, a, b, weights, *pairs.T)[back] for q in ((1 - level) / 2, (1 + level) / 2))
    return Trials(rate=rate, low=low, high=high, a=float(weights @ a), b=float(weights @ b))


def _quantile(q: float, a: np.ndarray, b: np.ndarray, weights: np.ndarray, y: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Quantile of each unit's mixture of Beta distributions, by bisection for all units at once."""
    from scipy.special import betainc

    below, above = np.zeros(len(y)), np.ones(len(y))
    for _ in range(28):
        at = (below + above) / 2
        share = np.array([weights @ betainc(a + yi, b + ni - yi, p) for yi, ni, p in zip(y, n, at, strict=True)])
        below, above = np.where(share < q, at, below), np.where(share < q, above, at)
    return (below + above) / 2
