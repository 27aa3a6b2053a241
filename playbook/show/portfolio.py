"""Pictures and tables of chapter 08."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.findings import Missing
from playbook.portfolio import Choice, Forecast
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
    missing,
    percent_axis,
    takes_missing,
)
from playbook.wording import handle, listed, plural, wording


def choice_table(choice: Choice | Missing, brief: Brief) -> Table | Note:
    """Show the chosen creators, the one who adds most first."""
    if isinstance(choice, Missing):
        return missing(choice)
    write = wording(brief)
    columns = {
        "creator": Col("Creator", "handle"),
        "deliverable": Col("For"),
        "tier": Col("Tier"),
        "niche": Col("Niche"),
        "cost": Col("Full cost", "money"),
        "fee_source": Col("Fee is"),
        "reach": Col("Reaches", "count"),
        "reach_source": Col("Reach is"),
        "adds": Col("Adds to the set", "count"),
        "fit": Col("Fit (0-1)", "number2"),
    }
    what = "people of the target group" if choice.goal == "awareness" and choice.value < 0.9999 * choice.people else "people"
    if choice.unit == "engagements":
        what = "engagements"
    elif choice.goal != "awareness":
        what = "people (weighed by the creator's share of your target group)"
    title = f"{len(choice.chosen)} {plural(len(choice.chosen), 'creator')} for {write.money(choice.cost)} of {write.money(choice.budget)}"
    note = f"Reaches: people reached by one creator's posts. Adds: {what} the set would lose without them. {choice.note}"
    return table(choice.chosen, columns, brief, title=title, note=note)


def left_out_table(choice: Choice | Missing, brief: Brief) -> Table | Note:
    """Show who could not be considered, by reason."""
    if isinstance(choice, Missing):
        return missing(choice)
    if choice.left_out.empty:
        return Note("Everybody on your list could be considered.")
    grouped = choice.left_out.groupby("reason", sort=True)["creator"]
    rows = [(reason, len(who), listed([handle(c) for c in who], 6)) for reason, who in grouped]
    frame = pd.DataFrame(rows, columns=["reason", "n", "who"]).sort_values(["n", "reason"], ascending=[False, True])
    columns = {"reason": Col("Left out because"), "n": Col("Creators (n)", "count"), "who": Col("Who")}
    return table(frame, columns, brief, title="Who could not be considered", note=f"Considered: {choice.considered}.")


def overlap_table(overlaps: pd.DataFrame | Missing, choice: Choice | Missing, brief: Brief) -> Table | Note:
    """Show the set at low and high overlap."""
    if isinstance(overlaps, Missing) or isinstance(choice, Missing):
        return missing(overlaps if isinstance(overlaps, Missing) else choice)  # type: ignore[arg-type]
    shown = overlaps.assign(
        lost=1 - overlaps["value"] / overlaps["best"],
        common=[f"{row.same} of {row.creators}" for row in overlaps.itertuples()],
        yours=np.where(overlaps["given"], "your brief", ""),
    )
    columns = {
        "overlap": Col("Overlap within a niche", "share"),
        "value": Col(f"This set: {choice.unit}", "count"),
        "best": Col("Best set there", "count"),
        "lost": Col("Lost", "share"),
        "common": Col("In common"),
        "yours": Col(""),
    }
    return table(shown, columns, brief, title="The same set at lower and higher overlap", note=f"Modelled. {choice.model}")


@takes_missing
def compare_chart(compared: pd.DataFrame, choice: Choice, brief: Brief) -> Picture | Note:
    """Draw what usual ways of choosing would bring, with intervals."""
    write = wording(brief)
    known = compared.dropna(subset=["value"]).iloc[::-1]
    if len(known) < 2:
        return Note("The budget allows none of the usual ways of choosing, so there is nothing to draw.", "missing")
    places = np.arange(len(known))
    fig, axes = figure(height=0.46 * len(known) + 1.6)
    best = (known["way"] == "best set").to_numpy()
    for mine, colour, marker in ((best, PALETTE[0], MARKERS[0]), (~best, PALETTE[6], MARKERS[1])):
        axes.hlines(places[mine], known["low"][mine], known["high"][mine], color=colour, alpha=0.4, linewidth=4)
        axes.plot(known["value"][mine], places[mine], marker, color=colour, markersize=8)
    for place, row in zip(places, known.itertuples(), strict=True):
        note = f"{write.count(row.value)} from {row.creators} {plural(row.creators, 'creator')}"
        # the line of the target passes behind the words
        clear = {"facecolor": "white", "edgecolor": "none", "alpha": 0.9, "pad": 1}
        axes.annotate(note, (row.high, place), xytext=(7, 0), textcoords="offset points", va="center", fontsize=9, color=INK, bbox=clear)
    if choice.target <= 1.5 * float(known["high"].max()):
        axes.axvline(choice.target, color=PALETTE[1], linewidth=1.2, linestyle="--")
        axes.annotate("target", (choice.target, len(known) - 0.35), xytext=(4, 0), textcoords="offset points", color=PALETTE[1], fontsize=9)
    axes.set_yticks(places, known["way"])
    axes.set_ylim(-0.6, len(known) - 0.1)
    axes.set_xlim(0, 1.4 * float(known["high"].max()))
    count_axis(axes.xaxis)
    axes.set_xlabel(
        f"{choice.unit.capitalize()} ({'target group' if choice.goal == 'awareness' and choice.unit != 'engagements' else 'expected'})"
    )
    rest = compared[compared["way"] != "best set"].dropna(subset=["value"])
    nearest = rest.iloc[0]
    title = f"The best set brings {write.count(choice.value)} {choice.unit}; {nearest['way']} brings {write.count(nearest['value'])}"
    level = write.share(choice.level)
    subtitle = f"Same budget, same {choice.considered} candidates, same overlap. Lines are {level} intervals (modelled)."
    alt = "Dot plot of ways to choose: " + "; ".join(
        f"{r.way} {write.count(r.value)}" for r in compared.dropna(subset=["value"]).itertuples()
    )
    return finish(fig, title=title, subtitle=subtitle, alt=alt + ".")


def compare_table(compared: pd.DataFrame | Missing, choice: Choice | Missing, brief: Brief) -> Table | Note:
    """Show the usual ways beside the best set."""
    if isinstance(compared, Missing) or isinstance(choice, Missing):
        return missing(compared if isinstance(compared, Missing) else choice)  # type: ignore[arg-type]
    columns = {
        "way": Col("Way of choosing"),
        "how": Col("That is"),
        "creators": Col("Creators", "count"),
        "cost": Col("Cost", "money"),
        "value": Col(choice.unit.capitalize(), "count", "low", "high"),
        "less": Col("Less than best", "share"),
        "beaten": Col("Best set wins in", "share"),
    }
    level = wording(brief).share(choice.level)
    note = f"Brackets: {level} interval. Wins: share of simulated campaigns, the same ones for both. '-': not possible with this budget."
    return table(compared, columns, brief, title="The same budget, spent as people usually do", note=note)


@takes_missing
def frontier_chart(points: pd.DataFrame, choice: Choice, brief: Brief) -> Picture:
    """Draw the best value against the budget."""
    from matplotlib.ticker import FuncFormatter

    write = wording(brief)
    fig, axes = figure(height=3.7)
    axes.plot(points["budget"], points["value"], "-", color=PALETTE[0], linewidth=2)
    axes.plot(points["budget"], points["value"], MARKERS[0], color=PALETTE[0], markersize=5)
    for row in points.itertuples():
        axes.annotate(
            f"{row.creators}", (row.budget, row.value), xytext=(0, 8), textcoords="offset points", ha="center", fontsize=9, color=MUTED
        )
    axes.plot([choice.budget], [choice.value], MARKERS[3], color=PALETTE[1], markersize=9)
    axes.annotate("your budget", (choice.budget, choice.value), xytext=(8, -14), textcoords="offset points", color=PALETTE[1], fontsize=9)
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0, top=1.12 * float(points["value"].max()))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: write.money(v)))
    count_axis(axes.yaxis)
    axes.set_xlabel("Budget")
    axes.set_ylabel(choice.unit.capitalize())
    half = points[np.isclose(points["budget"], choice.budget / 2)]
    title = "What the budget buys"
    if len(half):
        title = f"Half the budget would still bring {write.share(float(half['value'].iloc[0]) / choice.value)} of what all of it brings"
    subtitle = "Best set at each budget under the same limits; small numbers: creators in it. Modelled from your costs and reach."
    first, last = (write.count(points["value"].iloc[i]) for i in (0, -1))
    alt = f"Rising curve of {choice.unit} against budget, from {first} to {last}. {title}."
    return finish(fig, title=title, subtitle=subtitle, alt=alt)


def swaps_table(swaps: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show the best set without each creator."""
    if isinstance(swaps, Missing):
        return missing(swaps)
    names = {c: [listed([handle(k) for k in keys], 4) if keys else "nobody" for keys in swaps[c]] for c in ("take", "leave")}
    shown = swaps.assign(**names)
    columns = {
        "without": Col("Without", "handle"),
        "take": Col("Take instead"),
        "leave": Col("And let go"),
        "loss": Col("Value lost", "share"),
    }
    return table(
        shown, columns, brief, title="If somebody says no", note="Best set under the same budget and limits without that creator. Modelled."
    )


@takes_missing
def stability_chart(stability: pd.DataFrame, brief: Brief, *, top: int = 16) -> Picture:
    """Draw how often each creator is chosen when everything uncertain is drawn anew."""
    write = wording(brief)
    shown = stability.head(top)
    missed = stability[stability["in_set"] & ~stability["creator"].isin(shown["creator"])]
    shown = pd.concat([shown, missed]).iloc[::-1]
    places = np.arange(len(shown))
    fig, axes = figure(height=0.28 * len(shown) + 1.6)
    inside = shown["in_set"].to_numpy()
    for mine, colour, marker, label in (
        (inside, PALETTE[0], MARKERS[0], "in the set"),
        (~inside, PALETTE[6], MARKERS[1], "not in the set"),
    ):
        axes.hlines(places[mine], 0, shown["share"][mine], color=colour, alpha=0.35, linewidth=4)
        axes.plot(shown["share"][mine], places[mine], marker, color=colour, label=label)
    axes.set_yticks(places, [handle(c) for c in shown["creator"]])
    axes.set_xlim(0, 1.02)
    percent_axis(axes.xaxis)
    axes.set_xlabel("Share of draws in which the creator is chosen")
    if 0 < inside.sum() < len(inside):
        axes.legend(loc="lower right")
    chosen = stability[stability["in_set"]]
    firm = int((chosen["share"] >= 0.8).sum())
    title = f"{firm} of the {len(chosen)} chosen creators are firm: in at least 80 % of the draws"
    subtitle = "200 draws of reach, fees, target shares and overlap within their uncertainty; each solved anew (greedy)."
    alt = f"Dot plot of {len(shown)} creators by how often they are chosen. {title}. Most often: {handle(shown.iloc[-1]['creator'])}, "
    return finish(fig, title=title, subtitle=subtitle, alt=f"{alt}{write.share(shown.iloc[-1]['share'])}.")


@takes_missing
def forecast_chart(forecast: Forecast, choice: Choice, brief: Brief) -> Picture:
    """Draw the simulated campaigns and the target."""
    from playbook.show.plain_seaborn import seaborn as sns

    write = wording(brief)
    fig, axes = figure(height=3.5)
    top = float(np.quantile(forecast.values, 0.99))
    shown = forecast.values[forecast.values <= top]
    sns.histplot(x=shown, bins=40, ax=axes, color=PALETTE[0], alpha=0.55, edgecolor="white", linewidth=0.4)
    if choice.target <= 1.2 * top:
        axes.axvline(choice.target, color=PALETTE[1], linewidth=2)
        axes.annotate(
            "target",
            (choice.target, 0.94),
            xycoords=("data", "axes fraction"),
            xytext=(5, 0),
            textcoords="offset points",
            color=PALETTE[1],
            fontsize=10,
        )
    axes.axvline(choice.value, color=INK, linewidth=1.2, linestyle="--")
    axes.annotate(
        "expected", (choice.value, 0.84), xycoords=("data", "axes fraction"), xytext=(5, 0), textcoords="offset points", fontsize=9
    )
    count_axis(axes.xaxis)
    axes.set_xlim(left=0)
    axes.set_xlabel(choice.unit.capitalize())
    axes.set_ylabel("Simulated campaigns")
    share = 100 * (forecast.probability if np.isfinite(forecast.probability) else 0.0)
    chance = "more than 99" if share >= 99.5 else "fewer than 1" if share <= 0.5 else f"{share:.0f}"
    title = f"The target is reached in {chance} % of simulated campaigns"
    if not np.isfinite(choice.target):
        title = f"{write.count(choice.value)} {choice.unit} are to be expected"
    low, high = write.count(choice.value_low), write.count(choice.value_high)
    n, level = write.count(len(forecast.values)), write.share(choice.level)
    subtitle = f"{n} campaigns (the largest 1 % not drawn); {level} lie between {low} and {high}. Modelled, with shared shocks."
    alt = f"Histogram of simulated {choice.unit}, skewed to the right. {title}; the expected value is {write.count(choice.value)}."
    return finish(fig, title=title, subtitle=subtitle, alt=alt)


@takes_missing
def drivers_chart(forecast: Forecast, choice: Choice, brief: Brief) -> Picture | Note:
    """Draw the forecast's drivers as a tornado: each input's interval when nothing else varies, the widest on top."""
    write = wording(brief)
    drivers = forecast.drivers.iloc[::-1]
    if drivers.empty:
        return Note("There is nothing to draw: nothing in the forecast varies.", "missing")
    fig, axes = figure(height=0.4 * len(drivers) + 1.7)
    places = np.arange(len(drivers))
    axes.barh(places, drivers["high"] - drivers["low"], left=drivers["low"], height=0.6, color=PALETTE[0], alpha=0.75)
    axes.axvline(choice.value, color=INK, linewidth=1.2, linestyle="--")
    for place, row in zip(places, drivers.itertuples(), strict=True):
        for value, side, shift in ((row.low, "right", -5), (row.high, "left", 5)):
            place_of = {"xytext": (shift, 0), "textcoords": "offset points", "ha": side, "va": "center", "fontsize": 9, "color": INK}
            axes.annotate(write.count(value), (value, place), **place_of)
    axes.set_yticks(places, drivers["input"])
    width = float(drivers["high"].max() - drivers["low"].min())
    axes.set_xlim(max(0.0, float(drivers["low"].min()) - 0.18 * width), float(drivers["high"].max()) + 0.18 * width)
    count_axis(axes.xaxis)
    axes.set_xlabel(choice.unit.capitalize())
    top = forecast.drivers.iloc[0]
    title = f"Most of the spread comes from {top['input']}"
    subtitle = f"{write.share(choice.level)} intervals if only that input varied; dashed: the expected value. Modelled."
    alt = "Bars of what the forecast's spread comes from: " + "; ".join(
        f"{r.input} {write.count(r.low)} to {write.count(r.high)}" for r in forecast.drivers.itertuples()
    )
    return finish(fig, title=title, subtitle=subtitle, alt=alt + ".")


def drivers_table(forecast: Forecast | Missing, brief: Brief) -> Table | Note:
    """Show what the forecast's spread comes from."""
    if isinstance(forecast, Missing):
        return missing(forecast)
    columns = {
        "input": Col("If only this varied"),
        "low": Col("Low", "count"),
        "high": Col("High", "count"),
        "swing": Col("Swing", "share"),
    }
    level = wording(brief).share(brief.statistics.level)
    note = (
        f"Ends of the {level} interval when nothing else varies; swing: their distance over the expected value. Spreads of season, product "
        "and response are planning values (log sd 0.2, 0.5 and 0.8); those of reach, luck, audiences and fees come from your data where "
        "it tells them."
    )
    return table(forecast.drivers, columns, brief, title="What the spread comes from", note=note)


def pairs_table(pairs: pd.DataFrame | Missing, brief: Brief, *, top: int = 12) -> Table | Note:
    """Show the overlap of pairs of creators under the names by which vendors tell it."""
    columns = {
        "first": Col("A", "handle"),
        "second": Col("B", "handle"),
        "shared": Col("In both", "count"),
        "of_smaller": Col("Over the smaller", "share"),
        "of_first": Col("Over A", "share"),
        "of_second": Col("Over B", "share"),
        "of_union": Col("Over both together", "share"),
        "only_first": Col("Only A", "count"),
        "only_second": Col("Only B", "count"),
    }
    note = "Counted from complete lists. Ask a vendor which of these its 'overlap' is: the same two audiences give five different numbers."
    return table(pairs, columns, brief, title="Overlap, counted", top=top, note=note)
