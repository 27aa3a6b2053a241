"""What lists of followers say about overlap: exactly, from sketches, and from pairs of creators alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from playbook.brief import Brief
from playbook.data.dataset import Dataset
from playbook.findings import Missing, needs

# a list this close to the follower count holds everybody who matters
COMPLETE = 0.95


@dataclass(frozen=True, kw_only=True)
class Sketch:
    """The smallest hashes of a list of accounts: enough to estimate sizes of unions and intersections (KMV; Bar-Yossef et al., 2002).

    Sketches can be shared where lists cannot: give every partner the same secret salt.

    Attributes
    ----------
    hashes : array
        Up to `k` hashes in (0, 1], ascending.
    """

    hashes: np.ndarray = field(repr=False)
    k: int

    @property
    def size(self) -> float:
        """Estimated number of different accounts; exact below `k`."""
        return _size(self.hashes, self.k)


def sketch(accounts: Iterable[str], *, k: int = 4096, salt: str = "") -> Sketch:
    """Sketch a list of accounts; the relative error of sizes is about ``1 / sqrt(k)``.

    Examples
    --------
    >>> sketch(["ana", "ben", "ana"]).size
    2.0
    """
    hashed = {int.from_bytes(hashlib.md5(f"{salt}{a}".encode(), usedforsecurity=False).digest()[:8], "big") for a in accounts}
    values = (np.sort(np.fromiter(hashed, dtype=np.uint64, count=len(hashed))).astype(np.float64) + 1) / 2.0**64
    return Sketch(hashes=values[:k], k=k)


def union_size(*sketches: Sketch) -> float:
    """Estimate how many different accounts the lists hold together.

    >>> union_size(sketch(["a", "b"]), sketch(["b", "c"]))
    3.0
    """
    k = min(s.k for s in sketches)
    return _size(np.unique(np.concatenate([s.hashes for s in sketches]))[:k], k)


def shared_size(first: Sketch, second: Sketch) -> float:
    """Estimate how many accounts two lists share.

    >>> shared_size(sketch(["a", "b"]), sketch(["b", "c"]))
    1.0
    """
    k = min(first.k, second.k)
    union = np.unique(np.concatenate([first.hashes, second.hashes]))[:k]
    matches = float(np.isin(union, first.hashes).astype(int) @ np.isin(union, second.hashes).astype(int))
    return matches if len(union) < k else _size(union, k) * matches / (k - 1)


def _size(hashes: np.ndarray, k: int) -> float:
    return float(len(hashes)) if len(hashes) < k else float((k - 1) / hashes[k - 1])


def dawson_sankoff(sizes: np.ndarray, shared: np.ndarray) -> float:
    """Return the least that a union can be, from sizes and pairwise intersections alone (Dawson and Sankoff, 1967).

    Parameters
    ----------
    sizes : array (n,)
    shared : array (n, n)
        Symmetric; the diagonal is not used.

    Examples
    --------
    >>> dawson_sankoff(np.array([10.0, 10.0]), np.array([[0.0, 4.0], [4.0, 0.0]]))
    16.0
    """
    total, pairs = float(sizes.sum()), float(np.triu(shared, 1).sum())
    if total <= 0:
        return 0.0
    k = 1 + int(2 * pairs / total)
    return max(float(sizes.max()), 2 * total / (k + 1) - 2 * pairs / (k * (k + 1)))


def hunter_worsley(sizes: np.ndarray, shared: np.ndarray) -> float:
    """Return the most that a union can be: the sum less the heaviest tree of intersections (Hunter, 1976; Worsley, 1982).

    Examples
    --------
    >>> hunter_worsley(np.array([10.0, 10.0]), np.array([[0.0, 4.0], [4.0, 0.0]]))
    16.0
    """
    n = len(sizes)
    inside, weight = np.zeros(n, dtype=bool), np.full(n, -1.0)
    tree = 0.0
    for step in range(n):
        at = int(np.argmax(np.where(inside, -np.inf, weight)))
        inside[at] = True
        tree += max(weight[at], 0.0) if step else 0.0
        weight = np.maximum(weight, shared[at])
    return float(sizes.sum() - tree)


@needs("creators", "follower_sample", otherwise="lists of followers: one row a follower with creator and account (hashed)")
def pairs(data: Dataset, brief: Brief) -> pd.DataFrame | Missing:
    """Return the overlap of each two creators whose follower lists are complete, by the names under which vendors sell it.

    Returns
    -------
    DataFrame
        Most shared first: `first`, `second`, `shared` (accounts in both), `of_smaller` (over the smaller audience: the overlap
        coefficient), `of_first` and `of_second` (over each audience), `of_union` (Jaccard), `only_first`, `only_second` (accounts
        that follow only that one of the two).

    Notes
    -----
    A sample is not a list: two random samples of 500 out of 30,000 followers share about one account where the audiences share a tenth.
    """
    counted = data.creators.drop_duplicates("creator").set_index("creator")["followers"]
    sample = data.follower_sample[["creator", "account"]].dropna().drop_duplicates()
    lists = {str(c): set(g) for c, g in sample.groupby("creator")["account"] if len(g) >= COMPLETE * counted.get(c, np.inf)}
    if len(lists) < 2:
        text = (
            f"Your follower_sample holds samples of {sample['creator'].nunique()} creators' followers, not whole lists. Two samples share "
            "almost no account even where audiences overlap, so overlap cannot be counted from them: add complete lists (hashed) of two "
            "creators or more."
        )
        return Missing(needs=("follower_sample",), text=text)
    rows = []
    names = sorted(lists)
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            both, na, nb = len(lists[a] & lists[b]), len(lists[a]), len(lists[b])
            rows.append((a, b, both, both / min(na, nb), both / na, both / nb, both / (na + nb - both), na - both, nb - both))
    columns = ["first", "second", "shared", "of_smaller", "of_first", "of_second", "of_union", "only_first", "only_second"]
    out = pd.DataFrame(rows, columns=columns)
    return out.sort_values(["of_smaller", "first", "second"], ascending=[False, True, True], ignore_index=True)
