"""Chapter 10: what the campaign brought, for each of the three goals, and whether the goal was reached.

`attribution` credits orders to creators, `returns` sets what came back against the full cost. Neither says that the campaign
caused anything: credited sales and a rise after a campaign are no proof of an effect.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Figure, Missing, Outcome
from playbook.results.attribution import Window, attribute, by_rule, findings, leakage, reconcile, stray_marks, window
from playbook.results.lift import Lift, lift_sentence, regional_lift
from playbook.results.power import power_sentence, smallest_rise
from playbook.results.returns import (
    Awareness,
    Growth,
    Ratios,
    Sales,
    awareness,
    delivered_posts,
    expected_orders,
    followers,
    order_margins,
    per_creator,
    per_tier,
    ratios,
    sales,
    spend,
)
from playbook.wording import Wording, plural, wording

__all__ = [
    "Awareness",
    "Goal",
    "Growth",
    "Lift",
    "Ratios",
    "Sales",
    "Window",
    "attribute",
    "awareness",
    "awareness_sentence",
    "by_rule",
    "counts",
    "delivered_posts",
    "expected_orders",
    "findings",
    "followers",
    "followers_sentence",
    "goal",
    "leakage",
    "leakage_sentence",
    "lift_sentence",
    "order_margins",
    "outcome",
    "per_creator",
    "per_tier",
    "power_sentence",
    "ratios",
    "reconcile",
    "reconcile_sentence",
    "regional_lift",
    "sales",
    "sales_sentence",
    "smallest_rise",
    "spend",
    "spend_sentence",
    "stray_marks",
    "tier_sentence",
    "window",
]


@dataclass(frozen=True, kw_only=True)
class Goal:
    """Whether the brief's goal was reached.

    Attributes
    ----------
    kind : {'awareness', 'followers', 'sales'}
    value, low, high : float
        What came, in the goal's own unit (people, followers, orders); an interval only where the value is modelled.
    verdict : {'reached', 'missed', 'cannot_tell', 'running'}
    text : str
    """

    kind: str
    target: float
    value: float
    low: float
    high: float
    verdict: Literal["reached", "missed", "cannot_tell", "running"]
    text: str


def goal(data: Dataset, brief: Brief) -> Goal | Missing:
    """Say whether the brief's goal was reached.

    Awareness is judged by different people reached: reached where even the lower bound passes the target, missed where even the upper bound
    does not, and
    otherwise by no one. Followers are judged by net new ones. Sales are judged by the credited orders that were not wholly refunded.
    """
    days = window(data, brief)
    if isinstance(days, Missing):
        return days
    kind, target, write = brief.goal.kind, brief.goal.target, wording(brief)
    if kind == "awareness":
        found = awareness(data, brief)
        if isinstance(found, Missing):
            return found
        value, low, high = found.unique, found.unique_low, found.unique_high
        if math.isnan(value):
            return Missing(
                needs=("posts.reach",),
                text="The reach of your posts is not known, so people reached cannot be counted: add reach to posts.",
            )
        verdict = "reached" if low >= target else "missed" if high < target else "cannot_tell"
        told = f"{write.count(value)} different people by our model, between {write.count(low)} and {write.count(high)} for certain"
        what = "people reached"
    elif kind == "followers":
        growth = followers(data, brief)
        if isinstance(growth, Missing):
            return growth
        value, low, high = growth.net_new, math.nan, math.nan
        verdict = "reached" if value >= target else "missed"
        told = f"{write.count(value)} net new followers"
        what = "new followers"
    else:
        sold = sales(data, brief)
        if isinstance(sold, Missing):
            return sold
        value, low, high = float(sold.orders_kept), math.nan, math.nan
        verdict = "reached" if value >= target else "missed"
        told = f"{write.count(value)} {plural(value, 'order')} that codes and links can see"
        if sold.orders > sold.orders_kept:
            told += f" ({write.count(sold.orders)} before {write.count(sold.orders - sold.orders_kept)} full refunds)"
        what = "orders"
    if days.running and verdict != "reached":
        verdict = "running"
    said = {
        "reached": "The goal was reached",
        "missed": "The goal was not reached",
        "cannot_tell": "Your data cannot tell whether the goal was reached",
        "running": "The campaign is still running",
    }[verdict]
    text = f"{said}: {told}, against a target of {write.count(target)} {what}."
    return Goal(kind=kind, target=target, value=value, low=low, high=high, verdict=verdict, text=text)


def sales_sentence(found: Sales | Missing, brief: Brief) -> str:
    """Say what the credited sales came to, and how many of them must be extra for the campaign to pay."""
    if isinstance(found, Missing):
        return found.text
    write = wording(brief)
    if found.orders == 0:
        return (
            f"No order of the {write.count(found.orders_total)} in these days carries a creator's code or link, so nothing can be "
            "credited; that is not proof that nothing was sold."
        )
    least = "" if found.whole else " at least"
    parts = [
        f"{write.count(found.orders)} {plural(found.orders, 'order')} for {write.money(found.revenue)} after refunds "
        f"{plural(found.orders, 'is', 'are')} "
        f"credited, on{least} {write.money(found.cost)} spent: a ROAS of {write.ratio(found.ratios.roas)}"
        + _interval(found.roas_low, found.roas_high, write.ratio, found.level, write)
        + "."
    ]
    if math.isnan(found.ratios.roi):
        parts.append("Without the gross margin the return on it is unknown: set economics.gross_margin.")
        return " ".join(parts)
    parts.append(
        "On the contribution margin the ROI is "
        f"{write.share(found.ratios.roi)}{_interval(found.roi_low, found.roi_high, write.share, found.level, write)}."
    )
    parts.append(break_even_text(found.ratios.break_even_share, write))
    return " ".join(parts)


def break_even_text(share: float, write: Wording) -> str:
    """Say which share of credited sales must be extra.

    >>> from playbook.brief import Brief
    >>> break_even_text(25 / 28.8, wording(Brief()))
    'The ROI is negative if fewer than 87 % of those sales are extra.'
    """
    if math.isnan(share):
        return "Which share of those sales must be extra is unknown."
    if math.isinf(share):
        return "These sales leave no margin, so no share of extra sales makes it pay."
    if share > 1:
        return "The ROI is negative even if every one of those sales is extra."
    return f"The ROI is negative if fewer than {write.share(share)} of those sales are extra."


def awareness_sentence(found: Awareness | Missing, brief: Brief) -> str:
    """Say what was delivered against what was agreed, and at which price."""
    if isinstance(found, Missing):
        return found.text
    write = wording(brief)
    text = f"{write.count(found.delivered)} of {write.count(found.agreed)} agreed posts are out"
    text += f", {write.count(found.late)} of them late." if found.late else "."
    if found.delivered == 0:
        return text
    if not math.isnan(found.contacts):
        text += f" They were seen {write.count(found.contacts)} times ({found.contacts_are})"
        text += f", at {write.money(found.cpm)} per thousand." if not math.isnan(found.cpm) else "."
    each = found.compared["engagements"]
    if each.posts:
        text += (
            f" Their {write.count(each.delivered)} engagements are {write.ratio(each.ratio)} times what {write.count(each.posts)} "
            "usual posts of these creators bring."
        )
    if not math.isnan(found.cpe):
        most = "at most " if found.known["engagements"] < found.delivered else ""
        text += f" An engagement cost {most}{write.money(found.cpe)}"
        text += f"; the plan was {write.money(found.planned_cpe)}." if not math.isnan(found.planned_cpe) else "."
    return text


def followers_sentence(found: Growth | Missing, brief: Brief) -> str:
    """Say how many followers the brand gained, and how that compares with its trend before; no cause is named."""
    if isinstance(found, Missing):
        return found.text
    write = wording(brief)
    text = f"The brand gained {write.count(found.net_new)} followers in {found.days} days"
    if not math.isnan(found.cost_per_follower):
        text += f", {write.money(found.cost_per_follower)} of cost for each"
    text += "."
    if math.isnan(found.expected):
        return f"{text} There are too few days before the campaign to know its trend."
    span = write.between(found.expected_low, found.expected_high, write.count, found.level)
    text += f" Its trend before would have given {write.count(found.expected)} ({span})"
    if found.beyond_low > 0:
        text += f", so {write.count(found.beyond)} came on top of the trend, at {write.money(found.cost_per_beyond)} each."
    elif found.beyond_high < 0:
        text += f", so it gained {write.count(-found.beyond)} fewer than its trend."
    else:
        text += ", so your data cannot tell the campaign's days from the trend."
    return f"{text} What else happened in those days is not known, so this names no cause."


def spend_sentence(found: object, brief: Brief) -> str:
    """Say what the campaign cost in full, and how much of it was fees."""
    if isinstance(found, Missing):
        return found.text
    write = wording(brief)
    unknown = int(found["cost"].isna().sum())
    known = found[found["cost"].notna()]
    total, fees = known["cost"].sum(), known["fee"].sum()
    text = (
        f"{write.count(len(found))} {plural(len(found), 'creator')} cost {'at least ' if unknown else ''}{write.money(total)} in "
        f"full, {write.money(fees)} of it fees"
    )
    text += f", of a budget of {write.money(brief.budget.amount)}."
    if unknown:
        text += f" For {write.count(unknown)} no payout and no agreed fee is known."
    return text


def reconcile_sentence(found: object, brief: Brief) -> str:
    """Say which part of the shop's revenue during the campaign can be credited."""
    if isinstance(found, Missing):
        return found.text
    write = wording(brief)
    by = found.set_index("source")
    during = by[by.index.str.startswith("during")]
    total, left = during["net"].sum(), by.loc["during, unattributed", "net"]
    if during["orders"].sum() == 0:
        return "The shop had no orders in the campaign's days."
    text = f"Of {write.money(total)} sold in the campaign's days, {write.money(total - left)} carries a creator's mark"
    return f"{text} and {write.money(left)} carries none: codes and links cannot say where that came from."


def leakage_sentence(found: object, brief: Brief) -> str:
    """Say which codes deserve a question."""
    if isinstance(found, Missing):
        return found.text
    asked = found[found["question"] != ""]
    if asked.empty:
        return "No code sells in a way that suggests it is out on a coupon page; fewer than ten orders a code cannot tell."
    return f"{len(asked)} of {len(found)} codes sell in a way that deserves a question: they may be out on a coupon page."


def tier_sentence(found: object, brief: Brief) -> str:
    """Say which tier brought most for its cost, where there is more than one."""
    if isinstance(found, Missing):
        return found.text
    write = wording(brief)
    if len(found) < 2:
        return (
            f"All creators of this campaign are {found['tier'].iloc[0]}, so tiers cannot be compared."
            if len(found)
            else "No creators to compare."
        )
    key, name = ("roi", "ROI on margin") if found["roi"].notna().all() else ("cpe", "cost per engagement")
    if found[key].isna().any():
        return "Too much is unknown to compare the tiers."
    best = found.sort_values([key, "tier"], ascending=[key == "cpe", True]).iloc[0]
    value = write.share(best[key]) if key == "roi" else write.money(best[key])
    return (
        f"The {best['tier']} tier did best by {name}, {value}, with {write.count(best['creators'])} "
        f"{plural(best['creators'], 'creator')}: a few creators cannot settle which tier is better."
    )


def _interval(low: float, high: float, write_one, level: float, write: Wording) -> str:
    return "" if math.isnan(low) or math.isnan(high) else f" ({write.between(low, high, write_one, level)})"


def counts(data: Dataset, brief: Brief) -> dict[str, int | str]:
    """Return the chapter's counts and its verdict, as plain text for a notebook's answer cell."""
    found = goal(data, brief)
    orders = attribute(data, brief)
    posts = delivered_posts(data, brief)
    out: dict[str, int | str] = {"goal": brief.goal.kind, "verdict": "needs data" if isinstance(found, Missing) else found.verdict}
    if not isinstance(posts, Missing):
        out |= {"posts agreed": len(posts), "posts delivered": int(posts["delivered"].sum())}
    if not isinstance(orders, Missing):
        during = orders[orders["period"] == "during"]
        out |= {"orders in these days": len(during), "orders credited": int(during["creator"].notna().sum())}
    return out


def outcome(data: Dataset, brief: Brief) -> Outcome:
    """Return what chapter 10 hands on: the verdict on the goal, and the figures of all three goals as far as the data goes."""
    found = goal(data, brief)
    shown, sold, grown = awareness(data, brief), sales(data, brief), followers(data, brief)
    raised = regional_lift(data, brief)
    costs = spend(data, brief)
    if isinstance(costs, Missing) and isinstance(shown, Missing) and isinstance(sold, Missing):
        return Outcome(chapter="results", status="needs_data", answer=costs.text)
    figures = [
        *_spend_figures(costs, brief),
        *_awareness_figures(shown, brief),
        *_follower_figures(grown, brief),
        *_sales_figures(sold, brief),
    ]
    if isinstance(found, Missing):
        return Outcome(chapter="results", status="partial", answer=found.text, figures=tuple(figures), findings=findings(data, brief))
    unit = {"awareness": "people", "followers": "count", "sales": "count"}[found.kind]
    source = "modelled" if found.kind == "awareness" else "measured"
    head = Figure(
        id="results.goal", value=found.value, low=_maybe(found.low), high=_maybe(found.high), unit=unit, source=source, text=found.text
    )
    more = {
        "awareness": awareness_sentence(shown, brief),
        "followers": followers_sentence(grown, brief),
        "sales": sales_sentence(sold, brief),
    }[found.kind]
    if found.kind == "sales" and not isinstance(raised, Missing):
        more = f"{more} {lift_sentence(raised, brief)}"
    status = "partial" if found.verdict in ("cannot_tell", "running") else "done"
    return Outcome(
        chapter="results", status=status, answer=f"{found.text} {more}", figures=(head, *figures), findings=findings(data, brief)
    )


def _maybe(value: float) -> float | None:
    return None if value is None or math.isnan(value) or math.isinf(value) else float(value)


def _figure(
    name: str,
    value: float,
    unit: str,
    source: str,
    text: str,
    *,
    low: float = math.nan,
    high: float = math.nan,
    level: float | None = None,
    n: int | None = None,
) -> Figure:
    has = not (math.isnan(low) or math.isnan(high))
    return Figure(
        id=f"results.{name}",
        value=_maybe(value),
        low=_maybe(low),
        high=_maybe(high),
        level=level if has else None,
        n=n,
        unit=unit,
        source=source,
        text=text,
    )  # type: ignore[arg-type]


def _spend_figures(found: object, brief: Brief) -> list[Figure]:
    if isinstance(found, Missing):
        return []
    total = float(found["cost"].sum())
    assumed = (found["product_source"] == "assumed").any() or (found["hours_source"] == "assumed").any()
    return [_figure("cost", total, brief.budget.currency, "assumed" if assumed else "measured", spend_sentence(found, brief), n=len(found))]


def _awareness_figures(found: Awareness | Missing, brief: Brief) -> list[Figure]:
    if isinstance(found, Missing):
        return []
    write, money = wording(brief), brief.budget.currency
    rows = [
        _figure(
            "posts_delivered",
            found.delivered,
            "count",
            "measured",
            f"{write.count(found.delivered)} of {write.count(found.agreed)} agreed posts are out.",
            n=found.agreed,
        ),
    ]
    for name, label in (("reach", "reach summed over posts"), ("views", "views"), ("engagements", "engagements"), ("contacts", "contacts")):
        value, n = getattr(found, name), found.known[name]
        rows.append(
            _figure(
                name,
                value,
                "count",
                "measured",
                f"{label.capitalize()}: {write.count(value)}, known for {n} of {found.delivered} posts.",
                n=n,
            )
        )
    rows.append(
        _figure(
            "reach_unique",
            found.unique,
            "people",
            "modelled",
            f"{write.count(found.unique)} different people were reached by "
            "our model, "
            f"between {write.count(found.unique_low)} and "
            f"{write.count(found.unique_high)}.",
            low=found.unique_low,
            high=found.unique_high,
            level=1.0,
            n=found.delivered,
        )
    )
    for name, label, base in (
        ("cpm", "A thousand contacts", "contacts"),
        ("cpe", "An engagement", "engagements"),
        ("cpv", "A view", "views"),
    ):
        most = "at most " if found.known[base] < found.delivered else ""
        rows.append(
            _figure(
                name,
                getattr(found, name),
                money,
                "measured",
                f"{label} cost {most}{write.money(getattr(found, name))}.",
                n=found.known[base],
            )
        )
    return rows


def _follower_figures(found: Growth | Missing, brief: Brief) -> list[Figure]:
    if isinstance(found, Missing):
        return []
    write, money = wording(brief), brief.budget.currency
    return [
        _figure(
            "new_followers", found.net_new, "count", "measured", f"The brand gained {write.count(found.net_new)} followers.", n=found.days
        ),
        _figure(
            "followers_beyond_trend",
            found.beyond,
            "count",
            "modelled",
            followers_sentence(found, brief),
            low=found.beyond_low,
            high=found.beyond_high,
            level=found.level,
            n=found.days_before,
        ),
        _figure(
            "cost_per_follower",
            found.cost_per_follower,
            money,
            "measured",
            f"A net new follower cost {write.money(found.cost_per_follower)}.",
        ),
    ]


def _sales_figures(found: Sales | Missing, brief: Brief) -> list[Figure]:
    if isinstance(found, Missing):
        return []
    write, money = wording(brief), brief.budget.currency
    r = found.ratios
    text = sales_sentence(found, brief)
    return [
        _figure(
            "orders",
            found.orders,
            "count",
            "measured",
            f"{write.count(found.orders)} orders are credited to creators.",
            n=found.orders_total,
        ),
        _figure(
            "revenue", found.revenue, money, "measured", f"Credited revenue after refunds is {write.money(found.revenue)}.", n=found.orders
        ),
        _figure(
            "unattributed_share",
            found.unattributed_share,
            "share",
            "measured",
            f"{write.share(found.unattributed_share)} of the revenue of these days carries no creator's mark.",
            n=found.orders_total,
        ),
        _figure(
            "contribution",
            found.contribution,
            money,
            "assumed",
            f"After goods, discount, shipping and commission {write.money(found.contribution)} is left.",
            n=found.orders,
        ),
        _figure("profit", found.profit, money, "assumed", f"After the campaign's cost that is {write.money(found.profit)}."),
        _figure(
            "roas",
            r.roas,
            "ratio",
            "measured",
            f"ROAS: revenue is {write.ratio(r.roas)} times the spend.",
            low=found.roas_low,
            high=found.roas_high,
            level=found.level,
            n=found.creators,
        ),
        _figure(
            "roi_on_revenue",
            r.roi_on_revenue,
            "share",
            "measured",
            f"ROI on revenue, as if goods were free: {write.share(r.roi_on_revenue)}.",
            n=found.creators,
        ),
        _figure("roi", r.roi, "share", "assumed", text, low=found.roi_low, high=found.roi_high, level=found.level, n=found.creators),
        _figure("break_even_share", r.break_even_share, "share", "assumed", break_even_text(r.break_even_share, write), n=found.orders),
    ]


def _lift_figures(found: Lift | Missing, brief: Brief) -> list[Figure]:
    if isinstance(found, Missing):
        return []
    write, money = wording(brief), brief.budget.currency
    n, text = found.regions_with + found.regions_without, lift_sentence(found, brief)
    rows = [
        _figure("lift", found.share, "share", "modelled", text, low=found.low, high=found.high, level=found.level, n=n),
        _figure(
            "extra_sales",
            found.extra,
            money,
            "modelled",
            f"Extra sales in the regions with the campaign: {write.money(found.extra)}.",
            low=found.extra_low,
            high=found.extra_high,
            level=found.level,
            n=n,
        ),
    ]
    if not math.isnan(found.roi):
        told = f"On the margin of the extra sales the ROI is {write.share(found.roi)}."
        rows.append(
            _figure("incremental_roi", found.roi, "share", "modelled", told, low=found.roi_low, high=found.roi_high, level=found.level, n=n)
        )
    if not math.isnan(found.per_credited):
        told = f"Extra sales are {write.ratio(found.per_credited)} times the credited revenue."
        rows.append(_figure("extra_per_credited", found.per_credited, "ratio", "modelled", told, n=n))
    return rows
