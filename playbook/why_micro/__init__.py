"""Chapter 03: do smaller creators engage more and cost less, on your own data?"""

from playbook.why_micro.chapter import answer, balance, counts, findings, outcome, price, shape
from playbook.why_micro.claims import claims, ledger, verdicts
from playbook.why_micro.groups import lifetime, tiers
from playbook.why_micro.several import break_even, micros_for_one, several, surface, unique_reach
from playbook.why_micro.size import SizeEffect, creators, line_jump, size_effect

__all__ = [
    "SizeEffect",
    "answer",
    "balance",
    "break_even",
    "claims",
    "counts",
    "creators",
    "findings",
    "ledger",
    "lifetime",
    "line_jump",
    "micros_for_one",
    "outcome",
    "price",
    "several",
    "shape",
    "size_effect",
    "surface",
    "tiers",
    "unique_reach",
    "verdicts",
]
