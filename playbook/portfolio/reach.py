"""What a creator's next post may reach: own posts and creators of the same size, each with the weight that it deserves."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook import engagement
from playbook.brief import Brief
from playbook.costs.told import told_results
from playbook.creators import with_tiers
from playbook.data.dataset import Dataset
from playbook.engagement.rates import platform_of, unbroken_sql
from playbook.engagement.reach import PEERS_NEEDED
from playbook.findings import Missing
from playbook.memo import remembered

# creators of a platform with posts of their own, from which on they say what others of the size reach
FEWEST_PEERS = 8
# spread (log sd) of a reach that is only assumed: followers of one size differ that much in reach
ASSUMED_REACH_SD = 0.5
# a post's luck (log sd) where no creator tells two posts; planning value
ASSUMED_LUCK_SD = 0.7
# people a view where nobody tells both: somewhere between one in two and each view another person
PEOPLE_A_VIEW, PEOPLE_A_VIEW_SD = 0.75, 0.2
# what all estimates of a platform are off by together because posts are no log-normal draws (log sd): on planted worlds of three families
# errors of whole sets were larger than the rest explains by about this much
MODEL_SD = 0.12
# further than so many standard deviations from the line, a creator pulls it no harder
HUBER = 2.5
ROUNDS = 30
# variances between creators of one size that are tried, and the spread (log sd) that is usual
GRID = np.geomspace(0.0025, 9.0, 120)
USUAL_SPREAD = 0.5
# what a regression of reach on followers and views starts from: slopes and their spread (it is the view that counts, not the follower)
SLOPES, SLOPES_SD = np.array([0.3, 0.7]), np.array([0.4, 0.4])


@remembered
def expected_reach(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return the people whom one more post of each creator reaches, in the mean of many posts.

    Whoever picks the best of many picks those whose last posts were lucky. So a creator's own mean counts by how much its posts tell:
    it is drawn towards what creators of its platform and size reach, the more the fewer and the more erratic its posts (empirical
    Bayes on logs; Efron and Morris, 1975; against the optimiser's curse, Smith and Winkler, 2006). Creators without posts of their own
    are taken at what their size reaches. Where nobody of a platform tells reach beside views, people a view are another platform's, or
    a planning value; that error is shared by all creators of the platform.

    Returns
    -------
    DataFrame
        Sorted by `creator`: `creator`, `platform`, `reach` (people), `reach_sd` (log sd of the estimate), `luck_sd` (log sd of a single
        post about it), `shared_sd` (log sd of an error that the platform's creators share), `n` (posts), `reach_source`, `told` (the
        mean of the creator's own posts, in people; missing without posts), `weight` (of that mean in `reach`, 0-1).
    """
    raw = engagement.reach(data, brief)
    if isinstance(raw, Missing):
        return raw
    sizes = with_tiers(data, brief)[["creator", "platform", "followers"]].drop_duplicates("creator")
    sizes["platform"] = sizes["platform"].where(sizes["platform"].notna(), platform_of(sizes["creator"])).astype("object").fillna("")
    out = raw.merge(sizes, on="creator", how="left")
    kind = np.where(out["n"] > 0, np.where(out["source"] == "measured", "reach", "views"), "")
    views = kind == "views"
    rate = out["platform"].map(_people_a_view(data, brief, out).to_dict("index"))
    factor, shared_sd, own_sd = (rate.map(lambda r, name=name: r[name]).astype(float) for name in ("factor", "shared_sd", "own_sd"))
    out["shared_sd"], out["ratio_sd"] = shared_sd.where(views, 0.0), own_sd.where(views, 0.0)
    seen = out["creator"].map(_posts(data, brief, "views")["mean"]).astype("float64") * factor
    out["told"] = out["reach"].where(~views, seen).where(kind != "")
    own = _own_posts(data, brief, out, kind)
    out["own_log"] = own["log"] + np.log(factor.where(views, 1.0))
    out["luck_sd"] = own["luck_sd"]
    out["weight"], out["reach_sd"] = np.where(kind != "", 1.0, 0.0), np.nan
    log, sd, common = (pd.Series(value, index=out.index) for value in (np.nan, np.nan, 0.0))
    for _, rows in out.groupby("platform", sort=True).groups.items():
        log.loc[rows], sd.loc[rows], out.loc[rows, "weight"], common.loc[rows] = _drawn_in(out.loc[rows])
    out["shared_sd"] = np.sqrt(out["shared_sd"] ** 2 + common**2 + (out["weight"] * own["shared_sd"]) ** 2)
    _by_views(out, views, log, sd, data, brief)
    out["shared_sd"] = np.hypot(out["shared_sd"], MODEL_SD)
    # the mean of a log-normal belief, since people are added up
    estimated = log.notna()
    out["people"] = np.exp(log + sd**2 / 2)
    few = out["told"].notna() & ~estimated
    alone_sd = np.sqrt(out["luck_sd"] ** 2 / out["n"].where(out["n"] > 0) + out["ratio_sd"] ** 2)
    out["reach"] = out["people"].where(estimated, out["told"].where(few, out["reach"]))
    out["reach_sd"] = sd.where(estimated, alone_sd.where(few, ASSUMED_REACH_SD))
    out["reach_source"] = out["source"].astype("object")
    peers = estimated & out["told"].isna()
    out.loc[peers, "reach_source"] = "modelled"
    # views that a tool tells are nearer to people reached than any share of followers
    said = out["creator"].map(told_results(data)["views"]).astype("float64") * PEOPLE_A_VIEW
    by_tool = (out["reach_source"] == "assumed") & (said > 0)
    out.loc[by_tool, "reach"], out.loc[by_tool, "reach_source"] = said[by_tool], "quoted"
    out.loc[by_tool, "shared_sd"] = np.hypot(out.loc[by_tool, "shared_sd"], PEOPLE_A_VIEW_SD)
    columns = ["creator", "platform", "reach", "reach_sd", "luck_sd", "shared_sd", "n", "reach_source", "told", "weight"]
    return out[columns].sort_values("creator", ignore_index=True)


def _drawn_in(group: pd.DataFrame) -> tuple[np.ndarray, ...]:
    """Return each creator's log reach, its own standard deviation, the weight of its own posts, and the standard deviation of what is
    common to the platform; missing where peers are too few."""
    y, size, luck, n, ratio = (group[c].to_numpy(dtype=float) for c in ("own_log", "followers", "luck_sd", "n", "ratio_sd"))
    # a creator's people a view are not quite the platform's
    s2 = np.maximum(luck**2 / np.maximum(n, 1) + ratio**2, 1e-6)
    own = np.isfinite(y) & (size > 0)
    known = own & (group["source"] == "measured").to_numpy()
    known = known if known.sum() >= FEWEST_PEERS else own
    nothing = np.full(len(group), np.nan), np.full(len(group), np.nan), np.where(np.isfinite(y), 1.0, 0.0), np.zeros(len(group))
    if known.sum() < FEWEST_PEERS:
        return nothing
    x = np.log(np.where(size > 0, size, 1.0))
    line, cov, tau2 = fitted(x[known], y[known], s2[known])
    rows = np.column_stack([np.ones(len(x)), x - x[known].mean()])
    evidence = np.where(own, 1 / s2, 0.0)
    total = evidence + 1 / tau2
    weight = evidence / total
    log = np.where(own, y, 0.0) * weight + rows @ line * (1 - weight)
    # where the line is wrong, it is wrong for all who are drawn towards it
    common = (1 - weight) * np.sqrt(np.einsum("ij,jk,ik->i", rows, cov, rows))
    sized = size > 0
    return tuple(np.where(sized, value, gone) for value, gone in zip((log, total**-0.5, weight, common), nothing, strict=True))


def _by_views(out: pd.DataFrame, views: np.ndarray, log: pd.Series, sd: pd.Series, data: Dataset, brief: Brief) -> None:
    """Estimate who tells only views by those of the platform who tell reach as well: many views may mean many people, or few who look
    again."""
    told = _posts(data, brief, "views")
    # the posts' mean or the mean of their logs: whichever tells reach better on this platform
    kinds = [np.log(out["creator"].map(told["mean"]).astype("float64")), out["creator"].map(told["log_mean"]).astype("float64")]
    for _, rows in out.groupby("platform", sort=True).groups.items():
        group = out.loc[rows]
        size = np.log(group["followers"].where(group["followers"] > 0).to_numpy(dtype=float))
        usable = np.isfinite(size) & kinds[0][rows].notna().to_numpy() & kinds[1][rows].notna().to_numpy()
        both, ask = usable & (group["source"] == "measured").to_numpy() & group["own_log"].notna().to_numpy(), usable & views[rows]
        if both.sum() < FEWEST_PEERS or not ask.any():
            continue
        y, fits = group["own_log"].to_numpy(dtype=float), []
        for kind in kinds:
            values = np.column_stack([size, kind[rows].to_numpy()])
            x = np.column_stack([np.ones(len(values)), values - values[both].mean(axis=0)])
            fits.append((*_regressed(x[both], y[both]), x[ask]))
        slope, cov, spread, x = min(fits, key=lambda fit: fit[2])
        at = rows[ask]
        log.loc[at], sd.loc[at] = x @ slope, spread
        out.loc[at, "shared_sd"] = np.sqrt(np.einsum("ij,jk,ik->i", x, cov, x))


def _regressed(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Return coefficients, their covariance and the residual spread of a regression that starts from :data:`SLOPES`."""
    beta, spread2 = np.array([y.mean(), *SLOPES]), 0.1
    for _ in range(ROUNDS):
        residual = y - x @ beta
        weight = np.minimum(1.0, HUBER * np.sqrt(spread2) / np.maximum(np.abs(residual), 1e-12))
        prior = np.array([0.0, *(spread2 / SLOPES_SD**2)])
        gram = x.T @ (weight[:, None] * x) + np.diag(prior)
        beta = np.linalg.solve(gram, x.T @ (weight * y) + prior * np.array([0.0, *SLOPES]))
        residual = y - x @ beta
        spread2 = max(float((weight * residual**2).sum() / max(len(y) - 2, 1)), 0.0025)
    return beta, spread2 * np.linalg.inv(gram), spread2**0.5


def fitted(x: np.ndarray, y: np.ndarray, s2: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Fit a line through noisy points with a spread of their own: weights by both variances, outliers held back.

    Parameters
    ----------
    x, y, s2 : array (n,)
        Log size, log reach, and the variance of its error.

    Returns
    -------
    (array (2,), array (2, 2), float)
        Level at the mean of `x` and slope, their covariance, and the variance between creators (by likelihood, with standardised
        residuals cut at :data:`HUBER`).

    Examples
    --------
    >>> x = np.arange(12.0)
    >>> line, _, between = fitted(x, 1 + 0.5 * x, np.full(12, 0.01))
    >>> line.round(3).tolist(), between < 0.1
    ([3.75, 0.5], True)
    """
    rows = np.column_stack([np.ones(len(x)), x - x.mean()])
    if np.ptp(x) < 1e-9:
        rows = rows[:, :1]
    tau2, line = float(np.var(y)) + 1e-4, np.zeros(rows.shape[1])
    residual = y - np.median(y)
    for _ in range(ROUNDS):
        total = s2 + tau2
        weight = np.minimum(1.0, HUBER * np.sqrt(total) / np.maximum(np.abs(residual), 1e-12)) / total
        gram = rows.T @ (weight[:, None] * rows)
        line = np.linalg.solve(gram, rows.T @ (weight * y))
        residual = y - rows @ line
        before = tau2
        tau2 = _between(residual, s2)
        if abs(tau2 - before) < 1e-6:
            break
    cov = np.linalg.inv(gram)
    if rows.shape[1] == 1:
        # all of one size: nothing is known about the slope, which published curves put near one
        return np.array([line[0], 1.0]), np.array([[cov[0, 0], 0.0], [0.0, 0.25]]), tau2
    return line, cov, tau2


def _between(residual: np.ndarray, s2: np.ndarray) -> float:
    """Return the likeliest variance between creators, outliers held back and two imagined creators of an ordinary spread added."""
    total = s2[None, :] + GRID[:, None]
    square = np.minimum(residual[None, :] ** 2 / total, HUBER**2)
    likelihood = -0.5 * (np.log(total) + square).sum(axis=1) - np.log(GRID) - USUAL_SPREAD**2 / GRID
    return float(GRID[int(np.argmax(likelihood))])


def _posts(data: Dataset, brief: Brief, name: str) -> pd.DataFrame:
    """Return what a creator's latest posts tell of `name`: `mean`, `n`, `log_var`, `cv2` and `log_mean` (of those above 0, `positive`)."""
    knobs = brief.engagement

    def moments(numerator: str, where: str) -> pd.DataFrame:
        found = data.posts.moments(
            as_of=data.as_of,
            numerator=numerator,
            window=knobs.window,
            mature_hours=knobs.mature_hours,
            where=f"{name} IS NOT NULL AND {unbroken_sql(name)}{where}",
        )
        return found[(found["n"] > 0) & (found["mean"] > 0 if numerator == name else True)].set_index("creator")

    plain, logs = moments(name, ""), moments(f"ln({name})", f" AND {name} > 0")
    return plain[["mean", "n", "log_var", "cv2"]].assign(log_mean=logs["mean"], positive=logs["n"])


def _own_posts(data: Dataset, brief: Brief, out: pd.DataFrame, kind: np.ndarray) -> pd.DataFrame:
    """Return what each creator's own posts say, in the unit they are told in.

    Returns
    -------
    DataFrame
        Index of `out`: `log` (logarithm of the mean of many posts), `luck_sd` (log sd of one post).

    Notes
    -----
    A mean of a dozen erratic posts is mostly its largest one. The mean of their logarithms is steadier; what lies between the two is
    pooled over the platform's creators (Duan's smearing), and so is the spread.
    """
    found = pd.DataFrame({"log": np.nan, "luck_sd": np.nan, "shared_sd": 0.0}, index=out.index)
    pooled: list[tuple[float, float]] = []
    raw: list[tuple[str, str]] = []
    for name in ("reach", "views"):
        posts = _posts(data, brief, name).reindex(out["creator"]).set_axis(out.index)
        between = np.log((posts["mean"] * posts["n"] / posts["positive"]).where(posts["positive"] > 0)) - posts["log_mean"]
        for each in sorted(set(out.loc[kind == name, "platform"])):
            here = (kind == name) & (out["platform"] == each).to_numpy()
            mine = posts[here & (posts["positive"] >= 2).to_numpy() & posts["log_var"].notna().to_numpy()]
            if len(mine):
                freedom = np.minimum(mine["positive"] - 1, 11)
                spread = float(np.average(np.minimum(mine["log_var"], 9.0), weights=freedom))
                cv2, n = float(np.average(np.minimum(mine["cv2"], 25.0), weights=freedom)), float(mine["positive"].mean())
                if np.log1p(cv2 / n) < spread / n:
                    # with many small posts logs tell less than the posts themselves
                    raw.append((name, each))
                    found.loc[here, "log"] = 0.5 * np.log1p(cv2 / posts["n"])[here]
                    found.loc[here, "luck_sd"] = np.log1p(cv2) ** 0.5
                    pooled.append((np.log1p(cv2), np.log1p(cv2) / 2))
                    continue
                # means over mean logs are averaged as they are; each creator's own mean of logs takes one n-th of what lies between
                ratio = np.exp(np.minimum(between[mine.index] * mine["positive"] / (mine["positive"] - 1), 3.0))
                middle = float(np.log(np.average(ratio, weights=freedom)))
                pooled.append((spread, middle))
                found.loc[here, ["log", "luck_sd"]] = [middle, spread**0.5]
                found.loc[here, "shared_sd"] = float(ratio.std(ddof=1) / ratio.mean() / np.sqrt(len(mine))) if len(mine) > 1 else middle / 2
        rest = (kind == name) & found["log"].isna().to_numpy()
        spread, gap = np.mean(pooled, axis=0) if pooled else (ASSUMED_LUCK_SD**2, ASSUMED_LUCK_SD**2 / 2)
        found.loc[rest, ["log", "luck_sd"]] = [float(gap), float(spread) ** 0.5]
        plain = (kind == name) & out["platform"].isin([each for what, each in raw if what == name]).to_numpy()
        logs = (posts["log_mean"] + np.log(posts["positive"] / posts["n"])).where(~plain, np.log(posts["mean"].where(posts["mean"] > 0)))
        found.loc[kind == name, "log"] += logs[kind == name]
    found["luck_sd"] = found["luck_sd"].fillna(float(np.mean([s for s, _ in pooled])) ** 0.5 if pooled else ASSUMED_LUCK_SD)
    return found


def _people_a_view(data: Dataset, brief: Brief, out: pd.DataFrame) -> pd.DataFrame:
    """Return people a view, one row a platform: `factor`, `shared_sd` and `own_sd` (log spreads of what its creators have in common,
    and of each)."""
    reach, views = (_posts(data, brief, name) for name in ("reach", "views"))
    both = reach.join(views, how="inner", suffixes=("_reach", "_views"))
    ratio = np.log(both["mean_reach"] / both["mean_views"]).replace([np.inf, -np.inf], np.nan).dropna().clip(upper=0.0)
    where = out.drop_duplicates("creator").set_index("creator")["platform"].reindex(ratio.index)
    rows = {}
    for each in sorted(set(out["platform"])):
        own, rest = ratio[where == each], ratio[where != each]
        # a few creators of the platform, beside what other platforms or the plan say
        prior = float(rest.median()) if len(rest) >= PEERS_NEEDED else np.log(PEOPLE_A_VIEW)
        middle = float(own.median()) if len(own) else 0.0
        own_var = (float(((own - middle) ** 2).sum()) + PEERS_NEEDED * PEOPLE_A_VIEW_SD**2) / (max(len(own) - 1, 0) + PEERS_NEEDED)
        told, planned = len(own) / own_var, 1 / PEOPLE_A_VIEW_SD**2
        rows[each] = (np.exp((told * middle + planned * prior) / (told + planned)), (told + planned) ** -0.5, own_var**0.5)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["factor", "shared_sd", "own_sd"])
