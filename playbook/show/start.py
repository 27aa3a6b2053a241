"""Pictures and tables of chapter 00."""

from __future__ import annotations

import pandas as pd

from playbook.brief import Brief
from playbook.doctor import Examined
from playbook.show.logaxis import log_axis
from playbook.show.tables import Col, Table, table
from playbook.show.theme import INK, MUTED, PALETTE, Note, Picture, figure, finish, percent_axis, takes_missing
from playbook.wording import handle, plural, wording


def tiers_table(sources: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show where each source draws its lines."""
    shown = sources.assign(year=sources["year"].map(lambda y: "" if pd.isna(y) else f"{y:.0f}"))
    columns = {
        "source": Col("Source"),
        "year": Col("Year"),
        "nano": Col("Nano from", "count"),
        "micro": Col("Micro from", "count"),
        "mid": Col("Mid from", "count"),
        "macro": Col("Macro from", "count"),
        "mega": Col("Mega from", "count"),
        "read": Col("Read at"),
    }
    note = "Lower bounds in followers; a class ends where the next begins; - : no such class. Addresses: rules/tiers.csv."
    return table(shown, columns, brief, title="There is no standard: size classes as published", note=note)


@takes_missing
def tiers_chart(sources: pd.DataFrame, brief: Brief) -> Picture:
    """Draw what each source calls micro, on a logarithmic axis of followers."""
    write = wording(brief)
    shown = sources.dropna(subset=["micro", "micro_to"]).iloc[::-1].reset_index(drop=True)
    fig, axes = figure(height=0.36 * len(shown) + 1.5)
    for y, row in enumerate(shown.itertuples()):
        own = row.read == "your brief"
        axes.hlines(y, row.micro, row.micro_to, color=PALETTE[1] if own else PALETTE[0], linewidth=9 if own else 6, alpha=1 if own else 0.6)
        axes.annotate(
            f"{write.count(row.micro)} to {write.count(row.micro_to)}",
            (row.micro_to, y),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
            color=INK,
        )
    log_axis(axes.xaxis, max(shown["micro"].min(), 1) * 0.7, shown["micro_to"].max() * 6)
    years = shown["year"].map(lambda y: "" if pd.isna(y) else f", {y:.0f}")
    axes.set_yticks(
        range(len(shown)), [f"{_short(s)}{y if str(y).strip(', ') not in s else ''}" for s, y in zip(shown["source"], years, strict=True)]
    )
    axes.set_ylim(-0.6, len(shown) - 0.4)
    axes.set_xlabel("Followers (logarithmic)")
    axes.grid(axis="y", visible=False)
    others = shown[shown["read"] != "your brief"]
    ways = len(others[["micro", "micro_to"]].drop_duplicates())
    title = f"There is no standard: {len(others)} sources draw the lines of micro in {ways} ways"
    if ways == 1:
        title = f"All {len(others)} sources draw the lines of micro in one way"
    own = sources.iloc[0]
    starts, ends = (f"{write.count(others[c].min())} to {write.count(others[c].max())}" for c in ("micro", "micro_to"))
    alt = (
        f"Bars of the follower range that {len(others)} published sources call micro, beside your brief's {write.count(own['micro'])} to "
        f"{write.count(own['micro_to'])}. {title}: it begins at {starts} and ends at {ends}."
    )
    return finish(
        fig,
        title=title,
        subtitle=f"What {len(others)} published sources and your brief call micro; a logarithmic axis of followers",
        alt=alt,
    )


def _short(source: str) -> str:
    return source if len(source) < 34 else source.split(",")[0] + " and others"


def ready_table(ready: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show which chapters can answer with the data at hand."""
    columns = {
        "number": Col("No."),
        "title": Col("Chapter"),
        "question": Col("Question"),
        "state": Col("With your data"),
        "missing": Col("Needs"),
        "would_help": Col("Would say more with"),
    }
    note = "Tables are named as in the data dictionary; every chapter also runs without them and says what is missing."
    return table(ready, columns, brief, title="What you can answer now", note=note)


def shortlist_table(first: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show the first answer with everything that it rests on."""
    columns = {
        "rank": Col("Rank", "count"),
        "creator": Col("Creator", "handle"),
        "platform": Col("Platform"),
        "followers": Col("Followers", "count"),
        "rate": Col("Engagement rate", "share", "low", "high"),
        "posts": Col("Posts (n)", "count"),
        "days_since": Col("Days since last post", "count"),
        "fee": Col("Fee asked", "money"),
        "chance": Col("Chance to be among the best", "share"),
    }
    level = wording(brief).share(brief.statistics.level)
    note = (
        f"Engagements of a post over followers, mean of the latest posts, {level} interval, measured. Fee: quoted; - means not asked yet."
    )
    return table(first, columns, brief, title="A first shortlist", note=note)


@takes_missing
def shortlist_chart(candidates: pd.DataFrame, brief: Brief) -> Picture | Note:
    """Draw the intervals of the shortlist and of the next few, so that one sees how near they are."""
    write = wording(brief)
    places = brief.start.shortlist
    ranked = candidates[candidates["rank"].notna()]
    if ranked.empty:
        return Note("Nobody can be ranked yet, so there is no picture to draw.", "missing")
    shown = ranked.head(min(2 * places, places + 10)).iloc[::-1].reset_index(drop=True)
    fig, axes = figure(height=0.29 * len(shown) + 1.6)
    on = shown["rank"] <= places
    for chosen, colour, marker in ((True, PALETTE[1], "o"), (False, PALETTE[6], "s")):
        part = shown[on == chosen]
        axes.hlines(part.index, part["low"], part["high"], color=colour, alpha=0.45, linewidth=3)
        axes.plot(part["rate"], part.index, marker, color=colour)
    right = shown["high"].max()
    for y, row in enumerate(shown.itertuples()):
        axes.annotate(_chance(row.chance, write), (right * 1.04, y), va="center", fontsize=9, color=INK if on[y] else MUTED)
    axes.annotate(f"chance to be\namong the best {places}", (right * 1.04, len(shown) - 0.3), va="bottom", fontsize=8, color=MUTED)
    axes.set_xlim(0, right * 1.22)
    axes.set_yticks(shown.index, [handle(c) for c in shown["creator"]])
    axes.set_ylim(-0.7, len(shown) + 0.6)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("Engagements per follower and post")
    percent_axis(axes.xaxis)
    first = ranked.iloc[0]
    inside = ranked.head(places)
    nexts = ranked.iloc[places:]
    overlapping = int((nexts["high"] > inside["low"].min()).sum())
    if len(nexts) and overlapping:
        title = f"{overlapping} more {plural(overlapping, 'creator', 'creators')} could be as good as the last on your shortlist"
    elif len(nexts):
        title = f"The first {len(inside)} stand apart from all others"
    else:
        title = (
            f"All {len(inside)} that can be ranked are on the shortlist"
            if len(inside) > 1
            else f"Only {handle(first['creator'])} can be ranked"
        )
    level = write.share(brief.statistics.level)
    subtitle = f"The first {len(shown)} of {len(ranked)} ranked micro creators; dots: shortlist, squares: next; lines: {level} intervals"
    alt = f"Dot plot of engagement rates with intervals. {title}. First is {handle(first['creator'])} with {write.share(first['rate'])}."
    return finish(fig, title=title, subtitle=subtitle, alt=alt)


def _chance(value: float, write) -> str:
    return "> 99 %" if value > 0.99 else "< 1 %" if value < 0.01 else write.share(value)


def left_out_table(reasons: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show how many creators are not ranked, and why."""
    columns = {"why_not": Col("Where they went"), "creators": Col("Creators", "count"), "example": Col("For example", "handle")}
    return table(
        reasons, columns, brief, title="Nobody vanishes: who is ranked and who is not", note="Measured and quoted, from your tables."
    )


def installation_table(examined: list[Examined], brief: Brief) -> Table:
    """Show what was found on this machine, and how to mend what is not right."""
    frame = pd.DataFrame(
        {
            "name": [e.name for e in examined],
            "ok": ["ok" if e.ok else "mend" for e in examined],
            "found": [e.found for e in examined],
            "mend": [e.mend or "-" for e in examined],
        }
    )
    wrong = sum(not e.ok for e in examined)
    title = "Everything is in place" if not wrong else f"{wrong} {plural(wrong, 'thing')} to mend before you go on"
    columns = {"name": Col("What"), "ok": Col("State"), "found": Col("Found"), "mend": Col("How to mend")}
    return table(frame, columns, brief, title=title)
