"""One open score, 0-100: what each check takes off, how far it hangs on the weights, and who has too little data for one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.brief.weights import published, weighted
from playbook.data.dataset import Dataset
from playbook.findings import Missing
from playbook.trust.flags import BY_NAME, CHECKS
from playbook.wording import handle, listed, wording

KINDS = {kind: tuple(c for c, (k, _) in published().items() if k == kind) for kind in ("followers", "engagement", "comments", "profile")}
NEEDED = ("followers", "engagement")  # a score needs one check of each
STRONG, WEAK, EXPLAINED = 1.0, 0.4, 0.1  # share of a check's points that it takes off
NOT_ENOUGH = "not enough data"
SURE = 0.9  # share of weightings in which a place must stay the same to be called sure


def weights(brief: Brief | None = None) -> pd.DataFrame:
    """Return what each check can take off: `check`, `title`, `kind`, `weight` (points where it is strong), `default` (the kit's own)."""
    own = weighted(brief.trust.weights if brief is not None else "")
    return pd.DataFrame(
        [
            {"check": c.name, "title": c.title, "kind": published()[c.name][0], "weight": own[c.name], "default": published()[c.name][1]}
            for c in CHECKS
        ]
    )


def parts(screened: dict[str, pd.DataFrame | Missing] | Missing, brief: Brief | None = None) -> pd.DataFrame | Missing:
    """Return the points that each check takes off each creator it could judge, by the brief's weights.

    Returns
    -------
    DataFrame
        Sorted by creator and check: `creator`, `check`, `title`, `kind`, `strength`, `factor` (0-1), `points` (0 or below).
    """
    if isinstance(screened, Missing):
        return screened
    points = weights(brief).set_index("check")
    rows = []
    for name, found in screened.items():
        if isinstance(found, Missing):
            continue
        factor = np.select(
            [found["strength"] == "strong", (found["strength"] == "weak") & (found["explained"] != ""), found["strength"] == "weak"],
            [STRONG, EXPLAINED, WEAK],
            0.0,
        )
        rows.append(
            pd.DataFrame(
                {
                    "creator": found["creator"],
                    "check": name,
                    "title": BY_NAME[name].title,
                    "kind": points.loc[name, "kind"],
                    "strength": found["strength"],
                    "factor": factor,
                    "points": -points.loc[name, "weight"] * factor + 0.0,
                }
            )
        )
    if not rows:
        return Missing(
            needs=("posts", "follower_history"),
            text="No check could judge anybody, so there is no score: add posts with likes or a follower history.",
        )
    return pd.concat(rows).sort_values(["creator", "check"], ignore_index=True)


def scores(
    screened: dict[str, pd.DataFrame | Missing] | Missing, data: Dataset, brief: Brief, *, weightings: int = 1_000
) -> pd.DataFrame | Missing:
    """Return the open score of each creator: 100 less what the checks take off, never below 0.

    A creator without a check of followers (history or sample) or without one of engagement has no score: "not enough data" is not a
    middling number.

    Returns
    -------
    DataFrame
        Lowest score first, those without last: `creator`, `score` (0-100; missing with too little data), `low`, `high` (the middle nine
        in ten of 1,000 weightings, each check's weight moved by a log-normal factor of sd 0.3), `shortlisted` (the score reaches the
        brief's `least_score`), `stays` (share of those weightings in which that stays so), `checks` (how many could judge), `lacks`
        (what is missing for a score), `taken` (titles of the checks that took points off, largest first).
    """
    found = parts(screened, brief)
    if isinstance(found, Missing):
        return found
    creators = sorted(data.creators["creator"].unique())
    names = [c.name for c in CHECKS]
    factor = found.pivot(index="creator", columns="check", values="factor").reindex(index=creators, columns=names)
    known = factor.notna()
    told = weights(brief)
    own = told["weight"].to_numpy(dtype=float)
    rng = np.random.default_rng([brief.statistics.seed, 5])
    drawn = own * np.exp(0.3 * rng.standard_normal((weightings, len(own))))
    filled = factor.fillna(0.0).to_numpy()
    score = np.clip(100 - filled @ own, 0, 100)
    moved = np.clip(100 - filled @ drawn.T, 0, 100)
    low, high = np.quantile(moved, [0.05, 0.95], axis=1)
    has = {kind: known[list(told.loc[told["kind"] == kind, "check"])].any(axis=1).to_numpy() for kind in NEEDED}
    stays = ((moved >= brief.trust.least_score) == (score >= brief.trust.least_score)[:, None]).mean(axis=1)
    enough = np.logical_and.reduce([has[k] for k in NEEDED])
    lacks = {"followers": "a follower history or a sample of followers", "engagement": "posts with likes"}
    titles = found[found["points"] < 0].sort_values(["creator", "points", "check"]).groupby("creator")["title"].agg(", ".join)
    out = pd.DataFrame(
        {
            "creator": creators,
            "score": np.where(enough, score, np.nan),
            "low": np.where(enough, np.minimum(low, score), np.nan),
            "high": np.where(enough, np.maximum(high, score), np.nan),
            "shortlisted": pd.array(np.where(enough, score >= brief.trust.least_score, None), dtype="boolean"),
            "stays": np.where(enough, stays, np.nan),
            "checks": known.sum(axis=1).to_numpy(),
            "lacks": [" and ".join(lacks[k] for k in NEEDED if not has[k][i]) for i in range(len(creators))],
        }
    )
    out["taken"] = out["creator"].map(lambda c: titles.get(c, ""))
    return out.sort_values(["score", "creator"], na_position="last", ignore_index=True)


def shortlist_text(scored: pd.DataFrame | Missing, brief: Brief) -> str:
    """Say how many creators are on the shortlist and how far that hangs on the weights."""
    if isinstance(scored, Missing):
        return scored.text
    known = scored.dropna(subset=["score"])
    write = wording(brief)
    if known.empty:
        return "No creator has enough data for a score, so there is no shortlist: ask for the screenshots below."
    on = known["shortlisted"].astype(bool)
    sure = known["stays"] >= SURE
    depends = known.loc[~sure].sort_values(["stays", "creator"])["creator"]
    text = (
        f"{write.count(on.sum())} of {write.count(len(known))} creators with a score reach "
        f"{write.number(brief.trust.least_score, 0)} points, "
        f"{write.count((on & sure).sum())} of them under at least nine in ten of 1,000 other weightings."
    )
    if len(depends):
        names = listed([handle(c) for c in depends], 6)
        text += f" For {write.count(len(depends))}, the place hangs on the weights: {names}."
    return text + f" {write.count(len(scored) - len(known))} more have too little data for a score."
