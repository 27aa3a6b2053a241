"""Ranking tables of discovery tools and their public copies: a creator a row, the tool's own rates beside the followers.

Their headers are nobody's standard: copies rename, translate and swap them. So a column is found by the words of its header, and
believed only where its cells are of that kind; of several columns of names the one whose cells look like handles is the handle.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from playbook.brief import PLATFORMS
from playbook.data.handles import platform_of
from playbook.data.readers import fields
from playbook.data.readers.contract import Cells, Context, Raw, Read, Recognition, Sample, Sheet
from playbook.data.readers.headers import match as kit_match
from playbook.data.readers.headers import parted
from playbook.data.readers.pairs import fuller, words
from playbook.data.tables import TABLES
from playbook.data.told import counted, note, warning
from playbook.data.values import numbers, plain
from playbook.data.values.column import marks_unknown
from playbook.data.values.places import country_code
from playbook.findings import Finding

NAME = "ranking table"
# words that make up the headers of names; a header of other words too is something else
NAMES = frozenset(
    [
        "insta",
        "instagram",
        "ig",
        "tiktok",
        "tik",
        "tok",
        "youtube",
        "yt",
        "youtuber",
        "youtubers",
        "tiktoker",
        "tiktokers",
        "instagrammer",
        "influencer",
        "influencers",
        "creator",
        "account",
        "channel",
        "user",
        "username",
        "name",
        "names",
        "handle",
        "title",
        "full",
        "owner",
        "nickname",
        "screen",
        "profile",
        "info",
        "page",
        "streamer",
        "blogger",
        "kanal",
        "konto",
        "benutzername",
        "nutzername",
        "compte",
        "cuenta",
        "canal",
        "usuario",
        "conta",
        "utente",
        "nombre",
        "nome",
        "nom",
        "nazwa",
        "display",
        "star",
        "celebrity",
        "person",
        "brand",
    ]
)
# of these words alone a name is not made
_NOT_ALONE = frozenset(
    ["insta", "instagram", "ig", "tiktok", "tik", "tok", "youtube", "yt", "info", "full", "display", "brand", "star", "person"]
)
# how far a header says that it holds handles, or the names shown
_SAYS_HANDLE = {**dict.fromkeys(("handle", "username", "benutzername", "usuario", "screen"), 0.4), "account": 0.2, "info": 0.2, "user": 0.1}
_SAYS_NAME = {**dict.fromkeys(("title", "full", "display", "owner", "person", "celebrity"), -0.4), "brand": -0.9}
_HANDLE = re.compile(r"@?[\w.-]{1,40}")
FOLLOWERS = (
    *("followers", "subscribers", "fans", "abonnenten", "abonnés", "seguidores", "suscriptores", "inscritos", "seguaci", "iscritti"),
    *("obserwujący", "takipçi", "подписчики", "フォロワー", "フォロワー数", "登録者数", "粉丝", "팔로워", "volgers", "följare"),
)
COUNTS = {
    "posts_total": ("posts", "media", "uploads", "videos", "beiträge", "publicaciones", "publications"),
    "total_likes": ("total likes", "lifetime likes", "hearts"),
    "following": ("following", "followings", "follows"),
}
CREATOR = {
    "niche": (
        *(
            "category",
            "category_1",
            "categories",
            "topic_of_influence",
            "topics_of_influence",
            "niche",
            "topic",
            "category_name",
            "topics",
            "kategorie",
            "categoría",
            "categoria",
            "catégorie",
            "genre",
        ),
        *(
            "primary_category",
            "main_category",
            "content_category",
            "profession",
            "profession_activity",
            "industry",
            "channel_type",
            "thema",
        ),
    ),
    "country": (
        "country",
        "country_or_region",
        "location",
        "land",
        "pays",
        "país",
        "paese",
        "from_country",
        "country_code",
        "country_name",
        "channel_location",
        "nationality",
        "standort",
    ),
    "url": ("link", "url", "links", "profile_link", "channel_link", "profile_url", "channel_url", "account_url", "profil"),
    "language": ("language", "sprache", "langue", "idioma", "lingua", "primary_language"),
    "bio": ("bio", "biography"),
    "platform": ("platform", "network", "social_network", "social_media", "plattform", "plateforme", "plataforma"),
}
# where most of the audience is, which is not where the creator lives
AUDIENCE = frozenset(("audience", "mostly", "top"))
# words of what tools compute themselves: kept as their scores, never mixed with ours
_MEAN = frozenset(
    ["average", "avg", "mean", "median", "ø", "durchschnitt", "durchschn", "promedio", "média", "moyenne", "media", "srednia"]
)
_RATES = frozenset(
    [
        "engagement",
        "eng",
        "er",
        "influence",
        "score",
        "scores",
        "aqs",
        "authenticity",
        "authentic",
        "boost",
        "index",
        "quality",
        "growth",
        "credibility",
        "fake",
        "interactions",
        "interaktionen",
        "virality",
        "potency",
    ]
)
HYPEAUDITOR = frozenset(("authentic", "auth"))
# headers of posts, which have times and ids of their own
_OF_POSTS = ("shortcode", "post_id", "video_id", "caption", "posted_at", "post_url", "publish_time", "media_id", "publishedat", "permalink")
# headers of follower accounts that somebody looked through
_OF_FOLLOWERS = ("fake", "is_fake", "has_picture", "profile_pic", "label")
_RANKS = ("rank", "ranking", "rang", "position", "place", "s_no", "sno", "sl_no", "sr_no", "no", "nr", "top")
# what only tables of YouTube channels have beside subscribers; tools call followers elsewhere by that word, too
_OF_YOUTUBE = ("video_uploads", "video_views", "channel_name", "channel", "uploads", "channel_type", "total_video_views", "channel_title")
_PLATFORMS = (("insta", "instagram"), ("tiktok", "tiktok"), ("youtube", "youtube"), ("twitch", "twitch"))
# below this share of numbers a column is not what its header says
MOSTLY = 0.6


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by names and followers beside a tool's own measure, a rank, or a country and a topic."""
    for sheet in map(_parted, sample.sheets):
        names = [fields.folded(h) for h in sheet.headers]
        found = _name_columns(sheet)
        followers = _followers(sheet)
        if not found or followers is None or any(n in _OF_POSTS or n in _OF_FOLLOWERS for n in names):
            continue
        if _not_numbers(sheet.column(followers)) or _by_days(sheet, names, found[0]):
            continue
        own = [plain(h) for i, h in enumerate(sheet.headers) if i != followers and _measure(h) and not _not_numbers(sheet.column(i))]
        if own:
            return Recognition(sureness=0.9, why=f"followers beside {' '.join(', '.join(own[:3]).split())}")
        beside = [n for n in names if n in _RANKS or n in CREATOR["niche"] or n in CREATOR["country"]]
        # a table that is the kit's own, word for word, is that
        kit = kit_match(sheet.headers, TABLES["creators"])
        if beside and (kit.missing or kit.score < MOSTLY):
            return Recognition(sureness=0.75, why=f"names and followers beside {', '.join(beside[:3])}")
        if kit.missing and len(sheet.headers) > 2:
            return Recognition(
                sureness=0.6, why=f"names under {plain(sheet.headers[found[0]])} and followers under {plain(sheet.headers[followers])}"
            )
    return None


def read(sample: Sample, context: Context) -> Read:
    """Read creators, and the tool's measures as its scores."""
    tables: list[Raw] = []
    findings: list[Finding] = []
    rows = 0
    for sheet in map(_parted, sample.sheets):
        followers = _followers(sheet)
        names = _name_columns(sheet)
        if followers is None or not names:
            if len(sheet.rows):
                what = f"sheet not recognised; its headers are {fields.listed(sheet.headers)}"
                findings.append(warning(f"{sample.path}{sheet.where}", what, "names and followers", "left out"))
            continue
        rows += len(sheet.rows) + len(sheet.aside)
        findings += sheet.findings
        for part in _by_platform(sheet):
            raws, told = _creators(sample, part, _name_columns(part), _followers(part) if part is not sheet else followers)
            tables += raws
            findings += told
    aside = tuple(a for s in sample.sheets for a in s.aside)
    return Read(tables=tuple(tables), rows=rows, findings=tuple(findings), aside=aside)


# which column is what


def _parted(sheet: Sheet) -> Sheet:
    """Return a sheet whose headers in camel case have their words apart."""
    return replace(sheet, headers=tuple(parted(h) if plain(h) else h for h in sheet.headers))


def _followers(sheet: Sheet) -> int | None:
    """Return the position of the column of followers."""
    return next((i for i, h in enumerate(sheet.headers) if _is_followers(h)), None)


def _is_followers(header: str) -> bool:
    passed = {"total", "current", "insta", "instagram", "ig", "youtube", "yt", "tiktok", "twitch"}
    said = words(header) - passed
    return said in [words(w) for w in FOLLOWERS] or (len(said) == 1 and _nearly(next(iter(said))))


def _nearly(word: str) -> bool:
    """Say whether a word is one for followers with a slip of the pen, as in `Suscribers`."""
    return word not in COUNTS["following"] and bool(difflib.get_close_matches(word, ("followers", "subscribers"), n=1, cutoff=0.89))


def _name_columns(sheet: Sheet) -> list[int]:
    """Return the columns of names, the likeliest handles first."""
    found: list[tuple[float, int, int]] = []
    for i, header in enumerate(sheet.headers):
        said = set(fields.folded(header).split("_")) - {""}
        if not said or not said <= NAMES or said <= _NOT_ALONE:
            continue
        cells = [t for row in sheet.head if i < len(row) and (t := plain(row[i])) and not marks_unknown(t)]
        if not cells or (_share(cells, str.isdecimal) > MOSTLY and len(cells) > 3):
            continue
        alike = _share(cells, lambda t: _HANDLE.fullmatch(t) is not None)
        small = _share(cells, lambda t: t == t.casefold())
        distinct = len(set(cells)) / len(cells)
        word = sum(_SAYS_HANDLE.get(w, 0.0) + _SAYS_NAME.get(w, 0.0) for w in said)
        found.append((alike + 0.3 * small + distinct + word, -i, i))
    return [i for _, _, i in sorted(found, reverse=True)]


def _by_days(sheet: Sheet, names: list[str], name_at: int) -> bool:
    """Say whether a row is an account on a day, and not an account."""
    accounts = [plain(row[name_at]) for row in sheet.head if name_at < len(row)]
    return any(n in ("date", "day", "datum", "fecha") for n in names) and len(set(accounts)) < 0.7 * len(accounts)


def _measure(header: str) -> bool:
    """Say whether a header names something that a tool computes itself."""
    said = set(fields.folded(header).split("_"))
    return not said & {"name", "rank", "topic", "topics", "category"} and bool((said & _MEAN and len(said) > 1) or said & _RATES)


def _by_platform(sheet: Sheet) -> list[Sheet]:
    """Return a sheet for each platform, where a row names a creator's accounts on several: `Instagram Handle`, `TikTok Handle`."""
    said = [{platform for word, platform in _PLATFORMS if word in fields.folded(h).replace("_", "")} for h in sheet.headers]
    handles = {next(iter(said[i])): i for i in reversed(_name_columns(sheet)) if len(said[i]) == 1}
    counted_on = {next(iter(said[i])) for i, h in enumerate(sheet.headers) if len(said[i]) == 1 and _is_followers(h)}
    if len(handles.keys() & counted_on) < 2:
        return [sheet]
    parts = []
    for platform in sorted(handles.keys() & counted_on):
        keep = [i for i, on in enumerate(said) if not on or on == {platform}]
        cells = sheet.column(handles[platform])
        there = np.array([bool(t := plain(c)) and not marks_unknown(t) for c in cells], dtype=bool)
        headers = tuple(sheet.headers[i] for i in keep)
        head = tuple(tuple(row[i] for i in keep if i < len(row)) for row in sheet.head)
        parts.append(replace(sheet, headers=headers, head=head, column=partial(_cells_of, sheet, keep, there), rows=sheet.rows[there]))
    return parts


def _cells_of(sheet: Sheet, keep: list[int], there: np.ndarray, position: int) -> Cells:
    return sheet.column(keep[position])[there]


# what the columns hold


def _creators(sample: Sample, sheet: Sheet, name_columns: list[int], followers: int) -> tuple[list[Raw], list[Finding]]:
    names = [fields.folded(h) for h in sheet.headers]
    about = f"{sample.path}{sheet.where}"
    findings: list[Finding] = []
    at = fields.positions(sheet.headers, CREATOR)
    if "country" in at and (holds := _no_countries(sheet.column(at["country"]))):
        findings.append(_refused(about, _header(sheet, at["country"]), holds, "countries"))
        at.pop("country")
    if "country" not in at:
        country = next((i for i, n in enumerate(names) if "country" in n.split("_") and set(n.split("_")) & AUDIENCE), None)
        if country is not None:
            at["country"] = country
            what = f"{_header(sheet, country)!r} is where most of the audience is"
            findings.append(note(about, what, "the creator's own country", "read as the country, for want of the creator's own"))
        if country is not None and (holds := _no_countries(sheet.column(country))):
            findings[-1] = _refused(about, _header(sheet, country), holds, "countries")
            at.pop("country")
    if "platform" in at and not _platforms(sheet.column(at["platform"])):
        at.pop("platform")
    used = {name_columns[0], *at.values()}
    frame = fields.table(sheet, at)
    names_told = pd.Series(sheet.column(name_columns[0]), dtype=object).map(plain)
    # copied from a page, handle and name stand in one cell, one under the other
    two = names_told.str.count("\n") == 1
    if len(two) and two.mean() > MOSTLY and len(name_columns) == 1:
        lines = names_told.str.split("\n", n=1)
        frame["name"] = lines.map(lambda x: x[-1].strip() if len(x) > 1 else None)
        names_told = lines.map(lambda x: x[0].strip())
        header = _header(sheet, name_columns[0])
        findings.append(
            note(about, f"two lines in each cell of {header!r}", "one thing in a cell", "the first read as handle, the second as name")
        )
    frame["handle"] = names_told.map(lambda c: c.lstrip("@"))
    said = {c: plain(sheet.headers[i]) for c, i in at.items()} | {"handle": plain(sheet.headers[name_columns[0]])}
    if len(name_columns) > 1:
        frame["name"] = pd.Series(sheet.column(name_columns[1]), dtype=object)
        said["name"] = plain(sheet.headers[name_columns[1]])
        used.add(name_columns[1])
        first, second = (_header(sheet, i) for i in name_columns[:2])
        findings.append(
            note(about, f"handles read from {first!r}, names from {second!r}", "one column of each", "nothing to do if that is right")
        )
    platform, told = _platform(sample, names, frame, context_word=sheet.name) if "platform" not in at else (None, [])
    findings += told
    if platform:
        frame["platform"] = platform
    kept, told = _counts(sheet, followers, about)
    findings += told
    for column, (position, cells, same) in kept.items():
        frame[column] = pd.Series(cells, dtype=object)
        said[column] = plain(sheet.headers[position])
        used |= same
    if "niche" in frame and "category_2" in names:
        second_niche = pd.Series(sheet.column(names.index("category_2")), dtype=object)
        frame["niche"] = frame["niche"].where(frame["niche"].map(plain) != "", second_niche)
        used.add(names.index("category_2"))
    raws = [Raw.of("creators", frame, sheet.rows, written=said, where=sheet.where)]
    scores, told = _scores(sheet, frame, used, about)
    return raws + scores, findings + told + fields.not_used(sample, sheet, sheet.headers, used)


def _counts(sheet: Sheet, followers: int, about: str) -> tuple[dict[str, tuple[int, Cells, set[int]]], list[Finding]]:
    """Return the columns of counts that hold numbers: position, cells and the positions of all that say the same."""
    wanted = {"followers": followers}
    for column, spelled in COUNTS.items():
        meanings = [words(w) for w in spelled]
        passed = {"total", "video"} if column == "posts_total" else set()
        found = next((i for i, h in enumerate(sheet.headers) if words(h) - passed in meanings), None)
        if found is not None:
            wanted[column] = found
    out: dict[str, tuple[int, Cells, set[int]]] = {}
    findings: list[Finding] = []
    for column, i in wanted.items():
        if holds := _not_numbers(sheet.column(i)):
            findings.append(_refused(about, sheet.headers[i], holds))
            out[column] = i, np.full(len(sheet.rows), None, dtype=object), {i}
            continue
        best = fuller(sheet, i, about)
        findings += best.findings
        out[column] = best.position, best.cells, set(best.same)
    return out, findings


def _scores(sheet: Sheet, creators: pd.DataFrame, used: set[int], about: str) -> tuple[list[Raw], list[Finding]]:
    """Return the tool's measures as its scores; `used` learns their positions."""
    all_words = {w for h in sheet.headers for w in fields.folded(h).split("_")}
    tool = "HypeAuditor" if all_words & HYPEAUDITOR else NAME
    raws: list[Raw] = []
    findings: list[Finding] = []
    kept: list[str] = []
    for i, header in enumerate(sheet.headers):
        if i in used or not _measure(header):
            continue
        if holds := _not_numbers(sheet.column(i)):
            findings.append(_refused(about, header, holds))
            used.add(i)
            continue
        best = fuller(sheet, i, about, kind="number")
        used |= set(best.same)
        findings += best.findings
        kept.append(" ".join(plain(header).split()))
        cells, told = _as_shares(kept[-1], best.cells, about)
        findings += told
        measured = pd.DataFrame({"handle": creators["handle"], "tool": tool, "measure": kept[-1], "value": cells}, dtype=object)
        if "platform" in creators:
            measured["platform"] = creators["platform"]
        there = measured["value"].map(lambda c: bool(plain(c)) and not marks_unknown(plain(c))).to_numpy(dtype=bool)
        rows = sheet.rows[there]
        raws.append(Raw.of("scores", measured[there].reset_index(drop=True), rows, written={"value": kept[-1]}, where=sheet.where))
    if kept:
        what = f"{', '.join(kept[:8])} by the tool's own definitions"
        findings.append(note(about, what, "ours", "kept as the tool's scores, not mixed with the kit's rates"))
    return raws, findings


def _as_shares(header: str, cells: Cells, about: str) -> tuple[Cells, list[Finding]]:
    """Write a rate as its header says: under `ER (%)` 3.2 is 3.2%; say where a rate without any sign goes above 1."""
    said = set(fields.folded(header).split("_"))
    bare = np.array([re.fullmatch(r"[\d.,\s]*\d", plain(c)) is not None for c in cells], dtype=bool)
    if not bare.any():
        return cells, []
    if "%" in header or said & {"pct", "percent", "percentage", "prozent"}:
        out = np.empty(len(cells), dtype=object)
        out[:] = [f"{plain(c)}%" if b else c for c, b in zip(cells, bare, strict=True)]
        return out, [note(about, f"the header {header!r} says that its numbers are per cents", "shares between 0 and 1", "divided by 100")]
    if said & {"rate", "er", "engagementrate"}:
        above = int((numbers(cells[bare]).values > 1).sum())
        if above:
            what = f"{header!r} is above 1 in {counted(above, 'row', 'rows')} and has no sign of per cents"
            return cells, [note(about, what, "shares between 0 and 1, or a % sign", "kept as written: it may be in per cents")]
    return cells, []


def _platform(sample: Sample, names: list[str], frame: pd.DataFrame, *, context_word: str) -> tuple[str | None, list[Finding]]:
    """Return the platform that headers, addresses, the sheet's or the file's name tell."""
    said = {platform for word, platform in _PLATFORMS if any(word in n for n in names)}
    if len(said) == 1:
        return said.pop(), []
    if "url" in frame:
        hosts = frame["url"].map(plain).str.extract(r"(instagram|tiktok|youtube|twitch)\.(?:com|tv)|/(instagram|tiktok|youtube|twitch)/")
        told = hosts[0].fillna(hosts[1]).dropna()
        if len(told) > 0.5 * len(frame):
            return str(told.mode().iloc[0]), []
    if len(signs := [n for n in names if n in _OF_YOUTUBE]) and any("subscri" in n for n in names):
        what = f"no platform in the table; youtube by its {' and '.join(n.replace('_', ' ') for n in signs[:2])} beside subscribers"
        return "youtube", [note(sample.path, what, "a platform column", "add one if that is wrong")]
    for word in (context_word, sample.path.rsplit("/", 1)[-1]):
        found = next((ours for part, ours in _PLATFORMS if part in word.casefold()), None)
        if found:
            what = f"no platform in the table; {found} by its name"
            return platform_of(found), [note(sample.path, what, "a platform column", "rename the file or sheet if that is wrong")]
    return None, []


def _not_numbers(cells: Cells) -> str | None:
    """Return what a column of numbers holds instead, or None where it holds numbers."""
    texts = [t for c in cells if (t := plain(c)) and not marks_unknown(t)]
    if not texts:
        return None
    read = numbers(np.array(texts, dtype=object), kind="count")
    # a number that can be read in two ways is one all the same
    lost = np.zeros(len(texts), dtype=bool)
    for remark in read.remarks:
        if remark.one == "is not a number":
            lost[remark.at] = True
    if 1 - float(lost.mean()) >= MOSTLY:
        return None
    odd = [t for t, gone in zip(texts, lost, strict=True) if gone and "%" not in t]
    if len(odd) < MOSTLY * int(lost.sum()):
        return None
    countries = sum(country_code(w) is not None for w in odd)
    return f"{'countries' if countries > 0.5 * len(odd) else 'words'} such as {odd[0][:40]!r}"


def _no_countries(cells: Cells) -> str | None:
    texts = list(dict.fromkeys(t for c in cells if (t := plain(c)) and not marks_unknown(t)))
    if not texts or _share(texts, lambda t: any(country_code(part.strip()) for part in (t, *t.rsplit(",", 1)))) > 1 - MOSTLY:
        return None
    return f"{'numbers' if _share(texts, lambda t: t[:1].isdigit()) > 0.5 else 'words'} such as {texts[0][:40]!r}"


def _platforms(cells: Cells) -> bool:
    texts = [t for c in cells if (t := plain(c)) and not marks_unknown(t)]
    return bool(texts) and _share(texts, lambda t: platform_of(t) in PLATFORMS) > 0.5


def _share(texts: Sequence[str], test: Any) -> float:
    return sum(bool(test(t)) for t in texts) / len(texts)


def _header(sheet: Sheet, position: int) -> str:
    return " ".join(plain(sheet.headers[position]).split())


def _refused(about: str, header: str, holds: str, expected: str = "numbers") -> Finding:
    mend = "not used: the header does not fit its cells; look whether the headers beside it have moved, too"
    return warning(about, f"the column headed {' '.join(plain(header).split())!r} holds {holds}", expected, mend)
