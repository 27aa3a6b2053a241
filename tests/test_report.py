"""The report as a whole: what it leaves, what it keeps, and what it says when something is wrong."""

from __future__ import annotations

import errno
import getpass
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import jsonschema
import nbformat
import pytest
from python_calamine import CalamineWorkbook

from playbook.errors import BadCall, NotUsable
from playbook.report import kernels, pages, run, settings, workbook
from playbook.report.run import report
from tests import report_world as world

CHAPTERS = ("goals", "engagement", "portfolio")


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    return world.campaign(tmp_path_factory.mktemp("campaigns") / "small")


@pytest.fixture(scope="module")
def books(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("books") / "notebooks"
    world.notebook(folder, "goals", value=1)
    world.notebook(folder, "engagement", value=2, status="partial")
    world.notebook(folder, "portfolio", value=3)
    return folder


@pytest.fixture(scope="module")
def whole(home, books, tmp_path_factory):
    """A whole run in real kernels: (result, what it told)."""
    told: list[str] = []
    return report(home, out=tmp_path_factory.mktemp("whole") / "out", notebooks=books, progress=told.append), told


@pytest.fixture
def quick(monkeypatch):
    """Let notebooks come back as if run, without kernels."""
    monkeypatch.setattr(kernels, "run", world.as_if_run)


def in_one(**options):
    return {"workers": 1, **options}


# What it leaves


@pytest.mark.notebooks
def test_it_leaves_what_it_promises(whole):
    result, told = whole
    assert result.exit_code == 0 and not result.failed and not result.stale
    assert result.index == result.out / "index.html"
    names = {"01_goals", "04_engagement", "08_portfolio"}
    assert set(world.files(result.out)) == {
        "index.html", "results.json", "run.json", "workbook.xlsx",
        *(f"chapters/{n}.html" for n in names), *(f"notebooks/{n}.ipynb" for n in names),
    }  # fmt: skip
    assert not (result.out / ".work" / "stage").exists()
    assert "66 rows" not in told[0] and "36 rows" in told[0]


@pytest.mark.notebooks
def test_results_follow_their_schema_and_their_order(whole, root):
    document = world.results(whole[0].out)
    schema = json.loads((root / "playbook" / "rules" / "results.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema)
    assert list(document) == ["schema", "campaign", "as_of", "inputs", "chapters", "figures", "claims", "findings"]
    assert [(c["name"], c["status"]) for c in document["chapters"]] == [("goals", "done"), ("engagement", "partial"), ("portfolio", "done")]
    assert [i["path"] for i in document["inputs"]] == ["campaign.yml", "creators.csv", "posts.csv"]
    figures = {f["id"]: f for f in document["figures"]}
    assert figures["engagement.number"]["value"] == pytest.approx(2 / 3, rel=1e-11)
    assert figures["goals.unknown"]["value"] is None
    # said by three chapters, listed once; warnings before notes
    assert [f["found"] for f in document["findings"]].count("said by two chapters") == 1
    levels = [f["level"] for f in document["findings"]]
    assert levels == sorted(levels, key=("error", "warning", "note").index)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d["figures"][0].pop("source"),
        lambda d: d["figures"][0].update(source="guessed"),
        lambda d: d["chapters"][0].update(status="fine"),
        lambda d: d["claims"].append({"id": "x"}),
        lambda d: d["inputs"][0].update(sha256="short"),
        lambda d: d.pop("as_of"),
    ],
)
def test_the_schema_can_refuse(spoil, root, home, books, tmp_path, quick):
    document = world.results(report(home, out=tmp_path / "out", notebooks=books, workers=1).out)
    schema = json.loads((root / "playbook" / "rules" / "results.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, schema)
    spoil(document)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema)


@pytest.mark.notebooks
def test_the_workbook_keeps_the_order_of_columns(whole):
    book = CalamineWorkbook.from_path(str(whole[0].out / "workbook.xlsx"))
    assert book.get_sheet_by_name("08 rows").to_python()[0] == ["Creator", "Rate", "Day", "n"]


@pytest.mark.notebooks
def test_single_runs_add_up_to_the_whole(whole, home, books, tmp_path):
    """The bytes of results, pages and workbook do not depend on how the chapters were run."""
    first = world.files(whole[0].out)
    for name in reversed(CHAPTERS):
        last = report(home, out=tmp_path / "out", notebooks=books, chapters=[name])
        assert last.exit_code == 0
    second = world.files(last.out)
    alike = [name for name in first if name not in ("run.json",) and not name.startswith("notebooks/")]
    assert {n: second[n] for n in alike} == {n: first[n] for n in alike}
    again = report(home, out=last.out, notebooks=books, chapters=["04"])
    assert world.files(again.out)["results.json"] == first["results.json"]


@pytest.mark.notebooks
def test_nothing_of_this_machine_is_in_it(whole, home):
    """Apart from the campaign's own folder, which the executed notebooks were given."""
    user = getpass.getuser()
    for name, content in world.files(whole[0].out).items():
        if name.endswith(".xlsx"):
            continue
        text = content.decode("utf-8").replace(str(home), "")
        assert socket.gethostname() not in text, name
        assert sys.prefix not in text and str(Path.home()) + "/" not in text, name
        assert f"/{user}/" not in text, name
    about = json.loads((whole[0].out / "run.json").read_text(encoding="utf-8"))
    assert about["command"] == "playbook report small --chapter goals --chapter engagement --chapter portfolio"
    assert about["packages"]["pandas"] and all(c["seconds"] > 0 for c in about["chapters"])


# Runs that come after others


def test_other_settings_leave_older_chapters_out_and_say_so(home, books, tmp_path, quick):
    told: list[str] = []
    out = tmp_path / "out"
    report(home, out=out, notebooks=books, **in_one())
    one = report(home, out=out, notebooks=books, chapters=["goals"], settings=["goals.reach_rate=0.5"], progress=told.append, **in_one())
    assert one.stale == ("engagement", "portfolio")
    assert any("engagement, portfolio" in line for line in told)
    assert [c["name"] for c in world.results(out)["chapters"]] == ["goals"]
    assert [f["id"] for f in world.results(out)["figures"]] == ["goals.number"]
    assert "Out of date" in (out / "chapters" / "04_engagement.html").read_text(encoding="utf-8")
    assert "Out of date" not in (out / "chapters" / "01_goals.html").read_text(encoding="utf-8")
    assert json.loads((out / "run.json").read_text(encoding="utf-8"))["stale"] == ["engagement", "portfolio"]
    # back to the first settings: the older chapters count again
    back = report(home, out=out, notebooks=books, chapters=["goals"], **in_one())
    assert not back.stale and len(world.results(out)["chapters"]) == 3


def test_changed_inputs_leave_older_chapters_out(books, tmp_path, quick):
    home = world.campaign(tmp_path / "mine")
    report(home, out=tmp_path / "out", notebooks=books, **in_one())
    with (home / "creators.csv").open("a", encoding="utf-8") as file:
        file.write("instagram:new,5000\n")
    assert report(home, out=tmp_path / "out", notebooks=books, chapters=["goals"], **in_one()).stale == ("engagement", "portfolio")


def test_the_folder_is_read_once_and_kept(home, books, tmp_path, quick, monkeypatch):
    report(home, out=tmp_path / "out", notebooks=books, **in_one())
    import playbook.data.load as load

    monkeypatch.setattr(load, "read_folder", lambda *a, **k: pytest.fail("read again"))
    report(home, out=tmp_path / "out", notebooks=books, **in_one())
    assert json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))["data_read"] == "from an earlier run's copy"


SAYS = """
from playbook.findings import Outcome
answer = f"{c.brief.engagement.window} and {c.brief.goals.posts_per_creator}"
playbook.record(c, Outcome(chapter="engagement", status="done", answer=answer))
"""


def with_parameter(path: Path, line: str) -> None:
    book = nbformat.read(str(path), as_version=4)
    book.cells[1].source += f"\n{line}"
    nbformat.write(book, str(path))


@pytest.mark.notebooks
def test_a_notebook_that_sets_a_knob_sets_it_for_all(home, tmp_path):
    """What the owner of a notebook writes into its parameters holds for the whole report, but not against the command line."""
    books = tmp_path / "books"
    with_parameter(world.notebook(books, "engagement", last=SAYS), "WINDOW: int = 20  # posts, 3-100")
    with_parameter(world.notebook(books, "goals"), "POSTS_PER_CREATOR: int = 7")
    first = report(home, out=tmp_path / "out", notebooks=books, chapters=["engagement"])
    assert first.exit_code == 0
    page = first.index.read_text(encoding="utf-8")
    assert "20 and 7" in page and "engagement.window" in page
    second = report(home, out=tmp_path / "out", notebooks=books, chapters=["engagement"], settings=["engagement.window=30"])
    assert "30 and 7" in second.index.read_text(encoding="utf-8")


@pytest.mark.notebooks
def test_a_notebook_with_a_wrong_parameter_fails_alone(home, tmp_path):
    books = tmp_path / "books"
    with_parameter(world.notebook(books, "engagement"), "WINDOW: int = 2")
    world.notebook(books, "goals")
    done = report(home, out=tmp_path / "out", notebooks=books)
    assert [f.chapter for f in done.failed] == ["engagement"]
    assert done.failed[0].sentence == "04_engagement.ipynb: WINDOW is 2; expected latest posts that count, 3-100."


# When a chapter fails


@pytest.fixture(scope="module")
def broken(home, tmp_path_factory):
    folder = tmp_path_factory.mktemp("broken")
    world.notebook(folder / "n", "goals")
    world.notebook(
        folder / "n",
        "engagement",
        also=("from playbook.errors import NotUsable\nraise NotUsable('posts.csv row 3: likes is <-1>; write 0.')",),
    )
    world.notebook(folder / "n", "trust", also=("{}['no such key']",))
    world.notebook(folder / "n", "fit", last="c.brief.name")
    return report(home, out=folder / "out", notebooks=folder / "n")


@pytest.mark.notebooks
def test_a_failed_chapter_is_told_and_the_others_run(broken):
    assert broken.exit_code == 1
    failed = {f.chapter: f for f in broken.failed}
    assert list(failed) == ["engagement", "trust", "fit"]
    assert failed["engagement"].sentence == "posts.csv row 3: likes is <-1>; write 0."
    assert failed["engagement"].cell == "cell 6, under “A step”"
    assert "KeyError: 'no such key'" in failed["trust"].sentence
    assert "playbook.record" in failed["fit"].sentence
    chapter, sentence, cell = broken.failed[0]
    assert (chapter, sentence, cell) == tuple(failed["engagement"])
    assert {c["name"]: c["status"] for c in world.results(broken.out)["chapters"]} == {
        "goals": "done", "engagement": "failed", "trust": "failed", "fit": "failed",
    }  # fmt: skip
    assert [f["id"] for f in world.results(broken.out)["figures"]] == ["goals.number", "goals.unknown"]


@pytest.mark.notebooks
def test_a_failed_page_carries_the_sentence_and_leads_to_the_cell(broken):
    page = (broken.out / "chapters" / "04_engagement.html").read_text(encoding="utf-8")
    banner = re.search(r'<div class="banner failed" role="alert">(.*?)</div>', page, re.S)[1]
    assert "likes is &lt;-1&gt;; write 0." in banner and "cell 6" in banner
    anchor = re.search(r'href="#([^"]+)"', banner)[1]
    assert f'id="{anchor}"' in page and anchor == "cell-engagement-05"
    assert "An Exception was encountered" not in page
    index = broken.index.read_text(encoding="utf-8")
    assert "3 chapters failed" in index
    # the fault of the kit shows its trace, folded and without this machine's folders
    trust = (broken.out / "chapters" / "05_trust.html").read_text(encoding="utf-8")
    assert "KeyError" in trust and sys.prefix not in trust


@pytest.mark.notebooks
def test_a_failed_chapter_is_mended_by_running_it_again(broken, home, tmp_path):
    import shutil

    out = tmp_path / "out"
    shutil.copytree(broken.out, out)
    world.notebook(tmp_path / "n", "engagement")
    again = report(home, out=out, notebooks=tmp_path / "n", chapters=["engagement"])
    assert again.exit_code == 0
    assert {c["name"]: c["status"] for c in world.results(out)["chapters"]}["engagement"] == "done"
    # the others of the earlier run still failed, and still say so
    assert "2 chapters failed" in again.index.read_text(encoding="utf-8")


@pytest.mark.notebooks
def test_a_dead_kernel_is_a_failed_chapter(home, tmp_path):
    world.notebook(tmp_path / "n", "goals", also=("import os\nos._exit(9)",))
    done = report(home, out=tmp_path / "out", notebooks=tmp_path / "n")
    assert done.exit_code == 1
    assert "kernel died" in done.failed[0].sentence and done.failed[0].cell.startswith("cell 6")


# Nothing half-written


def test_a_full_disk_leaves_the_old_report_whole(home, books, tmp_path, quick, monkeypatch):
    out = tmp_path / "out"
    report(home, out=out, notebooks=books, **in_one())
    before = world.files(out)

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    for place, name in ((workbook, "write"), (pages, "write"), (run, "_publish"), (kernels, "run")):
        with monkeypatch.context() as patch:
            patch.setattr(place, name, full)
            with pytest.raises(NotUsable, match="the disk is full"):
                report(home, out=out, notebooks=books, settings=["goals.reach_rate=0.5"], **in_one())
        assert world.files(out) == before
    assert report(home, out=out, notebooks=books, **in_one()).exit_code == 0


@pytest.mark.parametrize("stuck", ["workbook.xlsx", "index.html", "04_engagement.html"])
def test_a_file_that_cannot_be_replaced_puts_all_back(stuck, home, books, tmp_path, quick, monkeypatch):
    out = tmp_path / "out"
    report(home, out=out, notebooks=books, **in_one())
    before = world.files(out)
    replace = Path.replace

    def protected(self, target):
        if "stage" in self.parts and self.name == stuck:
            raise PermissionError(errno.EACCES, "Permission denied", str(self), None, str(target))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", protected)
    with pytest.raises(NotUsable, match=re.escape(f"{stuck} is protected, or open in another program")):
        report(home, out=out, notebooks=books, settings=["goals.reach_rate=0.5"], **in_one())
    assert world.files(out) == before


def test_an_unwritable_folder_is_one_sentence(home, books, tmp_path, quick, monkeypatch):
    def refused(self, *args, **kwargs):
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refused)
    with pytest.raises(NotUsable, match="cannot be written"):
        report(home, out=tmp_path / "out", notebooks=books, **in_one())


def test_an_interrupted_run_leaves_the_old_report_whole(home, books, tmp_path, quick, monkeypatch):
    out = tmp_path / "out"
    report(home, out=out, notebooks=books, **in_one())
    before = world.files(out)

    def interrupted(job, started):
        world.as_if_run(job)
        raise KeyboardInterrupt

    monkeypatch.setattr(kernels, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        report(home, out=out, notebooks=books, **in_one())
    assert world.files(out) == before


def test_two_runs_do_not_share_a_folder(home, books, tmp_path, quick, monkeypatch):
    out = tmp_path / "out"

    def meanwhile(job, started):
        with pytest.raises(BadCall, match="being written by another run"):
            report(home, out=out, notebooks=books, **in_one())
        return world.as_if_run(job)

    monkeypatch.setattr(kernels, "run", meanwhile)
    assert report(home, out=out, notebooks=books, chapters=["goals"], **in_one()).exit_code == 0


def test_inputs_that_change_meanwhile_are_noticed(books, tmp_path, monkeypatch):
    home = world.campaign(tmp_path / "mine")

    def other(job, started):
        import dataclasses

        return world.as_if_run(dataclasses.replace(job, fingerprint="other"))

    monkeypatch.setattr(kernels, "run", other)
    with pytest.raises(NotUsable, match="changed while its report was made"):
        report(home, out=tmp_path / "out", notebooks=books, **in_one())
    assert world.files(tmp_path / "out") == {}


# What it refuses


def test_out_must_be_a_folder_of_its_own(home, books, tmp_path, quick):
    (tmp_path / "file").write_text("x")
    other = tmp_path / "other"
    other.mkdir()
    (other / "index.html").write_text("somebody's page")
    for out, said in (
        (home, "is a campaign folder"),
        (home / "exports" / "out", "lies in the campaign's exports"),
        (tmp_path / "file", "is a file"),
        (other, "already holds index.html"),
        (books.parent, "holds the playbook's own notebooks"),
    ):
        with pytest.raises(BadCall, match=said):
            report(home, out=out, notebooks=books, **in_one())
    assert (other / "index.html").read_text() == "somebody's page"
    assert list(other.iterdir()) == [other / "index.html"]


def test_unknown_chapters_and_folders_are_refused(home, books, tmp_path):
    with pytest.raises(BadCall, match="did you mean engagement"):
        report(home, out=tmp_path / "out", notebooks=books, chapters=["engagment"])
    with pytest.raises(NotUsable, match=r"09_outreach.ipynb is not there"):
        report(home, out=tmp_path / "out", notebooks=books, chapters=["outreach"])
    with pytest.raises(NotUsable, match="neither a folder nor a sample"):
        report(tmp_path / "nowhere", out=tmp_path / "out", notebooks=books)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("engagement.widow=20", "did you mean window"),
        ("engagment.window=20", "did you mean engagement"),
        ("engagement.window=2", "greater than or equal to 3; expected latest posts that count, 3-100"),
        ("engagement.window=twelve", "valid integer"),
        ("engagement.definition=fans", "'followers', 'reach' or 'views'"),
        ("engagement.window", "expected CHAPTER.KNOB=VALUE"),
        ("window=20", "expected CHAPTER.KNOB=VALUE"),
        ("budget.currency=EURO", "ISO 4217"),
        ("engagement.window=[1", "cannot be read"),
    ],
)
def test_settings_that_make_no_sense_are_refused(line, said):
    with pytest.raises(BadCall, match=re.escape(said)):
        settings.parse([line])


def test_settings_keep_text_as_typed_and_dates_as_dates(home):
    from playbook import brief

    lines = [
        "outreach.code_suffix=00123",
        "goal.deadline=2026-09-30",
        "brand.values=[kind, 'true']",
        "engagement.window=20",
        "goal.kpi=1e3",
    ]
    given = settings.parse(lines)
    json.dumps(given)
    read = brief.read(home, given)
    assert read.outreach.code_suffix == "00123"
    assert read.goal.deadline.isoformat() == "2026-09-30"
    assert read.brand.values == ["kind", "true"]
    assert read.engagement.window == 20
    assert read.goal.kpi == "1e3"
    # a value that only clashes with another field's default is judged with the whole brief
    assert settings.parse(["tiers.macro=500"]) == {"tiers": {"macro": 500}}


# The kit's own notebooks

CALL = """
from playbook.report.run import report

result = report("glow-skincare", out="r", chapters=["engagement", "costs", "portfolio"])
print(result.failed)
raise SystemExit(result.exit_code)
"""


@pytest.mark.notebooks
def test_the_samples_report_has_every_chapter(root, tmp_path, reported):
    """Chapters run again, from another folder and by a script without a guard for workers: none of it may change a byte."""
    shutil.copytree(reported("glow-skincare"), tmp_path / "r")
    script = tmp_path / "call.py"
    script.write_text(CALL, encoding="utf-8")
    done = subprocess.run([sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    by_command = (reported("glow-skincare") / "results.json").read_bytes()
    assert (tmp_path / "r" / "results.json").read_bytes() == by_command
    document = world.results(tmp_path / "r")
    there = [p.name for p in sorted((root / "notebooks").glob("*.ipynb"))]
    assert len(document["chapters"]) == len(there)
    assert "failed" not in {c["status"] for c in document["chapters"]}
    jsonschema.validate(document, json.loads((root / "playbook" / "rules" / "results.schema.json").read_text(encoding="utf-8")))
    for path in (tmp_path / "r" / "notebooks").iterdir():
        text = path.read_text(encoding="utf-8")
        assert str(root) not in text and str(tmp_path) not in text, f"{path.name} holds a path of this machine"


INTERRUPTED = """
import sys
from pathlib import Path
from tests import report_world as world
from playbook.report.run import report

place = Path(sys.argv[1])
home = world.campaign(place / "small")
wait = f"from pathlib import Path\\nimport time\\nPath({str(place)!r}, 'begun').touch()\\ntime.sleep(600)"
for name in ("goals", "engagement"):
    world.notebook(place / "n", name, also=(wait,))
report(home, out=place / "out", notebooks=place / "n")
"""


@pytest.mark.notebooks
@pytest.mark.skipif(sys.platform == "win32", reason="interrupts are sent otherwise on Windows")
def test_an_interrupt_ends_the_run_at_once_and_its_kernels_with_it(root, tmp_path):
    import signal
    import time

    started = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, str(tmp_path)], cwd=root, stderr=subprocess.PIPE, env={**os.environ, "TMPDIR": str(tmp_path)}
    )
    try:
        end = time.monotonic() + 180
        while not (tmp_path / "begun").exists() and time.monotonic() < end:
            time.sleep(0.2)
        assert (tmp_path / "begun").exists()
        started.send_signal(signal.SIGINT)
        _, said = started.communicate(timeout=60)
    finally:
        started.kill()
    assert b"KeyboardInterrupt" in said
    assert world.files(tmp_path / "out") == {}
    assert not list(tmp_path.glob("pb-*")), "the kernels' scratch folder is removed"
