"""The set-up: one list of packages, said in three files that must agree."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

CARD = {"jupyterlab", "pandas", "seaborn", "ipywidgets", "papermill", "nbval"}


@pytest.fixture(scope="module")
def project(root):
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def core(project):
    return {canonicalize_name(r.name): r for r in map(Requirement, project["dependencies"])}


def test_every_dependency_has_a_floor_and_a_ceiling(project, core):
    for requirement in [*core.values(), *map(Requirement, project["optional-dependencies"]["dev"])]:
        operators = {s.operator for s in requirement.specifier}
        assert operators == {">=", "<"}, requirement


def test_environment_yml_names_the_same_packages_with_the_same_ranges(root, core):
    environment = YAML(typ="safe").load((root / "environment.yml").read_text(encoding="utf-8"))
    conda = [d for d in environment["dependencies"] if isinstance(d, str)]
    pip = next(d["pip"] for d in environment["dependencies"] if isinstance(d, dict))
    from_conda = {canonicalize_name(r.name): r for r in map(Requirement, conda) if r.name not in ("python", "make", "pip")}
    from_pip = {canonicalize_name(r.name): r for r in (Requirement(p) for p in pip if not p.startswith("-e"))}
    assert set(from_conda) == CARD
    assert not set(from_conda) & set(from_pip)
    named = from_conda | from_pip
    assert set(named) == set(core)
    for name, requirement in named.items():
        assert requirement.specifier == core[name].specifier, name
    assert "-e ." in pip


def pinned(lock: str) -> dict[str, list[str]]:
    """Return the versions that a lock file pins for each package."""
    assert "://" not in lock and "--index" not in lock and "--find-links" not in lock
    entries = re.split(r"\n(?=[a-z0-9])", lock[lock.index("\n" + re.search(r"^[a-z0-9].*==", lock, re.M).group(0)) + 1 :])
    found = {}
    for entry in entries:
        match = re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\\n]+)", entry)
        assert match, entry[:60]
        assert "--hash=sha256:" in entry, match[1]
        found.setdefault(canonicalize_name(match[1]), []).append(match[2])
    return found


def test_the_locks_are_hashed_hold_every_dependency_and_no_address(root, project, core):
    base, full = (pinned((root / name).read_text(encoding="utf-8")) for name in ("requirements.lock", "requirements-dev.lock"))
    dev = list(map(Requirement, project["optional-dependencies"]["dev"]))
    for requirement in [*core.values(), *dev]:
        versions = full[canonicalize_name(requirement.name)]
        assert all(requirement.specifier.contains(v) for v in versions), requirement
    # whoever only makes reports installs nothing that only developing takes, and both get the same versions
    assert not {"nbgrader", "playwright", "distributed", "hypothesis", "ruff"} & set(base)
    assert set(core) <= set(base) and all(full[name] == versions for name, versions in base.items())


def test_each_dependency_has_its_reason(root, core):
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8").lower()
    for requirement in core.values():
        assert f"| {requirement.name.lower()} |" in text, f"{requirement.name} has no line in CONTRIBUTING.md"


def test_nothing_posix_only_is_imported_at_load(root):
    posix = {"fcntl", "pwd", "grp", "resource", "termios", "tty", "pty", "posix", "syslog"}
    for path in (root / "playbook").rglob("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            match = re.match(r"(?:import|from)\s+(\w+)", line)
            assert not (match and match[1] in posix), f"{path}: {line}"


def test_importing_the_package_and_the_command_line_is_light():
    code = (
        "import sys, playbook, playbook.cli\n"
        "heavy = {'pandas', 'numpy', 'scipy', 'matplotlib', 'seaborn', 'duckdb', 'pandera', 'papermill', 'pydantic', 'IPython'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_bootstrap_says_what_is_wrong(root, tmp_path):
    script = (root / "scripts" / "bootstrap.py").read_text(encoding="utf-8")
    folder = tmp_path / "scripts"
    folder.mkdir()
    for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        (tmp_path / name).write_text("x", encoding="utf-8")

    def sentence(old: str, new: str) -> str:
        assert old in script
        (folder / "bootstrap.py").write_text(script.replace(old, new), encoding="utf-8")
        done = subprocess.run([sys.executable, folder / "bootstrap.py"], capture_output=True, text=True, env={"PATH": ""}, check=False)
        assert done.returncode == 1 and "Traceback" not in done.stderr
        return done.stderr

    assert "needs Python 99.0 or newer" in sentence("OLDEST = (3, 11)", "OLDEST = (99, 0)")
    assert "no venv module" in sentence("import ensurepip", "import no_such_module_ensurepip")
    assert "GB are free" in sentence("NEEDED_BYTES = 2000000000", "NEEDED_BYTES = 10**18")


def test_bootstrap_can_be_parsed_by_an_old_python(root):
    import ast

    ast.parse((root / "scripts" / "bootstrap.py").read_text(encoding="utf-8"), feature_version=(3, 6))
