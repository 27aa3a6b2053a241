"""Published prices as lines on log-log paper: what a post costs where nobody has quoted."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

import numpy as np
import pandas as pd

Curve = Literal["izea", "rate_card", "lumanu"]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A published price line: ``log(price) = intercept + slope * log(followers)``.

    Attributes
    ----------
    sigma : float
        Spread of log prices at one size (see :func:`spread`).
    currency : str
        Currency of the prices.
    source : str
        Who published it, with the year.
    """

    curve: str
    platform: str
    intercept: float
    slope: float
    sigma: float
    currency: str
    source: str

    def price(self, followers: pd.Series) -> pd.Series:
        """Return the line's price for one post, in the line's currency."""
        return np.exp(self.intercept + self.slope * np.log(followers.where(followers > 0)))


@functools.cache
def _points() -> pd.DataFrame:
    with files("playbook").joinpath("rules/price_curves.csv").open(encoding="utf-8") as text:
        return pd.read_csv(text)


def points() -> pd.DataFrame:
    """Return every published point with its source, year and address.

    Examples
    --------
    >>> points().loc[lambda p: p["curve"] == "izea", "typical"].tolist()
    [1105.0, 1674.0, 3396.0, 4992.0, 5497.0]
    """
    return _points().copy()


def spread() -> float:
    """Return the spread of log prices among creators of one size.

    From Lumanu's 250,000 payments (2024): the mean is 2.9 times the median, which for log-normal payments is a spread
    of 1.45 over all sizes; followers correlate with payment at 0.56, which leaves ``1.45 * sqrt(1 - 0.56**2)``.

    >>> round(spread(), 2)
    1.2
    """
    return pooled_spread() * math.sqrt(1 - _lumanu()["correlation_with_followers"] ** 2)


def _lumanu() -> pd.Series:
    return _points().query("curve == 'lumanu'").set_index("measure")["typical"]


def pooled_spread() -> float:
    """Return the spread of log payments over creators of all sizes (Lumanu's mean over median, as if log-normal).

    >>> round(pooled_spread(), 2)
    1.45
    """
    return math.sqrt(2 * math.log(_lumanu()["payment_mean"] / _lumanu()["payment_median"]))


def per_engagement() -> tuple[float, str, str]:
    """Return what #paid's own contracts cost per engagement on average, its currency and its source.

    >>> per_engagement()[:2]
    (1.4, 'USD')
    """
    row = _points().query("measure == 'cost_per_engagement'").iloc[0]
    return float(row["typical"]), str(row["unit"]), f"{row['source']}, {row['year']}"


def line(curve: Curve, platform: str) -> Line | None:
    """Return the line through a published curve's points, or None where it has none for the platform.

    A band gives its two corners (smallest size at the lowest price, largest at the highest); a mean stands at
    the geometric middle of its size class. Least squares on logs.

    Examples
    --------
    >>> round(line("rate_card", "instagram").slope, 2), round(line("rate_card", "tiktok").slope, 2), line("rate_card", "twitch")
    (1.0, 0.9, None)
    """
    if curve == "lumanu":
        # the middle of all payments, whatever the size: what is published is no line
        row = _points().query("measure == 'payment_median'").iloc[0]
        source = f"{row['source']}, {row['year']}: the middle payment, whatever the size"
        middle, sigma = math.log(row["typical"]), pooled_spread()
        return Line(curve=curve, platform=platform, intercept=middle, slope=0.0, sigma=sigma, currency=row["unit"], source=source)
    rows = _points().query("measure == 'price' and curve == @curve and platform in ['all', @platform]")
    if rows.empty:
        return None
    followers = pd.concat([rows["followers_low"], rows["followers_high"], np.sqrt(rows["followers_low"] * rows["followers_high"])])
    prices = pd.concat([rows["low"], rows["high"], rows["typical"]])
    seen = pd.DataFrame({"followers": followers.to_numpy(), "price": prices.to_numpy()}).dropna().drop_duplicates()
    slope, intercept = np.polyfit(np.log(seen["followers"]), np.log(seen["price"]), 1)
    first = rows.iloc[0]
    return Line(
        curve=curve,
        platform=platform,
        intercept=float(intercept),
        slope=float(slope),
        sigma=spread(),
        currency=first["unit"],
        source=f"{first['source']}, {first['year']}",
    )


@functools.cache
def covered() -> tuple[float, float]:
    """Return the smallest and the largest creators, by followers, whom the published lines cover.

    >>> covered()
    (1000.0, 1000000.0)
    """
    rows = _points().query("measure == 'price' and curve in ['izea', 'rate_card']")
    return float(rows["followers_low"].min()), float(rows["followers_high"].max())


@functools.cache
def slopes() -> tuple[float, float]:
    """Return the flattest and the steepest published slope: what is known about price and size before any quote.

    >>> low, high = slopes()
    >>> round(low, 1), round(high, 1)
    (0.3, 1.0)
    """
    known = [line("izea", "all"), *(line("rate_card", p) for p in ("instagram", "tiktok", "youtube"))]
    values = [each.slope for each in known if each]
    return min(values), max(values)


# 18 times the cost for followers 100 times as many (Beichert, Bayerl, Goldenberg and Lanz, Journal of Marketing 88(4), 2024)
BEICHERT = math.log(18) / math.log(100)
SLOPE_SD = 0.15


# spread of log followers where the list's own is unknown: a list from 5,000 to 500,000 for nine in ten
FOLLOWERS_SD = 1.4


def prior(name: str, followers_sd: float = FOLLOWERS_SD) -> tuple[float, float]:
    """Return what is taken for the exponent of price in followers before any quote, and its spread.

    Parameters
    ----------
    name : str
        published (the middle of the published lines), izea, beichert, rate_card; lumanu: what its correlation of payment with followers
        makes of the list's spread; paid: that of engagements in followers (eMarketer, 2026), as #paid's price is one per engagement.
    followers_sd : float
        Spread of log followers on the list, for lumanu.

    >>> prior("beichert")[0] > prior("izea")[0]
    True
    >>> [round(v, 2) for v in prior("published")]
    [0.66, 0.17]
    """
    low, high = slopes()
    if name == "published":
        return (low + high) / 2, (high - low) / 4
    if name == "lumanu":
        slope = _lumanu()["correlation_with_followers"] * pooled_spread() / max(followers_sd, 0.5)
        return min(float(slope), high), SLOPE_SD
    known = {"izea": low, "beichert": BEICHERT, "rate_card": high, "paid": _engagement_exponent()}
    return known[name], SLOPE_SD


def _engagement_exponent() -> float:
    """Return the exponent of engagements in followers, by published rates of size classes."""
    rates = _points().query("measure == 'engagement_rate'")
    size = 0.5 * (np.log(rates["followers_low"]) + np.log(rates["followers_high"]))
    return 1 + float(np.polyfit(size, np.log(rates["typical"]), 1)[0])
