"""yt-dlp: what it writes beside a video, one or many to a file, of any platform."""

from __future__ import annotations

from typing import Any

from playbook.data.readers import fields
from playbook.data.readers.contract import Context, Raw, Read, Recognition, Sample
from playbook.data.readers.fields import first

NAME = "yt-dlp info JSON"
PLATFORMS = {"youtube": "youtube", "tiktok": "tiktok", "instagram": "instagram", "facebook": "facebook", "twitch": "twitch", "twitter": "x"}
# of YouTube, shorts are at most three minutes and say so in their address
_KINDS = {"tiktok": "video", "instagram": "reel"}


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by an extractor's name beside a video's id."""
    document = sample.document()
    found = _videos(document) if document is not None else []
    return Recognition(sureness=0.97, why=f"{len(found)} videos with their extractor") if found else None


def read(sample: Sample, context: Context) -> Read:
    """Read videos, and their channels with the followers told beside them."""
    posts, creators = [], []
    for record in _videos(sample.document()):
        platform = _platform(record)
        handle = first(record, "uploader_id", "channel_id", "uploader", "channel")
        common = {"platform": platform, "handle": str(handle).lstrip("@") if handle else None}
        moment = first(record, "timestamp", "release_timestamp", "upload_date")
        address = str(first(record, "webpage_url", "original_url") or "")
        kind = (
            "short"
            if "/shorts/" in address
            else "live"
            if record.get("was_live") or record.get("is_live")
            else _KINDS.get(platform, "video")
        )
        posts.append(
            common
            | {
                "post": record.get("id"),
                "posted_at": moment,
                "format": kind,
                "likes": record.get("like_count"),
                "comments": record.get("comment_count"),
                "shares": record.get("repost_count"),
                "saves": record.get("save_count"),
                "views": record.get("view_count"),
                "caption": first(record, "description", "title"),
            }
        )
        channel = record.get("channel_id") if platform == "youtube" else None
        creators.append(
            common
            | {
                "posted_at": moment,
                "name": first(record, "channel", "uploader"),
                "followers": record.get("channel_follower_count"),
                "url": f"https://www.youtube.com/channel/{channel}" if channel else None,
            }
        )
    frame, rows = fields.frame_of(posts)
    own, _ = fields.frame_of(creators)
    tables = (
        Raw.of("creators", own.dropna(axis=1, how="all"), rows, derived=True),
        Raw.of("posts", frame.dropna(axis=1, how="all"), rows),
    )
    return Read(tables=tables, rows=len(posts))


def _videos(document: Any) -> list[dict[str, Any]]:
    found = [r for r in fields.records_with(document, ["id", "extractor"]) if r.get("_type", "video") == "video"]
    for listing in fields.records_with(document, ["entries", "extractor"]):
        found += [e | {"extractor": e.get("extractor") or listing["extractor"]} for e in fields.listed_under(listing, "entries")]
    return [r for r in found if (r.get("id") and "view_count" in r) or r.get("like_count") is not None or r.get("timestamp")]


def _platform(record: dict[str, Any]) -> str:
    name = str(first(record, "extractor_key", "extractor") or "").casefold()
    return next((ours for theirs, ours in PLATFORMS.items() if name.startswith(theirs)), name)
