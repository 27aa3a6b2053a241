"""Pictures and tables of chapter 07."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.costs import PriceCurve, seen_quotes
from playbook.data.dataset import Dataset
from playbook.findings import Missing
from playbook.show.tables import Col, Table, table
from playbook.show.theme import INK, MARKERS, MUTED, PALETTE, Note, Picture, count_axis, figure, finish, missing, takes_missing
from playbook.wording import handle, wording

SOURCES = ("quoted", "modelled", "benchmark")


def costs_table(full: pd.DataFrame | Missing, brief: Brief, *, top: int = 15) -> Table | Note:
    """Show each creator's full cost and what it buys, cheapest engagement first."""
    if isinstance(full, Missing):
        return missing(full)
    columns = {
        "creator": Col("Creator", "handle"),
        "tier": Col("Tier"),
        "fee": Col("Fee", "money", "fee_low", "fee_high"),
        "fee_source": Col("Fee is"),
        "cost": Col("Full cost", "money"),
        "cpm": Col("Per 1,000 reached", "money"),
        "cpt": Col("Per 1,000 of your target group", "money"),
        "cpe": Col("Per engagement", "money", "cpe_low", "cpe_high"),
        "per_1000_views": Col("Per 1,000 views", "money"),
    }
    if full["cpt"].isna().all():
        del columns["cpt"]
    if brief.goal.kind == "sales":
        columns["cpa"] = Col("Per order (planned)", "money")
    # a quoted fee has no spread, and an interval from a number to itself says nothing
    spread = full["fee_low"] < full["fee_high"]
    shown = (
        full.assign(per_1000_views=1000 * full["cpv"])
        .assign(fee_low=full["fee_low"].where(spread), fee_high=full["fee_high"].where(spread))
        .sort_values(["cpe", "cost", "creator"])
    )
    level = wording(brief).share(brief.statistics.level)
    budget = brief.budget
    tax = f"{wording(brief).share(brief.costs.tax)} tax on both, " if brief.costs.tax else ""
    note = (
        f"Full cost: fee, {wording(brief).share(budget.platform_fee)} platform fee, {tax}product, shipping and "
        f"{budget.hours_per_creator:g} hours of your own work. Brackets: {level} interval. "
        "Sources: quotes, your price curve, or published prices."
    ) + (f" Other currencies at your brief's rates of {budget.rates_on}." if budget.rates else "")
    return table(shown, columns, brief, title="What each creator costs in full", top=top, note=note)


def tiers_table(tiers: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show costs by size class."""
    columns = {
        "tier": Col("Tier"),
        "creators": Col("Creators (n)", "count"),
        "quoted": Col("With a quote", "count"),
        "cost": Col("Median full cost", "money"),
        "cpm": Col("Per 1,000 reached", "money", "cpm_low", "cpm_high"),
        "cpe": Col("Per engagement", "money", "cpe_low", "cpe_high"),
        "views": Col("Per 1,000 views", "money", "views_low", "views_high"),
    }
    if not isinstance(tiers, Missing):
        tiers = tiers.assign(**{f"views{end}": 1000 * tiers[f"cpv{end}"] for end in ("", "_low", "_high")})
    level = wording(brief).share(brief.statistics.level)
    note = f"Sum of full costs over the sum of what they buy. Brackets: {level} interval, resampling creators; none under five creators."
    return table(tiers, columns, brief, title="What size classes cost", note=note)


@takes_missing
def tiers_chart(tiers: pd.DataFrame, brief: Brief, *, sentence: str) -> Picture | Note:
    """Draw the cost per engagement of each size class with its interval."""
    from matplotlib.ticker import FuncFormatter, LogLocator

    write = wording(brief)
    measure = "cpe" if tiers["cpe"].notna().any() else "cpm"
    what = {"cpe": "engagement", "cpm": "1,000 people reached"}[measure]
    known = tiers.dropna(subset=[measure])
    if known.empty:
        return Note("There is nothing to draw: no creator has both a cost and results.", "missing")
    names = [f"{t} (n = {int(n)})" for t, n in zip(known["tier"], known[f"{measure}_n"], strict=True)]
    fig, axes = figure(height=0.5 * len(known) + 1.7)
    axes.hlines(names, known[f"{measure}_low"], known[f"{measure}_high"], color=PALETTE[0], alpha=0.45, linewidth=5)
    axes.plot(known[measure], names, MARKERS[0], color=PALETTE[0], markersize=8)
    for value, name in zip(known[measure], names, strict=True):
        axes.annotate(write.money(value), (value, name), xytext=(0, 9), textcoords="offset points", ha="center", fontsize=9, color=INK)
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(base=10, subs=(1.0, 2.0, 5.0)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: write.money(v)))
    axes.xaxis.set_minor_formatter(FuncFormatter(lambda v, _: ""))
    axes.set_ylim(-0.5, len(names) - 0.3)
    axes.set_xlabel(f"Full cost per {what} (each step on the axis multiplies)")
    axes.invert_yaxis()
    axes.set_ylim(len(names) - 0.5, -0.75)
    level = write.share(brief.statistics.level)
    subtitle = (
        f"Sum of full costs over sum of what they buy; lines are {level} intervals, resampling creators. Source: your quotes and posts."
    )
    alt = (
        "Dot plot of cost by size class: "
        + "; ".join(f"{t} {write.money(v)}" for t, v in zip(known["tier"], known[measure], strict=True))
        + "."
    )
    return finish(fig, title=sentence, subtitle=subtitle, alt=alt)


@takes_missing
def curve_chart(curve: PriceCurve, data: Dataset, brief: Brief) -> Picture:
    """Draw your quotes against followers, with the price line and its band, and the published lines."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    from playbook.costs import published

    write = wording(brief)
    seen = seen_quotes(data, brief)
    shown = seen[seen["deliverable"] == curve.deliverable]
    fig, axes = figure(height=4.4)
    grid = np.geomspace(seen["followers"].min(), seen["followers"].max(), 60)
    platform = shown["platform"].mode().iloc[0] if shown["platform"].notna().any() else "instagram"
    line = curve.predict(pd.DataFrame({"followers": grid, "platform": platform}))
    axes.fill_between(grid, line["fee_low"], line["fee_high"], color=PALETTE[0], alpha=0.13, linewidth=0)
    axes.plot(grid, line["fee"], color=PALETTE[0], linewidth=2)
    for i, (name, group) in enumerate(shown.groupby(shown["platform"].fillna("platform unknown"))):
        axes.plot(
            group["followers"],
            group["fee"],
            MARKERS[i % len(MARKERS)],
            color=PALETTE[i % len(PALETTE)],
            alpha=0.65,
            markersize=5,
            label=name,
        )
    axes.set(xscale="log", yscale="log")
    at = len(grid) - 1
    axes.annotate(
        "your line", (grid[at], line["fee"].iloc[at]), xytext=(4, 0), textcoords="offset points", color=PALETTE[0], fontsize=9, va="center"
    )
    rate = brief.rate("USD")
    if rate:
        for name, label in (("izea", "IZEA 2022"), ("rate_card", "rate card 2021")):
            told = published.line(name, platform)
            if told:
                price = told.price(pd.Series(grid)) * rate * brief.costs.posts_per_creator
                axes.plot(grid, price, color=MUTED, linewidth=1.2, linestyle="--" if name == "izea" else ":")
                axes.annotate(
                    label, (grid[at], price.iloc[at]), xytext=(4, 0), textcoords="offset points", color=MUTED, fontsize=9, va="center"
                )
    axes.set_xlim(grid[0] / 1.2, grid[-1] * 5)
    count_axis(axes.xaxis)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: write.money(v)))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("Followers (each step multiplies by ten)")
    axes.set_ylabel(f"Fee for a {curve.deliverable} (each step by ten)")
    if shown["platform"].nunique() > 1:
        axes.legend(loc="upper left")
    title = f"Ten times the followers cost {write.ratio(10**curve.slope)} times as much, and equal creators ask very different fees"
    level = write.share(curve.level)
    subtitle = (
        f"Quotes for a {curve.deliverable} (n = {len(shown)}), the line for {platform} and its {level} prediction band. {curve.text}."
    )
    alt = f"Scatter plot of {len(shown)} quotes against followers on logarithmic axes with a rising line and a wide band. {title}."
    return finish(fig, title=title, subtitle=subtitle, alt=alt)


def fairness_table(fairness: pd.DataFrame | Missing, brief: Brief, *, top: int = 12) -> Table | Note:
    """Show how quotes compare with what is usual, and a range to negotiate in."""
    columns = {
        "creator": Col("Creator", "handle"),
        "deliverable": Col("For"),
        "fee": Col("Asks", "money"),
        "usual": Col("Usual for its size", "money", "usual_low", "usual_high"),
        "dearer_than": Col("Dearer than", "share"),
        "break_even": Col("Breaks even at", "money"),
        "open": Col("Open at", "money"),
        "stop": Col("Stop at", "money"),
        "reason": Col("Why"),
    }
    level = wording(brief).share(brief.statistics.level)
    note = (
        f"Usual: the price line through your quotes, with its {level} band. Open and stop: the lower and upper quarter of what creators "
        "of that size ask you, never above the quote or the break-even. '-' where the goal is not sales, or where order value and margin "
        "are not in the brief."
    )
    return table(fairness, columns, brief, title="Is the quote fair? Dearest for its size first", top=top, note=note)


def conflict_table(conflict: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show what published prices and published engagement rates imply together."""
    columns = {
        "source": Col("Price list"),
        "tier": Col("Tier"),
        "followers": Col("Followers", "count"),
        "price": Col("Price, USD", "count"),
        "engagement_rate": Col("Engagement rate", "share"),
        "cpe": Col("Cost per engagement, USD", "number2"),
        "against": Col("Times #paid's mean", "number1"),
    }
    note = "Engagement rates: eMarketer, 2026. #paid's mean of $1.40 per engagement: all creators it contracted in 2021."
    return table(conflict, columns, brief, title="Two published tables that cannot both be true of one population", note=note)


@takes_missing
def ranked_chart(full: pd.DataFrame, brief: Brief, *, top: int = 15) -> Picture | Note:
    """Draw the creators whose engagements cost least, with intervals and the source of the fee."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    write = wording(brief)
    known = full.dropna(subset=["cpe"]).sort_values(["cpe", "creator"]).head(top)
    if known.empty:
        return Note("There is nothing to draw: no creator has both a cost and engagements.", "missing")
    known = known.iloc[::-1]
    fig, axes = figure(height=0.29 * len(known) + 1.7)
    names = [handle(c) for c in known["creator"]]
    places = np.arange(len(known))
    for i, source in enumerate(SOURCES):
        mine = (known["fee_source"] == source).to_numpy()
        if mine.any():
            axes.hlines(places[mine], known["cpe_low"][mine], known["cpe_high"][mine], color=PALETTE[i], alpha=0.45, linewidth=3)
            axes.plot(known["cpe"][mine], places[mine], MARKERS[i], color=PALETTE[i], label=f"fee {source}")
    axes.set_yticks(places, names)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: write.money(v)))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("Full cost per engagement (each step multiplies by ten)")
    axes.legend(loc="upper right")
    best = known.iloc[-1]
    title = f"{handle(best['creator'])} gives an engagement for least: {write.money(best['cpe'])}"
    level = write.share(brief.statistics.level)
    subtitle = (
        f"The {len(known)} lowest of {int(full['cpe'].notna().sum())} creators; lines are {level} intervals of fee and engagement together."
    )
    alt = f"Dot plot of cost per engagement for {len(known)} creators. {title}; the next is {names[-2] if len(names) > 1 else 'nobody'}."
    return finish(fig, title=title, subtitle=subtitle, alt=alt)
