"""Timetables: half a day, a day, two days; a chapter's minutes are those that its notebook says."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Any

from playbook.chapters import CHAPTERS, NAMES, Chapter
from playbook.chapters import chapter as find_chapter

# what is no chapter: (name, minutes)
_HELLO = ("Welcome, and every machine passes `playbook doctor`", 15)
_BREAK = ("Break", 15)
_LUNCH = ("Lunch", 60)
_TASK = ("Final task: shortlist, flags, ROI and lift, handed in", 30)
_SHORT_TASK = ("Final task: shortlist and flags, handed in", 15)
_REVEAL = ("The reveal: what really held, and how far we were off", 30)

PLANS: dict[str, tuple[tuple[Any, ...], ...]] = {
    "Half a day": ((_HELLO, "start", "goals", "why_micro", _BREAK, "engagement", "trust", _SHORT_TASK, _REVEAL),),
    "One day": (
        (
            _HELLO,
            "start",
            "goals",
            "why_micro",
            _BREAK,
            "engagement",
            "trust",
            _LUNCH,
            "costs",
            "portfolio",
            _BREAK,
            "results",
            _TASK,
            _REVEAL,
        ),
    ),
    "Two days": (
        (_HELLO, "start", "goals", "creators", _BREAK, "why_micro", "engagement", _LUNCH, "trust", "fit", _BREAK, "costs"),
        ("portfolio", _BREAK, "outreach", "results", _LUNCH, _TASK, _REVEAL),
    ),
}
STARTS = 9 * 60  # minutes after midnight


@dataclass(frozen=True)
class Entry:
    """A line of a timetable: minutes after midnight, how long, what, and which chapter if it is one."""

    at: int
    minutes: int
    what: str
    chapter: Chapter | None = None

    @property
    def clock(self) -> str:
        """When it begins, such as 09:15."""
        return f"{self.at // 60:02d}:{self.at % 60:02d}"


@functools.cache
def minutes() -> dict[str, int]:
    """Return the minutes of each chapter, as its notebook says.

    >>> minutes()["start"]
    10
    """
    import nbformat

    from playbook.folders import notebooks_dir

    out = {}
    for chapter in CHAPTERS:
        first = nbformat.read(str(notebooks_dir() / chapter.notebook), as_version=4).cells[0].source
        out[chapter.name] = int(re.search(r"About (\d+) minutes", first)[1])
    return out


def timetable(plan: str) -> list[list[Entry]]:
    """Return the days of a plan, each a list of entries.

    >>> timetable("Half a day")[0][1].clock
    '09:15'
    """
    days = []
    for items in PLANS[plan]:
        at, entries = STARTS, []
        for item in items:
            chapter = find_chapter(item) if item in NAMES else None
            what, long = (chapter.title, minutes()[item]) if chapter else item
            entries.append(Entry(at, long, what, chapter))
            at += long
        days.append(entries)
    return days


def as_markdown() -> str:
    """Return all timetables, with what each exercise takes."""
    from playbook.teach.exercises import of

    out = [
        "# Timetables",
        "Minutes of a chapter hold its exercises: about half of the time belongs to them. Move the start as you like; the sums stay.",
    ]
    for plan in PLANS:
        for day, entries in enumerate(timetable(plan), 1):
            name = plan if len(PLANS[plan]) == 1 else f"{plan}, day {day}"
            last = entries[-1]
            total = sum(e.minutes for e in entries)
            end = Entry(last.at + last.minutes, 0, "").clock
            rows = []
            for e in entries:
                work = ", ".join(f"{x.id} ({x.minutes})" for x in of(e.chapter.name)) if e.chapter else ""
                what = f"**{e.chapter.number} {e.what}**" if e.chapter else e.what
                rows.append(f"| {e.clock} | {e.minutes} | {what} | {work} |")
            rows.append(f"| {end} | {total} | in all | |")
            out.append(f"## {name}\n\n| From | Minutes | What | Exercises (minutes) |\n|---|---|---|---|\n" + "\n".join(rows))
    return "\n\n".join(out) + "\n"
