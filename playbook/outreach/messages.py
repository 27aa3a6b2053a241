"""What goes to each creator on the shortlist: a first message, a follow-up, a creative brief and what to agree on."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from playbook import disclosure
from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs
from playbook.outreach.choosing import shortlist
from playbook.outreach.documents import LANGUAGES, Address, one_line, page, render
from playbook.outreach.facts import Fact, creator_facts, in_language

GERMAN_SPEAKING = ("DE", "AT", "CH", "LI", "LU")
_PLATFORMS = {"tiktok": "TikTok", "youtube": "YouTube", "linkedin": "LinkedIn"}
_SAID = {
    "en": {
        "awareness": "that people who fit the brand get to know it",
        "followers": "that people who like the topic follow the brand",
        "sales": "that people try the product",
        "dates": "{first} to {last}",
        "deliverable": "post",
        "sender": "[Your name]",
        "no_label": "[the label your lawyer gives you]",
        "legal": disclosure.NOT_LEGAL_ADVICE,
        "hearsay": " We know this wording from others' accounts of the rules; check it.",
        "rules": "",
        "quoted": "as you quoted it",
        "modelled": "our estimate",
        "benchmark": "a published figure",
    },
    "de": {
        "awareness": "Menschen, die zur Marke passen, sollen sie kennenlernen",
        "followers": "Menschen, die das Thema mögen, sollen der Marke folgen",
        "sales": "Menschen sollen das Produkt ausprobieren",
        "dates": "{first} bis {last}",
        "deliverable": "Post",
        "sender": "[Dein Name]",
        "no_label": "[die Kennzeichnung, die ein Anwalt nennt]",
        "legal": "Das ist keine Rechtsberatung.",
        "hearsay": " Diese Wortwahl kennen wir nur aus Berichten anderer über die Regeln; bitte prüfen.",
        "rules": "Die Kennzeichnung steht vor allem anderen, ohne dass jemand auf „mehr“ tippen muss, "
        "und nicht in einer Reihe von Hashtags.",
        "quoted": "wie von dir genannt",
        "modelled": "unsere Schätzung",
        "benchmark": "ein veröffentlichter Richtwert",
    },
}


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What goes to one creator.

    Attributes
    ----------
    creator, language, subject, message : str
        The first message, plain text.
    follow_up : str
        A short second message for a week later; its first line is the subject.
    creative_brief : str
        Markdown: what to make, marks, disclosure.
    agreement : str
        Markdown: a checklist of what to settle in writing.
    facts : tuple of Fact
        All that the message says about the creator.
    """

    creator: str
    language: str
    subject: str
    message: str
    follow_up: str
    creative_brief: str
    agreement: str
    facts: tuple[Fact, ...]

    @property
    def page(self) -> str:
        """All four as HTML, with every foreign word escaped."""
        return (
            f"<h3>{html.escape(self.subject)}</h3><pre>{html.escape(self.message)}</pre>"
            f"<h4>A week later</h4><pre>{html.escape(self.follow_up)}</pre>"
            f'<section class="pb-document">{page(self.creative_brief, top=4)}</section>'
            f'<section class="pb-document">{page(self.agreement, top=4)}</section>'
        )


@needs("creators", otherwise="creators: one row a creator with creator and followers")
def letters(
    data: Dataset, brief: Brief, *, listed: pd.DataFrame | Missing | None = None, templates: Mapping[str, str] | None = None
) -> tuple[Letter, ...] | Missing:
    """Write a first message, a follow-up, a creative brief and a checklist for each creator on the shortlist.

    Parameters
    ----------
    listed : DataFrame, optional
        The shortlist, where it is at hand.
    templates : mapping of name to text, optional
        The user's own templates, as in :func:`playbook.outreach.documents.render`.

    Returns
    -------
    tuple of Letter or Missing
        In the order of :func:`shortlist`.

    Raises
    ------
    NotUsable
        Where a template of the user's cannot be filled in.
    """
    listed = shortlist(data, brief) if listed is None else listed
    if isinstance(listed, Missing):
        return listed
    spoken = languages(listed["creator"].tolist(), data, brief)
    facts = creator_facts(listed["creator"].tolist(), data, brief, languages=spoken)
    advice = disclosure.advice(brief)
    return tuple(
        _letter(row, spoken[row.creator], facts[row.creator], advice, brief, templates or {}) for row in listed.itertuples(index=False)
    )


def languages(creators: list[str], data: Dataset, brief: Brief) -> dict[str, str]:
    """Say in which language to write to each creator: the brief's, else the creator's own, else the market's.

    >>> from playbook.data.dataset import dataset
    >>> people = pd.DataFrame({"creator": ["tiktok:ana", "tiktok:bo"], "language": ["de", None]})
    >>> languages(["tiktok:ana", "tiktok:bo"], dataset(creators=people), Brief())
    {'tiktok:ana': 'de', 'tiktok:bo': 'en'}
    """
    if brief.outreach.language != "auto":
        return dict.fromkeys(creators, brief.outreach.language)
    known = data.creators.dropna(subset=["language"]).drop_duplicates("creator").set_index("creator")["language"]
    market = "de" if brief.market.country in GERMAN_SPEAKING else "en"
    out = {}
    for creator in creators:
        own = str(known.get(creator, "")).split("-")[0].casefold()
        # whoever speaks neither is most likely to read English
        out[creator] = own if own in LANGUAGES else "en" if own else market
    return out


def _letter(
    row: Any, language: str, facts: tuple[Fact, ...], advice: disclosure.Advice | Missing, brief: Brief, own: Mapping[str, str]
) -> Letter:
    said, write, goal = _SAID[language], in_language(brief, language), brief.goal
    sure = isinstance(advice, Missing) or advice.verified
    dates = said["dates"].format(first=write.day(goal.starts), last=write.day(goal.deadline)) if goal.starts and goal.deadline else ""
    known = not math.isnan(row.fee)
    values = {
        "name": called(row.name) or f"@{one_line(row.handle)}",
        "handle": f"@{one_line(row.handle)}",
        "platform": _PLATFORMS.get(row.platform, str(row.platform).capitalize()),
        "brand": one_line(brief.brand.name),
        "sender": said["sender"],
        "campaign": one_line(brief.name),
        "dates": dates,
        "goal": said[goal.kind],
        "deliverable": row.deliverable if isinstance(row.deliverable, str) and row.deliverable else said["deliverable"],
        "posts": brief.goals.posts_per_creator,
        "values": ", ".join(one_line(v) for v in brief.brand.values),
        "avoid": ", ".join(one_line(v) for v in brief.brand.avoid),
        "facts": [f.text for f in facts],
        "fee": write.money(row.fee) if known else "",
        "fee_quoted": known and row.fee_source == "quoted",
        "fee_kind": said.get(row.fee_source, "") if known else "",
        "label": said["no_label"] if isinstance(advice, Missing) else advice.use[0],
        "label_rules": _rules(advice, said["rules"]),
        "legal": said["legal"] + ("" if sure else said["hearsay"]),
        "legal_short": said["legal"][0].lower() + said["legal"][1:] if language == "en" else said["legal"],
        "code": row.code,
        "link": Address(row.link if isinstance(row.link, str) else ""),
    }
    message, follow_up, creative, agreement = (
        render(kind, language, values, own) for kind in ("message", "follow_up", "creative_brief", "agreement")
    )
    subject, _, body = message.partition("\n")
    return Letter(
        creator=row.creator,
        language=language,
        subject=subject.strip(),
        message=body.strip() + "\n",
        follow_up=follow_up,
        creative_brief=creative,
        agreement=agreement,
        facts=facts,
    )


def called(name: object) -> str:
    """Return what to call a creator: the name on the profile up to the first sign that parts it from a slogan.

    >>> called("Fabio | beauty & more"), called("Jean-Luc"), called(None)
    ('Fabio', 'Jean-Luc', '')
    """
    text = one_line(name) if isinstance(name, str) else ""
    first = re.split(r"\s*[|•·~/]\s*|\s+[–—-]\s+", text)[0].strip()
    return first if any(c.isalpha() for c in first) else text


def _rules(advice: disclosure.Advice | Missing, translated: str) -> list[str]:
    if isinstance(advice, Missing):
        return [advice.text]
    # the rules are quoted in the language in which the kit has them
    return [translated] if translated else list(advice.rules[:4])
