"""Drawing what chapters return. One file a chapter; `theme` and `tables` hold what they share.

Every function here also takes a :class:`~playbook.findings.Missing` and then shows what is missing,
so that a notebook runs from top to bottom whatever the data holds.
"""

from __future__ import annotations

import importlib
from typing import Any

_FROM = {"say": "theme", "table": "tables", "findings": "tables"}


def __getattr__(name: str) -> Any:
    if name in _FROM:
        value = getattr(importlib.import_module(f"playbook.show.{_FROM[name]}"), name)
        globals()[name] = value
        return value
    try:
        return importlib.import_module(f"playbook.show.{name}")
    except ModuleNotFoundError as problem:
        if problem.name != f"playbook.show.{name}":
            raise
        raise AttributeError(f"module 'playbook.show' has no attribute {name!r}") from None
