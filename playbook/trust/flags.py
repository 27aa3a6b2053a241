"""Suspicions: what deserves a question, with evidence, an innocent explanation, and an error rate."""

from __future__ import annotations

from typing import Any

import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs
from playbook.memo import remembered
from playbook.trust import audience, comments, followers, growth, likes, numbers
from playbook.trust.check import Check
from playbook.trust.rates import q_values
from playbook.wording import wording

CHECKS: tuple[Check, ...] = (*growth.CHECKS, *followers.CHECKS, *numbers.CHECKS, *likes.CHECKS, *comments.CHECKS, *audience.CHECKS)
BY_NAME = {c.name: c for c in CHECKS}
COLUMNS = ["creator", "check", "title", "strength", "evidence", "innocent", "question", "p", "q", "n", "explained"]
ADD_CREATORS = "a creators table with creator and followers"


@remembered
@needs("creators", otherwise=ADD_CREATORS)
def screen(data: Dataset, brief: Brief) -> dict[str, pd.DataFrame | Missing] | Missing:
    """Run every check over every creator it can judge.

    Returns
    -------
    dict of check name to DataFrame or Missing
        Each sorted by `creator`, with the columns of :class:`~playbook.trust.check.Check`, and `q` (share of innocent creators on a list
        that reaches down to this one; Benjamini and Hochberg, 1995, across creators) and `strength` ('strong', 'weak' or '').
        Strong: large, within `trust.false_alarms`, and nothing in the data explains it. Weak: large, but explained or less rare than that.
    """
    out: dict[str, pd.DataFrame | Missing] = {}
    readings: dict[Any, Any] = {}
    for check in CHECKS:
        if check.read not in readings:
            readings[check.read] = check.read(data, brief)
        found = check.measure(readings[check.read], brief)
        if isinstance(found, Missing):
            out[check.name] = found
            continue
        found = found.sort_values("creator").drop_duplicates("creator").reset_index(drop=True)
        over = found["over"].fillna(False).astype(bool)
        found["q"] = q_values(found["p"].astype("float64"))
        strong = over & (found["q"] <= brief.trust.false_alarms) & (found["explained"] == "")
        found["strength"] = "weak"
        found.loc[strong, "strength"] = "strong"
        found.loc[~over, "strength"] = ""
        out[check.name] = found
    return out


@remembered
@needs("creators", otherwise=ADD_CREATORS)
def flags(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return one row a suspicion: what to ask a creator, and why.

    Returns
    -------
    DataFrame
        Strong ones first, then by creator and check; may be empty. `creator`, `check`, `title`, `strength` ('strong' or 'weak'),
        `evidence`, `innocent`, `question`, `p` (tail probability among peers; missing for plain thresholds), `q` (error rate), `n`,
        `explained`.

    Examples
    --------
    >>> from playbook.data.dataset import dataset
    >>> creators = pd.DataFrame({"creator": ["instagram:ana", "instagram:bo"], "followers": [2000.0, 3000], "following": [5000.0, 300]})
    >>> flags(dataset(creators=creators), Brief())[["creator", "check", "strength"]].values.tolist()
    [['instagram:ana', 'follows', 'weak']]
    """
    return from_screen(screen(data, brief), brief)


def from_screen(screened: dict[str, pd.DataFrame | Missing] | Missing, brief: Brief) -> pd.DataFrame | Missing:
    """Put what :func:`screen` found into words."""
    if isinstance(screened, Missing):
        return screened
    write = wording(brief)
    rows = []
    for name, found in screened.items():
        if isinstance(found, Missing):
            continue
        check = BY_NAME[name]
        for _, row in found[found["strength"] != ""].iterrows():
            told = check.tell(row, write, brief)
            rows.append(
                {
                    "creator": row["creator"],
                    "check": name,
                    "title": check.title,
                    "strength": row["strength"],
                    "evidence": told.evidence,
                    "innocent": told.innocent,
                    "question": told.question,
                    "p": row["p"],
                    "q": row["q"],
                    "n": row["n"],
                    "explained": row["explained"],
                }
            )
    frame = pd.DataFrame(rows, columns=COLUMNS)
    text = ["creator", "check", "title", "strength", "evidence", "innocent", "question", "explained"]
    frame = frame.astype({**dict.fromkeys(text, "str"), "p": "float64", "q": "float64", "n": "float64"})
    return frame.sort_values(["strength", "creator", "check"], ignore_index=True)
