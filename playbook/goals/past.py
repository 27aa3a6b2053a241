"""Rates that a past campaign of your own has measured: clicks per person reached, orders per click."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing
from playbook.memo import remembered

# under so many creators a ratio over creators has no interval worth the name
FEWEST_CREATORS = 5
COLUMNS = ["name", "value", "low", "high", "n"]


@remembered
def past_rates(data: Dataset, brief: Brief) -> pd.DataFrame:
    """Return the rates that the campaign in the folder has measured by its links, codes and the reach of its posts.

    Clicks are visits whose `utm_content` is a creator's; orders are those credited to a creator by code or link (rule of
    `results.attribution`), less those refunded in full; people are counted once for each creator. A rate is the ratio of the sums over
    creators, its interval that of the ratio estimator (Cochran, 1977, section 6) on logarithms, with creators as what repeats.

    Returns
    -------
    DataFrame
        A row for each rate that at least five creators tell: `name` ('conversion_rate', 'click_rate'), `value`, `low`, `high`, `n`
        (creators).
    """
    ours = past_creators(data, brief)
    rows = []
    for name, top, bottom in (("conversion_rate", "orders", "clicks"), ("click_rate", "clicks", "people")):
        known = ours.dropna(subset=[top, bottom])
        if len(known) < FEWEST_CREATORS:
            continue
        value, low, high = ratio(known[top], known[bottom], brief.statistics.level)
        if math.isfinite(value) and value > 0 and math.isfinite(low):
            rows.append({"name": name, "value": value, "low": low, "high": high, "n": len(known)})
    return pd.DataFrame(rows, columns=COLUMNS)


@remembered
def past_creators(data: Dataset, brief: Brief) -> pd.DataFrame:
    """Return what each creator of the past campaign brought.

    Returns
    -------
    DataFrame
        Sorted by creator: `creator`, `people` (reached by all their posts of ours, each once; missing where the reach of one of them is),
        `clicks` (missing where no visit carries anybody's mark), `orders` (missing where there are no orders).
    """
    from playbook.results import attribute
    from playbook.results.attribution import clean_mark, owners

    keys = pd.DataFrame({"creator": np.sort(data.deliverables["creator"].dropna().unique().astype(str))})
    if keys.empty:
        return keys.assign(people=np.nan, clicks=np.nan, orders=np.nan)
    out = keys.assign(people=keys["creator"].map(_people(data)).astype("float64"))
    by_link, _ = owners(data, "utm_content")
    visits = data.visits.assign(creator=[by_link.get(clean_mark(mark)) for mark in data.visits["utm_content"]])
    clicks = visits.dropna(subset=["creator"]).groupby("creator")["sessions"].sum()
    out["clicks"] = out["creator"].map(clicks).fillna(0.0) if len(clicks) else np.nan
    credited = attribute(data, brief)
    out["orders"] = np.nan
    if not isinstance(credited, Missing):
        kept = credited[credited["creator"].notna() & (credited["period"] != "before") & ~(credited["net"] <= 0)]
        out["orders"] = out["creator"].map(kept.groupby("creator")["order"].count()).fillna(0.0).astype("float64")
    return out


def _people(data: Dataset) -> pd.Series:
    """People whom each creator's posts of ours reached, those whom several posts met counted once by random duplication."""
    posts = data.deliverables.dropna(subset=["post"])[["creator", "post"]].drop_duplicates("post")
    reach = data.posts.query("SELECT post, reach FROM posts WHERE reach IS NOT NULL ORDER BY post")
    posts = posts.merge(reach, on="post", how="left").merge(data.creators[["creator", "followers"]], on="creator", how="left")
    met = (posts["reach"] / posts["followers"].where(posts["followers"] > 0)).clip(upper=1.0)
    posts["missed"] = np.log1p(-met.clip(upper=1 - 1e-12))
    grouped = posts.groupby("creator").agg(
        missed=("missed", lambda v: v.sum(skipna=False)), followers=("followers", "first"), most=("reach", lambda v: v.max(skipna=False))
    )
    # a post can reach more people than there are followers: then it alone is the least there can be
    return np.maximum(grouped["followers"] * -np.expm1(grouped["missed"]), grouped["most"])


def ratio(top: pd.Series, bottom: pd.Series, level: float) -> tuple[float, float, float]:
    """Return a ratio of sums with its interval on logarithms (ratio estimator; Cochran, Sampling Techniques, 1977, section 6).

    Examples
    --------
    >>> value, low, high = ratio(pd.Series([1.0, 2, 3]), pd.Series([100.0, 200, 300]), 0.9)
    >>> round(value, 4), round(low, 4), round(high, 4)
    (0.01, 0.01, 0.01)
    """
    from scipy.stats import t

    n, total = len(bottom), float(bottom.sum())
    if n < 2 or total <= 0 or top.sum() <= 0:
        return math.nan, math.nan, math.nan
    value = float(top.sum()) / total
    spread = math.sqrt(n / (n - 1) * float(((top - value * bottom) ** 2).sum())) / total / value
    half = float(t.ppf((1 + level) / 2, n - 1)) * spread
    return value, value * math.exp(-half), value * math.exp(half)
