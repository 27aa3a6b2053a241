"""What the marks may get wrong: buyers who would have come anyway, codes that leak, money that is still on its way back.

Every row is a part of the credited orders that deserves a second look. None of it is a proof, and the parts may overlap.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs
from playbook.results.attribution import LATE_DAYS, attribute, leakage, own_codes
from playbook.results.returns import order_margins
from playbook.results.spending import total_cost
from playbook.wording import Wording, plural, wording

# so many orders, old enough to be sent back no more, tell a rate of returns
ENOUGH_ORDERS = 20
CHECKS = {
    "repeat": "Bought before: they knew the brand",
    "early": "Code used before its creator's first post",
    "own": "A code's very first order, before the post: perhaps the creator's own",
    "late": f"Code used more than {LATE_DAYS} days after the last post",
    "leaked": "Code without the link, beyond what is usual: perhaps from a coupon page (estimated)",
    "disagree": "Code and link of two creators",
    "reversed": "Paid back in full",
    "partly": "Paid back in part",
    "open": "Young enough to be sent back",
}


@needs("orders", otherwise="orders with order, ordered_at, code, utm_content, revenue, refunded and new_customer")
def order_checks(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Count the credited orders that deserve a second look.

    Returns
    -------
    DataFrame or Missing
        A row a check, in the order of :data:`CHECKS`: `check`, `what`, `orders` (of the credited ones; an estimate for `leaked`), `share`
        of the credited orders that the check can judge, `judged` (how many those are), `net` (budget's currency), `source` ('measured',
        'modelled', or '' where nothing can be judged). Whether a buyer is the creator can only be guessed: orders carry no names.
    """
    orders = attribute(data, brief)
    if isinstance(orders, Missing):
        return orders
    ours = orders[(orders["period"] == "during") & orders["creator"].notna()]
    coded = own_codes(data, ours)
    published = data.deliverables.groupby("creator")["published_at"].agg(["min", "max"])
    first, last = (ours["creator"].map(published[c]) for c in ("min", "max"))
    early = coded & (ours["ordered_at"] < first)
    own = early & ~ours["creator"].where(early).duplicated()
    late = coded & (ours["ordered_at"] > last + pd.Timedelta(days=LATE_DAYS))
    posted = coded & first.notna()
    back = ours["refunded"] > 0
    whole = back & (ours["refunded"] >= ours["revenue"] - 0.005)
    young = ours["ordered_at"] > data.as_of - pd.Timedelta(days=brief.results.return_days)
    known = ours["new_customer"].notna()
    everything = pd.Series(True, index=ours.index)
    parts = {
        "repeat": (known & ~ours["new_customer"].fillna(True).astype(bool), known),
        "early": (early & ~own, posted),
        "own": (own, posted),
        "late": (late, posted),
        "disagree": (ours["disagree"], everything),
        "reversed": (whole, everything),
        "partly": (back & ~whole, everything),
        "open": (young & ~whole, everything),
    }
    rows = []
    for name, what in CHECKS.items():
        if name == "leaked":
            rows.append(_leaked_row(what, data, brief, int(coded.sum())))
            continue
        hit, judged = parts[name]
        n = int(judged.sum())
        row = {"orders": float(hit.sum()) if n else math.nan, "share": float(hit.sum()) / n if n else math.nan}
        rows.append(
            {"check": name, "what": what, **row, "judged": n, "net": float(ours.loc[hit, "net"].sum()), "source": "measured" if n else ""}
        )
    return pd.DataFrame(rows)


def _leaked_row(what: str, data: Dataset, brief: Brief, coded: int) -> dict:
    found = leakage(data, brief)
    count = math.nan if isinstance(found, Missing) or not coded else float(found["leaked"].sum())
    source = "modelled" if count == count else ""
    return {
        "check": "leaked",
        "what": what,
        "orders": count,
        "share": count / coded if coded else math.nan,
        "judged": coded,
        "net": math.nan,
        "source": source,
    }


@dataclass(frozen=True, kw_only=True)
class Cautious:
    """The campaign's return with the doubtful part taken out.

    Attributes
    ----------
    left_out : int
        Orders with a code before its creator's first post, or long after the last.
    leaked : float
        Estimated orders from coupon pages beyond those.
    still_to_come_back : float
        Refunds still to be expected on young orders, at the rate of older ones; 0 where none is young, missing where no rate is known.
    return_rate : float
        Share of the revenue of orders too old to be sent back that was refunded; `matured` how many those are.
    contribution, profit, roi : float
        After all that.
    """

    left_out: int
    leaked: float
    still_to_come_back: float
    return_rate: float
    matured: int
    contribution: float
    profit: float
    roi: float


@needs("orders", "payouts", otherwise="orders with order, ordered_at, code, revenue and refunded, and payouts with creator and amount")
def cautious(data: Dataset, brief: Brief) -> Cautious | Missing:
    """Return what is left without orders whose code seems to have leaked, and after returns that are still to come.

    Estimated leaked orders take the mean contribution of their creator's coded orders with them. Returns to come: the revenue of orders
    younger than `results.return_days`, times the share of revenue that older orders of the shop paid back, less what is back already.
    """
    orders = order_margins(data, brief)
    if isinstance(orders, Missing):
        return orders
    cost, _ = total_cost(data, brief)
    ours = orders[(orders["period"] == "during") & orders["creator"].notna()]
    coded = own_codes(data, ours)
    published = data.deliverables.groupby("creator")["published_at"].agg(["min", "max"])
    first, last = (ours["creator"].map(published[c]) for c in ("min", "max"))
    doubtful = coded & ((ours["ordered_at"] < first) | (ours["ordered_at"] > last + pd.Timedelta(days=LATE_DAYS)))
    kept = ours[~doubtful]
    leaks = leakage(data, brief)
    contribution = float(kept["contribution"].sum(min_count=1)) if len(kept) else 0.0
    leaked = 0.0
    if not isinstance(leaks, Missing):
        mean = kept[coded[~doubtful]].groupby("creator")["contribution"].mean()
        for row in leaks[leaks["leaked"] > 0].itertuples():
            leaked += row.leaked
            contribution -= row.leaked * float(mean.get(row.creator, 0.0))
    edge = data.as_of - pd.Timedelta(days=brief.results.return_days)
    old = orders[(orders["ordered_at"] <= edge) & (orders["revenue"] > 0)]
    rate = float(old["refunded"].sum() / old["revenue"].sum()) if len(old) >= ENOUGH_ORDERS else math.nan
    young = kept[kept["ordered_at"] > edge]
    owed = np.maximum(rate * young["revenue"] - young["refunded"], 0.0)
    to_come = float(owed.sum()) if len(young) else 0.0
    if len(young) and not math.isnan(rate):
        # what comes back takes its contribution along, but for the shipping that stays paid
        per_net = (young["contribution"] + young["shipping"]) / young["net"].where(young["net"] > 0)
        contribution -= float((owed * per_net).sum())
    profit = contribution - cost
    return Cautious(
        left_out=int(doubtful.sum()),
        leaked=leaked,
        still_to_come_back=to_come if len(young) == 0 or not math.isnan(rate) else math.nan,
        return_rate=rate,
        matured=len(old),
        contribution=contribution,
        profit=profit,
        roi=profit / cost if cost > 0 else math.nan,
    )


def checks_sentence(found: pd.DataFrame | Missing, careful: Cautious | Missing, brief: Brief) -> str:
    """Say what of the credited sales is in doubt, and what the return is without it."""
    if isinstance(found, Missing):
        return found.text
    write = wording(brief)
    by = found.set_index("check")
    if not by.loc["disagree", "judged"]:
        return "No order is credited, so there is nothing to doubt."
    parts = [
        _part(by, name, text, write)
        for name, text in (("repeat", "came from people who had bought before"), ("reversed", "were paid back in full"))
    ]
    text = " ".join(p for p in parts if p)
    if isinstance(careful, Missing) or math.isnan(careful.roi):
        return text or "None of the credited orders stands out."
    out = careful.left_out + careful.leaked
    if out >= 0.5:
        text += f" About {write.count(out)} {plural(round(out), 'order')} with a code may have come from a coupon page."
    if careful.still_to_come_back > 0:
        text += (
            f" {write.money(careful.still_to_come_back)} of young orders may still be sent back, if as much comes back as of older ones."
        )
    if math.isnan(careful.still_to_come_back):
        text += " How much of the young orders will be sent back is not known: too few are older than the time for returns."
    return f"{text} Without the doubtful part the ROI is {write.share(careful.roi)}.".strip()


def _part(by: pd.DataFrame, name: str, text: str, write: Wording) -> str:
    row = by.loc[name]
    if not row["judged"] or not row["orders"]:
        return ""
    return f"{write.share(row['share'])} of {write.count(row['judged'])} credited orders {text}."
