"""Pictures of the guide to look at: `make shots`. Those that the README shows go to docs/, all others to shots/.

Needs Chromium (on Debian: apt-get install chromium) and playwright.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playbook import folders  # noqa: E402
from playbook.chapters import CHAPTERS  # noqa: E402
from playbook.report.book import book  # noqa: E402
from playbook.report.run import report  # noqa: E402
from tests.browser import lab as driver  # noqa: E402

SAMPLE = "glow-skincare"


def main() -> None:
    """Make the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="*", choices=["report", "book", "lab", []], help="which pictures (default: all)")
    parser.add_argument("--out", type=Path, default=ROOT / "shots", help="where they go")
    given = parser.parse_args()
    wanted = given.what or ["report", "book", "lab"]
    given.out.mkdir(parents=True, exist_ok=True)
    with driver.browser() as browser, tempfile.TemporaryDirectory() as place:
        if "report" in wanted:
            out = report(SAMPLE, out=Path(place) / "report").out
            pages(browser, out, given.out, "report", ["index.html", *(f"chapters/{c.notebook[:-6]}.html" for c in CHAPTERS)])
            first(browser, out / "index.html", ROOT / "docs" / "report.png")
        if "book" in wanted:
            out = book(Path(place) / "book", campaign=SAMPLE).parent
            names = ["index.html", "glossary.html", "checklists.html", "ask.html", *(f"chapters/{c.notebook[:-6]}.html" for c in CHAPTERS)]
            pages(browser, out, given.out, "book", names)
        if "lab" in wanted:
            for dark in (False, True):
                inside = Path(place) / ("dark" if dark else "light")
                inside.mkdir()
                panels(browser, inside, given.out, dark=dark)
    print(f"Pictures: {given.out} and docs/")


def pages(browser, source: Path, out: Path, kind: str, names: list[str]) -> None:
    """Take whole pages."""
    page = browser.new_page(viewport={"width": 1000, "height": 1200})
    for name in names:
        page.goto((source / name).as_uri())
        page.screenshot(path=out / f"{kind}-{Path(name).stem}.png", full_page=True)
    page.close()


def first(browser, page_file: Path, target: Path) -> None:
    """Take the top of a page, as the README shows it."""
    page = browser.new_page(viewport={"width": 1000, "height": 760})
    page.goto(page_file.as_uri())
    page.screenshot(path=target)
    page.close()
    smaller(target)


def smaller(picture: Path) -> None:
    """Save a picture with 256 colours, at about half the size."""
    from PIL import Image

    Image.open(picture).convert("RGB").quantize(256, method=Image.Quantize.MAXCOVERAGE).save(picture, optimize=True)


def panels(browser, place: Path, out: Path, *, dark: bool) -> None:
    """Take each chapter's panel in JupyterLab, and one window as the README shows it."""
    theme = "dark" if dark else "light"
    folders.new(place / "mine", sample=SAMPLE)
    with driver.jupyter(place, campaign=str(place / "mine"), dark=dark) as lab:
        for chapter in CHAPTERS if not dark else CHAPTERS[1:5:3]:
            with driver.opened(browser, lab, chapter.notebook, width=1280, height=2400) as book_:
                book_.run_all()
                panel = book_.show_panel()
                panel.screenshot(path=out / f"lab-{theme}-{chapter.name}.png")
                if chapter.name == "engagement" and not dark:
                    book_.page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
                    book_.page.evaluate("() => document.querySelectorAll('.Toastify__toast').forEach(e => e.remove())")
                    book_.page.set_viewport_size({"width": 1280, "height": 860})
                    book_.show_panel()
                    book_.page.wait_for_timeout(1_000)
                    book_.page.screenshot(path=ROOT / "docs" / "lab.png")
                    smaller(ROOT / "docs" / "lab.png")


if __name__ == "__main__":
    main()
