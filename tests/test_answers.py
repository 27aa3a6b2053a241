"""The notebooks' kept answers, derived once more by other code from the raw files of the sample."""

from __future__ import annotations

import nbformat
import numpy as np
import pandas as pd
import pytest

SAMPLE = "glow-skincare"
MACRO, MEGA = 100_000, 1_000_000


@pytest.fixture(scope="module")
def kept(root):
    def of(notebook: str) -> dict[str, str]:
        book = nbformat.read(root / "notebooks" / notebook, as_version=4)
        (cell,) = [c for c in book.cells if "keep_output" in c.metadata.get("tags", [])]
        lines = "".join(o["text"] for o in cell.outputs).strip().splitlines()
        return dict(line.split(": ", 1) for line in lines if ": " in line) | {"": "\n".join(lines)}

    return of


@pytest.fixture(scope="module")
def raw(root):
    folder = root / "data" / "samples" / SAMPLE
    return {p.stem: pd.read_csv(p) for p in folder.glob("*.csv")}


@pytest.fixture(scope="module")
def old_enough(raw):
    """Posts three days old or more on the last day of the data."""
    posted = pd.to_datetime(raw["posts"]["posted_at"], utc=True)
    now = pd.Timestamp("2026-06-14 23:59:59", tz="UTC")
    assert posted.max() <= now
    return raw["posts"][posted <= now - pd.Timedelta(hours=72)]


def tier(followers: float) -> str:
    if followers >= MEGA:
        return "mega"
    return "macro" if followers >= MACRO else "micro" if followers >= 1000 else "below micro"


def test_start(kept, raw, old_enough):
    micro = raw["creators"].loc[raw["creators"]["followers"].map(tier) == "micro", "creator"]
    known = set(old_enough.loc[old_enough["likes"].notna(), "creator"])
    answer = kept("00_start.ipynb")
    assert int(answer["micro creators"]) == len(micro)
    assert int(answer["ranked"]) == micro.isin(known).sum()


def test_creators(kept, raw):
    answer = kept("02_creators.ipynb")
    sizes = raw["creators"]["followers"].map(tier).value_counts()
    assert int(answer["creators"]) == len(raw["creators"])
    assert {name: int(answer[name]) for name in sizes.index} == sizes.to_dict()
    assert int(answer["with posts"]) == raw["posts"]["creator"].nunique()


def test_why_micro(kept, raw, old_enough):
    """The first verdict from a plain line through log rates: its robust interval lies wholly beyond 1.1 by far."""
    posts = old_enough.dropna(subset=["likes"]).copy()
    posts["engagement"] = posts["likes"] + posts["comments"].fillna(0)
    latest = posts.sort_values("posted_at").groupby("creator").tail(12)
    rates = latest.groupby("creator")["engagement"].mean().rename("mean").reset_index().merge(raw["creators"])
    rates = rates[rates["mean"] > 0]
    x = np.column_stack([np.ones(len(rates)), np.log10(rates["followers"]), rates["platform"] == "tiktok"]).astype(float)
    y = np.log(rates["mean"] / rates["followers"])
    slope = np.linalg.lstsq(x, y, rcond=None)[0][1]
    rng = np.random.default_rng()
    draws = []
    for _ in range(400):
        pick = rng.integers(0, len(rates), len(rates))
        draws.append(np.linalg.lstsq(x[pick], y.to_numpy()[pick], rcond=None)[0][1])
    assert np.exp(-slope) > 1.1
    assert np.exp(-np.quantile(draws, 0.95)) > 1.1
    assert kept("03_why_micro.ipynb")["smaller_engage_more"] == "holds"


def test_engagement(kept, raw, old_enough):
    answer = kept("04_engagement.ipynb")
    assert int(answer["creators with a rate"]) == old_enough.loc[old_enough["likes"].notna(), "creator"].nunique()
    assert int(answer["posts too young to count"]) == len(raw["posts"]) - len(old_enough)


def test_fit(kept, raw):
    said = kept("06_fit.ipynb")[""]
    told = raw["audience"]["creator"].nunique()
    assert f"audience known for {told} of {len(raw['creators'])} creators" in said


def test_costs(kept, raw):
    said = kept("07_costs.ipynb")[""]
    asked = set(raw["quotes"]["creator"]) | set(raw["outreach"].loc[raw["outreach"][["asked", "agreed"]].notna().any(axis=1), "creator"])
    assert f"creators {len(raw['creators'])}, quoted {len(asked)}," in said


def test_portfolio(kept):
    said = kept("08_portfolio.ipynb")[""]
    considered, left_out, chosen = (int(part.rsplit(" ", 1)[1]) for part in said.split(", ")[:3])
    assert considered + left_out == 160 and 0 < chosen <= 20


def test_outreach(kept, raw):
    answer = kept("09_outreach.ipynb")
    states = raw["outreach"]["state"].value_counts()
    for state in ("contacted", "answered", "declined", "published", "paid"):
        assert int(answer[state]) == states.get(state, 0)
    assert int(answer["shortlist"]) == 10


def test_results(kept, raw):
    answer = kept("10_results.ipynb")
    assert int(answer["posts agreed"]) == len(raw["deliverables"])
    assert int(answer["posts delivered"]) == raw["deliverables"]["published_at"].notna().sum()
    codes = set(raw["deliverables"]["code"].dropna().str.casefold())
    links = set(raw["deliverables"]["utm_content"].dropna().str.casefold())
    orders = raw["orders"]
    days = pd.to_datetime(orders["ordered_at"], utc=True)
    during = orders[(days >= "2026-04-20") & (days < "2026-05-18")]
    ours = during["code"].str.casefold().isin(codes) | during["utm_content"].str.casefold().isin(links)
    assert int(answer["orders in these days"]) == len(during)
    assert int(answer["orders credited"]) == ours.sum()
    net = ours & ~(during["refunded"].fillna(0) >= during["revenue"])
    assert answer["verdict"] == ("reached" if net.sum() >= 600 else "not reached")
