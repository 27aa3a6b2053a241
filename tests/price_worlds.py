"""Planted markets of quotes: how often the price band of chapter 07 holds a new creator's fee."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook import costs
from playbook.brief import parse
from playbook.data.dataset import dataset

FAMILIES = ("normal", "gamma", "t")
# (quotes, shape of the noise)
CELLS = [(quotes, family) for quotes in (5, 12, 25, 50, 100) for family in FAMILIES]
NEW = 20


def noise(family: str, n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw log noise of a spread of about 0.8: normal, skewed, or with heavy tails."""
    if family == "gamma":
        return 0.8 * (rng.gamma(1.0, 1.0, n) - 1.0)
    return rng.standard_t(3, n) * 0.8 / 3**0.5 if family == "t" else rng.normal(0, 0.8, n)


def row(quotes: int, family: str, seed: int) -> dict[str, object]:
    """Draw a market with an exponent of its own, fit the curve, and count new creators inside the band."""
    rng = np.random.default_rng([seed, quotes, FAMILIES.index(family)])
    n = quotes + NEW
    followers = np.round(np.exp(rng.normal(9.5, 1.3, n)))
    creators = pd.DataFrame({"creator": [f"instagram:c{i:03d}" for i in range(n)], "platform": "instagram", "followers": followers})
    fee = np.exp(1 + rng.uniform(0.3, 1.0) * np.log(followers) + noise(family, n, rng))
    asked = creators["creator"][:quotes]
    told = pd.DataFrame({"creator": asked, "deliverable": "reel", "fee": fee[:quotes], "currency": "EUR"})
    curve = costs.own_curve(dataset(creators=creators, quotes=told), parse(f"statistics: {{seed: {seed % 2**31}}}"))
    band = curve.predict(creators.iloc[quotes:])
    inside = (band["fee_low"].to_numpy() <= fee[quotes:]) & (fee[quotes:] <= band["fee_high"].to_numpy())
    return {"quotes": quotes, "family": family, "method": curve.method, "inside": float(inside.mean()), "width": float(np.exp(curve.band))}


def coverage(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row a cell: worlds, mean coverage with its Monte-Carlo error, and the band's middle width as a multiple."""
    grouped = rows.groupby(["quotes", "family", "method"], sort=False)
    table = grouped["inside"].agg(worlds="size", coverage="mean", error="sem")
    return table.assign(width=grouped["width"].median()).reset_index()
