"""Posts at scale: the engine beside plain pandas and beside bare DuckDB SQL over the same file, in time and in peak memory.

Each measurement is a process of its own, since peak memory never falls; what is compared runs in turns.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

SIZES = ((1_000_000, 10_000), (10_000_000, 100_000))
ROUNDS = 3
WINDOW = 12
NOW = "2026-06-01"
MATURE_HOURS = 72

# a child's work, timed without its imports; the last line it prints is its answer
HEAD = f"""
import json, resource, sys, time
import duckdb, numpy as np, pandas as pd
path = sys.argv[1]
now = pd.Timestamp("{NOW}", tz="UTC")
"""
TAIL = """
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 * (1 if sys.platform != "darwin" else 1 / 1024)
print("\\n" + json.dumps({"seconds": seconds, "megabytes": peak, "creators": creators}))
"""
ENGINE = f"""
from pathlib import Path
from playbook.data.engine import LIKES_AND_COMMENTS, Posts
began = time.perf_counter()
posts = Posts(Path(path))
table = posts.moments(as_of=now, numerator=LIKES_AND_COMMENTS, window={WINDOW}, mature_hours={MATURE_HOURS})
seconds, creators = time.perf_counter() - began, len(table)
"""
# the same answers as one statement by hand: no young or hidden posts counted, nothing guarded
SQL = f"""
began = time.perf_counter()
table = duckdb.connect(config={{"threads": 2}}).execute(f'''
    WITH used AS (
        SELECT creator, posted_at, likes + comments AS up FROM read_parquet('{{path}}')
        WHERE posted_at <= TIMESTAMP '{NOW}' - INTERVAL {MATURE_HOURS} HOUR
        QUALIFY row_number() OVER (PARTITION BY creator ORDER BY posted_at DESC, post) <= {WINDOW}
    )
    SELECT creator, count(up) AS n, avg(up) AS mean, median(up) AS median, var_samp(up) AS variance,
           var_samp(ln(up)) FILTER (up > 0) AS log_var, max(up) / sum(up) AS top_share, min(posted_at) AS first_at,
           max(posted_at) AS last_at
    FROM used GROUP BY creator ORDER BY creator
''').df()
seconds, creators = time.perf_counter() - began, len(table)
"""
# the frame comes by DuckDB as well, since pandas has no reader of Parquet here; that is faster than pandas' own
PANDAS = f"""
began = time.perf_counter()
raw = duckdb.execute(f"SELECT creator, post, posted_at, likes, comments FROM read_parquet('{{path}}')").df()
raw = raw[raw["posted_at"] <= now.tz_localize(None) - pd.Timedelta(hours={MATURE_HOURS})]
raw = raw.sort_values(["creator", "posted_at", "post"], ascending=[True, False, True]).groupby("creator").head({WINDOW})
raw["up"] = raw["likes"] + raw["comments"]
raw["log"] = np.log(raw["up"].where(raw["up"] > 0))
table = raw.groupby("creator").agg(
    n=("up", "count"), mean=("up", "mean"), median=("up", "median"), variance=("up", "var"), log_var=("log", "var"), most=("up", "max"),
    total=("up", "sum"), first_at=("posted_at", "min"), last_at=("posted_at", "max"),
)
seconds, creators = time.perf_counter() - began, len(table)
"""
RHYTHM = """
from pathlib import Path
from playbook.data.engine import Posts
began = time.perf_counter()
table = Posts(Path(path)).rhythm(as_of=now)
seconds, creators = time.perf_counter() - began, len(table)
"""
# everything that chapter 04 does after the reduction
STATISTICS = f"""
from pathlib import Path
import playbook
from playbook import engagement
from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.data.engine import LIKES_AND_COMMENTS, Posts
from playbook.engagement.pooled import fit
table = Posts(Path(path)).moments(as_of=now, numerator=LIKES_AND_COMMENTS, window={WINDOW}, mature_hours={MATURE_HOURS})
rng = np.random.default_rng(0)
table["followers"] = 10 ** rng.uniform(3, 6.5, len(table))
table["platform"], table["tier"] = "instagram", "micro"
table = table.rename(columns={{"posts": "seen", "n": "posts", "mean": "engagements"}})
table["rate"] = table["engagements"] / table["followers"]
began = time.perf_counter()
found = fit(table, 0.9)
table = table.assign(expected=found.expected, expected_low=found.low, expected_high=found.high, log_mean=found.log_mean,
                     log_sd=found.log_sd, df=found.df, post_variance=found.post_variance)
engagement.ranking(table.sort_values("expected", ascending=False, ignore_index=True), Brief())
seconds, creators = time.perf_counter() - began, len(table)
"""


def write_posts(path: Path, posts: int, creators: int) -> None:
    """Write posts of many creators in no order, as a collector's database would hand them out."""
    import duckdb

    db = duckdb.connect(config={"threads": 2, "memory_limit": "1GB", "temp_directory": str(path.parent / "spill")})
    db.execute("SET enable_progress_bar = false")
    db.execute(
        f"""
        COPY (
            SELECT 'p' || i AS post, 'instagram:c' || lpad(CAST(hash(i) % {creators} AS VARCHAR), 6, '0') AS creator,
                   TIMESTAMP '{NOW}' - to_seconds(CAST(hash(i + 7) % (400 * 86400) AS BIGINT)) AS posted_at,
                   CASE hash(i + 1) % 3 WHEN 0 THEN 'photo' WHEN 1 THEN 'reel' ELSE 'carousel' END AS format,
                   round(exp(5 + sqrt(-2 * ln((hash(i + 2) % 1000000 + 1) / 1000001.0)) * cos(6.2831853 * (hash(i + 3) % 1000000) / 1e6)))
                       AS likes,
                   CAST(hash(i + 4) % 15 AS DOUBLE) AS comments
            FROM range({posts}) t(i)
        ) TO '{path}' (FORMAT PARQUET)
        """
    )


def child(work: str, path: Path) -> dict[str, float]:
    """Do one piece of work in a process of its own."""
    done = subprocess.run([sys.executable, "-c", HEAD + work + TAIL, str(path)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    return json.loads(done.stdout.splitlines()[-1])


def measure(sizes: tuple[tuple[int, int], ...] = SIZES, rounds: int = ROUNDS) -> list[dict[str, Any]]:
    """Measure the engine at one and at ten million posts."""
    rows, before = [], None
    with tempfile.TemporaryDirectory() as folder:
        for posts, creators in sizes:
            path = Path(folder) / f"posts-{posts}.parquet"
            write_posts(path, posts, creators)
            works = {"engine": ENGINE, "sql": SQL, "pandas": PANDAS}
            runs: dict[str, list[dict[str, float]]] = {name: [] for name in works}
            for _ in range(rounds):
                for name, work in works.items():
                    runs[name].append(child(work, path))
            if {run["creators"] for each in runs.values() for run in each} != {creators}:
                raise RuntimeError(f"the three ways do not give one row for each of {creators} creators")
            seconds = {name: statistics.median(run["seconds"] for run in each) for name, each in runs.items()}
            memory = {name: statistics.median(run["megabytes"] for run in each) for name, each in runs.items()}
            size = f"{posts / 1e6:g} million posts of {creators:,} creators"
            rows += [
                {"what": f"{size}: engine", "value": round(seconds["engine"], 2), "unit": "s"},
                {"what": f"{size}: bare SQL", "value": round(seconds["sql"], 2), "unit": "s",
                 "against": "as long as bare SQL takes, the engine", "ratio": seconds["engine"] / seconds["sql"]},
                {"what": f"{size}: pandas", "value": round(seconds["pandas"], 2), "unit": "s",
                 "against": "faster than pandas, the engine", "ratio": seconds["pandas"] / seconds["engine"]},
            ]  # fmt: skip
            rows += [{"what": f"{size}: peak memory, {name}", "value": round(memory[name]), "unit": "MB"} for name in works]
            for name, work in (("rhythm", RHYTHM), ("model and ranking after it", STATISTICS)):
                run = child(work, path)
                rows.append({"what": f"{size}: {name}", "value": round(run["seconds"], 2), "unit": "s"})
                rows.append({"what": f"{size}: peak memory, {name}", "value": round(run["megabytes"]), "unit": "MB"})
            if before:
                grown = f"for {posts / before[0]:g} times the posts"
                for name, now, then in (("time", seconds["engine"], before[1]), ("memory", memory["engine"], before[2])):
                    rows.append({"what": f"growth of the engine's {name} {grown}", "value": round(now / then, 2), "unit": "times"})
            before = (posts, seconds["engine"], memory["engine"])
            path.unlink()
    return rows
