"""The reveal: what learners handed in, beside what really holds in their worlds."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from playbook.errors import NotUsable
from playbook.teach.handing import FILE, SHORTLIST, is_micro

BUDGET_SHARE = 0.2  # of the budget, for the shortlist
LEVEL = 0.9


@dataclass(frozen=True, kw_only=True)
class Learner:
    """One learner beside the truth.

    Attributes
    ----------
    people, best : float
        Different real people whom one post of each on the shortlist reaches, and whom the best set found reaches for the same money.
    over : bool
        Whether the shortlist costs more than it may.
    hits, missed, wronged : int
        Creators with bought numbers who were flagged, who were not, and honest ones who were flagged.
    roi, lift : tuple of float or None
        As handed in: low, estimate, high.
    true_roi, true_lift : float
    """

    name: str
    brand: str
    people: float
    best: float
    over: bool
    hits: int
    missed: int
    wronged: int
    roi: tuple[float, float, float] | None
    lift: tuple[float, float, float] | None
    true_roi: float
    true_lift: float

    @property
    def share(self) -> float:
        """Of the people that the best set reaches."""
        return self.people / self.best if self.best else np.nan


@dataclass(frozen=True, kw_only=True)
class Class:
    """A class beside the truth: who handed in, who did not, and whose file could not be read, with the reason."""

    learners: tuple[Learner, ...]
    absent: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    def __repr__(self) -> str:
        said = [f"{len(self.learners)} handed in."]
        if self.absent:
            said.append(f"Nothing came from {', '.join(self.absent)}.")
        return " ".join([*said, *self.unread])

    def errors(self, what: str) -> pd.DataFrame:
        """Return each learner's interval beside the truth, without whoever left it open.

        Columns: `learner`, `low`, `estimate`, `high`, `truth`, `holds`.

        Parameters
        ----------
        what : {'roi', 'lift'}
        """
        rows = []
        for each in self.learners:
            three = getattr(each, what)
            if three is not None:
                truth = getattr(each, f"true_{what}")
                rows.append((each.name, *three, truth, three[0] <= truth <= three[2]))
        return pd.DataFrame(rows, columns=["learner", "low", "estimate", "high", "truth", "holds"])

    def calibration(self) -> pd.DataFrame:
        """Return how often intervals held the truth, and how far the class was off: `what`, `n`, `held`, `mean_off`, `mean_distance`.

        `mean_off` is the class's mean error: near 0 where learners err to both sides; `mean_distance` the mean size of an error.
        """
        rows = []
        for what in ("roi", "lift"):
            table = self.errors(what)
            off = table["estimate"] - table["truth"]
            rows.append((what, len(table), table["holds"].mean() if len(table) else np.nan, off.mean(), off.abs().mean()))
        return pd.DataFrame(rows, columns=["what", "n", "held", "mean_off", "mean_distance"])


def open_class(folder: Path | str) -> Class:
    """Read what was handed in, and lay the truth beside it.

    Parameters
    ----------
    folder : path
        The workshop's, with `trainer` and the learners' folders in it.

    Raises
    ------
    NotUsable
        Where there is no trainer's folder with its secret.
    """
    folder = Path(folder).expanduser().resolve()
    try:
        secret = (folder / "trainer" / "secret.txt").read_text(encoding="utf-8").rstrip("\n")
        about = [json.loads(p.read_text(encoding="utf-8")) for p in sorted((folder / "trainer" / "truth").glob("*/truth.json"))]
    except (OSError, ValueError) as problem:
        said = f"{folder}: the trainer's folder with its secret and truth cannot be read ({problem}); name the workshop's folder."
        raise NotUsable(said) from None
    learners, absent, unread = [], [], []
    for each in about:
        path = folder / each["learner"] / FILE
        if not path.is_file():
            absent.append(each["learner"])
            continue
        try:
            learners.append(_beside(json.loads(path.read_text(encoding="utf-8")), each, secret))
        except (ValueError, KeyError, TypeError) as problem:
            why = f"{type(problem).__name__}: {problem}"
            unread.append(f"{each['learner']}: {FILE} was changed by hand and cannot be read ({why}); run hand_in again.")
    return Class(learners=tuple(learners), absent=tuple(absent), unread=tuple(unread))


def _beside(handed: dict[str, Any], about: dict[str, Any], secret: str) -> Learner:
    world = _world(secret, about["learner"], about["kind"], about["brand"], about["attempt"])
    people, cost = _reach(world)
    limit = world.brief().budget.amount * BUDGET_SHARE
    chosen = [c for c in handed["shortlist"] if c in people][:SHORTLIST]
    table = world.truth["creators"]
    bought = set(table.loc[table["bought"] | table["buys_likes"] | table["pod"], "creator"])
    flagged = set(handed["flagged"])
    return Learner(
        name=about["learner"],
        brand=about["brand"],
        people=world.expected_reach({c: people[c] for c in chosen}),
        best=world.expected_reach({c: people[c] for c in best_set(world, people, cost, limit)}),
        over=sum(cost[c] for c in chosen) > limit + 1e-9,
        hits=len(bought & flagged),
        missed=len(bought - flagged),
        wronged=len(flagged - bought),
        roi=None if handed["roi"] is None else tuple(map(float, handed["roi"])),
        lift=None if handed["lift"] is None else tuple(map(float, handed["lift"])),
        true_roi=true_roi(world),
        true_lift=float(world.facts["lift"]),
    )


@functools.lru_cache(maxsize=2)
def _world(secret: str, name: str, kind: str, brand: str, attempt: int) -> Any:
    from playbook.teach.workshop import world_of

    return world_of(secret, name, kind, brand, attempt)


def _reach(world: Any) -> tuple[dict[str, float], dict[str, float]]:
    """Return for each micro creator the chance that a real follower sees a post, and the full cost of one."""
    from playbook.costs.table import full_cost

    table = world.truth["creators"]
    chance = (table["reach_rate"] * table["followers"] / table["real_followers"]).clip(0, 1)
    cost = full_cost(table["fee"], world.brief())
    # micro creators alone, by what the learner's own table says
    shown = world.frames["creators"].set_index("creator")["followers"].reindex(table["creator"]).to_numpy()
    micro = np.array([is_micro(x, world.brief()) for x in shown])
    table, chance, cost = table[micro], chance[micro], cost[micro]
    return dict(zip(table["creator"], chance, strict=True)), dict(zip(table["creator"], cost, strict=True))


def best_set(world: Any, people: dict[str, float], cost: dict[str, float], limit: float) -> list[str]:
    """Return the best set found: the better of two greedy ones, by people added as such and for the money (Khuller, 1999), then swaps."""

    def reached(chosen: list[str]) -> float:
        return world.expected_reach({c: people[c] for c in chosen})

    # whoever reaches few people at a high price is in no good set: sixty candidates of either kind are enough
    alone = {c: reached([c]) for c in people if cost[c] <= limit}
    able = {c for by in (lambda c: alone[c], lambda c: alone[c] / cost[c]) for c in sorted(alone, key=by, reverse=True)[:30]}
    found: list[list[str]] = []
    for for_money in (False, True):
        chosen: list[str] = []
        while len(chosen) < SHORTLIST:
            left, now = limit - sum(cost[c] for c in chosen), reached(chosen)
            gains = {
                c: (reached([*chosen, c]) - now) / (cost[c] if for_money else 1) for c in sorted(able - set(chosen)) if cost[c] <= left
            }
            if not gains:
                break
            chosen.append(max(gains, key=gains.get))
        found.append(chosen)
    best = max(found, key=reached)
    for position in range(len(best)):
        rest = best[:position] + best[position + 1 :]
        left = limit - sum(cost[c] for c in rest)
        options = [[*rest, c] for c in sorted(able - set(rest)) if cost[c] <= left]
        best = max([best, *options], key=reached)
    return best


def true_roi(world: Any) -> float:
    """Return the return on the orders that the campaign itself brought: their contribution less the cost, over the cost."""
    from playbook.results import order_margins, spend

    data, brief = world.dataset(), world.brief()
    margins = order_margins(data, brief)
    causes = world.truth["orders"]
    ours = set(causes.loc[causes["cause"] == "incremental", "order"])
    # the marks see only some of these; what was caused is counted here whether it was seen or not
    contribution = margins.loc[margins["order"].isin(ours), "contribution"].sum()
    cost = spend(data, brief)["cost"].sum()
    return float((contribution - cost) / cost)
