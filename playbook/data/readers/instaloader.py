"""Instaloader: a JSON file a post or profile (also packed with xz), and the flat table that people make of it."""

from __future__ import annotations

from typing import Any

from playbook.data.readers import fields
from playbook.data.readers.contract import Context, Raw, Read, Recognition, Sample
from playbook.data.readers.fields import inside
from playbook.data.told import counted, note

NAME = "Instaloader"
FORMATS = {
    "GraphImage": "photo",
    "GraphSidecar": "carousel",
    "GraphVideo": "video",
    "XDTGraphImage": "photo",
    "XDTGraphSidecar": "carousel",
    "XDTGraphVideo": "video",
}
FLAT = {
    "post": ("shortcode",),
    "likes": ("likes",),
    "comments": ("comments",),
    "posted_at": ("timestamp", "taken_at_timestamp", "date_utc"),
    "handle": ("owner_username",),
    "views": ("video_view_count",),
    "is_video": ("is_video",),
    "caption": ("caption",),
}


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by the nodes of Instagram's own web answers, or by the flat table's headers."""
    document = sample.document()
    if document is not None:
        if fields.records_with(document, ["shortcode", "taken_at_timestamp"], depth=12):
            return Recognition(sureness=0.95, why="posts as Instagram's web answers name them")
        if fields.records_with(document, ["edge_followed_by", "username"], depth=12):
            return Recognition(sureness=0.95, why="a profile as Instagram's web answers name it")
        return None
    for sheet in sample.sheets:
        at = fields.positions(sheet.headers, FLAT)
        if {"post", "handle", "posted_at"} <= at.keys() and ("is_video" in at or "views" in at):
            return Recognition(sureness=0.96, why="shortcode, owner_username and video_view_count stand together")
    return None


def read(sample: Sample, context: Context) -> Read:
    """Read posts and their accounts."""
    if sample.document() is None:
        return _flat(sample)
    document = sample.document()
    nodes = fields.records_with(document, ["shortcode", "taken_at_timestamp"], depth=12)
    profiles = fields.records_with(document, ["edge_followed_by", "username"], depth=12)
    for profile in profiles:
        below = fields.records_with({k: v for k, v in profile.items() if k != "username"}, ["shortcode", "taken_at_timestamp"], depth=6)
        for node in below:
            node.setdefault("owner", {"username": profile["username"]})
        nodes += [n for n in below if not any(n is m for m in nodes)]
    hidden: list[int] = []
    posts = [_post(n, hidden) for n in nodes]
    creators = [_creator(p) for p in profiles]
    creators += [c for n in nodes if (c := _creator(fields.under(n, "owner"))).get("followers") is not None]
    raws = []
    for name, records in (("creators", creators), ("posts", posts)):
        if records:
            frame, rows = fields.frame_of(records)
            raws.append(Raw.of(name, frame.dropna(axis=1, how="all"), rows, derived=name == "creators" and not profiles))
    findings = [_hidden(sample.path, len(hidden))] if hidden else []
    return Read(tables=tuple(raws), rows=len(posts) + len(profiles), findings=tuple(findings))


def _creator(profile: dict[str, Any]) -> dict[str, Any]:
    return {
        "platform": "instagram",
        "handle": profile.get("username"),
        "name": profile.get("full_name"),
        "followers": inside(profile, "edge_followed_by", "count"),
        "following": inside(profile, "edge_follow", "count"),
        "posts_total": inside(profile, "edge_owner_to_timeline_media", "count"),
        "bio": profile.get("biography"),
    }


def _post(node: dict[str, Any], hidden: list[int]) -> dict[str, Any]:
    def count(*names: str) -> Any:
        return next((v for n in names if (v := inside(node, n, "count")) is not None), None)

    likes = count("edge_media_preview_like", "edge_liked_by")
    comments = count("edge_media_to_comment", "edge_media_preview_comment", "edge_media_to_parent_comment")
    switched_off = node.get("like_and_view_counts_disabled") is True
    # the mobile way writes 0 where the platform hides likes; under a post with comments that is no count
    if switched_off or likes == -1 or (likes == 0 and (comments or 0) > 0 and "iphone_struct" in node):
        hidden.append(1)
        likes = None
    kind = FORMATS.get(str(node.get("__typename")), "video" if node.get("is_video") else "photo")
    return {
        "platform": "instagram",
        "handle": inside(node, "owner", "username"),
        "post": node.get("shortcode"),
        "posted_at": node.get("taken_at_timestamp"),
        "format": "reel" if node.get("product_type") == "clips" else kind,
        "likes": likes,
        "comments": None if comments == -1 else comments,
        "views": None if switched_off else node.get("video_play_count") or node.get("video_view_count"),
        "caption": inside(node, "edge_media_to_caption", "edges", 0, "node", "text") or node.get("caption"),
    }


def _flat(sample: Sample) -> Read:
    tables, findings, rows = [], [], 0
    for sheet in sample.sheets:
        at = fields.positions(sheet.headers, FLAT)
        if "post" not in at or "handle" not in at:
            continue
        rows += len(sheet.rows) + len(sheet.aside)
        frame = fields.table(sheet, at).assign(platform="instagram")
        if "is_video" in frame:
            film = frame["is_video"].astype(str).str.casefold().isin(("true", "1"))
            frame["format"] = film.map({True: "video", False: "photo"}).astype(object)
            if "views" in frame:
                frame["views"] = frame["views"].where(film, None)
            frame = frame.drop(columns="is_video")
        tables.append(Raw.of("posts", frame, sheet.rows, written=fields.written(sheet, at), where=sheet.where))
        findings += [*sheet.findings, *fields.not_used(sample, sheet, sheet.headers, at.values())]
    aside = tuple(a for s in sample.sheets for a in s.aside)
    return Read(tables=tuple(tables), rows=rows, findings=tuple(findings), aside=aside)


def _hidden(path: str, n: int):
    return note(path, f"{counted(n, 'post hides', 'posts hide')} its likes", "a number", "likes taken as unknown, not as 0")
