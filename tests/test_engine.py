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


def test_a_file_with_few_columns_leaves_the_rest_unknown(tmp_path):
    import duckdb

    path = tmp_path / "bare.parquet"
    duckdb.execute(
        "COPY (SELECT 'p' || i AS post, 'x:y' AS creator, TIMESTAMP '2026-05-01' AS posted_at, i AS likes, 0 AS comments"
        " FROM range(9) t(i))"
        f" TO '{path}' (FORMAT PARQUET)"
    )
    posts = Posts(path)
    row = posts.moments(as_of=AS_OF, numerator=LIKES_AND_COMMENTS, window=5, mature_hours=72).iloc[0]
    assert (row["posts"], row["zeros"], row["mean"]) == (5, 1, 2.0)  # at one time the order of ids decides: p0 to p4
    assert posts.known()["saves"] == 0 and np.isnan(row["followers_at_post"])


@given(st.integers(0, 10_000), st.integers(1, 12), st.floats(0, 0.5))
@settings(max_examples=15, deadline=None)
def test_the_window_is_the_latest_posts_that_count_with_or_without_a_time(seed, window, undated):
    raw = frame(seed, creators=3, each=10)
    rng = np.random.default_rng(seed)
    raw["posted_at"] = raw["posted_at"].dt.floor("5D").where(rng.random(len(raw)) >= undated)
    found = Posts(raw).moments(as_of=AS_OF, window=window, mature_hours=72, where="format = 'photo'").set_index("creator")
    counted = raw[(raw["format"] == "photo") & ~(raw["posted_at"] > AS_OF - pd.Timedelta(hours=72))]
    ordered = counted.sort_values(["posted_at", "post"], ascending=[False, True], na_position="last")
    for creator, group in ordered.groupby("creator"):
        used = group.head(window)
        row = found.loc[creator]
        assert (row["posts"], row["undated"], row["n"]) == (len(used), used["posted_at"].isna().sum(), used["likes"].notna().sum())
        if row["n"]:
            assert row["mean"] == pytest.approx((used["likes"] + used["comments"]).mean())


def test_many_posts_on_several_threads_say_the_same_to_the_last_bit(tmp_path, monkeypatch):
    from playbook.data import engine

    raw = frame(5, creators=40, each=60)
    one = Posts(raw).moments(as_of=AS_OF, window=20, denominator="reach", mature_hours=72)
    monkeypatch.setattr(engine, "MANY", 0)
    Posts(raw.sample(frac=1, random_state=1)).to_parquet(tmp_path / "posts.parquet")
    for source in (raw, tmp_path / "posts.parquet"):
        pd.testing.assert_frame_equal(
            Posts(source).moments(as_of=AS_OF, window=20, denominator="reach", mature_hours=72), one, check_exact=True
        )
