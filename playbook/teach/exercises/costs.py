"""Exercises of chapter 07."""

from __future__ import annotations

from playbook.findings import Missing
from playbook.teach.exercise import Exercise, Wrong
from playbook.teach.exercises.pick import lacking, too_little


def _quoted(c):
    import playbook

    table = playbook.costs.full(c.data, c.brief)
    if isinstance(table, Missing):
        return table, None
    able = table[(table["fee_source"] == "quoted") & (table["fee"] > 0)].dropna(subset=["reach", "followers"])
    able = able[(able["reach"] > 0) & (able["followers"] > 0)].sort_values(["fee", "creator"])
    if able.empty:
        return too_little("a creator with a quote, followers and reach"), None
    return None, able.iloc[len(able) // 2]


def _parts(c):
    if (none := lacking(c, "creators", "quotes")) is not None:
        return none
    none, row = _quoted(c)
    if none is not None:
        return none
    budget = c.brief.budget
    return {
        "fee": (float(row["fee"]), f"fee that {row['creator']} quoted"),
        "product": (float(budget.product_cost or 15), "the product given to each creator"),
        "shipping": (float(budget.shipping_cost or 5), "sending it"),
        "hours": (float(budget.hours_per_creator or 3), "your own hours for each creator"),
        "hourly": (float(budget.hourly_cost or 35), "what such an hour costs"),
        "platform_fee": (float(budget.platform_fee or 0.1), "an agency's share, added to the fee"),
    }


def _full(g):
    return g.fee * (1 + g.platform_fee) + g.product + g.shipping + g.hours * g.hourly


def _bought(c):
    if (none := lacking(c, "creators", "quotes")) is not None:
        return none
    none, row = _quoted(c)
    if none is not None:
        return none
    return {
        "fee": (float(row["fee"]), f"fee of {row['creator']}"),
        "cost": (float(row["cost"]), "full cost"),
        "followers": (float(row["followers"]), "followers"),
        "reach": (float(row["reach"]), "people whom a post reaches"),
    }


def _slope(c):
    if (none := lacking(c, "creators", "quotes")) is not None:
        return none
    import playbook

    curve = playbook.costs.own_curve(c.data, c.brief)
    slope = getattr(curve, "slope", None)
    if isinstance(curve, Missing) or slope is None or not 0.05 < slope < 2 or abs(slope - 1) < 0.02:
        return too_little("enough quotes for a price curve of your own")
    return {
        "exponent": (float(slope), "of your quotes' price curve: the fee goes with followers to this power"),
        "times": (30.0, "how many times the followers"),
    }


EXERCISES = (
    Exercise(
        id="costs-1",
        title="The full cost",
        minutes=6,
        kind="predict",
        unit="number",
        given=_parts,
        right=_full,
        wrong=(
            Wrong(lambda g: g.fee, "That is the fee alone. What else do you pay for this creator?"),
            Wrong(lambda g: g.fee * (1 + g.platform_fee) + g.product + g.shipping, "Your own hours are missing. They are paid, too."),
            Wrong(
                lambda g: g.fee * (1 + g.platform_fee) + g.product + g.shipping + g.hourly,
                "You counted one hour. How many does a creator take?",
            ),
            Wrong(lambda g: g.fee + g.product + g.shipping + g.hours * g.hourly, "The agency takes a share of the fee on top."),
            Wrong(
                lambda g: g.fee + g.platform_fee + g.product + g.shipping + g.hours * g.hourly,
                "The agency's share is a share of the fee, not a sum of money.",
            ),
        ),
        hints=(
            "Go through the list of given numbers: each of them belongs into the sum, one way or another.",
            "Two of them are money already. One is a share of the fee, one is hours.",
            "Fee and share of the fee, product, shipping, and hours times the price of an hour.",
        ),
    ),
    Exercise(
        id="costs-2",
        title="The price of a thousand people",
        minutes=6,
        kind="mistake",
        unit="number",
        given=_bought,
        right=lambda g: 1000 * g.cost / g.reach,
        wrong=(
            Wrong(lambda g: 1000 * g.cost / g.followers, "You divided by followers. CPM counts people reached, and not every follower is."),
            Wrong(lambda g: 1000 * g.fee / g.reach, "You took the fee alone. The full cost is what these contacts cost you."),
            Wrong(lambda g: g.cost / g.reach, "That is the price of one person. The M in CPM stands for a thousand."),
            Wrong(lambda g: g.reach / g.cost, "That is people for your money. CPM is money for people."),
        ),
        hints=(
            "CPM is the cost per thousand people reached.",
            "Which of the two numbers of people says who saw the post?",
            "Full cost over people reached, times a thousand.",
        ),
    ),
    Exercise(
        id="costs-3",
        title="Thirty times the followers",
        minutes=5,
        kind="change",
        unit="number",
        given=_slope,
        right=lambda g: g.times**g.exponent,
        wrong=(
            Wrong(lambda g: g.times, "That would be a price in step with followers. Your quotes grow by another power."),
            Wrong(lambda g: g.times * g.exponent, "The exponent is a power, not a factor."),
            Wrong(lambda g: g.exponent**g.times, "The other way round: the followers are raised to the exponent."),
        ),
        hints=(
            "The curve says: fee = constant × followers to the power of the exponent.",
            "What becomes of the fee if followers are multiplied? The constant stays.",
            "In Python a power is written with two stars.",
        ),
    ),
)
