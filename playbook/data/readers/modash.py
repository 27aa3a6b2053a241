"""Modash: a report on a creator as its API answers it, with audience and monthly history."""

from __future__ import annotations

from typing import Any

from playbook.data.handles import platform_of, written
from playbook.data.readers import fields
from playbook.data.readers.contract import Context, Raw, Read, Recognition, Sample
from playbook.data.readers.fields import first, inside
from playbook.data.told import note

NAME = "Modash report"
MEASURES = (
    "avgLikes",
    "avgComments",
    "avgViews",
    "avgReelsPlays",
    "averageViews",
    "paidPostPerformance",
    "sponsoredPostsMedianLikes",
    "totalViews",
)
GROUPS = {"genders": "gender", "ages": "age", "geoCountries": "country", "languages": "language"}
LIKES_ONLY = "engagementRate (likes only)"


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by a rate beside followers, and the tool's names for averages or audience."""
    document = sample.document()
    found = _profiles(document) if document is not None else []
    return Recognition(sureness=0.96, why=f"{len(found)} reports with engagementRate and averages") if found else None


def read(sample: Sample, context: Context) -> Read:
    """Read creators, their audience and history; the tool's own rates and scores are kept under its own names."""
    creators, scores, audience, history = [], [], [], []
    for report, stats in _profiles(sample.document()):
        key = _key(report, stats, context, sample)
        creators.append(
            key
            | {
                "name": first(stats, "fullname", "fullName"),
                "followers": stats.get("followers"),
                "following": first(stats, "following", "followings"),
                "posts_total": first(report, "postsCount", "postsCounts") or first(stats, "postsCount"),
                "country": first(report, "country") or first(stats, "country"),
                "language": inside(report, "language", "code") or inside(stats, "language", "code"),
                "bio": first(report, "bio") or first(stats, "bio"),
                "url": stats.get("url"),
            }
        )
        told = {LIKES_ONLY: stats.get("engagementRate")}
        told |= {m: first(stats, m) if first(stats, m) is not None else first(report, m) for m in MEASURES}
        who = fields.under(report, "audience")
        told |= {f"audience.{m}": who.get(m) for m in ("credibility", "notable")}
        scores += [key | {"tool": "Modash", "measure": m, "value": v} for m, v in told.items() if isinstance(v, (int, float))]
        for group, dimension in GROUPS.items():
            for bucket in fields.listed_under(who, group):
                name, share = first(bucket, "code", "name"), bucket.get("weight")
                if name is not None and isinstance(share, (int, float)):
                    audience.append(key | {"dimension": dimension, "bucket": str(name), "share": share})
        for month in fields.listed_under(report, "statHistory") or fields.listed_under(stats, "statHistory"):
            if month.get("followers") is not None and month.get("month"):
                text = str(month["month"])
                history.append(key | {"day": text if len(text) > 7 else f"{text}-01", "followers": month["followers"]})
    findings = (
        [note(sample.path, "engagementRate counts likes only", "likes and comments", f"kept as a score named {LIKES_ONLY!r}")]
        if scores
        else []
    )
    if history:
        findings.append(note(sample.path, "follower counts by month", "by day", "taken as those of the month's first day"))
    tables = []
    for name, records in (("creators", creators), ("scores", scores), ("audience", audience), ("follower_history", history)):
        if records:
            frame, rows = fields.frame_of(records)
            tables.append(Raw.of(name, frame.dropna(axis=1, how="all"), rows))
    return Read(tables=tuple(tables), rows=len(creators), findings=tuple(findings))


def _profiles(document: Any) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return each report with the record that holds its counts, which may be the same."""
    out: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for report in fields.records_with(document, ["profile"]):
        body = report["profile"]
        if isinstance(body, dict):
            stats = body["profile"] if isinstance(body.get("profile"), dict) else body
            if {"followers", "engagementRate"} <= stats.keys():
                outer = body if stats is not body else {**report, **body}
                out.append((outer, stats))
    if out:
        return out
    flat = fields.records_with(document, ["followers", "engagementRate", "username"])
    return [(r, r) for r in flat if any(m in r for m in MEASURES) or "audience" in r or "statHistory" in r]


def _key(report: dict[str, Any], stats: dict[str, Any], context: Context, sample: Sample) -> dict[str, Any]:
    url = str(first(stats, "url") or first(report, "url") or "")
    named = written(url) if "/" in url else None
    platform = first(report, "type", "platform") or first(stats, "type", "platform")
    handle = first(stats, "username", "handle") or first(report, "username") or (named.handle if named else None)
    owner = context.owner(sample)
    known = platform_of(str(platform)) if platform else named.platform if named else owner.platform if owner else None
    return {"platform": known, "handle": handle or (owner.handle if owner else None)}
