"""Pictures and tables of what the marks may get wrong, of returns by other definitions, and of the forecast against the result."""

from __future__ import annotations

import pandas as pd

from playbook.brief import Brief
from playbook.findings import Missing
from playbook.results import BARCELONA
from playbook.show.tables import Col, Table, table
from playbook.show.theme import Note, missing, say
from playbook.wording import wording


def checks_table(found: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show the credited orders that deserve a second look."""
    if isinstance(found, Missing):
        return missing(found)
    columns = {
        "what": Col("Credited orders that"),
        "orders": Col("Orders", "count"),
        "share": Col("Share", "share"),
        "judged": Col("Of (n)", "count"),
        "net": Col("Net", "money"),
        "source": Col("Source"),
    }
    note = (
        f"The parts may overlap. An order counts as young for {brief.results.return_days} days (results.return_days). Orders carry no "
        "names, so whether a creator bought with their own code can only be guessed. Source: your orders and deliverables."
    )
    return table(found, columns, brief, title="Credited orders that deserve a second look", note=note)


def vendors_table(found: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show what tools would call the return of the same campaign, by name."""
    if isinstance(found, Missing):
        return missing(found)
    columns = {
        "vendor": Col("Who"),
        "name": Col("Calls it"),
        "formula": Col("Definition"),
        "value": Col("This campaign", "share"),
        "leaves_out": Col("Leaves out"),
    }
    note = (
        "Definitions as the firms publish them. Revenue of GRIN and HypeAuditor is before refunds. Source: your orders, payouts and brief."
    )
    return table(found, columns, brief, title="One campaign, many returns", note=note)


def emv_table(found: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show earned media value by each rate card, side by side."""
    if isinstance(found, Missing):
        return missing(found) if found.needs else say(found.text)
    write = wording(brief)
    shown = found.assign(worth=["$" + write.count(v) for v in found["value"]], source=found["source"] + ", " + found["year"])
    columns = {"card": Col("Rate card"), "worth": Col("Would call the posts worth"), "note": Col("What it is"), "source": Col("Source")}
    return table(shown, columns, brief, title="Earned media value, by four cards", note=BARCELONA)


def calibration_table(found: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show forecasts against what came, a row a campaign."""
    if isinstance(found, Missing):
        return missing(found)
    shown = found.assign(held=found["inside"].map({True: "yes", False: "no"}))
    columns = {
        "campaign": Col("Campaign"),
        "goal": Col("Goal"),
        "middle": Col("Forecast", "count", "low", "high"),
        "came": Col("Came", "count"),
        "held": Col("Inside"),
    }
    note = (
        "Forecast: chapter 08's model for the creators who took part, from what was known on the first day. Earlier campaigns from "
        "learned.yml. Source: modelled; what came: your data."
    )
    return table(shown, columns, brief, title="The forecast against what came", note=note)


def learned_table(found: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show what the next campaign may start from."""
    if isinstance(found, Missing):
        return missing(found)
    write = wording(brief)
    names = {
        "click_rate": "Clicks per person reached",
        "conversion_rate": "Orders per click",
        "order_value": "Order value",
        "incremental_share": "Share of credited sales that was extra",
        "extra_per_credited": "Extra sales per credited sales",
    }
    kinds = {"order_value": write.money, "extra_per_credited": write.ratio}

    def said(row: object, column: str) -> str:
        return kinds.get(row.name, write.share)(getattr(row, column))  # type: ignore[attr-defined]

    rows = [
        {
            "what": names[r.name] + (f", {r.group}" if r.group else ""),
            "value": said(r, "value"),
            "range": f"{said(r, 'low')} to {said(r, 'high')}",
            "n": r.n,
            "basis": r.basis,
        }
        for r in found.itertuples()
    ]
    columns = {
        "what": Col("What"),
        "value": Col("Measured"),
        "range": Col(f"{write.share(brief.statistics.level)} interval"),
        "n": Col("n", "count"),
        "basis": Col("From"),
    }
    note = (
        "n: creators for rates, regions or people for what was extra. A class or platform has its own row only where the data tells it "
        "from the others. playbook learn writes this to learned.yml. Source: measured."
    )
    return table(pd.DataFrame(rows), columns, brief, title="What the next campaign may start from", note=note)
