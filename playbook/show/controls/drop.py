"""The place to drop files of one's own: they are copied into a campaign's `exports/`, and `check` says what each of them is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ipywidgets as w

from playbook import brief as briefs
from playbook import check as checking
from playbook import creators, folders
from playbook.brief import Brief
from playbook.campaign import Campaign
from playbook.chapters import CHAPTERS
from playbook.errors import NotUsable, PlaybookError
from playbook.findings import Finding
from playbook.folders.received import receive
from playbook.show import tables
from playbook.show.controls.state import home
from playbook.show.controls.widgets import STYLE, fill, put, status_line
from playbook.show.creators import files_table
from playbook.show.theme import Note, say
from playbook.wording import listed, plural

NAME = "my-campaign"


class Drop:
    """The file drop on the page.

    Attributes
    ----------
    folder : Text
        Where the campaign lies or will lie.
    upload : FileUpload
    path : Text
        A file or folder on this computer to copy from, for those who type and for large files.
    """

    def __init__(self, campaign: Campaign):
        own = campaign.folder.parent != folders.samples_dir().resolve()
        style, wide = {"description_width": "9.5rem"}, w.Layout(width="98%")
        self.folder = w.Text(
            value=str(campaign.folder if own else home() / NAME),
            description="My campaign",
            continuous_update=False,
            style=style,
            layout=wide,
        )
        self.upload = w.FileUpload(multiple=True, description="Choose files", layout=w.Layout(width="auto"))
        self.path = w.Text(
            value="", placeholder="or the path of a file or folder on this computer", description="Copy from", style=style, layout=wide
        )
        self.copy = w.Button(description="Copy and check", button_style="primary", layout=w.Layout(width="auto"))
        self.look = w.Button(description="Check again", layout=w.Layout(width="auto"))
        self.status, self.results = w.HTML(), w.VBox()
        self.upload.observe(lambda change: self._do(lambda: self._uploaded(change["new"])), names="value")
        self.copy.on_click(lambda _: self._do(self._copy))
        self.look.on_click(lambda _: self._do(self.check))
        help_ = w.HTML(
            '<div class="pb-help">a folder for your campaign; made with its campaign.yml if it is not there. Files are copied '
            "into its exports folder and never over another one; any export works, under any name</div>"
        )
        self.box = w.VBox(
            [w.HTML(STYLE), self.folder, help_, self.upload, self.path, w.HBox([self.copy, self.look]), self.status, self.results]
        )
        self.box.add_class("pb-panel")

    def _ipython_display_(self) -> None:
        put(self.box)

    def __repr__(self) -> str:
        return f"A place to drop files into {self.folder.value}"

    def check(self) -> None:
        """Say what the folder holds, as `playbook check` does."""
        folder = Path(self.folder.value).expanduser()
        result = checking.check(folder)
        fill(self.results, told(folder, result))

    def _uploaded(self, files: tuple[Any, ...]) -> None:
        if files:
            self._received([(f["name"], bytes(f["content"])) for f in files])

    def _copy(self) -> None:
        source = Path(self.path.value.strip().strip("\"'")).expanduser()
        if not self.path.value.strip() or not source.exists():
            raise NotUsable(f"{self.path.value.strip() or 'Nothing'} is not there; write the path of a file or folder on this computer.")
        found = [source] if source.is_file() else sorted(p for p in source.iterdir() if p.is_file() and not p.name.startswith("."))
        self._received([(p.name, p.read_bytes()) for p in found])

    def _received(self, files: list[tuple[str, bytes]]) -> None:
        folder = Path(self.folder.value).expanduser().absolute()
        if folder.resolve().parent == folders.samples_dir().resolve():
            raise NotUsable(f"{folder} is a sample and stays as it is; name a folder of your own.")
        self._say(f"Copying {len(files)} {plural(len(files), 'file')} …")
        there = receive(folder, files)
        self.folder.value = str(folder)
        self.check()
        names = listed([p.name for p in there])
        self._say(
            f"{names} {plural(len(there), 'lies', 'lie')} in {folder / 'exports'}. To read the guide with your data, write "
            f'CAMPAIGN: str = "{folder.as_posix()}" in the second cell of each chapter, or start with: playbook lab {folder}'
        )

    def _do(self, what: Any) -> None:
        try:
            what()
        except PlaybookError as problem:
            self._say(str(problem), wrong=True)
        except OSError as problem:
            self._say(f"{problem.filename}: {problem.strerror}; check that it may be read and written.", wrong=True)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        self.status.value = status_line(text, wrong=wrong)


def told(folder: Path, result: checking.CheckResult) -> list[Any]:
    """Return what `check` found, as a sentence and tables."""
    brief = _brief(folder)
    ready = [c.title for c in CHAPTERS if result.chapters[c.name].ready]
    if not result.usable:
        sentence = "These files cannot be used yet; the table says what to mend."
    else:
        rows = listed([f"{n:,} {name.replace('_', ' ')}" for name, n in result.tables.items() if n], most=6)
        sentence = f"Read: {rows}. {len(ready)} of {len(CHAPTERS)} chapters have what they need."
    frame = creators.files_of(result.files)
    out: list[Any] = [say(sentence), files_table(frame, brief) if len(frame) else Note("No file was read.", "missing")]
    worst: list[Finding] = sorted(result.findings, key=lambda f: ("error", "warning", "note").index(f.level))
    return [*out, tables.findings(worst[:12], title="What your files need a word about")]


def _brief(folder: Path) -> Brief:
    try:
        return briefs.read(folder)
    except PlaybookError:
        return Brief()


def build(campaign: Campaign) -> Drop:
    """Return the file drop."""
    return Drop(campaign)
