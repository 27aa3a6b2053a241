"""Typing the columns of large files a piece at a time, where the cells of a piece can be read without the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from playbook.data import values
from playbook.data.load.texts import Texts
from playbook.data.readers.contract import Cells, ColumnOf
from playbook.data.tables import Column
from playbook.data.told import SHOWN
from playbook.data.values import Declared, Parsed, Remark
from playbook.data.values.column import LARGEST
from playbook.data.values.dates import each_alone
from playbook.data.values.numbers import digits_only

FREE_TEXT = {"caption", "bio", "text", "note", "name"}
IDS = {"post", "order", "creator", "account", "code", "utm_content"}
# texts that come again share one copy, as long as there are no more different ones than these
MOST_SHARED = 300_000

Typer = Callable[[Cells], Parsed | None]


def piecewise(
    column: Column, cells_of: ColumnOf, declared: Declared | None, texts: Texts | None
) -> tuple[Parsed, Mapping[int, Any]] | None:
    """Type a column of a large file piece by piece.

    Parameters
    ----------
    texts : Texts or None
        Where captions go; the column then holds their marks.

    Returns
    -------
    Parsed and the cells that its remarks show, or None where the file is small, or where a cell can only be read by looking at the whole
    column: numbers with decimal marks, days and months in either order.
    """
    typer = None if declared else _typer(column, texts)
    pieces = cells_of.pieces() if typer else None
    return _joined(pieces, typer) if pieces is not None and typer is not None else None


def _typer(column: Column, texts: Texts | None) -> Typer | None:
    if texts is not None and column.name == "caption":
        return lambda cells: Parsed(
            values=pd.Series(texts.marks(values.words(cells, marks=False).values.to_numpy(dtype=object)), dtype=object)
        )
    if column.kind == "count":
        return _counts
    if column.kind == "time":
        return lambda cells: values.times(cells) if each_alone(cells) else None
    if column.kind == "text":
        shared: dict[str, str] = {}
        return lambda cells: _shared(values.words(cells, marks=column.name not in FREE_TEXT, ids=column.name in IDS), shared)
    return None


def _counts(cells: Cells) -> Parsed | None:
    digits = digits_only(cells)
    # what is too large to be true is told from the whole column
    return None if digits is None or (digits > LARGEST).any() else Parsed(values=pd.Series(digits, dtype="float64"))


def _shared(parsed: Parsed, known: dict[str, str]) -> Parsed:
    """Let texts of a piece be the same objects as those of the pieces before."""
    codes, uniques = pd.factorize(parsed.values.to_numpy(dtype=object))
    if len(known) < MOST_SHARED and len(uniques) < len(codes) / 2:
        texts = np.array([*(known.setdefault(u, u) for u in uniques), None], dtype=object)
        return Parsed(values=pd.Series(texts[codes], dtype=object), remarks=parsed.remarks)
    return Parsed(values=pd.Series(parsed.values.to_numpy(dtype=object), dtype=object), remarks=parsed.remarks)


def _joined(pieces: Iterator[Cells], typer: Typer) -> tuple[Parsed, Mapping[int, Any]] | None:
    """Join what the pieces give, and their remarks as if they had been one column."""
    parts: list[np.ndarray] = []
    remarks: dict[tuple, list[np.ndarray]] = {}
    shown: dict[int, Any] = {}
    start, zone, text = 0, None, False
    for cells in pieces:
        parsed = typer(cells)
        if parsed is None:
            return None
        for r in parsed.remarks:
            places = remarks.setdefault((r.level, r.one, r.many, r.expected, r.mend, r.lost), [])
            places.append(r.at + start)
            if sum(map(len, places[:-1])) < SHOWN:
                shown |= {start + at: cells[at] for at in r.at[:SHOWN].tolist()}
        zone = getattr(parsed.values.dt, "tz", None) if parsed.values.dtype.kind == "M" else None
        text = parsed.values.dtype == object
        parts.append((parsed.values.dt.tz_localize(None) if zone else parsed.values).to_numpy())
        start += len(cells)
    joined = pd.Series(np.concatenate(parts), dtype="str" if text else None) if parts else pd.Series(dtype="str")
    del parts
    if zone:
        joined = joined.dt.tz_localize(zone)
    told = tuple(
        Remark(lv, np.concatenate(at), one, many, expected, mend, lost) for (lv, one, many, expected, mend, lost), at in remarks.items()
    )
    return Parsed(values=joined, remarks=tuple(sorted(told, key=lambda r: _rank(r.one)))), shown


# in which order a whole column remarks on its cells
_ORDER = (
    "is a mark for unknown",
    "is an id that a spreadsheet has rounded",
    "is not a date the kit can read",
    "lies outside",
    "has no time zone",
)


def _rank(one: str) -> int:
    return next((i for i, start in enumerate(_ORDER) if one.startswith(start)), len(_ORDER))
