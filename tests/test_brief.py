"""The brief: every mistake is one sentence with its line, and writing keeps the user's comments."""

from __future__ import annotations

import keyword
import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from playbook import brief as briefs
from playbook.brief import Brief
from playbook.chapters import NAMES
from playbook.errors import NotUsable


def sections(model: type[BaseModel] = Brief):
    """All (section, field, info) of two-level settings."""
    for name, info in model.model_fields.items():
        # what was measured has a file of its own
        if name != "learned" and isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            for field, inner in info.annotation.model_fields.items():
                yield name, field, inner


def test_an_empty_brief_is_a_brief():
    assert briefs.parse("") == Brief()
    assert briefs.parse("# only a comment\n") == Brief()


def test_the_template_is_the_default_brief_and_comments_every_field():
    text = briefs.template()
    assert briefs.parse(text) == Brief()
    for section, field, info in sections():
        assert info.description, f"{section}.{field} has no description"
        assert f"  {field}:" in text


def test_the_template_takes_values():
    text = briefs.template(
        {"name": "Spring: new", "budget": {"amount": 12.5, "currency": "GBP"}, "brand": {"values": ["it's", "a: b", "#c"]}}
    )
    read = briefs.parse(text)
    assert (read.name, read.budget.amount, read.budget.currency, read.brand.values) == ("Spring: new", 12.5, "GBP", ["it's", "a: b", "#c"])


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("budget:\n\tamount: 3", ["line 2", "tab", "spaces"]),
        ("name: x\ngaol: {}", ["line 2", "gaol", "did you mean goal?"]),
        ("budget:\n  amuont: 3", ["line 2", "budget.amuont", "did you mean amount?"]),
        ("budget:\n  currency: EUR\n  amount: -500", ["line 3", "budget.amount", "-500", "greater than or equal to 0"]),
        ("budget: {currency: EURO}", ["line 1", "EURO", "ISO 4217"]),
        ("goal: {kind: fame}", ["goal.kind", "'fame'", "'awareness', 'followers' or 'sales'"]),
        ("goal: {starts: 2026-05-02, deadline: 2026-05-01}", ["deadline 2026-05-01", "before starts"]),
        ("tiers: {micro: 200000}", ["micro 200000, macro 100000", "rise"]),
        ("brand: {customers: {age: {18-24: 0.7, 25-34: 0.6}}}", ["age", "1.3", "at most 1"]),
        ("brand: {customers: {age: {teens: 0.7}}}", ["teens", "18-24"]),
        ("budget: {rates: {USD: 0.9}}", ["rates_on"]),
        ("- a\n- b", ["name: value"]),
        ("a: [", ["line"]),
        ("engagement: {window: 2}", ["engagement.window", "2", "3-100"]),
        ("market: {country: Germany}", ["Germany", "DE"]),
        ("report: {colour: teal}", ["teal", "#"]),
        ("budget: {amount: .nan}", ["budget.amount", "nan"]),
        ("a: &x [*x]", ["campaign.yml"]),
    ],
)
def test_each_mistake_is_a_sentence(text, parts):
    with pytest.raises(NotUsable) as caught:
        briefs.parse(text)
    sentence = str(caught.value)
    assert sentence.startswith("campaign.yml") and "\n" not in sentence and sentence.endswith(".")
    for part in parts:
        assert part in sentence


@given(st.text(max_size=60))
def test_any_text_gives_a_brief_or_a_sentence(text):
    try:
        briefs.parse(text)
    except NotUsable as no:
        assert "\n" not in str(no)


@given(
    st.dictionaries(
        st.sampled_from(list(Brief.model_fields)),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(max_size=5),
            lambda x: st.lists(x, max_size=2) | st.dictionaries(st.text(max_size=5), x, max_size=2),
            max_leaves=4,
        ),
        max_size=3,
    )
)
def test_invalid_values_name_their_field(values):
    try:
        Brief.model_validate(values)
    except ValidationError as problems:
        for error in problems.errors():
            assert error["loc"][0] in Brief.model_fields


def test_a_missing_file_says_how_to_get_one(tmp_path):
    with pytest.raises(NotUsable, match="playbook new"):
        briefs.read(tmp_path)


def test_bytes_that_are_not_text(tmp_path):
    (tmp_path / "campaign.yml").write_bytes(b"name: \xff\xfe\xfa")
    with pytest.raises(NotUsable, match="UTF-8"):
        briefs.read(tmp_path)


def test_update_keeps_comments_and_a_backup(tmp_path):
    path = tmp_path / "campaign.yml"
    path.write_text("# mine\nname: A  # the name\nbudget:\n  amount: 10  # not much\n", encoding="utf-8")
    briefs.update(tmp_path, {"budget": {"amount": 20}, "engagement": {"window": 24}})
    text = path.read_text(encoding="utf-8")
    assert "# mine" in text and "# the name" in text and "# not much" in text
    assert briefs.read(tmp_path).budget.amount == 20
    assert briefs.read(tmp_path).engagement.window == 24
    assert "amount: 10" in (tmp_path / "campaign.yml.bak").read_text(encoding="utf-8")


def test_a_refused_update_leaves_the_file_alone(tmp_path):
    path = tmp_path / "campaign.yml"
    path.write_text("name: A\n", encoding="utf-8")
    with pytest.raises(NotUsable):
        briefs.update(tmp_path, {"budget": {"amount": -1}})
    assert path.read_text(encoding="utf-8") == "name: A\n"
    assert [p.name for p in tmp_path.iterdir()] == ["campaign.yml"]


def test_every_chapter_has_its_knobs_and_papermill_can_pass_them():
    for name in NAMES:
        model = Brief.model_fields[name].annotation
        for knob, info in model.model_fields.items():
            kinds = {type(v) for v in typing.get_args(info.annotation)} or {info.annotation}
            assert kinds <= {int, float, str, bool}, f"{name}.{knob}"
            assert not keyword.iskeyword(knob.upper())


def test_tiers_are_half_open_and_named():
    tiers = briefs.parse("tiers: {nano: 500, micro: 5000, macro: 100000, mega: 1000000}").tiers
    assert tiers.names == ["below nano", "nano", "micro", "macro", "mega"]
    assert tiers.small == ["below nano", "nano", "micro"]


def test_rates_turn_foreign_money_into_the_budgets():
    brief = briefs.parse("budget: {currency: EUR, rates: {USD: 0.9}, rates_on: 2026-01-02}")
    assert (brief.rate("EUR"), brief.rate("USD"), brief.rate("GBP")) == (1.0, 0.9, None)
