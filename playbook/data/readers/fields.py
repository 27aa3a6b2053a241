"""Fields of foreign files: which header is which, cells as a table, and values out of nested records."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from playbook.data.readers.contract import Sample, Sheet
from playbook.data.readers.headers import folded
from playbook.data.readers.kit_table import listed
from playbook.data.told import note
from playbook.data.values import plain
from playbook.findings import Finding

_SMALL = frozenset(
    [
        *("de", "du", "des", "la", "le", "les", "l", "d", "del", "della", "dell", "dei", "delle", "degli", "di", "da", "do", "dos", "das"),
        *("el", "los", "las", "a", "o", "van", "het", "een", "der", "die", "das", "dem", "den", "of", "the", "for", "per", "para", "por"),
    ]
)
# column of ours to its spellings in a format, in small letters with underscores
Spelled = Mapping[str, Sequence[str]]


def positions(headers: Sequence[str], spelled: Spelled) -> dict[str, int]:
    """Return where each column stands; of several spellings that are there the first one counts.

    >>> positions(["Post ID", "Auf\u00adrufe", "Views"], {"post": ["post_id"], "views": ["views", "aufrufe"]})
    {'post': 0, 'views': 2}
    """
    names = [folded(h) for h in headers]
    at = {column: names.index(word) for column, words in spelled.items() if (word := next((w for w in words if w in names), None))}
    # translators differ in articles and accents: "Identifiant de publication", "Identifiant de la publication"
    loose = {name: i for i, h in reversed(list(enumerate(names))) if i not in at.values() and (name := loosened(h))}
    for column, words in spelled.items():
        if column not in at and loose:
            found = next((loose[bare] for w in words if (bare := loosened(w)) in loose), None)
            if found is not None and found not in at.values():
                at[column] = found
    return at


@cache
def loosened(name: str) -> str:
    """Return a folded header without accents and without the small words between the others; empty where nothing would be left out.

    >>> loosened("identifiant_de_la_publication"), loosened("título_del_vídeo"), loosened("views")
    ('identifiant publication', 'titulo video', '')
    """
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    words = [w for w in bare.split("_") if w not in _SMALL]
    return " ".join(words) if len(words) > 1 else ""


def share_known(headers: Sequence[str], spelled: Spelled) -> float:
    """Return the share of headers that a format knows."""
    known = {w for words in spelled.values() for w in words}
    filled = [folded(h) for h in headers if plain(h)]
    return sum(n in known for n in filled) / max(len(filled), 1)


def table(sheet: Sheet, at: Mapping[str, int]) -> pd.DataFrame:
    """Return some columns of a sheet under our names, cells as written."""
    return pd.DataFrame({column: pd.Series(sheet.column(i), dtype=object) for column, i in at.items()}, index=range(len(sheet.rows)))


def written(sheet: Sheet, at: Mapping[str, int]) -> dict[str, str]:
    """Return the headers in the file, for messages."""
    return {column: plain(sheet.headers[i]) for column, i in at.items()}


def not_used(sample: Sample, sheet: Sheet | None, headers: Sequence[str], used: Iterable[int]) -> list[Finding]:
    """Name the columns that no table of ours takes, in one note."""
    taken = set(used)
    left = [h for i, h in enumerate(headers) if i not in taken and plain(h)]
    if not left:
        return []
    what = f"{'column' if len(left) == 1 else 'columns'} {listed(left)} not used"
    return [
        note(f"{sample.path}{sheet.where if sheet else ''}", what, "what the chapters need", "nothing to do: the file still holds them")
    ]


def inside(record: Any, *path: str | int) -> Any:
    """Return a value deep in a record, or None where the way ends early.

    >>> inside({"a": [{"b": 1}]}, "a", 0, "b"), inside({"a": 1}, "a", "b") is None
    (1, True)
    """
    for step in path:
        if isinstance(step, int):
            record = record[step] if isinstance(record, list) and len(record) > step else None
        else:
            record = record.get(step) if isinstance(record, dict) else None
        if record is None:
            return None
    return record


def under(record: Any, name: str) -> dict[str, Any]:
    """Return the record that stands under a name, or an empty one.

    >>> under({"a": {"b": 1}}, "a"), under({"a": "x"}, "a"), under(None, "a")
    ({'b': 1}, {}, {})
    """
    found = record.get(name) if isinstance(record, dict) else None
    return found if isinstance(found, dict) else {}


def listed_under(record: Any, *names: str) -> list[dict[str, Any]]:
    """Return the records of the first list that stands under one of several names.

    >>> listed_under({"b": [{"c": 1}, "x"]}, "a", "b"), listed_under({"a": 5}, "a")
    ([{'c': 1}], [])
    """
    found = first(record, *names)
    return [r for r in found if isinstance(r, dict)] if isinstance(found, list) else []


def first(record: Any, *names: str) -> Any:
    """Return the first value that is there under one of several names."""
    return next((record[n] for n in names if isinstance(record, dict) and record.get(n) is not None), None)


def records_with(document: Any, keys: Iterable[str], *, depth: int = 6) -> list[dict[str, Any]]:
    """Return every record, however deep, that has all of some keys, in the order of the document.

    >>> records_with({"data": {"videos": [{"id": 1, "views": 2}, {"id": 3}]}}, ["id", "views"])
    [{'id': 1, 'views': 2}]
    """
    wanted = set(keys)
    found: list[dict[str, Any]] = []
    level: list[Any] = [document]
    for _ in range(depth + 1):
        below: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                if wanted <= one.keys():
                    found.append(one)
                    continue
                below += one.values()
            elif isinstance(one, list):
                below += one
        level = [b for b in below if isinstance(b, (dict, list))]
        if not level:
            break
    return found


def frame_of(records: Sequence[Mapping[str, Any]]) -> tuple[pd.DataFrame, np.ndarray]:
    """Return records as a table of cells, and the number of each."""
    flat = [{k: json.dumps(v, ensure_ascii=False) if isinstance(v, (dict, list)) else v for k, v in r.items()} for r in records]
    frame = pd.DataFrame(flat, dtype=object)
    return frame, np.arange(1, len(frame) + 1)
