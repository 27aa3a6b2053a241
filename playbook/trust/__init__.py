"""Chapter 05: which numbers deserve a question, with evidence, an innocent explanation and an error rate."""

from playbook.trust.chapter import answer, counts, coverage, outcome
from playbook.trust.flags import CHECKS, flags, from_screen, screen
from playbook.trust.jumps import jumps
from playbook.trust.rates import among_peers, q_values

__all__ = ["CHECKS", "among_peers", "answer", "counts", "coverage", "flags", "from_screen", "jumps", "outcome", "q_values", "screen"]
