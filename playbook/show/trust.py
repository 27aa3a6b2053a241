"""Pictures and tables of chapter 05."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing
from playbook.show.tables import Col, Table, table
from playbook.show.theme import MUTED, PALETTE, Note, Picture, count_axis, figure, finish, percent_axis, say, takes_missing
from playbook.wording import handle, plural, wording

STRENGTHS = {"strong": (PALETTE[1], "s"), "weak": (PALETTE[5], "^"), "": (PALETTE[0], "o")}


def coverage_table(coverage: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show what each check could judge, what came of it, and what the others need."""
    columns = {
        "title": Col("Check"),
        "checked": Col("Creators checked", "count"),
        "strong": Col("Strong", "count"),
        "weak": Col("Weak", "count"),
        "needs": Col("What it lacks"),
    }
    error = wording(brief).share(brief.trust.false_alarms)
    note = (
        f"Strong: large, rare among peers with at most {error} innocent creators expected on the list (Benjamini and Hochberg, 1995), and not explained by "
        "anything in your data. Weak: large, but explained or less rare. Source: your data."
    )
    return table(coverage, columns, brief, title="What could be checked", note=note)


@takes_missing
def coverage_chart(coverage: pd.DataFrame, brief: Brief) -> Picture | Note:
    """Draw how many creators each check could judge, and how many questions it raises."""
    shown = coverage[coverage["checked"] > 0].iloc[::-1]
    if shown.empty:
        return say("No check could judge anybody on your data, so there is nothing to draw.", "missing")
    write = wording(brief)
    fig, axes = figure(height=0.34 * len(shown) + 1.5)
    left = np.zeros(len(shown))
    for strength, label in (("strong", "strong"), ("weak", "weak")):
        values = shown[strength].to_numpy()
        axes.barh(shown["title"], values, left=left, color=STRENGTHS[strength][0], label=label, hatch="" if strength == "strong" else "///", edgecolor="white")
        left += values
    for y, r in enumerate(shown.itertuples()):
        axes.annotate(f"{r.strong} strong, {r.weak} weak of {write.count(r.checked)}", (left[y], y), xytext=(5, 0), textcoords="offset points", va="center", fontsize=8.5, color=MUTED)
    axes.set_xlim(0, max(left.max(), 1) * 1.35)
    axes.set_xlabel("Creators with a question")
    axes.grid(axis="y", visible=False)
    top = shown.loc[shown["strong"].idxmax()]
    title = f"{top.title} {plural(top.strong, 'raises', 'raises')} most strong questions, {write.count(top.strong)}" if top.strong else "No check raises a strong question"
    alt = f"Bars of questions by check. {title}. " + "; ".join(f"{r.title}: {r.strong} strong, {r.weak} weak of {r.checked}" for r in shown.iloc[::-1].itertuples()) + "."
    return finish(fig, title=title, subtitle=f"Creators with a strong (filled) or weak (hatched) question by check; error rate {write.share(brief.trust.false_alarms)}; source: your data", alt=alt)


def flags_table(flags: pd.DataFrame | Missing, brief: Brief, *, strength: str = "strong", top: int = 15) -> Table | Note:
    """Show suspicions of one strength: evidence, what else would explain it, and what to ask."""
    if isinstance(flags, Missing):
        return say(flags)
    shown = flags[flags["strength"] == strength]
    if shown.empty:
        return say(f"No creator has a {strength} question on your data.")
    columns = {"creator": Col("Creator", "handle"), "evidence": Col("What the numbers show"), "innocent": Col("What else would explain it"), "question": Col("What to ask")}
    note = "A question is not a verdict: most of these have an ordinary answer. Source: your data."
    return table(shown, columns, brief, title=f"{strength.capitalize()} questions", note=note, top=top)


@takes_missing
def jump_chart(jumps: pd.DataFrame, flags: pd.DataFrame | Missing, data: Dataset, brief: Brief) -> Picture | Note:
    """Draw the follower counts of the creators with the largest jumps, each against its count before the jump."""
    if isinstance(flags, Missing) or not (flags["check"] == "follower_jump").any():
        return say("No history holds a jump that is worth a question, so there is nothing to draw.")
    write = wording(brief)
    asked = flags[flags["check"] == "follower_jump"].set_index("creator")["strength"]
    shown = jumps[jumps["creator"].isin(asked.index)].assign(strength=lambda f: f["creator"].map(asked))
    shown = shown.sort_values(["strength", "z", "creator"], ascending=[True, False, True]).head(6)
    columns = min(3, len(shown))
    rows = -(-len(shown) // columns)
    fig, grid = figure(height=1.75 * rows + 0.9, columns=columns, rows=rows)
    panels = np.atleast_1d(grid).ravel()
    from matplotlib.dates import ConciseDateFormatter, MonthLocator

    for axes, r in zip(panels, shown.itertuples(), strict=False):
        own = data.follower_history[data.follower_history["creator"] == r.creator].sort_values("day")
        colour, marker = STRENGTHS[r.strength]
        axes.plot(own["day"], own["followers"], color=PALETTE[0], linewidth=1.4)
        axes.plot([r.day], [r.after], marker=marker, color=colour, markersize=7, linestyle="none")
        axes.set_title(f"{handle(r.creator)}\n{write.count(r.gained)} more, {r.strength}", fontsize=8.5, loc="left", color=MUTED)
        count_axis(axes.yaxis)
        axes.tick_params(labelsize=7.5)
        locator = MonthLocator()
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    for axes in panels[len(shown) :]:
        axes.set_visible(False)
    first = shown.iloc[0]
    title = f"{handle(first.creator)} gained {write.count(first.gained)} followers on {write.day(first.day)}, {write.share(first.share)} at once"
    strong, weak = int((asked == "strong").sum()), int((asked == "weak").sum())
    subtitle = f"Followers by day; square: strong, triangle: weak (explained by a post or giveaway); the {len(shown)} largest of {strong} strong and {weak} weak; source: your follower history"
    alt = f"Small line charts of follower counts. {title}. " + "; ".join(f"{handle(r.creator)} {r.strength}, {write.count(r.gained)} more on {write.day(r.day)}" for r in shown.itertuples()) + "."
    return finish(fig, title=title, subtitle=subtitle, alt=alt)


def peers_chart(screened: dict[str, pd.DataFrame | Missing] | Missing, brief: Brief) -> Picture | Note:
    """Draw engagement per follower against size, with those out of line marked."""
    if isinstance(screened, Missing):
        return say(screened)
    low, high = screened["engagement_low"], screened["engagement_high"]
    if isinstance(low, Missing) or isinstance(high, Missing):
        return say(low)
    write = wording(brief)
    frame = low.merge(high[["creator", "strength"]], on="creator", suffixes=("", "_high"))
    strongest = np.where(frame["strength"] == "", frame["strength_high"], frame["strength"])
    fig, axes = figure(height=3.9)
    for strength in ("", "weak", "strong"):
        rows = strongest == strength
        colour, marker = STRENGTHS[strength]
        axes.scatter(frame.loc[rows, "followers"], frame.loc[rows, "rate"], s=16 if not strength else 46, color=colour, marker=marker, alpha=0.45 if not strength else 1, linewidth=0)
    for place, (platform, rows) in enumerate(frame.groupby("platform", sort=True)):
        rows = rows.sort_values("followers")
        axes.plot(rows["followers"], rows["expected"], color=PALETTE[(2, 3, 6)[place % 3]], linewidth=1.6, linestyle=("-", "--", ":")[place % 3])
        axes.annotate(f"usual on {platform}", (rows["followers"].iloc[-1], rows["expected"].iloc[-1]), xytext=(-4, -11 if place % 2 else 6), textcoords="offset points", ha="right", fontsize=8.5, color=PALETTE[(2, 3, 6)[place % 3]])
    for i in np.flatnonzero(strongest != "")[:8]:
        row = frame.iloc[i]
        axes.annotate(handle(row["creator"]), (row["followers"], row["rate"]), xytext=(6, 0), textcoords="offset points", va="center", fontsize=8, color=MUTED)
    axes.set_xscale("log")
    axes.set_yscale("log")
    count_axis(axes.xaxis)
    percent_axis(axes.yaxis)
    axes.set_xlabel("Followers")
    axes.set_ylabel("Engagements of a typical post per follower")
    marked = int((strongest != "").sum())
    title = f"{write.count(marked)} of {write.count(len(frame))} creators engage far more or less than peers of their size"
    subtitle = f"Median of the latest posts over followers; lines: what peers of the platform have; square: strong, triangle: weak; n = {len(frame)}; source: your posts"
    return finish(fig, title=title, subtitle=subtitle, alt=f"Scatter of engagement per follower against followers with a line for each platform. {title}.")
