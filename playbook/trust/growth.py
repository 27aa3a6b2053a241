"""Checks on follower histories: jumps, and growth while nothing was posted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing
from playbook.trust.check import Check, Told
from playbook.trust.jumps import COUNTS_NEEDED, jumps
from playbook.wording import Wording

AT_ONCE = 0.85  # share of a rise on one day from which it looks like a block rather than word of mouth


def measure_jump(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return each creator's largest rise, and whether a post or giveaway of those days explains it."""
    found = jumps(data, brief)
    if isinstance(found, Missing):
        return found
    found = found[found["z"].notna()]
    if found.empty:
        return Missing(
            needs=("follower_history",), text=f"No history has {COUNTS_NEEDED} counts or more, so jumps cannot be told: add a count a day."
        )
    over = found["large"] & (found["z"] >= brief.trust.jump_z)
    return found.assign(n=found["counts"], over=over, explained=[_explained(r) for r in found.itertuples()])


def _explained(row) -> str:
    if row.giveaway_told is True:
        return "a giveaway ran in those days"
    # people who hear of a post come over several days; a block comes at once
    if row.one_day >= AT_ONCE:
        return ""
    if pd.notna(row.giveaway_at):
        return "a post of those days drew far more comments than usual, as a giveaway does"
    return "a post of those days did far better than usual" if pd.notna(row.viral_at) else ""


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
        else "A mention by a larger account, press, paid ads for the profile, a merged account, or a story that your data does not hold.",
        question=f"What happened around {write.day(row['day'])}? Please send the follower graph and where new followers "
        "came from in that month.",
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
        measure=measure_jump,
        tell=tell_jump,
        weight=35,
    ),
    Check(
        name="growth_without_posts",
        title="Growth without posts",
        needs="a follower history and posts",
        measure=measure_silent,
        tell=tell_silent,
        weight=10,
    ),
)
