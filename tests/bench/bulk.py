"""Reports at speed and in bulk: a batch of campaigns by papermill's own ways and by `playbook batch`, in turns.

In each of `ROUNDS` rounds, (a), (a2) and (b) run the whole notebooks of `SHARE` campaigns, other ones in each round, and (c) runs all
`CAMPAIGNS`; throughput is notebooks by second, and what is printed is the median over the rounds. Shorter: BENCH_ROUNDS, BENCH_SHARE,
BENCH_CAMPAIGNS in the environment.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
CAMPAIGNS = int(os.environ.get("BENCH_CAMPAIGNS", "20"))
SHARE = int(os.environ.get("BENCH_SHARE", "4"))
WORKERS = 2
KINDS = ("glow-skincare", "campus-coffee", "trail-app")
PAPERMILL = [sys.executable, "-m", "papermill", "--no-progress-bar", "--log-level", "ERROR"]
IN_ONE = """
import json, sys
import papermill
for source, target, campaign in json.load(open(sys.argv[1])):
    papermill.execute_notebook(source, target, parameters={"CAMPAIGN": campaign}, progress_bar=False)
"""
NAMES = {
    "a": "the papermill command a notebook",
    "a2": "the same under xargs -P2",
    "b": "papermill.execute_notebook in one process",
    "c": f"playbook batch, {WORKERS} workers",
}


def measure() -> list[dict[str, Any]]:
    """Measure the four ways, the start of the command line, and one report."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        return [*_batches(Path(folder)), *_starts(), *_one_report(Path(folder))]


def _batches(work: Path) -> list[dict[str, Any]]:
    from playbook.folders import notebooks_dir

    books = sorted(p for p in notebooks_dir().glob("[0-9]*.ipynb"))
    homes = _campaigns(work / "campaigns")
    ran: dict[str, list[dict[str, float]]] = {way: [] for way in NAMES}
    for turn in range(ROUNDS):
        some = [homes[(turn * SHARE + i) % len(homes)] for i in range(SHARE)]
        jobs = [(str(book), str(work / "out" / home.name / book.name), str(home)) for home in some for book in books]
        for way, run in (("a", _each), ("a2", _xargs), ("b", _in_one), ("c", None)):
            out = work / "out"
            shutil.rmtree(out, ignore_errors=True)
            for home in some:
                (out / home.name).mkdir(parents=True, exist_ok=True)
            workers = WORKERS if way in ("a2", "c") else 1
            # what is bound to a worker counts as that worker's time
            told = _watched(lambda run=run, jobs=jobs: run(jobs, work)) if run else _watched(lambda: _batch(homes, work / "batch"))
            done = sorted((out if run else work / "batch").glob("*/*.ipynb" if run else "*/notebooks/*.ipynb"))
            inside = sum(_inside(p) for p in done)
            ran[way].append(told | {"notebooks": len(done), "inside": inside, "workers": workers})
            about = f"{len(done)} notebooks in {told['wall']:.1f} s, {told['cpu']:.1f} s of the processor, {told['memory'] / 2**20:.0f} MB"
            print(f"  round {turn + 1} of {ROUNDS}: ({way}) {about}", file=sys.stderr, flush=True)
            if not run:
                shutil.rmtree(work / "batch", ignore_errors=True)
    return _rows(ran)


def _rows(ran: dict[str, list[dict[str, float]]]) -> list[dict[str, Any]]:
    rows = []
    for way, name in NAMES.items():
        rounds = ran[way]
        rate = [r["notebooks"] / r["wall"] for r in rounds]
        row: dict[str, Any] = {"what": f"({way}) {name}", "value": round(statistics.median(rate), 3), "unit": "notebooks/s"}
        rows.append(row | {"rounds": [round(r, 3) for r in rate]})
        if way != "c":
            ratios = [(c["notebooks"] / c["wall"]) / (r["notebooks"] / r["wall"]) for r, c in zip(rounds, ran["c"], strict=True)]
            rows.append({"what": f"(c) over ({way})", "value": round(statistics.median(ratios), 2), "unit": "times", "against": f"({way})",
                         "ratio": round(statistics.median(ratios), 2), "rounds": [round(r, 2) for r in ratios]})  # fmt: skip
        for key, unit, value in (
            ("inside cells", "s a notebook", lambda r: r["inside"] / r["notebooks"]),
            ("outside cells", "s a notebook", lambda r: (r["wall"] * r["workers"] - r["inside"]) / r["notebooks"]),
            ("peak memory", "MB", lambda r: r["memory"] / 2**20),
            ("processor", "s a notebook", lambda r: r["cpu"] / r["notebooks"]),
        ):
            rows.append({"what": f"({way}) {key}", "value": round(statistics.median([value(r) for r in rounds]), 2), "unit": unit})
    return rows


def _campaigns(folder: Path) -> list[Path]:
    """Make worlds of all kinds, each of a seed of its own."""
    from playbook.world import make

    homes = []
    for i in range(CAMPAIGNS):
        home = folder / f"c{i:02d}"
        make(home, kind=KINDS[i % len(KINDS)], seed=1000 + i)
        shutil.rmtree(home / "truth", ignore_errors=True)
        homes.append(home)
    return homes


def _each(jobs: list[tuple[str, str, str]], work: Path) -> None:
    for source, target, home in jobs:
        subprocess.run([*PAPERMILL, source, target, "-r", "CAMPAIGN", home], check=True, cwd=work, capture_output=True)


def _xargs(jobs: list[tuple[str, str, str]], work: Path) -> None:
    lines = "".join(shlex.join([source, target, "-r", "CAMPAIGN", home]) + "\n" for source, target, home in jobs)
    command = ["xargs", "-P", str(WORKERS), "-L", "1", *PAPERMILL]
    subprocess.run(command, input=lines, text=True, check=True, cwd=work, capture_output=True)


def _in_one(jobs: list[tuple[str, str, str]], work: Path) -> None:
    (work / "jobs.json").write_text(json.dumps(jobs), encoding="utf-8")
    subprocess.run([sys.executable, "-c", IN_ONE, str(work / "jobs.json")], check=True, cwd=work, capture_output=True)


def _batch(homes: list[Path], out: Path) -> None:
    command = [sys.executable, "-m", "playbook", "batch", *map(str, homes), "--out", str(out), "--jobs", str(WORKERS)]
    done = subprocess.run(command, check=False, cwd=out.parent, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the batch ended with {done.returncode}: {done.stdout[-1000:]}{done.stderr[-1000:]}")


def _inside(path: Path) -> float:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return sum(c["metadata"].get("papermill", {}).get("duration") or 0.0 for c in cells if c["cell_type"] == "code")


def _watched(call: Callable[[], None]) -> dict[str, float]:
    """Run something; return its seconds, the processor's seconds of all it started, and the most memory that all of it held at once."""
    import resource

    most, over = [0], threading.Event()
    watcher = threading.Thread(target=_watch, args=(os.getpid(), most, over), daemon=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    watcher.start()
    call()
    wall = time.monotonic() - began
    over.set()
    watcher.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": wall, "cpu": cpu, "memory": most[0]}


def _watch(root: int, most: list[int], over: threading.Event) -> None:
    import psutil

    while not over.wait(0.7):
        total = 0
        for process in psutil.Process(root).children(recursive=True):
            try:
                # memory that several share counts once in all
                total += process.memory_full_info().pss
            except psutil.Error:
                continue
        most[0] = max(most[0], total)


def _starts() -> list[dict[str, Any]]:
    commands = {"playbook --help": ["-m", "playbook", "--help"], "python -c 'import pandas'": ["-c", "import pandas"]}
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(9):
        for name, arguments in commands.items():
            seconds[name].append(_seconds([sys.executable, *arguments]))
    ours, theirs = (statistics.median(seconds[name]) for name in commands)
    ratio = statistics.median(t / o for o, t in zip(*seconds.values(), strict=True))
    return [
        {"what": "python -c 'import pandas'", "value": round(theirs, 2), "unit": "s"},
        {"what": "playbook --help", "value": round(ours, 2), "unit": "s", "against": "import pandas", "ratio": round(ratio, 2)},
    ]


def _one_report(work: Path) -> list[dict[str, Any]]:
    """One warm report of a sample against one plain papermill run of chapter 04."""
    from playbook.folders import notebooks_dir

    plain, warm = [], []
    source = str(notebooks_dir() / "04_engagement.ipynb")
    for turn in range(max(3, min(5, ROUNDS))):
        plain.append(_seconds([*PAPERMILL, source, str(work / "04.ipynb"), "-r", "CAMPAIGN", KINDS[0]]))
        warm.append(_seconds([sys.executable, "-m", "playbook", "report", KINDS[0], "--out", str(work / f"report-{turn}")]))
    ratio = statistics.median(w / p for p, w in zip(plain, warm, strict=True))
    return [
        {"what": "papermill 04_engagement.ipynb", "value": round(statistics.median(plain), 2), "unit": "s"},
        {"what": "playbook report, 11 chapters", "value": round(statistics.median(warm), 2), "unit": "s", "against": "the length of it",
         "ratio": round(ratio, 2)},
    ]  # fmt: skip


def _seconds(command: list[str]) -> float:
    began = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    return time.monotonic() - began
