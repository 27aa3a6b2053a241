"""Extra sales: the arithmetic of published designs (`designs`), and the chapter's answers from them, by the design that the data allows:
regions (`regions`), one series with or without controls (`series`), staggered days (`staggered`), a code holdout (`holdout`).

A rise after a campaign without regions, controls or weeks to compare is never called an effect here.
"""

from playbook.results.lift.designs import (
    Estimate,
    conformal_p,
    conformal_test,
    difference_in_differences,
    drifting_regression,
    placebo_interval,
    reassignment_interval,
    reassignment_p,
    regions_needed,
    simplex_weights,
    smallest_p,
    structural_time_series,
    synthetic_control,
    synthetic_did,
    time_based_regression,
)
from playbook.results.lift.holdout import Holdout, code_holdout, holdout_sentence, rate_difference
from playbook.results.lift.ladder import designs, one_series
from playbook.results.lift.regions import FOUND_LEVEL, MIN_BEFORE, Lift, Panel, lift_sentence, panel, placebo_in_time, regional_lift
from playbook.results.lift.series import Series, series_lift, series_sentence
from playbook.results.lift.staggered import EventStudy, Staggered, event_sentence, event_study, staggered_lift, staggered_sentence

__all__ = [
    "FOUND_LEVEL",
    "MIN_BEFORE",
    "Estimate",
    "EventStudy",
    "Holdout",
    "Lift",
    "Panel",
    "Series",
    "Staggered",
    "code_holdout",
    "conformal_p",
    "conformal_test",
    "designs",
    "difference_in_differences",
    "drifting_regression",
    "event_sentence",
    "event_study",
    "holdout_sentence",
    "lift_sentence",
    "one_series",
    "panel",
    "placebo_in_time",
    "placebo_interval",
    "rate_difference",
    "reassignment_interval",
    "reassignment_p",
    "regional_lift",
    "regions_needed",
    "series_lift",
    "series_sentence",
    "simplex_weights",
    "smallest_p",
    "staggered_lift",
    "staggered_sentence",
    "structural_time_series",
    "synthetic_control",
    "synthetic_did",
    "time_based_regression",
]
