"""The best set for the budget, with a certificate: its value, a proven upper bound, and the gap between them."""

from __future__ import annotations

import heapq
import time
from dataclasses import dataclass, field

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
    Greedy by gain per cost, by gain, and the best single creator (Khuller, Moss and Naor, 1999), bounded by what the rest of the
    budget could add at most. Exact: a mixed-integer programme (HiGHS) in which each concave function is replaced by its tangents;
    tangents are added where the answer lies until value and bound meet (outer approximation; Duran and Grossmann, 1986).

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
    best = greedy(audience, cost, limits)
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
        sets.append(_grow(audience, cost, limits, True, first=single))
    found = [s for s in sets if s is not None and _fits(s, cost, limits, lower=True)]
    if not found:
        return None
    values = [audience.reached(s) for s in found]
    at = int(np.argmax(values))
    upper = min(remaining_bound(audience, cost, limits, s) for s in found)
    return Solution(chosen=found[at], value=values[at], upper_bound=max(upper, values[at]), method="greedy")


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


def _grow(audience: Audience, cost: np.ndarray, limits: Limits, per_cost: bool, first: int | None = None) -> np.ndarray:
    """Add creators one by one, the best next one first; lazily, since gains only shrink (Minoux, 1978)."""
    w = audience.weights
    chosen = list(limits.must) + ([first] if first is not None else [])
    state = audience.state(np.array(chosen, dtype=int))
    left, room = limits.budget - int(cost[chosen].sum()), limits.most - len(chosen)
    taken = [sum(i in members for i in chosen) for members, _, _ in limits.groups]
    group_of = [[g for g, (members, _, _) in enumerate(limits.groups) if i in members] for i in range(len(cost))] if limits.groups else None
    gains = _gains(audience, state)

    def rank(gain: float, i: int) -> float:
        return gain / max(int(cost[i]), 1) if per_cost else gain

    heap = [(-rank(gains[i], i), i, 0) for i in range(len(cost)) if i not in set(chosen) and gains[i] > 0]
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
    return np.array(sorted(chosen), dtype=int)


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
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_matrix, diags, hstack, identity, vstack

    n, cells = len(cost), audience.weights.shape[0]
    scale = float(audience.cell(np.asarray(audience.weights.sum(axis=1)).ravel()).sum())
    if scale <= 0:
        return start
    w = audience.weights.tocsr()
    best, upper = start, start.upper_bound if start else np.inf
    points = _first_points(audience, start)
    budget, rounds = limits.budget / 100, 0
    lower_bounds = np.zeros(n + cells)
    lower_bounds[list(limits.must)] = 1
    fixed = [csr_matrix(np.concatenate([cost / 100, np.zeros(cells)])), csr_matrix(np.concatenate([np.ones(n), np.zeros(cells)]))]
    least, most = [-np.inf, -np.inf], [budget, limits.most]
    for members, low, high in limits.groups:
        row = np.zeros(n + cells)
        row[list(members)] = 1
        fixed.append(csr_matrix(row))
        least.append(low)
        most.append(high)
    while rounds < MOST_ROUNDS and time.monotonic() < deadline:
        rounds += 1
        blocks, ends = [], []
        for s in points:
            # y <= cell(s) + slope(s) * (weights x - s)
            slope = audience.slope(s) / scale
            blocks.append(hstack([-(diags(slope) @ w), identity(cells)]))
            ends.append(audience.cell(s) / scale - slope * s)
        matrix = vstack([*fixed, *blocks]).tocsr()
        answer = milp(
            c=np.concatenate([np.zeros(n), -np.ones(cells)]),
            constraints=LinearConstraint(
                matrix, np.concatenate([least, np.full(len(points) * cells, -np.inf)]), np.concatenate([most, *ends])
            ),
            integrality=np.concatenate([np.ones(n), np.zeros(cells)]),
            bounds=Bounds(lower_bounds, np.concatenate([np.ones(n), np.full(cells, np.inf)])),
            options={"time_limit": max(deadline - time.monotonic(), 0.05), "mip_rel_gap": CLOSED / 10},
        )
        if answer.status == 2:
            return best
        if answer.mip_dual_bound is not None and np.isfinite(answer.mip_dual_bound):
            upper = min(upper, audience.people(-answer.mip_dual_bound * scale))
        if answer.x is None:
            break
        chosen = np.flatnonzero(answer.x[:n] > 0.5)
        if _fits(chosen, cost, limits, lower=True):
            value = audience.reached(chosen)
            # a set that only ties is not better: the order of the search must not decide
            if best is None or value > best.value * (1 + 1e-9):
                best = Solution(chosen=chosen, value=value, upper_bound=upper, method="exact")
        if audience.kind == "panel" or (best is not None and upper <= best.value * (1 + CLOSED)):
            break
        state = audience.state(chosen)
        if any(np.allclose(state, s, rtol=1e-9, atol=0) for s in points):
            break
        points.append(state)
    if best is None:
        return None
    return Solution(chosen=best.chosen, value=best.value, upper_bound=max(upper, best.value), method=best.method, rounds=rounds)


def _first_points(audience: Audience, start: Solution | None) -> list[np.ndarray]:
    """Return where the first tangents touch: the panel's two pieces, or the pools' curves from nothing to everything."""
    everything = np.asarray(audience.weights.sum(axis=1)).ravel()
    if audience.kind == "panel":
        return [np.zeros(len(everything)), np.ones(len(everything))]
    points = [everything * share for share in (0.0, 0.02, 0.06, 0.15, 0.35, 1.0)]
    return points if start is None else [*points, audience.state(start.chosen)]
