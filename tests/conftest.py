"""What the tests share: where things are, and datasets opened once."""

from __future__ import annotations

import functools
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ("glow-skincare", "campus-coffee", "trail-app")


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@functools.cache
def _campaign(name: str):
    import playbook

    return playbook.load(name)


@pytest.fixture(scope="session", params=SAMPLES)
def campaign(request):
    """Each sample campaign in turn, read once a session."""
    return _campaign(request.param)


@pytest.fixture(scope="session")
def glow():
    """The sample campaign for sales, with results."""
    return _campaign("glow-skincare")


@pytest.fixture(scope="session")
def coffee():
    """The sample campaign for awareness, with results."""
    return _campaign("campus-coffee")


@pytest.fixture(scope="session")
def trail():
    """The sample campaign for followers, in planning."""
    return _campaign("trail-app")


@pytest.fixture(scope="session")
def realdata() -> Path:
    """The folder of real files; tests that need it skip where it is absent."""
    folder = Path(os.environ.get("PLAYBOOK_REAL_DATA", ROOT.parent / "shared" / "real"))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}: set PLAYBOOK_REAL_DATA to its folder")
    return folder
