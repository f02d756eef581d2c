"""Finds a Chromium for the browser tests, or installs one: Debian's package where we may, else Playwright's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser() -> str | None:
    """The path of an installed Chromium, or None."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


def install() -> int:
    """0 once there is a browser."""
    if find_browser():
        return 0
    sys.stdout.write("Installing Chromium for the browser tests (once).\n")
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=False, stdout=subprocess.DEVNULL)
        packages = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
        done = subprocess.run(packages, env=quiet, check=False, stdout=subprocess.DEVNULL)
        if done.returncode == 0 and find_browser():
            return 0
    return subprocess.run([sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"], check=False).returncode


if __name__ == "__main__":
    sys.exit(install())
