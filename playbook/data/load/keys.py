"""The key of every creator in every table: platform:handle, with bare handles resolved."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.brief import PLATFORMS, Brief
from playbook.data.handles import platform_of, written
from playbook.data.load.typed import Typed
from playbook.data.tables import TABLES
from playbook.data.told import counted, first_few, note, warning
from playbook.findings import Finding

AMBIGUOUS = "the handle is on more than one platform"


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
    name = frame.get("creator", none)
    if "handle" in frame:
        name = name.where(name.notna(), frame["handle"].reset_index(drop=True))
    if "url" in frame:
        name = name.where(name.notna(), frame["url"].reset_index(drop=True))
    platform = frame.get("platform", none)
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


def resolve(parts: list[Typed], paths: list[str], brief: Brief) -> list[Finding]:
    """Write the key platform:handle into every table that has a creator, and say what had to be done for it.

    A bare handle takes the platform on which any file of the folder knows it, else the only platform of the brief's market.
    One that is known on several platforms is no key; :mod:`playbook.data.load.checks` sets its row aside.
    """
    found = {i: keys(p.frame) for i, p in enumerate(parts) if "creator" in TABLES[p.raw.table].names and len(p.frame)}
    platforms_of: dict[str, set[str]] = defaultdict(set)
    for each in found.values():
        for platform, handle in each.full:
            platforms_of[handle].add(platform)
    only = brief.market.platforms[0] if len(brief.market.platforms) == 1 else None
    assumed: set[str] = set()
    unplaced: set[str] = set()
    strange: set[str] = set()
    findings = []
    for i, each in found.items():
        part, about = parts[i], f"{paths[i]}{parts[i].raw.where}"
        platform, clash = each.platform.copy(), np.zeros(len(each.platform), dtype=bool)
        for at in np.flatnonzero(pd.isna(platform) & pd.notna(each.handle)).tolist():
            handle = each.handle[at]
            known = platforms_of.get(handle, ())
            if len(known) == 1:
                platform[at] = next(iter(known))
            elif len(known) > 1:
                clash[at] = True
                part.reasons[at, "creator"] = f"{AMBIGUOUS} ({' and '.join(sorted(known))})"
            elif only:
                platform[at] = only
                assumed.add(handle)
            else:
                unplaced.add(handle)
        key = np.where(pd.notna(platform), _text(platform) + ":" + _text(each.handle), each.handle)
        part.frame["creator"] = pd.Series(np.where(pd.isna(each.handle) | clash, None, key), dtype="str")
        if part.raw.table == "creators":
            part.frame["platform"] = pd.Series(platform, dtype="str")
            part.frame["handle"] = pd.Series(each.handle, dtype="str")
            strange |= {p for p in set(platform[pd.notna(platform)]) if p not in PLATFORMS}
        if each.changed.any() and not part.raw.derived:
            n = len(set(each.handle[each.changed]))
            what = counted(n, "creator is", "creators are") + " written with @, capitals, blanks or as an address"
            findings.append(note(about, what, "platform:handle", "read as the same creators in small letters"))
    return findings + _placed(assumed, unplaced, strange, only)


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


def _text(cells: np.ndarray) -> np.ndarray:
    return np.where(pd.isna(cells), "", cells).astype(object)
