"""Workbooks: every worksheet is a sheet, its cells typed as the workbook has them."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from playbook.data.readers.containers.layout import HEAD, MAX_ROWS_ABOVE, header, header_at, told_above, told_twice
from playbook.data.readers.containers.unreadable import Unreadable
from playbook.data.readers.contract import Cells, Sheet
from playbook.data.values import plain

MAX_BYTES = 100_000_000
# unpacked; a workbook of a million rows has about this
MAX_UNPACKED = 800_000_000
MAX_CELLS = 20_000_000
MAX_SHEETS = 100
_SAVED = re.compile(rb"<dcterms:modified[^>]*>(\d{4}-\d{2}-\d{2})T")
_REFERENCE = re.compile(rb'<c [^>]*?r="([A-Z]{1,3})([0-9]{1,7})"')


def sheets(path: Path, shown: str) -> list[Sheet]:
    """Open a workbook.

    Raises
    ------
    Unreadable
        Where it is damaged or unpacks to more than a table can be.
    """
    import python_calamine

    _measured(path)
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        names = book.sheet_names
        if len(names) > MAX_SHEETS:
            raise Unreadable(f"has {len(names)} worksheets", f"at most {MAX_SHEETS}", "keep the ones that are tables")
        out = []
        for name in names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            sheet = _sheet(rows, name, shown)
            if sheet:
                out.append(sheet)
    except (python_calamine.CalamineError, ValueError, OSError) as problem:
        raise Unreadable(
            f"cannot be opened as a workbook ({' '.join(str(problem).split())[:120]})", "an XLSX file", "save it again"
        ) from None
    if not out:
        raise Unreadable("holds no cells", "a header and rows", "fill it in")
    return out


def saved_on(path: Path) -> dt.date | None:
    """Return the day on which a workbook says that it was last saved."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("docProps/core.xml") as file:
            found = _SAVED.search(file.read(100_000))
        return dt.date.fromisoformat(found[1].decode()) if found else None
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        return None


def _sheet(rows: list[list[Any]], name: str, shown: str) -> Sheet | None:
    if not any(plain(cell) for row in rows for cell in row):
        return None
    at = header_at(rows[:MAX_ROWS_ABOVE])
    headers = header(rows, at)
    about = f"{shown} [{name}]"
    width = len(headers)
    body = [(i, row) for i, row in enumerate(rows[at + 1 :], start=at + 2) if any(c != "" and c is not None for c in row)]
    numbers = np.array([i for i, _ in body], dtype=np.int64)

    def column(position: int) -> Cells:
        cells = np.empty(len(body), dtype=object)
        cells[:] = [row[position] if position < len(row) else None for _, row in body]
        return cells

    return Sheet(
        name=name,
        headers=headers,
        head=tuple(tuple(row[:width]) for _, row in body[:HEAD]),
        column=column,
        rows=numbers,
        findings=(*told_above(rows, 0, at, about), *told_twice(headers, about)),
    )


def _measured(path: Path) -> None:
    """Refuse what would fill the memory: a small file can say that it holds a cell in the last row of the last column."""
    if path.stat().st_size > MAX_BYTES:
        raise Unreadable(f"has {path.stat().st_size / 1e6:,.0f} MB", f"a workbook of at most {MAX_BYTES / 1e6:.0f} MB", "save it as CSV")
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = 0
            for member in archive.infolist():
                keep = member.filename.startswith("xl/worksheets/") and member.filename.endswith(".xml")
                size, cells = _streamed(archive, member, keep, MAX_UNPACKED - unpacked)
                unpacked += size
                if cells > MAX_CELLS:
                    raise Unreadable(
                        f"spans {cells:,} cells",
                        f"at most {MAX_CELLS:,}",
                        "delete the cells far below and far to the right, or save it as CSV",
                    )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as problem:
        raise Unreadable(f"is a damaged workbook ({' '.join(str(problem).split())[:120]})", "an XLSX file", "save it again") from None


def _streamed(archive: zipfile.ZipFile, member: zipfile.ZipInfo, keep: bool, limit: int) -> tuple[int, int]:
    """Unpack a member piece by piece; return its size and the cells between its first and last."""
    size, last_row, last_column, tail = 0, 0, 0, b""
    with archive.open(member) as unpacked:
        while piece := unpacked.read(1 << 20):
            size += len(piece)
            if size > limit:
                raise Unreadable(f"unpacks to more than {MAX_UNPACKED / 1e6:,.0f} MB", "a workbook that fits into memory", "save it as CSV")
            if keep:
                text = tail + piece
                found = _REFERENCE.findall(text)
                if found:
                    last_row = max(last_row, max(int(row) for _, row in found))
                    last_column = max(last_column, max(map(_column_number, {letters for letters, _ in found})))
                tail = text[-200:]
    return size, last_row * last_column


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
