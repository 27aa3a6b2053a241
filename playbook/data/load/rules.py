"""What holds across rows and tables: one row a thing, known creators, known currencies, nothing from the future."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.engine import Posts
from playbook.data.handles import post_of
from playbook.data.load.checks import check
from playbook.data.load.merged import Merged
from playbook.data.load.persons import marked
from playbook.data.load.typed import AT, FILE, ROW
from playbook.data.load.wording import spelled
from playbook.data.tables import TABLES, Table
from playbook.data.told import counted, first_few, note, rows, warning
from playbook.findings import Finding

# what tools write where a platform hides likes, and when that is likelier than a dull account
HIDDEN_AS = (0.0, 3.0)
MOST_POSTS, FEWEST_POSTS, HALF = 0.8, 5, 0.5
MONEY = ("quotes", "payouts", "orders", "outreach")


def apply(tables: Merged, brief: Brief) -> None:
    """Apply every rule to the tables of a folder, in place; each leaves a finding where it acts."""
    spelled(tables)
    marked(tables)
    check(tables)
    _post_addresses(tables)
    _lost_post_ids(tables)
    _shared_post_ids(tables)
    for table in TABLES.values():
        _one_row_each(tables, table)
    _derive_creators(tables)
    _unknown_creators(tables)
    _without_followers(tables)
    _followers_at_post(tables)
    _tiny_likes(tables)
    _implausible(tables)
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
    order = {"creators": ["_own", "collected_on", "_known"], "posts": ["_own", "_seen"]}.get(table.name, ["_own", "_known"])
    if table.name == "posts":
        # counts only grow, so of two readings of a post the one with more is the later one
        some["_seen"] = some[["views", "likes", "comments"]].fillna(0).sum(axis=1)
    some = some.sort_values(order, kind="stable", na_position="first")
    groups = some.groupby(key, sort=False, dropna=False)
    kept = groups.tail(1)
    if table.name in ("creators", "posts"):
        # two files may know different things of one creator or post: what the kept row lacks comes from the others
        known = groups[rest].last().loc[kept[key[0]]].set_axis(kept.index)
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
        which = "the one with the higher counts, which is the later reading," if table.name == "posts" else "the most complete row"
        mend = f"{which} was kept, of equals the later one; the others are set aside"
        tables.findings.append(say(about, f"{what} ({rows(numbers)})", f"one row for each {' + '.join(key)}", mend))
    tables.set_aside(table.name, drop, f"the same {' + '.join(key)} again")


def _post_addresses(tables: Merged) -> None:
    """Give posts that are named by their address the id that stands in it, under which other files know them."""
    for name in ("posts", "deliverables", "comments"):
        frame = tables.frames[name]
        if len(frame) and frame["post"].str.contains("/", regex=False, na=False).any():
            codes, distinct = pd.factorize(frame["post"].to_numpy(dtype=object))
            keys = np.array([*(post_of(str(p)) for p in distinct), None], dtype=object)
            frame["post"] = pd.Series(keys[codes], index=frame.index, dtype="str")


def _lost_post_ids(tables: Merged) -> None:
    """Give posts whose id a spreadsheet has rounded keys of their own: different posts must not become one."""
    posts = tables.frames["posts"]
    lost = posts["post"].str.fullmatch(r"\d(?:[.,]\d+)?[eE]\+\d+", na=False).to_numpy(dtype=bool)
    if not lost.any():
        return
    about, numbers = tables.about("posts", lost)
    own = posts["creator"] + "/row " + posts[FILE].astype(str) + "-" + posts[ROW].astype(str)
    posts["post"] = posts["post"].mask(lost, own)
    what = f"{counted(len(numbers), 'post has', 'posts have')} an id that a spreadsheet has rounded ({rows(numbers)})"
    mend = "kept, each as a post of its own; comments and deliverables cannot find them: export again and do not save it from a spreadsheet"
    tables.findings.append(warning(about, what, "all digits of the id", mend))


def _followers_at_post(tables: Merged) -> None:
    """Fill in the followers at posting time from the creator's history, where it has a count of the week before the post."""
    posts, history = tables.frames["posts"], tables.frames["follower_history"]
    open_ = posts["followers_at_post"].isna() & posts["posted_at"].notna() & posts["creator"].isin(history["creator"].unique())
    if not open_.any():
        return
    wanted = pd.DataFrame(
        {"creator": posts.loc[open_, "creator"], "at": posts.loc[open_, "posted_at"].dt.tz_convert("UTC").dt.tz_localize(None)}
    )
    wanted = wanted.reset_index(names="_at").sort_values("at", kind="stable")
    known = history[["creator", "day", "followers"]].dropna().rename(columns={"day": "at"}).sort_values("at", kind="stable")
    wanted["at"], known["at"] = wanted["at"].astype("datetime64[us]"), known["at"].astype("datetime64[us]")
    found = pd.merge_asof(wanted, known, on="at", by="creator", tolerance=pd.Timedelta(days=7)).dropna(subset=["followers"])
    if not len(found):
        return
    posts.loc[found["_at"], "followers_at_post"] = found["followers"].to_numpy(dtype="float64")
    what = f"{counted(len(found), 'post has', 'posts have')} no follower count of their time"
    tables.findings.append(note("posts", what, "followers_at_post", "taken from the creator's follower history"))


def _tiny_likes(tables: Merged) -> None:
    """Warn where most of a creator's posts have the same tiny number of likes, as hidden likes come out of some tools."""
    posts = tables.frames["posts"]
    known = posts[posts["likes"].notna()]
    if not len(known):
        return
    # an account that nobody knows may well have no likes; then it has no comments either
    talked = known[known["comments"] > known["likes"]].groupby("creator").size()
    tiny = known[known["likes"].isin(HIDDEN_AS)].groupby(["creator", "likes"]).size().unstack(fill_value=0).max(axis=1)
    total = known.groupby("creator").size()
    share = (tiny / total).dropna()
    louder = (talked.reindex(share.index) / total.reindex(share.index)).fillna(0) >= HALF
    odd = sorted(share.index[(share >= MOST_POSTS) & (total.loc[share.index] >= FEWEST_POSTS) & louder])
    if odd:
        what = f"{counted(len(odd), 'creator has', 'creators have')} the same tiny number of likes under most posts ({first_few(odd)})"
        mend = "kept as written: some tools write 0 or 3 where likes are hidden; empty the cells if that is so"
        tables.findings.append(warning("posts, likes", what, "likes that differ from post to post", mend))


def _implausible(tables: Merged) -> None:
    """Name counts that do not fit each other; they are kept, since a post may go far and a follower count may be old."""
    posts, creators = tables.frames["posts"], tables.frames["creators"]
    if not len(posts):
        return
    followers = posts["followers_at_post"].fillna(
        posts["creator"].map(creators.drop_duplicates("creator").set_index("creator")["followers"])
    )
    followers = followers.where(followers > 0)
    engaged = posts["likes"].fillna(0) + posts["comments"].fillna(0)
    found = (
        (posts["likes"] > followers, "more likes than their creator has followers"),
        ((engaged > followers) & ~(posts["likes"] > followers), "more likes and comments than followers, a rate above 100 %"),
        (posts["reach"] > followers, "a reach above their creator's followers"),
        (posts["likes"] > posts["views"], "more likes than views"),
        (posts["reach"] > posts["impressions"], "a reach above their impressions"),
    )
    for where, what in found:
        odd = where.to_numpy(dtype=bool)
        if odd.any():
            about, numbers = tables.about("posts", odd)
            has = counted(int(odd.sum()), "post has", "posts have")
            mend = "kept as written: a post may go far, a follower count may be old; look whether columns were mixed up"
            tables.findings.append(note(about, f"{has} {what} ({rows(numbers)})", "counts that fit each other", mend))


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
