"""What a batch remembers of a report: from which inputs it followed, so that what is unchanged is not made again."""

from __future__ import annotations

import functools
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from playbook.report.batch.line import Line
from playbook.report.batch.tasks import Task

STATE = Path(".work", "batch.json")


def key(task: Task, chapters: Sequence[str] | None, pdf: bool) -> str:
    """Return a hash of all that a report follows from: the kit, its notebooks, the settings and the campaign's files."""
    from playbook.folders import notebooks_dir

    digest = hashlib.sha256(_kit().encode())
    digest.update(json.dumps([str(task.folder), task.settings, sorted(chapters or ()), pdf]).encode())
    for place in (task.notebooks or notebooks_dir(), task.folder):
        for path in sorted(_files(place)):
            digest.update(str(path.relative_to(place)).encode("utf-8", "surrogateescape") + b"\0")
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def kept(place: Path, mark: str) -> Line | None:
    """Return the line of a whole report that follows from the very same, or None."""
    try:
        known = json.loads((place / STATE).read_text(encoding="utf-8"))
        if known["key"] != mark or known["results"] != _results(place) or not (place / "index.html").is_file():
            return None
        return replace(Line(**known["line"]), status="unchanged", seconds=0.0)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep(place: Path, mark: str, line: Line) -> None:
    """Note beside a good report what it follows from; one that failed is made again."""
    state = place / STATE
    if line.status == "good":
        written(state, json.dumps({"key": mark, "results": _results(place), "line": asdict(line)}, ensure_ascii=False), state.parent)
    else:
        state.unlink(missing_ok=True)


def written(path: Path, text: str, work: Path) -> None:
    """Write a file by one rename out of the working folder, so that nobody sees half of it."""
    work.mkdir(parents=True, exist_ok=True)
    part = work / f"{path.name}~{os.getpid()}"
    part.write_text(text, encoding="utf-8", newline="\n")
    part.replace(path)


def _results(place: Path) -> str:
    return hashlib.sha256((place / "results.json").read_bytes()).hexdigest()


def _files(place: Path) -> Iterator[Path]:
    for base, folders, names in os.walk(place):
        folders[:] = [f for f in folders if not f.startswith(".") and not f.endswith("-report") and f not in ("truth", "__pycache__")]
        yield from (p for n in names if not n.startswith(".") and (p := Path(base, n)).is_file())


@functools.cache
def _kit() -> str:
    """Return a hash of this package and the versions of those that results depend on."""
    from playbook.report.run import versions

    package = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256(json.dumps(versions()).encode())
    kinds = (".py", ".csv", ".json", ".toml", ".j2", ".css", ".typ")
    for path in sorted(p for p in package.rglob("*") if p.suffix in kinds and "_shipped" not in p.parts):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
