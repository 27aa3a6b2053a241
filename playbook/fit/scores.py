"""One open score: audience, niche and words, as a sum whose parts are shown."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs
from playbook.fit.audience import audience, joint_share
from playbook.fit.text import matches, niche
from playbook.memo import remembered

PARTS = ("audience", "niche", "values")
PRIOR_POSTS = 4.0  # a few posts say little: so many posts at the pool's rate are added to each creator's own
ADD_CREATORS = "a creators table with creator, niche and followers"


def weights(brief: Brief) -> dict[str, float]:
    """Return the weights of the parts as shares of their sum; all missing where the sum is 0."""
    raw = {"audience": brief.fit.weight_audience, "niche": brief.fit.weight_niche, "values": brief.fit.weight_values}
    total = sum(raw.values())
    return {k: v / total if total > 0 else np.nan for k, v in raw.items()}


@remembered
@needs("creators", otherwise=ADD_CREATORS)
def scores(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Score how well each creator fits the brand, as a weighted mean of parts.

    A part that is unknown for one creator and known for others counts with the middle value of the others, so that nobody gains or loses by
    what your data does not hold; `known` says which parts are the creator's own. A part that is unknown for all is left out.

    Returns
    -------
    DataFrame
        Best first, unknown last: `creator`, `audience_fit` (mean likeness over the dimensions known), `niche_fit`, `values_fit` (share of
        posts with one of the brand's words, pulled to the pool where posts are few), `fit` (all 0-1; missing where no part is known),
        `known` (such as ``audience, niche``), `audience_points`, `niche_points`, `values_points` (what each part adds; their sum is `fit`),
        `dimensions`, `matched`, `target_share`, `low`, `high` (interval of the target share, where n is told).

    Examples
    --------
    >>> from playbook.data.dataset import dataset
    >>> creators = pd.DataFrame({"creator": ["tiktok:bo", "tiktok:ana"], "niche": ["food", "Hiking"]})
    >>> brief = Brief.model_validate({"brand": {"niches": ["hiking"]}})
    >>> scores(dataset(creators=creators), brief)[["creator", "fit", "known"]].values.tolist()
    [['tiktok:ana', 1.0, 'niche'], ['tiktok:bo', 0.0, 'niche']]
    """
    return summed(_parts(data, brief), weights(brief))


@remembered
def _parts(data: Dataset, brief: Brief) -> pd.DataFrame:
    """Return each creator's parts: what takes long, and does not hang on the weights."""
    out = data.creators[["creator"]].drop_duplicates().sort_values("creator", ignore_index=True)
    out["audience_fit"] = out["niche_fit"] = out["values_fit"] = np.nan
    out["dimensions"] = out["matched"] = ""
    compared = audience(data, brief)
    if not isinstance(compared, Missing):
        grouped = compared.groupby("creator")
        out["audience_fit"] = out["creator"].map(grouped["alike"].mean())
        named = dict(grouped["dimension"].agg(", ".join))
        out["dimensions"] = [named.get(c, "") for c in out["creator"]]
    near = niche(data, brief)
    if not isinstance(near, Missing):
        out["niche_fit"] = out["creator"].map(near.set_index("creator")["niche_fit"])
    found = matches(data, brief)
    if not isinstance(found, Missing):
        found = found.set_index("creator")
        out["values_fit"] = out["creator"].map(_words_fit(found))
        out["matched"] = out["creator"].map(lambda c: found["matched"].get(c, ""))
    share = joint_share(compared, brief)
    for name, source in (("target_share", "target_share"), ("low", "target_low"), ("high", "target_high")):
        out[name] = np.nan if isinstance(share, Missing) else out["creator"].map(share.set_index("creator")[source])
    return out


def _words_fit(found: pd.DataFrame) -> pd.Series:
    """Share of posts with one of the words, pulled to the pool's where posts are few."""
    read = found[found["posts"] > 0]
    pool = read["posts_matching"].sum() / read["posts"].sum() if len(read) else np.nan
    return (read["posts_matching"] + PRIOR_POSTS * pool) / (read["posts"] + PRIOR_POSTS)


def _filled(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the parts with unknown ones at the middle of the others, and which parts anybody has."""
    own = np.isfinite(values)
    usable = own.any(axis=0)
    middle = np.array([np.median(values[own[:, j], j]) if usable[j] else 0.0 for j in range(values.shape[1])])
    return np.where(own, values, middle), usable


def summed(parts: pd.DataFrame, weight: dict[str, float]) -> pd.DataFrame:
    """Add the parts up: points, score, and which parts are known. A part without weight changes nothing."""
    out = parts.copy()
    names = [f"{p}_fit" for p in PARTS]
    values = out[names].to_numpy(dtype=float)
    given = np.array([weight[p] for p in PARTS])
    filled, usable = _filled(values)
    counts = usable & (given > 0)
    own = np.isfinite(values) & counts
    some = own.any(axis=1)
    total = given[counts].sum() if counts.any() else np.nan
    points = np.where(counts & some[:, None], filled * given / total, np.nan)
    for position, part in enumerate(PARTS):
        out[f"{part}_points"] = points[:, position]
    out["fit"] = np.where(some, np.nansum(points, axis=1), np.nan)
    out["known"] = [", ".join(p for p, c in zip(PARTS, row, strict=True) if c) for row in own]
    first = ["creator", *names, "fit", "known", *(f"{p}_points" for p in PARTS)]
    rest = [c for c in out.columns if c not in first]
    return out[first + rest].sort_values(["fit", "creator"], ascending=[False, True], na_position="last", ignore_index=True)


def stability(scored: pd.DataFrame | Missing, brief: Brief, *, weightings: int = 1_000) -> pd.DataFrame | Missing:
    """Say how often each creator stays on the shortlist when the weights change.

    Weights are drawn evenly from all that add up to 1 over the parts that the brief gives any weight; the shortlist has
    `outreach.creators` places.

    Returns
    -------
    DataFrame
        In the order of `scored`: `creator`, `rank`, `fit`, `stays` (share of the weightings), `best_rank`, `worst_rank` (of the middle
        nine in ten).
    """
    if isinstance(scored, Missing):
        return scored
    known = scored[scored["fit"].notna()].reset_index(drop=True)
    if known.empty:
        return Missing(needs=("fit",), text="No creator has a fit, so there is no order to try.")
    values = known[[f"{p}_fit" for p in PARTS]].to_numpy(dtype=float)
    base = np.array([weights(brief)[p] for p in PARTS])
    rng = np.random.default_rng([brief.statistics.seed, 6])
    drawn = np.zeros((weightings, len(PARTS)))
    drawn[:, base > 0] = rng.dirichlet(np.ones(int((base > 0).sum())), weightings)
    filled, usable = _filled(values)
    fits = drawn[:, usable] @ filled[:, usable].T
    order = np.argsort(-fits, axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(1, len(known) + 1)[None, :].repeat(weightings, axis=0), axis=1)
    places = min(brief.outreach.creators, len(known))
    return pd.DataFrame(
        {
            "creator": known["creator"],
            "rank": np.arange(1, len(known) + 1),
            "fit": known["fit"],
            "stays": (ranks <= places).mean(axis=0),
            "best_rank": np.quantile(ranks, 0.05, axis=0).round().astype("int64"),
            "worst_rank": np.quantile(ranks, 0.95, axis=0).round().astype("int64"),
        }
    )
