"""Many campaigns at once: each is reported, whatever becomes of the others; what has not changed is not made again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from playbook.errors import BadCall, NotUsable
from playbook.report import warm
from playbook.report.batch import Line, batch, league
from playbook.report.batch.tasks import tasks
from playbook.report.kernels import Limits
from playbook.report.run import alone
from tests import report_world as world

CHAPTERS = ("goals", "engagement", "portfolio")


@pytest.fixture(scope="module")
def clients(tmp_path_factory) -> Path:
    """Three campaigns in a folder, with another one for files that are none."""
    folder = tmp_path_factory.mktemp("clients")
    for name in ("acme", "beta", "über & co"):
        world.campaign(folder / name)
    (folder / "notes").mkdir()
    return folder


@pytest.fixture(scope="module")
def books(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("books") / "notebooks"
    for number, name in enumerate(CHAPTERS, start=1):
        world.notebook(folder, name, value=number)
    return folder


def manifest(path: Path, rows: list[dict]) -> Path:
    """Write a manifest; JSON is YAML, too."""
    path.write_text(json.dumps({"campaigns": [{k: str(v) if isinstance(v, Path) else v for k, v in r.items()} for r in rows]}))
    return path


def statuses(result) -> dict[str, str]:
    return {line.name: line.status for line in result.lines}


# Which campaigns


def test_folders_patterns_and_samples(clients, tmp_path):
    assert [t.name for t in tasks([clients / "acme", "trail-app"])] == ["acme", "trail-app"]
    assert [t.name for t in tasks([f"{clients}/*"])] == [t.name for t in tasks([clients])] == ["acme", "beta", "über - co"]
    with pytest.raises(BadCall, match="matches no campaign folder"):
        tasks([f"{clients}/x*"])
    with pytest.raises(BadCall, match="No campaign was named"):
        tasks([])


def test_a_folder_that_is_not_there_is_a_line_and_no_end(tmp_path):
    (task,) = tasks([tmp_path / "gone"])
    assert task.name == "gone" and "neither a folder nor a sample" in task.problem


def test_campaigns_of_one_name_are_told_apart_whatever_their_order(tmp_path):
    places = [world.campaign(tmp_path / client / "spring") for client in ("a", "b")]
    names = {t.folder: t.name for t in tasks(places)}
    assert set(names.values()) == {"a-spring", "b-spring"}
    assert {t.folder: t.name for t in tasks(places[::-1])} == names
    assert [t.name for t in tasks([places[0], places[0]])] == ["spring", "spring-2"]


@pytest.mark.parametrize("mark", [",", ";"])
def test_a_manifest_in_csv(clients, tmp_path, mark):
    path = tmp_path / "monday.csv"
    lines = ["campaign,name,engagement.window,report.title", f"{clients / 'acme'},First,20,00123", f"{clients / 'beta'},,,", ",,,"]
    path.write_text("\ufeff" + "\n".join(lines).replace(",", mark), encoding="utf-8")
    one, two = tasks([path], ["statistics.level=0.8"])
    assert (one.name, one.settings) == ("First", ("statistics.level=0.8", "engagement.window=20", "report.title=00123"))
    assert (two.name, two.settings) == ("beta", ("statistics.level=0.8",))


def test_a_manifest_in_yaml_names_places_from_its_own_folder(tmp_path):
    world.campaign(tmp_path / "clients" / "acme")
    (tmp_path / "m.yml").write_text("- clients/acme\n- campaign: trail-app\n  set: {engagement.window: 30}\n  notebooks: books\n")
    one, two = tasks([tmp_path / "m.yml"])
    assert one.folder == tmp_path / "clients" / "acme"
    assert two.settings == ("engagement.window=30",) and two.notebooks == tmp_path / "books"


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("m.csv", "folder\nx\n", "has no column campaign; its columns are folder"),
        ("m.csv", "campaign,engagement.widow\ntrail-app,20\n", "entry 1: engagement.widow=20: engagement knows no widow"),
        ("m.csv", "campaign,engagement.window\ntrail-app,soon\n", "entry 1: engagement.window=soon"),
        ("m.csv", "campaign\n", "lists no campaign"),
        ("m.csv", b"campaign\n\xff\xfe\x00", "cannot be read as CSV"),
        ("m.yml", "a: 1\n", "holds no list"),
        ("m.yml", "- {campaign: trail-app, knobs: {}}\n", "does not know knobs"),
        ("m.yml", "- {campaign: trail-app, set: [1]}\n", "has a `set` that is no mapping"),
        ("m.yml", "- {name: x}\n", "names no campaign"),
        ("m.yml", "[", "cannot be read as YAML"),
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused_before_anything_runs(tmp_path, name, text, sentence):
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BadCall, match=sentence.replace("[", r"\[")):
        tasks([tmp_path / name])


@pytest.mark.parametrize("name", ["../../etc", ".hidden", "a/b", "index.html", "CON\n", "…" * 300, "batch.json"])
def test_a_name_never_leads_out_of_the_folder(tmp_path, name):
    world.campaign(tmp_path / "acme")
    (task,) = tasks([manifest(tmp_path / "m.yml", [{"campaign": tmp_path / "acme", "name": name}])])
    assert task.name not in ("index.html", "batch.json") and not task.name.startswith(".") and len(task.name) < 100
    assert (tmp_path / "out" / task.name).resolve().parent == tmp_path / "out"


# What it leaves


@pytest.fixture(scope="module")
def done(clients, books, tmp_path_factory):
    """A batch of three, and what it told."""
    work = tmp_path_factory.mktemp("done")
    rows = [{"campaign": clients / n, "notebooks": books} for n in ("acme", "beta", "über & co")]
    told: list[tuple[str, int, int]] = []
    path = manifest(work / "m.yml", rows)
    result = batch([path], out=work / "out", jobs=2, progress=lambda line, n, of: told.append((line.name, n, of)))
    return path, result, told


@pytest.mark.notebooks
def test_all_are_reported_with_one_table_over_them(done):
    _, result, told = done
    assert result.exit_code == 0 and set(statuses(result).values()) == {"good"}
    assert sorted(n for n, _, _ in told) == sorted(statuses(result)) and [t[1:] for t in told] == [(1, 3), (2, 3), (3, 3)]
    assert {p.name for p in result.out.iterdir()} == {"index.html", "batch.json", ".work", *statuses(result)}
    page = result.index.read_text(encoding="utf-8")
    for line in result.lines:
        assert (result.out / line.name / "index.html").is_file()
    assert 'href="%C3%BCber%20-%20co/index.html"' in page and "Small &amp; quick &lt;campaign&gt;" in page
    known = json.loads((result.out / "batch.json").read_text(encoding="utf-8"))["campaigns"]
    assert [c["name"] for c in known] == [line.name for line in result.lines]
    assert all(c["status"] == "good" and c["warnings"] >= 1 and c["currency"] == "EUR" for c in known)


@pytest.mark.notebooks
def test_the_report_is_that_of_a_single_run(done, clients, books, tmp_path):
    from playbook.report.run import report

    single = report(clients / "acme", out=tmp_path / "out", notebooks=books).out
    ours = done[1].out / "acme"
    assert (ours / "results.json").read_bytes() == (single / "results.json").read_bytes()
    assert set(world.files(ours)) == set(world.files(single))


@pytest.mark.notebooks
def test_what_has_not_changed_is_left_and_what_has_is_made_anew(done, clients, tmp_path):
    path, result, _ = done
    out = tmp_path / "out"
    shutil.copytree(result.out, out)
    before = world.files(out / "acme")
    again = batch([path], out=out)
    assert set(statuses(again).values()) == {"unchanged"} and again.exit_code == 0 and world.files(out / "acme") == before
    assert [(line.campaign, line.warnings) for line in again.lines] == [(line.campaign, line.warnings) for line in result.lines]

    (out / "beta" / "results.json").write_text("{}", encoding="utf-8")
    posts = clients / "acme" / "posts.csv"
    kept = posts.read_bytes()
    try:
        posts.write_bytes(kept + b"p9,instagram:c0,2026-04-20T12:00:00Z,50,2\n")
        third = batch([path], out=out)
    finally:
        posts.write_bytes(kept)
    assert statuses(third) == {"acme": "good", "beta": "good", "über - co": "unchanged"}
    assert (out / "beta" / "results.json").read_bytes() == (result.out / "beta" / "results.json").read_bytes()
    other = batch([path], out=out, settings=["statistics.level=0.8"], chapters=["goals"])
    assert set(statuses(other).values()) == {"good"}


@pytest.mark.notebooks
@pytest.mark.slow
def test_force_makes_all_anew(done, tmp_path):
    path, result, _ = done
    shutil.copytree(result.out, tmp_path / "out")
    assert set(statuses(batch([path], out=tmp_path / "out", force=True)).values()) == {"good"}


# Campaigns that misbehave

EVIL = {
    "raises": ("1 / 0", "failed", "ZeroDivisionError: division by zero"),
    "hangs": ("while True: pass", "failed", "A cell took longer than 4 seconds and was stopped"),
    "eats": ("import numpy as np; kept = np.ones(10 * 2**30, dtype='uint8')", "failed", "needed more memory than a chapter may take"),
    "exits": ("import os; os._exit(7)", "failed", "The kernel died"),
}


@pytest.mark.notebooks
@pytest.mark.skipif(not warm.available(), reason="kernels are forked on Linux alone")
def test_a_campaign_that_misbehaves_is_reported_and_all_others_are_done(clients, books, tmp_path):
    rows = [{"campaign": clients / "acme", "name": "good", "notebooks": books}, {"campaign": tmp_path / "gone"}]
    world.campaign(broken := tmp_path / "broken")
    (broken / "campaign.yml").write_text("goal: [", encoding="utf-8")
    rows.append({"campaign": broken})
    for name, (cell, _, _) in EVIL.items():
        world.notebook(tmp_path / name, "goals")
        world.notebook(tmp_path / name, "engagement", also=(cell,))
        rows.append({"campaign": clients / "beta", "name": name, "notebooks": tmp_path / name})
    rows.append({"campaign": clients / "beta", "name": "last", "notebooks": books})
    result = batch([manifest(tmp_path / "m.yml", rows)], out=tmp_path / "out", jobs=2, limits=Limits(cell_seconds=4, memory=3 << 30))
    assert result.exit_code == 1
    lines = {line.name: line for line in result.lines}
    assert lines["good"].status == lines["last"].status == "good"
    assert lines["gone"].status == lines["broken"].status == "not usable" and "campaign.yml" in lines["broken"].sentence
    for name, (_, status, sentence) in EVIL.items():
        assert lines[name].status == status and lines[name].chapter == "engagement" and sentence in lines[name].sentence, name
        # what the other chapters say is there
        assert [c["name"] for c in world.results(tmp_path / "out" / name)["chapters"]] == ["goals", "engagement"]
    page = result.index.read_text(encoding="utf-8")
    assert "6 campaigns need attention" in page and "ZeroDivisionError" in page


@pytest.mark.notebooks
@pytest.mark.skipif(not warm.available(), reason="kernels are forked on Linux alone")
@pytest.mark.slow
def test_a_campaign_that_takes_too_long_as_a_whole_is_stopped(clients, books, tmp_path):
    shutil.copytree(books, slow := tmp_path / "slow")
    world.notebook(slow, "goals", also=("import time, os; print(os.getpid(), flush=True); time.sleep(600)",))
    rows = [{"campaign": clients / "acme", "name": "slow", "notebooks": slow}, {"campaign": clients / "beta", "notebooks": books}]
    result = batch([manifest(tmp_path / "m.yml", rows)], out=tmp_path / "out", jobs=2, limits=Limits(campaign_seconds=12))
    assert statuses(result) == {"slow": "stopped", "beta": "good"}
    assert "took longer than 12 seconds and was stopped" in result.lines[0].sentence
    assert not (tmp_path / "out" / "slow" / "index.html").exists()


# Two at once, and places that cannot be written


def test_two_batches_in_one_folder_do_not_meet(tmp_path, clients):
    with alone(tmp_path / "out"), pytest.raises(BadCall, match="being written by another run"):
        batch([clients / "acme"], out=tmp_path / "out")


def test_a_folder_of_somebody_else_is_refused(tmp_path, clients):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("mine", encoding="utf-8")
    with pytest.raises(BadCall, match=r"already holds index\.html"):
        batch([clients / "acme"], out=tmp_path / "site")
    with pytest.raises(BadCall, match="lies in a campaign folder"):
        batch([clients / "acme"], out=clients / "acme" / "reports")
    with pytest.raises(BadCall, match="expected 1 or more"):
        batch([clients / "acme"], out=tmp_path / "x", jobs=0)
    assert (tmp_path / "site" / "index.html").read_text(encoding="utf-8") == "mine"


def test_no_cluster_is_one_sentence(tmp_path, clients):
    pytest.importorskip("distributed")
    from playbook.report.batch import work

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(work, "CONNECT_SECONDS", 1)
        with pytest.raises(NotUsable, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:9"):
            batch([clients / "acme"], out=tmp_path / "out", dask="tcp://127.0.0.1:9")
    (line,) = json.loads((tmp_path / "out" / "batch.json").read_text())["campaigns"]
    assert line["status"] == "stopped"


# The table


def test_the_table_escapes_says_unknown_and_marks_what_is_planned(tmp_path):
    lines = [
        Line(name="a", campaign="<script>alert(1)</script>", status="good", kind="sales", goal=957, target=600, spend=12256.7,
             currency="EUR", roi=0.46, roi_low=0.07, roi_high=1.08, errors=0, warnings=3, notes=12),
        Line(name="b", campaign="B", status="good", kind="followers", target=3000, spend=5000, planned=True, currency="GBP"),
        Line(name="c", status="not usable", sentence="x: <b>gone</b>"),
    ]  # fmt: skip
    page = league.page(lines, tmp_path)
    assert "<script>alert" not in page and "<b>gone" not in page
    for said in ("957 of 600 orders", "€12,257", "46 %", "7.0 % to 108 %", "£5,000", "planned", "target 3,000 new followers", "unknown"):
        assert said in page, said
    assert "1 of the 1 campaign with a measured result reached its goal" in page
    assert lines[1].reached is None and lines[0].reached is True


@pytest.mark.notebooks
def test_the_command(done, tmp_path):
    path, result, _ = done
    shutil.copytree(result.out, tmp_path / "out")
    command = [sys.executable, "-m", "playbook", "batch", str(path), str(tmp_path / "gone"), "--out", str(tmp_path / "out")]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 1 and "acme: unchanged" in ran.stdout and "gone: not usable" in ran.stdout
    assert "1 of 4 campaigns need attention" in ran.stderr and "Traceback" not in ran.stderr
    ran = subprocess.run([*command[:5], "--out", str(tmp_path / "out")], capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0 and "League table:" in ran.stdout


@pytest.mark.slow
@pytest.mark.notebooks
def test_a_cluster_makes_the_same_reports_and_outlives_a_worker(done, tmp_path):
    """Two worker processes, one of them killed while it works."""
    distributed = pytest.importorskip("distributed")
    path, result, _ = done
    import threading

    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        pids, killed = [w.pid for w in cluster.workers.values()], []

        def kill() -> None:
            # as soon as a campaign is under way on it, somewhere between its first and its last file
            until = time.monotonic() + 60
            while not list((tmp_path / "out").glob("*/.work/stage/notebooks/*")) and time.monotonic() < until:
                time.sleep(0.02)
            killed.append(pids[0])
            os.kill(pids[0], 9)

        killer = threading.Thread(target=kill)
        killer.start()
        ours = batch([path], out=tmp_path / "out", dask=cluster.scheduler_address)
        killer.join()
    assert killed and set(statuses(ours).values()) == {"good"} and ours.exit_code == 0
    for line in ours.lines:
        there, here = tmp_path / "out" / line.name, result.out / line.name
        assert (there / "results.json").read_bytes() == (here / "results.json").read_bytes()
        assert set(world.files(there)) == set(world.files(here))
