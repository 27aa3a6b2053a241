"""The funnel backwards: from the target to people, creators, posts and money, and what the budget buys of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.goals.kpis import GOALS
from playbook.goals.rates import rates
from playbook.memo import remembered

# which rates each goal's target is divided by, one after the other, until it is people reached
_BACKWARDS = {
    "awareness": (),
    "followers": (("follow_rate", "people"),),
    "sales": (("conversion_rate", "clicks"), ("click_rate", "people")),
}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the target takes, and what the budget buys of it.

    Attributes
    ----------
    steps : DataFrame
        From the target to the money: `step`, `label`, `need`, `low`, `high`, `unit` ('count', 'money'), `how` (in words), `source` (the
        weakest one on the way).
    rates : DataFrame
        As :func:`playbook.goals.rates` returns them.
    creators_affordable : float
        Whole typical creators that the budget pays for; missing where the cost is unknown.
    affordable, low, high : float
        What these creators bring, as a share of the target: 1 is the whole target. `low` and `high` come from the rates' ranges.
    chance : float
        Chance that the budget is enough if each rate may be anywhere in its range (log-normal, each on its own), 0-1.
    cost_per_result : float
        Money over target: what one person reached (per 1,000), one follower or one order costs in this plan.
    break_even : float
        For sales, the most that an order may cost before you lose money on it; missing where margin or order value is unknown.
    level : float
    """

    steps: pd.DataFrame
    rates: pd.DataFrame
    creators_affordable: float
    affordable: float
    low: float
    high: float
    chance: float
    cost_per_result: float
    break_even: float
    level: float

    def need(self, step: str) -> float:
        """Return what a step takes: 'target', 'clicks', 'people', 'creators', 'posts' or 'money'; missing where unknown or not a step."""
        here = self.steps.loc[self.steps["step"] == step, "need"]
        return float(here.iloc[0]) if len(here) else math.nan


@remembered
def plan(data: Dataset, brief: Brief) -> Plan:
    """Return the funnel from the target backwards, and what the budget buys of the target.

    Ranges of the steps combine those of all rates on the way, as independent on logarithms (first-order error propagation).
    Creators, posts and money are whole creators' worth: nobody hires two thirds of a person.

    Examples
    --------
    >>> from playbook.data.dataset import dataset
    >>> sales = Brief.model_validate({
    ...     "goal": {"kind": "sales", "target": 27}, "budget": {"amount": 500},
    ...     "economics": {"click_rate": 0.02, "conversion_rate": 0.02},
    ... })
    >>> p = plan(dataset(), sales)
    >>> p.need("clicks"), p.need("people"), p.need("creators"), p.need("posts")
    (1350.0, 67500.0, 18.0, 36.0)
    """
    return from_rates(rates(data, brief), brief)


def from_rates(table: pd.DataFrame, brief: Brief) -> Plan:
    """Return the plan that follows from a table of rates, as :func:`playbook.goals.rates` returns it."""
    value = table.set_index("name")["value"].to_dict()
    down, up = _half_widths(table)
    goal = brief.goal.kind
    target = brief.goal.target
    steps = [_step("target", GOALS[goal][0], target, 0.0, 0.0, "count", "the target of your brief", [])]

    need, wide, narrow, used = target, [], [], []
    labels = {"clicks": "Clicks", "people": "People reached"}
    for name, step in _BACKWARDS[goal]:
        need = need / value[name] if value[name] else math.inf
        wide.append(down[name])
        narrow.append(up[name])
        used.append(name)
        how = f"divided by {_label(table, name)}"
        steps.append(_step(step, labels[step], need, math.hypot(*narrow), math.hypot(*wide), "count", how, _sources(table, used)))
    people = need

    each = value["people"] * value["unshared"]
    wide += [down["people"], down["unshared"]]
    narrow += [up["people"], up["unshared"]]
    used += ["people", "unshared"]
    exact = people / each if each else math.nan
    less, more = math.hypot(*narrow), math.hypot(*wide)
    creators = _whole(exact)
    low, high = _whole(exact * math.exp(-less)), _whole(exact * math.exp(more))
    posts = brief.goals.posts_per_creator
    cost = value["cost"]
    sources = _sources(table, used)
    steps.append(_row("creators", "Creators", creators, low, high, "count", "divided by the people whom one of them adds", sources))
    steps.append(_row("posts", "Posts", creators * posts, low * posts, high * posts, "count", f"{posts} a creator", sources))
    money_less, money_more = math.hypot(less, down["cost"]), math.hypot(more, up["cost"])
    money = creators * cost
    ends = (min(money, exact * cost * math.exp(-money_less)), max(money, exact * cost * math.exp(money_more)))
    steps.append(_row("money", "Money", money, *ends, "money", "times the full cost of one", _sources(table, [*used, "cost"])))

    budget = brief.budget.amount
    affordable = float(math.floor(budget / cost + 1e-9)) if cost > 0 else math.nan
    share = affordable * each / people if people else math.nan
    # the share falls where the rates fall and where the cost rises
    worse, better = math.hypot(*wide, up["cost"]), math.hypot(*narrow, down["cost"])
    return Plan(
        steps=pd.DataFrame(steps),
        rates=table,
        creators_affordable=affordable,
        affordable=share,
        low=share * math.exp(-worse),
        high=share * math.exp(better),
        chance=_chance(share, worse, better, brief.statistics.level),
        cost_per_result=money / target * (1000 if goal == "awareness" else 1),
        break_even=break_even(brief) if goal == "sales" else math.nan,
        level=brief.statistics.level,
    )


def break_even(brief: Brief) -> float:
    """Return the most that one order may cost before you lose money on it, in the budget's currency; missing where unknown.

    Order value x (gross margin - commission) - shipping, plus the margin of the share that orders once more; times the share of orders
    that would not have come anyway, where the brief tells it.

    Examples
    --------
    >>> economics = {"order_value": 50, "gross_margin": 0.6, "shipping_per_order": 5, "commission": 0.1}
    >>> break_even(Brief.model_validate({"economics": economics}))
    20.0
    """
    e = brief.economics
    if e.order_value is None or e.gross_margin is None:
        return math.nan
    first = e.order_value * (e.gross_margin - e.commission) - e.shipping_per_order
    again = e.repeat_rate * (e.order_value * e.gross_margin - e.shipping_per_order)
    return round((first + again) * (1.0 if e.incremental_share is None else e.incremental_share), 10)


def sensitivity(plan: Plan, brief: Brief) -> pd.DataFrame:
    """Return how much the money (or, where no cost is known, the number of creators) moves with each rate alone.

    Returns
    -------
    DataFrame
        Largest swing first: `name`, `label`, `source`, `low`, `value`, `high` (of the rate), `at_low`, `at_value`, `at_high` (what the
        target then takes), `unit` ('money' or 'count').
    """
    table = plan.rates[plan.rates["name"] != "reach"]
    values = table.set_index("name")["value"].to_dict()
    unit = "money" if values["cost"] == values["cost"] else "count"
    rows = []
    for row in table.itertuples():
        if unit == "count" and row.name == "cost":
            continue
        at = {end: _money({**values, row.name: getattr(row, end)}, brief, unit) for end in ("low", "value", "high")}
        rows.append(
            {
                "name": row.name,
                "label": row.label,
                "source": row.source,
                "low": row.low,
                "value": row.value,
                "high": row.high,
                "at_low": at["low"],
                "at_value": at["value"],
                "at_high": at["high"],
                "unit": unit,
            }
        )
    out = pd.DataFrame(rows)
    swing = np.log(out["at_high"] / out["at_low"]).abs().fillna(0.0)
    return out.assign(swing=swing).sort_values(["swing", "name"], ascending=[False, True], ignore_index=True).drop(columns="swing")


def _money(value: dict[str, float], brief: Brief, unit: str) -> float:
    need = brief.goal.target
    for name, _ in _BACKWARDS[brief.goal.kind]:
        need = need / value[name] if value[name] else math.inf
    each = value["people"] * value["unshared"]
    creators = need / each if each else math.nan
    return creators * value["cost"] if unit == "money" else creators


def _half_widths(table: pd.DataFrame) -> tuple[dict[str, float], dict[str, float]]:
    """Return the logarithmic distance from each value down to its low end and up to its high end."""
    down, up = {}, {}
    for row in table.itertuples():
        down[row.name] = math.log(row.value / row.low) if row.low > 0 and row.value > 0 else 0.0
        up[row.name] = math.log(row.high / row.value) if row.high > 0 and row.value > 0 else 0.0
    return down, up


def _step(step: str, label: str, need: float, less: float, more: float, unit: str, how: str, sources: list[str]) -> dict:
    low, high = (need * math.exp(-less), need * math.exp(more)) if less or more else (math.nan, math.nan)
    return _row(step, label, need, low, high, unit, how, sources)


def _row(step: str, label: str, need: float, low: float, high: float, unit: str, how: str, sources: list[str]) -> dict:
    source = next((s for s in ("assumed", "benchmark", "modelled", "quoted", "measured") if s in sources), "assumed")
    return {"step": step, "label": label, "need": need, "low": low, "high": high, "unit": unit, "how": how, "source": source}


def _sources(table: pd.DataFrame, names: list[str]) -> list[str]:
    return table.loc[table["name"].isin(names), "source"].tolist()


def _label(table: pd.DataFrame, name: str) -> str:
    label = str(table.loc[table["name"] == name, "label"].iloc[0])
    return label[0].lower() + label[1:]


def _whole(creators: float) -> float:
    return float(math.ceil(creators - 1e-9)) if math.isfinite(creators) else creators


def _chance(share: float, worse: float, better: float, level: float) -> float:
    """Chance that the share is at least 1, if its logarithm is normal on each side with the range at the level."""
    from scipy.special import ndtr, ndtri

    if not share > 0:
        return 0.0 if share == 0 else math.nan
    z = float(ndtri((1 + level) / 2))
    side = worse if share >= 1 else better
    if side == 0:
        return float(share >= 1)
    return float(ndtr(math.log(share) / (side / z)))
