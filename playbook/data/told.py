"""Short ways to say a finding."""

from __future__ import annotations

from collections.abc import Sequence

from playbook.findings import Finding

SHOWN = 3


def note(about: str, found: str, expected: str = "", mend: str = "") -> Finding:
    """Return a finding that informs."""
    return Finding(level="note", about=about, found=found, expected=expected, mend=mend)


def warning(about: str, found: str, expected: str = "", mend: str = "") -> Finding:
    """Return a finding that changes an answer."""
    return Finding(level="warning", about=about, found=found, expected=expected, mend=mend)


def counted(n: int, one: str, many: str) -> str:
    """Return a number with its words.

    >>> counted(1, "row is", "rows are"), counted(1200, "row is", "rows are")
    ('1 row is', '1,200 rows are')
    """
    return f"{n:,} {one if n == 1 else many}"


def first_few(names: Sequence[object], most: int = SHOWN) -> str:
    """Return the first few of many for a sentence.

    >>> first_few([2, 5, 9, 11])
    '2, 5, 9, …'
    """
    return ", ".join(str(n) for n in names[:most]) + (", …" if len(names) > most else "")


def rows(numbers: Sequence[int]) -> str:
    """Return the first few row numbers for a sentence.

    >>> rows([7]), rows([2, 5, 9, 11])
    ('row 7', 'rows 2, 5, 9, …')
    """
    return f"{'row' if len(numbers) == 1 else 'rows'} {first_few(numbers)}"
