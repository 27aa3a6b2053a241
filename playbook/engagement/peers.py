"""How a creator compares: percentile among peers, and published benchmarks with their contradictions."""

from __future__ import annotations

import functools
from importlib.resources import files

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing
from playbook.wording import plural, wording

PEERS_NEEDED = 5


def peers(table: pd.DataFrame | Missing, data: Dataset) -> pd.DataFrame | Missing:
    """Return each creator's percentile among peers.

    Peers are creators of the same platform, size class and niche; where there are under five, of the same platform and size class; where
    these are under five too, of the same platform, then all. The number always stands beside it.

    Parameters
    ----------
    table : DataFrame or Missing
        As :func:`playbook.engagement.expected` returns it.

    Returns
    -------
    DataFrame
        In the order of `table`: `creator`, `expected`, `percentile` (0-1: share of peers with a lower expected rate, ties count half),
        `peers` (their number, the creator included), `among` (in words).
    """
    if isinstance(table, Missing):
        return table
    niche = data.creators.drop_duplicates("creator").set_index("creator")["niche"]
    out = table[["creator", "expected"]].copy()
    keys = pd.DataFrame(
        {
            "platform": table["platform"].astype("object").fillna("unknown platform"),
            "tier": table["tier"].astype("object").fillna("unknown size"),
            "niche": table["creator"].map(niche).astype("object"),
        }
    )
    out["percentile"], out["peers"], out["among"] = np.nan, 0, ""
    for depth in ([], ["platform"], ["platform", "tier"], ["platform", "tier", "niche"]):
        group = keys[depth].agg(", ".join, axis=1) if depth and keys[depth].notna().all(axis=None) else _joined(keys, depth)
        ranked = table["expected"].groupby(group)
        size = ranked.transform("size")
        share = (ranked.rank(method="average") - 1) / (size - 1).where(size > 1)
        enough = group.notna() & ((size >= PEERS_NEEDED) | (len(depth) == 0))
        out.loc[enough, "percentile"] = share[enough]
        out.loc[enough, "peers"] = size[enough].astype("int64")
        out.loc[enough, "among"] = group[enough]
    return out


def _joined(keys: pd.DataFrame, depth: list[str]) -> pd.Series:
    if not depth:
        return pd.Series("all your creators", index=keys.index)
    known = keys[depth].notna().all(axis=1)
    return keys[depth].fillna("").agg(", ".join, axis=1).where(known)


@functools.cache
def _benchmarks() -> pd.DataFrame:
    with files("playbook").joinpath("rules/engagement_benchmarks.csv").open(encoding="utf-8") as text:
        return pd.read_csv(text)


def benchmarks() -> pd.DataFrame:
    """Return published engagement rates, as they were published.

    Returns
    -------
    DataFrame
        `source`, `year`, `platform`, `followers_low`, `followers_high`, `rate` (share), `denominator`, `statistic`, `checked` (`source`:
        read there; `second hand`; `weak`: a marketing page without method), `address`, `note`.

    Examples
    --------
    >>> bool((benchmarks()["rate"] < 0.2).all())
    True
    """
    return _benchmarks().copy()


def against_published(table: pd.DataFrame | Missing, brief: Brief) -> pd.DataFrame | Missing:
    """Set your own typical rate of each platform and size class beside what was published for such sizes.

    Only published rates over the same denominator as yours, since others cannot be compared. A published figure counts for a class where
    the middle of its size band, on the log scale, lies in the class; for a platform that it names.

    Parameters
    ----------
    table : DataFrame or Missing
        As :func:`playbook.engagement.expected` returns it.

    Returns
    -------
    DataFrame
        `platform`, `tier`, `creators`, `rate`, `low`, `high` (yours: geometric mean), `published` (how many figures), `published_low`,
        `low_source`, `published_high`, `high_source`, `apart` (highest over lowest). Rows only where something was published.
    """
    from playbook.creators import tier

    if isinstance(table, Missing):
        return table
    by = brief.engagement.definition
    known = benchmarks().query("denominator == @by").copy()
    known["tier"] = tier(np.sqrt(known["followers_low"] * known["followers_high"]), brief).astype("str")
    rows = []
    for (platform, name), group in table.groupby(["platform", "tier"], observed=True, sort=True):
        there = known[(known["platform"] == platform) & (known["tier"] == name)]
        if there.empty:
            continue
        rate, low, high = _typical(group["rate"], brief.statistics.level)
        least, most = there.loc[there["rate"].idxmin()], there.loc[there["rate"].idxmax()]
        rows.append(
            {
                "platform": platform,
                "tier": name,
                "creators": len(group),
                "rate": rate,
                "low": low,
                "high": high,
                "published": len(there),
                "published_low": least["rate"],
                "low_source": _source(least),
                "published_high": most["rate"],
                "high_source": _source(most),
                "apart": most["rate"] / least["rate"],
            }
        )
    if not rows:
        text = f"The kit knows no published rates by {by} for the platforms and sizes of your creators: compare them with each other."
        return Missing(needs=("creators",), text=text)
    return pd.DataFrame(rows)


def _source(row: pd.Series) -> str:
    return f"{row['source']}, {int(row['year'])}" if row["year"] == row["year"] else f"{row['source']}, no year told"


def _typical(values: pd.Series, level: float) -> tuple[float, float, float]:
    from scipy.stats import t

    logs = np.log(values[values > 0].to_numpy())
    if not len(logs):
        return float("nan"), float("nan"), float("nan")
    away = t.ppf((1 + level) / 2, len(logs) - 1) * logs.std(ddof=1) / np.sqrt(len(logs)) if len(logs) > 1 else float("nan")
    return tuple(float(np.exp(v)) for v in (logs.mean(), logs.mean() - away, logs.mean() + away))


def contradiction(compared: pd.DataFrame | Missing, brief: Brief) -> str:
    """Return the sentence on how far published figures for one size class are apart."""
    if isinstance(compared, Missing):
        return compared.text
    write = wording(brief)
    worst = compared.sort_values(["apart", "platform", "tier"], ascending=[False, True, True]).iloc[0]
    if worst.published < 2:
        return "Only one figure is published for each of your classes, so nothing shows how far such figures can be off."
    interval = write.between(worst.low, worst.high, write.share, brief.statistics.level)
    return (
        f"For {worst.tier} creators on {worst.platform} the published rates run from {write.share(worst.published_low)} "
        f"({worst.low_source}) to {write.share(worst.published_high)} ({worst.high_source}), {write.ratio(worst.apart)} times apart; "
        f"yours is {write.share(worst.rate)} ({interval}, {worst.creators} {plural(worst.creators, 'creator')}). "
        "Compare creators with each other before you compare them with a benchmark."
    )
