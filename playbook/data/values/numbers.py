"""Numbers as written: thousands, decimals, per cents, currencies, K and M."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Literal

import numpy as np
import pandas as pd

from playbook.data.values.column import (
    LARGEST,
    Cells,
    Declared,
    Parsed,
    Remark,
    distinct,
    is_number,
    marks_unknown,
    plain,
    unknown_remark,
    where,
)

Kind = Literal["count", "number", "money", "share"]

# how people and platforms shorten numbers, in the languages in which their tools write: powers of ten
SUFFIXES = {
    **dict.fromkeys(
        ("k", "tsd", "tsd.", "thousand", "mil", "tis", "tis.", "tys", "tys.", "тыс", "тыс.", "тис", "тис.", "rb", "nghìn", "천"), 3
    ),
    **dict.fromkeys(("万", "萬", "만"), 4),
    **dict.fromkeys(("lakh", "lac", "lakhs"), 5),
    **dict.fromkeys(("m", "mn", "mio", "mio.", "mil.", "million", "millions", "mln", "mi", "mill", "mill.", "млн", "млн.", "jt", "tr"), 6),
    **dict.fromkeys(("cr", "crore", "crores"), 7),
    **dict.fromkeys(("亿", "億", "억"), 8),
    **dict.fromkeys(("b", "bn", "mrd", "mrd.", "billion", "md", "mld", "mld.", "mlrd", "млрд", "млрд."), 9),
}
_NUMBER = re.compile(r"([+-]?)([\d.,' ’]*\d[\d.,' ’]*)(?:e([+-]?\d{1,2}))? ?([^\W\d_]+\.?)? ?(%)?", re.IGNORECASE)
# what scrapers leave behind a number, as the app shows it: "13.8M subscribers"
NOUNS = frozenset(
    [
        *(
            "subscriber",
            "subscribers",
            "subs",
            "follower",
            "followers",
            "following",
            "view",
            "views",
            "like",
            "likes",
            "comment",
            "comments",
        ),
        *("share", "shares", "post", "posts", "video", "videos", "plays", "fans", "abonnenten", "aufrufe", "beiträge", "abonnés", "vues"),
        *("publications", "seguidores", "suscriptores", "visualizaciones", "publicaciones", "inscritos", "visualizações", "publicações"),
        *("iscritti", "visualizzazioni", "volgers", "abonnees", "weergaven", "takipçi", "подписчиков", "просмотров"),
    ]
)
_FILLERS = frozenset(("de", "d", "di", "of", "total"))
SIGNS = {
    "€": "EUR",
    "$": "USD",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "₺": "TRY",
    "₩": "KRW",
    "zł": "PLN",
    "US$": "USD",
    "A$": "AUD",
    "C$": "CAD",
}
_CURRENCY = re.compile(
    r"^(?P<before>US\$|A\$|C\$|[€$£¥₹₺₩]|[A-Z]{3}(?=[\s\d]))\s*(?P<first>.+)$|^(?P<last>.*[\d.,])\s*(?P<after>[€$£¥₹₺₩]|zł|[A-Z]{3})$"
)
# digits in groups of three, or as India groups them
_GROUPED = re.compile(r"\d{1,3}([ .,'])\d{3}(?:\1\d{3})*|\d{1,2}(?:,\d{2})+,\d{3}")
_SOUND = re.compile(r"(?:\d+|\d{1,3}([ .,'])\d{3}(?:\1\d{3})*|\d{1,2}(?:,\d{2})+,\d{3})(?:(?!\1)[.,]\d*)?|[.,]\d+")


@dataclass(slots=True)
class _Written:
    """One distinct cell taken apart: sign, digits with separators, power of ten, per cent."""

    sign: float
    body: str
    power: int
    percent: bool
    suffix: bool
    currency: str | None


def numbers(cells: Cells, *, kind: Kind = "number", declared: Declared | None = None) -> Parsed:
    """Read a column of numbers.

    Understands `295,379`, `12 000`, `1.234,56`, `1,39 %`, `12.5K`, `1.2 Mio`, `€ 90`. Which of dot and comma is the decimal
    mark is decided for the column as a whole, by the cells that can be read in one way only; whole counts settle it too.

    Parameters
    ----------
    cells : numpy.ndarray of object
        Text, numbers or None.
    kind : {'count', 'number', 'money', 'share'}
        Counts are whole and never negative: `-1` is how tools write hidden likes. Money is never negative either.
        In shares, `%` and columns with values above 2 are divided by 100.

    Examples
    --------
    >>> import numpy as np
    >>> p = numbers(np.array(["12.5K", "1.2M", "295,379", "--"], dtype=object), kind="count")
    >>> p.values.tolist(), p.step.tolist()
    ([12500.0, 1200000.0, 295379.0, nan], [100.0, 100000.0, nan, nan])
    >>> numbers(np.array(["13.8M subscribers", "4 M de seguidores"], dtype=object), kind="count").values.tolist()
    [13800000.0, 4000000.0]
    >>> numbers(np.array(["1,39 %", "12,5 %"], dtype=object), kind="share").values.tolist()
    [0.0139, 0.125]
    """
    plain_digits = digits_only(cells) if kind != "share" else None
    if plain_digits is not None:
        return _limited(plain_digits, None, [], kind)

    codes, uniques = distinct(cells)
    size = len(uniques)
    values, steps = np.full(size, np.nan), np.full(size, np.nan)
    unknown, odd, doubtful, percents = (np.zeros(size, dtype=bool) for _ in range(4))
    currencies = np.full(size, None, dtype=object)
    written: dict[int, _Written] = {}
    for i, cell in enumerate(uniques):
        if is_number(cell):
            values[i] = float(cell) if abs(cell) < 1e300 else np.nan
            continue
        text = plain(cell)
        if not text:
            continue
        if marks_unknown(text):
            unknown[i] = True
        elif (parts := _take_apart(text, money=kind == "money")) is None or (parts.percent and kind in ("count", "money")):
            odd[i] = True
        else:
            written[i] = parts
    mark = _decimal_mark(list(written.values()), kind, declared)
    for i, w in written.items():
        digits, decimals = _worth(w, mark, kind)
        if digits is None:
            doubtful[i] = True
            continue
        # in decimals, so that 57.4b is 57400000000 and not a hair beside it
        values[i] = w.sign * float(digits.scaleb(w.power - (2 if w.percent else 0)))
        percents[i], currencies[i] = w.percent, w.currency
        if w.suffix and w.power > 0:
            steps[i] = 10.0 ** (w.power - min(decimals, 300))
    remarks = unknown_remark(codes, unknown)
    if odd.any():
        expected, mend = "a number such as 1200, 12.5K or 8.6%", "left out as unknown: correct the cell"
        remarks.append(Remark("warning", where(codes, odd), "is not a number", "are not numbers", expected, mend, lost=True))
    if doubtful.any():
        remarks.append(_doubt(where(codes, doubtful), mark))
    out, step = values[codes], steps[codes]
    if kind == "share":
        out, more = _shares(out, percents[codes])
        remarks += more
    elif percents.any():
        remarks.append(Remark("note", where(codes, percents), "is a per cent", "are per cents", "a plain number", "divided by 100"))
    limited = _limited(out, step if np.isfinite(step).any() else None, remarks, kind)
    return replace(limited, currency=currencies[codes]) if currencies.any() else limited


def digits_only(cells: Cells) -> np.ndarray | None:
    """Read a column that holds digits and nothing else, which is what exports mostly are; None where it holds more."""
    try:
        joined = "".join(cells)
    except TypeError:
        return None
    if joined and not (joined.isascii() and joined.isdigit()):
        return None
    return np.array([float(c) if c else np.nan for c in cells], dtype=np.float64)


def _take_apart(text: str, *, money: bool) -> _Written | None:
    text = text.strip("\"'“”„ ").replace("−", "-") if text[:1] in "\"'“„" else text.replace("−", "-")
    currency = None
    if money and (sign := _CURRENCY.fullmatch(text)):
        found = sign["before"] or sign["after"]
        currency, text = SIGNS.get(found, found), (sign["first"] or sign["last"]).strip()
    negative = text.startswith("(") and text.endswith(")")  # how accountants write it
    match = _NUMBER.fullmatch(text.strip("() ") if negative else text)
    if (not match or (match[4] and match[4].casefold() not in SUFFIXES)) and (bare := _without_noun(text)):
        match = _NUMBER.fullmatch(bare)
    if not match:
        return None
    sign, body, exponent, word, percent = match.groups()
    power = int(exponent) if exponent else 0
    if word:
        if word.casefold() not in SUFFIXES:
            return None
        power += SUFFIXES[word.casefold()]
    body = body.strip().replace("’", "'")
    if not _SOUND.fullmatch(body):
        return None
    return _Written(-1.0 if (sign == "-") != negative else 1.0, body, power, bool(percent), bool(word), currency)


def _without_noun(text: str) -> str | None:
    """Return a number without what it counts: `13.8M subscribers`; None where something else follows it."""
    words = re.split(r"[ '’]+", text.casefold())
    kept = len(words)
    while kept > 1 and (words[kept - 1] in NOUNS or (kept < len(words) and words[kept - 1] in _FILLERS)):
        kept -= 1
    return " ".join(text.split()[:kept]) if 0 < kept < len(words) and len(words) == len(text.split()) else None


def _evidence(body: str, *, whole: bool) -> str | None:
    """Return the decimal mark that one number proves, or None where it proves none."""
    marks = [c for c in body if c in ".,"]
    if not marks:
        return None
    if len(set(marks)) == 2:
        return marks[-1] if marks.count(marks[-1]) == 1 else None
    mark = marks[0]
    other = "," if mark == "." else "."
    if len(marks) > 1:
        return other
    before, after = body.split(mark)
    grouped = " " in before or "'" in before
    if len(after) != 3 or len(before) > 3 or before in ("", "0") or grouped:
        return mark
    return other if whole else None


@dataclass(frozen=True)
class _Mark:
    """The decimal mark of a column: known, or not to be told, or contradictory."""

    known: str | None
    torn: bool = False


def _decimal_mark(written: Sequence[_Written], kind: Kind, declared: Declared | None) -> _Mark:
    if declared and declared.decimal:
        return _Mark(declared.decimal)
    found = {_evidence(w.body, whole=kind == "count" and not w.suffix) for w in written} - {None}
    return _Mark(found.pop()) if len(found) == 1 else _Mark(None, torn=bool(found))


def _worth(w: _Written, mark: _Mark, kind: Kind) -> tuple[Decimal | None, int]:
    """Return what the digits are worth and the number of decimals; None where that cannot be told."""
    whole = kind == "count" and not w.suffix
    decimal = mark.known
    if decimal is None or (_against(w.body, decimal) and whole):
        # whole counts: 1.234 and 1,234 are the same count, whatever the other cells use
        decimal = _evidence(w.body, whole=whole)
        if decimal is None and ("." in w.body or "," in w.body):
            if not (kind == "share" or w.suffix) or mark.torn:
                return None, 0
            decimal = "." if "." in w.body else ","  # shares lie under 1, and 16.037 M has decimals
    elif _against(w.body, decimal) or (w.currency and not w.suffix and _evidence(w.body, whole=True) not in (None, decimal)):
        # a price tag of 14.657 € among $1,234.50: nobody asks for thousandths, and the column says no thousands either
        return None, 0
    thousands = "," if decimal == "." else "."
    digits = w.body.replace(" ", "").replace("'", "").replace(thousands, "").replace(decimal or ".", ".")
    try:
        value = Decimal(digits)
    except InvalidOperation:
        return None, 0
    return value, len(digits.partition(".")[2])


def _against(body: str, decimal: str) -> bool:
    """Say whether a number cannot be written with this decimal mark."""
    thousands = "," if decimal == "." else "."
    whole, _, part = body.partition(decimal)
    if thousands in part or decimal in part:
        return True
    return thousands in whole and not _GROUPED.fullmatch(whole.strip())


def _doubt(at: np.ndarray, mark: _Mark) -> Remark:
    why = "nothing in the column tells whether dot and comma part thousands or decimals"
    if mark.torn:
        why = "the column uses both dot and comma as decimal mark"
    elif mark.known:
        why = f"the rest of the column has {'a dot' if mark.known == '.' else 'a comma'} before the decimals"
    clause = f"can be read in two ways: {why}"
    mend = 'left out as unknown: say which under `columns:`, as in `Price: "fee (decimal comma)"`'
    return Remark("warning", at, clause, clause, "one way of writing decimals in a column", mend, lost=True)


def _shares(values: np.ndarray, percent: np.ndarray) -> tuple[np.ndarray, list[Remark]]:
    """Turn per cents into shares: those with a sign, and whole columns that go above 1."""
    expected, mend = "shares between 0 and 1", "divided by 100"
    unmarked = ~percent & np.isfinite(values)
    # a share a little above 1 is a slip; only per cents go far beyond
    above = bool((values[unmarked] > 2).any())
    if percent.any():
        note = Remark("note", np.flatnonzero(percent), "is a per cent", "are per cents", expected, mend)
        return (np.where(unmarked, values / 100, values) if above else values), [note]
    if above and (values[unmarked] <= 100).all():
        one, many = "is a per cent, since the column goes above 2", "are per cents, since the column goes above 2"
        return values / 100, [Remark("note", np.flatnonzero(unmarked), one, many, expected, mend)]
    return values, []


def _limited(values: np.ndarray, step: np.ndarray | None, remarks: list[Remark], kind: Kind) -> Parsed:
    """Leave out what cannot be: numbers beyond all measure, negative counts and sums."""
    huge = np.abs(values) > LARGEST
    if huge.any():
        values = np.where(huge, np.nan, values)
        expected, mend = "less than a thousand million million", "left out as unknown: is this an id in the wrong column?"
        at = np.flatnonzero(huge)
        remarks.append(Remark("warning", at, "is too large to be true", "are too large to be true", expected, mend, lost=True))
    if kind in ("count", "money"):
        below = values < 0
        hidden = below & (values == -1) if kind == "count" else np.zeros(len(values), dtype=bool)
        if hidden.any():
            clause = "-1, as tools write a hidden number"
            mend = "taken as unknown, not as 0"
            remarks.append(
                Remark("note", np.flatnonzero(hidden), f"is {clause}", f"are {clause}", "an empty cell where it is hidden", mend)
            )
        if (below & ~hidden).any():
            at = np.flatnonzero(below & ~hidden)
            remarks.append(
                Remark("warning", at, "is negative", "are negative", "0 or more", "left out as unknown: correct the cell", lost=True)
            )
        values = np.where(below, np.nan, values)
    if kind == "count":
        # 0.89k is 890.0000000000001 in floating point
        near = np.abs(values - np.round(values)) < 1e-6
        values = np.where(near, np.round(values), values)
        broken = np.isfinite(values) & ~near
        if broken.any():
            at = np.flatnonzero(broken)
            mend = "kept as written: is it an average?"
            remarks.append(Remark("note", at, "is a count with decimals", "are counts with decimals", "whole numbers", mend))
    return Parsed(values=pd.Series(values, dtype="float64"), remarks=tuple(remarks), step=step)
