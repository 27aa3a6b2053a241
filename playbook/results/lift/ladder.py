"""Every design side by side: which the data allows, what it says, and what the others would take."""

from __future__ import annotations

import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing
from playbook.results.lift.holdout import code_holdout, holdout_sentence
from playbook.results.lift.regions import Lift, lift_sentence, regional_lift
from playbook.results.lift.series import Series, series_lift, series_sentence
from playbook.results.lift.staggered import event_sentence, event_study, staggered_lift, staggered_sentence


def designs(data: Dataset, brief: Brief) -> pd.DataFrame:
    """Return every design from the strongest to the weakest.

    Returns
    -------
    DataFrame
        `design`, `at_hand` ('yes', 'no', 'not needed'), `verdict` ('' where not at hand), `says` (one or more sentences).
    """
    rows = []
    for name, estimate, sentence in (
        ("Regions with and without the campaign", regional_lift, lift_sentence),
        ("Regions that began on different days", staggered_lift, staggered_sentence),
        ("People held out of the code by lot", code_holdout, holdout_sentence),
    ):
        found = estimate(data, brief)
        rows.append(_row(name, found, sentence(found, brief)))
    compared = any(r["at_hand"] == "yes" for r in rows)
    alone = one_series(data, brief, regional_lift(data, brief))
    with_controls = isinstance(alone, Series) and bool(alone.controls)
    series = "One series with series that the campaign cannot move"
    if with_controls:
        rows.append(_row(series, alone, series_sentence(alone, brief)))
    else:
        text = "Regions answer this." if compared else "Add brand_daily rows with measure 'control' and a name in region."
        rows.append({"design": series, "at_hand": "not needed" if compared else "no", "verdict": "", "says": text})
    events = event_study(data, brief)
    rows.append(_row("Days after posts against other days", events, event_sentence(events, brief)))
    last = {
        "design": "Before and after, with nothing to compare",
        "at_hand": "not needed",
        "verdict": "",
        "says": "It could name no cause.",
    }
    if isinstance(alone, Series) and not alone.controls and not compared:
        last |= {"at_hand": "yes", "verdict": alone.found, "says": series_sentence(alone, brief)}
    rows.append(last)
    return pd.DataFrame(rows)


def _row(name: str, found: object, text: str) -> dict:
    if isinstance(found, Missing):
        return {"design": name, "at_hand": "no", "verdict": "", "says": text}
    return {"design": name, "at_hand": "yes", "verdict": found.found, "says": text}  # type: ignore[attr-defined]


def one_series(data: Dataset, brief: Brief, regions: Lift | Missing) -> Series | Missing:
    """Return the answer from one series, where regions give none."""
    if not isinstance(regions, Missing):
        return Missing(needs=(), text="Regions answer this already; one series would say less.")
    return series_lift(data, brief)
