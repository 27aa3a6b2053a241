"""Chapter 02: who is on the list, how large they are, and what is known about them."""

from playbook.creators.card import Card, card, find
from playbook.creators.chapter import activity_sentence, counts, gaps_sentence, outcome, tier_sentence
from playbook.creators.filters import Matching, choices, matching, matching_sentence
from playbook.creators.loaded import activity, files, files_of, over_time, over_time_sentence
from playbook.creators.sizes import by_platform, by_tier, tier, with_tiers
from playbook.creators.sourcing import known_of, platform_name, sourcing, to_note

__all__ = [
    "Card",
    "Matching",
    "activity",
    "activity_sentence",
    "by_platform",
    "by_tier",
    "card",
    "choices",
    "counts",
    "files",
    "files_of",
    "find",
    "gaps_sentence",
    "known_of",
    "matching",
    "matching_sentence",
    "outcome",
    "over_time",
    "over_time_sentence",
    "platform_name",
    "sourcing",
    "tier",
    "tier_sentence",
    "to_note",
    "with_tiers",
]
