"""Reading `campaign.yml`: every mistake becomes one sentence with its line."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from playbook.brief.model import Brief, Learned
from playbook.errors import NotUsable, did_you_mean

FILE = "campaign.yml"
LEARNED = "learned.yml"
MAX_VALUES = 100_000
MAX_BYTES = 1_000_000


def read(folder: Path | str, overrides: Mapping[str, Mapping[str, Any]] | None = None) -> Brief:
    """Read the brief of a campaign folder.

    Parameters
    ----------
    folder : path
        The campaign folder that holds `campaign.yml`.
    overrides : mapping of section to mapping of field to value, optional
        Values that win over the file's, such as ``{"engagement": {"window": 20}}``.

    Raises
    ------
    NotUsable
        Where the file is absent, is not YAML or does not fit the model.
    """
    path = Path(folder) / FILE
    if not path.is_file():
        raise NotUsable(f"{path} is not there; every campaign folder needs one: `playbook new {folder}` writes it.")
    beside = path.with_name(LEARNED)
    learned = learned_from(_text(beside, "what was learned has a hundred lines"), str(beside)) if beside.is_file() else None
    return parse(_text(path, "a brief has a few thousand"), str(path), overrides, learned=learned)


def _text(path: Path, usual: str) -> str:
    if path.stat().st_size > MAX_BYTES:
        raise NotUsable(f"{path} has {path.stat().st_size:,} bytes; {usual}: is this the right file?")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise NotUsable(f"{path}: byte {problem.start} is not UTF-8; save the file as UTF-8 text.") from None


def learned_from(text: str, where: str = LEARNED) -> Learned:
    """Read what earlier campaigns measured from YAML text.

    Examples
    --------
    >>> learned_from("click_rate: {value: 0.01, low: 0.008, high: 0.013, n: 12}").click_rate.value
    0.01
    """
    tree = load_yaml(text, where)
    try:
        return Learned.model_validate(_plain(tree))
    except ValidationError as problems:
        sentences = [_sentence({**e, "loc": ("learned", *e["loc"])}, {"learned": tree}, where) for e in problems.errors()]
        raise NotUsable(" ".join(dict.fromkeys(sentences))) from None


def parse(
    text: str, where: str = FILE, overrides: Mapping[str, Mapping[str, Any]] | None = None, *, learned: Learned | None = None
) -> Brief:
    """Read a brief from YAML text.

    Click and conversion rates come from `learned` where it has them and `overrides` has not; order value (in the same currency) and
    incremental share where the brief leaves them empty.

    Examples
    --------
    >>> parse("budget: {amount: 500, currency: GBP}").budget.amount
    500.0
    >>> parse("budget: {amuont: 500}")
    Traceback (most recent call last):
    playbook.errors.NotUsable: campaign.yml line 1: budget.amuont is not a field of the brief (did you mean amount?).
    """
    tree = load_yaml(text, where)
    values = _plain(tree)
    for section, fields in (overrides or {}).items():
        values[section] = {**(values.get(section) or {}), **fields}
    try:
        brief = Brief.model_validate(values)
        return brief if learned is None else _with(brief, learned, (overrides or {}).get("economics", ()))
    except ValidationError as problems:
        sentences = [_sentence(error, tree, where) for error in problems.errors()]
        raise NotUsable(" ".join(dict.fromkeys(sentences))) from None


def changed(brief: Brief, changes: Mapping[str, Mapping[str, Any]]) -> Brief:
    """Return a brief with other values in some fields; the one handed in stays as it is.

    Parameters
    ----------
    changes : mapping of section to mapping of field to value

    Raises
    ------
    NotUsable
        Where the result would not be valid; the sentence says which field, and what it may be.

    Examples
    --------
    >>> changed(Brief(), {"budget": {"amount": 250}}).budget.amount
    250.0
    >>> changed(Brief(), {"engagement": {"window": 2}})
    Traceback (most recent call last):
    playbook.errors.NotUsable: engagement.window is 2; input should be greater than or equal to 3 (latest posts that count, 3-100).
    """
    values = brief.model_dump()
    for section, fields in changes.items():
        values[section] = {**values[section], **fields}
    try:
        return Brief.model_validate(values)
    except ValidationError as problems:
        sentences = [_sentence(error, {}, "").removeprefix(": ") for error in problems.errors()]
        raise NotUsable(" ".join(dict.fromkeys(sentences))) from None


def _with(brief: Brief, learned: Learned, overridden: Collection[str] = ()) -> Brief:
    """Let what was measured stand in for planning values: rates that nobody set on the command line, order value and share where empty."""
    found = brief.economics
    filled: dict[str, float] = {}
    for name in ("click_rate", "conversion_rate"):
        rate = getattr(learned, name)
        if rate is not None and name not in overridden:
            filled[name] = min(rate.value, 1.0)
    if found.order_value is None and learned.order_value and learned.currency in ("", brief.budget.currency):
        filled["order_value"] = learned.order_value.value
    if found.incremental_share is None and learned.incremental_share:
        filled["incremental_share"] = min(learned.incremental_share.value, 1.0)
    kept = learned.model_copy(update={name: None for name in ("click_rate", "conversion_rate") if name in overridden})
    return brief.model_copy(update={"learned": kept, "economics": found.model_copy(update=filled)})


def load_yaml(text: str, where: str) -> Any:
    """Parse YAML, keeping comments and line numbers; an empty file is an empty mapping."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        tree = YAML(typ="rt").load(text)
    except MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = mark.line + 1 if mark else 1
        source = text.splitlines()[line - 1] if mark and line <= len(text.splitlines()) else ""
        if "\t" in source[: len(source) - len(source.lstrip())] or "\\t" in str(problem.problem):
            raise NotUsable(
                f"{where} line {line}: there is a tab; YAML is indented with spaces, so replace the tab by two spaces."
            ) from None
        problem_text = " ".join(str(problem.problem or "cannot be read as YAML").split())
        raise NotUsable(f"{where} line {line}: {problem_text}; check the indentation, colons and quotes there.") from None
    except (YAMLError, RecursionError, ValueError) as problem:
        raise NotUsable(f"{where}: cannot be read as YAML ({' '.join(str(problem).split())[:120]}); check the file.") from None
    if tree is None:
        return {}
    if not isinstance(tree, Mapping):
        raise NotUsable(f"{where}: holds {type(tree).__name__.removeprefix('Commented').lower()} instead of `name: value` lines.")
    return tree


def _plain(node: Any, depth: int = 0, seen: Iterator[int] | None = None) -> Any:
    """Turn ruamel's round-trip containers and scalars into plain Python values."""
    seen = itertools.count() if seen is None else seen
    if depth > 20:
        raise NotUsable("campaign.yml is nested more than 20 levels deep; a brief needs three.")
    if next(seen) > MAX_VALUES:
        # a few lines that refer to one another can stand for millions
        raise NotUsable(f"campaign.yml holds more than {MAX_VALUES:,} values, counting what its anchors repeat; a brief needs a hundred.")
    if isinstance(node, Mapping):
        return {str(k) if not isinstance(k, str) else k: _plain(v, depth + 1, seen) for k, v in node.items()}
    if isinstance(node, list):
        return [_plain(v, depth + 1, seen) for v in node]
    for kind in (bool, int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return node


def _line(tree: Any, path: tuple) -> int | None:
    """Find the line of the deepest part of `path` that the file has."""
    line = None
    node = tree
    for part in path:
        try:
            marks = node.lc.data
            key = part if part in marks else next((k for k in marks if str(k) == str(part)), None)
            if key is None:
                break
            line = marks[key][0] + 1
            node = node[key]
        except (AttributeError, KeyError, TypeError, IndexError):
            break
    return line


def _sentence(error: Mapping[str, Any], tree: Any, where: str) -> str:
    path = tuple(p for p in error["loc"] if p != "[key]")
    name = ".".join(str(p) for p in path) or "the brief"
    line = _line(tree, path)
    at = f"{where} line {line}" if line else where
    if error["type"] == "extra_forbidden":
        fields = _fields(path[:-1])
        hint = did_you_mean(str(path[-1]), fields)
        known = "" if hint else f"; known here: {', '.join(fields)}"
        return f"{at}: {name} is not a field of the brief{hint}{known}."
    found = repr(error["input"]) if not isinstance(error["input"], (dict, list)) else f"a {type(error['input']).__name__}"
    if error["type"] in ("value_error", "assertion_error"):
        return f"{at}: {name}: {error['ctx']['error']!s}."
    about = _described(path)
    expected = error["msg"][0].lower() + error["msg"][1:]
    return f"{at}: {name} is {found}; {expected}{about}."


def _model_at(path: tuple) -> type[BaseModel] | None:
    model: Any = Brief
    for part in path:
        info = getattr(model, "model_fields", {}).get(part)
        if info is None or not (isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel)):
            return None
        model = info.annotation
    return model


def _fields(path: tuple) -> list[str]:
    model = _model_at(path)
    return list(model.model_fields) if model else []


def _described(path: tuple) -> str:
    model = _model_at(path[:-1]) if path else None
    info = model.model_fields.get(path[-1]) if model and isinstance(path[-1], str) else None
    return f" ({info.description})" if info is not None and info.description else ""
