"""Jumps in follower counts: how large, on which day, and what else happened in those days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.engagement.rates import platform_of
from playbook.findings import Missing, needs
from playbook.trust.rates import MAD_TO_SD, degrees_of_freedom

WINDOW = 28  # counts on each side of the one that is judged
COUNTS_NEEDED = 20
GAP_DAYS = 8  # counts further apart than this are not compared
SMALLEST_JUMP = 0.02  # of followers; smaller ones change nothing that a brand pays for
SMALLEST_FOLLOWERS = 20
CROWD_NEEDED = 10  # creators with a count on a day, before a day's median says anything about the platform
CROWD_MOST = 5_000  # creators from whom the platform's day is read
SAMPLED = 2_000  # creators whose every change is judged, to tell how heavy the tails are
CHUNK = 4_000
NEAR_DAYS = (pd.Timedelta(days=-2), pd.Timedelta(days=2))  # days around the jump in which a post may explain it
VIRAL_MULTIPLE = 3.0
ADD_HISTORY = "a follower_history table with creator, day and followers: one row a creator and day, 30 days or more"
GIVEAWAY_WORDS = (
    "giveaway",
    "give away",
    "sweepstake",
    "raffle",
    "gewinnspiel",
    "verlosung",
    "verlose",
    "concours",
    "sorteo",
    "sorteio",
    "giveaways",
    "win a ",
    "to win",
    "gewinnen",
    "jeu concours",
    "kilpailu",
    "konkurs",
    "çekiliş",
    "розыгрыш",
)


@dataclass(frozen=True)
class Histories:
    """Follower counts as a matrix: a row a creator, their counts in order of time, missing at the right end.

    Attributes
    ----------
    creator : array of str
    day : array of int, creator × count
        Days since 1970; -1 where there is no count.
    followers : array of float, creator × count
    """

    creator: np.ndarray
    day: np.ndarray
    followers: np.ndarray


def histories(table: pd.DataFrame) -> Histories:
    """Turn the `follower_history` table into a matrix; of several counts on a day the last row stays.

    Examples
    --------
    >>> days = pd.to_datetime(["2026-01-02", "2026-01-01", "2026-01-01"])
    >>> t = pd.DataFrame({"creator": ["a", "a", "b"], "day": days, "followers": [11.0, 10, 5]})
    >>> histories(t).followers.tolist()
    [[10.0, 11.0], [5.0, nan]]
    """
    known = table[table["followers"].notna() & table["day"].notna() & table["creator"].notna()]
    codes, names = pd.factorize(known["creator"], sort=True)
    days = known["day"].to_numpy().astype("datetime64[D]").astype(np.int64)
    followers = known["followers"].to_numpy(dtype=float)
    order = np.lexsort((days, codes))
    codes, days, followers = codes[order], days[order], followers[order]
    if len(codes):
        last = np.r_[(codes[1:] != codes[:-1]) | (days[1:] != days[:-1]), True]
        codes, days, followers = codes[last], days[last], followers[last]
    counts = np.bincount(codes, minlength=len(names)) if len(codes) else np.zeros(0, dtype=int)
    width = int(counts.max()) if len(counts) else 0
    place = np.arange(len(codes)) - np.repeat(np.cumsum(counts) - counts, counts)
    day = np.full((len(names), width), -1, dtype=np.int64)
    value = np.full((len(names), width), np.nan)
    day[codes, place], value[codes, place] = days, followers
    return Histories(np.asarray(names, dtype=object), day, value)


def steps_published(followers: np.ndarray, youtube: np.ndarray, told: np.ndarray) -> np.ndarray:
    """Return the step in which each count is published, creator × count.

    What the table tells; else three significant digits on YouTube; else the largest power of ten that all of a creator's counts share,
    where there are at least three different ones.
    """
    safe = np.where(followers > 0, followers, 1.0)
    step = np.ones_like(safe)
    for power in (10.0, 100.0, 1_000.0, 10_000.0, 100_000.0):
        whole = np.all(np.isnan(followers) | (followers % power == 0), axis=1) & (np.nanmax(np.nan_to_num(followers), axis=1) >= 5 * power)
        step = np.where(whole[:, None], power, step)
    three_digits = 10.0 ** np.maximum(np.floor(np.log10(np.maximum(safe, 1))) - 2, 0)
    step = np.where(youtube[:, None], np.maximum(step, three_digits), step)
    return np.where(told[:, None] > 0, told[:, None], step)


@dataclass(frozen=True)
class Changes:
    """Changes from count to count, creator × change.

    Attributes
    ----------
    rate : array
        Change of log followers a day, less the platform's median that day; missing where counts are too far apart.
    gap : array
        Days between the two counts.
    floor : array
        Half the step in which the count is published, on the scale of the rate.
    """

    rate: np.ndarray
    gap: np.ndarray
    floor: np.ndarray


def changes(h: Histories, step: np.ndarray, platform: np.ndarray) -> Changes:
    """Return the changes from count to count that can be judged."""
    known = np.where(h.followers > 0, h.followers, np.nan)
    gap = np.diff(h.day, axis=1).astype(float)
    gap = np.where((h.day[:, 1:] >= 0) & (gap > 0) & (gap <= GAP_DAYS), gap, np.nan)
    rate = np.diff(np.log(known), axis=1) / gap
    rate -= _crowd(rate, h.day[:, 1:], platform)
    return Changes(rate, gap, 0.5 * step[:, 1:] / known[:, 1:] / gap)


def likely(found: Changes, large: np.ndarray) -> np.ndarray:
    """Say which changes may be a creator's most unusual rise: the highest few of each four weeks, and of the large ones.

    The scale moves slowly, so the highest z of a stretch belongs to one of its highest changes.
    """
    n, width = found.rate.shape
    out = np.zeros((n, width), dtype=bool)
    rate = np.where(np.isfinite(found.rate), found.rate, -np.inf)
    rows = np.arange(n)[:, None]
    for start in range(0, width, WINDOW):
        stretch = slice(start, min(start + WINDOW, width))
        for values in (rate[:, stretch], np.where(large[:, 1:][:, stretch], rate[:, stretch], -np.inf)):
            kept = min(3, values.shape[1])
            place = np.argpartition(-values, kept - 1, axis=1)[:, :kept]
            out[rows, start + place] |= np.isfinite(values[rows, place])
    return out


def surprises(found: Changes, judged: np.ndarray | None = None) -> np.ndarray:
    """Return the robust z of each change, creator × count; missing where it cannot be judged.

    Parameters
    ----------
    judged : array of bool, creator × change, optional
        Which changes to judge; all by default.

    Change of log followers a day, less the platform's median that day (what everybody lost is a clean-up, not a question), against the
    median and MAD of the creator's own counts within 28 on each side, the judged one left out. The scale is never below half the step in
    which the count is published: rounding alone must not look like a jump.
    """
    n, m = found.rate.shape
    z = np.full((n, m + 1), np.nan)
    offsets = np.r_[np.arange(-WINDOW, 0), np.arange(1, WINDOW + 1)]
    asked = np.isfinite(found.rate) if judged is None else judged & np.isfinite(found.rate)
    for j in range(m):
        around = j + offsets
        around = around[(around >= 0) & (around < m)]
        every = np.flatnonzero(asked[:, j])
        for start in range(0, len(every), CHUNK):
            rows = every[start : start + CHUNK]
            own = found.rate[rows[:, None], around]
            enough = np.isfinite(own).sum(axis=1) >= COUNTS_NEEDED - 1
            rows, own = rows[enough], own[enough]
            if not len(rows):
                continue
            whole = not np.isnan(own).any()
            middle = np.median(own, axis=1) if whole else np.nanmedian(own, axis=1)
            away = np.abs(own - middle[:, None])
            scale = MAD_TO_SD * (np.median(away, axis=1) if whole else np.nanmedian(away, axis=1))
            scale = np.maximum(scale / np.sqrt(found.gap[rows, j]), found.floor[rows, j])
            z[rows, j + 1] = (found.rate[rows, j] - middle) / scale
    return z


def _judgeable(rate: np.ndarray) -> np.ndarray:
    """Count the changes of each creator that have enough others around them."""
    known = np.isfinite(rate)
    m = known.shape[1]
    total = np.c_[np.zeros(len(known), dtype=int), np.cumsum(known, axis=1)]
    places = np.arange(m)
    around = total[:, np.minimum(places + WINDOW + 1, m)] - total[:, np.maximum(places - WINDOW, 0)] - 1
    return (known & (around >= COUNTS_NEEDED - 1)).sum(axis=1)


def _crowd(rate: np.ndarray, day: np.ndarray, platform: np.ndarray) -> np.ndarray:
    """Return the median change of each platform on each day, where enough creators have one; 0 elsewhere."""
    if not rate.size:
        return np.zeros_like(rate)
    codes, names = pd.factorize(platform, sort=True)
    first = int(day[day >= 0].min()) if (day >= 0).any() else 0
    span = max(int(day.max()) - first + 1, 1)
    key = np.where(np.isfinite(rate), codes[:, None] * span + (day - first), -1)
    # the middle of some thousands is that of all
    asked = np.unique(np.linspace(0, len(rate) - 1, min(len(rate), CROWD_MOST)).astype(int))
    known = key[asked] >= 0
    grouped = pd.Series(rate[asked][known]).groupby(key[asked][known], sort=False)
    middle, size = grouped.median(), grouped.size()
    told = np.zeros(len(names) * span + 1)
    told[middle.index] = np.where(size >= CROWD_NEEDED, middle, 0.0)
    return told[key]


@dataclass(frozen=True)
class Counted:
    """What the checks on follower histories share.

    Attributes
    ----------
    data : Dataset
    histories : Histories
    step : array, creator × count
        Step in which each count is published.
    changes : Changes
    largest : DataFrame
        What :func:`jumps` returns.
    """

    data: Dataset
    histories: Histories
    step: np.ndarray
    changes: Changes
    largest: pd.DataFrame


@needs("follower_history", otherwise=ADD_HISTORY)
def read(data: Dataset, brief: Brief) -> Counted | Missing:
    """Read the follower histories once for all checks on them."""
    h = histories(data.follower_history)
    platform = _platforms(data, h.creator)
    told = data.creators.dropna(subset=["followers_precision"]).drop_duplicates("creator").set_index("creator")["followers_precision"]
    precision = pd.Series(h.creator).map(told).fillna(0).to_numpy(dtype=float)
    step = steps_published(h.followers, platform == "youtube", precision)
    found = changes(h, step, platform)
    return Counted(data, h, step, found, _largest(data, h, step, found))


def jumps(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return each creator's largest rise in followers, how unusual it is, and what may explain it.

    Returns
    -------
    DataFrame
        Sorted by `creator`, one row a creator with a history: `creator`, `counts` (known), `first_day`, `last_day`, `day` (of the rise),
        `before`, `after` (followers), `gained`, `share` (of those before), `z`, `p` (that an honest history of this length holds such a
        rise), `one_day` (share of the week's rise that came on that day), `lost_after` (share of the block gone 14 days later),
        `round_size` (the rise is within 2 % of a round thousand or five hundred), `viral_at`, `viral_multiple` (best post near the day over
        the creator's typical post), `giveaway_at` (a caption, or a rush of comments), `giveaway_told` (a caption), `step` (in which the
        count is published). Values of the rise are missing where there are under 20 counts.
    """
    counted = read(data, brief)
    return counted if isinstance(counted, Missing) else counted.largest


def _largest(data: Dataset, h: Histories, step: np.ndarray, found: Changes) -> pd.DataFrame:
    """Return what :func:`jumps` does, from histories that are read already."""
    with np.errstate(invalid="ignore"):
        before = np.c_[np.full(len(h.creator), np.nan), h.followers[:, :-1]]
        gained = h.followers - before
        large = (gained >= SMALLEST_JUMP * before) & (gained >= SMALLEST_FOLLOWERS) & (gained >= 4 * step)
    asked = likely(found, large)
    asked[np.unique(np.linspace(0, max(len(asked) - 1, 0), min(len(asked), SAMPLED)).astype(int))] = True
    z = surprises(found, asked)
    ranked = np.where(np.isfinite(z), z + np.where(large, 1e6, 0), -np.inf)
    rows = np.arange(len(h.creator))
    best = ranked.argmax(axis=1) if ranked.shape[1] else np.zeros(len(rows), dtype=int)
    judged = _judgeable(found.rate)
    usable = judged > 0
    top = z[rows, best]
    whole = asked.all(axis=1)
    df = degrees_of_freedom(z[whole][np.isfinite(z[whole])])
    from scipy.stats import t

    counts = (h.day >= 0).sum(axis=1)
    out = pd.DataFrame(
        {
            "creator": pd.Series(h.creator, dtype="str"),
            "counts": counts,
            "first_day": h.day[:, 0].astype("datetime64[D]").astype("datetime64[us]"),
            "last_day": h.day[rows, counts - 1].astype("datetime64[D]").astype("datetime64[us]"),
            "day": np.where(usable, h.day[rows, best], -1).astype("datetime64[D]").astype("datetime64[us]"),
            "before": before[rows, best],
            "after": h.followers[rows, best],
            "z": top,
            # a history of many days has many chances
            "p": np.minimum(1.0, judged * t.sf(top, df)),
            "large": large[rows, best],
            "one_day": _one_day(h, best, large[rows, best]),
            "lost_after": _lost_after(h, best),
            "step": step[rows, best],
        }
    )
    for name in ("day", "before", "after", "z", "p", "one_day", "lost_after"):
        out[name] = out[name].where(usable)
    out["large"] &= usable
    out["gained"] = out["after"] - out["before"]
    out["share"] = out["gained"] / out["before"]
    out["round_size"] = _round_size(out["gained"])
    asked = out.loc[out["large"] & (out["z"] > 3), ["creator", "day"]]
    near = posts_near(data, asked.assign(since=asked["day"] + NEAR_DAYS[0], until=asked["day"] + NEAR_DAYS[1]))
    return out.merge(near, on="creator", how="left").sort_values("creator", ignore_index=True)


def _platforms(data: Dataset, creator: np.ndarray) -> np.ndarray:
    told = data.creators.dropna(subset=["platform"]).drop_duplicates("creator").set_index("creator")["platform"]
    named = platform_of(pd.Series(creator, dtype="str"))
    known = dict(told)
    return np.array([known.get(c, n) for c, n in zip(creator, named, strict=True)], dtype=object)


def _one_day(h: Histories, best: np.ndarray, large: np.ndarray) -> np.ndarray:
    """Share of the rise from three counts before to four after, usual growth taken off, that came on the day itself.

    Near 1 for a block, less for word of mouth, which takes days. Missing where the rise is not large.
    """
    share = np.full(len(best), np.nan)
    rows = np.flatnonzero(large)
    width = h.followers.shape[1]
    if width < 2 or not len(rows):
        return share
    usual = np.nanmedian(np.diff(h.followers[rows], axis=1), axis=1)
    around = best[rows, None] + np.arange(-3, 5)
    inside = (around >= 0) & (around < width)
    value = np.where(inside, h.followers[rows[:, None], np.clip(around, 0, width - 1)], np.nan) - usual[:, None] * np.arange(-3, 5)
    before, at = value[:, 2], value[:, 3]
    lowest = np.fmin(np.nan_to_num(np.fmin(np.fmin(value[:, 0], value[:, 1]), before), nan=np.inf), before)
    peak = np.fmax.reduce(value[:, 3:], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        share[rows] = np.where(peak > lowest, np.clip((at - before) / (peak - lowest), 0, 1), np.nan)
    return share


def _lost_after(h: Histories, best: np.ndarray, days: int = 14) -> np.ndarray:
    """Share of the rise that is gone about two weeks later; negative where the count went on growing."""
    rows = np.arange(len(best))
    since = h.day - h.day[rows, best][:, None]
    reached = np.where((h.day >= 0) & (since >= days), since, 10**6)
    place = reached.argmin(axis=1)
    known = reached[rows, place] <= days + GAP_DAYS
    at, before = h.followers[rows, best], h.followers[rows, np.maximum(best - 1, 0)]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(known & (at > before), (at - h.followers[rows, place]) / (at - before), np.nan)


def _round_size(gained: pd.Series) -> pd.Series:
    """Say whether a rise lies within 2 % of a round number, as blocks are sold: 500, then whole thousands, then five thousands."""
    unit = np.select([gained < 750, gained < 7_500, gained < 75_000], [500.0, 1_000.0, 5_000.0], 10_000.0)
    whole = np.round(gained / unit) * unit
    return ((gained - whole).abs() <= 0.02 * whole) & (whole > 0)


def posts_near(data: Dataset, asked: pd.DataFrame) -> pd.DataFrame:
    """Return the post that did best around each rise, over the creator's typical post, and a giveaway told in a caption.

    Parameters
    ----------
    asked : DataFrame
        One row a creator: `creator`, `since`, `until` (days).

    Returns
    -------
    DataFrame
        `creator`, `viral_at`, `viral_multiple`, `giveaway_at`, `giveaway_told`, `posts_known` (posts of those days in the data).
    """
    kinds = {
        "creator": "str",
        "viral_at": "datetime64[us]",
        "viral_multiple": "float64",
        "giveaway_at": "datetime64[us]",
        "giveaway_told": "bool",
        "posts_known": "float64",
    }
    if asked.empty or not data.has("posts"):
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
    likely = " OR ".join(f"contains(lower(caption), '{w}')" for w in GIVEAWAY_WORDS)
    near = data.posts.query(
        f"""
        WITH asked AS (
            SELECT unnest($creators) AS creator, unnest($since) AS since, unnest($until) AS until
        ), counted AS (
            SELECT p.creator, p.posted_at, a.since, a.until, coalesce(likes, views, comments) AS size, comments,
                   coalesce({likely}, FALSE) AS giveaway
            FROM posts p JOIN asked a ON a.creator = p.creator WHERE posted_at IS NOT NULL AND posted_at <= $now
        ), typical AS (
            SELECT creator, median(size) AS size, median(comments) AS comments FROM counted GROUP BY creator
        )
        SELECT c.creator, c.posted_at, c.size / nullif(t.size, 0) AS multiple,
               giveaway AS told, giveaway OR coalesce(c.comments > 5 * greatest(t.comments, 2) AND c.comments / nullif(t.comments, 0) >
               1.6 * c.size / nullif(t.size, 0), FALSE) AS giveaway
        FROM counted c JOIN typical t ON t.creator = c.creator
        WHERE CAST(posted_at AS DATE) BETWEEN CAST(since AS DATE) AND CAST(until AS DATE)
        ORDER BY c.creator, multiple DESC NULLS LAST, c.posted_at
        """,
        {
            "creators": asked["creator"].tolist(),
            "since": [d.to_pydatetime() for d in asked["since"]],
            "until": [d.to_pydatetime() for d in asked["until"]],
            "now": data.as_of.tz_convert("UTC").tz_localize(None) if data.as_of.tzinfo else data.as_of,
        },
    )
    near["posted_at"] = near["posted_at"].dt.tz_localize(None)
    viral = near[near["multiple"] >= VIRAL_MULTIPLE].drop_duplicates("creator").set_index("creator")
    given = (
        near[near["giveaway"]]
        .sort_values(["creator", "told"], ascending=[True, False], kind="stable")
        .drop_duplicates("creator")
        .set_index("creator")
    )
    out = asked[["creator"]].copy()
    out["viral_at"] = _moment(out["creator"], viral)
    out["viral_multiple"] = out["creator"].map(near.drop_duplicates("creator").set_index("creator")["multiple"])
    out["giveaway_at"] = _moment(out["creator"], given)
    out["giveaway_told"] = out["creator"].isin(given.index[given["told"]])
    out["posts_known"] = out["creator"].map(near.groupby("creator").size()).fillna(0.0)
    return out


def _moment(creator: pd.Series, posts: pd.DataFrame) -> pd.Series:
    """Look up the time of each creator's post; missing where there is none."""
    known = dict(posts["posted_at"])
    return pd.Series([known.get(c, pd.NaT) for c in creator], index=creator.index, dtype="datetime64[us]")
