"""The same campaign by the definitions that tools sell, by name; and earned media value, on request, with the reason to leave it out."""

from __future__ import annotations

import math
from importlib.resources import files

import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs
from playbook.results.delivered import delivered_posts
from playbook.results.returns import sales
from playbook.results.spending import spend
from playbook.wording import wording

BARCELONA = (
    "Earned media value prices likes and views as if you had bought advertising. AMEC's Barcelona Principles, on which the trade agreed in "
    "2010 and which it has renewed since, say that such advertising values are not the value of communication: nobody paid these prices, "
    "the cards differ several times over, and none of it can be spent. The values stand beside each other, in US dollars as the cards were "
    "published, and are added to nothing."
)


def emv_of(*, likes: float = 0, comments: float = 0, shares: float = 0, impressions: float = 0) -> pd.DataFrame:
    """Return earned media value by each published rate card.

    A view counts as an impression and as nothing else, so that nothing is counted twice.

    Returns
    -------
    DataFrame
        `card`, `value` (US dollars), `source`, `year`, `note`.

    Examples
    --------
    >>> emv_of(likes=5_000, comments=500, impressions=50_000).set_index("card")["value"].to_dict()
    {'CPM 10': 500.0, 'Later': 1752.0, 'Ayzenberg': 2876.0, 'Apify': 3100.0}
    """
    with files("playbook").joinpath("rules/emv_cards.csv").open(encoding="utf-8") as text:
        cards = pd.read_csv(text)
    amounts = {"like": likes, "comment": comments, "share": shares, "thousand_impressions": impressions / 1000}
    value = sum(cards[name].astype(float) * amount for name, amount in amounts.items())
    return cards[["card"]].assign(value=value.round(2), source=cards["source"], year=cards["year"].astype(str), note=cards["note"])


@needs("deliverables", otherwise="deliverables with creator and post, and posts with likes, comments and impressions or views")
def emv(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return the delivered posts' earned media value by each rate card, where `results.emv` asks for it.

    What is unknown of a post counts as nothing, so the values are at least so much.
    """
    if not brief.results.emv:
        return Missing(needs=(), text="Earned media value is left out unless you ask for it: set results.emv to true.")
    rows = delivered_posts(data, brief)
    if isinstance(rows, Missing):
        return rows
    done = rows[rows["delivered"]]
    if done.empty or done[["likes", "contacts"]].isna().all(axis=None):
        return Missing(
            needs=("posts.likes",), text="Neither likes nor views of the campaign's posts are known, so no rate card has anything to price."
        )
    total = {
        name: float(done[column].sum())
        for name, column in (("likes", "likes"), ("comments", "comments"), ("shares", "shares"), ("impressions", "contacts"))
    }
    return emv_of(**total)


def emv_sentence(found: pd.DataFrame | Missing, brief: Brief) -> str:
    """Say how far the cards are apart, and why none of them is a return."""
    if isinstance(found, Missing):
        return found.text
    low, high = found.loc[found["value"].idxmin()], found.loc[found["value"].idxmax()]
    if not low["value"] > 0:
        return BARCELONA
    write = wording(brief)
    return (
        f"The same posts are worth ${write.count(low['value'])} by one card and ${write.count(high['value'])} by another, "
        f"{write.ratio(high['value'] / low['value'])} times as much. {BARCELONA}"
    )


@needs("orders", "payouts", otherwise="orders with revenue and a code or link, and payouts with creator and amount")
def vendor_returns(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return what tools would call this campaign's return, each by its own definition, beside the return on margin.

    Returns
    -------
    DataFrame or Missing
        `vendor`, `name`, `formula`, `value` (share; missing where it cannot be computed), `leaves_out`.
    """
    sold, costs = sales(data, brief), spend(data, brief)
    if isinstance(sold, Missing):
        return sold
    if isinstance(costs, Missing):
        return costs
    valued = emv(data, brief)
    paid = float((costs["fee"] + costs["product"]).sum()) if costs["fee"].notna().all() else math.nan
    cost = sold.cost if sold.whole and sold.cost > 0 else math.nan
    budget = brief.budget.amount or math.nan
    bought = sold.revenue + sold.refunded
    rows = [
        (
            "GRIN",
            "Revenue ROI",
            "revenue / (fees + product)",
            bought / paid if paid > 0 else math.nan,
            "goods, hours, refunds, what would have come anyway",
        ),
        (
            "HypeAuditor",
            "E-com ROI",
            "purchases / budget",
            bought / budget,
            "goods, what was really spent, refunds, what would have come anyway",
        ),
        ("Textbook", "ROAS", "revenue after refunds / full cost", sold.revenue / cost, "goods, what would have come anyway"),
        ("Textbook", "ROI on revenue", "(revenue - cost) / cost", (sold.revenue - cost) / cost, "goods, what would have come anyway"),
        ("This chapter", "ROI on margin", "(contribution - cost) / cost", (sold.contribution - cost) / cost, "what would have come anyway"),
    ]
    if not isinstance(valued, Missing):
        card = valued.set_index("card").loc["Later", "value"]
        rate = brief.rate("USD")
        worth = card * rate if rate is not None else math.nan
        lacks = "money: these values cannot be spent" if rate is not None else "needs budget.rates for USD"
        rows[2:2] = [
            ("Later", "EMV ROI", "earned media value / cost", worth / cost, lacks),
            ("Later", "EMV and sales", "(earned media value + sales - cost) / cost", (worth + bought - cost) / cost, lacks),
            (
                "Aspire",
                "Impact Value",
                "(content + awareness + engagement + sales) / investment",
                math.nan,
                "needs a price for content, which nobody publishes",
            ),
        ]
    return pd.DataFrame(rows, columns=["vendor", "name", "formula", "value", "leaves_out"])
