"""Chapter 04: engagement rates by a named definition, with n and an interval that holds."""

from playbook.engagement.chapter import outcome
from playbook.engagement.rates import ADD_POSTS, log_interval, parts, platform_of, rates
from playbook.engagement.reach import reach

__all__ = ["ADD_POSTS", "log_interval", "outcome", "parts", "platform_of", "rates", "reach"]
