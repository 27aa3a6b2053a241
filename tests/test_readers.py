"""Files as the tools wrote them: who claims each, and what is read, quirk by quirk."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest

from playbook.brief import parse
from playbook.creators import with_tiers
from playbook.data.dataset import Dataset
from playbook.data.load import read
from tests import foreign

BRIEF = "name: Spring\nbrand: {name: Acme, handle: acme}\nmarket: {platforms: [instagram, tiktok, youtube]}\n"


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "exports").mkdir()
    return tmp_path


def put(folder: Path, *paths: str) -> None:
    for path in paths:
        target = folder / "exports" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(foreign.FILES[path][1])


def data_of(folder: Path, *paths: str, brief: str = BRIEF) -> Dataset:
    put(folder, *paths)
    return read(folder, parse(brief)).dataset


def said(data: Dataset) -> str:
    return " ".join(f.text for f in data.findings)


def by(frame: pd.DataFrame, key: str) -> dict:
    return frame.set_index(key).to_dict("index")


@pytest.mark.parametrize("path", foreign.FILES)
def test_each_file_is_claimed_by_its_reader_and_says_why(folder, path):
    put(folder, path)
    (folder / "creators.csv").write_text("creator,platform,followers\nsomebody,instagram,10\n", encoding="utf-8")
    found = next(f for f in read(folder, parse(BRIEF)).dataset.provenance if f.path.startswith("exports/"))
    assert found.format == foreign.FILES[path][0], found
    assert 0.85 <= found.confidence < 1 and found.why


@pytest.mark.parametrize("path", [p for p in foreign.FILES if p.endswith(".csv") and "/" not in p])
def test_the_name_decides_nothing(folder, path):
    (folder / "exports" / "x.txt").write_bytes(foreign.FILES[path][1])
    (folder / "creators.csv").write_text("creator,platform,followers\nsomebody,instagram,10\n", encoding="utf-8")
    found = next(f for f in read(folder, parse(BRIEF)).dataset.provenance if f.path.startswith("exports/"))
    assert found.format == foreign.FILES[path][0]


def test_all_files_together_are_read_without_losing_one(folder):
    data = data_of(folder, *foreign.FILES)
    assert {f.format for f in data.provenance} == {name for name, _ in foreign.FILES.values()}
    assert all(sum(f.tables.values()) + sum(f.set_aside.values()) > 0 or f.rows for f in data.provenance)


# Meta Business Suite


def test_meta_posts_are_moved_from_pacific_time_and_shared_posts_keep_their_account(folder):
    data = data_of(folder, "May-01-2026_May-31-2026_1.csv")
    posts = data.posts.to_pandas().sort_values("posted_at")
    assert [t.isoformat() for t in posts["posted_at"]] == [
        "2026-05-01T17:30:00+00:00",
        "2026-05-03T16:00:00+00:00",
        "2026-05-04T16:00:00+00:00",
    ]
    assert posts["creator"].tolist() == ["instagram:ana.bakes", "instagram:ana.bakes", "instagram:brand.friend"]
    assert posts["format"].tolist() == ["carousel", "reel", "reel"]
    assert posts["views"].tolist() == [5200, 9100, 100] and posts["saves"].tolist() == [40, 22, 0]
    assert posts["reach"].tolist()[:2] == [4100, 7000] and math.isnan(posts["reach"].iloc[2])
    assert posts["post"].iloc[0] == foreign.shortcode(foreign.MAY)
    assert posts["caption"].iloc[0] == 'Two lines\nof "caption", with comma'
    assert "US Pacific time in this export, as the ids of 3 posts confirm" in said(data)
    assert "1 post belongs to other accounts" in said(data)


def test_meta_times_follow_the_posts_ids_where_the_two_disagree(folder):
    text = foreign.META_EN.replace("05/01/2026 10:30", "05/01/2026 19:30").replace("05/03/2026 09:00", "05/03/2026 18:00")
    text = text.replace("05/04/2026 09:00", "05/04/2026 18:00")
    (folder / "exports" / "m.csv").write_text(text, encoding="utf-8")
    data = read(folder, parse(BRIEF)).dataset
    assert data.posts.to_pandas()["posted_at"].min().isoformat() == "2026-05-01T17:30:00+00:00"
    assert "2 hours ahead of UTC" in said(data)


@pytest.mark.parametrize(
    ("path", "creator", "numbers"),
    [
        ("de.csv", "instagram:backt.mit.bea", {"views": 1234, "reach": 987, "likes": 56, "shares": 7, "comments": 8, "saves": 9}),
        ("sv.csv", "instagram:bodil.bakar", {"views": 640, "reach": 600, "likes": 55, "shares": 3, "comments": 4, "saves": 2}),
        ("fb.csv", "facebook:ana_bakes_page", {"reach": 800, "likes": 30, "comments": 6, "shares": 4}),
    ],
)
def test_meta_in_other_languages_and_for_pages(folder, path, creator, numbers):
    post = data_of(folder, path).posts.to_pandas().iloc[0]
    assert post["creator"] == creator
    assert {c: post[c] for c in numbers} == numbers


META_ROWS = "Post ID,Account username,Account name,Publish time,Permalink,Post type,Views,Likes,Comments,Reach\n"


def meta_with(pattern: str, *, zone: str = "America/Los_Angeles", after: float = 0, posts: int = 6) -> str:
    """A content export whose times are written in some way, `after` days after the posts were made."""
    lines = []
    for i in range(posts):
        made = foreign.MAY + i * 3 * 86_400
        local = pd.Timestamp(made + after * 86_400, unit="s", tz="UTC").tz_convert(zone)
        link = f"https://www.instagram.com/p/{foreign.shortcode(made)}/"
        lines.append(f"1800000000000000{i},ana.bakes,Ana,{local.strftime(pattern)},{link},IG image,520,31,2,410")
    return META_ROWS + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("pattern", "zone"),
    [
        ("%m/%d/%Y %H:%M", "America/Los_Angeles"),
        ("%m/%d/%Y %I:%M %p", "America/Los_Angeles"),
        ("%Y-%m-%d %H:%M:%S", "America/Los_Angeles"),
        ("%d/%m/%Y %H:%M", "America/Los_Angeles"),
        ("%d.%m.%Y %H:%M", "America/Los_Angeles"),
        ("%m/%d/%Y %H:%M", "Europe/Berlin"),
        ("%d.%m.%Y %H:%M", "Asia/Seoul"),
    ],
)
def test_meta_times_come_out_right_however_a_spreadsheet_wrote_them(folder, pattern, zone):
    (folder / "exports" / "m.csv").write_text(meta_with(pattern, zone=zone), encoding="utf-8")
    posts = read(folder, parse(BRIEF)).dataset.posts.to_pandas().sort_values("posted_at")
    assert posts["posted_at"].tolist() == [pd.Timestamp(foreign.MAY + i * 259_200, unit="s", tz="UTC") for i in range(6)]


def test_meta_times_that_fit_no_zone_give_way_to_the_posts_ids(folder):
    text = meta_with("%m/%d/%Y %H:%M").replace("/2026 10:30", "/2024 10:30")
    (folder / "exports" / "m.csv").write_text(text, encoding="utf-8")
    data = read(folder, parse(BRIEF)).dataset
    assert set(data.posts.to_pandas()["posted_at"].dt.year) == {2026}
    assert any(f.level == "warning" and "lie 730 days from those in the posts' own ids" in f.found for f in data.findings)


def test_meta_posts_that_were_scheduled_keep_their_time_of_publication(folder):
    (folder / "exports" / "m.csv").write_text(meta_with("%m/%d/%Y %H:%M", after=5.3), encoding="utf-8")
    data = read(folder, parse(BRIEF)).dataset
    first = data.posts.to_pandas()["posted_at"].min()
    assert abs(first - pd.Timestamp(foreign.MAY + 5.3 * 86_400, unit="s", tz="UTC")) < pd.Timedelta(minutes=2)
    assert "as scheduled ones are" in said(data)


@pytest.mark.parametrize(
    "head",
    [
        "Identificador de la publicación,Nombre de usuario de la cuenta,Nombre de la cuenta,Hora de publicación,Enlace permanente,"
        "Tipo de publicación,Visualizaciones,Me gusta,Comentarios,Alcance\n",
        "ID de la publication,Nom d’utilisateur du compte,Nom du compte,Heure de publication,Permalien,Type de publication,Vues,J’aime,"
        "Commentaires,Couverture\n",
        "Identificação da publicação,Nome de usuário da conta,Nome da conta,Horário de publicação,Link permanente,Tipo de publicação,"
        "Visualizações,Curtidas,Comentários,Alcance\n",
    ],
    ids=["Spanish", "French", "Portuguese"],
)
def test_meta_in_romance_languages(folder, head):
    text = meta_with("%m/%d/%Y %H:%M").replace(META_ROWS, head).replace("IG image", "Imagen de IG")
    (folder / "exports" / "m.csv").write_text(text, encoding="utf-8")
    post = read(folder, parse(BRIEF)).dataset.posts.to_pandas().iloc[0]
    assert (post["creator"], post["format"]) == ("instagram:ana.bakes", "photo")
    assert post[["views", "likes", "comments", "reach"]].tolist() == [520, 31, 2, 410]


def test_the_daily_breakdown_is_no_list_of_posts(folder):
    (folder / "creators.csv").write_text("creator,platform,followers\nana,instagram,10\n", encoding="utf-8")
    put(folder, "daily.csv")
    reading = read(folder, parse(BRIEF))
    assert not reading.dataset.has("posts") and len(reading.aside) == 28
    assert "28 rows hold only 2 posts: this is the daily breakdown" in said(reading.dataset)


def test_meta_results_believe_the_title_and_read_utf16(folder):
    data = data_of(folder, "results.csv")
    assert data.brand_daily[["measure", "value"]].to_numpy().tolist() == [
        ["profile_visits", 31.0],
        ["profile_visits", 29.0],
        ["reach", 431.0],
        ["reach", 502.0],
    ]
    assert "the title was believed" in said(data)


def test_meta_audience_gives_ages_genders_and_countries(folder):
    data = data_of(folder, "audience.csv")
    audience = data.audience
    assert data.creators[["creator", "followers"]].to_numpy().tolist() == [["instagram:acme", 9420]]
    shares = {(r.dimension, r.bucket): r.share for r in audience.itertuples()}
    assert set(audience["creator"]) == {"instagram:acme"}
    assert shares["age", "18-24"] == pytest.approx(0.13) and shares["gender", "female"] == pytest.approx(0.636)
    assert shares["country", "DE"] == 0.615 and shares["country", "AT"] == 0.2


# Instagram


def test_the_graph_api_gives_a_profile_and_its_media(folder):
    data = data_of(folder, "graph.json")
    posts = by(data.posts.to_pandas(), "post")
    assert data.creators[["creator", "followers", "posts_total"]].to_numpy().tolist() == [["instagram:ana.bakes", 12345.0, 2.0]]
    assert posts[foreign.shortcode(foreign.MAY)]["likes"] == 310 and posts[foreign.shortcode(foreign.MAY)]["format"] == "photo"
    reel = posts["17900000000000002"]
    assert math.isnan(reel["likes"]) and reel["comments"] == 31 and reel["format"] == "reel" and reel["views"] == 900
    assert "as hidden likes come here" in said(data)


def test_the_download_is_mended_and_its_text_numbers_are_read(folder):
    data = data_of(folder, "posts_1.json")
    post = data.posts.to_pandas().iloc[0]
    assert post["creator"] == "instagram:acme" and post["caption"] == "Café 👍"
    assert (post["impressions"], post["reach"], post["likes"], post["saves"]) == (1204, 980, 88, 4)
    assert math.isnan(post["comments"]) and post["posted_at"].isoformat() == "2026-05-01T17:30:00+00:00"


def test_instaloader_reads_packed_files_and_hidden_likes(folder):
    posts = by(data_of(folder, "one.json", "hidden.json.xz").posts.to_pandas(), "post")
    seen, hidden = posts[foreign.shortcode(foreign.MAY)], posts[foreign.shortcode(foreign.MAY + 5000)]
    assert (seen["likes"], seen["comments"], seen["format"]) == (77, 5, "carousel")
    assert math.isnan(hidden["likes"]) and hidden["comments"] == 8


def test_apify_profiles_carry_their_posts(folder):
    data = data_of(folder, "apify.json")
    assert data.creators.iloc[0][["creator", "followers", "following", "posts_total"]].tolist() == ["instagram:carl.cooks", 8100, 300, 120]
    posts = data.posts.to_pandas().sort_values("posted_at")
    assert posts["format"].tolist() == ["carousel", "reel"] and posts["views"].iloc[1] == 2300
    assert math.isnan(posts["likes"].iloc[0]) and posts["likes"].iloc[1] == 210


def test_crowdtangle_knows_followers_at_posting_and_its_zones(folder):
    data = data_of(folder, "ct.csv")
    post = data.posts.to_pandas().iloc[0]
    assert post["followers_at_post"] == 20100 and post["likes"] == 1200 and bool(post["sponsored"])
    assert post["posted_at"].isoformat() == "2026-05-01T17:30:00+00:00"
    assert data.creators["followers"].tolist() == [20100]


# TikTok


def test_tiktok_titles_with_bare_quotes_do_not_shift_columns(folder):
    data = data_of(folder, "@ella.eats/Content.csv")
    posts = data.posts.to_pandas().sort_values("posted_at")
    assert posts["caption"].tolist() == ['A "word" AI, and more', "Plain"]
    assert posts[["likes", "comments", "shares", "views"]].to_numpy().tolist() == [[1522, 48, 134, 11771], [12, 1, 0, 300]]
    assert posts["creator"].unique().tolist() == ["tiktok:ella.eats"]
    assert posts["posted_at"].iloc[0].isoformat() == "2026-05-01T17:30:00+00:00"


def test_tiktok_history_crosses_new_year_and_finds_the_year_by_its_neighbours(folder):
    data = data_of(folder, "@ella.eats/Content.csv", "@ella.eats/FollowerHistory.csv")
    history = data.follower_history
    assert history["day"].dt.strftime("%Y-%m-%d").tolist() == ["2025-12-30", "2025-12-31", "2026-01-01", "2026-01-02"]
    assert history["followers"].tolist() == [1000, 1010, 1015, 1012] and set(history["creator"]) == {"tiktok:ella.eats"}
    assert "by the ids of the videos beside it" in said(data)


def test_days_as_a_spreadsheet_shortens_them(folder):
    text = "Date,Followers,Difference in followers from previous day\r\n30-Dec,1000,10\r\n31-Dec,1010,10\r\n1-Jan,1015,5\r\n"
    (folder / "exports" / "h.csv").write_text(text, encoding="utf-8")
    days = read(folder, parse(BRIEF + "as_of: 2026-07-01\n")).dataset.brand_daily["day"]
    assert days.dt.strftime("%Y-%m-%d").tolist() == ["2025-12-30", "2025-12-31", "2026-01-01"]


@pytest.mark.parametrize(
    "link", ["https://www.tiktok.com/share/video/{}/", "https://m.tiktok.com/v/{}.html", "https://www.tiktok.com/@/video/{}"]
)
def test_tiktok_links_of_other_shapes_hold_the_same_id(folder, link):
    key = foreign.video_id(foreign.MAY)
    text = '"Time","Video title","Video link","Post time","Total likes","Total comments","Total shares","Total views"\n'
    (folder / "exports" / "c.csv").write_text(f'{text}"June 5","x","{link.format(key)}","May 1","15","4","1","118"\n', encoding="utf-8")
    post = read(folder, parse(BRIEF)).dataset.posts.to_pandas().iloc[0]
    assert (post["post"], post["views"], post["posted_at"].year) == (key, 118, 2026)


def test_tiktok_overview_is_the_brands_own_unless_its_place_says_otherwise(folder):
    data = data_of(folder, "Overview.csv", brief=BRIEF + "as_of: 2026-07-01\n")
    value = data.brand_daily.set_index(["day", "measure"])["value"]
    assert value[pd.Timestamp("2026-06-03"), "views"] == 900 and value[pd.Timestamp("2026-06-04"), "comments"] == 5
    assert (pd.Timestamp("2026-06-03"), "comments") not in value.index
    assert "-1 comments on 1 day" in said(data) and "read as the brand's own" in said(data)


def test_tiktok_audiences_are_shares(folder):
    audience = data_of(folder, "@ella.eats/FollowerGender.csv", "@ella.eats/FollowerTopTerritories.csv").audience
    shares = {(r.dimension, r.bucket): r.share for r in audience.itertuples()}
    assert shares == {
        ("gender", "male"): 0.313,
        ("gender", "female"): 0.68,
        ("gender", "other"): 0.007,
        ("country", "DE"): 0.61,
        ("country", "AT"): 0.2,
    }


def test_a_zip_is_whose_its_name_says(folder):
    (folder / "exports" / "Content_ella.eats.zip").write_bytes(foreign.zipped(**{"Content.csv": foreign.TIKTOK_CONTENT}))
    (folder / "exports" / "FollowerHistory_ella.eats.zip").write_bytes(foreign.zipped(**{"FollowerHistory.csv": foreign.TIKTOK_HISTORY}))
    data = read(folder, parse(BRIEF)).dataset
    assert len(data.follower_history) == 4 and set(data.follower_history["creator"]) == {"tiktok:ella.eats"}
    assert data.follower_history["day"].max() == pd.Timestamp("2026-01-02")


def test_tiktok_ids_keep_all_their_digits(folder):
    data = data_of(folder, "research.json", "@ella.eats/Content.csv")
    posts = by(data.posts.to_pandas(), "post")
    # the same video in two files is one post, and what one lacks the other has
    assert len(posts) == 2 and posts[foreign.video_id(foreign.MAY)]["saves"] == 60
    assert "holds a page of a longer list" in said(data)


# YouTube


def test_youtube_totals_are_a_check_and_never_a_video(folder):
    data = data_of(folder, "@fredfilms/Table data.csv")
    posts = by(data.posts.to_pandas(), "post")
    assert set(posts) == {"abcdefghijk", "-bcdefghijk", "cbcdefghijk"}
    assert posts["abcdefghijk"]["likes"] == 9000 and math.isnan(posts["-bcdefghijk"]["likes"])
    assert posts["-bcdefghijk"]["format"] == "short" and posts["abcdefghijk"]["posted_at"].date().isoformat() == "2021-08-19"
    assert "says 405,712 views, the 3 videos have 401,812" in said(data) and "1 video has no publish time" in said(data)


@pytest.mark.parametrize(("path", "views"), [("@hans/Tabellendaten.csv", [300, 200]), ("@hana/表データ.csv", [300])])
def test_youtube_in_other_languages(folder, path, views):
    posts = data_of(folder, path).posts.to_pandas().sort_values("posted_at")
    assert posts["views"].tolist() == views and posts["posted_at"].iloc[0].date().isoformat() == "2021-08-19"


YOUTUBE = 'abcDEF12345,Title,"Aug 19, 2011",259,300,100.5,5,3000,3.2\n'


@pytest.mark.parametrize(
    "head",
    [
        "콘텐츠,동영상 제목,동영상 게시 시간,길이,조회수,시청 시간(단위: 시간),구독자,노출수,노출 클릭률 (%)\n합계,",
        "Content,Videotitel,Publicatietijd van video,Duur,Weergaven,Weergavetijd (uren),Abonnees,Vertoningen,CTR (%)\nTotaal,",
        # a word for the total that the kit does not know
        "Content,Video title,Video publish time,Duration,Views,Watch time (hours),Subscribers,Impressions,CTR (%)\nYhteensä,",
    ],
)
def test_youtube_totals_are_told_by_what_they_lack(folder, head):
    (folder / "exports" / "t.csv").write_text(f"{head},,,300,100.5,5,3000,3.2\n{YOUTUBE}", encoding="utf-8")
    posts = read(folder, parse(BRIEF)).dataset.posts.to_pandas()
    assert posts[["post", "views", "impressions"]].to_numpy().tolist() == [["abcDEF12345", 300, 3000]]


def test_youtube_chart_data_are_days_and_no_videos(folder):
    chart = "Date,Content,Video title,Video publish time,Duration,Views\n"
    chart += "".join(f'2026-01-0{d},abcDEF12345,Title,"Aug 19, 2011",259,{d * 1000}\n' for d in (1, 2, 3))
    (folder / "exports" / "Chart data.csv").write_text(chart, encoding="utf-8")
    table = "Content,Video title,Video publish time,Duration,Views,Watch time (hours),Subscribers,Impressions,CTR (%)\n"
    (folder / "exports" / "Table data.csv").write_text(f"{table}Total,,,,300,1,1,1,1\n{YOUTUBE}", encoding="utf-8")
    posts = read(folder, parse(BRIEF)).dataset.posts.to_pandas()
    assert posts[["post", "views"]].to_numpy().tolist() == [["abcDEF12345", 300]]


def test_the_youtube_api_joins_channels_and_videos(folder):
    data = data_of(folder, "channels.json", "videos.json", "one.info.json")
    creators = by(data.creators, "creator")
    assert creators["youtube:fredfilms"]["followers"] == 39100 and creators["youtube:fredfilms"]["followers_precision"] == 100
    assert math.isnan(creators["youtube:UCbbcdefghijklmnopqrstuv"]["followers"])
    posts = by(data.posts.to_pandas(), "post")
    assert posts["abcdefghijk"]["views"] == 12000 and posts["abcdefghijk"]["comments"] == 44
    assert posts["bbcdefghijk"]["format"] == "short" and math.isnan(posts["bbcdefghijk"]["comments"])
    # one file knows the channel by its id, the other by its name
    assert {p["creator"] for p in posts.values()} == {"youtube:fredfilms"}


# shops and analytics


def test_shopify_counts_an_order_once_without_tax_and_keeps_no_customer(folder):
    data = data_of(folder, "orders_export.csv")
    orders = by(data.orders, "order")
    assert set(orders) == {"#1001", "#1002", "#1003"}
    assert orders["#1001"]["revenue"] == 90 and orders["#1001"]["code"] == "ANA 10" and orders["#1001"]["utm_content"] == "ana.bakes"
    assert orders["#1001"]["ordered_at"].isoformat() == "2026-04-05T21:48:03+00:00"
    assert orders["#1002"]["revenue"] == 100 and orders["#1002"]["refunded"] == 100
    assert orders["#1003"]["new_customer"] is False or not orders["#1003"]["new_customer"]
    assert "1 further row is a line item" in said(data) and "1 order is not paid yet" in said(data) and "1 order is voided" in said(data)
    assert "example.org" not in said(data) and "75008" not in str(orders)


def test_woocommerce_takes_tax_and_shipping_out(folder):
    orders = by(data_of(folder, "woo.csv").orders, "order")
    assert orders["7"]["revenue"] == 100 and orders["7"]["code"] == "ANA10"
    assert orders["8"]["refunded"] == 50 and "9" not in orders


def test_ga4_tables_under_each_other(folder):
    data = data_of(folder, "snapshot.csv")
    visits = data.visits
    assert visits["sessions"].tolist() == [120, 300] and visits["utm_content"].iloc[0] == "ana.bakes"
    assert visits["utm_medium"].tolist() == ["influencer", "organic"] and visits["day"].dt.day.unique().tolist() == [3]
    assert "counted on the last of these days" in said(data)


def test_ga4_saved_again_from_a_spreadsheet(folder):
    visits = data_of(folder, "snapshot-excel.csv").visits
    assert visits["sessions"].tolist() == [12, 8] and visits["day"].dt.day.tolist() == [1, 2]


def test_ga4_events_become_visits_and_orders(folder):
    data = data_of(folder, "events.jsonl")
    assert data.visits[["sessions", "utm_source", "utm_content"]].to_numpy().tolist() == [[1, "instagram", "ana.bakes"]]
    assert data.orders[["order", "revenue", "utm_content"]].to_numpy().tolist() == [["T1", 42.5, "ana.bakes"]]


def test_affiliate_reversals_are_paid_back_and_denials_set_aside(folder):
    data = data_of(folder, "conversions.csv")
    orders = by(data.orders, "order")
    assert orders["A1"]["revenue"] == 50 and orders["A1"]["refunded"] == 50 and orders["A1"]["utm_content"] == "ana.bakes"
    assert orders["A2"]["revenue"] == 30 and "A3" not in orders


# discovery tools


def test_modash_keeps_its_own_rate_as_a_score_of_likes_only(folder):
    data = data_of(folder, "report.json")
    assert data.creators[["creator", "followers", "country"]].to_numpy().tolist() == [["instagram:ana.bakes", 12345.0, "DE"]]
    scores = data.scores.set_index("measure")["value"]
    assert scores["engagementRate (likes only)"] == 0.0251 and scores["audience.credibility"] == 0.82
    assert data.follower_history["followers"].tolist() == [12000, 12200]
    assert data.audience.query("dimension == 'country'")[["bucket", "share"]].to_numpy().tolist() == [["DE", 0.6]]


def test_ranking_tables_refuse_a_column_that_is_not_what_it_says(folder):
    data = data_of(folder, "hype.csv")
    creators = by(data.creators, "creator")
    assert creators["instagram:ana.bakes"]["followers"] == 48_500_000 and creators["instagram:dora.dines"]["followers"] == 890
    assert creators["instagram:carl.cooks"]["country"] == "US" and creators["instagram:dora.dines"]["country"] == "DE"
    assert "headed 'Views avg.' holds countries such as 'India'" in said(data)
    scores = {(r.creator, r.measure): r.value for r in data.scores.itertuples()}
    assert scores["instagram:ana.bakes", "Eng. (Auth.)"] == 383_100 and ("instagram:carl.cooks", "Eng. (Auth.)") not in scores


def test_ranking_tables_read_k_m_and_b(folder):
    data = data_of(folder, "top_insta.csv")
    ana = by(data.creators, "creator")["instagram:ana.bakes"]
    assert (ana["followers"], ana["posts_total"], ana["total_likes"], ana["country"]) == (475_800_000, 3300, 29_000_000_000, "ES")
    scores = {(r.creator, r.measure): r.value for r in data.scores.itertuples()}
    assert scores["instagram:ana.bakes", "60_day_eng_rate"] == pytest.approx(0.0139)


def test_contact_lists_leave_persons_out(folder):
    data = data_of(folder, "aspire.csv")
    assert set(data.creators["creator"]) == {"instagram:ana.bakes", "tiktok:ana.on.tiktok", "youtube:UCabcdefghijklmnopqrstuv"}
    assert "Secret" not in str(data.creators.to_dict()) and "example.org" not in said(data)


# joining


def test_the_same_post_in_two_readings_keeps_the_later_counts_and_what_only_one_knows(folder):
    (folder / "creators.csv").write_text("creator,platform,followers\nana,instagram,1000\n", encoding="utf-8")
    first = "post,creator,posted_at,likes,comments,saves\nhttps://www.instagram.com/p/C1aB2cD3eF4/,ana,2026-05-01,10,1,2\n"
    later = "post,creator,posted_at,likes,comments,caption\nC1aB2cD3eF4,instagram:ana,2026-05-01,25,3,Cake\n"
    (folder / "exports" / "b.csv").write_text(first, encoding="utf-8")
    (folder / "exports" / "a.csv").write_text(later, encoding="utf-8")
    data = read(folder, parse(BRIEF)).dataset
    posts = data.posts.to_pandas()
    assert posts[["post", "likes", "comments", "saves", "caption"]].to_numpy().tolist() == [["C1aB2cD3eF4", 25, 3, 2, "Cake"]]
    assert "differ in likes, comments" in said(data) and "the later reading" in said(data)


def test_followers_at_posting_come_from_the_history(folder):
    (folder / "creators.csv").write_text("creator,platform,followers\nana,instagram,1000\n", encoding="utf-8")
    (folder / "posts.csv").write_text(
        "post,creator,posted_at,likes\n1,ana,2026-05-03T10:00:00Z,5\n2,ana,2026-01-01T10:00:00Z,5\n3,ana,2026-04-30T10:00:00Z,5\n",
        encoding="utf-8",
    )
    (folder / "follower_history.csv").write_text("creator,day,followers\nana,2026-05-01,900\nana,2026-05-04,950\n", encoding="utf-8")
    data = read(folder, parse(BRIEF)).dataset
    posts = data.posts.to_pandas().set_index("post")["followers_at_post"]
    # never from a later day, and not from a count that is older than a week
    assert posts["1"] == 900 and posts[["2", "3"]].isna().all()
    assert "1 post has no follower count of their time" in said(data)


def test_likes_that_some_tools_write_for_hidden_ones_are_warned_of(folder):
    (folder / "creators.csv").write_text("creator,platform,followers\nana,instagram,1000\nben,instagram,900\n", encoding="utf-8")
    rows = [f"a{i},ana,3,{10 + i}" for i in range(8)] + [f"b{i},ben,{20 + i},{i}" for i in range(8)]
    (folder / "posts.csv").write_text("post,creator,likes,comments\n" + "\n".join(rows) + "\n", encoding="utf-8")
    data = read(folder, parse(BRIEF)).dataset
    assert "1 creator has the same tiny number of likes under most posts (instagram:ana)" in said(data)


@pytest.mark.parametrize("text", ["13.8M", "13,8 M", "13800K", "13 800 000", "13.800.000", "13,800,000", "1380万"])
def test_a_text_number_agrees_with_the_full_one_beside_it(folder, text):
    (folder / "creators.csv").write_text(f'creator,platform,followers,total_likes\nana,instagram,"{text}",13800000\n', encoding="utf-8")
    creators = read(folder, parse(BRIEF)).dataset.creators
    assert creators["followers"].tolist() == creators["total_likes"].tolist() == [13_800_000]


# files that nobody made for the kit


@pytest.mark.realdata
def test_real_days_without_a_year_find_it_and_growth_adds_up(folder, realdata):
    for name in ("tiktok_follower_history_el.csv", "tiktok_overview_el.csv"):
        (folder / "exports" / name).write_bytes((realdata / name).read_bytes())
    data = read(folder, parse(BRIEF + "as_of: 2026-07-01\n")).dataset
    raw = pd.read_csv(realdata / "tiktok_follower_history_el.csv", encoding="utf-8-sig")
    mine = data.brand_daily.query("measure == 'followers'").sort_values("day")
    assert mine["day"].dt.year.unique().tolist() == [2026] and mine["value"].tolist() == raw["Followers"].tolist()
    assert (mine["day"].diff().dropna() == pd.Timedelta(days=1)).all()
    # the column headed "from previous day" is the step to the next one, and the kit says so
    assert (mine["value"].diff().dropna().to_numpy() == raw["Difference in followers from previous day"].iloc[:-1].to_numpy()).all()
    assert "each day's difference leads to the next day's count" in said(data)
    overview = pd.read_csv(realdata / "tiktok_overview_el.csv", encoding="utf-8-sig")
    assert data.brand_daily.query("measure == 'views'")["value"].sum() == overview["Video Views"].sum()


@pytest.mark.realdata
def test_real_tier_labels_are_reproduced(folder, realdata):
    (folder / "exports" / "tiktok_creators.csv").write_bytes((realdata / "tiktok_creators.csv").read_bytes())
    tiers = "tiers: {nano: 1000, micro: 10000, mid: 50000, macro: 500000, mega: 1000000}\n"
    brief = parse("name: S\nmarket: {platforms: [tiktok]}\n" + tiers)
    raw = pd.read_csv(realdata / "tiktok_creators.csv")
    truth = dict(zip("tiktok:" + raw["account"], raw["tier"], strict=True))
    mine = with_tiers(read(folder, brief).dataset, brief)
    agree = [truth[c] == t for c, t in zip(mine["creator"], mine["tier"], strict=True)]
    assert len(agree) == len(raw) and sum(agree) >= 0.999 * len(agree)
