"""One world, from a seed: the tables that a user would have, and the truth behind them."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset, dataset
from playbook.data.tables import TABLES
from playbook.errors import BadCall, did_you_mean
from playbook.world import campaign, captions, counts, histories, observed, people
from playbook.world import cast as casting
from playbook.world import schedule as scheduling
from playbook.world.markets import Market, market, renamed
from playbook.world.people import People
from playbook.world.strengths import Strengths

CREATORS, POSTS = 160, 31


@dataclass(frozen=True, kw_only=True)
class World:
    """A synthetic campaign with its truth.

    Attributes
    ----------
    kind, seed, strengths
        What it was made from.
    frames : dict of str to pandas.DataFrame
        The tables that a user would have, typed; a table that the campaign has not is empty.
    truth : dict of str to pandas.DataFrame
        What no chapter may read: `creators`, `posts`, `audience`, `events`, `follower_sample`, `comments`, and of a finished campaign
        `deliverables`, `campaign_creators`, `orders`, `regions`.
    facts : dict
        Single true numbers: price exponent, incremental orders, lift and the like.
    brief_values : dict
        Values of the brief, as `playbook.brief.template` takes them.
    people : People
        Everybody who follows creators.
    follows : dict of str to array of int
        For each creator the people who really follow.
    """

    kind: str
    seed: int
    strengths: Strengths
    frames: dict[str, pd.DataFrame]
    truth: dict[str, pd.DataFrame]
    facts: dict[str, Any]
    brief_values: dict[str, Any] = field(repr=False)
    people: People = field(repr=False)
    follows: dict[str, np.ndarray] = field(repr=False)

    def unique_reach(self, creators: list[str]) -> float:
        """Return how many real people follow at least one of the creators; each counts once.

        Parameters
        ----------
        creators : list of str
            Keys of the creators table.

        Raises
        ------
        BadCall
            Where a creator is not of this world.
        """
        return float(self.people.weight[self._followed(creators)].sum())

    def expected_reach(self, posts: dict[str, float]) -> float:
        """Return how many real people see at least one post, in expectation.

        Parameters
        ----------
        posts : dict of str to float
            For each creator the chance that a real follower sees at least one of the posts, 0-1, independently of other creators.
        """
        missed = np.ones(len(self.people))
        for creator, chance in posts.items():
            missed[self._followed([creator])] *= 1 - chance
        return float(((1 - missed) * self.people.weight).sum())

    def _followed(self, creators: list[str]) -> np.ndarray:
        for creator in creators:
            if creator not in self.follows:
                hint = did_you_mean(creator, self.follows)
                raise BadCall(f"{creator!r} is not a creator of this world{hint}; expected a key such as {next(iter(self.follows))}.")
        return np.unique(np.concatenate([self.follows[c] for c in creators])) if creators else np.zeros(0, dtype=np.int64)

    def dataset(self) -> Dataset:
        """Return the tables as the dataset that chapters take."""
        return dataset(**{name: frame for name, frame in self.frames.items() if len(frame)})

    def brief(self) -> Brief:
        """Return the brief."""
        return Brief.model_validate(self.brief_values)


def simulate(
    *,
    kind: str = "glow-skincare",
    seed: int = 1,
    creators: int | None = None,
    posts: int | None = None,
    strengths: Strengths | None = None,
    brand: str | None = None,
) -> World:
    """Draw a world in memory.

    Parameters
    ----------
    kind : {'glow-skincare', 'campus-coffee', 'trail-app'}
    seed : int
        From 0; the same seed gives the same world.
    creators, posts : int, optional
        How many creators (from 10; 160 by default), and posts of each (from 1; 31 by default).
    strengths : Strengths, optional
    brand : str, optional
        Another name for the market's brand.

    Raises
    ------
    BadCall
        Where an argument is not one of these.

    Examples
    --------
    >>> world = simulate(kind="trail-app", seed=7, creators=20, posts=5)
    >>> len(world.frames["creators"]), world.unique_reach([])
    (20, 0.0)
    """
    place = market(kind) if brand is None else renamed(market(kind), brand)
    strengths = strengths or Strengths()
    number = _whole("creators", CREATORS if creators is None else creators, 10, 20_000)
    each = _whole("posts", POSTS if posts is None else posts, 1, 2_000)
    _whole("seed", seed, 0, 2**63 - 1)

    def rng(part: str) -> np.random.Generator:
        # one stream a part, so that a change in one leaves the others as they were
        return np.random.default_rng([seed, zlib.crc32(kind.encode()), zlib.crc32(part.encode())])

    # who is there, and when they posted
    cast = casting.draw(place, strengths, number, rng("cast"))
    per_creator, cast = _odd_ones(cast, each, strengths, rng("odd ones"))
    plan = campaign.plan(cast, place, rng("plan"))
    chosen = np.unique(plan["i"].to_numpy(dtype=int))
    known = campaign.marks(cast, chosen, place)
    schedule = scheduling.schedule(cast, place, strengths, per_creator, plan, rng("schedule"))
    viral = [(int(i), int(d)) for i, d in schedule.rows.loc[schedule.rows["viral"], ["i", "day"]].itertuples(index=False)]

    # followers: real ones are people, fake ones come on top
    organic = histories.grow(cast, viral, schedule.days, strengths, rng("growth"))
    rows = scheduling.place_giveaways(schedule.rows, organic.giveaway_day)
    aim = cast["aim"].to_numpy()
    block = histories.blocks(organic, aim, strengths)
    cast["fake_share"] = np.maximum(cast["fake_share"], histories.fake_floor(organic, block, aim, strengths))
    crowd = people.draw(place, strengths, rng("people"))
    follows = people.follow(crowd, cast, place, strengths, rng("follows"))
    real = np.array([crowd.weight[f].sum() for f in follows], dtype=float)
    share = cast["fake_share"].to_numpy()
    followers = real + np.rint(real * share / (1 - share))
    past = histories.build(organic, block, followers, real, strengths)
    composition = people.composition(crowd, follows, cast["creator"])
    composition = pd.concat([composition, observed.language_shares(composition, place)], ignore_index=True)

    # what the posts brought
    rates = counts.rates(cast, past, strengths, rng("rates"))
    published, behind = counts.count(schedule, rows, cast, rates, past, place, strengths, rng("counts"))
    text = captions.write(rows, cast, dict(zip(known["i"], known["code"], strict=True)), place, strengths, rng("captions"))
    rough = rng("rough").random(number) < 0.06 * strengths.mess
    position = rows["i"].to_numpy()
    published["caption"], published["sponsored"] = text["caption"], pd.array(text["sponsored"], dtype="boolean")
    published["followers_at_post"] = observed.rounded(
        published["followers_at_post"].to_numpy(), cast["platform"].to_numpy()[position], rough[position]
    )

    # what else is told
    fee, exponent = observed.fees(cast, followers, rates["rate"].to_numpy(), place, strengths, rng("fees"))
    sample, sampled = observed.follower_sample(cast, crowd, follows, past, strengths, rng("follower sample"))
    talk, kinds = observed.comments(cast, published, place, strengths, rng("comments"))
    quoted = observed.quotes(cast, fee, chosen, place, strengths, rng("quotes"))
    ours = _campaign(place, cast, plan, rows, published, behind, quoted, known, strengths, rng)

    frames = {
        "creators": observed.profiles(cast, past, published, rough, place, strengths, rng("profiles")),
        "posts": published,
        "follower_history": observed.follower_history(cast, past, rough, place, strengths, rng("history")),
        "follower_sample": sample,
        "audience": observed.audience(cast, composition, strengths, rng("audience")),
        "comments": talk,
        "scores": observed.scores(cast, published, past, rng("scores")),
        "quotes": quoted,
        **ours.frames,
    }
    creators_truth = pd.concat([cast.drop(columns=["aim", "city", "fake_share"]), rates], axis=1).assign(
        followers=followers, real_followers=real, fake_share=1 - real / followers, block=block, fee=fee
    )
    truth = {
        "creators": creators_truth,
        "posts": behind.join(text[["disclosure", "brand"]]),
        "audience": composition,
        "events": _events(cast, organic, block, place),
        "follower_sample": sampled,
        "comments": kinds,
        **ours.truth,
    }
    names = cast["creator"].tolist()
    world = World(
        kind=kind,
        seed=seed,
        strengths=strengths,
        frames={name: t.typed(frames[name]) if name in frames else t.empty() for name, t in TABLES.items()},
        truth=truth,
        facts={"people": int(crowd.weight.sum()), "price_exponent": exponent, **ours.facts},
        brief_values=_brief(place),
        people=crowd,
        follows=dict(zip(names, follows, strict=True)),
    )
    if place.finished:
        world.facts["people_reached"] = _people_reached(world)
    return world


@dataclass(frozen=True, kw_only=True)
class _Campaign:
    frames: dict[str, pd.DataFrame]
    truth: dict[str, pd.DataFrame]
    facts: dict[str, Any]


def _campaign(
    place: Market,
    cast: pd.DataFrame,
    plan: pd.DataFrame,
    rows: pd.DataFrame,
    published: pd.DataFrame,
    behind: pd.DataFrame,
    quoted: pd.DataFrame,
    known: pd.DataFrame,
    strengths: Strengths,
    rng: Callable[[str], np.random.Generator],
) -> _Campaign:
    """Run the campaign, or only its beginnings where it is being planned."""
    chosen = known["i"].to_numpy(dtype=int)
    talks = campaign.outreach(cast, chosen, quoted, place, rng("outreach"))
    deliverables = plan.assign(post=None, reach=np.nan)
    out = rows["ours"].to_numpy() >= 0
    deliverables.loc[rows.loc[out, "ours"], "post"] = published.loc[out, "post"].to_numpy()
    deliverables.loc[rows.loc[out, "ours"], "reach"] = behind.loc[out, "reach"].to_numpy()
    moves = campaign.traffic(deliverables, place, strengths, rng("traffic"))
    daily, regions = campaign.brand_daily(moves, place, strengths, rng("brand daily"))
    frames = {"outreach": talks, "brand_daily": daily}
    if not place.finished:
        return _Campaign(frames=frames, truth={}, facts={})
    bought, causes, shares = campaign.orders(moves, known, place, strengths, rng("orders"))
    creator = cast["creator"].to_numpy()
    full = deliverables.merge(known, on="i", how="left")
    full["creator"] = creator[full["i"]]
    frames |= {
        "deliverables": full.rename(columns={"posted_at": "published_at"}).assign(
            published_at=lambda f: f["published_at"].dt.tz_localize("UTC")
        )[["creator", "post", "deliverable", "code", "utm_content", "due", "published_at"]],
        "payouts": campaign.payouts(talks, cast, chosen, place, rng("payouts")),
        "orders": bought,
        "visits": campaign.visits(moves, bought, known, cast, place, strengths, rng("visits")),
    }
    brought = moves.groupby("deliverable")[["clicks", "follows", "orders"]].sum().reindex(full.index).fillna(0)
    causes["creator"] = pd.Series(creator, dtype=object).reindex(causes["i"]).to_numpy()
    truth = {
        "deliverables": full[["creator", "post", "deliverable", "reach"]].join(brought),
        "orders": causes[["order", "cause", "creator"]],
        "campaign_creators": shares.assign(creator=creator[shares["i"]], code=known["code"])[["creator", "code", "incremental_share"]],
        "regions": regions,
    }
    by_cause = causes["cause"].value_counts()
    facts = {
        "incremental_orders": int(by_cause.get("incremental", 0)),
        "anyway_orders": int(by_cause.get("anyway", 0)),
        "leaked_orders": int(by_cause.get("leaked", 0)),
        "baseline_orders": int(by_cause.get("baseline", 0)),
        "new_followers": int(moves["follows"].sum()),
        "clicks": int(moves["clicks"].sum()),
        "lift": strengths.lift,
        "sales_added": float(regions["added"].sum()),
        "reach_summed": float(full["reach"].sum()),
    }
    return _Campaign(frames=frames, truth=truth, facts=facts)


def _people_reached(world: World) -> float:
    """Return how many people saw at least one post of the campaign, in expectation; strangers are taken to be different people."""
    posts = world.truth["deliverables"].dropna(subset=["reach"])
    traits = world.truth["creators"].set_index("creator").loc[posts["creator"]]
    strengths = world.strengths
    part = np.where(traits["platform"] == "instagram", strengths.follower_part_instagram, strengths.follower_part_tiktok)
    real = traits["real_followers"].to_numpy()
    chance = np.minimum(posts["reach"].to_numpy() * part / real, 0.95)
    missed = pd.Series(1 - chance).groupby(posts["creator"].to_numpy()).prod()
    strangers = float((posts["reach"].to_numpy() - chance * real).sum())
    return world.expected_reach((1 - missed).to_dict()) + strangers


def _odd_ones(cast: pd.DataFrame, each: int, strengths: Strengths, rng: np.random.Generator) -> tuple[np.ndarray, pd.DataFrame]:
    """Give one creator few posts and one hardly any engagement: both happen in every list."""
    posts = np.full(len(cast), each)
    if strengths.mess and len(cast) >= 50:
        small = rng.permutation(np.flatnonzero(cast["band"] <= 1))
        posts[small[0]] = min(each, 6)
        cast = cast.copy()
        # about one engagement in fifty posts
        cast.loc[np.flatnonzero(cast["band"] == 0)[0], "quality"] = -7.0
    return posts, cast


def _events(cast: pd.DataFrame, organic: histories.Organic, block: np.ndarray, place: Market) -> pd.DataFrame:
    """List what moved follower counts: `creator`, `day`, `event`, `size` (share of followers; for bought blocks, followers)."""
    days = organic.ratio.shape[1]
    dates = pd.Timestamp(place.collected_on) - pd.to_timedelta(np.arange(days - 1, -1, -1), unit="D")
    events = [(cast["creator"].iloc[i], dates[d], what, size) for i, d, what, size in organic.events]
    events += [(cast["creator"].iloc[i], dates[organic.block_day[i]], "bought block", float(block[i])) for i in np.flatnonzero(block > 0)]
    frame = pd.DataFrame(events, columns=["creator", "day", "event", "size"])
    return frame.sort_values(["creator", "day", "event"], kind="stable").reset_index(drop=True)


def _brief(place: Market) -> dict[str, Any]:
    """Return the values of the brief: those of the market, with its dates and rates."""
    values = {name: dict(value) if isinstance(value, dict) else value for name, value in place.brief.items()}
    values["goal"] |= {"starts": place.starts, "deadline": place.deadline}
    values["budget"] |= {"currency": place.currency, "rates": dict(place.foreign), "rates_on": place.collected_on}
    return values


def _whole(name: str, value: object, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not low <= value <= high:
        raise BadCall(f"{name} is {value!r}; expected a whole number between {low:,} and {high:,}.")
    return int(value)
