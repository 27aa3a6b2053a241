"""What holds across rows and tables: one row a thing, known creators, known currencies, nothing from the future."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.engine import Posts
from playbook.data.load.checks import check
from playbook.data.load.merged import Merged
from playbook.data.load.typed import AT, FILE, ROW
from playbook.data.load.wording import spelled
from playbook.data.tables import TABLES, Table
from playbook.data.told import counted, first_few, note, rows, warning
from playbook.findings import Finding

MONEY = ("quotes", "payouts", "orders", "outreach")


def apply(tables: Merged, brief: Brief) -> None:
    """Apply every rule to the tables of a folder, in place; each leaves a finding where it acts."""
    spelled(tables)
    check(tables)
    _shared_post_ids(tables)
    for table in TABLES.values():
        _one_row_each(tables, table)
    _derive_creators(tables)
    _unknown_creators(tables)
    _without_followers(tables)
    _currencies(tables, brief)


def _one_row_each(tables: Merged, table: Table) -> None:
    """Keep one row for each key: the most complete, and of equals the later one."""
    frame, key = tables.frames[table.name], list(table.key)
    doubled = frame.duplicated(key, keep=False).to_numpy() if key else np.zeros(0, dtype=bool)
    if not doubled.any():
        return
    rest = [c for c in table.names if c not in key]
    derived = frame[FILE].map({f: f < 0 or tables.parts[f].raw.derived for f in frame[FILE].unique()}).to_numpy(dtype=bool)
    some = frame[doubled].assign(_own=~derived[doubled], _known=frame.loc[doubled, rest].notna().sum(axis=1))
    order = ["_own", "collected_on", "_known"] if table.name == "creators" else ["_own", "_known"]
    some = some.sort_values(order, kind="stable", na_position="first")
    groups = some.groupby(key, sort=False, dropna=False)
    kept = groups.tail(1)
    if table.name == "creators":
        # two files may know different things of one creator: what the kept row lacks comes from the others
        known = groups[rest].last().loc[kept["creator"]].set_axis(kept.index)
        for column in rest:
            frame.loc[kept.index, column] = kept[column].where(kept[column].notna(), known[column])
    own = some[some["_own"]].groupby(key, sort=False, dropna=False)
    differing = [c for c in rest if (own[c].nunique() > 1).any()]
    drop = np.zeros(len(frame), dtype=bool)
    drop[some.index] = True
    drop[kept.index] = False
    told = drop & ~derived
    if told.any():
        about, numbers = tables.about(table.name, told)
        say = warning if differing else note
        what = f"{counted(int(told.sum()), 'row repeats', 'rows repeat')} {table.row} that another row holds"
        what += f", and differ in {', '.join(differing)}" if differing else ", with the same values"
        mend = "the most complete row was kept, of equals the later one; the others are set aside"
        tables.findings.append(say(about, f"{what} ({rows(numbers)})", f"one row for each {' + '.join(key)}", mend))
    tables.set_aside(table.name, drop, f"the same {' + '.join(key)} again")


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
    what = f"{counted(len(shared), 'post id is', 'post ids are')} used by more than one creator ({first_few(sorted(shared))})"
    lost = int(tables.frames["comments"]["post"].isin(shared).sum())
    if lost:
        what += f", so {counted(lost, 'comment belongs', 'comments belong')} to no post"
    say = warning if lost else note
    tables.findings.append(say(about, what, "an id that no other post has", "kept as creator/id"))


def _derive_creators(tables: Merged) -> None:
    """Add creators that only posts, follower histories, audiences or scores know."""
    creators, _, history = (tables.frames[n] for n in ("creators", "posts", "follower_history"))
    known = set(creators["creator"])
    new: dict[str, float] = {}
    if len(history):
        latest = history.sort_values("day", kind="stable").drop_duplicates("creator", keep="last").set_index("creator")["followers"]
        new = {str(c): float(f) for c, f in latest.items() if c not in known}
        gaps = creators["followers"].isna() & creators["creator"].isin(latest.index)
        if gaps.any():
            creators.loc[gaps, "followers"] = creators.loc[gaps, "creator"].map(latest)
            what = counted(int(gaps.sum()), "creator has", "creators have") + " no follower count of their own"
            tables.findings.append(note("creators", what, "followers", "taken from the last day of their follower history"))
    for name in ("posts", "audience", "scores"):
        for creator in tables.frames[name]["creator"].dropna().unique():
            if creator not in known:
                new.setdefault(str(creator), np.nan)
    if not new:
        return
    names = sorted(new)
    frame = pd.DataFrame({"creator": names, "followers": [new[c] for c in names]})
    parts = frame["creator"].str.partition(":")
    whole = parts[1] == ":"
    frame["platform"], frame["handle"] = parts[0].where(whole), parts[2].where(whole, frame["creator"])
    typed = TABLES["creators"].typed(frame).assign(**{FILE: np.int32(-1), ROW: np.int32(0), AT: np.int32(0)})
    tables.frames["creators"] = pd.concat([creators, typed], ignore_index=True) if len(creators) else typed
    unknown = int(frame["followers"].isna().sum())
    what = counted(len(names), "creator is", "creators are") + f" in other tables but in no creators table ({first_few(names)})"
    mend = f"added, {unknown:,} of them without a follower count: rates per follower need it" if unknown else "added"
    say = warning if unknown else note
    tables.findings.append(say("creators", what, "a row for each in creators", mend))


def _unknown_creators(tables: Merged) -> None:
    known = set(tables.frames["creators"]["creator"])
    for name, table in TABLES.items():
        if name in ("creators", "posts", "follower_history") or "creator" not in table.names or not len(tables.frames[name]):
            continue
        column = tables.frames[name]["creator"]
        missing = sorted(set(column.dropna()) - known)
        if missing:
            about, _ = tables.about(name, column.isin(missing).to_numpy())
            what = f"{counted(len(missing), 'creator', 'creators')} of {name} not in creators ({first_few(missing)})"
            mend = "kept, but nothing more is known of them: check the spelling, or add them to creators"
            tables.findings.append(warning(about, what, "creators of your creators table", mend))


def _without_followers(tables: Merged) -> None:
    zero = (tables.frames["creators"]["followers"] == 0).to_numpy()
    if zero.any():
        about, numbers = tables.about("creators", zero)
        what = f"{counted(int(zero.sum()), 'creator has', 'creators have')} 0 followers ({rows(numbers)})"
        mend = "kept, but rates per follower are unknown for them: look the number up"
        tables.findings.append(warning(about, what, "at least 1", mend))


def _currencies(tables: Merged, brief: Brief) -> None:
    """Fill in the budget's currency where a sum has none; name currencies without a rate."""
    home = brief.budget.currency
    for name in MONEY:
        frame = tables.frames[name]
        if not len(frame):
            continue
        money = [c.name for c in TABLES[name].columns if c.kind == "money"]
        frame["currency"] = frame["currency"].str.upper()
        bare = (frame["currency"].isna() & frame[money].notna().any(axis=1)).to_numpy()
        if bare.any():
            about, numbers = tables.about(name, bare)
            frame.loc[bare, "currency"] = home
            what = f"{counted(int(bare.sum()), 'row', 'rows')} of {name} without currency ({rows(numbers)})"
            tables.findings.append(note(about, what, "an ISO 4217 code", f"read as {home}, the budget's"))
        for currency in sorted(set(frame["currency"].dropna())):
            if brief.rate(currency) is None:
                about, numbers = tables.about(name, (frame["currency"] == currency).to_numpy())
                what = f"{counted(len(numbers), 'row', 'rows')} of {name} in {currency}, for which the brief has no rate ({rows(numbers)})"
                mend = f"unknown in {home} until budget.rates in campaign.yml names {currency}"
                tables.findings.append(warning(about, what, f"{home}, or a rate", mend))


def about_time(posts: Posts, as_of: pd.Timestamp) -> list[Finding]:
    """Say which posts lie after now, and where there is no now at all."""
    if as_of == pd.Timestamp(0, tz="UTC"):
        what = "no time in your data and no as_of in the brief"
        return [note("campaign.yml", what, "the day that counts as now", "write as_of: YYYY-MM-DD")]
    naive = as_of.tz_convert("UTC").tz_localize(None)
    late = posts.query("SELECT count(*) AS n, max(posted_at) AS last FROM posts WHERE posted_at > $now", {"now": naive})
    n = int(late["n"].iat[0])
    if not n:
        return []
    what = f"{counted(n, 'post is', 'posts are')} later than now, {as_of:%Y-%m-%d %H:%M} UTC (the last on {late['last'].iat[0]:%Y-%m-%d})"
    mend = "kept but not counted: correct as_of in campaign.yml if it is too early"
    return [warning("posts", what, f"posts up to {as_of:%Y-%m-%d}", mend)]
