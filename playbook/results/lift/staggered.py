"""Staggered days: regions that began on different days, and the days after each post against other days (event study)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs
from playbook.memo import remembered
from playbook.results.attribution import window
from playbook.results.delivered import delivered_posts
from playbook.results.growth import own_series
from playbook.results.lift.designs import Estimate
from playbook.results.lift.regions import FOUND_LEVEL, MIN_BEFORE, as_share, measured, whole
from playbook.results.trend import calendar, drifting_coefficients
from playbook.wording import plural, wording

# days around a post, first and last; the leads must be flat where posting days were not chosen after sales
STEPS = ((-3, -1), (0, 0), (1, 1), (2, 2), (3, 4), (5, 6), (7, 9))
SHUFFLES = 999
MIN_POSTS = 5
EVENT_DAYS = 28


@dataclass(frozen=True, kw_only=True)
class EventStudy:
    """What came in the days after posts, beyond other days.

    Attributes
    ----------
    measure : str
        orders, sales, followers or searches.
    posts, days : int
        Posts counted, days looked at.
    profile : DataFrame
        A row a step: `first`, `last` (days after a post; below 0 before it), `effect`, `low`, `high` (a post and day).
    total, low, high : float
        Over all posts and the ten days after each; at the brief's level.
    found : {'found', 'cannot_tell'}
        By the 95 % interval.
    leads_low, leads_high : float
        95 % interval of the days before posts: where it excludes zero, posts came when sales were moving anyway.
    before_p : float
        Share of earlier starts, wholly before the campaign, whose total is at least as large for the same calendar of posts; missing where
        fewer than five fit.
    """

    measure: str
    posts: int
    days: int
    profile: pd.DataFrame
    total: float
    low: float
    high: float
    level: float
    found: Literal["found", "cannot_tell"]
    leads_low: float
    leads_high: float
    before_p: float


@remembered
@needs("deliverables", otherwise="deliverables with creator, post, due and published_at")
def event_study(data: Dataset, brief: Brief, *, measure: str | None = None) -> EventStudy | Missing:
    """Estimate what each post brought in the days after it, from posts that came out on different days.

    A regression of the daily series on the number of posts a step of days ago, with weekdays and a level that may drift, by generalised
    least squares. The drift takes up whatever the campaign moved for longer than the steps, so this sees bursts, not a slow rise; posting
    days are chosen and not drawn by lot, so the leads and earlier starts are shown beside it.

    Parameters
    ----------
    measure : {'orders', 'sales', 'followers', 'searches'}, optional
        By default what belongs to the brief's `results.outcome`: for sales, all the shop's orders where they are known.
    """
    measure = measure or {"sales": "orders" if data.has("orders") else "sales"}.get(brief.results.outcome, brief.results.outcome)
    days = window(data, brief)
    if isinstance(days, Missing):
        return days
    series = _daily(data, measure)
    out = delivered_posts(data, brief)
    if isinstance(out, Missing):
        return out
    out = out[out["delivered"]]
    at = out["published_at"].dt.tz_localize(None).dt.normalize()
    last = days.ends.tz_localize(None) + pd.Timedelta(days=STEPS[-1][1])
    series = series[(series.index <= data.as_of.tz_localize(None)) & (series.index < last)]
    at = at[at.isin(series.index)]
    if at.nunique() < MIN_POSTS or len(series) < MIN_BEFORE + 28:
        return Missing(
            needs=("deliverables.published_at",),
            text=f"An event study needs posts on at least {MIN_POSTS} different days and six weeks of daily {measure} around them (found "
            f"{at.nunique()} posting days and {len(series)} days).",
        )
    y = series.to_numpy(float)
    # a post that reached twice as many counts twice; one of mean reach counts once, and so does every post where a reach is unknown
    reach = out.loc[at.index, "reach"]
    size = reach / reach.mean() if reach.notna().all() and reach.mean() > 0 else pd.Series(1.0, index=at.index)
    posts = size.groupby(at).sum().reindex(series.index, fill_value=0.0).to_numpy(float)
    level = brief.statistics.level
    found = _fit(y, posts, series.index, level)
    wide = _fit(y, posts, series.index, FOUND_LEVEL)
    rows = [{"first": a, "last": b, "effect": e.effect, "low": e.low, "high": e.high} for (a, b), e in zip(STEPS, found[:-1], strict=True)]
    total = found[-1]
    return EventStudy(
        measure=measure,
        posts=len(at),
        days=len(series),
        profile=pd.DataFrame(rows),
        total=total.effect,
        low=total.low,
        high=total.high,
        level=level,
        found="found" if wide[-1].low > 0 or wide[-1].high < 0 else "cannot_tell",
        leads_low=wide[0].low,
        leads_high=wide[0].high,
        before_p=_earlier(y, posts, series.index, int(np.sum(series.index < days.starts.tz_localize(None))), total.effect),
    )


def _daily(data: Dataset, measure: str) -> pd.Series:
    """Return a daily series without gaps: the latest stretch."""
    if measure == "orders" and data.has("orders"):
        at = data.orders.loc[data.orders["ordered_at"] <= data.as_of, "ordered_at"].dt.tz_localize(None).dt.normalize()
        if at.empty:
            return pd.Series(dtype=float, index=pd.DatetimeIndex([]))
        # the shop counts every day between its first and last order, those without orders too
        return at.value_counts().reindex(pd.date_range(at.min(), at.max()), fill_value=0).astype(float)
    series = own_series(data, measure).dropna()
    if series.empty:
        return pd.Series(dtype=float, index=pd.DatetimeIndex([]))
    series = series.asfreq("D")
    series = series.diff().iloc[1:] if measure == "followers" else series
    gaps = series.index[series.isna()]
    return series[series.index > gaps[-1]] if len(gaps) else series


def _design(posts: np.ndarray) -> np.ndarray:
    """Return, for each step, how many posts lie so many days back."""
    n = len(posts)
    padded = np.concatenate([np.zeros(30), posts, np.zeros(30)])
    shift = lambda k: padded[30 - k : 30 - k + n]  # noqa: E731
    return np.column_stack([sum(shift(k) for k in range(a, b + 1)) for a, b in STEPS])


def _fit(y: np.ndarray, posts: np.ndarray, index: pd.DatetimeIndex, level: float) -> list[Estimate]:
    """Estimate each step's effect a post and day, and the total of all steps after posts."""
    steps = _design(posts)
    fixed = calendar(index[0].day_of_week, len(y), weekdays=True)
    x = np.column_stack([fixed, steps])
    k = fixed.shape[1]
    wanted = np.zeros((len(STEPS) + 1, x.shape[1]))
    for i in range(len(STEPS)):
        wanted[i, k + i] = 1.0
        if STEPS[i][0] >= 0:
            wanted[-1, k + i] = steps[:, i].sum()
    mean, low, high = drifting_coefficients(y, x, wanted, level=level)
    return [Estimate(method="event study", effect=float(m), low=float(a), high=float(b)) for m, a, b in zip(mean, low, high, strict=True)]


def _earlier(y: np.ndarray, posts: np.ndarray, index: pd.DatetimeIndex, before: int, total: float) -> float:
    """Move the calendar of posts to earlier starts that lie wholly before the campaign."""
    where = np.flatnonzero(posts)
    span = where[-1] - where[0] + 1 + STEPS[-1][1]
    if before < span + 5:
        return math.nan
    past, sizes = y[:before], []
    for start in np.unique(np.linspace(3, before - span, 12).astype(int)):
        moved = np.zeros(before)
        moved[where - where[0] + start] = posts[where]
        sizes.append(_fit(past, moved, index[:before], 0.9)[-1].effect)
    return float(np.mean([s >= total for s in sizes])) if len(sizes) >= 5 else math.nan


def event_sentence(found: EventStudy | Missing, brief: Brief) -> str:
    """Say what the days after posts had beyond other days."""
    if isinstance(found, Missing):
        return found.text
    write = wording(brief)
    amount = write.money if found.measure == "sales" else write.count
    span = write.between(found.low, found.high, amount, found.level)
    text = (
        f"In the ten days after its {found.posts} posts the brand had {amount(abs(found.total))} {'more' if found.total >= 0 else 'fewer'} "
        f"{found.measure} than other days suggest ({span})"
    )
    text += "." if found.found == "found" else f", which the {write.share(FOUND_LEVEL)} level cannot tell from nothing."
    if found.leads_low > 0 or found.leads_high < 0:
        text += " The days before posts were unusual too, so something else moved at the same time: do not rest on this number."
    elif found.found == "found":
        text += (
            " Posting days were chosen, not drawn by lot, and some buyers may only have come earlier than they would have: this supports "
            "an effect and does not prove one."
        )
    return text


@dataclass(frozen=True, kw_only=True)
class Staggered:
    """What regions had beyond regions that had not begun yet, or never did.

    Attributes
    ----------
    share, low, high : float
        Mean rise over the days since each region's own start; at the brief's level.
    found : {'found', 'cannot_tell'}
    found_low, found_high, p : float
        95 % interval, and p, by reassigning the start days among all regions.
    profile : DataFrame
        `week` (since the region's start; below 0 before it), `effect`, `regions`.
    starts : int
        Different start days; regions_with, regions_without.
    """

    measure: str
    share: float
    low: float
    high: float
    level: float
    found: Literal["found", "cannot_tell"]
    found_low: float
    found_high: float
    p: float
    profile: pd.DataFrame
    starts: int
    regions_with: int
    regions_without: int


@needs("brand_daily", otherwise="brand_daily with day, region, measure, value and treated")
def staggered_lift(data: Dataset, brief: Brief, *, measure: str | None = None) -> Staggered | Missing:
    """Compare regions that began on different days with those that had not begun (Callaway and Sant'Anna 2021).

    Each region's log sales are taken against its own mean before the first start; at each day after its start a region is compared with
    the regions that have not begun by then. Test and interval by reassigning the start days among all regions (Roth and Sant'Anna 2023):
    valid where chance, or something like it, decided who began when.
    """
    measure = measure or brief.results.outcome
    days = window(data, brief)
    if isinstance(days, Missing):
        return days
    starts, ends = days.starts.tz_localize(None), days.ends.tz_localize(None)
    rows = measured(data, measure)
    rows = rows[(rows["day"] <= data.as_of.tz_localize(None)) & (rows["day"] < ends)]
    table = rows.pivot_table(index="region", columns="day", values="value", aggfunc="last").sort_index()
    table = whole(table)
    marked = rows[rows["treated"] & (rows["day"] >= starts)]
    first = marked.groupby("region")["day"].min().reindex(table.index)
    begun = sorted(first.dropna().unique())
    if len(begun) < 2:
        return Missing(
            needs=("brand_daily.treated",),
            text="All regions began on the same day, or none is marked: staggered starts need regions whose first treated day differs.",
        )
    dates = pd.DatetimeIndex(table.columns)
    before = np.asarray(dates < begun[0])
    values = table.to_numpy(float)
    if before.sum() < MIN_BEFORE or (values.mean(axis=1) <= 0).any():
        return Missing(
            needs=("brand_daily",),
            text=f"Staggered starts need at least {MIN_BEFORE} days before the first of them, with {measure} in every region (found "
            f"{int(before.sum())} days).",
        )
    # weeks, because the logarithm of a day without sales does not exist
    index = values / values[:, before].mean(axis=1, keepdims=True)
    onset = np.array([np.searchsorted(dates, d) if pd.notna(d) else len(dates) for d in first])
    effect, usual = _onset_effect(index, onset)
    if math.isnan(effect):
        return Missing(
            needs=("brand_daily.treated",),
            text="Every region had begun by the time the last one did, and none before it can be compared: leave one region out.",
        )
    rng = np.random.default_rng(brief.statistics.seed)
    draws = [onset, *(rng.permutation(onset) for _ in range(SHUFFLES))]
    gaps = np.array([_onset_effect(index, o)[0] for o in draws])
    own = _exposure(onset, index.shape[1])
    parts = np.array([_onset_effect(own, o)[0] for o in draws])
    level = brief.statistics.level
    low, high = _turned(gaps, parts, level)
    found_low, found_high = _turned(gaps, parts, FOUND_LEVEL)
    came = effect + usual
    return Staggered(
        measure=measure,
        share=as_share(effect, came),
        low=as_share(low, came),
        high=as_share(high, came),
        level=level,
        found="found" if found_low > 0 or found_high < 0 else "cannot_tell",
        found_low=as_share(found_low, came),
        found_high=as_share(found_high, came),
        p=float(np.mean(np.abs(gaps) >= abs(effect) - 1e-12)),
        profile=_weeks(index, onset),
        starts=len(begun),
        regions_with=int(first.notna().sum()),
        regions_without=int(first.isna().sum()),
    )


def _exposure(onset: np.ndarray, days: int) -> np.ndarray:
    return (np.arange(days)[None, :] >= onset[:, None]).astype(float)


def _onset_effect(index: np.ndarray, onset: np.ndarray) -> tuple[float, float]:
    """Return the mean gap of begun regions to those not begun, over days with both, and the mean of the latter."""
    on = _exposure(onset, index.shape[1])
    begun, rest = on.sum(axis=0), (1 - on).sum(axis=0)
    days = (begun > 0) & (rest > 0)
    if not days.any():
        return math.nan, math.nan
    here, there = (index * on).sum(axis=0)[days] / begun[days], (index * (1 - on)).sum(axis=0)[days] / rest[days]
    weight = begun[days] / begun[days].sum()
    return float(weight @ (here - there)), float(weight @ there)


def _turned(gaps: np.ndarray, parts: np.ndarray, level: float) -> tuple[float, float]:
    """Return the effects that reassignment does not reject; the first row is the real one."""
    effect = gaps[0]

    def p(shift: float) -> float:
        return float(np.mean(np.abs(gaps - shift * parts) >= abs(effect - shift * parts[0]) - 1e-12))

    ends = []
    for sign in (-1.0, 1.0):
        inside, outside = 0.0, max(float(np.abs(gaps - effect * parts).max()), 1e-9)
        while p(effect + sign * outside) > 1 - level and outside < 1e6:
            inside, outside = outside, 2 * outside
        for _ in range(40):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if p(effect + sign * middle) > 1 - level else (inside, middle)
        ends.append(effect + sign * outside)
    return ends[0], ends[1]


def _weeks(index: np.ndarray, onset: np.ndarray) -> pd.DataFrame:
    """Return the gap by week since a region's own start; weeks below 0 should lie around nought."""
    on = _exposure(onset, index.shape[1])
    rows = []
    for i in np.flatnonzero(onset < index.shape[1]):
        for day in range(max(0, onset[i] - 28), index.shape[1]):
            rest = (on[:, day] == 0) & (np.arange(len(onset)) != i)
            if rest.any():
                rows.append((math.floor((day - onset[i]) / 7), i, index[i, day] - index[rest, day].mean()))
    frame = pd.DataFrame(rows, columns=["week", "region", "gap"])
    return frame.groupby("week").agg(effect=("gap", "mean"), regions=("region", "nunique")).reset_index()


def staggered_sentence(found: Staggered | Missing, brief: Brief) -> str:
    """Say what regions had beyond those that had not begun."""
    if isinstance(found, Missing):
        return found.text
    write = wording(brief)
    span = write.between(found.low, found.high, write.share, found.level)
    start = (
        f"Regions began on {found.starts} different {plural(found.starts, 'day')}; once begun they had {write.share(abs(found.share))} "
        f"{'more' if found.share >= 0 else 'less'} {found.measure} than those that had not ({span})."
    )
    if found.found == "cannot_tell":
        return f"Your data cannot tell whether the campaign added {found.measure}. {start}"
    return f"{'An effect' if found.share > 0 else 'A fall'} was found. {start}"
