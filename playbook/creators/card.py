"""One creator: numbers, posts, followers over time, and what was found about them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.creators.loaded import activity
from playbook.creators.sizes import ADD, with_tiers
from playbook.data.dataset import Dataset
from playbook.data.engine import ENGAGEMENT
from playbook.errors import BadCall, did_you_mean
from playbook.findings import Finding, Missing, needs
from playbook.wording import listed, plural, wording


@dataclass(frozen=True, kw_only=True)
class Card:
    """What is known about one creator.

    Attributes
    ----------
    creator : str
    numbers : DataFrame
        `what`, `value` (text), `source` ('measured', 'quoted', …; empty where unknown).
    posts : DataFrame
        Oldest first: `posted_at`, `format`, `likes`, `comments`, `views`, `reach`, `engagement`
        (likes + comments + shares + saves; missing where likes are).
    followers : DataFrame
        Oldest first: `day`, `followers`.
    findings : tuple of Finding
        Those that name this creator.
    """

    creator: str
    numbers: pd.DataFrame
    posts: pd.DataFrame
    followers: pd.DataFrame
    findings: tuple[Finding, ...]


def find(data: Dataset, creator: str) -> str:
    """Return a creator's key from the key or the handle, with or without @.

    Raises
    ------
    BadCall
        Where no creator or more than one answers to it.

    Examples
    --------
    >>> from playbook.data.dataset import dataset
    >>> find(dataset(creators=pd.DataFrame({"creator": ["instagram:ana"], "followers": [1200.0]})), "@Ana")
    'instagram:ana'
    """
    keys = sorted(data.creators["creator"].astype(str).unique())
    if creator in keys:
        return creator
    asked = creator.lstrip("@").casefold()
    same = [k for k in keys if asked in (k.casefold(), k.split(":", 1)[-1].casefold())]
    if len(same) == 1:
        return same[0]
    if same:
        raise BadCall(f"{creator} is on the list {len(same)} times; name one of {listed(same)}.")
    handles = [k.split(":", 1)[-1] for k in keys]
    raise BadCall(f"{creator} is not among the {len(keys)} creators{did_you_mean(asked, [*handles, *keys])}.")


@needs("creators", otherwise=ADD)
def card(data: Dataset, brief: Brief, creator: str | None = None) -> Card | Missing:
    """Return what is known about one creator.

    Parameters
    ----------
    creator : str, optional
        Key or handle; by default the one with the most posts in the last 30 days among the micro class.

    Raises
    ------
    BadCall
        Where there is no such creator.
    """
    key = find(data, creator) if creator else _example(data, brief)
    row = with_tiers(data, brief).set_index("creator").loc[[key]].iloc[0]
    posts = data.posts.query(
        f"""
        SELECT posted_at, format, likes, comments, views, reach, {ENGAGEMENT} AS engagement
        FROM posts WHERE creator = $creator ORDER BY posted_at NULLS LAST, post
        """,
        {"creator": key},
    )
    history = data.follower_history
    history = history.loc[history["creator"] == key, ["day", "followers"]].sort_values("day", ignore_index=True)
    about = tuple(f for f in data.findings if _names(f"{f.about} {f.found}", key))
    return Card(creator=key, numbers=_numbers(data, brief, key, row, posts), posts=posts, followers=history, findings=about)


def _names(text: str, key: str) -> bool:
    """Say whether a text names a creator as a whole word, so that @ana is not taken for @anabel."""
    words = {word.strip(",;()[]'\"").rstrip(".:") for word in text.split()}
    return bool(words & {key, "@" + key.split(":", 1)[-1]})


def _example(data: Dataset, brief: Brief) -> str:
    active = activity(data, brief)
    if isinstance(active, Missing):
        return str(with_tiers(data, brief)["creator"].iloc[0])
    micro = active[active["tier"] == "micro"]
    return str((micro if len(micro) else active)["creator"].iloc[0])


def _numbers(data: Dataset, brief: Brief, key: str, row: pd.Series, posts: pd.DataFrame) -> pd.DataFrame:
    write = wording(brief)
    lines: list[tuple[str, str, str]] = []

    def add(what: str, value: object, text: str, source: str) -> None:
        known = not pd.isna(value)
        lines.append((what, text if known else "unknown", source if known else ""))

    add("Followers", row["followers"], write.count(row["followers"]), "measured")
    add("Size class", row["tier"], str(row["tier"]), "assumed")
    add("Following", row["following"], write.count(row["following"]), "measured")
    for label, column in (
        ("Platform", "platform"),
        ("Niche", "niche"),
        ("Country", "country"),
        ("Language", "language"),
        ("Profile text", "bio"),
    ):
        add(label, row[column], str(row[column]), "measured")
    add("Posts loaded", len(posts), write.count(len(posts)), "measured")
    for label, column in (
        ("Typical likes", "likes"),
        ("Typical comments", "comments"),
        ("Typical views", "views"),
        ("Typical reach", "reach"),
    ):
        middle, n = posts[column].median(), int(posts[column].notna().sum())
        add(label, middle, f"{write.count(middle)} (median of {n} {plural(n, 'post')})", "measured")
    last = posts["posted_at"].max()
    add("Last post", last, write.day(last.date()) if pd.notna(last) else "", "measured")
    asked = data.quotes[(data.quotes["creator"] == key) & data.quotes["fee"].notna()].sort_values(["deliverable", "asked_on", "fee"])
    for quote in asked.itertuples():
        what = quote.deliverable if pd.notna(quote.deliverable) else "a post"
        currency = quote.currency if pd.notna(quote.currency) else brief.budget.currency
        add(f"Fee asked for {what}", quote.fee, f"{write.number(quote.fee, 0)} {currency}", "quoted")
    if asked.empty:
        add("Fee asked", np.nan, "", "")
    talk = data.outreach[data.outreach["creator"] == key]
    if len(talk):
        add("Outreach", talk["state"].iloc[-1], str(talk["state"].iloc[-1]), "measured")
    return pd.DataFrame(lines, columns=["what", "value", "source"], dtype="str")
