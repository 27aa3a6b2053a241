"""What chapter 04 hands on."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Literal

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.engagement.consistency import consistency
from playbook.engagement.pooled import POOL_WARNED, expected, order, ranking
from playbook.engagement.rates import BREAKS, rates
from playbook.findings import Figure, Finding, Missing, Outcome
from playbook.intervals import median_interval, share_interval
from playbook.wording import handle, listed, plural, wording

WORDS = {"followers": "followers", "reach": "people reached", "views": "views"}
# a rate resting on one post says what that post did
VIRAL = 0.5
MOVED = 0.1


def answer(table: pd.DataFrame | Missing, brief: Brief) -> str:
    """Return the chapter's sentence: the middle rate, and how sure the first place is.

    Parameters
    ----------
    table : DataFrame or Missing
        As :func:`playbook.engagement.expected` returns it.
    """
    if isinstance(table, Missing):
        return table.text
    write = wording(brief)
    middle = float(table["expected"].median())
    over = WORDS[brief.engagement.definition]
    if len(table) == 1:
        only = table.iloc[0]
        interval = write.between(only.expected_low, only.expected_high, write.share, brief.statistics.level)
        return (
            f"{handle(only.creator)} engages {write.share(only.expected)} of {over} per post "
            f"({interval}, {only.posts} {plural(only.posts, 'post')})."
        )
    first = f"Half of your {write.count(len(table))} creators engage more than {write.share(middle)} of {over} per post."
    return f"{first} {order(ranking(table, brief), brief)}"


def why_they_differ(table: pd.DataFrame | Missing, brief: Brief) -> str:
    """Return the sentence on why expected rates differ from raw ones, with the creator who moves most as the example."""
    if isinstance(table, Missing):
        return table.text
    write = wording(brief)
    if table["typical"].isna().all():
        return "With under three creators there is nobody to learn from: expected rates are the raw ones."
    moved = table[table["rate"] > 0]
    if moved.empty:
        return "None of the posts got any engagement, so raw rates are all nothing."
    far = (moved["expected"] / moved["rate"]).map(lambda ratio: max(ratio, 1 / ratio))
    one = moved.assign(far=far).sort_values(["far", "creator"], ascending=[False, True]).iloc[0]
    return (
        f"{handle(one.creator)} moves most: {write.share(one.rate)} from {one.posts} {plural(one.posts, 'post')}, and "
        f"{write.share(one.expected)} expected, since {write.share(1 - one.own_weight)} of the estimate comes from creators of the same "
        "platform and size "
        f"(typically {write.share(one.typical)}). Few or wild posts flatter some creators by luck and hurt others; what luck gave, the "
        "next posts rarely give again."
    )


def counts(data: Dataset, brief: Brief) -> dict[str, int]:
    """Return the chapter's answer in counts: creators with a rate, with an interval, set-aside posts, consistent creators."""
    table = rates(data, brief)
    steady = consistency(data, brief)
    absent = isinstance(table, Missing)
    return {
        "creators with a rate": 0 if absent else int(table["rate"].notna().sum()),
        "with an interval": 0 if absent else int(table["low"].notna().sum()),
        "posts too young to count": 0 if absent else int(table["too_young"].sum()),
        "posts with hidden likes": 0 if absent else int(table["likes_hidden"].sum()),
        "creators who post consistently": 0 if isinstance(steady, Missing) else int(steady["consistent"].fillna(False).sum()),
    }


def findings(data: Dataset, brief: Brief) -> tuple[Finding, ...]:
    """Return what the reader must know about the rates: posts set aside, likes hidden, one post that carries a rate, small pools."""
    table = rates(data, brief)
    if isinstance(table, Missing):
        return ()
    found = [*_set_aside(table, brief), *_carried(table), *_moved(table), *_breaks(data, brief)]
    pool = int(table["rate"].notna().sum())
    if 0 < pool < POOL_WARNED:
        found.append(
            Finding(
                level="note",
                about="engagement",
                found=f"only {pool} {plural(pool, 'creator has', 'creators have')} a rate, so the spread between them is itself a guess",
                expected=f"at least {POOL_WARNED} creators",
                mend="read intervals as somewhat too narrow, or add creators",
            )
        )
    return tuple(found)


def _set_aside(table: pd.DataFrame, brief: Brief) -> list[Finding]:
    out = []
    young = int(table["too_young"].sum())
    if young:
        out.append(
            Finding(
                level="note",
                about="engagement",
                found=f"{young} {plural(young, 'post is', 'posts are')} under {brief.engagement.mature_hours:g} hours old and count later",
                mend="run the chapter again in a few days, or set engagement.mature_hours",
            )
        )
    hidden = table[table["likes_hidden"] > 0]
    if len(hidden):
        names = listed([handle(c) for c in hidden["creator"].sort_values()], 4)
        n = int(hidden["likes_hidden"].sum())
        out.append(
            Finding(
                level="warning",
                about="engagement",
                found=f"likes are hidden on {n} {plural(n, 'post')} of {names}, which do not count",
                expected="known likes",
                mend="ask these creators for their own figures",
            )
        )
    bare = table[table["rate"].isna()]
    if len(bare):
        names = listed([handle(c) for c in bare["creator"].sort_values()], 4)
        over = WORDS[brief.engagement.definition]
        out.append(
            Finding(
                level="warning",
                about="engagement",
                found=f"{len(bare)} {plural(len(bare), 'creator has', 'creators have')} no rate: {names}",
                expected=f"at least one post with known likes and {over}",
                mend="add posts, or choose another engagement.definition",
            )
        )
    return out


def _carried(table: pd.DataFrame) -> list[Finding]:
    one = table[(table["top_share"] > VIRAL) & (table["posts"] >= 3)]
    if one.empty:
        return []
    names = listed([handle(c) for c in one["creator"].sort_values()], 4)
    return [
        Finding(
            level="note",
            about="engagement",
            found=f"one post brought over half of all engagements of {names}",
            mend="look at the typical post beside the mean; the post stays in, since it happened",
        )
    ]


def _moved(table: pd.DataFrame) -> list[Finding]:
    then, now = table["followers_at_post"], table["followers"]
    far = table[(then > 0) & (now > 0) & ((now / then - 1).abs() > MOVED)]
    if far.empty:
        return []
    names = listed([handle(c) for c in far["creator"].sort_values()], 4)
    return [
        Finding(
            level="note",
            about="engagement",
            found=f"followers of {len(far)} {plural(len(far), 'creator')} changed by over {MOVED:.0%} since the counted posts: {names}",
            expected="rates over followers now, as every tool gives them",
            mend="see the rate by followers at posting among the definitions",
        )
    ]


def _breaks(data: Dataset, brief: Brief) -> list[Finding]:
    by = brief.engagement.definition
    return [
        Finding(
            level="note",
            about="engagement",
            found=f"{platform} changed what it counts as {column} on {day}; of creators with posts on both sides only the later ones count",
        )
        for platform, column, day, _ in BREAKS
        if column == by and (data.creators["platform"] == platform).any()
    ]


def outcome(data: Dataset, brief: Brief) -> Outcome:
    """Return what chapter 04 hands on: the middle rate, the rate of each size class, the spread between creators, consistency."""
    table = expected(data, brief)
    if isinstance(table, Missing):
        return Outcome(chapter="engagement", status="needs_data", answer=table.text, findings=findings(data, brief))
    steady = consistency(data, brief)
    whole = table["expected_low"].notna().any() and not isinstance(steady, Missing)
    shown = ["creator", "platform", "tier", "posts", "rate", "low", "high", "expected", "expected_low", "expected_high", "median_rate"]
    return Outcome(
        chapter="engagement",
        status="done" if whole else "partial",
        answer=answer(table, brief),
        figures=tuple(_figures(table, steady, brief)),
        findings=findings(data, brief),
        tables={"rates": table[shown].astype({"tier": "str"}).to_dict("records")},
    )


def _figures(table: pd.DataFrame, steady: pd.DataFrame | Missing, brief: Brief) -> list[Figure]:
    write = wording(brief)
    over = WORDS[brief.engagement.definition]
    level = brief.statistics.level

    def middle(name: str, values: pd.Series, unit: Literal["share", "ratio"], say: Callable[[str, int], str]) -> Figure:
        """Make the figure of a middle creator, with the interval that creators' own spread gives it."""
        known = np.sort(values.dropna().to_numpy(dtype=float))
        low, high = median_interval(known, level)
        value = float(np.median(known))
        shown = write.share if unit == "share" else functools.partial(write.number, digits=1)
        text = say(shown(value), len(known))
        if low == low:
            text = f"{text} ({write.between(low, high, shown, level)})"
        return Figure(
            id=f"engagement.{name}",
            value=value,
            low=low,
            high=high,
            level=level,
            n=len(known),
            unit=unit,
            source="measured",
            text=f"{text}.",
        )

    def of_all(value: str, n: int) -> str:
        return f"The middle of your {n} {plural(n, 'creator')} engages {value} of {over} per post"

    out = [middle("median_rate", table["expected"], "share", of_all)]
    for name, group in table.groupby("tier", observed=True, sort=True):

        def of_class(value: str, n: int, name: str = str(name)) -> str:
            return f"The middle one of {n} {name} {plural(n, 'creator')} engages {value} of {over} per post"

        out.append(middle(f"{str(name).replace(' ', '_')}.rate", group["expected"], "share", of_class))
    if not isinstance(steady, Missing) and steady["consistent"].notna().any():
        known = steady[steady["consistent"].notna()]
        share = float(known["consistent"].mean())
        low, high = share_interval(int(known["consistent"].sum()), len(known), level)
        out += [
            Figure(
                id="engagement.consistent_share",
                value=share,
                low=low,
                high=high,
                level=level,
                n=len(known),
                unit="share",
                source="measured",
                text=f"{write.share(share)} of {len(known)} creators post consistently ({write.between(low, high, write.share, level)}).",
            ),
            middle("posts_per_week", known["per_week"], "ratio", lambda value, n: f"The middle one of {n} posts {value} times a week"),
        ]
    return out
