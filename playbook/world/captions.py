"""What creators write under their posts, and whether they say that they were paid."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.world import words
from playbook.world.markets import Market
from playbook.world.strengths import Strengths


def write(
    rows: pd.DataFrame, cast: pd.DataFrame, codes: dict[int, str], market: Market, strengths: Strengths, rng: np.random.Generator
) -> pd.DataFrame:
    """Write captions, with or without an honest label where a post was paid for.

    Parameters
    ----------
    codes : dict of int to str
        Discount code of each creator of our campaign, by position.

    Returns
    -------
    pandas.DataFrame
        `caption`, `sponsored` (as anyone can see), `disclosure` (clear, unclear, missing; empty where not paid), `brand`.
    """
    n = len(rows)
    phrase, ending, tag, second = rng.random(n), rng.random(n), rng.random((n, 3)), rng.random(n)
    label = np.where(
        second < strengths.disclosure_clear, "clear", np.where(second < 1 - strengths.disclosure_missing, "unclear", "missing")
    )
    known = words.read()
    payers = known.brands + market.competitors
    payer = rng.integers(0, len(payers), n)
    # one creator in forty has written about something the brand avoids
    risky = rng.random(len(cast)) < 0.025
    avoided = rng.random(n) < 0.12
    avoid = market.brief["brand"]["avoid"]
    niche, language = cast["niche"].to_numpy(), cast["language"].to_numpy()
    out = []
    columns = zip(rows["i"], rows["paid"], rows["giveaway"], rows["ours"], strict=True)
    for k, (i, paid, giveaway, ours) in enumerate(columns):
        spoken = known.languages[language[i]]
        phrases, tags = spoken.niches[niche[i]].phrases, spoken.niches[niche[i]].tags
        text = phrases[int(phrase[k] * len(phrases))] + "."
        chosen = dict.fromkeys(tags[int(u * len(tags))] for u in tag[k])
        brand, state = "", ""
        if giveaway:
            text = spoken.giveaway
        elif paid:
            brand = market.brand if ours >= 0 else payers[payer[k]]
            state = str(label[k])
            code = f" Code {codes[i]}." if ours >= 0 and market.discount else ""
            text = spoken.paid[state].format(text=text, brand=brand, tag=next(iter(chosen)), code=code)
        elif risky[i] and avoided[k]:
            text = spoken.avoid.format(word=avoid[k % len(avoid)])
        else:
            text += spoken.endings[int(ending[k] * len(spoken.endings))]
        if state != "unclear":
            text += " " + " ".join(f"#{t}" for t in chosen)
        out.append((text, bool(paid and (state == "clear" or ours >= 0)), state, brand))
    return pd.DataFrame(out, columns=["caption", "sponsored", "disclosure", "brand"], index=rows.index)
