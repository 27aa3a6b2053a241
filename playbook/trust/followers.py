"""From a sample of followers to a share of fakes: an open score, its errors, and the correction for them."""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs
from playbook.trust.check import Check, Told
from playbook.wording import Wording, wording

FEATURES = ("following", "followers", "posts")
LABELS_NEEDED = 15  # of each kind, before your own labels replace the published errors
SAMPLE_NEEDED = 20
EXPECTED_MOST = 0.25  # Modash's help pages call up to a quarter of fakes expected
RIDGE = 1.0
ADD_SAMPLE = (
    "a follower_sample table with creator, account (hashed), following, followers and posts; label fake or real where somebody looked"
)


@dataclass(frozen=True, kw_only=True)
class Errors:
    """How often the score is right, as counts.

    Attributes
    ----------
    fakes, listed_fakes : int
        Fakes looked at, and those of them that the score lists; their ratio is the sensitivity.
    real, passed_real : int
        Real accounts looked at, and those that it does not list; their ratio is the specificity.
    source : {'measured', 'benchmark'}
        Your own labels, or the published ones.
    """

    fakes: int
    listed_fakes: int
    real: int
    passed_real: int
    source: str

    @property
    def sensitivity(self) -> float:
        """Share of fakes that are listed."""
        return self.listed_fakes / self.fakes

    @property
    def specificity(self) -> float:
        """Share of real accounts that are not listed."""
        return self.passed_real / self.real

    def precision(self, base_rate: float) -> float:
        """Return the share of listed accounts that are fake, where `base_rate` of all are."""
        caught = base_rate * self.sensitivity
        wrong = (1 - base_rate) * (1 - self.specificity)
        return caught / (caught + wrong) if caught + wrong > 0 else np.nan


@functools.cache
def published() -> dict[str, float]:
    """Return the published weights, the cut and the counts behind their errors."""
    with (files("playbook") / "rules" / "follower_score.csv").open(encoding="utf-8", newline="") as lines:
        return {row["term"]: float(row["value"]) for row in csv.DictReader(lines)}


def published_errors() -> Errors:
    """Return the errors of the published score on the accounts it was made from, each scored by a model that had not seen it."""
    rules = published()
    return Errors(
        fakes=int(rules["fakes"]),
        listed_fakes=int(rules["listed_fakes"]),
        real=int(rules["real"]),
        passed_real=int(rules["passed_real"]),
        source="benchmark",
    )


def features(sample: pd.DataFrame) -> np.ndarray:
    """Return the design matrix: 1, then log(1 + count) of following, followers, posts; missing where a count is.

    >>> features(pd.DataFrame({"following": [0.0], "followers": [0.0], "posts": [np.nan]})).tolist()
    [[1.0, 0.0, 0.0, nan]]
    """
    logs = [np.log1p(sample[name].to_numpy(dtype=float)) for name in FEATURES]
    return np.column_stack([np.ones(len(sample)), *logs])


def score(sample: pd.DataFrame, weights: np.ndarray | None = None) -> np.ndarray:
    """Return the probability of each sampled account to be fake; missing where one of its three counts is.

    >>> busy, empty = score(pd.DataFrame({"following": [300.0, 2000.0], "followers": [400.0, 20.0], "posts": [90.0, 0.0]}))
    >>> bool(busy < 0.05), bool(empty > 0.9)
    (True, True)
    """
    if weights is None:
        rules = published()
        weights = np.array([rules[t] for t in ("intercept", *FEATURES)])
    return 1 / (1 + np.exp(-np.clip(features(sample) @ weights, -500, 500)))


def fit_weights(sample: pd.DataFrame, fake: np.ndarray, *, ridge: float = RIDGE) -> np.ndarray:
    """Fit the weights by ridge logistic regression (le Cessie and van Houwelingen, 1992); the intercept is not shrunk.

    Parameters
    ----------
    sample : DataFrame
        `following`, `followers`, `posts`; rows with a missing count are left out.
    fake : array of bool
    ridge : float
        Half the weight of the squared coefficients.
    """
    x = features(sample)
    whole = np.isfinite(x).all(axis=1)
    x, y = x[whole], np.asarray(fake, dtype=float)[whole]
    shrink = np.diag([0.0] + [ridge] * (x.shape[1] - 1))
    b = np.zeros(x.shape[1])

    def loss(b: np.ndarray) -> float:
        z = x @ b
        return float(np.sum(np.logaddexp(0, z) - y * z) + 0.5 * b @ shrink @ b)

    for _ in range(100):
        p = 1 / (1 + np.exp(-np.clip(x @ b, -500, 500)))
        step = np.linalg.lstsq((x.T * (p * (1 - p))) @ x + shrink, x.T @ (p - y) + shrink @ b, rcond=None)[0]
        size = 1.0
        while loss(b - size * step) > loss(b) + 1e-9 and size > 1e-6:
            size /= 2
        b = b - size * step
        if np.max(np.abs(step)) < 1e-8:
            break
    return b


def corrected_share(listed: float, n: float, errors: Errors, level: float) -> tuple[float, float, float]:
    """Return the share of fakes behind a share of listed accounts, with its interval.

    Rogan and Gladen's estimate (1978), kept within 0-1, and Lang and Reiczigel's interval (2014), which counts the sampling error of the
    sensitivity and specificity too. All missing where the score tells fakes no better than chance.

    Parameters
    ----------
    listed, n : float
        Accounts listed, of so many.

    Returns
    -------
    tuple of float
        Estimate, low, high.

    Examples
    --------
    >>> e = Errors(fakes=98, listed_fakes=76, real=877, passed_real=845, source="benchmark")
    >>> [round(x, 2) for x in corrected_share(310, 1000, e, 0.9)]
    [0.37, 0.33, 0.43]
    """
    from scipy.special import ndtri

    useful = errors.sensitivity + errors.specificity - 1
    if n <= 0 or useful <= 0.05:
        return np.nan, np.nan, np.nan
    estimate = min(1.0, max(0.0, (listed / n + errors.specificity - 1) / useful))
    z = float(ndtri((1 + level) / 2))
    n_, p = n + z**2, (listed + z**2 / 2) / (n + z**2)
    n_se, se = errors.fakes + 2, (errors.listed_fakes + 1) / (errors.fakes + 2)
    n_sp, sp = errors.real + 2, (errors.passed_real + 1) / (errors.real + 2)
    youden = se + sp - 1
    middle = (p + sp - 1) / youden
    shift = 2 * z**2 * (middle * se * (1 - se) / n_se - (1 - middle) * sp * (1 - sp) / n_sp)
    spread = z * np.sqrt(p * (1 - p) / n_ + middle**2 * se * (1 - se) / n_se + (1 - middle) ** 2 * sp * (1 - sp) / n_sp) / youden
    low, high = middle + shift - spread, middle + shift + spread
    return estimate, float(min(max(low, 0.0), estimate)), float(max(min(high, 1.0), estimate))


def errors(data: Dataset) -> Errors:
    """Return the score's errors on your own labels where there are at least 15 of each kind, else the published ones."""
    sample = data.follower_sample
    labelled = sample[sample["label"].notna()]
    if len(labelled):
        found = score(labelled)
        known = np.isfinite(found)
        fake = (labelled["label"] == "fake").to_numpy() & known
        real = (labelled["label"] == "real").to_numpy() & known
        if fake.sum() >= LABELS_NEEDED and real.sum() >= LABELS_NEEDED:
            listed = found >= published()["cut"]
            return Errors(
                fakes=int(fake.sum()),
                listed_fakes=int((fake & listed).sum()),
                real=int(real.sum()),
                passed_real=int((real & ~listed).sum()),
                source="measured",
            )
    return published_errors()


@needs("follower_sample", otherwise=ADD_SAMPLE)
def fakes(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return the share of fake followers of each creator with a sample, corrected for the score's errors.

    Returns
    -------
    DataFrame
        Sorted by `creator`: `creator`, `n` (accounts with all three counts), `unknown` (without), `listed`, `apparent` (share listed),
        `share` (corrected), `low`, `high` (at the brief's level), `se` (standard error of the uncorrected kind), `source` (of the errors).
    """
    own = errors(data)
    sample = data.follower_sample.assign(p=score(data.follower_sample))
    rows = []
    for creator, group in sample.groupby("creator", sort=True):
        n = int(group["p"].notna().sum())
        listed = int((group["p"] >= published()["cut"]).sum())
        share, low, high = corrected_share(listed, n, own, brief.statistics.level)
        se = np.sqrt(max(listed, 0.5) / n * (1 - min(listed, n - 0.5) / n) / n) if n else np.nan
        rows.append(
            {
                "creator": creator,
                "n": n,
                "unknown": len(group) - n,
                "listed": listed,
                "apparent": listed / n if n else np.nan,
                "share": share,
                "low": low,
                "high": high,
                "se": se / max(own.sensitivity + own.specificity - 1, 0.05),
                "source": own.source,
            }
        )
    out = pd.DataFrame(rows)
    return out if len(out) else Missing(needs=("follower_sample",), text=f"Your sample of followers is empty: add {ADD_SAMPLE}.")


def base_rate_text(data: Dataset, brief: Brief, *, base_rate: float | None = None) -> str | Missing:
    """Say what the score's list is worth at the share of fakes in your own samples: how many honest people stand on it.

    Parameters
    ----------
    base_rate : float, optional
        Share of fakes, 0-1; by default the corrected share over all samples.
    """
    own = errors(data)
    if base_rate is None:
        found = fakes(data, brief)
        if isinstance(found, Missing):
            return found
        base_rate = corrected_share(found["listed"].sum(), found["n"].sum(), own, brief.statistics.level)[0]
    write = wording(brief)
    if not 0 < base_rate < 1:
        return "No fakes are expected in these samples, so whoever the score lists is most likely real."
    precision = own.precision(base_rate)
    told = "your labels" if own.source == "measured" else "the published labels of 2017, other accounts than yours"
    return (
        f"By {told}, the score lists {write.share(own.sensitivity)} of fakes and {write.share(1 - own.specificity)} of "
        f"real accounts. Where {write.share(base_rate)} of "
        f"followers are fake, {write.share(precision)} of those listed are: {honest_text(precision)}. So use the "
        "corrected share, and never the list of names."
    )


def honest_text(precision: float) -> str:
    """Say a precision as people.

    >>> honest_text(0.59)
    'it lists two honest people for every three fakes'
    >>> honest_text(0.9), honest_text(0.3)
    ('it lists one honest person for every nine fakes', 'it lists seven honest people for every three fakes')
    """
    names = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    best = min(
        ((h, f) for f in range(1, 13) for h in range(1, 13)),
        key=lambda x: (abs(x[1] / (x[0] + x[1]) - precision) > 0.011, x[0] + x[1], abs(x[1] / (x[0] + x[1]) - precision)),
    )
    honest, fake = best
    if precision > 0.93 or precision < 0.07:
        return f"{100 * (1 - precision):.0f} of 100 on it are honest people"
    return (
        f"it lists {names[honest]} honest {'person' if honest == 1 else 'people'} for every "
        f"{names[fake] + ' fakes' if fake > 1 else 'fake'}"
    )


def measure_fakes(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return the corrected share of fakes and how surely it lies above a quarter."""
    from scipy.special import ndtr

    found = fakes(data, brief)
    if isinstance(found, Missing):
        return found
    found = found[(found["n"] >= SAMPLE_NEEDED) & found["share"].notna()].reset_index(drop=True)
    if found.empty:
        return Missing(needs=("follower_sample",), text=f"No sample has {SAMPLE_NEEDED} followers with all three counts: add {ADD_SAMPLE}.")
    z = (found["share"] - EXPECTED_MOST) / found["se"]
    return found.assign(z=z, p=1 - ndtr(z), over=(found["low"] > EXPECTED_MOST), explained="")


def tell_fakes(row: pd.Series, write: Wording, brief: Brief) -> Told:
    level = write.share(brief.statistics.level)
    return Told(
        evidence=f"Of {write.count(row['n'])} sampled followers {write.count(row['listed'])} look empty or follow "
        "thousands; corrected for the score's errors, "
        f"an estimated {write.share(row['share'])} are not real ({level} interval {write.share(row['low'])} to "
        f"{write.share(row['high'])}); up to {write.share(EXPECTED_MOST)} is often called expected.",
        innocent="Every larger account collects such followers without asking for them, and quiet people with empty profiles are real.",
        question="Have you looked at your newest followers? Please send followers by country and the share that saw your last posts.",
    )


CHECKS = (
    Check(
        name="followers_fake",
        title="Sampled followers that look empty",
        needs="a sample of 20 followers",
        measure=measure_fakes,
        tell=tell_fakes,
        weight=30,
    ),
)
