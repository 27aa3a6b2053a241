"""The brief (`campaign.yml`): the model, reading it, writing it back."""

from playbook.brief.model import AGE_BANDS, CURRENCIES, PLATFORMS, Brief, Tiers
from playbook.brief.read import FILE, changed, parse, read
from playbook.brief.write import template, update

__all__ = ["AGE_BANDS", "CURRENCIES", "FILE", "PLATFORMS", "Brief", "Tiers", "changed", "parse", "read", "template", "update"]
