"""The guide, live: how long a panel takes to answer, and how long each chapter takes to run from top to bottom in the guide edition.

A redraw is timed from the turn of a control to the last of its results, its sentence apart: that is what one waits for.
"""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path
from typing import Any

import nbformat

import playbook
from playbook.chapters import CHAPTERS
from playbook.folders import notebooks_dir
from playbook.report.editions import edition
from playbook.show.controls.panels import PANELS
from playbook.show.controls.state import State
from tests.browser.test_lab import TURNED

TURNS = 3
# fields to turn, and by what factor each time, so that no result is remembered
STEPS = {
    "creators": ("fewest", (1000.0, 2000.0, 3000.0, 4000.0, 5000.0)),
    "trust": ("followers", (0.5, 0.7, 0.9, 1.1, 1.3)),
    "costs": ("stops", (60, 65, 70, 80, 85)),
    "engagement": ("engagement.window", (8, 9, 10, 11, 13)),
    "fit": ("fit.weight_audience", (0.1, 0.2, 0.5, 0.6, 0.7)),
    "portfolio": ("portfolio.max_creators", (5, 6, 7, 8, 9)),
    "outreach": ("outreach.creators", (4, 5, 6, 7, 8)),
    "results": ("economics.incremental_share", (0.3, 0.4, 0.5, 0.6, 0.7)),
    "start": ("tiers.micro", (1100, 1200, 1300, 1400, 1500)),
    "why_micro": ("tiers.macro", (60_000, 65_000, 70_000, 75_000, 80_000)),
    "goals": ("goal.target", (300.0, 400.0, 500.0, 700.0, 800.0)),
}


def measure() -> list[dict[str, Any]]:
    """Measure redraws on the first sample, then whole chapters."""
    campaign = playbook.load("glow-skincare")
    return [row for c in CHAPTERS for row in redraws(c.name, campaign)] + [seconds(c) for c in CHAPTERS]


def redraws(chapter: str, campaign: Any) -> list[dict[str, Any]]:
    """Time a chapter's panel: its sentence, and everything."""
    assert set(STEPS) == set(TURNED)
    state = State(chapter, campaign)
    field, values = STEPS[chapter]
    first, whole, busy = [], [], []
    for value in (state.values[field], *values[:TURNS]):
        state.values[field] = value
        began, worked = time.perf_counter(), time.process_time()
        for i, shown in enumerate(PANELS[chapter].shows(campaign.data, state.brief(), state.tried)):
            if hasattr(shown, "_repr_html_"):
                shown._repr_html_()
            if i == 0:
                first.append(time.perf_counter() - began)
        whole.append(time.perf_counter() - began)
        busy.append(time.process_time() - worked)
    return [
        {"what": f"panel {chapter}: a turn to the sentence", "value": 1000 * statistics.median(first[1:]), "unit": "ms"},
        {"what": f"panel {chapter}: a turn to the last picture", "value": 1000 * statistics.median(whole[1:]), "unit": "ms"},
        {"what": f"panel {chapter}: processor time of it", "value": 1000 * statistics.median(busy[1:]), "unit": "ms"},
    ]


def seconds(chapter: Any) -> dict[str, Any]:
    """Run a chapter's guide edition once, as JupyterLab would: a kernel of its own, cell by cell."""
    from nbclient import NotebookClient

    source = notebooks_dir() / chapter.notebook
    book = edition(nbformat.read(str(source), as_version=4), "guide")
    os.environ["JPY_SESSION_NAME"] = chapter.notebook
    try:
        began = time.perf_counter()
        NotebookClient(book, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(Path(source).parent)}}).execute()
        return {"what": f"chapter {chapter.name}, guide edition, controls included", "value": time.perf_counter() - began, "unit": "s"}
    finally:
        del os.environ["JPY_SESSION_NAME"]
