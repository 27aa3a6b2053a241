"""What the campaign measured, for the next one: rates with their ranges, the share that was extra, and the forecast against the result."""

from __future__ import annotations

import io
import math

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.brief.model import Learned, LearnedGroup, LearnedRate
from playbook.data.dataset import Dataset
from playbook.findings import Missing
from playbook.results.attribution import attribute
from playbook.results.forecasts import as_past, forecast_against_result
from playbook.results.lift.holdout import code_holdout
from playbook.results.lift.regions import regional_lift
from playbook.wording import listed, wording

RATES = ("click_rate", "conversion_rate", "order_value")
# under so many creators a ratio over creators has no interval worth the name
FEWEST_CREATORS = 5
COLUMNS = ["name", "by", "group", "value", "low", "high", "n", "basis"]
_BASIS = {
    "click_rate": "visits by creators' links over the people their posts reached",
    "conversion_rate": "orders credited to creators over visits by their links",
    "order_value": "net revenue of credited orders that were kept, an order",
    "incremental_share": "share of credited revenue that was extra",
    "extra_per_credited": "extra sales over credited revenue",
}


def lessons(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return what the next campaign may start from.

    Rates are ratios of sums over creators, their ranges those of the ratio estimator with creators as what repeats. A size class or
    platform has a row of its own where it and the others have five creators each and their ranges do not overlap. The share that was extra
    comes from the code holdout, else from regions; it is one number for the campaign, because neither design separates creators.

    Returns
    -------
    DataFrame or Missing
        `name`, `by` ('', 'tier', 'platform'), `group`, `value`, `low`, `high` (at the brief's level), `n` (creators, regions or people),
        `basis`.
    """
    from playbook.creators import with_tiers
    from playbook.goals.past import past_creators, ratio

    ours = past_creators(data, brief)
    level, rows = brief.statistics.level, []
    if len(ours):
        sized = with_tiers(data, brief)[["creator", "tier", "platform"]].drop_duplicates("creator").astype("object")
        ours = ours.merge(sized, on="creator", how="left").merge(_kept(data, brief), on="creator", how="left")
        pairs = {"click_rate": ("clicks", "people"), "conversion_rate": ("orders", "clicks"), "order_value": ("net", "kept")}
        for name, (top, bottom) in pairs.items():
            known = ours.dropna(subset=[top, bottom])
            known = known[known[bottom] > 0] if name == "order_value" else known
            whole = _row(name, "", "", ratio(known[top], known[bottom], level), len(known))
            if whole is None:
                continue
            rows.append(whole)
            for by in ("tier", "platform"):
                for group, mine in known.groupby(by, observed=True):
                    rest = known[known[by] != group]
                    one = _row(name, by, str(group), ratio(mine[top], mine[bottom], level), len(mine))
                    other = _row(name, by, "", ratio(rest[top], rest[bottom], level), len(rest))
                    if one and other and (one["low"] > other["high"] or one["high"] < other["low"]):
                        rows.append(one)
    rows += _extra(data, brief)
    if not rows:
        return Missing(
            needs=("orders", "visits", "brand_daily"),
            text="Nothing was measured that the next campaign could start from: it takes five creators with orders, visits by their links "
            "and reach, or regions without the campaign.",
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(name: str, by: str, group: str, found: tuple[float, float, float], n: int) -> dict | None:
    value, low, high = found
    if n < FEWEST_CREATORS or not (math.isfinite(value) and math.isfinite(low) and value > 0):
        return None
    return {"name": name, "by": by, "group": group, "value": value, "low": low, "high": high, "n": n, "basis": _BASIS[name]}


def _kept(data: Dataset, brief: Brief) -> pd.DataFrame:
    orders = attribute(data, brief)
    if isinstance(orders, Missing):
        return pd.DataFrame({"creator": pd.Series(dtype="object"), "net": np.nan, "kept": np.nan})
    kept = orders[orders["creator"].notna() & (orders["period"] != "before") & (orders["net"] > 0)]
    return kept.groupby("creator").agg(net=("net", "sum"), kept=("order", "count")).reset_index().astype({"creator": "object"})


def _extra(data: Dataset, brief: Brief) -> list[dict]:
    rows = []
    held = code_holdout(data, brief)
    if not isinstance(held, Missing) and math.isfinite(held.incremental_share):
        found = (held.incremental_share, held.share_low, held.share_high)
        rows.append(_plain("incremental_share", found, int(held.people + held.held_people)))
    raised = regional_lift(data, brief, measure="sales")
    if isinstance(raised, Missing) or not math.isfinite(raised.per_credited):
        return rows
    credited = raised.extra / raised.per_credited
    found = tuple(v / credited for v in (raised.extra, raised.extra_low, raised.extra_high))
    if not all(map(math.isfinite, found)) or found[0] <= 0:
        return rows
    n = raised.regions_with + raised.regions_without
    rows.append(_plain("extra_per_credited", (found[0], max(found[1], 0.0), found[2]), n))
    # more extra than credited means buyers without a mark: then all credited ones may be extra, and no more than all
    if not rows[:-1] and found[0] <= 1:
        rows.append(_plain("incremental_share", (found[0], max(found[1], 0.0), min(found[2], 1.0)), n))
    return rows


def _plain(name: str, found: tuple[float, float, float], n: int) -> dict:
    return {"name": name, "by": "", "group": "", "value": found[0], "low": found[1], "high": found[2], "n": n, "basis": _BASIS[name]}


def as_learned(data: Dataset, brief: Brief) -> Learned | Missing:
    """Return what `learned.yml` will hold: this campaign's rates, and the forecasts of this and earlier campaigns."""
    table = lessons(data, brief)
    if isinstance(table, Missing):
        return table
    level = brief.statistics.level

    def rate(row: object) -> LearnedRate:
        value, low, high = (float(f"{getattr(row, c):.6g}") for c in ("value", "low", "high"))
        return LearnedRate(value=value, low=min(low, value), high=max(high, value), level=level, n=int(row.n))  # type: ignore[attr-defined]

    whole = {r.name: rate(r) for r in table[table["by"] == ""].itertuples()}
    groups = [LearnedGroup(name=r.name, by=r.by, group=r.group, rate=rate(r)) for r in table[table["by"] != ""].itertuples()]
    checked = forecast_against_result(data, brief)
    past = [f for f in brief.learned.forecasts if f.campaign != brief.name]
    if not isinstance(checked, Missing) and all(map(math.isfinite, (checked.low, checked.high, checked.came))):
        past.append(as_past(checked, brief))
    return Learned(campaign=brief.name, as_of=data.as_of.date(), currency=brief.budget.currency, groups=groups, forecasts=past, **whole)


def learned_yaml(found: Learned) -> str:
    """Write what was learned as YAML, with a line on how to use it."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = None
    yaml.sort_base_mapping_type_on_output = False
    yaml.allow_unicode = True
    yaml.width = 140
    out = io.StringIO()
    yaml.dump(found.model_dump(mode="python", exclude_none=True), out)
    head = (
        "# What this campaign measured. Lay it beside the next campaign's campaign.yml: its rates then count as measured, not as planned.\n"
    )
    return head + out.getvalue()


def learned_sentence(table: pd.DataFrame | Missing, brief: Brief) -> str:
    """Say what the next campaign may start from."""
    if isinstance(table, Missing):
        return table.text
    write = wording(brief)
    said = {
        "click_rate": lambda v: f"{write.share(v)} clicks per person reached",
        "conversion_rate": lambda v: f"{write.share(v)} orders per click",
        "order_value": lambda v: f"{write.money(v)} an order",
        "incremental_share": lambda v: f"{write.share(v)} of credited sales extra",
    }
    parts = [said[r.name](r.value) for r in table[(table["by"] == "") & table["name"].isin(said)].itertuples()]
    if not parts:
        parts = [
            f"{write.ratio(r.value)} times the credited sales were extra" for r in table.itertuples() if r.name == "extra_per_credited"
        ]
    return (
        f"The next campaign may start from what this one measured: {listed(parts)}. The command playbook learn writes it to learned.yml; "
        "laid beside the next campaign.yml it counts as measured."
    )
