"""Exports met later than the first ones: collections of public data, reports by day, tables flattened from records, unknown tongues."""

from __future__ import annotations

import pandas as pd
import pytest

from playbook.brief import parse
from playbook.data.load import read
from playbook.data.values import numbers
from playbook.errors import NotUsable
from tests import foreign
from tests.test_readers import by, data_of, folder, said  # noqa: F401 - folder is a fixture

BRIEF = parse("name: Spring\nbrand: {name: Acme, handle: acme}\nmarket: {platforms: [instagram, tiktok, youtube]}\n")


def of(folder, name: str, text: str, encoding: str = "utf-8"):  # noqa: F811
    target = folder / "exports" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(text.encode(encoding))
    return read(folder, BRIEF).dataset


def test_sprout_posts_have_their_times_month_first_and_the_ids_of_their_addresses(folder):  # noqa: F811
    post = data_of(folder, "sprout posts.csv").posts.to_pandas().iloc[0]
    assert post["creator"] == "instagram:ana.bakes" and post["post"] == foreign.shortcode(foreign.MAY)
    assert post["posted_at"] == pd.Timestamp("2026-05-01 10:30", tz="UTC") and post["format"] == "photo"
    assert (post["impressions"], post["reach"], post["likes"], post["caption"]) == (12_000, 9_000, 600, "Flour, sugar")


def test_sprout_profiles_fill_the_history_of_creators_and_the_brands_own_days(folder):  # noqa: F811
    data = data_of(folder, "sprout profiles.csv")
    assert by(data.follower_history, "day")[pd.Timestamp("2026-05-02")]["followers"] == 295_400
    assert set(data.follower_history["creator"]) == {"instagram:ana.bakes"}
    assert dict(zip(data.brand_daily["measure"], data.brand_daily["value"], strict=True)) == {"followers": 1200, "followers_gained": -3}


def test_a_trending_list_gives_each_video_once_on_its_last_day_whatever_its_counts_did(folder):  # noqa: F811
    data = data_of(folder, "USvideos.csv")
    posts = by(data.posts.to_pandas(), "post")
    # likes fell from 90 to 70 when accounts were cleaned: the last day counts, not the higher number
    assert (posts["-bCdEfGhIj0"]["likes"], posts["-bCdEfGhIj0"]["views"]) == (70, 2500)
    assert posts["-bCdEfGhIj0"]["caption"] == 'Salt & "Pepper"' and posts["-bCdEfGhIj0"]["creator"] == "youtube:ana_bakes"
    assert pd.isna(posts["kLmNoPqRsT1"]["likes"]) and pd.isna(posts["kLmNoPqRsT1"]["comments"])
    assert by(data.creators, "creator")["youtube:ben"]["name"] == "Ben"
    assert "rates from them are too high" in said(data)


def test_youtube_breakdowns_tell_the_audience_and_the_days(folder):  # noqa: F811
    data = data_of(folder, "@ana.tv/Geography.csv", "@ana.tv/Alter.csv", "yt days.csv")
    shares = {(d, b): s for d, b, s in data.audience[["dimension", "bucket", "share"]].itertuples(index=False)}
    assert shares == {
        ("country", "DE"): 0.6,
        ("country", "US"): 0.3,
        ("age", "18-24"): 0.331,
        ("age", "25-34"): 0.431,
        ("age", "65+"): 0.238,
    }
    assert set(data.audience["creator"]) == {"youtube:ana.tv"}
    days = data.brand_daily.pivot(index="day", columns="measure", values="value")
    assert days["views"].tolist() == [100, 200] and days["followers_gained"].tolist() == [3, -1]


def test_tables_flattened_from_records_are_read_as_these(folder):  # noqa: F811
    data = data_of(folder, "tiktok-scraper.csv", "yt channels.csv")
    creators = by(data.creators, "creator")
    assert creators["tiktok:ella.eats"]["followers"] == 12_300 and creators["youtube:ana.tv"]["followers"] == 39_100
    # a flag that came as text: the word False is not true
    assert pd.isna(creators["youtube:ben.tv"]["followers"]) and "1 channel hides subscribers" in said(data)
    assert data.posts.to_pandas()["likes"].tolist() == [1200]


@pytest.mark.parametrize("name", ["@ana/followers.csv", "@ana/tiktok/a.csv", "tiktok_ana/b.csv"])
def test_a_bare_table_of_days_and_followers_belongs_to_its_folder(folder, name):  # noqa: F811
    history = of(folder, name, "Date,Followers\n2026-01-01,1200\n2026-01-02,1.2K\n2026-01-03,1199\n").follower_history
    assert history["followers"].tolist() == [1200, 1200, 1199]
    assert set(history["creator"]) == {"ana" if "tiktok" not in name else "tiktok:ana"}


def test_a_bare_table_of_days_and_followers_that_is_nobodys_is_asked_about(folder):  # noqa: F811
    with pytest.raises(NotUsable, match="follower_history"):
        of(folder, "numbers.csv", "Date,Followers\n2026-01-01,1200\n2026-01-02,1210\n")


UNKNOWN_TONGUES = {
    "Danish": "Vedhæftet,Link,Lagt op,Likes i alt,Kommentarer,Visninger,Views",
    "German": "Datum,Videolink,Veröffentlichungszeit,Gesamtzahl der Likes,Gesamtzahl der Kommentare,Notiz,Gesamtzahl der Aufrufe",
    "Italian": "Ora,Link al video,Ora del post,Likes totali,Commenti totali,Nota,Visualizzazioni totali",
}


@pytest.mark.parametrize("tongue", UNKNOWN_TONGUES)
def test_posts_are_known_by_their_addresses_in_tongues_that_no_reader_knows(folder, tongue):  # noqa: F811
    rows = "".join(
        f"6. Juni,https://www.tiktok.com/@ella.eats/video/{foreign.video_id(foreign.MAY + i)},3. Mai,{10 + i},{i},x,{100 * i + 7}\n"
        for i in range(4)
    )
    data = of(folder, "x.csv", f"{UNKNOWN_TONGUES[tongue]}\n{rows}")
    posts = by(data.posts.to_pandas(), "post")[foreign.video_id(foreign.MAY + 2)]
    assert (posts["creator"], posts["likes"], posts["views"]) == ("tiktok:ella.eats", 12, 207)
    assert posts["posted_at"] == pd.Timestamp(foreign.MAY + 2, unit="s", tz="UTC")
    assert "look whether that is right" in said(data)


def test_youtube_tables_are_known_by_their_ids_where_the_words_are_not(folder):  # noqa: F811
    text = (
        "Bxyz,Otsikko,Julkaistu,Näyttökerrat,Impressions\nYhteensä,,,30,\n"
        'aBcDeFgHiJ0,Leipä,"Aug 19, 2011",10,100\naBcDeFgHiJ1,Voi,"Aug 20, 2011",20,100\n'
    )
    data = of(folder, "@ana.tv/Taulukko.csv", text)
    posts = by(data.posts.to_pandas(), "post")
    assert posts["aBcDeFgHiJ1"]["views"] == 20 and posts["aBcDeFgHiJ1"]["caption"] == "Voi"
    assert posts["aBcDeFgHiJ0"]["posted_at"] == pd.Timestamp("2011-08-19", tz="UTC")


def test_headers_that_differ_in_articles_and_accents_are_the_same(folder):  # noqa: F811
    text = foreign.META_EN.replace("Post ID", "Identifiant de publication").replace("Account username", "Nom d’utilisateur du compte")
    text = text.replace("Publish time", "Heure de publication").replace("Account name", "Nom du compte").replace("Likes", "Mentions J’aime")
    data = of(folder, "x.csv", text)
    assert data.provenance[0].format == "Meta Business Suite content export"
    assert by(data.posts.to_pandas(), "post")[foreign.shortcode(foreign.MAY)]["likes"] == 310


def test_results_of_two_platforms_are_both_read_and_never_one_series(folder):  # noqa: F811
    blocks = "\n".join(
        f'"{title}"\n"Date","Primary"\n"2026-05-01T00:00:00","{n}"\n' for title, n in (("Facebook reach", 7), ("Instagram reach", 9))
    )
    data = of(folder, "Results.csv", "\ufeffsep=,\n" + blocks, "utf-16-le")
    assert dict(zip(data.brand_daily["measure"], data.brand_daily["value"], strict=True)) == {"facebook_reach": 7, "reach": 9}


def test_times_are_kept_where_made_up_ids_tell_nothing(folder):  # noqa: F811
    # ids of another time than any: neither order of day and month brings them together, and no cell may be lost over it
    text = foreign.META_EN
    for made in (foreign.MAY, foreign.MAY + 167_400, foreign.MAY + 253_800):
        text = text.replace(foreign.shortcode(made), foreign.shortcode(made - 700 * 86_400))
    text = text.replace("05/01/2026", "05/14/2026").replace("05/03/2026", "05/16/2026").replace("05/04/2026", "05/17/2026")
    data = of(folder, "x.csv", text)
    assert data.posts.to_pandas()["posted_at"].notna().all()
    assert "the days stand before the months" not in said(data)


@pytest.mark.parametrize(
    ("text", "count"),
    [("13.8M subscribers", 13_800_000), ("1,234 views", 1234), ("4 M de seguidores", 4_000_000), ("12 Aufrufe", 12), ("7 days", None)],
)
def test_numbers_may_say_what_they_count(text, count):
    got = numbers(pd.Series([text], dtype=object).to_numpy(), kind="count").values[0]
    assert (None if pd.isna(got) else got) == count


def test_a_column_headed_with_a_number_sign_is_no_comment(folder):  # noqa: F811
    creators = of(folder, "x.csv", '#,Username,Followers,Country\n1,ana,1200,Germany\n2,ben,900,"Graz, Austria"\n').creators
    assert by(creators, "handle")["ben"]["country"] == "AT" and len(creators) == 2


def test_a_slip_in_the_header_of_followers_and_a_country_column_without_countries(folder):  # noqa: F811
    text = "Rank,Username,Suscribers,Country,Audience Country\n1,ana,1.2M,All,Germany\n2,ben,0.9M,All,Spain\n"
    data = of(folder, "youtubers.csv", text)
    creators = by(data.creators, "handle")
    assert creators["ana"]["followers"] == 1_200_000 and creators["ben"]["country"] == "ES"
    assert "'Country' holds words such as 'All'" in said(data)


def _large(rows: int) -> str:
    """Return posts with every oddity that a large file may have: blank and overfull rows, repeated posts, quoted lines, marks."""
    lines = ["creator,platform,post,posted_at,format,likes,comments,views,caption,followers"]
    for n in range(rows):
        likes = {7: "--", 11: "1.5K", 13: "-1"}.get(n % 17, str(n * 3))
        moment = "soon" if n % 41 == 5 else f"2026-0{n % 6 + 1}-{n % 28 + 1:02d}T{n % 24:02d}:00:00" + ("Z" if n % 3 else "")
        caption = f'"line {n % 60}\nof ""two"" 😀"' if n % 5 else "N/A"
        lines.append(
            f"user{n % 9},instagram,{17900000000000000 + n - 9 * (n % 29 == 28)},{moment},reel,{likes},{n % 50},{n * 9},{caption},{100 + n}"
        )
        if n % 37 == 0:
            lines.append("")
        if n % 53 == 0:
            lines.append(lines[-1] + ",too,much" if lines[-1] else "user1,instagram,1,,,,,,,,too,much")
    return "\n".join(lines) + "\n"


def test_large_files_are_read_in_pieces_with_the_same_tables_and_findings(folder, monkeypatch):  # noqa: F811
    from playbook.data import engine
    from playbook.data.load import reading
    from playbook.data.readers.containers import csv_text

    (folder / "exports" / "x.csv").write_text(_large(700), encoding="utf-8")
    whole = reading.read(folder, BRIEF)
    monkeypatch.setattr(csv_text, "LARGE_BYTES", 0)
    monkeypatch.setattr(csv_text, "PIECE", 0)
    monkeypatch.setattr(csv_text, "FEWEST", 41)
    monkeypatch.setattr(engine, "PIECE", 41)
    pieces = reading.read(folder, BRIEF)
    assert len(whole.aside) > 20 and whole.dataset.posts.to_pandas()["caption"].str.contains("😀").sum() > 100
    pd.testing.assert_frame_equal(pieces.dataset.posts.to_pandas(), whole.dataset.posts.to_pandas())
    pd.testing.assert_frame_equal(pieces.dataset.creators, whole.dataset.creators)
    pd.testing.assert_frame_equal(pieces.aside, whole.aside)
    assert [f.text for f in pieces.dataset.findings] == [f.text for f in whole.dataset.findings]
    assert pieces.dataset.provenance == whole.dataset.provenance


def test_a_file_of_too_many_rows_is_refused_with_its_number_of_rows(folder, monkeypatch):  # noqa: F811
    from playbook.data.readers.containers import csv_text

    monkeypatch.setattr(csv_text, "LARGE_BYTES", 0)
    monkeypatch.setattr(csv_text, "MAX_ROWS", 10)
    (folder / "exports" / "x.csv").write_text(_large(20), encoding="utf-8")
    with pytest.raises(NotUsable, match=r"x.csv: has \d\d rows; expected at most 10"):
        read(folder, BRIEF)


def test_only_the_kits_own_tables_are_read_in_pieces(folder, monkeypatch):  # noqa: F811
    from playbook.data.load import reading

    monkeypatch.setattr(reading, "LARGEST_WHOLE", 10)
    with pytest.raises(NotUsable, match="MB of a Meta Business Suite content export file"):
        of(folder, "x.csv", foreign.META_EN)
    assert len(of(folder, "x.csv", "creator,platform,followers\nana,instagram,1200\nben,instagram,900\n").creators) == 2


def test_files_that_each_fit_but_not_together_are_refused_with_the_rows_of_all(folder, monkeypatch):  # noqa: F811
    from playbook.data.load import reading

    monkeypatch.setattr(reading, "MOST_ROWS", 3)
    (folder / "creators.csv").write_text("creator,platform,followers\nana,instagram,1200\nben,instagram,900\n", encoding="utf-8")
    with pytest.raises(NotUsable, match="holds 5 rows in all its CSV files; the kit reads 3 at most"):
        of(folder, "x.csv", foreign.META_EN)


def test_the_name_of_a_file_tells_the_platform_where_nothing_else_does(folder):  # noqa: F811
    text = "creator,followers,total_likes\nana,1200,50\n"
    brief = parse("name: Spring\nmarket: {platforms: [instagram]}\n")
    (folder / "exports" / "tiktok_creators.csv").write_text(text, encoding="utf-8")
    data = read(folder, brief).dataset
    assert data.creators["creator"].tolist() == ["tiktok:ana"] and "tiktok by the file's name" in said(data)


SHORT = ["485.2M", "13.8M", "900K", "1.2K"]
FULL = [485_201_133, 13_812_345, 899_990, 1_234]
PAIRS = {
    "camel case": ("FollowersText", "FollowersCount", SHORT, FULL),
    "read twice": ("Followers", "Followers.1", SHORT, FULL),
    "with what it counts": ("subscriberCountText", "subscriberCount", [f"{s} subscribers" for s in SHORT], FULL),
    "total": ("Followers", "Total Followers", SHORT, [f'"{n:,}"' for n in FULL]),
    "German": ("Abonnenten", "Abonnenten (Zahl)", ['"485,2 Mio."', '"13,8 Mio."', '"900 Tsd."', '"1,2 Tsd."'], FULL),
    "Spanish": ("Seguidores", "Seguidores (número)", ['"485,2 M"', '"13,8 M"', '"900 mil"', '"1,2 mil"'], FULL),
    "decimals": ("followers", "follower_count_numeric", SHORT, [f"{n}.0" for n in FULL]),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("kind", PAIRS)
def test_a_text_beside_its_number_is_compared_in_every_row_and_the_number_read(folder, kind, encoding):  # noqa: F811
    one, other, short, full = PAIRS[kind]
    rows = "".join(f"{i + 1},user{i},{s},{n},Germany\n" for i, (s, n) in enumerate(zip(short, full, strict=True)))
    data = of(folder, "table.csv", f"Rank,Username,{one},{other},Country\n{rows}", encoding)
    assert by(data.creators, "handle")["user1"]["followers"] == FULL[1]
    assert "agree in all 4 pairs" in said(data), said(data)


def test_a_pair_that_no_reader_compares_is_compared_all_the_same(folder):  # noqa: F811
    text = "username,fullName,followersCount,followersText\nana,Ana,13812345,13.8M\nben,Ben,900000,850K\n"
    data = of(folder, "profiles.csv", text)
    assert data.provenance[0].format == "Apify Instagram"
    assert "differ in 1 of 2 pairs (row 3: '900000' against '850K')" in said(data)


def test_handle_and_name_in_one_cell_are_taken_apart_at_the_line(folder):  # noqa: F811
    text = 'Rank,Name,Followers,ER,Topic of influence\n1,"ana.bakes\nAna Bakes",1.2M,1.39%,Food\n2,"ben\nBen",900K,2%,Music\n'
    data = of(folder, "hype.csv", text)
    assert by(data.creators, "handle")["ana.bakes"]["name"] == "Ana Bakes"
    assert by(data.creators, "handle")["ben"]["niche"] == "Music"


def test_records_with_names_in_camel_case_are_a_table_of_creators(folder):  # noqa: F811
    text = '[{"channelName": "Ana", "channelUsername": "ana.tv", "numberOfSubscribers": 13800000, "channelTotalViews": 5}]'
    data = of(folder, "channels.json", text)
    assert by(data.creators, "handle")["ana.tv"]["followers"] == 13_800_000
