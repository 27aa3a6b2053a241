"""Checks on comments: empty words, copies, another language, and the same few people under every post.

Raw comments never leave this module: what it hands on are counts.
"""

from __future__ import annotations

import csv
import functools
import re
import unicodedata
from importlib.resources import files

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.creators import with_tiers
from playbook.data.dataset import Dataset
from playbook.engagement.rates import platform_of
from playbook.findings import Missing
from playbook.trust.check import Check, Told
from playbook.trust.rates import PEERS_NEEDED, among_peers
from playbook.wording import Wording

COMMENTS_NEEDED = 10
POSTS_NEEDED = 3
QUICK_MINUTES = 20.0
UNUSUAL = 0.01
ADD_COMMENTS = "a comments table with post, author (hashed), text and posted_at"
# writing that one look tells apart, and the languages of creators that use it; where none is listed, any of them may
SCRIPTS = {
    "CYRILLIC": {"ru", "uk", "bg", "sr", "mk", "be", "kk"},
    "GREEK": {"el"},
    "ARABIC": {"ar", "fa", "ur"},
    "HEBREW": {"he"},
    "DEVANAGARI": {"hi", "mr", "ne"},
    "HANGUL": {"ko"},
    "HIRAGANA": {"ja"},
    "KATAKANA": {"ja"},
    "CJK": {"zh", "ja"},
    "THAI": {"th"},
}
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


@functools.cache
def generic_texts() -> frozenset[str]:
    """Return the comments that say nothing of the post, as :func:`plain` writes them."""
    with (files("playbook") / "rules" / "generic_comments.csv").open(encoding="utf-8", newline="") as lines:
        return frozenset(plain(row["text"]) for row in csv.DictReader(lines))


@functools.cache
def language_words() -> dict[str, frozenset[str]]:
    """Return a few common words of each language, without those that two languages share."""
    with (files("playbook") / "rules" / "language_words.csv").open(encoding="utf-8", newline="") as lines:
        raw = {row["language"]: set(row["words"].split()) for row in csv.DictReader(lines)}
    return {name: frozenset(w for w in own if not any(w in other for n, other in raw.items() if n != name)) for name, own in raw.items()}


def plain(text: object) -> str:
    """Bring a comment to its bare words: one form of Unicode, small letters, letters drawn out cut to two, no signs, names or emoji.

    >>> plain("Sooooo  NICE!!! 🔥 @ana"), plain("😍😍")
    ('soo nice', '')
    """
    if not isinstance(text, str):
        return ""
    bare = re.sub(r"@[\w.]+", " ", unicodedata.normalize("NFKC", text).casefold())
    bare = re.sub(r"([^\W\d_])\1{2,}", r"\1\1", bare)
    return " ".join(_LETTERS.findall(bare))


def is_generic(bare: str) -> bool:
    """Say whether a bare comment says nothing of the post: emoji alone, or a phrase of the list.

    >>> is_generic(""), is_generic("great post"), is_generic("which serum is it")
    (True, True, False)
    """
    return bare in generic_texts() or bare.replace("soo", "so") in generic_texts() or not bare


def language_of(bare: str) -> str:
    """Return the language of a comment, or '' where that cannot be told.

    Another writing than the Latin one tells at once (the first of its languages stands for all); else two common words of one language,
    and more than of any other.

    >>> language_of("where did you get the map"), language_of("ich hab das nicht"), language_of("top"), language_of("очень красиво")
    ('en', 'de', '', 'ru')
    """
    script = _script(bare)
    if script:
        return (
            sorted(SCRIPTS[script])[0]
            if len(SCRIPTS[script]) == 1
            else {"CYRILLIC": "ru", "ARABIC": "ar", "DEVANAGARI": "hi"}.get(script, "zh")
        )
    own = bare.split()
    counts = sorted(((sum(w in known for w in own), name) for name, known in language_words().items()), reverse=True)
    return counts[0][1] if counts[0][0] >= 2 and counts[0][0] > counts[1][0] else ""


def _script(bare: str) -> str:
    """Return the writing of most letters, where it is one of the list."""
    found: dict[str, int] = {}
    letters = 0
    for letter in bare:
        if letter.isalpha():
            letters += 1
            if letter > "\u036f":
                name = unicodedata.name(letter, "").split(" ")[0].split("-")[0]
                found[name] = found.get(name, 0) + 1
    # Japanese mixes two writings with Chinese signs
    if found.get("HIRAGANA", 0) + found.get("KATAKANA", 0) >= 2:
        return "HIRAGANA"
    best = max(found, key=lambda k: (found[k], k), default="")
    return best if best in SCRIPTS and found[best] >= max(2, 0.5 * letters) else ""


def kin(language: str) -> frozenset[str]:
    """Return a language and those whose writing looks the same here.

    >>> sorted(kin("uk")), sorted(kin("de"))
    (['be', 'bg', 'kk', 'mk', 'ru', 'sr', 'uk'], ['de'])
    """
    return frozenset({language}.union(*(names for names in SCRIPTS.values() if language in names)))


def read(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return one row a creator with comments: what they say, in counts.

    Returns
    -------
    DataFrame
        Sorted by `creator`: `creator`, `platform`, `followers`, `comments`, `posts` (with comments), `generic`, `copies` (a text of three
        words or more that was there before), `told` (with a language, where the caption's or the
        creator's is known), `foreign` (in a language that is neither the caption's nor the creator's nor English),
        `known_authors` (comments with an author), `returning` (authors who are under several posts of your data), `by_returning` (their
        comments), `timed` (comments of theirs with a time), `quick` (within 20 minutes of the post; without any times all of theirs),
        `creators_shared` (most other creators under whom one of them writes), `same_order` (share of pairs of them that come in the same
        order again; one half by chance, missing where few meet twice).
    """
    if not data.has("comments") or not data.has("posts"):
        return Missing(needs=("comments",), text=f"Your data holds no comments, so they cannot be read: add {ADD_COMMENTS}.")
    wanted = sorted(set(data.comments["post"]))
    owner = data.posts.query(
        "SELECT post, any_value(creator) AS creator, min(posted_at) AS post_at, max(caption) AS caption FROM posts "
        "WHERE list_contains($wanted, post) GROUP BY post ORDER BY post",
        {"wanted": wanted},
    )
    frame = data.comments.merge(owner, on="post", how="inner")
    creators = with_tiers(data, brief).drop_duplicates("creator")[["creator", "platform", "followers", "language"]]
    frame = frame.merge(creators, on="creator", how="inner")
    if frame.empty:
        return Missing(
            needs=("comments",), text="No comment belongs to a post in your data: check that the post columns of comments and posts agree."
        )
    bare = {t: plain(t) for t in frame["text"].dropna().unique()}
    frame["bare"] = [bare.get(t, "") for t in frame["text"]]
    spoken = {b: language_of(b) for b in bare.values()}
    frame = frame.sort_values(["creator", "post_at", "post", "posted_at", "author", "bare"], na_position="last", ignore_index=True)
    own = frame["language"].astype(object).where(frame["language"].notna(), "")
    caption = frame["caption"].map({t: language_of(plain(t)) for t in frame["caption"].dropna().unique()}).fillna("")
    tongue = frame["bare"].map(lambda b: spoken.get(b, ""))
    minutes = (frame["posted_at"] - frame["post_at"]).dt.total_seconds() / 60
    named = frame["author"].notna()
    under = frame["author"].map(frame[named].groupby("author")["post"].nunique())
    returning = named & (under >= 2)
    frame["generic"] = frame["bare"].map({b: is_generic(b) for b in spoken} | {"": True}).astype(bool)
    frame["copies"] = (frame["bare"].str.count(" ") >= 2) & frame.duplicated(["creator", "bare"]) & ~frame["generic"]
    # the caption's language is what the commenters saw; the creator's is theirs too
    frame["told"] = (tongue != "") & ((own != "") | (caption != ""))
    pairs = pd.DataFrame({"tongue": tongue, "own": own, "caption": caption}).drop_duplicates()
    at_home = {t for t in pairs.itertuples(index=False, name=None) if t[0] == "en" or t[0] in kin(t[1]) | kin(t[2])}
    strange = [t not in at_home for t in zip(tongue, own, caption, strict=True)]
    frame["foreign"] = frame["told"] & np.array(strange, dtype=bool)
    frame["known_authors"], frame["by_returning"], frame["timed"] = named, returning, returning & minutes.notna()
    frame["quick"] = returning & (minutes.between(0, QUICK_MINUTES) if minutes.notna().any() else True)
    frame["shared"] = frame["author"].map(frame[returning].groupby("author")["creator"].nunique()).fillna(0)
    names = ["generic", "copies", "told", "foreign", "known_authors", "by_returning", "timed", "quick"]
    out = (
        frame.groupby("creator", sort=True)
        .agg(
            platform=("platform", "first"),
            followers=("followers", "first"),
            comments=("post", "size"),
            posts=("post", "nunique"),
            **{n: (n, "sum") for n in names},
            creators_shared=("shared", "max"),
        )
        .reset_index()
    )
    quick = frame[frame["quick"] & frame["posted_at"].notna()]
    out["returning"] = out["creator"].map(frame[returning].groupby("creator")["author"].nunique()).fillna(0)
    out["same_order"] = (
        out["creator"].map({c: _same_order(g) for c, g in quick.groupby("creator", sort=True) if len(g) >= 6}).astype("float64")
    )
    out["platform"] = out["platform"].where(out["platform"].notna(), platform_of(out["creator"]))
    return out


def _same_order(theirs: pd.DataFrame) -> float:
    """Return how often two people come in the order in which they mostly come, over pairs that meet under two posts or more."""
    before: dict[tuple[str, str], int] = {}
    ordered = theirs.sort_values(["post", "posted_at", "author"]).drop_duplicates(["post", "author"])
    for _, group in ordered.groupby("post", sort=True)["author"]:
        authors = group.tolist()[:30]
        for i, a in enumerate(authors):
            for b in authors[i + 1 :]:
                before[a, b] = before.get((a, b), 0) + 1
    kept = met = 0
    for (a, b), n in before.items():
        back = before.get((b, a), 0)
        if (a < b or back == 0) and n + back >= 2:
            # the first meeting sets the order, so it does not count as keeping it
            kept += max(n, back) - 1
            met += n + back - 1
    return kept / met if met >= 5 else np.nan


def _measure(found: pd.DataFrame | Missing, of: str, out_of: str, least: float, needed: int) -> pd.DataFrame | Missing:
    """Compare a share of comments with peers, on the arcsine scale on which its sampling variance is the same everywhere."""
    if isinstance(found, Missing):
        return found
    found = found[(found[out_of] >= needed) & (found["followers"] > 0)].reset_index(drop=True)
    if found.empty:
        return Missing(needs=("comments",), text=f"No creator has {needed} comments that can be judged: add more comments a creator.")
    n = found[out_of].astype(float)
    share = found[of] / n
    value = np.arcsin(np.sqrt((found[of] + 0.375) / (n + 0.75)))
    peers = among_peers(value, found["followers"], pd.Series("all", index=found.index), 1 / (4 * n + 2), far=0.85)
    out = found.assign(
        share=share,
        expected=np.sin(np.clip(peers["expected"], 0, np.pi / 2)) ** 2,
        peers=peers["peers"],
        n=n,
        z=peers["z"],
        p=peers["p_high"],
        over=(share >= least) & (peers["p_high"] < UNUSUAL),
        explained="",
    )
    out = out[peers["z"].notna()]
    if out.empty:
        return Missing(
            needs=("comments",), text=f"Fewer than {PEERS_NEEDED} creators have enough comments to compare: add comments of more creators."
        )
    return out


def measure_generic(found: pd.DataFrame | Missing, brief: Brief) -> pd.DataFrame | Missing:
    """Return the share of comments that say nothing, against peers."""
    return _measure(found, "generic", "comments", 0.4, COMMENTS_NEEDED)


def tell_generic(row: pd.Series, write: Wording, brief: Brief) -> Told:
    return Told(
        evidence=f"{write.count(row['generic'])} of {write.count(row['n'])} comments ({write.share(row['share'])}) are "
        "emoji alone or a phrase that fits any post; "
        f"{write.count(row['peers'])} creators of your list have about {write.share(row['expected'])}.",
        innocent="Posts that need no words, such as outfits or landscapes, get hearts, and young audiences write short.",
        question="Which of your last posts led to a real conversation, and about what?",
    )


def measure_copies(found: pd.DataFrame | Missing, brief: Brief) -> pd.DataFrame | Missing:
    """Return the share of comments whose words stood under the creator's posts before, against peers."""
    return _measure(found, "copies", "comments", 0.2, COMMENTS_NEEDED)


def tell_copies(row: pd.Series, write: Wording, brief: Brief) -> Told:
    return Told(
        evidence=f"{write.count(row['copies'])} of {write.count(row['n'])} comments ({write.share(row['share'])}) "
        "repeat an earlier one word for word; "
        f"{write.count(row['peers'])} creators of your list have about {write.share(row['expected'])}.",
        innocent="A giveaway asks people to write the same words, and running jokes do it too.",
        question="Did you ask people to write something under these posts?",
    )


def measure_foreign(found: pd.DataFrame | Missing, brief: Brief) -> pd.DataFrame | Missing:
    """Return the share of comments in a language that is neither the caption's, nor the creator's, nor English, against peers."""
    return _measure(found, "foreign", "told", 0.3, 10)


def tell_foreign(row: pd.Series, write: Wording, brief: Brief) -> Told:
    return Told(
        evidence=f"{write.count(row['foreign'])} of {write.count(row['n'])} comments whose language could be told "
        f"({write.share(row['share'])}) are in neither the caption's nor the "
        f"creator's language nor English; {write.count(row['peers'])} creators of your list have about {write.share(row['expected'])}.",
        innocent="A creator who lives between languages, or a post that was shared abroad.",
        question="In which countries do your followers live? Please send that screenshot.",
    )


def measure_pod(found: pd.DataFrame | Missing, brief: Brief) -> pd.DataFrame | Missing:
    """Return the share of comments that come within 20 minutes from people who are under several posts, against peers."""
    out = _measure(found, "quick", "known_authors", 0.2, COMMENTS_NEEDED)
    if isinstance(out, Missing):
        return out
    out["over"] &= (out["posts"] >= POSTS_NEEDED) & (out["returning"] >= 3)
    # where no comment has a time, true fans cannot be told from a pod
    out["explained"] = np.where((out["timed"] == 0) & (out["by_returning"] > 0), "the comments have no times, so fans look the same", "")
    return out


def tell_pod(row: pd.Series, write: Wording, brief: Brief) -> Told:
    when = f" within {QUICK_MINUTES:.0f} minutes of the post" if row["timed"] else ""
    shared = (
        f"; some of them also write under {write.count(row['creators_shared'] - 1)} other creators of your list"
        if row["creators_shared"] > 1
        else ""
    )
    order = (
        f"; pairs of them come in the same order {write.share(row['same_order'])} of the time"
        if row["same_order"] == row["same_order"]
        else ""
    )
    return Told(
        evidence=f"{write.count(row['quick'])} of {write.count(row['n'])} comments ({write.share(row['share'])}) "
        f"come{when} from {write.count(row['returning'])} people who are under "
        f"several posts{shared}{order}; {write.count(row['peers'])} creators of your list have about {write.share(row['expected'])}.",
        innocent=f"Here, {row['explained']}."
        if row["explained"]
        else "Friends and true fans have notifications on and comment on everything.",
        question="Are you in a group whose members comment on each other's posts?",
    )


CHECKS = (
    Check(
        name="comments_generic",
        title="Comments that fit any post",
        needs="10 comments a creator",
        read=read,
        measure=measure_generic,
        tell=tell_generic,
    ),
    Check(
        name="comments_copied",
        title="Comments that repeat",
        needs="10 comments a creator",
        read=read,
        measure=measure_copies,
        tell=tell_copies,
    ),
    Check(
        name="comments_foreign",
        title="Comments in another language",
        needs="10 comments with a language",
        read=read,
        measure=measure_foreign,
        tell=tell_foreign,
    ),
    Check(
        name="comments_pod",
        title="The same people under every post",
        needs="10 comments with authors",
        read=read,
        measure=measure_pod,
        tell=tell_pod,
    ),
)
