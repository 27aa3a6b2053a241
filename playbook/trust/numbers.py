"""Checks on a creator's own numbers: followers against following, engagement against peers, likes and comments."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.creators import with_tiers
from playbook.data.dataset import Dataset
from playbook.engagement.rates import numerator_sql, parts, platform_of
from playbook.findings import Missing
from playbook.trust.check import Check, Told
from playbook.trust.rates import PEERS_NEEDED, among_peers
from playbook.wording import Wording, plural

POSTS_NEEDED = 5
EVEN_POSTS_NEEDED = 8
UNUSUAL = 0.01  # a tail probability that is worth a question even where the error rate over all creators is not met
TWICE = np.log(2.0)
MASS_FOLLOWING = 1_500  # HypeAuditor's line for a mass follower
WINDOW = 30  # latest posts that the checks look at
MATURE_HOURS = 72.0


def _creators(data: Dataset, brief: Brief) -> pd.DataFrame:
    """Return one row a creator with the platform its table or key names."""
    frame = with_tiers(data, brief).drop_duplicates("creator")
    named = platform_of(frame["creator"]).astype("str")
    return frame.assign(platform=frame["platform"].where(frame["platform"].notna(), named)).reset_index(drop=True)


def _posts(data: Dataset) -> pd.DataFrame:
    """Return the moments of each creator's latest grown posts that the checks need; small, one row a creator."""
    made_of = parts(data)
    sql = f"""
        WITH used AS (
            SELECT creator, likes, comments, ({numerator_sql(made_of)}) AS engagement,
                   CASE WHEN comments IS NOT NULL THEN ln(likes + 0.5) END AS log_likes,
                   CASE WHEN likes IS NOT NULL THEN ln(comments + 0.5) END AS log_comments,
                   max(posted_at) OVER (PARTITION BY creator) AS last_at
            FROM posts WHERE posted_at IS NULL OR posted_at <= $before
            QUALIFY row_number() OVER (PARTITION BY creator ORDER BY posted_at DESC NULLS LAST, post) <= {WINDOW}
        )
        SELECT creator, count(*) AS posts, count(likes) AS likes_known, count(engagement) AS known,
               median(ln(engagement + 0.5)) AS log_middle, var_samp(ln(engagement + 0.5)) AS log_var,
               median(engagement) AS typical, median(likes) AS likes_typical,
               var_samp(ln(likes + 0.5)) AS likes_log_var, min(likes) AS likes_min, max(likes) AS likes_max,
               count(DISTINCT likes) AS likes_distinct,
               avg(CASE WHEN likes >= 100 THEN CAST(likes % 50 = 0 AS DOUBLE) END) AS round_share,
               count(*) FILTER (likes >= 100) AS round_n,
               sum(comments) FILTER (likes IS NOT NULL AND comments IS NOT NULL) AS comments_sum,
               sum(likes) FILTER (likes IS NOT NULL AND comments IS NOT NULL) AS likes_sum,
               count(*) FILTER (likes IS NOT NULL AND comments IS NOT NULL) AS both_known,
               count(comments) AS comments_known, count(*) FILTER (comments > 0) AS commented,
               avg(log_likes) AS pair_likes, avg(log_comments) AS pair_comments, var_samp(log_likes) AS pair_likes_var,
               var_samp(log_comments) AS pair_comments_var, covar_samp(log_likes, log_comments) AS pair_covar
        FROM used GROUP BY creator ORDER BY creator
    """
    now = data.as_of.tz_convert("UTC").tz_localize(None) if data.as_of.tzinfo else data.as_of
    return data.posts.query(sql, {"before": now - pd.Timedelta(hours=MATURE_HOURS)})


def read(data: Dataset, brief: Brief) -> pd.DataFrame:
    """Return one row a creator: profile, and the moments of the latest posts (missing without posts)."""
    frame = _creators(data, brief)
    if not data.has("posts"):
        names = (
            "posts likes_known known log_middle log_var typical likes_typical likes_log_var likes_min likes_max "
            "likes_distinct round_share round_n comments_sum likes_sum both_known comments_known commented "
            "pair_likes pair_comments pair_likes_var pair_comments_var pair_covar"
        )
        return frame.assign(**dict.fromkeys(names.split(), np.nan))
    return frame.merge(_posts(data), on="creator", how="left")


def _none(what: str, needs: tuple[str, ...], add: str) -> Missing:
    return Missing(needs=needs, text=f"{what}: add {add}.")


def measure_following(read: pd.DataFrame, brief: Brief) -> pd.DataFrame | Missing:
    """Return accounts followed per follower, its place among all creators, and whether it reaches the knob."""
    frame = read[(read["followers"] > 0) & read["following"].notna()]
    if frame.empty:
        return _none("Nobody's count of accounts followed is known", ("creators.following",), "the column following to your creators")
    ratio = frame["following"] / frame["followers"]
    place = ratio.rank(pct=True, method="average") - 0.5 / len(ratio)
    peers = among_peers(np.log((frame["following"] + 1) / frame["followers"]), frame["followers"], frame["platform"], 0.0 * ratio)
    over = ratio >= brief.trust.following_ratio
    return frame[["creator", "platform", "followers", "following"]].assign(
        ratio=ratio,
        place=place,
        n=len(frame),
        z=peers["z"],
        p=peers["p_high"].where(frame["following"] > MASS_FOLLOWING),
        over=over,
        explained="",
    )


def tell_following(row: pd.Series, write: Wording, brief: Brief) -> Told:
    mass = f"; over {write.count(MASS_FOLLOWING)} is often called mass following" if row["following"] > MASS_FOLLOWING else ""
    return Told(
        evidence=f"Follows {write.count(row['following'])} accounts and has {write.count(row['followers'])} followers, "
        f"{write.ratio(row['ratio'])} "
        f"followed for each follower; more than {write.share(row['place'])} of the {write.count(row['n'])} creators checked{mass}.",
        innocent="Young and sociable accounts follow many, and some people answer every follow out of courtesy.",
        question="How did you win your first followers, and do you follow back as a habit?",
    )


def measure_engagement(read: pd.DataFrame, brief: Brief, *, high: bool) -> pd.DataFrame | Missing:
    """Return each creator's typical engagement against that of peers of its size on its platform, with the tail probability."""
    if read["posts"].isna().all():
        return _none("There are no posts", ("posts",), "posts with their likes and comments")
    frame = read
    frame = frame[(frame["followers"] > 0) & (frame["known"] >= POSTS_NEEDED)]
    if frame.empty:
        return _none(f"No creator has followers and {POSTS_NEEDED} posts with known likes", ("posts.likes",), "more posts with their likes")
    rate = frame["log_middle"] - np.log(frame["followers"])
    pooled = float(np.nanmedian(frame["log_var"]))
    # variance of a median of so many posts
    own = 1.57 * frame["log_var"].fillna(pooled).clip(lower=0.25 * pooled) / frame["known"]
    peers = among_peers(rate, frame["followers"], frame["platform"], own)
    p = peers["p_high"] if high else peers["p_low"]
    far = peers["residual"] >= TWICE if high else peers["residual"] <= -TWICE
    out = frame[["creator", "platform", "followers", "posts", "typical"]].assign(
        rate=np.exp(rate),
        expected=np.exp(peers["expected"]),
        multiple=np.exp(peers["residual"]),
        peers=peers["peers"],
        n=frame["known"],
        z=peers["z"] if high else -peers["z"],
        p=p,
        over=far & (p < UNUSUAL),
        explained="",
    )
    out = out[peers["z"].notna()]
    if out.empty:
        return _none(
            f"Fewer than {PEERS_NEEDED} creators of one platform have posts with known likes",
            ("posts.likes",),
            "more creators to compare with",
        )
    return out


def _tell_engagement(row: pd.Series, write: Wording) -> str:
    return (
        f"A typical post gets {write.count(row['typical'])} likes, comments and the like from {write.count(row['followers'])} followers, "
        f"{write.share(row['rate'])}; {write.count(row['peers'])} {row['platform']} creators, at this size, have about "
        f"{write.share(row['expected'])} "
        f"({write.ratio(row['multiple'])} times as much as expected, {write.count(row['n'])} posts)."
    )


def tell_low(row: pd.Series, write: Wording, brief: Brief) -> Told:
    return Told(
        evidence=_tell_engagement(row, write),
        innocent="An older audience that has gone quiet, a change of topic, a platform that shows the posts to few, or "
        "posts that are watched and not liked.",
        question="What share of your followers saw your last posts? Please send screenshots of reach and of followers "
        "by country for the last 30 days.",
    )


def tell_high(row: pd.Series, write: Wording, brief: Brief) -> Told:
    return Told(
        evidence=_tell_engagement(row, write),
        innocent="A close audience, a post that travelled far beyond the followers, giveaways, or a count of followers that lags behind.",
        question="Which of your posts reached most people that do not follow you? Please send screenshots of reach by "
        "followers and others.",
    )


def measure_evenness(read: pd.DataFrame, brief: Brief) -> pd.DataFrame | Missing:
    """Return how much likes differ from post to post against peers: bought likes come in the same numbers each time."""
    if read["posts"].isna().all():
        return _none("There are no posts", ("posts",), "posts with their likes")
    frame = read
    frame = frame[(frame["followers"] > 0) & (frame["likes_known"] >= EVEN_POSTS_NEEDED) & (frame["likes_typical"] >= 20)]
    if frame.empty:
        return _none(
            f"No creator has {EVEN_POSTS_NEEDED} posts with known likes, 20 or more each", ("posts.likes",), "more posts with their likes"
        )
    # chance alone spreads small counts: 1/likes of variance belongs to no one
    spread = (frame["likes_log_var"] - 1 / frame["likes_typical"]).clip(lower=1e-6)
    value = np.log(spread)
    peers = among_peers(value, frame["followers"], frame["platform"], 2.0 / (frame["likes_known"] - 1))
    same = frame["likes_distinct"] <= np.maximum(2, 0.3 * frame["likes_known"])
    out = frame[["creator", "platform", "likes_min", "likes_max", "likes_distinct", "likes_typical"]].assign(
        spread=np.sqrt(spread),
        expected=np.exp(peers["expected"] / 2),
        peers=peers["peers"],
        n=frame["likes_known"],
        z=-peers["z"],
        p=peers["p_low"],
        over=((peers["p_low"] < UNUSUAL) & (peers["residual"] <= -2 * TWICE)) | (same & (frame["likes_typical"] >= 100)),
        explained="",
    )
    out = out[peers["z"].notna()]
    return (
        out
        if len(out)
        else _none(
            f"Fewer than {PEERS_NEEDED} creators of one platform have enough posts", ("posts.likes",), "more creators to compare with"
        )
    )


def tell_evenness(row: pd.Series, write: Wording, brief: Brief) -> Told:
    return Told(
        evidence=f"Likes on {write.count(row['n'])} posts range from {write.count(row['likes_min'])} to "
        f"{write.count(row['likes_max'])}; posts differ by "
        f"{write.share(row['spread'])}, those of {write.count(row['peers'])} peers by about {write.share(row['expected'])}.",
        innocent="Very regular posts of one kind to a loyal audience, or counts that a tool has rounded or averaged.",
        question="Where do the likes of your last ten posts come from? Please send screenshots of one strong and one "
        "weak post's statistics.",
    )


def measure_roundness(read: pd.DataFrame, brief: Brief) -> pd.DataFrame | Missing:
    """Return how many posts have likes in whole fifties, against one in fifty by chance."""
    from scipy.stats import binom

    if read["posts"].isna().all():
        return _none("There are no posts", ("posts",), "posts with their likes")
    frame = read
    frame = frame[frame["round_n"] >= EVEN_POSTS_NEEDED]
    # where a file rounds for everybody, round numbers say nothing about anybody
    pool = float(frame["round_share"].mean()) if len(frame) else 0.0
    if frame.empty or pool > 0.2:
        why = (
            "The likes in your data look rounded for everybody"
            if len(frame)
            else f"No creator has {EVEN_POSTS_NEEDED} posts with 100 likes or more"
        )
        return _none(why, ("posts.likes",), "likes as exact counts")
    rounded = (frame["round_share"] * frame["round_n"]).round()
    p = pd.Series(binom.sf(rounded - 1, frame["round_n"], max(0.02, pool)), index=frame.index)
    return frame[["creator"]].assign(
        rounded=rounded, n=frame["round_n"], z=np.nan, p=p, over=(p < UNUSUAL) & (frame["round_share"] >= 0.3), explained=""
    )


def tell_roundness(row: pd.Series, write: Wording, brief: Brief) -> Told:
    return Told(
        evidence=f"{write.count(row['rounded'])} of {write.count(row['n'])} posts with 100 likes or more have a whole "
        "multiple of 50; by chance it would be about one in fifty.",
        innocent="Whoever collected the numbers may have rounded them.",
        question="Could you send the exact likes of your last ten posts as a screenshot?",
    )


def measure_talk(read: pd.DataFrame, brief: Brief) -> pd.DataFrame | Missing:
    """Return comments per like against peers of the same size and platform, on the log scale, two-sided."""
    if read["posts"].isna().all():
        return _none("There are no posts", ("posts",), "posts with likes and comments")
    frame = read
    frame = frame[(frame["followers"] > 0) & (frame["both_known"] >= POSTS_NEEDED) & (frame["likes_sum"] >= 200)]
    if frame.empty:
        return _none(
            f"No creator has {POSTS_NEEDED} posts with likes and comments", ("posts.comments",), "comments beside the likes of posts"
        )
    value = np.log((frame["comments_sum"] + 0.5) / frame["likes_sum"])
    peers = among_peers(value, frame["followers"], frame["platform"], 1 / (frame["comments_sum"] + 0.5) + 0.3 / frame["both_known"])
    closed = frame["commented"] == 0
    out = frame[["creator", "platform", "comments_sum", "likes_sum"]].assign(
        ratio=frame["comments_sum"] / frame["likes_sum"],
        expected=np.exp(peers["expected"]),
        peers=peers["peers"],
        n=frame["both_known"],
        z=peers["z"].abs(),
        p=peers["p"],
        over=(peers["p"] < UNUSUAL) & (peers["residual"].abs() >= TWICE),
        explained=np.where(closed, "no post has a comment, so they may be turned off", ""),
    )
    out = out[peers["z"].notna()]
    return (
        out
        if len(out)
        else _none(
            f"Fewer than {PEERS_NEEDED} creators of one platform have enough posts", ("posts.comments",), "more creators to compare with"
        )
    )


def tell_talk(row: pd.Series, write: Wording, brief: Brief) -> Told:
    few = row["ratio"] < row["expected"]
    return Told(
        evidence=f"{write.count(row['comments_sum'])} comments on {write.count(row['likes_sum'])} likes over "
        f"{write.count(row['n'])} posts, "
        f"{write.number(100 * row['ratio'], 1)} for each 100 likes; {write.count(row['peers'])} peers of this size have "
        f"about {write.number(100 * row['expected'], 1)}.",
        innocent="Comments are turned off or filtered, or the posts are looked at rather than talked about."
        if few
        else "Giveaways, questions in the posts, and a creator who answers everybody raise comments.",
        question="Are comments limited on your posts?" if few else "What made people comment so much on your last posts?",
    )


def measure_hidden(read: pd.DataFrame, brief: Brief) -> pd.DataFrame | Missing:
    """Return the share of posts without likes, where the platform's other creators show theirs."""
    if not (read["likes_known"] > 0).any():
        return _none("Nobody's likes are known", ("posts.likes",), "posts with their likes")
    frame = read
    frame = frame[frame["posts"] >= POSTS_NEEDED]
    if frame.empty:
        return _none(f"No creator has {POSTS_NEEDED} posts", ("posts",), "more posts")
    hidden = 1 - frame["likes_known"] / frame["posts"]
    return frame[["creator"]].assign(
        hidden=hidden, n=frame["posts"], z=np.nan, p=np.nan, over=(hidden >= 0.5) & (float(hidden.median()) < 0.5), explained=""
    )


def tell_hidden(row: pd.Series, write: Wording, brief: Brief) -> Told:
    n = round(row["hidden"] * row["n"])
    return Told(
        evidence=f"{n} of the {write.count(row['n'])} latest {plural(row['n'], 'post')} {plural(n, 'shows', 'show')} no "
        "likes, so their engagement cannot be checked.",
        innocent="Hiding likes is a setting that many choose for calm, and some tools leave likes out.",
        question="Could you send the likes and reach of your last twelve posts as screenshots?",
    )


def _high(read: pd.DataFrame, brief: Brief) -> pd.DataFrame | Missing:
    return measure_engagement(read, brief, high=True)


def _low(read: pd.DataFrame, brief: Brief) -> pd.DataFrame | Missing:
    return measure_engagement(read, brief, high=False)


def _shared(**given) -> Check:
    return Check(read=read, **given)


CHECKS = (
    _shared(
        name="engagement_low",
        title="Engagement below peers",
        needs="followers, and posts with likes",
        measure=_low,
        tell=tell_low,
    ),
    _shared(
        name="engagement_high",
        title="Engagement above peers",
        needs="followers, and posts with likes",
        measure=_high,
        tell=tell_high,
    ),
    _shared(
        name="likes_even",
        title="Likes that hardly differ",
        needs="eight posts with likes",
        measure=measure_evenness,
        tell=tell_evenness,
    ),
    _shared(
        name="likes_round",
        title="Likes in round numbers",
        needs="eight posts with 100 likes",
        measure=measure_roundness,
        tell=tell_roundness,
    ),
    _shared(
        name="comments_per_like",
        title="Comments per like",
        needs="posts with likes and comments",
        measure=measure_talk,
        tell=tell_talk,
    ),
    _shared(name="likes_hidden", title="Likes not shown", needs="posts", measure=measure_hidden, tell=tell_hidden),
    _shared(
        name="follows",
        title="Accounts followed per follower",
        needs="following and followers",
        measure=measure_following,
        tell=tell_following,
    ),
)
