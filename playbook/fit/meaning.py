"""Captions compared by meaning instead of words: sentence embeddings whose weights come inside an installable package.

Optional (extra `meaning`), and nothing is downloaded. Trained mostly on English: across languages it sees little, so words stay the
default. What it rests on cannot be shown as words; the nearest caption is quoted instead.
"""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import pandas as pd

from playbook.errors import NotUsable
from playbook.fit.text import MODELS_NEEDED

LONGEST = 60  # signs of the caption that is quoted


@functools.cache
def _model():
    try:
        import wordllama
    except ImportError:
        raise NotUsable(
            "fit.text is 'meaning', which needs the extra `meaning`: pip install 'micro-influencer-playbook[meaning]', or set it to words."
        ) from None
    # the package looks for its weights in the folder it is told; its own holds them
    return wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)


def embed(texts: list[str]) -> np.ndarray:
    """Return a vector of length 1 for each text (256 numbers; 0 for a text without words).

    Raises
    ------
    NotUsable
        Where the extra `meaning` is not installed.
    """
    if not texts:
        return np.zeros((0, 256))
    vectors = np.nan_to_num(np.asarray(_model().embed(texts), dtype=float))
    return _unit(vectors)


def likeness(captions: pd.DataFrame, declared: dict[str, float], query: str) -> tuple[dict[str, float], dict[str, str]]:
    """Say how near each creator's captions are to those of the brand's niches, or, where these have few creators, to the brand's words.

    Parameters
    ----------
    captions : DataFrame
        `creator`, `caption`.
    declared : dict of creator to 1, 0 or missing
        Whether the noted niche is one of the brand's.

    Returns
    -------
    (dict of creator to number 0-1, dict of creator to the nearest caption, cut short)
    """
    vectors = embed([str(c) for c in captions["caption"]])
    names = sorted(set(captions["creator"]))
    code = pd.Categorical(captions["creator"], categories=names).codes
    means = np.zeros((len(names), vectors.shape[1]))
    np.add.at(means, code, vectors)
    means = _unit(means)
    models = np.array([declared.get(n) == 1.0 for n in names])
    enough = models.sum() >= MODELS_NEEDED
    centre = means[models].sum(axis=0) if enough else embed([query])[0]
    if not centre.any():
        return {}, {}
    # nobody is compared with themselves
    centres = _unit(np.where((models & enough)[:, None], centre - means, centre))
    cosine = np.clip((means * centres).sum(axis=1), 0, None)
    full = np.quantile(cosine[models], 0.75) if enough else cosine.max()
    topic = np.clip(cosine / full, 0, 1) if full > 0 else np.zeros(len(names))
    near = (vectors * centres[code]).sum(axis=1)
    quoted = {}
    for position, name in enumerate(names):
        own = np.flatnonzero(code == position)
        text = " ".join(str(captions["caption"].iloc[own[np.argmax(near[own])]]).split())
        quoted[name] = text if len(text) <= LONGEST else text[: LONGEST - 1].rsplit(" ", 1)[0] + " …"
    return dict(zip(names, topic.tolist(), strict=True)), quoted


def _unit(rows: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.divide(rows, length, out=np.zeros_like(rows), where=length > 0)
