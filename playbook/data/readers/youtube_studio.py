"""YouTube Studio, advanced mode: `Table data` in any language, its row of totals used as a check."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd

from playbook.data.readers import fields
from playbook.data.readers.accounts import account
from playbook.data.readers.contract import Context, Raw, Read, Recognition, Sample, Sheet
from playbook.data.readers.fields import folded
from playbook.data.told import counted, note
from playbook.data.values import numbers, plain
from playbook.data.values.yearless import day_and_month
from playbook.findings import Finding

NAME = "YouTube Studio table data"
SPELLED = {
    "post": (
        *("content", "video", "inhalt", "conteúdo", "vídeo", "contenido", "contenu", "vidéo", "contenuto", "コンテンツ", "動画"),
        *("контент", "видео", "içerik", "콘텐츠", "inhoud", "treść", "innehåll", "konten", "nội_dung", "内容", "zawartość"),
    ),
    "caption": (
        *("video_title", "videotitel", "título_do_vídeo", "título_del_vídeo", "título_del_video", "titre_de_la_vidéo"),
        *("titolo_del_video", "動画のタイトル", "動画タイトル", "название_видео", "video_başlığı", "동영상_제목", "titel_van_de_video"),
        *("tytuł_filmu", "videons_titel", "judul_video", "tiêu_đề_video", "视频标题", "影片標題", "video_titel"),
    ),
    "posted_at": (
        *("video_publish_time", "veröffentlichungszeitpunkt_des_videos", "horário_de_publicação_do_vídeo"),
        *("hora_de_publicación_del_vídeo", "hora_de_publicación_del_video", "heure_de_publication_de_la_vidéo"),
        *("data_e_ora_di_pubblicazione_del_video", "動画公開時刻", "動画の公開時刻", "время_публикации_видео", "video_yayınlanma_zamanı"),
        *("동영상_게시_시간", "publicatietijd_van_video", "tijd_van_videopublicatie", "godzina_opublikowania_filmu"),
        *("czas_publikacji_filmu", "publiceringstid_för_video", "videons_publiceringstid", "waktu_publikasi_video"),
        *("thời_gian_xuất_bản_video", "视频发布时间", "影片發布時間"),
    ),
    "duration": (
        *("duration", "dauer", "duração", "duración", "durée", "durata", "長さ", "длительность", "süre", "길이", "duur"),
        *("czas_trwania", "varaktighet", "längd", "durasi", "thời_lượng", "时长", "片長"),
    ),
    "views": (
        *("views", "aufrufe", "visualizações", "visualizaciones", "vistas", "vues", "visualizzazioni", "視聴回数", "просмотры"),
        *("görüntüleme", "조회수", "weergaven", "wyświetlenia", "visningar", "penayangan", "số_lượt_xem", "lượt_xem", "观看次数"),
        *("觀看次數", "visninger", "näyttökerrat", "zhlédnutí", "megtekintések", "vizionări", "προβολές", "перегляди", "المشاهدات"),
    ),
    "likes": (
        *("likes", "mag_ich_bewertungen", "gostei", "marcações_gostei", "me_gusta", "j_aime", "mi_piace", "高評価", "高評価数"),
        *("отметки_нравится", "좋아요_수", "좋아요", "vind_ik_leuks", "polubienia", "gilla_markeringar", "suka", "lượt_thích"),
        *("喜欢次数", "beğenmeler"),
    ),
    "comments": (
        *("comments_added", "comments", "kommentare", "hinzugefügte_kommentare", "comentários", "comentarios", "commentaires"),
        *("コメント", "コメントの追加", "댓글", "추가된_댓글", "reacties", "toegevoegde_reacties", "dodane_komentarze", "komentarze"),
        *("kommentarer", "komentar", "bình_luận", "评论数", "добавленные_комментарии", "yorumlar"),
    ),
    "shares": (
        *("shares", "geteilte_inhalte", "compartilhamentos", "veces_compartido", "partages", "condivisioni", "共有数", "共有"),
        *("공유", "delningar", "udostępnienia", "bagikan", "lượt_chia_sẻ", "分享次数", "paylaşımlar"),
    ),
    "reach": (
        *("unique_viewers", "einzelne_zuschauer", "espectadores_únicos", "spectateurs_uniques", "ユニーク視聴者数", "순_시청자수"),
        *("unieke_kijkers", "unikalni_widzowie", "unika_tittare", "spettatori_unici"),
    ),
    "impressions": (
        *("thumbnail_impressions", "impressions", "impressionen", "impressões", "impresiones", "impressioni", "インプレッション数"),
        *("показы", "gösterimler", "노출수", "vertoningen", "wyświetlenia_miniatur", "exponeringar", "tayangan"),
        *("số_lượt_hiển_thị", "展示次数", "曝光次數"),
    ),
    "subscribers": (
        *(
            "subscribers",
            "abonnenten",
            "inscritos",
            "suscriptores",
            "abonnés",
            "iscritti",
            "チャンネル登録者",
            "チャンネル登録者数",
            "구독자",
        ),
        *("abonnees", "subskrybenci", "prenumeranter", "subscriber", "số_người_đăng_ký", "订阅人数", "подписчики", "aboneler"),
    ),
    "watch": (
        *("watch_time_hours", "wiedergabezeit_stunden", "tempo_de_exibição_horas", "tiempo_de_visualización_horas"),
        *("durée_de_visionnage_heures", "総再生時間_単位_時間", "시청_시간_단위_시간", "weergavetijd_uren", "czas_oglądania_godziny"),
        *("visningstid_timmar", "waktu_tonton_jam", "thời_gian_xem_giờ", "观看时长_小时", "время_просмотра_часы"),
        *("izlenme_süresi_saat", "tempo_di_visualizzazione_ore"),
    ),
}
TOTALS = frozenset(
    (
        "total",
        "gesamt",
        "合計",
        "totale",
        "итого",
        "toplam",
        "summe",
        "totaal",
        "合计",
        "總計",
        "총계",
        "łącznie",
        "łączna_wartość",
        "summa",
        "tổng",
        "tổng_cộng",
        "总计",
    )
)
VIDEO = re.compile(r"[\w-]{11}", re.ASCII)
COUNTS = ("views", "likes", "comments", "shares", "reach", "impressions")
# shorts were at most a minute long until October 2024
A_SHORT = 60
MOSTLY = 0.8


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by a video's id, title and publish time beside views."""
    for sheet in sample.sheets:
        at = _positions(sheet)
        if _is_table(at) and ("caption" in at or "watch" in at):
            return Recognition(
                sureness=0.93 + 0.05 * fields.share_known(sheet.headers, SPELLED), why=f"{len(at)} headers of YouTube Studio's table"
            )
        if _beside(sheet):
            return Recognition(sureness=0.9, why="days beside views, as YouTube Studio's chart data and totals have them")
    return None


def read(sample: Sample, context: Context) -> Read:
    """Read the channel's videos; charts and totals in the same archive repeat them and are not needed."""
    tables: list[Raw] = []
    findings: list[Finding] = []
    rows = 0
    for sheet in sample.sheets:
        rows += len(sheet.rows) + len(sheet.aside)
        findings += sheet.findings
        at = _positions(sheet)
        if not _is_table(at):
            what = "a chart or totals over days, which repeat the videos' table"
            findings.append(note(f"{sample.path}{sheet.where}", what, "Table data", "not used"))
            continue
        handle, assumed = account(sample, context)
        raw, told = _videos(sample, sheet, at, handle)
        tables.append(raw)
        findings += [*told, *assumed]
    aside = tuple(a for s in sample.sheets for a in s.aside)
    return Read(tables=tuple(tables), rows=rows, findings=tuple(findings), aside=aside)


def _positions(sheet: Sheet) -> dict[str, int]:
    """Return which header is which; in languages whose words are not known, ids of videos and the column of dates tell themselves."""
    at = fields.positions(sheet.headers, SPELLED)
    if "views" not in at or not sheet.head:
        return at
    if at.get("post") != 0 and _share_of(sheet, 0, lambda t: VIDEO.fullmatch(t) is not None and not t.isdecimal()) >= MOSTLY:
        at["post"] = 0
    if at.get("post") == 0 and "posted_at" not in at:
        free = [i for i in range(1, len(sheet.headers)) if i not in at.values()]
        dated = next((i for i in free if _share_of(sheet, i, lambda t: day_and_month(t) is not None) >= MOSTLY), None)
        if dated is not None:
            at["posted_at"] = dated
            if "caption" not in at and dated - 1 in free:
                # the title stands before the time in every language
                at["caption"] = dated - 1
    return at


def _share_of(sheet: Sheet, position: int, test: Callable[[str], bool]) -> float:
    """Return the share of a column's first filled cells that pass a test, the row of totals left out."""
    cells = [t for row in sheet.head[1:] if position < len(row) and (t := plain(row[position]))]
    return sum(map(test, cells)) / len(cells) if cells else 0.0


def _is_table(at: dict[str, int]) -> bool:
    """Say whether a row is a video: in the chart data a row is a video on a day, and the day stands first."""
    return at.get("post") == 0 and "posted_at" in at


def _beside(sheet: Sheet) -> bool:
    """Say whether a sheet is the chart or the totals that lie beside the table in the archive."""
    names = [folded(h) for h in sheet.headers]
    at = fields.positions(sheet.headers, SPELLED)
    return (
        names[:1] in (["date"], ["datum"], ["data"], ["fecha"], ["日付"], ["날짜"], ["日期"], ["tarih"], ["дата"], ["tanggal"], ["ngày"])
        and ("post" in at or len(names) == 2)
        and "views" in at
        and "watch" not in at
        and "likes" not in at
    )


def _videos(sample: Sample, sheet: Sheet, at: dict[str, int], handle: str) -> tuple[Raw, list[Finding]]:
    frame = fields.table(sheet, at)
    about = f"{sample.path}{sheet.where}"
    findings: list[Finding] = []
    ids = frame["post"].map(plain)
    untitled = frame["caption"].map(plain) == "" if "caption" in frame else pd.Series(True, index=frame.index)
    # in a language whose word for it is not known, the row of totals is the one above all videos that has neither id, title nor time
    unknown = untitled & ~ids.map(lambda i: VIDEO.fullmatch(i) is not None) & (frame.index == frame.index.min())
    total = (ids.str.casefold().isin(TOTALS) | unknown) & (frame["posted_at"].map(plain) == "")
    if total.any():
        findings += _against_total(frame, total.to_numpy(), about)
        frame, ids = frame[~total], ids[~total]
    private = (frame["posted_at"].map(plain) == "").sum()
    if private:
        what = f"{counted(int(private), 'video has', 'videos have')} no publish time, as private ones do"
        findings.append(note(about, what, "a time", "kept, time unknown"))
    out = pd.DataFrame({"platform": "youtube", "handle": handle, "post": ids}, index=frame.index, dtype=object)
    out["posted_at"] = frame["posted_at"]
    out["caption"] = frame.get("caption")
    for column in COUNTS:
        if column in frame:
            out[column] = frame[column]
    if "duration" in frame:
        seconds = frame["duration"].map(_seconds)
        out["format"] = np.where(seconds.isna(), None, np.where(seconds <= A_SHORT, "short", "video"))
    findings += fields.not_used(sample, sheet, sheet.headers, {i for c, i in at.items() if c not in ("subscribers", "watch")})
    rows = sheet.rows[~total.to_numpy()]
    return Raw.of("posts", out.reset_index(drop=True), rows, written=fields.written(sheet, at), where=sheet.where), findings


def _seconds(cell: object) -> float:
    """Return a length in seconds, from seconds or hours, minutes and seconds.

    >>> _seconds("0:04:19"), _seconds("259"), _seconds("4:19")
    (259.0, 259.0, 259.0)
    """
    text = plain(cell)
    parts = text.split(":")
    if not text or not all(p.isdecimal() and len(p) < 10 for p in parts) or len(parts) > 3:
        return np.nan
    total = 0
    for part in parts:
        total = total * 60 + int(part)
    return float(total)


def _against_total(frame: pd.DataFrame, total: np.ndarray, about: str) -> list[Finding]:
    """Compare the row of totals with the sum over the videos: the tool cuts its table at about 500 of them."""
    if "views" not in frame:
        return [note(about, "a row of totals", "a video in each row", "left out")]
    views = numbers(frame["views"].to_numpy(dtype=object), kind="count").values.to_numpy()
    told, summed = views[total][0], float(np.nansum(views[~total]))
    if not np.isfinite(told) or told == summed:
        return [note(about, "a row of totals, which agrees with the videos", "a video in each row", "left out")]
    n = int((~total).sum())
    what = f"the row of totals says {told:,.0f} views, the {n:,} videos have {summed:,.0f}"
    mend = "the row was left out; the tool cuts its table at about 500 videos" if n >= 490 else "the row was left out"
    return [note(about, what, "one sum", mend)]
