"""Other weights for the checks, and all that is known about one creator's numbers."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from playbook.brief import Brief
from playbook.findings import Missing
from playbook.trust.score import KINDS
from playbook.wording import handle, plural, wording


def reweighed(parts: pd.DataFrame | Missing, weigh: Mapping[str, float]) -> pd.DataFrame | Missing:
    """Return what each check takes off when whole kinds of checks count more or less.

    Parameters
    ----------
    parts : DataFrame
        As :func:`playbook.trust.parts` returns it.
    weigh : mapping of kind to factor
        ``followers``, ``engagement``, ``comments``, ``profile``; 1 is the weight as it is, 0 leaves the kind out.
    """
    if isinstance(parts, Missing):
        return parts
    factor = parts["kind"].map({kind: weigh.get(kind, 1.0) for kind in KINDS}).astype("float64")
    return parts.assign(points=parts["points"] * factor.fillna(1.0) + 0.0)


def rescored(scored: pd.DataFrame | Missing, parts: pd.DataFrame | Missing) -> pd.DataFrame | Missing:
    """Return the scores that follow from `parts`, lowest first; who has none still has none, and `was` keeps the score before."""
    if isinstance(scored, Missing) or isinstance(parts, Missing):
        return scored
    taken = scored["creator"].map(parts.groupby("creator")["points"].sum()).fillna(0.0)
    out = scored.assign(was=scored["score"], score=(100 + taken).clip(0, 100).where(scored["score"].notna()))
    out["low"], out["high"] = out[["low", "score"]].min(axis=1), out[["high", "score"]].max(axis=1)
    return out.sort_values(["score", "creator"], na_position="last", ignore_index=True)


def about_sentence(creator: str, flags: pd.DataFrame | Missing, scored: pd.DataFrame | Missing, brief: Brief) -> str | Missing:
    """Say of one creator what the score is, whose place on the list that is, and what deserves a question."""
    if isinstance(scored, Missing):
        return scored
    write = wording(brief)
    own = scored[scored["creator"] == creator]
    if own.empty:
        return f"{handle(creator)} is not on the list."
    row = own.iloc[0]
    if pd.isna(row["score"]):
        text = f"{handle(creator)} has no score, for want of {row['lacks'] or 'data'}"
    else:
        known = scored["score"].dropna()
        lower = int((known < row["score"]).sum())
        others = f"{write.count(lower)} of {write.count(len(known))} creators score lower"
        text = f"{handle(creator)} scores {write.number(row['score'], 0)} of 100; {others}"
    found = flags if isinstance(flags, pd.DataFrame) else pd.DataFrame({"creator": [], "strength": []})
    strengths = found.loc[found["creator"] == creator, "strength"]
    strong, weak = int((strengths == "strong").sum()), int((strengths == "weak").sum())
    if not strong + weak:
        return f"{text}. Nothing deserves a question."
    verb = plural(strong + weak, "deserves", "deserve")
    return f"{text}. {strong} strong and {weak} weak {plural(strong + weak, 'observation')} {verb} a question."
