"""How long a workshop takes to make, in work and for each learner."""

from __future__ import annotations

import resource
import statistics
import tempfile
import time
from pathlib import Path


def measure() -> list[dict]:
    """Make workshops of eight learners in one process and with two; seconds on the clock, and of the processor."""
    from playbook.teach import workshop

    out = []
    for workers in (1, 2):
        clock, work = [], []
        for _ in range(3):
            with tempfile.TemporaryDirectory() as place:
                began, used = time.perf_counter(), _used()
                workshop.make(Path(place) / "room", learners=8, seed="bench", workers=workers)
                clock.append(time.perf_counter() - began)
                work.append(_used() - used)
        what = f"workshop of 8 learners, {workers} at a time"
        out.append({"what": what, "value": round(statistics.median(clock), 2), "unit": "s"})
        out.append({"what": f"{what}, processor", "value": round(statistics.median(work), 2), "unit": "s"})
    return out


def _used() -> float:
    """Return the processor seconds of this process and of those that it waited for."""
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
