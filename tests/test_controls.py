"""Panels: built from the brief's models, apart from one another, and never in a report."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook import brief as briefs
from playbook import folders, show
from playbook.brief import Brief
from playbook.chapters import CHAPTERS
from playbook.errors import BadCall, NotUsable, PlaybookError
from playbook.folders.received import receive, safe_name
from playbook.show import controls
from playbook.show.controls import fields
from playbook.show.controls.panels import PANELS
from playbook.show.controls.state import State, from_control, to_control

from .conftest import ROOT

names = pytest.mark.parametrize("chapter", [c.name for c in CHAPTERS])


@pytest.fixture
def live(monkeypatch, tmp_path):
    """As if JupyterLab had started this kernel, in a folder of the user's."""
    monkeypatch.setenv("JPY_SESSION_NAME", "04_engagement.ipynb")
    monkeypatch.delenv("PLAYBOOK_SNAPSHOT", raising=False)
    monkeypatch.delenv("PLAYBOOK_SETTINGS", raising=False)
    monkeypatch.setenv("PLAYBOOK_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def own(tmp_path):
    """A campaign folder of the user's."""
    import playbook

    folders.new(tmp_path / "mine", sample="trail-app")
    return playbook.load(tmp_path / "mine")


def test_every_chapter_has_a_panel_and_every_field_on_it_exists():
    assert set(PANELS) == {c.name for c in CHAPTERS}
    for panel in PANELS.values():
        for item in panel.turn:
            if isinstance(item, fields.Turn):
                fields.field_at(item.path)
    with pytest.raises(BadCall, match="did you mean amount"):
        fields.field_at("budget.amuont")


def test_limits_and_help_are_the_models_own():
    for section, name in ((s, n) for s, i in Brief.model_fields.items() for n in getattr(i.annotation, "model_fields", {})):
        path = f"{section}.{name}"
        info = fields.field_at(path)
        read = fields.of_field(path, info, Brief())
        assert read.help == (info.description or "")
        if read.kind != "slider":
            continue
        for end in (read.low, read.high, read.low + read.step):
            briefs.changed(Brief(), {section: {name: int(end) if isinstance(read.step, int) else end}})
        if section != "smallest_effects":
            with pytest.raises(NotUsable, match=path):
                briefs.changed(Brief(), {section: {name: read.high + 2 * read.step}})


@names
@pytest.mark.parametrize("sample", ["trail", pytest.param("glow", marks=pytest.mark.slow), pytest.param("coffee", marks=pytest.mark.slow)])
def test_a_panel_answers_with_a_sentence_first(chapter, sample, request):
    campaign = request.getfixturevalue(sample)
    state = State(chapter, campaign)
    shown = list(PANELS[chapter].shows(campaign.data, state.brief(), state.tried))
    assert len(repr(shown[0])) > 20
    assert state.brief() == campaign.brief
    assert not state.changed


def test_turning_changes_the_answer_and_not_the_campaign(glow):
    state = State("goals", glow)
    before = repr(next(iter(PANELS["goals"].shows(glow.data, state.brief(), state.tried))))
    state.values["goal.target"] = 2 * glow.brief.goal.target
    after = repr(next(iter(PANELS["goals"].shows(glow.data, state.brief(), state.tried))))
    assert before != after
    assert state.changed == {"goal": {"target": 2 * glow.brief.goal.target}}
    assert State("goals", glow).brief() == glow.brief
    state.reset()
    assert state.brief() == glow.brief and not state.changed


def test_what_the_model_refuses_is_said_and_not_saved(own):
    before = (own.folder / "campaign.yml").read_bytes()
    state = State("engagement", own)
    state.values["tiers.micro"] = 1
    state.values["engagement.window"] = 1
    with pytest.raises(NotUsable, match=r"engagement.window is 1; input should be greater than or equal to 3"):
        state.save()
    assert (own.folder / "campaign.yml").read_bytes() == before


def test_saving_keeps_comments_and_the_old_file_and_reopening_shows_it(own):
    import playbook

    path = own.folder / "campaign.yml"
    before = path.read_text(encoding="utf-8")
    state = State("goals", own)
    state.values["budget.amount"] = 4321.0
    said = state.save()
    assert "budget.amount" in said and str(path) in said
    assert path.with_suffix(".yml.bak").read_text(encoding="utf-8") == before
    after = path.read_text(encoding="utf-8")
    comments = [line.partition("#")[2] for line in before.splitlines() if "#" in line]
    assert comments and all(c in after for c in comments)
    assert "nothing to save" in state.save()
    again = State("goals", playbook.load(own.folder))
    assert again.values["budget.amount"] == 4321.0 and not again.changed
    state.values["budget.amount"] = 1.0
    state.reset()
    assert state.values["budget.amount"] == 4321.0


def test_two_panels_save_beside_one_another(own):
    one, other = State("goals", own), State("portfolio", own)
    one.values["goal.target"] = 777.0
    other.values["portfolio.max_creators"] = 7
    one.save()
    other.save()
    brief = briefs.read(own.folder)
    assert (brief.goal.target, brief.portfolio.max_creators) == (777.0, 7)


def test_a_section_without_a_line_below_it_can_be_saved_to(tmp_path):
    (tmp_path / "campaign.yml").write_text("name: Small\nbudget:\n", encoding="utf-8")
    briefs.update(tmp_path, {"budget": {"amount": 12}})
    assert briefs.read(tmp_path).budget.amount == 12


def test_a_sample_stays_as_it_is_and_a_copy_is_written(glow, live):
    before = (glow.folder / "campaign.yml").read_bytes()
    state = State("engagement", glow)
    state.values["engagement.window"] = 20
    said = state.save()
    assert (glow.folder / "campaign.yml").read_bytes() == before
    assert briefs.read(live / "my-glow-skincare").engagement.window == 20
    assert (live / "my-glow-skincare").as_posix() in said


@given(st.lists(st.sampled_from(["instagram:a", "tiktok:b.c", "youtube:d"]), unique=True))
def test_several_choices_survive_the_way_into_the_brief_and_back(chosen):
    shown = fields.Control(path="portfolio.must", label="", help="", kind="choices", joined=True)
    assert to_control(shown, from_control(shown, tuple(chosen))) == tuple(chosen)


# ---------------------------------------------------------------- widgets


@pytest.mark.parametrize("chapter", ["goals", "creators", "costs", "portfolio", "results"])
def test_each_control_becomes_a_widget_with_its_help(chapter, trail, live):
    panel = controls.panel(chapter, trail)
    assert set(panel.controls) == {c.path for c in panel.state.controls}
    assert panel.results.children[0].value
    for shown in panel.state.controls:
        assert shown.help and panel.controls[shown.path].tooltip == shown.help
        assert panel.controls[shown.path].description == shown.label


def test_a_turned_widget_redraws_in_place(glow, live):
    panel = controls.panel("engagement", glow)
    places = panel.results.children
    before = [p.value for p in places]
    panel.controls["engagement.window"].value = 4
    assert panel.results.children[: len(places)] == places
    assert [p.value for p in panel.results.children] != before
    assert "engagement.window" in panel.status.value
    panel.reset.click()
    assert [p.value for p in panel.results.children] == before
    assert panel.controls["engagement.window"].value == glow.brief.engagement.window


def test_wrong_values_are_told_and_the_answer_stays(glow, live):
    panel = controls.panel("results", glow)
    before = [p.value for p in panel.results.children]
    panel.controls["economics.gross_margin"].value = "much"
    assert "no number" in panel.status.value
    panel.controls["economics.gross_margin"].value = "7"
    assert "gross_margin" in panel.status.value and "wrong" in panel.status.value
    assert [p.value for p in panel.results.children] == before


def test_what_takes_long_waits_for_its_button(trail, live):
    panel = controls.panel("portfolio", trail)
    assert not panel.more.children
    panel.longer.click()
    assert "more" in panel.more.children[-1].children[0].value
    panel.controls["portfolio.max_creators"].value = 3
    assert not panel.more.children


# ---------------------------------------------------------------- a report builds none


def test_nobody_there_no_widget(glow, monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.delenv("VSCODE_PID", raising=False)
    assert "JupyterLab" in repr(controls.panel("goals", glow))
    monkeypatch.setenv("JPY_SESSION_NAME", "x")
    monkeypatch.setenv("PLAYBOOK_SNAPSHOT", "y")
    assert "JupyterLab" in repr(controls.drop(glow))


@pytest.mark.notebooks
def test_papermill_builds_no_widget_and_imports_none(tmp_path):
    """The whole notebook, controls included, run by papermill alone; the last cell tells what was imported."""
    source = nbformat.read(ROOT / "notebooks" / "01_goals.ipynb", as_version=4)
    assert any("controls" in c.source for c in source.cells)
    source.cells.append(nbformat.v4.new_code_cell("import sys\nprint('ipywidgets' in sys.modules)"))
    nbformat.write(source, tmp_path / "in.ipynb")
    environment = {k: v for k, v in os.environ.items() if k not in ("JPY_SESSION_NAME", "VSCODE_PID")}
    done = subprocess.run(
        [sys.executable, "-m", "papermill", "--no-progress-bar", "in.ipynb", "out.ipynb"],
        cwd=tmp_path,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    text = (tmp_path / "out.ipynb").read_text(encoding="utf-8")
    assert "widget-view" not in text and "widget-state" not in text
    assert json.loads(text)["cells"][-1]["outputs"][0]["text"] == ["False\n"]


# ---------------------------------------------------------------- filters, weights, files


def test_filters_count_whom_they_cannot_judge(glow):
    import playbook

    everybody = playbook.creators.matching(glow.data, glow.brief)
    assert len(everybody.frame) == everybody.of
    some = playbook.creators.matching(glow.data, glow.brief, keep={"tier": ["micro"]}, fewest=5_000, posted_within=30)
    assert (some.frame["tier"] == "micro").all() and (some.frame["followers"] >= 5_000).all()
    assert ((glow.data.as_of - some.frame["last_post"]).dt.days <= 30).all()
    niches = playbook.creators.choices(glow.data, glow.brief, "niche")
    parts = [len(playbook.creators.matching(glow.data, glow.brief, keep={"niche": [n]}).frame) for n in niches if n != "unknown"]
    unsure = playbook.creators.matching(glow.data, glow.brief, keep={"niche": ["no such niche"]})
    assert sum(parts) + unsure.unsure == everybody.of and len(unsure.frame) == 0
    nobody = playbook.creators.matching(glow.data, glow.brief, fewest=1e12)
    assert "0 of" in playbook.creators.matching_sentence(nobody, glow.brief)
    assert repr(show.creators.matching_table(nobody, glow.brief)).startswith("Nobody")


def test_weights_of_one_give_the_score_itself_and_none_gives_a_hundred(glow):
    import playbook

    screened = playbook.trust.screen(glow.data, glow.brief)
    parts, scored = playbook.trust.parts(screened), playbook.trust.scores(screened, glow.data, glow.brief)
    same = playbook.trust.rescored(scored, playbook.trust.reweighed(parts, {}))
    assert same.set_index("creator")["score"].round(6).equals(scored.set_index("creator")["score"].round(6)[same["creator"]])
    without = dict.fromkeys(("followers", "engagement", "comments", "profile"), 0)
    none = playbook.trust.rescored(scored, playbook.trust.reweighed(parts, without))
    assert (none["score"].dropna() == 100).all() and none["score"].isna().sum() == scored["score"].isna().sum()


@settings(max_examples=200)
@given(st.text(max_size=300))
def test_any_name_becomes_one_that_stays_inside(name):
    safe = safe_name(name)
    assert safe and "/" not in safe and "\\" not in safe and not safe.startswith(".") and len(safe) <= 170


def test_files_are_received_beside_one_another_and_never_over_one(tmp_path):
    folder = tmp_path / "new"
    first = receive(folder, [("../a.csv", b"creator,followers\n@a,1\n"), ("a.csv", b"other")])
    assert [p.name for p in first] == ["a.csv", "a (2).csv"] and all(p.parent == folder / "exports" for p in first)
    assert receive(folder, [("a.csv", b"other")]) == [first[1]]
    assert briefs.read(folder).name == "New"
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(BadCall, match="is a file"):
        receive(tmp_path / "file", [])


def test_dropped_files_are_told_what_they_are(glow, live, tmp_path):
    place = controls.drop(glow)
    assert place.folder.value == str(live / "my-campaign")
    place.path.value = str(tmp_path / "nowhere")
    place.copy.click()
    assert "is not there" in place.status.value
    source = tmp_path / "list.csv"
    source.write_text("creator,platform,followers\n@ana,instagram,4000\n@ben,tiktok,9000\n", encoding="utf-8")
    place.path.value = str(source)
    place.copy.click()
    assert (live / "my-campaign" / "exports" / "list.csv").is_file()
    assert "2 creators" in place.results.children[0].value
    place.folder.value = str(glow.folder)
    place.copy.click()
    assert "is a sample" in place.status.value


def test_the_installation_is_told_and_only_where_somebody_reads_it(glow, live, monkeypatch):
    from playbook import doctor

    found = [doctor.Examined(name="disk", ok=False, found="2 MB", mend="free some space")]
    monkeypatch.setattr(doctor, "examine", lambda: found)
    assert "1 thing to mend" in repr(controls.installation(glow)) and "free some space" in repr(controls.installation(glow))
    monkeypatch.delenv("JPY_SESSION_NAME")
    assert "JupyterLab" in repr(controls.installation(glow))


def test_errors_of_a_chapter_end_in_the_status_line(glow, live, monkeypatch):
    panel = controls.panel("goals", glow)

    def refuses(*_):
        raise PlaybookError("Budget is odd.")
        yield

    monkeypatch.setattr(type(panel.state.panel), "shows", property(lambda self: refuses), raising=False)
    object.__setattr__(panel.state, "panel", type("P", (), {"shows": staticmethod(refuses), "longer": None})())
    panel.redraw()
    assert "Budget is odd." in panel.status.value
