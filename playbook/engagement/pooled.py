"""Each creator's expected rate by the hierarchical model, beside the raw one; who is ahead, and who cannot be told apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.engagement.model import Pooled, pool
from playbook.engagement.rates import ADD_POSTS, rates
from playbook.findings import Missing, needs
from playbook.memo import remembered
from playbook.wording import handle, listed, wording

DRAWS = 4000
# below these bounds of their intervals nobody has a chance worth drawing for
CANDIDATES = 400
POOL_WARNED = 15


def fit(table: pd.DataFrame, level: float) -> Pooled:
    """Fit the hierarchical model to rows of :func:`playbook.engagement.rates` that have a rate."""
    return pool(
        table["rate"].to_numpy(dtype="float64"),
        table["engagements"].to_numpy(dtype="float64"),
        table["cv2"].to_numpy(dtype="float64"),
        table["log_var"].to_numpy(dtype="float64"),
        table["posts"].to_numpy(dtype="float64"),
        table["followers"].to_numpy(dtype="float64"),
        table["platform"].astype("object").to_numpy(),
        level,
    )


@remembered
@needs("creators", "posts", otherwise=ADD_POSTS)
def expected(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return each creator's expected rate beside the raw one.

    The raw rate is what the posts gave; the expected rate is what to plan with. It is drawn from the raw one towards creators of the same
    platform and size, the more the fewer the posts and the wilder they vary.

    Returns
    -------
    DataFrame
        Largest expected rate first, only creators with a rate: the columns of :func:`rates`, and `expected`, `expected_low`,
        `expected_high`, `own_weight` (0-1: how much the creator's own posts decide), `typical` (rate of the platform and size; missing
        where there are under three creators), `log_mean`, `log_sd`, `df`, `post_variance` (of one post, relative), `chance_above` (that the
        creator is above the typical rate).
    """
    from scipy.stats import t

    table = rates(data, brief)
    if isinstance(table, Missing):
        return table
    table = table[table["rate"].notna() & (table["posts"] > 0)].reset_index(drop=True)
    if table.empty:
        return Missing(
            needs=("posts",), text="No creator has both posts with known likes and what they are divided by: " + f"add {ADD_POSTS}."
        )
    found = fit(table, brief.statistics.level)
    table = table.assign(
        expected=found.expected,
        expected_low=found.low,
        expected_high=found.high,
        own_weight=found.own_weight,
        typical=found.typical,
        log_mean=found.log_mean,
        log_sd=found.log_sd,
        df=found.df,
        post_variance=found.post_variance,
    )
    away = (table["log_mean"] - np.log(table["typical"])) / table["log_sd"]
    table["chance_above"] = t.cdf(away, table["df"])
    return table.sort_values(["expected", "creator"], ascending=[False, True], ignore_index=True)


def ranking(table: pd.DataFrame | Missing, brief: Brief, *, top: int | None = None) -> pd.DataFrame | Missing:
    """Rank creators by expected rate, with how sure the order is.

    Parameters
    ----------
    table : DataFrame or Missing
        As :func:`expected` returns it.
    top : int, optional
        How many places count as the top; by default a fifth of the creators, at least 1 and at most 10.

    Returns
    -------
    DataFrame
        Largest first: `rank`, `creator`, `expected`, `expected_low`, `expected_high`, `posts`, `top` (places that count), `chance_top`
        (that the creator is truly among them), `group` (creators of one group cannot be told from its first one at the brief's level),
        `posts_needed` (latest posts of each, on the scale of the window, until this one and the next could be told apart with a chance of
        80 %; missing for the last).
    """
    from scipy.stats import norm

    if isinstance(table, Missing):
        return table
    count = len(table)
    places = min(top or int(np.clip(round(count / 5), 1, 10)), count)
    mean, sd = table["log_mean"].to_numpy(), table["log_sd"].to_numpy()
    level = brief.statistics.level
    out = table[["creator", "platform", "tier", "expected", "expected_low", "expected_high", "posts"]].copy()
    out.insert(0, "rank", np.arange(1, count + 1))
    out["top"] = places
    out["chance_top"] = _chance_top(mean, sd, table["df"].to_numpy(), places, brief.statistics.seed)
    out["group"] = _groups(mean, sd, level)
    need = np.full(count, np.nan)
    gap = mean[:-1] - mean[1:]
    variance = table["post_variance"].to_numpy()
    z = norm.ppf((1 + level) / 2) + norm.ppf(0.8)
    with np.errstate(divide="ignore"):
        need[:-1] = np.ceil((variance[:-1] + variance[1:]) * (z / gap) ** 2)
    out["posts_needed"] = np.where(np.isfinite(need), need, np.nan)
    return out


def _groups(mean: np.ndarray, sd: np.ndarray, level: float) -> np.ndarray:
    """Number of each creator's group: a new one begins with the first who can be told from the first of the last one."""
    from scipy.special import ndtri

    count, first, number = len(mean), 0, 1
    groups = np.ones(count, dtype="int64")
    far = ndtri(level)
    step = 64
    at = 1
    while at < count:
        ahead = slice(at, at + step)
        apart = np.flatnonzero(mean[first] - mean[ahead] >= far * np.hypot(sd[first], sd[ahead]))
        if apart.size:
            first, number = at + int(apart[0]), number + 1
            groups[first:] = number
            at, step = first + 1, 64
        else:
            at, step = at + step, step * 2
    return groups


def _chance_top(mean: np.ndarray, sd: np.ndarray, df: np.ndarray, places: int, seed: int) -> np.ndarray:
    """Share of draws in which each creator is among the first places."""
    chance = np.zeros(len(mean))
    # beyond the candidates the chance is nil to the digits shown
    front = np.argsort(-(mean + 4 * sd), kind="stable")[: max(CANDIDATES, 4 * places)]
    rng = np.random.default_rng(seed)
    drawn = mean[front] + sd[front] * rng.standard_t(df[front], size=(DRAWS, len(front)))
    best = np.argpartition(-drawn, places - 1, axis=1)[:, :places]
    np.add.at(chance, front[best.ravel()], 1 / DRAWS)
    return chance


def posts_to_tell(first: pd.Series, second: pd.Series, level: float, *, chance: float = 0.8) -> float:
    """Return how many posts of each creator it takes to tell their rates apart.

    Parameters
    ----------
    first, second : Series
        Rows of :func:`expected`: `log_mean` and `post_variance` count.
    level : float
        Level of the interval of the difference.
    chance : float
        That the interval then leaves out no difference.

    Examples
    --------
    >>> a, b = pd.Series({"log_mean": 0.5, "post_variance": 0.4}), pd.Series({"log_mean": 0.0, "post_variance": 0.4})
    >>> posts_to_tell(a, b, 0.9)
    20.0
    """
    from scipy.stats import norm

    gap = abs(first["log_mean"] - second["log_mean"])
    if gap == 0:
        return float("inf")
    z = norm.ppf((1 + level) / 2) + norm.ppf(chance)
    return float(np.ceil((first["post_variance"] + second["post_variance"]) * (z / gap) ** 2))


def order(ranked: pd.DataFrame | Missing, brief: Brief) -> str:
    """Return the sentence on the first place and who cannot be told from it."""
    if isinstance(ranked, Missing):
        return ranked.text
    write = wording(brief)
    first = ranked.iloc[0]
    if len(ranked) == 1:
        return f"{handle(first.creator)} is the only creator with a rate: {write.share(first.expected)}."
    same = ranked[(ranked["group"] == 1)].iloc[1:]
    sure = f"{handle(first.creator)} comes first, and belongs to the top {first.top} with a chance of {write.share(first.chance_top)}"
    if same.empty:
        return f"{sure}; the second, {handle(ranked.iloc[1].creator)}, can be told from it."
    names = listed([handle(c) for c in same["creator"]], 3)
    need = ranked.iloc[0].posts_needed
    posts = (
        f"about {write.count(need)} posts of each would be needed"
        if need == need and need <= 1_000
        else "no number of posts you could wait for would do"
    )
    return f"{sure}; {names} cannot be told from it: to part the first two, {posts}."
