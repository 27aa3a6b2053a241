"""The verdict on the goal, and what chapter 10 hands on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Figure, Missing, Outcome
from playbook.results.attribution import attribute, findings, window
from playbook.results.checks import Cautious, cautious, checks_sentence, order_checks
from playbook.results.delivered import Awareness, awareness, delivered_posts
from playbook.results.growth import Growth, followers
from playbook.results.lift import (
    EventStudy,
    Holdout,
    Lift,
    Series,
    code_holdout,
    event_sentence,
    event_study,
    holdout_sentence,
    lift_sentence,
    one_series,
    regional_lift,
    series_sentence,
)
from playbook.results.returns import Sales, sales
from playbook.results.sentences import awareness_sentence, break_even_text, followers_sentence, sales_sentence, spend_sentence
from playbook.results.spending import spend
from playbook.wording import plural, wording


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
        *_doubt_figures(cautious(data, brief), data, brief),
        *_lift_figures(raised, brief),
        *_other_designs(one_series(data, brief, raised), event_study(data, brief), code_holdout(data, brief), brief),
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
    if found.kind == "sales":
        more = f"{more} {_extra_sentence(data, brief, raised)}".strip()
    status = "partial" if found.verdict in ("cannot_tell", "running") else "done"
    return Outcome(
        chapter="results", status=status, answer=f"{found.text} {more}", figures=(head, *figures), findings=findings(data, brief)
    )


def _extra_sentence(data: Dataset, brief: Brief, raised: Lift | Missing) -> str:
    """Say what was extra, by the strongest design that the data allows."""
    if not isinstance(raised, Missing):
        return lift_sentence(raised, brief)
    held = code_holdout(data, brief)
    if not isinstance(held, Missing):
        return holdout_sentence(held, brief)
    alone = one_series(data, brief, raised)
    if not isinstance(alone, Missing) and alone.controls:
        return series_sentence(alone, brief)
    return "What of it would have come anyway is not known."


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


def _doubt_figures(found: Cautious | Missing, data: Dataset, brief: Brief) -> list[Figure]:
    if isinstance(found, Missing):
        return []
    text = checks_sentence(order_checks(data, brief), found, brief)
    told = f"Estimated orders by codes from coupon pages, and orders before a post or long after: {found.left_out + found.leaked:.0f}."
    return [
        _figure("roi_cautious", found.roi, "share", "modelled", text),
        _figure("doubtful_orders", found.left_out + found.leaked, "count", "modelled", told),
        _figure(
            "returns_to_come",
            found.still_to_come_back,
            brief.budget.currency,
            "modelled",
            f"Refunds still to come, at the rate of older orders: {wording(brief).money(found.still_to_come_back)}.",
            n=found.matured,
        ),
    ]


def _other_designs(alone: Series | Missing, events: EventStudy | Missing, held: Holdout | Missing, brief: Brief) -> list[Figure]:
    rows = []
    if not isinstance(alone, Missing):
        name = "beyond_controls" if alone.controls else "beyond_trend"
        unit = brief.budget.currency if alone.measure == "sales" else "count"
        text = series_sentence(alone, brief)
        low, high = alone.extra_low, alone.extra_high
        rows.append(_figure(name, alone.extra, unit, "modelled", text, low=low, high=high, level=alone.level, n=alone.days_before))
    if not isinstance(events, Missing):
        unit = brief.budget.currency if events.measure == "sales" else "count"
        text = event_sentence(events, brief)
        rows.append(
            _figure(
                "after_posts", events.total, unit, "modelled", text, low=events.low, high=events.high, level=events.level, n=events.posts
            )
        )
    if not isinstance(held, Missing):
        text, n = holdout_sentence(held, brief), int(held.people + held.held_people)
        low, high = held.extra_low, held.extra_high
        rows.append(_figure("holdout_orders", held.extra, "count", "modelled", text, low=low, high=high, level=held.level, n=n))
    return rows


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
