"""One spelling for words that the kit compares: formats, states, dimensions, genders, country and language codes."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from playbook.data.load.merged import Merged
from playbook.data.tables import FORMATS, TABLES
from playbook.data.told import note
from playbook.data.values.places import country_code, language_code

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
# how the words of other languages begin, as in "Imagen de IG" and "IG-Karussell"
FORMAT_STEMS = (
    *(
        ("carou", "carousel"),
        ("carr", "carousel"),
        ("caros", "carousel"),
        ("secuenc", "carousel"),
        ("karus", "carousel"),
        ("karuz", "carousel"),
        ("reel", "reel"),
        ("stor", "story"),
    ),
    *(("histor", "story"), ("imag", "photo"), ("immag", "photo"), ("bild", "photo"), ("foto", "photo"), ("photo", "photo")),
    *(("afbeeld", "photo"), ("zdj", "photo"), ("vid", "video"), ("víd", "video"), ("film", "video")),
)
GENDER_WORDS = {
    **dict.fromkeys(("f", "w", "women", "woman", "weiblich", "frauen"), "female"),
    **dict.fromkeys(("m", "men", "man", "männlich", "männer"), "male"),
    **dict.fromkeys(("u", "o", "unspecified", "divers", "non-binary", "nonbinary"), "other"),
}


LABEL_WORDS = {
    **dict.fromkeys(("1", "1.0", "true", "yes", "y", "ja", "oui", "bot", "spam", "fake account", "inauthentic", "f"), "fake"),
    **dict.fromkeys(
        ("0", "0.0", "false", "no", "n", "nein", "non", "human", "genuine", "legit", "legitimate", "authentic", "not fake", "r", "g"),
        "real",
    ),
}


def spelled(tables: Merged) -> None:
    """Bring the words of all tables into one spelling, with a note for each table in which some were changed."""
    if len(tables.frames["posts"]):
        _formats(tables)
    if len(tables.frames["follower_sample"]):
        _labels(tables)
    for name, table in TABLES.items():
        frame = tables.frames[name]
        for column in table.columns:
            if column.allowed and len(frame):
                frame[column.name] = _mapped(frame[column.name], partial(_allowed, words=column.allowed))
    _places(tables)
    _buckets(tables)
    for name in ("quotes", "deliverables"):
        frame = tables.frames[name]
        if len(frame):
            frame["deliverable"] = _mapped(frame["deliverable"], _format)


def _allowed(word: str, words: tuple[str, ...]) -> str:
    """Return a word in the spelling of the allowed ones: small letters, and blanks or underscores as these have them."""
    folded = word.casefold()
    return next((w for w in words if w.replace("_", " ") == folded.replace("_", " ")), folded)


def _places(tables: Merged) -> None:
    """Write countries and languages as two-letter codes; names that no language knows stay as written, and are told."""
    creators = tables.frames["creators"]
    for column, code_of in (("country", country_code), ("language", language_code)):
        before = creators[column]
        if not before.notna().any():
            continue
        creators[column] = _mapped(before, lambda word, code_of=code_of: code_of(word) or word)
        changed = before.notna() & (creators[column] != before) & (before.str.len() > 2)
        strange = sorted({w for w in before.dropna().unique() if code_of(w) is None})
        about, _ = tables.about("creators", before.notna().to_numpy())
        if changed.any():
            pairs = ", ".join(
                f"{b} as {a}" for b, a in list(dict.fromkeys(zip(before[changed], creators[column][changed], strict=True)))[:6]
            )
            tables.findings.append(note(about, f"{column} read: {pairs}", "two-letter codes", "nothing to do if that is right"))
        if strange:
            what = f"{column} {', '.join(strange[:6])} unknown to the kit"
            tables.findings.append(note(about, what, "a two-letter code or a name", "kept as written: correct it if it is a slip"))


def _mapped(column: pd.Series, respell: Callable[[str], str]) -> pd.Series:
    """Respell each distinct word of a column; missing stays missing."""
    codes, distinct = pd.factorize(column.to_numpy(dtype=object))
    return pd.Series(np.array([*(respell(w) for w in distinct), None], dtype=object)[codes], index=column.index, dtype="str")


def _format(word: str) -> str:
    folded = " ".join(word.casefold().split())
    if folded in FORMATS or folded in FORMAT_WORDS:
        return FORMAT_WORDS.get(folded, folded)
    parts = re.split(r"[\W_]+", folded)
    return next((ours for stem, ours in FORMAT_STEMS if any(p.startswith(stem) for p in parts)), folded)


def _formats(tables: Merged) -> None:
    posts = tables.frames["posts"]
    before = list(posts["format"].dropna().unique())
    posts["format"] = _mapped(posts["format"], _format)
    about, _ = tables.about("posts", posts["format"].notna().to_numpy())
    changed = sorted(w for w in before if w.casefold() != _format(w))
    strange = sorted({_format(w) for w in before} - set(FORMATS))
    if changed:
        pairs = ", ".join(f"{w} as {_format(w)}" for w in changed[:6])
        tables.findings.append(note(about, f"formats read: {pairs}", f"one of {', '.join(FORMATS)}", "nothing to do if that is right"))
    if strange:
        what = f"{'format' if len(strange) == 1 else 'formats'} {', '.join(strange[:6])} unknown to the kit"
        tables.findings.append(note(about, what, f"one of {', '.join(FORMATS)}", "kept as written"))


def _labels(tables: Merged) -> None:
    """Read who was found fake however it is written: `true` or 1 under a header such as `fake` is fake."""
    sample = tables.frames["follower_sample"]
    before = list(sample["label"].dropna().unique())
    sample["label"] = _mapped(sample["label"], lambda word: LABEL_WORDS.get(" ".join(word.casefold().split()), word))
    changed = sorted(w for w in before if " ".join(w.casefold().split()) in LABEL_WORDS)
    if changed:
        about, _ = tables.about("follower_sample", sample["label"].notna().to_numpy())
        pairs = ", ".join(f"{w} as {LABEL_WORDS[' '.join(w.casefold().split())]}" for w in changed[:6])
        tables.findings.append(note(about, f"labels read: {pairs}", "fake or real", "nothing to do if that is right"))


def _buckets(tables: Merged) -> None:
    audience = tables.frames["audience"]
    if not len(audience):
        return
    before = audience["bucket"]
    after = before.copy()
    gender = audience["dimension"] == "gender"
    after = after.mask(gender, _mapped(before, lambda word: GENDER_WORDS.get(word.casefold(), word.casefold())))
    after = after.mask(audience["dimension"] == "country", _mapped(before, lambda word: country_code(word) or word))
    after = after.mask(audience["dimension"] == "language", _mapped(before, lambda word: language_code(word) or word))
    ages = before.str.replace(r"\s*(?:–|—|to|bis|-)\s*", "-", regex=True).str.replace(r"\s*(?:years?|yrs?|jahre)$", "", regex=True)
    ages = ages.replace({"65-": "65+", ">65": "65+", "65 +": "65+", "65-plus": "65+", "65-100": "65+"})
    after = after.mask(audience["dimension"] == "age", ages)
    changed = (after != before) & before.notna()
    if changed.any():
        about, _ = tables.about("audience", changed.to_numpy())
        pairs = ", ".join(f"{b} as {a}" for b, a in dict.fromkeys(zip(before[changed], after[changed], strict=True)))
        tables.findings.append(note(about, f"buckets read: {pairs[:200]}", "18-24, female, DE or de", "nothing to do if that is right"))
    audience["bucket"] = after
