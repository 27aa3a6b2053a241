"""A list of follower accounts, as somebody looked through them: following, followers, picture, private, and fake or not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from playbook.data.readers import fields
from playbook.data.readers.contract import Context, Raw, Read, Recognition, Sample
from playbook.data.told import warning
from playbook.data.values import flags, plain

NAME = "list of followers"
SPELLED = {
    "account": ("account", "follower", "username", "user", "handle", "user_id", "id"),
    "following": ("following", "followings", "following_count", "follows", "friends", "friends_count"),
    "followers": ("followers", "followers_count", "follower_count"),
    "posts": ("posts", "posts_count", "media_count", "tweets"),
    "has_picture": ("has_picture", "profile_pic", "has_profile_pic", "picture", "profile_picture"),
    "private": ("private", "is_private"),
    "label": ("label", "fake", "is_fake", "bot", "is_bot"),
}
# a creators' table has the first three as well
TELLING = ("has_picture", "label")


def recognise(sample: Sample, context: Context) -> Recognition | None:
    """Recognise by counts of accounts beside what only a look at followers tells; a table that names its creators is the kit's own."""
    for sheet in sample.sheets:
        at = fields.positions(sheet.headers, SPELLED)
        names = [fields.folded(h) for h in sheet.headers]
        if {"account", "following", "followers"} <= at.keys() and any(t in at for t in TELLING) and "creator" not in names:
            told = [plain(sheet.headers[at[t]]) for t in TELLING if t in at]
            return Recognition(sureness=0.92, why=f"followers and following of accounts beside {' and '.join(told)}")
    return None


def read(sample: Sample, context: Context) -> Read:
    """Read the followers of the creator whose folder the list lies in; without one it is nobody's."""
    sheet = next(s for s in sample.sheets if {"account", "following", "followers"} <= fields.positions(s.headers, SPELLED).keys())
    at = fields.positions(sheet.headers, SPELLED)
    rows = len(sheet.rows) + len(sheet.aside)
    owner = context.owner(sample)
    if owner is None:
        what = f"a list of {len(sheet.rows):,} follower accounts that does not say whose followers they are"
        mend = "not used: put the file into a folder named after the creator, such as exports/@ana/, or add a creator column"
        return Read(tables=(), rows=rows, findings=(*sheet.findings, warning(sample.path, what, "the creator", mend)), aside=sheet.aside)
    frame = fields.table(sheet, at)
    frame["handle"] = owner.handle
    if owner.platform:
        frame["platform"] = owner.platform
    if "label" in frame:
        frame["label"] = _labels(frame["label"].to_numpy(dtype=object))
    findings = (*sheet.findings, *fields.not_used(sample, sheet, sheet.headers, at.values()))
    raw = Raw.of("follower_sample", frame, sheet.rows, written=fields.written(sheet, at), where=sheet.where)
    return Read(tables=(raw,), rows=rows, findings=findings, aside=sheet.aside)


def _labels(cells: np.ndarray) -> pd.Series:
    """Return fake or real for yes and no; words stay as they are."""
    said = flags(cells).values
    words = pd.Series([plain(c).casefold() or None for c in cells], dtype=object)
    return words.mask(said.fillna(False).to_numpy(dtype=bool), "fake").mask((~said.fillna(True)).to_numpy(dtype=bool), "real")
