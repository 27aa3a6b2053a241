"""Matching the headers of a file with the columns of the kit's tables."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from playbook.data.tables import TABLES, Table
from playbook.data.values import plain

# beside the columns of a table, these two build the key of a creator in any table
KEY_PARTS = ("platform", "handle")
# a table is recognised without its name only where the headers hold one of these as well
TELLING = {
    "creators": ("followers", "following", "posts_total", "total_likes", "niche", "bio", "handle", "platform"),
    "posts": ("likes", "comments", "shares", "views", "reach", "impressions", "saves"),
    "comments": ("text",),
    "deliverables": ("code", "utm_content", "deliverable", "due"),
    "visits": ("utm_source", "utm_medium", "utm_content", "key_events"),
}

_CAMEL = re.compile(r"[A-Za-z][a-z]+(?:[A-Z][a-z]+)+")
# a header may say in what its numbers are counted
UNITS = {
    **dict.fromkeys(("million", "millions", "mn", "mio", "m", "millionen", "millones", "millionth"), "M"),
    **dict.fromkeys(("thousand", "thousands", "k", "tsd"), "K"),
    **dict.fromkeys(("billion", "billions", "bn", "b"), "B"),
}


@dataclass(frozen=True, kw_only=True)
class Match:
    """How the headers of a sheet fit a table.

    Attributes
    ----------
    columns : dict of str to int
        Column of the table (or `platform`, `handle`) to position of the header.
    renamed : dict of str to str
        Column to the header as written, where it is a synonym.
    unused : tuple of int
        Positions of headers that fit nothing here.
    missing : tuple of str
        Required columns that no header fits.
    score : float
        0-1.
    """

    table: str
    columns: dict[str, int]
    renamed: dict[str, str]
    unused: tuple[int, ...]
    missing: tuple[str, ...]
    score: float


def folded(header: str) -> str:
    """Return a header in small letters with underscores.

    >>> folded("\\ufeff Account Username "), folded("Followers (count)"), folded("@handle")
    ('account_username', 'followers_count', 'handle')
    """
    return re.sub(r"[^\w]+", "_", plain(header).casefold()).strip("_")


def parted(header: str) -> str:
    """Return a header with the words of camel case apart; names of platforms stay whole.

    >>> parted("subscriberCountText"), parted("ChannelName"), parted("TikTok"), parted("ER")
    ('subscriber Count Text', 'Channel Name', 'TikTok', 'ER')
    """
    text = plain(header)
    if not _CAMEL.fullmatch(text):
        return text
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).replace("Tik Tok", "TikTok").replace("You Tube", "YouTube")


def unit(header: str) -> str:
    """Return the suffix in which a header says that its numbers are counted; empty where it says nothing.

    >>> unit("Followers (millions)"), unit("Followers"), unit("Followers in K")
    ('M', '', 'K')
    """
    return next((UNITS[w] for w in folded(header).split("_")[1:] if w in UNITS), "")


def match(headers: Sequence[str], table: Table) -> Match:
    """Match headers with a table's columns by name, then by synonym.

    >>> m = match(["account", "followers", "shoe size"], TABLES["creators"])
    >>> m.columns, m.renamed, m.unused, m.missing
    ({'creator': 0, 'followers': 1}, {'creator': 'account'}, (2,), ())
    """
    names = [folded(h) for h in headers]
    # "Followers (K)" is a column of followers, whose numbers the readers multiply
    names = [n if not unit(n) else "_".join(w for w in n.split("_") if w not in UNITS and w != "in") for n in names]
    columns: dict[str, int] = {}
    renamed: dict[str, str] = {}
    wanted = {c.name: c.synonyms for c in table.columns}
    wanted.setdefault("platform", ("network", "social_network"))
    wanted.setdefault("handle", ())
    for column in wanted:
        # beside an id of its own a column headed "Post" holds the post's text
        if column in names and not (column == "post" and "post_id" in names):
            columns[column] = names.index(column)
    taken = set(columns.values())
    for column, synonyms in wanted.items():
        if column in columns:
            continue
        # with a platform and a handle the key is built, and `username` beside them would only repeat the handle
        if column == "creator" and "handle" in columns:
            continue
        for synonym in synonyms:
            at = next((i for i, n in enumerate(names) if n == synonym and i not in taken), None)
            if at is not None:
                columns[column] = at
                taken.add(at)
                renamed[column] = plain(headers[at])
                break
    required = [r for r in table.required if not (r == "creator" and "handle" in columns)]
    missing = tuple(r for r in required if r not in columns)
    unused = tuple(i for i, n in enumerate(names) if i not in taken and n)
    filled = sum(1 for n in names if n) or 1
    exact = len(columns) - len(renamed)
    score = (exact + 0.9 * len(renamed)) / filled
    columns = dict(sorted(columns.items(), key=lambda item: item[1]))
    return Match(table=table.name, columns=columns, renamed=renamed, unused=unused, missing=missing, score=score)


def matches(headers: Sequence[str]) -> list[Match]:
    """Match headers with every table, best first: nothing missing, then most headers used."""
    found = [match(headers, table) for table in TABLES.values()]
    return sorted(found, key=lambda m: (bool(m.missing), -m.score))


def telling(found: Match) -> bool:
    """Say whether the headers could hardly belong to another table."""
    signs = TELLING.get(found.table)
    return signs is None or any(s in found.columns for s in signs)


def nearest(headers: Iterable[str], table: Table) -> dict[str, str]:
    """Propose `their header: our column` for headers that resemble a column or its synonyms.

    >>> nearest(["Nombre de likes", "Folowers", "xyz"], TABLES["posts"])
    {'Nombre de likes': 'likes'}
    """
    words = {w: c.name for c in table.columns for w in (*c.synonyms, c.name)}
    out: dict[str, str] = {}
    for header in headers:
        name = folded(header)
        close = difflib.get_close_matches(name, list(words), n=1, cutoff=0.75)
        parts = [w for w in name.split("_") if w in words and len(w) > 3]
        column = words[close[0]] if close else words[parts[0]] if parts else None
        if column and column not in out.values():
            out[plain(header)] = column
    return out
