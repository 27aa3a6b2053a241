"""Chapter 06: whom do your customers identify with, and who stands for what you stand for?"""

from playbook.fit.audience import audience, in_target, target_text
from playbook.fit.chapter import answer, counts, outcome
from playbook.fit.focus import focus
from playbook.fit.safety import per_creator, safety
from playbook.fit.scores import scores, stability, weights
from playbook.fit.text import matches, niche
from playbook.fit.worth import band_text, bands, reached

__all__ = [
    "answer",
    "audience",
    "band_text",
    "bands",
    "counts",
    "focus",
    "in_target",
    "matches",
    "niche",
    "outcome",
    "per_creator",
    "reached",
    "safety",
    "scores",
    "stability",
    "target_text",
    "weights",
]
