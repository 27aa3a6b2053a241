"""Files of every format, broken in the ways that files break: what the fuzz test feeds to the loader.

`python -m tests.hard.fuzz SEED FILES` runs one seed and writes what fails into tests/hard/corpus/.
"""

from __future__ import annotations

import json
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playbook.brief import parse
from playbook.check import check
from playbook.data.load import read
from playbook.data.load.reading import UNKNOWN_SHAPE
from playbook.errors import PlaybookError
from tests import foreign

CORPUS = Path(__file__).parent / "corpus"
BRIEF = "name: Spring\nbrand: {name: Acme, handle: acme}\nmarket: {platforms: [instagram, tiktok, youtube]}\nas_of: 2026-07-01\n"
SECONDS = 10
BYTES = 2 << 30
# as many broken files share a folder, so that joining is tried too
TOGETHER = 8

NASTY = [
    b"",
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\xc3",
    b'"',
    b'""',
    b"'",
    b",",
    b";",
    b"\t",
    b"\r",
    b"\n\n\n",
    b"\\u0000",
    b'"\\ud800"',
    b"{",
    b"[" * 50,
    b"}]",
    b"null",
    b"NaN",
    b"Infinity",
    b"-1",
    b"1e999",
    b"1.2E+17",
    b"9" * 400,
    b"-0",
    b"1.2K",
    b"29.0b",
    b"--",
    b"#VALOR!",
    b"=HYPERLINK(1)",
    b"<script>",
    b"../../etc/passwd",
    b"2026-02-30",
    b"99999-99-99T99:99:99",
    b"-9999999999999",
    b"0000-00-00",
    "\u202e".encode(),
    "\u0661\u0662".encode(),
    "\u00a0".encode(),
    "\U0001f600".encode(),
    b"true",
    b"{}",
    b"[]",
    b"&a [*a, *a]",
    b"sep=;",
    b"A" * 70_000,
]


def _flip(raw: bytes, dice: random.Random) -> bytes:
    out = bytearray(raw)
    for _ in range(dice.randint(1, 12)):
        if out:
            out[dice.randrange(len(out))] = dice.randrange(256)
    return bytes(out)


def _cut(raw: bytes, dice: random.Random) -> bytes:
    at, to = sorted(dice.randrange(len(raw) + 1) for _ in range(2))
    return dice.choice([raw[:at], raw[at:], raw[:at] + raw[to:]])


def _insert(raw: bytes, dice: random.Random) -> bytes:
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(raw) + 1)
        raw = raw[:at] + dice.choice(NASTY) + raw[at:]
    return raw


def _cell(raw: bytes, dice: random.Random) -> bytes:
    """Put something nasty in the place of whole cells."""
    for mark in (b",", b";", b"\t"):
        if raw.count(mark) > 3:
            cells = raw.split(mark)
            for _ in range(dice.randint(1, 5)):
                cells[dice.randrange(len(cells))] = dice.choice(NASTY)
            return mark.join(cells)
    return _insert(raw, dice)


def _lines(raw: bytes, dice: random.Random) -> bytes:
    lines = raw.splitlines(keepends=True) or [b""]
    how = dice.randrange(5)
    at = dice.randrange(len(lines))
    if how == 0:
        dice.shuffle(lines)
    elif how == 1:
        lines = lines[:at] + [lines[at]] * dice.randint(2, 300) + lines[at:]
    elif how == 2:
        del lines[at]
    elif how == 3:
        lines.insert(at, dice.choice(NASTY) + b"\n")
    else:
        lines = [b"# Report\n", b"\n", *lines, b"Total,1,2,3\n", b"note by hand\n"]
    return b"".join(lines)


def _encode(raw: bytes, dice: random.Random) -> bytes:
    text = raw.decode("utf-8", "replace")
    to = dice.choice(["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "cp1252", "utf-32", "shift_jis", "utf-7", "latin-1"])
    return text.encode(to, "replace")


def _mark(raw: bytes, dice: random.Random) -> bytes:
    a, b = dice.sample([b",", b";", b"\t", b"|", b" ", b'"', b"\n", b"\r\n", b".", b":"], 2)
    return raw.replace(a, b)


def _splice(raw: bytes, dice: random.Random) -> bytes:
    other = dice.choice(SEEDS)[1]
    return raw[: dice.randrange(len(raw) + 1)] + other[dice.randrange(len(other) + 1) :]


def _tree(raw: bytes, dice: random.Random) -> bytes:
    """Change the shape of a JSON document: other types, missing and doubled keys, depth."""
    try:
        tree = json.loads(raw)
    except (ValueError, RecursionError):
        return _cell(raw, dice)
    odd: list[Callable[[object], object]] = [
        lambda x: None,
        lambda x: [x, x],
        lambda x: {"data": x},
        lambda x: str(x),
        lambda x: -1,
        lambda x: True,
        lambda x: {},
        lambda x: [],
        lambda x: 1e308,
        lambda x: 2**70,
        lambda x: "\ud800",
        lambda x: [[[[x]]]],
    ]

    def changed(node: object, chance: float) -> object:
        if dice.random() < chance:
            return dice.choice(odd)(node)
        if isinstance(node, dict):
            kept = {k: changed(v, chance) for k, v in node.items() if dice.random() > chance / 2}
            return {dice.choice(["", "id", k]) if dice.random() < chance / 4 else k: v for k, v in kept.items()}
        return [changed(v, chance) for v in node] if isinstance(node, list) else node

    return json.dumps(changed(tree, dice.choice([0.02, 0.08, 0.2]))).encode()


MUTATORS = (_flip, _cut, _insert, _cell, _cell, _lines, _encode, _mark, _splice, _tree, _tree)
SEEDS: list[tuple[str, bytes]] = [(path, raw) for path, (_, raw) in foreign.FILES.items()]
ENDINGS = ("", ".csv", ".json", ".txt", ".xlsx", ".zip", ".gz", ".parquet", ".yml")


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A file broken by chance: where it lies in `exports/`, and its bytes."""

    path: str
    raw: bytes


def broken(seed: int) -> Broken:
    """Return one broken file; the same for the same seed."""
    dice = random.Random(seed)
    path, raw = dice.choice(SEEDS)
    for _ in range(dice.choice([1, 1, 1, 2, 3])):
        raw = dice.choice(MUTATORS)(raw, dice)[: 1 << 20]
    if dice.random() < 0.05:
        path = str(Path(path).with_suffix(dice.choice(ENDINGS)))
    return Broken(path=path, raw=raw)


@dataclass(frozen=True, kw_only=True)
class Failure:
    """What went wrong with a folder of broken files, and the fewest of them that show it."""

    what: str
    files: list[Broken]


CLOCKS = ((signal.ITIMER_PROF, signal.SIGPROF, 1), (signal.ITIMER_REAL, signal.SIGALRM, 20)) if hasattr(signal, "SIGPROF") else ()


class _TooSlow(BaseException):
    pass


def _late(*_: object) -> None:
    raise _TooSlow


def trouble(files: list[Broken]) -> str:
    """Read a folder of broken files; return what went wrong: a traceback, a hang, or memory; empty where nothing did."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "campaign.yml").write_text(BRIEF, encoding="utf-8")
        for i, file in enumerate(files):
            target = folder / "exports" / str(i) / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.raw)
        # seconds of this process's own work: on a busy machine the clock on the wall says nothing; it only ends a wait without work
        for clock, number, slack in CLOCKS:
            signal.signal(number, _late)
            signal.setitimer(clock, SECONDS * slack * max(1, len(files) // 4))
        began = time.monotonic()
        try:
            if len(files) == 1:
                found = check(folder).findings
                json.dumps(check(folder).as_json()).encode("utf-8")
            else:
                found = read(folder, parse(BRIEF)).dataset.findings
            if odd := [f.text for f in found if UNKNOWN_SHAPE in f.found]:
                return odd[0]
            if broken_lines := [f.text for f in found if "\n" in f.text]:
                return f"more than one line: {broken_lines[0]}"
        except PlaybookError as stop:
            if "\n" in str(stop).strip():
                return f"more than one line: {stop}"
        except _TooSlow:
            return f"hung for {time.monotonic() - began:.0f} s"
        except Exception:
            return traceback.format_exc()
        finally:
            for clock, _, _ in CLOCKS:
                signal.setitimer(clock, 0)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return f"{used >> 20} MB of memory" if used > BYTES else ""


def failures(seed: int, files: int) -> Iterator[Failure]:
    """Read `files` broken files in folders of eight; yield each that fails, alone where it fails alone."""
    for start in range(0, files, TOGETHER):
        together = [broken(seed * 1_000_003 + i) for i in range(start, min(start + TOGETHER, files))]
        what = trouble(together)
        if what:
            alone = [Failure(what=w, files=[f]) for f in together if (w := trouble([f]))]
            yield from alone or [Failure(what=what, files=together)]


def kept(failure: Failure, folder: Path) -> list[Path]:
    """Write what failed into a folder, each file under a name that says where it belongs."""
    out = []
    for file in failure.files:
        number = len(list(folder.iterdir()))
        target = folder / f"{number:03d}__{file.path.replace('/', '__')}"
        target.write_bytes(file.raw)
        out.append(target)
    return out


if __name__ == "__main__":
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    CORPUS.mkdir(exist_ok=True)
    began, found = time.monotonic(), 0
    for failure in failures(seed, count):
        found += 1
        print(failure.what, *kept(failure, CORPUS), sep="\n", flush=True)
    print(f"seed {seed}: {count} files in {time.monotonic() - began:.0f} s, {found} failures")
