"""How much a creator keeps to a topic: how alike two of their posts are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs
from playbook.fit.text import read_posts, topics, words

LEAST_POSTS = 5
ADD_CAPTIONS = "posts with captions"


@needs("posts", otherwise=ADD_CAPTIONS)
def focus(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Measure each creator's concentration on a topic: the mean TF-IDF cosine of two different posts among the latest.

    1 means that every post uses the same words, 0 that no two share any. Somebody who writes every caption from one template scores high
    too, so read a few posts.

    Returns
    -------
    DataFrame
        Most focused first: `creator`, `posts` (n, with words that others use too), `focus` (0-1; missing under five posts), `low`, `high`
        (interval at the brief's level, by the jackknife over posts; Efron, 1982), `percentile` (share of the other creators below).
    """
    captions = read_posts(data)
    if captions.empty:
        return Missing(needs=("posts.caption",), text=f"Your data holds no captions, so nobody's focus can be told: add {ADD_CAPTIONS}.")
    from scipy.stats import t

    found = topics({str(i): words(c) for i, c in enumerate(captions["caption"])})
    # topics() sorts its documents by name
    owner = captions["creator"].to_numpy()[np.array([int(name) for name in found.creator])]
    weights = found.weights
    told = np.asarray(weights.getnnz(axis=1)).ravel() > 0
    rows = []
    for creator in sorted(set(captions["creator"])):
        own = weights[np.flatnonzero((owner == creator) & told)]
        n = own.shape[0]
        if n < LEAST_POSTS:
            rows.append((creator, n, np.nan, np.nan, np.nan))
            continue
        total = np.asarray(own.sum(axis=0)).ravel()
        whole = total @ total
        value = (whole - n) / (n * (n - 1))
        without = (whole - 2 * (own @ total) + 1 - (n - 1)) / ((n - 1) * (n - 2))
        error = np.sqrt((n - 1) / n * np.square(without - without.mean()).sum())
        reach = t.ppf((1 + brief.statistics.level) / 2, n - 1) * error
        rows.append((creator, n, value, max(0.0, value - reach), min(1.0, value + reach)))
    out = pd.DataFrame(rows, columns=["creator", "posts", "focus", "low", "high"])
    known = out["focus"].notna()
    out["percentile"] = np.nan
    if known.sum() > 1:
        out.loc[known, "percentile"] = (out.loc[known, "focus"].rank(method="min") - 1) / (known.sum() - 1)
    return out.sort_values(["focus", "creator"], ascending=[False, True], na_position="last", ignore_index=True)
