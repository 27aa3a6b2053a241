"""The decision as a PDF: the front page's figures, whatever their texts hold."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from playbook.report import kernels, summary
from playbook.report.run import report
from tests import report_world as world

HOSTILE = '#sys.inputs #read("/etc/passwd") $x$ *bold* <script>alert(1)</script> =HYPERLINK("x") {{7*7}} \u202egnp.exe ' + "long" * 2500


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    folder = tmp_path_factory.mktemp("books")
    for name in ("goals", "engagement", "portfolio"):
        world.notebook(folder, name)
    return folder


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(kernels, "run", world.as_if_run)


def text_of(pdf) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler) reads the PDF back, and is not here")
    return subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout


def pages_of(pdf) -> int:
    return text_of(pdf).count("\f")


def test_it_says_what_the_page_says_and_the_same_each_time(books, tmp_path, quick):
    home = world.campaign(tmp_path / "acme")
    one, other = (report(home, out=tmp_path / n, notebooks=books, start="plain", pdf=True).out / "summary.pdf" for n in "ab")
    assert one.read_bytes() == other.read_bytes()
    assert one.read_bytes().startswith(b"%PDF-")
    said = text_of(one)
    assert "Small & quick <campaign>" in said and "The portfolio answer." in said and 1 <= pages_of(one) <= 4
    # a report made without one keeps no old one
    again = report(home, out=tmp_path / "a", notebooks=books, start="plain").out
    assert not (again / "summary.pdf").exists()


def test_it_is_tagged_and_has_a_title_and_a_language(books, tmp_path, quick):
    if shutil.which("pdfinfo") is None:
        pytest.skip("pdfinfo (poppler) is not here")
    home = world.campaign(tmp_path / "acme")
    pdf = report(home, out=tmp_path / "out", notebooks=books, start="plain", pdf=True).out / "summary.pdf"
    about = subprocess.run(["pdfinfo", str(pdf)], capture_output=True, text=True, check=True).stdout
    assert "Tagged:          yes" in about and "Small & quick <campaign>" in about
    assert b"pdfuaid" in pdf.read_bytes()


def test_hostile_and_endless_texts_stay_texts(books, tmp_path, quick, monkeypatch):
    home = world.campaign(tmp_path / "acme")
    seen = summary.content

    def poisoned(site, document):
        said = seen(site, document)
        evil = summary._cut(HOSTILE)
        for part in said["parts"]:
            part["sentence"], part["heads"], part["numeric"] = evil, ["Creator", "Fee"], [False, True]
            part["rows"] = [[summary._cut(HOSTILE, summary.NAME), "€1"]] * summary.SET_ROWS
        said["title"] = said["brand"] = evil
        return said

    monkeypatch.setattr(summary, "content", poisoned)
    pdf = report(home, out=tmp_path / "out", notebooks=books, start="plain", pdf=True).out / "summary.pdf"
    said = text_of(pdf)
    assert '#read("/etc/passwd")' in said.replace("\n", " ") and "root:" not in said and "\u202e" not in said
    assert pages_of(pdf) <= 4


@pytest.mark.slow
@pytest.mark.notebooks
@pytest.mark.parametrize("sample", ["glow-skincare", "campus-coffee", "trail-app"])
def test_two_to_four_pages_for_a_whole_report(sample, tmp_path):
    pdf = report(sample, out=tmp_path / "out", pdf=True).out / "summary.pdf"
    assert 2 <= pages_of(pdf) <= 4
