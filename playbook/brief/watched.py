"""A brief that notes which of its fields are read: what a result depends on, and what it does not."""

from __future__ import annotations

import inspect
from typing import Any

from pydantic import BaseModel

WHOLE = ""


class Watched:
    """Stands in for a brief, or a section of one, and adds each field that is read to `seen` (``section.field``, or all: ``""``).

    It reads like the model it stands for, its methods and properties included; whatever looks at the whole, such as a comparison or a
    dump, counts as reading all of it. Copies with other values stay watched: only what they took over counts as read.

    Parameters
    ----------
    plain : model
    seen : set of str
        Grows as fields are read.

    Examples
    --------
    >>> from playbook.brief import Brief
    >>> seen = set()
    >>> watched = Watched(Brief(), seen)
    >>> watched.budget.amount, watched.model_copy(update={"name": "other"}).name, sorted(seen)
    (1000, 'other', ['budget.amount'])
    """

    __slots__ = ("_given", "_of", "_plain", "_seen")

    def __init__(self, plain: BaseModel, seen: set[str], *, of: str = "", given: dict[str, Any] | None = None):
        for name, value in (("_plain", plain), ("_seen", seen), ("_of", of), ("_given", given or {})):
            object.__setattr__(self, name, value)

    @property
    def __class__(self) -> type:
        return type(self._plain)

    def __getattr__(self, name: str) -> Any:
        if name in self._given:
            return self._given[name]
        kind = type(self._plain)
        if name in kind.model_fields:
            value = getattr(self._plain, name)
            if isinstance(value, BaseModel) and not self._of:
                return Watched(value, self._seen, of=name)
            self._seen.add(f"{self._of}.{name}" if self._of else name)
            return value
        member = inspect.getattr_static(kind, name, None)
        ours = (getattr(getattr(member, "fget", member), "__module__", "") or "").startswith("playbook.")
        if ours and isinstance(member, property):
            return member.fget(self)
        if ours and inspect.isfunction(member):
            return member.__get__(self)
        return getattr(self._whole(), name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._plain, name, value)

    def model_copy(self, *, update: dict[str, Any] | None = None, deep: bool = False) -> Watched:
        """Return a copy with other values, watched as this one is."""
        update = update or {}
        plain = self._plain.model_copy(update={name: unwatched(value) for name, value in update.items()}, deep=deep)
        return Watched(plain, self._seen, of=self._of, given=self._given | update)

    def _whole(self) -> BaseModel:
        self._seen.add(self._of or WHOLE)
        return self._plain

    def __eq__(self, other: object) -> bool:
        return self._whole() == unwatched(other)

    def __hash__(self) -> int:
        return hash(self._whole())

    def __repr__(self) -> str:
        return repr(self._whole())

    def __iter__(self) -> Any:
        return iter(self._whole())

    def __reduce_ex__(self, protocol: int) -> Any:
        # nothing that is kept watches on
        return unwatched, (self._whole(),)


def unwatched(value: Any) -> Any:
    """Return the model that a watched one stands for; anything else as it is."""
    return value._plain if type(value) is Watched else value


def read(brief: Any, path: str) -> None:
    """Count a field as read: ``section.field``, a section's whole, or ``""`` for all; nothing where `brief` is not watched."""
    if type(brief) is not Watched:
        return
    if path == WHOLE:
        brief._whole()
        return
    section, _, name = path.partition(".")
    inside = getattr(brief, section)
    if type(inside) is Watched:
        getattr(inside, name) if name else inside._whole()
