"""What to write: messages and briefs that quote the data, and nothing that was not read."""

from __future__ import annotations

import html
import math
import re
import unicodedata
from dataclasses import dataclass
from string import Template

import pandas as pd

from playbook import disclosure
from playbook.brief import Brief
from playbook.creators import with_tiers
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs
from playbook.outreach.choosing import shortlist
from playbook.wording import Wording, plural, wording

_QUOTE_LENGTH = 90


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that a message may say about a creator, and where it was read."""

    text: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What goes to one creator.

    Attributes
    ----------
    creator, subject, message : str
        The first message, plain text.
    follow_up : str
        A short second message, for a week later.
    creative_brief : str
        Markdown: what to make, marks, disclosure, what to agree on.
    facts : tuple of Fact
        All that the message says about the creator.
    """

    creator: str
    subject: str
    message: str
    follow_up: str
    creative_brief: str
    facts: tuple[Fact, ...]

    @property
    def page(self) -> str:
        """The letter as HTML, with every foreign word escaped."""
        return (
            f"<h3>{html.escape(self.subject)}</h3><pre>{html.escape(self.message)}</pre>"
            f"<h4>A week later</h4><pre>{html.escape(self.follow_up)}</pre><h4>Creative "
            f"brief</h4><pre>{html.escape(self.creative_brief)}</pre>"
        )


_MESSAGE = Template("""Hello $name,

I work for $brand and would like to ask you about a paid collaboration$when.
$facts
$offer

The post would be marked as advertising from its first words on ("$label"), and your opinion stays yours.

If this could be for you, just reply, and I send the details. If not, no reply is needed.

[Your name], $brand""")


_FOLLOW_UP = Template("""Hello $name,

a week ago I asked you about a paid collaboration with $brand. If it is not for you, no reply is needed; if it might be, I am glad to answer
questions.

[Your name], $brand""")


_CREATIVE = Template("""# Creative brief for $handle

**Campaign:** $campaign, for $brand
**When:** $dates
**What for:** $goal

## What to make

- $posts $posts_word in your own words and style; the idea is yours.
- What $brand stands for: $values.
$link_line
- Your code: `$code`

## Say that it is paid

- Begin the caption with "$label".
$disclosure_lines
- $legal

## To agree on before you start

- [ ] Deliverables and dates: what, where, when, how long it stays online
- [ ] Fee: $fee; when and how it is paid
- [ ] Usage rights: where $brand may show the post, and until when
- [ ] Exclusivity: which competitors, how long; none if not agreed
- [ ] Approval: who looks at the draft, by when; facts only, not opinions
- [ ] Disclosure: as above, in every post and story
- [ ] Cancellation: what happens if either side cannot go on
- [ ] Numbers to share a week after: reach, impressions, saves, link clicks
""")


@needs("creators", otherwise="creators: one row a creator with creator and followers")
def letters(data: Dataset, brief: Brief, *, listed: pd.DataFrame | Missing | None = None) -> tuple[Letter, ...] | Missing:
    """Write a first message, a follow-up and a creative brief for each creator on the shortlist.

    Parameters
    ----------
    listed : DataFrame, optional
        The shortlist, where it is at hand.

    Returns
    -------
    tuple of Letter or Missing
        In the order of :func:`shortlist`.
    """
    listed = shortlist(data, brief) if listed is None else listed
    if isinstance(listed, Missing):
        return listed
    facts = creator_facts(listed["creator"].tolist(), data, brief)
    advice = disclosure.advice(brief)
    write = wording(brief)
    return tuple(_letter(row, facts[row.creator], advice, data, brief, write) for row in listed.itertuples(index=False))


def _letter(row, facts: tuple[Fact, ...], advice: disclosure.Advice | Missing, data: Dataset, brief: Brief, write: Wording) -> Letter:
    goal, brand = brief.goal, one_line(brief.brand.name)
    first = one_line(row.name) if isinstance(row.name, str) and one_line(row.name) else f"@{one_line(row.handle)}"
    label = advice.use[0] if not isinstance(advice, Missing) else "[the label your lawyer gives you]"
    dates = "dates to be agreed"
    if goal.starts and goal.deadline:
        dates = f"{write.day(goal.starts)} to {write.day(goal.deadline)}"
    quoted = row.fee_source == "quoted" and not math.isnan(row.fee)
    offer = (
        f"You quoted {write.money(row.fee)}; does that still hold?"
        if quoted
        else "Would you tell me your fee for one post, and what it includes?"
    )
    common = {"name": first, "brand": brand, "label": label}
    message = _MESSAGE.substitute(
        **common,
        when=f" ({dates})" if goal.starts and goal.deadline else "",
        offer=offer,
        facts="\n".join(["", "Why I write to you:", *(f"- {f.text}" for f in facts), ""]) if facts else "",
    )
    aims = {
        "awareness": "that people who fit the brand get to know it",
        "followers": "that people who like the topic follow the brand",
        "sales": "that people try the product",
    }
    rules = advice.rules if not isinstance(advice, Missing) else (advice.text,)
    sure = "" if isinstance(advice, Missing) or advice.verified else " We know this wording from others' accounts of the rules; check it."
    creative = _CREATIVE.substitute(
        **{k: markdown(v) for k, v in common.items()} | {"label": label.replace("`", "'")},
        handle=markdown(f"@{one_line(row.handle)}"),
        campaign=markdown(one_line(brief.name)),
        dates=dates,
        goal=aims[goal.kind],
        posts=brief.goals.posts_per_creator,
        posts_word=plural(brief.goals.posts_per_creator, "post"),
        values=markdown(", ".join(one_line(v) for v in brief.brand.values) or "[say it in three words]"),
        link_line=f"- Your link: <{row.link}>" if isinstance(row.link, str) else "- Your link: [set brand.website in campaign.yml]",
        code=row.code.replace("`", ""),
        disclosure_lines="\n".join(f"- {r}" for r in rules[:4]),
        legal=disclosure.NOT_LEGAL_ADVICE + sure,
        fee=write.money(row.fee) + f" ({row.fee_source})" if not math.isnan(row.fee) else "[to be agreed]",
    )
    return Letter(
        creator=row.creator,
        subject=f"{brand} and @{one_line(row.handle)}: a paid collaboration?",
        message=message,
        follow_up=_FOLLOW_UP.substitute(name=first, brand=brand),
        creative_brief=creative,
        facts=facts,
    )


def creator_facts(creators: list[str], data: Dataset, brief: Brief) -> dict[str, tuple[Fact, ...]]:
    """Collect what may be said about each creator, each fact quoted from the data.

    At most three: the latest post that names one of the brand's keywords, the niche where the brief lists it, and the engagement rate where
    it is
    above that of half of the creators of the same size.

    Returns
    -------
    dict of creator to tuple of Fact
    """
    write = wording(brief)
    quotes = _on_topic(creators, data, brief)
    people = with_tiers(data, brief).drop_duplicates("creator").set_index("creator")
    from playbook import engagement

    rates = engagement.rates(data, brief)
    fits = {n.casefold() for n in brief.brand.niches}
    out: dict[str, tuple[Fact, ...]] = {}
    for creator in creators:
        facts = []
        if creator in quotes:
            day, word, text = quotes[creator]
            when = f" of {write.day(day)}" if pd.notna(day) else ""
            facts.append(Fact(text=f'Your post{when} speaks of {word}: "{text}"', source="posts.caption"))
        niche = people["niche"].get(creator)
        if isinstance(niche, str) and niche.casefold() in fits:
            facts.append(Fact(text=f"Your niche is {one_line(niche)}, and so is ours.", source="creators.niche"))
        if not isinstance(rates, Missing):
            facts.extend(_rate_fact(creator, rates, people, write))
        out[creator] = tuple(facts)
    return out


def _rate_fact(creator: str, rates: pd.DataFrame, people: pd.DataFrame, write: Wording) -> list[Fact]:
    own = rates[rates["creator"] == creator]
    if own.empty or pd.isna(own["rate"].iloc[0]) or creator not in people.index:
        return []
    peers = rates.loc[(rates["tier"] == own["tier"].iloc[0]) & rates["rate"].notna(), "rate"]
    rate, posts = float(own["rate"].iloc[0]), int(own["posts"].iloc[0])
    # fewer than five posts or ten peers say nothing about a creator
    if posts < 5 or len(peers) < 10 or rate <= float(peers.median()):
        return []
    text = (
        f"Your latest {posts} posts were engaged with by {write.share(rate)} of your followers' number, more than half of the "
        f"{len(peers)} creators of your size we looked at."
    )
    return [Fact(text=text, source="posts.likes and posts.comments")]


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


def one_line(text: str, most: int = 300) -> str:
    """Bring foreign text onto one line: no control or direction signs, single blanks, at most so many characters.

    >>> one_line("Ana\\n# Bo\\u202e\\tx ")
    'Ana # Bo x'
    """
    kept = "".join(
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in str(text) if unicodedata.category(c) not in ("Cf", "Cs", "Co")
    )
    return " ".join(kept.split())[:most]


def markdown(text: str) -> str:
    """Write foreign text into Markdown so that nothing of it is markup.

    >>> markdown("[x](javascript:1) <b> *y*")
    '\\\\[x\\\\]\\\\(javascript:1\\\\) &lt;b&gt; \\\\*y\\\\*'
    """
    return re.sub(r"([\\`*_{}\[\]()#+!|~])", r"\\\1", html.escape(text, quote=False))
