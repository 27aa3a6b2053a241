"""What to look at before you sign: words you avoid, competitors, and a short list of delicate topics, each with the sentence around it.

Text only: pictures, sound and irony are not seen, and a hit is a reason to look, not a verdict.
"""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs
from playbook.fit.text import Phrase, folded

AROUND = 60  # characters each side of a hit
COLUMNS = ["creator", "list", "word", "topic", "severity", "where", "posted_at", "days_ago", "sponsored", "sentence", "note"]
SEVERITIES = ("high", "low")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One thing to look for.

    Attributes
    ----------
    list : {'avoid', 'competitor', 'delicate'}
        Your own words to avoid, your competitors, or the kit's list.
    unless : tuple of str
        Contexts in which the word means something else: a hit inside one does not count.
    """

    list: str
    word: str
    topic: str
    severity: str
    note: str = ""
    unless: tuple[str, ...] = ()

    def spans(self, plain: str) -> Iterator[tuple[int, int]]:
        """Yield where the word stands in folded text, outside its innocent contexts."""
        innocent = [(m.start(), m.end()) for u in self.unless for m in _context(u).finditer(plain)]
        for hit in Phrase(self.word).pattern().finditer(plain):
            if not any(start <= hit.start() and hit.end() <= end for start, end in innocent):
                yield hit.start(), hit.end()


@functools.cache
def _context(text: str) -> re.Pattern[str]:
    # a context may run on, as "nude shade" does in "nude shades"
    return re.compile(r"[\W_]+".join(re.escape(p) for p in folded(text).split()) + r"\w*")


@functools.cache
def delicate() -> tuple[Rule, ...]:
    """Return the kit's own list of delicate topics (`playbook/rules/brand_safety.csv`)."""
    with (files("playbook") / "rules" / "brand_safety.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(
            Rule(
                list="delicate",
                word=r["term"],
                topic=r["topic"],
                severity=r["severity"],
                note=r["note"],
                unless=tuple(u for u in r["unless"].split("|") if u),
            )
            for r in csv.DictReader(lines)
        )


def rules(brief: Brief) -> tuple[Rule, ...]:
    """Return all that is looked for: the brief's words to avoid, its competitors, then the rest of the kit's list."""
    own = [Rule(list="avoid", word=w, topic="your list", severity="high") for w in brief.brand.avoid if w.strip()]
    rivals = [
        Rule(list="competitor", word=w.lstrip("@"), topic="competitor", severity="low") for w in brief.brand.competitors if w.strip("@ ")
    ]
    named = {folded(r.word) for r in own}
    return (*own, *rivals, *(r for r in delicate() if folded(r.word) not in named))


def sentence(text: str, start: int, end: int) -> str:
    """Return the words around a hit, cut at borders of words.

    >>> sentence("one two three four", 4, 7)
    'one two three four'
    """
    left = max(0, start - AROUND)
    right = min(len(text), end + AROUND)
    if left:
        left = text.find(" ", left, start) + 1 or left
    if right < len(text):
        cut = text.rfind(" ", end, right)
        right = cut if cut > 0 else right
    return f"{'… ' if left else ''}{' '.join(text[left:right].split())}{' …' if right < len(text) else ''}"


def look(text: object, brief: Brief) -> list[tuple[Rule, str, str]]:
    """Return the hits in one text: the rule, the words found, and the sentence around.

    Examples
    --------
    >>> [(r.word, s) for r, _, s in look("You killed it! Dressed to kill.", Brief())]
    []
    >>> [(r.topic, found) for r, found, _ in look("My night at the CASINO", Brief())]
    [('gambling', 'casino')]
    """
    return _look(text, rules(brief), None)


def _look(text: object, known: tuple[Rule, ...], begins: re.Pattern[str] | None) -> list[tuple[Rule, str, str]]:
    plain = folded(text)
    if not plain or (begins is not None and not begins.search(plain)):
        return []
    return [(rule, plain[start:end], sentence(plain, start, end)) for rule in known for start, end in rule.spans(plain)]


@needs("creators", otherwise="a creators table with bio, or posts with captions")
def safety(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Find words to avoid, competitors and delicate topics in all captions and bios.

    Returns
    -------
    DataFrame
        Your own list first, then competitors, then by severity, newest first; may be empty. `creator`, `list` ('avoid', 'competitor',
        'delicate'), `word`, `topic`, `severity` ('high', 'low'), `where` ('caption', 'bio'), `posted_at`, `days_ago`, `sponsored`,
        `sentence` (the words around, in small letters), `note` (what else the word may mean).
    """
    known = rules(brief)
    if not data.knows("posts", "caption") and not data.creators["bio"].notna().any():
        return Missing(
            needs=("posts.caption", "creators.bio"),
            text="Your data holds neither captions nor bios, so nothing can be looked for: add a column caption to posts.",
        )
    now = data.as_of.tz_convert("UTC").tz_localize(None) if data.as_of.tzinfo else data.as_of
    # one pass in the engine finds the few captions worth reading closely
    stems = "|".join(sorted({re.escape(first[:4]) for r in known for first in Phrase(r.word).parts[:1]})) or "(?!)"
    likely = data.posts.query(
        r"""
        SELECT creator, posted_at, caption, sponsored FROM posts
        WHERE caption IS NOT NULL AND (posted_at IS NULL OR posted_at <= $now)
          AND (regexp_matches(lower(caption), $stems) OR NOT regexp_full_match(caption, '[\x00-\x7f]*', 's'))
        ORDER BY creator, posted_at DESC NULLS LAST, post
        """,
        {"now": now, "stems": stems},
    )
    begins = re.compile(stems)
    rows = []
    for creator, posted_at, caption, sponsored in likely.itertuples(index=False):
        for rule, _, around in _look(caption, known, begins):
            rows.append((creator, rule, "caption", posted_at, sponsored, around))
    for creator, bio in data.creators[["creator", "bio"]].dropna().drop_duplicates("creator").itertuples(index=False):
        for rule, _, around in _look(bio, known, begins):
            rows.append((creator, rule, "bio", pd.NaT, None, around))
    frame = pd.DataFrame(
        [
            {
                "creator": c,
                "list": r.list,
                "word": r.word,
                "topic": r.topic,
                "severity": r.severity,
                "where": where,
                "posted_at": at,
                "sponsored": bool(paid) if pd.notna(paid) else False,
                "sentence": around,
                "note": r.note,
            }
            for c, r, where, at, paid, around in rows
        ],
        columns=[c for c in COLUMNS if c != "days_ago"],
    )
    frame["posted_at"] = pd.to_datetime(frame["posted_at"], utc=True)
    frame["days_ago"] = (data.as_of - frame["posted_at"]).dt.days.astype("float64")
    order = frame["list"].map({"avoid": 0, "competitor": 1, "delicate": 2}) * 2 + frame["severity"].map({"high": 0, "low": 1})
    frame["rank"] = order.astype("float64")
    return frame.sort_values(["rank", "creator", "days_ago", "word", "sentence"], ignore_index=True)[COLUMNS]


def per_creator(found: pd.DataFrame | Missing) -> pd.DataFrame | Missing:
    """Count hits for each creator that has any.

    Returns
    -------
    DataFrame
        Most of your own words first: `creator`, `avoid`, `competitor`, `delicate` (hits), `words` (which), `last_days` (days since the
        latest).
    """
    if isinstance(found, Missing):
        return found
    names = ["avoid", "competitor", "delicate"]
    if found.empty:
        return pd.DataFrame(
            {
                "creator": pd.Series(dtype="str"),
                **{n: pd.Series(dtype="int64") for n in names},
                "words": pd.Series(dtype="str"),
                "last_days": pd.Series(dtype="float64"),
            }
        )
    counts = found.groupby(["creator", "list"]).size().unstack("list").reindex(columns=names).fillna(0).astype("int64")
    counts.columns.name = None
    grouped = found.groupby("creator")
    counts["words"] = grouped["word"].agg(lambda w: ", ".join(sorted(set(w))))
    counts["last_days"] = grouped["days_ago"].min()
    return counts.reset_index().sort_values([*names, "creator"], ascending=[False, False, False, True], ignore_index=True)
