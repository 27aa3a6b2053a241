"""Posts, in DuckDB: whatever groups posts happens here, and nowhere else.

Chapters never load posts into pandas to group them; they ask for one row a creator, or for a small
grouped table.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from playbook.data.tables import TABLES, Column

if TYPE_CHECKING:
    import duckdb

_SQL_TYPES = {
    **dict.fromkeys(("count", "number", "share", "money"), "DOUBLE"),
    "text": "VARCHAR",
    "flag": "BOOLEAN",
    "time": "TIMESTAMP",
    "day": "TIMESTAMP",
}

# likes, comments, shares, saves: what a platform does not tell is left out of the sum,
# but a post whose likes are unknown has no engagement at all (half a sum would pass for a low one)
ENGAGEMENT = "likes + coalesce(comments, 0) + coalesce(shares, 0) + coalesce(saves, 0)"
LIKES_AND_COMMENTS = "likes + comments"

MEMORY = "1500MB"
MEMORY_WHILE_READING = "300MB"
# so many posts are taken over at a time
PIECE = 200_000
# from so many posts on, several threads gain more than they cost
MANY = 200_000
THREADS = 4


class Posts:
    """The posts of a campaign as a lazy DuckDB relation. Times are UTC.

    Parameters
    ----------
    source : pandas.DataFrame or path of a Parquet file
        Posts with columns of the `posts` table; in a file, absent ones are unknown.
    hand_over : bool
        The frame is no longer needed and may be emptied, so that many posts are not held twice.
    captions : path, optional
        A DuckDB file of texts under their marks, where the frame holds marks in place of captions.
    """

    def __init__(self, source: pd.DataFrame | Path, *, hand_over: bool = False, captions: Path | None = None):
        import duckdb

        self._db = duckdb.connect(":memory:", config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
        self._db.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
        # what does not fit goes to disk, under the system's own place for such files and gone with this object
        spill = _quoted(Path(tempfile.gettempdir()) / f"playbook-posts-{os.getpid()}")
        self._db.execute(f"SET memory_limit = '{MEMORY}'; SET temp_directory = '{spill}'")
        # one thread, because the order in which threads add up decides the last digits of a sum
        self._db.execute("SET threads = 1")
        told = TABLES["posts"].columns
        if isinstance(source, pd.DataFrame):
            many = hand_over and len(source) > PIECE
            if many:
                # what is read goes to disk while the frame is still in memory
                self._db.execute(f"SET memory_limit = '{MEMORY_WHILE_READING}'")
            self._db.execute(f"CREATE TABLE read AS SELECT {_typed(told, set())}, 0::BIGINT AS read_as LIMIT 0")
            for start in range(0, len(source), PIECE):
                self._add(source.iloc[start : start + PIECE], start)
            if hand_over:
                for name in list(source):
                    del source[name]
                self._db.execute(f"SET memory_limit = '{MEMORY}'")
            # in one order, because the order in which numbers are added decides the last digits of a sum
            order = "ORDER BY creator, posted_at, post, read_as"
            if captions is None:
                self._db.execute(f"CREATE TABLE posts AS SELECT * EXCLUDE (read_as) FROM read {order}")
            else:
                self._db.execute(f"ATTACH '{_quoted(captions)}' AS told (READ_ONLY)")
                with_texts = "SELECT read.* EXCLUDE (read_as) REPLACE (coalesce(text, caption) AS caption) FROM read"
                self._db.execute(f"CREATE TABLE posts AS {with_texts} LEFT JOIN told.texts ON caption = mark {order}")
                self._db.execute("DETACH told")
            self._db.execute("DROP TABLE read")
        else:
            read = f"read_parquet('{_quoted(source)}')"
            there = {row[0] for row in self._db.execute(f"DESCRIBE SELECT * FROM {read}").fetchall()}
            self._db.execute(f"CREATE VIEW posts AS SELECT {_typed(told, there)} FROM {read}")

    def _add(self, frame: pd.DataFrame, start: int) -> None:
        """Add a piece of the posts to what is read."""
        told = TABLES["posts"].columns
        naive = TABLES["posts"].typed(frame)
        naive["posted_at"] = naive["posted_at"].dt.tz_localize(None)
        text = [c.name for c in told if c.kind in ("text", "flag")]
        naive[text] = naive[text].astype(object).where(naive[text].notna(), None)
        naive["read_as"] = np.arange(start, start + len(naive))
        self._db.register("posts_frame", naive)
        self._db.execute(f"INSERT INTO read SELECT {_typed(told)}, read_as FROM posts_frame")
        self._db.unregister("posts_frame")

    def __len__(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM posts").fetchone()[0])

    def __bool__(self) -> bool:
        return len(self) > 0

    @property
    def relation(self) -> duckdb.DuckDBPyRelation:
        """The relation itself, for SQL of one's own."""
        return self._db.table("posts") if self._is_table() else self._db.view("posts")

    def _is_table(self) -> bool:
        return bool(self._db.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'posts'").fetchone()[0])

    def query(self, sql: str, parameters: dict | None = None) -> pd.DataFrame:
        """Run SQL over the view `posts` and return its (small) result.

        Order the rows: DuckDB promises none.
        """
        frame = self._db.execute(sql, parameters or {}).df()
        for name in frame.columns:
            if str(frame[name].dtype).startswith("datetime64"):
                frame[name] = frame[name].dt.tz_localize("UTC").astype("datetime64[us, UTC]")
        return frame

    def _large(self, sql: str, parameters: dict) -> None:
        """Run SQL that adds nothing up, where the order of rows does not tell, on several threads if there are many posts."""
        many = len(self) >= MANY
        used = {k: v for k, v in parameters.items() if f"${k}" in sql}
        try:
            if many:
                self._db.execute(f"SET threads = {min(os.cpu_count() or 1, THREADS)}")
            self._db.execute(sql, used)
        finally:
            if many:
                self._db.execute("SET threads = 1")

    def to_pandas(self) -> pd.DataFrame:
        """Return all posts: explicit, since there may be millions."""
        frame = self.query("SELECT * FROM posts ORDER BY creator, posted_at, post")
        return TABLES["posts"].typed(frame)

    def to_parquet(self, path: Path) -> None:
        """Write all posts to one Parquet file."""
        self._db.execute(f"COPY (SELECT * FROM posts ORDER BY creator, posted_at, post) TO '{_quoted(path)}' (FORMAT PARQUET)")

    def latest(self) -> pd.Timestamp | None:
        """Return the time of the latest post, or None."""
        value = self._db.execute("SELECT max(posted_at) FROM posts").fetchone()[0]
        return None if value is None else pd.Timestamp(value, tz="UTC")

    def known(self) -> pd.Series:
        """Return for each column how many posts have a value."""
        names = TABLES["posts"].names
        counts = self._db.execute("SELECT " + ", ".join(f'count("{n}")' for n in names) + " FROM posts").fetchone()
        return pd.Series(dict(zip(names, counts, strict=True)), dtype="int64")

    def per_creator(
        self,
        *,
        as_of: pd.Timestamp,
        window: int | None = None,
        mature_hours: float = 0.0,
        engagement: str = ENGAGEMENT,
        formats: Iterable[str] | None = None,
        where: str = "TRUE",
    ) -> pd.DataFrame:
        """Reduce posts to one row a creator.

        Parameters
        ----------
        as_of : timestamp
            Now; later posts do not count.
        window : int, optional
            Only the latest so many posts that count; all by default.
        mature_hours : float
            Posts younger than this do not count.
        engagement : str
            SQL for the engagements of one post.
        formats : iterable of str, optional
            Only these formats.
        where : str
            Further SQL condition on posts.

        Returns
        -------
        pandas.DataFrame
            Sorted by `creator`: `creator`, `posts` (that count), `posts_known` (with engagement), `too_young`,
            `first_at`, `last_at`, and of engagements, likes, comments, shares, saves, views, reach: `<x>_n`, `<x>_mean`, `<x>_median`,
            `<x>_sd`, `<x>_max`; of log engagements (posts with at least one): `log_n`, `log_mean`, `log_var`;
            `likes_distinct`, `sponsored_share`, `followers_at_post_median`.
        """
        chosen = list(formats) if formats is not None else None
        parts = []
        for name in ("engagement", "likes", "comments", "shares", "saves", "views", "reach"):
            parts += [
                f"count({name}) AS {name}_n",
                f"avg({name}) AS {name}_mean",
                f"median({name}) AS {name}_median",
                f"stddev_samp({name}) AS {name}_sd",
                f"max({name}) AS {name}_max",
            ]
        sql = f"""
            WITH counted AS (
                SELECT *, ({engagement}) AS engagement,
                       posted_at > $mature_before AS young
                FROM posts
                WHERE (posted_at IS NULL OR posted_at <= $now) AND ({where})
                  AND ($formats IS NULL OR list_contains($formats, format))
            ), ranked AS (
                SELECT *, row_number() OVER
                       (PARTITION BY creator, coalesce(young, FALSE) ORDER BY posted_at DESC NULLS LAST, post) AS age_rank
                FROM counted
            ), used AS (
                SELECT * FROM ranked WHERE NOT coalesce(young, FALSE) AND ($window IS NULL OR age_rank <= $window)
            ), young AS (
                SELECT creator, count(*) AS too_young FROM ranked WHERE coalesce(young, FALSE) GROUP BY creator
            ), summed AS (
                SELECT creator, count(*) AS posts, count(engagement) AS posts_known, min(posted_at) AS first_at, max(posted_at) AS last_at,
                       {", ".join(parts)},
                       count(*) FILTER (engagement > 0) AS log_n,
                       avg(ln(engagement)) FILTER (engagement > 0) AS log_mean,
                       var_samp(ln(engagement)) FILTER (engagement > 0) AS log_var,
                       count(DISTINCT likes) AS likes_distinct,
                       avg(CASE WHEN sponsored THEN 1.0 WHEN NOT sponsored THEN 0.0 END) AS sponsored_share,
                       median(followers_at_post) AS followers_at_post_median
                FROM used GROUP BY creator
            )
            SELECT coalesce(summed.creator, young.creator) AS creator, coalesce(posts, 0) AS posts, coalesce(posts_known, 0) AS posts_known,
                   coalesce(too_young, 0) AS too_young, summed.* EXCLUDE (creator, posts, posts_known)
            FROM summed FULL OUTER JOIN young ON summed.creator = young.creator
            ORDER BY 1
        """
        now = _naive(as_of)
        return self.query(
            sql,
            {"now": now, "mature_before": now - pd.Timedelta(hours=mature_hours), "window": window, "formats": chosen},
        )

    def known_by_creator(self) -> pd.DataFrame:
        """Count, for each creator, the posts and those of them with likes, comments, shares and saves.

        Returns
        -------
        pandas.DataFrame
            Sorted by `creator`: `creator`, `posts`, `likes`, `comments`, `shares`, `saves` (posts with a value).
        """
        return self.query(
            """
            SELECT creator, count(*) AS posts, count(likes) AS likes, count(comments) AS comments, count(shares) AS shares,
                   count(saves) AS saves
            FROM posts GROUP BY creator ORDER BY creator
            """
        )

    def moments(
        self,
        *,
        as_of: pd.Timestamp,
        numerator: str = ENGAGEMENT,
        denominator: str = "1.0",
        window: int | None = None,
        mature_hours: float = 0.0,
        since: pd.Timestamp | None = None,
        where: str = "TRUE",
    ) -> pd.DataFrame:
        """Reduce the posts that count to what a ratio of two sums and its interval need: one row a creator.

        Parameters
        ----------
        as_of : timestamp
            Now; later posts do not count.
        numerator, denominator : str
            SQL for the two numbers of one post, such as ``likes + comments`` and ``reach``.
        window : int, optional
            Only the latest so many posts that count; all by default.
        mature_hours : float
            Posts younger than this do not count.
        since : timestamp, optional
            Posts before do not count.
        where : str
            Further SQL condition on posts; a post that does not meet it does not take a place in the window.

        Returns
        -------
        pandas.DataFrame
            Sorted by `creator`: `creator`, `posts` (in the window), `n` (of these, with both numbers, the denominator above 0),
            `too_young`, `likes_hidden` (in the window, without likes), `undated`, `mean` and `denominator` (means a post), `ratio` (of
            the sums), `cv2` (squared coefficient of variation of a post around the ratio: the linearised residual over the mean, with
            n - 1), `ratio_median` (of the posts' own ratios), `log_var` (variance of the posts' log ratios, those of 0 left out),
            `top_share` (of the largest post in the sum), `zeros` (posts with a numerator of 0), `followers_at_post` (mean where known),
            `followers_at_post_n`, `first_at`, `last_at`.
        """
        now = _naive(as_of)
        parameters = {"now": now, "mature_before": now - pd.Timedelta(hours=mature_hours)}
        if since is not None:
            parameters["since"] = _naive(since)
        counts = f"(posted_at IS NULL OR posted_at <= $now) AND {'TRUE' if since is None else 'posted_at >= $since'} AND ({where})"
        young = "coalesce(posted_at > $mature_before, FALSE)"
        used = f"""
            SELECT creator, post, posted_at, likes, followers_at_post, CAST(({numerator}) AS DOUBLE) AS up,
                   CAST(({denominator}) AS DOUBLE) AS down, up IS NOT NULL AND down > 0 AS whole
            FROM posts"""
        if window is None:
            used = f"{used} WHERE {counts} AND NOT {young}"
            youngest = f"SELECT creator, count(*) AS too_young FROM posts WHERE {counts} AND {young} GROUP BY creator"
        else:
            # Each creator's posts need no sorting to find how far back the window reaches, so what lies behind is gone before any sorting.
            self._large(
                f"""
                CREATE OR REPLACE TEMP TABLE reach AS
                SELECT creator, count(*) FILTER ({young}) AS too_young, max(posted_at, {int(window)}) FILTER (NOT {young}) AS latest,
                       CASE WHEN len(latest) = {int(window)} THEN list_min(latest) END AS since
                FROM posts WHERE {counts} GROUP BY creator
                """,
                parameters,
            )
            self._large(
                f"""
                CREATE OR REPLACE TEMP TABLE used AS
                {used} JOIN (SELECT creator, since FROM reach) USING (creator)
                WHERE {counts} AND NOT {young} AND (since IS NULL OR posted_at >= since)
                QUALIFY row_number() OVER (PARTITION BY creator ORDER BY posted_at DESC NULLS LAST, post) <= {int(window)}
                ORDER BY creator, posted_at, post
                """,
                parameters,
            )
            used, youngest = "SELECT * FROM used", "SELECT creator, too_young FROM reach WHERE too_young > 0"
        sql = f"""
            WITH used_posts AS ({used}), young AS ({youngest}), summed AS (
                SELECT creator, count(*) AS posts, count(*) FILTER (whole) AS n, count(*) FILTER (likes IS NULL) AS likes_hidden,
                       count(*) FILTER (posted_at IS NULL) AS undated,
                       avg(up) FILTER (whole) AS mean, avg(down) FILTER (whole) AS denominator,
                       median(up / down) FILTER (whole) AS ratio_median,
                       max(up) FILTER (whole) / nullif(sum(up) FILTER (whole), 0) AS top_share,
                       count(*) FILTER (whole AND up = 0) AS zeros, var_samp(ln(up / down)) FILTER (whole AND up > 0) AS log_var,
                       var_samp(up) FILTER (whole) AS up_var, var_samp(down) FILTER (whole) AS down_var,
                       covar_samp(up, down) FILTER (whole) AS covariance,
                       avg(followers_at_post) FILTER (whole) AS followers_at_post,
                       count(followers_at_post) FILTER (whole) AS followers_at_post_n,
                       min(posted_at) AS first_at, max(posted_at) AS last_at
                FROM used_posts GROUP BY creator
            )
            SELECT coalesce(summed.creator, young.creator) AS creator, coalesce(posts, 0) AS posts, coalesce(n, 0) AS n,
                   coalesce(too_young, 0) AS too_young, coalesce(likes_hidden, 0) AS likes_hidden, coalesce(undated, 0) AS undated,
                   mean, denominator, mean / denominator AS ratio,
                   CASE WHEN n >= 2 AND mean > 0 THEN greatest(0,
                       up_var - 2 * (mean / denominator) * covariance + pow(mean / denominator, 2) * down_var) / pow(mean, 2) END AS cv2,
                   ratio_median, log_var, top_share, coalesce(zeros, 0) AS zeros, followers_at_post,
                   coalesce(followers_at_post_n, 0) AS followers_at_post_n, first_at, last_at
            FROM summed FULL OUTER JOIN young ON summed.creator = young.creator
            ORDER BY 1
        """
        return self.query(sql, {k: v for k, v in parameters.items() if f"${k}" in sql})

    def rhythm(self, *, as_of: pd.Timestamp, window_days: float | None = None) -> pd.DataFrame:
        """Reduce the times of posts to one row a creator: how many, how far apart, since when.

        Posts at the very same time count once, since a gap of nothing between the pictures of one upload says nothing about rhythm.

        Parameters
        ----------
        as_of : timestamp
            Now; later posts do not count, and posts without a time never do.
        window_days : float, optional
            Only posts of the latest so many days.

        Returns
        -------
        pandas.DataFrame
            Sorted by `creator`: `creator`, `times` (distinct times of posts), `first_at`, `last_at`, `gaps`, `gap_mean`, `gap_sd` (days;
            of the population, with n), `gap_longest`, `gap_median`, `weeks_active` (weeks counted back from now with a post), `early`,
            `late` (posts in the first and second half of the time from the first post until now), `same_slot` (share of posts in the most
            used weekday and hour).
        """
        now = _naive(as_of)
        return self.query(
            """
            WITH times AS (
                SELECT DISTINCT creator, posted_at FROM posts
                WHERE posted_at IS NOT NULL AND posted_at <= $now AND ($since IS NULL OR posted_at > $since)
            ), spaced AS (
                SELECT creator, posted_at,
                       epoch(posted_at - lag(posted_at) OVER (PARTITION BY creator ORDER BY posted_at)) / 86400.0 AS gap,
                       min(posted_at) OVER (PARTITION BY creator) AS start
                FROM times
            ), slots AS (
                SELECT creator, max(n) / sum(n) AS same_slot FROM (
                    SELECT creator, count(*) AS n FROM times GROUP BY creator, isodow(posted_at), hour(posted_at)
                ) GROUP BY creator
            )
            SELECT creator, count(*) AS times, min(posted_at) AS first_at, max(posted_at) AS last_at, count(gap) AS gaps,
                   avg(gap) AS gap_mean, stddev_pop(gap) AS gap_sd, max(gap) AS gap_longest, median(gap) AS gap_median,
                   count(DISTINCT floor(epoch($now - posted_at) / 604800.0)) AS weeks_active,
                   count(*) FILTER (epoch(posted_at - start) <= epoch($now - start) / 2) AS early,
                   count(*) FILTER (epoch(posted_at - start) > epoch($now - start) / 2) AS late,
                   any_value(same_slot) AS same_slot
            FROM spaced JOIN slots USING (creator) GROUP BY creator ORDER BY creator
            """,
            {"now": now, "since": None if window_days is None else now - pd.Timedelta(days=window_days)},
        )

    def effects(self, by: str, *, as_of: pd.Timestamp, numerator: str = ENGAGEMENT, mature_hours: float = 0.0) -> pd.DataFrame:
        """Set posts of one kind against the same creator's others: one row a creator and kind.

        Parameters
        ----------
        by : {'weekday', 'hour', 'format'}
            Kind of post: day of the week (1 Monday to 7 Sunday), start of the three hours (0, 3, … 21), both UTC, or format.
        as_of : timestamp
            Now; later posts do not count.
        numerator : str
            SQL for the engagements of one post; posts without any do not count, as they have no logarithm.
        mature_hours : float
            Posts younger than this do not count.

        Returns
        -------
        pandas.DataFrame
            Sorted: `kind` (text), `creator`, `posts`, `away` (mean log engagements of these posts less that of the creator's posts of other
            kinds). Creators with one kind only are left out.
        """
        kinds = {"weekday": "CAST(isodow(posted_at) AS VARCHAR)", "hour": "printf('%02d', hour(posted_at) // 3 * 3)", "format": "format"}
        return self.query(
            f"""
            WITH logs AS (
                SELECT creator, {kinds[by]} AS kind, ln(CAST(({numerator}) AS DOUBLE)) AS value FROM posts
                WHERE ({numerator}) > 0 AND posted_at <= $mature_before
            ), kinds AS (
                SELECT creator, kind, count(*) AS posts, sum(value) AS total FROM logs WHERE kind IS NOT NULL GROUP BY creator, kind
            ), others AS (
                SELECT *, sum(posts) OVER (PARTITION BY creator) - posts AS posts_else,
                       sum(total) OVER (PARTITION BY creator) - total AS total_else
                FROM kinds
            )
            SELECT kind, creator, posts, total / posts - total_else / posts_else AS away
            FROM others WHERE posts_else > 0 ORDER BY kind, creator
            """,
            {"mature_before": _naive(as_of) - pd.Timedelta(hours=mature_hours)},
        )

    def counted(
        self, *, as_of: pd.Timestamp, window: int | None = None, mature_hours: float = 0.0, engagement: str = ENGAGEMENT
    ) -> pd.DataFrame:
        """Return the posts that count, one row each, with only what statistics need.

        Returns
        -------
        pandas.DataFrame
            `creator`, `post`, `posted_at`, `format`, `engagement`, `likes`, `comments`, `views`, `reach`, `followers_at_post`; newest first
            within a creator. At most `window` rows a creator, so it stays small where a window is given.
        """
        now = _naive(as_of)
        return self.query(
            f"""
            SELECT creator, post, posted_at, format, ({engagement}) AS engagement, likes, comments, views, reach, followers_at_post
            FROM posts
            WHERE posted_at IS NULL OR posted_at <= $mature_before
            QUALIFY $window IS NULL OR row_number() OVER (PARTITION BY creator ORDER BY posted_at DESC NULLS LAST, post) <= $window
            ORDER BY creator, posted_at DESC NULLS LAST, post
            """,
            {"mature_before": now - pd.Timedelta(hours=mature_hours), "window": window},
        )


def _typed(columns: Iterable[Column], there: set[str] | None = None) -> str:
    """SQL for columns with their types; what a file does not have is unknown."""

    def value(column: Column) -> str:
        return f'"{column.name}"' if there is None or column.name in there else "NULL"

    return ", ".join(f'CAST({value(c)} AS {_SQL_TYPES[c.kind]}) AS "{c.name}"' for c in columns)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _naive(time: pd.Timestamp) -> pd.Timestamp:
    return time.tz_convert("UTC").tz_localize(None) if time.tzinfo else time
