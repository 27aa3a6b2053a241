"""Chapter 08: the best set of creators for the budget, and how good it is."""

from playbook.portfolio.candidates import Candidates, candidates
from playbook.portfolio.chapter import (
    Forecast,
    answer,
    by_overlap,
    certificate,
    counts,
    findings,
    forecast,
    forecast_sentence,
    outcome,
)
from playbook.portfolio.choice import Choice, choose
from playbook.portfolio.compare import (
    compare,
    compare_sentence,
    frontier,
    frontier_sentence,
    stability,
    stability_sentence,
    swaps,
    swaps_sentence,
)

__all__ = [
    "Candidates",
    "Choice",
    "Forecast",
    "answer",
    "by_overlap",
    "candidates",
    "certificate",
    "choose",
    "compare",
    "compare_sentence",
    "counts",
    "findings",
    "forecast",
    "forecast_sentence",
    "frontier",
    "frontier_sentence",
    "outcome",
    "stability",
    "stability_sentence",
    "swaps",
    "swaps_sentence",
]
