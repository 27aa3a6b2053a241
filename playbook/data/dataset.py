"""What was read from a campaign folder: all tables, with findings and provenance."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from playbook.data.engine import Posts
from playbook.data.tables import TABLES
from playbook.findings import Finding


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """One file that was read.

    Attributes
    ----------
    path : str
        Relative to the campaign folder, with `/`.
    sha256 : str
    format : str
        Name of the reader that recognised it.
    confidence : float
        How sure the reader is, 0-1, and `why`.
    tables : dict of str to int
        Rows that each table got from it.
    rows : int
        Rows read from the file.
    set_aside : dict of str to int
        Reason to number of rows that did not go into a table.
    creators : int
        Creators that its rows name.
    first_day, last_day : str
        Of its rows, YYYY-MM-DD; empty where they have no times.
    """

    path: str
    sha256: str
    format: str
    confidence: float = 1.0
    why: str = ""
    tables: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    set_aside: dict[str, int] = field(default_factory=dict)
    creators: int = 0
    first_day: str = ""
    last_day: str = ""

    @property
    def period(self) -> str:
        """From when to when its rows are; empty where they have no times."""
        return self.first_day if self.first_day == self.last_day else f"{self.first_day} to {self.last_day}"


@dataclass(frozen=True, kw_only=True, eq=False)
class Dataset:
    """All tables of one campaign. An absent table is empty, never None.

    Attributes
    ----------
    posts : Posts
        Lazy, in DuckDB; every other table is a DataFrame with the columns of :data:`playbook.data.tables.TABLES`.
    as_of : pandas.Timestamp
        Now (UTC): the brief's `as_of`, else the latest time in the data.
    findings : tuple of Finding
    provenance : tuple of SourceFile
    """

    creators: pd.DataFrame
    posts: Posts
    follower_history: pd.DataFrame
    follower_sample: pd.DataFrame
    audience: pd.DataFrame
    comments: pd.DataFrame
    scores: pd.DataFrame
    quotes: pd.DataFrame
    deliverables: pd.DataFrame
    payouts: pd.DataFrame
    visits: pd.DataFrame
    orders: pd.DataFrame
    brand_daily: pd.DataFrame
    outreach: pd.DataFrame
    as_of: pd.Timestamp
    findings: tuple[Finding, ...] = ()
    provenance: tuple[SourceFile, ...] = ()

    def has(self, table: str) -> bool:
        """Say whether a table holds rows."""
        return len(getattr(self, table)) > 0

    def rows(self) -> dict[str, int]:
        """Return the number of rows of each table."""
        return {name: len(getattr(self, name)) for name in TABLES}

    def knows(self, table: str, column: str) -> bool:
        """Say whether any row of a table has a value in a column."""
        if table == "posts":
            return bool(self.posts.known()[column])
        return bool(getattr(self, table)[column].notna().any())


def dataset(
    *,
    as_of: pd.Timestamp | None = None,
    findings: tuple[Finding, ...] = (),
    provenance: tuple[SourceFile, ...] = (),
    **tables: pd.DataFrame,
) -> Dataset:
    """Make a dataset from DataFrames; tables that are not given are empty.

    Examples
    --------
    >>> import pandas as pd
    >>> d = dataset(creators=pd.DataFrame({"creator": ["instagram:ana"], "followers": [1200.0]}))
    >>> d.has("creators"), d.has("posts")
    (True, False)
    """
    frames = {name: table.typed(tables[name]) if name in tables else table.empty() for name, table in TABLES.items()}
    posts = Posts(frames.pop("posts"))
    if as_of is None:
        as_of = latest_time(frames, posts)
    return Dataset(posts=posts, as_of=as_of, findings=findings, provenance=provenance, **frames)


def latest_time(frames: dict[str, pd.DataFrame], posts: Posts) -> pd.Timestamp:
    """Return the latest time in the data; 1 January 1970 where there is none."""
    times = [posts.latest()]
    for name, frame in frames.items():
        for column in TABLES[name].columns:
            # days agreed for the future do not make it now
            if column.kind not in ("time", "day") or column.name == "due":
                continue
            last = frame[column.name].max()
            if pd.notna(last):
                # a day's numbers are those of its end
                times.append(last if column.kind == "time" else last.tz_localize("UTC") + pd.Timedelta(hours=23, minutes=59, seconds=59))
    known = [t for t in times if t is not None]
    return max(known) if known else pd.Timestamp(0, tz="UTC")
