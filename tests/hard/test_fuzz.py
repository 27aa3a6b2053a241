"""Any bytes: tables with findings, or one sentence; never a traceback, a hang or all the memory."""

from __future__ import annotations

import os

import pytest

from tests.hard import fuzz

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the clock that ends a hang is POSIX's")

# 20,000 files in parts that workers can share
PARTS, IN_PART = 20, 1_000


def told(failure: fuzz.Failure, tmp_path) -> str:
    return f"{failure.what}\nkept as {', '.join(map(str, fuzz.kept(failure, tmp_path)))}; move to {fuzz.CORPUS} once mended"


@pytest.mark.parametrize("seed", range(2))
def test_broken_files_of_every_format(seed, tmp_path):
    assert not [told(f, tmp_path) for f in fuzz.failures(seed, 80)]


def test_a_reader_that_fails_is_told_and_found(tmp_path, monkeypatch):
    from playbook.data.readers import shopify

    monkeypatch.setattr(shopify, "read", lambda sample, context: {}["absent"])
    path, raw = next((p, r) for p, r in fuzz.SEEDS if p == "orders_export.csv")
    assert "is not shaped as its headers say (KeyError in the reader for Shopify" in fuzz.trouble([fuzz.Broken(path=path, raw=raw)])


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_twenty_thousand_broken_files(part, tmp_path):
    seed = int.from_bytes(os.urandom(4), "big")
    found = [told(f, tmp_path) for f in fuzz.failures(seed, IN_PART)]
    assert not found, f"seed {seed}: `python -m tests.hard.fuzz {seed} {IN_PART}`"


@pytest.mark.parametrize("path", sorted(fuzz.CORPUS.iterdir()) if fuzz.CORPUS.exists() else [], ids=lambda p: p.name)
def test_what_once_failed(path):
    name = path.name.split("__", 1)[1].replace("__", "/")
    assert not fuzz.trouble([fuzz.Broken(path=name, raw=path.read_bytes())])
