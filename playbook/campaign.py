"""Opening a campaign: the brief with all that overrides it, and the data, read once."""

from __future__ import annotations

import ast
import hashlib
import html
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from playbook import __version__
from playbook import brief as briefs
from playbook.brief import Brief
from playbook.chapters import Chapter
from playbook.chapters import chapter as find_chapter
from playbook.data.dataset import Dataset
from playbook.errors import BadCall, NotUsable, did_you_mean

DEFAULT_SAMPLE = "glow-skincare"
# how `playbook report` and `playbook lab` reach the kernels they start
ENV_CAMPAIGN = "PLAYBOOK_CAMPAIGN"
ENV_SETTINGS = "PLAYBOOK_SETTINGS"
ENV_SNAPSHOT = "PLAYBOOK_SNAPSHOT"

Settings = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """A campaign folder, read: `brief`, `data`, and where each knob's value came from.

    Attributes
    ----------
    fingerprint : str
        Hash of the inputs and the resolved brief: equal fingerprints give equal results.
    knobs : dict of str to (value, origin)
        The open chapter's knobs; empty where no chapter was opened.
    """

    folder: Path
    brief: Brief
    data: Dataset
    fingerprint: str
    chapter: Chapter | None = None
    knobs: dict[str, tuple[Any, str]] = field(default_factory=dict)

    @property
    def templates(self) -> dict[str, str]:
        """The user's own templates of letters, by name: `templates/` in the campaign folder; empty where there is none."""
        from playbook.folders.letters import own_templates

        return own_templates(self.folder)

    def _lines(self) -> list[str]:
        from playbook.wording import wording

        write = wording(self.brief)
        rows = ", ".join(f"{write.count(n)} {name.replace('_', ' ')}" for name, n in self.data.rows().items() if n)
        lines = [f"{self.brief.name}, as of {write.day(self.data.as_of)}", f"Read: {rows or 'nothing'}"]
        if self.knobs:
            lines.append("Knobs: " + ", ".join(f"{k.upper()} = {v!r} ({origin})" for k, (v, origin) in self.knobs.items()))
        return lines

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        title, *rest = (html.escape(line) for line in self._lines())
        return f'<p class="pb-campaign"><strong>{title}</strong><br>{"<br>".join(rest)}</p>'


def folder_of(where: str | Path) -> Path:
    """Return the folder of a campaign that is named by path or as a sample.

    Raises
    ------
    NotUsable
        Where there is no such folder and no such sample.
    """
    from playbook.folders import samples_dir

    if not isinstance(where, (str, Path)):
        raise BadCall(
            f"CAMPAIGN is {where!r}, a {type(where).__name__}; expected a sample's name or a path as text "
            "(papermill turns digits into numbers: pass it with -r instead of -p)."
        )
    path = Path(where).expanduser()
    if path.is_dir():
        return path.resolve()
    samples = samples_dir()
    known = sorted(p.name for p in samples.iterdir() if p.is_dir()) if samples.is_dir() else []
    if str(where) in known:
        return (samples / str(where)).resolve()
    if path.is_file():
        raise NotUsable(f"{where} is a file; a campaign is a folder with campaign.yml in it: `playbook new DIR` makes one.")
    raise NotUsable(f"{where} is neither a folder nor a sample{did_you_mean(str(where), known)}; the samples are {', '.join(known)}.")


def load(where: str | Path = DEFAULT_SAMPLE, settings: Settings | None = None) -> Campaign:
    """Read a campaign: its brief and all its tables.

    Parameters
    ----------
    where : str or path
        A campaign folder or a sample's name.
    settings : mapping of section to mapping of field to value, optional
        Values that win over `campaign.yml`, such as ``{"engagement": {"window": 20}}``.

    Raises
    ------
    NotUsable
        Where the brief or the data cannot be used; the sentence says where and how to mend it.
    """
    from playbook.data import snapshot
    from playbook.data.load import read_folder

    folder = folder_of(where)
    brief = briefs.read(folder, settings)
    saved = os.environ.get(ENV_SNAPSHOT)
    data = snapshot.open_snapshot(Path(saved), folder=folder, brief=brief) if saved else None
    if data is None:
        data = read_folder(folder, brief)
    return Campaign(folder=folder, brief=brief, data=data, fingerprint=fingerprint(brief, data))


def fingerprint(brief: Brief, data: Dataset) -> str:
    """Return a hash of everything that results depend on: the kit's version, the inputs, the resolved brief and what counts as now."""
    inputs = [(s.path, s.sha256) for s in data.provenance]
    text = json.dumps([__version__, inputs, brief.model_dump(mode="json"), str(data.as_of)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def open_chapter(name: str, namespace: Mapping[str, Any]) -> Campaign:
    """Open the campaign for a chapter's notebook: its first call.

    Takes `CAMPAIGN` and the chapter's knobs from the notebook's names and checks them all. What wins:
    `playbook report --set`, then a notebook parameter that was given, then `campaign.yml`, then the default.
    A parameter counts as given where papermill injected it, or where it differs from the default.

    Parameters
    ----------
    name : str
        The chapter.
    namespace : mapping
        The notebook's `globals()`.

    Raises
    ------
    BadCall
        Where a name is unknown or a value is not allowed.
    """
    chapter = find_chapter(name)
    model: type[BaseModel] = Brief.model_fields[chapter.name].annotation  # type: ignore[assignment]
    knobs = {field.upper(): field for field in model.model_fields}
    injected = _injected(namespace)
    _refuse_unknown(namespace, {"CAMPAIGN", *knobs}, chapter, injected)

    where = namespace.get("CAMPAIGN", DEFAULT_SAMPLE)
    if where == DEFAULT_SAMPLE and "CAMPAIGN" not in injected:
        where = os.environ.get(ENV_CAMPAIGN) or where
    given = {
        field: namespace[upper]
        for upper, field in knobs.items()
        if upper in namespace and (upper in injected or namespace[upper] != model.model_fields[field].default)
    }
    _refuse_values(model, given, chapter)
    settings: dict[str, dict[str, Any]] = json.loads(os.environ.get(ENV_SETTINGS, "{}"))
    commanded = dict(settings.get(chapter.name, {}))
    settings[chapter.name] = {**given, **commanded}
    campaign = load(where, settings)
    section = getattr(campaign.brief, chapter.name)
    origins = {}
    for knob, info in model.model_fields.items():
        value = getattr(section, knob)
        if knob in commanded:
            origin = "--set"
        elif knob in given:
            origin = "this notebook"
        else:
            origin = "default" if value == info.default else "campaign.yml"
        origins[knob] = (value, origin)
    return Campaign(
        folder=campaign.folder, brief=campaign.brief, data=campaign.data, fingerprint=campaign.fingerprint, chapter=chapter, knobs=origins
    )


def _injected(namespace: Mapping[str, Any]) -> set[str]:
    """Find the names that papermill's injected cell assigned, from the cells run so far."""
    names: set[str] = set()
    for source in namespace.get("In", []):
        if not str(source).lstrip().startswith("# Parameters"):
            continue
        try:
            tree = ast.parse(source)
        except SyntaxError:
            continue
        names |= {t.id for node in tree.body if isinstance(node, ast.Assign) for t in node.targets if isinstance(t, ast.Name)}
    return names


def _refuse_unknown(namespace: Mapping[str, Any], known: set[str], chapter: Chapter, injected: set[str]) -> None:
    # papermill only warns of a name that the notebook does not have; upper-case names are parameters by our rule
    found = injected | {
        n for n, v in namespace.items() if n.isupper() and not n.startswith("_") and isinstance(v, (str, int, float, bool, type(None)))
    }
    unknown = sorted(found - known)
    if unknown:
        first = unknown[0]
        raise BadCall(
            f"{chapter.notebook}: {first} is not a parameter of this chapter{did_you_mean(first, known)}; "
            f"it knows {', '.join(sorted(known))}."
        )


def _refuse_values(model: type[BaseModel], given: Mapping[str, Any], chapter: Chapter) -> None:
    try:
        model.model_validate(dict(given))
    except ValidationError as problems:
        error = problems.errors()[0]
        field = str(error["loc"][0])
        hint = ""
        if error["type"] == "string_type":
            hint = " (papermill turns digits into numbers: pass it with -r instead of -p)"
        raise BadCall(
            f"{chapter.notebook}: {field.upper()} is {given[field]!r}; expected {model.model_fields[field].description}{hint}."
        ) from None
