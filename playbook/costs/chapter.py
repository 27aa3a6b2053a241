"""What chapter 07 says: costs by size class, its sentence, and what it hands on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.costs.curve import PriceCurve, own_curve
from playbook.costs.table import findings, full
from playbook.data.dataset import Dataset
from playbook.findings import Figure, Missing, Outcome, needs
from playbook.wording import handle, plural, wording

RESAMPLES = 1000
MEASURES = {"cpm": ("reach", 1000.0, "1,000 people reached"), "cpe": ("engagements", 1.0, "engagement"), "cpv": ("views", 1.0, "view")}


@needs("creators", otherwise="a creators table with at least creator and followers")
def by_tier(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return what each size class costs.

    Returns
    -------
    DataFrame
        Smallest class first: `tier`, `creators` (with a cost), `quoted` (of those), `cost` (median of the full cost), and `cpm`,
        `cpe`, `cpv` (sum of costs over sum of what they buy) with `_low`, `_high` (bootstrap over creators; missing under five
        creators) and `_n`.
    """
    table = full(data, brief)
    rows = []
    for tier, group in table.dropna(subset=["cost"]).groupby("tier", observed=True):
        row: dict[str, object] = {"tier": tier, "creators": len(group), "quoted": int((group["fee_source"] == "quoted").sum())}
        row["cost"] = float(group["cost"].median())
        for name, (what, size, _) in MEASURES.items():
            known = group[group[what] > 0]
            row |= _ratio_of_sums(known["cost"].to_numpy(), known[what].to_numpy() * brief.costs.posts_per_creator / size, name, brief)
        rows.append(row)
    columns = ["tier", "creators", "quoted", "cost", *(f"{m}{e}" for m in MEASURES for e in ("", "_low", "_high", "_n"))]
    return pd.DataFrame(rows, columns=columns)


def _ratio_of_sums(cost: np.ndarray, bought: np.ndarray, name: str, brief: Brief) -> dict[str, float]:
    n = len(cost)
    out = {name: np.nan, f"{name}_low": np.nan, f"{name}_high": np.nan, f"{name}_n": n}
    if n:
        out[name] = float(cost.sum() / bought.sum())
    if n >= 5:
        drawn = np.random.default_rng(brief.statistics.seed).integers(0, n, (RESAMPLES, n))
        ratios = cost[drawn].sum(axis=1) / bought[drawn].sum(axis=1)
        level = brief.statistics.level
        out[f"{name}_low"], out[f"{name}_high"] = np.quantile(ratios, [(1 - level) / 2, (1 + level) / 2])
    return out


def cost_sentence(table: pd.DataFrame | Missing, brief: Brief) -> str | Missing:
    """Say what a creator costs, and where the fees come from."""
    if isinstance(table, Missing):
        return table
    write = wording(brief)
    known = table.dropna(subset=["cost"])
    if known.empty:
        return f"None of your {len(table)} creators has a cost yet: ask for quotes, or add the rates that the findings name."
    quoted = int((known["fee_source"] == "quoted").sum())
    words = {"modelled": "read off the curve of your own quotes", "benchmark": "published prices"}
    rest = [f"{int(n)} {words[s]}" for s, n in known["fee_source"].value_counts().sort_index().items() if s in words]
    text = f"Half of your {len(known)} creators with a price cost {write.money(float(known['cost'].median()))} or less in full"
    return f"{text}; {quoted} {plural(quoted, 'fee is', 'fees are')} quoted{', ' + ' and '.join(rest) if rest else ''}."


def buys_sentence(table: pd.DataFrame | Missing, brief: Brief) -> str | Missing:
    """Say which creator gives an engagement for least, and whether the data can tell it from the next."""
    if isinstance(table, Missing):
        return table
    write = wording(brief)
    known = table.dropna(subset=["cpe"]).sort_values(["cpe", "creator"])
    if known.empty:
        return "What an engagement costs cannot be said: that needs posts with likes and comments, and a cost for the same creators."
    best = known.iloc[0]
    interval = write.between(best["cpe_low"], best["cpe_high"], write.money, brief.statistics.level)
    text = f"{handle(best['creator'])} gives an engagement for {write.money(best['cpe'])} ({interval}; fee {best['fee_source']})"
    if len(known) == 1:
        return text + ", and nobody else can be compared."
    second = known.iloc[1]
    apart = pd.notna(best["cpe_high"]) and pd.notna(second["cpe_low"]) and best["cpe_high"] < second["cpe_low"]
    clear = "clearly less than" if apart else "your data cannot tell that from"
    return f"{text}; {clear} the next, {handle(second['creator'])} at {write.money(second['cpe'])}."


def tier_sentence(tiers: pd.DataFrame | Missing, brief: Brief) -> str | Missing:
    """Say how cost per engagement, or per 1,000 reached, differs between the smallest and the largest class that can be compared."""
    if isinstance(tiers, Missing):
        return tiers
    write = wording(brief)
    for name in ("cpe", "cpm"):
        known = tiers.dropna(subset=[f"{name}_low"])
        if len(known) >= 2:
            small, large = known.iloc[0], known.iloc[-1]
            per = MEASURES[name][2]
            apart = small[f"{name}_high"] < large[f"{name}_low"] or small[f"{name}_low"] > large[f"{name}_high"]
            text = f"One {per} costs {write.money(small[name])} with your {small['tier']} creators "
            text += f"and {write.money(large[name])} with your {large['tier']} ones"
            if name == "cpm":
                text = text.replace("One 1,000", "1,000").replace("costs", "cost", 1)
            if not small["quoted"] and not large["quoted"]:
                return f"{text}; but none of these creators has quoted a fee, so your data cannot tell whether that is true of them."
            return f"{text}; {'the intervals lie apart' if apart else 'the intervals overlap, so your data cannot tell them apart'}."
    return "Too few creators of two size classes have a cost and results, so your data cannot compare classes."


def curve_sentence(curve: PriceCurve | Missing, brief: Brief) -> str | Missing:
    """Say how price grows with size on your quotes, and how wide the band is."""
    if isinstance(curve, Missing):
        return curve
    write = wording(brief)
    times, band = 10**curve.slope, np.exp(curve.band)
    level = write.share(curve.level)
    if curve.method == "own_level":
        return (
            f"You have {curve.n} quotes, too few for a price curve of your own: a fee may lie anywhere within {write.ratio(band)} times "
            f"below and above what this line says ({level} band, mostly from published prices). Collect about twenty."
        )
    return (
        f"On your {curve.n} quoted creators, ten times the followers cost {write.ratio(times)} times as much for a {curve.deliverable}; "
        f"the next quote falls within {write.ratio(band)} times below and above the line with {level} probability."
    )


def counts(data: Dataset, brief: Brief) -> str:
    """Return how many creators have a cost from which source, as one line."""
    table = full(data, brief)
    if isinstance(table, Missing):
        return "creators 0"
    sources = table["fee_source"].value_counts()
    parts = [f"{name} {int(sources.get(name, 0))}" for name in ("quoted", "modelled", "benchmark")]
    return f"creators {len(table)}, {', '.join(parts)}, without a cost {int(table['cost'].isna().sum())}"


def outcome(data: Dataset, brief: Brief) -> Outcome:
    """Return what chapter 07 hands on."""
    table = full(data, brief)
    if isinstance(table, Missing):
        return Outcome(chapter="costs", status="needs_data", answer=table.text)
    found = findings(data, brief)
    text = str(cost_sentence(table, brief))
    known = table.dropna(subset=["cost"])
    if known.empty:
        return Outcome(chapter="costs", status="needs_data", answer=text, findings=found)
    quoted = int((known["fee_source"] == "quoted").sum())
    figures = _figures(table, known, quoted, data, brief)
    return Outcome(chapter="costs", status="done" if quoted else "partial", answer=text, figures=tuple(figures), findings=found)


def _figures(table: pd.DataFrame, known: pd.DataFrame, quoted: int, data: Dataset, brief: Brief) -> list[Figure]:
    write, currency, level = wording(brief), brief.budget.currency, brief.statistics.level
    sources = set(known["fee_source"])
    source = "quoted" if sources == {"quoted"} else "benchmark" if "benchmark" in sources else "modelled"
    middle = float(known["cost"].median())
    figures = [
        Figure(
            id="costs.median_cost",
            value=middle,
            n=len(known),
            unit=currency,
            source=source,
            text=f"Half of the creators cost {write.money(middle)} or less.",
        ),
        Figure(
            id="costs.quoted",
            value=quoted / len(table),
            n=len(table),
            unit="share",
            source="quoted",
            text=f"{quoted} of {len(table)} creators quoted a fee.",
        ),
    ]
    curve = own_curve(data, brief)
    if curve:
        text = f"Price grows with followers to the power of {write.number(curve.slope, 2)} on your quotes."
        figures.append(Figure(id="costs.price_exponent", value=curve.slope, n=curve.n, unit="ratio", source="modelled", text=text))
    tiers = by_tier(data, brief)
    for row in tiers.itertuples():
        for name, (_, _, per) in MEASURES.items():
            value, low, high = (getattr(row, f"{name}{end}") for end in ("", "_low", "_high"))
            if pd.notna(value):
                tier = str(row.tier).replace(" ", "_")
                ends = {} if pd.isna(low) else {"low": float(low), "high": float(high), "level": level}
                text = f"Cost per {per} with {row.tier} creators: {write.money(value)}."
                n = int(getattr(row, f"{name}_n"))
                figures.append(Figure(id=f"costs.{tier}.{name}", value=float(value), n=n, unit=currency, source=source, text=text, **ends))
    return figures
