"""What was read, and how lately each creator posted."""

from __future__ import annotations

import pandas as pd

from playbook.brief import Brief
from playbook.creators.sizes import with_tiers
from playbook.data.dataset import Dataset, SourceFile
from playbook.findings import Missing, needs

RECENT_DAYS, QUARTER_DAYS = 30, 90


def files(data: Dataset) -> pd.DataFrame:
    """Return the files that were read.

    Returns
    -------
    DataFrame
        By path: `file`, `format`, `sure` (0-1, of the format), `rows` (read), `creators` (that its rows name), `period` (of
        its rows), `used_for` (table and rows), `set_aside` (rows), `why` (the reasons).
    """
    return files_of(data.provenance)


def files_of(read: tuple[SourceFile, ...]) -> pd.DataFrame:
    """Return a table of files that were read, as :func:`files` does for a dataset's."""
    rows = [
        {
            "file": s.path,
            "format": s.format,
            "sure": s.confidence,
            "rows": float(s.rows),
            "creators": float(s.creators) if s.creators else None,
            "period": s.period or None,
            "used_for": ", ".join(f"{name} ({n:,})" for name, n in sorted(s.tables.items()) if n) or "nothing",
            "set_aside": float(sum(s.set_aside.values())),
            "why": "; ".join(f"{reason} ({n})" for reason, n in sorted(s.set_aside.items())),
        }
        for s in sorted(read, key=lambda s: s.path)
    ]
    columns = ["file", "format", "sure", "rows", "creators", "period", "used_for", "set_aside", "why"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(("sure", "rows", "creators", "set_aside"), "float64"))


@needs("creators", "posts", otherwise="posts with creator and posted_at")
def activity(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return how lately and how often each creator posts.

    Returns
    -------
    DataFrame
        Most posts in the last 30 days first: `creator`, `tier`, `posts` (all that are loaded), `posts_30`, `posts_90` (in the
        last 30 and 90 days; missing where no post has a date), `last_at`, `days_since` (days from the last post to now),
        `days_covered` (days between the first and the last post loaded).
    """
    now = data.as_of.tz_convert("UTC").tz_localize(None)
    counted = data.posts.query(
        f"""
        SELECT creator, count(*) AS posts, count(posted_at) AS dated, min(posted_at) AS first_at, max(posted_at) AS last_at,
               count(*) FILTER (posted_at > $now - INTERVAL {RECENT_DAYS} DAY) AS posts_30,
               count(*) FILTER (posted_at > $now - INTERVAL {QUARTER_DAYS} DAY) AS posts_90
        FROM posts WHERE posted_at IS NULL OR posted_at <= $now GROUP BY creator ORDER BY creator
        """,
        {"now": now},
    )
    out = with_tiers(data, brief)[["creator", "tier"]].merge(counted, on="creator", how="left")
    dated = out["dated"] > 0
    out["posts"] = out["posts"].fillna(0.0).astype("float64")
    for column in ("posts_30", "posts_90"):
        out[column] = out[column].astype("float64").where(dated)
    out["days_since"] = ((data.as_of - out["last_at"]).dt.total_seconds() / 86_400).astype("float64")
    out["days_covered"] = ((out["last_at"] - out["first_at"]).dt.total_seconds() / 86_400).astype("float64")
    columns = ["creator", "tier", "posts", "posts_30", "posts_90", "last_at", "days_since", "days_covered"]
    return out[columns].sort_values(["posts_30", "posts", "creator"], ascending=[False, False, True], na_position="last", ignore_index=True)


# what there is over time: words for people, table, the column with its time
DATED = (
    ("posts", "posts", "posted_at"),
    ("follower counts", "follower_history", "day"),
    ("quotes", "quotes", "asked_on"),
    ("talks", "outreach", "contacted_on"),
    ("campaign posts", "deliverables", "published_at"),
    ("payments", "payouts", "paid_on"),
)
OWN = (("orders", "orders", "ordered_at"), ("visits", "visits", "day"), ("the brand's own numbers", "brand_daily", "day"))
MOST_MONTHS = 36


def over_time(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return for how many creators there is data of each kind, month by month, and on how many days of the brand's own.

    Returns
    -------
    DataFrame
        By `what` in a fixed order, then month: `what`, `month` (first day), `creators` (with at least one row in that month; missing
        for the brand's own tables), `days` (with rows), `share` (of all creators, or of the month's days). At most the latest 36 months.
    """
    total = data.creators["creator"].nunique()
    parts = []
    for what, table, column in (*DATED, *OWN):
        rows = _dated(data, table, column)
        if rows.empty:
            continue
        by_month = rows.groupby("month")
        part = pd.DataFrame({"days": by_month["day"].nunique()})
        own = table in {t for _, t, _ in OWN}
        part["creators"] = float("nan") if own else by_month["creator"].nunique().astype(float)
        part["share"] = part["days"] / part.index.days_in_month if own else part["creators"] / max(total, 1)
        parts.append(part.reset_index().assign(what=what))
    if not parts:
        text = "None of your data has a time, so what you have cannot be laid along one: add posted_at to posts, or a follower history."
        return Missing(needs=("posts",), text=text)
    out = pd.concat(parts, ignore_index=True)
    first = out["month"].max() - pd.DateOffset(months=MOST_MONTHS - 1)
    return out.loc[out["month"] >= first, ["what", "month", "creators", "days", "share"]].reset_index(drop=True)


def _dated(data: Dataset, table: str, column: str) -> pd.DataFrame:
    """Return the days of a table's rows, with their creators where it has them; posts after now do not count."""
    if not data.has(table):
        return pd.DataFrame()
    if table == "posts":
        sql = "SELECT DISTINCT creator, date_trunc('day', posted_at) AS day FROM posts WHERE posted_at IS NOT NULL"
        rows = data.posts.query(sql)
    else:
        frame = getattr(data, table)
        rows = pd.DataFrame({"creator": frame.get("creator", ""), "day": frame[column]})
    day = pd.to_datetime(rows["day"], utc=True).dt.tz_localize(None).dt.normalize()
    rows = rows.assign(day=day, month=day.dt.to_period("M").dt.to_timestamp()).dropna(subset=["day"])
    return rows[rows["day"] <= data.as_of.tz_localize(None)]


def over_time_sentence(months: pd.DataFrame | Missing, data: Dataset, brief: Brief) -> str | Missing:
    """Say from when to when there are posts, and for whom there is a history of followers."""
    from playbook.wording import wording

    if isinstance(months, Missing):
        return months
    write = wording(brief)
    parts = []
    posts = months[months["what"] == "posts"]
    if len(posts):
        fullest = posts.loc[posts["creators"].idxmax()]
        span = f"{write.month(posts['month'].min())} to {write.month(posts['month'].max())}"
        most = f"in {write.month(fullest['month'])}, the fullest month, {write.count(fullest['creators'])} creators posted"
        parts.append(f"Posts run from {span}; {most}")
    history = data.follower_history["creator"].nunique() if data.has("follower_history") else 0
    total = data.creators["creator"].nunique()
    if total:
        known = "no creator" if not history else f"{write.count(history)} of {write.count(total)} creators"
        parts.append(f"day-by-day follower counts are there for {known}")
    if not parts:
        return "Only the brand's own numbers have times."
    return ". ".join(p[0].upper() + p[1:] for p in parts) + "."
