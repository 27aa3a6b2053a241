"""Numbers, dates and words as people write them."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.data import values
from playbook.data.values import Declared


def cells(*raw) -> np.ndarray:
    out = np.empty(len(raw), dtype=object)
    out[:] = raw
    return out


def numbers(*raw, kind="count", **more):
    parsed = values.numbers(cells(*raw), kind=kind, **more)
    return [None if np.isnan(v) else v for v in parsed.values], [r.many for r in parsed.remarks]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("12.5K", 12_500), ("1.2M", 1_200_000), ("0.89k", 890), ("29.0b", 29e9), ("295,379", 295_379), ("12 000", 12_000),
        ("12\u202f000", 12_000), ("1.234", 1_234), ("1'000'000", 1_000_000), ("1,00,000", 100_000), ("'75", 75), ("1.2E+5", 120_000),
        ("3,4 Mio", 3_400_000), ("0", 0), ("2,5 Tsd.", 2_500), ("1200.0", 1_200),
    ],
)  # fmt: skip
def test_a_count_is_read_as_it_is_meant(written, meant):
    assert numbers(written)[0] == [pytest.approx(meant)]


@pytest.mark.parametrize("mark", ["--", "N/A", "undefined", "#VALOR!", "NULL", "-", "n/a", "—"])
def test_marks_for_unknown_are_unknown_and_said(mark):
    found, remarks = numbers("5", mark)
    assert found == [5, None]
    assert remarks == ["are marks for unknown"]


def test_an_empty_cell_needs_no_remark():
    assert numbers("5", "", None, " ") == ([5, None, None, None], [])


@pytest.mark.parametrize("odd", ["abc", "1.5.3", "1 00", "12,34,56", "inf", "1_000", "5 apples", "12..5", "²", "0x10", "--5", "1e999"])
def test_what_is_no_number_is_unknown_and_said(odd):
    found, remarks = numbers("5", odd)
    assert found == [5, None]
    assert remarks


def test_minus_one_is_hidden_and_other_negatives_are_wrong():
    found, remarks = numbers("-1", "-7", "3")
    assert found == [None, None, 3]
    assert remarks == ["are -1, as tools write a hidden number", "are negative"]


def test_the_column_decides_what_dot_and_comma_mean():
    assert numbers("1.234", "12,5", kind="money")[0] == [1234, 12.5]
    assert numbers("1.234", "12.5", kind="money")[0] == [1.234, 12.5]
    assert numbers("1,234", "1,234.50", kind="money")[0] == [1234, 1234.5]


def test_what_nothing_decides_is_unknown_and_said():
    found, remarks = numbers("1.234", "2.345", kind="money")
    assert found == [None, None]
    assert "two ways" in remarks[0]
    assert numbers("1.234", "2.345", kind="money", declared=Declared(decimal=","))[0] == [1234, 2345]


def test_a_price_tag_in_thousandths_is_not_believed():
    found, remarks = numbers("$1,234.50", "14.657 €", "90 EUR", kind="money")
    assert found == [1234.5, None, 90]
    assert "two ways" in remarks[0]


def test_cells_that_contradict_each_other_leave_only_the_clear_ones():
    found, remarks = numbers("1.234,5", "1,234.5", "7.890", "12", kind="money")
    assert found == [1234.5, 1234.5, None, 12]
    assert "both" in remarks[0]


def test_cells_of_a_workbook_are_numbers_already():
    assert numbers(1.234, 12, "5", None, kind="money")[0] == [1.234, 12, 5, None]


def test_per_cents_become_shares():
    assert numbers("8.6%", "1,39 %", "", kind="share")[0] == [pytest.approx(0.086), pytest.approx(0.0139), None]
    found, remarks = numbers("45", "55", kind="share")
    assert found == [0.45, 0.55]
    assert remarks == ["are per cents, since the column goes above 2"]
    assert numbers("0.45", "0.55", kind="share") == ([0.45, 0.55], [])
    assert numbers("0.45", "1.02", kind="share") == ([0.45, 1.02], [])  # a slip, not a column of per cents
    assert numbers("3.1%", kind="number") == ([pytest.approx(0.031)], ["are per cents"])
    assert numbers("0,313", "0,5", kind="share")[0] == [0.313, 0.5]


def test_money_may_carry_its_currency():
    parsed = values.numbers(cells("€ 90", "1.200,50 EUR", "$12", "7"), kind="money")
    assert parsed.values.tolist() == [90, 1200.5, 12, 7]
    assert parsed.currency.tolist() == ["EUR", "EUR", "USD", None]


def test_rounded_counts_tell_their_step():
    parsed = values.numbers(cells("12.5K", "3M", "1200"), kind="count")
    assert parsed.step[:2].tolist() == [100, 1_000_000]
    assert np.isnan(parsed.step[2])


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**12)), min_size=1))
def test_plain_counts_come_back(counts):
    found, remarks = numbers(*("" if c is None else str(c) for c in counts))
    assert found == counts
    assert remarks == []


@given(st.lists(st.integers(0, 10**9), min_size=1), st.sampled_from([",", ".", " ", "'"]))
def test_grouped_counts_come_back(counts, mark):
    assert numbers(*(f"{c:,}".replace(",", mark) for c in counts))[0] == counts


@given(st.lists(st.decimals(0, 10**7, places=2), min_size=1), st.sampled_from([(",", "."), (".", ","), ("", "."), ("", ","), (" ", ",")]))
def test_money_with_cents_comes_back(sums, marks):
    thousands, decimal = marks
    written = [f"{s:,}".replace(",", "\0").replace(".", decimal).replace("\0", thousands) for s in sums]
    assert numbers(*written, kind="money")[0] == [pytest.approx(float(s)) for s in sums]


# the first word in a date loads the months of forty languages
@settings(deadline=None)
@given(st.lists(st.one_of(st.text(max_size=12), st.floats(), st.integers(), st.none(), st.booleans()), min_size=1))
def test_no_cell_breaks_a_column(raw):
    for kind in ("count", "number", "money", "share"):
        parsed = values.numbers(cells(*raw), kind=kind)
        assert len(parsed.values) == len(raw)
        if kind in ("count", "money"):
            assert not (parsed.values < 0).any()
        assert np.isfinite(parsed.values.dropna()).all()
    for read in (values.times, values.days, values.flags, values.words):
        parsed = read(cells(*raw))
        assert len(parsed.values) == len(raw)


def moments(*raw, read=values.times, **more):
    parsed = read(cells(*raw), **more)
    return [None if pd.isna(v) else v.strftime("%Y-%m-%d %H:%M:%S") for v in parsed.values], [r.many for r in parsed.remarks]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2024-05-01T10:00:00Z", "2024-05-01 10:00:00"), ("2024-05-01T10:00:00+02:00", "2024-05-01 08:00:00"),
        ("2026-05-06T12:34:56+0000", "2026-05-06 12:34:56"),
        ("2026-04-06 01:48:03 +0400", "2026-04-05 21:48:03"), ("2024-05-01", "2024-05-01 00:00:00"), ("1714550400", "2024-05-01 08:00:00"),
        ("1714550400000", "2024-05-01 08:00:00"), ("1714550400000000", "2024-05-01 08:00:00"), (1714550400, "2024-05-01 08:00:00"),
        ("20240501", "2024-05-01 00:00:00"), ("19.8.2024 14:05", "2024-08-19 14:05:00"), ("Aug 19, 2011", "2011-08-19 00:00:00"),
        ("19 August 2011 3:05 pm", "2011-08-19 15:05:00"), ("2026/05/10", "2026-05-10 00:00:00"),
        (dt.datetime(2024, 5, 1, 8), "2024-05-01 08:00:00"),
        (dt.date(2024, 5, 1), "2024-05-01 00:00:00"),
    ],
)  # fmt: skip
def test_a_time_is_read_as_it_is_meant(written, meant):
    assert moments(written)[0] == [meant]


def test_one_day_above_twelve_settles_the_order():
    assert moments("13/02/2026", "03/04/2026")[0] == ["2026-02-13 00:00:00", "2026-04-03 00:00:00"]
    assert moments("02/13/2026", "03/04/2026")[0] == ["2026-02-13 00:00:00", "2026-03-04 00:00:00"]


def test_an_order_that_nothing_settles_is_unknown_and_said():
    found, remarks = moments("03/04/2026", "04/04/2026")
    assert found == [None, "2026-04-04 00:00:00"]
    assert "day/month or month/day" in remarks[0]
    assert moments("03/04/2026", declared=Declared(day_first=True))[0] == ["2026-04-03 00:00:00"]
    assert moments("03/04/2026", declared=Declared(pattern="%m/%d/%Y"))[0] == ["2026-03-04 00:00:00"]


def test_a_column_in_both_orders_is_not_guessed():
    assert moments("13/02/2026", "02/13/2026", "03/04/2026")[0] == [None, None, None]


def test_a_time_without_zone_is_read_as_utc_and_said():
    assert moments("2024-05-01 10:00")[1] == ["have no time zone"]
    assert moments("2024-05-01 10:00Z")[1] == []


@pytest.mark.parametrize(
    "odd", ["yesterday", "2024-13-45", "32.1.2024", "11 hours", "6 Ιουνίου", "1970-01-01", "0", "99999999999", "0001-01-01"]
)
def test_what_is_no_date_is_unknown_and_said(odd):
    found, remarks = moments("2024-05-01T00:00:00Z", odd)
    assert found == ["2024-05-01 00:00:00", None]
    assert remarks


def test_a_day_is_the_day_as_written():
    assert moments("2024-05-01T23:00:00-05:00", read=values.days) == (["2024-05-01 00:00:00"], [])


@given(st.lists(st.datetimes(dt.datetime(1991, 1, 1), dt.datetime(2099, 12, 31)), min_size=1))
def test_iso_times_come_back(times):
    times = [t.replace(microsecond=0) for t in times]
    found = values.times(cells(*(t.isoformat() + "Z" for t in times))).values
    assert [t.replace(tzinfo=None) for t in found] == times


@given(st.lists(st.dates(dt.date(1991, 1, 1), dt.date(2099, 12, 31)), min_size=1), st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y"]))
def test_a_date_is_right_or_unknown_but_never_wrong(days, pattern):
    found = values.days(cells(*(d.strftime(pattern) for d in days))).values
    for day, value in zip(days, found, strict=True):
        assert pd.isna(value) or value.date() == day
    settled = any(d.day > 12 for d in days)
    if settled or pattern == "%d.%m.%Y":
        assert [v.date() for v in found] == days


def test_ids_keep_every_digit():
    found = values.words(cells("17841400000000001", 17841400000000001, "007", " p1 ", "'5"), ids=True).values.tolist()
    assert found == ["17841400000000001", "17841400000000001", "007", "p1", "5"]


def test_an_id_that_a_spreadsheet_has_rounded_is_said():
    assert [r.many for r in values.words(cells("1.2E+17"), ids=True).remarks] == ["are ids that a spreadsheet has rounded"]


def test_flags():
    assert values.flags(cells("TRUE", "nein", "", "1", True, 0, "maybe")).values.tolist() == [True, False, pd.NA, True, True, False, pd.NA]
