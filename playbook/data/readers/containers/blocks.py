"""Text files of several tables: titles, notes and tables, one under the other."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from playbook.data.values import plain

_SEP = re.compile(r'"?sep=(.)"?[,;\t|]*\s*', re.IGNORECASE)
_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, kw_only=True)
class Block:
    """One table of a file.

    Attributes
    ----------
    title : str
        The line of a single cell above it; empty where there is none.
    notes : tuple of str
        Comment lines above it, without their `#`.
    headers : tuple of str
    records : list of list of str
        As wide as the headers; longer rows are cut, shorter ones filled up.
    first_row : int
        Number of the first record's line in the file, from 1.
    """

    title: str
    notes: tuple[str, ...]
    headers: tuple[str, ...]
    records: list[list[str]]
    first_row: int


def blocks(text: str, delimiter: str | None = None) -> tuple[Block, ...]:
    """Take a text of several tables apart: blank lines part them, `#` lines are notes, a line of one cell is a title.

    Examples
    --------
    >>> found = blocks('sep=,\\n"Reach"\\n"Date","Primary"\\n"2026-03-08","431"\\n\\n# Start: 1\\nDay,Users\\n0,5\\n1,6\\n')
    >>> [(b.title, b.notes, b.headers, b.records, b.first_row) for b in found]  # doctest: +NORMALIZE_WHITESPACE
    [('Reach', (), ('Date', 'Primary'), [['2026-03-08', '431']], 4),
     ('', ('Start: 1',), ('Day', 'Users'), [['0', '5'], ['1', '6']], 8)]
    """
    lines = text.split("\n", 1)
    start = 1
    if declared := _SEP.fullmatch(lines[0]):
        delimiter, text, start = delimiter or declared[1], lines[1] if len(lines) > 1 else "", 2
    delimiter = delimiter or _likeliest(text)
    out: list[Block] = []
    notes: list[str] = []
    title = ""
    headers: tuple[str, ...] = ()
    records: list[list[str]] = []
    first = 0

    def close() -> None:
        nonlocal title, headers, records, notes
        if headers:
            out.append(Block(title=title, notes=tuple(notes), headers=headers, records=records, first_row=first))
            title, notes = "", []
        headers, records = (), []

    for number, cells in _rows(text, delimiter, start):
        filled = [c for c in cells if plain(c)]
        if not filled:
            close()
            continue
        lead = plain(cells[0])
        if lead.startswith("#"):
            close()
            if said := lead.lstrip("# -").strip():
                notes.append(said)
        elif len(filled) == 1 and not (headers and len(headers) == 1):
            if headers and records and len(headers) > 1 and lead:
                close()
            if not headers:
                title = plain(filled[0])
        elif not headers:
            headers, first = tuple(plain(c) for c in _trimmed(cells)), number + 1
        else:
            records.append((list(cells) + [""] * len(headers))[: len(headers)])
    close()
    return tuple(out)


def _rows(text: str, delimiter: str, start: int) -> Iterator[tuple[int, Sequence[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    while True:
        number = start + reader.line_num
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error:
            continue


def _trimmed(cells: Sequence[str]) -> list[str]:
    out = list(cells)
    while out and not plain(out[-1]):
        out.pop()
    return out


def _likeliest(text: str) -> str:
    head = text[:20_000]
    return max(_DELIMITERS, key=lambda d: (sum(line.count(d) > 0 for line in head.split("\n")), d == ","))
