"""What a check is: what it needs, what it measures, and how it tells what it found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing
from playbook.wording import Wording

RESULT = ("creator", "p", "z", "n", "over", "explained")


@dataclass(frozen=True, kw_only=True)
class Told:
    """One suspicion in words, none of which accuse.

    Attributes
    ----------
    evidence : str
        What the numbers show, with figures and days.
    innocent : str
        What else would explain it.
    question : str
        What to ask the creator.
    """

    evidence: str
    innocent: str
    question: str


def itself(data: Dataset, brief: Brief) -> Dataset:
    """Return the dataset: the reading of checks that share nothing."""
    return data


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check.

    Attributes
    ----------
    name : str
        Short and stable, such as `follower_jump`.
    title : str
        What it looks at, in the field's words.
    needs : str
        What the data must hold, as a clause.
    read : callable
        `(data, brief) -> reading`: what several checks share, read once; the dataset itself by default.
    measure : callable
        `(reading, brief) -> DataFrame`: one row a creator that could be checked, at least `creator`, `p` (probability of so much among
        honest peers; missing where the check is a mere threshold), `z`, `n` (posts, days or comments), `over` (large enough to be worth a
        question) and `explained` (an innocent cause found in the data; empty where none). :class:`Missing` where nobody could be checked.
    tell : callable
        `(row, wording, brief) -> Told`, for rows worth a question.
    """

    name: str
    title: str
    needs: str
    measure: Callable[[Any, Brief], pd.DataFrame | Missing]
    tell: Callable[[pd.Series, Wording, Brief], Told]
    read: Callable[[Dataset, Brief], Any] = itself
