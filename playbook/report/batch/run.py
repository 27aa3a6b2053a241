"""A batch from its first campaign to its league table."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from playbook.errors import BadCall
from playbook.report import run
from playbook.report.batch import league, state, work
from playbook.report.batch.line import Line
from playbook.report.batch.tasks import BRIEF, Task, tasks
from playbook.report.kernels import Limits

SCHEMA = 1
LEAVES = ("index.html", "batch.json")

Progress = Callable[[Line, int, int], None]


@dataclass(frozen=True, kw_only=True)
class BatchResult:
    """What a batch left; exit code 0 only where every campaign is good."""

    exit_code: int
    out: Path
    index: Path
    lines: tuple[Line, ...]
    seconds: float


def batch(
    targets: Sequence[str | Path],
    *,
    out: str | Path | None = None,
    settings: Iterable[str] = (),
    chapters: Sequence[str] | None = None,
    jobs: int | None = None,
    force: bool = False,
    pdf: bool = False,
    start: str = "warm",
    dask: str | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> BatchResult:
    """Make the reports of many campaigns.

    A campaign whose files, notebooks, settings and kit are those of its last good report is left as it is. Finished campaigns stay whatever
    happens later; one that was running starts again in the next batch.

    Parameters
    ----------
    targets : sequence of str or path
        Campaign folders, folders that hold some, samples' names, patterns such as ``clients/*``, or manifests: a CSV with a column
        `campaign` and columns such as `engagement.window`, or YAML with a list of ``{campaign: …, set: {engagement.window: 20}}``; both may
        say `name` and `notebooks`. Paths in a manifest are taken from its own folder.
    out : path, optional
        Where the reports go, a folder each; by default `batch` where you are.
    settings : iterable of str
        ``section.field=value`` for all campaigns; what a manifest says wins.
    chapters : sequence of str, optional
        Names or numbers; all by default.
    jobs : int, optional
        Campaigns at a time; by default as many as the machine has cores. On a cluster its workers decide.
    force : bool
        Make every report anew.
    pdf : bool
        With the decision as a PDF.
    start : {'warm', 'plain'}
        How kernels start, as in :func:`playbook.report.run.report`.
    dask : str, optional
        Address of a Dask scheduler that the campaigns are sent to, such as ``tcp://10.0.0.5:8786``; its workers must see the same folders.
    limits : Limits, optional
        Longest times and most memory.
    progress : callable, optional
        Is told each line with how many are done and how many there are.

    Returns
    -------
    BatchResult

    Raises
    ------
    BadCall
        Where there is nothing to run, a manifest makes no sense, or another batch writes to the same folder.
    NotUsable
        Where `out` cannot be written, or no cluster answers.
    """
    began = time.monotonic()
    if jobs is not None and jobs < 1:
        raise BadCall(f"--jobs {jobs}: expected 1 or more campaigns at a time.")
    target = Path("batch" if out is None else out).expanduser().resolve()
    meant = tasks(targets, settings)
    _refuse(target, meant)
    at_once = min(jobs or os.cpu_count() or 1, len(meant))
    limits = limits or Limits.shared(at_once)
    lines: dict[str, Line] = {}

    def done(line: Line) -> None:
        lines[line.name] = line
        if progress:
            progress(line, len(lines), len(meant))

    with run.writing(target, target.parent), run.alone(target):
        try:
            marks, waiting = {}, []
            for task in meant:
                line, marks[task.name] = _known(task, target, chapters, pdf)
                if line is None or (force and line.good):
                    waiting.append(task)
                else:
                    done(line)
            works = [
                work.work_of(t, target / t.name, chapters=list(chapters) if chapters else None, start=start, limits=limits, pdf=pdf)
                for t in waiting
            ]
            for ended, line in work.by_dask(works, dask) if dask else work.here(works, at_once, start):
                state.keep(target / ended["name"], marks[ended["name"]], line)
                done(line)
        finally:
            # a batch that is stopped says so, campaign by campaign
            unrun = "The batch ended before this campaign; run it again to go on."
            _publish(target, [lines.get(t.name) or Line(name=t.name, status="stopped", sentence=unrun) for t in meant])
    ordered = tuple(lines[t.name] for t in meant)
    return BatchResult(
        exit_code=0 if all(line.good for line in ordered) else 1,
        out=target,
        index=target / "index.html",
        lines=ordered,
        seconds=time.monotonic() - began,
    )


def _refuse(target: Path, meant: list[Task]) -> None:
    if target.is_file():
        raise BadCall(f"{target} is a file; --out names a folder.")
    if (target / BRIEF).exists() or any(target == t.folder or t.folder in target.parents for t in meant):
        raise BadCall(f"{target} lies in a campaign folder; name another one with --out.")
    ours = (target / run.WORK).is_dir()
    if (there := [name for name in (*LEAVES, "results.json") if (target / name).exists()]) and not ours:
        raise BadCall(f"{target} already holds {', '.join(there)}, which no batch of ours left; name an empty folder with --out.")
    if (target / "results.json").exists():
        raise BadCall(f"{target} holds the report of one campaign; name another folder with --out.")


def _known(task: Task, target: Path, chapters: Sequence[str] | None, pdf: bool) -> tuple[Line | None, str]:
    """Return the line of a campaign that need not or cannot be run, and the hash of what its report follows from."""
    if task.problem:
        return Line(name=task.name, status="not usable", sentence=task.problem), ""
    try:
        mark = state.key(task, chapters, pdf)
    except OSError as problem:
        said = f"{problem.filename or task.folder} cannot be read ({problem.strerror or problem}); check who may read it."
        return Line(name=task.name, status="not usable", sentence=said), ""
    return state.kept(target / task.name, mark), mark


def _publish(target: Path, lines: list[Line]) -> None:
    """Write `batch.json` and the league table, each by one rename."""
    document = {"schema": SCHEMA, "campaigns": [asdict(line) | {"reached": line.reached} for line in lines]}
    state.written(target / "batch.json", json.dumps(document, indent=2, ensure_ascii=False) + "\n", target / run.WORK)
    state.written(target / "index.html", league.page(lines, target), target / run.WORK)
