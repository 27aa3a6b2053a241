"""What a set must keep to, as the brief words it: so many of a size class, niche, platform or country."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from playbook.errors import BadCall, did_you_mean
from playbook.wording import listed

DIMENSIONS = ("tier", "niche", "platform", "country")
EACH = "*"
RULE = re.compile(r"^(?P<dimension>[^=]+)=(?P<value>.*?)\s+(?P<low>\d*)(?P<dash>\s*-\s*)?(?P<high>\d*)$")
SYNTAX = "write rules such as 'niche=skincare 2-5', 'tier=micro 3-' (at least), 'platform=tiktok -4' (at most) or 'niche=* -3' (each)"

Group = tuple[tuple[int, ...], int, int]


def groups(text: str, table: pd.DataFrame) -> tuple[Group, ...]:
    """Return what `portfolio.quotas` asks for, as groups of positions with the least and the most that may be chosen.

    Parameters
    ----------
    text : str
        Rules parted by commas or semicolons: a dimension (tier, niche, platform, country), a value or `*` for each one there is, and
        how many: `2-5`, `3-` (at least), `-4` (at most), `2` (exactly).
    table : DataFrame
        With the dimensions as columns; one row a position.

    Raises
    ------
    BadCall
        Where a rule cannot be read, or names a dimension or value that is not there.

    Examples
    --------
    >>> table = pd.DataFrame({"niche": ["a", "b", "a"], "platform": "tiktok"})
    >>> groups("niche=a -1, platform=tiktok 2-", table)
    (((0, 2), 0, 1), ((0, 1, 2), 2, 3))
    >>> groups("niche=* -1", table)
    (((0, 2), 0, 1), ((1,), 0, 1))
    """
    out: list[Group] = []
    for rule in (part.strip() for part in re.split(r"[,;]", text)):
        if not rule:
            continue
        found = RULE.match(rule)
        if found is None or not (found["low"] or found["high"]):
            raise BadCall(f"portfolio.quotas holds {rule!r}, which is no rule; {SYNTAX}.")
        dimension, value = found["dimension"].strip().casefold(), found["value"].strip()
        if dimension not in DIMENSIONS:
            hint = did_you_mean(dimension, list(DIMENSIONS))
            raise BadCall(f"portfolio.quotas names the dimension {dimension!r}{hint}; expected one of {listed(list(DIMENSIONS))}.")
        told = table[dimension].astype("object") if dimension in table else pd.Series(np.nan, index=table.index, dtype="object")
        known = sorted({str(v) for v in told.dropna()})
        wanted = known if value == EACH else [v for v in known if v.casefold() == value.casefold()]
        if not wanted and value != EACH:
            there = listed(known, 8) if known else "nothing, as your creators table tells none"
            raise BadCall(
                f"portfolio.quotas asks for {dimension}={value!r}, but nobody to choose from has it{did_you_mean(value, known)}; "
                f"there is {there}."
            )
        for each in wanted:
            members = tuple(np.flatnonzero((told.astype("str") == each).to_numpy() & told.notna().to_numpy()).tolist())
            low = int(found["low"] or 0)
            high = int(found["high"]) if found["high"] else len(members) if found["dash"] else low
            if low > high and found["high"]:
                raise BadCall(f"portfolio.quotas holds {rule!r}, whose least is above its most; {SYNTAX}.")
            out.append((members, low, high))
    return tuple(out)
