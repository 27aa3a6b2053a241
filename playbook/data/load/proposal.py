"""What to do with a file that no reader knows: a mapping to paste into `campaign.yml`."""

from __future__ import annotations

import json

from playbook.data.readers import headers
from playbook.data.readers.containers.csv_text import looks_like_data
from playbook.data.readers.contract import Sample
from playbook.data.readers.kit_table import listed
from playbook.data.tables import TABLES
from playbook.data.told import warning
from playbook.data.values import plain
from playbook.findings import Finding


def proposed(sample: Sample) -> list[Finding]:
    """Say what an unrecognised file holds, and propose how to map it."""
    findings: list[Finding] = []
    for sheet in sample.sheets:
        findings += sheet.findings
        about = f"{sample.path}{sheet.where}"
        odd = looks_like_data(sheet.headers)
        if odd is not None:
            wanted = sample.stem if sample.stem in TABLES else "creators"
            what = f"no header: the first row holds {odd!r}, which is data"
            expected = f"column names such as {', '.join(TABLES[wanted].names[:4])}"
            findings.append(warning(about, what, expected, "not read: write the column names into row 1"))
            continue
        if not len(sheet.rows) and sample.stem in TABLES:
            continue
        what = f"not recognised; its columns are {listed(sheet.headers)}"
        findings.append(warning(about, what, _expected(sample, sheet.headers), _proposal(sample, sheet.headers)))
    return findings


def _expected(sample: Sample, names: tuple[str, ...]) -> str:
    if sample.stem in TABLES:
        missing = headers.match(names, TABLES[sample.stem]).missing
        return f"{sample.stem} with {' and '.join(missing)}" if missing else f"columns of {sample.stem}"
    return "the columns of one of the kit's tables"


def _proposal(sample: Sample, names: tuple[str, ...]) -> str:
    """Write a `columns:` block for the table that a foreign file comes nearest to."""
    best: tuple[tuple[bool, int], str, dict[str, str]] = ((False, 0), "", {})
    for table in [TABLES[sample.stem]] if sample.stem in TABLES else TABLES.values():
        pairs = headers.nearest(names, table)
        worth = set(table.required) <= set(pairs.values()), len(pairs)
        if len(pairs) > 1 and worth > best[0]:
            best = worth, table.name, pairs
    if not best[1]:
        return "not read: name its columns under `columns:` in campaign.yml"
    blocks = {best[1]: best[2]}
    if best[1] == "posts":
        beside = headers.nearest([n for n in names if plain(n) not in best[2]], TABLES["creators"])
        blocks["creators"] = {theirs: ours for theirs, ours in beside.items() if ours not in ("creator", "handle", "platform")}
    lines = [
        f"{table}: {{{', '.join(f'{json.dumps(t, ensure_ascii=False)}: {ours}' for t, ours in pairs.items())}}}"
        for table, pairs in blocks.items()
        if pairs
    ]
    return f"not read; if it is a {best[1]} table, put this into campaign.yml and mend it: `columns: {{{', '.join(lines)}}}`"
