"""Ranking tables of discovery tools and their public copies: a creator a row, the tool's own rates beside the followers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from playbook.data.handles import platform_of
from playbook.data.readers import fields
from playbook.data.readers.contract import Context, Raw, Read, Recognition, Sample, Sheet
from playbook.data.told import note, warning
from playbook.data.values import numbers, plain
from playbook.data.values.places import country_code
from playbook.findings import Finding

NAME = "ranking table"
HANDLES = {
    "handle": (
        *("channel_info", "instagram_name", "tiktok_name", "youtube_name", "account", "username", "user_name", "handle", "insta_name"),
        *("influencer_insta_name", "influencer_name", "tiktoker_name", "youtuber_channel", "channel", "channel_name", "influencer", "name"),
    )
}
CREATOR = {
    "name": ("title", "full_name", "youtuber", "tiktoker"),
    "followers": ("followers", "subscribers", "follower_count", "followers_count", "subscriber_count"),
    "posts_total": ("posts", "posts_count", "post_count", "number_of_posts", "media_count"),
    "total_likes": ("total_likes",),
    "niche": ("category", "category_1", "niche", "topic", "category_name", "topics"),
    "country": ("country", "country_or_region", "location", "audience_country", "audience_country_mostly", "from_country"),
    "url": ("link", "url", "profile_link", "channel_link", "profile_url"),
}
# what tools compute themselves: kept as their scores, never mixed with ours
MEASURES = (
    *(
        "influence_score",
        "60_day_eng_rate",
        "eng_rate",
        "engagement_rate",
        "engagement_rate_60_days",
        "er",
        "avg_engagement_rate",
        "boost_index",
    ),
    *("authentic_engagement", "engagement_average", "engagement_avg", "eng_auth", "eng_avg", "avg_engagement", "aqs", "quality_score"),
    *("avg_likes", "likes_avg", "avg_comments", "comments_avg", "avg_views", "views_avg", "avg_shares", "shares_avg", "new_post_avg_like"),
    *("new_post_avg_likes", "average_views", "average_likes", "average_comments", "score", "authenticity", "fake_followers", "growth"),
)
_WORDS = (("insta", "instagram"), ("tiktok", "tiktok"), ("youtube", "youtube"))
RATES = ("authentic_engagement", "engagement_average", "engagement_avg", "eng_auth", "eng_avg")
# below this share of numbers a column is not what its header says
MOSTLY = 0.6


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by a handle and followers beside a tool's own measure."""
    for sheet in sample.sheets:
        names = [fields.folded(h) for h in sheet.headers]
        handle, at = fields.positions(sheet.headers, HANDLES), fields.positions(sheet.headers, CREATOR)
        own = [n for n in names if n in MEASURES]
        if handle and "followers" in at and own and not _posts(names):
            return Recognition(sureness=0.9, why=f"followers beside {', '.join(own[:3])}")
    return None


def read(sample: Sample, context: Context) -> Read:
    """Read creators, and the tool's measures as its scores."""
    tables: list[Raw] = []
    findings: list[Finding] = []
    rows = 0
    for sheet in sample.sheets:
        handle = fields.positions(sheet.headers, HANDLES)
        at = fields.positions(sheet.headers, CREATOR)
        if not handle or "followers" not in at:
            continue
        rows += len(sheet.rows) + len(sheet.aside)
        findings += sheet.findings
        raws, told = _creators(sample, sheet, handle["handle"], at)
        tables += raws
        findings += told
    aside = tuple(a for s in sample.sheets for a in s.aside)
    return Read(tables=tuple(tables), rows=rows, findings=tuple(findings), aside=aside)


def _posts(names: list[str]) -> bool:
    """Say whether rows are posts, which have times and ids of their own."""
    return any(n in ("shortcode", "post_id", "video_id", "caption", "posted_at", "post_url") for n in names)


def _creators(sample: Sample, sheet: Sheet, handle_at: int, at: dict[str, int]) -> tuple[list[Raw], list[Finding]]:
    names = [fields.folded(h) for h in sheet.headers]
    about = f"{sample.path}{sheet.where}"
    findings: list[Finding] = []
    used = {handle_at, *at.values()}
    frame = fields.table(sheet, at)
    platform, told = _platform(sample, names, frame, context_word=sheet.name)
    findings += told
    frame["handle"] = pd.Series(sheet.column(handle_at), dtype=object).map(lambda c: plain(c).lstrip("@"))
    if platform:
        frame["platform"] = platform
    for column in ("followers", "posts_total", "total_likes"):
        if column in frame and (told_wrong := _not_numbers(frame[column].to_numpy(dtype=object))):
            findings.append(_refused(about, sheet.headers[at[column]], told_wrong))
            frame = frame.drop(columns=column)
    if "niche" in frame and "category_2" in names:
        second = pd.Series(sheet.column(names.index("category_2")), dtype=object)
        frame["niche"] = frame["niche"].where(frame["niche"].map(plain) != "", second)
        used.add(names.index("category_2"))
    said = {c: plain(sheet.headers[i]) for c, i in at.items()} | {"handle": plain(sheet.headers[handle_at])}
    raws = [Raw.of("creators", frame, sheet.rows, written=said, where=sheet.where)]
    tool = "HypeAuditor" if any(n in RATES for n in names) else "ranking table"
    kept = []
    for i, name in enumerate(names):
        if name not in MEASURES or i in used:
            continue
        used.add(i)
        cells = sheet.column(i)
        if told_wrong := _not_numbers(cells):
            findings.append(_refused(about, sheet.headers[i], told_wrong))
            continue
        kept.append(plain(sheet.headers[i]))
        measured = pd.DataFrame(
            {"handle": frame["handle"], "tool": tool, "measure": " ".join(kept[-1].split()), "value": cells}, dtype=object
        )
        if platform:
            measured["platform"] = platform
        there = measured["value"].map(lambda c: plain(c) not in ("", "-", "--", "N/A", "N/A'", "nan", "None")).to_numpy(dtype=bool)
        raws.append(
            Raw.of("scores", measured[there].reset_index(drop=True), sheet.rows[there], written={"value": kept[-1]}, where=sheet.where)
        )
    if kept:
        what = f"{', '.join(kept[:8])} by the tool's own definitions"
        findings.append(note(about, what, "ours", "kept as the tool's scores, not mixed with the kit's rates"))
    return raws, findings + fields.not_used(sample, sheet, sheet.headers, used)


def _platform(sample: Sample, names: list[str], frame: pd.DataFrame, *, context_word: str) -> tuple[str | None, list[Finding]]:
    """Return the platform that headers, addresses, the sheet's or the file's name tell."""
    words = " ".join(names)
    for word, platform in _WORDS:
        if word in words:
            return platform, []
    if "url" in frame:
        hosts = frame["url"].map(plain).str.extract(r"(instagram|tiktok|youtube)\.com", expand=False).dropna()
        if len(hosts) > 0.5 * len(frame):
            return str(hosts.mode().iloc[0]), []
    for word in (context_word, sample.path.rsplit("/", 1)[-1]):
        found = next((ours for part, ours in _WORDS if part in word.casefold()), None)
        if found:
            told = note(
                sample.path, f"no platform in the table; {found} by its name", "a platform column", "rename the file if that is wrong"
            )
            return platform_of(found), [told]
    return None, []


def _not_numbers(cells: Any) -> str | None:
    """Return what a column of numbers holds instead, or None where it holds numbers."""
    texts = [plain(c) for c in cells]
    filled = [t for t in texts if t]
    if not filled:
        return None
    values = numbers(np.array(filled, dtype=object), kind="number").values
    if float(values.notna().mean()) >= MOSTLY:
        return None
    words = [t for t, v in zip(filled, values, strict=True) if pd.isna(v)]
    countries = sum(country_code(w) is not None for w in words)
    kind = "countries" if countries > 0.5 * len(words) else "words"
    return f"{kind} such as {words[0][:40]}"


def _refused(about: str, header: str, holds: str) -> Finding:
    return warning(about, f"the column headed {plain(header)!r} holds {holds}", "numbers", "not used: the header does not fit its cells")
