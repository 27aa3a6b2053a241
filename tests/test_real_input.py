"""From the command line to the report, on files that nobody made for the kit, and on a workbook filled by hand."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from playbook.chapters import NAMES

pytestmark = pytest.mark.notebooks


def playbook(*arguments, cwd) -> subprocess.CompletedProcess:
    done = subprocess.run(
        [sys.executable, "-m", "playbook", *map(str, arguments)], cwd=cwd, capture_output=True, text=True, check=False, timeout=600
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def instagram(realdata, tmp_path_factory):
    """A fresh campaign folder with one real file in it, checked and reported."""
    place = tmp_path_factory.mktemp("real")
    assert playbook("new", "mine", cwd=place).returncode == 0
    shutil.copy(realdata / "instagram_posts.csv", place / "mine" / "exports")
    checked = playbook("check", "mine", "--json", cwd=place)
    assert checked.returncode == 0, checked.stderr
    reported = playbook("report", "mine", "--out", "out", cwd=place)
    assert reported.returncode == 0, reported.stdout[-3000:] + reported.stderr[-3000:]
    return json.loads(checked.stdout), json.loads((place / "out" / "results.json").read_text(encoding="utf-8")), place / "out"


@pytest.mark.realdata
def test_a_real_file_is_read_whole(instagram, realdata):
    checked, _, _ = instagram
    with (realdata / "instagram_posts.csv").open(encoding="utf-8") as source:
        rows = sum(1 for _ in source) - 1
    assert checked["usable"] is True
    (file,) = [f for f in checked["files"] if f["path"].endswith("instagram_posts.csv")]
    assert file["rows"] == rows == 8911
    assert checked["tables"]["creators"] == 535
    assert checked["tables"]["posts"] + sum(file["set_aside"].values()) == rows


@pytest.mark.realdata
def test_chapters_say_what_they_lack(instagram):
    _, results, out = instagram
    status = {c["name"]: c["status"] for c in results["chapters"]}
    assert list(status) == list(NAMES)
    assert "failed" not in status.values()
    assert status["results"] == "needs_data"
    assert status["engagement"] in ("done", "partial")
    page = (out / "chapters" / "10_results.html").read_text(encoding="utf-8")
    assert "add" in page and "deliverables" in page


@pytest.mark.realdata
def test_the_guides_claim_is_not_said_to_hold_where_the_data_do_not_show_it(instagram):
    _, results, _ = instagram
    claims = {c["id"]: c for c in results["claims"]}
    assert claims["smaller_engage_more"]["verdict"] != "holds"
    assert claims["smaller_engage_more"]["low"] < claims["smaller_engage_more"]["estimate"] < claims["smaller_engage_more"]["high"]
    tiers = [f for f in results["figures"] if f["id"].startswith("engagement.") and f["id"].endswith(".rate")]
    assert {f["id"].split(".")[1] for f in tiers} >= {"micro", "macro"}
    for figure in tiers:
        if figure["value"] is not None and figure["n"] > 1:
            assert figure["low"] < figure["value"] < figure["high"] and figure["n"] >= 2


def test_a_workbook_filled_by_hand_gives_a_shortlist(tmp_path):
    assert playbook("new", "mine", "--sheet", cwd=tmp_path).returncode == 0
    (sheet,) = (tmp_path / "mine").glob("*.xlsx")
    fill(sheet, creators=12)
    assert playbook("check", "mine", cwd=tmp_path).returncode == 0
    done = playbook("report", "mine", "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    results = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    answers = {f["id"]: f for f in results["figures"]}
    assert answers["creators.count"]["value"] == 12
    assert answers["start.shortlist.count"]["value"] >= 3
    assert answers["portfolio.creators"]["value"] >= 1


def fill(path, *, creators: int) -> None:
    """Fill the hand-collecting workbook as somebody with a pencil and an hour would."""
    book = CalamineWorkbook.from_path(str(path))
    name = book.sheet_names[0]
    rows = book.get_sheet_by_name(name).to_python()
    at = next(i for i, row in enumerate(rows) if "handle" in [str(v).strip().lower() for v in row])
    heads = [str(v) for v in rows[at]]
    with Workbook(str(path)) as out:
        sheet = out.add_worksheet(name)
        for i, row in enumerate(rows[: at + 1]):
            sheet.write_row(i, 0, row)
        for k in range(creators):
            followers = 1_500 * (k + 1) ** 2
            for j, head in enumerate(heads):
                key = head.strip().lower().replace("_", " ")
                values = {
                    "platform": "instagram",
                    "handle": f"@maker.{k}",
                    "followers": followers,
                    "following": 300 + 20 * k,
                    "niche": "coffee",
                    "country": "US",
                    "language": "en",
                    "currency": "EUR",
                }
                if key in values:
                    sheet.write(at + 1 + k, j, values[key])
                elif key.startswith("fee"):
                    sheet.write(at + 1 + k, j, 60 + 25 * k)
                elif "like" in key:
                    sheet.write(at + 1 + k, j, round(followers * (0.02 + 0.003 * (j % 5))))
                elif "comment" in key:
                    sheet.write(at + 1 + k, j, 2 + (j + k) % 9)
