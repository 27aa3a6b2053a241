"""What points the same way: several weak signs of one pattern, taken together by Fisher's method and judged against the other creators."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.findings import Missing
from playbook.trust.rates import MAD_TO_SD, degrees_of_freedom, q_values
from playbook.trust.score import EXPLAINED

# what each pattern would show in; a check that stands twice counts twice, because it tells most (the comments take out how creators differ)
PATTERNS = {
    "followers": ("follower_jump", "follower_surge", "followers_fake", "engagement_low", "follows"),
    "likes": ("likes_alone", "likes_alone", "likes_even", "likes_in_bursts", "likes_round", "engagement_high"),
    "comments": ("comments_generic", "comments_copied", "comments_foreign", "comments_pod"),
}
TITLES = {
    "followers": "Followers: how they came and who they are",
    "likes": "Likes: more than audience and comments suggest",
    "comments": "Comments: who writes, and what",
}
POOL_NEEDED = 30
MOST = 12.0


def rarities(name: str, found: pd.DataFrame) -> pd.Series:
    """Return minus the decimal logarithm of each creator's tail probability; of what the data explains, a tenth.

    Returns
    -------
    Series
        By creator; missing where the check is a mere threshold.
    """
    rarity = -np.log10(found["p"].astype("float64").clip(lower=10**-MOST))
    if name == "follower_jump":
        # the size of a jump orders better than its tail probability, which is capped by the length of the history
        rarity = np.clip(4 * np.log10(found["z"].clip(lower=4) / 4), 0, 6).where(found["z"].notna())
    rarity = rarity.where(found["explained"] == "", EXPLAINED * rarity)
    return pd.Series(rarity.to_numpy(), index=pd.Index(found["creator"], name="creator"), dtype="float64")


def together(rarity: np.ndarray) -> np.ndarray:
    """Return minus the decimal logarithm of Fisher's combined tail probability (1932), row by row; missing where nothing is known.

    >>> together(np.array([[2.0, 2.0], [0.3, np.nan]])).round(2).tolist()
    [2.99, 0.3]
    """
    from scipy.stats import chi2

    known = np.isfinite(rarity).sum(axis=1)
    statistic = 2 * np.log(10) * np.nansum(rarity, axis=1)
    with np.errstate(divide="ignore"):
        out = -chi2.logsf(statistic, 2 * np.maximum(known, 1)) / np.log(10)
    return np.where(known > 0, out, np.nan)


def signs(screened: dict[str, pd.DataFrame | Missing] | Missing) -> pd.DataFrame | Missing:
    """Return, for each creator and pattern, how unusual its signs are when taken together.

    Signs of one pattern hang together among honest creators too, so the combined rarity is set against that of all others: its distance
    from their median, over the spread of the less odd half.

    Returns
    -------
    DataFrame
        Oddest first within each pattern: `pattern`, `title`, `creator`, `checks` (known), `rarity` (minus the decimal logarithm of Fisher's
        combined probability), `p` (against all others; missing under thirty creators), `q` (Benjamini and Hochberg), `from` (titles of
        the checks that add most).
    """
    if isinstance(screened, Missing):
        return screened
    parts = []
    for pattern, names in PATTERNS.items():
        series = {}
        for place, name in enumerate(names):
            found = screened.get(name)
            if isinstance(found, pd.DataFrame) and len(found):
                series[place] = rarities(name, found)
        if series:
            table = pd.DataFrame(series).sort_index()
            parts.append(_of_pattern(pattern, table[table.notna().any(axis=1)]))
    parts = [p for p in parts if len(p)]
    if not parts:
        return Missing(
            needs=("posts", "follower_history"),
            text="No check could compare anybody with peers, so no signs can be taken together: add posts with likes and comments.",
        )
    return pd.concat(parts, ignore_index=True)


def _of_pattern(pattern: str, table: pd.DataFrame) -> pd.DataFrame:
    from playbook.trust.flags import BY_NAME

    names = [PATTERNS[pattern][place] for place in table.columns]
    values = table.to_numpy()
    rarity = together(values)
    best = np.argsort(-np.nan_to_num(values, nan=-1.0), axis=1, kind="stable")
    told = []
    for row, order in zip(values, best, strict=True):
        kept = dict.fromkeys(BY_NAME[names[j]].title for j in order if np.isfinite(row[j]) and row[j] > 1)
        told.append(", ".join(list(kept)[:3]))
    out = pd.DataFrame(
        {
            "pattern": pattern,
            "title": TITLES[pattern],
            "creator": table.index.astype(str),
            "checks": [len({n for n, v in zip(names, row, strict=True) if np.isfinite(v)}) for row in values],
            "rarity": rarity,
            "p": _against_others(rarity),
            "from": told,
        }
    )
    out["q"] = q_values(out["p"])
    return out.sort_values(["rarity", "creator"], ascending=[False, True], ignore_index=True)


def _against_others(rarity: np.ndarray) -> np.ndarray:
    """Return the upper tail probability among all creators, from a Student t as heavy as the pool."""
    from scipy.stats import norm, t

    if len(rarity) < POOL_NEEDED:
        return np.full(len(rarity), np.nan)
    value = norm.isf(np.clip(10.0**-rarity, 1e-300, 1 - 1e-9))
    middle = np.median(value)
    less = np.sort(middle - value[value <= middle])
    spread = MAD_TO_SD * np.median(less) if len(less) else 0.0
    if spread <= 0:
        return np.full(len(rarity), np.nan)
    z = (value - middle) / spread
    # heaviness from the less odd half and its mirror: what is planted in the other must not hide itself
    mirrored = np.r_[-less, less] / spread
    return t.sf(z, degrees_of_freedom(mirrored))


def suspicion(screened: dict[str, pd.DataFrame | Missing], pattern: str | None = None) -> pd.Series:
    """Return a finer order than the score, for measuring how well the checks tell.

    Parameters
    ----------
    pattern : {'followers', 'likes', 'comments'}, optional
        By default the three are joined by their harmonic mean, which the rarest leads (Wilson, 2019).

    Returns
    -------
    Series
        By creator; larger is odder.
    """
    found = signs(screened)
    if isinstance(found, Missing):
        return pd.Series(dtype="float64")
    if pattern is not None:
        return found[found["pattern"] == pattern].set_index("creator")["rarity"].sort_index()
    return np.log10((10 ** found.set_index("creator")["rarity"]).groupby(level=0).mean()).sort_index()
