"""The decision as a PDF of two to four pages: the front page's own sentences and figures, set by typst.

What is said goes to typst as data (JSON), never as markup, so that no text of a creator or a brief can become an instruction. The file is a
tagged PDF that follows PDF/UA-1; the same inputs give the same bytes.
"""

from __future__ import annotations

import base64
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playbook.errors import NotUsable
from playbook.report import decision, pages
from playbook.report.collect import State

FILE = "summary.pdf"
STANDARD = "ua-1"
# so much of each, that the whole stays a summary; the pages hold the rest
SET_ROWS, FINDINGS, TEXT, NAME = 24, 6, 560, 48
# the picture that belongs to a goal, by the call that draws it; else the chapter's first
_PICTURES = {"sales": "bridge_chart", "followers": "followers_chart", "awareness": "forecast_chart"}


def write(path: Path, site: pages.Site, document: Mapping[str, Any]) -> None:
    """Write the summary of a report.

    Parameters
    ----------
    path : path
        Where the PDF goes.
    site : Site
        What the pages are made of.
    document : mapping
        The content of `results.json`.

    Raises
    ------
    NotUsable
        Where typst is not installed, or cannot set what it is given.
    """
    try:
        import typst
    except ImportError:
        raise NotUsable("--pdf needs the package typst, which is not installed here: pip install typst.") from None

    said = content(site, document)
    # typst sees this folder and nothing else of the machine
    with tempfile.TemporaryDirectory(prefix="pb-") as folder:
        main = Path(shutil.copy(pages.TEMPLATES / "summary.typ", folder))
        for part in said["parts"]:
            if part["picture"]:
                (main.parent / part["picture"]["file"]).write_bytes(base64.b64decode(part["picture"].pop("png")))
        path.write_bytes(_set(typst, main, said, int(site.campaign.data.as_of.timestamp())))


def _set(typst: Any, main: Path, said: dict[str, Any], timestamp: int) -> bytes:
    import matplotlib

    try:
        return typst.compile(
            str(main),
            root=str(main.parent),
            format="pdf",
            font_paths=[str(Path(matplotlib.get_data_path(), "fonts", "ttf"))],
            sys_inputs={"data": json.dumps(said, ensure_ascii=False)},
            pdf_standards=STANDARD,
            timestamp=timestamp,
        )
    except (typst.TypstError, RuntimeError) as problem:
        raise NotUsable(f"The PDF could not be set ({' '.join(str(problem).split())[:200]}); make the report without --pdf.") from None


def content(site: pages.Site, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the summary says, as plain values: texts ready to print."""
    write, brief = site.write, site.brief
    found = decision.decision(site.states, write, document)
    meanings = pages.meanings("figures")
    worst = [f for f in document["findings"] if f["level"] in ("error", "warning")]
    return {
        "lang": brief.report.language,
        "title": _cut(site.title, 160),
        "brand": _cut(brief.brand.name, 80),
        "campaign": _cut(brief.name, 160),
        "as_of": write.day(site.campaign.data.as_of),
        "colours": site.colours,
        "parts": [_part(part, number, site, meanings) for number, part in enumerate(found.parts[:3])],
        "open": [{"question": p.question, "status": pages.STATUS[p.state.status], "sentence": _cut(p.sentence)} for p in found.open],
        "sure": [_cut(s) for s in found.sure],
        "claims": [
            {
                "verdict": pages.VERDICTS[c["verdict"]],
                "text": _cut(pages.first_sentence(c["text"]), 200),
                "estimate": pages.number(c["estimate"], c["unit"], write),
                "interval": pages.interval(c, write) or "none",
                "n": write.count(c["n"]),
            }
            for c in document["claims"]
        ],
        "findings": [{k: _cut(f[k], 150) for k in ("level", "about", "found", "mend")} for f in worst[:FINDINGS]],
        "more_findings": max(0, len(worst) - FINDINGS),
        "chapters": [
            {
                "number": s.chapter.number,
                "title": s.chapter.title,
                "status": pages.STATUS[s.status],
                "answer": _cut(pages.first_sentence(s.answer), 230),
            }
            for s in site.states
            if s.counts
        ],
        "sources": [[word, meaning] for word, meaning in pages.SOURCES.items()],
        "level": write.number(100 * brief.statistics.level, 0),
    }


def _part(part: decision.Part, number: int, site: pages.Site, meanings: Mapping[str, str]) -> dict[str, Any]:
    write = site.write
    rows = pages.chosen(part.rows, write)
    return {
        "question": part.question,
        "sentence": _cut(part.sentence),
        "tiles": [
            {
                "value": pages.estimate(f, write),
                "interval": pages.interval(f, write),
                "what": meanings.get(f["id"]) or _cut(pages.first_sentence(f["text"]), 120),
                "source": f["source"],
                "n": "" if f["n"] is None else write.count(f["n"]),
            }
            for f in (part.figures if number < 2 else ())
        ],
        "heads": [head for head, _, _ in rows[0]] if rows else [],
        "numeric": [numeric for _, _, numeric in rows[0]] if rows else [],
        "rows": [[_cut(text, NAME) for _, text, _ in row] for row in rows[:SET_ROWS]],
        "more_rows": max(0, len(rows) - SET_ROWS),
        "picture": _picture(part.state, number, site.brief.goal.kind) if number == 0 else None,
    }


def _picture(state: State, number: int, goal: str) -> dict[str, Any] | None:
    """Return the picture that says most about the goal, with its alt text."""
    drawn = [
        (cell.source, "".join(output.data["image/png"]), output.get("metadata", {}).get("image/png", {}).get("alt", ""))
        for cell in (state.notebook.cells if state.notebook is not None else ())
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    if not drawn:
        return None
    _, png, alt = next((d for d in drawn if _PICTURES.get(goal, "") in d[0]), drawn[0])
    return {"file": f"{number}.png", "png": png, "alt": _cut(alt or f"A picture of the chapter {state.chapter.title}.", 600)}


def _cut(text: str, most: int = TEXT) -> str:
    """Shorten a text that is too long for a summary, and leave out what would turn or hide its letters.

    >>> _cut("word " * 10, 12), _cut("a\\u202eb\\x00c")
    ('word word …', 'abc')
    """
    hidden = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, *range(0x20), 0x7F}
    text = " ".join("".join(c if ord(c) not in hidden else " " if c in "\t\n\r" else "" for c in str(text)).split())
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0].rstrip(",;:") + " …"
