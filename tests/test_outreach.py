"""Chapter 09: whom to ask, what to write, and the marks that count what comes."""

from __future__ import annotations

import math
import re
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook import outreach, results
from playbook.brief import Brief
from playbook.data.dataset import dataset
from playbook.findings import Missing
from playbook.show import outreach as shown

HOSTILE = [
    "{{7*7}}",
    "${brand}",
    "$name $label",
    "%(name)s {0.__class__}",
    "<script>alert(1)</script>",
    "</pre><img src=x onerror=alert(1)>",
    "=HYPERLINK(1)",
    "`rm -rf`",
    "[click](javascript:alert(1))",
    "Ana\n# Heading\n- [x] paid",
    "a\u202eb\u2066c",
    "\x00\x1b[31m",
    "'; DROP TABLE posts; --",
    "| a | b |",
]


def brief(**changes) -> Brief:
    base = {
        "name": "Spring Serum",
        "brand": {
            "name": "Acme",
            "website": "https://acme.example/serum",
            "keywords": ["serum", "spf"],
            "niches": ["skincare"],
            "values": ["vegan"],
        },
        "goal": {"kind": "sales", "target": 10, "starts": "2026-03-01", "deadline": "2026-03-31"},
    }
    for section, values in changes.items():
        base[section] = {**base[section], **values} if isinstance(base.get(section), dict) else values
    return Brief.model_validate(base)


def people(names=("instagram:ana", "tiktok:ana", "instagram:bo"), **columns) -> pd.DataFrame:
    frame = pd.DataFrame(
        {"creator": list(names), "platform": [n.split(":")[0] for n in names], "followers": [5000.0 + i for i in range(len(names))]}
    )
    return frame.assign(**columns)


# --- codes and links ----------------------------------------------------------------------------------------------------------


@settings(max_examples=12, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=25), min_size=1, max_size=12, unique=True), st.integers(0, 5))
def test_codes_are_readable_and_clash_with_nothing(handles, seed):
    names = [f"instagram:{h}" for h in handles]
    b = brief(statistics={"seed": seed})
    codes = outreach.make_codes(names, dataset(), b)
    assert len({c.casefold() for c in codes.values()}) == len(names)
    assert all(c.isascii() and c == c.upper() and c.replace("-", "").isalnum() and len(c) <= 20 for c in codes.values())
    # codes in the shop already, in another case, are avoided
    taken = pd.DataFrame(
        {
            "order": [str(i) for i in range(len(names))],
            "ordered_at": pd.Timestamp("2026-01-01", tz="UTC"),
            "revenue": 1.0,
            "code": [c.lower() for c in codes.values()],
        }
    )
    fresh = outreach.make_codes(names, dataset(orders=taken), b)
    assert not {c.casefold() for c in fresh.values()} & set(taken["code"])
    assert outreach.make_codes(names[::-1], dataset(), b) == codes


def test_another_seed_or_campaign_gives_other_codes():
    names = [f"instagram:c{i}" for i in range(20)]
    one = outreach.make_codes(names, dataset(), brief())
    assert outreach.make_codes(names, dataset(), brief(statistics={"seed": 9})) != one
    assert outreach.make_codes(names, dataset(), brief(name="Autumn")) != one


def test_codes_hold_nothing_that_is_mistaken_for_another_sign():
    codes = outreach.make_codes([f"x:{i}" for i in range(300)], dataset(), brief(outreach={"code_suffix": ""}))
    signs = "".join(c.split("-")[1] for c in codes.values())
    assert not set(signs) & set("AEIOU01QSZ2B8G6Y") - {"6", "8"}


@given(st.text(max_size=40), st.sampled_from(["instagram", "tiktok"]))
def test_links_carry_what_was_put_in(content, platform):
    parts = urlsplit(outreach.utm_link(brief(), platform=platform, content=content))
    marks = parse_qs(parts.query, keep_blank_values=True)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "acme.example", "/serum")
    assert marks["utm_content"] == [content] and marks["utm_source"] == [platform]
    assert marks["utm_medium"] == ["influencer"] and marks["utm_campaign"] == ["spring-serum"]


@pytest.mark.parametrize(
    "page, start",
    [
        ("acme.example", "https://acme.example/?utm_source="),
        ("https://acme.example/a?b=1&utm_source=old#c", "https://acme.example/a?b=1&utm_source=tiktok"),
        ("HTTP://acme.example/ä", "http://acme.example/ä?utm_source="),
    ],
)
def test_the_pages_own_address_is_kept(page, start):
    link = outreach.utm_link(brief(brand={"website": page}), platform="tiktok", content="ana")
    assert link.startswith(start) and link.count("utm_source") == 1


@pytest.mark.parametrize("page", ["", "javascript://alert(1)", "ftp://acme.example", "https://", "https://[x"])
def test_no_link_without_a_web_page(page):
    b = brief(brand={"website": page})
    assert outreach.utm_link(b, platform="tiktok", content="ana") is None
    assert any("brand.website" in f.about for f in outreach.findings(dataset(creators=people()), b))


def test_two_creators_with_one_handle_get_two_marks(no_best_set):
    listed = outreach.shortlist(dataset(creators=people()), brief())
    assert sorted(listed["utm_content"]) == ["ana-instagram", "ana-tiktok", "bo"]
    assert listed["link"].nunique() == 3


def test_codes_in_use_are_kept_and_chapter_10_reads_the_file_back(no_best_set):
    b = brief()
    given_before = pd.DataFrame({"creator": ["instagram:bo"], "code": ["BOLD"], "utm_content": ["bo-old"]})
    data = dataset(creators=people(), deliverables=given_before)
    listed = outreach.shortlist(data, b).set_index("creator")
    assert (listed.loc["instagram:bo", "code"], listed.loc["instagram:bo", "utm_content"]) == ("BOLD", "bo-old")
    file = outreach.tracking_file(listed.reset_index(), b)
    rows = [
        {
            "order": str(i),
            "ordered_at": pd.Timestamp("2026-03-10", tz="UTC"),
            "revenue": 1.0,
            "code": c if i % 2 else None,
            "utm_content": None if i % 2 else m,
        }
        for i, (c, m) in enumerate(zip(file["code"], file["utm_content"], strict=True))
    ]
    credited = results.attribute(dataset(orders=pd.DataFrame(rows), deliverables=file, as_of=pd.Timestamp("2026-04-01", tz="UTC")), b)
    assert credited["creator"].tolist() == file["creator"].tolist()


# --- the shortlist --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def no_best_set(monkeypatch):
    """Chapter 08 has no set to offer."""
    from playbook import portfolio

    monkeypatch.setattr(portfolio, "choose", lambda data, brief: Missing(needs=("quotes",), text="No set."))


def test_without_anything_but_followers_the_smaller_ones_are_listed(no_best_set):
    many = people([f"instagram:c{i:02d}" for i in range(12)]).assign(followers=[1000.0 * 3**i for i in range(12)])
    listed = outreach.shortlist(dataset(creators=many), brief(outreach={"creators": 4}))
    assert len(listed) == 4
    assert set(listed["tier"]) == {"micro"}


def test_order_of_rows_changes_nothing(no_best_set):
    many = people([f"instagram:c{i:02d}" for i in range(12)])
    one = outreach.shortlist(dataset(creators=many), brief())
    pd.testing.assert_frame_equal(one, outreach.shortlist(dataset(creators=many[::-1]), brief()))


def test_nobody_to_list_is_said():
    assert isinstance(outreach.shortlist(dataset(), brief()), Missing)
    large = people().assign(followers=5_000_000.0)
    found = outreach.shortlist(dataset(creators=large), brief())
    assert isinstance(found, Missing) or set(found["tier"]) == {"macro"}
    assert outreach.outcome(dataset(), brief()).status == "needs_data"


# --- letters --------------------------------------------------------------------------------------------------------------------


def posts(creator="instagram:ana", captions=("My new serum is here", "Nothing"), **columns) -> pd.DataFrame:
    n = len(captions)
    frame = pd.DataFrame(
        {
            "post": [f"{creator}{i}" for i in range(n)],
            "creator": creator,
            "posted_at": pd.date_range("2026-01-01", periods=n, tz="UTC"),
            "caption": list(captions),
            "likes": 10.0,
            "comments": 1.0,
        }
    )
    return frame.assign(**columns)


def test_every_fact_is_quoted_from_the_data():
    data = dataset(creators=people(niche="skincare"), posts=posts())
    facts = outreach.creator_facts(["instagram:ana", "instagram:bo"], data, brief())
    assert [f.source for f in facts["instagram:ana"]] == ["posts.caption", "creators.niche"]
    assert '"My new serum is here"' in facts["instagram:ana"][0].text
    assert [f.source for f in facts["instagram:bo"]] == ["creators.niche"]


def test_no_fact_no_compliment(no_best_set):
    data = dataset(creators=people())
    for letter in outreach.letters(data, brief()):
        assert letter.facts == () and "Why I write" not in letter.message
        for word in ("love", "amazing", "great", "fan of", "wonderful", "inspiring", "perfect"):
            assert word not in letter.message.lower()


def test_paid_posts_are_not_quoted_and_words_are_whole():
    data = dataset(creators=people(), posts=posts(captions=("serums everywhere", "the serum"), sponsored=[False, True]))
    assert outreach.creator_facts(["instagram:ana"], data, brief())["instagram:ana"] == ()


def test_an_average_rate_is_not_praised():
    names = [f"instagram:c{i:02d}" for i in range(11)]
    frames = [posts(n, ["x"] * 6).assign(likes=10.0 + i) for i, n in enumerate(names)]
    data = dataset(
        creators=people(names).assign(followers=10_000.0),
        posts=pd.concat(frames, ignore_index=True),
        as_of=pd.Timestamp("2026-03-01", tz="UTC"),
    )
    facts = outreach.creator_facts(names, data, brief())
    praised = [n for n in names if facts[n]]
    assert praised == names[6:]
    assert facts[names[10]][0].source == "posts.likes and posts.comments"


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_stay_words(words, no_best_set):
    name = f"instagram:{words}"
    data = dataset(creators=people([name], name=[words], niche=["skincare"], bio=[words]), posts=posts(name, [f"serum {words}"]))
    b = brief(brand={"name": words or "x", "values": [words]}, name=words)
    letter = outreach.letters(data, b)[0]
    assert "49" not in letter.message.replace("4949", "")
    assert "\n# Heading" not in letter.message and "\u202e" not in letter.message and "\x1b" not in letter.message
    for page in (letter.page, shown.letters((letter,), b)._repr_html_()):
        assert "<script" not in page and "<img" not in page and 'href="javascript' not in page
        assert page.count("<pre>") == 2 == page.count("</pre>")
    assert "<script" not in letter.creative_brief and "](javascript" not in letter.creative_brief
    plain = outreach.letters(dataset(creators=people([name])), brief())[0]
    for document, benign in ((letter.creative_brief, plain.creative_brief), (letter.agreement, plain.agreement)):
        assert "<script" not in document and "<img" not in document and "](javascript" not in document
        # nothing that was filled in is a heading, a list's item or a table's cell
        for mark in ("#", "- ", "|"):
            count = [sum(line.startswith(mark) for line in d.splitlines()) for d in (document, benign)]
            assert count[0] == count[1] or (mark == "- " and document is letter.creative_brief), document
        assert all(line.replace("\\|", "").count("|") == 4 for line in document.splitlines() if line.startswith("|"))
    for table in (shown.shortlist_table(outreach.shortlist(data, b), b), shown.links_table(outreach.shortlist(data, b), b)):
        assert "<script" not in table._repr_html_() and "<img" not in table._repr_html_()


def test_the_brief_asks_for_the_label_of_the_jurisdiction(no_best_set):
    for where, label in (("DE", "Werbung"), ("US", "#ad"), ("FR", "Publicité")):
        letter = outreach.letters(dataset(creators=people()), brief(market={"jurisdiction": where}))[0]
        assert f'"{label}"' in letter.message and f'"{label}"' in letter.creative_brief.replace("\\", "")
        assert "not legal advice" in letter.creative_brief
    unknown = outreach.letters(dataset(creators=people()), brief(market={"jurisdiction": "BR"}))[0]
    assert "your lawyer" in unknown.message


# --- the talks ------------------------------------------------------------------------------------------------------------------

TALKS = pd.DataFrame(
    {
        "creator": [f"x:{i}" for i in range(7)],
        "state": ["to contact", "contacted", "answered", "declined", "agreed", "published", "paid"],
        "contacted_on": pd.to_datetime([None, *["2026-01-01"] * 6]),
        "answered_on": pd.to_datetime([None, None, "2026-01-02", "2026-01-03", "2026-01-04", "2026-01-05", "2026-01-06"]),
        "asked": [None, None, 100.0, 100.0, 100.0, 200.0, 100.0],
        "agreed": [None, None, None, None, 90.0, 100.0, 100.0],
    }
)


def test_the_pipeline_by_hand():
    found = outreach.pipeline(dataset(outreach=TALKS), brief()).set_index("state")
    assert found["creators"].to_dict() == {
        "to contact": 1,
        "contacted": 1,
        "answered": 1,
        "declined": 1,
        "agreed": 1,
        "briefed": 0,
        "published": 1,
        "paid": 1,
    }
    assert found["reached"].to_dict() == {
        "to contact": 7,
        "contacted": 6,
        "answered": 5,
        "declined": 1,
        "agreed": 3,
        "briefed": 2,
        "published": 2,
        "paid": 1,
    }
    assert found.loc["answered", "share"] == pytest.approx(5 / 6)
    talks = outreach.talks(dataset(outreach=TALKS), brief())
    assert (talks.contacted, talks.answered, talks.agreed, talks.days_to_answer, talks.agreed_over_asked) == (6, 5, 3, 3.0, 0.9)
    # Wilson (1927) by hand, z = 1.6449
    z, p, n = 1.6448536, 5 / 6, 6
    middle, half = (p + z * z / 2 / n) / (1 + z * z / n), z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / 4 / n / n)
    assert (talks.answer_low, talks.answer_high) == (pytest.approx(middle - half, abs=1e-6), pytest.approx(middle + half, abs=1e-6))


def test_no_talks_yet():
    assert isinstance(outreach.pipeline(dataset(), brief()), Missing)
    waiting = dataset(outreach=pd.DataFrame({"creator": ["x:a"], "state": ["to contact"]}))
    assert outreach.pipeline_sentence(outreach.talks(waiting, brief()), brief()) == "Nobody has been contacted yet."
    assert repr(shown.pipeline_chart(outreach.pipeline(waiting, brief()), brief()))


def test_the_tracking_plan_counts_marks():
    orders = pd.DataFrame(
        {
            "order": list("abcd"),
            "ordered_at": pd.Timestamp("2026-01-01", tz="UTC"),
            "revenue": 1.0,
            "code": ["A", None, "B", None],
            "utm_content": ["a", "b", None, None],
        }
    )
    plan = outreach.tracking_plan(dataset(orders=orders), brief())
    assert plan["orders"].tolist()[:3] == [2, 2, 3] and plan["share"].tolist()[:3] == [0.5, 0.5, 0.75]
    assert outreach.tracking_plan(dataset(), brief())["orders"].isna().all()


def test_the_chapter_on_the_samples(campaign):
    listed = outreach.shortlist(campaign.data, campaign.brief)
    found = outreach.outcome(campaign.data, campaign.brief, listed=listed)
    assert found.status == "done" and found.answer.endswith(".")
    used = {str(c).casefold() for c in campaign.data.orders["code"].dropna()}
    fresh = listed[~listed["creator"].isin(campaign.data.deliverables["creator"])]
    assert not used & set(fresh["code"].str.casefold())
    assert listed["code"].str.casefold().is_unique and listed["link"].is_unique
    counts = outreach.counts(campaign.data, campaign.brief, listed=listed)
    assert counts["shortlist"] == len(listed)
    raw = campaign.data.outreach["state"].value_counts()
    assert all(counts[s] == n for s, n in raw.items())


# --- templates and files --------------------------------------------------------------------------------------------------------


def test_each_creator_is_written_to_in_a_language_they_read():
    names = ["x:de", "x:en", "x:ja", "x:none"]
    data = dataset(creators=people(names, language=["de", "en", "ja", None]))
    assert list(outreach.languages(names, data, brief(market={"country": "AT"})).values()) == ["de", "en", "en", "de"]
    assert list(outreach.languages(names, data, brief(market={"country": "US"})).values()) == ["de", "en", "en", "en"]
    assert set(outreach.languages(names, data, brief(outreach={"language": "de"})).values()) == {"de"}


def test_german_letters_are_german_throughout(no_best_set):
    data = dataset(creators=people(["instagram:ana"], niche="skincare", language="de", name="Ana | Beauty"), posts=posts())
    letter = outreach.letters(data, brief(market={"jurisdiction": "DE", "country": "DE"}))[0]
    assert letter.language == "de" and "Hallo Ana," in letter.message and "Warum ich gerade dir schreibe" in letter.message
    everything = " ".join([letter.message, letter.follow_up, letter.creative_brief, letter.agreement])
    for english in ("Hello", "Your ", "the caption", "to be agreed", "This is"):
        assert english not in everything, english


def test_every_document_names_what_an_agreement_needs(no_best_set):
    for language in ("en", "de"):
        letter = outreach.letters(dataset(creators=people()), brief(outreach={"language": language}))[0]
        assert letter.agreement.count("☐") == 13
        assert letter.subject and letter.message.strip() and letter.follow_up.strip() and letter.creative_brief.startswith("# ")
        for text in (letter.message, letter.follow_up, letter.creative_brief, letter.agreement):
            assert "{{" not in text and "{%" not in text and "None" not in text and not re.search(r"\bnan\b", text) and "\n\n\n" not in text


def test_the_users_own_template_wins_and_its_mistakes_are_one_sentence(no_best_set):
    from playbook.errors import NotUsable

    data = dataset(creators=people())
    own = {"message.md.j2": "For {{ brand }}\n\nHi {{ name }}, {{ code }}"}
    letter = outreach.letters(data, brief(), templates=own)[0]
    assert letter.subject == "For Acme" and letter.message.startswith("Hi @")
    for wrong, said in (
        ("{{ nmae }}", "did you mean name"),
        ("{% if %}", "line 1"),
        ("{{ ''.__class__.__mro__ }}", "refused"),
        ("{{ name.__init__.__globals__ }}", "refused"),
        ("{% for i in range(10) %}x{% endfor %}", "'range' is undefined"),
        ("{{ 1 / 0 }}", "division"),
        ("{% include 'x' %}", "cannot be filled in"),
        ("x" * 30_000, "at most"),
    ):
        with pytest.raises(NotUsable, match=re.escape(said)) as problem:
            outreach.letters(data, brief(), templates={"message.md.j2": wrong})
        assert "templates/message.md.j2" in str(problem.value) and "\n" not in str(problem.value)


def test_what_is_filled_in_is_never_taken_for_a_template(no_best_set):
    data = dataset(creators=people(["instagram:a"], name="{{ code }}{% raw %}"))
    letter = outreach.letters(data, brief(brand={"values": ["{{ 7*7 }}"]}))[0]
    assert "{{ code }}" in letter.message and "49" not in letter.creative_brief


def test_letters_become_files_that_are_read_back(tmp_path):
    from playbook import folders
    from playbook.campaign import load
    from playbook.folders import letters

    home = tmp_path / "mine"
    folders.new(home, sample="trail-app")
    first = letters.write_letters(str(home), out=tmp_path / "out")
    names = {p.relative_to(tmp_path / "out").as_posix() for p in first.written}
    assert first.creators == 10 and not first.kept and {"outreach.xlsx", "deliverables-to-add.csv"} <= names
    assert sum(n.endswith("/agreement.md") for n in names) == 10
    # what people wrote into the files stays
    touched = next(p for p in first.written if p.name == "message.md")
    touched.write_text("mine", encoding="utf-8")
    again = letters.write_letters(str(home), out=tmp_path / "out")
    assert touched.read_text(encoding="utf-8") == "mine" and len(again.kept) == len(first.written) and "--force" in again.text
    letters.write_letters(str(home), out=tmp_path / "out", force=True)
    assert touched.read_text(encoding="utf-8") != "mine"
    # the board takes the place of the table it was made from, and nothing is lost
    before = load(str(home)).data
    (home / "outreach.csv").unlink()
    (tmp_path / "out" / "outreach.xlsx").rename(home / "outreach.xlsx")
    (tmp_path / "out" / "deliverables-to-add.csv").rename(home / "deliverables.csv")
    after = load(str(home)).data
    held = before.outreach.set_index("creator")
    read = after.outreach.set_index("creator")
    pd.testing.assert_frame_equal(read.loc[held.index], held, check_dtype=False)
    assert set(read.loc[~read.index.isin(held.index), "state"]) <= {"to contact"}
    assert after.deliverables["code"].notna().all() and not [f for f in after.findings if f.level == "error"]


def test_templates_can_be_taken_home_and_changed(tmp_path):
    from playbook import folders
    from playbook.campaign import load
    from playbook.errors import NotUsable
    from playbook.folders import letters

    home = tmp_path / "mine"
    folders.new(home, sample="trail-app")
    assert len(letters.write_templates(home)) == 8 and letters.write_templates(home) == []
    (home / "templates" / "en" / "message.md.j2").write_text("Ours: {{ brand }}\n\nHi.", encoding="utf-8")
    written = letters.write_letters(str(home), out=tmp_path / "out")
    texts = [p.read_text(encoding="utf-8") for p in written.written if p.name == "message.md"]
    assert texts and all(t.startswith("Ours: ") for t in texts)
    (home / "templates" / "greeting.md.j2").write_text("x", encoding="utf-8")
    with pytest.raises(NotUsable, match="none of the kit's documents"):
        load(str(home)).templates  # noqa: B018


def test_the_board_says_what_waits_for_you():
    talks = pd.DataFrame(
        {
            "creator": ["x:late", "x:new", "x:done", "x:soon"],
            "state": ["contacted", "to contact", "paid", "contacted"],
            "contacted_on": pd.to_datetime(["2026-01-01", None, "2026-01-01", "2026-01-18"]),
            "agreed_on": pd.to_datetime([None, None, "2026-01-03", None]),
            "agreed": [None, None, 100.0, None],
            "currency": ["USD", None, "GBP", None],
        }
    )
    found = outreach.board(dataset(creators=people(), outreach=talks, as_of=pd.Timestamp("2026-01-20", tz="UTC")), brief())
    assert found["creator"].tolist() == ["x:new", "x:late", "x:soon", "x:done"]
    assert found["next"].tolist()[:3] == ["send the first message", "send the follow-up", "wait for the answer"]
    assert found["days"].tolist()[1:] == [19.0, 2.0, 17.0]
    # without a rate for pounds nothing is guessed
    assert found["agreed"].isna().all()


def test_drafts_are_read_before_they_are_out():
    from playbook import disclosure

    rows = pd.DataFrame(
        {
            "creator": ["x:a", "x:b", "x:c", "x:d"],
            "deliverable": ["photo", "reel", "photo", "photo"],
            "draft": ["#ad my week", "my week with @acme #love #fun #ad #sun", "just my week", None],
        }
    )
    read = disclosure.drafts(dataset(creators=people(), deliverables=rows), brief(market={"jurisdiction": "US"}))
    assert read["state"].tolist() == ["clear", "unclear", "missing"] and read["rule"].iloc[1] == "us.soup"
    assert "video" in read["notes"].iloc[1].lower()
    none = disclosure.drafts(dataset(creators=people(), deliverables=rows.assign(draft=None)), brief())
    assert isinstance(none, Missing) and "column draft" in none.text
