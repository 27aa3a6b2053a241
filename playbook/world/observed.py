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
DAILY = 80  # creators whose history is daily; the others' is weekly, to keep the files small
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
        text = words.read().languages[cast["language"].iloc[k]].bios
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
    """Return the `audience` table: what statistics tell, from samples of known or unknown size; a few are incomplete."""
    n = len(cast)
    size = np.rint(np.exp(rng.normal(6.3, 0.7, n)))
    told = rng.random(n) < 0.5
    has = rng.random(n) < 0.85
    short = rng.random(n) < 0.1 * strengths.mess
    no_gender = rng.random(n) < 0.06 * strengths.mess
    names = cast["creator"].to_numpy()
    parts = []
    for dimension, group in composition[composition["dimension"] != "niche"].groupby("dimension", sort=False):
        # every creator has the same buckets, in the same order
        buckets = group["bucket"].to_numpy().reshape(n, -1)[0]
        true = group["share"].to_numpy().reshape(n, -1)
        seen = rng.multinomial(size.astype(int), true / true.sum(axis=1, keepdims=True)) / size[:, None]
        keep = (seen > 0) & has[:, None]
        if dimension == "gender":
            keep &= ~no_gender[:, None]
        if dimension == "country":
            # the top three countries only, which do not add up to one
            keep &= ~short[:, None] | (np.argsort(np.argsort(-seen, axis=1, kind="stable"), axis=1, kind="stable") < 3)
        i, bucket = np.nonzero(keep)
        parts.append(
            pd.DataFrame(
                {
                    "i": i,
                    "creator": names[i],
                    "dimension": dimension,
                    "bucket": buckets[bucket],
                    "share": np.round(seen[i, bucket], 4),
                    "n": np.where(told, size, np.nan)[i],
                }
            )
        )
    return pd.concat(parts).sort_values("i", kind="stable").drop(columns="i").reset_index(drop=True)


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

    Somebody looked at the accounts of `labelled` creators. A person sampled from two creators is the same account in both.
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
    """Return the `quotes` table.

    Most creators have named a fee, some for several deliverables, some in another currency; a few want the product alone (a fee of 0).
    """
    n = len(cast)
    asked = rng.random(n) < strengths.quoted_share
    asked[must] = True
    currencies = np.where(rng.random(n) < strengths.foreign_share, rng.choice(np.array(list(market.foreign)), n), market.currency)
    rate = np.array([1.0 if c == market.currency else market.foreign[c] for c in currencies])
    barter = (cast["aim"].to_numpy() < 3_000) & (rng.random(n) < 0.2)
    asked_on = pd.Timestamp(market.collected_on) - pd.to_timedelta(rng.integers(20, 90, n), unit="D")
    # those who took part had named their fee before it began
    before = pd.Timestamp(market.starts) - pd.to_timedelta(rng.integers(36, 43, n), unit="D")
    asked_on = asked_on.where(~np.isin(np.arange(n), must), before)
    extra = rng.random(n)
    rows = []
    for i in np.flatnonzero(asked):
        formats = list(FORMATS[cast["platform"].iloc[i]])
        names = dict.fromkeys([formats[-1]] + [formats[0]] * int(extra[i] < 0.5))
        if "reel" in formats and extra[i] < 0.25:
            names["story"] = None
        for name in names:
            told = human(np.array([fee[i] * DELIVERABLE_FACTOR[name] / rate[i] * np.exp(rng.normal(0, strengths.quote_sd))]))[0]
            currency = currencies[i] if currencies[i] != market.currency or extra[i] < 0.97 else None
            rows.append((cast["creator"].iloc[i], name, 0.0 if barter[i] else max(told, 10.0), currency, asked_on[i]))
    return pd.DataFrame(rows, columns=["creator", "deliverable", "fee", "currency", "asked_on"])


def comments(
    cast: pd.DataFrame,
    posts: pd.DataFrame,
    market: Market,
    strengths: Strengths,
    rng: np.random.Generator,
    creators: int = 90,
    posts_each: int = 5,
    each: int = 8,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the `comments` table, and the kind of each comment (genuine, generic, pod).

    The members of a pod write under each of its creators' posts within minutes; ordinary comments come within days, by different people.
    """
    pod_rows = np.flatnonzero(cast["pod"])
    rest = rng.permutation(np.flatnonzero(~cast["pod"]))[: max(0, creators - len(pod_rows))]
    known = words.read()
    members = [hashed("pod", market.kind, k) for k in range(14)]
    rows, kinds = [], []
    second = (posts["posted_at"] - pd.Timestamp(0, tz="UTC")) // pd.Timedelta(seconds=1)
    talked = posts["comments"].to_numpy() > 0
    places = {name: rows[talked[rows]][-posts_each:] for name, rows in posts.groupby("creator", sort=False).indices.items()}
    post_key, at_second, total = posts["post"].to_numpy(), second.to_numpy(), posts["comments"].to_numpy()
    now = int(pd.Timestamp(market.collected_on).timestamp()) + 86_399
    creator, niche, tongue, city = (cast[c].to_numpy() for c in ("creator", "niche", "language", "city"))
    for i in np.sort(np.concatenate([pod_rows, rest])):
        spoken = known.languages[tongue[i]]
        tags = spoken.niches[niche[i]].tags
        pod = bool(cast["pod"].iloc[i])
        for place in places.get(creator[i], ()):
            post, at = post_key[place], int(at_second[place])
            number = int(min(total[place], each))
            u, late = rng.random((number, 4)), rng.exponential(900, number)
            for k in range(number):
                author, minutes = hashed("c", post, k), late[k]
                if pod and u[k, 0] < strengths.pod_comments:
                    kind, texts = "pod", known.pod
                    author, minutes = members[int(u[k, 2] * len(members))], 1 + 12 * u[k, 1]
                elif u[k, 1] < strengths.generic_comments:
                    kind, texts = "generic", known.generic
                else:
                    kind, texts = "genuine", spoken.genuine
                if kind != "pod" and u[k, 0] > 0.88:
                    # some people write under every post without any pod
                    author = hashed("fan", creator[i], int(u[k, 2] * 6))
                text = texts[int(u[k, 3] * len(texts))].format(tag=tags[int(u[k, 2] * len(tags))], city=city[i])
                rows.append((post, author, text, min(at + 60 * int(minutes), now)))
                kinds.append((post, author, kind))
    frame = pd.DataFrame(rows, columns=["post", "author", "text", "posted_at"])
    frame["posted_at"] = pd.to_datetime(frame["posted_at"], unit="s", utc=True)
    return frame, pd.DataFrame(kinds, columns=["post", "author", "kind"])


def language_shares(composition: pd.DataFrame, market: Market) -> pd.DataFrame:
    """Return the true make-up by language, from countries: one language a country."""
    country = composition[composition["dimension"] == "country"]
    out = country.assign(dimension="language", bucket=country["bucket"].map(market.languages))
    return out.groupby(["creator", "dimension", "bucket"], sort=False, as_index=False)["share"].sum()
