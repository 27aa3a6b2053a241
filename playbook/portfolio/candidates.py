"""Who may be in the set, with what is known about each; and who may not, with the reason."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook import costs, engagement
from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.errors import BadCall, did_you_mean
from playbook.findings import Missing, needs
from playbook.portfolio.reach import PEOPLE_A_VIEW, expected_reach
from playbook.wording import handle, listed, plural

# how alike two posts' audiences are: 1 means the same people each time, 0 a new draw of followers
SAME_PEOPLE = 0.5
REASONS = (
    "you ruled them out",
    "declined",
    "no known cost",
    "no known reach",
    "a strong finding in the trust check",
    "fit unknown",
    "fit below your limit",
    "costs more than the whole budget",
    "costs more than the share of the budget you allow one creator",
    "not a size class you asked for",
)


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """Creators to choose from.

    Attributes
    ----------
    table : DataFrame
        Sorted by creator: `creator`, `tier`, `niche`, `followers`, `rate`, `cost`, `cost_low`, `cost_high`, `fee`, `fee_source`, `reach`
        (people reached by all of the creator's posts, see :func:`expected_reach`), `reach_sd` (log; of that estimate), `luck_sd` (log; of
        the posts to come about it), `shared_sd` (log; of an error that a platform's creators share), `posts`, `reach_source`, `told`,
        `own_weight`, `option` (the creator, and the deliverable where it is not the creator's main one), `deliverable`, `platform`,
        `country`, `counts` (what weighing takes off, 0-1), `target_share`, `target_sd`, `target_source`,
        `people` (what counts for the goal, see :func:`counting`), `fit`, `must`, `eligible` (of a size class that may be chosen),
        `affordable` (eligible, and costs no more than the whole budget).
    left_out : DataFrame
        `creator`, `reason`; those who cost more than the whole budget stay in `table`, where a larger budget can reach them, and so do
        those of other size classes, to compare with.
    notes : tuple of str
        What had to be assumed, a sentence each.
    per_person : float
        What one person reached counts for the goal, see :func:`response`.
    """

    table: pd.DataFrame
    left_out: pd.DataFrame
    notes: tuple[str, ...]
    per_person: float


@needs("creators", otherwise="a creators table with at least creator and followers")
def candidates(data: Dataset, brief: Brief) -> Candidates | Missing:
    """Return whom the budget could buy.

    Raises
    ------
    BadCall
        Where `portfolio.must` or `portfolio.never` names somebody who is not in the creators table, or the same creator is in both, or
        `portfolio.tiers` names a size class that the brief does not have.
    """
    table = _options(_known(data, brief), data, brief)
    must, never = (_keys(getattr(brief.portfolio, name), table["creator"], name) for name in ("must", "never"))
    if both := sorted(must & never):
        raise BadCall(f"portfolio.must and portfolio.never both name {listed(both)}; take them out of one of the two.")
    table["must"] = table["creator"].isin(must)
    table["eligible"] = table["tier"].astype("object").isin(_tiers(brief)) | table["must"]
    table["too_large"] = (
        (table["cost"] > brief.portfolio.max_share * brief.budget.amount) & (brief.portfolio.max_share < 1) & ~table["must"]
    )
    table["reason"] = _reason(table, never, data, brief)
    lost = table[table["must"] & table["main"] & table["reason"].isin([*REASONS[2:4], REASONS[7]])]
    if len(lost):
        why = "; ".join(f"{handle(row.creator)}: {row.reason}" for row in lost.itertuples())
        return Missing(
            needs=("quotes",),
            text=f"You want creators in the set who cannot be planned with ({why}): add what is missing or change portfolio.must.",
        )
    table["affordable"] = table["reason"].eq("") | (table["must"] & ~table["reason"].isin([*REASONS[2:4], REASONS[7]]))
    possible = set(table.loc[table["affordable"], "creator"])
    left_out = table.loc[table["main"] & ~table["creator"].isin(possible), ["creator", "reason"]].reset_index(drop=True)
    kept = table[table["affordable"] | table["reason"].isin(REASONS[7:])].drop(columns="reason").reset_index(drop=True)
    if not kept["affordable"].any():
        counts = left_out["reason"].value_counts()
        why = listed([f"{n} {plural(n, 'creator')}: {reason}" for reason, n in sorted(counts.items())])
        return Missing(
            needs=("quotes", "posts"),
            text=f"Nobody is left to choose from ({why}): add quotes, posts or a larger budget, or loosen a limit.",
        )
    overruled = table[table["must"] & table["main"] & table["reason"].ne("")]
    notes = (
        _weigh(kept, data, brief)
        + _target(kept, brief)
        + [f"{handle(r.creator)} is in because you said so, despite this: {r.reason}." for r in overruled.itertuples()]
    )
    kept["people"] = kept["reach"] * counting(kept["target_share"], brief) * kept["counts"]
    notes += _counted(kept, brief)
    if isinstance(unknown := _unknown(kept, brief), Missing):
        return unknown
    per_person, source = response(data, brief)
    return Candidates(table=kept, left_out=left_out, notes=tuple(notes + _sources(kept) + source), per_person=per_person)


def response(data: Dataset, brief: Brief) -> tuple[float, list[str]]:
    """Return what one person reached counts for (1, new followers, orders, or money left by them), and where that comes from.

    Orders take the click and conversion rates that the campaign in the folder has measured, where it has (see
    :func:`playbook.goals.past_rates`), else the brief's planning values; new followers take the brief's.

    >>> from playbook.data.dataset import dataset
    >>> response(dataset(), Brief.model_validate({"goal": {"kind": "followers"}}))[0]
    0.004
    """
    economics = brief.economics
    profit = brief.portfolio.maximise == "profit"
    if not profit and (brief.goal.kind == "awareness" or brief.portfolio.maximise == "engagements"):
        return 1.0, []
    if not profit and brief.goal.kind == "followers":
        return economics.follow_rate, ["New followers per person reached is your brief's planning value."]
    from playbook.goals import past_rates

    measured = past_rates(data, brief).set_index("name")["value"]
    rates = {name: float(measured.get(name, getattr(economics, name))) for name in ("click_rate", "conversion_rate")}
    words = {"click_rate": "Clicks per person reached", "conversion_rate": "Orders per click"}
    notes = [
        f"{words[name]} {'is measured on the campaign in your folder' if name in measured.index else 'is a planning value of your brief'}."
        for name in rates
    ]
    orders = rates["click_rate"] * rates["conversion_rate"]
    if profit:
        from playbook.goals import break_even

        extra = ", as if every order were one that would not have come anyway" if economics.incremental_share is None else ""
        notes.append(f"Profit is what an order leaves by your brief, less all costs of the set{extra}.")
        return orders * break_even(brief), notes
    return orders, notes


def _known(data: Dataset, brief: Brief) -> pd.DataFrame:
    from scipy.special import ndtri

    z = float(ndtri((1 + brief.statistics.level) / 2))
    cost = costs.full(data, brief)
    columns = ["creator", "platform", "tier", "followers", "deliverable", "cost", "cost_low", "cost_high", "fee", "fee_source"]
    # of a post, whatever was quoted
    out = cost[columns].merge(costs.results(data, brief)[["creator", "engagements"]], on="creator", how="left")
    out["cost_sd"] = (np.log(out["cost_high"] / out["cost_low"]) / (2 * z)).where(out["cost_low"] > 0, 0.0)
    traits = data.creators.drop_duplicates("creator").set_index("creator")
    out["niche"] = out["creator"].map(traits["niche"]).astype("object")
    out["country"] = out["creator"].map(traits["country"]).astype("object")
    out["niche"] = out["niche"].where(out["niche"].notna(), "niche unknown")
    known = expected_reach(data, brief).drop(columns="platform").rename(columns={"weight": "own_weight"})
    out = out.merge(known, on="creator", how="left")
    out["posts"] = out.pop("n")
    out["reach"] = several_posts(out["reach"], out["followers"], brief.costs.posts_per_creator)
    # several posts share their luck, as far as it is
    out["luck_sd"] = out["luck_sd"].fillna(0.0) / np.sqrt(brief.costs.posts_per_creator)
    out["shared_sd"] = out["shared_sd"].fillna(0.0)
    rates = engagement.rates(data, brief)
    out = out.merge(rates[["creator", "rate"]], on="creator", how="left") if not isinstance(rates, Missing) else out.assign(rate=np.nan)
    # whoever has no posts is ranked by what a tool tells, as people do who have nothing else
    out["rate"] = out["rate"].fillna(out["engagements"] / out["followers"].where(out["followers"] > 0))
    return _with_fit(out, data, brief)


def _with_fit(out: pd.DataFrame, data: Dataset, brief: Brief) -> pd.DataFrame:
    from scipy.special import ndtri

    from playbook import fit

    scores = fit.scores(data, brief)
    columns = ["fit", "target_share", "target_low", "target_high"]
    if isinstance(scores, Missing):
        out = out.assign(**dict.fromkeys(columns, np.nan))
    else:
        out = out.merge(scores[["creator", *[c for c in columns if c in scores]]], on="creator", how="left")
    for column in columns:
        out[column] = out[column].astype("float64") if column in out else np.nan
    z = float(ndtri((1 + brief.statistics.level) / 2))
    out["target_sd"] = ((out["target_high"] - out["target_low"]) / (2 * z)).fillna(0.0)
    return out.drop(columns=["target_low", "target_high"]).sort_values("creator", ignore_index=True)


def _options(out: pd.DataFrame, data: Dataset, brief: Brief) -> pd.DataFrame:
    """Add a row for each further deliverable that a creator quoted, where the brief lets any be taken."""
    out["main"], out["option"] = True, out["creator"]
    if brief.portfolio.deliverables == "any":
        quoted = costs.usable(data, brief)
        further = quoted.merge(out[["creator", "deliverable"]].rename(columns={"deliverable": "taken"}), on="creator")
        further = further[further["deliverable"] != further["taken"]][["creator", "deliverable", "fee"]]
        rows = further.merge(out.drop(columns=["deliverable", "fee"]), on="creator")
        rows["cost"] = rows["cost_low"] = rows["cost_high"] = costs.full_cost(rows["fee"], brief)
        rows = rows.assign(cost_sd=0.0, fee_source="quoted", main=False, option=rows["creator"] + " (" + rows["deliverable"] + ")")
        out = pd.concat([out, rows], ignore_index=True).sort_values(["creator", "main", "option"], ascending=[True, False, True])
        out = out.reset_index(drop=True)
    story = costs.is_story(out["deliverable"])
    out["part"] = np.where(story, costs.STORY, 1.0)
    out["reach"] = out["reach"] * out["part"]
    # nobody likes a story
    out["engagements"] = (out["engagements"] * brief.costs.posts_per_creator).where(~story)
    return out


def _weigh(kept: pd.DataFrame, data: Dataset, brief: Brief) -> list[str]:
    """Fill what weighing by fit and trust leaves of a person reached, and say what was unknown."""
    from playbook import trust

    kept["counts"] = 1.0
    notes = []
    for name in ("fit", "trust"):
        if brief.portfolio.weigh_by not in (name, "both"):
            continue
        told = kept["fit"]
        if name == "trust":
            found = trust.scores(trust.screen(data, brief), data, brief)
            told = kept["creator"].map({} if isinstance(found, Missing) else found.set_index("creator")["score"] / 100).astype("float64")
        if told.isna().all():
            notes.append(f"Nobody's {name} is known, so nothing is weighed by it.")
            continue
        if n := int(told.isna().sum()):
            notes.append(f"{n} {plural(n, 'creator has', 'creators have')} no known {name}; they are taken at the middle of the others.")
        kept["counts"] *= told.fillna(told.median()).clip(0, 1)
        notes.append(f"What a person reached counts is multiplied by the creator's {name} (0-1).")
    return notes


def _counted(kept: pd.DataFrame, brief: Brief) -> list[str]:
    """Put engagements in the place of people where they are what counts."""
    notes = []
    if story := int((kept["part"] < 1).sum()):
        notes.append(
            f"{story} {plural(story, 'option is', 'options are')} a story, taken to reach {100 * costs.STORY:.0f} % of a post's people "
            "(Minter.io, 2019)."
        )
    if brief.portfolio.contacts > 1:
        notes.append(f"Only people reached through at least {brief.portfolio.contacts} creators count.")
    if brief.portfolio.maximise == "engagements":
        kept["people"] = kept["engagements"].fillna(0.0) * kept["counts"]
    return notes


def _unknown(kept: pd.DataFrame, brief: Brief) -> Missing | None:
    """Return what is missing for the measure that is to be made large, if anything is."""
    if brief.portfolio.maximise == "engagements" and not (kept["people"] > 0).any():
        return Missing(
            needs=("posts",), text="Nobody's engagements are known, so they cannot be made large: add posts with likes and comments."
        )
    return None


def several_posts(reach: pd.Series, followers: pd.Series, posts: int) -> pd.Series:
    """Return the people whom at least one of several posts reaches.

    Followers differ in how often they look: a beta-binomial frequency with correlation 0.5 between two posts of one creator (assumed).
    Between one post's reach and `posts` times that.

    Examples
    --------
    >>> several_posts(pd.Series([250.0]), pd.Series([1000.0]), 1).tolist()
    [250.0]
    >>> several_posts(pd.Series([250.0]), pd.Series([1000.0]), 3).round().tolist()
    [398.0]
    """
    if posts == 1:
        return reach
    base = np.maximum(followers.fillna(0), reach / 0.95)
    rate = (reach / base).clip(upper=0.95)
    total = 1 / SAME_PEOPLE - 1
    nobody = pd.Series(1.0, index=reach.index)
    for j in range(posts):
        nobody = nobody * ((1 - rate) * total + j) / (total + j)
    return base * (1 - nobody)


def _keys(text: str, known: pd.Series, knob: str) -> set[str]:
    by_handle: dict[str, list[str]] = {}
    for key in known:
        by_handle.setdefault(key.split(":", 1)[-1].casefold(), []).append(key)
    out = set()
    for name in (part.strip() for part in text.split(",")):
        if not name:
            continue
        matches = [name] if name in set(known) else by_handle.get(name.removeprefix("@").casefold(), [])
        if len(matches) > 1:
            raise BadCall(
                f"portfolio.{knob} names {name!r}, which is on several platforms; write the whole key: {listed(sorted(matches))}."
            )
        if not matches:
            raise BadCall(f"portfolio.{knob} names {name!r}, who is not in the creators table{did_you_mean(name, list(known))}.")
        out.add(matches[0])
    return out


def _tiers(brief: Brief) -> list[str]:
    """Return the size classes to choose from."""
    wanted = [part.strip() for part in brief.portfolio.tiers.split(",") if part.strip()]
    unknown = [name for name in wanted if name not in brief.tiers.names]
    if unknown:
        raise BadCall(
            f"portfolio.tiers names {unknown[0]!r}{did_you_mean(unknown[0], brief.tiers.names)}; "
            f"the size classes of the brief are {listed(brief.tiers.names, most=9)}."
        )
    return wanted or brief.tiers.names


def _reason(table: pd.DataFrame, never: set[str], data: Dataset, brief: Brief) -> pd.Series:
    from playbook import trust

    knobs = brief.portfolio
    flagged: set[str] = set()
    if knobs.leave_flagged:
        flags = trust.flags(data, brief)
        if not isinstance(flags, Missing):
            flagged = set(flags.loc[flags["strength"] == "strong", "creator"])
    declined = set(data.outreach.loc[data.outreach["state"] == "declined", "creator"])
    conditions = [
        table["creator"].isin(never),
        table["creator"].isin(declined),
        table["cost"].isna(),
        ~(table["reach"] > 0),
        table["creator"].isin(flagged),
        table["fit"].isna() & (knobs.min_fit > 0),
        table["fit"] < knobs.min_fit,
        table["cost"] > brief.budget.amount,
        table["too_large"],
        ~table["eligible"],
    ]
    return pd.Series(np.select(conditions, REASONS, default=""), index=table.index)


def counting(target_share: pd.Series, brief: Brief) -> pd.Series:
    """Return how much one person reached counts for the goal.

    Awareness: the share of the audience that is in the target group. New followers and orders: that share over the candidates' middle one,
    because the brief's rates hold for a usual audience, and people outside the target group seldom follow or buy.

    >>> brief = Brief.model_validate({"goal": {"kind": "sales"}})
    >>> counting(pd.Series([0.2, 0.4, 0.6]), brief).round(2).tolist()
    [0.5, 1.0, 1.5]
    """
    if brief.portfolio.maximise == "engagements":
        return target_share * 0 + 1.0
    if brief.goal.kind == "awareness" and brief.portfolio.maximise != "profit":
        return target_share
    middle = float(target_share.median())
    return target_share / middle if middle > 0 else target_share * 0 + 1.0


def _target(kept: pd.DataFrame, brief: Brief) -> list[str]:
    """Fill the target share where it is unknown, and say so."""
    kept["target_source"] = np.where(kept["target_share"].notna(), "quoted", "assumed")
    known = kept["target_share"].notna()
    if not known.any():
        kept["target_share"] = 1.0
        return ["Nothing is known about who the audiences are, so everybody reached counts alike, in your target group or not."]
    if known.all():
        return []
    middle = float(kept.loc[known, "target_share"].median())
    kept["target_sd"] = kept["target_sd"].where(known, float(kept.loc[known, "target_share"].std(ddof=0)))
    kept["target_share"] = kept["target_share"].fillna(middle)
    n = int((~known).sum())
    return [
        f"{n} {plural(n, 'creator has', 'creators have')} no audience data; they are taken to have the middle target share of the others."
    ]


def _sources(kept: pd.DataFrame) -> list[str]:
    notes = []
    fees = kept["fee_source"].value_counts()
    for source, words in (("benchmark", "published prices"), ("modelled", "read off the curve of your own quotes")):
        if n := int(fees.get(source, 0)):
            notes.append(f"{n} of {len(kept)} fees are {words}, not quotes.")
    if n := int((kept["reach_source"] == "assumed").sum()):
        notes.append(f"The reach of {n} of {len(kept)} creators is followers times the planning value reach_rate.")
        if n == len(kept) and (kept["fee_source"] == "benchmark").all():
            notes.append(
                "Fees and reach are both read off followers, so this set follows a price list: it cannot tell a good creator from a bad "
                "one. Quotes, or posts, of twenty creators would."
            )
    if n := int((kept["reach_source"] == "quoted").sum()):
        notes.append(f"The reach of {n} of {len(kept)} creators is taken from views that a tool tells, at {PEOPLE_A_VIEW} people a view.")
    return notes
