"""The key of a creator, platform:handle, out of what people write: names, @names, addresses, capitals."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.brief import PLATFORMS

ALIASES = {
    **{p: p for p in PLATFORMS},
    "ig": "instagram", "insta": "instagram", "tt": "tiktok", "tik tok": "tiktok", "tik_tok": "tiktok", "yt": "youtube", "you tube": "youtube", "fb": "facebook",
    "twitter": "x", "x (twitter)": "x", "twitter/x": "x", "x/twitter": "x", "snap": "snapchat",
}  # fmt: skip
_HOSTS = {
    "instagram.com": "instagram", "instagr.am": "instagram", "tiktok.com": "tiktok", "youtube.com": "youtube", "youtu.be": "youtube", "facebook.com": "facebook",
    "fb.com": "facebook", "x.com": "x", "twitter.com": "x", "twitch.tv": "twitch", "pinterest.com": "pinterest", "linkedin.com": "linkedin",
    "snapchat.com": "snapchat", "threads.net": "threads", "threads.com": "threads",
}  # fmt: skip
_URL = re.compile(r"(?:https?://)?(?:www\.|m\.|mobile\.)?([a-z.-]+\.[a-z]{2,3})/(?:(?:channel|c|user|in|add|_u)/)?@?([^/?#\s]+)/?(?:[?#].*)?", re.IGNORECASE)
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


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The keys of a column of creators before bare handles are resolved: platforms may be missing."""

    platform: np.ndarray
    handle: np.ndarray
    changed: np.ndarray

    @property
    def full(self) -> set[tuple[str, str]]:
        """All (platform, handle) that are known in full."""
        pairs = {(p, h) for p, h in zip(self.platform, self.handle, strict=True)}
        return {(p, h) for p, h in pairs if p and h}


def keys(frame: pd.DataFrame) -> Keys:
    """Read the keys of a table's rows out of `creator`, `platform` and `handle`, whichever are there."""
    n = len(frame)
    none = pd.Series([np.nan] * n, dtype="str")
    name = frame["creator"] if "creator" in frame else none
    if "handle" in frame:
        name = name.where(name.notna(), frame["handle"].reset_index(drop=True))
    if "url" in frame:
        name = name.where(name.notna(), frame["url"].reset_index(drop=True))
    platform = frame["platform"] if "platform" in frame else none
    name_codes, names = pd.factorize(name.to_numpy(dtype=object), use_na_sentinel=True)
    platform_codes, platforms = pd.factorize(platform.to_numpy(dtype=object), use_na_sentinel=True)
    pairs = name_codes.astype(np.int64) * (len(platforms) + 1) + platform_codes + 1
    pair_codes, first = np.unique(pairs, return_inverse=False, return_index=True)
    which = np.searchsorted(pair_codes, pairs)
    found_platform = np.empty(len(first), dtype=object)
    found_handle = np.empty(len(first), dtype=object)
    changed = np.zeros(len(first), dtype=bool)
    for i, at in enumerate(first.tolist()):
        if name_codes[at] < 0:
            continue
        said = platform_of(platforms[platform_codes[at]]) if platform_codes[at] >= 0 else None
        one = written(str(names[name_codes[at]]), said)
        if one:
            found_platform[i], found_handle[i], changed[i] = one.platform, one.handle, one.changed
    return Keys(platform=found_platform[which], handle=found_handle[which], changed=changed[which])
