"""A bare table of days and followers, kept by hand or cut out of a tool, in a folder that says whose it is."""

from __future__ import annotations

import pandas as pd

from playbook.data.readers import fields
from playbook.data.readers.accounts import Daily, daily_tables
from playbook.data.readers.contract import Context, Read, Recognition, Sample
from playbook.data.values import Declared, numbers, plain, times

NAME = "followers by day"
SPELLED = {
    "day": ("date", "day", "datum", "tag", "fecha", "data", "jour", "dag", "month", "timestamp", "日付", "日期"),
    "followers": (
        *("followers", "follower", "subscribers", "total_followers", "follower_count", "followers_count", "subscriber_count", "fans"),
        *("abonnenten", "abonnés", "seguidores", "suscriptores", "inscritos", "seguaci", "iscritti", "volgers", "abonnees", "följare"),
        *("total_subscribers", "gesamte_follower", "anzahl_follower", "フォロワー", "粉丝"),
    ),
}
# a table of more columns than these is a report of some tool
MOST_COLUMNS = 4
MOSTLY = 0.8


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by days and rising or falling counts, where the folder or the file's name tells the account."""
    owner = context.owner(sample)
    for sheet in sample.sheets:
        at = fields.positions(sheet.headers, SPELLED)
        if owner and len(at) == 2 and sum(bool(plain(h)) for h in sheet.headers) <= MOST_COLUMNS and len(sheet.rows):
            days = times(sheet.column(at["day"]), declared=Declared(day_first=True)).values.notna()
            other = times(sheet.column(at["day"]), declared=Declared(day_first=False)).values.notna()
            counts = numbers(sheet.column(at["followers"]), kind="count").values.notna()
            if (days | other).mean() >= MOSTLY and counts.mean() >= MOSTLY:
                return Recognition(sureness=0.85, why=f"days and followers, in the folder of {owner.handle}")
    return None


def read(sample: Sample, context: Context) -> Read:
    """Read the follower history of the account that the folder names; the brand's own goes with its days."""
    parts, findings, rows, used = [], [], 0, []
    for sheet in sample.sheets:
        at = fields.positions(sheet.headers, SPELLED)
        rows += len(sheet.rows) + len(sheet.aside)
        findings += sheet.findings
        if len(at) == 2:
            frame = pd.DataFrame({"day": sheet.column(at["day"]), "value": sheet.column(at["followers"])}, dtype=object)
            parts.append(Daily(measure="followers", frame=frame, rows=sheet.rows, title=plain(sheet.headers[at["followers"]])))
            used += fields.not_used(sample, sheet, sheet.headers, at.values())
    raws, told = daily_tables(sample, context, parts)
    aside = tuple(a for s in sample.sheets for a in s.aside)
    return Read(tables=tuple(raws), rows=rows, findings=(*findings, *told, *used), aside=aside)
