"""Exercises of chapter 01."""

from __future__ import annotations

from playbook.findings import Missing
from playbook.teach.exercise import Exercise, Wrong

ORDERS = 100.0


def _rates(c):
    money = c.brief.economics
    if not money.click_rate or not money.conversion_rate:
        return Missing(needs=(), text="Your brief has a rate of 0 for clicks or orders; set economics.click_rate and conversion_rate.")
    wanted = c.brief.goal.target if c.brief.goal.kind == "sales" else ORDERS
    return {
        "orders": (float(wanted), "orders you want"),
        "click_rate": (float(money.click_rate), "clicks per person reached, from your brief"),
        "conversion_rate": (float(money.conversion_rate), "orders per click, from your brief"),
    }


def _order(c):
    money = c.brief.economics
    if money.order_value is None or money.gross_margin is None:
        return Missing(needs=(), text="Your brief has no economics.order_value or gross_margin, from which the worth of an order follows.")
    return {
        "order_value": (float(money.order_value), "what a customer pays for an average order"),
        "gross_margin": (float(money.gross_margin), "share of it that is left after the goods"),
        "shipping": (float(money.shipping_per_order or 2.5), "what sending one order costs you"),
    }


def _people(g, factor: float) -> float:
    """Return how many people it takes where the click rate is so many times the planned one."""
    return g.orders / (factor * g.click_rate * g.conversion_rate)


EXERCISES = (
    Exercise(
        id="goals-1",
        title="From orders back to people",
        minutes=4,
        kind="predict",
        unit="number",
        given=_rates,
        right=lambda g: g.orders / (g.click_rate * g.conversion_rate),
        wrong=(
            Wrong(
                lambda g: g.orders * g.click_rate * g.conversion_rate,
                "That is fewer people than orders. You went forward through the funnel; the question goes back.",
            ),
            Wrong(
                lambda g: g.orders / g.conversion_rate, "These are the clicks you need. How many people must be reached for so many clicks?"
            ),
            Wrong(lambda g: g.orders / g.click_rate, "Not everybody who clicks buys: one rate is still missing."),
            Wrong(
                lambda g: g.orders / (g.click_rate + g.conversion_rate),
                "The two rates follow one another, so they are not added: a share of a share.",
            ),
        ),
        hints=(
            "Write down the steps from a person who sees the post to an order, with a rate at each step.",
            "How many clicks does one order take? And how many people does one click take?",
            "Divide the orders by one rate, then by the other.",
        ),
    ),
    Exercise(
        id="goals-2",
        title="What may one order cost?",
        minutes=3,
        kind="mistake",
        unit="number",
        given=_order,
        right=lambda g: g.order_value * g.gross_margin - g.shipping,
        wrong=(
            Wrong(lambda g: g.order_value, "That is revenue. The goods have to be paid out of it before anything is left for creators."),
            Wrong(lambda g: g.order_value - g.shipping, "Revenue less shipping: the goods are still for free in your sum."),
            Wrong(lambda g: g.order_value * g.gross_margin, "That is the margin of the goods. Who pays for sending the parcel?"),
            Wrong(
                lambda g: g.order_value * (1 - g.gross_margin) - g.shipping,
                "You took what the goods cost instead of what they leave over.",
            ),
        ),
        hints=(
            "An order may cost as much as it leaves over, and not a cent more.",
            "Begin with what the customer pays, and take off all that you pay for that order.",
            "The gross margin is a share of the order's value; shipping is a sum of money.",
        ),
    ),
    Exercise(
        id="goals-3",
        title="If the clicks are a fifth fewer",
        minutes=3,
        kind="change",
        unit="number",
        given=_rates,
        right=lambda g: _people(g, 0.8) - _people(g, 1.0),
        wrong=(
            Wrong(lambda g: _people(g, 0.8), "That is how many people it takes then. How many more is that than before?"),
            Wrong(
                lambda g: 0.2 * _people(g, 1.0),
                "A rate that is a fifth lower takes more than a fifth more people: work it out anew with the lower rate.",
            ),
            Wrong(lambda g: _people(g, 1.0), "That is how many people it takes as planned. How many more does it take then?"),
            Wrong(lambda g: _people(g, 1.0) - _people(g, 1.2), "You raised the click rate. It is a fifth lower than planned."),
        ),
        hints=(
            "Use your formula of the first exercise, with one number changed.",
            "Work out the people at the planned click rate, and at four fifths of it.",
            "The answer is the difference of the two.",
        ),
    ),
)
