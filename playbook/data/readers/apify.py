"""Apify's Instagram actors: profiles with their latest posts, and posts, as JSON or flattened to CSV."""

from __future__ import annotations

from typing import Any

from playbook.data.readers import fields
from playbook.data.readers.contract import Context, Raw, Read, Recognition, Sample
from playbook.data.readers.fields import first

NAME = "Apify Instagram"
FORMATS = {"image": "photo", "sidecar": "carousel", "video": "video"}
POST = {
    "post": ("shortcode", "short_code"),
    "handle": ("ownerusername", "owner_username"),
    "posted_at": ("timestamp",),
    "format": ("type",),
    "product": ("producttype",),
    "likes": ("likescount",),
    "comments": ("commentscount",),
    "plays": ("videoplaycount",),
    "views": ("videoviewcount",),
    "caption": ("caption",),
    "sponsored": ("issponsored", "ispaidpartnership"),
}
PROFILE = {
    "handle": ("username",),
    "name": ("fullname",),
    "followers": ("followerscount",),
    "following": ("followscount",),
    "posts_total": ("postscount",),
    "bio": ("biography",),
    "niche": ("businesscategoryname",),
}


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by the actors' own names for counts."""
    document = sample.document() if sample.container == "json" else None
    if document is not None:
        if fields.records_with(document, ["shortCode", "likesCount"]) or fields.records_with(document, ["followersCount", "username"]):
            return Recognition(sureness=0.97, why="records with likesCount or followersCount")
        return None
    for sheet in sample.sheets:
        post, profile = fields.positions(sheet.headers, POST), fields.positions(sheet.headers, PROFILE)
        if {"post", "handle", "likes"} <= post.keys() or {"handle", "followers"} <= profile.keys():
            return Recognition(sureness=0.95, why="headers such as likesCount or followersCount")
    return None


def read(sample: Sample, context: Context) -> Read:
    """Read profiles and posts."""
    document = sample.document() if sample.container == "json" else None
    if document is None:
        return _flat(sample)
    profiles = fields.records_with(document, ["followersCount", "username"])
    creators = [
        {
            "platform": "instagram",
            "handle": p["username"],
            "name": p.get("fullName"),
            "followers": p.get("followersCount"),
            "following": p.get("followsCount"),
            "posts_total": p.get("postsCount"),
            "bio": p.get("biography"),
            "niche": p.get("businessCategoryName"),
        }
        for p in profiles
    ]
    posts = [_post(r, None) for r in fields.records_with(document, ["shortCode", "likesCount"])]
    for p in profiles:
        posts += [_post(r, p["username"]) for r in fields.listed_under(p, "latestPosts")]
        posts += [_post(r, p["username"]) for r in fields.listed_under(p, "latestIgtvVideos") if "shortCode" in r]
    tables = []
    for name, records in (("creators", creators), ("posts", posts)):
        if records:
            frame, rows = fields.frame_of(records)
            tables.append(Raw.of(name, frame.dropna(axis=1, how="all"), rows))
    return Read(tables=tuple(tables), rows=len(creators) + len(posts))


def _post(record: dict[str, Any], owner: str | None) -> dict[str, Any]:
    kind = str(record.get("type") or "").casefold()
    return {
        "platform": "instagram",
        "handle": record.get("ownerUsername") or owner,
        "post": first(record, "shortCode", "id"),
        "posted_at": record.get("timestamp"),
        "format": "reel" if record.get("productType") == "clips" else FORMATS.get(kind, kind or None),
        "likes": record.get("likesCount"),
        "comments": record.get("commentsCount"),
        "views": first(record, "videoPlayCount", "videoViewCount"),
        "caption": record.get("caption"),
        "sponsored": first(record, "isSponsored", "paidPartnership"),
    }


def _flat(sample: Sample) -> Read:
    tables: list[Raw] = []
    findings = []
    rows = 0
    for sheet in sample.sheets:
        post, profile = fields.positions(sheet.headers, POST), fields.positions(sheet.headers, PROFILE)
        rows += len(sheet.rows) + len(sheet.aside)
        findings += sheet.findings
        if {"post", "handle", "likes"} <= post.keys():
            frame = fields.table(sheet, post).assign(platform="instagram")
            if "format" in frame:
                kinds = frame["format"].astype(str).str.casefold()
                frame["format"] = kinds.map(FORMATS).fillna(frame["format"])
                if "product" in frame:
                    frame["format"] = frame["format"].mask(frame["product"].astype(str) == "clips", "reel")
            if "plays" in frame:
                frame["views"] = frame["plays"].where(frame["plays"].astype(str) != "", frame.get("views"))
            frame = frame.drop(columns=[c for c in ("product", "plays") if c in frame])
            tables.append(Raw.of("posts", frame, sheet.rows, written=fields.written(sheet, post), where=sheet.where))
            used = post.values()
        else:
            frame = fields.table(sheet, profile).assign(platform="instagram")
            tables.append(Raw.of("creators", frame, sheet.rows, written=fields.written(sheet, profile), where=sheet.where))
            used = profile.values()
        findings += fields.not_used(sample, sheet, sheet.headers, used)
    aside = tuple(a for s in sample.sheets for a in s.aside)
    return Read(tables=tuple(tables), rows=rows, findings=tuple(findings), aside=aside)
