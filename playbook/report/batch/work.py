"""One campaign of a batch, and where it is run: a process of its own on this machine, or a worker of a Dask cluster."""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from playbook.errors import NotUsable, PlaybookError
from playbook.report import run, warm
from playbook.report.batch.line import Line, line_of
from playbook.report.batch.tasks import Task
from playbook.report.kernels import Limits

RETRIES = 3
CONNECT_SECONDS = 20
# a campaign's folder may still be held for a moment by a batch that was killed, or a worker that was lost
LOCK_SECONDS = 30
_POLL_SECONDS = 0.03
# what only the processes of campaigns need, beside what kernels do
LIBRARIES = (
    *("papermill", "nbclient", "nbformat", "nbconvert.filters.markdown_mistune", "nbconvert.filters.highlight", "jinja2", "xlsxwriter"),
    *("pandera", "python_calamine", "charset_normalizer", "playbook.report.run", "playbook.report.pages", "playbook.report.workbook"),
    *("playbook.report.summary", "playbook.report.batch.work", "playbook.report.provisioner", "jupyter_client.asynchronous"),
)

Work = dict[str, Any]


def work_of(task: Task, out: Path, *, chapters: list[str] | None, start: str, limits: Limits, pdf: bool) -> Work:
    """Return one campaign's call as plain values, for whatever process runs it."""
    return {
        "name": task.name,
        "folder": str(task.folder),
        "out": str(out),
        "chapters": chapters,
        "settings": list(task.settings),
        "notebooks": str(task.notebooks) if task.notebooks else None,
        "start": start,
        "limits": asdict(limits),
        "pdf": pdf,
    }


def campaign(work: Mapping[str, Any]) -> dict[str, Any]:
    """Make one campaign's report and say how it came out, as a :class:`Line` in plain values; bad input is a line, not an exception."""
    began = time.monotonic()

    def bad(status: str, sentence: str) -> dict[str, Any]:
        return asdict(Line(name=work["name"], status=status, sentence=sentence, seconds=round(time.monotonic() - began, 2)))

    try:
        result = run.report(
            work["folder"],
            out=work["out"],
            chapters=work["chapters"],
            settings=work["settings"],
            notebooks=work["notebooks"],
            start=work["start"],
            limits=Limits(**work["limits"]),
            pdf=work["pdf"],
            workers=1,
            patience=LOCK_SECONDS,
        )
    except PlaybookError as problem:
        return bad("not usable", str(problem))
    except MemoryError:
        return bad("not usable", "There is not enough memory for this campaign; run fewer at a time (--jobs 1), or keep fewer posts.")
    except Exception as problem:
        said = " ".join(f"{type(problem).__name__}: {problem}".split())[:300]
        return bad("failed", f"The kit met something it did not expect ({said}); this is a fault of the kit, not of your data.")
    known: dict[str, Any] = {"seconds": round(time.monotonic() - began, 2)}
    if result.failed:
        first = result.failed[0]
        known |= {"status": "failed", "chapter": first.chapter, "sentence": first.sentence}
    return asdict(line_of(Path(work["out"]), work["name"], **known))


def answered(work: Mapping[str, Any], answer: str) -> None:
    """Run one campaign and write its line to a file."""
    part = Path(f"{answer}~")
    part.write_text(json.dumps(campaign(work), ensure_ascii=False), encoding="utf-8")
    part.replace(answer)


# on this machine


@dataclass
class _Running:
    work: Work
    process: Any
    answer: Path
    began: float = field(default_factory=time.monotonic)

    def line(self) -> Line | None:
        """Return how it came out, or None while it runs."""
        seconds = time.monotonic() - self.began
        limit = self.work["limits"]["campaign_seconds"]
        code = self.process.poll()
        if code is None:
            if seconds < limit:
                return None
            self.process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
            said = f"{limit / 60:.0f} minutes" if limit >= 120 else f"{limit:.0f} seconds"
            why = f"The campaign took longer than {said} and was stopped; give it less data, or more time."
            return Line(name=self.work["name"], status="stopped", sentence=why, seconds=round(seconds, 2))
        try:
            return Line(**json.loads(self.answer.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            why = "was killed, most often for want of memory" if code == -signal.SIGKILL else f"ended with code {code}"
            sentence = f"The process that made this report {why}; run the batch again, with fewer --jobs if it happens twice."
            return Line(name=self.work["name"], status="not usable", sentence=sentence, seconds=round(seconds, 2))


def here(works: list[Work], jobs: int, start: str) -> Iterator[tuple[Work, Line]]:
    """Run campaigns on this machine, some at a time; yield each as it ends."""
    if not works:
        return
    with (
        tempfile.TemporaryDirectory(prefix="pb-", ignore_cleanup_errors=True) as private,
        run.started(start, Path(private), also=LIBRARIES) as address,
    ):
        waiting, running = list(reversed(works)), []
        try:
            while waiting or running:
                while waiting and len(running) < max(1, jobs):
                    running.append(_begun(waiting.pop(), Path(private), address, len(waiting)))
                time.sleep(_POLL_SECONDS)
                ended = [(r, line) for r in running if (line := r.line()) is not None]
                for one, line in ended:
                    running.remove(one)
                    yield one.work, line
        finally:
            for one in running:
                with contextlib.suppress(OSError):
                    one.process.kill()


def _begun(work: Work, private: Path, address: str | None, number: int) -> _Running:
    """Start one campaign's process: a fork of the loaded one where there is one."""
    answer, log = private / f"{number}.json", private / f"{number}.log"
    arguments = {"work": work | {"start": address or "plain"}, "answer": str(answer)}
    if address:
        call = {"call": f"{__name__}:answered", "arguments": arguments}
        memory = work["limits"]["memory"]
        # where nobody is left to fork from, a campaign that starts slowly is better than none
        with contextlib.suppress(OSError):
            process: Any = warm.fork(address, **call, env=dict(os.environ), cwd=str(Path.cwd()), log=str(log), memory=memory)
            return _Running(work, process, answer)
    ask = private / f"{number}.ask"
    ask.write_text(json.dumps(arguments | {"work": work | {"start": "plain"}}), encoding="utf-8")
    with log.open("wb") as file:
        command = [sys.executable, "-m", __name__, str(ask)]
        # it ends itself where this pipe closes: however we end, nobody goes on alone
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=file, stderr=file)
    return _Running(work, process, answer)


# on a cluster


def by_dask(works: list[Work], address: str) -> Iterator[tuple[Work, Line]]:
    """Send campaigns to a Dask cluster; a campaign whose worker is lost is sent again.

    Raises
    ------
    NotUsable
        Where Dask is not installed, or no scheduler answers.
    """
    try:
        from distributed import Client, as_completed
    except ImportError:
        raise NotUsable(
            "--dask needs the extra `scale`, which is not installed here: pip install 'micro-influencer-playbook[scale]'."
        ) from None
    if not works:
        return
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as problem:
        raise NotUsable(f"No Dask scheduler answers at {address} ({' '.join(str(problem).split())[:120]}); check the address.") from None
    with client:
        mark = time.time_ns()
        sent = {
            client.submit(on_worker, work, key=f"playbook-{mark}-{i}", retries=RETRIES, pure=False): work for i, work in enumerate(works)
        }
        for future in as_completed(sent, loop=client.loop):
            work = sent[future]
            try:
                line = Line(**future.result())
            except Exception as problem:
                said = " ".join(f"{type(problem).__name__}: {problem}".split())[:200]
                line = Line(name=work["name"], status="not usable", sentence=f"No worker of the cluster could make this report ({said}).")
            yield work, line


def on_worker(work: Work) -> dict[str, Any]:
    """Make one campaign's report on a Dask worker, whose kernels are forks of one process for as long as it lives."""
    if not Path(work["folder"]).is_dir():
        sentence = f"{work['folder']} is not there on {os.uname().nodename if hasattr(os, 'uname') else 'the worker'}; "
        sentence += "the workers of the cluster must see the campaigns, and the folder for the reports, under the same paths."
        return asdict(Line(name=work["name"], status="not usable", sentence=sentence))
    address = _worker_kernels() if work["start"] == "warm" else None
    return campaign(work | {"start": address or "plain"})


_once = threading.Lock()


def _worker_kernels() -> str | None:
    with _once:
        return _worker_server()


@functools.cache
def _worker_server() -> str | None:
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pb-", ignore_cleanup_errors=True)))
    return stack.enter_context(run.started("warm", scratch))


def _main(ask: str) -> None:
    def until_closed() -> None:
        sys.stdin.buffer.read()
        os._exit(1)

    threading.Thread(target=until_closed, daemon=True).start()
    answered(**json.loads(Path(ask).read_text(encoding="utf-8")))


if __name__ == "__main__":
    _main(sys.argv[1])
