"""What `playbook check` says: what was read, what was found, and which chapters are ready."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from playbook import brief as briefs
from playbook.campaign import folder_of
from playbook.chapters import CHAPTERS
from playbook.data.dataset import Dataset, SourceFile
from playbook.errors import NotUsable
from playbook.findings import Finding


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """Whether a chapter has what it needs.

    Attributes
    ----------
    missing : tuple of str
        Tables that it needs or that would let it say more, and that hold no rows.
    """

    ready: bool
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """What was found in a campaign folder.

    Attributes
    ----------
    usable : bool
    name : str
        The campaign's name; empty where the brief could not be read.
    files : tuple of SourceFile
    tables : dict of str to int
        Rows of each table.
    findings : tuple of Finding
    chapters : dict of str to Readiness
    aside : pandas.DataFrame
        Rows that went into no table: `file`, `row`, `reason`, `values`.
    """

    usable: bool
    name: str = ""
    files: tuple[SourceFile, ...] = ()
    tables: dict[str, int]
    findings: tuple[Finding, ...] = ()
    chapters: dict[str, Readiness]
    aside: pd.DataFrame

    @property
    def exit_code(self) -> int:
        """0 where the folder can be used, else 1."""
        return 0 if self.usable else 1

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain JSON values, in the shape that other programs rely on."""
        files = [
            {
                "path": f.path,
                "format": f.format,
                "confidence": f.confidence,
                "why": f.why,
                "rows": f.rows,
                "set_aside": dict(f.set_aside),
                "period": [f.first_day, f.last_day] if f.first_day else None,
                "creators": f.creators,
            }
            for f in self.files
        ]
        chapters = {name: {"ready": c.ready, "missing": list(c.missing)} for name, c in self.chapters.items()}
        findings = [asdict(f) for f in self.findings]
        return {"usable": self.usable, "files": files, "tables": self.tables, "findings": findings, "chapters": chapters}


def check(folder: Path | str) -> CheckResult:
    """Read everything in a campaign folder and say what was found; writes nothing.

    Parameters
    ----------
    folder : path
        A campaign folder, or a sample's name.

    Returns
    -------
    CheckResult
        Not usable, with one finding of level `error`, where the brief or the data cannot be used at all.
    """
    from playbook.data.load import read

    name = ""
    try:
        folder = folder_of(folder)
        brief = briefs.read(folder)
        name = brief.name
        reading = read(folder, brief)
    except NotUsable as problem:
        sentence, about = str(problem).removesuffix("."), str(folder)
        finding = Finding(level="error", about=about, found=re.sub(rf"^{re.escape(about)}(?:: | |/)", "", sentence))
        none = pd.DataFrame({"file": [], "row": [], "reason": [], "values": []})
        missing = {c.name: Readiness(ready=False, missing=(*c.needs, *c.helps)) for c in CHAPTERS}
        return CheckResult(usable=False, name=name, tables={}, findings=(finding,), chapters=missing, aside=none)
    data = reading.dataset
    order = {"error": 0, "warning": 1, "note": 2}
    return CheckResult(
        usable=True,
        name=name,
        files=data.provenance,
        tables=data.rows(),
        findings=tuple(sorted(data.findings, key=lambda f: order[f.level])),
        chapters=readiness(data),
        aside=reading.aside,
    )


def readiness(data: Dataset) -> dict[str, Readiness]:
    """Say for each chapter whether its tables are there.

    Examples
    --------
    >>> import pandas as pd
    >>> from playbook.data.dataset import dataset
    >>> found = readiness(dataset(creators=pd.DataFrame({"creator": ["instagram:ana"]})))
    >>> found["start"], found["engagement"].ready
    (Readiness(ready=True, missing=('posts', 'quotes')), False)
    """
    out = {}
    for chapter in CHAPTERS:
        absent = tuple(t for t in (*chapter.needs, *chapter.helps) if not data.has(t))
        out[chapter.name] = Readiness(ready=all(data.has(t) for t in chapter.needs), missing=absent)
    return out
