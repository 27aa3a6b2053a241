"""What a reader gets and what it gives.

A file is opened once, into sheets of cells as they were written. Each reader looks at a :class:`Sample` of it and says how
sure it is (:class:`Recognition`); the surest reads it into :class:`Raw` tables: the kit's column names over cells that
nobody has interpreted yet. Typing, checking and merging happen afterwards, in one place for all formats.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from playbook.brief import PLATFORMS, Brief
from playbook.data.handles import platform_of
from playbook.data.values import Cells, Declared
from playbook.findings import Finding

if TYPE_CHECKING:
    import pandas as pd

    from playbook.data.readers.containers.unreadable import Unreadable

_ENDING = re.compile(r"\.(?:csv|tsv|txt|xlsx|json|zip)$", re.IGNORECASE)
# how a section of an analytics export is named with its account, as in Content_ana.zip
_NAMED = re.compile(r"(?:Content|Overview|Followers?\w*|Viewers)_@?([\w.]{2,30}?)(?:_\d{4}.*|_\d{6,}.*)?", re.IGNORECASE)


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
    pieces : callable or None
        For large files: position of a header to an iterator over its cells, piece by piece.
    """

    name: str
    headers: tuple[str, ...]
    head: tuple[tuple[Any, ...], ...]
    column: Callable[[int], Cells]
    rows: np.ndarray
    findings: tuple[Finding, ...] = ()
    aside: tuple[AsideRow, ...] = ()
    pieces: Callable[[int], Iterator[Cells]] | None = None

    @property
    def where(self) -> str:
        """The sheet's name as a suffix for messages."""
        return f" [{self.name}]" if self.name else ""


@dataclass(frozen=True)
class ColumnOf:
    """A column of a sheet, read when it is called for, or in pieces where the file is large."""

    sheet: Sheet
    position: int

    def __call__(self) -> Cells:
        return self.sheet.column(self.position)

    def pieces(self) -> Iterator[Cells] | None:
        """Return the cells piece by piece; None where the file is small enough to be held as text."""
        return self.sheet.pieces(self.position) if self.sheet.pieces else None


def _nothing() -> None:
    return None


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
    modified_on : datetime.date or None
        The day on which the file was last written, by the folder or the archive it lies in.
    problem : Unreadable or None
        Why the file could not be cut into sheets; a reader that knows the format may still take it apart by itself.
    bytes : int
        Size of the file; 0 where it does not matter.
    """

    path: str
    container: str
    sheets: tuple[Sheet, ...]
    saved_on: dt.date | None = None
    modified_on: dt.date | None = None
    problem: Unreadable | None = None
    bytes: int = 0
    read_text: Callable[[], str | None] = field(default=_nothing, repr=False)
    read_document: Callable[[], Any] = field(default=_nothing, repr=False)

    def text(self) -> str | None:
        """Return the whole text of a CSV file, decoded and without byte order mark; None for other files and very large ones."""
        return self.read_text()

    def document(self) -> Any:
        """Return what a JSON file holds, or the records that a CSV file was flattened from; None for other files."""
        return self.read_document()

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
class Owner:
    """Whose an export is, as far as its place or name says."""

    handle: str
    platform: str | None = None


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a reader may know beside the file: the brief, and the other files of the folder.

    Attributes
    ----------
    brief : Brief
    beside : tuple of Sample
        Every file of the folder, the one being read among them.
    """

    brief: Brief
    beside: tuple[Sample, ...] = ()

    def owner(self, sample: Sample) -> Owner | None:
        """Return the account that a file's folder or name tells: `exports/@ana/…`, `exports/tiktok_ana/…`, `Content_ana.zip`.

        Examples
        --------
        >>> file = Sample(path="exports/tiktok/@Ana.B/FollowerHistory.csv", container="csv", sheets=())
        >>> Context(brief=Brief()).owner(file)
        Owner(handle='ana.b', platform='tiktok')
        """
        platform, handle = None, None
        for part in sample.path.split("/")[1:]:
            folder, ending = _ENDING.sub("", part), _ENDING.search(part)
            before, _, after = folder.partition("_")
            if platform_of(folder) in PLATFORMS:
                platform = platform_of(folder)
            elif folder.startswith("@") and not ending:
                handle = folder[1:]
            elif not ending and after and platform_of(before) in PLATFORMS:
                platform, handle = platform_of(before), after.lstrip("@")
            elif ending and (named := _NAMED.fullmatch(folder)):
                handle = handle or named[1]
        return Owner(handle=handle.casefold(), platform=platform) if handle else None

    def is_brand(self, handle: str) -> bool:
        """Say whether a handle is the brand's own."""
        return bool(handle) and handle.casefold() == self.brief.brand.handle.casefold().lstrip("@")


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
