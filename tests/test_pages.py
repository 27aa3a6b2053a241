"""The pages: readable by everybody, whole without a network, and true to the brief's look."""

from __future__ import annotations

import itertools
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.report import kernels, pages
from playbook.report.run import report
from tests import report_world as world

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# attributes whose value a browser may fetch
FETCHED = {"src", "href", "srcset", "data", "action", "poster", "formaction", "background", "ping", "xlink:href"}
LANDMARKS = {"header", "main", "footer"}


class Page(HTMLParser):
    """One page, taken apart: tags with their attributes, ids, text by tag, and whether every tag is closed."""

    def __init__(self, text: str):
        super().__init__()
        self.text = text
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.unclosed: list[str] = []
        self.inside: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, {k: v or "" for k, v in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.unclosed.append(f"</{tag}> after {self.open[-3:]}")

    def handle_data(self, data):
        for tag in set(self.open):
            self.inside[tag] = self.inside.get(tag, "") + data

    def all(self, name: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.tags if tag == name]

    @property
    def ids(self) -> list[str]:
        return [a["id"] for _, a in self.tags if a.get("id")]


@pytest.fixture(scope="module")
def out(tmp_path_factory) -> Path:
    """A report with an answered, a partly answered and a failed chapter, made in real kernels."""
    place = tmp_path_factory.mktemp("pages")
    home = world.campaign(place / "small")
    world.notebook(place / "n", "goals", value=1, also=("print('plain <text>')",))
    world.notebook(place / "n", "engagement", value=2, status="partial")
    world.notebook(place / "n", "portfolio", value=3)
    world.notebook(place / "n", "costs", also=("1 / 0",))
    return report(home, out=place / "out", notebooks=place / "n").out


@pytest.fixture(scope="module")
def book(out) -> dict[str, Page]:
    return {
        p.relative_to(out).as_posix(): Page(p.read_text(encoding="utf-8")) for p in sorted(out.rglob("*.html")) if ".work" not in p.parts
    }


pytestmark = pytest.mark.notebooks


def test_there_is_a_page_for_each_chapter(book):
    assert set(book) == {"index.html"} | {f"chapters/{n}.html" for n in ("01_goals", "04_engagement", "07_costs", "08_portfolio")}


def test_pages_are_well_formed(book):
    for name, page in book.items():
        assert page.unclosed == [] and page.open == [], name
        assert len(page.ids) == len(set(page.ids)), name


def test_nothing_is_fetched_from_elsewhere(book):
    for name, page in book.items():
        for tag, attributes in page.tags:
            for key in FETCHED & set(attributes):
                value = attributes[key]
                assert value.startswith(("data:image/", "#")) or not re.match(r"([a-z][a-z+.-]*:|//)", value, re.I), (
                    f"{name}: <{tag} {key}={value[:60]}>"
                )
        styles = page.inside["style"] + " ".join(a.get("style", "") for _, a in page.tags)
        assert not re.search(r"@import|url\(\s*['\"]?(?!data:)", styles), name
        assert not page.all("script") and not page.all("iframe") and not page.all("link"), f"{name} needs no script"
        assert not [k for _, a in page.tags for k in a if k.startswith("on")], name


def test_links_lead_somewhere(book, out):
    for name, page in book.items():
        for attributes in page.all("a"):
            path, _, anchor = unquote(attributes["href"]).partition("#")
            target = (out / name).parent / path if path else out / name
            assert target.is_file(), f"{name} -> {attributes['href']}"
            if anchor:
                linked = book[target.resolve().relative_to(out.resolve()).as_posix()]
                assert anchor in linked.ids, f"{name} -> {attributes['href']}"
    # a link of the guide's text to a chapter that was run is kept, one to a chapter that was not is plain text
    text = book["chapters/01_goals.html"].text
    assert '<a href="08_portfolio.html">the next</a>' in text
    assert "one that is not there" in text and "09_outreach" not in text


def test_every_picture_has_its_alt_text(book):
    for name, page in book.items():
        for picture in page.all("img"):
            assert len(picture["alt"]) > 8, name
    assert {"alt": "A red dot <of goals>.", "width": "7"}.items() <= book["chapters/01_goals.html"].all("img")[1].items()


def test_headings_and_landmarks(book):
    for name, page in book.items():
        tags = [t for t, _ in page.tags]
        assert tags.count("h1") == 1, name
        levels = [int(t[1]) for t in tags if re.fullmatch(r"h[1-6]", t)]
        assert levels[0] == 1 and all(b - a <= 1 for a, b in itertools.pairwise(levels)), f"{name}: {levels}"
        assert set(tags) >= LANDMARKS, name
        assert tags.count("main") == 1
        assert page.all("a")[0] == {"class": "skip", "href": "#content"}
        assert page.all("html")[0]["lang"] == "en"
        assert page.inside["title"].strip()
    assert all(page.all("nav") for name, page in book.items() if name != "index.html")


def test_tables_are_named_and_scroll_in_a_box_of_their_own(book):
    page = book["index.html"]
    assert all("scope" in h for h in page.all("th"))
    boxes = [a for t, a in page.tags if "scroll" in a.get("class", "").split()]
    assert len(boxes) == len(page.all("table"))
    assert all(b["tabindex"] == "0" and (b.get("aria-label") or b.get("aria-labelledby") in page.ids) for b in boxes)


def test_code_is_folded_and_the_machinery_is_out_of_sight(book):
    page = book["chapters/01_goals.html"]
    folded = [a for t, a in page.tags if t == "details"]
    assert folded and not any("open" in a for a in folded)
    assert "open_chapter" in page.inside["details"] and "open_chapter" not in "".join(page.inside[t] for t in ("h1", "h2", "section"))
    assert "injected" not in page.text and "application/vnd" not in page.text


def test_text_of_others_stays_text(book):
    for page in book.values():
        assert "<campaign>" not in page.text and "Small &amp; quick &lt;campaign&gt;" in page.text
        assert "<b>bold</b>" not in page.text
    assert "plain &lt;text&gt;" in book["chapters/01_goals.html"].text


def test_the_brief_sets_the_look(book):
    page = book["index.html"]
    assert "--main:#FFE000" in page.text
    # a yellow brand: dark letters on it, and links darkened until they can be read
    assert "--on-main:#1B1F24" in page.text and "--link:#FFE000" not in page.text
    assert page.all("img")[0]["src"].startswith("data:image/png;base64,")
    # numbers and days as they are written in German
    assert "33 %" in page.text and "0,5" not in page.inside["h1"]
    assert "01.05.2026" in page.text


def test_the_front_page_opens_with_the_decision(book):
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", book["index.html"].text.partition("<main")[2]))
    order = [
        "failed",
        "The decision",
        "The portfolio answer, 3 of them.",
        "How sure this is",
        "What the guide says",
        "The chapters",
        "Findings",
        "Key figures",
        "SHA-256",
    ]
    places = [text.index(said) for said in order]
    assert places == sorted(places), dict(zip(order, places, strict=True))
    assert "Of the 1 claim of the guide put to the test, 1 holds on your data." in text
    assert "1 chapter failed, and what it would say is missing here: “What they cost”." in text
    # every number stands with its source
    rows = book["index.html"].text.count('<td class="num" data-label="Value">')
    assert rows == 6 and book["index.html"].text.count('<td><span class="source') == rows


def test_a_warning_is_open_and_a_note_folded(book):
    found = {
        a["class"].split()[1]: "open" in a
        for t, a in book["index.html"].tags
        if t == "details" and a.get("class", "").startswith("findings")
    }
    assert found == {"warning": True, "note": False}


def test_print_style_hides_what_paper_cannot_use(book):
    style = book["index.html"].inside["style"]
    rules = style[style.index("@media print") :]
    assert "@page" in rules and re.search(r"nav\.chapters[^{]*details\.code[^{]*\{display:none", rules)
    assert "break-inside:avoid" in rules


def test_pages_stay_light(out):
    for path in out.rglob("*.html"):
        assert path.stat().st_size < 60_000, path.name


# Parts


def test_the_chosen_set_shows_what_is_known_of_it():
    from playbook.wording import Wording

    write = Wording(locale="en", currency="EUR")
    rows = (
        {"creator": "tiktok:a.b", "fee": 120.0, "fee_source": "quoted", "reach": 616_562.4, "tier": None},
        {"creator": "tiktok:c", "fee": None},
    )
    first, second = pages.chosen(rows, write)
    assert [cell[:2] for cell in first] == [("Creator", "@a.b"), ("Fee", "€120"), ("Fee is", "quoted"), ("People reached", "617,000")]
    assert [text for _, text, _ in second] == ["@c", "unknown", "unknown", "unknown"]
    assert pages.chosen((), write) == []


def test_numbers_are_no_finer_than_their_intervals():
    from playbook.wording import Wording

    write = Wording(locale="en", currency="EUR")
    wide = {"value": 3541.4, "low": 744.4, "high": 9374.9, "unit": "orders"}
    assert (pages.estimate(wide, write), pages.interval(wide, write)) == ("3,540 orders", "744 to 9,370 orders")
    exact = {"value": 3541.0, "low": None, "high": None, "unit": "count"}
    assert (pages.estimate(exact, write), pages.interval(exact, write)) == ("3,541", "")
    money = {"value": 13946.8, "low": 10937.9, "high": 25064.9, "unit": "EUR"}
    assert (pages.estimate(money, write), pages.interval(money, write)) == ("€13,947", "€10,938 to €25,065")


@given(st.integers(0, 0xFFFFFF))
def test_text_is_readable_in_any_brand_colour(number):
    colour = f"#{number:06X}"
    made = pages.colours(colour, colour)
    assert f"--soft:{pages.SOFT.lower()}" in (pages.TEMPLATES / "style.css").read_text(encoding="utf-8")
    assert pages._contrast(made["link"], pages.SOFT) >= 4.5
    assert pages._contrast(made["main"], made["on_main"]) >= 4.5 or made["on_main"] == "#1B1F24"
    assert pages._contrast(made["accent_ink"], pages.SOFT) >= 4.5


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("gone.png", None, "is not there"),
        ("../outside.png", b"\x89PNG\r\n\x1a\n", "outside the campaign folder"),
        ("text.png", b"hello", "not a picture"),
        ("big.png", b"\x89PNG\r\n\x1a\n" + b"0" * 1_000_001, "1,000,009 bytes"),
    ],
)
def test_a_logo_that_cannot_be_carried_is_a_finding(name, content, found, tmp_path):
    folder = tmp_path / "c"
    folder.mkdir()
    if content is not None:
        (folder / name).resolve().write_bytes(content)
    logo, findings = pages._logo(folder, name)
    assert logo == "" and len(findings) == 1
    assert findings[0].level == "warning" and found in findings[0].found and findings[0].mend


@pytest.mark.parametrize(
    ("content", "kind"), [(b"\xff\xd8\xff\xe0", "image/jpeg"), (b"<?xml version='1.0'?>\n<svg xmlns='x'/>", "image/svg+xml")]
)
def test_logos_of_other_kinds(content, kind, tmp_path):
    (tmp_path / "logo").write_bytes(content)
    logo, findings = pages._logo(tmp_path, "logo")
    assert logo.startswith(f"data:{kind};base64,") and findings == ()


def test_a_missing_logo_reaches_the_report(tmp_path, monkeypatch):
    home = world.campaign(tmp_path / "small")
    (home / "logo.png").unlink()
    world.notebook(tmp_path / "n", "goals")
    monkeypatch.setattr(kernels, "run", world.as_if_run)
    out = report(home, out=tmp_path / "out", notebooks=tmp_path / "n", workers=1).out
    assert any(f["about"] == "campaign.yml report.logo" for f in world.results(out)["findings"])
    assert "the pages carry no logo" in (out / "index.html").read_text(encoding="utf-8")


def test_terminal_colours_are_taken_out():
    output = nbformat.v4.new_output("error", ename="E", evalue="v", traceback=["\x1b[0;31mE\x1b[0m: <v>"])
    assert "E: &lt;v&gt;" in pages._output(output) and "\x1b" not in pages._output(output)
