"""Analytics of one account: whose it is, and where its days go."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from playbook.data.readers.contract import Context, Raw, Sample
from playbook.data.told import note
from playbook.data.values import Declared, plain
from playbook.findings import Finding

HOW = "if it is a creator's, put the file into a folder named after the account, such as exports/@ana/"
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[., '’]\d{3})+")
# the key's handle where neither the file nor the brief says whose an export is
NOBODY = "own"


def account(sample: Sample, context: Context) -> tuple[str, list[Finding]]:
    """Return whose an export is that names no account: by its place or name, else the brand's own; and what had to be assumed."""
    owner = context.owner(sample)
    if owner:
        return owner.handle, []
    handle = context.brief.brand.handle.casefold().lstrip("@")
    if handle:
        return handle, [note(sample.path, f"names no account; read as {handle}'s, the brand's own", "the account", HOW)]
    mend = f"kept under the name {NOBODY}: set brand.handle in campaign.yml; {HOW}"
    return NOBODY, [note(sample.path, "names no account; read as the brand's own", "the account", mend)]


@dataclass(frozen=True, kw_only=True)
class Daily:
    """One measure of an account, day by day: `day` and `value` as written or typed."""

    measure: str
    frame: pd.DataFrame
    rows: np.ndarray
    platform: str | None = None
    title: str = ""


def daily_tables(sample: Sample, context: Context, parts: Sequence[Daily], platform: str | None = None) -> tuple[list[Raw], list[Finding]]:
    """Put an account's days where they belong: a creator's followers into `follower_history`, the brand's own into `brand_daily`.

    Parameters
    ----------
    parts : sequence of Daily
        Measures `followers` are counts at day's end; `followers_gained` is the number added on a day.
    platform : str, optional
        The platform that the format tells.
    """
    owner = context.owner(sample)
    if not parts:
        return [], []
    if owner and not context.is_brand(owner.handle):
        known = owner.platform or platform or next((p.platform for p in parts if p.platform), None)
        parts = [replace(p, platform=p.platform or known) for p in parts]
        raws, told = brand_or_history(sample, context, parts, owner.handle)
        return raws, [note(sample.path, f"read as {owner.handle}'s, by its place or name", "", "move it if that is wrong"), *told]
    told = [] if owner else [note(sample.path, "names no account; read as the brand's own", "the account", HOW)]
    return _brand(parts, {}), told


def brand_or_history(
    sample: Sample, context: Context, parts: Sequence[Daily], handle: str, declared: Mapping[str, Declared] | None = None
) -> tuple[list[Raw], list[Finding]]:
    """Put the days of an account that is known by its handle where they belong.

    Parameters
    ----------
    declared : mapping of str to Declared, optional
        How the column `day` is written, where the format tells.
    """
    declared = declared or {}
    if context.is_brand(handle):
        return _brand(parts, declared), []
    raws = [
        Raw.of(
            "follower_history", _history(p, handle, p.platform), p.rows, written={"followers": p.title or "followers"}, declared=declared
        )
        for p in parts
        if p.measure == "followers"
    ]
    rest = sorted({p.measure for p in parts} - {"followers"})
    if not rest:
        return raws, []
    what = f"daily {', '.join(rest).replace('_', ' ')} of a creator not used"
    return raws, [note(sample.path, what, "a follower history", "nothing to do: the file still holds them")]


def _brand(parts: Sequence[Daily], declared: Mapping[str, Declared]) -> list[Raw]:
    raws = []
    for p in parts:
        values = p.frame["value"].map(_whole)
        frame = pd.DataFrame({"day": p.frame["day"], "measure": p.measure, "value": values}, dtype=object)
        raws.append(Raw.of("brand_daily", frame, p.rows, written={"value": p.title or p.measure}, declared=declared))
    return raws


def _whole(cell: object) -> object:
    """Return a count without the marks between its thousands: what tools count on a day is whole, so 1,200 is no 1.2.

    >>> _whole("1,200"), _whole("-1.234.567"), _whole("12"), _whole("1.5K")
    ('1200', '-1234567', '12', '1.5K')
    """
    text = plain(cell)
    return re.sub(r"[., '’]", "", text) if _GROUPED.fullmatch(text) else cell


def _history(part: Daily, handle: str, platform: str | None) -> pd.DataFrame:
    out = pd.DataFrame({"day": part.frame["day"], "followers": part.frame["value"], "handle": handle}, dtype=object)
    return out.assign(platform=platform) if platform else out


def audience_table(
    sample: Sample, context: Context, rows: Sequence[tuple[str, str, object]], platform: str
) -> tuple[list[Raw], list[Finding]]:
    """Put an account's audience under its creator: (dimension, bucket, share) each."""
    handle, told = account(sample, context)
    owner = context.owner(sample)
    known = (owner.platform if owner else None) or platform
    frame = pd.DataFrame(list(rows), columns=["dimension", "bucket", "share"], dtype=object).assign(handle=handle, platform=known)
    return [Raw.of("audience", frame, np.arange(1, len(frame) + 1))], told
