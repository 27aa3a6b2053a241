"""The one way in which the kit says no: a sentence, never a traceback."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class PlaybookError(Exception):
    """Bad input, told in one sentence: where, what was found, what was expected, how to mend.

    In a notebook the sentence is all that is shown, so the last line that papermill
    prints is the sentence too.
    """

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class NotUsable(PlaybookError):
    """The campaign folder cannot be used as it is (exit code 1)."""


class BadCall(PlaybookError):
    """The command or the notebook was called with something it does not know (exit code 2)."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `` (did you mean X?)``, or nothing where no known word comes close.

    >>> did_you_mean("widow", ["window", "level"])
    ' (did you mean window?)'
    >>> did_you_mean("zzz", ["window"])
    ''
    """
    known = list(known)
    by_folded = {k.casefold(): k for k in known}
    close = difflib.get_close_matches(word.casefold(), list(by_folded), n=1, cutoff=0.6)
    return f" (did you mean {by_folded[close[0]]}?)" if close else ""
