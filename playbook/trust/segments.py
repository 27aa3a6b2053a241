"""Exact segmentation: the days between which a growth rate changed, and rises that came over several days."""

from __future__ import annotations

import numpy as np

LONGEST = 14  # days over which a delivery in parts may stretch
SHORTEST = 2  # one day alone is a jump
SCREEN = 5.0  # standardised rise of any window from which a series is worth the exact search
CELLS = 4_000_000  # of the table of costs at a time


def segment(values: np.ndarray, penalty: np.ndarray) -> np.ndarray:
    """Part series into stretches of one level each, so that squared deviations plus a penalty a stretch are least.

    Optimal partitioning (Jackson and others, 2005): exact, all series at once, squared in their length.

    Parameters
    ----------
    values : array, series × time
        Without gaps.
    penalty : array, series
        What another stretch costs; 3 σ² ln n is usual.

    Returns
    -------
    array of int, series × time
        Number of the stretch each value belongs to, from 0.

    Examples
    --------
    >>> segment(np.array([[0.0, 0, 0, 5, 5, 0, 0]]), np.array([1.0])).tolist()
    [[0, 0, 0, 1, 1, 2, 2]]
    """
    values = np.asarray(values, dtype=float)
    n, width = values.shape
    centred = values - values.mean(axis=1, keepdims=True)
    sums = np.c_[np.zeros(n), np.cumsum(centred, axis=1)]
    squares = np.c_[np.zeros(n), np.cumsum(centred**2, axis=1)]
    best = np.zeros((n, width + 1))
    best[:, 0] = -penalty
    start = np.zeros((n, width + 1), dtype=np.int64)
    for end in range(1, width + 1):
        length = end - np.arange(end)
        within = (squares[:, end, None] - squares[:, :end]) - (sums[:, end, None] - sums[:, :end]) ** 2 / length
        total = best[:, :end] + within + penalty[:, None]
        start[:, end] = total.argmin(axis=1)
        best[:, end] = total[np.arange(n), start[:, end]]
    first = np.zeros((n, width), dtype=np.int64)
    end = np.full(n, width)
    while (open_ := end > 0).any():
        rows = np.flatnonzero(open_)
        first[rows, start[rows, end[rows]]] = 1
        end[rows] = start[rows, end[rows]]
    return np.cumsum(first, axis=1) - 1


def surges(rate: np.ndarray, gap: np.ndarray, floor: np.ndarray) -> dict[str, np.ndarray]:
    """Return each series' most unusual rise over two to fourteen days.

    Every window is screened by its sum; only series in which one stands out are parted exactly, which gives the days.

    Parameters
    ----------
    rate : array, series × change
        Change of log followers a day, platform's median taken off; missing at the end and where counts are too far apart.
    gap : array, series × change
        Days between the two counts.
    floor : array, series × change
        Least standard deviation of a rate (half the step in which counts are published).

    Returns
    -------
    dict of arrays, one value a series
        `first`, `last` (places of the changes; -1 where nothing stands out), `rise` (log followers beyond the usual), `z`.
    """
    n = len(rate)
    out = {
        "first": np.full(n, -1),
        "last": np.full(n, -1),
        "rise": np.full(n, np.nan),
        "z": np.full(n, np.nan),
    }
    known = np.isfinite(rate)
    # deliveries are told by the day, so gaps of more than two days say too little
    daily = known & (gap <= 2)
    usable = daily.sum(axis=1) >= 20
    if not usable.any():
        return out
    rows = np.flatnonzero(usable)
    for start in range(0, len(rows), 20_000):
        _search(rows[start : start + 20_000], rate, daily, floor, out)
    return out


def _search(rows: np.ndarray, rate: np.ndarray, daily: np.ndarray, floor: np.ndarray, out: dict[str, np.ndarray]) -> None:
    own = np.where(daily[rows], rate[rows], np.nan)
    whole = not np.isnan(own).any()
    middle = (np.median if whole else np.nanmedian)(own, axis=1)
    away = np.where(np.isnan(own), 0.0, own - middle[:, None])
    spread = 1.4826 * (np.median if whole else np.nanmedian)(np.abs(own - middle[:, None]), axis=1)
    least = np.nanmax(np.where(daily[rows], floor[rows], np.nan), axis=1)
    spread = np.maximum(np.maximum(spread, least), 1e-9)
    totals = np.c_[np.zeros(len(rows)), np.cumsum(away, axis=1)]
    width = own.shape[1]
    highest = np.full(len(rows), -np.inf)
    for length in range(SHORTEST, min(LONGEST, width) + 1):
        risen = (totals[:, length:] - totals[:, :-length]).max(axis=1)
        highest = np.maximum(highest, risen / (spread * np.sqrt(length)))
    out["z"][rows] = highest
    odd = np.flatnonzero(highest >= SCREEN)
    size = max(1, CELLS // (width + 1))
    for start in range(0, len(odd), size):
        part = odd[start : start + size]
        label = segment(away[part], 3 * spread[part] ** 2 * np.log(width))
        for r, stretch in zip(part, label, strict=True):
            first, last, rise, z = _highest_stretch(away[r], stretch, spread[r])
            k = rows[r]
            out["first"][k], out["last"][k], out["rise"][k], out["z"][k] = first, last, rise, z


def _highest_stretch(away: np.ndarray, label: np.ndarray, spread: float) -> tuple[int, int, float, float]:
    """Return the run of raised stretches with the largest standardised rise: places of its first and last change, rise and z."""
    edges = np.flatnonzero(np.r_[True, label[1:] != label[:-1], True])
    total = np.r_[0.0, np.cumsum(away)]
    found = (-1, -1, np.nan, 0.0)
    for a in range(len(edges) - 1):
        for b in range(a + 1, len(edges)):
            length = edges[b] - edges[a]
            if length > LONGEST:
                break
            rise = total[edges[b]] - total[edges[a]]
            z = rise / (spread * np.sqrt(length))
            if length >= SHORTEST and z > found[3]:
                found = (int(edges[a]), int(edges[b] - 1), float(rise), float(z))
    return found
