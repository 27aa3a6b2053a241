"""Checks on likes beside comments: whoever adds likes seldom adds talk, so the two part."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.findings import Missing
from playbook.trust.check import Check, Told
from playbook.trust.numbers import EVEN_POSTS_NEEDED, POSTS_NEEDED, TWICE, UNUSUAL, read
from playbook.trust.rates import PEERS_NEEDED, among_peers
from playbook.wording import Wording

LIKES_LEAST = 20.0  # typical likes under which chance alone parts likes and comments


def _none(why: str) -> Missing:
    return Missing(needs=("posts.comments",), text=f"{why}: add the comments of posts beside their likes.")


def _pairs(read: pd.DataFrame, needed: int) -> pd.DataFrame | Missing:
    if read["posts"].isna().all():
        return Missing(needs=("posts",), text="There are no posts: add posts with their likes and comments.")
    frame = read[(read["followers"] > 0) & (read["both_known"] >= needed)]
    return frame if len(frame) else _none(f"No creator has {needed} posts with likes and comments")


def _judged(found: pd.DataFrame, z: pd.Series) -> pd.DataFrame | Missing:
    found = found[z.notna()]
    return found if len(found) else _none(f"Fewer than {PEERS_NEEDED} creators of one platform have posts with likes and comments")


def measure_alone(read: pd.DataFrame, brief: Brief) -> pd.DataFrame | Missing:
    """Return how far likes lie above those of peers with as many followers and as many comments.

    Comments are worth knowing here: creators of one size differ widely in likes, but those of one size and as much talk differ far less.
    """
    frame = _pairs(read, POSTS_NEEDED)
    if isinstance(frame, Missing):
        return frame
    pooled = float(np.nanmedian(frame["pair_likes_var"] + 0.25 * frame["pair_comments_var"]))
    own = (frame["pair_likes_var"] + 0.25 * frame["pair_comments_var"]).fillna(pooled).clip(lower=0.25 * pooled) / frame["both_known"]
    peers = among_peers(frame["pair_likes"], frame["followers"], frame["platform"], own, beside=frame["pair_comments"])
    out = frame[["creator", "platform", "followers"]].assign(
        likes=np.exp(frame["pair_likes"]),
        comments=np.exp(frame["pair_comments"]),
        expected=np.exp(peers["expected"]),
        multiple=np.exp(peers["residual"]),
        peers=peers["peers"],
        n=frame["both_known"],
        z=peers["z"],
        p=peers["p_high"],
        over=(peers["residual"] >= TWICE) & (peers["p_high"] < UNUSUAL),
        explained=np.where(frame["commented"] == 0, "no post has a comment, so they may be turned off", ""),
    )
    return _judged(out, peers["z"])


def tell_alone(row: pd.Series, write: Wording, brief: Brief) -> Told:
    return Told(
        evidence=f"A typical post has {write.count(row['likes'])} likes beside {write.number(row['comments'], 1)} comments; "
        f"{write.count(row['peers'])} {row['platform']} creators suggest about {write.count(row['expected'])} likes for as many followers "
        f"and comments ({write.ratio(row['multiple'])} times as many as expected, {write.count(row['n'])} posts).",
        innocent="Comments are filtered or few by habit, posts that please the eye are liked without a word, and promoted posts "
        "collect likes from passers-by.",
        question="Were these posts promoted with ads? Please send the statistics of two of them: likes and reach, by followers and others.",
    )


def measure_bursts(read: pd.DataFrame, brief: Brief) -> pd.DataFrame | Missing:
    """Return how much likes move from post to post without comments moving along, against peers.

    The variance of log likes around what the post's comments suggest, with the slope that all creators of the platform share.
    """
    frame = _pairs(read, EVEN_POSTS_NEEDED)
    if isinstance(frame, Missing):
        return frame
    frame = frame[(frame["likes_typical"] >= LIKES_LEAST) & (frame["commented"] > 0)]
    if frame.empty:
        return _none(f"No creator has {EVEN_POSTS_NEEDED} posts with likes and comments, {LIKES_LEAST:.0f} likes or more each")
    weight = frame["both_known"] - 1
    sums = pd.DataFrame({"platform": frame["platform"], "c": frame["pair_covar"] * weight, "v": frame["pair_comments_var"] * weight})
    totals = sums.groupby("platform")[["c", "v"]].transform("sum")
    slope = (totals["c"] / totals["v"].where(totals["v"] > 0)).fillna(0.0).clip(0, 1)
    left = frame["pair_likes_var"] - 2 * slope * frame["pair_covar"] + slope**2 * frame["pair_comments_var"]
    left = left.clip(lower=1e-4)
    peers = among_peers(np.log(left), frame["followers"], frame["platform"], 2.0 / weight)
    out = frame[["creator", "platform", "likes_min", "likes_max"]].assign(
        spread=np.sqrt(left),
        expected=np.exp(peers["expected"] / 2),
        peers=peers["peers"],
        n=frame["both_known"],
        z=peers["z"],
        p=peers["p_high"],
        over=(peers["p_high"] < UNUSUAL) & (peers["residual"] >= TWICE),
        explained="",
    )
    return _judged(out, peers["z"])


def tell_bursts(row: pd.Series, write: Wording, brief: Brief) -> Told:
    return Told(
        evidence=f"Likes range from {write.count(row['likes_min'])} to {write.count(row['likes_max'])} over "
        f"{write.count(row['n'])} posts while comments do not move along: posts differ by {write.share(row['spread'])} around what their "
        f"comments suggest, those of {write.count(row['peers'])} peers by about {write.share(row['expected'])}.",
        innocent="Some posts were promoted or recommended to strangers, who like and do not write, or photos and videos are mixed.",
        question="What set the posts with most likes apart? Please send the statistics of the strongest and of an ordinary one.",
    )


CHECKS = (
    Check(
        name="likes_alone",
        title="Likes that comments do not match",
        needs="posts with likes and comments",
        read=read,
        measure=measure_alone,
        tell=tell_alone,
    ),
    Check(
        name="likes_in_bursts",
        title="Likes that move without comments",
        needs="eight posts with likes and comments",
        read=read,
        measure=measure_bursts,
        tell=tell_bursts,
    ),
)
