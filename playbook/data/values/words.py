"""Flags and text as written."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from playbook.data.values.column import Cells, Parsed, Remark, distinct, marks_unknown, plain, unknown_remark, where

TRUE = frozenset(["true", "t", "yes", "y", "1", "ja", "j", "oui", "si", "sí", "sim", "wahr", "vrai", "x", "✓"])
FALSE = frozenset(["false", "f", "no", "n", "0", "nein", "non", "falsch", "faux", "não"])
_LOST_DIGITS = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)


def flags(cells: Cells) -> Parsed:
    """Read a column of yes and no.

    >>> import numpy as np
    >>> flags(np.array(["TRUE", "no", ""], dtype=object)).values.tolist()
    [True, False, <NA>]
    """
    codes, uniques = distinct(cells)
    said = [plain(c).casefold() for c in uniques]
    truth = np.array([w in TRUE for w in said], dtype=bool)
    known = truth | np.array([w in FALSE for w in said], dtype=bool)
    unknown = np.array([marks_unknown(w) for w in said], dtype=bool) & ~known
    odd = np.array([bool(w) for w in said], dtype=bool) & ~known & ~unknown
    remarks = unknown_remark(codes, unknown)
    if odd.any():
        mend = "left out as unknown: correct the cell"
        remarks.append(
            Remark("warning", where(codes, odd), "is neither yes nor no", "are neither yes nor no", "true or false", mend, lost=True)
        )
    values = pd.arrays.BooleanArray(truth[codes], ~known[codes])
    return Parsed(values=pd.Series(values), remarks=tuple(remarks))


def words(cells: Cells, *, marks: bool = True, ids: bool = False) -> Parsed:
    """Read a column of text: trimmed; missing where empty.

    Parameters
    ----------
    marks : bool
        Take marks such as `N/A` for missing; off for free text, in which they may be meant.
    ids : bool
        The column identifies rows: an apostrophe in front goes, and `1.2E+17`, an id that a spreadsheet has rounded, is remarked.

    Examples
    --------
    >>> import numpy as np
    >>> words(np.array([" ana ", "N/A", 17841400000000001], dtype=object)).values.tolist()
    ['ana', nan, '17841400000000001']
    """
    codes, uniques = distinct(cells)
    texts: list[str | None] = [plain(c) or None for c in uniques]
    remarks: list[Remark] = []
    if marks:
        unknown = np.array([t is not None and marks_unknown(t) for t in texts], dtype=bool)
        if unknown.any():
            texts = [None if u else t for t, u in zip(texts, unknown, strict=True)]
            remarks += unknown_remark(codes, unknown)
    if ids:
        texts = [t.lstrip("'") or None if t else None for t in texts]
        lost = np.array([t is not None and "+" in t and _LOST_DIGITS.fullmatch(t) is not None for t in texts], dtype=bool)
        if lost.any():
            one, many = "is an id that a spreadsheet has rounded", "are ids that a spreadsheet has rounded"
            mend = "kept as written, but different ids may now look the same: export again and do not save it from a spreadsheet"
            remarks.append(Remark("warning", where(codes, lost), one, many, "all digits of the id", mend))
    return Parsed(values=pd.Series(np.array(texts, dtype=object)[codes], dtype="str"), remarks=tuple(remarks))
