"""Starts PostgreSQL and Valkey in parallel on one data directory, and stops them."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from embedded import places, postgres, postgres_place, valkey
from embedded.children import Guard
from embedded.forked import Forked
from embedded.programs import Account, Pause, Program, StoreError

_START_SECONDS = 60.0  # until a server that neither answers nor exits counts as failed; recovery after a crash takes some


@dataclass
class Stores:
    """The running servers of one data directory. A URL is empty when that server was not wanted."""

    guard: Guard
    owns_guard: bool
    pause: Pause
    lock: int | None = None
    sockets: Path | None = None
    database_url: str = ""
    redis_url: str = ""
    programs: list[Program] = field(default_factory=list)
    kept_in: dict[str, Path] = field(default_factory=dict)  # program name -> where its data is

    @property
    def processes(self) -> dict[str, subprocess.Popen[bytes] | Forked]:
        """The server processes by name, while they are known to run."""
        return {p.name: p.process for p in self.programs if p.process}

    def stop(self, seconds: float = 5.0, is_urgent: Callable[[], bool] = lambda: False) -> None:
        """Stop cleanly (kill after `seconds`) and release the data directory. Calling it twice is harmless."""
        self.guard.stop(self.programs, seconds, is_urgent)
        self.programs.clear()
        if self.sockets:
            shutil.rmtree(self.sockets, ignore_errors=True)
            self.sockets = None
        if self.lock is not None:
            os.close(self.lock)
            self.lock = None
        if self.owns_guard:
            self.guard.close()


def start_stores(
    data_dir: Path,
    want_postgres: bool,
    want_redis: bool,
    *,
    guard: Guard | None = None,
    pause: Pause = time.sleep,
    meanwhile: Callable[[Stores], None] = lambda stores: None,
) -> Stores:
    """Start the wanted servers and return once they answer. Main thread only. `meanwhile` is called with the URLs that will
    be theirs while PostgreSQL makes its cluster, or starts.

    Raises StoreError in one sentence or two: already running, cannot start, with the last lines of the log.
    """
    data_dir = data_dir.absolute()
    stores = Stores(guard or Guard(), owns_guard=guard is None, pause=pause)
    try:
        if want_postgres or want_redis:
            lock = stores.lock = places.lock(data_dir, pause)
            places.refuse_full_disk(data_dir)
            account = places.lower_account(data_dir) if want_postgres else None
            sockets = stores.sockets = places.socket_dir(data_dir, account)
            (data_dir / "logs").mkdir(exist_ok=True, mode=0o700)
            awaited = _start_valkey(stores, data_dir, sockets, lock) if want_redis else []  # starts while initdb runs
            if want_postgres:
                awaited += _start_postgres(stores, data_dir, sockets, lock, account, meanwhile)
            else:
                meanwhile(stores)
            _await_all(awaited, pause)
        else:
            meanwhile(stores)
    except OSError as error:
        stores.stop()
        raise StoreError(f"The embedded servers cannot start: {error}.") from None
    except BaseException:
        stores.stop()
        raise
    return stores


Awaited = tuple[Program, Callable[[], bool]]


def _start_valkey(stores: Stores, data_dir: Path, sockets: Path, lock: int) -> list[Awaited]:
    path = sockets / "valkey.sock"
    program = valkey.server(places.private_dir(data_dir / "valkey", None), path, data_dir / "logs/valkey.log", lock)
    stores.programs.append(program)
    stores.guard.start(program)
    stores.kept_in[program.name] = data_dir / "valkey"
    stores.redis_url = f"unix://{path}"
    return [(program, lambda: valkey.is_ready(path))]


def _start_postgres(
    stores: Stores,
    data_dir: Path,
    sockets: Path,
    lock: int,
    account: Account | None,
    meanwhile: Callable[[Stores], None],
) -> list[Awaited]:
    where, log = postgres_place.place(data_dir, account), data_dir / "logs/postgres.log"
    socket_dir = places.account_dir(sockets / "pg", account)
    bin_dir = postgres_place.programs(where, account)
    cluster = where / postgres_place.VERSION
    stores.database_url = f"postgresql://postgres@/postgres?host={socket_dir}"
    if new := not cluster.exists():
        places.refuse_nameless_user(account.uid if account else os.geteuid())
        _make_cluster(stores, postgres.initdb(bin_dir, where, account, log), cluster, meanwhile)
    postgres.forget_stale_pid(cluster)
    program = postgres.server(bin_dir, cluster, socket_dir, account, log, lock)
    stores.programs.append(program)
    stores.guard.start(program)
    stores.kept_in[program.name] = where
    if not new:
        meanwhile(stores)
    return [(program, lambda: postgres.is_ready(socket_dir))]


def _make_cluster(stores: Stores, initdb: Program, cluster: Path, meanwhile: Callable[[Stores], None]) -> None:
    """Run initdb and move the new cluster to its path in one step, with fsync."""
    stores.programs.append(initdb)
    stores.guard.start(initdb)
    meanwhile(stores)
    while initdb.is_running:
        stores.pause(0.02)
    if initdb.exit_code != 0:
        raise StoreError(f"{initdb.name} failed (exit {initdb.exit_code}):\n{initdb.log_tail()}")
    stores.programs.remove(initdb)
    stores.guard.exited(initdb)
    (cluster.parent / "new").rename(cluster)
    directory = os.open(cluster.parent, os.O_RDONLY)
    os.fsync(directory)
    os.close(directory)


def _await_all(awaited: list[Awaited], pause: Pause) -> None:
    """Wait until each answers; fails at once when one exits."""
    deadline = time.monotonic() + _START_SECONDS
    while awaited := [(program, is_ready) for program, is_ready in awaited if not is_ready()]:
        for program, _ in awaited:
            if not program.is_running:
                raise StoreError(f"{program.name} did not start (exit {program.exit_code}):\n{program.log_tail()}")
            if time.monotonic() > deadline:
                raise StoreError(f"{program.name} did not answer within {_START_SECONDS:.0f} s:\n{program.log_tail()}")
        pause(0.02)
