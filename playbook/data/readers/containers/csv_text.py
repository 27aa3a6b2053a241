"""CSV as tools, spreadsheets and people write it: any delimiter, any encoding, lines above the header."""

from __future__ import annotations

import codecs
import csv
import functools
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from playbook.data.readers.containers.layout import HEAD, header, header_at, told_above, told_twice
from playbook.data.readers.containers.unreadable import Unreadable
from playbook.data.readers.contract import AsideRow, Cells, Sheet
from playbook.data.told import counted, note, rows, warning

MAX_BYTES = 1_100_000_000
# a row of a large file takes about 430 bytes in memory, captions left out, which shall stay under 2 GB for all of them
MAX_ROWS = 4_000_000
# above this a file is read a column at a time, so that only one column is ever held as text
LARGE_BYTES = 40_000_000
# so many cells of a large file are held as text at a time
PIECE = 500_000
PIECE_BYTES = 8_000_000
FEWEST = 1_000
SAMPLE_BYTES = 262_144
BLOCK = 1 << 22
# all that a file holds whose only foreign bytes are the blanks in its numbers
_ASCII_AND_BLANK = bytes(range(128)) + b"\xa0"
# code pages that exports in other scripts than the Latin one come in
_OTHER_SCRIPTS = (
    *(
        "utf",
        "cp1250",
        "cp1251",
        "cp1253",
        "cp1254",
        "cp1255",
        "cp1256",
        "cp1257",
        "cp1258",
        "cp874",
        "iso8859_2",
        "iso8859_5",
        "iso8859_7",
    ),
    *("koi8", "shift_jis", "cp932", "euc", "iso2022", "gb", "big5", "cp949", "johab", "hz"),
)
DELIMITERS = (",", ";", "\t", "|")
_DATA_LIKE = re.compile(r"[+-]?[\d.,]*\d[\d.,]*\s?[KMB%]?|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}.*|(?:https?|[a-z]+):\S+", re.IGNORECASE)


def sheets(path: Path, shown: str) -> list[Sheet]:
    """Open a CSV file as one sheet.

    Raises
    ------
    Unreadable
        Where the file is empty, too large, binary or broken.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise Unreadable(f"has {size / 1e6:,.0f} MB", f"at most {MAX_BYTES / 1e6:.0f} MB", "keep the posts and creators that matter")
    encoding, guessed = _encoding(path)
    with path.open("rb") as file:
        text = codecs.getincrementaldecoder(encoding)("replace").decode(file.read(SAMPLE_BYTES))
    if not text.strip():
        raise Unreadable("is empty", "a header and rows", "delete it or export it again")
    findings = []
    if guessed:
        findings.append(note(shown, f"is not UTF-8; read as {encoding}", "UTF-8", "look whether accents and umlauts are right"))
    declared = re.fullmatch(r'"?sep=([ -~\t])"?[,;\t|]*', text.split("\n", 1)[0].strip(), re.IGNORECASE)
    first = 1 if declared else 0
    # the sample may end within a row
    body = text if size <= SAMPLE_BYTES else text[: text.rfind("\n") + 1] or text
    delimiter = declared[1] if declared else _delimiter(body)
    records = _records(body, delimiter)
    at = header_at(records, first)
    headers = header(records, at)
    findings += told_above(records, first, at, shown) + told_twice(headers, shown)
    widest = max(len(headers), *map(len, records[at:]))
    row_bytes = sum(len(c.encode(errors="replace")) + 1 for r in records for c in r) // len(records)
    table = _Table(path, encoding, delimiter, at + 1, len(headers), widest, large=size > LARGE_BYTES, row_bytes=row_bytes)
    if size > LARGE_BYTES and len(table.kept()) > MAX_ROWS:
        mend = "keep the posts and creators that matter: the latest posts of each creator tell most"
        raise Unreadable(f"has {len(table.kept()):,} rows", f"at most {MAX_ROWS:,}", mend)
    reason = f"more cells than the {len(headers)} headers"
    aside = tuple(AsideRow(file=shown, row=row, reason=reason, values=" | ".join(cells)) for row, cells in table.overfull())
    if aside:
        what = f"{counted(len(aside), 'row has', 'rows have')} more cells than the header ({rows([a.row for a in aside])})"
        findings.append(warning(shown, what, f"{len(headers)} cells", "set aside: put quotes around texts that hold the delimiter"))
    return [
        Sheet(
            name="",
            headers=headers,
            head=tuple(tuple(r) for r in records[at + 1 : at + 1 + HEAD]),
            column=table.column,
            pieces=table.pieces if size > LARGE_BYTES else None,
            rows=table.kept() + at + 2,
            findings=tuple(findings),
            aside=aside,
        )
    ]


def whole_text(path: Path) -> str | None:
    """Return the text of a file, without byte order mark; None where it is too large to be held as one text or is no text."""
    if path.stat().st_size > LARGE_BYTES:
        return None
    try:
        encoding, _ = _encoding(path)
    except Unreadable:
        return None
    return path.read_bytes().decode(encoding, "replace").removeprefix("\ufeff").replace("\r\n", "\n")


def looks_like_data(headers: tuple[str, ...]) -> str | None:
    """Return the first header that is a number, a date or an address: then the header is missing.

    >>> looks_like_data(("ana", "1200")), looks_like_data(("likes", "2nd place"))
    ('1200', None)
    """
    return next((h for h in headers if h and _DATA_LIKE.fullmatch(h)), None)


def _encoding(path: Path) -> tuple[str, bool]:
    """Return the encoding of a text file, and whether it was guessed; refuse what is no text."""
    with path.open("rb") as file:
        start = file.read(SAMPLE_BYTES)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16", False
        half = len(start) // 2 if len(start) >= 16 else 0
        if half and start[1::2].count(0) > 0.4 * half:
            return "utf-16-le", False
        if half and start[0::2].count(0) > 0.4 * half:
            return "utf-16-be", False
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
        block, position = start, 0
        utf8 = True
        while block:
            nul = block.find(b"\0")
            if nul >= 0:
                raise Unreadable(f"holds a NUL byte (at byte {position + nul:,}), so it is damaged or no text", "text", "export it again")
            if utf8:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    utf8 = False
            position += len(block)
            block = file.read(BLOCK)
        if utf8:
            try:
                decoder.decode(b"", final=True)
                return "utf-8-sig", False
            except UnicodeDecodeError:
                pass
    from charset_normalizer import from_bytes

    if not start.translate(None, _ASCII_AND_BLANK):
        return "cp1252", True
    best = from_bytes(start).best()
    name = best.encoding if best else "cp1252"
    try:
        codecs.lookup(name)
    except LookupError:
        name = "cp1252"
    # plain Western exports: what is guessed as a rare code page from few bytes is nearly always this one
    return (name if name.startswith(_OTHER_SCRIPTS) else "cp1252"), True


def _records(text: str, delimiter: str) -> list[list[str]]:
    """Split a sample into at most 200 records."""
    out: list[list[str]] = []
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            out.append(record)
            if len(out) >= 200:
                break
    except csv.Error as problem:
        if not out:
            raise Unreadable(f"cannot be taken apart ({problem})", "comma-separated text", "export it again") from None
    return out


def _delimiter(text: str) -> str:
    """Choose the delimiter that gives the most rows of one width."""
    best, score = ",", 0.0
    for delimiter in DELIMITERS:
        try:
            widths = Counter(len(r) for r in _records(text, delimiter) if len(r) > 1)
        except Unreadable:
            continue
        if not widths:
            continue
        width, rows = max(widths.items(), key=lambda item: (item[1] * min(item[0], 6), item[0]))
        total = sum(1 for r in _records(text, delimiter) if any(r))
        worth = rows / max(total, 1) * min(width, 6)
        if worth > score:
            best, score = delimiter, worth
    if not score:
        # columns set apart by blanks, as some screens are copied: only where every row has as many words
        widths = {len(line.split(" ")) for line in text.strip().splitlines()}
        best = " " if len(widths) == 1 and min(widths) > 1 and text.strip().count("\n") > 1 else best
    return best


class _Table:
    """The rows under the header of a CSV file, read whole or a column at a time."""

    def __init__(self, path: Path, encoding: str, delimiter: str, skip: int, width: int, widest: int, *, large: bool, row_bytes: int = 1):
        # rows wider than the header must be asked for: pandas would take what is too much on the left for row names
        self._path, self._encoding, self._delimiter, self._skip, self._width = path, encoding, delimiter, skip, width
        self._large, self._row_bytes = large, max(row_bytes, 1)
        self._found_width = widest

    def _parse(self, **options: Any) -> pd.DataFrame:
        try:
            return pd.read_csv(
                self._path,
                sep=self._delimiter,
                encoding=self._encoding,
                encoding_errors="replace",
                header=None,
                skiprows=self._skip,
                dtype=object,
                keep_default_na=False,
                na_filter=False,
                skip_blank_lines=False,
                # the content has told that it is text, whatever the ending says
                compression=None,
                engine="c",
                **options,
            )
        except pd.errors.EmptyDataError:
            return pd.DataFrame({name: pd.Series(dtype=object) for name in options["names"]})

    @functools.cached_property
    def _whole(self) -> pd.DataFrame:
        """All columns, those beyond the header too."""
        try:
            try:
                return self._parse(names=range(self._found_width), usecols=range(self._found_width))
            except pd.errors.ParserError as problem:
                saw = re.search(r"Expected \d+ fields in line \d+, saw (\d+)", str(problem))
                if not saw:
                    raise
                # some row has that many cells, so pandas accepts this width, and longer rows are cut to it
                self._found_width = int(saw[1])
                return self._parse(names=range(self._found_width), usecols=range(self._found_width))
        except pd.errors.ParserError as problem:
            raise _broken(problem) from None

    def _one(self, position: int) -> pd.DataFrame:
        try:
            return self._parse(names=range(self._found_width), usecols=[position])
        except pd.errors.ParserError as problem:
            raise _broken(problem) from None

    def _pieces(self, columns: Iterable[int]) -> Iterator[pd.DataFrame]:
        """Read some columns a piece of the file at a time."""
        wanted = list(columns)
        size = max(min(PIECE // max(len(wanted), 1), PIECE_BYTES // self._row_bytes), FEWEST)
        pieces = self._parse(names=range(self._found_width), usecols=wanted, chunksize=size)
        if isinstance(pieces, pd.DataFrame):
            yield pieces
            return
        with pieces:
            yield from pieces

    @functools.cached_property
    def _scan(self) -> tuple[int, np.ndarray, dict[int, list[str]]]:
        """Return how many rows a large file has, which of them count, and the cells of those that are wider than the header."""
        while True:
            try:
                return self._scanned()
            except pd.errors.ParserError as problem:
                saw = re.search(r"Expected \d+ fields in line \d+, saw (\d+)", str(problem))
                if not saw or int(saw[1]) <= self._found_width:
                    raise _broken(problem) from None
                self._found_width = int(saw[1])

    def _scanned(self) -> tuple[int, np.ndarray, dict[int, list[str]]]:
        n, dropped = 0, []
        overfull: dict[int, list[str]] = {}
        for piece in self._pieces(range(self._found_width)):
            cells = piece.to_numpy(dtype=object)
            wide = (cells[:, self._width :] != "").any(axis=1) if cells.shape[1] > self._width else np.zeros(len(cells), dtype=bool)
            overfull |= {n + at: [str(c) for c in cells[at]] for at in np.flatnonzero(wide).tolist()}
            first = np.flatnonzero(cells[:, 0] == "")
            blank = first[(cells[first] == "").all(axis=1)]
            dropped.append(np.union1d(blank, np.flatnonzero(wide)) + n)
            n += len(cells)
        keep = np.ones(n, dtype=bool)
        keep[np.concatenate(dropped).astype(np.int64) if dropped else []] = False
        return n, np.flatnonzero(keep), overfull

    @functools.cached_property
    def _overfull(self) -> dict[int, list[str]]:
        """The rows that are wider than the header, and their cells."""
        if self._large:
            return self._scan[2]
        _ = self._whole
        if self._found_width == self._width:
            return {}
        beyond = self._whole.iloc[:, self._width :]
        wide = np.flatnonzero((beyond.to_numpy() != "").any(axis=1))
        return {position: [str(c) for c in self._whole.iloc[position]] for position in wide.tolist()}

    def overfull(self) -> list[tuple[int, list[str]]]:
        """Return row number and cells of the rows that are wider than the header."""
        out = []
        for position, cells in self._overfull.items():
            while cells and not cells[-1]:
                cells.pop()
            out.append((position + self._skip + 1, cells))
        return out

    def kept(self) -> np.ndarray:
        """Return the positions of the rows that count: neither blank nor overfull."""
        return self._kept

    @functools.cached_property
    def _kept(self) -> np.ndarray:
        if self._large:
            return self._scan[1]
        first = self._whole.iloc[:, 0].to_numpy()
        keep = np.ones(len(first), dtype=bool)
        keep[list(self._overfull)] = False
        blank = np.flatnonzero(first == "")
        if len(blank):
            keep[blank[(self._whole.iloc[blank] == "").all(axis=1).to_numpy()]] = False
        return np.flatnonzero(keep)

    def column(self, position: int) -> Cells:
        """Return the cells of a column."""
        # the scan tells how wide the widest row is, without which no column can be read
        kept = self._kept
        frame = self._one(position) if self._large else self._whole
        cells = frame[position].to_numpy()
        return cells if len(kept) == len(cells) else cells[kept]

    def pieces(self, position: int) -> Iterator[Cells]:
        """Return the cells of a column of a large file, a piece at a time, so that they are never all held as text."""
        kept, n, start = self._kept, self._scan[0], 0
        for piece in self._pieces([position]):
            cells = piece[position].to_numpy()
            if len(kept) == n:
                yield cells
            else:
                low, high = np.searchsorted(kept, [start, start + len(cells)])
                yield cells[kept[low:high] - start]
            start += len(cells)


def _broken(problem: Exception) -> Unreadable:
    quote = re.search(r"EOF inside string starting at row (\d+)", str(problem))
    if quote:
        row = int(quote[1]) + 1
        return Unreadable(
            f"a quotation mark opened in row {row} is never closed", 'texts in "…", inner marks doubled', f"close it in row {row}"
        )
    return Unreadable(f"cannot be taken apart ({' '.join(str(problem).split())[:160]})", "comma-separated text", "export it again")
