"""One child process of the supervisor: how it starts and stops, and that it never outlives the supervisor."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from embedded.forked import Forked, fork

_LOG_LIMIT = 5_000_000  # bytes; a larger log is set aside once, at the next start
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None

Command = Sequence[str] | Callable[[], int]  # a function is run by a fork of this process
Pause = Callable[[float], None]  # waits that many seconds; raises StopAsked after a stop signal


class StoreError(Exception):
    """Why something did not start, in sentences for the operator."""


class AlreadyRunningError(StoreError):
    """Another process holds the data directory."""


@dataclass(frozen=True)
class Account:
    """The user and group of a program that must not run as root."""

    uid: int
    gid: int


@dataclass
class Program:
    """A command that is kept running."""

    name: str
    argv: Command
    env: Mapping[str, str]
    stop_signal: signal.Signals = signal.SIGTERM
    kill_signal: signal.Signals = signal.SIGKILL
    account: Account | None = None
    log: Path | None = None
    keeps_open: Sequence[int] = ()  # file descriptors it inherits
    cwd: str | None = None
    lives: int = 3  # so many early exits in a row end the supervisor
    process: subprocess.Popen[bytes] | Forked | None = field(default=None, init=False)

    @property
    def is_running(self) -> bool:
        """Started and not exited."""
        return self.process is not None and self.process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """As Popen gives it: negative for a signal."""
        return self.process.poll() if self.process else None

    def log_tail(self, line_count: int = 8) -> str:
        """The last lines of its log, for an error message."""
        if self.log is None or not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-line_count:])

    def start(self) -> int:
        """Start it, in a session of its own; its pid. Called by Guard.start only."""
        if callable(self.argv):
            self.process = fork(self.name.partition("-")[0], self.argv, self.env, _die_with_parent(self.stop_signal))
            return self.process.pid
        with contextlib.ExitStack() as stack:
            out = stack.enter_context(_open_log(self.log)) if self.log else None
            self.process = subprocess.Popen(  # noqa: S603 commands come from our own code
                self.argv,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT if out else None,
                cwd=self.cwd,
                pass_fds=self.keeps_open,
                start_new_session=True,
                preexec_fn=_die_with_parent(self.stop_signal),
                user=self.account.uid if self.account else None,
                group=self.account.gid if self.account else None,
                extra_groups=[] if self.account else None,
            )
        return self.process.pid


def _open_log(path: Path) -> contextlib.AbstractContextManager[BinaryIO]:
    if path.exists() and path.stat().st_size > _LOG_LIMIT:
        path.replace(path.with_suffix(".1.log"))
    return path.open("ab")


def _die_with_parent(sig: signal.Signals) -> Callable[[], None] | None:
    """Runs in the child after the change of user (which would clear the setting) and before exec."""
    libc, parent = _libc, os.getpid()
    if libc is None:
        return None

    def set_death_signal() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, sig.value)
        if os.getppid() != parent:  # the parent exited meanwhile
            os._exit(1)

    return set_death_signal
