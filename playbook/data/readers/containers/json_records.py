"""JSON: a list of records, or an object of such lists under their tables' names."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np

from playbook.data.readers.containers.layout import HEAD, MAX_COLUMNS
from playbook.data.readers.containers.unreadable import Unreadable
from playbook.data.readers.contract import Cells, Sheet

# an escape such as \ud800, which may be half of a character
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
MAX_BYTES = 200_000_000
_EXPECTED = 'a list of records, or {"creators": [...], "posts": [...]}'


def load(path: Path) -> Any:
    """Return what a JSON file holds; lines of JSON become a list.

    Raises
    ------
    Unreadable
        Where it is not JSON, or nested without end.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise Unreadable(f"has {size / 1e6:,.0f} MB", f"JSON of at most {MAX_BYTES / 1e6:.0f} MB", "save it as CSV or Parquet")
    raw = path.read_bytes()
    try:
        text = raw.decode(json.detect_encoding(raw))
    except UnicodeDecodeError as problem:
        raise Unreadable(f"is not UTF-8 text (byte {problem.start:,})", "UTF-8", "export it again") from None
    try:
        try:
            return _parsed(text)
        except json.JSONDecodeError as problem:
            if not problem.msg.startswith("Extra data"):
                raise
            return [_parsed(line) for line in text.split("\n") if line.strip()]
    except json.JSONDecodeError as problem:
        raise Unreadable(f"is not JSON (line {problem.lineno}: {problem.msg})", "JSON", "export it again") from None
    except RecursionError:
        raise Unreadable("is nested deeper than any table", _EXPECTED, "flatten it") from None
    except ValueError:
        raise Unreadable("holds a number of more than 4,000 digits", "JSON of a table", "export it again") from None


def _parsed(text: str) -> Any:
    # numbers without end and NaN are no JSON, and become unknown; whole numbers keep all their digits
    found = json.loads(text, parse_constant=lambda _: None)
    return _whole(found) if _HALF.search(text) else found


def _whole(value: Any) -> Any:
    """Return a document without halves of characters, which no other program could write again."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole(v) for v in value]
    return {_whole(k): _whole(v) for k, v in value.items()} if isinstance(value, dict) else value


def sheets(document: Any) -> list[Sheet]:
    """Cut a JSON document into sheets; each list of records is one.

    Raises
    ------
    Unreadable
        Where it holds no records.
    """
    if _records(document):
        return [_sheet("", document)]
    if isinstance(document, dict):
        found = [_sheet(str(name), rows) for name, rows in document.items() if _records(rows)]
        if found:
            return found
        if document and not any(document.values()):
            raise Unreadable("holds no records", _EXPECTED, "fill it in")
        keys = ", ".join(list(map(str, document))[:8])
        raise Unreadable(f"holds an object with {keys or 'nothing in it'}", _EXPECTED, "turn it into a list of records")
    if document == []:
        raise Unreadable("holds an empty list", _EXPECTED, "fill it in")
    raise Unreadable(f"holds {type(document).__name__} instead of records", _EXPECTED, "turn it into a list of records")


def _records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _sheet(name: str, records: list[dict[str, Any]]) -> Sheet:
    headers = tuple(dict.fromkeys(str(key) for row in records for key in row))
    if len(headers) > MAX_COLUMNS:
        raise Unreadable(f"has records with {len(headers):,} different keys", f"at most {MAX_COLUMNS:,}", "leave out what is not needed")

    def column(position: int) -> Cells:
        key = headers[position]
        cells = np.empty(len(records), dtype=object)
        cells[:] = [_cell(row.get(key)) for row in records]
        return cells

    head = tuple(tuple(_cell(row.get(h)) for h in headers) for row in records[:HEAD])
    return Sheet(name=name, headers=headers, head=head, column=column, rows=np.arange(1, len(records) + 1))


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value
