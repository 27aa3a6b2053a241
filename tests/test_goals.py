"""Chapter 01: measures, rates, the funnel backwards, and whether the budget is enough."""

from __future__ import annotations

import functools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook import goals, show
from playbook.brief import Brief
from playbook.data.dataset import dataset
from playbook.goals import GOALS
from playbook.goals.past import ratio

SALES = {"kind": "sales", "target": 100}


def brief(**sections) -> Brief:
    return Brief.model_validate(sections)


def market(reach: list[float], fee: float = 100.0, followers: float = 10_000.0):
    """Creators whose three posts all have a known reach, and who all ask one fee."""
    names = [f"instagram:c{i:02d}" for i in range(len(reach))]
    posts = pd.DataFrame({"creator": np.repeat(names, 3), "reach": np.repeat(reach, 3), "likes": 100.0, "comments": 1.0})
    posts["post"] = [f"p{i}" for i in range(len(posts))]
    posts["posted_at"] = pd.Timestamp("2026-01-01", tz="UTC")
    quotes = pd.DataFrame({"creator": names, "deliverable": "photo", "fee": fee, "currency": "EUR"})
    creators = pd.DataFrame({"creator": names, "platform": "instagram", "followers": followers})
    return dataset(creators=creators, posts=posts, quotes=quotes, as_of=pd.Timestamp("2026-01-10", tz="UTC"))


# ------------------------------------------------------------------------------ measures


@pytest.mark.parametrize("goal", GOALS)
def test_each_goal_has_one_measure_of_its_own_and_a_price(goal):
    table = goals.kpis(brief(), goal=goal)
    assert (table["role"] == "goal").sum() == 1 and (table["role"] == "price").any()
    assert table["kpi"].iloc[0] == GOALS[goal][2]
    assert (table["meaning"].str.len() > 10).all() and table["source"].ne("").all()


@pytest.mark.parametrize(
    ("goal", "kpi", "judged"),
    [
        ("sales", "likes", "another stage"),
        ("sales", "Engagement Rate", "another stage"),
        ("sales", "reach", "another stage"),
        ("sales", "EMV", "another stage"),
        ("sales", "ROI", "its price"),
        ("sales", "orders", "the goal's own"),
        ("sales", "clicks", "a helper"),
        ("awareness", "orders", "another stage"),
        ("awareness", "people reached", "the goal's own"),
        ("awareness", "cpm", "its price"),
        ("followers", "Net New Followers", "the goal's own"),
        ("followers", "reach", "another stage"),
        ("followers", "potential reach", "another stage"),
        ("awareness", "happiness", "unknown"),
        ("awareness", None, "none named"),
        ("awareness", "  ", "none named"),
    ],
)
def test_a_measure_of_the_wrong_stage_is_told_from_a_right_one(goal, kpi, judged):
    b = brief(goal={"kind": goal, "target": 10, "kpi": kpi})
    assert goals.check_kpi(b).judged == judged
    levels = [f.level for f in goals.kpi_findings(b)]
    expected = {"another stage": ["warning"], "a helper": ["note"], "unknown": ["note"]}.get(judged, [])
    assert levels == expected
    assert GOALS[goal][2].lower() in goals.kpi_sentence(b).lower() or judged == "its price"


def test_likes_do_not_pay_invoices():
    assert "do not pay invoices" in goals.kpi_sentence(brief(goal={**SALES, "kpi": "likes"}))


# --------------------------------------------------------------------------------- funnel


def test_the_funnel_by_hand():
    """100 orders / 2 % = 5,000 clicks / 1 % = 500,000 people; 2 posts of 20 % reach: 1 - 0.8^2 = 36 % of 10,000; no overlap."""
    data = market([2000.0] * 12, fee=100.0)
    b = brief(
        goal=SALES,
        economics={"click_rate": 0.01, "conversion_rate": 0.02, "order_value": 50, "gross_margin": 0.5},
        portfolio={"overlap": 0},
        budget={"amount": 30_500, "hours_per_creator": 0},
    )
    p = goals.plan(data, b)
    assert p.need("clicks") == pytest.approx(5000)
    assert p.need("people") == pytest.approx(500_000)
    assert p.need("creators") == math.ceil(500_000 / 3600) == 139
    assert p.need("posts") == 278
    # the fee is for one post, two are planned
    assert p.need("money") == pytest.approx(139 * 200)
    assert p.creators_affordable == 152
    assert p.affordable == pytest.approx(152 * 3600 / 500_000)
    assert p.cost_per_result == pytest.approx(278)
    assert p.break_even == pytest.approx(25)
    assert "does not pay" in goals.worth_sentence(p, b)
    sources = p.rates.set_index("name")["source"]
    assert sources[["reach", "people", "cost"]].tolist() == ["measured", "measured", "quoted"]


def test_overlap_and_a_single_post():
    data = market([2000.0] * 12)
    b = brief(goal={"kind": "awareness", "target": 18_000}, portfolio={"overlap": 0.1}, goals={"posts_per_creator": 1})
    p = goals.plan(data, b)
    # 2,000 people each, a tenth of them shared: 1,800 new ones
    assert p.need("creators") == 10 and p.need("posts") == 10


def test_measured_rates_get_their_interval_and_planning_values_half_to_double():
    data = market([1000.0 + 100 * i for i in range(10)])
    rates = goals.rates(data, brief(goal=SALES)).set_index("name")
    # order statistics 2 and 9 of ten
    assert rates.loc["reach", ["value", "low", "high"]].tolist() == [1450, 1100, 1800]
    assert rates.loc["click_rate", ["low", "high"]].tolist() == pytest.approx([0.0075, 0.03])
    assert rates.loc["click_rate", "source"] == "assumed"


def test_the_median_interval_covers():
    """Order statistics hold the median at least as often as promised, whatever the tail: 400 draws, binomial margin of 4 sd."""
    rng = np.random.default_rng(5)
    for draw, middle in ((lambda n: np.exp(rng.standard_normal(n)), 1.0), (lambda n: rng.standard_t(2, n), 0.0)):
        for n in (8, 25):
            hits = 0
            for _ in range(400):
                low, high = goals.median_interval(np.sort(draw(n)), 0.9)
                hits += low <= middle <= high
            assert hits / 400 > 0.9 - 4 * math.sqrt(0.9 * 0.1 / 400)


def test_without_reach_followers_stand_in_and_it_says_so():
    names = [f"instagram:c{i}" for i in range(12)]
    data = dataset(creators=pd.DataFrame({"creator": names, "platform": "instagram", "followers": 8000.0}))
    rates = goals.rates(data, brief(goal={"kind": "awareness", "target": 1000}, goals={"reach_rate": 0.5})).set_index("name")
    assert rates.loc["reach", "value"] == 4000 and rates.loc["reach", "source"] == "assumed"
    assert rates.loc["reach", ["low", "high"]].tolist() == pytest.approx([2000, 8000])
    assert rates.loc["cost", "source"] == "benchmark"


def test_only_the_micro_class_stands_for_the_plan():
    data = market([1000.0] * 12)
    giant = pd.DataFrame({"creator": ["instagram:giant"], "platform": "instagram", "followers": 5e6})
    with_giant = dataset(creators=pd.concat([data.creators, giant]), posts=data.posts.to_pandas(), quotes=data.quotes, as_of=data.as_of)
    b = brief(goal=SALES)
    pd.testing.assert_frame_equal(goals.pool(data, b), goals.pool(with_giant, b))


positive = st.floats(0.001, 1, allow_nan=False)


@functools.cache
def stand_in_rates() -> pd.DataFrame:
    return goals.rates(dataset(), brief(goal=SALES)).set_index("name")


@settings(max_examples=40, deadline=None)
@given(click=positive, conversion=positive, target=st.floats(1, 1e6), amount=st.floats(0, 1e6), unshared=st.floats(0.1, 1))
def test_the_funnel_holds_together(click, conversion, target, amount, unshared):
    b = brief(goal={"kind": "sales", "target": target}, budget={"amount": amount})
    rates = stand_in_rates().copy()
    for name, value in (("click_rate", click), ("conversion_rate", conversion), ("unshared", unshared)):
        rates.loc[name, ["value", "low", "high"]] = value, value / 2, min(2 * value, 1)
    p = goals.from_rates(rates.reset_index(), b)
    assert p.need("people") * click * conversion == pytest.approx(target)
    steps = p.steps[p.steps["low"].notna()]
    assert (steps["low"] <= steps["need"]).all() and (steps["need"] <= steps["high"]).all()
    # the budget is enough exactly where it covers the money that the target takes
    assert (p.affordable >= 1 - 1e-9) == (amount >= p.need("money") - 1e-6)
    assert p.low <= p.affordable <= p.high and 0 <= p.chance <= 1
    if p.affordable > 0:
        assert (p.chance >= 0.5) == (p.affordable >= 1)
    assert goals.possible_sentence(p, b).endswith(".")


def test_more_budget_never_buys_less():
    data = market([2000.0 + 50 * i for i in range(12)])
    shares = [goals.plan(data, brief(goal=SALES, budget={"amount": a})).affordable for a in (0, 500, 1000, 5000, 50_000)]
    assert shares == sorted(shares) and shares[0] == 0


def test_the_verdict_follows_the_range():
    data = market([5000.0 + i for i in range(12)])
    small = {"kind": "awareness", "target": 10_000}
    rich = brief(goal=small, budget={"amount": 50_000})
    assert "That is possible" in goals.possible_sentence(goals.plan(data, rich), rich)
    poor = brief(goal={"kind": "awareness", "target": 1e8}, budget={"amount": 500})
    assert "not possible" in goals.possible_sentence(goals.plan(data, poor), poor)
    near = brief(goal=SALES, economics={"click_rate": 0.02, "conversion_rate": 0.03}, budget={"amount": 9_000})
    assert "cannot be told yet" in goals.possible_sentence(goals.plan(data, near), near)
    assert goals.counts(goals.plan(data, near), near).endswith("budget: cannot tell")


def test_sensitivity_orders_by_swing_and_agrees_with_the_plan():
    p = goals.plan(market([2000.0] * 12), brief(goal=SALES))
    table = goals.sensitivity(p, brief(goal=SALES))
    swing = (table["at_high"] / table["at_low"]).map(math.log).abs()
    assert swing.is_monotonic_decreasing
    # all planning values half to double: a factor of four in the money
    assert math.exp(swing.iloc[0]) == pytest.approx(4)
    assert math.ceil(table["at_value"].iloc[0] / p.rates.set_index("name").loc["cost", "value"] - 1e-9) == p.need("creators")


# ----------------------------------------------------------------------- time, worth, gaps


def test_days_left_counts_both_ends_and_waits_for_the_start():
    data = dataset(creators=pd.DataFrame({"creator": ["a"], "followers": [1.0]}), as_of=pd.Timestamp("2026-03-01 08:00", tz="UTC"))

    def left(**goal):
        return goals.days_left(data, brief(goal={"kind": "sales", "target": 1, **goal}))

    assert left(deadline="2026-03-01") == 1
    assert left(deadline="2026-03-10") == 10
    assert left(starts="2026-03-08", deadline="2026-03-10") == 3
    assert left(deadline="2026-02-27") < 1
    assert math.isnan(left())
    late = brief(goal={"kind": "sales", "target": 1, "deadline": "2026-02-27"})
    p = goals.plan(data, late)
    assert "has passed" in goals.time_sentence(p, data, late)
    assert any("deadline" in f.about for f in goals.findings(p, data, late))


def test_a_target_larger_than_the_market_is_a_warning():
    b = brief(goal={"kind": "awareness", "target": 2e6}, market={"population": 1e6})
    assert [f.level for f in goals.findings(goals.plan(dataset(), b), dataset(), b)] == ["warning"]


def test_break_even_counts_repeats_and_what_would_have_come_anyway():
    base = {"order_value": 100, "gross_margin": 0.5}
    assert goals.break_even(brief(economics=base)) == 50
    assert goals.break_even(brief(economics={**base, "repeat_rate": 0.2})) == 60
    assert goals.break_even(brief(economics={**base, "incremental_share": 0.5})) == 25
    assert goals.break_even(brief(economics={**base, "commission": 0.1, "shipping_per_order": 5})) == 35
    assert math.isnan(goals.break_even(brief(economics={"order_value": 100})))


GAPS = {
    "nothing at all": ({}, {}),
    "click rate 0": ({}, {"goal": SALES, "economics": {"click_rate": 0}}),
    "no budget": ({}, {"budget": {"amount": 0}}),
    "currency without a rate": ({}, {"budget": {"amount": 1000, "currency": "JPY"}}),
    "free creators": ({}, {"budget": {"amount": 0, "hours_per_creator": 0}}),
    "nobody sized": ({"creators": pd.DataFrame({"creator": ["a"], "followers": [math.nan]})}, {}),
    "one creator": ({"creators": pd.DataFrame({"creator": ["instagram:a"], "platform": ["instagram"], "followers": [5000.0]})}, {}),
    "only a giant": ({"creators": pd.DataFrame({"creator": ["tiktok:a"], "platform": ["tiktok"], "followers": [5e7]})}, {}),
}


@pytest.mark.parametrize(("tables", "sections"), GAPS.values(), ids=GAPS.keys())
def test_gaps_are_said_and_shown(tables, sections):
    data, b = dataset(**tables), brief(**sections)
    p = goals.plan(data, b)
    outcome = goals.outcome(data, b)
    assert outcome.status in ("partial", "done") and outcome.answer == goals.possible_sentence(p, b)
    assert all(math.isfinite(f.value) for f in outcome.figures)
    for shown in (
        show.goals.rates_table(p, b),
        show.goals.funnel_table(p, b),
        show.goals.funnel_chart(p, b),
        show.goals.budget_chart(p, b),
        show.goals.sensitivity_table(goals.sensitivity(p, b), b),
        show.goals.sensitivity_chart(goals.sensitivity(p, b), b),
        show.goals.kpis_table(goals.kpis(b), b),
    ):
        assert repr(shown) and "nan" not in repr(shown)
    for sentence in (goals.worth_sentence(p, b), goals.time_sentence(p, data, b), goals.counts(p, b), outcome.answer):
        assert "nan" not in sentence.split() and "inf" not in sentence.split()


def test_on_the_samples_all_figures_are_finite_and_named(campaign):
    outcome = goals.outcome(campaign.data, campaign.brief)
    ids = [f.id for f in outcome.figures]
    assert outcome.status == "done" and len(ids) == len(set(ids))
    assert {"goals.target", "goals.reach_needed", "goals.creators_needed", "goals.posts_needed", "goals.money_needed"} <= set(ids)
    for figure in outcome.figures:
        assert math.isfinite(figure.value)
        assert figure.low is None or figure.low <= figure.value <= figure.high


# ------------------------------------------------------------------- measured by a past campaign


def past_campaign(*, click: float, conversion: float, creators: int = 12):
    """A finished campaign: each creator made two posts of a known reach; visits carry their mark, orders their code."""
    tables: dict[str, list] = {name: [] for name in ("creators", "posts", "deliverables", "visits", "orders")}
    day = pd.Timestamp("2026-02-10")
    for i in range(creators):
        key, mark = f"instagram:c{i:02d}", f"mark{i}"
        followers = 20_000.0 + 1_000 * i
        tables["creators"].append({"creator": key, "platform": "instagram", "followers": followers})
        reach = followers / 4
        for n in range(2):
            tables["posts"].append({"post": f"{key}{n}", "creator": key, "reach": reach, "posted_at": day.tz_localize("UTC")})
            tables["deliverables"].append({"creator": key, "post": f"{key}{n}", "code": mark.upper(), "utm_content": mark})
        people = followers * (1 - 0.75**2)
        clicks = round(people * click)
        tables["visits"].append({"day": day, "sessions": float(clicks), "utm_content": mark.title()})
        orders = round(clicks * conversion)
        tables["orders"] += [
            {
                "order": f"{i}-{n}",
                "ordered_at": day.tz_localize("UTC"),
                "code": mark,
                "revenue": 30.0,
                "refunded": 30.0 if n >= orders else 0.0,
            }
            for n in range(orders + 2)
        ]
    tables["visits"].append({"day": day, "sessions": 9999.0, "utm_content": "newsletter"})
    frames = {name: pd.DataFrame(rows) for name, rows in tables.items()}
    return dataset(**frames, as_of=pd.Timestamp("2026-03-10", tz="UTC"))


CAMPAIGN = brief(goal={**SALES, "starts": "2026-02-01", "deadline": "2026-02-28"})


def test_a_past_campaign_measures_clicks_and_orders():
    """Planted: 3 % click, 10 % of clicks order; two orders a creator are refunded in full; a stranger's visits do not count."""
    rates = goals.rates(past_campaign(click=0.03, conversion=0.10), CAMPAIGN).set_index("name")
    for name, truth in (("click_rate", 0.03), ("conversion_rate", 0.10)):
        row = rates.loc[name]
        assert row["value"] == pytest.approx(truth, rel=0.02)
        assert row["low"] <= row["value"] <= row["high"] and row["n"] == 12 and row["source"] == "measured"
    assert "your brief plans 1.5 %" in rates.loc["click_rate", "basis"]


@pytest.mark.parametrize("creators", [6, 24])
def test_the_ratio_of_sums_covers(creators):
    """Log-normal rates of sd 0.5 between creators of unlike size: the 90 % interval holds the truth in 400 draws, less 4 sd and the
    shortfall of a few creators with a long tail."""
    rng = np.random.default_rng(8)
    truth, hits = 0.03 * math.exp(0.5**2 / 2), 0
    for _ in range(400):
        people = np.exp(rng.normal(9, 0.7, creators))
        clicks = people * 0.03 * np.exp(rng.normal(0, 0.5, creators))
        _, low, high = ratio(pd.Series(clicks), pd.Series(people), 0.9)
        hits += low <= truth <= high
    assert hits / 400 > 0.9 - 0.06 - 4 * math.sqrt(0.9 * 0.1 / 400)


def test_too_few_creators_or_no_marks_leave_the_planning_value():
    few = goals.rates(past_campaign(click=0.03, conversion=0.1, creators=4), CAMPAIGN).set_index("name")
    assert few.loc["click_rate", "source"] == "assumed"
    data = past_campaign(click=0.03, conversion=0.1)
    unmarked = dataset(
        creators=data.creators,
        posts=data.posts.to_pandas(),
        deliverables=data.deliverables.assign(utm_content=None, code=None),
        visits=data.visits,
    )
    assert (goals.rates(unmarked, CAMPAIGN).set_index("name").loc[["click_rate", "conversion_rate"], "source"] == "assumed").all()


def test_people_of_a_creator_are_missing_where_the_reach_of_a_post_is():
    data = past_campaign(click=0.03, conversion=0.1)
    posts = data.posts.to_pandas()
    posts.loc[posts["post"] == "instagram:c001", "reach"] = math.nan
    part = dataset(creators=data.creators, posts=posts, deliverables=data.deliverables, visits=data.visits, as_of=data.as_of)
    people = goals.past_creators(part, CAMPAIGN).set_index("creator")["people"]
    assert math.isnan(people["instagram:c00"]) and people.notna().sum() == 11
    assert people["instagram:c01"] == pytest.approx(21_000 * (1 - 0.75**2))


def test_without_any_day_the_days_left_are_unknown():
    data = dataset(creators=pd.DataFrame({"creator": ["a"], "followers": [5000.0]}))
    b = brief(goal={"kind": "sales", "target": 1, "deadline": "2026-02-27"})
    assert math.isnan(goals.days_left(data, b))
    assert "as_of" in goals.time_sentence(goals.plan(data, b), data, b)
