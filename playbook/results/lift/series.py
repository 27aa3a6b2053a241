"""One series: what the whole market had beyond its controls, or, without any, beyond its own trend.

With controls, series that the campaign cannot have moved, the gap may be called an effect. Without them a rise is a rise: the season, a
sale or a news story may be behind it, and nothing here says otherwise.
"""

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
from playbook.results.growth import own_series
from playbook.results.lift.designs import Estimate, structural_time_series, time_based_regression
from playbook.results.lift.regions import FOUND_LEVEL, MIN_BEFORE, measured, whole
from playbook.results.spending import total_cost
from playbook.results.trend import MAX_DAYS, calendar, forecast_sum
from playbook.wording import listed, wording

CONTROL = "control"
# a control that says little about the days before only adds noise
MOST_CONTROLS = 10


@dataclass(frozen=True, kw_only=True)
class Series:
    """What one series had beyond its forecast from the days before.

    Attributes
    ----------
    measure : str
        sales, followers or searches.
    controls : tuple of str
        Names of the series that it is compared with; empty: its own trend alone, and no effect is ever claimed.
    came, expected, extra, extra_low, extra_high : float
        Sums over the campaign's days; interval at the brief's level.
    share, low, high : float
        Of what was expected.
    found : {'found', 'none_that_pays', 'cannot_tell', 'no_comparison'}
        By the 95 % interval; `no_comparison` without controls.
    fit : float
        Share of the day-to-day variation before that the forecast follows (R squared).
    before_p : float
        Share of stretches before the campaign, as long as it, that ran as far from their forecast; missing where fewer than five fit.
    others : tuple of Estimate
        Other models' answers, as shares.
    days, days_before : int
    daily : DataFrame
        `day`, `value`, `expected`.
    """

    measure: str
    controls: tuple[str, ...]
    came: float
    expected: float
    extra: float
    extra_low: float
    extra_high: float
    share: float
    low: float
    high: float
    level: float
    found: Literal["found", "none_that_pays", "cannot_tell", "no_comparison"]
    fit: float
    before_p: float
    roi: float
    roi_low: float
    roi_high: float
    others: tuple[Estimate, ...]
    days: int
    days_before: int
    daily: pd.DataFrame


@remembered
@needs("brand_daily", otherwise="brand_daily with day, measure and value: your own sales, followers or searches, a row a day")
def series_lift(data: Dataset, brief: Brief, *, measure: str | None = None) -> Series | Missing:
    """Compare one series with its forecast: from controls where there are any, else from its own trend.

    Controls are rows of brand_daily with measure `control` (a name in `region`), and, where regions with and without the campaign are too
    few to be compared by :func:`~playbook.results.lift.regions.regional_lift`, the sum of the regions without it. The interval integrates
    over how much the level drifts.

    Parameters
    ----------
    measure : {'sales', 'followers', 'searches'}, optional
        By default the brief's `results.outcome`.
    """
    measure = measure or brief.results.outcome
    days = window(data, brief)
    if isinstance(days, Missing):
        return days
    starts, ends = days.starts.tz_localize(None), days.ends.tz_localize(None)
    series, controls = _with_controls(data, measure, starts, ends)
    series = series[(series.index <= data.as_of.tz_localize(None)) & (series.index < ends)].dropna()
    table = series.rename("value").to_frame()
    if controls.shape[1]:
        table = table.join(controls, how="inner")
    table = table.dropna()
    table = table.asfreq("D") if len(table) else table
    # the latest stretch without gaps that reaches into the campaign
    broken = table.index[table.isna().any(axis=1) & (table.index < starts)]
    if len(broken):
        table = table[table.index > broken[-1]]
    table = table.dropna()
    before = np.asarray(table.index < starts)
    if before.sum() > MAX_DAYS:
        table, before = table.iloc[before.sum() - MAX_DAYS :], before[before.sum() - MAX_DAYS :]
    if before.sum() < MIN_BEFORE or (~before).sum() < 1:
        found = f"found {int(before.sum())} and {int((~before).sum())}"
        return Missing(
            needs=("brand_daily",),
            text=f"How your {measure} ran against before needs at least {MIN_BEFORE} days in a row before the campaign and some of its "
            f"days ({found}): add brand_daily rows with measure {measure}.",
        )
    y, x = table["value"].to_numpy(float), table.drop(columns="value").to_numpy(float).T
    x = x[x.std(axis=1) > 0] if len(x) else x
    names = tuple(str(c) for c in table.columns if c != "value") if len(x) else ()
    level, seed = brief.statistics.level, brief.statistics.seed
    columns = _columns(table.index, x, before)
    fit = forecast_sum(y[before], columns[before], columns[~before], level=level)
    wide = forecast_sum(y[before], columns[before], columns[~before], level=FOUND_LEVEL)
    came, count = float(y[~before].sum()), int((~before).sum())
    expected = fit.mean
    extra, extra_low, extra_high = came - fit.mean, came - fit.high, came - fit.low
    base = expected if expected > 0 else math.nan
    cost, whole = total_cost(data, brief)
    margin = brief.economics.gross_margin
    known = bool(names) and measure == "sales" and whole and margin is not None and cost > 0
    roi, roi_low, roi_high = ((margin * e - cost) / cost if known else math.nan for e in (extra, extra_low, extra_high))
    zero_out = came > wide.high or came < wide.low
    pays_not = known and margin * (came - wide.low) < cost
    spread = float(np.sum((y[before] - y[before].mean()) ** 2))
    daily = pd.DataFrame({"day": table.index, "value": y, "expected": np.concatenate([fit.fitted, fit.daily])})
    others: tuple[Estimate, ...] = ()
    if names:
        kinds = [structural_time_series(y, x, before, level=level, seed=seed)]
        if len(x) == 1:
            kinds.append(time_based_regression(y, x[0], before, level=level))
        others = tuple(Estimate(method=e.method, effect=e.effect / base, low=e.low / base, high=e.high / base) for e in kinds)
    return Series(
        measure=measure,
        controls=names,
        came=came,
        expected=expected,
        extra=extra,
        extra_low=extra_low,
        extra_high=extra_high,
        share=extra / base,
        low=extra_low / base,
        high=extra_high / base,
        level=level,
        found="no_comparison" if not names else "found" if zero_out else "none_that_pays" if pays_not else "cannot_tell",
        fit=1 - float(np.sum((y[before] - fit.fitted) ** 2)) / spread if spread > 0 else math.nan,
        before_p=_placebos(y[before], columns[before], count, abs(extra)),
        roi=roi,
        roi_low=roi_low,
        roi_high=roi_high,
        others=others,
        days=count,
        days_before=int(before.sum()),
        daily=daily,
    )


def _with_controls(data: Dataset, measure: str, starts: pd.Timestamp, ends: pd.Timestamp) -> tuple[pd.Series, pd.DataFrame]:
    """Return the series and its controls by day."""
    rows = data.brand_daily[(data.brand_daily["measure"] == CONTROL)]
    controls = rows.assign(region=rows["region"].fillna(CONTROL)).pivot_table(index="day", columns="region", values="value", aggfunc="last")
    controls.columns = [str(c) for c in controls.columns]
    places = measured(data, measure)
    during = places[(places["day"] >= starts) & (places["day"] < ends)]
    treated = during.groupby("region")["treated"].any()
    if treated.any() and not treated.all():
        table = whole(places.pivot_table(index="region", columns="day", values="value", aggfunc="last").sort_index()).T
        mark = treated.reindex(table.columns).fillna(False).to_numpy(dtype=bool)
        series, rest = table.loc[:, mark].sum(axis=1), table.loc[:, ~mark]
        # few regions each keep a coefficient of their own; many would be more than the days can tell
        kept = rest if rest.shape[1] <= 3 else rest.sum(axis=1).to_frame("regions without the campaign")
        controls = controls.join(kept, how="outer") if controls.shape[1] else kept
        return series, controls
    series = own_series(data, measure).dropna()
    if measure == "followers":
        series = series.asfreq("D").diff().dropna()
    return series, controls.iloc[:, :MOST_CONTROLS]


def _columns(index: pd.DatetimeIndex, controls: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Return a constant, weekdays where there are four weeks before, and the controls, centred and scaled on the days before."""
    weekdays = before.sum() >= 28
    columns = calendar(index[0].day_of_week, len(index), weekdays=bool(weekdays))
    if not len(controls):
        return columns
    centre, size = controls[:, before].mean(axis=1), controls[:, before].std(axis=1)
    return np.column_stack([columns, ((controls.T - centre) / np.where(size > 0, size, 1.0))])


def _placebos(y: np.ndarray, columns: np.ndarray, length: int, own: float) -> float:
    """Return the share of stretches before the campaign that ran as far from their own forecast."""
    least = columns.shape[1] + MIN_BEFORE
    ends = range(len(y), least + length - 1, -max(1, (len(y) - least - length) // 20 + 1))
    gaps = []
    for end in ends:
        cut = end - length
        found = forecast_sum(y[:cut], columns[:cut], columns[cut:end], level=0.9)
        gaps.append(abs(float(y[cut:end].sum()) - found.mean))
    return float(np.mean([g >= own for g in gaps])) if len(gaps) >= 5 else math.nan


def series_sentence(found: Series | Missing, brief: Brief) -> str:
    """Say how the series ran against its controls, or against its own trend; without controls no cause is named."""
    if isinstance(found, Missing):
        return found.text
    write = wording(brief)
    amount = write.money if found.measure == "sales" else write.count
    span = write.between(found.extra_low, found.extra_high, amount, found.level)
    came = f"{found.measure.capitalize()} came to {amount(found.came)} in the campaign's {found.days} days"
    if not found.controls:
        text = f"{came}; their trend before would have given {amount(found.expected)}. The gap is {amount(found.extra)} ({span})"
        inside = found.extra_low <= 0 <= found.extra_high
        text += ", which the trend alone may explain." if inside else "."
        return (
            f"{text} There is nothing to compare it with, no region, no series and no week without the campaign, so this is a before and "
            "after, and names no cause."
        )
    against = f"against {listed(list(found.controls), 3)}, which the campaign did not touch, it should have been"
    gap = f"{came}; {against} {amount(found.expected)}, a gap of {amount(found.extra)} ({span})."
    if found.found == "found":
        text = f"{'An effect' if found.extra > 0 else 'A fall'} was found. {gap}"
        if found.extra > 0 and not math.isnan(found.roi):
            text += (
                f" That is an incremental ROI of {write.share(found.roi)} "
                f"({write.between(found.roi_low, found.roi_high, write.share, found.level)})."
            )
    elif found.found == "none_that_pays":
        text = f"No effect was found that would pay for the campaign. {gap}"
    else:
        text = f"Your data cannot tell whether the campaign added {found.measure}. {gap}"
    return f"{text} This holds only if they would have kept step without the campaign."
