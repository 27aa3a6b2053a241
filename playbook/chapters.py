"""The chapters of the guide, as data: one row a chapter, in reading order."""

from __future__ import annotations

from dataclasses import dataclass

from playbook.errors import BadCall, did_you_mean


@dataclass(frozen=True)
class Chapter:
    """One chapter: a notebook, a module and a test file of the same name.

    Attributes
    ----------
    number : str
        Two digits, as in the notebook's name.
    name : str
        Module, knob section of the brief and word on the command line.
    needs : tuple of str
        Tables without which the chapter's main question has no answer.
    helps : tuple of str
        Tables that let it say more.
    """

    number: str
    name: str
    title: str
    question: str
    needs: tuple[str, ...] = ()
    helps: tuple[str, ...] = ()

    @property
    def notebook(self) -> str:
        """Name of the notebook file."""
        return f"{self.number}_{self.name}.ipynb"


CHAPTERS = (
    Chapter(
        "00",
        "start",
        "Start here",
        "What is a micro-influencer, and what can you answer in ten minutes?",
        ("creators",),
        ("posts", "quotes"),
    ),
    Chapter(
        "01",
        "goals",
        "Goals before creators",
        "What must happen for the campaign to count as a success?",
        (),
        ("creators", "posts", "quotes", "brand_daily"),
    ),
    Chapter(
        "02",
        "creators",
        "Finding creators",
        "Whom do you have on the list, and what do you know about them?",
        ("creators",),
        ("posts", "follower_history", "audience", "quotes"),
    ),
    Chapter(
        "03",
        "why_micro",
        "Why micro",
        "Do smaller creators engage more and cost less on your own data?",
        ("creators", "posts"),
        ("quotes", "audience"),
    ),
    Chapter(
        "04",
        "engagement",
        "Engagement, with its uncertainty",
        "Who engages their followers, and how sure is that?",
        ("creators", "posts"),
        ("follower_history",),
    ),
    Chapter(
        "05",
        "trust",
        "Are the numbers real?",
        "Which numbers deserve a question before you sign?",
        ("creators",),
        ("posts", "follower_history", "follower_sample", "comments", "scores"),
    ),
    Chapter("06", "fit", "Do they fit the brand?", "Whom do your customers identify with?", ("creators",), ("audience", "posts")),
    Chapter(
        "07",
        "costs",
        "What they cost",
        "What does each creator cost in full, and per thing you want?",
        ("creators", "quotes"),
        ("posts", "outreach", "audience"),
    ),
    Chapter(
        "08",
        "portfolio",
        "The best set for the budget",
        "Whom do you choose, for how much, and what will it bring?",
        ("creators",),
        ("posts", "quotes", "audience", "follower_sample"),
    ),
    Chapter(
        "09",
        "outreach",
        "Outreach and agreements",
        "How do you ask, agree and stay within the law?",
        ("creators",),
        ("outreach", "posts", "quotes"),
    ),
    Chapter(
        "10",
        "results",
        "What it brought",
        "Did the campaign reach its goal, and what did it earn?",
        ("deliverables", "payouts"),
        ("orders", "visits", "brand_daily", "posts"),
    ),
)

NAMES = tuple(c.name for c in CHAPTERS)


def chapter(name: str) -> Chapter:
    """Return the chapter of that name or number.

    >>> chapter("engagement").notebook, chapter("04").name
    ('04_engagement.ipynb', 'engagement')
    """
    for each in CHAPTERS:
        if name in (each.name, each.number, each.notebook, each.notebook.removesuffix(".ipynb")):
            return each
    raise BadCall(f"{name!r} is not a chapter{did_you_mean(name, NAMES)}; the chapters are {', '.join(NAMES)}.")
