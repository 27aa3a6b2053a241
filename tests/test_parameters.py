"""Parameters as papermill passes them on: its four traps, each held by the notebook's first call."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from playbook.findings import RECORD_MIME
from tests import report_world as world

pytestmark = pytest.mark.notebooks

BOOK = "04_engagement.ipynb"


def papermill(
    root: Path, cwd: Path, *arguments: str, book: str | None = None, timeout: int = 300
) -> tuple[subprocess.CompletedProcess, Path]:
    """Run the chapter by papermill's own command, as somebody without this kit's commands would."""
    target = cwd / "x.ipynb" if os.access(cwd, os.W_OK) else Path("x.ipynb")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PLAYBOOK_")} | {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    call = [sys.executable, "-m", "papermill", "--no-progress-bar", book or str(root / "notebooks" / BOOK), str(target), *arguments]
    done = subprocess.run(call, cwd=cwd, capture_output=True, text=True, env=environment, timeout=timeout)
    return done, target


def last_line(done: subprocess.CompletedProcess) -> str:
    return (done.stdout + done.stderr).strip().splitlines()[-1]


def recorded(path: Path) -> dict:
    book = nbformat.read(str(path), as_version=4)
    return next(o.data[RECORD_MIME] for c in reversed(book.cells) for o in c.get("outputs", []) if RECORD_MIME in o.get("data", {}))


def opened(path: Path) -> str:
    """Return what the first call said of the campaign and its knobs."""
    book = nbformat.read(str(path), as_version=4)
    return next(
        o.data["text/plain"] for c in book.cells for o in c.get("outputs", []) if "Knobs:" in o.get("data", {}).get("text/plain", "")
    )


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    return world.campaign(tmp_path_factory.mktemp("parameters") / "small")


def test_an_unknown_name_ends_the_run(root, tmp_path):
    """papermill alone warns and exits 0."""
    done, _ = papermill(root, tmp_path, "-p", "WINDOWW", "20")
    assert done.returncode != 0
    assert last_line(done) == (
        "04_engagement.ipynb: WINDOWW is not a parameter of this chapter (did you mean WINDOW?); "
        "it knows CAMPAIGN, DEFINITION, MATURE_HOURS, TOP, WINDOW."
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        # digits become a number, leading zeros lost: text that was meant is told how to be passed
        (["-p", "CAMPAIGN", "00123"], "expected a sample's name or a path as text (papermill turns digits into numbers: pass it with -r"),
        # the set of allowed words is lost
        (["-p", "DEFINITION", "fans"], "DEFINITION is 'fans'; expected what engagements are divided by: followers, reach, views."),
        # None is a word to papermill
        (["-p", "WINDOW", "None"], "WINDOW is None; expected latest posts that count, 3-100."),
        (["-p", "WINDOW", "2"], "WINDOW is 2; expected latest posts that count, 3-100."),
        pytest.param(["-p", "WINDOW", "12.5"], "WINDOW is 12.5; expected latest posts that count, 3-100.", marks=pytest.mark.slow),
        pytest.param(["-r", "WINDOW", "twelve"], "WINDOW is 'twelve'; expected latest posts that count, 3-100.", marks=pytest.mark.slow),
        (["-y", "WINDOW: 2026-01-01"], "WINDOW is"),
        pytest.param(["-p", "CAMPAIGN", "no-such-sample"], "no-such-sample is neither a folder nor a sample", marks=pytest.mark.slow),
    ],
    ids=["digits", "literal", "none", "range", "fraction", "text", "date", "campaign"],
)  # fmt: skip
def test_a_wrong_value_ends_the_run_with_its_sentence(arguments, said, root, tmp_path):
    done, _ = papermill(root, tmp_path, *arguments)
    assert done.returncode != 0
    assert said in last_line(done), last_line(done)


def test_a_folder_named_by_digits_is_found_as_text(root, tmp_path):
    world.campaign(tmp_path / "00123")
    done, target = papermill(root, tmp_path, "-r", "CAMPAIGN", "00123")
    assert done.returncode == 0, last_line(done)
    assert recorded(target)["campaign"] == "Small & quick <campaign>"


def test_given_values_win_over_the_brief_and_say_where_they_came_from(root, small, tmp_path):
    (small / "campaign.yml").write_text(world.BRIEF + "engagement: {window: 5, top: 3}\n", encoding="utf-8")
    done, target = papermill(root, tmp_path, "-p", "CAMPAIGN", str(small), "-p", "WINDOW", "12")
    assert done.returncode == 0, last_line(done)
    # 12 is the default and still wins, as it was given
    assert "WINDOW = 12 (this notebook)" in opened(target)
    assert "TOP = 3 (campaign.yml)" in opened(target) and "DEFINITION = 'followers' (default)" in opened(target)


def test_it_runs_from_the_notebooks_folder_and_from_any_other(root, tmp_path):
    """Relative paths of campaigns are taken from where the call was made."""
    away, target = papermill(root, tmp_path, "-p", "CAMPAIGN", "trail-app")
    assert away.returncode == 0, last_line(away)
    near = subprocess.run(
        [sys.executable, "-m", "papermill", "--no-progress-bar", BOOK, str(tmp_path / "y.ipynb"), "-p", "CAMPAIGN", "trail-app"],
        cwd=root / "notebooks", capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert near.returncode == 0, last_line(near)
    assert recorded(target) == recorded(tmp_path / "y.ipynb")
    world.campaign(tmp_path / "here")
    relative, third = papermill(root, tmp_path, "-p", "CAMPAIGN", "here")
    assert relative.returncode == 0, last_line(relative)
    assert recorded(third)["campaign"].startswith("Small")


@pytest.mark.slow
def test_plain_papermill_feeds_the_report(root, tmp_path):
    """What papermill left by itself counts, where it is of the same inputs and settings."""
    from playbook.report.run import report

    out = tmp_path / "out"
    (out / "notebooks").mkdir(parents=True)
    done, target = papermill(root, tmp_path)
    assert done.returncode == 0, last_line(done)
    target.rename(out / "notebooks" / BOOK)
    world.notebook(tmp_path / "n", "goals")
    result = report("glow-skincare", out=out, notebooks=tmp_path / "n")
    assert [c["name"] for c in world.results(result.out)["chapters"]] == ["goals", "engagement"]


WIDGETS = """
import sys

widgets = sys.modules.get("ipywidgets.widgets.widget")
print("widgets:", len(widgets._instances) if widgets else 0)
"""


def test_a_run_makes_no_widgets(root, tmp_path):
    """Controls are for people: a notebook run by papermill makes none."""
    book = nbformat.read(str(root / "notebooks" / BOOK), as_version=4)
    book.cells.append(nbformat.v4.new_code_cell(WIDGETS))
    nbformat.write(book, str(tmp_path / BOOK))
    done, target = papermill(root, tmp_path, book=str(tmp_path / BOOK))
    assert done.returncode == 0, last_line(done)
    ran = nbformat.read(str(target), as_version=4)
    assert ran.cells[-1].outputs[0].text.strip() == "widgets: 0"
    assert "widgets" not in ran.metadata
    outputs = [o for c in ran.cells if c.cell_type == "code" for o in c.outputs]
    assert not [o for o in outputs if "application/vnd.jupyter.widget-view+json" in o.get("data", {})]
    # nor does anything warn
    assert not [o.text for o in outputs if o.output_type == "stream" and o.name == "stderr"]
    assert "FutureWarning" not in done.stderr and "DeprecationWarning" not in done.stderr, done.stderr
