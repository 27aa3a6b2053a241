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
# which counts each published score needs, best first
SCORES = {
    "all": FEATURES,
    "no_followers": ("following", "posts"),
    "no_posts": ("following", "followers"),
    "no_following": ("followers", "posts"),
}
KNOWN = 0.8  # of a sample's accounts must have the counts of a score before it is used
LABELS_NEEDED = 15  # of each kind, before your own labels replace the published errors
SAMPLE_NEEDED = 20
EXPECTED_MOST = 0.25  # Modash's help pages call up to a quarter of fakes expected
USUAL_SHARE = 0.10  # share of fakes among the labelled accounts of 2017, and near what tools call usual
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
def published(which: str = "all") -> dict[str, float]:
    """Return one score's published weights, its cut and the counts behind its errors.

    Parameters
    ----------
    which : {'all', 'no_followers', 'no_posts', 'no_following'}
        By the counts that are known.
    """
    with (files("playbook") / "rules" / "follower_score.csv").open(encoding="utf-8", newline="") as lines:
        return {row["term"]: float(row["value"]) for row in csv.DictReader(lines) if row["score"] == which}


def published_errors(which: str = "all") -> Errors:
    """Return the errors of a published score on the accounts it was made from, each scored by a model that had not seen it."""
    rules = published(which)
    return Errors(
        fakes=int(rules["fakes"]),
        listed_fakes=int(rules["listed_fakes"]),
        real=int(rules["real"]),
        passed_real=int(rules["passed_real"]),
        source="benchmark",
    )


def features(sample: pd.DataFrame, names: tuple[str, ...] = FEATURES) -> np.ndarray:
    """Return the design matrix: 1, then log(1 + count) of each named count; missing where a count is, or makes no sense.

    >>> features(pd.DataFrame({"following": [0.0], "followers": [0.0], "posts": [np.nan]})).tolist()
    [[1.0, 0.0, 0.0, nan]]
    """
    columns = [np.ones(len(sample))]
    for name in names:
        count = sample[name].to_numpy(dtype=float, na_value=np.nan) if name in sample else np.full(len(sample), np.nan)
        columns.append(np.log1p(np.where(count >= 0, count, np.nan)))
    return np.column_stack(columns)


def usable_score(sample: pd.DataFrame) -> str | None:
    """Return which published score a sample can be judged by: the best whose counts four in five accounts have.

    >>> usable_score(pd.DataFrame({"following": [3.0], "followers": [4.0]})), usable_score(pd.DataFrame({"posts": [3.0]}))
    ('no_posts', None)
    """
    for which, names in SCORES.items():
        if len(sample) and np.isfinite(features(sample, names)).all(axis=1).mean() >= KNOWN:
            return which
    return None


def score(sample: pd.DataFrame, weights: np.ndarray | None = None, *, which: str = "all") -> np.ndarray:
    """Return the probability of each sampled account to be fake; missing where one of the score's counts is.

    Parameters
    ----------
    sample : DataFrame
        Any of `following`, `followers`, `posts`.
    weights : array, optional
        Your own, as :func:`fit_weights` returns them; the published ones by default.
    which : str
        The published score, by the counts that are known (see `SCORES`).

    Examples
    --------
    >>> busy, empty = score(pd.DataFrame({"following": [300.0, 2000.0], "followers": [400.0, 20.0], "posts": [90.0, 0.0]}))
    >>> bool(busy < 0.05), bool(empty > 0.9)
    (True, True)
    """
    names = SCORES[which]
    if weights is None:
        rules = published(which)
        weights = np.array([rules[t] for t in ("intercept", *names)])
    return 1 / (1 + np.exp(-np.clip(features(sample, names) @ weights, -500, 500)))


def fit_weights(sample: pd.DataFrame, fake: np.ndarray, *, names: tuple[str, ...] = FEATURES, ridge: float = RIDGE) -> np.ndarray:
    """Fit the weights by ridge logistic regression (le Cessie and van Houwelingen, 1992); the intercept is not shrunk.

    Parameters
    ----------
    sample : DataFrame
        `following`, `followers`, `posts`; rows with a missing count are left out.
    fake : array of bool
    names : tuple of str
        The counts to use.
    ridge : float
        Half the weight of the squared coefficients.
    """
    x = features(sample, names)
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


def errors(data: Dataset, which: str = "all") -> Errors:
    """Return a score's errors on your own labels where there are at least 15 of each kind, else the published ones."""
    sample = data.follower_sample
    labelled = sample[sample["label"].isin(("fake", "real"))]
    if len(labelled):
        own = counted_errors(score(labelled, which=which), (labelled["label"] == "fake").to_numpy(), published(which)["cut"])
        if own.fakes >= LABELS_NEEDED and own.real >= LABELS_NEEDED:
            return own
    return published_errors(which)


def counted_errors(probability: np.ndarray, fake: np.ndarray, cut: float) -> Errors:
    """Count how often a score is right on labelled accounts; those without a score are left out."""
    known, listed, fake = np.isfinite(probability), probability >= cut, np.asarray(fake, dtype=bool)
    return Errors(
        fakes=int((fake & known).sum()),
        listed_fakes=int((fake & known & listed).sum()),
        real=int((~fake & known).sum()),
        passed_real=int((~fake & known & ~listed).sum()),
        source="measured",
    )


@needs("follower_sample", otherwise=ADD_SAMPLE)
def fakes(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return the share of fake followers of each creator with a sample, corrected for the score's errors.

    Returns
    -------
    DataFrame
        Sorted by `creator`: `creator`, `n` (accounts with the score's counts), `unknown` (without), `listed`, `apparent` (share listed),
        `share` (corrected), `low`, `high` (at the brief's level), `se` (standard error of the uncorrected kind), `source` (of the errors),
        `by` (the counts that the score used; empty where too few accounts have two of the three).
    """
    known: dict[str, Errors] = {}
    rows = []
    for creator, group in data.follower_sample.groupby("creator", sort=True):
        which = usable_score(group)
        own = known.setdefault(which or "all", errors(data, which or "all"))
        p = score(group, which=which) if which else np.full(len(group), np.nan)
        n = int(np.isfinite(p).sum())
        listed = int((p >= published(which or "all")["cut"]).sum())
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
                "by": ", ".join(SCORES[which]) if which else "",
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
    found = fakes(data, brief)
    if isinstance(found, Missing):
        return found
    used = found.groupby("by")["n"].sum().drop("", errors="ignore")
    if used.empty:
        return f"Too few sampled followers have two of the three counts, so no share of fakes can be told: add {ADD_SAMPLE}."
    which = next(w for w, names in SCORES.items() if ", ".join(names) == used.idxmax())
    own = errors(data, which)
    if own.sensitivity + own.specificity - 1 <= 0.05:
        return "On your labels the score tells fakes from real accounts no better than chance, so it says nothing about your creators."
    if base_rate is None:
        found = found[found["by"] == used.idxmax()]
        base_rate = corrected_share(found["listed"].sum(), found["n"].sum(), own, brief.statistics.level)[0]
    write = wording(brief)
    if not 0 < base_rate < 1:
        return "No fakes are expected in these samples, so whoever the score lists is most likely real."
    precision, usual = own.precision(base_rate), own.precision(USUAL_SHARE)
    told = "your labels" if own.source == "measured" else "the published labels of 2017, other accounts than yours"
    return (
        f"By {told}, the score lists {write.share(own.sensitivity)} of fakes and {write.share(1 - own.specificity)} of "
        f"real accounts. Where {write.share(base_rate)} of "
        f"followers are fake, {write.share(precision)} of those listed are: {honest_text(precision)}. Where "
        f"{write.share(USUAL_SHARE)} are, {write.share(usual)} of those listed are, and {honest_text(usual)}. So use the corrected share, "
        "and never the list of names."
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
    enough = found["n"] >= SAMPLE_NEEDED
    if enough.any() and found.loc[enough, "share"].isna().all():
        return Missing(
            needs=("follower_sample.label",),
            text="On your labels the score tells fakes from real accounts no better than chance: check the labels, or leave them out.",
        )
    found = found[enough & found["share"].notna()].reset_index(drop=True)
    if found.empty:
        why = f"No sample has {SAMPLE_NEEDED} followers with two of the three counts"
        return Missing(needs=("follower_sample",), text=f"{why}: add {ADD_SAMPLE}.")
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
    ),
)
