"""Deleting the personal data of a campaign, with its figures kept.

New files are written beside the old ones first, with a list of what is to go; only then are the old ones replaced and deleted.
A crash before the list is complete leaves the folder as it was; after it, the next call finishes the work.
"""

from __future__ import annotations

import functools
import io
import json
import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from playbook import brief as briefs
from playbook.brief import Brief
from playbook.brief.read import FILE as BRIEF
from playbook.brief.read import load_yaml
from playbook.data.dataset import Dataset
from playbook.data.tables import TABLES
from playbook.errors import NotUsable
from playbook.whole import write_whole

STAGE = ".forget"
LIST = "list.json"
KEPT = "kept"
REPORT_KEPT = ("results.json", "run.json")
# columns that are or may hold somebody's words or name
DROPPED = {
    "creators": ("name", "bio", "url"),
    "posts": ("caption",),
    "comments": ("text",),
    "outreach": ("note",),
}
# fields of a report's JSON that are the kit's own words, whatever a creator is called
_OWN_WORDS = {"id", "unit", "source", "verdict", "level", "status", "schema", "sha256", "as_of", "version", "name", "chapter"}


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """What was done.

    Attributes
    ----------
    folder : Path
    creators : int
        Creators that have a pseudonym now.
    rewritten, deleted : tuple of str
        Files and folders, relative to the campaign folder.
    """

    folder: Path
    creators: int
    rewritten: tuple[str, ...]
    deleted: tuple[str, ...]

    @property
    def text(self) -> str:
        """Say it in two sentences."""
        gone = f" Deleted: {', '.join(self.deleted)}." if self.deleted else ""
        kept = ", ".join(self.rewritten)
        return (
            f"{self.folder}: {self.creators:,} creators have pseudonyms now; kept without personal data: {kept}.{gone} "
            "Reports, copies and files that the playbook does not read are not touched: look through them yourself."
        )


def forget(folder: Path) -> Forgotten:
    """See :func:`playbook.folders.forget`."""
    from playbook.data.load import read_folder

    folder = folder.resolve()
    if not folder.is_dir():
        raise NotUsable(f"{folder} is not a folder.")
    try:
        if (folder / STAGE / LIST).is_file():
            return _finish(folder)
        brief = briefs.read(folder)
        data = read_folder(folder, brief)
        return _finish(_prepared(folder, brief, data))
    except OSError as problem:
        raise NotUsable(
            f"{folder} cannot be written ({problem.strerror or problem}); nothing is half-forgotten: make room or mend the permissions, "
            "and run `playbook forget` again."
        ) from None


class _Pseudonyms:
    """Random names, one for each thing and the same everywhere; nothing leads back."""

    def __init__(self, data: Dataset):
        self._known: dict[tuple[str, str], str] = {}
        self.creators = {key: self._creator(key) for key in _all_creators(data)}

    def _creator(self, key: str) -> str:
        platform, colon, _ = key.partition(":")
        return f"{platform}{colon}creator-{secrets.token_hex(4)}" if colon else f"creator-{secrets.token_hex(4)}"

    def of(self, kind: str, name: str) -> str:
        """Return the pseudonym of a post, an account, a code …"""
        if (kind, name) not in self._known:
            self._known[kind, name] = f"{kind}-{secrets.token_hex(4)}"
        return self._known[kind, name]

    def column(self, kind: str, values: pd.Series) -> pd.Series:
        """Return a column with all its names replaced."""
        names = {v: self.of(kind, v) for v in values.dropna().unique()}
        return values.map(names).astype("str")

    def in_text(self, text: str) -> str:
        """Replace keys and handles in running text."""
        return self._pattern.sub(lambda found: self._words[found[0].casefold().lstrip("@")], text) if self._words else text

    @functools.cached_property
    def _words(self) -> dict[str, str]:
        handles = {key.partition(":")[2]: name.partition(":")[2] for key, name in self.creators.items() if ":" in key}
        return {old.casefold(): new for old, new in {**handles, **self.creators}.items()}

    @functools.cached_property
    def _pattern(self) -> re.Pattern:
        longest_first = sorted(self._words, key=len, reverse=True)
        return re.compile(rf"(?<![\w.])@?(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)


def _all_creators(data: Dataset) -> list[str]:
    found = set(data.posts.query("SELECT DISTINCT creator FROM posts WHERE creator IS NOT NULL ORDER BY 1")["creator"])
    for name, table in TABLES.items():
        if name != "posts" and "creator" in table.names:
            found |= set(getattr(data, name)["creator"].dropna())
    return sorted(found)


def _prepared(folder: Path, brief: Brief, data: Dataset) -> Path:
    """Write everything new into the stage, and last the list of what replaces and what goes."""
    stage = folder / STAGE
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir()
    names = _Pseudonyms(data)
    put: list[str] = []
    for table in TABLES:
        if table == "orders" or not data.has(table):
            continue
        frame = data.posts.to_pandas() if table == "posts" else getattr(data, table)
        _write(stage / f"{table}.csv", _csv(_without_names(table, frame, names)), put, stage)
    if data.has("orders"):
        _write(stage / KEPT / "orders_daily.csv", _csv(_daily(data.orders)), put, stage)
    for name, text in _reports(folder, names):
        _write(stage / name, text, put, stage)
    _write(stage / BRIEF, _brief(folder, brief, data, names), put, stage)
    gone = [name for p in _personal(folder, data) if (name := p.relative_to(folder).as_posix()) not in put]
    content = {"put": put, "gone": gone, "creators": len(names.creators)}
    _write(stage / LIST, json.dumps(content, ensure_ascii=False), [], stage)
    return folder


def _write(path: Path, text: str, put: list[str], stage: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text)
    put.append(path.relative_to(stage).as_posix())


def _finish(folder: Path) -> Forgotten:
    """Put the new files in place and delete the old ones; may be done again after a crash."""
    stage = folder / STAGE
    content = json.loads((stage / LIST).read_text(encoding="utf-8"))
    for name in content["put"]:
        # already in place where a call before this one was stopped
        if (stage / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (stage / name).replace(folder / name)
    for name in content["gone"]:
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    shutil.rmtree(stage)
    return Forgotten(folder=folder, creators=content["creators"], rewritten=tuple(content["put"]), deleted=tuple(content["gone"]))


def _personal(folder: Path, data: Dataset) -> list[Path]:
    """Return every file that held personal data: sources, raw exports, backups, the pages of reports."""
    found = [folder / s.path for s in data.provenance]
    exports = folder / "exports"
    if exports.is_dir() and not exports.is_symlink():
        found += [p for p in exports.rglob("*") if (p.is_file() or p.is_symlink()) and p.name.casefold() != "readme.md"]
    found += [p for p in folder.iterdir() if p.is_file() and p.suffix.casefold() == ".bak"]
    for report in _report_folders(folder):
        found += [p for p in report.iterdir() if p.name not in REPORT_KEPT]
    return list(dict.fromkeys(p for p in found if p.exists() or p.is_symlink()))


def _report_folders(folder: Path) -> list[Path]:
    """Return the folders inside the campaign that hold a report."""
    roots = [folder, *(p for p in folder.rglob("*") if p.is_dir() and not p.is_symlink() and STAGE not in p.relative_to(folder).parts)]
    return [p for p in roots if p != folder and (p / "results.json").is_file() and (p / "run.json").is_file()]


def _reports(folder: Path, names: _Pseudonyms) -> list[tuple[str, str]]:
    """Return the JSON files of reports, with pseudonyms in every text."""
    out = []
    for report in _report_folders(folder):
        for name in REPORT_KEPT:
            path = report / name
            try:
                document = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue
            text = json.dumps(_in_texts(document, names), ensure_ascii=False, indent=2)
            out.append((path.relative_to(folder).as_posix(), text + "\n"))
    return out


def _in_texts(value: Any, names: _Pseudonyms, key: str = "") -> Any:
    if isinstance(value, dict):
        return {names.in_text(k) if ":" in k else k: _in_texts(v, names, k) for k, v in value.items()}
    if isinstance(value, list):
        return [_in_texts(v, names, key) for v in value]
    return names.in_text(value) if isinstance(value, str) and key not in _OWN_WORDS else value


def _brief(folder: Path, brief: Brief, data: Dataset, names: _Pseudonyms) -> str:
    """Return the brief with pseudonyms for creators, and with now written down: without the orders it might be another."""
    from ruamel.yaml import YAML

    path = folder / BRIEF
    tree = load_yaml(path.read_text(encoding="utf-8-sig"), str(path))
    if brief.as_of is None and data.as_of > pd.Timestamp(0, tz="UTC"):
        tree["as_of"] = data.as_of.to_pydatetime()
    for field in ("must", "never"):
        if text := getattr(brief.portfolio, field):
            tree["portfolio"][field] = names.in_text(text)
    yaml = YAML(typ="rt")
    yaml.width, yaml.allow_unicode = 4096, True
    out = io.StringIO()
    yaml.dump(tree, out)
    briefs.parse(out.getvalue(), str(path))
    return out.getvalue()


def _without_names(table: str, frame: pd.DataFrame, names: _Pseudonyms) -> pd.DataFrame:
    frame = frame.copy()
    if "creator" in frame:
        frame["creator"] = frame["creator"].map(names.creators).astype("str")
    if table == "creators":
        frame["handle"] = frame["creator"].str.rpartition(":")[2]
    for column, kind in (("post", "post"), ("account", "account"), ("author", "author"), ("code", "code"), ("utm_content", "link")):
        if column in frame:
            frame[column] = names.column(kind, frame[column])
    for column in DROPPED.get(table, ()):
        frame[column] = pd.Series(np.nan, index=frame.index, dtype="str")
    return frame


def _daily(orders: pd.DataFrame) -> pd.DataFrame:
    """Sum orders by day and currency: figures that belong to nobody. A sum over unknown parts is unknown."""
    frame = orders.assign(
        day=orders["ordered_at"].dt.strftime("%Y-%m-%d"), with_mark=orders["code"].notna() | orders["utm_content"].notna()
    )
    groups = frame.groupby(["day", "currency"], dropna=False)
    return pd.DataFrame(
        {
            "orders": groups.size(),
            "orders_with_code_or_link": groups["with_mark"].sum(),
            "revenue": groups["revenue"].sum(skipna=False),
            "discount": groups["discount"].sum(skipna=False),
            "refunded": groups["refunded"].sum(skipna=False),
        }
    ).reset_index()


def _csv(frame: pd.DataFrame) -> str:
    """Return a table as the kit's own CSV."""
    out: Mapping[str, pd.Series] = {}
    for name in frame.columns:
        values = frame[name]
        kind = str(values.dtype)
        if kind.startswith("datetime64") and "UTC" in kind:
            values = values.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        elif kind.startswith("datetime64"):
            values = values.dt.strftime("%Y-%m-%d")
        elif kind == "boolean":
            values = values.map({True: "true", False: "false"}).astype("str")
        elif kind.startswith("float"):
            values = pd.Series(["" if np.isnan(v) else f"{v:.15g}" for v in values.to_numpy()], index=values.index)
        out = {**out, name: values}
    return pd.DataFrame(out).to_csv(index=False, lineterminator="\n")
