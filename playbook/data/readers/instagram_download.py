"""Instagram's "Download your information": insights of one's own posts, with text that was decoded wrongly."""

from __future__ import annotations

from typing import Any

from playbook.data.readers import fields
from playbook.data.readers.accounts import account
from playbook.data.readers.contract import Context, Raw, Read, Recognition, Sample
from playbook.data.readers.fields import folded, inside
from playbook.data.told import note

NAME = "Instagram data download"
# the keys are in the user's language, and their case differs between exports
LABELS = {
    "impressions": ("impressions", "impressionen", "impresiones", "visningar"),
    "reach": ("accounts_reached", "erreichte_konten", "cuentas_alcanzadas", "comptes_touchés", "nådda_konton"),
    "likes": ("likes", "gefällt_mir_angaben", "gefällt_mir", "me_gusta", "j_aime", "gilla_markeringar"),
    "comments": ("comments", "kommentare", "comentarios", "commentaires", "kommentarer"),
    "shares": ("shares", "geteilt", "geteilte_inhalte", "veces_compartido", "partages", "delningar"),
    "saves": ("saves", "gespeichert", "gespeicherte_beiträge", "guardados", "enregistrements", "sparade"),
    "views": ("video_views", "plays", "views", "aufrufe", "reproducciones"),
}
TIMES = ("creation_timestamp", "erstellungszeitstempel", "fecha_de_creación")


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by the two maps that every record of such a download has."""
    if sample.document() is None:
        return None
    found = fields.records_with(sample.document(), ["string_map_data"])
    if found and any("media_map_data" in r for r in found):
        return Recognition(sureness=0.97, why=f"{len(found)} records with media and string maps")
    return None


def read(sample: Sample, context: Context) -> Read:
    """Read one's own posts with their insights."""
    records = [r for r in fields.records_with(sample.document(), ["string_map_data"]) if "media_map_data" in r]
    handle, told = account(sample, context)
    posts = [_post(r, handle) for r in records]
    frame, rows = fields.frame_of(posts)
    findings = [note(sample.path, "text decoded wrongly by the tool", "UTF-8", "mended")] if any(_garbled(r) for r in records) else []
    return Read(tables=(Raw.of("posts", frame.dropna(axis=1, how="all"), rows),), rows=len(records), findings=(*findings, *told))


def mended(text: str) -> str:
    """Mend UTF-8 text that was read as Latin-1, as this download writes it; other text stays.

    >>> mended("CafÃ©"), mended("Café"), mended("👍")
    ('Café', 'Café', '👍')
    """
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _garbled(record: Any) -> bool:
    texts = [str(k) for k in fields.under(record, "string_map_data")] + [str(inside(_media(record), "title") or "")]
    return any(mended(t) != t for t in texts)


def _media(record: dict[str, Any]) -> Any:
    maps = record.get("media_map_data")
    return next(iter(maps.values()), {}) if isinstance(maps, dict) else {}


def _post(record: dict[str, Any], handle: str) -> dict[str, Any]:
    media = _media(record)
    said = {folded(mended(str(k))): v for k, v in fields.under(record, "string_map_data").items()}
    out: dict[str, Any] = {"platform": "instagram", "handle": handle, "caption": mended(str(inside(media, "title") or "")) or None}
    out["posted_at"] = inside(media, "creation_timestamp") or next((inside(said.get(t), "timestamp") for t in TIMES if t in said), None)
    uri = str(inside(media, "uri") or "")
    # the download knows no shortcode; the file's name is the only id there is
    out["post"] = uri.rsplit("/", 1)[-1].split(".", 1)[0] or f"{handle}-{out['posted_at']}"
    for column, labels in LABELS.items():
        value = next((inside(said[label], "value") for label in labels if label in said), None)
        out[column] = value if value not in ("", None) else None
    return out
