"""Pictures and tables of chapter 02."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.creators import Card, Matching, platform_name
from playbook.show.logaxis import log_axis
from playbook.show.tables import Col, Table, table
from playbook.show.theme import INK, MARKERS, MUTED, PALETTE, RULE, Note, Picture, count_axis, figure, finish, takes_missing
from playbook.wording import handle, listed, plural, wording

_EFFORT = {"yes": "look", "ask": "ask for it", "tool": "from a tool"}


def sourcing_table(sheet: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show the worksheet for finding creators."""
    columns = {"way": Col("Way"), "place": Col("Where to look"), "how": Col("How"), "note_down": Col("Note down")}
    note = "Filled in from your brief: keywords, niches, handle, country, platforms and size classes."
    return table(sheet, columns, brief, title="Worksheet: where to look for creators", note=note)


def notes_table(notes: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show what to note about each creator, and for how many it is known."""
    shown = notes.assign(by_hand=notes["by_hand"].map(_EFFORT))
    columns = {
        "note": Col("Note down"),
        "why": Col("What it is for"),
        "chapter": Col("Chapter"),
        "by_hand": Col("How to get it"),
        "known": Col("Known for (creators)", "count"),
        "share": Col("Share of your list", "share"),
    }
    return table(
        shown, columns, brief, title="What to note about each creator", note="Known: at least one value for the creator in your tables."
    )


def files_table(files: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show which files were read and what they gave."""
    columns = {
        "file": Col("File"),
        "format": Col("Read as"),
        "sure": Col("Sure", "share"),
        "rows": Col("Rows", "count"),
        "creators": Col("Creators", "count"),
        "period": Col("Period"),
        "used_for": Col("Went into (rows)"),
        "set_aside": Col("Set aside", "count"),
        "why": Col("Why"),
    }
    if files.empty:
        return Note("No file was read for this campaign.", "missing")
    return table(
        files, columns, brief, title="What was loaded", note=f"{len(files)} {plural(len(files), 'file')}; hashes stand in the report."
    )


def tiers_table(tiers: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show how many creators each size class holds."""
    columns = {
        "tier": Col("Size class"),
        "from_followers": Col("From followers", "count"),
        "creators": Col("Creators", "count"),
        "share": Col("Share", "share"),
        "median_followers": Col("Median followers", "count"),
        "with_posts": Col("With posts", "count"),
        "with_quote": Col("With a fee asked", "count"),
    }
    return table(
        tiers, columns, brief, title="Size classes on your list", note="Lines drawn by your brief (tiers); counts measured on your list."
    )


def platforms_table(platforms: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show how many creators are on each platform."""
    columns = {
        "platform": Col("Platform"),
        "creators": Col("Creators", "count"),
        "median_followers": Col("Median followers", "count"),
        "wanted": Col("In your brief", "flag"),
    }
    return table(platforms, columns, brief, title="Platforms on your list", note="Measured on your list.")


@takes_missing
def sizes_chart(creators: pd.DataFrame, brief: Brief) -> Picture | Note:
    """Draw each creator by followers, one row a platform, with the lines of the size classes.

    Parameters
    ----------
    creators : DataFrame
        As :func:`playbook.creators.with_tiers` returns it.
    """
    write = wording(brief)
    sized = creators[creators["followers"] > 0]
    if sized.empty:
        return Note("No creator on your list has a follower count, so there are no sizes to draw: note followers.", "missing")
    platforms = sized["platform"].fillna("unknown")
    order = platforms.value_counts().sort_index().sort_values(ascending=True, kind="stable").index.tolist()
    fig, axes = figure(height=0.75 * len(order) + 1.9)
    # the same picture for the same list: the scatter across is by rank, not by chance
    for y, platform in enumerate(order):
        here = np.sort(sized.loc[platforms == platform, "followers"].to_numpy())
        across = y + 0.28 * (((np.arange(len(here)) * 0.618034) % 1) * 2 - 1)
        colour, marker = PALETTE[(len(order) - 1 - y) % len(PALETTE)], MARKERS[(len(order) - 1 - y) % len(MARKERS)]
        axes.plot(here, across, marker, color=colour, alpha=0.6, markersize=4.5, markeredgewidth=0)
        axes.plot(np.median(here), y, "|", color=INK, markersize=30, markeredgewidth=2)
    low, high = sized["followers"].min() / 1.6, sized["followers"].max() * 1.6
    log_axis(axes.xaxis, low, high)
    lines = brief.tiers.bounds()
    starts = [0.0, *(b for _, b in lines)]
    stops = [*(b for _, b in lines), np.inf]
    counts = creators["tier"].value_counts()
    top = len(order) - 0.35
    for name, start, stop in zip(brief.tiers.names, starts, stops, strict=True):
        left, right = max(start, low), min(stop, high)
        if left >= right:
            continue
        if start > low:
            axes.axvline(start, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
        if np.log10(right / left) > 0.28:
            axes.annotate(f"{name}\n{counts.get(name, 0)}", (np.sqrt(left * right), top), ha="center", va="bottom", fontsize=9, color=INK)
    axes.set_yticks(range(len(order)), [f"{platform_name(p)} ({(platforms == p).sum()})" for p in order])
    axes.set_ylim(-0.5, top + 0.42)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("Followers (logarithmic)")
    micro, n = int(counts.get("micro", 0)), len(sized)
    title = f"{write.count(micro)} of your {write.count(n)} creators {plural(micro, 'is', 'are')} in the micro class"
    subtitle = f"One mark a creator, n = {n}; upright bars: medians of the platforms; dashed: the lines of your brief. Measured"
    spans = f"from {write.count(sized['followers'].min())} to {write.count(sized['followers'].max())} followers"
    rows = f"one row for each of {len(order)} {plural(len(order), 'platform')}"
    alt = f"Creators along a logarithmic axis of followers, {spans}, {rows}. {title}."
    return finish(fig, title=title, subtitle=subtitle, alt=alt)


@takes_missing
@takes_missing
def over_time_chart(months: pd.DataFrame, brief: Brief) -> Picture | Note:
    """Draw month by month for how many creators there is data of each kind.

    Parameters
    ----------
    months : DataFrame
        As :func:`playbook.creators.over_time` returns it.
    """
    from matplotlib.colors import LinearSegmentedColormap

    write = wording(brief)
    whats = list(dict.fromkeys(months["what"]))
    span = pd.date_range(months["month"].min(), months["month"].max(), freq="MS")
    shares = months.pivot(index="what", columns="month", values="share").reindex(index=whats, columns=span)
    fig, axes = figure(height=0.42 * len(whats) + 1.6)
    light = LinearSegmentedColormap.from_list("known", ["#DCE9F5", PALETTE[0]])
    light.set_bad("#F1F3F5")
    axes.imshow(np.ma.masked_invalid(shares.to_numpy(dtype=float)), aspect="auto", interpolation="nearest", cmap=light, vmin=0, vmax=1)
    size = 8 if len(span) <= 18 else 6
    for row in months.itertuples():
        x, y = span.get_loc(row.month), whats.index(row.what)
        text = write.count(row.creators) if np.isfinite(row.creators) else f"{row.days} d"
        if len(span) <= 24:
            axes.text(x, y, text, ha="center", va="center", fontsize=size, color="white" if row.share > 0.55 else INK)
    axes.set_yticks(range(len(whats)), whats)
    step = max(1, len(span) // 12)
    axes.set_xticks(range(0, len(span), step), [f"{m:%Y-%m}" for m in span[::step]], rotation=0 if len(span) <= 8 else 45)
    axes.set_xticks(np.arange(-0.5, len(span)), minor=True)
    axes.grid(visible=False)
    axes.grid(which="minor", color="white", linewidth=1.5)
    axes.tick_params(which="both", length=0)
    posts = months[months["what"] == "posts"]
    title = f"Data over {len(span)} {plural(len(span), 'month')}"
    if len(posts):
        title = f"Posts of up to {write.count(posts['creators'].max())} creators a month, over {len(posts)} {plural(len(posts), 'month')}"
    alt = f"Grid of {len(whats)} kinds of data by {len(span)} months. {title}. Kinds: {listed(whats, 9)}."
    subtitle = (
        "Number in a cell: creators with data in that month (d: days of the brand's own tables); darker is a larger share of your list"
    )
    return finish(fig, title=title, subtitle=subtitle, alt=alt)


def known_chart(known: pd.DataFrame, notes: pd.DataFrame, brief: Brief) -> Picture | Note:
    """Draw for each thing worth noting for which creators it is known.

    Parameters
    ----------
    known : DataFrame
        As :func:`playbook.creators.known_of` returns it.
    notes : DataFrame
        As :func:`playbook.creators.to_note` returns it.
    """
    from matplotlib.colors import ListedColormap

    if known.empty:
        return Note("There are no creators on your list yet, so nothing is known about anybody.", "missing")
    write = wording(brief)
    columns = [f"{t}.{c}" for t, c in zip(notes["table"], notes["column"], strict=True)]
    matrix = known[columns].to_numpy(dtype=float).T
    rows = np.argsort(-matrix.sum(axis=1), kind="stable")
    order = np.lexsort((np.arange(matrix.shape[1]), *(-matrix[r] for r in rows[::-1]), -matrix.sum(axis=0)))
    fig, axes = figure(height=0.27 * len(columns) + 1.5)
    picture = matrix[np.ix_(rows, order)]
    axes.imshow(picture, aspect="auto", interpolation="nearest", cmap=ListedColormap(["#F1F3F5", PALETTE[0]]), vmin=0, vmax=1)
    axes.set_yticks(range(len(rows)), [str(notes["note"].iloc[r]).split(" (")[0] for r in rows])
    axes.set_xticks([])
    for y in range(1, len(rows)):
        axes.axhline(y - 0.5, color="white", linewidth=1.5)
    right = axes.secondary_yaxis("right")
    right.set_yticks(range(len(rows)), [_share(picture[y].mean(), write) for y in range(len(rows))])
    right.tick_params(length=0, labelcolor=INK)
    right.spines["right"].set_visible(False)
    axes.grid(visible=False)
    n = len(known)
    axes.set_xlabel(f"{write.count(n)} {plural(n, 'creator')}, those of whom you know most on the left")
    full = int((matrix.mean(axis=1) == 1).sum())
    nothing = [str(notes["note"].iloc[r]).split(" (")[0] for r in range(len(columns)) if matrix[r].sum() == 0]
    title = f"You know {full} of {len(columns)} things about everybody"
    if nothing:
        title += f", and {len(nothing)} about nobody"
    alt = f"Grid of {len(columns)} things by {n} creators, blue where known. {title}{': ' + listed(nothing, 4) if nothing else ''}."
    return finish(
        fig, title=title, subtitle="One column a creator, blue where at least one value is known; share of the list on the right", alt=alt
    )


def _share(value: float, write) -> str:
    return "none" if value == 0 else "all" if value == 1 else write.share(value)


def activity_table(activity: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show how lately and how often creators post."""
    columns = {
        "creator": Col("Creator", "handle"),
        "tier": Col("Size class"),
        "posts": Col("Posts loaded", "count"),
        "posts_30": Col("Last 30 days", "count"),
        "posts_90": Col("Last 90 days", "count"),
        "last_at": Col("Last post", "day"),
        "days_since": Col("Days since", "count"),
        "days_covered": Col("Days covered", "count"),
    }
    note = "Measured; - means unknown. Where fewer than 90 days are covered, the 90-day count can be too low: your file may begin later."
    return table(activity, columns, brief, title="Who posts now", top=brief.creators.top, note=note)


@takes_missing
def activity_chart(activity: pd.DataFrame, brief: Brief) -> Picture | Note:
    """Draw how many creators made how many posts in the last 30 days."""
    write = wording(brief)
    dated = activity.dropna(subset=["posts_30"])
    if dated.empty:
        return Note("Your posts have no dates, so there is no picture of who posts now: add posted_at, the day of each post.", "missing")
    fig, axes = figure(height=2.9)
    top = int(dated["posts_30"].max())
    width = max(1, int(np.ceil((top + 1) / 30)))
    edges = np.arange(0, top + width + 1, width) - 0.5
    axes.hist(dated["posts_30"], bins=edges, color=PALETTE[0], edgecolor="white")
    middle = dated["posts_30"].median()
    axes.axvline(middle, color=PALETTE[1], linewidth=2)
    axes.annotate(
        f" half post {write.number(middle, 0)} times or more",
        (middle, 1.0),
        xycoords=("data", "axes fraction"),
        va="bottom",
        fontsize=9,
        color=PALETTE[1],
    )
    axes.set_xlabel("Posts in the last 30 days")
    axes.set_ylabel("Creators")
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.grid(axis="x", visible=False)
    quiet = int((dated["posts_30"] == 0).sum())
    n = len(dated)
    title = (
        f"{write.count(quiet)} of {write.count(n)} creators {plural(quiet, 'has', 'have')} not posted for 30 days"
        if quiet
        else f"All {write.count(n)} creators posted in the last 30 days"
    )
    subtitle = f"Creators by posts in the 30 days to {write.day(brief_now(activity))}; n = {n}; measured"
    return finish(
        fig,
        title=title,
        subtitle=subtitle,
        alt=f"Histogram of posts in the last 30 days. {title}; the median is {write.number(middle, 0)}.",
    )


def brief_now(activity: pd.DataFrame) -> pd.Timestamp:
    """Return now as the activity table counts it: a last post plus the days since."""
    row = activity.dropna(subset=["last_at"]).iloc[0]
    return row["last_at"] + pd.Timedelta(days=float(row["days_since"]))


@takes_missing
def matching_table(found: Matching, brief: Brief, *, top: int = 10) -> Table | Note:
    """Show who passes the filters, most followers first."""
    columns = {
        "creator": Col("Creator", "handle"),
        "platform": Col("Platform"),
        "tier": Col("Size"),
        "followers": Col("Followers", "count"),
        "niche": Col("Niche"),
        "country": Col("Country"),
        "language": Col("Language"),
        "last_post": Col("Latest post", "day"),
    }
    if found.frame.empty:
        return Note("Nobody passes these filters; take one of them away.", "missing")
    return table(found.frame, columns, brief, title="Who passes", note="Measured.", top=top)


@takes_missing
def card_table(card: Card, brief: Brief) -> Table | Note:
    """Show one creator's numbers."""
    columns = {"what": Col("What"), "value": Col("Value"), "source": Col("Source")}
    return table(card.numbers, columns, brief, title=f"Creator card: {handle(card.creator)}", note=_remarks(card))


def _remarks(card: Card) -> str:
    if not card.findings:
        return "No finding about this creator in the input."
    return " ".join(f.text for f in card.findings)


@takes_missing
def card_chart(card: Card, brief: Brief) -> Picture | Note:
    """Draw one creator's posts, and followers where a history is known."""
    write = wording(brief)
    posts = card.posts.dropna(subset=["posted_at"])
    liked = posts[posts["engagement"] > 0]
    if liked.empty:
        return Note(f"There are no dated posts with known likes of {handle(card.creator)}, so there is no series to draw.", "missing")
    history = card.followers
    both = len(history) > 1
    fig, axes = figure(height=4.4 if both else 3.0, rows=2 if both else 1, share_x=False)
    upper = axes[0] if both else axes
    formats = liked["format"].fillna("post")
    for i, kind in enumerate(sorted(formats.unique())):
        here = liked[formats == kind]
        upper.plot(
            here["posted_at"].dt.tz_localize(None),
            here["engagement"],
            MARKERS[i % 7],
            color=PALETTE[i % 7],
            label=kind,
            markersize=5.5,
            alpha=0.85,
        )
    middle = liked["engagement"].median()
    upper.axhline(middle, color=MUTED, linewidth=1)
    log_axis(upper.yaxis, liked["engagement"].min() / 1.4, liked["engagement"].max() * 1.4)
    upper.set_ylabel("Engagements")
    if formats.nunique() > 1:
        upper.legend(ncols=4, loc="upper left", fontsize=8, handletextpad=0.2, bbox_to_anchor=(0, 1.2), borderaxespad=0)
    if both:
        axes[1].plot(history["day"], history["followers"], color=PALETTE[0])
        axes[1].set_ylabel("Followers")
        count_axis(axes[1].yaxis)
    _few_dates(fig, axes if both else [axes])
    best = liked.loc[liked["engagement"].idxmax()]
    times = best["engagement"] / middle
    title = f"{handle(card.creator)}: typically {write.count(middle)} engagements, {write.ratio(times)} times that at best"
    subtitle = f"Likes + comments + shares + saves; each mark a post, n = {len(liked)}, logarithmic; line: median. Measured" + (
        "; below: followers day by day" if both else ""
    )
    alt = f"Series of {len(liked)} posts of {handle(card.creator)}. {title}."
    if both:
        alt += f" Followers went from {write.count(history['followers'].iloc[0])} to {write.count(history['followers'].iloc[-1])}."
    return finish(fig, title=title, subtitle=subtitle, alt=alt)


def _few_dates(fig, axes) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    for each in axes:
        locator = AutoDateLocator(maxticks=7)
        each.xaxis.set_major_locator(locator)
        each.xaxis.set_major_formatter(ConciseDateFormatter(locator))
        each.spines["bottom"].set_color(RULE)
