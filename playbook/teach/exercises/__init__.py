"""All exercises, by id; one file a chapter."""

from __future__ import annotations

import importlib

from playbook.chapters import NAMES
from playbook.teach.exercise import Exercise


def _all() -> dict[str, Exercise]:
    found: dict[str, Exercise] = {}
    for name in NAMES:
        for exercise in importlib.import_module(f"playbook.teach.exercises.{name}").EXERCISES:
            found[exercise.id] = exercise
    return found


EXERCISES: dict[str, Exercise] = _all()


def of(chapter: str) -> list[Exercise]:
    """Return the exercises of a chapter, in order.

    >>> [e.id for e in of("start")]
    ['start-1', 'start-2']
    """
    return [e for e in EXERCISES.values() if e.chapter == chapter]
