"""Days without a year, in any language, and the year that belongs to them."""

from __future__ import annotations

import datetime as dt
import itertools
import re
import unicodedata
from collections.abc import Sequence
from functools import cache

# languages in which the platforms' tools write; CLDR has the names of the months in all of them
_TONGUES = (
    *("en", "de", "fr", "es", "pt", "it", "nl", "sv", "da", "nb", "fi", "pl", "cs", "sk", "hu", "ro", "bg", "el", "ru", "uk", "tr"),
    *("ar", "he", "fa", "hi", "bn", "th", "vi", "id", "ms", "ja", "ko", "zh", "ca", "hr", "sr", "sl", "lt", "lv", "et"),
)
_NUMBERS = re.compile(r"\d+")
_YEAR = re.compile(r"(?:19|20)\d{2}")
# Chinese and Japanese: 9月13日; Korean: 9월 13일
_EAST = re.compile(r"(?:(\d{4})\s*[年년]\s*)?(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]?")


@cache
def _months() -> dict[str, int]:
    from babel import Locale

    out: dict[str, int] = {}
    for tongue in _TONGUES:
        months = Locale.parse(tongue).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[context][width].items():
                    word = _folded(str(name))
                    if word and not word.isdigit():
                        out.setdefault(word, int(number))
    return out


def _folded(text: str) -> str:
    """Return letters without case, accents and dots; Vietnamese `tháng` stays as it is part of the month's name."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(plain.replace(".", " ").split())


def day_and_month(text: str) -> tuple[int, int, int | None] | None:
    """Return day, month and, where it is written, year of a day in words.

    >>> day_and_month("June 6"), day_and_month("6 Ιουνίου"), day_and_month("8 de marzo"), day_and_month("18 tháng Tám")
    ((6, 6, None), (6, 6, None), (8, 3, None), (18, 8, None))
    >>> day_and_month("9月13日"), day_and_month("18 января"), day_and_month("3 août 2025"), day_and_month("2026-01-01") is None
    ((13, 9, None), (18, 1, None), (3, 8, 2025), True)
    """
    if east := _EAST.fullmatch(text.strip()):
        return _valid(int(east[3]), int(east[2]), int(east[1]) if east[1] else None)
    # Excel turns June 3 into 3-Jun
    folded = _folded(re.sub(r"(?<=\d)[-/ ](?=[^\W\d])|(?<=[^\W\d])[-/](?=\d)", " ", text.replace(",", " ")))
    year = next((int(y) for y in _YEAR.findall(folded)), None)
    rest = _YEAR.sub(" ", folded) if year else folded
    numbers = _NUMBERS.findall(rest)
    words = " ".join(w for w in re.sub(r"\d+(?:st|nd|rd|th|er|º|ª)?", " ", rest).split() if w not in _FILLERS)
    if len(numbers) == 2 and words == "thang":  # Vietnamese with the month as a number: 18 tháng 8
        return _valid(int(numbers[0]), int(numbers[1]), year)
    if len(numbers) != 1 or not words:
        return None
    month = _months().get(words) or _VIETNAMESE.get(words)
    return _valid(int(numbers[0]), month, year) if month else None


# CLDR numbers them, the platforms spell them out
_VIETNAMESE = {
    **{f"thang {n}": i for i, n in enumerate(("gieng", "hai", "ba", "tu", "nam", "sau", "bay", "tam", "chin", "muoi"), start=1)},
    "thang mot": 1,
    "thang muoi mot": 11,
    "thang muoi hai": 12,
}
_FILLERS = frozenset(("de", "del", "of", "the", "di", "г", "d", "ngay", "den"))


def _valid(day: int, month: int, year: int | None) -> tuple[int, int, int | None] | None:
    try:
        # a leap year, so that 29 February is a day
        dt.date(year or 2024, month, day)
    except ValueError:
        return None
    return day, month, year


def dated(days: Sequence[tuple[int, int, int | None] | None], *, last: dt.date | None = None, anchor: dt.date | None = None) -> list:
    """Give a run of days their years: the order of the rows tells where a new year begins.

    Parameters
    ----------
    days : sequence of (day, month, year or None), or None for what is no day
        In the order of the file, ascending or descending.
    last : date, optional
        No day lies after this one: the day of the export.
    anchor : date, optional
        A day that is known to lie within the run, or within half a year of its end.

    Returns
    -------
    list of date or None

    Examples
    --------
    >>> run = [(30, 12, None), (31, 12, None), (1, 1, None)]
    >>> [str(d) for d in dated(run, last=dt.date(2026, 6, 1))]
    ['2025-12-30', '2025-12-31', '2026-01-01']
    >>> [str(d) for d in dated([(29, 2, None)], last=dt.date(2026, 6, 1))]
    ['2024-02-29']
    """
    known = [d for d in days if d]
    if not known:
        return [None] * len(days)
    steps = [(b[1], b[0]) > (a[1], a[0]) for a, b in itertools.pairwise(known) if (b[1], b[0]) != (a[1], a[0])]
    ascending = sum(steps) * 2 >= len(steps)
    order = list(range(len(days))) if ascending else list(range(len(days) - 1, -1, -1))
    # years relative to the first day of the run
    turns: dict[int, int] = {}
    year, before = 0, None
    for i in order:
        one = days[i]
        if one is None:
            continue
        if before is not None and (one[1], one[0]) < (before[1], before[0]):
            year += 1
        turns[i] = year
        before = one
    written = next((one[2] - turns[i] for i in order if (one := days[i]) and one[2]), None)
    base = written if written is not None else _base(days, turns, order, last, anchor)
    return [_made(days[i], base + turns[i]) if i in turns else None for i in range(len(days))]


def _base(days: Sequence, turns: dict[int, int], order: Sequence[int], last: dt.date | None, anchor: dt.date | None) -> int:
    end = next(i for i in reversed(order) if i in turns)
    middle = (anchor or last or dt.date.today()).year
    best = None
    for year in range(middle + 1, middle - 9, -1):
        made = [_made(days[i], year + turns[i]) for i in turns]
        # 29 February rules years out
        if any(m is None for m in made):
            continue
        final = _made(days[end], year + turns[end])
        if anchor is not None:
            away = abs((final - anchor).days)
            if best is None or away < best[0]:
                best = (away, year)
        elif last is None or max(made) <= last:
            return year
    return best[1] if best else middle


def _made(one: tuple[int, int, int | None], year: int) -> dt.date | None:
    try:
        return dt.date(one[2] or year, one[1], one[0])
    except ValueError:
        return None
