"""Google Analytics 4: tables exported from its pages, with comment lines, and event rows out of BigQuery."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd

from playbook.data.readers import fields
from playbook.data.readers.containers.blocks import Block, blocks
from playbook.data.readers.contract import Context, Raw, Read, Recognition, Sample
from playbook.data.readers.fields import first
from playbook.data.told import counted, note, warning
from playbook.data.values import plain
from playbook.findings import Finding

NAME = "Google Analytics 4"
SPELLED = {
    "day": ("date", "day"),
    "nth": ("nth_day",),
    "sessions": ("sessions", "engaged_sessions"),
    "utm_source": ("session_source", "source", "first_user_source", "session_manual_source", "manual_source"),
    "utm_medium": ("session_medium", "medium", "first_user_medium", "session_manual_medium", "manual_medium"),
    "both": ("session_source_medium", "source_medium", "first_user_source_medium"),
    "utm_content": (
        "session_manual_ad_content",
        "manual_ad_content",
        "session_ad_content",
        "ad_content",
        "first_user_manual_ad_content",
        "session_manual_content",
    ),
    "key_events": ("key_events", "conversions", "ecommerce_purchases", "purchases", "transactions"),
}
# in the languages of the interface
TOTALS = ("grand total", "gesamtsumme", "total general", "total général", "totale generale", "total geral", "総計", "eindtotaal")
_SET = re.compile(r"(Start|End) date:\s*(\d{8})", re.IGNORECASE)
_NUMBER = re.compile(r"-?[\d.,]+%?")


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by the comment lines with start and end date, or by events with their parameters."""
    document = sample.document()
    if document is not None:
        found = fields.records_with(document, ["event_name", "event_date"])
        return Recognition(sureness=0.96, why=f"{len(found)} events with their dates") if found else None
    for sheet in sample.sheets:
        if {"event_name", "event_date"} <= {fields.folded(h) for h in sheet.headers}:
            return Recognition(sureness=0.95, why="events with their dates")
    text = sample.text() if sample.container == "csv" else None
    if text and re.search(r"^\W*#.*Start date:\s*\d{8}", text[:20_000], re.IGNORECASE | re.MULTILINE):
        return Recognition(sureness=0.95, why="comment lines with the start and end date of a GA4 export")
    return None


def read(sample: Sample, context: Context) -> Read:
    """Read visits by source and day; orders too where the events hold purchases."""
    document = sample.document()
    if document is not None:
        return _events(sample, fields.records_with(document, ["event_name", "event_date"]))
    for sheet in sample.sheets:
        if {"event_name", "event_date"} <= {fields.folded(h) for h in sheet.headers}:
            frame = pd.DataFrame({h: sheet.column(i) for i, h in enumerate(sheet.headers)})
            return _events(sample, [_nested(r) for r in frame.to_dict("records")])
    return _tables(sample)


def _tables(sample: Sample) -> Read:
    tables, findings, rows = [], [], 0
    start = end = None
    left: list[str] = []
    for block in blocks(sample.text() or ""):
        for kind, day in _SET.findall(" ".join([*block.notes, block.title])):
            moment = _day(day)
            start, end = (moment or start, end) if kind.casefold() == "start" else (start, moment or end)
        rows += len(block.records)
        raw, told = _visits(sample, block, start, end)
        findings += told
        if raw is None:
            left.append(plain(block.headers[0]))
        else:
            tables.append(raw)
    if len(tables) > 1:
        # the same visits cut in several ways, or a part of them beside the whole: together they would count twice
        most = max(tables, key=lambda raw: len(raw.columns))
        what = f"{len(tables)} tables of visits in one file, which count the same visits in several ways"
        cut = ", ".join(most.written[c] for c in most.written if c not in ("sessions", "key_events"))
        mend = f"the one by {cut} was read, the others are not used: export one table with all of source, medium and content"
        findings.append(warning(sample.path, what, "one table of visits", mend))
        tables = [most]
    if left:
        what = f"{counted(len(left), 'table', 'tables')} not used ({', '.join(dict.fromkeys(left))})"
        findings.append(note(sample.path, what, "sessions by source, medium or content", "add these to the export if you need visits"))
    return Read(tables=tuple(tables), rows=rows, findings=tuple(findings))


def _day(text: str) -> dt.date | None:
    try:
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def _nth(start: dt.date, text: str) -> str | None:
    """Return the day so many days after the first; the tool counts from 0 and writes zeros before."""
    days = int(text or 0) if text.isascii() and (text or "0").isdigit() and len(text) < 6 else -1
    return (start + dt.timedelta(days=days)).isoformat() if 0 <= days < 10_000 else None


def _visits(sample: Sample, block: Block, start: dt.date | None, end: dt.date | None) -> tuple[Raw | None, list[Finding]]:
    at = fields.positions(block.headers, SPELLED)
    dated = "day" in at or "nth" in at
    if (
        "sessions" not in at
        or not ({"utm_source", "utm_medium", "both", "utm_content"} & at.keys() or dated)
        or (not dated and end is None)
    ):
        return None, []
    findings = []
    # the tool leaves no source empty, it writes (not set): where all are, the row is the total of the others
    said_by = [at[c] for c in ("both", "utm_source", "utm_medium", "utm_content", "day", "nth") if c in at]
    kept = [
        i
        for i, r in enumerate(block.records)
        if _NUMBER.fullmatch(plain(r[at["sessions"]]))
        and not any(plain(c).casefold() in TOTALS for c in r)
        and any(plain(r[j]) for j in said_by)
    ]
    records = [block.records[i] for i in kept]
    notes = len(block.records) - len(records)
    if notes:
        what = f"{counted(notes, 'row is a total or a note', 'rows are totals or notes')} around the table"
        findings.append(note(sample.path, what, "numbers under the headers", "left out"))
    out = pd.DataFrame({c: [plain(r[i]) or None for r in records] for c, i in at.items() if c not in ("nth", "both")}, dtype=object)
    if "both" in at:
        pairs = [plain(r[at["both"]]).partition(" / ") for r in records]
        out["utm_source"], out["utm_medium"] = [p[0] or None for p in pairs], [p[2] or None for p in pairs]
    for column in ("utm_source", "utm_medium", "utm_content"):
        if column in out:
            out[column] = out[column].map(lambda v: None if v in ("(not set)", "(none)", "") else v)
    if "nth" in at and "day" not in at and start:
        out["day"] = [_nth(start, plain(r[at["nth"]])) for r in records]
    elif "day" not in at and end:
        out["day"] = end.isoformat()
        what = f"no day in the table; visits from {start or 'its start'} to {end}"
        findings.append(note(sample.path, what, "a day in each row", "counted on the last of these days: add Date to the export for more"))
    if "day" not in out:
        return None, findings
    keep = [c for c in ("day", "sessions", "utm_source", "utm_medium", "utm_content", "key_events") if c in out]
    rows = block.first_row + np.array(kept, dtype=np.int64)
    said = {c: block.headers[i] for c, i in at.items()}
    if fields.folded(said["sessions"]) == "engaged_sessions":
        findings.append(warning(sample.path, "engaged sessions and no sessions", "sessions", "read as sessions, of which they are a part"))
    return Raw.of("visits", out[keep], rows, written=said), findings


def _nested(record: dict[str, Any]) -> dict[str, Any]:
    """Turn a flat row back into an event: JSON in cells, and names with dots or underscores."""
    out: dict[str, Any] = {}
    for name, cell in record.items():
        value: Any = cell
        if isinstance(cell, str) and cell[:1] in "[{":
            try:
                value = json.loads(cell)
            except ValueError:
                value = cell
        group, dot, field = str(name).partition(".")
        if dot:
            out.setdefault(group, {})[field] = value
        else:
            out[name] = value
    return out


def _events(sample: Sample, events: list[dict[str, Any]]) -> Read:
    sessions: dict[tuple, int] = defaultdict(int)
    seen: set[tuple] = set()
    orders: dict[str, dict[str, Any]] = {}
    for event in events:
        source = _source(event)
        day = str(event["event_date"])
        name = str(event["event_name"])
        if name == "session_start":
            who = (event.get("user_pseudo_id"), _param(event, "ga_session_id"))
            if who not in seen or who == (None, None):
                seen.add(who)
                sessions[day, *source] += 1
        elif name == "purchase":
            key = first(fields.under(event, "ecommerce"), "transaction_id") or _param(event, "transaction_id")
            if not key or key in orders:
                continue
            orders[str(key)] = {
                "order": str(key),
                "ordered_at": event.get("event_timestamp") or day,
                "revenue": first(fields.under(event, "ecommerce"), "purchase_revenue") or _param(event, "value"),
                "code": _param(event, "coupon"),
                "utm_content": source[2],
                "currency": _param(event, "currency"),
            }
    findings = []
    tables = []
    if sessions:
        made = [
            dict(zip(("day", "utm_source", "utm_medium", "utm_content"), k, strict=True), sessions=n)
            for k, n in sorted(sessions.items(), key=str)
        ]
        frame, rows = fields.frame_of(made)
        tables.append(Raw.of("visits", frame, rows))
        findings.append(note(sample.path, f"{sum(sessions.values()):,} session starts", "visits", "counted by day and source"))
    if orders:
        frame, rows = fields.frame_of(list(orders.values()))
        tables.append(Raw.of("orders", frame.dropna(axis=1, how="all"), rows))
        what = f"{counted(len(orders), 'purchase', 'purchases')} among the events"
        mend = "read as orders; a shop's own export knows refunds and codes better"
        findings.append(note(sample.path, what, "a shop's export", mend))
    if not tables:
        findings.append(warning(sample.path, "no session_start and no purchase among the events", "these events", "not used"))
    return Read(tables=tuple(tables), rows=len(events), findings=tuple(findings))


def _source(event: dict[str, Any]) -> tuple[str | None, str | None, str | None]:
    """Return source, medium and content of an event: its own, else the session's, else what its parameters say."""
    own = fields.under(event, "collected_traffic_source")
    last = fields.under(fields.under(event, "session_traffic_source_last_click"), "manual_campaign")
    found = [first(own, f"manual_{k}") or first(last, k) or _param(event, k) for k in ("source", "medium", "content")]
    return tuple(str(v) if v not in (None, "", "(not set)", "(none)") else None for v in found)  # type: ignore[return-value]


def _param(event: dict[str, Any], key: str) -> Any:
    for param in fields.listed_under(event, "event_params"):
        if param.get("key") == key:
            value = param.get("value")
            return first(value, "string_value", "int_value", "double_value", "float_value") if isinstance(value, dict) else value
    return None
