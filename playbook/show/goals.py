"""Pictures and tables of chapter 01."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd

from playbook.brief import Brief
from playbook.goals.funnel import Plan
from playbook.show.logaxis import log_axis
from playbook.show.tables import Col, Table, table
from playbook.show.theme import INK, PALETTE, Note, Picture, figure, finish, percent_axis, takes_missing
from playbook.wording import Wording, plural, wording

_ROLES = {"goal": "the goal itself", "price": "its price", "helper": "helps on the way", "none": "misleads"}


def kpis_table(kpis: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show the measures of the goal: its own, its price, helpers, and those that mislead."""
    shown = kpis.assign(role=kpis["role"].map(_ROLES), source=kpis["source"] + ", " + kpis["year"])
    columns = {"kpi": Col("Measure"), "role": Col("Role"), "stage": Col("Stage"), "meaning": Col("What it is"), "source": Col("Source")}
    return table(
        shown,
        columns,
        brief,
        title=f"Measures for the goal {brief.goal.kind}",
        note="A measure of another stage cannot tell whether the goal is reached.",
    )


def rates_table(plan: Plan, brief: Brief) -> Table | Note:
    """Show every rate of the plan with its range and its source."""
    write = wording(brief)
    rates = plan.rates
    shown = pd.DataFrame(
        {
            "label": rates["label"],
            "value": [_written(r.value, r.unit, write) for r in rates.itertuples()],
            "range": [_range(r.low, r.high, r.unit, write) for r in rates.itertuples()],
            "n": rates["n"].where(rates["n"] > 0),
            "source": rates["source"],
            "basis": rates["basis"],
        }
    )
    columns = {
        "label": Col("Rate"),
        "value": Col("Value"),
        "range": Col("Range"),
        "n": Col("Creators (n)", "count"),
        "source": Col("Source"),
        "basis": Col("Where it comes from"),
    }
    level = write.share(brief.statistics.level)
    note = f"Measured and quoted: {level} interval over creators, of their median or of the ratio of their sums. Assumed: half to double."
    return _right(table(shown, columns, brief, title="The rates between target and money", note=note), "Value", "Range")


def funnel_table(plan: Plan, brief: Brief) -> Table | Note:
    """Show the funnel from the target backwards to the money."""
    write = wording(brief)
    shown = pd.DataFrame(
        {
            "label": [s[0].upper() + s[1:] for s in plan.steps["label"]],
            "need": [_written(s.need, s.unit, write) for s in plan.steps.itertuples()],
            "range": [_range(s.low, s.high, s.unit, write) for s in plan.steps.itertuples()],
            "how": plan.steps["how"],
            "source": plan.steps["source"],
        }
    )
    columns = {"label": Col("Step"), "need": Col("It takes"), "range": Col("Range"), "how": Col("How"), "source": Col("Weakest source")}
    note = "Ranges combine those of all rates above, as independent of each other."
    return _right(table(shown, columns, brief, title="From the target backwards", note=note), "It takes", "Range")


@takes_missing
def funnel_chart(plan: Plan, brief: Brief) -> Picture | Note:
    """Draw the funnel on a logarithmic axis, the target at the end."""
    write = wording(brief)
    steps = plan.steps[(plan.steps["unit"] == "count") & (plan.steps["need"] > 0)]
    steps = steps[[math.isfinite(v) for v in steps["need"]]]
    if len(steps) < 2:
        return Note("The funnel cannot be drawn, because its steps are not known.", "missing")
    # what you do comes first and the target last, as it will happen; drawn from the bottom up
    order = ["creators", "posts", "people", "clicks", "target"]
    shown = steps.set_index("step").reindex([s for s in order if s in set(steps["step"])]).iloc[::-1].reset_index()
    fig, axes = figure(height=0.5 * len(shown) + 1.5)
    ends = shown["high"].fillna(shown["need"])
    floor = 10 ** math.floor(
        math.log10(max(min(shown["need"].min(), shown["low"].min(skipna=True) if shown["low"].notna().any() else math.inf), 1))
    )
    for y, row in enumerate(shown.itertuples()):
        goal = row.step == "target"
        colour = PALETTE[1] if goal else PALETTE[0]
        axes.hlines(y, floor, row.need, color=colour, linewidth=1.5, alpha=0.5)
        if not math.isnan(row.low):
            axes.hlines(y, max(row.low, floor), row.high, color=colour, linewidth=7, alpha=0.3)
        axes.plot(row.need, y, "D" if goal else "o", color=colour, markersize=8)
        axes.annotate(
            write.count(row.need),
            (max(row.need, ends[y]), y),
            xytext=(9, 0),
            textcoords="offset points",
            va="center",
            fontsize=10,
            color=INK,
        )
    log_axis(axes.xaxis, floor, ends.max() * 12)
    axes.set_yticks(range(len(shown)), [s[0].upper() + s[1:] for s in shown["label"]])
    axes.set_ylim(-0.6, len(shown) - 0.4)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("How many (logarithmic)")
    creators, target = plan.need("creators"), plan.need("target")
    label = plan.steps["label"].iloc[0]
    title = f"{write.count(target)} {label} take about {write.count(creators)} typical {plural(creators, 'creator')}"
    if math.isfinite(plan.need("money")):
        title += f" and {write.money(plan.need('money'))}"
    told = "; ".join(f"{row.label.lower()} {write.count(row.need)}" for row in shown.iloc[::-1].itertuples())
    alt = f"Funnel on a logarithmic axis: {told}. {title}."
    return finish(
        fig, title=title, subtitle="What it takes at each step; broad lines: range of the rates behind it; diamond: the target", alt=alt
    )


def sensitivity_table(sensitivity: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show what the target takes at the low and the high end of each rate."""
    write = wording(brief)
    unit = {"money": "money", "count": "count"}[sensitivity["unit"].iloc[0]]
    what = "money" if unit == "money" else "creators"
    shown = pd.DataFrame(
        {
            "label": sensitivity["label"],
            "source": sensitivity["source"],
            "at_low": [_written(v, unit, write) for v in sensitivity["at_low"]],
            "at_value": [_written(v, unit, write) for v in sensitivity["at_value"]],
            "at_high": [_written(v, unit, write) for v in sensitivity["at_high"]],
        }
    )
    columns = {
        "label": Col("If this rate alone were"),
        "source": Col("Source"),
        "at_low": Col(f"at its low end: {what}"),
        "at_value": Col(f"as planned: {what}"),
        "at_high": Col(f"at its high end: {what}"),
    }
    note = "Largest swing first; not rounded to whole creators."
    labels = [column.label for name, column in columns.items() if name.startswith("at_")]
    return _right(table(shown, columns, brief, title="Which number matters most", note=note), *labels)


@takes_missing
def sensitivity_chart(sensitivity: pd.DataFrame, brief: Brief) -> Picture | Note:
    """Draw what the target takes as each rate moves alone, beside the budget."""
    write = wording(brief)
    finite = sensitivity[["at_low", "at_high", "at_value"]].map(lambda v: math.isfinite(v) and v > 0).all(axis=1)
    shown = sensitivity[finite].iloc[::-1].reset_index(drop=True)
    if shown.empty:
        return Note("No rate has a range, so there is nothing to compare.", "missing")
    money = shown["unit"].iloc[0] == "money"
    fig, axes = figure(height=0.5 * len(shown) + 1.7)
    ends = shown[["at_low", "at_high"]]
    for y, row in enumerate(shown.itertuples()):
        axes.hlines(y, min(row.at_low, row.at_high), max(row.at_low, row.at_high), color=PALETTE[0], linewidth=9, alpha=0.35)
        for end, mark in ((row.at_low, "v"), (row.at_high, "^")):
            axes.plot(end, y, mark, color=PALETTE[0], markersize=7)
    planned = shown["at_value"].iloc[0]
    axes.axvline(planned, color=INK, linewidth=1)
    away = "right" if money and brief.budget.amount > planned else "left"
    axes.annotate(" as planned ", (planned, len(shown) - 0.45), fontsize=9, color=INK, va="bottom", ha=away)
    low, high = min(ends.min().min(), planned), max(ends.max().max(), planned)
    if money:
        budget = brief.budget.amount
        if budget > 0:
            axes.axvline(budget, color=PALETTE[1], linewidth=1.5, linestyle="--")
            axes.annotate(" budget", (budget, -0.62), fontsize=9, color=PALETTE[1], va="bottom")
            low, high = min(low, budget), max(high, budget)
    log_axis(axes.xaxis, low / 1.35, high * 1.5)
    axes.set_yticks(range(len(shown)), shown["label"])
    axes.set_ylim(-0.7, len(shown) - 0.1)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel(f"Money it takes, {brief.budget.currency} (logarithmic)" if money else "Creators it takes (logarithmic)")
    most = shown.iloc[-1]
    title = f"The plan hangs most on {most['label'][0].lower()}{most['label'][1:]}"
    subtitle = "What the target takes as one rate alone moves; triangle down: low end of its range, up: high end"
    amount = write.money if money else write.count
    span = f"{amount(min(most['at_low'], most['at_high']))} to {amount(max(most['at_low'], most['at_high']))}"
    alt = f"Range bars of {len(shown)} rates. {title}: {span}, as planned {amount(planned)}."
    return finish(fig, title=title, subtitle=subtitle, alt=alt)


@takes_missing
def budget_chart(plan: Plan, brief: Brief) -> Picture | Note:
    """Draw the share of the target that the budget buys, with its range."""
    write = wording(brief)
    if math.isnan(plan.affordable):
        return Note("What the budget buys cannot be drawn, because no cost is known.", "missing")
    fig, axes = figure(height=1.75)
    colour = PALETTE[2] if plan.low >= 1 else PALETTE[1] if plan.high < 1 else PALETTE[5]
    if plan.affordable > 0:
        axes.hlines(0, plan.low, plan.high, color=colour, linewidth=10, alpha=0.35)
    axes.plot(plan.affordable, 0, "D", color=colour, markersize=9)
    right = max(plan.high, 1.0) * 1.12
    axes.axvline(1, color=INK, linewidth=1.2)
    axes.annotate(" the whole target", (1, 0.62), fontsize=9, color=INK, va="center", ha="right" if right < 1.35 else "left")
    axes.set_xlim(0, right)
    axes.set_ylim(-0.8, 0.9)
    axes.set_yticks([])
    percent_axis(axes.xaxis)
    axes.set_xlabel("Share of the target")
    verdict = "enough" if plan.low >= 1 else "not enough" if plan.high < 1 else "perhaps enough"
    title = f"{write.money(brief.budget.amount)} is {verdict}: it buys {write.share(plan.affordable)} of the target"
    n = int(plan.rates.set_index("name").loc["people", "n"])
    whom = f"{write.count(plan.creators_affordable)} typical {plural(plan.creators_affordable, 'creator')}"
    subtitle = f"Diamond: with {whom} ({n} behind the rates); bar: range of all rates together"
    alt = f"One bar from {write.share(plan.low)} to {write.share(plan.high)} of the target, with a line at the whole target. {title}."
    return finish(fig, title=title, subtitle=subtitle, alt=alt)


def _right(shown: Table | Note, *labels: str) -> Table | Note:
    """Align columns of numbers that are written out already to the right."""
    return replace(shown, numeric=(*shown.numeric, *labels)) if isinstance(shown, Table) else shown


def _written(value: float, unit: str, write: Wording) -> str:
    if value is None or not math.isfinite(value):
        return "unknown"
    if unit == "share":
        return write.share(value)
    return write.money(value) if unit == "money" else write.count(value)


def _range(low: float, high: float, unit: str, write: Wording) -> str:
    if pd.isna(low) or pd.isna(high):
        return "-"
    return f"{_written(low, unit, write)} to {_written(high, unit, write)}"


__all__ = ["budget_chart", "funnel_chart", "funnel_table", "kpis_table", "rates_table", "sensitivity_chart", "sensitivity_table"]
