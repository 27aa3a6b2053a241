"""One notebook, run by papermill in a kernel of its own, whatever becomes of it."""

from __future__ import annotations

import contextlib
import math
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from playbook.report import warm as warm_kernels

CELL_SECONDS = 3600
RUN_SECONDS = 4 * 3600
START_SECONDS = 180
MEMORY_BYTES = 8 << 30
ENGINE = "playbook"
# what the errors of this package are called in a notebook: their message is the sentence for the reader
SENTENCES = ("NotUsable", "BadCall", "PlaybookError")
SOCKET_PATH = 80  # bytes; systems allow about 100 for a socket's name, and the kernel adds to ours


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long and how much a report may take.

    Attributes
    ----------
    cell_seconds, notebook_seconds, campaign_seconds : float
        Longest time for a cell, for a notebook, and in a batch for a whole campaign.
    memory : int, optional
        Bytes that a forked kernel, or a campaign's own process, may take.
    """

    cell_seconds: float = CELL_SECONDS
    notebook_seconds: float = RUN_SECONDS
    campaign_seconds: float = 2 * RUN_SECONDS
    memory: int | None = MEMORY_BYTES

    @classmethod
    def shared(cls, at_once: int, **limits: float) -> Limits:
        """Return limits under which so many kernels at once leave the machine some memory."""
        try:
            whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        except (AttributeError, ValueError, OSError):
            return cls(**limits)
        return cls(**{"memory": min(MEMORY_BYTES, max(1 << 30, int(0.8 * whole) // max(1, at_once)))} | limits)


class Failure(NamedTuple):
    """A chapter that did not run to its end: what happened, and in which cell."""

    chapter: str
    sentence: str
    cell: str


@dataclass(frozen=True, kw_only=True)
class Job:
    """One notebook to run.

    Attributes
    ----------
    source, target : Path
        The notebook, and where the executed one goes.
    scratch : Path
        A folder for what the kernel leaves; whoever made the job removes it.
    environment : dict of str to str
        Set for the kernel.
    warm : str, optional
        Address of the process that kernels are forked from; without one each starts as a process of its own.
    limits : Limits
    """

    chapter: str
    source: Path
    target: Path
    campaign: str
    fingerprint: str
    scratch: Path
    environment: dict[str, str]
    warm: str | None = None
    limits: Limits = Limits()


@dataclass(frozen=True, kw_only=True)
class Ran:
    """How a job ended; `failure` is None where it ran to its end and recorded."""

    chapter: str
    seconds: float
    failure: Failure | None = None


def run(job: Job, started: list[Any] | None = None) -> Ran:
    """Run one notebook; what goes wrong inside it comes back as a :class:`Failure`, never as an exception.

    The manager of its kernel is put into `started`, for whoever must end it early by :func:`end`.

    Raises
    ------
    OSError
        Where the executed notebook cannot be written.
    """
    import nbformat

    began = time.monotonic()
    scratch = Path(tempfile.mkdtemp(prefix="k", dir=job.scratch))
    try:
        notebook, sentence, index = _execute(job, scratch, [] if started is None else started)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if not sentence and record_of(notebook) is None:
        sentence, index = (
            f"{job.source.name} ran, but handed nothing on; its last cell must call playbook.record(...).",
            len(notebook.cells) - 1,
        )
    failure = Failure(job.chapter, sentence, _cell_name(notebook, index)) if sentence else None
    _tidy(notebook, job, failure, index)
    job.target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, str(job.target))
    return Ran(chapter=job.chapter, seconds=time.monotonic() - began, failure=failure)


def end(managers: Iterable[Any]) -> None:
    """Kill kernels, each with what it started; those that ended already stay so."""
    for manager in managers:
        process = getattr(manager.provisioner, "process", None)
        if process is not None and process.poll() is None:
            process.kill()


def record_of(notebook: Any) -> dict[str, Any] | None:
    """Return what an executed notebook handed on, or None."""
    from playbook.findings import RECORD_MIME

    for cell in reversed(notebook.cells):
        for output in cell.get("outputs", []):
            if RECORD_MIME in output.get("data", {}):
                return output["data"][RECORD_MIME]
    return None


def _execute(job: Job, scratch: Path, started: list[Any]) -> tuple[Any, str, int]:
    """Run a notebook; return it as far as it came, with a sentence and a cell where it failed."""
    import logging

    import nbformat
    from nbclient.exceptions import CellTimeoutError
    from papermill import execute_notebook
    from papermill.exceptions import PapermillExecutionError

    logging.getLogger("papermill").setLevel(logging.ERROR)
    _register_engine()
    environment = {**os.environ, **job.environment, "IPYTHONDIR": str(scratch / "ipython"), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    kept: list[Any] = []
    own: list[Any] = []

    def note(manager: Any) -> None:
        own.append(manager)
        started.append(manager)

    manager = kernel_manager(scratch, environment=environment, warm=job.warm, memory=job.limits.memory, note=note)
    with _ended_after(job.limits.notebook_seconds, own) as out_of_time:
        try:
            notebook = execute_notebook(
                _for_a_report(job.source),
                None,
                parameters={"CAMPAIGN": job.campaign},
                progress_bar=False,
                engine_name=ENGINE,
                keep=kept,
                start_timeout=START_SECONDS,
                execution_timeout=math.ceil(job.limits.cell_seconds),
                kernel_manager_class=manager,
                # a forked kernel holds nothing that it must put away; killing it takes no time
                **({"shutdown_kernel": "immediate"} if job.warm else {}),
            )
            return notebook, "", -1
        except PapermillExecutionError as problem:
            notebook = kept[0].nb
            index = next(i for i, c in enumerate(notebook.cells) if any(o.output_type == "error" for o in c.get("outputs", [])))
            if problem.ename in SENTENCES:
                return notebook, problem.evalue, index
            if problem.ename in ("MemoryError", "_ArrayMemoryError"):
                return notebook, "A cell needed more memory than a chapter may take; give it less data or a smaller setting.", index
            said = " ".join(f"{problem.ename}: {problem.evalue}".split())[:300]
            return notebook, f"The kit met something it did not expect ({said}); this is a fault of the kit, not of your data.", index
        except Exception as problem:
            if isinstance(problem, OSError) and not isinstance(problem, CellTimeoutError):
                raise
            # a kernel that died, a cell that took too long, a notebook that is none
            try:
                notebook = kept[0].nb if kept else nbformat.read(str(job.source), as_version=4)
            except Exception:
                notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(f"# {job.chapter}")])
            begun = [i for i, c in enumerate(notebook.cells) if c.cell_type == "code" and c.metadata.get("papermill", {}).get("start_time")]
            sentence = _slow("The chapter", job.limits.notebook_seconds) if out_of_time() else _why(problem, job)
            return notebook, sentence, begun[-1] if begun else 0


def _for_a_report(source: Path) -> Any:
    """Return the notebook without what is for learners: no exercise is run for a report."""
    import nbformat

    from playbook.report.editions import edition

    try:
        return edition(nbformat.read(str(source), as_version=4), "report")
    except Exception:
        # what is no notebook goes to papermill as it is, which says what is wrong with it
        return str(source)


def _register_engine() -> None:
    """Give papermill an engine that lets go of the notebook as far as it came, so that nothing is saved after each cell."""
    from papermill.engines import NBClientEngine, papermill_engines

    class Keeping(NBClientEngine):
        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, keep: list[Any], **options: Any) -> Any:
            keep.append(nb_man)
            return super().execute_managed_notebook(nb_man, kernel_name, **options)

    papermill_engines.register(ENGINE, Keeping)


@contextlib.contextmanager
def _ended_after(seconds: float, managers: list[Any]) -> Iterator[Callable[[], bool]]:
    """Kill a notebook's kernel when its time is over; give a function that says whether that happened."""
    over = threading.Event()

    def late() -> None:
        over.set()
        end(managers)

    clock = threading.Timer(seconds, late)
    clock.daemon = True
    clock.start()
    try:
        yield over.is_set
    finally:
        clock.cancel()


def _why(problem: Exception, job: Job) -> str:
    name = type(problem).__name__
    if name == "DeadKernelError":
        return "The kernel died, most often for want of memory; close other programs and run the chapter again."
    if name == "CellTimeoutError":
        return _slow("A cell", job.limits.cell_seconds)
    said = " ".join(str(problem).split())[:200]
    return f"The notebook could not be run ({name}: {said})."


def _slow(what: str, seconds: float) -> str:
    limit = f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"
    return f"{what} took longer than {limit} and was stopped; give it less data or a smaller setting."


def kernel_manager(
    scratch: Path,
    *,
    environment: Mapping[str, str],
    warm: str | None = None,
    memory: int | None = None,
    note: Callable[[Any], None] = lambda manager: None,
) -> type:
    """Return the class that starts a kernel of this very Python, on local sockets where the system has them.

    A kernel specification that a user installed under the same name could belong to another Python. Where `warm` is an address, the
    kernel is a fork of the process that listens there. `note` is told each manager that starts a kernel.
    """
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpec

    local = os.name == "posix" and len(str(scratch)) < SOCKET_PATH
    log_file, cwd = scratch / "kernel.log", scratch / "cwd"
    cwd.mkdir()
    spec = warm_kernels.spec(warm or "", log_file=log_file, memory=memory)
    if not warm:
        spec["metadata"] = {}

    class ThisPython(AsyncKernelManager):
        def __init__(self, **options: Any):
            if local:
                options |= {"transport": "ipc", "connection_file": str(scratch / "k.json")}
            super().__init__(**options)

        async def start_kernel(self, **options: Any) -> None:
            note(self)
            # papermill would change the folder of this whole process, in which other notebooks run too
            # a kernel told to stop writes to the terminal; what it says there belongs in no report
            with log_file.open("ab") as log:
                await super().start_kernel(**{"stdout": log, "stderr": log, "env": dict(environment)} | options | {"cwd": str(cwd)})

        @property
        def kernel_spec(self) -> KernelSpec:
            return KernelSpec(**spec)

    return ThisPython


def _cell_name(notebook: Any, index: int) -> str:
    """Say which cell: its number among the notebook's own cells, and the heading it stands under."""
    own = [
        c for c in notebook.cells[: index + 1] if not {"injected-parameters", "papermill-error-cell-tag"} & set(c.metadata.get("tags", []))
    ]
    headings = [
        line.lstrip("# ").strip()
        for c in own
        if c.cell_type == "markdown"
        for line in c.source.splitlines()
        if line.startswith(("# ", "## "))
    ]
    return f"cell {len(own)}" + (f", under “{headings[-1]}”" if headings else "")


def _tidy(notebook: Any, job: Job, failure: Failure | None, index: int) -> None:
    """Leave out this machine's paths and add what a later run must know about this one."""
    known = notebook.metadata.get("papermill", {})
    known.update(input_path=job.source.name, output_path=job.target.name)
    about: dict[str, Any] = {"chapter": job.chapter, "fingerprint": job.fingerprint}
    if failure:
        about["failed"] = {
            "sentence": failure.sentence,
            "cell": failure.cell,
            "id": notebook.cells[index].get("id", "") if notebook.cells else "",
        }
    notebook.metadata["playbook"] = about
    here, home = str(Path(__file__).resolve().parents[2]), str(Path.home())
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                output.traceback = [_without(line, (here, sys.prefix, home)) for line in output.traceback]


def _without(line: str, places: tuple[str, ...]) -> str:
    for place in places:
        if len(place) > 1:
            line = line.replace(place, "~")
    return line
