"""How follower counts came about: growth, viral posts, giveaways, clean-ups, and blocks that were bought."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.world.strengths import Strengths

VIRAL_DAYS = np.array([0.4, 0.25, 0.15, 0.12, 0.08])
BLEED_DAYS = 20.0
RECENT = 85  # days in which giveaways and bought blocks fall, so that the published history shows them
MARGIN = 0.03  # least share of fake followers that a buyer has beside the block


@dataclass(frozen=True, kw_only=True)
class Organic:
    """Growth without bought followers, relative to the last day, and what happened when.

    Attributes
    ----------
    ratio : array, creator × day
        Organic followers over those of the last day.
    block_day, giveaway_day : array of int
        Position of the day, -1 where there was none.
    block_size : array
        Size of a bought block relative to the followers of that day, 0 where there was none.
    events : list of (creator position, day position, event, size)
    """

    ratio: np.ndarray
    block_day: np.ndarray
    block_size: np.ndarray
    giveaway_day: np.ndarray
    events: list[tuple[int, int, str, float]]


def grow(cast: pd.DataFrame, viral: list[tuple[int, int]], days: int, strengths: Strengths, rng: np.random.Generator) -> Organic:
    """Let followers grow over `days` days.

    Parameters
    ----------
    viral : list of (creator position, day position)
        Days on which a post went viral.
    """
    n = len(cast)
    followers = cast["aim"].to_numpy()
    drift = np.log1p(np.maximum(cast["growth"].to_numpy(), -0.3)) / 30.4
    noise = 0.0004 + 0.08 / np.sqrt(followers)
    steps = drift[:, None] + noise[:, None] * rng.standard_normal((n, days))
    events: list[tuple[int, int, str, float]] = []

    jumps = strengths.viral_growth * np.exp(rng.normal(0, 0.5, len(viral)))
    for (i, day), jump in zip(viral, jumps, strict=True):
        tail = VIRAL_DAYS[: max(0, days - day)]
        steps[i, day : day + len(tail)] += np.log1p(jump) * tail
        events.append((i, day, "viral post", float(jump)))

    giveaway_day = np.where(cast["giveaway"], days - 1 - rng.integers(12, RECENT, n), -1)
    won = rng.uniform(*strengths.giveaway_jump, n)
    for i in np.flatnonzero(giveaway_day >= 0):
        day = giveaway_day[i]
        steps[i, day : day + 2] += np.log1p(won[i]) * np.array([0.7, 0.3])
        # a third of those who came for the prize leave within a month
        left = min(30, days - day - 2)
        steps[i, day + 2 : day + 2 + left] -= np.log1p(won[i]) * 0.3 / 30
        events.append((i, int(day), "giveaway", float(won[i])))

    cleaned = days - 1 - int(rng.integers(25, 60))
    if strengths.purge_drop:
        # the whole platform loses on the same day
        steps[:, cleaned] += np.log1p(-strengths.purge_drop * (0.5 + 2 * cast["fake_share"].to_numpy()))
        events += [(i, cleaned, "clean-up", -strengths.purge_drop) for i in range(n)]

    path = np.cumsum(steps, axis=1)
    block_day = np.where(cast["bought"], days - 1 - rng.integers(8, RECENT, n), -1)
    # not on the day of the clean-up, which would hide the step
    block_day = np.where(block_day == cleaned, block_day + 1, block_day)
    size = np.where(cast["bought"], rng.uniform(*strengths.bought_block, n), 0.0)
    return Organic(ratio=np.exp(path - path[:, -1:]), block_day=block_day, block_size=size, giveaway_day=giveaway_day, events=events)


@dataclass(frozen=True, kw_only=True)
class Histories:
    """Follower counts on every day, as they really were.

    Attributes
    ----------
    total, real : array, creator × day
        All followers (whole numbers), and the real ones among them.
    block : array
        Followers bought on the block's day, 0 where none.
    """

    total: np.ndarray
    real: np.ndarray
    block: np.ndarray


def blocks(organic: Organic, aim: np.ndarray, strengths: Strengths) -> np.ndarray:
    """Return how many followers each buyer bought: a round number of at least the drawn size."""
    days = organic.ratio.shape[1]
    rows = np.arange(len(aim))
    ratio = organic.ratio[rows, organic.block_day]
    kept = _kept(days - 1 - organic.block_day, strengths)
    exact = np.where(organic.block_day >= 0, organic.block_size * ratio * aim / (1 + organic.block_size * ratio * kept), 0.0)
    step = np.select([exact < 200, exact < 2_000, exact < 20_000], [10, 100, 500], 5_000)
    return np.ceil(exact / step) * step


def fake_floor(organic: Organic, block: np.ndarray, aim: np.ndarray, strengths: Strengths) -> np.ndarray:
    """Return the least share of fake followers that fits what was bought."""
    kept = _kept(organic.ratio.shape[1] - 1 - organic.block_day, strengths)
    return np.where(block > 0, np.minimum(block * kept / aim + MARGIN, 0.9), 0.0)


def build(organic: Organic, block: np.ndarray, followers: np.ndarray, real: np.ndarray, strengths: Strengths) -> Histories:
    """Put growth and blocks together so that the last day has exactly `followers`, `real` of them real."""
    days = organic.ratio.shape[1]
    since = np.arange(days)[None, :] - organic.block_day[:, None]
    held = np.where((block[:, None] > 0) & (since >= 0), block[:, None] * _kept(np.maximum(since, 0), strengths), 0.0)
    own = followers - held[:, -1]
    grown = own[:, None] * organic.ratio
    total = np.rint(grown + held)
    total[:, -1] = followers
    return Histories(total=total, real=grown * (real / own)[:, None], block=block)


def _kept(since: np.ndarray, strengths: Strengths) -> np.ndarray:
    """Share of a bought block still there so many days later."""
    return 1 - strengths.bought_bleed * (1 - np.exp(-since / BLEED_DAYS))
