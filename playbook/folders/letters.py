"""The letters of chapter 09 as files: a folder a creator, the board to keep, and the marks that chapter 10 reads back."""

from __future__ import annotations

import html
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from playbook.errors import NotUsable
from playbook.whole import write_whole

TEMPLATES = "templates"
BOARD = "outreach.xlsx"
MARKS = "deliverables-to-add.csv"
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;color:#1d2129;max-width:46rem;margin:2rem auto;padding:0 1rem}"
    "h1,h2{line-height:1.2}pre{font:inherit;white-space:pre-wrap;overflow-wrap:anywhere;background:#f4f6f8;padding:1rem;border-radius:6px}"
    "table{border-collapse:collapse;width:100%}"
    "td,th{border-bottom:1px solid #d5dae0;padding:.4rem .5rem;text-align:left;vertical-align:top}"
    "section{margin-top:2.5rem}code,a{overflow-wrap:anywhere}@media print{section{break-before:page}pre{background:none;padding:0}}"
)


@dataclass(frozen=True, kw_only=True)
class Written:
    """What was written, and what was there already and stayed as it was."""

    out: Path
    written: tuple[Path, ...]
    kept: tuple[Path, ...]
    creators: int

    @property
    def text(self) -> str:
        """One or two sentences for the terminal."""
        files = f"{len(self.written)} {'file' if len(self.written) == 1 else 'files'}"
        said = f"{self.out}: {files} for {self.creators} {'creator' if self.creators == 1 else 'creators'}."
        if self.kept:
            such = self.kept[0].relative_to(self.out)
            said += f" {len(self.kept)} were there already and stayed as they were, such as {such}; --force writes them anew."
        return said


def own_templates(folder: Path) -> dict[str, str]:
    """Read the user's templates: `templates/*.md.j2` and `templates/<language>/*.md.j2` of a campaign folder.

    Raises
    ------
    NotUsable
        Where a template is no UTF-8 text, or its name is none of the kit's.
    """
    from playbook.outreach.documents import ENDING, KINDS, LANGUAGES

    root = folder / TEMPLATES
    out: dict[str, str] = {}
    if not root.is_dir():
        return out
    for path in sorted(p for place in (root, *(root / lang for lang in LANGUAGES)) for p in place.glob(f"*{ENDING}")):
        name = path.relative_to(root).as_posix()
        if path.name.removesuffix(ENDING) not in KINDS:
            raise NotUsable(f"templates/{name} is none of the kit's documents; they are {', '.join(k + ENDING for k in KINDS)}.")
        try:
            out[name] = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            raise NotUsable(f"templates/{name} is no UTF-8 text; save it as UTF-8.") from None
    return out


def write_templates(folder: Path) -> list[Path]:
    """Copy the kit's templates into a campaign folder, to be changed there; none that is there is overwritten."""
    from playbook.outreach.documents import shipped

    written = []
    for name, text in shipped().items():
        path = folder / TEMPLATES / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, text.encode())
            written.append(path)
    return written


def write_letters(where: str, *, out: Path | None = None, settings: Iterable[str] = (), force: bool = False) -> Written:
    """Write all that goes to the creators on the shortlist.

    Leaves a folder a creator with `message.md`, `follow_up.md`, `creative_brief.md`, `agreement.md` and one page `letter.html`;
    `outreach.xlsx`, the board with a list of states to choose from, which the campaign folder reads back; `deliverables-to-add.csv` with
    codes and marks. What is there already stays, since people write into these files.

    Raises
    ------
    NotUsable
        Where there is no shortlist, a template cannot be filled in, or `out` cannot be written.
    """
    from playbook import outreach
    from playbook.campaign import load
    from playbook.findings import Missing
    from playbook.report.settings import parse

    campaign = load(where, parse(settings))
    data, brief = campaign.data, campaign.brief
    listed = outreach.shortlist(data, brief)
    if isinstance(listed, Missing):
        raise NotUsable(listed.text)
    letters = outreach.letters(data, brief, listed=listed, templates=campaign.templates)
    target = Path(out or f"{campaign.folder.name}-outreach").expanduser().resolve()
    files: dict[Path, bytes] = {}
    for letter, name in zip(letters, _names(listed["creator"]), strict=True):
        place = target / name
        texts = {
            "message.md": f"{letter.subject}\n\n{letter.message}",
            "follow_up.md": letter.follow_up,
            "creative_brief.md": letter.creative_brief,
            "agreement.md": letter.agreement,
            "letter.html": _page(letter),
        }
        files |= {place / part: text.encode() for part, text in texts.items()}
    files[target / BOARD] = board(data.outreach, listed, brief.budget.currency)
    files[target / MARKS] = outreach.tracking_file(listed, brief).to_csv(index=False, date_format="%Y-%m-%d").encode()
    written, kept = [], []
    for path, content in files.items():
        if path.exists() and not force:
            kept.append(path)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
        written.append(path)
    return Written(out=target, written=tuple(written), kept=tuple(kept), creators=len(letters))


def board(talks: pd.DataFrame, listed: pd.DataFrame, currency: str) -> bytes:
    """Return `outreach.xlsx`: the talks so far, and everyone on the shortlist who is not among them yet.

    States are chosen from a list, days and fees are typed cells, and no text becomes a formula.
    """
    import xlsxwriter

    from playbook.data.tables import STATES, TABLES

    columns = TABLES["outreach"].columns
    known = set(talks["creator"])
    fresh = pd.DataFrame({"creator": [c for c in listed["creator"] if c not in known]}).assign(state="to contact", currency=currency)
    rows = pd.concat([talks, fresh], ignore_index=True).reindex(columns=[c.name for c in columns])
    held = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(held, options) as book:
        sheet = book.add_worksheet("outreach")
        head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF1F4"})
        formats = {"day": book.add_format({"num_format": "yyyy-mm-dd"}), "money": book.add_format({"num_format": "#,##0.00"})}
        for at, column in enumerate(columns):
            sheet.write_string(0, at, column.name, head)
            sheet.set_column(at, at, 30 if column.name in ("creator", "note") else 13, formats.get(column.kind))
            if column.name == "state":
                sheet.data_validation(1, at, 2_000, at, {"validate": "list", "source": list(STATES)})
            for row, value in enumerate(rows[column.name], start=1):
                if pd.isna(value):
                    continue
                if column.kind == "day":
                    sheet.write_datetime(row, at, pd.Timestamp(value).to_pydatetime(), formats["day"])
                elif column.kind == "money":
                    sheet.write_number(row, at, float(value), formats["money"])
                else:
                    sheet.write_string(row, at, str(value))
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(1, len(rows)), len(columns) - 1)
    return held.getvalue()


def _page(letter) -> str:
    from playbook.outreach.documents import page

    title = html.escape(letter.subject)
    facts = "".join(f"<li>{html.escape(f.text)} <em>({html.escape(f.source)})</em></li>" for f in letter.facts)
    read = f"<section><h2>What the message says about the creator, and where that was read</h2><ul>{facts}</ul></section>" if facts else ""
    return (
        f'<!doctype html><html lang="{letter.language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><main><h1>{title}</h1><pre>{html.escape(letter.message)}</pre>"
        f"<section><pre>{html.escape(letter.follow_up)}</pre></section><section>{page(letter.creative_brief, top=2)}</section>"
        f"<section>{page(letter.agreement, top=2)}</section>{read}</main></body></html>\n"
    )


def _names(creators: Iterable[str]) -> list[str]:
    """Return a folder's name for each creator: safe on every system, each once."""
    out: list[str] = []
    for creator in creators:
        plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "-" for c in creator).strip("-.")[:60] or "creator"
        name, number = plain, 1
        while name.casefold() in {o.casefold() for o in out}:
            number += 1
            name = f"{plain}-{number}"
        out.append(name)
    return out
