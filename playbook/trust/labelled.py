"""How well a score tells fakes on accounts that somebody has labelled, and whether its corrected share can be believed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs
from playbook.intervals import share_interval
from playbook.trust.followers import (
    ADD_SAMPLE,
    LABELS_NEEDED,
    SCORES,
    Errors,
    base_rate_text,
    corrected_share,
    counted_errors,
    fit_weights,
    honest_text,
    published,
    score,
    usable_score,
)
from playbook.wording import wording

FOLDS = 10


@dataclass(frozen=True, kw_only=True)
class Told:
    """How well a score tells fakes from real accounts.

    Attributes
    ----------
    auc, low, high : float
        Area under the ROC curve and its interval: how often a fake scores above a real account.
    errors : Errors
        Sensitivity and specificity at the cut, as counts.
    base_rate : float
        Share of fakes among the labelled, 0-1.
    precision, precision_low, precision_high : float
        Share of fakes among those listed, at that base rate, with Wilson's interval.
    probability : array
        Of each account, from a model that has not seen it.
    by : tuple of str
        The counts used.
    """

    auc: float
    low: float
    high: float
    errors: Errors
    base_rate: float
    precision: float
    precision_low: float
    precision_high: float
    probability: np.ndarray
    by: tuple[str, ...]


def area(fake: np.ndarray, value: np.ndarray, level: float = 0.9) -> tuple[float, float, float]:
    """Return the area under the ROC curve with DeLong's interval (1988), on the log-odds scale so that it stays within 0-1.

    Examples
    --------
    >>> fake = np.array([False] * 20 + [True] * 10)
    >>> [round(x, 2) for x in area(fake, np.r_[np.arange(20.0), np.arange(15.0, 25.0)])]
    [0.94, 0.83, 0.98]
    """
    from scipy.special import expit, logit, ndtri

    fake = np.asarray(fake, dtype=bool)
    known = np.isfinite(value)
    ones, zeros = value[known & fake], value[known & ~fake]
    if not len(ones) or not len(zeros):
        return np.nan, np.nan, np.nan
    higher = (ones[:, None] > zeros[None, :]) + 0.5 * (ones[:, None] == zeros[None, :])
    found = float(higher.mean())
    if len(ones) < 2 or len(zeros) < 2 or not 0 < found < 1:
        return found, np.nan, np.nan
    spread = np.sqrt(higher.mean(axis=1).var(ddof=1) / len(ones) + higher.mean(axis=0).var(ddof=1) / len(zeros))
    away = ndtri((1 + level) / 2) * spread / (found * (1 - found))
    return found, float(expit(logit(found) - away)), float(expit(logit(found) + away))


def cross_validated(sample: pd.DataFrame, fake: np.ndarray, *, seed: int = 0, folds: int = FOLDS, level: float = 0.9) -> Told | None:
    """Fit the score's weights on labelled accounts anew, each fold scored by weights that have not seen it.

    Parameters
    ----------
    sample : DataFrame
        Any two of `following`, `followers`, `posts`; accounts without them are left out.
    fake : array of bool
    seed : int
        Of the split; fakes are spread evenly over the folds.

    Returns
    -------
    Told or None
        None where fewer than two counts are known, or one kind has fewer than two accounts.
    """
    which = usable_score(sample)
    fake = np.asarray(fake, dtype=bool)
    if which is None or fake.sum() < 2 or (~fake).sum() < 2:
        return None
    folds = int(min(folds, fake.sum(), (~fake).sum()))
    part = _folds(fake, folds, np.random.default_rng(seed))
    probability = np.full(len(sample), np.nan)
    for fold in range(folds):
        test = part == fold
        weights = fit_weights(sample[~test], fake[~test], names=SCORES[which])
        probability[test] = score(sample[test], weights, which=which)
    return told(probability, fake, published(which)["cut"], SCORES[which], level)


def told(probability: np.ndarray, fake: np.ndarray, cut: float, by: tuple[str, ...], level: float) -> Told:
    """Put a score's probabilities beside the labels."""
    auc, low, high = area(fake, probability, level)
    own = counted_errors(probability, fake, cut)
    wrong = own.real - own.passed_real
    listed = own.listed_fakes + wrong
    right = own.listed_fakes / listed if listed else np.nan
    near, far = (float(x) for x in share_interval(own.listed_fakes, listed, level)) if listed else (np.nan, np.nan)
    return Told(
        auc=auc,
        low=low,
        high=high,
        errors=own,
        base_rate=own.fakes / (own.fakes + own.real),
        precision=right,
        precision_low=near,
        precision_high=far,
        probability=probability,
        by=by,
    )


def unseen_share(sample: pd.DataFrame, fake: np.ndarray, *, seed: int = 0, level: float = 0.9) -> tuple[float, float, float, float]:
    """Learn weights and errors on one random half of labelled accounts and estimate the share of fakes in the other.

    Returns
    -------
    tuple of float
        The estimate, its low and high, and the true share among the other half's accounts that could be scored.
    """
    fake = np.asarray(fake, dtype=bool)
    which = usable_score(sample)
    order = np.random.default_rng(seed).permutation(len(sample))
    known, unseen = order[: len(order) // 2], order[len(order) // 2 :]
    learned = cross_validated(sample.iloc[known], fake[known], seed=seed, level=level) if which else None
    if learned is None:
        return np.nan, np.nan, np.nan, np.nan
    names = learned.by
    which = next(w for w, n in SCORES.items() if n == names)
    weights = fit_weights(sample.iloc[known], fake[known], names=names)
    found = score(sample.iloc[unseen], weights, which=which)
    scored = np.isfinite(found)
    listed = int((found >= published(which)["cut"]).sum())
    share, low, high = corrected_share(listed, int(scored.sum()), learned.errors, level)
    return share, low, high, float(fake[unseen][scored].mean())


def _folds(fake: np.ndarray, folds: int, rng: np.random.Generator) -> np.ndarray:
    """Deal accounts to folds, fakes and real ones each in turn."""
    part = np.empty(len(fake), dtype=int)
    for kind in (True, False):
        rows = rng.permutation(np.flatnonzero(fake == kind))
        part[rows] = np.arange(len(rows)) % folds
    return part


@needs("follower_sample", otherwise=ADD_SAMPLE)
def on_your_labels(data: Dataset, brief: Brief) -> Told | Missing:
    """Return how well the published score tells fakes among the followers that you have labelled."""
    sample = data.follower_sample
    labelled = sample[sample["label"].isin(("fake", "real"))]
    fake = (labelled["label"] == "fake").to_numpy()
    which = usable_score(labelled)
    known = np.isfinite(score(labelled, which=which)) if which else np.zeros(len(labelled), dtype=bool)
    if which is None or min((fake & known).sum(), (~fake & known).sum()) < LABELS_NEEDED:
        n, m = int(fake.sum()), int((~fake).sum())
        return Missing(
            needs=("follower_sample.label",),
            text=f"Your labels ({n} fake, {m} real) are too few to measure the score's errors, so the published ones of 2017 are used: "
            f"label {LABELS_NEEDED} fakes and {LABELS_NEEDED} real accounts or more.",
        )
    return told(score(labelled, which=which), fake, published(which)["cut"], SCORES[which], brief.statistics.level)


def labels_text(data: Dataset, brief: Brief) -> str:
    """Say how well the score does on your own labels, or that there are too few."""
    found = on_your_labels(data, brief)
    if isinstance(found, Missing):
        return found.text
    write = wording(brief)
    level, own = write.share(brief.statistics.level), found.errors
    if not found.precision > 0:
        return f"On your {write.count(own.fakes + own.real)} labelled followers the score lists no fake at all, so it says nothing here."
    return (
        f"On your {write.count(own.fakes + own.real)} labelled followers, {write.count(own.fakes)} of them fake, the score puts a fake "
        f"above a real account in {write.share(found.auc)} of pairs ({level}: {write.share(found.low)} to {write.share(found.high)}). "
        f"It lists {write.count(own.listed_fakes)} of the fakes; of those it lists, {write.share(found.precision)} "
        f"({write.share(found.precision_low)} to {write.share(found.precision_high)}) are fake where {write.share(found.base_rate)} of "
        f"all are: {honest_text(found.precision)}."
    )


def sample_text(data: Dataset, brief: Brief) -> str | Missing:
    """Say what the score's list is worth, and how well the score does on your own labels."""
    told = base_rate_text(data, brief)
    return told if isinstance(told, Missing) else f"{told} {labels_text(data, brief)}"
