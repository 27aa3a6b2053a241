"""The kit's tables as data: columns, types, units, meaning, keys and limits.

Types: `text`, `count` (float64, whole, >= 0, missing is NaN), `number` (float64), `share` (float64, 0-1),
`money` (float64, >= 0, in the row's currency), `flag` (boolean), `time` (UTC), `day`.
Unknown is missing, never 0; ids are text.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import pandera.pandas as pa

Kind = Literal["text", "count", "number", "share", "money", "flag", "time", "day"]

DTYPES: dict[Kind, str] = {
    "text": "str",
    "count": "float64",
    "number": "float64",
    "share": "float64",
    "money": "float64",
    "flag": "boolean",
    "time": "datetime64[us, UTC]",
    "day": "datetime64[us]",
}


@dataclass(frozen=True)
class Column:
    """One column: its name, type and meaning, and the plain synonyms that are mapped without asking."""

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    synonyms: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table: what a row is, its columns, and the columns that identify a row."""

    name: str
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [c.name for c in self.columns]

    def column(self, name: str) -> Column:
        """Return the column of that name."""
        return next(c for c in self.columns if c.name == name)

    @property
    def required(self) -> list[str]:
        """Names of the columns without which a row says nothing."""
        return [c.name for c in self.columns if c.required]

    def empty(self) -> pd.DataFrame:
        """Return the table without rows, with the right types."""
        return pd.DataFrame({c.name: pd.Series(dtype=DTYPES[c.kind]) for c in self.columns})

    def typed(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return `frame` with all columns of the table, in order and typed; absent ones are missing.

        Values must already be clean (readers do that); this only sets types.
        """
        out = {}
        for column in self.columns:
            dtype = DTYPES[column.kind]
            if column.name in frame:
                values = frame[column.name]
                out[column.name] = values if str(values.dtype) == dtype else values.astype(dtype)
            elif column.kind == "text":
                out[column.name] = pd.Series([np.nan] * len(frame), index=frame.index, dtype="str")
            else:
                out[column.name] = (
                    pd.Series([pd.NA] * len(frame), index=frame.index).astype("Float64" if dtype == "float64" else dtype).astype(dtype)
                )
        return pd.DataFrame(out, index=frame.index).reset_index(drop=True)

    @functools.cached_property
    def _schema(self) -> pa.DataFrameSchema:
        import pandera.pandas as pa

        limits: dict[Kind, list] = {
            "count": [pa.Check.ge(0)],
            "money": [pa.Check.ge(0)],
            "share": [pa.Check.in_range(0, 1)],
        }
        columns = {}
        for c in self.columns:
            checks = list(limits.get(c.kind, []))
            if c.allowed:
                checks.append(pa.Check.isin(c.allowed))
            columns[c.name] = pa.Column(DTYPES[c.kind], checks=checks, nullable=not c.required, required=True)
        return pa.DataFrameSchema(columns, name=self.name, strict=True)

    def schema(self) -> pa.DataFrameSchema:
        """Return the pandera schema: types, limits, required columns."""
        return self._schema


def _c(name: str, kind: Kind, meaning: str, *, required: bool = False, synonyms: str = "", allowed: tuple[str, ...] = ()) -> Column:
    return Column(name, kind, meaning, required, tuple(synonyms.split()), allowed)


FORMATS = ("photo", "carousel", "reel", "video", "short", "story", "live", "text")
STATES = ("to contact", "contacted", "answered", "declined", "agreed", "briefed", "published", "paid")
MEASURES = (
    "sales",
    "orders",
    "control",
    "followers",
    "followers_gained",
    "searches",
    "visits",
    "views",
    "reach",
    "profile_visits",
    "link_clicks",
    "likes",
    "comments",
    "shares",
    # of a second platform in the same export
    *(
        f"{on}_{what}"
        for on in ("facebook", "instagram")
        for what in ("followers_gained", "views", "reach", "profile_visits", "link_clicks")
    ),
)

_CREATOR = _c(
    "creator",
    "text",
    "key of the creator: platform:handle",
    required=True,
    synonyms="account username handle user user_name profile owner_username ownerusername channel_id channelid channel_title channeltitle",
)

TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        Table(
            "creators",
            "a creator on a platform",
            (
                _CREATOR,
                _c("platform", "text", "instagram, tiktok, youtube, … in small letters", synonyms="network channel_type"),
                _c("handle", "text", "the name on the platform, without @"),
                _c("name", "text", "the name shown", synonyms="full_name fullname display_name title"),
                _c(
                    "followers",
                    "count",
                    "followers now",
                    synonyms="follower_count followers_count subscribers subscriber_count followerscount subscribercount followers_num",
                ),
                _c("following", "count", "accounts followed", synonyms="followings following_count follows_count followings_count"),
                _c(
                    "posts_total",
                    "count",
                    "posts ever",
                    synonyms="posts_count media_count total_videos video_count videocount postscount mediacount",
                ),
                _c("total_likes", "count", "likes ever", synonyms="likes_total heart_count"),
                _c("niche", "text", "what the creator is about, one word", synonyms="category topic vertical"),
                _c("country", "text", "two-letter code of the creator's country"),
                _c("language", "text", "two-letter code of the language of the posts", synonyms="lang"),
                _c("bio", "text", "the profile's text", synonyms="biography description"),
                _c("followers_precision", "count", "step in which the follower count is published: 1, 100, 1000 …"),
                _c("collected_on", "day", "day on which these numbers were read", synonyms="collected snapshot_date"),
                _c("url", "text", "address of the profile", synonyms="profile_url profile_link"),
            ),
            key=("creator",),
        ),
        Table(
            "posts",
            "a post",
            (
                _c(
                    "post",
                    "text",
                    "key of the post: platform's id or address",
                    required=True,
                    synonyms="post_id id shortcode media_id video_id permalink post_url",
                ),
                _CREATOR,
                _c(
                    "posted_at",
                    "time",
                    "time of publication, UTC",
                    synonyms="timestamp published_at publishedat date posted created_at publish_time taken_at taken_at_timestamp "
                    "create_time createtime",
                ),
                _c("format", "text", "photo, carousel, reel, video, short, story, live or text", synonyms="type media_type post_type"),
                _c("likes", "count", "likes; missing where hidden", synonyms="like_count likes_count likecount likescount"),
                _c("comments", "count", "comments", synonyms="comment_count comments_count commentcount commentscount"),
                _c("shares", "count", "shares", synonyms="share_count reposts shares_count"),
                _c("saves", "count", "saves", synonyms="saved save_count bookmarks"),
                _c(
                    "views",
                    "count",
                    "plays or views as the platform counts them",
                    synonyms="view_count viewcount plays play_count playcount video_views",
                ),
                _c("reach", "count", "accounts reached", synonyms="accounts_reached"),
                _c("impressions", "count", "times shown"),
                _c("followers_at_post", "count", "followers at the time of the post", synonyms="followers_at_posting"),
                _c("caption", "text", "the post's text", synonyms="text description video_description title"),
                _c("sponsored", "flag", "marked or known as paid", synonyms="is_sponsored paid_partnership ad"),
            ),
            key=("post",),
        ),
        Table(
            "follower_history",
            "a creator's follower count on a day",
            (
                _CREATOR,
                _c("day", "day", "the day", required=True, synonyms="date"),
                _c("followers", "count", "followers on that day", required=True, synonyms="follower_count"),
            ),
            key=("creator", "day"),
        ),
        Table(
            "follower_sample",
            "a sampled follower of a creator",
            (
                _CREATOR,
                _c("account", "text", "the follower, hashed", required=True, synonyms="follower username user user_name"),
                _c(
                    "following",
                    "count",
                    "accounts this follower follows",
                    synonyms="follows followings following_count follows_count user_following_count userfollowingcount edge_follow",
                ),
                _c(
                    "followers",
                    "count",
                    "followers of this follower",
                    synonyms="follower_count followers_count user_follower_count userfollowercount edge_followed_by",
                ),
                _c(
                    "posts",
                    "count",
                    "posts of this follower",
                    synonyms="posts_count post_count media_count user_media_count usermediacount statuses_count",
                ),
                _c(
                    "has_picture",
                    "flag",
                    "has a profile picture",
                    synonyms="profile_pic has_profile_pic profile_picture has_profile_picture userhasprofilpic",
                ),
                _c("private", "flag", "account is private", synonyms="is_private user_is_private userisprivate"),
                _c(
                    "label",
                    "text",
                    "fake or real, where somebody looked",
                    synonyms="fake is_fake isfake bot is_bot",
                    allowed=("fake", "real"),
                ),
            ),
            key=("creator", "account"),
        ),
        Table(
            "audience",
            "one bucket of one dimension of a creator's audience",
            (
                _CREATOR,
                _c(
                    "dimension", "text", "age, gender, country or language", required=True, allowed=("age", "gender", "country", "language")
                ),
                _c("bucket", "text", "18-24, female, DE, de …", required=True, synonyms="value category"),
                _c("share", "share", "share of the audience, 0-1", required=True),
                _c("n", "count", "people the share rests on, where told"),
            ),
            key=("creator", "dimension", "bucket"),
        ),
        Table(
            "comments",
            "a comment",
            (
                _c("post", "text", "key of the post", required=True, synonyms="post_id"),
                _c("author", "text", "who wrote it, hashed", synonyms="commenter username user"),
                _c("text", "text", "the comment", synonyms="comment"),
                _c("posted_at", "time", "time of the comment, UTC", synonyms="timestamp created_at date"),
            ),
        ),
        Table(
            "scores",
            "a measure of a creator as told by a tool",
            (
                _CREATOR,
                _c("tool", "text", "who says so", required=True),
                _c("measure", "text", "the tool's own name for it", required=True),
                _c("value", "number", "the tool's value", required=True),
            ),
            key=("creator", "tool", "measure"),
        ),
        Table(
            "quotes",
            "a fee a creator asks for a deliverable",
            (
                _CREATOR,
                _c("deliverable", "text", "what for: photo, reel, video, story …", synonyms="format"),
                _c("fee", "money", "fee asked", required=True, synonyms="price rate cost"),
                _c("currency", "text", "ISO 4217 code; empty takes the budget's"),
                _c("asked_on", "day", "day of the quote", synonyms="date"),
            ),
            key=("creator", "deliverable", "asked_on"),
        ),
        Table(
            "deliverables",
            "a post that was ours",
            (
                _CREATOR,
                _c("post", "text", "key of the post, once it is out", synonyms="post_id"),
                _c("deliverable", "text", "what was agreed: photo, reel …"),
                _c("code", "text", "the creator's discount code", synonyms="discount_code"),
                _c("utm_content", "text", "the creator's mark in tracking links"),
                _c("due", "day", "day agreed"),
                _c("draft", "text", "caption planned, read for its label before it is out", synonyms="draft_caption"),
                _c("published_at", "time", "time of publication, UTC"),
            ),
        ),
        Table(
            "payouts",
            "a payment to a creator",
            (
                _CREATOR,
                _c("amount", "money", "paid", required=True, synonyms="fee paid"),
                _c("currency", "text", "ISO 4217 code; empty takes the budget's"),
                _c("basis", "text", "flat, per order, product only …"),
                _c("product_cost", "money", "cost of the product given and its shipping, in the same currency"),
                _c("hours", "number", "hours of own work"),
                _c("paid_on", "day", "day of the payment"),
            ),
        ),
        Table(
            "visits",
            "visits to the shop from a source on a day",
            (
                _c("day", "day", "the day", required=True, synonyms="date"),
                _c("sessions", "count", "visits", required=True),
                _c("utm_source", "text", "platform the visit came from"),
                _c("utm_medium", "text", "influencer, email, …"),
                _c("utm_content", "text", "the creator's mark"),
                _c("key_events", "count", "orders or sign-ups as the analytics tool counts them", synonyms="conversions"),
            ),
        ),
        Table(
            "orders",
            "an order",
            (
                _c("order", "text", "key of the order", required=True, synonyms="order_id order_number"),
                _c("ordered_at", "time", "time of the order, UTC", required=True, synonyms="created_at date order_date"),
                _c("code", "text", "discount code used", synonyms="discount_code coupon"),
                _c("utm_content", "text", "the creator's mark in the link that led here"),
                _c("revenue", "money", "paid for goods after discount, without tax", required=True, synonyms="total amount"),
                _c("discount", "money", "taken off"),
                _c("refunded", "money", "paid back", synonyms="refund"),
                _c("currency", "text", "ISO 4217 code; empty takes the budget's"),
                _c("new_customer", "flag", "first order of this customer"),
            ),
            key=("order",),
        ),
        Table(
            "brand_daily",
            "one of the brand's own measures on a day in a region",
            (
                _c("day", "day", "the day", required=True, synonyms="date"),
                _c(
                    "region",
                    "text",
                    "region; empty is the whole market; `offered` and `held out` are the groups of a code holdout",
                    synonyms="geo",
                ),
                _c(
                    "measure",
                    "text",
                    "sales, orders, followers (count at day's end), searches, visits, or control: a series that the campaign cannot move",
                    required=True,
                    allowed=MEASURES,
                ),
                _c("value", "number", "the value on that day", required=True),
                _c("treated", "flag", "the campaign ran there on that day"),
            ),
            key=("day", "region", "measure"),
        ),
        Table(
            "outreach",
            "where the talk with a creator stands",
            (
                _CREATOR,
                _c("state", "text", f"one of: {', '.join(STATES)}", required=True, allowed=STATES),
                _c("contacted_on", "day", "day of the first message"),
                _c("answered_on", "day", "day of the answer"),
                _c("agreed_on", "day", "day of the agreement"),
                _c("asked", "money", "fee the creator asked"),
                _c("agreed", "money", "fee agreed"),
                _c("currency", "text", "ISO 4217 code; empty takes the budget's"),
                _c("note", "text", "anything else"),
            ),
            key=("creator",),
        ),
    )
}
