"""Fits that several chapters share are computed once: per process, and per report.

A decorated function must be pure. Results are kept pickled, so that no caller can change what the next one gets.
"""

from __future__ import annotations

import functools
import hashlib
import os
import pickle
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.whole import write_whole

# a private folder that a report makes for one run and removes after it: nowhere else is a pickle trusted
ENV_MEMO = "PLAYBOOK_MEMO"
# results kept per dataset within a process
MOST = 400

F = TypeVar("F", bound=Callable[..., Any])

_in_process: weakref.WeakKeyDictionary[Dataset, dict[str, bytes]] = weakref.WeakKeyDictionary()


def remembered(function: F) -> F:
    """Compute ``function(data, brief, **options)`` once per dataset, brief and options.

    Within a report the kernels of all chapters share what one of them computed.
    """

    @functools.wraps(function)
    def once(data: Dataset, brief: Brief, **options: Any) -> Any:
        known = _in_process.setdefault(data, {})
        key = _key(function, brief, options)
        kept = known.get(key)
        shared = _shared(key, data)
        if kept is None and shared is not None and shared.is_file():
            kept = known[key] = shared.read_bytes()
        if kept is not None:
            return pickle.loads(kept)
        result = function(data, brief, **options)
        known[key] = pickle.dumps(result, protocol=pickle.HIGHEST_PROTOCOL)
        while len(known) > MOST:
            # whoever turns a knob for an hour asks for thousands of briefs, each of them once
            known.pop(next(iter(known)))
        if shared is not None:
            _keep(shared, known[key])
        return result

    return once  # type: ignore[return-value]


def _key(function: Callable, brief: Brief, options: dict[str, Any]) -> str:
    text = f"{function.__module__}.{function.__qualname__}|{brief.model_dump_json()}|{sorted(options.items())!r}"
    return hashlib.sha256(text.encode()).hexdigest()


def _shared(key: str, data: Dataset) -> Path | None:
    """Return where a report keeps this result; None outside a report, or for tables that no file stands behind."""
    folder = os.environ.get(ENV_MEMO)
    if not folder or not data.provenance:
        return None
    inputs = f"{key}|{[(s.path, s.sha256) for s in data.provenance]}|{data.as_of}"
    return Path(folder) / hashlib.sha256(inputs.encode()).hexdigest()


def _keep(path: Path, content: bytes) -> None:
    """Keep for the other chapters; a memo that cannot be written is only slower."""
    try:
        write_whole(path, content)
    except OSError:
        return
