"""Files in, tables out."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import shutil
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playbook.brief import parse
from playbook.data.load import persons, read, read_folder
from playbook.data.tables import DTYPES, TABLES
from playbook.errors import NotUsable

BRIEF = parse("market: {platforms: [instagram]}")
TWO_PLATFORMS = parse("market: {platforms: [instagram, tiktok]}")


def write(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def texts(data) -> str:
    return "\n".join(f"{f.level}: {f.text}" for f in data.findings)


def creators(tmp_path, text: str, brief=BRIEF, encoding="utf-8", name="creators.csv"):
    write(tmp_path, name, text, encoding)
    return read(tmp_path, brief)


def test_plain_tables_are_read_as_they_are(tmp_path):
    write(tmp_path, "creators.csv", "creator,platform,handle,followers\ninstagram:ana,instagram,ana,1200\ntiktok:ben,tiktok,ben,50000\n")
    write(tmp_path, "posts.csv", "post,creator,posted_at,likes,comments\np1,instagram:ana,2024-01-01T10:00:00Z,10,2\n")
    data = read_folder(tmp_path, BRIEF)
    assert data.creators["creator"].tolist() == ["instagram:ana", "tiktok:ben"]
    assert data.creators["followers"].tolist() == [1200, 50000]
    assert data.posts.to_pandas()["likes"].tolist() == [10]
    assert str(data.as_of) == "2024-01-01 10:00:00+00:00"
    assert data.findings == ()
    assert [(s.path, s.format, s.tables) for s in data.provenance] == [
        ("creators.csv", "kit table", {"creators": 2}),
        ("posts.csv", "kit table", {"posts": 1}),
    ]


@pytest.mark.parametrize("name", ["glow-skincare", "campus-coffee", "trail-app"])
def test_the_samples_need_no_repair(root, name):
    from playbook import brief

    folder = root / "data" / "samples" / name
    reading = read(folder, brief.read(folder))
    assert not len(reading.aside)
    assert [f.text for f in reading.dataset.findings if f.level != "note"] == []
    for source in reading.dataset.provenance:
        with (folder / source.path).open(encoding="utf-8", newline="") as file:
            assert source.rows == sum(1 for _ in csv.reader(file)) - 1 == sum(source.tables.values())


# every row is accounted for


def test_rows_that_fail_are_set_aside_with_their_row_number(tmp_path):
    reading = creators(tmp_path, "creator,followers\nana,1200\n,50\n")
    assert reading.dataset.creators["creator"].tolist() == ["instagram:ana"]
    assert reading.aside.to_numpy().tolist() == [["creators.csv", 3, "no creator", "followers=50"]]
    assert "row 3" in texts(reading.dataset)


def test_one_finding_for_each_kind_of_problem(tmp_path):
    rows = "\n".join(f"c{i},{'many' if i % 2 else -5}" for i in range(100))
    data = creators(tmp_path, f"creator,followers\n{rows}\n").dataset
    about = [f for f in data.findings if f.about == "creators.csv, followers"]
    assert [f.found.split(" (")[0] for f in about] == ["50 values are not numbers", "50 values are negative"]
    assert "row 3: 'many', row 5: 'many', row 7: 'many', …" in about[0].found
    assert data.creators["followers"].isna().all()


def test_a_row_number_is_the_one_that_a_spreadsheet_shows(tmp_path):
    text = 'Exported by a tool\n\ncreator,followers,bio\nana,5,"two\nlines"\n\n,7,x\n'
    reading = creators(tmp_path, text)
    assert reading.aside["row"].tolist() == [6]
    assert "above the header" in texts(reading.dataset)
    assert reading.dataset.creators["bio"].tolist() == ["two\nlines"]


def test_rows_with_more_cells_than_the_header_are_set_aside_with_all_they_say(tmp_path):
    reading = creators(tmp_path, "creator,followers\nana,5\nben,6,,\ncarl,7,what,is this\n")
    assert reading.dataset.creators["creator"].tolist() == ["instagram:ana", "instagram:ben"]
    assert reading.aside[["row", "values"]].to_numpy().tolist() == [[4, "carl | 7 | what | is this"]]


@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["ana", "@Ben", "", "instagram:carl", "Total", "N/A"]),
            st.sampled_from(["5", "-1", "many", "1.2K", "", "0"]),
            st.sampled_from(["food", "", "x,y", 'say "hi"']),
        ),
        min_size=1,
        max_size=12,
    )
)
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_row_goes_into_a_table_or_is_set_aside(tmp_path, rows):
    out = io.StringIO()
    csv.writer(out).writerows([("creator", "followers", "niche"), *rows])
    try:
        reading = creators(tmp_path, out.getvalue())
    except NotUsable:
        assert all(name in ("", "N/A", "Total") for name, _, _ in rows)
        return
    (source,) = reading.dataset.provenance
    filled = [r for r in rows if any(r)]
    assert source.rows == len(filled)
    assert source.tables.get("creators", 0) + sum(source.set_aside.values()) == len(filled)
    assert len(reading.aside) == sum(source.set_aside.values())


# containers


def value_of(kind: str) -> st.SearchStrategy:
    words = st.text(st.characters(whitelist_categories=("L", "N"), max_codepoint=0x2FF), min_size=1, max_size=8).map(lambda s: f"w{s}")
    moments = st.datetimes(pd.Timestamp("2001-01-01").to_pydatetime(), pd.Timestamp("2080-01-01").to_pydatetime())
    return {
        "text": words,
        "count": st.integers(0, 10**9).map(float),
        "number": st.integers(-(10**6), 10**6).map(lambda n: n / 4),
        "share": st.integers(0, 1000).map(lambda n: n / 1000),
        "money": st.integers(0, 10**8).map(lambda n: n / 100),
        "flag": st.booleans(),
        "time": moments.map(lambda t: pd.Timestamp(t.replace(microsecond=0), tz="UTC")),
        "day": moments.map(lambda t: pd.Timestamp(t.date())),
    }[kind]


@st.composite
def table_frames(draw, name: str) -> pd.DataFrame:
    """Rows of a table with distinct keys, some cells missing."""
    table = TABLES[name]
    n = draw(st.integers(1, 4))
    data = {}
    for c in table.columns:
        values = st.sampled_from(c.allowed) if c.allowed else value_of(c.kind)
        if c.name == "currency":
            values = st.just("EUR")
        elif c.name in ("country", "language"):
            values = st.sampled_from(["DE", "US"] if c.name == "country" else ["de", "en"])
        elif c.name in ("format", "deliverable"):
            values = st.sampled_from(["photo", "reel"])
        elif name == "audience" and c.name == "dimension":
            values = st.just("language")
        optional = not c.required and c.name != "currency" and c.name not in table.key
        data[c.name] = [draw(st.none() | values) if optional else draw(values) for _ in range(n)]
    for i in range(n):
        if "creator" in data:
            data["creator"][i] = f"instagram:c{i}"
        if name == "creators":
            data["platform"][i], data["handle"][i] = "instagram", f"c{i}"
            data["followers"][i] = data["followers"][i] or 5.0
        for key in table.key:
            if table.column(key).kind == "text" and key != "creator" and not table.column(key).allowed and key != "deliverable":
                data[key][i] = f"k{i}"
    frame = pd.DataFrame({c.name: pd.Series(data[c.name], dtype=object) for c in table.columns})
    if name == "audience":
        frame["bucket"] = [f"k{i}" for i in range(n)]
    if name == "brand_daily":
        frame["region"] = [f"k{i}" for i in range(n)]
    for c in table.columns:
        if c.kind == "text":
            frame[c.name] = frame[c.name].astype("str")
        elif c.kind in ("time", "day"):
            frame[c.name] = pd.to_datetime(frame[c.name], utc=c.kind == "time").astype(DTYPES[c.kind])
        else:
            frame[c.name] = frame[c.name].astype("Float64" if c.kind != "flag" else "boolean").astype(DTYPES[c.kind])
    return frame


def put_csv(frame: pd.DataFrame, path: Path) -> None:
    shown = frame.copy()
    for name in shown.select_dtypes("datetimetz"):
        shown[name] = shown[name].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    shown.to_csv(path.with_suffix(".csv"), index=False)


def put_json(frame: pd.DataFrame, path: Path) -> None:
    rows = json.loads(frame.to_json(orient="records", date_format="iso"))
    path.with_suffix(".json").write_text(json.dumps(rows), encoding="utf-8")


def put_xlsx(frame: pd.DataFrame, path: Path) -> None:
    with xlsxwriter.Workbook(str(path.with_suffix(".xlsx")), {"strings_to_formulas": False}) as book:
        sheet, date = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet.write_row(0, 0, frame.columns)
        for j, name in enumerate(frame.columns):
            for i, value in enumerate(frame[name], start=1):
                if pd.isna(value):
                    continue
                if isinstance(value, pd.Timestamp):
                    sheet.write_datetime(i, j, value.tz_localize(None).to_pydatetime(), date)
                else:
                    sheet.write(i, j, bool(value) if isinstance(value, np.bool_) else value)


def put_parquet(frame: pd.DataFrame, path: Path) -> None:
    plain = frame.copy()
    for name in plain.select_dtypes(["string", "boolean"]):
        plain[name] = plain[name].astype(object).where(plain[name].notna(), None)
    target = str(path.with_suffix(".parquet")).replace("'", "''")
    with duckdb.connect() as db:
        db.register("frame", plain)
        db.execute(f"COPY (SELECT * FROM frame) TO '{target}' (FORMAT PARQUET)")


@pytest.mark.parametrize("put", [put_csv, put_xlsx, put_json, put_parquet], ids=["csv", "xlsx", "json", "parquet"])
@given(data=st.data())
@settings(deadline=None, max_examples=5, suppress_health_check=list(HealthCheck))
def test_every_table_comes_back_from_every_container(tmp_path_factory, put, data):
    folder = tmp_path_factory.mktemp("round")
    frames = {name: data.draw(table_frames(name), label=name) for name in TABLES}
    for name, frame in frames.items():
        put(frame, folder / name)
    found = read_folder(folder, BRIEF)
    for name, frame in frames.items():
        came = found.posts.to_pandas() if name == "posts" else getattr(found, name)
        if name == "creators":  # others may name more of them
            came = came[came["creator"].isin(frame["creator"])]
        key = [c for c in TABLES[name].names if c in TABLES[name].required or c in TABLES[name].key]
        expected = TABLES[name].typed(frame)
        for table, column in persons.MARKED:
            if table == name:
                expected[column] = persons.marks(expected[column])
        pd.testing.assert_frame_equal(
            came.sort_values(key).reset_index(drop=True), expected.sort_values(key).reset_index(drop=True), check_exact=False, rtol=1e-12
        )


def test_one_json_may_hold_several_tables(tmp_path):
    tables = {"creators": [{"creator": "ana", "followers": 1200}], "posts": [{"post": 17841400000000001, "creator": "ana", "likes": None}]}
    write(tmp_path, "exports/all.json", json.dumps(tables))
    data = read_folder(tmp_path, BRIEF)
    assert data.creators["followers"].tolist() == [1200]
    assert data.posts.to_pandas()["post"].tolist() == ["17841400000000001"]


def test_worksheets_are_told_apart_by_their_columns(tmp_path):
    (tmp_path / "exports").mkdir()
    with xlsxwriter.Workbook(str(tmp_path / "exports" / "book.xlsx")) as book:
        first, second, third = book.add_worksheet("A"), book.add_worksheet("B"), book.add_worksheet("C")
        first.write_column(0, 0, ["Kit for spring", "", "creator", "ana"])
        first.write_column(2, 1, ["followers", 900])
        first.write_column(2, 2, ["niche", "food"])
        second.write_row(0, 0, ["creator", "fee", "currency"])
        second.write_row(1, 0, ["ana", 90, "EUR"])
        third.write_row(0, 0, ["colour", "taste"])
        third.write_row(1, 0, ["red", "sweet"])
    data = read_folder(tmp_path, BRIEF)
    assert data.creators["followers"].tolist() == [900]
    assert data.quotes["fee"].tolist() == [90]
    assert "book.xlsx [C]: sheet not recognised; its headers are colour, taste" in texts(data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_encoding_and_delimiter(tmp_path, encoding, delimiter):
    lines = [["creator", "followers", "niche"], ["ana", "1200", "Kräuter für Café-Gäste"], ["ben", "5", "überall schöne Bäume"]]
    text = "\r\n".join(delimiter.join(line) for line in lines) + "\r\n"
    data = creators(tmp_path, text, encoding=encoding).dataset
    assert data.creators["niche"].tolist() == ["Kräuter für Café-Gäste", "überall schöne Bäume"]
    assert data.creators["followers"].tolist() == [1200, 5]
    assert ("not UTF-8" in texts(data)) == (encoding == "cp1252")


def test_a_line_that_declares_the_delimiter_is_no_data(tmp_path):
    data = creators(tmp_path, "sep=;\ncreator;followers\nana;1,200\n").dataset
    assert data.creators["followers"].tolist() == [1200]


def test_headers_may_be_padded_doubled_and_full_of_soft_hyphens(tmp_path):
    data = creators(tmp_path, "\ufeff Creator ,Fol\u00adlowers,followers, Full Name\nana,5,7,Ana\n").dataset
    assert data.creators[["creator", "followers", "name"]].to_numpy().tolist() == [["instagram:ana", 5, "Ana"]]


def test_ids_and_leading_zeros_survive(tmp_path):
    write(tmp_path, "creators.csv", "creator,followers\nana,5\n")
    write(tmp_path, "posts.csv", "post,creator,likes\n17841400000000001,ana,1\n00123,ana,2\n1.2E+17,ana,3\n1.2E+17,ana,4\n")
    data = read_folder(tmp_path, BRIEF)
    posts = data.posts.to_pandas().set_index("post")["likes"]
    # two rounded ids look the same and are still two posts
    assert sorted(posts) == [1, 2, 3, 4] and {"00123", "17841400000000001"} < set(posts.index)
    assert "ids that a spreadsheet has rounded (row 4: '1.2E+17'" in texts(data) and "each as a post of its own" in texts(data)


# recognition


def test_a_file_is_recognised_by_content_under_any_name(tmp_path):
    write(tmp_path, "exports/Jun-01_987654.dat", "username,followers_count,biography\nana,1200,hello\n")
    write(tmp_path, "exports/b", "creator,fee,currency\nana,100,EUR\n")
    data = read_folder(tmp_path, BRIEF)
    assert data.creators[["creator", "followers", "bio"]].to_numpy().tolist() == [["instagram:ana", 1200, "hello"]]
    assert data.quotes["fee"].tolist() == [100]
    assert "read username as creator, followers_count as followers, biography as bio" in texts(data)


def test_posts_that_carry_their_creators_numbers_give_creators(tmp_path):
    text = (
        "account,followers,following,post,posted_at,type,likes,comments,hashtags\n"
        "a1,1000,50,p1,2017-02-11 11:05:10,photo,10,1,2\n"
        "a1,1200,51,p2,2017-03-11 11:05:10,video,20,2,0\n"
        "b2,900,5,p3,2017-03-01 00:00:00,photo,3,0,1\n"
    )
    write(tmp_path, "exports/x.csv", text)
    data = read_folder(tmp_path, BRIEF)
    assert data.creators[["creator", "followers", "following"]].to_numpy().tolist() == [
        ["instagram:a1", 1200, 51],
        ["instagram:b2", 900, 5],
    ]
    assert data.posts.to_pandas()["format"].tolist() == ["photo", "video", "photo"]
    said = texts(data)
    assert "1 creator has more than one value across posts" in said
    assert "hashtags not used" in said
    assert "2 creators have no platform; assumed instagram" in said
    assert data.provenance[0].tables == {"creators": 2, "posts": 3}


def test_content_wins_over_a_wrong_name(tmp_path):
    write(tmp_path, "creators.csv", "creator,day,followers\nana,2024-01-01,5\nana,2024-01-02,6\n")
    data = read_folder(tmp_path, BRIEF)
    assert data.provenance[0].tables == {"follower_history": 2}
    assert data.creators["followers"].tolist() == [6]


def test_what_is_not_recognised_is_named_with_a_mapping_to_start_from(tmp_path):
    write(tmp_path, "creators.csv", "creator,followers\nana,5\n")
    write(tmp_path, "exports/strange.csv", "Profil,Folowers,Likes count,Post code,Usernme\nx,1,2,3,ana\n")
    data = read_folder(tmp_path, BRIEF)
    said = texts(data)
    assert "warning: exports/strange.csv: not recognised; its columns are Profil, Folowers, Likes count, Post code, Usernme" in said
    assert "columns: {" in said
    assert '"Folowers": followers' in said and '"Usernme": creator' in said
    assert next(s for s in data.provenance if s.path == "exports/strange.csv").format == "not recognised"


def test_a_proposed_mapping_works_as_it_stands(tmp_path):
    write(tmp_path, "creators.csv", "creator,followers\nana,5\n")
    write(tmp_path, "exports/strange.csv", "Usernme,Folowers,Tagesform\nben,1,gut\n")
    said = texts(read_folder(tmp_path, BRIEF))
    block = said.split("mend it: `")[1].split("`")[0]
    data = read_folder(tmp_path, parse(block))
    assert data.creators[["creator", "followers"]].to_numpy().tolist() == [["instagram:ana", 5], ["instagram:ben", 1]]


FOREIGN_TABLES = {
    "German list": ("Konto;Gefolgt;Standort;Branche\nben.de;12.500;Deutschland;Kaffee\nbea;8.100;Österreich;Tee\n", "creators", 2),
    "Spanish posts": (
        "Publicación;Cuenta;Fecha;Me gusta;Comentarios;Alcance\np1;bea;2024-05-01;310;12;5.100\np2;bea;2024-05-03;290;9;4.800\n",
        "posts",
        2,
    ),
    "prices": ("Influencer name,Asking price,Devise\nbea,250,EUR\nben,90,EUR\n", "quotes", 2),
}


@pytest.mark.parametrize("kind", FOREIGN_TABLES)
def test_a_mapping_proposed_for_another_language_works_as_it_stands(tmp_path, kind):
    text, table, rows = FOREIGN_TABLES[kind]
    write(tmp_path, "creators.csv", "creator,followers\nana,5\n")
    write(tmp_path, "exports/strange.csv", text)
    said = texts(read_folder(tmp_path, BRIEF))
    assert f"if it is a {table} table, put this into campaign.yml" in said
    block = said.split("mend it: `")[1].split("`")[0]
    data = read_folder(tmp_path, parse(f"market: {{platforms: [instagram]}}\n{block}"))
    assert next(s for s in data.provenance if s.path == "exports/strange.csv").tables[table] == rows
    assert "instagram:bea" in set(getattr(data, table)["creator"] if table != "posts" else data.creators["creator"])


def test_a_column_that_holds_something_else_than_its_header_says_is_left_out(tmp_path):
    write(tmp_path, "creators.csv", "creator,followers\nana,5\n")
    write(tmp_path, "exports/strange.csv", "Influencer name,Number of followers,Views avg.\nben,1.2K,Brazil\nbea,3K,Germany\n")
    found = read_folder(tmp_path, BRIEF).findings
    assert any("the column headed 'Views avg.' holds countries such as 'Brazil'" in f.found and f.level == "warning" for f in found)
    assert not any('"Views avg."' in f.mend for f in found)


def test_truth_hidden_files_backups_and_reports_are_nobodys_data(tmp_path):
    write(tmp_path, "creators.csv", "creator,followers\nana,5\n")
    for name in (
        "truth/creators.csv",
        ".creators.csv",
        "creators.csv.bak",
        "my-report/creators.csv",
        "exports/.hidden.csv",
        "exports/truth/creators.csv",
    ):
        write(tmp_path, name, "creator,followers\nsecret,9\n")
    write(tmp_path, "exports/README.md", "creator,followers\nsecret,9\n")
    reading = read(tmp_path, BRIEF)
    assert reading.dataset.creators["creator"].tolist() == ["instagram:ana"]
    assert [s.path for s in reading.dataset.provenance] == ["creators.csv"]
    assert "secret" not in texts(reading.dataset) and "truth" not in texts(reading.dataset)


def test_an_empty_table_counts_as_absent(tmp_path):
    write(tmp_path, "creators.csv", "creator,followers\nana,5\n")
    write(tmp_path, "posts.csv", ",".join(TABLES["posts"].names) + "\n")
    data = read_folder(tmp_path, BRIEF)
    assert not data.has("posts")
    assert "posts" not in texts(data)


# mapping


FOREIGN = (
    'Konto;Beitrag;Datum;"Gefällt mir";Abos;Kommentare\n@Ana;p1;03.04.2026 10:00;1.234;12.500;5\n@Ana;p2;05.04.2026 10:00;56;12.500;0\n'
)


def test_foreign_headers_are_read_through_the_brief(tmp_path):
    write(tmp_path, "exports/export 7.csv", FOREIGN)
    brief = parse(
        "columns:\n  posts: {Konto: creator, Beitrag: post, Datum: posted_at, Gefällt mir: likes, Kommentare: comments}\n"
        "  creators: {Abos: followers}\n"
    )
    data = read_folder(tmp_path, brief)
    assert data.creators[["creator", "followers"]].to_numpy().tolist() == [["instagram:ana", 12500]]
    assert data.posts.to_pandas()["likes"].tolist() == [1234, 56]
    assert data.provenance[0].format == "mapped by campaign.yml"


def test_a_file_can_be_mapped_by_its_name(tmp_path):
    write(tmp_path, "exports/export 7.csv", FOREIGN)
    lines = "{Konto: posts.creator, Beitrag: post, Datum: posted_at, Gefällt mir: likes, Nix: views}"
    data = read_folder(tmp_path, parse(f"columns: {{export 7.csv: {lines}}}"))
    assert data.posts.to_pandas()["post"].tolist() == ["p1", "p2"]
    assert "`columns:` names Nix, which the file does not have" in texts(data)


def test_a_mapping_says_how_dates_and_decimals_are_written(tmp_path):
    write(tmp_path, "creators.csv", "creator,followers\nana,5\n")
    write(tmp_path, "quotes.csv", "creator,fee,asked_on\nana,1.234,03/04/2026\n")
    vague = read(tmp_path, BRIEF)
    assert not vague.dataset.has("quotes") and len(vague.aside) == 1
    data = read_folder(tmp_path, parse("columns: {quotes: {fee: fee (decimal comma), asked_on: asked_on (day first)}}"))
    assert data.quotes["fee"].tolist() == [1234]
    assert data.quotes["asked_on"].tolist() == [pd.Timestamp("2026-04-03")]


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ("{posts: {Beitrag: lieks}}", "lieks is not a column of posts (did you mean likes?)"),
        ("{export 7.csv: {Beitrag: post.likes}}", "post is not a table (did you mean posts?)"),
        ("{posts: {Datum: posted_at (upside down)}}", "in brackets the kit knows day first"),
        ("{export 7.csv: {Konto: posts.creator}}", "maps exports/export 7.csv to posts, which also needs post"),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_place(tmp_path, mapping, sentence):
    write(tmp_path, "exports/export 7.csv", FOREIGN)
    with pytest.raises(NotUsable, match=r"campaign\.yml: columns") as refused:
        read_folder(tmp_path, parse(f"columns: {mapping}"))
    assert sentence in str(refused.value)


def test_a_mapping_for_nothing_is_said(tmp_path):
    write(tmp_path, "creators.csv", "creator,followers\nana,5\n")
    data = read_folder(tmp_path, parse("columns: {creators2.csv: {x: followers}}"))
    assert "creators2.csv is neither a table nor a file of the folder (did you mean creators.csv?)" in texts(data)


# creators


@pytest.mark.parametrize(
    "written", ["ana", "@Ana", " ANA ", "https://www.instagram.com/ana/", "instagram.com/Ana?hl=de", "IG:ana", "instagram:@ana"]
)
def test_a_creator_is_the_same_however_written(tmp_path, written):
    write(tmp_path, "creators.csv", f'creator,followers\n"{written}",1200\n')
    write(tmp_path, "quotes.csv", "creator,fee,currency\ninstagram:ana,100,EUR\n")
    data = read_folder(tmp_path, BRIEF)
    assert data.creators[["creator", "platform", "handle"]].to_numpy().tolist() == [["instagram:ana", "instagram", "ana"]]
    assert "not in creators" not in texts(data)
    if written != "ana":
        assert "read as the same creators in small letters" in texts(data) or written == " ANA ".strip()


def test_a_key_is_built_from_platform_and_handle(tmp_path):
    data = creators(tmp_path, "platform,handle,followers\nTikTok,@Ben,5\nYT,UCaaaaaaaaaaaaaaaaaaaaaA,7\n").dataset
    assert data.creators["creator"].tolist() == ["tiktok:ben", "youtube:UCaaaaaaaaaaaaaaaaaaaaaA"]


def test_a_bare_handle_takes_the_platform_that_knows_it(tmp_path):
    write(tmp_path, "creators.csv", "creator,followers\ntiktok:ben,5\ninstagram:ana,6\ntiktok:ana,7\n")
    write(tmp_path, "quotes.csv", "creator,fee,currency\nben,100,EUR\nana,90,EUR\n")
    reading = read(tmp_path, TWO_PLATFORMS)
    assert reading.dataset.quotes["creator"].tolist() == ["tiktok:ben"]
    assert reading.aside[["row", "reason"]].to_numpy().tolist() == [[3, "the handle is on more than one platform (instagram and tiktok)"]]


def test_no_platform_is_guessed_where_the_brief_names_several(tmp_path):
    data = creators(tmp_path, "creator,followers\nana,5\n", TWO_PLATFORMS).dataset
    assert data.creators["creator"].tolist() == ["ana"]
    assert data.creators["platform"].isna().all()
    assert "1 creator has no platform, and the brief names several (ana)" in texts(data)


def test_creators_that_only_posts_know_are_added_without_followers(tmp_path):
    write(tmp_path, "creators.csv", "creator,followers\nana,5\n")
    write(tmp_path, "posts.csv", "post,creator,likes\np1,carl,4\np2,ana,5\n")
    data = read_folder(tmp_path, BRIEF)
    assert data.creators["creator"].tolist() == ["instagram:ana", "instagram:carl"]
    assert np.isnan(data.creators["followers"].iat[1])
    assert "1 creator is in other tables but in no creators table (instagram:carl)" in texts(data)


def test_creators_may_follow_from_their_histories(tmp_path):
    write(tmp_path, "follower_history.csv", "creator,day,followers\nana,2024-01-02,60\nana,2024-01-03,70\nana,2024-01-01,50\n")
    data = read_folder(tmp_path, BRIEF)
    assert data.creators[["creator", "followers"]].to_numpy().tolist() == [["instagram:ana", 70]]


def test_creators_elsewhere_that_nobody_knows_are_kept_and_said(tmp_path):
    write(tmp_path, "creators.csv", "creator,followers\nana,5\n")
    write(tmp_path, "quotes.csv", "creator,fee,currency\ndora,100,EUR\n")
    data = read_folder(tmp_path, BRIEF)
    assert data.quotes["creator"].tolist() == ["instagram:dora"]
    assert "1 creator of quotes not in creators (instagram:dora)" in texts(data)


def test_two_files_about_one_creator_complete_each_other(tmp_path):
    write(tmp_path, "creators.csv", "creator,niche,country\nana,food,DE\n")
    write(tmp_path, "exports/a.csv", "username,followers,following,niche\nana,1200,30,drinks\n")
    reading = read(tmp_path, BRIEF)
    (row,) = reading.dataset.creators[["creator", "followers", "country"]].to_numpy().tolist()
    assert row == ["instagram:ana", 1200, "DE"]
    assert "differ in niche" in texts(reading.dataset)
    assert len(reading.aside) == 1


# rules


def test_a_post_that_is_there_twice_counts_once(tmp_path):
    write(tmp_path, "creators.csv", "creator,followers\nana,5\n")
    text = "post,creator,likes,comments\np1,ana,10,\np1,ana,10,2\np2,ana,1,1\np2,ana,3,1\n"
    write(tmp_path, "posts.csv", text)
    reading = read(tmp_path, BRIEF)
    posts = reading.dataset.posts.to_pandas().set_index("post")
    assert posts.loc["p1", ["likes", "comments"]].tolist() == [10, 2]  # the more complete
    assert posts.loc["p2", "likes"] == 3  # of equals the later
    assert reading.aside["row"].tolist() == [2, 4]
    assert "2 rows repeat a post that another row holds, and differ in likes" in texts(reading.dataset)


def test_ids_that_several_creators_use_do_not_swallow_posts(tmp_path):
    write(tmp_path, "creators.csv", "creator,followers\nana,5\nben,6\n")
    write(tmp_path, "posts.csv", "post,creator,likes\n1,ana,10\n2,ana,11\n1,ben,12\n")
    write(tmp_path, "deliverables.csv", "creator,post,code\nben,1,BEN10\n")
    data = read_folder(tmp_path, BRIEF)
    assert sorted(data.posts.to_pandas()["post"]) == ["2", "instagram:ana/1", "instagram:ben/1"]
    assert data.deliverables["post"].tolist() == ["instagram:ben/1"]


def test_money_without_currency_is_the_budgets_and_foreign_money_needs_a_rate(tmp_path):
    write(tmp_path, "creators.csv", "creator,followers\nana,5\n")
    write(tmp_path, "quotes.csv", "creator,deliverable,fee,currency\nana,reel,100,\nana,story,90,usd\nana,photo,£70,\n")
    data = read_folder(tmp_path, parse("budget: {currency: EUR, rates: {GBP: 1.2}, rates_on: 2026-01-01}"))
    assert data.quotes["currency"].tolist() == ["EUR", "USD", "GBP"]
    said = texts(data)
    assert "1 row of quotes without currency (row 2)" in said
    assert "1 row of quotes in USD, for which the brief has no rate (row 3)" in said
    assert "GBP, for which" not in said


def test_shares_in_per_cent_become_shares(tmp_path):
    write(tmp_path, "creators.csv", "creator,followers\nana,5\n")
    write(tmp_path, "audience.csv", "creator,dimension,bucket,share\nana,Gender,Women,60\nana,gender,men,40\nana,age,18–24,55%\n")
    data = read_folder(tmp_path, BRIEF)
    assert data.audience[["dimension", "bucket", "share"]].to_numpy().tolist() == [
        ["gender", "female", 0.6],
        ["gender", "male", 0.4],
        ["age", "18-24", 0.55],
    ]
    assert "divided by 100" in texts(data)


def test_now_is_the_briefs_day_to_its_end_or_the_latest_time(tmp_path):
    write(tmp_path, "creators.csv", "creator,followers,collected_on\nana,5,2024-03-05\n")
    write(tmp_path, "posts.csv", "post,creator,posted_at,likes\np1,ana,2024-03-06T08:00:00Z,1\n")
    assert str(read_folder(tmp_path, BRIEF).as_of) == "2024-03-06 08:00:00+00:00"
    data = read_folder(tmp_path, parse("as_of: 2024-03-05"))
    assert str(data.as_of) == "2024-03-05 23:59:59+00:00"
    assert "1 post is later than now, 2024-03-05 23:59 UTC (the last on 2024-03-06)" in texts(data)
    assert len(data.posts) == 1


def test_rows_of_totals_are_no_creators(tmp_path):
    reading = creators(tmp_path, "creator,followers\nTotal,12\nana,5\nben,7\n")
    assert reading.dataset.creators["creator"].tolist() == ["instagram:ana", "instagram:ben"]
    assert reading.aside["reason"].tolist() == ["a row of totals"]
    # somebody may be called so
    assert creators(tmp_path, "creator,followers\nana,5\ntotal,7\nben,7\n").dataset.creators["creator"].tolist()[1] == "instagram:total"


@pytest.mark.parametrize("word", ["Grand total", "Gesamt", "Total général", "合計", "Итого"])
def test_sums_and_notes_below_a_table_are_no_creators(tmp_path, word):
    text = f"creator,followers\nana,5\nbo_b_x_y,\nben,7\n\n{word},12\nmy own notes: looks good,\n"
    reading = creators(tmp_path, text)
    assert reading.dataset.creators["creator"].tolist() == ["instagram:ana", "instagram:bo_b_x_y", "instagram:ben"]
    assert reading.aside["reason"].tolist() == ["a row of totals", "a note below the table"]


def test_a_list_of_names_alone_is_no_list_of_notes(tmp_path):
    assert len(creators(tmp_path, "creator\nana maria de la cruz\nben: coffee\n").dataset.creators) == 2


def test_columns_set_apart_by_blanks(tmp_path):
    text = "creator followers niche\nana 12500 tea\nben 900 coffee\n"
    assert creators(tmp_path, text).dataset.creators["followers"].tolist() == [12500, 900]


def test_western_text_with_hard_blanks_in_its_numbers(tmp_path):
    (tmp_path / "creators.csv").write_bytes("creator;followers\nana;12\xa0500\nben;1 200\n".encode("latin-1"))
    data = read_folder(tmp_path, BRIEF)
    assert data.creators["followers"].tolist() == [12500, 1200]
    assert "read as cp1252" in texts(data)


def test_a_list_value_outside_the_allowed_is_set_aside(tmp_path):
    write(tmp_path, "creators.csv", "creator,followers\nana,5\n")
    write(tmp_path, "outreach.csv", "creator,state\nana,Agreed\nana2,married\n")
    reading = read(tmp_path, BRIEF)
    assert reading.dataset.outreach["state"].tolist() == ["agreed"]
    assert reading.aside["reason"].str.startswith("state is not one of to contact, contacted").all()


# the workbook filled by hand


def test_a_hand_filled_workbook_of_twelve_creators(tmp_path):
    from playbook.folders.sheet import headers

    heads = headers()
    with xlsxwriter.Workbook(str(tmp_path / "creators-sheet.xlsx")) as book:
        sheet = book.add_worksheet("Creators")
        sheet.write_row(0, 0, heads)
        for k in range(12):
            row = {
                "platform": "TikTok" if k % 2 else "instagram",
                "handle": f"@Maker.{k}",
                "followers": "12.5K" if k == 3 else 1000 + k,
                "following": 10 * k,
            }
            row |= {"read on": "2026-05-10", "fee asked": 50 + k if k < 5 else None, "deliverable": "Reel", "notes": "nice"}
            row |= {f"likes {p}": 100 * k + p for p in range(1, 13)} | {f"comments {p}": p for p in range(1, 11)}
            row |= {f"date {p}": f"2026-05-{10 - p:02d}" for p in range(1, 9)}
            for name, value in row.items():
                if value is not None:
                    sheet.write(k + 1, heads.index(name), value)
        book.add_worksheet("How to").write(0, 0, "How to fill in")
    data = read_folder(tmp_path, TWO_PLATFORMS)
    assert len(data.creators) == 12
    assert data.creators.set_index("creator").loc["tiktok:maker.3", ["followers", "followers_precision"]].tolist() == [12500, 100]
    posts = data.posts.to_pandas()
    assert len(posts) == 144
    assert posts["comments"].notna().sum() == 120 and posts["posted_at"].notna().sum() == 96
    one = posts[posts["creator"] == "instagram:maker.2"].sort_values("post")
    assert one["likes"].tolist() == [200 + p for p in range(1, 13)]
    assert data.quotes[["creator", "deliverable", "fee", "currency"]].to_numpy().tolist()[0] == ["instagram:maker.0", "reel", 50, "EUR"]
    assert len(data.quotes) == 5
    assert str(data.as_of) == "2026-05-10 23:59:59+00:00"
    assert data.provenance[0].format == "hand-collecting workbook"
    assert [f for f in data.findings if f.level == "warning"] == []


def hand_filled(path: Path, saved: dt.datetime, read_on: str | None) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"created": saved})
        sheet = book.add_worksheet("Creators")
        sheet.write_row(0, 0, ["platform", "handle", "followers", "read on", "likes 1", "comments 1"])
        sheet.write_row(1, 0, ["instagram", "ana", 500, read_on, 9, 1])


def test_a_workbook_without_days_was_read_when_it_was_saved(tmp_path):
    path = tmp_path / "creators-sheet.xlsx"
    hand_filled(path, dt.datetime(2026, 3, 4, 12), None)
    data = read_folder(tmp_path, BRIEF)
    assert str(data.as_of) == "2026-03-04 23:59:59+00:00"
    assert "1 creator has no day in read on" in texts(data) and "the day on which the workbook was saved, 2026-03-04, was taken" in texts(
        data
    )
    hand_filled(path, dt.datetime(2026, 3, 4, 12), "2026-02-01")
    data = read_folder(tmp_path, BRIEF)
    assert str(data.as_of) == "2026-02-01 23:59:59+00:00" and "saved" not in texts(data)
    hand_filled(path, dt.datetime(2026, 1, 1), None)  # the template's own day says nothing
    assert "no time in your data" in texts(read_folder(tmp_path, BRIEF))


# real files


@pytest.mark.realdata
def test_real_posts_are_read_whole(tmp_path, realdata):
    (tmp_path / "exports").mkdir()
    shutil.copy(realdata / "instagram_posts.csv", tmp_path / "exports" / "some export.csv")
    data = read_folder(tmp_path, BRIEF)
    raw = pd.read_csv(realdata / "instagram_posts.csv")
    assert len(data.posts) == len(raw) == 8911
    assert len(data.creators) == raw["account"].nunique() == 535
    posts = data.posts.to_pandas()
    assert posts["likes"].sum() == raw["likes"].sum() and posts["comments"].sum() == raw["comments"].sum()
    followers = raw.groupby("account")["followers"].last()
    assert data.creators.set_index("handle")["followers"].sort_index().tolist() == followers.sort_index().tolist()
    assert [f.text for f in data.findings if f.level != "note"] == []


@pytest.mark.realdata
def test_real_creators_are_read_whole(tmp_path, realdata):
    (tmp_path / "exports").mkdir()
    shutil.copy(realdata / "tiktok_creators.csv", tmp_path / "exports" / "a.csv")
    data = read_folder(tmp_path, parse("market: {platforms: [tiktok]}"))
    raw = pd.read_csv(realdata / "tiktok_creators.csv")
    assert len(data.creators) + sum(data.provenance[0].set_aside.values()) == len(raw) == 2445
    assert data.creators["followers"].sum() == raw.drop_duplicates("account", keep="last")["followers"].sum()


@pytest.mark.realdata
def test_a_real_file_of_something_else_is_not_taken_for_creators(tmp_path, realdata):
    write(tmp_path, "creators.csv", "creator,followers\nana,5\n")
    (tmp_path / "exports").mkdir()
    for name in ("labelled_followers.csv", "geo_sales_and_cost.csv", "california_prop99.csv", "impact_arma.csv"):
        shutil.copy(realdata / name, tmp_path / "exports" / name)
    data = read_folder(tmp_path, BRIEF)
    assert data.creators["creator"].tolist() == ["instagram:ana"]
    assert {s.format for s in data.provenance if s.path.startswith("exports/")} == {"not recognised", "list of followers"}
    assert not len(data.follower_sample)
