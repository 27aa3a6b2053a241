"""Chapter 06: whom do your customers identify with, and who stands for what you stand for?"""

from playbook.fit.audience import audience, in_target, target_text
from playbook.fit.chapter import answer, counts, outcome
from playbook.fit.scores import scores, stability, weights
from playbook.fit.text import matches, niche

__all__ = ["answer", "audience", "counts", "in_target", "matches", "niche", "outcome", "scores", "stability", "target_text", "weights"]
