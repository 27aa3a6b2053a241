"""Shared fits: computed once, never shared by reference, never mixed up."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from playbook.brief import Brief
from playbook.data.dataset import SourceFile, dataset
from playbook.memo import ENV_MEMO, remembered

calls: list[str] = []


@remembered
def fit(data, brief, *, scale=1.0):
    calls.append("fit")
    return pd.DataFrame({"x": data.creators["followers"] * scale})


@pytest.fixture
def data():
    calls.clear()
    return dataset(creators=pd.DataFrame({"creator": ["x:a"], "followers": [10.0]}))


def test_the_second_call_costs_nothing_and_gets_its_own_copy(data):
    first = fit(data, Brief())
    first.loc[0, "x"] = -1
    assert fit(data, Brief())["x"].tolist() == [10.0]
    assert calls == ["fit"]


def test_other_options_briefs_and_data_are_other_fits(data):
    fit(data, Brief())
    assert fit(data, Brief(), scale=2.0)["x"].tolist() == [20.0]
    fit(data, Brief(name="other"))
    fit(dataset(creators=pd.DataFrame({"creator": ["x:a"], "followers": [7.0]})), Brief())
    assert len(calls) == 4


def test_a_report_shares_between_processes_by_inputs(data, tmp_path, monkeypatch):
    monkeypatch.setenv(ENV_MEMO, str(tmp_path))

    def read(sha: str):
        return dataclasses.replace(data, provenance=(SourceFile(path="creators.csv", sha256=sha, format="kit"),))

    fit(read("a"), Brief())
    fit(read("a"), Brief())
    assert calls == ["fit"]
    fit(read("b"), Brief())
    assert len(calls) == 2


def test_without_files_nothing_is_written(data, tmp_path, monkeypatch):
    monkeypatch.setenv(ENV_MEMO, str(tmp_path))
    fit(data, Brief())
    assert not list(tmp_path.iterdir())
