"""What a campaign leaves for the next one, what its marks may get wrong, and its return by other names."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import playbook
from playbook import folders, goals, results
from playbook.brief import Brief, Learned, learned_from, parse, read
from playbook.data.dataset import dataset
from playbook.errors import NotUsable
from playbook.findings import Missing
from playbook.show import results as shown

START = pd.Timestamp("2026-03-01", tz="UTC")


def brief(**changes) -> Brief:
    base = {
        "goal": {"kind": "sales", "target": 3, "starts": "2026-03-01", "deadline": "2026-03-31"},
        "budget": {"amount": 25_000, "currency": "EUR", "hours_per_creator": 0, "hourly_cost": 0},
        "economics": {"gross_margin": 0.4},
        "results": {"draws": 200},
    }
    for section, values in changes.items():
        base[section] = {**base.get(section, {}), **values}
    return Brief.model_validate(base)


def orders(rows: list[dict]) -> pd.DataFrame:
    plain = {"code": None, "utm_content": None, "revenue": 100.0, "refunded": 0.0, "discount": 0.0, "currency": "EUR", "new_customer": None}
    frame = pd.DataFrame([plain | {"order": str(i)} | r for i, r in enumerate(rows)])
    return frame.assign(ordered_at=[START + pd.Timedelta(days=d) for d in frame.pop("day")])


def campaign(rows: list[dict], *, creators: int = 1, paid: float = 25_000.0, as_of: str = "2026-06-15", posted: int = 4):
    names = [f"instagram:c{i}" for i in range(creators)]
    deliverables = pd.DataFrame(
        {
            "creator": names,
            "post": [f"p{i}" for i in range(creators)],
            "code": [f"C{i}" for i in range(creators)],
            "utm_content": [f"link-{i}" for i in range(creators)],
            "published_at": START + pd.Timedelta(days=posted),
        }
    )
    payouts = pd.DataFrame({"creator": names, "amount": paid / creators, "product_cost": 0.0, "hours": 0.0})
    return dataset(as_of=pd.Timestamp(as_of, tz="UTC"), deliverables=deliverables, payouts=payouts, orders=orders(rows))


# --- second looks ---------------------------------------------------------------------------------------------------------------


def test_each_check_counts_its_own_case():
    rows = [
        {"day": 1, "code": "C0"},  # the code's first order, before the post
        {"day": 2, "code": "C0"},  # before the post
        {"day": 5, "code": "C0", "new_customer": False},
        {"day": 6, "code": "C0", "utm_content": "link-0", "refunded": 100.0, "new_customer": True},
        {"day": 7, "utm_content": "link-0", "refunded": 30.0},
        {"day": 8, "code": "WELCOME"},
    ]
    found = results.order_checks(campaign(rows), brief()).set_index("check")
    assert found["orders"].drop("leaked").to_dict() == {
        "repeat": 1, "early": 1, "own": 1, "late": 0, "disagree": 0, "reversed": 1, "partly": 1, "open": 0,
    }  # fmt: skip
    assert found.loc["repeat", "judged"] == 2 and found.loc["own", "judged"] == 4
    assert repr(shown.checks_table(found.reset_index(), brief()))


def test_returns_still_to_come_follow_the_older_orders_rate():
    old = [{"day": 5, "code": "C0", "refunded": 20.0} for _ in range(20)]
    young = [{"day": 28, "code": "C0"} for _ in range(4)] + [{"day": 28, "code": "C0", "refunded": 50.0}]
    data = campaign(old + young, as_of="2026-04-10")
    careful = results.cautious(data, brief())
    # a fifth of old revenue came back: 20 of each young 100, none of the one that gave back 50 already
    assert (careful.return_rate, careful.matured) == (pytest.approx(0.2), 20)
    assert careful.still_to_come_back == pytest.approx(80.0)
    assert careful.contribution == pytest.approx(0.4 * (20 * 80 + 4 * 80 + 50))
    assert results.cautious(data, brief(results={"return_days": 0})).still_to_come_back == 0.0
    assert math.isnan(results.cautious(campaign(young, as_of="2026-04-10"), brief()).still_to_come_back)


def test_a_leaking_code_is_estimated_and_taken_out():
    rng = np.random.default_rng(4)
    rows = [{"day": 6, "code": f"C{i}", "utm_content": f"link-{i}" if rng.random() < 0.5 else None} for i in range(4) for _ in range(100)]
    rows += [{"day": 12, "code": "C0"} for _ in range(150)]
    found = results.leakage(campaign(rows, creators=4), brief()).set_index("creator")
    assert found.loc["instagram:c0", "question"] and not found.drop("instagram:c0")["question"].any()
    # 150 planted; the link shares of 100 and 300 buyers carry a standard error of about 12
    assert abs(found.loc["instagram:c0", "leaked"] - 150) < 40
    careful, plain = results.cautious(campaign(rows, creators=4), brief()), results.sales(campaign(rows, creators=4), brief())
    assert careful.profit < plain.profit and "coupon page" in results.checks_sentence(
        results.order_checks(campaign(rows, creators=4), brief()), careful, brief()
    )


@pytest.mark.parametrize("length, credited", [(0, 2), (7, 1), (40, 3)])
def test_the_window_counts_days_after_a_post(length, credited):
    # one within a week of the post, one late in the campaign, one after it
    data = campaign([{"day": 6, "code": "C0"}, {"day": 28, "code": "C0"}, {"day": 40, "code": "C0"}])
    found = results.attribute(data, brief(results={"window": length}))
    assert (found["creator"].notna() & (found["period"] == "during")).sum() == credited
    parts = results.reconcile(found)
    assert parts["orders"].iloc[:-1].sum() == parts["orders"].iloc[-1] == 3


# --- returns by name ------------------------------------------------------------------------------------------------------------


def test_vendors_definitions_of_the_worked_example():
    found = results.vendor_returns(campaign([{"day": 6, "code": "C0", "revenue": 720.0}] * 100), brief()).set_index("name")["value"]
    assert found["Revenue ROI"] == 2.88 and found["E-com ROI"] == 2.88
    assert (found["ROAS"], found["ROI on revenue"]) == (2.88, pytest.approx(1.88))
    assert found["ROI on margin"] == pytest.approx(0.152)
    assert "EMV ROI" not in found


def test_earned_media_value_of_the_worked_example_to_the_last_digit():
    found = results.emv_of(likes=5_000, comments=500, impressions=50_000).set_index("card")["value"]
    assert found.to_dict() == {"CPM 10": 500.0, "Later": 1_752.0, "Ayzenberg": 2_876.0, "Apify": 3_100.0}
    assert (results.emv_of()["value"] == 0).all()
    twice = results.emv_of(likes=10_000, comments=1_000, impressions=100_000).set_index("card")["value"]
    pd.testing.assert_series_equal(twice, 2 * found)


def test_earned_media_value_is_shown_only_on_request_and_added_to_nothing(glow):
    assert isinstance(results.emv(glow.data, glow.brief), Missing)
    asked = glow.brief.model_copy(update={"results": glow.brief.results.model_copy(update={"emv": True})})
    table = results.emv(glow.data, asked)
    assert len(table) == 4 and "Barcelona Principles" in results.emv_sentence(table, asked)
    assert "Barcelona Principles" in repr(shown.emv_table(table, asked))
    one, two = (results.outcome(glow.data, b) for b in (glow.brief, asked))
    assert [f.value for f in one.figures] == [f.value for f in two.figures]


# --- learned --------------------------------------------------------------------------------------------------------------------


def test_what_was_learned_is_written_read_and_counts_as_measured(tmp_path):
    folders.new(tmp_path / "next", sample="trail-app")
    text = (tmp_path / "next" / "campaign.yml").read_text(encoding="utf-8").replace("kind: followers", "kind: sales")
    (tmp_path / "next" / "campaign.yml").write_text(text.replace("order_value: 24 ", "order_value: "), encoding="utf-8")
    path, sentence = folders.learn("glow-skincare", to=tmp_path / "next")
    assert path.name == "learned.yml" and "may start from" in sentence
    kept = learned_from(path.read_text(encoding="utf-8"))
    c = playbook.load(tmp_path / "next")
    assert c.brief.economics.click_rate == kept.click_rate.value == c.brief.learned.click_rate.value
    rates = goals.rates(c.data, c.brief).set_index("name")
    assert rates.loc["click_rate", ["source", "value", "low"]].tolist() == ["measured", kept.click_rate.value, kept.click_rate.low]
    assert "Glow Skincare" in rates.loc["conversion_rate", "basis"]
    # euros say nothing about an order in pounds; a share does
    assert c.brief.economics.order_value is None and c.brief.economics.incremental_share == kept.incremental_share.value
    by_hand = playbook.load(tmp_path / "next", {"economics": {"click_rate": 0.5}})
    assert by_hand.brief.economics.click_rate == 0.5
    assert goals.rates(by_hand.data, by_hand.brief).set_index("name").loc["click_rate", "source"] == "assumed"


def test_forecasts_are_kept_over_campaigns(tmp_path):
    old = {"campaign": "Winter", "goal": "sales", "low": 10, "middle": 20, "high": 30, "level": 0.9, "came": 35}
    (tmp_path / "learned.yml").write_text(results.learned_yaml(Learned.model_validate({"forecasts": [old]})), encoding="utf-8")
    path, _ = folders.learn("campus-coffee", to=tmp_path)
    kept = learned_from(path.read_text(encoding="utf-8"))
    assert [f.campaign for f in kept.forecasts] == ["Winter", "Campus Coffee first week of term"]
    assert path.with_name("learned.yml.bak").is_file()
    again, _ = folders.learn("campus-coffee", to=tmp_path)
    assert learned_from(again.read_text(encoding="utf-8")).forecasts == kept.forecasts


@pytest.mark.parametrize(
    "text, told",
    [
        ("click_rate: {value: 0.5, low: 0.6, high: 0.7}", "does not lie between"),
        ("clickrate: 1", "is not a field"),
        ("click_rate: [", "line 1"),
        ("forecasts: 3", "forecasts"),
    ],
)
def test_a_broken_file_is_one_sentence(tmp_path, text, told):
    folders.new(tmp_path / "c", sample="trail-app")
    (tmp_path / "c" / "learned.yml").write_text(text, encoding="utf-8")
    with pytest.raises(NotUsable, match=told):
        read(tmp_path / "c")


def test_nothing_measured_writes_nothing(tmp_path):
    with pytest.raises(NotUsable, match="Nothing was measured"):
        folders.learn("trail-app", to=tmp_path)
    with pytest.raises(NotUsable, match="is not a folder"):
        folders.learn("glow-skincare", to=tmp_path / "nope")
    assert not list(tmp_path.iterdir())


def test_a_platform_has_its_own_rate_only_where_the_data_tells_it_apart():
    def made(rate: float):
        rows = []
        for i in range(12):
            count = 5 + i % 3 if i < 6 else round(rate * (5 + i % 3))
            rows += [{"day": 6, "code": f"C{i}"} for _ in range(count)]
        data = campaign(rows, creators=12)
        names = [f"{'instagram' if i < 6 else 'tiktok'}:c{i}" for i in range(12)]
        swap = dict(zip(data.deliverables["creator"], names, strict=True))
        visits = pd.DataFrame({"day": pd.Timestamp("2026-03-06"), "sessions": 100.0, "utm_content": [f"link-{i}" for i in range(12)]})
        people = pd.DataFrame({"creator": names, "platform": [n.split(":")[0] for n in names], "followers": 5_000.0})
        return dataset(
            as_of=data.as_of,
            orders=data.orders,
            visits=visits,
            creators=people,
            deliverables=data.deliverables.assign(creator=data.deliverables["creator"].map(swap)),
        )

    apart = results.lessons(made(6.0), brief())
    rows = apart[(apart["name"] == "conversion_rate") & (apart["by"] == "platform")].set_index("group")["value"]
    assert rows["tiktok"] == pytest.approx(6 * rows["instagram"], rel=0.01)
    alike = results.lessons(made(1.0), brief())
    assert alike[alike["by"] == "platform"].empty


# --- the forecast ---------------------------------------------------------------------------------------------------------------


def test_the_forecast_uses_nothing_from_after_the_first_day(glow):
    one = results.forecast_against_result(glow.data, glow.brief)
    assert one.creators == one.of == 22 and one.low <= one.middle <= one.high
    later = glow.data.posts.to_pandas()
    changed = later.assign(
        reach=later["reach"].where(later["posted_at"] < pd.Timestamp(glow.brief.goal.starts, tz="UTC"), 10 * later["reach"])
    )
    frames = {n: getattr(glow.data, n) for n in ("creators", "deliverables", "orders", "payouts", "quotes", "audience", "follower_sample")}
    two = results.forecast_against_result(dataset(as_of=glow.data.as_of, posts=changed, **frames), glow.brief)
    assert (two.low, two.middle, two.high) == (one.low, one.middle, one.high)


def test_calibration_counts_over_campaigns():
    past = [
        {"campaign": f"c{i}", "goal": "sales", "low": 10, "middle": 20, "high": 30, "level": 0.9, "came": 50 if i < 6 else 25}
        for i in range(10)
    ]
    b = brief().model_copy(update={"learned": Learned.model_validate({"forecasts": past})})
    table = results.calibration(Missing(needs=("deliverables",), text="x."), b)
    assert table["inside"].sum() == 4
    told = results.forecast_sentence(Missing(needs=("deliverables",), text="x."), table, b)
    assert "4 of the intervals" in told and "too sure" in told


def test_a_brief_without_learned_is_as_before():
    assert parse("budget: {amount: 5}").learned == Learned()
