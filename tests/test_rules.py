"""The registries: every id that leaves a chapter is listed with its meaning, and every rule row has its source."""

from __future__ import annotations

import csv
import re

import pytest

import playbook
from playbook.chapters import NAMES

CLAIMS = {
    "smaller_engage_more",
    "line_at_100k",
    "macro_two_per_cent",
    "micro_talks_back",
    "niche_audience",
    "smaller_cheaper_per_engagement",
    "several_for_one",
}


@pytest.fixture(scope="module")
def registry(root):
    def read(name: str) -> dict[str, dict[str, str]]:
        with (root / "playbook" / "rules" / name).open(encoding="utf-8", newline="") as source:
            rows = list(csv.DictReader(source))
        assert len({r["id"] for r in rows}) == len(rows)
        assert all(r["unit"] and r["meaning"] for r in rows)
        return {r["id"]: r for r in rows}

    return read


def matches(pattern: str, name: str) -> bool:
    return re.fullmatch(re.sub(r"<\w+>", r"[a-z_0-9]+", pattern.replace(".", r"\.")), name) is not None


def test_figures_and_claims_are_listed(campaign, registry):
    figures, claims = registry("figures.csv"), registry("claims.csv")
    assert set(claims) == CLAIMS
    for name in NAMES:
        outcome = getattr(playbook, name).outcome(campaign.data, campaign.brief)
        assert outcome.chapter == name
        ids = [f.id for f in outcome.figures]
        assert len(set(ids)) == len(ids)
        for figure in outcome.figures:
            assert figure.id.split(".")[0] == name
            listed = [pattern for pattern in figures if matches(pattern, figure.id)]
            assert listed, f"{figure.id} is not in figures.csv"
            units = figures[listed[0]]["unit"].split(" | ")
            allowed = {*units, campaign.brief.budget.currency} if "currency" in units else set(units)
            assert figure.unit in allowed | {"people", "count"}, figure
        for claim in outcome.claims:
            assert claim.id in claims and claim.unit == claims[claim.id]["unit"]


def test_the_list_starts_with_chapters(registry):
    assert {id_.split(".")[0] for id_ in registry("figures.csv")} <= set(NAMES)


@pytest.mark.parametrize("name", ["tiers.csv", "price_curves.csv", "engagement_benchmarks.csv", "disclosure.csv"])
def test_published_facts_have_source_and_date(root, name):
    with (root / "playbook" / "rules" / name).open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    assert rows
    for row in rows:
        assert row.get("source"), row
        assert any(row.get(key) for key in ("year", "date", "checked", "date_checked", "checked_on")), row
