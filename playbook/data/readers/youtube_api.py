"""YouTube Data API v3: channels, videos, playlist items and searches, a page or many."""

from __future__ import annotations

import re
from typing import Any

from playbook.data.readers import fields
from playbook.data.readers.contract import Context, Raw, Read, Recognition, Sample
from playbook.data.readers.fields import inside
from playbook.data.told import counted, note

NAME = "YouTube Data API"
KINDS = ("youtube#channel", "youtube#video", "youtube#playlistItem", "youtube#searchResult")
_DURATION = re.compile(r"P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by the API's kinds, or by statistics beside a snippet."""
    document = sample.document()
    if document is None:
        return None
    kinds = {str(r["kind"]) for r in fields.records_with(document, ["kind", "items"])} | {str(r.get("kind")) for r in _items(document)}
    if any(k.startswith("youtube#") for k in kinds):
        return Recognition(sureness=0.98, why=", ".join(sorted(k for k in kinds if k.startswith("youtube#"))[:3]))
    if fields.records_with(document, ["statistics", "snippet"]):
        return Recognition(sureness=0.9, why="statistics beside snippets")
    return None


def read(sample: Sample, context: Context) -> Read:
    """Read channels and videos."""
    document = sample.document()
    items = _items(document)
    creators, posts, undated = [], [], 0
    handles = {str(i.get("id")): h for i in items if _kind(i) == "channel" and (h := _handle(i))}
    for item in items:
        kind = _kind(item)
        if kind == "channel":
            creators.append(_channel(item))
        elif kind in ("video", "playlistItem", "searchResult"):
            post = _video(item, kind, handles)
            if post is None:
                undated += 1
            else:
                posts.append(post)
    findings = []
    hidden = sum(bool(inside(i, "statistics", "hiddenSubscriberCount")) for i in items if _kind(i) == "channel")
    if hidden:
        what = counted(hidden, "channel hides", "channels hide") + " subscribers"
        findings.append(note(sample.path, what, "a number", "followers taken as unknown, not as 0"))
    if undated:
        what = f"{counted(undated, 'item', 'items')} without a video's id (private, deleted, or a channel)"
        findings.append(note(sample.path, what, "videos", "left out"))
    pages = [r for r in fields.records_with(document, ["items"]) if r.get("nextPageToken")]
    if pages:
        total = inside(pages[0], "pageInfo", "totalResults")
        what = f"a page of {len(items):,} of {total or 'more'} items"
        findings.append(note(sample.path, what, "all pages", "fetch the next pages too if you need older videos"))
    without = sum(
        _kind(i) == "video" and "likeCount" not in fields.under(i, "statistics") and "viewCount" in fields.under(i, "statistics")
        for i in items
    )
    if without:
        findings.append(
            note(sample.path, f"{counted(without, 'video hides', 'videos hide')} likes", "a number", "taken as unknown, not as 0")
        )
    raws = []
    for name, records in (("creators", creators), ("posts", posts)):
        if records:
            frame, rows = fields.frame_of(records)
            raws.append(Raw.of(name, frame.dropna(axis=1, how="all"), rows))
    return Read(tables=tuple(raws), rows=len(items), findings=tuple(findings))


def _items(document: Any) -> list[dict[str, Any]]:
    found = [r for r in fields.records_with(document, ["kind", "snippet"]) if str(r["kind"]) in KINDS]
    found += [r for r in fields.records_with(document, ["kind", "statistics"]) if str(r["kind"]) in KINDS and "snippet" not in r]
    if not found:
        found = [r for r in fields.records_with(document, ["statistics", "snippet"]) if "kind" not in r]
    lists = [r["items"] for r in fields.records_with(document, ["items"]) if isinstance(r["items"], list)]
    if not found:
        found = [i for items in lists for i in items if isinstance(i, dict) and str(i.get("kind")) in KINDS]
    return found


def _kind(item: dict[str, Any]) -> str:
    kind = str(item.get("kind") or "").removeprefix("youtube#")
    if kind:
        return kind
    return "channel" if "subscriberCount" in fields.under(item, "statistics") else "video"


def _handle(item: dict[str, Any]) -> str | None:
    custom = inside(item, "snippet", "customUrl")
    return str(custom).lstrip("@") if custom else None


def _channel(item: dict[str, Any]) -> dict[str, Any]:
    stats = fields.under(item, "statistics")
    followers = None if stats.get("hiddenSubscriberCount") else stats.get("subscriberCount")
    return {
        "platform": "youtube",
        "handle": _handle(item) or item.get("id"),
        "name": inside(item, "snippet", "title"),
        "followers": followers,
        "followers_precision": _step(followers),
        "posts_total": stats.get("videoCount"),
        "country": inside(item, "snippet", "country"),
        "language": inside(item, "snippet", "defaultLanguage"),
        "bio": inside(item, "snippet", "description"),
        "url": f"https://www.youtube.com/channel/{item['id']}" if isinstance(item.get("id"), str) else None,
    }


def _step(count: Any) -> int | None:
    """Return the step in which the platform publishes a subscriber count: three significant digits.

    >>> _step("39100"), _step("1860000"), _step("523"), _step(None)
    (100, 10000, 1, None)
    """
    digits = str(count) if count is not None else ""
    return 10 ** max(len(digits) - 3, 0) if digits.isdecimal() and len(digits) < 16 else None


def _video(item: dict[str, Any], kind: str, handles: dict[str, str]) -> dict[str, Any] | None:
    snippet, stats, details = (fields.under(item, name) for name in ("snippet", "statistics", "contentDetails"))
    key = {
        "playlistItem": inside(snippet, "resourceId", "videoId") or details.get("videoId"),
        "searchResult": inside(item, "id", "videoId"),
    }.get(kind, item.get("id"))
    if not isinstance(key, str):
        return None
    channel = snippet.get("videoOwnerChannelId") or snippet.get("channelId")
    seconds = _seconds(details.get("duration"))
    live = "liveStreamingDetails" in item
    tagged = "#shorts" in f"{snippet.get('title')} {snippet.get('description')}".casefold()
    return {
        "platform": "youtube",
        "handle": handles.get(str(channel), channel),
        "post": key,
        "posted_at": details.get("videoPublishedAt") or snippet.get("publishedAt"),
        "format": "live" if live else "short" if seconds and (seconds <= 60 or (seconds <= 180 and tagged)) else "video",
        "views": stats.get("viewCount"),
        "likes": stats.get("likeCount"),
        "comments": stats.get("commentCount"),
        "caption": " ".join(str(t) for t in (snippet.get("title"), snippet.get("description")) if t) or None,
        "sponsored": inside(item, "paidProductPlacementDetails", "hasPaidProductPlacement"),
    }


def _seconds(duration: Any) -> int | None:
    """Return an ISO 8601 duration in seconds.

    >>> _seconds("PT1H2M3S"), _seconds("PT58S"), _seconds(None)
    (3723, 58, None)
    """
    match = _DURATION.fullmatch(str(duration)) if duration else None
    if not match:
        return None
    days, hours, minutes, seconds = (int(g or 0) for g in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
