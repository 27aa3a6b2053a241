"""Chapter 02: who is on the list, how large they are, and what is known about them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset


def tier(followers: pd.Series, brief: Brief) -> pd.Series:
    """Return the size class of each follower count; missing where the count is.

    Classes are half-open: a bound belongs to the class above it.

    Returns
    -------
    Series of ordered categories, smallest class first.

    Examples
    --------
    >>> tier(pd.Series([999, 1000, 99_999, 100_000, None]), Brief()).tolist()
    ['below micro', 'micro', 'micro', 'macro', nan]
    """
    bounds = [-np.inf] + [b for _, b in brief.tiers.bounds()] + [np.inf]
    return pd.cut(followers.astype("float64"), bins=bounds, labels=brief.tiers.names, right=False, ordered=True)


def with_tiers(data: Dataset, brief: Brief) -> pd.DataFrame:
    """Return the creators table with a column `tier`, sorted by creator."""
    creators = data.creators.sort_values("creator", ignore_index=True)
    return creators.assign(tier=tier(creators["followers"], brief))
