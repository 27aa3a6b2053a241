"""Chapter 07: what each creator costs in full, and per thing you want."""

from playbook.costs.chapter import buys_sentence, by_tier, cost_sentence, counts, curve_sentence, outcome, tier_sentence
from playbook.costs.curve import PriceCurve, median_regression, own_curve, seen_quotes, smearing
from playbook.costs.fair import break_even_fee, conflict, conflict_sentence, fairness, fairness_sentence, talk_sentence
from playbook.costs.quotes import usable
from playbook.costs.table import fees, findings, full, full_cost

__all__ = [
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
    "median_regression",
    "outcome",
    "own_curve",
    "seen_quotes",
    "smearing",
    "talk_sentence",
    "tier_sentence",
    "usable",
]
