"""What holds across rows and tables: one row a thing, known creators, known currencies, nothing from the future."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.engine import Posts
from playbook.data.load.merged import Merged, check
from playbook.data.load.typed import FILE, ROW, rows_told
from playbook.data.load.wording import spelled
from playbook.data.tables import TABLES
from playbook.findings import Finding

MONEY = ("quotes", "payouts", "orders", "outreach")
SHOWN = 3


def apply(tables: Merged, brief: Brief) -> None:
    """Apply every rule to the tables of a folder, in place; each leaves a finding where it acts."""
    spelled(tables)
    check(tables)
    _shared_post_ids(tables)
    for name in TABLES:
        _one_row_each(tables, name)
    _derive_creators(tables)
    _unknown_creators(tables)
    _without_followers(tables)
    _currencies(tables, brief)


def _one_row_each(tables: Merged, name: str) -> None:
    """Keep one row for each key: the most complete, and of equals the later one."""
    table, frame = TABLES[name], tables.frames[name]
    key = ["creator", "post"] if name == "posts" else list(table.key)
    if not key or not len(frame):
        return
    doubled = frame.duplicated(key, keep=False).to_numpy()
    if not doubled.any():
        return
    made = np.array([f < 0 or tables.parts[f].raw.derived for f in frame[FILE]], dtype=bool) if name == "creators" else np.zeros(len(frame), dtype=bool)
    rest = [c for c in table.names if c not in key]
    some = frame[doubled].assign(_known=frame.loc[doubled, rest].notna().sum(axis=1), _at=np.flatnonzero(doubled), _own=~made[doubled])
    order = ["_own", "collected_on", "_known", "_at"] if name == "creators" else ["_known", "_at"]
    some = some.sort_values(order, kind="stable", na_position="first")
    groups = some.groupby(key, sort=False, dropna=False)
    kept = groups.tail(1)
    if name == "creators":
        # two files may know different things of one creator: what the kept row lacks comes from the others
        known = groups[rest].last()
        for column, filled in _filled(kept, known, key[0], rest).items():
            frame.loc[kept["_at"], column] = filled
    differing = _differing(some[some["_own"]], key, rest)
    drop = np.zeros(len(frame), dtype=bool)
    drop[some["_at"].to_numpy()] = True
    drop[kept["_at"].to_numpy()] = False
    own = drop & ~made
    if own.any():
        about, rows = tables.about(name, own)
        n = int(own.sum())
        what = f"and differ in {', '.join(differing)}" if differing else "with the same values"
        tables.findings.append(
            Finding(
                level="warning" if differing else "note", about=about,
                found=f"{n:,} {'row repeats' if n == 1 else 'rows repeat'} {table.row} that another row holds, {what} ({rows_told(rows)})",
                expected=f"one row for each {' + '.join(table.key)}", mend="the most complete row was kept, of equals the later one; the others are set aside",
            )
        )  # fmt: skip
    tables.set_aside(name, drop, f"the same {' + '.join(table.key)} again")


def _filled(kept: pd.DataFrame, known: pd.DataFrame, key: str, rest: list[str]) -> pd.DataFrame:
    """Return the kept rows with their gaps filled, labelled like the table's rows."""
    other = known.loc[kept[key], rest].set_axis(kept.index)
    return kept[rest].where(kept[rest].notna(), other)


def _differing(some: pd.DataFrame, key: list[str], rest: list[str]) -> list[str]:
    """Name the columns in which rows of one key say different things."""
    groups = some.groupby(key, sort=False, dropna=False)
    return [c for c in rest if (groups[c].nunique() > 1).any()]


def _shared_post_ids(tables: Merged) -> None:
    """Make ids that several creators use, such as 1 to 12, keys of their own."""
    posts = tables.frames["posts"]
    if not posts["post"].duplicated().any():
        return
    creators = posts.drop_duplicates(["post", "creator"])["post"].value_counts()
    shared = set(creators.index[creators > 1])
    if not shared:
        return
    for name in ("posts", "deliverables"):
        frame = tables.frames[name]
        mine = frame["post"].isin(shared)
        frame["post"] = frame["post"].mask(mine, frame["creator"] + "/" + frame["post"])
    about, _ = tables.about("posts", np.ones(len(posts), dtype=bool))
    lost = int(tables.frames["comments"]["post"].isin(shared).sum())
    also = f"; {lost:,} comments name such an id and belong to no post now" if lost else ""
    tables.findings.append(
        Finding(
            level="warning" if lost else "note", about=about, found=f"{len(shared):,} post {'id is' if len(shared) == 1 else 'ids are'} used by more than one creator ({', '.join(sorted(shared)[:SHOWN])}{', …' if len(shared) > SHOWN else ''}){also}",
            expected="an id that no other post has", mend="kept as creator/id",
        )
    )  # fmt: skip


def _derive_creators(tables: Merged) -> None:
    """Add creators that only posts or follower histories know."""
    creators, posts, history = (tables.frames[n] for n in ("creators", "posts", "follower_history"))
    listed_before = len(creators) > 0
    known = set(creators["creator"])
    new: dict[str, float] = {}
    if len(history):
        last = history.sort_values("day", kind="stable").drop_duplicates("creator", keep="last").set_index("creator")["followers"]
        new |= {str(c): float(f) for c, f in last.items() if c not in known}
        gaps = creators["followers"].isna() & creators["creator"].isin(last.index)
        if gaps.any():
            creators.loc[gaps, "followers"] = creators.loc[gaps, "creator"].map(last)
            n = int(gaps.sum())
            tables.findings.append(
                Finding(
                    level="note", about="creators", found=f"{n:,} {'creator has' if n == 1 else 'creators have'} no follower count of their own", expected="followers",
                    mend="taken from the last day of their follower history",
                )
            )  # fmt: skip
    for creator in posts["creator"].unique():
        if creator not in known:
            new.setdefault(str(creator), np.nan)
    if not new:
        return
    names = sorted(new)
    frame = pd.DataFrame({"creator": names, "followers": [new[c] for c in names]})
    parts = frame["creator"].str.partition(":")
    whole = parts[1] == ":"
    frame["platform"], frame["handle"] = parts[0].where(whole), parts[2].where(whole, frame["creator"])
    typed = TABLES["creators"].typed(frame).assign(**{FILE: np.int32(-1), ROW: np.int32(0)})
    tables.frames["creators"] = pd.concat([creators, typed], ignore_index=True) if len(creators) else typed
    unknown = int(frame["followers"].isna().sum())
    about = "creators" if listed_before else "posts" if len(posts) else "follower_history"
    n = len(names)
    tables.findings.append(
        Finding(
            level="warning" if unknown else "note", about=about,
            found=f"{n:,} {'creator is' if n == 1 else 'creators are'} in posts or follower histories but in no creators table ({', '.join(names[:SHOWN])}{', …' if n > SHOWN else ''})",
            expected="a row for each in creators", mend="added" + (f", {unknown:,} of them without a follower count: rates per follower need it" if unknown else ""),
        )
    )  # fmt: skip


def _unknown_creators(tables: Merged) -> None:
    known = set(tables.frames["creators"]["creator"])
    for name, table in TABLES.items():
        if name in ("creators", "posts", "follower_history") or "creator" not in table.names or not len(tables.frames[name]):
            continue
        column = tables.frames[name]["creator"]
        missing = sorted(set(column.dropna()) - known)
        if missing:
            about, _ = tables.about(name, column.isin(missing).to_numpy())
            n = len(missing)
            tables.findings.append(
                Finding(
                    level="warning", about=about, found=f"{n:,} {'creator' if n == 1 else 'creators'} of {name} {'is' if n == 1 else 'are'} not in creators "
                    f"({', '.join(missing[:SHOWN])}{', …' if n > SHOWN else ''})", expected="creators of your creators table",
                    mend="kept, but nothing more is known of them: check the spelling or add them to creators",
                )
            )  # fmt: skip


def _without_followers(tables: Merged) -> None:
    creators = tables.frames["creators"]
    zero = (creators["followers"] == 0).to_numpy()
    if zero.any():
        about, rows = tables.about("creators", zero)
        n = int(zero.sum())
        tables.findings.append(
            Finding(
                level="warning", about=about, found=f"{n:,} {'creator has' if n == 1 else 'creators have'} 0 followers ({rows_told(rows)})", expected="at least 1",
                mend="kept, but rates per follower are unknown for them: look the number up",
            )
        )  # fmt: skip


def _currencies(tables: Merged, brief: Brief) -> None:
    """Fill in the budget's currency where a sum has none; name currencies without a rate."""
    for name in MONEY:
        frame = tables.frames[name]
        if not len(frame):
            continue
        money = [c.name for c in TABLES[name].columns if c.kind == "money"]
        frame["currency"] = frame["currency"].str.upper()
        bare = (frame["currency"].isna() & frame[money].notna().any(axis=1)).to_numpy()
        if bare.any():
            about, rows = tables.about(name, bare)
            frame.loc[bare, "currency"] = brief.budget.currency
            n = int(bare.sum())
            tables.findings.append(
                Finding(
                    level="note", about=about, found=f"{n:,} {'row' if n == 1 else 'rows'} of {name} without currency ({rows_told(rows)})", expected="an ISO 4217 code",
                    mend=f"read as {brief.budget.currency}, the budget's",
                )
            )  # fmt: skip
        for currency in sorted(set(frame["currency"].dropna())):
            if brief.rate(currency) is None:
                there = (frame["currency"] == currency).to_numpy()
                about, rows = tables.about(name, there)
                n = len(rows)
                tables.findings.append(
                    Finding(
                        level="warning", about=about, found=f"{n:,} {'row' if n == 1 else 'rows'} of {name} in {currency}, for which the brief has no rate ({rows_told(rows)})",
                        expected=f"{brief.budget.currency}, or a rate", mend=f"unknown in {brief.budget.currency} until budget.rates in campaign.yml names {currency}",
                    )
                )  # fmt: skip


def about_time(posts: Posts, as_of: pd.Timestamp, brief: Brief) -> list[Finding]:
    """Say which posts lie after now, and where there is no now at all."""
    findings = []
    naive = as_of.tz_convert("UTC").tz_localize(None)
    late = posts.query("SELECT count(*) AS n, max(posted_at) AS last FROM posts WHERE posted_at > $now", {"now": naive})
    n = int(late["n"].iat[0])
    if n:
        findings.append(
            Finding(
                level="warning", about="posts", found=f"{n:,} {'post is' if n == 1 else 'posts are'} later than now, {as_of:%Y-%m-%d %H:%M} UTC (the last on {late['last'].iat[0]:%Y-%m-%d})",
                expected=f"posts up to {as_of:%Y-%m-%d}", mend="kept but not counted: correct as_of in campaign.yml if it is too early",
            )
        )  # fmt: skip
    if as_of == pd.Timestamp(0, tz="UTC"):
        findings.append(
            Finding(level="note", about="campaign.yml", found="no time in your data and no as_of in the brief", expected="the day that counts as now", mend="write as_of: YYYY-MM-DD")
        )
    return findings
