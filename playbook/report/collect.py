"""What the executed notebooks handed on, gathered: the one document behind pages, workbook and `results.json`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from playbook.campaign import Campaign
from playbook.chapters import CHAPTERS, Chapter
from playbook.findings import Finding
from playbook.report.kernels import Failure, record_of

SCHEMA = 1
_FIGURE = ("id", "value", "low", "high", "level", "n", "unit", "source", "text")
_CLAIM = ("id", "verdict", "estimate", "low", "high", "level", "n", "smallest_effect", "unit", "text")
_FINDING = ("level", "about", "found", "expected", "mend")
_LEVELS = ("error", "warning", "note")


@dataclass(frozen=True, kw_only=True)
class State:
    """One chapter as the report knows it.

    Attributes
    ----------
    notebook : NotebookNode or None
        The executed notebook; None where the chapter has not been run.
    outcome : dict
        What it handed on, as plain values; empty where it handed on nothing.
    failure : Failure or None
    columns : dict of str to list of str
        The columns of each of its tables, in order.
    stale : bool
        Whether it was run on other inputs or settings than the present ones.
    """

    chapter: Chapter
    notebook: Any = None
    outcome: dict[str, Any]
    failure: Failure | None = None
    stale: bool = False
    failed_cell: str = ""
    columns: dict[str, list[str]] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """`done`, `partial`, `needs_data`, `failed`, or `not run` and `out of date`."""
        if self.notebook is None:
            return "not run"
        if self.stale:
            return "out of date"
        return "failed" if self.failure else self.outcome.get("status", "failed")

    @property
    def counts(self) -> bool:
        """Whether the chapter belongs into the results."""
        return self.notebook is not None and not self.stale

    @property
    def answer(self) -> str:
        """The chapter's sentence, or why there is none."""
        if self.failure and not self.stale:
            return self.failure.sentence
        return self.outcome.get("answer", "")

    @property
    def seconds(self) -> float | None:
        """How long the notebook ran."""
        duration = self.notebook.metadata.get("papermill", {}).get("duration") if self.notebook is not None else None
        return round(float(duration), 2) if duration is not None else None


def chapters(found: dict[str, Path], fingerprint: str) -> list[State]:
    """Read the executed notebooks, in reading order.

    Parameters
    ----------
    found : dict of chapter name to path
        Where the executed notebooks are; a path that does not exist is a chapter that has not been run.
    fingerprint : str
        Of the campaign as it is now.
    """
    import nbformat

    out = []
    for chapter in CHAPTERS:
        path = found[chapter.name]
        try:
            notebook = nbformat.read(str(path), as_version=4)
        except Exception:
            # not there, or not a notebook: in both cases the chapter has still to be run
            out.append(State(chapter=chapter, outcome={}))
            continue
        record = record_of(notebook)
        about = notebook.metadata.get("playbook", {})
        failed = about.get("failed")
        run_on = about.get("fingerprint") if failed else (record or {}).get("fingerprint")
        if record is None and not failed:
            out.append(State(chapter=chapter, outcome={}))
            continue
        out.append(
            State(
                chapter=chapter,
                notebook=notebook,
                outcome=dict(record["outcome"]) if record and not failed else {},
                failure=Failure(chapter.name, failed["sentence"], failed["cell"]) if failed else None,
                failed_cell=failed["id"] if failed else "",
                columns=(record or {}).get("columns", {}),
                stale=run_on != fingerprint,
            )
        )
    return out


def results(campaign: Campaign, states: list[State], also: tuple[Finding, ...] = ()) -> dict[str, Any]:
    """Return the content of `results.json`: the same inputs give the same bytes.

    Parameters
    ----------
    also : tuple of Finding
        The report's own findings, such as a logo that is not there.
    """
    live = [s for s in states if s.counts]
    figures, clashes = _unique([f for s in live for f in s.outcome.get("figures", [])], _FIGURE)
    claims, more = _unique([c for s in live for c in s.outcome.get("claims", [])], _CLAIM)
    clash = [
        asdict(
            Finding(
                level="warning",
                about=f"the number {name}",
                found="two chapters hand on different values",
                expected="one value for one id",
                mend="the first one is kept",
            )
        )
        for name in (*clashes, *more)
    ]
    findings = [asdict(f) for f in (*campaign.data.findings, *also)] + [f for s in live for f in s.outcome.get("findings", [])] + clash
    return {
        "schema": SCHEMA,
        "campaign": campaign.brief.name,
        "as_of": campaign.data.as_of.isoformat(),
        "inputs": inputs(campaign),
        "chapters": [{"name": s.chapter.name, "status": s.status} for s in live],
        "figures": figures,
        "claims": claims,
        "findings": _ordered(findings),
    }


def inputs(campaign: Campaign) -> list[dict[str, str]]:
    """Return path and SHA-256 of every file that was read, the brief included."""
    out = {s.path: s.sha256 for s in campaign.data.provenance}
    brief = campaign.folder / "campaign.yml"
    if brief.name not in out and brief.is_file():
        out[brief.name] = hashlib.sha256(brief.read_bytes()).hexdigest()
    return [{"path": path, "sha256": out[path]} for path in sorted(out)]


def dumped(document: Any) -> str:
    """Write JSON the one way in which the report writes it."""
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _unique(rows: list[dict[str, Any]], keys: tuple[str, ...]) -> tuple[list[dict[str, Any]], list[str]]:
    """Keep the first row of each id; also return the ids whose later rows say something else."""
    kept: dict[str, dict[str, Any]] = {}
    clashes: list[str] = []
    for row in rows:
        plain = {k: row.get(k) for k in keys}
        first = kept.setdefault(row["id"], plain)
        if first["id"] not in clashes and any(first[k] != plain[k] for k in keys if k != "text"):
            clashes.append(first["id"])
    return list(kept.values()), clashes


def _ordered(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Worst first, each once, otherwise in the order in which they were found."""
    once = {tuple(f.get(k, "") for k in _FINDING): None for f in findings}
    rows = [dict(zip(_FINDING, values, strict=True)) for values in once]
    return sorted(rows, key=lambda f: _LEVELS.index(f["level"]))
