"""A workshop: a folder a learner with an own brand and an own world, and a trainer's folder with what really holds."""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import json
import re
import secrets
import shutil
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playbook.errors import BadCall, NotUsable
from playbook.teach.submissions import HANDED_OUT, fingerprints

BRANDS_FIRST = ("Linden", "Morrow", "Fable", "Juniper", "Harbour", "Saffron", "Willow", "Pebble", "Comet", "Maple", "Heron", "Velvet")
BRANDS_LAST = ("Skincare", "Botanics", "Ritual", "Care")
MOST = len(BRANDS_FIRST) * len(BRANDS_LAST)
KIND = "glow-skincare"
TRIES = 8
LIFTS = (0.05, 0.12)
# answers by which worlds are compared, and how far from the middle of the class one may lie: a fast subset, one or two a chapter
KEY = ("start-1", "creators-1", "engagement-1", "trust-1", "trust-2", "costs-3", "results-1", "results-2", "results-3")
# exercises that a world now and then has too little for
SCARCE = ("outreach-1",)
TRUTH = ("creators", "events", "deliverables", "campaign_creators", "orders", "regions")

Progress = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """What was made: the folder, its learners in order, and the spread of the key answers (exercise, smallest, median, largest)."""

    folder: Path
    learners: tuple[str, ...]
    spread: tuple[tuple[str, float, float, float], ...]


def seed_of(secret: str, learner: str, attempt: int = 0) -> int:
    """Return a learner's seed: who does not know the secret cannot find it.

    >>> seed_of("s", "learner-01") != seed_of("s", "learner-02")
    True
    """
    digest = hmac.new(secret.encode(), f"{learner}/{attempt}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def brands(secret: str, number: int) -> list[str]:
    """Return so many brands, all different, in an order of the secret's own."""
    names = [f"{a} {b}" for a in BRANDS_FIRST for b in BRANDS_LAST]
    return sorted(names, key=lambda n: hmac.new(secret.encode(), n.encode(), hashlib.sha256).digest())[:number]


def make(
    folder: Path | str,
    *,
    learners: int = 24,
    seed: str | None = None,
    kind: str = KIND,
    workers: int = 2,
    progress: Progress | None = None,
) -> Workshop:
    """Make the folder of a workshop: all of it, or nothing.

    Parameters
    ----------
    folder : path
        One that is not there yet, or is empty.
    learners : int
        From 1 to 48.
    seed : str, optional
        The same seed gives the same bytes. It is the secret behind all worlds, so for a course with marks leave it out: a long one is drawn
        then, and kept in ``trainer/secret.txt``.
    kind : {'glow-skincare', 'campus-coffee'}
        A market with a finished campaign.
    workers : int
        Worlds made at a time.

    Raises
    ------
    BadCall
        Where a number or the market makes no sense.
    NotUsable
        Where the folder holds something, or cannot be written.
    """
    from playbook.world.markets import market

    target, tell = Path(folder).expanduser(), progress or (lambda line: None)
    if isinstance(learners, bool) or not 1 <= learners <= MOST:
        raise BadCall(f"--learners is {learners}; expected 1 to {MOST}.")
    if not market(kind).finished:
        raise BadCall(f"--kind {kind}: this campaign is only planned, so there is nothing to reveal; take glow-skincare or campus-coffee.")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise NotUsable(f"{target} already holds files; give the name of a new folder, so that no learner's work is overwritten.")
    secret = secrets.token_hex(16) if seed is None else str(seed)
    names = [f"learner-{n:02d}" for n in range(1, learners + 1)]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as problem:
        raise NotUsable(f"{target} cannot be written ({problem.strerror or problem}); choose a place that you may write to.") from None
    try:
        (stage / "trainer" / "truth").mkdir(parents=True)
        jobs = [(stage, name, brand, kind, secret) for name, brand in zip(names, brands(secret, learners), strict=True)]
        answers = _each(_learner, jobs, workers, tell)
        spread = _spread(answers)
        _trainer(stage / "trainer", secret, names, answers, spread)
        _room(stage)
        if target.is_dir():
            target.rmdir()
        stage.rename(target)
        # a folder made for a moment is private; this one is for the room
        target.chmod(0o755)
    except OSError as problem:
        raise NotUsable(f"{target} cannot be written ({problem.strerror or problem}); a workshop takes about 3 MB a learner.") from None
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return Workshop(folder=target, learners=tuple(names), spread=spread)


def _each(function: Callable[[tuple], Any], jobs: list[tuple], workers: int, tell: Progress) -> list[Any]:
    """Run jobs, some at a time in processes of their own, and return their results in order."""
    if workers < 2 or len(jobs) < 4:
        return [_told(function(job), job, tell) for job in jobs]
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # a fresh process: forking one that has threads may hang
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        return [_told(done, job, tell) for done, job in zip(pool.map(function, jobs), jobs, strict=True)]


def _told(done: Any, job: tuple, tell: Progress) -> Any:
    tell(f"{job[1]}: {job[2]}")
    return done


def _learner(job: tuple) -> dict[str, float]:
    """Write one learner's folder and its truth; return the key answers."""
    stage, name, brand, kind, secret = job
    from playbook.world import write as writing

    world, answers, attempt = _fair_world(secret, name, kind, brand)
    folder = stage / name
    writing.folder(world, folder, truth=False)
    _notebooks(folder / "notebooks", "workshop-learner", "..")
    _copy("hand_in.ipynb", folder / "notebooks")
    _put(folder / "handout.html", _paper().handout(brand))
    behind = stage / "trainer" / "truth" / name
    behind.mkdir(parents=True)
    for table in TRUTH:
        _put(behind / f"{table}.csv", writing.csv(world.truth[table]))
    facts = {k: float(f"{v:.12g}") if isinstance(v, float) else v for k, v in world.facts.items()}
    about = {"learner": name, "brand": brand, "kind": kind, "attempt": attempt, "facts": facts}
    _put(behind / "truth.json", json.dumps(about, indent=2, ensure_ascii=False) + "\n")
    return answers


def world_of(secret: str, learner: str, kind: str, brand: str, attempt: int) -> Any:
    """Return a learner's world anew, for the reveal."""
    from playbook.world import Strengths, simulate

    # the rise of sales is each world's own, or one reveal would tell it to the next class
    digest = hmac.new(secret.encode(), f"{learner} lift".encode(), hashlib.sha256).digest()
    low, high = LIFTS
    lift = round(low + (high - low) * int.from_bytes(digest[:4], "big") / 2**32, 4)
    return simulate(kind=kind, seed=seed_of(secret, learner, attempt), brand=brand, strengths=Strengths(lift=lift))


def _fair_world(secret: str, name: str, kind: str, brand: str) -> tuple[Any, dict[str, float], int]:
    """Draw worlds until one asks as much of its learner as any other: all key exercises have numbers, and nobody is lucky.

    Lucky is whose wrong ideas lead to the right number.
    """
    from playbook.campaign import Campaign
    from playbook.teach.checks import judged
    from playbook.teach.exercises import EXERCISES

    for attempt in range(TRIES):
        world = world_of(secret, name, kind, brand, attempt)
        campaign = Campaign(folder=Path(), brief=world.brief(), data=world.dataset(), fingerprint=f"{name}/{attempt}")
        answers: dict[str, float] = {}
        if any(EXERCISES[key].numbers(campaign).without for key in SCARCE):
            continue
        for key in KEY:
            given = EXERCISES[key].numbers(campaign)
            if given.without:
                break
            ideas = [w.answer(given) for w in EXERCISES[key].wrong]
            lucky = sum(judged(EXERCISES[key], given, idea).right for idea in ideas if idea is not None)
            if lucky > len(ideas) - 3:
                break
            answers[key] = float(EXERCISES[key].right(given))
        else:
            return world, answers, attempt
    raise NotUsable(f"No fair world was found for {name} in {TRIES} draws; take another seed.")


def _spread(answers: list[dict[str, float]]) -> tuple[tuple[str, float, float, float], ...]:
    rows = []
    for key in KEY:
        values = [a[key] for a in answers]
        rows.append((key, min(values), statistics.median(values), max(values)))
    return tuple(rows)


def _notebooks(target: Path, edition: str, campaign: str) -> None:
    """Write an edition of all chapters that opens the campaign of its own folder."""
    from playbook.folders import notebooks_dir
    from playbook.report import editions

    for path in editions.write(notebooks_dir(), target, edition):
        text = path.read_text(encoding="utf-8")
        old, new = json.dumps('CAMPAIGN: str = "glow-skincare"')[1:-1], json.dumps(f'CAMPAIGN: str = "{campaign}"')[1:-1]
        if text.count(old) != 1:
            raise NotUsable(f"{path.name}: its parameters cell does not say which campaign it opens.")
        _put(path, text.replace(old, new))


def _add_notes(folder: Path) -> None:
    """Put the trainer's notes and timings of each chapter below its title."""
    import nbformat
    from nbformat.v4 import new_markdown_cell

    from playbook.chapters import CHAPTERS
    from playbook.teach.exercises import of
    from playbook.teach.timetable import minutes

    said = _paper().notes()
    for chapter in CHAPTERS:
        book = nbformat.read(str(folder / chapter.notebook), as_version=4)
        long = ", ".join(f"{e.id} {e.minutes}" for e in of(chapter.name))
        lead = f"> **For the trainer.** {minutes()[chapter.name]} minutes in all, of these the exercises: {long}."
        text = lead + "\n\n" + said[chapter.name].replace("\n**", "\n\n**")
        book.cells.insert(1, new_markdown_cell(text, id="notes", metadata={"tags": ["notes"]}))
        _put(folder / chapter.notebook, nbformat.writes(book) + "\n")


def _trainer(folder: Path, secret: str, names: list[str], answers: list[dict[str, float]], spread: tuple) -> None:
    paper = _paper()
    _put(folder / "secret.txt", secret + "\n")
    # by these a campaign that was changed, or is somebody else's, is known when it comes back
    _put(folder / HANDED_OUT, json.dumps({n: fingerprints(folder.parent / n) for n in names}, indent=1) + "\n")
    _put(folder / "notes.html", paper.notes_page())
    _notebooks(folder / "notebooks", "workshop-trainer", "../../learner-01")
    _add_notes(folder / "notebooks")
    _put(
        folder / "difficulty.csv", _csv(("exercise", "smallest", "median", "largest"), [(k, *(f"{v:.6g}" for v in s)) for k, *s in spread])
    )
    _put(
        folder / "key-answers.csv",
        _csv(("learner", *KEY), [(n, *(f"{a[k]:.6g}" for k in KEY)) for n, a in zip(names, answers, strict=True)]),
    )
    _copy("reveal.ipynb", folder / "notebooks")


def _room(folder: Path) -> None:
    """Write what everybody in the room may see."""
    from playbook.teach import timetable

    paper = _paper()
    _put(folder / "slides.html", paper.slides())
    _put(folder / "timetable.html", paper.document("Timetables", timetable.as_markdown()))
    _put(folder / "glossary.html", paper.glossary_page())
    _put(folder / "README.html", paper.document("Workshop", _README))


_README = """# Workshop

- **learner-01 …**: a folder a learner. Give each learner one, and nothing else. In it are a campaign of their own, the chapters with
  exercises (`notebooks`), the final task (`notebooks/hand_in.ipynb`) and a handout.
- **trainer**: for you alone. It holds the truth, the secret from which every world can be made again, your notes, the chapters with
  solutions, the spread of the key answers over the class (`difficulty.csv`, `key-answers.csv`), and `notebooks/reveal.ipynb` for the end.
- **slides.html**, **timetable.html**, **glossary.html**: for the wall and the table. Each is one file and needs no network.

## Before the day

1. On every machine: `playbook doctor`. Every line should say ok.
2. On one machine, as a learner would: `playbook lab learner-01`, then open `notebooks/04_engagement.ipynb` and run it to its end.
3. Without network in the room, make the installation package beforehand: add `--offline here`, or a
   platform such as `--offline win_amd64-3.12`, when you make the workshop in a clone of the kit.

## At the end

Collect the learners' folders to where they came from, with `hand-in.json` in each. Type `playbook lab trainer` and open `reveal.ipynb`.
With nbgrader you can grade the exercises: `playbook.teach.grading` says how.
"""


def _paper() -> Any:
    from playbook.teach import paper

    return paper


def _copy(name: str, folder: Path) -> None:
    """Copy a notebook that is ready as it is."""
    _put(folder / name, (_paper().TEMPLATES / name).read_text(encoding="utf-8"))


def _csv(head: tuple[str, ...], rows: list[tuple]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([head, *rows])
    return out.getvalue()


def _put(path: Path, text: str) -> None:
    """Write text as UTF-8 with LF on every system."""
    path.write_bytes(re.sub(r"\r\n?", "\n", text).encode("utf-8"))
