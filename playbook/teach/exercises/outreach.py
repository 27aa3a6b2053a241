"""Exercises of chapter 09."""

from __future__ import annotations

import hashlib
import math

from playbook.findings import Missing
from playbook.teach.exercise import Exercise, Wrong
from playbook.teach.exercises.pick import lacking, too_little

WANTED = 12.0
LETTERS = ("a", "b", "c", "d")


def _talks(c):
    if (none := lacking(c, "outreach")) is not None:
        return none
    table = c.data.outreach
    # who was asked yesterday has had no time to answer
    asked = table[table["contacted_on"].notna()]
    answered, agreed = int(asked["answered_on"].notna().sum()), int(asked["agreed_on"].notna().sum())
    if not 0 < agreed < answered < len(asked):
        return too_little("talks of which some were answered and fewer agreed")
    return {
        "asked": (float(len(asked)), "creators you wrote to"),
        "answered": (float(answered), "of these, who answered"),
        "agreed": (float(agreed), "of these, who agreed"),
        "wanted": (WANTED, "creators you want in the next campaign"),
    }


def _order(c, name: str) -> list[int]:
    """Return an order of four that is the campaign's own."""
    # not by the fingerprint, which changes with every knob
    own = f"{c.brief.brand.name} {c.brief.name} {' '.join(sorted(c.data.creators['creator'].dropna())[:50])} {name}"
    digest = hashlib.sha256(own.encode()).digest()
    return sorted(range(4), key=lambda i: digest[i])


def _captions(c):
    from playbook import disclosure

    place = disclosure.jurisdiction_of(c.brief)
    if isinstance(disclosure.rules(place), Missing):
        return disclosure.rules(place)
    label = {"DE": "Anzeige", "AT": "Anzeige", "CH": "Werbung"}.get(place, "#ad")
    brand = c.brief.brand.name
    tag = brand.replace(" ", "").lower()
    texts = (
        f"{label} | My honest week with {brand}.",
        f"My honest week with {brand}. #love #morning #mood #happy #newin #{tag} {label if label.startswith('#') else '#' + label.lower()}",
        f"My honest week. Thank you @{tag} for the parcel!",
        f"My honest week with {brand}. #collab",
    )
    readings = [disclosure.lint(t, place, brand=disclosure.brand_words(c.brief)) for t in texts]
    if readings[0].state != "clear":
        return too_little("rules for your market that name a clear label")
    order = _order(c, "captions")
    return {letter: (texts[i], "a caption of a paid post") for letter, i in zip(LETTERS, order, strict=True)}


def _letter(g, part: str) -> str | None:
    return next((letter for letter in LETTERS if part in getattr(g, letter)), None)


def _clear(g):
    return next((letter for letter in LETTERS if " | My honest week" in getattr(g, letter)), None)


def _links(c):
    if not c.brief.brand.website:
        return Missing(needs=(), text="Your brief names no brand.website, so there is no link to mark; add it, or use a sample campaign.")
    page = c.brief.brand.website.partition("?")[0].partition("#")[0]
    base = f"{page}?utm_source=instagram&utm_medium=influencer"
    texts = (
        f"{base}&utm_campaign=spring&utm_content=ana",
        f"{base}&utm_campaign=spring",
        f"{base}&utm_campaign=ana",
        page,
    )
    return {letter: (texts[i], "a link") for letter, i in zip(LETTERS, _order(c, "links"), strict=True)}


EXERCISES = (
    Exercise(
        id="outreach-1",
        title="How many letters?",
        minutes=5,
        kind="predict",
        unit="count",
        given=_talks,
        right=lambda g: math.ceil(g.wanted / (g.agreed / g.asked) - 1e-9),
        wrong=(
            Wrong(lambda g: g.wanted, "Not everybody you ask agrees."),
            Wrong(
                lambda g: math.ceil(g.wanted / (g.answered / g.asked) - 1e-9),
                "So many letters bring that many answers. Not every answer is a yes.",
            ),
            Wrong(
                lambda g: math.ceil(g.wanted / (g.agreed / g.answered) - 1e-9),
                "You began with those who answered. Some never do.",
            ),
            Wrong(
                lambda g: math.floor(g.wanted / (g.agreed / g.asked)),
                "Rounded down, you end a little short of what you want: round up.",
            ),
            Wrong(lambda g: g.wanted / (g.agreed / g.asked), "There are no half letters: round up."),
            Wrong(
                lambda g: g.wanted * g.agreed / g.asked,
                "So many agree if you ask as many as you want. How many must you ask instead?",
            ),
        ),
        hints=(
            "What share of those you asked agreed in the end?",
            "So many letters times that share should be what you want.",
            "Divide, and round up: there are no half letters.",
        ),
    ),
    Exercise(
        id="outreach-2",
        title="Which link tells who sold?",
        minutes=5,
        kind="decide",
        unit="choice",
        options=LETTERS,
        given=_links,
        right=lambda g: _letter(g, "utm_content=ana"),
        wrong=(
            Wrong(
                lambda g: next((x for x in LETTERS if getattr(g, x).endswith("utm_campaign=spring")), None),
                "This one tells which campaign it was. All creators of the campaign would share it.",
            ),
            Wrong(
                lambda g: _letter(g, "utm_campaign=ana"),
                "The creator's name stands where the campaign's belongs: your reports could not add up the campaign any more.",
            ),
            Wrong(
                lambda g: next((x for x in LETTERS if "utm_" not in getattr(g, x)), None),
                "This one carries no mark at all: the visit would count as nobody's.",
            ),
        ),
        hints=(
            "Suppose two creators post on one day. What in the link tells them apart?",
            "utm_campaign is the same for all of a campaign; there is another part for who or what brought the click.",
            "The kit's links name the creator in utm_content.",
        ),
    ),
    Exercise(
        id="outreach-3",
        title="Which label will readers see?",
        minutes=5,
        kind="mistake",
        unit="choice",
        options=LETTERS,
        given=_captions,
        right=_clear,
        wrong=(
            Wrong(
                lambda g: _letter(g, "#newin"),
                "The label is there, but last in a row of tags. Nobody reads that far: it has to come first.",
            ),
            Wrong(lambda g: _letter(g, "Thank you @"), "Thanks and a tag say that you know the brand, not that you were paid."),
            Wrong(lambda g: _letter(g, "#collab"), "Many readers do not know what this word means: advisers tell you not to rely on it."),
        ),
        hints=(
            "Read each caption as somebody who scrolls past: after three words, do you know that it is paid?",
            "A label has to be plain, and at the beginning.",
            "Tagging, thanking and short forms do not replace the label.",
        ),
    ),
)
