"""Chapter 06: audience against customers, niche and words, delicate topics, the sum and its stability."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import spearmanr

from playbook import findings, fit
from playbook.brief import Brief
from playbook.data.dataset import dataset
from playbook.findings import Missing
from playbook.fit import text as texts
from playbook.fit import worth

# the package's functions carry the names of these modules
audiences, safe, scoring = (import_module(f"playbook.fit.{name}") for name in ("audience", "safety", "scores"))

SHARES = st.lists(st.floats(0.01, 1), min_size=2, max_size=6)


def brief(**brand) -> Brief:
    return Brief.model_validate({"brand": brand})


def people(creator: str, dimension: str, shares: dict[str, float], n: float | None = None) -> pd.DataFrame:
    return pd.DataFrame(
        {"creator": creator, "dimension": dimension, "bucket": list(shares), "share": list(shares.values()), "n": n}
    ).astype({"n": "float64"})


def captions(by_creator: dict[str, list[str]]) -> pd.DataFrame:
    rows = [
        {"post": f"{c}-{i}", "creator": c, "caption": text, "posted_at": pd.Timestamp("2026-01-01", tz="UTC") + pd.Timedelta(days=i)}
        for c, listed in by_creator.items()
        for i, text in enumerate(listed)
    ]
    return pd.DataFrame(rows)


# --- audience


def test_divergence_has_its_known_values():
    half = np.array([0.5, 0.5])
    assert audiences.divergence_bits(half, np.array([0.9, 0.1]))[0] == pytest.approx(0.14679, abs=5e-6)
    assert audiences.divergence_bits(np.array([1.0, 0.0]), np.array([0.0, 1.0]))[0] == pytest.approx(1.0)
    assert audiences.divergence_bits(half, half)[0] == 0.0


@given(SHARES, st.data())
@settings(max_examples=50)
def test_divergence_agrees_with_scipy_is_symmetric_and_lies_between_0_and_1(p, data):
    q = data.draw(st.lists(st.floats(0.01, 1), min_size=len(p), max_size=len(p)))
    p, q = np.array(p) / sum(p), np.array(q) / sum(q)
    bits = audiences.divergence_bits(p, q)[0]
    assert 0 <= bits <= 1 and bits == pytest.approx(audiences.divergence_bits(q, p)[0], abs=1e-12)
    assert bits == pytest.approx(jensenshannon(p, q, base=2) ** 2, abs=1e-9)


@pytest.mark.parametrize("n", [100, 1_000, 10_000])
def test_the_bias_of_a_sample_is_what_is_taken_off(n):
    q = np.full(12, 1 / 12)
    samples = np.random.default_rng(4).multinomial(n, q, 3_000) / n
    # the formula is the first term of a series, so small samples may be a tenth off
    assert audiences.divergence_bits(samples, q).mean() == pytest.approx(audiences.sampling_bias_bits(12, n), rel=0.12)


def test_the_interval_covers_the_true_likeness():
    rng = np.random.default_rng(12)
    true, ours = np.array([0.5, 0.3, 0.2]), {"a": 0.3, "b": 0.3, "c": 0.4}
    likeness = 1 - np.sqrt(audiences.divergence_bits(true, np.array([0.3, 0.3, 0.4]))[0])
    inside = 0
    for _ in range(300):
        shares = dict(zip("abc", rng.multinomial(400, true) / 400, strict=True))
        found = audiences.compare(shares, ours, "country", 400, level=0.9, rng=rng)
        inside += found["alike_low"] <= likeness <= found["alike_high"]
    assert 0.84 <= inside / 300 <= 0.98


def test_coarse_age_bands_are_joined_and_incomplete_shares_get_a_cell_of_all_others():
    names, theirs, ours = audiences.shared_cells(
        "age", {"13-24": 0.4, "25-44": 0.5, "45+": 0.1}, {"18-24": 0.3, "25-34": 0.4, "35-44": 0.3}
    )
    assert theirs.sum() == pytest.approx(1) and ours.sum() == pytest.approx(1)
    assert ours[names.index("25-44")] == pytest.approx(0.7) and theirs[names.index("25-44")] == pytest.approx(0.5)
    names, theirs, _ = audiences.shared_cells("country", {"DE": 0.5, "US": 0.1}, {"DE": 0.9, "AT": 0.1})
    assert names[-1] == audiences.REST and theirs[-1] == pytest.approx(0.4)


@given(SHARES)
def test_an_audience_like_the_customers_is_wholly_alike_whatever_it_adds_up_to(raw):
    shares = {f"c{i}": x / sum(raw) for i, x in enumerate(raw)}
    over = {k: 1.02 * v for k, v in shares.items()}
    found = audiences.compare(over, shares, "country", None, level=0.9, rng=np.random.default_rng(1))
    assert found["alike"] == pytest.approx(1, abs=1e-6) and np.isnan(found["alike_low"])


def test_one_dimension_missing_for_one_creator_does_not_count_against_it():
    data = dataset(
        creators=pd.DataFrame({"creator": ["x:a", "x:b"]}),
        audience=pd.concat(
            [
                people("x:a", "gender", {"female": 0.8, "male": 0.2}),
                people("x:a", "country", {"DE": 1.0}),
                people("x:b", "gender", {"F": 0.8, "M": 0.2}),
            ]
        ),
    )
    asked = brief(customers={"gender": {"female": 0.8, "male": 0.2}, "country": {"DE": 1.0}, "age": {"18-24": 1.0}})
    scored = fit.scores(data, asked).set_index("creator")
    assert scored["audience_fit"].tolist() == pytest.approx([1.0, 1.0])
    assert scored.loc["x:b", "dimensions"] == "gender"


def test_the_joint_share_is_a_product_between_its_bounds():
    data = dataset(
        creators=pd.DataFrame({"creator": ["x:a"]}),
        audience=pd.concat(
            [
                people("x:a", "gender", {"female": 0.8, "male": 0.2}, 500),
                people("x:a", "country", {"DE": 0.5, "US": 0.5}, 500),
                people("x:a", "language", {"de": 0.5, "en": 0.5}, 500),
            ]
        ),
    )
    asked = brief(customers={"gender": {"female": 1.0}, "country": {"DE": 1.0}, "language": {"de": 1.0}})
    row = fit.in_target(data, asked).iloc[0]
    # language follows country, so it is not multiplied in again
    assert row["target_share"] == pytest.approx(0.4) and row["target_of"] == "country, gender"
    assert row["least"] == pytest.approx(0.3) and row["most"] == pytest.approx(0.5)
    assert row["target_low"] < 0.4 < row["target_high"]


# --- words


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("vegan", "Vegane Küche", True),
        ("vegan", "VEGAN!", True),
        ("vegan", "ｖｅｇａｎ", True),
        ("vegan", "ve\u200bgan", True),
        ("vegan", "vegetarian", False),
        ("map", "mapping my life", False),
        ("map", "two maps", True),
        ("leave no trace", "#leavenotrace always", True),
        ("leave no trace", "leave   no,trace", True),
        ("leave no trace", "leave a trace", False),
        ("hautpflege", "#meinehautpflegeroutine", True),
        ("straße", "STRASSE", True),
        ("護膚", "今日護膚品", True),
        ("trail", "contrail", False),
    ],
)
def test_phrases_are_found_as_people_write_them(phrase, text, found):
    assert bool(texts.found_in([phrase], text)) is found


def test_matches_count_posts_and_show_the_words():
    posts = captions({"x:a": ["Vegan soup", "Vegane Pasta, vegan!", "A walk"], "x:b": ["Steak"]})
    data = dataset(creators=pd.DataFrame({"creator": ["x:a", "x:b"], "bio": ["Trail runner", None]}), posts=posts)
    found = fit.matches(data, brief(keywords=["vegan"], values=["trail"])).set_index("creator")
    assert found.loc["x:a", "posts_matching"] == 2 and found.loc["x:a", "matched"] == "vegan 2" and found.loc["x:a", "bio_words"] == "trail"
    assert found.loc["x:b", "share"] == 0.0
    assert found.loc["x:a", "last_at"] == pd.Timestamp("2026-01-02", tz="UTC")


def test_niches_are_compared_without_case_and_topics_without_the_creators_own_weight():
    walks = ["Ten miles on the ridge #hiking", "Map and boots", "Tent by the lake"]
    cakes = ["Sourdough again #baking", "Flour and salt", "Cake for twelve"]
    posts = captions({f"x:h{i}": walks for i in range(6)} | {f"x:b{i}": cakes for i in range(6)} | {"x:new": walks})
    creators = pd.DataFrame({"creator": posts["creator"].unique()})
    creators["niche"] = ["Hiking" if ":h" in c else "baking" if ":b" in c else None for c in creators["creator"]]
    found = fit.niche(dataset(creators=creators, posts=posts), brief(niches=["hiking"])).set_index("creator")
    assert found.loc["x:new", "niche_fit"] > 0.9 and "hiking" in found.loc["x:new", "terms"]
    assert (found.loc[found.index.str.contains(":b"), "niche_fit"] < 0.05).all()


@pytest.mark.parametrize("kind", ["glow-skincare", "trail-app"])
def test_planted_matches_are_recovered_from_thirty_captions(kind):
    from playbook.world import simulate

    world = simulate(kind=kind, seed=515, creators=40, posts=30)
    own = world.brief()
    on = world.frames["posts"].groupby("creator")["caption"].agg(list)
    cast = world.truth["creators"].set_index("creator")["niche"]
    fitting = [c for c in on.index if cast[c] in own.brand.niches]
    others = [c for c in on.index if cast[c] not in own.brand.niches]
    rng = np.random.default_rng(6)
    mixed, true = {}, {}
    for i in range(60):
        # the true match of a creator is the share of captions that somebody of the brand's niches wrote
        true[f"x:{i:02d}"] = rng.random()
        mixed[f"x:{i:02d}"] = [on[rng.choice(fitting if rng.random() < true[f"x:{i:02d}"] else others)][rng.integers(5)] for _ in range(30)]
    posts = pd.concat([world.frames["posts"][["post", "creator", "caption", "posted_at"]], captions(mixed)])
    creators = pd.concat([world.frames["creators"][["creator", "niche"]], pd.DataFrame({"creator": list(mixed)})])
    found = fit.niche(dataset(creators=creators, posts=posts), own).set_index("creator")
    assert spearmanr(found.loc[list(true), "niche_fit"], list(true.values())).statistic >= 0.8


def test_audience_fit_recovers_the_true_match_of_a_world():
    from playbook.world import simulate

    world = simulate(kind="glow-skincare", seed=516)
    own, data = world.brief(), world.dataset()
    scored = fit.scores(data, own).set_index("creator")["audience_fit"].dropna()
    truth = world.truth["audience"].query("dimension in ['age', 'gender', 'country', 'language']").assign(n=np.nan)
    true = fit.scores(dataset(creators=data.creators, audience=truth), own).set_index("creator")["audience_fit"]
    assert spearmanr(scored, true.reindex(scored.index)).statistic >= 0.8


# --- what to look at


def test_the_users_own_words_competitors_and_delicate_topics_are_found_with_their_sentence():
    posts = captions(
        {"x:a": ["My honest week with BOTOX, part two", "Thanks @rivalbrand for the box", "A night at the casino with friends"]}
    )
    data = dataset(creators=pd.DataFrame({"creator": ["x:a"], "bio": ["botox free"]}), posts=posts)
    found = fit.safety(data, brief(avoid=["botox"], competitors=["RivalBrand"]))
    assert found["list"].tolist() == ["avoid", "avoid", "competitor", "delicate"]
    assert set(found.loc[found["list"] == "avoid", "where"]) == {"caption", "bio"}
    assert found.loc[found["list"] == "competitor", "days_ago"].iloc[0] == 1
    assert "honest week with botox" in found["sentence"].str.cat(sep=" ")
    assert fit.per_creator(found).iloc[0][["avoid", "competitor", "delicate"]].tolist() == [2, 1, 1]


@pytest.mark.parametrize(
    "text",
    [
        "You killed it!",
        "Dressed to kill",
        "My hot glue gun",
        "Nude shades for spring",
        "Food porn, sorry",
        "Photo shooting today",
        "Unsere Geheimwaffe",
    ],
)
def test_figures_of_speech_are_no_hits(text):
    assert safe.look(text, Brief()) == []


@pytest.mark.parametrize(
    "text", ["#CASINO night", "casino\u200b bonus", "Ｃasino", "Sportwetten sind mein Hobby", "Get rich quick, ask me how"]
)
def test_mutations_are_still_hits(text):
    assert safe.look(text, Brief())


def test_every_row_of_the_list_finds_itself_and_spares_its_contexts():
    for rule in safe.delicate():
        assert [r.word for r, _, _ in safe.look(f"well, {rule.word}, he said", Brief()) if r.word == rule.word], rule.word
        assert rule.severity in safe.SEVERITIES and rule.topic
        for context in rule.unless:
            assert not list(rule.spans(texts.folded(f"so {context} then"))), (rule.word, context)


# --- the sum


def scored(rows: list[tuple]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["creator", "audience_fit", "niche_fit", "values_fit"])


def test_points_add_up_and_an_unknown_part_neither_helps_nor_hurts():
    parts = scored(
        [("a", 0.9, 1.0, 0.5), ("b", 0.5, 1.0, 0.5), ("c", 0.7, 1.0, 0.5), ("d", np.nan, 1.0, 0.5), ("e", np.nan, np.nan, np.nan)]
    )
    out = fit_of(parts, {"audience": 0.5, "niche": 0.25, "values": 0.25})
    assert np.allclose(out.loc[list("abcd"), [f"{p}_points" for p in scoring.PARTS]].sum(axis=1), out.loc[list("abcd"), "fit"])
    assert out.loc["d", "fit"] == pytest.approx(out.loc["c", "fit"]) and out.loc["d", "known"] == "niche, values"
    assert np.isnan(out.loc["e", "fit"]) and out.loc["e", "known"] == ""


def fit_of(parts: pd.DataFrame, weight: dict[str, float]) -> pd.DataFrame:
    return scoring.summed(parts, weight).set_index("creator")


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=12))
@settings(max_examples=40)
def test_a_part_without_weight_changes_nothing(rows):
    parts = scored([(f"c{i:02d}", *r) for i, r in enumerate(rows)])
    weight = {"audience": 0.6, "niche": 0.4, "values": 0.0}
    changed = parts.assign(values_fit=1 - parts["values_fit"])
    gone = parts.assign(values_fit=np.nan)
    one = fit_of(parts, weight)["fit"]
    for other in (changed, gone):
        pd.testing.assert_series_equal(one.sort_index(), fit_of(other, weight)["fit"].sort_index())
    assert one.between(0, 1 + 1e-12).all()


def test_weights_of_zero_everywhere_leave_no_score():
    assert (
        fit_of(
            scored([("a", 1.0, 1.0, 1.0)]),
            scoring.weights(Brief.model_validate({"fit": {"weight_audience": 0, "weight_niche": 0, "weight_values": 0}})),
        )["fit"]
        .isna()
        .all()
    )


def test_who_is_best_in_all_parts_stays_whatever_the_weights():
    rows = [(f"c{i:02d}", 0.5 - i / 100, 0.5 - i / 90, 0.5 - i / 80) for i in range(20)]
    out = scoring.summed(scored([("best", 1.0, 1.0, 1.0), *rows]), scoring.weights(Brief()))
    steady = fit.stability(out, Brief.model_validate({"outreach": {"creators": 3}}))
    assert steady.iloc[0]["creator"] == "best" and steady.iloc[0]["stays"] == 1.0 and steady.iloc[0]["worst_rank"] == 1
    assert steady["stays"].sum() == pytest.approx(3)


def test_weights_decide_between_unlike_creators():
    out = scoring.summed(scored([("a", 1.0, 0.0, 0.5), ("b", 0.0, 1.0, 0.5)]), scoring.weights(Brief()))
    steady = fit.stability(out, Brief.model_validate({"outreach": {"creators": 1}}))
    # audience above niche in half of all weightings
    assert steady["stays"].tolist() == pytest.approx([0.5, 0.5], abs=0.07)


def test_order_of_rows_changes_nothing(glow):
    d = glow.data
    shuffled = dataset(
        as_of=d.as_of,
        posts=d.posts.to_pandas().sample(frac=1, random_state=4),
        **{t: getattr(d, t).sample(frac=1, random_state=4) for t in ("creators", "audience")},
    )
    pd.testing.assert_frame_equal(fit.scores(d, glow.brief), fit.scores(shuffled, glow.brief))
    pd.testing.assert_frame_equal(fit.safety(d, glow.brief), fit.safety(shuffled, glow.brief))


def test_people_of_the_target_for_the_money(glow):
    found = fit.reached(glow.data, glow.brief).dropna(subset=["per_money"])
    assert len(found) and np.allclose(found["target_reach"], found["reach"] * found["target_share"])
    assert np.allclose(found["per_money"], found["target_reach"] / found["cost"]) and found["per_money"].is_monotonic_decreasing


def test_the_closest_are_a_band_of_their_own_and_the_optimum_is_said(campaign):
    parted = fit.bands(fit.scores(campaign.data, campaign.brief))
    assert set(parted["band"]) == {"far", "plausible", "very close"}
    assert (parted["band"] == "very close").mean() <= 0.11
    assert "Leung" in fit.band_text(campaign.data, campaign.brief)
    assert worth.LEUNG.count("%") >= 2


def test_outcome_and_counts_on_samples(campaign):
    done = fit.outcome(campaign.data, campaign.brief)
    assert done.status in ("done", "partial") and findings.as_json(done)
    out = fit.scores(campaign.data, campaign.brief)
    assert done.figures[0].value == pytest.approx(out["fit"].max())
    assert out["fit"].dropna().between(0, 1).all()
    assert f"fit known for {int(out['fit'].notna().sum())}" in fit.counts(campaign.data, campaign.brief)


@pytest.mark.parametrize(
    "tables",
    [
        {},
        {"creators": pd.DataFrame({"creator": ["a"]})},
        {
            "creators": pd.DataFrame({"creator": ["a", "a"], "niche": [None, "food"]}),
            "posts": pd.DataFrame({"post": ["1"], "creator": ["a"]}),
        },
        {"creators": pd.DataFrame({"creator": ["a"]}), "audience": people("a", "age", {"unknown": 1.0}, 0)},
        {"creators": pd.DataFrame({"creator": ["a"]}), "audience": people("a", "age", {"18-24": 0.0})},
        {
            "creators": pd.DataFrame({"creator": ["a"], "bio": [""]}),
            "posts": pd.DataFrame({"post": ["1"], "creator": ["a"], "caption": ["!!!"]}),
        },
    ],
)
@pytest.mark.parametrize("full", [True, False])
def test_missing_data_is_said_and_never_breaks(tables, full):
    from playbook import show

    data = dataset(**tables)
    asked = brief(niches=["food"], keywords=["soup"], customers={"age": {"18-24": 1.0}}, avoid=["x"]) if full else Brief()
    out = fit.scores(data, asked)
    steady = fit.stability(out, asked)
    found = fit.safety(data, asked)
    compared = fit.audience(data, asked)
    for shown in (
        show.fit.audience_table(compared, asked),
        show.fit.dimensions_table(compared, asked),
        show.fit.audience_chart(compared, asked),
        show.fit.niche_table(fit.niche(data, asked), asked),
        show.fit.words_table(fit.matches(data, asked), asked),
        show.fit.safety_table(found, asked),
        show.fit.safety_counts_table(fit.per_creator(found), asked),
        show.fit.scores_table(out, asked),
        show.fit.parts_chart(out, asked),
        show.fit.stability_table(steady, asked),
        show.fit.stability_chart(steady, asked),
        show.fit.reached_table(fit.reached(data, asked), asked),
        show.say(fit.band_text(data, asked)),
        show.say(fit.answer(out, steady, asked)),
    ):
        assert repr(shown)
    assert fit.counts(data, asked)
    done = fit.outcome(data, asked)
    assert done.answer and done.status in ("needs_data", "partial", "done")
    if not full:
        assert isinstance(compared, Missing) and done.status == "needs_data"


# --- focus and meaning ----------------------------------------------------------------------------------------------------------


def test_focus_is_the_mean_likeness_of_two_posts():
    rng = np.random.default_rng(11)
    topics = {t: [f"{t}{i}" for i in range(30)] for t in "abcde"}

    def written(names: str, n: int) -> list[str]:
        return [" ".join(rng.choice(topics[rng.choice(list(names))], 6, replace=False)) for _ in range(n)]

    posts = captions({"x:one": written("a", 30), "x:two": written("ab", 30), "x:all": written("abcde", 30), "x:few": written("a", 3)})
    found = fit.focus(dataset(posts=posts), brief()).set_index("creator")
    assert found["focus"].dropna().index.tolist() == ["x:one", "x:two", "x:all"]
    assert found.loc["x:few", "posts"] == 3 and np.isnan(found.loc["x:few", "focus"])
    assert (found["low"].dropna() <= found["focus"].dropna()).all() and (found["focus"].dropna() <= found["high"].dropna()).all()
    assert found.loc["x:one", "percentile"] == 1.0 and found.loc["x:all", "percentile"] == 0.0


def test_focus_agrees_with_counting_all_pairs():
    from playbook.fit.text import topics, words

    texts = ["serum und spf heute", "spf ist alles", "serum nacht spf", "kaffee und buch", "buch im park heute", "serum im park"]
    found = fit.focus(dataset(posts=captions({"x:a": texts})), brief())
    vectors = topics({str(i): words(t) for i, t in enumerate(texts)}).weights.toarray()
    pairs = [vectors[i] @ vectors[j] for i in range(6) for j in range(6) if i != j]
    assert found["focus"].iloc[0] == pytest.approx(np.mean(pairs))


def test_captions_by_meaning_find_kin_that_share_no_words():
    pytest.importorskip("wordllama", reason="the extra `meaning` is not installed")
    texts = {
        "x:walker": ["Up the mountain before sunrise", "New boots for long trails", "A tent by the lake", "Rucksack packed for the summit"],
        "x:baker": ["Sourdough out of the oven", "Flour, salt and patience", "A cake for twelve guests", "Butter croissants at dawn"],
        "x:gamer": ["Stream tonight at nine", "Finally beat the last boss", "New keyboard, new aim", "Ranked matches all evening"],
    }
    creators = pd.DataFrame({"creator": list(texts)})
    own = Brief.model_validate({"brand": {"keywords": ["hiking", "outdoor adventure"]}, "fit": {"text": "meaning"}})
    found = fit.niche(dataset(creators=creators, posts=captions(texts)), own).set_index("creator")
    assert found["topic"].idxmax() == "x:walker" and found.loc["x:walker", "terms"] in texts["x:walker"]
    by_words = fit.niche(dataset(creators=creators, posts=captions(texts)), own.model_copy(update={"fit": Brief().fit}))
    assert isinstance(by_words, Missing) or by_words["topic"].fillna(0).max() == 0


def test_meaning_without_its_package_is_one_sentence(monkeypatch):
    import sys

    from playbook.errors import NotUsable
    from playbook.fit import meaning

    meaning._model.cache_clear()
    monkeypatch.setitem(sys.modules, "wordllama", None)
    own = Brief.model_validate({"brand": {"keywords": ["serum"]}, "fit": {"text": "meaning"}})
    posts = captions({"x:a": ["serum"] * 5})
    with pytest.raises(NotUsable, match=r"\[meaning\]"):
        fit.niche(dataset(creators=pd.DataFrame({"creator": ["x:a"]}), posts=posts), own)
    meaning._model.cache_clear()
