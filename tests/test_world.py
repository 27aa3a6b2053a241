"""The synthetic world: the same bytes from the same seed, valid tables, and a truth that the tables agree with."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playbook.brief import read
from playbook.data.tables import TABLES
from playbook.errors import BadCall, NotUsable
from playbook.world import KINDS, SAMPLE_SEED, Strengths, World, campaign, make, simulate
from playbook.world.cast import curve
from playbook.world.counts import noise
from playbook.world.markets import market
from playbook.world.samples import with_parts

SAMPLES = Path(__file__).parent.parent / "data" / "samples"
CALM = {"mess": 0.0, "bought_share": 0.0, "giveaway_share": 0.0, "bought_likes_share": 0.0, "purge_drop": 0.0}


@pytest.fixture(scope="module")
def worlds() -> dict[str, World]:
    """The three samples, with their truth."""
    return {kind: simulate(kind=kind, seed=SAMPLE_SEED[kind]) for kind in KINDS}


def digests(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


def engagements(world: World) -> pd.Series:
    """All engagements of each post, with the hidden likes that the truth knows."""
    posts = world.frames["posts"]
    return world.truth["posts"]["likes"] + posts["comments"] + posts["shares"].fillna(0) + posts["saves"].fillna(0)


def z(values: pd.Series | np.ndarray, expected: float) -> float:
    """How many standard errors the mean lies from what is expected."""
    values = np.asarray(values, dtype=float)
    return float((values.mean() - expected) / (values.std(ddof=1) / np.sqrt(len(values))))


def slope(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Least-squares slope and its standard error."""
    x = x - x.mean()
    b = (x * y).sum() / (x * x).sum()
    residual = y - y.mean() - b * x
    return float(b), float(np.sqrt((residual**2).sum() / (len(x) - 2) / (x * x).sum()))


# the same bytes


def test_same_seed_same_bytes_in_other_processes(tmp_path: Path) -> None:
    script = "import sys; from playbook.world import make; make(sys.argv[1], kind='campus-coffee', seed=9, creators=24, posts=6)"
    for name, hash_seed in (("a", "0"), ("b", "4242")):
        subprocess.run([sys.executable, "-c", script, str(tmp_path / name)], env={**os.environ, "PYTHONHASHSEED": hash_seed}, check=True)
    first, second = digests(tmp_path / "a"), digests(tmp_path / "b")
    assert first == second
    assert {"campaign.yml", "creators.csv", "posts.csv", "truth/truth.json", "truth/people.csv"} <= set(first)


def test_another_seed_is_another_world() -> None:
    one, other = (simulate(seed=s, creators=12, posts=3).frames["posts"] for s in (1, 2))
    assert not one["likes"].equals(other["likes"])


def test_the_committed_samples_are_what_the_program_writes(tmp_path: Path) -> None:
    for kind in KINDS:
        make(tmp_path / kind, kind=kind, seed=SAMPLE_SEED[kind], truth=False)
        assert digests(SAMPLES / kind) == digests(tmp_path / kind), f"{kind}: write the samples anew: python -m playbook.world data/samples"


def test_samples_are_small_and_without_truth() -> None:
    files = [p for p in SAMPLES.rglob("*") if p.is_file()]
    assert sum(p.stat().st_size for p in files) < 6_000_000
    assert not [p for p in files if "truth" in p.parts]


def test_the_data_dictionary_is_in_step_with_tables_and_strengths() -> None:
    text = (SAMPLES / "README.md").read_text(encoding="utf-8")
    assert with_parts(text) == text, "write it anew: python -m playbook.world data/samples"
    for name, table in TABLES.items():
        assert f"### `{name}`" in text
        assert all(f"| `{c.name}` |" in text for c in table.columns)


def test_files_are_utf8_with_lf_and_the_kits_own_headers() -> None:
    for path in SAMPLES.rglob("*.csv"):
        data = path.read_bytes()
        assert b"\r" not in data
        assert not data.startswith(b"\xef\xbb\xbf")
        header = data.decode("utf-8").split("\n", 1)[0].split(",")
        known = TABLES[path.stem].names
        assert header == [n for n in known if n in header]
        assert set(TABLES[path.stem].required) <= set(header)


# valid, and as the samples promise


@pytest.mark.parametrize("kind", KINDS)
def test_every_table_is_valid_and_its_keys_are_unique(worlds: dict[str, World], kind: str) -> None:
    check(worlds[kind])


def check(world: World) -> None:
    creators = set(world.frames["creators"]["creator"])
    posts = set(world.frames["posts"]["post"])
    for name, frame in world.frames.items():
        table = TABLES[name]
        table.schema().validate(frame, lazy=True)
        if table.key:
            assert not frame.duplicated(list(table.key)).any(), name
        if "creator" in frame:
            assert set(frame["creator"]) <= creators, name
        if "post" in frame:
            assert set(frame["post"].dropna()) <= posts, name
    end = pd.Timestamp(world.frames["creators"]["collected_on"].max(), tz="UTC") + pd.Timedelta(days=1)
    assert world.dataset().as_of == end - pd.Timedelta(seconds=1)
    whole = [c.name for c in TABLES["posts"].columns if c.kind == "count"]
    values = world.frames["posts"][whole].to_numpy()
    assert np.array_equal(values[~np.isnan(values)], np.rint(values[~np.isnan(values)]))


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 2**31),
    kind=st.sampled_from(KINDS),
    creators=st.integers(10, 40),
    posts=st.integers(1, 8),
    family=st.sampled_from(["lognormal", "gamma", "t"]),
    extreme=st.sampled_from([0.0, 1.0]),
)
def test_any_small_world_is_valid(seed: int, kind: str, creators: int, posts: int, family: str, extreme: float) -> None:
    strengths = Strengths(
        family=family,
        bought_share=extreme,
        giveaway_share=extreme,
        pod_share=extreme,
        hidden_likes_share=extreme,
        refund_rate=extreme,
        mess=3 * extreme,
    )
    world = simulate(kind=kind, seed=seed, creators=creators, posts=posts, strengths=strengths)
    check(world)
    truth = world.truth["creators"]
    assert truth["fake_share"].between(0, 0.95).all()
    assert (truth["rate"] > 0).all()
    history = world.frames["follower_history"]
    assert (history["followers"] > 0).all()


@pytest.mark.parametrize("kind", KINDS)
def test_every_tier_and_size_is_present(worlds: dict[str, World], kind: str) -> None:
    followers = worlds[kind].frames["creators"]["followers"]
    tiers = read(SAMPLES / kind).tiers
    bounds = [0, *(b for _, b in tiers.bounds()), np.inf]
    counts = pd.cut(followers, bounds, right=False, labels=tiers.names).value_counts()
    assert (counts >= 10).all(), counts.to_dict()
    sizes = pd.cut(followers, [0, 1e3, 1e4, 1e5, 1e6, np.inf], right=False).value_counts()
    assert (sizes >= 10).all()
    posts = worlds[kind].frames["posts"].groupby("creator").size()
    assert (posts >= 30).sum() >= 150


def test_samples_hold_what_their_state_of_the_campaign_has(worlds: dict[str, World]) -> None:
    results = ("deliverables", "payouts", "visits", "orders")
    for kind in ("glow-skincare", "campus-coffee"):
        assert all(len(worlds[kind].frames[t]) for t in TABLES), kind
    trail = worlds["trail-app"].frames
    assert not any(len(trail[t]) for t in results)
    assert all(len(trail[t]) for t in TABLES if t not in results)
    assert not trail["outreach"]["state"].isin(["published", "paid"]).any()


@pytest.mark.parametrize("kind", ["glow-skincare", "campus-coffee"])
def test_the_campaign_lies_in_the_data_and_the_briefs_dates(worlds: dict[str, World], kind: str) -> None:
    world, brief = worlds[kind], read(SAMPLES / kind)
    deliverables = world.frames["deliverables"]
    first, last = (pd.Timestamp(d) for d in (brief.goal.starts, brief.goal.deadline))
    assert deliverables["due"].between(first, last).all()
    published = deliverables["published_at"].dropna().dt.tz_localize(None)
    assert published.between(first, last + pd.Timedelta(days=5)).all()
    assert published.max() < world.dataset().as_of.tz_localize(None) - pd.Timedelta(days=10)
    assert deliverables["code"].nunique() == deliverables["creator"].nunique()
    paid = world.frames["payouts"]
    assert paid["creator"].is_unique
    assert set(paid["creator"]) == set(deliverables["creator"])
    # what was paid fits the brief's budget, product and work included
    cost = paid["amount"].where(paid["currency"] == brief.budget.currency, 0).sum() + paid["product_cost"].sum()
    assert 0.3 * brief.budget.amount < cost < 1.2 * brief.budget.amount


def test_real_mess_is_there_in_moderation(worlds: dict[str, World]) -> None:
    for kind, world in worlds.items():
        posts, creators = world.frames["posts"], world.frames["creators"]
        age = world.dataset().as_of - posts["posted_at"]
        assert 0 < (age < pd.Timedelta(hours=72)).sum() < 0.2 * len(posts)
        assert posts.groupby("creator").size().min() == 6
        nothing = (posts["likes"] == 0) & (posts["comments"] == 0)
        assert nothing.groupby(posts["creator"]).mean().max() > 0.5
        assert 0 < creators["niche"].isna().sum() < 20
        currencies = set(world.frames["quotes"]["currency"].dropna())
        brief = read(SAMPLES / kind)
        assert len(currencies) > 1
        assert all(brief.rate(c) for c in currencies)
        if kind != "trail-app":
            assert posts.loc[posts["creator"].str.startswith("instagram"), "likes"].isna().any()
        else:
            tube = creators[creators["platform"] == "youtube"]
            step = 10 ** np.maximum(np.floor(np.log10(tube["followers"])) - 2, 0)
            assert (tube["followers"] % step == 0).all()
            assert (tube["followers_precision"] == step).all()


# people


def test_unique_reach_is_what_counting_people_gives(tmp_path: Path) -> None:
    world = make(tmp_path / "w", kind="trail-app", seed=5, creators=30, posts=2)
    people = pd.read_csv(tmp_path / "w" / "truth" / "people.csv").set_index("person")["weight"].to_dict()
    follows = pd.read_csv(tmp_path / "w" / "truth" / "follows.csv").set_index("creator")["people"]
    follows = {creator: {int(p) for p in text.split()} for creator, text in follows.items()}
    rng = np.random.default_rng(1)
    names = np.array(sorted(follows))
    for size in (1, 2, 3, 8, 30):
        chosen = rng.choice(names, size, replace=False).tolist()
        everybody = set().union(*(follows[c] for c in chosen))
        assert world.unique_reach(chosen) == sum(people[p] for p in everybody)
        assert world.unique_reach(chosen + chosen) == world.unique_reach(chosen)
    real = world.truth["creators"].set_index("creator")["real_followers"]
    assert all(world.unique_reach([c]) == real[c] for c in names)
    with pytest.raises(BadCall, match="is not a creator of this world"):
        world.unique_reach(["tiktok:nobody"])


def test_unique_reach_has_falling_returns(worlds: dict[str, World]) -> None:
    world = worlds["glow-skincare"]
    names = np.array(list(world.follows))
    rng = np.random.default_rng(2)
    for _ in range(20):
        small = rng.choice(names, 4, replace=False).tolist()
        large = small + rng.choice(names, 6, replace=False).tolist()
        extra = str(rng.choice(names))
        gain_small = world.unique_reach([*small, extra]) - world.unique_reach(small)
        gain_large = world.unique_reach([*large, extra]) - world.unique_reach(large)
        assert gain_small >= gain_large >= 0


def test_expected_reach_of_certain_posts_is_unique_reach(worlds: dict[str, World]) -> None:
    world = worlds["campus-coffee"]
    names = list(world.follows)[:5]
    assert world.expected_reach(dict.fromkeys(names, 1.0)) == pytest.approx(world.unique_reach(names))
    assert world.expected_reach({names[0]: 0.25}) == pytest.approx(0.25 * world.unique_reach(names[:1]))
    two = world.expected_reach({names[0]: 0.5, names[1]: 0.5})
    assert max(world.expected_reach({n: 0.5}) for n in names[:2]) < two <= sum(world.expected_reach({n: 0.5}) for n in names[:2])


def test_followers_are_real_ones_and_fake_ones(worlds: dict[str, World]) -> None:
    for world in worlds.values():
        truth = world.truth["creators"].set_index("creator")
        fake = truth["followers"] - truth["real_followers"]
        assert (fake / truth["followers"]).to_numpy() == pytest.approx(truth["fake_share"].to_numpy(), abs=1e-12)
        shown = world.frames["creators"].set_index("creator")
        gap = truth["followers"] - shown["followers"]
        assert ((gap >= 0) & (gap < shown["followers_precision"])).all()


@pytest.mark.parametrize("kind", KINDS)
def test_overlap_within_and_across_niches(worlds: dict[str, World], kind: str) -> None:
    world = worlds[kind]
    truth = world.truth["creators"].iloc[::2]
    follows = np.zeros((len(truth), len(world.people)), dtype=np.float32)
    for i, creator in enumerate(truth["creator"]):
        follows[i, world.follows[creator]] = 1
    shared = (follows * world.people.weight) @ follows.T
    real = np.diag(shared)
    i, j = np.triu_indices(len(truth), 1)
    overlap = shared[i, j] / np.minimum(real[i], real[j])
    same = truth["niche"].to_numpy()[i] == truth["niche"].to_numpy()[j]
    assert 0.05 < np.median(overlap[same]) < 0.20
    assert np.median(overlap[~same]) < 0.02


def test_audiences_tell_the_true_make_up(worlds: dict[str, World]) -> None:
    world = worlds["glow-skincare"]
    told = world.frames["audience"].dropna(subset=["n"])
    both = told.merge(world.truth["audience"], on=["creator", "dimension", "bucket"], suffixes=("", "_true"))
    assert len(both) == len(told)
    # multinomial samples: standardised differences have mean 0 and variance 1 (shares are rounded to 4 digits)
    both = both[both["share_true"].between(0.05, 0.95)]
    standard = (both["share"] - both["share_true"]) / np.sqrt(both["share_true"] * (1 - both["share_true"]) / both["n"])
    assert abs(standard.mean()) < 0.2
    assert 0.85 < standard.std() < 1.15
    sums = world.frames["audience"].groupby(["creator", "dimension"])["share"].sum()
    assert (sums < 1.001).all()
    assert (sums < 0.999).sum() > 3


def test_smaller_creators_have_narrower_audiences_only_where_planted() -> None:
    found = {}
    for size_slope in (-0.10, 0.0):
        world = simulate(seed=3, creators=200, posts=1, strengths=Strengths(niche_focus_size=size_slope, **CALM))
        truth = world.truth["creators"].set_index("creator")
        audience = world.truth["audience"]
        own = audience[(audience["dimension"] == "niche") & (audience["bucket"] == audience["creator"].map(truth["niche"]))].set_index(
            "creator"
        )
        found[size_slope] = slope(np.log10(truth["followers"].to_numpy()), own["share"].reindex(truth.index).to_numpy())
    assert found[-0.10][0] < -0.05
    assert abs(found[0.0][0]) < 0.03


# engagement


@pytest.mark.parametrize("kind", ["glow-skincare", "trail-app"])
@pytest.mark.parametrize("family", ["lognormal", "gamma", "t"])
def test_mean_engagement_converges_to_the_true_rate(kind: str, family: str) -> None:
    world = simulate(kind=kind, seed=8, creators=24, posts=250, strengths=Strengths(family=family, viral_growth=0.001, **CALM))
    posts, behind = world.frames["posts"], world.truth["posts"]
    truth = world.truth["creators"].set_index("creator")
    ordinary = ~behind["ours"] & (world.dataset().as_of - posts["posted_at"] > pd.Timedelta(days=6))
    # each post over its own expectation
    assert abs(z((engagements(world) / behind["expected_now"])[behind["expected_now"] > 5], 1.0)) < 4
    # each creator's mean over the rate, by the true followers of the time: platforms cut the published count
    followers = posts["followers_at_post"] * posts["creator"].map(
        truth["followers"] / world.frames["creators"].set_index("creator")["followers"]
    )
    rate = (engagements(world) / followers)[ordinary].groupby(posts["creator"]).mean()
    ratio = rate / truth["rate"]
    assert abs(z(ratio, 1.0)) < 4
    assert np.median(ratio) == pytest.approx(1, abs=0.15)


def test_noise_has_mean_one_and_the_spread_asked_for() -> None:
    for family in ("lognormal", "gamma", "t"):
        drawn = noise(family, np.full(200_000, 0.6), np.random.default_rng(3))
        assert abs(z(drawn, 1.0)) < 4
    log_sd = np.log(noise("lognormal", np.full(200_000, 0.6), np.random.default_rng(4))).std()
    assert log_sd == pytest.approx(0.6, abs=0.01)
    cv = noise("gamma", np.full(200_000, 0.6), np.random.default_rng(4)).std()
    assert cv == pytest.approx(np.sqrt(np.expm1(0.36)), abs=0.01)
    assert noise("gamma", np.zeros(5), np.random.default_rng(4)).tolist() == [1.0] * 5


def test_the_curve_goes_through_the_published_points() -> None:
    s = Strengths()
    for points in (s.curve_instagram, s.curve_tiktok, s.curve_youtube):
        followers, rates = (np.array(v, dtype=float) for v in zip(*points, strict=True))
        assert curve(points, followers, s) == pytest.approx(rates)
        flat = curve(points, np.array([400.0, 5_000.0, 5e6]), Strengths(size_effect=0))
        assert flat == pytest.approx(np.full(3, curve(points, np.array([17_000.0]), s)[0]))
    jump = curve(s.curve_instagram, np.array([99_999.0, 100_000.0]), Strengths(size_effect=0, macro_jump=2.0))
    assert jump[1] / jump[0] == pytest.approx(2)


def test_size_effect_zero_leaves_no_trend_and_one_does() -> None:
    trends = {}
    for effect in (0, 1):
        world = simulate(seed=21, creators=300, posts=6, strengths=Strengths(size_effect=effect, hidden_likes_share=0, **CALM))
        posts = world.frames["posts"]
        # Instagram alone: the platforms' levels differ
        insta = posts[posts["creator"].str.startswith("instagram")]
        rate = ((insta["likes"] + insta["comments"]) / insta["followers_at_post"]).groupby(insta["creator"]).mean()
        followers = world.frames["creators"].set_index("creator")["followers"].reindex(rate.index)
        trends[effect] = slope(np.log(followers.to_numpy()), np.log(rate.to_numpy()))
    b, se = trends[0]
    assert abs(b) < 3.5 * se
    b, se = trends[1]
    assert b < -3.5 * se
    assert -0.45 < b < -0.15  # the published curve falls by 0.26 from nano to mega


def test_formats_and_evenings_differ_only_where_planted() -> None:
    for effect, expected in ((1.0, 1.2 / 0.85), (0.0, 1.0)):
        world = simulate(seed=4, creators=60, posts=60, strengths=Strengths(format_effect=effect, hour_effect=effect, **CALM))
        behind, posts = world.truth["posts"], world.frames["posts"]
        own = behind["multiplier"][~behind["viral"] & ~behind["paid"]]
        by = own.groupby([posts["creator"], posts["format"]]).mean().unstack()
        ratio = (by["reel"] / by["photo"]).dropna()
        assert ratio.mean() == pytest.approx(expected, rel=0.03)


def test_young_posts_have_less_than_they_will_have(worlds: dict[str, World]) -> None:
    world = worlds["glow-skincare"]
    behind = world.truth["posts"]
    age = (world.dataset().as_of + pd.Timedelta(seconds=1) - world.frames["posts"]["posted_at"]) / pd.Timedelta(hours=1)
    grown = behind["expected_now"] / behind["expected"]
    assert grown.to_numpy() == pytest.approx(1 - np.exp(-age.to_numpy() / 18))


def test_fake_shares_are_two_clusters_that_know_no_size() -> None:
    world = simulate(seed=6, creators=600, posts=1, strengths=Strengths(**CALM))
    truth = world.truth["creators"]
    assert abs(z(truth["fake_share"], 0.75 * 0.10 + 0.25 * 0.45)) < 4
    assert 0.10 < (truth["fake_share"] > 0.3).mean() < 0.30
    b, se = slope(np.log(truth["followers"].to_numpy()), truth["fake_share"].to_numpy())
    assert abs(b) < 3.5 * se


# follower histories


@pytest.mark.parametrize("kind", KINDS)
def test_bought_blocks_show_in_the_history_and_nowhere_else(worlds: dict[str, World], kind: str) -> None:
    world = worlds[kind]
    events = world.truth["events"]
    bought = events[events["event"] == "bought block"].set_index("creator")
    assert len(bought) == round(0.10 * 160)
    history = world.frames["follower_history"].pivot(index="day", columns="creator", values="followers")
    jumps = history.diff() / history.shift()
    seen = 0
    for creator, event in bought.iterrows():
        jump = jumps.loc[event["day"], creator]
        if not np.isnan(jump):
            seen += 1
            before = history.shift().loc[event["day"], creator]
            assert jump > 0.05
            # a round block on top of an ordinary day
            assert abs(jump * before - event["size"]) < 0.03 * before
    assert seen >= len(bought) - 3
    explained = events.groupby("creator")["event"].agg(set)
    for creator in jumps.columns:
        if jumps[creator].max() > 0.05 and world.truth["creators"].set_index("creator").loc[creator, "followers"] > 2_000:
            assert explained[creator] & {"bought block", "giveaway", "viral post"}, creator


def test_buying_followers_lowers_the_rate_and_giveaways_do_not_stay_silent(worlds: dict[str, World]) -> None:
    world = worlds["glow-skincare"]
    events = world.truth["events"]
    behind, posts = world.truth["posts"], world.frames["posts"]
    rate = behind["expected"] / behind["multiplier"] / posts["followers_at_post"]
    for creator, day in events.loc[events["event"] == "bought block", ["creator", "day"]].itertuples(index=False):
        own = posts["creator"] == creator
        before = own & (posts["posted_at"].dt.tz_localize(None) < day)
        after = own & (posts["posted_at"].dt.tz_localize(None) >= day + pd.Timedelta(days=1))
        if before.any() and after.any():
            assert rate[after].mean() < 0.97 * rate[before].mean()
    giveaways = events[events["event"] == "giveaway"].set_index("creator")["day"]
    announced = posts[behind["giveaway"]].set_index("creator")["posted_at"].dt.tz_localize(None).dt.normalize()
    assert (announced.sort_index() == giveaways.sort_index().reindex(announced.sort_index().index)).all()
    assert len(announced) == len(giveaways)


def test_follower_histories_end_at_the_published_count(worlds: dict[str, World]) -> None:
    for world in worlds.values():
        history = world.frames["follower_history"]
        last = history[history["day"] == history["day"].max()].set_index("creator")["followers"]
        assert last.equals(world.frames["creators"].set_index("creator")["followers"].reindex(last.index))
        assert len(last) == 160
        assert (history["day"].max() - history["day"].min()).days == 89
        assert (history.groupby("creator").size() > 60).sum() >= 40


# what others tell


def test_labels_are_the_truth_where_nobody_errs() -> None:
    world = simulate(seed=2, creators=40, posts=3, strengths=Strengths(label_error=0))
    both = world.frames["follower_sample"].merge(world.truth["follower_sample"], on=["creator", "account"])
    labelled = both.dropna(subset=["label"])
    assert len(both) == len(world.frames["follower_sample"])
    assert 0 < len(labelled) < len(both)
    assert ((labelled["label"] == "fake") == labelled["fake"]).all()
    # whoever looks like a bot follows many and has hardly posted
    median = both.groupby("fake")[["following", "posts"]].median()
    assert median.loc[True, "following"] > 2 * median.loc[False, "following"]
    assert median.loc[True, "posts"] < 5 < median.loc[False, "posts"]


def test_sampled_fakes_match_the_true_share(worlds: dict[str, World]) -> None:
    sampled = pd.concat([w.truth["follower_sample"].assign(kind=k) for k, w in worlds.items()])
    true = pd.concat([w.truth["creators"].assign(kind=k) for k, w in worlds.items()]).set_index(["kind", "creator"])["fake_share"]
    grouped = sampled.groupby(["kind", "creator"])["fake"].agg(["mean", "size"])
    share = true.reindex(grouped.index)
    standard = (grouped["mean"] - share) / np.sqrt(share * (1 - share) / grouped["size"])
    assert abs(z(standard, 0.0)) < 4


def test_comments_of_pods_come_fast_from_the_same_people(worlds: dict[str, World]) -> None:
    world = worlds["glow-skincare"]
    comments = world.frames["comments"].assign(kind=world.truth["comments"]["kind"])
    posts = world.frames["posts"].set_index("post")
    creator = comments["post"].map(posts["creator"])
    in_pod = world.truth["creators"].set_index("creator")["pod"]
    pod = comments["kind"] == "pod"
    assert creator[pod].map(in_pod).all()
    share = pod[creator.map(in_pod)].mean()
    assert share == pytest.approx(Strengths().pod_comments, abs=0.1)
    delay = comments["posted_at"] - comments["post"].map(posts["posted_at"])
    assert (delay >= pd.Timedelta(0)).all()
    assert delay[pod].max() < pd.Timedelta(minutes=15) < delay[~pod].median()
    assert comments.loc[pod, "author"].nunique() <= 14 < comments.loc[~pod, "author"].nunique()
    assert comments["author"].str.fullmatch("[0-9a-f]{10}").all()


def test_fees_follow_the_planted_exponents() -> None:
    strengths = Strengths(price_exponent=0.7, price_exponent_sd=0, fee_sd=0, quote_sd=0.1, quoted_share=1.0, foreign_share=0, **CALM)
    world = simulate(seed=3, creators=200, posts=1, strengths=strengths)
    truth = world.truth["creators"]
    insta = truth[truth["platform"] == "instagram"]
    design = np.column_stack([np.ones(len(insta)), np.log(insta["followers"]), np.log(insta["rate"])])
    b = np.linalg.lstsq(design, np.log(insta["fee"].to_numpy()), rcond=None)[0]
    assert b[1:] == pytest.approx([0.7, 0.3], abs=1e-9)
    assert world.facts["price_exponent"] == pytest.approx(0.7)
    quotes = world.frames["quotes"].merge(insta, on="creator")
    reel = quotes[(quotes["deliverable"] == "reel") & (quotes["fee_x"] > 100)]
    assert np.log(reel["fee_x"] / reel["fee_y"]).mean() == pytest.approx(np.log(1.35), abs=0.05)


def test_scores_know_something_but_not_everything(worlds: dict[str, World]) -> None:
    for world in worlds.values():
        scores = world.frames["scores"].pivot(index="creator", columns="measure", values="value")
        fake = world.truth["creators"].set_index("creator")["fake_share"].reindex(scores.index)
        assert 0.6 < scores["suspicious_followers_pct"].corr(fake) < 0.99
        assert -0.99 < scores["quality_score"].corr(fake) < -0.5


def test_paid_posts_say_so_as_the_truth_tells(worlds: dict[str, World]) -> None:
    for kind, world in worlds.items():
        behind, posts = world.truth["posts"], world.frames["posts"]
        front = posts["caption"].str.startswith("Anzeige |") | posts["caption"].str.startswith("#ad ")
        assert (front == (behind["disclosure"] == "clear")).all(), kind
        named = [brand in caption for brand, caption in zip(behind["brand"], posts["caption"], strict=True)]
        assert all(named)
        assert posts.loc[behind["ours"], "sponsored"].all()
        assert not posts.loc[~behind["paid"], "sponsored"].any()
        shares = behind.loc[behind["paid"], "disclosure"].value_counts(normalize=True)
        assert shares["clear"] == pytest.approx(0.55, abs=0.08)
        assert shares["missing"] == pytest.approx(0.25, abs=0.08)


# results


def test_orders_add_up_to_their_causes(worlds: dict[str, World]) -> None:
    world = worlds["glow-skincare"]
    orders, causes = world.frames["orders"], world.truth["orders"]
    assert orders["order"].tolist() == causes["order"].tolist()
    counts = causes["cause"].value_counts()
    assert counts["incremental"] == world.facts["incremental_orders"] == world.truth["deliverables"]["orders"].sum()
    codes = world.truth["campaign_creators"].set_index("creator")["code"]
    marked = orders["code"].notna() & (orders["code"].str.upper() != "WELCOME10")
    # typed in small letters or not, a code is its creator's
    assert (orders.loc[marked, "code"].str.upper() == causes.loc[marked, "creator"].map(codes)).all()
    assert (orders["code"].dropna() != orders["code"].dropna().str.upper()).any()
    assert not (marked | orders["utm_content"].notna())[causes["cause"] == "baseline"].any()
    assert (marked | orders["utm_content"].notna())[causes["cause"].isin(["anyway", "leaked"])].all()
    hidden = ~(marked | orders["utm_content"].notna())[causes["cause"] == "incremental"]
    assert hidden.mean() == pytest.approx(Strengths().unmarked, abs=0.07)
    assert 600 <= marked.sum() <= 1_500
    assert (orders["refunded"] <= orders["revenue"]).all()
    first = world.truth["deliverables"].merge(world.frames["deliverables"], on=["creator", "post"]).groupby("creator")["published_at"].min()
    ours = causes["creator"].notna()
    assert (orders.loc[ours, "ordered_at"].dt.normalize() >= causes.loc[ours, "creator"].map(first).dt.normalize()).all()


def test_only_incremental_orders_come_on_top_of_the_shops_own() -> None:
    usual, during = [], []
    for seed in range(40, 52):
        world = simulate(seed=seed, posts=1)
        orders = world.frames["orders"].merge(world.truth["orders"], on="order")
        starts = world.frames["deliverables"]["published_at"].min().normalize()
        orders = orders[orders["cause"] != "incremental"]
        before = orders["ordered_at"] < starts
        whole_weeks = starts + pd.Timedelta(days=42)
        usual.append(before.sum() / (starts - orders["ordered_at"].min().normalize()).days)
        during.append((~before & (orders["ordered_at"] < whole_weeks)).sum() / 42)
    # 12 worlds of about 26 orders a day: the two means differ by 0.4 at one standard error
    assert np.mean(during) == pytest.approx(np.mean(usual), abs=1.4)


def test_the_incremental_share_of_marked_orders_is_as_planted() -> None:
    world = simulate(seed=5, posts=1, strengths=Strengths(incremental=(0.5, 0.5), leakage=0, click_rate=0.05))
    orders, causes = world.frames["orders"], world.truth["orders"]
    marked = (orders["code"].notna() & (orders["code"].str.upper() != "WELCOME10")) | orders["utm_content"].notna()
    incremental = (marked & (causes["cause"] == "incremental")).sum()
    assert marked.sum() > 1_000
    assert abs(incremental - 0.5 * marked.sum()) < 4 * np.sqrt(0.25 * marked.sum())


@pytest.mark.parametrize("lift", [0.0, 0.08])
def test_regional_sales_carry_the_planted_lift_and_nothing_else(lift: float) -> None:
    place = market("glow-skincare")
    nobody = pd.DataFrame({"day": pd.Series(dtype="datetime64[s]"), "follows": pd.Series(dtype="int64")})
    first, last = pd.Timestamp(place.starts), pd.Timestamp(place.deadline)
    estimates = []
    for seed in range(40):
        daily, regions = campaign.brand_daily(nobody, place, Strengths(lift=lift), np.random.default_rng(seed))
        daily = daily[daily["measure"] == "sales"]
        sales = daily.pivot(index="day", columns="region", values="value")
        treated = daily.groupby("region")["treated"].any()
        during = (sales.index >= first) & (sales.index <= last)
        change = np.log(sales[during]).mean() - np.log(sales[sales.index < first]).mean()
        estimates.append(change[treated].mean() - change[~treated].mean())
        assert treated.sum() == len(regions) // 2
        assert not daily.loc[(daily["day"] < first) | (daily["day"] > last), "treated"].any()
        assert regions["added"].sum() == pytest.approx(lift * regions.loc[regions["treated"], "without"].sum())
    assert abs(z(np.array(estimates), np.log1p(lift))) < 3.5


def test_visits_and_followers_agree_with_clicks(worlds: dict[str, World]) -> None:
    world = worlds["glow-skincare"]
    visits = world.frames["visits"]
    ours = visits.loc[visits["utm_medium"] == "influencer", "sessions"].sum()
    clicks = world.facts["clicks"]
    assert abs(ours - 0.7 * clicks) < 4 * np.sqrt(0.21 * clicks)
    daily = world.frames["brand_daily"]
    own = daily[daily["measure"] == "followers"].set_index("day")["value"].diff()
    treated = daily[daily["measure"] == "followers"].set_index("day")["treated"].astype(bool)
    extra = (own[treated].mean() - own[~treated].mean()) * treated.sum()
    assert extra == pytest.approx(world.facts["new_followers"], rel=0.35)


def test_people_reached_lies_between_its_bounds(worlds: dict[str, World]) -> None:
    for kind in ("glow-skincare", "campus-coffee"):
        facts, deliverables = worlds[kind].facts, worlds[kind].truth["deliverables"]
        assert deliverables["reach"].max() < facts["people_reached"] < facts["reach_summed"] == deliverables["reach"].sum()


# bad calls


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"kind": "glow-skin"}, "did you mean glow-skincare"),
        ({"creators": 3}, "creators is 3; expected a whole number between 10"),
        ({"posts": 2.5}, "posts is 2.5"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_a_bad_call_is_one_sentence(arguments: dict, says: str) -> None:
    with pytest.raises(BadCall, match=says) as caught:
        simulate(**arguments)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"lift": "much"}, "lift is 'much'"),
        ({"family": "log-normal"}, "did you mean lognormal"),
        ({"incremental": (0.9, 0.3)}, "incremental is"),
        ({"tier_mix": (1, 1)}, "five shares"),
        ({"curve_tiktok": ((5, 0.1), (2, 0.1))}, "curve_tiktok is"),
        ({"code_only": 0.9, "link_only": 0.9}, "at most 1"),
    ],
)
def test_a_strength_out_of_range_is_refused(values: dict, says: str) -> None:
    with pytest.raises(BadCall, match=says):
        Strengths(**values)


def test_every_strength_is_documented() -> None:
    table = Strengths().table()
    assert table["name"].tolist() == [f.name for f in dataclasses.fields(Strengths)]
    assert (table[["unit", "meaning", "source"]].map(len) > 2).all().all()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("kept", encoding="utf-8")
    with pytest.raises(NotUsable, match="already holds files"):
        make(tmp_path, creators=10, posts=1)
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "kept"
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(NotUsable, match="cannot be written"):
        make(tmp_path / "mine.txt" / "below", creators=10, posts=1)


def test_truth_tells_what_the_world_was_made_from(tmp_path: Path) -> None:
    strengths = Strengths(lift=0.2)
    world = make(tmp_path / "w", seed=11, creators=10, posts=1, strengths=strengths)
    told = json.loads((tmp_path / "w" / "truth" / "truth.json").read_text(encoding="utf-8"))
    assert (told["kind"], told["seed"], told["strengths"]["lift"]) == ("glow-skincare", 11, 0.2)
    assert told["facts"]["incremental_orders"] == world.facts["incremental_orders"]
    again = simulate(kind=told["kind"], seed=told["seed"], creators=10, posts=1, strengths=strengths)
    assert again.facts == world.facts
