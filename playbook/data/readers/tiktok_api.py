"""TikTok's Research and Display APIs, the data archive of an account, and scrapers that repeat the app's own answers."""

from __future__ import annotations

from typing import Any

from playbook.data.handles import post_of, time_of_post, written
from playbook.data.readers import fields
from playbook.data.readers.contract import Context, Raw, Read, Recognition, Sample
from playbook.data.readers.fields import first, inside
from playbook.data.told import counted, note, warning

NAME = "TikTok API"


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by the APIs' names for a video's counts."""
    document = sample.document()
    if document is None:
        return None
    if fields.records_with(document, ["id", "create_time", "view_count"]) or fields.records_with(
        document, ["id", "create_time", "like_count"]
    ):
        return Recognition(sureness=0.96, why="videos as TikTok's APIs answer them")
    if fields.records_with(document, ["createTime", "stats"]) or any(
        fields.records_with(document, [made, "playCount"]) for made in ("createTime", "createTimeISO")
    ):
        return Recognition(sureness=0.94, why="videos as TikTok's app answers them")
    if fields.records_with(document, ["follower_count", "likes_count", "video_count"]):
        return Recognition(sureness=0.93, why="a profile as TikTok's APIs answer it")
    if _archive(document):
        return Recognition(sureness=0.95, why="the list of videos of a TikTok data archive")
    return None


def read(sample: Sample, context: Context) -> Read:
    """Read videos and the profiles beside them."""
    document = sample.document()
    owner = context.owner(sample)
    fallback = owner.handle if owner else None
    records = {
        id(r): r
        for keys in (
            ["id", "create_time", "view_count"],
            ["id", "create_time", "like_count"],
            ["createTime", "stats"],
            ["createTime", "playCount"],
            ["createTimeISO", "playCount"],
        )
        for r in fields.records_with(document, keys)
    }
    posts = [_post(r, fallback) for r in records.values()]
    findings = []
    archive = _archive(document)
    if archive:
        handle = fallback or str(first(inside(document, "Profile", "Profile Information", "ProfileMap"), "userName") or "")
        handle = handle or context.brief.brand.handle.casefold().lstrip("@")
        posts += [_archived(r, handle or None) for r in archive]
        findings.append(note(sample.path, "an archive holds no counts of views and likes that can be relied on", "counts", "times read"))
    creators = [_creator(r, fallback) for r in fields.records_with(document, ["follower_count"])]
    nameless = sum(not c["handle"] for c in creators)
    if nameless:
        what = counted(nameless, "profile names", "profiles name") + " no account"
        mend = "not used: put the file into a folder named after the account, such as exports/@ana/"
        findings.append(warning(sample.path, what, "the account's username", mend))
    creators += [c for r in records.values() if (c := _author(r))]
    nobody = sum(not p["handle"] for p in posts)
    if nobody:
        what = counted(nobody, "video names", "videos name") + " no account"
        mend = "such rows are set aside: put the file into a folder named after the account, such as exports/@ana/"
        findings.append(warning(sample.path, what, "the account's username", mend))
    if any(isinstance(r.get("has_more"), bool) and r["has_more"] for r in fields.records_with(document, ["has_more"])):
        findings.append(
            note(sample.path, "holds a page of a longer list", "all pages", "fetch the next pages too if you need older videos")
        )
    raws = []
    if any(c.get("handle") for c in creators):
        frame, rows = fields.frame_of([c for c in creators if c.get("handle")])
        raws.append(Raw.of("creators", frame.dropna(axis=1, how="all"), rows, derived=bool(posts)))
    if posts:
        frame, rows = fields.frame_of(posts)
        raws.append(Raw.of("posts", frame.dropna(axis=1, how="all"), rows))
    return Read(tables=tuple(raws), rows=len(posts) + len(fields.records_with(document, ["follower_count"])), findings=tuple(findings))


def _post(record: dict[str, Any], fallback: str | None) -> dict[str, Any]:
    stats = record["stats"] if isinstance(record.get("stats"), dict) else record
    link = str(first(record, "share_url", "webVideoUrl") or "")
    author = first(record, "username") or inside(record, "author", "uniqueId") or inside(record, "authorMeta", "name")
    named = written(link, "tiktok") if "@" in link else None
    key = str(first(record, "id", "video_id") or post_of(link))
    moment = first(record, "create_time", "createTime", "createTimeISO")
    made = time_of_post("tiktok", key)
    return {
        "platform": "tiktok",
        "handle": author or (named.handle.split("/")[0] if named else None) or fallback,
        "post": key,
        "posted_at": moment if moment not in (None, 0, "") else made.isoformat() if made else None,
        "format": "photo" if record.get("imagePost") else "video",
        "likes": first(stats, "like_count", "diggCount"),
        "comments": first(stats, "comment_count", "commentCount"),
        "shares": first(stats, "share_count", "shareCount"),
        "views": first(stats, "view_count", "playCount"),
        "saves": first(stats, "favorites_count", "collectCount"),
        "caption": first(record, "video_description", "desc", "text", "title"),
        "sponsored": first(record, "isAd", "is_ad"),
    }


def _creator(record: dict[str, Any], fallback: str | None) -> dict[str, Any]:
    return {
        "platform": "tiktok",
        "handle": first(record, "username", "unique_id") or fallback,
        "name": first(record, "display_name", "nickname"),
        "followers": record.get("follower_count"),
        "following": record.get("following_count"),
        "posts_total": record.get("video_count"),
        "total_likes": record.get("likes_count"),
        "bio": first(record, "bio_description", "signature"),
    }


def _author(record: dict[str, Any]) -> dict[str, Any] | None:
    stats = first(record, "authorStats", "authorMeta")
    if not isinstance(stats, dict):
        return None
    followers = first(stats, "followerCount", "fans")
    if followers is None:
        return None
    return {
        "platform": "tiktok",
        "handle": inside(record, "author", "uniqueId") or stats.get("name"),
        "name": inside(record, "author", "nickname") or stats.get("nickName"),
        "followers": followers,
        "following": first(stats, "followingCount", "following"),
        "posts_total": first(stats, "videoCount", "video"),
        "total_likes": first(stats, "heartCount", "heart"),
        "bio": inside(record, "author", "signature") or stats.get("signature"),
    }


def _archive(document: Any) -> list[dict[str, Any]]:
    return [r for r in fields.records_with(document, ["Date", "Link"]) if "tiktok" in str(r["Link"])] if _has(document, "VideoList") else []


def _has(document: Any, key: str) -> bool:
    return bool(fields.records_with(document, [key]))


def _archived(record: dict[str, Any], handle: str | None) -> dict[str, Any]:
    key = post_of(str(record["Link"]))
    likes = record.get("Likes")
    out = {"platform": "tiktok", "handle": handle, "post": key, "posted_at": record["Date"], "format": "video", "likes": likes}
    return {**dict.fromkeys(("comments", "shares", "views", "saves", "caption", "sponsored")), **out}
