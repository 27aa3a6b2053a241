"""Which files of a campaign folder are read."""

from __future__ import annotations

import hashlib
from pathlib import Path

from playbook.brief.read import FILE as BRIEF_FILE
from playbook.data.load import archives
from playbook.data.load.archives import Entry
from playbook.data.readers.containers import ENDINGS
from playbook.data.tables import TABLES
from playbook.data.told import note, warning
from playbook.errors import NotUsable
from playbook.findings import Finding

EXPORTS = "exports"
MAX_FILES = 2_000
MAX_BYTES = 1_100_000_000
# the hand-collecting workbook that `playbook new --sheet` writes
SHEET = "creators-sheet"
_PASSED_OVER = (".bak", ".lock", ".tmp", "~")


def entries(folder: Path, unpacked: Path) -> tuple[list[Entry], list[Finding]]:
    """List the files of a campaign folder, in a fixed order, and what was passed over.

    Archives in `exports/` are opened into `unpacked`, an empty folder; each of their files is an entry of its own.

    Tables lie beside `campaign.yml` under their own names; everything in `exports/` is looked at, whatever its name. Hidden files,
    backups, README files, `truth/` and reports are nobody's data.
    """
    found: list[Entry] = []
    findings: list[Finding] = []
    root = folder.resolve()
    for path in sorted(folder.iterdir()):
        if path.is_dir() or _nobodys(path.name):
            continue
        stem = path.name.split(".", 1)[0].casefold()
        table_file = path.suffix.casefold() in ENDINGS
        if stem in TABLES or path.stem.casefold() == SHEET:
            if _inside(path, root, findings):
                found.append(Entry(path=path, shown=path.name))
        elif table_file:
            mend = f"put it into {EXPORTS}/ to have it recognised by its content"
            findings.append(note(path.name, "not read: its name is not that of a table", f"one of {', '.join(TABLES)}", mend))
    exports = folder / EXPORTS
    if exports.is_symlink() and not exports.resolve().is_relative_to(root):
        findings.append(_outside(EXPORTS))
    elif exports.is_dir():
        for path in sorted(exports.rglob("*")):
            shown = path.relative_to(folder).as_posix()
            if any(part.startswith(".") or part == "truth" for part in path.relative_to(exports).parts):
                continue
            if path.is_dir() or _nobodys(path.name):
                if path.is_symlink() and not path.resolve().is_relative_to(root):
                    findings.append(_outside(shown))
                continue
            if _inside(path, root, findings, shown):
                found += archives.members(path, shown, unpacked, findings) if archives.is_one(path) else [Entry(path=path, shown=shown)]
    if len(found) > MAX_FILES:
        mend = f"only the first {MAX_FILES:,} by name were read: join them into one table"
        findings.append(warning(EXPORTS, f"{len(found):,} files", f"at most {MAX_FILES:,}", mend))
    found = found[:MAX_FILES]
    size = sum(entry.path.stat().st_size for entry in found)
    if size > MAX_BYTES:
        largest = max(found, key=lambda entry: entry.path.stat().st_size)
        raise NotUsable(
            f"{folder} holds {size / 1e9:.2f} GB of tables, the largest of them {largest.shown}; the kit reads {MAX_BYTES / 1e9:.1f} GB at "
            "most: keep the posts and creators that matter."
        )
    return found, findings


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _nobodys(name: str) -> bool:
    folded = name.casefold()
    return folded == BRIEF_FILE or folded.startswith((".", "~$", "readme")) or folded.endswith(_PASSED_OVER)


def _inside(path: Path, root: Path, findings: list[Finding], shown: str | None = None) -> bool:
    if path.is_symlink() and not path.resolve().is_relative_to(root):
        findings.append(_outside(shown or path.name))
        return False
    if path.is_symlink() and "truth" in path.resolve().relative_to(root).parts:
        return False
    return path.is_file()


def _outside(shown: str) -> Finding:
    return warning(shown, "is a link to a place outside the campaign folder", "a file", "not read: copy the file here")
