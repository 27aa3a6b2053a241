"""How many people one post of a creator reaches: measured, modelled from views or peers, or assumed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.creators import with_tiers
from playbook.data.dataset import Dataset
from playbook.engagement.rates import log_interval, platform_of, unbroken_sql
from playbook.findings import Missing, needs
from playbook.memo import remembered

PEERS_NEEDED = 5


@remembered
@needs("creators", otherwise="a creators table with creator and followers")
def reach(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return the people that one post of each creator reaches.

    In this order: the mean reach of the creator's own latest posts (`measured`); the mean views, times the people reached a view on that
    platform where at least five creators of your data tell both, else one person a view, which is the most there can be (`modelled`);
    followers times the median reach a follower of at least five measured creators of the platform (`modelled`); followers times
    `goals.reach_rate` (`assumed`).

    Returns
    -------
    DataFrame
        Sorted by `creator`: `creator`, `reach` (people), `low`, `high` (interval of the mean where measured or from views; of a single
        creator among the peers where from peers; missing where assumed), `n` (posts behind it; 0 where there are none), `source`,
        `basis` (in words).
    """
    creators = with_tiers(data, brief)[["creator", "platform", "followers"]].drop_duplicates("creator")
    creators["platform"] = creators["platform"].where(creators["platform"].notna(), platform_of(creators["creator"]))
    level = brief.statistics.level
    out = creators.copy()
    for name in ("reach", "views"):
        some = _means(data, brief, name)
        out = out.merge(some, on="creator", how="left")
    out["reach_low"], out["reach_high"] = log_interval(out["reach_mean"], out["reach_sd"], out["reach_n"], level)
    out["views_low"], out["views_high"] = log_interval(out["views_mean"], out["views_sd"], out["views_n"], level)

    per_view = _peers(out, out["reach_mean"] / out["views_mean"].where(out["views_mean"] > 0), level)
    per_follower = _peers(out, out["reach_mean"] / out["followers"].where(out["followers"] > 0), level)
    people_a_view = out["platform"].map(per_view["middle"]).clip(upper=1.0)
    followers = out["followers"].where(out["followers"] > 0)

    measured = out["reach_mean"] > 0
    viewed = ~measured & (out["views_mean"] > 0)
    peered = ~measured & ~viewed & followers.notna() & out["platform"].isin(per_follower.index)
    assumed = ~measured & ~viewed & ~peered & followers.notna()
    factor = people_a_view.fillna(1.0)
    by_peers = out["platform"].map(per_follower["middle"])
    out["reach"] = np.select(
        [measured, viewed, peered, assumed],
        [out["reach_mean"], out["views_mean"] * factor, followers * by_peers, followers * brief.goals.reach_rate],
        default=np.nan,
    )
    for end in ("low", "high"):
        out[end] = np.select(
            [measured, viewed, peered],
            [out[f"reach_{end}"], out[f"views_{end}"] * factor, followers * out["platform"].map(per_follower[end])],
            default=np.nan,
        )
    out["n"] = np.select([measured, viewed], [out["reach_n"], out["views_n"]], default=0).astype("int64")
    out["source"] = np.select([measured, viewed | peered, assumed], ["measured", "modelled", "assumed"], default="")
    out["basis"] = np.select(
        [measured, viewed & people_a_view.notna(), viewed, peered, assumed],
        [
            "mean reach of the latest posts",
            "mean views of the latest posts, times people reached a view among your measured creators",
            "mean views of the latest posts, one person a view (the most there can be)",
            "followers, times the reach a follower of your measured creators",
            "followers, times the planning value reach_rate of the brief",
        ],
        default="unknown: neither reach nor views nor followers",
    )
    out["source"] = out["source"].where(out["source"] != "", np.nan)
    return out[["creator", "reach", "low", "high", "n", "source", "basis"]].sort_values("creator", ignore_index=True)


def _means(data: Dataset, brief: Brief, name: str) -> pd.DataFrame:
    """Mean, sd and n of one column over the latest posts that tell it."""
    knobs = brief.engagement
    posts = data.posts.moments(
        as_of=data.as_of,
        numerator=name,
        window=knobs.window,
        mature_hours=knobs.mature_hours,
        where=f"{name} IS NOT NULL AND {unbroken_sql(name)}",
    )
    posts[f"{name}_sd"] = posts["mean"] * np.sqrt(posts["cv2"])
    return posts.rename(columns={"mean": f"{name}_mean", "n": f"{name}_n"})[["creator", f"{name}_mean", f"{name}_sd", f"{name}_n"]]


def _peers(out: pd.DataFrame, ratio: pd.Series, level: float) -> pd.DataFrame:
    """Middle and central interval of a ratio among a platform's creators, on the log scale; platforms with too few are left out."""
    from scipy.stats import t

    logs = np.log(ratio.where(ratio > 0)).rename("log")
    grouped = logs.groupby(out["platform"]).agg(["count", "median", "std"])
    grouped = grouped[grouped["count"] >= PEERS_NEEDED]
    away = t.ppf((1 + level) / 2, grouped["count"] - 1) * grouped["std"] * np.sqrt(1 + 1 / grouped["count"])
    middle = grouped["median"]
    return pd.DataFrame({"middle": np.exp(middle), "low": np.exp(middle - away), "high": np.exp(middle + away)})
