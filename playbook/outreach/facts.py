"""What a message may say about a creator: only what was read, quoted, with where it was read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from playbook.brief import Brief
from playbook.creators import with_tiers
from playbook.data.dataset import Dataset
from playbook.findings import Missing
from playbook.outreach.documents import one_line
from playbook.wording import Wording

_QUOTE_LENGTH = 90
_WORDS = {
    "en": {
        "post": 'Your post of {day} speaks of {word}: "{text}"',
        "post_undated": 'Your post speaks of {word}: "{text}"',
        "niche": "Your niche is {niche}, and so is ours.",
        "rate": "Your latest {posts} posts were engaged with by {rate} of your followers' number, more than half of the {peers} "
        "creators of your size we looked at.",
    },
    "de": {
        "post": "In deinem Beitrag vom {day} geht es um {word}: „{text}“",
        "post_undated": "In deinem Beitrag geht es um {word}: „{text}“",
        "niche": "Dein Thema ist {niche}, und unseres auch.",
        "rate": "Auf deine letzten {posts} Beiträge kamen Reaktionen von {rate} deiner Followerzahl, mehr als bei der Hälfte der {peers} "
        "Creator deiner Größe, die wir angesehen haben.",
    },
}


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that a message may say about a creator, and where it was read."""

    text: str
    source: str


def creator_facts(
    creators: list[str], data: Dataset, brief: Brief, *, languages: Mapping[str, str] | None = None
) -> dict[str, tuple[Fact, ...]]:
    """Collect what may be said about each creator, each fact quoted from the data.

    At most three: the latest post that names one of the brand's keywords, the niche where the brief lists it, and the engagement rate where
    it is above that of half of the creators of the same size.

    Parameters
    ----------
    languages : mapping of creator to language, optional
        `en` or `de`; English by default.

    Returns
    -------
    dict of creator to tuple of Fact
    """
    from playbook import engagement

    spoken = dict(languages or {})
    quotes = _on_topic(creators, data, brief)
    people = with_tiers(data, brief).drop_duplicates("creator").set_index("creator")
    rates = engagement.rates(data, brief)
    fits = {n.casefold() for n in brief.brand.niches}
    out: dict[str, tuple[Fact, ...]] = {}
    for creator in creators:
        language = spoken.get(creator, "en")
        words, write = _WORDS[language], in_language(brief, language)
        facts = []
        if creator in quotes:
            day, word, text = quotes[creator]
            said = words["post" if pd.notna(day) else "post_undated"].format(day=write.day(day), word=word, text=text)
            facts.append(Fact(text=said, source="posts.caption"))
        niche = people["niche"].get(creator)
        if isinstance(niche, str) and niche.casefold() in fits:
            facts.append(Fact(text=words["niche"].format(niche=one_line(niche)), source="creators.niche"))
        if not isinstance(rates, Missing):
            facts.extend(_rate_fact(creator, rates, people, words["rate"], write))
        out[creator] = tuple(facts)
    return out


def in_language(brief: Brief, language: str) -> Wording:
    """Return the wording for letters in a language: the brief's own where it is of that language."""
    own = brief.report.locale.replace("-", "_")
    same = own.split("_")[0] == language
    return Wording(locale=own if same else language, currency=brief.budget.currency, date_format=brief.report.date_format if same else "")


def _rate_fact(creator: str, rates: pd.DataFrame, people: pd.DataFrame, words: str, write: Wording) -> list[Fact]:
    own = rates[rates["creator"] == creator]
    if own.empty or pd.isna(own["rate"].iloc[0]) or creator not in people.index:
        return []
    peers = rates.loc[(rates["tier"] == own["tier"].iloc[0]) & rates["rate"].notna(), "rate"]
    rate, posts = float(own["rate"].iloc[0]), int(own["posts"].iloc[0])
    # fewer than five posts or ten peers say nothing about a creator
    if posts < 5 or len(peers) < 10 or rate <= float(peers.median()):
        return []
    return [Fact(text=words.format(posts=posts, rate=write.share(rate), peers=len(peers)), source="posts.likes and posts.comments")]


def _on_topic(creators: list[str], data: Dataset, brief: Brief) -> dict[str, tuple[pd.Timestamp, str, str]]:
    words = [w for w in brief.brand.keywords if w.strip()]
    if not words or not data.has("posts"):
        return {}
    posts = data.posts.query(
        "SELECT creator, posted_at, caption FROM posts WHERE list_contains($creators, creator) AND caption IS NOT NULL AND NOT "
        "coalesce(sponsored, FALSE) "
        "AND (posted_at IS NULL OR posted_at <= $now) ORDER BY creator, posted_at DESC NULLS LAST, post",
        {"creators": creators, "now": data.as_of.tz_localize(None)},
    )
    patterns = [(w, re.compile(rf"(?<!\w){re.escape(w)}(?!\w)", re.I)) for w in words]
    out: dict[str, tuple[pd.Timestamp, str, str]] = {}
    for creator, posted, caption in posts.itertuples(index=False):
        if creator in out:
            continue
        text = one_line(caption)
        for _word, pattern in patterns:
            match = pattern.search(text)
            if match:
                out[creator] = (posted, match[0], _excerpt(text, match.start()))
                break
    return out


def _excerpt(text: str, at: int) -> str:
    if len(text) <= _QUOTE_LENGTH:
        return text
    start = max(0, min(at - _QUOTE_LENGTH // 3, len(text) - _QUOTE_LENGTH))
    cut = text[start : start + _QUOTE_LENGTH]
    cut = cut.split(" ", 1)[1] if start and " " in cut[: _QUOTE_LENGTH // 3] else cut
    cut = cut.rsplit(" ", 1)[0] if start + _QUOTE_LENGTH < len(text) and " " in cut else cut
    return f"{'… ' if start else ''}{cut}{' …' if start + _QUOTE_LENGTH < len(text) else ''}"
