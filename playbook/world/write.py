"""Writing a world as a campaign folder: the same bytes on every machine."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd

from playbook.brief import template
from playbook.data.tables import TABLES
from playbook.errors import NotUsable
from playbook.world.simulate import World

DECIMALS = {"share": 4, "money": 2, "number": 2}


def folder(world: World, path: Path | str, *, truth: bool = True) -> list[Path]:
    """Write a world into a folder that is not there yet, or empty.

    Tables without rows are not written. With `truth`, a folder `truth/` beside them holds what no chapter may read.

    Raises
    ------
    NotUsable
        Where the folder already holds something, or cannot be written.
    """
    path = Path(path)
    try:
        if path.is_dir() and any(path.iterdir()):
            raise NotUsable(f"{path} already holds files; give the name of a new folder, so that nothing of yours is overwritten.")
        path.mkdir(parents=True, exist_ok=True)
        written = [path / "campaign.yml"]
        _put(written[0], template(world.brief_values))
        for name, frame in world.frames.items():
            if len(frame):
                written.append(path / f"{name}.csv")
                _put(written[-1], csv(published(name, frame)))
        if truth:
            beside = path / "truth"
            beside.mkdir()
            tables = {**world.truth, "people": world.people.frame(), "follows": _follows(world)}
            for name, frame in tables.items():
                written.append(beside / f"{name}.csv")
                _put(written[-1], csv(frame))
            written.append(beside / "truth.json")
            _put(written[-1], _json(world))
    except OSError as problem:
        raise NotUsable(
            f"{path} cannot be written ({problem.strerror or problem}); choose a folder that you may write to, with a few megabytes free."
        ) from None
    return written


def _put(path: Path, text: str) -> None:
    """Write text as UTF-8 with LF on every system."""
    path.write_bytes(text.encode("utf-8"))


def published(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table as its file shows it: counts whole, days as days, columns that nobody knows left out."""
    out = {}
    for column in TABLES[name].columns:
        values = frame[column.name]
        if not values.notna().any():
            continue
        if column.kind == "count":
            out[column.name] = values.astype("Int64")
        elif column.kind in DECIMALS:
            out[column.name] = values.round(DECIMALS[column.kind])
        elif column.kind == "day":
            out[column.name] = values.dt.strftime("%Y-%m-%d")
        elif column.kind == "time":
            out[column.name] = values.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        elif column.kind == "flag":
            out[column.name] = values.map({True: "true", False: "false"})
        else:
            out[column.name] = values
    return pd.DataFrame(out)


def csv(frame: pd.DataFrame) -> str:
    """Return a table as CSV text with LF and without index.

    Numbers have twelve digits at most, since their last bits may differ between machines.
    """
    shown = frame.copy()
    for name in shown.columns:
        if str(shown[name].dtype).startswith("float"):
            values = shown[name].to_numpy()
            shown[name] = ["" if np.isnan(v) else f"{v:.12g}" for v in values]
    return shown.to_csv(index=False, lineterminator="\n")


def _follows(world: World) -> pd.DataFrame:
    """One row a creator: the people who follow, parted by spaces."""
    return pd.DataFrame({"creator": list(world.follows), "people": [" ".join(map(str, who.tolist())) for who in world.follows.values()]})


def _json(world: World) -> str:
    facts = {k: float(f"{v:.12g}") if isinstance(v, float) else v for k, v in world.facts.items()}
    return (
        json.dumps(
            {"kind": world.kind, "seed": world.seed, "facts": facts, "strengths": asdict(world.strengths)}, indent=2, ensure_ascii=False
        )
        + "\n"
    )
