"""Exercises of chapter 10."""

from __future__ import annotations

import math

from playbook.findings import Missing
from playbook.teach.exercise import Exercise, Wrong
from playbook.teach.exercises.pick import lacking, too_little


def _sales(c):
    if (none := lacking(c, "orders", "payouts")) is not None:
        return none
    import playbook

    found = playbook.results.sales(c.data, c.brief)
    if isinstance(found, Missing):
        return found
    if not math.isfinite(found.contribution) or not found.cost > 0 or not found.orders:
        return too_little("orders with a mark, a gross margin and a cost")
    return {
        "revenue": (float(found.revenue), "credited revenue, refunds taken off"),
        "contribution": (float(found.contribution), "what is left of it after goods, shipping and commission"),
        "cost": (float(found.cost), "full cost of the campaign"),
        "orders": (float(found.orders), "credited orders"),
    }


def _marked(c):
    if (none := lacking(c, "orders")) is not None:
        return none
    import playbook

    table = playbook.results.attribute(c.data, c.brief)
    if isinstance(table, Missing):
        return table
    during = table[(table["period"] == "during") & table["net"].notna()]
    if not len(during) or not during["creator"].notna().any() or during["creator"].notna().all():
        return too_little("orders of the campaign's days with and without a creator's mark")
    return {
        "revenue": (during["net"].reset_index(drop=True), "revenue of each order of the campaign's days, refunds taken off"),
        "marked": (during["creator"].notna().reset_index(drop=True), "whether the order carries a creator's mark"),
    }


def _regions(c):
    if (none := lacking(c, "brand_daily")) is not None:
        return none
    from playbook.results.lift import panel

    found = panel(c.data, c.brief)
    if isinstance(found, Missing):
        return found
    means = [found.values[rows][:, days].mean() for rows in (found.treated, ~found.treated) for days in (found.before, found.after)]
    if any(not v > 0 for v in means):
        return too_little("daily sales before and during the campaign, in regions with and without it")
    return {
        "with_before": (float(means[0]), "sales a day of a region with the campaign, before it"),
        "with_during": (float(means[1]), "the same regions, during it"),
        "without_before": (float(means[2]), "sales a day of a region without it, before"),
        "without_during": (float(means[3]), "the same regions, during"),
    }


def _rise(g):
    return (g.with_during / g.with_before) / (g.without_during / g.without_before) - 1


EXERCISES = (
    Exercise(
        id="results-1",
        title="What do the marks see?",
        minutes=4,
        kind="predict",
        unit="share",
        given=_marked,
        right=lambda g: g.revenue[g.marked].sum() / g.revenue.sum(),
        wrong=(
            Wrong(lambda g: g.marked.mean(), "That is their share of orders. Orders differ in size: the share of revenue is asked for."),
            Wrong(lambda g: g.revenue[~g.marked].sum() / g.revenue.sum(), "That is the share without a mark."),
            Wrong(
                lambda g: g.revenue[g.marked].sum() / g.revenue[~g.marked].sum(),
                "You compared marked with unmarked. A share is a part of the whole.",
            ),
            Wrong(
                lambda g: g.revenue[g.marked].mean() / g.revenue.mean(),
                "You compared the size of a marked order with that of any order. How much are all marked ones together, of everything?",
            ),
        ),
        hints=(
            "Revenue with a mark, as a part of all revenue of these days.",
            "A column of True and False in square brackets picks the rows.",
            "Sum of the picked revenue over the sum of all: .sum() behind each.",
        ),
    ),
    Exercise(
        id="results-2",
        title="Which return?",
        minutes=5,
        kind="mistake",
        unit="number",
        given=_sales,
        right=lambda g: (g.contribution - g.cost) / g.cost,
        wrong=(
            Wrong(lambda g: g.revenue / g.cost, "That is ROAS: revenue over cost. It treats the goods as free."),
            Wrong(
                lambda g: (g.revenue - g.cost) / g.cost, "You counted revenue as if it were yours to keep. What is left after the goods?"
            ),
            Wrong(
                lambda g: g.contribution / g.cost,
                "That is what comes back for each unit spent, the unit itself included. Take the cost off.",
            ),
            Wrong(lambda g: g.contribution - g.cost, "That is the profit as a sum of money. As a share of what was spent?"),
            Wrong(
                lambda g: (g.contribution - g.cost) / g.contribution, "You divided by what came in. A return is measured by what was spent."
            ),
        ),
        hints=(
            "ROI is what was earned beyond the cost, over the cost.",
            "What was earned is what is left after goods and shipping, not what customers paid.",
            "Contribution less cost, over cost.",
        ),
    ),
    Exercise(
        id="results-3",
        title="How many orders would have paid for it?",
        minutes=5,
        kind="change",
        unit="number",
        given=_sales,
        right=lambda g: g.cost / (g.contribution / g.orders),
        wrong=(
            Wrong(lambda g: g.cost / (g.revenue / g.orders), "You divided by the revenue of an order. Only what it leaves over can pay."),
            Wrong(lambda g: g.cost / g.contribution, "That is a share of your orders. How many orders is it?"),
            Wrong(
                lambda g: g.cost / (g.contribution / g.orders) - g.orders,
                "That is how many more it would have taken than there were. How many in all?",
            ),
        ),
        hints=(
            "What does one order leave over, on average?",
            "So many orders times that should be the cost.",
            "Contribution over orders is what one leaves over; divide the cost by it.",
        ),
    ),
    Exercise(
        id="results-4",
        title="What would have come anyway?",
        minutes=6,
        kind="decide",
        unit="share",
        given=_regions,
        right=_rise,
        wrong=(
            Wrong(
                lambda g: g.with_during / g.with_before - 1,
                "That is before and after. The season moved all regions: what did those without the campaign do?",
            ),
            Wrong(
                lambda g: g.with_during / g.without_during - 1,
                "You compared two kinds of regions during the campaign. They differed before it, too.",
            ),
            Wrong(
                lambda g: (g.with_during - g.with_before) - (g.without_during - g.without_before),
                "That is money a day, and regions differ in size. Compare how many times each grew.",
            ),
            Wrong(
                lambda g: g.without_during / g.without_before - 1,
                "That is how the regions without the campaign moved: the yardstick, not the answer.",
            ),
        ),
        hints=(
            "How many times their level before did the regions with the campaign sell during it?",
            "The same for the regions without it. That is what would have come anyway.",
            "Divide the first by the second, and take off 1.",
        ),
    ),
)
