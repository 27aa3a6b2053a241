"""Instagram Graph API: `business_discovery`, an account's media, and their insights, as the answers come."""

from __future__ import annotations

from typing import Any

from playbook.data.handles import post_of
from playbook.data.readers import fields
from playbook.data.readers.accounts import account
from playbook.data.readers.contract import Context, Raw, Read, Recognition, Sample
from playbook.data.readers.fields import first, inside
from playbook.data.told import counted, note, warning
from playbook.findings import Finding

NAME = "Instagram Graph API"
FORMATS = {"IMAGE": "photo", "CAROUSEL_ALBUM": "carousel", "VIDEO": "video"}
PRODUCTS = {"REELS": "reel", "STORY": "story"}
INSIGHTS = {
    "reach": "reach",
    "impressions": "impressions",
    "views": "views",
    "plays": "views",
    "video_views": "views",
    "saved": "saves",
    "shares": "shares",
    "likes": "likes",
    "comments": "comments",
}


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by the API's names for media and profiles."""
    document = sample.document()
    if document is None:
        return None
    if fields.records_with(document, ["media_type", "timestamp"]) or fields.records_with(document, ["like_count", "media_product_type"]):
        return Recognition(sureness=0.97, why="media as the Graph API answers them")
    if fields.records_with(document, ["followers_count", "media_count"]):
        return Recognition(sureness=0.9, why="a profile as the Graph API answers it")
    if _insights(document):
        return Recognition(sureness=0.93, why="insights of a post as the Graph API answers them")
    return None


def read(sample: Sample, context: Context) -> Read:
    """Read profiles and the media under them."""
    document = sample.document()
    owner = context.owner(sample)
    profiles = _profiles(document)
    creators: list[dict[str, Any]] = []
    posts: list[dict[str, Any]] = []
    seen: set[int] = set()
    for profile in profiles:
        handle = profile.get("username") or (owner.handle if owner else None)
        creators.append(
            {
                "platform": "instagram",
                "handle": handle,
                "name": profile.get("name"),
                "followers": profile.get("followers_count"),
                "following": profile.get("follows_count"),
                "posts_total": profile.get("media_count"),
                "bio": profile.get("biography"),
            }
        )
        for media in fields.records_with(profile.get("media"), ["id"], depth=3):
            seen.add(id(media))
            posts.append(_post(media, handle))
    for media in [*fields.records_with(document, ["media_type", "timestamp"]), *fields.records_with(document, ["like_count", "permalink"])]:
        if id(media) not in seen:
            seen.add(id(media))
            posts.append(_post(media, first(media, "username") or inside(media, "owner", "username") or (owner.handle if owner else None)))
    findings: list[Finding] = []
    alone, told = _insights_alone(sample, context) if not posts else ([], [])
    posts += alone
    findings += told
    nobody = sum(p["handle"] is None for p in posts)
    if nobody:
        what = counted(nobody, "post names", "posts name") + " no account"
        mend = "such rows are set aside: put the file into a folder named after the account, such as exports/@ana/"
        findings.append(warning(sample.path, what, "the account's username", mend))
    pages = fields.records_with(document, ["next"])
    if pages:
        findings.append(note(sample.path, "holds a page of a longer list", "all pages", "fetch the next pages too if you need older posts"))
    zeros = [p for p in posts if p["likes"] == 0 and isinstance(p["comments"], (int, float)) and p["comments"] > 0]
    if zeros and any(media_of_others(p) for p in profiles):
        # other people's hidden likes come as 0; with comments under the post it cannot be told from a real 0
        for p in zeros:
            p["likes"] = None
        what = counted(len(zeros), "post has", "posts have") + " comments and 0 likes, as hidden likes come here"
        findings.append(note(sample.path, what, "likes, or nothing", "likes taken as unknown, not as 0"))
    return Read(tables=tuple(_raws(creators, posts)), rows=len(creators) + len(posts), findings=tuple(findings))


def media_of_others(profile: dict[str, Any]) -> bool:
    """Say whether a profile's media came by discovery, where hidden likes are written as 0."""
    return "media" in profile


def _profiles(document: Any) -> list[dict[str, Any]]:
    return fields.records_with(document, ["followers_count"])


def _post(media: dict[str, Any], handle: str | None) -> dict[str, Any]:
    link = media.get("permalink")
    product = str(first(media, "media_product_type") or "").upper()
    kind = str(first(media, "media_type") or "").upper()
    out = {
        "platform": "instagram",
        "handle": handle,
        "post": post_of(str(link)) if link else first(media, "shortcode", "id"),
        "posted_at": media.get("timestamp"),
        "format": PRODUCTS.get(product) or FORMATS.get(kind) or kind.casefold() or None,
        "likes": media.get("like_count"),
        "comments": media.get("comments_count"),
        "views": media.get("view_count"),
        "shares": media.get("shares_count"),
        "saves": media.get("saved_count"),
        "caption": media.get("caption"),
        "reach": None,
        "impressions": None,
    }
    for measure in fields.records_with(media.get("insights"), ["name"], depth=3):
        column = INSIGHTS.get(str(measure["name"]))
        value = inside(measure, "values", 0, "value")
        value = inside(measure, "total_value", "value") if value is None else value
        if column and out[column] is None:
            out[column] = value
    return out


def _insights(document: Any) -> dict[str, list[dict[str, Any]]]:
    """Return the measures of insights that came by themselves, by the id of their post."""
    out: dict[str, list[dict[str, Any]]] = {}
    for measure in fields.records_with(document, ["name", "period", "values"]):
        media, slash, _ = str(measure.get("id", "")).partition("/insights/")
        if slash and measure["period"] == "lifetime":
            out.setdefault(media, []).append(measure)
    return out


def _insights_alone(sample: Sample, context: Context) -> tuple[list[dict[str, Any]], list[Finding]]:
    """Return posts out of insights that came without their media, under the key that the media have in a file beside them."""
    found = _insights(sample.document())
    if not found:
        return [], []
    handle, findings = account(sample, context)
    beside = {
        str(media["id"]): media
        for other in context.beside
        if other.container == "json"
        for media in fields.records_with(other.document(), ["id", "permalink"])
    }
    posts = []
    for key, measures in found.items():
        media = beside.get(key, {"id": key})
        posts.append(_post({**media, "insights": {"data": measures}}, str(first(media, "username") or handle)))
    return posts, findings


def _raws(creators: list[dict[str, Any]], posts: list[dict[str, Any]]) -> list[Raw]:
    raws = []
    for name, records in (("creators", creators), ("posts", posts)):
        if records:
            frame, rows = fields.frame_of(records)
            raws.append(Raw.of(name, frame.dropna(axis=1, how="all"), rows))
    return raws
