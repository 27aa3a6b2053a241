"""Codes and links: how what comes back can be counted."""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing
from playbook.wording import handle

_MARK_CONSONANTS = "CDFHJKLMNPRTVWX"


_MARK_DIGITS = "3456789"


_NAME_IN_CODE = 10


def make_codes(creators: Iterable[str], data: Dataset, brief: Brief) -> dict[str, str]:
    """Make a discount code for each creator: the name, five signs that are hard to guess, and the brief's suffix.

    The same creator of the same campaign always gets the same code, whoever else is on the list; no code clashes with another one, or with
    any
    code in `orders` or `deliverables`, in whatever case.

    Examples
    --------
    >>> from playbook.data.dataset import dataset
    >>> codes = make_codes(["instagram:ana.bakes", "tiktok:ana.bakes"], dataset(), Brief())
    >>> [c[:9] for c in codes.values()], len(set(codes.values()))
    (['ANABAKES-', 'ANABAKES-'], 2)
    """
    taken = {str(c).strip().casefold() for table in (data.orders, data.deliverables) for c in table["code"].dropna()}
    suffix = re.sub(r"[^A-Z0-9]", "", brief.outreach.code_suffix.upper())
    out: dict[str, str] = {}
    for creator in sorted(set(creators)):
        base = _letters(creator.split(":", 1)[-1])[:_NAME_IN_CODE] or "CREATOR"
        for attempt in range(10_000):
            code = f"{base}-{_signs(f'{brief.statistics.seed}|{brief.name}|{creator}|{attempt}')}{suffix}"
            if code.casefold() not in taken:
                break
        taken.add(code.casefold())
        out[creator] = code
    return {c: out[c] for c in creators}


def _signs(key: str) -> str:
    """Letters and digits in turn: no vowels, so that no words appear, and nothing that is mistaken for another sign; 165,375 of them."""
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
    signs = ""
    for kind in (_MARK_CONSONANTS, _MARK_DIGITS, _MARK_CONSONANTS, _MARK_DIGITS, _MARK_CONSONANTS):
        number, place = divmod(number, len(kind))
        signs += kind[place]
    return signs


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Z0-9]", "", plain.upper())


def make_marks(creators: list[str], data: Dataset) -> list[str]:
    """Make the `utm_content` mark of each creator: the mark already in use, else the handle, with the platform where two creators share a
    handle.

    >>> from playbook.data.dataset import dataset
    >>> make_marks(["instagram:ana", "tiktok:ana", "tiktok:bo"], dataset())
    ['ana-instagram', 'ana-tiktok', 'bo']
    """
    given = data.deliverables.dropna(subset=["utm_content"]).drop_duplicates("creator").set_index("creator")["utm_content"]
    others = {str(m).strip().lstrip("@").casefold() for c, m in given.items() if c not in set(creators)}
    plain = {c: handle(c).removeprefix("@").casefold() for c in creators}
    shared = {p for p in plain.values() if list(plain.values()).count(p) > 1} | others
    out = []
    for creator in creators:
        if isinstance(given.get(creator), str):
            out.append(given[creator])
        elif plain[creator] in shared:
            out.append(f"{plain[creator]}-{creator.split(':', 1)[0]}")
        else:
            out.append(plain[creator])
    return out


def campaign_mark(brief: Brief) -> str:
    """Return the name of the campaign in links: the knob, else letters and digits of the campaign's name.

    >>> campaign_mark(Brief(name="Frühling 2026: Serum!"))
    'fruhling-2026-serum'
    """
    text = brief.outreach.utm_campaign or brief.name
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "campaign"


def utm_link(brief: Brief, *, platform: str, content: str) -> str | None:
    """Return the link a creator shares: the brand's page with utm_source, utm_medium, utm_campaign and utm_content.

    What the page's address already holds stays, other than utm values. None where the brief names no web page.

    Examples
    --------
    >>> brief = Brief.model_validate({"name": "Spring", "brand": {"website": "shop.example/serum?size=30#top"}})
    >>> utm_link(brief, platform="tiktok", content="zoë & co")
    'https://shop.example/serum?size=30&utm_source=tiktok&utm_medium=influencer&utm_campaign=spring&utm_content=zo%C3%AB%20%26%20co#top'
    """
    page = brief.brand.website.strip()
    if not page:
        return None
    if "://" not in page:
        page = f"https://{page}"
    try:
        parts = urlsplit(page)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not k.casefold().startswith("utm_")]
    marks = [("utm_source", platform), ("utm_medium", "influencer"), ("utm_campaign", campaign_mark(brief)), ("utm_content", content)]
    query = urlencode([*kept, *marks], quote_via=quote)
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, parts.fragment))


def tracking_file(listed: pd.DataFrame | Missing, brief: Brief) -> pd.DataFrame | Missing:
    """Return the rows to add to `deliverables`, so that chapter 10 can credit what comes: `creator`, `deliverable`, `code`, `utm_content`,
    `due`."""
    if isinstance(listed, Missing):
        return listed
    due = pd.Timestamp(brief.goal.deadline) if brief.goal.deadline else pd.NaT
    return pd.DataFrame(
        {"creator": listed["creator"], "deliverable": "post", "code": listed["code"], "utm_content": listed["utm_content"], "due": due}
    )


def tracking_plan(data: Dataset, brief: Brief) -> pd.DataFrame:
    """Say which sales each mark can and cannot see, and how many of the orders so far carry it.

    Returns
    -------
    DataFrame
        `mark`, `sees`, `misses`, `orders` (of yours that carry the mark; missing where it cannot be counted), `share` (of all your orders).
    """
    orders = data.orders
    total = len(orders)
    rows = [
        (
            "Discount code",
            "Orders where the buyer typed the creator's code, days later and on any device.",
            "Buyers who forget the code; it also counts strangers who found it on a coupon page.",
            orders["code"].notna().sum(),
        ),
        (
            "Tracking link",
            "Orders right after a click on the creator's link.",
            "Buyers who come back later or on another device, block cookies, or type the address.",
            orders["utm_content"].notna().sum(),
        ),
        (
            "Code and link together",
            "More than either; each order is still credited once.",
            "Everyone who saw the post and ordered without a mark.",
            (orders["code"].notna() | orders["utm_content"].notna()).sum(),
        ),
        (
            "Question at the checkout",
            "Buyers who remember where they heard of you, marks or not.",
            "Those who skip it or misremember.",
            math.nan,
        ),
        (
            "Comparison of regions or weeks",
            "Sales beyond what would have come anyway, with any mark or none.",
            "Small effects: it needs regions or weeks without the campaign.",
            math.nan,
        ),
    ]
    frame = pd.DataFrame(rows, columns=["mark", "sees", "misses", "orders"])
    frame["orders"] = frame["orders"].astype("float64") if total else math.nan
    frame["share"] = frame["orders"] / total if total else math.nan
    return frame
