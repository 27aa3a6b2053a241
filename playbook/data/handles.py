"""Platform and handle out of what people write: names, @names, addresses, capitals."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from playbook.brief import PLATFORMS

ALIASES = {
    **{p: p for p in PLATFORMS},
    "ig": "instagram",
    "insta": "instagram",
    "tt": "tiktok",
    "tik tok": "tiktok",
    "tik_tok": "tiktok",
    "yt": "youtube",
    "you tube": "youtube",
    "fb": "facebook",
    "twitter": "x",
    "x (twitter)": "x",
    "twitter/x": "x",
    "x/twitter": "x",
    "snap": "snapchat",
}
_HOSTS = {
    "instagram.com": "instagram",
    "instagr.am": "instagram",
    "tiktok.com": "tiktok",
    "youtube.com": "youtube",
    "youtu.be": "youtube",
    "facebook.com": "facebook",
    "fb.com": "facebook",
    "x.com": "x",
    "twitter.com": "x",
    "twitch.tv": "twitch",
    "pinterest.com": "pinterest",
    "linkedin.com": "linkedin",
    "snapchat.com": "snapchat",
    "threads.net": "threads",
    "threads.com": "threads",
}
_URL = re.compile(
    r"(?:https?://)?(?:www\.|m\.|mobile\.)?([a-z.-]+\.[a-z]{2,3})/(?:(?:channel|c|user|in|add|_u)/)?@?([^/?#\s]+)/?(?:[?#].*)?",
    re.IGNORECASE,
)
_CHANNEL = re.compile(r"UC[\w-]{22}")


@dataclass(frozen=True)
class Written:
    """A creator as written: `platform` where that can be told, `handle` in its plain form."""

    platform: str | None
    handle: str
    changed: bool = False


def platform_of(text: str) -> str:
    """Return a platform's name as the kit writes it.

    >>> platform_of("IG"), platform_of("TikTok"), platform_of("Mastodon")
    ('instagram', 'tiktok', 'mastodon')
    """
    folded = " ".join(text.casefold().split())
    return ALIASES.get(folded, folded)


def is_channel_id(handle: str) -> bool:
    """Say whether a name is the id of a YouTube channel.

    >>> is_channel_id("UCabcdefghijklmnopqrstuv"), is_channel_id("ana")
    (True, False)
    """
    return _CHANNEL.fullmatch(handle) is not None


def written(text: str, platform: str | None = None) -> Written | None:
    """Take a creator's key, name or address apart.

    >>> written("https://www.instagram.com/Ana.B/")
    Written(platform='instagram', handle='ana.b', changed=True)
    >>> written("tiktok:ana"), written("@ana", "tiktok").platform, written("@")
    (Written(platform='tiktok', handle='ana', changed=False), 'tiktok', None)
    """
    plain = text.strip().lstrip("'")
    changed = plain != text
    address = _URL.fullmatch(plain)
    host = address[1].casefold() if address else ""
    if address and host in _HOSTS:
        platform, plain, changed = _HOSTS[host], address[2], True
    else:
        before, colon, after = plain.partition(":")
        if colon and before.strip().casefold() in ALIASES:
            known = ALIASES[before.strip().casefold()]
            changed |= known != before
            platform, plain = known, after
    handle = plain.strip().lstrip("@").strip()
    if not handle:
        return None
    # handles are the same in capitals; the ids of YouTube channels are not
    lower = handle if _CHANNEL.fullmatch(handle) else handle.casefold()
    lower = re.sub(r"\s+", "_", lower)
    return Written(platform, lower, changed or lower != plain)


_POST = {
    "instagram": re.compile(r"instagram\.com/(?:[\w.]+/)?(?:p|reel|reels|tv)/([\w-]+)", re.IGNORECASE),
    "tiktok": re.compile(r"tiktokv?\.com/(?:@[^/]*/(?:video|photo)|(?:share|embed|player)/(?:video|photo|v\d)|v)/(\d+)", re.IGNORECASE),
    "youtube": re.compile(r"(?:youtube\.com/(?:watch\?(?:.*&)?v=|shorts/|live/|embed/)|youtu\.be/)([\w-]{11})", re.IGNORECASE),
}


def post_of(text: str) -> str:
    """Return the id in a post's address, the same under which other tools know the post; other text as it is.

    >>> post_of("https://www.instagram.com/reel/C1aB2cD3eF4/?img_index=1"), post_of("https://youtu.be/-abc_DEF123")
    ('C1aB2cD3eF4', '-abc_DEF123')
    >>> post_of("https://example.org/p/1"), post_of("17")
    ('https://example.org/p/1', '17')
    """
    if "/" not in text:
        return text
    return next((m[1] for pattern in _POST.values() if (m := pattern.search(text))), text)


def time_of_post(platform: str, key: str) -> dt.datetime | None:
    """Return the UTC time that stands in the id of a TikTok video or in the shortcode of an Instagram post; None for other ids.

    TikTok puts the second of upload into the upper half of the id. Instagram counts milliseconds since 2011-08-24 in the upper bits.

    >>> time_of_post("tiktok", str(1_654_633_000 << 32)).isoformat(), time_of_post("instagram", "B00AAAAAAAA").year
    ('2022-06-07T20:16:40+00:00', 2019)
    >>> time_of_post("youtube", "B00AAAAAAAA") is None, time_of_post("tiktok", "17") is None
    (True, True)
    """
    seconds = None
    if platform == "tiktok" and re.fullmatch(r"\d{18,20}", key):
        seconds = (int(key) >> 32) * 1.0
    elif platform == "instagram" and re.fullmatch(r"[A-Za-z0-9_-]{11}", key):
        number = 0
        for letter in key:
            number = number * 64 + _BASE64.index(letter)
        seconds = ((number >> 23) + 1_314_220_021_721) / 1000
    if seconds is None or not _SENSIBLE[0] < seconds < _SENSIBLE[1]:
        return None
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
# from the platforms' beginnings to far ahead
_SENSIBLE = (1_285_000_000, 2_500_000_000)
