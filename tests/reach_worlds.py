"""Planted worlds in which it is known whom a set of creators reaches: what chapter 08 says, beside the truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from playbook import portfolio
from playbook.brief import Brief
from playbook.world import Strengths, World, simulate
from playbook.world.counts import noise

KINDS = ("glow-skincare", "campus-coffee", "trail-app")
FAMILIES = ("lognormal", "gamma", "t")
# a campaign's season, as the forecast plans it (log sd): the worlds have none of their own
SEASON_SD = 0.2
# (kind, family of the posts' luck, creators, posts of each)
CELLS = [
    *((kind, family, 60, 14) for kind in KINDS for family in FAMILIES),
    ("campus-coffee", "lognormal", 30, 8),
    ("campus-coffee", "t", 150, 20),
    ("trail-app", "gamma", 30, 8),
]


def usual_reach(world: World) -> pd.Series:
    """Return the people that one post of each creator reaches in the mean of many posts: from the world's rates, not from its posts."""
    traits = world.truth["creators"].set_index("creator")
    posts = world.truth["posts"]
    posts = posts[~posts["ours"] & ~posts["giveaway"]]
    habit = np.sqrt(posts["multiplier"]).groupby(posts["creator"]).mean().reindex(traits.index).fillna(1.0)
    by_followers = traits["followers"] * traits["reach_rate"] * habit
    by_views = 0.78 * traits["rate"] * traits["followers"] / traits["by_views"]
    return by_followers.where(traits["platform"] == "instagram", by_views)


def people_reached(world: World, reach: pd.Series) -> float:
    """Return how many people see at least one of the posts: followers each once, strangers as different people."""
    traits = world.truth["creators"].set_index("creator").loc[reach.index]
    instagram = (traits["platform"] == "instagram").to_numpy()
    part = np.where(instagram, world.strengths.follower_part_instagram, world.strengths.follower_part_tiktok)
    real, seen = traits["real_followers"].to_numpy(), reach.to_numpy()
    chance = np.minimum(seen * part / real, 0.95)
    return world.expected_reach(dict(zip(reach.index, chance, strict=True))) + float((seen - chance * real).sum())


def one_campaign(world: World, reach: pd.Series, rng: np.random.Generator) -> pd.Series:
    """Return what a single campaign's posts reach: each post with its luck, all with one season."""
    traits = world.truth["creators"].set_index("creator").loc[reach.index]
    strengths = world.strengths
    sds = {"instagram": strengths.post_sd_instagram, "tiktok": strengths.post_sd_tiktok, "youtube": strengths.post_sd_youtube}
    sd = traits["platform"].map(sds).to_numpy(dtype=float)
    luck = noise(strengths.family, sd, rng, strengths.t_degrees)
    # on Instagram half of a post's luck goes into who sees it
    luck = np.where(traits["platform"] == "instagram", np.sqrt(luck) * np.exp(sd**2 / 8), luck)
    return reach * luck * np.exp(SEASON_SD * rng.standard_normal() - SEASON_SD**2 / 2)


def row(kind: str, family: str, creators: int, posts: int, seed: int, **strengths: float) -> dict[str, object]:
    """Draw one world, choose in it, and hold what is said against the truth."""
    world = simulate(kind=kind, seed=seed, creators=creators, posts=posts, strengths=Strengths(family=family, **strengths))
    brief = world.brief()
    choice = portfolio.choose(world.dataset(), brief)
    truth = usual_reach(world).loc[choice.creators]
    people = people_reached(world, truth)
    campaign = people_reached(world, one_campaign(world, truth, np.random.default_rng([seed, 9])))
    said = portfolio.campaign_people(choice, brief)
    return {
        "kind": kind,
        "family": family,
        "creators": creators,
        "posts": posts,
        "ratio": choice.people / people,
        "reach": choice.people_low <= people <= choice.people_high,
        "campaign": said[0] <= campaign <= said[1],
        "bounds": choice.least <= people <= choice.most,
        "campaign_bounds": choice.least <= campaign <= choice.most,
    }


def coverage(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row a cell: worlds, how often each interval held the truth with its Monte-Carlo error, and said over true reach."""
    grouped = rows.groupby(["kind", "family", "creators", "posts"], sort=False)
    table = grouped[["reach", "campaign", "bounds", "campaign_bounds"]].mean()
    table.insert(0, "worlds", grouped.size())
    table["error"] = np.sqrt(table["reach"] * (1 - table["reach"]) / table["worlds"])
    table["said_over_true"] = np.exp(np.log(rows["ratio"]).groupby([rows[c] for c in ("kind", "family", "creators", "posts")]).mean())
    return table.reset_index()


HABITS = ("one macro", "top by followers", "top by engagement rate")
# how crowded audiences are, how steeply prices rise with size, how much smaller creators engage more
GRID = [(overlap, price, size) for overlap in (0.3, 1.0, 4.0) for price in (0.3, 0.6, 1.0) for size in (-1.0, 0.0, 1.0)]


def against_habits(overlap: float, price: float, size: float, seed: int) -> dict[str, float]:
    """Draw a world of that market, and return people truly reached by each habit over people truly reached by the best set.

    All size classes may be chosen, everybody counts alike, and all spend at most the same budget, which pays a macro in most markets.
    """
    strengths = Strengths(overlap=overlap, price_exponent=price, price_exponent_sd=0.0, size_effect=size)
    world = simulate(kind="campus-coffee", seed=seed, creators=80, posts=12, strengths=strengths)
    knobs = {"tiers": "", "max_creators": 60, "leave_flagged": False}
    values = world.brief_values | {"portfolio": knobs}
    brief = Brief.model_validate(values)
    data = world.dataset()
    data = replace(data, audience=data.audience.iloc[:0])
    choice = portfolio.choose(data, brief)
    truth = usual_reach(world)
    best = people_reached(world, truth.loc[choice.creators])
    ways = portfolio.compare(choice, brief).set_index("way")
    told = {way: people_reached(world, truth.loc[list(ways.loc[way, "who"])]) / best for way in HABITS if len(ways.loc[way, "who"])}
    return {"overlap": overlap, "price": price, "size": size, "people": best, **told}
