"""Settings that win over `campaign.yml`: from the command line, and from notebooks whose parameters were edited."""

from __future__ import annotations

import ast
import datetime as dt
import json
import types
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from playbook.brief import Brief
from playbook.chapters import CHAPTERS, Chapter
from playbook.errors import BadCall, did_you_mean

Settings = dict[str, dict[str, Any]]


def parse(lines: Iterable[str]) -> Settings:
    """Read settings such as ``engagement.window=20``.

    The value is read as YAML, except where the field is text: there it is taken letter by letter.

    Raises
    ------
    BadCall
        Where a section, a field or a value is not one the brief knows.

    Examples
    --------
    >>> parse(["engagement.window=20", "outreach.code_suffix=010"])
    {'engagement': {'window': 20}, 'outreach': {'code_suffix': '010'}}
    >>> parse(["engagement.widow=20"])
    Traceback (most recent call last):
    playbook.errors.BadCall: --set engagement.widow=20: engagement knows no widow (did you mean window?)...
    """
    out: Settings = {}
    for line in lines:
        path, equals, text = line.partition("=")
        section, dot, name = path.strip().partition(".")
        if not equals or not dot or not name:
            raise BadCall(f"--set {line}: expected CHAPTER.KNOB=VALUE, such as engagement.window=20.")
        model = _section(section, line)
        info = model.model_fields.get(name)
        if info is None:
            known = list(model.model_fields)
            raise BadCall(f"--set {line}: {section} knows no {name}{did_you_mean(name, known)}; it knows {', '.join(known)}.")
        value = text if _is_text(info) and text not in ("null", "") else _value(text, line)
        if value is None and _is_text(info) and info.annotation is str:
            value = ""
        _refuse(model, name, value, info, line)
        out.setdefault(section, {})[name] = value
    return out


def from_notebook(path: Path, chapter: Chapter) -> dict[str, Any]:
    """Return the knobs that a notebook's own parameters cell sets to something else than the default."""
    model: type[BaseModel] = Brief.model_fields[chapter.name].annotation  # type: ignore[assignment]
    knobs = {field.upper(): field for field in model.model_fields}
    out = {}
    for name, value in _parameters(path).items():
        field = knobs.get(name)
        # a value that is not allowed is left to the notebook, which says so in its own sentence
        if field is not None and value != model.model_fields[field].default and _allowed(model, field, value):
            out[field] = value
    return out


def from_notebooks(folder: Path) -> Settings:
    """Return what the notebooks of a folder set: it holds for the whole report, so that all chapters agree."""
    found = {c.name: from_notebook(folder / c.notebook, c) for c in CHAPTERS if (folder / c.notebook).is_file()}
    return {name: knobs for name, knobs in found.items() if knobs}


def merged(weaker: Mapping[str, Mapping[str, Any]], stronger: Mapping[str, Mapping[str, Any]]) -> Settings:
    """Lay one set of settings over another."""
    return {name: {**weaker.get(name, {}), **stronger.get(name, {})} for name in sorted({*weaker, *stronger})}


def _section(name: str, line: str) -> type[BaseModel]:
    sections = {
        n: f.annotation for n, f in Brief.model_fields.items() if isinstance(f.annotation, type) and issubclass(f.annotation, BaseModel)
    }
    if name not in sections:
        raise BadCall(f"--set {line}: {name} is no part of the brief{did_you_mean(name, sections)}; its parts are {', '.join(sections)}.")
    return sections[name]


def _is_text(info: FieldInfo) -> bool:
    """Say whether a field holds text, so that `00123` or `1e5` must stay as typed."""
    kinds = [info.annotation]
    if get_origin(info.annotation) in (Union, types.UnionType):
        kinds = [k for k in get_args(info.annotation) if k is not type(None)]
    return all(k is str or get_origin(k) is Literal for k in kinds)


def _value(text: str, line: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return _plain(YAML(typ="safe").load(text))
    except (YAMLError, ValueError):
        raise BadCall(f"--set {line}: the value cannot be read; write a number, a word, or a list such as [a, b].") from None


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, (dt.date, dt.datetime)) else value


def _allowed(model: type[BaseModel], name: str, value: Any) -> bool:
    try:
        model.model_validate({name: value})
    except ValidationError:
        return False
    return True


def _refuse(model: type[BaseModel], name: str, value: Any, info: FieldInfo, line: str) -> None:
    try:
        model.model_validate({name: value})
    except ValidationError as problems:
        # fields that only clash with another field's default are judged with the whole brief
        mine = [e for e in problems.errors() if e["loc"][:1] == (name,)]
        if mine:
            said = str(mine[0]["ctx"]["error"]) if mine[0]["type"] in ("value_error", "assertion_error") else mine[0]["msg"]
            raise BadCall(f"--set {line}: {said[0].lower() + said[1:]}; expected {info.description}.") from None


def _parameters(path: Path) -> dict[str, Any]:
    """Read the plain values that a notebook's parameters cell assigns."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return {}
    for cell in cells:
        if "parameters" not in cell.get("metadata", {}).get("tags", []):
            continue
        try:
            tree = ast.parse("".join(cell["source"]))
        except SyntaxError:
            return {}
        out = {}
        for node in tree.body:
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0] if isinstance(node, ast.Assign) else None
            if isinstance(target, ast.Name) and node.value is not None:  # type: ignore[union-attr]
                try:
                    out[target.id] = ast.literal_eval(node.value)  # type: ignore[union-attr]
                except ValueError:
                    continue
        return out
    return {}
