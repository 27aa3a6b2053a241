"""What goes into reading a column and what comes out of it."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from playbook.findings import Level

Cells = np.ndarray  # of object: str, int, float, bool, datetime, None

UNKNOWN = frozenset(
    [
        "-",
        "--",
        "---",
        "–",
        "—",
        "n/a",
        "n/a'",
        "n.a.",
        "na",
        "#n/a",
        "#nv",
        "nan",
        "null",
        "none",
        "nil",
        "undefined",
        "unknown",
        "hidden",
        "private",
        "?",
        "k.a.",
        "#valor!",
        "#value!",
        "#wert!",
        "#valeur!",
        "#ref!",
        "#bezug!",
        "#div/0!",
        "#name?",
        "#num!",
        "#zahl!",
        "#null!",
    ]
)
_LONGEST_MARK = max(map(len, UNKNOWN))
LARGEST = 1e15
_INVISIBLE = str.maketrans(
    dict.fromkeys("\xad\u200b\u200c\u200d\ufeff\u2060") | {"\u00a0": " ", "\u202f": " ", "\u2009": " "},
)


@dataclass(frozen=True)
class Remark:
    """What was noticed about some cells of a column.

    Attributes
    ----------
    at : numpy.ndarray of int
        Positions of the cells within the column.
    one, many : str
        The rest of a sentence that starts with "1 value" or "3 values".
    lost : bool
        The cells became missing although something was written in them.
    """

    level: Level
    at: np.ndarray
    one: str
    many: str
    expected: str = ""
    mend: str = ""
    lost: bool = False


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """A column after reading.

    Attributes
    ----------
    values : pandas.Series
        Typed, missing where unknown.
    step : numpy.ndarray or None
        For numbers: the step in which a cell was written (100 for `12.5K`), missing where it was written in full.
    currency : numpy.ndarray of str or None
        For money: the currency that stands in the cell itself.
    """

    values: pd.Series
    remarks: tuple[Remark, ...] = ()
    step: np.ndarray | None = None
    currency: np.ndarray | None = None


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What the user has said about a column: how its dates or its decimals are written."""

    day_first: bool | None = None
    decimal: Literal[".", ","] | None = None
    pattern: str | None = None


def plain(cell: Any) -> str:
    """Return a cell as text, without invisible characters and outer blanks; empty for nothing.

    >>> plain("\\u00ad Auf\\u00adrufe "), plain(12.0), plain(None), plain(True)
    ('Aufrufe', '12', '', 'true')
    """
    if isinstance(cell, str):
        return (cell if cell.isascii() else cell.translate(_INVISIBLE)).strip()
    if cell is None or cell is pd.NaT or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, (bool, np.bool_)):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < LARGEST:
        return str(int(cell))
    if isinstance(cell, (dt.datetime, dt.date)):
        return cell.isoformat()
    return str(cell).strip()


def is_number(cell: Any) -> bool:
    """Say whether a cell came as a number, as the cells of workbooks and JSON do."""
    return isinstance(cell, (int, float, np.integer, np.floating)) and not isinstance(cell, bool)


def marks_unknown(text: str) -> bool:
    """Say whether a text is one of the marks that tools write for unknown.

    >>> marks_unknown("N/A"), marks_unknown("0")
    (True, False)
    """
    return len(text) <= _LONGEST_MARK and text.casefold() in UNKNOWN


def distinct(cells: Cells) -> tuple[np.ndarray, list[Any]]:
    """Return the position of each cell among the distinct cells, and these."""
    try:
        codes, uniques = pd.factorize(cells, use_na_sentinel=False)
    except TypeError:  # cells that cannot be hashed, such as lists out of JSON
        return np.arange(len(cells)), list(cells)
    return codes, list(uniques)


def where(codes: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return the positions of the cells whose distinct value is wanted."""
    return np.flatnonzero(wanted[codes])


def unknown_remark(codes: np.ndarray, marked: np.ndarray) -> list[Remark]:
    """Remark the cells that hold a mark for unknown; an empty cell needs no remark."""
    if not marked.any():
        return []
    at = where(codes, marked)
    return [Remark("note", at, "is a mark for unknown", "are marks for unknown", "an empty cell", "taken as unknown, not as 0")]
