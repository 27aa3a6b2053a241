"""Meta Business Suite, results of an account: several tables of a day and a number, one under the other."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd

from playbook.data.readers.accounts import Daily, daily_tables
from playbook.data.readers.containers.blocks import Block, blocks
from playbook.data.readers.contract import Context, Raw, Read, Recognition, Sample
from playbook.data.readers.fields import folded
from playbook.data.told import note
from playbook.data.values import plain
from playbook.findings import Finding

NAME = "Meta Business Suite results"
# what the title of a table says, to a measure of ours; longer phrases first
MEASURES = (
    ("link clicks", "link_clicks"),
    ("klicks auf links", "link_clicks"),
    ("länkklick", "link_clicks"),
    ("profile visits", "profile_visits"),
    ("page visits", "profile_visits"),
    ("besuche", "profile_visits"),
    ("visitas", "profile_visits"),
    ("visites", "profile_visits"),
    ("profilaufrufe", "profile_visits"),
    ("profilbesök", "profile_visits"),
    ("visits", "profile_visits"),
    ("followers", "followers_gained"),
    ("follows", "followers_gained"),
    ("page likes", "followers_gained"),
    ("follower", "followers_gained"),
    ("följare", "followers_gained"),
    ("reach", "reach"),
    ("alcance", "reach"),
    ("couverture", "reach"),
    ("reichweite", "reach"),
    ("räckvidd", "reach"),
    ("views", "views"),
    ("impressions", "views"),
    ("aufrufe", "views"),
    ("visningar", "views"),
    ("interactions", "interactions"),
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?:T.*)?|\d{1,2}[./]\d{1,2}[./]\d{4}")
_DATE_WORDS = ("date", "datum", "fecha", "data")


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by a title, then `Date` and one number, again and again."""
    found = _tables(sample)
    if not found:
        return None
    titled = [b for b in found if b.title]
    if not titled:
        return None
    return Recognition(sureness=0.95, why=f"{len(found)} tables of a day and a number, each under its title")


def read(sample: Sample, context: Context) -> Read:
    """Read the brand's daily measures, or a creator's followers where the file is one's."""
    found = _tables(sample)
    findings: list[Finding] = []
    parts: list[Daily] = []
    for block in found:
        title = block.title or block.headers[-1]
        platform = "facebook" if "facebook" in title.casefold() else "instagram" if "instagram" in title.casefold() else None
        measure = next((ours for word, ours in MEASURES if word in title.casefold()), None)
        column = plain(block.headers[-1])
        if block.title and folded(column) not in ("primary", "value", "värde", "wert") and folded(column) not in folded(title):
            what = f"the table {block.title!r} has the header {column!r}"
            findings.append(note(sample.path, what, "one name for a column", "the title was believed"))
        if measure is None or measure in ("interactions",):
            findings.append(note(sample.path, f"table {title!r} not used", "followers, reach, views or visits", "nothing to do"))
            continue
        rows = np.arange(block.first_row, block.first_row + len(block.records))
        frame = pd.DataFrame({"day": [r[0] for r in block.records], "value": [r[-1] for r in block.records]}, dtype=object)
        parts.append(Daily(measure=measure, frame=frame, rows=rows, platform=platform, title=title))
    platforms = {p.platform for p in parts if p.platform}
    if len(platforms) > 1:
        # one measure of two accounts would be one series that nobody has, so only one platform's go under the plain names
        kept = (
            "instagram" if "instagram" in context.brief.market.platforms or "facebook" not in context.brief.market.platforms else "facebook"
        )
        kept = kept if kept in platforms else sorted(platforms)[0]
        parts = [p if p.platform in (kept, None) else replace(p, measure=f"{p.platform}_{p.measure}") for p in parts]
        other = sorted({p.measure for p in parts if p.platform not in (kept, None)})
        what = f"tables of {' and '.join(sorted(platforms))} in one file"
        mend = f"those of {kept} are the measures without a name before them, the others {', '.join(other)}"
        findings.append(note(sample.path, what, "one account a file", mend))
    raws, told = daily_tables(sample, context, parts)
    tables: tuple[Raw, ...] = tuple(raws)
    return Read(tables=tables, rows=sum(len(b.records) for b in found), findings=(*findings, *told))


def _tables(sample: Sample) -> list[Block]:
    text = sample.text() if sample.container == "csv" else None
    if not text:
        return []
    if "date" not in text[:4000].casefold() and "datum" not in text[:4000].casefold():
        return []
    return [b for b in blocks(text) if len(b.headers) == 2 and folded(b.headers[0]) in _DATE_WORDS and _dated(b)]


def _dated(block: Block) -> bool:
    return bool(block.records) and all(_DAY.fullmatch(plain(r[0])) for r in block.records[:5] if r)
