"""Error rates: how unusual something is among peers, and how many innocent creators a list of questions may hold."""

from __future__ import annotations

import numpy as np
import pandas as pd

PEERS_NEEDED = 15
MAD_TO_SD = 1.4826


def q_values(p: pd.Series) -> pd.Series:
    """Return the smallest share of innocent creators at which each would still be listed (Benjamini and Hochberg, 1995).

    Parameters
    ----------
    p : Series
        Tail probabilities, 0-1; missing ones are not tested.

    Returns
    -------
    Series
        Same index; missing where `p` is.

    Examples
    --------
    >>> q_values(pd.Series([0.01, 0.04, 0.03, None])).round(3).tolist()
    [0.03, 0.04, 0.04, nan]
    """
    known = p.dropna().astype("float64").sort_values(kind="stable")
    m = len(known)
    out = pd.Series(np.nan, index=p.index, dtype="float64")
    if m:
        raw = known.to_numpy() * m / np.arange(1, m + 1)
        out.loc[known.index] = np.minimum(np.minimum.accumulate(raw[::-1])[::-1], 1.0)
    return out


def degrees_of_freedom(z: np.ndarray, *, far: float = 0.98) -> float:
    """Return the degrees of freedom of the Student t whose tails, against its middle half, are as heavy as those of `z`.

    Matches the ratio of a far percentile of the sizes to the 50th.
    A few per cent of true outliers hardly move the 98th; where a tenth may be, take the 90th. Between 2.5 and 30; 5 where there are
    fewer than 50 values.

    Examples
    --------
    >>> import numpy as np
    >>> bool(degrees_of_freedom(np.random.default_rng(1).standard_normal(5000)) > 15)
    True
    """
    from scipy.stats import t

    sizes = np.abs(z[np.isfinite(z)])
    if len(sizes) < 50:
        return 5.0
    middle, tail = np.quantile(sizes, [0.5, far])
    if middle <= 0:
        return 2.5
    grid = np.array([2.5, 3, 3.5, 4, 5, 6, 8, 10, 15, 20, 30])
    ratios = t.ppf((1 + far) / 2, grid) / t.ppf(0.75, grid)
    return float(grid[np.argmin(np.abs(ratios - tail / middle))])


def among_peers(
    value: pd.Series,
    size: pd.Series,
    group: pd.Series,
    variance: pd.Series,
    *,
    beside: pd.Series | None = None,
    needed: int = PEERS_NEEDED,
    far: float = 0.9,
) -> pd.DataFrame:
    """Return how far each value lies from what peers of its size and group have, and how unusual that is.

    A curve through the peers (quadratic in log size, Huber's weights), then the residual over its own spread: that between creators plus
    that of a mean of so many posts. Tail probabilities are two-sided, from a Student t as heavy as the pool's own.

    Parameters
    ----------
    value : Series
        On a scale where differences compare, such as the log of a rate.
    size : Series
        Followers, above 0.
    group : Series
        Whom to compare with, such as the platform; groups with fewer than `needed` known values stay unknown.
    variance : Series
        Variance of `value` by its own posts (0 where known exactly).
    beside : Series, optional
        What else the expected value hangs on, linearly, such as the log of comments; rows without it stay unknown.
    far : float
        Percentile by which the weight of the tails is judged, below the share of true outliers.

    Returns
    -------
    DataFrame
        Same index: `expected`, `residual` (in `value`'s scale), `z`, `p` (two-sided), `p_low`, `p_high` (one-sided), `peers`.
    """
    from scipy.stats import t

    names = ["expected", "residual", "z", "p", "p_low", "p_high"]
    out = pd.DataFrame(np.nan, index=value.index, columns=names, dtype="float64").assign(peers=0)
    known = value.notna() & (size > 0) & variance.notna() & group.notna()
    if beside is not None:
        known &= beside.notna()
    for _, rows in value[known].groupby(group[known], sort=True):
        index = rows.index
        if len(index) < needed:
            out.loc[index, "peers"] = len(index)
            continue
        y = rows.to_numpy(dtype=float)
        x = np.log(size.loc[index].to_numpy(dtype=float))
        own = variance.loc[index].to_numpy(dtype=float)
        expected = _curve(x, y, None if beside is None else beside.loc[index].to_numpy(dtype=float))
        residual = y - expected
        spread = MAD_TO_SD * np.median(np.abs(residual - np.median(residual)))
        between = max(spread**2 - float(np.median(own)), (0.3 * spread) ** 2, 1e-12)
        z = residual / np.sqrt(between + own)
        df = degrees_of_freedom(z, far=far)
        low, high = t.cdf(z, df), t.sf(z, df)
        out.loc[index, names] = np.column_stack([expected, residual, z, 2 * np.minimum(low, high), low, high])
        out.loc[index, "peers"] = len(index)
    return out


def _curve(x: np.ndarray, y: np.ndarray, beside: np.ndarray | None = None, rounds: int = 30) -> np.ndarray:
    """Fit y on x, quadratic where the sizes allow, by Huber's weights (1964); return the fitted values."""
    centre = x - x.mean()
    spans = np.ptp(x)
    degree = 2 if len(x) >= 40 and spans > np.log(20) else 1 if len(x) >= PEERS_NEEDED and spans > np.log(2) else 0
    design = np.vander(centre, degree + 1)
    if beside is not None:
        design = np.column_stack([design, beside - beside.mean()])
    weights = np.ones(len(y))
    fitted = np.full(len(y), np.median(y))
    for _ in range(rounds):
        root = np.sqrt(weights)[:, None]
        coefficients, *_ = np.linalg.lstsq(design * root, y * root[:, 0], rcond=None)
        now = design @ coefficients
        residual = y - now
        scale = MAD_TO_SD * np.median(np.abs(residual)) or 1e-9
        weights = 1 / np.maximum(np.abs(residual) / (1.345 * scale), 1.0)
        if np.max(np.abs(now - fitted)) < 1e-8:
            break
        fitted = now
    return now
