"""What can be turned, read from the models that validate `campaign.yml`: kind, limits, help."""

from __future__ import annotations

import datetime as dt
import math
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.errors import BadCall, did_you_mean

Kind = Literal["switch", "choice", "choices", "slider", "number", "whole", "text", "day"]
# a slider with more steps than this cannot be set to a step by hand
STEPS = 100
_NAMES = {"kind": "goal"}


@dataclass(frozen=True, kw_only=True)
class Control:
    """One thing to turn.

    Attributes
    ----------
    path : str
        ``section.field`` of the brief; a plain word for what is only tried out and never saved.
    kind : str
        ``slider`` and ``whole`` (a whole number) and ``number`` take `low`, `high`, `step`; ``choice`` and ``choices`` take `options`.
    options : tuple of (label, value)
    optional : bool
        Whether empty is an answer.
    joined : bool
        Whether several choices are kept as one text, parted by commas.
    """

    path: str
    label: str
    help: str
    kind: Kind
    low: float | None = None
    high: float | None = None
    step: float | None = None
    options: tuple[tuple[str, Any], ...] = ()
    optional: bool = False
    joined: bool = False

    @property
    def saved(self) -> bool:
        """Whether the brief has a field for it."""
        return "." in self.path


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A field of the brief on a panel; the model says the rest.

    Attributes
    ----------
    options : callable, optional
        From data and brief to (label, value): for texts that name something in the data.
    high : float, optional
        Upper end of the slider, where the field's own limit is out of any use; values beyond it may be typed into `campaign.yml`.
    """

    path: str
    label: str = ""
    options: Callable[[Dataset, Brief], list[tuple[str, Any]]] | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Try:
    """Something to try that is no field of the brief: whose card to see, which filter to set.

    Attributes
    ----------
    start : value or callable
        First value, or how to find it from data and brief.
    """

    name: str
    label: str
    help: str
    kind: Kind
    start: Any = None
    low: float | None = None
    high: float | None = None
    step: float | None = None
    options: Callable[[Dataset, Brief], list[tuple[str, Any]]] | None = None
    optional: bool = False


def control(item: Turn | Try, data: Dataset, brief: Brief) -> Control:
    """Return what a panel has to build for an item.

    Raises
    ------
    BadCall
        Where the brief has no such field.
    """
    if isinstance(item, Try):
        return Control(
            path=item.name,
            label=item.label,
            help=item.help,
            kind=item.kind,
            low=item.low,
            high=item.high,
            step=item.step,
            options=tuple(item.options(data, brief)) if item.options else (),
            optional=item.optional,
        )
    info = field_at(item.path)
    read = of_field(item.path, info, brief, high=item.high)
    label = item.label or read.label
    if item.options is None:
        return Control(**{**vars(read), "label": label})
    options = tuple(item.options(data, brief))
    return Control(path=item.path, label=label, help=read.help, kind="choices", options=options, joined=_base(info)[0] is str)


def field_at(path: str) -> FieldInfo:
    """Return the model's field behind ``section.field``."""
    section, _, name = path.partition(".")
    model = Brief.model_fields[section].annotation if section in Brief.model_fields else None
    fields = model.model_fields if isinstance(model, type) and issubclass(model, BaseModel) else {}
    if name not in fields:
        raise BadCall(f"{path} is not a field of the brief{did_you_mean(name, fields)}.")
    return fields[name]


def value_at(brief: Brief, path: str) -> Any:
    """Return the value behind ``section.field``.

    >>> value_at(Brief(), "budget.currency")
    'EUR'
    """
    section, _, name = path.partition(".")
    return getattr(getattr(brief, section), name)


def of_field(path: str, info: FieldInfo, brief: Brief, *, high: float | None = None) -> Control:
    """Read a control from a field: its kind from the type, its limits from the constraints, its help from the description.

    >>> c = of_field("engagement.window", field_at("engagement.window"), Brief())
    >>> c.kind, c.low, c.high, c.step, c.help
    ('slider', 3, 100, 1, 'latest posts that count, 3-100')
    >>> of_field("goal.deadline", field_at("goal.deadline"), Brief()).kind
    'day'
    """
    kind, constraints, optional = _base(info)
    name = path.partition(".")[2]
    label = _NAMES.get(name, name).replace("_", " ")
    about = {"path": path, "label": label[0].upper() + label[1:], "help": info.description or "", "optional": optional}
    if kind is bool:
        return Control(kind="switch", **about)
    if get_origin(kind) is Literal:
        return Control(kind="choice", options=tuple((_said(v), v) for v in get_args(kind)), **about)
    if kind is dt.date:
        return Control(kind="day", **about)
    if get_origin(kind) is list:
        inside = get_args(kind)[0]
        if get_origin(inside) is Literal:
            return Control(kind="choices", options=tuple((_said(v), v) for v in get_args(inside)), **about)
        return Control(kind="text", **about)
    if kind in (int, float):
        return _number(kind, constraints, info.default, about, brief, high)
    return Control(kind="text", **about)


def _number(kind: type, constraints: dict[str, float], default: Any, about: dict[str, Any], brief: Brief, top: float | None) -> Control:
    low, high = constraints.get("ge", constraints.get("gt")), constraints.get("le", constraints.get("lt"))
    money = (constraints.get("ge"), high) == (0, 1e12)
    if money:
        about = {**about, "label": f"{about['label']} ({brief.budget.currency})"}
    end = top if top is not None else high
    if low is None or end is None or (about["optional"] and money):
        return Control(kind="whole" if kind is int else "number", low=low, high=high, **about)
    step = 1 if kind is int and end - low <= STEPS else _nice((end - low) / STEPS)
    step = max(int(step), 1) if kind is int else step
    fine = default is None or not default or default >= 4 * step or kind is int
    if (end - low) / step > 5 * STEPS or end > 1e6 or not fine:
        return Control(kind="whole" if kind is int else "number", low=low, high=high, **about)
    # an exclusive limit is no value that may be chosen
    first = low + step if "gt" in constraints and "ge" not in constraints else low
    return Control(kind="slider", low=first, high=end, step=step, **about)


def _nice(step: float) -> float:
    """Return the nearest of 1, 2 and 5 times a power of ten that is no smaller.

    >>> _nice(0.0031), _nice(0.7), _nice(3.6)
    (0.005, 1.0, 5.0)
    """
    power = 10 ** math.floor(math.log10(step))
    return next(float(f"{m * power:.6g}") for m in (1, 2, 5, 10) if m * power >= step * 0.999)


def _base(info: FieldInfo) -> tuple[Any, dict[str, float], bool]:
    """Return a field's plain type, its limits, and whether it may be empty."""
    kind, limits, optional = info.annotation, _limits(info.metadata), False
    if get_origin(kind) in (Union, types.UnionType):
        optional = type(None) in get_args(kind)
        kind = next(a for a in get_args(kind) if a is not type(None))
    if get_origin(kind) is Annotated:
        kind, *marks = get_args(kind)
        for mark in marks:
            limits |= _limits(mark.metadata if isinstance(mark, FieldInfo) else [mark])
    return kind, limits, optional


def _limits(marks: list[Any]) -> dict[str, float]:
    return {name: getattr(m, name) for m in marks for name in ("ge", "gt", "le", "lt") if getattr(m, name, None) is not None}


def _said(value: Any) -> str:
    return str(value).replace("_", " ")
