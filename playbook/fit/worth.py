"""What fit buys: people of the target reached for the money, and how close is close enough."""

from __future__ import annotations

import pandas as pd

from playbook import costs, engagement
from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing
from playbook.fit.audience import in_target
from playbook.fit.scores import scores

FAR, CLOSE = 1 / 3, 0.9  # quantiles of fit on your list that part the bands
LEUNG = (
    "Leung, Gu, Li, Zhang and Palmatier (2022) found an optimum, not a maximum: on more than 5,800 Weibo posts "
    "engagement for the money peaked at a middling "
    "follower-brand fit (9 % on their own scale, as quoted in summaries), and one standard deviation to either side "
    "cost 7.9 %. So a very close fit is a reason to ask whether "
    "these followers know you already."
)


def reached(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return people of the target reached by one post, and for each unit of money.

    Reach of one post times the share of the audience in the target (modelled: the dimensions are taken as independent), over the full cost.

    Returns
    -------
    DataFrame
        Most for the money first: `creator`, `reach`, `target_share`, `target_reach` (people), `cost` (budget's currency, for a post),
        `per_money` (people of the target for one unit of the budget's currency), `reach_source`, `cost_source`, `band` (of
        :func:`bands`; missing without a fit).
    """
    share = in_target(data, brief)
    if isinstance(share, Missing):
        return share
    seen = engagement.reach(data, brief)
    if isinstance(seen, Missing):
        return seen
    out = share[["creator", "target_share"]].merge(
        seen[["creator", "reach", "source"]].rename(columns={"source": "reach_source"}), on="creator", how="left"
    )
    out["target_reach"] = out["reach"] * out["target_share"]
    paid = costs.full(data, brief)
    if isinstance(paid, Missing):
        out["cost"], out["cost_source"] = float("nan"), ""
    else:
        cheapest = paid.sort_values(["creator", "cost", "deliverable"]).drop_duplicates("creator")
        # the fee pays for several posts; so one post costs its share
        cheapest = cheapest.assign(cost=cheapest["cost"] / brief.costs.posts_per_creator)
        out = out.merge(cheapest[["creator", "cost", "fee_source"]].rename(columns={"fee_source": "cost_source"}), on="creator", how="left")
    parted = bands(scores(data, brief))
    out["band"] = None if isinstance(parted, Missing) else out["creator"].map(parted.set_index("creator")["band"])
    out["per_money"] = out["target_reach"] / out["cost"].where(out["cost"] > 0)
    return out.sort_values(["per_money", "creator"], ascending=[False, True], na_position="last", ignore_index=True)


def bands(scored: pd.DataFrame | Missing) -> pd.DataFrame | Missing:
    """Put creators into three bands of fit, since the closest is not the best.

    Returns
    -------
    DataFrame
        In the order of `scored`, those with a fit: `creator`, `fit`, `band` ('far': the lowest third of your list, 'plausible', 'very
        close': the highest tenth).

    Examples
    --------
    >>> bands(pd.DataFrame({"creator": list("abcd"), "fit": [0.9, 0.6, 0.5, 0.1]})).band.tolist()
    ['very close', 'plausible', 'far', 'far']
    """
    if isinstance(scored, Missing):
        return scored
    known = scored.loc[scored["fit"].notna(), ["creator", "fit"]].reset_index(drop=True)
    if known.empty:
        return Missing(needs=("fit",), text="No creator has a fit, so there are no bands.")
    low, high = known["fit"].quantile([FAR, CLOSE])
    known["band"] = "plausible"
    known.loc[known["fit"] <= low, "band"] = "far"
    known.loc[known["fit"] > high, "band"] = "very close"
    return known


def band_text(data: Dataset, brief: Brief) -> str:
    """Say how many creators fall into each band, and why the closest need a second look."""
    parted = bands(scores(data, brief))
    if isinstance(parted, Missing):
        return f"{parted.text} {LEUNG}"
    n = parted["band"].value_counts()
    return (
        f"On your list {n.get('plausible', 0)} creators fit plausibly, {n.get('far', 0)} are far off and "
        f"{n.get('very close', 0)} are very close. {LEUNG}"
    )
