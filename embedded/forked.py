"""A part of Serenade as a fork of the supervisor (Linux): what both have imported is in memory, and was loaded, once."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

CAN_FORK = sys.platform == "linux"  # macOS may kill a fork that goes on without exec; there every part is started anew
_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Forked:
    """A forked child, with what the supervisor uses of `subprocess.Popen`."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        if self.returncode is None:
            with contextlib.suppress(ChildProcessError):  # somebody else has taken its status
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                if not pid:
                    return None
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self) -> int | None:
        """Wait for its end; the exit code."""
        while self.poll() is None:
            time.sleep(0.01)
        return self.returncode


def fork(name: str, body: Callable[[], int], env: Mapping[str, str], set_death_signal: Callable[[], None] | None) -> Forked:
    """Run `body` in a child, in a session of its own, with nothing of this process but its memory and its terminal."""
    sys.stdout.flush()
    sys.stderr.flush()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOP)  # a signal that comes too early waits until the child can take it
    pid = os.fork()
    if pid == 0:
        _be_child(name, body, env, set_death_signal, before)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return Forked(pid)


def _be_child(
    name: str,
    body: Callable[[], int],
    env: Mapping[str, str],
    set_death_signal: Callable[[], None] | None,
    mask: set[signal.Signals] | set[int],
) -> NoReturn:
    """Never returns into the supervisor's code, whose `finally` would stop its programs."""
    code = 1
    try:
        os.setsid()
        if set_death_signal:
            set_death_signal()
        _let_go(mask)
        os.environ.clear()
        os.environ.update(env)
        show_as(name)
        code = body()
    except SystemExit as asked:
        code = asked.code if isinstance(asked.code, int) else 1
    except KeyboardInterrupt:
        code = 130
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _let_go(mask: set[signal.Signals] | set[int]) -> None:
    """The supervisor's handlers and descriptors: by the pipe's end its guard knows that it lives, by the lock others do."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number in _STOP:
        if signal.getsignal(number) != signal.SIG_IGN:  # nohup ignores SIGHUP on purpose
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.closerange(3, max(map(int, os.listdir("/proc/self/fd"))) + 1)


def show_as(name: str) -> None:
    """What `ps` shows: `main.py worker` in place of the supervisor's own command line, where there is room for it."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        start, end = int(fields[45]), int(fields[46])  # arg_start, arg_end: proc_pid_stat(5), fields 48 and 49
        line = f"main.py\0{name}\0".encode()
        if start and len(line) <= end - start:
            ctypes.memmove(start, line.ljust(end - start, b"\0"), end - start)
