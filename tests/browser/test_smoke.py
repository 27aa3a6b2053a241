"""The pages in a real browser: nothing is asked of the network, every picture shows, nothing sticks out."""

from __future__ import annotations

import http.server
import json
import os
import re
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from playbook.report.run import report
from tests import report_world as world

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
WIDTHS = (400, 1000, 1600)
# measured inside the page: how far it is wider than its window, pictures that did not load, and whether any text is lost under others
PROBE = """<script>
addEventListener("load", () => {
  const page = document.documentElement, pictures = [...document.images];
  const wide = [...document.querySelectorAll("main *")].filter(e => !e.closest(".scroll, .shown, pre, .highlight")
    && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.tagName + "." + e.className);
  document.title = "probe " + JSON.stringify({window: innerWidth, over: page.scrollWidth - innerWidth, wide: wide,
    pictures: pictures.length, broken: pictures.filter(p => !p.complete || !p.naturalWidth).length});
});
</script>"""


@pytest.fixture(scope="module")
def browser() -> str:
    found = os.environ.get("PLAYBOOK_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        pytest.skip("no Chromium or Chrome on the path: install one, or name it in PLAYBOOK_BROWSER")
    return found


@pytest.fixture(scope="module")
def out(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("browser")
    home = world.campaign(place / "small")
    wide = "import pandas as pd\npd.DataFrame({f'a rather wide column {i}': ['x' * 20] for i in range(12)})"
    world.notebook(place / "n", "goals", also=(wide, "print('a line without a break ' + 'x' * 300)"))
    world.notebook(place / "n", "portfolio", value=3)
    world.notebook(place / "n", "costs", also=("1 / 0",))
    return report(home, out=place / "out", notebooks=place / "n").out


def run(browser: str, page: str, place: Path, *options: str) -> str:
    quiet = ("first-run", "sandbox")
    off = ("gpu", "background-networking", "component-update", "sync", "extensions", "default-apps")
    call = [browser, "--headless", *(f"--no-{o}" for o in quiet), *(f"--disable-{o}" for o in off)]
    call += [f"--user-data-dir={place / 'profile'}", *options, page]
    return subprocess.run(call, capture_output=True, text=True, timeout=120, check=True).stdout


def asked(browser: str, page: str, place: Path) -> set[str]:
    """Return the addresses that a page asked for, as the browser's own network log tells."""
    log = place / "net.json"
    run(browser, page, place, f"--log-net-log={log}", "--dump-dom", "--virtual-time-budget=3000")
    events = json.loads(log.read_text(encoding="utf-8", errors="replace"))["events"]
    starts = [e["params"] for e in events if "url" in e.get("params", {}) and "initiator" in e.get("params", {})]
    # what the browser asks for itself, such as its updates, has no page as its origin
    return {p["url"] for p in starts if p["initiator"] != "not an origin" and not p["url"].startswith(("file:", "data:"))}


def pages(out: Path) -> list[Path]:
    return [out / "index.html", *sorted((out / "chapters").glob("*.html"))]


def test_a_page_that_asks_would_be_seen(browser, tmp_path):
    """The check itself: a picture from elsewhere must show in the log."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}/none.png"
        (tmp_path / "page.html").write_text(f'<!doctype html><img alt="" src="{address}">', encoding="utf-8")
        assert address in asked(browser, (tmp_path / "page.html").as_uri(), tmp_path)
    finally:
        server.shutdown()


def test_nothing_is_asked_of_the_network(browser, out, tmp_path):
    for page in pages(out):
        assert asked(browser, page.as_uri(), tmp_path) == set(), page.name


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_fit_their_window(browser, out, tmp_path, width):
    for page in pages(out):
        probed = page.with_name(f"probe-{width}-{page.name}")
        probed.write_text(page.read_text(encoding="utf-8").replace("</body>", PROBE + "</body>"), encoding="utf-8")
        try:
            dom = run(browser, probed.as_uri(), tmp_path, "--dump-dom", f"--window-size={width},1200", "--virtual-time-budget=3000")
        finally:
            probed.unlink()
        found = json.loads(re.search(r"<title>probe (.*?)</title>", dom)[1].replace("&amp;", "&"))
        assert found["over"] <= 0 and not found["wide"], (page.name, found)
        assert found["broken"] == 0 and found["pictures"] >= 1, (page.name, found)
        assert abs(found["window"] - width) <= 120, found


def test_a_page_prints(browser, out, tmp_path):
    run(browser, (out / "index.html").as_uri(), tmp_path, f"--print-to-pdf={tmp_path / 'page.pdf'}", "--no-pdf-header-footer")
    content = (tmp_path / "page.pdf").read_bytes()
    assert (
        content.startswith(b"%PDF")
        and 1 <= content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") + content.count(b"/Type/Page/") <= 12
    )
