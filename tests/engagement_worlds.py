"""Worlds with known engagement rates, and how often each kind of interval holds in them."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from playbook.engagement.model import pool

LEVEL = 0.9
BAND = (0.87, 0.93)
CREATORS = (12, 60, 400)
POSTS = ((3, 8), (9, 30), (31, 60))
SPREADS = (0.3, 0.8)
TAILS = ("gamma", "log-normal 0.6", "log-normal 1.0", "t")
# the band is promised for these; heavier tails are measured and named
PROMISED = ("gamma", "log-normal 0.6")
PUBLISHED = Path(__file__).parents[1] / "docs" / "engagement-coverage.md"
HEADS = (
    *("creators", "posts", "spread", "tail", "worlds", "model", "±", "raw", "binomial"),
    *("error, model", "error, raw", "width, model", "width, raw", "in band"),
)
_T = np.random.default_rng(99).standard_t(4, 4_000_000).clip(-6, 6)
_T_MEAN = float(np.exp(0.5 * _T).mean())
del _T


def single_posts(rng: np.random.Generator, tail: str, shape: tuple[int, int]) -> np.ndarray:
    """Engagements of single posts as multiples of their mean."""
    if tail == "gamma":
        return rng.gamma(3, 1 / 3, shape)
    if tail == "t":
        return np.exp(0.5 * rng.standard_t(4, shape).clip(-6, 6)) / _T_MEAN
    sigma = float(tail.split()[1])
    return np.exp(sigma * rng.standard_normal(shape) - sigma**2 / 2)


def cell(creators: int, range_: tuple[int, int], spread: float, tail: str, worlds: int, seed: int) -> dict[str, float]:
    """Coverage and error of the model, of Student's t on the logarithm and of the binomial interval, over fresh worlds.

    `mc_error` is the standard error of the model's coverage over worlds, since the creators of one world share its fit.
    """
    from scipy.special import ndtri, stdtrit

    rng = np.random.default_rng(seed)
    held = {"model": np.zeros(worlds), "raw": np.zeros(worlds), "binomial": np.zeros(worlds)}
    error = {"model_error": 0.0, "raw_error": 0.0}
    width = {"model_width": 0.0, "raw_width": 0.0}
    for world in range(worlds):
        followers = 10 ** rng.uniform(3.5, 6, creators)
        truth = np.log(0.02) - 0.2 * np.log(followers / 3e4) + rng.normal(0, spread, creators)
        n = rng.integers(range_[0], range_[1] + 1, creators)
        got = rng.poisson((np.exp(truth) * followers)[:, None] * single_posts(rng, tail, (creators, range_[1]))).astype(float)
        used = np.arange(range_[1]) < n[:, None]
        mean = np.where(used, got, 0).sum(axis=1) / n
        cv2 = np.where(used, (got - mean[:, None]) ** 2, 0).sum(axis=1) / (n - 1) / mean**2
        some = used & (got > 0)
        logs, count = np.log(np.where(some, got, 1.0)), np.maximum(some.sum(axis=1), 1)
        middle = logs.sum(axis=1) / count
        log_var = np.where(some, (logs - middle[:, None]) ** 2, 0).sum(axis=1) / np.maximum(count - 1, 1)
        fit = pool(mean / followers, mean, cv2, log_var, n, followers, np.full(creators, "instagram"), LEVEL)
        raw = np.log(mean / followers)
        away = stdtrit(n - 1.0, (1 + LEVEL) / 2) * np.sqrt(cv2 / n)
        p = mean / followers
        thin = ndtri((1 + LEVEL) / 2) * np.sqrt(np.maximum(1 - p, 0) / (p * followers * n))
        held["model"][world] = ((np.log(fit.low) <= truth) & (truth <= np.log(fit.high))).mean()
        held["raw"][world] = (np.abs(raw - truth) <= away).mean()
        held["binomial"][world] = (np.abs(raw - truth) <= thin).mean()
        error["model_error"] += float(((fit.log_mean - truth) ** 2).mean()) / worlds
        error["raw_error"] += float(((raw - truth) ** 2).mean()) / worlds
        width["model_width"] += float(np.median(np.log(fit.high / fit.low))) / worlds
        width["raw_width"] += float(np.median(2 * away)) / worlds
    return (
        {name: float(each.mean()) for name, each in held.items()}
        | {name: value**0.5 for name, value in error.items()}
        | width
        | {"mc_error": float(held["model"].std(ddof=1) / np.sqrt(worlds)), "worlds": worlds}
    )


def in_band(coverage: float, mc_error: float) -> bool:
    """Whether an exact binomial test at 1 % leaves the band standing.

    The number of looks is not that of creators, who share a world's fit, but that of independent looks with the same standard error.
    """
    from scipy.stats import binomtest

    looks = int(coverage * (1 - coverage) / mc_error**2)
    hits = round(coverage * looks)
    low, high = BAND
    below, above = binomtest(hits, looks, low, alternative="less"), binomtest(hits, looks, high, alternative="greater")
    return bool(below.pvalue > 0.01 and above.pvalue > 0.01)


def grid(worlds: int, seed: int) -> Iterator[dict[str, object]]:
    """Every cell of the promise, one row each."""
    cells = itertools.product(CREATORS, POSTS, SPREADS, TAILS)
    seeds = np.random.SeedSequence(seed).generate_state(len(CREATORS) * len(POSTS) * len(SPREADS) * len(TAILS))
    for (creators, range_, spread, tail), own in zip(cells, seeds, strict=True):
        found = cell(creators, range_, spread, tail, worlds, int(own))
        yield {
            "creators": creators,
            "posts": f"{range_[0]}-{range_[1]}",
            "spread": spread,
            "tail": tail,
            **found,
            "in_band": in_band(found["model"], found["mc_error"]),
        }


def page(table: pd.DataFrame) -> str:
    """The table as a page of the documentation, with a summary computed from it."""
    promised = table[table["tail"].isin(PROMISED)]
    heavy = table[~table["tail"].isin(PROMISED)]
    kept = int(promised["in_band"].sum())
    low = heavy.loc[~heavy["in_band"]]
    ratio = (promised["model_error"] / promised["raw_error"]).agg(["min", "median", "max"])
    fewest, most = table["worlds"].min(), table["worlds"].max()
    least = f"{fewest:,} " if fewest == most else f"{fewest:,} to {most:,} "
    lines = [
        "# How often the intervals of engagement rates hold",
        "",
        f"Worlds with known rates, {least}a cell, {LEVEL:.0%} intervals. Creators differ around a curve in followers with the given",
        "spread (log scale); their posts scatter with the given tail, and engagements are whole numbers.",
        "",
        "- *Coverage* (model, raw, binomial): share of creators whose true rate lies in the interval; ± is the Monte-Carlo error of the",
        "  model's, over worlds, since the creators of one world share a fit.",
        "- *Error*: root mean square on the log scale. *Width*: median width on the log scale.",
        "- *Model*: the hierarchical model of chapter 04. *Raw*: Student's t on the log scale from the creator's own posts.",
        "- *Binomial*: the interval that takes followers for trials, here as a warning.",
        "",
        "Made by `PLAYBOOK_PUBLISH=1 pytest -m slow -k coverage_table -s`.",
        "",
        "## What it shows",
        "",
        f"- Promised for gamma and log-normal 0.6: {BAND[0]:.0%} to {BAND[1]:.0%}. {kept} of {len(promised)} cells keep it by an exact",
        f"  binomial test at 1 %; measured {promised['model'].min():.1%} to {promised['model'].max():.1%}.",
        f"- Not promised for heavier tails. Measured {heavy['model'].min():.1%} to {heavy['model'].max():.1%}; {len(low)} of {len(heavy)}",
        "  cells fall out of the band and are marked below.",
        f"- The expected rate's error is {ratio['min']:.2f} to {ratio['max']:.2f} of the raw rate's (median {ratio['median']:.2f}) in the",
        "  cells of the promise: most is gained with few posts and alike creators, nothing with many posts of creators who differ widely.",
        f"- The binomial interval covers {table['binomial'].min():.1%} to {table['binomial'].max():.1%}.",
        "",
        "## The table",
        "",
        "| " + " | ".join(HEADS) + " |",
        "|" + "---|" * len(HEADS),
    ]
    numbers = ("model", "mc_error", "raw", "binomial", "model_error", "raw_error", "model_width", "raw_width")
    for row in table.to_dict("records"):
        cells = [row["creators"], row["posts"], row["spread"], row["tail"], f"{row['worlds']:,}", *(f"{row[name]:.3f}" for name in numbers)]
        lines.append("| " + " | ".join(str(c) for c in (*cells, "yes" if row["in_band"] else "**no**")) + " |")
    return "\n".join(lines) + "\n"


def publish(worlds: int, seed: int) -> pd.DataFrame:
    """Run the grid, print the page, and write it into the documentation where PLAYBOOK_PUBLISH is set."""
    table = pd.DataFrame(grid(worlds, seed))
    text = page(table)
    sys.stdout.write("\n" + text)
    if os.environ.get("PLAYBOOK_PUBLISH"):
        PUBLISHED.write_text(text, encoding="utf-8")
    return table
