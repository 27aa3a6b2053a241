"""Pictures and tables of chapter 09."""

from __future__ import annotations

import html
from dataclasses import dataclass

import pandas as pd

from playbook import disclosure
from playbook.brief import Brief
from playbook.findings import Missing
from playbook.outreach import Letter, disclosure_sentence
from playbook.show.tables import Col, Table, table
from playbook.show.theme import INK, PALETTE, Note, Picture, figure, finish, missing, say, takes_missing
from playbook.wording import plural, wording


@dataclass(frozen=True)
class Letters:
    """Messages and briefs, folded one under the other."""

    letters: tuple[Letter, ...]
    shown: int
    unfolded: bool = False

    def __repr__(self) -> str:
        return "\n\n".join(
            f"To {one.creator}\n{one.subject}\n\n{one.message}\n\n{one.creative_brief}" for one in self.letters[: self.shown]
        )

    def _repr_html_(self) -> str:
        parts = []
        for one in self.letters[: self.shown]:
            sources = "".join(f"<li>{html.escape(f.text)} <em>({html.escape(f.source)})</em></li>" for f in one.facts)
            said = (
                f"<h4>What it says about the creator, and where that was read</h4><ul>{sources}</ul>"
                if sources
                else "<p>Your data holds nothing to quote.</p>"
            )
            state = " open" if self.unfolded else ""
            parts.append(f"<details{state}><summary>{html.escape(one.subject)}</summary>{one.page}{said}</details>")
        more = len(self.letters) - self.shown
        rest = f"<p>And {more} more.</p>" if more > 0 else ""
        return f'<div class="pb-letters">{"".join(parts)}{rest}</div>'


def shortlist_table(listed: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show whom to ask, with codes."""
    columns = {
        "creator": Col("Creator", "handle"),
        "platform": Col("Platform"),
        "tier": Col("Tier"),
        "followers": Col("Followers", "count"),
        "rate": Col("Engagement rate", "share"),
        "fee": Col("Fee", "money"),
        "fee_source": Col("Fee is"),
        "state": Col("State"),
        "code": Col("Code"),
    }
    why = "" if isinstance(listed, Missing) or listed.empty else f" On the list: {listed['why'].iloc[0]}."
    return table(
        listed,
        columns,
        brief,
        title="Whom to ask",
        note=f"Engagement rate: share of followers, latest posts.{why} Codes clash with none in your orders.",
    )


def links_table(listed: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show each creator's code and link."""
    columns = {"creator": Col("Creator", "handle"), "code": Col("Code"), "utm_content": Col("Mark in links"), "link": Col("Link to share")}
    note = (
        "utm_source is the platform, utm_medium influencer, utm_content the creator. Put code and mark into your deliverables "
        "table, and chapter 10 reads them back."
    )
    return table(listed, columns, brief, title="Codes and links", note=note)


@takes_missing
def letters(found: tuple[Letter, ...], brief: Brief, *, most: int = 3) -> Letters:
    """Show the first letters, folded."""
    return Letters(found, min(most, len(found)))


@takes_missing
def letter(found: Letter, brief: Brief) -> Letters:
    """Show one creator's letter, unfolded."""
    return Letters((found,), 1, unfolded=True)


def tracking_table(plan: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show which sales each mark can and cannot see."""
    columns = {
        "mark": Col("Mark"),
        "sees": Col("Sees"),
        "misses": Col("Cannot see"),
        "orders": Col("Your orders", "count"),
        "share": Col("Share", "share"),
    }
    if plan["orders"].isna().all():
        columns = {k: v for k, v in columns.items() if k not in ("orders", "share")}
    return table(
        plan, columns, brief, title="What each mark can and cannot see", note="Your orders: all orders in your data that carry the mark."
    )


@takes_missing
def advice_table(advice: disclosure.Advice, brief: Brief) -> Table | Note:
    """Show the wording to ask for and to avoid, with the rules behind it."""
    rows = [("Write", ", ".join(advice.use)), ("Rather not", ", ".join(advice.avoid[:12])), *(("Rule", r) for r in advice.rules)]
    frame = pd.DataFrame(rows, columns=["what", "text"])
    checked = max((day for _, day, _ in advice.sources), default="")
    kinds = sorted({status for _, _, status in advice.sources})
    said = (
        "all sources read themselves" if kinds == ["verified"] else "some known only from others' accounts, which is advice and no verdict"
    )
    note = f"Rules for {advice.jurisdiction}, looked at on {checked}; {said}. {disclosure.NOT_LEGAL_ADVICE}"
    return table(
        frame, {"what": Col(""), "text": Col("Disclosure")}, brief, title=f"Saying that it is paid: {advice.jurisdiction}", note=note
    )


@takes_missing
def sources_table(rules: pd.DataFrame, brief: Brief) -> Table | Note:
    """Show where each rule comes from."""
    found = rules.drop_duplicates(["source", "status"])[["source", "status", "checked"]]
    return table(
        found,
        {"source": Col("Source"), "status": Col("Read"), "checked": Col("Looked at", "day")},
        brief,
        title="Where the rules come from",
        note="unverified: the source itself was not read, only somebody's account of it. ours: how this kit reads a caption. "
        f"{disclosure.NOT_LEGAL_ADVICE}",
    )


def drafts_table(read: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show what is to change in drafts before they are out."""
    columns = {
        "creator": Col("Creator", "handle"),
        "deliverable": Col("What"),
        "due": Col("Due", "day"),
        "state": Col("Label"),
        "found": Col("Words found"),
        "text": Col("Why"),
        "notes": Col("Also"),
    }
    note = f"Rules for {disclosure.jurisdiction_of(brief)}; text only. {disclosure.NOT_LEGAL_ADVICE} Source: your deliverables table."
    return table(read, columns, brief, title="Drafts, read for their label", note=note)


@takes_missing
def disclosure_chart(read: pd.DataFrame, brief: Brief) -> Picture:
    """Draw how clearly past paid posts say that they are paid."""
    write = wording(brief)
    counts = read["state"].value_counts().reindex(list(disclosure.STATES), fill_value=0)
    fig, axes = figure(height=2.4)
    looks = {"clear": (PALETTE[0], ""), "unclear": (PALETTE[5], "//"), "missing": (PALETTE[1], "xx")}
    for state in reversed(disclosure.STATES):
        colour, hatch = looks[state]
        axes.barh(state, counts[state], color=colour, hatch=hatch, edgecolor="white", height=0.62)
        axes.annotate(
            f"{write.count(counts[state])}, {write.share(counts[state] / len(read))}",
            (counts[state], state),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
            color=INK,
        )
    axes.set_xlim(0, counts.max() * 1.2)
    axes.set_xlabel("Past posts known to be paid")
    axes.grid(axis="y", visible=False)
    title = f"{write.count(counts['clear'])} of {write.count(len(read))} paid posts are labelled clearly"
    where = disclosure.jurisdiction_of(brief)
    return finish(
        fig,
        title=title,
        subtitle=f"Captions of {read['creator'].nunique()} creators, by the rules for {where}. Text only. Source: your posts.",
        alt=f"Bar chart. {disclosure_sentence(read, brief)}",
    )


def disclosure_table(per_creator: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show whose paid posts need a word about labels."""
    if isinstance(per_creator, Missing):
        return missing(per_creator)
    asked = per_creator[per_creator["clear"] < per_creator["posts"]]
    if asked.empty:
        return say("Every past paid post in your data is labelled clearly in its caption.")
    columns = {
        "creator": Col("Creator", "handle"),
        "posts": Col("Paid posts (n)", "count"),
        "clear": Col("Clear", "count"),
        "unclear": Col("Unclear", "count"),
        "missing": Col("No label", "count"),
    }
    return table(
        asked,
        columns,
        brief,
        title="With whom to talk about labels",
        note="The platform's own label, pictures and speech are not seen. Source: your posts.",
        top=10,
    )


def pipeline_table(found: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show how many creators stand where."""
    columns = {
        "state": Col("State"),
        "creators": Col("Standing there", "count"),
        "reached": Col("Came at least so far", "count"),
        "share": Col("Of the contacted", "share"),
    }
    return table(found, columns, brief, title="Where the talks stand", note="Who declined has answered. Source: your outreach table.")


def board_table(found: pd.DataFrame | Missing, brief: Brief) -> Table | Note:
    """Show each talk: its state, since when, and the fees."""
    columns = {
        "creator": Col("Creator", "handle"),
        "state": Col("State"),
        "since": Col("Since", "day"),
        "days": Col("Days", "count"),
        "asked": Col("Fee asked", "money"),
        "agreed": Col("Fee agreed", "money"),
        "next": Col("Next step"),
    }
    note = f"Days: from then to {wording(brief).day(found.attrs['as_of'])}. " if not isinstance(found, Missing) else ""
    return table(found, columns, brief, title="The board", top=25, note=f"{note}Source: your outreach table.")


@takes_missing
def pipeline_chart(found: pd.DataFrame, brief: Brief) -> Picture | Note:
    """Draw how many creators came how far."""
    write = wording(brief)
    steps = found[~found["state"].isin(["to contact", "declined"])].iloc[::-1]
    contacted = int(steps["reached"].max())
    if contacted == 0:
        return say("Nobody has been contacted yet, so there is nothing to draw.")
    fig, axes = figure(height=2.9)
    axes.barh(steps["state"], steps["reached"], color=PALETTE[0], height=0.62)
    for row in steps.itertuples():
        label = write.count(row.reached) + ("" if row.state == "contacted" else f", {write.share(row.share)}")
        axes.annotate(label, (row.reached, row.state), xytext=(6, 0), textcoords="offset points", va="center", fontsize=9, color=INK)
    axes.set_xlim(0, contacted * 1.18)
    axes.set_xlabel("Creators that came at least so far")
    axes.grid(axis="y", visible=False)
    by = found.set_index("state")
    agreed, declined = int(by.loc["agreed", "reached"]), int(by.loc["declined", "creators"])
    title = f"{agreed} of {contacted} creators agreed, and {declined} declined"
    return finish(
        fig,
        title=title,
        subtitle=f"{contacted} {plural(contacted, 'creator')} contacted; shares are of these. Source: your outreach table.",
        alt="Funnel of bars: " + ", ".join(f"{r.state} {r.reached}" for r in steps.iloc[::-1].itertuples()) + ".",
    )
