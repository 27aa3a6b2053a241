"""Shopify's orders export: a row a line item, the order's own fields on its first row only."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from playbook.data.readers import fields
from playbook.data.readers.contract import AsideRow, Context, Raw, Read, Recognition, Sample, Sheet
from playbook.data.told import counted, note, warning
from playbook.data.values import flags, numbers, plain
from playbook.findings import Finding

NAME = "Shopify orders"
SPELLED = {
    "order": ("name",),
    "email": ("email",),
    "status": ("financial_status",),
    "paid_at": ("paid_at",),
    "currency": ("currency",),
    "subtotal": ("subtotal",),
    "shipping": ("shipping",),
    "taxes": ("taxes",),
    "total": ("total",),
    "code": ("discount_code",),
    "discount": ("discount_amount",),
    "ordered_at": ("created_at",),
    "item": ("lineitem_name",),
    "cancelled_at": ("cancelled_at",),
    "refunded": ("refunded_amount",),
    "notes": ("note_attributes",),
    "included": ("taxes_included",),
}
_UTM = re.compile(r"utm_content\s*[=:]\s*([^&\s]+)", re.IGNORECASE)
CENT = 0.011


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by line items beside a discount code and a financial status."""
    for sheet in sample.sheets:
        at = fields.positions(sheet.headers, SPELLED)
        if {"order", "ordered_at", "item", "total"} <= at.keys() and ("status" in at or "code" in at):
            return Recognition(sureness=0.97, why="line items beside Financial Status, Discount Code and Created at")
    return None


def read(sample: Sample, context: Context) -> Read:
    """Read one order for each name; goods are counted after discount and without tax. Customers' data is not kept."""
    tables: list[Raw] = []
    findings: list[Finding] = []
    aside: list[AsideRow] = []
    rows = 0
    for sheet in sample.sheets:
        at = fields.positions(sheet.headers, SPELLED)
        if "order" not in at or "item" not in at:
            continue
        rows += len(sheet.rows) + len(sheet.aside)
        findings += sheet.findings
        aside += [AsideRow(file=a.file, row=a.row, reason=a.reason, values="not shown: it may name a customer") for a in sheet.aside]
        raw, told, out = _orders(sample, sheet, at)
        tables.append(raw)
        findings += told
        aside += out
    return Read(tables=tuple(tables), rows=rows, findings=tuple(findings), aside=tuple(aside))


def _orders(sample: Sample, sheet: Sheet, at: dict[str, int]) -> tuple[Raw, list[Finding], list[AsideRow]]:
    about = f"{sample.path}{sheet.where}"
    frame = fields.table(sheet, at)
    names = frame["order"].map(plain)
    first = ~names.duplicated() & (names != "")
    findings: list[Finding] = []
    further = int((~first).sum())
    if further:
        what = f"{counted(further, 'further row is a line item', 'further rows are line items')} of the orders above"
        findings.append(note(about, what, "a row an order", f"{counted(int(first.sum()), 'order', 'orders')} counted once each"))
    # UTM values may stand on any row of an order
    content = frame["notes"].map(_utm).groupby(names).first() if "notes" in frame else pd.Series(dtype=object)
    frame, rows = frame[first].reset_index(drop=True), sheet.rows[first.to_numpy()]
    status = frame["status"].map(lambda c: plain(c).casefold()) if "status" in frame else pd.Series("", index=frame.index)
    out = frame[[c for c in ("order", "ordered_at", "code", "discount", "currency") if c in frame]].copy()
    goods, told = _goods(frame, about)
    out["revenue"] = goods
    findings += told
    refunded = _number(frame, "refunded")
    cancelled = frame["cancelled_at"].map(plain) != "" if "cancelled_at" in frame else pd.Series(False, index=frame.index)
    back = cancelled & ~(refunded > 0)
    out["refunded"] = refunded.mask(back, goods).clip(upper=goods.fillna(np.inf)).astype(object)
    if back.any():
        what = counted(int(back.sum()), "order was", "orders were") + " cancelled"
        findings.append(note(about, what, "orders that stand", "kept, all of it counted as paid back"))
    out["revenue"] = out["revenue"].astype(object).where(goods.notna(), None)
    out["refunded"] = out["refunded"].where(refunded.notna() | back, None)
    out["utm_content"] = frame["order"].map(plain).map(content) if len(content) else None
    if "email" in frame:
        # who ordered before within the file is no new customer; of the others the file does not say
        who = frame["email"].map(lambda c: plain(c).casefold())
        order = pd.to_datetime(frame["ordered_at"].map(plain), utc=True, errors="coerce", format="mixed")
        again = who[order.sort_values().index].duplicated().reindex(frame.index) & (who != "")
        out["new_customer"] = np.where(again, "false", None)
    void = status == "voided"
    asides = [
        AsideRow(file=sample.path, row=int(r), reason="voided: nothing was paid", values=plain(o))
        for r, o in zip(rows[void], frame.loc[void, "order"], strict=True)
    ]
    if void.any():
        findings.append(note(about, counted(int(void.sum()), "order is", "orders are") + " voided", "orders that were paid", "set aside"))
    open_ = status.isin(("pending", "authorized"))
    if open_.any():
        what = counted(int(open_.sum()), "order is", "orders are") + " not paid yet"
        findings.append(warning(about, what, "paid orders", "kept and counted: export again when they are settled"))
    findings += _unused(sample, sheet, at)
    said = {**fields.written(sheet, at), "revenue": "Subtotal"}
    raw = Raw.of("orders", out[~void].reset_index(drop=True), rows[~void.to_numpy()], written=said, where=sheet.where)
    return raw, findings, asides


def _unused(sample: Sample, sheet: Sheet, at: dict[str, int]) -> list[Finding]:
    left = len([h for h in sheet.headers if plain(h)]) - len(at)
    if left <= 0:
        return []
    what = f"{counted(left, 'further column', 'further columns')} (customers' addresses among them) not used"
    return [note(f"{sample.path}{sheet.where}", what, "orders", "nothing to do: names and addresses are not kept")]


def _number(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame:
        return pd.Series(np.nan, index=frame.index)
    return numbers(frame[name].to_numpy(dtype=object), kind="number").values


def _goods(frame: pd.DataFrame, about: str) -> tuple[pd.Series, list[Finding]]:
    """Return what was paid for goods after discount, without tax: whether prices hold tax is told by how the total adds up."""
    subtotal, shipping, taxes, total = (_number(frame, n) for n in ("subtotal", "shipping", "taxes", "total"))
    tax, freight = taxes.fillna(0), shipping.fillna(0)
    said = flags(frame["included"].to_numpy(dtype=object)).values if "included" in frame else pd.Series(pd.NA, index=frame.index)
    within = ((total - subtotal - freight).abs() < CENT) & (tax > 0)
    inside = said.fillna(within).astype(bool) if "included" in frame else within
    beside = ((total - subtotal - freight - tax).abs() < CENT) | (tax == 0)
    part = (subtotal / (subtotal + freight)).where(subtotal + freight > 0, 0.0)
    goods = (subtotal - tax * part).where(inside, subtotal)
    findings = []
    if inside.any():
        what = f"prices of {counted(int(inside.sum()), 'order', 'orders')} include tax"
        findings.append(note(about, what, "revenue without tax", "the goods' part of the tax was taken out"))
    unclear = subtotal.notna() & ~inside & ~beside
    if unclear.any():
        what = f"{counted(int(unclear.sum()), 'order does', 'orders do')} not add up from goods, shipping and tax"
        findings.append(note(about, what, "Subtotal + Shipping + Taxes = Total", "Subtotal was taken as revenue"))
    return goods, findings


def _utm(cell: object) -> str | None:
    match = _UTM.search(plain(cell))
    return match[1] if match else None
