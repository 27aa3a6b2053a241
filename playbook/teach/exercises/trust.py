"""Exercises of chapter 05."""

from __future__ import annotations

from playbook.findings import Missing
from playbook.teach.exercise import Exercise, Wrong
from playbook.teach.exercises.pick import lacking, too_little


def _sample(c):
    if (none := lacking(c, "follower_sample")) is not None:
        return none
    import playbook
    from playbook.trust.followers import errors

    table = playbook.trust.fakes(c.data, c.brief)
    if isinstance(table, Missing):
        return table
    own = errors(c.data)
    # a creator of whom the correction says something: neither none nor all
    able = table[(table["n"] >= 20) & (table["share"] > 0.02) & (table["share"] < 0.98)].sort_values(["share", "creator"])
    if able.empty:
        return too_little("a sample of twenty followers")
    row = able.iloc[len(able) // 2]
    return {
        "sampled": (float(row["n"]), f"followers of {row['creator']} that were looked at"),
        "listed": (float(row["listed"]), "of these, accounts that the score lists as fake"),
        "sensitivity": (own.sensitivity, "share of fakes that the score lists"),
        "specificity": (own.specificity, "share of real accounts that it does not list"),
    }


def _corrected(g):
    return (g.listed / g.sampled + g.specificity - 1) / (g.sensitivity + g.specificity - 1)


def _base(c):
    from playbook.trust.followers import errors

    own = errors(c.data)
    return {
        "fakes": (0.05, "share of fakes among a creator's followers"),
        "sensitivity": (own.sensitivity, "share of fakes that the score lists"),
        "specificity": (own.specificity, "share of real accounts that it does not list"),
    }


def _right_listed(g):
    caught, wronged = g.fakes * g.sensitivity, (1 - g.fakes) * (1 - g.specificity)
    return caught / (caught + wronged)


def _days(c):
    if (none := lacking(c, "follower_history")) is not None:
        return none
    history = c.data.follower_history.dropna(subset=["followers"]).sort_values(["creator", "day"])
    counts = history.groupby("creator")["followers"].agg(["size", "first", "last", "max"])
    able = counts[(counts["size"] >= 20) & (counts["first"] > 0)]
    if able.empty:
        return too_little("followers of one creator on twenty days")
    gains = history.assign(gain=history.groupby("creator")["followers"].diff())
    share = (gains["gain"] / (gains["followers"] - gains["gain"])).groupby(gains["creator"]).max().reindex(able.index).dropna()
    if share.empty:
        return too_little("followers of one creator on twenty days")
    creator = share.sort_values(kind="stable").index[-max(1, len(share) // 8)]
    own = history[history["creator"] == creator]
    return {"followers": (own["followers"].reset_index(drop=True), f"followers of {creator}, day by day")}


EXERCISES = (
    Exercise(
        id="trust-1",
        title="The largest jump",
        minutes=5,
        kind="decide",
        unit="share",
        given=_days,
        right=lambda g: (g.followers.diff() / g.followers.shift()).max(),
        wrong=(
            Wrong(lambda g: g.followers.diff().max(), "That is how many followers came. As a share of those there were the day before?"),
            Wrong(
                lambda g: (g.followers.diff() / g.followers).max(),
                "You divided by the followers after the jump. Growth is measured by what was there before.",
            ),
            Wrong(
                lambda g: g.followers.iloc[-1] / g.followers.iloc[0] - 1,
                "That is the growth over the whole time. Which single day brought most?",
            ),
        ),
        hints=(
            "How many followers came from each day to the next?",
            "diff() gives the change from the day before, shift() the value of the day before.",
            "Divide the one by the other, put it in parentheses, and take the largest with .max().",
        ),
    ),
    Exercise(
        id="trust-2",
        title="Is whoever is listed a fake?",
        minutes=5,
        kind="predict",
        unit="share",
        given=_base,
        right=_right_listed,
        wrong=(
            Wrong(lambda g: g.sensitivity, "That is the share of fakes that are listed. Asked is the share of listed ones that are fake."),
            Wrong(lambda g: g.fakes * g.sensitivity, "That is the share of all followers that are fake and listed. Of all listed ones?"),
            Wrong(
                lambda g: g.sensitivity / (g.sensitivity + 1 - g.specificity),
                "You forgot how few fakes there are: nineteen of twenty followers are real, and each can be listed by mistake.",
            ),
            Wrong(lambda g: g.specificity, "That is the share of real accounts that are left alone."),
            Wrong(
                lambda g: g.fakes * g.sensitivity / (g.fakes * g.sensitivity + (1 - g.fakes) * g.specificity),
                "You added the real accounts that are left alone. Asked is about those that are listed by mistake.",
            ),
        ),
        hints=(
            "Think of 1,000 followers. How many of them are fakes, and how many of these are listed?",
            "How many of the real ones are listed by mistake?",
            "The listed ones are both together; what share of these are fakes?",
        ),
    ),
    Exercise(
        id="trust-3",
        title="Correct the share",
        minutes=5,
        kind="mistake",
        unit="share",
        given=_sample,
        right=_corrected,
        wrong=(
            Wrong(lambda g: g.listed / g.sampled, "That is the share listed. The score misses some fakes, and lists some real accounts."),
            Wrong(
                lambda g: g.listed / g.sampled / g.sensitivity,
                "You allowed for the fakes that were missed. Some of those listed are real, too.",
            ),
            Wrong(
                lambda g: g.listed / g.sampled * g.sensitivity,
                "Missed fakes make the true share larger than that, not smaller.",
            ),
            Wrong(lambda g: g.listed / g.sampled + g.specificity - 1, "You took off the false alarms. The fakes that were missed remain."),
        ),
        hints=(
            "Even without any fake, some accounts would be listed: 1 − specificity of them.",
            "Each per cent of fakes adds sensitivity − (1 − specificity) per cent of listed accounts.",
            "Take the false alarms off the share listed, then divide by sensitivity + specificity − 1.",
        ),
    ),
)
