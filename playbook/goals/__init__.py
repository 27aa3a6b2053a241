"""Chapter 01: the goal, the measure that belongs to it, and the funnel backwards from the target to the money."""

from playbook.goals.chapter import counts, days_left, findings, outcome, possible_sentence, time_sentence, worth_sentence
from playbook.goals.funnel import Plan, break_even, from_rates, plan, sensitivity
from playbook.goals.kpis import GOALS, check_kpi, kpi_findings, kpi_sentence, kpis
from playbook.goals.past import past_creators, past_rates
from playbook.goals.rates import pool, rates
from playbook.intervals import median_interval

__all__ = [
    "GOALS",
    "Plan",
    "break_even",
    "check_kpi",
    "counts",
    "days_left",
    "findings",
    "from_rates",
    "kpi_findings",
    "kpi_sentence",
    "kpis",
    "median_interval",
    "outcome",
    "past_creators",
    "past_rates",
    "plan",
    "pool",
    "possible_sentence",
    "rates",
    "sensitivity",
    "time_sentence",
    "worth_sentence",
]
