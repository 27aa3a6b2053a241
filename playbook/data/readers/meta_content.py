"""Meta Business Suite, content export: a row a post of an Instagram account or a Facebook page, in English, German or Swedish."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from playbook.data.handles import post_of, time_of_post
from playbook.data.readers import fields
from playbook.data.readers.contract import AsideRow, Context, Raw, Read, Recognition, Sample, Sheet
from playbook.data.told import counted, note, warning
from playbook.data.values import Declared, plain, times
from playbook.findings import Finding

NAME = "Meta Business Suite content export"
SPELLED = {
    "id": (
        *("post_id", "publicerings_id", "inläggs_id", "beitrags_id", "beitrag_id", "identificador_de_la_publicación"),
        *("id_de_la_publicación", "identificador_de_publicación", "id_de_la_publication", "identifiant_de_la_publication"),
        *("identificação_da_publicação", "identificação_do_post", "id_da_publicação", "id_do_post", "id_del_post"),
        *("id_bericht", "bericht_id", "id_van_bericht", "identyfikator_posta", "opslags_id", "innleggs_id"),
    ),
    "account": (
        *("account_id", "konto_id", "page_id", "sid_id", "seiten_id", "identificador_de_la_cuenta", "id_de_la_cuenta"),
        *("id_du_compte", "identifiant_du_compte", "identificação_da_conta", "id_da_conta", "id_account"),
        *("identyfikator_konta", "identificador_de_la_página", "id_de_la_page", "identificação_da_página", "id_da_página"),
        *("id_pagina", "id_della_pagina", "pagina_id"),
    ),
    "handle": (
        *("account_username", "kontots_användarnamn", "konto_benutzername", "benutzername_des_kontos"),
        *("nombre_de_usuario_de_la_cuenta", "nom_d_utilisateur_du_compte", "nome_de_usuário_da_conta"),
        *("nome_de_utilizador_da_conta", "nome_utente_dell_account", "gebruikersnaam_van_account", "accountgebruikersnaam"),
        *("nazwa_użytkownika_konta", "kontobenutzername", "brugernavn_på_konto"),
    ),
    "name": (
        *("account_name", "kontonamn", "kontoname", "page_name", "sidnamn", "seitenname", "name_der_seite"),
        *("nombre_de_la_cuenta", "nom_du_compte", "nome_da_conta", "nome_dell_account", "nome_account", "accountnaam"),
        *("nazwa_konta", "nombre_de_la_página", "nom_de_la_page", "nome_da_página", "nome_della_pagina", "paginanaam"),
    ),
    "caption": (
        *("description", "beskrivning", "beschreibung", "descripción", "descrição", "descrizione", "beschrijving", "opis"),
        *("beskrivelse",),
    ),
    "title": ("title", "titel", "título", "titre", "titolo", "tytuł"),
    "posted_at": (
        *("publish_time", "publiceringstid", "veröffentlichungszeitpunkt", "veröffentlichungszeit", "hora_de_publicación"),
        *("fecha_de_publicación", "heure_de_publication", "date_de_publication", "horário_de_publicação"),
        *("hora_de_publicação", "data_de_publicação", "orario_di_pubblicazione", "ora_di_pubblicazione"),
        *("data_di_pubblicazione", "publicatietijd", "publicatietijdstip", "czas_publikacji", "udgivelsestidspunkt"),
    ),
    "url": ("permalink", "permalänk", "enlace_permanente", "permalien", "link_permanente", "permanente_link", "bezpośredni_link"),
    "format": (
        *("post_type", "inläggstyp", "beitragstyp", "tipo_de_publicación", "type_de_publication", "tipo_de_publicação"),
        *("tipo_de_post", "tipo_di_post", "berichttype", "soort_bericht", "typ_posta", "opslagstype"),
    ),
    "date": ("date", "datum", "fecha", "data"),
    "views": (
        *("views", "visningar", "aufrufe", "visualizaciones", "vues", "visualizações", "visualizzazioni", "weergaven"),
        *("wyświetlenia",),
    ),
    "impressions": ("impressions", "impressionen", "exponeringar", "impresiones", "impressões", "impressioni", "weergaven_impressies"),
    "reach": ("reach", "räckvidd", "reichweite", "alcance", "couverture", "portée", "copertura", "bereik", "zasięg"),
    "likes": (
        *("likes", "gilla_markeringar", "gefällt_mir_angaben", "gefällt_mir", "reactions", "reaktioner", "reaktionen"),
        *("me_gusta", "j_aime", "mentions_j_aime", "curtidas", "gostos", "mi_piace", "vind_ik_leuks", "polubienia"),
        *("reacciones", "réactions", "reações", "reazioni"),
    ),
    "comments": (
        *("comments", "kommentarer", "kommentare", "comentarios", "commentaires", "comentários", "commenti", "opmerkingen"),
        *("reacties", "komentarze"),
    ),
    "shares": (
        *("shares", "delningar", "geteilte_inhalte", "geteilt", "shares_gesamt", "veces_que_se_compartió", "veces_compartido"),
        *("compartidos", "partages", "compartilhamentos", "partilhas", "condivisioni", "deelacties", "udostępnienia"),
    ),
    "saves": (
        *("saves", "sparade_objekt", "sparningar", "gespeicherte_beiträge", "gespeicherte_inhalte", "veces_que_se_guardó"),
        *("guardados", "elementos_guardados", "enregistrements", "salvamentos", "itens_salvos", "salvataggi"),
        *("elementi_salvati", "bewaard", "opgeslagen", "zapisane"),
    ),
    "follows": ("follows", "följer", "seguimientos", "seguidores_nuevos", "abonnements", "followers", "seguidores", "seguir"),
    "duration": (
        *("duration_sec", "varaktighet_sek", "längd_sek", "dauer_sek", "duración_segundos", "duración_seg", "durée_s"),
        *("durée_sec", "duração_s", "duração_segundos", "durata_sec", "durata_secondi", "duur_sec"),
    ),
    "data_comment": (
        *("data_comment", "datakommentar", "datenkommentar", "comentario_de_datos", "comentario_sobre_los_datos"),
        *("commentaire_sur_les_données", "comentário_de_dados", "comentário_dos_dados", "commento_sui_dati"),
    ),
}
COUNTS = ("likes", "comments", "shares", "saves", "views", "reach", "impressions")
PACIFIC = "America/Los_Angeles"
# posts' shortcodes are made up to minutes before publication; time zones differ by quarters of hours
NEAR = pd.Timedelta(minutes=20)
QUARTER = pd.Timedelta(minutes=15)
# summer time moves a zone by an hour; no zone is further from UTC than this
HOUR, WIDEST = pd.Timedelta(hours=1, minutes=20), pd.Timedelta(hours=14)
AHEAD = pd.Timedelta(days=76)
_PARTED = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
# one row a post gives as many ids as rows; the daily breakdown repeats each id on every day
MOST_REPEATED = 0.6


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by a post's id, its time and its address or kind under Meta's headers."""
    for sheet in sample.sheets:
        at = fields.positions(sheet.headers, SPELLED)
        if {"id", "posted_at"} <= at.keys() and ("handle" in at or "name" in at) and ("url" in at or "format" in at):
            share = fields.share_known(sheet.headers, SPELLED)
            return Recognition(sureness=0.93 + 0.06 * share, why=f"{len(at)} headers of Meta's content export")
    return None


def read(sample: Sample, context: Context) -> Read:
    """Read posts and the accounts they belong to."""
    tables: list[Raw] = []
    findings: list[Finding] = []
    aside: list[AsideRow] = []
    rows = 0
    for sheet in sample.sheets:
        at = fields.positions(sheet.headers, SPELLED)
        if "id" not in at or "posted_at" not in at:
            continue
        rows += len(sheet.rows) + len(sheet.aside)
        findings += sheet.findings
        aside += sheet.aside
        frame = fields.table(sheet, at)
        about = f"{sample.path}{sheet.where}"
        if _daily(frame):
            reason = "a row a post and day, which is not a post"
            findings.append(
                warning(
                    about,
                    f"{len(frame):,} rows hold only {frame['id'].nunique():,} posts: this is the daily breakdown",
                    "one row a post (Lifetime)",
                    "set aside: export the content again with lifetime totals",
                )
            )
            cells = frame.map(plain)
            aside += [
                AsideRow(file=sample.path, row=int(row), reason=reason, values=" | ".join(v for v in line if v)[:300])
                for row, line in zip(sheet.rows, cells.to_numpy(), strict=True)
            ]
            continue
        posts, told = _posts(frame, sheet, about, context)
        findings += told
        said = fields.written(sheet, at)
        said["post"] = said.get("url", said["id"])
        tables.append(Raw.of("posts", posts, sheet.rows, written=said, where=sheet.where))
        creators = posts[["platform", "handle", "posted_at"]].assign(name=frame.get("name", None))
        tables.append(Raw.of("creators", creators, sheet.rows, written=said, where=sheet.where, derived=True))
        passed = {"account", "title", "date", "follows", "duration", "data_comment"}
        findings += fields.not_used(sample, sheet, sheet.headers, {i for c, i in at.items() if c not in passed})
    return Read(tables=tuple(tables), rows=rows, findings=tuple(findings), aside=tuple(aside))


def _daily(frame: pd.DataFrame) -> bool:
    """Say whether each post stands there once a day."""
    ids = frame["id"].map(plain)
    days = "date" in frame and frame["date"].map(plain).str.contains(r"\d", regex=True).mean() > 0.5
    return len(frame) > 3 and days and ids.nunique() < MOST_REPEATED * len(frame)


def _posts(frame: pd.DataFrame, sheet: Sheet, about: str, context: Context) -> tuple[pd.DataFrame, list[Finding]]:
    findings: list[Finding] = []
    instagram = "handle" in frame
    address = frame["url"].map(plain) if "url" in frame else pd.Series("", index=frame.index)
    keys = address.map(post_of)
    ids = frame["id"].map(lambda c: plain(c).lstrip("'"))
    out = pd.DataFrame({"platform": "instagram" if instagram else "facebook", "post": keys.where(keys != address, ids)}, dtype=object)
    names = frame["handle"] if instagram else frame["name"]
    out["handle"] = names.map(plain)
    blank = out["handle"] == ""
    if blank.any() and (~blank).any():
        findings.append(_nameless(int(blank.sum()), about))
    out["posted_at"], told = _utc(frame["posted_at"].to_numpy(dtype=object), out["post"], about)
    findings += told
    out["format"] = frame.get("format", None)
    captions = frame["caption"] if "caption" in frame else pd.Series(None, index=frame.index, dtype=object)
    if "title" in frame:
        captions = captions.where(captions.map(plain) != "", frame["title"])
    out["caption"] = captions
    for column in COUNTS:
        if column in frame:
            out[column] = frame[column]
    main = out.loc[~blank, "handle"].str.casefold().value_counts()
    others = int(main.iloc[1:].sum()) if len(main) > 1 and main.iloc[0] > 0.5 * main.sum() else 0
    if others:
        what = f"{counted(others, 'post belongs', 'posts belong')} to other accounts, as shared posts do; tools leave their reach empty"
        findings.append(note(about, what, f"posts of {main.index[0]}", "kept under the account that is named, reach unknown"))
    return out, findings


def _nameless(n: int, about: str) -> Finding:
    return warning(about, f"{counted(n, 'post names', 'posts name')} no account", "the account in each row", "such rows are set aside")


def _utc(cells: np.ndarray, posts: pd.Series, about: str) -> tuple[pd.Series, list[Finding]]:
    """Return publication times in UTC: Meta writes them in Pacific time and month first, which the posts' own ids confirm or correct.

    A spreadsheet may have turned the days round, or a user moved the times to a zone; where ids tell, the reading that lies nearest to
    them is believed, and where none lies near, the ids.
    """
    written = np.array([plain(c) for c in cells], dtype=object)
    if any(t.endswith("Z") or "+" in t[10:] for t in written):
        read = times(cells).values
        return read.astype(object).where(read.notna(), None), []
    made = pd.Series(pd.to_datetime([time_of_post("instagram", k) for k in posts], utc=True), index=posts.index)
    apart = any(_PARTED.match(t) for t in written)
    month_first = any("/" in t for t in written[:50])
    readings = [_Reading(cells, Declared(day_first=not month_first) if apart else None, made)]
    usual = readings[0]
    if usual.known.any() and abs(usual.off) > NEAR:
        # of the zones that there are, and of both orders of day and month
        readings += [_Reading(cells, Declared(day_first=month_first), made)] if apart else []
        # an order of day and month that leaves more cells without a time is not the order of the column
        readings = [usual, *(r for r in readings[1:] if r.known.any() and r.n >= usual.n)]
        near = [r for r in readings if abs(r.off) <= NEAR] or [r for r in readings if r.one_zone()]
        if not near and usual.scheduled():
            what = f"posts were made {_days_apart(usual.off)} before they were published (in the middle), as scheduled ones are"
            finding = note(about, what, "times near those in the posts' own ids", "read as US Pacific time and turned into UTC")
            return usual.pacific.astype(object).where(usual.pacific.notna(), None), [finding]
        if not near:
            what = f"times lie {_days_apart(usual.off)} from those in the posts' own ids (in the middle)"
            expected, mend = "one time", "the ids were believed where they tell a time, other times left out: export again"
            return made.astype(object).where(made.notna(), None), [warning(about, what, expected, mend)]
        best = min(near, key=lambda r: abs(r.off))
        turned = "" if best is usual else ", and the days stand before the months"
        if abs(best.off) <= NEAR:
            what = f"times without zone are US Pacific time in this export{turned}, as the ids of {int(best.known.sum()):,} posts confirm"
            say = note if best is usual else warning
            return best.pacific.astype(object).where(best.pacific.notna(), None), [say(about, what, "UTC", "turned into UTC")]
        hours = best.zone / pd.Timedelta(hours=1)
        side = "behind" if hours > 0 else "ahead of"
        what = f"times without zone{turned}; the posts' own ids say that they are {abs(hours):g} hours {side} UTC"
        moved = best.read + best.zone
        return moved.astype(object).where(moved.notna(), None), [note(about, what, "US Pacific time", "moved to UTC by that")]
    known = int(usual.known.sum())
    proof = f", as the ids of {counted(known, 'post', 'posts')} confirm" if known else ""
    finding = note(about, f"times without zone are US Pacific time in this export{proof}", "UTC", "turned into UTC")
    return usual.pacific.astype(object).where(usual.pacific.notna(), None), [finding]


class _Reading:
    """One way to read the times, and how far it lies from the times in the posts' ids."""

    def __init__(self, cells: np.ndarray, declared: Declared | None, made: pd.Series):
        self.read = times(cells, declared=declared).values
        self.read.index = made.index
        self.n = int(self.read.notna().sum())
        self._made = made
        naive = self.read.dt.tz_localize(None)
        ambiguous = np.ones(len(naive), dtype=bool)
        self.pacific = naive.dt.tz_localize(PACIFIC, ambiguous=ambiguous, nonexistent="shift_forward").dt.tz_convert("UTC")
        self.known = made.notna() & self.read.notna()
        self._apart = (made - self.read)[self.known]
        self.off = (self.pacific - made)[self.known].median() if self.known.any() else pd.Timedelta(0)
        self.zone = self._apart.median().round(QUARTER) if self.known.any() else pd.Timedelta(0)

    def scheduled(self) -> bool:
        """Say whether every post was made before it was published, by no more than posts can be scheduled ahead."""
        late = (self.pacific - self._made)[self.known]
        return bool((late >= -NEAR).all() and (late <= AHEAD).all())

    def one_zone(self) -> bool:
        """Say whether the times are those of one zone of the world, moved by the same hours post for post."""
        return (
            abs(self.zone) <= WIDEST
            and abs(self._apart.median() - self.zone) <= NEAR
            and (abs(self._apart - self.zone) <= HOUR).mean() > 0.5
        )


def _days_apart(off: pd.Timedelta) -> str:
    days = abs(off) / pd.Timedelta(days=1)
    return f"{days:,.0f} days" if days >= 2 else f"{abs(off) / pd.Timedelta(hours=1):,.0f} hours"
