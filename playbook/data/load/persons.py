"""People who are no creators, under a mark instead of a name: who comments, and who follows."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

from playbook.data.load.merged import Merged

MARK = "[0-9a-f]{10,64}"  # what hashing leaves
MARKED = (("comments", "author"), ("follower_sample", "account"))


def marked(tables: Merged) -> None:
    """Put a mark in place of each commenter's and sampled follower's name, in place.

    The mark's key comes from the names of the campaign itself: the same person has another mark in another campaign, and no list made
    elsewhere undoes it.
    """
    for name, column in MARKED:
        frame = tables.frames[name]
        if len(frame):
            frame[column] = marks(frame[column])


def marks(names: pd.Series) -> pd.Series:
    """Return sixteen hexadecimal digits for each distinct name; with or without @, in large or small letters it is the same one.

    Where all are marks already, they stay.

    >>> marks(pd.Series(["@Ana", "ana", "bo", None])).nunique()
    2
    >>> marks(pd.Series(["b6d179ac77", "39a94f6f86"])).tolist()
    ['b6d179ac77', '39a94f6f86']
    """
    if names.dropna().str.fullmatch(MARK).all():
        return names
    codes, distinct = pd.factorize(names.to_numpy(dtype=object))
    plain = [str(n).strip().lstrip("@").casefold() for n in distinct]
    key = hashlib.blake2b("\n".join(sorted(set(plain))).encode(), digest_size=32).digest()
    found = [hashlib.blake2b(p.encode(), key=key, digest_size=8).hexdigest() if p else None for p in plain]
    return pd.Series(np.array([*found, None], dtype=object)[codes], index=names.index, dtype="str")
