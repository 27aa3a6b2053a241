"""Finding the header in rows of cells: people and tools write titles and notes above it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from playbook.data.readers.containers.unreadable import Unreadable
from playbook.data.told import note
from playbook.data.values import plain
from playbook.findings import Finding

MAX_COLUMNS = 2_000
MAX_ROWS_ABOVE = 200
HEAD = 50
# headers of a column that numbers the rows, which are no comments
_NUMBER_SIGNS = ("#", "#no", "#id", "#rank")


def header_at(records: Sequence[Sequence[Any]], first: int = 0) -> int:
    """Return the position of the header: the first row about as wide as the table that is no comment.

    >>> header_at([["My list"], [], ["creator", "followers"], ["ana", 12]])
    2
    >>> header_at([["#", "name", "likes"], ["1", "ana", 12]])
    0
    """
    filled = [sum(1 for c in r if plain(c)) for r in records]
    widths = Counter(n for n in filled[first:] if n > 1)
    usual = max(widths, key=lambda n: (widths[n], n)) if widths else 1
    for i in range(first, len(records)):
        cell = next((plain(c) for c in records[i] if plain(c)), "")
        comment = cell.startswith("#") and cell not in _NUMBER_SIGNS
        if cell and not comment and (filled[i] >= usual * 0.6 or usual == 1):
            return i
    return next((i for i in range(first, len(records)) if filled[i]), first)


def header(records: Sequence[Sequence[Any]], at: int) -> tuple[str, ...]:
    """Return the header without the empty cells at its end.

    Raises
    ------
    Unreadable
        Where there is none, or one of absurd width.
    """
    names = [plain(cell) for cell in records[at]] if at < len(records) else []
    while names and not names[-1]:
        names.pop()
    if not names:
        raise Unreadable("has no header", "column names in the first row", "add them")
    if len(names) > MAX_COLUMNS:
        raise Unreadable(f"has {len(names):,} columns", f"at most {MAX_COLUMNS:,}", "leave out what is not needed")
    return tuple(names)


def told_above(records: Sequence[Sequence[Any]], first: int, at: int, about: str) -> list[Finding]:
    """Say what stands above the header and is left out."""
    above = [r for r in records[first:at] if any(plain(c) for c in r)]
    if not above:
        return []
    said = plain(next(c for c in above[0] if plain(c)))[:60]
    return [
        note(
            about,
            f"{len(above)} {'line' if len(above) == 1 else 'lines'} above the header, starting {said!r}",
            "the header in row 1",
            "left out",
        )
    ]


def told_twice(headers: Sequence[str], about: str) -> list[Finding]:
    """Say which headers stand there more than once."""
    twice = [h for h, n in Counter(h for h in headers if h).items() if n > 1]
    if not twice:
        return []
    return [
        note(
            about,
            f"{', '.join(twice[:5])} {'is' if len(twice) == 1 else 'are'} there more than once",
            "each column once",
            "the first one counts",
        )
    ]
