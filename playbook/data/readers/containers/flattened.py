"""Records that were flattened into a table: `authorMeta.name` and `hashtags/0` are the ways into them."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from playbook.data.readers.contract import Sheet
from playbook.data.values import plain

_STEP = re.compile(r"[./]|\[(?=\d+\])")
_NAME = re.compile(r"[A-Za-z_]\w*(?:(?:[./]|\[)\w+\]?)+")
# more cells than these are not made into records
MAX_CELLS = 5_000_000
MAX_STEPS = 12


def is_flattened(headers: tuple[str, ...]) -> bool:
    """Say whether headers are ways into records: two of them lead into the same one.

    >>> is_flattened(("id", "authorMeta.name", "authorMeta.fans")), is_flattened(("Eng. rate", "Avg. likes"))
    (True, False)
    """
    starts = Counter(_STEP.split(h, maxsplit=1)[0] for h in headers if _NAME.fullmatch(h))
    return bool(starts) and max(starts.values()) > 1


def records(sheet: Sheet) -> list[dict[str, Any]] | None:
    """Return the rows of a flattened sheet as the records that they were; None where it is none, or too large.

    Empty cells are left out, since nothing tells them from absent keys; `true` and `false` become what they say, numbers stay text.
    """
    ways = [_STEP.split(h.replace("]", "")) if _NAME.fullmatch(h) else [h] for h in sheet.headers]
    if not is_flattened(sheet.headers) or len(sheet.rows) * len(ways) > MAX_CELLS:
        return None
    out: list[dict[str, Any]] = [{} for _ in range(len(sheet.rows))]
    for position, way in enumerate(ways):
        if not way[0] or len(way) > MAX_STEPS:
            continue
        for record, cell in zip(out, sheet.column(position), strict=True):
            text = plain(cell)
            if not text:
                continue
            inner = record
            for step in way[:-1]:
                below = inner.setdefault(step, {})
                if not isinstance(below, dict):
                    break
                inner = below
            else:
                inner.setdefault(way[-1], {"true": True, "false": False}.get(text.casefold(), text))
    return [_listed(record) for record in out]


def _listed(value: Any) -> Any:
    """Turn records whose keys count from 0 back into lists."""
    if not isinstance(value, dict):
        return value
    inner = {k: _listed(v) for k, v in value.items()}
    if inner and all(k.isdecimal() for k in inner):
        return [inner[k] for k in sorted(inner, key=int)]
    return inner
