"""What other tools say, as quoted, beside the kit's own score: where they agree and where they do not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs

WORSE = ("suspicious", "fake", "bot", "fraud", "risk", "spam", "inactive", "anomal", "mass")  # measures of which more is worse
TRUST = ("quality", "aqs", "credib", "authent", "trust", "genuine", "real", "score", "safe")  # measures of trust of which more is better
NEEDED = 8
NEAR = 0.25  # difference of ranks up to which two places count as alike
FAR = 0.5  # difference of ranks (0-1) that counts as disagreement
ADD_SCORES = "a scores table with creator, tool, measure and value, as the tools tell them"


def is_worse(measure: str) -> bool:
    """Say whether more of a measure is worse.

    >>> is_worse("suspicious_followers_pct"), is_worse("AQS")
    (True, False)
    """
    return any(w in str(measure).casefold() for w in WORSE)


def is_of_trust(measure: str) -> bool:
    """Say whether a measure tells of trust at all; an engagement rate or a count does not.

    >>> is_of_trust("AQS"), is_of_trust("follower credibility"), is_of_trust("er_median_likes"), is_of_trust("real_followers")
    (True, True, False, True)
    """
    return is_worse(measure) or any(w in str(measure).casefold() for w in TRUST)


@needs("scores", otherwise=ADD_SCORES)
def beside(data: Dataset, scored: pd.DataFrame | Missing) -> pd.DataFrame | Missing:
    """Set each quoted value beside the kit's score of the same creator.

    Parameters
    ----------
    scored : DataFrame
        What :func:`playbook.trust.score.scores` returned.

    Returns
    -------
    DataFrame
        Largest disagreement first: `creator`, `tool`, `measure`, `value`, `score`, `their_place`, `our_place` (share of creators below,
        0-1, more is better in both), `apart` (their place less ours), `disagree`.
    """
    if isinstance(scored, Missing):
        return scored
    told = data.scores.dropna(subset=["value"])
    told = told[[is_of_trust(m) for m in told["measure"]]]
    frame = told.merge(scored[["creator", "score"]].dropna(), on="creator", how="inner")
    if frame.empty:
        return Missing(
            needs=("scores",),
            text="No creator has both a quoted score of trust and one of ours, so they cannot be compared: add scores, posts "
            "and a follower history.",
        )
    frame["towards"] = np.where([is_worse(m) for m in frame["measure"]], -frame["value"], frame["value"])
    grouped = frame.groupby(["tool", "measure"])
    size = grouped["value"].transform("size")
    frame["their_place"] = (grouped["towards"].rank() - 0.5) / size
    frame["our_place"] = (grouped["score"].rank() - 0.5) / size
    frame["apart"] = frame["their_place"] - frame["our_place"]
    frame["disagree"] = (frame["apart"].abs() >= FAR) & (size >= NEEDED)
    frame["far"] = frame["apart"].abs()
    names = ["creator", "tool", "measure", "value", "score", "their_place", "our_place", "apart", "disagree"]
    return frame.sort_values(["far", "creator", "tool", "measure"], ascending=[False, True, True, True], ignore_index=True)[names]


def agreement(compared: pd.DataFrame | Missing) -> pd.DataFrame | Missing:
    """Say how far each tool's measure and the kit's score order creators alike.

    Returns
    -------
    DataFrame
        Sorted by tool and measure: `tool`, `measure`, `n`, `spearman` (1 the same order, 0 none; missing under eight creators), `low`,
        `high` (90 % by Fisher's z), `alike` (creators whose places differ by a quarter of the list at most), `apart` (by half of it or
        more).
    """
    if isinstance(compared, Missing):
        return compared
    rows = []
    for (tool, measure), group in compared.groupby(["tool", "measure"], sort=True):
        n = len(group)
        varied = group["their_place"].nunique() > 1 and group["our_place"].nunique() > 1
        rho = float(np.corrcoef(group["their_place"], group["our_place"])[0, 1]) if n >= NEEDED and varied else np.nan
        away = 1.645 * 1.06 / np.sqrt(n - 3) if n > 3 else np.nan
        middle = np.arctanh(np.clip(rho, -0.999, 0.999))
        rows.append(
            {
                "tool": tool,
                "measure": measure,
                "n": n,
                "spearman": rho,
                "low": np.tanh(middle - away),
                "high": np.tanh(middle + away),
                "alike": int((group["apart"].abs() <= NEAR).sum()),
                "apart": int(group["disagree"].sum()),
            }
        )
    return pd.DataFrame(rows)
