"""Posting consistency: how often, how evenly, and what weekday, hour and format seem to do."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.creators import with_tiers
from playbook.data.dataset import Dataset
from playbook.engagement.rates import ADD_POSTS, numerator_sql, parts
from playbook.findings import Missing, needs
from playbook.memo import remembered
from playbook.wording import handle, listed, plural, wording

GAPS_NEEDED = 5
ACTIVE_WEEKS = 0.75
LONGEST_DAYS = 21.0
CREATORS_NEEDED = 5
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def burstiness(mean: pd.Series, sd: pd.Series, n: pd.Series) -> pd.Series:
    """Return how bursty gaps are, corrected for few of them: -1 like a clock, about 0 at random, towards 1 in bursts.

    Kim and Jo (2016), Measuring burstiness for finite event sequences: with r = sd / mean of n gaps,
    ``(sqrt(n + 1) r - sqrt(n - 1)) / ((sqrt(n + 1) - 2) r + sqrt(n - 1))``.

    Parameters
    ----------
    mean, sd, n : Series
        Mean and population standard deviation (with n) of the gaps, and their number.

    Examples
    --------
    >>> burstiness(pd.Series([1.0]), pd.Series([0.0]), pd.Series([9])).tolist()
    [-1.0]
    """
    n = n.astype("float64").where(n >= 2)
    r = sd / mean.where(mean > 0)
    up, down = np.sqrt(n + 1), np.sqrt(n - 1)
    return (up * r - down) / ((up - 2) * r + down)


@remembered
@needs("creators", "posts", otherwise="posts with posted_at, the time of each post")
def consistency(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return how consistently each creator posts.

    A creator posts consistently here, with at least six posts whose time is known, if there was a post in at least three of four weeks and
    no silence longer than three weeks, the present one included. The present silence is still open: it counts as at least so long.

    Returns
    -------
    DataFrame
        Sorted by `creator`: `creator`, `tier`, `times` (posts at distinct times), `days` (from the first of them until now), `per_week`,
        `low`, `high` (posts a week with interval, which allows for uneven gaps), `gap_median`, `gap_longest`, `silence` (days since the
        last post, open), `weeks_active` (share), `burstiness`, `trend`, `trend_low`, `trend_high` (posts in the later half of the time
        over the earlier half), `same_slot` (share of posts in the most used weekday and hour), `consistent` (missing under six posts),
        `why` (in words).
    """
    from scipy.stats import t

    table = data.posts.rhythm(as_of=data.as_of)
    if table.empty:
        return Missing(needs=("posts",), text="None of your posts tells when it was published, so rhythm is unknown: add posted_at.")
    level = brief.statistics.level
    out = with_tiers(data, brief)[["creator", "tier", "collected_on"]].drop_duplicates("creator").merge(table, on="creator")
    # what happened after a creator's numbers were read is not silence
    read = out["collected_on"].dt.tz_localize("UTC") + pd.Timedelta(days=1)
    until = read.where(read.notna() & (read >= out["last_at"]) & (read <= data.as_of), data.as_of)
    out["days"] = (until - out["first_at"]).dt.total_seconds() / 86400
    out["silence"] = (until - out["last_at"]).dt.total_seconds() / 86400
    gaps = out["gaps"].astype("float64")
    out["per_week"] = (7 * gaps / out["days"].where(out["days"] > 0)).where(gaps >= 1)
    enough = gaps >= GAPS_NEEDED
    # the number of events of a renewal process varies as the squared coefficient of variation of its gaps, over their number
    sample_sd = out["gap_sd"] * np.sqrt(gaps / (gaps - 1).where(gaps > 1))
    uneven = np.maximum(sample_sd / out["gap_mean"].where(out["gap_mean"] > 0), 0.1)
    away = t.ppf((1 + level) / 2, np.maximum(gaps - 1, 1)) * uneven / np.sqrt(gaps.where(enough))
    out["low"], out["high"] = out["per_week"] * np.exp(-away), out["per_week"] * np.exp(away)
    weeks = np.maximum(np.floor(out["days"] / 7), 1)
    behind = (data.as_of - until).dt.total_seconds() / 604800
    out["weeks_active"] = (out["weeks_active"] / (weeks + (behind % 1 > 0))).clip(upper=1.0)
    out["burstiness"] = burstiness(out["gap_mean"], out["gap_sd"], out["gaps"]).where(enough)
    early, late = out["early"] + 0.5, out["late"] + 0.5
    wide = t.ppf((1 + level) / 2, np.maximum(gaps - 1, 1)) * np.maximum(uneven, 1) * np.sqrt(1 / early + 1 / late)
    out["trend"] = (late / early).where(enough)
    out["trend_low"], out["trend_high"] = out["trend"] * np.exp(-wide), out["trend"] * np.exp(wide)
    longest = np.maximum(out["gap_longest"].fillna(0), out["silence"])
    steady, short = out["weeks_active"] >= ACTIVE_WEEKS, longest <= LONGEST_DAYS
    out["consistent"] = pd.array(np.where(enough, steady & short, False), dtype="boolean")
    out.loc[~enough, "consistent"] = pd.NA
    out["why"] = np.select(
        [~enough, steady & short, ~steady & ~short, ~steady],
        [
            "too few posts with a time to say",
            "posts most weeks, without a long silence",
            "silent for over three weeks, and many weeks without a post",
            "many weeks without a post",
        ],
        default="silent for over three weeks",
    )
    columns = [
        *(
            "creator",
            "tier",
            "times",
            "days",
            "per_week",
            "low",
            "high",
            "gap_median",
            "gap_longest",
            "silence",
            "weeks_active",
            "burstiness",
        ),
        *("trend", "trend_low", "trend_high", "same_slot", "consistent", "why"),
    ]
    return out[columns].sort_values("creator", ignore_index=True)


def steadiness(table: pd.DataFrame | Missing, brief: Brief) -> str:
    """Return the sentence on how many creators post consistently.

    Parameters
    ----------
    table : DataFrame or Missing
        As :func:`consistency` returns it.
    """
    if isinstance(table, Missing):
        return table.text
    known = table[table["consistent"].notna()]
    write = wording(brief)
    if known.empty:
        return f"No creator has {GAPS_NEEDED + 1} posts with a known time, so nothing can be said about consistency: add more posts."
    yes = int(known["consistent"].sum())
    middle = float(known["per_week"].median())
    text = f"{yes} of {len(known)} creators post consistently: a post in three of four weeks, and no silence over three weeks. "
    text += f"Half of them post more than {write.number(middle, 1)} times a week."
    gone = known[known["silence"] > LONGEST_DAYS].sort_values(["silence", "creator"], ascending=[False, True])
    if len(gone):
        text += f" Silent for over three weeks now: {listed([handle(c) for c in gone['creator']], 3)}."
    return text


@needs("posts", otherwise=ADD_POSTS)
def timing(data: Dataset, brief: Brief, by: str = "weekday") -> pd.DataFrame | Missing:
    """Return what a weekday, a time of day or a format seems to do, within creators.

    Each creator's posts of one kind against the same creator's others, on the log scale; then the mean over creators, with Student's t.
    Looking at seven days is looking seven times: `adjusted_low` and `adjusted_high` hold for all kinds together (Bonferroni), and `differs`
    goes by them.

    Parameters
    ----------
    by : {'weekday', 'hour', 'format'}
        Hours are UTC, in blocks of three.

    Returns
    -------
    DataFrame
        One row a kind, in order: `kind`, `creators`, `posts`, `times` (engagements, as a multiple of the same creators' other posts),
        `low`, `high`, `adjusted_low`, `adjusted_high`, `differs`.
    """
    from scipy.stats import t

    cells = data.posts.effects(by, as_of=data.as_of, numerator=numerator_sql(parts(data)), mature_hours=brief.engagement.mature_hours)
    rows = []
    level = brief.statistics.level
    grouped = [(kind, cell) for kind, cell in cells.groupby("kind", sort=True) if len(cell) >= CREATORS_NEEDED]
    for kind, cell in grouped:
        # a creator with one such post says less than one with ten: its difference has that much more noise
        weight = cell["posts"] / (1 + cell["posts"])
        mean = float(np.average(cell["away"], weights=weight))
        count = weight.sum() ** 2 / (weight**2).sum()
        error = float(np.sqrt((weight**2 * (cell["away"] - mean) ** 2).sum()) / weight.sum() * np.sqrt(count / (count - 1)))
        away, wide = (t.ppf((1 + lv) / 2, count - 1) * error for lv in (level, 1 - (1 - level) / len(grouped)))
        rows.append(
            {
                "kind": WEEKDAYS[int(kind) - 1]
                if by == "weekday"
                else f"{kind}:00 to {(int(kind) + 3) % 24:02d}:00"
                if by == "hour"
                else kind,
                "creators": len(cell),
                "posts": int(cell["posts"].sum()),
                "times": np.exp(mean),
                "low": np.exp(mean - away),
                "high": np.exp(mean + away),
                "adjusted_low": np.exp(mean - wide),
                "adjusted_high": np.exp(mean + wide),
                "differs": bool(abs(mean) > wide),
            }
        )
    if len(rows) < 2:
        text = f"Fewer than two kinds of {by} have posts of {CREATORS_NEEDED} creators each, so they cannot be compared: add posts."
        return Missing(needs=("posts",), text=text)
    return pd.DataFrame(rows)


def patterns(weekday: pd.DataFrame | Missing, hour: pd.DataFrame | Missing, formats: pd.DataFrame | Missing, brief: Brief) -> str:
    """Return the sentence on weekday, hour and format, with a warning against reading noise.

    Parameters
    ----------
    weekday, hour, formats : DataFrame or Missing
        As :func:`timing` returns them.
    """
    write = wording(brief)
    found, looked = [], 0
    for table in (weekday, hour, formats):
        if isinstance(table, Missing):
            continue
        looked += len(table)
        found += [f"{r.kind} ({write.number(r.times, 2)} times)" for r in table[table["differs"]].itertuples()]
    if not looked:
        return "Your posts tell too little to compare weekdays, hours or formats."
    if not found:
        return (
            f"None of the {looked} weekdays, times of day and formats differs from the others beyond chance: "
            "a best hour read off such a table would be noise."
        )
    return (
        f"Of {looked} weekdays, times of day and formats, {len(found)} {plural(len(found), 'differs', 'differ')} from the same creators' "
        f"other posts beyond chance: {listed(found, 6)}. That still is no cause: a creator may save the best stories for that moment."
    )
