"""How audiences overlap: what a set of creators reaches together, as sums of concave functions.

Two people in two audiences are counted once. Every model here has one form: for each cell `u` (a niche's pool of people, or people
who are reached by the same creators) the set gives ``s[u] = sum of weight[u, i] over chosen i``, and reaches ``sum of
concave(s[u])``. That makes greedy, the exact optimiser and its proven bound the same code for all of them.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csc_matrix

# a pool must be larger than its largest audience, or everything else would be reached twice over
ROOM = 1.05


@dataclass(frozen=True, kw_only=True)
class Audience:
    """What sets of creators reach together.

    Attributes
    ----------
    kind : {'pools', 'panel'}
        `pools`: within a niche audiences overlap at random, between niches not at all (or at random in the market's population where
        that is known). `panel`: people as they are, each with the creators that reach them.
    weights : sparse matrix (cells, creators)
    sizes : array (cells,)
        People in each pool, or the weight of each kind of person in the panel.
    population : float
        People in the market; infinite where unknown.
    alone : array (creators,)
        People each creator reaches alone.
    contacts : int
        Creators through whom a person must be reached to count. Above 1 the optimiser works with the least concave function that lies
        above what counts, so its bound holds; :meth:`reached` counts what counts.
    """

    kind: Literal["pools", "panel"]
    weights: csc_matrix = field(repr=False)
    sizes: np.ndarray = field(repr=False)
    alone: np.ndarray = field(repr=False)
    population: float = np.inf
    contacts: int = 1

    def cell(self, s: np.ndarray, sizes: np.ndarray | None = None) -> np.ndarray:
        """Return the concave function of each cell, on the scale in which cells add up."""
        sizes = self.sizes if sizes is None else sizes
        if self.kind == "panel":
            return sizes * np.minimum(s / self.contacts, 1.0)
        if self.contacts > 1:
            return sizes * _hull(s, self.contacts)[0]
        if np.isinf(self.population):
            return -sizes * np.expm1(-s)
        return -np.log1p(sizes / self.population * np.expm1(-s))

    def slope(self, s: np.ndarray) -> np.ndarray:
        """Return a supergradient of :meth:`cell`."""
        if self.kind == "panel":
            return np.where(s < self.contacts, self.sizes / self.contacts, 0.0)
        if self.contacts > 1:
            return self.sizes * _hull(s, self.contacts)[1]
        if np.isinf(self.population):
            return self.sizes * np.exp(-s)
        q = self.sizes / self.population
        return q * np.exp(-s) / (1 + q * np.expm1(-s))

    def people(self, total: float) -> float:
        """Turn a sum over cells into people."""
        if self.kind == "panel" or self.contacts > 1 or np.isinf(self.population):
            return float(min(total, self.population))
        return float(-self.population * np.expm1(-total))

    def reached(self, chosen: np.ndarray) -> float:
        """Return the people that a set reaches (through `contacts` creators at least); `chosen` holds positions."""
        if self.contacts == 1:
            return self.people(float(self.cell(self.state(chosen)).sum()))
        if self.kind == "panel":
            return self.people(float(self.sizes[self.state(chosen) >= self.contacts].sum()))
        part = self.weights[:, np.asarray(chosen, dtype=int)].toarray()
        return self.people(float((self.sizes * at_least(-np.expm1(-part.T), self.contacts)).sum()))

    def state(self, chosen: np.ndarray) -> np.ndarray:
        """Return `s` of every cell for a set."""
        return np.asarray(self.weights[:, np.asarray(chosen, dtype=int)].sum(axis=1)).ravel()


def at_least(chances: np.ndarray, times: int) -> np.ndarray:
    """Return the chance of at least so many out of independent events.

    Parameters
    ----------
    chances : array (events, ...)

    Examples
    --------
    >>> at_least(np.array([[0.5], [0.5], [0.5]]), 2).tolist()
    [0.5]
    """
    fewer = np.zeros((times, *chances.shape[1:]))
    fewer[0] = 1.0
    for chance in chances:
        fewer[1:] = fewer[1:] * (1 - chance) + fewer[:-1] * chance
        fewer[0] = fewer[0] * (1 - chance)
    return 1 - fewer.sum(axis=0)


def _hull(s: np.ndarray, times: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the least concave function above the chance of `times` contacts, and its slope.

    Somebody whom each creator reaches with chance p is reached by no more of them than a Poisson variable of mean -log(1 - p) counts
    each. That chance bends up, then down: up to the point where a line from the origin touches it, the line takes its place.
    """
    from scipy.special import gammaincc, gammaln

    bend = _bend(times)
    steep = float(1 - gammaincc(times, bend)) / bend
    s = np.asarray(s, dtype=float)
    away = np.maximum(s, bend)
    slope = np.exp((times - 1) * np.log(away) - away - gammaln(times))
    return np.where(s < bend, steep * s, 1 - gammaincc(times, away)), np.where(s < bend, steep, slope)


@functools.cache
def _bend(times: int) -> float:
    from scipy.optimize import brentq
    from scipy.special import gammaincc, gammaln

    def over(s: float) -> float:
        return (1 - gammaincc(times, s)) / s - np.exp((times - 1) * np.log(s) - s - gammaln(times))

    return float(brentq(over, times - 1 + 1e-9, 4.0 * times))


def pools(
    reach: np.ndarray,
    niche: np.ndarray,
    followers: np.ndarray,
    overlap: float | dict[str, float],
    population: float | None = None,
    contacts: int = 1,
) -> Audience:
    """Return the model in which a niche's audiences are drawn at random from one pool of people.

    The pool's size follows from the overlap: it is such that the smaller of two audiences shares that part with the larger one, on
    average over the niche's pairs. (Random duplication over a whole market, known as Sainsbury's, overstates sets from one niche;
    within niches it comes close.)

    Parameters
    ----------
    reach : array (n,)
        People each creator reaches.
    niche : array (n,) of str
    followers : array (n,)
        Audiences in full; a creator's reach is part of it.
    overlap : float, or mapping of niche to the pool's size
        Share (0-1) of the smaller audience, or sizes that were measured.
    population : float, optional
        People in the market.
    contacts : int
        Creators through whom a person must be reached to count.

    Examples
    --------
    >>> half = pools(np.array([100.0, 100.0]), np.array(["a", "a"]), np.array([100.0, 100.0]), 0.5)
    >>> round(half.reached(np.array([0, 1])), 6)
    150.0
    >>> apart = pools(np.array([100.0, 100.0]), np.array(["a", "b"]), np.array([100.0, 100.0]), 0.5)
    >>> round(apart.reached(np.array([0, 1])), 6)
    200.0
    """
    from scipy.sparse import csc_matrix

    names, cell = np.unique(niche, return_inverse=True)
    audience = np.maximum(followers, reach)
    most = np.inf if population is None else population
    sizes = np.empty(len(names))
    for u, name in enumerate(names):
        mine = np.sort(audience[cell == u])
        told = overlap.get(name) if isinstance(overlap, dict) else pool_size(mine, overlap)
        sizes[u] = min(max(told, ROOM * mine[-1]), most)
    sizes = np.maximum(sizes, 1e-12)
    part = np.minimum(reach / sizes[cell], 1 / ROOM)
    weights = csc_matrix((-np.log1p(-part), (cell, np.arange(len(reach)))), shape=(len(names), len(reach)))
    return Audience(kind="pools", weights=weights, sizes=sizes, alone=part * sizes[cell], population=most, contacts=contacts)


def pool_size(audiences: np.ndarray, overlap: float) -> float:
    """Return the pool from which random audiences share `overlap` of the smaller of two, on average over pairs.

    >>> float(pool_size(np.array([100.0, 100.0]), 0.1))
    1000.0
    """
    largest = np.sort(audiences)
    n = len(largest)
    # the j-th smallest is the larger one in j of the pairs
    larger = float((largest * np.arange(n)).sum() / (n * (n - 1) / 2)) if n > 1 else float(largest[-1])
    return larger / max(overlap, 1e-9)


def panel(follows: np.ndarray, weight: np.ndarray | None = None, contacts: int = 1, merge: bool = True) -> Audience:
    """Return the model that counts people as they are.

    Parameters
    ----------
    follows : array (people, creators) of bool, dense or sparse
        Whom each creator reaches.
    weight : array (people,), optional
        How many people each row stands for; 1 by default.
    contacts : int
        Creators through whom a person must be reached to count.
    merge : bool
        Merge rows with the same creators.

    Examples
    --------
    >>> three = panel(np.array([[1, 0], [1, 1], [0, 1]], dtype=bool))
    >>> three.reached(np.array([0])), three.reached(np.array([0, 1]))
    (2.0, 3.0)
    """
    from scipy.sparse import csr_matrix

    rows = csr_matrix(follows, dtype=np.float64)
    rows.eliminate_zeros()
    rows.sort_indices()
    weight = np.ones(rows.shape[0]) if weight is None else np.asarray(weight, dtype=float)
    merged: dict[bytes, list] = {}
    if not merge:
        return Audience(kind="panel", weights=rows.tocsc(), sizes=weight, alone=np.asarray(rows.T @ weight).ravel(), contacts=contacts)
    for i in range(rows.shape[0]):
        members = rows.indices[rows.indptr[i] : rows.indptr[i + 1]]
        if len(members):
            merged.setdefault(members.tobytes(), [members, 0.0])[1] += weight[i]
    cells = [merged[key] for key in sorted(merged)]
    sizes = np.array([w for _, w in cells])
    indices = np.concatenate([m for m, _ in cells]) if cells else np.empty(0, dtype=int)
    indptr = np.concatenate([[0], np.cumsum([len(m) for m, _ in cells])]).astype(int)
    matrix = csr_matrix((np.ones(len(indices)), indices, indptr), shape=(len(cells), rows.shape[1])).tocsc()
    return Audience(kind="panel", weights=matrix, sizes=sizes, alone=np.asarray(matrix.T @ sizes).ravel(), contacts=contacts)


def bounds(alone: np.ndarray, population: float | None = None) -> tuple[float, float]:
    """Return what no overlap can undercut or exceed: the largest audience, and the sum (or the population).

    >>> bounds(np.array([300.0, 200.0]), 450)
    (300.0, 450.0)
    """
    if not len(alone):
        return 0.0, 0.0
    return float(alone.max()), float(min(alone.sum(), np.inf if population is None else population))
