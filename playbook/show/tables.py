"""Tables: one description of columns, drawn by great_tables."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from playbook.brief import Brief
from playbook.findings import Finding, Missing
from playbook.show.theme import Note, missing
from playbook.wording import Wording, handle, plural, wording

_BEFORE_SIGN = re.compile(r"(?<=\d) (?=[%€$£¥])")

_NO_ROWS = '<tbody class="gt_table_body">\n\n</tbody>'
_HEAD = re.compile(r'<th class="gt_col_heading gt_columns_bottom_border gt_(left|right)" rowspan="1" colspan="1" scope="col" id="([^"]*)">')

Kind = Literal["text", "handle", "count", "share", "money", "ratio", "day", "number1", "number2", "flag"]

# JupyterLab lays tables out in equal columns and cuts what does not fit; handles must stay readable. In its dark theme tables take its
# colours, and pictures are turned over: white becomes its black, and hues stay.
_DARK = 'body[data-jp-theme-light="false"] '
LAB_STYLE = (
    "<style>.jp-RenderedHTMLCommon .pb-table table{table-layout:auto}"
    ".jp-RenderedHTMLCommon .pb-table td{white-space:normal;overflow:visible;text-overflow:clip}"
    f"{_DARK}.pb-table :is(table,thead,tbody,tfoot,tr,th,td){{background-color:transparent!important;"
    "color:var(--jp-content-font-color1)!important;border-color:var(--jp-border-color2)!important}"
    f"{_DARK}img.jp-needs-light-background{{filter:invert(.93) hue-rotate(180deg)}}</style>"
)


@dataclass(frozen=True)
class Col:
    """How a column is shown.

    Attributes
    ----------
    label : str
        Heading, with its unit.
    kind : str
        How values are written.
    low, high : str
        Names of the columns that hold the interval; it is written after the value.
    """

    label: str
    kind: Kind = "text"
    low: str = ""
    high: str = ""


@dataclass(frozen=True)
class Table:
    """A table ready to show."""

    frame: pd.DataFrame
    title: str
    note: str
    numeric: tuple[str, ...]

    def __repr__(self) -> str:
        return f"{self.title}\n{self.frame.to_string(index=False)}\n{self.note}".strip()

    def _repr_html_(self) -> str:
        # an id made from what is shown: the same table has the same page, byte for byte
        key = "t" + hashlib.sha256(repr(self).encode()).hexdigest()[:10]
        # a number and its sign stay on one line
        frame = self.frame.map(lambda text: _BEFORE_SIGN.sub("\u00a0", text) if isinstance(text, str) else text)
        return f'<div class="pb-table">{LAB_STYLE}{_filled(self._drawn(frame.head(0), key), frame) or self._drawn(frame, key)}</div>'

    def _drawn(self, frame: pd.DataFrame, key: str) -> str:
        """Let great_tables draw a frame under this table's title and note."""
        from great_tables import GT

        shown = GT(frame, id=key).tab_options(
            table_font_size="14px",
            table_width="100%",
            data_row_padding="4px",
            heading_align="left",
            table_font_color="#1B1F24",
            column_labels_font_weight="600",
            table_border_top_style="none",
            table_border_bottom_style="none",
            source_notes_font_size="12px",
        )
        if self.title:
            shown = shown.tab_header(title=self.title)
        if self.note:
            shown = shown.tab_source_note(self.note)
        shown = shown.cols_align("right", columns=list(self.numeric)) if self.numeric else shown
        left = [c for c in self.frame.columns if c not in self.numeric]
        shown = shown.cols_align("left", columns=left) if left else shown
        return shown.as_raw_html(inline_css=False)


def _filled(empty: str, frame: pd.DataFrame) -> str:
    """Fill rows of text into a table that great_tables drew without any, as it would: cell by cell it takes ten times as long.

    Nothing where the frame holds more than text, or the table does not look as known.
    """
    before, mark, after = empty.partition(_NO_ROWS)
    heads = _HEAD.findall(before)
    columns = [frame.iloc[:, i].tolist() for i in range(frame.shape[1])]
    if not mark or len(heads) != len(columns) or not all(isinstance(text, str) for column in columns for text in column):
        return ""
    opened = [f'    <td headers="{name}" class="gt_row gt_{side}">' for side, name in heads]
    rows = [
        "  <tr>\n" + "\n".join(f"{o}{html.escape(text)}</td>" for o, text in zip(opened, row, strict=True)) + "\n  </tr>"
        for row in zip(*columns, strict=True)
    ]
    return before + mark.replace("\n\n", "\n" + "\n".join(rows) + "\n") + after


def table(
    frame: pd.DataFrame | Missing, columns: Mapping[str, Col], brief: Brief, *, title: str = "", note: str = "", top: int | None = None
) -> Table | Note:
    """Show a table.

    Parameters
    ----------
    frame : DataFrame or Missing
    columns : mapping of column name to Col
        What to show, in order.
    title, note : str
        The note says definition, n, interval and source of what is shown.
    top : int, optional
        Show only the first rows, and say how many there are.
    """
    if isinstance(frame, Missing):
        return missing(frame)
    write = wording(brief)
    shown = frame if top is None else frame.head(top)
    if top is not None and len(frame) > top:
        note = f"{note} The first {top} of {write.count(len(frame))} rows.".strip()
    out = {}
    for name, col in columns.items():
        texts = [_text(v, col.kind, write) for v in shown[name]]
        if col.low:
            texts = [
                t if pd.isna(lo) or pd.isna(hi) else f"{t} ({_text(lo, col.kind, write)} to {_text(hi, col.kind, write)})"
                for t, lo, hi in zip(texts, shown[col.low], shown[col.high], strict=True)
            ]
        out[col.label] = texts
    numeric = tuple(c.label for c in columns.values() if c.kind not in ("text", "handle", "flag", "day"))
    return Table(pd.DataFrame(out, dtype="str"), title, note, numeric)


def findings(found: tuple[Finding, ...] | list[Finding], *, title: str = "Findings") -> Table | Note:
    """Show findings, worst first."""
    if not found:
        return Note("Nothing in the input needed a remark.", "answer")
    order = {"error": 0, "warning": 1, "note": 2}
    rows = sorted(found, key=lambda f: order[f.level])
    frame = pd.DataFrame(
        {
            "Level": [f.level for f in rows],
            "About": [f.about for f in rows],
            "Found": [f.found for f in rows],
            "Expected": [f.expected for f in rows],
            "How to mend": [f.mend for f in rows],
        },
        dtype="str",
    )
    return Table(frame, title, f"{len(rows)} {plural(len(rows), 'finding')}.", ())


def _text(value: Any, kind: Kind, write: Wording) -> str:
    if value is None or (not isinstance(value, (list, tuple, dict)) and pd.isna(value)):
        return "-"
    if kind == "handle":
        return handle(value)
    if kind == "flag":
        return "yes" if value else "no"
    if kind in ("number1", "number2"):
        return write.number(value, int(kind[-1]))
    if kind in ("count", "share", "money", "ratio", "day"):
        return getattr(write, kind)(value)
    return str(value)
