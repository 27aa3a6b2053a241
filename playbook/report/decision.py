"""What the front page opens with: whom, for how much, what to expect, how sure. Taken from what chapters handed on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playbook.report.collect import State
from playbook.wording import Wording, listed, plural

# chapter, and the question that its sentence answers for whoever decides
_QUESTIONS = (
    ("results", "What it brought"),
    ("portfolio", "Whom, for how much, and what to expect"),
    ("goals", "What success means here"),
    ("costs", "What creators cost"),
    ("trust", "What to ask before you sign"),
)
# the figures that a decision is made on, first things first; others follow where one of these is absent
_FIRST = {
    "results": ("goal", "cost", "roi", "roas", "cost_per_follower", "reach", "cpe"),
    "portfolio": ("value", "cost", "probability", "creators", "reach"),
}
TILES = 4
ANSWERED = ("done", "partial")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of the decision: a question, the chapter's sentence, its main figures, and whom it chose."""

    question: str
    sentence: str
    state: State
    figures: tuple[dict[str, Any], ...] = ()
    rows: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What the front page opens with.

    Attributes
    ----------
    parts : tuple of Part
        Answered ones, most telling first.
    open : tuple of Part
        Those that the data cannot answer, or whose chapter failed; each sentence says what to add.
    sure : tuple of str
        How sure all of this is.
    """

    parts: tuple[Part, ...]
    open: tuple[Part, ...]
    sure: tuple[str, ...]


def decision(states: list[State], write: Wording, document: Mapping[str, Any]) -> Decision:
    """Choose what opens the report, out of the chapters' sentences."""
    by_name = {s.chapter.name: s for s in states}
    parts, unanswered = [], []
    for name, question in _QUESTIONS:
        state = by_name[name]
        if not state.counts:
            continue
        part = Part(
            question=question,
            sentence=state.answer,
            state=state,
            figures=_tiles(state),
            rows=tuple(state.outcome.get("tables", {}).get("chosen", ())),
        )
        if state.status in ANSWERED:
            parts.append(part)
        elif name in ("portfolio", "goals") or state.status == "failed":
            unanswered.append(part)
    return Decision(parts=tuple(parts), open=tuple(unanswered), sure=_sure(states, write, document))


def _tiles(state: State) -> tuple[dict[str, Any], ...]:
    """Return the chapter's main figures, those that nobody knows left out."""
    name = state.chapter.name
    known = {f["id"].removeprefix(f"{name}."): f for f in state.outcome.get("figures", []) if f["value"] is not None}
    first = [known[k] for k in _FIRST.get(name, ()) if k in known]
    return tuple(first + [f for f in known.values() if f not in first])[:TILES]


def _sure(states: list[State], write: Wording, document: Mapping[str, Any]) -> tuple[str, ...]:
    """Say in sentences how far the numbers can be trusted."""
    return tuple(
        sentence
        for sentence in (
            _of_sources(document, write),
            _of_claims(document),
            _of_findings(document),
            _of_chapters(states, "could answer more with more data", ("partial", "needs_data")),
            _of_chapters(states, "failed, and what it would say is missing here", ("failed",)),
        )
        if sentence
    )


def _of_sources(document: Mapping[str, Any], write: Wording) -> str:
    figures = [f for f in document["figures"] if f["value"] is not None]
    if not figures:
        return ""
    sources = Counter(f["source"] for f in figures)
    measured = sources.pop("measured", 0)
    others = [f"{n} {source}" for source, n in sorted(sources.items(), key=lambda s: (-s[1], s[0]))]
    rest = f"; {listed(others)}" if others else ""
    sure = sum(f["low"] is not None for f in figures)
    are = plural(measured, "is", "are")
    return (
        f"{write.count(measured)} of the {write.count(len(figures))} numbers in this report {are} measured on your data{rest}. "
        f"{write.count(sure)} {plural(sure, 'comes', 'come')} with an interval."
    )


def _of_claims(document: Mapping[str, Any]) -> str:
    verdicts = Counter(c["verdict"] for c in document["claims"])
    total = sum(verdicts.values())
    if not total:
        return ""
    yes, no, open_ = verdicts["holds"], verdicts["does_not_hold"], verdicts["cannot_tell"]
    said = [f"{yes} {plural(yes, 'holds', 'hold')} on your data"] if yes else []
    said += [f"{no} {plural(no, 'does', 'do')} not hold"] if no else []
    said += [f"your data cannot tell for {open_}"] if open_ else []
    return f"Of the {total} {plural(total, 'claim')} of the guide put to the test, {listed(said)}."


def _of_findings(document: Mapping[str, Any]) -> str:
    levels = Counter(f["level"] for f in document["findings"])
    worst = [f"{levels[k]} {plural(levels[k], k)}" for k in ("error", "warning") if levels[k]]
    if not worst:
        return "Nothing in the inputs needed a warning."
    return f"There {plural(sum(levels[k] for k in ('error', 'warning')), 'is', 'are')} {listed(worst)} to read first, listed below."


def _of_chapters(states: list[State], said: str, statuses: tuple[str, ...]) -> str:
    titles = [f"“{s.chapter.title}”" for s in states if s.counts and s.status in statuses]
    return f"{len(titles)} {plural(len(titles), 'chapter')} {said}: {listed(titles, most=11)}." if titles else ""
