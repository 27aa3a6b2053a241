"""The key of every creator in every table: platform:handle, with bare handles resolved."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.brief import PLATFORMS, Brief
from playbook.data.handles import Written, is_channel_id, platform_of, written
from playbook.data.load.typed import Typed
from playbook.data.tables import TABLES
from playbook.data.told import counted, first_few, note, warning
from playbook.findings import Finding

# words in a file's name that tell the platform
_TOLD = ("instagram", "insta", "tiktok", "youtube", "twitch", "facebook")
AMBIGUOUS = "the handle is on more than one platform"


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The creators that a table's rows name, before bare handles are resolved.

    Attributes
    ----------
    which : numpy.ndarray of int
        For each row the position of its creator in the others; -1 where the row names none.
    named : list of Written
        The distinct creators as written.
    """

    which: np.ndarray
    named: list[Written]

    def rows(self, positions: Iterable[int]) -> np.ndarray:
        """Return the rows that name some of the creators."""
        return np.flatnonzero(np.isin(self.which, list(positions)))


def keys(frame: pd.DataFrame) -> Keys:
    """Read the creators of a table's rows out of `creator`, `handle`, `url` and `platform`, whichever are there."""
    name = pd.Series(np.nan, index=frame.index, dtype="str")
    for column in ("creator", "handle", "url"):
        if column in frame:
            name = name.where(name.notna(), frame[column]) if name.notna().any() else frame[column]
    name_codes, names = pd.factorize(name.to_numpy(dtype=object))
    platform_codes, platforms = np.full(len(frame), -1), np.empty(0, dtype=object)
    if "platform" in frame:
        platform_codes, platforms = pd.factorize(frame["platform"].to_numpy(dtype=object))
    pairs = name_codes.astype(np.int64) * (len(platforms) + 1) + platform_codes + 1
    distinct, which = np.unique(pairs, return_inverse=True)
    named: list[Written] = []
    position = np.full(len(distinct), -1)
    for i, pair in enumerate(distinct.tolist()):
        name_at, platform_at = divmod(pair, len(platforms) + 1)
        if name_at < 0:
            continue
        platform = platform_of(str(platforms[platform_at - 1])) if platform_at else None
        if found := written(str(names[name_at]), platform):
            position[i] = len(named)
            named.append(found)
    return Keys(which=position[which], named=named)


def resolve(parts: list[Typed], paths: list[str], brief: Brief) -> list[Finding]:
    """Write the key platform:handle into every table that has a creator, and say what had to be done for it.

    A bare handle takes the platform on which any file of the folder knows it, else the only platform of the brief's market.
    One that is known on several platforms is no key; :mod:`playbook.data.load.checks` sets its row aside.
    """
    found = {i: keys(p.frame) for i, p in enumerate(parts) if "creator" in TABLES[p.raw.table].names and len(p.frame)}
    platforms_of: dict[str, set[str]] = defaultdict(set)
    for each in found.values():
        for one in each.named:
            if one.platform:
                platforms_of[one.handle].add(one.platform)
    aliases = _aliases(parts)
    for each in found.values():
        each.named[:] = [aliases.get((one.platform, one.handle), one) for one in each.named]
    only = brief.market.platforms[0] if len(brief.market.platforms) == 1 else None
    assumed: set[str] = set()
    by_name: dict[tuple[str, str], set[str]] = {}
    unplaced: set[str] = set()
    strange: set[str] = set()
    findings = []
    for i, each in found.items():
        part, about = parts[i], f"{paths[i]}{parts[i].raw.where}"
        platforms: list[str | None] = [one.platform for one in each.named]
        clashes: dict[int, str] = {}
        for at, one in enumerate(each.named):
            known = platforms_of.get(one.handle, ())
            if one.platform:
                continue
            if len(known) == 1:
                platforms[at] = next(iter(known))
            elif len(known) > 1:
                clashes[at] = f"{AMBIGUOUS} ({' and '.join(sorted(known))})"
            elif named := _named(paths[i]):
                platforms[at] = named
                by_name.setdefault((named, paths[i]), set()).add(one.handle)
            elif only:
                platforms[at] = only
                assumed.add(one.handle)
            else:
                unplaced.add(one.handle)
        for row in each.rows(clashes).tolist():
            part.reasons[row, "creator"] = clashes[int(each.which[row])]
        full = [f"{p}:{one.handle}" if p else one.handle for p, one in zip(platforms, each.named, strict=True)]
        part.frame["creator"] = _spread([None if at in clashes else key for at, key in enumerate(full)], each.which)
        if part.raw.table == "creators":
            part.frame["platform"] = _spread(platforms, each.which)
            part.frame["handle"] = _spread([one.handle for one in each.named], each.which)
            strange |= {p for p in platforms if p and p not in PLATFORMS}
        changed = {one.handle for one in each.named if one.changed}
        if changed and not part.raw.derived:
            what = counted(len(changed), "creator is", "creators are") + " written with @, capitals, blanks or as an address"
            findings.append(note(about, what, "platform:handle", "read as the same creators in small letters"))
    for (platform, path), handles in by_name.items():
        what = f"{counted(len(handles), 'creator has', 'creators have')} no platform; {platform} by the file's name"
        findings.append(note(path, what, "a platform column", "rename the file, or add the column, if that is wrong"))
    return findings + _placed(assumed, unplaced, strange, only)


def _named(path: str) -> str | None:
    """Return the only platform that a file's name tells.

    >>> _named("exports/tiktok_creators.csv"), _named("creators.csv"), _named("exports/TikTok and YouTube.csv")
    ('tiktok', None, None)
    """
    words = re.split(r"[^a-z]+", path.rsplit("/", 1)[-1].casefold())
    found = {platform_of(w) for w in words if w in _TOLD}
    return found.pop() if len(found) == 1 else None


def _aliases(parts: Sequence[Typed]) -> dict[tuple[str | None, str], Written]:
    """Return the handle of each channel id, where a row of creators tells both: a channel goes by its handle then."""
    out: dict[tuple[str | None, str], Written] = {}
    for part in parts:
        frame = part.frame
        if part.raw.table != "creators" or not {"handle", "url"} <= set(frame.columns):
            continue
        both = frame[["handle", "url"]].dropna().drop_duplicates()
        for handle, url in zip(both["handle"], both["url"], strict=True):
            address = written(str(url))
            name = written(str(handle), address.platform if address else None)
            if address and name and address.platform and is_channel_id(address.handle) and not is_channel_id(name.handle):
                out[address.platform, address.handle] = Written(address.platform, name.handle, changed=True)
    return out


def _spread(values: Sequence[str | None], which: np.ndarray) -> pd.Series:
    """Give every row the value of its creator; missing where it has none."""
    return pd.Series(np.array([*values, None], dtype=object)[which], dtype="str")


def _placed(assumed: set[str], unplaced: set[str], strange: set[str], only: str | None) -> list[Finding]:
    findings = []
    if assumed:
        what = f"{counted(len(assumed), 'creator has', 'creators have')} no platform; assumed {only}, the only one in the brief"
        findings.append(note("creators", what, "a platform column", "correct market.platforms in campaign.yml if that is wrong"))
    if unplaced:
        some = first_few(sorted(unplaced))
        what = f"{counted(len(unplaced), 'creator has', 'creators have')} no platform, and the brief names several ({some})"
        mend = "kept without platform: add the column, or leave one platform in market.platforms"
        findings.append(warning("creators", what, "a platform column", mend))
    if strange:
        what = f"platform {first_few(sorted(strange))} is not one the kit knows"
        findings.append(warning("creators", what, f"one of {', '.join(PLATFORMS)}", "kept as written: correct it if it is a slip"))
    return findings
