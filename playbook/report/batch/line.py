"""How one campaign of a batch came out: a row of the league table and of `batch.json`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

STATUSES = ("good", "unchanged", "failed", "not usable", "stopped")


@dataclass(frozen=True, kw_only=True)
class Line:
    """How one campaign came out.

    Attributes
    ----------
    status : {'good', 'unchanged', 'failed', 'not usable', 'stopped'}
        `failed` left a report with a chapter missing, `not usable` left none, `stopped` was not begun or not ended.
    chapter, sentence : str
        Which chapter failed and why; empty where none did.
    kind : str
        The goal: sales, awareness, followers.
    goal, target : float or None
        What the goal's measure reached, and what it should reach, in the goal's unit.
    spend : float or None
        Full cost in `currency`; `planned` says that it is the plan's and not what was spent.
    roi, roi_low, roi_high : float or None
        Return on margin: (contribution - cost) / cost (share), with its interval.
    errors, warnings, notes : int
        Findings.
    """

    name: str
    campaign: str = ""
    status: str
    seconds: float = 0.0
    chapter: str = ""
    sentence: str = ""
    kind: str = ""
    goal: float | None = None
    target: float | None = None
    spend: float | None = None
    planned: bool = False
    currency: str = ""
    roi: float | None = None
    roi_low: float | None = None
    roi_high: float | None = None
    errors: int = 0
    warnings: int = 0
    notes: int = 0

    @property
    def good(self) -> bool:
        """Whether the report is there and whole."""
        return self.status in ("good", "unchanged")

    @property
    def left(self) -> bool:
        """Whether a report was left, if only in part."""
        return self.status in ("good", "unchanged", "failed")

    @property
    def reached(self) -> bool | None:
        """Whether the goal was reached; None where nobody knows."""
        return None if self.goal is None or self.target is None else self.goal >= self.target


def line_of(out: Path, name: str, **known: object) -> Line:
    """Read a campaign's line from the report that it left in `out`."""
    document = json.loads((out / "results.json").read_text(encoding="utf-8"))
    about = json.loads((out / "run.json").read_text(encoding="utf-8"))
    figures = {f["id"]: f for f in document["figures"] if f["value"] is not None}
    levels = [f["level"] for f in document["findings"]]

    def value(figure: str, part: str = "value") -> float | None:
        return figures.get(figure, {}).get(part)

    spent, plan = value("results.cost"), value("portfolio.cost")
    fields = {
        "name": name,
        "campaign": document["campaign"],
        "status": "good",
        "kind": about.get("goal") or "",
        "goal": value("results.goal"),
        "target": value("goals.target"),
        "spend": spent if spent is not None else plan,
        "planned": spent is None and plan is not None,
        "currency": about.get("currency") or "",
        "roi": value("results.roi"),
        "roi_low": value("results.roi", "low"),
        "roi_high": value("results.roi", "high"),
        "errors": levels.count("error"),
        "warnings": levels.count("warning"),
        "notes": levels.count("note"),
    }
    return Line(**{**fields, **known})  # type: ignore[arg-type]
