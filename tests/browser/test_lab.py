"""The guide in JupyterLab, as a person would use it: run a chapter, turn a control with the keyboard alone, save, open it again."""

from __future__ import annotations

import shutil

import pytest

from playbook import brief as briefs
from playbook import folders
from playbook.chapters import CHAPTERS, chapter

from . import lab as driver

# these need minutes: `make test-browser` runs them all, `.ci/run` those of SMOKE
pytestmark = pytest.mark.slow
SMOKE = ("start", "goals", "engagement")
# what to turn in each chapter: the control's label, the keys, and the field that campaign.yml then holds (none for what is only tried)
TURNED = {
    "start": ("Micro begins at", "5000", "tiers.micro"),
    "goals": ("Budget", "31000", "budget.amount"),
    "creators": ("Followers from", "5000", None),
    "why_micro": ("Macro begins at", "60000", "tiers.macro"),
    "engagement": ("Definition", "ArrowDown", "engagement.definition"),
    "trust": ("Creator", "ArrowDown", None),
    "fit": ("Weight audience", "End", "fit.weight_audience"),
    "costs": ("Creator", "ArrowDown", None),
    "portfolio": ("Max creators", "Home", "portfolio.max_creators"),
    "outreach": ("Creators on the list", "Home", "outreach.creators"),
    "results": ("Share that is extra", "0.5", "economics.incremental_share"),
}

# what is saved before a chapter is opened again, and the key that leads away from it
OTHERS = {"engagement.definition": "reach", "fit.weight_audience": 0.9, "portfolio.max_creators": 7, "outreach.creators": 4}
AWAY = {"End": "Home", "Home": "End", "ArrowDown": "ArrowDown"}


@pytest.fixture(scope="module")
def browser():
    with driver.browser() as started:
        yield started


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    driver.chromium()
    place = tmp_path_factory.mktemp("lab")
    folders.new(place / "mine", sample="glow-skincare")
    with driver.jupyter(place, campaign=str(place / "mine")) as started:
        yield started


@pytest.fixture(autouse=True)
def _as_it_was(request):
    """No test sees what another one saved."""
    if "lab" in request.fixturenames:
        mine = request.getfixturevalue("lab").home / "mine"
        shutil.copyfile(folders.samples_dir() / "glow-skincare" / "campaign.yml", mine / "campaign.yml")


def every_chapter():
    return [pytest.param(c.name, marks=pytest.mark.smoke if c.name in SMOKE else ()) for c in CHAPTERS]


@pytest.mark.parametrize("name", every_chapter())
def test_a_chapter_runs_and_its_controls_work_by_keyboard(name, lab, browser):
    label, keys, field = TURNED[name]
    with driver.opened(browser, lab, chapter(name).notebook) as book:
        book.run_all()
        assert not book.errors()
        panel = book.show_panel()
        before = driver.sentence(panel)
        driver.turn(book, panel, label, keys)
        after = driver.wait_for_other(panel, before)
        assert after != before
        driver.press_button(book, panel, "Save to my campaign")
        driver.wait_for_status(panel, "Saved" if field else "nothing to save")
        if field:
            section, _, part = field.partition(".")
            saved = getattr(getattr(briefs.read(lab.home / "mine"), section), part)
            assert saved != getattr(getattr(briefs.read(folders.samples_dir() / "glow-skincare"), section), part)
            assert (lab.home / "mine" / "campaign.yml.bak").is_file()
        book.save()
        assert not book.said, book.said


@pytest.mark.parametrize("name", [name for name, (_, _, field) in TURNED.items() if field])
def test_opened_again_a_chapter_shows_what_was_saved(name, lab, browser):
    label, keys, field = TURNED[name]
    section, _, part = field.partition(".")
    saved = OTHERS.get(field) or type(getattr(getattr(briefs.read(lab.home / "mine"), section), part) or 1.0)(keys)
    briefs.update(lab.home / "mine", {section: {part: saved}})
    with driver.opened(browser, lab, chapter(name).notebook) as book:
        book.run_all()
        panel = book.show_panel()
        before = driver.sentence(panel)
        assert str(saved).removesuffix(".0") in driver.value(panel, label)
        driver.turn(book, panel, label, AWAY.get(keys, "7"))
        driver.wait_for_other(panel, before)
        driver.press_button(book, panel, "Reset")
        driver.wait_for_status(panel, "Back to what was saved")
        assert driver.sentence(panel) == before
        assert not book.said, book.said


def test_files_can_be_dropped(lab, browser, tmp_path):
    listing = tmp_path / "creators I found.csv"
    listing.write_text("creator,platform,followers\n@ana,instagram,4000\n@ben,tiktok,9000\n", encoding="utf-8")
    with driver.opened(browser, lab, chapter("start").notebook) as book:
        book.run_all()
        panel = book.show_panel("drop")
        panel.locator("input[type=text]").first.fill(str(lab.home / "dropped"))
        book.page.keyboard.press("Tab")
        with book.page.expect_file_chooser() as chooser:
            panel.get_by_role("button", name="Choose files").click()
        chooser.value.set_files(str(listing))
        driver.wait_for_status(panel, "lies in")
        assert "2 creators" in driver.sentence(panel)
        assert (lab.home / "dropped" / "exports" / "creators I found.csv").is_file()
        assert not book.said, book.said


def test_one_notebooks_controls_leave_the_others_alone(lab, browser):
    with driver.opened(browser, lab, chapter("results").notebook) as one, driver.opened(browser, lab, chapter("goals").notebook) as other:
        one.run_all()
        other.run_all()
        before = driver.sentence(other.show_panel())
        driver.turn(one, one.show_panel(), "Hourly cost (EUR)", "77")
        one.page.wait_for_timeout(3_000)
        other.run_all()
        assert driver.sentence(other.show_panel()) == before


def test_the_dark_theme_reads(browser, tmp_path):
    """Text in panels and tables stands out from its ground in JupyterLab's dark theme as well."""
    with driver.jupyter(tmp_path, dark=True) as dark, driver.opened(browser, dark, chapter("goals").notebook) as book:
        assert book.page.evaluate("() => document.body.dataset.jpThemeLight") == "false"
        book.run_all()
        panel = book.show_panel()
        worst = panel.evaluate(driver.CONTRAST)
        assert worst["ratio"] >= 4.5, worst
