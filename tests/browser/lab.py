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
from collections.abc import Iterator
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
    r"favicon|ResizeObserver|Failed to load resource.*(404|403).*|Autofocus|third-party cookie|preload|debugger state", re.I
)

# the open notebook's code cells, read from the application itself: what lies outside the window is not on the page
CELLS = """() => [...window.jupyterapp.shell.currentWidget.content.model.cells].filter(c => c.type === "code").map(c => {
  const outputs = c.sharedModel.outputs;
  return {source: c.sharedModel.source, count: c.executionCount,
    wrong: outputs.filter(o => o.output_type === "error" || o.name === "stderr").map(o => o.evalue || String(o.text)).join(" ")};
})"""


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
        page.evaluate("() => { window.jupyterapp.commands.execute('notebook:restart-run-all'); }")
        page.locator(".jp-Dialog").wait_for(timeout=20_000)
        page.keyboard.press("Enter")
        page.locator(".jp-Dialog").wait_for(state="detached", timeout=20_000)
        page.wait_for_function(f"() => ({CELLS})().filter(c => c.source && !c.count).length === 0", timeout=seconds * 1000, polling=300)

    def cells(self) -> list[dict[str, Any]]:
        """Return the code cells as the notebook's model holds them: source, execution count, kinds and text of outputs."""
        return self.page.evaluate(CELLS)

    def errors(self) -> list[str]:
        """Return what cells printed as errors or warnings."""
        return [c["wrong"] for c in self.cells() if c["wrong"]]

    def show_panel(self, name: str = "panel") -> Any:
        """Scroll to a panel of controls and return it."""
        panels = self.page.locator(".pb-panel")
        for _ in range(80):
            found = [panels.nth(i) for i in range(panels.count())]
            fitting = [p for p in found if (p.locator("input[type=file]").count() > 0) == (name == "drop") and p.is_visible()]
            if fitting:
                fitting[0].scroll_into_view_if_needed()
                return fitting[0]
            self.page.mouse.wheel(0, 700)
            self.page.wait_for_timeout(150)
        raise AssertionError(f"{self.name}: there is no {name} to be seen")

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
    page.on("pageerror", lambda e: book.said.append(str(e)))
    try:
        page.goto(f"{lab.url}/lab/tree/{name}?token={lab.token}&reset", wait_until="domcontentloaded", timeout=90_000)
        page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=90_000)
        page.wait_for_function("() => document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status === 'idle'", timeout=90_000)
        page.locator(".jp-Notebook .jp-Cell").first.click()
        yield book
    finally:
        context.close()
