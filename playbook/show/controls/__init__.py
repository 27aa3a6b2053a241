"""Controls in JupyterLab: turn what the brief assumes, and see a chapter's answer change.

`fields` reads what can be turned from the models that validate `campaign.yml`; `panels` is the table of what each chapter lets one
play with; `state` holds values, checks them and saves them; `widgets` is the only file that knows ipywidgets, and it is imported only
where somebody can see a widget: a report builds none.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from playbook.show.theme import Note

if TYPE_CHECKING:
    from playbook.campaign import Campaign

ELSEWHERE = "In JupyterLab there are controls here: `playbook lab` opens it, and what you turn changes the answer at once."


def live() -> bool:
    """Say whether somebody sits before this kernel: JupyterLab, Notebook, VS Code or Colab started it, and not a report.

    Whatever runs notebooks unseen (papermill, nbconvert, nbval) starts kernels by itself and sets none of these.
    """
    if os.environ.get("PLAYBOOK_SNAPSHOT") or os.environ.get("PLAYBOOK_SETTINGS"):
        return False
    return bool(os.environ.get("JPY_SESSION_NAME") or os.environ.get("VSCODE_PID") or "google.colab" in sys.modules)


def panel(chapter: str, campaign: Campaign) -> Any:
    """Return the controls of a chapter, or a sentence where nobody could turn them.

    Parameters
    ----------
    chapter : str
        Name of the chapter, such as ``"engagement"``.
    campaign : Campaign
        What `playbook.open_chapter` returned. It stays as it is: the panel works on values of its own.
    """
    if not live():
        return Note(ELSEWHERE, "control")
    from playbook.show.controls.widgets import build

    return build(chapter, campaign)


def drop(campaign: Campaign) -> Any:
    """Return the place to put files of one's own: copied into a campaign's `exports/`, and told what they are."""
    if not live():
        return Note(ELSEWHERE, "control")
    from playbook.show.controls.drop import build

    return build(campaign)


def installation(campaign: Campaign) -> Any:
    """Return what `playbook doctor` finds on this machine, as a table; only where somebody is there to read it."""
    if not live():
        return Note(ELSEWHERE, "control")
    from playbook.doctor import examine
    from playbook.show.start import installation_table

    return installation_table(examine(), campaign.brief)
