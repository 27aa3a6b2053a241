"""What chapter 09 says and hands on."""

from __future__ import annotations

import pandas as pd

from playbook import disclosure
from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Figure, Finding, Missing, Outcome
from playbook.outreach.choosing import shortlist
from playbook.outreach.marks import utm_link
from playbook.outreach.progress import Talks, pipeline, talks
from playbook.wording import plural, wording


def shortlist_sentence(listed: pd.DataFrame | Missing, brief: Brief) -> str:
    """Say how many creators to ask, and what they would cost by their quotes."""
    if isinstance(listed, Missing):
        return listed.text
    write = wording(brief)
    n = len(listed)
    text = f"{write.count(n)} {plural(n, 'creator')} {plural(n, 'is', 'are')} on the shortlist: {listed['why'].iloc[0]}."
    known = listed["fee"].dropna()
    if len(known) == n:
        return (
            f"{text} One post of each would cost {write.money(known.sum())} in fees; "
            f"{int((listed['fee_source'] == 'quoted').sum())} of these fees were quoted."
        )
    if len(known):
        return f"{text} The fees known, {write.count(len(known))} of {write.count(n)}, add up to {write.money(known.sum())}."
    return f"{text} No fee is known yet, so the first message asks for it."


def pipeline_sentence(found: Talks | Missing, brief: Brief) -> str:
    """Say how the talks go."""
    if isinstance(found, Missing):
        return found.text
    write = wording(brief)
    if not found.contacted:
        return "Nobody has been contacted yet."
    span = write.between(found.answer_low, found.answer_high, write.share, found.level)
    text = f"{found.answered} of {found.contacted} creators answered, {write.share(found.answer_rate)} ({span}), and {found.agreed} agreed."
    if found.days_n:
        days = (
            f"within {write.number(found.days_to_answer, 0)} {plural(found.days_to_answer, 'day')}"
            if found.days_to_answer >= 1
            else "on the same day"
        )
        text += f" Half of the answers came {days}."
    if found.fees_n:
        text += (
            f" The typical fee agreed is {write.share(found.agreed_over_asked)} of the fee asked ({found.fees_n} "
            f"{plural(found.fees_n, 'creator')})."
        )
    return text


def disclosure_sentence(read: pd.DataFrame | Missing, brief: Brief) -> str:
    """Say how many past paid posts say clearly that they are paid."""
    if isinstance(read, Missing):
        return read.text
    write = wording(brief)
    n, who = len(read), read["creator"].nunique()
    clear = int((read["state"] == "clear").sum())
    checked = bool(read["verified"].all())
    text = (
        f"{write.count(clear)} of {write.count(n)} past paid posts of {write.count(who)} {plural(who, 'creator')} say clearly in "
        "their caption that they are paid"
    )
    advice = "" if checked else " Some of these rules we know only from others' accounts, so take it as advice."
    return (
        f"{text}, by the rules for {disclosure.jurisdiction_of(brief)}.{advice} Pictures, speech and the platform's own label are "
        "not seen here."
    )


def findings(data: Dataset, brief: Brief, *, listed: pd.DataFrame | Missing | None = None) -> tuple[Finding, ...]:
    """Return what stands in the way of tracking and disclosure."""
    found: list[Finding] = []
    if utm_link(brief, platform="x", content="x") is None:
        found.append(
            Finding(
                level="warning",
                about="campaign.yml, brand.website",
                found=f"is {brief.brand.website!r}, so no tracking link can be made",
                expected="the address of a page, such as https://shop.example/serum",
                mend="set brand.website",
            )
        )
    advice = disclosure.advice(brief)
    if isinstance(advice, Missing):
        found.append(
            Finding(
                level="warning",
                about="campaign.yml, market.jurisdiction",
                found=advice.text.rstrip("."),
                expected="a jurisdiction the kit has rules for",
                mend="or ask a lawyer",
            )
        )
    listed = shortlist(data, brief) if listed is None else listed
    if not isinstance(listed, Missing):
        taken = listed["code"].str.casefold()
        for code in sorted(taken[taken.duplicated()].unique()):
            found.append(
                Finding(
                    level="warning",
                    about=f"deliverables, code {code.upper()}",
                    found="belongs to several creators",
                    expected="one creator a code",
                    mend="give each a code of their own",
                )
            )
    return tuple(found)


def counts(data: Dataset, brief: Brief, *, listed: pd.DataFrame | Missing | None = None) -> dict[str, int | str]:
    """Return the chapter's counts, as plain text for a notebook's answer cell."""
    listed = shortlist(data, brief) if listed is None else listed
    talked = pipeline(data, brief)
    read = disclosure.past_posts(data, brief)
    out: dict[str, int | str] = {"shortlist": 0 if isinstance(listed, Missing) else len(listed)}
    if not isinstance(talked, Missing):
        out |= {s: int(n) for s, n in zip(talked["state"], talked["creators"], strict=True) if n}
    if not isinstance(read, Missing):
        out |= {f"paid posts {s}": int((read["state"] == s).sum()) for s in disclosure.STATES}
    return out


def outcome(data: Dataset, brief: Brief, *, listed: pd.DataFrame | Missing | None = None) -> Outcome:
    """Return what chapter 09 hands on."""
    listed = shortlist(data, brief) if listed is None else listed
    if isinstance(listed, Missing):
        return Outcome(chapter="outreach", status="needs_data", answer=listed.text)
    write = wording(brief)
    talked, read = talks(data, brief), disclosure.past_posts(data, brief)
    first = shortlist_sentence(listed, brief)
    figures = [Figure(id="outreach.shortlist", value=float(len(listed)), n=len(listed), unit="count", source="modelled", text=first)]
    known = listed["fee"].dropna()
    if len(known) == len(listed):
        quoted = bool((listed["fee_source"] == "quoted").all())
        figures.append(
            Figure(
                id="outreach.fees",
                value=float(known.sum()),
                n=len(known),
                unit=brief.budget.currency,
                source="quoted" if quoted else "modelled",
                text=f"One post of each creator on the shortlist costs {write.money(known.sum())} in fees.",
            )
        )
    answer = first
    if not isinstance(talked, Missing) and talked.contacted:
        text = pipeline_sentence(talked, brief)
        answer = f"{first} {text}"
        figures.append(
            Figure(
                id="outreach.answer_rate",
                value=talked.answer_rate,
                low=talked.answer_low,
                high=talked.answer_high,
                level=talked.level,
                n=talked.contacted,
                unit="share",
                source="measured",
                text=text,
            )
        )
        if talked.fees_n:
            figures.append(
                Figure(
                    id="outreach.agreed_over_asked",
                    value=talked.agreed_over_asked,
                    n=talked.fees_n,
                    unit="share",
                    source="measured",
                    text=f"The typical fee agreed is {write.share(talked.agreed_over_asked)} of the fee asked.",
                )
            )
    if not isinstance(read, Missing):
        share = float((read["state"] == "clear").mean())
        figures.append(
            Figure(
                id="outreach.clear_posts", value=share, n=len(read), unit="share", source="measured", text=disclosure_sentence(read, brief)
            )
        )
    status = "partial" if isinstance(talked, Missing) else "done"
    return Outcome(chapter="outreach", status=status, answer=answer, figures=tuple(figures), findings=findings(data, brief, listed=listed))
