"""Chapter 04: engagement rates by a named definition, with n and an interval that holds."""

from playbook.engagement.chapter import outcome
from playbook.engagement.rates import log_interval, parts, rates
from playbook.engagement.reach import reach

__all__ = ["log_interval", "outcome", "parts", "rates", "reach"]
