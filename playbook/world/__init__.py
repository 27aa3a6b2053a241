"""The synthetic world: a believable market with hidden truth, from a seed.

`make` writes a campaign folder with `truth/` beside it; `simulate` draws the same world in memory. Everything in it is invented:
creators, brands, people, words. How strong each effect is stands in :class:`Strengths`, with unit and source.
"""

from __future__ import annotations

from pathlib import Path

from playbook.world.markets import KINDS
from playbook.world.samples import SAMPLE_SEED
from playbook.world.simulate import World, simulate
from playbook.world.strengths import Strengths
from playbook.world.write import folder as _write


def make(
    folder: Path | str,
    *,
    kind: str = "glow-skincare",
    seed: int = 1,
    creators: int | None = None,
    posts: int | None = None,
    strengths: Strengths | None = None,
    truth: bool = True,
) -> World:
    """Write a synthetic campaign folder; the same arguments give the same bytes.

    Parameters
    ----------
    folder : path
        A folder that is not there yet, or empty.
    kind : {'glow-skincare', 'campus-coffee', 'trail-app'}
        Sales in Germany, finished; awareness around a campus in the United States, finished; followers in Great Britain, being planned.
    seed : int
    creators, posts : int, optional
        How many creators (160 by default), and posts of each (31 by default).
    strengths : Strengths, optional
        How strong each effect is.
    truth : bool
        Whether to write `truth/`, too.

    Returns
    -------
    World
        What was written, with its truth.

    Raises
    ------
    BadCall
        Where an argument is not one of these.
    NotUsable
        Where the folder holds something already, or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> world = make(tempfile.mkdtemp(), kind="campus-coffee", seed=4, creators=20, posts=5)
    >>> world.kind, len(world.frames["creators"])
    ('campus-coffee', 20)
    """
    world = simulate(kind=kind, seed=seed, creators=creators, posts=posts, strengths=strengths)
    _write(world, folder, truth=truth)
    return world


__all__ = ["KINDS", "SAMPLE_SEED", "Strengths", "World", "make", "simulate"]
