"""Pictures and tables of chapter 03."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.show.tables import Col, Table, table
from playbook.show.theme import (
    INK,
    MARKERS,
    MUTED,
    PALETTE,
    Note,
    Picture,
    count_axis,
    figure,
    finish,
    percent_axis,
    takes_missing,
)
from playbook.why_micro import SizeEffect
from playbook.why_micro.several import Several
from playbook.wording import plural, wording


def tiers_table(tiers: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show what a typical creator of each size class engages, says and costs."""
    columns = {
        "tier": Col("Size class"),
        "creators": Col("Creators (n)", "count"),
        "rate": Col("Engagement rate", "share", "rate_low", "rate_high"),
        "comments_per_like": Col("Comments per like", "share", "comments_per_like_low", "comments_per_like_high"),
        "cpe": Col("Cost per engagement", "money", "cpe_low", "cpe_high"),
        "cpm": Col("Cost per 1,000 reached", "money", "cpm_low", "cpm_high"),
        "quoted": Col("With a quote (n)", "count"),
    }
    level = wording(brief).share(brief.statistics.level)
    note = (
        f"Geometric means across creators with at least {brief.why_micro.min_posts} posts; {level} intervals. "
        "Rate: engagements over followers. Cost: fee, product, shipping and your hours, quoted fees only. Source: your posts and quotes."
    )
    return table(tiers, columns, brief, title="Size classes side by side", note=note)


def lifetime_table(lifetime: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show likes per post per follower over the creators' whole time."""
    columns = {
        "platform": Col("Platform"),
        "tier": Col("Size class"),
        "creators": Col("Creators (n)", "count"),
        "rate": Col("Likes per post per follower", "share", "low", "high"),
    }
    level = wording(brief).share(brief.statistics.level)
    note = (
        f"Totals since each account began over followers now: descriptive, and no claim is judged by it. Geometric means, {level} "
        "intervals. Source: your creators table."
    )
    return table(lifetime, columns, brief, title="A first look without posts", note=note)


@takes_missing
def size_chart(effect: SizeEffect, creators: pd.DataFrame, brief: Brief) -> Picture:
    """Draw each creator's rate against size, with the fitted curve.

    Parameters
    ----------
    effect : SizeEffect
    creators : DataFrame
        As :func:`playbook.why_micro.creators` returns it.
    """
    write = wording(brief)
    fig, axes = figure(height=4.6)
    colours, marks = (PALETTE[0], PALETTE[1]), (MARKERS[0], MARKERS[1])
    groups = ((True, "below the macro line"), (False, "macro and larger"))
    for (small, name), colour, mark in zip(groups, colours, marks, strict=True):
        part = creators[creators["small"] == small]
        if len(part):
            axes.scatter(part["followers"], part["rate"], s=14, marker=mark, color=colour, alpha=0.45, linewidths=0)
            where = np.exp(np.log(part["followers"]).mean())
            axes.annotate(
                f"{name} (n = {len(part)})",
                (where, 0.985),
                xycoords=("data", "axes fraction"),
                ha="center",
                va="top",
                color=colour,
                fontsize=9,
            )
    curve = effect.curve
    axes.fill_between(curve["followers"], curve["low"], curve["high"], color=INK, alpha=0.14, linewidth=0)
    axes.plot(curve["followers"], curve["rate"], color=INK, linewidth=2)
    axes.set_xscale("log")
    axes.set_yscale("log")
    bottom, top = creators["rate"].quantile([0.005, 0.995])
    axes.set_ylim(bottom / 1.4, top * 2.2)
    axes.axvline(brief.tiers.macro, color=MUTED, linestyle="--", linewidth=1)
    axes.set_xlabel("Followers")
    axes.set_ylabel("Engagements per follower and post")
    count_axis(axes.xaxis)
    percent_axis(axes.yaxis)
    if effect.high < 1:
        title = "On your data, larger creators engage a larger share of their followers"
    elif effect.low > 1:
        title = f"On your data, a creator a tenth the size engages {write.number(effect.multiple, 2)} times the share of followers"
    else:
        title = "On your data, size and engagement rate show no clear link"
    times = write.between(effect.low, effect.high, lambda v: write.number(v, 2), effect.level)
    subtitle = (
        f"Each mark is a creator (n = {effect.n}); line and band: fitted curve with its {write.share(effect.level)} interval; dashed: "
        f"macro line. A tenth the size: {write.number(effect.multiple, 2)} times ({times}). Source: your posts."
    )
    alt = f"Scatter of {effect.n} creators, engagement rate against followers, both on log scales, with a fitted curve. {title}: {times}."
    return finish(fig, title=title, subtitle=subtitle, alt=alt)


def ledger_table(ledger: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show the claims with their verdicts."""
    write = wording(brief)
    shown = ledger.copy()
    for name in ("estimate", "low", "high", "smallest_effect"):
        shown[name] = [
            "-" if pd.isna(value) else write.share(value) if unit == "share" else f"{write.number(value, 2)} x"
            for value, unit in zip(ledger[name], ledger["unit"], strict=True)
        ]
    shown["interval"] = [f"{lo} to {hi}" if lo != "-" else "-" for lo, hi in zip(shown["low"], shown["high"], strict=True)]
    columns = {
        "says": Col("The claim"),
        "verdict": Col("Verdict"),
        "estimate": Col("Estimate"),
        "interval": Col(f"{write.share(brief.statistics.level)} interval"),
        "smallest_effect": Col("Worth acting on"),
        "n": Col("Creators (n)", "count"),
    }
    if (ledger["lacks"] != "").any():
        columns["lacks"] = Col("Why there is no estimate")
    note = (
        "Holds: the whole interval reaches what is worth acting on. Does not hold: the whole interval falls short of it. "
        "Otherwise your data cannot tell. x: times as much; what is worth acting on is set in the brief. Source: your data."
    )
    return table(shown, columns, brief, title="The guide's claims on your data", note=note)


def ledger_chart(ledger: pd.DataFrame, brief: Brief) -> Picture | Note:
    """Draw the claims that are ratios: estimate, interval, and the smallest effect worth acting on."""
    shown = ledger[(ledger["unit"] == "ratio") & ledger["estimate"].notna()].iloc[::-1]
    if shown.empty:
        return Note("Your data holds too little to test any of the claims that compare sizes.", "missing")
    write = wording(brief)
    look = {
        "Holds on your data": (PALETTE[2], "o"),
        "Does not hold on your data": (PALETTE[1], "s"),
        "Your data cannot tell": (PALETTE[6], "D"),
    }
    fig, axes = figure(height=0.62 * len(shown) + 1.7)
    for y, row in enumerate(shown.itertuples()):
        colour, mark = look[row.verdict]
        axes.hlines(y, row.low, row.high, color=colour, linewidth=4, alpha=0.45)
        axes.plot(row.estimate, y, mark, color=colour, markersize=8)
        axes.plot([row.smallest_effect] * 2, [y - 0.32, y + 0.32], color=INK, linewidth=1.6)
        axes.annotate(_broken(row.verdict, 14), (1.01, y), xycoords=("axes fraction", "data"), va="center", fontsize=9, color=colour)
    axes.axvline(1, color=MUTED, linestyle="--", linewidth=1)
    axes.set_xscale("log")
    axes.set_yticks(range(len(shown)), [_broken(s) for s in shown["says"]])
    axes.set_ylim(-0.6, len(shown) - 0.4)
    axes.set_xlim(min(shown["low"].min(), 0.8) / 1.1, max(shown["high"].max(), 1.3) * 1.1)
    axes.grid(visible=False, axis="y")
    _times_axis(axes.xaxis)
    axes.set_xlabel("Times as much (log scale)")
    counts = shown["verdict"].value_counts()
    holds, fails = int(counts.get("Holds on your data", 0)), int(counts.get("Does not hold on your data", 0))
    title = f"Of {len(shown)} {plural(len(shown), 'claim')} on size that your data can test, {holds} {plural(holds, 'holds', 'hold')}"
    title += f" and {fails} {plural(fails, 'does', 'do')} not"
    level = write.share(brief.statistics.level)
    subtitle = f"Mark: estimate; bar: {level} interval; black tick: smallest effect worth acting on; dashed: no difference"
    lines = "; ".join(f"{r.says}: {write.number(r.estimate, 2)} times, {r.verdict.lower()}" for r in shown.iloc[::-1].itertuples())
    return finish(fig, title=title, subtitle=subtitle, alt=f"Dot plot of claims with intervals. {lines}.")


@takes_missing
def several_table(result: Several, brief: Brief) -> Table | Note:
    """Show the typical macro and the typical smaller creator."""
    columns = {
        "group": Col("Typical creator"),
        "creators": Col("Creators (n)", "count"),
        "followers": Col("Followers", "count"),
        "cost": Col("Full cost", "money"),
        "engagements": Col("Engagements a post", "count"),
        "reach": Col("People reached a post", "count"),
    }
    note = f"Geometric means. Fees: {result.fees}. Cost: fee, platform fee, product, shipping, your hours."
    return table(result.typical, columns, brief, title="One macro against smaller creators", note=note)


@takes_missing
def surface_chart(surface: pd.DataFrame, brief: Brief) -> Picture:
    """Draw the reach of the smaller creators over the macro's, by price exponent and overlap, without and with your hours."""
    from matplotlib.colors import TwoSlopeNorm

    write = wording(brief)
    own = brief.budget.hours_per_creator
    hours = sorted({0.0, own})
    fig, panels = figure(height=3.9, columns=len(hours))
    logs = np.log(surface["reach"].clip(lower=1e-3))
    norm = TwoSlopeNorm(0.0, vmin=min(logs.min(), -0.1), vmax=max(logs.max(), 0.1))
    for axes, spent in zip(np.atleast_1d(panels), hours, strict=True):
        part = surface[surface["hours"] == spent]
        reach = part.pivot(index="exponent", columns="overlap", values="reach")
        count = part.groupby("exponent")["micros"].first()
        words = reach.map(lambda v: f"{write.number(v, 2 if v < 10 else 0)}x")
        mesh = axes.pcolormesh(np.log(reach.clip(lower=1e-3)), norm=norm, cmap="PuOr", edgecolors="white", linewidth=2)
        for (row, column), colour in zip(np.ndindex(reach.shape), mesh.to_rgba(mesh.get_array()).reshape(-1, 4), strict=True):
            ink = INK if colour[:3] @ (0.3, 0.6, 0.1) > 0.5 else "white"
            axes.text(column + 0.5, row + 0.5, words.iloc[row, column], ha="center", va="center", fontsize=9, color=ink)
        axes.invert_yaxis()
        axes.grid(False)
        for side in axes.spines.values():
            side.set_visible(False)
        axes.set_yticks(np.arange(len(reach.index)) + 0.5)
        axes.set_xticks(np.arange(len(reach.columns)) + 0.5)
        axes.set_yticklabels([f"{write.number(e, 2)}\n({count[e]} for 1)" for e in reach.index], rotation=0)
        axes.set_xticklabels([f"{100 * o:g} %" for o in reach.columns], rotation=0)
        axes.set_title(f"{write.number(spent, 0 if spent == int(spent) else 1)} hours of your work each", fontsize=10, color=MUTED)
        axes.set_xlabel("Overlap of two audiences")
        axes.set_ylabel("")
        axes.tick_params(labelsize=9)
    np.atleast_1d(panels)[0].set_ylabel("Price exponent")
    here = surface[surface["hours"] == own]
    wins, cases = int(here["reach_wins"].sum()), len(here)
    title = f"Several smaller creators reach more than one macro in {wins} of {cases} cases"
    subtitle = (
        "People reached by what one typical macro's cost buys in typical smaller creators, over the macro's reach; above 1x they win. "
        "Exponent: how steeply fees grow with followers (0.32: IZEA's payments, 2022; 1.00: a rate card, 2021). Overlap: assumed."
    )
    cells = "; ".join(
        f"exponent {write.number(r.exponent, 2)}, overlap {write.share(r.overlap)}: {write.number(r.reach, 2)} times"
        for r in here.itertuples()
    )
    return finish(fig, title=title, subtitle=subtitle, alt=f"Two grids of relative reach. {title}, with your hours. {cells}.")


@takes_missing
def break_even_table(table_: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show how many smaller creators it takes to equal one macro, and how many hours each may take until the macro is cheaper."""
    write = wording(brief)
    shown = table_[(table_["measure"] == "engagements") | table_["overlap"].isin([0.0, 0.01, brief.portfolio.overlap])].copy()
    shown["what"] = [
        "as many engagements" if r.measure == "engagements" else f"as many people, {write.share(r.overlap)} overlap"
        for r in shown.itertuples()
    ]
    shown["price"] = [write.number(e, 2) for e in shown["exponent"]]
    shown["creators"] = ["no number suffices" if n != n else write.count(n) for n in shown["needed"]]
    shown["most"] = [
        "they lose even without hours" if h != h else "any number" if h == np.inf else write.number(h, 1) for h in shown["hours"]
    ]
    columns = {
        "price": Col("Price exponent"),
        "what": Col("To bring"),
        "creators": Col("Smaller creators needed"),
        "most": Col("Hours each may take at most"),
    }
    hourly = write.money(brief.budget.hourly_cost)
    note = (
        f"Typical smaller creators against the typical macro, full cost, your hour at {hourly}; you plan with "
        f"{write.number(brief.budget.hours_per_creator, 1)} hours a creator. Exponents as in the picture. Overlap: assumed."
    )
    return table(shown, columns, brief, title="Where several and one come to the same", note=note)


def _times_axis(axis) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axis.set_major_locator(LogLocator(base=10, subs=(1.0, 2.0, 5.0)))
    axis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}x"))
    axis.set_minor_formatter(NullFormatter())


def _broken(text: str, width: int = 34) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(text, width))
