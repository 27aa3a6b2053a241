"""Running the chapters of a campaign and leaving a report: all of it, or nothing half-written."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playbook import brief as briefs
from playbook.brief import Brief
from playbook.campaign import ENV_CAMPAIGN, ENV_SETTINGS, ENV_SNAPSHOT, Campaign, fingerprint, folder_of
from playbook.chapters import CHAPTERS, Chapter
from playbook.chapters import chapter as find_chapter
from playbook.data.dataset import Dataset
from playbook.errors import BadCall, NotUsable
from playbook.memo import ENV_MEMO
from playbook.report import collect, kernels
from playbook.report import settings as settings_of
from playbook.report import warm as warm_kernels
from playbook.report.kernels import Failure, Job, Limits, Ran

WORK = ".work"
# how kernels start where the caller does not say: `plain`, or the address of a process to fork them from
ENV_KERNELS = "PLAYBOOK_KERNELS"
# in this order: the workbook first, as an open Excel is likeliest to stop a rename; index.html last, when all it links to is there
LEAVES = ("workbook.xlsx", "summary.pdf", "notebooks", "chapters", "results.json", "run.json", "index.html")

Progress = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class RunResult:
    """What a run left.

    Attributes
    ----------
    exit_code : int
        0, or 1 where a chapter that was run failed.
    failed : tuple of Failure
        (chapter, sentence, cell) of each of them.
    stale : tuple of str
        Chapters in the folder that belong to other inputs or settings and so are left out of the results.
    """

    exit_code: int
    out: Path
    index: Path
    failed: tuple[Failure, ...] = ()
    stale: tuple[str, ...] = ()
    seconds: float = 0.0


def report(
    folder: str | Path,
    *,
    out: str | Path | None = None,
    chapters: Sequence[str] | None = None,
    settings: Iterable[str] | None = None,
    progress: Progress | None = None,
    notebooks: str | Path | None = None,
    workers: int | None = None,
    start: str = "warm",
    limits: Limits | None = None,
    pdf: bool = False,
    patience: float = 0.0,
) -> RunResult:
    """Run the chapters of a campaign by papermill and write the report.

    Parameters
    ----------
    folder : str or path
        A campaign folder, or a sample's name.
    out : path, optional
        Where the report goes; by default ``<name of the folder>-report`` where you are.
    chapters : sequence of str, optional
        Names or numbers; all by default. Chapters that an earlier run left stay, where they belong to the same inputs and settings.
    settings : iterable of str, optional
        ``section.field=value``, winning over notebooks and `campaign.yml`.
    progress : callable, optional
        Is told each step as one line of text.
    notebooks : path, optional
        Another folder of notebooks than the kit's own.
    workers : int, optional
        Notebooks run at a time; by default two, where the machine has two cores.
    start : {'warm', 'plain'} or str
        How kernels start: as forks of a process that has the libraries loaded (where the system can do that), or each as a process of its
        own; or the address of a process to fork from.
    limits : Limits, optional
        Longest times and most memory.
    pdf : bool
        With the decision as a PDF, `OUT/summary.pdf`.
    patience : float
        Seconds to wait for another run that writes to the same folder.

    Returns
    -------
    RunResult

    Raises
    ------
    BadCall
        Where a chapter, a setting or `out` makes no sense.
    NotUsable
        Where the campaign cannot be read or the report cannot be written.
    """
    from playbook.data import snapshot
    from playbook.folders import notebooks_dir

    began, since = time.monotonic(), time.time()
    tell = progress or (lambda line: None)
    source = Path(notebooks) if notebooks is not None else notebooks_dir()
    chosen = _chosen(chapters, source)
    given = settings_of.parse(settings or ())
    home = folder_of(folder)
    target = _target(out, home, source)
    edited = settings_of.from_notebooks(source)
    brief = briefs.read(home, settings_of.merged(edited, given))
    with writing(target, home), alone(target, patience):
        stage = target / WORK / "stage"
        shutil.rmtree(stage, ignore_errors=True)
        with (
            tempfile.TemporaryDirectory(prefix="pb-", ignore_cleanup_errors=True) as private,
            started(start, Path(private), tell=tell) as warm,
        ):
            scratch = Path(private)
            # the libraries load beside this
            data, reread = _data(home, brief, target / WORK / "snapshot")
            campaign = Campaign(folder=home, brief=brief, data=data, fingerprint=fingerprint(brief, data))
            tell(f"Read {home.name}: {sum(data.rows().values()):,} rows of {len(data.provenance)} files, as of {data.as_of:%Y-%m-%d}.")
            # private to this run and gone after it: what chapters share is pickled there
            (fits := scratch / "fits").mkdir()
            snapshot.share(data, fits, folder=home, brief=brief)
            ran = _run(
                [_job(c, campaign, scratch, target, source, edited, given, fits, warm, limits or Limits()) for c in chosen], workers, tell
            )
        found = {c.name: (stage if c in chosen else target) / "notebooks" / c.notebook for c in CHAPTERS}
        states = collect.chapters(found, campaign.fingerprint)
        changed = [s.chapter.name for s in states if s.chapter in chosen and s.stale]
        if changed:
            raise NotUsable(f"{home} changed while its report was made (seen in {', '.join(changed)}); run it again, nothing was written.")
        about = _about(campaign, chosen, settings, since, began, not reread, states)
        _write(campaign, states, stage, given=given, edited=edited, about=about, pdf=pdf)
        _publish(stage, target)
        if not pdf:
            # one that an earlier run left would say what no longer holds
            (target / "summary.pdf").unlink(missing_ok=True)
        failed = tuple(r.failure for r in ran if r.failure)
        stale = tuple(s.chapter.name for s in states if s.stale)
        if stale:
            tell(f"Left out of the results, as they belong to other inputs or settings: {', '.join(stale)}.")
    return RunResult(
        exit_code=1 if failed else 0, out=target, index=target / "index.html", failed=failed, stale=stale, seconds=time.monotonic() - began
    )


@contextlib.contextmanager
def started(start: str, scratch: Path, *, also: Iterable[str] = (), tell: Progress = lambda line: None) -> Iterator[str | None]:
    """Give the address of a process to fork kernels from, or None where they start the plain way."""
    start = os.environ.get(ENV_KERNELS, start) if start == "warm" else start
    if start not in ("warm", "plain"):
        yield start
        return
    if start == "warm" and not warm_kernels.available():
        tell("Kernels start the plain way: this system cannot fork them safely.")
    if start == "plain" or not warm_kernels.available():
        yield None
        return
    with warm_kernels.server(scratch, also) as address:
        if address is None:
            tell("Kernels start the plain way: the process to fork them from did not start.")
        yield address


def _chosen(names: Sequence[str] | None, source: Path) -> list[Chapter]:
    wanted = {find_chapter(n).name for n in names} if names else {c.name for c in CHAPTERS}
    chosen = [c for c in CHAPTERS if c.name in wanted]
    there = [c for c in chosen if (source / c.notebook).is_file()]
    if (names and len(there) < len(chosen)) or not there:
        absent = next(c for c in chosen if c not in there)
        raise NotUsable(
            f"{source / absent.notebook} is not there; install the playbook again, or name the folder that holds its notebooks."
        )
    return there


def _target(out: str | Path | None, home: Path, source: Path) -> Path:
    """Return the folder to write to; refuse one that holds somebody else's files."""
    target = (Path(f"{home.name}-report") if out is None else Path(out).expanduser()).resolve()
    if target.is_file():
        raise BadCall(f"{target} is a file; --out names a folder.")
    if target == home or (target / "campaign.yml").exists():
        raise BadCall(f"{target} is a campaign folder; name another one with --out, so that the report does not mix with your data.")
    if home / "exports" in (target, *target.parents):
        raise BadCall(f"{target} lies in the campaign's exports, which are read as data; name another folder with --out.")
    if (target / "notebooks").resolve() == source.resolve():
        raise BadCall(f"{target} holds the playbook's own notebooks; name another folder with --out, or they would be overwritten.")
    ours = (target / WORK).is_dir() or _is_ours(target / "run.json")
    there = [name for name in LEAVES if name != "notebooks" and (target / name).exists()]
    if there and not ours:
        raise BadCall(f"{target} already holds {', '.join(there)}, which no report of ours left; name an empty folder with --out.")
    return target


def _is_ours(path: Path) -> bool:
    try:
        return "playbook" in json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return False


@contextlib.contextmanager
def writing(target: Path, home: Path) -> Iterator[None]:
    """Turn what the system says of a folder that cannot be written into one sentence."""
    try:
        yield
    except OSError as problem:
        if problem.filename and home in Path(problem.filename).parents and target not in Path(problem.filename).parents:
            raise NotUsable(f"{problem.filename} cannot be read ({problem.strerror}); check who may read it.") from problem
        raise NotUsable(_no_writing(target, problem)) from problem


def _no_writing(target: Path, problem: OSError) -> str:
    kept = "the report that was there before is as it was"
    if problem.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return f"{target}: the disk is full; free some space or name a folder elsewhere with --out; {kept}."
    if problem.errno == errno.EROFS:
        return f"{target} lies on a disk that can only be read; name another folder with --out."
    if isinstance(problem, PermissionError):
        name = Path(problem.filename2 or problem.filename or target).name
        why = f"{name} is protected, or open in another program"
        return f"{target} cannot be written ({why}); close it or name another folder with --out; {kept}."
    return f"{target} cannot be written ({problem.strerror or problem}); name another folder with --out; {kept}."


@contextlib.contextmanager
def alone(target: Path, patience: float = 0.0) -> Iterator[None]:
    """Hold the folder for one run; the system lets go of it when the process ends, however it ends."""
    work = target / WORK
    work.mkdir(parents=True, exist_ok=True)
    with (work / "lock").open("a+b") as lock:
        until = time.monotonic() + patience
        while True:
            try:
                _lock(lock)
                break
            except OSError as problem:
                if problem.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
                    # a disk without locks, such as some network drives: go on without
                    break
                if time.monotonic() >= until:
                    said = f"{target} is being written by another run; wait for its end, or name another folder with --out."
                    raise BadCall(said) from None
                time.sleep(0.1)
        yield


def _lock(file: Any) -> None:
    if os.name == "nt":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _data(home: Path, brief: Brief, where: Path) -> tuple[Dataset, bool]:
    """Read the folder, or open what an earlier run kept of the same state of it; say whether it was read."""
    from playbook.data import snapshot
    from playbook.data.load import read_folder

    data = snapshot.open_snapshot(where, folder=home, brief=brief)
    if data is not None:
        return data, False
    data = read_folder(home, brief)
    snapshot.save(data, where, folder=home, brief=brief)
    return data, True


def _job(
    chapter: Chapter,
    campaign: Campaign,
    scratch: Path,
    target: Path,
    source: Path,
    edited: settings_of.Settings,
    given: settings_of.Settings,
    fits: Path,
    warm: str | None,
    limits: Limits,
) -> Job:
    # what this notebook sets itself it will say itself; the other chapters hear it from us
    others = {name: knobs for name, knobs in edited.items() if name != chapter.name}
    environment = {
        ENV_CAMPAIGN: str(campaign.folder),
        ENV_SETTINGS: json.dumps(settings_of.merged(others, given)),
        ENV_SNAPSHOT: str(target / WORK / "snapshot"),
        ENV_MEMO: str(fits),
        "PYTHONHASHSEED": "0",
    }
    return Job(
        chapter=chapter.name,
        source=(source / chapter.notebook).resolve(),
        target=target / WORK / "stage" / "notebooks" / chapter.notebook,
        campaign=_named(campaign.folder),
        fingerprint=campaign.fingerprint,
        scratch=scratch,
        environment=environment,
        warm=warm,
        limits=limits,
    )


def _named(folder: Path) -> str:
    """Name a sample by its name, so that its notebooks hold no path of this machine."""
    from playbook.folders import samples_dir

    return folder.name if folder.parent == samples_dir().resolve() else str(folder)


def _run(jobs: list[Job], workers: int | None, tell: Progress) -> list[Ran]:
    """Run notebooks, some at a time, each in a kernel of its own."""
    from concurrent.futures import ThreadPoolExecutor, as_completed

    at_once = max(1, min(workers or 2, os.cpu_count() or 1, len(jobs)))
    ran: list[Ran] = []
    started: list[Any] = []
    with ThreadPoolExecutor(at_once) as pool:
        futures = [pool.submit(kernels.run, job, started) for job in jobs]
        try:
            ran += [_told(future.result(), tell) for future in as_completed(futures)]
        except BaseException:
            # nobody waits for chapters that nobody will see
            pool.shutdown(wait=False, cancel_futures=True)
            kernels.end(started)
            raise
    order = [job.chapter for job in jobs]
    return sorted(ran, key=lambda r: order.index(r.chapter))


def _told(ran: Ran, tell: Progress) -> Ran:
    chapter = find_chapter(ran.chapter)
    if ran.failure:
        tell(f"{chapter.number} {chapter.title}: failed in {ran.failure.cell}")
    else:
        tell(f"{chapter.number} {chapter.title}: {ran.seconds:.1f} s")
    return ran


def _write(
    campaign: Campaign,
    states: list[collect.State],
    stage: Path,
    *,
    given: settings_of.Settings,
    edited: settings_of.Settings,
    about: dict[str, Any],
    pdf: bool,
) -> None:
    """Write everything but the notebooks into the stage."""
    from playbook.report import pages, summary, workbook

    stage.mkdir(parents=True, exist_ok=True)
    site = pages.site(campaign, states, given=given, edited=edited)
    document = collect.results(campaign, states, site.findings)
    (stage / "results.json").write_text(collect.dumped(document), encoding="utf-8", newline="\n")
    (stage / "run.json").write_text(collect.dumped(about), encoding="utf-8", newline="\n")
    workbook.write(stage / "workbook.xlsx", campaign, states, document)
    pages.write(stage, site, document)
    if pdf:
        summary.write(stage / summary.FILE, site, document)


def _about(
    campaign: Campaign,
    chosen: list[Chapter],
    settings: Iterable[str] | None,
    since: float,
    began: float,
    reused: bool,
    states: list[collect.State],
) -> dict[str, Any]:
    """Return what `run.json` says: when, with what and how long; nothing about whose machine."""
    import datetime as dt

    words = ["playbook", "report", campaign.folder.name]
    if len(chosen) < len(CHAPTERS):
        words += [w for c in chosen for w in ("--chapter", c.name)]
    words += [w for s in settings or () for w in ("--set", s)]
    return {
        "schema": collect.SCHEMA,
        "playbook": _version("micro-influencer-playbook"),
        "command": shlex.join(words),
        "started": dt.datetime.fromtimestamp(since, dt.UTC).isoformat(timespec="seconds"),
        "finished": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - began, 2),
        "goal": campaign.brief.goal.kind,
        "currency": campaign.brief.budget.currency,
        "brief": campaign.brief.model_dump(mode="json"),
        "data_read": "from an earlier run's copy" if reused else "from the folder",
        "chapters": [
            {"name": s.chapter.name, "status": s.status, "seconds": s.seconds, "run_now": s.chapter in chosen}
            for s in states
            if s.notebook is not None
        ],
        "failed": [
            {"chapter": s.chapter.name, "sentence": s.failure.sentence, "cell": s.failure.cell} for s in states if s.failure and s.counts
        ],
        "stale": [s.chapter.name for s in states if s.stale],
        "python": ".".join(str(v) for v in sys.version_info[:3]),
        "packages": versions(),
    }


def versions() -> dict[str, str]:
    """Return the versions of the packages that results depend on."""
    names = (
        "pandas",
        "numpy",
        "scipy",
        "duckdb",
        "seaborn",
        "matplotlib",
        "papermill",
        "ipykernel",
        "pydantic",
        "great-tables",
        "XlsxWriter",
    )
    return {name: _version(name) for name in names}


def _version(name: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"


def _publish(stage: Path, target: Path) -> None:
    """Move what is complete to its place, each file by one rename; if one cannot be moved, put all back as it was."""
    files = [
        f for name in LEAVES for f in (sorted((stage / name).rglob("*")) if (stage / name).is_dir() else [stage / name]) if f.is_file()
    ]
    places = [target / f.relative_to(stage) for f in files]
    before = target / WORK / "before"
    shutil.rmtree(before, ignore_errors=True)
    kept: dict[Path, Path] = {}
    for place in places:
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():
            kept[place] = before / place.relative_to(target)
            kept[place].parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(place, kept[place])
    moved: list[Path] = []
    try:
        for file, place in zip(files, places, strict=True):
            file.replace(place)
            moved.append(place)
    except OSError:
        for place in reversed(moved):
            if place in kept:
                kept[place].replace(place)
            else:
                place.unlink(missing_ok=True)
        raise
    finally:
        shutil.rmtree(before, ignore_errors=True)
    shutil.rmtree(stage, ignore_errors=True)
