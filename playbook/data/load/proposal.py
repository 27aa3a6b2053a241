"""What to do with a file that no reader knows: a mapping to paste into `campaign.yml`, header by header, checked against the cells."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from playbook.brief import PLATFORMS
from playbook.data.handles import platform_of
from playbook.data.readers import headers
from playbook.data.readers.containers.csv_text import looks_like_data
from playbook.data.readers.contract import Sample, Sheet
from playbook.data.readers.kit_table import listed
from playbook.data.tables import TABLES, Column, Table
from playbook.data.told import warning
from playbook.data.values import numbers, plain, times
from playbook.data.values.column import marks_unknown
from playbook.data.values.places import country_code
from playbook.findings import Finding

# what people call our columns in other languages, and longer names than the tables' own synonyms
WORDS: dict[str, dict[str, str]] = {
    "creators": {
        "creator": "influencer|influencer name|konto|nutzername|benutzername|compte|nom d utilisateur|cuenta|usuario|conta|utente|profile|"
        "kanal|canal|channel|channel id|channel name|chaîne|nombre de usuario|nome utente|gebruikersnaam",
        "followers": "abonnenten|abonnés|seguidores|seguaci|follower anzahl|nombre d abonnés|fans|audience size|number of followers|subs",
        "following": "gefolgt|abonnements|siguiendo|seguindo|seguiti|follows",
        "posts_total": "anzahl beiträge|nombre de publications|publicaciones|publicações|number of posts|uploads",
        "niche": "branche|thema|kategorie|catégorie|categoría|categoria|genre|segment",
        "country": "land|pays|país|paese|region|location|standort|market",
        "language": "sprache|langue|idioma|lingua",
        "bio": "beschreibung|about|profile text|descripción|descrição|descrizione",
        "platform": "kanal|plattform|plateforme|plataforma|piattaforma|social network|channel",
        "url": "profil link|lien|enlace|link",
    },
    "posts": {
        "post": "beitrag|beitrags id|publication|publicación|publicação|post link|url|link",
        "creator": "influencer|konto|nutzername|compte|cuenta|usuario|conta|utente|channel|channel id|kanal|canal|nombre de usuario|"
        "nom d utilisateur",
        "posted_at": "datum|veröffentlicht|date de publication|fecha|data|published|upload date|day",
        "likes": "gefällt mir|j aime|me gusta|curtidas|mi piace|hearts|favorites|reactions",
        "comments": "kommentare|commentaires|comentarios|comentários|commenti|replies",
        "shares": "geteilt|partages|compartidos|compartilhamentos|condivisioni|retweets|reposts",
        "saves": "gespeichert|enregistrements|guardados|salvos|salvataggi|bookmarks",
        "views": "aufrufe|vues|visualizaciones|visualizações|visualizzazioni|impressions video|plays",
        "reach": "reichweite|portée|alcance|copertura|people reached",
        "impressions": "impressionen|impresiones|impressões|impressioni",
        "caption": "text|beschreibung|légende|texto|legenda|didascalia|message",
        "format": "art|typ|type de publication|tipo|formato",
    },
    "quotes": {
        "creator": "influencer|konto|compte|cuenta|usuario|conta|utente",
        "fee": "preis|honorar|tarif|precio|preço|prezzo|asking price|rate card|charges",
        "currency": "währung|devise|moneda|moeda|valuta",
        "deliverable": "leistung|prestation|formato|format",
    },
    "orders": {
        "order": "bestellung|bestellnummer|commande|pedido|ordine|invoice",
        "ordered_at": "bestelldatum|date de commande|fecha del pedido|data do pedido|datum|date",
        "revenue": "umsatz|betrag|montant|importe|valor|importo|net amount|sum",
        "code": "gutschein|rabattcode|code promo|cupón|cupom|codice",
    },
    "follower_history": {"day": "datum|fecha|data|jour", "followers": "abonnenten|abonnés|seguidores|subscribers"},
}
# nearer than this a header is taken for a column, 0-100
NEAR = 80
# a column of numbers or times whose cells mostly are none is not what its header says
MOSTLY = 0.7


@dataclass(frozen=True, kw_only=True)
class Guess:
    """One header and the column that it may be: how near the names are (0-1), and what the cells say against it."""

    position: int
    column: str
    near: float
    against: str = ""


def proposed(sample: Sample) -> list[Finding]:
    """Say what an unrecognised file holds, and propose how to map it."""
    findings: list[Finding] = []
    if not sample.sheets:
        what = "not recognised; it holds no list of records that the kit knows"
        findings.append(
            warning(sample.path, what, "an export as its tool wrote it", "not read: export it as CSV, or name its columns there")
        )
    for sheet in sample.sheets:
        findings += sheet.findings
        about = f"{sample.path}{sheet.where}"
        odd = looks_like_data(sheet.headers)
        if odd is not None:
            wanted = sample.stem if sample.stem in TABLES else "creators"
            what = f"no header: the first row holds {odd!r}, which is data"
            expected = f"column names such as {', '.join(TABLES[wanted].names[:4])}"
            findings.append(warning(about, what, expected, "not read: write the column names into row 1"))
            continue
        if not len(sheet.rows) and sample.stem in TABLES:
            continue
        table, found = _likeliest(sample, sheet)
        against = _wrongly_headed(sheet, found)
        what = f"not recognised; its columns are {listed(sheet.headers)}"
        findings.append(warning(about, what, _expected(sample, sheet.headers), _mend(sheet, table, [g for g in found if not g.against])))
        for guess in against:
            header = plain(sheet.headers[guess.position])
            findings.append(
                warning(about, f"the column headed {header!r} holds {guess.against}", f"{guess.column}", "left out of the proposal")
            )
    return findings


def _wrongly_headed(sheet: Sheet, found: list[Guess]) -> list[Guess]:
    """Return the headers whose cells are something else than the header says, whichever table it belongs to."""
    out = {g.position: g for g in found if g.against}
    good = {g.position for g in found if not g.against}
    for table in TABLES.values():
        for guess in guesses(sheet, table):
            if guess.against and guess.position not in good:
                out.setdefault(guess.position, guess)
    return [out[i] for i in sorted(out)]


def _expected(sample: Sample, names: tuple[str, ...]) -> str:
    if sample.stem in TABLES:
        missing = headers.match(names, TABLES[sample.stem]).missing
        return f"{sample.stem} with {' and '.join(missing)}" if missing else f"columns of {sample.stem}"
    return "the columns of one of the kit's tables"


def _likeliest(sample: Sample, sheet: Sheet) -> tuple[Table | None, list[Guess]]:
    """Return the table that a sheet comes nearest to, and what its headers may be."""
    best: tuple[tuple[bool, float], Table | None, list[Guess]] = ((False, 0.0), None, [])
    for table in [TABLES[sample.stem]] if sample.stem in TABLES else TABLES.values():
        found = guesses(sheet, table)
        good = [g for g in found if not g.against]
        named = {g.column for g in good} | ({"creator"} if any(g.column == "handle" for g in good) else set())
        worth = set(table.required) <= named, sum(g.near for g in good)
        if len(good) > 1 and worth > best[0]:
            best = worth, table, found
    return best[1], best[2]


def guesses(sheet: Sheet, table: Table) -> list[Guess]:
    """Return for a sheet which header may be which column of a table, nearest first, each column and header once.

    Names are compared by letters (rapidfuzz's weighted ratio, so that word order and longer names count less); then the cells are looked
    at, and what they say against a name is kept with it.
    """
    from rapidfuzz import fuzz, process, utils

    columns = {c.name: c for c in table.columns}
    words = {w.replace("_", " "): c.name for c in table.columns for w in (*c.synonyms, c.name)}
    for column, more in WORDS.get(table.name, {}).items():
        for word in more.split("|"):
            words.setdefault(word, column)
    names = [headers.folded(h).replace("_", " ") for h in sheet.headers]
    pairs = []
    for position, name in enumerate(names):
        if len(name) < 2:
            continue
        # a word of a header that is a name as a whole counts for more than letters in common
        whole = {words[w]: 95.0 for w in name.split() if w in words and len(w) > 3}
        near: dict[str, float] = dict(whole)
        for word, score, _ in process.extract(name, list(words), scorer=fuzz.ratio, processor=utils.default_process, limit=5):
            near[words[word]] = max(near.get(words[word], 0.0), float(score))
        pairs += [(score, -position, position, column) for column, score in near.items() if score >= NEAR]
    out: list[Guess] = []
    taken: set[Any] = set()
    for score, _, position, column in sorted(pairs, reverse=True):
        if position in taken or column in taken:
            continue
        against = _against(sheet, position, columns[column])
        if against and (column == "platform" or any(p == position and c != column for _, _, p, c in pairs)):
            # the header may yet be another column's, as a channel is a creator and not only a platform
            continue
        out.append(Guess(position=position, column=column, near=score / 100, against=against))
        taken |= {position} if against else {position, column}
    return sorted(out, key=lambda g: g.position)


def _against(sheet: Sheet, position: int, column: Column) -> str:
    """Return what a column's first cells are, where they cannot be what the name says; empty where they can."""
    cells = [row[position] for row in sheet.head if position < len(row) and (t := plain(row[position])) and not marks_unknown(t)]
    if not cells:
        return ""
    array = np.array(cells, dtype=object)
    if column.kind in ("count", "number", "money", "share"):
        kind = "number" if column.kind == "share" else column.kind
        odd = [r.at for r in numbers(array, kind=kind).remarks if r.one == "is not a number"]
        return "" if 1 - sum(map(len, odd)) / len(cells) >= MOSTLY else _said(cells)
    if column.kind in ("time", "day"):
        from playbook.data.values import Declared

        # which of day and month comes first is not asked here
        known = (
            times(array, declared=Declared(day_first=False)).values.notna() | times(array, declared=Declared(day_first=True)).values.notna()
        )
        return "" if known.mean() >= MOSTLY else _said(cells)
    if column.name == "creator" and _share(cells, lambda t: t.replace(".", "").replace(",", "").isdigit()) > MOSTLY:
        return f"numbers such as {plain(cells[0])[:30]!r}"
    if column.name == "platform" and _share(cells, lambda t: platform_of(t) in PLATFORMS) < 1 - MOSTLY:
        return f"no platforms, but {plain(cells[0])[:30]!r}"
    if column.name == "country" and _share(cells, lambda t: country_code(t) is not None) < 1 - MOSTLY:
        return f"no countries, but {plain(cells[0])[:30]!r}"
    return ""


def _said(cells: Sequence[Any]) -> str:
    texts = [plain(c) for c in cells]
    kind = "countries" if _share(cells, lambda t: country_code(t) is not None) > 0.5 else "words"
    return f"{kind} such as {texts[0][:30]!r}"


def _share(cells: Sequence[Any], test: Callable[[str], bool]) -> float:
    return sum(test(plain(c)) for c in cells) / len(cells)


def _mend(sheet: Sheet, table: Table | None, found: list[Guess]) -> str:
    """Write a `columns:` block that can be pasted into `campaign.yml` as it is."""
    if table is None or not found:
        return "not read: name its columns under `columns:` in campaign.yml"
    named = {g.column for g in found} | ({"creator"} if any(g.column == "handle" for g in found) else set())
    blocks = {table.name: {plain(sheet.headers[g.position]): g.column for g in found}}
    if table.name == "posts":
        rest = [g for g in guesses(sheet, TABLES["creators"]) if not g.against and g.position not in {f.position for f in found}]
        blocks["creators"] = {
            plain(sheet.headers[g.position]): g.column for g in rest if g.column not in ("creator", "handle", "platform", "name", "url")
        }
    lines = [
        f"{name}: {{{', '.join(f'{json.dumps(theirs, ensure_ascii=False)}: {ours}' for theirs, ours in pairs.items())}}}"
        for name, pairs in blocks.items()
        if pairs
    ]
    missing = [c for c in table.required if c not in named]
    lacks = f" (it still lacks {' and '.join(missing)})" if missing else ""
    doubtful = [f"{plain(sheet.headers[g.position])} ({g.near:.0%})" for g in found if g.near < 0.95]
    unsure = f"; least sure of {', '.join(doubtful[:4])}" if doubtful else ""
    return (
        f"not read; if it is a {table.name} table{lacks}, put this into campaign.yml and mend it: `columns: {{{', '.join(lines)}}}`{unsure}"
    )
