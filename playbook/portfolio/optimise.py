"""The best set for the budget, with a certificate: its value, a proven upper bound, and the gap between them."""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from playbook.portfolio.audience import Audience

# below this the exact answer and the bound count as equal
CLOSED = 1e-6
MOST_ROUNDS = 40


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a set must keep to.

    Attributes
    ----------
    budget : int
        In cents: whole numbers, so that a set is never over budget by rounding.
    most : int
        Creators at most.
    must : tuple of int
        Positions that must be in.
    groups : tuple of (positions, lowest, highest)
        At least and at most so many out of each group.
    """

    budget: int
    most: int
    must: tuple[int, ...] = ()
    groups: tuple[tuple[tuple[int, ...], int, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Solution:
    """A set and how good it is.

    Attributes
    ----------
    chosen : array of int
        Positions, ascending.
    value, upper_bound : float
        People reached, and the most that any set within the limits can reach.
    method : {'exact', 'greedy'}
        Which of the two found it.
    """

    chosen: np.ndarray
    value: float
    upper_bound: float
    method: str
    rounds: int = field(default=0, compare=False)

    @property
    def gap(self) -> float:
        """Share of the bound that the set may miss."""
        return max(0.0, 1 - self.value / self.upper_bound) if self.upper_bound > 0 else 0.0


def best_set(audience: Audience, cost: np.ndarray, limits: Limits, *, time_limit: float = 20.0) -> Solution | None:
    """Return the best set: lazy greedy, then the exact optimiser, the better of the two.

    Parameters
    ----------
    audience : Audience
    cost : array of int (n,)
        Cents.
    time_limit : float
        Seconds; when they are over, the best set found so far is returned with its bound.

    Returns
    -------
    Solution, or None where no set keeps to the limits.

    Notes
    -----
    Greedy by gain per cost, by gain, and the best single creator (Khuller, Moss and Naor, 1999), bounded by what a whole budget could
    add at most to what greedy holds at any time, the least of these (Tang et al., 2021). Exact: a mixed-integer programme (HiGHS) in
    which each concave function is replaced by its tangents; tangents are added where the answer lies until value and bound meet (outer
    approximation; Duran and Grossmann, 1986).

    Examples
    --------
    >>> from playbook.portfolio.audience import panel
    >>> people = panel(np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1]], dtype=bool))
    >>> best = best_set(people, np.array([200, 200, 100]), Limits(budget=300, most=3))
    >>> best.chosen.tolist(), best.value, round(best.upper_bound, 6)
    ([0, 2], 3.0, 3.0)
    """
    started = time.monotonic()
    cost = np.asarray(cost, dtype=np.int64)
    if len(cost) == 0 or not _possible(cost, limits):
        return None
    best = exchanged(audience, cost, limits, greedy(audience, cost, limits), deadline=started + time_limit / 4)
    exact = _exact(audience, cost, limits, best, deadline=started + time_limit)
    return exact or best


def greedy(audience: Audience, cost: np.ndarray, limits: Limits) -> Solution | None:
    """Return the best of three greedy sets and the best single creator, with a bound that holds for every set.

    With group limits greedy keeps the upper ones; sets that miss a lower one are not returned.
    """
    sets = [_grow(audience, cost, limits, per_cost) for per_cost in (True, False)]
    free = [i for i in range(len(cost)) if i not in limits.must]
    order = sorted(free, key=lambda i: (-audience.alone[i], i))
    single = next((i for i in order if _fits(np.array(sorted({*limits.must, i})), cost, limits)), None)
    if single is not None:
        sets.append(_grow(audience, cost, limits, True, begin=[single]))
    found = [np.sort(s) for s in sets if _fits(s, cost, limits, lower=True)]
    if not found:
        return None
    values = [audience.reached(s) for s in found]
    at = int(np.argmax(values))
    upper = min(remaining_bound(audience, cost, limits, s) for s in [*found, *_prefixes(sets[0])])
    return Solution(chosen=found[at], value=values[at], upper_bound=max(upper, values[at]), method="greedy")


def _prefixes(order: np.ndarray) -> list[np.ndarray]:
    """Return what greedy had taken on its way, at up to nine places: each gives a bound of its own, and the tightest is seldom the last
    (Tang, Tang, Lim, Han and Yuan, 2021, take the least over all)."""
    return [order[: len(order) * k // 8] for k in range(9)] if len(order) >= 8 else [order[:k] for k in range(len(order) + 1)]


def exchanged(audience: Audience, cost: np.ndarray, limits: Limits, start: Solution | None, *, deadline: float) -> Solution | None:
    """Improve a set by exchange: take one creator out, fill up greedily, keep what is better, until nothing is.

    Parameters
    ----------
    deadline : float
        By `time.monotonic()`.
    """
    best, better = start, start is not None
    while better and time.monotonic() < deadline:
        better = False
        for out in [i for i in best.chosen.tolist() if i not in limits.must]:
            kept = best.chosen[best.chosen != out]
            for per_cost in (True, False):
                refilled = np.sort(_grow(audience, cost, limits, per_cost, begin=kept, without=out))
                value = audience.reached(refilled)
                if value > best.value * (1 + 1e-9) and _fits(refilled, cost, limits, lower=True):
                    best, better = replace(best, chosen=refilled, value=value), True
                    break
            if better or time.monotonic() > deadline:
                break
    if best is not None and audience.contacts > 1:
        best = _pairwise(audience, cost, limits, best, deadline=deadline)
    return best if best is None else replace(best, upper_bound=max(best.upper_bound, best.value))


def _pairwise(audience: Audience, cost: np.ndarray, limits: Limits, start: Solution, *, deadline: float) -> Solution:
    """Improve a set where gains grow before they shrink: add one, or one for one, or two for one, whatever is better."""
    best, better = start, True
    while better and time.monotonic() < deadline:
        better = False
        inside = set(best.chosen.tolist())
        outside = [i for i in range(len(cost)) if i not in inside and cost[i] <= limits.budget]
        for gone in [(), *((i,) for i in sorted(inside - set(limits.must)))]:
            kept = inside.difference(gone)
            left = limits.budget - int(cost[sorted(kept)].sum())
            options = [(i,) for i in outside] + [(i, j) for k, i in enumerate(outside[:60]) for j in outside[k + 1 : 60]]
            for new in options:
                if int(cost[list(new)].sum()) > left or time.monotonic() > deadline:
                    continue
                tried = np.array(sorted(kept.union(new)), dtype=int)
                value = audience.reached(tried)
                if value > best.value * (1 + 1e-9) and _fits(tried, cost, limits, lower=True):
                    best, better = replace(best, chosen=tried, value=value), True
                    break
            if better:
                break
    return best


def remaining_bound(audience: Audience, cost: np.ndarray, limits: Limits, chosen: np.ndarray) -> float:
    """Return a bound on every set within the limits: what `chosen` reaches, and the most its additions could add if none overlapped.

    The additions' gains fill the whole budget as a fractional knapsack (Leskovec et al., 2007).
    """
    state = audience.state(chosen)
    gains = _gains(audience, state)
    gains[chosen] = 0.0
    spare = limits.budget - int(cost[list(limits.must)].sum()) if limits.must else limits.budget
    with np.errstate(divide="ignore", invalid="ignore"):
        density = np.where(cost > 0, gains / np.maximum(cost, 1), np.inf)
    order = np.lexsort((np.arange(len(cost)), -density))
    spent = np.cumsum(cost[order])
    whole = spent <= spare
    total = float(gains[order][whole].sum())
    if not whole.all():
        at = int(np.argmin(whole))
        left = spare - (spent[at] - cost[order][at])
        total += float(gains[order][at]) * left / cost[order][at]
    by_number = float(np.sort(gains)[::-1][: limits.most].sum())
    return audience.people(float(audience.cell(state).sum()) + min(total, by_number))


def _gains(audience: Audience, state: np.ndarray) -> np.ndarray:
    """Return what each creator would add to a state, on the scale in which cells add up."""
    w = audience.weights
    columns = np.repeat(np.arange(w.shape[1]), np.diff(w.indptr))
    sizes = audience.sizes[w.indices]
    added = audience.cell(state[w.indices] + w.data, sizes) - audience.cell(state[w.indices], sizes)
    return np.bincount(columns, weights=added, minlength=w.shape[1])


def _gain(audience: Audience, state: np.ndarray, i: int) -> float:
    w = audience.weights
    rows, data = w.indices[w.indptr[i] : w.indptr[i + 1]], w.data[w.indptr[i] : w.indptr[i + 1]]
    sizes = audience.sizes[rows]
    return float((audience.cell(state[rows] + data, sizes) - audience.cell(state[rows], sizes)).sum())


def _grow(
    audience: Audience, cost: np.ndarray, limits: Limits, per_cost: bool, *, begin: Iterable[int] = (), without: int | None = None
) -> np.ndarray:
    """Add creators one by one, the best next one first; lazily, since gains only shrink (Minoux, 1978). In the order of adding."""
    w = audience.weights
    chosen = [*limits.must, *(i for i in begin if i not in limits.must)]
    state = audience.state(np.array(chosen, dtype=int))
    left, room = limits.budget - int(cost[chosen].sum()), limits.most - len(chosen)
    taken = [sum(i in members for i in chosen) for members, _, _ in limits.groups]
    group_of = [[g for g, (members, _, _) in enumerate(limits.groups) if i in members] for i in range(len(cost))] if limits.groups else None
    gains = _gains(audience, state)

    def rank(gain: float, i: int) -> float:
        return gain / max(int(cost[i]), 1) if per_cost else gain

    inside = set(chosen)
    heap = [(-rank(gains[i], i), i, 0) for i in np.flatnonzero((gains > 0) & (cost <= left)).tolist() if i not in inside and i != without]
    heapq.heapify(heap)
    step = 0
    while heap and room > 0:
        _, i, seen = heapq.heappop(heap)
        if cost[i] > left or (group_of and any(taken[g] >= limits.groups[g][2] for g in group_of[i])):
            continue
        if seen < step:
            gain = _gain(audience, state, i)
            if gain > 0:
                heapq.heappush(heap, (-rank(gain, i), i, step))
            continue
        chosen.append(i)
        rows = slice(w.indptr[i], w.indptr[i + 1])
        state[w.indices[rows]] += w.data[rows]
        left, room, step = left - int(cost[i]), room - 1, step + 1
        for g in group_of[i] if group_of else ():
            taken[g] += 1
    return np.array(chosen, dtype=int)


def _fits(chosen: np.ndarray, cost: np.ndarray, limits: Limits, *, lower: bool = False) -> bool:
    inside = set(chosen.tolist())
    counts = [(sum(i in inside for i in members), low, high) for members, low, high in limits.groups]
    return (
        int(cost[chosen].sum()) <= limits.budget
        and len(chosen) <= limits.most
        and set(limits.must) <= inside
        and all(n <= high and (n >= low or not lower) for n, low, high in counts)
    )


def _possible(cost: np.ndarray, limits: Limits) -> bool:
    return len(limits.must) <= limits.most and int(cost[list(limits.must)].sum()) <= limits.budget


def _exact(audience: Audience, cost: np.ndarray, limits: Limits, start: Solution | None, *, deadline: float) -> Solution | None:
    """Solve by tangents: returns the better of the start and the exact answer, with the tightest bound; None where nothing fits."""
    n = len(cost)
    best, upper = start, start.upper_bound if start else np.inf
    model = _Model(audience, cost, limits, start)
    if model.scale <= 0:
        return start
    rounds = 0
    while rounds < MOST_ROUNDS and time.monotonic() < deadline:
        rounds += 1
        answer, bound = model.solve(best.value if best else -np.inf, deadline)
        upper = min(upper, bound)
        if answer is None:
            break
        chosen = np.flatnonzero(answer[:n] > 0.5)
        if _fits(chosen, cost, limits, lower=True):
            value = audience.reached(chosen)
            # a set that only ties is not better: the order of the search must not decide
            if best is None or value > best.value * (1 + 1e-9):
                best = Solution(chosen=chosen, value=value, upper_bound=upper, method="exact")
        if audience.kind == "panel" or (best is not None and upper <= best.value * (1 + CLOSED)) or not model.touch(chosen):
            break
    if best is None:
        return None
    return Solution(chosen=best.chosen, value=best.value, upper_bound=max(upper, best.value), method=best.method, rounds=rounds)


class _Model:
    """The mixed-integer programme: 0/1 for each creator, and for each cell the share of its most that the set reaches."""

    def __init__(self, audience: Audience, cost: np.ndarray, limits: Limits, start: Solution | None):
        from scipy.sparse import csr_matrix

        self.audience, self.n = audience, len(cost)
        everything = np.asarray(audience.weights.sum(axis=1)).ravel()
        kept = everything > 0
        self.weights, self.cells = audience.weights.tocsr(), np.flatnonzero(kept)
        self.most = audience.cell(everything)[self.cells]
        # the solver also stops at an absolute gap of 1e-6: on a scale on which the answer is about 100, that is nothing
        self.scale = float(audience.cell(audience.state(start.chosen) if start else everything).sum()) / 100
        self.points = [np.zeros(len(everything))]
        if audience.kind == "pools":
            self.points += [everything * share for share in (0.02, 0.06, 0.15, 0.35, 1.0)]
            self.points += [audience.state(start.chosen)] if start else []
        rows, self.least, self.top = [cost / 100, np.ones(self.n)], [-np.inf, -np.inf], [limits.budget / 100, limits.most]
        for members, low, high in limits.groups:
            row = np.zeros(self.n)
            row[list(members)] = 1
            rows.append(row)
            self.least.append(low)
            self.top.append(high)
        self.limits = csr_matrix(np.array(rows))
        # whoever alone costs more than the budget is never taken
        self.floor, self.ceiling = np.zeros(self.n), (cost <= limits.budget).astype(float)
        self.floor[list(limits.must)] = self.ceiling[list(limits.must)] = 1

    def touch(self, chosen: np.ndarray) -> bool:
        """Add tangents where a set lies; False where they are there already."""
        state = self.audience.state(chosen)
        if any(np.allclose(state, s, rtol=1e-9, atol=0) for s in self.points):
            return False
        self.points.append(state)
        return True

    def solve(self, known: float, deadline: float) -> tuple[np.ndarray | None, float]:
        """Return the solver's answer (None where there is none) and a bound on every set.

        The linear relaxation comes first: whom it shows to be of no use to a set better than the one known, or needed by every
        such set, is fixed (reduced costs; Dantzig, Fulkerson and Johnson, 1954), which leaves few creators for the search.
        """
        from scipy.optimize import Bounds, LinearConstraint, linprog, milp
        from scipy.sparse import csr_matrix, diags, hstack, identity, vstack

        a, cells, m = self.audience, self.cells, len(self.cells)
        blocks, ends = [], []
        for s in self.points:
            # y <= cell(s) + slope(s) * (weights x - s), in shares of the most that a cell can give
            slope, at = a.slope(s), a.cell(s)
            blocks.append(hstack([-(diags(slope[cells] / self.most) @ self.weights[cells]), identity(m)]))
            ends.append((at - slope * s)[cells] / self.most)
        below = vstack([hstack([self.limits, csr_matrix((self.limits.shape[0], m))]), *blocks]).tocsr()
        least, top = np.concatenate([self.least, np.full(len(blocks) * m, -np.inf)]), np.concatenate([self.top, *ends])
        objective = np.concatenate([np.zeros(self.n), -self.most / self.scale])
        floor, ceiling = np.concatenate([self.floor, np.zeros(m)]), np.concatenate([self.ceiling, np.ones(m)])
        lower = np.flatnonzero(np.isfinite(least))
        relaxed = linprog(
            objective,
            A_ub=vstack([below, -below[lower]]) if len(lower) else below,
            b_ub=np.concatenate([top, -least[lower]]),
            bounds=np.column_stack([floor, ceiling]),
            method="highs",
            options={"time_limit": max(deadline - time.monotonic(), 0.05)},
        )
        if relaxed.status == 2:
            return None, -np.inf if np.isfinite(known) else np.inf
        if relaxed.status == 0:
            bound = self._people(relaxed.fun)
            # in the goal's own scale, a hair under what is known, so that rounding never rules out the best set
            worth = -self._sum(known) * (1 - 1e-9) if np.isfinite(known) else np.inf
            useless = relaxed.fun + relaxed.lower.marginals[: self.n] > worth
            needed = relaxed.fun - relaxed.upper.marginals[: self.n] > worth
            ceiling[: self.n][useless & (floor[: self.n] < 1)] = 0
            floor[: self.n][needed & ~useless] = 1
            if useless.any() or needed.any():
                keep = np.flatnonzero(ceiling[: self.n] > 0)
                if not len(keep):
                    return None, max(known, -np.inf)
        else:
            bound, keep = np.inf, np.arange(self.n)
        keep = np.flatnonzero(ceiling[: self.n] > 0)
        columns = np.concatenate([keep, self.n + np.arange(m)])
        answer = milp(
            c=objective[columns],
            constraints=LinearConstraint(below[:, columns], least, top),
            integrality=np.concatenate([np.ones(len(keep)), np.zeros(m)]),
            bounds=Bounds(floor[columns], ceiling[columns]),
            options={"time_limit": max(deadline - time.monotonic(), 0.05), "mip_rel_gap": CLOSED / 10},
        )
        if answer.status == 2:
            # nothing left that is better than what is known
            return None, known if np.isfinite(known) else np.inf
        if answer.mip_dual_bound is not None and np.isfinite(answer.mip_dual_bound):
            bound = min(bound, max(self._people(answer.mip_dual_bound), known))
        if answer.x is None:
            return None, bound
        x = np.zeros(self.n)
        x[keep] = answer.x[: len(keep)]
        return x, bound

    def _people(self, objective: float) -> float:
        return self.audience.people(-objective * self.scale)

    def _sum(self, people: float) -> float:
        """Return people on the solver's scale."""
        a = self.audience
        total = people if a.kind == "panel" or a.contacts > 1 or np.isinf(a.population) else -np.log1p(-people / a.population)
        return total / self.scale
