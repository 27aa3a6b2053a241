"""Parquet, read by DuckDB a column at a time."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from playbook.data.readers.containers.layout import HEAD, MAX_COLUMNS
from playbook.data.readers.containers.unreadable import Unreadable
from playbook.data.readers.contract import Cells, Sheet

MAX_ROWS = 5_000_000
# these come as numbers; all else comes as text, so that ids of any length keep their digits
_NUMERIC = ("TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER", "FLOAT", "DOUBLE")


def sheets(path: Path, shown: str) -> list[Sheet]:
    """Open a Parquet file as one sheet.

    Raises
    ------
    Unreadable
        Where it is damaged or too large.
    """
    import duckdb

    config = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "memory_limit": "1GB",
        "preserve_insertion_order": True,
    }
    db = duckdb.connect(":memory:", config=config)
    db.execute("SET TimeZone = 'UTC'")
    source = f"read_parquet('{str(path).replace(chr(39), chr(39) * 2)}')"
    try:
        described = db.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
        rows = int(db.execute(f"SELECT count(*) FROM {source}").fetchone()[0])
    except duckdb.Error as problem:
        raise _damaged(problem) from None
    if rows > MAX_ROWS:
        raise Unreadable(f"has {rows:,} rows", f"at most {MAX_ROWS:,}", "keep the creators and posts that matter")
    if len(described) > MAX_COLUMNS:
        raise Unreadable(f"has {len(described):,} columns", f"at most {MAX_COLUMNS:,}", "leave out what is not needed")
    headers = tuple(str(name) for name, *_ in described)
    types = [str(kind) for _, kind, *_ in described]

    def select(position: int, limit: str = "") -> Cells:
        name = '"' + headers[position].replace('"', '""') + '"'
        numeric = types[position] in _NUMERIC or types[position].startswith("DECIMAL")
        cast = f"CAST({name} AS {'DOUBLE' if numeric else 'VARCHAR'})"
        try:
            cells = db.execute(f"SELECT {cast} AS cell FROM {source} {limit}").df()["cell"].to_numpy(dtype=object)
        except duckdb.Error as problem:
            raise _damaged(problem) from None
        return np.where(cells == cells, cells, None)  # only NaN differs from itself

    head = tuple(zip(*(select(i, f"LIMIT {HEAD}") for i in range(len(headers))), strict=True))
    return [Sheet(name="", headers=headers, head=head, column=select, rows=np.arange(1, rows + 1))]


def _damaged(problem: Exception) -> Unreadable:
    return Unreadable(f"cannot be opened as Parquet ({' '.join(str(problem).split())[:120]})", "a Parquet file", "export it again")
