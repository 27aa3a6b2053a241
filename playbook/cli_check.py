"""How `playbook check` looks on a screen."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from playbook.chapters import CHAPTERS
from playbook.check import CheckResult

SHOWN_ASIDE = 10
_LOOKS = {"error": ("error", "bold red"), "warning": ("warning", "yellow"), "note": ("note", "cyan")}


def show(result: CheckResult, console: Console | None = None) -> None:
    """Print what was read, what was found and which chapters are ready.

    Parameters
    ----------
    console : rich.console.Console, optional
        Where to; by default the terminal, or 120 columns where the output goes elsewhere.
    """
    console = console or _console()
    if result.files:
        console.print(_files(result))
        rows = ", ".join(f"{n:,} {name}" for name, n in result.tables.items() if n)
        console.print(Text(f"Tables: {rows or 'none'}\n"))
    for finding in result.findings:
        word, style = _LOOKS[finding.level]
        console.print(Text.assemble((f"{word:8}", style), _printable(finding.text)))
    if len(result.aside):
        console.print(_aside(result))
    if result.usable:
        console.print(_chapters(result))
    level = {f.level for f in result.findings}
    if not result.usable:
        verdict = "Not usable yet: see the error above."
    elif "warning" in level:
        verdict = "Usable; the warnings change what the data can tell."
    else:
        verdict = "Usable."
    console.print(Text(verdict, style="bold"))


def _console() -> Console:
    import sys

    return Console(width=None if sys.stdout.isatty() else 120, highlight=False)


def _files(result: CheckResult) -> Table:
    table = Table(title=_printable(result.name) or None, title_justify="left", title_style="bold")
    for head, justify in (
        ("File", "left"),
        ("Read as", "left"),
        ("Sure", "right"),
        ("Rows", "right"),
        ("Set aside", "right"),
        ("Creators", "right"),
        ("Period", "left"),
    ):
        table.add_column(head, justify=justify, overflow="fold")  # type: ignore[arg-type]
    for file in result.files:
        sure = f"{file.confidence:.0%}" if file.confidence else ""
        aside = sum(file.set_aside.values())
        set_aside, creators = f"{aside:,}" if aside else "", f"{file.creators:,}" if file.creators else ""
        table.add_row(Text(_printable(file.path)), file.format, sure, f"{file.rows:,}", set_aside, creators, file.period)
    return table


def _aside(result: CheckResult) -> Table:
    more = len(result.aside) - SHOWN_ASIDE
    caption = f"and {more:,} more" if more > 0 else None
    table = Table(title="Rows set aside", title_justify="left", caption=caption, caption_justify="left")
    for head, justify in (("File", "left"), ("Row", "right"), ("Why", "left"), ("What it says", "left")):
        table.add_column(head, justify=justify, overflow="fold")  # type: ignore[arg-type]
    for row in result.aside.head(SHOWN_ASIDE).itertuples():
        table.add_row(Text(_printable(row.file)), str(row.row), Text(_printable(row.reason)), Text(_printable(row.values)[:200]))
    return table


def _chapters(result: CheckResult) -> Table:
    table = Table(title="Chapters", title_justify="left")
    for head in ("", "Chapter", "Ready", "Missing"):
        table.add_column(head)
    for chapter in CHAPTERS:
        state = result.chapters[chapter.name]
        needed = [t for t in chapter.needs if t in state.missing]
        useful = [t for t in state.missing if t not in needed]
        says = ([f"needs {', '.join(needed)}"] if needed else []) + ([f"would say more with {', '.join(useful)}"] if useful else [])
        table.add_row(
            chapter.number, chapter.title, Text("yes" if state.ready else "no", style="green" if state.ready else "yellow"), "; ".join(says)
        )
    return table


def _printable(text: str) -> str:
    """Return text that cannot steer the terminal, whatever stands in a file."""
    return "".join(c if c.isprintable() else "\ufffd" for c in str(text))
