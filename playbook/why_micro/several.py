"""Several for one: what a macro's cost buys when it is spent on smaller creators."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs
from playbook.memo import remembered

DRAWS = 2000
# more smaller creators than this for one macro says more about the price than about the choice
MOST = 200
GROUP_NEEDED = 3
ADD_COSTS = "a quotes table with creator, deliverable, fee and currency, and posts with likes and comments"
HOURS = (0.0, 1.0, 3.0, 6.0, 10.0)
OVERLAPS = (0.0, 0.01, 0.05, 0.1, 0.2, 0.4)


@dataclass(frozen=True, kw_only=True)
class Several:
    """One macro against the smaller creators that its cost pays for.

    Attributes
    ----------
    micros, micros_low, micros_high : float
        How many smaller creators one macro's full cost pays for: the middle of the draws and their central interval.
    engagements, engagements_low, engagements_high : float
        What the smaller ones bring together, over what the macro brings.
    reach, reach_low, reach_high : float
        The same for people reached at least once.
    engagements_win, reach_win : float
        Share of draws in which the smaller ones bring more.
    orders_small, orders_macro : float
        Expected orders of the typical draw, by the brief's click and conversion rates (planning values).
    typical : DataFrame
        `group` (`smaller`, `macro`), `creators`, `followers`, `cost`, `engagements`, `reach`: geometric means.
    fees : str
        Where the fees come from, in words.
    overlap : float
    draws : int
    """

    micros: float
    micros_low: float
    micros_high: float
    engagements: float
    engagements_low: float
    engagements_high: float
    reach: float
    reach_low: float
    reach_high: float
    engagements_win: float
    reach_win: float
    orders_small: float
    orders_macro: float
    typical: pd.DataFrame
    fees: str
    overlap: float
    level: float
    draws: int


def unique_reach(reach: np.ndarray, taken: np.ndarray, overlap: float) -> np.ndarray:
    """Return the people reached at least once by the taken creators of each row.

    Every creator reaches people of one common pool at random (Sainsbury), and the pool is so large that two average creators share
    `overlap` of an audience. Audiences of one niche overlap more than that where they share fans: a planning value, not a measurement.

    Parameters
    ----------
    reach : ndarray of shape (rows, creators)
        People each one reaches.
    taken : ndarray of bool, same shape
    overlap : float
        Share of an audience that another average creator of the row reaches as well, 0-1.

    Examples
    --------
    >>> unique_reach(np.full((1, 2), 100.0), np.ones((1, 2), dtype=bool), 0.1).round(6).tolist()
    [190.0]
    """
    people = np.where(taken, reach, 0.0)
    total = people.sum(axis=1)
    # below this the pool is so large that nobody is reached twice
    if overlap < 1e-9:
        return total
    count = np.maximum(taken.sum(axis=1), 1)
    pool = np.maximum(total / count / overlap, people.max(axis=1))
    pool = np.where(pool > 0, pool, 1.0)
    with np.errstate(divide="ignore"):
        missed = np.log1p(-people / pool[:, None]).sum(axis=1)
    return np.where(total > 0, -pool * np.expm1(missed), 0.0)


@remembered
@needs("creators", "posts", otherwise=ADD_COSTS)
def several(data: Dataset, brief: Brief) -> Several | Missing:
    """Spend one macro's full cost on smaller creators, many times over.

    A draw takes creators of each group with replacement (so that the sample's size tells), moves each one's cost, engagements and reach
    within their intervals, picks one macro at random, and takes smaller creators at random until the macro's cost is spent. The overlap is
    the brief's planning value; :func:`surface` shows what hangs on it.

    Returns
    -------
    Several or Missing
    """
    pool = _pool(data, brief)
    if isinstance(pool, Missing):
        return pool
    rng = np.random.default_rng(brief.statistics.seed)
    small, macro = pool[pool["small"]], pool[~pool["small"]]
    cheapest = max(small["cost"].quantile(0.05), 1e-9)
    most = int(np.clip(np.ceil(macro["cost"].max() / cheapest * 1.5), 5, MOST))
    shape = (DRAWS, most)
    one = rng.integers(len(macro), size=(DRAWS, 1))
    # taking creators anew in each draw: a sample of three must not look as sure as one of three hundred
    sample = rng.integers(len(small), size=(DRAWS, len(small)))
    many = np.take_along_axis(sample, rng.integers(len(small), size=shape), axis=1)
    level = brief.statistics.level
    theirs = {name: _moved(small, name, many, level, rng) for name in ("cost", "engagements", "reach")}
    single = {name: _moved(macro, name, one, level, rng) for name in ("cost", "engagements", "reach")}
    taken = np.cumsum(theirs["cost"], axis=1) <= single["cost"]
    count = taken.sum(axis=1)
    engaged = np.where(taken, theirs["engagements"], 0).sum(axis=1) / single["engagements"][:, 0]
    reached = unique_reach(theirs["reach"], taken, brief.portfolio.overlap) / single["reach"][:, 0]
    ends = [(1 - level) / 2, 0.5, (1 + level) / 2]
    low, middle, high = np.quantile(count, ends)
    e_low, e_middle, e_high = np.quantile(engaged, ends)
    r_low, r_middle, r_high = np.quantile(reached, ends)
    typical = _typical(pool)
    macro_reach = float(typical.loc[typical["group"] == "macro", "reach"].iloc[0])
    orders = macro_reach * brief.economics.click_rate * brief.economics.conversion_rate
    return Several(
        micros=float(middle),
        micros_low=float(low),
        micros_high=float(high),
        engagements=float(e_middle),
        engagements_low=float(e_low),
        engagements_high=float(e_high),
        reach=float(r_middle),
        reach_low=float(r_low),
        reach_high=float(r_high),
        engagements_win=float((engaged > 1).mean()),
        reach_win=float((reached > 1).mean()),
        orders_small=orders * float(r_middle),
        orders_macro=orders,
        typical=typical,
        fees=_fees(pool),
        overlap=brief.portfolio.overlap,
        level=level,
        draws=DRAWS,
    )


@needs("creators", "posts", otherwise=ADD_COSTS)
def surface(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return what the answer hangs on: the price exponent, your hours a creator, and the overlap of audiences.

    A typical macro's fee stands; the typical smaller creator's is that fee times (their followers over the macro's) to the power of the
    exponent. Exponents: the flattest published one (what IZEA paid), the steepest (a rate card), and one between.

    Returns
    -------
    DataFrame
        `exponent`, `hours`, `overlap`, `micros` (whole creators that the macro's full cost pays for), `engagements`, `reach` (of these
        together, over the macro's), `reach_wins` (whether they reach more people).
    """
    pool = _pool(data, brief)
    if isinstance(pool, Missing):
        return pool
    small, macro = _pair(pool)
    rows = []
    for exponent in exponents():
        for hours in sorted({*HOURS, brief.budget.hours_per_creator}):
            cost_small, cost_macro = _costs(small, macro, exponent, hours, brief)
            count = int(min(cost_macro // cost_small, 100_000)) if cost_small > 0 else 0
            for overlap in sorted({*OVERLAPS, brief.portfolio.overlap}):
                # n alike creators in a pool of reach / overlap people
                reach = small["reach"] * (count if overlap == 0 else -np.expm1(count * np.log1p(-overlap)) / overlap)
                rows.append(
                    {
                        "exponent": exponent,
                        "hours": hours,
                        "overlap": overlap,
                        "micros": count,
                        "engagements": count * small["engagements"] / macro["engagements"],
                        "reach": reach / macro["reach"],
                        "reach_wins": bool(reach > macro["reach"]),
                    }
                )
    return pd.DataFrame(rows)


@needs("creators", "posts", otherwise=ADD_COSTS)
def break_even(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return where several smaller creators and one macro come to the same, by price exponent and overlap.

    So many typical smaller creators it takes to bring what the typical macro brings, and so many of your hours a creator may take at most
    until they cost as much as the macro does. What the kit assumes about prices is as in :func:`surface`.

    Returns
    -------
    DataFrame
        `exponent`, `measure` (`engagements`, `reach`), `overlap` (missing for engagements, which overlap does not touch), `needed` (whole
        creators; missing where no number suffices), `hours` (most hours a creator; missing where they lose even without any; infinite
        where one alone suffices and costs no more).
    """
    pool = _pool(data, brief)
    if isinstance(pool, Missing):
        return pool
    small, macro = _pair(pool)
    rows = []
    for exponent in exponents():
        cost_small, cost_macro = _costs(small, macro, exponent, 0.0, brief)
        cases = [("engagements", float("nan")), *(("reach", overlap) for overlap in sorted({*OVERLAPS, brief.portfolio.overlap}))]
        for measure, overlap in cases:
            needed = _needed(macro[measure] / small[measure], overlap if measure == "reach" else 0.0)
            spare = cost_macro - needed * cost_small
            hourly = brief.budget.hourly_cost * (needed - 1)
            hours = float("nan") if not spare >= 0 else float("inf") if hourly <= 0 else spare / hourly
            rows.append({"exponent": exponent, "measure": measure, "overlap": overlap, "needed": needed, "hours": hours})
    return pd.DataFrame(rows)


def _needed(times: float, overlap: float) -> float:
    """How many alike creators reach so many times one's reach; missing where the pool they share is too small.

    >>> _needed(3.0, 0.0), _needed(1.9, 0.1), _needed(11.0, 0.1)
    (3.0, 2.0, nan)
    """
    if overlap == 0:
        return float(np.ceil(times - 1e-9))
    if times * overlap >= 1:
        return float("nan")
    return float(np.ceil(np.log1p(-times * overlap) / np.log1p(-overlap) - 1e-9))


def _pair(pool: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    typical = _typical(pool).set_index("group")
    return typical.loc["smaller"], typical.loc["macro"]


def _costs(small: pd.Series, macro: pd.Series, exponent: float, hours: float, brief: Brief) -> tuple[float, float]:
    """Full cost of the typical smaller creator and of the typical macro, at a price exponent and hours a creator."""
    from playbook.costs import full_cost

    own = full_cost(pd.Series([0.0]), brief).iloc[0]
    fee = max(macro["cost"] - own, 0) / (1 + brief.budget.platform_fee)
    budget = brief.model_copy(update={"budget": brief.budget.model_copy(update={"hours_per_creator": hours})})
    cost = full_cost(pd.Series([fee * (small["followers"] / macro["followers"]) ** exponent, fee]), budget)
    return float(cost.iloc[0]), float(cost.iloc[1])


def exponents() -> tuple[float, float, float]:
    """Return the flattest published price exponent, the middle and the steepest.

    >>> [round(e, 1) for e in exponents()]
    [0.3, 0.7, 1.0]
    """
    from playbook.costs.published import slopes

    flat, steep = slopes()
    return flat, (flat + steep) / 2, steep


def micros_for_one(size_ratio: float, exponent: float) -> float:
    """Return how many fees of a smaller creator one macro's fee holds, where fees grow as followers to the power of `exponent`.

    >>> round(micros_for_one(32, 0.32)), round(micros_for_one(32, 1.0))
    (3, 32)
    """
    return size_ratio**exponent


def _pool(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Creators whose cost, engagements and reach are all known."""
    from playbook.costs import full

    table = full(data, brief)
    if isinstance(table, Missing):
        return table
    whole = (table["cost"] > 0) & (table["engagements"] > 0) & (table["reach"] > 0) & (table["followers"] > 0) & table["tier"].notna()
    table = table[whole].sort_values("creator", ignore_index=True)
    table["small"] = table["tier"].isin(brief.tiers.small)
    # what the guide means is the micro, so creators below it are left out where there are micros to speak of
    micro = table["followers"] >= brief.tiers.micro
    if (table["small"] & micro).sum() >= GROUP_NEEDED:
        table = table[micro].reset_index(drop=True)
    small, macro = int(table["small"].sum()), int((~table["small"]).sum())
    if min(small, macro) < GROUP_NEEDED:
        return Missing(
            needs=("quotes", "posts"),
            text=f"Cost, engagements and reach are all known for {small} creators below the macro line and {macro} above; "
            f"comparing several with one needs at least {GROUP_NEEDED} of each: add {ADD_COSTS}.",
        )
    return table


def _typical(pool: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for group, part in (("smaller", pool[pool["small"]]), ("macro", pool[~pool["small"]])):
        means = {name: float(np.exp(np.log(part[name]).mean())) for name in ("followers", "cost", "engagements", "reach")}
        rows.append({"group": group, "creators": len(part), **means})
    return pd.DataFrame(rows)


def _moved(group: pd.DataFrame, name: str, chosen: np.ndarray, level: float, rng: np.random.Generator) -> np.ndarray:
    """Draw each chosen creator's value as its interval at that level says, log-normal around its estimate."""
    from scipy.special import ndtri

    middle = group[name].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        width = np.log(group[f"{name}_high"].to_numpy() / group[f"{name}_low"].to_numpy()) / (2 * ndtri((1 + level) / 2))
    width = np.where(np.isfinite(width), width, np.nan)
    # a value without an interval (one post, an assumed reach) is as unsure as the middle of those that have one
    usual = np.nanmedian(width) if np.isfinite(width).any() else 0.0
    width = np.where(np.isnan(width), usual, width)
    return middle[chosen] * np.exp(width[chosen] * rng.standard_normal(chosen.shape))


def _fees(pool: pd.DataFrame) -> str:
    counts = pool["fee_source"].value_counts().sort_index()
    names = {"quoted": "quoted", "modelled": "read off your own quotes' curve", "benchmark": "published prices"}
    return ", ".join(f"{n} {names.get(source, source)}" for source, n in counts.items())
