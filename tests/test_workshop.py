"""The workshop: folders, secrecy, sums of minutes, pages that need nothing from outside, and the reveal."""

from __future__ import annotations

import hashlib
import json
import re

import nbformat
import pytest
import yaml

import playbook
from playbook.chapters import CHAPTERS
from playbook.errors import BadCall, NotUsable
from playbook.report.editions import tags
from playbook.show import reveal as drawn
from playbook.teach import handing, offline, paper, reveal, timetable, workshop
from playbook.teach.checks import judged
from playbook.teach.exercises import EXERCISES, of

from .conftest import ROOT


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return workshop.make(tmp_path_factory.mktemp("class") / "room", learners=2, seed="seven")


@pytest.fixture(scope="module")
def campaigns(made):
    return {name: playbook.load(made.folder / name) for name in made.learners}


def hashes(folder):
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


# --- timetables


def test_minutes_add_up():
    """A chapter takes the same time in every timetable, in its notebook, and by its exercises."""
    said = timetable.minutes()
    for plan, days in timetable.PLANS.items():
        for items, entries in zip(days, timetable.timetable(plan), strict=True):
            assert len(items) == len(entries)
            at = timetable.STARTS
            for item, entry in zip(items, entries, strict=True):
                assert entry.at == at
                assert entry.minutes == (said[item] if isinstance(item, str) else item[1])
                at += entry.minutes
    for chapter in CHAPTERS:
        assert abs(2 * sum(e.minutes for e in of(chapter.name)) - said[chapter.name]) <= 1


def test_the_timetables_fit_their_days():
    long = {plan: [sum(e.minutes for e in day) for day in timetable.timetable(plan)] for plan in timetable.PLANS}
    assert long["Half a day"][0] <= 240
    assert all(day <= 510 for plan in long.values() for day in plan)
    assert {e.chapter for day in timetable.timetable("Two days") for e in day if e.chapter} == set(CHAPTERS)


def test_the_page_says_the_same_minutes():
    rows = re.findall(r"^\| (\d\d):(\d\d) \| (\d+) \| (.+?) \|", timetable.as_markdown(), re.M)
    at, total = None, 0
    for hour, minute, long, what in rows:
        now = int(hour) * 60 + int(minute)
        if what == "in all":
            assert total == int(long) and now == at
            at, total = None, 0
            continue
        assert at in (None, now)
        at, total = now + int(long), total + int(long)


# --- what is made


def test_the_same_seed_gives_the_same_bytes(made, tmp_path):
    again = workshop.make(tmp_path / "again", learners=2, seed="seven")
    assert hashes(made.folder) == hashes(again.folder)


@pytest.mark.slow
def test_one_more_learner_changes_nobody_elses_folder(made, tmp_path):
    more = workshop.make(tmp_path / "more", learners=3, seed="seven")
    assert {k: v for k, v in hashes(more.folder).items() if k.startswith("learner-01/")} == {
        k: v for k, v in hashes(made.folder).items() if k.startswith("learner-01/")
    }


def test_no_seed_draws_another_secret(monkeypatch):
    assert workshop.seed_of("seven", "learner-01") != workshop.seed_of("eight", "learner-01")
    assert len({workshop.seed_of("seven", f"learner-{n:02d}", a) for n in range(48) for a in range(8)}) == 48 * 8
    assert len(set(workshop.brands("seven", workshop.MOST))) == workshop.MOST


def test_learners_hold_no_truth_and_no_secret(made):
    learners = [p for p in made.folder.iterdir() if p.name.startswith("learner-")]
    assert len(learners) == 2
    outside = [p for p in made.folder.rglob("*") if p.is_file() and "trainer" not in p.relative_to(made.folder).parts]
    facts = json.loads((made.folder / "trainer" / "truth" / "learner-01" / "truth.json").read_text(encoding="utf-8"))
    seed = str(workshop.seed_of("seven", "learner-01", facts["attempt"]))
    for path in outside:
        text = path.read_text(encoding="utf-8")
        assert "truth" not in path.name and "BEGIN SOLUTION" not in text and "HIDDEN TESTS" not in text
        assert seed not in text and "seven" not in re.sub(r"(?i)\bseven (claims|verdicts)\b|Seven claims, seven verdicts", "", text).split()


def test_each_learner_has_a_brand_and_answers_of_their_own(made, campaigns):
    briefs = [yaml.safe_load((made.folder / n / "campaign.yml").read_text(encoding="utf-8")) for n in made.learners]
    assert briefs[0]["brand"]["name"] != briefs[1]["brand"]["name"]
    first, second = campaigns.values()
    same = 0
    for key in workshop.KEY:
        right = EXERCISES[key].right(EXERCISES[key].numbers(first))
        same += judged(EXERCISES[key], EXERCISES[key].numbers(second), right).right
    # shares of classes are alike by design: all worlds have the same mix of sizes
    assert same <= 2


def test_worlds_are_as_hard_for_everybody(campaigns):
    """Every exercise has numbers in every folder, and the key ones have three wrong ideas that lead elsewhere."""
    for name, campaign in campaigns.items():
        for key, exercise in EXERCISES.items():
            given = exercise.numbers(campaign)
            assert not given.without, (name, key, given.without)
            assert judged(exercise, given, exercise.right(given)).right
            if key in workshop.KEY:
                wrong = [w.answer(given) for w in exercise.wrong]
                assert sum(not judged(exercise, given, w).right for w in wrong) >= 3


def test_the_learners_chapters_open_their_own_campaign(made):
    for chapter in CHAPTERS:
        book = nbformat.read(made.folder / "learner-01" / "notebooks" / chapter.notebook, as_version=4)
        first = next(c for c in book.cells if "parameters" in tags(c))
        assert first.source.startswith('CAMPAIGN: str = ".."  #')


def test_the_trainers_chapters_hold_notes_timings_and_solutions(made):
    for chapter in CHAPTERS:
        book = nbformat.read(made.folder / "trainer" / "notebooks" / chapter.notebook, as_version=4)
        notes = [c.source for c in book.cells if "notes" in tags(c)]
        assert len(notes) == 1 and f"{timetable.minutes()[chapter.name]} minutes in all" in notes[0]
        for part in ("**Point.**", "**Usual misconceptions.**", "**Skip.**", "**Ask.**"):
            assert part in notes[0]
        assert sum("### BEGIN SOLUTION" in c.source for c in book.cells) == len(of(chapter.name))


def run(folder, chapter):
    """Run a chapter where it lies; return what each check says, and the ids of the cells that still hold a stub."""
    from papermill import execute_notebook

    book = execute_notebook(str(folder / chapter.notebook), None, cwd=str(folder), progress_bar=False)
    code = [c for c in book.cells if c.cell_type == "code"]
    assert all(c.execution_count for c in code if c.source.strip())
    assert not [o for c in code for o in c.outputs if o.output_type == "error" or o.get("name") == "stderr"]
    said = {c.id: o["data"]["text/plain"] for c in code for o in c.outputs if "data" in o}
    asked = {k: v for k, v in said.items() if re.match(rf"{chapter.name}-\d: ", v)}
    return asked, {c.id for c in code if re.search(r"^answer = \.\.\.", c.source, re.M) and "solution" not in tags(c)}


def runs_as_its_edition_should(folder, chapter):
    """Check what CI promises of a learner's and of the trainer's edition.

    An open exercise stops nobody: its cell says "Not answered yet", and the chapter goes on. So a learner's chapter runs from top to bottom
    as it was handed out; the cells that say so are exactly the marked stubs. The trainer's answers all of them rightly.
    """
    asked, stubs = run(folder / "notebooks", chapter)
    open_ = {cell for cell, reply in asked.items() if ": Not answered yet." in reply}
    right = [reply for reply in asked.values() if re.match(rf"{chapter.name}-\d: Right\.", reply)]
    assert open_ == stubs and len(stubs) == len(of(chapter.name)), asked
    assert len(right) == (len(stubs) if folder.name == "trainer" else 0), asked
    assert len(asked) == len(stubs) + len(right), asked


SOON = ("goals", "engagement")


@pytest.mark.notebooks
@pytest.mark.parametrize("edition", ["learner-01", "trainer"])
@pytest.mark.parametrize("chapter", [c for c in CHAPTERS if c.name in SOON], ids=SOON)
def test_two_chapters_of_both_editions_run(made, edition, chapter):
    runs_as_its_edition_should(made.folder / edition, chapter)


@pytest.mark.slow
@pytest.mark.notebooks
@pytest.mark.parametrize("edition", ["learner-01", "trainer"])
@pytest.mark.parametrize("chapter", [c for c in CHAPTERS if c.name not in SOON], ids=[c.name for c in CHAPTERS if c.name not in SOON])
def test_every_chapter_of_both_editions_runs(made, edition, chapter):
    runs_as_its_edition_should(made.folder / edition, chapter)


def test_bad_calls_say_what_to_do(tmp_path):
    with pytest.raises(BadCall, match="expected 1 to 48"):
        workshop.make(tmp_path / "a", learners=0)
    with pytest.raises(BadCall, match="only planned"):
        workshop.make(tmp_path / "a", learners=1, kind="trail-app")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "work.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(NotUsable, match="already holds files"):
        workshop.make(tmp_path / "full", learners=1)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["full"]


def test_a_workshop_that_fails_half_way_leaves_nothing(tmp_path, monkeypatch):
    def learner(job):
        (job[0] / job[1]).mkdir()
        return dict.fromkeys(workshop.KEY, 1.0)

    monkeypatch.setattr(workshop, "_learner", learner)
    monkeypatch.setattr(workshop, "_room", lambda folder: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(NotUsable, match="No space left"):
        workshop.make(tmp_path / "room", learners=1, seed="x")
    assert not list(tmp_path.iterdir())


# --- pages


@pytest.mark.parametrize(
    "name", ["slides.html", "timetable.html", "glossary.html", "README.html", "learner-01/handout.html", "trainer/notes.html"]
)
def test_pages_need_nothing_from_outside(made, name):
    text = (made.folder / name).read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>") and '<html lang="en">' in text
    assert not re.search(r"""(src|href)=["']?(https?:)?//|@import|url\(""", text)


def test_slides_hold_what_teaches_and_every_exercise():
    text = paper.slides()
    assert text.count('class="exercise long"') == 1 and "How exercises work" in text
    for exercise in EXERCISES.values():
        assert text.count(f"Exercise {exercise.id}:") == 1
    for chapter in CHAPTERS:
        assert chapter.question.split("?")[0].replace("'", "&#x27;").split(",")[0] in text
    assert "BEGIN SOLUTION" not in text and "Previous:" not in text


def test_the_glossary_holds_every_short_form_that_chapters_use():
    terms = {t.casefold() for t, _ in paper.glossary()}
    assert len(terms) == len(paper.glossary())
    known = {"YYYY", "MM", "DD", "CSV", "XLSX", "JSON", "ISO", "URL", "SPF", "EU", "UTC", "PDF", "HTML"}
    for chapter in CHAPTERS:
        for cell in nbformat.read(ROOT / "notebooks" / chapter.notebook, as_version=4).cells:
            if cell.cell_type == "markdown":
                plain = re.sub(r"`[^`]*`", "", cell.source)
                for short in set(re.findall(r"\b[A-Z]{2,5}\b", plain)) - known:
                    if short in {"CAMPAIGN", "WINDOW"}:
                        continue
                    assert short.casefold() in terms, f"{chapter.notebook}: {short} is not in the glossary"
    for word in ("micro-influencer", "macro-influencer", "engagement rate", "reach", "impressions", "lift", "tier", "truth", "verdict"):
        assert word in terms


def test_notes_are_there_for_every_chapter():
    assert list(paper.notes()) == [c.name for c in CHAPTERS]


# --- the final task and the reveal


@pytest.fixture(scope="module")
def world(made, campaigns):
    about = json.loads((made.folder / "trainer" / "truth" / "learner-01" / "truth.json").read_text(encoding="utf-8"))
    return workshop.world_of("seven", "learner-01", "glow-skincare", campaigns["learner-01"].brief.brand.name, about["attempt"])


def test_handing_in_checks_what_it_takes(made, campaigns):
    c = campaigns["learner-02"]
    people = c.data.creators.sort_values("followers")
    micro = people[people["followers"].between(1_000, 90_000)]
    some = list(micro["creator"][:6])
    with pytest.raises(BadCall, match="no micro creator"):
        handing.hand_in(c, shortlist=[people["creator"].iloc[-10]], flagged=[], roi=None, lift=None)
    with pytest.raises(BadCall, match="6 creators; it takes 5"):
        handing.hand_in(c, shortlist=some, flagged=[], roi=None, lift=None)
    with pytest.raises(BadCall, match="none of your creators"):
        handing.hand_in(c, shortlist=["@nobody.at.all"], flagged=[], roi=None, lift=None)
    with pytest.raises(BadCall, match="three numbers that rise"):
        handing.hand_in(c, shortlist=[], flagged=[], roi=(0.5, 0.1, 0.2), lift=None)
    with pytest.raises(BadCall, match=r"20 % is written 0\.2"):
        handing.hand_in(c, shortlist=[], flagged=[], roi=None, lift=(2, 8, 12))
    with pytest.raises(BadCall, match="write a list"):
        handing.hand_in(c, shortlist=some[0], flagged=[], roi=None, lift=None)
    assert not (made.folder / "learner-02" / handing.FILE).exists()


def test_the_reveal_lays_what_was_handed_in_beside_the_truth(made, campaigns, world):
    facts = json.loads((made.folder / "trainer" / "truth" / "learner-01" / "truth.json").read_text(encoding="utf-8"))["facts"]
    c = campaigns["learner-01"]
    table = world.truth["creators"]
    bought = list(table.loc[table["bought"] | table["buys_likes"] | table["pod"], "creator"])
    honest = list(table.loc[~table["creator"].isin(bought), "creator"])
    people, cost = reveal._reach(world)
    best = reveal.best_set(world, people, cost, c.brief.budget.amount * reveal.BUDGET_SHARE)
    done = handing.hand_in(
        c, shortlist=best, flagged=[*bought[:3], honest[0]], roi=(-0.99, 0.0, 5.0), lift=(facts["lift"] + 0.01, facts["lift"] + 0.02, 0.5)
    )
    assert "5 creators on the shortlist" in repr(done) or len(best) < 5
    try:
        found = reveal.open_class(made.folder)
    finally:
        done.path.unlink()
    (mine,) = found.learners
    assert found.absent == ("learner-02",) and "Nothing came from learner-02" in repr(found)
    assert mine.share == pytest.approx(1) and not mine.over
    assert (mine.hits, mine.missed, mine.wronged) == (3, len(bought) - 3, 1)
    assert mine.true_lift == facts["lift"]
    assert list(found.errors("roi")["holds"]) == [True] and list(found.errors("lift")["holds"]) == [False]
    table = found.calibration().set_index("what")
    assert table.loc["lift", "mean_off"] == pytest.approx(0.02) and table.loc["roi", "held"] == 1
    for picture in (drawn.shortlists(found), drawn.flags(found), drawn.estimates(found, "roi"), drawn.estimates(found, "lift")):
        assert picture.png.startswith(b"\x89PNG") and len(picture.alt) > 20
    assert "nine times in ten" in drawn.calibration(found).text


def test_the_best_set_is_no_worse_than_any_of_many_drawn(campaigns, world):
    import numpy as np

    c = campaigns["learner-01"]
    people, cost = reveal._reach(world)
    limit = c.brief.budget.amount * reveal.BUDGET_SHARE
    best = reveal.best_set(world, people, cost, limit)
    assert sum(cost[x] for x in best) <= limit and len(best) <= handing.SHORTLIST
    value = world.expected_reach({x: people[x] for x in best})
    rng, names, tried = np.random.default_rng(), list(people), 0
    while tried < 200:
        drawn_set = list(rng.choice(names, handing.SHORTLIST, replace=False))
        if sum(cost[x] for x in drawn_set) <= limit:
            tried += 1
            assert world.expected_reach({x: people[x] for x in drawn_set}) <= value


def test_a_class_in_which_nobody_handed_in_says_so(made):
    found = reveal.open_class(made.folder)
    assert not found.learners and "Nobody has handed this in" in drawn.shortlists(found).text
    assert "Nobody gave an interval" in drawn.calibration(found).text


def test_a_file_changed_by_hand_is_named(made):
    path = made.folder / "learner-01" / handing.FILE
    path.write_text('{"shortlist": []', encoding="utf-8")
    try:
        assert "learner-01: hand-in.json was changed by hand" in repr(reveal.open_class(made.folder))
    finally:
        path.unlink()


def test_a_folder_that_is_no_workshop_says_so(tmp_path):
    with pytest.raises(NotUsable, match="name the workshop's folder"):
        reveal.open_class(tmp_path)


# --- without network


def test_platforms_are_checked_before_anything_is_made():
    with pytest.raises(BadCall, match=r"such as win_amd64-3\.12"):
        offline.check("windows")
    assert offline.check("win_amd64-3.12") == ("win_amd64", "3.12")
    told = offline.download("win_amd64", "3.12")
    assert "--require-hashes" in told and told[told.index("--platform") + 1] == "win_amd64" and "cp312" in told


def test_the_package_installs_from_itself_alone(tmp_path, monkeypatch):
    """What install.py tells pip: no index, and the folder beside it."""
    text = offline.INSTALL.format(python=(3, 12))
    compile(text, "install.py", "exec")
    assert '"--no-index", "--find-links", WHEELS' in text and '"--require-hashes"' in text
