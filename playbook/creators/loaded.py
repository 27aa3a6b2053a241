"""What was read, and how lately each creator posted."""

from __future__ import annotations

import pandas as pd

from playbook.brief import Brief
from playbook.creators.sizes import with_tiers
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs

RECENT_DAYS, QUARTER_DAYS = 30, 90


def files(data: Dataset) -> pd.DataFrame:
    """Return the files that were read.

    Returns
    -------
    DataFrame
        By path: `file`, `format`, `rows` (read), `used_for` (table and rows), `set_aside` (rows), `why` (the reasons).
    """
    rows = [
        {
            "file": s.path,
            "format": s.format,
            "rows": float(s.rows),
            "used_for": ", ".join(f"{name} ({n})" for name, n in sorted(s.tables.items()) if n) or "nothing",
            "set_aside": float(sum(s.set_aside.values())),
            "why": "; ".join(f"{reason} ({n})" for reason, n in sorted(s.set_aside.items())),
        }
        for s in sorted(data.provenance, key=lambda s: s.path)
    ]
    return pd.DataFrame(rows, columns=["file", "format", "rows", "used_for", "set_aside", "why"]).astype(
        {"rows": "float64", "set_aside": "float64"}
    )


@needs("creators", "posts", otherwise="posts with creator and posted_at")
def activity(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return how lately and how often each creator posts.

    Returns
    -------
    DataFrame
        Most posts in the last 30 days first: `creator`, `tier`, `posts` (all that are loaded), `posts_30`, `posts_90` (in the
        last 30 and 90 days; missing where no post has a date), `last_at`, `days_since` (days from the last post to now),
        `days_covered` (days between the first and the last post loaded).
    """
    now = data.as_of.tz_convert("UTC").tz_localize(None)
    counted = data.posts.query(
        f"""
        SELECT creator, count(*) AS posts, count(posted_at) AS dated, min(posted_at) AS first_at, max(posted_at) AS last_at,
               count(*) FILTER (posted_at > $now - INTERVAL {RECENT_DAYS} DAY) AS posts_30,
               count(*) FILTER (posted_at > $now - INTERVAL {QUARTER_DAYS} DAY) AS posts_90
        FROM posts WHERE posted_at IS NULL OR posted_at <= $now GROUP BY creator ORDER BY creator
        """,
        {"now": now},
    )
    out = with_tiers(data, brief)[["creator", "tier"]].merge(counted, on="creator", how="left")
    dated = out["dated"] > 0
    out["posts"] = out["posts"].fillna(0.0).astype("float64")
    for column in ("posts_30", "posts_90"):
        out[column] = out[column].astype("float64").where(dated)
    out["days_since"] = ((data.as_of - out["last_at"]).dt.total_seconds() / 86_400).astype("float64")
    out["days_covered"] = ((out["last_at"] - out["first_at"]).dt.total_seconds() / 86_400).astype("float64")
    columns = ["creator", "tier", "posts", "posts_30", "posts_90", "last_at", "days_since", "days_covered"]
    return out[columns].sort_values(["posts_30", "posts", "creator"], ascending=[False, False, True], na_position="last", ignore_index=True)
