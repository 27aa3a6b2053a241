"""The ledger: seven claims of the guide, each put to the test on the data at hand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Claim, Missing, Verdict, verdict
from playbook.memo import remembered
from playbook.why_micro.groups import concentration, costs, geometric_mean, small_over_macro, talk
from playbook.why_micro.regression import dummies, least_squares
from playbook.why_micro.size import CREATORS_NEEDED, creators, line_jump, size_effect
from playbook.wording import Wording, plural, wording

SAYS = {
    "smaller_engage_more": "Smaller creators engage more of their followers",
    "line_at_100k": "The macro line itself matters, not only size",
    "macro_two_per_cent": "Of a macro's followers, at most two per cent engage",
    "micro_talks_back": "People talk more with smaller creators",
    "niche_audience": "Smaller creators have a more concentrated audience",
    "smaller_cheaper_per_engagement": "An engagement costs less with smaller creators",
    "several_for_one": "Several small creators come for the price of one macro",
}
WORDS: dict[Verdict, str] = {
    "holds": "Holds on your data",
    "does_not_hold": "Does not hold on your data",
    "cannot_tell": "Your data cannot tell",
}

Numbers = tuple[float, float, float, int]


@remembered
def claims(data: Dataset, brief: Brief) -> tuple[Claim, ...]:
    """Return all seven claims with their verdicts, in the guide's order.

    A claim that the data cannot judge is there as well, with the reason in its text.

    Returns
    -------
    tuple of Claim
    """
    priced = costs(data, brief)
    return (
        _smaller_engage_more(data, brief),
        _line_at_100k(data, brief),
        _macro_two_per_cent(data, brief),
        _micro_talks_back(data, brief),
        _niche_audience(data, brief),
        _smaller_cheaper(priced, brief),
        _several_for_one(priced, brief),
    )


def verdicts(found: tuple[Claim, ...]) -> dict[str, str]:
    """Return the verdict on each claim.

    Parameters
    ----------
    found : tuple of Claim
        As :func:`claims` returns them.
    """
    return {c.id: c.verdict for c in found}


def ledger(found: tuple[Claim, ...], brief: Brief) -> pd.DataFrame:
    """Return the claims as a table.

    Parameters
    ----------
    found : tuple of Claim
        As :func:`claims` returns them.

    Returns
    -------
    DataFrame
        One row a claim: `claim` (id), `says`, `verdict` (in words), `estimate`, `low`, `high`, `smallest_effect`, `unit`, `n`,
        `lacks` (why the data gives no estimate; empty where it gives one), `text`.
    """
    rows = [
        {
            "claim": c.id,
            "says": says(c.id, brief),
            "verdict": WORDS[c.verdict],
            "estimate": c.estimate,
            "low": c.low,
            "high": c.high,
            "smallest_effect": c.smallest_effect,
            "unit": c.unit,
            "n": c.n or 0,
            "lacks": _lacks(c),
            "text": c.text,
        }
        for c in found
    ]
    numbers = dict.fromkeys(("estimate", "low", "high"), "float64")
    return pd.DataFrame(rows).astype(numbers)


def _lacks(claim: Claim) -> str:
    """Why there is no estimate, as a sentence."""
    if claim.estimate is not None:
        return ""
    reason = claim.text.split("cannot tell, since ", 1)[1]
    return "Your data " + reason[3:] if reason.startswith("it ") else reason[0].upper() + reason[1:]


def says(claim: str, brief: Brief) -> str:
    """Return what a claim says, in one sentence without a full stop."""
    if claim == "macro_two_per_cent":
        return f"Of a macro's followers, at most {wording(brief).share(brief.smallest_effects.macro_two_per_cent)} engage"
    return SAYS[claim]


def _claim(name: str, result: Numbers | str, brief: Brief, what: str, *, unit: str = "ratio", n: int | None = None) -> Claim:
    """A claim from its numbers (`what` says the estimate at its braces), or, where they are a sentence, the reason why there are none."""
    smallest = getattr(brief.smallest_effects, name)
    level = brief.statistics.level
    known = {"id": name, "level": level, "smallest_effect": smallest, "unit": unit}
    if isinstance(result, str):
        text = f"{says(name, brief)}: your data cannot tell, since {result}."
        return Claim(verdict="cannot_tell", estimate=None, low=None, high=None, n=n, text=text, **known)
    estimate, low, high, count = result
    # `at most` claims are judged on the turned scale, where larger supports the claim
    judged = verdict(-high, -low, -smallest) if unit == "share" else verdict(low, high, smallest)
    write = wording(brief)
    number = write.share if unit == "share" else _ratio(write)
    bound = f"the claim asks for {'at most' if unit == 'share' else 'at least'} {number(smallest)}"
    interval = write.between(low, high, number, level)
    backing = f"({interval}; {write.count(count)} {plural(count, 'creator')}; {bound})"
    text = f"{says(name, brief)}: {WORDS[judged].lower()}. {what.format(number(estimate))} {backing}."
    return Claim(verdict=judged, estimate=estimate, low=low, high=high, n=count, text=text, **known)


def _ratio(write: Wording):
    return lambda value: write.number(value, 2 if abs(value) < 10 else 0)


def _because(missing: Missing) -> str:
    """The reason why a result is missing, as a clause."""
    text = missing.text.rstrip(".").replace("Your data holds", "it holds").replace(", so this cannot be answered: add", ": add")
    return text[0].lower() + text[1:]


def _smaller_engage_more(data: Dataset, brief: Brief) -> Claim:
    effect = size_effect(data, brief)
    if isinstance(effect, Missing):
        return _claim("smaller_engage_more", _because(effect), brief, "")
    what = "A creator a tenth the size engages {} times the share of followers"
    if effect.error > 0:
        what = (
            "With room for follower counts that were read after the posts "
            f"(log spread {wording(brief).number(effect.error, 2)}), a creator a tenth the size engages {{}} times the share of followers"
        )
    return _claim("smaller_engage_more", (effect.multiple, effect.low, effect.high, effect.n), brief, what)


def _line_at_100k(data: Dataset, brief: Brief) -> Claim:
    jump = line_jump(data, brief)
    line = wording(brief).count(brief.tiers.macro)
    what = f"Just below {line} followers the rate is {{}} times the rate just above"
    return _claim("line_at_100k", _because(jump) if isinstance(jump, Missing) else jump, brief, what)


def _macro_two_per_cent(data: Dataset, brief: Brief) -> Claim:
    table = creators(data, brief)
    if isinstance(table, Missing):
        return _claim("macro_two_per_cent", _because(table), brief, "", unit="share")
    _, _, _, n = numbers = geometric_mean(table.loc[~table["small"], "rate"], brief.statistics.level)
    result: Numbers | str = numbers
    if n < 3:
        result = f"it has {n} {plural(n, 'creator')} above the macro line with enough posts, and three are the least for an interval"
    return _claim("macro_two_per_cent", result, brief, "A typical macro's post engages {} of followers", unit="share", n=n)


def _micro_talks_back(data: Dataset, brief: Brief) -> Claim:
    if not data.has("posts"):
        return _claim("micro_talks_back", "there are no posts: add them with likes and comments", brief, "")
    result = small_over_macro(talk(data, brief), "comments_per_like", brief)
    return _claim(
        "micro_talks_back", result, brief, "Comments per like of creators below the macro line are {} times those of creators above it"
    )


def _niche_audience(data: Dataset, brief: Brief) -> Claim:
    table = concentration(data, brief)
    if isinstance(table, Missing):
        return _claim("niche_audience", _because(table), brief, "")
    result = small_over_macro(table, "concentration", brief)
    what = (
        "Below the macro line, the chance that two followers share age, gender, country or language group is {} times the chance above it"
    )
    return _claim("niche_audience", result, brief, what)


def _smaller_cheaper(table: pd.DataFrame, brief: Brief) -> Claim:
    table = table[table["cpe"] > 0]
    result: Numbers | str = (
        f"it needs quoted fees and engagements of at least {CREATORS_NEEDED} creators, and {len(table)} have both: add quotes"
    )
    if len(table) >= CREATORS_NEEDED:
        x = np.log10(table["followers"].to_numpy())
        fit = least_squares(np.column_stack([np.ones(len(x)), x, dummies(table["platform"].to_numpy())]), np.log(table["cpe"].to_numpy()))
        if fit is None or np.ptp(x) < 0.3:
            result = "the creators with quotes are nearly all the same size"
        else:
            ratio, low, high = (float(np.exp(v)) for v in fit.coefficient(1, brief.statistics.level))
            result = (ratio, low, high, len(table))
    what = "In full cost, an engagement with a creator ten times the size costs {} times as much"
    return _claim("smaller_cheaper_per_engagement", result, brief, what, n=len(table))


def _several_for_one(table: pd.DataFrame, brief: Brief) -> Claim:
    result = small_over_macro(table.assign(saved=1 / table["cost"].where(table["cost"] > 0)), "saved", brief)
    if isinstance(result, str):
        result = f"{result}: add quotes" if "known for" in result else result
        result = result.replace("it is known for", "a quoted fee is known for")
    return _claim("several_for_one", result, brief, "In full cost, a typical macro costs {} times as much as a typical smaller creator")
