"""A campaign's tables, read once and kept as Parquet, so that each chapter's kernel opens them in no time."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset, SourceFile
from playbook.data.engine import Posts
from playbook.data.tables import TABLES
from playbook.findings import Finding
from playbook.memo import ENV_MEMO

INDEX = "snapshot.json"
_TABLES = "tables"


def save(data: Dataset, target: Path, *, folder: Path, brief: Brief) -> None:
    """Write a dataset to `target`; the index comes last, so a torn snapshot is never opened."""
    import duckdb

    target.mkdir(parents=True, exist_ok=True)
    (target / INDEX).unlink(missing_ok=True)
    with duckdb.connect(":memory:") as db:
        for name in TABLES:
            if name == "posts" or not data.has(name):
                (target / f"{name}.parquet").unlink(missing_ok=True)
                continue
            frame = getattr(data, name)
            text = [c.name for c in TABLES[name].columns if c.kind in ("text", "flag")]
            frame = frame.astype(dict.fromkeys(text, object))
            frame[text] = frame[text].where(frame[text].notna(), None)
            for column in TABLES[name].columns:
                if column.kind == "time":
                    frame[column.name] = frame[column.name].dt.tz_localize(None)
            db.register("frame", frame)
            casts = ", ".join(_cast(c.name, c.kind) for c in TABLES[name].columns)
            db.execute(f"COPY (SELECT {casts} FROM frame) TO '{_quoted(target / f'{name}.parquet')}' (FORMAT PARQUET)")
            db.unregister("frame")
    data.posts.to_parquet(target / "posts.parquet")
    index = {
        "folder": str(folder),
        "state": _state(folder, brief),
        "as_of": data.as_of.isoformat(),
        "tables": [name for name in TABLES if data.has(name)],
        "findings": [asdict(f) for f in data.findings],
        "provenance": [asdict(s) for s in data.provenance],
    }
    (target / INDEX).write_text(json.dumps(index), encoding="utf-8")


def share(data: Dataset, private: Path, *, folder: Path, brief: Brief) -> None:
    """Put the tables without the posts into the private folder of a run, where its kernels get them in a tenth of the time.

    A pickle is trusted in that folder alone.
    """
    frames = {name: getattr(data, name) for name in TABLES if name != "posts"}
    (private / _TABLES).write_bytes(pickle.dumps((str(folder), _state(folder, brief), frames), protocol=pickle.HIGHEST_PROTOCOL))


def _shared(state: tuple[str, str]) -> dict[str, pd.DataFrame] | None:
    private = os.environ.get(ENV_MEMO)
    if not private:
        return None
    try:
        *whose, frames = pickle.loads((Path(private) / _TABLES).read_bytes())
    except OSError:
        return None
    return frames if tuple(whose) == state else None


def open_snapshot(target: Path, *, folder: Path, brief: Brief) -> Dataset | None:
    """Open a snapshot, or return None where there is none of this folder in its present state."""
    try:
        index = json.loads((target / INDEX).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if index["folder"] != str(folder) or index["state"] != _state(folder, brief):
        return None
    frames = _shared((index["folder"], index["state"])) or _read(target, index["tables"])
    return Dataset(
        posts=Posts(target / "posts.parquet"),
        as_of=pd.Timestamp(index["as_of"]),
        findings=tuple(Finding(**f) for f in index["findings"]),
        provenance=tuple(SourceFile(**s) for s in index["provenance"]),
        **frames,
    )


def _read(target: Path, tables: list[str]) -> dict[str, pd.DataFrame]:
    import duckdb

    frames = {name: table.empty() for name, table in TABLES.items() if name != "posts"}
    with duckdb.connect(":memory:") as db:
        for name in tables:
            if name != "posts":
                frame = db.execute(f"SELECT * FROM read_parquet('{_quoted(target / f'{name}.parquet')}')").df()
                for column in TABLES[name].columns:
                    if column.kind == "time":
                        frame[column.name] = frame[column.name].dt.tz_localize("UTC")
                frames[name] = TABLES[name].typed(frame)
    return frames


def _cast(name: str, kind: str) -> str:
    types = {"text": "VARCHAR", "flag": "BOOLEAN", "time": "TIMESTAMP", "day": "TIMESTAMP"}
    return f'CAST("{name}" AS {types.get(kind, "DOUBLE")}) AS "{name}"'


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _state(folder: Path, brief: Brief) -> str:
    """Hash what reading depends on: names, sizes and times of the files, and the brief's mappings."""
    files = sorted(
        (p.relative_to(folder).as_posix(), p.stat().st_size, p.stat().st_mtime_ns)
        for pattern in ("*", "exports/**/*")
        for p in folder.glob(pattern)
        if p.is_file() and p.name != "campaign.yml" and not p.name.startswith(".")
    )
    reads = [brief.columns, str(brief.as_of), brief.market.platforms, brief.budget.currency, sorted(brief.budget.rates)]
    return hashlib.sha256(json.dumps([files, reads], sort_keys=True).encode()).hexdigest()
