"""Platform and handle out of what people write: names, @names, addresses, capitals."""

from __future__ import annotations

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
