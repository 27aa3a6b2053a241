"""Who is in the market: creators with their hidden traits."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.world import words
from playbook.world.markets import POSTS_PER_WEEK, Market
from playbook.world.strengths import Curve, Strengths

BANDS = (300.0, 1_000.0, 10_000.0, 100_000.0, 1_000_000.0)
# share of creators with so many followers in the market at large (HypeAuditor 2026, Instagram): 81.5 % have 1-10k,
# 14.4 % 10-50k, 0.1 % over 1M; what lies between is split, and accounts under 1k are not counted there
MARKET_SHARES = (np.nan, 0.815, 0.155, 0.029, 0.001)
FAKE_SPREAD = 9.0  # sum of the beta parameters of both clusters of fake shares


def draw(market: Market, strengths: Strengths, creators: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw creators, stratified by size, with the traits that nobody sees.

    Returns
    -------
    pandas.DataFrame
        `creator`, `platform`, `handle`, `name`, `niche`, `country`, `language`, `city`, `band` (0-4), `aim` (followers aimed at),
        `fake_share`, `bought`, `giveaway`, `buys_likes`, `pod`, `hides_likes`, `insights`, `quality` (standard normal), `posts_per_week`,
        `growth` (a month), `best_hour` (local), `market_weight` (creators of the market that each stands for, as a share).
    """
    band = rng.permutation(_bands(strengths.tier_mix, creators))
    low = np.array(BANDS)[band] * 1.02
    high = np.append(np.array(BANDS)[1:], strengths.largest)[band] * 0.98
    u = rng.random(creators)
    a = strengths.tail
    aim = (low**-a - u * (low**-a - high**-a)) ** (-1 / a)

    platform = _spread(list(market.platforms), list(market.platforms.values()), band, rng)
    niche = _spread(list(market.niches), list(market.niches.values()), band, rng)
    home = rng.random(creators) < 0.88
    others = list(market.countries)[1:]
    away = rng.choice(np.array(others), creators, p=_normal(np.array([market.countries[c] for c in others])))
    country = np.where(home, market.home, away)
    home_language = market.languages[market.home]
    handle, name = _names(niche, market, rng)

    second = rng.random(creators) < strengths.fake_high_share
    mean = np.where(second, strengths.fake_high_mean, strengths.fake_low_mean)
    fake = rng.beta(mean * FAKE_SPREAD, (1 - mean) * FAKE_SPREAD)
    tiktok = platform == "tiktok"
    frame = pd.DataFrame(
        {
            "creator": [f"{p}:{h}" for p, h in zip(platform, handle, strict=True)],
            "platform": platform,
            "handle": handle,
            "name": name,
            "niche": niche,
            "country": country,
            "language": [home_language if market.languages[c] == home_language else "en" for c in country],
            "city": rng.choice(np.array(market.cities), creators),
            "band": band,
            "aim": aim,
            "fake_share": np.clip(fake, 0.0, 0.9),
            "bought": _marked(strengths.bought_share, creators, rng),
            "giveaway": _marked(strengths.giveaway_share, creators, rng),
            "buys_likes": _marked(strengths.bought_likes_share, creators, rng),
            "pod": _marked(strengths.pod_share, creators, rng),
            "hides_likes": (platform == "instagram") & _marked(strengths.hidden_likes_share, creators, rng),
            "insights": _marked(strengths.insights_share, creators, rng),
            "quality": rng.standard_normal(creators),
            "posts_per_week": [POSTS_PER_WEEK[p] for p in platform] * np.exp(rng.normal(0, 0.35, creators)),
            "growth": rng.normal(strengths.growth_per_month, strengths.growth_sd, creators) * np.where(tiktok, 1.4, 1.0),
            "best_hour": rng.choice(np.array([7, 12, 17, 18, 19, 20]), creators, p=(0.1, 0.12, 0.16, 0.22, 0.24, 0.16)),
        }
    )
    counts = np.bincount(band, minlength=5)
    frame["market_weight"] = np.array(MARKET_SHARES)[band] / counts[band]
    return frame


def curve(points: Curve, followers: np.ndarray, strengths: Strengths) -> np.ndarray:
    """Return the median engagement rate at each size: log-log through the points, flat outside.

    `size_effect` stretches the curve about its value at 17,000 followers, `macro_jump` lifts it from 100,000.

    >>> curve(((1_000, 0.04), (100_000, 0.01)), np.array([10_000.0]), Strengths()).round(4).tolist()
    [0.02]
    """
    x, y = (np.log(np.array(v, dtype=float)) for v in zip(*points, strict=True))
    middle = np.interp(np.log(17_000.0), x, y)
    log_rate = middle + strengths.size_effect * (np.interp(np.log(followers), x, y) - middle)
    return np.exp(log_rate) * np.where(followers >= 100_000, strengths.macro_jump, 1.0)


def mean_real_share(strengths: Strengths) -> float:
    """Return the mean share of followers that are real, by the two clusters."""
    high = strengths.fake_high_share
    return 1 - (1 - high) * strengths.fake_low_mean - high * strengths.fake_high_mean


def _bands(mix: tuple[float, ...], creators: int) -> np.ndarray:
    """Split creators over the size bands by largest remainder, so that every world has the same mix."""
    exact = _normal(np.array(mix, dtype=float)) * creators
    counts = np.floor(exact).astype(int)
    order = np.argsort(-(exact - counts), kind="stable")
    counts[order[: creators - counts.sum()]] += 1
    return np.repeat(np.arange(5), counts)


def _spread(names: list[str], shares: list[float], band: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Give each creator a name, in even steps within each size band, shuffled."""
    out = np.empty(len(band), dtype=object)
    edges = np.cumsum(_normal(np.array(shares)))
    for b in np.unique(band):
        rows = np.flatnonzero(band == b)
        steps = (np.arange(len(rows)) + rng.random()) / len(rows)
        picks = np.minimum(np.searchsorted(edges, steps, side="right"), len(names) - 1)
        out[rng.permutation(rows)] = np.array(names, dtype=object)[picks]
    return out


def _marked(share: float, creators: int, rng: np.random.Generator) -> np.ndarray:
    """Mark exactly that share of creators, rounded, chosen at random."""
    out = np.zeros(creators, dtype=bool)
    out[rng.permutation(creators)[: round(share * creators)]] = True
    return out


def _names(niche: np.ndarray, market: Market, rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """Invent a handle and a shown name for each creator; handles differ."""
    known = words.read()
    niches = known.languages[market.languages[market.home]].niches
    handles: dict[str, None] = {}
    names = []
    for n in niche:
        first, start, rest, end = (
            options[rng.integers(len(options))]
            for options in (known.first_names, known.surname_starts, known.surname_ends, niches[n].handles)
        )
        surname = start + rest
        form = rng.integers(5)
        handle = (
            f"{first}.{surname}",
            f"{first}{end}.{surname}",
            f"{surname}.{end}",
            f"{first}_{surname}_{end}",
            f"{end}.{first}.{surname}",
        )[form].lower()
        while handle in handles:
            handle += str(rng.integers(2, 90))
        handles[handle] = None
        names.append((f"{first} {surname}", f"{first} {surname}", f"{surname} {end.title()}", f"{first} | {n}", first)[form])
    return list(handles), names


def _normal(shares: np.ndarray) -> np.ndarray:
    return shares / shares.sum()
