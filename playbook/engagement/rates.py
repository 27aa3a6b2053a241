"""Raw rates: the numbers as the posts give them, each with its n and an interval from its own posts only."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.creators import with_tiers
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs
from playbook.memo import remembered

# a part of engagement counts on a platform only where nearly all posts tell it:
# creators whose saves are known would otherwise look better than those whose saves are not
PART_KNOWN = 0.9
PARTS = ("comments", "shares", "saves")
COLUMNS = (
    *("creator", "platform", "tier", "followers", "posts", "engagements", "denominator", "rate", "low", "high", "median_rate"),
    *(
        "cv2",
        "log_var",
        "top_share",
        "zeros",
        "likes_hidden",
        "too_young",
        "seen",
        "followers_at_post",
        "followers_at_post_n",
        "first_at",
        "last_at",
    ),
)
ADD_POSTS = "posts with their likes and comments: one row a post with creator, posted_at, likes, comments"

# from this day the platform counts something else under the same name: platform, column, day, which posts
BREAKS = (
    ("instagram", "views", "2025-04-21", "TRUE"),
    ("instagram", "impressions", "2025-04-21", "TRUE"),
    ("youtube", "views", "2025-03-31", "format = 'short'"),
)


def platform_of(creator: pd.Series) -> pd.Series:
    """Return the platform that a creator's key names.

    >>> platform_of(pd.Series(["instagram:ana", "bo"])).tolist()
    ['instagram', 'unknown']
    """
    keys = creator.astype("str")
    return keys.str.split(":").str[0].where(keys.str.contains(":", regex=False), "unknown")


@needs("posts", otherwise=ADD_POSTS)
def parts(data: Dataset) -> pd.DataFrame | Missing:
    """Return what engagement is made of on each platform of the data.

    Likes always; comments, shares and saves where at least nine in ten of the platform's posts that tell their likes tell them too,
    so that all creators of a platform are measured alike.

    Returns
    -------
    DataFrame
        `platform`, `posts`, `likes_known` (share of posts), `parts` (such as ``likes + comments``).
    """
    known = data.posts.known_by_creator()
    known["platform"] = platform_of(known["creator"])
    summed = known.groupby("platform", sort=True)[["posts", "likes", *PARTS]].sum()
    rows = []
    for platform, row in summed.iterrows():
        counted = [p for p in PARTS if row["likes"] > 0 and row[p] >= PART_KNOWN * row["likes"]]
        made_of = " + ".join(["likes", *counted])
        rows.append({"platform": platform, "posts": int(row["posts"]), "likes_known": row["likes"] / row["posts"], "parts": made_of})
    return pd.DataFrame(rows)


def numerator_sql(parts: pd.DataFrame) -> str:
    """Return SQL for the engagements of one post, platform by platform, as :func:`parts` says.

    >>> numerator_sql(pd.DataFrame({"platform": ["instagram"], "parts": ["likes + comments"]}))
    "CASE split_part(creator, ':', 1) WHEN 'instagram' THEN likes + comments ELSE likes + comments END"
    """
    whens = " ".join(f"WHEN '{_quoted(r.platform)}' THEN {r.parts}" for r in parts.itertuples() if r.platform != "unknown")
    unknown = parts.loc[parts["platform"] == "unknown", "parts"]
    otherwise = unknown.iloc[0] if len(unknown) else "likes + comments"
    return f"CASE split_part(creator, ':', 1) {whens} ELSE {otherwise} END" if whens else otherwise


def unbroken_sql(column: str) -> str:
    """Return SQL that sets aside posts from before a platform changed what `column` counts.

    A creator all of whose posts lie before the change keeps them: that series is whole.

    >>> unbroken_sql("likes")
    'TRUE'
    """
    old = [
        f"coalesce(split_part(creator, ':', 1) = '{platform}' AND {which} AND posted_at < TIMESTAMP '{day}', FALSE) AND creator IN "
        f"(SELECT creator FROM posts WHERE {column} IS NOT NULL AND {which} AND posted_at >= TIMESTAMP '{day}')"
        for platform, name, day, which in BREAKS
        if name == column
    ]
    return f"NOT ({' OR '.join(f'({o})' for o in old)})" if old else "TRUE"


def _quoted(text: str) -> str:
    return str(text).replace("'", "''")


@remembered
@needs("creators", "posts", otherwise=ADD_POSTS)
def rates(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return each creator's engagement rate by the brief's definition, with its interval.

    The rate is the mean engagements a post over followers now, or the ratio of the sums of engagements and reach (or views).
    The interval is Student's t on the log scale with the delta method: posts, not followers, are what repeats.

    Returns
    -------
    DataFrame
        Largest rate first, creators without a rate last: `creator`, `platform`, `tier`, `followers`, `posts` (with all that the
        definition needs), `engagements` (mean a post), `denominator` (mean), `rate`, `low`, `high` (shares; interval at the brief's level,
        missing under two posts), `median_rate` (of the posts' own rates), `cv2` (squared coefficient of variation of a post), `log_var`
        (variance of a post on the log scale), `top_share` (of the largest post in the sum), `zeros`, `likes_hidden`, `too_young`, `seen`
        (posts in the window), `followers_at_post` (mean where known), `followers_at_post_n`, `first_at`, `last_at`.

    Examples
    --------
    >>> from playbook.data.dataset import dataset
    >>> posts = pd.DataFrame({"post": list("abc"), "creator": "instagram:ana", "likes": [90.0, 100, 110], "comments": [10.0, 10, 10]})
    >>> data = dataset(creators=pd.DataFrame({"creator": ["instagram:ana"], "followers": [2000.0]}), posts=posts)
    >>> round(float(rates(data, Brief()).rate[0]), 4)
    0.055
    """
    knobs = brief.engagement
    by = knobs.definition
    made_of = parts(data)
    reduced = data.posts.moments(
        as_of=data.as_of,
        numerator=numerator_sql(made_of),
        denominator="1.0" if by == "followers" else by,
        window=knobs.window,
        mature_hours=knobs.mature_hours,
        where=unbroken_sql(by),
    )
    creators = with_tiers(data, brief)[["creator", "platform", "tier", "followers"]].drop_duplicates("creator")
    out = creators.merge(reduced, on="creator", how="left")
    for name in ("posts", "n", "too_young", "likes_hidden", "zeros", "undated", "followers_at_post_n"):
        out[name] = out[name].fillna(0).astype("int64")
    if by == "followers":
        out["denominator"] = out["followers"].where(out["followers"] > 0)
        out["ratio_median"] = out["ratio_median"] / out["denominator"]
        out["ratio"] = out["mean"] / out["denominator"]
    out["low"], out["high"] = log_interval(out["ratio"], out["ratio"] * np.sqrt(out["cv2"]), out["n"], brief.statistics.level)
    out = out.rename(columns={"posts": "seen", "n": "posts", "mean": "engagements", "ratio": "rate", "ratio_median": "median_rate"})
    out["rate"] = out["rate"].where(out["denominator"].notna() & (out["posts"] > 0))
    return out[list(COLUMNS)].sort_values(["rate", "creator"], ascending=[False, True], ignore_index=True)


def log_interval(mean: pd.Series, sd: pd.Series, n: pd.Series, level: float) -> tuple[pd.Series, pd.Series]:
    """Return an interval for positive means, by the delta method on the log scale with Student's t.

    Parameters
    ----------
    mean, sd, n : Series
        Mean and standard deviation of single values, and how many there were.
    level : float
        Level of the interval, 0-1.

    Returns
    -------
    tuple of Series
        Low and high; missing under two values and where the mean is not above 0.

    >>> low, high = log_interval(pd.Series([100.0]), pd.Series([30.0]), pd.Series([9]), 0.9)
    >>> bool(low[0] < 100 < high[0])
    True
    """
    from scipy.stats import t

    mean, sd, n = mean.astype("float64"), sd.astype("float64"), n.astype("float64")
    usable = (n >= 2) & (mean > 0) & sd.notna()
    spread = (sd / mean.where(usable)) / np.sqrt(n.where(usable))
    away = t.ppf((1 + level) / 2, (n.where(usable, 2) - 1).to_numpy()) * spread
    return mean * np.exp(-away), mean * np.exp(away)
