"""Disclosure: does a caption say that a paid post is paid, by the rules of a jurisdiction?

The rules are data (`playbook/rules/disclosure.csv`): wording accepted and advised against, where it must stand,
with source, day checked, and whether the source itself was read (`verified`) or only somebody's account of it (`unverified`).
A linter for drafts and for past posts that are known to be paid. It reads text only, and is no legal advice.
"""

from __future__ import annotations

import csv
import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs
from playbook.memo import remembered

State = Literal["clear", "unclear", "missing"]
STATES: tuple[State, ...] = ("clear", "unclear", "missing")
NOT_LEGAL_ADVICE = "This is not legal advice."
VIDEO_FORMATS = ("reel", "video", "short", "story", "live")

EU_MEMBERS = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "HR",
        "CY",
        "CZ",
        "DK",
        "EE",
        "FI",
        "FR",
        "DE",
        "GR",
        "HU",
        "IE",
        "IT",
        "LV",
        "LT",
        "LU",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SK",
        "SI",
        "ES",
        "SE",
    ]
)
_ALIASES = {"UK": "GB", "USA": "US"}

# letters of other scripts that look like Latin ones; enough for the words of our table
_LOOKALIKE = str.maketrans(
    dict(zip("аеорсхуіѕԁһԝвкмтнгԛјӏɑɡαεορνιτκυβωɩⅰ", "aeopcxyisdhwbkmthrqjlagaeopvitkuBwii", strict=True)) | dict.fromkeys("̴̵̶̷̸")
)
_NEGATION = r"(?:not|no|never|non|isn['’]t|kein(?:e|er|en)?|nicht|ohne|pas|sans|aucune?|senza|nessuna|unpaid)"
_FILLER = r"(?:an?|any|is|è|paid|een|eine?|une?|una|un|de|bezahlte|really|even)"
_GAP = r"[\s,.;|·•/&+]"
_BEFORE_LABEL = r"(?:^|\n|[(\[|•*–—:/·-])[^\w\n#@]{0,20}(?:[#@]\w{1,60}[\s,;|•·]{1,5}){0,8}"
_AFTER_LABEL = r"(?=\s*(?:$|[\n)\]|:.!,;–—/•*·-]|[^\w\s'’#@]|[#@]|(?:for|with|by|für|mit|wegen|von|pour|avec|per|con|da)\s))"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One row of the rules.

    Attributes
    ----------
    id : str
        Jurisdiction and word, such as `us.ad` or `de.fold`.
    kind : {'term', 'place'}
        A wording, or where and how it must stand.
    term : str
        The wording; `*` stands for one to four words. For a place, its limit.
    form : {'label', 'phrase', 'tag', ''}
        `label` stands by itself or as a hashtag, `phrase` anywhere in the text, `tag` only as a hashtag.
    standing : {'accepted', 'advised_against', ''}
    with_brand : bool
        Counts only beside the brand's name.
    text, source, checked, status : str
        What the rule says; where from; day checked; `verified`, `unverified` (advice only) or `ours`.
    """

    id: str
    jurisdiction: str
    kind: str
    term: str
    form: str
    standing: str
    language: str
    with_brand: bool
    text: str
    source: str
    checked: str
    status: str


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One thing the linter noticed: the rule, the words found, and where they begin (character, -1 for the whole caption)."""

    rule: Rule
    found: str
    at: int = -1


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What the linter makes of one caption.

    Attributes
    ----------
    state : {'clear', 'unclear', 'missing'}
    hits : tuple of Hit
        The rules behind the state, the deciding one first.
    jurisdiction : str
    """

    state: State
    hits: tuple[Hit, ...]
    jurisdiction: str

    @property
    def verified(self) -> bool:
        """Whether the deciding rule's source itself was read; otherwise this is advice only."""
        return self.hits[0].rule.status != "unverified"

    @property
    def text(self) -> str:
        """The reading as one or two sentences."""
        first = self.hits[0]
        words = f' ("{first.found}")' if first.found else ""
        return f"{self.state.capitalize()}{words}: {first.rule.text}"


def jurisdiction_of(brief: Brief) -> str:
    """Return the jurisdiction a brief asks for: its own field, else the market's country; upper case.

    >>> from playbook.brief import Brief
    >>> jurisdiction_of(Brief())
    'US'
    """
    asked = (brief.market.jurisdiction or brief.market.country).strip().upper()
    return _ALIASES.get(asked, asked)


@functools.cache
def all_rules() -> tuple[Rule, ...]:
    """Read every rule that ships with the kit."""
    with (files("playbook") / "rules" / "disclosure.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(Rule(**{**row, "with_brand": row["with_brand"] == "yes"}) for row in csv.DictReader(lines))


def jurisdictions() -> list[str]:
    """Return the jurisdictions the rules know."""
    return sorted({r.jurisdiction for r in all_rules()} - {"ALL"})


@functools.cache
def rules(jurisdiction: str) -> tuple[Rule, ...] | Missing:
    """Return the rules of one jurisdiction: its own, and the common ones it does not replace.

    A member state of the EU without rows of its own takes the EU's.

    Parameters
    ----------
    jurisdiction : str
        Two letters, such as `US`, `GB`, `DE`, or `EU`.

    Examples
    --------
    >>> [r.term for r in rules("FR") if r.standing == "accepted"][0]
    'publicité'
    >>> bool(rules("BR"))
    False
    """
    known = jurisdictions()
    name = _ALIASES.get(jurisdiction.upper(), jurisdiction.upper())
    if name not in known and name in EU_MEMBERS:
        name = "EU"
    if name not in known:
        return Missing(
            needs=("market.jurisdiction",),
            text=f"The kit has no disclosure rules for {jurisdiction}: set market.jurisdiction in campaign.yml to one of "
            f"{', '.join(known)}, "
            "or ask a lawyer there.",
        )
    own = [r for r in all_rules() if r.jurisdiction == name]
    replaced = {r.id.split(".", 1)[1] for r in own if r.kind == "place"}
    common = [r for r in all_rules() if r.jurisdiction == "ALL" and r.id.split(".", 1)[1] not in replaced]
    return (*own, *common)


def lint(
    caption: str | None,
    jurisdiction: str,
    *,
    brand: tuple[str, ...] = (),
    video: bool = False,
    platform_label: bool = False,
) -> Reading | Missing:
    """Say whether the caption of a paid post tells its readers that it is paid.

    Parameters
    ----------
    caption : str or None
        The text; None and NaN are captions that are not known, and read as empty.
    jurisdiction : str
        Whose rules, such as `US`.
    brand : tuple of str
        The brand's name and handle.
    video : bool
        Adds the reminder that a video has to say so itself.
    platform_label : bool
        Whether the platform's own paid-partnership label is known to be on; supports, never suffices alone.

    Returns
    -------
    Reading or Missing
        Missing where the jurisdiction has no rules.

    Examples
    --------
    >>> lint("#ad New serum, and I like it", "US").state
    'clear'
    >>> lint("New serum! #love #skin #ad #glow", "US").hits[0].rule.id
    'us.soup'
    >>> lint("My #adventure with @acme", "US", brand=("acme",)).text
    'Missing ("@acme"): Naming or tagging the brand does not say that the post is paid.'
    """
    found = rules(jurisdiction)
    if isinstance(found, Missing):
        return found
    place = {r.id.split(".", 1)[1]: r for r in found if r.kind == "place"}
    terms = [r for r in found if r.kind == "term"]
    text = _clean(caption)
    hits: list[Hit] = []
    state: State = "missing"
    negated = None
    for rule in terms:
        for at, words in _find(rule, text):
            if rule.standing != "accepted":
                continue
            if _negated(text, at):
                negated = negated or Hit(rule=place["negated"], found=words, at=at)
                continue
            trouble = _trouble(rule, text, at, words, place, brand)
            hits.append(Hit(rule=rule, found=words, at=at) if trouble is None else Hit(rule=trouble, found=words, at=at))
    clear = sorted((h for h in hits if h.rule.kind == "term"), key=lambda h: (h.at, -len(h.found), h.rule.id))
    weak = sorted((h for h in hits if h.rule.kind == "place"), key=lambda h: (h.at, h.rule.id))
    denied = negated or _denial(text, terms, place["negated"])
    if clear:
        state, ordered = "clear", clear
    else:
        vague = [
            Hit(rule=r, found=w, at=at)
            for r in terms
            if r.standing == "advised_against"
            for at, w in _find(r, text)
            if not _negated(text, at)
        ]
        vague.sort(key=lambda h: (h.at, -len(h.found), h.rule.id))
        if not weak:
            weak = _lookalikes(text, terms, place["lookalike"])
        ordered = weak or vague
        if ordered:
            state = "unclear"
            ordered = [*weak, *vague]
        elif platform_label:
            state, ordered = "unclear", [Hit(rule=place["platform"], found="")]
        else:
            ordered = [denied or _bare(text, brand, place)]
    if video:
        ordered = [*ordered, Hit(rule=place["video"], found="")]
    return Reading(state=state, hits=tuple(ordered), jurisdiction=jurisdiction)


@remembered
@needs("posts", otherwise="posts with caption and sponsored, so that past paid posts can be read")
def past_posts(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Read the captions of past posts that are known to be paid.

    Known are posts marked `sponsored` and posts in `deliverables`; guilt is never inferred from the text.

    Returns
    -------
    DataFrame or Missing
        Sorted by creator and post: `creator`, `post`, `posted_at`, `state` (clear, unclear, missing), `rule` (id), `found` (words),
        `text` (what the rule says), `verified` (whether the rule's source itself was read).
    """
    where = jurisdiction_of(brief)
    if isinstance(ruled := rules(where), Missing):
        return ruled
    frame = data.posts.query("SELECT creator, post, posted_at, format, caption FROM posts WHERE sponsored ORDER BY creator, post")
    ours = sorted(set(data.deliverables["post"].dropna()))
    if ours:
        more = data.posts.query(
            "SELECT creator, post, posted_at, format, caption FROM posts WHERE list_contains($ours, post) AND NOT coalesce(sponsored, "
            "FALSE) ORDER BY creator, post",
            {"ours": ours},
        )
        frame = pd.concat([frame, more], ignore_index=True).sort_values(["creator", "post"], ignore_index=True)
    frame = frame[frame["caption"].notna()].reset_index(drop=True)
    if frame.empty:
        return Missing(
            needs=("posts.sponsored", "posts.caption"),
            text="No post in your data is known to be paid and has a caption, so past labels cannot be read: add caption and sponsored "
            "to posts.",
        )
    brand = brand_words(brief)
    readings = [lint(c, where, brand=brand, video=f in VIDEO_FORMATS) for c, f in zip(frame["caption"], frame["format"], strict=True)]
    return frame[["creator", "post", "posted_at"]].assign(
        state=[r.state for r in readings],
        rule=[r.hits[0].rule.id for r in readings],
        found=[r.hits[0].found for r in readings],
        text=[r.hits[0].rule.text for r in readings],
        verified=[r.verified for r in readings],
    )


@needs("deliverables", otherwise="deliverables with a column draft: the captions that creators send you before they post")
def drafts(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Read the captions that are planned, before they are out.

    Returns
    -------
    DataFrame or Missing
        In the order of the table: `creator`, `deliverable`, `due`, `state`, `rule`, `found`, `text`, `verified`, as in
        :func:`past_posts`, and `notes` (the other rules that a draft touches).
    """
    where = jurisdiction_of(brief)
    if isinstance(ruled := rules(where), Missing):
        return ruled
    frame = data.deliverables[data.deliverables["draft"].notna()].reset_index(drop=True)
    if frame.empty:
        return Missing(
            needs=("deliverables.draft",),
            text="No draft is in your data: put the captions that creators send you into the column draft of deliverables, and their "
            "labels are read before anything is out.",
        )
    brand = brand_words(brief)
    video = frame["deliverable"].fillna("").str.casefold().isin(VIDEO_FORMATS)
    readings = [lint(c, where, brand=brand, video=v) for c, v in zip(frame["draft"], video, strict=True)]
    return frame[["creator", "deliverable", "due"]].assign(
        state=[r.state for r in readings],
        rule=[r.hits[0].rule.id for r in readings],
        found=[r.hits[0].found for r in readings],
        text=[r.hits[0].rule.text for r in readings],
        notes=[" ".join(dict.fromkeys(h.rule.text for h in r.hits[1:])) for r in readings],
        verified=[r.verified for r in readings],
    )


def per_creator(read: pd.DataFrame | Missing) -> pd.DataFrame | Missing:
    """Count the states of :func:`past_posts` for each creator: `creator`, `posts`, `clear`, `unclear`, `missing`, `clear_share`."""
    if isinstance(read, Missing):
        return read
    counted = read.groupby(["creator", "state"]).size().unstack("state").reindex(columns=list(STATES)).fillna(0).astype("int64")
    counted.columns.name = None
    out = counted.reset_index()
    out.insert(1, "posts", out[list(STATES)].sum(axis=1))
    out["clear_share"] = out["clear"] / out["posts"].replace(0, np.nan)
    return out.sort_values(["clear_share", "posts", "creator"], ascending=[True, False, True], ignore_index=True)


@dataclass(frozen=True, kw_only=True)
class Advice:
    """What to write into a creative brief.

    Attributes
    ----------
    use, avoid : tuple of str
        Wording accepted (first the one to ask for) and advised against, as it would stand in a caption.
    rules : tuple of str
        The sentences of the rules, each once.
    sources : tuple of (source, day checked, status)
    verified : bool
        Whether the source of the wording to ask for was read itself.
    """

    jurisdiction: str
    use: tuple[str, ...]
    avoid: tuple[str, ...]
    rules: tuple[str, ...]
    sources: tuple[tuple[str, str, str], ...]
    verified: bool

    @property
    def text(self) -> str:
        """The advice in two sentences."""
        known = "" if self.verified else " We have this from others' accounts of the rules, so check it."
        return f'For {self.jurisdiction}, begin the caption with "{self.use[0]}".{known} {NOT_LEGAL_ADVICE}'


def advice(brief: Brief) -> Advice | Missing:
    """Return the disclosure wording for the brief's jurisdiction, with its sources.

    >>> from playbook.brief import Brief
    >>> advice(Brief()).use[0]
    '#ad'
    """
    where = jurisdiction_of(brief)
    found = rules(where)
    if isinstance(found, Missing):
        return found
    accepted = [r for r in found if r.standing == "accepted" and not r.with_brand]
    accepted.sort(key=lambda r: r.status != "verified")
    avoid = [r for r in found if r.standing == "advised_against"]
    named = [r for r in found if r.jurisdiction != "ALL"]
    return Advice(
        jurisdiction=where,
        use=tuple(dict.fromkeys(_as_written(r) for r in accepted)),
        avoid=tuple(dict.fromkeys(_as_written(r) for r in avoid)),
        rules=tuple(
            dict.fromkeys(
                r.text for r in [*[r for r in found if r.kind == "place" and r.id.split(".")[1] in ("fold", "soup", "video")], *named]
            )
        ),
        sources=tuple(dict.fromkeys((r.source, r.checked, r.status) for r in named)),
        verified=accepted[0].status == "verified",
    )


def rules_table(brief: Brief) -> pd.DataFrame | Missing:
    """Return the rules of the brief's jurisdiction as a table: `term`, `standing`, `text`, `source`, `checked`, `status`."""
    found = rules(jurisdiction_of(brief))
    if isinstance(found, Missing):
        return found
    rows = [
        {
            "rule": r.id,
            "term": _as_written(r) if r.kind == "term" else "",
            "standing": (r.standing or "place").replace("_", " "),
            "text": r.text,
            "source": r.source,
            "checked": pd.Timestamp(r.checked),
            "status": r.status,
        }
        for r in found
    ]
    return pd.DataFrame(rows)


def brand_words(brief: Brief) -> tuple[str, ...]:
    """Return the names under which a caption may mention the brand."""
    return tuple(dict.fromkeys(w for w in (brief.brand.handle.lstrip("@"), brief.brand.name) if w and w != "Our brand"))


def _as_written(rule: Rule) -> str:
    words = rule.term.replace("*", "…")
    return f"#{words}" if " " not in words and rule.form != "phrase" and len(words) <= 3 else words[:1].upper() + words[1:]


def _clean(caption: object) -> str:
    """Bring a caption to the letters a reader sees: one form of Unicode, no invisible characters."""
    if not isinstance(caption, str):
        return ""
    text = unicodedata.normalize("NFKC", caption)
    kept = "".join(c for c in text if unicodedata.category(c) != "Cf" and not "\ufe00" <= c <= "\ufe0f")
    return unicodedata.normalize("NFC", kept.replace("\r\n", "\n").replace("\r", "\n"))


@functools.cache
def _patterns(term: str, form: str) -> tuple[tuple[re.Pattern[str], bool], ...]:
    """Compile how a term is found: (pattern, whether it is a hashtag)."""
    joined = re.escape(term.replace(" *", "").replace("* ", "").replace(" ", ""))
    words = r"\s+".join(r"\S+(?:\s+\S+){0,3}?" if w == "*" else re.escape(w) for w in term.split())
    tail = r"\w+" if term.endswith(" *") and len(joined) >= 8 else ""
    tag = (re.compile(rf"(?P<hit>#{joined}{tail})(?!\w)", re.I), True)
    if form == "tag":
        return (tag,)
    if form == "phrase":
        return (tag, (re.compile(rf"(?<![\w#@])(?P<hit>{words})(?!\w)", re.I), False))
    label = re.compile(rf"{_BEFORE_LABEL}(?P<hit>{words}){_AFTER_LABEL}", re.I)
    patterns = [tag, (label, False)]
    if len(term) >= 5:
        # a long word that opens the caption and is followed by a new sentence: "Werbung Heute ..."
        opening = rf"^[^\w#@]{{0,20}}(?:[#@]\w{{1,60}}\s{{1,5}}){{0,8}}(?P<hit>(?i:{words}))(?=\s+[^\Wa-zß-ÿ\d_])"
        patterns.append((re.compile(opening), False))
    return tuple(patterns)


def _find(rule: Rule, text: str) -> Iterator[tuple[int, str]]:
    seen = set()
    for pattern, _ in _patterns(rule.term, rule.form):
        for match in pattern.finditer(text):
            if match.start("hit") not in seen:
                seen.add(match.start("hit"))
                yield match.start("hit"), match["hit"]


def _negated(text: str, at: int) -> bool:
    return re.search(rf"(?<!\w){_NEGATION}\s+(?:{_FILLER}\s+)*$", text[:at], re.I) is not None


def _denial(text: str, terms: list[Rule], rule: Rule) -> Hit | None:
    """Find "not an ad", "#notsponsored", "keine Werbung" where the words are no label by themselves."""
    for term in terms:
        if term.standing != "accepted" or "*" in term.term:
            continue
        words = re.escape(term.term)
        joined = re.escape(term.term.replace(" ", ""))
        match = re.search(
            rf"(?<!\w){_NEGATION}\s+(?:{_FILLER}\s+)*#?{words}(?!\w)|#(?:not|no|kein|keine|nicht|pas|non)(?:an?|une?|de)?{joined}(?!\w)",
            text,
            re.I,
        )
        if match:
            return Hit(rule=rule, found=match[0], at=match.start())
    return None


def _trouble(rule: Rule, text: str, at: int, words: str, place: dict[str, Rule], brand: tuple[str, ...]) -> Rule | None:
    """Return the rule of place that an accepted wording breaks, or None."""
    if at + len(words) > int(place["fold"].term) or text[:at].count("\n") > 2:
        return place["fold"]
    if words.startswith("#") and _in_soup(text, at, place["soup"].term):
        return place["soup"]
    if rule.with_brand and not _brand_near(text, at, words, rule, brand):
        return place["brand"]
    return None


def _in_soup(text: str, at: int, limit: str) -> bool:
    tags = [m.start() for m in re.finditer(r"#\w+", text)]
    if limit == "first 3":
        return at not in tags[:3]
    if not re.search(r"\w", text[:at]):
        return False  # the first thing a reader sees, whatever follows
    return any(run.start() <= at < run.end() for run in re.finditer(rf"(?:#\w+{_GAP}*){{{limit},}}", text))


def _brand_near(text: str, at: int, words: str, rule: Rule, brand: tuple[str, ...]) -> bool:
    others = [m[1] for m in re.finditer(r"[#@]([\w.]+)", text) if m.start() != at]
    if rule.form == "phrase":
        others.append(text[at : at + len(words) + 60])
    if not brand:
        return bool(others)
    plain = [_plain(o) for o in others]
    return any(_plain(b) in o for b in brand if _plain(b) for o in plain)


def _plain(words: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", words).casefold() if c.isalnum())


def _lookalikes(text: str, terms: list[Rule], rule: Rule) -> list[Hit]:
    latin = unicodedata.normalize("NFC", text.lower().translate(_LOOKALIKE))
    if latin == text.lower():
        return []
    for term in terms:
        if term.standing == "accepted":
            for at, words in _find(term, latin):
                return [Hit(rule=rule, found=words, at=at)]
    return []


def _bare(text: str, brand: tuple[str, ...], place: dict[str, Rule]) -> Hit:
    """Say what stands in for a label that is not there: a brand tag, a code, or nothing."""
    code = re.search(
        r"(?<!\w)(?:use (?:my )?code|discount code|rabattcode|mein(?:em)? code|code promo|codice sconto|(?:with|mit) (?:my |dem "
        r")?code)\s+[A-Z0-9]{3,}",
        text,
        re.I,
    )
    for m in re.finditer(r"[#@]([\w.]+)", text):
        if any(_plain(b) and _plain(b) in _plain(m[1]) for b in brand):
            return Hit(rule=place["tag_alone"], found=m[0], at=m.start())
    if code:
        return Hit(rule=place["code_alone"], found=code[0], at=code.start())
    return Hit(rule=place["none"], found="")
