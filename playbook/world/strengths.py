"""Every strength of the synthetic world: default, unit, meaning and where the figure comes from."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal

import pandas as pd

from playbook.errors import BadCall, did_you_mean

Curve = tuple[tuple[float, float], ...]  # (followers, rate)


def _strength(default: Any, unit: str, meaning: str, source: str, low: float | None = None, high: float | None = None) -> Any:
    return field(default=default, metadata={"unit": unit, "meaning": meaning, "source": source, "low": low, "high": high})


@dataclass(frozen=True, kw_only=True)
class Strengths:
    """How strong each effect of the synthetic market is.

    Every field carries its unit, meaning and source in its metadata; :meth:`table` lists them.
    Sources are named by author or firm and year; `assumed` has none.

    Examples
    --------
    >>> Strengths(size_effect=0).size_effect
    0
    >>> Strengths(bought_share=2)
    Traceback (most recent call last):
    playbook.errors.BadCall: bought_share is 2; expected a number between 0 and 1 (share of creators who bought a block of followers).
    """

    # who is there
    tier_mix: tuple[float, ...] = _strength(
        (0.09, 0.33, 0.35, 0.14, 0.09),
        "shares",
        "creators drawn with under 1k, 1-10k, 10-100k, 100k-1M and over 1M followers",
        "stratified on purpose; the market itself has 81.5 % with 1-10k and 0.1 % over 1M on Instagram (HypeAuditor 2026)",
    )
    tail: float = _strength(
        1.15, "Pareto alpha", "tail of follower counts inside a size band", "PlayerSells open data 2026 (X, p99-p99.9)", 0.1, 5
    )
    largest: float = _strength(8e6, "followers", "most followers of any creator", "assumed", 1.1e6, 1e9)

    mess: float = _strength(
        1.0,
        "multiple",
        "gaps and oddities of real files: missing values, rounded counts, a creator with few posts; 0 none",
        "assumed",
        0,
        3,
    )

    # engagement
    curve_instagram: tuple[tuple[float, float], ...] = _strength(
        ((3_200, 0.018), (17_000, 0.0054), (2_000_000, 0.0033)),
        "(followers, share)",
        "median engagement rate per follower, log-log, flat outside the points",
        "HypeAuditor 2026",
    )
    curve_tiktok: tuple[tuple[float, float], ...] = _strength(
        ((2_200, 0.0198), (22_000, 0.0131), (220_000, 0.0084)),
        "(followers, share)",
        "median engagement rate per follower, log-log, flat outside the points",
        "Influencer Hero, January 2024; its figure over 1M is left out, the table has misprints there",
    )
    curve_youtube: tuple[tuple[float, float], ...] = _strength(
        ((5_000, 0.032), (30_000, 0.021), (150_000, 0.015), (700_000, 0.012), (3_000_000, 0.009)),
        "(followers, share)",
        "median engagement rate per subscriber, log-log, flat outside the points",
        "organicmediabuying.com (weak)",
    )
    size_effect: float = _strength(
        1.0, "multiple", "slope of the curves: 1 as published, 0 no effect of size on the rate", "by definition", -3, 3
    )
    macro_jump: float = _strength(1.0, "ratio", "jump of the rate at 100,000 followers beyond the curve", "no jump is published", 0.05, 20)
    between_creator_sd: float = _strength(
        0.8, "log sd", "spread of true rates between creators of one size", "Influencer Hero bands 0.5-1.2; X 1.7-2.5", 0, 3
    )
    post_sd_instagram: float = _strength(
        0.6, "log sd", "spread of posts about a creator's rate", "assumed, so that the noise of 12 posts shows", 0, 2
    )
    post_sd_tiktok: float = _strength(
        1.0, "log sd", "spread of posts about a creator's rate", "assumed: TikTok shows videos far beyond followers", 0, 2
    )
    post_sd_youtube: float = _strength(0.7, "log sd", "spread of posts about a creator's rate", "assumed", 0, 2)
    family: Literal["lognormal", "gamma", "t"] = _strength(
        "lognormal",
        "name",
        "shape of the posts' spread: lognormal, gamma or t (log of a t variable, cut at 8)",
        "three, so that no method is tuned to one",
    )
    t_degrees: float = _strength(4.0, "degrees of freedom", "tail of the t family", "assumed", 2.1, 100)
    format_effect: float = _strength(1.0, "multiple", "effect of the format: 1 as in the market's table, 0 none", "assumed", 0, 3)
    hour_effect: float = _strength(1.0, "multiple", "effect of hour and weekday: 1 is +15 % in the evening, 0 none", "assumed", 0, 3)
    viral_rate: float = _strength(0.01, "share of posts", "posts that go viral", "assumed", 0, 0.2)
    viral_multiple: float = _strength(6.0, "ratio", "engagements of a viral post over an ordinary one", "assumed", 1, 100)
    comments_per_like: float = _strength(
        0.03, "ratio", "comments per like at 20,000 followers", "spendvet.com: 2-5 per 100 likes (weak)", 0, 1
    )
    comment_size_exponent: float = _strength(-0.08, "exponent", "how comments per like change with followers", "assumed", -1, 1)
    hidden_likes_share: float = _strength(0.05, "share of creators", "Instagram creators who hide likes", "assumed", 0, 1)
    engagement_by_views_tiktok: float = _strength(
        0.05, "share", "engagements per view, median", "Captiv8: 5-10 %, the lower end, so that views per follower come near 0.3", 0.001, 1
    )
    engagement_by_views_youtube: float = _strength(0.04, "share", "engagements per view, median", "assumed", 0.001, 1)
    engagement_by_views_instagram: float = _strength(0.05, "share", "engagements per play of a reel, median", "assumed", 0.001, 1)
    reach_level: float = _strength(
        0.30,
        "share",
        "people reached by a post per follower at 5,000 followers",
        "Minter.io 2019 (0-20k 37.7 %), lowered for decline",
        0.01,
        1,
    )
    reach_exponent: float = _strength(-0.10, "exponent", "how that share changes with followers", "Minter.io 2019", -1, 1)
    reach_sd: float = _strength(0.4, "log sd", "spread of reach between creators", "assumed", 0, 2)
    follower_part_instagram: float = _strength(0.9, "share", "part of a post's reach that are followers", "assumed", 0, 1)
    follower_part_tiktok: float = _strength(
        0.4, "share", "part of a video's reach that are followers", "assumed: most views come from recommendations", 0, 1
    )
    insights_share: float = _strength(0.2, "share of creators", "creators who shared reach from their own statistics", "assumed", 0, 1)
    sponsored_share: float = _strength(0.08, "share of posts", "posts paid for by some brand", "assumed", 0, 0.9)
    sponsored_effect: float = _strength(0.85, "ratio", "engagements of a paid post over an ordinary one", "assumed", 0.05, 5)
    disclosure_clear: float = _strength(
        0.55, "share", "paid posts with a clear label", "assumed; in the EU sweep of 2024 20 % of creators always disclosed", 0, 1
    )
    disclosure_missing: float = _strength(0.25, "share", "paid posts without any label; the rest are unclear", "assumed", 0, 1)
    maturing_hours: float = _strength(18.0, "hours", "time in which a post gathers 63 % of its engagements", "assumed", 0.1, 240)

    # followers
    growth_per_month: float = _strength(0.017, "share", "mean growth of followers", "aigrow 2023: 1.69 % (weak)", -0.5, 1)
    growth_sd: float = _strength(0.015, "share", "spread of that growth between creators", "assumed", 0, 1)
    viral_growth: float = _strength(0.03, "share", "followers won in the week after a viral post, median", "assumed", 0, 1)
    giveaway_share: float = _strength(
        0.08,
        "share of creators",
        "creators who held a giveaway in the last 85 days (innocent)",
        "assumed; named as a cause by HypeAuditor",
        0,
        1,
    )
    giveaway_jump: tuple[float, float] = _strength((0.03, 0.12), "shares", "followers won by a giveaway, least and most", "assumed")
    bought_share: float = _strength(
        0.10,
        "share of creators",
        "creators who bought a block of followers",
        "assumed; HypeAuditor 2022 calls 36 % affected by fraud of any kind",
        0,
        1,
    )
    bought_block: tuple[float, float] = _strength(
        (0.06, 0.30), "shares", "size of a bought block, least and most", "assumed; round steps as Popular Pays and Tagger tell"
    )
    bought_bleed: float = _strength(
        0.25, "share", "part of a bought block that is gone in the long run", "assumed; decay as Popular Pays tells", 0, 1
    )
    purge_drop: float = _strength(
        0.003, "share", "followers that every creator loses on the day of a platform's clean-up", "assumed", 0, 0.5
    )
    fake_low_mean: float = _strength(0.10, "share", "fake followers, mean of the larger cluster", "SRF Data 2017", 0.001, 0.9)
    fake_high_mean: float = _strength(0.45, "share", "fake followers, mean of the smaller cluster", "SRF Data 2017", 0.001, 0.9)
    fake_high_share: float = _strength(
        0.25, "share of creators", "creators in the second cluster, whatever their size", "SRF Data 2017", 0, 1
    )
    bought_likes_share: float = _strength(0.03, "share of creators", "creators who buy likes: twice as many, and too even", "assumed", 0, 1)
    label_error: float = _strength(0.02, "share", "hand labels of sampled followers that are wrong", "assumed", 0, 0.5)
    generic_comments: float = _strength(
        0.3,
        "share of comments",
        "comments that say nothing, of ordinary creators",
        "assumed; HypeAuditor 2019 calls half inauthentic",
        0,
        1,
    )
    pod_share: float = _strength(0.06, "share of creators", "creators in a pod whose members comment on each other", "assumed", 0, 1)
    pod_comments: float = _strength(0.45, "share of comments", "comments from the pod, of creators in one", "assumed", 0, 1)

    # audience
    niche_focus: float = _strength(0.68, "share", "followers from the creator's own niche at 20,000 followers", "assumed", 0.01, 0.99)
    niche_focus_size: float = _strength(
        -0.10,
        "share per tenfold",
        "how that share changes when followers grow tenfold",
        "assumed: smaller creators have narrower audiences",
        -0.5,
        0.5,
    )
    home_country: float = _strength(0.75, "share", "followers from the creator's own country, mean", "assumed", 0.01, 0.99)
    overlap: float = _strength(
        1.0,
        "multiple",
        "how crowded the audience is; 1 gives 5-20 % shared followers within a niche",
        "SRF Data 2017: 18 % duplication",
        0.1,
        10,
    )
    activity_sd: float = _strength(0.7, "log sd", "how unevenly people follow creators", "assumed", 0, 2)

    # money
    fee_at_20k: float = _strength(
        260.0,
        "EUR",
        "fee of a creator with 20,000 followers and the usual rate, per post",
        "flat rule of 100 dollars per 10,000 followers (inBeat); Lumanu 2024 median 800 dollars",
        1,
        1e6,
    )
    price_exponent: float = _strength(
        0.6, "exponent", "how fees grow with followers, mean over markets", "between IZEA 2022 (0.32) and rate cards (1.0)", 0, 2
    )
    price_exponent_sd: float = _strength(0.15, "exponent", "spread of that exponent between markets (worlds)", "same", 0, 1)
    price_engagement_exponent: float = _strength(0.3, "exponent", "how fees grow with the engagement rate", "assumed", -1, 2)
    fee_sd: float = _strength(0.8, "log sd", "spread of fees between like creators", "Lumanu 2024: 1.45 with all sizes pooled", 0, 3)
    quote_sd: float = _strength(0.15, "log sd", "spread of quotes about a creator's own fee", "assumed", 0, 2)
    quoted_share: float = _strength(0.65, "share of creators", "creators who have named a fee", "assumed", 0, 1)
    foreign_share: float = _strength(0.08, "share of quotes", "quotes in another currency", "assumed", 0, 1)

    # results
    click_rate: float = _strength(0.015, "share", "clicks per person reached", "story links 1-3 % (weak)", 0, 1)
    conversion_rate: float = _strength(
        0.018,
        "share",
        "orders per click of an order of about 60 dollars; a market may multiply it",
        "Littledata 2023 1.4 %; lookfluence 2.2 % (weak)",
        0,
        1,
    )
    follow_rate: float = _strength(0.004, "share", "new followers of the brand per person reached", "assumed", 0, 1)
    incremental: tuple[float, float] = _strength(
        (0.3, 0.9),
        "shares",
        "part of a creator's marked orders that would not have come anyway, least and most",
        "hidden on purpose: no published figure holds for all",
    )
    code_only: float = _strength(0.55, "share", "campaign orders marked by the code alone", "assumed", 0, 1)
    link_only: float = _strength(0.2, "share", "campaign orders marked by the link alone", "assumed", 0, 1)
    unmarked: float = _strength(0.1, "share", "campaign orders with no mark; the rest carry both", "assumed", 0, 1)
    leakage: float = _strength(
        0.12, "ratio", "orders with a leaked code (coupon pages), per order that the campaign brought or touched", "assumed", 0, 5
    )
    refund_rate: float = _strength(0.06, "share of orders", "orders paid back, wholly or in part", "assumed", 0, 1)
    untracked: float = _strength(0.3, "share of visits", "visits that the analytics tool does not see (no consent)", "assumed", 0, 1)
    lift: float = _strength(0.08, "share", "rise of regional sales where the campaign ran", "planted", -0.9, 10)
    spill: float = _strength(0.0, "share", "rise of regional sales where it did not run", "planted", -0.9, 10)
    region_noise: float = _strength(0.06, "log sd", "daily noise of a region's sales", "assumed", 0, 2)
    region_drift: float = _strength(0.01, "log sd", "daily step of the drift that all regions share", "assumed", 0, 1)

    def __post_init__(self) -> None:
        for f in fields(self):
            value, low, high = getattr(self, f.name), f.metadata["low"], f.metadata["high"]
            if low is not None and not (isinstance(value, (int, float)) and low <= value <= high):
                raise BadCall(f"{f.name} is {value!r}; expected a number between {low:g} and {high:g} ({f.metadata['meaning']}).")
        if self.family not in ("lognormal", "gamma", "t"):
            raise BadCall(
                f"family is {self.family!r}; expected lognormal, gamma or t{did_you_mean(str(self.family), ['lognormal', 'gamma', 't'])}."
            )
        if len(self.tier_mix) != 5 or min(self.tier_mix) < 0 or sum(self.tier_mix) <= 0:
            raise BadCall(f"tier_mix is {self.tier_mix!r}; expected five shares, from under 1,000 to over a million followers.")
        for name in ("giveaway_jump", "bought_block", "incremental"):
            pair = getattr(self, name)
            if len(pair) != 2 or not 0 < pair[0] <= pair[1] <= 1:
                raise BadCall(f"{name} is {pair!r}; expected the least and the most as shares above 0 and up to 1.")
        for name in ("curve_instagram", "curve_tiktok", "curve_youtube"):
            followers = [p[0] for p in getattr(self, name)]
            if not followers or followers != sorted(set(followers)) or min(min(p) for p in getattr(self, name)) <= 0:
                raise BadCall(f"{name} is {getattr(self, name)!r}; expected pairs of followers (rising) and rate, all above 0.")
        for parts in (("disclosure_clear", "disclosure_missing"), ("code_only", "link_only", "unmarked")):
            if sum(getattr(self, p) for p in parts) > 1:
                raise BadCall(f"{', '.join(parts)} add up to {sum(getattr(self, p) for p in parts):g}; expected at most 1.")

    def table(self) -> pd.DataFrame:
        """Return one row a strength: `name`, `value`, `unit`, `meaning`, `source`."""
        return pd.DataFrame(
            [
                {"name": f.name, "value": getattr(self, f.name), **{k: f.metadata[k] for k in ("unit", "meaning", "source")}}
                for f in fields(self)
            ]
        )
