"""When everybody posted what, before anything was counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.world.markets import FORMATS, Market
from playbook.world.strengths import Strengths


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """When everybody posted what, before anything was counted.

    Attributes
    ----------
    rows : pandas.DataFrame
        A row a post: `i` (creator position), `day` (position in the histories), `posted_at` (UTC), `hour` and `weekday` (local), `format`,
        `paid`, `viral`, `giveaway`, `ours` (position in the campaign's plan, -1 where not ours), sorted by creator and time.
    mix : array, creator × format
        Share of each format in a creator's posts; columns in `formats`.
    hours : array, creator × 24
        Chance of each local hour.
    days : int
        Days from the first post (and at least 180) to the last.
    """

    rows: pd.DataFrame
    mix: np.ndarray
    formats: tuple[str, ...]
    hours: np.ndarray
    days: int


def schedule(
    cast: pd.DataFrame, market: Market, strengths: Strengths, posts: np.ndarray, plan: pd.DataFrame, rng: np.random.Generator
) -> Schedule:
    """Lay out everybody's posts, newest on the day of collection, and ours among them.

    Parameters
    ----------
    posts : array of int
        Posts of each creator.
    plan : pandas.DataFrame
        Our deliverables: `i`, `posted_at`, `deliverable`; posts that never came out have no time.
    """
    n = len(cast)
    end = pd.Timestamp(market.collected_on) + pd.Timedelta(days=1) - pd.Timedelta(seconds=1)
    longest = max(364, int(posts.max()) * 4)
    per_week = np.maximum(cast["posts_per_week"].to_numpy(), posts * 7 / (longest - 10))
    i = np.repeat(np.arange(n), posts)
    gaps = rng.gamma(2.0, 0.5, len(i)) * (7 / per_week)[i]
    first = np.r_[0, np.cumsum(posts)[:-1]]
    ages = np.cumsum(gaps)
    ages -= np.repeat((ages - gaps)[first[posts > 0]], posts[posts > 0])
    ages = np.minimum(ages * (0.97 if posts.max() > 1 else 1.0), longest - 2)

    spread = np.exp(-(((np.arange(24)[None, :] - cast["best_hour"].to_numpy()[:, None] + 12) % 24 - 12) ** 2) / (2 * 2.6**2)) + 0.01
    hours = spread / spread.sum(axis=1, keepdims=True)
    hour = np.minimum((np.cumsum(hours, axis=1)[i] < rng.random(len(i))[:, None]).sum(axis=1), 23)
    local = pd.DatetimeIndex(end - pd.to_timedelta(ages, unit="D")).normalize() + pd.to_timedelta(
        hour * 60 + rng.integers(0, 60, len(i)), unit="min"
    )
    posted = local - pd.Timedelta(hours=market.hours_ahead)
    posted = posted.where(posted <= end, posted - pd.Timedelta(days=1))

    formats = tuple(dict.fromkeys(f for p in market.platforms for f in FORMATS[p]))
    mix = np.zeros((n, len(formats)))
    for p in market.platforms:
        rows = np.flatnonzero(cast["platform"].to_numpy() == p)
        names = list(FORMATS[p])
        mix[np.ix_(rows, [formats.index(f) for f in names])] = rng.dirichlet([FORMATS[p][f][0] * 12 for f in names], len(rows))
    which = (np.cumsum(mix, axis=1)[i] < rng.random(len(i))[:, None] * (1 - 1e-12)).sum(axis=1)

    rows = pd.DataFrame(
        {
            "i": i,
            "posted_at": posted.as_unit("s"),
            "format": np.array(formats, dtype=object)[which],
            "paid": rng.random(len(i)) < strengths.sponsored_share,
            "viral": rng.random(len(i)) < strengths.viral_rate,
            "giveaway": False,
            "ours": -1,
        }
    )
    out = plan[plan["posted_at"].notna()]
    if len(out):
        ours = pd.DataFrame(
            {
                "i": out["i"],
                "posted_at": out["posted_at"].astype("datetime64[s]"),
                "format": out["deliverable"],
                "paid": True,
                "viral": False,
                "giveaway": False,
                "ours": out.index,
            }
        )
        rows = pd.concat([rows, ours], ignore_index=True)
    days = max(180, int((end - rows["posted_at"].min()) / pd.Timedelta(days=1)) + 2)
    start = end.normalize() - pd.Timedelta(days=days - 1)
    rows["day"] = ((rows["posted_at"] - start) // pd.Timedelta(days=1)).astype(int)
    clock = rows["posted_at"] + pd.Timedelta(hours=market.hours_ahead)
    rows["hour"], rows["weekday"] = clock.dt.hour, clock.dt.day_of_week
    rows = rows.sort_values(["i", "posted_at", "ours"], kind="stable").reset_index(drop=True)
    return Schedule(rows=rows, mix=mix, formats=formats, hours=hours, days=days)


def place_giveaways(rows: pd.DataFrame, giveaway_day: np.ndarray) -> pd.DataFrame:
    """Make the post nearest to each giveaway the one that announced it, and move it to that day."""
    rows = rows.copy()
    for i in np.flatnonzero(giveaway_day >= 0):
        own = rows.index[(rows["i"] == i) & (rows["ours"] < 0) & ~rows["viral"]]
        if not len(own):
            continue
        nearest = own[np.argmin(np.abs(rows.loc[own, "day"].to_numpy() - giveaway_day[i]))]
        moved = int(giveaway_day[i] - rows.loc[nearest, "day"])
        rows.loc[nearest, "posted_at"] += pd.Timedelta(days=moved)
        rows.loc[nearest, "day"] = giveaway_day[i]
        rows.loc[nearest, "weekday"] = (rows.loc[nearest, "weekday"] + moved) % 7
        rows.loc[nearest, ["giveaway", "viral", "paid"]] = [True, False, False]
    return rows.sort_values(["i", "posted_at", "ours"], kind="stable").reset_index(drop=True)
