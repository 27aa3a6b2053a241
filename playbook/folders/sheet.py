"""The workbook for collecting by hand: a row a creator, filled in while looking at the profiles."""

from __future__ import annotations

import io
from pathlib import Path

from playbook.brief import PLATFORMS
from playbook.data.readers.handsheet import TEMPLATE_SAVED_ON

ROWS = 500
ABOUT = (
    ("platform", 12, "Where the creator posts; choose from the list."),
    ("handle", 20, "The name on the platform, with or without @, or the address of the profile."),
    ("followers", 11, "As the profile shows it; 12.5K is fine and is remembered as rounded."),
    ("following", 11, "How many accounts the creator follows."),
    ("niche", 14, "What the creator is about, in one word; the same word for the same thing."),
    ("country", 9, "Two letters, such as DE, US or GB."),
    ("language", 9, "Two letters, such as de or en."),
    ("read on", 12, "The day on which you read the numbers, YYYY-MM-DD. It tells the playbook what 'now' is."),
    ("fee asked", 11, "What the creator asks for one post, if you know it."),
    ("deliverable", 12, "What the fee is for: photo, carousel, reel, video, short, story."),
    ("currency", 9, "Three letters, such as EUR; empty takes the currency of your budget."),
    ("notes", 28, "For yourself; the playbook does not read them."),
)
POSTS = 12
TITLE = "Creators"
HOW_TO = (
    "How to fill in this workbook",
    "",
    "One row is one creator on one platform. Leave empty what you do not know: empty means unknown, never 0.",
    "Twelve posts are best, the latest first, without pinned ones and without posts younger than three days. Three are enough to start.",
    "Hidden likes: leave the cell empty. Write a date as YYYY-MM-DD; without dates the playbook still counts, but sees no rhythm.",
    "Do not rename or move the headers. Save, then run: playbook check, and playbook report.",
    "",
)


def headers() -> list[str]:
    """Return the headers of the sheet.

    >>> headers()[:3], headers()[-3:]
    (['platform', 'handle', 'followers'], ['likes 12', 'comments 12', 'date 12'])
    """
    return [name for name, _, _ in ABOUT] + [f"{what} {k}" for k in range(1, POSTS + 1) for what in ("likes", "comments", "date")]


def write_sheet(path: Path) -> None:
    """Write the empty workbook; the same bytes at any time."""
    import datetime as dt

    import xlsxwriter

    # in memory first: XlsxWriter raises errors of its own where a disk is full
    memory = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(memory, options) as book:
        book.set_properties({"title": "Creators, collected by hand", "created": dt.datetime.combine(TEMPLATE_SAVED_ON, dt.time())})
        head = book.add_format({"bold": True, "bg_color": "#1F6F8B", "font_color": "#FFFFFF", "border": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        words = book.add_format({"text_wrap": True, "valign": "top"})
        title = book.add_format({"bold": True, "font_size": 14})
        sheet = book.add_worksheet(TITLE)
        sheet.freeze_panes(1, 2)
        for at, name in enumerate(headers()):
            sheet.write_string(0, at, name, head)
            width = next((w for n, w, _ in ABOUT if n == name), 11)
            sheet.set_column(at, at, width, day if name.startswith("date") or name == "read on" else None)
        for at, (name, _, meaning) in enumerate(ABOUT):
            sheet.write_comment(0, at, f"{name}: {meaning}")
        sheet.data_validation(
            1, 0, ROWS, 0, {"validate": "list", "source": list(PLATFORMS), "error_message": "Choose a platform from the list."}
        )
        for name in ("followers", "following"):
            at = headers().index(name)
            sheet.data_validation(1, at, ROWS, at, {"validate": "any", "input_title": name, "input_message": "The number on the profile"})
        how = book.add_worksheet("How to")
        how.set_column(0, 0, 16)
        how.set_column(1, 1, 90, words)
        how.write_string(0, 0, HOW_TO[0], title)
        for at, line in enumerate(HOW_TO[1:], start=1):
            how.write_string(at, 1, line, words)
        for at, (name, _, meaning) in enumerate(ABOUT, start=len(HOW_TO)):
            how.write_string(at, 0, name)
            how.write_string(at, 1, meaning, words)
        how.write_string(len(HOW_TO) + len(ABOUT), 0, "likes 1 … 12")
        how.write_string(
            len(HOW_TO) + len(ABOUT), 1, "Likes of the latest post, of the one before, and so on; comments and dates likewise.", words
        )
    path.write_bytes(memory.getvalue())
