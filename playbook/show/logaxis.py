"""Ticks of logarithmic axes that people can read: 1, 2 and 5 where the range is short, powers of ten where it is long."""

from __future__ import annotations

import math
from typing import Any

from playbook.show.theme import count_axis


def log_ticks(low: float, high: float) -> list[float]:
    """Return where to put ticks between two positive values.

    >>> log_ticks(15, 600), log_ticks(1, 1e6)
    ([20.0, 50.0, 100.0, 200.0, 500.0], [1.0, 10.0, 100.0, 1000.0, 10000.0, 100000.0, 1000000.0])
    """
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1, 2, 5) if math.log10(high / low) < 2.2 else (1,)
    # a range inside one step would have no tick at all
    ticks = [m * 10.0**p for p in powers for m in steps if low <= m * 10.0**p <= high]
    return ticks or [float(f"{math.sqrt(low * high):.2g}")]


def log_axis(axis: Any, low: float, high: float) -> None:
    """Make an axis logarithmic from `low` to `high`, with readable ticks written as counts."""
    from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator

    axes = axis.axes
    if axis is axes.xaxis:
        axes.set_xscale("log")
        axes.set_xlim(low, high)
    else:
        axes.set_yscale("log")
        axes.set_ylim(low, high)
    axis.set_major_locator(FixedLocator(log_ticks(low, high)))
    axis.set_minor_locator(NullLocator())
    axis.set_minor_formatter(NullFormatter())
    count_axis(axis)
