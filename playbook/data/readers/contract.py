"""What a reader gets and what it gives.

A file is opened once, into sheets of cells as they were written. Each reader looks at a :class:`Sample` of it and says how
sure it is (:class:`Recognition`); the surest reads it into :class:`Raw` tables: the kit's column names over cells that
nobody has interpreted yet. Typing, checking and merging happen afterwards, in one place for all formats.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from playbook.brief import Brief
from playbook.data.values import Cells, Declared
from playbook.findings import Finding

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class AsideRow:
    """A row that goes into no table: where it stood, why, and what it said."""

    file: str
    row: int
    reason: str
    values: str


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One table of a file: headers and cells as written.

    Attributes
    ----------
    name : str
        Name of the worksheet, or of the list in a JSON file; empty where the file is one table.
    headers : tuple of str
    head : tuple of tuple
        The first rows, at most 50.
    column : callable
        Position of a header to its cells, all of the same length; large files are read a column at a time.
    rows : numpy.ndarray of int
        For each row the number under which the user finds it: spreadsheet row, or record for JSON and Parquet.
    findings, aside
        What opening the file already told.
    """

    name: str
    headers: tuple[str, ...]
    head: tuple[tuple[Any, ...], ...]
    column: Callable[[int], Cells]
    rows: np.ndarray
    findings: tuple[Finding, ...] = ()
    aside: tuple[AsideRow, ...] = ()

    @property
    def where(self) -> str:
        """The sheet's name as a suffix for messages."""
        return f" [{self.name}]" if self.name else ""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A file as readers see it.

    Attributes
    ----------
    path : str
        Relative to the campaign folder, with `/`.
    container : {'csv', 'xlsx', 'json', 'parquet'}
    sheets : tuple of Sheet
    saved_on : datetime.date or None
        The day on which the file says that it was saved; only workbooks do.
    """

    path: str
    container: str
    sheets: tuple[Sheet, ...]
    saved_on: dt.date | None = None

    @property
    def stem(self) -> str:
        """The file's name without folder and ending."""
        return self.path.rsplit("/", 1)[-1].split(".", 1)[0].casefold()


@dataclass(frozen=True, kw_only=True)
class Recognition:
    """How sure a reader is that a file is its own, 0-1, and by what."""

    sureness: float
    why: str


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a reader may know beside the file: the brief."""

    brief: Brief


@dataclass(frozen=True, kw_only=True)
class Raw:
    """Rows for one of the kit's tables, under the kit's column names, not yet interpreted.

    Attributes
    ----------
    table : str
    columns : mapping of str to callable
        Each returns the cells of a column, all of the same length. Beside the table's own columns, `platform` and `handle`
        may stand in any table: the creator's key is built from them.
    rows : numpy.ndarray of int
        Row numbers as the user sees them.
    declared : mapping of str to Declared
        What is known about how a column is written.
    written : mapping of str to str
        The headers in the file, for messages.
    where : str
        The sheet, for messages.
    derived : bool
        The rows are not in the file as such but follow from it, as creators follow from their posts.
    """

    table: str
    columns: Mapping[str, Callable[[], Cells]]
    rows: np.ndarray
    declared: Mapping[str, Declared] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    where: str = ""
    derived: bool = False

    @classmethod
    def of(cls, table: str, frame: pd.DataFrame, rows: np.ndarray, **more: Any) -> Raw:
        """Make one from a DataFrame with the kit's column names."""
        columns = {name: partial(frame[name].to_numpy, dtype=object) for name in frame.columns}
        return cls(table=table, columns=columns, rows=rows, **more)


@dataclass(frozen=True, kw_only=True)
class Read:
    """What a reader gives for one file."""

    tables: tuple[Raw, ...]
    rows: int
    findings: tuple[Finding, ...] = ()
    aside: tuple[AsideRow, ...] = ()


class Reader(Protocol):
    """A module of this package that knows one format."""

    NAME: str

    def recognise(self, sample: Sample, context: Context) -> Recognition | None:
        """Say how sure the reader is that the file is its own, by content; None where it is not."""

    def read(self, sample: Sample, context: Context) -> Read:
        """Read the file."""
