"""A batch that is killed at any moment: a rerun ends as if nothing had happened, nobody ever sees half a file, nothing goes on alone.

PLAYBOOK_KILLS says how often (20 by itself, 200 in `make test-hard`), PLAYBOOK_KILL_SEED from which seed the moments are drawn.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from playbook.report import warm
from tests import report_world as world

pytestmark = pytest.mark.skipif(not warm.available(), reason="processes are found by /proc, on Linux alone")

KILLS = int(os.environ.get("PLAYBOOK_KILLS", "20"))
SEED = int(os.environ.get("PLAYBOOK_KILL_SEED", "0")) or int(time.time())
CAMPAIGNS = ("acme", "beta", "gamma")
MARK = "PLAYBOOK_KILL_TEST"


def processes(mark: str) -> dict[int, str]:
    """Return the processes that a batch with this mark started, itself included."""
    out = {}
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                if f"{MARK}={mark}\0".encode() in (place / "environ").read_bytes():
                    state = (place / "stat").read_text().rpartition(")")[2].split()[0]
                    if state != "Z":
                        out[int(place.name)] = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
    return out


def half(path: Path) -> str:
    """Say what is wrong with a file that somebody sees; nothing where it is whole."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return ""
    if path.suffix in (".json", ".ipynb"):
        try:
            json.loads(content)
        except ValueError as problem:
            return f"{path}: {problem}"
    elif path.suffix == ".html":
        return "" if content.rstrip().endswith(b"</html>") else f"{path} breaks off"
    elif path.suffix == ".xlsx":
        # a ZIP archive's directory stands at its end
        return "" if content.startswith(b"PK") and b"PK\x05\x06" in content[-64:] else f"{path} breaks off"
    else:
        return f"{path} is no file of a report"
    return ""


class Watcher(threading.Thread):
    """Looks at every file outside the working folders, over and over."""

    def __init__(self, out: Path):
        super().__init__(daemon=True)
        self.out, self.seen, self.over = out, set(), threading.Event()
        self.start()

    def run(self) -> None:
        known: dict[Path, tuple[int, int]] = {}
        while not self.over.is_set():
            for base, folders, names in os.walk(self.out):
                folders[:] = [f for f in folders if f != ".work"]
                for path in (Path(base, n) for n in names):
                    try:
                        stat = path.stat()
                    except OSError:
                        continue
                    mark = (stat.st_ino, stat.st_mtime_ns)
                    if known.get(path) != mark:
                        known[path] = mark
                        if problem := half(path):
                            self.seen.add(problem)
            time.sleep(0.01)

    def stop(self) -> set[str]:
        self.over.set()
        self.join()
        return self.seen


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """A batch that nobody disturbs: its command, its results, and how long it takes."""
    work = tmp_path_factory.mktemp("kills")
    for name in ("goals", "engagement"):
        world.notebook(work / "books", name)
    rows = [{"campaign": str(world.campaign(work / n)), "notebooks": str(work / "books")} for n in CAMPAIGNS]
    (work / "m.yml").write_text(json.dumps(rows), encoding="utf-8")
    command = [sys.executable, "-m", "playbook", "batch", str(work / "m.yml"), "--jobs", "2", "--out"]
    began = time.monotonic()
    done = subprocess.run([*command, str(work / "out")], capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return command, results(work / "out"), time.monotonic() - began


def results(out: Path) -> dict[str, bytes]:
    return {name: (out / name / "results.json").read_bytes() for name in CAMPAIGNS}


def none_left(mark: str, seconds: float = 30) -> dict[int, str]:
    until = time.monotonic() + seconds
    while (left := processes(mark)) and time.monotonic() < until:
        time.sleep(0.05)
    return left


@pytest.mark.parametrize("turn", [turn if turn == 0 else pytest.param(turn, marks=pytest.mark.slow) for turn in range(KILLS)])
def test_a_batch_that_is_killed_ends_as_if_nothing_had_happened(undisturbed, tmp_path, turn):
    command, expected, seconds = undisturbed
    chance = random.Random(SEED * 1000 + turn)
    moment = chance.uniform(0, seconds)
    mark, out = f"{os.getpid()}-{turn}-{time.time_ns()}", tmp_path / "out"
    # short, because names of sockets have to be
    scratch = tempfile.mkdtemp(prefix="pk-")
    environment = {**os.environ, MARK: mark, "TMPDIR": scratch}
    about = f"seed {SEED}, turn {turn}, killed after {moment:.2f} of {seconds:.2f} s"
    watcher = Watcher(out)
    try:
        batch = subprocess.Popen([*command, str(out)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(moment)
        # three times of four the batch itself, otherwise any of the processes that work for it
        others = [pid for pid in processes(mark) if pid != batch.pid]
        victim = chance.choice(others) if others and chance.random() < 0.25 else batch.pid
        about += ", the batch" if victim == batch.pid else ", a process of it"
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            about += " (it had ended)"
        batch.wait(300)
        assert not (left := none_left(mark)), f"{about}: {left}"
        again = subprocess.run([*command, str(out)], env=environment, capture_output=True, text=True, timeout=300, check=False)
        assert again.returncode == 0, f"{about}: {again.stdout}{again.stderr}"
        assert results(out) == expected, about
        assert not none_left(mark), about
    finally:
        seen = watcher.stop()
        shutil.rmtree(scratch, ignore_errors=True)
    assert not seen, f"{about}: {seen}"
    assert {p.name for p in out.iterdir()} == {"index.html", "batch.json", ".work", *CAMPAIGNS}
    assert not list(out.glob("*/.work/stage")) and not list(out.glob("*/.work/before")), about


@pytest.mark.slow
def test_ctrl_c_and_a_service_that_stops_leave_a_table_and_nothing_running(undisturbed, tmp_path):
    command, expected, seconds = undisturbed
    for number in (signal.SIGINT, signal.SIGTERM):
        mark, out = f"{os.getpid()}-{number}-{time.time_ns()}", tmp_path / number.name
        environment = {**os.environ, MARK: mark}
        batch = subprocess.Popen([*command, str(out)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        time.sleep(0.6 * seconds)
        batch.send_signal(number)
        _, said = batch.communicate(timeout=60)
        assert batch.returncode in (0, 130) and "Traceback" not in said
        assert not none_left(mark)
        assert len(json.loads((out / "batch.json").read_text(encoding="utf-8"))["campaigns"]) == len(CAMPAIGNS)
        again = subprocess.run([*command, str(out)], capture_output=True, text=True, timeout=300, check=False)
        assert again.returncode == 0 and results(out) == expected
