"""A supervisor in a process of its own, and what became of its stores, for test_embedded."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import psycopg2
import pytest
import redis

from embedded.stores import Stores, start_stores
from tests.support.stack import HEALED

REPO = Path(__file__).parents[2]

STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if len(sys.argv) == 2:  # a grandchild in a group of its own, like an RQ work horse
    subprocess.Popen([sys.executable, '-c', sys.orig_argv[2], sys.argv[1], 'horse'], process_group=0)
print('child runs', flush=True)
time.sleep(600)
"""

KEEP_AND_FIND = """
import sys, psycopg2, redis
from pathlib import Path
from embedded.stores import start_stores
for step in ("CREATE TABLE kept AS SELECT 7 AS n", "SELECT n FROM kept"):
    stores = start_stores(Path(sys.argv[1]), True, True)
    link = psycopg2.connect(stores.database_url)
    with link, link.cursor() as cursor:
        cursor.execute(step)
        rows = cursor.fetchall() if step.startswith("SELECT") else None
    link.close()
    redis.Redis.from_url(stores.redis_url).incr("starts")
    starts = redis.Redis.from_url(stores.redis_url).get("starts")
    stores.stop()
print(rows, starts)
"""
SUPERVISE = """
import json, os, sys
from pathlib import Path
from embedded.supervisor import supervise
children, data_dir = json.loads(sys.argv[1]), Path(sys.argv[2])
sys.exit(supervise(children, os.environ, data_dir=data_dir))
"""


def eventually(is_so: Callable[[], object], seconds: float = HEALED) -> bool:
    """Poll a condition until it holds or the time is up."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def living(place: Path) -> list[str]:
    """Command lines of the processes that name this place or work in it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_text().replace("\0", " ")
            if command and (str(place) in command or os.readlink(process / "cwd").startswith(str(place))):
                found.append(f"{process.name} {command}")
        except OSError:
            continue
    return found


def remember(stores_or_url: Stores | tuple[str, str], number: int) -> None:
    """Write one row and one key."""
    database_url, redis_url = urls(stores_or_url)
    query(database_url, f"CREATE TABLE IF NOT EXISTS kept (n int); INSERT INTO kept VALUES ({number}) RETURNING n")
    redis.Redis.from_url(redis_url).set("kept", number)


def recalled(stores_or_url: Stores | tuple[str, str]) -> tuple[object, object]:
    """Read both back."""
    database_url, redis_url = urls(stores_or_url)
    return query(database_url, "SELECT max(n) FROM kept"), redis.Redis.from_url(redis_url).get("kept")


def urls(stores_or_url: Stores | tuple[str, str]) -> tuple[str, str]:
    if isinstance(stores_or_url, Stores):
        return stores_or_url.database_url, stores_or_url.redis_url
    return stores_or_url


def query(url: str, sql: str) -> object:
    link = psycopg2.connect(url)
    with link, link.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    link.close()
    return row[0] if row else None


class Supervised:
    """A supervisor in a process of its own, with its output in a file."""

    started: ClassVar[list[Supervised]] = []

    def __init__(self, data_dir: Path, children: dict[str, str], **env: str) -> None:
        self.output = data_dir.parent / "output"
        argv = {name: [sys.executable, "-c", code, str(data_dir)] for name, code in children.items()}
        environ = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
        with self.output.open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-c", SUPERVISE, json.dumps(argv), str(data_dir)],
                cwd=REPO,
                env={**environ, "PYTHONPATH": str(REPO), **env},
                stdout=out,
                stderr=out,
            )
        self.started.append(self)

    @property
    def said(self) -> str:
        return self.output.read_text()

    def says(self, words: str, times: int = 1) -> bool:
        return eventually(lambda: self.said.count(words) >= times or self.process.poll() is not None) and words in self.said

    def ends(self, *signals: signal.Signals) -> int:
        for number in signals:
            self.process.send_signal(number)
        return self.process.wait(60)


def addresses(data_dir: Path) -> tuple[str, str]:
    """What a supervised child would find in its environment."""
    command = next(line for line in living(data_dir) if "child runs" in line and "supervise" not in line)
    pairs = (Path("/proc") / command.split()[0] / "environ").read_text().split("\0")
    environ = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    return environ["DATABASE_URL"], environ["REDIS_URL"]


def copied_python(where: Path) -> str:
    """A copy of the running Python, whose own place may be somebody's closed home."""
    lib = f"python3.{sys.version_info.minor}"
    skip = shutil.ignore_patterns("test", "site-packages", "idlelib", "__pycache__", "config-*", "*.a")
    shutil.copytree(Path(sys.base_prefix) / "lib" / lib, where / "python/lib" / lib, ignore=skip)
    (where / "python/bin").mkdir()
    for shared in (Path(sys.base_prefix) / "lib").glob("libpython3*.so*"):
        shutil.copy2(shared, where / "python/lib")
    return str(shutil.copy2(Path(sys.executable).resolve(), where / "python/bin" / lib))


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A fresh one where every user may pass by, unlike pytest's own tmp_path."""
    parent = Path(tempfile.mkdtemp(prefix="embedded-", dir="/tmp"))
    parent.chmod(0o755)
    yield parent / "data"
    for supervised in Supervised.started:
        supervised.process.kill()
        supervised.process.wait()
    assert eventually(lambda: not living(parent)), f"left running: {living(parent)}"
    for note in parent.rglob("pg.place"):
        shutil.rmtree(note.read_text(), ignore_errors=True)
    shutil.rmtree(parent)


@pytest.fixture(scope="module")
def once_started() -> Iterator[Path]:
    """A data directory whose first start is behind it."""
    parent = Path(tempfile.mkdtemp(prefix="embedded-", dir="/tmp"))
    parent.chmod(0o755)
    start_stores(parent / "data", True, True).stop()
    yield parent / "data"
    shutil.rmtree(parent)


@pytest.fixture
def used_dir(data_dir: Path, once_started: Path) -> Path:
    """A copy of it, which starts in a tenth of the time."""
    subprocess.run(["cp", "-a", once_started, data_dir], check=True)
    return data_dir
