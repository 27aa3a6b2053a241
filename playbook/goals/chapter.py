"""Chapter 01 in words: is the target possible with the budget, and what the chapter hands on."""

from __future__ import annotations

import datetime as dt
import math

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Figure, Finding, Outcome
from playbook.goals.funnel import Plan, plan, sensitivity
from playbook.goals.kpis import GOALS, kpi_findings
from playbook.wording import Wording, plural, wording


def days_left(data: Dataset, brief: Brief) -> float:
    """Return the days from now to the deadline, both counted; missing where there is no deadline or no day that counts as now.

    From the campaign's first day, where that lies ahead. Below 1 where the deadline has passed.
    """
    if brief.goal.deadline is None or _no_now(data):
        return math.nan
    return float((brief.goal.deadline - _first_day(data, brief)).days + 1)


def _no_now(data: Dataset) -> bool:
    """Say whether neither the data nor the brief tells a day: the dataset then stands at the epoch."""
    return data.as_of.value == 0


def _first_day(data: Dataset, brief: Brief) -> dt.date:
    today = data.as_of.date()
    return max(today, brief.goal.starts) if brief.goal.starts else today


def time_sentence(p: Plan, data: Dataset, brief: Brief) -> str:
    """Say how many days are left, and how many posts a week the plan takes."""
    left = days_left(data, brief)
    write = wording(brief)
    if brief.goal.deadline is None:
        return "Your brief names no deadline: without one nobody can say whether you are late."
    if math.isnan(left):
        return "Neither your data nor your brief tells which day it is, so the days left are not known: write as_of in campaign.yml."
    if left < 1:
        now = f"on {write.day(data.as_of)}, the day that counts as now"
        passed = f"The deadline, {write.day(brief.goal.deadline)}, has passed {now}"
        return f"{passed}; read this plan as what the same target would take next time."
    posts = p.need("posts")
    start = "from now" if _first_day(data, brief) == data.as_of.date() else f"from {write.day(_first_day(data, brief))}"
    text = f"You have {write.count(left)} {plural(left, 'day')} {start} to {write.day(brief.goal.deadline)}"
    weekly = posts / left * 7
    if math.isfinite(weekly):
        text += f": {write.count(posts)} {plural(posts, 'post')} in that time are {write.number(weekly, 0 if weekly >= 10 else 1)} a week"
    return text + "."


def possible_sentence(p: Plan, brief: Brief) -> str:
    """Say whether the budget is enough for the target, and how sure that is."""
    write = wording(brief)
    goal = f"{write.count(brief.goal.target)} {GOALS[brief.goal.kind][0]}"
    creators = p.need("creators")
    if not math.isfinite(creators):
        why = "a planning rate of your brief is 0, or no creator has followers or reach"
        return f"Your target is {goal}. How many creators that takes cannot be said: {why}."
    posts = f"{write.count(p.need('posts'))} {plural(p.need('posts'), 'post')}"
    takes = f"{write.count(creators)} typical {plural(creators, 'creator')} and {posts}"
    if math.isnan(p.affordable):
        return f"Your target of {goal} takes about {takes}. What that costs cannot be said: no creator has a fee, so ask for quotes."
    text = f"Your target of {goal} takes about {takes}, which cost about {write.money(p.need('money'))}"
    have = f"your budget of {write.money(brief.budget.amount)} pays for {write.count(p.creators_affordable)} of them"
    ends = f"{_share_of_target(p.low, write, short=True)} to {_share_of_target(p.high, write, short=True)} within the ranges of the rates"
    part = f"{_share_of_target(p.affordable, write)} ({ends})"
    if p.low >= 1:
        return f"{text}. That is possible: {have}, {part}."
    if p.high < 1:
        mend = "Lower the target, raise the budget or find creators who bring more for their fee than the typical one"
        return f"{text}. That is not possible with this budget: {have}, {part}. {mend}."
    most = sensitivity(p, brief)["label"].iloc[0]
    most = most[0].lower() + most[1:]
    return f"{text}. Whether that is possible cannot be told yet: {have}, {part}. What would tell most is a better number for {most}."


def _share_of_target(share: float, write: Wording, *, short: bool = False) -> str:
    if share >= 10:
        return f"{write.ratio(share)} times" + ("" if short else " the target")
    return write.share(share) + ("" if short else " of the target")


def counts(p: Plan, brief: Brief) -> str:
    """Say in plain text what the target takes and whether the budget is enough: for people and for tests.

    Examples
    --------
    >>> from playbook.data.dataset import dataset
    >>> print(counts(plan(dataset(), Brief()), Brief()))
    goal: 10,000 people reached
    creators: 3
    posts: 6
    budget: cannot tell
    """
    verdict = "enough" if p.low >= 1 else "not enough" if p.high < 1 else "cannot tell"
    return "\n".join(
        [
            f"goal: {brief.goal.target:,.0f} {GOALS[brief.goal.kind][0]}",
            f"creators: {_plain(p.need('creators'))}",
            f"posts: {_plain(p.need('posts'))}",
            f"budget: {verdict}",
        ]
    )


def _plain(value: float) -> str:
    return f"{value:,.0f}" if math.isfinite(value) else "unknown"


def worth_sentence(p: Plan, brief: Brief) -> str:
    """Say what one result costs in the plan and, for sales, whether an order brings that back."""
    write = wording(brief)
    if not math.isfinite(p.cost_per_result):
        return "What one result costs cannot be said, because no cost is known."
    if brief.goal.kind == "awareness":
        return f"In this plan a thousand people reached cost {write.money(p.cost_per_result)}."
    if brief.goal.kind == "followers":
        return f"In this plan a new follower costs {write.money(p.cost_per_result)}."
    planned = f"In this plan an order costs {write.money(p.cost_per_result)}"
    if math.isnan(p.break_even):
        return f"{planned}. Whether that pays cannot be said: add economics.order_value and economics.gross_margin to your brief."
    verdict = "which pays" if p.break_even > p.cost_per_result else "which does not pay"
    again = ", repeat orders included" if brief.economics.repeat_rate else ""
    brings = f"brings {write.money(p.break_even)} after goods, shipping and commission{again}"
    return f"{planned}, and {brings}: {verdict}, if the rates of the plan hold."


def findings(p: Plan, data: Dataset, brief: Brief) -> tuple[Finding, ...]:
    """Return what is at odds in the goal: the measure, the deadline, the market's size."""
    found = list(kpi_findings(brief))
    left = days_left(data, brief)
    if left < 1:
        about = f"campaign.yml goal.deadline {brief.goal.deadline}"
        when = f"lies before {data.as_of.date()}, the day that counts as now"
        found.append(
            Finding(level="note", about=about, found=when, expected="a day ahead while planning", mend="fine for a campaign that is over")
        )
    people = p.need("people") if brief.goal.kind != "awareness" else brief.goal.target
    if brief.market.population and people > brief.market.population:
        write = wording(brief)
        found.append(
            Finding(
                level="warning",
                about="campaign.yml goal.target",
                found=f"it takes {write.count(people)} people reached, more than the {write.count(brief.market.population)} in the market",
                expected="a target that the market can hold",
                mend="lower the target, or widen the market",
            )
        )
    return tuple(found)


_FIGURE_OF_STEP = {
    "clicks": "clicks_needed",
    "people": "reach_needed",
    "creators": "creators_needed",
    "posts": "posts_needed",
    "money": "money_needed",
}


def outcome(data: Dataset, brief: Brief) -> Outcome:
    """Return what chapter 01 hands on: the plan's needs, what the budget buys of the target, and the days left."""
    p = plan(data, brief)
    creators = int(p.rates.set_index("name").loc["people", "n"])
    status = "done" if math.isfinite(p.affordable) and creators else "partial"
    return Outcome(
        chapter="goals",
        status=status,
        answer=possible_sentence(p, brief),
        figures=tuple(_figures(p, data, brief)),
        findings=findings(p, data, brief),
    )


def _figures(p: Plan, data: Dataset, brief: Brief) -> list[Figure]:
    write = wording(brief)
    currency, target = brief.budget.currency, brief.goal.target
    creators = int(p.rates.set_index("name").loc["people", "n"])
    weakest = str(p.steps["source"].iloc[-1])
    rows: list[tuple[str, float, float, float, str, str, str]] = []
    said = f"The target is {write.count(target)} {GOALS[brief.goal.kind][0]}."
    rows.append(("target", target, math.nan, math.nan, "count", "assumed", said))
    if brief.goal.kind == "awareness":
        same = f"The target takes {write.count(target)} people reached, since that is the target."
        rows.append(("reach_needed", target, math.nan, math.nan, "count", "assumed", same))
    for step in p.steps.itertuples():
        if step.step not in _FIGURE_OF_STEP:
            continue
        amount = write.money(step.need) if step.unit == "money" else f"{write.count(step.need)} {step.label.lower()}"
        unit = currency if step.unit == "money" else "count"
        rows.append((_FIGURE_OF_STEP[step.step], step.need, step.low, step.high, unit, step.source, f"The target takes {amount}."))
    pays = f"The budget pays for {write.count(p.creators_affordable)} typical {plural(p.creators_affordable, 'creator')}"
    brings = f"{pays}, or {_share_of_target(p.affordable, write)}."
    rows.append(("affordable_share", p.affordable, p.low, p.high, "share", weakest, brings))
    chance = f"The chance that the budget is enough is {write.share(p.chance)}, if each rate lies in its range."
    rows.append(("chance", p.chance, math.nan, math.nan, "share", "modelled", chance))
    rows.append(("cost_per_result", p.cost_per_result, math.nan, math.nan, currency, weakest, worth_sentence(p, brief)))
    loses = f"An order may cost {write.money(p.break_even)} before you lose money on it."
    rows.append(("break_even_order", p.break_even, math.nan, math.nan, currency, "assumed", loses))
    rows.append(("days_left", days_left(data, brief), math.nan, math.nan, "days", "assumed", time_sentence(p, data, brief)))
    return [_figure(*row, level=p.level, n=creators) for row in rows if math.isfinite(row[1])]


def _figure(name: str, value: float, low: float, high: float, unit: str, source: str, text: str, *, level: float, n: int) -> Figure:
    known = math.isfinite(low) and math.isfinite(high)
    return Figure(
        id=f"goals.{name}",
        value=value,
        low=low if known else None,
        high=high if known else None,
        level=level if known else None,
        n=n if known else None,
        unit=unit,
        source=source,
        text=text,
    )
