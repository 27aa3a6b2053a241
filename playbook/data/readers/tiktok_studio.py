"""TikTok Studio: content, overview, follower history, viewers, genders and territories, with days that have no year."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from playbook.data.handles import time_of_post
from playbook.data.readers import fields
from playbook.data.readers.accounts import Daily, account, audience_table, daily_tables
from playbook.data.readers.contract import AsideRow, Context, Raw, Read, Recognition, Sample, Sheet
from playbook.data.told import counted, note, rows, warning
from playbook.data.values import plain
from playbook.data.values.yearless import dated, day_and_month
from playbook.findings import Finding

NAME = "TikTok Studio"
CONTENT = {
    "url": [
        "video_link",
        "enlace_del_video",
        "enlace_del_vídeo",
        "lien_vidéo",
        "lien_de_la_vidéo",
        "videolink",
        "link_do_vídeo",
        "liên_kết_video",
    ],
    "caption": [
        "video_title",
        "título_del_video",
        "título_del_vídeo",
        "titre_de_la_vidéo",
        "videotitel",
        "título_do_vídeo",
        "tiêu_đề_video",
    ],
    "posted_at": ["post_time", "hora_de_publicación", "heure_de_publication", "posting_time", "veröffentlichungszeit", "thời_gian_đăng"],
    "exported_on": ["time", "hora", "heure", "zeit", "date", "fecha", "thời_gian", "ngày"],
    "likes": ["total_likes", "me_gusta_totales", "total_de_me_gusta", "likes", "j_aime", "total_de_curtidas", "tổng_số_lượt_thích"],
    "comments": ["total_comments", "comentarios_totales", "total_de_comentarios", "comments", "commentaires", "tổng_số_bình_luận"],
    "shares": [
        "total_shares",
        "compartidos_totales",
        "veces_compartido",
        "total_de_veces_compartido",
        "shares",
        "partages",
        "tổng_số_lượt_chia_sẻ",
    ],
    "views": ["total_views", "visualizaciones_totales", "total_de_visualizaciones", "video_views", "views", "vues", "tổng_số_lượt_xem"],
    "saves": ["total_saves", "total_favorites", "favorites", "saves"],
    "reach": ["reached_audience", "total_reach"],
}
OVERVIEW = {
    "views": ("video_views", "visualizaciones_de_videos", "visualizaciones_de_vídeos", "vues_de_vidéos", "videoaufrufe", "lượt_xem_video"),
    "profile_visits": ("profile_views", "visualizaciones_del_perfil", "vues_du_profil", "profilaufrufe", "lượt_xem_hồ_sơ"),
    "likes": ("likes", "me_gusta", "j_aime", "lượt_thích"),
    "comments": ("comments", "comentarios", "commentaires", "kommentare", "bình_luận"),
    "shares": ("shares", "compartidos", "veces_compartido", "partages", "lượt_chia_sẻ"),
    "reach": ("reached_audience", "unique_viewers"),
    "followers_gained": ("net_growth",),
}
HISTORY = {
    "followers": ("followers", "seguidores", "abonnés", "follower", "số_người_theo_dõi"),
    "difference": (
        "difference_in_followers_from_previous_day",
        "diferencia_de_seguidores_con_respecto_al_día_anterior",
        "diferencia_en_seguidores_respecto_al_día_anterior",
    ),
}
VIEWERS = {"reach": ("total_viewers",), "new": ("new_viewers",), "back": ("returning_viewers",)}
GENDER = {"bucket": ("gender", "género", "sexe", "geschlecht"), "share": ("distribution", "distribución", "répartition", "verteilung")}
PLACES = {"bucket": ("top_territories", "territories", "territory", "principales_territorios"), "share": GENDER["share"]}
DATES = ("date", "fecha", "datum", "data", "ngày")
_LINK = re.compile(r"tiktokv?\.com/(?:@([\w.]*)/(?:video|photo)|(?:share|embed|player)/(?:video|photo|v\d)|v)/(\d+)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(20[12]\d)(?!\d)")
# an id's time and the day beside it may lie in two days, by time zone
A_DAY = dt.timedelta(days=1.6)


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise each section by headers that stand together nowhere else."""
    for headers in _headers(sample):
        section = _section(headers)
        if section and (sample.sheets or section == "content"):
            return Recognition(sureness=0.95, why=f"the headers of the section {section}")
    return None


def read(sample: Sample, context: Context) -> Read:
    """Read one section."""
    parts = [_read(sample, headers, context) for headers in _headers(sample)]
    known = [p for p in parts if p is not None]
    return Read(
        tables=tuple(t for p in known for t in p.tables),
        rows=sum(p.rows for p in known),
        findings=tuple(f for p in known for f in p.findings),
        aside=tuple(a for p in known for a in p.aside),
    )


def _headers(sample: Sample) -> list[tuple[str, ...]]:
    if sample.sheets:
        return [s.headers for s in sample.sheets]
    text = sample.text() if sample.container == "csv" else None
    # titles with bare quotes can make the whole file unreadable as CSV; its first line never does
    return [tuple(c.strip('"') for c in text.split("\n", 1)[0].strip().split(","))] if text else []


def _section(headers: Sequence[str]) -> str | None:
    names = [fields.folded(h) for h in headers]
    dates = any(n in DATES for n in names)
    content = fields.positions(headers, CONTENT)
    if {"url", "posted_at"} <= content.keys() and ("views" in content or "likes" in content) and "caption" in content:
        return "content"
    if dates and {"followers", "difference"} <= fields.positions(headers, HISTORY).keys():
        return "follower history"
    overview = fields.positions(headers, OVERVIEW)
    if dates and "views" in overview and ("profile_visits" in overview or "reach" in overview):
        return "overview"
    if dates and "active_followers" in names:
        return "follower activity"
    if dates and {"reach", "new"} <= fields.positions(headers, VIEWERS).keys():
        return "viewers"
    if len(names) == 2 and len(fields.positions(headers, GENDER)) == 2:
        return "genders"
    if len(names) == 2 and len(fields.positions(headers, PLACES)) == 2:
        return "territories"
    return None


def _read(sample: Sample, headers: tuple[str, ...], context: Context) -> Read | None:
    section = _section(headers)
    if section is None:
        return None
    if section == "content":
        return _content(sample, headers, context)
    sheet = next(s for s in sample.sheets if s.headers == headers)
    if section in ("genders", "territories"):
        return _audience(sample, sheet, context, section)
    if section == "follower activity":
        told = note(sample.path, "hours at which followers are active not used", "what the chapters need", "nothing to do")
        return Read(tables=(), rows=len(sheet.rows), findings=(*sheet.findings, told), aside=sheet.aside)
    return _days(sample, sheet, context, {"overview": OVERVIEW, "follower history": HISTORY, "viewers": VIEWERS}[section])


# content


def _content(sample: Sample, headers: tuple[str, ...], context: Context) -> Read:
    at = fields.positions(headers, CONTENT)
    sheet = next((s for s in sample.sheets if s.headers == headers), None)
    findings: list[Finding] = []
    aside: tuple[AsideRow, ...] = ()
    if sheet is not None and not sheet.aside and all(_LINK.search(plain(c)) for c in sheet.column(at["url"])):
        frame, numbers = fields.table(sheet, at), sheet.rows
        findings += sheet.findings
    else:
        frame, numbers, aside = _by_links(sample, headers, at)
        what = "titles with quotation marks of their own"
        findings.append(note(sample.path, what, "inner marks doubled", "rows taken apart at their links and counted from the right"))
        if aside:
            what = f"{counted(len(aside), 'row', 'rows')} without a readable link ({rows([a.row for a in aside])})"
            findings.append(warning(sample.path, what, "a link to each video", "set aside"))
    links = [_LINK.search(plain(c)) for c in frame["url"]]
    own, assumed = account(sample, context) if not all(m and m[1] for m in links) else ("", [])
    findings += assumed
    out = pd.DataFrame(
        {
            "platform": "tiktok",
            "handle": [m[1] if m and m[1] else own for m in links],
            "post": [m[2] if m else plain(c) for m, c in zip(links, frame["url"], strict=True)],
        },
        dtype=object,
    )
    out["posted_at"], told = _times(frame, out["post"], sample, context)
    findings += told
    for column in ("caption", "likes", "comments", "shares", "views", "saves", "reach"):
        if column in frame:
            out[column] = frame[column]
    out["format"] = ["photo" if m and "/photo/" in m[0] else "video" for m in links]
    said = {c: plain(headers[i]) for c, i in at.items()} | {"post": plain(headers[at["url"]])}
    findings += fields.not_used(sample, sheet, headers, at.values())
    return Read(
        tables=(Raw.of("posts", out, numbers, written=said, where=sheet.where if sheet else ""),),
        rows=len(out) + len(aside),
        findings=tuple(findings),
        aside=aside,
    )


def _by_links(sample: Sample, headers: tuple[str, ...], at: dict[str, int]) -> tuple[pd.DataFrame, np.ndarray, tuple[AsideRow, ...]]:
    """Take rows apart at the link: what stands left of it is the title, what stands right of it is counted from the right."""
    text = sample.text() or ""
    _, _, body = text.partition("\n")
    link, title, width = at["url"], at["caption"], len(headers)
    right = width - link - 1
    tail = r'",\s*"'.join([r"[^\"]*"] * right)
    pattern = re.compile(rf'"([^"\n]*tiktok\.com/[^"\n]*/\d+[^"\n]*)"(?:,\s*"({tail})")?[ \t,]*(?:\n|$)')
    records, numbers, aside = [], [], []
    start = 0
    for match in pattern.finditer(body):
        before = body[start : match.start()].rstrip(", \n")
        number = 2 + body.count("\n", 0, start)
        start = match.end()
        cells = before.strip('"').split('","')
        # everything between the columns before the title and the link is title
        lead, rest = cells[:title], cells[title:]
        after_title = link - title - 1
        tail_cells = rest[len(rest) - after_title :] if after_title else []
        caption = '","'.join(rest[: len(rest) - after_title] if after_title else rest)
        values = [*lead, caption, *tail_cells, match[1], *((match[2] or "").split('","') if right else [])]
        if len(values) == width:
            records.append(values)
            numbers.append(number)
        else:
            aside.append(AsideRow(file=sample.path, row=number, reason="no readable link", values=(before + match[0])[:300]))
    left = body[start:].strip()
    if left:
        aside.append(AsideRow(file=sample.path, row=2 + body.count("\n", 0, start), reason="no readable link", values=left[:300]))
    frame = pd.DataFrame({c: pd.Series([r[i] for r in records], dtype=object) for c, i in at.items()})
    return frame, np.array(numbers, dtype=np.int64), tuple(aside)


def _times(frame: pd.DataFrame, posts: pd.Series, sample: Sample, context: Context) -> tuple[list[Any], list[Finding]]:
    """Return when each video was posted: the second that stands in its id, which the written day confirms."""
    written = [plain(c) for c in frame["posted_at"]]
    parts = [day_and_month(t) for t in written]
    made = [time_of_post("tiktok", k) for k in posts]
    out: list[Any] = []
    against = 0
    years = dated(parts, last=_last_day(sample, context), anchor=max((m.date() for m in made if m), default=None))
    for text, part, moment, day in zip(written, parts, made, years, strict=True):
        if moment is None:
            out.append(day.isoformat() if day else text or None)
            continue
        if part and abs(moment - _nearest(part, moment)) > A_DAY:
            against += 1
        out.append(moment.isoformat())
    n = sum(m is not None for m in made)
    told = (
        [note(sample.path, f"{counted(n, 'time', 'times')} without year or hour", "a time", "taken from the videos' own ids")] if n else []
    )
    if against:
        what = f"{counted(against, 'day differs', 'days differ')} from the time in the video's id"
        told.append(warning(sample.path, what, "one time", "the id was believed"))
    return out, told


def _nearest(part: tuple[int, int, int | None], moment: dt.datetime) -> dt.datetime:
    """Return the day nearest to a moment that has this day and month, at noon."""
    found = []
    for year in (moment.year - 1, moment.year, moment.year + 1):
        try:
            found.append(dt.datetime(year, part[1], part[0], 12, tzinfo=dt.UTC))
        except ValueError:
            continue
    return min(found, key=lambda d: abs(d - moment))


# days


def _days(sample: Sample, sheet: Sheet, context: Context, spelled: dict[str, tuple[str, ...]]) -> Read:
    at = fields.positions(sheet.headers, spelled)
    names = [fields.folded(h) for h in sheet.headers]
    date_at = next(i for i, n in enumerate(names) if n in DATES)
    days, findings = _with_years(sheet.column(date_at), sample, context)
    findings = [*sheet.findings, *findings]
    parts = []
    for column, i in at.items():
        if column in ("difference", "new", "back"):
            continue
        cells = sheet.column(i)
        negative = np.array([plain(c) == "-1" and column not in ("followers_gained",) for c in cells], dtype=bool)
        if negative.any():
            what = f"-1 {plain(sheet.headers[i]).casefold()} on {counted(int(negative.sum()), 'day', 'days')}"
            findings.append(note(sample.path, what, "0 or more", "taken as unknown, not as 0"))
            cells = np.where(negative, None, cells)
        frame = pd.DataFrame({"day": days, "value": cells}, dtype=object)
        empty = frame["value"].map(lambda c: plain(c) in ("", "undefined", "--", "-")).astype(bool)
        parts.append(Daily(measure=column, frame=frame[~empty], rows=sheet.rows[~empty.to_numpy()], title=plain(sheet.headers[i])))
    if "difference" in at:
        findings += _adds_up(sheet, at, sample)
    raws, told = daily_tables(sample, context, parts, "tiktok")
    used = {date_at, *at.values()}
    return Read(
        tables=tuple(raws),
        rows=len(sheet.rows) + len(sheet.aside),
        findings=(*findings, *told, *fields.not_used(sample, sheet, sheet.headers, used)),
        aside=sheet.aside,
    )


def _with_years(cells: Sequence[Any], sample: Sample, context: Context) -> tuple[list[str | None], list[Finding]]:
    texts = [plain(c) for c in cells]
    parts = [day_and_month(t) for t in texts]
    bare = [p is not None and p[2] is None for p in parts]
    if not any(bare):
        full = [dt.date(p[2], p[1], p[0]).isoformat() if p and p[2] else t or None for p, t in zip(parts, texts, strict=True)]
        return full, []
    anchor, why = None, ""
    if found := _YEAR.findall(sample.path):
        anchor, why = dt.date(int(found[-1]), parts[-1][1] if parts[-1] else 6, 15), "the file's name"
    elif latest := _latest_video(context, sample):
        anchor, why = latest, "the ids of the videos beside it"
    last = _last_day(sample, context)
    if anchor is None:
        why = "as_of in campaign.yml" if context.brief.as_of else "the day on which the file was saved"
    made = dated(parts, last=None if anchor else last, anchor=anchor)
    known = [d for d in made if d]
    out = [d.isoformat() if d else t or None for d, t in zip(made, texts, strict=True)]
    if not known:
        return out, []
    what = f"days without a year; read as {min(known)} to {max(known)}, by {why}"
    return out, [note(sample.path, what, "a year", "set as_of in campaign.yml if the year is wrong")]


def _last_day(sample: Sample, context: Context) -> dt.date | None:
    said = context.brief.as_of
    if said is not None:
        return said.date() if isinstance(said, dt.datetime) else said
    return sample.modified_on


def _latest_video(context: Context, sample: Sample) -> dt.date | None:
    """Return the day of the latest video in a content export of the same folder or archive."""
    place = sample.path.rsplit("/", 1)[0]
    best: dt.datetime | None = None
    for other in sorted(context.beside, key=lambda s: s.path):
        near = other.path.rsplit("/", 1)[0]
        if near.split(".zip")[0].rsplit("/", 1)[0] != place.split(".zip")[0].rsplit("/", 1)[0] or other.container != "csv":
            continue
        if any(_section(h) == "content" for h in _headers(other)):
            moments = [m for key in re.findall(r"/(?:video|photo)/(\d+)", other.text() or "") if (m := time_of_post("tiktok", key))]
            best = max([*moments, *([best] if best else [])], default=None)
    return best.date() if best else None


def _adds_up(sheet: Sheet, at: dict[str, int], sample: Sample) -> list[Finding]:
    """Check the counts against the differences beside them."""
    from playbook.data.values import numbers

    counts = numbers(sheet.column(at["followers"]), kind="count").values.to_numpy()
    steps = numbers(sheet.column(at["difference"])).values.to_numpy()
    if len(counts) < 3:
        return []
    moved = np.diff(counts)
    known = np.isfinite(moved) & np.isfinite(steps[1:]) & np.isfinite(steps[:-1])
    if not known.any():
        return []
    before, after = int((moved == steps[1:])[known].sum()), int((moved == steps[:-1])[known].sum())
    n, right = int(known.sum()), max(before, after)
    if right == n and before >= after:
        return []
    if right == n:
        what = "each day's difference leads to the next day's count, so counts are those of the day's beginning"
        return [note(sample.path, what, "the count at the day's end", "counts kept as written")]
    what = f"{counted(n - right, 'difference does', 'differences do')} not lead from one day's count to the next"
    return [warning(sample.path, what, "counts that add up", "counts kept as written")]


def _audience(sample: Sample, sheet: Sheet, context: Context, section: str) -> Read:
    at = fields.positions(sheet.headers, GENDER if section == "genders" else PLACES)
    dimension = "gender" if section == "genders" else "country"
    cells = zip(sheet.column(at["bucket"]), sheet.column(at["share"]), strict=True)
    found = [(dimension, plain(bucket), share) for bucket, share in cells if plain(bucket)]
    raws, told = audience_table(sample, context, found, "tiktok")
    return Read(tables=tuple(raws), rows=len(sheet.rows), findings=(*sheet.findings, *told), aside=sheet.aside)
