"""The report's and the book's pages in a browser: they fit, print, say nothing wrong, and keep the rules of accessibility (axe-core)."""

from __future__ import annotations

from pathlib import Path

import pytest

from playbook.chapters import CHAPTERS

from . import lab as driver

pytestmark = pytest.mark.slow
WIDTHS = (400, 1000, 1600)
# what sticks out to the right of the window, what did not load, and elements that lie outside a scrolling frame of their own
PROBE = """() => ({
  over: document.documentElement.scrollWidth - innerWidth,
  broken: [...document.images].filter(p => !p.complete || !p.naturalWidth).length,
  unnamed: [...document.images].filter(p => !p.alt.trim()).length,
})"""
REPORT = ("index.html", *(f"chapters/{c.notebook.replace('.ipynb', '.html')}" for c in CHAPTERS))
BOOK = (*REPORT, "glossary.html", "checklists.html", "ask.html")


@pytest.fixture(scope="module")
def browser():
    with driver.browser() as started:
        yield started


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> Path:
    from playbook.report.book import book as write

    driver.chromium()
    return write(tmp_path_factory.mktemp("book") / "guide", campaign="trail-app").parent


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1000, "height": 1200}, offline=True)
    opened = context.new_page()
    said: list[str] = []
    opened.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    opened.on("pageerror", lambda e: said.append(str(e)))
    yield opened
    context.close()
    assert not said, said


def look(page, out: Path, names: tuple[str, ...]) -> None:
    """Open each page at each width, print it, and ask axe-core."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install axe-playwright-python").Axe()
    for name in names:
        page.goto((out / name).as_uri())
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 1200})
            found = page.evaluate(PROBE)
            assert found["over"] <= 0 and found["broken"] == 0 and found["unnamed"] == 0, (name, width, found)
        page.emulate_media(media="print")
        assert page.evaluate("() => document.querySelector('main').innerText.trim().length") > 100, name
        assert page.pdf().startswith(b"%PDF")
        page.emulate_media(media="screen")
        grave = [v for v in axe.run(page).response["violations"] if v["impact"] in ("serious", "critical")]
        assert not grave, (name, [(v["id"], v["help"], [n["html"][:160] for n in v["nodes"][:3]]) for v in grave])


@pytest.mark.smoke
def test_the_reports_first_page(page, reported):
    look(page, reported("glow-skincare"), REPORT[:1])


@pytest.mark.parametrize("sample", ["glow-skincare", "campus-coffee", "trail-app"])
def test_all_pages_of_a_report(page, reported, sample):
    look(page, reported(sample), REPORT)


def test_all_pages_of_the_book(page, book):
    look(page, book, BOOK)


def test_the_book_is_searched(page, book):
    page.goto((book / "index.html").as_uri())
    field = page.get_by_label("Search the book")
    field.focus()
    page.keyboard.type("engagement rate")
    page.locator("#found li").first.wait_for()
    assert "section" in page.locator("#many").inner_text()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "index.html" not in url)
    assert "engagement" in page.locator("main").inner_text().lower()
    page.goto((book / "index.html").as_uri())
    page.get_by_label("Search the book").fill("xyzzy plugh")
    assert "Nothing found" in page.locator("#many").inner_text()


def test_the_book_shows_no_controls_and_no_exercises(book):
    for path in book.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "controls.panel" not in text and "Exercise " not in text and "widget" not in text, path.name
