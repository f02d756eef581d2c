"""Parts of the product as forks of one process that has the libraries in memory: to import them is most of what a start costs.

Run as a program, this file is that process. It imports nothing of ours but what forks, so each part reads its own settings.
What a user types is `python main.py`; that it starts so is what test_embedded and test_documented_commands are for.
"""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":
    sys.path[0] = str(ROOT)

from embedded.forked import CAN_FORK, Forked, fork  # noqa: E402 as a program it has to be told where ours are

LIBRARIES = (
    "email_validator", "fastapi.staticfiles", "jinja2", "lameenc", "mutagen", "nicegui", "numpy", "peewee",
    "playhouse.postgres_ext", "prometheus_client", "psycopg2", "redis.asyncio", "requests", "rq", "segno", "soundfile",
    "uvicorn",
)  # fmt: skip
ROOM = 30_000  # bytes that a fork may overwrite with its own environment, as /proc shows it


class Part:
    """A running part, with what tests use of `subprocess.Popen`."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        if self.returncode is None:
            self.returncode = _ask({"poll": self.pid})
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Its exit code; raises TimeoutExpired after so many seconds."""
        until = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("main.py", timeout)
            time.sleep(0.02)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


Process = Part | subprocess.Popen[bytes]


def start(
    words: tuple[str, ...], environment: Mapping[str, str], log: Path, before: str = ""
) -> Part | subprocess.Popen[bytes]:
    """`python main.py words...` with this environment alone. `before` is a line of Python that it runs first."""
    if not CAN_FORK:
        return start_cold(words, environment, log, before)
    return Part(_ask({"words": words, "environment": dict(environment), "log": str(log), "before": before}))


def start_cold(words: tuple[str, ...], environment: Mapping[str, str], log: Path, before: str = "") -> subprocess.Popen[bytes]:
    """The same as a process that shares nothing, as a user would start it."""
    program = ["-c", f"{before}; import cli, sys; sys.exit(cli.main(sys.argv[1:]))"] if before else ["main.py"]
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, *program, *words],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )


_lock = threading.Lock()


def _ask(question: dict[str, Any]) -> Any:
    with _lock:
        line = _program()
        assert line.stdin
        assert line.stdout
        line.stdin.write(json.dumps(question).encode() + b"\n")
        line.stdin.flush()
        return json.loads(line.stdout.readline())


@cache
def _program() -> subprocess.Popen[bytes]:
    program = subprocess.Popen(
        [sys.executable, __file__],
        cwd=ROOT,
        env={**os.environ, "ROOM": "x" * ROOM},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    atexit.register(program.kill)
    return program


def serve() -> None:
    """Fork what is asked for, until nobody can ask any more."""
    from importlib import import_module

    from processes import importing

    with importing():
        for name in LIBRARIES:
            import_module(name)
    forked: dict[int, Forked] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        if "poll" in asked:
            answer = forked[asked["poll"]].poll()
        else:
            part = fork("".join(asked["words"]), partial(_run, asked), asked["environment"], None)
            forked[answer := part.pid] = part
        print(json.dumps(answer), flush=True)  # noqa: T201 it is read by `_ask`


def _run(asked: dict[str, Any]) -> int:
    """What `main.py` does, in a fork."""
    log = os.open(asked["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for number in (1, 2):
        os.dup2(log, number)
    _show_environment()
    sys.argv = ["main.py", *asked["words"]]
    exec(asked["before"], {})
    from cli import main

    return main(asked["words"])


def _show_environment() -> None:
    """By it `Stack.pids` knows what belongs to a stack."""
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    begin, end = int(fields[47]), int(fields[48])  # env_start, env_end: proc_pid_stat(5), fields 50 and 51
    block = "".join(f"{name}={value}\0" for name, value in os.environ.items()).encode()
    if len(block) > end - begin:
        raise ValueError("more environment than ROOM")
    ctypes.memmove(begin, block.ljust(end - begin, b"\0"), end - begin)


if __name__ == "__main__":
    serve()
