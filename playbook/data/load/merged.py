"""One table out of all files, each row with where it came from."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from playbook.data.load.typed import AT, FILE, ROW, Typed
from playbook.data.readers.contract import AsideRow
from playbook.data.tables import TABLES
from playbook.data.told import counted, note
from playbook.data.values import plain
from playbook.findings import Finding


@dataclass(kw_only=True)
class Merged:
    """All tables of a folder, before and after the rules.

    Attributes
    ----------
    frames : dict of str to pandas.DataFrame
        Each with its table's columns, `_file` (position among `parts`; -1 for rows that the kit made), `_row` and `_at`.
    parts : list of Typed
    paths : list of str
        The file of each part.
    """

    frames: dict[str, pd.DataFrame]
    parts: list[Typed]
    paths: list[str]
    findings: list[Finding] = field(default_factory=list)
    aside: list[AsideRow] = field(default_factory=list)

    def place(self, part: int) -> str:
        """Return the file, and the sheet in it, of a part."""
        return f"{self.paths[part]}{self.parts[part].raw.where}"

    def set_aside(self, name: str, wanted: np.ndarray, reason: str | list[str]) -> None:
        """Move rows out of a table, with why. Rows that the kit made itself just go."""
        frame = self.frames[name]
        places = np.flatnonzero(wanted)
        parts, rows, positions = (frame[name].to_numpy()[places] for name in (FILE, ROW, AT))
        said: dict[int, str] = {}
        for part in np.unique(parts).tolist():
            if part >= 0 and not self.parts[part].raw.derived:
                mine = np.flatnonzero(parts == part)
                said |= dict(zip(mine.tolist(), self._cells(part, positions[mine]), strict=True))
        for i, values in sorted(said.items()):
            why = reason if isinstance(reason, str) else reason[i]
            self.aside.append(AsideRow(file=self.paths[int(parts[i])], row=int(rows[i]), reason=why, values=values))
        self.frames[name] = frame[~wanted].reset_index(drop=True)

    def about(self, name: str, wanted: np.ndarray) -> tuple[str, list[int]]:
        """Return the files that some rows of a table come from, and their row numbers."""
        rows = self.frames[name].loc[wanted, [FILE, ROW]]
        places = list(dict.fromkeys(self.place(f) for f in rows[FILE].unique() if f >= 0))
        return ", ".join(places) or name, rows[ROW].tolist()

    def written(self, name: str, at: int) -> str:
        """Return the one cell that is filled in a row, as it was written; empty where several are, or where the kit made the row."""
        frame = self.frames[name]
        part = int(frame[FILE].iat[at])
        if part < 0:
            return ""
        row = int(frame[AT].iat[at])
        cells = [text for cells in self.parts[part].raw.columns.values() if (text := plain(cells()[row]))]
        return cells[0] if len(cells) == 1 else ""

    def _cells(self, part: int, rows: np.ndarray) -> list[str]:
        """Return what some rows of a part say; each column is read once, since columns of large files are read from the disk."""
        raw = self.parts[part].raw
        lines: list[list[str]] = [[] for _ in rows]
        for name, cells in raw.columns.items():
            for line, cell in zip(lines, cells()[rows], strict=True):
                if text := plain(cell):
                    line.append(f"{raw.written.get(name, name)}={text}")
        return [" | ".join(line) for line in lines]


def merged(parts: list[Typed], paths: list[str]) -> Merged:
    """Join the typed rows of all files, table by table; their creators' keys must be resolved.

    Parameters
    ----------
    parts : list of Typed
    paths : list of str
        The file of each part.
    """
    tables = Merged(frames={}, parts=parts, paths=paths)
    for name, table in TABLES.items():
        frames = []
        for position, part in enumerate(parts):
            if part.raw.table != name or not len(part.frame):
                continue
            rows = _latest(part.frame, tables, position) if part.raw.derived else part.frame
            frames.append(table.typed(rows).assign(**{FILE: np.int32(position), ROW: rows[ROW].to_numpy(), AT: rows[AT].to_numpy()}))
            part.frame = pd.DataFrame()
        empty = table.empty().assign(**dict.fromkeys((FILE, ROW, AT), np.empty(0, dtype=np.int32)))
        tables.frames[name] = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0] if frames else empty
    return tables


def _latest(frame: pd.DataFrame, tables: Merged, position: int) -> pd.DataFrame:
    """Reduce creators that stand beside their posts to one row each: what their latest posts say."""
    raw = tables.parts[position].raw
    if "posted_at" in frame:
        frame = frame.sort_values("posted_at", kind="stable", na_position="first")
    frame = frame[frame["creator"].notna()]
    told = [c for c in frame.columns if c not in ("creator", "posted_at", "platform", "handle", ROW, AT)]
    groups = frame.groupby("creator", sort=False)
    for column in told:
        n = int((groups[column].nunique() > 1).sum())
        if n and column in raw.written:
            what = counted(n, "creator has", "creators have") + " more than one value across posts"
            about = f"{tables.place(position)}, {raw.written[column]}"
            tables.findings.append(note(about, what, "one value a creator", "the latest known one was taken"))
    last = frame.drop_duplicates("creator", keep="last").set_index("creator")
    # a creator's latest post may leave some empty: then the one before tells
    last[told] = groups[told].last().loc[last.index]
    return last.reset_index().sort_values(ROW, kind="stable").reset_index(drop=True)
