"""What `playbook check` finds."""

from __future__ import annotations

import json

import pytest
from rich.console import Console

from playbook import cli_check
from playbook.chapters import CHAPTERS, NAMES
from playbook.check import check


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "campaign.yml").write_text("name: Spring", encoding="utf-8")
    (tmp_path / "creators.csv").write_text("creator,followers\nana,1200\n,5\n", encoding="utf-8")
    (tmp_path / "posts.csv").write_text("post,creator,posted_at,likes\np1,ana,2024-01-02T00:00:00Z,-1\n", encoding="utf-8")
    return tmp_path


def test_the_json_has_the_shape_that_other_programs_rely_on(folder):
    found = json.loads(json.dumps(check(folder).as_json()))
    assert list(found) == ["usable", "files", "tables", "findings", "chapters"]
    assert found["usable"] is True
    assert found["files"][0] == {
        "path": "creators.csv",
        "format": "kit table",
        "confidence": 1.0,
        "why": "2 of 2 headers are columns of creators",
        "rows": 2,
        "set_aside": {"no creator": 1},
        "period": None,
        "creators": 1,
    }
    assert found["files"][1]["period"] == ["2024-01-02", "2024-01-02"]
    assert found["tables"]["creators"] == 1 and found["tables"]["orders"] == 0
    assert set(found["findings"][0]) == {"level", "about", "found", "expected", "mend"}
    assert list(found["chapters"]) == list(NAMES)
    assert found["chapters"]["costs"] == {"ready": False, "missing": ["quotes", "outreach", "audience"]}
    assert found["chapters"]["engagement"] == {"ready": True, "missing": ["follower_history"]}


def test_warnings_come_before_notes(folder):
    levels = [f.level for f in check(folder).findings]
    assert levels == sorted(levels, key=["error", "warning", "note"].index)
    assert {"warning", "note"} == set(levels)


def test_a_chapter_is_ready_when_its_tables_hold_rows(campaign):
    result = check(campaign.folder)
    for chapter in CHAPTERS:
        assert result.chapters[chapter.name].ready == all(result.tables[t] > 0 for t in chapter.needs)
        assert set(result.chapters[chapter.name].missing) == {t for t in (*chapter.needs, *chapter.helps) if not result.tables[t]}


def test_checking_writes_nothing(folder):
    before = {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in folder.rglob("*") if p.is_file()}
    check(folder)
    assert {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in folder.rglob("*") if p.is_file()} == before


def test_a_folder_without_use_has_one_error_and_no_chapter(tmp_path):
    result = check(tmp_path)
    assert not result.usable and result.exit_code == 1
    assert [f.level for f in result.findings] == ["error"]
    assert "campaign.yml is not there" in result.findings[0].text
    assert not any(c.ready for c in result.chapters.values())
    json.dumps(result.as_json())


def printed(result) -> str:
    console = Console(width=160)
    with console.capture() as captured:
        cli_check.show(result, console)
    return captured.get()


def test_the_screen_says_the_same(folder):
    text = printed(check(folder))
    assert "Spring" in text and "1 creators, 1 posts" in text
    assert "warning creators.csv: 1 row of creators set aside: no creator (row 3)" in text
    assert "needs quotes" in text
    assert "Usable; the warnings change what the data can tell." in text


def test_a_file_cannot_steer_the_terminal(folder):
    (folder / "exports").mkdir()
    (folder / "exports" / "x.csv").write_text("\x1b[31mred,[bold]b\n1,2\n", encoding="utf-8")
    text = printed(check(folder))
    assert "\x1b" not in text
    assert "[bold]b" in text
