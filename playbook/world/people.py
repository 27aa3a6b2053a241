"""The audience as people: who follows whom, so that the unique reach of any set of creators is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.brief import AGE_BANDS
from playbook.world.markets import AGE_MIDDLE, AGES, GENDERS, Market
from playbook.world.strengths import Strengths

# People are drawn in layers of rising weight: a creator with 500 followers needs fine grains, one with
# five million would need millions of them. (people that each stands for, how many are drawn)
LAYERS = ((4, 30_000), (16, 20_000), (80, 12_500), (500, 8_500), (4_000, 12_500))
GRAIN = 50  # a creator's followers come only from layers in which they are at least so many


@dataclass(frozen=True, kw_only=True)
class People:
    """Everybody who follows creators.

    Attributes
    ----------
    weight : array of int
        How many people each one drawn stands for; they share whom they follow.
    niche, country, age, gender : array of int
        Position in `niches`, `countries`, AGE_BANDS and GENDERS.
    activity : array of float
        How readily each follows creators.
    layer : array of int
    """

    weight: np.ndarray
    niche: np.ndarray
    country: np.ndarray
    age: np.ndarray
    gender: np.ndarray
    activity: np.ndarray
    layer: np.ndarray
    niches: tuple[str, ...]
    countries: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.weight)

    def frame(self) -> pd.DataFrame:
        """Return one row a person drawn: `person`, `weight`, `niche`, `country`, `age`, `gender`."""
        return pd.DataFrame(
            {
                "person": np.arange(len(self)),
                "weight": self.weight,
                "niche": np.array(self.niches)[self.niche],
                "country": np.array(self.countries)[self.country],
                "age": np.array(AGE_BANDS)[self.age],
                "gender": np.array(tuple(GENDERS))[self.gender],
            }
        )


def draw(market: Market, strengths: Strengths, rng: np.random.Generator) -> People:
    """Draw the people of a market; a higher `overlap` means fewer of them for the same creators."""
    weights, counts = zip(*LAYERS, strict=True)
    counts = [max(400, round(n / strengths.overlap)) for n in counts]
    n = sum(counts)

    def pick(shares: dict[str, float]) -> np.ndarray:
        p = np.array(list(shares.values()))
        return np.minimum(np.searchsorted(np.cumsum(p / p.sum()), rng.random(n), side="right"), len(p) - 1)

    return People(
        weight=np.repeat(weights, counts),
        niche=pick(market.niches),
        country=pick(market.countries),
        age=pick(AGES),
        gender=pick(GENDERS),
        activity=np.exp(rng.normal(0, strengths.activity_sd, n)),
        layer=np.repeat(np.arange(len(counts)), counts),
        niches=tuple(market.niches),
        countries=tuple(market.countries),
    )


def follow(people: People, cast: pd.DataFrame, market: Market, strengths: Strengths, rng: np.random.Generator) -> list[np.ndarray]:
    """Choose each creator's real followers.

    People are drawn without replacement, each in proportion to activity and to how well niche, country, age and gender
    suit the creator (exponential keys: Efraimidis and Spirakis, 2006).

    Returns
    -------
    list of array of int
        For each creator the people who follow, rising. Their weights add up to the real followers aimed at,
        within half of the lightest weight.
    """
    tastes = _tastes(cast, market, strengths, rng)
    starts = np.searchsorted(people.layer, np.arange(len(LAYERS) + 1))
    sizes = np.diff(starts)
    totals = np.array([w for w, _ in LAYERS]) * sizes
    follows = []
    for i, aim in enumerate(cast["aim"].to_numpy() * (1 - cast["fake_share"].to_numpy())):
        allowed = [k for k, (w, _) in enumerate(LAYERS) if k == 0 or w * GRAIN <= aim]
        left, chosen = aim, []
        for k in reversed(allowed):
            weight = LAYERS[k][0]
            part = totals[k] / totals[: k + 1].sum()
            count = round(left / weight) if k == 0 else int(left * part / weight)
            # nobody is followed by everybody: at most half of a layer
            count = min(count, sizes[k] // 2)
            left -= count * weight
            if count <= 0:
                continue
            span = slice(starts[k], starts[k + 1])
            niche, country, age, gender = (t[i] for t in tastes)
            suits = (
                niche[people.niche[span]]
                * country[people.country[span]]
                * age[people.age[span]]
                * gender[people.gender[span]]
                * people.activity[span]
            )
            keys = rng.standard_exponential(sizes[k]) / suits
            chosen.append(np.sort(np.argpartition(keys, count - 1)[:count]) + starts[k])
        follows.append(np.sort(np.concatenate(chosen)) if chosen else np.zeros(0, dtype=np.int64))
    return follows


def _tastes(cast: pd.DataFrame, market: Market, strengths: Strengths, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Return for niche, country, age and gender: creator × bucket, share of the audience aimed at over share of people."""
    n = len(cast)
    niches, shares = list(market.niches), np.array(list(market.niches.values()))
    own = np.array([niches.index(x) for x in cast["niche"]])
    focus = strengths.niche_focus + strengths.niche_focus_size * np.log10(cast["aim"].to_numpy() / 20_000)
    focus = np.clip(focus + rng.normal(0, 0.06, n), 0.05, 0.95)
    rest = rng.dirichlet(shares * 30, n)
    rest[np.arange(n), own] = 0
    niche = rest / rest.sum(axis=1, keepdims=True) * (1 - focus)[:, None]
    niche[np.arange(n), own] = focus

    countries, world = list(market.countries), np.array(list(market.countries.values()))
    home = np.array([countries.index(x) for x in cast["country"]])
    stays = np.clip(rng.beta(strengths.home_country * 12, (1 - strengths.home_country) * 12, n), 0.02, 0.98)
    abroad = rng.dirichlet(world * 15 + 0.05, n) + 1e-6
    abroad[np.arange(n), home] = 0
    country = abroad / abroad.sum(axis=1, keepdims=True) * (1 - stays)[:, None]
    country[np.arange(n), home] = stays

    typical = np.array([market.age[x] for x in cast["niche"]]) + rng.normal(0, 3.5, n)
    ages = np.array(list(AGES.values()))
    age = ages * np.exp(-((np.log(np.array(AGE_MIDDLE))[None, :] - np.log(typical)[:, None]) ** 2) / (2 * 0.32**2)) + 0.002
    women = np.array([market.women[x] for x in cast["niche"]])
    women = np.clip(rng.beta(women * 18, (1 - women) * 18), 0.04, 0.96)
    other = np.full(n, GENDERS["other"])
    gender = np.column_stack([women * (1 - other), (1 - women) * (1 - other), other])
    sexes = np.array(list(GENDERS.values()))
    return niche / shares, country / (world / world.sum()), age / ages, gender / sexes


def composition(people: People, follows: list[np.ndarray], creators: pd.Series) -> pd.DataFrame:
    """Return the true make-up of each creator's real followers.

    Returns
    -------
    pandas.DataFrame
        `creator`, `dimension` (niche, age, gender, country), `bucket`, `share`; shares of a dimension add up to 1.
    """
    dimensions = (
        ("niche", people.niche, people.niches),
        ("age", people.age, AGE_BANDS),
        ("gender", people.gender, tuple(GENDERS)),
        ("country", people.country, people.countries),
    )
    shares = []
    for who in follows:
        weight = people.weight[who]
        for _, codes, names in dimensions:
            shares.append(np.bincount(codes[who], weights=weight, minlength=len(names)) / max(weight.sum(), 1))
    buckets = [(dimension, name) for dimension, _, names in dimensions for name in names]
    return pd.DataFrame(
        {
            "creator": np.repeat(creators.to_numpy(), len(buckets)),
            "dimension": [b[0] for b in buckets] * len(follows),
            "bucket": [b[1] for b in buckets] * len(follows),
            "share": np.concatenate(shares),
        }
    )
