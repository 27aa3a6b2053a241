"""A campaign folder in, a dataset out: every file read, every row typed, checked and accounted for."""

from __future__ import annotations

from playbook.data.load.reading import Reading, read, read_folder

__all__ = ["Reading", "read", "read_folder"]
