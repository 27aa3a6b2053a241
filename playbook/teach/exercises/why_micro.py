"""Exercises of chapter 03."""

from __future__ import annotations

from playbook.findings import Missing
from playbook.teach.exercise import Exercise, Wrong
from playbook.teach.exercises.pick import lacking, too_little


def _rates(c):
    if (none := lacking(c, "creators", "posts")) is not None:
        return none
    import playbook

    table = playbook.why_micro.creators(c.data, c.brief)
    if isinstance(table, Missing):
        return table
    small, large = table[table["small"]], table[~table["small"]]
    if len(small) < 3 or len(large) < 3:
        return too_little("three creators on either side of the macro line")
    return {
        "small": (small["rate"].reset_index(drop=True), "engagement rates of creators below the macro line, one each"),
        "large": (large["rate"].reset_index(drop=True), "engagement rates of creators above it"),
    }


def _prices(c):
    if (none := lacking(c, "creators", "quotes")) is not None:
        return none
    import playbook

    table = playbook.costs.full(c.data, c.brief)
    if isinstance(table, Missing):
        return table
    known = table[table["fee_source"] == "quoted"]
    large = known["followers"] >= c.brief.tiers.macro
    if large.sum() < 2 or (~large).sum() < 2:
        return too_little("two quotes on either side of the macro line")
    budget = c.brief.budget
    return {
        "macro_fee": (float(known.loc[large, "fee"].median()), "fee of your typical macro"),
        "micro_fee": (float(known.loc[~large, "fee"].median()), "fee of your typical smaller creator"),
        "product": (float(budget.product_cost + budget.shipping_cost), "product and shipping for each creator"),
        "hours": (float(budget.hours_per_creator or 3), "hours of your own for each creator"),
        "hourly": (float(budget.hourly_cost or 35), "what such an hour costs"),
    }


def _claims(c):
    if (none := lacking(c, "creators", "posts")) is not None:
        return none
    import playbook

    found = playbook.why_micro.claims(c.data, c.brief)
    # claims on one scale: larger supports them
    able = [x for x in found if x.low is not None and x.high is not None and x.id != "macro_two_per_cent"] if found else []
    if not able:
        return too_little("a claim with an interval")
    # the claim that takes most thought: whose interval lies nearest to the smallest effect
    claim = min(able, key=lambda x: min(abs(x.low - x.smallest_effect), abs(x.high - x.smallest_effect)) / x.smallest_effect)
    return {
        "low": (float(claim.low), f"lower end of the interval of: {claim.text.partition(':')[0]}"),
        "high": (float(claim.high), "its upper end"),
        "smallest_effect": (float(claim.smallest_effect), "the smallest effect that you would act on"),
    }


def _verdict(g):
    return "holds" if g.low >= g.smallest_effect else "does not hold" if g.high < g.smallest_effect else "cannot tell"


EXERCISES = (
    Exercise(
        id="why_micro-1",
        title="How many times?",
        minutes=5,
        kind="predict",
        unit="number",
        given=_rates,
        right=lambda g: g.small.median() / g.large.median(),
        wrong=(
            Wrong(
                lambda g: g.large.median() / g.small.median(),
                "The other way round: how many times the rate of the large is the rate of the small?",
            ),
            Wrong(
                lambda g: g.small.mean() / g.large.mean(),
                "You compared means. One creator with a lucky month moves a mean; compare the typical ones.",
            ),
            Wrong(
                lambda g: g.small.median() - g.large.median(),
                "That is a difference in points. How many times is asked for.",
            ),
            Wrong(
                lambda g: g.small.sum() / g.large.sum(),
                "You added up rates. More creators make a larger sum, and say nothing of the typical one.",
            ),
        ),
        hints=(
            "Find the typical rate of each side first.",
            "The typical creator is the one in the middle, not the average one.",
            "How many times means one .median() divided by the other.",
        ),
    ),
    Exercise(
        id="why_micro-2",
        title="What one macro buys",
        minutes=5,
        kind="mistake",
        unit="number",
        given=_prices,
        right=lambda g: (g.macro_fee + g.product + g.hours * g.hourly) / (g.micro_fee + g.product + g.hours * g.hourly),
        wrong=(
            Wrong(lambda g: g.macro_fee / g.micro_fee, "You compared fees. Each further creator also takes a product and your hours."),
            Wrong(
                lambda g: (g.macro_fee + g.product + g.hours * g.hourly) / g.micro_fee,
                "The macro has product and hours in your sum, the small ones have not.",
            ),
            Wrong(
                lambda g: g.macro_fee / (g.micro_fee + g.product + g.hours * g.hourly),
                "The small ones have product and hours in your sum, the macro has not.",
            ),
            Wrong(
                lambda g: (g.macro_fee + g.product) / (g.micro_fee + g.product),
                "Your own hours are still missing: they cost money, even if nobody sends a bill.",
            ),
        ),
        hints=(
            "Add up what one creator costs you in full, for each of the two.",
            "Full cost: fee, product with shipping, and hours times what an hour costs.",
            "Divide the macro's full cost by the smaller creator's.",
        ),
    ),
    Exercise(
        id="why_micro-3",
        title="Read the verdict yourself",
        minutes=5,
        kind="decide",
        unit="choice",
        options=("holds", "does not hold", "cannot tell", "half true"),
        given=_claims,
        right=_verdict,
        wrong=(
            Wrong("half true", "An interval has no halves: where does it lie, compared with the smallest effect?"),
            Wrong(
                lambda g: None if _verdict(g) == "holds" else "holds",
                "A claim holds only where the whole interval reaches the smallest effect, its lower end included.",
            ),
            Wrong(
                lambda g: None if _verdict(g) == "does not hold" else "does not hold",
                "A claim does not hold only where the whole interval falls short of the smallest effect, its upper end included.",
            ),
            Wrong(
                lambda g: None if _verdict(g) == "cannot tell" else "cannot tell",
                "Data can tell where the interval lies wholly on one side of the smallest effect. Look at both ends.",
            ),
        ),
        hints=(
            "Draw a line and mark three points on it: low, high, and the smallest effect.",
            "Is the smallest effect left of the interval, right of it, or inside?",
            "Left of it: even the low end is large enough. Right of it: even the high end is too small.",
        ),
    ),
)
