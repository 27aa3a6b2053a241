"""Whose numbers an exercise uses: found in the learner's own data, so that each campaign has other ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from playbook.findings import Missing, missing_text

if TYPE_CHECKING:
    from playbook.campaign import Campaign

ADD_POSTS = "posts with creator, posted_at, likes and comments"


def lacking(campaign: Campaign, *tables: str) -> Missing | None:
    """Return what says that tables are absent, or None where all are there."""
    absent = tuple(t for t in tables if not campaign.data.has(t))
    if not absent:
        return None
    add = " and ".join(absent)
    return Missing(needs=absent, text=missing_text(absent, f"{add}, or do this exercise on a sample campaign"))


def too_little(what: str) -> Missing:
    """Return what says that there are too few rows."""
    return Missing(needs=(), text=f"Your data holds too little for this exercise: it takes {what}. Use a sample campaign for it.")


def posts_of(campaign: Campaign, creator: str) -> pd.DataFrame:
    """Return the latest twelve posts of a creator whose likes, comments and followers are known, oldest first."""
    found = campaign.data.posts.query(
        "SELECT posted_at, likes, comments, followers_at_post FROM posts "
        "WHERE creator = $creator AND likes IS NOT NULL AND comments IS NOT NULL ORDER BY posted_at DESC, post LIMIT 12",
        {"creator": creator},
    )
    return found.iloc[::-1].reset_index(drop=True)


def poster(campaign: Campaign, least: int = 6) -> tuple[str, float] | None:
    """Return a creator with enough posts, in the middle of these by followers, and their followers."""
    counted = campaign.data.posts.query(
        f"SELECT creator FROM posts WHERE likes IS NOT NULL AND comments IS NOT NULL GROUP BY creator HAVING count(*) >= {int(least)}"
    )["creator"]
    people = campaign.data.creators[["creator", "followers"]].dropna()
    able = people[people["creator"].isin(set(counted)) & (people["followers"] > 0)].sort_values(["followers", "creator"])
    if able.empty:
        return None
    row = able.iloc[len(able) // 2]
    return str(row["creator"]), float(row["followers"])
