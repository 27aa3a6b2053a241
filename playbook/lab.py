"""`playbook lab`: the guide's notebooks in JupyterLab, with a campaign of one's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playbook.campaign import ENV_CAMPAIGN, folder_of
from playbook.errors import NotUsable
from playbook.folders import notebooks_dir

# where campaigns of one's own go, from within a notebook
ENV_HOME = "PLAYBOOK_HOME"
COPY = "playbook-notebooks"
FIRST = "00_start.ipynb"
# defaults for JupyterLab, found before the user's: it does not ask whether to fetch news, unless the user's own settings say so
DEFAULTS = Path(__file__).parent / "lab_defaults"
# files that are dropped travel in one message, and the server's own limit of 10 MB would close the connection without a word
LARGEST_DROP = 512 * 1024 * 1024
# nothing is sent anywhere: neither for Jupyter's news nor for updates
QUIET = ("--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate")


def start(campaign: str | None) -> int:
    """Open JupyterLab and wait until it is closed; return its exit code.

    Parameters
    ----------
    campaign : str or None
        A campaign folder or a sample's name; None leaves it to the notebooks.

    Raises
    ------
    NotUsable
        Where there is no such campaign, or no place for the notebooks.
    """
    argv, environment = command(campaign, Path.cwd())
    process = subprocess.Popen(argv, env=environment)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # JupyterLab has heard it, too, and asks whether to stop: it is not ours to kill it
            continue


def command(campaign: str | None, here: Path) -> tuple[list[str], dict[str, str]]:
    """Return the command that opens JupyterLab, and its environment."""
    environment = dict(os.environ)
    environment.setdefault(ENV_HOME, str(here))
    environment["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, [str(DEFAULTS), os.environ.get("JUPYTER_CONFIG_PATH", "")]))
    notebooks = None
    if campaign is not None:
        folder = folder_of(campaign)
        environment[ENV_CAMPAIGN] = str(folder)
        # a learner's folder brings its own chapters
        notebooks = folder / "notebooks" if (folder / "notebooks" / FIRST).is_file() else None
    notebooks = notebooks or writable(here)
    large = f"--ServerApp.tornado_settings={{'websocket_max_message_size': {LARGEST_DROP}}}"
    return [sys.executable, "-m", "jupyterlab", *QUIET, large, f"--notebook-dir={notebooks}", str(notebooks / FIRST)], environment


def writable(here: Path) -> Path:
    """Return a folder of the notebooks that may be written to: the clone's own, or a copy.

    Notebooks inside an installed package are copied to `playbook-notebooks` under `here`; what is there already is the
    user's work and stays.
    """
    shipped = notebooks_dir()
    if "_shipped" not in shipped.parts and os.access(shipped, os.W_OK):
        return shipped
    target = here / COPY
    try:
        target.mkdir(exist_ok=True)
        for source in sorted(shipped.glob("*.ipynb")):
            if not (target / source.name).exists():
                shutil.copyfile(source, target / source.name)
    except OSError as problem:
        raise NotUsable(f"{target} cannot be written ({problem.strerror or problem}); start `playbook lab` in a folder of yours.") from None
    return target
