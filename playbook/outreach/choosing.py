"""Whom to ask, with the marks that will count what they bring."""

from __future__ import annotations

import math

import pandas as pd

from playbook.brief import Brief
from playbook.creators import with_tiers
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs
from playbook.outreach.marks import make_codes, make_marks, utm_link
from playbook.wording import handle


@needs("creators", otherwise="creators: one row a creator with creator and followers")
def shortlist(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return whom to ask, with the marks that will count what they bring.

    Takes the best set of chapter 08; where there is none, the smaller creators with the highest engagement rate, and where that is not
    known
    either, the smaller creators with most followers. `outreach.creators` limits the number.

    Returns
    -------
    DataFrame or Missing
        In the order in which to ask: `creator`, `platform`, `handle`, `name`, `tier`, `followers`, `rate` (engagement, share of followers),
        `fee`
        (budget currency), `fee_source`, `deliverable` (what the fee is for; missing where unknown),
        `why` (how the creator came onto the list), `state` (from `outreach`; "to contact" where there is
        none), `code`, `utm_content`,
        `link` (missing where the brief has no website).
    """
    chosen, why = _chosen(data, brief)
    if chosen.empty:
        return Missing(
            needs=("creators",),
            text="None of your creators can be put on a shortlist: add creators below the macro line with their followers.",
        )
    chosen = chosen.head(brief.outreach.creators).reset_index(drop=True)
    people = with_tiers(data, brief).drop_duplicates("creator").set_index("creator")
    rates = _rates(data, brief)
    fees = _fees(data, brief)
    names = chosen["creator"].tolist()
    given = data.deliverables.drop_duplicates("creator").set_index("creator")
    states = data.outreach.drop_duplicates("creator").set_index("creator")["state"] if data.has("outreach") else pd.Series(dtype="str")
    codes = make_codes(names, data, brief)
    marks = make_marks(names, data)
    platforms = [_platform(c, people) for c in names]
    rows = {
        "creator": names,
        "platform": platforms,
        "handle": [handle(c).removeprefix("@") for c in names],
        "name": [people["name"].get(c) for c in names],
        "tier": [str(people["tier"].get(c, "unknown")) for c in names],
        "followers": [people["followers"].get(c, math.nan) for c in names],
        "rate": [rates.get(c, math.nan) for c in names],
        "fee": [fees.get(c, (math.nan, ""))[0] for c in names],
        "fee_source": [fees.get(c, (math.nan, "unknown"))[1] for c in names],
        "deliverable": [fees.get(c, (math.nan, "", None))[2] for c in names],
        "why": why,
        "state": [states.get(c, "to contact") for c in names],
        "code": [given["code"].get(c) if c in given.index and isinstance(given["code"].get(c), str) else codes[c] for c in names],
        "utm_content": marks,
        "link": [utm_link(brief, platform=p, content=m) for p, m in zip(platforms, marks, strict=True)],
    }
    return pd.DataFrame(rows)


def _chosen(data: Dataset, brief: Brief) -> tuple[pd.DataFrame, str]:
    """Return creators in the order to ask, and why they are on the list."""
    try:
        from playbook import portfolio

        choice = portfolio.choose(data, brief)
    except ImportError:
        choice = None
    if choice is not None and not isinstance(choice, Missing) and len(choice.chosen):
        return choice.chosen[["creator"]].drop_duplicates(), "in the best set for the budget"
    people = with_tiers(data, brief).drop_duplicates("creator")
    small = [t for t in brief.tiers.small if t != brief.tiers.lowest] or brief.tiers.small
    people = people[people["tier"].isin(small)]
    rates = _rates(data, brief)
    people = people.assign(rate=people["creator"].map(rates).astype("float64"))
    if people["rate"].notna().any():
        ranked = people.sort_values(["rate", "creator"], ascending=[False, True], na_position="last")
        return ranked[["creator"]], "high engagement among the smaller creators"
    ranked = people.sort_values(["followers", "creator"], ascending=[False, True], na_position="last")
    return ranked[["creator"]], "one of the larger small creators; engagement is not known"


def _rates(data: Dataset, brief: Brief) -> dict[str, float]:
    from playbook import engagement

    found = engagement.rates(data, brief)
    if isinstance(found, Missing):
        return {}
    known = found.dropna(subset=["rate"]).drop_duplicates("creator")
    return dict(zip(known["creator"], known["rate"].astype(float), strict=True))


def _fees(data: Dataset, brief: Brief) -> dict[str, tuple[float, str, str | None]]:
    try:
        from playbook import costs

        found = costs.full(data, brief)
    except ImportError:
        return {}
    if isinstance(found, Missing):
        return {}
    known = found.dropna(subset=["fee"]).sort_values(["creator", "fee", "deliverable"]).drop_duplicates("creator")
    told = known[["creator", "fee", "fee_source", "deliverable"]].itertuples(index=False)
    return {c: (float(f), str(s), d if isinstance(d, str) and d else None) for c, f, s, d in told}


def _platform(creator: str, people: pd.DataFrame) -> str:
    told = people["platform"].get(creator)
    if isinstance(told, str) and told:
        return told
    return creator.split(":", 1)[0] if ":" in creator else "unknown"
