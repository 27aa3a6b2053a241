"""Is a quote fair? Its place among your quotes, the fee at which it breaks even, and a range to negotiate in."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook import goals
from playbook.brief import Brief
from playbook.costs import published
from playbook.costs.curve import PriceCurve, design, own_curve, seen_quotes
from playbook.costs.table import full, full_cost
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs
from playbook.wording import handle, wording

DEAR, CHEAP = 0.75, 0.25


@needs("creators", "quotes", otherwise="a quotes table with creator, deliverable, fee and currency")
def fairness(data: Dataset, brief: Brief, *, opens: float = CHEAP, stops: float = DEAR) -> pd.DataFrame | Missing:
    """Return how each quote compares with what creators of that size usually ask.

    Parameters
    ----------
    opens, stops : float
        The place among your quotes, for its size, at which to open the talk and at which to stop (0-1).

    Returns
    -------
    DataFrame
        Dearest for its size first: `creator`, `deliverable`, `fee`, `usual` (the curve's median for this creator), `usual_low`,
        `usual_high` (band at the brief's level), `dearer_than` (share of your quotes that ask less for their size, 0-1),
        `break_even` (fee at which the orders expected from one creator pay for everything; missing unless order value and margin
        are in the brief), `open`, `stop` (a range for the talk), `reason`.
    """
    curve = own_curve(data, brief)
    if isinstance(curve, Missing):
        return curve
    seen = seen_quotes(data, brief)
    if curve.method == "own_level":
        # a line from few quotes knows one deliverable only, and a story is not a cheap reel
        seen = seen[seen["deliverable"] == curve.deliverable].reset_index(drop=True)
    seen = seen.assign(residual=np.log(seen["fee"]) - design(seen, curve.terms) @ np.array(curve.coefficients))
    out = seen.join(_per_row(seen, curve))
    ranks = out["residual"].rank(method="average")
    out["dearer_than"] = (ranks - 1) / max(len(out) - 1, 1) if len(out) > 1 else np.nan
    out = out.merge(break_even_fee(data, brief), on="creator", how="left")
    low, high = np.quantile(out["residual"], sorted((opens, stops)))
    out["open"] = np.minimum(out["usual"] * np.exp(low), out["fee"])
    if brief.goal.kind != "sales":
        # what a set is worth when orders are not the goal is for the brief to say, not for a break-even
        out["break_even"] = np.nan
    out["stop"] = np.fmin(np.minimum(out["usual"] * np.exp(high), out["fee"]), out["break_even"])
    # a creator whose orders do not even pay for product and hours is not to be negotiated with
    worth = ~(out["stop"] == 0) | (out["fee"] == 0)
    out["open"], out["stop"] = np.minimum(out["open"], out["stop"]).where(worth), out["stop"].where(worth)
    out["reason"] = [_reason(row, brief) for row in out.itertuples()]
    columns = ["creator", "deliverable", "fee", "usual", "usual_low", "usual_high", "dearer_than", "break_even", "open", "stop", "reason"]
    return out.sort_values(["residual", "creator", "deliverable"], ascending=[False, True, True], ignore_index=True)[columns]


def _per_row(seen: pd.DataFrame, curve: PriceCurve) -> pd.DataFrame:
    parts = [curve.predict(group, deliverable=str(name)) for name, group in seen.groupby("deliverable", sort=True)]
    return pd.concat(parts).rename(columns={"fee": "usual", "fee_low": "usual_low", "fee_high": "usual_high"})


def break_even_fee(data: Dataset, brief: Brief) -> pd.DataFrame:
    """Return the fee at which the orders expected from a creator just pay for everything.

    People reached x click rate x conversion rate x what an order leaves, less product, shipping and hours, over one plus the
    platform's share.

    Returns
    -------
    DataFrame
        Sorted by creator: `creator`, `break_even` (budget's currency; 0 where the product alone costs more; missing where order
        value, margin or reach is unknown).
    """
    table = full(data, brief)
    if isinstance(table, Missing):
        return pd.DataFrame({"creator": pd.Series(dtype="str"), "break_even": pd.Series(dtype="float64")})
    economics = brief.economics
    orders = table["reach"] * brief.costs.posts_per_creator * economics.click_rate * economics.conversion_rate
    beside = float(full_cost(pd.Series([0.0]), brief).iloc[0])
    fee = (orders * goals.break_even(brief) - beside) / ((1 + brief.budget.platform_fee) * (1 + brief.costs.tax))
    return pd.DataFrame({"creator": table["creator"], "break_even": fee.clip(lower=0)})


def _reason(row: object, brief: Brief) -> str:
    write = wording(brief)
    if row.break_even == 0:  # type: ignore[attr-defined]
        return "product and your hours alone cost more than the orders expected from it"
    limited = pd.notna(row.break_even) and row.break_even < row.fee  # type: ignore[attr-defined]
    if limited and row.break_even < row.open * 1.001:  # type: ignore[attr-defined]
        return f"breaks even only up to {write.money(row.break_even)}"  # type: ignore[attr-defined]
    if row.dearer_than >= DEAR:  # type: ignore[attr-defined]
        return f"dearer than {write.share(row.dearer_than)} of your quotes for its size"  # type: ignore[attr-defined]
    if row.dearer_than <= CHEAP:  # type: ignore[attr-defined]
        return "cheap for its size: take it, or ask for one more deliverable"
    return "usual for its size"


def fairness_sentence(table: pd.DataFrame | Missing, brief: Brief) -> str | Missing:
    """Say which quote stands out, and how well the usual price is known."""
    if isinstance(table, Missing):
        return table
    write = wording(brief)
    top = table.iloc[0]
    wide = float(np.exp(np.log(table["usual_high"] / table["usual_low"]).median() / 2))
    text = f"For its size {handle(top['creator'])} asks most: {write.money(top['fee'])} where {write.money(top['usual'])} is usual"
    level = write.share(brief.statistics.level)
    return (
        f"{text}. Fees of equal creators differ a lot: the {level} band reaches {write.ratio(wide)} times below and above the usual price."
    )


def conflict(brief: Brief) -> pd.DataFrame:
    """Return what published prices and published engagement rates together say an engagement costs.

    Returns
    -------
    DataFrame
        One row a price list and size class: `curve`, `source`, `tier`, `followers` (middle of the class), `price`,
        `engagement_rate`, `cpe` (all in the price list's currency, USD), `against` (`cpe` as a multiple of the mean that #paid
        measured on its own contracts, 2021).

    Notes
    -----
    Prices of one population and engagement of another do not make a cost per engagement of either.
    """
    every = published.points()
    rates = every[every["measure"] == "engagement_rate"].set_index("tier")["typical"]
    measured = float(every.loc[every["measure"] == "cost_per_engagement", "typical"].iloc[0])
    rows = []
    for curve in ("izea", "rate_card"):
        prices = every[(every["curve"] == curve) & every["platform"].isin(["all", "instagram"])].set_index("tier")
        for tier, rate in rates.items():
            row = prices.loc[tier]
            followers = float(np.sqrt(row["followers_low"] * row["followers_high"]))
            price = row["typical"] if pd.notna(row["typical"]) else float(np.sqrt(row["low"] * row["high"]))
            cpe = price / (followers * rate)
            source = f"{row['source']}, {row['year']}"
            rows.append((curve, source, tier, followers, float(price), float(rate), float(cpe), float(cpe / measured)))
    return pd.DataFrame(rows, columns=["curve", "source", "tier", "followers", "price", "engagement_rate", "cpe", "against"])


def conflict_sentence(table: pd.DataFrame) -> str:
    """Say how far apart the published tables are."""
    worst, best = table["cpe"].max(), table["cpe"].min()
    return (
        "Put together, published prices and published engagement rates say that one engagement costs anything from "
        f"${best:.2f} to ${worst:.2f}, "
        f"while one platform measured a mean of ${worst / table.loc[table['cpe'].idxmax(), 'against']:.2f} on its own contracts. "
        "They describe different creators, so they cannot both be true of yours: ask for quotes."
    )


def talk_sentence(table: pd.DataFrame | Missing, creator: str, brief: Brief) -> str | Missing:
    """Say what to offer one creator first, and where to stop."""
    if isinstance(table, Missing):
        return table
    own = table[table["creator"] == creator]
    if own.empty:
        return f"{handle(creator)} has quoted nothing yet, so there is nothing to compare; ask for a fee."
    write = wording(brief)
    row = own.iloc[0]
    asks = f"{handle(creator)} asks {write.money(row['fee'])} for one {row['deliverable']}, where {write.money(row['usual'])} is usual"
    if pd.isna(row["open"]):
        return f"{asks}. Do not open the talk: {row['reason']}."
    if not row["stop"] > row["open"]:
        return f"{asks}. Offer {write.money(row['open'])} and stay there: {row['reason']}."
    return f"{asks}. Open at {write.money(row['open'])} and stop at {write.money(row['stop'])}: {row['reason']}."
