"""Sprout Social: posts and profiles by day, everything quoted, days month first, handles behind an apostrophe."""

from __future__ import annotations

import pandas as pd

from playbook.data.handles import platform_of, post_of
from playbook.data.readers import fields
from playbook.data.readers.accounts import Daily, brand_or_history
from playbook.data.readers.contract import Context, Raw, Read, Recognition, Sample, Sheet
from playbook.data.told import counted, note
from playbook.data.values import Declared, plain
from playbook.findings import Finding

NAME = "Sprout Social"
POST = {
    "post": ("post_id",),
    "handle": ("profile",),
    "platform": ("network",),
    "posted_at": ("date",),
    "format": ("content_type", "post_type"),
    "likes": ("likes", "reactions"),
    "comments": ("comments", "comments_replies"),
    "shares": ("shares",),
    "saves": ("saves",),
    "views": ("video_views", "views"),
    "reach": ("reach",),
    "impressions": ("impressions",),
    "caption": ("post",),
    "url": ("link",),
}
PROFILE = {
    "followers": ("audience", "followers", "fans"),
    "followers_gained": ("net_audience_growth", "net_follower_growth"),
    "reach": ("reach",),
    "views": ("video_views",),
}
# only Sprout's reports have these beside a network and a profile
_TELLING = ("net_audience_growth", "net_follower_growth", "audience_gained", "published_posts", "sent_by", "linked_content", "engagements")
# what Sprout adds to a network's name
_KINDS = ("business", "page", "profile", "account")


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by a network and a profile beside what only Sprout counts."""
    for sheet in sample.sheets:
        names = [fields.folded(h) for h in sheet.headers]
        telling = [n for n in names if n in _TELLING]
        if {"date", "network", "profile"} <= set(names) and telling:
            return Recognition(sureness=0.94, why=f"network and profile beside {', '.join(n.replace('_', ' ') for n in telling[:3])}")
    return None


def read(sample: Sample, context: Context) -> Read:
    """Read posts, or the days of profiles: the brand's own into `brand_daily`, other accounts' followers into their history."""
    tables: list[Raw] = []
    findings: list[Finding] = []
    rows = 0
    for sheet in sample.sheets:
        names = [fields.folded(h) for h in sheet.headers]
        if not {"date", "network", "profile"} <= set(names):
            continue
        rows += len(sheet.rows) + len(sheet.aside)
        findings += sheet.findings
        raws, told = (_posts if "post_id" in names else _profiles)(sample, sheet, context)
        tables += raws
        findings += told
    aside = tuple(a for s in sample.sheets for a in s.aside)
    return Read(tables=tuple(tables), rows=rows, findings=tuple(findings), aside=aside)


def _keys(frame: pd.DataFrame) -> pd.DataFrame:
    """Return platform and handle of each row."""
    networks = frame["platform"].map(lambda c: " ".join(w for w in plain(c).casefold().split() if w not in _KINDS))
    return frame.assign(
        platform=networks.map(lambda n: platform_of(n) if n else None),
        handle=frame["handle"].map(lambda c: plain(c).lstrip("'").lstrip("@")),
    )


def _posts(sample: Sample, sheet: Sheet, context: Context) -> tuple[list[Raw], list[Finding]]:
    at = fields.positions(sheet.headers, POST)
    frame = _keys(fields.table(sheet, at))
    if "url" in frame:
        # the address tells the id under which other files know the post
        links = frame["url"].map(plain)
        known = links.map(post_of)
        frame["post"] = known.where(known != links, frame["post"])
    said = fields.written(sheet, at)
    months = {"posted_at": Declared(day_first=False)}
    raw = Raw.of("posts", frame.drop(columns="url", errors="ignore"), sheet.rows, written=said, declared=months, where=sheet.where)
    return [raw], fields.not_used(sample, sheet, sheet.headers, at.values())


def _profiles(sample: Sample, sheet: Sheet, context: Context) -> tuple[list[Raw], list[Finding]]:
    names = [fields.folded(h) for h in sheet.headers]
    at = fields.positions(sheet.headers, PROFILE)
    keys = _keys(fields.table(sheet, {"platform": names.index("network"), "handle": names.index("profile")}))
    days = pd.Series(sheet.column(names.index("date")), dtype=object)
    tables: list[Raw] = []
    findings: list[Finding] = []
    for (platform, handle), places in keys.groupby(["platform", "handle"], sort=True).indices.items():
        parts = []
        for measure, position in at.items():
            cells = pd.Series(sheet.column(position), dtype=object).iloc[places]
            frame = pd.DataFrame({"day": days.iloc[places].to_numpy(), "value": cells.to_numpy()}, dtype=object)
            title = plain(sheet.headers[position])
            parts.append(Daily(measure=measure, frame=frame, rows=sheet.rows[places], platform=str(platform), title=title))
        raws, told = brand_or_history(sample, context, parts, str(handle), declared={"day": Declared(day_first=False)})
        tables += raws
        findings += told
    nameless = int((keys["handle"] == "").sum())
    if nameless:
        findings.append(note(sample.path, f"{counted(nameless, 'row names', 'rows name')} no profile", "a profile in each row", "left out"))
    used = {*at.values(), *(names.index(n) for n in ("date", "network", "profile"))}
    return tables, [*dict.fromkeys(findings), *fields.not_used(sample, sheet, sheet.headers, used)]
