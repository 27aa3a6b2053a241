"""A table in any language whose rows hold the addresses of posts: the address tells post, platform and often the account.

The last resort before a mapping is proposed: counts are found by the words of their headers, and believed where the cells are numbers.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from playbook.data.handles import post_of, time_of_post
from playbook.data.readers import fields
from playbook.data.readers.contract import Context, Raw, Read, Recognition, Sample, Sheet
from playbook.data.tables import TABLES
from playbook.data.told import counted, note
from playbook.data.values import plain

NAME = "posts by their addresses"
COUNTS = ("likes", "comments", "shares", "saves", "views", "reach", "impressions")
_ADDRESS = re.compile(
    r"(?:https?://)?(?:www\.|m\.|vm\.)?(?P<host>instagram|tiktok|youtube|youtu)\.(?:com|be)/(?:@?(?P<name>[\w.]+)/(?:video|photo|p|reel)/)?",
    re.IGNORECASE,
)
MOSTLY = 0.8


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by a column of posts' addresses that tell their accounts, beside counts."""
    for sheet in sample.sheets:
        link = _links(sheet)
        if link is None:
            continue
        found = _columns(sheet, link)
        if any(c in found for c in COUNTS) and (_tells(sheet, link) or "creator" in found or context.owner(sample)):
            return Recognition(sureness=0.55, why=f"addresses of posts under {plain(sheet.headers[link])!r} beside counts")
    return None


def read(sample: Sample, context: Context) -> Read:
    """Read posts."""
    tables, findings, rows = [], [], 0
    owner = context.owner(sample)
    for sheet in sample.sheets:
        rows += len(sheet.rows) + len(sheet.aside)
        findings += sheet.findings
        link = _links(sheet)
        if link is None:
            continue
        at = _columns(sheet, link)
        about = f"{sample.path}{sheet.where}"
        addresses = [plain(c) for c in sheet.column(link)]
        told = [_ADDRESS.match(a) for a in addresses]
        platforms = [{"youtu": "youtube"}.get(m["host"].casefold(), m["host"].casefold()) if m else None for m in told]
        named = [m["name"] if m and m["name"] else None for m in told]
        creators = pd.Series(sheet.column(at["creator"]), dtype=object) if "creator" in at else pd.Series([None] * len(named), dtype=object)
        handles = pd.Series(named, dtype=object)
        handles = handles.where(handles.notna(), creators).where(lambda h: h.map(plain) != "", owner.handle if owner else None)
        posts = [post_of(a) for a in addresses]
        out = pd.DataFrame({"platform": platforms, "handle": handles.to_numpy(), "post": posts}, dtype=object)
        for column in (*COUNTS, "caption", "format"):
            if column in at:
                out[column] = pd.Series(sheet.column(at[column]), dtype=object)
        made = [time_of_post(str(p), k) for p, k in zip(platforms, posts, strict=True)]
        by_id = all(m is not None for m in made) and bool(made)
        if by_id and ("posted_at" not in at or set(platforms) == {"tiktok"}):
            out["posted_at"] = [m.isoformat() if m else None for m in made]
            findings.append(
                note(about, f"{counted(len(made), 'time', 'times')} taken from the posts' own ids", "a time in UTC", "nothing to do")
            )
        elif "posted_at" in at:
            out["posted_at"] = pd.Series(sheet.column(at["posted_at"]), dtype=object)
        read_as = ", ".join(f"{plain(sheet.headers[i])} as {c}" for c, i in at.items())
        what = f"a table that no tool is known to write; read {plain(sheet.headers[link])} as post, {read_as}"
        findings.append(
            note(about, what, "an export that the kit knows", "look whether that is right, or name the columns under `columns:`")
        )
        said = {c: plain(sheet.headers[i]) for c, i in at.items()} | {"post": plain(sheet.headers[link])}
        tables.append(Raw.of("posts", out, sheet.rows, written=said, where=sheet.where))
        findings += fields.not_used(sample, sheet, sheet.headers, {link, *at.values()})
    aside = tuple(a for s in sample.sheets for a in s.aside)
    return Read(tables=tuple(tables), rows=rows, findings=tuple(findings), aside=aside)


def _links(sheet: Sheet) -> int | None:
    """Return the column of posts' addresses, each of another post."""
    for i in range(len(sheet.headers)):
        cells = [t for row in sheet.head if i < len(row) and (t := plain(row[i]))]
        posts = {post_of(c) for c in cells if post_of(c) != c}
        if cells and len(posts) >= MOSTLY * len(cells):
            return i
    return None


def _tells(sheet: Sheet, link: int) -> bool:
    cells = [plain(row[link]) for row in sheet.head if link < len(row)]
    return bool(np.mean([bool((m := _ADDRESS.match(c)) and m["name"]) for c in cells if c] or [0]) >= MOSTLY)


def _columns(sheet: Sheet, link: int) -> dict[str, int]:
    """Return which header is which column of posts, where its cells do not speak against it."""
    from playbook.data.load.proposal import guesses

    found = {g.column: g.position for g in guesses(sheet, TABLES["posts"]) if not g.against and g.position != link}
    wanted = (*COUNTS, "caption", "format", "posted_at", "creator")
    return {c: found[c] for c in wanted if c in found}
