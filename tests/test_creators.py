"""Chapter 02: sizes, what is known about whom, what was loaded, who posts now, and one creator's card."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import playbook
from playbook import creators, show
from playbook.brief import Brief
from playbook.data.dataset import SourceFile, dataset
from playbook.errors import BadCall
from playbook.findings import Finding, Missing

BRIEF = Brief()
NOW = pd.Timestamp("2026-03-31 12:00", tz="UTC")


def people(**followers: float) -> pd.DataFrame:
    names = [f"instagram:{n}" for n in followers]
    return pd.DataFrame({"creator": names, "platform": "instagram", "followers": list(followers.values())})


def post(creator: str, days_ago: float, **counts: float) -> dict:
    return {"creator": f"instagram:{creator}", "posted_at": NOW - pd.Timedelta(days=days_ago), **counts}


def posts(*rows: dict) -> pd.DataFrame:
    return pd.DataFrame(rows).assign(post=[f"p{i}" for i in range(len(rows))])


# ---------------------------------------------------------------------------------- sizes


@given(st.lists(st.floats(0, 1e8), min_size=1, max_size=60), st.integers(1, 10_000), st.integers(10_001, 10**6))
def test_every_creator_is_in_exactly_the_class_between_the_lines(followers, micro, macro):
    brief = Brief.model_validate({"tiers": {"micro": micro, "macro": macro}})
    got = creators.tier(pd.Series(followers), brief).astype(str).tolist()
    assert got == ["below micro" if f < micro else "micro" if f < macro else "macro" for f in followers]


def test_counts_by_class_add_up_and_the_unknown_have_a_row():
    data = dataset(creators=people(a=500, b=1000, c=99_999, d=100_000, e=math.nan), posts=posts(post("b", 1, likes=3.0)))
    table = creators.by_tier(data, BRIEF).set_index("tier")
    assert table["creators"].to_dict() == {"below micro": 1, "micro": 2, "macro": 1, "unknown": 1}
    assert table["share"].sum() == pytest.approx(1)
    assert table.loc["micro", "median_followers"] == (1000 + 99_999) / 2 and table.loc["micro", "with_posts"] == 1
    assert "no follower count is known" in creators.tier_sentence(data, BRIEF)


def test_platforms_tell_which_the_brief_wants():
    table = people(a=1000, b=2000)
    table.loc[1, "platform"] = "tiktok"
    got = creators.by_platform(dataset(creators=table), BRIEF).set_index("platform")["wanted"]
    assert got.to_dict() == {"instagram": True, "tiktok": False}


# ---------------------------------------------------------------- where to look, what to note


def test_the_worksheet_speaks_of_the_brand_and_leaves_no_hole():
    brief = Brief.model_validate(
        {
            "brand": {"handle": "glow", "keywords": ["Clean Skin"], "niches": ["beauty"]},
            "market": {"country": "DE", "platforms": ["tiktok"]},
            "tiers": {"micro": 5000, "macro": 50_000},
        }
    )
    for b in (brief, BRIEF):
        sheet = creators.sourcing(b)
        assert set(sheet["way"]) == {"by hand", "in tools", "newer platforms"}
        text = " ".join(sheet[["place", "how", "note_down"]].to_numpy().ravel())
        assert "{" not in text and "}" not in text
    text = " ".join(creators.sourcing(brief)["how"])
    assert "@glow" in text and "#cleanskin" in text and "DE" in text and "5,000 to 50,000" in text
    assert "TikTok" not in creators.sourcing(brief).query("way == 'newer platforms'")["place"].iloc[0]


def test_known_of_is_true_exactly_where_a_value_is():
    data = dataset(
        creators=people(a=10, b=20).assign(niche=["food", None]),
        posts=posts(post("a", 1, comments=2.0), post("a", 2, likes=5.0), post("stranger", 1, likes=1.0)),
        quotes=pd.DataFrame({"creator": ["instagram:b"], "fee": [0.0]}),
    )
    known = creators.known_of(data).set_index("creator")
    assert known.loc["instagram:a", ["creators.niche", "posts.likes", "posts.comments", "quotes.fee"]].tolist() == [True, True, True, False]
    assert known.loc["instagram:b", ["creators.niche", "posts.likes", "quotes.fee"]].tolist() == [False, False, True]
    assert "instagram:stranger" not in known.index
    notes = creators.to_note(data).set_index(["table", "column"])
    assert notes.loc[("creators", "niche"), ["known", "share"]].tolist() == [1, 0.5]
    assert notes.loc[("posts", "views"), "known"] == 0


def test_every_thing_to_note_is_a_column_that_exists():
    from playbook.data.tables import TABLES

    for row in creators.to_note(dataset()).itertuples():
        assert row.column in TABLES[row.table].names
        assert row.by_hand in ("yes", "ask", "tool") and len(row.why) > 5


# ------------------------------------------------------------------ loaded, active, one card


def test_files_tell_what_was_set_aside_and_why():
    file = SourceFile(
        path="exports/b.csv", sha256="0", format="kit", rows=12, tables={"creators": 9, "posts": 0}, set_aside={"no handle": 2, "twice": 1}
    )
    other = SourceFile(
        path="a.csv", sha256="1", format="kit", confidence=0.9, rows=1, creators=3, first_day="2026-01-01", last_day="2026-02-01"
    )
    table = creators.files(dataset(provenance=(file, other)))
    assert table["file"].tolist() == ["a.csv", "exports/b.csv"]
    assert table.iloc[1][["used_for", "set_aside", "why"]].tolist() == ["creators (9)", 3, "no handle (2); twice (1)"]
    assert table.iloc[0][["used_for", "sure", "creators", "period"]].tolist() == ["nothing", 0.9, 3, "2026-01-01 to 2026-02-01"]
    assert "no handle" in repr(show.creators.files_table(table, BRIEF))


def test_activity_counts_days_back_from_now():
    data = dataset(
        creators=people(busy=1000, quiet=1000, undated=1000, never=1000),
        posts=pd.concat(
            [
                posts(*(post("busy", d, likes=1.0) for d in (0, 29.9, 30.1, 89.9, 90.1, -1))),
                posts(post("quiet", 200, likes=1.0)).assign(post="q"),
                pd.DataFrame(
                    {"post": ["u"], "creator": ["instagram:undated"], "posted_at": pd.Series([pd.NaT], dtype="datetime64[us, UTC]")}
                ),
            ]
        ),
        as_of=NOW,
    )
    table = creators.activity(data, BRIEF).set_index("creator")
    # a post dated after now does not count
    assert table.loc["instagram:busy", ["posts", "posts_30", "posts_90"]].tolist() == [5, 2, 4]
    assert table.loc["instagram:quiet", "days_since"] == pytest.approx(200)
    assert table.loc["instagram:undated", "posts"] == 1 and math.isnan(table.loc["instagram:undated", "posts_30"])
    assert table.loc["instagram:never", "posts"] == 0
    sentence = creators.activity_sentence(data, BRIEF)
    assert sentence.startswith("1 of 2 creators") and "@quiet longest" in sentence


def test_a_card_shows_the_creators_own_numbers_and_findings_only():
    about = Finding(level="warning", about="creators.csv row 2, instagram:ana", found="followers jumped")
    other = Finding(level="note", about="creators.csv row 3, instagram:anabel", found="no niche")
    data = dataset(
        creators=people(ana=5000, anabel=70),
        posts=posts(post("ana", 3, likes=10.0, comments=2.0), post("ana", 9, likes=30.0, comments=0.0), post("anabel", 1, likes=7.0)),
        quotes=pd.DataFrame({"creator": ["instagram:ana"], "deliverable": ["reel"], "fee": [150.0], "currency": ["GBP"]}),
        findings=(about, other),
        as_of=NOW,
    )
    card = creators.card(data, BRIEF, "@Ana")
    assert card.creator == "instagram:ana" and card.findings == (about,)
    assert card.posts["engagement"].tolist() == [30, 12]
    value = card.numbers.set_index("what")["value"]
    assert value["Followers"] == "5,000" and value["Typical likes"] == "20 (median of 2 posts)" and value["Fee asked for reel"] == "150 GBP"
    assert value["Niche"] == "unknown" and card.numbers.set_index("what").loc["Niche", "source"] == ""
    # by default the one who posts most in the micro class
    assert creators.card(data, BRIEF).creator == "instagram:ana"


def test_a_creator_is_found_by_handle_and_a_stranger_is_refused_in_one_sentence():
    both = pd.concat([people(ana=1, bo=2), people(ana=3).assign(creator="tiktok:ana")])
    data = dataset(creators=both)
    assert creators.find(data, "@BO") == "instagram:bo" and creators.find(data, "tiktok:ana") == "tiktok:ana"
    with pytest.raises(BadCall, match="2 times; name one of instagram:ana and tiktok:ana"):
        creators.find(data, "ana")
    with pytest.raises(BadCall, match=r"not among the 3 creators \(did you mean ana"):
        creators.find(data, "anna")


# ------------------------------------------------------------------------------ little data


EMPTY = {
    "nothing": {},
    "one creator": {"creators": people(a=5000)},
    "no sizes": {"creators": people(a=math.nan, b=0)},
    "one undated post": {"creators": people(a=5000), "posts": pd.DataFrame({"post": ["p"], "creator": ["instagram:a"], "likes": [3.0]})},
    "posts of strangers": {"creators": people(a=5000), "posts": posts(post("x", 1, likes=1.0))},
    "no platform": {"creators": pd.DataFrame({"creator": ["a"], "followers": [2e4]}), "posts": posts(post("a", 1)).assign(creator="a")},
}


@pytest.mark.parametrize("tables", EMPTY.values(), ids=EMPTY.keys())
def test_too_little_data_is_said_and_shown(tables):
    data = dataset(**tables)
    activity, card = creators.activity(data, BRIEF), creators.card(data, BRIEF)
    for shown in (
        show.creators.files_table(creators.files(data), BRIEF),
        show.creators.notes_table(creators.to_note(data), BRIEF),
        show.creators.tiers_table(creators.by_tier(data, BRIEF), BRIEF),
        show.creators.platforms_table(creators.by_platform(data, BRIEF), BRIEF),
        show.creators.sizes_chart(creators.with_tiers(data, BRIEF), BRIEF),
        show.creators.known_chart(creators.known_of(data), creators.to_note(data), BRIEF),
        show.creators.activity_chart(activity, BRIEF),
        show.creators.activity_table(activity, BRIEF),
        show.creators.card_table(card, BRIEF),
        show.creators.card_chart(card, BRIEF),
        *(show.say(s(data, BRIEF)) for s in (creators.tier_sentence, creators.gaps_sentence, creators.activity_sentence)),
    ):
        assert repr(shown) and "nan" not in repr(shown).lower().split()
    about_us = set(tables.get("posts", pd.DataFrame({"creator": []}))["creator"]) & set(data.creators["creator"])
    status = "needs_data" if not tables else "done" if about_us else "partial"
    assert creators.outcome(data, BRIEF).status == status
    assert creators.counts(data, BRIEF).startswith(f"creators: {len(data.creators)}")


def test_order_of_rows_changes_nothing(coffee):
    data, brief = coffee.data, coffee.brief
    shuffled = dataset(
        creators=data.creators.sample(frac=1, random_state=3),
        posts=data.posts.to_pandas().sample(frac=1, random_state=4),
        quotes=data.quotes,
        as_of=data.as_of,
    )
    straight = dataset(creators=data.creators, posts=data.posts.to_pandas(), quotes=data.quotes, as_of=data.as_of)
    for result in (creators.by_tier, creators.by_platform, creators.activity):
        pd.testing.assert_frame_equal(result(straight, brief), result(shuffled, brief))
    pd.testing.assert_frame_equal(creators.known_of(straight), creators.known_of(shuffled))
    assert creators.card(straight, brief).creator == creators.card(shuffled, brief).creator


def test_on_the_samples_counts_agree_with_the_table(campaign):
    data, brief = campaign.data, campaign.brief
    outcome = creators.outcome(data, brief)
    figures = {f.id: f.value for f in outcome.figures}
    assert outcome.status == "done" and figures["creators.count"] == len(data.creators)
    micro = dict(brief.tiers.bounds())["micro"]
    above = min(b for _, b in brief.tiers.bounds() if b > micro)
    assert figures["creators.micro.count"] == data.creators["followers"].between(micro, above, inclusive="left").sum()
    assert figures["creators.with_quote"] == data.quotes.loc[data.quotes["fee"].notna(), "creator"].nunique()
    assert not isinstance(creators.activity_sentence(data, brief), Missing)


@pytest.mark.realdata
def test_real_instagram_creators(realdata):
    told = pd.read_csv(realdata / "instagram_posts.csv")
    told["creator"] = "instagram:" + told["account"]
    people_ = told.groupby("creator", as_index=False)[["followers", "following"]].first()
    rows = told[["creator", "post", "likes", "comments"]].assign(posted_at=pd.to_datetime(told["posted_at"], utc=True))
    data = dataset(creators=people_, posts=rows)
    assert creators.by_tier(data, BRIEF).set_index("tier")["creators"].to_dict() == {"below micro": 0, "micro": 490, "macro": 45}
    notes = creators.to_note(data).set_index(["table", "column"])["share"]
    assert notes[("posts", "likes")] == 1 and notes[("quotes", "fee")] == 0


# over time


def test_what_there_is_over_time_counts_creators_month_by_month(tmp_path):
    (tmp_path / "campaign.yml").write_text("name: S\nas_of: 2024-03-31\nmarket: {platforms: [instagram]}\n", encoding="utf-8")
    (tmp_path / "creators.csv").write_text("creator,followers\nana,5\nben,5\ncem,5\ndan,5\n", encoding="utf-8")
    (tmp_path / "posts.csv").write_text(
        "post,creator,posted_at\n1,ana,2024-01-05\n2,ana,2024-01-09\n3,ben,2024-01-09\n4,ana,2024-03-01\n5,ben,2024-06-01\n",
        encoding="utf-8",
    )
    (tmp_path / "orders.csv").write_text("order,ordered_at,revenue\n1,2024-02-01,5\n2,2024-02-02,5\n", encoding="utf-8")
    loaded = playbook.load(tmp_path)
    months = creators.over_time(loaded.data, loaded.brief)
    months["name"] = months["month"].dt.strftime("%Y-%m")
    posts = months[months["what"] == "posts"].set_index("name")
    assert posts["creators"].to_dict() == {"2024-01": 2, "2024-03": 1}  # what lies after now does not count
    assert posts["share"].to_dict() == {"2024-01": 0.5, "2024-03": 0.25}
    own = months[months["what"] != "posts"]
    assert own["creators"].isna().all() and own["days"].tolist() == [2] and own["share"].tolist() == [2 / 29]
    said = creators.over_time_sentence(months, loaded.data, loaded.brief)
    assert "Jan 2024 to Mar 2024" in said and "Jan 2024, the fullest month, 2 creators posted" in said
    assert "no creator" in said


def test_a_folder_without_times_says_so(tmp_path):
    (tmp_path / "campaign.yml").write_text("name: S\nmarket: {platforms: [instagram]}\n", encoding="utf-8")
    (tmp_path / "creators.csv").write_text("creator,followers\nana,5\n", encoding="utf-8")
    loaded = playbook.load(tmp_path)
    months = creators.over_time(loaded.data, loaded.brief)
    assert "has a time" in months.text and creators.over_time_sentence(months, loaded.data, loaded.brief) is months
