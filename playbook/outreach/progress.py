"""Where the talks stand."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.data.tables import STATES
from playbook.findings import Missing, needs


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


PATIENCE_DAYS = 7  # after which a message without an answer is followed up
_NEXT = {
    "to contact": "send the first message",
    "contacted": "wait for the answer",
    "answered": "agree on terms in writing",
    "agreed": "send brief, code and link",
    "briefed": "read the draft for its label",
    "published": "check the label; ask for the numbers after a week; pay",
    "paid": "note what came back",
    "declined": "thank, and leave it",
}


@needs("outreach", otherwise="an outreach table with creator and state, so that the talks can be listed")
def board(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """List the talks, those that wait for you first.

    Returns
    -------
    DataFrame
        By state in the order of the talk, longest first: `creator`, `state`, `since` (day of the latest step), `days` (from then to now),
        `asked`, `agreed` (budget's currency; missing where the rate is unknown), `next` (what to do).
    """
    rows = data.outreach.copy()
    steps = rows[["contacted_on", "answered_on", "agreed_on"]]
    now = data.as_of.tz_localize(None).normalize()
    out = rows[["creator", "state"]].assign(since=steps.max(axis=1))
    out["days"] = (now - out["since"]).dt.days.where(out["since"] <= now).astype("float64")
    rate = rows["currency"].map(lambda c: brief.rate(c) if isinstance(c, str) else 1.0).astype("float64")
    for fee in ("asked", "agreed"):
        out[fee] = rows[fee] * rate
    late = (out["state"] == "contacted") & (out["days"] > PATIENCE_DAYS)
    out["next"] = out["state"].map(_NEXT).where(~late, "send the follow-up")
    order = out["state"].map({s: i for i, s in enumerate(STATES)})
    out = out.assign(order=order).sort_values(["order", "days", "creator"], ascending=[True, False, True], ignore_index=True)
    out = out.drop(columns="order")
    out.attrs["as_of"] = now
    return out


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
