"""What each post brought: likes, comments, views and reach, about a rate that is known."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from playbook.world import cast as casting
from playbook.world.histories import Histories
from playbook.world.markets import FORMATS, Market
from playbook.world.schedule import Schedule
from playbook.world.strengths import Strengths

GIVEAWAY_MULTIPLE = 3.0
GIVEAWAY_COMMENTS = 6.0
BOUGHT_LIKES = 2.0
BOUGHT_LIKES_SD = 0.12
TIKTOK_SHARES, TIKTOK_SAVES = 0.05, 0.08  # per like; assumed
WEEKDAYS = np.array([1.0, 1.02, 1.03, 1.02, 0.96, 0.96, 1.01])  # Monday first; mean 1
# local hours: 15 % more in the evening, less at night; assumed
HOURS = np.array([0.7] * 6 + [0.85, 0.95, 1.0, 0.95, 0.95, 1.0, 1.05, 1.0, 0.95, 0.95, 1.0, 1.1, 1.15, 1.15, 1.15, 1.05, 0.9, 0.75])
PLACE = {"instagram": "ig", "tiktok": "tt", "youtube": "yt"}
T_CUT = 8.0


def rates(cast: pd.DataFrame, histories: Histories, strengths: Strengths, rng: np.random.Generator) -> pd.DataFrame:
    """Return each creator's true rates.

    Returns
    -------
    pandas.DataFrame
        `rate`: expected engagements of a mature post (all that the platform shows) over all followers, both as of now; the mean over
        the creator's own mix of formats, hours, viral and paid posts; giveaways and our campaign's posts apart. Posts from before a
        bought block had fewer followers for the same engagements. `rate_real`: the same over real followers, at any time.
        `rate_likes_comments`: `rate` of likes and comments only. `comments_per_like`. `by_views`: engagements per view.
        `reach_rate`: people reached by a post per follower.
    """
    n = len(cast)
    platform = cast["platform"].to_numpy()
    followers = histories.total[:, -1]
    points = {"instagram": strengths.curve_instagram, "tiktok": strengths.curve_tiktok, "youtube": strengths.curve_youtube}
    base = np.empty(n)
    by_views = np.empty(n)
    views = {
        "instagram": strengths.engagement_by_views_instagram,
        "tiktok": strengths.engagement_by_views_tiktok,
        "youtube": strengths.engagement_by_views_youtube,
    }
    for p in np.unique(platform):
        of = platform == p
        base[of] = casting.curve(points[p], followers[of], strengths)
        by_views[of] = views[p]
    by_views = by_views * np.exp(rng.normal(0, 0.25, n))
    real_share = histories.real[:, -1] / followers
    rate_real = base * np.exp(strengths.between_creator_sd * cast["quality"].to_numpy()) / casting.mean_real_share(strengths)
    rate_real = rate_real * np.where(cast["buys_likes"], BOUGHT_LIKES, 1.0)
    # nobody engages twice with a post: a rate over a third of real followers is not believed
    rate_real = np.minimum(rate_real, 0.35)
    talk = strengths.comments_per_like * (followers / 20_000) ** strengths.comment_size_exponent * np.exp(rng.normal(0, 0.35, n))
    extras = np.where(platform == "tiktok", TIKTOK_SHARES + TIKTOK_SAVES, 0.0)
    reach = np.minimum(
        strengths.reach_level * (followers / 5_000) ** strengths.reach_exponent * np.exp(rng.normal(0, strengths.reach_sd, n)), 0.95
    )
    rate = rate_real * real_share
    return pd.DataFrame(
        {
            "rate": rate,
            "rate_real": rate_real,
            "rate_likes_comments": rate * (1 + talk) / (1 + talk + extras),
            "comments_per_like": talk,
            "by_views": by_views,
            "reach_rate": reach,
        }
    )


def noise(family: str, sd: np.ndarray, rng: np.random.Generator, t_degrees: float = 4.0) -> np.ndarray:
    """Draw a factor with mean 1 for each post.

    Parameters
    ----------
    family : {'lognormal', 'gamma', 't'}
        gamma has the coefficient of variation of the log-normal; t is the exponential of a t variable cut at 8,
        with log sd `sd` before the cut.
    sd : array
        Log sd of each.
    """
    if family == "lognormal":
        return np.exp(sd * rng.standard_normal(len(sd)) - sd**2 / 2)
    if family == "gamma":
        shape = 1 / np.maximum(np.expm1(sd**2), 1e-12)
        return np.where(sd > 0, rng.gamma(shape) / shape, 1.0)
    scaled = sd * math.sqrt((t_degrees - 2) / t_degrees)
    drawn = np.clip(rng.standard_t(t_degrees, len(sd)), -T_CUT, T_CUT)
    means = {s: _t_mean(float(s), t_degrees) for s in np.unique(scaled)}
    return np.exp(scaled * drawn) / np.array([means[s] for s in scaled])


def _t_mean(scale: float, nu: float) -> float:
    """Mean of exp(scale·T) for a t variable whose values beyond the cut are moved to it."""
    x = np.linspace(-T_CUT, T_CUT, 20_001)
    constant = math.gamma((nu + 1) / 2) / (math.sqrt(nu * math.pi) * math.gamma(nu / 2))
    density = constant * (1 + x**2 / nu) ** (-(nu + 1) / 2)
    inside = np.trapezoid(density * np.exp(scale * x), x)
    tail = (1 - np.trapezoid(density, x)) / 2
    return float(inside + tail * (math.exp(scale * T_CUT) + math.exp(-scale * T_CUT)))


def count(
    plan: Schedule,
    rows: pd.DataFrame,
    cast: pd.DataFrame,
    truth: pd.DataFrame,
    histories: Histories,
    market: Market,
    strengths: Strengths,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Count likes, comments and all else of each post.

    Returns
    -------
    (pandas.DataFrame, pandas.DataFrame)
        The posts as published (without captions), and what was behind them: `post`, `creator`, `expected` (engagements once mature),
        `expected_now`,
        `multiplier`, `likes` (also where hidden), `reach`, `viral`, `giveaway`, `paid`, `ours`.
    """
    i, day = rows["i"].to_numpy(), rows["day"].to_numpy()
    platform = cast["platform"].to_numpy()[i]
    effect = {f: 1 + strengths.format_effect * (e - 1) for p in market.platforms for f, (_, e) in FORMATS[p].items()}
    by_format = np.array([effect[f] for f in plan.formats])
    by_hour = 1 + strengths.hour_effect * (HOURS - 1)
    by_day = 1 + strengths.hour_effect * (WEEKDAYS - WEEKDAYS.mean())
    # the multipliers' mean over a creator's own habits is divided out, so that the true rate is the mean of the posts
    habit = (plan.mix * by_format).sum(axis=1) * (plan.hours * by_hour).sum(axis=1)
    habit = (
        habit
        * (1 + strengths.viral_rate * (strengths.viral_multiple - 1))
        * (1 + strengths.sponsored_share * (strengths.sponsored_effect - 1))
    )
    multiplier = np.array([effect.get(f, 1.0) for f in rows["format"]]) * by_hour[rows["hour"]] * by_day[rows["weekday"]]
    multiplier = (
        multiplier
        * np.where(rows["viral"], strengths.viral_multiple, 1.0)
        * np.where(rows["paid"], strengths.sponsored_effect, 1.0)
        / habit[i]
    )
    multiplier = multiplier * np.where(rows["giveaway"], GIVEAWAY_MULTIPLE, 1.0)

    expected = histories.real[i, day] * truth["rate_real"].to_numpy()[i] * multiplier
    end = pd.Timestamp(market.collected_on) + pd.Timedelta(days=1)
    age = (end - rows["posted_at"]) / pd.Timedelta(hours=1)
    mature = 1 - np.exp(-age.to_numpy() / strengths.maturing_hours)
    sds = {"instagram": strengths.post_sd_instagram, "tiktok": strengths.post_sd_tiktok, "youtube": strengths.post_sd_youtube}
    sd = np.array([sds[p] for p in platform])
    sd = np.where(cast["buys_likes"].to_numpy()[i], np.minimum(sd, BOUGHT_LIKES_SD), sd)
    luck = noise(strengths.family, sd, rng, strengths.t_degrees)
    now = expected * mature

    talk = truth["comments_per_like"].to_numpy()[i]
    talk_now = talk * np.where(rows["giveaway"], GIVEAWAY_COMMENTS, 1.0)
    tiktok = platform == "tiktok"
    shares, saves = np.where(tiktok, TIKTOK_SHARES, 0.0), np.where(tiktok, TIKTOK_SAVES, 0.0)
    parts = 1 + talk_now + shares + saves
    mean = now * luck / parts
    likes = rng.poisson(mean).astype(float)
    comments = rng.poisson(mean * talk_now * rng.gamma(5.0, 0.2, len(i))).astype(float)
    shared = np.where(tiktok, rng.poisson(mean * shares), np.nan)
    saved = np.where(tiktok, rng.poisson(mean * saves), np.nan)

    ratio = truth["by_views"].to_numpy()[i]
    watched = np.rint(now * luck / ratio * np.exp(rng.normal(-0.02, 0.2, len(i))))
    # half of a post's luck goes into who saw it, the other half into who liked it
    seen = histories.total[i, day] * truth["reach_rate"].to_numpy()[i] * np.sqrt(multiplier * luck) * np.exp(sd**2 / 8) * mature
    instagram = platform == "instagram"
    reach = np.maximum(np.rint(np.where(instagram, seen, 0.78 * watched)), likes)
    has_views = ~instagram | (rows["format"] == "reel").to_numpy()
    # whoever likes has watched, and a view is counted each time
    views = np.where(has_views, np.maximum(watched, np.where(instagram, reach, likes)), np.nan)
    insights = cast["insights"].to_numpy()[i] | (rows["ours"].to_numpy() >= 0) & (rng.random(len(i)) < 0.85)
    insights = insights & (platform != "youtube")
    hidden = cast["hides_likes"].to_numpy()[i]

    post = [f"{PLACE[p]}-{_code(k, n)}" for p, k, n in zip(platform, i, rows.groupby("i").cumcount(), strict=True)]
    creator = cast["creator"].to_numpy()[i]
    posts = pd.DataFrame(
        {
            "post": post,
            "creator": creator,
            "posted_at": rows["posted_at"].dt.tz_localize("UTC"),
            "format": rows["format"],
            "likes": np.where(hidden, np.nan, likes),
            "comments": comments,
            "shares": shared,
            "saves": saved,
            "views": views,
            "reach": np.where(insights, reach, np.nan),
            "impressions": np.where(insights, np.rint(reach * 1.22), np.nan),
            "followers_at_post": histories.total[i, day],
        }
    )
    behind = pd.DataFrame(
        {
            "post": post,
            "creator": creator,
            "expected": expected,
            "expected_now": now,
            "multiplier": multiplier,
            "likes": likes,
            "reach": reach,
            "viral": rows["viral"],
            "giveaway": rows["giveaway"],
            "paid": rows["paid"],
            "ours": rows["ours"] >= 0,
        }
    )
    return posts, behind


def _code(creator: int, number: int) -> str:
    """Make a short key that looks like a platform's: never only digits, never twice."""
    mixed = (creator * 100_003 + number + 1) * 2_654_435_761 % 2**35
    letters = "abcdefghijkmnpqrstuvwxyz23456789"
    return "".join(letters[(mixed >> shift) & 31] for shift in range(0, 35, 5))
