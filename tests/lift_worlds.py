"""Planted worlds for the designs of chapter 10: does the interval hold what was planted, and how often is an effect found where none is?

`python -m tests.lift_worlds WORLDS SEED FILE` writes the table; the slow test in `test_lift.py` runs it with fresh seeds and judges it.
"""

from __future__ import annotations

import math
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from playbook.results.lift import drifting_regression, rate_difference
from playbook.results.lift.regions import answer, as_share
from playbook.results.lift.staggered import _exposure, _fit, _onset_effect, _turned

LIFTS = (0.0, 0.05, 0.1, 0.2)
BEFORE, AFTER = 70, 28
LEVEL, FOUND = 0.9, 0.95
Draw = Callable[[np.random.Generator, str], Callable[[float], tuple[float, float, float, float, float]]]


def noise(rng: np.random.Generator, family: str, sd: float, size: tuple[int, ...] | int) -> np.ndarray:
    """Draw noise of one spread and three shapes."""
    if family == "t":
        return sd * rng.standard_t(5, size) / math.sqrt(5 / 3)
    if family == "gamma":
        return sd * (rng.gamma(2, 1, size) - 2) / math.sqrt(2)
    return rng.normal(0, sd, size)


def regions(count: int, treated: int, kind: str) -> Draw:
    """Regions with a common drift and weekdays; `kind` adds drifts of their own, a factor they load on differently, or unequal noise."""

    def draw(rng: np.random.Generator, family: str):
        n = BEFORE + AFTER
        shared = np.cumsum(rng.normal(0, 0.01, n)) + 0.1 * np.sin(2 * np.pi * np.arange(n) / 7)
        own = noise(rng, family, 0.06, (count, n))
        if kind == "own drifts":
            own = own + np.cumsum(rng.normal(0, 0.006, (count, n)), axis=1)
        if kind == "a factor":
            own = own + rng.normal(0, 0.5, (count, 1)) * np.cumsum(rng.normal(0, 0.02, n))
        if kind == "unequal noise":
            own = own * rng.lognormal(0, 0.6, (count, 1))
        values = rng.lognormal(7, 0.4, count)[:, None] * np.exp(shared + own)
        chosen = np.zeros(count, bool)
        chosen[rng.permutation(count)[:treated]] = True
        before = np.arange(n) < BEFORE

        def at(rise: float):
            lifted = values.copy()
            lifted[np.ix_(chosen, ~before)] *= 1 + rise
            index = lifted / lifted[:, before].mean(axis=1, keepdims=True)
            one, two, _ = answer(index, chosen, before, level=LEVEL, seed=1)
            came = float(index[chosen][:, ~before].mean())
            return rise, as_share(one.low, came), as_share(one.high, came), two.low, two.high

        return at

    return draw


def series(kind: str, days: int) -> Draw:
    """One series with a control that follows its own path; what the control does not explain is white, resembles itself, or drifts."""

    def draw(rng: np.random.Generator, family: str):
        n = days + AFTER
        control = 100 + np.cumsum(rng.normal(0, 1.5, n)) + 5 * np.sin(2 * np.pi * np.arange(n) / 7) + rng.normal(0, 3, n)
        rest = noise(rng, family, 5.0, n)
        if kind == "resembling days":
            for i in range(1, n):
                rest[i] = 0.7 * rest[i - 1] + math.sqrt(1 - 0.49) * rest[i]
        if kind == "slow drift":
            rest = rest + np.cumsum(rng.normal(0, 0.5, n))
        if kind == "fast drift":
            rest = rest + np.cumsum(rng.normal(0, 1.5, n))
        usual, before = 100 + 1.2 * control + rest, np.arange(n) < days

        def at(rise: float):
            y = usual + np.where(before, 0.0, rise * usual)
            one, two = (drifting_regression(y, control, before, level=x) for x in (LEVEL, FOUND))
            return rise * float(usual[~before].sum()), one.low, one.high, two.low, two.high

        return at

    return draw


def staggered(kind: str) -> Draw:
    """Twelve regions that begin on three different days, and four that never do."""

    def draw(rng: np.random.Generator, family: str):
        n, count = BEFORE + 42, 16
        own = noise(rng, family, 0.06, (count, n))
        if kind == "own drifts":
            own = own + np.cumsum(rng.normal(0, 0.006, (count, n)), axis=1)
        values = rng.lognormal(7, 0.4, count)[:, None] * np.exp(np.cumsum(rng.normal(0, 0.01, n)) + own)
        onset = rng.permutation(np.repeat([BEFORE, BEFORE + 7, BEFORE + 14, n], 4))
        shuffled = [onset, *(rng.permutation(onset) for _ in range(199))]

        def at(rise: float):
            index = values * (1 + rise * _exposure(onset, n))
            index = index / index[:, :BEFORE].mean(axis=1, keepdims=True)
            gaps = np.array([_onset_effect(index, o)[0] for o in shuffled])
            parts = np.array([_onset_effect(_exposure(onset, n), o)[0] for o in shuffled])
            came = sum(_onset_effect(index, onset))
            one, two = _turned(gaps, parts, LEVEL), _turned(gaps, parts, FOUND)
            return rise, as_share(one[0], came), as_share(one[1], came), two[0], two[1]

        return at

    return draw


def events(kind: str) -> Draw:
    """Orders a day, some of them in the days after posts, which come out on random days of four weeks; a lift of 1 is 200 orders."""
    after = np.array([0.42, 0.22, 0.12, 0.08, 0.05, 0.04, 0.03, 0.02, 0.01, 0.01])

    def draw(rng: np.random.Generator, family: str):
        n = 84
        index = pd.date_range("2026-01-01", periods=n)
        weekdays = 1 + 0.1 * np.sin(2 * np.pi * np.arange(n) / 7)
        drift = np.exp(np.cumsum(rng.normal(0, 0.02 if kind == "drift" else 0.0, n)))
        base = 40 * weekdays * drift * np.exp(noise(rng, family, 0.05, n))
        posts = np.zeros(n)
        np.add.at(posts, 42 + rng.integers(0, 28, 12), 1)
        pull = np.convolve(posts, after)[:n]
        usual = rng.poisson(base).astype(float)

        def at(rise: float):
            extra = rng.poisson(1000 * rise * pull / 12).astype(float) if rise else np.zeros(n)
            one, two = (_fit(usual + extra, posts, index, x)[-1] for x in (LEVEL, FOUND))
            return float(1000 * rise * pull.sum() / 12), one.low, one.high, two.low, two.high

        return at

    return draw


def holdout(people: int, kind: str) -> Draw:
    """Two groups of people drawn by lot; a tenth or a half of them held out."""

    def draw(rng: np.random.Generator, family: str):
        held = people // (10 if kind == "a tenth held out" else 2)
        rate = {"normal": 0.03, "t": 0.01, "gamma": 0.1}[family]
        b = rng.binomial(held, rate)

        def at(rise: float):
            a = rng.binomial(people - held, rate * (1 + rise))
            one, two = (rate_difference(a, people - held, b, held, level=x) for x in (LEVEL, FOUND))
            return rate * rise, one[1], one[2], two[1], two[2]

        return at

    return draw


def cells() -> Iterator[tuple[str, str, str, Draw]]:
    """Yield design, world, family ('' takes all three in turn) and how to draw one."""
    for count, treated in ((16, 8), (8, 4), (24, 1), (12, 2), (10, 3), (10, 7)):
        name = f"{treated} of {count} regions"
        for family in ("normal", "t", "gamma"):
            yield name, "plain", family, regions(count, treated, "plain")
        for kind in ("own drifts", "a factor", "unequal noise"):
            yield name, kind, "", regions(count, treated, kind)
    for days in (60, 120):
        for kind in ("white", "resembling days", "slow drift", "fast drift"):
            yield f"one series, {days} days before", kind, "", series(kind, days)
    for kind in ("plain", "own drifts"):
        yield "16 regions, 4 starts", kind, "", staggered(kind)
        yield "days after posts", "plain" if kind == "plain" else "drift", "", events("plain" if kind == "plain" else "drift")
    for kind in ("a tenth held out", "half held out"):
        yield "code holdout of 10,000", kind, "", holdout(10_000, kind)


def table(worlds: int, seed: int, *, only: str = "") -> pd.DataFrame:
    """Run every cell: `design`, `world`, `family`, `worlds`, `held` (share of 90 % intervals that hold the planted lift, a quarter of the
    worlds each at 0, 5, 10 and 20 %), `found_nothing` (share found at zero by the 95 % interval), `found_5`, `found_10`, `found_20`."""
    rows = []
    for design, world, family, draw in cells():
        if only not in design:
            continue
        rng = np.random.default_rng([seed, zlib.crc32(f"{design}|{world}|{family}".encode())])
        held, nothing, found = 0, 0, {x: [] for x in LIFTS[1:]}
        for i in range(worlds):
            at = draw(rng, family or ("normal", "t", "gamma")[i // 4 % 3])
            rise = LIFTS[i % 4]
            truth, low, high, wide_low, wide_high = at(rise)
            held += low <= truth <= high
            if rise:
                found[rise].append(wide_low > 0)
                _, _, _, wide_low, wide_high = at(0.0)
            nothing += wide_low > 0 or wide_high < 0
        rows.append(
            {
                "design": design,
                "world": world,
                "family": family or "all",
                "worlds": worlds,
                "held": held / worlds,
                "found_nothing": nothing / worlds,
            }
            | {f"found_{round(100 * x)}": float(np.mean(found[x])) for x in LIFTS[1:]}
        )
        print(rows[-1], file=sys.stderr, flush=True)
    return pd.DataFrame(rows)


def judged(found: pd.DataFrame) -> pd.DataFrame:
    """Add `short` (fewer intervals hold the truth than 90 %) and `false` (more found at zero than 5 %), by exact binomial tests at 1 %."""
    from scipy.stats import binomtest

    def worse(share: float, n: int, stated: float, side: str) -> bool:
        return binomtest(round(share * n), n, stated, alternative=side).pvalue < 0.01

    return found.assign(
        short=[worse(r.held, r.worlds, LEVEL, "less") for r in found.itertuples()],
        false=[worse(r.found_nothing, r.worlds, 1 - FOUND, "greater") for r in found.itertuples()],
    )


def page(found: pd.DataFrame, seed: int) -> str:
    """Write the table as Markdown."""
    n = int(found["worlds"].iloc[0])
    error = [100 * math.sqrt(p * (1 - p) / n) for p in (LEVEL, 1 - FOUND)]
    lines = [
        "# How well the designs of chapter 10 keep their promises",
        "",
        f"{n:,} planted worlds a row, seed {seed}. *Held*: share of 90 % intervals that hold the planted lift, a quarter of the worlds",
        "each at 0, 5, 10 and 20 % (of orders after posts: 0, 50, 100 and 200 in all). *Found at 0*: share of worlds without a lift",
        "in which the 95 % interval excludes zero; it may be 5 %. *At 5, 10, 20 %*: the same with a lift: the power.",
        f"Monte-Carlo error of one standard deviation: {error[0]:.1f} points beside 90 %, {error[1]:.1f} beside 5 %. A row that falls",
        "short by an exact binomial test at 1 % is marked. Made by `python -m tests.lift_worlds`.",
        "",
        "| design | world | noise | held | found at 0 | at 5 % | at 10 % | at 20 % | |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for r in judged(found).itertuples():
        marks = [m for m, yes in (("intervals too narrow", r.short), ("finds too much", r.false)) if yes]
        shares = " | ".join(f"{100 * v:.1f} %" for v in (r.held, r.found_nothing, r.found_5, r.found_10, r.found_20))
        lines.append(f"| {r.design} | {r.world} | {r.family} | {shares} | {', '.join(marks)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    count, start = int(sys.argv[1]), int(sys.argv[2])
    Path(sys.argv[3]).write_text(page(table(count, start, only=sys.argv[4] if len(sys.argv) > 4 else ""), start), encoding="utf-8")
