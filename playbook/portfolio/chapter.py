"""What chapter 08 says: whom, for how much, what to expect, how sure; and what it hands on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from playbook import goals
from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Figure, Finding, Missing, Outcome
from playbook.portfolio.choice import UNITS, Choice, choose, set_up
from playbook.portfolio.compare import compare
from playbook.portfolio.forecast import VARIES, chance
from playbook.portfolio.overlap import overlap
from playbook.wording import Wording, handle, listed, plural, wording

OVERLAPS = (0.0, 0.05, 0.1, 0.2, 0.4)
WORST = 0.1


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What the chosen set may bring.

    Attributes
    ----------
    values : array
        The goal's unit, one for each simulated campaign, ascending.
    probability : float
        Share of campaigns that reach the target; `independent` where nothing were shared between creators, `doubled` where the shared
        spreads were twice as wide.
    worst : float
        Mean of the worst tenth of the campaigns (conditional value at risk).
    roi_low, roi, roi_high, profitable : float
        Return on all costs (0.2 is 20 % more than was spent), its middle and interval, and the share of campaigns above 0; missing
        where orders are not the goal, or order value or margin is not in the brief.
    drivers : DataFrame
        Widest first: `input`, `low`, `high` (value at the brief's level when nothing else varies), `swing` (share of the value).
    """

    values: np.ndarray = field(repr=False)
    probability: float
    independent: float
    doubled: float
    worst: float
    roi: float
    roi_low: float
    roi_high: float
    profitable: float
    drivers: pd.DataFrame


def forecast(choice: Choice | Missing, brief: Brief) -> Forecast | Missing:
    """Simulate campaigns with the chosen set: how likely is the goal, what drives it, does it pay.

    Everything uncertain varies: each creator's reach, target share, response and fee, the overlap, and two shocks that all creators share.
    """
    if isinstance(choice, Missing):
        return choice
    draws = choice.problem.draws(choice.options, brief)
    values = draws.value(choice.options)
    alone, twice = (choice.problem.draws(choice.options, brief, shock=s).value(choice.options) for s in (0.0, 2.0))
    ends = [(1 - choice.level) / 2, (1 + choice.level) / 2]
    rows = []
    for name in VARIES:
        if name == "fees":
            continue
        one = choice.problem.draws(choice.options, brief, only=name).value(choice.options)
        low, high = np.quantile(one, ends)
        rows.append({"input": name, "low": float(low), "high": float(high), "swing": float((high - low) / choice.value)})
    drivers = pd.DataFrame(rows).sort_values(["swing", "input"], ascending=[False, True], ignore_index=True)
    spent = draws.spent(choice.options)
    left = np.full_like(values, np.nan)
    if choice.problem.profit:
        left = values
    elif choice.goal == "sales" and brief.portfolio.maximise == "goal":
        left = values * goals.break_even(brief) - spent
    roi = left / np.maximum(spent, 0.01)
    known = bool(np.isfinite(roi).all())
    low, middle, high = np.quantile(roi, [ends[0], 0.5, ends[1]]) if known else (np.nan,) * 3
    return Forecast(
        values=np.sort(values),
        probability=choice.probability,
        independent=float(np.mean(alone >= choice.target)),
        doubled=float(np.mean(twice >= choice.target)),
        worst=float(np.sort(values)[: max(1, int(WORST * len(values)))].mean()),
        roi=float(middle),
        roi_low=float(low),
        roi_high=float(high),
        profitable=float(np.mean(roi > 0)) if known else np.nan,
        drivers=drivers[drivers["swing"] > 1e-9].reset_index(drop=True),
    )


def by_overlap(choice: Choice | Missing, data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return how the set and its value change from low to high overlap, where overlap is assumed.

    Returns
    -------
    DataFrame
        Ascending by `overlap`: `overlap` (0-1), `value` (of the chosen set), `best` (of the best set at that overlap), `same`
        (creators the two have in common), `creators` (in the best set), `given` (the brief's own).
    """
    if isinstance(choice, Missing):
        return choice
    found = choice.problem.candidates
    rows = []
    for share in sorted({*OVERLAPS, brief.portfolio.overlap}):
        given = set_up(found, overlap(data, brief, found.table[found.table["main"]], share), brief)
        best = given.best(quick=True, start=given.positions(choice.options))
        who = set() if best is None else set(found.table["option"].iloc[best[0]])
        value = given.value(choice.options)
        top = value if best is None else max(best[1], value)
        same = len(who & set(choice.options))
        rows.append((share, value, top, same, len(who), share == brief.portfolio.overlap))
    return pd.DataFrame(rows, columns=["overlap", "value", "best", "same", "creators", "given"])


def answer(choice: Choice | Missing, brief: Brief) -> str | Missing:
    """Say whom, for how much, what to expect, how sure."""
    if isinstance(choice, Missing):
        return choice
    write = wording(brief)
    n = len(choice.chosen)
    who = listed([handle(c) for c in choice.chosen["creator"]], 4)
    text = f"Work with {who} ({n} {plural(n, 'creator')}) for {write.money(choice.cost)} of your {write.money(choice.budget)}: "
    text += f"expect about {_round(choice.value, write)} {_unit(choice, brief)}"
    # a few lucky campaigns pull the mean up: then a middling one brings less, and the reader should know
    if choice.value_middle < 0.9 * choice.value:
        text += f" on average, {_round(choice.value_middle, write)} in a middling campaign"
    text += f" ({_between(choice, write)}). "
    if np.isfinite(choice.target):
        text += f"The target of {write.count(choice.target)} is reached in {chance(choice.probability)} of simulated campaigns"
    else:
        what = "Profit is" if choice.problem.profit else "Engagements are"
        text += f"{what} no target of your brief, so there is none to reach"
    loose = int((choice.chosen["fee_source"] != "quoted").sum())
    if loose:
        text += f"; {loose} of the fees {plural(loose, 'is', 'are')} not quoted yet, and the budget holds in {chance(choice.within_budget)}"
    return text + "."


def _unit(choice: Choice, brief: Brief) -> str:
    targeted = choice.goal == "awareness" and choice.value < 0.9999 * choice.people
    contacts = brief.portfolio.contacts
    times = "at least once" if contacts == 1 else f"through at least {contacts} of the creators"
    return choice.unit if choice.unit != UNITS["awareness"] else f"people {'of your target group ' if targeted else ''}reached {times}"


def _between(choice: Choice, write: Wording) -> str:
    return write.between(choice.value_low, choice.value_high, lambda v: _round(v, write), choice.level)


def _round(value: float, write: Wording) -> str:
    """Write two or three digits: a forecast has no more."""
    if value < 100:
        return write.count(value)
    step = 10 ** (len(str(int(value))) - (2 if value < 10_000 else 3))
    return write.count(round(value / step) * step)


def certificate(choice: Choice | Missing, overlaps: pd.DataFrame | Missing, brief: Brief) -> str | Missing:
    """Say how far from the best possible set this one may be, and what that rests on."""
    if isinstance(choice, Missing):
        return choice
    write = wording(brief)
    exact = choice.method == "exact"
    text = "No other set within your limits brings more" if exact else f"No set can beat this one by more than {write.share(choice.gap)}"
    text += f", out of {write.count(choice.considered)} creators and for this model of overlap. {choice.model}"
    if choice.least < 0.999 * choice.most:
        text += (
            f" Whatever the overlap, the set reaches between {_round(choice.least, write)} and {_round(choice.most, write)} people (99 %)."
        )
    if isinstance(overlaps, pd.DataFrame) and len(overlaps) > 1:
        first, last = overlaps.iloc[0], overlaps.iloc[-1]
        lost = float((1 - overlaps["value"] / overlaps["best"]).max())
        span = f"{write.share(first['overlap'])} to {write.share(last['overlap'])}"
        text += f" With overlap anywhere from {span} the same set brings "
        if last["value"] > 0.995 * first["value"]:
            text += f"about as many {choice.unit}"
        else:
            text += f"{_round(first['value'], write)} down to {_round(last['value'], write)} {choice.unit}"
        text += f", and loses at most {write.share(lost)} against the set that is best there."
    return text


def forecast_sentence(result: Forecast | Missing, choice: Choice | Missing, brief: Brief) -> str | Missing:
    """Say how likely the goal is, what drives it most, and whether it pays."""
    if isinstance(result, Missing):
        return result
    if isinstance(choice, Missing):
        return choice
    write = wording(brief)
    worst = f"the worst tenth of simulated campaigns bring {_round(result.worst, write)} {choice.unit} on average."
    text = worst[0].upper() + worst[1:]
    if np.isfinite(choice.target):
        text = (
            f"The target of {write.count(choice.target)} {choice.unit} is reached in {chance(result.probability)} of simulated campaigns; "
        )
        text += worst
    if len(result.drivers):
        text += f" Most of the spread comes from {result.drivers.iloc[0]['input']}."
    if abs(result.independent - result.probability) >= 0.02:
        text += f" If creators varied independently it would look like {chance(result.independent)}, which is wrong; "
        text += f"with twice the shared spread it is {chance(result.doubled)}."
    if np.isfinite(result.profitable):
        extra = ", if every order were one that would not have come anyway" if brief.economics.incremental_share is None else ""
        interval = write.between(result.roi_low, result.roi_high, write.share, choice.level)
        text += f" The set earns more than it costs in {chance(result.profitable)} of them"
        text += f" (return {write.share(result.roi)}, {interval}){extra}."
    return text


def counts(choice: Choice | Missing) -> str:
    """Return the size of the problem and of the answer, as one line.

    >>> counts(Missing(needs=("creators",), text="Nobody to choose from."))
    'no set: Nobody to choose from.'
    """
    if isinstance(choice, Missing):
        return f"no set: {choice.text}"
    return f"considered {choice.considered}, left out {len(choice.left_out)}, chosen {len(choice.chosen)}, {choice.method}"


def findings(choice: Choice | Missing, brief: Brief) -> tuple[Finding, ...]:
    """Return what was left out of the choice, and what it assumes."""
    if isinstance(choice, Missing):
        return ()
    found = [
        Finding(level="note", about="portfolio", found=f"{len(group)} {plural(len(group), 'creator')} left out: {reason} ({_names(group)})")
        for reason, group in choice.left_out.groupby("reason", sort=True)
    ]
    notes = [note if note.endswith(".") else note + "." for note in choice.problem.candidates.notes]
    return (*found, *(Finding(level="note", about="portfolio", found=note[0].lower() + note[1:-1]) for note in [*notes, choice.model]))


def _names(group: pd.DataFrame) -> str:
    return listed([handle(c) for c in group["creator"]], 4)


def outcome(data: Dataset, brief: Brief) -> Outcome:
    """Return what chapter 08 hands on."""
    choice = choose(data, brief)
    if isinstance(choice, Missing):
        return Outcome(chapter="portfolio", status="needs_data", answer=choice.text)
    quoted = bool((choice.chosen["fee_source"] == "quoted").all())
    status = "done" if quoted or (choice.chosen["fee_source"] != "benchmark").all() else "partial"
    rows = choice.chosen[["creator", "tier", "cost", "fee", "fee_source", "reach", "reach_source", "adds"]].astype({"tier": "object"})
    return Outcome(
        chapter="portfolio",
        status=status,
        answer=str(answer(choice, brief)),
        figures=tuple(_figures(choice, brief)),
        findings=findings(choice, brief),
        tables={"chosen": rows.to_dict("records")},
    )


def _figures(choice: Choice, brief: Brief) -> list[Figure]:
    write, n, level = wording(brief), len(choice.chosen), choice.level
    unit = "people" if choice.unit == UNITS["awareness"] else choice.unit
    spread = {"low": choice.cost_low, "high": choice.cost_high, "level": level} if choice.cost_low < choice.cost_high else {}
    sources = set(choice.chosen["fee_source"])
    source = "quoted" if sources == {"quoted"} else "benchmark" if "benchmark" in sources else "modelled"
    money = f"The set of {n} costs {write.money(choice.cost)}."
    value = f"Expect about {_round(choice.value, write)} {_unit(choice, brief)} ({_between(choice, write)})."
    people = f"About {_round(choice.people, write)} people are reached at least once."
    bound = f"No set within the limits brings more than {_round(choice.upper_bound, write)} {choice.unit} in this model."
    target = f"The target is reached in {chance(choice.probability)} of simulated campaigns."
    ends = {"low": choice.value_low, "high": choice.value_high, "level": level}
    reached = {"low": choice.people_low, "high": choice.people_high, "level": level}
    figures = [
        Figure(
            id="portfolio.creators",
            value=float(n),
            n=choice.considered,
            unit="count",
            source="modelled",
            text=f"{n} creators are in the set.",
        ),
        Figure(id="portfolio.cost", value=choice.cost, n=n, unit=brief.budget.currency, source=source, text=money, **spread),
        Figure(id="portfolio.value", value=choice.value, n=n, unit=unit, source="modelled", text=value, **ends),
        Figure(id="portfolio.reach", value=choice.people, n=n, unit="people", source="modelled", text=people, **reached),
        Figure(id="portfolio.upper_bound", value=choice.upper_bound, n=choice.considered, unit=unit, source="modelled", text=bound),
        Figure(
            id="portfolio.gap",
            value=choice.gap,
            n=choice.considered,
            unit="share",
            source="modelled",
            text=f"Gap to it: {write.share(choice.gap)}.",
        ),
    ]
    if np.isfinite(choice.probability):
        figures.append(Figure(id="portfolio.probability", value=choice.probability, n=n, unit="share", source="modelled", text=target))
    for row in compare(choice, brief).itertuples():
        if row.way != "best set" and pd.notna(row.value):
            text = f"With {row.way} the same budget would bring {_round(row.value, write)} {choice.unit}."
            name = row.way.replace(" ", "_")
            ends = {"low": row.low, "high": row.high, "level": level}
            figures.append(
                Figure(id=f"portfolio.{name}.value", value=row.value, n=row.creators, unit=unit, source="modelled", text=text, **ends)
            )
    return figures
