"""Ranking tables as their public copies have them: renamed, translated, swapped, and with the same number twice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from playbook.brief import parse
from playbook.data.dataset import Dataset
from playbook.data.load import read
from playbook.data.values import numbers

BRIEF = parse("name: Spring\nbrand: {name: Acme, handle: acme}\nmarket: {platforms: [instagram, tiktok, youtube]}\nas_of: 2026-07-01\n")


def data_of(folder, text: str, name: str = "table.csv", encoding: str = "utf-8") -> Dataset:
    (folder / "exports").mkdir(exist_ok=True)
    (folder / "exports" / name).write_bytes(text.encode(encoding))
    return read(folder, BRIEF).dataset


def said(data: Dataset) -> str:
    return " ".join(f.text for f in data.findings)


ONE = {
    "addresses tell the platform": (
        "Rank,Account,Title,Link,Category,Followers,Audience Country,Authentic engagement,Engagement avg,Scraped\n"
        "1,ana.bakes,Ana Bakes Cakes,https://hypeauditor.com/instagram/ana.bakes/,Food,400100000,India,7800000,9500000,2022-02-07\n"
        "2,ben,Ben the Cook,https://hypeauditor.com/instagram/ben/,,1000,,,,2022-02-07\n",
        {"instagram:ana.bakes": 400_100_000, "instagram:ben": 1000},
    ),
    "line breaks in headers, handle before name": (
        'influencer insta name,instagram name,category_1,category_2,Followers,Audience country(mostly),"Authentic engagement\r\n",'
        '"Engagement average\r\n"\r\nana.bakes,Ana Bakes,Food,,48.5M,Spain,383K,637K\r\n__ben__,Ben,Music,,12.7M,Italy,48K,57K\r\n',
        {"instagram:ana.bakes": 48_500_000, "instagram:__ben__": 12_700_000},
    ),
    "handle after name": (
        "S.no,Tiktok name,Tiktoker name,Subscribers count,Views avg.,Likes avg,Comments avg.,Shares avg\n"
        "1,Ana Bakes,ana.bakes,13.8M,6.4M,1.7M,31.1K,13.6K\n2,Ben Cooks,ben.cooks,143.2M,15.9M,1.7M,15.3K,8.6K\n",
        {"tiktok:ana.bakes": 13_800_000, "tiktok:ben.cooks": 143_200_000},
    ),
    "no measure, blanks in names": (
        "Rank,Grade,Channel name,Video Uploads,Subscribers,Video views\n1st,A++ ,Ana TV,82757,18752951,20869786591\n2nd,A+,Ben,12,--,5\n",
        {"youtube:ana_tv": 18_752_951, "youtube:ben": None},
    ),
    "millions in the header": (
        "Rank,Username,Owner,Brand account,Followers (millions),Profession/Activity,Country\n"
        "1,@ana.bakes,Ana Bakes,,671.0,Baker,Portugal\n2,@ben,Ben,Yes,2.5,Cook,Germany\n",
        {"ana.bakes": 671_000_000, "ben": 2_500_000},
    ),
    "German, semicolons, decimal commas": (
        "Rang;Kanal;Abonnenten;Aufrufe Ø;Land\n1;ana;13,8 Mio.;1,2 Mio.;Deutschland\n2;bea;9,5 Tsd.;3,1 Tsd.;Österreich\n",
        {"ana": 13_800_000, "bea": 9_500},
    ),
    "platform a row": (
        "Influencer,Platform,Followers,Avg. Likes\nana,Instagram,1.5K,90\nana,TikTok,2500,80\n",
        {"instagram:ana": 1500, "tiktok:ana": 2500},
    ),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("kind", ONE)
def test_followers_are_read_under_the_right_handle(tmp_path, kind, encoding):
    text, wanted = ONE[kind]
    creators = data_of(tmp_path, text, encoding=encoding).creators.set_index("creator")["followers"]
    assert {c: None if pd.isna(f) else f for c, f in creators.items()} == wanted


def test_names_that_are_not_the_handle_are_the_names(tmp_path):
    data = data_of(tmp_path, ONE["handle after name"][0])
    assert data.creators.set_index("creator")["name"]["tiktok:ana.bakes"] == "Ana Bakes"
    assert "handles read from 'Tiktoker name', names from 'Tiktok name'" in said(data)


def test_an_audiences_country_is_said_to_be_that(tmp_path):
    data = data_of(tmp_path, ONE["addresses tell the platform"][0])
    assert data.creators["country"].tolist()[0] == "IN" and "'Audience Country' is where most of the audience is" in said(data)


def test_a_measure_that_holds_countries_is_refused_and_its_neighbours_are_doubted(tmp_path):
    text = "S.no,Youtuber,youtuber name,Category,Subscribers,Country,Views avg.,Likes avg\n1,Ana TV,anatv,Food,222.4M,India,India,1.1K\n"
    data = data_of(tmp_path, text + "2,Ben,ben,Food,95M,N/A',N/A',N/A\n")
    assert set(data.scores["measure"]) == {"Likes avg"} and data.creators["country"].tolist()[0] == "IN"
    (found,) = [f for f in data.findings if "'Views avg.' holds countries such as 'India'" in f.found]
    assert found.level == "warning" and "the headers beside it have moved" in found.mend


def test_followers_that_are_words_are_refused(tmp_path):
    data = data_of(tmp_path, "Rank,Account,Followers,Country,Engagement rate\n1,ana,12K,DE,1%\n2,ben,many,DE,2%\n3,cem,3.4M,DE,3%\n")
    assert data.creators["followers"].fillna(-1).tolist() == [12_000, -1, 3_400_000]
    assert "1 value is not a number (row 3: 'many')" in said(data)


def test_the_same_number_twice_is_compared_and_the_fuller_one_read(tmp_path):
    text = "Rank,Account,Subscribers,subscribers_count,Views avg.,views_avg_num,Category\n1,@ana,13.8M,13812345,1.2M,1200000,Food\n"
    data = data_of(tmp_path, text + "2,@ben,1.2K,1200,3.4K,3400,Food\n")
    assert data.creators.set_index("creator")["followers"].to_dict() == {"ana": 13_812_345, "ben": 1200}
    assert "'Subscribers' and 'subscribers_count' say the same, and agree in all 2 pairs" in said(data)
    assert set(data.scores["measure"]) == {"Views avg."} and data.scores["value"].tolist() == [1_200_000, 3400]


def test_the_same_number_twice_that_differs_is_named_row_by_row(tmp_path):
    data = data_of(tmp_path, "Rank,Account,Followers,Followers_num,ER\n1,ana,13.8M,13800000,1%\n2,ben,1.2K,1834,2%\n")
    (found,) = [f for f in data.findings if "differ in 1 of 2 pairs" in f.found]
    assert found.level == "warning" and "row 3: '1.2K' against '1834'" in found.found
    assert data.creators.set_index("creator")["followers"]["ben"] == 1834


def test_every_shortened_number_is_exactly_the_full_one():
    # 57.4 times a thousand million is a hair beside 57400000000 in floating point
    texts, full = [], []
    for word, power in (("K", 3), ("M", 6), ("b", 9), ("B", 9)):
        for n in range(1, 2000):
            texts.append(f"{n // 10}.{n % 10}{word}")
            full.append(n * 10 ** (power - 1))
    assert numbers(np.array(texts, dtype=object)).values.tolist() == full
    shares = [f"{n / 100:.2f}%" for n in range(1, 1000)]
    assert numbers(np.array(shares, dtype=object), kind="share").values.tolist() == [float(f"{n / 10_000:.4f}") for n in range(1, 1000)]


def test_a_list_of_followers_is_not_a_list_of_creators(tmp_path):
    text = "account,fake,posts,following,followers,has_picture,private\nf1,False,2,467,140,True,False\nf2,True,0,900,3,False,True\n"
    (tmp_path / "creators.csv").write_text("platform,handle,followers\ninstagram,ana,900\n", encoding="utf-8")
    data = data_of(tmp_path, text)
    assert not len(data.follower_sample) and "does not say whose followers they are" in said(data)
    (tmp_path / "exports" / "@ana").mkdir()
    (tmp_path / "exports" / "table.csv").rename(tmp_path / "exports" / "@ana" / "table.csv")
    sample = read(tmp_path, BRIEF).dataset.follower_sample
    assert sample[["creator", "label", "following"]].to_numpy().tolist() == [
        ["instagram:ana", "real", 467],
        ["instagram:ana", "fake", 900],
    ]


@pytest.mark.parametrize("name", ["exports/x.csv", "creators.csv"])
@pytest.mark.parametrize(
    ("head", "cells", "followers"),
    [
        ("creator,Followers (K),country", "12.5,DE", 12_500),
        ("creator,followers (millions),country", "12.5,DE", 12_500_000),
        ("creator,followers,followers_text", "12540,12.5K", 12_540),
        ("creator,followers,followers_num", "12.5K,12540", 12_540),
    ],
)
def test_the_kits_own_tables_follow_their_headers_too(tmp_path, name, head, cells, followers):
    (tmp_path / "exports").mkdir()
    (tmp_path / name).write_text(f"{head}\nana,{cells}\n", encoding="utf-8")
    data = read(tmp_path, BRIEF).dataset
    assert data.creators["followers"].tolist() == [followers]
    assert "says in what its numbers are counted" in said(data) or "agree in all 1 pair" in said(data)


@pytest.mark.parametrize(
    ("head", "cell", "rate"), [("ER (%)", "3.2", 0.032), ("ER", "3.2%", 0.032), ("ER", "0.032", 0.032), ("ER", "3.2", 3.2)]
)
def test_a_tools_rate_is_a_share_where_it_says_so(tmp_path, head, cell, rate):
    data = data_of(tmp_path, f"Rank,Account,Followers,{head}\n1,ana,1200,{cell}\n")
    assert data.scores["value"].tolist() == [rate]
    assert ("may be in per cents" in said(data)) == (rate > 1)


def test_a_row_may_name_accounts_on_several_platforms(tmp_path):
    head = "Creator Name,Instagram Handle,Instagram Followers,TikTok Handle,TikTok Followers,Country\n"
    data = data_of(tmp_path, head + "Ana,@ana,12300,@ana.tt,4000,United Kingdom\nBen,@ben,500,,,Germany\n")
    assert data.creators.set_index("creator")["followers"].to_dict() == {
        "instagram:ana": 12_300,
        "instagram:ben": 500,
        "tiktok:ana.tt": 4000,
    }
