"""Choosing: the best set within the budget, its certificate, and what to expect of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from playbook import goals
from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing
from playbook.memo import remembered
from playbook.portfolio.audience import Audience, panel, pools
from playbook.portfolio.candidates import Candidates, candidates, response
from playbook.portfolio.forecast import Draws, simulate
from playbook.portfolio.limits import Group, groups
from playbook.portfolio.optimise import CLOSED, LONG, NEAR, Limits, Solution, best_set
from playbook.portfolio.overlap import Overlap, overlap

# how often the budget is halved in the search for the most profitable spend
SPLITS = 24
# how sure the bounds for any overlap are
SURE = 0.99
UNITS = {"awareness": "people reached", "followers": "new followers", "sales": "orders"}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The best set within the budget.

    Attributes
    ----------
    chosen : DataFrame
        Largest contribution first: `creator`, `option`, `deliverable`, `tier`, `niche`, `followers`, `cost`, `fee`, `fee_source`,
        `reach`, `reach_source`, `people`, `adds` (what the set would lose without the creator, in people), `fit`.
    cost : float
        Of the whole set, in the budget's currency; `cost_low`, `cost_high` with its interval.
    goal, unit : str
        What `value` counts: people reached (in the target group), new followers, orders, engagements, or money left after all costs.
    value, value_middle, value_low, value_high : float
        Expected; middle and interval of single campaigns, with their season and their posts' luck.
    upper_bound, gap : float
        The most that any set within the limits could reach, in the same unit and the same model, and the share of it that this set
        may miss.
    people, people_low, people_high : float
        People reached at least once, in the target group or not, in a usual season; the interval says how well that is known.
    least, most : float
        Bounds on `people` for any overlap whatever (see :func:`identified`).
    probability : float
        Share of simulated campaigns in which the goal's target is reached.
    within_budget : float
        Share of simulated campaigns whose fees stay within the budget; 1 where all fees are quoted.
    method : {'exact', 'best found'}
    model : str
        One sentence on where overlap comes from.
    note : str
        What had to be assumed.
    left_out : DataFrame
        `creator`, `reason`: those who could not be considered.
    """

    chosen: pd.DataFrame
    cost: float
    cost_low: float
    cost_high: float
    budget: float
    goal: str
    unit: str
    target: float
    value: float
    value_middle: float
    value_low: float
    value_high: float
    level: float
    upper_bound: float
    gap: float
    people: float
    people_low: float
    people_high: float
    least: float
    most: float
    probability: float
    method: str
    model: str
    note: str
    considered: int
    left_out: pd.DataFrame
    within_budget: float
    problem: Problem = field(repr=False)

    @property
    def creators(self) -> list[str]:
        """Keys of the chosen creators, sorted."""
        return sorted(self.chosen["creator"])

    @property
    def options(self) -> list[str]:
        """The chosen options, sorted: a creator, or a creator's other deliverable."""
        return sorted(self.chosen["option"])


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Everything the choice was made from, for the questions that follow it."""

    candidates: Candidates
    shared: Overlap
    audience: Audience
    cents: np.ndarray
    limits: Limits
    per_person: float
    time_limit: float
    profit: bool = False

    @property
    def long(self) -> bool:
        """Whether there are so many creators that questions after the first are answered by the quick search, with its bound."""
        return int((self.cents <= self.limits.budget).sum()) > LONG

    def solve(
        self, *, budget: float | None = None, without: str | None = None, start: np.ndarray | None = None, quick: bool = False
    ) -> Solution | None:
        """Return the best set at another budget, or without one creator; `quick` on a long list, and from a set that is known."""
        limits, audience, cents = self.limits, self.audience, self.cents
        if budget is not None:
            limits = Limits(budget=to_cents(budget), most=limits.most, must=limits.must, groups=limits.groups)
        if without is not None:
            cents = cents.copy()
            # dearer than any budget: the creator stays in its place and is never taken
            cents[(self.candidates.table["creator"] == without).to_numpy()] = limits.budget + 1
        return best_set(audience, cents, limits, time_limit=self.time_limit, search=not (quick and self.long), start=start)

    def best(self, *, budget: float | None = None, **how: Any) -> tuple[np.ndarray, float, float] | None:
        """Return the best set's positions, its value and a proven upper bound, both in the goal's unit; None where nothing fits.

        Profit is what people reached leave, less what the set costs. More is not always better then: with `b` the spend, no set that
        costs between `a` and `b` leaves more than the bound at budget `b` less `a`. Budgets are halved where that bound is highest,
        until it meets the best set found.
        """
        if not self.profit:
            found = self.solve(budget=budget, **how)
            return found and (found.chosen, found.value * self.per_person, found.upper_bound * self.per_person)
        best: tuple[np.ndarray, float] | None = None

        def bound_at(spend: float) -> float:
            nonlocal best
            found = self.solve(budget=spend, **how)
            if found is None:
                return -np.inf
            left = found.value * self.per_person - float(self.cents[found.chosen].sum()) / 100
            if best is None or left > best[1]:
                best = found.chosen, left
            return found.upper_bound * self.per_person

        high = self.limits.budget / 100 if budget is None else budget
        least = float(self.cents[list(self.limits.must)].sum()) / 100
        open_ = [(bound_at(high) - least, least, high)]
        for _ in range(SPLITS):
            upper, low, high = max(open_)
            if best is None or upper <= best[1] + NEAR * abs(best[1]) + 0.01:
                break
            open_.remove((upper, low, high))
            middle = round((low + high) / 2, 2)
            open_ += [(bound_at(middle) - low, low, middle), (upper + low - middle, middle, high)]
        return best and (*best, max(best[1], max(open_)[0]))

    def positions(self, options: list[str]) -> np.ndarray:
        """Return the places of options in the candidates table, ascending."""
        return np.flatnonzero(self.candidates.table["option"].isin(options))

    def value(self, options: list[str]) -> float:
        """Return what a set brings in this model, in the goal's unit."""
        at = self.positions(options)
        spent = float(self.candidates.table["cost"].iloc[at].sum()) if self.profit else 0.0
        return self.audience.reached(at) * self.per_person - spent if options else 0.0

    def draws(self, options: list[str], brief: Brief, *, shock: float = 1.0, only: str | None = None, usual: bool = False) -> Draws:
        """Simulate campaigns with these options."""
        table = self.candidates.table
        middle = float(table["target_share"].median())
        mine = table[table["option"].isin(options)]
        return simulate(mine, self.shared, brief, per_person=self.per_person, shock=shock, middle=middle, only=only, usual=usual)


# dearer than any budget: whoever costs this stays in its place and is never taken
OUT_OF_REACH = 10**13


def to_cents(amount: float) -> int:
    """Return whole cents, so that sums of costs are exact.

    >>> to_cents(0.1) + to_cents(0.2) == to_cents(0.3)
    True
    """
    return round(amount * 100)


def problem(data: Dataset, brief: Brief) -> Problem | Missing:
    """Set up the choice: candidates, overlap, limits."""
    if brief.portfolio.maximise == "profit" and not np.isfinite(goals.break_even(brief)):
        text = "Profit needs what an order leaves: set order_value and gross_margin under economics."
        return Missing(needs=("economics",), text=text)
    if not response(data, brief)[0] > 0:
        text = "With a rate of 0 in economics nobody who is reached counts: set follow_rate, or click_rate and conversion_rate."
        return Missing(needs=("economics",), text=text)
    found = candidates(data, brief)
    return found if isinstance(found, Missing) else set_up(found, overlap(data, brief, found.table[found.table["main"]]), brief)


def set_up(found: Candidates, shared: Overlap, brief: Brief) -> Problem:
    """Set up the choice among given candidates under a given overlap."""
    table = found.table
    many = table.loc[table["option"] != table["creator"], "creator"].unique()
    # one deliverable of each creator at most; of a creator who must be in, exactly one
    alternatives = tuple(_alternatives(table, creator) for creator in sorted(many))
    must = tuple(np.flatnonzero(table["must"] & ~table["creator"].isin(many)).tolist())
    able = table["eligible"] & ~table["too_large"]
    asked = groups(brief.portfolio.quotas, table)
    return Problem(
        candidates=found,
        shared=shared,
        audience=audience_of(table, shared, brief),
        # a cost is rounded up to the cent, so that no set is over budget by rounding
        cents=np.where(able, np.ceil(table["cost"].to_numpy() * 100 - 1e-6), OUT_OF_REACH).astype(np.int64),
        limits=Limits(budget=to_cents(brief.budget.amount), most=brief.portfolio.max_creators, must=must, groups=asked + alternatives),
        per_person=found.per_person,
        time_limit=brief.portfolio.time_limit,
        profit=brief.portfolio.maximise == "profit",
    )


def _alternatives(table: pd.DataFrame, creator: str) -> Group:
    mine = table["creator"] == creator
    return tuple(np.flatnonzero(mine).tolist()), int(table.loc[mine, "must"].any()), 1


def audience_of(table: pd.DataFrame, shared: Overlap, brief: Brief) -> Audience:
    """Return the audience model of the candidates, counting the people who matter for the goal."""
    if brief.portfolio.maximise == "engagements":
        # engagements add up: somebody who likes two posts has engaged twice
        from scipy.sparse import identity

        return panel(identity(len(table), format="csr"), table["people"].to_numpy(dtype=float), merge=False)
    return counted_audience(
        table["people"].to_numpy(dtype=float),
        table["reach"].to_numpy(dtype=float),
        table["followers"].fillna(0).to_numpy(dtype=float),
        table["niche"].to_numpy(dtype=str),
        shared.sizes,
        brief.market.population,
        brief.portfolio.contacts,
    )


def counted_audience(
    people: np.ndarray,
    reach: np.ndarray,
    followers: np.ndarray,
    niche: np.ndarray,
    sizes: dict[str, float],
    population: float | None,
    contacts: int = 1,
) -> Audience:
    """Return the audience model when `people` of those reached count: a niche's pool counts in the same proportion as its creators'
    people."""
    names, cell = np.unique(niche, return_inverse=True)
    reached = np.bincount(cell, weights=reach, minlength=len(names))
    part = np.divide(np.bincount(cell, weights=people, minlength=len(names)), reached, out=np.ones(len(names)), where=reached > 0)
    counted = {str(name): sizes[str(name)] * float(share) for name, share in zip(names, part, strict=True)}
    return pools(people, niche, np.maximum(followers, reach) * part[cell], counted, population, contacts)


def identified(reach: np.ndarray, population: float = np.inf) -> tuple[float, float]:
    """Return bounds on the people reached that hold for any overlap, with the uncertainty of reach itself: 99 % of campaigns lie inside.

    Never fewer than the largest audience, never more than the sum or the population.

    Parameters
    ----------
    reach : array (draws, creators)

    Examples
    --------
    >>> identified(np.array([[100.0, 50.0]]), 120)
    (100.0, 120.0)
    """
    edge = (1 - SURE) / 2
    least = np.quantile(reach.max(axis=1), edge)
    most = np.quantile(np.minimum(reach.sum(axis=1), population), 1 - edge)
    return float(min(least, population)), float(most)


def campaign_people(choice: Choice, brief: Brief) -> tuple[float, float]:
    """Return the interval of people reached by a single campaign: with its season, and the luck of its posts."""
    ends = [(1 - choice.level) / 2, (1 + choice.level) / 2]
    low, high = np.quantile(choice.problem.draws(choice.options, brief).unique(choice.options), ends)
    return float(low), float(high)


def reach_model(table: pd.DataFrame, shared: Overlap, brief: Brief) -> Audience:
    """Return the audience model in which everybody counts alike, reached once."""
    plain = brief.portfolio.model_copy(update={"maximise": "goal", "contacts": 1})
    return audience_of(table.assign(people=table["reach"]), shared, brief.model_copy(update={"portfolio": plain}))


@remembered
def choose(data: Dataset, brief: Brief) -> Choice | Missing:
    """Return the best set of creators within the budget.

    What is made as large as possible follows from the goal: people of the target group reached at least once (awareness), new
    followers (people reached times `economics.follow_rate`), or orders (people reached times click and conversion rate). Limits:
    budget, `tiers`, `quotas`, `max_share`, `max_creators`, `must`, `never`, `min_fit`, `leave_flagged`. Interval and probability come
    from simulated campaigns (see :func:`forecast`).

    Returns
    -------
    Choice, or Missing where nobody can be chosen.

    Raises
    ------
    BadCall
        Where `must` or `never` name somebody unknown.
    """
    given = problem(data, brief)
    if isinstance(given, Missing):
        return given
    best = given.best()
    if best is not None and given.profit and best[1] <= 0 and not given.candidates.table["must"].any():
        text = (
            "No set within your limits earns more than it costs, at the rates and the margin of your brief: spend nothing, or revise them."
        )
        return Missing(needs=("economics",), text=text)
    if best is None or not len(best[0]):
        musts = sorted(set(given.candidates.table.loc[given.candidates.table["must"], "creator"]))
        if brief.portfolio.quotas and set_up(given.candidates, given.shared, without_quotas(brief)).best() is not None:
            text = f"No set keeps to portfolio.quotas ({brief.portfolio.quotas}) within the budget: loosen a rule, or raise the budget."
            return Missing(needs=("budget",), text=text)
        why = f"the {len(musts)} creators you want in the set" if musts else "even the cheapest creator"
        return Missing(
            needs=("budget",),
            text=f"The budget or the limit of {brief.portfolio.max_creators} creators does not allow {why}: raise one of them.",
        )
    return _choice(given, best, brief)


def without_quotas(brief: Brief) -> Brief:
    """Return the brief with no quotas."""
    return brief.model_copy(update={"portfolio": brief.portfolio.model_copy(update={"quotas": ""})})


def _choice(given: Problem, best: tuple[np.ndarray, float, float], brief: Brief) -> Choice:
    table = given.candidates.table
    at, value, upper = best
    gap = max(0.0, 1 - value / upper) if upper > 0 else 0.0
    chosen = table.iloc[at].copy()
    whole = given.audience.reached(at)
    chosen["adds"] = [whole - given.audience.reached(at[at != i]) for i in at]
    creators = sorted(chosen["option"])
    draws = given.draws(creators, brief)
    level = brief.statistics.level
    ends = [(1 - level) / 2, (1 + level) / 2]
    values = draws.value(creators)
    value_low, value_high = np.quantile(values, ends)
    people_low, people_high = np.quantile(given.draws(creators, brief, usual=True).unique(creators), ends)
    spent = draws.spent(creators)
    cost_low, cost_high = np.quantile(spent, ends)
    additive = brief.portfolio.maximise == "engagements"
    plain = brief.portfolio.maximise == "goal"
    everybody = reach_model(table, given.shared, brief)
    least, most = identified(draws.reach, draws.population)
    columns = [
        "creator",
        "option",
        "deliverable",
        "tier",
        "niche",
        "followers",
        "cost",
        "fee",
        "fee_source",
        "reach",
        "reach_source",
        "people",
        "adds",
        "fit",
    ]
    return Choice(
        chosen=chosen[columns].sort_values(["adds", "creator"], ascending=[False, True], ignore_index=True),
        cost=float(chosen["cost"].sum()),
        cost_low=float(cost_low),
        cost_high=float(cost_high),
        budget=brief.budget.amount,
        goal=brief.goal.kind,
        unit=UNITS[brief.goal.kind] if plain else "engagements" if additive else f"{brief.budget.currency} of profit",
        target=brief.goal.target if plain else np.nan,
        value=given.value(creators),
        value_middle=float(np.median(values)),
        value_low=float(value_low),
        value_high=float(value_high),
        level=level,
        upper_bound=upper,
        gap=gap,
        people=everybody.reached(at),
        people_low=float(people_low),
        people_high=float(people_high),
        least=least,
        most=most,
        probability=float(np.mean(values >= brief.goal.target)) if plain else np.nan,
        method="exact" if gap <= 2 * CLOSED else "best found",
        model=given.shared.text,
        note=" ".join(given.candidates.notes),
        considered=int(table.loc[table["affordable"], "creator"].nunique()),
        left_out=given.candidates.left_out,
        within_budget=float(np.mean(spent <= brief.budget.amount * (1 + 1e-9))),
        problem=given,
    )
