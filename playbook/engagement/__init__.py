"""Chapter 04: engagement rates by a named definition, with n and an interval that holds."""

from playbook.engagement.betabinomial import beta_binomial
from playbook.engagement.chapter import answer, counts, findings, outcome, why_they_differ
from playbook.engagement.consistency import burstiness, consistency, patterns, steadiness, timing
from playbook.engagement.definitions import dictionary, every_definition, gap, side_by_side, widest
from playbook.engagement.peers import against_published, benchmarks, contradiction, peers
from playbook.engagement.pooled import expected, order, posts_to_tell, ranking
from playbook.engagement.rates import ADD_POSTS, log_interval, parts, platform_of, rates
from playbook.engagement.reach import reach

__all__ = [
    "ADD_POSTS",
    "against_published",
    "answer",
    "benchmarks",
    "beta_binomial",
    "burstiness",
    "consistency",
    "contradiction",
    "counts",
    "dictionary",
    "every_definition",
    "expected",
    "findings",
    "gap",
    "log_interval",
    "order",
    "outcome",
    "parts",
    "patterns",
    "peers",
    "platform_of",
    "posts_to_tell",
    "ranking",
    "rates",
    "reach",
    "side_by_side",
    "steadiness",
    "timing",
    "why_they_differ",
    "widest",
]
