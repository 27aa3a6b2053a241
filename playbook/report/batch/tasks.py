"""Which campaigns a batch makes reports of: folders, patterns and manifests."""

from __future__ import annotations

import csv
import glob
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from playbook.campaign import folder_of
from playbook.errors import BadCall, NotUsable, did_you_mean
from playbook.report import settings as settings_of

BRIEF = "campaign.yml"
MANIFESTS = (".csv", ".yml", ".yaml")
# what a manifest says of a campaign beside its knobs
FIELDS = ("campaign", "name", "notebooks")
# what a batch itself leaves beside the campaigns' folders
_TAKEN = ("index.html", "batch.json")


@dataclass(frozen=True, kw_only=True)
class Task:
    """One campaign of a batch.

    Attributes
    ----------
    name : str
        The folder under OUT that its report goes to.
    settings : tuple of str
        ``chapter.knob=value``.
    notebooks : Path or None
        Another folder of notebooks than the kit's own.
    problem : str
        Why it cannot be run at all, such as a folder that is not there; empty where it can.
    """

    folder: Path
    name: str
    settings: tuple[str, ...] = ()
    notebooks: Path | None = None
    problem: str = ""


def tasks(targets: Sequence[str | Path], settings: Iterable[str] = ()) -> list[Task]:
    """Return the campaigns that are meant, each with a name of its own.

    Parameters
    ----------
    targets : sequence of str or path
        Campaign folders, folders of campaign folders, samples' names, patterns, or manifests.
    settings : iterable of str
        For all of them; what a manifest says of one wins.

    Raises
    ------
    BadCall
        Where nothing is meant, or a manifest or a setting makes no sense.
    """
    common = tuple(settings)
    settings_of.parse(common)
    found = [task for given in targets for task in _meant(given)]
    if not found:
        raise BadCall("No campaign was named; give folders, a pattern such as clients/*, or a manifest.")
    return _named([replace(t, settings=(*common, *t.settings)) for t in found])


def _meant(given: str | Path) -> list[Task]:
    path = Path(given).expanduser()
    if path.is_file() and path.suffix.lower() in MANIFESTS and path.name != BRIEF:
        return _manifest(path)
    if path.is_dir():
        inside = [] if (path / BRIEF).is_file() else _campaigns(path.iterdir())
        return [_task(p) for p in inside or [path]]
    if any(c in str(given) for c in "*?["):
        # Path.glob takes no pattern that begins at the root
        inside = _campaigns(Path(p) for p in glob.glob(str(path), recursive=True))  # noqa: PTH207
        if not inside:
            raise BadCall(f"{given} matches no campaign folder; one holds a {BRIEF}.")
        return [_task(p) for p in inside]
    return [_task(given)]


def _campaigns(paths: Iterable[Path]) -> list[Path]:
    return sorted(p for p in paths if not p.name.startswith(".") and (p / BRIEF).is_file())


def _task(given: str | Path, **known: Any) -> Task:
    """Make a task of a folder; one that is not there is a line of the batch, and no reason to stop the others."""
    try:
        folder, problem = folder_of(given), ""
    except NotUsable as absent:
        folder, problem = Path(given).expanduser().absolute(), str(absent)
    return Task(**{"folder": folder, "name": folder.name, "problem": problem} | known)


def _manifest(path: Path) -> list[Task]:
    rows = _csv_rows(path) if path.suffix.lower() == ".csv" else _yaml_rows(path)
    if not rows:
        raise BadCall(f"{path} lists no campaign; it needs rows with a campaign.")
    out = []
    for number, (row, knobs) in enumerate(rows, start=1):
        where = f"{path} entry {number}"
        given = str(row.get("campaign") or "").strip()
        if not given:
            raise BadCall(f"{where} names no campaign; expected a folder or a sample's name under campaign.")
        lines = tuple(f"{name}={'null' if value is None else value}" for name, value in knobs.items())
        try:
            settings_of.parse(lines)
        except BadCall as problem:
            raise BadCall(f"{where}: {str(problem).removeprefix('--set ')}") from None
        known: dict[str, Any] = {"settings": lines}
        if row.get("name"):
            known["name"] = str(row["name"])
        if row.get("notebooks"):
            known["notebooks"] = (path.parent / str(row["notebooks"])).resolve()
        near = path.parent / Path(given).expanduser()
        out.append(_task(near if near.is_dir() else given, **known))
    return out


def _csv_rows(path: Path) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            file.seek(0)
            # a German Excel writes semicolons
            mark = max((";", "\t", ","), key=first.count)
            rows = list(csv.DictReader(file, delimiter=mark))
    except (UnicodeDecodeError, csv.Error) as problem:
        raise BadCall(f"{path} cannot be read as CSV ({problem}); save it as UTF-8 text.") from None
    clean = [{str(k).strip(): (v or "").strip() for k, v in row.items() if k and not isinstance(v, list)} for row in rows]
    if clean and "campaign" not in clean[0]:
        raise BadCall(f"{path} has no column campaign{did_you_mean('campaign', list(clean[0]))}; its columns are {', '.join(clean[0])}.")
    return [
        ({k: row.get(k) for k in FIELDS}, {k: v for k, v in row.items() if k not in FIELDS and v}) for row in clean if any(row.values())
    ]


def _yaml_rows(path: Path) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        tree = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8-sig"))
    except (YAMLError, UnicodeDecodeError, RecursionError, ValueError) as problem:
        raise BadCall(f"{path} cannot be read as YAML ({' '.join(str(problem).split())[:120]}); check the file.") from None
    if isinstance(tree, dict):
        tree = tree.get("campaigns")
    if not isinstance(tree, list):
        raise BadCall(f"{path} holds no list; expected entries such as `- campaign: clients/acme`.")
    out = []
    for number, entry in enumerate(tree, start=1):
        row = entry if isinstance(entry, dict) else {"campaign": entry}
        knobs = row.get("set") or {}
        unknown = [str(k) for k in row if k not in (*FIELDS, "set")]
        if unknown or not isinstance(knobs, dict):
            said = f"does not know {unknown[0]}" if unknown else "has a `set` that is no mapping"
            raise BadCall(f"{path} entry {number} {said}; it knows {', '.join(FIELDS)} and set, such as {{engagement.window: 20}}.")
        out.append((row, knobs))
    return out


def _named(found: list[Task]) -> list[Task]:
    """Give each campaign a folder's name of its own; one that two share is told apart by the folder above."""
    plain = [_safe(t.name) for t in found]
    folders: dict[str, set[Path]] = {}
    for task, name in zip(found, plain, strict=True):
        folders.setdefault(name.casefold(), set()).add(task.folder)
    taken = {name.casefold() for name in _TAKEN}
    out = []
    for task, name in zip(found, plain, strict=True):
        shared = len(folders[name.casefold()]) > 1 and task.name == task.folder.name
        base = _safe(f"{task.folder.parent.name}-{name}") if shared else name
        own, number = base, 1
        while own.casefold() in taken:
            number += 1
            own = f"{base}-{number}"
        taken.add(own.casefold())
        out.append(replace(task, name=own))
    return out


def _safe(name: str) -> str:
    """Return a name that every system takes as a folder's."""
    return "".join(c if c.isalnum() or c in "-_. " else "-" for c in name).strip(". ")[:80] or "campaign"
