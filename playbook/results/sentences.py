"""The chapter's results as sentences, computed from the data."""

from __future__ import annotations

import math

from playbook.brief import Brief
from playbook.findings import Missing
from playbook.results.delivered import Awareness
from playbook.results.growth import Growth
from playbook.results.returns import Sales
from playbook.wording import Wording, plural, wording


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
            f" Where a creator's usual posts are known ({write.count(each.posts)} {plural(each.posts, 'post')}), "
            f"{write.count(each.delivered)} engagements came, {write.ratio(each.ratio)} times the usual."
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
