"""Average engagements and views of a post as a discovery tool tells them: what is left to compare where nobody has posts."""

from __future__ import annotations

import pandas as pd

from playbook.data.dataset import Dataset
from playbook.data.readers.fields import folded

MEAN = frozenset(("avg", "average", "mean", "median", "ø", "durchschnitt", "promedio", "média", "media", "moyenne", "per", "pro", "par"))
ENGAGEMENTS = frozenset(("engagement", "engagements", "interactions", "interaktionen", "eng"))
PARTS = {"likes": frozenset(("likes", "like", "hearts")), "comments": frozenset(("comments", "comment", "kommentare"))}
VIEWS = frozenset(("views", "view", "plays", "aufrufe", "vues", "visualizaciones"))
# the tools' own variants of a measure, which are something else
OTHERS = frozenset(("authentic", "auth", "growth", "rate", "er", "score", "total", "sum", "fake", "potential", "subscribers", "followers"))
COLUMNS = ("engagements", "views")


def told_results(data: Dataset) -> pd.DataFrame:
    """Return what tools say that an average post of each creator brings.

    Nobody says over which posts, or how it was counted; so these are told numbers without an interval.

    Returns
    -------
    DataFrame
        Index `creator`, sorted: `engagements` (their average, or the averages of likes and comments added up), `views`; missing where
        no tool tells. Of several tools the middle one.
    """
    scores = data.scores[["creator", "measure", "value"]].dropna()
    scores = scores[scores["value"] > 1]
    kinds = {m: kind for m in scores["measure"].unique() if (kind := measure(str(m)))}
    scores = scores.assign(kind=scores["measure"].map(kinds)).dropna(subset=["kind"])
    wide = scores.groupby(["creator", "kind"])["value"].median().unstack("kind")
    out = wide.reindex(columns=["engagements", "likes", "comments", "views"]).astype("float64")
    parts = out["likes"] + out["comments"].fillna(0)
    out["engagements"] = out["engagements"].fillna(parts)
    return out[list(COLUMNS)].dropna(how="all").sort_index().rename_axis("creator")


def measure(header: str) -> str:
    """Return what an average of a header counts: engagements, likes, comments, views, or nothing that is used here.

    >>> [measure(h) for h in ("Engagement avg.", "Avg. Likes", "Views avg", "Authentic engagement", "Likes")]
    ['engagements', 'likes', 'views', '', '']
    """
    words = set(folded(header).split("_"))
    if not words & MEAN or words & OTHERS:
        return ""
    for name, known in {"engagements": ENGAGEMENTS, **PARTS, "views": VIEWS}.items():
        if words & known:
            return name
    return ""
