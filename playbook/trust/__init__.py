"""Chapter 05: which numbers deserve a question, with evidence, an innocent explanation and an error rate."""

from playbook.trust.ask import questions
from playbook.trust.chapter import answer, counts, coverage, outcome
from playbook.trust.flags import CHECKS, flags, from_screen, screen
from playbook.trust.followers import base_rate_text, corrected_share, fakes
from playbook.trust.jumps import jumps
from playbook.trust.labelled import labels_text, on_your_labels, sample_text
from playbook.trust.patterns import signs, suspicion
from playbook.trust.quoted import agreement, beside
from playbook.trust.rates import among_peers, q_values
from playbook.trust.score import parts, scores, shortlist_text, weights
from playbook.trust.weighing import about_sentence, rescored, reweighed

__all__ = [
    "CHECKS",
    "about_sentence",
    "agreement",
    "among_peers",
    "answer",
    "base_rate_text",
    "beside",
    "corrected_share",
    "counts",
    "coverage",
    "fakes",
    "flags",
    "from_screen",
    "jumps",
    "labels_text",
    "on_your_labels",
    "outcome",
    "parts",
    "q_values",
    "questions",
    "rescored",
    "reweighed",
    "sample_text",
    "scores",
    "screen",
    "shortlist_text",
    "signs",
    "suspicion",
    "weights",
]
