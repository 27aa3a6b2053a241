"""Shared fits: computed once, never shared by reference, never mixed up."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from playbook import memo
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
    assert paid(data, Brief()) == 1_000
    assert paid(data, with_values({"budget.amount": 7})) == 7
    fit(dataset(creators=pd.DataFrame({"creator": ["x:a"], "followers": [7.0]})), Brief())
    assert calls == ["fit", "fit", "paid", "paid", "fit"]


def test_what_a_call_does_not_read_costs_nothing(data):
    for told in ({}, {"goal.target": 5}, {"statistics.level": 0.5}, {"tiers.micro": 2_000}):
        paid(data, with_values(told))
    assert calls == ["paid"]


# every way in which chapters read a brief, and a field that it reads
WAYS = {
    "a field": (lambda b: b.goal.target, "goal.target"),
    "a name": (lambda b: b.name, "name"),
    "a property": (lambda b: b.tiers.names, "tiers.nano"),
    "a method": (lambda b: b.rate("USD"), "budget.rates"),
    "by name": (lambda b: b.economics.click_rate, "economics.click_rate"),
    "a dump": (lambda b: b.model_dump_json(), "results.window"),
    "a section's dump": (lambda b: b.fit.model_dump(), "fit.top"),
    "a comparison": (lambda b: b.fit == Brief().fit, "fit.top"),
    "inside a section": (lambda b: b.brand.customers.age, "brand.customers"),
    "an inner call": (lambda b: paid(DATA, b), "budget.amount"),
    "a copy": (lambda b: b.model_copy(update={"name": "x"}).goal.target, "goal.target"),
    "a section's copy": (
        lambda b: b.model_copy(update={"goal": b.goal.model_copy(update={"kind": "sales"})}).goal.target,
        "goal.target",
    ),
    "an inner call with a copy": (
        lambda b: paid(DATA, b.model_copy(update={"budget": b.budget.model_copy(update={"hourly_cost": 1})})),
        "budget.amount",
    ),
    "a failed inner call": (lambda b: _caught(b), "budget.amount"),
    "itself": (lambda b: b, "results.window"),
}
OTHER = {
    "goal.target": 77,
    "name": "other",
    "tiers.nano": 10,
    "budget.rates": {"rates": {"USD": 0.9}, "rates_on": "2026-01-01"},
    "economics.click_rate": 0.5,
    "results.window": 3,
    "fit.top": 3,
    "brand.customers": {"customers": {"age": {"18-24": 0.5}}},
    "budget.amount": 12,
}
DATA = dataset(creators=pd.DataFrame({"creator": ["x:a"], "followers": [10.0]}))


@remembered
def paid(data, brief):
    calls.append("paid")
    if brief.budget.amount == 13:
        raise ValueError("13")
    return brief.budget.amount


def _caught(brief):
    try:
        return paid(DATA, brief.model_copy(update={"name": "y"}))
    except ValueError:
        return "failed"


def with_values(told):
    """Return a brief with other values, given as section.field."""
    values = {}
    for path, value in told.items():
        section, _, name = path.partition(".")
        if not name:
            values[section] = value
        else:
            values.setdefault(section, {}).update(value if isinstance(value, dict) else {name: value})
    return Brief.model_validate(values)


@pytest.mark.parametrize("way", WAYS)
def test_whatever_way_a_field_is_read_another_value_is_another_result(way):
    how, path = WAYS[way]

    @remembered
    def told(data, brief):
        return how(brief)

    local = dataset(creators=DATA.creators)
    briefs = [Brief(), with_values({path: OTHER[path]}), *([with_values({"budget.amount": 13})] if "failed" in way else []), Brief()]
    for brief in briefs:
        # computed without a memory, by a plain brief
        assert told(local, brief) == how(brief)


def test_results_hold_plain_briefs(data):
    @remembered
    def kept(data, brief):
        return {"brief": brief, "part": brief.goal}

    found = kept(data, Brief())
    assert type(found["brief"]) is Brief and type(found["part"]) is type(Brief().goal)


def test_turning_knobs_for_an_hour_does_not_fill_the_memory(data, monkeypatch):
    monkeypatch.setattr(memo, "MOST", 10_000)

    @remembered
    def large(data, brief):
        return "x" * int(brief.goal.target)

    for target in range(3_000, 3_050):
        assert len(large(data, with_values({"goal.target": target}))) == target
    assert memo._in_process[data].size == sum(map(len, memo._in_process[data].results.values())) <= 10_000


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
