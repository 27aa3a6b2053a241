"""Size classes: who is how large, and how many there are of each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs

UNKNOWN_SIZE = "unknown"
ADD = "a creators table with creator and followers, or the hand-collecting workbook"


def tier(followers: pd.Series, brief: Brief) -> pd.Series:
    """Return the size class of each follower count; missing where the count is.

    Classes are half-open: a bound belongs to the class above it.

    Returns
    -------
    Series of ordered categories, smallest class first.

    Examples
    --------
    >>> tier(pd.Series([999, 1000, 99_999, 100_000, None]), Brief()).tolist()
    ['below micro', 'micro', 'micro', 'macro', nan]
    """
    bounds = [-np.inf] + [b for _, b in brief.tiers.bounds()] + [np.inf]
    return pd.cut(followers.astype("float64"), bins=bounds, labels=brief.tiers.names, right=False, ordered=True)


def with_tiers(data: Dataset, brief: Brief) -> pd.DataFrame:
    """Return the creators table with a column `tier`, sorted by creator."""
    creators = data.creators.sort_values("creator", ignore_index=True)
    return creators.assign(tier=tier(creators["followers"], brief))


@needs("creators", otherwise=ADD)
def by_tier(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Count the creators in each size class, those of unknown size in a row of their own.

    Returns
    -------
    DataFrame
        Smallest class first, 'unknown' last and only where there are such: `tier`, `from_followers` (lower bound), `creators`,
        `share` (of all, 0-1), `median_followers`, `with_posts` (creators with at least one post), `with_quote`.
    """
    creators = with_tiers(data, brief)
    size = creators["tier"].astype("object").where(creators["tier"].notna(), UNKNOWN_SIZE)
    posts = data.posts.query("SELECT DISTINCT creator FROM posts WHERE creator IS NOT NULL ORDER BY creator")
    posting = creators["creator"].isin(posts["creator"])
    quoting = creators["creator"].isin(data.quotes.loc[data.quotes["fee"].notna(), "creator"])
    bounds = {brief.tiers.lowest: 0, **dict(brief.tiers.bounds())}
    rows = []
    for name in (*brief.tiers.names, UNKNOWN_SIZE):
        here = size == name
        if name == UNKNOWN_SIZE and not here.any():
            continue
        rows.append(
            {
                "tier": name,
                "from_followers": float(bounds.get(name, np.nan)),
                "creators": float(here.sum()),
                "share": float(here.mean()),
                "median_followers": float(creators.loc[here, "followers"].median())
                if creators.loc[here, "followers"].notna().any()
                else np.nan,
                "with_posts": float((here & posting).sum()),
                "with_quote": float((here & quoting).sum()),
            }
        )
    return pd.DataFrame(rows)


@needs("creators", otherwise=ADD)
def by_platform(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Count the creators on each platform.

    Returns
    -------
    DataFrame
        Largest first: `platform` ('unknown' where missing), `creators`, `median_followers`, `wanted` (the brief names this platform).
    """
    creators = data.creators.assign(platform=data.creators["platform"].fillna("unknown"))
    out = creators.groupby("platform", as_index=False).agg(creators=("creator", "nunique"), median_followers=("followers", "median"))
    out["creators"] = out["creators"].astype("float64")
    out["wanted"] = out["platform"].isin(brief.market.platforms)
    return out.sort_values(["creators", "platform"], ascending=[False, True], ignore_index=True)
