"""Exercises of chapter 04."""

from __future__ import annotations

import math

from playbook.findings import Missing
from playbook.teach.exercise import Exercise, Wrong
from playbook.teach.exercises.pick import lacking, poster, posts_of, too_little


def _posts(c):
    if (none := lacking(c, "creators", "posts")) is not None:
        return none
    found = poster(c)
    if found is None:
        return too_little("a creator with six posts whose likes and comments are known")
    creator, followers = found
    posts = posts_of(c, creator)
    return {
        "likes": (posts["likes"], f"likes of the latest posts of {creator}"),
        "comments": (posts["comments"], "comments on the same posts"),
        "followers": (followers, "followers of this creator"),
    }


def _per_post(g):
    return (g.likes + g.comments) / g.followers


def _first_two(c):
    if (none := lacking(c, "creators", "posts")) is not None:
        return none
    import playbook

    table = playbook.engagement.expected(c.data, c.brief)
    if isinstance(table, Missing):
        return table
    table = table.dropna(subset=["rate", "low", "high"])
    table = table[table["posts"] >= 6].sort_values(["rate", "creator"], ascending=[False, True]).head(20).reset_index(drop=True)
    if len(table) < 5:
        return too_little("five creators with six posts each")
    return {
        "rates": (table["rate"], "the highest engagement rates among your creators, highest first"),
        "lows": (table["low"], "lower ends of their intervals"),
        "highs": (table["high"], "upper ends of their intervals"),
    }


def _window(c):
    return {"posts": (float(c.brief.engagement.window), "posts behind a rate now: the chapter's WINDOW")}


EXERCISES = (
    Exercise(
        id="engagement-1",
        title="One rate by hand",
        minutes=6,
        kind="predict",
        unit="share",
        given=_posts,
        right=lambda g: _per_post(g).median(),
        wrong=(
            Wrong(
                lambda g: _per_post(g).mean(),
                "That is the mean. One post that went far pulls it up; the question is about the typical post.",
            ),
            Wrong(lambda g: (g.likes / g.followers).median(), "You counted likes alone. Comments are engagement, too."),
            Wrong(lambda g: _per_post(g).sum(), "You added up the rates of all posts. A rate is for one post."),
            Wrong(lambda g: (g.likes + g.comments).median(), "That is how many engagements. What share of the followers is it?"),
            Wrong(
                lambda g: (g.likes.median() + g.comments.median()) / g.followers,
                "You took the middle of likes and the middle of comments, which may belong to different posts. Add up post by post first.",
            ),
        ),
        hints=(
            "Work out a rate for every post first, then look for the typical one.",
            "The rate of a post is everything people did with it, divided by the followers.",
            "Add the two columns in parentheses, divide by followers, put all of it in parentheses, and .median() behind.",
        ),
    ),
    Exercise(
        id="engagement-2",
        title="How sure is it?",
        minutes=5,
        kind="mistake",
        unit="share",
        given=_posts,
        right=lambda g: _per_post(g).std() / math.sqrt(len(g.likes)),
        wrong=(
            Wrong(
                lambda g: math.sqrt(_per_post(g).mean() * (1 - _per_post(g).mean()) / g.followers),
                "That treats every follower as a draw of its own. They all look at the same few posts, and it is posts that differ.",
            ),
            Wrong(
                lambda g: _per_post(g).std(),
                "That is how far single posts lie apart. The mean of many posts is surer than one post.",
            ),
            Wrong(lambda g: _per_post(g).std() / len(g.likes), "You divided by the number of posts. It is its square root that counts."),
            Wrong(
                lambda g: _per_post(g).std(ddof=0) / math.sqrt(len(g.likes)),
                "Nearly: with few posts the spread is divided by one less than their number, which pandas' std() does by itself.",
            ),
        ),
        hints=(
            "What is it that varies: the followers, or the posts?",
            "Take the standard deviation of the posts' rates: .std() behind them. len() counts them, ** 0.5 is the root.",
            "The standard error of a mean is the standard deviation over the square root of how many there are.",
        ),
    ),
    Exercise(
        id="engagement-3",
        title="Half as wide",
        minutes=4,
        kind="change",
        unit="count",
        given=_window,
        right=lambda g: 4 * g.posts,
        wrong=(
            Wrong(lambda g: 2 * g.posts, "Twice the posts make it narrower, though not half as wide: think of the square root."),
            Wrong(lambda g: 3 * g.posts, "These are the posts to add. How many are it in all?"),
            Wrong(lambda g: g.posts**2, "Not the square of the posts: what must the number be multiplied by, so that its root doubles?"),
        ),
        hints=(
            "The width goes with one over the square root of the number of posts.",
            "The root has to become twice as large.",
            "By what must a number be multiplied, so that its square root doubles?",
        ),
    ),
    Exercise(
        id="engagement-4",
        title="Who cannot be told from the first?",
        minutes=5,
        kind="decide",
        unit="count",
        given=_first_two,
        right=lambda g: int((g.highs[1:] >= g.lows[0]).sum()),
        wrong=(
            Wrong(lambda g: int((g.highs >= g.lows[0]).sum()), "You counted the first one, too."),
            Wrong(
                lambda g: int((g.rates[1:] >= g.lows[0]).sum()),
                "You compared single rates with the first one's interval. They have intervals themselves.",
            ),
            Wrong(
                lambda g: int((g.highs[1:] < g.lows[0]).sum()),
                "These are the ones who can be told apart from the first.",
            ),
            Wrong(
                lambda g: int((g.lows[1:] <= g.highs[0]).sum()),
                "Every one below the first has its lower end below the first one's upper end. Compare the other two ends.",
            ),
            Wrong(
                lambda g: int((g.highs[1:] >= g.rates[0]).sum()),
                "You compared with the first one's rate. Its own interval reaches lower down.",
            ),
        ),
        hints=(
            "Two creators can be told apart where their intervals do not touch. (This is a strict rule: some that touch differ, too.)",
            "The first one's interval begins at given.lows[0].",
            "Count the others whose upper end reaches that far: given.highs[1:] are the others, and .sum() counts what is True.",
        ),
    ),
)
