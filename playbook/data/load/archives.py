"""Archives in `exports/`: ZIP files of tables, and single files packed with gzip or xz."""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import lzma
import os
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from playbook.data.told import counted, warning
from playbook.findings import Finding

MAX_MEMBERS = 500
# of one archive, unpacked
MAX_BYTES = 500_000_000
BLOCK = 1 << 20
_OPEN: dict[bytes, Callable[[Path], IO[bytes]]] = {b"\x1f\x8b": gzip.open, b"\xfd7zX": lzma.open}  # type: ignore[dict-item]
_BROKEN = (zipfile.BadZipFile, lzma.LZMAError, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A file to read: where it is, and its path as users know it."""

    path: Path
    shown: str


def is_one(path: Path) -> bool:
    """Say whether a file is an archive; workbooks, which are archives too, are not."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
        if start != b"PK\x03\x04":
            return any(start.startswith(magic) for magic in _OPEN)
        with zipfile.ZipFile(path) as archive:
            return not any(name.startswith("xl/") for name in archive.namelist())
    except _BROKEN:
        return False


def members(path: Path, shown: str, unpacked: Path, findings: list[Finding]) -> list[Entry]:
    """Unpack an archive and return its files; their names never lead out of `unpacked`.

    Archives within archives stay closed. One that is damaged, or unpacks to more than tables ever hold, is told and left out.
    """
    place = unpacked / str(len(list(unpacked.iterdir())))
    place.mkdir()
    try:
        with path.open("rb") as file:
            start = file.read(4)
        if start == b"PK\x03\x04":
            return _zip(path, shown, place, findings)
        opener = next(o for magic, o in _OPEN.items() if start.startswith(magic))
        target = place / "0"
        with opener(path) as packed:
            return [] if _unpack(packed, target, MAX_BYTES, shown, findings) is None else [Entry(path=target, shown=_stripped(shown))]
    except _BROKEN as problem:
        why = " ".join(str(problem).split())[:100] or type(problem).__name__
        findings.append(warning(shown, f"cannot be unpacked ({why})", "a sound archive", "not read: unpack it by hand, without password"))
        return []


def _zip(path: Path, shown: str, place: Path, findings: list[Finding]) -> list[Entry]:
    out: list[Entry] = []
    left = MAX_BYTES
    with zipfile.ZipFile(path) as archive:
        inside = [i for i in archive.infolist() if not i.is_dir() and not _hidden(i.filename)]
        if len(inside) > MAX_MEMBERS:
            what = f"holds {len(inside):,} files"
            findings.append(warning(shown, what, f"at most {MAX_MEMBERS}", f"only the first {MAX_MEMBERS} were read"))
        closed = 0
        for number, info in enumerate(inside[:MAX_MEMBERS]):
            target = place / (str(number) + PurePosixPath(info.filename.replace("\\", "/")).suffix[:10])
            with archive.open(info) as packed:
                size = _unpack(packed, target, left, shown, findings)
            if size is None:
                return out
            left -= size
            with contextlib.suppress(ValueError, OSError, OverflowError):
                written = dt.datetime(*info.date_time, tzinfo=dt.UTC).timestamp()
                os.utime(target, (written, written))
            if is_one(target):
                closed += 1
                continue
            out.append(Entry(path=target, shown=f"{shown}/{_clean(info.filename)}"))
    if closed:
        what = f"holds {counted(closed, 'further archive', 'further archives')}"
        findings.append(warning(shown, what, "tables", "not opened: unpack it and put its files into exports/"))
    return sorted(out, key=lambda e: e.shown)


def _unpack(packed: IO[bytes], target: Path, left: int, shown: str, findings: list[Finding]) -> int | None:
    """Write an unpacked file, block by block; None where it grows beyond all measure, whatever its head promised."""
    size = 0
    with target.open("wb") as file:
        while block := packed.read(BLOCK):
            size += len(block)
            if size > left:
                file.truncate(0)
                what = f"unpacks to more than {MAX_BYTES / 1e6:.0f} MB"
                findings.append(warning(shown, what, "tables of a campaign", "the rest was not read: unpack it and keep what matters"))
                return None
            file.write(block)
    return size


def _hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) and part.strip(".") for part in name.replace("\\", "/").split("/"))


def _clean(name: str) -> str:
    """Return a member's path without what leads out of its folder or cannot be printed."""
    parts = [p for p in name.replace("\\", "/").split("/") if p not in ("", ".", "..")]
    return "".join(c if c.isprintable() else "\ufffd" for c in "/".join(parts))[:200] or "unnamed"


def _stripped(shown: str) -> str:
    return shown.rsplit(".", 1)[0] if shown.casefold().endswith((".gz", ".xz")) else shown
