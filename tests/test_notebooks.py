"""The notebooks themselves: their form, and that each runs on every sample."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys

import nbformat
import pytest

from playbook.brief import Brief
from playbook.chapters import CHAPTERS
from playbook.findings import RECORD_MIME

from .conftest import ROOT, SAMPLES

NOTEBOOKS = [ROOT / "notebooks" / c.notebook for c in CHAPTERS]
each_notebook = pytest.mark.parametrize("chapter", CHAPTERS, ids=[c.name for c in CHAPTERS])


def opened(chapter):
    return nbformat.read(ROOT / "notebooks" / chapter.notebook, as_version=4)


def tags(cell) -> set[str]:
    return set(cell.metadata.get("tags", []))


def test_there_is_one_notebook_a_chapter():
    assert sorted(p.name for p in (ROOT / "notebooks").glob("*.ipynb")) == [c.notebook for c in CHAPTERS]


@each_notebook
def test_form(chapter):
    book = opened(chapter)
    nbformat.validate(book)
    prose = "\n\n".join(c.source for c in book.cells if c.cell_type == "markdown")
    assert len(re.findall(r"^# ", prose, re.M)) == 1
    assert prose.lstrip().startswith("# ")
    assert "**Question" in prose and re.search(r"\d+ minutes", prose)
    assert "What to take along" in prose
    code = [c for c in book.cells if c.cell_type == "code"]
    assert tags(code[0]) == {"parameters"}
    assert f'playbook.open_chapter("{chapter.name}", globals())' in code[1].source
    assert "playbook.record(" in code[-1].source and "record" in tags(code[-1])
    assert book.cells[-1] == code[-1]
    for cell in code[1:]:
        if tags(cell) & {"exercise", "solution"}:
            # what learners write may compute; tests/test_teach.py holds the form of these
            continue
        lines = [line for line in cell.source.splitlines() if line.strip() and not line.startswith(("#", "import", "from"))]
        assert len(lines) <= 6, cell.source
        for node in ast.walk(ast.parse(cell.source)):
            assert not isinstance(node, (ast.For, ast.While, ast.FunctionDef, ast.If, ast.BinOp)), f"a cell computes: {cell.source}"
    ids = [c["id"] for c in book.cells]
    assert len(set(ids)) == len(ids)


@each_notebook
def test_parameters_are_the_chapters_knobs_with_their_defaults(chapter):
    cell = next(c for c in opened(chapter).cells if "parameters" in tags(c))
    model = Brief.model_fields[chapter.name].annotation
    found = {}
    for line in cell.source.splitlines():
        match = re.fullmatch(r"([A-Z_]+): (int|float|str|bool) = (.+?)  # (.+)", line)
        assert match, f"{chapter.notebook}: {line!r} is not `NAME: type = default  # unit and allowed values`"
        found[match[1]] = ast.literal_eval(match[3])
    assert found.pop("CAMPAIGN") == "glow-skincare"
    assert found == {name.upper(): info.default for name, info in model.model_fields.items()}


@each_notebook
def test_only_answer_cells_keep_an_output_and_it_is_text(chapter):
    kept = 0
    for cell in opened(chapter).cells:
        if cell.cell_type != "code":
            continue
        if "keep_output" in tags(cell):
            kept += 1
            assert cell.source.startswith("# NBVAL_CHECK_OUTPUT")
            assert cell.outputs and all(o.output_type == "stream" and o.name == "stdout" for o in cell.outputs)
        else:
            assert not cell.outputs and cell.execution_count is None
    assert kept == 1


@each_notebook
def test_links_between_notebooks_lead_somewhere(chapter):
    book = opened(chapter)
    links = re.findall(r"\]\(([^)#\s]+\.ipynb)\)", "\n".join(c.source for c in book.cells if c.cell_type == "markdown"))
    assert links, "a chapter leads on to another"
    for link in links:
        assert (ROOT / "notebooks" / link).is_file(), link


@pytest.mark.notebooks
@pytest.mark.parametrize("sample", SAMPLES)
@each_notebook
def test_runs_by_papermill(chapter, sample, reported):
    """A report is every notebook run by papermill."""
    book = nbformat.read(reported(sample) / "notebooks" / chapter.notebook, as_version=4)
    outputs = [o for c in book.cells if c.cell_type == "code" for o in c.outputs]
    assert all(c.execution_count for c in book.cells if c.cell_type == "code" and c.source)
    assert not [o for o in outputs if o.output_type == "stream" and o.name == "stderr"], "warnings reach the reader"
    assert not any("application/vnd.jupyter.widget-view+json" in o.get("data", {}) for o in outputs)
    records = [o.data[RECORD_MIME] for o in outputs if RECORD_MIME in o.get("data", {})]
    assert len(records) == 1
    outcome = records[0]["outcome"]
    assert outcome["chapter"] == chapter.name
    assert outcome["status"] in ("done", "partial", "needs_data") and len(outcome["answer"]) > 20
    for output in outputs:
        if "image/png" in output.get("data", {}):
            assert len(output.metadata["image/png"]["alt"]) > 20


@pytest.mark.notebooks
@each_notebook
def test_answers_are_the_kept_ones(chapter, tmp_path):
    """nbval, behind this one door."""
    assert nbval(ROOT / "notebooks" / chapter.notebook, tmp_path) == 0


@pytest.mark.notebooks
def test_a_changed_answer_fails(tmp_path):
    chapter = CHAPTERS[4]
    book = opened(chapter)
    cell = next(c for c in book.cells if "keep_output" in tags(c))
    digits = re.search(r"\d", cell.outputs[0].text)
    assert digits, "the kept answer holds a number"
    at = digits.start()
    cell.outputs[0].text = cell.outputs[0].text[:at] + str((int(digits[0]) + 1) % 10) + cell.outputs[0].text[at + 1 :]
    changed = tmp_path / chapter.notebook
    changed.write_text(json.dumps(book), encoding="utf-8")
    assert nbval(changed, tmp_path) == 1


def nbval(notebook, folder) -> int:
    """Run a notebook under nbval and return pytest's exit code."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "--nbval-lax",
            *([] if os.environ.get("PLAYBOOK_KERNELS") else ["--nbval-current-env"]),
            "-p",
            "no:cacheprovider",
            "-q",
            "-o",
            "addopts=",
            str(notebook),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if done.returncode not in (0, 1):
        raise AssertionError(done.stdout[-2000:] + done.stderr[-2000:])
    return done.returncode
