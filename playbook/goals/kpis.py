"""Which measure belongs to which goal, and a word when the brief names one of another stage."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from playbook.brief import Brief
from playbook.findings import Finding

RULES = Path(__file__).parents[1] / "rules"

Judged = Literal["none named", "the goal's own", "its price", "a helper", "another stage", "unknown"]

# the target in words, what a creator must bring people to do, and the measure by which the kit judges
GOALS = {
    "awareness": ("people reached", "see you", "reach"),
    "followers": ("new followers", "follow you", "net new followers"),
    "sales": ("orders", "buy", "orders"),
}

# why a measure of each stage cannot stand in for the goal
_NOT_ENOUGH = {
    "seen": "being seen comes first, but most people who see a post do nothing more",
    "joined": "a follower has not bought yet, and most people who get to know you never follow",
    "visited": "a visit is a step on the way: most visitors leave without buying",
    "bought": "orders come last and late; a campaign can do its work long before the first of them can be traced",
    "engaged": "likes and comments show that people care, but they do not pay invoices, and they tell neither who is new nor who will come",
    "bought from media": "it prices attention by a list that differs several times over from tool to tool, and nobody ever pays it out",
    "size": "it counts people who could have seen something, not those who did",
}


def kpis(brief: Brief, *, goal: str | None = None) -> pd.DataFrame:
    """Return the measures of the goal, first its own, then its price, then helpers, then those that mislead.

    Parameters
    ----------
    goal : {'awareness', 'followers', 'sales'}, optional
        By default the brief's.

    Returns
    -------
    DataFrame
        `kpi`, `role` ('goal', 'price', 'helper', 'none'), `stage`, `unit`, `meaning`, `source`, `year`.

    References
    ----------
    ANA Influencer Marketing Measurement Guidelines (2022); AMEC Barcelona Principles on advertising equivalents.

    Examples
    --------
    >>> kpis(Brief(), goal="sales")["kpi"].tolist()[:3]
    ['orders', 'CPA', 'ROI']
    """
    table = _table()
    wanted = goal or brief.goal.kind
    own = table[table["goal"].isin([wanted, "any"])]
    order = own["role"].map({"goal": 0, "price": 1, "helper": 2, "none": 3})
    columns = ["kpi", "role", "stage", "unit", "meaning", "source", "year"]
    return own.assign(order=order).sort_values("order", kind="stable")[columns].reset_index(drop=True)


@dataclass(frozen=True, kw_only=True)
class KpiCheck:
    """What the kit thinks of the measure that the brief names.

    Attributes
    ----------
    named : str or None
        As the brief writes it.
    kpi : str
        The measure that was recognised, else the goal's own.
    judged : str
        'the goal's own', 'its price', 'a helper', 'another stage', 'unknown' or 'none named'.
    text : str
        One or two sentences for people.
    """

    named: str | None
    kpi: str
    judged: Judged
    text: str


def check_kpi(brief: Brief) -> KpiCheck:
    """Compare the measure that the brief names with its goal.

    Examples
    --------
    >>> check_kpi(Brief.model_validate({"goal": {"kind": "sales", "kpi": "likes"}})).judged
    'another stage'
    >>> check_kpi(Brief.model_validate({"goal": {"kind": "sales", "kpi": "Cost per order"}})).judged
    'its price'
    """
    goal = brief.goal.kind
    _, act, own = GOALS[goal]
    named = (brief.goal.kpi or "").strip()
    if not named:
        text = f"Your goal is {goal}, and your brief names no measure of its own, so the kit judges by {own}."
        return KpiCheck(named=None, kpi=own, judged="none named", text=text)
    row = _recognise(named, goal)
    if row is None:
        text = f"Your brief means to judge by {named!r}, which the kit does not know; it judges by {own}, the measure of {goal}."
        return KpiCheck(named=named, kpi=own, judged="unknown", text=text)
    kpi = str(row["kpi"])
    if row["goal"] == goal and row["role"] == "goal":
        return KpiCheck(named=named, kpi=kpi, judged="the goal's own", text=f"{_upper(kpi)} is the measure that belongs to {goal}.")
    if row["goal"] == goal and row["role"] == "price":
        text = f"{_upper(kpi)} is the price of your goal: read it together with {own}, since a low price of very little is little."
        return KpiCheck(named=named, kpi=kpi, judged="its price", text=text)
    if row["goal"] == goal:
        text = f"{_upper(kpi)} helps to steer on the way, but {_NOT_ENOUGH[row['stage']]}. The kit judges by {own}."
        return KpiCheck(named=named, kpi=kpi, judged="a helper", text=text)
    text = f"Your goal is that people {act}, but you mean to judge by {kpi}: {_NOT_ENOUGH[row['stage']]}. The kit judges by {own}."
    return KpiCheck(named=named, kpi=kpi, judged="another stage", text=text)


def kpi_sentence(brief: Brief) -> str:
    """Say whether the measure that the brief names belongs to its goal."""
    return check_kpi(brief).text


def kpi_findings(brief: Brief) -> tuple[Finding, ...]:
    """Return a warning where the brief's measure is of another stage, a note where it only helps or is not known."""
    check = check_kpi(brief)
    if check.judged not in ("another stage", "a helper", "unknown"):
        return ()
    own = GOALS[brief.goal.kind][2]
    level = "warning" if check.judged == "another stage" else "note"
    found = {
        "another stage": f"{check.named!r} belongs to another stage than the goal {brief.goal.kind}",
        "a helper": f"{check.named!r} is a step towards the goal {brief.goal.kind}, not the goal",
        "unknown": f"{check.named!r} is not a measure that the kit knows",
    }[check.judged]
    mend = "write that, or leave goal.kpi empty"
    return (Finding(level=level, about="campaign.yml goal.kpi", found=found, expected=own, mend=mend),)


def _table() -> pd.DataFrame:
    return pd.read_csv(RULES / "kpis.csv", dtype="str", keep_default_na=False)


def _recognise(named: str, goal: str) -> pd.Series | None:
    """Find the measure by name or synonym; where two goals share a word, the brief's goal comes first."""
    asked = _plain(named)
    table = _table()
    known = [
        {_plain(kpi), *(_plain(s) for s in synonyms.split("|"))} for kpi, synonyms in zip(table["kpi"], table["synonyms"], strict=True)
    ]
    hits = table[[asked in words for words in known]]
    if hits.empty:
        return None
    here = hits[hits["goal"] == goal]
    return (here if len(here) else hits).iloc[0]


def _plain(text: str) -> str:
    return " ".join("".join(ch if ch.isalnum() else " " for ch in text.casefold()).split())


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
