"""One package that installs the kit on a machine without network: wheels of everything, for a named system and Python."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from playbook.errors import BadCall, NotUsable

NAME = "offline"
# what pip calls the wheels of a system, newest first
PLATFORMS = {
    "win_amd64": ("win_amd64",),
    "macosx_arm64": ("macosx_14_0_arm64", "macosx_13_0_arm64", "macosx_12_0_arm64", "macosx_11_0_arm64"),
    "macosx_x86_64": ("macosx_14_0_x86_64", "macosx_13_0_x86_64", "macosx_12_0_x86_64", "macosx_10_13_x86_64", "macosx_10_9_x86_64"),
    "manylinux_x86_64": ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
    "manylinux_aarch64": ("manylinux_2_28_aarch64", "manylinux_2_27_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"),
}
_ROOT = Path(__file__).resolve().parents[2]

INSTALL = '''"""Install the playbook from this folder, without network: python install.py"""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
WANTED = {python!r}
if WANTED and sys.version_info[:2] != WANTED:
    sys.exit("This package is for Python %d.%d; this is Python %d.%d." % (WANTED + tuple(sys.version_info[:2])))
ENV = os.path.join(HERE, "environment")
subprocess.check_call([sys.executable, "-m", "venv", ENV])
PYTHON = os.path.join(ENV, "Scripts" if os.name == "nt" else "bin", "python.exe" if os.name == "nt" else "python")
WHEELS = os.path.join(HERE, "wheels")
INSTALL = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--find-links", WHEELS]
subprocess.check_call(INSTALL + ["--no-deps", "--require-hashes", "-r", os.path.join(HERE, "requirements.lock")])
subprocess.check_call(INSTALL + ["--no-deps", "micro-influencer-playbook"])
print("Done. Now: " + os.path.join(os.path.dirname(PYTHON), "playbook") + " doctor")
'''


def check(where: str) -> tuple[str, str]:
    """Return the platform and the Python that are meant by a word such as ``here`` or ``win_amd64-3.12``; the Python is empty for here.

    Raises
    ------
    BadCall
        Where there is no such platform.
    NotUsable
        Where this is not a clone of the kit: an installed kit does not hold the list of packages.
    """
    if not (_ROOT / "requirements.lock").is_file() or not (_ROOT / "pyproject.toml").is_file():
        raise NotUsable("--offline needs a clone of the kit: its list of packages, requirements.lock, is not part of an installed one.")
    if where == "here":
        return "here", ""
    name, _, python = where.partition("-")
    if name not in PLATFORMS or not re.fullmatch(r"3\.\d+", python):
        raise BadCall(
            f"--offline {where}: expected here, or a platform and a Python such as win_amd64-3.12; platforms: {', '.join(PLATFORMS)}."
        )
    return name, python


def write(folder: Path, where: str, *, wheels: Path | None = None, progress: Callable[[str], None] | None = None) -> str:
    """Write ``offline.zip`` into a folder; return a sentence with its size.

    Parameters
    ----------
    where : str
        As in :func:`check`.
    wheels : path, optional
        A folder of wheels that were downloaded before; by default they are downloaded now.

    Raises
    ------
    NotUsable
        Where a package cannot be had for this platform and Python.
    """
    name, python = check(where)
    tell = progress or (lambda line: None)
    target = folder / f"{NAME}.zip"
    with tempfile.TemporaryDirectory(prefix=".offline-", dir=folder) as place:
        found = Path(place) / "wheels"
        if wheels is None:
            tell("Downloading the packages; this takes some minutes.")
            _run(
                [sys.executable, "-m", "pip", *download(name, python), "-d", str(found)],
                f"The packages for {where} could not all be downloaded",
            )
        else:
            shutil.copytree(wheels, found)
        build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(found)]
        _run(build, "The kit's own wheel could not be built; `make setup-dev` installs what building takes")
        version = tuple(sys.version_info[:2]) if name == "here" else tuple(int(x) for x in python.split("."))
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            # wheels are compressed already
            for path in sorted(found.iterdir()):
                archive.write(path, f"playbook-{NAME}/wheels/{path.name}")
            archive.write(_ROOT / "requirements.lock", f"playbook-{NAME}/requirements.lock")
            archive.writestr(f"playbook-{NAME}/install.py", INSTALL.format(python=version))
        number = sum(1 for _ in found.iterdir())
    system = (
        f"{platform.system()} {platform.machine()}, Python {version[0]}.{version[1]}" if name == "here" else where.replace("-", ", Python ")
    )
    return (
        f"{target}: {target.stat().st_size / 1e6:.0f} MB, {number} packages for {system}. On a machine without network: unpack it, then "
        "`python install.py` in its folder."
    )


def download(name: str, python: str) -> list[str]:
    """Return what pip is told: exactly the packages of the lock file, as wheels, by their hashes."""
    call = ["download", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "--no-deps", "--require-hashes"]
    if name != "here":
        call += [word for tag in PLATFORMS[name] for word in ("--platform", tag)]
        call += [
            "--python-version",
            python,
            "--implementation",
            "cp",
            "--abi",
            f"cp{python.replace('.', '')}",
            "--abi",
            "abi3",
            "--abi",
            "none",
        ]
    return [*call, "-r", str(_ROOT / "requirements.lock")]


def _run(command: list[str], sentence: str) -> None:
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        last = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()][-1:]
        raise NotUsable(f"{sentence} ({' '.join(last)[:300]}).")
