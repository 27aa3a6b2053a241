"""Measures how fast and how lean the kit is: `python -m tests.bench [ROOM …]`, or `make bench`.

Each `tests/bench/<room>.py` has `measure() -> list[dict]`: rows with `what`, `value`, `unit`, and where something is compared, `against`
(what with) and `ratio` (how many times better). What is compared is measured side by side, in turns, within one run; times are medians.
The table goes to the terminal, everything with the machine it was measured on to a JSON file. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import json
import os
import platform
import sys
import time
import traceback
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
NEEDED = ("what", "value", "unit")


def rooms() -> list[str]:
    """Return the names of the benchmarks that there are."""
    return sorted(p.stem for p in HERE.glob("*.py") if not p.stem.startswith("_"))


def measured(room: str) -> dict[str, Any]:
    """Run one room's benchmarks; what goes wrong in them is part of the answer, so that the others still run."""
    began = time.monotonic()
    try:
        rows = importlib.import_module(f"tests.bench.{room}").measure()
        for row in rows:
            if absent := [key for key in NEEDED if key not in row]:
                raise ValueError(f"a row of {room} lacks {', '.join(absent)}: {row}")
        return {"room": room, "seconds": round(time.monotonic() - began, 1), "rows": rows}
    except Exception as problem:
        traceback.print_exc()
        return {"room": room, "seconds": round(time.monotonic() - began, 1), "rows": [], "failed": f"{type(problem).__name__}: {problem}"}


def machine() -> dict[str, Any]:
    """Say on what it was measured: cores, load, versions."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "when": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "load_before": None if load is None else round(load, 2),
        "python": platform.python_version(),
    }


def table(result: dict[str, Any]) -> str:
    """Return one room's rows as lines of text."""
    head = f"{result['room']} ({result['seconds']:.0f} s)"
    if "failed" in result:
        return f"{head}\n  failed: {result['failed']}"
    lines = [head]
    for row in result["rows"]:
        value = f"{row['value']:,.3g}" if isinstance(row["value"], float) and abs(row["value"]) < 1000 else f"{row['value']:,}"
        line = f"  {row['what']:<64} {value:>10} {row['unit']:<10}"
        if row.get("ratio") is not None:
            line += f" {row['ratio']:6.2f} × {row.get('against', '')}"
        lines.append(line.rstrip())
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Measure the named rooms, or all."""
    known = rooms()
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.splitlines()[0])
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help=f"one of {', '.join(known)}; all by default")
    parser.add_argument("--json", type=Path, default=Path("bench.json"), help="where the numbers go (default: bench.json)")
    given = parser.parse_args(arguments)
    if unknown := [room for room in given.rooms if room not in known]:
        parser.error(f"there is no {unknown[0]}; there are {', '.join(known)}")
    about, results = machine(), []
    print(f"{about['cores']} cores, load {about['load_before']} before, Python {about['python']}", flush=True)
    for room in given.rooms or known:
        results.append(measured(room))
        print(table(results[-1]), flush=True)
        given.json.write_text(json.dumps({"machine": about, "rooms": results}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"written to {given.json}")
    return 1 if any("failed" in result for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
