"""The wheel: what `pip install .` gives works from any folder, notebooks and samples included."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile

import pytest

from playbook.chapters import CHAPTERS

from .conftest import SAMPLES


@pytest.fixture(scope="module")
def wheel(root, tmp_path_factory):
    target = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return next(target.glob("*.whl"))


def test_it_carries_notebooks_samples_and_rules_but_no_truth(wheel, root):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {f"playbook/_shipped/notebooks/{c.notebook}" for c in CHAPTERS} <= names
    assert {f"playbook/_shipped/samples/{s}/campaign.yml" for s in SAMPLES} <= names
    assert not [n for n in names if "truth" in n.rsplit("/", 2)[-2:][0] or n.startswith("tests/")]
    for path in (root / "playbook").rglob("*"):
        if path.is_file() and path.suffix not in (".pyc",):
            assert path.relative_to(root).as_posix() in names, path


@pytest.mark.notebooks
def test_it_reports_from_another_folder(wheel, tmp_path):
    installed, elsewhere = tmp_path / "installed", tmp_path / "elsewhere"
    elsewhere.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    # the unpacked wheel comes first on the path, before the checkout
    env = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-m", "playbook", "report", "glow-skincare", "--chapter", "goals"],
        cwd=elsewhere,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert (elsewhere / "glow-skincare-report" / "index.html").is_file()
