"""What chapter 08 would have forecast for the creators who took part, from what was known before, against what came."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.brief.model import PastForecast
from playbook.data.dataset import Dataset
from playbook.data.engine import Posts
from playbook.data.tables import TABLES
from playbook.errors import BadCall
from playbook.findings import Missing, needs
from playbook.memo import remembered
from playbook.results.attribution import window
from playbook.results.chapter import goal
from playbook.wording import plural, wording

_AFTERWARDS = ("deliverables", "orders", "visits", "payouts", "brand_daily", "comments")


@dataclass(frozen=True, kw_only=True)
class Forecasted:
    """A forecast and what came, in the goal's unit.

    Attributes
    ----------
    goal : str
    creators : int
        Who took part and can be planned with; `of` how many took part.
    middle, low, high : float
        Median and interval of simulated campaigns, from posts and prices of before the campaign.
    came : float
        What came, as the goal counts it.
    place : float
        Share of simulated campaigns that brought less: about evenly spread over many campaigns if forecasts are right.
    inside : bool
    """

    goal: str
    creators: int
    of: int
    middle: float
    low: float
    high: float
    level: float
    came: float
    place: float
    inside: bool


@remembered
@needs("deliverables", "creators", otherwise="creators with followers, and deliverables with creator and published_at")
def forecast_against_result(data: Dataset, brief: Brief) -> Forecasted | Missing:
    """Forecast the campaign with its own creators as chapter 08 would have, from what was known on its first day, and compare.

    Posts of before the campaign, the creators table and the brief are used; nothing that came later. The set is the one that took part, not
    the best one.
    """
    from playbook.portfolio.choice import problem

    found = goal(data, brief)
    if isinstance(found, Missing):
        return found
    days = window(data, brief)
    if isinstance(days, Missing):
        return days
    who = sorted(set(data.deliverables["creator"].dropna()) & set(data.creators["creator"]))
    if not who:
        return Missing(needs=("creators",), text="Nobody who took part is in the creators table, so nothing can be forecast for them.")
    known = dataclasses.replace(
        data,
        posts=Posts(_posts_before(data, who, days.starts)),
        creators=data.creators[data.creators["creator"].isin(who)].reset_index(drop=True),
        as_of=days.starts,
        **{name: TABLES[name].empty() for name in _AFTERWARDS},
    )
    free = brief.portfolio.model_copy(
        update={"must": ",".join(who), "never": "", "tiers": "", "min_fit": 0.0, "leave_flagged": False, "max_creators": 500}
    )
    agreed = max(1, round(len(data.deliverables) / data.deliverables["creator"].nunique()))
    each = brief.costs.model_copy(update={"posts_per_creator": min(agreed, 100)})
    plan = brief.model_copy(update={"portfolio": free, "costs": each})
    try:
        given = problem(known, plan)
        if isinstance(given, Missing):
            # who has no price or no known audience cannot be planned with: the others still can
            given = problem(known, plan.model_copy(update={"portfolio": free.model_copy(update={"must": ""})}))
    except BadCall as problem_found:
        return Missing(needs=("creators",), text=str(problem_found))
    if isinstance(given, Missing):
        return given
    able = [c for c in given.candidates.table["creator"] if c in who]
    if not able:
        return Missing(needs=("creators",), text="Nobody who took part could have been planned with, so there is no forecast to compare.")
    values = given.draws(able, plan).value(able)
    level = brief.statistics.level
    low, middle, high = np.quantile(values, [(1 - level) / 2, 0.5, (1 + level) / 2])
    return Forecasted(
        goal=found.kind,
        creators=len(able),
        of=len(set(data.deliverables["creator"].dropna())),
        middle=float(middle),
        low=float(low),
        high=float(high),
        level=level,
        came=found.value,
        place=float(np.mean(values < found.value)),
        inside=bool(low <= found.value <= high),
    )


def _posts_before(data: Dataset, creators: list[str], starts: pd.Timestamp) -> pd.DataFrame:
    return data.posts.query(
        "SELECT * FROM posts WHERE list_contains($creators, creator) AND posted_at < $starts ORDER BY creator, posted_at, post",
        {"creators": creators, "starts": starts.tz_localize(None).to_pydatetime()},
    )


def calibration(found: Forecasted | Missing, brief: Brief) -> pd.DataFrame | Missing:
    """Return this campaign's forecast below those of earlier campaigns (`learned.yml`).

    Returns
    -------
    DataFrame or Missing
        `campaign`, `goal`, `low`, `middle`, `high`, `level`, `came`, `inside`.
    """
    rows = [f.model_dump() | {"inside": f.low <= f.came <= f.high} for f in brief.learned.forecasts if f.campaign != brief.name]
    if not isinstance(found, Missing):
        rows.append(as_past(found, brief).model_dump() | {"inside": found.inside})
    if not rows:
        return found
    return pd.DataFrame(rows)[["campaign", "goal", "low", "middle", "high", "level", "came", "inside"]]


def as_past(found: Forecasted, brief: Brief) -> PastForecast:
    """Return a forecast as `learned.yml` keeps it."""
    numbers = {name: round(getattr(found, name), 4) for name in ("low", "middle", "high", "came")}
    return PastForecast(campaign=brief.name, goal=found.goal, level=found.level, **numbers)


def forecast_sentence(found: Forecasted | Missing, table: pd.DataFrame | Missing, brief: Brief) -> str:
    """Say whether the forecast held, and how often forecasts have held over campaigns."""
    if isinstance(found, Missing) and isinstance(table, Missing):
        return found.text
    write = wording(brief)
    unit = {"awareness": "people reached", "followers": "new followers", "sales": "orders"}
    text = ""
    if not isinstance(found, Missing):
        span = write.between(found.low, found.high, write.count, found.level)
        who = "" if found.creators == found.of else f" with {found.creators} of the {found.of} creators"
        text = (
            f"From what was known before, chapter 08 would have forecast {write.count(found.middle)} {unit[found.goal]}{who} ({span}); "
            f"{write.count(found.came)} came"
        )
        side = "above" if found.came > found.high else "below"
        text += (
            ", inside the interval." if found.inside else f", {side} the interval: look at the planning rates before you use them again."
        )
    if isinstance(table, Missing):
        return text
    n, held = len(table), int(table["inside"].sum())
    if n < 2:
        return f"{text} One campaign cannot tell whether forecasts are too sure."
    expected = float(table["level"].sum())
    text += f" Over {n} {plural(n, 'campaign')} {held} of the intervals held what came; {write.number(expected, 1)} should."
    return text + (" " + _verdict(n, held, float(table["level"].mean()))).rstrip()


def _verdict(n: int, held: int, level: float) -> str:
    from scipy.stats import binom

    if binom.cdf(held, n, level) < 0.05:
        return "The forecasts are too sure of themselves."
    return "" if not math.isclose(held, n) or n < 30 else "The forecasts are wider than they need to be."
