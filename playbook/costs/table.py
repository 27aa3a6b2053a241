"""What each creator costs in full, and per thousand reached, engagement and view."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook import engagement
from playbook.brief import Brief
from playbook.costs import published
from playbook.costs.curve import own_curve
from playbook.costs.quotes import STORY, asked, is_story, main_deliverable, quote_findings, usable
from playbook.costs.told import COLUMNS, told_results
from playbook.creators import with_tiers
from playbook.data.dataset import Dataset
from playbook.engagement.rates import platform_of
from playbook.findings import Finding, Missing, needs
from playbook.memo import remembered
from playbook.wording import handle, listed, plural

# a fee so many times under or over what is usual for its size is rather a slip of the decimal mark or the currency than a price
FAR_OFF = 20.0
# currencies whose unit is of a dollar's order: without a rate in the brief a published price is then still worth showing
NEAR_PARITY = frozenset({"AUD", "CAD", "CHF", "EUR", "GBP"})
PER = {"cpm": ("reach", 1000.0), "cpe": ("engagements", 1.0), "cpv": ("views", 1.0)}


@remembered
@needs("creators", otherwise="a creators table with at least creator and followers")
def full(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return each creator's full cost and what it buys.

    The full cost is fee, platform fee, product, shipping and your own hours. A fee is, in this order: agreed or quoted; read off
    the curve of your own quotes; read off the published curve that `costs.price_source` names. Where none of these can say, it is
    missing, and `fee_note` tells why.

    Returns
    -------
    DataFrame
        Sorted by creator: `creator`, `platform`, `tier`, `followers`, `deliverable`, `fee`, `fee_low`, `fee_high` (budget's
        currency, for `costs.posts_per_creator` posts), `fee_source` (quoted, modelled, benchmark), `fee_note`, `cost`, `cost_low`,
        `cost_high`, `reach`, `engagements`, `views` (of one post) with `_low` and `_high`, and `cpm`, `cpe`, `cpv` with `_low` and
        `_high`: cost per 1,000 people reached, per engagement, per view; `cpt` per 1,000 people reached in your target group (chapter 06's
        share of the audience, with its interval); `cpc`, `cpa` with `_low` and `_high`: per click and per
        order, at the brief's planning rates (whose own uncertainty is not in the interval; missing where a rate is 0). Intervals at
        the brief's level combine those of cost and of what it buys, as independent on logs.
    """
    out = fees(data, brief).merge(results(data, brief), on="creator", how="left")
    _as_stories(out)
    for column in ("", "_low", "_high"):
        out[f"cost{column}"] = full_cost(out[f"fee{column}"], brief)
    for name, (what, size) in PER.items():
        _ratio(out, name, what, size / brief.costs.posts_per_creator)
    _by_planning_rates(out, brief)
    _by_target(out, data, brief)
    columns = ["creator", "platform", "tier", "followers", "deliverable", "fee", "fee_low", "fee_high", "fee_source", "fee_note"]
    columns += [f"{c}{e}" for c in ("cost", "reach", "engagements", "views", *PER, "cpt", "cpc", "cpa") for e in ("", "_low", "_high")]
    return out[columns]


def _as_stories(out: pd.DataFrame) -> None:
    """Hold a fee for a story against what a story brings: fewer people, and no likes or views that a post's could stand for."""
    story = is_story(out["deliverable"]) & (out["fee_source"] == "quoted")
    for end in ("", "_low", "_high"):
        out[f"reach{end}"] = out[f"reach{end}"] * np.where(story, STORY, 1.0)
        for what in ("engagements", "views"):
            out[f"{what}{end}"] = out[f"{what}{end}"].where(~story)
    out.loc[story, "fee_note"] += f" for a story, which reaches {100 * STORY:.0f} % of a post's people (Minter.io, 2019)"


def full_cost(fee: pd.Series, brief: Brief) -> pd.Series:
    """Add to a fee the platform's share and the tax on both, product, shipping and your own hours, in the budget's currency.

    >>> budget = {"platform_fee": 0.1, "product_cost": 20, "shipping_cost": 5, "hours_per_creator": 2, "hourly_cost": 30}
    >>> brief = Brief.model_validate({"budget": budget})
    >>> full_cost(pd.Series([100.0]), brief).tolist()
    [195.0]
    """
    budget = brief.budget
    beside = budget.product_cost + budget.shipping_cost + budget.hours_per_creator * budget.hourly_cost
    return fee * (1 + budget.platform_fee) * (1 + brief.costs.tax) + beside


@remembered
def fees(data: Dataset, brief: Brief) -> pd.DataFrame:
    """Return one fee for each creator, with where it comes from.

    Returns
    -------
    DataFrame
        Sorted by creator: `creator`, `platform`, `tier`, `followers`, `deliverable`, `fee`, `fee_low`, `fee_high`, `fee_source`,
        `fee_note`.
    """
    out = with_tiers(data, brief)[["creator", "platform", "tier", "followers"]].drop_duplicates("creator", ignore_index=True)
    out["platform"] = out["platform"].where(out["platform"].notna(), platform_of(out["creator"]))
    quoted = usable(data, brief)
    main = main_deliverable(quoted)
    # the deliverable that most creators quoted makes fees comparable; who quoted only others is taken at the cheapest of them, a story
    # only where there is nothing else
    order = quoted.assign(other=quoted["deliverable"] != main, story=is_story(quoted["deliverable"]))
    order = order.sort_values(["creator", "other", "story", "fee", "deliverable"])
    out = out.merge(order.drop_duplicates("creator")[["creator", "deliverable", "fee"]], on="creator", how="left")
    known = out["fee"].notna()
    out["deliverable"] = out["deliverable"].astype("object").where(known, main)
    out["fee_low"] = out["fee_high"] = out["fee"]
    out["fee_source"] = pd.Series(np.where(known, "quoted", None), dtype="object")
    out["fee_note"] = pd.Series(np.where(known, "quoted by the creator", ""), dtype="object")
    # a fee that was told in a currency without a rate is not replaced by a guess: its creator waits for the rate
    told = asked(data, brief).query("unusable.str.startswith('no rate')").drop_duplicates("creator").set_index("creator")["currency"]
    waits = ~known & out["creator"].isin(told.index)
    out.loc[waits, "fee_note"] = "quoted in " + out.loc[waits, "creator"].map(told).astype("object") + ", for which the brief has no rate"
    rest = out.index[~known & ~waits]
    if len(rest):
        _from_curves(out, rest, data, brief)
    return out


def _from_curves(out: pd.DataFrame, rest: pd.Index, data: Dataset, brief: Brief) -> None:
    source = brief.costs.price_source
    curve = own_curve(data, brief) if source == "quotes" else None
    if curve:
        out.loc[rest, ["fee", "fee_low", "fee_high"]] = curve.predict(out.loc[rest])
        out.loc[rest, "fee_source"], out.loc[rest, "fee_note"] = "modelled", curve.text
    else:
        name = "rate_card" if source == "quotes" else source
        bought = results(data, brief).set_index("creator")["engagements"] if name == "paid" else pd.Series(dtype="float64")
        for platform in sorted(out.loc[rest, "platform"].astype("object").fillna("").unique()):
            _from_published(out, rest[(out.loc[rest, "platform"].astype("object").fillna("") == platform)], name, platform, brief, bought)
    sizeless = rest[~(out.loc[rest, "followers"] > 0)]
    out.loc[sizeless, "fee_source"], out.loc[sizeless, "fee_note"] = None, "no quote, and no follower count to read a price off a curve"
    out.loc[sizeless, ["fee", "fee_low", "fee_high"]] = np.nan


def _from_published(out: pd.DataFrame, rows: pd.Index, name: str, platform: str, brief: Brief, bought: pd.Series) -> None:
    from scipy.special import ndtri

    if name == "paid":
        each, currency, source = published.per_engagement()
        price, sigma = each * bought.reindex(out.loc[rows, "creator"]).set_axis(rows), published.spread()
        unknown = rows[~(price > 0)]
        out.loc[unknown, "fee_note"] = "no quote, and no known engagements for a price per engagement (#paid)"
        rows, price = rows[price > 0], price[price > 0]
    else:
        # the rate card is told by platform; a creator whose platform nobody noted is taken at Instagram's, and it says so
        line = published.line(name, platform or "instagram")
        if line is None:
            out.loc[rows, "fee_note"] = f"no quote, and the published {name} has no prices for {platform}"
            return
        price, sigma, currency, source = line.price(out.loc[rows, "followers"]), line.sigma, line.currency, line.source
    rate = brief.rate(currency)
    assumed = rate is None and brief.budget.currency in NEAR_PARITY
    if assumed:
        rate = 1.0
    if rate is None:
        out.loc[rows, "fee_note"] = f"no quote, and the brief has no rate for {currency}, in which published prices are told"
        return
    price = price * rate * brief.costs.posts_per_creator
    reach = float(np.exp(ndtri((1 + brief.statistics.level) / 2) * sigma))
    out.loc[rows, "fee"], out.loc[rows, "fee_low"], out.loc[rows, "fee_high"] = price, price / reach, price * reach
    out.loc[rows, "fee_source"] = "benchmark"
    notes = [source]
    if not platform and name == "rate_card":
        notes.append("Instagram's, as the platform is not known")
    if assumed:
        notes.append(f"one {currency} taken as one {brief.budget.currency}, as the brief has no rate")
    out.loc[rows, "fee_note"] = "; ".join(notes)


@remembered
def results(data: Dataset, brief: Brief) -> pd.DataFrame:
    """Return what one post of each creator brings: reach, engagements and views, each with its interval."""
    out = data.creators[["creator"]].copy()
    reach = engagement.reach(data, brief)
    if not isinstance(reach, Missing):
        reach = reach.rename(columns={"low": "reach_low", "high": "reach_high"})
        out = out.merge(reach[["creator", "reach", "reach_low", "reach_high"]], on="creator", how="left")
    rates = engagement.rates(data, brief)
    if not isinstance(rates, Missing):
        rates = rates.assign(
            engagements_low=rates["engagements"] * rates["low"] / rates["rate"],
            engagements_high=rates["engagements"] * rates["high"] / rates["rate"],
        )
        out = out.merge(rates[["creator", "engagements", "engagements_low", "engagements_high"]], on="creator", how="left")
    if data.has("posts"):
        knobs = brief.engagement
        posts = data.posts.per_creator(as_of=data.as_of, window=knobs.window, mature_hours=knobs.mature_hours)
        low, high = engagement.log_interval(posts["views_mean"], posts["views_sd"], posts["views_n"], brief.statistics.level)
        views = pd.DataFrame({"creator": posts["creator"], "views": posts["views_mean"], "views_low": low, "views_high": high})
        out = out.merge(views, on="creator", how="left")
    for column in [f"{what}{end}" for what, _ in PER.values() for end in ("", "_low", "_high")]:
        if column not in out:
            out[column] = np.nan
    told = told_results(data)
    for what in COLUMNS:
        out[what] = out[what].astype("float64").fillna(out["creator"].map(told[what]))
    return out.astype({c: "float64" for c in out.columns if c != "creator"})


def _ratio(out: pd.DataFrame, name: str, what: str, size: float) -> None:
    """Add cost per `what`, with an interval where both have one (a quoted fee has no spread)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        bought = out[what].where(out[what] > 0)
        out[name] = size * out["cost"] / bought
        down = np.hypot(np.log(out["cost"] / out["cost_low"]), np.log(out[f"{what}_high"] / bought))
        up = np.hypot(np.log(out["cost_high"] / out["cost"]), np.log(bought / out[f"{what}_low"]))
        free = out["cost_high"] == 0
        out[f"{name}_low"] = (out[name] * np.exp(-down)).where(~free, 0.0).where(bought.notna())
        out[f"{name}_high"] = (out[name] * np.exp(up)).where(~free, 0.0).where(bought.notna())


def _by_planning_rates(out: pd.DataFrame, brief: Brief) -> None:
    """Add cost per click and per order: cost per person reached over the brief's click and conversion rates."""
    clicks = brief.economics.click_rate or np.nan
    orders = clicks * (brief.economics.conversion_rate or np.nan)
    for end in ("", "_low", "_high"):
        out[f"cpc{end}"] = out[f"cpm{end}"] / 1000 / clicks
        out[f"cpa{end}"] = out[f"cpm{end}"] / 1000 / orders


def _by_target(out: pd.DataFrame, data: Dataset, brief: Brief) -> None:
    """Add cost per 1,000 people of the target group: cost per 1,000 reached over the target's share of the audience."""
    from playbook import fit

    scores = fit.scores(data, brief)
    names = ["target_share", "target_low", "target_high"]
    known = pd.DataFrame() if isinstance(scores, Missing) else scores.set_index("creator")
    share, low, high = (out["creator"].map(known.get(n, {})).astype("float64") for n in names)
    share, low, high = (s.where(s > 0) for s in (share, low, high))
    with np.errstate(divide="ignore", invalid="ignore"):
        out["cpt"] = out["cpm"] / share
        out["cpt_low"] = out["cpt"] * np.exp(-np.hypot(np.log(out["cpm"] / out["cpm_low"]), np.log((high / share).fillna(1.0))))
        out["cpt_high"] = out["cpt"] * np.exp(np.hypot(np.log(out["cpm_high"] / out["cpm"]), np.log((share / low).fillna(1.0))))


def findings(data: Dataset, brief: Brief) -> tuple[Finding, ...]:
    """Return everything the reader must know about fees: what was not used, and what stands in for a quote."""
    found = quote_findings(data, brief)
    if data.has("creators"):
        table = fees(data, brief)
        unknown = table[table["fee"].isna()]
        for note, group in unknown.groupby("fee_note"):
            names = listed([handle(c) for c in group["creator"]])
            mend = "ask them for a quote"
            if "rate for" in note:
                mend += f", or add a rate with its day to budget.rates (budget.currency is {brief.budget.currency})"
            found.append(
                Finding(
                    level="warning",
                    about="costs",
                    found=f"{len(group)} {plural(len(group), 'creator')} without a cost: {note} ({names})",
                    expected="a quote for each creator you consider",
                    mend=mend,
                )
            )
        told = told_results(data).reindex(table["creator"])
        measured = set() if not data.has("posts") else set(data.posts.per_creator(as_of=data.as_of, window=3)["creator"])
        only = told.dropna(how="all").index.difference(list(measured))
        if len(only):
            are = plural(len(only), "creator's average engagements or views are", "creators' average engagements or views are")
            found.append(
                Finding(
                    level="note",
                    about="costs",
                    found=f"{len(only)} {are} as a tool tells them, by its own definition and without an interval",
                    expected="posts with likes and comments",
                    mend="add the latest posts of those you consider",
                )
            )
        found += _far_off(table, data, brief)
        stand_in = table[table["fee_source"] == "benchmark"]
        low, high = published.covered()
        beyond = int(((stand_in["followers"] < low) | (stand_in["followers"] > high)).sum()) if brief.costs.price_source != "paid" else 0
        if beyond:
            found.append(
                Finding(
                    level="warning",
                    about="costs",
                    found=f"{beyond} published {plural(beyond, 'price is', 'prices are')} drawn on beyond the sizes their sources cover",
                    expected=f"creators between {low:,.0f} and {high:,.0f} followers",
                    mend="ask them for a quote: a line drawn on is no evidence",
                )
            )
        if len(stand_in):
            fees_are = plural(len(stand_in), "fee is", "fees are")
            sources = listed(sorted(stand_in["fee_note"].unique()), 3)
            found.append(
                Finding(
                    level="note",
                    about="costs",
                    found=f"{len(stand_in)} {fees_are} published prices ({sources}), not quotes",
                    mend="ask for quotes before you decide",
                )
            )
    return tuple(found)


def _far_off(table: pd.DataFrame, data: Dataset, brief: Brief) -> list[Finding]:
    """Point at quotes that no creator of that size would ask: they are used as told, and a cheap slip is the first to be chosen."""
    curve = own_curve(data, brief)
    sized = table[(table["fee_source"] == "quoted") & (table["fee"] > 0) & (table["followers"] > 0)]
    if isinstance(curve, Missing) or curve.method != "own" or sized.empty:
        return []
    usual = pd.concat([curve.predict(rows, deliverable=str(name))["fee"] for name, rows in sized.groupby("deliverable", sort=True)])
    times = np.log(sized["fee"] / usual.reindex(sized.index))
    far = sized[np.abs(times) > max(np.log(FAR_OFF), curve.band)]
    if far.empty:
        return []
    n = len(far)
    return [
        Finding(
            level="warning",
            about="quotes",
            found=f"{n} {plural(n, 'fee lies', 'fees lie')} more than {FAR_OFF:.0f} times under or over what your quotes make usual for "
            f"that size ({listed([handle(c) for c in far['creator']])})",
            expected="a price for one deliverable, in the currency told",
            mend="look at decimal mark, currency and what the fee is for; until then it is used as told",
        )
    ]
