"""Lists of creators as outreach tools import and export them: handles by platform beside personal data, which is never kept."""

from __future__ import annotations

import pandas as pd

from playbook.brief import PLATFORMS
from playbook.data.handles import written
from playbook.data.readers import fields
from playbook.data.readers.contract import AsideRow, Context, Raw, Read, Recognition, Sample
from playbook.data.told import note
from playbook.data.values import plain

NAME = "creator contacts"
PERSONAL = frozenset(
    (
        *(
            "email",
            "e_mail",
            "email_address",
            "phone",
            "phone_number",
            "mobile",
            "first_name",
            "last_name",
            "address",
            "address1",
            "address2",
        ),
        *(
            "street",
            "city",
            "state",
            "zip",
            "postalcode",
            "postal_code",
            "postcode",
            "shipping_address",
            "shipping_address_line1",
            "birthday",
        ),
    )
)
BY_ADDRESS = {"url": ("media_url", "profile_url", "account_url", "social_url"), "name": ("profile_name",)}
CODE = {"code": ("discount_code", "coupon_code", "promo_code", "code")}


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by handles of several platforms, or profile addresses, beside personal data."""
    for sheet in sample.sheets:
        names = [fields.folded(h) for h in sheet.headers]
        personal = [n for n in names if n in PERSONAL or n.startswith("shipping_address")]
        handles = [n for n in names if _platform(n)]
        if personal and (len(handles) >= 2 or "url" in fields.positions(sheet.headers, BY_ADDRESS)):
            return Recognition(sureness=0.9, why=f"handles by platform ({', '.join(handles) or 'as addresses'}) beside contact data")
    return None


def read(sample: Sample, context: Context) -> Read:
    """Read a creator for each handle; nothing personal is kept."""
    tables: list[Raw] = []
    findings = []
    aside: list[AsideRow] = []
    rows = 0
    for sheet in sample.sheets:
        names = [fields.folded(h) for h in sheet.headers]
        rows += len(sheet.rows) + len(sheet.aside)
        findings += sheet.findings
        aside += [AsideRow(file=a.file, row=a.row, reason=a.reason, values="not shown: it may name a person") for a in sheet.aside]
        records = []
        by_address = fields.positions(sheet.headers, BY_ADDRESS)
        codes = fields.positions(sheet.headers, CODE)
        code = sheet.column(codes["code"]) if codes else None
        for i, name in enumerate(names):
            platform = _platform(name)
            if not platform and i != by_address.get("url"):
                continue
            for at, cell in enumerate(sheet.column(i)):
                found = written(plain(cell), platform) if plain(cell) else None
                if found:
                    mine = plain(code[at]) if code is not None else ""
                    records.append((found.platform or platform, found.handle, mine or None, int(sheet.rows[at])))
        if not records:
            continue
        frame = pd.DataFrame(records, columns=["platform", "handle", "code", "_row"], dtype=object)
        where = frame.pop("_row").to_numpy(dtype="int64")
        tables.append(Raw.of("creators", frame[["platform", "handle"]], where, where=sheet.where))
        coded = frame["code"].notna().to_numpy(dtype=bool)
        if coded.any():
            tables.append(Raw.of("deliverables", frame[coded].reset_index(drop=True), where[coded], where=sheet.where))
        personal = sorted({n for n in names if n in PERSONAL or n.startswith("shipping_address")})
        what = f"personal data ({', '.join(personal[:8])})"
        findings.append(note(f"{sample.path}{sheet.where}", what, "handles", "not kept"))
    return Read(tables=tuple(tables), rows=rows, findings=tuple(findings), aside=tuple(aside))


def _platform(name: str) -> str | None:
    """Return the platform whose handles a column holds.

    >>> _platform("instagram"), _platform("tiktok_handle"), _platform("instagram_followers")
    ('instagram', 'tiktok', None)
    """
    word, _, rest = name.partition("_")
    return word if word in PLATFORMS and rest in ("", "handle", "username", "url", "profile", "link", "account") else None
