"""Extra sales: published answers, planted worlds, and what may not be said."""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook import results
from playbook.brief import Brief
from playbook.data.dataset import dataset
from playbook.findings import Missing
from playbook.results import lift as lifts
from playbook.results import power
from playbook.results.trend import forecast_sum
from playbook.show import results as shown
from tests import lift_worlds

REAL = Path(os.environ.get("PLAYBOOK_REAL_DATA", Path(__file__).parents[1].parent / "shared" / "real"))


def real(name: str) -> pd.DataFrame:
    path = REAL / name
    if not path.is_file():
        pytest.skip(f"{path} is not there; set PLAYBOOK_REAL_DATA to the folder that holds it")
    return pd.read_csv(path)


# --- published answers ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def geo():
    """Daily sales of the treated and the control group of a published geo experiment, and which days lie before it."""
    rows = real("geo_sales_and_cost.csv").merge(real("geo_assignment.csv"), on="geo")
    group = rows.loc[rows["cost"] > 0, "geo.group"].iloc[0]
    table = rows[rows["date"] < "2015-03-16"].pivot_table(index="date", columns="geo.group", values="sales", aggfunc="sum").sort_index()
    return table[group].to_numpy(), table[3 - group].to_numpy(), np.asarray(table.index < "2015-02-16")


@pytest.mark.realdata
def test_the_geo_experiment_to_the_last_digit(geo):
    found = lifts.time_based_regression(*geo, level=0.8)
    assert round(found.effect, 2) == 147_337.12
    assert round(found.effect / 50_000, 6) == 2.946742
    assert round(found.low / 50_000, 6) == 2.826194


@pytest.mark.realdata
def test_with_drift_the_geo_experiment_is_less_sure(geo):
    plain, drifting = lifts.time_based_regression(*geo, level=0.8), lifts.drifting_regression(*geo, level=0.8)
    assert drifting.low < plain.effect < drifting.high
    assert drifting.high - drifting.low > plain.high - plain.low


@pytest.fixture
def smoking():
    """Cigarette sales of California and 38 states, treated from 1989."""
    table = real("california_prop99.csv").set_index("Year")
    return table.T.to_numpy(), np.array([c == "California" for c in table.columns]), np.asarray(table.index < 1989)


@pytest.mark.realdata
def test_proposition_99(smoking):
    assert lifts.difference_in_differences(*smoking).effect == pytest.approx(-27.35, abs=0.005)
    control, gaps = lifts.synthetic_control(*smoking)
    assert control.effect == pytest.approx(-19.5, abs=0.1)
    assert control.p == pytest.approx(3 / 39)
    assert lifts.synthetic_did(*smoking).effect == pytest.approx(-15.6, abs=0.1)
    assert len(gaps) == 31 and math.isnan(lifts.synthetic_did(*smoking).low)


@pytest.mark.realdata
def test_causal_impacts_examples_lie_inside_our_intervals_and_ours_is_wider_where_the_level_drifts():
    arma = real("impact_arma.csv")
    y, x, before = arma["y"].to_numpy(), arma["X"].to_numpy(), np.arange(100) < 70
    found = lifts.drifting_regression(y, x, before)
    assert 0.27 <= found.effect / 30 <= 1.5
    google = real("impact_google.csv")
    before = (google["date"] <= "2020-03-01").to_numpy()
    found = lifts.drifting_regression(google["y"].to_numpy(), google[["x1", "x2"]].to_numpy().T, before)
    days = int((~before).sum())
    assert 18 <= found.effect / days <= 36
    assert (found.high - found.low) / days > 36 - 18
    # the same model by statsmodels, its variances estimated instead of integrated over
    library = lifts.structural_time_series(y, x, np.arange(100) < 70)
    assert 0.27 <= library.effect / 30 <= 1.5 and library.low > 0
    library = lifts.structural_time_series(google["y"].to_numpy(), google[["x1", "x2"]].to_numpy().T, before)
    assert 18 <= library.effect / days <= 36
    assert (library.high - library.low) / days > 36 - 18


@pytest.mark.realdata
def test_where_the_geo_experiment_is_split_among_its_own_days_before_no_effect_is_found():
    """The same regions, four weeks in which nobody ran anything."""
    rows = real("geo_sales_and_cost.csv").merge(real("geo_assignment.csv"), on="geo")
    rows = rows[rows["date"] < "2015-02-16"]
    group = 2
    first = sorted(rows["date"].unique())[-14]
    frame = pd.DataFrame(
        {
            "day": pd.to_datetime(rows["date"]),
            "region": rows["geo"].astype(str),
            "measure": "sales",
            "value": rows["sales"].astype(float),
            "treated": (rows["geo.group"] == group) & (rows["date"] >= first),
        }
    )
    days = {"starts": pd.Timestamp(first).date(), "deadline": frame["day"].max().date()}
    brief = Brief.model_validate({"goal": {"kind": "sales", **days}})
    found = results.regional_lift(dataset(brand_daily=frame), brief)
    assert found.regions_with + found.regions_without + len(found.left_out) == 100
    assert len(found.left_out) <= 20 and found.days_before + found.days + found.days_left_out == 42
    assert found.found != "found" and found.found_low < 0 < found.found_high
    assert "cannot tell" in results.lift_sentence(found, brief)


# --- arithmetic -----------------------------------------------------------------------------------------------------------------


def test_differences_by_hand_with_welch():
    y = np.array([[10.0, 10, 14], [20, 20, 26], [5, 5, 6], [8, 8, 8], [9, 9, 11]])
    found = lifts.difference_in_differences(y, np.array([1, 1, 0, 0, 0], bool), np.array([1, 1, 0], bool))
    from scipy.stats import ttest_ind

    told = ttest_ind([4.0, 6.0], [1.0, 0.0, 2.0], equal_var=False)
    span = told.confidence_interval(0.95)
    assert (found.effect, found.p) == (4.0, pytest.approx(told.pvalue))
    assert (found.low, found.high) == (pytest.approx(span.low), pytest.approx(span.high))


def test_reassignment_by_hand():
    # of the 10 ways to pick 2 of 5, only the real one separates 4 and 6 from the rest
    y = np.array([[0.0, 4], [0, 6], [0, 1], [0, 0], [0, 2]])
    assert lifts.reassignment_p(y, np.array([1, 1, 0, 0, 0], bool), np.array([1, 0], bool), seed=1) == 0.1


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 8), st.integers(5, 30), st.integers(0, 10_000))
def test_weights_lie_on_the_simplex_and_find_a_planted_mixture(count, rows, seed):
    rng = np.random.default_rng(seed)
    donors = rng.normal(size=(rows + count, count))
    planted = rng.dirichlet(np.ones(count))
    found = lifts.simplex_weights(donors @ planted + 3.0, donors)
    assert (found >= 0).all() and found.sum() == pytest.approx(1)
    np.testing.assert_allclose(found, planted, atol=1e-4)


def test_conformal_p_is_never_nought_and_small_for_an_outlier():
    gaps = np.r_[np.tile([0.1, -0.1], 20), 5.0, 5.0]
    before = np.arange(42) < 40
    assert lifts.conformal_p(gaps, before) == 1 / 42
    assert lifts.conformal_p(np.ones(42), before) == 1.0


# --- planted worlds ---------------------------------------------------------------------------------------------------------------


def world(rng, *, regions=16, treated=8, before=70, days=28, rise=0.0, family="normal", drift=0.01, noise=0.06):
    """Regions that share a drift and weekdays; the rise is planted where the campaign runs."""
    draw = {
        "normal": rng.normal,
        "t": lambda *a, size: a[1] * rng.standard_t(5, size) / math.sqrt(5 / 3),
        "gamma": lambda *a, size: a[1] * (rng.gamma(2, 1, size) - 2) / math.sqrt(2),
    }[family]
    n = before + days
    shared = np.cumsum(rng.normal(0, drift, n)) + 0.1 * np.sin(2 * np.pi * np.arange(n) / 7)
    own = draw(0, noise, size=(regions, n))
    level = rng.lognormal(7, 0.4, regions)[:, None]
    chosen = np.zeros(regions, bool)
    chosen[rng.permutation(regions)[:treated]] = True
    values = level * np.exp(shared + own)
    values[np.ix_(chosen, np.arange(n) >= before)] *= 1 + rise
    return values, chosen


def campaign(values, chosen, before=70, days=28):
    dates = pd.date_range("2026-01-01", periods=values.shape[1])
    rows = [
        pd.DataFrame(
            {
                "day": dates,
                "region": f"r{i:02d}",
                "measure": "sales",
                "value": v,
                "treated": bool(chosen[i]) & (np.arange(len(dates)) >= before),
            }
        )
        for i, v in enumerate(values)
    ]
    brief = Brief.model_validate(
        {
            "goal": {"kind": "sales", "starts": dates[before].date(), "deadline": dates[before + days - 1].date()},
            "economics": {"gross_margin": 0.5},
        }
    )
    payouts = pd.DataFrame({"creator": ["x:a"], "amount": [100.0], "hours": [0.0], "product_cost": [0.0]})
    return dataset(brand_daily=pd.concat(rows, ignore_index=True), payouts=payouts), brief


@pytest.mark.parametrize("family", ["normal", "t", "gamma"])
def test_intervals_cover_planted_rises_and_nothing_is_found_where_nothing_is(family):
    rng = np.random.default_rng(11)
    worlds, covered, false = 150, 0, 0
    for i in range(worlds):
        rise = (0.0, 0.05, 0.1, 0.2)[i % 4]
        values, chosen = world(rng, rise=rise, family=family)
        index = values / values[:, :70].mean(axis=1, keepdims=True)
        before = np.arange(98) < 70
        usual = index[~chosen][:, ~before].mean()
        found = lifts.difference_in_differences(index, chosen, before, level=0.9)
        covered += found.low / usual <= rise <= found.high / usual
        none, chosen = world(rng, rise=0.0, family=family)
        wide = lifts.difference_in_differences(none / none[:, :70].mean(axis=1, keepdims=True), chosen, before, level=0.95)
        false += wide.low > 0 or wide.high < 0
    # a right method leaves these bands less than once in a thousand
    assert covered >= 123
    assert false <= 18


def test_a_planted_rise_is_found_and_valued():
    values, chosen = world(np.random.default_rng(5), rise=0.2)
    data, brief = campaign(values, chosen)
    found = results.regional_lift(data, brief)
    half = (found.high - found.low) / 2
    # three times the half-width of a 90 % interval: a right method is outside once in a million
    assert found.found == "found" and abs(found.share - 0.2) < 3 * half
    truth = (values[chosen][:, 70:] * 0.2 / 1.2).sum()
    assert abs(found.extra - truth) < 3 * (found.extra_high - found.extra_low) / 2
    assert found.roi == pytest.approx((0.5 * found.extra - 100) / 100)
    assert all(e.effect == pytest.approx(0.2, abs=0.06) for e in found.others)
    assert results.lift_sentence(found, brief).startswith("An effect was found.")
    assert repr(shown.lift_chart(found, brief)) and repr(shown.lift_table(found, brief))


def test_no_rise_is_not_called_one():
    values, chosen = world(np.random.default_rng(6), rise=0.0)
    data, brief = campaign(values, chosen)
    found = results.regional_lift(data, brief)
    assert found.found in ("none_that_pays", "cannot_tell")
    assert "An effect" not in results.lift_sentence(found, brief)


def test_gaps_leave_out_what_lacks_most_and_are_told():
    values, chosen = world(np.random.default_rng(17), rise=0.2)
    data, brief = campaign(values, chosen)
    frame = data.brand_daily
    day = (frame["day"] - frame["day"].min()).dt.days
    # one region lacks half of its days, and one day is known in one region only
    kept = frame[~((frame["region"] == "r03") & (day % 2 == 0)) & ~((day == 20) & (frame["region"] != "r05"))]
    found = results.regional_lift(dataset(brand_daily=kept, payouts=data.payouts), brief)
    assert (found.left_out, found.days_left_out) == (("r03",), 1)
    assert found.found == "found" and found.regions_with + found.regions_without == 15
    assert "Left out because values are missing: 1 region and 1 day." in repr(shown.lift_table(found, brief))


def test_regions_that_never_move_show_nothing():
    data, brief = campaign(np.full((8, 98), 7.0), np.arange(8) < 4)
    found = results.regional_lift(data, brief)
    assert isinstance(found, Missing) and "never moved" in found.text


def test_order_of_rows_changes_nothing():
    values, chosen = world(np.random.default_rng(7), rise=0.1)
    data, brief = campaign(values, chosen)
    mixed = dataset(brand_daily=data.brand_daily.sample(frac=1, random_state=2), payouts=data.payouts)
    one, two = results.regional_lift(data, brief), results.regional_lift(mixed, brief)
    assert (one.share, one.low, one.p) == (two.share, two.low, two.p)


@pytest.mark.parametrize(
    "regions, treated, needed",
    [(4, 2, "at least 7 regions without it"), (9, 1, "at least 19 regions without it"), (6, 3, "8 regions in all")],
)
def test_too_few_regions_are_refused_with_the_number_needed(regions, treated, needed):
    values, chosen = world(np.random.default_rng(8), regions=regions, treated=treated, rise=0.5)
    data, brief = campaign(values, chosen)
    found = results.regional_lift(data, brief)
    assert isinstance(found, Missing) and needed in found.text
    assert f"{regions - treated} without" in found.text


@pytest.mark.parametrize("treated", [1, 2, 3])
def test_the_number_needed_is_enough_and_one_less_is_not(treated):
    beside, whole = lifts.regions_needed(treated, 0.95)
    rng = np.random.default_rng(18)
    for count, enough in ((beside, True), (beside - 1, False)):
        values, chosen = world(rng, regions=treated + count, treated=treated, rise=0.5)
        assert isinstance(results.regional_lift(*campaign(values, chosen)), Missing) != enough
    values, chosen = world(rng, regions=whole, treated=whole // 2, rise=0.5)
    assert results.regional_lift(*campaign(values, chosen)).p_floor <= 0.05


@pytest.mark.parametrize("regions, treated, before", [(6, 0, 70), (6, 6, 70), (16, 8, 10)])
def test_what_cannot_be_compared_is_refused(regions, treated, before):
    values, chosen = world(np.random.default_rng(9), regions=regions, treated=treated, before=before)
    data, brief = campaign(values, chosen, before=before)
    found = results.regional_lift(data, brief)
    assert isinstance(found, Missing) and "Extra sales need" in found.text
    assert isinstance(results.regional_lift(dataset(), Brief()), Missing)


@pytest.mark.parametrize(
    "regions, treated, design", [(24, 1, "synthetic control"), (10, 3, "synthetic control"), (10, 7, "difference in differences")]
)
def test_each_shape_of_market_has_its_design_and_finds_a_large_rise(regions, treated, design):
    values, chosen = world(np.random.default_rng(21), regions=regions, treated=treated, rise=0.25)
    found = results.regional_lift(*campaign(values, chosen))
    assert (found.design, found.found) == (design, "found")
    assert found.low < 0.25 < found.high or abs(found.share - 0.25) < found.high - found.low


def test_a_region_without_sales_is_refused():
    values, chosen = world(np.random.default_rng(10))
    values[0] = 0.0
    assert isinstance(results.regional_lift(*campaign(values, chosen)), Missing)


def test_the_samples_planted_rise_is_inside(glow):
    # the sample's strength of the planted rise is public knowledge of the world, not of the chapter
    from playbook.world import Strengths

    found = results.regional_lift(glow.data, glow.brief)
    wide = (found.high - found.low) / 2
    assert found.low - wide < Strengths().lift < found.high + wide


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.floats(-50, 50), st.floats(0.1, 100))
def test_forecasts_move_with_the_data(seed, shift, scale):
    y = np.random.default_rng(seed).normal(size=40)
    one = forecast_sum(y, np.ones((40, 1)), np.ones((7, 1)), level=0.9)
    two = forecast_sum(scale * y + shift, np.ones((40, 1)), np.ones((7, 1)), level=0.9)
    assert two.mean == pytest.approx(scale * one.mean + 7 * shift, abs=1e-5 * (scale + abs(shift)))
    assert two.high - two.low == pytest.approx(scale * (one.high - one.low), rel=1e-5)


# --- power ------------------------------------------------------------------------------------------------------------------------


def planned(values):
    dates = pd.date_range("2026-01-01", periods=values.shape[1])
    rows = [pd.DataFrame({"day": dates, "region": f"r{i:02d}", "measure": "sales", "value": v}) for i, v in enumerate(values)]
    return dataset(brand_daily=pd.concat(rows, ignore_index=True))


def test_the_stated_power_is_the_rate_found():
    rng = np.random.default_rng(12)
    values, _ = world(rng, regions=12, before=150, days=28)
    table = power.smallest_rise(planned(values), Brief())
    table = table[table["treated"] == 6].set_index("weeks")
    rise = table.loc[4, "smallest"]
    found = 0
    for _ in range(200):
        fresh, chosen = world(rng, regions=12, treated=6, before=75, days=28, rise=rise)
        index = fresh / fresh[:, :75].mean(axis=1, keepdims=True)
        one = lifts.difference_in_differences(index, chosen, np.arange(103) < 75, level=0.95)
        found += one.low > 0
    assert 0.65 <= found / 200 <= 0.95
    assert table.loc[4, "false_alarms"] <= 0.1


def test_longer_campaigns_and_more_regions_show_smaller_rises():
    rng = np.random.default_rng(13)
    few, _ = world(rng, regions=8, before=150, days=28, drift=0.0)
    many, _ = world(rng, regions=24, before=150, days=28, drift=0.0)
    found = [power.smallest_rise(planned(v), Brief()) for v in (few, many)]
    # half of the regions with the campaign
    one, two = (t[t["treated"] == t["treated"].max()].set_index("weeks")["smallest"] for t in found)
    assert (two < one).all() and two[8] < two[2]


def test_power_without_regions_says_what_to_add():
    assert isinstance(power.smallest_rise(dataset(), Brief()), Missing)
    values, _ = world(np.random.default_rng(1), regions=3, treated=1)
    assert "at least 8 regions" in power.smallest_rise(planned(values), Brief()).text
    assert repr(shown.power_table(power.smallest_rise(planned(values), Brief()), Brief()))


# --- one series, staggered days, a holdout ----------------------------------------------------------------------------------------


def one_series(rise: float, *, control: bool, seed: int = 1, drift: float = 0.0):
    rng = np.random.default_rng(seed)
    days = pd.date_range("2026-01-01", periods=112)
    shared = 100 + np.cumsum(rng.normal(0, 2, 112)) + 6 * np.sin(2 * np.pi * np.arange(112) / 7)
    sales = 10 * (shared + rng.normal(0, 2, 112) + np.cumsum(rng.normal(0, drift, 112)))
    sales[84:] *= 1 + rise
    rows = [pd.DataFrame({"day": days, "region": None, "measure": "sales", "value": sales, "treated": np.arange(112) >= 84})]
    if control:
        rows.append(pd.DataFrame({"day": days, "region": "market index", "measure": "control", "value": shared, "treated": False}))
    goal = {"kind": "sales", "starts": days[84].date(), "deadline": days[111].date()}
    payouts = pd.DataFrame({"creator": ["x:a"], "amount": [100.0], "hours": [0.0], "product_cost": [0.0]})
    brief = Brief.model_validate({"goal": goal, "economics": {"gross_margin": 0.5}})
    return dataset(brand_daily=pd.concat(rows, ignore_index=True), payouts=payouts), brief, 28 * 10 * 100 * rise


def test_one_series_with_a_control_finds_what_was_planted():
    data, brief, _ = one_series(0.15, control=True)
    found = results.series_lift(data, brief)
    assert (found.found, found.controls) == ("found", ("market index",))
    assert found.low < 0.15 < found.high and found.fit > 0.8
    assert found.others[0].method == "structural time series" and found.others[0].effect == pytest.approx(0.15, abs=0.05)
    assert results.series_sentence(found, brief).startswith("An effect was found.")
    assert repr(shown.series_chart(found, brief))
    table = results.designs(data, brief).set_index("design")
    assert table.loc["One series with series that the campaign cannot move", "verdict"] == "found"


def test_before_and_after_alone_names_no_cause_however_large():
    data, brief, _ = one_series(0.8, control=False)
    found = results.series_lift(data, brief)
    assert found.found == "no_comparison" and math.isnan(found.roi) and found.extra_low > 0
    told = results.series_sentence(found, brief)
    assert "names no cause" in told and "effect" not in told.lower()
    figures = {f.id: f for f in results.outcome(data, brief).figures}
    assert "results.lift" not in figures and "results.incremental_roi" not in figures
    last = results.designs(data, brief).iloc[-1]
    assert (last["at_hand"], last["verdict"]) == ("yes", "no_comparison")
    assert "effect" not in repr(shown.series_chart(found, brief)).lower()


def test_few_regions_are_refused_and_then_compared_as_series():
    values, chosen = world(np.random.default_rng(30), regions=3, treated=1, rise=0.3, drift=0.01)
    data, brief = campaign(values, chosen)
    refused = results.regional_lift(data, brief)
    assert isinstance(refused, Missing) and "at least 19" in refused.text
    found = results.one_series(data, brief, refused)
    assert found.controls and found.low < 0.3 < found.high


@pytest.mark.parametrize("rise", [0.0, 0.2])
def test_regions_that_begin_on_different_days(rise):
    rng = np.random.default_rng(31)
    values, _ = world(rng, regions=16, treated=8, before=70, days=42)
    onset = rng.permutation(np.repeat([70, 77, 84, 112], 4))
    on = np.arange(112)[None, :] >= onset[:, None]
    data, brief = campaign(values * (1 + rise * on), onset < 112, before=70, days=42)
    frame = data.brand_daily.assign(
        treated=[
            bool(on[int(r[1:]), (d - pd.Timestamp("2026-01-01")).days])
            for r, d in zip(data.brand_daily["region"], data.brand_daily["day"], strict=True)
        ]
    )
    found = results.staggered_lift(dataset(brand_daily=frame), brief)
    assert (found.starts, found.regions_with, found.regions_without) == (3, 12, 4)
    assert (found.found == "found") == (rise > 0)
    # three times the half-width of a 90 % interval: a right method is outside once in a million
    assert abs(found.share - rise) < 1.5 * (found.high - found.low)
    early = found.profile[found.profile["week"] < 0]["effect"].abs().max()
    assert early < 0.1
    assert "different days" in results.staggered_sentence(found, brief)


def test_days_after_posts_by_a_planted_pull():
    rng = np.random.default_rng(32)
    n, at = 98, 42 + np.sort(rng.choice(40, 14, replace=False))
    pull = np.array([0.42, 0.22, 0.12, 0.08, 0.05, 0.04, 0.03, 0.02, 0.01, 0.01])
    posts = np.zeros(n)
    posts[at] = 1
    extra = rng.poisson(40 * np.convolve(posts, pull)[:n])
    counts = rng.poisson(30, n) + extra
    days = pd.date_range("2026-01-01", periods=n, tz="UTC")
    orders = pd.DataFrame({"ordered_at": days.repeat(counts), "revenue": 10.0}).assign(order=lambda f: f.index.astype(str))
    out = pd.DataFrame({"creator": "x:a", "post": [f"p{i}" for i in range(14)], "published_at": days[at]})
    brief = Brief.model_validate({"goal": {"kind": "sales", "starts": "2026-02-12", "deadline": "2026-03-28"}})
    found = results.event_study(dataset(orders=orders, deliverables=out), brief)
    assert found.found == "found" and found.posts == 14
    assert abs(found.total - extra.sum()) < 1.5 * (found.high - found.low)
    first = found.profile.set_index("first")
    assert first.loc[0, "low"] > 0 and first.loc[0, "effect"] > first.loc[7, "effect"]
    assert results.event_sentence(found, brief).startswith("In the ten days after its 14 posts the brand had")
    assert repr(shown.events_chart(found, brief))
    few = results.event_study(dataset(orders=orders, deliverables=out.iloc[:4]), brief)
    assert isinstance(few, Missing) and "found 4 posting days" in few.text


def test_a_code_holdout_by_newcombes_own_example():
    rows = [
        ("offered", "visits", 70.0), ("offered", "orders", 56.0), ("held out", "visits", 80.0), ("Held out", "orders", 48.0),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["region", "measure", "value"]).assign(day=pd.Timestamp("2026-03-02"), treated=False)
    brief = Brief.model_validate(
        {"goal": {"kind": "sales", "starts": "2026-03-01", "deadline": "2026-03-31"}, "statistics": {"level": 0.95}}
    )
    found = results.code_holdout(dataset(brand_daily=frame), brief)
    assert [round(v, 4) for v in (found.difference, found.low, found.high)] == [0.2, 0.0524, 0.3339]
    assert (found.found, found.extra, found.incremental_share) == ("found", pytest.approx(14), pytest.approx(0.25))
    assert "would not have come anyway" in results.holdout_sentence(found, brief)
    more = frame.assign(value=[70.0, 80.0, 80.0, 48.0])
    assert "More orders than people" in results.code_holdout(dataset(brand_daily=more), brief).text


# --- what the next test would show, and the published table -------------------------------------------------------------------------


def test_the_next_test_gives_each_pair_one_campaign_and_says_what_learning_costs():
    values, _ = world(np.random.default_rng(33), regions=13, before=150, days=28)
    brief = Brief.model_validate({"economics": {"gross_margin": 0.5}, "budget": {"amount": 5_000}})
    data = planned(values)
    table = power.smallest_rise(data, brief)
    found = power.next_test(table, data, brief)
    pairs = found.regions.dropna(subset=["pair"]).groupby("pair")["campaign"].agg(["sum", "size"])
    assert (pairs["sum"] == 1).all() and (pairs["size"] == 2).all() and len(pairs) == 6
    assert found.weeks >= 4 and found.enough == (found.smallest <= found.paying)
    out = found.regions.loc[~found.regions["campaign"], "a_day"].sum()
    assert found.forgone == pytest.approx(0.5 * found.paying * out * 7 * found.weeks)
    row = table[(table["treated"] == 6) & (table["weeks"] == found.weeks)].iloc[0]
    mean = values.mean()
    assert row["spend_to_see"] == pytest.approx(0.5 * row["smallest"] * mean * 7 * found.weeks * 6, rel=1e-9)
    assert "price of learning" in power.next_test_sentence(found, brief)
    assert repr(shown.next_test_table(found, brief)) and repr(shown.power_table(table, brief))


def test_the_published_table_is_of_these_cells_and_none_falls_short_unmarked():
    text = (Path(__file__).parents[1] / "docs" / "lift.md").read_text(encoding="utf-8")
    rows = [
        [c.strip() for c in line.strip("|\n").split("|")] for line in text.splitlines() if line.startswith("| ") and "design" not in line
    ]
    assert [(r[0], r[1], r[2]) for r in rows] == [(d, w, f or "all") for d, w, f, _ in lift_worlds.cells()]
    frame = pd.DataFrame(
        {"worlds": 1000, "held": [float(r[3][:-1]) / 100 for r in rows], "found_nothing": [float(r[4][:-1]) / 100 for r in rows]}
    )
    judged = lift_worlds.judged(frame)
    for row, short, false in zip(rows, judged["short"], judged["false"], strict=True):
        assert ("too narrow" in row[8], "finds too much" in row[8]) == (short, false), row


@pytest.mark.slow
def test_every_design_keeps_its_promise_in_planted_worlds(tmp_path):
    seed = int(np.random.SeedSequence().entropy % 2**31)
    found = lift_worlds.table(1000, seed)
    (tmp_path / "lift.md").write_text(lift_worlds.page(found, seed), encoding="utf-8")
    print(lift_worlds.page(found, seed))
    judged = lift_worlds.judged(found)
    # fifty cells and two tests at 1 % each: a right method has one or two marks by chance, and five less than once in a thousand
    assert int(judged["short"].sum() + judged["false"].sum()) < 5, judged[judged["short"] | judged["false"]]


@pytest.mark.slow
def test_the_stated_power_is_the_rate_found_over_many_markets():
    """Stated on one history, tried on fresh campaigns in the same kind of market."""
    rng = np.random.default_rng()
    rates = []
    for _ in range(60):
        values, _ = world(rng, regions=12, before=150, days=28)
        table = power.smallest_rise(planned(values), Brief())
        rise = table[(table["treated"] == 6) & (table["weeks"] == 4)]["smallest"].iloc[0]
        hits = 0
        for _ in range(40):
            fresh, chosen = world(rng, regions=12, treated=6, before=75, days=28, rise=rise)
            index = fresh / fresh[:, :75].mean(axis=1, keepdims=True)
            hits += lifts.difference_in_differences(index, chosen, np.arange(103) < 75, level=0.95).low > 0
        rates.append(hits / 40)
    print(f"stated 0.80; found {np.mean(rates):.3f} over {len(rates)} markets, {np.std(rates):.3f} from market to market")
    assert 0.7 <= np.mean(rates) <= 0.9
