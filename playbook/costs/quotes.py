"""Fees as creators quoted them: in the budget's currency, the newest for each deliverable."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Finding
from playbook.memo import remembered
from playbook.wording import handle, listed, plural

UNNAMED = "post"
STORIES = frozenset(("story", "stories", "insta story", "instagram story", "ig story"))
# people reached by a story over people reached by a post, of one creator (Minter.io, 2019: 4.3 of 22.9 %, 4.1 of 22.9, 3.8 of 19.1)
STORY = 0.19


def is_story(deliverable: pd.Series) -> pd.Series:
    """Say which deliverables are stories: gone after a day, seen by fewer people, liked by nobody.

    >>> is_story(pd.Series(["Story", "reel", None])).tolist()
    [True, False, False]
    """
    return deliverable.astype("object").fillna("").astype(str).str.strip().str.casefold().isin(STORIES)


@remembered
def asked(data: Dataset, brief: Brief) -> pd.DataFrame:
    """Return every fee that was asked or agreed, the ones that cannot be used included.

    Quotes come from the `quotes` table, and from `outreach`, where a fee that was agreed counts before any that was asked.

    Returns
    -------
    DataFrame
        `creator`, `deliverable`, `asked_on`, `told` (the fee as told), `currency`, `fee` (in the budget's currency; missing where the
        brief has no rate), `rank` (0 asked, 1 agreed), `unusable` (why, or empty); sorted by creator, deliverable, age, fee.
    """
    quotes = data.quotes.assign(rank=0, told=data.quotes["fee"])
    talks = data.outreach
    from_talks = [
        pd.DataFrame(
            {"creator": talks["creator"], "told": talks[column], "currency": talks["currency"], "asked_on": talks[day], "rank": rank}
        )
        for column, day, rank in (("asked", "answered_on", 0), ("agreed", "agreed_on", 1))
    ]
    rows = pd.concat([quotes, *from_talks], ignore_index=True).dropna(subset=["told", "creator"])
    rows["deliverable"] = rows["deliverable"].astype("object")
    # a fee agreed in a talk is for the deliverable that this creator quoted, where there was one
    newest = quotes.sort_values(["creator", "asked_on", "fee"]).dropna(subset=["deliverable"]).drop_duplicates("creator", keep="last")
    rows["deliverable"] = rows["deliverable"].fillna(rows["creator"].map(newest.set_index("creator")["deliverable"])).fillna(UNNAMED)
    rows["currency"] = rows["currency"].fillna(brief.budget.currency)
    rate = rows["currency"].map({c: brief.rate(c) for c in rows["currency"].unique()}).astype("float64")
    rows["fee"] = rows["told"] * rate
    late = rows["asked_on"].notna() & (rows["asked_on"] > data.as_of.tz_localize(None))
    stranger = ~rows["creator"].isin(data.creators["creator"])
    rows["unusable"] = np.select(
        [rate.isna(), late, stranger], ["no rate for " + rows["currency"], "asked after the campaign's day", "not in creators"], default=""
    )
    columns = ["creator", "deliverable", "asked_on", "told", "currency", "fee", "rank", "unusable"]
    return rows[columns].sort_values(["creator", "deliverable", "rank", "asked_on", "fee"], na_position="first", ignore_index=True)


@remembered
def usable(data: Dataset, brief: Brief) -> pd.DataFrame:
    """Return one fee for each creator and deliverable: agreed before asked, then the newest, then the highest.

    Returns
    -------
    DataFrame
        `creator`, `deliverable`, `fee` (budget's currency, for `costs.posts_per_creator` posts), `asked_on`, `quotes` (how many).
    """
    rows = asked(data, brief).query("unusable == ''")
    rows = rows.assign(quotes=rows.groupby(["creator", "deliverable"])["fee"].transform("size"))
    kept = rows.drop_duplicates(["creator", "deliverable"], keep="last")
    return kept[["creator", "deliverable", "fee", "asked_on", "quotes"]].reset_index(drop=True)


def main_deliverable(fees: pd.DataFrame) -> str:
    """Return the deliverable that most creators quoted; the first by name where several tie.

    >>> main_deliverable(pd.DataFrame({"creator": ["a", "b", "b"], "deliverable": ["reel", "reel", "story"]}))
    'reel'
    """
    if fees.empty:
        return UNNAMED
    counts = fees.groupby("deliverable")["creator"].nunique()
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[0][0]


def quote_findings(data: Dataset, brief: Brief) -> list[Finding]:
    """Say which fees were not used, and why."""
    rows = asked(data, brief)
    found = []
    for currency, group in rows[rows["unusable"].str.startswith("no rate")].groupby("currency"):
        names = listed([handle(c) for c in sorted(group["creator"].unique())])
        found.append(
            Finding(
                level="warning",
                about="quotes",
                found=f"{len(group)} {plural(len(group), 'fee is', 'fees are')} in {currency}, for which the brief has no rate ({names})",
                expected=f"{brief.budget.currency}, or a rate under budget.rates",
                mend=f"add `{currency}: ` with its price in {brief.budget.currency} to budget.rates; until then these fees are not used",
            )
        )
    for reason, about, mend in (
        ("asked after the campaign's day", "after the day that counts as now", "move as_of in campaign.yml if they should count"),
        ("not in creators", "from creators who are not in the creators table", "add them to creators, or correct the key"),
    ):
        group = rows[rows["unusable"] == reason]
        if len(group):
            names = listed([handle(c) for c in sorted(group["creator"].unique())])
            found.append(
                Finding(
                    level="warning", about="quotes", found=f"{len(group)} {plural(len(group), 'fee')} {about} ({names}) not used", mend=mend
                )
            )
    kept = rows.query("unusable == ''")
    told = kept.groupby(["creator", "deliverable"])["fee"].nunique()
    repeated = told[told > 1].reset_index()["creator"].nunique()
    if repeated:
        found.append(
            Finding(
                level="note",
                about="quotes",
                found=f"{repeated} {plural(repeated, 'creator')} told different fees for the same deliverable; "
                "an agreed fee counts before an asked one, then the newest, then the highest",
            )
        )
    return found
