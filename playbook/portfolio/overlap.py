"""What is known about overlapping audiences: measured from samples of followers, or assumed by the brief."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Source
from playbook.portfolio.audience import pool_size

# fewer shared accounts than this say nothing about overlap
FEWEST_SHARED = 10
# how far an assumed overlap may be off, as a factor up or down (log sd of the pool's size)
ASSUMED_SD = 0.5


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """Size of each niche's pool of people.

    Attributes
    ----------
    sizes : dict of str to float
        Niche to people.
    sd : dict of str to float
        Spread of the size's logarithm.
    measured : tuple of str
        Niches whose size comes from samples of followers; the others rest on `portfolio.overlap`.
    source : {'modelled', 'assumed'}
    text : str
        One sentence that says where the overlap comes from.
    """

    sizes: dict[str, float]
    sd: dict[str, float]
    measured: tuple[str, ...]
    source: Source
    text: str


def overlap(data: Dataset, brief: Brief, creators: pd.DataFrame, share: float | None = None) -> Overlap:
    """Return each niche's pool of people.

    Two random samples of followers that share an account tell how large the pool is from which both audiences come: over all pairs
    of a niche, ``size = sum(n_i * n_j) / shared accounts`` (capture and recapture; Petersen, 1896). Under ten shared accounts a
    niche falls back on `portfolio.overlap`.

    Parameters
    ----------
    creators : DataFrame
        With `creator`, `niche`, `followers`, `reach`.
    share : float, optional
        Instead of `portfolio.overlap`.
    """
    share = brief.portfolio.overlap if share is None else share
    audience = np.maximum(creators["followers"].fillna(0), creators["reach"])
    sizes = {str(niche): float(pool_size(group.to_numpy(), share)) for niche, group in audience.groupby(creators["niche"])}
    sd = dict.fromkeys(sizes, ASSUMED_SD)
    measured = []
    for row in shared_followers(data, creators).itertuples():
        if row.shared >= FEWEST_SHARED:
            sizes[row.niche] = row.pairs / row.shared
            sd[row.niche] = float(row.shared) ** -0.5
            measured.append(row.niche)
    return Overlap(
        sizes=sizes, sd=sd, measured=tuple(measured), source="modelled" if measured else "assumed", text=_text(measured, sizes, share)
    )


def shared_followers(data: Dataset, creators: pd.DataFrame) -> pd.DataFrame:
    """Count accounts that turn up in the samples of several creators of one niche.

    Returns
    -------
    DataFrame
        Sorted by niche: `niche`, `creators` (sampled), `accounts` (sampled), `shared` (account in two samples, counted by pair),
        `pairs` (sum of the products of two samples' sizes).
    """
    columns = ["niche", "creators", "accounts", "shared", "pairs"]
    sample = data.follower_sample[["creator", "account"]].dropna().drop_duplicates()
    sample = sample.merge(creators[["creator", "niche"]], on="creator")
    if sample.empty:
        return pd.DataFrame({"niche": pd.Series(dtype="str"), **{c: pd.Series(dtype="float64") for c in columns[1:]}})
    rows = []
    for niche, group in sample.groupby("niche", sort=True):
        n = group.groupby("creator").size().to_numpy(dtype=float)
        times = group.groupby("account").size().to_numpy(dtype=float)
        pairs = (n.sum() ** 2 - (n**2).sum()) / 2
        rows.append((niche, len(n), len(times), float((times * (times - 1) / 2).sum()), float(pairs)))
    return pd.DataFrame(rows, columns=columns)


def _text(measured: list[str], sizes: dict[str, float], share: float) -> str:
    assumed = f"assumed: within a niche, the smaller of two audiences shares {100 * share:g} % with the larger one"
    if not measured:
        return f"Overlap is {assumed}."
    if len(measured) == len(sizes):
        return "Overlap is estimated from accounts that your samples of followers share."
    return f"Overlap is estimated from shared followers in {len(measured)} of {len(sizes)} niches; in the others it is {assumed}."
