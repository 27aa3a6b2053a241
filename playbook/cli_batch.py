"""What `playbook batch` prints: one bar for the whole, and a line for each campaign as it ends."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from playbook.report.batch import Line, batch
from playbook.report.kernels import Limits

_STYLES = {"good": "green", "unchanged": "dim", "failed": "red", "not usable": "red", "stopped": "yellow"}


def run(paths: Sequence[str], *, limits: Mapping[str, float], jobs: int | None, **options: Any) -> int:
    """Run a batch and print how it goes; return the exit code."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    columns = (TextColumn("Reports"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
    with _stopped_like_ctrl_c(), Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("Reports", total=None)

        def tell(line: Line, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)
            console.print(Text(f"{done}/{total} {told(line)}", style=_STYLES[line.status]))

        from os import cpu_count

        at_once = jobs or cpu_count() or 1
        result = batch(paths, jobs=jobs, limits=Limits.shared(at_once, **limits), progress=tell, **options)
    bad = sum(not line.good for line in result.lines)
    if bad:
        print(f"{bad} of {len(result.lines)} campaigns need attention; the league table says why.", file=sys.stderr)
    print(f"League table: {result.index} ({result.seconds:.0f} s)")
    return result.exit_code


def told(line: Line) -> str:
    """Write a campaign's line for the terminal.

    >>> told(Line(name="acme", status="good", seconds=8.04))
    'acme: good, 8.0 s'
    >>> told(Line(name="acme", status="failed", chapter="trust", sentence="The kernel died.", seconds=3.0))
    'acme: failed, 3.0 s, in chapter trust: The kernel died.'
    """
    time = f", {line.seconds:.1f} s" if line.seconds else ""
    where = f", in chapter {line.chapter}" if line.chapter else ""
    return f"{line.name}: {line.status}{time}{where}" + (f": {line.sentence}" if line.sentence else "")


@contextlib.contextmanager
def _stopped_like_ctrl_c() -> Iterator[None]:
    """Let whoever stops a service stop a batch as Ctrl-C does: in order."""

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
