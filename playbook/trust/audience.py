"""Checks on who follows, and on how paid posts were labelled."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd

from playbook import disclosure
from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing
from playbook.trust.check import Check, Told
from playbook.wording import Wording, plural

HOME_LEAST = 0.25
PAID_NEEDED = 3
SPONSORED_MOST = 0.3
POSTS_NEEDED = 10
GONE_LEAST = 3


def measure_home(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return the share of each audience in the creator's own country and the market, and the largest country of all."""
    where = data.audience[data.audience["dimension"] == "country"] if data.has("audience") else data.audience
    if where.empty:
        return Missing(needs=("audience",), text="Your data holds no audience by country: add audience rows with dimension country.")
    where = where.assign(bucket=where["bucket"].str.strip().str.upper()).sort_values(
        ["creator", "share", "bucket"], ascending=[True, False, True]
    )
    own = data.creators.drop_duplicates("creator").set_index("creator")["country"]
    country = where["creator"].map(own)
    at_home = (where["bucket"] == country) | (where["bucket"] == brief.market.country)
    grouped = where.assign(home=where["share"].where(at_home, 0.0), country=country).groupby("creator", sort=True)
    out = grouped.agg(
        home=("home", "sum"),
        largest=("bucket", "first"),
        largest_share=("share", "first"),
        n=("n", "max"),
        named=("share", "sum"),
        country=("country", "first"),
    ).reset_index()
    abroad = (out["largest"] != out["country"]) & (out["largest"] != brief.market.country)
    spoken = data.creators.drop_duplicates("creator").set_index("creator")["language"]
    out["language"] = out["creator"].map(spoken)
    shared = [speaks(place, tongue) for place, tongue in zip(out["largest"], out["language"], strict=True)]
    over = (out["home"] < HOME_LEAST) & abroad & (out["named"] >= 0.5)
    return out.assign(z=np.nan, p=np.nan, over=over, explained=np.where(shared, "the creator's language is spoken there", ""))


@functools.cache
def speaks(country: str, language: object) -> bool:
    """Say whether a language is an official one of a country (Unicode CLDR).

    >>> speaks("AT", "de"), speaks("MX", "es"), speaks("IN", "de"), speaks("DE", None)
    (True, True, False, False)
    """
    from babel.languages import get_official_languages

    return isinstance(language, str) and language in get_official_languages(str(country), regional=True, de_facto=True)


def tell_home(row: pd.Series, write: Wording, brief: Brief) -> Told:
    own = f"{row['country']} or " if isinstance(row["country"], str) and row["country"] != brief.market.country else ""
    return Told(
        evidence=f"{write.share(row['home'])} of the audience is in {own}{brief.market.country}; the largest part, "
        f"{write.share(row['largest_share'])}, is in {row['largest']}.",
        innocent="Here, the creator's language is spoken there, and people read across borders."
        if row["explained"]
        else "Creators who write in a language of many countries, or who moved, have followers elsewhere.",
        question="How did you become known there? Please send the screenshot of followers by country.",
    )


def measure_sponsored(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return the share of posts that are marked or known as paid."""
    if not data.has("posts") or not data.knows("posts", "sponsored"):
        return Missing(needs=("posts.sponsored",), text="Your data does not say which posts were paid: add a column sponsored to posts.")
    frame = data.posts.query(
        """
        SELECT creator, count(sponsored) AS n, count(*) FILTER (sponsored) AS paid FROM posts WHERE posted_at IS NULL OR posted_at <= $now
        GROUP BY creator HAVING count(sponsored) > 0 ORDER BY creator
        """,
        {"now": data.as_of.tz_convert("UTC").tz_localize(None) if data.as_of.tzinfo else data.as_of},
    )
    share = frame["paid"] / frame["n"]
    return frame.assign(share=share, z=np.nan, p=np.nan, over=(share >= SPONSORED_MOST) & (frame["n"] >= POSTS_NEEDED), explained="")


def tell_sponsored(row: pd.Series, write: Wording, brief: Brief) -> Told:
    return Told(
        evidence=f"{write.count(row['paid'])} of {write.count(row['n'])} posts ({write.share(row['share'])}) are paid.",
        innocent="Some creators live from their work and choose their partners with care.",
        question="Which brands have you worked with in the last three months, and how often do you post for brands?",
    )


def measure_gone(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return how many posts of your data the profile's own count no longer holds: they were deleted or archived since."""
    told = data.creators.dropna(subset=["posts_total"]).drop_duplicates("creator")
    if told.empty or not data.has("posts"):
        return Missing(
            needs=("creators.posts_total", "posts"),
            text="Whether posts were taken down shows where your data holds more posts than the profile counts: add posts and posts_total.",
        )
    frame = data.posts.query(
        """
        SELECT creator, count(*) AS known, max(posted_at) AS last_at, count(*) FILTER (sponsored) AS paid
        FROM posts WHERE (posted_at IS NULL OR posted_at <= $now) AND coalesce(format, '') NOT IN ('story', 'live')
        GROUP BY creator ORDER BY creator
        """,
        {"now": data.as_of.tz_convert("UTC").tz_localize(None) if data.as_of.tzinfo else data.as_of},
    )
    frame = frame.merge(told[["creator", "posts_total", "collected_on"]], on="creator", how="inner")
    if frame.empty:
        return Missing(needs=("creators.posts_total",), text="No creator has both posts and a count of posts: add posts_total to creators.")
    gone = (frame["known"] - frame["posts_total"]).clip(lower=0)
    # a profile that was read before the latest posts cannot count them
    later = (frame["last_at"].dt.tz_localize(None) > frame["collected_on"] + pd.Timedelta(days=1)).fillna(False).astype(bool)
    over = (gone >= GONE_LEAST) & (gone >= 0.05 * frame["known"])
    why = np.where(later, "the profile was read before the latest posts", "")
    return frame[["creator", "known", "posts_total", "paid"]].assign(
        gone=gone, n=frame["known"], z=np.nan, p=np.nan, over=over, explained=why
    )


def tell_gone(row: pd.Series, write: Wording, brief: Brief) -> Told:
    paid = f" {write.count(row['paid'])} of those in your data are paid." if row["paid"] > 0 else ""
    return Told(
        evidence=f"Your data holds {write.count(row['known'])} posts, the profile counts {write.count(row['posts_total'])}: at least "
        f"{write.count(row['gone'])} {plural(row['gone'], 'has', 'have')} been taken down since.{paid}",
        innocent=f"Here, {row['explained']}."
        if row["explained"]
        else "Many people tidy their profile or archive old posts, and some tools count posts in another way.",
        question="Do you take posts down, and how long do paid posts stay online? We would put that into the agreement.",
    )


def measure_labels(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return how many known paid posts carry no clear label in their caption, by the rules of the brief's jurisdiction."""
    counted = disclosure.per_creator(disclosure.past_posts(data, brief))
    if isinstance(counted, Missing):
        return counted
    unclear = counted["missing"] + counted["unclear"]
    return counted.assign(
        unlabelled=unclear,
        n=counted["posts"],
        z=np.nan,
        p=np.nan,
        over=(counted["posts"] >= PAID_NEEDED) & (counted["missing"] >= 0.5 * counted["posts"]),
        explained="",
    )


def tell_labels(row: pd.Series, write: Wording, brief: Brief) -> Told:
    return Told(
        evidence=f"{write.count(row['missing'])} of {write.count(row['n'])} posts known to be paid show no label in the "
        f"caption, {write.count(row['unclear'])} {plural(row['unclear'], 'has', 'have')} an unclear one.",
        innocent="The platform's own label, a label in the picture or sound, and a wrong mark in your data are not "
        "seen here. This is no legal advice.",
        question="How do you label paid posts? We need the label at the start of the caption.",
    )


CHECKS = (
    Check(name="audience_abroad", title="Audience elsewhere", needs="audience by country", measure=measure_home, tell=tell_home),
    Check(
        name="sponsored_share",
        title="Share of paid posts",
        needs="posts marked as sponsored",
        measure=measure_sponsored,
        tell=tell_sponsored,
    ),
    Check(
        name="posts_gone",
        title="Posts taken down",
        needs="posts, and the profile's count of posts",
        measure=measure_gone,
        tell=tell_gone,
    ),
    Check(
        name="labels_missing",
        title="Paid posts without a label",
        needs="captions of paid posts",
        measure=measure_labels,
        tell=tell_labels,
    ),
)
