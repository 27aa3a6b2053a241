"""A panel's values: what the brief says, what was turned, what is kept. Knows no widget."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playbook import brief as briefs
from playbook import folders
from playbook.brief import Brief
from playbook.campaign import Campaign
from playbook.lab import ENV_HOME
from playbook.show.controls.fields import Control, Try, Turn, control, value_at
from playbook.show.controls.panels import PANELS, Panel
from playbook.wording import listed


class State:
    """The values behind one panel of one notebook.

    Attributes
    ----------
    panel : Panel
    controls : tuple of Control
    values : dict of path to value
        As the controls show them now.
    """

    def __init__(self, chapter: str, campaign: Campaign):
        self.chapter = chapter
        self.campaign = campaign
        self.panel: Panel = PANELS[chapter]
        self.controls: tuple[Control, ...] = tuple(control(item, campaign.data, campaign.brief) for item in self.panel.turn)
        self._kept = {c.path: self._first(item, c) for item, c in zip(self.panel.turn, self.controls, strict=True)}
        self.values = dict(self._kept)

    def _first(self, item: Turn | Try, shown: Control) -> Any:
        if isinstance(item, Turn):
            return to_control(shown, value_at(self.campaign.brief, item.path))
        start = item.start(self.campaign.data, self.campaign.brief) if callable(item.start) else item.start
        there = [value for _, value in shown.options]
        if shown.kind == "choices":
            return tuple(start or ())
        if shown.kind == "choice":
            return start if start in there else (there[0] if there else None)
        return start

    @property
    def changed(self) -> dict[str, dict[str, Any]]:
        """What was turned and can be saved, by section and field."""
        out: dict[str, dict[str, Any]] = {}
        for shown in self.controls:
            value = self.values[shown.path]
            if shown.saved and value != self._kept[shown.path]:
                section, _, name = shown.path.partition(".")
                out.setdefault(section, {})[name] = from_control(shown, value)
        return out

    @property
    def tried(self) -> dict[str, Any]:
        """What was set and is no field of the brief."""
        return {c.path: self.values[c.path] for c in self.controls if not c.saved}

    def brief(self) -> Brief:
        """Return the brief with what was turned.

        Raises
        ------
        NotUsable
            Where it would not be valid; the sentence says why.
        """
        all_turned: dict[str, dict[str, Any]] = {}
        for shown in self.controls:
            value = self.values[shown.path]
            if shown.saved and value != to_control(shown, value_at(self.campaign.brief, shown.path)):
                section, _, name = shown.path.partition(".")
                all_turned.setdefault(section, {})[name] = from_control(shown, value)
        return briefs.changed(self.campaign.brief, all_turned)

    def reset(self) -> None:
        """Go back to what was saved last, or opened."""
        self.values = dict(self._kept)

    def save(self) -> str:
        """Write what was turned to `campaign.yml` and return a sentence that says so.

        A sample is left as it is: a copy of one's own is made beside the notebooks' folder, and written to.

        Raises
        ------
        NotUsable, BadCall
            Where the brief would not be valid or the folder cannot be written; nothing is changed then.
        """
        changes = self.changed
        if not changes:
            return "Nothing was turned that campaign.yml keeps, so there is nothing to save."
        self.brief()
        folder, note = self.campaign.folder, ""
        if folder.parent == folders.samples_dir().resolve():
            folder, note = _own_copy(folder)
        briefs.update(folder, changes)
        self._kept = {path: self.values[path] if "." in path else old for path, old in self._kept.items()}
        names = [f"{section}.{name}" for section, fields in changes.items() for name in fields]
        text = f"Saved {listed(names)} to {folder / 'campaign.yml'}; the file as it was is campaign.yml.bak."
        return f"{text}{note}{self._wins_over(changes)}"

    def _wins_over(self, changes: Mapping[str, Mapping[str, Any]]) -> str:
        given = [n.upper() for n in changes.get(self.chapter, {}) if self.campaign.knobs.get(n, ("", ""))[1] in ("this notebook", "--set")]
        return f" The notebook's second cell sets {listed(given)} as well, and that wins: put it back to its default." if given else ""


def home() -> Path:
    """Return where campaigns of one's own go: where `playbook lab` was started, and never among the guide's notebooks."""
    place = Path(os.environ.get(ENV_HOME) or Path.cwd()).resolve()
    return place.parent if place == folders.notebooks_dir().resolve() else place


def _own_copy(sample: Path) -> tuple[Path, str]:
    """Return the user's own copy of a sample, made on the first call, and what to do to work with it."""
    copy = home() / f"my-{sample.name}"
    if not (copy / briefs.FILE).is_file():
        folders.new(copy, sample=sample.name)
    return copy, f' The sample stays as it is: to go on with your copy, write CAMPAIGN: str = "{copy.as_posix()}" in the second cell.'


def to_control(shown: Control, value: Any) -> Any:
    """Turn a brief's value into what its control shows.

    >>> to_control(Control(path="portfolio.must", label="", help="", kind="choices", joined=True), "a, b")
    ('a', 'b')
    """
    if shown.kind == "choices":
        return tuple(part.strip() for part in value.split(",") if part.strip()) if shown.joined else tuple(value)
    if shown.kind == "text":
        return ", ".join(value) if isinstance(value, (list, tuple)) else value or ""
    return value


def from_control(shown: Control, value: Any) -> Any:
    """Turn what a control shows into a brief's value."""
    if shown.kind == "choices":
        return ", ".join(value) if shown.joined else list(value)
    if shown.kind == "text" and shown.optional and not value:
        return None
    return value
