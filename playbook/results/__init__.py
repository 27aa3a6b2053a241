"""Chapter 10: what the campaign brought, for each of the three goals, and whether the goal was reached.

`attribution` credits orders to creators, `returns` sets what came back against the full cost. Neither says that the campaign
caused anything: credited sales and a rise after a campaign are no proof of an effect.
"""

from __future__ import annotations

from playbook.results.attribution import Window, attribute, by_rule, findings, leakage, reconcile, stray_marks, window
from playbook.results.chapter import Goal, counts, goal, outcome
from playbook.results.checks import Cautious, cautious, checks_sentence, order_checks
from playbook.results.delivered import Awareness, awareness, delivered_posts
from playbook.results.forecasts import Forecasted, calibration, forecast_against_result, forecast_sentence
from playbook.results.growth import Growth, followers
from playbook.results.learned import as_learned, learned_sentence, learned_yaml, lessons
from playbook.results.lift import (
    EventStudy,
    Holdout,
    Lift,
    Series,
    Staggered,
    code_holdout,
    designs,
    event_sentence,
    event_study,
    holdout_sentence,
    lift_sentence,
    one_series,
    regional_lift,
    series_lift,
    series_sentence,
    staggered_lift,
    staggered_sentence,
)
from playbook.results.power import NextTest, next_test, next_test_sentence, paying_rise, power_sentence, smallest_rise
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
from playbook.results.vendors import BARCELONA, emv, emv_of, emv_sentence, vendor_returns

__all__ = [
    "BARCELONA",
    "Awareness",
    "Cautious",
    "EventStudy",
    "Forecasted",
    "Goal",
    "Growth",
    "Holdout",
    "Lift",
    "NextTest",
    "Ratios",
    "Sales",
    "Series",
    "Staggered",
    "Window",
    "as_learned",
    "attribute",
    "awareness",
    "awareness_sentence",
    "break_even_text",
    "by_rule",
    "calibration",
    "cautious",
    "checks_sentence",
    "code_holdout",
    "counts",
    "delivered_posts",
    "designs",
    "emv",
    "emv_of",
    "emv_sentence",
    "event_sentence",
    "event_study",
    "expected_orders",
    "findings",
    "followers",
    "followers_sentence",
    "forecast_against_result",
    "forecast_sentence",
    "goal",
    "holdout_sentence",
    "leakage",
    "leakage_sentence",
    "learned_sentence",
    "learned_yaml",
    "lessons",
    "lift_sentence",
    "next_test",
    "next_test_sentence",
    "one_series",
    "order_checks",
    "order_margins",
    "outcome",
    "paying_rise",
    "per_creator",
    "per_tier",
    "power_sentence",
    "ratios",
    "reconcile",
    "reconcile_sentence",
    "regional_lift",
    "sales",
    "sales_sentence",
    "series_lift",
    "series_sentence",
    "smallest_rise",
    "spend",
    "spend_sentence",
    "staggered_lift",
    "staggered_sentence",
    "stray_marks",
    "tier_sentence",
    "vendor_returns",
    "window",
]
