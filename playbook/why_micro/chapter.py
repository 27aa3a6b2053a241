"""What chapter 03 hands on."""

from __future__ import annotations

import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Claim, Figure, Finding, Missing, Outcome
from playbook.why_micro.claims import claims, verdicts
from playbook.why_micro.groups import tiers
from playbook.why_micro.several import Several, several
from playbook.why_micro.size import SizeEffect, size_effect
from playbook.wording import listed, plural, wording


def answer(found: tuple[Claim, ...]) -> str:
    """Return the chapter's sentence: what the data says on the claims, the first one first.

    Parameters
    ----------
    found : tuple of Claim
        As :func:`playbook.why_micro.claims` returns them.
    """
    first = next(c for c in found if c.id == "smaller_engage_more")
    count = {v: sum(c.verdict == v for c in found) for v in ("holds", "does_not_hold", "cannot_tell")}
    holds, fails, open_ = count.values()
    parts = [f"{holds or 'none'} of the guide's {len(found)} claims {'hold' if holds > 1 else 'holds'} on your data"]
    parts += [f"{fails} {plural(fails, 'does', 'do')} not"] * (fails > 0) + [f"on {open_} your data cannot tell"] * (open_ > 0)
    return f"{first.text} In all, {listed(parts)}."


def shape(effect: SizeEffect | Missing, brief: Brief) -> str:
    """Return the sentence on engagement against size: the slope, the turn if there is one, and whose follower counts it rests on.

    Parameters
    ----------
    effect : SizeEffect or Missing
        As :func:`playbook.why_micro.size_effect` returns it.
    """
    if isinstance(effect, Missing):
        return effect.text
    write = wording(brief)

    def two(value: float) -> str:
        return write.number(value, 2)

    parts = [
        f"A creator a tenth the size engages {two(effect.multiple)} times the share of followers "
        f"({write.between(effect.low, effect.high, two, effect.level)}, {write.count(effect.n)} creators)."
    ]
    if effect.error > 0:
        parts.append(
            f"Follower counts of {write.share(effect.snapshot_share)} of them were read after the posts: taken as exact the answer is "
            f"{two(effect.plain)}, with counts off by a log spread of {two(effect.error)} it is {two(effect.corrected)}."
        )
    if effect.turn:
        first, last = effect.turn.split(" then ")
        parts.append(f"The rate {first} up to about {write.count(effect.turning_point)} followers and {last} after it.")
    else:
        parts.append("Your data shows no size at which the link turns.")
    return " ".join(parts)


def price(result: Several | Missing, brief: Brief) -> str:
    """Return the sentence on several for one.

    Parameters
    ----------
    result : Several or Missing
        As :func:`playbook.why_micro.several` returns it.
    """
    if isinstance(result, Missing):
        return result.text
    write = wording(brief)
    level = result.level
    orders = ""
    if brief.goal.kind == "sales":
        orders = (
            f"At the brief's click and conversion rates (planning values) that is about {write.number(result.orders_small, 1)} orders "
            f"against {write.number(result.orders_macro, 1)}. "
        )
    return (
        f"One macro's full cost pays for {write.count(result.micros)} smaller creators "
        f"({write.between(result.micros_low, result.micros_high, write.count, level)}). "
        f"Together they bring more engagements than the macro in {write.share(result.engagements_win)} of "
        f"{write.count(result.draws)} draws and reach more people in {write.share(result.reach_win)}, if {write.share(result.overlap)} of "
        f"an audience also follows another one. {orders}"
        f"Fees: {result.fees}."
    )


def balance(table: pd.DataFrame | Missing, brief: Brief) -> str:
    """Return the sentence on where several smaller creators and one macro come to the same, at the brief's overlap and hours.

    Parameters
    ----------
    table : DataFrame or Missing
        As :func:`playbook.why_micro.break_even` returns it.
    """
    if isinstance(table, Missing):
        return table.text
    write = wording(brief)
    own = brief.budget.hours_per_creator
    reach = table[(table["measure"] == "reach") & (table["overlap"] == brief.portfolio.overlap)]
    engaged = table[table["measure"] == "engagements"]
    wins = {name: int((part["hours"] >= own).sum()) for name, part in (("engagements", engaged), ("people", reach))}
    needed = reach["needed"].iloc[0]
    people = (
        f"{write.count(needed)} for as many people at an overlap of {write.share(brief.portfolio.overlap)}"
        if needed == needed
        else f"and no number reaches as many people at an overlap of {write.share(brief.portfolio.overlap)}"
    )
    hours = f"{write.number(own, 1)} {plural(own, 'hour')} of your work each"
    return (
        f"It takes {write.count(engaged['needed'].iloc[0])} typical smaller creators to bring one typical macro's engagements, {people}. "
        f"With {hours}, that is paid for by the macro's cost at {wins['engagements']} of {len(engaged)} price exponents for engagements "
        f"and at {wins['people']} of {len(reach)} for people reached."
    )


def counts(data: Dataset, brief: Brief) -> dict[str, str]:
    """Return the verdict on each claim: the chapter's answer in words that a test can check."""
    return verdicts(claims(data, brief))


def findings(data: Dataset, brief: Brief) -> tuple[Finding, ...]:
    """Return what the reader must know about this chapter's numbers."""
    effect = size_effect(data, brief)
    if isinstance(effect, Missing) or effect.error == 0:
        return ()
    write = wording(brief)
    return (
        Finding(
            level="note",
            about="why_micro",
            found=f"the follower counts of {write.share(effect.snapshot_share)} of the creators were read after their posts",
            expected="followers at the time of each post",
            mend="add followers_at_post or a follower_history; until then the answer on size allows for counts that are off",
        ),
    )


def outcome(data: Dataset, brief: Brief) -> Outcome:
    """Return what chapter 03 hands on: figures by size class, the seven claims, several for one."""
    found = claims(data, brief)
    table = tiers(data, brief)
    if isinstance(table, Missing):
        return Outcome(chapter="why_micro", status="needs_data", answer=table.text, claims=found)
    if table.empty:
        text = (
            f"None of your creators has {brief.why_micro.min_posts} posts with known likes and a follower count, so size says nothing yet."
        )
        return Outcome(chapter="why_micro", status="needs_data", answer=text, claims=found)
    whole = all(c.estimate is not None for c in found)
    return Outcome(
        chapter="why_micro",
        status="done" if whole else "partial",
        answer=answer(found),
        figures=(*_tier_figures(table, brief), *_several_figures(several(data, brief), brief)),
        claims=found,
        findings=findings(data, brief),
        tables={"tiers": table.astype({"tier": "str"}).to_dict("records")},
    )


def _tier_figures(table, brief: Brief) -> list[Figure]:
    write = wording(brief)
    level = brief.statistics.level
    out = []
    for row in table.itertuples():
        name = str(row.tier).replace(" ", "_")
        text = f"A typical {row.tier} creator's post engages {write.share(row.rate)} of followers "
        text += f"({write.between(row.rate_low, row.rate_high, write.share, level)}, {row.creators} {plural(row.creators, 'creator')})."
        out.append(
            Figure(
                id=f"why_micro.{name}.rate", value=row.rate, low=row.rate_low, high=row.rate_high, level=level, n=row.creators,
                unit="share", source="measured", text=text,
            )
        )  # fmt: skip
        if row.cpe == row.cpe:
            text = f"An engagement with a typical {row.tier} creator costs {write.money(row.cpe)} in full "
            text += f"({write.between(row.cpe_low, row.cpe_high, write.money, level)}, {row.quoted} with a quote)."
            out.append(
                Figure(
                    id=f"why_micro.{name}.cpe", value=row.cpe, low=row.cpe_low, high=row.cpe_high, level=level, n=row.quoted,
                    unit=brief.budget.currency, source="quoted", text=text,
                )
            )  # fmt: skip
    return out


def _several_figures(result: Several | Missing, brief: Brief) -> list[Figure]:
    if isinstance(result, Missing):
        return []
    write = wording(brief)
    n = int(result.typical["creators"].sum())
    texts = {
        "micros": f"One macro's full cost pays for {write.count(result.micros)} smaller creators "
        f"({write.between(result.micros_low, result.micros_high, write.count, result.level)} over the simulation).",
        "engagements": f"Together they bring {write.ratio(result.engagements)} times the macro's engagements "
        f"({write.between(result.engagements_low, result.engagements_high, write.ratio, result.level)}).",
        "reach": f"They reach {write.ratio(result.reach)} times as many different people "
        f"({write.between(result.reach_low, result.reach_high, write.ratio, result.level)}), "
        f"at an assumed overlap of {write.share(result.overlap)}.",
    }
    out = []
    for name, text in texts.items():
        value, low, high = (getattr(result, f"{name}{end}") for end in ("", "_low", "_high"))
        unit = "count" if name == "micros" else "ratio"
        known = {"id": f"why_micro.several.{name}", "level": result.level, "n": n, "unit": unit, "source": "modelled", "text": text}
        out.append(Figure(value=value, low=low, high=high, **known))
    for name, value, what in (
        ("engagements_win", result.engagements_win, "bring more engagements"),
        ("reach_win", result.reach_win, "reach more people"),
    ):
        text = f"In {write.share(value)} of {write.count(result.draws)} draws the smaller creators {what} than the macro."
        out.append(Figure(id=f"why_micro.several.{name}", value=value, n=n, unit="share", source="modelled", text=text))
    return out
