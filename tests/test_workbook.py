"""The workbook: the same numbers as `results.json`, typed, and nobody's text ever a formula."""

from __future__ import annotations

import datetime as dt
import re
import time
import zipfile
from pathlib import Path

import nbformat
import pytest
from python_calamine import CalamineWorkbook

from playbook.campaign import load
from playbook.chapters import chapter
from playbook.report import collect, workbook
from tests import report_world as world

NASTY = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "http://example.org",
    "mailto:a@b.c",
    "\ttab",
    "a\x00b",
    "x" * 40_000,
    "internal:A1",
    "{=1}",
    "00123",
    "1e5",
]


def figure(name: str, value: float | None, unit: str, source: str, text: str, **more) -> dict:
    blank = dict.fromkeys(("low", "high", "level", "n"))
    return {"id": name, "value": value, **blank, "unit": unit, "source": source, "text": text} | more


def state(name: str, tables: dict | None = None) -> collect.State:
    figures = [
        figure(f"{name}.rate", 0.0234, "share", "measured", "A rate.", low=0.01, high=0.05, level=0.9, n=12),
        figure(f"{name}.cost", 1250.5, "EUR", "quoted", "=A cost."),
        figure(f"{name}.gap", None, "days", "assumed", "Unknown.", n=0),
    ]
    claim = {"id": "several_for_one", "verdict": "holds", "estimate": 2.5, "low": 2.1, "high": 3.0, "level": 0.9, "n": 6}
    claim |= {"smallest_effect": 2.0, "unit": "ratio", "text": "It holds."}
    findings = [{"level": "note", "about": "x", "found": text, "expected": "", "mend": ""} for text in NASTY]
    outcome = {
        "status": "done",
        "answer": "=An answer.",
        "figures": figures,
        "claims": [claim],
        "findings": findings,
        "tables": tables or {},
    }
    return collect.State(chapter=chapter(name), notebook=nbformat.v4.new_notebook(), outcome=outcome)


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    return load(world.campaign(tmp_path_factory.mktemp("c") / "small"))


TABLES = {
    "chosen: [a/b]": [
        {
            "creator": NASTY[i % len(NASTY)],
            "rate": 0.25,
            "day": "2026-04-01",
            "seen": "2026-04-01T12:30:00+02:00",
            "n": i,
            "yes": True,
            "list": ["a", 1],
        }
        for i in range(30)
    ],
    "chosen? [a*b]": [{"old": "1850-01-01", "odd": "2026-99-99"}],
    "empty": [],
}


@pytest.fixture(scope="module")
def path(campaign, tmp_path_factory) -> Path:
    states = [state("engagement", TABLES), state("portfolio", {"a very long name of a table that no sheet can carry": [{"x": 1}]})]
    target = tmp_path_factory.mktemp("book") / "workbook.xlsx"
    workbook.write(target, campaign, states + _not_run(states), collect.results(campaign, states))
    return target


def _not_run(states):
    from playbook.chapters import CHAPTERS

    run = {s.chapter.name for s in states}
    return [collect.State(chapter=c, outcome={}) for c in CHAPTERS if c.name not in run]


@pytest.fixture(scope="module")
def sheets(path) -> dict[str, list[list]]:
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def rows(sheet: list[list]) -> list[dict]:
    return [dict(zip(sheet[0], row, strict=True)) for row in sheet[1:]]


def test_the_sheets(sheets):
    assert list(sheets)[:6] == ["Read me", "Decision", "Figures", "Claims", "Findings", "Inputs"]
    assert list(sheets)[6:] == ["04 chosen a b", "04 chosen a b 2", "08 a very long name of a table t"[:31]]


def test_numbers_are_those_of_the_results(sheets, campaign):
    found = {row["Id"]: row for row in rows(sheets["Figures"])}
    assert found["engagement.rate"]["Value"] == 0.0234
    assert (found["engagement.rate"]["Low"], found["engagement.rate"]["High"], found["engagement.rate"]["n"]) == (0.01, 0.05, 12)
    assert found["portfolio.cost"]["Value"] == 1250.5
    assert found["engagement.gap"]["Value"] == "", "unknown is an empty cell, not 0"
    (claim,) = rows(sheets["Claims"])
    assert (claim["Estimate"], claim["Smallest effect that counts"], claim["Verdict"]) == (2.5, 2.0, "holds")


def test_texts_come_back_as_texts(sheets):
    found = [row["Found"] for row in rows(sheets["Findings"])]
    for text in NASTY:
        if "\x00" not in text and len(text) < 1000:
            assert text in found, text
    assert max(len(t) for t in found) == 32_767
    assert rows(sheets["Figures"])[1]["In words"] == "=A cost."


def test_there_is_no_formula_and_no_link(path):
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            content = archive.read(name).decode("utf-8")
            if name.startswith("xl/worksheets/sheet"):
                assert "<f>" not in content and "<f " not in content and "hyperlink" not in content, name
            assert "externalLink" not in name


def test_columns_stand_in_the_order_in_which_the_chapter_gave_them(campaign, tmp_path):
    """A notebook on disk sorts the keys of what it keeps."""
    import dataclasses

    one = state("engagement", {"rows": [{"cost": 2.0, "creator": "a", "tier": "micro"}]})
    one = dataclasses.replace(one, columns={"rows": ["creator", "tier", "cost"]})
    workbook.write(tmp_path / "w.xlsx", campaign, [one, *_not_run([one])], collect.results(campaign, [one]))
    sheet = CalamineWorkbook.from_path(str(tmp_path / "w.xlsx")).get_sheet_by_name("04 rows").to_python()
    assert sheet == [["Creator", "Tier", "Cost"], ["a", "micro", 2.0]]


def test_days_times_flags_and_lists(sheets):
    first = rows(sheets["04 chosen a b"])[0]
    assert first["Day"] == dt.date(2026, 4, 1) or first["Day"] == dt.datetime(2026, 4, 1)
    assert first["Seen"] == dt.datetime(2026, 4, 1, 10, 30)
    assert first["Yes"] is True and first["Rate"] == 0.25 and first["List"] == "a, 1"
    assert rows(sheets["04 chosen a b 2"])[0] == {"Old": "1850-01-01", "Odd": "2026-99-99"}


def test_numbers_have_their_formats(path):
    with zipfile.ZipFile(path) as archive:
        styles = archive.read("xl/styles.xml").decode("utf-8")
    assert "0.00%" in styles and "0.0%" in styles and "&quot;EUR&quot;" in styles


def test_heads_stay_and_filter(path):
    with zipfile.ZipFile(path) as archive:
        figures = archive.read("xl/worksheets/sheet3.xml").decode("utf-8")
    assert re.search(r'<pane [^>]*ySplit="1"[^>]*state="frozen"', figures)
    assert '<autoFilter ref="A1:J7"/>' in figures


def test_the_read_me_explains(sheets):
    text = "\n".join(str(c) for row in sheets["Read me"] for c in row)
    for said in ("Never 0", "measured", "modelled", "cannot_tell", "90 %", "Rows set aside", "EUR", "UTC"):
        assert said in text, said


def test_inputs_say_what_was_read_and_set_aside(sheets, campaign):
    found = {row["File"]: row for row in rows(sheets["Inputs"])}
    assert found["creators.csv"]["Rows read"] == 6 and found["creators.csv"]["Rows set aside"] == 0
    assert all(re.fullmatch("[0-9a-f]{64}", row["SHA-256"]) for row in found.values())


def test_the_same_report_gives_the_same_bytes(path, campaign, tmp_path):
    states = [state("engagement", TABLES), state("portfolio", {"a very long name of a table that no sheet can carry": [{"x": 1}]})]
    time.sleep(2.1)  # the clock of a zip file ticks every two seconds
    workbook.write(tmp_path / "again.xlsx", campaign, states + _not_run(states), collect.results(campaign, states))
    assert (tmp_path / "again.xlsx").read_bytes() == path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        assert campaign.data.as_of.strftime("%Y-%m-%d") in archive.read("docProps/core.xml").decode("utf-8")
