"""The three samples under `data/samples`, and the data dictionary beside them.

`python -m playbook.world data/samples` writes them anew after a change here or in the tables.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from playbook.data.tables import TABLES
from playbook.world.markets import KINDS
from playbook.world.simulate import simulate
from playbook.world.strengths import Strengths
from playbook.world.write import folder as write

SAMPLE_SEED = {"glow-skincare": 1, "campus-coffee": 2, "trail-app": 3}
README = "README.md"

_KIND_WORDS = {
    "text": "text",
    "count": "whole number",
    "number": "number",
    "share": "share, 0-1",
    "money": "money",
    "flag": "true or false",
    "time": "time, UTC",
    "day": "day",
}


def refresh(root: Path | str) -> None:
    """Write the three samples, without truth, and the generated parts of their README anew.

    Parameters
    ----------
    root : path
        The folder of the samples; each sample's folder in it is replaced.
    """
    root = Path(root)
    for kind in KINDS:
        fresh = root / f".{kind}"
        shutil.rmtree(fresh, ignore_errors=True)
        write(simulate(kind=kind, seed=SAMPLE_SEED[kind]), fresh, truth=False)
        shutil.rmtree(root / kind, ignore_errors=True)
        fresh.rename(root / kind)
    readme = root / README
    text = readme.read_text(encoding="utf-8")
    readme.write_bytes(with_parts(text).encode("utf-8"))


def with_parts(text: str) -> str:
    """Return a README with its generated parts as they should be; all else is left as it is."""
    for name, part in (("tables", dictionary()), ("strengths", strengths_list())):
        start, end = f"<!-- {name}: generated -->\n", f"<!-- end of {name} -->\n"
        before, _, rest = text.partition(start)
        after = rest.partition(end)[2]
        text = before + start + "\n" + part + "\n" + end + after
    return text


def dictionary() -> str:
    """Return the data dictionary as Markdown: for each table its columns with type and meaning."""
    parts = []
    for table in TABLES.values():
        key = f" Key: {', '.join(f'`{k}`' for k in table.key)}." if table.key else ""
        lines = [f"### `{table.name}`", "", f"A row is {table.row}.{key}", "", "| column | type | meaning |", "|---|---|---|"]
        for c in table.columns:
            allowed = f" ({', '.join(c.allowed)})" if c.allowed and c.name != "state" else ""
            needed = " **needed**" if c.required else ""
            lines.append(f"| `{c.name}` | {_KIND_WORDS[c.kind]} | {c.meaning}{allowed}{needed} |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def strengths_list() -> str:
    """Return the strengths as Markdown: name, default, unit, meaning, source."""
    lines = ["| strength | default | unit | meaning | source |", "|---|---|---|---|---|"]
    for row in Strengths().table().itertuples(index=False):
        lines.append(f"| `{row.name}` | {_shown(row.value)} | {row.unit} | {row.meaning} | {row.source} |")
    return "\n".join(lines) + "\n"


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(f"({_shown(v)})" if isinstance(v, tuple) else _shown(v) for v in value)
    return (
        f"{value:,g}"
        if isinstance(value, (int, float)) and abs(value) < 1e5
        else (f"{value:,.0f}" if isinstance(value, float) else str(value))
    )
