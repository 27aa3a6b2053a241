"""Names, bios and captions that would like to be code: no script runs, the layout holds, and a spreadsheet finds no formula."""

from __future__ import annotations

import csv
import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from playbook.folders import samples_dir
from playbook.report.batch import batch
from tests.browser.test_smoke import PROBE, browser, run

__all__ = ["browser"]
pytestmark = [pytest.mark.slow, pytest.mark.notebooks]

DID = "document.documentElement.dataset.pwned=1"
EVIL = (
    f"<script>{DID}</script>",
    f'"><img src=x onerror="{DID}">',
    f"<svg onload={DID}></svg>",
    f"</td></table></main><iframe srcdoc='<script>parent.{DID}</script>'>",
    f"[a link](javascript:{DID}) javascript:{DID}",
    '=HYPERLINK("http://evil.example","click")',
    "+1+1", "-2+3", "@SUM(A1:A9)", "=cmd|'/C calc'!A0",
    "{{7*7}} {% raw %} ${7*7} #{7*7}",
    "\u202egnp.exe\u202c \u2066isolated",
    "مرحبا بالعالم", "x" * 10_000, "word " * 2_000, "\x1b[31mred\x07",
)  # fmt: skip


@pytest.fixture(scope="module")
def out(tmp_path_factory) -> Path:
    """The whole report of a sample whose every free text is hostile."""
    place = tmp_path_factory.mktemp("hostile")
    home = place / "evil"
    shutil.copytree(samples_dir() / "glow-skincare", home)
    for table, columns in {
        "creators": ("name", "bio", "niche"),
        "posts": ("caption",),
        "comments": ("text",),
        "outreach": ("note",),
    }.items():
        path = home / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for i, row in enumerate(rows):
            for column in columns:
                # the long ones now and then: ten thousand letters in each of many thousand captions is another test
                if column in row and i % 7 == 0:
                    row[column] = EVIL[(i // 7) % len(EVIL)]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    brief = (home / "campaign.yml").read_text(encoding="utf-8")
    evil = json.dumps(f"{EVIL[0]} {EVIL[5]} {EVIL[10]}")
    (home / "campaign.yml").write_text(re.sub(r"^name: .*$", lambda m: f"name: {evil}", brief, flags=re.M), encoding="utf-8")
    manifest = place / "m.yml"
    manifest.write_text(json.dumps([{"campaign": str(home), "name": f"{EVIL[1]}"}, {"campaign": EVIL[0]}]), encoding="utf-8")
    result = batch([manifest], out=place / "out", pdf=True)
    assert [line.status for line in result.lines] == ["good", "not usable"], result.lines
    return place / "out"


def pages(out: Path) -> list[Path]:
    return sorted(out.rglob("*.html"))


def test_no_script_runs_and_nothing_leads_to_one(out, browser, tmp_path):
    assert len(pages(out)) == 13
    for page in pages(out):
        dom = run(browser, page.as_uri(), tmp_path, "--dump-dom")
        assert re.search(r"<html[^>]*>", dom)[0] == '<html lang="en">', page.name
        assert not re.search(
            r"<(iframe|object|embed|svg)\b|\son\w+=|href=\"?\s*javascript:", re.sub(r"<pre.*?</pre>", "", dom, flags=re.S)
        ), page.name


@pytest.mark.parametrize("width", [400, 1000])
def test_the_layout_holds(out, browser, tmp_path, width):
    for page in pages(out):
        probe = page.with_name(f"probe-{page.name}")
        probe.write_text(page.read_text(encoding="utf-8").replace("</body>", f"{PROBE}</body>"), encoding="utf-8")
        dom = run(browser, probe.as_uri(), tmp_path, "--dump-dom", f"--window-size={width},1200", "--virtual-time-budget=3000")
        probe.unlink()
        found = json.loads(re.search(r"<title>probe (.*?)</title>", dom, re.S)[1].replace("&amp;", "&").replace("&quot;", '"'))
        assert found["over"] <= 1 and not found["wide"] and not found["broken"], (page.name, found)


def test_a_spreadsheet_finds_no_formula_and_no_link_of_theirs(out):
    (book,) = out.rglob("workbook.xlsx")
    with zipfile.ZipFile(book) as archive:
        sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/") and n.endswith(".xml")]
        assert len(sheets) >= 10
        for name in sheets:
            text = archive.read(name).decode("utf-8")
            assert not re.search(r"<f[ >]", text), name
        for name in archive.namelist():
            if name.endswith(".rels"):
                assert b"evil.example" not in archive.read(name), name


def test_templates_are_not_run(out):
    index = next(p for p in pages(out) if p.parent.parent == out)
    assert "{{7*7}}" in index.read_text(encoding="utf-8")
