"""The rates between target and money: measured where the data has them, planning values where it has not."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from playbook import costs, engagement
from playbook.brief import Brief
from playbook.brief.model import LearnedRate
from playbook.creators import with_tiers
from playbook.data.dataset import Dataset, dataset
from playbook.goals.past import past_rates
from playbook.intervals import median_interval
from playbook.wording import plural, wording

# a planning value is taken as right within half and double: nobody measured it, and published ones differ by more than that
PLANNING_SPREAD = 2.0
# so many creators with a better source are enough to leave the worse ones out
ENOUGH = 10
# sources from the best to the worst
_REACH_SOURCES = ("measured", "modelled", "assumed")
_FEE_SOURCES = ("quoted", "modelled", "benchmark")
# followers of the stand-in where there is no creator at all: middle of the micro class on a logarithmic scale
_STAND_IN = "stand-in"


def pool(data: Dataset, brief: Brief) -> pd.DataFrame:
    """Return the creators that stand for whom you would work with, each with the people reached and the cost.

    The micro class; where it is empty, every class under the macro line; then all. Without any creator of known size, one stand-in in
    the middle of the micro class.

    People reached by several posts of one creator are counted once: with a share q = reach of a post / followers, the p-th post meets
    only those whom the posts before it missed, reach x (1 - (1 - q)^p) / q (random duplication). Where a post reaches as many people as
    there are followers, further posts count for nothing new, which is the careful end.

    Returns
    -------
    DataFrame
        Sorted by creator: `creator`, `tier`, `followers`, `reach` (people, of one post), `reach_source`, `people` (by
        `goals.posts_per_creator` posts, each once), `cost` (of these posts, in full, budget's currency), `fee_source`.

    Examples
    --------
    >>> from playbook.data.dataset import dataset
    >>> pool(dataset(), Brief())[["creator", "followers", "reach", "people", "fee_source"]].round(0).values.tolist()
    [['stand-in', 10000.0, 2500.0, 4375.0, 'benchmark']]
    """
    sized = with_tiers(data, brief)[["creator", "platform", "tier", "followers"]].drop_duplicates("creator")
    sized = sized[sized["followers"] > 0]
    for classes in (["micro"], brief.tiers.small, brief.tiers.names):
        chosen = sized[sized["tier"].isin(classes)]
        if len(chosen):
            break
    else:
        return _numbers(_stand_in(brief), _stand_in_row(brief), brief)
    return _numbers(data, chosen, brief)


def _numbers(data: Dataset, chosen: pd.DataFrame, brief: Brief) -> pd.DataFrame:
    out = chosen[["creator", "tier", "followers"]]
    reach = engagement.reach(data, brief)
    fees = costs.fees(data, brief)
    out = out.merge(reach[["creator", "reach", "source"]], on="creator", how="left").rename(columns={"source": "reach_source"})
    out = out.merge(fees[["creator", "fee", "fee_source"]], on="creator", how="left")
    posts = brief.goals.posts_per_creator
    met = (out["reach"] / out["followers"]).clip(upper=1.0)
    out["people"] = out["reach"] * np.where(met > 0, (1 - (1 - met) ** posts) / met, np.nan)
    out["cost"] = costs.full_cost(out["fee"] * posts / brief.costs.posts_per_creator, brief)
    columns = ["creator", "tier", "followers", "reach", "reach_source", "people", "cost", "fee_source"]
    return out[columns].sort_values("creator", ignore_index=True)


def _stand_in_row(brief: Brief) -> pd.DataFrame:
    bounds = dict(brief.tiers.bounds())
    above = min(b for b in bounds.values() if b > bounds["micro"])
    followers = math.sqrt(max(bounds["micro"], 1) * above)
    row = {"creator": [_STAND_IN], "platform": [brief.market.platforms[0]], "tier": ["micro"], "followers": [followers]}
    return pd.DataFrame(row)


def _stand_in(brief: Brief) -> Dataset:
    return dataset(creators=_stand_in_row(brief)[["creator", "platform", "followers"]])


def rates(data: Dataset, brief: Brief) -> pd.DataFrame:
    """Return every rate of the funnel with its range and its source.

    A value over creators is the median, its range the order statistics that hold the median at the brief's level (Conover, 1999), so
    nothing is assumed about how creators are spread. A planning value's range is half to double.

    Returns
    -------
    DataFrame
        In the funnel's order: `name`, `label`, `value`, `low`, `high`, `unit` ('share', 'people', 'count', 'money'), `n` (creators
        behind it), `source`, `basis` (in words). `value` is missing where nothing is known.
    """
    kind, economics = brief.goal.kind, brief.economics
    rows = []
    if kind == "sales":
        past = past_rates(data, brief).set_index("name")
        for name, label in (("conversion_rate", "Orders per click"), ("click_rate", "Clicks per person reached")):
            planned = _planned(name, label, getattr(economics, name), f"economics.{name}")
            known = getattr(brief.learned, name)
            planned = planned if known is None else _from_learned(planned, known, brief)
            rows.append(_from_past(planned, past.loc[name], brief) if name in past.index else planned)
    if kind == "followers":
        rows.append(_planned("follow_rate", "New followers per person reached", economics.follow_rate, "economics.follow_rate"))
    creators = pool(data, brief)
    rows += [_of_pool(creators, "reach", brief), _of_pool(creators, "people", brief), _unshared(brief), _of_pool(creators, "cost", brief)]
    columns = ["name", "label", "value", "low", "high", "unit", "n", "source", "basis"]
    return pd.DataFrame(rows, columns=columns)


def _planned(name: str, label: str, value: float, field: str) -> dict:
    low, high = value / PLANNING_SPREAD, min(value * PLANNING_SPREAD, 1.0)
    return {
        "name": name,
        "label": label,
        "value": value,
        "low": low,
        "high": max(high, value),
        "unit": "share",
        "n": 0,
        "source": "assumed",
        "basis": f"{field} of your brief; range half to double",
    }


def _from_learned(planned: dict, known: LearnedRate, brief: Brief) -> dict:
    day = f" on {wording(brief).day(brief.learned.as_of)}" if brief.learned.as_of else ""
    basis = f"learned.yml: measured by {brief.learned.campaign or 'an earlier campaign'}{day}, {known.n} {plural(known.n, 'creator')}"
    return planned | {"value": known.value, "low": known.low, "high": known.high, "n": known.n, "source": "measured", "basis": basis}


def _from_past(planned: dict, seen: pd.Series, brief: Brief) -> dict:
    write = wording(brief)
    what = {
        "conversion_rate": "orders credited to their codes and links, over visits by their links",
        "click_rate": "visits by their links, over the people whom their posts reached",
    }[planned["name"]]
    basis = f"your own campaign, {seen['n']:.0f} creators: {what}; your brief plans {write.share(planned['value'])}"
    return planned | {
        "value": seen["value"],
        "low": seen["low"],
        "high": seen["high"],
        "n": int(seen["n"]),
        "source": "measured",
        "basis": basis,
    }


def _unshared(brief: Brief) -> dict:
    overlap = brief.portfolio.overlap
    return {
        "name": "unshared",
        "label": "Share of people whom no other creator reaches too",
        "value": 1 - overlap,
        "low": 1 - min(overlap * PLANNING_SPREAD, 0.95),
        "high": 1 - overlap / PLANNING_SPREAD,
        "unit": "share",
        "n": 0,
        "source": "assumed",
        "basis": "one less portfolio.overlap of your brief; range of the overlap half to double",
    }


def _of_pool(creators: pd.DataFrame, name: str, brief: Brief) -> dict:
    column = "fee_source" if name == "cost" else "reach_source"
    sources = _FEE_SOURCES if name == "cost" else _REACH_SOURCES
    known, source = _best(creators[creators[name].notna()], column, sources)
    values = np.sort(known[name].to_numpy(dtype=float))
    middle = float(np.median(values)) if len(values) else math.nan
    low, high = median_interval(values, brief.statistics.level)
    guessed = source in ("assumed", "benchmark") or (name != "cost" and source == "modelled") or low != low
    if guessed:
        # the spread of what nobody measured, or of too few to tell a spread, beside that of the creators
        low = middle / math.exp(math.hypot(math.log(PLANNING_SPREAD), _log(middle, low)))
        high = middle * math.exp(math.hypot(math.log(PLANNING_SPREAD), _log(high, middle)))
    posts = brief.goals.posts_per_creator
    label = {
        "reach": "People reached by a post",
        "people": f"People reached by a creator's {posts} {plural(posts, 'post')}",
        "cost": "Full cost of a creator",
    }[name]
    stand_in = bool((creators["creator"] == _STAND_IN).any())
    return {
        "name": name,
        "label": label,
        "value": middle,
        "low": low,
        "high": high,
        "unit": "money" if name == "cost" else "people",
        "n": 0 if stand_in else len(values),
        "source": source,
        "basis": _basis(name, creators, known, source, brief, stand_in, guessed),
    }


def _best(known: pd.DataFrame, column: str, sources: tuple[str, ...]) -> tuple[pd.DataFrame, str]:
    """Keep the creators whose source is at least as good as the best that is enough; name the worst source among them."""
    here = known
    for last in range(1, len(sources) + 1):
        here = known[known[column].isin(sources[:last])]
        if len(here) >= ENOUGH:
            break
    seen = [s for s in sources if (here[column] == s).any()]
    return here, seen[-1] if seen else ""


def _basis(name: str, creators: pd.DataFrame, known: pd.DataFrame, source: str, brief: Brief, stand_in: bool, guessed: bool) -> str:
    write = wording(brief)
    if known.empty:
        return "unknown: " + ("no fee can be said for any creator" if name == "cost" else "neither reach nor followers")
    if stand_in:
        who = f"no creators yet: a stand-in with {write.count(creators['followers'].iloc[0])} followers"
    else:
        tiers = sorted(known["tier"].astype(str).unique())
        who = f"median of {len(known)} {tiers[0] + ' ' if len(tiers) == 1 else ''}{plural(len(known), 'creator')}"
    how = {
        "measured": "reach of their own posts",
        "modelled": "their quotes, or others' quotes" if name == "cost" else "their reach or views, or those of others of their platform",
        "assumed": "followers x goals.reach_rate",
        "quoted": "fees they asked, with your other costs",
        "benchmark": "published prices, with your other costs",
    }[source]
    return f"{who}; {how}" + ("; range wider by half to double" if guessed else "")


def _log(high: float, low: float) -> float:
    ratio = high / low if low else math.nan
    return math.log(ratio) if ratio == ratio and ratio > 0 else 0.0
