"""Where to look for creators, what to note about each, and for whom it is known already."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.wording import listed, wording

RULES = Path(__file__).parents[1] / "rules"
NEWER = ("tiktok", "threads", "twitch", "snapchat")
NAMES = {"tiktok": "TikTok", "youtube": "YouTube", "linkedin": "LinkedIn", "x": "X"}

_COUNTS_OF_POSTS = ("likes", "comments", "views", "reach", "posted_at", "format", "caption")


def sourcing(brief: Brief) -> pd.DataFrame:
    """Return the worksheet for finding creators: by hand, in tools, on newer platforms.

    The brief's keywords, niches, handle, country, platforms and micro bounds are filled in.

    Returns
    -------
    DataFrame
        `way` ('by hand', 'in tools', 'newer platforms'), `place`, `how`, `note_down`.

    Examples
    --------
    >>> sheet = sourcing(Brief.model_validate({"brand": {"keywords": ["Clean Skin"]}}))
    >>> sheet.loc[sheet["place"] == "Hashtags and places", "how"].str.contains("#cleanskin").tolist()
    [True]
    """
    write = wording(brief)
    brand = brief.brand
    words = [w for w in (*brand.keywords, *brand.niches) if w.strip()]
    bounds = dict(brief.tiers.bounds())
    above = [b for name, b in brief.tiers.bounds() if b > bounds["micro"]]
    newer = [p for p in NEWER if p not in brief.market.platforms]
    filled = {
        "brand_handle": f"@{brand.handle.lstrip('@')}" if brand.handle else brand.name,
        "hashtags": listed(list(dict.fromkeys("#" + "".join(ch for ch in w.lower() if ch.isalnum()) for w in words)), 4)
        if words
        else "your niche",
        "keywords": listed(list(brand.keywords), 4) if brand.keywords else "your product's words",
        "niches": f"the niche {listed(list(brand.niches), 3)}" if brand.niches else "niche",
        "country": brief.market.country,
        "platforms": listed([platform_name(p) for p in brief.market.platforms]),
        "micro_low": write.count(bounds["micro"]),
        "micro_high": write.count(min(above)),
        "newer": " or ".join(platform_name(p) for p in newer[:2]) if newer else "The next one that your customers talk about",
    }
    sheet = pd.read_csv(RULES / "sourcing.csv", dtype="str", keep_default_na=False)
    for column in ("place", "how", "note_down"):
        sheet[column] = [text.format(**filled) for text in sheet[column]]
    return sheet


def platform_name(platform: str) -> str:
    """Return a platform's name as people write it.

    >>> platform_name("tiktok"), platform_name("instagram")
    ('TikTok', 'Instagram')
    """
    return NAMES.get(platform, platform.title())


def to_note(data: Dataset) -> pd.DataFrame:
    """Return what to note about each creator, why, and for how many it is known.

    Returns
    -------
    DataFrame
        In order of effort: `note`, `why`, `chapter` (that uses it), `by_hand` ('yes', 'ask', 'tool'), `known` (creators for whom
        at least one value is known), `share` (of the creators on the list, 0-1; missing where there are none), `table`, `column`.
    """
    notes = pd.read_csv(RULES / "notes.csv", dtype="str", keep_default_na=False)
    everybody = data.creators["creator"].nunique()
    matrix = known_of(data)
    notes["known"] = [float(matrix[f"{t}.{c}"].sum()) if everybody else 0.0 for t, c in zip(notes["table"], notes["column"], strict=True)]
    notes["share"] = notes["known"] / everybody if everybody else np.nan
    return notes[["note", "why", "chapter", "by_hand", "known", "share", "table", "column"]]


def known_of(data: Dataset) -> pd.DataFrame:
    """Return for each creator which things are known at all.

    Returns
    -------
    DataFrame
        Sorted by creator: `creator`, then one boolean column `table.column` for each line of `rules/notes.csv`.
    """
    keys = np.sort(data.creators["creator"].unique().astype(str)) if data.has("creators") else np.array([], dtype=str)
    out = pd.DataFrame({"creator": pd.Series(keys, dtype="str")})
    notes = pd.read_csv(RULES / "notes.csv", dtype="str", keep_default_na=False)
    posts = _known_in_posts(data)
    for table, column in zip(notes["table"], notes["column"], strict=True):
        if table == "posts":
            knows = set(posts.loc[posts[column] > 0, "creator"])
        else:
            frame = getattr(data, table)
            knows = set(frame.loc[frame[column].notna(), "creator"])
        out[f"{table}.{column}"] = out["creator"].isin(knows)
    return out


def _known_in_posts(data: Dataset) -> pd.DataFrame:
    counts = ", ".join(f"count({c}) AS {c}" for c in _COUNTS_OF_POSTS)
    return data.posts.query(
        f"SELECT creator, count(*) AS posts, {counts} FROM posts WHERE creator IS NOT NULL GROUP BY creator ORDER BY creator"
    )
