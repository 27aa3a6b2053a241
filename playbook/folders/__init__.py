"""Campaign folders: where samples and notebooks lie, a fresh folder, and a folder without personal data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playbook.folders.forgetting import Forgotten

_PACKAGE = Path(__file__).resolve().parent.parent


def notebooks_dir() -> Path:
    """Return the folder of the guide's notebooks: in a clone, or inside the installed package."""
    return _first("notebooks", "notebooks")


def samples_dir() -> Path:
    """Return the folder of the sample campaigns: in a clone, or inside the installed package."""
    return _first("data/samples", "samples")


def samples() -> list[str]:
    """Return the names of the sample campaigns."""
    root = samples_dir()
    return sorted(p.name for p in root.iterdir() if (p / "campaign.yml").is_file()) if root.is_dir() else []


def new(folder: Path | str, *, sample: str | None = None, sheet: bool = False) -> list[Path]:
    """Make a fresh campaign folder; nothing that is there is overwritten.

    Parameters
    ----------
    folder : path
        The folder to make; it may be there already, as long as none of the files to write is.
    sample : str, optional
        Copy this sample instead of writing an empty campaign.
    sheet : bool
        Write the workbook for collecting by hand instead of empty tables.

    Returns
    -------
    list of Path
        The files that were written.

    Raises
    ------
    BadCall
        Where the sample is unknown, or a file is there already.
    NotUsable
        Where the folder cannot be written.
    """
    from playbook.folders.fresh import write

    return write(Path(folder).expanduser(), sample=sample, sheet=sheet)


def forget(folder: Path | str) -> Forgotten:
    """Delete the personal data of a campaign and keep its figures.

    Handles become pseudonyms, the same in all tables; names, biographies, captions, comments' texts, addresses and notes go; orders
    are kept as daily sums in `kept/orders_daily.csv`; raw files in `exports/` are deleted, and so are the pages of reports inside the
    folder, of which `results.json` stays. The work is done beside the old files first, so that a crash leaves the folder as it was, or
    is finished by the next call. Counts, days and fees stay: somebody who knows them by heart may still recognise a creator.

    Parameters
    ----------
    folder : path

    Returns
    -------
    Forgotten
        What was deleted and what was rewritten.

    Raises
    ------
    NotUsable
        Where the folder is no campaign, cannot be read, or cannot be written.
    """
    from playbook.folders.forgetting import forget as act

    return act(Path(folder).expanduser())


def learn(folder: Path | str, *, to: Path | str | None = None) -> tuple[Path, str]:
    """Write what a campaign measured to `learned.yml`, for the next campaign to start from.

    A file that is there is kept as `learned.yml.bak`; the forecasts that it lists are carried on.

    Parameters
    ----------
    folder : path or str
        The campaign, or a sample's name.
    to : path, optional
        The next campaign's folder; by default the campaign's own.

    Returns
    -------
    (Path, str)
        The file, and what it says in one sentence.

    Raises
    ------
    NotUsable
        Where nothing was measured, or the folder cannot be written.
    """
    from playbook.campaign import load
    from playbook.folders.learning import write

    return write(load(folder), None if to is None else Path(to).expanduser())


def _first(in_clone: str, shipped: str) -> Path:
    clone = _PACKAGE.parent / in_clone
    return clone if clone.is_dir() else _PACKAGE / "_shipped" / shipped
