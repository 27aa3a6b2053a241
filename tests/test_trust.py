"""Chapter 05: error rates, jumps, peers, comments, sampled followers and the open score."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook import findings, trust
from playbook.brief import Brief
from playbook.brief.weights import published as published_weights
from playbook.data.dataset import dataset
from playbook.findings import Missing
from playbook.trust import ask, comments, followers, labelled, patterns, quoted, rates, score, segments
from playbook.trust.flags import BY_NAME
from playbook.world import simulate
from playbook.world.strengths import Strengths

ACCUSING = re.compile(
    r"\b(?:fraud|cheat|lie[sd]?|liar|guilty|scam|fake account|bought|buys|buyer|dishonest|criminal|manipulat)", re.IGNORECASE
)
START = pd.Timestamp("2026-01-01")


def history(creator: str, followers_by_day: np.ndarray) -> pd.DataFrame:
    days = pd.date_range(START, periods=len(followers_by_day))
    return pd.DataFrame({"creator": creator, "day": days, "followers": np.asarray(followers_by_day, dtype=float)})


def honest(seed: int, days: int = 90, start: float = 20_000) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.rint(start * np.exp(np.cumsum(0.0006 + 0.0008 * rng.standard_normal(days))))


def with_histories(series: dict[str, np.ndarray], posts: pd.DataFrame | None = None, **columns):
    creators = pd.DataFrame({"creator": list(series), "followers": [s[-1] for s in series.values()], **columns})
    tables = {"creators": creators, "follower_history": pd.concat([history(c, s) for c, s in series.items()])}
    if posts is not None:
        tables["posts"] = posts
    return dataset(**tables)


def jumping(seed: int, day: int = 45, share: float = 0.10) -> np.ndarray:
    path = honest(seed)
    path[day:] += np.rint(share * path[day - 1])
    return path


# --- error rates


def test_q_values_reject_four_of_benjamini_and_hochbergs_fifteen():
    p = pd.Series([0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0])
    assert (trust.q_values(p) <= 0.05).sum() == 4


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.randoms())
def test_q_values_keep_the_order_and_do_not_mind_it(p, random):
    q = trust.q_values(pd.Series(p))
    assert ((q >= np.array(p) - 1e-12) & (q <= 1)).all()
    order = list(range(len(p)))
    random.shuffle(order)
    shuffled = trust.q_values(pd.Series([p[i] for i in order]))
    assert np.allclose(shuffled.to_numpy(), q.to_numpy()[order])
    ranked = q.to_numpy()[np.argsort(p, kind="stable")]
    assert (np.diff(ranked) >= -1e-12).all()


def test_degrees_of_freedom_tell_heavy_tails_from_light_ones():
    rng = np.random.default_rng(3)
    assert rates.degrees_of_freedom(rng.standard_normal(20_000)) >= 15
    assert rates.degrees_of_freedom(rng.standard_t(3, 20_000)) <= 4


def test_peers_take_size_out_and_leave_the_odd_one():
    rng = np.random.default_rng(5)
    size = pd.Series(np.exp(rng.uniform(7, 14, 200)))
    value = -0.3 * np.log(size) + 0.3 * pd.Series(rng.standard_normal(200))
    value[17] -= 4
    found = rates.among_peers(value, size, pd.Series(["x"] * 200), pd.Series(np.zeros(200)))
    assert found["z"].idxmin() == 17 and found["p_low"][17] < 1e-4
    assert abs(np.corrcoef(found["residual"].drop(17), np.log(size.drop(17)))[0, 1]) < 0.1


def test_few_peers_are_unknown_not_ordinary():
    n = rates.PEERS_NEEDED - 1
    found = rates.among_peers(
        pd.Series(np.arange(n, dtype=float)), pd.Series(np.full(n, 1e4)), pd.Series(["x"] * n), pd.Series(np.zeros(n))
    )
    assert found["z"].isna().all() and (found["peers"] == n).all()


# --- jumps


def test_rounded_counts_of_honest_creators_are_no_jumps():
    series = {f"youtube:c{i}": honest(i, start=150_000 + 7_919 * i) for i in range(60)}
    rounded = {c: np.round(s / 1_000) * 1_000 for c, s in series.items()}
    found = trust.jumps(with_histories(rounded), Brief())
    assert (found["step"] == 1_000).all()
    assert (found["z"] >= 8).mean() <= 0.03
    # the floor is what does it: with counts taken as exact, rounding looks like a jump
    from playbook.trust.jumps import changes, histories, surprises

    h = histories(with_histories(rounded).follower_history)
    bare = surprises(changes(h, np.full_like(h.followers, 1e-9), np.array(["youtube"] * 60)))
    assert (np.nanmax(np.where(np.isfinite(bare), bare, -1), axis=1) >= 8).mean() >= 0.9


def test_a_planted_block_is_found_on_its_day_with_its_size():
    series = {f"instagram:c{i}": honest(i) for i in range(40)} | {"instagram:odd": jumping(99)}
    data = with_histories(series)
    found = trust.flags(data, Brief())
    strong = found[found["strength"] == "strong"]
    assert strong["creator"].tolist() == ["instagram:odd"]
    row = trust.jumps(data, Brief()).set_index("creator").loc["instagram:odd"]
    assert row["day"] == START + pd.Timedelta(days=45)
    assert row["share"] == pytest.approx(0.10, abs=0.005) and row["one_day"] > 0.9
    assert "Feb 15, 2026" in strong["evidence"].iloc[0]


def test_what_everybody_gains_or_loses_on_a_day_is_the_platform():
    series = {f"instagram:c{i}": honest(i) for i in range(40)}
    for path in series.values():
        path[50:] *= 1.06
    assert (trust.jumps(with_histories({c: np.rint(s) for c, s in series.items()}), Brief())["z"] < 8).all()


def posts_of(creator: str, days: range, likes: float, caption: str = "A day") -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "post": [f"{creator}-{d}" for d in days],
            "creator": creator,
            "posted_at": [(START + pd.Timedelta(days=d, hours=9)).tz_localize("UTC") for d in days],
            "likes": np.rint(likes * np.exp(0.2 * rng.standard_normal(len(days)))),
            "comments": 10.0,
            "caption": caption,
        }
    )


def test_a_giveaway_in_those_days_makes_a_jump_weak():
    series = {f"instagram:c{i}": honest(i) for i in range(40)} | {"instagram:odd": jumping(99)}
    posts = posts_of("instagram:odd", range(0, 90, 3), 500)
    posts.loc[15, "caption"] = "Giveaway! Follow and comment"
    found = trust.flags(with_histories(series, posts), Brief())
    row = found[(found["creator"] == "instagram:odd") & (found["check"] == "follower_jump")].iloc[0]
    assert row["strength"] == "weak" and "giveaway" in row["innocent"]


def test_a_viral_post_explains_a_rise_over_days_but_not_a_block():
    spread = honest(99)
    for day, part in zip(range(45, 50), (0.4, 0.25, 0.15, 0.12, 0.08), strict=True):
        spread[day:] += np.rint(0.10 * part * spread[44])
    for path, strength in ((spread, "weak"), (jumping(99), "strong")):
        series = {f"instagram:c{i}": honest(i) for i in range(40)} | {"instagram:odd": path}
        posts = posts_of("instagram:odd", range(0, 90, 3), 500)
        posts.loc[15, "likes"] = 6_000.0
        found = trust.flags(with_histories(series, posts), Brief())
        row = found[(found["creator"] == "instagram:odd") & (found["check"] == "follower_jump")].iloc[0]
        assert row["strength"] == strength


def test_a_step_published_in_the_table_is_taken_from_there():
    series = {f"tiktok:c{i}": np.round(honest(i, start=35_000) / 100) * 100 for i in range(5)}
    found = trust.jumps(with_histories(series, followers_precision=500.0), Brief())
    assert (found["step"] == 500).all()


@pytest.mark.parametrize("counts", [np.array([100.0]), np.zeros(40), np.full(40, 5_000.0), np.array([np.nan] * 30 + [10.0])])
def test_odd_histories_do_not_break_it(counts):
    found = trust.flags(with_histories({"instagram:a": counts}), Brief())
    assert not isinstance(found, Missing) and (found["check"] != "follower_jump").all()


def test_the_most_unusual_rise_is_the_same_whether_all_days_are_judged_or_only_the_likely_ones():
    from playbook.trust.jumps import changes, histories, likely, surprises

    rng = np.random.default_rng(17)
    series = {f"instagram:c{i:03d}": jumping(i, day=int(rng.integers(15, 75)), share=0.03) if i % 9 == 0 else honest(i) for i in range(150)}
    h = histories(with_histories(series).follower_history)
    # calm and lively months in one history, so that the largest change need not be the most unusual
    h.followers[::4] = np.rint(np.maximum.accumulate(h.followers[::4] * np.exp(np.r_[np.zeros(45), np.full(45, 0.01)] * rng.random(90))))
    found = changes(h, np.ones_like(h.followers), np.array(["instagram"] * 150))
    every = surprises(found)
    some = surprises(found, likely(found, np.zeros_like(h.followers, dtype=bool)))
    assert np.array_equal(np.nanargmax(every, axis=1), np.nanargmax(some, axis=1))


# --- rises over several days


def test_segments_of_the_nile_change_after_1898():
    from statsmodels.datasets import nile

    flow = nile.load_pandas().data
    values = flow["volume"].to_numpy(dtype=float)[None, :]
    spread = np.std(np.diff(values)) / np.sqrt(2)
    label = segments.segment(values, np.array([3 * spread**2 * np.log(values.size)]))[0]
    assert label.max() == 1 and flow["year"].to_numpy()[label == 1][0] == 1899


def least_cost(values: np.ndarray, penalty: float) -> float:
    """Try every way to part a series."""
    n = len(values)
    costs = []
    for mask in range(2 ** (n - 1)):
        cuts = [0, *(i + 1 for i in range(n - 1) if mask >> i & 1), n]
        costs.append(sum(((values[a:b] - values[a:b].mean()) ** 2).sum() + penalty for a, b in pairwise(cuts)))
    return min(costs)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=9), st.floats(0.01, 20))
@settings(max_examples=40, deadline=None)
def test_no_other_way_to_part_a_series_costs_less(values, penalty):
    values = np.array(values)
    label = segments.segment(values[None, :], np.array([penalty]))[0]
    cost = sum(((values[label == k] - values[label == k].mean()) ** 2).sum() + penalty for k in np.unique(label))
    assert cost == pytest.approx(least_cost(values, penalty), rel=1e-6, abs=1e-6)


def delivered(seed: int, days: int = 8, share: float = 0.15, day: int = 45) -> np.ndarray:
    path = honest(seed)
    for k in range(days):
        path[day + k :] += np.rint(share / days * path[day - 1])
    return path


def test_a_delivery_over_days_is_found_between_its_days():
    series = {f"instagram:c{i}": honest(i) for i in range(60)} | {"instagram:odd": delivered(99)}
    posts = pd.concat([posts_of(c, range(0, 90, 3), 500) for c in series])
    found = trust.screen(with_histories(series, posts), Brief())["follower_surge"].set_index("creator")
    odd = found.loc["instagram:odd"]
    assert abs(odd["since"] - (START + pd.Timedelta(days=44))) <= pd.Timedelta(days=1)
    assert abs(odd["until"] - (START + pd.Timedelta(days=52))) <= pd.Timedelta(days=1)
    assert odd["share"] == pytest.approx(0.15, abs=0.03) and odd["strength"] == "strong"
    assert (found.drop("instagram:odd")["strength"] == "").all()


def test_rises_over_days_are_weak_where_a_post_did_well_or_no_post_is_known():
    series = {f"instagram:c{i}": honest(i) for i in range(60)} | {"instagram:odd": delivered(99)}
    posts = posts_of("instagram:odd", range(0, 90, 3), 500)
    posts.loc[15, "likes"] = 6_000.0
    for told in (posts, None):
        row = trust.screen(with_histories(series, told), Brief())["follower_surge"].set_index("creator").loc["instagram:odd"]
        assert row["strength"] == "weak" and row["explained"]


def test_gaps_in_a_history_do_not_make_a_rise():
    series = {f"instagram:c{i}": honest(i) for i in range(30)}
    table = with_histories(series).follower_history
    some = table[np.random.default_rng(3).random(len(table)) < 0.8]
    data = dataset(creators=pd.DataFrame({"creator": list(series), "followers": 20_000.0}), follower_history=some)
    assert not trust.screen(data, Brief())["follower_surge"]["over"].any()


# --- worlds with a planted truth


def area(truth: np.ndarray, value: np.ndarray) -> float:
    ranks = pd.Series(value).rank().to_numpy()
    ones = truth.sum()
    return float((ranks[truth].sum() - ones * (ones + 1) / 2) / (ones * (len(truth) - ones)))


def test_pods_stand_out():
    world = simulate(kind="campus-coffee", seed=41, strengths=Strengths(pod_share=0.1))
    found = trust.screen(world.dataset(), world.brief())["comments_pod"].set_index("creator")
    pod = world.truth["creators"].set_index("creator")["pod"].reindex(found.index).to_numpy()
    assert area(pod, found["share"].to_numpy()) >= 0.95
    assert not (found["strength"] != "")[~pod].any()


def test_corrected_shares_hold_the_true_ones_in_a_world():
    world = simulate(kind="glow-skincare", seed=77)
    found = trust.fakes(world.dataset(), world.brief()).set_index("creator")
    true = world.truth["creators"].set_index("creator")["fake_share"].reindex(found.index)
    inside = (found["low"] <= true) & (true <= found["high"])
    # 24 samples at 90 %: fewer than 16 inside would happen once in ten thousand right worlds
    assert inside.sum() >= 16


# --- numbers of posts


def engaged(factor: dict[int, float], creators: int = 60, posts: int = 12, sd: float = 0.5, even: dict[int, float] | None = None):
    rng = np.random.default_rng(11)
    size = np.rint(np.exp(rng.uniform(8, 12, creators)))
    rows = []
    for i in range(creators):
        spread = (even or {}).get(i, sd)
        mean = 0.03 * size[i] * np.exp(0.3 * rng.standard_normal()) * factor.get(i, 1.0)
        likes = np.rint(mean * np.exp(spread * rng.standard_normal(posts)))
        rows.append(
            pd.DataFrame(
                {
                    "post": [f"{i}-{k}" for k in range(posts)],
                    "creator": f"instagram:c{i:02d}",
                    "likes": likes,
                    "comments": np.rint(0.03 * likes + 1),
                    "posted_at": pd.date_range("2026-01-01", periods=posts, freq="2D", tz="UTC"),
                }
            )
        )
    creators_table = pd.DataFrame({"creator": [f"instagram:c{i:02d}" for i in range(creators)], "followers": size, "following": 400.0})
    return dataset(creators=creators_table, posts=pd.concat(rows), as_of=pd.Timestamp("2026-03-01", tz="UTC"))


def test_engagement_out_of_line_is_found_on_both_sides():
    found = trust.flags(engaged({7: 0.02, 31: 30.0}), Brief())
    strong = found[found["strength"] == "strong"].set_index("check")["creator"]
    assert strong["engagement_low"] == "instagram:c07" and strong["engagement_high"] == "instagram:c31"


def test_likes_that_hardly_differ_are_found():
    found = trust.flags(engaged({}, posts=20, even={4: 0.01}), Brief())
    assert "instagram:c04" in set(found.loc[found["check"] == "likes_even", "creator"])


def test_round_likes_are_found_unless_everybodys_are_round():
    data = engaged({}, posts=20)
    frame = data.posts.to_pandas()
    one = frame["creator"] == "instagram:c09"
    rounded = frame.assign(likes=frame["likes"].where(~one, np.maximum(np.round(frame["likes"] / 50) * 50, 100)))
    assert set(
        trust.flags(dataset(creators=data.creators, posts=rounded, as_of=data.as_of), Brief()).query("check == 'likes_round'")["creator"]
    ) == {"instagram:c09"}
    everybody = frame.assign(likes=np.maximum(np.round(frame["likes"] / 50) * 50, 100))
    assert isinstance(trust.screen(dataset(creators=data.creators, posts=everybody, as_of=data.as_of), Brief())["likes_round"], Missing)


def test_false_alarms_stay_few_where_all_are_honest():
    strong = sum((trust.flags(w, Brief())["strength"] == "strong").any() for w in [engaged({}, creators=60)])
    assert strong == 0


def test_following_needs_the_knob_and_hidden_likes_are_asked_about():
    data = dataset(creators=pd.DataFrame({"creator": ["x:a", "x:b"], "followers": [1_000.0, 1_000], "following": [900.0, 1_100]}))
    assert trust.flags(data, Brief())["creator"].tolist() == ["x:b"]
    stricter = Brief.model_validate({"trust": {"following_ratio": 0.5}})
    assert trust.flags(data, stricter)["creator"].tolist() == ["x:a", "x:b"]
    posts = posts_of("x:a", range(10), 100).assign(likes=np.nan)
    both = pd.concat([posts, posts_of("x:b", range(10), 100), posts_of("x:c", range(10), 100)])
    three = pd.concat([data.creators, pd.DataFrame({"creator": ["x:c"]})])
    hidden = trust.flags(dataset(creators=three, posts=both), Brief()).query("check == 'likes_hidden'")
    assert hidden["creator"].tolist() == ["x:a"]


def test_posts_that_the_profile_no_longer_counts_are_asked_about():
    posts = pd.concat([posts_of(c, range(20), 100) for c in ("x:a", "x:b", "x:c")])
    read_on = pd.to_datetime(["2026-02-01", "2026-02-01", "2026-01-10"])
    people = pd.DataFrame(
        {"creator": ["x:a", "x:b", "x:c"], "followers": 5_000.0, "posts_total": [12.0, 300.0, 9.0], "collected_on": read_on}
    )
    found = trust.flags(dataset(creators=people, posts=posts), Brief()).query("check == 'posts_gone'").set_index("creator")
    assert list(found.index) == ["x:a", "x:c"] and "at least 8 have" in found.loc["x:a", "evidence"]
    # whoever was counted before the latest posts has an explanation
    assert found.loc["x:a", "explained"] == "" and found.loc["x:c", "explained"]


# --- comments


def test_comments_are_read_as_words_and_generic_ones_known():
    assert comments.is_generic(comments.plain("LOVE THIS!!! 🔥🔥"))
    assert comments.is_generic(comments.plain("❤️"))
    assert not comments.is_generic(comments.plain("Which serum did you use?"))
    assert comments.language_of(comments.plain("Wo hast du das her? Ich mag das nicht.")) == "de"


def talked(caption: str, language: str | None, texts: list[str], creators: int = 20):
    """Return creators with ordinary German comments, the first of them with `texts` under a post with that caption."""
    names = [f"instagram:c{i:02d}" for i in range(creators)]
    posts = pd.DataFrame(
        {
            "post": [f"{c}-1" for c in names],
            "creator": names,
            "posted_at": pd.Timestamp("2026-02-01", tz="UTC"),
            "likes": 100.0,
            "caption": [caption, *["Heute zeige ich euch das und wie es geht"] * (creators - 1)],
        }
    )
    own = ["Ich mag das sehr und hab es auch", "Wo hast du das her", "Das ist nicht so wie bei mir"]
    rows = [(f"{c}-1", f"a{i}{k}", own[k % 3]) for i, c in enumerate(names[1:], 1) for k in range(12)]
    rows += [(f"{names[0]}-1", f"b{k}", text) for k, text in enumerate(texts)]
    table = pd.DataFrame(rows, columns=["post", "author", "text"]).assign(posted_at=pd.Timestamp("2026-02-02", tz="UTC"))
    people = pd.DataFrame({"creator": names, "followers": 5_000.0, "language": [language, *["de"] * (creators - 1)]})
    return dataset(creators=people, posts=posts, comments=table)


@pytest.mark.parametrize(
    ("caption", "language", "text", "foreign"),
    [
        ("Heute zeige ich euch das und wie es geht", "de", "очень красиво, спасибо", True),
        ("Heute zeige ich euch das und wie es geht", None, "очень красиво, спасибо", True),
        ("Сегодня покажу вам новую сумку", "de", "очень красиво, спасибо", False),
        ("Heute zeige ich euch das und wie es geht", "ru", "очень красиво, спасибо", False),
        ("Los días donde está el sol, pero muy pronto", "de", "Muy bonito, pero donde está, gracias", False),
        ("Heute zeige ich euch das und wie es geht", "de", "where did you get that and this", False),
        ("", None, "очень красиво, спасибо", None),
    ],
)
def test_comments_are_held_against_the_captions_language(caption, language, text, foreign):
    found = comments.read(talked(caption, language, [text] * 12), Brief()).set_index("creator").loc["instagram:c00"]
    if foreign is None:
        assert found["told"] == 0
    else:
        assert found["told"] == 12 and found["foreign"] == (12 if foreign else 0)


def test_an_audience_where_the_creators_language_is_spoken_is_explained():
    people = pd.DataFrame({"creator": ["x:a", "x:b"], "followers": 9_000.0, "country": "AR", "language": "es"})
    rows = [(c, "country", b, s) for c, other in (("x:a", "MX"), ("x:b", "IN")) for b, s in ((other, 0.8), ("AR", 0.1))]
    audience = pd.DataFrame(rows, columns=["creator", "dimension", "bucket", "share"])
    found = trust.screen(dataset(creators=people, audience=audience), Brief())["audience_abroad"].set_index("creator")
    assert found["over"].all() and found.loc["x:a", "explained"] and not found.loc["x:b", "explained"]


def test_commenters_and_sampled_followers_are_marks_once_read(tmp_path):
    import playbook

    (tmp_path / "campaign.yml").write_text("name: t\n")
    (tmp_path / "creators.csv").write_text("creator,followers\ninstagram:ana,2000\n")
    (tmp_path / "posts.csv").write_text("post,creator,posted_at,likes\np1,instagram:ana,2026-01-01T10:00:00Z,50\n")
    (tmp_path / "comments.csv").write_text(
        "post,author,text,posted_at\np1,@Bo.Muster,hi,2026-01-01T10:05:00Z\np1,bo.muster,so,2026-01-01T10:06:00Z\n"
    )
    (tmp_path / "follower_sample.csv").write_text("creator,username,follows,#followers,#posts,isFake\nana,cy.real,30,40,5,0\n")
    data = playbook.load(tmp_path).data
    assert data.comments["author"].nunique() == 1 and data.comments["author"].str.fullmatch("[0-9a-f]{16}").all()
    assert data.follower_sample["account"].str.fullmatch("[0-9a-f]{16}").all()
    assert data.follower_sample[["following", "followers", "posts", "label"]].values.tolist() == [[30, 40, 5, "real"]]


def test_no_comment_or_commenter_is_in_what_the_chapter_hands_on_or_shows(campaign):
    from playbook import show

    data, brief = campaign.data, campaign.brief
    screened = trust.screen(data, brief)
    flagged, scored = trust.from_screen(screened, brief), trust.scores(screened, data, brief)
    shown = [
        str(findings.as_json(trust.outcome(data, brief))),
        show.trust.flags_table(flagged, brief, strength="strong", top=500),
        show.trust.flags_table(flagged, brief, strength="weak", top=500),
        show.trust.questions_table(trust.questions(flagged, scored, data), brief, top=2_000),
        show.trust.signs_table(trust.signs(screened), brief, top=500),
    ]
    words = " ".join(x if isinstance(x, str) else x._repr_html_() for x in shown)
    texts = {t for t in data.comments["text"].dropna() if len(t) >= 12}
    assert texts and not [t for t in texts if t in words]
    assert not [a for a in data.comments["author"].dropna().unique() if a in words]


def test_questions_scores_and_signs_reach_the_workbook(glow):
    tables = trust.outcome(glow.data, glow.brief).tables
    assert set(tables) == {"ask", "scores", "signs"}
    assert {"creator", "question", "why"} <= set(tables["ask"][0])
    assert {r["creator"] for r in tables["scores"]} == set(glow.data.creators["creator"])


def test_no_comment_text_or_author_leaves_the_chapter(glow):
    text = set(glow.data.comments["text"]) | set(glow.data.comments["author"])
    screened = trust.screen(glow.data, glow.brief)
    for name, found in screened.items():
        if name.startswith("comments"):
            for column in found.columns:
                assert not set(found[column].astype(str)) & text, column


# --- sampled followers


def test_rogan_gladen_corrects_the_published_swiss_share():
    # Rogan and Gladen by hand: (p + specificity - 1) / (sensitivity + specificity - 1)
    known = followers.Errors(fakes=1_000, listed_fakes=774, real=1_000, passed_real=963, source="benchmark")
    assert followers.corrected_share(258, 1_000, known, 0.9)[0] == pytest.approx(0.300, abs=0.001)
    assert followers.corrected_share(311, 1_000, known, 0.9)[0] == pytest.approx(0.372, abs=0.001)


def test_a_perfect_score_changes_nothing_and_a_useless_one_tells_nothing():
    perfect = followers.Errors(fakes=10**6, listed_fakes=10**6, real=10**6, passed_real=10**6, source="benchmark")
    share, low, high = followers.corrected_share(30, 100, perfect, 0.9)
    assert share == pytest.approx(0.3) and low < 0.3 < high
    useless = followers.Errors(fakes=100, listed_fakes=50, real=100, passed_real=50, source="benchmark")
    assert all(np.isnan(followers.corrected_share(30, 100, useless, 0.9)))


@pytest.mark.parametrize("true", [0.05, 0.2, 0.5])
def test_the_interval_covers_at_its_level(true):
    rng = np.random.default_rng(8)
    trials, n, fakes_seen, real_seen, se, sp = 1_500, 200, 60, 300, 0.75, 0.95
    inside = 0
    for _ in range(trials):
        e = followers.Errors(
            fakes=fakes_seen,
            listed_fakes=rng.binomial(fakes_seen, se),
            real=real_seen,
            passed_real=rng.binomial(real_seen, sp),
            source="measured",
        )
        listed = rng.binomial(n, true * se + (1 - true) * (1 - sp))
        _, low, high = followers.corrected_share(listed, n, e, 0.9)
        inside += low <= true <= high
    # four Monte-Carlo errors of 1,500 trials about 90 %
    assert 0.869 <= inside / trials <= 0.97


@given(st.integers(0, 200), st.integers(1, 200), st.floats(0.55, 0.999), st.floats(0.55, 0.999))
@settings(max_examples=60)
def test_corrected_shares_are_shares(listed, n, se, sp):
    e = followers.Errors(fakes=100, listed_fakes=round(100 * se), real=100, passed_real=round(100 * sp), source="measured")
    share, low, high = followers.corrected_share(min(listed, n), n, e, 0.9)
    assert 0 <= low <= share <= high <= 1


def test_two_honest_for_three_caught():
    e = followers.Errors(fakes=1_000, listed_fakes=770, real=10_000, passed_real=9_405, source="benchmark")
    assert e.precision(0.1) == pytest.approx(0.59, abs=0.005)
    assert followers.honest_text(e.precision(0.1)) == "it lists two honest people for every three fakes"


def test_own_labels_replace_the_published_errors_once_there_are_enough(glow):
    assert followers.errors(glow.data).source == "measured"
    unlabelled = glow.data.follower_sample.assign(label=pd.Series(np.nan, index=glow.data.follower_sample.index, dtype="str"))
    data = dataset(creators=glow.data.creators, follower_sample=unlabelled)
    assert followers.errors(data) == followers.published_errors()


def drawn(quartiles: tuple[float, float, float], n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw counts whose quartiles are these, log-normal on each side of the middle."""
    low, middle, high = (np.log1p(q) for q in quartiles)
    z = rng.standard_normal(n)
    return np.rint(np.expm1(np.maximum(middle + z * np.where(z < 0, middle - low, high - middle) / 0.6745, 0)))


def elsewhere(n: int, share: float, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Draw accounts like those of another study (InstaFake, published quartiles): fewer posts and followers, and more of them empty."""
    rng = np.random.default_rng(seed)
    fake = rng.random(n) < share
    told = {
        "followers": ((11, 30, 104), (218, 345, 516)),
        "following": ((282, 1_470, 2_513), (267, 420, 614)),
        "posts": ((0, 0, 1), (8, 30, 79)),
    }
    sample = {name: np.where(fake, drawn(bad, n, rng), drawn(good, n, rng)) for name, (bad, good) in told.items()}
    return pd.DataFrame(sample), fake


@pytest.mark.parametrize("which", list(followers.SCORES))
def test_the_published_score_travels_to_another_population(which):
    sample, fake = elsewhere(3_000, 0.17, 5)
    assert labelled.area(fake, followers.score(sample[list(followers.SCORES[which])], which=which))[0] >= 0.85


def test_errors_from_your_own_labels_make_the_share_right_where_the_published_ones_do_not():
    inside = published = 0
    for seed in range(40):
        sample, fake = elsewhere(900, 0.17, 700 + seed)
        own = followers.counted_errors(followers.score(sample[:500]), fake[:500], followers.published()["cut"])
        listed = int((followers.score(sample[500:]) >= followers.published()["cut"]).sum())
        for errors in (own, followers.published_errors()):
            _, low, high = followers.corrected_share(listed, 400, errors, 0.9)
            held = low <= fake[500:].mean() <= high
            inside, published = inside + (held and errors is own), published + (held and errors is not own)
    assert inside >= 32 and inside > published


@pytest.mark.parametrize("absent", [["posts"], ["followers"], ["following"]])
def test_a_missing_count_leaves_a_score_and_two_leave_none(absent):
    sample, _ = elsewhere(200, 0.3, 3)
    sample = sample.assign(creator="instagram:a", account=[f"f{i}" for i in range(200)]).drop(columns=absent)
    data = dataset(creators=pd.DataFrame({"creator": ["instagram:a"], "followers": [9_000.0]}), follower_sample=sample)
    row = trust.fakes(data, Brief()).iloc[0]
    assert row["n"] == 200 and 0.1 < row["share"] < 0.5 and absent[0] not in row["by"].split(", ")
    assert "%" in trust.base_rate_text(data, Brief())
    one = dataset(creators=data.creators, follower_sample=sample[["creator", "account"]].assign(posts=1.0))
    assert trust.fakes(one, Brief())["share"].isna().all() and "Too few" in trust.base_rate_text(one, Brief())


def test_odd_counts_do_not_break_the_score():
    sample = pd.DataFrame({"following": [0, -1, 1e12, np.nan], "followers": [0, 5, 1e12, 3], "posts": [0, 2, 1e12, 4]}, dtype="float64")
    found = followers.score(sample)
    assert np.isfinite(found[[0, 2]]).all() and np.isnan(found[[1, 3]]).all()
    assert labelled.cross_validated(sample, np.array([True, False, False, False])) is None


def test_labels_are_measured_with_intervals_once_there_are_enough():
    sample, fake = elsewhere(400, 0.2, 8)
    sample = sample.assign(creator="x:a", account=[str(i) for i in range(400)], label=np.where(fake, "fake", "real"))
    data = dataset(creators=pd.DataFrame({"creator": ["x:a"], "followers": [5_000.0]}), follower_sample=sample)
    found = trust.on_your_labels(data, Brief())
    assert found.low < found.auc < found.high and found.precision_low < found.precision < found.precision_high
    few = dataset(creators=data.creators, follower_sample=sample[:20])
    assert isinstance(trust.on_your_labels(few, Brief()), Missing)


# --- score, quoted, ask


def test_points_add_up_to_the_score_and_too_little_data_gives_none(glow):
    screened = trust.screen(glow.data, glow.brief)
    scored = trust.scores(screened, glow.data, glow.brief).set_index("creator")
    taken = trust.parts(screened).groupby("creator")["points"].sum()
    known = scored.dropna(subset=["score"])
    assert np.allclose(known["score"], np.clip(100 + taken.reindex(known.index), 0, 100))
    assert (known["low"] <= known["score"]).all() and (known["score"] <= known["high"]).all()
    judged = {c for name in ("follower_jump", "growth_without_posts", "followers_fake") for c in screened[name]["creator"]}
    without = scored.index.difference(sorted(judged))
    assert len(without) and scored.loc[without, "score"].isna().all()
    assert scored.loc[without, "lacks"].str.contains("follower history").all()


def test_every_check_has_a_kind_and_a_weight():
    table = score.weights()
    assert list(table["check"]) == list(BY_NAME) and (table["weight"] > 0).all()
    assert set(published_weights()) == set(BY_NAME)


def test_weights_of_the_brief_move_the_score(glow):
    screened = trust.screen(glow.data, glow.brief)
    before = trust.scores(screened, glow.data, glow.brief).set_index("creator")["score"]
    told = {"trust": {"weights": "followers=0, engagement=0, comments=0, profile = 0, follower_jump=60"}}
    after = trust.scores(screened, glow.data, glow.brief.model_validate(glow.brief.model_dump() | told)).set_index("creator")["score"]
    jumped = screened["follower_jump"].set_index("creator")["strength"]
    strong = [c for c in jumped.index[jumped == "strong"] if np.isfinite(after[c])]
    assert strong and (after[strong] == 40).all() and set(after.dropna()) <= {100.0, 94.0, 76.0, 40.0}
    assert not before.equals(after)


@pytest.mark.parametrize("told", ["folower_jump=4", "follower_jump", "follower_jump=-1", "comments=many", "follower_jump=nan"])
def test_wrong_weights_end_in_one_sentence(told):
    from playbook import brief as briefs

    with pytest.raises(Exception) as caught:
        briefs.parse(f"name: x\ntrust:\n  weights: {told}\n")
    assert "weights" in str(caught.value) and "Traceback" not in str(caught.value)


def test_the_shortlist_says_whose_place_hangs_on_the_weights(glow):
    screened = trust.screen(glow.data, glow.brief)
    scored = trust.scores(screened, glow.data, glow.brief)
    known = scored.dropna(subset=["score"])
    assert (known["shortlisted"].astype(bool) == (known["score"] >= 70)).all() and known["stays"].between(0, 1).all()
    # who scores 100 has nothing taken off under any weights
    assert (known.loc[known["score"] == 100, "stays"] == 1).all()
    assert trust.shortlist_text(scored, glow.brief).startswith(str(int(known["shortlisted"].sum())))


def test_signs_add_up_and_take_the_explained_for_a_tenth():
    data = engaged({7: 0.02, 31: 30.0})
    screened = trust.screen(data, Brief())
    found = trust.signs(screened)
    likes = found[found["pattern"] == "likes"].set_index("creator")
    assert likes["rarity"].idxmax() == "instagram:c31" and likes["p"].between(0, 1).all()
    alone = screened["likes_alone"].assign(explained="comments are off")
    less = trust.signs(screened | {"likes_alone": alone}).set_index(["pattern", "creator"]).loc["likes"]
    assert less.loc["instagram:c31", "rarity"] < likes.loc["instagram:c31", "rarity"]
    # known answer of Fisher's method: two of 0.01 each are 0.00102 together
    assert 10 ** -patterns.together(np.array([[2.0, 2.0]]))[0] == pytest.approx(0.00102, abs=1e-5)


def test_quoted_scores_agree_with_themselves():
    creators = [f"x:{i:02d}" for i in range(20)]
    told = pd.DataFrame(
        {"creator": creators * 2, "tool": "t", "measure": ["quality"] * 20 + ["fake_pct"] * 20, "value": [*range(20), *range(19, -1, -1)]}
    )
    data = dataset(creators=pd.DataFrame({"creator": creators}), scores=told.astype({"value": float}))
    ours = pd.DataFrame({"creator": creators, "score": np.arange(20.0)})
    agreed = quoted.agreement(quoted.beside(data, ours))
    assert np.allclose(agreed["spearman"], 1.0) and (agreed["apart"] == 0).all() and (agreed["alike"] == agreed["n"]).all()
    rates_only = dataset(
        creators=data.creators, scores=told.assign(measure="er_median").astype({"value": float}).drop_duplicates("creator")
    )
    assert isinstance(quoted.beside(rates_only, ours), Missing)
    turned = quoted.agreement(quoted.beside(data, ours.assign(score=ours["score"][::-1].to_numpy())))
    assert np.allclose(turned["spearman"], -1.0) and (turned["apart"] > 0).all()


def test_everybody_with_a_strong_finding_gets_a_question(campaign):
    screened = trust.screen(campaign.data, campaign.brief)
    flagged = trust.from_screen(screened, campaign.brief)
    asked = ask.questions(flagged, trust.scores(screened, campaign.data, campaign.brief), campaign.data)
    assert set(flagged.loc[flagged["strength"] == "strong", "creator"]) <= set(asked["creator"])
    assert asked["question"].str.len().min() > 10


# --- the whole chapter


def test_words_carry_evidence_an_innocent_side_and_a_question_and_accuse_nobody(campaign):
    found = trust.flags(campaign.data, campaign.brief)
    assert len(found) and set(found["strength"]) <= {"strong", "weak"}
    for column in ("evidence", "innocent", "question"):
        assert found[column].str.len().min() > 20
        assert not found[column].str.contains(ACCUSING).any(), found.loc[found[column].str.contains(ACCUSING), column].iloc[0]
        assert not found[column].str.contains("nan|NaT|None|unknown").any(), found.loc[
            found[column].str.contains("nan|NaT|None|unknown"), column
        ].iloc[0]
    assert found["evidence"].str.contains(r"\d").all()
    strong = found[found["strength"] == "strong"]
    assert (strong["q"] <= campaign.brief.trust.false_alarms).all() and (strong["explained"] == "").all()


def test_order_of_rows_changes_nothing(glow):
    d = glow.data
    tables = ("creators", "follower_history", "follower_sample", "comments", "audience", "scores")
    shuffled = dataset(
        as_of=d.as_of,
        posts=d.posts.to_pandas().sample(frac=1, random_state=4),
        **{t: getattr(d, t).sample(frac=1, random_state=4) for t in tables},
    )
    pd.testing.assert_frame_equal(trust.flags(d, glow.brief), trust.flags(shuffled, glow.brief))


def test_outcome_and_counts_on_samples(campaign):
    done = trust.outcome(campaign.data, campaign.brief)
    assert done.status in ("done", "partial") and findings.as_json(done)["figures"]
    values = {f.id: f.value for f in done.figures}
    flagged = trust.flags(campaign.data, campaign.brief)
    assert values["trust.strong"] == flagged.loc[flagged["strength"] == "strong", "creator"].nunique()
    assert trust.counts(campaign.data, campaign.brief).count("\n") == len(trust.CHECKS) - 1


@pytest.mark.parametrize(
    "tables",
    [
        {},
        {"creators": pd.DataFrame({"creator": ["instagram:a"]})},
        {"creators": pd.DataFrame({"creator": ["instagram:a"], "followers": [0.0], "following": [0.0]})},
        {
            "creators": pd.DataFrame({"creator": ["a", "a"], "followers": [5_000.0, 5_000]}),
            "posts": pd.DataFrame({"post": ["1"], "creator": ["a"]}),
        },
        {
            "creators": pd.DataFrame({"creator": ["a"], "followers": [5_000.0]}),
            "posts": pd.DataFrame({"post": list("123456"), "creator": "a", "likes": 0.0, "comments": 0.0}),
        },
        {
            "creators": pd.DataFrame({"creator": ["a"]}),
            "comments": pd.DataFrame({"post": ["9"], "text": ["hi"]}),
            "posts": pd.DataFrame({"post": ["1"], "creator": ["a"]}),
        },
        {"creators": pd.DataFrame({"creator": ["a"]}), "follower_sample": pd.DataFrame({"creator": ["a"], "account": ["x"]})},
        {
            "creators": pd.DataFrame({"creator": ["a"]}),
            "scores": pd.DataFrame({"creator": ["a"], "tool": ["t"], "measure": ["m"], "value": [1.0]}),
        },
    ],
)
def test_missing_data_is_said_and_never_breaks(tables):
    from playbook import show

    data, brief = dataset(**tables), Brief()
    screened = trust.screen(data, brief)
    flagged = trust.from_screen(screened, brief)
    scored = trust.scores(screened, data, brief)
    compared = trust.beside(data, scored)
    coverage = trust.coverage(screened, data)
    for shown in (
        show.trust.coverage_table(coverage, brief),
        show.trust.coverage_chart(coverage, brief),
        show.trust.flags_table(flagged, brief),
        show.trust.jump_chart(trust.jumps(data, brief), flagged, data, brief),
        show.trust.peers_chart(screened, brief),
        show.trust.fakes_table(trust.fakes(data, brief), brief),
        show.trust.fakes_chart(trust.fakes(data, brief), brief),
        show.trust.scores_table(scored, brief),
        show.trust.score_chart(trust.parts(screened), scored, brief),
        show.trust.agreement_table(trust.agreement(compared), brief),
        show.trust.disagreement_table(compared, brief),
        show.trust.questions_table(trust.questions(flagged, scored, data), brief),
        show.say(trust.base_rate_text(data, brief)),
        show.say(trust.labels_text(data, brief)),
        show.say(trust.sample_text(data, brief)),
        show.trust.signs_table(trust.signs(screened), brief),
        show.say(trust.shortlist_text(scored, brief)),
        show.trust.weights_table(trust.weights(brief), brief),
    ):
        assert repr(shown)
    done = trust.outcome(data, brief)
    assert done.status == "needs_data" and done.answer
    assert trust.counts(data, brief)


# --- real data


@pytest.fixture(scope="module")
def swiss(realdata):
    """487 followers, labelled by two people in 2017."""
    return pd.read_csv(realdata / "labelled_followers.csv")


@pytest.mark.realdata
def test_the_score_tells_labelled_fakes_cross_validated(swiss, capsys):
    found = [labelled.cross_validated(swiss, swiss["fake"].to_numpy(), seed=seed) for seed in range(3)]
    auc, low, high = (np.mean([getattr(f, name) for f in found]) for name in ("auc", "low", "high"))
    with capsys.disabled():
        print(
            f"\n487 labelled followers, ten folds: AUC {auc:.3f} (90 % {low:.3f} to {high:.3f}); precision "
            f"{np.mean([f.precision for f in found]):.2f} ({np.mean([f.precision_low for f in found]):.2f} to "
            f"{np.mean([f.precision_high for f in found]):.2f}) where {found[0].base_rate:.1%} are fake"
        )
    assert auc >= 0.90 and low < auc < high
    published = followers.published_errors()
    assert (published.fakes, published.real) == (found[0].errors.fakes, found[0].errors.real)
    assert abs(published.sensitivity - np.mean([f.errors.sensitivity for f in found])) < 0.06
    assert abs(published.specificity - np.mean([f.errors.specificity for f in found])) < 0.02


@pytest.mark.realdata
@pytest.mark.parametrize("which", list(followers.SCORES))
def test_the_published_weights_are_those_of_the_fit(swiss, which):
    names = followers.SCORES[which]
    found = followers.fit_weights(swiss, swiss["fake"].to_numpy(), names=names)
    rules = followers.published(which)
    assert np.allclose(found, [rules[t] for t in ("intercept", *names)], atol=0.01)


@pytest.mark.slow
@pytest.mark.realdata
@pytest.mark.parametrize("absent", [None, *followers.FEATURES])
def test_the_corrected_share_covers_a_half_that_nobody_has_seen(swiss, absent, capsys):
    fake = swiss["fake"].to_numpy()
    sample = swiss.drop(columns=absent or [])
    splits = range(50_000, 50_200)
    found = np.array([labelled.unseen_share(sample, fake, seed=seed, level=0.9) for seed in splits])
    inside = ((found[:, 1] <= found[:, 3]) & (found[:, 3] <= found[:, 2])).mean()
    with capsys.disabled():
        print(
            f"\n200 halves without {absent or 'nothing'}: truth inside 90 % intervals in {inside:.1%}; "
            f"mean error {np.mean(found[:, 0] - found[:, 3]):+.3f}"
        )
    # right 90 % intervals fall under 84 % of 200 splits once in two hundred times
    assert inside >= 0.84


def instagram(realdata):
    frame = pd.read_csv(realdata / "instagram_posts.csv").assign(creator=lambda f: "instagram:" + f["account"])
    posts = frame[["creator", "post", "posted_at", "likes", "comments"]].assign(posted_at=pd.to_datetime(frame["posted_at"], utc=True))
    creators = frame.groupby("creator", as_index=False).agg(followers=("followers", "first"), following=("following", "first"))
    return creators, posts


@pytest.mark.realdata
def test_few_real_creators_are_flagged_and_the_rest_is_said(realdata):
    creators, posts = instagram(realdata)
    data = dataset(creators=creators, posts=posts)
    found = trust.flags(data, Brief())
    assert found.loc[found["strength"] == "strong", "creator"].nunique() <= 0.02 * len(creators)
    lacking = trust.coverage(trust.screen(data, Brief()), data).query("checked == 0")
    assert {"follower_jump", "followers_fake", "comments_generic"} <= set(lacking["check"]) and (lacking["needs"] != "").all()
    assert trust.outcome(data, Brief()).status == "partial"
