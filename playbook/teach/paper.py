"""What is read on paper or shown on a wall: pages, slides, handout, glossary; each one file that needs nothing from outside."""

from __future__ import annotations

import csv
import functools
import html
import re
from collections.abc import Iterable
from pathlib import Path

from playbook.chapters import CHAPTERS, Chapter

TEMPLATES = Path(__file__).parent / "templates"
LONG = 1000  # letters of a slide


def markdown(text: str) -> str:
    """Turn Markdown into HTML; HTML inside it stays text."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table").render(text)


def page(title: str, body: str, *, css: str = "", script: str = "") -> str:
    """Return one HTML file that needs nothing from outside."""
    run = f"<script>{script}</script>" if script else ""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{_file('paper.css')}{css}</style></head>\n<body>{body}{run}</body></html>\n"
    )


def _file(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def document(title: str, text: str) -> str:
    """Return a page from Markdown."""
    return page(title, f"<main>{markdown(text)}</main>")


def slides(chapters: Iterable[Chapter] = CHAPTERS) -> str:
    """Return the slides: of each chapter its question, what its `learn` cells explain, and its exercises.

    Arrow keys, Page up and down and the space bar turn them; without scripts they scroll.
    """
    import nbformat

    from playbook.folders import notebooks_dir
    from playbook.report.editions import tags

    out = []
    for chapter in chapters:
        cells = nbformat.read(str(notebooks_dir() / chapter.notebook), as_version=4).cells
        where = f'<p class="where">{chapter.number} {html.escape(chapter.title)}</p>'
        learn = re.search(r"\*\*You will learn\*\*.*", cells[0].source)
        first = f"# {chapter.title}\n\n{chapter.question}\n\n{learn[0] if learn else ''}"
        out.append(f'<section class="title"><p class="where">Chapter {chapter.number}</p>{markdown(first)}</section>')
        for cell in cells[1:]:
            own = tags(cell)
            if cell.cell_type != "markdown" or not own & {"learn", "exercise"}:
                continue
            # links between notebooks lead nowhere from a wall
            text = re.sub(r"^(Previous|Next):.*$", "", cell.source, flags=re.M)
            text = re.sub(r"^###? ", "## ", text)
            # what would not fit onto a wall in large letters
            names = [n for n, is_so in (("exercise", "exercise" in own), ("long", len(text) > LONG)) if is_so]
            kind = f' class="{" ".join(names)}"' if names else ""
            out.append(f"<section{kind}>{where}{markdown(text)}</section>")
    return page(
        "Slides", f"<main style='max-width:none;padding:0'>{''.join(out)}</main>", css=_file("slides.css"), script=_file("slides.js")
    )


@functools.cache
def glossary() -> tuple[tuple[str, str], ...]:
    """Return each term with its meaning, in alphabetical order."""
    path = Path(__file__).parents[1] / "rules" / "glossary.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return tuple(sorted(((r["term"], r["meaning"]) for r in csv.DictReader(lines)), key=lambda r: r[0].casefold()))


def glossary_page() -> str:
    """Return the glossary as a page."""
    rows = "".join(f"<tr><td>{html.escape(t)}</td><td>{html.escape(m)}</td></tr>" for t, m in glossary())
    return page("Glossary", f'<main><h1>Glossary</h1><table class="terms"><tbody>{rows}</tbody></table></main>')


def notes() -> dict[str, str]:
    """Return the trainer's notes of each chapter, as Markdown."""
    text = (Path(__file__).parent / "notes.md").read_text(encoding="utf-8")
    parts = re.split(r"^## (\w+)$", text, flags=re.M)
    return {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}


def notes_page() -> str:
    """Return the notes of all chapters, each with its exercises and its minutes."""
    from playbook.teach.exercises import of
    from playbook.teach.timetable import minutes

    out = ["# Trainer's notes"]
    said = notes()
    for chapter in CHAPTERS:
        rows = "\n".join(f"| {e.id} | {e.minutes} | {e.title} | {e.wrong[0].hint} |" for e in of(chapter.name))
        body = re.sub(r"\n(?=\*\*)", "\n\n", said[chapter.name])
        out.append(
            f"## {chapter.number} {chapter.title} ({minutes()[chapter.name]} minutes)\n\n{body}\n\n"
            f"| Exercise | Minutes | What | The first slip, and its hint |\n|---|---|---|---|\n{rows}"
        )
    return document("Trainer's notes", "\n\n".join(out))


_HANDOUT = """# {brand}: your workshop

You are the marketing team of **{brand}**. Your folder holds your own campaign: nobody else in the room has the same creators, posts and
orders, so nobody else has your answers.

## Begin

1. Open a terminal in your folder and type `playbook doctor`. Every line should say ok; if not, call your trainer.
2. Type `playbook lab .` JupyterLab opens, and in it the first chapter.
3. Run a cell with Shift and Enter. It shows its result and goes on to the next one.
4. An exercise has three cells: a question, the numbers from your data, and one for your answer. Write the answer in the place of the three
   dots and run the cell. It tells you what is wrong with it, never what is right.
5. Write decimals with a point, thousands without a comma, and a share as 0.04 or 4 / 100; words stand in quotation marks. A red message
   means that Python cannot read the cell; its last line says why. The first chapter tells more about this.
6. Stuck? Type `hint("engagement-1")`, with the exercise's name, into a cell of its own (the key Esc, then B, makes one). Each time you run
   it, it says a little more.

## What you hand in

At the end open `hand_in.ipynb`: your shortlist, whom you would question, your ROI and your lift, each with how sure you are. Then save, and
tell your trainer. After that comes the reveal: your world was made, so what really holds in it is known, and you see how far off you were.

## Saving

JupyterLab saves by itself every two minutes; Ctrl and S saves at once. Your work is in the folder `notebooks`.

## What a chapter is about

{chapters}
"""


def handout(brand: str) -> str:
    """Return the learner's page."""
    rows = "\n".join(f"| {c.number} | {c.title} | {c.question} |" for c in CHAPTERS)
    table = f"| No. | Chapter | Question |\n|---|---|---|\n{rows}"
    return document("Your workshop", _HANDOUT.format(brand=brand, chapters=table))
