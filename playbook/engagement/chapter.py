"""What chapter 04 hands on."""

from __future__ import annotations

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.engagement.rates import rates
from playbook.findings import Figure, Missing, Outcome
from playbook.wording import wording


def outcome(data: Dataset, brief: Brief) -> Outcome:
    """Return what chapter 04 hands on."""
    table = rates(data, brief)
    if isinstance(table, Missing):
        return Outcome(chapter="engagement", status="needs_data", answer=table.text)
    write = wording(brief)
    known = table.dropna(subset=["rate"])
    if known.empty:
        answer = "None of your creators has both followers and posts with likes, so no rate is known."
        return Outcome(chapter="engagement", status="needs_data", answer=answer)
    middle = float(known["rate"].median())
    text = f"Half of your {len(known)} creators engage more than {write.share(middle)} of their followers per post."
    figure = Figure(id="engagement.median_rate", value=middle, n=len(known), unit="share", source="measured", text=text)
    return Outcome(chapter="engagement", status="done", answer=text, figures=(figure,))
