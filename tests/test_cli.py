"""The command line: what it says and how it ends."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from playbook import cli, doctor, lab
from playbook.errors import NotUsable
from playbook.folders import samples_dir


def run(*arguments, **more):
    return CliRunner().invoke(cli.app, [str(a) for a in arguments], **more)


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "campaign.yml").write_text("name: Spring", encoding="utf-8")
    (tmp_path / "creators.csv").write_text("creator,followers\nana,1200\n", encoding="utf-8")
    return tmp_path


def test_only_what_exists_is_offered():
    names = {c.name or c.callback.__name__ for c in cli.app.registered_commands}
    assert names == {
        "new",
        "check",
        "report",
        "batch",
        "diff",
        "world",
        "workshop",
        "outreach",
        "learn",
        "guide",
        "forget",
        "doctor",
        "lab",
    }


def test_help_is_quick():
    """No slower than importing pandas, which nobody who asks for help should wait for."""

    def seconds(*argv) -> float:
        times = []
        for _ in range(3):
            began = time.perf_counter()
            subprocess.run([sys.executable, *argv], check=True, capture_output=True)
            times.append(time.perf_counter() - began)
        return min(times)

    assert seconds("-m", "playbook", "--help") < seconds("-c", "import pandas")


def test_check_ends_with_0_where_the_folder_is_usable(folder):
    done = run("check", folder)
    assert done.exit_code == 0
    assert "Usable." in done.output
    found = json.loads(run("check", folder, "--json").output)
    assert found["usable"] is True and found["tables"]["creators"] == 1


def test_check_ends_with_1_and_the_sentence_where_it_is_not(tmp_path):
    done = run("check", tmp_path)
    assert done.exit_code == 1
    assert "campaign.yml is not there" in re.sub(r"\s+", " ", done.output)
    done = run("check", tmp_path, "--json")
    assert done.exit_code == 1
    assert json.loads(done.output)["usable"] is False


def test_a_sample_is_known_by_its_name():
    assert run("check", "trail-app").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["check", "glow-skincar"], 1, "did you mean glow-skincare"),
        (["report", "{folder}", "--set", "engagement.widow=3"], 2, "did you mean window"),
        (["report", "{folder}", "--chapter", "engagment"], 2, "did you mean engagement"),
        (["report", "{folder}", "--out", "{folder}"], 2, "is a campaign folder"),
        (["new", "{folder}"], 2, "is there already and is not overwritten"),
        (["new", "{folder}/x", "--from", "glow"], 2, "is not a sample"),
        (["new", "{folder}/x", "--from", "trail-app", "--sheet"], 2, "do not go together"),
        (["world", "{folder}/w", "--kind", "glow-skincar"], 2, "did you mean glow-skincare"),
        (["forget", "{folder}/nope", "--yes"], 1, "is not a folder"),
        (["lab", "{folder}/nope"], 1, "is neither a folder nor a sample"),
        (["check"], 2, "Missing argument"),
        (["chek"], 2, "No such command"),
    ],
)
def test_a_wrong_call_is_one_sentence(folder, arguments, code, sentence):
    done = run(*(a.replace("{folder}", str(folder)) for a in arguments))
    assert done.exit_code == code
    assert sentence in re.sub(r"\s+", " ", done.output + done.stderr)
    assert "Traceback" not in done.output + done.stderr
    if "Usage" not in done.stderr:
        assert len(done.stderr.strip().splitlines()) <= 1


@pytest.mark.parametrize(
    ("problem", "code", "sentence"),
    [
        (NotUsable("posts.csv row 3: no."), 1, "posts.csv row 3: no."),
        (MemoryError(), 1, "not enough memory"),
        (KeyboardInterrupt(), 130, "Stopped"),
        (OSError(errno.ENOSPC, "No space left on device", "/x/out"), 1, "/x/out: the disk is full"),
        (PermissionError(errno.EACCES, "Permission denied", "/x/out"), 1, "/x/out: Permission denied"),
        (ZeroDivisionError("1/0"), 1, "Something in the kit itself failed (ZeroDivisionError)"),
    ],
)
def test_whatever_fails_is_one_sentence(folder, monkeypatch, problem, code, sentence):
    import playbook.check

    def failing(_):
        raise problem

    monkeypatch.setattr(playbook.check, "check", failing)
    done = run("check", folder)
    assert done.exit_code == code
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_developer_gets_the_traceback(folder):
    code = "import playbook.check\ndef no(_): raise ZeroDivisionError('deep')\nplaybook.check.check = no\n"
    code += "from playbook.cli import main\nmain()"
    for place in (["--debug", "check", folder], ["check", folder, "--debug"]):
        done = subprocess.run([sys.executable, "-c", code, *map(str, place)], capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert "Traceback" in done.stderr and "deep" in done.stderr


def test_report_hands_everything_on(folder, monkeypatch, tmp_path):
    from types import SimpleNamespace

    import playbook.report.run

    seen = {}

    def fake(where, **more):
        seen.update(more, where=where)
        more["progress"]("working")
        failure = SimpleNamespace(chapter=SimpleNamespace(name="trust"), sentence="No luck.")
        return SimpleNamespace(exit_code=1, index=tmp_path / "index.html", failed=(failure,))

    monkeypatch.setattr(playbook.report.run, "report", fake)
    done = run("report", folder, "--chapter", "trust", "--chapter", "04", "--set", "trust.jump_z=9", "--out", tmp_path / "o")
    assert done.exit_code == 1
    assert (seen["where"], seen["chapters"], seen["settings"], seen["out"]) == (
        str(folder),
        ["trust", "04"],
        ["trust.jump_z=9"],
        tmp_path / "o",
    )
    assert "working" in done.output and "index.html" in done.output
    assert "Chapter trust failed: No luck." in done.stderr


def test_new_and_world_say_what_they_wrote(tmp_path):
    done = run("new", tmp_path / "mine", "--sheet")
    assert done.exit_code == 0 and "creators-sheet.xlsx" in done.output
    done = run("world", tmp_path / "world", "--seed", "5", "--creators", "12", "--posts", "4", "--kind", "trail-app")
    assert done.exit_code == 0 and (tmp_path / "world" / "truth").is_dir()
    assert run("check", tmp_path / "world").exit_code == 0


def test_forgetting_asks_first(folder):
    done = run("forget", folder, input="n\n")
    assert done.exit_code == 2 and "Nothing was deleted." in done.stderr
    assert "ana" in (folder / "creators.csv").read_text(encoding="utf-8")
    assert run("forget", folder, input="y\n").exit_code == 0
    assert "ana" not in (folder / "creators.csv").read_text(encoding="utf-8")


# doctor and lab


def test_the_doctor_finds_this_installation_well():
    results = doctor.examine()
    assert {r.name for r in results} >= {"Python", "packages", "kernel", "guide", "disk", "memory", "fonts"}
    assert [r for r in results if not r.ok and r.name not in ("disk", "memory")] == []


def test_the_doctor_says_how_to_mend(monkeypatch):
    monkeypatch.setattr(doctor.importlib.metadata, "requires", lambda _: ["pandas>=99", "no-such-package>=1", "numpy>=2"])
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: os.terminal_size((1, 1)) and type("U", (), {"free": 1000}))
    monkeypatch.setattr(doctor, "_fonts", lambda: 1 / 0)
    results = {r.name: r for r in doctor.examine()}
    assert results["pandas"].found.endswith("but >=99 is asked for")
    assert results["no-such-package"].found == "not installed"
    assert not results["disk"].ok and "free" in results["disk"].mend
    assert not results["fonts"].ok
    assert all(r.mend for r in results.values() if not r.ok)


def test_doctor_ends_with_1_where_something_is_to_mend(monkeypatch):
    monkeypatch.setattr(doctor, "examine", lambda: [doctor.Examined(name="disk", ok=False, found="1 MB free", mend="free 500 MB")])
    done = run("doctor")
    assert done.exit_code == 1 and "free 500 MB" in done.output


def test_lab_opens_the_guide_with_the_campaign(folder, tmp_path):
    argv, environment = lab.command(str(folder), tmp_path)
    assert argv[:3] == [sys.executable, "-m", "jupyterlab"]
    assert environment["PLAYBOOK_CAMPAIGN"] == str(folder.resolve())
    assert "--LabApp.news_url=None" in argv, "nothing is asked of the network"
    told = Path(environment["JUPYTER_CONFIG_PATH"].split(os.pathsep)[0]) / "labconfig" / "default_setting_overrides.json"
    assert json.loads(told.read_text(encoding="utf-8"))["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
    assert Path(argv[-1]).is_file() and Path(argv[-1]).parent == Path(argv[-2].partition("=")[2])
    _, environment = lab.command(None, tmp_path)
    assert environment.get("PLAYBOOK_CAMPAIGN") == os.environ.get("PLAYBOOK_CAMPAIGN")


def test_lab_copies_installed_notebooks_and_keeps_what_the_user_wrote(tmp_path, monkeypatch):
    shipped = tmp_path / "site" / "_shipped" / "notebooks"
    shipped.mkdir(parents=True)
    (shipped / "00_start.ipynb").write_text("new", encoding="utf-8")
    (shipped / "01_goals.ipynb").write_text("new", encoding="utf-8")
    (tmp_path / lab.COPY).mkdir()
    (tmp_path / lab.COPY / "01_goals.ipynb").write_text("mine", encoding="utf-8")
    monkeypatch.setattr(lab, "notebooks_dir", lambda: shipped)
    assert lab.writable(tmp_path) == tmp_path / lab.COPY
    assert (tmp_path / lab.COPY / "00_start.ipynb").read_text(encoding="utf-8") == "new"
    assert (tmp_path / lab.COPY / "01_goals.ipynb").read_text(encoding="utf-8") == "mine"


def test_samples_are_where_the_command_line_looks():
    assert (samples_dir() / "glow-skincare" / "campaign.yml").is_file()
