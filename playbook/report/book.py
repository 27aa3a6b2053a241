"""The playbook as a book: the guide's text with a sample's results, searchable and printable, for those who only read.

The chapters are the report's own executed notebooks; what the report leaves out for analysts, the guide's text, is put back between them.
"""

from __future__ import annotations

import csv
import html
import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playbook.campaign import load
from playbook.chapters import CHAPTERS
from playbook.errors import BadCall, NotUsable
from playbook.findings import RECORD_MIME
from playbook.folders import notebooks_dir
from playbook.report import pages
from playbook.report.collect import State
from playbook.report.editions import edition, tags
from playbook.whole import write_whole

RULES = Path(__file__).parents[1] / "rules"
# what needs a kernel: to be tried in the notebooks
LIVE = frozenset({"exercise", "solution", "control", "parameters"})
_TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.S)
_HEADING = re.compile(r"^(#{1,3}) +(.+)$", re.M)


def book(out: str | Path, *, campaign: str = "glow-skincare", progress: Callable[[str], None] | None = None) -> Path:
    """Write the book and return its first page.

    Parameters
    ----------
    out : path
        A folder that is not there yet, is empty, or holds an earlier book.
    campaign : str
        Whose results to show: a sample's name or a campaign folder.

    Raises
    ------
    BadCall
        Where `out` holds something else.
    NotUsable
        Where a chapter fails, or nothing can be written.
    """
    import nbformat

    from playbook.report.run import report

    out = Path(out).expanduser()
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / "search.js").is_file())):
        raise BadCall(f"{out} holds something else than a book; name another folder.")
    with tempfile.TemporaryDirectory(prefix="playbook-book-") as place:
        result = report(campaign, out=Path(place) / "report", progress=progress)
        if result.failed:
            first = result.failed[0]
            raise NotUsable(f"Chapter {getattr(first.chapter, 'name', first.chapter)} failed, so there is no book: {first.sentence}")
        states = []
        for chapter in CHAPTERS:
            executed = nbformat.read(str(result.out / "notebooks" / chapter.notebook), as_version=4)
            source = nbformat.read(str(notebooks_dir() / chapter.notebook), as_version=4)
            states.append(State(chapter=chapter, notebook=readable(source, executed), outcome=_outcome(executed)))
    site = pages.site(load(campaign), states, given={}, edited={})
    there = {c.notebook.removesuffix(".ipynb") for c in CHAPTERS}
    files: dict[str, str] = {}
    for i, state in enumerate(states):
        around: dict[str, Any] = {"before": states[i - 1] if i else None, "after": states[i + 1] if i + 1 < len(states) else None}
        around["cells"] = pages.cells(state, there)
        files[f"chapters/{pages.page_name(state)}"] = _page(site, "chapter", state.chapter.title, root="../", state=state, **around)
    for name, (title, body) in {"glossary": glossary(), "checklists": checklists(states), "ask": questions()}.items():
        files[f"{name}.html"] = _page(site, "more", title, body=body)
    files["search.js"] = "const SECTIONS = " + json.dumps(_sections(files), ensure_ascii=False).replace("</", "<\\/") + ";\n"
    files["index.html"] = _page(site, "index", "The micro-influencer playbook")
    try:
        (out / "chapters").mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            write_whole(out / name, content)
    except OSError as problem:
        raise NotUsable(f"{out} cannot be written ({problem.strerror or problem}); free some space or name another folder.") from None
    return out / "index.html"


def readable(source: Any, executed: Any) -> Any:
    """Return the guide's text with the results of an executed notebook between it.

    Cells belong together by their code: executed notebooks may leave out what is for learners.
    """
    made = {c.source: c for c in executed.cells if c.cell_type == "code"}
    out = edition(source, "guide")
    out.cells = [
        made[c.source] if c.cell_type == "code" else c
        for c in out.cells
        if not tags(c) & LIVE and (c.cell_type == "markdown" or c.source in made)
    ]
    return out


def glossary() -> tuple[str, str]:
    """Return title and body of the glossary."""
    rows = sorted(_rows("glossary.csv"), key=lambda r: r["term"].casefold())
    items = "".join(f'<dt id="{_slug(r["term"])}">{html.escape(r["term"])}</dt><dd>{html.escape(r["meaning"])}.</dd>' for r in rows)
    return "Glossary", f"<dl>{items}</dl>"


def checklists(states: list[State]) -> tuple[str, str]:
    """Return title and body of the checklists: what each chapter ends with."""
    parts = []
    for state in states:
        text = "\n".join(c.source for c in state.notebook.cells if c.cell_type == "markdown")
        found = re.search(r"^## What to take along\s*\n(.*?)(?=^## |\Z)", text, re.M | re.S)
        points = re.findall(r"^- (.+(?:\n  .+)*)", found[1], re.M) if found else []
        if points:
            link = f'<a href="chapters/{pages.page_name(state)}">{state.chapter.number} {html.escape(state.chapter.title)}</a>'
            parts.append(f'<h2>{link}</h2><ul class="boxes">{"".join(f"<li>{pages.inline(p)}</li>" for p in points)}</ul>')
    return "Checklists", "".join(parts)


def questions() -> tuple[str, str]:
    """Return title and body of what to ask a creator and what to note."""
    rows = _rows("notes.csv")
    numbers = {c.number: c for c in CHAPTERS}

    def listing(kind: str) -> str:
        items = []
        for row in (r for r in rows if r["by_hand"] == kind):
            chapter = numbers.get(row["chapter"])
            where = f' (<a href="chapters/{chapter.notebook.replace(".ipynb", ".html")}">chapter {row["chapter"]}</a>)' if chapter else ""
            items.append(f"<li>{html.escape(row['note'])}: {html.escape(row['why'])}{where}</li>")
        return f'<ul class="boxes">{"".join(items)}</ul>'

    return "What to ask a creator", (
        "<p>Ask everybody the same. Most creators send screenshots within a day; a question is no accusation.</p>"
        f"<h2>Ask for</h2>{listing('ask')}<h2>Note about everybody, with the day</h2>{listing('yes')}"
        f"<h2>What tools can tell</h2>{listing('tool')}"
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (RULES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def _outcome(executed: Any) -> dict[str, Any]:
    for cell in reversed(executed.cells):
        for output in cell.get("outputs", []):
            if RECORD_MIME in output.get("data", {}):
                return output["data"][RECORD_MIME]["outcome"]
    return {}


def _page(site: Any, kind: str, title: str, *, root: str = "", **more: Any) -> str:
    filled = {"state": None, "cells": [], "before": None, "after": None, "body": "", **more}
    return pages.template("book.html.j2").render(site=site, kind=kind, title=title, root=root, **filled)


def _sections(files: dict[str, str]) -> list[list[str]]:
    """Return (heading, address, text) of each section of each page, for the search."""
    out = []
    for name, page in files.items():
        if not name.endswith(".html"):
            continue
        main = page.partition('<main id="content" class="wrap">')[2].partition("</main>")[0]
        title = html.unescape(_text(re.search(r"<h1.*?</h1>", main, re.S)[0])) if "<h1" in main else name
        for part in re.split(r"(?=<h[12]\b)", main):
            heading = re.match(r"<h[12]\b[^>]*?(?: id=\"([^\"]*)\")?[^>]*>(.*?)</h[12]>", part, re.S)
            if not heading:
                continue
            text = html.unescape(_text(part.partition("</h")[2].partition(">")[2]))
            own = html.unescape(_text(heading[2]))
            address = f"{name}#{heading[1]}" if heading[1] else name
            out.append([own if own == title else f"{title}: {own}", address, text[:4000]])
    return out


def _text(part: str) -> str:
    return " ".join(_TAGS.sub(" ", part).split())


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
