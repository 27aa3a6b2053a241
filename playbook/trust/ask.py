"""What to ask each creator: one list, ready to send."""

from __future__ import annotations

import pandas as pd

from playbook.data.dataset import Dataset
from playbook.findings import Missing

SCREENSHOTS = {
    "followers": "Screenshot: followers gained and lost in the last 90 days, and followers by country, age and gender.",
    "engagement": "Screenshot: reach and interactions of the last 30 days, split by followers and others.",
}
REASONS = {
    "followers": "Nothing is known about how the followers came.",
    "engagement": "Too few posts with likes to compare.",
}


def questions(flags: pd.DataFrame | Missing, scored: pd.DataFrame | Missing, data: Dataset) -> pd.DataFrame | Missing:
    """Return what to ask, creator by creator: a question for each suspicion, and a screenshot for what is not known.

    Returns
    -------
    DataFrame
        Creators with strong questions first: `creator`, `strength` ('strong', 'weak', 'unknown'), `about`, `question`, `why`.
    """
    if isinstance(flags, Missing):
        return flags
    rows = [
        {"creator": r.creator, "strength": r.strength, "about": r.title, "question": r.question, "why": r.evidence}
        for r in flags.itertuples()
        if not (r.strength == "weak" and r.explained)
    ]
    if isinstance(scored, Missing):
        lacking = [(c, "followers and engagement") for c in sorted(data.creators["creator"].unique())]
    else:
        lacking = list(scored.loc[scored["lacks"] != "", ["creator", "lacks"]].itertuples(index=False))
    for creator, lacks in lacking:
        for kind, mark in (("followers", "follower"), ("engagement", "posts")):
            if mark in lacks or kind in lacks:
                rows.append(
                    {
                        "creator": creator,
                        "strength": "unknown",
                        "about": f"No check of {kind}",
                        "question": SCREENSHOTS[kind],
                        "why": REASONS[kind],
                    }
                )
    frame = pd.DataFrame(rows, columns=["creator", "strength", "about", "question", "why"]).astype("str")
    order = {"strong": 0, "weak": 1, "unknown": 2}
    frame["rank"] = frame["strength"].map(order)
    frame["first"] = frame.groupby("creator")["rank"].transform("min")
    return frame.sort_values(["first", "creator", "rank", "about"], ignore_index=True).drop(columns=["rank", "first"])
