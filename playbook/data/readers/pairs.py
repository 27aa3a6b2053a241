"""Columns that say the same thing twice, such as `13.8M` beside 13800000: compared row by row, and the fuller one is read."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from playbook.data.readers.contract import Cells, Sheet
from playbook.data.readers.headers import UNITS, folded, parted, unit
from playbook.data.told import counted, note, warning
from playbook.data.values import Parsed, numbers, plain
from playbook.data.values.numbers import Kind
from playbook.findings import Finding

# what people and tools add to a header when they write a column a second time
FILLERS = frozenset(
    [
        "count",
        "counts",
        "number",
        "numbers",
        "num",
        "numeric",
        "nr",
        "no",
        "of",
        "text",
        "txt",
        "str",
        "string",
        "raw",
        "clean",
        "cleaned",
        "int",
        "integer",
        "float",
        "value",
        "values",
        "full",
        "exact",
        "formatted",
        "abbreviated",
        "n",
        "the",
        "in",
        "anzahl",
        "zahl",
        "ziffern",
        "número",
        "numero",
        "numérico",
        "numérique",
        "num",
        "short",
        "parsed",
        "converted",
        "cleaned",
    ]
)
_SAME = {"subscriber": "subscribers", "follower": "followers", "subs": "subscribers", "avg": "average", "mean": "average"}
# a column that is numbers in this share of its cells can be compared
MOSTLY = 0.6
_SHORT = re.compile(r"[\d.,]+ ?[^\W\d_]{1,4}\.?(?: \w+)?")


@dataclass(frozen=True, kw_only=True)
class Fuller:
    """The column to read, of those that say the same: its cells, and the positions of all of them."""

    position: int
    cells: Cells
    same: tuple[int, ...]
    findings: tuple[Finding, ...]


def words(header: str) -> frozenset[str]:
    """Return the words of a header that carry its meaning.

    >>> words("Subscribers count") == words("subscribers_num") == words("Subscribers (millions)")
    True
    >>> words("Subscribers growth") == words("Subscribers"), words("Total likes") == words("Likes")
    (False, False)
    >>> words("subscriberCountText") == words("Subscribers.1") == words("Total subscribers")
    True
    """
    said = [w for w in folded(parted(header)).split("_") if w and w not in FILLERS and w not in UNITS]
    # a second column of one name is numbered by the program that read it first
    said = said[:-1] if len(said) > 1 and said[-1].isdecimal() and len(said[-1]) == 1 and "." in header else said
    found = frozenset(_SAME.get(w, w) for w in said)
    return found - {"total", "current"} if found & {"followers", "subscribers"} else found


def cells_of(sheet: Sheet, position: int) -> Cells:
    """Return a column's cells as counted by its header: under `Followers (millions)` 671 becomes 671M."""
    cells, suffix = sheet.column(position), unit(sheet.headers[position])
    if not suffix:
        return cells
    out = np.empty(len(cells), dtype=object)
    out[:] = [f"{plain(c)}{suffix}" if re.fullmatch(r"[\d.,\s]*\d", plain(c)) else c for c in cells]
    return out


def fuller(sheet: Sheet, position: int, about: str, *, kind: Kind = "count") -> Fuller:
    """Compare a column of counts with the others of the same meaning, and return the one that is written most fully.

    Two cells agree where they differ by less than the step in which either is written: 13.8M and 13,812,345 do, 1.2K and 1,834 do not.
    """
    cells = cells_of(sheet, position)
    meaning = words(sheet.headers[position])
    others = [i for i, h in enumerate(sheet.headers) if i != position and plain(h) and words(h) == meaning]
    findings: list[Finding] = []
    same = [position]
    if suffix := unit(sheet.headers[position]):
        what = f"the header {plain(sheet.headers[position])!r} says in what its numbers are counted"
        findings.append(note(about, what, "full counts", f"multiplied: 1 is read as 1{suffix}"))
    if not others:
        return Fuller(position=position, cells=cells, same=(position,), findings=tuple(findings))
    best = numbers(cells, kind=kind)
    for i in others:
        mine = cells_of(sheet, i)
        read = numbers(mine, kind=kind)
        filled = np.array([plain(c) != "" for c in mine], dtype=bool)
        if not filled.any() or float(read.values.notna()[filled].mean()) < MOSTLY:
            continue
        same.append(i)
        findings.append(_compared(sheet, position, i, best, read, about))
        if _exact(read) > _exact(best):
            position, cells, best = i, mine, read
    return Fuller(position=position, cells=cells, same=tuple(same), findings=tuple(findings))


def unsaid(sheet: Sheet, about: str, told: str) -> list[Finding]:
    """Compare the columns of a sheet that say the same number twice, once short and once in full, where no reader has done so.

    Parameters
    ----------
    told : str
        What the findings say so far.
    """
    groups: dict[frozenset[str], list[int]] = {}
    for i, header in enumerate(sheet.headers):
        if plain(header) and (meaning := words(header)):
            groups.setdefault(meaning, []).append(i)
    findings = []
    for first, *others in groups.values():
        for other in others:
            names = [plain(sheet.headers[i]) for i in (first, other)]
            if names[0] == names[1] or all(repr(n) in told or repr(parted(n)) in told for n in names):
                continue
            heads = [[plain(row[i]) for row in sheet.head if i < len(row)] for i in (first, other)]
            # one of them is written short: otherwise they may be two things, as a count and its text in words
            if not any(_SHORT.fullmatch(t) for head in heads for t in head):
                continue
            a, b = (numbers(cells_of(sheet, i), kind="count") for i in (first, other))
            if min(float(x.values.notna().mean()) for x in (a, b)) >= MOSTLY:
                findings.append(_compared(sheet, first, other, a, b, about))
    return findings


def _exact(read: Parsed) -> int:
    """Count the numbers that are written in full."""
    known = read.values.notna().to_numpy()
    return int((known & ~np.isfinite(read.step)).sum() if read.step is not None else known.sum())


def _compared(sheet: Sheet, one: int, other: int, a: Parsed, b: Parsed, about: str) -> Finding:
    x, y = a.values.to_numpy(dtype=float), b.values.to_numpy(dtype=float)
    both = np.isfinite(x) & np.isfinite(y)
    steps = [np.nan_to_num(p.step, nan=0.0) if p.step is not None else np.zeros(len(x)) for p in (a, b)]
    apart = both & ~(np.abs(x - y) <= np.maximum(*steps) * (1 - 1e-9))
    names = f"{plain(sheet.headers[one])!r} and {plain(sheet.headers[other])!r}"
    n, wrong = int(both.sum()), np.flatnonzero(apart)
    if not len(wrong):
        return note(
            about,
            f"{names} say the same, and agree in all {counted(n, 'pair', 'pairs')}",
            "one column",
            "the one written more fully was read",
        )
    cells = sheet.column(one), sheet.column(other)
    shown = ", ".join(f"row {sheet.rows[i]}: {plain(cells[0][i])!r} against {plain(cells[1][i])!r}" for i in wrong[:3].tolist())
    what = f"{names} differ in {len(wrong):,} of {counted(n, 'pair', 'pairs')} ({shown}{', …' if len(wrong) > 3 else ''})"
    return warning(about, what, "the same number twice", "the one written more fully was read: correct these rows")
