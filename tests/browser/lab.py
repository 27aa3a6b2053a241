"""JupyterLab in a browser, driven as a person would: started, opened, run, read, with the keyboard."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from playbook import lab as playbook_lab

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-default-apps",
)
INSTALL = "no Chromium or Chrome on the path: install one (on Debian: apt-get install chromium), or name it in PLAYBOOK_BROWSER"
# what a page may say without being wrong: the browser's own words about its sandbox and about fonts
HARMLESS = re.compile(
    r"favicon|ResizeObserver|Failed to load resource.*(404|403).*|Autofocus|third-party cookie|preload|debugger state|Canceled future", re.I
)

# the open notebook's code cells, read from the application itself: what lies outside the window is not on the page
CELLS = """() => [...window.jupyterapp.shell.currentWidget.content.model.cells].filter(c => c.type === "code").map(c => {
  const outputs = c.sharedModel.outputs;
  return {source: c.sharedModel.source, count: c.executionCount,
    wrong: outputs.filter(o => o.output_type === "error" || o.name === "stderr").map(o => o.evalue || String(o.text)).join(" ")};
})"""

TO_CELL = """async words => {
  const book = window.jupyterapp.shell.currentWidget.content;
  const at = [...book.model.cells].findIndex(c => c.sharedModel.source.includes(words));
  book.activeCellIndex = at;
  // asked to go somewhere else while it scrolls, it lets go of the first wish with an error
  for (let i = 0; i < 5; i++) {
    try { await book.scrollToItem(at, "start"); return; } catch { await new Promise(done => setTimeout(done, 400)); }
  }
}"""


def chromium() -> str:
    """Return the browser's path; skip with what to install where there is none."""
    found = os.environ.get("PLAYBOOK_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        pytest.skip(INSTALL)
    return found


@contextlib.contextmanager
def browser() -> Iterator[Any]:
    """Start the browser for as long as it is needed."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), headless=True, args=list(QUIET))
        try:
            yield started
        finally:
            started.close()


@dataclass
class Lab:
    """A JupyterLab of its own, with its own settings and copies of the notebooks."""

    url: str
    token: str
    notebooks: Path
    home: Path


@contextlib.contextmanager
def jupyter(place: Path, *, campaign: str | None = None, dark: bool = False) -> Iterator[Lab]:
    """Start JupyterLab as `playbook lab` does, on a free port, and stop it in the end."""
    source = playbook_lab.notebooks_dir()
    notebooks = place / "notebooks"
    shutil.copytree(source, notebooks, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    argv, environment = playbook_lab.command(campaign, place)
    keep = [a for a in argv if not a.startswith("--notebook-dir") and not a.endswith(".ipynb")]
    settings = place / "settings"
    if dark:
        theme = settings / "@jupyterlab" / "apputils-extension"
        theme.mkdir(parents=True)
        (theme / "themes.jupyterlab-settings").write_text('{"theme": "JupyterLab Dark"}', encoding="utf-8")
    token = "playbook-test"
    environment |= {
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(place / "workspaces"),
        "JUPYTER_CONFIG_DIR": str(place / "config"),
        "JUPYTER_DATA_DIR": str(place / "data"),
        "IPYTHONDIR": str(place / "ipython"),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(Path(playbook_lab.__file__).parents[1]), environment.get("PYTHONPATH", "")])),
    }
    options = [
        f"--notebook-dir={notebooks}",
        "--no-browser",
        f"--port={port}",
        "--port-retries=0",
        "--ip=127.0.0.1",
        f"--IdentityProvider.token={token}",
        "--ServerApp.allow_root=True",
        "--LabApp.expose_app_in_browser=True",
    ]
    log = (place / "lab.log").open("w", encoding="utf-8")
    process = subprocess.Popen([*keep, *options], env=environment, cwd=place, stdout=log, stderr=subprocess.STDOUT)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(f"{url}/api?token={token}", process, place / "lab.log")
        yield Lab(url=url, token=token, notebooks=notebooks, home=place)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
        log.close()


def _wait_for(url: str, process: subprocess.Popen, log: Path, seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError, urllib.error.URLError):
            urllib.request.urlopen(url, timeout=5).close()
            return
        time.sleep(0.3)
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')[-2000:]}")


@dataclass
class Notebook:
    """One notebook open in the browser."""

    page: Any
    name: str
    lab: Lab
    said: list[str] = field(default_factory=list)

    def run_all(self, seconds: float = 180) -> None:
        """Run all cells from a fresh kernel, by the menu and the keyboard, and wait until the last has run."""
        page = self.page
        page.wait_for_function("() => !!window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel", timeout=60_000)
        # what an earlier run left would pass for this one's
        page.evaluate("() => window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
        for _ in range(3):
            page.evaluate("() => { window.jupyterapp.commands.execute('notebook:restart-run-all'); }")
            page.locator(".jp-Dialog").wait_for(timeout=20_000)
            page.keyboard.press("Enter")
            page.locator(".jp-Dialog").wait_for(state="detached", timeout=20_000)
            # a restart that meets a kernel still starting is lost without a word
            if self._until(lambda cells: any(c["count"] for c in cells), 45):
                break
        if not self._until(lambda cells: all(c["count"] or not c["source"] for c in cells), seconds):
            waiting = [c["source"] for c in self.cells() if c["source"] and not c["count"]]
            raise AssertionError(f"{self.name}: {len(waiting)} cells have not run, the first is {waiting[0]!r}; wrong: {self.errors()}")

    def _until(self, holds: Callable[[list[dict[str, Any]]], bool], seconds: float) -> bool:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if holds(self.cells()):
                return True
            self.page.wait_for_timeout(300)
        return False

    def cells(self) -> list[dict[str, Any]]:
        """Return the code cells as the notebook's model holds them: source, execution count, kinds and text of outputs."""
        return self.page.evaluate(CELLS)

    def errors(self) -> list[str]:
        """Return what cells printed as errors or warnings."""
        return [c["wrong"] for c in self.cells() if c["wrong"]]

    def show_panel(self, name: str = "panel") -> Any:
        """Scroll to a panel of controls and return it."""
        self.page.evaluate(TO_CELL, f"controls.{name}(")
        upload = self.page.get_by_role("button", name="Choose files")
        found = self.page.locator(".pb-panel")
        found = (found.filter(has=upload) if name == "drop" else found.filter(has_not=upload)).first
        found.wait_for(timeout=60_000)
        # the notebook lays itself out anew while it scrolls
        self.page.wait_for_timeout(700)
        found.wait_for(timeout=60_000)
        return found

    def save(self) -> None:
        """Save the notebook with the keyboard."""
        self.page.keyboard.press("Control+s")
        self.page.wait_for_timeout(800)


@contextlib.contextmanager
def opened(browser_: Any, lab: Lab, name: str, *, width: int = 1400, height: int = 1000) -> Iterator[Notebook]:
    """Open a notebook in a fresh browser profile and hear what its console says."""
    context = browser_.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    book = Notebook(page, name, lab)
    page.on("console", lambda m: book.said.append(m.text) if m.type == "error" and not HARMLESS.search(m.text) else None)
    page.on("pageerror", lambda e: None if HARMLESS.search(str(e)) else book.said.append(str(e)))
    try:
        page.goto(f"{lab.url}/lab/tree/{name}?token={lab.token}&reset", wait_until="domcontentloaded", timeout=90_000)
        page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=90_000)
        page.wait_for_function("() => document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status === 'idle'", timeout=90_000)
        page.locator(".jp-Notebook .jp-Cell").first.click()
        yield book
    finally:
        context.close()


# ---------------------------------------------------------------- panels


def sentence(panel: Any) -> str:
    """Return the panel's answer."""
    found = panel.locator(".pb-answer, .pb-missing").first
    for _ in range(300):
        # between two answers the place is empty for a moment
        if text := (found.text_content(timeout=60_000) or "").strip():
            return text
        time.sleep(0.1)
    raise AssertionError("the panel gives no answer")


def wait_for_other(panel: Any, before: str, seconds: float = 60) -> str:
    """Wait until the answer is another one, and return it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and sentence(panel) == before:
        time.sleep(0.2)
    return sentence(panel)


def wait_for_status(panel: Any, words: str, seconds: float = 60) -> None:
    """Wait until the status line says so."""
    line = panel.locator(".pb-status")
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if words in line.inner_text():
            return
        time.sleep(0.2)
    raise AssertionError(f"the panel says {line.inner_text()!r} instead of {words!r}")


def _control(panel: Any, label: str) -> Any:
    return panel.locator(f".jupyter-widgets:has(> .widget-label:text-is('{label}'))").first


def turn(book: Notebook, panel: Any, label: str, keys: str) -> None:
    """Turn a control with the keyboard alone: go there with Tab, press a key, or write a value."""
    page, wanted = book.page, _control(panel, label).locator(".noUi-handle, input, select").first
    panel.locator(".noUi-handle, input, select").first.focus()
    for _ in range(60):
        if wanted.evaluate("e => e === document.activeElement"):
            break
        page.keyboard.press("Tab")
    else:
        raise AssertionError(f"{label} cannot be reached with Tab")
    if keys in ("ArrowDown", "ArrowUp", "Home", "End"):
        page.keyboard.press(keys)
    else:
        page.keyboard.press("Control+a")
        page.keyboard.type(keys)
        page.keyboard.press("Tab")


def value(panel: Any, label: str) -> str:
    """Return what a control shows."""
    there = _control(panel, label)
    if there.locator("select").count():
        return there.locator("select").evaluate("e => e.selectedOptions[0].value")
    if there.locator(".noUi-handle").count():
        return there.locator(".noUi-handle").get_attribute("aria-valuetext") or ""
    return there.locator("input").first.input_value()


def press_button(book: Notebook, panel: Any, name: str) -> None:
    """Go to a button with Tab and press it with Enter."""
    button = panel.get_by_role("button", name=name)
    for _ in range(60):
        if button.evaluate("e => e === document.activeElement"):
            break
        book.page.keyboard.press("Tab")
    else:
        raise AssertionError(f"{name} cannot be reached with Tab")
    book.page.keyboard.press("Enter")


# the least contrast (WCAG 2) between any text in an element and the ground it stands on
CONTRAST = """root => {
  const rgb = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const lum = c => rgb(c).slice(0, 3).map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = e => { for (; e; e = e.parentElement) { const b = getComputedStyle(e).backgroundColor, p = rgb(b);
    if (p.length === 3 || p[3] > 0.5) return b; } return "rgb(255, 255, 255)"; };
  const over = (c, g) => { const a = rgb(c), b = rgb(g), t = a[3] ?? 1;
    return `rgb(${[0, 1, 2].map(i => a[i] * t + b[i] * (1 - t)).join(", ")})`; };
  let worst = {ratio: 99};
  for (const e of root.querySelectorAll(".pb-help, .pb-answer, .widget-label, td, th, .pb-status")) {
    if (!e.innerText.trim() || !e.offsetParent) continue;
    const [a, b] = [lum(over(getComputedStyle(e).color, ground(e))), lum(ground(e))].sort((x, y) => y - x), ratio = (a + 0.05) / (b + 0.05);
    if (ratio < worst.ratio) worst = {ratio: ratio, text: e.innerText.slice(0, 60), color: getComputedStyle(e).color, ground: ground(e)};
  }
  return worst;
}"""
