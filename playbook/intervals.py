"""Intervals that need no model, where creators are what repeats."""

from __future__ import annotations

import math

import numpy as np


def median_interval(values: np.ndarray, level: float) -> tuple[float, float]:
    """Return the order statistics that hold the median of the creators' distribution with at least `level`; missing where too few.

    Exact for any continuous distribution (Conover, Practical Nonparametric Statistics, 1999, section 3.2).

    Parameters
    ----------
    values : sorted array

    Examples
    --------
    >>> median_interval(np.arange(1.0, 11), 0.9)
    (2.0, 9.0)
    >>> median_interval(np.array([1.0, 2.0]), 0.9)
    (nan, nan)
    """
    from scipy.stats import binom

    n = len(values)
    # most values that may be cut off at each end
    cut = int(binom.ppf((1 - level) / 2, n, 0.5)) if n else 0
    while cut > 0 and binom.cdf(cut - 1, n, 0.5) > (1 - level) / 2:
        cut -= 1
    if cut == 0:
        return math.nan, math.nan
    return float(values[cut - 1]), float(values[n - cut])


def share_interval(count: int, n: int, level: float) -> tuple[float, float]:
    """Return Wilson's interval for a share of independent things (Wilson, 1927); missing where there are none.

    Examples
    --------
    >>> low, high = share_interval(8, 10, 0.95)
    >>> round(low, 4), round(high, 4)
    (0.4902, 0.9433)
    """
    from scipy.stats import binomtest

    if n == 0:
        return math.nan, math.nan
    found = binomtest(count, n).proportion_ci(confidence_level=level, method="wilson")
    return float(found.low), float(found.high)
