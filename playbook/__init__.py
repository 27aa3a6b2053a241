"""A guide to micro-influencer marketing that runs on your own data.

Attributes are loaded when first used, so that importing the package costs nothing:

>>> import playbook
>>> playbook.chapters.NAMES[0]
'start'
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_FROM = {"load": "campaign", "open_chapter": "campaign", "Campaign": "campaign", "record": "show.record"}


def __getattr__(name: str) -> Any:
    if name in _FROM:
        value = getattr(importlib.import_module(f"playbook.{_FROM[name]}"), name)
        globals()[name] = value
        return value
    try:
        return importlib.import_module(f"playbook.{name}")
    except ModuleNotFoundError as problem:
        if problem.name != f"playbook.{name}":
            raise
        raise AttributeError(f"module 'playbook' has no attribute {name!r}") from None
