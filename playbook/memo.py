"""Fits that several chapters share are computed once: per process, and per report.

A decorated function must be pure. Results are kept pickled, so that no caller can change what the next one gets. Within a process a result
is found again by the fields of the brief that its computing read, so that turning a knob computes anew only what depends on it.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import pickle
import weakref
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from playbook.brief import Brief
from playbook.brief.watched import WHOLE, Watched, read, unwatched
from playbook.data.dataset import Dataset
from playbook.whole import write_whole

# a private folder that a report makes for one run and removes after it: nowhere else is a pickle trusted
ENV_MEMO = "PLAYBOOK_MEMO"
# bytes kept per dataset within a process
MOST = 128 * 1024 * 1024

F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class _Kept:
    """What one dataset's calls returned, the least used first, and which fields of the brief each call has been seen to read."""

    results: OrderedDict[str, bytes] = field(default_factory=OrderedDict)
    reads: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    size: int = 0

    def find(self, call: str, values: dict[str, Any]) -> tuple[bytes, tuple[str, ...]] | None:
        for fields in self.reads.get(call, ()):
            key = _key(call, fields, values)
            if key in self.results:
                self.results.move_to_end(key)
                return self.results[key], fields
        return None

    def keep(self, call: str, fields: tuple[str, ...], values: dict[str, Any], content: bytes) -> None:
        known = self.reads.setdefault(call, [])
        if fields not in known:
            known.append(fields)
        key = _key(call, fields, values)
        self.size += len(content) - len(self.results.pop(key, b""))
        self.results[key] = content
        while self.size > MOST and len(self.results) > 1:
            # whoever turns a knob for an hour asks for thousands of results, each of them once
            self.size -= len(self.results.popitem(last=False)[1])


_in_process: weakref.WeakKeyDictionary[Dataset, _Kept] = weakref.WeakKeyDictionary()


def remembered(function: F) -> F:
    """Compute ``function(data, brief, **options)`` once per dataset, options and what it reads of the brief.

    Within a report the kernels of all chapters share what one of them computed.
    """

    @functools.wraps(function)
    def once(data: Dataset, brief: Brief, **options: Any) -> Any:
        kept = _in_process.setdefault(data, _Kept())
        plain = unwatched(brief)
        call = f"{function.__module__}.{function.__qualname__}|{sorted(options.items())!r}"
        values = plain.model_dump(mode="json")
        found = kept.find(call, values)
        if found:
            content, fields = found
            _pass_on(fields, brief)
            return pickle.loads(content)
        shared = _shared(_key(call, (WHOLE,), values), data)
        if shared is not None and shared.is_file():
            # which fields another process read is not told
            content = shared.read_bytes()
            kept.keep(call, (WHOLE,), values, content)
            _pass_on((WHOLE,), brief)
            return pickle.loads(content)
        seen: set[str] = set()
        try:
            result = function(data, Watched(plain, seen), **options)
        finally:
            _pass_on(tuple(seen), brief)
        content = pickle.dumps(result, protocol=pickle.HIGHEST_PROTOCOL)
        kept.keep(call, tuple(sorted(seen)), values, content)
        if shared is not None:
            _keep(shared, content)
        return pickle.loads(content)

    return once  # type: ignore[return-value]


def _pass_on(fields: tuple[str, ...], brief: Brief) -> None:
    """What a call read, the call that asked for it has read as well."""
    for path in fields:
        read(brief, path)


def _key(call: str, fields: tuple[str, ...], values: dict[str, Any]) -> str:
    told = json.dumps([_at(values, path) for path in fields])
    return hashlib.sha256(f"{call}|{fields}|{told}".encode()).hexdigest()


def _at(values: dict[str, Any], path: str) -> Any:
    if path == WHOLE:
        return values
    section, _, name = path.partition(".")
    return values[section][name] if name else values[section]


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
