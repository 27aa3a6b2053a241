"""Files that somebody hands over: copied into a campaign's `exports/` as they are, never over another file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from playbook.errors import BadCall, NotUsable
from playbook.folders.fresh import write as write_fresh
from playbook.whole import write_whole

# names that some systems keep to themselves, and letters that no file name may hold everywhere
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_FORBIDDEN = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
LONGEST = 150


def receive(folder: Path | str, files: Iterable[tuple[str, bytes]]) -> list[Path]:
    """Copy files into ``exports/`` of a campaign folder, which is made where it is not there yet.

    A file that is there already with the same content is not copied again; one of the same name with other content is kept beside it,
    with a number.

    Parameters
    ----------
    folder : path
    files : iterable of (name, content)

    Returns
    -------
    list of Path
        Where each file lies now, in the order given.

    Raises
    ------
    BadCall
        Where the folder's name is a file's.
    NotUsable
        Where the folder cannot be written; files copied until then stay.
    """
    folder = Path(folder).expanduser()
    if folder.exists() and not folder.is_dir():
        raise BadCall(f"{folder} is a file; name a folder.")
    if not (folder / "campaign.yml").exists():
        write_fresh(folder, sample=None, sheet=False)
    exports = folder / "exports"
    out = []
    try:
        exports.mkdir(exist_ok=True)
        for name, content in files:
            out.append(_put(exports, safe_name(name), content))
    except OSError as problem:
        raise NotUsable(f"{exports} cannot be written ({problem.strerror or problem}); free some space or name another folder.") from None
    return out


def safe_name(name: str) -> str:
    """Return a name that every system takes, without any folder in it.

    >>> safe_name("../../etc/pass:wd.csv"), safe_name("C:\\\\Users\\\\me\\\\Zahlen März.xlsx"), safe_name("nul"), safe_name(".hidden")
    ('pass-wd.csv', 'Zahlen März.xlsx', 'file-nul', 'hidden')
    """
    last = re.split(r"[/\\]", name)[-1]
    clean = _FORBIDDEN.sub("-", last).strip(" .") or "file"
    if _RESERVED.fullmatch(clean):
        clean = f"file-{clean}"
    ending = Path(clean).suffix[:20]
    return clean.removesuffix(ending)[: LONGEST - len(ending)] + ending


def _put(exports: Path, name: str, content: bytes) -> Path:
    stem, suffix = Path(name).stem, Path(name).suffix
    number = 1
    while True:
        target = exports / (name if number == 1 else f"{stem} ({number}){suffix}")
        if not target.exists() and not target.is_symlink():
            break
        if target.is_file() and target.stat().st_size == len(content) and target.read_bytes() == content:
            return target
        number += 1
    write_whole(target, content)
    return target
