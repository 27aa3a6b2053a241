"""The hierarchical model: each creator's rate, drawn towards creators of the same platform and size as far as its own posts are few.

Post j of creator i: the mean of n_i posts has a squared coefficient of variation s_i^2, moderated towards that of all creators (Smyth
2004). log(rate_i) + v_i / 2 ~ N(theta_i, v_i), v_i = s_i^2 / n_i; theta_i ~ N(x_i' beta, tau^2), x: platform and size. The spread tau
between creators is not plugged in but integrated on a grid, with a flat prior, by its restricted likelihood: plugging it in is too sure
of itself where there are few creators.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

GRID = 48
CREATORS_NEEDED = 3
# spread of single posts on the log scale taken for granted where no creator has posts enough to show any
ASSUMED_SPREAD = 0.6
ASSUMED_DF = 2.0
MOST_DF = 1e4
# posts at which the spread of logarithms has half the weight
LOG_POSTS = 8.0


@dataclass(frozen=True, kw_only=True)
class Pooled:
    """What the model says.

    Attributes
    ----------
    expected, low, high : ndarray
        Rate of each creator and its interval.
    log_mean, log_sd, df : ndarray
        The same as Student's t on the log scale.
    own_weight : ndarray
        How much of the estimate is the creator's own posts, 0-1; the rest is the creators of the same platform and size.
    typical : ndarray
        Rate of the average creator of that platform and size.
    post_variance : ndarray
        Moderated squared coefficient of variation of a single post.
    tau : float
        Spread between creators of one platform and size, on the log scale (posterior mean), with `tau_low` and `tau_high`.
    pooled : bool
        False where there are too few creators to learn from each other.
    terms : tuple of str
        What the typical rate depends on.
    """

    expected: np.ndarray
    low: np.ndarray
    high: np.ndarray
    log_mean: np.ndarray
    log_sd: np.ndarray
    df: np.ndarray
    own_weight: np.ndarray
    typical: np.ndarray
    post_variance: np.ndarray
    tau: float
    tau_low: float
    tau_high: float
    pooled: bool
    terms: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Posterior:
    """Normal means drawn together: mean and variance of each, weight of its own value, fitted middle, and the spread between them."""

    mean: np.ndarray
    variance: np.ndarray
    own_weight: np.ndarray
    middle: np.ndarray
    tau: float
    tau_low: float
    tau_high: float


def moderated(cv2: np.ndarray, df: np.ndarray) -> tuple[np.ndarray, float]:
    """Draw squared coefficients of variation towards their common value (Smyth 2004, limma).

    Parameters
    ----------
    cv2, df : ndarray
        One value a creator, and its degrees of freedom (posts less one); missing or 0 df where there is none.

    Returns
    -------
    tuple of ndarray and float
        Moderated values, and the degrees of freedom that the common value adds to each.

    Examples
    --------
    >>> values, extra = moderated(np.array([0.1, 0.4, 0.2, 0.3, np.nan]), np.array([9.0, 9, 9, 9, 0]))
    >>> bool(0.1 < values[0] < values[1] < 0.4), bool(np.isfinite(values[4]))
    (True, True)
    """
    from scipy.special import digamma, polygamma

    own = np.where(df > 0, np.nan_to_num(cv2), 0.0)
    seen = (df > 0) & (own > 0)
    if seen.sum() < CREATORS_NEEDED:
        common, extra = np.expm1(ASSUMED_SPREAD**2), ASSUMED_DF
    else:
        half = df[seen] / 2
        weight = 1 / polygamma(1, half)
        e = np.log(own[seen]) - digamma(half) + np.log(half)
        middle = np.average(e, weights=weight)
        count = seen.sum()
        left = np.average((e - middle) ** 2, weights=weight) * count / (count - 1) - np.average(polygamma(1, half), weights=weight)
        extra = 2 * _trigamma_inverse(left) if left > 0 else MOST_DF
        extra = float(min(extra, MOST_DF))
        common = float(np.exp(middle + digamma(extra / 2) - np.log(extra / 2)))
    return (extra * common + df * own) / (extra + df), extra


def _trigamma_inverse(value: float) -> float:
    """Solve trigamma(x) = value by Newton's method on 1 / trigamma (Smyth 2004, appendix)."""
    from scipy.special import polygamma

    x = 0.5 + 1 / value
    for _ in range(50):
        trigamma = polygamma(1, x)
        step = trigamma * (1 - trigamma / value) / polygamma(2, x)
        x += step
        if -step / x < 1e-9:
            break
    return float(x)


def draw_together(value: np.ndarray, variance: np.ndarray, x: np.ndarray, level: float = 0.9) -> Posterior:
    """Estimate normal means that scatter around a line, with their spread integrated on a grid.

    value_i ~ N(theta_i, variance_i), theta_i ~ N(x_i' beta, tau^2), flat priors on beta and tau (Gelman 2006 on the flat prior).

    Parameters
    ----------
    value, variance : ndarray of shape (n,)
    x : ndarray of shape (n, p)
        With its column of ones; needs n >= p + 2.
    level : float
        Level of tau's interval.

    Returns
    -------
    Posterior

    Examples
    --------
    >>> post = draw_together(np.array([0.0, 1.0, 2.0, 3.0]), np.full(4, 0.5), np.ones((4, 1)))
    >>> bool(0 < post.mean[0] < post.mean[3] < 3)
    True
    """
    n, p = x.shape
    residual = value - x @ np.linalg.lstsq(x, value, rcond=None)[0]
    spread = float(np.sqrt(residual @ residual / (n - p)))
    # few creators leave large spreads possible, so the grid must reach further there
    top = spread * (2.5 + 15 / (n - p)) + 1e-6
    taus = (np.arange(GRID) + 0.5) * top / GRID
    products = (x[:, :, None] * x[:, None, :]).reshape(n, p * p)
    weighted = 1 / (variance + taus[:, None] ** 2)  # one row a tau, one column a creator
    information = (weighted @ products).reshape(GRID, p, p)
    covariance = np.linalg.inv(information)
    beta = np.einsum("gpq,gq->gp", covariance, (weighted * value) @ x)
    line = beta @ x.T
    # the restricted likelihood of each tau, on the log scale (Patterson and Thompson 1971)
    logs = 0.5 * (np.log(weighted).sum(axis=1) - np.linalg.slogdet(information)[1] - (weighted * (value - line) ** 2).sum(axis=1))
    chance = np.exp(logs - logs.max())
    chance /= chance.sum()
    pull = variance * weighted
    at = pull * line + (1 - pull) * value
    mean = chance @ at
    # within each tau: what the creator's own posts leave open, and what the line leaves open
    open_ = variance * (1 - pull) + pull**2 * (covariance.reshape(GRID, p * p) @ products.T)
    cumulative = np.cumsum(chance)
    low, high = (float(taus[min(np.searchsorted(cumulative, q), GRID - 1)]) for q in ((1 - level) / 2, (1 + level) / 2))
    return Posterior(
        mean=mean,
        variance=chance @ (open_ + (at - mean) ** 2),
        own_weight=chance @ (1 - pull),
        middle=chance @ line,
        tau=float(chance @ taus),
        tau_low=low,
        tau_high=high,
    )


def pool(
    rate: np.ndarray,
    mean: np.ndarray,
    cv2: np.ndarray,
    log_var: np.ndarray,
    n: np.ndarray,
    followers: np.ndarray,
    platform: np.ndarray,
    level: float,
) -> Pooled:
    """Fit the model to creators' raw rates.

    Parameters
    ----------
    rate, mean, cv2, log_var, n : ndarray
        Rate, mean engagements a post, squared coefficient of variation of a post and its variance on the log scale (missing under two
        posts), posts. All of one length.
    followers, platform : ndarray
        What the typical rate depends on; unknown followers stand at the middle.
    level : float
        Level of the intervals.

    Returns
    -------
    Pooled
    """
    from scipy.special import stdtrit

    n = n.astype("float64")
    # no engagement at all: half an engagement over all posts keeps the creator on the log scale, with the width that so few have
    counted = np.where(mean > 0, mean, 0.5 / n)
    with np.errstate(divide="ignore", invalid="ignore"):
        per_engagement = np.where(mean > 0, rate / mean, np.nan)
    usual = np.nanmedian(per_engagement) if np.isfinite(per_engagement).any() else 1.0
    raw = np.where(mean > 0, rate, counted * usual)
    post_variance, extra = moderated(_spread(cv2, log_var, n), np.maximum(n - 1, 0))
    # counts vary at least as much as Poisson's do
    post_variance = np.maximum(post_variance, 1 / counted)
    variance = post_variance / n
    value = np.log(raw) + variance / 2
    df = extra + np.maximum(n - 1, 0)
    x, terms = _line(followers, platform)
    if len(value) < CREATORS_NEEDED:
        middle, sd, own, typical = value - variance / 2, np.sqrt(variance), np.ones(len(value)), np.full(len(value), np.nan)
        tau = tau_low = tau_high = float("nan")
    else:
        posterior = draw_together(value, variance, x, level)
        middle, sd, own, typical = posterior.mean, np.sqrt(posterior.variance), posterior.own_weight, np.exp(posterior.middle)
        tau, tau_low, tau_high = posterior.tau, posterior.tau_low, posterior.tau_high
    away = stdtrit(df, (1 + level) / 2) * sd
    return Pooled(
        expected=np.exp(middle),
        low=np.exp(middle - away),
        high=np.exp(middle + away),
        log_mean=middle,
        log_sd=sd,
        df=df,
        own_weight=own,
        typical=typical,
        post_variance=post_variance,
        tau=tau,
        tau_low=tau_low,
        tau_high=tau_high,
        pooled=len(value) >= CREATORS_NEEDED,
        terms=terms,
    )


def _spread(cv2: np.ndarray, log_var: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Squared coefficient of variation of a post, from its moments and, the more the fewer the posts, from its logarithms.

    Few posts seldom hold the viral one that makes the spread of a heavy tail, so their moments show too little of it; log-normal posts of
    the same spread of logarithms would have exp(variance) - 1, which is too much for light tails. The weight of the latter falls with n.
    """
    by_logs = np.expm1(np.clip(log_var, 0, 3))
    weight = 1 / (1 + n / LOG_POSTS)
    both = (cv2 > 0) & (by_logs > 0)
    return np.where(both, np.where(both, cv2, 1.0) ** (1 - weight) * np.where(both, by_logs, 1.0) ** weight, cv2)


def _line(followers: np.ndarray, platform: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Columns of what the typical rate depends on, as many as the number of creators bears."""
    count = len(followers)
    columns, terms = [np.ones(count)], []
    kinds, which, frequent = np.unique(
        np.where(pd.isna(platform), "unknown", platform).astype("str"), return_inverse=True, return_counts=True
    )
    if (frequent < 3).any():
        kinds, which, frequent = np.unique(np.where(frequent < 3, "other", kinds)[which], return_inverse=True, return_counts=True)
    if len(kinds) > 1 and count >= 5 * len(kinds):
        columns += [(which == kind).astype("float64") for kind in range(len(kinds)) if kind != frequent.argmax()]
        terms.append("platform")
    logs = np.log(np.where(followers > 0, followers, np.nan))
    if np.isfinite(logs).sum() >= 2 and np.nanmax(logs) - np.nanmin(logs) > 0.7:
        z = np.nan_to_num(logs - np.nanmean(logs))
        if count >= 10 * len(columns) + 5:
            columns.append(z)
            terms.append("followers")
        if count >= 40:
            columns.append(z**2 - np.mean(z**2))
            terms[-1] = "followers (curved)"
    x = np.column_stack(columns)
    return (x, tuple(terms)) if np.linalg.matrix_rank(x) == x.shape[1] else (x[:, :1], ())
