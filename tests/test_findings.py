"""Findings, verdicts and records."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.data.dataset import dataset
from playbook.findings import Claim, Figure, Finding, Missing, Outcome, as_json, needs, verdict


@given(st.floats(0.01, 10), st.floats(0, 10), st.floats(0.5, 5))
def test_verdicts_partition_the_line(low, width, smallest):
    high = low + width
    found = verdict(low, high, smallest)
    assert (found == "holds") == (low >= smallest)
    assert (found == "does_not_hold") == (high < smallest)


@pytest.mark.parametrize("pair", [(None, 1.0), (1.0, None), (math.nan, 1.0), (2.0, math.nan)])
def test_no_interval_no_verdict(pair):
    assert verdict(*pair, 1.1) == "cannot_tell"


def test_a_finding_is_one_sentence():
    finding = Finding(level="warning", about="posts.csv row 3", found="likes is -1", expected="a count", mend="leave hidden likes empty")
    assert finding.text == "posts.csv row 3: likes is -1; expected a count; leave hidden likes empty."


def test_records_are_plain_json_and_unknown_is_null():
    outcome = Outcome(
        chapter="x",
        status="done",
        answer="a",
        figures=(Figure(id="x.y", value=np.float64("nan"), n=np.int64(3), unit="share", source="measured", text="t", low=math.inf),),
        claims=(Claim(id="c", verdict="holds", estimate=np.float32(2), low=1.5, high=3.0, n=5, smallest_effect=1.1, text="t"),),
        tables={"t": [{"day": pd.Timestamp("2026-01-02"), "missing": pd.NaT, "na": pd.NA, "flag": np.bool_(True)}]},
    )
    plain = as_json(outcome)
    json.dumps(plain, allow_nan=False)
    assert plain["figures"][0] | {"value": None, "n": 3, "low": None} == plain["figures"][0]
    assert plain["tables"]["t"][0] == {"day": "2026-01-02T00:00:00", "missing": None, "na": None, "flag": True}


def test_needs_says_what_is_missing_and_what_to_add():
    @needs("creators", "quotes", otherwise="a quotes table")
    def cheapest(data):
        return data.quotes["fee"].min()

    without = cheapest(dataset(creators=pd.DataFrame({"creator": ["x:a"]})))
    assert isinstance(without, Missing) and not without
    assert without.needs == ("quotes",) and "a quotes table" in without.text
    both = dataset(creators=pd.DataFrame({"creator": ["x:a"]}), quotes=pd.DataFrame({"creator": ["x:a"], "fee": [10.0]}))
    assert cheapest(both) == 10
