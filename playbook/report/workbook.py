"""The report as a workbook: typed numbers with their formats, never formulas or links made out of anybody's text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from playbook.brief import CURRENCIES
from playbook.campaign import Campaign
from playbook.report.collect import State

MAX_TEXT = 32_767
MAX_ROWS = 1_048_575
_DAY = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$")
_MONEY = {"fee", "fees", "cost", "costs", "revenue", "amount", "profit", "contribution", "cpm", "cpe", "cpv", "cpa"}
_SHORT = {"cpm", "cpe", "cpv", "cpa", "roi", "roas", "utm"}
_SHARES = {"share", "rate", "fit", "chance", "probability", "level"}
_SOURCES = (
    ("measured", "counted or computed from your data"),
    ("quoted", "a person or a tool told you"),
    ("benchmark", "published by others, with source and year"),
    ("assumed", "set in the brief"),
    ("modelled", "follows from an assumption about the audience or the market"),
)


def write(path: Path, campaign: Campaign, states: list[State], document: Mapping[str, Any]) -> None:
    """Write the workbook: the same report gives the same bytes.

    Parameters
    ----------
    document : mapping
        The content of `results.json`; the sheets hold the very same numbers.
    """
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        as_of = campaign.data.as_of
        # a workbook carries its time of making: now is the campaign's now, so that bytes repeat
        book.set_properties(
            {"title": campaign.brief.name, "author": campaign.brief.brand.name, "created": _excel_time(as_of.to_pydatetime())}
        )
        sheets = _Sheets(book, campaign.brief.budget.currency)
        _read_me(sheets, campaign, states, document)
        _decision(sheets, campaign, states, document)
        _figures(sheets, document)
        _claims(sheets, document)
        _findings(sheets, document)
        _inputs(sheets, campaign, document)
        for state in states:
            if state.counts:
                _chapter(sheets, state)


class _Sheets:
    """Adds sheets to a workbook in one look."""

    def __init__(self, book: Any, currency: str):
        self.book = book
        self.currency = currency
        self.taken: set[str] = set()
        self.bold = book.add_format({"bold": True, "font_size": 14})
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom", "bg_color": "#F0F2F5"})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.cache: dict[str, Any] = {}

    def format(self, pattern: str) -> Any:
        if pattern not in self.cache:
            self.cache[pattern] = self.book.add_format({"num_format": pattern, "valign": "top"})
        return self.cache[pattern]

    def add(self, name: str) -> Any:
        """Add a sheet; names are short, unlike each other and free of what Excel forbids."""
        base = " ".join(re.sub(r"[\[\]:*?/\\']", " ", name).split())[:31] or "Sheet"
        name, n = base, 2
        while name.casefold() in self.taken:
            name, n = f"{base[:27]} {n}", n + 1
        self.taken.add(name.casefold())
        sheet = self.book.add_worksheet(name)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return sheet

    def table(self, name: str, columns: Sequence[tuple[str, str, int]], rows: Iterable[Mapping[str, Any]], units: str = "") -> None:
        """Add a sheet with one table.

        Parameters
        ----------
        columns : sequence of (key, heading, width)
        units : str
            Key of the rows whose value is the unit of that row's numbers.
        """
        sheet = self.add(name)
        for i, (_, heading, width) in enumerate(columns):
            sheet.write_string(0, i, heading, self.head)
            sheet.set_column(i, i, width)
        last = 0
        for last, row in enumerate(rows, start=1):
            if last > MAX_ROWS:
                break
            for i, (key, _, _) in enumerate(columns):
                pattern = _pattern(row.get(units)) if units and key not in ("n", "level") else ""
                self.cell(sheet, last, i, row.get(key), pattern or _pattern_of_name(key, self.currency))
        sheet.freeze_panes(1, 1)
        if last:
            sheet.autofilter(0, 0, min(last, MAX_ROWS), len(columns) - 1)
        sheet.repeat_rows(0)

    def cell(self, sheet: Any, row: int, column: int, value: Any, pattern: str = "") -> None:
        """Write one value by its kind; unknown stays an empty cell."""
        if value is None:
            return
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        elif isinstance(value, (int, float)):
            sheet.write_number(row, column, value, self.format(pattern or ("#,##0" if float(value).is_integer() else "#,##0.00##")))
        elif (day := _day(value)) is not None:
            sheet.write_datetime(row, column, day, self.format("yyyy-mm-dd" if len(value) == 10 else "yyyy-mm-dd hh:mm"))
        else:
            text = ", ".join(str(v) for v in value) if isinstance(value, (list, tuple)) else str(value)
            sheet.write_string(row, column, text[:MAX_TEXT], self.wrap)


def _excel_time(value: dt.datetime) -> dt.datetime:
    """Excel knows no time zones: UTC, without saying so."""
    return value.astimezone(dt.UTC).replace(tzinfo=None) if value.tzinfo else value


def _day(value: Any) -> dt.datetime | None:
    """Return text that is a day or a time as Excel keeps it, which begins in 1900."""
    if not isinstance(value, str) or not _DAY.match(value):
        return None
    try:
        day = _excel_time(dt.datetime.fromisoformat(value))
    except ValueError:
        return None
    return day if day.year >= 1900 else None


def _pattern(unit: str | None) -> str:
    if unit in CURRENCIES:
        return f'#,##0.00 "{unit}"'
    return {"share": "0.00%", "count": "#,##0", "ratio": "0.00"}.get(unit or "", "")


def _pattern_of_name(name: str, currency: str) -> str:
    """Choose a format by the words of a column's name."""
    words = set(name.split("_"))
    if name in ("year", "creator", "post"):
        return "0"
    if words & _MONEY:
        return _pattern(currency)
    return "0.0%" if words & _SHARES else ""


def _read_me(sheets: _Sheets, campaign: Campaign, states: list[State], document: Mapping[str, Any]) -> None:
    from playbook.wording import wording

    write = wording(campaign.brief)
    sheet = sheets.add("Read me")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    sheet.write_string(0, 0, campaign.brief.name, sheets.bold)
    aside = sum(sum(s.set_aside.values()) for s in campaign.data.provenance)
    rows = [
        ("Brand", campaign.brief.brand.name),
        ("As of", write.day(campaign.data.as_of)),
        (
            "What is in here",
            "The decision, every figure and claim with n, interval and source, the inputs and findings about them, each chapter's tables.",
        ),
        ("Rows set aside", f"{write.count(aside)}; the sheet Inputs says where and why."),
        ("Intervals", f"At the {write.number(100 * campaign.brief.statistics.level, 0)} % level, in the columns Low and High."),
        ("n", "How many things an estimate rests on."),
        ("Empty cells", "Unknown. Never 0."),
        ("Shares", "Kept as 0 to 1 and shown as per cent."),
        ("Money", f"In {campaign.brief.budget.currency} unless a cell says otherwise."),
        ("Times", "UTC."),
        *((f"Source: {word}", meaning[0].upper() + meaning[1:] + ".") for word, meaning in _SOURCES),
        ("Verdict: holds", "The whole interval lies at or beyond the smallest effect that counts."),
        ("Verdict: does_not_hold", "The whole interval falls short of it."),
        ("Verdict: cannot_tell", "Your data cannot tell."),
    ]
    for i, (what, said) in enumerate(rows, start=2):
        sheets.cell(sheet, i, 0, what)
        sheets.cell(sheet, i, 1, said)
    sheet.hide_gridlines(2)


def _decision(sheets: _Sheets, campaign: Campaign, states: list[State], document: Mapping[str, Any]) -> None:
    from playbook.report.decision import decision
    from playbook.wording import wording

    made = decision(states, wording(campaign.brief), document)
    rows = [
        {"question": p.question, "sentence": p.sentence, "status": p.state.status, "chapter": p.state.chapter.title}
        for p in (*made.parts, *made.open)
    ]
    rows += [{"question": "How sure this is", "sentence": s} for s in made.sure]
    rows += [
        {"question": s.chapter.question, "sentence": s.answer, "status": s.status, "chapter": s.chapter.title} for s in states if s.counts
    ]
    sheets.table(
        "Decision", [("question", "Question", 34), ("sentence", "Answer", 100), ("status", "Status", 12), ("chapter", "Chapter", 30)], rows
    )


def _figures(sheets: _Sheets, document: Mapping[str, Any]) -> None:
    from playbook.report.pages import meanings

    known = meanings("figures")
    rows = [{**f, "meaning": known.get(f["id"], "")} for f in document["figures"]]
    columns = [
        ("id", "Id", 34),
        ("value", "Value", 14),
        ("low", "Low", 14),
        ("high", "High", 14),
        ("level", "Level", 8),
        ("n", "n", 10),
        ("unit", "Unit", 10),
        ("source", "Source", 12),
        ("text", "In words", 80),
        ("meaning", "Meaning of the id", 50),
    ]
    sheets.table("Figures", columns, rows, units="unit")


def _claims(sheets: _Sheets, document: Mapping[str, Any]) -> None:
    from playbook.report.pages import meanings

    known = meanings("claims")
    rows = [{**c, "meaning": known.get(c["id"], "")} for c in document["claims"]]
    columns = [
        ("id", "Id", 32),
        ("verdict", "Verdict", 14),
        ("estimate", "Estimate", 12),
        ("low", "Low", 12),
        ("high", "High", 12),
        ("level", "Level", 8),
        ("n", "n", 10),
        ("smallest_effect", "Smallest effect that counts", 14),
        ("unit", "Unit", 10),
        ("text", "In words", 80),
        ("meaning", "The claim", 60),
    ]
    sheets.table("Claims", columns, rows, units="unit")


def _findings(sheets: _Sheets, document: Mapping[str, Any]) -> None:
    columns = [
        ("level", "Level", 10),
        ("about", "About", 40),
        ("found", "Found", 60),
        ("expected", "Expected", 50),
        ("mend", "How to mend", 60),
    ]
    sheets.table("Findings", columns, document["findings"])


def _inputs(sheets: _Sheets, campaign: Campaign, document: Mapping[str, Any]) -> None:
    known = {s.path: s for s in campaign.data.provenance}
    rows = []
    for each in document["inputs"]:
        read = known.get(each["path"])
        row: dict[str, Any] = dict(each)
        if read:
            row |= {
                "format": read.format,
                "confidence": read.confidence,
                "rows": read.rows,
                "set_aside": sum(read.set_aside.values()),
                "why": "; ".join(f"{n} {reason}" for reason, n in sorted(read.set_aside.items())),
                "tables": ", ".join(f"{name} {n}" for name, n in sorted(read.tables.items())),
            }
        rows.append(row)
    columns = [
        ("path", "File", 40),
        ("format", "Read as", 20),
        ("confidence", "Confidence", 12),
        ("tables", "Rows by table", 40),
        ("rows", "Rows read", 12),
        ("set_aside", "Rows set aside", 14),
        ("why", "Why set aside", 60),
        ("sha256", "SHA-256", 68),
    ]
    sheets.table("Inputs", columns, rows)


def _chapter(sheets: _Sheets, state: State) -> None:
    for name, rows in state.outcome.get("tables", {}).items():
        if not rows:
            continue
        keys = state.columns.get(name) or list(dict.fromkeys(k for row in rows for k in row))
        columns = [(k, _heading(k), _width(k, rows)) for k in keys]
        sheets.table(f"{state.chapter.number} {name.replace('_', ' ')}", columns, rows)


def _heading(key: str) -> str:
    """Write a column's name as a heading.

    >>> _heading("cpe_low"), _heading("fee_source"), _heading("n")
    ('CPE low', 'Fee source', 'n')
    """
    words = [w.upper() if w in _SHORT else w for w in key.split("_")]
    text = " ".join(words)
    return text if text == "n" or words[0] in {w.upper() for w in _SHORT} else text[:1].upper() + text[1:]


def _width(key: str, rows: Sequence[Mapping[str, Any]]) -> int:
    longest = max((len(str(row.get(key, ""))) for row in rows[:200] if isinstance(row.get(key), str)), default=0)
    return max(10, min(60, max(len(key), longest) + 2))
