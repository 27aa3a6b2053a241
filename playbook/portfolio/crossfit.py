"""Choosing on one half of the posts and counting on the other: what is left of a value that was picked because it looked large."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.data.engine import Posts
from playbook.findings import Missing
from playbook.portfolio.candidates import several_posts
from playbook.portfolio.choice import Choice, Problem, set_up
from playbook.portfolio.reach import expected_reach
from playbook.wording import plural

FEWEST = 5


@dataclass(frozen=True, kw_only=True)
class CrossFit:
    """What sets bring on the posts they were chosen by, and on posts that had no part in the choice.

    Attributes
    ----------
    seen, unseen : float
        Value in the goal's unit, the mean of both directions: where the choice was made, and where it was not.
    creators : int
        Creators with posts on both sides.
    same : float
        Share of creators that the two halves' sets have in common (of the larger set).
    """

    seen: float
    unseen: float
    creators: int
    same: float

    @property
    def inflation(self) -> float:
        """How much too high the value looks where the choice was made (0.1 is 10 %)."""
        return self.seen / self.unseen - 1 if self.unseen > 0 else np.nan


def crossfit(choice: Choice | Missing, data: Dataset, brief: Brief) -> CrossFit | Missing:
    """Choose on every other post and count on the rest, both ways round.

    Of many creators the ones whose posts happened to do well look best, so the value of the chosen set is too high (the optimiser's curse;
    Smith and Winkler, 2006). Half of the posts are noisier than all of them: the set chosen on all suffers less than this shows.

    Returns
    -------
    CrossFit, or Missing where fewer than five creators have measured or viewed posts on both sides.
    """
    if isinstance(choice, Missing):
        return choice
    halves = _halves(data, brief)
    problems = [_on(choice.problem, each, brief) for each in halves]
    n = problems[0][1]
    if n < FEWEST:
        return Missing(
            needs=("posts",),
            text=f"{f'Only {n}' if n else 'None'} of the candidates {plural(n or 2, 'has', 'have')} several posts with reach or "
            "views, so the choice cannot be checked on posts it has not seen.",
        )
    first, second = problems[0][0], problems[1][0]
    sets = [[first.candidates.table["option"].iloc[i] for i in best[0]] for best in (first.best(), second.best()) if best is not None]
    if len(sets) < 2:
        return Missing(needs=("budget",), text="On one half of the posts nobody can be chosen, so the choice cannot be checked.")
    seen = (first.value(sets[0]) + second.value(sets[1])) / 2
    unseen = (second.value(sets[0]) + first.value(sets[1])) / 2
    same = len(set(sets[0]) & set(sets[1])) / max(len(sets[0]), len(sets[1]), 1)
    return CrossFit(seen=seen, unseen=unseen, creators=n, same=same)


def _halves(data: Dataset, brief: Brief) -> list[pd.DataFrame]:
    knobs = brief.engagement
    posts = data.posts.counted(as_of=data.as_of, window=knobs.window, mature_hours=knobs.mature_hours)
    turn = posts.groupby("creator").cumcount() % 2
    return [_reach(data, posts[turn == side], brief) for side in (0, 1)]


def _reach(data: Dataset, posts: pd.DataFrame, brief: Brief) -> pd.DataFrame:
    reach = expected_reach(replace(data, posts=Posts(posts)), brief)
    if isinstance(reach, Missing):
        return pd.DataFrame({"creator": pd.Series(dtype="str"), "reach": pd.Series(dtype="float64"), "n": pd.Series(dtype="int64")})
    return reach[["creator", "reach", "n"]]


def _on(given: Problem, half: pd.DataFrame, brief: Brief) -> tuple[Problem, int]:
    """Set up the same choice with the reach of one half of the posts; who has none there keeps the reach of all."""
    table = given.candidates.table.copy()
    told = half[half["n"] > 0].drop_duplicates("creator").set_index("creator")["reach"]
    mine = table["creator"].map(told)
    reach = several_posts(mine, table["followers"], brief.costs.posts_per_creator)
    before = table["reach"]
    table["reach"] = (reach * table["part"]).where(reach > 0, before)
    # engagements are told by other numbers than reach, and grow with it
    table["people"] = table["people"] * table["reach"] / before
    changed = replace(given.candidates, table=table)
    return replace(set_up(changed, given.shared, brief), cents=given.cents), int((mine > 0).sum())


def crossfit_sentence(result: CrossFit | Missing, choice: Choice | Missing, brief: Brief) -> str | Missing:
    """Say how much of the value is luck of the draw."""
    from playbook.wording import wording

    if isinstance(result, Missing):
        return result
    if isinstance(choice, Missing):
        return choice
    write = wording(brief)
    if not np.isfinite(result.inflation):
        return "The choice cannot be checked on posts it has not seen: they reached nobody."
    text = "Chosen on every other post, a set brings "
    if result.inflation > 0.01:
        text += f"{write.share(1 - result.unseen / result.seen)} less on the posts in between than on those it was chosen by"
    elif result.inflation < -0.01:
        text += f"{write.share(result.unseen / result.seen - 1)} more on the posts in between than on those it was chosen by"
    else:
        text += "as much on the posts in between as on those it was chosen by"
    text += f"; the two halves agree on {write.share(result.same)} of the creators."
    if result.inflation > 0.1:
        text += " Take the value above as the upper end of what to expect."
    return text
