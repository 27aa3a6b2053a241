"""Opening files: CSV, XLSX, JSON and Parquet become sheets of cells as they were written."""

from __future__ import annotations

from pathlib import Path

from playbook.data.readers.containers.unreadable import Unreadable
from playbook.data.readers.contract import Sample

CONTAINERS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".xlsx": "xlsx", ".json": "json", ".parquet": "parquet"}

__all__ = ["CONTAINERS", "Unreadable", "open_file"]


def open_file(path: Path, shown: str, sha256: str = "") -> Sample:
    """Open a table file; what it holds decides, its ending only where the content does not tell.

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
    with path.open("rb") as file:
        start = file.read(4096)
    container = _by_content(start) or CONTAINERS.get(path.suffix.casefold())
    if container == "xlsx":
        from playbook.data.readers.containers import xlsx

        sheets = xlsx.sheets(path, shown)
    elif container == "parquet":
        from playbook.data.readers.containers import parquet

        sheets = parquet.sheets(path, shown)
    elif container == "json":
        from playbook.data.readers.containers import json_records

        sheets = json_records.sheets(path, shown)
    elif container == "csv":
        from playbook.data.readers.containers import csv_text

        sheets = csv_text.sheets(path, shown)
    else:
        raise Unreadable(f"is a {path.suffix or 'file without ending'}, not a table the kit can open", "CSV, XLSX, JSON or Parquet", "save it as one of these")
    return Sample(path=shown, container=container, sheets=tuple(sheets))


def _by_content(start: bytes) -> str | None:
    if start.startswith(b"PK\x03\x04"):
        return "xlsx"
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("is a workbook of the old XLS kind or one with a password", "an XLSX file without password", "save it as XLSX or CSV")
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] in (b"{", b"["):
        return "json"
    return None
