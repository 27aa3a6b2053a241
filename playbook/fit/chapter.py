"""What chapter 06 hands on."""

from __future__ import annotations

import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Figure, Missing, Outcome
from playbook.fit.audience import audience, in_target, target_text
from playbook.fit.scores import scores, stability
from playbook.wording import handle, listed, plural, wording


def answer(scored: pd.DataFrame | Missing, steady: pd.DataFrame | Missing, brief: Brief) -> str:
    """Return the chapter's sentence: who fits best, and how far that hangs on the weights."""
    if isinstance(scored, Missing):
        return scored.text
    known = scored[scored["fit"].notna()]
    if known.empty or isinstance(steady, Missing):
        return (
            "Your data cannot tell who fits: add niches, captions or an audience table, and name your customers, "
            "niches and keywords in campaign.yml."
        )
    write = wording(brief)
    places = min(brief.outreach.creators, len(known))
    sure = steady[steady["stays"] >= 0.9]
    best = listed([handle(c) for c in known["creator"].head(3)])
    return (
        f"{best} fit best of {write.count(len(known))} {plural(len(known), 'creator')}; of {places} places on the "
        f"shortlist, {write.count(len(sure))} "
        f"{plural(len(sure), 'goes', 'go')} to the same {plural(len(sure), 'creator')} in nine of ten weightings."
    )


def counts(data: Dataset, brief: Brief) -> str:
    """Return counts behind the chapter's sentence as plain lines, the same on every machine."""
    scored = scores(data, brief)
    if isinstance(scored, Missing):
        return scored.text
    known = [
        f"{part} known for {int(scored[f'{part}_fit'].notna().sum())} of {len(scored)} creators" for part in ("audience", "niche", "values")
    ]
    return "\n".join([*known, f"fit known for {int(scored['fit'].notna().sum())}"])


def outcome(data: Dataset, brief: Brief) -> Outcome:
    """Return what chapter 06 hands on."""
    scored = scores(data, brief)
    if isinstance(scored, Missing):
        return Outcome(chapter="fit", status="needs_data", answer=scored.text)
    steady = stability(scored, brief)
    text = answer(scored, steady, brief)
    known = scored[scored["fit"].notna()]
    if known.empty or isinstance(steady, Missing):
        return Outcome(chapter="fit", status="needs_data", answer=text)
    write = wording(brief)
    best = known.iloc[0]
    said = f"{handle(best['creator'])} has the highest fit, {write.number(100 * best['fit'], 0)} of 100 (from {best['known']})."
    figures = [Figure(id="fit.best", value=float(best["fit"]), n=len(known), unit="share", source="modelled", text=said)]
    places = min(brief.outreach.creators, len(known))
    sure = int((steady["stays"] >= 0.9).sum())
    said = (
        f"{write.count(sure)} {plural(sure, 'creator stays', 'creators stay')} among the first {places} in nine of "
        "ten weightings of the parts."
    )
    figures.append(Figure(id="fit.steady", value=float(sure), n=len(known), unit="count", source="modelled", text=said))
    compared = audience(data, brief)
    share = in_target(data, brief)
    if not isinstance(share, Missing):
        middle = float(share["target_share"].median())
        said = f"Half of {write.count(len(share))} audiences have more than {write.share(middle)} in the target ({target_text(brief)})."
        figures.append(Figure(id="fit.target_share", value=middle, n=len(share), unit="share", source="modelled", text=said))
    whole = (
        not isinstance(compared, Missing)
        and known["audience_fit"].notna().all()
        and known["niche_fit"].notna().all()
        and len(known) == len(scored)
    )
    return Outcome(chapter="fit", status="done" if whole else "partial", answer=text, figures=tuple(figures))
