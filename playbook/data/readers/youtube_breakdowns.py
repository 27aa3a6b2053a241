"""YouTube Studio, advanced mode by geography, age, gender or date: the audience of a channel, and its days.

The first column is known by its cells and not by its header, which is in the user's language.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from playbook.data.readers import fields
from playbook.data.readers.accounts import Daily, audience_table, daily_tables
from playbook.data.readers.contract import Context, Raw, Read, Recognition, Sample, Sheet
from playbook.data.readers.youtube_studio import SPELLED, TOTALS, VIDEO
from playbook.data.told import note
from playbook.data.values import numbers, plain
from playbook.data.values.places import country_code
from playbook.findings import Finding

NAME = "YouTube Studio breakdown"
_AGE = re.compile(r"AGE_(\d\d)_(\d\d)?|(\d\d)\s*[–—-]\s*(\d\d)(?:\s+\w+)?|(\d\d)\s*\+(?:\s+\w+)?|65 .*", re.IGNORECASE)
_GENDERS = frozenset(
    [
        *("male", "female", "user-specified", "user_specified", "männlich", "weiblich", "benutzerdefiniert", "masculino", "femenino"),
        *("feminino", "homme", "femme", "hommes", "femmes", "uomo", "donna", "uomini", "donne", "man", "vrouw", "mannen", "vrouwen"),
        *("男性", "女性", "hombre", "mujer", "hombres", "mujeres", "gender_other", "genderuserspecified"),
    ]
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MOSTLY = 0.8
KINDS = ("country", "age", "gender", "day")
# the days' measures that chapter 10 knows
DAYS = {"views": "views", "likes": "likes", "comments": "comments", "shares": "shares", "subscribers": "followers_gained"}


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by countries, ages, genders or days in the first column beside views and watch time."""
    for sheet in sample.sheets:
        kind = _kind(sheet)
        if kind:
            what = f"a table by {kind}" if kind in KINDS else f"a {kind}"
            return Recognition(sureness=0.88, why=f"{what}, as YouTube Studio writes it")
    return None


def read(sample: Sample, context: Context) -> Read:
    """Read shares of views as the audience, and days as the brand's own; other tables are named."""
    tables: list[Raw] = []
    findings: list[Finding] = []
    rows = 0
    for sheet in sample.sheets:
        rows += len(sheet.rows) + len(sheet.aside)
        findings += sheet.findings
        kind = _kind(sheet)
        if kind in ("country", "age", "gender"):
            raws, told = _audience(sample, sheet, context, kind)
        elif kind == "day":
            raws, told = _days(sample, sheet, context)
        else:
            raws, told = (
                [],
                [note(f"{sample.path}{sheet.where}", f"a {kind or 'table'}", "videos, days, countries, ages or genders", "not used")],
            )
        tables += raws
        findings += told
    aside = tuple(a for s in sample.sheets for a in s.aside)
    return Read(tables=tuple(tables), rows=rows, findings=tuple(findings), aside=aside)


def _kind(sheet: Sheet) -> str | None:
    """Return what a sheet's first column holds: `country`, `age`, `gender`, `day`, another dimension in words, or None."""
    at = fields.positions(sheet.headers, SPELLED)
    if "views" not in at or "posted_at" in at or len(sheet.headers) < 2:
        return None
    first = _of(sheet, 0)
    if not first or any(VIDEO.fullmatch(c) and country_code(c) is None and not c.isalpha() for c in first[:3]):
        return None
    # in chart data a row is a country (or age, or gender) on a day
    if all(_DAY.fullmatch(c) for c in first):
        if len(sheet.headers) == 3 and _dimension(_of(sheet, 1)):
            return "chart over days, which repeats the table"
        return "day" if "watch" in at and len(sheet.headers) > 2 else None
    found = _dimension(first)
    if found == "country":
        # a country beside views may be anybody's table; watch time is YouTube's
        return found if "watch" in at else None
    if found:
        return found if len(sheet.headers) <= 6 else None
    told_total = len(sheet.rows) and plain(sheet.column(0)[0]).casefold() in TOTALS
    header = plain(sheet.headers[0]).casefold()
    return f"table by {header}" if told_total and "watch" in at and at.get("post") != 0 and at["views"] > 0 else None


def _of(sheet: Sheet, position: int) -> list[str]:
    """Return the first cells of a column, without the row of totals."""
    cells = [plain(row[position]) for row in sheet.head if position < len(row)]
    return [c for c in cells if c and c.casefold() not in TOTALS]


def _dimension(cells: list[str]) -> str | None:
    tests: dict[str, Any] = {
        "age": _AGE.fullmatch,
        "gender": lambda c: c.casefold() in _GENDERS,
        "country": lambda c: len(c) == 2 and c.isupper() and country_code(c) is not None,
    }
    return next((kind for kind, test in tests.items() if cells and sum(bool(test(c)) for c in cells) >= MOSTLY * len(cells)), None)


def _audience(sample: Sample, sheet: Sheet, context: Context, kind: str) -> tuple[list[Raw], list[Finding]]:
    at = fields.positions(sheet.headers, SPELLED)
    about = f"{sample.path}{sheet.where}"
    buckets = [plain(c) for c in sheet.column(0)]
    header = sheet.headers[at["views"]]
    views = numbers(sheet.column(at["views"]), kind="number").values.to_numpy(dtype=float)
    total = np.array([b.casefold() in TOTALS for b in buckets], dtype=bool)
    if "%" in header:
        shares = views if any("%" in plain(c) for c in sheet.column(at["views"])) else views / 100
        what = f"shares under {plain(header)!r} are of views, not of followers"
    else:
        whole = float(views[total][0]) if total.any() and np.isfinite(views[total][0]) else float(np.nansum(views[~total]))
        shares = views / whole if whole > 0 else np.full(len(views), np.nan)
        what = "shares made from views, not from followers"
    known = ~total & np.isfinite(shares)
    rows = [
        (kind, _bucket(buckets[i]) if kind == "age" else buckets[i], round(float(shares[i]), 6)) for i in np.flatnonzero(known).tolist()
    ]
    if not rows:
        return [], [note(about, "no views in any row", "views by bucket", "not used")]
    raws, told = audience_table(sample, context, rows, "youtube")
    findings = [note(about, what, "the audience of a channel", "read as its audience: who watches, subscribed or not")]
    return raws, [*findings, *told, *fields.not_used(sample, sheet, sheet.headers, {0, at["views"]})]


def _bucket(text: str) -> str:
    """Return an age band as the kit writes it.

    >>> _bucket("AGE_18_24"), _bucket("AGE_65_"), _bucket("25–34 years"), _bucket("65+ Jahre")
    ('18-24', '65+', '25-34', '65+')
    """
    digits = re.findall(r"\d\d", text)
    return f"{digits[0]}-{digits[1]}" if len(digits) > 1 else f"{digits[0]}+" if digits else text


def _days(sample: Sample, sheet: Sheet, context: Context) -> tuple[list[Raw], list[Finding]]:
    at = fields.positions(sheet.headers, SPELLED)
    days = pd.Series([plain(c) for c in sheet.column(0)], dtype=object)
    is_day = days.map(lambda d: _DAY.fullmatch(d) is not None).to_numpy(dtype=bool)
    parts = []
    for column, measure in DAYS.items():
        if column in at:
            values = pd.Series(sheet.column(at[column]), dtype=object)
            there = is_day & (values.map(plain) != "").to_numpy()
            frame = pd.DataFrame({"day": days[there].to_numpy(), "value": values[there].to_numpy()}, dtype=object)
            parts.append(Daily(measure=measure, frame=frame, rows=sheet.rows[there], title=plain(sheet.headers[at[column]])))
    raws, told = daily_tables(sample, context, parts, "youtube")
    used = {0, *(at[c] for c in DAYS if c in at)}
    return raws, [*told, *fields.not_used(sample, sheet, sheet.headers, used)]
