"""Chapter 09: whom to ask, what to write, and how to make sure that what comes back can be counted.

Every message is filled from the data and quotes it; nothing is praised that was not measured. Names and captions are other people's
text: they are put into messages as they are read, on one line, and never run or rendered.
"""

from __future__ import annotations

import hashlib
import html
import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from string import Template
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import pandas as pd

from playbook import disclosure
from playbook.brief import Brief
from playbook.creators import with_tiers
from playbook.data.dataset import Dataset
from playbook.data.tables import STATES
from playbook.findings import Figure, Finding, Missing, Outcome, needs
from playbook.wording import Wording, handle, plural, wording

_MARK_CONSONANTS = "CDFHJKLMNPRTVWX"
_MARK_DIGITS = "3456789"
_NAME_IN_CODE = 10
_QUOTE_LENGTH = 90


@needs("creators", otherwise="creators: one row a creator with creator and followers")
def shortlist(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return whom to ask, with the marks that will count what they bring.

    Takes the best set of chapter 08; where there is none, the smaller creators with the highest engagement rate, and where that is not
    known
    either, the smaller creators with most followers. `outreach.creators` limits the number.

    Returns
    -------
    DataFrame or Missing
        In the order in which to ask: `creator`, `platform`, `handle`, `name`, `tier`, `followers`, `rate` (engagement, share of followers),
        `fee`
        (budget currency), `fee_source`, `why` (how the creator came onto the list), `state` (from `outreach`; "to contact" where there is
        none), `code`, `utm_content`,
        `link` (missing where the brief has no website).
    """
    chosen, why = _chosen(data, brief)
    if chosen.empty:
        return Missing(
            needs=("creators",),
            text="None of your creators can be put on a shortlist: add creators below the macro line with their followers.",
        )
    chosen = chosen.head(brief.outreach.creators).reset_index(drop=True)
    people = with_tiers(data, brief).drop_duplicates("creator").set_index("creator")
    rates = _rates(data, brief)
    fees = _fees(data, brief)
    names = chosen["creator"].tolist()
    given = data.deliverables.drop_duplicates("creator").set_index("creator")
    states = data.outreach.drop_duplicates("creator").set_index("creator")["state"] if data.has("outreach") else pd.Series(dtype="str")
    codes = make_codes(names, data, brief)
    marks = make_marks(names, data)
    platforms = [_platform(c, people) for c in names]
    rows = {
        "creator": names,
        "platform": platforms,
        "handle": [handle(c).removeprefix("@") for c in names],
        "name": [people["name"].get(c) for c in names],
        "tier": [str(people["tier"].get(c, "unknown")) for c in names],
        "followers": [people["followers"].get(c, math.nan) for c in names],
        "rate": [rates.get(c, math.nan) for c in names],
        "fee": [fees.get(c, (math.nan, ""))[0] for c in names],
        "fee_source": [fees.get(c, (math.nan, "unknown"))[1] for c in names],
        "why": why,
        "state": [states.get(c, "to contact") for c in names],
        "code": [given["code"].get(c) if c in given.index and isinstance(given["code"].get(c), str) else codes[c] for c in names],
        "utm_content": marks,
        "link": [utm_link(brief, platform=p, content=m) for p, m in zip(platforms, marks, strict=True)],
    }
    return pd.DataFrame(rows)


def _chosen(data: Dataset, brief: Brief) -> tuple[pd.DataFrame, str]:
    """Return creators in the order to ask, and why they are on the list."""
    try:
        from playbook import portfolio

        choice = portfolio.choose(data, brief)
    except ImportError:
        choice = None
    if choice is not None and not isinstance(choice, Missing) and len(choice.chosen):
        return choice.chosen[["creator"]].drop_duplicates(), "in the best set for the budget"
    people = with_tiers(data, brief).drop_duplicates("creator")
    small = [t for t in brief.tiers.small if t != brief.tiers.lowest] or brief.tiers.small
    people = people[people["tier"].isin(small)]
    rates = _rates(data, brief)
    people = people.assign(rate=people["creator"].map(rates).astype("float64"))
    if people["rate"].notna().any():
        ranked = people.sort_values(["rate", "creator"], ascending=[False, True], na_position="last")
        return ranked[["creator"]], "high engagement among the smaller creators"
    ranked = people.sort_values(["followers", "creator"], ascending=[False, True], na_position="last")
    return ranked[["creator"]], "one of the larger small creators; engagement is not known"


def _rates(data: Dataset, brief: Brief) -> dict[str, float]:
    from playbook import engagement

    found = engagement.rates(data, brief)
    if isinstance(found, Missing):
        return {}
    known = found.dropna(subset=["rate"]).drop_duplicates("creator")
    return dict(zip(known["creator"], known["rate"].astype(float), strict=True))


def _fees(data: Dataset, brief: Brief) -> dict[str, tuple[float, str]]:
    try:
        from playbook import costs

        found = costs.full(data, brief)
    except ImportError:
        return {}
    if isinstance(found, Missing):
        return {}
    known = found.dropna(subset=["fee"]).sort_values(["creator", "fee", "deliverable"]).drop_duplicates("creator")
    return {c: (float(f), str(s)) for c, f, s in zip(known["creator"], known["fee"], known["fee_source"], strict=True)}


def _platform(creator: str, people: pd.DataFrame) -> str:
    told = people["platform"].get(creator)
    if isinstance(told, str) and told:
        return told
    return creator.split(":", 1)[0] if ":" in creator else "unknown"


def make_codes(creators: Iterable[str], data: Dataset, brief: Brief) -> dict[str, str]:
    """Make a discount code for each creator: the name, three signs that are hard to guess, and the brief's suffix.

    The same creator of the same campaign always gets the same code, whoever else is on the list; no code clashes with another one, or with
    any
    code in `orders` or `deliverables`, in whatever case.

    Examples
    --------
    >>> from playbook.data.dataset import dataset
    >>> codes = make_codes(["instagram:ana.bakes", "tiktok:ana.bakes"], dataset(), Brief())
    >>> [c[:9] for c in codes.values()], len(set(codes.values()))
    (['ANABAKES-', 'ANABAKES-'], 2)
    """
    taken = {str(c).strip().casefold() for table in (data.orders, data.deliverables) for c in table["code"].dropna()}
    suffix = re.sub(r"[^A-Z0-9]", "", brief.outreach.code_suffix.upper())
    out: dict[str, str] = {}
    for creator in sorted(set(creators)):
        base = _letters(creator.split(":", 1)[-1])[:_NAME_IN_CODE] or "CREATOR"
        for attempt in range(10_000):
            code = f"{base}-{_signs(f'{brief.statistics.seed}|{brief.name}|{creator}|{attempt}')}{suffix}"
            if code.casefold() not in taken:
                break
        taken.add(code.casefold())
        out[creator] = code
    return {c: out[c] for c in creators}


def _signs(key: str) -> str:
    """Letter, digit, letter: no vowels, so that no words appear, and nothing that is mistaken for another sign."""
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
    first, number = _MARK_CONSONANTS[number % 15], number // 15
    middle, number = _MARK_DIGITS[number % 7], number // 7
    return first + middle + _MARK_CONSONANTS[number % 15]


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Z0-9]", "", plain.upper())


def make_marks(creators: list[str], data: Dataset) -> list[str]:
    """Make the `utm_content` mark of each creator: the mark already in use, else the handle, with the platform where two creators share a
    handle.

    >>> from playbook.data.dataset import dataset
    >>> make_marks(["instagram:ana", "tiktok:ana", "tiktok:bo"], dataset())
    ['ana-instagram', 'ana-tiktok', 'bo']
    """
    given = data.deliverables.dropna(subset=["utm_content"]).drop_duplicates("creator").set_index("creator")["utm_content"]
    others = {str(m).strip().lstrip("@").casefold() for c, m in given.items() if c not in set(creators)}
    plain = {c: handle(c).removeprefix("@").casefold() for c in creators}
    shared = {p for p in plain.values() if list(plain.values()).count(p) > 1} | others
    out = []
    for creator in creators:
        if isinstance(given.get(creator), str):
            out.append(given[creator])
        elif plain[creator] in shared:
            out.append(f"{plain[creator]}-{creator.split(':', 1)[0]}")
        else:
            out.append(plain[creator])
    return out


def campaign_mark(brief: Brief) -> str:
    """Return the name of the campaign in links: the knob, else letters and digits of the campaign's name.

    >>> campaign_mark(Brief(name="Frühling 2026: Serum!"))
    'fruhling-2026-serum'
    """
    text = brief.outreach.utm_campaign or brief.name
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "campaign"


def utm_link(brief: Brief, *, platform: str, content: str) -> str | None:
    """Return the link a creator shares: the brand's page with utm_source, utm_medium, utm_campaign and utm_content.

    What the page's address already holds stays, other than utm values. None where the brief names no web page.

    Examples
    --------
    >>> brief = Brief.model_validate({"name": "Spring", "brand": {"website": "shop.example/serum?size=30#top"}})
    >>> utm_link(brief, platform="tiktok", content="zoë & co")
    'https://shop.example/serum?size=30&utm_source=tiktok&utm_medium=influencer&utm_campaign=spring&utm_content=zo%C3%AB%20%26%20co#top'
    """
    page = brief.brand.website.strip()
    if not page:
        return None
    if "://" not in page:
        page = f"https://{page}"
    try:
        parts = urlsplit(page)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not k.casefold().startswith("utm_")]
    marks = [("utm_source", platform), ("utm_medium", "influencer"), ("utm_campaign", campaign_mark(brief)), ("utm_content", content)]
    query = urlencode([*kept, *marks], quote_via=quote)
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, parts.fragment))


def tracking_file(listed: pd.DataFrame | Missing, brief: Brief) -> pd.DataFrame | Missing:
    """Return the rows to add to `deliverables`, so that chapter 10 can credit what comes: `creator`, `deliverable`, `code`, `utm_content`,
    `due`."""
    if isinstance(listed, Missing):
        return listed
    due = pd.Timestamp(brief.goal.deadline) if brief.goal.deadline else pd.NaT
    return pd.DataFrame(
        {"creator": listed["creator"], "deliverable": "post", "code": listed["code"], "utm_content": listed["utm_content"], "due": due}
    )


def tracking_plan(data: Dataset, brief: Brief) -> pd.DataFrame:
    """Say which sales each mark can and cannot see, and how many of the orders so far carry it.

    Returns
    -------
    DataFrame
        `mark`, `sees`, `misses`, `orders` (of yours that carry the mark; missing where it cannot be counted), `share` (of all your orders).
    """
    orders = data.orders
    total = len(orders)
    rows = [
        (
            "Discount code",
            "Orders where the buyer typed the creator's code, days later and on any device.",
            "Buyers who forget the code; it also counts strangers who found it on a coupon page.",
            orders["code"].notna().sum(),
        ),
        (
            "Tracking link",
            "Orders right after a click on the creator's link.",
            "Buyers who come back later or on another device, block cookies, or type the address.",
            orders["utm_content"].notna().sum(),
        ),
        (
            "Code and link together",
            "More than either; each order is still credited once.",
            "Everyone who saw the post and ordered without a mark.",
            (orders["code"].notna() | orders["utm_content"].notna()).sum(),
        ),
        (
            "Question at the checkout",
            "Buyers who remember where they heard of you, marks or not.",
            "Those who skip it or misremember.",
            math.nan,
        ),
        (
            "Comparison of regions or weeks",
            "Sales beyond what would have come anyway, with any mark or none.",
            "Small effects: it needs regions or weeks without the campaign.",
            math.nan,
        ),
    ]
    frame = pd.DataFrame(rows, columns=["mark", "sees", "misses", "orders"])
    frame["orders"] = frame["orders"].astype("float64") if total else math.nan
    frame["share"] = frame["orders"] / total if total else math.nan
    return frame


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that a message may say about a creator, and where it was read."""

    text: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What goes to one creator.

    Attributes
    ----------
    creator, subject, message : str
        The first message, plain text.
    follow_up : str
        A short second message, for a week later.
    creative_brief : str
        Markdown: what to make, marks, disclosure, what to agree on.
    facts : tuple of Fact
        All that the message says about the creator.
    """

    creator: str
    subject: str
    message: str
    follow_up: str
    creative_brief: str
    facts: tuple[Fact, ...]

    @property
    def page(self) -> str:
        """The letter as HTML, with every foreign word escaped."""
        return (
            f"<h3>{html.escape(self.subject)}</h3><pre>{html.escape(self.message)}</pre>"
            f"<h4>A week later</h4><pre>{html.escape(self.follow_up)}</pre><h4>Creative "
            f"brief</h4><pre>{html.escape(self.creative_brief)}</pre>"
        )


_MESSAGE = Template("""Hello $name,

I work for $brand and would like to ask you about a paid collaboration$when.
$facts
$offer

The post would be marked as advertising from its first words on ("$label"), and your opinion stays yours.

If this could be for you, just reply, and I send the details. If not, no reply is needed.

[Your name], $brand""")

_FOLLOW_UP = Template("""Hello $name,

a week ago I asked you about a paid collaboration with $brand. If it is not for you, no reply is needed; if it might be, I am glad to answer
questions.

[Your name], $brand""")

_CREATIVE = Template("""# Creative brief for $handle

**Campaign:** $campaign, for $brand
**When:** $dates
**What for:** $goal

## What to make

- $posts $posts_word in your own words and style; the idea is yours.
- What $brand stands for: $values.
$link_line
- Your code: `$code`

## Say that it is paid

- Begin the caption with "$label".
$disclosure_lines
- $legal

## To agree on before you start

- [ ] Deliverables and dates: what, where, when, how long it stays online
- [ ] Fee: $fee; when and how it is paid
- [ ] Usage rights: where $brand may show the post, and until when
- [ ] Exclusivity: which competitors, how long; none if not agreed
- [ ] Approval: who looks at the draft, by when; facts only, not opinions
- [ ] Disclosure: as above, in every post and story
- [ ] Cancellation: what happens if either side cannot go on
- [ ] Numbers to share a week after: reach, impressions, saves, link clicks
""")


@needs("creators", otherwise="creators: one row a creator with creator and followers")
def letters(data: Dataset, brief: Brief, *, listed: pd.DataFrame | Missing | None = None) -> tuple[Letter, ...] | Missing:
    """Write a first message, a follow-up and a creative brief for each creator on the shortlist.

    Parameters
    ----------
    listed : DataFrame, optional
        The shortlist, where it is at hand.

    Returns
    -------
    tuple of Letter or Missing
        In the order of :func:`shortlist`.
    """
    listed = shortlist(data, brief) if listed is None else listed
    if isinstance(listed, Missing):
        return listed
    facts = creator_facts(listed["creator"].tolist(), data, brief)
    advice = disclosure.advice(brief)
    write = wording(brief)
    return tuple(_letter(row, facts[row.creator], advice, data, brief, write) for row in listed.itertuples(index=False))


def _letter(row, facts: tuple[Fact, ...], advice: disclosure.Advice | Missing, data: Dataset, brief: Brief, write: Wording) -> Letter:
    goal, brand = brief.goal, one_line(brief.brand.name)
    first = one_line(row.name) if isinstance(row.name, str) and one_line(row.name) else f"@{one_line(row.handle)}"
    label = advice.use[0] if not isinstance(advice, Missing) else "[the label your lawyer gives you]"
    dates = "dates to be agreed"
    if goal.starts and goal.deadline:
        dates = f"{write.day(goal.starts)} to {write.day(goal.deadline)}"
    quoted = row.fee_source == "quoted" and not math.isnan(row.fee)
    offer = (
        f"You quoted {write.money(row.fee)}; does that still hold?"
        if quoted
        else "Would you tell me your fee for one post, and what it includes?"
    )
    common = {"name": first, "brand": brand, "label": label}
    message = _MESSAGE.substitute(
        **common,
        when=f" ({dates})" if goal.starts and goal.deadline else "",
        offer=offer,
        facts="\n".join(["", "Why I write to you:", *(f"- {f.text}" for f in facts), ""]) if facts else "",
    )
    aims = {
        "awareness": "that people who fit the brand get to know it",
        "followers": "that people who like the topic follow the brand",
        "sales": "that people try the product",
    }
    rules = advice.rules if not isinstance(advice, Missing) else (advice.text,)
    sure = "" if isinstance(advice, Missing) or advice.verified else " We know this wording from others' accounts of the rules; check it."
    creative = _CREATIVE.substitute(
        **{k: markdown(v) for k, v in common.items()} | {"label": label.replace("`", "'")},
        handle=markdown(f"@{one_line(row.handle)}"),
        campaign=markdown(one_line(brief.name)),
        dates=dates,
        goal=aims[goal.kind],
        posts=brief.goals.posts_per_creator,
        posts_word=plural(brief.goals.posts_per_creator, "post"),
        values=markdown(", ".join(one_line(v) for v in brief.brand.values) or "[say it in three words]"),
        link_line=f"- Your link: <{row.link}>" if isinstance(row.link, str) else "- Your link: [set brand.website in campaign.yml]",
        code=row.code.replace("`", ""),
        disclosure_lines="\n".join(f"- {r}" for r in rules[:4]),
        legal=disclosure.NOT_LEGAL_ADVICE + sure,
        fee=write.money(row.fee) + f" ({row.fee_source})" if not math.isnan(row.fee) else "[to be agreed]",
    )
    return Letter(
        creator=row.creator,
        subject=f"{brand} and @{one_line(row.handle)}: a paid collaboration?",
        message=message,
        follow_up=_FOLLOW_UP.substitute(name=first, brand=brand),
        creative_brief=creative,
        facts=facts,
    )


def creator_facts(creators: list[str], data: Dataset, brief: Brief) -> dict[str, tuple[Fact, ...]]:
    """Collect what may be said about each creator, each fact quoted from the data.

    At most three: the latest post that names one of the brand's keywords, the niche where the brief lists it, and the engagement rate where
    it is
    above that of half of the creators of the same size.

    Returns
    -------
    dict of creator to tuple of Fact
    """
    write = wording(brief)
    quotes = _on_topic(creators, data, brief)
    people = with_tiers(data, brief).drop_duplicates("creator").set_index("creator")
    from playbook import engagement

    rates = engagement.rates(data, brief)
    fits = {n.casefold() for n in brief.brand.niches}
    out: dict[str, tuple[Fact, ...]] = {}
    for creator in creators:
        facts = []
        if creator in quotes:
            day, word, text = quotes[creator]
            when = f" of {write.day(day)}" if pd.notna(day) else ""
            facts.append(Fact(text=f'Your post{when} speaks of {word}: "{text}"', source="posts.caption"))
        niche = people["niche"].get(creator)
        if isinstance(niche, str) and niche.casefold() in fits:
            facts.append(Fact(text=f"Your niche is {one_line(niche)}, and so is ours.", source="creators.niche"))
        if not isinstance(rates, Missing):
            facts.extend(_rate_fact(creator, rates, people, write))
        out[creator] = tuple(facts)
    return out


def _rate_fact(creator: str, rates: pd.DataFrame, people: pd.DataFrame, write: Wording) -> list[Fact]:
    own = rates[rates["creator"] == creator]
    if own.empty or pd.isna(own["rate"].iloc[0]) or creator not in people.index:
        return []
    peers = rates.loc[(rates["tier"] == own["tier"].iloc[0]) & rates["rate"].notna(), "rate"]
    rate, posts = float(own["rate"].iloc[0]), int(own["posts"].iloc[0])
    # fewer than five posts or ten peers say nothing about a creator
    if posts < 5 or len(peers) < 10 or rate <= float(peers.median()):
        return []
    text = (
        f"Your latest {posts} posts were engaged with by {write.share(rate)} of your followers' number, more than half of the "
        f"{len(peers)} creators of your size we looked at."
    )
    return [Fact(text=text, source="posts.likes and posts.comments")]


def _on_topic(creators: list[str], data: Dataset, brief: Brief) -> dict[str, tuple[pd.Timestamp, str, str]]:
    words = [w for w in brief.brand.keywords if w.strip()]
    if not words or not data.has("posts"):
        return {}
    posts = data.posts.query(
        "SELECT creator, posted_at, caption FROM posts WHERE list_contains($creators, creator) AND caption IS NOT NULL AND NOT "
        "coalesce(sponsored, FALSE) "
        "AND (posted_at IS NULL OR posted_at <= $now) ORDER BY creator, posted_at DESC NULLS LAST, post",
        {"creators": creators, "now": data.as_of.tz_localize(None)},
    )
    patterns = [(w, re.compile(rf"(?<!\w){re.escape(w)}(?!\w)", re.I)) for w in words]
    out: dict[str, tuple[pd.Timestamp, str, str]] = {}
    for creator, posted, caption in posts.itertuples(index=False):
        if creator in out:
            continue
        text = one_line(caption)
        for _word, pattern in patterns:
            match = pattern.search(text)
            if match:
                out[creator] = (posted, match[0], _excerpt(text, match.start()))
                break
    return out


def _excerpt(text: str, at: int) -> str:
    if len(text) <= _QUOTE_LENGTH:
        return text
    start = max(0, min(at - _QUOTE_LENGTH // 3, len(text) - _QUOTE_LENGTH))
    cut = text[start : start + _QUOTE_LENGTH]
    cut = cut.split(" ", 1)[1] if start and " " in cut[: _QUOTE_LENGTH // 3] else cut
    cut = cut.rsplit(" ", 1)[0] if start + _QUOTE_LENGTH < len(text) and " " in cut else cut
    return f"{'… ' if start else ''}{cut}{' …' if start + _QUOTE_LENGTH < len(text) else ''}"


def one_line(text: str, most: int = 300) -> str:
    """Bring foreign text onto one line: no control or direction signs, single blanks, at most so many characters.

    >>> one_line("Ana\\n# Bo\\u202e\\tx ")
    'Ana # Bo x'
    """
    kept = "".join(
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in str(text) if unicodedata.category(c) not in ("Cf", "Cs", "Co")
    )
    return " ".join(kept.split())[:most]


def markdown(text: str) -> str:
    """Write foreign text into Markdown so that nothing of it is markup.

    >>> markdown("[x](javascript:1) <b> *y*")
    '\\\\[x\\\\]\\\\(javascript:1\\\\) &lt;b&gt; \\\\*y\\\\*'
    """
    return re.sub(r"([\\`*_{}\[\]()#+!|~])", r"\\\1", html.escape(text, quote=False))


@needs("outreach", otherwise="an outreach table with creator and state, so that the talks can be counted")
def pipeline(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Count the talks by state.

    Returns
    -------
    DataFrame or Missing
        One row a state, in the order of the talk: `state`, `creators` (standing there now), `reached` (that have come at least so far; a
        creator who declined had
        answered), `share` (`reached` over all that were contacted; missing for "to contact" and "declined").
    """
    now = data.outreach["state"].value_counts()
    rank = {s: i for i, s in enumerate(s for s in STATES if s != "declined")}
    ranks = data.outreach["state"].map(lambda s: rank["answered"] if s == "declined" else rank[s])
    contacted = int((ranks >= rank["contacted"]).sum())
    rows = []
    for state in STATES:
        standing = int(now.get(state, 0))
        reached = standing if state == "declined" else int((ranks >= rank[state]).sum())
        share = reached / contacted if contacted and state not in ("to contact", "declined") else math.nan
        rows.append({"state": state, "creators": standing, "reached": reached, "share": share})
    return pd.DataFrame(rows)


@dataclass(frozen=True, kw_only=True)
class Talks:
    """What the talks came to so far.

    Attributes
    ----------
    contacted, answered, agreed : int
        Creators that have come at least so far; who declined has answered.
    answer_rate, answer_low, answer_high : float
        Share of the contacted that answered, with Wilson's interval.
    days_to_answer : float
        Median, over `days_n` creators.
    agreed_over_asked : float
        Median of the fee agreed over the fee asked, over `fees_n` creators.
    """

    contacted: int
    answered: int
    agreed: int
    answer_rate: float
    answer_low: float
    answer_high: float
    level: float
    days_to_answer: float
    days_n: int
    agreed_over_asked: float
    fees_n: int


@needs("outreach", otherwise="an outreach table with creator and state, so that the talks can be counted")
def talks(data: Dataset, brief: Brief) -> Talks | Missing:
    """Return answer rate, time to an answer, and what was agreed of what was asked."""
    from scipy.stats import binomtest

    reached = pipeline(data, brief).set_index("state")["reached"]
    contacted, answered, agreed = (int(reached[s]) for s in ("contacted", "answered", "agreed"))
    low = high = rate = math.nan
    if contacted:
        rate = answered / contacted
        span = binomtest(answered, contacted).proportion_ci(brief.statistics.level, method="wilson")
        low, high = float(span.low), float(span.high)
    days = (data.outreach["answered_on"] - data.outreach["contacted_on"]).dt.days.dropna()
    days = days[days >= 0]
    fees = data.outreach.dropna(subset=["asked", "agreed"])
    ratio = (fees["agreed"] / fees["asked"].where(fees["asked"] > 0)).dropna()
    return Talks(
        contacted=contacted,
        answered=answered,
        agreed=agreed,
        answer_rate=rate,
        answer_low=low,
        answer_high=high,
        level=brief.statistics.level,
        days_to_answer=float(days.median()) if len(days) else math.nan,
        days_n=len(days),
        agreed_over_asked=float(ratio.median()) if len(ratio) else math.nan,
        fees_n=len(ratio),
    )


def shortlist_sentence(listed: pd.DataFrame | Missing, brief: Brief) -> str:
    """Say how many creators to ask, and what they would cost by their quotes."""
    if isinstance(listed, Missing):
        return listed.text
    write = wording(brief)
    n = len(listed)
    text = f"{write.count(n)} {plural(n, 'creator')} {plural(n, 'is', 'are')} on the shortlist: {listed['why'].iloc[0]}."
    known = listed["fee"].dropna()
    if len(known) == n:
        return (
            f"{text} One post of each would cost {write.money(known.sum())} in fees; "
            f"{int((listed['fee_source'] == 'quoted').sum())} of these fees were quoted."
        )
    if len(known):
        return f"{text} The fees known, {write.count(len(known))} of {write.count(n)}, add up to {write.money(known.sum())}."
    return f"{text} No fee is known yet, so the first message asks for it."


def pipeline_sentence(found: Talks | Missing, brief: Brief) -> str:
    """Say how the talks go."""
    if isinstance(found, Missing):
        return found.text
    write = wording(brief)
    if not found.contacted:
        return "Nobody has been contacted yet."
    span = write.between(found.answer_low, found.answer_high, write.share, found.level)
    text = f"{found.answered} of {found.contacted} creators answered, {write.share(found.answer_rate)} ({span}), and {found.agreed} agreed."
    if found.days_n:
        days = (
            f"within {write.number(found.days_to_answer, 0)} {plural(found.days_to_answer, 'day')}"
            if found.days_to_answer >= 1
            else "on the same day"
        )
        text += f" Half of the answers came {days}."
    if found.fees_n:
        text += (
            f" The typical fee agreed is {write.share(found.agreed_over_asked)} of the fee asked ({found.fees_n} "
            f"{plural(found.fees_n, 'creator')})."
        )
    return text


def disclosure_sentence(read: pd.DataFrame | Missing, brief: Brief) -> str:
    """Say how many past paid posts say clearly that they are paid."""
    if isinstance(read, Missing):
        return read.text
    write = wording(brief)
    n, who = len(read), read["creator"].nunique()
    clear = int((read["state"] == "clear").sum())
    checked = bool(read["verified"].all())
    text = (
        f"{write.count(clear)} of {write.count(n)} past paid posts of {write.count(who)} {plural(who, 'creator')} say clearly in "
        "their caption that they are paid"
    )
    advice = "" if checked else " Some of these rules we know only from others' accounts, so take it as advice."
    return (
        f"{text}, by the rules for {disclosure.jurisdiction_of(brief)}.{advice} Pictures, speech and the platform's own label are "
        "not seen here."
    )


def findings(data: Dataset, brief: Brief, *, listed: pd.DataFrame | Missing | None = None) -> tuple[Finding, ...]:
    """Return what stands in the way of tracking and disclosure."""
    found: list[Finding] = []
    if utm_link(brief, platform="x", content="x") is None:
        found.append(
            Finding(
                level="warning",
                about="campaign.yml, brand.website",
                found=f"is {brief.brand.website!r}, so no tracking link can be made",
                expected="the address of a page, such as https://shop.example/serum",
                mend="set brand.website",
            )
        )
    advice = disclosure.advice(brief)
    if isinstance(advice, Missing):
        found.append(
            Finding(
                level="warning",
                about="campaign.yml, market.jurisdiction",
                found=advice.text.rstrip("."),
                expected="a jurisdiction the kit has rules for",
                mend="or ask a lawyer",
            )
        )
    listed = shortlist(data, brief) if listed is None else listed
    if not isinstance(listed, Missing):
        taken = listed["code"].str.casefold()
        for code in sorted(taken[taken.duplicated()].unique()):
            found.append(
                Finding(
                    level="warning",
                    about=f"deliverables, code {code.upper()}",
                    found="belongs to several creators",
                    expected="one creator a code",
                    mend="give each a code of their own",
                )
            )
    return tuple(found)


def counts(data: Dataset, brief: Brief, *, listed: pd.DataFrame | Missing | None = None) -> dict[str, int | str]:
    """Return the chapter's counts, as plain text for a notebook's answer cell."""
    listed = shortlist(data, brief) if listed is None else listed
    talked = pipeline(data, brief)
    read = disclosure.past_posts(data, brief)
    out: dict[str, int | str] = {"shortlist": 0 if isinstance(listed, Missing) else len(listed)}
    if not isinstance(talked, Missing):
        out |= {s: int(n) for s, n in zip(talked["state"], talked["creators"], strict=True) if n}
    if not isinstance(read, Missing):
        out |= {f"paid posts {s}": int((read["state"] == s).sum()) for s in disclosure.STATES}
    return out


def outcome(data: Dataset, brief: Brief, *, listed: pd.DataFrame | Missing | None = None) -> Outcome:
    """Return what chapter 09 hands on."""
    listed = shortlist(data, brief) if listed is None else listed
    if isinstance(listed, Missing):
        return Outcome(chapter="outreach", status="needs_data", answer=listed.text)
    write = wording(brief)
    talked, read = talks(data, brief), disclosure.past_posts(data, brief)
    first = shortlist_sentence(listed, brief)
    figures = [Figure(id="outreach.shortlist", value=float(len(listed)), n=len(listed), unit="count", source="modelled", text=first)]
    known = listed["fee"].dropna()
    if len(known) == len(listed):
        quoted = bool((listed["fee_source"] == "quoted").all())
        figures.append(
            Figure(
                id="outreach.fees",
                value=float(known.sum()),
                n=len(known),
                unit=brief.budget.currency,
                source="quoted" if quoted else "modelled",
                text=f"One post of each creator on the shortlist costs {write.money(known.sum())} in fees.",
            )
        )
    answer = first
    if not isinstance(talked, Missing) and talked.contacted:
        text = pipeline_sentence(talked, brief)
        answer = f"{first} {text}"
        figures.append(
            Figure(
                id="outreach.answer_rate",
                value=talked.answer_rate,
                low=talked.answer_low,
                high=talked.answer_high,
                level=talked.level,
                n=talked.contacted,
                unit="share",
                source="measured",
                text=text,
            )
        )
        if talked.fees_n:
            figures.append(
                Figure(
                    id="outreach.agreed_over_asked",
                    value=talked.agreed_over_asked,
                    n=talked.fees_n,
                    unit="share",
                    source="measured",
                    text=f"The typical fee agreed is {write.share(talked.agreed_over_asked)} of the fee asked.",
                )
            )
    if not isinstance(read, Missing):
        share = float((read["state"] == "clear").mean())
        figures.append(
            Figure(
                id="outreach.clear_posts", value=share, n=len(read), unit="share", source="measured", text=disclosure_sentence(read, brief)
            )
        )
    status = "partial" if isinstance(talked, Missing) else "done"
    return Outcome(chapter="outreach", status=status, answer=answer, figures=tuple(figures), findings=findings(data, brief, listed=listed))
