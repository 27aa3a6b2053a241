"""Pictures and tables of the campaign: costs, posts, orders, returns."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.findings import Missing
from playbook.results import Awareness, Growth, Sales, break_even_text, followers_sentence, reconcile_sentence
from playbook.show.tables import Col, Table, table
from playbook.show.theme import INK, MUTED, PALETTE, RULE, Note, Picture, figure, finish, label_at, missing, say, short_count, takes_missing
from playbook.wording import handle, plural, wording


def spend_table(spend: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show what each creator cost in full."""
    columns = {
        "creator": Col("Creator", "handle"),
        "fee": Col(f"Fee, {brief.budget.currency}", "money"),
        "fee_source": Col("Fee is"),
        "product": Col("Product", "money"),
        "hours": Col("Hours", "number1"),
        "hours_cost": Col("Hours' cost", "money"),
        "cost": Col("Full cost", "money"),
    }
    shown = spend if isinstance(spend, Missing) else spend.sort_values(["cost", "creator"], ascending=[False, True])
    note = (
        "Full cost: fee, platform fee, product with shipping, own hours. Source: your payouts; product and hours from the brief "
        "where no payout notes them."
    )
    return table(shown, columns, brief, title="What each creator cost", note=note, top=15)


def reconcile_table(parts: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show where the credit of each order comes from; the parts add up to the shop's total."""
    columns = {
        "source": Col("Orders"),
        "orders": Col("Count (n)", "count"),
        "revenue": Col("Revenue", "money"),
        "refunded": Col("Refunded", "money"),
        "net": Col("Net", "money"),
    }
    rule = brief.results.attribution.replace("_", " ")
    note = f"Rule: {rule}. Each order counts once; the parts add up to all orders to the cent. Source: your orders and deliverables."
    if not isinstance(parts, Missing) and parts["unconverted"].iloc[-1]:
        note += f" {parts['unconverted'].iloc[-1]} orders in a currency without a rate are counted, and are in no amount."
    return table(parts, columns, brief, title="Which orders carry a creator's mark", note=note)


@takes_missing
def reconcile_chart(parts: pd.DataFrame, brief: Brief) -> Picture | Note:
    """Draw the revenue of the campaign's days by mark."""
    write = wording(brief)
    shown = parts[parts["source"].str.startswith("during")].iloc[::-1]
    if shown["orders"].sum() == 0:
        return say(reconcile_sentence(parts, brief))
    fig, axes = figure(height=2.9)
    names = [s.removeprefix("during, ") for s in shown["source"]]
    colours = [PALETTE[6] if n == "unattributed" else PALETTE[0] for n in names]
    hatch = ["//" if n == "unattributed" else "" for n in names]
    for name, value, colour, mark, n in zip(names, shown["net"], colours, hatch, shown["orders"], strict=True):
        axes.barh(name, value, color=colour, hatch=mark, edgecolor="white", height=0.62)
        label_at(axes, max(value, 0), name, f"{write.money(value)}, {write.count(n)} {plural(n, 'order')}")  # type: ignore[arg-type]
    axes.set_xlim(min(0, shown["net"].min() * 1.1), max(shown["net"].max(), 1) * 1.35)
    axes.set_xlabel(f"Net revenue in the campaign's days, {brief.budget.currency}")
    axes.xaxis.set_major_formatter(lambda v, _: short_count(v))
    axes.grid(axis="y", visible=False)
    total, left = shown["net"].sum(), float(shown.loc[shown["source"] == "during, unattributed", "net"].iloc[0])
    title = f"Codes and links can see {write.share(1 - left / total)} of the revenue" if total > 0 else "Refunds outweigh what was sold"
    rows = ", ".join(f"{n} {write.money(v)}" for n, v in zip(names[::-1], shown["net"][::-1], strict=True))
    return finish(
        fig,
        title=title,
        subtitle=f"Net revenue by mark, {write.count(shown['orders'].sum())} orders of the campaign's days. Source: your orders.",
        alt=f"Bar chart of net revenue by mark: {rows}.",
    )


def leakage_table(found: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show which codes sell in a way that deserves a question."""
    columns = {
        "creator": Col("Creator", "handle"),
        "orders": Col("Orders by code (n)", "count"),
        "before_post": Col("Before the first post", "share"),
        "late": Col("Long after the last", "share"),
        "without_link": Col("Without the link", "share"),
        "question": Col("Ask"),
    }
    note = (
        "Shares of the orders with the code. A question is raised from ten orders on; each has innocent answers too. Source: your "
        "orders and deliverables."
    )
    if not isinstance(found, Missing):
        found = found.sort_values(["question", "orders", "creator"], ascending=[False, False, True])
    return table(found, columns, brief, title="Do strangers use the codes?", note=note, top=10)


def stray_table(found: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show marks on orders that belong to no creator of the campaign."""
    if not isinstance(found, Missing) and found.empty:
        return say("Every code and link mark on your orders belongs to one creator.")
    columns = {
        "kind": Col("Mark"),
        "mark": Col("Value"),
        "orders": Col("Orders (n)", "count"),
        "net": Col("Net", "money"),
        "why": Col("Why nobody is credited"),
    }
    return table(found, columns, brief, title="Marks that credit nobody", note="Source: your orders.", top=10)


def creators_table(found: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show what each creator cost and brought."""
    if isinstance(found, Missing):
        return missing(found)
    columns = {"creator": Col("Creator", "handle"), "tier": Col("Tier"), "posts": Col("Posts", "count"), "cost": Col("Full cost", "money")}
    note = "Source: your deliverables, payouts and posts."
    if found["orders"].notna().any():
        columns |= {
            "orders": Col("Orders (n)", "count"),
            "revenue": Col("Net revenue", "money"),
            "profit": Col("Profit on margin", "money"),
            "roi": Col("ROI on margin", "share"),
            "expected_orders": Col("Orders to expect again", "count", "expected_low", "expected_high"),
        }
        level = wording(brief).share(brief.statistics.level)
        note = (
            f"Credited by {brief.results.attribution.replace('_', ' ')}. Orders to expect again: for the same money, drawn towards "
            "what that money usually brought; "
            f"{level} intervals. Source: your orders, payouts and deliverables."
        )
    columns["cpe"] = Col("Per engagement", "money")
    return table(found, columns, brief, title="What each creator brought", note=note, top=25)


@takes_missing
def creators_chart(found: pd.DataFrame, brief: Brief) -> Picture | Note:
    """Draw what each creator cost against the margin of the sales credited to them, or against engagements where there are no sales."""
    write = wording(brief)
    sold = found["contribution"].notna().any() and found["orders"].fillna(0).sum() > 0
    y = "contribution" if sold else "engagements"
    shown = found.dropna(subset=["cost", y])
    if shown.empty:
        return say("Cost and return are not known together for any creator, so there is nothing to draw.")
    fig, axes = figure(height=4.4)
    top = float(max(shown["cost"].max(), 1)) * 1.12
    if sold:
        axes.plot([0, top], [0, top], color=MUTED, linewidth=1, linestyle="--")
        ends = max(float(shown[y].max()), 1.0) * 1.15
        # below the line and in its middle, where the least creators are
        at = min(top, ends) * 0.6
        axes.annotate("pays for itself", (at, at), xytext=(6, -4), textcoords="offset points", va="top", fontsize=8.5, color=MUTED)
        gain = shown[y] >= shown["cost"]
    else:
        gain = pd.Series(True, index=shown.index)
    for good, colour, marker in ((True, PALETTE[0], "o"), (False, PALETTE[1], "s")):
        part = shown[gain == good]
        axes.scatter(part["cost"], part[y], color=colour, marker=marker, s=46, edgecolor="white", linewidth=0.7, zorder=3)
    ranked = shown.sort_values([y, "creator"], ascending=[False, True])
    named = pd.concat([ranked.head(3), shown.sort_values(["cost", "creator"], ascending=[False, True]).head(2)]).drop_duplicates("creator")
    for row in named.itertuples():
        left = row.cost > 0.72 * top
        axes.annotate(
            handle(row.creator),
            (row.cost, getattr(row, y)),
            xytext=(-7 if left else 7, 0),
            textcoords="offset points",
            ha="right" if left else "left",
            va="center",
            fontsize=8.5,
            color=INK,
        )
    axes.set_xlim(0, top)
    axes.set_ylim(min(0.0, float(shown[y].min()) * 1.1), max(float(shown[y].max()), 1.0) * 1.15)
    axes.set_xlabel(f"Full cost, {brief.budget.currency}")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda v, _: short_count(v))
    if sold:
        axes.set_ylabel(f"Margin of credited sales, {brief.budget.currency}")
        title = f"{int(gain.sum())} of {len(shown)} creators brought more margin in credited sales than they cost"
        subtitle = (
            "Circles earned more than they cost, squares less; before asking what would have come anyway. Source: your orders and payouts."
        )
    else:
        axes.set_ylabel("Engagements of the delivered posts")
        best = shown.assign(cpe=shown["cost"] / shown[y].where(shown[y] > 0)).sort_values(["cpe", "creator"]).iloc[0]
        title = f"{handle(best.creator)} brought engagements at the lowest cost, {write.money(best.cpe)} each"
        subtitle = f"{len(shown)} creators with known cost and engagements. Source: your payouts and posts."
    return finish(
        fig,
        title=title,
        subtitle=subtitle,
        alt=f"Scatter plot of {len(shown)} creators, cost against {'margin' if sold else 'engagements'}. {title}.",
    )


def tiers_table(found: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show what each tier cost and brought."""
    if isinstance(found, Missing):
        return missing(found)
    columns = {"tier": Col("Tier"), "creators": Col("Creators (n)", "count"), "cost": Col("Full cost", "money")}
    if found["orders"].notna().any():
        columns |= {
            "orders": Col("Orders", "count"),
            "revenue": Col("Net revenue", "money"),
            "roas": Col("ROAS", "ratio"),
            "roi": Col("ROI on margin", "share"),
        }
    columns |= {"reach": Col("Reach", "count"), "engagements": Col("Engagements", "count"), "cpe": Col("Per engagement", "money")}
    return table(
        found,
        columns,
        brief,
        title="By tier",
        note="Ratios of sums. A sum is unknown (-) where one of its parts is. Source: your payouts, posts and orders.",
    )


@takes_missing
def returns_table(found: Sales, brief: Brief) -> Table | Note:
    """Show four ways of saying what the same campaign returned."""
    write, r = wording(brief), found.ratios

    def span(low: float, high: float, one) -> str:
        return "-" if math.isnan(low) or math.isnan(high) else f"{one(low)} to {one(high)}"

    rows = [
        ("ROAS", "revenue / cost", write.ratio(r.roas), span(found.roas_low, found.roas_high, write.ratio)),
        (
            '"ROI" as tools sell it',
            "revenue / cost, as a percentage",
            write.share(r.roas),
            span(found.roas_low, found.roas_high, write.share),
        ),
        (
            "ROI on revenue",
            "(revenue - cost) / cost",
            write.share(r.roi_on_revenue),
            span(found.roas_low - 1, found.roas_high - 1, write.share),
        ),
        ("ROI on margin", "(contribution - cost) / cost", write.share(r.roi), span(found.roi_low, found.roi_high, write.share)),
        (
            "Extra sales needed",
            "share of credited sales at which the ROI on margin is 0",
            "more than all" if r.break_even_share > 1 else write.share(r.break_even_share),
            "-",
        ),
    ]
    level = write.share(found.level)
    frame = pd.DataFrame(rows, columns=["name", "how", "value", "interval"])
    columns = {"name": Col("Measure"), "how": Col("Definition"), "value": Col("This campaign"), "interval": Col(f"{level} interval")}
    note = (
        f"n = {found.creators} creators; intervals by bootstrap over creators. Contribution: net revenue less goods at their full "
        "price, shipping and commission. "
        "Source: your orders and payouts; margin and shipping from the brief."
    )
    return table(frame, columns, brief, title="One campaign, several returns", note=note)


@takes_missing
def bridge_chart(found: Sales, brief: Brief) -> Picture | Note:
    """Draw the way from the goods' full price to the campaign's profit."""
    write = wording(brief)
    if found.orders == 0:
        return say("Without credited orders there is no way from revenue to profit to draw.")
    if math.isnan(found.contribution):
        return say("The way from revenue to profit needs the gross margin: set economics.gross_margin in campaign.yml.")
    full = found.revenue + found.refunded + found.discount
    steps = [
        ("Full price", full),
        ("Discounts", -found.discount),
        ("Refunds", -found.refunded),
        ("Goods", -found.goods),
        ("Shipping", -found.shipping),
        ("Commission", -found.commission),
        ("Campaign", -found.cost),
    ]
    steps = [s for s in steps if s[0] in ("Full price", "Goods", "Campaign") or abs(s[1]) >= 0.005]
    fig, axes = figure(height=3.7)
    at = 0.0
    reach = max(full, found.profit, 1.0)
    for i, (_name, change) in enumerate(steps):
        start, at = at, at + change
        axes.bar(i, change, bottom=start, color=PALETTE[0] if i == 0 else PALETTE[5], width=0.62, edgecolor="white")
        axes.text(i, max(start, at) + 0.015 * reach, write.money(change), ha="center", va="bottom", fontsize=9, color=INK)
        axes.plot([i + 0.31, i + 0.69], [at, at], color=MUTED, linewidth=0.8)
    last = len(steps)
    axes.bar(
        last,
        found.profit,
        color=PALETTE[2] if found.profit >= 0 else PALETTE[1],
        hatch="" if found.profit >= 0 else "//",
        width=0.62,
        edgecolor="white",
    )
    axes.text(
        last,
        max(found.profit, 0) + 0.015 * reach,
        write.money(found.profit),
        ha="center",
        va="bottom",
        fontsize=9,
        fontweight="bold",
        color=INK,
    )
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.set_xticks(range(last + 1), [*(n for n, _ in steps), "Profit" if found.profit >= 0 else "Loss"])
    axes.set_ylim(min(0.0, found.profit * 1.3), reach * 1.12)
    axes.set_ylabel(brief.budget.currency)
    axes.yaxis.set_major_formatter(lambda v, _: short_count(v))
    axes.grid(axis="x", visible=False)
    word = "profit" if found.profit >= 0 else "loss"
    title = f"{write.money(full)} of goods at full price end as {write.money(abs(found.profit))} of {word}"
    rows = ", ".join(f"{n} {write.money(v)}" for n, v in [*steps, (word, found.profit)])
    return finish(
        fig,
        title=title,
        subtitle=f"{write.count(found.orders)} credited orders. "
        f"{break_even_text(found.ratios.break_even_share, write)} Source: your orders, payouts and brief.",
        alt=f"Waterfall chart: {rows}.",
    )


@takes_missing
def awareness_table(found: Awareness, brief: Brief) -> Table | Note:
    """Show delivered posts, reach, views and engagements against plan."""
    write = wording(brief)

    def known(name: str) -> str:
        return f"{write.count(found.known[name])} of {write.count(found.delivered)} posts"

    def most(name: str, value: float) -> str:
        if math.isnan(value):
            return "-"
        return ("at most " if found.known[name] < found.delivered else "") + write.money(value)

    def usual(name: str) -> str:
        each = found.compared[name]
        return f"{write.ratio(each.ratio)} times usual ({write.count(each.posts)} posts)" if each.posts else "-"

    people = (
        f"{write.count(found.unique)} ({write.count(found.unique_low)} to {write.count(found.unique_high)})"
        if not math.isnan(found.unique)
        else "-"
    )
    target = write.count(brief.goal.target) if brief.goal.kind == "awareness" else "-"
    rows = [
        ("Posts", write.count(found.delivered), write.count(found.agreed) + " agreed", f"{write.count(found.late)} late"),
        ("Reach, added up", write.count(found.reach), usual("reach"), known("reach")),
        (
            "Different people",
            people,
            target,
            "modelled; range is certain" if not found.filled else f"modelled; reach of {found.filled} posts assumed",
        ),
        ("Views", write.count(found.views), usual("views"), known("views")),
        ("Engagements", write.count(found.engagements), usual("engagements"), known("engagements")),
        ("Full cost", write.money(found.cost), f"{write.money(found.budget)} budget", "" if found.whole else "not known for all creators"),
        ("Cost per 1,000 contacts (CPM)", most("contacts", found.cpm), "-", found.contacts_are),
        (
            "Cost per engagement (CPE)",
            most("engagements", found.cpe),
            "-" if math.isnan(found.planned_cpe) else write.money(found.planned_cpe),
            known("engagements"),
        ),
        ("Cost per view (CPV)", most("views", found.cpv), "-", known("views")),
    ]
    frame = pd.DataFrame(rows, columns=["what", "came", "plan", "on"]).replace("unknown", "-")
    columns = {"what": Col("What"), "came": Col("Came"), "plan": Col("Plan, or usual"), "on": Col("Rests on")}
    note = (
        "Usual: the same creators' own latest posts before the campaign. Planned CPE: the budget over as many usual posts. Source: "
        "your posts, deliverables and payouts."
    )
    return table(frame, columns, brief, title="Delivered against plan", note=note)


@takes_missing
def followers_chart(found: Growth, brief: Brief) -> Picture:
    """Draw the brand's followers with the path of their trend before the campaign."""
    write = wording(brief)
    fig, axes = figure(height=3.8)
    daily = found.daily
    campaign = daily["expected"].notna()
    axes.plot(daily["day"], daily["followers"], color=PALETTE[0], linewidth=1.8)
    title = f"The brand gained {write.count(found.net_new)} followers in the campaign's {found.days} days"
    if campaign.any():
        start, end = daily.loc[campaign, "day"].iloc[0], daily.loc[campaign, "day"].iloc[-1]
        axes.axvspan(start, end, color=RULE, alpha=0.45, linewidth=0)
        axes.plot(daily.loc[campaign, "day"], daily.loc[campaign, "expected"], color=PALETTE[1], linewidth=1.6, linestyle="--")
        low, high = found.first + found.expected_low, found.first + found.expected_high
        axes.errorbar(
            [end],
            [found.first + found.expected],
            yerr=[[found.first + found.expected - low], [high - found.first - found.expected]],
            fmt="s",
            color=PALETTE[1],
            markersize=4,
            capsize=3,
        )
        label_at(axes, end, found.first + found.expected, "trend before", PALETTE[1])
        axes.annotate(
            "came",
            (end, found.last),
            xytext=(-8, 5),
            textcoords="offset points",
            ha="right",
            fontsize=9,
            color=PALETTE[0],
            fontweight="bold",
        )
        if found.beyond_low > 0:
            title += f", {write.count(found.beyond)} on top of the trend"
    axes.set_ylabel("The brand's followers")
    axes.yaxis.set_major_formatter(lambda v, _: write.count(v))
    import matplotlib.dates as dates

    axes.xaxis.set_major_locator(dates.AutoDateLocator(maxticks=7))
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(axes.xaxis.get_major_locator()))
    spare = (daily["day"].iloc[-1] - daily["day"].iloc[0]) * 0.06
    axes.set_xlim(daily["day"].iloc[0], daily["day"].iloc[-1] + spare)
    level = write.share(found.level)
    subtitle = (
        f"Own followers a day; dashed: the trend of the {found.days_before} days before, gone on, with its {level} interval. "
        "Grey: the campaign's days. Names no cause. Source: brand_daily."
    )
    return finish(fig, title=title, subtitle=subtitle, alt=f"Line chart of the brand's followers. {followers_sentence(found, brief)}")


@takes_missing
def orders_chart(attributed: pd.DataFrame, brief: Brief) -> Picture | Note:
    """Draw credited and other orders a day over the whole data, the campaign's days shaded."""
    write = wording(brief)
    if attributed.empty:
        return say("The shop has no orders up to now, so there is nothing to draw.")
    day = attributed["ordered_at"].dt.tz_localize(None).dt.normalize()
    credited = attributed["creator"].notna()
    days = pd.date_range(day.min(), day.max())
    ours = day[credited].value_counts().reindex(days, fill_value=0).to_numpy()
    rest = day[~credited].value_counts().reindex(days, fill_value=0).to_numpy()
    fig, axes = figure(height=3.2)
    axes.bar(days, rest, color=RULE, width=1.0, linewidth=0)
    axes.bar(days, ours, bottom=rest, color=PALETTE[0], width=1.0, linewidth=0)
    during = day[attributed["period"] == "during"]
    if len(during):
        for edge in (during.min() - pd.Timedelta(hours=12), during.max() + pd.Timedelta(hours=12)):
            axes.axvline(edge, color=MUTED, linewidth=0.9, linestyle="--")
    n = int((credited & (attributed["period"] == "during")).sum())
    late = int((credited & (attributed["period"] == "after")).sum())
    axes.set_ylabel("Orders a day")
    import matplotlib.dates as dates

    axes.xaxis.set_major_locator(dates.AutoDateLocator(maxticks=7))
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(axes.xaxis.get_major_locator()))
    axes.grid(axis="x", visible=False)
    title = f"{write.count(n)} orders of the campaign's days carry a creator's mark, and {write.count(late)} came after"
    peak = int(np.max(rest + ours))
    return finish(
        fig,
        title=title,
        subtitle=f"Orders a day, n = {write.count(len(attributed))}. Blue: with a creator's code or link; grey: "
        "without; dashed: the campaign's days. Source: your orders.",
        alt=f"Stacked bars of orders a day, at most {peak}. {title}.",
    )
