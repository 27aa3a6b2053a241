"""Files with headers of their own, read through `columns:` in `campaign.yml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playbook.brief import Brief
from playbook.data.readers import headers
from playbook.data.readers.contract import Context, Raw, Read, Recognition, Sample, Sheet
from playbook.data.readers.kit_table import listed, raw_tables
from playbook.data.tables import TABLES
from playbook.data.told import warning
from playbook.data.values import Declared, plain
from playbook.errors import NotUsable, did_you_mean
from playbook.findings import Finding

NAME = "mapped by campaign.yml"
_TARGET = re.compile(r"(?:(\w+)\.)?(\w+)\s*(?:\((.*)\))?")
_SAID: dict[str, dict[str, Any]] = {
    "day first": {"day_first": True},
    "month first": {"day_first": False},
    "decimal comma": {"decimal": ","},
    "decimal point": {"decimal": "."},
}


@dataclass(frozen=True)
class _Target:
    """One line of a mapping: which column of which table (None: any), and how it is written."""

    table: str | None
    column: str
    declared: Declared | None


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise a file that `columns:` names, or whose headers fit the mapping of a table."""
    found = [m for sheet in sample.sheets for m in _matches(sample, sheet, context.brief)]
    if not found:
        return None
    tables = ", ".join(dict.fromkeys(m.table for m, _, _ in found))
    return Recognition(sureness=1.0, why=f"`columns:` in campaign.yml maps its headers to {tables}")


def read(sample: Sample, context: Context) -> Read:
    """Read every sheet that the mapping fits."""
    tables: list[Raw] = []
    findings: list[Finding] = []
    aside = []
    rows = 0
    for sheet in sample.sheets:
        found = _matches(sample, sheet, context.brief)
        if not found:
            if len(sheet.rows):
                what = f"sheet not mapped; its headers are {listed(sheet.headers)}"
                findings.append(warning(f"{sample.path}{sheet.where}", what, "headers that `columns:` names", "left out"))
            continue
        rows += len(sheet.rows) + len(sheet.aside)
        findings += sheet.findings
        aside += sheet.aside
        for match, names, declared in found:
            raws, notes = raw_tables(sample, sheet, match, names=names, declared=declared)
            tables += raws
            # with several tables in one sheet, each leaves out what the other uses
            findings += notes if len(found) == 1 else [n for n in notes if "not used" not in n.found]
        findings += _absent(sample, sheet, context.brief)
    return Read(tables=tuple(tables), rows=rows, findings=tuple(findings), aside=tuple(aside))


def unused(brief: Brief, paths: list[str]) -> list[Finding]:
    """Say which keys of `columns:` are neither a table nor a file of the folder."""
    out = []
    for key in brief.columns:
        if key not in TABLES and not any(_names_file(key, path) for path in paths):
            known = [*TABLES, *(p.rsplit("/", 1)[-1] for p in paths)]
            hint = did_you_mean(key, known)
            what = f"{key} is neither a table nor a file of the folder{hint}"
            out.append(warning("campaign.yml, columns", what, "one of these", "not used"))
    return out


def _matches(sample: Sample, sheet: Sheet, brief: Brief) -> list[tuple[headers.Match, tuple[str, ...], dict[str, Declared]]]:
    """Return how a sheet fits the tables it is mapped to: match, headers under the kit's names, what is declared."""
    said = {key: {theirs: _target(key, theirs, ours) for theirs, ours in lines.items()} for key, lines in brief.columns.items()}
    for key, targets in said.items():
        if key not in TABLES and _names_file(key, sample.path) and _there(sheet, targets):
            tables = list(dict.fromkeys(t.table for t in targets.values() if t.table)) or [_likeliest(sheet, targets)]
            found = [_match(sheet, table, targets) for table in tables]
            for match, _, _ in found:
                if match.missing:
                    raise NotUsable(
                        f"campaign.yml: columns.{key} maps {sample.path} to {match.table}, which also needs {' and '.join(match.missing)}; "
                        f"the file has {listed(sheet.headers)}: map one of these to {match.missing[0]}."
                    )
            return found
    # a mapping of a table holds for every file that it makes into that table, unless the file is more of another one
    best = max((_match(sheet, table, _for(table, said)) for table in TABLES), key=lambda m: _worth(sample, sheet, m[0]))
    table = best[0].table
    if best[0].missing or not _there(sheet, _for(table, said)) or not (table in said or (table == "posts" and "creators" in said)):
        return []
    return [best]


def _worth(sample: Sample, sheet: Sheet, match: headers.Match) -> tuple[bool, bool, int, float]:
    named = match.table in (sample.stem, sheet.name.casefold())
    return not match.missing, named, len(match.columns), match.score


def _for(table: str, said: Mapping[str, Mapping[str, _Target]]) -> dict[str, _Target]:
    """Return what is said of a table; posts may carry their creators' columns, too."""
    return {**(said.get("creators", {}) if table == "posts" else {}), **said.get(table, {})}


def _there(sheet: Sheet, targets: Mapping[str, _Target]) -> bool:
    return any(_position(sheet, theirs) is not None for theirs in targets)


def _match(sheet: Sheet, table: str, targets: Mapping[str, _Target]) -> tuple[headers.Match, tuple[str, ...], dict[str, Declared]]:
    tables = (table, "creators") if table == "posts" else (table,)
    known = {c for t in tables for c in _columns(t)}
    mine = {theirs: t for theirs, t in targets.items() if t.table in (None, *tables) and t.column in known}
    names = _renamed(sheet, mine)
    return headers.match(names, TABLES[table]), names, {t.column: t.declared for t in mine.values() if t.declared}


def _target(key: str, theirs: str, ours: str) -> _Target:
    """Read `our column`, `table.column` or `column (day first)`."""
    match = _TARGET.fullmatch(ours.strip())
    where = f"campaign.yml: columns.{key}.{theirs} is {ours!r}"
    if not match:
        raise NotUsable(f"{where}; expected one of the kit's columns, such as likes, or posted_at (day first).")
    table, column, said = match.groups()
    table = table or (key if key in TABLES else None)
    if table is not None and table not in TABLES:
        raise NotUsable(f"{where}; {table} is not a table{did_you_mean(table, TABLES)}; the tables are {', '.join(TABLES)}.")
    known = _columns(table) if table else list(dict.fromkeys(c for t in TABLES for c in _columns(t)))
    if column not in known:
        raise NotUsable(f"{where}; {column} is not a column of {table or 'any table'}{did_you_mean(column, known)}.")
    if said is None:
        return _Target(table, column, None)
    if said.strip().startswith("%"):
        return _Target(table, column, Declared(pattern=said.strip()))
    if said.strip().casefold() not in _SAID:
        raise NotUsable(f"{where}; in brackets the kit knows {', '.join(_SAID)} and patterns such as %d/%m/%Y %H:%M.")
    return _Target(table, column, Declared(**_SAID[said.strip().casefold()]))


def _columns(table: str) -> list[str]:
    return [*TABLES[table].names, *(p for p in headers.KEY_PARTS if p not in TABLES[table].names)]


def _names_file(key: str, path: str) -> bool:
    name = path.rsplit("/", 1)[-1]
    return key.casefold() in (path.casefold(), name.casefold(), name.rsplit(".", 1)[0].casefold())


def _position(sheet: Sheet, theirs: str) -> int | None:
    names = [headers.folded(h) for h in sheet.headers]
    # headers in scripts without letters, such as "#", fold to nothing: then as written
    wanted = headers.folded(theirs)
    if wanted:
        return names.index(wanted) if wanted in names else None
    written = [plain(h) for h in sheet.headers]
    return written.index(plain(theirs)) if plain(theirs) in written else None


def _renamed(sheet: Sheet, targets: Mapping[str, _Target]) -> tuple[str, ...]:
    """Return the headers with the kit's names; what is mapped wins over a header of the same name."""
    names = list(sheet.headers)
    mapped = {at: t.column for theirs, t in targets.items() if (at := _position(sheet, theirs)) is not None}
    for at, name in enumerate(names):
        if at not in mapped and headers.folded(name) in mapped.values():
            names[at] = ""
    for at, column in mapped.items():
        names[at] = column
    return tuple(names)


def _likeliest(sheet: Sheet, targets: Mapping[str, _Target]) -> str:
    return headers.matches(_renamed(sheet, targets))[0].table


def _absent(sample: Sample, sheet: Sheet, brief: Brief) -> list[Finding]:
    """Say which headers a file's own mapping names in vain."""
    out = []
    for key, lines in brief.columns.items():
        if key not in TABLES and _names_file(key, sample.path):
            gone = [theirs for theirs in lines if _position(sheet, theirs) is None]
            if gone:
                what = f"`columns:` names {listed(gone)}, which the file does not have"
                out.append(warning(f"{sample.path}{sheet.where}", what, f"one of {listed(sheet.headers)}", "not used"))
    return out
