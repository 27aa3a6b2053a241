"""What came back for the money, for each of the three goals: awareness, followers, sales.

Costs are full costs: what was paid, the platform's fee, the product given, and the hours of one's own work.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.creators import with_tiers
from playbook.data.dataset import Dataset
from playbook.data.engine import ENGAGEMENT
from playbook.findings import Missing, needs
from playbook.results.attribution import attribute, window
from playbook.results.trend import MAX_DAYS, MIN_DAYS, Forecast, calendar, forecast_sum

MIN_CREATORS = 5
_PAYOUTS = "payouts with creator and amount, and product_cost and hours where you know them"
_DELIVERABLES = "deliverables with creator, post, due and published_at"


@needs("payouts", otherwise=_PAYOUTS)
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


def per_creator(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return what each creator cost and brought during the campaign.

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
        expected = expected_orders(out["orders"].to_numpy(), out["cost"].to_numpy(), level=brief.statistics.level)
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


@needs("orders", "payouts", otherwise=f"orders with order, ordered_at, code, utm_content, revenue and refunded, and {_PAYOUTS}")
def sales(data: Dataset, brief: Brief) -> Sales | Missing:
    """Return orders, revenue, contribution margin, ROAS and ROI of the campaign, with intervals.

    Returns
    -------
    Sales or Missing
        Contribution, profit and ROI are NaN where the brief has no gross margin.
    """
    orders = order_margins(data, brief)
    table = per_creator(data, brief)
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


@needs("deliverables", otherwise=_DELIVERABLES)
def delivered_posts(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return the posts that were agreed, with what became of them.

    Returns
    -------
    DataFrame or Missing
        One row a deliverable, by creator and day: `creator`, `post`, `deliverable`, `due`, `published_at`, `delivered`, `late_days` (after
        the day agreed; 0 on time),
        `reach`, `impressions`, `views`, `likes`, `comments`, `engagements` (missing where the post or its numbers are unknown), `contacts`
        (impressions, else views, else reach)
        and `contacts_are`.
    """
    rows = data.deliverables.copy()
    posts = sorted(set(rows["post"].dropna()))
    found = data.posts.query(
        f"SELECT post, posted_at, format, reach, impressions, views, likes, comments, {ENGAGEMENT} AS engagements FROM posts "
        "WHERE list_contains($posts, post) ORDER BY post",
        {"posts": posts},
    ).drop_duplicates("post")
    rows = rows.merge(found, on="post", how="left")
    rows["published_at"] = rows["published_at"].fillna(rows["posted_at"])
    rows["delivered"] = rows["published_at"].notna() & (rows["published_at"] <= data.as_of)
    day = rows["published_at"].dt.tz_localize(None).dt.normalize()
    rows["late_days"] = (day - rows["due"].dt.normalize()).dt.days.clip(lower=0).where(rows["delivered"])
    rows["contacts"] = rows["impressions"].fillna(rows["views"]).fillna(rows["reach"])
    known = [rows[c].notna() for c in ("impressions", "views", "reach")]
    rows["contacts_are"] = np.select(known, ["impressions", "views", "reach"], "unknown")
    columns = [
        "creator",
        "post",
        "deliverable",
        "due",
        "published_at",
        "delivered",
        "late_days",
        "reach",
        "impressions",
        "views",
        "likes",
        "comments",
        "engagements",
        "contacts",
        "contacts_are",
    ]
    return rows[columns].sort_values(["creator", "published_at", "due", "post"], ignore_index=True)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Delivered posts against the same creators' usual posts, over posts for which both are known.

    Attributes
    ----------
    posts : int
    delivered, usual : float
        Sums over these posts.
    """

    posts: int
    delivered: float
    usual: float

    @property
    def ratio(self) -> float:
        """Delivered over usual."""
        return self.delivered / self.usual if self.usual > 0 else math.nan


@dataclass(frozen=True, kw_only=True)
class Awareness:
    """What the agreed posts delivered, against plan.

    Attributes
    ----------
    agreed, delivered, late : int
        Posts.
    reach, views, engagements, contacts : float
        Sums over the delivered posts whose number is known: at least so many. `known` says how many posts each rests on.
    contacts_are : str
        What a contact is on how many posts: impressions where known, else views, else reach.
    unique_low, unique, unique_high : float
        Different people: the largest single post's reach, a model with the brief's overlap, and the sum as if nobody saw two posts.
    filled : int
        Posts whose unknown reach was taken from the creator's other posts, for the unique reach only.
    cost, cpm, cpe, cpv : float
        Full cost; per 1,000 contacts, per engagement, per view: at most so much where a number is unknown for some posts,
        missing where it is known for fewer than half or a creator's cost is unknown.
    budget, planned_cpe, planned_per_person : float
        The budget; budget per engagement of as many usual posts; budget per person of the target, if awareness is the goal.
    compared : dict of str to Comparison
        `reach`, `views`, `engagements` against usual.
    whole : bool
        Whether every creator's cost is known.
    """

    agreed: int
    delivered: int
    late: int
    reach: float
    views: float
    engagements: float
    contacts: float
    contacts_are: str
    known: dict[str, int]
    unique_low: float
    unique: float
    unique_high: float
    filled: int
    cost: float
    cpm: float
    cpe: float
    cpv: float
    budget: float
    planned_cpe: float
    planned_per_person: float
    compared: dict[str, Comparison]
    whole: bool


@needs("deliverables", otherwise=_DELIVERABLES)
def awareness(data: Dataset, brief: Brief) -> Awareness | Missing:
    """Return delivered posts, reach, views and engagements, and their prices, against plan."""
    rows = delivered_posts(data, brief)
    if isinstance(rows, Missing):
        return rows
    done = rows[rows["delivered"]]
    cost, whole = total_cost(data, brief)
    names = ("reach", "views", "engagements", "contacts")
    known = {name: int(done[name].notna().sum()) for name in names}
    sums = {name: float(done[name].sum()) if known[name] else math.nan for name in names}

    def price(name: str, per: float = 1.0) -> float:
        usable = whole and 2 * known[name] >= len(done) and sums[name] > 0
        return cost / sums[name] * per if usable else math.nan

    usual = usual_posts(data, brief)
    filled, count = _filled_reach(done, usual)
    low, middle, high = unique_reach(filled, data, brief)
    kinds = done["contacts_are"].value_counts()
    compared = {name: _compare(done, usual, name) for name in ("reach", "views", "engagements")}
    each = compared["engagements"]
    expected = each.usual / each.posts * len(rows) if each.posts else math.nan
    budget, goal = brief.budget.amount, brief.goal
    return Awareness(
        agreed=len(rows),
        delivered=len(done),
        late=int((done["late_days"] > 0).sum()),
        reach=sums["reach"],
        views=sums["views"],
        engagements=sums["engagements"],
        contacts=sums["contacts"],
        contacts_are=", ".join(f"{k} of {kinds[k]} posts" for k in ("impressions", "views", "reach") if k in kinds),
        known=known,
        unique_low=low,
        unique=middle,
        unique_high=high,
        filled=count,
        cost=cost,
        cpm=price("contacts", 1000),
        cpe=price("engagements"),
        cpv=price("views"),
        budget=budget,
        planned_cpe=budget / expected if expected > 0 else math.nan,
        planned_per_person=budget / goal.target if goal.kind == "awareness" else math.nan,
        compared=compared,
        whole=whole,
    )


def total_cost(data: Dataset, brief: Brief) -> tuple[float, bool]:
    """Return the full cost of the campaign, and whether every creator's cost is known; (NaN, False) without payouts."""
    costs = spend(data, brief)
    if isinstance(costs, Missing):
        return math.nan, False
    return float(costs["cost"].sum()), bool(costs["cost"].notna().all())


def usual_posts(data: Dataset, brief: Brief) -> pd.DataFrame:
    """Return what a post of each creator brought before the campaign: index `creator`; `engagements`, `views`, `reach` (means of the latest
    posts)."""
    days = window(data, brief)
    if isinstance(days, Missing):
        return pd.DataFrame(columns=["engagements", "views", "reach"], dtype="float64")
    knobs = brief.engagement
    before = data.posts.per_creator(as_of=days.starts, window=knobs.window, mature_hours=knobs.mature_hours).set_index("creator")
    return before[["engagement_mean", "views_mean", "reach_mean"]].set_axis(["engagements", "views", "reach"], axis=1)


def _compare(done: pd.DataFrame, usual: pd.DataFrame, name: str) -> Comparison:
    expected = done["creator"].map(usual[name])
    both = done[name].notna() & expected.notna()
    return Comparison(posts=int(both.sum()), delivered=float(done.loc[both, name].sum()), usual=float(expected[both].sum()))


def _filled_reach(done: pd.DataFrame, usual: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    others = done.groupby("creator")["reach"].transform("mean").fillna(done["creator"].map(usual["reach"]))
    lacking = done["reach"].isna() & others.notna()
    return done.assign(reach=done["reach"].fillna(others)), int(lacking.sum())


def unique_reach(done: pd.DataFrame, data: Dataset, brief: Brief) -> tuple[float, float, float]:
    """Bound and model how many different people the delivered posts reached.

    Low is the largest post alone, high the sum of all posts (at most the market's population). Between them: the posts of one creator are
    taken as
    independent draws from the followers (1 - product of misses), creators are joined by Agostini's formula (1961) with the brief's overlap
    of audiences.

    Returns
    -------
    (low, modelled, high) : floats
        NaN where a delivered post's reach is unknown.
    """
    if not len(done) or done["reach"].isna().any():
        return math.nan, math.nan, math.nan
    most = brief.market.population or math.inf
    followers = data.creators.drop_duplicates("creator").set_index("creator")["followers"]
    people = []
    for creator, group in done.groupby("creator"):
        top = float(group["reach"].max())
        size = followers.get(creator, math.nan)
        # reach beyond the followers is real: the pool is at least the largest post
        pool = max(size, top) if size == size else math.nan
        people.append(pool * (1 - float(np.prod(1 - group["reach"] / pool))) if pool > 0 else top)
    each = np.array(people)
    total = each.sum()
    shared = sum(brief.portfolio.overlap * min(a, b) for i, a in enumerate(each) for b in each[i + 1 :])
    joined = total**2 / (total + 1.125 * shared) if total > 0 else 0.0
    low, high = float(done["reach"].max()), min(float(done["reach"].sum()), most)
    return low, float(np.clip(joined, low, max(low, high))), max(low, high)


@dataclass(frozen=True, kw_only=True)
class Growth:
    """The brand's own followers during the campaign, against their trend before it. No cause is claimed.

    Attributes
    ----------
    first, last : float
        Followers on the day before the campaign and on its last day with a number.
    net_new : float
        Their difference.
    expected, expected_low, expected_high : float
        New followers had the trend before gone on; missing where there are too few days before.
    beyond, beyond_low, beyond_high : float
        Net new less expected.
    cost, cost_per_follower : float
        Full cost, and cost per net new follower.
    cost_per_beyond, cost_per_beyond_low, cost_per_beyond_high : float
        Cost per follower beyond the trend; high is infinite where the trend alone might explain them all.
    days, days_before : int
    daily : DataFrame
        `day`, `followers`, `expected` (the path of the trend).
    """

    first: float
    last: float
    net_new: float
    expected: float
    expected_low: float
    expected_high: float
    beyond: float
    beyond_low: float
    beyond_high: float
    level: float
    cost: float
    cost_per_follower: float
    cost_per_beyond: float
    cost_per_beyond_low: float
    cost_per_beyond_high: float
    days: int
    days_before: int
    whole: bool
    daily: pd.DataFrame


def own_series(data: Dataset, measure: str) -> pd.Series:
    """Return one of the brand's own daily measures for the whole market: the market's own row, else the sum of its regions where all are
    known."""
    rows = data.brand_daily[data.brand_daily["measure"] == measure]
    whole = rows[rows["region"].isna() | (rows["region"].fillna("").str.strip() == "")]
    if len(whole):
        return whole.drop_duplicates("day", keep="last").set_index("day")["value"].sort_index()
    table = rows.pivot_table(index="day", columns="region", values="value", aggfunc="last")
    return table.sum(axis=1, skipna=False).dropna().sort_index()


@needs(
    "brand_daily",
    otherwise="brand_daily with day, measure followers and value: your own follower count, a row a day, best from eight weeks before "
    "the campaign",
)
def followers(data: Dataset, brief: Brief) -> Growth | Missing:
    """Return the brand's net new followers, set against their own trend before the campaign, and what one cost.

    The trend is learned from the daily gains before the campaign, with weekdays and a level that may drift; its interval holds for the sum
    of the campaign's days.
    """
    days = window(data, brief)
    if isinstance(days, Missing):
        return days
    series = own_series(data, "followers").dropna()
    series = series[series.index <= data.as_of.tz_localize(None)]
    starts, ends = days.starts.tz_localize(None), days.ends.tz_localize(None)
    before, during = series[series.index < starts], series[(series.index >= starts) & (series.index < ends)]
    if before.empty or during.empty:
        return Missing(
            needs=("brand_daily",),
            text="Your own follower counts do not span the day before the campaign and its days: add brand_daily rows with measure "
            "followers for both.",
        )
    first, last = float(before.iloc[-1]), float(during.iloc[-1])
    gap = int((during.index[-1] - before.index[-1]).days)
    trend = _follower_trend(before, gap, brief.statistics.level)
    cost, whole = total_cost(data, brief)
    net = last - first
    nan = math.nan
    expected, low, high = (trend.mean, trend.low, trend.high) if trend else (nan, nan, nan)
    beyond, beyond_low, beyond_high = net - expected, net - high, net - low
    daily = pd.DataFrame({"day": series.index, "followers": series.to_numpy()})
    if trend:
        path = pd.Series(first + np.cumsum(trend.daily), index=pd.date_range(before.index[-1] + pd.Timedelta(days=1), periods=gap))
        daily["expected"] = daily["day"].map(path)
    else:
        daily["expected"] = nan
    return Growth(
        first=first,
        last=last,
        net_new=net,
        expected=expected,
        expected_low=low,
        expected_high=high,
        beyond=beyond,
        beyond_low=beyond_low,
        beyond_high=beyond_high,
        level=brief.statistics.level,
        cost=cost,
        cost_per_follower=cost / net if net > 0 else nan,
        cost_per_beyond=cost / beyond if beyond > 0 else nan,
        cost_per_beyond_low=cost / beyond_high if beyond_high > 0 else nan,
        cost_per_beyond_high=cost / beyond_low if beyond_low > 0 else math.inf if beyond_low == beyond_low else nan,
        days=gap,
        days_before=trend.n if trend else len(before) - 1,
        whole=whole,
        daily=daily,
    )


def _follower_trend(before: pd.Series, ahead: int, level: float) -> Forecast | None:
    """Forecast the gain of the days ahead from the daily gains before; None where there are too few."""
    daily = before.asfreq("D")
    # the latest stretch without gaps
    broken = daily.index[daily.isna()]
    if len(broken):
        daily = daily[daily.index > broken[-1]]
    gains = daily.diff().dropna().tail(MAX_DAYS)
    if len(gains) < MIN_DAYS:
        return None
    weekdays = len(gains) >= 28
    start = gains.index[0].day_of_week
    columns = calendar(start, len(gains) + ahead, weekdays=weekdays)
    return forecast_sum(gains.to_numpy(), columns[: len(gains)], columns[len(gains) :], level=level)


def _whole_sum(values: pd.Series) -> float:
    """Sum where all parts are known, else unknown."""
    return float(values.sum()) if len(values) and values.notna().all() else math.nan


def _known_sum(values: pd.Series) -> float:
    """Sum of what is known: 0 for no rows, unknown where no row is known."""
    return float(values.sum()) if not len(values) or values.notna().any() else math.nan
