"""The order of reading: files, sheets, typed rows, one table out of all files, rules, checks."""

from __future__ import annotations

import contextlib
import datetime as dt
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset, SourceFile, latest_time
from playbook.data.engine import Posts
from playbook.data.load import files, rules
from playbook.data.load.keys import resolve
from playbook.data.load.merged import Merged, merged
from playbook.data.load.proposal import proposed
from playbook.data.load.texts import Texts
from playbook.data.load.typed import AT, FILE, ROW, Typed, typed
from playbook.data.readers import kit_table, mapped, surest
from playbook.data.readers.containers import Unreadable, open_file
from playbook.data.readers.containers.csv_text import MAX_ROWS
from playbook.data.readers.contract import AsideRow, Context, Read, Recognition, Sample
from playbook.data.readers.pairs import unsaid
from playbook.data.tables import TABLES
from playbook.data.told import warning
from playbook.errors import NotUsable, PlaybookError
from playbook.findings import Finding


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A dataset and the rows that went into none of its tables.

    Attributes
    ----------
    dataset : Dataset
    aside : pandas.DataFrame
        `file`, `row` (as the user sees it), `reason`, `values` (the row's cells as text).
    """

    dataset: Dataset
    aside: pd.DataFrame


@dataclass(kw_only=True)
class _File:
    """What is known about one file while the folder is read."""

    path: str
    sha256: str
    sample: Sample | None = None
    format: str = ""
    recognition: Recognition = field(default_factory=lambda: Recognition(sureness=0.0, why=""))
    rows: int = 0
    typed: list[Typed] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    aside: list[AsideRow] = field(default_factory=list)


# how a finding tells of a file that its reader could not follow
# what other readers than the kit's own hold in memory is about nine times a file's size, which shall stay under 2 GB
LARGEST_WHOLE = 210_000_000
# wider tables are records of a program, and not what people put a column of numbers beside
MOST_COMPARED = 200
# of all files together: several that each fit would not fit together
MOST_ROWS = MAX_ROWS
PIECEWISE = (kit_table.NAME, mapped.NAME)
UNKNOWN_SHAPE = "is not shaped as its headers say"


def read_folder(folder: Path | str, brief: Brief) -> Dataset:
    """Read every table of a campaign folder.

    Parameters
    ----------
    folder : path
        Holds `creators.*`, `posts.*` … and `exports/`.
    brief : Brief
        Gives the market's platforms, the budget's currency and rates, `as_of` and `columns:`.

    Raises
    ------
    NotUsable
        Where there is nothing to read, or no creators and nothing they follow from.
    """
    return read(folder, brief).dataset


def read(folder: Path | str, brief: Brief) -> Reading:
    """Read every table of a campaign folder, and keep the rows that were set aside.

    See :func:`read_folder` for parameters and errors.
    """
    folder = Path(folder)
    # a place of its own for what archives hold, for as long as rows are read from there
    with tempfile.TemporaryDirectory(prefix="playbook-") as unpacked:
        return _read(folder, brief, Path(unpacked))


def _read(folder: Path, brief: Brief, unpacked: Path) -> Reading:
    entries, findings = files.entries(folder, unpacked)
    if not entries:
        passed = "; ".join(f"{f.about} was {f.found}" for f in findings[:3])
        raise NotUsable(
            f"{folder} holds no table{f' ({passed})' if passed else ''}; expected creators.csv or an export in {files.EXPORTS}/: "
            "put your files there, or let `playbook new` write empty tables to fill in."
        )
    read_files = [_open_file(entry) for entry in entries]
    if (rows := sum(len(s.rows) for f in read_files if f.sample and f.sample.container == "csv" for s in f.sample.sheets)) > MOST_ROWS:
        raise NotUsable(
            f"{folder} holds {rows:,} rows in all its CSV files; the kit reads {MOST_ROWS:,} at most: keep what matters, such as each "
            "creator's latest posts."
        )
    context = Context(brief=brief, beside=tuple(f.sample for f in read_files if f.sample))
    texts = Texts(unpacked)
    for file in read_files:
        _read_file(file, context, texts)
    findings += mapped.unused(brief, [f.path for f in read_files])
    for file in read_files:
        findings += file.findings
    parts, paths = [t for f in read_files for t in f.typed], [f.path for f in read_files for _ in f.typed]
    findings += resolve(parts, paths, brief)
    tables = merged(parts, paths)
    rules.apply(tables, brief)
    own = any(len(tables.frames[name]) for name in ("brand_daily", "orders", "visits"))
    if own and not len(tables.frames["creators"]):
        mend = "add creators.csv, or an export of a tool that lists creators"
        findings.append(warning("creators", "no creators, only the brand's own numbers", "creators to choose from or to judge", mend))
    elif not len(tables.frames["creators"]):
        raise _no_creators(folder, findings + tables.findings, read_files)
    return _reading(read_files, tables, findings, brief, texts)


def _open_file(entry: files.Entry) -> _File:
    """Open one file; what goes wrong becomes a finding."""
    file = _File(path=entry.shown, sha256="")
    with _told(file):
        file.sha256 = files.sha256(entry.path)
        file.sample = open_file(entry.path, entry.shown)
    return file


def _read_file(file: _File, context: Context, texts: Texts) -> None:
    """Recognise, read and type one file; what goes wrong becomes a finding."""
    sample = file.sample
    if sample is None:
        return
    with _told(file):
        chosen = surest(sample, context)
        if chosen is None:
            if sample.problem:
                raise sample.problem
            file.format = "not recognised"
            file.findings += proposed(sample)
            return
        reader, file.recognition = chosen
        file.format = reader.NAME
        if sample.bytes > LARGEST_WHOLE and reader.NAME not in PIECEWISE:
            what = f"has {sample.bytes / 1e6:,.0f} MB"
            mend = "keep the posts and creators that matter, or give it the kit's column names, under which larger tables are read"
            raise Unreadable(what, f"at most {LARGEST_WHOLE / 1e6:.0f} MB of a {reader.NAME} file", mend)
        got: Read = reader.read(sample, context)
        file.rows, file.aside = got.rows, list(got.aside)
        file.findings += got.findings
        for sheet in sample.sheets if sample.bytes <= LARGEST_WHOLE else ():
            if 1 < len(sheet.headers) <= MOST_COMPARED:
                file.findings += unsaid(sheet, f"{file.path}{sheet.where}", " ".join(f.found for f in file.findings))
        file.typed = [typed(raw, file.path, texts) for raw in got.tables]
        for each in file.typed:
            file.findings += each.findings
        if got.rows and not file.aside and not file.findings and not any(len(each.frame) for each in file.typed):
            file.findings.append(
                warning(file.path, f"none of its {got.rows:,} rows could be used", "rows that name an account", "not used")
            )


@contextlib.contextmanager
def _told(file: _File) -> Iterator[None]:
    """Turn what cannot be opened or read into a finding; nothing of such a file counts."""
    try:
        yield
        return
    except Unreadable as problem:
        mend = f"not read: {problem.mend}" if problem.mend else "not read"
        finding = warning(file.path, problem.found, problem.expected, mend)
    except OSError as problem:
        finding = warning(file.path, f"cannot be opened ({problem.strerror or problem})", "", "not read: check its permissions")
    except PlaybookError:
        raise
    except Exception as problem:
        # one file in a shape that its reader does not know must not cost the others; the fuzz test counts each of these as a fault
        what = f"{UNKNOWN_SHAPE} ({type(problem).__name__} in the reader for {file.format or 'unknown files'})"
        finding = warning(file.path, what, "a file as its tool wrote it", "not read: export it again, or name its columns under `columns:`")
    file.typed, file.aside, file.rows, file.format = [], [], 0, "unreadable"
    file.findings.append(finding)


def _no_creators(folder: Path, findings: list[Finding], read_files: list[_File]) -> NotUsable:
    if not any(f.typed for f in read_files):
        told = [f for f in findings if f.level != "note"] or findings
        why = " " + " ".join(f.text for f in told[:3]) if told else ""
        known = [f"{f.path} ({f.format})" for f in read_files if f.recognition.sureness]
        if known:
            return NotUsable(
                f"{folder}: {', '.join(known[:5])} {'was' if len(known) == 1 else 'were'} recognised, but nothing in "
                f"{'it' if len(known) == 1 else 'them'} tells of creators, their posts or the brand's days: add creators.csv, or an export "
                f"that lists posts.{why}"
            )
        return NotUsable(f"{folder}: no file could be read as a table of creators or posts.{why}")
    seen = ", ".join(f"{f.path} ({f.rows} rows)" for f in read_files[:5])
    told = [f for f in findings if f.level == "warning"]
    why = f" {told[0].text}" if told else ""
    return NotUsable(
        f"{folder}: there are no creators, and nothing they follow from (read: {seen}); expected rows in creators.csv, or posts or "
        f"follower histories with a creator column: add them.{why}"
    )


def _as_of(brief: Brief) -> pd.Timestamp | None:
    """Return the brief's now in UTC: a day counts to its end."""
    said = brief.as_of
    if said is None:
        return None
    if isinstance(said, dt.datetime):
        moment = pd.Timestamp(said)
        return (moment.tz_localize("UTC") if moment.tzinfo is None else moment.tz_convert("UTC")).as_unit("us")
    return (pd.Timestamp(said, tz="UTC") + pd.Timedelta(hours=23, minutes=59, seconds=59)).as_unit("us")


def _reading(read_files: list[_File], tables: Merged, findings: list[Finding], brief: Brief, texts: Texts) -> Reading:
    """Put everything together: tables without their origin, provenance with it."""
    kept: dict[str, dict[str, int]] = {f.path: {} for f in read_files}
    seen = _seen(tables)
    frames = {}
    for name, table in TABLES.items():
        frame = tables.frames.pop(name)
        for position, n in frame[FILE].value_counts().items():
            if position >= 0:
                rows_of = kept[tables.paths[position]]
                rows_of[name] = rows_of.get(name, 0) + int(n)
        frame = frame.drop(columns=[FILE, ROW, AT])
        # posts are typed by the engine; there may be millions, and each copy counts
        frames[name] = frame if name == "posts" else table.typed(frame)
    aside = [row for f in read_files for row in f.aside] + tables.aside
    reasons: dict[str, dict[str, int]] = {f.path: {} for f in read_files}
    for row in aside:
        reasons[row.file][row.reason] = reasons[row.file].get(row.reason, 0) + 1
    del frame
    posts = Posts(frames.pop("posts"), hand_over=True, captions=texts.close())
    as_of = _as_of(brief) or latest_time(frames, posts)
    findings = findings + tables.findings + rules.about_time(posts, as_of)
    provenance = tuple(
        SourceFile(
            path=f.path,
            sha256=f.sha256,
            format=f.format,
            confidence=round(f.recognition.sureness, 3),
            why=f.recognition.why,
            tables=kept[f.path],
            rows=f.rows,
            set_aside=reasons[f.path],
            **seen.get(f.path, {}),
        )
        for f in read_files
    )
    data = Dataset(posts=posts, as_of=as_of, findings=tuple(dict.fromkeys(findings)), provenance=provenance, **frames)
    table = pd.DataFrame(
        {name: [getattr(row, name) for row in aside] for name in ("file", "row", "reason", "values")},
    ).astype({"row": "int64"})
    return Reading(dataset=data, aside=table.sort_values(["file", "row"], kind="stable").reset_index(drop=True))


def _seen(tables: Merged) -> dict[str, dict[str, Any]]:
    """Return for each file how many creators its rows name, and from when to when they are."""
    creators: dict[str, set[str]] = {}
    days: dict[str, list[pd.Timestamp]] = {}
    for name, table in TABLES.items():
        frame = tables.frames[name]
        times = [c.name for c in table.columns if c.kind in ("time", "day") and c.name not in ("collected_on", "due")]
        for position, rows in frame.groupby(FILE, sort=False):
            if position < 0:
                continue
            path = tables.paths[int(position)]
            if "creator" in rows:
                creators.setdefault(path, set()).update(rows["creator"].dropna().unique())
            for column in times:
                known = rows[column].dropna()
                if len(known):
                    edges = (known.min(), known.max())
                    days.setdefault(path, []).extend(e.tz_localize(None) if e.tzinfo else e for e in edges)
    out: dict[str, dict[str, Any]] = {path: {"creators": len(names)} for path, names in creators.items()}
    for path, known in days.items():
        out.setdefault(path, {}).update(first_day=f"{min(known):%Y-%m-%d}", last_day=f"{max(known):%Y-%m-%d}")
    return out
