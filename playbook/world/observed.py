"""What files and tools tell about creators: profiles, follower counts, audiences, samples, scores, quotes, comments."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

from playbook.world import words
from playbook.world.histories import Histories
from playbook.world.markets import DELIVERABLE_FACTOR, FEE_FACTOR, FORMATS, Market
from playbook.world.people import People
from playbook.world.strengths import Strengths

HISTORY_DAYS = 90
DAILY = 40  # creators whose history is daily; the others' is weekly, to keep the files small
ADDRESS = {"instagram": "https://instagram.example/", "tiktok": "https://tiktok.example/@", "youtube": "https://youtube.example/@"}
# quartiles of hand-labelled Instagram accounts, InstaFake (Akyon and Kalfaoglu 2019): (25, 50, 75 %)
REAL_ACCOUNT = {"followers": (218, 345, 516), "following": (267, 420, 614), "posts": (8, 30, 79), "has_picture": 0.99, "private": 0.72}
FAKE_ACCOUNT = {"followers": (11, 30, 104), "following": (282, 1_470, 2_513), "posts": (0, 0, 1), "has_picture": 0.60, "private": 0.33}


def hashed(*parts: object) -> str:
    """Hash parts into ten hexadecimal digits, the same on every machine.

    >>> hashed("person", 17) == hashed("person", 17), len(hashed("a"))
    (True, 10)
    """
    return hashlib.blake2b("|".join(map(str, parts)).encode(), digest_size=5).hexdigest()


def precision(platform: np.ndarray, followers: np.ndarray, rough: np.ndarray) -> np.ndarray:
    """Return the step in which each follower count is published: three digits on YouTube, 100 where a tool rounded, else 1."""
    digits = 10.0 ** np.maximum(np.floor(np.log10(np.maximum(followers, 1))) - 2, 0)
    return np.where(platform == "youtube", digits, np.where(rough & (followers >= 10_000), 100.0, 1.0))


def rounded(counts: np.ndarray, platform: np.ndarray, rough: np.ndarray) -> np.ndarray:
    """Cut follower counts down to what is published."""
    step = precision(platform, counts, rough)
    return np.floor(counts / step) * step


def profiles(
    cast: pd.DataFrame,
    histories: Histories,
    posts: pd.DataFrame,
    rough: np.ndarray,
    market: Market,
    strengths: Strengths,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return the `creators` table."""
    n = len(cast)
    followers, platform = histories.total[:, -1], cast["platform"].to_numpy()
    following = np.rint(np.exp(rng.normal(6.2, 0.7, n)) * np.where(cast["bought"] & (rng.random(n) < 0.5), 3.0, 1.0))
    following = np.minimum(following, 7_500)
    written = np.rint(posts.groupby("creator").size().reindex(cast["creator"]).fillna(0).to_numpy() * np.exp(rng.normal(2.2, 0.6, n)))
    likes = posts.groupby("creator")["likes"].mean().reindex(cast["creator"]).to_numpy()
    bios = []
    for k in range(n):
        text = words.BIOS[cast["language"].iloc[k]]
        bios.append(text[rng.integers(len(text))].format(niche=cast["niche"].iloc[k], city=cast["city"].iloc[k]))
    unknown = rng.random((n, 3)) / max(strengths.mess, 1e-9)
    return pd.DataFrame(
        {
            "creator": cast["creator"],
            "platform": platform,
            "handle": cast["handle"],
            "name": cast["name"],
            "followers": rounded(followers, platform, rough),
            "following": np.where((platform == "youtube") | (unknown[:, 0] < 0.03), np.nan, following),
            "posts_total": written,
            "total_likes": np.where(platform == "tiktok", np.rint(likes * written), np.nan),
            "niche": np.where(unknown[:, 1] < 0.03, None, cast["niche"]),
            "country": np.where(unknown[:, 2] < 0.04, None, cast["country"]),
            "language": cast["language"],
            "bio": [b or None for b in bios],
            "followers_precision": precision(platform, followers, rough),
            "collected_on": pd.Timestamp(market.collected_on),
            "url": [ADDRESS[p] + h for p, h in zip(platform, cast["handle"], strict=True)],
        }
    )


def follower_history(
    cast: pd.DataFrame, histories: Histories, rough: np.ndarray, market: Market, strengths: Strengths, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the `follower_history` table: the last 90 days, daily for some creators and weekly for the others."""
    n, days = histories.total.shape
    span = min(HISTORY_DAYS, days)
    # the daily ones are those that a brand would watch: drawn, but all with an event in them first
    eventful = (cast["bought"] | cast["giveaway"]).to_numpy()
    order = np.lexsort((rng.random(n), ~eventful))
    daily = np.zeros(n, dtype=bool)
    daily[order[: min(n, DAILY)]] = True
    counts = rounded(histories.total[:, days - span :], cast["platform"].to_numpy()[:, None], rough[:, None])
    dates = pd.Timestamp(market.collected_on) - pd.to_timedelta(np.arange(span - 1, -1, -1), unit="D")
    weekly = (np.arange(span) - (span - 1)) % 7 == 0
    shown = daily[:, None] | weekly[None, :]
    # a reading is missing here and there
    shown &= rng.random(shown.shape) >= 0.01 * strengths.mess
    shown[:, -1] = True
    i, day = np.nonzero(shown)
    return pd.DataFrame({"creator": cast["creator"].to_numpy()[i], "day": dates[day], "followers": counts[i, day]})


def audience(cast: pd.DataFrame, composition: pd.DataFrame, strengths: Strengths, rng: np.random.Generator) -> pd.DataFrame:
    """Return the `audience` table: what creators' own statistics or tools tell, from samples of known or unknown size; a few are incomplete."""
    n = len(cast)
    size = np.rint(np.exp(rng.normal(6.3, 0.7, n)))
    told = rng.random(n) < 0.5
    has = rng.random(n) < 0.85
    short = rng.random(n) < 0.1 * strengths.mess
    no_gender = rng.random(n) < 0.06 * strengths.mess
    by_creator = dict(iter(composition[composition["dimension"] != "niche"].groupby("creator", sort=False)))
    parts = []
    for k in np.flatnonzero(has):
        for dimension, group in by_creator[cast["creator"].iloc[k]].groupby("dimension", sort=False):
            if dimension == "gender" and no_gender[k]:
                continue
            share = group["share"].to_numpy()
            seen = rng.multinomial(int(size[k]), share / share.sum()) / size[k]
            keep = seen > 0
            if dimension == "country" and short[k]:
                # the top three countries only, which do not add up to one
                keep &= np.argsort(np.argsort(-seen, kind="stable"), kind="stable") < 3
            for bucket, value in zip(group["bucket"].to_numpy()[keep], seen[keep], strict=True):
                parts.append((cast["creator"].iloc[k], dimension, bucket, round(float(value), 4), size[k] if told[k] else np.nan))
    return pd.DataFrame(parts, columns=["creator", "dimension", "bucket", "share", "n"])


def follower_sample(
    cast: pd.DataFrame,
    people: People,
    follows: list[np.ndarray],
    histories: Histories,
    strengths: Strengths,
    rng: np.random.Generator,
    creators: int = 24,
    each: int = 60,
    labelled: int = 10,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the `follower_sample` table, and which of its accounts are fake.

    Somebody looked at the accounts of the first `labelled` creators sampled. A person sampled from two creators is the same account in both.
    """
    chosen = np.sort(rng.permutation(len(cast))[: min(creators, len(cast))])
    looked_at = set(rng.permutation(chosen)[:labelled].tolist())
    rows, behind = [], []
    for i in chosen:
        name = cast["creator"].iloc[i]
        total = histories.total[i, -1]
        fakes = rng.binomial(each, 1 - histories.real[i, -1] / total)
        who = follows[i]
        weight = people.weight[who].astype(float)
        seen: dict[str, bool] = {}
        if len(who):
            # each person drawn stands for `weight` people, so one of those
            for person in rng.choice(who, each - fakes, p=weight / weight.sum()):
                seen[hashed("person", person, rng.integers(people.weight[person]))] = False
        for _ in range(fakes):
            seen[hashed("fake", rng.integers(2**40))] = True
        accounts = list(seen)
        for k in rng.permutation(len(accounts)):
            fake = seen[accounts[k]]
            kind = FAKE_ACCOUNT if fake else REAL_ACCOUNT
            label = None
            if i in looked_at:
                label = "fake" if fake != (rng.random() < strengths.label_error) else "real"
            following, followers, written = (_quartiles(kind[c], rng) for c in ("following", "followers", "posts"))
            rows.append(
                (
                    name,
                    accounts[k],
                    following,
                    followers,
                    written,
                    rng.random() < kind["has_picture"],
                    rng.random() < kind["private"],
                    label,
                )
            )
            behind.append((name, accounts[k], fake))
    columns = ["creator", "account", "following", "followers", "posts", "has_picture", "private", "label"]
    return pd.DataFrame(rows, columns=columns), pd.DataFrame(behind, columns=["creator", "account", "fake"])


def _quartiles(of: tuple[float, float, float], rng: np.random.Generator) -> float:
    """Draw a count whose quartiles are those given, log-linear between and beyond."""
    logs = np.log1p(np.array(of, dtype=float))
    low, high = logs[1] - 2.5 * (logs[1] - logs[0]), logs[1] + 2.2 * (logs[2] - logs[1])
    value = np.interp(rng.random(), [0, 0.25, 0.5, 0.75, 1], [max(low, 0.0), *logs, high])
    return float(np.rint(np.expm1(value)))


def scores(cast: pd.DataFrame, posts: pd.DataFrame, histories: Histories, rng: np.random.Generator) -> pd.DataFrame:
    """Return the `scores` table: two invented tools with measures of their own, noisy and not the same."""
    n = len(cast)
    fake = 1 - histories.real[:, -1] / histories.total[:, -1]
    likes = posts.groupby("creator")["likes"].median().reindex(cast["creator"]).to_numpy()
    measures = {
        ("rank-tool", "quality_score"): np.clip(
            np.rint(88 - 75 * fake + 4 * np.clip(cast["quality"], -2, 2) + rng.normal(0, 6, n)), 1, 100
        ),
        ("rank-tool", "er_median_likes"): np.round(100 * likes / histories.total[:, -1], 2),
        ("audit-tool", "suspicious_followers_pct"): np.clip(np.round(100 * (0.04 + 0.85 * fake) + rng.normal(0, 5, n), 1), 0.0, 100),
        ("audit-tool", "credibility"): np.clip(np.round(0.97 - 0.9 * fake + rng.normal(0, 0.05, n), 2), 0, 1),
    }
    known = {"rank-tool": rng.random(n) < 0.8, "audit-tool": rng.random(n) < 0.6}
    parts = []
    for (tool, measure), value in measures.items():
        parts.append(
            pd.DataFrame({"creator": cast["creator"], "tool": tool, "measure": measure, "value": value})[known[tool] & ~np.isnan(value)]
        )
    return pd.concat(parts).sort_values(["creator", "tool", "measure"], kind="stable").reset_index(drop=True)


def fees(
    cast: pd.DataFrame, followers: np.ndarray, rate: np.ndarray, market: Market, strengths: Strengths, rng: np.random.Generator
) -> tuple[np.ndarray, float]:
    """Return each creator's own fee for an ordinary post in the market's currency, and the market's price exponent."""
    exponent = float(np.clip(rng.normal(strengths.price_exponent, strengths.price_exponent_sd), 0.05, 1.5))
    usual = np.exp(np.mean(np.log(rate)))
    factor = np.array([FEE_FACTOR[p] for p in cast["platform"]])
    fee = (
        strengths.fee_at_20k
        * market.per_eur
        * factor
        * (followers / 20_000) ** exponent
        * (rate / usual) ** strengths.price_engagement_exponent
    )
    return fee * np.exp(strengths.fee_sd * rng.standard_normal(len(cast))), exponent


def human(fee: np.ndarray) -> np.ndarray:
    """Round fees as people do: to 5, 10, 50 or 100.

    >>> human(np.array([23.0, 261.0, 1_430.0])).tolist()
    [25.0, 260.0, 1450.0]
    """
    step = np.select([fee < 100, fee < 1_000, fee < 5_000], [5, 10, 50], 100)
    return np.rint(fee / step) * step


def quotes(
    cast: pd.DataFrame, fee: np.ndarray, must: np.ndarray, market: Market, strengths: Strengths, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the `quotes` table: most creators have named a fee, some for several deliverables, some in another currency, a few for the product alone."""
    n = len(cast)
    asked = rng.random(n) < strengths.quoted_share
    asked[must] = True
    currencies = np.where(rng.random(n) < strengths.foreign_share, rng.choice(np.array(list(market.foreign)), n), market.currency)
    rate = np.array([1.0 if c == market.currency else market.foreign[c] for c in currencies])
    barter = (cast["aim"].to_numpy() < 3_000) & (rng.random(n) < 0.2)
    day = rng.integers(20, 90, n)
    extra = rng.random(n)
    rows = []
    for i in np.flatnonzero(asked):
        formats = list(FORMATS[cast["platform"].iloc[i]])
        names = [
            formats[-1],
            *([formats[0]] if len(formats) > 1 and extra[i] < 0.5 else []),
            *(["story"] if cast["platform"].iloc[i] == "instagram" and extra[i] < 0.25 else []),
        ]
        for name in names:
            told = human(np.array([fee[i] * DELIVERABLE_FACTOR[name] / rate[i] * np.exp(rng.normal(0, strengths.quote_sd))]))[0]
            currency = currencies[i] if currencies[i] != market.currency or extra[i] < 0.97 else None
            rows.append(
                (
                    cast["creator"].iloc[i],
                    name,
                    0.0 if barter[i] else max(told, 10.0),
                    currency,
                    pd.Timestamp(market.collected_on) - pd.Timedelta(days=int(day[i])),
                )
            )
    return pd.DataFrame(rows, columns=["creator", "deliverable", "fee", "currency", "asked_on"])


def comments(
    cast: pd.DataFrame,
    posts: pd.DataFrame,
    market: Market,
    strengths: Strengths,
    rng: np.random.Generator,
    creators: int = 90,
    posts_each: int = 3,
    each: int = 9,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the `comments` table, and the kind of each comment (genuine, generic, pod).

    The members of a pod write under each of its creators' posts within minutes; ordinary comments come within days, mostly by different people.
    """
    pod_rows = np.flatnonzero(cast["pod"])
    rest = rng.permutation(np.flatnonzero(~cast["pod"]))[: max(0, creators - len(pod_rows))]
    members = [hashed("pod", market.kind, k) for k in range(14)]
    rows, kinds = [], []
    by_creator = dict(iter(posts[posts["comments"] > 0].groupby("creator", sort=False)))
    now = pd.Timestamp(market.collected_on, tz="UTC") + pd.Timedelta(days=1) - pd.Timedelta(seconds=1)
    for i in np.sort(np.concatenate([pod_rows, rest])):
        own = by_creator.get(cast["creator"].iloc[i])
        if own is None:
            continue
        language = cast["language"].iloc[i]
        tags = words.NICHES[language][cast["niche"].iloc[i]][1]
        pod = bool(cast["pod"].iloc[i])
        for post, at, total in own[["post", "posted_at", "comments"]].iloc[-posts_each:].itertuples(index=False):
            number = int(min(total, each))
            u = rng.random((number, 4))
            late = rng.exponential(900, number)
            for k in range(number):
                if pod and u[k, 0] < strengths.pod_comments:
                    kind, author, text, minutes = (
                        "pod",
                        members[int(u[k, 2] * len(members))],
                        words.POD[int(u[k, 3] * len(words.POD))],
                        1 + 12 * u[k, 1],
                    )
                elif u[k, 1] < strengths.generic_comments:
                    kind, author, text, minutes = "generic", hashed("c", post, k), words.GENERIC[int(u[k, 3] * len(words.GENERIC))], late[k]
                else:
                    genuine = words.GENUINE[language]
                    text = genuine[int(u[k, 3] * len(genuine))].format(tag=tags[int(u[k, 2] * len(tags))], city=cast["city"].iloc[i])
                    kind, author, minutes = "genuine", hashed("c", post, k), late[k]
                time = min(at + pd.Timedelta(seconds=int(60 * minutes)), now)
                rows.append((post, author, text, time))
                kinds.append((post, author, kind))
    frame = pd.DataFrame(rows, columns=["post", "author", "text", "posted_at"])
    return frame, pd.DataFrame(kinds, columns=["post", "author", "kind"])


def language_shares(composition: pd.DataFrame, market: Market) -> pd.DataFrame:
    """Return the true make-up by language, from countries: one language a country."""
    country = composition[composition["dimension"] == "country"]
    out = country.assign(dimension="language", bucket=country["bucket"].map(market.languages))
    return out.groupby(["creator", "dimension", "bucket"], sort=False, as_index=False)["share"].sum()
