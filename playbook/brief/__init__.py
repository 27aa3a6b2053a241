"""The brief (`campaign.yml`): the model, reading it, writing it back."""

from playbook.brief.model import AGE_BANDS, CURRENCIES, PLATFORMS, Brief, Learned, Tiers
from playbook.brief.read import FILE, LEARNED, changed, learned_from, parse, read
from playbook.brief.write import template, update

__all__ = [
    "AGE_BANDS",
    "CURRENCIES",
    "FILE",
    "LEARNED",
    "PLATFORMS",
    "Brief",
    "Learned",
    "Tiers",
    "changed",
    "learned_from",
    "parse",
    "read",
    "template",
    "update",
]
