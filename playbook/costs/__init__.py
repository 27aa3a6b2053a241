"""Chapter 07: what each creator costs in full, and per thing you want."""

from playbook.costs.chapter import buys_sentence, by_tier, cost_sentence, counts, curve_sentence, outcome, tier_sentence
from playbook.costs.curve import PriceCurve, median_regression, own_curve, seen_quotes, smearing
from playbook.costs.fair import break_even_fee, conflict, conflict_sentence, fairness, fairness_sentence, talk_sentence
from playbook.costs.quotes import STORY, is_story, usable
from playbook.costs.table import fees, findings, full, full_cost, results
from playbook.costs.told import told_results

__all__ = [
    "STORY",
    "PriceCurve",
    "break_even_fee",
    "buys_sentence",
    "by_tier",
    "conflict",
    "conflict_sentence",
    "cost_sentence",
    "counts",
    "curve_sentence",
    "fairness",
    "fairness_sentence",
    "fees",
    "findings",
    "full",
    "full_cost",
    "is_story",
    "median_regression",
    "outcome",
    "own_curve",
    "results",
    "seen_quotes",
    "smearing",
    "talk_sentence",
    "tier_sentence",
    "told_results",
    "usable",
]
