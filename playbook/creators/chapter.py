"""Chapter 02 in words: its sentences, and what it hands on."""

from __future__ import annotations

import numpy as np

from playbook.brief import Brief
from playbook.creators.loaded import QUARTER_DAYS, RECENT_DAYS, activity
from playbook.creators.sizes import ADD, UNKNOWN_SIZE, by_tier
from playbook.creators.sourcing import to_note
from playbook.data.dataset import Dataset
from playbook.findings import Figure, Missing, Outcome
from playbook.wording import Wording, handle, plural, wording


def counts(data: Dataset, brief: Brief) -> str:
    """Say in plain text how many creators there are and in which class: for people and for tests.

    Examples
    --------
    >>> import pandas as pd
    >>> from playbook.data.dataset import dataset
    >>> print(counts(dataset(creators=pd.DataFrame({"creator": ["instagram:ana"], "followers": [1200.0]})), Brief()))
    creators: 1
    below micro: 0
    micro: 1
    macro: 0
    with posts: 0
    """
    table = by_tier(data, brief)
    if isinstance(table, Missing):
        return "creators: 0"
    lines = [f"creators: {table['creators'].sum():.0f}"]
    lines += [f"{name}: {n:.0f}" for name, n in zip(table["tier"], table["creators"], strict=True)]
    return "\n".join([*lines, f"with posts: {table['with_posts'].sum():.0f}"])


def tier_sentence(data: Dataset, brief: Brief) -> str | Missing:
    """Say who is on the list by size."""
    table = by_tier(data, brief)
    if isinstance(table, Missing):
        return table
    write = wording(brief)
    total = int(table["creators"].sum())
    micro = table.set_index("tier").loc["micro"]
    text = f"Your list holds {write.count(total)} {plural(total, 'creator')}; {write.count(micro['creators'])} "
    text += f"({write.share(micro['share'])}) {plural(micro['creators'], 'is', 'are')} in your micro class"
    if not np.isnan(micro["median_followers"]):
        text += f", half of them with more than {write.count(micro['median_followers'])} followers"
    unknown = table.loc[table["tier"] == UNKNOWN_SIZE, "creators"].sum()
    if unknown:
        text += f". For {write.count(unknown)} no follower count is known, so they have no size class"
    return text + "."


def _how_many(share: float, write: Wording) -> str:
    return "none" if share == 0 else write.share(share)


def gaps_sentence(data: Dataset, brief: Brief) -> str | Missing:
    """Say what is missing most on the list, and how to get it."""
    if not data.has("creators"):
        return Missing(needs=("creators",), text=f"Your data holds no creators, so nothing can be missing yet: add {ADD}.")
    write = wording(brief)
    notes = to_note(data)
    full = notes[notes["share"] == 1]
    by_hand = notes[(notes["share"] < 1) & (notes["by_hand"] == "yes")].sort_values("share", kind="stable")
    ask = notes[(notes["share"] < 1) & (notes["by_hand"] == "ask")].sort_values("share", kind="stable")
    parts = [f"Of {len(notes)} things worth noting you have {len(full)} for everybody."]
    if len(by_hand):
        first = by_hand.iloc[0]
        text = f"The largest gap that you can close by looking: {first['note']}, known for"
        parts.append(f"{text} {_how_many(first['share'], write)} of your creators.")
    if len(ask):
        first = ask.iloc[0]
        parts.append(f"The largest gap that you must ask about: {first['note']}, known for {_how_many(first['share'], write)}.")
    return " ".join(parts)


def activity_sentence(data: Dataset, brief: Brief) -> str | Missing:
    """Say how many creators post now, and how many have gone quiet."""
    active = activity(data, brief)
    if isinstance(active, Missing):
        return active
    dated = active.dropna(subset=["posts_30"])
    if dated.empty:
        return Missing(
            needs=("posts.posted_at",),
            text="Your posts have no dates, so nobody can say who posts now: add posted_at, the day of each post.",
        )
    write = wording(brief)
    now = int((dated["posts_30"] > 0).sum())
    who = f"All {len(dated)}" if now == len(dated) > 1 else f"{write.count(now)} of {len(dated)}"
    text = f"{who} {plural(len(dated), 'creator')} with dated posts posted in the {RECENT_DAYS} days to {write.day(data.as_of)}"
    quiet = dated[dated["days_since"] > QUARTER_DAYS].sort_values(["days_since", "creator"], ascending=[False, True])
    if len(quiet):
        text += f"; {write.count(len(quiet))} {plural(len(quiet), 'has', 'have')} been quiet for more than {QUARTER_DAYS} days"
        text += f", {handle(quiet['creator'].iloc[0])} longest"
    return text + "."


def outcome(data: Dataset, brief: Brief) -> Outcome:
    """Return what chapter 02 hands on: counts in all, by size class, with posts, with a quote and active lately."""
    table = by_tier(data, brief)
    if isinstance(table, Missing):
        return Outcome(chapter="creators", status="needs_data", answer=table.text, findings=data.findings)
    write = wording(brief)
    total = int(table["creators"].sum())

    def count(name: str, value: float, text: str, n: int = total) -> Figure:
        return Figure(id=f"creators.{name}", value=float(value), n=n, unit="count", source="measured", text=text)

    figures = [count("count", total, f"{write.count(total)} {plural(total, 'creator')} on the list.")]
    for row in table.itertuples():
        name = row.tier.replace(" ", "_")
        where = "whose size is unknown" if row.tier == UNKNOWN_SIZE else f"in the class {row.tier}"
        figures.append(count(f"{name}.count", row.creators, f"{write.count(row.creators)} of {write.count(total)} creators {where}."))
    posting, quoting = table["with_posts"].sum(), table["with_quote"].sum()
    figures.append(count("with_posts", posting, f"{write.count(posting)} of {write.count(total)} creators with at least one post loaded."))
    figures.append(count("with_quote", quoting, f"{write.count(quoting)} of {write.count(total)} creators with a fee asked."))
    active = activity(data, brief)
    if not isinstance(active, Missing) and active["posts_30"].notna().any():
        dated = active["posts_30"].dropna()
        figures.append(count("active_30_days", (dated > 0).sum(), activity_sentence(data, brief), n=len(dated)))
    status = "done" if posting else "partial"
    return Outcome(chapter="creators", status=status, answer=tier_sentence(data, brief), figures=tuple(figures), findings=data.findings)
