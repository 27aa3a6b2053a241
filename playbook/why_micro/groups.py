"""Size classes side by side: engagement, talk, cost, and how concentrated their audiences are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from playbook import engagement
from playbook.brief import Brief
from playbook.creators import with_tiers
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs
from playbook.why_micro.regression import dummies, least_squares
from playbook.why_micro.size import creators

if TYPE_CHECKING:
    from playbook.why_micro.regression import Fit

GROUP_NEEDED = 5


def tiers(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return one row a size class: what its typical creator engages, says and costs.

    Typical is the geometric mean across creators, who are the unit: a creator with many posts weighs no more than another.
    Intervals are Student's t on the log scale.

    Returns
    -------
    DataFrame
        Smallest class first, classes without creators left out: `tier`, `creators` (that count), `posts`, `rate`, `rate_low`, `rate_high`
        (share of followers a post), `engagements` with `_low`, `_high` (a post), `comments_per_like` with `_low`, `_high`, `cost`, `cpe`
        and `cpm` with `_low`, `_high` (full cost, per engagement, per 1,000 people reached, budget's currency; quoted fees only) and
        `quoted` (creators behind them).
    """
    table = creators(data, brief)
    if isinstance(table, Missing):
        return table
    table = table.merge(talk(data, brief)[["creator", "comments_per_like"]], on="creator", how="left")
    table = table.merge(costs(data, brief)[["creator", "cost", "cpe", "cpm"]], on="creator", how="left")
    rows = []
    for tier, group in table.groupby("tier", observed=True, sort=True):
        row = {"tier": tier, "creators": len(group), "posts": int(group["posts"].sum()), "quoted": int(group["cpe"].notna().sum())}
        for name in ("rate", "engagements", "comments_per_like", "cost", "cpe", "cpm"):
            row[name], row[f"{name}_low"], row[f"{name}_high"], _ = geometric_mean(group[name], brief.statistics.level)
        rows.append(row)
    measures = ("rate", "engagements", "comments_per_like", "cost", "cpe", "cpm")
    columns = ["tier", "creators", "posts", "quoted", *(f"{m}{end}" for m in measures for end in ("", "_low", "_high"))]
    return pd.DataFrame(rows, columns=columns)


@needs("creators", otherwise="a creators table with followers, total_likes and posts_total")
def lifetime(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return likes per post per follower over the creators' whole time, by size class: descriptive only.

    Totals since the account began, over followers of today: old posts were seen by fewer followers, so creators who grew fast look worse
    than they are. Good for a first look where there are no posts; no claim is judged by it.

    Returns
    -------
    DataFrame
        Smallest class first: `platform`, `tier`, `creators`, `rate`, `low`, `high` (likes per post per follower: geometric mean across
        creators, t interval on the log scale).
    """
    table = with_tiers(data, brief).drop_duplicates("creator")
    table = table[(table["posts_total"] > 0) & (table["total_likes"] > 0) & (table["followers"] > 0)].copy()
    if table.empty:
        return Missing(
            needs=("creators",),
            text="None of your creators tells likes and posts over the whole time: add total_likes and posts_total to the creators table.",
        )
    table["platform"] = table["platform"].where(table["platform"].notna(), engagement.platform_of(table["creator"]))
    table["rate"] = table["total_likes"] / table["posts_total"] / table["followers"]
    rows = []
    for (platform, tier), group in table.groupby(["platform", "tier"], observed=True, sort=True):
        rate, low, high, n = geometric_mean(group["rate"], brief.statistics.level)
        rows.append({"platform": platform, "tier": tier, "creators": n, "rate": rate, "low": low, "high": high})
    return pd.DataFrame(rows)


def geometric_mean(values: pd.Series, level: float) -> tuple[float, float, float, int]:
    """Return the geometric mean of the values above 0, its t interval on the log scale, and their number.

    >>> mean, low, high, n = geometric_mean(pd.Series([1.0, 10.0, 100.0]), 0.9)
    >>> round(mean, 6), low < mean < high, n
    (10.0, True, 3)
    """
    from scipy.stats import t

    logs = np.log(values[values > 0].to_numpy(dtype="float64"))
    n = len(logs)
    if n == 0:
        return float("nan"), float("nan"), float("nan"), 0
    away = t.ppf((1 + level) / 2, n - 1) * logs.std(ddof=1) / np.sqrt(n) if n > 1 else float("nan")
    return float(np.exp(logs.mean())), float(np.exp(logs.mean() - away)), float(np.exp(logs.mean() + away)), n


def talk(data: Dataset, brief: Brief) -> pd.DataFrame:
    """Return comments per like of each creator's latest posts, the sums' ratio with half a comment added.

    Returns
    -------
    DataFrame
        Sorted by `creator`: `creator`, `platform`, `small`, `posts`, `comments_per_like`. Without rows where posts tell no comments.
    """
    table = with_tiers(data, brief).drop_duplicates("creator")
    knobs = brief.engagement
    if data.has("posts"):
        sums = data.posts.moments(
            as_of=data.as_of, numerator="comments", denominator="likes", window=knobs.window, mature_hours=knobs.mature_hours
        )
    else:
        sums = pd.DataFrame({"creator": pd.Series(dtype="str"), "n": [], "mean": [], "denominator": []})
    out = table.merge(sums, on="creator")
    out = out[(out["n"] >= brief.why_micro.min_posts) & out["tier"].notna()].copy()
    out["comments_per_like"] = (out["mean"] * out["n"] + 0.5) / (out["denominator"] * out["n"] + 0.5)
    out["platform"] = out["platform"].where(out["platform"].notna(), engagement.platform_of(out["creator"]))
    out["small"] = out["tier"].isin(brief.tiers.small)
    out["posts"] = out["n"].astype("int64")
    return out[["creator", "platform", "small", "posts", "comments_per_like"]].sort_values("creator", ignore_index=True)


def costs(data: Dataset, brief: Brief) -> pd.DataFrame:
    """Return cost and cost per engagement of the creators who have quoted a fee.

    A fee read off a price curve is left out: compared by size it would only give the curve back.

    Returns
    -------
    DataFrame
        Sorted by `creator`: `creator`, `platform`, `small`, `followers`, `cost`, `cpe`, `cpm`.
    """
    from playbook.costs import full

    columns = ["creator", "platform", "small", "followers", "cost", "cpe", "cpm"]
    table = full(data, brief) if data.has("quotes") else None
    if table is None or isinstance(table, Missing):
        return pd.DataFrame({c: pd.Series(dtype="str" if c in ("creator", "platform") else "float64") for c in columns})
    table = table[(table["fee_source"] == "quoted") & (table["followers"] > 0)].drop_duplicates("creator").copy()
    table["platform"] = table["platform"].where(table["platform"].notna(), engagement.platform_of(table["creator"]))
    table["small"] = table["tier"].isin(brief.tiers.small)
    return table[columns].sort_values("creator", ignore_index=True)


@needs("creators", "audience", otherwise="an audience table with creator, dimension, bucket and share")
def concentration(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return how concentrated each creator's audience is, against other creators in the same dimensions.

    In each dimension the sum of squared shares (Herfindahl): the chance that two followers come from the same bucket. What is compared is
    its logarithm less the dimension's mean, averaged over the dimensions known of the creator.

    Returns
    -------
    DataFrame
        Sorted by `creator`: `creator`, `platform`, `small`, `dimensions`, `concentration` (1 is the average creator).
    """
    audience = data.audience[data.audience["share"] > 0]
    total = audience.groupby(["creator", "dimension"])["share"].transform("sum")
    # buckets that tell less than half of the audience say little about the rest
    audience = audience[total >= 0.5]
    chance = (audience["share"] / total[audience.index]) ** 2
    logs = np.log(chance.groupby([audience["creator"], audience["dimension"]]).sum()).rename("log").reset_index()
    logs["log"] -= logs.groupby("dimension")["log"].transform("mean")
    each = logs.groupby("creator").agg(dimensions=("dimension", "size"), log=("log", "mean")).reset_index()
    out = with_tiers(data, brief).drop_duplicates("creator").merge(each, on="creator")
    out = out[out["tier"].notna()].copy()
    out["platform"] = out["platform"].where(out["platform"].notna(), engagement.platform_of(out["creator"]))
    out["small"] = out["tier"].isin(brief.tiers.small)
    out["concentration"] = np.exp(out["log"])
    return out[["creator", "platform", "small", "dimensions", "concentration"]].sort_values("creator", ignore_index=True)


def small_over_macro(table: pd.DataFrame, measure: str, brief: Brief) -> tuple[float, float, float, int] | str:
    """Return the ratio of a measure's geometric means, small creators over macros, platforms held equal, with its interval and n.

    Or a sentence that says why there is none.
    """
    table = table[table[measure] > 0]
    small, macro = int(table["small"].sum()), int((~table["small"].astype(bool)).sum())
    if min(small, macro) < GROUP_NEEDED:
        return f"it is known for {small} creators below the macro line and {macro} above, and needs {GROUP_NEEDED} of each"
    x = np.column_stack([np.ones(len(table)), table["small"].astype("float64"), dummies(table["platform"].to_numpy())])
    fit: Fit | None = least_squares(x, np.log(table[measure].to_numpy(dtype="float64")))
    if fit is None:
        return "small and large creators are on different platforms, so size and platform cannot be told apart"
    ratio, low, high = (float(np.exp(v)) for v in fit.coefficient(1, brief.statistics.level))
    return ratio, low, high, len(table)
