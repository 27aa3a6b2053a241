"""Pictures and tables of chapter 10."""

from playbook.show.results.campaign import (
    awareness_table,
    bridge_chart,
    creators_chart,
    creators_table,
    followers_chart,
    leakage_table,
    orders_chart,
    reconcile_chart,
    reconcile_table,
    returns_table,
    spend_table,
    stray_table,
    tiers_table,
)
from playbook.show.results.doubt import calibration_table, checks_table, emv_table, learned_table, vendors_table
from playbook.show.results.lift import designs_table, events_chart, lift_chart, lift_table, next_test_table, power_table, series_chart

__all__ = [
    "awareness_table",
    "bridge_chart",
    "calibration_table",
    "checks_table",
    "creators_chart",
    "creators_table",
    "designs_table",
    "emv_table",
    "events_chart",
    "followers_chart",
    "leakage_table",
    "learned_table",
    "lift_chart",
    "lift_table",
    "next_test_table",
    "orders_chart",
    "power_table",
    "reconcile_chart",
    "reconcile_table",
    "returns_table",
    "series_chart",
    "spend_table",
    "stray_table",
    "tiers_table",
    "vendors_table",
]
