"""Files in, tables out."""

from __future__ import annotations

from pathlib import Path

from playbook.brief import parse
from playbook.data.load import read, read_folder

BRIEF = parse("market: {platforms: [instagram]}")


def write(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


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


def test_rows_that_fail_are_set_aside_with_their_row_number(tmp_path):
    write(tmp_path, "creators.csv", "creator,followers\nana,1200\n,50\n")
    reading = read(tmp_path, BRIEF)
    assert reading.dataset.creators["creator"].tolist() == ["instagram:ana"]
    assert reading.aside[["file", "row", "reason", "values"]].to_numpy().tolist() == [["creators.csv", 3, "no creator", "followers=50"]]


FOREIGN = 'Konto;Beitrag;Datum;"Gefällt mir";Abos;Kommentare\n@Ana;p1;03.04.2026 10:00;1.234;12.500;5\n@Ana;p2;05.04.2026 10:00;56;12.500;0\n'


def test_foreign_headers_are_read_through_the_brief(tmp_path):
    write(tmp_path, "exports/export 7.csv", FOREIGN)
    brief = parse(
        "columns:\n  posts: {Konto: creator, Beitrag: post, Datum: posted_at, Gefällt mir: likes, Kommentare: comments}\n  creators: {Abos: followers}\n"
    )
    data = read_folder(tmp_path, brief)
    assert data.creators[["creator", "followers"]].to_numpy().tolist() == [["instagram:ana", 12500]]
    assert data.posts.to_pandas()["likes"].tolist() == [1234, 56]
    assert data.provenance[0].format == "mapped by campaign.yml"


def test_a_file_can_be_mapped_by_its_name(tmp_path):
    write(tmp_path, "exports/export 7.csv", FOREIGN)
    lines = "{Konto: posts.creator, Beitrag: post, Datum: posted_at, Gefällt mir: likes}"
    data = read_folder(tmp_path, parse(f"columns: {{export 7.csv: {lines}}}"))
    assert data.posts.to_pandas()["post"].tolist() == ["p1", "p2"]
