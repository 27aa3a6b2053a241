"""Pictures and tables of extra sales, and of what the next campaign could show."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.findings import Missing
from playbook.results import EventStudy, Lift, NextTest, Series, event_sentence, lift_sentence, next_test_sentence, series_sentence
from playbook.show.tables import Col, Table, table
from playbook.show.theme import INK, MUTED, PALETTE, RULE, Note, Picture, figure, finish, label_at, missing, say, takes_missing
from playbook.wording import plural, wording


def designs_table(found: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show every design that could tell extra from credited, whether the data allows it, and what it says."""
    columns = {"design": Col("Design"), "at_hand": Col("At hand"), "says": Col("What it says, or what it would take")}
    note = "From the strongest to the weakest. The first that is at hand is the answer; the last can never name a cause."
    return table(found, columns, brief, title="Ways to tell what would have come anyway", note=note)


@takes_missing
def lift_chart(found: Lift, brief: Brief) -> Picture:
    """Draw the regions with and without the campaign, each side relative to its own level before."""
    import matplotlib.dates as dates

    write = wording(brief)
    fig, axes = figure(height=3.8)
    # weeks hide the weekday, which both sides share
    paths = found.paths.set_index("day").rolling(7, min_periods=7, center=True).mean().dropna()
    start = found.paths["day"].iloc[found.days_before]
    axes.axvspan(start, found.paths["day"].iloc[-1], color=RULE, alpha=0.45, linewidth=0)
    for column, colour, style, label in (("with", PALETTE[0], "-", "with"), ("without", PALETTE[1], "--", "without")):
        axes.plot(paths.index, paths[column], color=colour, linestyle=style, linewidth=1.8)
        label_at(axes, paths.index[-1], paths[column].iloc[-1], label, colour, fontweight="bold")
    axes.set_ylabel(f"{found.measure.capitalize()}, level before = 1")
    axes.xaxis.set_major_locator(dates.AutoDateLocator(maxticks=7))
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(axes.xaxis.get_major_locator()))
    axes.set_xlim(paths.index[0], found.paths["day"].iloc[-1] + (found.paths["day"].iloc[-1] - paths.index[0]) * 0.08)
    side = "more" if found.share >= 0 else "less"
    verb = {"sales": "sold", "followers": "won"}.get(found.measure, "saw")
    title = f"Regions with the campaign {verb} {write.share(abs(found.share))} {side} than the others suggest"
    if found.found == "cannot_tell":
        title = f"The regions cannot tell whether the campaign added {found.measure}"
    span = write.between(found.low, found.high, write.share, found.level)
    subtitle = (
        f"Mean {found.measure} of {found.regions_with} regions with and {found.regions_without} without"
        f"{' (weighted to fit before)' if found.design == 'synthetic control' else ''}, seven-day mean, grey: the campaign's "
        f"days; {span} of the rise. "
        "Source: brand_daily."
    )
    return finish(fig, title=title, subtitle=subtitle, alt=f"Two lines of sales. {lift_sentence(found, brief)}")


@takes_missing
def lift_table(found: Lift, brief: Brief) -> Table | Note:
    """Show what each design says, and the tests beside them."""
    write = wording(brief)
    first = (f"{found.design.capitalize()} (the answer)", found.share, found.low, found.high, found.p)
    rows = [first, *((e.method.capitalize(), e.effect, e.low, e.high, e.p) for e in found.others)]
    frame = pd.DataFrame(rows, columns=["method", "share", "low", "high", "p"])
    frame["extra"] = [found.came * s / (1 + s) if s > -1 else math.nan for s in frame["share"]]
    amount = "money" if found.measure == "sales" else "count"
    columns = {
        "method": Col("Design"),
        "share": Col("Rise", "share", "low", "high"),
        "extra": Col(f"Extra {found.measure}", amount),
        "p": Col("Chance of as much", "share"),
    }
    before = "-" if math.isnan(found.before_p) else write.share(found.before_p)
    note = (
        f"{write.share(found.level)} intervals where the design gives one. Chance of as much: among reassignments of the campaign to "
        f"other regions (never below {write.share(found.p_floor)}), or among placebo regions; for the synthetic control among all shifts "
        f"of the days it is {write.share(found.conformal_p)}. In {before} of stretches before the campaign the regions drifted apart as "
        "much. "
        "Time-based regression takes days as independent and is too sure where the level drifts. Source: brand_daily."
    )
    if found.left_out or found.days_left_out:
        gaps = (
            f"{len(found.left_out)} {plural(len(found.left_out), 'region')} and {found.days_left_out} {plural(found.days_left_out, 'day')}"
        )
        note += f" Left out because values are missing: {gaps}."
    return table(
        frame, columns, brief, title="Extra sales by design" if found.measure == "sales" else f"Extra {found.measure} by design", note=note
    )


def series_chart(found: Series | Missing, brief: Brief) -> Picture | Note:
    """Draw a series with what its controls, or its own trend, suggest."""
    if isinstance(found, Missing):
        return missing(found) if found.needs else say(found.text)
    import matplotlib.dates as dates

    write = wording(brief)
    amount = write.money if found.measure == "sales" else write.count
    fig, axes = figure(height=3.4)
    daily, start = found.daily, found.daily["day"].iloc[found.days_before]
    axes.axvspan(start, daily["day"].iloc[-1], color=RULE, alpha=0.45, linewidth=0)
    smooth = daily.set_index("day").rolling(7, min_periods=4, center=True).mean()
    axes.plot(smooth.index, smooth["value"], color=PALETTE[0], linewidth=1.8)
    axes.plot(smooth.index, smooth["expected"], color=PALETTE[1], linewidth=1.6, linestyle="--")
    label_at(axes, smooth.index[-1], smooth["value"].iloc[-1], "came", PALETTE[0], fontweight="bold")
    label_at(axes, smooth.index[-1], smooth["expected"].iloc[-1], "expected", PALETTE[1])
    axes.set_ylabel(f"{found.measure.capitalize()} a day")
    axes.yaxis.set_major_formatter(lambda v, _: write.count(v))
    axes.xaxis.set_major_locator(dates.AutoDateLocator(maxticks=7))
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(axes.xaxis.get_major_locator()))
    axes.set_xlim(daily["day"].iloc[0], daily["day"].iloc[-1] + (daily["day"].iloc[-1] - daily["day"].iloc[0]) * 0.1)
    title = f"{found.measure.capitalize()} came to {amount(found.came)}, against {amount(found.expected)} expected"
    by = f"its {len(found.controls)} controls" if found.controls else "its own trend alone, so no cause is named"
    subtitle = (
        f"Seven-day mean; dashed: from {by}, learned on {found.days_before} days before. Grey: the campaign's days. "
        f"Gap: {write.between(found.extra_low, found.extra_high, amount, found.level)}. Source: brand_daily."
    )
    return finish(fig, title=title, subtitle=subtitle, alt=f"Two lines a day. {series_sentence(found, brief)}")


@takes_missing
def events_chart(found: EventStudy, brief: Brief) -> Picture:
    """Draw what a post brought, by days after it."""
    write = wording(brief)
    fig, axes = figure(height=3.2)
    rows = found.profile
    at = np.arange(len(rows))
    colours = [MUTED if r.last < 0 else PALETTE[0] for r in rows.itertuples()]
    for x, r, colour in zip(at, rows.itertuples(), colours, strict=True):
        axes.errorbar(
            [x], [r.effect], yerr=[[r.effect - r.low], [r.high - r.effect]], fmt="s" if r.last < 0 else "o", color=colour, capsize=3
        )
    axes.axhline(0, color=INK, linewidth=0.8)
    names = [
        f"{abs(r.first)}-{abs(r.last)} before" if r.last < 0 else f"{r.first}" if r.first == r.last else f"{r.first}-{r.last}"
        for r in rows.itertuples()
    ]
    axes.set_xticks(at, names)
    axes.set_xlabel("Days after a post")
    axes.set_ylabel(f"{found.measure.capitalize()} a day, beyond usual")
    axes.grid(axis="x", visible=False)
    more = "more" if found.total >= 0 else "fewer"
    title = f"Days after posts had {write.count(abs(found.total))} {more} {found.measure} than other days suggest"
    if found.found == "cannot_tell":
        title = f"Days after posts cannot be told from other days by their {found.measure}"
    subtitle = (
        f"For a post of mean reach, {found.posts} posts in {found.days} days, {write.share(found.level)} intervals. Grey: before the post, "
        f"which should lie around zero. Source: your posts and {'orders' if found.measure == 'orders' else 'brand_daily'}."
    )
    return finish(fig, title=title, subtitle=subtitle, alt=f"Points with intervals by days after a post. {event_sentence(found, brief)}")


def power_table(found: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show the smallest rise that the next campaign could show, by its regions and length."""
    columns = {
        "treated": Col("Regions with it", "count"),
        "weeks": Col("Weeks", "count"),
        "smallest": Col("Smallest rise found 4 times in 5", "share"),
        "false_alarms": Col("False alarms", "share"),
        "spend_to_see": Col("Just pays and is seen from a cost of", "money"),
        "regions": Col("Regions (n)", "count"),
    }
    note = (
        "Simulated on your own sales before the campaign: regions at random, random weeks, a planted rise, the same test as for a finished "
        "campaign. Four draws in five find the rise. Source: brand_daily; margin from the brief."
    )
    return table(found, columns, brief, title="What the next campaign could show", note=note)


@takes_missing
def next_test_table(found: NextTest, brief: Brief) -> Table | Note:
    """Show which regions would run the next campaign."""
    shown = found.regions.assign(runs=np.where(found.regions["campaign"], "campaign", "left out"))
    columns = {
        "pair": Col("Pair", "count"),
        "region": Col("Region"),
        "runs": Col("Next time"),
        "alike": Col("Moved alike (correlation)", "number2"),
        "a_day": Col("Sales a day", "money"),
    }
    note = f"{next_test_sentence(found, brief)} Alike: correlation of weekly changes, less what all regions share. Source: brand_daily."
    return table(shown, columns, brief, title="Where to run it, so that it can be learned from", note=note)
