"""What chapter 05 hands on."""

from __future__ import annotations

import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Figure, Missing, Outcome
from playbook.trust.ask import questions
from playbook.trust.flags import BY_NAME, from_screen, screen
from playbook.trust.patterns import signs
from playbook.trust.score import scores
from playbook.wording import listed, plural, wording

ODD = 0.02  # share of creators as odd by chance, from which signs are handed on


def coverage(screened: dict[str, pd.DataFrame | Missing] | Missing, data: Dataset) -> pd.DataFrame | Missing:
    """Say for each check how many creators it could judge and what came of it.

    Returns
    -------
    DataFrame
        In the order of the checks: `check`, `title`, `checked` (creators), `of` (all creators), `strong`, `weak`, `needs` (what a check
        that could judge nobody is missing; empty otherwise).
    """
    if isinstance(screened, Missing):
        return screened
    of = data.creators["creator"].nunique()
    rows = []
    for name, found in screened.items():
        absent = isinstance(found, Missing)
        rows.append(
            {
                "check": name,
                "title": BY_NAME[name].title,
                "checked": 0 if absent else len(found),
                "of": of,
                "strong": 0 if absent else int((found["strength"] == "strong").sum()),
                "weak": 0 if absent else int((found["strength"] == "weak").sum()),
                "needs": BY_NAME[name].needs if absent else "",
            }
        )
    return pd.DataFrame(rows)


def judged(screened: dict[str, pd.DataFrame | Missing] | Missing) -> set[str]:
    """Return the creators that at least one check of theirs own posts, history or sample could judge."""
    if isinstance(screened, Missing):
        return set()
    return {c for name, found in screened.items() if not isinstance(found, Missing) and name not in SLIGHT for c in found["creator"]}


SLIGHT = (
    "follows",
    "likes_hidden",
    "audience_abroad",
    "sponsored_share",
    "posts_gone",
    "labels_missing",
)  # enough for a question, not enough to call a creator checked


def answer(flagged: pd.DataFrame | Missing, screened: dict[str, pd.DataFrame | Missing] | Missing, data: Dataset, brief: Brief) -> str:
    """Return the chapter's sentence: how many creators deserve a question, and how sure that is."""
    if isinstance(flagged, Missing):
        return flagged.text
    write = wording(brief)
    of = data.creators["creator"].nunique()
    strong = flagged.loc[flagged["strength"] == "strong", "creator"].nunique()
    weak = flagged.loc[~flagged["creator"].isin(flagged.loc[flagged["strength"] == "strong", "creator"]), "creator"].nunique()
    checked = len(judged(screened))
    if checked == 0:
        return (
            f"Your data cannot tell whether the numbers of your {write.count(of)} {plural(of, 'creator')} are real: "
            "add posts with likes, a follower history, comments or a sample of followers."
        )
    error = write.share(brief.trust.false_alarms)
    return (
        f"{write.count(strong)} of your {write.count(of)} creators {plural(strong, 'has', 'have')} a number that calls "
        "for a question before you sign, "
        f"and {write.count(weak)} more {plural(weak, 'has', 'have')} one worth mentioning; in each check, about {error} "
        "of the strong ones may be innocent, and "
        f"{write.count(of - checked)} {plural(of - checked, 'creator')} could not be checked at all."
    )


def counts(data: Dataset, brief: Brief) -> str:
    """Return the counts behind the chapter's sentence as plain lines, the same on every machine."""
    screened = screen(data, brief)
    table = coverage(screened, data)
    if isinstance(table, Missing):
        return table.text
    lines = [f"{r.title}: {r.checked} of {r.of} checked, {r.strong} strong, {r.weak} weak" for r in table.itertuples()]
    return "\n".join(lines)


def outcome(data: Dataset, brief: Brief) -> Outcome:
    """Return what chapter 05 hands on."""
    screened = screen(data, brief)
    if isinstance(screened, Missing):
        return Outcome(chapter="trust", status="needs_data", answer=screened.text)
    flagged = from_screen(screened, brief)
    text = answer(flagged, screened, data, brief)
    checked = len(judged(screened))
    if checked == 0:
        return Outcome(chapter="trust", status="needs_data", answer=text)
    write = wording(brief)
    of = data.creators["creator"].nunique()
    figures = []
    for strength in ("strong", "weak"):
        names = sorted(flagged.loc[flagged["strength"] == strength, "creator"].unique())
        said = (
            f"{write.count(len(names))} {plural(len(names), 'creator')} with a {strength} question: "
            f"{listed(['@' + n.split(':', 1)[-1] for n in names], 10)}."
        )
        figures.append(Figure(id=f"trust.{strength}", value=float(len(names)), n=checked, unit="count", source="measured", text=said))
    share = checked / of
    said = f"{write.share(share)} of your creators could be checked on more than their profile."
    figures.append(Figure(id="trust.checked", value=share, n=of, unit="share", source="measured", text=said))
    absent = [name for name, found in screened.items() if isinstance(found, Missing)]
    scored = scores(screened, data, brief)
    tables = {"ask": questions(flagged, scored, data), "scores": scored, "signs": signs(screened)}
    return Outcome(
        chapter="trust",
        status="partial" if absent or checked < of else "done",
        answer=text,
        figures=tuple(figures),
        tables={name: _rows(found) for name, found in tables.items() if isinstance(found, pd.DataFrame)},
    )


def _rows(found: pd.DataFrame) -> list[dict]:
    """Return a table as rows for the workbook; signs that are ordinary are left out."""
    if "pattern" in found:
        found = found[(found["p"] <= ODD) & (found["from"] != "")].drop(columns="pattern")
    return found.astype(object).where(found.notna(), None).to_dict("records")
