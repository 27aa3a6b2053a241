"""Chapter 10: what the campaign brought, for each of the three goals, and whether the goal was reached.

`attribution` credits orders to creators, `returns` sets what came back against the full cost. Neither says that the campaign
caused anything: credited sales and a rise after a campaign are no proof of an effect.
"""

from __future__ import annotations

from playbook.results.attribution import Window, attribute, by_rule, findings, leakage, reconcile, stray_marks, window
from playbook.results.chapter import Goal, counts, goal, outcome
from playbook.results.delivered import Awareness, awareness, delivered_posts
from playbook.results.growth import Growth, followers
from playbook.results.lift import Lift, lift_sentence, regional_lift
from playbook.results.power import power_sentence, smallest_rise
from playbook.results.returns import Ratios, Sales, expected_orders, order_margins, per_creator, per_tier, ratios, sales
from playbook.results.sentences import (
    awareness_sentence,
    break_even_text,
    followers_sentence,
    leakage_sentence,
    reconcile_sentence,
    sales_sentence,
    spend_sentence,
    tier_sentence,
)
from playbook.results.spending import spend

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
    "break_even_text",
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
