"""Which creator an order is credited to: deterministic rules on codes and links, with all that they cannot place.

An order is credited once, by the mark that the brief's rule prefers (last touch: both marks belong to the order itself).
Credited is not the same as caused: what would have come anyway is chapter 10's later question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Finding, Missing, needs
from playbook.memo import remembered

LATE_DAYS = 30
_ORDERS = "an orders table with order, ordered_at, code, utm_content, revenue, refunded and currency"


@dataclass(frozen=True, kw_only=True)
class Window:
    """The campaign's days.

    Attributes
    ----------
    starts, ends : pandas.Timestamp
        UTC; `ends` is the first moment after the last day.
    from_brief : bool
        Whether both days stand in the brief; otherwise they are taken from the data.
    running : bool
        Whether the data ends before the campaign does.
    """

    starts: pd.Timestamp
    ends: pd.Timestamp
    from_brief: bool
    running: bool

    @property
    def days(self) -> int:
        """Length in days."""
        return int((self.ends - self.starts) / pd.Timedelta(days=1))

    def period(self, times: pd.Series) -> pd.Series:
        """Return before, during or after for each time."""
        return pd.Series(
            np.where(times < self.starts, "before", np.where(times < self.ends, "during", "after")), index=times.index, dtype="str"
        )


def window(data: Dataset, brief: Brief) -> Window | Missing:
    """Return the campaign's days: the brief's, else from the first published or due deliverable to now."""
    goal = brief.goal
    starts = pd.Timestamp(goal.starts, tz="UTC") if goal.starts else _first_day(data)
    if starts is None:
        return Missing(needs=("goal.starts",), text="The campaign's first day is not known: set goal.starts in campaign.yml.")
    ends = pd.Timestamp(goal.deadline, tz="UTC") if goal.deadline else data.as_of.normalize()
    ends = max(ends, starts) + pd.Timedelta(days=1)
    return Window(
        starts=starts, ends=ends, from_brief=bool(goal.starts and goal.deadline), running=data.as_of < ends - pd.Timedelta(seconds=1)
    )


def _first_day(data: Dataset) -> pd.Timestamp | None:
    days = [data.deliverables["published_at"].min(), data.deliverables["due"].min()]
    known = [d if d.tzinfo else d.tz_localize("UTC") for d in days if pd.notna(d)]
    return min(known).normalize() if known else None


def clean_mark(mark: object) -> str | None:
    """Bring a code or a link mark to one spelling: small letters, no blanks around, no @.

    >>> clean_mark(" ANA10 "), clean_mark("@Ana.Bakes"), clean_mark(None), clean_mark("  ")
    ('ana10', 'ana.bakes', None, None)
    """
    if not isinstance(mark, str):
        return None
    return mark.strip().lstrip("@").strip().casefold() or None


def owners(data: Dataset, column: str) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return whose each mark is, from the deliverables: (mark to creator, marks that several creators share).

    Parameters
    ----------
    column : {'code', 'utm_content'}
    """
    marks = data.deliverables[["creator", column]].dropna()
    by_mark: dict[str, set[str]] = {}
    for creator, mark in zip(marks["creator"], marks[column], strict=True):
        key = clean_mark(mark)
        if key:
            by_mark.setdefault(key, set()).add(creator)
    single = {m: next(iter(c)) for m, c in by_mark.items() if len(c) == 1}
    shared = {m: tuple(sorted(c)) for m, c in sorted(by_mark.items()) if len(c) > 1}
    return single, shared


def _owner(mark: object, single: dict[str, str]) -> str | None:
    key = clean_mark(mark)
    if key is None:
        return None
    if key in single:
        return single[key]
    # shops write several codes of one order into one cell
    found = {single[p] for p in (clean_mark(part) for part in re.split(r"[,;|]", key)) if p in single}
    return found.pop() if len(found) == 1 else None


@remembered
@needs("orders", otherwise=_ORDERS)
def attribute(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Credit each order to a creator by its code and its link.

    The rule is `results.attribution`: `code_over_link` and `link_over_code` use both marks and differ where an order's two marks
    belong to two creators; `code_only` and `link_only` ignore the other mark. With `results.window` above 0 an order is credited only
    within so many days after a post of its creator, then also after the campaign's last day; creators whose posting days nobody knows keep
    the campaign's days.

    Returns
    -------
    DataFrame or Missing
        One row an order, by time: `order`, `ordered_at`, `period` (before, during, after the campaign), `creator` (missing where
        unattributed),
        `mark` (code, link, both, none: the marks of the credited creator), `disagree` (code and link belong to two creators), `code`,
        `utm_content`,
        `revenue`, `discount`, `refunded`, `net` (revenue less refunds), all in the budget's currency and unknown where the currency has no
        rate,
        `currency`, `new_customer`. Orders after `as_of` are left out.
    """
    days = window(data, brief)
    if isinstance(days, Missing):
        return days
    orders = (
        data.orders[data.orders["ordered_at"] <= data.as_of]
        .drop_duplicates("order")
        .sort_values(["ordered_at", "order"], ignore_index=True)
    )
    by_code, _ = owners(data, "code")
    by_link, _ = owners(data, "utm_content")
    code = pd.Series([_owner(m, by_code) for m in orders["code"]], index=orders.index, dtype="object")
    link = pd.Series([_owner(m, by_link) for m in orders["utm_content"]], index=orders.index, dtype="object")
    rule = brief.results.attribution
    first, second = (code, link) if rule in ("code_over_link", "code_only") else (link, code)
    creator = first if rule.endswith("only") else first.where(first.notna(), second)
    has_code = code.notna() & (code == creator)
    has_link = link.notna() & (link == creator)
    if rule == "code_only":
        has_link &= False
    if rule == "link_only":
        has_code &= False
    mark = np.select([has_code & has_link, has_code, has_link], ["both", "code", "link"], "none")
    period = days.period(orders["ordered_at"])
    if brief.results.window:
        seen = _after_a_post(orders, creator, data, brief.results.window)
        creator = creator.where(seen | creator.isna())
        period = period.where(~(creator.notna() & (period == "after")), "during")
        has_code, has_link = has_code & creator.notna(), has_link & creator.notna()
        mark = np.select([has_code & has_link, has_code, has_link], ["both", "code", "link"], "none")
    rate = orders["currency"].fillna(brief.budget.currency).map(lambda c: brief.rate(c)).astype("float64")
    refunded = orders["refunded"].fillna(0.0)
    return pd.DataFrame(
        {
            "order": orders["order"],
            "ordered_at": orders["ordered_at"],
            "period": period,
            "creator": creator.astype("str").where(creator.notna()),
            "mark": pd.Series(mark, dtype="str"),
            "disagree": code.notna() & link.notna() & (code != link),
            "code": orders["code"],
            "utm_content": orders["utm_content"],
            "revenue": orders["revenue"] * rate,
            "discount": orders["discount"] * rate,
            "refunded": refunded * rate,
            "net": (orders["revenue"] - refunded) * rate,
            "currency": orders["currency"].fillna(brief.budget.currency),
            "new_customer": orders["new_customer"],
        }
    )


def _after_a_post(orders: pd.DataFrame, creator: pd.Series, data: Dataset, length: int) -> pd.Series:
    """Say of each credited order whether it came within so many days after a post of its creator."""
    out = data.deliverables[["creator", "published_at"]].dropna().sort_values("published_at")
    ours = pd.DataFrame({"creator": creator.astype("object"), "ordered_at": orders["ordered_at"], "row": orders.index}).dropna(
        subset=["creator"]
    )
    joined = pd.merge_asof(
        ours.sort_values("ordered_at"),
        out.assign(creator=out["creator"].astype("object")),
        left_on="ordered_at",
        right_on="published_at",
        by="creator",
    )
    seen = (joined["ordered_at"] - joined["published_at"] <= pd.Timedelta(days=length)) | ~joined["creator"].isin(set(out["creator"]))
    return pd.Series(seen.to_numpy(), index=joined["row"]).reindex(orders.index).fillna(False).astype(bool)


def own_codes(data: Dataset, orders: pd.DataFrame) -> pd.Series:
    """Say of each order whether it carries a code that belongs to one creator."""
    by_code, _ = owners(data, "code")
    return pd.Series([_owner(m, by_code) is not None for m in orders["code"]], index=orders.index, dtype=bool)


def reconcile(attributed: pd.DataFrame | Missing) -> pd.DataFrame | Missing:
    """Add up the orders by where their credit comes from; the parts make the shop's total to the cent.

    Returns
    -------
    DataFrame
        `source` (before the campaign; during: code, link, both, unattributed; after the campaign; all orders), `orders`, `revenue`,
        `refunded`, `net` (budget currency; orders whose currency has no rate count in `unconverted` and in no amount), `unconverted`.
    """
    if isinstance(attributed, Missing):
        return attributed
    names = {"code": "during, by code", "link": "during, by link", "both": "during, by code and link", "none": "during, unattributed"}
    source = attributed["mark"].map(names).where(attributed["period"] == "during", attributed["period"] + " the campaign")
    order = ["before the campaign", *names.values(), "after the campaign"]
    rows = [_row(name, attributed[source == name]) for name in order]
    return pd.DataFrame([*rows, _row("all orders", attributed)])


def _row(name: str, orders: pd.DataFrame) -> dict:
    sums = {c: round(float(orders[c].sum()), 2) for c in ("revenue", "refunded", "net")}
    return {"source": name, "orders": len(orders), **sums, "unconverted": int(orders["net"].isna().sum())}


def by_rule(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Show what each rule would credit during the campaign: `rule`, `orders`, `net`, `chosen`."""
    rows = []
    for rule in ("code_over_link", "link_over_code", "code_only", "link_only"):
        under = brief.model_copy(update={"results": brief.results.model_copy(update={"attribution": rule})})
        credited = attribute(data, under)
        if isinstance(credited, Missing):
            return credited
        ours = credited[(credited["period"] == "during") & credited["creator"].notna()]
        rows.append(
            {"rule": rule, "orders": len(ours), "net": round(float(ours["net"].sum()), 2), "chosen": rule == brief.results.attribution}
        )
    return pd.DataFrame(rows)


def stray_marks(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """List marks on orders that belong to no creator, or to several: `kind` (code, link), `mark`, `orders`, `net`, `why`; most orders
    first."""
    attributed = attribute(data, brief)
    if isinstance(attributed, Missing):
        return attributed
    rows = []
    for kind, column in (("code", "code"), ("link", "utm_content")):
        single, shared = owners(data, column)
        marked = attributed.assign(cleaned=[clean_mark(m) for m in attributed[column]]).dropna(subset=["cleaned"])
        for mark, group in marked.groupby("cleaned"):
            if _owner(mark, single) is None:
                why = f"shared by {', '.join(shared[mark])}" if mark in shared else "belongs to no creator in deliverables"
                rows.append({"kind": kind, "mark": mark, "orders": len(group), "net": float(group["net"].sum()), "why": why})
    frame = pd.DataFrame(rows, columns=["kind", "mark", "orders", "net", "why"])
    return frame.sort_values(["orders", "kind", "mark"], ascending=[False, True, True], ignore_index=True)


@needs("orders", "deliverables", otherwise=f"{_ORDERS}, and deliverables with creator, code and published_at")
def leakage(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Look for codes that are used by people who never saw the post.

    A code that is out on a coupon page sells before its post, long after it, and to people who did not come by the creator's link.
    Each is a reason to ask, never a proof.

    Returns
    -------
    DataFrame or Missing
        Per creator with code orders: `creator`, `orders` (by code), `before_post` (share before the creator's first post), `late` (share
        later than
        30 days after the latest), `without_link` (share with no link of the creator; high for everybody where links are rarely used),
        `usual_without_link` (all creators together),
        `question` (empty where nothing stands out), `leaked` (estimated orders from elsewhere: for a creator with a question, the codes
        without link beyond the share that is usual among creators without one; else 0).
    """
    attributed = attribute(data, brief)
    if isinstance(attributed, Missing):
        return attributed
    by_code, _ = owners(data, "code")
    own_code = pd.Series([_owner(m, by_code) for m in attributed["code"]], index=attributed.index, dtype="object")
    coded = attributed[own_code.notna()].assign(creator=own_code[own_code.notna()].astype("str"))
    published = data.deliverables.groupby("creator")["published_at"].agg(["min", "max"])
    coded = coded.join(published, on="creator")
    by_link, _ = owners(data, "utm_content")
    coded["no_link"] = [_owner(m, by_link) != c for m, c in zip(coded["utm_content"], coded["creator"], strict=True)]
    usual = float(coded["no_link"].mean()) if len(coded) else np.nan
    rows = []
    for creator, group in coded.groupby("creator"):
        known = group["min"].notna().any()
        before = float((group["ordered_at"] < group["min"]).mean()) if known else np.nan
        late = float((group["ordered_at"] > group["max"] + pd.Timedelta(days=LATE_DAYS)).mean()) if known else np.nan
        without = float(group["no_link"].mean())
        rows.append(
            {
                "creator": creator,
                "orders": len(group),
                "before_post": before,
                "late": late,
                "without_link": without,
                "usual_without_link": usual,
                "question": _question(len(group), before, late, without, usual),
            }
        )
    columns = ["creator", "orders", "before_post", "late", "without_link", "usual_without_link", "question"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["leaked"] = _leaked(frame)
    return frame.sort_values(["orders", "creator"], ascending=[False, True], ignore_index=True)


def _leaked(found: pd.DataFrame) -> pd.Series:
    """Estimate how many orders of questioned codes came from elsewhere: buyers from elsewhere have no link, others have it as usual."""
    asked = found["question"] != ""
    calm = found[~asked]
    usual = float((calm["without_link"] * calm["orders"]).sum() / calm["orders"].sum()) if calm["orders"].sum() >= 10 else np.nan
    if not usual < 1:
        return pd.Series(0.0, index=found.index)
    beyond = found["orders"] * (found["without_link"] - usual) / (1 - usual)
    return beyond.clip(lower=0).where(asked, 0.0)


def _question(orders: int, before: float, late: float, without: float, usual: float) -> str:
    # under ten orders any pattern is chance
    if orders < 10:
        return ""
    reasons = []
    if before >= 0.1:
        reasons.append("orders came before the first post")
    if late >= 0.25:
        reasons.append(f"orders kept coming {LATE_DAYS} days after the last post")
    # three standard errors of a share over the usual one
    if usual < 1 and without > usual + 3 * np.sqrt(usual * (1 - usual) / orders) and without >= usual + 0.1:
        reasons.append("fewer buyers than usual came by the link")
    return f"Is the code on a coupon page? {'; '.join(reasons).capitalize()}." if reasons else ""


def findings(data: Dataset, brief: Brief) -> tuple[Finding, ...]:
    """Return what a reader must know about the orders before trusting the sums."""
    found: list[Finding] = []
    attributed = attribute(data, brief)
    if isinstance(attributed, Missing):
        return ()
    for column in ("code", "utm_content"):
        _, shared = owners(data, column)
        for mark, creators in shared.items():
            found.append(
                Finding(
                    level="warning",
                    about=f"deliverables, {column} {mark}",
                    found=f"belongs to {' and '.join(creators)}",
                    expected="one creator a mark",
                    mend="give each creator a mark of their own; orders that carry it are left unattributed",
                )
            )
    lost = attributed[attributed["net"].isna() & attributed["order"].notna()]
    for currency in sorted(set(lost["currency"]) - {brief.budget.currency}):
        count = int((lost["currency"] == currency).sum())
        found.append(
            Finding(
                level="warning",
                about=f"orders in {currency}",
                found=f"{count} orders whose currency has no rate, so they are in no sum",
                expected=f"a price of one {currency} in {brief.budget.currency}",
                mend="add it to budget.rates in campaign.yml",
            )
        )
    over = attributed[attributed["refunded"] > attributed["revenue"] + 0.005]
    if len(over):
        found.append(
            Finding(
                level="note",
                about="orders",
                found=f"{len(over)} orders were refunded by more than their revenue",
                expected="refunds up to the revenue",
                mend="check whether refunds include tax or shipping; they are subtracted as they stand",
            )
        )
    if not data.knows("orders", "refunded"):
        found.append(
            Finding(
                level="warning",
                about="orders.refunded",
                found="no refund is known, so none is subtracted",
                expected="refunds in the order's currency",
                mend="export the orders with their refunds",
            )
        )
    later = int((data.orders["ordered_at"] > data.as_of).sum())
    if later:
        found.append(
            Finding(
                level="note",
                about="orders",
                found=f"{later} orders are later than {data.as_of:%Y-%m-%d} and left out",
                expected="orders up to now",
                mend="move as_of in campaign.yml",
            )
        )
    return tuple(found)
