"""The final task: what a learner decides, in one small file beside the campaign."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from playbook.errors import BadCall, did_you_mean

FILE = "hand-in.json"
SHORTLIST = 5


class Handed:
    """Says what was handed in."""

    def __init__(self, path: Path, content: dict[str, Any]):
        self.path, self.content = path, content

    def __repr__(self) -> str:
        c = self.content
        return (
            f"Handed in: {len(c['shortlist'])} creators on the shortlist, {len(c['flagged'])} with a question, "
            f"ROI {_said(c['roi'])}, lift {_said(c['lift'])}. It is in {self.path.name}; hand in again to change it."
        )


def hand_in(
    campaign: Any,
    *,
    shortlist: Iterable[str],
    flagged: Iterable[str],
    roi: Sequence[float] | None,
    lift: Sequence[float] | None,
) -> Handed:
    """Write down a learner's decisions beside the campaign; a later call replaces them.

    Parameters
    ----------
    campaign : Campaign
        The learner's own, open as `c`.
    shortlist : list of str
        At most five micro creators, by key or handle.
    flagged : list of str
        Creators of whom you would ask a question before you sign.
    roi, lift : (low, estimate, high), or None
        Return on what the campaign itself brought, and rise of sales by it, as ratios; None where you cannot tell.

    Raises
    ------
    BadCall
        Where a creator is unknown, there are too many, or three numbers are not in order.
    """
    known = campaign.data.creators
    keys = dict.fromkeys(known["creator"])
    by_handle = {str(h).lstrip("@").casefold(): k for h, k in zip(known["handle"], known["creator"], strict=True)}

    def keyed(names: Iterable[str], what: str) -> list[str]:
        if isinstance(names, str):
            raise BadCall(f"{what} is one text; write a list: [{names!r}].")
        out = []
        for name in names:
            key = name if name in keys else by_handle.get(str(name).lstrip("@").casefold())
            if key is None:
                raise BadCall(f"{what}: {name!r} is none of your creators{did_you_mean(str(name), keys)}.")
            out.append(key)
        return list(dict.fromkeys(out))

    first = keyed(shortlist, "shortlist")
    if len(first) > SHORTLIST:
        raise BadCall(f"shortlist names {len(first)} creators; it takes {SHORTLIST} at most.")
    followers = dict(zip(known["creator"], known["followers"], strict=True))
    others = [key for key in first if not is_micro(followers[key], campaign.brief)]
    if others:
        raise BadCall(f"shortlist: {others[0]} is no micro creator by the lines of your brief; choose among those who are.")
    content = {
        "schema": 1,
        "campaign": campaign.brief.name,
        "shortlist": first,
        "flagged": sorted(keyed(flagged, "flagged")),
        "roi": _three(roi, "roi"),
        "lift": _three(lift, "lift"),
    }
    path = campaign.folder / FILE
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    return Handed(path, content)


def is_micro(followers: float, brief: Any) -> bool:
    """Say whether somebody with so many followers is micro by the lines of a brief; unknown is not.

    >>> from playbook.brief import Brief
    >>> is_micro(5_000, Brief()), is_micro(500_000, Brief()), is_micro(float("nan"), Brief())
    (True, False, False)
    """
    bounds = dict(brief.tiers.bounds())
    above = min((b for b in bounds.values() if b > bounds["micro"]), default=math.inf)
    return bool(bounds["micro"] <= followers < above)


def _three(values: Any, what: str) -> list[float] | None:
    if values is None or values is ...:
        return None
    try:
        numbers = [float(v) for v in values]
    except (TypeError, ValueError):
        numbers = []
    if len(numbers) != 3 or not all(map(math.isfinite, numbers)) or numbers != sorted(numbers):
        raise BadCall(f"{what} is {values!r}; expected three numbers that rise: (low, estimate, high), such as (-0.2, 0.1, 0.5).")
    if what == "lift" and (numbers[1] > 2 or numbers[0] < -1):
        raise BadCall(f"lift is {values!r}; a rise of 20 % is written 0.2.")
    return numbers


def _said(three: list[float] | None) -> str:
    return "left open" if three is None else f"{three[1]:.3g} ({three[0]:.3g} to {three[2]:.3g})"
