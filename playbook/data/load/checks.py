"""Checking every table against its schema: rows that fail are set aside, with why."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from playbook.data.load.merged import Merged
from playbook.data.load.typed import AT, FILE, ROW
from playbook.data.tables import TABLES, Table
from playbook.data.told import counted, note, rows, warning

TOTALS = frozenset(("total", "totals", "grand total", "gesamt", "gesamtsumme", "summe", "合計", "total general", "totale"))


def check(tables: Merged) -> None:
    """Check every table against its schema and set aside the rows that fail."""
    import pandera.pandas as pa

    for name, table in TABLES.items():
        if not len(tables.frames[name]):
            continue
        _totals(tables, table)
        try:
            table.schema().validate(tables.frames[name][table.names], lazy=True)
        except pa.errors.SchemaErrors as problems:
            _set_aside(tables, table, problems.failure_cases)


def _set_aside(tables: Merged, table: Table, cases) -> None:
    """Set aside the rows behind pandera's failure cases; the first failing column of a row is its reason."""
    frame = tables.frames[table.name]
    if cases["index"].isna().any():  # a wrong type is a mistake of the kit, not of the user's
        raise AssertionError(f"{table.name}: {cases['column'].tolist()[:3]} fail {cases['check'].tolist()[:3]}")
    reasons: dict[int, str] = {}
    groups: dict[tuple[int, str, str], list[int]] = defaultdict(list)
    for column, test, at in zip(cases["column"], cases["check"], cases["index"].astype(int), strict=True):
        if at not in reasons:
            reasons[at] = _reason(tables, table, at, column, str(test))
            groups[int(frame[FILE].iat[at]), column, reasons[at]].append(at)
    for (part, column, reason), members in groups.items():
        if part >= 0 and tables.parts[part].raw.derived:
            continue
        where = rows(sorted(frame[ROW].iloc[members].tolist()))
        what = f"{counted(len(members), 'row', 'rows')} of {table.name} set aside: {reason} ({where})"
        about = tables.place(part) if part >= 0 else table.name
        tables.findings.append(warning(about, what, table.column(column).meaning, "correct the rows and run again"))
    failed = np.zeros(len(frame), dtype=bool)
    failed[list(reasons)] = True
    tables.set_aside(table.name, failed, [reasons[at] for at in sorted(reasons)])


def _reason(tables: Merged, table: Table, at: int, column: str, test: str) -> str:
    frame = tables.frames[table.name]
    if test.startswith("not_nullable"):
        part = int(frame[FILE].iat[at])
        if part >= 0:
            known = tables.parts[part].reasons.get((int(frame[AT].iat[at]), column))
            if known:
                return known
        return f"no {column}"
    if table.column(column).allowed:
        return f"{column} is not one of {', '.join(table.column(column).allowed)}"
    return f"{column} is not between 0 and 1" if table.column(column).kind == "share" else f"{column} is negative"


def _totals(tables: Merged, table: Table) -> None:
    """Set aside rows of sums that tools write above or below a table."""
    frame = tables.frames[table.name]
    keys = [c for c in table.required if table.column(c).kind == "text"]
    if not keys:
        return
    words = [w for w in frame[keys[0]].dropna().unique() if (w.rpartition(":")[2] if keys[0] == "creator" else w).casefold() in TOTALS]
    total = frame[keys[0]].isin(words).to_numpy(dtype=bool)
    if not total.any():
        return
    position = frame.groupby(FILE)[ROW]
    edge = (frame[ROW] == position.transform("min")) | (frame[ROW] == position.transform("max"))
    total = total & edge.to_numpy()
    if total.any():
        about, numbers = tables.about(table.name, total)
        tables.findings.append(note(about, f"a row of totals ({rows(numbers)})", f"{table.row} in each row", "set aside"))
        tables.set_aside(table.name, total, "a row of totals")
