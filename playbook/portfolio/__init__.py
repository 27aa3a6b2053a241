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
from playbook.portfolio.choice import Choice, campaign_people, choose
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
from playbook.portfolio.crossfit import CrossFit, crossfit, crossfit_sentence
from playbook.portfolio.lists import dawson_sankoff, hunter_worsley, pairs, shared_size, sketch, union_size

__all__ = [
    "Candidates",
    "Choice",
    "CrossFit",
    "Forecast",
    "answer",
    "by_overlap",
    "campaign_people",
    "candidates",
    "certificate",
    "choose",
    "compare",
    "compare_sentence",
    "counts",
    "crossfit",
    "crossfit_sentence",
    "dawson_sankoff",
    "findings",
    "forecast",
    "forecast_sentence",
    "frontier",
    "frontier_sentence",
    "hunter_worsley",
    "outcome",
    "pairs",
    "shared_size",
    "sketch",
    "stability",
    "stability_sentence",
    "swaps",
    "swaps_sentence",
    "union_size",
]
