"""How engagement changes with size: the slope, its sensitivity to wrong follower counts, the turning point, the macro line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook import engagement
from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs
from playbook.memo import remembered
from playbook.why_micro.regression import dummies, least_squares

# spread on the log scale of followers read later than the posts, against followers at the time of the posts
SNAPSHOT_ERROR = 0.15
CREATORS_NEEDED = 8
SIDE_NEEDED = 10
LN10 = float(np.log(10))


@dataclass(frozen=True, kw_only=True)
class SizeEffect:
    """How the engagement rate of a creator changes with size, across creators.

    Attributes
    ----------
    multiple, low, high : float
        Rate of a creator a tenth the size, as a multiple of the larger one's; the interval covers both the plain line
        and the line corrected for wrong follower counts.
    plain, plain_low, plain_high : float
        By the plain line.
    corrected, corrected_low, corrected_high : float
        By the corrected line.
    elasticity : float
        Per cent more engagements for one per cent more followers, plain.
    error : float
        Spread (log) of the follower counts' error that was assumed; 0 where all counts are from the time of the posts.
    turning_point, turning_low, turning_high : float
        Followers at which the fitted curve of the rate turns; missing where no turn can be told from none, the ends where they are open.
    turn : str
        `rises then falls`, `falls then rises`, or empty where the data shows no bend.
    n : int
        Creators.
    snapshot_share : float
        Share of creators whose follower count is not from the time of their posts.
    curve : DataFrame
        `followers`, `rate`, `low`, `high`: the fitted curve for the platform with most creators.
    """

    multiple: float
    low: float
    high: float
    plain: float
    plain_low: float
    plain_high: float
    corrected: float
    corrected_low: float
    corrected_high: float
    elasticity: float
    error: float
    turning_point: float
    turning_low: float
    turning_high: float
    turn: str
    n: int
    level: float
    snapshot_share: float
    curve: pd.DataFrame


@remembered
@needs("creators", "posts", otherwise=engagement.ADD_POSTS)
def creators(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return the creators that count in this chapter, one row each.

    A creator counts with at least `why_micro.min_posts` posts whose engagements are known, and more than 0 followers.

    Returns
    -------
    DataFrame
        Sorted by `creator`: `creator`, `platform`, `tier`, `small` (below the macro line), `posts`, `engagements` (mean a post),
        `rate` (of followers), `followers` (at the time of the posts where known, else now), `followers_from` (`at posting`, `now`).
    """
    by_followers = brief.model_copy(update={"engagement": brief.engagement.model_copy(update={"definition": "followers"})})
    rates = engagement.rates(data, by_followers)
    if isinstance(rates, Missing):
        return rates
    out = rates[(rates["posts"] >= brief.why_micro.min_posts) & rates["rate"].notna()].copy()
    then = out["followers_at_post"].where(out["followers_at_post"] > 0)
    then = then.fillna(out["creator"].map(_from_history(data, out)))
    out["followers_from"] = np.where(then.notna(), "at posting", "now")
    out["followers"] = then.fillna(out["followers"])
    # a creator whose posts got no engagement at all still has a place on a log scale: half an engagement over all posts
    out["engagements"] = out["engagements"].where(out["engagements"] > 0, 0.5 / out["posts"])
    out["rate"] = out["engagements"] / out["followers"]
    out["platform"] = out["platform"].where(out["platform"].notna(), engagement.platform_of(out["creator"]))
    out["small"] = out["tier"].isin(brief.tiers.small)
    columns = ["creator", "platform", "tier", "small", "posts", "engagements", "rate", "followers", "followers_from"]
    return out[columns].sort_values("creator", ignore_index=True)


def _from_history(data: Dataset, rates: pd.DataFrame) -> pd.Series:
    """Mean followers over the days of a creator's counted posts, from the follower history."""
    if not data.has("follower_history"):
        return pd.Series(dtype="float64")
    spans = rates[["creator", "first_at", "last_at"]].dropna()
    history = data.follower_history.merge(spans, on="creator")
    day = history["day"].dt.tz_localize("UTC")
    slack = pd.Timedelta(days=3)
    near = history[(day >= history["first_at"] - slack) & (day <= history["last_at"] + slack) & (history["followers"] > 0)]
    return near.groupby("creator")["followers"].mean()


def size_effect(data: Dataset, brief: Brief, *, error: float | None = None) -> SizeEffect | Missing:
    """Fit how the engagement rate changes with size, across creators.

    log(engagements / followers) on log10(followers) with a shift for each platform, by least squares with HC3 errors: creators are the
    unit, one row each.

    Followers stand on both sides, so an error u in their logarithm makes small creators look better. Where engagements truly grow as
    followers to the power c, the plain slope of the rate tends not to c - 1 but to r c - 1, with the reliability
    r = 1 - var(u) / var(log followers | platform): at c = 1, no effect of size at all, it is r - 1, below 0. The corrected line divides
    the elasticity by r (errors in variables with a known error; Fuller 1987). The estimate lies in the middle of the two lines, and its
    interval spans both, so it holds for every error between none and the one assumed.

    Parameters
    ----------
    error : float, optional
        Spread of u; by default 0.15 for creators whose followers were read after the posts, 0 for the others.

    Returns
    -------
    SizeEffect or Missing
    """
    table = creators(data, brief)
    return table if isinstance(table, Missing) else effect_among(table, brief, error=error)


def effect_among(table: pd.DataFrame, brief: Brief, *, error: float | None = None) -> SizeEffect | Missing:
    """Fit the size effect among creators that are at hand as a table.

    Parameters
    ----------
    table : DataFrame
        One row a creator: `followers`, `rate`, `platform`, `followers_from`, as :func:`creators` returns them.
    error : float, optional
        As in :func:`size_effect`.
    """
    level = brief.statistics.level
    if len(table) < CREATORS_NEEDED:
        return Missing(needs=("posts",), text=_too_few(len(table), brief))
    x, y = np.log10(table["followers"].to_numpy()), np.log(table["rate"].to_numpy())
    platforms = _shifts(table["platform"])
    middle = x.mean()
    fit = least_squares(np.column_stack([np.ones(len(x)), x - middle, platforms]), y)
    if fit is None or np.ptp(x) < 0.3:
        return Missing(
            needs=("creators",),
            text="Your creators are nearly all the same size, so nothing can be said about size: add creators of other sizes.",
        )
    slope, slope_low, slope_high = (v / LN10 for v in fit.coefficient(1, level))
    snapshot = float((table["followers_from"] == "now").mean())
    spread = error if error is not None else SNAPSHOT_ERROR * np.sqrt(snapshot)
    reliability = _reliability(x, platforms, spread)
    corrected = [(1 + s) / reliability - 1 for s in (slope, slope_low, slope_high)]
    plain = [float(10**-s) for s in (slope, slope_high, slope_low)]
    mended = [float(10**-s) for s in (corrected[0], corrected[2], corrected[1])]
    turn, at, at_low, at_high = _turning(x, y, platforms, level)
    return SizeEffect(
        multiple=plain[0] if spread == 0 else float(np.sqrt(plain[0] * mended[0])),
        low=min(plain[1], mended[1]),
        high=max(plain[2], mended[2]),
        plain=plain[0],
        plain_low=plain[1],
        plain_high=plain[2],
        corrected=mended[0],
        corrected_low=mended[1],
        corrected_high=mended[2],
        elasticity=1 + slope,
        error=float(spread),
        turning_point=at,
        turning_low=at_low,
        turning_high=at_high,
        turn=turn,
        n=len(table),
        level=level,
        snapshot_share=snapshot,
        curve=_curve(x, y, platforms, level),
    )


def line_jump(data: Dataset, brief: Brief) -> tuple[float, float, float, int] | Missing:
    """Return the jump of the rate at the macro line, beyond the trend: just below over just above.

    A line on each side of the macro bound within a factor of ten, shifts for platforms, HC3 errors (a regression discontinuity;
    Thistlethwaite and Campbell 1960). What changes smoothly with size does not count as a jump.

    Returns
    -------
    tuple of (ratio, low, high, n) or Missing
    """
    table = creators(data, brief)
    if isinstance(table, Missing):
        return table
    away = np.log10(table["followers"] / brief.tiers.macro)
    near = table[(away >= -1) & (away < 1)]
    away = away[near.index].to_numpy()
    below = away < 0
    few = min(below.sum(), (~below).sum())
    if few < SIDE_NEEDED:
        return Missing(
            needs=("creators",),
            text=f"A jump at the macro line needs at least {SIDE_NEEDED} creators on each side of it, within a factor of ten; "
            f"there are {below.sum()} below and {(~below).sum()} above.",
        )
    x = np.column_stack([np.ones(len(near)), below, away, away * below, _shifts(near["platform"])])
    fit = least_squares(x, np.log(near["rate"].to_numpy()))
    if fit is None:
        return Missing(needs=("creators",), text="The creators near the macro line are too alike in size to tell a jump from a trend.")
    ratio, low, high = (float(np.exp(v)) for v in fit.coefficient(1, brief.statistics.level))
    return ratio, low, high, len(near)


def _too_few(n: int, brief: Brief) -> str:
    least = brief.why_micro.min_posts
    return (
        f"Size needs at least {CREATORS_NEEDED} creators with {least} posts whose likes are known, and followers; there are {n}: add posts."
    )


def _shifts(platform: pd.Series) -> np.ndarray:
    """Dummies of platforms; platforms of under three creators share one, since each alone would only fit itself."""
    names = platform.astype("str")
    rare = names.map(names.value_counts()) < 3
    return dummies(names.where(~rare, "other").to_numpy())


def _reliability(x: np.ndarray, platforms: np.ndarray, error: float) -> float:
    """Share of the spread of log followers within platforms that is not error; at least 0.2, beyond which no correction is honest."""
    known = np.column_stack([np.ones(len(x)), platforms])
    rest = x - known @ np.linalg.lstsq(known, x, rcond=None)[0]
    return float(max(1 - (error / LN10) ** 2 / (rest @ rest / (len(x) - known.shape[1])), 0.2))


def _turning(x: np.ndarray, y: np.ndarray, platforms: np.ndarray, level: float) -> tuple[str, float, float, float]:
    """Where a parabola in log followers turns, with Fieller's (1954) interval."""
    from scipy.stats import t

    none = ("", float("nan"), float("nan"), float("nan"))
    middle = x.mean()
    z = x - middle
    fit = least_squares(np.column_stack([np.ones(len(z)), z, z**2, platforms]), y)
    if fit is None:
        return none
    _, bend, bend_low, bend_high = (None, *fit.coefficient(2, level))
    if bend_low <= 0 <= bend_high:
        return none
    b, c = fit.coefficients[1], fit.coefficients[2]
    q = t.ppf((1 + level) / 2, fit.df) ** 2
    v = fit.covariance
    # all z with (b + 2 c z)^2 <= q var(b + 2 c z)
    roots = np.roots([4 * c * c - 4 * q * v[2, 2], 4 * b * c - 4 * q * v[1, 2], b * b - q * v[1, 1]])
    # an end far beyond any number of followers is an open one
    ends = [float(10**e) if abs(e) < 12 else float("nan") for e in middle + np.sort(roots.real)]
    low, high = ends if np.isreal(roots).all() else (float("nan"), float("nan"))
    return ("rises then falls" if bend < 0 else "falls then rises", float(10 ** (middle - b / (2 * c))), low, high)


def _curve(x: np.ndarray, y: np.ndarray, platforms: np.ndarray, level: float) -> pd.DataFrame:
    """The fitted parabola (a line for few creators) with its band, at the most frequent platform."""
    middle = x.mean()
    degree = 2 if len(x) >= 30 else 1
    grid = np.linspace(x.min(), x.max(), 60)

    def columns(at: np.ndarray, shifts: np.ndarray) -> np.ndarray:
        return np.column_stack([np.ones(len(at)), *((at - middle) ** k for k in range(1, degree + 1)), shifts])

    fit = least_squares(columns(x, platforms), y)
    if fit is None:
        return pd.DataFrame({"followers": [], "rate": [], "low": [], "high": []})
    rate, low, high = fit.band(columns(grid, np.zeros((len(grid), platforms.shape[1]))), level)
    return pd.DataFrame({"followers": 10**grid, "rate": np.exp(rate), "low": np.exp(low), "high": np.exp(high)})
