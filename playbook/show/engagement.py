"""Pictures and tables of chapter 04."""

from __future__ import annotations

import pandas as pd

from playbook.brief import Brief
from playbook.show.tables import Col, Table, table
from playbook.show.theme import PALETTE, Note, Picture, figure, finish, percent_axis, takes_missing
from playbook.wording import handle, wording


def rates_table(rates: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show engagement rates with n and interval."""
    columns = {
        "creator": Col("Creator", "handle"),
        "tier": Col("Tier"),
        "followers": Col("Followers", "count"),
        "posts": Col("Posts (n)", "count"),
        "rate": Col("Engagement rate", "share", "low", "high"),
        "median_rate": Col("Typical post", "share"),
    }
    level = wording(brief).share(brief.statistics.level)
    return table(rates, columns, brief, title="Engagement rate by followers", top=brief.engagement.top, note=f"Mean of likes + comments + shares + saves a post, over followers; {level} intervals. Source: your posts.")


@takes_missing
def rates_chart(rates: pd.DataFrame, brief: Brief) -> Picture:
    """Draw the creators with the highest rates, with their intervals."""
    write = wording(brief)
    shown = rates.dropna(subset=["rate"]).head(brief.engagement.top).iloc[::-1]
    fig, axes = figure(height=0.28 * len(shown) + 1.4)
    names = [handle(c) for c in shown["creator"]]
    axes.hlines(names, shown["low"], shown["high"], color=PALETTE[0], alpha=0.5, linewidth=3)
    axes.plot(shown["rate"], names, "o", color=PALETTE[0])
    axes.set_xlabel("Engagements per follower and post")
    axes.set_xlim(left=0)
    percent_axis(axes.xaxis)
    best = shown.iloc[-1]
    title = f"{handle(best.creator)} has the highest rate, {write.share(best.rate)}"
    return finish(fig, title=title, subtitle="Mean of the latest posts; lines are intervals", alt=f"Dot plot of {len(shown)} creators. {title}.")
