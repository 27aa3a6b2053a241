"""The kit's own tables in CSV, XLSX, JSON or Parquet: known column names, and the plain synonyms of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from playbook.data.readers import headers
from playbook.data.readers.containers.csv_text import looks_like_data
from playbook.data.readers.contract import Cells, ColumnOf, Context, Raw, Read, Recognition, Sample, Sheet
from playbook.data.tables import TABLES
from playbook.data.told import note, warning
from playbook.data.values import Declared, plain
from playbook.findings import Finding

NAME = "kit table"
# enough of a table's columns to be sure of it, whatever else stands beside them
ENOUGH_SHARE, ENOUGH_COLUMNS = 0.5, 4
CLEARLY_BETTER = 0.2


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by headers; a file or sheet that is named after a table is taken as that table if the headers allow."""
    found = [(sheet, m) for sheet in sample.sheets if (m := _table_of(sample, sheet))]
    if not found:
        return None
    parts = [f"{len(m.columns)} of {len(sheet.headers)} headers are columns of {m.table}" for sheet, m in found]
    named = all(m.table in (sample.stem, sheet.name.casefold()) for sheet, m in found)
    sureness = min(0.5 + m.score / 2 for _, m in found)
    return Recognition(sureness=max(sureness, 0.9) if named else min(sureness, 0.95), why="; ".join(parts))


def read(sample: Sample, context: Context) -> Read:
    """Read every sheet that is a table; others are named in a finding."""
    tables: list[Raw] = []
    findings: list[Finding] = []
    aside = []
    rows = 0
    for sheet in sample.sheets:
        findings += sheet.findings
        aside += sheet.aside
        found = _table_of(sample, sheet)
        if found is None:
            if len(sheet.rows):
                found_there = f"sheet not recognised; its headers are {listed(sheet.headers)}"
                findings.append(warning(f"{sample.path}{sheet.where}", found_there, "the columns of one of the kit's tables", "left out"))
            continue
        rows += len(sheet.rows) + len(sheet.aside)
        raws, notes = raw_tables(sample, sheet, found)
        tables += raws
        findings += notes
    return Read(tables=tuple(tables), rows=rows, findings=tuple(findings), aside=tuple(aside))


def raw_tables(
    sample: Sample,
    sheet: Sheet,
    found: headers.Match,
    *,
    names: tuple[str, ...] | None = None,
    declared: dict[str, Declared] | None = None,
) -> tuple[list[Raw], list[Finding]]:
    """Return the rows of a sheet for its table, and for creators where posts carry their creators' columns.

    Parameters
    ----------
    found : Match
        How the headers fit the table.
    names : tuple of str, optional
        The headers under which they were matched, where these are not as in the file.
    declared : dict of str to Declared, optional
        How columns are written.
    """
    names = names or sheet.headers
    about = f"{sample.path}{sheet.where}"
    notes = []
    if found.renamed:
        pairs = ", ".join(f"{theirs} as {ours}" for ours, theirs in found.renamed.items())
        notes.append(note(about, f"read {pairs}", "the kit's column names", "nothing to do if that is right"))
    columns = {name: _cells(sheet, at) for name, at in found.columns.items()}
    written = {name: plain(sheet.headers[at]) for name, at in found.columns.items()}
    table = TABLES[found.table]
    twice, more = _told_twice(sheet, found, columns, about)
    notes += more
    own = {n: c for n, c in columns.items() if n in table.names or n in headers.KEY_PARTS}
    raws = [Raw(table=found.table, columns=own, rows=sheet.rows, declared=declared or {}, written=written, where=sheet.where)]
    unused = [i for i in found.unused if i not in twice]
    if found.table == "posts":
        derived, used = _creators_beside(sheet, found, names)
        if derived is not None:
            raws.append(derived)
            unused = [i for i in unused if i not in used]
            names = ", ".join(plain(sheet.headers[i]) for i in used)
            mend = "creators are made from each creator's latest post"
            notes.append(note(about, f"each post also carries its creator's {names}", "a creators table of its own", mend))
    if unused:
        what = listed([sheet.headers[i] for i in unused])
        found_there = f"{'column' if len(unused) == 1 else 'columns'} {what} not used"
        mend = "name them under `columns:` in campaign.yml if the kit should read them"
        notes.append(note(about, found_there, f"columns of {found.table}", mend))
    return raws, notes


def listed(names: tuple[str, ...] | list[str], most: int = 12) -> str:
    """Return names for a sentence, cut after a dozen.

    >>> listed(["a", "b"])
    'a, b'
    """
    shown = [plain(n)[:40] for n in names if plain(n)]
    return ", ".join(shown[:most]) + (f" and {len(shown) - most} more" if len(shown) > most else "") if shown else "empty"


def _table_of(sample: Sample, sheet: Sheet) -> headers.Match | None:
    """Return how a sheet fits the kit's tables, or None where it does not."""
    found = headers.matches(sheet.headers)
    hint = sheet.name.casefold() if sheet.name.casefold() in TABLES else sample.stem
    named = next((m for m in found if m.table == hint and not m.missing and m.columns), None)
    if looks_like_data(sheet.headers):
        return named
    fitting = (m for m in found if not m.missing and headers.telling(m))
    best = next((m for m in fitting if m.score >= ENOUGH_SHARE or len(m.columns) >= ENOUGH_COLUMNS), None)
    # the content decides; the name only where another table would fit about as well
    if named and (best is None or best.score < named.score + CLEARLY_BETTER):
        return named
    return best


def _cells(sheet: Sheet, at: int) -> Callable[[], Cells]:
    return ColumnOf(sheet, at)


def _told_twice(sheet: Sheet, found: headers.Match, columns: dict[str, Callable[[], Cells]], about: str) -> tuple[set[int], list[Finding]]:
    """Compare columns of counts with others that say the same, and multiply those whose header says in what they are counted.

    `columns` gets the cells to read; returned are the positions of the others.
    """
    from playbook.data.readers.pairs import fuller, words

    used: set[int] = set()
    notes: list[Finding] = []
    unused = {i: words(sheet.headers[i]) for i in found.unused}
    for column, at in found.columns.items():
        known = column in TABLES[found.table].names and TABLES[found.table].column(column).kind == "count"
        if not known or not (headers.unit(sheet.headers[at]) or words(sheet.headers[at]) in unused.values()):
            continue
        best = fuller(sheet, at, about)
        columns[column] = partial(_same, best.cells)
        used |= set(best.same)
        notes += best.findings
    return used, notes


def _same(cells: Cells) -> Cells:
    return cells


def _creators_beside(sheet: Sheet, posts: headers.Match, names: tuple[str, ...]) -> tuple[Raw | None, list[int]]:
    """Return creators out of the columns of a posts sheet that belong to creators, such as followers."""
    left = [name if i in posts.unused else "" for i, name in enumerate(names)]
    beside = headers.match(left, TABLES["creators"])
    used = {n: at for n, at in beside.columns.items() if n not in ("creator", *headers.KEY_PARTS)}
    if not used:
        return None, []
    shared = {n: posts.columns[n] for n in ("creator", "posted_at", *headers.KEY_PARTS) if n in posts.columns}
    columns = {n: _cells(sheet, at) for n, at in (used | shared).items()}
    written = {n: plain(sheet.headers[at]) for n, at in (used | shared).items()}
    raw = Raw(table="creators", columns=columns, rows=np.asarray(sheet.rows), written=written, where=sheet.where, derived=True)
    return raw, sorted(used.values())
