"""What an exercise is: numbers from the learner's own campaign, the right answer, and the wrong ideas people have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from playbook.findings import Missing

if TYPE_CHECKING:
    from playbook.campaign import Campaign

Kind = Literal["predict", "change", "mistake", "decide"]
Unit = Literal["share", "number", "count", "choice"]


WHOLE = 20  # values of a column that are all shown


class _Nothing:
    """Takes the place of numbers that a campaign does not hold: whatever is computed with it is nothing again."""

    def _again(self, *args: Any, **kwargs: Any) -> _Nothing:
        return self

    __call__ = __getitem__ = _again
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __pow__ = __rpow__ = _again
    __lt__ = __le__ = __gt__ = __ge__ = __and__ = __rand__ = __or__ = __ror__ = __invert__ = __neg__ = __abs__ = __round__ = _again
    __array_ufunc__ = None

    def __getattr__(self, name: str) -> _Nothing:
        if name.startswith("_"):
            raise AttributeError(name)
        return self

    def __bool__(self) -> bool:
        return False

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "not in your data"


NOTHING = _Nothing()


@dataclass(frozen=True)
class Given:
    """The numbers of one exercise, each with its meaning; they are attributes, too.

    >>> given = Given({"likes": (40.0, "likes of the post")})
    >>> given.likes
    40.0
    """

    entries: Mapping[str, tuple[Any, str]]
    without: str = ""
    about: str = ""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if self.without:
            return NOTHING
        if name not in self.entries:
            raise AttributeError(f"this exercise gives {', '.join(self.entries)}, and no {name}")
        return self.entries[name][0]

    def _rows(self) -> list[tuple[str, str, str]]:
        return [(name, _shown(value), meaning) for name, (value, meaning) in self.entries.items()]

    def __repr__(self) -> str:
        if self.without:
            return self.without
        return "\n".join([*([self.about] if self.about else []), *(f"given.{n} = {v}  ({m})" for n, v, m in self._rows())])

    def _repr_html_(self) -> str:
        import html

        if self.without:
            return f'<p class="pb-exercise">{html.escape(self.without)}</p>'
        rows = "".join(
            f'<tr><td style="text-align:left"><code>given.{html.escape(n)}</code></td><td style="text-align:left">{html.escape(v)}</td>'
            f'<td style="text-align:left">{html.escape(m)}</td></tr>'
            for n, v, m in self._rows()
        )
        about = f"<p>{html.escape(self.about)}</p>" if self.about else ""
        head = "<tr>" + "".join(f'<th scope="col" style="text-align:left">{h}</th>' for h in ("name", "value", "what it is")) + "</tr>"
        return f'<div class="pb-exercise">{about}<table><thead>{head}</thead><tbody>{rows}</tbody></table></div>'


def _shown(value: Any) -> str:
    if hasattr(value, "tolist") and hasattr(value, "__len__"):
        # what is counted by eye has to be there in full
        shown = len(value) if len(value) <= WHOLE else 4
        items = [_shown(v) for v in list(value)[:shown]]
        return f"{len(value):,} values: {', '.join(items)}{', …' if len(value) > shown else ''}"
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return str(bool(value))
    if isinstance(value, (int, float)):
        return "unknown" if value != value else f"{value:,.0f}" if float(value).is_integer() else f"{value:,.4g}"
    return "unknown" if value is None or value != value else str(value)


@dataclass(frozen=True)
class Wrong:
    """An idea that people have, the answer it leads to, and the hint that meets it."""

    value: Any
    hint: str

    def answer(self, given: Given) -> Any:
        """Return the answer that this idea gives on these numbers."""
        return self.value(given) if callable(self.value) else self.value


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """One exercise.

    Attributes
    ----------
    id : str
        Chapter and number, such as ``engagement-2``; the learner's `check` call carries it.
    minutes : int
        Planned time.
    kind : {'predict', 'change', 'mistake', 'decide'}
        Predict first, then compute; change one thing; find the mistake; decide and defend.
    unit : {'share', 'number', 'count', 'choice'}
        A share is 0-1; a count is whole; a choice is one of `options`.
    given : callable
        From the campaign to its numbers, or a :class:`~playbook.findings.Missing`.
    right : callable
        From the given numbers to the answer. Nothing is stored.
    wrong : tuple of Wrong
        At least three.
    hints : tuple of str
        In steps, each closer than the one before; never the answer.
    points : int
        For grading.
    """

    id: str
    title: str
    minutes: int
    kind: Kind
    unit: Unit
    given: Callable[[Campaign], Mapping[str, tuple[Any, str]] | Missing] = field(repr=False)
    right: Callable[[Given], Any] = field(repr=False)
    wrong: tuple[Wrong, ...] = field(repr=False)
    hints: tuple[str, ...] = field(repr=False)
    options: tuple[str, ...] = ()
    points: int = 2

    @property
    def chapter(self) -> str:
        """The chapter's name."""
        return self.id.rpartition("-")[0]

    def numbers(self, campaign: Campaign) -> Given:
        """Return the numbers of this exercise on a campaign."""
        found = self.given(campaign)
        if isinstance(found, Missing):
            return Given({}, without=found.text)
        unknown = [name for name, (value, _) in found.items() if isinstance(value, float) and value != value]
        if unknown:
            said = " and ".join(meaning for name, (_, meaning) in found.items() if name in unknown)
            return Given({}, without=f"Your data does not tell {said}, so this exercise cannot be checked on it; use a sample campaign.")
        return Given(found)
