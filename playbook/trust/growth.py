"""Checks on follower histories: jumps, rises over several days, and growth while nothing was posted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing
from playbook.trust.check import Check, Told
from playbook.trust.jumps import COUNTS_NEEDED, NEAR_DAYS, Counted, posts_near, read
from playbook.trust.rates import degrees_of_freedom
from playbook.trust.segments import surges
from playbook.wording import Wording

SURGE_LEAST = 0.05  # of followers; smaller rises over days are within what a good week brings
HALF = 0.5  # of such a rise on the day of a jump that is asked about: the same event, and asked once
MOSTLY = 0.7  # share of a rise over days that its best day may bring
AT_ONCE = 0.85  # share of a rise on one day from which it looks like a block rather than word of mouth


def measure_jump(read: Counted | Missing, brief: Brief) -> pd.DataFrame | Missing:
    """Return each creator's largest rise, and whether a post or giveaway of those days explains it."""
    if isinstance(read, Missing):
        return read
    found = read.largest
    found = found[found["z"].notna()]
    if found.empty:
        return Missing(
            needs=("follower_history",), text=f"No history has {COUNTS_NEEDED} counts or more, so jumps cannot be told: add a count a day."
        )
    over = found["large"] & (found["z"] >= brief.trust.jump_z)
    # people who hear of a post come over several days; a block comes at once
    at_once = found["one_day"] >= AT_ONCE
    explained = np.select(
        [
            found["giveaway_told"].eq(True),
            at_once,
            found["giveaway_at"].notna(),
            found["viral_at"].notna(),
        ],
        [
            "a giveaway ran in those days",
            "",
            "a post of those days drew far more comments than usual, as a giveaway does",
            "a post of those days did far better than usual",
        ],
        "",
    )
    return found.assign(n=found["counts"], over=over, explained=explained)


def tell_jump(row: pd.Series, write: Wording, brief: Brief) -> Told:
    parts = [
        f"Followers rose by {write.count(row['gained'])} ({write.share(row['share'])}) on {write.day(row['day'])}, "
        f"from {write.count(row['before'])} to {write.count(row['after'])}, {write.ratio(row['z'])} times the usual daily spread"
    ]
    if row["one_day"] >= AT_ONCE:
        parts.append(f"{write.share(row['one_day'])} of the week's rise came on that day")
    if row["round_size"]:
        parts.append("the step is close to a round number")
    if row["lost_after"] > 0.05:
        parts.append(f"{write.share(row['lost_after'])} of it was gone two weeks later")
    evidence = "; ".join(parts) + "."
    if pd.notna(row["giveaway_at"]):
        evidence += (
            f" A post of {write.day(row['giveaway_at'])} "
            f"{'reads like a giveaway' if row['giveaway_told'] is True else 'drew far more comments than usual'}."
        )
    elif pd.notna(row["viral_at"]):
        evidence += f" A post of {write.day(row['viral_at'])} got {write.ratio(row['viral_multiple'])} times the usual."
    elif pd.notna(row["viral_multiple"]):
        evidence += f" The best post of those days got {write.ratio(row['viral_multiple'])} times the usual."
    else:
        evidence += " No post of those days is in your data."
    return Told(
        evidence=evidence,
        innocent=f"Here, {row['explained']}, which explains it."
        if row["explained"]
        else ("A giveaway, if that post was one, though its followers mostly come over some days. " if pd.notna(row["giveaway_at"]) else "")
        + "A mention by a larger account, press, paid ads for the profile, a merged account, or a story that your data does not hold.",
        question=f"What happened around {write.day(row['day'])}? Please send the follower graph and where new followers "
        "came from in that month.",
    )


def measure_surge(read: Counted | Missing, brief: Brief) -> pd.DataFrame | Missing:
    """Return each creator's most unusual rise over two to fourteen days, found by exact segmentation of log growth."""
    from scipy.stats import t

    if isinstance(read, Missing):
        return read
    h, found = read.histories, read.changes
    risen = surges(found.rate, found.gap, found.floor)
    known = np.isfinite(risen["z"])
    if not known.any():
        return Missing(
            needs=("follower_history",),
            text=f"No history has {COUNTS_NEEDED} counts a day or two apart, so rises over several days cannot be told: add a count a day.",
        )
    rows = np.arange(len(h.creator))
    first, last = np.maximum(risen["first"], 0), np.maximum(risen["last"], 0) + 1
    out = pd.DataFrame(
        {
            "creator": pd.Series(h.creator, dtype="str"),
            "since": h.day[rows, first].astype("datetime64[D]").astype("datetime64[us]"),
            "until": h.day[rows, last].astype("datetime64[D]").astype("datetime64[us]"),
            "before": h.followers[rows, first],
            "after": h.followers[rows, last],
            "share": np.expm1(risen["rise"]),
            "z": risen["z"],
            "n": np.isfinite(found.rate).sum(axis=1) + 1,
            "found": risen["first"] >= 0,
            "top_day": _top_day(found.rate, risen["first"], last),
        }
    )[known].reset_index(drop=True)
    df = degrees_of_freedom(_standard(found.rate))
    out["p"] = np.minimum(1.0, out["n"] * t.sf(out["z"], df))
    # one day that brings most of it is a jump, which has its own check
    over = out["found"] & (out["share"] >= SURGE_LEAST) & (out["z"] >= brief.trust.jump_z) & (out["top_day"] < MOSTLY)
    jump = out[["creator"]].merge(read.largest[["creator", "day", "large", "z"]], on="creator", how="left")
    same = jump["large"].eq(True) & (jump["z"] >= brief.trust.jump_z) & (jump["day"] > out["since"]) & (jump["day"] <= out["until"])
    over &= ~(same & (out["top_day"] >= HALF))
    asked = out.loc[over, ["creator", "since", "until"]]
    near = posts_near(read.data, asked.assign(since=asked["since"] + NEAR_DAYS[0]))
    out = out.merge(near, on="creator", how="left")
    explained = np.select(
        [
            ~over,
            out["giveaway_told"].eq(True),
            out["giveaway_at"].notna(),
            out["viral_at"].notna(),
            ~(out["posts_known"] > 0),
        ],
        [
            "",
            "a giveaway ran in those days",
            "a post of those days drew far more comments than usual, as a giveaway does",
            "a post of those days did far better than usual",
            "your data holds no post of those days, and one that travelled would look the same",
        ],
        "",
    )
    return out.assign(p=out["p"].where(over, 1.0), over=over, explained=explained)


def _top_day(rate: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Share of the rise between two places that its best day brought; missing where there is none."""
    out = np.full(len(rate), np.nan)
    for row in np.flatnonzero(first >= 0):
        own = rate[row, first[row] : last[row]]
        own = own[np.isfinite(own)]
        if len(own) and own.sum() > 0:
            out[row] = own.max() / own.sum()
    return out


def _standard(rate: np.ndarray, most: int = 2_000) -> np.ndarray:
    """Return the changes of at most so many creators, each standardised by its own median and spread."""
    some = rate[np.unique(np.linspace(0, len(rate) - 1, min(len(rate), most)).astype(int))]
    some = some[np.isfinite(some).sum(axis=1) >= COUNTS_NEEDED]
    away = some - np.nanmedian(some, axis=1, keepdims=True)
    spread = 1.4826 * np.nanmedian(np.abs(away), axis=1, keepdims=True)
    z = (away / np.where(spread > 0, spread, np.nan)).ravel()
    return z[np.isfinite(z)]


def tell_surge(row: pd.Series, write: Wording, brief: Brief) -> Told:
    evidence = (
        f"From {write.day(row['since'])} to {write.day(row['until'])} followers rose from {write.count(row['before'])} to "
        f"{write.count(row['after'])}, {write.share(row['share'])} beyond the usual growth; before and after the pace was the usual one."
    )
    if pd.notna(row["giveaway_at"]):
        evidence += f" A post of {write.day(row['giveaway_at'])} reads like a giveaway or drew far more comments than usual."
    elif pd.notna(row["viral_multiple"]):
        evidence += f" The best post of those days got {write.ratio(row['viral_multiple'])} times the usual."
    return Told(
        evidence=evidence,
        innocent=f"Here, {row['explained']}."
        if row["explained"]
        else "A mention by a larger account, press, a trend, or paid ads for the profile that ran for some days.",
        question=f"What brought followers between {write.day(row['since'])} and {write.day(row['until'])}? Please send the follower "
        "graph of that month and where new followers came from.",
    )


def measure_silent(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return how much followers grew over days without any post, against the same creator's days with posts."""
    if not data.has("follower_history") or not data.has("posts"):
        return Missing(needs=("follower_history", "posts"), text="Growth without posts needs both: add follower_history and posts.")
    frame = data.follower_history.dropna(subset=["followers", "day"]).sort_values(["creator", "day"])
    span = frame.groupby("creator", sort=True).agg(
        first=("day", "first"), last=("day", "last"), start=("followers", "first"), end=("followers", "last"), n=("day", "size")
    )
    span = span[(span["n"] >= COUNTS_NEEDED) & (span["start"] > 0)].reset_index()
    if span.empty:
        return Missing(needs=("follower_history",), text=f"No history has {COUNTS_NEEDED} counts or more: add a count a day.")
    last = data.posts.query(
        """
        SELECT creator, max(posted_at) AS last_post, count(*) AS posts FROM posts WHERE posted_at <= $now GROUP BY creator ORDER BY creator
        """,
        {"now": data.as_of.tz_convert("UTC").tz_localize(None) if data.as_of.tzinfo else data.as_of},
    )
    last["last_post"] = last["last_post"].dt.tz_localize(None)
    span = span.merge(last, on="creator", how="inner")
    if span.empty:
        return Missing(needs=("posts.posted_at",), text="No creator with a history has dated posts: add posted_at.")
    quiet_from = span[["first"]].assign(after=span["last_post"] + pd.Timedelta(days=14)).max(axis=1)
    quiet_days = (span["last"] - quiet_from).dt.days.clip(lower=0)
    start = frame.merge(quiet_from.rename("from").to_frame().assign(creator=span["creator"]), on="creator")
    at = start[start["day"] >= start["from"]].groupby("creator")["followers"].first()
    span["quiet_start"] = span["creator"].map(at)
    rise = span["end"] / span["quiet_start"] - 1
    over = (quiet_days >= 30) & (rise >= 0.05)
    return span[["creator", "last_post"]].assign(
        quiet_days=quiet_days,
        rise=rise.where(quiet_days > 0),
        gained=span["end"] - span["quiet_start"],
        until=span["last"],
        n=span["n"],
        z=np.nan,
        p=np.nan,
        over=over.fillna(False),
        explained="",
    )


def tell_silent(row: pd.Series, write: Wording, brief: Brief) -> Told:
    return Told(
        evidence=f"The last post is of {write.day(row['last_post'])}; in {write.count(row['quiet_days'])} later days up "
        f"to {write.day(row['until'])} "
        f"followers rose by {write.count(row['gained'])} ({write.share(row['rise'])}).",
        innocent="Your data may lack the latest posts, stories or lives, or an older post went on being found.",
        question="Where did new followers come from while you were not posting?",
    )


CHECKS = (
    Check(
        name="follower_jump",
        title="Jumps in followers",
        needs="a follower history of 20 counts",
        read=read,
        measure=measure_jump,
        tell=tell_jump,
    ),
    Check(
        name="follower_surge",
        title="Rises over several days",
        needs="a follower history of 20 counts a day apart",
        read=read,
        measure=measure_surge,
        tell=tell_surge,
    ),
    Check(
        name="growth_without_posts",
        title="Growth without posts",
        needs="a follower history and posts",
        measure=measure_silent,
        tell=tell_silent,
    ),
)
