"""The best set for the budget, with a certificate: its value, a proven upper bound, and the gap between them."""

from __future__ import annotations

import heapq
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from playbook.portfolio.audience import Audience

# below this the exact answer and the bound count as equal
CLOSED = 1e-6
MOST_ROUNDS = 40
# from this many creators on, equal ones abound, and to prove the last thousandth takes longer than it is worth
LONG, NEAR = 400, 1e-3
# creators whom a quick search looks at: those whom the linear relaxation leaves nearest to being taken; and its nodes and seconds at most
CORE, CORE_NODES, CORE_SECONDS = 120, 200, 2.0


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


def best_set(
    audience: Audience,
    cost: np.ndarray,
    limits: Limits,
    *,
    time_limit: float = 20.0,
    search: bool = True,
    start: np.ndarray | None = None,
) -> Solution | None:
    """Return the best set: lazy greedy and exchange, then the exact optimiser, the better of the two.

    Parameters
    ----------
    audience : Audience
    cost : array of int (n,)
        Cents.
    time_limit : float
        Seconds; when they are over, the best set found so far is returned with its bound.
    search : bool
        Search for the exact answer. Without it the best set of greedy, exchange and a search among the 120 most likely creators (the
        core; Balas and Zemel, 1980) is returned, with the bound of the linear relaxation over all of them.
    start : array of int, optional
        Positions of a set that is known to be good; it is filled up and improved as well.

    Returns
    -------
    Solution, or None where no set keeps to the limits.

    Notes
    -----
    Greedy by gain per cost, by gain, and the best single creator (Khuller, Moss and Naor, 1999), bounded by what a whole budget could
    add at most to what greedy holds at any time, the least of these (Tang et al., 2021). Exact: a mixed-integer programme (HiGHS) in
    which each concave function is replaced by its tangents; tangents are added where the answer lies until value and bound meet (outer
    approximation; Duran and Grossmann, 1986). Among more than 400 creators the search ends at a gap of a thousandth.

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
    first = greedy(audience, cost, limits)
    if start is not None:
        first = _filled(audience, cost, limits, first, start)
    best = exchanged(audience, cost, limits, first, deadline=started + time_limit / 4)
    exact = _exact(audience, cost, limits, best, deadline=started + time_limit, search=search or best is None)
    return exact or best


def _filled(audience: Audience, cost: np.ndarray, limits: Limits, other: Solution | None, start: np.ndarray) -> Solution | None:
    """Return the better of a solution and a known set, filled up; members of it that cannot be had are left out."""
    kept = [i for i in start if cost[i] <= limits.budget]
    filled = np.sort(_grow(audience, cost, limits, True, begin=kept)) if int(cost[kept].sum()) <= limits.budget else None
    if filled is None or not _fits(filled, cost, limits, lower=True):
        return other
    value = audience.reached(filled)
    if other is None:
        upper = remaining_bound(audience, cost, limits, filled)
        return Solution(chosen=filled, value=value, upper_bound=max(upper, value), method="greedy")
    return replace(other, chosen=filled, value=value) if value > other.value * (1 + 1e-9) else other


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
            for begin, per_cost in ((kept, True), (kept, False), (_with_best(audience, cost, limits, kept, out), True)):
                refilled = np.sort(_grow(audience, cost, limits, per_cost, begin=begin, without=out))
                value = audience.reached(refilled)
                if value > best.value * (1 + 1e-9) and _fits(refilled, cost, limits, lower=True):
                    best, better = replace(best, chosen=refilled, value=value), True
                    break
            if better or time.monotonic() > deadline:
                break
    if best is not None and audience.contacts > 1:
        best = _pairwise(audience, cost, limits, best, deadline=deadline)
    return best if best is None else replace(best, upper_bound=max(best.upper_bound, best.value))


def _with_best(audience: Audience, cost: np.ndarray, limits: Limits, kept: np.ndarray, out: int) -> np.ndarray:
    """Add to a set the one creator who adds most and can still be paid."""
    gains = _gains(audience, audience.state(kept))
    gains[(cost > limits.budget - int(cost[kept].sum())) | (np.arange(len(cost)) == out)] = 0.0
    gains[kept] = 0.0
    return np.append(kept, int(np.argmax(gains))) if gains.any() else kept


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


def _exact(
    audience: Audience, cost: np.ndarray, limits: Limits, start: Solution | None, *, deadline: float, search: bool = True
) -> Solution | None:
    """Solve by tangents: returns the better of the start and the exact answer, with the tightest bound; None where nothing fits."""
    n = len(cost)
    near = NEAR if int((cost <= limits.budget).sum()) > LONG else CLOSED
    best, upper = start, start.upper_bound if start else np.inf
    model = _Model(audience, cost, limits, start)
    if best is not None and not len(model.cells):
        return replace(best, upper_bound=best.value)
    if model.scale <= 0:
        return start
    rounds = 0
    upper = min(upper, model.relaxed(deadline))
    if best is not None and (not search or near == NEAR) and upper > best.value * (1 + near):
        core = model.core(min(deadline, time.monotonic() + CORE_SECONDS))
        if core is not None and _fits(core, cost, limits, lower=True) and audience.reached(core) > best.value * (1 + 1e-9):
            best = replace(best, chosen=core, value=audience.reached(core))
            model.touch(core)
    if best is not None and (not search or upper <= best.value * (1 + near)):
        return replace(best, upper_bound=max(upper, best.value))
    while rounds < MOST_ROUNDS and time.monotonic() < deadline:
        rounds += 1
        answer, bound = model.solve(best.value if best else -np.inf, deadline, near)
        upper = min(upper, bound)
        if answer is None:
            break
        chosen = np.flatnonzero(answer[:n] > 0.5)
        if _fits(chosen, cost, limits, lower=True):
            value = audience.reached(chosen)
            # a set that only ties is not better: the order of the search must not decide
            if best is None or value > best.value * (1 + 1e-9):
                best = Solution(chosen=chosen, value=value, upper_bound=upper, method="exact")
        if audience.kind == "panel" or (best is not None and upper <= best.value * (1 + near)) or not model.touch(chosen):
            break
    if best is None:
        return None
    return Solution(chosen=best.chosen, value=best.value, upper_bound=max(upper, best.value), method=best.method, rounds=rounds)


def _milp(**programme: Any) -> Any:
    """Solve a mixed-integer programme with the solver's own standard output shut: it writes a line there that no option stops."""
    from scipy.optimize import milp

    try:
        kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    except OSError:
        # a process without standard output has nothing to shut
        return milp(**programme)
    try:
        os.dup2(nowhere, 1)
        return milp(**programme)
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def vstack_csr(first: Any, second: Any) -> Any:
    """Stack two sparse matrices."""
    from scipy.sparse import vstack

    return vstack([first, second]).tocsr()


class _Model:
    """The mixed-integer programme: 0/1 for each creator, and for each cell the share of its most that the set reaches."""

    def __init__(self, audience: Audience, cost: np.ndarray, limits: Limits, start: Solution | None):
        from scipy.sparse import csr_matrix

        self.audience, self.n = audience, len(cost)
        everything = np.asarray(audience.weights.sum(axis=1)).ravel()
        # people of a panel whom too few creators reach at all never count; that the others count as a whole makes the answer exact
        self.whole = audience.kind == "panel" and audience.contacts > 1
        kept = everything >= (audience.contacts if self.whole else 1e-300)
        self.weights, self.cells = audience.weights.tocsr(), np.flatnonzero(kept)
        self.most = audience.cell(everything)[self.cells]
        # the solver also stops at an absolute gap of 1e-6: on a scale on which the answer is about 100, that is nothing
        self.scale = float(audience.cell(audience.state(start.chosen)).sum()) / 100 if start else 0.0
        self.scale = self.scale or float(audience.cell(everything).sum()) / 100
        self.nearest = np.arange(self.n)
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

    def relaxed(self, deadline: float, most: int = 8) -> float:
        """Return the linear relaxation's bound, and add tangents where its answers lie: that costs little, and spares searches."""
        from scipy.optimize import linprog

        bound = np.inf
        for _ in range(most if self.audience.kind == "pools" else 1):
            objective, below, least, top, floor, ceiling = self._programme()
            lower = np.flatnonzero(np.isfinite(least))
            answer = linprog(
                objective,
                A_ub=vstack_csr(below, -below[lower]) if len(lower) else below,
                b_ub=np.concatenate([top, -least[lower]]),
                bounds=np.column_stack([floor, ceiling]),
                method="highs",
                options={"time_limit": max(deadline - time.monotonic(), 0.05)},
            )
            if answer.status != 0:
                break
            # what it costs to force a creator in (above 0), or is worth to have (under 0)
            self.nearest = np.argsort(answer.lower.marginals[: self.n] + answer.upper.marginals[: self.n], kind="stable")
            told = self._people(answer.fun)
            ends = told > bound * (1 - 1e-5)
            bound = min(bound, told)
            if ends or self.audience.kind == "panel":
                break
            self.points.append(np.asarray(self.audience.weights @ answer.x[: self.n]).ravel())
        return bound

    def core(self, deadline: float) -> np.ndarray | None:
        """Return the best set among the creators whom the relaxation leaves nearest to being taken; None where none was found."""
        from scipy.optimize import Bounds, LinearConstraint

        objective, below, least, top, floor, ceiling = self._programme()
        able = self.nearest[ceiling[self.nearest] > 0]
        keep = np.sort(np.union1d(able[:CORE], np.flatnonzero(floor[: self.n] > 0)))
        columns = np.concatenate([keep, self.n + np.arange(len(self.cells))])
        answer = _milp(
            c=objective[columns],
            constraints=LinearConstraint(below[:, columns], least, top),
            integrality=np.concatenate([np.ones(len(keep)), np.full(len(self.cells), float(self.whole))]),
            bounds=Bounds(floor[columns], ceiling[columns]),
            options={"time_limit": max(deadline - time.monotonic(), 0.05), "mip_rel_gap": NEAR / 2, "node_limit": CORE_NODES},
        )
        return None if answer.x is None else keep[answer.x[: len(keep)] > 0.5]

    def solve(self, known: float, deadline: float, near: float = CLOSED) -> tuple[np.ndarray | None, float]:
        """Return the solver's answer (None where there is none) and a bound on every set.

        The linear relaxation comes first: whom it shows to be of no use to a set better than the one known, or needed by every
        such set, is fixed (reduced costs; Dantzig, Fulkerson and Johnson, 1954), which leaves few creators for the search.
        """
        from scipy.optimize import Bounds, LinearConstraint, linprog

        m = len(self.cells)
        objective, below, least, top, floor, ceiling = self._programme()
        lower = np.flatnonzero(np.isfinite(least))
        relaxed = linprog(
            objective,
            A_ub=vstack_csr(below, -below[lower]) if len(lower) else below,
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
        answer = _milp(
            c=objective[columns],
            constraints=LinearConstraint(below[:, columns], least, top),
            integrality=np.concatenate([np.ones(len(keep)), np.full(m, float(self.whole))]),
            bounds=Bounds(floor[columns], ceiling[columns]),
            options={"time_limit": max(deadline - time.monotonic(), 0.05), "mip_rel_gap": near / 10 if near == CLOSED else near / 2},
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

    def _programme(self) -> tuple[Any, ...]:
        """Return objective, rows with their lower and upper ends, and the variables' bounds."""
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
        return objective, below, least, top, floor, ceiling

    def _people(self, objective: float) -> float:
        return self.audience.people(-objective * self.scale)

    def _sum(self, people: float) -> float:
        """Return people on the solver's scale."""
        a = self.audience
        total = people if a.kind == "panel" or a.contacts > 1 or np.isinf(a.population) else -np.log1p(-people / a.population)
        return total / self.scale
