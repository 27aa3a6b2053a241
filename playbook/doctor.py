"""What `playbook doctor` looks at: this Python, the packages, the disk, the memory, the fonts."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

DISTRIBUTION = "micro-influencer-playbook"
OLDEST_PYTHON = (3, 11)
FREE_DISK = 500_000_000
FREE_MEMORY = 1_000_000_000
# names under which packages are imported, where they differ from their own
IMPORTS = {
    "markdown-it-py": "markdown_it",
    "ruamel-yaml": "ruamel.yaml",
    "python-calamine": "python_calamine",
    "charset-normalizer": "charset_normalizer",
    "great-tables": "great_tables",
    "xlsxwriter": "xlsxwriter",
    "pandera": "pandera.pandas",
    "scikit-learn": "sklearn",
}


@dataclass(frozen=True, kw_only=True)
class Examined:
    """One thing that was looked at.

    Attributes
    ----------
    found : str
        What is there.
    mend : str
        What to do where it is not well; empty where it is.
    """

    name: str
    ok: bool
    found: str
    mend: str = ""


def examine() -> list[Examined]:
    """Look at everything the kit needs; each look is safe from the failure of others."""
    looks: list[tuple[str, Callable[[], Examined | list[Examined]]]] = [
        ("Python", _python),
        ("packages", _packages),
        ("kernel", _kernel),
        ("guide", _guide),
        ("disk", _disk),
        ("memory", _memory),
        ("writing here", lambda: _writing("writing here", Path.cwd())),
        ("temporary files", lambda: _writing("temporary files", Path(tempfile.gettempdir()))),
        ("fonts", _fonts),
    ]
    results: list[Examined] = []
    for name, look in looks:
        try:
            found = look()
        except Exception as problem:
            found = Examined(
                name=name, ok=False, found=f"cannot be examined ({type(problem).__name__}: {problem})", mend="install the kit again"
            )
        results += found if isinstance(found, list) else [found]
    return results


def show(results: list[Examined]) -> None:
    """Print a table of what was found and how to mend it."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for head in ("", "Found", "Ok", "Mend"):
        table.add_column(head, overflow="fold")
    for r in results:
        table.add_row(r.name, Text(r.found), Text("ok" if r.ok else "mend", style="green" if r.ok else "red"), Text(r.mend))
    Console(width=None if sys.stdout.isatty() else 120, highlight=False).print(table)


def _python() -> Examined:
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}, {sys.executable}"
    ok = sys.version_info[:2] >= OLDEST_PYTHON
    return Examined(name="Python", ok=ok, found=found, mend="" if ok else f"install Python {'.'.join(map(str, OLDEST_PYTHON))} or newer")


def _packages() -> list[Examined]:
    """Import every package that the kit depends on and compare its version with the range."""
    requirements = [r for r in importlib.metadata.requires(DISTRIBUTION) or [] if "extra ==" not in r]
    results = []
    for requirement in requirements:
        match = re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*(.*)", requirement)
        name, wanted = match[1], match[2].split(";")[0].strip()
        results.append(_package(name, wanted))
    broken = [r for r in results if not r.ok]
    return broken or [Examined(name="packages", ok=True, found=f"all {len(results)} import, in the versions asked for")]


def _package(name: str, wanted: str) -> Examined:
    mend = "install the kit again, in an environment of its own"
    folded = re.sub(r"[-_.]+", "-", name).lower()
    try:
        version = importlib.metadata.version(name)
        importlib.import_module(IMPORTS.get(folded, folded.replace("-", "_")))
    except importlib.metadata.PackageNotFoundError:
        return Examined(name=name, ok=False, found="not installed", mend=mend)
    except Exception as problem:  # a broken package may raise anything
        return Examined(name=name, ok=False, found=f"cannot be imported ({type(problem).__name__}: {str(problem)[:120]})", mend=mend)
    ok = within(version, wanted)
    return Examined(name=name, ok=ok, found=version if ok else f"{version}, but {wanted} is asked for", mend="" if ok else mend)


def within(version: str, wanted: str) -> bool:
    """Say whether a version lies in a range such as ``>=2.1,<3``.

    >>> within("2.10.1", ">=2.6,<3"), within("3.0", ">=2.6,<3"), within("0.13.2", ">=0.13.2,<0.14")
    (True, False, True)
    """

    def parts(text: str) -> tuple[int, ...]:
        numbers = [int(n) for n in re.match(r"\d+(?:\.\d+)*", text)[0].split(".")]
        return tuple(numbers + [0] * (4 - len(numbers)))

    have = parts(version)
    tests = {">=": have.__ge__, "<=": have.__le__, "<": have.__lt__, ">": have.__gt__, "==": have.__eq__, "!=": have.__ne__}
    return all(tests[sign](parts(bound)) for sign, bound in re.findall(r"(>=|<=|==|!=|<|>)\s*([\d.]+)", wanted))


def _kernel() -> Examined:
    from jupyter_client.kernelspec import KernelSpecManager

    found = KernelSpecManager().find_kernel_specs()
    ok = "python3" in found
    mend = f"run: {sys.executable} -m ipykernel install --sys-prefix --name python3"
    return Examined(name="kernel", ok=ok, found=found.get("python3", "no kernel called python3"), mend="" if ok else mend)


def _guide() -> Examined:
    from playbook.chapters import CHAPTERS
    from playbook.folders import notebooks_dir, samples

    there = sum(1 for c in CHAPTERS if (notebooks_dir() / c.notebook).is_file())
    ok = there == len(CHAPTERS) and bool(samples())
    found = f"{there} of {len(CHAPTERS)} notebooks in {notebooks_dir()}; samples: {', '.join(samples()) or 'none'}"
    return Examined(name="guide", ok=ok, found=found, mend="" if ok else "install the kit again")


def _disk() -> Examined:
    free = shutil.disk_usage(Path.cwd()).free
    ok = free >= FREE_DISK
    return Examined(name="disk", ok=ok, found=f"{free / 1e9:.1f} GB free here", mend="" if ok else f"free {FREE_DISK / 1e6:.0f} MB")


def _memory() -> Examined:
    free, total = memory()
    if free is None and total is None:
        return Examined(name="memory", ok=True, found="this system does not tell")
    have = free if free is not None else total
    ok = have >= FREE_MEMORY
    told = f"{have / 1e9:.1f} GB {'free' if free is not None else 'in all'}"
    return Examined(name="memory", ok=ok, found=told, mend="" if ok else "close other programs; a report needs about 1 GB")


def memory() -> tuple[int | None, int | None]:
    """Return free and total memory in bytes, each None where the system does not tell."""
    info = Path("/proc/meminfo")
    if info.is_file():
        found = dict(re.findall(r"(\w+):\s+(\d+) kB", info.read_text(encoding="ascii", errors="replace")))
        return int(found.get("MemAvailable", 0)) * 1024 or None, int(found.get("MemTotal", 0)) * 1024 or None
    if sys.platform == "win32":
        import ctypes

        class Status(ctypes.Structure):
            _fields_ = (
                ("length", ctypes.c_ulong),
                ("load", ctypes.c_ulong),
                *((n, ctypes.c_ulonglong) for n in ("total", "free", "a", "b", "c", "d", "e")),
            )

        status = Status()
        status.length = ctypes.sizeof(Status)
        if ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
            return int(status.free), int(status.total)
        return None, None
    try:
        return None, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None, None


def _writing(name: str, folder: Path) -> Examined:
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".playbook-doctor-") as file:
            file.write(b"x" * 1024)
            file.flush()
    except OSError as problem:
        return Examined(
            name=name, ok=False, found=f"{folder}: {problem.strerror or problem}", mend="work in a folder that you may write to"
        )
    return Examined(name=name, ok=True, found=str(folder))


def _fonts() -> Examined:
    from matplotlib import font_manager

    try:
        path = font_manager.findfont("DejaVu Sans", fallback_to_default=False)
    except ValueError:
        return Examined(name="fonts", ok=False, found="DejaVu Sans not found", mend="install matplotlib again: it brings the font")
    return Examined(name="fonts", ok=True, found=path)
