"""Filters over the list: whom it holds that you could mean."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from playbook.brief import Brief
from playbook.creators.sizes import ADD, UNKNOWN_SIZE, with_tiers
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs
from playbook.wording import listed, plural, wording

FACETS = ("platform", "tier", "niche", "country", "language")
UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Matching:
    """The creators that pass the filters.

    Attributes
    ----------
    frame : DataFrame
        Most followers first: `creator`, `platform`, `tier`, `followers`, `niche`, `country`, `language`, `last_post` (UTC).
    of : int
        Creators on the whole list.
    unsure : int
        Creators left out only because what a filter asks of them is not known.
    """

    frame: pd.DataFrame
    of: int
    unsure: int


@needs("creators", otherwise=ADD)
def listing(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return all creators with what one can filter by; what is not known reads 'unknown'.

    Returns
    -------
    DataFrame
        Sorted by creator: the columns of :class:`Matching`'s frame.
    """
    people = with_tiers(data, brief).drop_duplicates("creator")
    latest = data.posts.query(
        """SELECT creator, max(posted_at) AS last_post FROM posts
        WHERE creator IS NOT NULL GROUP BY creator ORDER BY creator"""
    )
    people = people.merge(latest, on="creator", how="left")
    for facet in FACETS:
        text = people[facet].astype("object")
        people[facet] = text.where(text.notna(), UNKNOWN_SIZE if facet == "tier" else UNKNOWN).astype(str)
    people["last_post"] = pd.to_datetime(people["last_post"], utc=True)
    return people[["creator", "platform", "tier", "followers", "niche", "country", "language", "last_post"]].reset_index(drop=True)


def choices(data: Dataset, brief: Brief, facet: str) -> list[str]:
    """Return the values of a facet that the list holds, tiers by size and others by name, 'unknown' last."""
    people = listing(data, brief)
    if isinstance(people, Missing):
        return []
    there = set(people[facet])
    order = [*brief.tiers.names, UNKNOWN_SIZE] if facet == "tier" else [*sorted(there - {UNKNOWN}), UNKNOWN]
    return [value for value in order if value in there]


def matching(
    data: Dataset,
    brief: Brief,
    *,
    keep: dict[str, Collection[str]] | None = None,
    fewest: float | None = None,
    most: float | None = None,
    posted_within: float | None = None,
) -> Matching | Missing:
    """Return the creators that pass all filters.

    Parameters
    ----------
    keep : dict of facet to values, optional
        For each of platform, tier, niche, country and language the values that pass; empty lets all pass.
    fewest, most : float, optional
        Followers, both ends included. Who has no known count does not pass a limit.
    posted_within : float, optional
        Days before `data.as_of` in which the latest post must lie.
    """
    people = listing(data, brief)
    if isinstance(people, Missing):
        return people
    passes = pd.Series(True, index=people.index)
    unknown = pd.Series(False, index=people.index)

    def only(good: pd.Series, not_known: pd.Series) -> None:
        nonlocal passes, unknown
        passes &= good | not_known
        unknown |= not_known & ~good

    for facet, values in (keep or {}).items():
        if values:
            only(people[facet].isin(list(values)), people[facet].eq(UNKNOWN))
    for good, given in ((people["followers"] >= (fewest or 0), fewest), (people["followers"] <= (most or 0), most)):
        if given is not None:
            only(good, people["followers"].isna())
    if posted_within is not None:
        since = data.as_of - pd.Timedelta(days=posted_within)
        only(people["last_post"] >= since, people["last_post"].isna())
    found = people[passes & ~unknown].sort_values(["followers", "creator"], ascending=[False, True], ignore_index=True)
    return Matching(frame=found, of=len(people), unsure=int((passes & unknown).sum()))


def matching_sentence(found: Matching | Missing, brief: Brief) -> str | Missing:
    """Say how many creators pass, of which sizes, and about whom it is not known."""
    if isinstance(found, Missing):
        return found
    write = wording(brief)
    n = len(found.frame)
    text = f"{write.count(n)} of {write.count(found.of)} creators {plural(n, 'passes', 'pass')} your filters"
    counted = found.frame["tier"].value_counts()
    order = [t for t in (*brief.tiers.names, UNKNOWN_SIZE) if t in counted.index]
    text += f": {listed([f'{write.count(counted[t])} {t}' for t in order])}." if n else "."
    if found.unsure:
        text += f" {write.count(found.unsure)} more might, if you knew what the filters ask about them."
    return text
