"""YouTube's trending lists as their public collections have them: a row a video and day, in two vintages of headers."""

from __future__ import annotations

import html

import numpy as np
import pandas as pd

from playbook.data.handles import is_channel_id
from playbook.data.readers import fields
from playbook.data.readers.contract import AsideRow, Context, Raw, Read, Recognition, Sample, Sheet
from playbook.data.told import counted, note
from playbook.data.values import plain
from playbook.findings import Finding

NAME = "YouTube trending list"
SPELLED = {
    "post": ("video_id", "videoid"),
    "seen": ("trending_date",),
    "caption": ("title", "video_title"),
    "channel": ("channelid", "channel_id"),
    "name": ("channel_title", "channeltitle"),
    "posted_at": ("publish_time", "publishedat", "published_at", "publish_date"),
    "views": ("views", "view_count"),
    "likes": ("likes", "like_count"),
    "comments": ("comment_count", "comments"),
    "no_likes": ("ratings_disabled",),
    "no_comments": ("comments_disabled",),
}


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by the day on which a video was trending."""
    for sheet in sample.sheets:
        at = fields.positions(sheet.headers, SPELLED)
        if {"post", "seen", "views"} <= at.keys() and ("channel" in at or "name" in at):
            return Recognition(sureness=0.95, why="videos and channels beside a trending date")
    return None


def read(sample: Sample, context: Context) -> Read:
    """Read each video once, on the last day of its list; earlier days are set aside."""
    tables: list[Raw] = []
    findings: list[Finding] = []
    aside: list[AsideRow] = []
    rows = 0
    for sheet in sample.sheets:
        at = fields.positions(sheet.headers, SPELLED)
        rows += len(sheet.rows) + len(sheet.aside)
        findings += sheet.findings
        aside += sheet.aside
        if not {"post", "seen", "views"} <= at.keys():
            continue
        raws, told, left = _videos(sample, sheet, at)
        tables += raws
        findings += told
        aside += left
    return Read(tables=tuple(tables), rows=rows, findings=tuple(findings), aside=tuple(aside))


def _videos(sample: Sample, sheet: Sheet, at: dict[str, int]) -> tuple[list[Raw], list[Finding], list[AsideRow]]:
    frame = fields.table(sheet, at)
    about = f"{sample.path}{sheet.where}"
    ids = frame["post"].map(plain)
    # days are written 17.14.11, year first, or in ISO's way: both sort as text once the parts are put in order
    seen = frame["seen"].map(_sortable)
    order = pd.DataFrame({"id": ids, "seen": seen}).sort_values("seen", kind="stable")
    last = np.zeros(len(frame), dtype=bool)
    # some rows lost their id in a spreadsheet: they are no video twice
    named = ~ids.isin(["", "#NAME?", "#VALUE!"])
    last[order[named[order.index]].drop_duplicates("id", keep="last").index] = True
    findings: list[Finding] = []
    if (~named).any():
        what = f"{counted(int((~named).sum()), 'row has', 'rows have')} no video id, as a spreadsheet makes of ids that start with -"
        findings.append(note(about, what, "the id", "set aside"))
    again = named.to_numpy() & ~last
    reasons = np.where(named, "an earlier day of the same video", "no video id")
    aside = [
        AsideRow(file=sample.path, row=int(sheet.rows[i]), reason=str(reasons[i]), values=f"{ids.iat[i]} | {plain(frame['seen'].iat[i])}")
        for i in np.flatnonzero(~last).tolist()
    ]
    if again.any():
        what = f"{counted(int(again.sum()), 'row repeats', 'rows repeat')} a video on an earlier day of the list"
        findings.append(note(about, what, "a row a video", "set aside; the last day was read"))
    channel = frame["channel"].map(plain) if "channel" in frame else pd.Series("", index=frame.index)
    handle = channel.where(channel.map(is_channel_id), frame.get("name", channel))
    out = pd.DataFrame({"platform": "youtube", "handle": handle, "post": ids}, dtype=object)
    for column in ("posted_at", "views", "likes", "comments"):
        if column in frame:
            out[column] = frame[column]
    if "caption" in frame:
        out["caption"] = frame["caption"].map(lambda c: html.unescape(plain(c)))
    for flag, column in (("no_likes", "likes"), ("no_comments", "comments")):
        if flag in frame and column in out:
            hidden = frame[flag].map(lambda c: plain(c).casefold() in ("true", "1")).to_numpy(dtype=bool)
            out[column] = out[column].mask(hidden, None)
            if (hidden & last).any():
                what = f"{counted(int((hidden & last).sum()), 'video hides its', 'videos hide their')} {column}"
                findings.append(note(about, what, "a number", "taken as unknown, not as 0"))
    findings.append(
        note(about, "videos of a trending list are a channel's most successful ones", "all its videos", "rates from them are too high")
    )
    said = fields.written(sheet, at)
    rows = sheet.rows[last]
    posts = out[last].reset_index(drop=True)
    raws = [Raw.of("posts", posts, rows, written=said, where=sheet.where)]
    if "name" in frame:
        own = posts[["platform", "handle", "posted_at"]] if "posted_at" in posts else posts[["platform", "handle"]]
        own = own.assign(name=frame["name"][last].to_numpy(dtype=object))
        raws.append(Raw.of("creators", own, rows, written={**said, "name": said["name"]}, where=sheet.where, derived=True))
    return raws, findings + fields.not_used(sample, sheet, sheet.headers, at.values()), aside


def _sortable(cell: object) -> str:
    """Return a day as text that sorts by time: the older lists write year, day and month.

    >>> _sortable("17.14.11"), _sortable("2020-08-12T00:00:00Z")
    ('2017-11-14', '2020-08-12T00:00:00Z')
    """
    text = plain(cell)
    parts = text.split(".")
    return f"20{parts[0]}-{parts[2]}-{parts[1]}" if len(parts) == 3 and all(len(p) == 2 and p.isdecimal() for p in parts) else text
