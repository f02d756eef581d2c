"""A data directory whose first start is behind it: making a cluster and its tables costs three seconds of a processor."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from embedded.stores import start_stores
from tests.support.stack import ROOT


@contextmanager
def ready_data() -> Iterator[Path]:
    """A fresh directory with an empty, migrated database in it, for `Stack(path, ..., DATABASE_URL=None, REDIS_URL=None)`."""
    parent = Path(tempfile.mkdtemp(prefix="serenade-ready-"))
    parent.chmod(0o755)  # as root, PostgreSQL's own user must reach its data below it
    try:
        subprocess.run(["cp", "-a", _pattern(), parent / "data"], check=True)
        yield parent / "data"
    finally:
        shutil.rmtree(parent, ignore_errors=True)


@cache
def _pattern() -> Path:
    """Made once in each process of tests, beside its other data."""
    folder = Path(os.environ["DATA_DIR"]).parent / "pattern"
    stores = start_stores(folder, True, False)
    try:
        here = {"DATABASE_URL": stores.database_url, "DATA_DIR": str(folder)}
        here["REDIS_URL"] = "redis://127.0.0.1:1"  # never asked; where none is named, the embedded one would be waited for
        environment = {**os.environ, **here}
        subprocess.run([sys.executable, "main.py", "migrate"], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    finally:
        stores.stop()
    return folder
