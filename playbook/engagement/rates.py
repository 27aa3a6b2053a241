"""Chapter 04: engagement rates by a named definition, with n and an interval."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.creators import with_tiers
from playbook.data.dataset import Dataset
from playbook.findings import Figure, Missing, Outcome, needs
from playbook.wording import wording


@needs("creators", "posts", otherwise="posts with their likes and comments: one row a post with creator, posted_at, likes, comments")
def rates(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return each creator's engagement rate with its interval.

    Returns
    -------
    DataFrame
        Largest rate first: `creator`, `platform`, `tier`, `followers`, `posts` (that count), `engagements` (mean a post), `rate`, `low`, `high`
        (shares; interval at the brief's level), `median_rate`.
    """
    knobs = brief.engagement
    posts = data.posts.per_creator(as_of=data.as_of, window=knobs.window, mature_hours=knobs.mature_hours)
    out = with_tiers(data, brief)[["creator", "platform", "tier", "followers"]].merge(posts, on="creator", how="left")
    followers = out["followers"].where(out["followers"] > 0)
    out["rate"] = out["engagement_mean"] / followers
    out["median_rate"] = out["engagement_median"] / followers
    out["low"], out["high"] = log_interval(out["engagement_mean"], out["engagement_sd"], out["posts_known"], brief.statistics.level)
    out["low"], out["high"] = out["low"] / followers, out["high"] / followers
    out = out.rename(columns={"engagement_mean": "engagements"})
    columns = ["creator", "platform", "tier", "followers", "posts_known", "engagements", "rate", "low", "high", "median_rate"]
    return out[columns].rename(columns={"posts_known": "posts"}).sort_values(["rate", "creator"], ascending=[False, True], ignore_index=True)


def log_interval(mean: pd.Series, sd: pd.Series, n: pd.Series, level: float) -> tuple[pd.Series, pd.Series]:
    """Return an interval for positive means, by the delta method on the log scale with Student's t.

    >>> low, high = log_interval(pd.Series([100.0]), pd.Series([30.0]), pd.Series([9]), 0.9)
    >>> bool(low[0] < 100 < high[0])
    True
    """
    from scipy.stats import t

    spread = (sd / mean) / np.sqrt(n)
    reach = t.ppf((1 + level) / 2, np.maximum(n - 1, 1)) * spread
    usable = (n >= 2) & (mean > 0)
    return (mean * np.exp(-reach)).where(usable), (mean * np.exp(reach)).where(usable)


def outcome(data: Dataset, brief: Brief) -> Outcome:
    """Return what chapter 04 hands on."""
    table = rates(data, brief)
    if isinstance(table, Missing):
        return Outcome(chapter="engagement", status="needs_data", answer=table.text)
    write = wording(brief)
    known = table.dropna(subset=["rate"])
    middle = float(known["rate"].median())
    text = f"Half of your {len(known)} creators engage more than {write.share(middle)} of their followers per post."
    figure = Figure(id="engagement.median_rate", value=middle, n=len(known), unit="share", source="measured", text=text)
    return Outcome(chapter="engagement", status="done", answer=text, figures=(figure,))
