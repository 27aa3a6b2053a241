"""A fresh campaign folder: empty tables, the hand-collecting workbook, or a copy of a sample."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from playbook.errors import BadCall, NotUsable, did_you_mean
from playbook.folders import samples, samples_dir

# the tables that most campaigns start with; any other table of the guide may be put beside them
STARTING_TABLES = ("creators", "posts", "quotes", "outreach", "deliverables", "payouts", "orders")
SHEET = "creators-sheet.xlsx"
EXPORTS_README = """# Files as your tools wrote them

Put exports here under any name: the playbook recognises a table by its columns, not by its file's name.
CSV, XLSX, JSON and Parquet are read; hidden files and README files are not.

`playbook check` says what was recognised, what was left out and why. For a file with other column names, add to campaign.yml

    columns:
      posts:
        "Their header": likes

with their header on the left and the playbook's column on the right.
"""


def write(folder: Path, *, sample: str | None, sheet: bool) -> list[Path]:
    """Write the files of a fresh campaign folder, none of which may be there."""
    if sample is not None and sheet:
        raise BadCall("--from and --sheet do not go together: a sample has its creators already.")
    if folder.exists() and not folder.is_dir():
        raise BadCall(f"{folder} is a file; name a folder.")
    contents = _sample(sample) if sample is not None else _empty(folder, sheet=sheet)
    there = [name for name in contents if (folder / name).exists() or (folder / name).is_symlink()]
    if there:
        raise BadCall(f"{folder / there[0]} is there already and is not overwritten; name another folder, or move it away.")
    written = []
    try:
        for name, put in contents.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            # only this call made the file, so a half-written one may go
            with target.open("xb"):
                written.append(target)
            put(target)
    except OSError as problem:
        for target in written:
            target.unlink(missing_ok=True)
        raise NotUsable(
            f"{folder} cannot be written ({problem.strerror or problem}); nothing was left there: free some space or name another folder."
        ) from None
    return written


def _empty(folder: Path, *, sheet: bool) -> dict[str, Callable[[Path], None]]:
    from playbook.brief import template
    from playbook.data.tables import TABLES

    name = re.sub(r"[-_\s]+", " ", folder.resolve().name).strip()
    contents: dict[str, Callable[[Path], None]] = {
        "campaign.yml": _text(template({"name": name.capitalize()[:200]} if name else None)),
        "exports/README.md": _text(EXPORTS_README),
    }
    if sheet:
        from playbook.folders.sheet import write_sheet

        return contents | {SHEET: write_sheet}
    return contents | {f"{name}.csv": _text(",".join(TABLES[name].names) + "\n") for name in STARTING_TABLES}


def _sample(sample: str) -> dict[str, Callable[[Path], None]]:
    known = samples()
    if sample not in known:
        raise BadCall(f"{sample!r} is not a sample{did_you_mean(sample, known)}; the samples are {', '.join(known)}.")
    root = samples_dir() / sample
    files = [p for p in sorted(root.rglob("*")) if p.is_file() and "truth" not in p.relative_to(root).parts]
    return {p.relative_to(root).as_posix(): _copy(p) for p in files}


def _text(text: str) -> Callable[[Path], None]:
    return lambda target: target.write_text(text, encoding="utf-8", newline="\n") and None


def _copy(source: Path) -> Callable[[Path], None]:
    return lambda target: shutil.copyfile(source, target) and None
