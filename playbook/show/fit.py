"""Pictures and tables of chapter 06."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.findings import Missing
from playbook.fit.audience import target_text
from playbook.fit.scores import PARTS, weights
from playbook.show.tables import Col, Table, table
from playbook.show.theme import INK, MUTED, PALETTE, Note, Picture, figure, finish, percent_axis, say, takes_missing
from playbook.wording import handle, wording

PART_LABELS = {"audience": "Audience", "niche": "Niche", "values": "Brand's words"}
HATCHES = {"audience": "", "niche": "///", "values": "..."}


def scores_table(scored: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show the fit with its parts."""
    if not isinstance(scored, Missing) and scored["fit"].notna().sum() == 0:
        return say(
            "No creator's fit is known: name customers, niches and keywords in campaign.yml, and add niches, captions "
            "or an audience table.",
            "missing",
        )
    columns = {
        "creator": Col("Creator", "handle"),
        "fit": Col("Fit", "share"),
        "audience_fit": Col("Audience", "share"),
        "niche_fit": Col("Niche", "share"),
        "values_fit": Col("Posts with the brand's words", "share"),
        "target_share": Col("Audience in the target (modelled)", "share", "low", "high"),
        "known": Col("Known parts"),
    }
    given = ", ".join(f"{PART_LABELS[p].lower()} {wording(brief).share(w)}" for p, w in weights(brief).items() if w == w)
    note = (
        f"Fit is the weighted mean of its parts ({given}); a part that only some creators tell counts with their "
        f"middle for the rest. Target: {target_text(brief) or 'not named'}; dimensions taken as independent."
    )
    return table(scored, columns, brief, title="Who fits, and why", note=note, top=brief.fit.top)


@takes_missing
def parts_chart(scored: pd.DataFrame, brief: Brief) -> Picture | Note:
    """Draw the fit of the best creators as a sum of its parts."""
    shown = scored[scored["fit"].notna()].head(brief.fit.top).iloc[::-1]
    if shown.empty:
        return say("No creator's fit is known, so there is nothing to draw.", "missing")
    write = wording(brief)
    fig, axes = figure(height=0.27 * len(shown) + 1.7)
    names = [handle(c) for c in shown["creator"]]
    left = np.zeros(len(shown))
    for place, part in enumerate(PARTS):
        points = shown[f"{part}_points"].fillna(0).to_numpy()
        own = shown["known"].str.contains(part).to_numpy()
        if not points.any():
            continue
        bars = axes.barh(names, points, left=left, color=PALETTE[place], hatch=HATCHES[part], edgecolor="white", linewidth=0.5)
        for bar, known in zip(bars, own, strict=True):
            bar.set_alpha(0.9 if known else 0.3)
        axes.annotate(
            PART_LABELS[part],
            (left[-1] + points[-1] / 2, len(shown) - 0.5),
            xytext=(0, 2),
            textcoords="offset points",
            ha="center",
            fontsize=9,
            color=PALETTE[place],
        )
        left += points
    for y, total in enumerate(left):
        axes.annotate(f"{100 * total:.0f}", (total, y), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8.5, color=INK)
    axes.set_xlim(0, 1.06)
    axes.set_ylim(-0.7, len(shown) + 0.2)
    percent_axis(axes.xaxis)
    axes.set_xlabel("Fit, as the sum of its weighted parts")
    axes.grid(axis="y", visible=False)
    best = shown.iloc[-1]
    largest = max(PARTS, key=lambda p: np.nan_to_num(best[f"{p}_points"]))
    title = f"{handle(best['creator'])} fits best, {write.share(best['fit'])}, most of it from {PART_LABELS[largest].lower()}"
    subtitle = (
        f"The first {len(shown)} of {write.count(scored['fit'].notna().sum())} creators; pale parts are not the "
        "creator's own but the middle of the others; source: your data, weights of the brief"
    )
    return finish(fig, title=title, subtitle=subtitle, alt=f"Stacked bars of {len(shown)} creators. {title}.")


@takes_missing
def stability_chart(steady: pd.DataFrame, brief: Brief) -> Picture:
    """Draw how often each creator stays on the shortlist when the weights change."""
    shown = steady.head(max(brief.fit.top, 1)).iloc[::-1]
    write = wording(brief)
    places = min(brief.outreach.creators, len(steady))
    fig, axes = figure(height=0.27 * len(shown) + 1.5)
    names = [handle(c) for c in shown["creator"]]
    sure = (shown["stays"] >= 0.9).to_numpy()
    axes.hlines(names, 0, shown["stays"], color=PALETTE[6], alpha=0.35, linewidth=2)
    for mask, colour, marker in ((sure, PALETTE[2], "o"), (~sure, PALETTE[1], "s")):
        axes.plot(shown["stays"].to_numpy()[mask], np.array(names)[mask], marker, color=colour)
    for y, r in enumerate(shown.itertuples()):
        axes.annotate(
            f"rank {r.best_rank} to {r.worst_rank}",
            (r.stays, y),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=MUTED,
        )
    axes.axhline(len(shown) - places - 0.5, color=MUTED, linewidth=0.8, linestyle="--") if places < len(shown) else None
    axes.set_xlim(0, 1.2)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
    percent_axis(axes.xaxis)
    axes.set_xlabel(f"Weightings in which the creator is among the first {places}")
    axes.grid(axis="y", visible=False)
    n = int((steady["stays"] >= 0.9).sum())
    title = (
        f"{write.count(n)} of {places} places hold whatever the weights" if n else "No place on the shortlist holds whatever the weights"
    )
    return finish(
        fig,
        title=title,
        subtitle="1,000 weightings of the parts, drawn evenly; dashed: end of the shortlist; ranks: middle nine in "
        f"ten; n = {len(steady)} creators",
        alt=f"Dot plot of {len(shown)} creators. {title}.",
    )


@takes_missing
def stability_table(steady: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show ranks and how far they hang on the weights."""
    columns = {
        "creator": Col("Creator", "handle"),
        "rank": Col("Rank", "count"),
        "fit": Col("Fit", "share"),
        "stays": Col("Stays on the shortlist", "share"),
        "best_rank": Col("Best rank", "count"),
        "worst_rank": Col("Worst rank", "count"),
    }
    return table(
        steady,
        columns,
        brief,
        title="Does the order hold?",
        note="Best and worst rank: middle nine in ten of 1,000 weightings.",
        top=brief.fit.top,
    )


def audience_table(compared: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show how alike audience and customers are: one row a creator, a column a dimension."""
    if isinstance(compared, Missing):
        return say(compared)
    wide = compared.pivot(index="creator", columns="dimension", values="alike")
    dimensions = [d for d in ("age", "gender", "country", "language") if d in wide]
    wide = wide[dimensions].assign(
        mean=wide.mean(axis=1), n=compared.groupby("creator")["n"].max(), source=compared.groupby("creator")["source"].first()
    )
    wide = wide.reset_index().sort_values(["mean", "creator"], ascending=[False, True])
    columns = {
        "creator": Col("Creator", "handle"),
        "mean": Col("Alike", "share"),
        **{d: Col(d.capitalize(), "share") for d in dimensions},
        "n": Col("People (n)", "count"),
        "source": Col("Source"),
    }
    note = (
        "Alike: 1 less the Jensen-Shannon distance to your customers (base 2, sampling bias taken off). Quoted: a "
        "tool gives shares and not how many people they rest on; such shares are often its guess."
    )
    return table(wide, columns, brief, title="Audience against customers", note=note, top=brief.fit.top)


def dimensions_table(compared: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show each dimension with its interval and largest groups."""
    columns = {
        "creator": Col("Creator", "handle"),
        "dimension": Col("Dimension"),
        "alike": Col("Alike", "share", "alike_low", "alike_high"),
        "in_target": Col("In the target", "share", "in_target_low", "in_target_high"),
        "top": Col("Largest groups"),
        "n": Col("People (n)", "count"),
        "source": Col("Source"),
    }
    level = wording(brief).share(brief.statistics.level)
    shown = compared if isinstance(compared, Missing) else compared.sort_values(["alike", "creator"], ascending=[False, True])
    note = (
        f"Alike: 1 less the Jensen-Shannon distance to your customers (base 2, sampling bias taken off); {level} "
        "intervals where the tool tells how many people it rests on."
    )
    return table(shown, columns, brief, title="Audience against customers, dimension by dimension", note=note, top=brief.fit.top)


def words_table(found: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show the brand's words that each creator uses."""
    columns = {
        "creator": Col("Creator", "handle"),
        "share": Col("Posts with a word of yours", "share"),
        "recent_share": Col("Of the latest 12", "share"),
        "posts": Col("Posts read (n)", "count"),
        "matched": Col("Words and posts"),
        "bio_words": Col("In the bio"),
        "last_at": Col("Last", "day"),
    }
    shown = found if isinstance(found, Missing) else found.sort_values(["share", "creator"], ascending=[False, True], na_position="last")
    return table(
        shown,
        columns,
        brief,
        title="The brand's words in their posts",
        note="Keywords and values of the brief, counted in the latest 50 captions; words only, no meaning is guessed.",
        top=brief.fit.top,
    )


LIKENESS = {"words": "TF-IDF cosine of captions and bio", "meaning": "cosine of sentence embeddings (wordllama) of captions"}


def niche_table(near: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show niche and topics."""
    columns = {
        "creator": Col("Creator", "handle"),
        "niche": Col("Niche"),
        "topic": Col("Likeness of topics", "share"),
        "terms": Col("Words it rests on" if brief.fit.text == "words" else "Nearest caption"),
        "niche_fit": Col("Niche fit", "share"),
    }
    shown = near if isinstance(near, Missing) else near.sort_values(["niche_fit", "creator"], ascending=[False, True], na_position="last")
    return table(
        shown,
        columns,
        brief,
        title="Niche and topics",
        note=f"Likeness: {LIKENESS[brief.fit.text]} to creators in your niches; the mean with the niche itself (1 or 0) is the niche fit.",
        top=brief.fit.top,
    )


def focus_table(found: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show how much each creator keeps to a topic."""
    columns = {
        "creator": Col("Creator", "handle"),
        "focus": Col("Two posts alike", "share", "low", "high"),
        "posts": Col("Posts (n)", "count"),
        "percentile": Col("Others below", "share"),
    }
    note = (
        f"TF-IDF cosine of two posts on average, latest 50 captions at most; {wording(brief).share(brief.statistics.level)} intervals by "
        "the jackknife. Captions from one template look focused, too. Source: your posts."
    )
    return table(found, columns, brief, title="Who keeps to a topic", note=note, top=brief.fit.top)


@takes_missing
def audience_chart(compared: pd.DataFrame, brief: Brief) -> Picture:
    """Draw the share of each audience in the target, dimension by dimension, for the creators most alike."""
    write = wording(brief)
    order = compared.groupby("creator")["alike"].mean().sort_values(ascending=False, kind="stable").index[: brief.fit.top][::-1]
    dimensions = [d for d in ("age", "gender", "country", "language") if (compared["dimension"] == d).any()]
    fig, grid = figure(height=0.24 * len(order) + 1.6, columns=len(dimensions), share_y=True)
    for place, (axes, dimension) in enumerate(zip(np.atleast_1d(grid).ravel(), dimensions, strict=True)):
        rows = compared[compared["dimension"] == dimension].set_index("creator").reindex(order)
        y = np.arange(len(order))
        axes.hlines(y, rows["in_target_low"], rows["in_target_high"], color=PALETTE[place], alpha=0.45, linewidth=3)
        axes.plot(rows["in_target"], y, "osD^"[place], color=PALETTE[place], markersize=5)
        axes.set_title(dimension.capitalize(), fontsize=10, color=PALETTE[place])
        axes.set_xlim(-0.03, 1.03)
        axes.set_xticks([0, 0.5, 1])
        percent_axis(axes.xaxis)
        axes.set_yticks(y, [handle(c) for c in order])
        axes.tick_params(labelsize=8)
    best = order[-1]
    rows = compared[compared["creator"] == best].set_index("dimension")["in_target"]
    strongest = rows.idxmax()
    title = f"{handle(best)}'s audience is most like your customers ({write.share(rows[strongest])} in the target by {strongest})"
    subtitle = (
        f"Share of the audience in the target ({target_text(brief)}); lines: "
        f"{write.share(brief.statistics.level)} intervals where n is told; the first {len(order)} of "
        f"{compared['creator'].nunique()} creators"
    )
    return finish(
        fig,
        title=title,
        subtitle=subtitle,
        alt=f"Dot plots of the share in the target for {len(order)} creators by {', '.join(dimensions)}. {title}.",
    )


def safety_table(found: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show hits with the sentence around, the brand's own list first."""
    if not isinstance(found, Missing) and found.empty:
        return say(
            "No caption or bio holds a word you avoid, a competitor or a delicate topic of the list. Pictures and sound are not seen."
        )
    columns = {
        "creator": Col("Creator", "handle"),
        "list": Col("List"),
        "word": Col("Word"),
        "severity": Col("Severity"),
        "days_ago": Col("Days ago", "count"),
        "sponsored": Col("Paid", "flag"),
        "sentence": Col("The words around"),
        "note": Col("What else it may mean"),
    }
    return table(
        found,
        columns,
        brief,
        title="Look at these before you sign",
        note="Words only: irony, pictures and sound are not seen; a hit is a reason to look. Lists: your brief; the "
        "kit's own (playbook/rules/brand_safety.csv).",
        top=brief.fit.top,
    )


def safety_counts_table(counted: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show how many hits each creator has."""
    if not isinstance(counted, Missing) and counted.empty:
        return say("No creator has a hit.")
    columns = {
        "creator": Col("Creator", "handle"),
        "avoid": Col("Words you avoid", "count"),
        "competitor": Col("Competitors named", "count"),
        "delicate": Col("Delicate topics", "count"),
        "words": Col("Which"),
        "last_days": Col("Days since the latest", "count"),
    }
    return table(counted, columns, brief, title="Hits by creator", top=brief.fit.top)


def reached_table(reached: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show the people of the target that one post reaches, and for the money."""
    columns = {
        "creator": Col("Creator", "handle"),
        "reach": Col("Reach of a post", "count"),
        "target_share": Col("In the target", "share"),
        "target_reach": Col("People of the target", "count"),
        "cost": Col("Full cost of a post", "money"),
        "per_money": Col(f"People of the target per {brief.budget.currency}", "number1"),
        "band": Col("Fit is"),
        "reach_source": Col("Reach is"),
        "cost_source": Col("Fee is"),
    }
    return table(
        reached,
        columns,
        brief,
        title="People of the target for the money",
        note="Reach of one post times the share in the target, over the full cost. Modelled: the dimensions of the "
        "audience are taken as independent. Fit is: 'very close' for the highest tenth of your list, 'far' for the lowest third.",
        top=brief.fit.top,
    )
