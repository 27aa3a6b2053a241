"""Times and days as written: ISO, Unix time, day and month in either order, months in the words of many languages."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

import numpy as np
import pandas as pd

from playbook.data.values.column import Cells, Declared, Parsed, Remark, distinct, is_number, marks_unknown, plain, unknown_remark, where
from playbook.data.values.yearless import day_and_month

YEARS = (1990, 2100)
_CLOCK = r"(?:[T, ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?: ?([AP])\.?M\.?)?)?"
_PARTS = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})" + _CLOCK, re.IGNORECASE)
_WORDS = re.compile(r"(?:(\d{1,2})\.? )?([A-Za-z]{3,9})\.?(?: (\d{1,2})(?:st|nd|rd|th)?)?,? (\d{4})" + _CLOCK, re.IGNORECASE)
_AT = re.compile(r"[T, ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?: ?([AP])\.?M\.?)?$", re.IGNORECASE)
# how Twitter and C programs stamp: Wed Oct 02 14:03:11 +0000 2024
_MACHINE = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2} \d{1,2} \d{2}:\d{2}:\d{2}) ([+-]\d{4}|UTC|GMT) (\d{4})")
_MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:?\d{2}(?::?\d{2}(?:[.,]\d+)?)? ?(?:Z|[+-]\d{2}:?(?:\d{2})?)?)?")
_ZONED = re.compile(r"(?:Z|[+-]\d{2}:?(?:\d{2})?)$")
_UNIX = {9: 1_000_000, 10: 1_000_000, 13: 1_000, 16: 1}  # number of digits to microseconds


def times(cells: Cells, *, declared: Declared | None = None) -> Parsed:
    """Read a column of times as UTC.

    Understands ISO 8601 with or without offset, Unix seconds, milliseconds and microseconds, `19.8.2024`, `Aug 19, 2011`, and
    `D/M/Y` or `M/D/Y` where the column holds a number above 12 that settles the order. A time without zone is read as UTC.

    Examples
    --------
    >>> import numpy as np
    >>> times(np.array(["2024-05-01T10:00:00+02:00", "1714550400"], dtype=object)).values.tolist()
    [Timestamp('2024-05-01 08:00:00+0000', tz='UTC'), Timestamp('2024-05-01 08:00:00+0000', tz='UTC')]
    >>> [r.many for r in times(np.array(["03/04/2026"], dtype=object)).remarks]
    ['could be day/month or month/day, and nothing in the column tells which']
    """
    found = _read(cells, declared, whole_days=False)
    return Parsed(values=pd.Series(found.moments).dt.tz_localize("UTC"), remarks=tuple(found.remarks))


def days(cells: Cells, *, declared: Declared | None = None) -> Parsed:
    """Read a column of days: the day as written, whatever time or zone stands beside it.

    >>> import numpy as np
    >>> days(np.array(["2024-05-01", "31.12.2023"], dtype=object)).values.dt.strftime("%Y-%m-%d").tolist()
    ['2024-05-01', '2023-12-31']
    """
    found = _read(cells, declared, whole_days=True)
    return Parsed(values=pd.Series(found.moments.astype("datetime64[D]").astype("datetime64[us]")), remarks=tuple(found.remarks))


def each_alone(cells: Cells) -> bool:
    """Say whether every cell of a column tells its time by itself, whatever stands in the others.

    >>> import numpy as np
    >>> each_alone(np.array(["2024-05-01", "", "1714550400"], dtype=object)), each_alone(np.array(["03/04/2026"], dtype=object))
    (True, False)
    """
    return all(not t or t.isdecimal() or marks_unknown(t) or _ISO.fullmatch(t) for t in map(plain, distinct(cells)[1]))


@dataclass
class _Found:
    moments: np.ndarray
    remarks: list[Remark] = field(default_factory=list)


def day_first(*columns: Cells) -> bool | None:
    """Say whether the day stands before the month in columns that one tool wrote; None where no cell of any of them tells.

    >>> import numpy as np
    >>> day_first(np.array(["9/6/2016"], dtype=object), np.array(["9/16/2016 6:30"], dtype=object))
    False
    """
    found = [m for cells in columns for c in distinct(cells)[1] if (m := _PARTS.fullmatch(plain(c)))]
    return _day_first(found)


def _read(cells: Cells, declared: Declared | None, *, whole_days: bool) -> _Found:
    codes, uniques = distinct(cells)
    size = len(uniques)
    texts = [_digits(c) if is_number(c) else plain(c) for c in uniques]
    moments = np.full(size, np.datetime64("NaT", "us"), dtype="datetime64[us]")
    naive, unknown, odd, doubtful = (np.zeros(size, dtype=bool) for _ in range(4))

    iso = np.array([t[:4].isdigit() and _ISO.fullmatch(t) is not None for t in texts], dtype=bool)
    at = np.flatnonzero(iso)
    if len(at):
        written = pd.Series([texts[i][:10] if whole_days else texts[i] for i in at], dtype=object)
        parsed = pd.to_datetime(written, format="ISO8601", utc=True, errors="coerce")
        moments[at] = parsed.dt.tz_localize(None).to_numpy().astype("datetime64[us]")
        if not whole_days:
            naive[at] = [not _ZONED.search(texts[i], 10) for i in at]
        odd[at] = np.isnat(moments[at])

    rest = [i for i in range(size) if texts[i] and not iso[i]]
    parts = {i: m for i in rest if (m := _PARTS.fullmatch(texts[i]))}
    day_first = {mark: _day_first([m for m in parts.values() if m[2] == mark]) for mark in "./-"}
    if declared and declared.day_first is not None:
        day_first = dict.fromkeys(day_first, declared.day_first)
    for i in rest:
        text = texts[i]
        if marks_unknown(text):
            unknown[i] = True
            continue
        if declared and declared.pattern:
            moment = _by_pattern(text, declared.pattern)
        elif text.isdecimal():
            moment = _by_digits(text)
        elif i in parts:
            order = day_first[parts[i][2]]
            doubtful[i] = order is None and _either_way(parts[i])
            moment = None if doubtful[i] else _by_parts(parts[i], order is not False)
        else:
            moment = _by_words(text)
        if moment is None:
            odd[i] = not doubtful[i]
            continue
        if moment.tzinfo:
            moment = (moment if whole_days else moment.astimezone(dt.UTC)).replace(tzinfo=None)
        else:
            naive[i] = not whole_days
        moments[i] = np.datetime64(moment, "us")

    years = moments.astype("datetime64[Y]").astype("int64") + 1970
    far = ~np.isnat(moments) & ((years < YEARS[0]) | (years > YEARS[1]))
    moments[far] = np.datetime64("NaT", "us")
    remarks = unknown_remark(codes, unknown) + _remarks(codes, odd, doubtful, far, naive & ~far & ~odd)
    return _Found(moments[codes], remarks)


def _remarks(codes: np.ndarray, odd: np.ndarray, doubtful: np.ndarray, far: np.ndarray, naive: np.ndarray) -> list[Remark]:
    out = []
    correct = "left out as unknown: correct the cell"
    if odd.any():
        one, many = "is not a date the kit can read", "are not dates the kit can read"
        out.append(Remark("warning", where(codes, odd), one, many, "YYYY-MM-DD or YYYY-MM-DD HH:MM", correct, lost=True))
    if doubtful.any():
        clause = "could be day/month or month/day, and nothing in the column tells which"
        mend = 'left out as unknown: say which under `columns:`, as in `Date: "posted_at (day first)"`'
        out.append(Remark("warning", where(codes, doubtful), clause, clause, "YYYY-MM-DD", mend, lost=True))
    if far.any():
        span = f"outside {YEARS[0]} to {YEARS[1]}"
        mend = "left out as unknown: an empty cell may have become 1970"
        out.append(Remark("warning", where(codes, far), f"lies {span}", f"lie {span}", "a date of our time", mend, lost=True))
    if naive.any():
        expected = "UTC or an offset such as +02:00"
        out.append(Remark("note", where(codes, naive), "has no time zone", "have no time zone", expected, "read as UTC"))
    return out


def _digits(cell: float) -> str:
    """Write a numeric cell as the digits of a Unix time; nothing for missing."""
    if cell != cell:
        return ""
    return str(int(cell)) if 0 <= cell < 1e18 else str(cell)


def _by_digits(text: str) -> dt.datetime | None:
    if len(text) == 8 and str(YEARS[0]) <= text[:4] <= str(YEARS[1]):
        return _by_pattern(text, "%Y%m%d")
    if len(text) not in _UNIX:
        return None
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=int(text) * _UNIX[len(text)])


def _by_pattern(text: str, pattern: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(text, pattern)
    except ValueError:
        return None


def _day_first(matches: Sequence[re.Match]) -> bool | None:
    """Decide by all dates of one style whether the day stands before the month; None where nothing tells."""
    short = [m for m in matches if len(m[1]) <= 2]
    day, month = any(int(m[1]) > 12 for m in short), any(int(m[3]) > 12 for m in short)
    if day != month:
        return day
    # nobody writes the month first with dots
    return True if not day and short and short[0][2] == "." else None


def _either_way(m: re.Match) -> bool:
    """Say whether a date reads differently with the day first and with the month first."""
    first, second = int(m[1]), int(m[3])
    return len(m[1]) <= 2 and first != second


def _by_parts(m: re.Match, day_first: bool) -> dt.datetime | None:
    first, second, third = m[1], m[3], m[4]
    if len(first) == 4:
        return _made(int(first), int(second), int(third), *m.groups()[4:])
    if len(first) > 2 or len(third) not in (2, 4):
        return None
    year = int(third) + (2000 if len(third) == 2 else 0)
    day, month = (int(first), int(second)) if day_first else (int(second), int(first))
    return _made(year, month, day, *m.groups()[4:])


def _by_words(text: str) -> dt.datetime | None:
    m = _WORDS.fullmatch(text)
    if not m or (m[1] is None) == (m[3] is None):
        return _in_any_language(text)
    word = m[2].casefold()
    month = next((n for n, name in enumerate(_MONTHS, start=1) if name == word or word in (name[:3], name[:4])), None)
    return _made(int(m[4]), month, int(m[1] or m[3]), *m.groups()[4:]) if month else _in_any_language(text)


def _in_any_language(text: str) -> dt.datetime | None:
    """Read `1. Mai 2026`, `2026年5月1日`, `01-May-2026 10:00`, or a date as mails have it."""
    if not any(c.isalpha() for c in text) or len(text) > 60:
        return None
    if text[:3].isalpha() and text[3:4] == ",":
        try:
            return parsedate_to_datetime(text)
        except (ValueError, TypeError):
            pass
    if stamp := _MACHINE.fullmatch(text):
        zone = stamp[2] if stamp[2][0] in "+-" else "+0000"
        return _by_pattern(f"{stamp[1]} {stamp[3]} {zone}", "%b %d %H:%M:%S %Y %z")
    clock = _AT.search(text)
    day = day_and_month((text[: clock.start()] if clock else text).strip(" ,").replace("-", " "))
    if day is None or day[2] is None:
        return None
    return _made(day[2], day[1], day[0], *(clock.groups() if clock else (None, None, None, None)))


def _made(
    year: int, month: int, day: int, hour: str | None, minute: str | None, second: str | None, half: str | None
) -> dt.datetime | None:
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + (12 if half in "pP" else 0)
    try:
        return dt.datetime(year, month, day, hours, int(minute or 0), int(second or 0))
    except ValueError:
        return None
