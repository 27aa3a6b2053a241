"""What changed between two runs: inputs, knobs, versions, chapters, claims, figures and findings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from playbook.errors import NotUsable
from playbook.wording import Wording, plural

# two numbers that differ by less are the same to every reader
SAME = 1e-9
_WORDS = {"changed": "changed", "new": "only in the second", "gone": "only in the first"}


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that is not the same in two runs.

    Attributes
    ----------
    part : {'input', 'knob', 'version', 'chapter', 'claim', 'figure', 'finding'}
    kind : {'changed', 'new', 'gone'}
        `new` is only in the second run, `gone` only in the first.
    name : str
        File, knob, package, or id.
    before, after : object
        Plain values; None where there is none.
    unit : str
        Of a figure.
    beyond : bool or None
        Whether the second value lies outside the interval of the first one; None where there is no interval.
    """

    part: str
    kind: str
    name: str
    before: Any = None
    after: Any = None
    unit: str = ""
    beyond: bool | None = None

    @property
    def relative(self) -> float | None:
        """Change as a share of the first value; None where that makes no sense."""
        if self.part != "figure" or self.kind != "changed" or not self.before or self.after is None:
            return None
        return self.after / self.before - 1


def diff(first: str | Path, second: str | Path) -> tuple[Change, ...]:
    """Compare two reports.

    Parameters
    ----------
    first, second : str or path
        Folders that :func:`playbook.report.run.report` left.

    Returns
    -------
    tuple of Change
        In the order inputs, knobs, versions, chapters, claims, figures, findings; empty where nothing changed.

    Raises
    ------
    NotUsable
        Where a folder holds no report.
    """
    (a, run_a), (b, run_b) = _read(Path(first)), _read(Path(second))
    figures_a, figures_b = ({f["id"]: f for f in d["figures"]} for d in (a, b))
    out = [
        *_compared("input", *({i["path"]: i["sha256"] for i in d["inputs"]} for d in (a, b))),
        *_compared("input", *({"as of": d["as_of"]} for d in (a, b))),
        *_compared("knob", *(_flat(r.get("brief", {})) for r in (run_a, run_b))),
        *_compared("version", *({"playbook": r.get("playbook"), **r.get("packages", {})} for r in (run_a, run_b))),
        *_compared("chapter", *({c["name"]: c["status"] for c in d["chapters"]} for d in (a, b))),
        *_compared("claim", *({c["id"]: c["verdict"] for c in d["claims"]} for d in (a, b))),
        *_figures(figures_a, figures_b),
    ]
    said_a, said_b = ({f"{f['level']}: {f['about']}: {f['found']}": None for f in d["findings"]} for d in (a, b))
    out += [Change(part="finding", kind="gone", name=name) for name in said_a if name not in said_b]
    out += [Change(part="finding", kind="new", name=name) for name in said_b if name not in said_a]
    return tuple(out)


def as_json(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Return changes as plain values."""
    return [asdict(c) | {"relative": c.relative} for c in changes]


def told(changes: tuple[Change, ...]) -> str:
    """Write changes as lines for the terminal.

    >>> print(told((Change(part="figure", kind="changed", name="results.roi", before=0.5, after=0.6, unit="share", beyond=False),)))
    1 figure
      results.roi: 50 % to 60 % (+20 %, within the first one's interval)
    >>> told(())
    'Nothing changed.'
    """
    if not changes:
        return "Nothing changed."
    lines = []
    for part in ("input", "knob", "version", "chapter", "claim", "figure", "finding"):
        mine = [c for c in changes if c.part == part]
        if mine:
            lines.append(f"{len(mine)} {plural(len(mine), part)}")
            lines += [f"  {_line(c)}" for c in mine]
    return "\n".join(lines)


def _line(change: Change) -> str:
    if change.part == "finding":
        return f"{'+' if change.kind == 'new' else '-'} {change.name}"
    if change.kind != "changed":
        value = change.after if change.kind == "new" else change.before
        shown = "" if change.part == "input" else f": {_value(value, change.unit)}"
        return f"{change.name}{shown} ({_WORDS[change.kind]})"
    if change.part == "input" and change.name != "as of":
        return f"{change.name}: other content ({change.before[:12]} to {change.after[:12]})"
    notes = [] if change.relative is None else [f"{100 * change.relative:+.3g} %"]
    if change.beyond is not None:
        notes.append("beyond the first one's interval" if change.beyond else "within the first one's interval")
    return f"{change.name}: {_value(change.before, change.unit)} to {_value(change.after, change.unit)}" + (
        f" ({', '.join(notes)})" if notes else ""
    )


def _value(value: Any, unit: str) -> str:
    from playbook.report.pages import number

    if unit and (value is None or isinstance(value, (int, float))):
        return number(value, unit, Wording(locale="en", currency="EUR"))
    return "not set" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _read(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    place = folder.expanduser()
    if not (place / "results.json").is_file():
        if (place / "batch.json").is_file():
            raise NotUsable(f"{folder} holds a batch; name the folder of one of its campaigns, such as {_example(place)}.")
        raise NotUsable(f"{folder} holds no report (no results.json); `playbook report DIR --out {folder}` makes one.")
    read = []
    for name in ("results.json", "run.json"):
        try:
            read.append(json.loads((place / name).read_text(encoding="utf-8")))
            read[0]["figures"], read[0]["inputs"], read[0]["chapters"], read[0]["claims"], read[0]["findings"]
        except (OSError, ValueError, KeyError, TypeError):
            raise NotUsable(f"{place / name} cannot be read as a report's; make the report again.") from None
    return read[0], read[1]


def _example(place: Path) -> Path:
    return next((p.parent for p in sorted(place.glob("*/results.json"))), place / "NAME")


def _flat(value: Any, name: str = "") -> dict[str, Any]:
    """Name each value of a tree by its way down: `engagement.window`."""
    if not isinstance(value, Mapping) or not value:
        return {name: value} if name else {}
    return {key: v for k, below in value.items() for key, v in _flat(below, f"{name}.{k}" if name else str(k)).items()}


def _compared(part: str, a: Mapping[str, Any], b: Mapping[str, Any]) -> list[Change]:
    out = []
    for name in {**a, **b}:
        if name not in b:
            out.append(Change(part=part, kind="gone", name=name, before=a[name]))
        elif name not in a:
            out.append(Change(part=part, kind="new", name=name, after=b[name]))
        elif a[name] != b[name]:
            out.append(Change(part=part, kind="changed", name=name, before=a[name], after=b[name]))
    return out


def _figures(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[Change]:
    out = []
    for name in {**a, **b}:
        one, other = a.get(name), b.get(name)
        if one is None or other is None:
            value = {"before": one["value"]} if one else {"after": other["value"]}
            out.append(Change(part="figure", kind="gone" if one else "new", name=name, unit=(one or other)["unit"], **value))
            continue
        if _same(one, other):
            continue
        low, high, after = one["low"], one["high"], other["value"]
        beyond = None if low is None or high is None or after is None else not low <= after <= high
        out.append(Change(part="figure", kind="changed", name=name, before=one["value"], after=after, unit=other["unit"], beyond=beyond))
    return out


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    x, y = one["value"], other["value"]
    if one["unit"] != other["unit"] or (x is None) != (y is None):
        return False
    return x is None or abs(x - y) <= SAME * max(abs(x), abs(y))
