"""Numbers, dates, flags and words as people and tools write them, a whole column at a time.

A column arrives as it was written (text, or the typed cells of a workbook) and leaves typed. What could
not be understood becomes missing, with a :class:`Remark` that says which cells and why.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from playbook.findings import Level

UNKNOWN = frozenset(
    ["-", "--", "---", "–", "—", "n/a", "n/a'", "n.a.", "na", "#n/a", "#nv", "nan", "null", "none", "nil", "undefined", "unknown", "hidden", "private", "?", "k.a.", "#valor!", "#value!", "#wert!", "#valeur!", "#ref!", "#bezug!", "#div/0!", "#name?", "#num!", "#zahl!", "#null!"]
)
SUFFIXES = {
    "k": 1e3, "tsd": 1e3, "tsd.": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "mio.": 1e6, "million": 1e6,
    "b": 1e9, "bn": 1e9, "mrd": 1e9, "mrd.": 1e9, "billion": 1e9,
}  # fmt: skip
TRUE = frozenset(["true", "t", "yes", "y", "1", "1.0", "ja", "j", "oui", "si", "sí", "sim", "wahr", "vrai", "x", "✓"])
FALSE = frozenset(["false", "f", "no", "n", "0", "0.0", "nein", "non", "falsch", "faux", "não"])
YEARS = (1990, 2100)
LARGEST = 1e15

_INVISIBLE = str.maketrans(dict.fromkeys("\xad\u200b\u200c\u200d\ufeff\u2060") | {"\u00a0": " ", "\u202f": " ", "\u2009": " "})
_NUMBER = re.compile(r"([+-]?)([\d.,' ’]*\d[\d.,' ’]*)(?:e([+-]?\d{1,3}))? ?([^\W\d]+\.?)? ?(%)?", re.IGNORECASE)
_CURRENCY = re.compile(r"^(?:[€$£¥₹₺₩zł]|[A-Z]{3}(?=[\s\d]))\s*|\s*(?:[€$£¥₹₺₩]|zł|kr\.?|(?<=[\s\d])[A-Z]{3})$")
_GROUPED = re.compile(r"\d{1,3}(?:([ .,'’])\d{3})(?:\1\d{3})*$")
_DATE_PARTS = re.compile(
    r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?:[T, ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?: ?([AP])\.?M\.?)?)?", re.IGNORECASE
)
_DATE_WORDS = re.compile(
    r"(?:(\d{1,2})\.? )?([A-Za-z]{3,9})\.?(?: (\d{1,2})(?:st|nd|rd|th)?)?,? (\d{4})(?:[T, ]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AP])\.?M\.?)?)?",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"\d{4}-\d{2}(?:-\d{2})?(?:[T ]\d{2}:?\d{2}(?::?\d{2}(?:[.,]\d+)?)? ?(?:Z|[+-]\d{2}:?(?:\d{2})?)?)?")
_ZONED = re.compile(r"(?:Z|[+-]\d{2}:?(?:\d{2})?)$")
_LOST_DIGITS = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Remark:
    """What was noticed about some cells of a column.

    Attributes
    ----------
    one, many : str
        The rest of a sentence that starts with "1 value" or "3 values".
    at : numpy.ndarray of int
        Positions of the cells within the column.
    lost : bool
        The cells became missing although something was written in them.
    """

    level: Level
    one: str
    many: str
    expected: str = ""
    mend: str = ""
    at: np.ndarray
    lost: bool = False


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """A column after reading.

    Attributes
    ----------
    values : pandas.Series
        Typed, missing where unknown.
    step : numpy.ndarray or None
        For numbers: the step in which a cell was written (100 for `12.5K`), missing where it was written in full.
    """

    values: pd.Series
    remarks: tuple[Remark, ...] = ()
    step: np.ndarray | None = None


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What the user has said about a column: how its dates or its decimals are written."""

    day_first: bool | None = None
    decimal: Literal[".", ","] | None = None
    pattern: str | None = None


def plain(cell: Any) -> str:
    """Return a cell as text, without invisible characters and outer blanks; empty for nothing.

    >>> plain("\\u00ad Auf\\u00adrufe "), plain(12.0), plain(None), plain(True)
    ('Aufrufe', '12', '', 'true')
    """
    if isinstance(cell, str):
        return (cell if cell.isascii() else cell.translate(_INVISIBLE)).strip()
    if cell is None or cell is pd.NaT or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, (bool, np.bool_)):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < LARGEST:
        return str(int(cell))
    if isinstance(cell, (dt.datetime, dt.date)):
        return cell.isoformat()
    return str(cell).strip()


def _distinct(cells: np.ndarray) -> tuple[np.ndarray, list[Any]]:
    """Return the position of each cell among the distinct cells, and these."""
    try:
        codes, distinct = pd.factorize(cells, use_na_sentinel=False)
    except TypeError:  # cells that cannot be hashed, such as lists out of JSON
        return np.arange(len(cells)), list(cells)
    return codes, list(distinct)


def _joined(cells: np.ndarray) -> str | None:
    """Return all cells in one text, to look for characters at the speed of C; None where a cell is not text."""
    try:
        return "".join(cells)
    except TypeError:
        return None


def _where(codes: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    return np.flatnonzero(wanted[codes])


def _unknown_remark(codes: np.ndarray, marked: np.ndarray) -> list[Remark]:
    if not marked.any():
        return []
    return [
        Remark(
            level="note", one="is a mark for unknown", many="are marks for unknown", expected="an empty cell",
            mend="taken as unknown, not as 0", at=_where(codes, marked),
        )
    ]  # fmt: skip


# numbers ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Written:
    """One distinct cell taken apart: sign, digits with separators, power of ten, per cent."""

    sign: float
    body: str
    power: float
    percent: bool
    suffix: bool


def numbers(cells: np.ndarray, *, kind: Literal["count", "number", "money", "share"] = "number", declared: Declared | None = None) -> Parsed:
    """Read a column of numbers.

    Understands `295,379`, `12 000`, `1.234,56`, `1,39 %`, `12.5K`, `1.2 Mio`, `€ 90`. Which of dot and comma is the decimal
    mark is decided for the column as a whole, by the cells that can be read in one way only; whole counts settle it too.

    Parameters
    ----------
    cells : numpy.ndarray of object
        Text, numbers or None.
    kind : {'count', 'number', 'money', 'share'}
        Counts are whole and never negative: `-1` is how tools write hidden likes. Money is never negative either.
        In shares, `%` and columns with values above 1 are divided by 100.

    Examples
    --------
    >>> import numpy as np
    >>> p = numbers(np.array(["12.5K", "1.2M", "295,379", "--"], dtype=object), kind="count")
    >>> p.values.tolist(), p.step.tolist()
    ([12500.0, 1200000.0, 295379.0, nan], [100.0, 100000.0, nan, nan])
    >>> numbers(np.array(["1,39 %", "12,5 %"], dtype=object), kind="share").values.tolist()
    [0.0139, 0.125]
    """
    joined = _joined(cells)
    if joined is not None and joined.isascii() and (joined.isdigit() or not joined) and kind != "share":
        values = pd.to_numeric(pd.Series(cells, dtype=object), errors="coerce").astype("float64")
        return _limited(cells, values.to_numpy(), None, [], kind)

    codes, distinct = _distinct(cells)
    size = len(distinct)
    values = np.full(size, np.nan)
    steps = np.full(size, np.nan)
    unknown, odd = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    percents = np.zeros(size, dtype=bool)
    written: dict[int, _Written] = {}
    for i, cell in enumerate(distinct):
        if isinstance(cell, (int, float, np.integer, np.floating)) and not isinstance(cell, bool):
            values[i] = float(cell) if abs(cell) < 1e300 else np.nan
            continue
        text = plain(cell)
        if not text:
            continue
        if text.casefold() in UNKNOWN:
            unknown[i] = True
            continue
        parts = _take_apart(text, money=kind == "money")
        if parts is None:
            odd[i] = True
        else:
            written[i] = parts
    decimal, clash, torn = _decimal_mark([w for w in written.values()], kind, declared)
    doubtful = np.zeros(size, dtype=bool)
    for i, w in written.items():
        value, decimals = _worth(w.body, decimal if not clash else None, kind, w.suffix)
        if value is None:
            doubtful[i] = True
            continue
        values[i] = w.sign * value * w.power / (100 if w.percent else 1)
        percents[i] = w.percent
        if w.suffix and w.power > 1:
            steps[i] = w.power / 10**decimals
    remarks = _unknown_remark(codes, unknown)
    if odd.any():
        remarks.append(
            Remark(
                level="warning", one="is not a number", many="are not numbers", expected="a number such as 1200, 12.5K or 8.6%",
                mend="left out as unknown: correct the cell", at=_where(codes, odd), lost=True,
            )
        )  # fmt: skip
    if doubtful.any():
        why = "the column uses both dot and comma as decimal mark" if torn else "nothing in the column tells whether dot and comma part thousands or decimals"
        remarks.append(
            Remark(
                level="warning", one=f"can be read in two ways: {why}", many=f"can be read in two ways: {why}",
                expected="one way of writing decimals in a column",
                mend='left out as unknown: say which under `columns:`, as in `Price: "fee (decimal comma)"`', at=_where(codes, doubtful), lost=True,
            )
        )  # fmt: skip
    out, step = values[codes], steps[codes]
    if kind == "share":
        out, more = _shares(cells, out, percents[codes])
        remarks += more
    return _limited(cells, out, step if np.isfinite(step).any() else None, remarks, kind)


def _take_apart(text: str, *, money: bool) -> _Written | None:
    text = text.lstrip("'").replace("−", "-")
    if money or text[:1] in "€$£¥" or text[-1:] in "€$£¥":
        text = _CURRENCY.sub("", _CURRENCY.sub("", text)).strip()
    negative = text.startswith("(") and text.endswith(")")  # how accountants write it
    match = _NUMBER.fullmatch(text.strip("() ") if negative else text)
    if not match:
        return None
    sign, body, exponent, word, percent = match.groups()
    power = 10.0 ** int(exponent) if exponent else 1.0
    if word:
        if word.casefold() not in SUFFIXES:
            return None
        power *= SUFFIXES[word.casefold()]
    body = body.strip().replace("’", "'")
    return _Written(-1.0 if sign == "-" or negative else 1.0, body, power, bool(percent), bool(word))


def _evidence(body: str, *, whole: bool) -> str | None:
    """Return the decimal mark that one number proves, or None where it proves none."""
    marks = [c for c in body if c in ".,"]
    kinds = set(marks)
    if not kinds:
        return None
    if len(kinds) == 2:
        return marks[-1] if marks.count(marks[-1]) == 1 else None
    mark = marks[0]
    other = "," if mark == "." else "."
    if len(marks) > 1:
        return other
    before, after = body.split(mark)
    if len(after) != 3 or len(before.replace(" ", "").replace("'", "")) > 3 or before in ("", "0") or " " in before or "'" in before:
        return mark
    return other if whole else None


def _decimal_mark(written: Sequence[_Written], kind: str, declared: Declared | None) -> tuple[str | None, bool, bool]:
    """Return the column's decimal mark, whether it cannot be told, and whether the cells contradict each other."""
    if declared and declared.decimal:
        return declared.decimal, False, False
    found = {_evidence(w.body, whole=kind == "count" and not w.suffix) for w in written} - {None}
    if len(found) == 1:
        return found.pop(), False, False
    if kind == "share" and not found:
        return None, False, False
    return None, bool(found), len(found) > 1


def _worth(body: str, decimal: str | None, kind: str, suffix: bool) -> tuple[float | None, int]:
    """Return what the digits are worth and the number of decimals; None where that cannot be told."""
    if decimal is None:
        decimal = _evidence(body, whole=kind == "count" and not suffix)
        if decimal is None and ("." in body or "," in body):
            if not (kind == "share" or suffix):
                return None, 0
            decimal = "." if "." in body else ","  # a share and 16.037 M have decimals: 1 to 999 of the unit
    elif _against(body, decimal):
        return None, 0
    thousands = "," if decimal == "." else "."
    digits = body.replace(" ", "").replace("'", "").replace(thousands, "").replace(decimal or ".", ".")
    try:
        value = float(digits)
    except ValueError:
        return None, 0
    return value, len(digits.partition(".")[2])


def _against(body: str, decimal: str) -> bool:
    """Say whether a number cannot be written with this decimal mark."""
    thousands = "," if decimal == "." else "."
    whole, _, part = body.partition(decimal)
    if thousands in part or decimal in part:
        return True
    return thousands in whole and not _GROUPED.fullmatch(whole.strip())


def _shares(cells: np.ndarray, values: np.ndarray, percent: np.ndarray) -> tuple[np.ndarray, list[Remark]]:
    unmarked = ~percent & np.isfinite(values)
    if percent.any():
        at = np.flatnonzero(percent)
        note = Remark(level="note", one="is a per cent", many="are per cents", expected="shares between 0 and 1", mend="divided by 100", at=at)
        if unmarked.any() and (values[unmarked] > 1).any():
            values = np.where(unmarked, values / 100, values)
        return values, [note]
    if unmarked.any() and (values[unmarked] > 1).any() and (values[unmarked] <= 100).all():
        at = np.flatnonzero(unmarked)
        note = Remark(
            level="note", one="is a per cent, since the column goes above 1", many="are per cents, since the column goes above 1",
            expected="shares between 0 and 1", mend="divided by 100", at=at,
        )  # fmt: skip
        return values / 100, [note]
    return values, []


def _limited(cells: np.ndarray, values: np.ndarray, step: np.ndarray | None, remarks: list[Remark], kind: str) -> Parsed:
    huge = np.abs(values) > LARGEST
    if huge.any():
        values = np.where(huge, np.nan, values)
        remarks.append(
            Remark(
                level="warning", one="is too large to be true", many="are too large to be true", expected="less than a thousand million million",
                mend="left out as unknown: is this an id in the wrong column?", at=np.flatnonzero(huge), lost=True,
            )
        )  # fmt: skip
    if kind in ("count", "money"):
        below = values < 0
        hidden = below & (values == -1) if kind == "count" else np.zeros(len(values), dtype=bool)
        if hidden.any():
            remarks.append(
                Remark(
                    level="note", one="is -1, as tools write a hidden number", many="are -1, as tools write a hidden number",
                    expected="an empty cell where the number is hidden", mend="taken as unknown, not as 0", at=np.flatnonzero(hidden),
                )
            )  # fmt: skip
        if (below & ~hidden).any():
            remarks.append(
                Remark(
                    level="warning", one="is negative", many="are negative", expected="0 or more", mend="left out as unknown: correct the cell",
                    at=np.flatnonzero(below & ~hidden), lost=True,
                )
            )  # fmt: skip
        values = np.where(below, np.nan, values)
    if kind == "count":
        broken = np.isfinite(values) & (values != np.floor(values))
        if broken.any():
            # k-suffixes and floating point: 0.89k is 890.0000000000001
            near = np.abs(values - np.round(values)) < 1e-6
            values = np.where(broken & near, np.round(values), values)
            broken &= ~near
        if broken.any():
            remarks.append(
                Remark(
                    level="note", one="is a count with decimals", many="are counts with decimals", expected="whole numbers",
                    mend="kept as written: is it an average?", at=np.flatnonzero(broken),
                )
            )  # fmt: skip
    return Parsed(values=pd.Series(values, dtype="float64"), remarks=tuple(remarks), step=step)


# times -----------------------------------------------------------------------------------------------------------


def times(cells: np.ndarray, *, declared: Declared | None = None) -> Parsed:
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
    return _dated(cells, declared, whole_days=False)


def days(cells: np.ndarray, *, declared: Declared | None = None) -> Parsed:
    """Read a column of days: the day as written, whatever time or zone stands beside it.

    >>> import numpy as np
    >>> days(np.array(["2024-05-01", "31.12.2023"], dtype=object)).values.dt.strftime("%Y-%m-%d").tolist()
    ['2024-05-01', '2023-12-31']
    """
    return _dated(cells, declared, whole_days=True)


def _dated(cells: np.ndarray, declared: Declared | None, *, whole_days: bool) -> Parsed:
    codes, distinct = _distinct(cells)
    size = len(distinct)
    texts = [plain(c) if not isinstance(c, (int, float, np.integer, np.floating)) or isinstance(c, bool) else _epoch_text(c) for c in distinct]
    iso = [bool(t) and t[:4].isdigit() and _ISO.fullmatch(t) is not None for t in texts]
    moments = np.full(size, np.datetime64("NaT", "us"), dtype="datetime64[us]")
    where = np.flatnonzero(iso)
    if len(where):
        written = pd.Series([texts[i][:10] if whole_days else texts[i] for i in where], dtype=object)
        parsed = pd.to_datetime(written, format="ISO8601", utc=True, errors="coerce")
        moments[where] = parsed.dt.tz_localize(None).to_numpy().astype("datetime64[us]")
    naive = np.zeros(size, dtype=bool)
    if not whole_days:
        naive[where] = [len(texts[i]) <= 10 or not _ZONED.search(texts[i], 10) for i in where]
    unknown, odd, doubtful = (np.zeros(size, dtype=bool) for _ in range(3))
    rest = [i for i in range(size) if texts[i] and not iso[i]]
    day_first = declared.day_first if declared else None
    parts = {i: m for i in rest if (m := _DATE_PARTS.fullmatch(texts[i]))}
    if day_first is None and parts:
        day_first = _day_first(list(parts.values()))
    for i in rest:
        text = texts[i]
        if text.casefold() in UNKNOWN:
            unknown[i] = True
            continue
        moment: dt.datetime | None | Literal["doubtful"]
        if declared and declared.pattern:
            moment = _by_pattern(text, declared.pattern)
        elif text.isdigit():
            moment = _by_digits(text)
        elif i in parts:
            moment = _by_parts(parts[i], day_first)
        else:
            moment = _by_words(text)
        if moment == "doubtful":
            doubtful[i] = True
        elif moment is None:
            odd[i] = True
        else:
            if moment.tzinfo:
                moment = (moment if whole_days else moment.astimezone(dt.UTC)).replace(tzinfo=None)
            elif not text.isdigit() or len(text) == 8:
                naive[i] = not whole_days
            moments[i] = np.datetime64(moment, "us")
    if whole_days:
        moments = moments.astype("datetime64[D]").astype("datetime64[us]")
    known = ~np.isnat(moments)
    odd |= np.array([bool(t) for t in texts]) & ~known & ~unknown & ~doubtful
    years = moments.astype("datetime64[Y]").astype("int64") + 1970
    far = known & ((years < YEARS[0]) | (years > YEARS[1]))
    moments[far] = np.datetime64("NaT", "us")
    remarks = _unknown_remark(codes, unknown) + _date_remarks(codes, odd, doubtful, far, naive & known & ~far)
    values = pd.Series(moments[codes])
    return Parsed(values=values if whole_days else values.dt.tz_localize("UTC"), remarks=tuple(remarks))


def _date_remarks(codes: np.ndarray, odd: np.ndarray, doubtful: np.ndarray, far: np.ndarray, naive: np.ndarray) -> list[Remark]:
    remarks = []
    if odd.any():
        remarks.append(
            Remark(
                level="warning", one="is not a date the kit can read", many="are not dates the kit can read", expected="YYYY-MM-DD or YYYY-MM-DD HH:MM",
                mend="left out as unknown: correct the cell", at=_where(codes, odd), lost=True,
            )
        )  # fmt: skip
    if doubtful.any():
        clause = "could be day/month or month/day, and nothing in the column tells which"
        remarks.append(
            Remark(
                level="warning", one=clause, many=clause, expected="YYYY-MM-DD",
                mend='left out as unknown: say which under `columns:`, as in `Date: "posted_at (day first)"`', at=_where(codes, doubtful), lost=True,
            )
        )  # fmt: skip
    if far.any():
        remarks.append(
            Remark(
                level="warning", one=f"lies outside {YEARS[0]} to {YEARS[1]}", many=f"lie outside {YEARS[0]} to {YEARS[1]}", expected="a date of our time",
                mend="left out as unknown: an empty number may have become 1970", at=_where(codes, far), lost=True,
            )
        )  # fmt: skip
    if naive.any():
        remarks.append(
            Remark(
                level="note", one="has no time zone", many="have no time zone", expected="UTC or an offset such as +02:00", mend="read as UTC",
                at=_where(codes, naive),
            )
        )  # fmt: skip
    return remarks


def _epoch_text(cell: float) -> str:
    """Write a numeric cell as the digits of a Unix time; nothing for missing."""
    if cell != cell:
        return ""
    return str(int(cell)) if 0 <= cell < 1e18 else str(cell)


def _by_digits(text: str) -> dt.datetime | None:
    if len(text) == 8 and "1990" <= text[:4] <= "2100":
        try:
            return dt.datetime.strptime(text, "%Y%m%d")
        except ValueError:
            return None
    divisor = {9: 1, 10: 1, 13: 1_000, 16: 1_000_000}.get(len(text))
    if divisor is None:
        return None
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=int(text) * (1_000_000 // divisor))


def _by_pattern(text: str, pattern: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(text, pattern)
    except ValueError:
        return None


def _day_first(matches: Sequence[re.Match]) -> bool | None:
    """Decide by all dates of a column whether the day stands before the month; None where nothing tells."""
    seen: set[bool] = set()
    dots = True
    for m in matches:
        first, mark, second = m[1], m[2], m[3]
        if len(first) > 2:
            continue
        dots &= mark == "."
        if int(first) > 12:
            seen.add(True)
        if int(second) > 12:
            seen.add(False)
    if len(seen) == 1:
        return seen.pop()
    # nobody writes the month first with dots
    return True if dots and not seen else None


def _by_parts(m: re.Match, day_first: bool | None) -> dt.datetime | None | Literal["doubtful"]:
    first, _, second, third, hour, minute, sec, half = m.groups()
    if len(first) == 4:
        year, month, day = int(first), int(second), int(third)
    elif len(first) > 2 or len(third) not in (2, 4):
        return None
    else:
        year = int(third) + (2000 if len(third) == 2 else 0)
        if day_first is None and first.zfill(2) != second.zfill(2):
            return "doubtful"
        day, month = (int(first), int(second)) if day_first is not False else (int(second), int(first))
    return _made(year, month, day, hour, minute, sec, half)


def _by_words(text: str) -> dt.datetime | None:
    m = _DATE_WORDS.fullmatch(text)
    if not m or (m[1] is None) == (m[3] is None) or m[2][:3].casefold() not in _MONTHS:
        return None
    return _made(int(m[4]), _MONTHS.index(m[2][:3].casefold()) + 1, int(m[1] or m[3]), m[5], m[6], m[7], m[8])


def _made(year: int, month: int, day: int, hour: str | None, minute: str | None, second: str | None, half: str | None) -> dt.datetime | None:
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + (12 if half in "pP" else 0)
    try:
        return dt.datetime(year, month, day, hours, int(minute or 0), int(second or 0))
    except ValueError:
        return None


# flags and words -------------------------------------------------------------------------------------------------


def flags(cells: np.ndarray) -> Parsed:
    """Read a column of yes and no.

    >>> import numpy as np
    >>> flags(np.array(["TRUE", "no", ""], dtype=object)).values.tolist()
    [True, False, <NA>]
    """
    codes, distinct = _distinct(cells)
    words = [plain(c).casefold() for c in distinct]
    truth = np.array([w in TRUE for w in words], dtype=bool)
    known = truth | np.array([w in FALSE for w in words], dtype=bool)
    unknown = np.array([w in UNKNOWN for w in words], dtype=bool) & ~known
    odd = np.array([bool(w) for w in words], dtype=bool) & ~known & ~unknown
    remarks = _unknown_remark(codes, unknown)
    if odd.any():
        remarks.append(
            Remark(
                level="warning", one="is neither yes nor no", many="are neither yes nor no", expected="true or false", mend="left out as unknown: correct the cell",
                at=_where(codes, odd), lost=True,
            )
        )  # fmt: skip
    values = pd.arrays.BooleanArray(truth[codes], ~known[codes])
    return Parsed(values=pd.Series(values), remarks=tuple(remarks))


def words(cells: np.ndarray, *, marks: bool = True, ids: bool = False) -> Parsed:
    """Read a column of text: trimmed; missing where empty.

    Parameters
    ----------
    marks : bool
        Take marks such as `N/A` for missing; off for free text, in which they may be meant.
    ids : bool
        The column identifies rows: an apostrophe in front goes, and `1.2E+17`, an id that a spreadsheet has rounded, is remarked.

    Examples
    --------
    >>> import numpy as np
    >>> words(np.array([" ana ", "N/A", 17841400000000001], dtype=object)).values.tolist()
    ['ana', nan, '17841400000000001']
    """
    codes, distinct = _distinct(cells)
    texts: list[str | None] = [plain(c) or None for c in distinct]
    remarks: list[Remark] = []
    if marks:
        unknown = np.array([t is not None and t.casefold() in UNKNOWN for t in texts], dtype=bool)
        texts = [None if u else t for t, u in zip(texts, unknown, strict=True)]
        remarks += _unknown_remark(codes, unknown)
    if ids:
        texts = [t.lstrip("'") or None if t else None for t in texts]
        lost = np.array([t is not None and _LOST_DIGITS.fullmatch(t) is not None for t in texts], dtype=bool)
        if lost.any():
            remarks.append(
                Remark(
                    level="warning", one="is an id that a spreadsheet has rounded", many="are ids that a spreadsheet has rounded",
                    expected="all digits of the id", mend="kept as written, but different ids may now look the same: export again and do not save it from a spreadsheet",
                    at=_where(codes, lost),
                )
            )  # fmt: skip
    return Parsed(values=_as_text(np.array([*texts, None], dtype=object)[codes]), remarks=tuple(remarks))


def _as_text(cells: np.ndarray) -> pd.Series:
    return pd.Series(cells, dtype="str")
