"""Pictures of the reveal: what a class handed in, beside what really holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from playbook.show.theme import INK, MUTED, PALETTE, Note, Picture, figure, finish, percent_axis, say

if TYPE_CHECKING:
    from playbook.teach.reveal import Class

_NOBODY = "Nobody has handed this in yet, so there is nothing to lay beside the truth."


def shortlists(found: Class) -> Picture | Note:
    """Draw how many people each shortlist reaches, as a share of the best set found for the money."""
    shown = sorted((x for x in found.learners if x.people > 0), key=lambda x: x.share)
    if not shown:
        return say(_NOBODY, "missing")
    fig, axes = figure(height=0.3 * len(shown) + 1.7)
    for y, each in enumerate(shown):
        colour = PALETTE[1] if each.over else PALETTE[0]
        axes.plot([0, each.share], [y, y], color=colour, linewidth=2.5)
        axes.plot(each.share, y, "s" if each.over else "o", color=colour, markersize=7)
        told = f"{100 * each.share:.0f} %" + (", over the money allowed" if each.over else "")
        axes.annotate(told, (each.share, y), xytext=(8, 0), textcoords="offset points", va="center", fontsize=9, color=INK)
    axes.set_yticks(range(len(shown)), [x.name for x in shown])
    axes.axvline(1, color=MUTED, linestyle="--", linewidth=1)
    axes.set_xlim(0, max(1.3, max(x.share for x in shown) + 0.35))
    percent_axis(axes.xaxis)
    axes.set_xlabel("people reached, as a share of the best set found")
    fair = [x.share for x in shown if not x.over]
    mean = f"The class reached {100 * np.mean(fair):.0f} % of what the best sets do" if fair else "Every shortlist cost more than it may"
    best = max((x for x in shown if not x.over), key=lambda x: x.share, default=None)
    title = mean + (f"; {best.name} came nearest" if best else "")
    return finish(
        fig,
        title=title,
        subtitle=f"True people reached by one post of each on the shortlist, counted once; {len(shown)} learners. Squares cost too much.",
        alt=f"Share of the best set's people for {len(shown)} shortlists, from {shown[0].share:.0%} to {shown[-1].share:.0%}.",
    )


def flags(found: Class) -> Picture | Note:
    """Draw whom each learner flagged: with bought numbers, or honest; and how many were missed."""
    shown = sorted(found.learners, key=lambda x: (x.hits - x.wronged, x.name))
    if not any(x.hits + x.wronged for x in shown):
        return say(_NOBODY, "missing")
    fig, axes = figure(height=0.3 * len(shown) + 1.7)
    y = np.arange(len(shown))
    hits, wronged = np.array([x.hits for x in shown]), np.array([x.wronged for x in shown])
    axes.barh(y, hits, color=PALETTE[2], label="bought, and asked")
    axes.barh(y, -wronged, color=PALETTE[1], hatch="///", edgecolor="white", label="honest, and asked")
    for i, each in enumerate(shown):
        axes.annotate(
            f"{each.missed} missed", (each.hits, i), xytext=(5, 0), textcoords="offset points", va="center", fontsize=9, color=MUTED
        )
    axes.set_yticks(y, [x.name for x in shown])
    axes.axvline(0, color=INK, linewidth=1)
    axes.set_xlim(-max(2, wronged.max() * 1.2), max(3, hits.max() * 1.35))
    axes.xaxis.set_major_formatter(lambda v, _: f"{abs(v):g}")
    axes.set_xlabel("honest creators asked  |  creators with bought numbers asked")
    total, caught = sum(x.hits + x.missed for x in shown), int(hits.sum())
    said = int(hits.sum() + wronged.sum())
    return finish(
        fig,
        title=f"{100 * caught / said:.0f} % of those asked had bought numbers; {100 * caught / max(total, 1):.0f} % of such were found",
        subtitle=f"Followers or likes bought, or a pod, as it really is; {len(shown)} learners.",
        alt=f"For {len(shown)} learners: {caught} flags on creators with bought numbers, {int(wronged.sum())} on honest ones.",
    )


def estimates(found: Class, what: str) -> Picture | Note:
    """Draw each learner's interval beside the truth of their world.

    Parameters
    ----------
    what : {'roi', 'lift'}
    """
    table = found.errors(what)
    if table.empty:
        return say(_NOBODY, "missing")
    table = table.sort_values("truth").reset_index(drop=True)
    fig, axes = figure(height=0.3 * len(table) + 1.7)
    for y, r in enumerate(table.itertuples()):
        colour = PALETTE[0] if r.holds else PALETTE[1]
        axes.plot([r.low, r.high], [y, y], color=colour, linewidth=2, linestyle="-" if r.holds else "--")
        axes.plot(r.estimate, y, "o", color=colour, markersize=6)
        axes.plot(r.truth, y, "X", color=INK, markersize=8)
    axes.set_yticks(range(len(table)), list(table["learner"]))
    percent_axis(axes.xaxis)
    name = {"roi": "ROI", "lift": "lift"}[what]
    axes.set_xlabel(f"{name}: interval and estimate handed in; the cross is the truth")
    off = (table["estimate"] - table["truth"]).mean()
    side = "above" if off > 0 else "below"
    return finish(
        fig,
        title=f"{int(table['holds'].sum())} of {len(table)} intervals hold the truth; their mean is {abs(100 * off):.1f} points {side}",
        subtitle=f"Dashed intervals miss. {len(table)} learners; {len(found.learners) - len(table)} left it open.",
        alt=f"{name}: {len(table)} intervals beside the truth, {int(table['holds'].sum())} of which hold it.",
    )


def calibration(found: Class) -> Note:
    """Say how often intervals held the truth, and how far off the class was."""
    parts = []
    for r in found.calibration().itertuples():
        name = {"roi": "ROI", "lift": "lift"}[r.what]
        if not r.n:
            parts.append(f"Nobody gave an interval for the {name}.")
            continue
        told = "as sure as they should be" if 0.8 <= r.held <= 0.97 else "too sure" if r.held < 0.8 else "surer than they said"
        parts.append(
            f"{name}: of {r.n} intervals that should hold nine times in ten, {100 * r.held:.0f} % did, so the class was {told}. "
            f"A single estimate was off by {100 * r.mean_distance:.1f} points; the mean of all by {100 * abs(r.mean_off):.1f}, "
            "since errors to both sides cancel."
        )
    return say(" ".join(parts))
