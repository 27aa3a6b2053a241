"""Exercises of chapter 06."""

from __future__ import annotations

from playbook.findings import Missing
from playbook.teach.exercise import Exercise, Wrong
from playbook.teach.exercises.pick import lacking, too_little


def _bands(c):
    if (none := lacking(c, "audience")) is not None:
        return none
    for dimension in ("age", "gender", "country", "language"):
        ours = getattr(c.brief.brand.customers, dimension)
        rows = c.data.audience[c.data.audience["dimension"] == dimension].dropna(subset=["share"])
        names = [n for n in ours if n in set(rows["bucket"])]
        if len(names) < 2:
            continue
        table = rows[rows["bucket"].isin(names)].pivot_table(index="creator", columns="bucket", values="share", aggfunc="first").dropna()
        if table.empty:
            continue
        creator = table.index[len(table) // 2]
        import pandas as pd

        theirs, mine = table.loc[creator, names], pd.Series({n: float(ours[n]) for n in names})
        if theirs.sum() <= 0 or mine.sum() <= 0:
            continue
        return {
            "audience": ((theirs / theirs.sum()).rename(None), f"share of the audience of {creator} by {dimension}: {', '.join(names)}"),
            "customers": (mine / mine.sum(), "share of your customers, in the same order"),
        }
    return too_little("an audience and your customers by age, gender, country or language")


def _parts(c):
    if (none := lacking(c, "creators")) is not None:
        return none
    import playbook

    table = playbook.fit.scores(c.data, c.brief)
    if isinstance(table, Missing):
        return table
    parts = ["audience_fit", "niche_fit", "values_fit"]
    able = table.dropna(subset=parts)
    able = able[able[parts].max(axis=1) - able[parts].min(axis=1) > 0.2].sort_values("creator")
    if able.empty:
        return too_little("a creator whose audience, niche and words are all known")
    row, knobs = able.iloc[len(able) // 2], c.brief.fit
    return {
        "audience": (float(row["audience_fit"]), f"audience fit of {row['creator']}"),
        "niche": (float(row["niche_fit"]), "niche fit"),
        "values": (float(row["values_fit"]), "fit of values"),
        "weight_audience": (float(knobs.weight_audience), "weight of the audience now"),
        "weight_niche": (float(knobs.weight_niche), "weight of the niche"),
        "weight_values": (float(knobs.weight_values), "weight of values"),
    }


def _doubled(g):
    weights = 2 * g.weight_audience, g.weight_niche, g.weight_values
    return (weights[0] * g.audience + weights[1] * g.niche + weights[2] * g.values) / sum(weights)


def _target(c):
    if (none := lacking(c, "creators")) is not None:
        return none
    import playbook

    table = playbook.fit.reached(c.data, c.brief)
    if isinstance(table, Missing):
        return table
    able = table.dropna(subset=["target_share", "reach", "cost"])
    able = able[(able["reach"] > 0) & (able["target_share"] < 0.9) & (able["cost"] > 0)].sort_values(["reach", "creator"])
    if able.empty:
        return too_little("a creator whose audience, reach and cost are known")
    row = able.iloc[len(able) // 2]
    followers = c.data.creators.set_index("creator")["followers"].get(row["creator"])
    return {
        "cost": (float(row["cost"]), f"full cost of a post by {row['creator']}"),
        "followers": (float(followers), "followers"),
        "reach": (float(row["reach"]), "people whom a post reaches"),
        "target_share": (float(row["target_share"]), "share of them that belongs to your target"),
    }


EXERCISES = (
    Exercise(
        id="fit-1",
        title="What the two have in common",
        minutes=5,
        kind="predict",
        unit="share",
        given=_bands,
        right=lambda g: g.audience.combine(g.customers, min).sum(),
        wrong=(
            Wrong(
                lambda g: 1 - (g.audience - g.customers).abs().sum(),
                "Whoever is missing in one group is too many in another: you took each difference off twice.",
            ),
            Wrong(
                lambda g: g.audience.combine(g.customers, max).sum(),
                "That is more than 1. In each group, how much have they both?",
            ),
            Wrong(
                lambda g: (g.audience * g.customers).sum(),
                "That is the chance that a follower and a customer, drawn at random, come from one group: small even for twins.",
            ),
            Wrong(
                lambda g: (g.audience - g.customers).abs().sum() / 2,
                "That is by how much they differ. How much have they in common?",
            ),
        ),
        hints=(
            "Draw two rows of bars over one another: which part is covered by both?",
            "In each group it is the smaller of the two shares.",
            "Take the smaller share of each group, given.audience.combine(given.customers, min), and add these up with .sum().",
        ),
    ),
    Exercise(
        id="fit-2",
        title="What a thousand of the right people cost",
        minutes=5,
        kind="decide",
        unit="number",
        given=_target,
        right=lambda g: 1000 * g.cost / (g.reach * g.target_share),
        wrong=(
            Wrong(lambda g: 1000 * g.cost / g.reach, "That is the price of a thousand people of any kind. Only some are of your target."),
            Wrong(
                lambda g: 1000 * g.cost / (g.followers * g.target_share),
                "You divided by followers. Not every follower sees a post, and some who see it do not follow: use reach.",
            ),
            Wrong(lambda g: g.cost / (g.reach * g.target_share), "That is the price of one person. A thousand are asked for."),
            Wrong(
                lambda g: 1000 * g.cost / g.reach * g.target_share,
                "That makes fewer of the right people cheaper. With a smaller share, each of them costs more.",
            ),
        ),
        hints=(
            "How many people of your target does a post reach?",
            "Reach times the share that belongs to the target.",
            "Cost divided by these people, times a thousand.",
        ),
    ),
    Exercise(
        id="fit-3",
        title="Change one weight",
        minutes=5,
        kind="change",
        unit="share",
        given=_parts,
        right=_doubled,
        wrong=(
            Wrong(
                lambda g: 2 * g.weight_audience * g.audience + g.weight_niche * g.niche + g.weight_values * g.values,
                "The weights no longer add up to 1, so this is no share any more: divide by their sum.",
            ),
            Wrong(
                lambda g: (
                    (g.weight_audience * g.audience + g.weight_niche * g.niche + g.weight_values * g.values)
                    / (g.weight_audience + g.weight_niche + g.weight_values)
                ),
                "That is the fit as it is now. Double the weight of the audience.",
            ),
            Wrong(lambda g: (g.audience + g.niche + g.values) / 3, "That weighs all three alike."),
            Wrong(
                lambda g: (2 * g.weight_audience * g.audience + g.weight_niche * g.niche + g.weight_values * g.values) / 3,
                "You divided by the number of parts. A weighted mean is divided by the sum of its weights.",
            ),
            Wrong(
                lambda g: (
                    (g.weight_audience * g.audience + 2 * g.weight_niche * g.niche + g.weight_values * g.values)
                    / (g.weight_audience + 2 * g.weight_niche + g.weight_values)
                ),
                "You doubled the weight of the niche.",
            ),
        ),
        hints=(
            "Only one number changes: the weight of the audience, to twice what it is.",
            "A weighted mean adds up weight times part.",
            "In the end divide by the sum of the weights, the doubled one included.",
        ),
    ),
)
