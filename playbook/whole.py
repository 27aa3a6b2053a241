"""Files written whole: by one rename, so that no reader, crash or full disk ever leaves half of one."""

from __future__ import annotations

import secrets
from pathlib import Path


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file by rename; what stood there before stays until the new one is complete.

    Parameters
    ----------
    path : Path
        In a folder that is there. Until it is complete the file's name begins with a dot, which no reader of the kit takes for a file.
    content : str or bytes
        Text is written as UTF-8 with the line ends it has.

    Raises
    ------
    OSError
        Where it cannot be written; nothing is left behind.

    Examples
    --------
    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp()) / "note.txt"
    >>> write_whole(place, "ten creators")
    >>> place.read_text(), [p.name for p in place.parent.iterdir()]
    ('ten creators', ['note.txt'])
    """
    half = path.with_name(f".{secrets.token_hex(6)}.half")
    try:
        half.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        half.replace(path)
    except BaseException:
        half.unlink(missing_ok=True)
        raise
