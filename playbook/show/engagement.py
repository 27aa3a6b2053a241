"""Pictures and tables of chapter 04."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.findings import Missing
from playbook.show.tables import Col, Table, table
from playbook.show.theme import INK, MUTED, PALETTE, Note, Picture, figure, finish, percent_axis, takes_missing
from playbook.wording import handle, plural, wording

# more posts than this nobody waits for
PATIENCE = 1000
OVER = {"followers": "followers", "reach": "people reached", "views": "views"}


def parts_table(parts: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show what engagement is made of on each platform."""
    columns = {
        "platform": Col("Platform"),
        "parts": Col("An engagement is"),
        "posts": Col("Posts", "count"),
        "likes_known": Col("Posts with known likes", "share"),
    }
    note = "A part counts where nine in ten posts of the platform tell it, so that its creators are measured alike. Source: your posts."
    return table(parts, columns, brief, title="What counts as engagement", note=note)


def rates_table(expected: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show raw and expected engagement rates with n and interval."""
    if isinstance(expected, Missing):
        return table(expected, {}, brief)
    columns = {
        "creator": Col("Creator", "handle"),
        "platform": Col("Platform"),
        "tier": Col("Size class"),
        "posts": Col("Posts (n)", "count"),
        "rate": Col("Raw rate", "share", "low", "high"),
        "median_rate": Col("Typical post", "share"),
        "expected": Col("Expected rate", "share", "expected_low", "expected_high"),
        "own_weight": Col("Own posts' weight", "share"),
    }
    level = wording(brief).share(brief.statistics.level)
    note = (
        f"Engagements a post over {OVER[brief.engagement.definition]}, latest {brief.engagement.window} posts at most; {level} intervals. "
        "Raw: the mean of these posts. Typical: the median post. Expected: drawn towards creators of the same platform and size. "
        "Source: your posts."
    )
    return table(expected, columns, brief, title="Engagement rates, raw and expected", top=brief.engagement.top, note=note)


@takes_missing
def rates_chart(expected: pd.DataFrame, brief: Brief) -> Picture:
    """Draw the creators with the highest expected rates: raw rate, expected rate, interval."""
    write = wording(brief)
    shown = expected.head(brief.engagement.top).iloc[::-1].reset_index(drop=True)
    fig, axes = figure(height=0.3 * len(shown) + 1.7)
    y = np.arange(len(shown))
    axes.hlines(y, shown["expected_low"], shown["expected_high"], color=PALETTE[0], alpha=0.4, linewidth=4)
    axes.plot(shown["rate"], y, "x", color=PALETTE[1], markersize=7, markeredgewidth=1.8)
    axes.plot(shown["expected"], y, "o", color=PALETTE[0], markersize=7)
    axes.set_yticks(y, [f"{handle(c)} (n = {n})" for c, n in zip(shown["creator"], shown["posts"], strict=True)], fontsize=9)
    axes.set_xlim(left=0)
    axes.set_ylim(-0.7, len(shown) + 0.4)
    best = shown.iloc[-1]
    top = len(shown) - 1
    axes.annotate("expected", (best.expected, top), xytext=(0, 9), textcoords="offset points", ha="center", color=PALETTE[0], fontsize=9)
    if abs(best.rate - best.expected) > 0.04 * axes.get_xlim()[1]:
        axes.annotate("raw", (best.rate, top), xytext=(0, 9), textcoords="offset points", ha="center", color=PALETTE[1], fontsize=9)
    axes.set_xlabel(f"Engagements per post, over {OVER[brief.engagement.definition]}")
    axes.grid(visible=False, axis="y")
    percent_axis(axes.xaxis)
    title = f"{handle(best.creator)} has the highest expected rate, {write.share(best.expected)}"
    level = write.share(brief.statistics.level)
    subtitle = (
        f"Dot: expected rate with its {level} interval; cross: raw rate; n: posts. "
        f"{len(shown)} of {write.count(len(expected))} {plural(len(expected), 'creator')}. Source: your posts."
    )
    interval = write.between(best.expected_low, best.expected_high, write.share, brief.statistics.level)
    alt = f"Dot plot of {len(shown)} creators with intervals, raw rate beside expected rate. {title} ({interval}, {best.posts} posts)."
    return finish(fig, title=title, subtitle=subtitle, alt=alt)


def definitions_table(shown: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show one creator's rate by every definition."""
    if isinstance(shown, Missing):
        return table(shown, {}, brief)
    columns = {
        "name": Col("Definition"),
        "formula": Col("What it is"),
        "rate": Col("Rate", "share", "low", "high"),
        "n": Col("Posts (n)", "count"),
        "missing": Col("Why there is none"),
    }
    level = wording(brief).share(brief.statistics.level)
    note = f"The definitions of tools are as they publish them; {level} intervals where the rate is a mean. Source: your posts."
    return table(shown, columns, brief, title=f"One creator, many rates: {handle(shown['creator'].iloc[0])}", note=note)


@takes_missing
def definitions_chart(shown: pd.DataFrame, brief: Brief) -> Picture | Note:
    """Draw one creator's rate by every definition that the data allows."""
    known = shown[shown["rate"].notna()].iloc[::-1].reset_index(drop=True)
    if known.empty:
        return Note("None of the definitions can be worked out for this creator.", "missing")
    write = wording(brief)
    fig, axes = figure(height=0.3 * len(known) + 1.7)
    y = np.arange(len(known))
    own = (known["vendor"] == "this kit").to_numpy()
    axes.hlines(y, known["low"], known["high"], color=MUTED, alpha=0.4, linewidth=4)
    for part, colour, mark in ((own, PALETTE[0], "o"), (~own, PALETTE[1], "s")):
        axes.plot(known["rate"][part], y[part], mark, color=colour, markersize=7)
    for at, row in enumerate(known.itertuples()):
        end = row.high if row.high == row.high else row.rate
        axes.annotate(write.share(row.rate), (end, at), xytext=(6, 0), textcoords="offset points", va="center", fontsize=9)
    axes.set_yticks(y, known["name"], fontsize=9)
    axes.set_xlim(0, max(known["rate"].max(), known["high"].max(skipna=True) or 0) * 1.15)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("Engagement rate")
    percent_axis(axes.xaxis)
    low, high = known["rate"].min(), known["rate"].max()
    title = f"The same posts give {write.share(low)} or {write.share(high)}, by definition alone"
    subtitle = (
        f"{handle(known['creator'].iloc[0])}; circles: this kit's own definitions, squares: those of tools; "
        f"bars: {write.share(brief.statistics.level)} intervals. Source: your posts."
    )
    lines = "; ".join(f"{r.name_}: {write.share(r.rate)}" for r in known.rename(columns={"name": "name_"}).iloc[::-1].itertuples())
    return finish(
        fig, title=title, subtitle=subtitle, alt=f"Dot plot of one creator's engagement rate by {len(known)} definitions. {lines}."
    )


def ranking_table(ranked: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show the order with how sure it is."""
    if isinstance(ranked, Missing):
        return table(ranked, {}, brief)
    write = wording(brief)
    needed = ranked["posts_needed"]
    ranked = ranked.assign(to_part=["-" if n != n else f"over {write.count(PATIENCE)}" if n > PATIENCE else write.count(n) for n in needed])
    columns = {
        "rank": Col("Place", "count"),
        "creator": Col("Creator", "handle"),
        "expected": Col("Expected rate", "share", "expected_low", "expected_high"),
        "posts": Col("Posts (n)", "count"),
        "chance_top": Col(f"Chance to be in the top {ranked['top'].iloc[0]}", "share"),
        "group": Col("Group", "count"),
        "to_part": Col("Posts to part from the next"),
    }
    level = write.share(brief.statistics.level)
    note = (
        f"Creators of one group cannot be told from its first one with {level} certainty. Last column: posts of each creator until the "
        "two could be told apart with a chance of 80 %. Simulated from the intervals. Source: your posts."
    )
    return table(ranked, columns, brief, title="The order, and how sure it is", top=brief.engagement.top, note=note)


def peers_table(peers: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show percentiles among peers."""
    columns = {
        "creator": Col("Creator", "handle"),
        "expected": Col("Expected rate", "share"),
        "percentile": Col("Peers below", "share"),
        "peers": Col("Peers (n)", "count"),
        "among": Col("Peers are"),
    }
    note = "Peers: your creators of the same platform, size and niche, or fewer of these where under five. Source: your posts."
    return table(peers, columns, brief, title="Compared with peers", top=brief.engagement.top, note=note)


def benchmarks_table(compared: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show your own typical rates beside published ones."""
    columns = {
        "platform": Col("Platform"),
        "tier": Col("Size class"),
        "creators": Col("Your creators (n)", "count"),
        "rate": Col("Yours", "share", "low", "high"),
        "published_low": Col("Lowest published", "share"),
        "low_source": Col("by"),
        "published_high": Col("Highest published", "share"),
        "high_source": Col("by "),
        "apart": Col("Times apart", "ratio"),
    }
    level = wording(brief).share(brief.statistics.level)
    over = OVER[brief.engagement.definition]
    note = f"Rates over {over}. Yours: geometric mean across creators, {level} interval, from your posts. Published: as named."
    return table(compared, columns, brief, title="Yours beside published benchmarks", note=note)


def consistency_table(consistency: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show how consistently creators post, those with the longest present silence first."""
    if isinstance(consistency, Missing):
        return table(consistency, {}, brief)
    shown = consistency.sort_values(["silence", "creator"], ascending=[False, True])
    columns = {
        "creator": Col("Creator", "handle"),
        "times": Col("Posts (n)", "count"),
        "per_week": Col("Posts a week", "number1", "low", "high"),
        "gap_longest": Col("Longest gap, days", "number1"),
        "silence": Col("Silent now, days (at least)", "number1"),
        "weeks_active": Col("Weeks with a post", "share"),
        "burstiness": Col("Burstiness", "number2"),
        "consistent": Col("Consistent", "flag"),
        "why": Col("Because"),
    }
    level = wording(brief).share(brief.statistics.level)
    note = (
        f"{level} intervals. Burstiness: -1 like a clock, 0 at random, towards 1 in bursts (Kim and Jo, 2016). Consistent: a post in three "
        "of four weeks and no silence over three weeks. Source: your posts."
    )
    return table(shown, columns, brief, title="Posting consistency", top=brief.engagement.top, note=note)


@takes_missing
def consistency_chart(consistency: pd.DataFrame, brief: Brief) -> Picture | Note:
    """Draw how often creators post against how long they have been silent at most."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    known = consistency[consistency["consistent"].notna()]
    if known.empty:
        return Note("No creator has six posts with a known time.", "missing")
    fig, axes = figure(height=4.0)
    longest = np.maximum(known["gap_longest"], known["silence"]).clip(lower=0.1)
    for good, colour, mark, name in ((True, PALETTE[0], "o", "consistent"), (False, PALETTE[1], "s", "not consistent")):
        part = known["consistent"].astype(bool) == good
        if part.any():
            axes.scatter(known["per_week"][part], longest[part], s=22, marker=mark, color=colour, alpha=0.6, linewidths=0)
            axes.annotate(
                f"{name} (n = {int(part.sum())})",
                (float(known["per_week"][part].median()), float(longest[part].max())),
                xytext=(0, 8),
                textcoords="offset points",
                ha="center",
                color=colour,
                fontsize=9,
            )
    axes.axhline(21, color=MUTED, linestyle="--", linewidth=1)
    axes.annotate("three weeks", (0.995, 21), xycoords=("axes fraction", "data"), ha="right", va="bottom", fontsize=9, color=MUTED)
    axes.set_xscale("log")
    axes.set_yscale("log")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(base=10, subs=(1.0, 2.0, 5.0)))
        axis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
        axis.set_minor_formatter(NullFormatter())
    axes.set_ylim(longest.min() / 1.3, max(longest.max(), 21) * 1.8)
    axes.set_xlabel("Posts a week (log scale)")
    axes.set_ylabel("Longest silence, days (log scale)")
    yes = int(known["consistent"].sum())
    title = f"{yes} of {len(known)} creators post consistently"
    subtitle = (
        "Each mark is a creator with at least six posts; dashed: three weeks; the present silence counts as at least so long. "
        f"n = {len(known)}. Source: your posts."
    )
    return finish(
        fig, title=title, subtitle=subtitle, alt=f"Scatter of {len(known)} creators, longest silence against posts a week. {title}."
    )


@takes_missing
def timing_chart(timing: pd.DataFrame, brief: Brief, what: str = "weekday") -> Picture:
    """Draw what weekdays, hours or formats seem to do, with intervals that allow for looking several times."""
    fig, axes = figure(height=0.34 * len(timing) + 1.9)
    shown = timing.iloc[::-1].reset_index(drop=True)
    y = np.arange(len(shown))
    axes.hlines(y, shown["adjusted_low"], shown["adjusted_high"], color=MUTED, alpha=0.35, linewidth=3)
    for differs, colour, mark in ((False, PALETTE[6], "o"), (True, PALETTE[1], "D")):
        part = (shown["differs"] == differs).to_numpy()
        axes.hlines(y[part], shown["low"][part], shown["high"][part], color=colour, alpha=0.7, linewidth=5)
        axes.plot(shown["times"][part], y[part], mark, color=INK, markersize=6)
    axes.axvline(1, color=MUTED, linestyle="--", linewidth=1)
    axes.set_yticks(y, [f"{r.kind} (n = {r.posts})" for r in shown.itertuples()], fontsize=9)
    axes.set_ylim(-0.6, len(shown) - 0.4)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("Engagements, as a multiple of the same creators' other posts")
    hits = timing[timing["differs"]]
    if hits.empty:
        title = f"No {what} differs from the others beyond chance"
    else:
        one = hits.loc[(np.log(hits["times"]).abs()).idxmax()]
        title = f"{one.kind}: {wording(brief).number(one.times, 2)} times the engagements of the same creators' other posts"
    level = wording(brief).share(brief.statistics.level)
    clock = " Hours are UTC." if what == "time of day" else ""
    subtitle = (
        f"Thick bar: {level} interval; thin bar: interval that allows for comparing {len(timing)} at once; diamond: differs even so. "
        f"n: posts.{clock} Source: your posts."
    )
    lines = "; ".join(f"{r.kind}: {wording(brief).number(r.times, 2)} times" for r in timing.itertuples())
    return finish(fig, title=title, subtitle=subtitle, alt=f"Dot plot by {what}. {title}. {lines}.")


def timing_table(timing: pd.DataFrame, brief: Brief, what: str = "weekday") -> Table | Note:
    """Show the same as a table."""
    if isinstance(timing, Missing):
        return table(timing, {}, brief)
    columns = {
        "kind": Col(what.capitalize()),
        "creators": Col("Creators (n)", "count"),
        "posts": Col("Posts", "count"),
        "times": Col("Times the others", "number2", "adjusted_low", "adjusted_high"),
        "differs": Col("Differs beyond chance", "flag"),
    }
    level = wording(brief).share(brief.statistics.level)
    note = f"Within creators, on the log scale; {level} intervals for all rows together (Bonferroni). Source: your posts."
    return table(timing, columns, brief, title=f"Engagement by {what}", note=note)
