"""What learners hand in, as it comes: folders, zips of folders, renamed and doubled notebooks, campaigns that were changed or left out."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playbook.errors import NotUsable

HANDED_OUT = "handed-out.json"
CAMPAIGN_FILES = (".yml", ".csv")
LARGEST = 500_000_000  # bytes that a zip may unpack to


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What came from one learner.

    Attributes
    ----------
    learner : str
        The folder's name; for something that nobody can be found for, the file's name.
    places : tuple of path
        Folders and files that it came in, the learner's own folder first.
    trouble : str
        Why nothing of it can be graded, or nothing.
    """

    learner: str
    places: tuple[Path, ...]
    trouble: str = ""

    def notebooks(self) -> list[Path]:
        """Return its notebooks, whatever they are called now."""
        found = [p for place in self.places for p in ([place] if place.is_file() else sorted(place.rglob("*.ipynb*")))]
        return [p for p in found if p.is_file() and not any(part.startswith((".", "__MACOSX")) for part in p.parts[-3:])]

    def read_notebooks(self) -> tuple[dict[str, Any], dict[str, str]]:
        """Return the notebooks that can be read, and why others cannot, by their names."""
        books: dict[str, Any] = {}
        unread: dict[str, str] = {}
        for path in self.notebooks():
            name = path.name if path.name not in books else f"{path.parent.name}/{path.name}"
            try:
                books[name] = read(path)
            except NotUsable as problem:
                unread[path.name] = str(problem)
        return books, unread

    def campaign(self) -> Path | None:
        """Return the folder that holds its campaign, if one came with it."""
        return next((p.parent for place in self.places if place.is_dir() for p in sorted(place.rglob("campaign.yml"))), None)


def submissions(workshop: Path, unpacked: Path) -> list[Submission]:
    """Return what lies in a workshop's folder, by learner; zips are unpacked into another folder.

    Raises
    ------
    NotUsable
        Where there is no learner's folder, zip or notebook.
    """
    shutil.rmtree(unpacked, ignore_errors=True)
    handed = handed_out(workshop)
    learners: dict[str, list[Path]] = {name: [] for name in handed}
    for place in sorted(p for p in workshop.iterdir() if p.is_dir() and p.name != "trainer" and not p.name.startswith(".")):
        if place.name in handed or (place / "campaign.yml").is_file() or any(place.rglob("*.ipynb*")) or any(place.rglob("*.zip")):
            learners.setdefault(place.name, []).append(place)
    orphans: list[Submission] = []
    loose = [p for p in workshop.iterdir() if p.is_file() and (p.suffix == ".zip" or ".ipynb" in p.name)]
    zips = [p for places in learners.values() for place in places for p in place.rglob("*.zip")]
    for path in sorted([*loose, *zips]):
        owner = next((n for n, places in learners.items() if any(place in path.parents for place in places)), None)
        place, trouble = _unpacked(path, unpacked) if path.suffix == ".zip" else (path, "")
        owner = owner or _owner(path, place, learners)
        if owner is None or trouble:
            why = trouble or f"{path.name} does not say whose it is: put it into its learner's folder"
            orphans.append(Submission(learner=owner or path.name, places=(), trouble=why))
            continue
        learners[owner].append(place)
    if not learners and not orphans:
        raise NotUsable(f"{workshop} holds no learner's folder with a campaign.yml; name the folder that `playbook workshop` made.")
    troubled = {o.learner: o.trouble for o in orphans}
    out = [Submission(learner=n, places=tuple(p), trouble=troubled.pop(n, "")) for n, p in sorted(learners.items())]
    return [*out, *(Submission(learner=n, places=(), trouble=why) for n, why in sorted(troubled.items()))]


def _owner(path: Path, place: Path, learners: Iterable[str]) -> str | None:
    """Find a learner's name in a file's name or, for a zip, in those of its folders."""
    said = [path.name, *([p.name for p in sorted(place.rglob("*")) if p.is_dir()] if place.is_dir() else [])]
    found = {n for text in said for n in learners if re.search(rf"(?<![\w-]){re.escape(n)}(?!\d)", text, re.I)}
    return found.pop() if len(found) == 1 else None


def _unpacked(path: Path, place: Path) -> tuple[Path, str]:
    """Unpack a zip; return the folder, and what is wrong with it."""
    place.mkdir(parents=True, exist_ok=True)
    target = Path(tempfile.mkdtemp(prefix=f"{path.stem[:40]}-", dir=place))
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(i.file_size for i in archive.infolist()) > LARGEST:
                return target, f"{path.name} would unpack to more than {LARGEST / 1e6:.0f} MB"
            archive.extractall(target)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as problem:
        return target, f"{path.name} cannot be unpacked ({problem})"
    return target, ""


def read(path: Path) -> Any:
    """Read a notebook as JupyterLab, VS Code or Colab saved it.

    Raises
    ------
    NotUsable
        Where it is none.
    """
    import warnings

    import nbformat

    try:
        with warnings.catch_warnings():
            # some editors leave out the cells' ids
            warnings.simplefilter("ignore")
            return nbformat.reads(path.read_text(encoding="utf-8-sig"), as_version=4)
    except Exception as problem:
        raise NotUsable(f"{path.name} cannot be read as a notebook ({type(problem).__name__}).") from None


def fingerprints(folder: Path) -> dict[str, str]:
    """Return a hash of each of a campaign's files.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     fingerprints(Path(place))
    {}
    """
    files = sorted(p for p in folder.iterdir() if p.is_file() and p.suffix in CAMPAIGN_FILES)
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def handed_out(workshop: Path) -> dict[str, dict[str, str]]:
    """Return the hashes of what each learner got, as the trainer's folder keeps them; nothing where it does not."""
    try:
        return json.loads((workshop / "trainer" / HANDED_OUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


@dataclass(frozen=True)
class Changed:
    """How a campaign differs from the one that was handed out: the files, and whose it is if it is somebody else's."""

    files: tuple[str, ...] = ()
    whose: str = ""

    @property
    def data(self) -> tuple[str, ...]:
        """The files other than the brief: a brief may be turned, data may not."""
        return tuple(f for f in self.files if f != "campaign.yml")


def changed(campaign: Path, learner: str, handed: Mapping[str, Mapping[str, str]]) -> Changed:
    """Compare a campaign with the one that was handed out."""
    wanted = handed.get(learner)
    if wanted is None:
        return Changed()
    found = fingerprints(campaign)
    files = tuple(sorted(n for n in {*wanted, *found} if wanted.get(n) != found.get(n)))
    tables = {n: h for n, h in found.items() if n != "campaign.yml"}
    whose = next((n for n, theirs in handed.items() if n != learner and tables and {**theirs, **tables} == theirs), "") if files else ""
    return Changed(files, whose)


def made_again(workshop: Path, learner: str, target: Path) -> bool:
    """Write a learner's campaign anew from the trainer's secret, where it did not come with the notebook; say whether that was possible."""
    from playbook.teach.workshop import world_of
    from playbook.world import write as writing

    trainer = workshop / "trainer"
    try:
        secret = (trainer / "secret.txt").read_text(encoding="utf-8").strip()
        about = json.loads((trainer / "truth" / learner / "truth.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    world = world_of(secret, learner, about["kind"], about["brand"], about["attempt"])
    writing.folder(world, target, truth=False)
    return True


def lay_campaign(sent: Submission, workshop: Path, target: Path) -> tuple[str, str]:
    """Lay a learner's campaign where it is graded; return what stands in the way of marks, and what else is to be known."""
    place = sent.campaign()
    if place is None:
        if made_again(workshop, sent.learner, target):
            return "", "no campaign came with it: graded on the one that was handed out"
        return "no campaign came with the notebook, and it cannot be made again without the trainer's folder", ""
    target.mkdir(parents=True)
    for path in sorted(p for p in place.iterdir() if p.is_file() and p.suffix in CAMPAIGN_FILES):
        shutil.copyfile(path, target / path.name)
    differs = changed(place, sent.learner, handed_out(workshop))
    if differs.whose:
        return f"its campaign is the one of {differs.whose}", ""
    if differs.data:
        return f"its campaign is not the one handed out: {', '.join(differs.data)}", ""
    return "", "its campaign.yml was changed" if differs.files else ""
