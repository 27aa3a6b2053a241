"""A dictionary of engagement rates: what is divided by what, over which posts, and who calls it so."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.creators import with_tiers
from playbook.data.dataset import Dataset
from playbook.engagement.rates import ADD_POSTS, log_interval, numerator_sql, parts, platform_of, unbroken_sql
from playbook.findings import Missing, needs
from playbook.wording import wording

NUMERATORS = {
    "likes": "likes",
    "likes_comments": "likes + comments",
    "likes_comments_shares": "likes + comments + shares",
    "public": "all that the platform tells (likes, comments, shares, saves)",
}
DENOMINATORS = {
    "followers": "followers now",
    "followers_at_post": "followers at posting",
    "reach": "reach",
    "impressions": "impressions",
    "views": "views",
}


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One way to say engagement rate.

    Attributes
    ----------
    id, name, vendor : str
    platform : str
        Where it is used; `all` for every platform.
    numerator : str
        One of :data:`NUMERATORS`.
    denominator : str
        One of :data:`DENOMINATORS`.
    statistic : str
        `mean` (ratio of the sums) or `median` (of the posts' own ratios).
    window_posts, window_days : int or None
        The latest posts, or the latest days, that count; the chapter's window where both are None and the kit's own, else all posts.
    source, address : str
        Where the definition was read.
    """

    id: str
    name: str
    vendor: str
    platform: str
    numerator: str
    denominator: str
    statistic: str
    window_posts: int | None
    window_days: int | None
    source: str
    address: str

    @property
    def formula(self) -> str:
        """The definition in words.

        >>> every_definition()["modash_instagram"].formula
        'median of likes / followers now, posts of the last 60 days'
        """
        over = f"{NUMERATORS[self.numerator]} / {DENOMINATORS[self.denominator]}"
        posts = f"last {self.window_posts} posts" if self.window_posts else ""
        posts = f"posts of the last {self.window_days} days" if self.window_days else posts
        own = "the chapter's window" if self.vendor == "this kit" else "all posts"
        return f"{self.statistic} of {over}, {posts or own}"


@functools.cache
def every_definition() -> dict[str, Definition]:
    """Return all definitions by id, in the order in which they are shown."""
    with files("playbook").joinpath("rules/engagement_definitions.csv").open(encoding="utf-8") as text:
        table = pd.read_csv(text, dtype={"address": "str"}, keep_default_na=False)
    out = {}
    for row in table.to_dict("records"):
        for name in ("window_posts", "window_days"):
            row[name] = int(row[name]) if row[name] != "" else None
        out[row["id"]] = Definition(**row)
    return out


def dictionary() -> pd.DataFrame:
    """Return the dictionary as a table.

    Returns
    -------
    DataFrame
        `id`, `name`, `vendor`, `platform`, `formula`, `source`, `address`; the chapter's own definition first.
    """
    names = ("id", "name", "vendor", "platform", "formula", "source", "address")
    return pd.DataFrame([{name: getattr(each, name) for name in names} for each in every_definition().values()])


@needs("creators", "posts", otherwise=ADD_POSTS)
def side_by_side(data: Dataset, brief: Brief, *, creator: str | None = None) -> pd.DataFrame | Missing:
    """Return the same posts' engagement rate by every definition, for one creator or all.

    Parameters
    ----------
    creator : str, optional
        Key of a creator; all by default.

    Returns
    -------
    DataFrame
        Sorted by creator, then in the dictionary's order: `creator`, `definition`, `name`, `vendor`, `formula`, `rate`, `low`, `high`
        (shares; no interval for medians), `n` (posts), `missing` (why there is no rate; empty where there is one). Definitions for other
        platforms than the creator's are left out.
    """
    creators = with_tiers(data, brief)[["creator", "platform", "followers"]].drop_duplicates("creator")
    creators["platform"] = creators["platform"].where(creators["platform"].notna(), platform_of(creators["creator"]))
    if creator is not None:
        creators = creators[creators["creator"] == creator]
    if creators.empty:
        return Missing(needs=("creators",), text=f"There is no creator {creator!r} in your data: take a key from the creators table.")
    made_of, known = parts(data), data.posts.known_by_creator()
    blocks = []
    for order, definition in enumerate(every_definition().values()):
        block = _one(data, brief, definition, creators, made_of, known)
        if len(block):
            blocks.append(block.assign(order=order))
    out = pd.concat(blocks, ignore_index=True).sort_values(["creator", "order"], ignore_index=True)
    return out.drop(columns="order")


def _one(
    data: Dataset, brief: Brief, definition: Definition, creators: pd.DataFrame, made_of: pd.DataFrame, known: pd.DataFrame
) -> pd.DataFrame:
    """One definition for all creators of its platform."""
    knobs = brief.engagement
    fits = (creators["platform"] == definition.platform) | (definition.platform == "all")
    out = creators[fits].copy()
    if out.empty:
        return out
    by_followers = definition.denominator == "followers"
    down = "1.0" if by_followers else definition.denominator
    own = definition.vendor == "this kit"
    since = None if definition.window_days is None else data.as_of - pd.Timedelta(days=definition.window_days)
    reduced = data.posts.moments(
        as_of=data.as_of,
        numerator=numerator_sql(made_of) if definition.numerator == "public" else NUMERATORS[definition.numerator],
        denominator=down,
        window=definition.window_posts or (knobs.window if own else None),
        # vendors do not say that they wait; setting young posts aside for all makes the definitions the only difference
        mature_hours=knobs.mature_hours,
        since=since,
        where=unbroken_sql(definition.denominator) if definition.denominator in ("views", "impressions") else "TRUE",
    )
    out = out.merge(reduced, on="creator", how="left")
    followers = out["followers"].where(out["followers"] > 0) if by_followers else pd.Series(1.0, index=out.index)
    mean = out["ratio"] / followers
    out["rate"] = mean if definition.statistic == "mean" else out["ratio_median"] / followers
    low, high = log_interval(mean, mean * np.sqrt(out["cv2"]), out["n"].fillna(0), brief.statistics.level)
    out["low"], out["high"] = (low, high) if definition.statistic == "mean" else (np.nan, np.nan)
    out["n"] = out["n"].fillna(0).astype("int64")
    out["missing"] = _why(out, definition, known, by_followers)
    out["formula"] = definition.formula
    if definition.numerator == "public":
        told = out["platform"].map(made_of.set_index("platform")["parts"]).fillna("likes + comments")
        out["formula"] = [definition.formula.replace(NUMERATORS["public"], parts_told) for parts_told in told]
    out = out.assign(definition=definition.id, name=definition.name, vendor=definition.vendor)
    return out[["creator", "definition", "name", "vendor", "formula", "rate", "low", "high", "n", "missing"]]


def _why(out: pd.DataFrame, definition: Definition, known: pd.DataFrame, by_followers: bool) -> pd.Series:
    """Say for each creator without a rate what is missing."""
    none = out["posts"].fillna(0) == 0
    days = f"no posts in the last {definition.window_days} days" if definition.window_days else "no posts"
    hidden = ~none & (out["likes_hidden"] == out["posts"])
    counted = {"likes": [], "likes_comments": ["comments"], "likes_comments_shares": ["comments", "shares"]}.get(definition.numerator, [])
    told = known.set_index("creator")
    part = pd.Series("", index=out.index)
    for name in reversed(counted):
        part = part.where(out["creator"].map(told[name]).fillna(0) > 0, f"{name} are unknown")
    rest = "comments are unknown" if by_followers else f"{DENOMINATORS[definition.denominator]} unknown"
    text = np.select(
        [out["rate"].notna(), none, hidden, part != "", by_followers & ~(out["followers"] > 0)],
        ["", days, "likes are hidden", part, "followers are unknown"],
        default=rest,
    )
    return pd.Series(text, index=out.index)


@needs("creators", "posts", otherwise=ADD_POSTS)
def widest(data: Dataset, brief: Brief) -> str | Missing:
    """Return the creator whose rates by followers differ most from definition to definition, among those with a full window.

    A post that ran far above the others makes the difference, since a mean counts it and a median does not.
    """
    from playbook.engagement.rates import rates

    by_followers = brief.model_copy(update={"engagement": brief.engagement.model_copy(update={"definition": "followers"})})
    table = rates(data, by_followers)
    if isinstance(table, Missing):
        return table
    table = table[(table["posts"] >= min(6, brief.engagement.window)) & (table["median_rate"] > 0) & (table["engagements"] >= 10)]
    if table.empty:
        return Missing(
            needs=("posts",), text="No creator has six posts with known likes and a follower count: add posts to compare definitions."
        )
    gap = (table["rate"] / table["median_rate"]).rename("gap")
    return str(table.assign(gap=gap).sort_values(["gap", "creator"], ascending=[False, True])["creator"].iloc[0])


def gap(shown: pd.DataFrame | Missing, brief: Brief) -> str:
    """Return the sentence on how far the definitions differ for one creator.

    Parameters
    ----------
    shown : DataFrame or Missing
        As :func:`side_by_side` returns it for one creator.
    """
    if isinstance(shown, Missing):
        return shown.text
    from playbook.wording import handle

    known = shown[shown["rate"].notna()]
    write = wording(brief)
    if len(known) < 2:
        return "Your data tells too little for more than one definition: add views, reach or shares."
    most, least = known.loc[known["rate"].idxmax()], known.loc[known["rate"].idxmin()]
    many = f"{write.ratio(most.rate / least.rate)} times" if least.rate > 0 else "without bound"
    return (
        f"The posts of {handle(known['creator'].iloc[0])} give {write.share(least.rate)} ({least['name']}) or {write.share(most.rate)} "
        f"({most['name']}): {many} apart, by definition alone."
    )
