"""A small campaign and small notebooks, to try the report on without waiting for the chapters."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import nbformat

from playbook.chapters import chapter as find_chapter
from playbook.report import kernels

# one red pixel
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="

BRIEF = """\
name: Small & quick <campaign>
as_of: 2026-05-01
brand: {name: "Brand <b>bold</b>"}
report: {locale: de, colour: "#FFE000", logo: logo.png}
"""

CREATORS = "creator,followers\n" + "".join(f"instagram:c{i},{1000 * (i + 1)}\n" for i in range(6))
POSTS = "post,creator,posted_at,likes,comments\n" + "".join(
    f"p{i}-{k},instagram:c{i},2026-04-{k + 1:02d}T12:00:00Z,{40 + 7 * i + 3 * k},{2 + k}\n" for i in range(6) for k in range(5)
)

OUTCOME = """\
from playbook.findings import Claim, Figure, Finding, Outcome
record = Outcome(chapter="{chapter}", status="{status}", answer="The {chapter} answer, {value} of them.",
    figures=(Figure(id="{chapter}.number", value={value} / 3, low={value} / 4, high={value} / 2, level=0.9, n=6, unit="share",
                    source="measured", text="A number of {chapter}."),
             Figure(id="{chapter}.unknown", value=float("nan"), unit="EUR", source="assumed", text="Nobody knows.")),
    claims=(Claim(id="several_for_one", verdict="holds", estimate=2.5, low=2.1, high=3.0, level=0.9, n=6, smallest_effect=2.0,
                  text="It holds."),)
        if "{chapter}" == "portfolio" else (),
    findings=(Finding(level="warning", about="posts.csv", found="said by two chapters"),
              Finding(level="note", about="{chapter}", found="=1+1")),
    tables=dict(rows=[dict(creator="=HYPERLINK(\\"http://x\\")", rate=0.25, day="2026-04-01", n=3)]))
playbook.record(c, record)
"""


def campaign(folder: Path) -> Path:
    """Write a campaign of six creators with five posts each."""
    folder.mkdir(parents=True)
    for name, text in {"campaign.yml": BRIEF, "creators.csv": CREATORS, "posts.csv": POSTS}.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    (folder / "logo.png").write_bytes(base64.b64decode(PNG))
    return folder


def notebook(folder: Path, name: str, *, last: str | None = None, status: str = "done", value: int = 1, also: tuple[str, ...] = ()) -> Path:
    """Write a chapter's notebook: parameters, a picture, what is given, and the record (or `last` in its place)."""
    folder.mkdir(parents=True, exist_ok=True)
    chapter = find_chapter(name)
    picture = f"""\
import base64
from playbook.show.theme import Picture
Picture(base64.b64decode("{PNG}"), "A red dot <of {name}>.", 7)"""
    cells = [
        nbformat.v4.new_markdown_cell(
            f"# {chapter.title}\n\nOn to [the next](08_portfolio.ipynb) and [one that is not there](09_outreach.ipynb)."
        ),
        nbformat.v4.new_code_cell('CAMPAIGN: str = "glow-skincare"  # a sample\'s name or a path', metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(f'import playbook\n\nc = playbook.open_chapter("{name}", globals())\nc'),
        nbformat.v4.new_markdown_cell("## A step"),
        nbformat.v4.new_code_cell(picture),
        *(nbformat.v4.new_code_cell(source) for source in also),
        nbformat.v4.new_code_cell(
            OUTCOME.format(chapter=name, status=status, value=value) if last is None else last, metadata={"tags": ["record"]}
        ),
    ]
    for i, cell in enumerate(cells):
        cell["id"] = f"{name}-{i:02d}".replace("_", "-")
    book = nbformat.v4.new_notebook(cells=cells)
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = folder / chapter.notebook
    nbformat.write(book, str(path))
    return path


def as_if_run(job: kernels.Job, started: list | None = None) -> kernels.Ran:
    """Stand in for :func:`playbook.report.kernels.run`: leave what an executed notebook leaves, without a kernel."""
    from playbook.findings import RECORD_MIME, Figure, Outcome, as_json

    book = nbformat.read(str(job.source), as_version=4)
    figure = Figure(id=f"{job.chapter}.number", value=0.5, unit="share", source="measured", text=f"A number of {job.chapter}.")
    outcome = Outcome(chapter=job.chapter, status="done", answer=f"The {job.chapter} answer.", figures=(figure,))
    record = {"schema": 1, "fingerprint": job.fingerprint, "campaign": "", "as_of": "", "outcome": as_json(outcome)}
    book.cells[-1].outputs = [nbformat.v4.new_output("execute_result", {RECORD_MIME: record}, execution_count=1)]
    book.metadata["playbook"] = {"chapter": job.chapter, "fingerprint": job.fingerprint}
    job.target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(book, str(job.target))
    return kernels.Ran(chapter=job.chapter, seconds=0.0)


def files(out: Path) -> dict[str, bytes]:
    """Return what a report consists of, by path, without its working folder."""
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file() and ".work" not in p.parts}


def results(out: Path) -> dict:
    """Return `results.json` of a report."""
    return json.loads((out / "results.json").read_text(encoding="utf-8"))
