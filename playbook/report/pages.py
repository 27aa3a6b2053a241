"""The report's pages: plain HTML that needs no script and no address outside itself."""

from __future__ import annotations

import base64
import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playbook.brief import Brief
from playbook.campaign import Campaign
from playbook.chapters import CHAPTERS
from playbook.findings import Finding
from playbook.report.collect import State
from playbook.report.editions import with_empty_sections
from playbook.wording import Wording, plural, wording

# the ground of boxes, --soft in style.css
SOFT = "#F5F7F9"
TEMPLATES = Path(__file__).parent / "templates"
LOGO_BYTES = 1_000_000
_LINK = re.compile(r"\]\((?:\./)?(\d\d_\w+)\.ipynb(#[^)\s]*)?\)")
VERDICTS = {"holds": "Holds", "does_not_hold": "Does not hold", "cannot_tell": "Cannot tell"}
STATUS = {
    "done": "Answered",
    "partial": "Partly answered",
    "needs_data": "Needs data",
    "failed": "Failed",
    "not run": "Not run",
    "out of date": "Out of date",
}
SOURCES = {
    "measured": "counted or computed from your data",
    "quoted": "a person or a tool told you",
    "benchmark": "published by others, with source and year",
    "assumed": "set in the brief",
    "modelled": "follows from an assumption about the audience or the market",
}


@dataclass(frozen=True, kw_only=True)
class Site:
    """Everything that all pages share."""

    campaign: Campaign
    states: list[State]
    title: str
    write: Wording
    logo: str = ""
    colours: dict[str, str]
    settings: list[tuple[str, str, str]]
    findings: tuple[Finding, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def brief(self) -> Brief:
        """The brief of the campaign."""
        return self.campaign.brief

    def state(self, name: str) -> State:
        """Return a chapter by its name."""
        return next(s for s in self.states if s.chapter.name == name)


def site(
    campaign: Campaign, states: list[State], *, given: Mapping[str, Mapping[str, Any]], edited: Mapping[str, Mapping[str, Any]]
) -> Site:
    """Prepare what all pages share.

    Parameters
    ----------
    given, edited : mapping
        Settings from the command line and from edited notebooks.
    """
    brief = campaign.brief
    logo, findings = _logo(campaign.folder, brief.report.logo)
    return Site(
        campaign=campaign,
        states=states,
        title=brief.report.title or brief.name,
        write=wording(brief),
        logo=logo,
        colours=colours(brief.report.colour, brief.report.accent),
        settings=_settings(brief, given, edited),
        findings=findings,
        versions=_versions(),
    )


def write(stage: Path, site: Site, document: Mapping[str, Any]) -> None:
    """Write `index.html` and `chapters/*.html`."""
    (stage / "chapters").mkdir(parents=True, exist_ok=True)
    shown = [s for s in site.states if s.notebook is not None]
    for i, state in enumerate(shown):
        page = chapter_page(site, state, before=shown[i - 1] if i else None, after=shown[i + 1] if i + 1 < len(shown) else None)
        (stage / "chapters" / page_name(state)).write_text(page, encoding="utf-8", newline="\n")
    (stage / "index.html").write_text(index_page(site, document), encoding="utf-8", newline="\n")


def chapter_page(site: Site, state: State, *, before: State | None = None, after: State | None = None) -> str:
    """Return the page of one chapter."""
    there = {s.chapter.notebook.removesuffix(".ipynb") for s in site.states if s.notebook is not None}
    return template("chapter.html.j2").render(
        site=site,
        state=state,
        cells=cells(state, there, once=True),
        before=before,
        after=after,
        root="../",
        title=f"{state.chapter.title}: {site.title}",
    )


def index_page(site: Site, document: Mapping[str, Any]) -> str:
    """Return the front page: the decision, the findings, the inputs, the chapters."""
    from playbook.report import decision

    return template("index.html.j2").render(
        site=site,
        document=document,
        decision=decision.decision(site.states, site.write, document),
        figures=[(s, s.outcome["figures"]) for s in site.states if s.counts and s.outcome.get("figures")],
        levels=[(level, [f for f in document["findings"] if f["level"] == level]) for level in ("error", "warning", "note")],
        files=_files(site.campaign, document),
        meanings=meanings("figures"),
        root="",
        title=site.title,
    )


def meanings(kind: str) -> dict[str, str]:
    """Return what the ids of figures or claims mean, as the package lists them."""
    import csv

    path = Path(__file__).parents[1] / "rules" / f"{kind}.csv"
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["meaning"] for row in csv.DictReader(line for line in file if not line.startswith("#"))}


def colours(main: str, accent: str) -> dict[str, str]:
    """Return the page's colours from the brand's two, so that text stays readable on and in them.

    >>> colours("#FFE000", "#D1495B")["on_main"], colours("#FFE000", "#D1495B")["link"] != "#FFE000"
    ('#1B1F24', True)
    """
    return {
        "main": main,
        "accent": accent,
        "on_main": "#FFFFFF" if _contrast(main, "#FFFFFF") >= 4.5 else "#1B1F24",
        "link": _dark_enough(main),
        "accent_ink": _dark_enough(accent),
    }


def _dark_enough(colour: str) -> str:
    """Darken a colour until text in it reads on the page's lightest grey, and so on white (WCAG 2, 4.5 to 1)."""
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    while _contrast(_hex(parts), SOFT) < 4.5:
        parts = [int(p * 0.93) for p in parts]
    return _hex(parts)


def _hex(parts: list[int]) -> str:
    return "#" + "".join(f"{p:02X}" for p in parts)


def _contrast(one: str, other: str) -> float:
    """Return the contrast of two colours by WCAG 2."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    linear = [(c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4) for c in (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _logo(folder: Path, name: str) -> tuple[str, tuple[Finding, ...]]:
    """Return the logo as a data address, or a finding that says why there is none."""
    if not name:
        return "", ()

    def without(found: str, mend: str) -> tuple[str, tuple[Finding, ...]]:
        expected = "a PNG, JPEG or SVG file of at most 1 MB in the campaign folder"
        return "", (Finding(level="warning", about="campaign.yml report.logo", found=found, expected=expected, mend=mend),)

    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        return without(f"{name} lies outside the campaign folder", "copy the picture into the folder")
    if not path.is_file():
        return without(f"{name} is not there, so the pages carry no logo", "copy the picture into the folder or empty the field")
    if path.stat().st_size > LOGO_BYTES:
        return without(f"{name} has {path.stat().st_size:,} bytes, so the pages carry no logo", "save it smaller")
    content = path.read_bytes()
    kind = _picture_kind(content)
    if not kind:
        return without(f"{name} is not a picture the pages can carry", "save it as PNG, JPEG or SVG")
    return f"data:{kind};base64,{base64.b64encode(content).decode()}", ()


def _picture_kind(content: bytes) -> str:
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    # as the source of an <img>, browsers run no script of an SVG and load nothing for it
    return "image/svg+xml" if b"<svg" in content[:2000].lower() else ""


def _settings(brief: Brief, given: Mapping[str, Mapping[str, Any]], edited: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """Return (name, value, where from) of each knob and planning value that is not the default."""
    default = Brief()
    out = []
    for section in Brief.model_fields:
        part = getattr(brief, section)
        if not hasattr(type(part), "model_fields") or section in ("brand", "goal", "report", "budget", "market"):
            continue
        for name in type(part).model_fields:
            value = getattr(part, name)
            if value == getattr(getattr(default, section), name):
                continue
            origin = "--set" if name in given.get(section, {}) else "notebook" if name in edited.get(section, {}) else "campaign.yml"
            out.append((f"{section}.{name}", f"{value:g}" if isinstance(value, float) else str(value), origin))
    return out


def _files(campaign: Campaign, document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the inputs with their hashes and what became of their rows."""
    known = {s.path: s for s in campaign.data.provenance}
    out = []
    for each in document["inputs"]:
        read = known.get(each["path"])
        aside = sum(read.set_aside.values()) if read else 0
        out.append(
            {
                **each,
                "format": read.format if read else "the brief",
                "rows": read.rows if read else None,
                "tables": ", ".join(sorted(read.tables)) if read else "",
                "aside": aside if read else None,
                "why": "; ".join(f"{n} {reason}" for reason, n in sorted(read.set_aside.items())) if read else "",
            }
        )
    return out


def _versions() -> dict[str, str]:
    from playbook.report.run import versions

    return versions()


def page_name(state: State) -> str:
    """Return the name of a chapter's page."""
    return state.chapter.notebook.replace(".ipynb", ".html")


_MISSING = '<p class="pb-missing">'


@dataclass(frozen=True, kw_only=True)
class _Cell:
    """One cell as its page shows it: HTML that is ready, code apart."""

    id: str
    kind: str
    html: str = ""
    code: str = ""
    outputs: tuple[str, ...] = ()
    record: bool = False
    failed: bool = False
    counts: bool = False


def cells(state: State, there: set[str], *, once: bool = False) -> list[_Cell]:
    """Return a chapter's cells as its page shows them; links lead to the chapters that are `there`.

    Parameters
    ----------
    once : bool
        Say once what is missing: cells that only say it again go, and so does the text of sections in which nothing else is shown.
    """
    out = []
    gone = _said_before(state.notebook.cells) if once else [False] * len(state.notebook.cells)
    for cell, again in zip(state.notebook.cells, gone, strict=True):
        if again:
            continue
        tags = set(cell.metadata.get("tags", []))
        if tags & {"papermill-error-cell-tag", "injected-parameters"} or not cell.source.strip():
            continue
        if cell.cell_type == "markdown":
            out.append(_Cell(id=cell.get("id", ""), kind="text", html=_markdown(_with_links(cell.source, there))))
        elif cell.cell_type == "code":
            shown = tuple(h for h in (_output(o) for o in cell.outputs) if h)
            out.append(
                _Cell(
                    id=cell.get("id", ""),
                    kind="code",
                    code=_highlighted(cell.source),
                    outputs=shown,
                    record="record" in tags,
                    counts="keep_output" in tags,
                    failed=cell.get("id", "") == state.failed_cell and state.failure is not None,
                )
            )
    return out


def _said_before(cells: list[Any]) -> list[bool]:
    seen: set[str] = set()
    again = []
    for cell in cells:
        notes = ["".join(o.get("data", {}).get("text/html", "")) for o in cell.get("outputs", [])]
        again.append(bool(notes) and all(n.startswith(_MISSING) and n in seen for n in notes))
        seen.update(notes)
    return with_empty_sections(cells, again) if any(again) else again


def _with_links(source: str, there: set[str]) -> str:
    """Let links to notebooks lead to their pages, and take out those that would lead nowhere."""

    def page(match: re.Match) -> str:
        return f"]({match[1]}.html{match[2] or ''})"

    live = re.compile(r"\[([^\]]*)\]\((?:\./)?(\d\d_\w+)\.ipynb(?:#[^)\s]*)?\)")
    source = live.sub(lambda m: m[0] if m[2] in there else m[1], source)
    return _LINK.sub(page, source)


@functools.cache
def _renderer() -> Any:
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    return MarkdownWithMath(renderer=IPythonRenderer(escape=False, exclude_anchor_links=True))


def _markdown(source: str) -> str:
    return _renderer().render(source)


def inline(source: str) -> str:
    """Return one paragraph of Markdown as HTML, without the paragraph's own tags."""
    return re.sub(r"^<p>|</p>$", "", _markdown(_LINK.sub(r"](chapters/\1.html\2)", source)).strip())


@functools.cache
def _highlighter() -> Any:
    from nbconvert.filters.highlight import Highlight2HTML

    return Highlight2HTML()


@functools.cache
def _highlighted(source: str) -> str:
    return _highlighter()(source, language="python")


def _output(output: Any) -> str:
    """Return one output as HTML; pictures always carry their alt text."""
    from markupsafe import escape

    if output.output_type == "stream":
        return f'<pre class="text {escape(output.name)}">{escape(_plain(output.text))}</pre>' if output.text.strip() else ""
    if output.output_type == "error":
        lines = _plain("\n".join(output.traceback))
        return f'<details class="trace"><summary>What Python said</summary><pre class="text">{escape(lines)}</pre></details>'
    data = output.get("data", {})
    if "text/html" in data:
        shown = "".join(data["text/html"])
        return f'<div class="shown"{_reachable(shown)}>{shown}</div>'
    for kind in ("image/png", "image/jpeg"):
        if kind in data:
            about = output.get("metadata", {}).get(kind, {})
            alt = escape(about.get("alt") or _plain(data.get("text/plain", "")))
            width = f' width="{int(about["width"])}"' if "width" in about else ""
            return f'<figure><img src="data:{kind};base64,{"".join(data[kind].split())}" alt="{alt}"{width}></figure>'
    return f'<pre class="text">{escape(_plain(data["text/plain"]))}</pre>' if "text/plain" in data else ""


def _reachable(shown: str) -> str:
    """Let the keyboard scroll a table that is wider than the page: a name for it, and a place in the order of Tab."""
    from markupsafe import Markup, escape

    if "<table" not in shown:
        return ""
    title = re.search(r'class="[^"]*gt_title[^"]*"[^>]*>(.*?)</t[dh]>', shown, re.S)
    name = Markup(title[1]).striptags() if title else ""
    return f' tabindex="0" role="group" aria-label="{escape(name or "Table")}"'


def _plain(text: str) -> str:
    """Take out the colours of a terminal."""
    return re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text)


def number(value: float | None, unit: str, write: Wording) -> str:
    """Write a figure's number in its unit.

    >>> w = Wording(locale="en", currency="EUR")
    >>> number(0.023, "share", w), number(1250, "EUR", w), number(3, "days", w), number(None, "share", w)
    ('2.3 %', '€1,250', '3 days', 'unknown')
    """
    from playbook.brief import CURRENCIES

    if value is None:
        return "unknown"
    if unit in CURRENCIES:
        return Wording(locale=write.locale, currency=unit, date_format=write.date_format).money(value)
    if unit in ("share", "count", "ratio"):
        return getattr(write, unit)(value)
    said = write.count(value) if float(value).is_integer() or abs(value) >= 100 else write.ratio(value)
    return f"{said} {unit}".strip()


def estimate(figure: Mapping[str, Any], write: Wording) -> str:
    """Write a figure's value, no finer than its interval allows.

    >>> w = Wording(locale="en", currency="EUR")
    >>> estimate({"value": 6_246_892, "low": 3_300_000, "high": 10_400_000, "unit": "people"}, w)
    '6,250,000 people'
    """
    return number(_rounded(figure["value"], figure), figure["unit"], write)


def interval(figure: Mapping[str, Any], write: Wording) -> str:
    """Write a figure's or claim's interval, no finer than it is wide; nothing where there is none."""
    low, high = figure["low"], figure["high"]
    if low is None or high is None:
        return ""
    first, last = (number(_rounded(end, figure), figure["unit"], write) for end in (low, high))
    # a unit that is a word is said once
    return f"{first.removesuffix(' ' + figure['unit'])} to {last}"


def _rounded(value: float | None, figure: Mapping[str, Any]) -> float | None:
    """Keep three digits of a large number whose interval is wider than a hundredth of it."""
    from playbook.brief import CURRENCIES

    low, high = figure["low"], figure["high"]
    if value is None or low is None or high is None or abs(value) < 1000 or high - low < 0.01 * abs(value):
        return value
    if figure["unit"] in CURRENCIES:
        return value
    return float(f"{value:.3g}")


def first_sentence(text: str) -> str:
    """Return the first sentence of an answer: the rest stands in its chapter.

    >>> first_sentence("About 14.000 € for @a.b and @C.d. The rest follows.")
    'About 14.000 € for @a.b and @C.d.'
    """
    return re.split(r"(?<=[.!?])\s+(?=[A-Z])", text, maxsplit=1)[0]


def chosen(rows: tuple[dict[str, Any], ...], write: Wording) -> list[list[tuple[str, str, bool]]]:
    """Return the rows of the chosen set as (heading, text, is a number): what is known of them, in this order."""
    from playbook.wording import handle

    columns = (
        ("creator", "Creator", handle, False),
        ("tier", "Size", str, False),
        ("fee", "Fee", write.money, True),
        ("fee_source", "Fee is", str, False),
        ("cost", "Full cost", write.money, True),
        ("reach", "People reached", lambda n: write.count(_three(n)), True),
        ("reach_source", "Reach is", str, False),
    )
    there = [c for c in columns if any(row.get(c[0]) is not None for row in rows)]
    return [
        [(head, say(row[key]) if row.get(key) is not None else "unknown", numeric) for key, head, say, numeric in there] for row in rows
    ]


def _three(value: float) -> float:
    return float(f"{value:.3g}")


@functools.cache
def template(name: str) -> Any:
    """Return one of the templates of pages; text put into it is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    env = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    env.globals.update(
        css=Markup((TEMPLATES / "style.css").read_text(encoding="utf-8")),
        verdicts=VERDICTS,
        status_words=STATUS,
        sources=SOURCES,
        number=number,
        estimate=estimate,
        interval=interval,
        first_sentence=first_sentence,
        chosen=chosen,
        page=page_name,
        plural=plural,
        chapters=CHAPTERS,
        Markup=Markup,
    )
    env.filters["json"] = json.dumps
    return env.get_template(name)
