"""Checking every table against its schema: rows that fail are set aside, with why."""

from __future__ import annotations

import unicodedata
from collections import defaultdict

import numpy as np

from playbook.data.load.merged import Merged
from playbook.data.load.typed import AT, FILE, ROW
from playbook.data.tables import TABLES, Table
from playbook.data.told import counted, note, rows, warning

TOTALS = frozenset(
    [
        "total",
        "totals",
        "grand total",
        "subtotal",
        "sum",
        "gesamt",
        "gesamtsumme",
        "gesamtergebnis",
        "summe",
        "insgesamt",
        "合計",
        "总计",
        "總計",
        "합계",
        "итого",
        "всего",
        "toplam",
        "razem",
        "suma",
        "συνολο",
        "total general",
        "totale",
        "totale generale",
        "totaal",
        "summa",
        "tong cong",
        "celkem",
        "yhteensa",
    ]
)

# how far up from a table's end people write notes
NOTES = 20


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
    """Set aside what tools and people write around a table: rows of sums, and notes of their own below it."""
    frame = tables.frames[table.name]
    keys = [c for c in table.required if table.column(c).kind == "text"]
    if not keys:
        return
    words = [w for w in frame[keys[0]].dropna().unique() if _folded(w.rpartition(":")[2] if keys[0] == "creator" else w) in TOTALS]
    total = frame[keys[0]].isin(words).to_numpy(dtype=bool)
    said = [c.name for c in table.columns if c.name not in (*table.required, "platform", "handle", "name")]
    bare = frame[said].isna().all(axis=1).to_numpy()
    sums, notes = np.zeros(len(frame), dtype=bool), np.zeros(len(frame), dtype=bool)
    for at in frame.groupby(FILE).indices.values():
        at = at[np.argsort(frame[ROW].to_numpy()[at], kind="stable")]
        # a note is a sentence and no number, in a file whose other rows have some
        note_like = np.zeros(len(at), dtype=bool)
        if not bare[at].all():
            note_like[-NOTES:] = [bare[i] and _is_sentence(tables.written(table.name, i)) for i in at[-NOTES:].tolist()]
        # from the end upwards, until the first row of the table itself
        below = np.logical_and.accumulate((total[at] | note_like)[::-1])[::-1]
        sums[at] = total[at] & (below | (np.arange(len(at)) == 0))
        notes[at] = note_like & below
    for found, what in ((sums, "a row of totals"), (notes, "a note below the table")):
        if found.any():
            about, numbers = tables.about(table.name, found)
            tables.findings.append(note(about, f"{what} ({rows(numbers)})", f"{table.row} in each row", "set aside"))
    if (sums | notes).any():
        reasons = ["a row of totals" if s else "a note below the table" for s in sums[sums | notes]]
        tables.set_aside(table.name, sums | notes, reasons)


def _folded(word: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return bare.casefold().replace("_", " ").strip()


def _is_sentence(text: str) -> bool:
    return len(text.split()) >= 4 or (" " in text and ":" in text)
