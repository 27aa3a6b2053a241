"""What creators and commenters of the synthetic world write, in German and English: read from `words.toml`."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True, kw_only=True)
class Niche:
    """What creators of one niche write about: phrases, hashtags without #, and ends of handles."""

    phrases: tuple[str, ...]
    tags: tuple[str, ...]
    handles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Language:
    """The words of one language; `paid` has a caption for each kind of label: clear, unclear, missing."""

    avoid: str
    giveaway: str
    endings: tuple[str, ...]
    bios: tuple[str, ...]
    genuine: tuple[str, ...]
    paid: dict[str, str]
    niches: dict[str, Niche]


@dataclass(frozen=True, kw_only=True)
class Words:
    """All words, by language and for every language."""

    first_names: tuple[str, ...]
    surname_starts: tuple[str, ...]
    surname_ends: tuple[str, ...]
    brands: tuple[str, ...]
    generic: tuple[str, ...]
    pod: tuple[str, ...]
    languages: dict[str, Language]


@functools.cache
def read() -> Words:
    """Read the words.

    >>> sorted(read().languages)
    ['de', 'en']
    """
    tree = tomllib.loads(resources.files("playbook.world").joinpath("words.toml").read_text(encoding="utf-8"))
    languages = {name: tree.pop(name) for name in [k for k, v in tree.items() if isinstance(v, dict)]}
    return Words(**_tuples(tree), languages={name: _language(values) for name, values in languages.items()})


def _language(values: dict) -> Language:
    niches = {name: Niche(**_tuples(niche)) for name, niche in values["niches"].items()}
    return Language(**_tuples({k: v for k, v in values.items() if k != "niches"}), niches=niches)


def _tuples(values: dict) -> dict:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
