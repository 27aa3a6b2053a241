"""Audience against customers: how alike, and how much of the audience lies in the target."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pandas as pd

from playbook.brief import AGE_BANDS, Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs
from playbook.memo import remembered

DIMENSIONS = ("age", "gender", "country", "language")
WHOLE = 0.98  # shares that add up to this much name everybody
TARGET = 0.75  # the target is the fewest buckets that hold so many of the customers
DRAWS = 1_000
OTHER = "other"
REST = "all others"
OLDEST = 120
ADD_AUDIENCE = "an audience table with creator, dimension (age, gender, country, language), bucket, share and, where told, n"
ADD_CUSTOMERS = "brand.customers to campaign.yml: the shares of your customers by age, gender, country or language"


def divergence_bits(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Return the Jensen-Shannon divergence of each row of `p` from `q`, in bits: 0 alike, 1 nothing in common (Lin, 1991).

    Examples
    --------
    >>> divergence_bits(np.array([[0.5, 0.5], [0.0, 1.0]]), np.array([0.5, 0.5])).round(4).tolist()
    [0.0, 0.3113]
    """
    p, q = np.atleast_2d(p), np.asarray(q, dtype=float)
    middle = (p + q) / 2

    def bits(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(a > 0, a * np.log2(np.where(a > 0, a, 1) / np.where(b > 0, b, 1)), 0.0).sum(axis=-1)

    return np.clip(0.5 * bits(p, middle) + 0.5 * bits(np.broadcast_to(q, p.shape), middle), 0.0, 1.0)


def sampling_bias_bits(cells: int, n: float) -> float:
    """Return how far from 0 the divergence of a sample of `n` from its own population lies on average, in bits (Miller, 1955).

    >>> round(sampling_bias_bits(12, 1000), 5)
    0.00198
    """
    return float((cells - 1) / (8 * n * np.log(2))) if n > 0 else 0.0


def age_span(bucket: str) -> tuple[int, int] | None:
    """Read an age band as a half-open span of years.

    >>> age_span("18-24"), age_span("65+"), age_span("under 18"), age_span("18 to 34"), age_span("unknown")
    ((18, 25), (65, 120), (13, 18), (18, 35), None)
    """
    text = str(bucket).casefold().replace("–", "-")
    numbers = [int(x) for x in re.findall(r"\d+", text)]
    if len(numbers) >= 2 and numbers[0] <= numbers[1]:
        return numbers[0], numbers[1] + 1
    if len(numbers) == 1:
        if "+" in text or "over" in text or ">" in text or "older" in text:
            return numbers[0], OLDEST
        if "under" in text or "<" in text or "younger" in text:
            return 13, numbers[0]
    return None


def shared_cells(dimension: str, theirs: dict[str, float], ours: dict[str, float]) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Bring an audience and the customers to the cells that both can fill.

    Age bands of different width are joined up to the cuts that both know. A country or language that one side does not name, though
    its shares do not add up to 1, goes into a cell of all others, since it may be there unnamed.

    Returns
    -------
    (list of str, array, array)
        Names of the cells, the audience's shares and the customers', each adding up to 1.

    Examples
    --------
    >>> names, a, c = shared_cells("country", {"DE": 0.6, "US": 0.2}, {"DE": 0.85, "AT": 0.1, "CH": 0.05})
    >>> names, a.round(2).tolist(), c.round(2).tolist()
    (['DE', 'US', 'all others'], [0.6, 0.2, 0.2], [0.85, 0.0, 0.15])
    >>> shared_cells("age", {"18-34": 0.7, "35+": 0.3}, {"18-24": 0.3, "25-34": 0.4, "35-44": 0.3})[0]
    ['18-34', '35-119']
    """
    theirs, their_rest = _filled(theirs)
    ours, our_rest = _filled(ours)
    if dimension == "age":
        return _age_cells(theirs, their_rest, ours, our_rest)
    their_whole, our_whole = their_rest == 0, our_rest == 0
    names = sorted({b for b in theirs if b in ours or our_whole} | {b for b in ours if b in theirs or their_whole})
    a = [theirs.get(b, 0.0) for b in names]
    c = [ours.get(b, 0.0) for b in names]
    a_rest, c_rest = max(0.0, 1 - sum(a)), max(0.0, 1 - sum(c))
    if a_rest > 1e-9 or c_rest > 1e-9:
        names, a, c = [*names, REST], [*a, a_rest], [*c, c_rest]
    return names, np.array(a), np.array(c)


def _filled(shares: dict[str, float]) -> tuple[dict[str, float], float]:
    """Scale shares that name everybody to exactly 1; otherwise return what is not named."""
    total = sum(shares.values())
    if total >= WHOLE:
        return {b: s / total for b, s in shares.items()}, 0.0
    return dict(shares), 1 - total


def _age_cells(
    theirs: dict[str, float], their_rest: float, ours: dict[str, float], our_rest: float
) -> tuple[list[str], np.ndarray, np.ndarray]:
    spans = [{age_span(b): s for b, s in side.items() if age_span(b)} for side in (theirs, ours)]
    lost = [sum(s for b, s in side.items() if not age_span(b)) for side in (theirs, ours)]
    cuts = []
    for side in spans:
        # a whole set of shares without, say, the oldest band says that nobody is so old, so the edges may be joined freely
        edges = {e for span in side for e in span}
        cuts.append((edges, side))
    edges = sorted(e for e in cuts[0][0] | cuts[1][0] if all(not any(lo < e < hi for lo, hi in side) for _, side in cuts))
    names, rows = [], [[], []]
    for lo, hi in itertools.pairwise(edges):
        sums = [sum(s for (a, b), s in side.items() if lo <= a and b <= hi) for side in spans]
        if sum(sums) > 0:
            names.append(f"{lo}-{hi - 1}")
            for row, value in zip(rows, sums, strict=True):
                row.append(value)
    rests = [their_rest + lost[0], our_rest + lost[1]]
    if max(rests) > 1e-9:
        names.append(REST)
        for row, value in zip(rows, rests, strict=True):
            row.append(value)
    return names, *(np.array(r) / max(sum(r), 1e-12) for r in rows)


def target_buckets(customers: dict[str, float]) -> list[str]:
    """Return the fewest buckets that hold three quarters of the customers named, largest first.

    >>> target_buckets({"female": 0.85, "male": 0.13}), target_buckets({"18-24": 0.3, "25-34": 0.4, "35-44": 0.2})
    (['female'], ['25-34', '18-24'])
    """
    chosen, held = [], 0.0
    total = sum(customers.values())
    for bucket, share in sorted(customers.items(), key=lambda x: (-x[1], x[0])):
        if total <= 0 or held >= TARGET * total - 1e-9:
            break
        chosen.append(bucket)
        held += share
    return chosen


def _in_target(dimension: str, theirs: dict[str, float], targets: list[str]) -> float:
    """Share of an audience in the target; an age band that is only partly in it counts by the years it shares, evenly."""
    if dimension != "age":
        folded = {t.casefold() for t in targets}
        return sum(s for b, s in theirs.items() if b.casefold() in folded)
    wanted = [span for t in targets if (span := age_span(t))]
    total = 0.0
    for bucket, share in theirs.items():
        span = age_span(bucket)
        if span is None:
            continue
        years = sum(max(0, min(span[1], hi) - max(span[0], lo)) for lo, hi in wanted)
        total += share * min(1.0, years / (span[1] - span[0]))
    return total


def compare(
    theirs: dict[str, float], ours: dict[str, float], dimension: str, n: float | None, *, level: float, rng: np.random.Generator
) -> dict[str, float]:
    """Compare one dimension of one audience with the customers.

    Returns
    -------
    dict
        `bits` (divergence, sampling bias taken off where `n` is known), `alike` (1 less its root: the Jensen-Shannon distance is a metric;
        Endres and Schindelin, 2003), `alike_low`, `alike_high`, `in_target`, `in_target_low`, `in_target_high`, `named` (share of the
        audience in named buckets), `cells`.
    """
    names, a, c = shared_cells(dimension, theirs, ours)
    filled, _ = _filled(theirs)
    targets = target_buckets(ours)
    raw = float(divergence_bits(a, c)[0]) if len(names) else np.nan
    out = {"named": min(1.0, sum(theirs.values())), "cells": len(names), "in_target": min(1.0, _in_target(dimension, filled, targets))}
    known_n = n is not None and n == n and n > 0
    bias = sampling_bias_bits(len(names), n) if known_n else 0.0
    out["bits"] = max(0.0, raw - bias)
    out["alike"] = 1 - np.sqrt(out["bits"])
    for key in ("alike_low", "alike_high", "in_target_low", "in_target_high"):
        out[key] = np.nan
    if known_n and len(names):
        # Jeffreys' prior; draws scatter about the sample as the sample does about the truth, so their bias is taken off twice
        draws = rng.dirichlet(n * a + 0.5, DRAWS)
        bits = np.clip(divergence_bits(draws, c) - 2 * bias, 0.0, 1.0)
        ends = [(1 - level) / 2, (1 + level) / 2]
        out["alike_low"], out["alike_high"] = np.quantile(1 - np.sqrt(bits), ends)
        out["alike_low"] = min(out["alike_low"], out["alike"])
        out["alike_high"] = max(out["alike_high"], out["alike"])
        from scipy.special import betaincinv

        hits = n * out["in_target"]
        out["in_target_low"], out["in_target_high"] = betaincinv(hits + 0.5, n - hits + 0.5, ends)
    return out


@remembered
@needs("creators", "audience", otherwise=ADD_AUDIENCE)
def audience(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Compare each creator's audience with the brand's customers, dimension by dimension.

    Returns
    -------
    DataFrame
        Sorted by creator and dimension: `creator`, `dimension`, `n` (people the shares rest on; missing where a tool does not tell),
        `bits`, `alike` (0-1), `alike_low`, `alike_high`, `in_target`, `in_target_low`, `in_target_high`, `named`, `cells`, `source`
        ('measured' where n is told, 'quoted' where a tool gives shares alone), `top` (largest buckets, in words).

    Examples
    --------
    >>> from playbook.data.dataset import dataset
    >>> who = pd.DataFrame({"creator": "x:ana", "dimension": "gender", "bucket": ["female", "male"], "share": [0.8, 0.2], "n": 400.0})
    >>> data = dataset(creators=pd.DataFrame({"creator": ["x:ana"]}), audience=who)
    >>> brief = Brief.model_validate({"brand": {"customers": {"gender": {"female": 0.8, "male": 0.2}}}})
    >>> float(audience(data, brief).alike[0]), float(audience(data, brief).in_target[0])
    (1.0, 0.8)
    """
    customers = {d: getattr(brief.brand.customers, d) for d in DIMENSIONS if getattr(brief.brand.customers, d)}
    if not customers:
        return Missing(
            needs=("brand.customers",),
            text=f"Your brief does not say who your customers are, so audiences cannot be compared: add {ADD_CUSTOMERS}.",
        )
    rows = []
    known = data.audience.dropna(subset=["creator", "dimension", "bucket", "share"]).sort_values(["creator", "dimension", "bucket"])
    known = known[known["dimension"].isin(customers)]
    for position, ((creator, dimension), group) in enumerate(known.groupby(["creator", "dimension"], sort=True)):
        theirs: dict[str, float] = {}
        for bucket, share in zip(group["bucket"], group["share"], strict=True):
            name = _bucket(dimension, bucket)
            theirs[name] = theirs.get(name, 0.0) + float(share)
        if sum(theirs.values()) <= 0:
            continue
        n = group["n"].max()
        rng = np.random.default_rng([brief.statistics.seed, position])
        found = compare(theirs, customers[dimension], dimension, n, level=brief.statistics.level, rng=rng)
        top = sorted(theirs.items(), key=lambda x: (-x[1], x[0]))[:3]
        rows.append(
            {
                "creator": creator,
                "dimension": dimension,
                "n": n,
                **found,
                "source": "measured" if n == n and n > 0 else "quoted",
                "top": ", ".join(f"{b} {100 * s:.0f} %" for b, s in top),
            }
        )
    if not rows:
        shared = " and ".join(customers)
        return Missing(
            needs=("audience",), text=f"No audience in your data is told by {shared}, as your customers are: add {ADD_AUDIENCE}."
        )
    return pd.DataFrame(rows)


def _bucket(dimension: str, bucket: str) -> str:
    text = str(bucket).strip()
    if dimension == "country":
        return text.upper() if len(text) == 2 else text
    if dimension == "age":
        span = age_span(text)
        return f"{span[0]}+" if span and span[1] == OLDEST else f"{span[0]}-{span[1] - 1}" if span else text.casefold()
    text = text.casefold()
    return (
        {"f": "female", "women": "female", "woman": "female", "m": "male", "men": "male", "man": "male"}.get(text, text)
        if dimension == "gender"
        else text
    )


@remembered
@needs("creators", "audience", otherwise=ADD_AUDIENCE)
def in_target(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return the share of each creator's audience that lies in the target in all dimensions at once.

    Only the dimensions are told, not people, so the joint share is modelled as their product, as if they were independent; language is left
    out where country is known, since the two go together. The least and most that the dimensions allow (Fréchet, 1951) stand beside it.

    Returns
    -------
    DataFrame
        Sorted by creator: `creator`, `target_share`, `target_low`, `target_high` (from sampling; missing where an n is), `least`, `most`,
        `target_of` (dimensions used).
    """
    return joint_share(audience(data, brief), brief)


def joint_share(compared: pd.DataFrame | Missing, brief: Brief) -> pd.DataFrame | Missing:
    """Return what :func:`in_target` does, from what :func:`audience` returned."""
    if isinstance(compared, Missing):
        return compared
    rows = []
    for position, (creator, group) in enumerate(compared.groupby("creator", sort=True)):
        used = group[group["dimension"] != "language"] if (group["dimension"] == "country").any() else group
        shares = used["in_target"].to_numpy()
        low = high = np.nan
        if used["n"].notna().all() and (used["n"] > 0).all():
            rng = np.random.default_rng([brief.statistics.seed, 7, position])
            n = used["n"].to_numpy()
            drawn = rng.beta(n * shares + 0.5, n * (1 - shares) + 0.5, (DRAWS, len(shares))).prod(axis=1)
            low, high = np.quantile(drawn, [(1 - brief.statistics.level) / 2, (1 + brief.statistics.level) / 2])
            low, high = min(low, float(shares.prod())), max(high, float(shares.prod()))
        rows.append(
            {
                "creator": creator,
                "target_share": float(shares.prod()),
                "target_low": low,
                "target_high": high,
                "least": max(0.0, float(shares.sum()) - len(shares) + 1),
                "most": float(shares.min()),
                "target_of": ", ".join(used["dimension"]),
            }
        )
    return pd.DataFrame(rows)


def target_text(brief: Brief) -> str:
    """Say who the target is.

    >>> target_text(Brief.model_validate({"brand": {"customers": {"gender": {"female": 0.9, "male": 0.1}, "country": {"DE": 0.8}}}}))
    'gender female; country DE'
    """
    parts = []
    for dimension in DIMENSIONS:
        targets = target_buckets(getattr(brief.brand.customers, dimension))
        if dimension == "age":
            targets = sorted(targets, key=AGE_BANDS.index)
        if targets:
            parts.append(f"{dimension} {', '.join(targets)}")
    return "; ".join(parts)
