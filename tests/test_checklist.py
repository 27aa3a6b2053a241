"""What was met in real files, and the test that shows each of it: a gap in the table is a gap in the kit."""

from __future__ import annotations

import importlib
import inspect

import pytest

from playbook.brief import parse
from playbook.data.load import read

BRIEF = parse("name: Spring\nbrand: {name: Acme, handle: acme}\nmarket: {platforms: [instagram]}\nas_of: 2026-07-01\n")

# what files hold: the tests that show that it is read, or told
MET: dict[str, str] = {
    "UTF-8, UTF-8 with byte order mark, UTF-16 with one": "load.any_encoding_and_delimiter "
    "readers.meta_results_believe_the_title_and_read_utf16",
    "Latin-1 with hard blanks in its numbers": "load.western_text_with_hard_blanks_in_its_numbers",
    "a line sep=": "load.a_line_that_declares_the_delimiter_is_no_data",
    "semicolons, commas, tabs, blanks between columns": "load.any_encoding_and_delimiter load.columns_set_apart_by_blanks",
    "junk and # lines on top": "checklist.lines_above_the_header_are_told readers.ga4_tables_under_each_other",
    "several tables in a file": "readers.meta_results_believe_the_title_and_read_utf16 readers.ga4_tables_under_each_other",
    "rows of totals in several languages": "load.sums_and_notes_below_a_table_are_no_creators "
    "readers.youtube_totals_are_told_by_what_they_lack",
    "blank rows, trailing commas, the user's notes below": "readers.ga4_saved_again_from_a_spreadsheet "
    "checklist.trailing_commas_are_no_cells",
    "headers twice, padded, with soft hyphens": "load.headers_may_be_padded_doubled_and_full_of_soft_hyphens",
    "headers over several lines": "rankings.followers_are_read_under_the_right_handle",
    "headers in other languages": "readers.youtube_in_other_languages readers.meta_in_romance_languages "
    "readers.meta_in_other_languages_and_for_pages",
    "headers that are wrong": "readers.ranking_tables_refuse_a_column_that_is_not_what_it_says "
    "readers.meta_results_believe_the_title_and_read_utf16",
    "quotation marks that are not escaped": "readers.tiktok_titles_with_bare_quotes_do_not_shift_columns",
    "captions over several lines": "readers.meta_posts_are_moved_from_pacific_time_and_shared_posts_keep_their_account",
    "1.2K, 0.89k, 29.0b, 16,037 M, 295,379": "values.a_count_is_read_as_it_is_meant "
    "rankings.every_shortened_number_is_exactly_the_full_one",
    "1,39 % and 8.6%": "values.per_cents_become_shares",
    "rates as fractions": "readers.modash_keeps_its_own_rate_as_a_score_of_likes_only",
    "--, -, N/A, #VALOR!, undefined, NULL": "values.marks_for_unknown_are_unknown_and_said",
    "N/A with an apostrophe": "rankings.a_measure_that_holds_countries_is_refused_and_its_neighbours_are_doubted",
    "-1": "values.minus_one_is_hidden_and_other_negatives_are_wrong",
    "empty cells": "values.an_empty_cell_needs_no_remark",
    "ids beyond 2^53": "readers.tiktok_ids_keep_all_their_digits values.ids_keep_every_digit",
    "1.2E+17": "values.an_id_that_a_spreadsheet_has_rounded_is_said",
    "ids with a leading blank": "readers.youtube_totals_are_a_check_and_never_a_video",
    "handles with ' or @": "load.a_creator_is_the_same_however_written",
    "Unix seconds, milliseconds, microseconds; ISO with +0000": "values.a_time_is_read_as_it_is_meant",
    "MM/DD/YYYY HH:MM in Pacific time": "readers.meta_times_come_out_right_however_a_spreadsheet_wrote_them",
    "DD.MM.YYYY": "values.one_day_above_twelve_settles_the_order",
    "local days without a year": "readers.tiktok_history_crosses_new_year_and_finds_the_year_by_its_neighbours "
    "readers.real_days_without_a_year_find_it_and_growth_adds_up",
    "days as a spreadsheet shortens them": "readers.days_as_a_spreadsheet_shortens_them",
    "11 hours": "checklist.a_time_that_is_only_so_long_ago_is_unknown_and_said",
    "Nth day": "readers.ga4_tables_under_each_other",
    "reach above followers, likes above followers, rates above 100 %": "checklist.counts_that_do_not_fit_each_other_are_named",
    "0 followers": "checklist.counts_that_do_not_fit_each_other_are_named",
    "rows of other accounts": "readers.meta_posts_are_moved_from_pacific_time_and_shared_posts_keep_their_account",
    "a daily breakdown that poses as posts": "readers.the_daily_breakdown_is_no_list_of_posts "
    "readers.youtube_chart_data_are_days_and_no_videos",
    "the same post scraped twice": "readers.the_same_post_in_two_readings_keeps_the_later_counts_and_what_only_one_knows",
    "an order over several rows": "readers.shopify_counts_an_order_once_without_tax_and_keeps_no_customer",
    "hidden likes: -1, 0, 3, a flag, a missing key": "readers.apify_profiles_carry_their_posts "
    "readers.the_graph_api_gives_a_profile_and_its_media "
    "readers.instaloader_reads_packed_files_and_hidden_likes readers.likes_that_some_tools_write_for_hidden_ones_are_warned_of "
    "readers.the_youtube_api_joins_channels_and_videos",
    "the same number as text and as number": "rankings.the_same_number_twice_is_compared_and_the_fuller_one_read",
}


@pytest.mark.parametrize("met", MET)
def test_what_was_met_has_a_test(met):
    for name in MET[met].split():
        module, _, test = name.partition(".")
        found = getattr(importlib.import_module(f"tests.test_{module}"), f"test_{test}", None)
        assert inspect.isfunction(found), f"{met}: there is no test {name}"


def data_of(folder, text: str):
    (folder / "exports").mkdir()
    (folder / "exports" / "x.csv").write_text(text, encoding="utf-8")
    return read(folder, BRIEF).dataset


def said(data) -> str:
    return " ".join(f.text for f in data.findings)


@pytest.mark.parametrize("above", ["Report of 1 May 2026\n\n", "# made by hand\n# for the team\n", "Report;;\n;;\n"])
def test_lines_above_the_header_are_told(tmp_path, above):
    mark = ";" if ";" in above else ","
    data = data_of(tmp_path, above + mark.join(["creator", "followers", "niche"]) + "\n" + mark.join(["ana", "1200", "food"]) + "\n")
    assert data.creators[["creator", "followers"]].to_numpy().tolist() == [["instagram:ana", 1200]]
    assert "exports/x.csv: 2 lines above the header" in said(data) or "above the header" in said(data)


def test_trailing_commas_are_no_cells(tmp_path):
    data = data_of(tmp_path, "creator,followers,,,\nana,1200,,,\nben,5,,,\n,,,,\n,,,,\n")
    assert data.creators["creator"].tolist() == ["instagram:ana", "instagram:ben"]
    assert data.provenance[0].set_aside == {}


def test_a_time_that_is_only_so_long_ago_is_unknown_and_said(tmp_path):
    data = data_of(tmp_path, "post,creator,posted_at,likes\np1,ana,11 hours,5\np2,ana,2026-05-01T10:00:00Z,6\n")
    assert data.posts.to_pandas().set_index("post")["posted_at"].isna().to_dict() == {"p1": True, "p2": False}
    assert "1 value is not a date the kit can read (row 2: '11 hours')" in said(data)


def test_counts_that_do_not_fit_each_other_are_named(tmp_path):
    (tmp_path / "creators.csv").write_text("creator,followers\nana,100\nben,0\n", encoding="utf-8")
    head = "post,creator,posted_at,likes,comments,reach,views,impressions\n"
    rows = ["p1,ana,2026-05-01,150,1,,,", "p2,ana,2026-05-02,90,20,,,", "p3,ana,2026-05-03,5,0,900,,", "p4,ana,2026-05-04,50,0,80,40,70"]
    data = data_of(tmp_path, head + "\n".join([*rows, "p5,ben,2026-05-04,5,0,9,,", "p6,ana,2026-05-05,50,1,90,99,95"]) + "\n")
    text = said(data)
    for words in (
        "1 post has more likes than their creator has followers (row 2)",
        "1 post has more likes and comments than followers, a rate above 100 % (row 3)",
        "1 post has a reach above their creator's followers (row 4)",
        "1 post has more likes than views (row 5)",
        "1 post has a reach above their impressions (row 5)",
        "1 creator has 0 followers",
    ):
        assert words in text, words
    # told, never dropped
    assert len(data.posts) == 6


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("rows", ["ana,1200,x\nben,5,y\n", "ana,1200,x,y\nben,5,,\n", "ana,1200\nben,5,z\n"])
def test_rows_wider_than_their_header_never_shift(tmp_path, monkeypatch, rows, large):
    from playbook.data.readers.containers import csv_text

    if large:
        monkeypatch.setattr(csv_text, "LARGE_BYTES", 0)
    (tmp_path / "creators.csv").write_text("creator,followers\ncem,7\n", encoding="utf-8")
    data = data_of(tmp_path, "creator,followers\n" + rows)
    known = data.creators.set_index("creator")["followers"].to_dict()
    assert known.items() <= {"instagram:ana": 1200, "instagram:ben": 5, "instagram:cem": 7}.items()
    wide = sum(line.rstrip(",").count(",") > 1 for line in rows.splitlines())
    assert len(known) == 3 - wide and f"{wide} {'row has' if wide == 1 else 'rows have'} more cells than the header" in said(data)
