"""Exercises of chapter 08."""

from __future__ import annotations

import itertools

import pandas as pd

from playbook.findings import Missing
from playbook.teach.exercise import Exercise, Wrong
from playbook.teach.exercises.pick import lacking, too_little


def _known(c):
    import playbook

    table = playbook.costs.full(c.data, c.brief)
    if isinstance(table, Missing):
        return table
    able = table.dropna(subset=["cost", "reach"])
    return able[(able["cost"] > 0) & (able["reach"] > 0)].sort_values(["reach", "creator"]).reset_index(drop=True)


def _two(c):
    if (none := lacking(c, "creators")) is not None:
        return none
    table = _known(c)
    if isinstance(table, Missing):
        return table
    if len(table) < 3:
        return too_little("three creators whose reach and cost are known")
    small, large = table.iloc[len(table) // 2], table.iloc[len(table) * 3 // 4]
    return {
        "reach_large": (float(large["reach"]), f"people whom {large['creator']} reaches"),
        "reach_small": (float(small["reach"]), f"people whom {small['creator']} reaches"),
        "cost_large": (float(large["cost"]), "full cost of the first"),
        "cost_small": (float(small["cost"]), "full cost of the second"),
        "overlap": (float(c.brief.portfolio.overlap or 0.1), "share of the smaller audience that the other one reaches, too"),
    }


def _set(c):
    if (none := lacking(c, "creators")) is not None:
        return none
    table = _known(c)
    if isinstance(table, Missing):
        return table
    micro = table[table["followers"].between(c.brief.tiers.micro, c.brief.tiers.macro, inclusive="left")].reset_index(drop=True)
    if len(micro) < 5:
        return too_little("five micro creators whose reach and cost are known")
    # five of them on whom the usual short cuts miss the best set; the first such five, so that each campaign has its own
    start = 0
    for start in range(len(micro) - 4):
        five = micro.iloc[start : start + 5] if start % 2 == 0 else micro.iloc[start :: max(1, (len(micro) - start) // 5)].head(5)
        if len(five) == 5:
            budget = float(round(five["cost"].sum() * 0.5))
            reach, cost = five["reach"].round().reset_index(drop=True), five["cost"].reset_index(drop=True)
            if (
                len(
                    {
                        round(v)
                        for v in (_best(reach, cost, budget), _greedy(reach, cost, budget, reach), _greedy(reach, cost, budget, -cost))
                    }
                )
                == 3
            ):
                break
    else:
        five = micro.iloc[:5]
        reach, cost = five["reach"].round().reset_index(drop=True), five["cost"].reset_index(drop=True)
        budget = float(round(cost.sum() * 0.5))
    return {
        "reach": (reach, f"people reached by five creators: {', '.join(five['creator'])}; nobody follows two of them"),
        "cost": (cost, "their full costs, in the same order"),
        "budget": (budget, "your budget"),
    }


def _best(reach: pd.Series, cost: pd.Series, budget: float) -> float:
    sets = itertools.chain.from_iterable(itertools.combinations(range(len(reach)), k) for k in range(len(reach) + 1))
    return float(max(sum(reach[i] for i in s) for s in sets if sum(cost[i] for i in s) <= budget))


def _greedy(reach: pd.Series, cost: pd.Series, budget: float, by: pd.Series) -> float:
    left, total = budget, 0.0
    for i in by.sort_values(ascending=False, kind="stable").index:
        if cost[i] <= left:
            left, total = left - cost[i], total + reach[i]
    return float(total)


EXERCISES = (
    Exercise(
        id="portfolio-1",
        title="Two creators, counted once",
        minutes=7,
        kind="predict",
        unit="number",
        given=_two,
        right=lambda g: g.reach_large + g.reach_small - g.overlap * g.reach_small,
        wrong=(
            Wrong(lambda g: g.reach_large + g.reach_small, "People who follow both are counted twice in this sum."),
            Wrong(
                lambda g: (1 - g.overlap) * (g.reach_large + g.reach_small),
                "The overlap is a share of the smaller audience, not of both together.",
            ),
            Wrong(
                lambda g: g.reach_large + g.reach_small - g.overlap * g.reach_large,
                "The overlap is a share of the smaller audience, not of the larger.",
            ),
            Wrong(
                lambda g: g.reach_large + g.reach_small - 2 * g.overlap * g.reach_small,
                "Those in both are to be counted once. You took them out altogether.",
            ),
        ),
        hints=(
            "Draw two circles that overlap. Which part would be counted twice?",
            "How many people are in the part that both share?",
            "Add up both, and take the shared part off once.",
        ),
    ),
    Exercise(
        id="portfolio-2",
        title="The best of thirty-two sets",
        minutes=8,
        kind="decide",
        unit="number",
        given=_set,
        right=lambda g: _best(g.reach, g.cost, g.budget),
        wrong=(
            Wrong(
                lambda g: _greedy(g.reach, g.cost, g.budget, g.reach),
                "You took the largest first. What the large ones cost may buy more people elsewhere: try other sets.",
            ),
            Wrong(
                lambda g: _greedy(g.reach, g.cost, g.budget, -g.cost),
                "You took the cheapest first. Money is left over, or went to creators who reach few: try other sets.",
            ),
            Wrong(lambda g: float(g.reach.sum()), "That is all five, and they cost more than your budget."),
            Wrong(
                lambda g: float(g.reach[g.cost <= g.budget].max()),
                "That is the one creator who reaches most alone. Your budget may allow several.",
            ),
            Wrong(
                lambda g: float(g.reach.sum() * g.budget / g.cost.sum()),
                "You took a part of everybody. A creator is booked or not.",
            ),
        ),
        hints=(
            "With five creators there are only 32 sets. Rule out those that cost too much.",
            "Compare people per money to begin with, then try exchanging one creator for another.",
            "itertools.combinations lists all sets of a size; keep the best that the budget allows.",
        ),
    ),
    Exercise(
        id="portfolio-3",
        title="What does one more bring?",
        minutes=7,
        kind="change",
        unit="number",
        given=_two,
        right=lambda g: 1000 * g.cost_small / ((1 - g.overlap) * g.reach_small),
        wrong=(
            Wrong(
                lambda g: 1000 * g.cost_small / g.reach_small,
                "That counts everybody the second one reaches. Some of them the first has reached already.",
            ),
            Wrong(
                lambda g: 1000 * (g.cost_large + g.cost_small) / (g.reach_large + g.reach_small - g.overlap * g.reach_small),
                "That is the price for both together. Asked is what the second one adds, for what the second one costs.",
            ),
            Wrong(
                lambda g: g.cost_small / ((1 - g.overlap) * g.reach_small),
                "That is the price of one further person. A thousand are asked for.",
            ),
        ),
        hints=(
            "The first creator is signed already. What changes when the second joins?",
            "Whom does the second reach, without those whom the first reaches, too?",
            "The second one's cost over these people, times a thousand.",
        ),
    ),
)
