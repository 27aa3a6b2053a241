"""Chapter 00: what a micro-influencer is, what your data can answer, and a first answer from little."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from playbook import costs, creators, engagement
from playbook.brief import Brief
from playbook.chapters import CHAPTERS
from playbook.data.dataset import Dataset
from playbook.findings import Figure, Missing, Outcome, missing_text, needs
from playbook.memo import remembered
from playbook.wording import Wording, handle, listed, plural, wording

RULES = Path(__file__).parent / "rules"
CLASSES = ("nano", "micro", "mid", "macro", "mega")
RECENT_DAYS = 30
FEWEST_POSTS = 3
DRAWS = 2000
# from this chance on, a place on the shortlist is called almost sure
SURE = 0.9

_ADD_CREATORS = "a creators table with creator and followers: `playbook new DIR --sheet` writes the workbook to fill in by hand"
_ADD_POSTS = "the likes and comments of each creator's last 12 posts"


# ---------------------------------------------------------------- what micro means


def tier_sources(brief: Brief) -> pd.DataFrame:
    """Return where published sources draw the lines between size classes, the brief's own lines first.

    Returns
    -------
    DataFrame
        `source`, `year`, `nano`, `micro`, `mid`, `macro`, `mega` (lower bounds in followers; missing where the source has no such class),
        `micro_to` (where its micro ends), `read` ('your brief', 'source', 'second hand'), `url`, `note`.

    Examples
    --------
    >>> tier_sources(Brief())[["source", "micro", "micro_to"]].head(2).values.tolist()
    [['Your brief', 1000.0, 100000.0], ['HypeAuditor until 2021', 5000.0, 20000.0]]
    """
    told = pd.read_csv(RULES / "tiers.csv", keep_default_na=False, na_values={c: [""] for c in (*CLASSES, "year")})
    own = {"source": "Your brief", "read": "your brief", "url": "", "note": "", **dict(brief.tiers.bounds())}
    table = pd.concat([pd.DataFrame([own]), told], ignore_index=True)
    table[[*CLASSES, "year"]] = table.reindex(columns=[*CLASSES, "year"]).astype("float64")
    above = table[["mid", "macro", "mega"]].min(axis=1)
    table["micro_to"] = above.where(table["micro"].notna())
    return table[["source", "year", *CLASSES, "micro_to", "read", "url", "note"]]


def tier_sources_sentence(data: Dataset, brief: Brief) -> str:
    """Say how far the sources are apart, and what that means for the creators on the list."""
    write = wording(brief)
    told = tier_sources(brief)
    own, others = told.iloc[0], told.iloc[1:]
    starts, ends = others["micro"].dropna(), others["micro_to"].dropna()
    text = (
        f"{len(others)} published sources let micro begin at {write.count(starts.min())} to {write.count(starts.max())} followers "
        f"and end at {write.count(ends.min())} to {write.count(ends.max())}; "
        f"your brief says {write.count(own['micro'])} to {write.count(own['micro_to'])}."
    )
    followers = data.creators["followers"].dropna()
    if followers.empty:
        return text
    lines = others.dropna(subset=["micro", "micro_to"])
    inside = [
        int(followers.between(low, high, inclusive="left").sum()) for low, high in zip(lines["micro"], lines["micro_to"], strict=True)
    ]
    mine = int(followers.between(own["micro"], own["micro_to"], inclusive="left").sum())
    return (
        f"{text} Of your {write.count(len(followers))} {plural(len(followers), 'creator')} {write.count(mine)} "
        f"{plural(mine, 'is', 'are')} micro by your lines, and {write.count(min(inside))} to {write.count(max(inside))} by theirs."
    )


# ------------------------------------------------------- what the data can answer


def ready(data: Dataset) -> pd.DataFrame:
    """Return what each chapter can do with the data at hand.

    Returns
    -------
    DataFrame
        One row a chapter in reading order: `number`, `chapter`, `title`, `question`, `state` ('ready', 'ready, more with …' is split into
        'ready' and `would_help`; 'needs data'), `missing` (tables it needs), `would_help` (absent tables that let it say more).
    """
    rows = []
    for chapter in CHAPTERS:
        missing = [t for t in chapter.needs if not data.has(t)]
        helpful = [t for t in chapter.helps if not data.has(t)]
        rows.append(
            {
                "number": chapter.number,
                "chapter": chapter.name,
                "title": chapter.title,
                "question": chapter.question,
                "state": "needs data" if missing else "ready",
                "missing": ", ".join(missing),
                "would_help": ", ".join(helpful),
            }
        )
    return pd.DataFrame(rows)


def ready_sentence(data: Dataset) -> str:
    """Say how many chapters can answer now, and which table would open most of the others.

    Examples
    --------
    >>> from playbook.data.dataset import dataset
    >>> ready_sentence(dataset())
    'With your data 1 of 11 chapters can answer its main question; creators would open ... more at once.'
    """
    table = ready(data)
    can = int((table["state"] == "ready").sum())
    text = f"With your data {can} of {len(table)} chapters can answer {plural(can, 'its', 'their')} main question"
    alone = table.loc[~table["missing"].isin([""]) & ~table["missing"].str.contains(","), "missing"].value_counts().sort_index()
    if alone.empty:
        return text + "."
    first = alone.idxmax()
    return f"{text}; {first} would open {alone.max()} more{' at once' if alone.max() > 1 else ''}."


# ---------------------------------------------------------------- the first answer


@remembered
@needs("creators", otherwise=_ADD_CREATORS)
def candidates(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return every creator of the micro class with what the first answer looks at.

    Who is ranked: at least three posts with likes, a post in the last 30 days (or no dates at all, which the table then shows), and a
    full cost within the budget where a fee was asked. Rank: the chance to belong to the best `start.shortlist` by engagement rate, when
    all rates are drawn from their intervals (Student's t on logarithms); so neither one lucky post nor a safe middling rate leads.
    Ranking by such chances: Goldstein and Spiegelhalter (1996); Henderson and Newton (2016).

    Returns
    -------
    DataFrame
        Ranked ones first: `creator`, `platform`, `followers`, `posts` (n), `rate`, `low`, `high` (shares), `days_since` (last post), `fee`
        (asked, budget's currency; missing where not asked), `cost` (fee and all else), `rank` (1 is first; missing where not ranked),
        `chance` (0-1), `why_not` (empty where ranked).
    """
    sized = creators.with_tiers(data, brief)
    out = sized.loc[sized["tier"] == "micro", ["creator", "platform", "followers"]].drop_duplicates("creator")
    rates = engagement.rates(data, brief)
    if isinstance(rates, Missing):
        out = out.assign(posts=0.0, rate=np.nan, low=np.nan, high=np.nan)
        days = pd.Series(dtype="float64")
    else:
        out = out.merge(rates[["creator", "posts", "rate", "low", "high"]], on="creator", how="left")
        days = creators.activity(data, brief).set_index("creator")["days_since"]
    out["posts"] = out["posts"].fillna(0.0).astype("float64")
    out["days_since"] = out["creator"].map(days).astype("float64")
    fees = costs.fees(data, brief)
    asked = fees[fees["fee_source"] == "quoted"].set_index("creator")["fee"]
    out["fee"] = out["creator"].map(asked).astype("float64")
    out["cost"] = costs.full_cost(out["fee"], brief)
    out["why_not"] = np.select(
        [
            out["posts"] == 0,
            (out["posts"] < FEWEST_POSTS) | out["low"].isna(),
            out["days_since"] > RECENT_DAYS,
            out["cost"] > brief.budget.amount,
        ],
        [
            "no post with known likes",
            f"fewer than {FEWEST_POSTS} posts with known likes",
            f"no post in the last {RECENT_DAYS} days",
            "costs more than the whole budget",
        ],
        default="",
    )
    ranked = out["why_not"] == ""
    out["chance"] = np.nan
    if ranked.any():
        out.loc[ranked, "chance"] = _chances(out[ranked], brief)
    out = out.sort_values(["chance", "rate", "creator"], ascending=[False, False, True], na_position="last", ignore_index=True)
    out["rank"] = np.where(out["chance"].notna(), np.arange(1, len(out) + 1), np.nan)
    columns = ["creator", "platform", "followers", "posts", "rate", "low", "high", "days_since", "fee", "cost", "rank", "chance", "why_not"]
    return out[columns]


def _chances(ranked: pd.DataFrame, brief: Brief) -> np.ndarray:
    """Return how often each creator is among the first few when all rates are drawn from their intervals."""
    from scipy.stats import t

    places = min(brief.start.shortlist, len(ranked))
    if places == len(ranked):
        return np.ones(len(ranked))
    # by creator, so that the draws do not depend on the order of rows
    order = np.argsort(ranked["creator"].to_numpy(dtype=str))
    here = ranked.iloc[order]
    freedom = np.maximum(here["posts"].to_numpy() - 1, 1)
    half = np.log(here["high"].to_numpy() / here["low"].to_numpy()) / 2
    scale = half / t.ppf((1 + brief.statistics.level) / 2, freedom)
    draws = np.random.default_rng(brief.statistics.seed).standard_t(freedom, size=(DRAWS, len(here)))
    logs = np.log(here["rate"].to_numpy()) + scale * draws
    first = np.argpartition(-logs, places - 1, axis=1)[:, :places]
    out = np.empty(len(ranked))
    out[order] = np.bincount(first.ravel(), minlength=len(ranked)) / DRAWS
    return out


def shortlist(candidates: pd.DataFrame | Missing, brief: Brief) -> pd.DataFrame | Missing:
    """Return the first `start.shortlist` of the :func:`candidates`.

    Returns
    -------
    DataFrame, or Missing where nobody can be ranked; the text then says what is lacking.
    """
    if isinstance(candidates, Missing):
        return candidates
    table, write = candidates, wording(brief)
    if table.empty:
        bounds = tier_sources(brief).iloc[0]
        between = f"between {write.count(bounds['micro'])} and {write.count(bounds['micro_to'])} followers"
        text = f"None of your creators has {between}, so there is no micro-influencer to choose: "
        return Missing(needs=("creators",), text=text + "add some, or move the bounds under tiers in campaign.yml.")
    ranked = table[table["rank"].notna()]
    if ranked.empty:
        if not table["posts"].any():
            return Missing(needs=("posts",), text=missing_text(("posts",), _ADD_POSTS))
        reasons = table["why_not"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
        told = listed([f"{reason} ({n})" for reason, n in reasons.items()])
        text = f"None of your {write.count(len(table))} micro creators can be ranked: {told}. Add {_ADD_POSTS}, with their days."
        return Missing(needs=("posts",), text=text)
    return ranked.head(brief.start.shortlist).reset_index(drop=True)


def left_out(candidates: pd.DataFrame | Missing, data: Dataset) -> pd.DataFrame | Missing:
    """Return how many creators are ranked, how many are not, and why.

    Returns
    -------
    DataFrame
        `why_not`, `creators`, `example` (key of one of them); those outside the micro class first.
    """
    if isinstance(candidates, Missing):
        return candidates
    table = candidates
    outside = data.creators.loc[~data.creators["creator"].isin(table["creator"]), "creator"].sort_values()
    rows = [{"why_not": "not in the micro class", "creators": float(len(outside)), "example": outside.iloc[0]}] if len(outside) else []
    for reason, group in table[table["why_not"] != ""].groupby("why_not", sort=True):
        rows.append({"why_not": reason, "creators": float(len(group)), "example": group["creator"].min()})
    ranked = table[table["rank"].notna()]
    if len(ranked):
        rows.append({"why_not": "ranked", "creators": float(len(ranked)), "example": ranked["creator"].iloc[0]})
    return pd.DataFrame(rows, columns=["why_not", "creators", "example"])


def first_answer(candidates: pd.DataFrame | Missing, brief: Brief) -> str | Missing:
    """Say who comes first, how sure that is, and what they ask together."""
    first = shortlist(candidates, brief)
    if isinstance(first, Missing):
        return first
    table, write = candidates, wording(brief)
    ranked = int(table["rank"].notna().sum())
    names = listed([handle(c) for c in first["creator"]], most=len(first))
    lead = first.iloc[0]
    interval = write.between(lead["low"], lead["high"], write.share, brief.statistics.level)
    text = (
        f"Of your {write.count(len(table))} micro {plural(len(table), 'creator')} {write.count(ranked)} can be ranked, "
        f"and {names} {plural(len(first), 'comes', 'come')} first. {handle(lead['creator'])} has an engagement rate of "
        f"{write.share(lead['rate'])} ({interval}, {lead['posts']:.0f} posts)."
    )
    return f"{text} {_how_sure(first, ranked, brief)} {_together(first, brief)}"


def _how_sure(first: pd.DataFrame, ranked: int, brief: Brief) -> str:
    write = wording(brief)
    if ranked == 1:
        return "There is nobody to compare with yet."
    if ranked == len(first):
        return f"All {ranked} that can be ranked are on the list, so nothing was chosen yet: look for more creators."
    low, high = first["chance"].min(), first["chance"].max()
    if low >= SURE:
        return f"That these are the {len(first)} best is nearly sure: each belongs there with a chance of {_chance(low, write)} or more."
    sure = int((first["chance"] >= SURE).sum())
    verdict = "This is a list to look at, not yet a decision"
    if sure:
        verdict = f"{sure} of them {plural(sure, 'belongs', 'belong')} there almost surely; the others may change places with the next"
    span = _chance(low, write) if round(low, 2) == round(high, 2) else f"{_chance(low, write)} to {_chance(high, write)}"
    return f"How sure: each belongs to the best {len(first)} with a chance of {span}. {verdict}."


def _chance(value: float, write: Wording) -> str:
    """Write a chance that comes from draws: none of them proves certainty."""
    return "more than 99 %" if value > 0.99 else "less than 1 %" if value < 0.01 else write.share(value)


def _together(first: pd.DataFrame, brief: Brief) -> str:
    write = wording(brief)
    known = first["cost"].dropna()
    if known.empty:
        return "None of them has told a fee yet, so ask."
    total, budget = known.sum(), brief.budget.amount
    who = "All together" if len(known) == len(first) else f"The {len(known)} of {len(first)} who told a fee together"
    if len(known) == 1:
        who = f"{handle(first.loc[known.index[0], 'creator'])}, who told a fee,"
    verdict = f"within your budget of {write.money(budget)}"
    if total > budget:
        fit = int((known.cumsum() <= budget).sum())
        verdict = f"more than your budget of {write.money(budget)}, which pays for the first {fit} of them"
    cost = "costs" if len(known) == 1 else "cost"
    return f"{who} {cost} {write.money(total)} for the first post and your other costs, {verdict}."


def counts(candidates: pd.DataFrame | Missing) -> str:
    """Say in plain text what the first answer rests on: for people and for tests."""
    if isinstance(candidates, Missing):
        return "micro creators: 0"
    table = candidates
    lines = [f"micro creators: {len(table)}", f"ranked: {int(table['rank'].notna().sum())}"]
    lines += [
        f"not ranked, {reason}: {n}" for reason, n in table.loc[table["why_not"] != "", "why_not"].value_counts().sort_index().items()
    ]
    return "\n".join(lines)


def outcome(data: Dataset, brief: Brief) -> Outcome:
    """Return what chapter 00 hands on: the size of the micro class, the shortlist, and what it costs."""
    table = candidates(data, brief)
    if isinstance(table, Missing):
        return Outcome(chapter="start", status="needs_data", answer=table.text)
    write = wording(brief)
    open_now = int((ready(data)["state"] == "ready").sum())
    figures = [
        _count(
            "micro.count",
            len(table),
            len(data.creators),
            f"{write.count(len(table))} of {write.count(len(data.creators))} creators are micro.",
        ),
        _count("chapters_ready", open_now, len(CHAPTERS), ready_sentence(data)),
    ]
    first = shortlist(table, brief)
    if isinstance(first, Missing):
        return Outcome(chapter="start", status="partial", answer=first.text, figures=tuple(figures))
    ranked = int(table["rank"].notna().sum())
    lead = first.iloc[0]
    names = listed([handle(c) for c in first["creator"]], most=len(first))
    figures += [
        _count("ranked.count", ranked, len(table), f"{write.count(ranked)} of {write.count(len(table))} micro creators can be ranked."),
        _count("shortlist.count", len(first), ranked, f"On the first shortlist: {names}."),
        Figure(
            id="start.shortlist.first_rate",
            value=float(lead["rate"]),
            low=float(lead["low"]),
            high=float(lead["high"]),
            level=brief.statistics.level,
            n=int(lead["posts"]),
            unit="share",
            source="measured",
            text=f"{handle(lead['creator'])} is first with an engagement rate of {write.share(lead['rate'])}.",
        ),
        Figure(
            id="start.shortlist.least_chance",
            value=float(first["chance"].min()),
            n=ranked,
            unit="share",
            source="modelled",
            text=f"Each of them belongs to the best {len(first)} with a chance of {_chance(first['chance'].min(), write)} or more.",
        ),
    ]
    asked = first["cost"].dropna()
    if len(asked):
        figures.append(
            Figure(
                id="start.shortlist.cost",
                value=float(asked.sum()),
                n=len(asked),
                unit=brief.budget.currency,
                source="quoted",
                text=_together(first, brief),
            )
        )
    rows = first[["creator", "followers", "posts", "rate", "low", "high", "fee", "chance"]].to_dict("records")
    return Outcome(
        chapter="start", status="done", answer=str(first_answer(table, brief)), figures=tuple(figures), tables={"shortlist": rows}
    )


def _count(name: str, value: float, n: int, text: str) -> Figure:
    return Figure(id=f"start.{name}", value=float(value), n=n, unit="count", source="measured", text=text)
