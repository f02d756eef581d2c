"""Brings packaged servers and programs that a few tests need, where Debian packages can be installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGES = ("postgresql", "pgbouncer", "redis-server", "poppler-utils", "nginx-light")


def find_postgres() -> Path | None:
    """The folder of the newest packaged PostgreSQL's programs, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    return found[-1].parent if found else None


def find_redis() -> str | None:
    """The packaged redis-server, or None."""
    return shutil.which("redis-server")


def find_pgbouncer() -> str | None:
    """The packaged pgbouncer, or None."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def find_nginx() -> str | None:
    """The packaged nginx, or None."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def install_servers() -> None:
    """Install what is missing, where we may."""
    has_all = find_postgres() and find_redis() and find_pgbouncer() and find_nginx() and shutil.which("pdftoppm")
    if has_all or not shutil.which("apt-get") or os.geteuid() != 0:
        return
    sys.stdout.write("Installing packages of PostgreSQL, PgBouncer, Redis, nginx and Poppler for a few tests (once).\n")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES],
    ):
        subprocess.run(command, env=quiet, check=False, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    install_servers()
