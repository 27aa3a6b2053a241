"""Awareness: the posts that were agreed, what became of them, and at which price."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.data.engine import ENGAGEMENT
from playbook.findings import Missing, needs
from playbook.results.attribution import window
from playbook.results.spending import total_cost

_DELIVERABLES = "deliverables with creator, post, due and published_at"


@needs("deliverables", otherwise=_DELIVERABLES)
def delivered_posts(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return the posts that were agreed, with what became of them.

    Returns
    -------
    DataFrame or Missing
        One row a deliverable, by creator and day: `creator`, `post`, `deliverable`, `due`, `published_at`, `delivered`, `late_days` (after
        the day agreed; 0 on time),
        `reach`, `impressions`, `views`, `likes`, `comments`, `shares`, `engagements` (missing where the post or its numbers are unknown),
        `contacts`
        (impressions, else views, else reach)
        and `contacts_are`.
    """
    rows = data.deliverables.copy()
    posts = sorted(set(rows["post"].dropna()))
    found = data.posts.query(
        f"SELECT post, posted_at, format, reach, impressions, views, likes, comments, shares, {ENGAGEMENT} AS engagements FROM posts "
        "WHERE list_contains($posts, post) ORDER BY post",
        {"posts": posts},
    ).drop_duplicates("post")
    rows = rows.merge(found, on="post", how="left")
    rows["published_at"] = rows["published_at"].fillna(rows["posted_at"])
    rows["delivered"] = rows["published_at"].notna() & (rows["published_at"] <= data.as_of)
    day = rows["published_at"].dt.tz_localize(None).dt.normalize()
    rows["late_days"] = (day - rows["due"].dt.normalize()).dt.days.clip(lower=0).where(rows["delivered"])
    rows["contacts"] = rows["impressions"].fillna(rows["views"]).fillna(rows["reach"])
    known = [rows[c].notna() for c in ("impressions", "views", "reach")]
    rows["contacts_are"] = np.select(known, ["impressions", "views", "reach"], "unknown")
    columns = [
        "creator",
        "post",
        "deliverable",
        "due",
        "published_at",
        "delivered",
        "late_days",
        "reach",
        "impressions",
        "views",
        "likes",
        "comments",
        "shares",
        "engagements",
        "contacts",
        "contacts_are",
    ]
    return rows[columns].sort_values(["creator", "published_at", "due", "post"], ignore_index=True)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Delivered posts against the same creators' usual posts, over posts for which both are known.

    Attributes
    ----------
    posts : int
    delivered, usual : float
        Sums over these posts.
    """

    posts: int
    delivered: float
    usual: float

    @property
    def ratio(self) -> float:
        """Delivered over usual."""
        return self.delivered / self.usual if self.usual > 0 else math.nan


@dataclass(frozen=True, kw_only=True)
class Awareness:
    """What the agreed posts delivered, against plan.

    Attributes
    ----------
    agreed, delivered, late : int
        Posts.
    reach, views, engagements, contacts : float
        Sums over the delivered posts whose number is known: at least so many. `known` says how many posts each rests on.
    contacts_are : str
        What a contact is on how many posts: impressions where known, else views, else reach.
    unique_low, unique, unique_high : float
        Different people: the largest single post's reach, a model with the brief's overlap, and the sum as if nobody saw two posts.
    filled : int
        Posts whose unknown reach was taken from the creator's other posts, for the unique reach only.
    cost, cpm, cpe, cpv : float
        Full cost; per 1,000 contacts, per engagement, per view: at most so much where a number is unknown for some posts,
        missing where it is known for fewer than half or a creator's cost is unknown.
    budget, planned_cpe, planned_per_person : float
        The budget; budget per engagement of as many usual posts; budget per person of the target, if awareness is the goal.
    compared : dict of str to Comparison
        `reach`, `views`, `engagements` against usual.
    whole : bool
        Whether every creator's cost is known.
    """

    agreed: int
    delivered: int
    late: int
    reach: float
    views: float
    engagements: float
    contacts: float
    contacts_are: str
    known: dict[str, int]
    unique_low: float
    unique: float
    unique_high: float
    filled: int
    cost: float
    cpm: float
    cpe: float
    cpv: float
    budget: float
    planned_cpe: float
    planned_per_person: float
    compared: dict[str, Comparison]
    whole: bool


@needs("deliverables", otherwise=_DELIVERABLES)
def awareness(data: Dataset, brief: Brief) -> Awareness | Missing:
    """Return delivered posts, reach, views and engagements, and their prices, against plan."""
    rows = delivered_posts(data, brief)
    if isinstance(rows, Missing):
        return rows
    done = rows[rows["delivered"]]
    cost, whole = total_cost(data, brief)
    names = ("reach", "views", "engagements", "contacts")
    known = {name: int(done[name].notna().sum()) for name in names}
    sums = {name: float(done[name].sum()) if known[name] else math.nan for name in names}

    def price(name: str, per: float = 1.0) -> float:
        usable = whole and 2 * known[name] >= len(done) and sums[name] > 0
        return cost / sums[name] * per if usable else math.nan

    usual = usual_posts(data, brief)
    filled, count = _filled_reach(done, usual)
    low, middle, high = unique_reach(filled, data, brief)
    kinds = done["contacts_are"].value_counts()
    compared = {name: _compare(done, usual, name) for name in ("reach", "views", "engagements")}
    each = compared["engagements"]
    expected = each.usual / each.posts * len(rows) if each.posts else math.nan
    budget, goal = brief.budget.amount, brief.goal
    return Awareness(
        agreed=len(rows),
        delivered=len(done),
        late=int((done["late_days"] > 0).sum()),
        reach=sums["reach"],
        views=sums["views"],
        engagements=sums["engagements"],
        contacts=sums["contacts"],
        contacts_are=", ".join(f"{k} of {kinds[k]} posts" for k in ("impressions", "views", "reach") if k in kinds),
        known=known,
        unique_low=low,
        unique=middle,
        unique_high=high,
        filled=count,
        cost=cost,
        cpm=price("contacts", 1000),
        cpe=price("engagements"),
        cpv=price("views"),
        budget=budget,
        planned_cpe=budget / expected if expected > 0 else math.nan,
        planned_per_person=budget / goal.target if goal.kind == "awareness" else math.nan,
        compared=compared,
        whole=whole,
    )


def usual_posts(data: Dataset, brief: Brief) -> pd.DataFrame:
    """Return what a post of each creator brought before the campaign: index `creator`; `engagements`, `views`, `reach` (means of the latest
    posts)."""
    days = window(data, brief)
    if isinstance(days, Missing):
        return pd.DataFrame(columns=["engagements", "views", "reach"], dtype="float64")
    knobs = brief.engagement
    before = data.posts.per_creator(as_of=days.starts, window=knobs.window, mature_hours=knobs.mature_hours).set_index("creator")
    return before[["engagement_mean", "views_mean", "reach_mean"]].set_axis(["engagements", "views", "reach"], axis=1)


def _compare(done: pd.DataFrame, usual: pd.DataFrame, name: str) -> Comparison:
    expected = done["creator"].map(usual[name])
    both = done[name].notna() & expected.notna()
    return Comparison(posts=int(both.sum()), delivered=float(done.loc[both, name].sum()), usual=float(expected[both].sum()))


def _filled_reach(done: pd.DataFrame, usual: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    others = done.groupby("creator")["reach"].transform("mean").fillna(done["creator"].map(usual["reach"]))
    lacking = done["reach"].isna() & others.notna()
    return done.assign(reach=done["reach"].fillna(others)), int(lacking.sum())


def unique_reach(done: pd.DataFrame, data: Dataset, brief: Brief) -> tuple[float, float, float]:
    """Bound and model how many different people the delivered posts reached.

    Low is the largest post alone, high the sum of all posts (at most the market's population). Between them: the posts of one creator are
    taken as
    independent draws from the followers (1 - product of misses), creators are joined by Agostini's formula (1961) with the brief's overlap
    of audiences.

    Returns
    -------
    (low, modelled, high) : floats
        NaN where a delivered post's reach is unknown.
    """
    if not len(done) or done["reach"].isna().any():
        return math.nan, math.nan, math.nan
    most = brief.market.population or math.inf
    followers = data.creators.drop_duplicates("creator").set_index("creator")["followers"]
    people = []
    for creator, group in done.groupby("creator"):
        top = float(group["reach"].max())
        size = followers.get(creator, math.nan)
        # reach beyond the followers is real: the pool is at least the largest post
        pool = max(size, top) if size == size else math.nan
        people.append(pool * (1 - float(np.prod(1 - group["reach"] / pool))) if pool > 0 else top)
    each = np.array(people)
    total = each.sum()
    shared = sum(brief.portfolio.overlap * min(a, b) for i, a in enumerate(each) for b in each[i + 1 :])
    joined = total**2 / (total + 1.125 * shared) if total > 0 else 0.0
    low, high = float(done["reach"].max()), min(float(done["reach"].sum()), most)
    return low, float(np.clip(joined, low, max(low, high))), max(low, high)
