"""The teaching side: exercises with answers that are computed, a workshop, grading, and the reveal.

In a notebook:

>>> from playbook.teach import check, hint, task
"""

from __future__ import annotations

import importlib
from typing import Any

_FROM = {"check": "checks", "hint": "checks", "task": "checks", "hand_in": "handing"}


def __getattr__(name: str) -> Any:
    if name in _FROM:
        value = getattr(importlib.import_module(f"playbook.teach.{_FROM[name]}"), name)
        globals()[name] = value
        return value
    try:
        return importlib.import_module(f"playbook.teach.{name}")
    except ModuleNotFoundError as problem:
        if problem.name != f"playbook.teach.{name}":
            raise
        raise AttributeError(f"module 'playbook.teach' has no attribute {name!r}") from None
