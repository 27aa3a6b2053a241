"""Meta Business Suite, audience of an account: ages by gender, cities and countries, one table under the other."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from playbook.data.readers.accounts import audience_table
from playbook.data.readers.containers.blocks import Block, blocks
from playbook.data.readers.contract import Context, Raw, Read, Recognition, Sample
from playbook.data.readers.fields import folded
from playbook.data.told import note
from playbook.data.values import plain

NAME = "Meta Business Suite audience"
_AGES = re.compile(r"\d{2}(?:\s*[-–]\s*\d{2}|\+)")
_AGE_WORDS = ("age", "alter", "ålder", "age_gender", "alter_geschlecht")
_GENDERS = {
    **dict.fromkeys(("women", "frauen", "kvinnor", "female"), "female"),
    **dict.fromkeys(("men", "männer", "män", "male"), "male"),
}
# followers in all: one quoted cell of names over one number
_COUNT = re.compile(r'FOLLOW,UNIQUE_USERS"?[ \t,;]*\n"?(\d[\d.,]*)"?[ \t,;]*(?:\n|$)')
_COUNTRY_WORDS = ("top_countries", "countries", "top_länder", "länder", "de_vanligaste_länderna", "populäraste_länder")


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by ages against women and men, beside places."""
    ages, countries, _ = _parts(sample)
    if ages is None:
        return None
    return Recognition(sureness=0.95, why="ages of women and men" + (", and countries" if countries else "") + " in per cent")


def read(sample: Sample, context: Context) -> Read:
    """Read shares by age, by gender and by country."""
    ages, countries, left = _parts(sample)
    rows: list[tuple[str, str, object]] = []
    n = 0
    if ages is not None:
        genders = [_GENDERS.get(folded(h), plain(h).casefold()) for h in ages.headers[1:]]
        totals = dict.fromkeys(genders, 0.0)
        for record in ages.records:
            shares = [_share(c) for c in record[1:]]
            n += 1
            if any(s is not None for s in shares):
                rows.append(("age", plain(record[0]), sum(s for s in shares if s is not None)))
            for gender, share in zip(genders, shares, strict=True):
                totals[gender] += share or 0.0
        rows += [("gender", gender, share) for gender, share in totals.items()]
    if countries is not None:
        for record in countries.records:
            n += 1
            if (share := _share(record[-1])) is not None:
                rows.append(("country", plain(record[0]), share))
    raws, findings = audience_table(sample, context, rows, "facebook" if _facebook(sample) else "instagram")
    if followers := _COUNT.search(sample.text() or ""):
        handle = [c() for c in (raws[0].columns["handle"], raws[0].columns["platform"])]
        frame = pd.DataFrame({"handle": handle[0][:1], "platform": handle[1][:1], "followers": [followers[1]]}, dtype=object)
        number = (sample.text() or "").count("\n", 0, followers.start(1)) + 1
        raws.append(Raw.of("creators", frame, np.array([number]), written={"followers": "UNIQUE_USERS"}))
    if left:
        findings.append(note(sample.path, f"{', '.join(left)} not used", "ages, genders and countries", "nothing to do"))
    return Read(tables=tuple(raws), rows=n, findings=tuple(findings))


def _parts(sample: Sample) -> tuple[Block | None, Block | None, list[str]]:
    text = sample.text() if sample.container == "csv" else None
    if not text or "%" not in text:
        return None, None, []
    ages = countries = None
    left = []
    for block in blocks(text):
        head = folded(block.headers[0])
        if head in _AGE_WORDS and len(block.headers) >= 3 and block.records and _AGES.fullmatch(plain(block.records[0][0])):
            left += [plain(block.headers[0])] if ages else []
            ages = ages or block
        elif head in _COUNTRY_WORDS or folded(block.title) in _COUNTRY_WORDS:
            left += [plain(block.headers[0])] if countries else []
            countries = countries or block
        elif block.records:
            left.append(plain(block.headers[0]))
    return ages, countries, left


def _share(cell: str) -> float | None:
    """Return a per cent as a share; None for nothing.

    >>> _share("8.6%"), _share("8,6 %"), _share("--")
    (0.086, 0.086, None)
    """
    match = re.fullmatch(r"([\d.,]+)\s*%?", plain(cell))
    return round(float(match[1].replace(",", ".")) / 100, 6) if match else None


def _facebook(sample: Sample) -> bool:
    head = (sample.text() or "")[:200].casefold()
    return "facebook" in head and "instagram" not in head
