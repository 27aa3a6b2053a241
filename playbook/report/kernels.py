"""One notebook, run by papermill in a kernel of its own, whatever becomes of it."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

CELL_SECONDS = 3600
START_SECONDS = 180
# what the errors of this package are called in a notebook: their message is the sentence for the reader
SENTENCES = ("NotUsable", "BadCall", "PlaybookError")
SOCKET_PATH = 80  # bytes; systems allow about 100 for a socket's name, and the kernel adds to ours


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
    """

    chapter: str
    source: Path
    target: Path
    campaign: str
    fingerprint: str
    scratch: Path
    environment: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Ran:
    """How a job ended; `failure` is None where it ran to its end and recorded."""

    chapter: str
    seconds: float
    failure: Failure | None = None


def run(job: Job) -> Ran:
    """Run one notebook; what goes wrong inside it comes back as a :class:`Failure`, never as an exception.

    Raises
    ------
    OSError
        Where the executed notebook cannot be written.
    """
    import nbformat

    started = time.monotonic()
    scratch = Path(tempfile.mkdtemp(prefix="k", dir=job.scratch))
    before = dict(os.environ)
    os.environ.update(job.environment, IPYTHONDIR=str(scratch / "ipython"), PYDEVD_DISABLE_FILE_VALIDATION="1")
    try:
        notebook, sentence, index = _execute(job, scratch)
    finally:
        os.environ.clear()
        os.environ.update(before)
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
    return Ran(chapter=job.chapter, seconds=time.monotonic() - started, failure=failure)


def record_of(notebook: Any) -> dict[str, Any] | None:
    """Return what an executed notebook handed on, or None."""
    from playbook.findings import RECORD_MIME

    for cell in reversed(notebook.cells):
        for output in cell.get("outputs", []):
            if RECORD_MIME in output.get("data", {}):
                return output["data"][RECORD_MIME]
    return None


def _execute(job: Job, scratch: Path) -> tuple[Any, str, int]:
    """Run a notebook; return it as far as it came, with a sentence and a cell where it failed."""
    import logging

    import nbformat
    from papermill import execute_notebook
    from papermill.exceptions import PapermillExecutionError

    logging.getLogger("papermill").setLevel(logging.ERROR)
    partial = scratch / job.source.name
    cwd = scratch / "cwd"
    cwd.mkdir()
    try:
        notebook = execute_notebook(
            str(job.source),
            str(partial),
            parameters={"CAMPAIGN": job.campaign},
            cwd=str(cwd),
            progress_bar=False,
            start_timeout=START_SECONDS,
            execution_timeout=CELL_SECONDS,
            kernel_manager_class=kernel_manager(scratch),
        )
        return notebook, "", -1
    except PapermillExecutionError as problem:
        notebook = nbformat.read(str(partial), as_version=4)
        index = next(i for i, c in enumerate(notebook.cells) if any(o.output_type == "error" for o in c.get("outputs", [])))
        if problem.ename in SENTENCES:
            return notebook, problem.evalue, index
        said = " ".join(f"{problem.ename}: {problem.evalue}".split())[:300]
        return notebook, f"The kit met something it did not expect ({said}); this is a fault of the kit, not of your data.", index
    except OSError:
        raise
    except Exception as problem:
        # a kernel that died, a cell that took too long, a notebook that is none
        try:
            notebook = nbformat.read(str(partial if partial.is_file() else job.source), as_version=4)
        except Exception:
            notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(f"# {job.chapter}")])
        begun = [i for i, c in enumerate(notebook.cells) if c.cell_type == "code" and c.metadata.get("papermill", {}).get("start_time")]
        return notebook, _why(problem), begun[-1] if begun else 0


def _why(problem: Exception) -> str:
    name = type(problem).__name__
    if name == "DeadKernelError":
        return "The kernel died, most often for want of memory; close other programs and run the chapter again."
    if name == "CellTimeoutError":
        return f"A cell took longer than {CELL_SECONDS // 60} minutes and was stopped; give it less data or a smaller setting."
    said = " ".join(str(problem).split())[:200]
    return f"The notebook could not be run ({name}: {said})."


def kernel_manager(scratch: Path) -> type:
    """Return the class that starts a kernel of this very Python, on local sockets where the system has them.

    A kernel specification that a user installed under the same name could belong to another Python.
    """
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpec

    local = os.name == "posix" and len(str(scratch)) < SOCKET_PATH

    class ThisPython(AsyncKernelManager):
        def __init__(self, **options: Any):
            if local:
                options |= {"transport": "ipc", "connection_file": str(scratch / "k.json")}
            super().__init__(**options)

        async def start_kernel(self, **options: Any) -> None:
            # a kernel told to stop writes to the terminal; what it says there belongs in no report
            with (scratch / "kernel.log").open("ab") as log:
                await super().start_kernel(**{"stdout": log, "stderr": log} | options)

        @property
        def kernel_spec(self) -> KernelSpec:
            argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            return KernelSpec(argv=argv, display_name="Python 3", language="python")

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
