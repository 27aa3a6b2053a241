"""The one way in which a file cannot be opened."""

from __future__ import annotations


class Unreadable(Exception):
    """A file that cannot be opened as a table: what was found, what was expected, how to mend it."""

    def __init__(self, found: str, expected: str = "", mend: str = ""):
        super().__init__(found)
        self.found, self.expected, self.mend = found, expected, mend
