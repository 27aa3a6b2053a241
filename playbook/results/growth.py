"""Followers: the brand's own growth against its trend before the campaign."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs
from playbook.results.attribution import window
from playbook.results.spending import total_cost
from playbook.results.trend import MAX_DAYS, MIN_DAYS, Forecast, calendar, forecast_sum


@dataclass(frozen=True, kw_only=True)
class Growth:
    """The brand's own followers during the campaign, against their trend before it. No cause is claimed.

    Attributes
    ----------
    first, last : float
        Followers on the day before the campaign and on its last day with a number.
    net_new : float
        Their difference.
    expected, expected_low, expected_high : float
        New followers had the trend before gone on; missing where there are too few days before.
    beyond, beyond_low, beyond_high : float
        Net new less expected.
    cost, cost_per_follower : float
        Full cost, and cost per net new follower.
    cost_per_beyond, cost_per_beyond_low, cost_per_beyond_high : float
        Cost per follower beyond the trend; high is infinite where the trend alone might explain them all.
    days, days_before : int
    daily : DataFrame
        `day`, `followers`, `expected` (the path of the trend).
    """

    first: float
    last: float
    net_new: float
    expected: float
    expected_low: float
    expected_high: float
    beyond: float
    beyond_low: float
    beyond_high: float
    level: float
    cost: float
    cost_per_follower: float
    cost_per_beyond: float
    cost_per_beyond_low: float
    cost_per_beyond_high: float
    days: int
    days_before: int
    whole: bool
    daily: pd.DataFrame


def own_series(data: Dataset, measure: str) -> pd.Series:
    """Return one of the brand's own daily measures for the whole market: the market's own row, else the sum of its regions where all are
    known."""
    rows = data.brand_daily[data.brand_daily["measure"] == measure]
    whole = rows[rows["region"].isna() | (rows["region"].fillna("").str.strip() == "")]
    if len(whole):
        return whole.drop_duplicates("day", keep="last").set_index("day")["value"].sort_index()
    table = rows.pivot_table(index="day", columns="region", values="value", aggfunc="last")
    return table.sum(axis=1, skipna=False).dropna().sort_index()


@needs(
    "brand_daily",
    otherwise="brand_daily with day, measure followers and value: your own follower count, a row a day, best from eight weeks before "
    "the campaign",
)
def followers(data: Dataset, brief: Brief) -> Growth | Missing:
    """Return the brand's net new followers, set against their own trend before the campaign, and what one cost.

    The trend is learned from the daily gains before the campaign, with weekdays and a level that may drift; its interval holds for the sum
    of the campaign's days.
    """
    days = window(data, brief)
    if isinstance(days, Missing):
        return days
    series = own_series(data, "followers").dropna()
    series = series[series.index <= data.as_of.tz_localize(None)]
    starts, ends = days.starts.tz_localize(None), days.ends.tz_localize(None)
    before, during = series[series.index < starts], series[(series.index >= starts) & (series.index < ends)]
    if before.empty or during.empty:
        return Missing(
            needs=("brand_daily",),
            text="Your own follower counts do not span the day before the campaign and its days: add brand_daily rows with measure "
            "followers for both.",
        )
    first, last = float(before.iloc[-1]), float(during.iloc[-1])
    gap = int((during.index[-1] - before.index[-1]).days)
    trend = _follower_trend(before, gap, brief.statistics.level)
    cost, whole = total_cost(data, brief)
    net = last - first
    nan = math.nan
    expected, low, high = (trend.mean, trend.low, trend.high) if trend else (nan, nan, nan)
    beyond, beyond_low, beyond_high = net - expected, net - high, net - low
    daily = pd.DataFrame({"day": series.index, "followers": series.to_numpy()})
    if trend:
        path = pd.Series(first + np.cumsum(trend.daily), index=pd.date_range(before.index[-1] + pd.Timedelta(days=1), periods=gap))
        daily["expected"] = daily["day"].map(path)
    else:
        daily["expected"] = nan
    return Growth(
        first=first,
        last=last,
        net_new=net,
        expected=expected,
        expected_low=low,
        expected_high=high,
        beyond=beyond,
        beyond_low=beyond_low,
        beyond_high=beyond_high,
        level=brief.statistics.level,
        cost=cost,
        cost_per_follower=cost / net if net > 0 else nan,
        cost_per_beyond=cost / beyond if beyond > 0 else nan,
        cost_per_beyond_low=cost / beyond_high if beyond_high > 0 else nan,
        cost_per_beyond_high=cost / beyond_low if beyond_low > 0 else math.inf if beyond_low == beyond_low else nan,
        days=gap,
        days_before=trend.n if trend else len(before) - 1,
        whole=whole,
        daily=daily,
    )


def _follower_trend(before: pd.Series, ahead: int, level: float) -> Forecast | None:
    """Forecast the gain of the days ahead from the daily gains before; None where there are too few."""
    daily = before.asfreq("D")
    # the latest stretch without gaps
    broken = daily.index[daily.isna()]
    if len(broken):
        daily = daily[daily.index > broken[-1]]
    gains = daily.diff().dropna().tail(MAX_DAYS)
    if len(gains) < MIN_DAYS:
        return None
    weekdays = len(gains) >= 28
    start = gains.index[0].day_of_week
    columns = calendar(start, len(gains) + ahead, weekdays=weekdays)
    return forecast_sum(gains.to_numpy(), columns[: len(gains)], columns[len(gains) :], level=level)
