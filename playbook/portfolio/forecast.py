"""What a set may bring: simulated campaigns in which everything uncertain varies, some of it for all creators together."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.portfolio.audience import ROOM, at_least
from playbook.portfolio.overlap import Overlap

DRAWS = 2000
# spreads on logs. What moves all creators of a campaign together (season, product, platform), and each alone; planning values
SHARED_REACH_SD = 0.2
SHARED_FUNNEL_SD = 0.5
OWN_FUNNEL_SD = 0.8
VARIES = (
    "each creator's reach",
    "luck of the posts",
    "what a platform's creators share",
    "season and platform",
    "each creator's response",
    "product and offer",
    "who the audiences are",
    "overlap",
    "fees",
)
LUCK = ("luck of the posts", "season and platform", "product and offer", "each creator's response")


@dataclass(frozen=True, kw_only=True)
class Draws:
    """Simulated campaigns: one row a campaign, one column a creator.

    Attributes
    ----------
    creators : tuple of str
        Options: a creator, or a creator's other deliverable.
    reach : array (draws, creators)
        People reached by each creator.
    counts : array (draws, creators)
        How much one of them counts for the goal.
    cost : array (draws, creators)
    funnel : array (draws, creators)
        New followers or orders per person reached; 1 where the goal is awareness.
    pools : array (draws, niches)
        Size of each niche's pool.
    """

    creators: tuple[str, ...]
    niche: np.ndarray = field(repr=False)
    reach: np.ndarray = field(repr=False)
    counts: np.ndarray = field(repr=False)
    cost: np.ndarray = field(repr=False)
    funnel: np.ndarray = field(repr=False)
    pools: np.ndarray = field(repr=False)
    population: float = np.inf
    contacts: int = 1
    additive: bool = False
    profit: bool = False

    def unique(self, chosen: list[str]) -> np.ndarray:
        """Return the people that a set reaches at least once, in each campaign."""
        at = self._at(chosen)
        return self._union(at, self.reach[:, at], 1)

    def value(self, chosen: list[str]) -> np.ndarray:
        """Return what a set brings in each campaign, in the goal's unit."""
        at = self._at(chosen)
        reach = self.reach[:, at]
        worth = reach * self.counts[:, at] * self.funnel[:, at]
        if self.additive:
            return worth.sum(axis=1)
        # people reached by several creators count once; each counts as the creators' people do on average
        value = self._union(at, reach, self.contacts) * worth.sum(axis=1) / reach.sum(axis=1)
        return value - self.cost[:, at].sum(axis=1) if self.profit else value

    def spent(self, chosen: list[str]) -> np.ndarray:
        """Return what a set costs in each campaign."""
        return self.cost[:, self._at(chosen)].sum(axis=1)

    def _at(self, chosen: list[str]) -> np.ndarray:
        place = {c: i for i, c in enumerate(self.creators)}
        return np.array([place[c] for c in chosen], dtype=int)

    def _union(self, at: np.ndarray, people: np.ndarray, contacts: int) -> np.ndarray:
        free = np.ones(len(people))
        total = np.zeros(len(people))
        for g in np.unique(self.niche[at]):
            mine = people[:, self.niche[at] == g]
            size = np.maximum(self.pools[:, g], ROOM * mine.max(axis=1))
            part = mine / size[:, None]
            niche = -size * np.expm1(np.log1p(-part).sum(axis=1)) if contacts == 1 else size * at_least(part.T, contacts)
            total += niche
            if np.isfinite(self.population):
                free *= 1 - np.minimum(niche / self.population, 1)
        return self.population * (1 - free) if np.isfinite(self.population) else total


def simulate(
    table: pd.DataFrame,
    shared: Overlap,
    brief: Brief,
    *,
    per_person: float,
    middle: float | None = None,
    draws: int = DRAWS,
    shock: float = 1.0,
    only: str | None = None,
    usual: bool = False,
) -> Draws:
    """Draw campaigns for the creators of a candidates table.

    Each creator has a stream of random numbers of its own, made from its key, so that adding a creator changes nobody else's numbers.

    Parameters
    ----------
    table : DataFrame
        Rows of :attr:`Candidates.table`.
    per_person : float
        New followers or orders per person reached; 1 where the goal is awareness.
    middle : float, optional
        Middle target share of all candidates; by default that of `table`.
    shock : float
        Multiplies the spreads that all creators share: 0 treats them as independent, which makes a sum look surer than it is.
    only : str, optional
        Let nothing vary but this one of :data:`VARIES`.
    usual : bool
        Leave out what is luck of one campaign (season, luck of the posts): what remains is how well the estimate itself is known.
    """
    spread = {name: 1.0 if only in (None, name) and not (usual and name in LUCK) else 0.0 for name in VARIES}
    season_sd = shock * SHARED_REACH_SD * spread["season and platform"]
    product_sd = shock * SHARED_FUNNEL_SD * spread["product and offer"]
    own_sd = OWN_FUNNEL_SD * spread["each creator's response"]
    table = table.sort_values("option", ignore_index=True)
    seed, n = brief.statistics.seed, len(table)
    common = np.random.default_rng([seed, 0])
    season = np.exp(season_sd * common.standard_normal(draws) - season_sd**2 / 2)
    product = product_sd * common.standard_normal(draws) - product_sd**2 / 2
    niches = sorted(shared.sizes)
    pools = np.column_stack([shared.sizes[g] * np.exp(spread["overlap"] * shared.sd[g] * common.standard_normal(draws)) for g in niches])
    # every factor has the mean 1, so that the simulated campaigns are centred on the estimate
    reach, counts, cost, funnel = (np.empty((draws, n)) for _ in range(4))
    middle = float(table["target_share"].median()) if middle is None else middle
    additive = brief.portfolio.maximise == "engagements"
    aware = brief.goal.kind == "awareness" and brief.portfolio.maximise != "profit"
    relative = 1.0 if aware or not middle > 0 else middle
    # how views turn into people, and what others of a size reach, is estimated for a whole platform
    names = sorted(set(table["platform"]))
    of_platform = {name: np.random.default_rng([seed, 2, zlib.crc32(str(name).encode())]).standard_normal(draws) for name in names}
    for i, row in enumerate(table.itertuples()):
        own = np.random.default_rng([seed, 1, zlib.crc32(row.creator.encode())])
        z = own.standard_normal((5, draws))
        reach_sd = row.reach_sd * spread["each creator's reach"]
        luck_sd = row.luck_sd * spread["luck of the posts"]
        shared_sd = row.shared_sd * spread["what a platform's creators share"]
        away = reach_sd * z[0] + luck_sd * z[4] + shared_sd * of_platform[row.platform]
        reach[:, i] = row.reach * np.exp(away - (reach_sd**2 + luck_sd**2 + shared_sd**2) / 2) * season
        counts[:, i] = np.clip(row.target_share + row.target_sd * spread["who the audiences are"] * z[1], 0, 1) / relative * row.counts
        if additive:
            counts[:, i] = row.people / row.reach
        cost[:, i] = row.cost * np.exp(row.cost_sd * spread["fees"] * z[2])
        swing = own_sd * z[3] - own_sd**2 / 2 + product
        funnel[:, i] = per_person * (1.0 if additive or aware else np.exp(swing))
    place = {g: k for k, g in enumerate(niches)}
    return Draws(
        creators=tuple(table["option"]),
        niche=table["niche"].map(place).to_numpy(dtype=int),
        reach=reach,
        counts=counts,
        cost=cost,
        funnel=funnel,
        pools=pools,
        population=np.inf if brief.market.population is None else brief.market.population,
        contacts=brief.portfolio.contacts,
        additive=additive,
        profit=brief.portfolio.maximise == "profit",
    )


def chance(share: float) -> str:
    """Write a share of simulated campaigns without claiming certainty.

    >>> chance(0.83), chance(1.0), chance(0.001)
    ('83 %', 'more than 99 %', 'fewer than 1 %')
    """
    if share >= 0.995:
        return "more than 99 %"
    if share <= 0.005:
        return "fewer than 1 %"
    return f"{100 * share:.0f} %"
