"""How a chapter's figures leave its notebook."""

from __future__ import annotations

import html
from typing import Any

from playbook.campaign import Campaign
from playbook.findings import RECORD_MIME, Outcome, as_json
from playbook.wording import listed, plural

SCHEMA = 1


class Recorded:
    """One output in the kit's own MIME type, beside a form for people."""

    def __init__(self, bundle: dict[str, Any], outcome: Outcome):
        self._bundle = bundle
        self._outcome = outcome

    def __repr__(self) -> str:
        o = self._outcome
        lines = [f"Recorded for {o.chapter} ({o.status}): {o.answer}"]
        lines += [f"- {f.text}" for f in o.figures]
        lines += [f"- {c.text}" for c in o.claims]
        return "\n".join(lines)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        o = self._outcome
        items = "".join(f"<li>{html.escape(x.text)}</li>" for x in (*o.figures, *o.claims, *o.findings))
        counted = [(len(o.figures), "figure"), (len(o.claims), "claim"), (len(o.findings), "finding")]
        summary = listed([f"{n} {plural(n, what)}" for n, what in counted if n])
        said = f"<details><summary>{summary}</summary><ul>{items}</ul></details>" if o.figures or o.claims else ""
        page = f'<div class="pb-record"><p><strong>What this chapter hands on.</strong> {html.escape(o.answer)}</p>{said}</div>'
        return {RECORD_MIME: self._bundle, "text/html": page, "text/plain": repr(self)}


def record(campaign: Campaign, outcome: Outcome) -> Recorded:
    """Hand on a chapter's figures, claims and findings: the last cell of every notebook.

    The report reads them back from the executed notebook.
    """
    bundle = {
        "schema": SCHEMA,
        "fingerprint": campaign.fingerprint,
        "campaign": campaign.brief.name,
        "as_of": campaign.data.as_of.isoformat(),
        # notebooks keep JSON with its keys sorted: the order of columns has to be said
        "columns": {name: list(dict.fromkeys(key for row in rows for key in row)) for name, rows in outcome.tables.items()},
        "outcome": as_json(outcome),
    }
    return Recorded(bundle, outcome)
