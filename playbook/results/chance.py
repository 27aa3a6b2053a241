"""The chance that a campaign earned more than it cost, when part of the credited sales would have come anyway."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.findings import Missing
from playbook.wording import plural, wording

MIN_CREATORS = 5


@dataclass(frozen=True, kw_only=True)
class ProfitChance:
    """How sure a profit is.

    Attributes
    ----------
    chance : float
        Share of bootstrap draws of creators in which the contribution of extra sales exceeds the cost, 0-1.
    roi : float
        (extra contribution - cost) / cost over all creators.
    share : float
        Share of credited sales counted as extra, 0-1.
    assumed : bool
        Whether `share` comes from the brief; otherwise all credited sales count.
    creators : int
    """

    chance: float
    roi: float
    share: float
    assumed: bool
    creators: int


def profit_chance(table: pd.DataFrame | Missing, brief: Brief) -> ProfitChance | Missing:
    """Return the chance of a profit over creators drawn with replacement, `results.draws` times.

    Creators are the sample, not orders: the orders of one creator come and go together (Efron 1979). How many of the credited sales
    are extra is `economics.incremental_share`; it is an assumption, and no draw makes it more certain.

    Parameters
    ----------
    table : DataFrame
        As :func:`playbook.results.per_creator` returns it.

    Examples
    --------
    >>> table = pd.DataFrame({"creator": list("abcdef"), "contribution": [90.0, 10, 20, 150, 30, 60], "cost": [50.0] * 6})
    >>> found = profit_chance(table, Brief())
    >>> round(found.roi, 2), 0.5 < found.chance < 0.9, found.creators
    (0.2, True, 6)
    """
    if isinstance(table, Missing):
        return table
    known = table.dropna(subset=["contribution", "cost"])
    if len(known) < MIN_CREATORS or known["cost"].sum() <= 0:
        return Missing(
            needs=("orders", "payouts"),
            text=f"A chance of profit takes at least {MIN_CREATORS} creators with known cost, orders and margin; add what is missing.",
        )
    assumed = brief.economics.incremental_share is not None
    share = brief.economics.incremental_share if assumed else 1.0
    gain, cost = share * known["contribution"].to_numpy("float64"), known["cost"].to_numpy("float64")
    rng = np.random.default_rng([brief.statistics.seed, 10])
    drawn = rng.integers(len(known), size=(brief.results.draws, len(known)))
    profit = gain[drawn].sum(axis=1) - cost[drawn].sum(axis=1)
    return ProfitChance(
        chance=float((profit > 0).mean()),
        roi=float(gain.sum() / cost.sum() - 1),
        share=float(share),
        assumed=assumed,
        creators=len(known),
    )


def profit_sentence(found: ProfitChance | Missing, brief: Brief) -> str | Missing:
    """Say how likely a profit is, and on what assumption about extra sales."""
    if isinstance(found, Missing):
        return found
    write = wording(brief)
    if found.assumed:
        which = f"If {write.share(found.share)} of the credited sales are extra, as your brief assumes,"
    else:
        which = "If all credited sales are extra, which nobody has shown,"
    n = f"{write.count(found.creators)} {plural(found.creators, 'creator')}"
    often = f"{write.share(found.chance)} of {write.count(brief.results.draws)} draws of your {n}"
    return f"{which} the ROI is {write.share(found.roi)}, and it is positive in {often}."
