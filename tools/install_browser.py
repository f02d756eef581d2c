"""Finds a Chromium for the browser tests, or installs one: Debian's package where we may, else Playwright's own.

The headless shell comes first: the same engine without a browser around it, and a page costs 0.8 s of a processor there instead
of 2.0 s (docs/decisions/0047).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

SHELL = "chromium-headless-shell"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser(*, whole: bool = False) -> str | None:
    """The path of an installed Chromium, or None. `whole`: a browser that people use, not the headless shell."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, (*_NAMES, SHELL) if whole else (SHELL, *_NAMES))), None)


def install_browser() -> int:
    """0 once there is a browser."""
    if find_browser():
        return 0
    sys.stdout.write("Installing Chromium for the browser tests (once).\n")
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=False, stdout=subprocess.DEVNULL)
        packages = ["apt-get", "install", "-y", "-qq", "--no-install-recommends"]
        for name in (SHELL, "chromium"):  # older systems have no package of the shell
            done = subprocess.run([*packages, name], env=quiet, check=False, stdout=subprocess.DEVNULL)
            if done.returncode == 0 and find_browser():
                return 0
    playwright = [sys.executable, "-m", "playwright", "install", "--with-deps", "--only-shell", "chromium"]
    return subprocess.run(playwright, check=False).returncode


if __name__ == "__main__":
    sys.exit(install_browser())
