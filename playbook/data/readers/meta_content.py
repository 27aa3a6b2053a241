"""Meta Business Suite, content export: a row a post of an Instagram account or a Facebook page, in English, German or Swedish."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.data.handles import post_of, time_of_post
from playbook.data.readers import fields
from playbook.data.readers.contract import AsideRow, Context, Raw, Read, Recognition, Sample, Sheet
from playbook.data.told import counted, note, warning
from playbook.data.values import Declared, plain, times
from playbook.findings import Finding

NAME = "Meta Business Suite content export"
SPELLED = {
    "id": ("post_id", "publicerings_id", "inläggs_id", "beitrags_id", "beitrag_id"),
    "account": ("account_id", "konto_id", "page_id", "sid_id", "seiten_id"),
    "handle": ("account_username", "kontots_användarnamn", "konto_benutzername", "benutzername_des_kontos"),
    "name": ("account_name", "kontonamn", "kontoname", "page_name", "sidnamn", "seitenname", "name_der_seite"),
    "caption": ("description", "beskrivning", "beschreibung"),
    "title": ("title", "titel"),
    "posted_at": ("publish_time", "publiceringstid", "veröffentlichungszeitpunkt", "veröffentlichungszeit"),
    "url": ("permalink", "permalänk"),
    "format": ("post_type", "inläggstyp", "beitragstyp"),
    "date": ("date", "datum"),
    "views": ("views", "visningar", "aufrufe"),
    "impressions": ("impressions", "impressionen", "exponeringar"),
    "reach": ("reach", "räckvidd", "reichweite"),
    "likes": ("likes", "gilla_markeringar", "gefällt_mir_angaben", "gefällt_mir", "reactions", "reaktioner", "reaktionen"),
    "comments": ("comments", "kommentarer", "kommentare"),
    "shares": ("shares", "delningar", "geteilte_inhalte", "geteilt", "shares_gesamt"),
    "saves": ("saves", "sparade_objekt", "sparningar", "gespeicherte_beiträge", "gespeicherte_inhalte"),
    "follows": ("follows", "följer"),
    "duration": ("duration_sec", "varaktighet_sek", "längd_sek", "dauer_sek"),
    "data_comment": ("data_comment", "datakommentar", "datenkommentar"),
}
COUNTS = ("likes", "comments", "shares", "saves", "views", "reach", "impressions")
PACIFIC = "America/Los_Angeles"
# posts' shortcodes are made up to minutes before publication; time zones differ by quarters of hours
NEAR = pd.Timedelta(minutes=20)
QUARTER = pd.Timedelta(minutes=15)
# one row a post gives as many ids as rows; the daily breakdown repeats each id on every day
MOST_REPEATED = 0.6


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by a post's id, its time and its address or kind under Meta's headers."""
    for sheet in sample.sheets:
        at = fields.positions(sheet.headers, SPELLED)
        if {"id", "posted_at"} <= at.keys() and ("handle" in at or "name" in at) and ("url" in at or "format" in at):
            share = fields.share_known(sheet.headers, SPELLED)
            return Recognition(sureness=0.93 + 0.06 * share, why=f"{len(at)} headers of Meta's content export")
    return None


def read(sample: Sample, context: Context) -> Read:
    """Read posts and the accounts they belong to."""
    tables: list[Raw] = []
    findings: list[Finding] = []
    aside: list[AsideRow] = []
    rows = 0
    for sheet in sample.sheets:
        at = fields.positions(sheet.headers, SPELLED)
        if "id" not in at or "posted_at" not in at:
            continue
        rows += len(sheet.rows) + len(sheet.aside)
        findings += sheet.findings
        aside += sheet.aside
        frame = fields.table(sheet, at)
        about = f"{sample.path}{sheet.where}"
        if _daily(frame):
            reason = "a row a post and day, which is not a post"
            findings.append(
                warning(
                    about,
                    f"{len(frame):,} rows hold only {frame['id'].nunique():,} posts: this is the daily breakdown",
                    "one row a post (Lifetime)",
                    "set aside: export the content again with lifetime totals",
                )
            )
            cells = frame.map(plain)
            aside += [
                AsideRow(file=sample.path, row=int(row), reason=reason, values=" | ".join(v for v in line if v)[:300])
                for row, line in zip(sheet.rows, cells.to_numpy(), strict=True)
            ]
            continue
        posts, told = _posts(frame, sheet, about, context)
        findings += told
        said = fields.written(sheet, at)
        said["post"] = said.get("url", said["id"])
        tables.append(Raw.of("posts", posts, sheet.rows, written=said, where=sheet.where))
        creators = posts[["platform", "handle", "posted_at"]].assign(name=frame.get("name", None))
        tables.append(Raw.of("creators", creators, sheet.rows, written=said, where=sheet.where, derived=True))
        passed = {"account", "title", "date", "follows", "duration", "data_comment"}
        findings += fields.not_used(sample, sheet, sheet.headers, {i for c, i in at.items() if c not in passed})
    return Read(tables=tuple(tables), rows=rows, findings=tuple(findings), aside=tuple(aside))


def _daily(frame: pd.DataFrame) -> bool:
    """Say whether each post stands there once a day."""
    ids = frame["id"].map(plain)
    days = "date" in frame and frame["date"].map(plain).str.contains(r"\d", regex=True).mean() > 0.5
    return len(frame) > 3 and days and ids.nunique() < MOST_REPEATED * len(frame)


def _posts(frame: pd.DataFrame, sheet: Sheet, about: str, context: Context) -> tuple[pd.DataFrame, list[Finding]]:
    findings: list[Finding] = []
    instagram = "handle" in frame
    address = frame["url"].map(plain) if "url" in frame else pd.Series("", index=frame.index)
    keys = address.map(post_of)
    ids = frame["id"].map(lambda c: plain(c).lstrip("'"))
    out = pd.DataFrame({"platform": "instagram" if instagram else "facebook", "post": keys.where(keys != address, ids)}, dtype=object)
    names = frame["handle"] if instagram else frame["name"]
    out["handle"] = names.map(plain)
    blank = out["handle"] == ""
    if blank.any() and (~blank).any():
        findings.append(_nameless(int(blank.sum()), about))
    out["posted_at"], told = _utc(frame["posted_at"].to_numpy(dtype=object), out["post"], about)
    findings += told
    out["format"] = frame.get("format", None)
    captions = frame["caption"] if "caption" in frame else pd.Series(None, index=frame.index, dtype=object)
    if "title" in frame:
        captions = captions.where(captions.map(plain) != "", frame["title"])
    out["caption"] = captions
    for column in COUNTS:
        if column in frame:
            out[column] = frame[column]
    main = out.loc[~blank, "handle"].str.casefold().value_counts()
    others = int(main.iloc[1:].sum()) if len(main) > 1 and main.iloc[0] > 0.5 * main.sum() else 0
    if others:
        what = f"{counted(others, 'post belongs', 'posts belong')} to other accounts, as shared posts do; tools leave their reach empty"
        findings.append(note(about, what, f"posts of {main.index[0]}", "kept under the account that is named, reach unknown"))
    return out, findings


def _nameless(n: int, about: str) -> Finding:
    return warning(about, f"{counted(n, 'post names', 'posts name')} no account", "the account in each row", "such rows are set aside")


def _utc(cells: np.ndarray, posts: pd.Series, about: str) -> tuple[pd.Series, list[Finding]]:
    """Return publication times in UTC: Meta writes them in Pacific time, which the posts' own ids confirm or correct."""
    read = times(cells, declared=Declared(day_first=False) if _slashes(cells) else None).values
    zoned = np.array([plain(c).endswith("Z") or "+" in plain(c)[10:] for c in cells], dtype=bool)
    naive = read.dt.tz_localize(None)
    pacific = naive.dt.tz_localize(PACIFIC, ambiguous=np.ones(len(naive), dtype=bool), nonexistent="shift_forward").dt.tz_convert("UTC")
    made = pd.Series(pd.to_datetime([time_of_post("instagram", k) for k in posts], utc=True), index=read.index)
    known = made.notna() & read.notna()
    if zoned.any():
        return read.astype(object).where(read.notna(), None), []
    if known.any() and abs((pacific - made)[known].median()) > NEAR:
        off = (made - read)[known].median().round(QUARTER)
        moved = read + off
        if abs((moved - made)[known].median()) <= NEAR:
            hours = off / pd.Timedelta(hours=1)
            what = (
                f"times without zone; the posts' own ids say that they are {abs(hours):g} hours {'behind' if hours > 0 else 'ahead of'} UTC"
            )
            return moved.astype(object).where(read.notna(), None), [note(about, what, "US Pacific time", "moved to UTC by that")]
    proof = f", as the ids of {int(known.sum()):,} posts confirm" if known.any() else ""
    finding = note(about, f"times without zone are US Pacific time in this export{proof}", "UTC", "turned into UTC")
    return pacific.astype(object).where(read.notna(), None), [finding]


def _slashes(cells: np.ndarray) -> bool:
    return any("/" in plain(c) for c in cells[:50])
