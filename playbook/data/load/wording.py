"""One spelling for words that the kit compares: formats, states, dimensions, genders, country and language codes."""

from __future__ import annotations

import pandas as pd

from playbook.data.load.merged import Merged
from playbook.data.tables import FORMATS, TABLES
from playbook.data.told import note

FORMAT_WORDS = {
    **dict.fromkeys(
        ("image", "picture", "pic", "img", "graphimage", "ig image", "static", "static post", "feed", "foto", "photos", "images"), "photo"
    ),
    **dict.fromkeys(
        ("sidecar", "graphsidecar", "album", "carousel_album", "carousel album", "ig carousel", "slideshow", "gallery"), "carousel"
    ),
    **dict.fromkeys(("reels", "ig reel", "clip", "clips"), "reel"),
    **dict.fromkeys(("graphvideo", "videos", "igtv", "ig video", "long video", "vod"), "video"),
    **dict.fromkeys(("shorts", "youtube short", "youtube shorts"), "short"),
    **dict.fromkeys(("stories", "ig story", "storys"), "story"),
    **dict.fromkeys(("livestream", "live stream", "stream", "live video"), "live"),
    **dict.fromkeys(("tweet", "status", "thread", "link"), "text"),
}
GENDER_WORDS = {
    **dict.fromkeys(("f", "w", "women", "woman", "weiblich", "frauen"), "female"),
    **dict.fromkeys(("m", "men", "man", "männlich", "männer"), "male"),
    **dict.fromkeys(("u", "o", "unspecified", "divers", "non-binary", "nonbinary"), "other"),
}


def spelled(tables: Merged) -> None:
    """Bring the words of all tables into one spelling, with a note for each table in which some were changed."""
    posts = tables.frames["posts"]
    if len(posts):
        _formats(tables)
    for name, table in TABLES.items():
        frame = tables.frames[name]
        for column in table.columns:
            if column.allowed and len(frame):
                frame[column.name] = frame[column.name].str.casefold().str.replace("_", " ")
    creators = tables.frames["creators"]
    creators["country"] = _cased(creators["country"], "upper")
    creators["language"] = _cased(creators["language"], "lower")
    _buckets(tables)
    for name in ("quotes", "deliverables"):
        frame = tables.frames[name]
        if len(frame):
            frame["deliverable"] = _mapped(frame["deliverable"].str.casefold(), FORMAT_WORDS)


def _cased(column: pd.Series, how: str) -> pd.Series:
    """Put two-letter codes into their case; longer names stay as they are."""
    short = column.str.len() == 2
    return column.mask(short, column.str.upper() if how == "upper" else column.str.lower())


def _mapped(column: pd.Series, words: dict[str, str]) -> pd.Series:
    return column.map({w: words.get(w, w) for w in column.dropna().unique()}).astype("str")


def _formats(tables: Merged) -> None:
    posts = tables.frames["posts"]
    before = posts["format"].str.casefold().str.strip()
    after = _mapped(before, FORMAT_WORDS)
    changed = sorted(set(before[(before != after) & before.notna()]))
    strange = sorted(set(after.dropna()) - set(FORMATS))
    posts["format"] = after
    about, _ = tables.about("posts", posts["format"].notna().to_numpy())
    if changed:
        pairs = ", ".join(f"{w} as {FORMAT_WORDS[w]}" for w in changed[:6])
        tables.findings.append(note(about, f"formats read: {pairs}", f"one of {', '.join(FORMATS)}", "nothing to do if that is right"))
    if strange:
        what = f"{'format' if len(strange) == 1 else 'formats'} {', '.join(strange[:6])} unknown to the kit"
        tables.findings.append(note(about, what, f"one of {', '.join(FORMATS)}", "kept as written"))


def _buckets(tables: Merged) -> None:
    audience = tables.frames["audience"]
    if not len(audience):
        return
    before = audience["bucket"]
    after = before.copy()
    gender = audience["dimension"] == "gender"
    after = after.mask(gender, _mapped(before.str.casefold(), GENDER_WORDS))
    after = after.mask(audience["dimension"] == "country", before.str.upper().where(before.str.len() == 2, before))
    after = after.mask(audience["dimension"] == "language", before.str.lower().where(before.str.len() == 2, before))
    ages = before.str.replace(r"\s*(?:–|—|to|bis|-)\s*", "-", regex=True).str.replace(r"\s*(?:years?|yrs?|jahre)$", "", regex=True)
    ages = ages.replace({"65-": "65+", ">65": "65+", "65 +": "65+", "65-plus": "65+", "65-100": "65+"})
    after = after.mask(audience["dimension"] == "age", ages)
    changed = (after != before) & before.notna()
    if changed.any():
        about, _ = tables.about("audience", changed.to_numpy())
        pairs = ", ".join(f"{b} as {a}" for b, a in dict.fromkeys(zip(before[changed], after[changed], strict=True)))
        tables.findings.append(note(about, f"buckets read: {pairs[:200]}", "18-24, female, DE or de", "nothing to do if that is right"))
    audience["bucket"] = after
