"""What changed between two runs."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from playbook.errors import NotUsable
from playbook.report import diff, kernels
from playbook.report.run import report
from tests import report_world as world


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(kernels, "run", world.as_if_run)


@pytest.fixture
def run(tmp_path, quick):
    """A function that makes the report of a small campaign as it is now."""
    home = world.campaign(tmp_path / "acme")
    for name in ("goals", "engagement"):
        world.notebook(tmp_path / "books", name)

    def of(name: str, **options):
        return report(home, out=tmp_path / name, notebooks=tmp_path / "books", start="plain", **options).out

    return home, of


def edited(out, change) -> None:
    document = world.results(out)
    change(document)
    (out / "results.json").write_text(json.dumps(document), encoding="utf-8")


def test_two_runs_of_the_same_do_not_differ(run):
    _, of = run
    assert diff.diff(of("a"), of("b")) == () and diff.told(()) == "Nothing changed."


def test_inputs_knobs_and_findings(run):
    home, of = run
    first = of("a")
    (home / "posts.csv").write_text(world.POSTS + "p9,instagram:c0,2026-04-20T12:00:00Z,50,2\n", encoding="utf-8")
    (home / "exports").mkdir()
    (home / "exports" / "notes.csv").write_text("creator,followers\ninstagram:new,5\n", encoding="utf-8")
    second = of("b", settings=["engagement.window=20"])
    found = {(c.part, c.kind, c.name): c for c in diff.diff(first, second)}
    assert ("input", "changed", "posts.csv") in found and ("input", "new", "exports/notes.csv") in found
    knob = found["knob", "changed", "engagement.window"]
    assert (knob.before, knob.after) == (12, 20)
    back = {(c.part, c.kind, c.name) for c in diff.diff(second, first)}
    assert ("input", "gone", "exports/notes.csv") in back


def test_figures_claims_and_chapters(run):
    _, of = run
    first, second = of("a"), of("b")

    def before(document):
        document["figures"][0] |= {"value": 0.5, "low": 0.4, "high": 0.6}

    def after(document):
        document["figures"][0] |= {"value": 0.75, "low": 0.7, "high": 0.8}
        document["figures"][1]["value"] *= 1 + 1e-12
        document["figures"].append(document["figures"][0] | {"id": "results.roi"})
        document["chapters"][0]["status"] = "failed"
        document["claims"] = [{"id": "line_at_100k", "verdict": "holds"}]

    edited(first, before)
    edited(second, after)
    changes = diff.diff(first, second)
    moved = next(c for c in changes if c.part == "figure" and c.kind == "changed")
    assert moved.beyond is True and moved.relative == pytest.approx(0.5)
    assert [c.name for c in changes if c.part == "figure"] == ["goals.number", "results.roi"], "rounding noise is no change"
    text = diff.told(changes)
    for said in (
        "goals.number: 50 % to 75 % (+50 %, beyond the first one's interval)",
        "goals: done to failed",
        "line_at_100k: holds (only",
    ):
        assert said in text, text


def test_what_is_no_report_is_named(run, tmp_path):
    _, of = run
    with pytest.raises(NotUsable, match="holds no report"):
        diff.diff(of("a"), tmp_path)
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "batch.json").write_text("{}", encoding="utf-8")
    with pytest.raises(NotUsable, match="holds a batch; name the folder of one of its campaigns"):
        diff.diff(tmp_path / "m", of("a"))
    (tmp_path / "a" / "results.json").write_text("[", encoding="utf-8")
    with pytest.raises(NotUsable, match="cannot be read as a report's"):
        diff.diff(tmp_path / "a", tmp_path / "a")


def test_the_command(run):
    _, of = run
    first, second = of("a"), of("b", settings=["engagement.window=20"])
    ran = subprocess.run(
        [sys.executable, "-m", "playbook", "diff", str(first), str(second), "--json"], capture_output=True, text=True, check=True
    )
    (change,) = [c for c in json.loads(ran.stdout) if c["part"] == "knob"]
    assert change["name"] == "engagement.window" and change["after"] == 20
