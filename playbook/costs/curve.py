"""The price curve of your own quotes: what a creator of this size usually asks, and how far fees stray from it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.costs import published
from playbook.costs.quotes import main_deliverable, usable
from playbook.data.dataset import Dataset
from playbook.engagement.rates import platform_of
from playbook.findings import Missing
from playbook.memo import remembered

Prior = Literal["published", "izea", "beichert", "rate_card", "lumanu", "paid"]
FEWEST_FOR_A_LEVEL = 3
FEWEST_FOR_A_TERM = 5
# weight of the published spread beside your own quotes', in quotes
PRIOR_QUOTES = 4


@dataclass(frozen=True, kw_only=True)
class PriceCurve:
    """A median price line with its prediction band, on logs.

    Attributes
    ----------
    method : {'own', 'own_level'}
        `own`: line and band from your quotes alone. `own_level`: too few for that; your quotes set the level, published lines the slope.
    n : int
        Creators with a fee above 0 and a known size.
    calibrated_on : int
        Creators held out of the line to measure the band (`own`).
    slope : float
        Exponent of price in followers.
    band : float
        Half-width of the band on logs at `level`, at the centre of the data.
    smearing : float
        Mean fee over the line's fee (Duan, 1983); 1 for a line without spread.
    deliverable : str
        What predictions are for.
    """

    method: Literal["own", "own_level"]
    n: int
    calibrated_on: int
    level: float
    slope: float
    band: float
    smearing: float
    deliverable: str
    terms: tuple[str, ...]
    coefficients: tuple[float, ...]
    slope_sd: float
    centre: float
    text: str

    def predict(self, creators: pd.DataFrame, *, deliverable: str | None = None) -> pd.DataFrame:
        """Return `fee`, `fee_low`, `fee_high` (budget's currency) for creators with `followers` and `platform`."""
        x = design(creators, self.terms, deliverable or self.deliverable)
        middle = x @ np.array(self.coefficients)
        half = np.sqrt(self.band**2 + (_z(self.level) * self.slope_sd * (x[:, 1] - self.centre)) ** 2)
        out = {"fee": np.exp(middle), "fee_low": np.exp(middle - half), "fee_high": np.exp(middle + half)}
        return pd.DataFrame(out, index=creators.index)


@remembered
def own_curve(data: Dataset, brief: Brief) -> PriceCurve | Missing:
    """Return the price curve of the campaign's own quotes.

    Median regression of log fee on log followers, with terms for platforms and deliverables that at least five creators quoted (Koenker
    and Bassett, 1978). The band is split-conformal (Lei et al., 2018): the line is fitted on one half of the creators and the band
    measured on the other, so that a new creator's fee falls inside with the brief's probability whatever the fees' distribution. With
    too few quotes for that, your quotes set the level, and published lines the slope and part of the spread.

    Returns
    -------
    PriceCurve, or Missing where fewer than three creators quoted a fee above 0.
    """
    seen = seen_quotes(data, brief)
    n = seen["creator"].nunique()
    if n < FEWEST_FOR_A_LEVEL:
        quoted = f"Only {n} of your creators {'has' if n == 1 else 'have'} quoted a fee" if n else "None of your creators has quoted a fee"
        return Missing(
            needs=("quotes",),
            text=f"{quoted}, too few to say what others would ask: add quotes with creator, deliverable, fee and currency.",
        )
    deliverable = main_deliverable(seen)
    level = brief.statistics.level
    held_out = n // 2
    # the smallest calibration half whose order statistic can reach the level
    if math.ceil((held_out + 1) * level) <= held_out and seen["followers"].nunique() > 1:
        return _conformal(seen, deliverable, level, brief.statistics.seed)
    return _level_only(seen[seen["deliverable"] == deliverable], deliverable, level, brief.costs.prior)


@remembered
def seen_quotes(data: Dataset, brief: Brief) -> pd.DataFrame:
    """Return the quotes that a price line can be drawn through: a fee above 0 and a known size, sorted by creator and deliverable."""
    creators = data.creators[["creator", "platform", "followers"]].drop_duplicates("creator")
    creators["platform"] = creators["platform"].where(creators["platform"].notna(), platform_of(creators["creator"]))
    fees = usable(data, brief).merge(creators, on="creator", how="left")
    return fees[(fees["fee"] > 0) & (fees["followers"] > 0)].sort_values(["creator", "deliverable"], ignore_index=True)


def design(creators: pd.DataFrame, terms: tuple[str, ...], deliverable: str | None = None) -> np.ndarray:
    """Return the rows of the regression: one, log followers, then a 0/1 column for each further term (`platform=x`, `deliverable=y`)."""
    columns = [np.ones(len(creators)), np.log(creators["followers"].where(creators["followers"] > 0)).to_numpy(dtype=float)]
    for term in terms[2:]:
        name, value = term.split("=", 1)
        if name == "deliverable" and deliverable is not None:
            columns.append(np.full(len(creators), float(deliverable == value)))
        else:
            columns.append((creators[name] == value).to_numpy(dtype=float))
    return np.column_stack(columns)


def _terms(seen: pd.DataFrame) -> tuple[str, ...]:
    terms = ["one", "log_followers"]
    for name in ("platform", "deliverable"):
        creators = seen.groupby(name)["creator"].nunique()
        often = sorted(creators[creators >= FEWEST_FOR_A_TERM].index, key=lambda v: (-creators[v], v))
        # the most frequent one is what the others are compared with
        terms += [f"{name}={value}" for value in often[1:]]
    return tuple(terms)


def _conformal(seen: pd.DataFrame, deliverable: str, level: float, seed: int) -> PriceCurve:
    creators = np.sort(seen["creator"].unique())
    shuffled = np.random.default_rng(seed).permutation(creators)
    held_out = set(shuffled[: len(creators) // 2])
    fitted_on = seen[~seen["creator"].isin(held_out)]
    terms = _terms(fitted_on)
    fit = median_regression(design(fitted_on, terms), np.log(fitted_on["fee"].to_numpy()))
    # one residual a creator, so that those with many quotes do not count more often
    checked = seen[seen["creator"].isin(held_out)].drop_duplicates("creator")
    residuals = np.abs(np.log(checked["fee"].to_numpy()) - design(checked, terms) @ fit)
    band = float(np.sort(residuals)[math.ceil((len(checked) + 1) * level) - 1])
    signed = np.log(seen["fee"].to_numpy()) - design(seen, terms) @ fit
    return PriceCurve(
        method="own",
        n=len(creators),
        calibrated_on=len(checked),
        level=level,
        slope=float(fit[1]),
        band=band,
        smearing=smearing(signed),
        deliverable=deliverable,
        terms=terms,
        coefficients=tuple(float(b) for b in fit),
        slope_sd=0.0,
        centre=float(np.log(seen["followers"]).mean()),
        text=f"{len(creators)} quotes of yours: median line from {len(creators) - len(checked)}, band measured on the other {len(checked)}",
    )


def _level_only(seen: pd.DataFrame, deliverable: str, level: float, name: Prior) -> PriceCurve:
    """Let few quotes set the level; slope and part of the spread come from published prices."""
    from scipy.stats import t

    seen = seen.drop_duplicates("creator")
    low, high = published.slopes()
    x, y = np.log(seen["followers"].to_numpy()), np.log(seen["fee"].to_numpy())
    n, centre, sigma = len(seen), float(x.mean()), published.spread()
    prior, prior_sd = published.prior(name, float(x.std()))
    about, precision = float(((x - centre) ** 2).sum()), 1 / prior_sd**2
    slope = (float(((x - centre) * (y - y.mean())).sum()) / sigma**2 + precision * prior) / (about / sigma**2 + precision)
    slope_sd = (about / sigma**2 + precision) ** -0.5
    residuals = y - y.mean() - slope * (x - centre)
    variance = (float((residuals**2).sum()) + PRIOR_QUOTES * sigma**2) / (max(n - 1, 0) + PRIOR_QUOTES)
    band = float(t.ppf((1 + level) / 2, n - 1 + PRIOR_QUOTES)) * math.sqrt(variance * (1 + 1 / n))
    return PriceCurve(
        method="own_level",
        n=n,
        calibrated_on=0,
        level=level,
        slope=slope,
        band=band,
        smearing=math.exp(variance / 2),
        deliverable=deliverable,
        terms=("one", "log_followers"),
        coefficients=(float(y.mean() - slope * centre), slope),
        slope_sd=slope_sd,
        centre=centre,
        text=f"Only {n} quotes: they set the level; how price grows with size, and most of the band, come from published prices, whose "
        f"exponents run from {low:.1f} (IZEA's payments) to {high:.1f} (rate cards) and contradict each other: {_taken(name, prior)}",
    )


def _taken(name: Prior, prior: float) -> str:
    if name == "published":
        return f"the middle, {prior:.2f}, is where the line starts from"
    return f"it starts from {prior:.2f}, as you picked {name}"


def median_regression(x: np.ndarray, y: np.ndarray, quantile: float = 0.5) -> np.ndarray:
    """Return the coefficients that minimise the absolute (or tilted) residuals, solved exactly as a linear programme.

    Parameters
    ----------
    x : array (n, p)
        One row an observation, the column of ones included.
    y : array (n,)
    quantile : float
        0.5 is the median (Koenker and Bassett, 1978).

    Examples
    --------
    >>> x = np.column_stack([np.ones(5), [1, 2, 3, 4, 5]])
    >>> median_regression(x, np.array([2.0, 4, 6, 8, 100])).round(6).tolist()
    [0.0, 2.0]
    """
    from scipy.optimize import linprog

    n, p = x.shape
    # the dual has p rows instead of n: max y'd with x'd = (1 - q) x'1 and 0 <= d <= 1; its multipliers are the coefficients
    answer = linprog(-y, A_eq=x.T, b_eq=(1 - quantile) * x.sum(axis=0), bounds=np.column_stack([np.zeros(n), np.ones(n)]), method="highs")
    return -np.asarray(answer.eqlin.marginals)[:p]


def smearing(residuals: np.ndarray) -> float:
    """Return the factor from a fee on the log line to the mean fee (Duan, 1983): the mean of the residuals' exponentials.

    >>> round(smearing(np.log(np.array([0.5, 1.0, 3.0]))), 2)
    1.5
    """
    return float(np.mean(np.exp(residuals)))


def _z(level: float) -> float:
    from scipy.special import ndtri

    return float(ndtri((1 + level) / 2))
