"""Posts in DuckDB: known answers by pandas, and properties."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.data.engine import LIKES_AND_COMMENTS, Posts

AS_OF = pd.Timestamp("2026-06-01 12:00", tz="UTC")


def frame(seed: int = 0, creators: int = 6, each: int = 15) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = creators * each
    out = pd.DataFrame(
        {
            "post": [f"p{i:04d}" for i in range(n)],
            "creator": [f"instagram:c{i % creators}" for i in range(n)],
            "posted_at": AS_OF - pd.to_timedelta(rng.uniform(0, 90, n).round(3), unit="D"),
            "format": rng.choice(["photo", "reel"], n),
            "likes": rng.poisson(200, n).astype(float),
            "comments": rng.poisson(9, n).astype(float),
            "reach": rng.poisson(2000, n).astype(float),
        }
    )
    out.loc[rng.random(n) < 0.1, "likes"] = np.nan
    return out


def test_moments_are_those_of_pandas():
    raw = frame()
    found = (
        Posts(raw).moments(as_of=AS_OF, numerator=LIKES_AND_COMMENTS, denominator="reach", window=8, mature_hours=72).set_index("creator")
    )
    old = raw[raw["posted_at"] <= AS_OF - pd.Timedelta(hours=72)]
    for creator, group in old.groupby("creator"):
        used = group.sort_values("posted_at", ascending=False).head(8)
        whole = used[used["likes"].notna()]
        up, down = whole["likes"] + whole["comments"], whole["reach"]
        row = found.loc[creator]
        ratio = up.sum() / down.sum()
        assert (row["posts"], row["n"], row["likes_hidden"]) == (len(used), len(whole), used["likes"].isna().sum())
        assert row["ratio"] == pytest.approx(ratio)
        assert row["ratio_median"] == pytest.approx((up / down).median())
        assert row["cv2"] == pytest.approx(((up - ratio * down) ** 2).sum() / (len(up) - 1) / up.mean() ** 2)
        assert row["log_var"] == pytest.approx(np.log(up / down).var(ddof=1))
        assert row["top_share"] == pytest.approx(up.max() / up.sum())
        assert row["too_young"] == (raw["creator"] == creator).sum() - len(group)


def test_rhythm_is_that_of_pandas():
    raw = frame(1)
    found = Posts(raw).rhythm(as_of=AS_OF).set_index("creator")
    for creator, group in raw.groupby("creator"):
        gaps = group["posted_at"].sort_values().diff().dropna().dt.total_seconds() / 86400
        row = found.loc[creator]
        assert row["gaps"] == len(gaps)
        assert row["gap_mean"] == pytest.approx(gaps.mean(), rel=1e-6)
        assert row["gap_sd"] == pytest.approx(gaps.std(ddof=0), rel=1e-6)
        assert row["gap_longest"] == pytest.approx(gaps.max(), rel=1e-6)
        assert row["early"] + row["late"] == len(group) == row["times"]


def test_effects_are_within_creators():
    raw = frame(2).dropna()
    found = Posts(raw).effects("format", as_of=AS_OF)
    logs = np.log(raw["likes"] + raw["comments"])
    for row in found.itertuples():
        own = raw["creator"] == row.creator
        here = own & (raw["format"] == row.kind)
        assert row.away == pytest.approx(logs[here].mean() - logs[own & ~here].mean())


def test_weekdays_and_hours_are_named():
    posts = Posts(
        pd.DataFrame(
            {
                "post": ["a", "b"],
                "creator": "x:y",
                "posted_at": pd.to_datetime(["2026-03-02 07:30", "2026-03-08 23:10"], utc=True),
                "likes": [5.0, 5.0],
            }
        )
    )
    assert posts.effects("weekday", as_of=AS_OF)["kind"].tolist() == ["1", "7"]
    assert posts.effects("hour", as_of=AS_OF)["kind"].tolist() == ["06", "21"]


@given(st.integers(0, 10_000), st.integers(1, 20))
@settings(max_examples=15, deadline=None)
def test_the_order_of_rows_changes_not_one_bit(seed, window):
    raw = frame(seed, creators=4, each=6)
    one = Posts(raw).moments(as_of=AS_OF, window=window)
    other = Posts(raw.sample(frac=1, random_state=seed)).moments(as_of=AS_OF, window=window)
    pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_parquet_and_pandas_say_the_same(tmp_path):
    raw = frame(3)
    posts = Posts(raw)
    posts.to_parquet(tmp_path / "it's posts.parquet")
    again = Posts(tmp_path / "it's posts.parquet")
    assert len(again) == len(posts) == len(raw)
    pd.testing.assert_frame_equal(posts.moments(as_of=AS_OF), again.moments(as_of=AS_OF), check_exact=True)
    pd.testing.assert_frame_equal(posts.to_pandas(), again.to_pandas())


def test_nothing_in_nothing_out():
    posts = Posts(pd.DataFrame({"post": [], "creator": []}))
    assert not posts and posts.latest() is None
    for table in (posts.moments(as_of=AS_OF), posts.rhythm(as_of=AS_OF), posts.effects("hour", as_of=AS_OF), posts.known_by_creator()):
        assert table.empty


@pytest.mark.slow
def test_a_million_posts_of_ten_thousand_creators_in_seconds(tmp_path):
    """No Python loop over creators: the reduction and the model together take seconds, not minutes."""
    import time

    from playbook.engagement.model import pool

    rng = np.random.default_rng(0)
    n, creators = 1_000_000, 10_000
    who = rng.integers(creators, size=n)
    raw = pd.DataFrame(
        {
            "post": np.arange(n).astype(str),
            "creator": np.char.add("instagram:c", who.astype(str)),
            "posted_at": AS_OF - pd.to_timedelta(rng.uniform(4, 400, n), unit="D"),
            "likes": rng.lognormal(5, 1, n).round(),
            "comments": rng.poisson(5, n).astype(float),
        }
    )
    posts = Posts(raw)
    posts.to_parquet(tmp_path / "posts.parquet")
    began = time.perf_counter()
    table = Posts(tmp_path / "posts.parquet").moments(as_of=AS_OF, numerator=LIKES_AND_COMMENTS, window=12, mature_hours=72)
    reduced = time.perf_counter() - began
    began = time.perf_counter()
    followers = rng.uniform(1e3, 1e6, len(table))
    mean, cv2, logs, count = (table[c].to_numpy() for c in ("mean", "cv2", "log_var", "n"))
    pool(mean / followers, mean, cv2, logs, count, followers, np.full(len(table), "instagram"), 0.9)
    fitted = time.perf_counter() - began
    print(f"reduced in {reduced:.1f} s, fitted in {fitted:.1f} s")
    assert len(table) == creators and reduced < 30 and fitted < 15
