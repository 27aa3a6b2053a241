"""Panels as ipywidgets: the only file that imports them, and the only one that talks to JupyterLab."""

from __future__ import annotations

import asyncio
import html
import time
from collections.abc import Callable, Iterable
from typing import Any

import ipywidgets as w

from playbook.campaign import Campaign
from playbook.errors import PlaybookError
from playbook.show.controls.fields import Control
from playbook.show.controls.state import State
from playbook.show.theme import Picture

# changes that follow one another faster than this, such as a held arrow key, are drawn once
PAUSE_SECONDS = 0.12
STYLE = """<style>
.pb-panel {border: 1px solid var(--jp-border-color2, #D6DAE0); border-radius: 4px; padding: 8px 12px; max-width: 60rem; overflow: visible}
.pb-panel .widget-label, .pb-panel .widget-readout {color: var(--jp-ui-font-color1, #1B1F24)}
.pb-panel .pb-help {color: var(--jp-ui-font-color2, #5B6470); font-size: 12px; line-height: 1.3; margin: 0 0 6px 9.6rem}
.pb-panel .pb-status {min-height: 1.4em; font-size: 13px; color: var(--jp-ui-font-color2, #5B6470); line-height: 1.4}
.pb-panel .pb-status.wrong {color: var(--jp-error-color1, #B3261E); font-weight: 600}
.pb-panel .pb-answer {font-size: 15px; line-height: 1.5; margin: 4px 0; border-left: 3px solid #0072B2; padding-left: 10px}
.pb-panel .pb-answer, .pb-panel .pb-missing {color: var(--jp-ui-font-color1, #1B1F24); white-space: normal}
.pb-panel img {max-width: 100%; height: auto}
body[data-jp-theme-light="false"] .pb-panel img {filter: invert(.93) hue-rotate(180deg)}
.pb-panel :focus-visible {outline: 2px solid #0072B2; outline-offset: 1px}
</style>"""

# JupyterLab takes plain keys for its own shortcuts before a list or a button in an output hears them: an arrow would leave the cell, and
# Enter would edit it. Within a panel they are left to the panel; with Ctrl or Cmd, such as to save, they stay JupyterLab's.
KEYS = """if (!window.playbookKeys) {
  window.playbookKeys = true;
  window.addEventListener("keydown", event => {
    if (event.target.closest && event.target.closest(".pb-panel"))
      event.target.toggleAttribute("data-lm-suppress-shortcuts", !(event.ctrlKey || event.metaKey));
  }, true);
}"""


def put(box: w.Widget) -> None:
    """Display a panel, and let it hear its keys."""
    from IPython.display import Javascript, display

    display(Javascript(KEYS))
    display(box)


class Shown:
    """A panel on the page.

    Attributes
    ----------
    state : State
    controls : dict of path to widget
    status, results : widgets
        The line that says what was done, and what is drawn.
    seconds : float
        How long the last redraw took.
    """

    def __init__(self, chapter: str, campaign: Campaign):
        self.state = State(chapter, campaign)
        self.seconds = 0.0
        self._waiting: asyncio.TimerHandle | None = None
        self._quiet = False
        self.controls = {c.path: _widget(c, self.state.values[c.path]) for c in self.state.controls}
        for path, each in self.controls.items():
            each.observe(self._turned(path), names="value")
        self.status = w.HTML()
        self.results = w.VBox()
        self.more = w.VBox()
        self.save = w.Button(description="Save to my campaign", button_style="primary", layout=w.Layout(width="auto"))
        self.reset = w.Button(description="Reset", layout=w.Layout(width="auto"))
        self.save.on_click(lambda _: self._do(self._save))
        self.reset.on_click(lambda _: self._do(self._reset))
        buttons = [self.save, self.reset]
        if self.state.panel.longer:
            self.longer = w.Button(description=self.state.panel.longer[0], layout=w.Layout(width="auto"))
            self.longer.on_click(lambda _: self._do(self._longer))
            buttons.append(self.longer)
        grid = w.GridBox(
            [w.VBox([self.controls[c.path], w.HTML(_help(c))], layout=w.Layout(overflow="visible")) for c in self.state.controls],
            layout=w.Layout(grid_template_columns="repeat(auto-fit, minmax(22rem, 1fr))", grid_gap="2px 18px", overflow="visible"),
        )
        self.box = w.VBox([w.HTML(STYLE), grid, w.HBox(buttons), self.status, self.results, self.more])
        self.box.add_class("pb-panel")
        self.redraw()

    def _ipython_display_(self) -> None:
        put(self.box)

    def __repr__(self) -> str:
        return f"Controls of chapter {self.state.chapter}: {', '.join(c.label for c in self.state.controls)}"

    def redraw(self) -> None:
        """Compute the chapter's calls anew and show the results in their places."""
        began = time.perf_counter()
        self._waiting = None
        try:
            brief = self.state.brief()
            fill(self.results, self.state.panel.shows(self.state.campaign.data, brief, self.state.tried))
            self._say(_turned_so_far(self.state))
        except PlaybookError as problem:
            self._say(str(problem), wrong=True)
        if self.more.children:
            self.more.children = ()
        self.seconds = time.perf_counter() - began

    def _turned(self, path: str) -> Callable[[Any], None]:
        shown = next(c for c in self.state.controls if c.path == path)

        def heard(change: Any) -> None:
            if self._quiet:
                return
            try:
                self.state.values[path] = _value(shown, change["new"])
            except ValueError as problem:
                self._say(f"{shown.label}: {problem}", wrong=True)
                return
            self._soon()

        return heard

    def _soon(self) -> None:
        """Redraw when no further change follows at once; without an event loop, now."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.redraw()
            return
        if self._waiting:
            self._waiting.cancel()
        self._say("Working …")
        self._waiting = loop.call_later(PAUSE_SECONDS, self.redraw)

    def _do(self, what: Callable[[], None]) -> None:
        try:
            what()
        except PlaybookError as problem:
            self._say(str(problem), wrong=True)
        except OSError as problem:
            self._say(f"{problem.filename}: {problem.strerror}; check that the folder may be written.", wrong=True)

    def _save(self) -> None:
        self._say(self.state.save())

    def _reset(self) -> None:
        self.state.reset()
        self._quiet = True
        try:
            for shown in self.state.controls:
                self.controls[shown.path].value = _for_widget(shown, self.state.values[shown.path])
        finally:
            self._quiet = False
        self.redraw()
        self._say("Back to what was saved or opened.")

    def _longer(self) -> None:
        label, shows = self.state.panel.longer  # type: ignore[misc]
        bar = w.IntProgress(value=1, max=4, description=f"{label} …", layout=w.Layout(width="60%"), style={"description_width": "initial"})
        inside = w.VBox()
        self.more.children = (bar, inside)
        self.longer.disabled = True
        try:
            for _ in _filling(inside, shows(self.state.campaign.data, self.state.brief(), self.state.tried)):
                bar.value += 1
        finally:
            self.longer.disabled = False
            self.more.children = (inside,)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        self.status.value = status_line(text, wrong=wrong)


def build(chapter: str, campaign: Campaign) -> Shown:
    """Return a chapter's panel, drawn."""
    return Shown(chapter, campaign)


def status_line(text: str, *, wrong: bool = False) -> str:
    """Return a line that screen readers read out when it changes."""
    kind = "pb-status wrong" if wrong else "pb-status"
    return f'<div class="{kind}" role="status" aria-live="polite">{html.escape(text)}</div>'


def _turned_so_far(state: State) -> str:
    changed = [f"{section}.{name}" for section, fields in state.changed.items() for name in fields]
    return f"Turned and not saved: {', '.join(changed)}." if changed else ""


def fill(box: w.VBox, results: Iterable[Any]) -> None:
    """Show results one below the other, in the places of those before."""
    for _ in _filling(box, results):
        pass


def _filling(box: w.VBox, results: Iterable[Any]) -> Iterable[int]:
    """Put each result into its place as soon as it is there; places that hold the same already are left alone."""
    place = -1
    for place, result in enumerate(results):
        content = _as_html(result)
        if place < len(box.children):
            if box.children[place].value != content:
                box.children[place].value = content
        else:
            box.children = (*box.children, w.HTML(content))
        yield place
    if len(box.children) > place + 1:
        box.children = box.children[: place + 1]


def _as_html(result: Any) -> str:
    if isinstance(result, Picture):
        import base64

        picture = base64.b64encode(result.png).decode()
        return f'<img src="data:image/png;base64,{picture}" alt="{html.escape(result.alt)}" width="{result.width}">'
    return result._repr_html_()


def _help(shown: Control) -> str:
    return f'<div class="pb-help">{html.escape(shown.help)}</div>'


def _widget(shown: Control, value: Any) -> w.Widget:
    """Build the widget of a control."""
    common: dict[str, Any] = {
        "description": shown.label,
        "tooltip": shown.help,
        "style": {"description_width": "9.5rem"},
        "layout": w.Layout(width="98%"),
    }
    start = _for_widget(shown, value)
    if shown.kind == "switch":
        return w.Checkbox(value=start, description=shown.label, tooltip=shown.help, style={"description_width": "9.5rem"})
    if shown.kind == "choice":
        return w.Dropdown(options=shown.options, value=start, **common)
    if shown.kind == "choices":
        there = {v for _, v in shown.options}
        # what the brief names and the data lacks stays to be seen, and to be taken away
        options = [*shown.options, *((f"{v} (not on the list)", v) for v in start if v not in there)]
        return w.SelectMultiple(options=options, value=start, rows=min(max(len(options), 2), 5), **common)
    if shown.kind == "day":
        return w.DatePicker(value=start, **common)
    if shown.kind == "text":
        return w.Text(value=start, continuous_update=False, **common)
    if shown.optional:
        return w.Text(value=start, placeholder="empty", continuous_update=False, **common)
    whole = shown.kind == "whole" or (shown.kind == "slider" and isinstance(shown.step, int))
    if shown.kind == "slider":
        sort = w.IntSlider if whole else w.FloatSlider
        # what campaign.yml holds may lie beyond the slider's end
        high = max(shown.high, value)
        digits = {} if whole else {"readout_format": _digits(shown.step)}
        return sort(value=value, min=shown.low, max=high, step=shown.step, continuous_update=False, **digits, **common)
    low = shown.low if shown.low is not None else -1e15
    high = shown.high if shown.high is not None else 2**53
    sort = w.BoundedIntText if whole else w.BoundedFloatText
    return sort(value=value, min=low, max=high, **({} if whole else {"step": None}), **common)


def _digits(step: float | None) -> str:
    places = max(0, len(f"{step:.6f}".rstrip("0").partition(".")[2]))
    return f".{places}f"


def _for_widget(shown: Control, value: Any) -> Any:
    if shown.optional and shown.kind in ("slider", "number", "whole"):
        return "" if value is None else f"{value:g}"
    return value


def _value(shown: Control, given: Any) -> Any:
    """Turn what a widget holds into the state's value.

    Raises
    ------
    ValueError
        Where a number was expected.
    """
    if shown.kind == "choices":
        return tuple(given)
    if shown.kind == "slider" and isinstance(given, float):
        # steps of 0.01 do not add up in binary
        return round(given, 9)
    if shown.optional and shown.kind in ("slider", "number", "whole"):
        text = str(given).strip()
        if not text:
            return None
        try:
            number = float(text)
        except ValueError:
            raise ValueError(f"{text!r} is no number; write one, or leave it empty.") from None
        return int(number) if shown.kind == "whole" else number
    return given
