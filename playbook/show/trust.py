"""Pictures and tables of chapter 05."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing
from playbook.show.tables import Col, Table, table
from playbook.show.theme import MUTED, PALETTE, Note, Picture, count_axis, figure, finish, percent_axis, say, takes_missing
from playbook.wording import handle, wording

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
        f"Strong: large, rare among peers with at most {error} innocent creators expected on the list (Benjamini and "
        "Hochberg, 1995), and not explained by "
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
        axes.barh(
            shown["title"],
            values,
            left=left,
            color=STRENGTHS[strength][0],
            label=label,
            hatch="" if strength == "strong" else "///",
            edgecolor="white",
        )
        left += values
    for y, r in enumerate(shown.itertuples()):
        axes.annotate(
            f"{r.strong} strong, {r.weak} weak of {write.count(r.checked)}",
            (left[y], y),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
            color=MUTED,
        )
    axes.set_xlim(0, max(left.max(), 1) * 1.6)
    axes.set_xlabel("Creators with a question")
    axes.grid(axis="y", visible=False)
    top = shown.loc[shown["strong"].idxmax()]
    title = (
        f"Most strong questions, {write.count(top.strong)}, come from: {top.title.lower()}"
        if top.strong
        else "No check raises a strong question"
    )
    alt = (
        f"Bars of questions by check. {title}. "
        + "; ".join(f"{r.title}: {r.strong} strong, {r.weak} weak of {r.checked}" for r in shown.iloc[::-1].itertuples())
        + "."
    )
    return finish(
        fig,
        title=title,
        subtitle="Creators with a strong (filled) or weak (hatched) question by check; error rate "
        f"{write.share(brief.trust.false_alarms)}; source: your data",
        alt=alt,
    )


def flags_table(flags: pd.DataFrame | Missing, brief: Brief, *, strength: str = "strong", top: int = 15) -> Table | Note:
    """Show suspicions of one strength: evidence, what else would explain it, and what to ask."""
    if isinstance(flags, Missing):
        return say(flags)
    shown = flags[flags["strength"] == strength]
    if shown.empty:
        return say(f"No creator has a {strength} question on your data.")
    columns = {
        "creator": Col("Creator", "handle"),
        "evidence": Col("What the numbers show"),
        "innocent": Col("What else would explain it"),
        "question": Col("What to ask"),
    }
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
    title = (
        f"{handle(first.creator)} gained {write.count(first.gained)} followers on {write.day(first.day)}, "
        f"{write.share(first.share)} at once"
    )
    strong, weak = int((asked == "strong").sum()), int((asked == "weak").sum())
    subtitle = (
        f"Followers by day; square: strong, triangle: weak (explained by a post or giveaway); the {len(shown)} "
        f"largest of {strong} strong and {weak} weak; source: your follower history"
    )
    alt = (
        f"Small line charts of follower counts. {title}. "
        + "; ".join(f"{handle(r.creator)} {r.strength}, {write.count(r.gained)} more on {write.day(r.day)}" for r in shown.itertuples())
        + "."
    )
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
        axes.scatter(
            frame.loc[rows, "followers"],
            frame.loc[rows, "rate"],
            s=16 if not strength else 46,
            color=colour,
            marker=marker,
            alpha=0.45 if not strength else 1,
            linewidth=0,
        )
    for place, (platform, rows) in enumerate(frame.groupby("platform", sort=True)):
        rows = rows.sort_values("followers")
        axes.plot(
            rows["followers"], rows["expected"], color=PALETTE[(2, 3, 6)[place % 3]], linewidth=1.6, linestyle=("-", "--", ":")[place % 3]
        )
        # lines run close to each other, so their names stand at different ends
        end = 0 if place % 2 else -1
        axes.annotate(
            f"usual on {platform}",
            (rows["followers"].iloc[end], rows["expected"].iloc[end]),
            xytext=(4, 7) if place % 2 else (-4, -11 if place else 6),
            textcoords="offset points",
            ha="left" if place % 2 else "right",
            fontsize=8.5,
            color=PALETTE[(2, 3, 6)[place % 3]],
        )
    for i in np.flatnonzero(strongest != "")[:8]:
        row = frame.iloc[i]
        axes.annotate(
            handle(row["creator"]),
            (row["followers"], row["rate"]),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=MUTED,
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    count_axis(axes.xaxis)
    percent_axis(axes.yaxis)
    axes.set_xlabel("Followers")
    axes.set_ylabel("Engagements per follower")
    marked = int((strongest != "").sum())
    title = f"{write.count(marked)} of {write.count(len(frame))} creators engage far more or less than peers of their size"
    subtitle = (
        "Median of the latest posts over followers; lines: what peers of the platform have; square: strong, "
        f"triangle: weak; n = {len(frame)}; source: your posts"
    )
    return finish(
        fig,
        title=title,
        subtitle=subtitle,
        alt=f"Scatter of engagement per follower against followers with a line for each platform. {title}.",
    )


def signs_table(signs: pd.DataFrame | Missing, brief: Brief, *, top: int = 12, least: float = 0.02) -> Table | Note:
    """Show whose signs point the same way, rarest first: several weak ones can weigh more than one strong one."""
    if isinstance(signs, Missing):
        return say(signs)
    judged = signs.dropna(subset=["p"])
    if judged.empty:
        return say("Signs can be taken together only among 30 creators or more; your data holds fewer.", "missing")
    shown = judged[(judged["p"] <= least) & (judged["from"] != "")].sort_values(["q", "p", "creator"])
    if shown.empty:
        return say("Nobody's signs stand out when they are taken together.")
    columns = {
        "creator": Col("Creator", "handle"),
        "title": Col("What the signs point to"),
        "from": Col("Signs that add most"),
        "p": Col("Share of your creators as odd by chance", "share"),
        "q": Col("Error rate of the list up to here", "share"),
    }
    note = (
        "Fisher's method (1932) over the checks of one pattern, set against all your creators; the error rate is Benjamini and Hochberg's. "
        f"From {wording(brief).share(least)} up nobody is shown. A pattern is a reason to ask, and many of these have an ordinary answer. "
        f"n = {wording(brief).count(judged['creator'].nunique())} creators. Source: your data."
    )
    return table(shown, columns, brief, title="Signs taken together", note=note, top=top)


def weights_table(weights: pd.DataFrame, brief: Brief) -> Table:
    """Show what each check can take off the open score, and what the brief changed."""
    shown = weights.assign(changed=np.where(weights["weight"] != weights["default"], "set in your brief", "as the kit sets it"))
    columns = {
        "title": Col("Check"),
        "kind": Col("Kind"),
        "weight": Col("Points where strong", "count"),
        "changed": Col("Where from"),
    }
    note = "A judgement, not a measurement: change them in campaign.yml, under trust, weights. Source: assumed."
    return table(
        shown.sort_values(["kind", "weight"], ascending=[True, False]), columns, brief, title="What each check can take off", note=note
    )


def scores_table(scored: pd.DataFrame | Missing, brief: Brief, *, top: int = 15) -> Table | Note:
    """Show the open score, lowest first, and those without one."""
    if isinstance(scored, Missing):
        return say(scored)
    if scored["score"].isna().all():
        lacks = scored["lacks"].value_counts()
        n = wording(brief).count(len(scored))
        return say(
            f"None of your {n} creators has enough data for a score, and a middling one would mislead. Most often missing: "
            f"{lacks.index[0]} ({wording(brief).count(lacks.iloc[0])} creators).",
            "missing",
        )
    shown = scored.assign(lacks=[f"not enough data: {x}" if x else "" for x in scored["lacks"]])
    columns = {
        "creator": Col("Creator", "handle"),
        "score": Col("Score (0-100)", "count", "low", "high"),
        "stays": Col("Same side under other weights", "share"),
        "checks": Col("Checks", "count"),
        "taken": Col("Taken off by"),
        "lacks": Col("What is missing"),
    }
    note = (
        "100 less what each check takes off: its full weight where strong, 0.4 of it where weak, 0.1 where "
        "explained. In brackets: the middle nine in ten of 1,000 other weightings; beside it, in how many of them the creator stays on "
        f"the same side of {wording(brief).number(brief.trust.least_score, 0)} points. Source: your data, modelled."
    )
    return table(shown, columns, brief, title="The open score, lowest first", note=note, top=top)


@takes_missing
def score_chart(parts: pd.DataFrame, scored: pd.DataFrame, brief: Brief, *, creator: str | None = None) -> Picture | Note:
    """Draw one creator's score as a waterfall: from 100 down, check by check.

    Parameters
    ----------
    creator : str, optional
        By default the one with the lowest score.
    """
    if isinstance(scored, Missing) or scored["score"].notna().sum() == 0:
        return say("No creator has enough data for a score, so there is nothing to draw.", "missing")
    name = creator or scored["creator"].iloc[0]
    row = scored[scored["creator"] == name].iloc[0]
    own = parts[(parts["creator"] == name) & (parts["points"] < 0)].sort_values(["points", "check"])
    if own.empty:
        return say(f"No check takes anything off {handle(name)}, so the score is 100.")
    write = wording(brief)
    steps = np.r_[100.0, 100 + own["points"].cumsum()]
    fig, axes = figure(height=0.42 * (len(own) + 2) + 1.3)
    labels = ["Start", *own["title"], "Score"]
    axes.barh(labels[0], 100, color=PALETTE[6], alpha=0.35)
    for place, r in enumerate(own.itertuples()):
        axes.barh(
            r.title,
            -r.points,
            left=max(steps[place + 1], 0),
            color=STRENGTHS[r.strength][0],
            hatch="" if r.strength == "strong" else "///",
            edgecolor="white",
        )
        axes.annotate(
            f"{r.points:.0f} ({r.strength})",
            (max(steps[place + 1], 0), place + 1),
            xytext=(-4, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=8.5,
            color=MUTED,
        )
    axes.barh(labels[-1], row["score"], color=PALETTE[0])
    axes.annotate(
        f"{row['score']:.0f}",
        (row["score"], len(labels) - 1),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        fontsize=9,
        color=MUTED,
    )
    axes.invert_yaxis()
    axes.set_xlim(0, 104)
    axes.set_xlabel("Points")
    axes.grid(axis="y", visible=False)
    title = f"{handle(name)} scores {write.number(row['score'], 0)} of 100; most goes off for: {own['title'].iloc[0].lower()}"
    subtitle = (
        f"Points by check; filled: strong, hatched: weak; {write.number(row['low'], 0)} to "
        f"{write.number(row['high'], 0)} under nine in ten other weightings; {row['checks']} checks; modelled"
    )
    return finish(
        fig,
        title=title,
        subtitle=subtitle,
        alt=f"Waterfall from 100 to {row['score']:.0f}. {title}. " + "; ".join(f"{r.title} {r.points:.0f}" for r in own.itertuples()) + ".",
    )


def fakes_table(fakes: pd.DataFrame | Missing, brief: Brief, *, top: int = 12) -> Table | Note:
    """Show the corrected share of fakes of each sampled creator."""
    shown = fakes if isinstance(fakes, Missing) else fakes.sort_values(["share", "creator"], ascending=[False, True])
    columns = {
        "creator": Col("Creator", "handle"),
        "n": Col("Sampled (n)", "count"),
        "listed": Col("Listed", "count"),
        "apparent": Col("Share listed", "share"),
        "share": Col("Share that look empty, corrected", "share", "low", "high"),
        "by": Col("Counts used"),
        "source": Col("Errors from"),
    }
    level = wording(brief).share(brief.statistics.level)
    note = (
        "Corrected for the score's own errors (Rogan and Gladen, 1978; interval of Lang and Reiczigel, 2014, "
        f"{level}). Published weights, fitted on accounts of 2017 on one platform: on others they may be off."
    )
    return table(shown, columns, brief, title="From a sample of followers to a share", note=note, top=top)


def fakes_chart(fakes: pd.DataFrame | Missing, brief: Brief) -> Picture | Note:
    """Draw the corrected share of fakes with its interval, and the share before correction."""
    if isinstance(fakes, Missing) or fakes["share"].isna().all():
        return say("No sample of followers can be judged, so there is nothing to draw.", "missing")
    write = wording(brief)
    shown = fakes.dropna(subset=["share"]).sort_values(["share", "creator"]).tail(20)
    fig, axes = figure(height=0.25 * len(shown) + 1.6)
    names = [handle(c) for c in shown["creator"]]
    axes.hlines(names, shown["low"], shown["high"], color=PALETTE[0], alpha=0.45, linewidth=3)
    axes.plot(shown["share"], names, "o", color=PALETTE[0])
    axes.plot(shown["apparent"], names, "|", color=PALETTE[1], markersize=9, markeredgewidth=2)
    axes.axvline(0.25, color=MUTED, linewidth=0.9, linestyle="--")
    axes.annotate("a quarter", (0.25, -0.6), xytext=(3, 0), textcoords="offset points", fontsize=8, color=MUTED)
    percent_axis(axes.xaxis)
    axes.set_xlim(-0.02, 1.02)
    axes.set_xlabel("Followers that look empty, corrected")
    over = int((fakes["low"] > 0.25).sum())
    title = f"In {write.count(over)} of {write.count(len(fakes))} samples, more than a quarter of followers look empty"
    subtitle = (
        f"Dot: corrected share with its {write.share(brief.statistics.level)} interval; bar: share listed before "
        f"correction; counted where the whole interval lies above; n = {write.count(fakes['n'].sum())} followers; source: your sample"
    )
    return finish(fig, title=title, subtitle=subtitle, alt=f"Dot plot of {len(shown)} creators. {title}.")


def agreement_table(agreed: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show how far others' scores and ours order creators alike."""
    columns = {
        "tool": Col("Tool"),
        "measure": Col("Measure"),
        "n": Col("Creators (n)", "count"),
        "spearman": Col("Same order (Spearman)", "number2", "low", "high"),
        "alike": Col("Creators placed alike", "count"),
        "apart": Col("Far apart", "count"),
    }
    note = (
        "1: the same order, 0: none, below 0: the reverse; 90 % intervals; measures of which more is worse are "
        "turned round; measures that say nothing of trust, such as an engagement rate, are left out. Alike: within a quarter of the list; "
        "far apart: half of it or more. Source: quoted by the tools."
    )
    return table(agreed, columns, brief, title="Others' scores beside ours", note=note)


def disagreement_table(compared: pd.DataFrame | Missing, brief: Brief, *, top: int = 8) -> Table | Note:
    """Show where a tool and the kit disagree most."""
    if isinstance(compared, Missing):
        return say(compared)
    shown = compared[compared["disagree"]]
    if shown.empty:
        return say("No quoted score is far from ours.")
    columns = {
        "creator": Col("Creator", "handle"),
        "tool": Col("Tool"),
        "measure": Col("Measure"),
        "value": Col("Their value", "number2"),
        "score": Col("Our score", "count"),
        "their_place": Col("Better than, theirs", "share"),
        "our_place": Col("Better than, ours", "share"),
    }
    return table(
        shown,
        columns,
        brief,
        title="Where they disagree most",
        note="Share of the compared creators that do worse. Ask the tool what its number is made of. Source: quoted and modelled.",
        top=top,
    )


def questions_table(asked: pd.DataFrame | Missing, brief: Brief, *, top: int = 15) -> Table | Note:
    """Show the list of what to ask."""
    if not isinstance(asked, Missing) and asked.empty:
        return say("There is nothing to ask anybody on your data.")
    columns = {"creator": Col("Creator", "handle"), "strength": Col("Strength"), "about": Col("About"), "question": Col("What to ask for")}
    return table(
        asked,
        columns,
        brief,
        title="What to ask, creator by creator",
        note="Ask everybody on the shortlist for the same screenshots: then nobody feels accused.",
        top=top,
    )
