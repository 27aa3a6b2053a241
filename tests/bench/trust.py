"""How long chapter 05 takes over many follower histories."""

from __future__ import annotations

import statistics
import time

import numpy as np
import pandas as pd

from playbook import trust
from playbook.brief import Brief
from playbook.data.dataset import Dataset, dataset

CREATORS, DAYS = 100_000, 60


def histories(creators: int = CREATORS, days: int = DAYS, seed: int = 1) -> Dataset:
    """Return creators with a count a day; one in ten has a block of 10 %, one in twenty a rise over a week."""
    rng = np.random.default_rng(seed)
    steps = 0.0005 + 0.001 * rng.standard_normal((creators, days))
    steps[::10, days // 2] += np.log(1.10)
    steps[5::20, 20:27] += np.log(1.10) / 7
    paths = np.rint(rng.uniform(2_000, 200_000, (creators, 1)) * np.exp(np.cumsum(steps, axis=1)))
    names = np.char.add("instagram:c", np.arange(creators).astype(str))
    history = pd.DataFrame(
        {
            "creator": np.repeat(names, days),
            "day": np.tile(pd.date_range("2026-01-01", periods=days).to_numpy(), creators),
            "followers": paths.ravel(),
        }
    )
    return dataset(creators=pd.DataFrame({"creator": names, "followers": paths[:, -1]}), follower_history=history)


def measure() -> list[dict]:
    """Return the seconds that all checks take (median of three), those of the processor, and how many planted blocks they find."""
    data, brief = histories(), Brief()
    taken, worked, strong = [], [], 0
    for seed in range(3):
        # another seed is another brief, so that nothing is remembered from before
        own = brief.model_copy(update={"statistics": brief.statistics.model_copy(update={"seed": seed})})
        started, before = time.perf_counter(), time.process_time()
        screened = trust.screen(data, own)
        taken.append(time.perf_counter() - started)
        worked.append(time.process_time() - before)
        strong = int((screened["follower_jump"]["strength"] == "strong").sum())
    what = f"all checks over {CREATORS:,} creators with {DAYS} days of history each"
    return [
        {"what": what, "value": round(statistics.median(taken), 2), "unit": "s"},
        {"what": "processor time of that", "value": round(statistics.median(worked), 2), "unit": "s"},
        {"what": f"blocks of 10 % marked strong, of {CREATORS // 10:,}", "value": strong, "unit": "creators"},
    ]
