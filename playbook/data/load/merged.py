"""One table out of all files: creators' keys resolved, rows checked, what fails set aside."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from playbook.brief import PLATFORMS, Brief
from playbook.data.load.keys import Keys, keys
from playbook.data.load.typed import FILE, ROW, Typed, rows_told
from playbook.data.readers.contract import AsideRow
from playbook.data.tables import TABLES
from playbook.data.values import plain
from playbook.findings import Finding

TOTALS = frozenset(("total", "totals", "grand total", "gesamt", "gesamtsumme", "summe", "合計", "total general", "totale"))


@dataclass(kw_only=True)
class Merged:
    """All tables of a folder before and after the rules.

    Attributes
    ----------
    frames : dict of str to pandas.DataFrame
        Each with its table's columns, `_file` (position among `parts`; -1 for rows that the kit made) and `_row`.
    parts : list of Typed
    paths : list of str
        The file of each part.
    """

    frames: dict[str, pd.DataFrame]
    parts: list[Typed]
    paths: list[str]
    findings: list[Finding] = field(default_factory=list)
    aside: list[AsideRow] = field(default_factory=list)

    def set_aside(self, name: str, wanted: np.ndarray, reason: str | list[str]) -> None:
        """Move rows out of a table, with why. Rows that the kit made itself just go."""
        frame = self.frames[name]
        positions = np.flatnonzero(wanted)
        for i, at in enumerate(positions.tolist()):
            part = int(frame[FILE].iat[at])
            if part < 0 or self.parts[part].raw.derived:
                continue
            row = int(frame[ROW].iat[at])
            why = reason if isinstance(reason, str) else reason[i]
            self.aside.append(AsideRow(file=self.paths[part], row=row, reason=why, values=self._cells(part, row)))
        self.frames[name] = frame[~wanted].reset_index(drop=True)

    def about(self, name: str, wanted: np.ndarray) -> tuple[str, list[int]]:
        """Return the files that some rows of a table come from, and their row numbers."""
        rows = self.frames[name].loc[wanted, [FILE, ROW]]
        paths = list(dict.fromkeys(self.paths[f] for f in rows[FILE].unique() if f >= 0))
        return ", ".join(paths) or name, rows[ROW].tolist()

    def _cells(self, part: int, row: int) -> str:
        raw = self.parts[part].raw
        at = int(np.searchsorted(raw.rows, row))
        return " | ".join(f"{raw.written.get(n, n)}={text}" for n, cells in raw.columns.items() if (text := plain(cells()[at])))


def merged(parts: list[Typed], paths: list[str], brief: Brief) -> Merged:
    """Join the typed rows of all files, table by table.

    Parameters
    ----------
    parts : list of Typed
    paths : list of str
        The file of each part.
    """
    tables = Merged(frames={}, parts=parts, paths=paths)
    _resolve(tables, brief)
    for name, table in TABLES.items():
        frames = []
        for position, part in enumerate(parts):
            if part.raw.table != name or not len(part.frame):
                continue
            part.frame[FILE] = np.int32(position)
            if part.raw.derived:
                part.frame = _latest(part.frame, tables, position)
            typed = table.typed(part.frame)
            frames.append(typed.assign(**{FILE: part.frame[FILE].to_numpy(), ROW: part.frame[ROW].to_numpy()}))
            part.frame = pd.DataFrame()
        empty = table.empty().assign(**{FILE: np.empty(0, dtype=np.int32), ROW: np.empty(0, dtype=np.int32)})
        tables.frames[name] = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0].reset_index(drop=True) if frames else empty
    return tables


def _resolve(tables: Merged, brief: Brief) -> None:
    """Write the key platform:handle into every table that has a creator."""
    found: dict[int, Keys] = {i: keys(p.frame) for i, p in enumerate(tables.parts) if "creator" in TABLES[p.raw.table].names and len(p.frame)}
    platforms_of: dict[str, set[str]] = defaultdict(set)
    for each in found.values():
        for platform, handle in each.full:
            platforms_of[handle].add(platform)
    only = brief.market.platforms[0] if len(brief.market.platforms) == 1 else None
    assumed: set[str] = set()
    unplaced: set[str] = set()
    strange: set[str] = set()
    for i, each in found.items():
        part = tables.parts[i]
        about = f"{tables.paths[i]}{part.raw.where}"
        platform = each.platform.copy()
        bare = np.flatnonzero(pd.isna(platform) & pd.notna(each.handle))
        clash = np.zeros(len(platform), dtype=bool)
        for at in bare.tolist():
            handle = each.handle[at]
            known = platforms_of.get(handle, ())
            if len(known) == 1:
                platform[at] = next(iter(known))
            elif len(known) > 1:
                clash[at] = True
            elif only:
                platform[at] = only
                assumed.add(handle)
            else:
                unplaced.add(handle)
        key = np.where(pd.notna(platform), _text(platform) + ":" + _text(each.handle), each.handle)
        key = np.where(pd.isna(each.handle) | clash, None, key)
        part.frame["creator"] = pd.Series(key, dtype="str")
        if part.raw.table == "creators":
            part.frame["platform"] = pd.Series(np.where(clash, None, platform), dtype="str")
            part.frame["handle"] = pd.Series(each.handle, dtype="str")
            strange |= {p for p in set(platform[pd.notna(platform)]) if p not in PLATFORMS}
        for at in np.flatnonzero(clash).tolist():
            on = " and ".join(sorted(platforms_of[each.handle[at]]))
            part.reasons[at, "creator"] = f"the handle is on {on}: write platform:handle"
        if clash.any():
            tables.findings.append(
                Finding(
                    level="warning", about=about, found=f"{clash.sum()} {'row names' if clash.sum() == 1 else 'rows name'} a handle that is on more than one platform "
                    f"({rows_told(part.frame[ROW][clash].tolist())})", expected="platform:handle, such as instagram:ana", mend="set aside: add a platform column",
                )
            )  # fmt: skip
        if each.changed.any() and not part.raw.derived:
            n = len(set(each.handle[each.changed]))
            tables.findings.append(
                Finding(
                    level="note", about=about, found=f"{n:,} {'creator is' if n == 1 else 'creators are'} written with @, capitals, blanks or as an address", expected="platform:handle",
                    mend="read as the same creators in small letters",
                )
            )  # fmt: skip
    if assumed:
        n = len(assumed)
        tables.findings.append(
            Finding(
                level="note", about="creators", found=f"{n:,} {'creator has' if n == 1 else 'creators have'} no platform; assumed {only}, the only one in the brief",
                expected="a platform column", mend="correct market.platforms in campaign.yml if that is wrong",
            )
        )  # fmt: skip
    if unplaced:
        n = len(unplaced)
        tables.findings.append(
            Finding(
                level="warning", about="creators", found=f"{n:,} {'creator has' if n == 1 else 'creators have'} no platform, and the brief names several",
                expected="a platform column", mend="kept without platform: add the column, or leave one platform in market.platforms",
            )
        )  # fmt: skip
    if strange:
        tables.findings.append(
            Finding(
                level="warning", about="creators", found=f"platform {', '.join(sorted(strange)[:5])} is not one the kit knows", expected=f"one of {', '.join(PLATFORMS)}",
                mend="kept as written: correct it if it is a slip",
            )
        )  # fmt: skip


def _text(cells: np.ndarray) -> np.ndarray:
    return np.where(pd.isna(cells), "", cells).astype(object)


def _latest(frame: pd.DataFrame, tables: Merged, position: int) -> pd.DataFrame:
    """Reduce creators that stand beside their posts to one row each: the latest post's."""
    part = tables.parts[position]
    if "posted_at" in frame:
        frame = frame.sort_values("posted_at", kind="stable", na_position="first")
    values = [c for c in frame.columns if c not in ("creator", "posted_at", "platform", "handle", FILE, ROW)]
    told = [c for c in values if part.raw.written.get(c)]
    differing = {c: int((frame.groupby("creator")[c].nunique() > 1).sum()) for c in told}
    for column, n in differing.items():
        if n:
            tables.findings.append(
                Finding(
                    level="note", about=f"{tables.paths[position]}{part.raw.where}, {part.raw.written[column]}",
                    found=f"{n:,} {'creator has' if n == 1 else 'creators have'} more than one value across posts", expected="one value a creator",
                    mend="the latest known one was taken",
                )
            )  # fmt: skip
    # the last known value of each column: a creator's latest post may leave some empty
    keep = frame[frame["creator"].notna()]
    filled = keep.groupby("creator", sort=False)[values].last()
    last = keep.drop_duplicates("creator", keep="last").set_index("creator")
    last[values] = filled.loc[last.index, values]
    return last.reset_index().sort_values(ROW, kind="stable").reset_index(drop=True)


def check(tables: Merged) -> None:
    """Check every table against its schema and set aside the rows that fail."""
    import pandera.pandas as pa

    for name, table in TABLES.items():
        frame = tables.frames[name]
        if not len(frame):
            continue
        _totals(tables, name)
        frame = tables.frames[name]
        try:
            table.schema().validate(frame[table.names], lazy=True)
            continue
        except pa.errors.SchemaErrors as problems:
            cases = problems.failure_cases
        if cases["index"].isna().any():
            raise AssertionError(f"{name}: {cases['check'].tolist()[:3]}")
        why: dict[int, tuple[str, str]] = {}
        for column, check_name, at in zip(cases["column"], cases["check"], cases["index"].astype(int), strict=True):
            why.setdefault(at, (column, _reason(tables, name, at, column, str(check_name))))
        _tell(tables, name, why)
        failed = np.zeros(len(frame), dtype=bool)
        failed[list(why)] = True
        tables.set_aside(name, failed, [why[at][1] for at in sorted(why)])


def _reason(tables: Merged, name: str, at: int, column: str, check_name: str) -> str:
    frame = tables.frames[name]
    if check_name.startswith("not_nullable"):
        part = int(frame[FILE].iat[at])
        if part >= 0:
            raw = tables.parts[part].raw
            known = tables.parts[part].reasons.get((int(np.searchsorted(raw.rows, frame[ROW].iat[at])), column))
            if known:
                return known
        return f"no {column}"
    allowed = TABLES[name].column(column).allowed
    if allowed:
        return f"{column} is not one of {', '.join(allowed)}"
    return f"{column} is not between 0 and 1" if TABLES[name].column(column).kind == "share" else f"{column} is negative"


def _tell(tables: Merged, name: str, why: dict[int, tuple[str, str]]) -> None:
    """One finding for each file and reason."""
    frame = tables.frames[name]
    groups: dict[tuple[int, str, str], list[int]] = defaultdict(list)
    for at, (column, reason) in sorted(why.items()):
        groups[int(frame[FILE].iat[at]), column, reason].append(at)
    for (part, column, reason), at in groups.items():
        if part >= 0 and tables.parts[part].raw.derived:
            continue
        about = f"{tables.paths[part]}{tables.parts[part].raw.where}" if part >= 0 else name
        n = len(at)
        if "is on" in reason and column == "creator":  # already told
            continue
        rows = rows_told(frame[ROW].iloc[at].tolist())
        tables.findings.append(
            Finding(
                level="warning", about=about, found=f"{n:,} {'row' if n == 1 else 'rows'} of {name} set aside: {reason} ({rows})",
                expected=TABLES[name].column(column).meaning, mend="correct the rows and run again",
            )
        )  # fmt: skip


def _totals(tables: Merged, name: str) -> None:
    """Set aside rows of sums that tools write above or below a table."""
    frame = tables.frames[name]
    required = [c for c in TABLES[name].required if TABLES[name].column(c).kind == "text"]
    if not required:
        return
    handle = frame[required[0]].str.rpartition(":")[2] if required[0] == "creator" else frame[required[0]]
    total = handle.str.casefold().isin(TOTALS).to_numpy(dtype=bool)
    if not total.any():
        return
    edge = np.zeros(len(frame), dtype=bool)
    first = frame.groupby(FILE)[ROW].transform("min")
    last = frame.groupby(FILE)[ROW].transform("max")
    edge |= ((frame[ROW] == first) | (frame[ROW] == last)).to_numpy()
    total &= edge
    if total.any():
        about, rows = tables.about(name, total)
        tables.findings.append(
            Finding(level="note", about=about, found=f"a row of totals ({rows_told(rows)})", expected=f"{TABLES[name].row} in each row", mend="set aside")
        )
        tables.set_aside(name, total, "a row of totals")
