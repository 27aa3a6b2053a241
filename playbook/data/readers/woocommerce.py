"""WooCommerce: orders as its export plugins and its own analytics write them."""

from __future__ import annotations

import re

import pandas as pd

from playbook.data.readers import fields
from playbook.data.readers.contract import AsideRow, Context, Raw, Read, Recognition, Sample
from playbook.data.told import counted, note, warning
from playbook.data.values import Declared, day_first, numbers, plain

NAME = "WooCommerce orders"
SPELLED = {
    "order": ("order_number", "order_id", "order"),
    "ordered_at": ("order_date", "date_created", "date"),
    "status": ("status", "order_status"),
    "currency": ("order_currency", "currency"),
    "total": ("order_total",),
    "subtotal": ("order_subtotal",),
    "net": ("n_revenue", "net_sales", "n_revenue_formatted"),
    "shipping": ("shipping_total", "order_shipping"),
    "tax": ("order_tax", "tax_total", "total_tax"),
    "discount": ("discount_total", "cart_discount", "order_discount"),
    "refunded": ("refunded_total", "order_refunded", "total_refunded", "refund_total"),
    "code": ("coupon_items", "coupons", "coupon_s", "coupon_codes", "coupon_code"),
    "origin": ("attribution", "origin", "utm_content", "meta_wc_order_attribution_utm_content"),
}
NOTHING_PAID = ("cancelled", "failed", "trash", "checkout-draft")
NOT_YET = ("pending", "on-hold")
_PACKED = re.compile(r"code:([^|;,]+)", re.IGNORECASE)


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by an order's number, date and status beside the plugin's own names for sums."""
    for sheet in sample.sheets:
        names = {fields.folded(h) for h in sheet.headers}
        at = fields.positions(sheet.headers, SPELLED)
        if {"order", "ordered_at", "status"} <= at.keys() and (
            {"order_total", "shipping_total"} <= names or "n_revenue" in names or {"order_currency", "billing_email"} <= names
        ):
            return Recognition(sureness=0.95, why="order_date and status beside order_total and shipping_total, or N. Revenue")
    return None


def read(sample: Sample, context: Context) -> Read:
    """Read orders; goods are counted after discount, without tax and shipping. Customers' data is not kept."""
    tables: list[Raw] = []
    findings = []
    aside: list[AsideRow] = []
    rows = 0
    for sheet in sample.sheets:
        at = fields.positions(sheet.headers, SPELLED)
        if "order" not in at or "ordered_at" not in at:
            continue
        about = f"{sample.path}{sheet.where}"
        rows += len(sheet.rows) + len(sheet.aside)
        findings += sheet.findings
        aside += [AsideRow(file=a.file, row=a.row, reason=a.reason, values="not shown: it may name a customer") for a in sheet.aside]
        frame = fields.table(sheet, at)
        number = {
            c: numbers(frame[c].to_numpy(dtype=object), kind="number").values for c in ("total", "net", "shipping", "tax") if c in frame
        }
        nothing = pd.Series(0.0, index=frame.index)
        if "net" in number:
            revenue = number["net"]
        else:
            whole = number.get("total", nothing * float("nan"))
            revenue = whole - number.get("shipping", nothing).fillna(0) - number.get("tax", nothing).fillna(0)
        out = frame[[c for c in ("order", "ordered_at", "currency", "discount", "refunded") if c in frame]].copy()
        out["revenue"] = revenue.round(6).astype(object).where(revenue.notna(), None)
        if "code" in frame:
            out["code"] = frame["code"].map(_code)
        if "origin" in frame:
            out["utm_content"] = frame["origin"].map(lambda c: plain(c) or None)
        status = frame["status"].map(lambda c: plain(c).casefold().removeprefix("wc-"))
        back = status == "refunded"
        if back.any():
            out["refunded"] = out["revenue"].where(back, out.get("refunded", None))
        void = status.isin(NOTHING_PAID)
        reason = "not paid: cancelled or failed"
        aside += [
            AsideRow(file=sample.path, row=int(r), reason=reason, values=plain(o))
            for r, o in zip(sheet.rows[void], frame.loc[void, "order"], strict=True)
        ]
        if void.any():
            what = counted(int(void.sum()), "order was", "orders were") + " cancelled or failed"
            findings.append(note(about, what, "orders that were paid", "set aside"))
        if status.isin(NOT_YET).any():
            what = counted(int(status.isin(NOT_YET).sum()), "order is", "orders are") + " not paid yet"
            findings.append(warning(about, what, "paid orders", "kept and counted: export again when they are settled"))
        left = len(sheet.headers) - len(at)
        if left > 0:
            what = f"{counted(left, 'further column', 'further columns')} (customers' data among them) not used"
            findings.append(note(about, what, "orders", "nothing to do: names and addresses are not kept"))
        # one tool writes all days in one order, and a day of payment may tell it where the day of the order does not
        dates = [sheet.column(i) for i, h in enumerate(sheet.headers) if "date" in fields.folded(h).split("_")]
        known = day_first(*dates) if dates else None
        declared = {"ordered_at": Declared(day_first=known)} if known is not None else {}
        said = {**fields.written(sheet, at), "revenue": plain(sheet.headers[at.get("net", at.get("total", at["order"]))])}
        kept = out[~void].reset_index(drop=True)
        tables.append(Raw.of("orders", kept, sheet.rows[~void.to_numpy()], written=said, where=sheet.where, declared=declared))
    return Read(tables=tuple(tables), rows=rows, findings=tuple(findings), aside=tuple(aside))


def _code(cell: object) -> str | None:
    """Return a coupon's code, also out of the packed cells of export plugins.

    >>> _code("code:ANA10|amount:5.00"), _code("ANA10"), _code("")
    ('ANA10', 'ANA10', None)
    """
    text = plain(cell)
    match = _PACKED.search(text)
    return (match[1].strip() if match else text) or None
