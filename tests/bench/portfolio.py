"""How good and how fast the optimiser of chapter 08 is beside plain greedy, on audience panels of people with tastes.

Gains per cost alone is what planners that maximise anything do. The reach of a set chosen on few sampled people is too high: each panel's
set is counted again on 60,000 other people.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from playbook.portfolio.audience import panel, pools
from playbook.portfolio.optimise import Limits, _grow, best_set, greedy

CREATORS, NICHES, BUDGET = 2000, 40, 30_000_00
PANELS = (2_000, 5_000, 20_000)
OTHERS = 60_000
TIME_LIMIT = 120.0


def _market(creators: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return each creator's niche, share of its niche's people, and cost in cents."""
    rng = np.random.default_rng(seed)
    part = np.minimum(np.exp(rng.normal(-5.6, 1.1, creators)), 0.4)
    cost = np.round(np.exp(6.5 + 0.6 * (np.log(part) + 5.6) + rng.normal(0, 0.5, creators)) * 100).astype(np.int64)
    return rng.integers(NICHES, size=creators), part, cost


def _people(niche: np.ndarray, part: np.ndarray, people: int, rng: np.random.Generator) -> csr_matrix:
    """Draw people of one niche each, who follow its creators, and seldom others."""
    own, active = rng.integers(NICHES, size=people), rng.gamma(1.5, 1 / 1.5, people)
    rows, columns = [], []
    for i in range(len(part)):
        chance = np.where(own == niche[i], part[i], part[i] / 30) * active
        follows = np.flatnonzero(rng.random(people) < chance)
        rows.append(follows)
        columns.append(np.full(len(follows), i))
    rows, columns = np.concatenate(rows), np.concatenate(columns)
    return csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(people, len(part)))


def _timed(what: Any) -> tuple[Any, float]:
    began = time.perf_counter()
    return what(), time.perf_counter() - began


def measure() -> list[dict[str, Any]]:
    """Return value, bound, gap and time for each panel, beside greedy by gain per cost; then greedy with its bound as creators grow."""
    niche, part, cost = _market(CREATORS, 1)
    limits = Limits(budget=BUDGET, most=500)
    others = panel(_people(niche, part, OTHERS, np.random.default_rng(99)))
    rows: list[dict[str, Any]] = []
    for people in PANELS:
        audience = panel(_people(niche, part, people, np.random.default_rng(people)))
        plain, plain_seconds = _timed(lambda a=audience: _grow(a, cost, limits, True))
        held, held_seconds = _timed(lambda a=audience: greedy(a, cost, limits))
        best, seconds = _timed(lambda a=audience: best_set(a, cost, limits, time_limit=TIME_LIMIT))
        name, by_greedy = f"{CREATORS:,} creators, panel of {people:,}", audience.reached(plain)
        against = {"against": "plain greedy by gain per cost"}
        rows += [
            {"what": f"{name}: value", "value": best.value, "unit": "people of the panel", **against, "ratio": best.value / by_greedy},
            {"what": f"{name}: plain greedy's value", "value": by_greedy, "unit": "people of the panel"},
            {"what": f"{name}: proven upper bound", "value": best.upper_bound, "unit": "people of the panel"},
            {"what": f"{name}: gap", "value": 100 * best.gap, "unit": "%"},
            {"what": f"{name}: gap that greedy alone can prove", "value": 100 * held.gap, "unit": "%"},
            {
                "what": f"{name}: time to the answer ({best.method})",
                "value": seconds,
                "unit": "s",
                **against,
                "ratio": plain_seconds / seconds,
            },
            {"what": f"{name}: time of greedy with its bound", "value": held_seconds, "unit": "s"},
            {
                "what": f"{name}: value where chosen over value on {OTHERS:,} other people",
                "value": 100 * (best.value / people / (others.reached(best.chosen) / OTHERS) - 1),
                "unit": "% too high",
            },
        ]
    for creators in (1_000, 2_000, 5_000, 10_000):
        niche, part, cost = _market(creators, 2)
        followers = part * 500_000
        audience = pools(0.3 * followers, niche.astype(str), followers, 0.1)
        found, seconds = _timed(lambda a=audience, c=cost: greedy(a, c, limits))
        rows.append({"what": f"greedy with its bound, {creators:,} creators: time", "value": seconds, "unit": "s"})
        rows.append({"what": f"greedy with its bound, {creators:,} creators: gap", "value": 100 * found.gap, "unit": "%"})
    return rows
