"""Chapter 10: each design's time on one market, and the chapter as a whole."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from playbook.results.lift import drifting_regression, placebo_interval, structural_time_series, synthetic_did

ROUNDS = 5


def measure() -> list[dict[str, Any]]:
    """Measure, in turns, medians of five rounds."""
    rng = np.random.default_rng(1)
    values = 100 + rng.normal(0, 5, (40, 118))
    one, few = np.arange(40) < 1, np.arange(40) < 20
    before = np.arange(118) < 90
    treated, control = values[few].mean(axis=0), values[~few].mean(axis=0)
    tasks: dict[str, Callable[[], object]] = {
        "synthetic control among 39 placebos, 118 days": lambda: placebo_interval(values, one, before, levels=(0.9, 0.95)),
        "synthetic difference in differences, 40 regions, jackknife": lambda: synthetic_did(values, few, before),
        "regression with drift, integrated, 118 days": lambda: drifting_regression(treated, control, before),
        "structural time series (statsmodels), 118 days": lambda: structural_time_series(treated, control, before),
        "chapter 10 of glow-skincare, from tables to figures": _chapter,
    }
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(ROUNDS):
        for name, task in tasks.items():
            start = time.perf_counter()
            task()
            times[name].append(time.perf_counter() - start)
    rows = [{"what": name, "value": round(statistics.median(t), 4), "unit": "s"} for name, t in times.items()]
    ours, library = (next(r for r in rows if r["what"].startswith(w)) for w in ("regression with drift", "structural"))
    ours |= {"against": library["what"], "ratio": round(ours["value"] / library["value"], 3)}
    return rows


def _chapter() -> object:
    import playbook

    # read anew, so that nothing is remembered
    c = playbook.load("glow-skincare")
    return playbook.results.outcome(c.data, c.brief)
