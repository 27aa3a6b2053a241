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
TILES = 4
ANSWERED = ("done", "partial")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of the decision: a question, the chapter's sentence, and its main figures."""

    question: str
    sentence: str
    state: State
    figures: tuple[dict[str, Any], ...] = ()


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
        part = Part(question=question, sentence=state.answer, state=state, figures=tuple(state.outcome.get("figures", [])[:TILES]))
        if state.status in ANSWERED:
            parts.append(part)
        elif name in ("portfolio", "goals") or state.status == "failed":
            unanswered.append(part)
    return Decision(parts=tuple(parts), open=tuple(unanswered), sure=_sure(states, write, document))


def _sure(states: list[State], write: Wording, document: Mapping[str, Any]) -> tuple[str, ...]:
    """Say in sentences how far the numbers can be trusted."""
    out = []
    figures = [f for f in document["figures"] if f["value"] is not None]
    if figures:
        sources = Counter(f["source"] for f in figures)
        with_interval = sum(f["low"] is not None for f in figures)
        others = [f"{n} {source}" for source, n in sorted(sources.items(), key=lambda s: (-s[1], s[0])) if source != "measured"]
        rest = f"; of the others {listed(others)}" if others else ""
        out.append(
            f"{write.count(sources['measured'])} of the {write.count(len(figures))} numbers in this report {plural(sources['measured'], 'is', 'are')} "
            f"measured on your data{rest}. {write.count(with_interval)} come with an interval."
        )
    claims = Counter(c["verdict"] for c in document["claims"])
    if claims:
        total = sum(claims.values())
        out.append(
            f"Of the {total} {plural(total, 'claim')} of the guide put to the test, {claims['holds']} {plural(claims['holds'], 'holds', 'hold')} on your data, "
            f"{claims['does_not_hold']} {plural(claims['does_not_hold'], 'does', 'do')} not, and your data cannot tell for {claims['cannot_tell']}."
        )
    levels = Counter(f["level"] for f in document["findings"])
    if levels["error"] or levels["warning"]:
        worst = " and ".join(f"{levels[k]} {plural(levels[k], k)}" for k in ("error", "warning") if levels[k])
        out.append(f"Reading the inputs left {worst}; each is listed below with how to mend it.")
    elif any(s.counts for s in states):
        out.append("Nothing in the inputs needed a warning.")
    short = [s.chapter.title for s in states if s.counts and s.status in ("partial", "needs_data")]
    if short:
        out.append(f"{len(short)} {plural(len(short), 'chapter')} could answer more with more data: {listed(short, most=11)}.")
    failed = [s.chapter.title for s in states if s.counts and s.status == "failed"]
    if failed:
        out.append(
            f"{len(failed)} {plural(len(failed), 'chapter')} failed and {plural(len(failed), 'is', 'are')} missing here: {listed(failed, most=11)}."
        )
    return tuple(out)
