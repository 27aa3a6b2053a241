"""Affiliate networks and referral apps: conversions with their partner, commission and status; reversals as negative rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.data.readers import fields
from playbook.data.readers.contract import AsideRow, Context, Raw, Read, Recognition, Sample
from playbook.data.told import counted, note, warning
from playbook.data.values import numbers, plain

NAME = "affiliate conversions"
SPELLED = {
    "order": ("order_id", "transaction_id", "conversion_id", "order_number", "order"),
    "partner": (
        "affiliate_name",
        "affiliate",
        "publisher_name",
        "publisher",
        "partner_name",
        "partner",
        "affiliate_id",
        "publisher_id",
        "partner_id",
    ),
    "ordered_at": ("date", "order_date", "transaction_date", "created_at", "conversion_date", "created", "event_date"),
    "revenue": ("net_amount", "net_sale_amount", "sale_amount", "order_amount", "amount", "gross_amount", "order_total", "revenue", "sale"),
    "commission": ("commission", "commission_amount", "payout", "earnings"),
    "status": ("status", "commission_status", "conversion_status", "state"),
    "currency": ("currency", "currency_code"),
    "code": ("coupon_code", "coupon", "discount_code", "voucher_code", "code"),
}
# how networks number their states
STATES = {"0": "pending", "1": "approved", "2": "denied", "3": "paid"}
DENIED = ("denied", "declined", "rejected", "cancelled", "canceled", "void", "reversed", "abgelehnt", "storniert")


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by a partner and a commission beside an order."""
    for sheet in sample.sheets:
        at = fields.positions(sheet.headers, SPELLED)
        if {"order", "partner", "revenue", "commission", "ordered_at"} <= at.keys():
            return Recognition(sureness=0.93, why="a partner and a commission beside each order")
    return None


def read(sample: Sample, context: Context) -> Read:
    """Read orders under their partner; what was denied is set aside, what came back is taken off."""
    tables: list[Raw] = []
    findings = []
    aside: list[AsideRow] = []
    rows = 0
    for sheet in sample.sheets:
        at = fields.positions(sheet.headers, SPELLED)
        if "order" not in at or "partner" not in at:
            continue
        about = f"{sample.path}{sheet.where}"
        rows += len(sheet.rows) + len(sheet.aside)
        findings += sheet.findings
        aside += sheet.aside
        frame = fields.table(sheet, at).assign(_row=sheet.rows)
        frame["order"] = frame["order"].map(plain)
        frame["value"] = numbers(frame["revenue"].to_numpy(dtype=object), kind="number").values
        status = (
            frame["status"].map(lambda c: STATES.get(plain(c), plain(c).casefold()))
            if "status" in frame
            else pd.Series("", index=frame.index)
        )
        negative = frame["value"] < 0
        denied = status.isin(DENIED) & ~negative
        back = -frame.loc[negative, "value"].groupby(frame.loc[negative, "order"]).sum()
        kept = frame[~denied & ~negative].drop_duplicates("order").reset_index(drop=True)
        known = set(kept["order"])
        alone = negative & ~frame["order"].isin(known)
        for mask, reason in ((denied, "denied by the network"), (alone, "a reversal of an order that is not in the file")):
            aside += [
                AsideRow(file=sample.path, row=int(r), reason=reason, values=f"{o} {plain(v)}")
                for r, o, v in zip(frame.loc[mask, "_row"], frame.loc[mask, "order"], frame.loc[mask, "value"], strict=True)
            ]
            if mask.any():
                findings.append(note(about, f"{counted(int(mask.sum()), 'row is', 'rows are')} {reason}", "orders that stand", "set aside"))
        if (negative & ~alone).any():
            what = counted(int((negative & ~alone).sum()), "row reverses", "rows reverse") + " an order"
            findings.append(note(about, what, "what was paid back", "taken as paid back on that order"))
        pending = status == "pending"
        if pending.any():
            what = counted(int(pending.sum()), "order is", "orders are") + " pending"
            findings.append(warning(about, what, "approved orders", "kept and counted: export again when they are settled"))
        out = kept[[c for c in ("order", "ordered_at", "currency", "code") if c in kept]].copy()
        out["revenue"] = kept["value"].astype(object).where(kept["value"].notna(), None)
        out["refunded"] = kept["order"].map(back).astype(object).where(kept["order"].isin(back.index), None)
        out["utm_content"] = kept["partner"].map(lambda c: plain(c).lstrip("@").casefold() or None)
        said = fields.written(sheet, at)
        tables.append(Raw.of("orders", out, np.asarray(kept["_row"], dtype=np.int64), written=said, where=sheet.where))
        findings += fields.not_used(sample, sheet, sheet.headers, {i for c, i in at.items() if c != "commission"})
    return Read(tables=tuple(tables), rows=rows, findings=tuple(findings), aside=tuple(aside))
