"""The page over all campaigns of a batch: one table, sortable, with a link to each report."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from playbook.report.batch.line import Line
from playbook.wording import Wording, listed, plural

_WORDS = {"good": "Made", "unchanged": "Unchanged", "failed": "Failed in part", "not usable": "Not usable", "stopped": "Stopped"}
_UNITS = {"sales": "orders", "awareness": "people reached", "followers": "new followers"}


@dataclass(frozen=True, kw_only=True)
class _Row:
    """One campaign as the table shows it; the numbers are what it is sorted by."""

    line: Line
    link: str
    title: str
    status: str
    goal: str
    reached: str
    share: float | None
    spend: str
    roi: str
    interval: str
    problem: str
    time: str


def page(lines: Sequence[Line], target: Path) -> str:
    """Return the league table as HTML.

    Parameters
    ----------
    lines : sequence of Line
        In the order in which the campaigns were named.
    target : path
        The batch's folder; a campaign whose page is not there gets no link.
    """
    from playbook.report import pages

    counts = Counter(line.status for line in lines)
    good = sum(line.good for line in lines)
    said = [f"{counts[s]} {_WORDS[s].lower()}" for s in _WORDS if counts[s]]
    return pages.template("league.html.j2").render(
        rows=[_row(line, target) for line in lines],
        bad=[line for line in lines if not line.good],
        summary=f"{good} of {len(lines)} {plural(len(lines), 'report')} {plural(good, 'is', 'are')} there and whole: {listed(said)}.",
        goals=_goals(lines),
        colours=pages.colours("#0072B2", "#D1495B"),
        words=_WORDS,
    )


def _goals(lines: Sequence[Line]) -> str:
    reached, known = sum(line.reached is True for line in lines), sum(line.reached is not None for line in lines)
    if not known:
        return "No campaign has a measured result yet."
    return (
        f"{reached} of the {known} {plural(known, 'campaign')} with a measured result reached {plural(reached, 'its goal', 'their goals')}."
    )


def _row(line: Line, target: Path) -> _Row:
    write = Wording(locale="en", currency=line.currency or "EUR")
    there = line.left and (target / line.name / "index.html").is_file()
    unit = _UNITS.get(line.kind, "")
    goal, share = "unknown", None
    if line.goal is not None and line.target:
        share = line.goal / line.target
        goal = f"{write.count(line.goal)} of {write.count(line.target)} {unit}".strip()
    elif line.goal is not None or line.target is not None:
        goal = f"{write.count(line.goal)} {unit}" if line.goal is not None else f"target {write.count(line.target)} {unit}"
    interval = (
        f"{write.share(line.roi_low)} to {write.share(line.roi_high)}" if line.roi_low is not None and line.roi_high is not None else ""
    )
    where = f"In chapter {line.chapter}: " if line.chapter else ""
    return _Row(
        line=line,
        link=f"{quote(line.name)}/index.html" if there else "",
        title=_plain(line.campaign) or line.name,
        status=_WORDS[line.status],
        goal=goal.strip(),
        reached={True: "reached", False: "not reached", None: "not known"}[line.reached],
        share=share,
        spend="unknown" if line.spend is None else write.money(line.spend) if line.currency else write.count(line.spend),
        roi="unknown" if line.roi is None else write.share(line.roi),
        interval=interval,
        problem=f"{where}{line.sentence}" if line.sentence else "",
        time=f"{line.seconds:.1f} s" if line.seconds < 120 else f"{line.seconds / 60:.0f} min",
    )


def _plain(name: str) -> str:
    """Leave out marks that would turn the letters around them."""
    return "".join(c for c in name if not unicodedata.category(c).startswith("C"))
