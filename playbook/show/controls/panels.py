"""What each chapter lets one play with: one row a chapter. The fields' kinds, limits and help come from the brief's models.

A panel's `shows` yields the sentence first: it appears while charts are still being drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

import playbook
from playbook import show
from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.errors import PlaybookError
from playbook.findings import Missing
from playbook.show.controls.fields import Try, Turn
from playbook.wording import handle

Tried = Mapping[str, Any]
Shows = Callable[[Dataset, Brief, Tried], Iterable[Any]]


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One chapter's panel.

    Attributes
    ----------
    turn : tuple of Turn or Try
        In the order in which they stand.
    shows : callable
        From data, brief and what is tried to the sentence and what to draw below it.
    longer : (label, callable), optional
        What takes seconds, behind a button; the callable's `Iterable` may pass on progress between its results.
    """

    turn: tuple[Turn | Try, ...]
    shows: Shows
    longer: tuple[str, Shows] | None = None


def _start(data: Dataset, brief: Brief, tried: Tried) -> Iterable[Any]:
    candidates = playbook.start.candidates(data, brief)
    yield show.say(playbook.start.first_answer(candidates, brief))
    yield show.start.shortlist_chart(candidates, brief)
    yield show.start.shortlist_table(playbook.start.shortlist(candidates, brief), brief)


def _goals(data: Dataset, brief: Brief, tried: Tried) -> Iterable[Any]:
    plan = playbook.goals.plan(data, brief)
    yield show.say(playbook.goals.possible_sentence(plan, brief))
    yield show.say(playbook.goals.time_sentence(plan, data, brief))
    yield show.goals.budget_chart(plan, brief)
    yield show.goals.funnel_table(plan, brief)


def _creators(data: Dataset, brief: Brief, tried: Tried) -> Iterable[Any]:
    keep = {facet: tried[facet] for facet in ("platform", "tier", "niche", "country", "language")}
    found = playbook.creators.matching(
        data, brief, keep=keep, fewest=tried["fewest"], most=tried["most"], posted_within=tried["posted_within"]
    )
    yield show.say(playbook.creators.matching_sentence(found, brief))
    yield show.creators.matching_table(found, brief)
    card = playbook.creators.card(data, brief, tried["creator"])
    yield show.creators.card_table(card, brief)
    yield show.creators.card_chart(card, brief)


def _why_micro(data: Dataset, brief: Brief, tried: Tried) -> Iterable[Any]:
    yield show.say(playbook.why_micro.price(playbook.why_micro.several(data, brief), brief))
    yield show.why_micro.surface_chart(playbook.why_micro.surface(data, brief), brief)
    yield show.why_micro.several_table(playbook.why_micro.several(data, brief), brief)


def _engagement(data: Dataset, brief: Brief, tried: Tried) -> Iterable[Any]:
    expected = playbook.engagement.expected(data, brief)
    if not isinstance(expected, Missing) and tried["tier"]:
        expected = expected[expected["tier"].isin(tried["tier"])].reset_index(drop=True)
        if expected.empty:
            expected = Missing(needs=("posts",), text="No creator of these size classes has posts that count; choose others.")
    ranking = expected if isinstance(expected, Missing) else playbook.engagement.ranking(expected, brief)
    yield show.say(playbook.engagement.order(ranking, brief))
    yield show.engagement.rates_chart(expected, brief)
    yield show.engagement.ranking_table(ranking, brief)


def _trust(data: Dataset, brief: Brief, tried: Tried) -> Iterable[Any]:
    screened = playbook.trust.screen(data, brief)
    flags = playbook.trust.from_screen(screened, brief)
    parts = playbook.trust.reweighed(playbook.trust.parts(screened, brief), {kind: tried[kind] for kind in _KINDS})
    scored = playbook.trust.rescored(playbook.trust.scores(screened, data, brief), parts)
    yield show.say(playbook.trust.about_sentence(tried["creator"], flags, scored, brief))
    yield show.trust.score_chart(parts, scored, brief, creator=tried["creator"])
    own = flags if isinstance(flags, Missing) else flags[flags["creator"] == tried["creator"]]
    for strength in ("strong", "weak"):
        if isinstance(own, Missing) or (own["strength"] == strength).any():
            yield show.trust.flags_table(own, brief, strength=strength)
    yield show.trust.scores_table(scored, brief, top=8)


def _fit(data: Dataset, brief: Brief, tried: Tried) -> Iterable[Any]:
    scored = playbook.fit.scores(data, brief)
    steady = playbook.fit.stability(scored, brief)
    yield show.say(playbook.fit.answer(scored, steady, brief))
    yield show.fit.stability_chart(steady, brief)
    yield show.fit.scores_table(scored, brief)


def _costs(data: Dataset, brief: Brief, tried: Tried) -> Iterable[Any]:
    opens, stops = sorted((tried["opens"] / 100, tried["stops"] / 100))
    fairness = playbook.costs.fairness(data, brief, opens=opens, stops=stops)
    yield show.say(playbook.costs.talk_sentence(fairness, tried["creator"], brief))
    yield show.say(playbook.costs.cost_sentence(playbook.costs.full(data, brief), brief))
    yield show.costs.curve_chart(playbook.costs.own_curve(data, brief), data, brief)
    yield show.costs.fairness_table(fairness, brief)


def _portfolio(data: Dataset, brief: Brief, tried: Tried) -> Iterable[Any]:
    choice = playbook.portfolio.choose(data, brief)
    yield show.say(playbook.portfolio.answer(choice, brief))
    yield show.portfolio.choice_table(choice, brief)


def _portfolio_longer(data: Dataset, brief: Brief, tried: Tried) -> Iterable[Any]:
    choice = playbook.portfolio.choose(data, brief)
    frontier = playbook.portfolio.frontier(choice, brief)
    yield show.say(playbook.portfolio.frontier_sentence(frontier, choice, brief))
    yield show.portfolio.frontier_chart(frontier, choice, brief)


def _outreach(data: Dataset, brief: Brief, tried: Tried) -> Iterable[Any]:
    listed = playbook.outreach.shortlist(data, brief)
    yield show.say(playbook.outreach.shortlist_sentence(listed, brief))
    if isinstance(listed, Missing):
        return
    letters = playbook.outreach.letters(data, brief, listed=listed[listed["creator"] == tried["creator"]])
    if isinstance(letters, Missing) or not letters:
        yield show.say(f"{handle(tried['creator'])} is not on the shortlist with these settings; choose somebody who is.")
    else:
        yield show.outreach.letter(letters[0], brief)
    yield show.outreach.shortlist_table(listed, brief)


def _results(data: Dataset, brief: Brief, tried: Tried) -> Iterable[Any]:
    from playbook.results.chance import profit_chance, profit_sentence

    by_creator = playbook.results.per_creator(data, brief, expect=False)
    yield show.say(profit_sentence(profit_chance(by_creator, brief), brief))
    sales = playbook.results.sales(data, brief)
    yield show.say(playbook.results.sales_sentence(sales, brief))
    yield show.results.bridge_chart(sales, brief)
    yield show.results.returns_table(sales, brief)


# ---------------------------------------------------------------- what the data offers to choose from


def _everybody(data: Dataset, brief: Brief) -> list[tuple[str, str]]:
    keys = sorted(data.creators["creator"].dropna().unique()) if data.has("creators") else []
    twice = {h for h, n in pd.Series([handle(k) for k in keys], dtype="str").value_counts().items() if n > 1}
    return [(k if handle(k) in twice else handle(k), k) for k in keys]


def _facet(name: str) -> Callable[[Dataset, Brief], list[tuple[str, str]]]:
    return lambda data, brief: [(value.replace("_", " "), value) for value in playbook.creators.choices(data, brief, name)]


def _tiers(data: Dataset, brief: Brief) -> list[tuple[str, str]]:
    return [(name, name) for name in brief.tiers.names]


def _shortlisted(data: Dataset, brief: Brief) -> list[tuple[str, str]]:
    listed = playbook.outreach.shortlist(data, brief)
    return [] if isinstance(listed, Missing) else [(handle(k), k) for k in listed["creator"]]


def _quoting(data: Dataset, brief: Brief) -> list[tuple[str, str]]:
    quoted = set(data.quotes.loc[data.quotes["fee"].notna(), "creator"])
    return [(label, key) for label, key in _everybody(data, brief) if key in quoted]


def _lowest(data: Dataset, brief: Brief) -> str | None:
    scored = playbook.trust.scores(playbook.trust.screen(data, brief), data, brief)
    return None if isinstance(scored, Missing) or scored.empty else str(scored["creator"].iloc[0])


def _dearest(data: Dataset, brief: Brief) -> str | None:
    found = playbook.costs.fairness(data, brief)
    if isinstance(found, Missing):
        return None
    talks = found[found["open"].notna()]
    return str((talks if len(talks) else found)["creator"].iloc[0])


def _example(data: Dataset, brief: Brief) -> str | None:
    try:
        card = playbook.creators.card(data, brief)
    except PlaybookError:
        return None
    return None if isinstance(card, Missing) else card.creator


_KINDS = {
    "followers": "questions about followers",
    "engagement": "questions about engagement",
    "comments": "questions about comments",
    "profile": "questions about the profile",
}
_CREATOR = {"name": "creator", "label": "Creator", "kind": "choice", "options": _everybody}

PANELS: dict[str, Panel] = {
    "start": Panel(
        turn=(
            Turn(path="tiers.micro", label="Micro begins at"),
            Turn(path="tiers.macro", label="Macro begins at"),
            Turn(path="budget.amount", label="Budget"),
            Turn(path="start.shortlist", label="Names to show", high=20),
        ),
        shows=_start,
    ),
    "goals": Panel(
        turn=(
            Turn(path="goal.kind"),
            Turn(path="goal.target"),
            Turn(path="goal.deadline"),
            Turn(path="budget.amount", label="Budget"),
            Turn(path="goals.posts_per_creator", high=20),
            Turn(path="goals.reach_rate"),
            Turn(path="economics.click_rate"),
            Turn(path="economics.conversion_rate"),
            Turn(path="economics.follow_rate"),
        ),
        shows=_goals,
    ),
    "creators": Panel(
        turn=(
            *(
                Try(name=name, label=name.capitalize(), help=f"{name}s that pass; none chosen: all", kind="choices", options=_facet(name))
                for name in ("platform", "tier", "niche", "country", "language")
            ),
            Try(
                name="fewest",
                label="Followers from",
                help="fewest followers that pass; empty: no limit",
                kind="number",
                optional=True,
                low=0,
            ),
            Try(name="most", label="Followers to", help="most followers that pass; empty: no limit", kind="number", optional=True, low=0),
            Try(
                name="posted_within",
                label="Posted within (days)",
                help="days before the data's last in which the latest post must lie; empty: no limit",
                kind="number",
                optional=True,
                low=0,
            ),
            Try(**_CREATOR, help="whose card to see", start=_example),
        ),
        shows=_creators,
    ),
    "why_micro": Panel(
        turn=(
            Turn(path="tiers.micro", label="Micro begins at"),
            Turn(path="tiers.macro", label="Macro begins at"),
            Turn(path="portfolio.overlap"),
            Turn(path="budget.hours_per_creator", high=40),
            Turn(path="budget.hourly_cost"),
            Turn(path="why_micro.min_posts", high=30),
        ),
        shows=_why_micro,
    ),
    "engagement": Panel(
        turn=(
            Turn(path="engagement.window"),
            Turn(path="engagement.definition"),
            Turn(path="engagement.mature_hours"),
            Turn(path="statistics.level", label="Level of intervals"),
            Try(name="tier", label="Size classes", help="size classes to rank; none chosen: all", kind="choices", options=_tiers),
        ),
        shows=_engagement,
    ),
    "trust": Panel(
        turn=(
            Try(**_CREATOR, help="whose evidence to see", start=_lowest),
            Turn(path="trust.false_alarms"),
            Turn(path="trust.jump_z"),
            Turn(path="trust.following_ratio", high=10),
            Turn(path="trust.least_score"),
            Turn(path="trust.weights", label="Weights of checks"),
            *(
                Try(
                    name=name,
                    label=f"Weight: {text.removeprefix('questions about ')}",
                    help=f"how much {text} count, as a multiple of their weight; 0 leaves them out",
                    kind="slider",
                    start=1.0,
                    low=0,
                    high=2,
                    step=0.1,
                )
                for name, text in _KINDS.items()
            ),
        ),
        shows=_trust,
    ),
    "fit": Panel(
        turn=(
            Turn(path="fit.weight_audience"),
            Turn(path="fit.weight_niche"),
            Turn(path="fit.weight_values"),
            Turn(path="fit.top", high=50),
        ),
        shows=_fit,
    ),
    "costs": Panel(
        turn=(
            Try(name="creator", label="Creator", help="whose quote to talk about", kind="choice", options=_quoting, start=_dearest),
            Try(
                name="opens",
                label="Open at (percentile)",
                help="place among your quotes, for its size, at which to open the talk, 0-100",
                kind="slider",
                start=25,
                low=0,
                high=100,
                step=5,
            ),
            Try(
                name="stops",
                label="Stop at (percentile)",
                help="place among your quotes, for its size, at which to stop, 0-100",
                kind="slider",
                start=75,
                low=0,
                high=100,
                step=5,
            ),
            Turn(path="costs.price_source"),
            Turn(path="costs.posts_per_creator", high=20),
            Turn(path="budget.product_cost"),
            Turn(path="budget.hours_per_creator", high=40),
            Turn(path="budget.hourly_cost"),
        ),
        shows=_costs,
    ),
    "portfolio": Panel(
        turn=(
            Turn(path="budget.amount", label="Budget"),
            Turn(path="portfolio.max_creators", high=60),
            Turn(path="portfolio.max_share", label="Most for one creator"),
            Turn(path="portfolio.tiers", label="Size classes", options=_tiers),
            Turn(path="portfolio.quotas", label="How many of which"),
            Turn(path="portfolio.must", label="Must be in", options=_everybody),
            Turn(path="portfolio.never", label="Never", options=_everybody),
            Turn(path="portfolio.min_fit"),
            Turn(path="portfolio.overlap"),
            Turn(path="portfolio.leave_flagged"),
        ),
        shows=_portfolio,
        longer=("What more money would buy", _portfolio_longer),
    ),
    "outreach": Panel(
        turn=(
            Try(
                name="creator",
                label="Creator",
                help="whom to write to",
                kind="choice",
                options=_shortlisted,
                start=lambda data, brief: next(iter(dict(map(reversed, _shortlisted(data, brief)))), None),
            ),
            Turn(path="brand.name", label="Brand"),
            Turn(path="goal.starts"),
            Turn(path="goal.deadline"),
            Turn(path="outreach.language", label="Language of letters"),
            Turn(path="outreach.code_suffix"),
            Turn(path="outreach.utm_campaign"),
            Turn(path="outreach.creators", label="Creators on the list", high=30),
        ),
        shows=_outreach,
    ),
    "results": Panel(
        turn=(
            Turn(path="results.attribution"),
            Turn(path="results.window", label="Attribution window", high=90),
            Turn(path="economics.gross_margin"),
            Turn(path="economics.incremental_share", label="Share that is extra"),
            Turn(path="economics.shipping_per_order"),
            Turn(path="budget.hours_per_creator", high=40),
            Turn(path="budget.hourly_cost"),
        ),
        shows=_results,
    ),
}
