"""Opening files: CSV, XLSX, JSON and Parquet become sheets of cells as they were written."""

from __future__ import annotations

import datetime as dt
import importlib
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from playbook.data.readers.containers.flattened import records
from playbook.data.readers.containers.unreadable import Unreadable
from playbook.data.readers.contract import Sample, Sheet

ENDINGS = {
    ".csv": "csv_text",
    ".tsv": "csv_text",
    ".txt": "csv_text",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".json": "json_records",
    ".jsonl": "json_records",
    ".ndjson": "json_records",
    ".parquet": "parquet",
}
NAMES = {"csv_text": "csv", "xlsx": "xlsx", "json_records": "json", "parquet": "parquet"}
_FOREIGN = {
    b"\xd0\xcf\x11\xe0": ("a workbook of the old XLS kind, or one with a password", "save it as XLSX without password, or as CSV"),
    b"PK\x05\x06": ("an archive without files", "delete it"),
    b"%PDF": ("a PDF", "copy its table into a CSV file"),
    b"\x89PNG": ("a picture", "write its numbers into a table"),
    b"\xff\xd8\xff": ("a picture", "write its numbers into a table"),
}

__all__ = ["ENDINGS", "Unreadable", "open_file"]


def open_file(path: Path, shown: str) -> Sample:
    """Open a table file; what it holds decides how, its ending only where the content does not tell.

    Parameters
    ----------
    path : path
        Where the file is.
    shown : str
        Its path relative to the campaign folder, with `/`.

    Raises
    ------
    Unreadable
        With one sentence, where the file is damaged, too large or not a table.
    """
    if not path.stat().st_size:
        raise Unreadable("is empty", "a header and rows", "delete it or export it again")
    modified_on = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC).date()
    name = _container(path)
    module = importlib.import_module(f"{__name__}.{name}")
    if name == "json_records":
        document = module.load(path)
        sheets, problem = _sheets(lambda: module.sheets(document))
        return Sample(path=shown, container="json", sheets=sheets, modified_on=modified_on, problem=problem, read_document=lambda: document)
    if name == "csv_text":
        sheets, problem = _sheets(lambda: module.sheets(path, shown))
        text = cache(lambda: module.whole_text(path))
        document = cache(lambda: records(sheets[0]) if sheets else None)
        return Sample(
            path=shown,
            container="csv",
            sheets=sheets,
            modified_on=modified_on,
            problem=problem,
            read_text=text,
            read_document=document,
            bytes=path.stat().st_size,
        )
    saved_on = module.saved_on(path) if name == "xlsx" else None
    return Sample(path=shown, container=NAMES[name], sheets=tuple(module.sheets(path, shown)), saved_on=saved_on, modified_on=modified_on)


def _sheets(cut: Callable[[], list[Sheet]]) -> tuple[tuple[Sheet, ...], Unreadable | None]:
    """Cut a file into sheets; where that fails a reader that knows the format may still take it apart."""
    try:
        return tuple(cut()), None
    except Unreadable as problem:
        return (), problem


def _container(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4096)
    for magic, (what, mend) in _FOREIGN.items():
        if start.startswith(magic):
            raise Unreadable(f"is {what}", "CSV, XLSX, JSON or Parquet", mend)
    if start.startswith(b"PK\x03\x04"):
        return _zipped(path)
    if start.startswith(b"PAR1"):
        return "parquet"
    ending = path.suffix.casefold()
    if ending in ("", ".json", ".jsonl", ".ndjson") or ending not in ENDINGS:
        text = start.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n")
        if text[:1] in (b"{", b"["):
            return "json_records"
        if text[:1] == b"<":
            raise Unreadable("is a web page or XML", "CSV, XLSX, JSON or Parquet", "save its table as CSV")
    if ending in (".xlsx", ".xlsm"):
        raise Unreadable("is no workbook, whatever its ending says", "an XLSX file", "save it again as XLSX or CSV")
    if ending == ".parquet":
        raise Unreadable("is no Parquet file, whatever its ending says", "a Parquet file", "export it again")
    return ENDINGS.get(ending, "csv_text")


def _zipped(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            if any(name.startswith("xl/") for name in archive.namelist()):
                return "xlsx"
    except (zipfile.BadZipFile, OSError, ValueError):
        raise Unreadable("is a damaged workbook or archive", "an XLSX file", "save it again") from None
    raise Unreadable("is a ZIP archive", "the files inside it", "put it into exports/, where archives are opened")
