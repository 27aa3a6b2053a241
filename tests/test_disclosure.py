"""Reading captions of paid posts."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook import disclosure
from playbook.brief import Brief
from playbook.data.dataset import dataset
from playbook.findings import Missing

BRAND = ("acmecoffee", "Acme Coffee")
CAPTIONS = list(csv.DictReader((Path(__file__).parent / "data" / "captions.csv").open(encoding="utf-8", newline="")))
RANK = {"missing": 0, "unclear": 1, "clear": 2}


@pytest.mark.parametrize("row", CAPTIONS, ids=lambda r: f"{r['jurisdiction']}-{r['rule']}")
def test_our_own_table_of_captions(row):
    read = disclosure.lint(row["caption"], row["jurisdiction"], brand=BRAND)
    assert (read.state, read.hits[0].rule.id) == (row["state"], row["rule"]), read.text


def test_the_table_is_large_and_covers_every_jurisdiction_and_state():
    assert len(CAPTIONS) >= 120
    assert {r["jurisdiction"] for r in CAPTIONS} >= set(disclosure.jurisdictions())
    for where in disclosure.jurisdictions():
        assert {r["state"] for r in CAPTIONS if r["jurisdiction"] == where} == set(disclosure.STATES)


LABELS = [(w, "#ad") for w in ("US", "GB", "IE", "EU", "IN")] + [
    ("DE", "Werbung"),
    ("DE", "#Werbung"),
    ("FR", "Publicité"),
    ("IT", "Pubblicità"),
    ("GB", "Ad"),
]


@pytest.mark.parametrize("where, label", LABELS)
@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.upper(),
        lambda t: t.lower(),
        lambda t: "\u200b".join(t),
        lambda t: f"\u2066{t}\u2069",
        lambda t: f"\u200f{t}",
        lambda t: f"🌿 {t}",
        lambda t: f"  \n{t}",
        lambda t: "\u2060".join(t),
        lambda t: "\u00ad".join(t),
    ],
    ids=["upper", "lower", "zero-width", "isolate", "right-to-left mark", "emoji", "blank first", "word joiner", "soft hyphen"],
)
def test_a_label_stays_a_label(where, label, change):
    assert disclosure.lint(f"{change(label)}: a new day", where).state == "clear"


@pytest.mark.parametrize("letter, twin", [("a", "\u0430"), ("d", "\u0501"), ("a", "\u03b1")])
def test_look_alikes_do_not_pass(letter, twin):
    read = disclosure.lint("#ad a new day".replace(letter, twin, 1), "US")
    assert (read.state, read.hits[0].rule.id) == ("unclear", "all.lookalike")


def test_struck_out_letters_do_not_pass():
    assert disclosure.lint("#a\u0336d\u0336 a new day", "US").state == "unclear"


def test_letters_of_other_widths_are_read_as_people_read_them():
    assert disclosure.lint("＃ａｄ a new day", "US").state == "clear"
    assert disclosure.lint("𝗔𝗱: a new day", "GB").state == "clear"


def test_a_caption_in_another_script_is_no_label():
    for text in ("Новый день начался с кофе", "Καλημέρα με καφέ", "早安 #咖啡", "صباح الخير #قهوة"):
        assert disclosure.lint(text, "US").state == "missing"


ANY_TEXT = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=200)


@settings(max_examples=80, deadline=None)
@given(ANY_TEXT | st.sampled_from([r["caption"] for r in CAPTIONS]), st.sampled_from(LABELS))
def test_a_label_in_front_never_makes_it_worse(text, pair):
    where, label = pair
    labelled = disclosure.lint(f"{label} | {text}" if not label.startswith("#") else f"{label} {text}", where, brand=BRAND)
    assert RANK[labelled.state] >= RANK[disclosure.lint(text, where, brand=BRAND).state]


@settings(max_examples=80, deadline=None)
@given(ANY_TEXT, st.sampled_from(disclosure.jurisdictions()))
def test_any_text_gets_a_reading(text, where):
    read = disclosure.lint(text, where)
    assert read.state in disclosure.STATES and read.text and read.hits


@pytest.mark.parametrize("text", [None, float("nan"), pd.NA, ""])
def test_an_unknown_caption_reads_as_empty(text):
    assert disclosure.lint(text, "US").state == "missing"


def test_long_captions_are_read_quickly():
    import time

    hostile = ["#a" * 5000, "sponsored by " * 400, "thanks to " * 400, "not an " * 700 + "ad", "(" * 3000, "\n" * 3000 + "#ad"]
    started = time.process_time()
    for text in hostile:
        disclosure.lint(text, "US", brand=BRAND)
    assert time.process_time() - started < 10


def test_the_platforms_label_supports_and_does_not_suffice():
    assert disclosure.lint("a new day", "US").state == "missing"
    assert disclosure.lint("a new day", "US", platform_label=True).state == "unclear"
    assert disclosure.lint("#ad a new day", "US", platform_label=True).state == "clear"


def test_video_gets_its_reminder():
    assert disclosure.lint("#ad a new day", "US", video=True).hits[-1].rule.id == "us.video"


def test_an_unknown_jurisdiction_says_so():
    read = disclosure.lint("#ad", "BR")
    assert isinstance(read, Missing) and "DE, EU, FR" in read.text
    brief = Brief.model_validate({"market": {"country": "BR"}})
    assert isinstance(disclosure.advice(brief), Missing) and isinstance(disclosure.rules_table(brief), Missing)


def test_every_rule_has_its_source_and_day_and_a_unique_id():
    rules = disclosure.all_rules()
    assert len({r.id for r in rules}) == len(rules)
    for rule in rules:
        assert rule.text.endswith(".") and rule.source and pd.Timestamp(rule.checked) and rule.status in ("verified", "unverified", "ours")
        assert rule.standing in ("accepted", "advised_against") if rule.kind == "term" else rule.standing == ""


@pytest.mark.parametrize("where", disclosure.jurisdictions())
def test_what_we_advise_passes_our_own_linter(where):
    brief = Brief.model_validate({"market": {"jurisdiction": where}, "brand": {"name": "Acme Coffee"}})
    advice = disclosure.advice(brief)
    for label in advice.use:
        assert disclosure.lint(f"{label.replace('…', 'Acme')}: a new day", where, brand=BRAND).state == "clear", label
    assert "not legal advice" in advice.text


def test_only_posts_known_to_be_paid_are_read():
    posts = pd.DataFrame(
        {
            "post": ["1", "2", "3", "4"],
            "creator": ["x:a", "x:a", "x:b", "x:b"],
            "posted_at": pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"], utc=True),
            "caption": ["#ad one", "two", "three", None],
            "sponsored": [True, False, None, True],
        }
    )
    ours = pd.DataFrame({"creator": ["x:b"], "post": ["3"]})
    read = disclosure.past_posts(dataset(posts=posts, deliverables=ours), Brief())
    assert read[["post", "state"]].values.tolist() == [["1", "clear"], ["3", "missing"]]
    counted = disclosure.per_creator(read)
    assert counted[["creator", "posts", "clear", "missing"]].values.tolist() == [["x:b", 1, 0, 1], ["x:a", 1, 1, 0]]
    assert isinstance(disclosure.past_posts(dataset(), Brief()), Missing)
    assert isinstance(disclosure.past_posts(dataset(posts=posts.assign(sponsored=None)), Brief()), Missing)
