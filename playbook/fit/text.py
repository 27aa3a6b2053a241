"""What creators write about: the brand's words in captions and bios, and topics by TF-IDF. Words only; no meaning is guessed."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

LATEST = 50  # posts a creator that are read
RECENT = 12  # of these that count as recent
# endings by which a word of the brand may differ in a caption (English and German plurals and cases)
ENDINGS = frozenset(("s", "es", "e", "n", "en", "em", "er", "ern", "'s"))
TOP_TERMS = 5
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
ADD_WORDS = "brand.keywords, brand.values or brand.niches to campaign.yml"


def folded(text: object) -> str:
    """Bring text to one form: NFKC, no invisible characters, no case.

    >>> folded("Ｖegan\u200b STRASSE")
    'vegan strasse'
    """
    if not isinstance(text, str):
        return ""
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKC", text)
    kept = "".join(c for c in plain if unicodedata.category(c) != "Cf" and not "\ufe00" <= c <= "\ufe0f")
    return unicodedata.normalize("NFC", kept.casefold())


def words(text: object) -> list[str]:
    """Return the words of a text; hashtags without their sign; scripts without spaces as pairs of characters.

    >>> words("Vegane #Hautpflege, 2x täglich!")
    ['vegane', 'hautpflege', '2x', 'täglich']
    >>> words("護膚品")
    ['護膚', '膚品']
    """
    out = []
    for word in _WORD.findall(folded(text)):
        if _UNSPACED.search(word):
            out += [word[i : i + 2] for i in range(max(1, len(word) - 1))]
        elif len(word) > 1 and not word.isdigit():
            out.append(word)
    return out


@dataclass(frozen=True)
class Phrase:
    """A word or a few words to look for.

    A word also counts with a common ending; a hashtag counts when it holds the words run together. Scripts without spaces are searched
    as they are.
    """

    text: str

    @property
    def parts(self) -> list[str]:
        """The phrase's own words."""
        return _WORD.findall(folded(self.text))

    @functools.cache  # noqa: B019 - phrases are few and frozen
    def pattern(self) -> re.Pattern[str]:
        """Return the regular expression over folded text."""
        parts = self.parts
        if not parts:
            return re.compile(r"(?!)")
        if any(_UNSPACED.search(p) for p in parts):
            return re.compile(r"\s*".join(map(re.escape, parts)))
        ends = "|".join(sorted((re.escape(e) for e in ENDINGS), key=len, reverse=True))
        each = [re.escape(p) + (rf"(?:{ends})?" if len(p) >= 4 else r"(?:s)?") for p in parts]
        spaced = r"(?<!\w)" + r"[\W_]+".join(each) + r"(?!\w)"
        joined = "".join(map(re.escape, parts))
        # inside a hashtag words have no borders, so only longer ones may count there
        return re.compile(f"{spaced}|#\\w*{joined}\\w*" if len(joined) >= 5 else spaced)


def found_in(phrases: Sequence[str], text: object) -> list[str]:
    """Return the phrases that a text holds.

    >>> found_in(["vegan", "leave no trace", "map"], "Vegane Küche #leavenotrace mapping")
    ['vegan', 'leave no trace']
    """
    plain = folded(text)
    return [p for p in phrases if Phrase(p).pattern().search(plain)]


def read_posts(data: Dataset) -> pd.DataFrame:
    """Return the latest captions of each creator that has any: `creator`, `post`, `posted_at`, `caption`, `sponsored`; newest first."""
    now = data.as_of.tz_convert("UTC").tz_localize(None) if data.as_of.tzinfo else data.as_of
    return data.posts.query(
        f"""
        SELECT creator, post, posted_at, caption, sponsored FROM posts
        WHERE caption IS NOT NULL AND trim(caption) <> '' AND (posted_at IS NULL OR posted_at <= $now)
        QUALIFY row_number() OVER (PARTITION BY creator ORDER BY posted_at DESC NULLS LAST, post) <= {LATEST}
        ORDER BY creator, posted_at DESC NULLS LAST, post
        """,
        {"now": now},
    )


def brand_phrases(brief: Brief) -> list[str]:
    """Return the brand's keywords and values, each once."""
    return list(dict.fromkeys(p for p in (*brief.brand.keywords, *brief.brand.values) if p.strip()))


def matches(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Count the brand's keywords and values in each creator's latest captions and bio.

    Returns
    -------
    DataFrame
        Sorted by creator, one row a creator with a caption or bio: `creator`, `posts` (read), `posts_matching`, `share` (of posts with at
        least one of the words), `recent_share` (of the latest 12 posts), `bio_words`, `matched` (words with counts of posts, in words),
        `terms` (how many different words),
        `last_at` (latest post that matches).
    """
    phrases = brand_phrases(brief)
    if not phrases:
        return Missing(needs=("brand.keywords",), text=f"Your brief names no words to look for: add {ADD_WORDS}.")
    posts = read_posts(data) if data.has("posts") else pd.DataFrame(columns=["creator", "post", "posted_at", "caption"])
    bios = data.creators.dropna(subset=["bio"]).drop_duplicates("creator").set_index("creator")["bio"]
    if posts.empty and bios.empty:
        return Missing(
            needs=("posts.caption", "creators.bio"),
            text="Your data holds neither captions nor bios, so words cannot be looked for: add a column caption to "
            "posts or bio to creators.",
        )
    patterns = [(p, Phrase(p).pattern()) for p in phrases]
    rows = []
    grouped = dict(iter(posts.groupby("creator", sort=True))) if len(posts) else {}
    for creator in sorted(set(grouped) | set(bios.index)):
        own = grouped.get(creator)
        counts: Counter[str] = Counter()
        matching, recent, last = 0, 0, pd.NaT
        if own is not None:
            for place, (caption, at) in enumerate(zip(own["caption"], own["posted_at"], strict=True)):
                plain = folded(caption)
                hits = [p for p, pattern in patterns if pattern.search(plain)]
                counts.update(hits)
                matching += bool(hits)
                recent += bool(hits) and place < RECENT
                if hits and (pd.isna(last) or at > last):
                    last = at
        bio_hits = found_in(phrases, bios.get(creator))
        n = 0 if own is None else len(own)
        listed = sorted(counts.items(), key=lambda x: (-x[1], x[0]))
        rows.append(
            {
                "creator": creator,
                "posts": n,
                "posts_matching": matching,
                "share": matching / n if n else np.nan,
                "recent_share": recent / min(n, RECENT) if n else np.nan,
                "bio_words": ", ".join(bio_hits),
                "matched": ", ".join(f"{w} {c}" for w, c in listed),
                "terms": len(set(counts) | set(bio_hits)),
                "last_at": last,
            }
        )
    frame = pd.DataFrame(rows)
    frame["last_at"] = pd.to_datetime(frame["last_at"], utc=True)
    return frame


@dataclass(frozen=True)
class Topics:
    """Documents as TF-IDF vectors.

    Attributes
    ----------
    creator : list of str
    terms : list of str
    weights : sparse array, creator × term
        Rows of length 1, or 0 where a creator has none of the terms: (1 + ln count) × (ln((1 + N) / (1 + documents with the term)) + 1)
        (Salton and Buckley, 1988), by scikit-learn.
    """

    creator: list[str]
    terms: list[str]
    weights: csr_matrix


MOST_TERMS = 4_000


def topics(documents: dict[str, list[str]]) -> Topics:
    """Weigh the words of each creator; words of one creator alone say nothing about kinship and are left out.

    >>> t = topics({"a": ["trail", "map", "tent"], "b": ["trail", "map"], "c": ["cake", "tent"]})
    >>> t.terms, t.weights.shape
    (['map', 'tent', 'trail'], (3, 3))
    """
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfVectorizer

    names = sorted(documents)
    seen = Counter(w for name in names for w in set(documents[name]))
    if not any(n >= 2 for n in seen.values()):
        return Topics(names, [], csr_matrix((len(names), 0)))
    kept = sorted(sorted((w for w, n in seen.items() if n >= 2), key=lambda w: (-seen[w], w))[:MOST_TERMS])
    # the words are told apart by the kit's own rule, which knows scripts without blanks
    weigh = TfidfVectorizer(analyzer=list, vocabulary=kept, sublinear_tf=True)
    return Topics(names, kept, weigh.fit_transform([documents[name] for name in names]).tocsr())


def documents(data: Dataset) -> dict[str, list[str]]:
    """Return all words of each creator's latest captions and bio."""
    out: dict[str, list[str]] = {}
    if data.has("posts"):
        for creator, caption in read_posts(data)[["creator", "caption"]].itertuples(index=False):
            out.setdefault(creator, []).extend(words(caption))
    for creator, bio in data.creators[["creator", "bio"]].dropna().drop_duplicates("creator").itertuples(index=False):
        if creator in out:
            out[creator].extend(words(bio))
    return {c: w for c, w in out.items() if w}


def niche_matches(niche: pd.Series, wanted: Sequence[str]) -> pd.Series:
    """Say for each niche whether it is one of those wanted: 1 or 0, missing where unknown; case, accents' form and spaces do not count.

    >>> niche_matches(pd.Series(["Skin Care", "food", None]), ["skin care"]).tolist()
    [1.0, 0.0, nan]
    """
    goal = {" ".join(folded(w).split()) for w in wanted}
    out = niche.map(lambda x: float(" ".join(folded(x).split()) in goal), na_action="ignore")
    return out.astype("float64")


def niche(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Say how close each creator's niche and topics are to the brand's.

    Two parts: the niche in your creators table (1 where it is one of the brand's, else 0), and the likeness of the words in captions to
    those of creators in the brand's niches (TF-IDF cosine, each creator against the others, over the upper quarter of those in the niches;
    without any, to the brand's own words; sentence embeddings instead of TF-IDF where `fit.text` is `meaning`). `niche_fit` is their
    mean, or the one that is known.

    Returns
    -------
    DataFrame
        Sorted by creator: `creator`, `niche`, `declared` (1, 0, missing), `topic` (0-1), `terms` (words that the likeness rests on most;
        by meaning, the nearest caption),
        `posts_words` (words read), `niche_fit`.
    """
    wanted = [n for n in brief.brand.niches if n.strip()]
    query = words(" ".join([*wanted, *brand_phrases(brief)]))
    if not wanted and not query:
        return Missing(needs=("brand.niches",), text=f"Your brief names neither niches nor words: add {ADD_WORDS}.")
    creators = data.creators.drop_duplicates("creator").sort_values("creator", ignore_index=True)
    out = creators[["creator", "niche"]].copy()
    out["declared"] = niche_matches(creators["niche"], wanted) if wanted else np.nan
    read = documents(data)
    out["topic"], out["terms"] = np.nan, ""
    declared = dict(zip(out["creator"], out["declared"], strict=True))
    topic, terms = _by_meaning(data, declared, " ".join(query)) if brief.fit.text == "meaning" else _by_words(read, declared, query)
    if topic:
        out["topic"] = out["creator"].map(topic).astype("float64")
        out["terms"] = out["creator"].map(lambda c: terms.get(c, ""))
    out["posts_words"] = out["creator"].map({c: len(w) for c, w in read.items()}).fillna(0).astype("int64")
    if out["declared"].isna().all() and out["topic"].isna().all():
        return Missing(
            needs=("creators.niche", "posts.caption"),
            text="Your data holds neither niches nor captions: add a column niche to creators or caption to posts.",
        )
    out["niche_fit"] = out[["declared", "topic"]].mean(axis=1)
    return out


def _by_words(read: dict[str, list[str]], declared: dict[str, float], query: list[str]) -> tuple[dict[str, float], dict[str, str]]:
    t = topics(read)
    return _likeness(t, declared, query) if t.terms else ({}, {})


def _by_meaning(data: Dataset, declared: dict[str, float], query: str) -> tuple[dict[str, float], dict[str, str]]:
    from playbook.fit.meaning import likeness

    captions = read_posts(data)[["creator", "caption"]] if data.has("posts") else pd.DataFrame(columns=["creator", "caption"])
    return likeness(captions, declared, query) if len(captions) else ({}, {})


MODELS_NEEDED = 4  # creators of the brand's niches with captions, before their words stand for the niche


def _likeness(t: Topics, declared: dict[str, float], query: list[str]) -> tuple[dict[str, float], dict[str, str]]:
    models = np.array([declared.get(c) == 1.0 for c in t.creator])
    enough = models.sum() >= MODELS_NEEDED
    if enough:
        centre = np.asarray(t.weights[models].sum(axis=0)).ravel()
    else:
        asked = {word + end for word in query for end in ("", *ENDINGS)}
        centre = np.array([float(term in asked) for term in t.terms])
    if not centre.any():
        return {}, {}
    # nobody is compared with themselves: a creator of the niche is taken out of the centre first
    own = np.where(models & enough, 1.0, 0.0)
    squares = np.asarray(t.weights.multiply(t.weights).sum(axis=1)).ravel()
    dots = t.weights @ centre
    length = np.sqrt(np.maximum(centre @ centre - own * (2 * dots - squares), 0))
    cosine = np.divide(dots - own * squares, length, out=np.zeros_like(dots), where=length > 1e-12)
    full = np.quantile(cosine[models], 0.75) if enough else cosine.max()
    topic = np.clip(cosine / full, 0, 1) if full > 0 else np.zeros(len(cosine))
    terms = {}
    for row, creator in enumerate(t.creator):
        here = slice(t.weights.indptr[row], t.weights.indptr[row + 1])
        columns, weight = t.weights.indices[here], t.weights.data[here]
        part = weight * (centre[columns] - own[row] * weight)
        order = np.lexsort((columns, -part))[:TOP_TERMS]
        terms[creator] = ", ".join(t.terms[columns[i]] for i in order if part[i] > 1e-12)
    return dict(zip(t.creator, topic.tolist(), strict=True)), terms
