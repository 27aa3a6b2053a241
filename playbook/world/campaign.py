"""The campaign that was: deliverables, fees, visits, orders, and what would have happened without it."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from playbook.world.markets import FORMATS, Market
from playbook.world.observed import human
from playbook.world.strengths import Strengths

# how clicks, follows and orders spread over the days after a post
AFTER = np.array([0.42, 0.22, 0.12, 0.08, 0.05, 0.04, 0.03, 0.02, 0.01, 0.01])
HISTORY = 105  # days of the brand's own numbers before the campaign
WEEK = np.array([0.98, 0.94, 0.95, 0.98, 1.04, 1.1, 1.01])  # Monday first; mean 1


def plan(cast: pd.DataFrame, market: Market, rng: np.random.Generator) -> pd.DataFrame:
    """Choose the creators of a finished campaign and agree when they post.

    Returns
    -------
    pandas.DataFrame
        A row a deliverable: `i` (creator position), `deliverable`, `due` (day), `posted_at` (UTC; missing where it never came out).
    """
    columns = {"i": "int64", "deliverable": "object", "due": "datetime64[s]", "posted_at": "datetime64[s]"}
    low, high = market.campaign_followers
    fits = np.flatnonzero((cast["aim"] >= low) & (cast["aim"] < high) & (cast["country"] == market.home))
    if not market.finished or not len(fits):
        return pd.DataFrame({k: pd.Series(dtype=v) for k, v in columns.items()})
    near = list(market.niches)[:3]
    weight = cast["niche"].iloc[fits].isin(near).to_numpy() * 5.0 + 1.0
    number = min(market.campaign_creators, len(fits))
    chosen = np.sort(rng.choice(fits, number, replace=False, p=weight / weight.sum()))
    length = (market.deadline - market.starts).days + 1
    rows = []
    for i in chosen:
        formats = list(FORMATS[cast["platform"].iloc[i]])
        for k in range(market.posts_each):
            part = length / market.posts_each
            day = int(k * part + rng.integers(0, max(1, int(part) - 3)))
            due = pd.Timestamp(market.starts) + pd.Timedelta(days=day)
            late = int(rng.integers(1, 4)) if rng.random() < 0.15 else 0
            hour = int(rng.integers(16, 21)) - market.hours_ahead
            posted = due + pd.Timedelta(days=late, hours=hour, minutes=int(rng.integers(0, 60)))
            missed = rng.random() < 0.03
            rows.append((int(i), formats[-1 - k % len(formats)], due, pd.NaT if missed else posted))
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)


def marks(cast: pd.DataFrame, chosen: np.ndarray, market: Market) -> pd.DataFrame:
    """Return each chosen creator's code and mark in links; all differ: `i`, `code`, `utm_content`."""
    suffix = f"{round(market.discount * 100):02d}"
    taken: set[str] = set()
    rows = []
    for i in chosen:
        link = re.sub(r"[^a-z0-9]+", "-", cast["handle"].iloc[i])
        code = cast["name"].iloc[i].split()[0].upper() + suffix
        if code in taken:
            code = link.replace("-", "").upper() + suffix
        taken.add(code)
        rows.append((int(i), code, link))
    return pd.DataFrame(rows, columns=["i", "code", "utm_content"])


def traffic(deliverables: pd.DataFrame, market: Market, strengths: Strengths, rng: np.random.Generator) -> pd.DataFrame:
    """Spread each deliverable's clicks, new followers and incremental orders over days.

    Parameters
    ----------
    deliverables : pandas.DataFrame
        `i`, `posted_at`, `reach` (people who saw it, true).

    Returns
    -------
    pandas.DataFrame
        `deliverable` (its position), `i`, `day`, `clicks`, `follows`, `orders` (incremental), none later than the day of collection.
    """
    out = deliverables[deliverables["posted_at"].notna()]
    persuasion = np.exp(rng.normal(0, 0.35, len(out)))
    rows = []
    for k, (position, row) in enumerate(zip(out.index, out.itertuples(), strict=True)):
        clicks = rng.poisson(row.reach * strengths.click_rate * market.click_factor * persuasion[k] * AFTER)
        follows = rng.poisson(row.reach * strengths.follow_rate * persuasion[k] * AFTER)
        orders = rng.binomial(clicks, min(1.0, strengths.conversion_rate * market.conversion_factor))
        for d in range(len(AFTER)):
            day = row.posted_at.normalize() + pd.Timedelta(days=d)
            if day.date() <= market.collected_on:
                rows.append((position, row.i, day, clicks[d], follows[d], orders[d]))
    return pd.DataFrame(rows, columns=["deliverable", "i", "day", "clicks", "follows", "orders"])


def orders(
    traffic: pd.DataFrame, known: pd.DataFrame, market: Market, strengths: Strengths, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the web shop's `orders`, why each came, and the share of each creator's marked orders that is incremental.

    Causes: `incremental` (because of a post), `anyway` (would have bought, took the mark along), `leaked` (a code from a coupon page),
    `baseline` (nothing to do with creators). Who would have bought anyway is one of the shop's usual buyers: only incremental orders add.
    """
    share = rng.uniform(*strengths.incremental, len(known))
    marked = 1 - strengths.unmarked
    drawn: list[pd.DataFrame] = []
    codes, links = known.set_index("i")["code"], known.set_index("i")["utm_content"]

    def add(cause: str, i: np.ndarray, day: pd.Series | pd.DatetimeIndex, mark: np.ndarray) -> None:
        drawn.append(pd.DataFrame({"cause": cause, "i": i, "day": pd.DatetimeIndex(day), "mark": mark}))

    def kinds(n: int, always: bool) -> np.ndarray:
        p = np.array([strengths.code_only, strengths.link_only, 0.0 if always else strengths.unmarked, 0.0])
        p[3] = max(0.0, 1 - strengths.code_only - strengths.link_only - strengths.unmarked)
        return np.array(["code", "link", "none", "both"])[
            np.minimum(np.searchsorted(np.cumsum(p / p.sum()), rng.random(n), side="right"), 3)
        ]

    caused = traffic.loc[traffic.index.repeat(traffic["orders"])]
    add("incremental", caused["i"].to_numpy(), caused["day"], kinds(len(caused), always=False))
    ratio = pd.Series(marked * (1 - share) / share, index=known["i"])
    touched = rng.poisson(traffic["orders"].to_numpy() * ratio.reindex(traffic["i"]).fillna(0).to_numpy())
    anyway = traffic.loc[traffic.index.repeat(touched)]
    add("anyway", anyway["i"].to_numpy(), anyway["day"], kinds(len(anyway), always=True))

    if len(known):
        leaky = rng.permutation(known["i"].to_numpy())[: max(1, len(known) // 6)]
        number = rng.poisson(strengths.leakage * (len(caused) + len(anyway)))
        first = traffic.groupby("i")["day"].min().reindex(leaky).fillna(pd.Timestamp(market.starts))
        i = rng.choice(leaky, number)
        span = (pd.Timestamp(market.collected_on) - first.reindex(i)).dt.days.to_numpy()
        # a code needs some days to get to the coupon pages, and stays there
        after = np.minimum(4 + rng.integers(0, 10_000, number) % np.maximum(span - 4, 1), span)
        add("leaked", i, first.reindex(i).to_numpy() + pd.to_timedelta(after, unit="D"), np.full(number, "code"))

    days = pd.date_range(pd.Timestamp(market.starts) - pd.Timedelta(days=28), market.collected_on)
    daily = rng.poisson(market.daily_orders * WEEK[days.day_of_week])
    carried = pd.concat(drawn)
    took = carried.loc[carried["cause"] != "incremental", "day"].value_counts().reindex(days, fill_value=0)
    base = days.repeat(_without(daily, took.to_numpy()))
    add("baseline", np.full(len(base), -1), base, np.where(rng.random(len(base)) < 0.06, "own code", "none"))

    frame = pd.concat(drawn, ignore_index=True)
    n = len(frame)
    # shops count seconds; most buy in the evening
    second = (rng.beta(4.5, 2.2, n) * 86_399).astype(int)
    at = frame["day"] + pd.to_timedelta(second, unit="s")
    at = at.where(at < pd.Timestamp(market.collected_on) + pd.Timedelta(days=1), frame["day"])
    has_code, has_link = frame["mark"].isin(["code", "both"]).to_numpy(), frame["mark"].isin(["link", "both"]).to_numpy()
    code = np.where(has_code, codes.reindex(frame["i"]).to_numpy(), None)
    code = np.where(frame["mark"] == "own code", "WELCOME10", code)
    # people type codes as they like
    code = [c.lower() if c and small else c for c, small in zip(code, rng.random(n) < 0.05 * strengths.mess, strict=True)]
    value = market.order_value * np.exp(0.45 * rng.standard_normal(n) - 0.45**2 / 2)
    off = np.where(has_code, market.discount, np.where(frame["mark"] == "own code", 0.1, 0.0))
    revenue, discount = np.round(value * (1 - off), 2), np.round(value * off, 2)
    back = rng.random(n) < strengths.refund_rate
    refunded = np.where(back, np.where(rng.random(n) < 0.6, revenue, np.round(revenue * 0.5, 2)), 0.0)
    fresh = {"incremental": 0.8, "anyway": 0.35, "leaked": 0.4, "baseline": 0.45}
    new = rng.random(n) < frame["cause"].map(fresh).to_numpy()
    out = pd.DataFrame(
        {
            "ordered_at": at.dt.tz_localize("UTC"),
            "code": code,
            "utm_content": np.where(has_link, links.reindex(frame["i"]).to_numpy(), None),
            "revenue": revenue,
            "discount": discount,
            "refunded": refunded,
            "currency": market.currency,
            "new_customer": pd.array(new, dtype="boolean"),
        }
    )
    out.loc[rng.random(n) < 0.02 * strengths.mess, "new_customer"] = pd.NA
    order = np.argsort(at.to_numpy(), kind="stable")
    out, frame = out.iloc[order].reset_index(drop=True), frame.iloc[order].reset_index(drop=True)
    initials = "".join(w[0] for w in market.brand.split())
    out.insert(0, "order", [f"{initials}-{10_001 + k}" for k in range(n)])
    behind = pd.DataFrame({"order": out["order"], "cause": frame["cause"], "i": frame["i"]})
    return out, behind, pd.DataFrame({"i": known["i"], "incremental_share": share})


def _without(daily: np.ndarray, took_a_mark: np.ndarray) -> np.ndarray:
    """Return the orders a day that nothing was done to: those who took a mark along are the same buyers, on that day or a later one.

    The shop's orders with the campaign are thus those without it and the incremental ones, whatever mark they carry. At most three of four
    of a day's buyers take a mark; the rest of them are missing on the days after.
    """
    left, owed = daily.copy(), 0
    for k, taken in enumerate(took_a_mark):
        owed += taken
        now = min(owed, 3 * daily[k] // 4)
        left[k] -= now
        owed -= now
    return left


def visits(
    traffic: pd.DataFrame,
    orders: pd.DataFrame,
    known: pd.DataFrame,
    cast: pd.DataFrame,
    market: Market,
    strengths: Strengths,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return the `visits` table as the shop's analytics tool shows it: without those who gave no consent."""
    seen = 1 - strengths.untracked
    daily = traffic.groupby(["day", "i"], as_index=False)["clicks"].sum()
    daily = daily.merge(known, on="i")
    linked = orders.dropna(subset=["utm_content"])
    bought = linked.groupby([linked["ordered_at"].dt.tz_localize(None).dt.normalize(), "utm_content"]).size()
    events = bought.reindex(pd.MultiIndex.from_frame(daily[["day", "utm_content"]])).fillna(0).to_numpy().astype(int)
    ours = pd.DataFrame(
        {
            "day": daily["day"],
            "sessions": rng.binomial(daily["clicks"], seen),
            "utm_source": cast["platform"].to_numpy()[daily["i"]],
            "utm_medium": "influencer",
            "utm_content": daily["utm_content"],
            "key_events": rng.binomial(events, seen),
        }
    )
    ours = ours[(ours["sessions"] > 0) | (ours["key_events"] > 0)]
    days = pd.date_range(pd.Timestamp(market.starts) - pd.Timedelta(days=28), market.collected_on)
    parts = [ours]
    for source, medium, a_day, rate in (("google", "organic", 310, 0.022), ("newsletter", "email", 85, 0.04), (None, None, 190, 0.03)):
        sessions = rng.poisson(a_day * seen * WEEK[days.day_of_week] * market.daily_orders / 26)
        parts.append(
            pd.DataFrame(
                {
                    "day": days,
                    "sessions": sessions,
                    "utm_source": source,
                    "utm_medium": medium,
                    "utm_content": None,
                    "key_events": rng.binomial(sessions, rate),
                }
            )
        )
    out = pd.concat([p.astype({"utm_source": "object", "utm_medium": "object", "utm_content": "object"}) for p in parts], ignore_index=True)
    return out.sort_values(["day", "utm_source", "utm_content"], kind="stable", na_position="last").reset_index(drop=True)


def brand_daily(traffic: pd.DataFrame, market: Market, strengths: Strengths, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the brand's own numbers day by day, and the sales that the campaign added in each region.

    Sales of each region go through all channels, so they are more than the web shop's orders;
    followers and searches are of the whole market.
    """
    last = pd.Timestamp(market.collected_on)
    first = (pd.Timestamp(market.starts) if market.finished else last) - pd.Timedelta(days=HISTORY)
    days = pd.date_range(first, last)
    running = market.finished & (days >= pd.Timestamp(market.starts)) & (days <= pd.Timestamp(market.deadline))
    parts, added = [], []
    if market.finished:
        number = len(market.regions)
        treated = np.zeros(number, dtype=bool)
        treated[rng.permutation(number)[: number // 2]] = True
        level = market.region_sales * np.exp(rng.normal(0, 0.35, number))
        drift = np.cumsum(strengths.region_drift * rng.standard_normal(len(days)))
        season = WEEK[days.day_of_week] * np.exp(drift)
        without = level[:, None] * season[None, :] * np.exp(strengths.region_noise * rng.standard_normal((number, len(days))))
        effect = np.where(running[None, :], np.where(treated[:, None], strengths.lift, strengths.spill), 0.0)
        sales = np.round(without * (1 + effect), 2)
        for r, region in enumerate(market.regions):
            parts.append(
                pd.DataFrame({"day": days, "region": region, "measure": "sales", "value": sales[r], "treated": running & treated[r]})
            )
            added.append((region, bool(treated[r]), float((without[r] * effect[r]).sum()), float((without[r] * running).sum())))
    won = traffic.groupby("day")["follows"].sum().reindex(days).fillna(0).to_numpy()
    organic = rng.poisson(market.own_followers * 0.0009 * WEEK[days.day_of_week]) - rng.poisson(market.own_followers * 0.0003, len(days))
    followers = market.own_followers + np.cumsum(organic + won)
    searches = rng.poisson(140 * WEEK[days.day_of_week] * (1 + 0.12 * running))
    for measure, value in (("followers", followers), ("searches", searches)):
        parts.append(pd.DataFrame({"day": days, "region": None, "measure": measure, "value": value.astype(float), "treated": running}))
    frame = pd.concat([p.astype({"region": "object"}) for p in parts], ignore_index=True)
    return frame, pd.DataFrame(added, columns=["region", "treated", "added", "without"])


def outreach(cast: pd.DataFrame, chosen: np.ndarray, quotes: pd.DataFrame, market: Market, rng: np.random.Generator) -> pd.DataFrame:
    """Return the `outreach` table: with whom we talked, and how far it got."""
    quoted = quotes.drop_duplicates("creator").set_index("creator")
    day_one = pd.Timestamp(market.starts) - pd.Timedelta(days=45 if market.finished else 26)
    low, high = market.campaign_followers
    around = np.flatnonzero((cast["aim"] >= low) & (cast["aim"] < high))
    others = np.sort(rng.permutation(np.setdiff1d(around, chosen))[: 12 if market.finished else 26])
    rows = []
    for i in np.concatenate([np.asarray(chosen, dtype=int), others]):
        name = cast["creator"].iloc[i]
        asked, currency = (quoted.loc[name, "fee"], quoted.loc[name, "currency"]) if name in quoted.index else (np.nan, None)
        contacted = day_one + pd.Timedelta(days=int(rng.integers(0, 9)))
        answered = contacted + pd.Timedelta(days=int(rng.integers(1, 6)))
        agreed = answered + pd.Timedelta(days=int(rng.integers(2, 8)))
        if i in chosen:
            state = "paid" if rng.random() < 0.9 else "published"
            deal = human(np.array([asked * rng.uniform(0.8, 1.0)]))[0]
            rows.append((name, state, contacted, answered, agreed, asked, deal, currency, None))
            continue
        state = rng.choice(
            np.array(["to contact", "contacted", "answered", "declined", "agreed"]),
            p=(0.1, 0.35, 0.2, 0.35, 0.0) if market.finished else (0.25, 0.3, 0.2, 0.1, 0.15),
        )
        talked, replied = state != "to contact", state in ("answered", "declined", "agreed")
        if state == "agreed" and np.isnan(asked):
            state = "answered"
        note = ("no time", "works with another brand", "wants a higher fee")[rng.integers(3)] if state == "declined" else None
        rows.append(
            (
                name,
                state,
                contacted if talked else pd.NaT,
                answered if replied else pd.NaT,
                agreed if state == "agreed" else pd.NaT,
                asked if replied else np.nan,
                human(np.array([asked * 0.9]))[0] if state == "agreed" else np.nan,
                currency if replied else None,
                note,
            )
        )
    columns = ["creator", "state", "contacted_on", "answered_on", "agreed_on", "asked", "agreed", "currency", "note"]
    frame = pd.DataFrame(rows, columns=columns)
    now = pd.Timestamp(market.collected_on)
    for column in ("contacted_on", "answered_on", "agreed_on"):
        frame[column] = frame[column].astype("datetime64[us]").where(frame[column].isna() | (frame[column] <= now), now)
    return frame


def payouts(outreach: pd.DataFrame, cast: pd.DataFrame, chosen: np.ndarray, market: Market, rng: np.random.Generator) -> pd.DataFrame:
    """Return the `payouts` table: what each creator of the campaign was paid for all posts together."""
    budget = market.brief["budget"]
    deals = outreach.set_index("creator")
    rows = []
    for i in chosen:
        name = cast["creator"].iloc[i]
        fee = float(deals.loc[name, "agreed"])
        fee = 0.0 if np.isnan(fee) else fee
        hours = float(np.round(max(0.5, rng.normal(budget["hours_per_creator"], 0.8)) * 2) / 2)
        currency = deals.loc[name, "currency"]
        # told in the currency of the payment, as the table asks
        goods = round(float(budget["product_cost"] + budget["shipping_cost"]) / market.foreign.get(currency, 1.0), 2)
        paid_on = pd.Timestamp(market.deadline) + pd.Timedelta(days=int(rng.integers(3, 18)))
        rows.append((name, fee, currency, "flat" if fee else "product only", goods, hours, paid_on))
    return pd.DataFrame(rows, columns=["creator", "amount", "currency", "basis", "product_cost", "hours", "paid_on"])
