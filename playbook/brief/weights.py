"""Points of the open score: the kit's own, and those that a brief sets instead."""

from __future__ import annotations

import csv
import functools
import math
from importlib.resources import files

from playbook.errors import did_you_mean

MOST = 100.0


@functools.cache
def published() -> dict[str, tuple[str, float]]:
    """Return each check's kind and points, as the kit sets them."""
    with (files("playbook") / "rules" / "trust_weights.csv").open(encoding="utf-8", newline="") as lines:
        return {row["check"]: (row["kind"], float(row["weight"])) for row in csv.DictReader(lines)}


def weighted(told: str) -> dict[str, float]:
    """Return every check's points, where `told` changes some of them: `check=points` or `kind=points`, parted by commas.

    Raises
    ------
    ValueError
        With one sentence, where a name is unknown or points are no number between 0 and 100.

    Examples
    --------
    >>> weighted("follower_jump=40, comments=0")["follower_jump"], weighted("comments=0")["comments_pod"]
    (40.0, 0.0)
    """
    own = {check: points for check, (_, points) in published().items()}
    kinds = {kind for kind, _ in published().values()}
    # what names one check counts more than what names its kind, wherever it stands
    pairs = [part.strip() for part in told.split(",") if part.strip()]
    for of_kind in (True, False):
        for pair in pairs:
            name, found, points = (x.strip() for x in pair.partition("="))
            if not found:
                raise ValueError(f"{pair!r} has no points; expected a check or kind, = and points, such as follower_jump=40")
            if name not in kinds and name not in own:
                raise ValueError(
                    f"{name!r} is no check{did_you_mean(name, [*own, *sorted(kinds)])}; known are {', '.join([*sorted(kinds), *own])}"
                )
            try:
                value = float(points)
            except ValueError:
                value = math.nan
            if not 0 <= value <= MOST:
                raise ValueError(f"{name} has {points!r}; expected points between 0 and {MOST:.0f}")
            if (name in kinds) == of_kind:
                own |= {c: value for c, (kind, _) in published().items() if kind == name} if of_kind else {name: value}
    return own
