"""CrowdTangle archives: a row a post, with followers at posting and times in a named zone."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pandas as pd

from playbook.data.handles import post_of
from playbook.data.readers import fields
from playbook.data.readers.contract import Context, Raw, Read, Recognition, Sample
from playbook.data.told import counted, note, warning
from playbook.data.values import plain

NAME = "CrowdTangle"
SPELLED = {
    "handle": ("user_name", "account_handle"),
    "name": ("page_name", "account"),
    "followers_at_post": ("followers_at_posting", "likes_at_posting"),
    "posted_at": ("post_created", "post_created_date"),
    "format": ("type",),
    "likes": ("likes", "favorites"),
    "comments": ("comments",),
    "shares": ("shares",),
    "views": ("post_views", "views", "total_views"),
    "url": ("url", "link"),
    "caption": ("message", "description"),
    "sponsor": ("sponsor_name",),
}
# abbreviations are ambiguous the world over; these are the ones that the archives write
ZONES = {
    **dict.fromkeys(("EST", "EDT"), "America/New_York"),
    **dict.fromkeys(("CST", "CDT"), "America/Chicago"),
    **dict.fromkeys(("MST", "MDT"), "America/Denver"),
    **dict.fromkeys(("PST", "PDT"), "America/Los_Angeles"),
    **dict.fromkeys(("GMT", "UTC"), "UTC"),
    "BST": "Europe/London",
    **dict.fromkeys(("CET", "CEST"), "Europe/Paris"),
    **dict.fromkeys(("NZST", "NZDT"), "Pacific/Auckland"),
    **dict.fromkeys(("AEST", "AEDT"), "Australia/Sydney"),
}
_TIME = re.compile(r"(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}) ([A-Z]{3,4})")


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by the overperforming score beside counts at posting."""
    for sheet in sample.sheets:
        names = [fields.folded(h) for h in sheet.headers]
        at = fields.positions(sheet.headers, SPELLED)
        if any(n.startswith("overperforming_score") for n in names) and {"posted_at", "likes"} <= at.keys():
            return Recognition(sureness=0.97, why="an overperforming score beside followers at posting")
    return None


def read(sample: Sample, context: Context) -> Read:
    """Read posts and their accounts."""
    tables: list[Raw] = []
    findings = []
    rows = 0
    for sheet in sample.sheets:
        at = fields.positions(sheet.headers, SPELLED)
        if "posted_at" not in at:
            continue
        rows += len(sheet.rows) + len(sheet.aside)
        findings += sheet.findings
        frame = fields.table(sheet, at)
        names = [fields.folded(h) for h in sheet.headers]
        platform = "facebook" if "likes_at_posting" in names and "favorites" not in names else "instagram"
        zones: set[str] = set()
        frame["posted_at"] = [_utc(plain(c), zones) for c in frame["posted_at"]]
        frame["post"] = [post_of(plain(c)) for c in frame["url"]] if "url" in frame else [f"{sample.stem}-{r}" for r in sheet.rows]
        if "handle" not in frame:
            frame["handle"] = frame.get("name")
        if "sponsor" in frame:
            frame["sponsored"] = frame["sponsor"].map(lambda c: "true" if plain(c) else None)
        keep = [
            "handle",
            "post",
            "posted_at",
            "format",
            "likes",
            "comments",
            "shares",
            "views",
            "caption",
            "followers_at_post",
            "sponsored",
        ]
        posts = frame[[c for c in keep if c in frame]].assign(platform=platform)
        said = fields.written(sheet, at)
        tables.append(Raw.of("posts", posts, sheet.rows, written=said, where=sheet.where))
        own = frame[["handle", "posted_at"]].assign(platform=platform, name=frame.get("name"), followers=frame.get("followers_at_post"))
        tables.append(Raw.of("creators", own, sheet.rows, written=said, where=sheet.where, derived=True))
        strange = sorted(z for z in zones if z not in ZONES)
        about = f"{sample.path}{sheet.where}"
        if strange:
            what = f"time zone {', '.join(strange)} unknown to the kit"
            findings.append(warning(about, what, f"one of {', '.join(sorted(ZONES))}", "times in it are unknown"))
        elif zones:
            findings.append(note(about, f"times in {', '.join(sorted(zones))}", "UTC", "turned into UTC"))
        if "sponsor" in frame:
            n = int((frame["sponsor"].map(plain) != "").sum())
            if n:
                findings.append(note(about, counted(n, "post names", "posts name") + " a sponsor", "", "marked as sponsored"))
        findings += fields.not_used(sample, sheet, sheet.headers, at.values())
    aside = tuple(a for s in sample.sheets for a in s.aside)
    return Read(tables=tuple(tables), rows=rows, findings=tuple(findings), aside=aside)


def _utc(text: str, zones: set[str]) -> object:
    match = _TIME.fullmatch(text)
    if not match:
        return text or None
    zones.add(match[2])
    if match[2] not in ZONES:
        return None
    local = pd.Timestamp(match[1]).tz_localize(ZoneInfo(ZONES[match[2]]), ambiguous=match[2][1:2] != "S", nonexistent="shift_forward")
    return local.tz_convert("UTC").isoformat()
