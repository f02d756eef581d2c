"""The embedded PostgreSQL: the wheel's programs, started directly (docs/stack-notes.md 6 says why not by its own class)."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import struct
from pathlib import Path

from embedded.places import account_dir, is_alive
from embedded.postgres_place import ENV
from embedded.programs import Account, Program

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "jit": "off",
    "io_method": "sync",  # the default adds three processes
    "max_logical_replication_workers": "0",
    "max_wal_senders": "0",
    "max_parallel_workers_per_gather": "0",
    "autovacuum_max_workers": "1",
    "max_wal_size": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",  # without the values of a refused row,
    "log_min_error_statement": "panic",  # and without the statement: both contain customers' answers
}


def initdb(bin_dir: Path, where: Path, account: Account | None, log: Path) -> Program:
    """Creates an empty cluster in `new`, to be renamed when complete: a killed initdb leaves no partial cluster."""
    new = where / "new"
    shutil.rmtree(new, ignore_errors=True)
    account_dir(new, account)
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]  # the same on every system
    argv = [
        str(bin_dir / "initdb"),
        "--auth=trust",
        "-E",
        "UTF8",
        *locale,
        "-U",
        "postgres",
        "--no-instructions",
        "-D",
        str(new),
    ]
    return Program("PostgreSQL's initdb", argv, ENV, account=account, log=log, cwd="/")


def server(bin_dir: Path, cluster: Path, sockets: Path, account: Account | None, log: Path, lock: int) -> Program:
    """The postmaster on a unix socket only. SIGINT is a fast clean stop, SIGQUIT an immediate one with recovery later."""
    options = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    argv = [str(bin_dir / "postgres"), "-D", str(cluster), "-k", str(sockets), *options]
    stop, kill = signal.SIGINT, signal.SIGQUIT
    patient = 6  # after a SIGKILL it refuses to start until the last orphaned backend has exited
    return Program("PostgreSQL", argv, ENV, stop, kill, account, log, keeps_open=(lock,), cwd="/", lives=patient)


def forget_stale_pid(cluster: Path) -> None:
    """Remove a crashed run's postmaster.pid if another program has its pid now: PostgreSQL would refuse to start."""
    path = cluster / "postmaster.pid"
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int(path.read_text().split()[0])
        if os.path.isdir("/proc/self") and is_alive(pid) and os.readlink(f"/proc/{pid}/cwd") != str(cluster.resolve()):
            path.unlink()


def is_ready(sockets: Path) -> bool:
    """Connect and log in, with PostgreSQL's wire protocol (a driver would cost the supervisor 6 MB)."""
    parameters = b"user\0postgres\0database\0postgres\0\0"
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as link:
        link.settimeout(1)
        link.connect(str(sockets / ".s.PGSQL.5432"))
        link.sendall(struct.pack("!ii", 8 + len(parameters), 196608) + parameters)
        answer = b""
        while chunk := link.recv(4096):
            answer += chunk
            if answer.endswith(b"Z\0\0\0\x05I"):  # ReadyForQuery, idle
                link.sendall(b"X\0\0\0\x04")
                return True
    return False
