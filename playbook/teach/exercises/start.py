"""Exercises of chapter 00."""

from __future__ import annotations

import numpy as np

from playbook.findings import Missing
from playbook.teach.exercise import Exercise, Wrong
from playbook.teach.exercises.pick import lacking, too_little


def _sizes(c):
    if (none := lacking(c, "creators")) is not None:
        return none
    bounds = dict(c.brief.tiers.bounds())
    after = min((b for b in bounds.values() if b > bounds["micro"]), default=np.inf)
    return {
        "followers": (c.data.creators["followers"].reset_index(drop=True), "followers of each creator on the list; some may be unknown"),
        "micro": (float(bounds["micro"]), "lower bound of micro in your brief"),
        "above": (float(after), "lower bound of the next class; whoever has so many is no micro any more"),
    }


def _micro(g):
    known = g.followers.dropna()
    return ((known >= g.micro) & (known < g.above)).mean()


def _ranked(c):
    import playbook

    table = playbook.start.candidates(c.data, c.brief)
    if isinstance(table, Missing):
        return table
    table = table[table["rank"].notna()].dropna(subset=["rate", "low", "followers"]).head(8).sort_values("creator").reset_index(drop=True)
    if len(table) < 4:
        return too_little("four creators that can be ranked")
    return {
        "creators": (table["creator"], f"{len(table)} of your micro creators, by name"),
        "rates": (table["rate"], "their engagement rates"),
        "lows": (table["low"], "lower ends of the intervals of the rates"),
        "highs": (table["high"], "upper ends of the intervals"),
    }


def _first(g):
    return int(g.rates.to_numpy().argmax())


def _overlapping(g):
    return int((g.highs.drop(_first(g)) >= g.lows[_first(g)]).sum())


EXERCISES = (
    Exercise(
        id="start-1",
        title="How many of yours are micro?",
        minutes=2,
        kind="predict",
        unit="share",
        given=_sizes,
        right=_micro,
        wrong=(
            Wrong(
                lambda g: (g.followers >= g.micro).mean(),
                "You counted everybody from the lower bound up. Where does the class end?",
            ),
            Wrong(
                lambda g: (g.followers < g.above).mean(),
                "You counted the smallest accounts, too. Where does the class begin?",
            ),
            Wrong(
                lambda g: float(((g.followers >= g.micro) & (g.followers < g.above)).sum()),
                "That is how many. As a share of what?",
            ),
        ),
        hints=(
            "A class has two lines: who is above the first and below the second?",
            "Comparing a column with a number gives True and False; the mean of these is a share.",
            "Join the two comparisons with & and put each of them in brackets. Leave out creators with unknown followers.",
        ),
    ),
    Exercise(
        id="start-2",
        title="Who may be as good as the first?",
        minutes=3,
        kind="decide",
        unit="count",
        given=_ranked,
        right=_overlapping,
        wrong=(
            Wrong(lambda g: _overlapping(g) + 1, "You counted the first one, too: nobody competes with themselves."),
            Wrong(
                lambda g: int((g.highs < g.lows[_first(g)]).sum()),
                "These are the ones whose interval lies wholly below the first one's. The question is about the others.",
            ),
            Wrong(
                lambda g: int((g.rates.drop(_first(g)) >= g.lows[_first(g)]).sum()),
                "You compared rates with an interval. A rate is uncertain on both sides: compare interval with interval.",
            ),
            Wrong(
                lambda g: int((g.highs.drop(_first(g)) >= g.rates.max()).sum()),
                "You compared with the first one's rate. That rate is uncertain, too: its interval reaches lower down.",
            ),
            Wrong(
                lambda g: int((g.highs[1:] >= g.lows[0]).sum()) if _first(g) else None,
                "You compared with the one who stands at the top of the list. The highest rate stands elsewhere in it.",
            ),
        ),
        hints=(
            "Find the creator with the highest rate first, and look at the lower end of their interval.",
            "Another creator may be as good where the upper end of their interval reaches that lower end.",
            "Count how many of the others' highs are at least that number: .sum() counts what is True. Leave out the first one.",
        ),
    ),
)
