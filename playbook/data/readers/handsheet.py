"""The workbook for collecting by hand: a row a creator, with the likes and comments of the latest posts beside it."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pandas as pd

from playbook.data.handles import platform_of, written
from playbook.data.readers import headers
from playbook.data.readers.contract import Cells, Context, Raw, Read, Recognition, Sample, Sheet
from playbook.data.readers.kit_table import listed
from playbook.data.told import counted, note, warning
from playbook.data.values import plain

NAME = "hand-collecting workbook"
_POST = re.compile(r"(likes?|comments?|dates?)_?(\d{1,2})")
_POSTS_COLUMNS = {"like": "likes", "comment": "comments", "date": "posted_at"}
_CREATOR = {
    **{n: n for n in ("platform", "handle", "followers", "following", "niche", "country", "language", "name", "bio", "url")},
    "read_on": "collected_on",
}
_QUOTE = {"fee_asked": "fee", "fee": "fee", "deliverable": "deliverable", "fee_for": "deliverable", "currency": "currency"}
# the workbook that `playbook new` writes has the same bytes at any time, so this day says nothing
TEMPLATE_SAVED_ON = dt.date(2026, 1, 1)
# for the person who fills it in
_PRIVATE = ("notes", "note")
_WITHOUT_TABLE = ("how to",)


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by handle beside numbered likes or comments."""
    for sheet in sample.sheets:
        if _is_one(sheet):
            posts = len({m[2] for h in sheet.headers if (m := _POST.fullmatch(headers.folded(h)))})
            return Recognition(sureness=0.98, why=f"a handle with the likes and comments of {posts} posts in each row")
    return None


def read(sample: Sample, context: Context) -> Read:
    """Read creators, their posts, and the fees asked."""
    tables: list[Raw] = []
    findings = []
    rows = 0
    for sheet in sample.sheets:
        if not _is_one(sheet):
            if sheet.name.casefold() not in _WITHOUT_TABLE and len(sheet.rows):
                what = f"sheet not recognised; its headers are {listed(sheet.headers)}"
                findings.append(warning(f"{sample.path}{sheet.where}", what, "the hand-collecting sheet", "left out"))
            continue
        findings += sheet.findings
        rows += len(sheet.rows)
        names = [headers.folded(h) for h in sheet.headers]
        saved_on = sample.saved_on if sample.saved_on != TEMPLATE_SAVED_ON else None
        creators, undated = _creators(sheet, names, saved_on)
        tables += [creators, _posts(sheet, names)]
        if undated and saved_on:
            what = f"{counted(undated, 'creator has', 'creators have')} no day in read on"
            mend = f"the day on which the workbook was saved, {saved_on}, was taken"
            findings.append(note(f"{sample.path}{sheet.where}", what, "the day on which the numbers were read", mend))
        if (quotes := _quotes(sheet, names)) is not None:
            tables.append(quotes)
        known = {*_CREATOR, *_QUOTE, *_PRIVATE, ""}
        strange = [h for h, n in zip(sheet.headers, names, strict=True) if n not in known and not _POST.fullmatch(n)]
        if strange:
            what = f"{'column' if len(strange) == 1 else 'columns'} {listed(strange)} not used"
            findings.append(
                warning(f"{sample.path}{sheet.where}", what, "the headers of the workbook", "rename them back, or leave them as notes")
            )
    return Read(tables=tuple(tables), rows=rows, findings=tuple(findings))


def _is_one(sheet: Sheet) -> bool:
    names = [headers.folded(h) for h in sheet.headers]
    return "handle" in names and any(_POST.fullmatch(n) for n in names)


def _creators(sheet: Sheet, names: list[str], saved_on: dt.date | None) -> tuple[Raw, int]:
    """Return the creators, and how many of them have no day of their own."""
    frame = pd.DataFrame({ours: pd.Series(sheet.column(names.index(n)), dtype=object) for n, ours in _CREATOR.items() if n in names})
    said = {ours: plain(sheet.headers[names.index(n)]) for n, ours in _CREATOR.items() if n in names}
    days = frame["collected_on"] if "collected_on" in frame else pd.Series([None] * len(frame), dtype=object)
    bare = days.map(plain) == ""
    if saved_on:
        frame["collected_on"] = days.mask(bare, saved_on.isoformat())
    return Raw.of("creators", frame, sheet.rows, written=said, where=sheet.where), int(bare.sum())


def _keys(sheet: Sheet, names: list[str]) -> tuple[Cells, Cells, list[str]]:
    """Return platforms and handles as written, and a key for each row's posts."""
    handles = sheet.column(names.index("handle"))
    platforms = sheet.column(names.index("platform")) if "platform" in names else np.full(len(handles), None, dtype=object)
    keys = []
    for handle, platform in zip(handles, platforms, strict=True):
        found = written(plain(handle), platform_of(plain(platform)) if plain(platform) else None)
        keys.append("" if found is None else f"{found.platform}:{found.handle}" if found.platform else found.handle)
    return platforms, handles, keys


def _posts(sheet: Sheet, names: list[str]) -> Raw:
    """Turn the numbered columns into rows: post 1 is the latest."""
    platforms, handles, keys = _keys(sheet, names)
    numbered: dict[int, dict[str, int]] = {}
    for at, name in enumerate(names):
        if m := _POST.fullmatch(name):
            numbered.setdefault(int(m[2]), {})[_POSTS_COLUMNS[m[1].rstrip("s")]] = at
    parts = []
    for number, columns in sorted(numbered.items()):
        cells = {name: pd.Series(sheet.column(at), dtype=object) for name, at in columns.items()}
        known = np.any([[plain(c) != "" for c in values] for values in cells.values()], axis=0)
        post = [f"{key}/{number:02d}" if key else None for key in keys]
        part = pd.DataFrame({"platform": platforms, "handle": handles, "post": post, **cells, "_row": sheet.rows})
        parts.append(part[known].assign(_number=number))
    frame = pd.concat(parts, ignore_index=True).sort_values(["_row", "_number"], kind="stable", ignore_index=True)
    frame = frame.astype(object).where(frame.notna(), None)
    rows = frame["_row"].to_numpy(dtype=np.int64)
    said = {name: f"{word}s 1, 2, …" for word, name in _POSTS_COLUMNS.items()}
    return Raw.of("posts", frame.drop(columns=["_row", "_number"]), rows, written=said, where=sheet.where)


def _quotes(sheet: Sheet, names: list[str]) -> Raw | None:
    fee = next((n for n in names if _QUOTE.get(n) == "fee"), None)
    if fee is None:
        return None
    platforms, handles, _ = _keys(sheet, names)
    columns = {ours: sheet.column(names.index(n)) for n, ours in _QUOTE.items() if n in names and (ours != "fee" or n == fee)}
    if "read_on" in names:
        columns["asked_on"] = sheet.column(names.index("read_on"))
    asked = np.array([plain(c) != "" for c in columns["fee"]], dtype=bool)
    frame = pd.DataFrame({"platform": platforms, "handle": handles, **columns})[asked].reset_index(drop=True)
    return Raw.of("quotes", frame, sheet.rows[asked], written={"fee": plain(sheet.headers[names.index(fee)])}, where=sheet.where)
