"""Writing `campaign.yml`: a commented template, and changes that keep the user's comments."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from playbook.brief.model import Brief
from playbook.brief.read import FILE, load_yaml, parse
from playbook.whole import write_whole

WIDTH = 120


def template(values: Mapping[str, Any] | None = None) -> str:
    """Return a commented `campaign.yml` with every field, its default and its meaning.

    Parameters
    ----------
    values : mapping, optional
        Nested values to put instead of the defaults.
    """
    brief = Brief.model_validate(dict(values or {}))
    lines = [
        "# The brief of one campaign. Every line may be left out; what stands here is the default unless you changed it.",
        "# Shares are between 0 and 1 (0.45 is 45 per cent); days are YYYY-MM-DD; `playbook check` tells about mistakes.",
        "",
    ]
    for name, info in Brief.model_fields.items():
        value = getattr(brief, name)
        if name == "learned":
            # measured, not planned: it has a file of its own
            continue
        if isinstance(value, BaseModel):
            lines += ["", f"# {info.description}", f"{name}:"]
            lines += _section(value, indent=2)
        else:
            lines.append(f"{name}: {_scalar(value)}  # {info.description}")
    return "\n".join(lines) + "\n"


def _section(section: BaseModel, indent: int) -> list[str]:
    pad = " " * indent
    lines = []
    for name, info in type(section).model_fields.items():
        value = getattr(section, name)
        if isinstance(value, BaseModel):
            lines += [f"{pad}{name}:  # {info.description}", *_section(value, indent + 2)]
        else:
            lines.append(f"{pad}{name}: {_scalar(value)}  # {info.description}")
    return lines


def _scalar(value: Any) -> str:
    """Write a value as YAML on one line."""
    from ruamel.yaml import YAML

    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = True
    yaml.width = 10_000
    yaml.allow_unicode = True
    out = io.StringIO()
    yaml.dump(value, out)
    return out.getvalue().removesuffix("\n...\n").removesuffix("...\n").strip()


def update(folder: Path | str, changes: Mapping[str, Mapping[str, Any]]) -> None:
    """Change fields of a folder's brief, keeping its comments and order.

    The old file is kept as `campaign.yml.bak`; the new one appears whole or not at all.

    Parameters
    ----------
    changes : mapping of section to mapping of field to value

    Raises
    ------
    NotUsable
        Where the changed brief would not be valid; the file is then left as it was.
    """
    from ruamel.yaml import YAML

    path = Path(folder) / FILE
    before = path.read_text(encoding="utf-8-sig")
    tree = load_yaml(before, str(path))
    for section, fields in changes.items():
        if not isinstance(tree.get(section), Mapping):
            # `budget:` with nothing below it
            tree[section] = {}
        node = tree[section]
        for name, value in fields.items():
            node[name] = value
    yaml = YAML(typ="rt")
    yaml.width = 4096
    yaml.allow_unicode = True
    out = io.StringIO()
    yaml.dump(tree, out)
    parse(out.getvalue(), str(path))
    write_whole(path.with_suffix(".yml.bak"), before)
    write_whole(path, out.getvalue())
