"""Fresh folders, and folders without personal data."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from playbook import brief, folders
from playbook.brief import PLATFORMS
from playbook.data.load import read_folder
from playbook.data.tables import TABLES
from playbook.errors import BadCall, NotUsable
from playbook.folders import fresh, sheet


def content(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


# new


def test_a_fresh_folder_has_a_brief_and_tables_to_fill_in(tmp_path):
    written = folders.new(tmp_path / "spring-tea")
    assert [p.name for p in written][:2] == ["campaign.yml", "README.md"]
    assert brief.read(tmp_path / "spring-tea").name == "Spring tea"
    for name in fresh.STARTING_TABLES:
        text = (tmp_path / "spring-tea" / f"{name}.csv").read_text(encoding="utf-8")
        assert text.splitlines() == [",".join(TABLES[name].names)]


def test_one_row_in_a_fresh_folder_makes_it_usable(tmp_path):
    folder = tmp_path / "mine"
    folders.new(folder)
    with pytest.raises(NotUsable, match="there are no creators"):
        read_folder(folder, brief.read(folder))
    with (folder / "creators.csv").open("a", encoding="utf-8") as file:
        file.write("instagram:ana,instagram,ana,Ana,1200" + "," * 10 + "\n")
    data = read_folder(folder, brief.read(folder))
    assert data.creators["followers"].tolist() == [1200]
    assert [f for f in data.findings if f.level != "note"] == []


def test_a_fresh_workbook_has_a_row_to_fill_in_and_says_how(tmp_path):
    folders.new(tmp_path / "mine", sheet=True)
    book = CalamineWorkbook.from_path(str(tmp_path / "mine" / fresh.SHEET))
    assert book.sheet_names == ["Creators", "How to"]
    (heads,) = book.get_sheet_by_name("Creators").to_python()
    assert heads == sheet.headers()
    how = " ".join(str(c) for row in book.get_sheet_by_name("How to").to_python() for c in row)
    assert all(name in how for name, _, _ in sheet.ABOUT)
    assert not list((tmp_path / "mine").glob("*.csv"))
    import zipfile

    with zipfile.ZipFile(tmp_path / "mine" / fresh.SHEET) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    assert f'<formula1>"{",".join(PLATFORMS)}"</formula1>' in xml


def test_a_fresh_workbook_has_the_same_bytes_at_any_time(tmp_path):
    sheet.write_sheet(tmp_path / "a.xlsx")
    sheet.write_sheet(tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_sample_can_be_copied(tmp_path):
    folders.new(tmp_path / "mine", sample="trail-app")
    assert content(tmp_path / "mine") == content(folders.samples_dir() / "trail-app")


def test_nothing_is_ever_overwritten(tmp_path):
    (tmp_path / "creators.csv").write_text("mine", encoding="utf-8")
    before = content(tmp_path)
    with pytest.raises(BadCall, match=r"creators.csv is there already"):
        folders.new(tmp_path)
    with pytest.raises(BadCall):
        folders.new(tmp_path, sample="glow-skincare")
    assert content(tmp_path) == before


def test_a_folder_that_is_there_may_get_a_brief(tmp_path):
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "x.csv").write_text("creator,followers\nana,5\n", encoding="utf-8")
    folders.new(tmp_path)
    assert len(read_folder(tmp_path, brief.read(tmp_path)).creators) == 1


def test_an_unknown_sample_is_refused_with_a_hint(tmp_path):
    with pytest.raises(BadCall, match="did you mean trail-app"):
        folders.new(tmp_path / "x", sample="trial-app")
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_fails_leaves_nothing_behind(tmp_path, monkeypatch, number):
    real, calls = Path.write_text, []

    def failing(self, *args, **kwargs):
        calls.append(self)
        if len(calls) == 3:
            raise OSError(number, "No luck", str(self))
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Path, "write_text", failing)
    with pytest.raises(NotUsable, match=r"cannot be written \(No luck\); nothing was left there"):
        folders.new(tmp_path / "mine")
    assert content(tmp_path) == {}


# forget


@pytest.fixture
def campaign(tmp_path) -> Path:
    """A small campaign with everything personal in it, and a report inside."""
    folder = tmp_path / "mine"
    (folder / "exports").mkdir(parents=True)
    (folder / "report" / "chapters").mkdir(parents=True)
    put = {
        "campaign.yml": "name: Mine  # my comment\nportfolio: {must: 'instagram:anabanana'}\n",
        "campaign.yml.bak": "portfolio: {must: 'instagram:anabanana'}\n",
        "creators.csv": "platform,handle,name,followers,bio,url\ninstagram,anabanana,Ana B,1200,I am Ana,https://instagram.com/anabanana\ntiktok,ben.z,Ben,90,hi,\n",
        "exports/posts of anabanana.csv": (
            "post,creator,posted_at,likes,caption\nhttps://ig/p/XYZ,@AnaBanana,2024-01-02T00:00:00Z,10,love @ben.z\n"
            "q2,tiktok:ben.z,2024-01-03T00:00:00Z,7,\n"
        ),
        "exports/junk.bin": "anabanana",
        "comments.csv": "post,author,text,posted_at\nhttps://ig/p/XYZ,fan99,wow ana,2024-01-02T01:00:00Z\n",
        "deliverables.csv": "creator,post,code,utm_content\nanabanana,https://ig/p/XYZ,ANA10,anabanana\n",
        "orders.csv": (
            "order,ordered_at,code,revenue,currency\n#1,2024-01-02T02:00:00Z,ANA10,50,EUR\n#2,2024-01-02T03:00:00Z,,30,EUR\n#3,2024-01-03T03:00:00Z,,20,EUR\n"
        ),
        "visits.csv": "day,sessions,utm_content\n2024-01-02,5,anabanana\n",
        "outreach.csv": "creator,state,agreed,currency,note\nanabanana,agreed,100,EUR,phone 123\n",
        "report/results.json": json.dumps(
            {
                "figures": [{"id": "x.anabanana", "value": 3.5, "text": "instagram:anabanana leads, then @ben.z"}],
                "chapters": [{"name": "trust", "status": "done"}],
            }
        ),
        "report/run.json": json.dumps({"playbook": "0.1.0", "command": "report"}),
        "report/index.html": "anabanana",
        "report/chapters/04.html": "anabanana",
        "my notes.txt": "unrelated",
    }  # fmt: skip
    for name, text in put.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


PERSONAL = ("anabanana", "ana b", "ben.z", "ana10", "xyz", "fan99", "wow", "phone 123", "i am ana", "love", "#1")


def test_nobody_can_be_found_any_more(campaign):
    done = folders.forget(campaign)
    assert done.creators == 2
    for name, raw in content(campaign).items():
        text = (name + raw.decode("utf-8")).lower()
        if name != "report/results.json":
            assert not [p for p in PERSONAL if p in text], name
    assert not (campaign / ".forget").exists()
    assert (campaign / "my notes.txt").read_text(encoding="utf-8") == "unrelated"
    assert "# my comment" in (campaign / "campaign.yml").read_text(encoding="utf-8")


def test_figures_stay(campaign):
    before = read_folder(campaign, brief.read(campaign))
    folders.forget(campaign)
    after = read_folder(campaign, brief.read(campaign))
    assert sorted(after.creators["followers"]) == sorted(before.creators["followers"])
    assert sorted(after.posts.to_pandas()["likes"]) == [7, 10]
    assert after.as_of == before.as_of
    assert [f.text for f in after.findings if f.level == "warning"] == []
    kept = (campaign / "kept" / "orders_daily.csv").read_text(encoding="utf-8").splitlines()
    assert kept[1:] == ["2024-01-02,EUR,2,1,80,,", "2024-01-03,EUR,1,0,20,,"]


def test_pseudonyms_are_the_same_in_all_tables(campaign):
    folders.forget(campaign)
    data = read_folder(campaign, brief.read(campaign))
    ana = data.creators.set_index("followers").loc[1200, "creator"]
    post = data.posts.to_pandas().set_index("likes").loc[10]
    assert ana.startswith("instagram:creator-")
    assert post["creator"] == ana == data.outreach["creator"].iat[0] == data.deliverables["creator"].iat[0]
    assert post["post"] == data.deliverables["post"].iat[0] == data.comments["post"].iat[0]
    assert data.visits["utm_content"].iat[0] == data.deliverables["utm_content"].iat[0]
    assert brief.read(campaign).portfolio.must == ana
    results = json.loads((campaign / "report" / "results.json").read_text(encoding="utf-8"))
    assert results["figures"][0]["text"].startswith(f"{ana} leads, then creator-")
    assert results["figures"][0] | {"text": ""} == {"id": "x.anabanana", "value": 3.5, "text": ""}
    assert sorted(p.name for p in (campaign / "report").iterdir()) == ["results.json", "run.json"]


def test_a_crash_while_preparing_leaves_everything_as_it_was(campaign, monkeypatch):
    from playbook.folders import forgetting

    before = content(campaign)

    def crash(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(forgetting, "_finish", crash)
    monkeypatch.setattr(forgetting, "_reports", crash)
    with pytest.raises(KeyboardInterrupt):
        folders.forget(campaign)
    assert {k: v for k, v in content(campaign).items() if not k.startswith(".forget")} == before
    monkeypatch.undo()
    assert folders.forget(campaign).creators == 2


@pytest.mark.parametrize("survives", range(0, 12, 3))
def test_a_crash_while_replacing_is_finished_by_the_next_call(campaign, monkeypatch, survives):
    real, calls = Path.replace, []

    def crashing(self, target):
        if ".forget" in self.parts and ".part" not in self.name:
            calls.append(self)
            if len(calls) > survives:
                raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", crashing)
    with pytest.raises(NotUsable, match="nothing is half-forgotten"):
        folders.forget(campaign)
    monkeypatch.undo()
    assert folders.forget(campaign).creators == 2
    assert not (campaign / ".forget").exists()
    assert "anabanana" not in "".join(content(campaign)).lower()
    assert len(read_folder(campaign, brief.read(campaign)).creators) == 2


def test_a_sample_without_people_still_gives_its_figures(tmp_path):
    shutil.copytree(folders.samples_dir() / "campus-coffee", tmp_path / "c")
    before = read_folder(tmp_path / "c", brief.read(tmp_path / "c"))
    folders.forget(tmp_path / "c")
    after = read_folder(tmp_path / "c", brief.read(tmp_path / "c"))
    same = {t for t, n in before.rows().items() if after.rows()[t] == n}
    assert same == set(TABLES) - {"orders"}
    measured = ["followers", "following", "posts_total"]
    assert after.creators[measured].sum().tolist() == before.creators[measured].sum().tolist()


def test_only_a_campaign_can_be_forgotten(tmp_path):
    with pytest.raises(NotUsable, match=r"campaign.yml is not there"):
        folders.forget(tmp_path)
    with pytest.raises(NotUsable, match="is not a folder"):
        folders.forget(tmp_path / "nope")
