"""What the tests share: where things are, and datasets opened once."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ("glow-skincare", "campus-coffee", "trail-app")


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@functools.cache
def _campaign(name: str):
    import playbook

    return playbook.load(name)


@pytest.fixture(scope="session", params=SAMPLES)
def campaign(request):
    """Each sample campaign in turn, read once a session."""
    return _campaign(request.param)


@pytest.fixture(scope="session")
def warm_kernels():
    """Let the kernels of every command that tests run be forks of one process with the libraries loaded, where the system can do that."""
    from playbook.report import run, warm

    with tempfile.TemporaryDirectory(prefix="pk-") as folder, warm.server(Path(folder)) as address:
        if address is None:
            yield None
            return
        spec = Path(folder) / "share" / "kernels" / "python3"
        spec.mkdir(parents=True)
        (spec / "kernel.json").write_text(json.dumps(warm.spec(address, log_file=Path(folder) / "log")), encoding="utf-8")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("JUPYTER_PATH", str(spec.parents[1]))
            patch.setenv(run.ENV_KERNELS, address)
            yield address


@pytest.fixture(autouse=True)
def _notebooks_start_warm(request):
    if request.node.get_closest_marker("notebooks"):
        request.getfixturevalue("warm_kernels")


@pytest.fixture(scope="session")
def reported(tmp_path_factory):
    """A function that gives the whole report of a sample, made once for all workers of a run."""
    from filelock import FileLock

    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base

    def of(sample: str) -> Path:
        out = shared / f"{sample}-report"
        with FileLock(f"{out}.lock"):
            if not (out / "index.html").exists():
                done = subprocess.run(
                    [sys.executable, "-m", "playbook", "report", sample, "--out", str(out)],
                    cwd=shared,
                    capture_output=True,
                    text=True,
                    check=False,
                    timeout=900,
                )
                (shared / f"{sample}-report.txt").write_text(f"{done.returncode}\n{done.stdout}\n{done.stderr}", encoding="utf-8")
        said = (shared / f"{sample}-report.txt").read_text(encoding="utf-8")
        assert said.startswith("0\n"), said
        return out

    return of


@pytest.fixture(scope="session")
def glow():
    """The sample campaign for sales, with results."""
    return _campaign("glow-skincare")


@pytest.fixture(scope="session")
def coffee():
    """The sample campaign for awareness, with results."""
    return _campaign("campus-coffee")


@pytest.fixture(scope="session")
def trail():
    """The sample campaign for followers, in planning."""
    return _campaign("trail-app")


@pytest.fixture(scope="session")
def realdata() -> Path:
    """The folder of real files; tests that need it skip where it is absent."""
    folder = Path(os.environ.get("PLAYBOOK_REAL_DATA", ROOT.parent / "shared" / "real"))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}: set PLAYBOOK_REAL_DATA to its folder")
    return folder
