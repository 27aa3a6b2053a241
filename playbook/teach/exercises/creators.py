"""Exercises of chapter 02."""

from __future__ import annotations

import pandas as pd

from playbook.teach.exercise import Exercise, Wrong
from playbook.teach.exercises.pick import lacking, too_little


def _sizes(c):
    if (none := lacking(c, "creators")) is not None:
        return none
    known = c.data.creators["followers"].reset_index(drop=True)
    # unknown ones are part of the exercise: where every number is known, two more creators without one are on the list
    blank = known if known.isna().any() else pd.concat([known, pd.Series([float("nan")] * 2)], ignore_index=True)
    if known.notna().sum() < 5:
        return too_little("five creators with known followers")
    return {"followers": (blank, "followers of each creator on a list; of some nobody knows them yet")}


def _posts(c):
    if (none := lacking(c, "creators", "posts")) is not None:
        return none
    import playbook

    table = playbook.creators.activity(c.data, c.brief)
    return {
        "posts_30": (table["posts_30"].fillna(0).reset_index(drop=True), "posts of each creator in the last 30 days of your data"),
    }


def _known(c):
    if (none := lacking(c, "creators")) is not None:
        return none
    people = c.data.creators["creator"]
    return {
        "posts": (
            people.isin(set(c.data.posts.query("SELECT DISTINCT creator FROM posts ORDER BY 1")["creator"])),
            "whether you have posts",
        ),
        "audience": (people.isin(set(c.data.audience["creator"])), "whether you know the audience"),
        "fee": (people.isin(set(c.data.quotes["creator"])), "whether a fee was quoted"),
    }


EXERCISES = (
    Exercise(
        id="creators-1",
        title="The typical creator",
        minutes=5,
        kind="predict",
        unit="number",
        given=_sizes,
        right=lambda g: g.followers.median(),
        wrong=(
            Wrong(
                lambda g: g.followers.mean(),
                "That is the mean. A single star pulls it up: how many of your creators are as large as that?",
            ),
            Wrong(
                lambda g: g.followers.fillna(0).median(),
                "You counted unknown followers as zero. Unknown is not none: leave these creators out.",
            ),
            Wrong(
                lambda g: (g.followers.max() + g.followers.min()) / 2,
                "That is the middle between the smallest and the largest. Where does the middle creator stand?",
            ),
            Wrong(
                lambda g: g.followers.dropna().iloc[g.followers.notna().sum() // 2],
                "That one stands in the middle of the list as it is written. Line them up by size first.",
            ),
        ),
        hints=(
            "Line up all creators by size: who stands in the middle?",
            "The number that half of the creators exceed has a name of its own.",
            "That number is .median() behind the column; it leaves out unknown values, as long as you do not fill them.",
        ),
    ),
    Exercise(
        id="creators-2",
        title="About whom do you know enough?",
        minutes=5,
        kind="decide",
        unit="share",
        given=_known,
        right=lambda g: (g.posts & g.audience & g.fee).mean(),
        wrong=(
            Wrong(lambda g: (g.posts | g.audience | g.fee).mean(), "These are the creators of whom you know at least one of the three."),
            Wrong(
                lambda g: g.posts.mean() * g.audience.mean() * g.fee.mean(),
                "Multiplying shares assumes that knowing one says nothing of the others. Here you can count.",
            ),
            Wrong(
                lambda g: min(g.posts.mean(), g.audience.mean(), g.fee.mean()),
                "That is the scarcest of the three alone. Somebody with a fee may still lack the audience.",
            ),
            Wrong(lambda g: float((g.posts & g.audience & g.fee).sum()), "That is how many creators. As a share of all?"),
        ),
        hints=(
            "You need all three of one creator to choose them: posts, audience and fee.",
            "Go through the list row by row: in how many rows is all of it True?",
            "& joins the three columns; put all of it in parentheses, and .mean() behind.",
        ),
    ),
    Exercise(
        id="creators-3",
        title="Who is awake?",
        minutes=5,
        kind="mistake",
        unit="share",
        given=_posts,
        right=lambda g: (g.posts_30 >= 4).mean(),
        wrong=(
            Wrong(lambda g: (g.posts_30 > 4).mean(), "Four posts are enough: at least four, not more than four."),
            Wrong(lambda g: float((g.posts_30 >= 4).sum()), "That is how many creators. As a share of all?"),
            Wrong(lambda g: (g.posts_30 < 4).mean(), "These are the ones who do not post weekly."),
            Wrong(
                lambda g: g.posts_30[g.posts_30 >= 4].sum() / g.posts_30.sum(),
                "That is their share of the posts. Busy creators count more than once in it; count creators.",
            ),
            Wrong(lambda g: (g.posts_30 > 0).mean(), "These are all who posted at all in the thirty days. Once is not weekly."),
        ),
        hints=(
            "The question is about creators, not about posts: each counts once.",
            "Weekly means at least four posts in thirty days.",
            "Compare the column with 4, in parentheses; the .mean() of True and False is a share.",
        ),
    ),
)
