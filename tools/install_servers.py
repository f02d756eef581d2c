"""Brings packaged servers and programs that a few tests need, where Debian packages can be installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path


def find_postgres() -> Path | None:
    """The folder of the newest packaged PostgreSQL's programs, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    return found[-1].parent if found else None


def find_redis() -> str | None:
    """The packaged redis-server, or None."""
    return shutil.which("redis-server")


def install() -> None:
    """Install what is missing, where we may."""
    has_all = find_postgres() and find_redis() and shutil.which("pdftoppm") and shutil.which("nginx")
    if has_all or not shutil.which("apt-get") or os.geteuid() != 0:
        return
    sys.stdout.write("Installing PostgreSQL, Redis, Poppler and nginx packages for a few tests (once).\n")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        [
            "apt-get",
            "install",
            "-y",
            "-qq",
            "--no-install-recommends",
            "postgresql",
            "redis-server",
            "poppler-utils",
            "nginx-light",
        ],
    ):
        subprocess.run(command, env=quiet, check=False, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    install()
