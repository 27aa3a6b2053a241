"""Make `.venv` and install the kit into it, once; every later call finds it ready and returns.

`bootstrap.py dev` adds what developing takes: the tools that test, check and measure. Runs on any Python 3, so that one that is too old
can say so. Works on Linux, macOS and Windows.
"""

import hashlib
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
LOCKS = {"core": "requirements.lock", "dev": "requirements-dev.lock"}
OLDEST = (3, 11)
NEEDED_BYTES = 2000000000
# everything but the packages' own tests, which nobody here imports: 70 MB less; quiet, because some ship templates that never compile
COMPILE = (
    "import compileall, re, sysconfig; "
    "compileall.compile_dir(sysconfig.get_path('purelib'), quiet=2, workers=0, rx=re.compile(r'[/\\\\]tests?[/\\\\]'))"
)


def stop(sentence):
    sys.stderr.write("setup: " + sentence + "\n")
    sys.exit(1)


def wanted(level):
    """Hash what the installation of a level depends on."""
    found = hashlib.sha256()
    for name in (LOCKS[level], "pyproject.toml", os.path.join("scripts", "bootstrap.py")):
        with open(os.path.join(ROOT, name), "rb") as source:
            found.update(source.read())
    return found.hexdigest()


def inside(name):
    folder = "Scripts" if os.name == "nt" else "bin"
    return os.path.join(VENV, folder, name + (".exe" if os.name == "nt" else ""))


def stamp(level):
    return os.path.join(VENV, ".ready-" + level)


def ready(level):
    """Say whether a level is installed; developing holds all that the core holds."""
    for enough in (level, "dev"):
        try:
            with open(stamp(enough)) as found:
                if found.read().strip() == wanted(enough) and os.path.exists(inside("python")):
                    return True
        except OSError:
            continue
    return False


def usable(python):
    """Say whether an environment from an earlier call can be brought up to date."""
    check = "import sys, pip; sys.exit(sys.version_info < %r)" % (OLDEST,)
    return os.path.exists(python) and subprocess.call([python, "-c", check], stderr=subprocess.DEVNULL) == 0


def newer_python():
    """Find a Python on the path that is new enough, where this one is not."""
    for minor in range(14, OLDEST[1] - 1, -1):
        found = shutil.which("python3.%d" % minor)
        if found and subprocess.call([found, "-c", "import venv, ensurepip"], stderr=subprocess.DEVNULL) == 0:
            return found
    return None


def run(command, sentence):
    # without this the byte code of 170 packages would be compiled again at every start of a kernel
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    env["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        text = done.stdout.decode("utf-8", "replace")
        if "No space left" in text:
            stop("the disk is full; free about 2 GB and call make again.")
        lines = [line for line in text.splitlines() if line.strip()]
        sys.stderr.write("\n".join(lines[-15:]) + "\n")
        stop(sentence)


def main():
    level = sys.argv[1] if len(sys.argv) > 1 else "core"
    if level not in LOCKS:
        stop("%r is no level of installation; it is one of %s." % (level, ", ".join(sorted(LOCKS))))
    if ready(level):
        return
    if sys.version_info < OLDEST:
        other = newer_python()
        if other is None:
            stop(
                "this is Python %d.%d and no newer one is on the path; the kit needs Python %d.%d or newer: install it and call make again."
                % (sys.version_info[0], sys.version_info[1], OLDEST[0], OLDEST[1])
            )
        os.execv(other, [other, os.path.abspath(__file__), level])
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        stop("this Python has no venv module; install it (on Debian and Ubuntu: the package python3-venv) and call make again.")
    free = shutil.disk_usage(ROOT).free
    if free < NEEDED_BYTES:
        stop("%.1f GB are free here; the installation needs about 2 GB for a moment and less than 1 GB in the end." % (free / 1e9))
    sys.stderr.write("setup: installing into .venv, once; this takes a few minutes\n")
    python = inside("python")
    if not usable(python):
        run([sys.executable, "-m", "venv", "--clear", VENV], "the virtual environment .venv could not be made; is the folder writable?")
    run(
        [python, "-m", "pip", "install", "--quiet", "--no-compile", "--require-hashes", "-r", LOCKS[level]],
        "the packages of " + LOCKS[level] + " could not be installed; check the network and call make again.",
    )
    run([python, "-c", COMPILE], "the packages could not be byte-compiled; is the folder writable?")
    run(
        [python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", "."],
        "the kit itself could not be installed; the lines above say why.",
    )
    run([python, "-m", "compileall", "-q", "playbook"], "the kit could not be byte-compiled; is the folder writable?")
    # matplotlib looks through all fonts at its first start
    run([python, "-c", "import matplotlib.font_manager"], "matplotlib does not start; the lines above say why.")
    with open(stamp(level), "w") as done:
        done.write(wanted(level) + "\n")


if __name__ == "__main__":
    main()
