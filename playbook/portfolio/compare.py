"""What people usually do with the budget, beside the best set; the frontier; swaps; how stable the choice is."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.findings import Missing
from playbook.portfolio.choice import Choice, audience_of, to_cents
from playbook.portfolio.forecast import chance
from playbook.portfolio.optimise import greedy
from playbook.wording import handle, listed

HABITS = {
    "best set": "this chapter's set",
    "one macro": "the most followed macro that the budget can pay, and nobody else",
    "top by followers": "down the list by followers, taking whoever still fits the budget",
    "top by engagement rate": "down the list by engagement rate, taking whoever still fits the budget",
    "cheapest first": "up the list by cost, until the budget is spent",
    "even over sizes": "round the size classes, the highest engagement rate of each in turn",
}
STEPS = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)


def passes_missing(function: Callable) -> Callable:
    """Hand on what is missing, instead of asking further questions about a set that there is not."""

    @functools.wraps(function)
    def passed(result: Any, *args: Any, **kwargs: Any) -> Any:
        return result if isinstance(result, Missing) else function(result, *args, **kwargs)

    return passed


@passes_missing
def compare(choice: Choice, brief: Brief) -> pd.DataFrame:
    """Return what usual ways of choosing would bring with the same money, the same candidates and the same overlap.

    Parameters
    ----------
    choice : Choice

    Returns
    -------
    DataFrame
        The best set first, then by value: `way`, `how`, `creators` (number), `who` (keys), `cost`, `value`, `low`, `high` (in
        `choice.unit`, interval at the brief's level), `less` (share of the best set's value that is lost), `beaten` (share of
        simulated campaigns in which the best set brings more; the same campaigns for both). A way that the budget does not allow
        has 0 creators and no value.
    """
    table = choice.problem.candidates.table
    sets = {"best set": choice.options} | {way: _habit(way, choice) for way in HABITS if way != "best set"}
    draws = choice.problem.draws(sorted(set().union(*sets.values())), brief)
    level = brief.statistics.level
    best = draws.value(choice.options)
    rows = []
    for way, who in sets.items():
        if not who:
            rows.append({"way": way, "how": HABITS[way], "creators": 0, "who": ()})
            continue
        values = draws.value(who)
        low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
        value = choice.problem.value(who)
        rows.append(
            {
                "way": way,
                "how": HABITS[way],
                "creators": len(who),
                "who": tuple(who),
                "cost": float(table.loc[table["option"].isin(who), "cost"].sum()),
                "value": value,
                "low": float(low),
                "high": float(high),
                "less": 1 - value / choice.value if choice.value else np.nan,
                "beaten": np.nan if way == "best set" else float(np.mean(best > values)),
            }
        )
    columns = ["way", "how", "creators", "who", "cost", "value", "low", "high", "less", "beaten"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["first"] = frame["way"] != "best set"
    return frame.sort_values(["first", "value", "way"], ascending=[True, False, True], ignore_index=True)[columns]


def _habit(way: str, choice: Choice) -> list[str]:
    given = choice.problem
    # usual ways know one deliverable a creator
    table = given.candidates.table.assign(cents=given.cents)
    table = table[table["main"]]
    if way == "one macro":
        # of any size class, whatever may be chosen: it is what the set is compared with
        large = table[table["tier"].astype("object").isin(_large(table)) & (table["cost"] <= given.limits.budget / 100)]
        return large.dropna(subset="followers").sort_values(["followers", "creator"], ascending=[False, True]).head(1)["creator"].tolist()
    table = table[table["affordable"]]
    order = {
        "top by followers": ["followers", "creator"],
        "top by engagement rate": ["rate", "creator"],
        "cheapest first": ["cents", "creator"],
        "even over sizes": ["rate", "creator"],
    }[way]
    ranked = table.dropna(subset=order[0]).sort_values(order, ascending=[way == "cheapest first", True])
    if way == "even over sizes":
        ranked = ranked.assign(turn=ranked.groupby("tier", observed=True).cumcount()).sort_values(["turn", "tier", "creator"])
    taken = set(table.loc[table["must"], "creator"])
    left = given.limits.budget - int(table.loc[table["must"], "cents"].sum())
    for row in ranked.itertuples():
        if row.creator not in taken and row.cents <= left and len(taken) < given.limits.most:
            taken.add(row.creator)
            left -= row.cents
    return sorted(taken)


def _large(table: pd.DataFrame) -> list[str]:
    names = list(table["tier"].cat.categories)
    return names[names.index("macro") :]


@passes_missing
def compare_sentence(compared: pd.DataFrame, choice: Choice, brief: Brief) -> str:
    """Say how much the usual ways lose, in one or two sentences."""
    from playbook.wording import wording

    write = wording(brief)
    rest = compared[(compared["way"] != "best set") & compared["value"].notna()]
    if rest.empty:
        return "The budget allows none of the usual ways of choosing, so there is nothing to compare with."
    nearest = rest.iloc[0]
    if set(nearest["who"]) == set(choice.options):
        return f"Choosing {nearest['way']} happens to give the same set with this budget, so nothing is gained over it."
    text = f"The nearest usual way is {nearest['way']}: it brings {write.count(nearest['value'])} {choice.unit}, "
    if nearest["less"] > 0.005:
        text += f"{write.share(nearest['less'])} less for at most the same money"
    elif nearest["less"] < -0.005:
        text += f"{write.share(-nearest['less'])} more, because it ignores your limits"
    else:
        text += "the same to half a per cent"
    text += f", and the best set beats it in {chance(nearest['beaten'])} of the simulated campaigns."
    macro = rest[rest["way"] == "one macro"]
    if len(macro) and nearest["way"] != "one macro":
        one = macro.iloc[0]
        text += f" One macro ({handle(one['who'][0])}) brings {write.count(one['value'])}, {write.share(max(one['less'], 0))} less."
    elif macro.empty or not len(macro):
        text += " No macro on your list can be had for this budget."
    return text


@passes_missing
def frontier(choice: Choice, brief: Brief) -> pd.DataFrame:
    """Return the best value at smaller and larger budgets, and what the next unit of money buys.

    Returns
    -------
    DataFrame
        Ascending by `budget`: `budget`, `creators`, `cost`, `value`, `upper_bound` (in `choice.unit`), `per_unit` (value that each
        further unit of money buys up to the next row; missing in the last).
    """
    given = choice.problem
    place = given.positions(choice.options)
    rows = []
    for step in STEPS:
        budget = choice.budget * step
        if step == 1:
            count = len(choice.options)
            known = {"cost": choice.cost, "value": choice.value, "upper_bound": choice.upper_bound}
            rows.append({"budget": budget, "creators": count, **known})
            continue
        best = given.best(budget=budget, quick=True, start=place if step > 1 else None)
        if best is None:
            continue
        at, value, upper = best
        cost = float(given.candidates.table["cost"].iloc[at].sum())
        rows.append({"budget": budget, "creators": len(at), "cost": cost, "value": value, "upper_bound": upper})
    out = pd.DataFrame(rows, columns=["budget", "creators", "cost", "value", "upper_bound"])
    # at the time limit a smaller budget's set may be the better one; it is allowed at the larger budget too
    out["value"] = out["value"].cummax()
    out["per_unit"] = (out["value"].diff() / out["budget"].diff()).shift(-1)
    return out


@passes_missing
def frontier_sentence(points: pd.DataFrame, choice: Choice, brief: Brief) -> str:
    """Say what a quarter more money would buy."""
    from playbook.wording import wording

    write = wording(brief)
    at = points.index[np.isclose(points["budget"], choice.budget)]
    if not len(at) or at[0] + 1 >= len(points):
        return "Your data cannot tell what more money would buy."
    here, there = points.loc[at[0]], points.loc[at[0] + 1]
    more = there["value"] - here["value"]
    if more <= 0:
        return f"A budget of {write.money(there['budget'])} would buy nothing more within your limits and your list."
    average = here["value"] / here["budget"]
    rate = more / (there["budget"] - here["budget"])
    compared = (
        "about as much as"
        if 0.9 <= rate / average <= 1.1
        else f"{write.ratio(rate / average)} times"
        if rate > average
        else f"only {write.share(rate / average)} of"
    )
    return (
        f"{write.money(there['budget'] - here['budget'])} more would bring {write.count(more)} more {choice.unit}: "
        f"each further unit of money buys {compared} what the budget buys on average."
    )


@passes_missing
def swaps(choice: Choice, brief: Brief) -> pd.DataFrame:
    """Return, for each chosen creator, the best set without them.

    Returns
    -------
    DataFrame
        Hardest to replace first: `without`, `take` (keys that come in instead), `leave` (other keys that then go), `value`, `loss`
        (share of value lost). Creators that must be in are not asked about.
    """
    given = choice.problem
    table = given.candidates.table
    place = given.positions(choice.options)
    rows = []
    for creator in choice.creators:
        if bool(table.loc[table["creator"] == creator, "must"].any()):
            continue
        best = given.best(without=creator, quick=True, start=place)
        others = set(table["creator"].iloc[best[0]]) if best is not None else set()
        value = best[1] if best is not None else 0.0
        rows.append(
            {
                "without": creator,
                "take": tuple(sorted(others - set(choice.creators))),
                "leave": tuple(sorted(set(choice.creators) - others - {creator})),
                "value": value,
                "loss": max(0.0, 1 - value / choice.value),
            }
        )
    out = pd.DataFrame(rows, columns=["without", "take", "leave", "value", "loss"])
    return out.sort_values(["loss", "without"], ascending=[False, True], ignore_index=True)


@passes_missing
def swaps_sentence(table: pd.DataFrame, brief: Brief) -> str:
    """Say who is hardest and who is easiest to replace."""
    from playbook.wording import wording

    write = wording(brief)
    if table.empty:
        return "Everybody in the set is there because you said so; there is nothing to swap."
    hardest, easiest = table.iloc[0], table.iloc[-1]
    if hardest["loss"] < 0.0005:
        return "Anybody in the set can be replaced by somebody else on your list without losing as much as a thousandth."
    text = f"Hardest to replace is {handle(hardest['without'])}: without them the best set brings {write.share(hardest['loss'])} less"
    if hardest["take"]:
        text += f", with {listed([handle(c) for c in hardest['take']])} instead"
    if len(table) > 1:
        text += f". Easiest is {handle(easiest['without'])}: {write.share(easiest['loss'])} less"
        if easiest["take"]:
            text += f", with {listed([handle(c) for c in easiest['take']])} instead"
    return text + "."


@passes_missing
def stability(choice: Choice, brief: Brief, *, draws: int = 200) -> pd.DataFrame:
    """Return how often each creator is chosen when everything uncertain is drawn anew.

    Reach, target shares, fees and overlap vary together as in the forecast; each draw is solved by the greedy optimiser.

    Returns
    -------
    DataFrame
        Most often chosen first, creators that were ever chosen or are in the set: `creator`, `in_set`, `share` (0-1 of the draws),
        `tier`, `cost`.
    """
    given = choice.problem
    table = given.candidates.table
    campaigns = given.draws(sorted(table["option"]), brief)
    # a column of the draws for each row of the table
    column = {option: i for i, option in enumerate(campaigns.creators)}
    order = table["option"].map(column).to_numpy(dtype=int)
    chosen = np.zeros(len(table))
    # the most profitable set spends less than the budget: that spend is kept to
    limits = replace(given.limits, budget=to_cents(choice.cost)) if given.profit else given.limits
    names = sorted(given.shared.sizes)
    for d in range(min(draws, len(campaigns.reach))):
        reach = campaigns.reach[d][order]
        sizes = dict(zip(names, campaigns.pools[d].tolist(), strict=True))
        people = reach * campaigns.counts[d][order]
        audience = audience_of(table.assign(people=people, reach=reach), replace(given.shared, sizes=sizes), brief)
        cents = np.ceil(campaigns.cost[d][order] * 100).astype(np.int64)
        cents[~table["affordable"].to_numpy()] = to_cents(choice.budget) + 1
        # who must be in is in at any price, as far as the budget goes
        best = greedy(audience, cents, limits)
        if best is not None:
            chosen[best.chosen] += 1
    taken = pd.Series(chosen / draws, index=table.index).groupby(table["creator"]).sum()
    out = table.loc[table["main"], ["creator", "tier", "cost"]]
    out = out.assign(share=out["creator"].map(taken), in_set=out["creator"].isin(choice.creators))
    out = out[(out["share"] > 0) | out["in_set"]]
    return out.sort_values(["share", "creator"], ascending=[False, True], ignore_index=True)[["creator", "in_set", "share", "tier", "cost"]]


@passes_missing
def stability_sentence(table: pd.DataFrame, brief: Brief) -> str:
    """Say how firm the set is."""
    from playbook.wording import wording

    write = wording(brief)
    inside = table[table["in_set"]]
    firm, loose = inside[inside["share"] >= 0.8], inside[inside["share"] < 0.5]
    text = f"{len(firm)} of the {len(inside)} chosen creators stay in at least 80 % of the draws"
    if len(loose):
        text += f"; {listed([handle(c) for c in loose['creator']])} stay in fewer than half, so look at them again before you sign"
    rival = table[~table["in_set"]]
    if len(rival):
        text += f". The strongest outsider is {handle(rival.iloc[0]['creator'])}, chosen in {write.share(rival.iloc[0]['share'])}"
    return text + "."
