"""Readers, one module a format: the surest one reads a file.

A module of this folder that has `NAME`, `recognise` and `read` is a reader; to add a format is to add a file.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from playbook.data.readers.contract import Context, Reader, Recognition, Sample

# below this nobody claims the file
SURE_ENOUGH = 0.5
# of equally sure readers the first one wins: what the user says comes before what the kit thinks, the kit's own tables last
_FIRST, _LAST = "mapped", "kit_table"


@cache
def readers() -> tuple[Reader, ...]:
    """Return every reader, in the order in which equally sure ones win."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.ispkg)
    modules = {n: importlib.import_module(f"{__name__}.{n}") for n in names}
    known = [n for n, m in modules.items() if all(hasattr(m, a) for a in ("NAME", "recognise", "read"))]
    return tuple(modules[n] for n in sorted(known, key=lambda n: (n != _FIRST, n == _LAST, n)))


def surest(sample: Sample, context: Context) -> tuple[Reader, Recognition] | None:
    """Return the reader that is surest of a file, or None where none is sure enough."""
    found = [(r, reader) for reader in readers() if (r := reader.recognise(sample, context))]
    if not found:
        return None
    recognition, reader = max(found, key=lambda pair: pair[0].sureness)
    return (reader, recognition) if recognition.sureness >= SURE_ENOUGH else None
