"""From cells as written to typed columns, one file at a time, with a finding for whatever was not plain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from playbook.data import values
from playbook.data.load.pieces import FREE_TEXT, IDS, piecewise
from playbook.data.load.texts import Texts
from playbook.data.readers.contract import Cells, ColumnOf, Raw
from playbook.data.tables import TABLES, Column
from playbook.data.told import SHOWN, counted
from playbook.data.values import Parsed, Remark, plain
from playbook.findings import Finding

# where every row came from, until the end: position of the part, row as the user sees it, position in the part
FILE, ROW, AT = "_file", "_row", "_at"


@dataclass(kw_only=True)
class Typed:
    """The rows of one table of one file.

    Attributes
    ----------
    frame : pandas.DataFrame
        The table's columns that the file has, typed, `_row` (as the user sees it) and `_at`; `platform` and `handle` too where the
        file has them, in any table.
    reasons : dict of (int, str) to str
        For required cells that became missing: (position of the row, column) to why.
    """

    raw: Raw
    frame: pd.DataFrame
    findings: list[Finding] = field(default_factory=list)
    reasons: dict[tuple[int, str], str] = field(default_factory=dict)


def typed(raw: Raw, path: str, texts: Texts | None = None) -> Typed:
    """Type every column of a raw table.

    Parameters
    ----------
    texts : Texts, optional
        Where the captions of large files go; without it they stay in the table.
    """
    table = TABLES[raw.table]
    out = Typed(raw=raw, frame=pd.DataFrame())
    columns: dict[str, pd.Series] = {}
    beside: dict[str, pd.Series] = {}
    about = f"{path}{raw.where}"
    required = set(table.required)
    for name, cells_of in raw.columns.items():
        column = table.column(name) if name in table.names else _extra(name)
        streamed = None
        if isinstance(cells_of, ColumnOf):
            streamed = piecewise(column, cells_of, raw.declared.get(column.name), texts if raw.table == "posts" else None)
        if streamed is not None:
            parsed, cells = streamed
        else:
            cells = cells_of()
            parsed = _parsed(column, cells, raw)
        columns[name] = parsed.values
        header = raw.written.get(name, name)
        for remark in parsed.remarks:
            # what a derived row says of its posts' time has been said where the posts were read
            if not (raw.derived and name not in table.names):
                out.findings.append(told(remark, f"{about}, {header}", raw.rows, cells))
            if remark.lost and name in required:
                for at in remark.at.tolist():
                    out.reasons[at, name] = f"{header} {remark.one}"
        if name == "followers" and parsed.step is not None and "followers_precision" in table.names:
            beside["followers_precision"] = pd.Series(parsed.step)
            mend = "kept, with their step in followers_precision"
            rounded = Remark("note", np.flatnonzero(np.isfinite(parsed.step)), "is rounded", "are rounded", "full counts", mend)
            out.findings.append(told(rounded, f"{about}, {header}", raw.rows, cells))
        if parsed.currency is not None and "currency" in table.names:
            beside.setdefault("currency", pd.Series(parsed.currency, dtype="str"))
            at = np.flatnonzero(parsed.currency != None)  # noqa: E711 - cell by cell
            remark = Remark("note", at, "names its currency", "name their currency", "a currency column", "used where that is empty")
            out.findings.append(told(remark, f"{about}, {header}", raw.rows, cells))
    # what one cell tells of two columns, such as 12.5K or 90 EUR, fills the second where it is empty
    for name, more in beside.items():
        columns[name] = columns[name].where(columns[name].notna(), more) if name in columns else more
    columns[ROW] = pd.Series(np.asarray(raw.rows, dtype=np.int32))
    columns[AT] = pd.Series(np.arange(len(raw.rows), dtype=np.int32))
    out.frame = pd.DataFrame(columns)
    return out


def _extra(name: str) -> Column:
    return Column(name, "time" if name == "posted_at" else "text", "")


def _parsed(column: Column, cells: Cells, raw: Raw) -> Parsed:
    declared = raw.declared.get(column.name)
    kind = str(getattr(cells, "dtype", "object"))
    if kind != "object":  # a reader that has typed the column itself
        return Parsed(values=pd.Series(cells))
    if column.kind in ("count", "number", "money", "share"):
        return values.numbers(cells, kind=column.kind, declared=declared)
    if column.kind == "time":
        return values.times(cells, declared=declared)
    if column.kind == "day":
        return values.days(cells, declared=declared)
    if column.kind == "flag":
        return values.flags(cells)
    return values.words(cells, marks=column.name not in FREE_TEXT, ids=column.name in IDS)


def told(remark: Remark, about: str, rows: np.ndarray, cells: Cells | Mapping[int, Any]) -> Finding:
    """Turn a remark about cells into a finding that counts them and shows the first few.

    >>> import numpy as np
    >>> r = Remark("warning", np.array([1]), "is not a number", "are not numbers", lost=True)
    >>> told(r, "posts.csv, likes", np.array([2, 3]), np.array(["5", "many"], dtype=object)).text
    "posts.csv, likes: 1 value is not a number (row 3: 'many')."
    """
    n = len(remark.at)
    first = [f"row {rows[at]}: {plain(cells[at])[:40]!r}" for at in remark.at[:SHOWN].tolist()]
    phrase = counted(n, f"value {remark.one}", f"values {remark.many}")
    found = f"{phrase} ({', '.join(first)}{', …' if n > SHOWN else ''})"
    return Finding(level=remark.level, about=about, found=found, expected=remark.expected, mend=remark.mend)
