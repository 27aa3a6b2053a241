"""See that there is a Chromium for the tests in a browser: installed by apt where this runs as root, else named."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")


def main() -> int:
    """Return 0 where a browser is there or was installed."""
    if os.environ.get("PLAYBOOK_BROWSER") or any(map(shutil.which, NAMES)):
        return 0
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for call in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]):
            if subprocess.run(call, env=quiet, stdout=subprocess.DEVNULL, check=False).returncode:
                break
        if any(map(shutil.which, NAMES)):
            return 0
    print("Chromium is missing: install it (Debian: apt-get install chromium), or name a browser in PLAYBOOK_BROWSER.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
