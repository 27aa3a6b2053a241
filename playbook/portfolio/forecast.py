"""What a set may bring: simulated campaigns in which everything uncertain varies, some of it for all creators together."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.portfolio.overlap import Overlap

DRAWS = 2000
# spreads on logs. What moves all creators of a campaign together (season, product, platform), and each alone; planning values
SHARED_REACH_SD = 0.2
SHARED_FUNNEL_SD = 0.5
OWN_FUNNEL_SD = 0.8


@dataclass(frozen=True, kw_only=True)
class Draws:
    """Simulated campaigns: one row a campaign, one column a creator.

    Attributes
    ----------
    creators : tuple of str
    people : array (draws, creators)
        People that count for the goal, reached by each creator.
    cost : array (draws, creators)
    funnel : array (draws, creators)
        New followers or orders per person reached; 1 where the goal is awareness.
    pools : array (draws, niches)
        Size of each niche's pool.
    """

    creators: tuple[str, ...]
    niche: np.ndarray = field(repr=False)
    people: np.ndarray = field(repr=False)
    cost: np.ndarray = field(repr=False)
    funnel: np.ndarray = field(repr=False)
    pools: np.ndarray = field(repr=False)
    population: float = np.inf

    def unique(self, chosen: list[str]) -> np.ndarray:
        """Return the people that a set reaches at least once, in each campaign."""
        return self._union(self._at(chosen))

    def value(self, chosen: list[str]) -> np.ndarray:
        """Return what a set brings in each campaign, in the goal's unit."""
        at = self._at(chosen)
        people = self.people[:, at]
        with np.errstate(invalid="ignore", divide="ignore"):
            each = (people * self.funnel[:, at]).sum(axis=1) / people.sum(axis=1)
        return self._union(at) * np.nan_to_num(each)

    def spent(self, chosen: list[str]) -> np.ndarray:
        """Return what a set costs in each campaign."""
        return self.cost[:, self._at(chosen)].sum(axis=1)

    def _at(self, chosen: list[str]) -> np.ndarray:
        place = {c: i for i, c in enumerate(self.creators)}
        return np.array([place[c] for c in chosen], dtype=int)

    def _union(self, at: np.ndarray) -> np.ndarray:
        free = np.ones(len(self.people))
        total = np.zeros(len(self.people))
        for g in np.unique(self.niche[at]):
            mine = at[self.niche[at] == g]
            people = self.people[:, mine]
            size = np.maximum(self.pools[:, g], 1.05 * people.max(axis=1))
            niche = -size * np.expm1(np.log1p(-np.minimum(people / size[:, None], 1 / 1.05)).sum(axis=1))
            total += niche
            if np.isfinite(self.population):
                free *= 1 - np.minimum(niche / self.population, 1)
        return self.population * (1 - free) if np.isfinite(self.population) else total


def simulate(
    table: pd.DataFrame, shared: Overlap, brief: Brief, *, scale: pd.Series | None = None, draws: int = DRAWS, shock: float = 1.0
) -> Draws:
    """Draw campaigns for the creators of a candidates table.

    Each creator has a stream of random numbers of its own, made from its key, so that adding a creator changes nobody else's numbers.

    Parameters
    ----------
    table : DataFrame
        Rows of :attr:`Candidates.table`.
    scale : Series, optional
        Part of each niche's pool that counts for the goal; by default that of `table`.
    shock : float
        Multiplies the spreads that all creators share: 0 treats them as independent, which makes a sum look surer than it is.
    """
    table = table.sort_values("creator", ignore_index=True)
    seed, n = brief.statistics.seed, len(table)
    common = np.random.default_rng([seed, 0])
    season = np.exp(shock * SHARED_REACH_SD * common.standard_normal(draws) - (shock * SHARED_REACH_SD) ** 2 / 2)
    product = shock * SHARED_FUNNEL_SD * common.standard_normal(draws)
    niches = sorted(shared.sizes)
    pools = np.column_stack([shared.sizes[g] * np.exp(shared.sd[g] * common.standard_normal(draws)) for g in niches])
    # every factor has the mean 1, so that the simulated campaigns are centred on the estimate
    people, cost, funnel = (np.empty((draws, n)) for _ in range(3))
    rate = {
        "awareness": 1.0,
        "followers": brief.economics.follow_rate,
        "sales": brief.economics.click_rate * brief.economics.conversion_rate,
    }
    for i, row in enumerate(table.itertuples()):
        own = np.random.default_rng([seed, 1, zlib.crc32(row.creator.encode())])
        z = own.standard_normal((4, draws))
        share = np.clip(row.target_share + row.target_sd * z[1], 0, 1) if brief.goal.kind == "awareness" else 1.0
        people[:, i] = row.reach * np.exp(row.reach_sd * z[0] - row.reach_sd**2 / 2) * season * share
        cost[:, i] = row.cost * np.exp(row.cost_sd * z[2])
        swing = OWN_FUNNEL_SD * z[3] - OWN_FUNNEL_SD**2 / 2 + product - (shock * SHARED_FUNNEL_SD) ** 2 / 2
        funnel[:, i] = rate[brief.goal.kind] * (1.0 if brief.goal.kind == "awareness" else np.exp(swing))
    place = {g: k for k, g in enumerate(niches)}
    part = target_part(table) if scale is None else scale
    return Draws(
        creators=tuple(table["creator"]),
        niche=table["niche"].map(place).to_numpy(dtype=int),
        people=people,
        cost=cost,
        funnel=funnel,
        pools=pools * part.reindex(niches).fillna(1.0).to_numpy(),
        population=np.inf if brief.market.population is None else brief.market.population,
    )


def target_part(table: pd.DataFrame) -> pd.Series:
    """Return the part of each niche's pool that counts for the goal: people over reach, summed over its creators."""
    sums = table.groupby("niche")[["people", "reach"]].sum()
    return (sums["people"] / sums["reach"]).where(sums["reach"] > 0, 1.0)
