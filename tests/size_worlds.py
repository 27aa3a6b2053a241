"""Markets with a known effect of size on the engagement rate, and how often the claim that smaller ones engage more is said to hold."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.findings import verdict
from playbook.why_micro.size import effect_among

CREATORS = (10, 20, 40, 100, 400)
POSTS = 12
# between creators of one size, and between posts of one creator (log scale)
BETWEEN, WITHIN = 0.6, 0.6
SCENES = {
    "at posting": "followers known at the time of the posts",
    "off": "followers as a snapshot that is off by a log spread of 0.15",
    "later": "followers read later: every creator has grown, by 0.15 on the log scale with a spread of 0.15",
    "later, the better grew more": "the same, and growth goes along with the creator's own rate (correlation 0.5)",
}
# HypeAuditor's 2026 figures for Instagram fall as followers to the power of -0.26 from nano to mega
PUBLISHED_SLOPE = -0.26
PUBLISHED = Path(__file__).parents[1] / "docs" / "size-claim.md"


def market(rng: np.random.Generator, creators: int, slope: float, scene: str) -> pd.DataFrame:
    """Creators as chapter 03 sees them, from a market where the rate goes as followers to the power of `slope`."""
    followers = 10 ** rng.uniform(3.3, 6.2, creators)
    own = rng.standard_normal(creators)
    posts = np.exp(WITHIN * rng.standard_normal((creators, POSTS)) - WITHIN**2 / 2)
    mean = 0.02 * followers * (followers / 5e4) ** slope * np.exp(BETWEEN * own)
    engagements = rng.poisson(mean[:, None] * posts).mean(axis=1)
    shift = np.zeros(creators)
    if scene != "at posting":
        noise = rng.standard_normal(creators)
        noise = 0.5 * own + np.sqrt(0.75) * noise if scene.endswith("more") else noise
        shift = 0.15 * noise + (0.15 if scene.startswith("later") else 0.0)
    seen = np.round(followers * np.exp(shift))
    return pd.DataFrame(
        {
            "followers": seen,
            "rate": np.maximum(engagements, 0.5 / POSTS) / seen,
            "platform": "instagram",
            "followers_from": "at posting" if scene == "at posting" else "now",
        }
    )


def cell(creators: int, slope: float, scene: str, worlds: int, seed: int) -> dict[str, float]:
    """Share of worlds in which the claim holds, does not hold, and the interval holds the truth or lies above one.

    `plain` is the share that a plain regression, which takes the follower counts as exact, would say holds.
    """
    rng = np.random.default_rng(seed)
    brief = Brief()
    least = brief.smallest_effects.smaller_engage_more
    seen = dict.fromkeys(("holds", "does_not_hold", "above_one", "plain_above_one", "covered"), 0)
    for _ in range(worlds):
        effect = effect_among(market(rng, creators, slope, scene), brief)
        said = verdict(effect.low, effect.high, least)
        if said in seen:
            seen[said] += 1
        seen["above_one"] += effect.low > 1
        seen["plain_above_one"] += effect.plain_low > 1
        seen["covered"] += effect.low <= 10**-slope <= effect.high
    return {name: count / worlds for name, count in seen.items()}


def grid(worlds: int, seed: int) -> pd.DataFrame:
    """All cells: no effect in every scene, then the published effect."""
    cells = [(slope, scene, n) for slope in (0.0, PUBLISHED_SLOPE) for scene in SCENES for n in CREATORS]
    seeds = np.random.SeedSequence(seed).generate_state(len(cells))
    rows = [
        {"slope": slope, "followers": scene, "creators": n, "worlds": worlds, **cell(n, slope, scene, worlds, int(own))}
        for (slope, scene, n), own in zip(cells, seeds, strict=True)
    ]
    return pd.DataFrame(rows)


def page(table: pd.DataFrame) -> str:
    """The table as a page of the documentation."""
    brief = Brief()
    worlds, level = int(table["worlds"].iloc[0]), brief.statistics.level
    chance = (1 - level) / 2
    none, effect = table[table["slope"] == 0], table[table["slope"] != 0]
    bends = none["followers"].str.endswith("more")
    fair, bent = none[~bends], none[bends]
    error = (chance * (1 - chance) / worlds) ** 0.5
    known = effect[effect["followers"] == "at posting"].set_index("creators")["holds"]
    lines = [
        "# Do smaller creators engage more? How often the claim is said to hold",
        "",
        f"Markets with a known link of size and engagement rate: {POSTS} posts a creator, followers from 2,000 to 1.6 million;",
        f"creators of one size differ by a log spread of {BETWEEN}, posts of one creator by {WITHIN}. {worlds:,} worlds a cell.",
        "",
        f"`holds` asks that the whole {level:.0%} interval reaches {brief.smallest_effects.smaller_engage_more}:",
        "the rate of a creator a tenth the size, over the larger one's.",
        f"One side of the interval may be missed in {chance:.0%} of worlds (Monte-Carlo error {error:.1%}).",
        "",
        *(f"- *{name}*: {what}." for name, what in SCENES.items()),
        "",
        "Followers at posting are used wherever they are known. Where they are not, the interval spans the plain line and the line",
        "corrected for counts off by a log spread of 0.15; *plain* is what a regression would say that takes the counts as exact.",
        "",
        "Made by `PLAYBOOK_PUBLISH=1 pytest -m slow -k size_claim -s`.",
        "",
        "## What it shows",
        "",
        f"- Without an effect the claim is said to hold in at most {fair['holds'].max():.1%} of worlds, and the interval lies above 1 in",
        f"  at most {fair['above_one'].max():.1%}; plain regression puts it there in up to {fair['plain_above_one'].max():.1%}.",
        f"- Where growth goes along with the rate: {bent['holds'].max():.1%} and {bent['above_one'].max():.1%} at most.",
        "- With the published effect (rate as followers to the power of -0.26), followers known, it is said to hold in",
        "  " + ", ".join(f"{share:.0%} ({n} creators)" for n, share in known.items()) + ".",
        "",
        "## The table",
        "",
        "| exponent of the rate | followers | creators | holds | does not hold | interval above 1 | plain above 1 | truth in interval |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in table.to_dict("records"):
        shares = ("holds", "does_not_hold", "above_one", "plain_above_one", "covered")
        numbers = " | ".join(f"{row[name]:.3f}" for name in shares)
        lines.append(f"| {row['slope']:g} | {row['followers']} | {row['creators']} | {numbers} |")
    return "\n".join(lines) + "\n"


def publish(worlds: int, seed: int) -> pd.DataFrame:
    """Run the grid, print the page, and write it into the documentation where PLAYBOOK_PUBLISH is set."""
    table = grid(worlds, seed)
    text = page(table)
    sys.stdout.write("\n" + text)
    if os.environ.get("PLAYBOOK_PUBLISH"):
        PUBLISHED.write_text(text, encoding="utf-8")
    return table
