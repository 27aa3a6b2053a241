"""Sales: what the credited orders leave over, and what that is for the money spent."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.creators import with_tiers
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs
from playbook.memo import remembered
from playbook.results.attribution import attribute
from playbook.results.delivered import delivered_posts
from playbook.results.spending import PAYOUTS_WANTED, spend

MIN_CREATORS = 5


@dataclass(frozen=True, kw_only=True)
class Ratios:
    """Four ways of saying what the money brought back, all of the same campaign.

    Attributes
    ----------
    roas : float
        Revenue over spend; vendors sell it as "ROI", as a percentage.
    roi_on_revenue : float
        (Revenue less spend) over spend: as if the goods were free.
    roi : float
        (Contribution margin less spend) over spend: the one that pays bills.
    break_even_share : float
        Share of the credited sales that must be extra for the ROI to reach zero; above 1: it loses money even if all are extra.
    """

    roas: float
    roi_on_revenue: float
    roi: float
    break_even_share: float


def ratios(*, cost: float, revenue: float, contribution: float, lost_if_not_extra: float = 0.0) -> Ratios:
    """Return the ratios of one campaign from its sums.

    Parameters
    ----------
    cost : float
        Full cost of the campaign; the rest in the same currency.
    revenue : float
        Credited revenue less refunds.
    contribution : float
        What is left of it after goods, discount, shipping and commission, before `cost`.
    lost_if_not_extra : float
        Discounts and commissions on these sales: money given away on each sale that would have come anyway.

    Examples
    --------
    25,000 spent, 72,000 of credited revenue, a gross margin of 40 %:

    >>> r = ratios(cost=25_000, revenue=72_000, contribution=0.4 * 72_000)
    >>> f"{r.roas:.0%} {r.roi_on_revenue:.0%} {r.roi:.0%} {r.break_even_share:.0%}"
    '288% 188% 15% 87%'
    """
    known = cost > 0
    gain = contribution + lost_if_not_extra
    return Ratios(
        roas=revenue / cost if known else math.nan,
        roi_on_revenue=(revenue - cost) / cost if known else math.nan,
        roi=(contribution - cost) / cost if known else math.nan,
        break_even_share=(cost + lost_if_not_extra) / gain if gain > 0 else math.inf if gain == gain else math.nan,
    )


@needs("orders", otherwise="orders with order, ordered_at, code, utm_content, revenue, refunded and currency")
def order_margins(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return the attributed orders with what each leaves over, in the budget's currency.

    The gross margin is that of goods at their full price: a discount comes out of the margin whole. Returned goods go back on the shelf;
    the shipping of a refunded order stays paid.

    Returns
    -------
    DataFrame or Missing
        :func:`~playbook.results.attribution.attribute`'s columns and `discount_given` (with the brief's share where an order with a code
        does not say it),
        `kept` (share of the order not refunded, 0-1), `goods`, `shipping`, `commission` (0 where payouts already hold it), `contribution`.
    """
    orders = attribute(data, brief)
    if isinstance(orders, Missing):
        return orders
    money = brief.economics
    costs = spend(data, brief)
    commissioned = set() if isinstance(costs, Missing) else set(costs.loc[costs["commissioned"], "creator"])
    by_code = orders["code"].notna()
    assumed = orders["revenue"] * money.discount / (1 - money.discount) if money.discount < 1 else orders["revenue"] * np.nan
    discount = orders["discount"].fillna(assumed.where(by_code, 0.0))
    kept = (orders["net"] / orders["revenue"].where(orders["revenue"] > 0)).clip(0, 1)
    kept = kept.fillna((orders["refunded"] <= 0).astype("float64").where(orders["net"].notna()))
    margin = np.nan if money.gross_margin is None else money.gross_margin
    goods = (1 - margin) * (orders["revenue"] + discount) * kept
    rate = (~orders["creator"].isin(commissioned) & orders["creator"].notna()) * money.commission
    commission = orders["net"].clip(lower=0) * rate
    shipping = pd.Series(money.shipping_per_order, index=orders.index, dtype="float64")
    return orders.assign(
        discount_given=discount,
        kept=kept,
        goods=goods,
        shipping=shipping,
        commission=commission,
        contribution=orders["net"] - goods - shipping - commission,
    )


def per_creator(data: Dataset, brief: Brief, *, expect: bool = True) -> pd.DataFrame | Missing:
    """Return what each creator cost and brought during the campaign.

    Parameters
    ----------
    expect : bool
        Whether to work out the orders to expect again, which takes longest.

    Returns
    -------
    DataFrame or Missing
        Best profit first: `creator`, `tier`, `posts` (delivered), `cost`, `orders`, `revenue` (net of refunds), `contribution`, `profit`
        (contribution less cost), `roas`, `roi`, `new_customers`, `reach`, `engagements`, `cpe`, `expected_orders`, `expected_low`,
        `expected_high`
        (orders a next, equal campaign would bring: the creator's own number drawn towards that of creators who cost as much). Orders are
        missing where there is no orders table.
    """
    costs = spend(data, brief)
    posts = delivered_posts(data, brief)
    if isinstance(costs, Missing) and isinstance(posts, Missing):
        return costs
    names = set() if isinstance(costs, Missing) else set(costs["creator"])
    if not isinstance(posts, Missing):
        names |= set(posts["creator"])
    out = pd.DataFrame({"creator": sorted(names)})
    tiers = with_tiers(data, brief)[["creator", "tier", "followers"]]
    out = out.merge(tiers.astype({"tier": "str"}), on="creator", how="left")
    out = out.merge(costs[["creator", "cost"]], on="creator", how="left") if not isinstance(costs, Missing) else out.assign(cost=np.nan)
    if isinstance(posts, Missing):
        out = out.assign(posts=np.nan, reach=np.nan, engagements=np.nan)
    else:
        done = posts[posts["delivered"]].groupby("creator")
        sums = pd.DataFrame(
            {"posts": done.size(), "reach": done["reach"].apply(_whole_sum), "engagements": done["engagements"].apply(_whole_sum)}
        )
        out = out.join(sums, on="creator")
        out["posts"] = out["posts"].fillna(0)
    orders = order_margins(data, brief)
    if isinstance(orders, Missing):
        out = out.assign(
            orders=np.nan,
            revenue=np.nan,
            contribution=np.nan,
            new_customers=np.nan,
            expected_orders=np.nan,
            expected_low=np.nan,
            expected_high=np.nan,
        )
    else:
        ours = orders[(orders["period"] == "during") & orders["creator"].notna()]
        by = ours.groupby("creator")
        sums = pd.DataFrame(
            {
                "orders": by.size(),
                "revenue": by["net"].sum(),
                "contribution": by["contribution"].apply(_known_sum),
                "new_customers": by["new_customer"].sum(min_count=1),
            }
        )
        out = out.join(sums, on="creator")
        none = out["orders"].isna()
        out["orders"] = out["orders"].fillna(0)
        out["revenue"] = out["revenue"].where(~none, 0.0)
        out["contribution"] = out["contribution"].where(~none, 0.0)
        out["new_customers"] = out["new_customers"].astype("float64")
        blank = np.full(len(out), np.nan)
        known = (out["orders"].to_numpy(), out["cost"].to_numpy())
        expected = expected_orders(*known, level=brief.statistics.level) if expect else (blank, blank, blank)
        out["expected_orders"], out["expected_low"], out["expected_high"] = expected
    out["profit"] = out["contribution"] - out["cost"]
    cost = out["cost"].where(out["cost"] > 0)
    out["roas"] = out["revenue"] / cost
    out["roi"] = out["profit"] / cost
    out["cpe"] = out["cost"] / out["engagements"].where(out["engagements"] > 0)
    columns = [
        "creator",
        "tier",
        "followers",
        "posts",
        "cost",
        "orders",
        "revenue",
        "contribution",
        "profit",
        "roas",
        "roi",
        "new_customers",
        "reach",
        "engagements",
        "cpe",
        "expected_orders",
        "expected_low",
        "expected_high",
    ]
    key = "profit" if out["profit"].notna().any() else "engagements"
    return out[columns].sort_values([key, "creator"], ascending=[False, True], ignore_index=True)


def per_tier(table: pd.DataFrame | Missing, brief: Brief) -> pd.DataFrame | Missing:
    """Add :func:`per_creator` up by tier: `tier`, `creators`, `posts`, `cost`, `orders`, `revenue`, `profit`, `roas`, `roi`, `reach`,
    `cpe`.

    Ratios are ratios of sums. A sum over unknown parts is unknown.
    """
    if isinstance(table, Missing):
        return table
    names = [n for n in brief.tiers.names if n in set(table["tier"])]
    tier = table["tier"].fillna("unknown")
    rows = []
    for name in [*names, *(["unknown"] if (tier == "unknown").any() else [])]:
        group = table[tier == name]
        sums = {c: _whole_sum(group[c]) for c in ("posts", "cost", "orders", "revenue", "contribution", "reach", "engagements")}
        cost = sums["cost"] if sums["cost"] > 0 else math.nan
        rows.append(
            {
                "tier": name,
                "creators": len(group),
                **sums,
                "profit": sums["contribution"] - sums["cost"],
                "roas": sums["revenue"] / cost,
                "roi": (sums["contribution"] - sums["cost"]) / cost,
                "cpe": sums["cost"] / sums["engagements"] if sums["engagements"] > 0 else math.nan,
            }
        )
    return pd.DataFrame(rows)


def expected_orders(orders: np.ndarray, exposure: np.ndarray, *, level: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Estimate each creator's orders by partial pooling: few orders are drawn towards what their cost would usually bring.

    Orders are Poisson with a rate per unit of exposure that is gamma-distributed over creators; the gamma's two numbers are integrated over
    a grid (DuMouchel 1999 for the model; a grid in place of plug-in estimates, which are too sure of themselves with few creators).

    Parameters
    ----------
    orders, exposure : array (creators,)
        Counts, and what they are per (cost); creators without known, positive exposure stay out.

    Returns
    -------
    (mean, low, high) : arrays (creators,)
        Missing for creators left out, and for all where fewer than five are in.

    Examples
    --------
    >>> mean, low, high = expected_orders(np.array([0, 2, 3, 40, 1.0]), np.full(5, 100.0), level=0.9)
    >>> bool(0 < mean[0] < 9 and low[3] < mean[3] < 40)
    True
    """
    from scipy.special import gammaln, logsumexp
    from scipy.stats import gamma

    blank = np.full(len(orders), np.nan)
    known = np.isfinite(orders) & np.isfinite(exposure) & (exposure > 0)
    if known.sum() < MIN_CREATORS or orders[known].sum() == 0:
        return blank, blank.copy(), blank.copy()
    y, e = orders[known], exposure[known]
    base = y.sum() / e.sum()
    shape, factor = np.meshgrid(np.geomspace(0.1, 50, 25), np.geomspace(0.25, 4, 21), indexing="ij")
    shape, rate = shape.ravel()[:, None], (shape / (base * factor)).ravel()[:, None]
    loglik = (gammaln(shape + y) - gammaln(shape) + shape * np.log(rate / (rate + e)) + y * np.log(e / (rate + e))).sum(axis=1)
    weight = np.exp(loglik - logsumexp(loglik))
    mean, low, high = blank.copy(), blank.copy(), blank.copy()
    mean[known] = weight @ ((shape + y) / (rate + e)) * e
    keep = weight > 1e-5 * weight.max()
    part = weight[keep] / weight[keep].sum()
    points = np.linspace(0.001, 0.999, 199)
    for i, where in enumerate(np.flatnonzero(known)):
        values = gamma.ppf(points[:, None], shape[keep].T + y[i], scale=1 / (rate[keep].T + e[i])) * e[i]
        spread = np.repeat(part[None, :] / len(points), len(points), axis=0).ravel()
        order = np.argsort(values, axis=None)
        total = np.cumsum(spread[order])
        flat = values.ravel()[order]
        low[where], high[where] = (flat[min(np.searchsorted(total, q), len(flat) - 1)] for q in ((1 - level) / 2, (1 + level) / 2))
    return mean, low, high


@dataclass(frozen=True, kw_only=True)
class Sales:
    """What the campaign sold, by the marks on the orders. Money in the budget's currency.

    Attributes
    ----------
    orders, orders_kept, orders_total : int
        Credited during the campaign; of these not wholly refunded; all the shop's orders of these days.
    before : int
        Orders before the campaign that carry a creator's mark; credited to nothing.
    revenue, refunded, goods, discount, shipping, commission, contribution : float
        Credited; revenue is net of refunds, `discount` is already out of it.
    cost, profit : float
        Full cost; contribution less cost.
    ratios : Ratios
    roas_low, roas_high, roi_low, roi_high : float
        Bootstrap over creators: had other creators like these been chosen. Missing below five creators.
    creators : int
        Creators that cost something or sold something.
    whole : bool
        Whether every creator's cost is known; otherwise `cost` is too low and every ratio too high.
    paid_back_on : pandas.Timestamp or None
        Day on which contributions passed the cost.
    unattributed_share : float
        Of the net revenue of these days.
    """

    orders: int
    orders_kept: int
    orders_total: int
    before: int
    revenue: float
    refunded: float
    goods: float
    discount: float
    shipping: float
    commission: float
    contribution: float
    cost: float
    profit: float
    ratios: Ratios
    roas_low: float
    roas_high: float
    roi_low: float
    roi_high: float
    level: float
    creators: int
    whole: bool
    paid_back_on: pd.Timestamp | None
    unattributed_share: float


@remembered
@needs("orders", "payouts", otherwise=f"orders with order, ordered_at, code, utm_content, revenue and refunded, and {PAYOUTS_WANTED}")
def sales(data: Dataset, brief: Brief) -> Sales | Missing:
    """Return orders, revenue, contribution margin, ROAS and ROI of the campaign, with intervals.

    Returns
    -------
    Sales or Missing
        Contribution, profit and ROI are NaN where the brief has no gross margin.
    """
    orders = order_margins(data, brief)
    table = per_creator(data, brief, expect=False)
    if isinstance(orders, Missing):
        return orders
    if isinstance(table, Missing):
        return table
    during = orders[orders["period"] == "during"]
    ours = during[during["creator"].notna()]
    cost = float(table["cost"].sum())
    revenue = float(ours["net"].sum())
    contribution = _known_sum(ours["contribution"])
    given = float((ours["discount_given"] * ours["kept"]).sum() + ours["commission"].sum())
    all_net = float(during["net"].sum())
    known = table[table["cost"].notna()]
    roas_low, roas_high = ratio_interval(known["revenue"].to_numpy(), known["cost"].to_numpy(), brief)
    margin_low, margin_high = ratio_interval(known["contribution"].to_numpy(), known["cost"].to_numpy(), brief)
    return Sales(
        orders=len(ours),
        orders_kept=int((ours["kept"] > 0).sum()),
        orders_total=len(during),
        before=int(((orders["period"] == "before") & orders["creator"].notna()).sum()),
        revenue=revenue,
        refunded=float(ours["refunded"].sum()),
        goods=_known_sum(ours["goods"]),
        discount=float(ours["discount_given"].sum()),
        shipping=float(ours["shipping"].sum()),
        commission=float(ours["commission"].sum()),
        contribution=contribution,
        cost=cost,
        profit=contribution - cost,
        ratios=ratios(cost=cost, revenue=revenue, contribution=contribution, lost_if_not_extra=given),
        roas_low=roas_low,
        roas_high=roas_high,
        roi_low=margin_low - 1,
        roi_high=margin_high - 1,
        level=brief.statistics.level,
        creators=len(table),
        whole=bool(table["cost"].notna().all()),
        paid_back_on=_paid_back(ours, cost),
        unattributed_share=1 - revenue / all_net if all_net > 0 else math.nan,
    )


def _paid_back(ours: pd.DataFrame, cost: float) -> pd.Timestamp | None:
    running = ours.sort_values("ordered_at")["contribution"].cumsum()
    passed = running[running >= cost]
    if not len(passed) or not cost > 0:
        return None
    return ours.loc[passed.index[0], "ordered_at"].normalize()


def ratio_interval(numerator: np.ndarray, denominator: np.ndarray, brief: Brief) -> tuple[float, float]:
    """Return an interval for a ratio of sums over creators, by a bias-corrected bootstrap that draws whole creators (Efron 1987).

    Creators are the sample, not orders: the orders of one creator come and go together.
    NaN where fewer than five creators are known or nothing varies.
    """
    from scipy.stats import bootstrap

    known = np.isfinite(numerator) & np.isfinite(denominator)
    top, bottom = numerator[known], denominator[known]
    if len(top) < MIN_CREATORS or bottom.sum() <= 0 or np.ptp(top) == 0:
        return math.nan, math.nan

    def ratio(a: np.ndarray, b: np.ndarray, axis: int = -1) -> np.ndarray:
        return a.sum(axis=axis) / b.sum(axis=axis)

    for method in ("BCa", "percentile"):
        with np.errstate(all="ignore"):
            found = bootstrap(
                (top, bottom),
                ratio,
                paired=True,
                vectorized=True,
                n_resamples=brief.results.draws,
                confidence_level=brief.statistics.level,
                method=method,
                rng=np.random.default_rng(brief.statistics.seed),
            ).confidence_interval
        if math.isfinite(found.low) and math.isfinite(found.high):
            return float(found.low), float(found.high)
    return math.nan, math.nan


def _whole_sum(values: pd.Series) -> float:
    """Sum where all parts are known, else unknown."""
    return float(values.sum()) if len(values) and values.notna().all() else math.nan


def _known_sum(values: pd.Series) -> float:
    """Sum of what is known: 0 for no rows, unknown where no row is known."""
    return float(values.sum()) if not len(values) or values.notna().any() else math.nan
