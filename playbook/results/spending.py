"""What the campaign cost in full: fees, the platform's share, the product given, and the hours of one's own work."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs

PAYOUTS_WANTED = "payouts with creator and amount, and product_cost and hours where you know them"


@needs("payouts", otherwise=PAYOUTS_WANTED)
def spend(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return what each creator cost in full, in the budget's currency.

    Product and hours that no payout of a creator notes are taken from the brief, once a creator. A creator with deliverables and no
    payout costs the fee agreed in `outreach`, where there is one; otherwise the cost is unknown.

    Returns
    -------
    DataFrame or Missing
        Sorted by creator: `creator`, `fee`, `fee_source` (measured, quoted, or missing), `platform_fee`, `product`, `product_source`,
        `hours`,
        `hours_cost`, `hours_source`, `cost` (their sum; missing where the fee is), `commissioned` (a payout per order or per cent is among
        them).
    """
    budget = brief.budget
    pay = data.payouts
    rate = pay["currency"].fillna(budget.currency).map(lambda c: brief.rate(c)).astype("float64")
    pay = pay.assign(amount=pay["amount"] * rate, product_cost=pay["product_cost"] * rate)
    per_sale = pay["basis"].fillna("").str.contains(r"order|commission|sale|per cent|percent|%|cpa|affiliate", case=False, regex=True)
    pay = pay.assign(per_sale=per_sale)
    by = pay.groupby("creator")
    out = pd.DataFrame(
        {
            # a payout whose currency has no rate makes the whole fee unknown
            "fee": by["amount"].apply(lambda a: a.sum(skipna=False)),
            "product": by["product_cost"].sum(min_count=1),
            "hours": by["hours"].sum(min_count=1),
            "commissioned": by["per_sale"].any(),
        }
    )
    delivering = sorted(set(data.deliverables["creator"]) - set(out.index))
    out = out.reindex(sorted([*out.index, *delivering]))
    out["commissioned"] = out["commissioned"].astype("boolean").fillna(False).astype(bool)
    out["fee_source"] = pd.Series("measured", index=out.index, dtype="str").where(out["fee"].notna())
    agreed = data.outreach.assign(rate=data.outreach["currency"].fillna(budget.currency).map(lambda c: brief.rate(c)).astype("float64"))
    agreed = (agreed["agreed"] * agreed["rate"]).groupby(agreed["creator"]).first()
    told = agreed.reindex(out.index).where(out.index.isin(delivering))
    out["fee_source"] = out["fee_source"].where(~(out["fee"].isna() & told.notna()), "quoted")
    out["fee"] = out["fee"].fillna(told)
    out["platform_fee"] = out["fee"] * budget.platform_fee
    out["product_source"] = np.where(out["product"].notna(), "measured", "assumed")
    out["product"] = out["product"].fillna(budget.product_cost + budget.shipping_cost)
    out["hours_source"] = np.where(out["hours"].notna(), "measured", "assumed")
    out["hours"] = out["hours"].fillna(budget.hours_per_creator)
    out["hours_cost"] = out["hours"] * budget.hourly_cost
    out["cost"] = out["fee"] + out["platform_fee"] + out["product"] + out["hours_cost"]
    names = [
        "fee",
        "fee_source",
        "platform_fee",
        "product",
        "product_source",
        "hours",
        "hours_cost",
        "hours_source",
        "cost",
        "commissioned",
    ]
    return out[names].rename_axis("creator").reset_index()


def total_cost(data: Dataset, brief: Brief) -> tuple[float, bool]:
    """Return the full cost of the campaign, and whether every creator's cost is known; (NaN, False) without payouts."""
    costs = spend(data, brief)
    if isinstance(costs, Missing):
        return math.nan, False
    return float(costs["cost"].sum()), bool(costs["cost"].notna().all())
