"""Starts and stops child processes so that none outlives the supervisor, however that ends."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence

from embedded import guard as guard_script
from embedded.guard import kill_session, send
from embedded.programs import Program


class Guard:
    """Starts programs and ensures that they end with this process, even when it is killed with SIGKILL.

    Two lines of defence: the kernel's parent-death signal (Linux), and the guard process, which reads the end of a pipe.
    """

    def __init__(self) -> None:
        argv = [sys.executable, "-I", "-S", guard_script.__file__]
        self._script = subprocess.Popen(argv, stdin=subprocess.PIPE, cwd="/", start_new_session=True)  # noqa: S603 our own file

    def start(self, program: Program) -> None:
        """Start it in a session of its own. Main thread only: the parent-death signal is tied to the thread that forks."""
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("programs are started from the main thread only")
        pid = program.start()
        self._tell(f"+{pid} {program.stop_signal.value} {program.kill_signal.value}")

    def exited(self, program: Program) -> None:
        """It has exited: end what is left of its session, and forget its pid, which the system may reuse."""
        if program.process:
            kill_session(program.process.pid, signal.SIGKILL)
            self._tell(f"-{program.process.pid}")
            program.process = None

    def stop(self, programs: Sequence[Program], seconds: float, is_urgent: Callable[[], bool] = lambda: False) -> None:
        """Send the stop signals in reverse order, wait up to `seconds`, then kill; at once when `is_urgent`."""
        for program in reversed(programs):
            if program.process:
                send(program.process.pid, program.stop_signal)
        _wait(programs, seconds, is_urgent)
        for program in reversed(programs):
            if program.is_running and program.process:
                kill_session(program.process.pid, program.kill_signal)
        _wait(programs, 1.0)
        for program in reversed(programs):
            if program.process:
                kill_session(program.process.pid, signal.SIGKILL)
                program.process.wait()
                self.exited(program)

    def close(self) -> None:
        """All programs are stopped: end the guard process."""
        with contextlib.suppress(BrokenPipeError):
            if self._script.stdin:
                self._script.stdin.close()
        self._script.wait()

    def _tell(self, line: str) -> None:
        if self._script.stdin:
            with contextlib.suppress(BrokenPipeError):  # the kernel's parent-death signal still works without it
                self._script.stdin.write(line.encode() + b"\n")
                self._script.stdin.flush()


def _wait(programs: Sequence[Program], seconds: float, is_urgent: Callable[[], bool] = lambda: False) -> None:
    """Wait until all have exited, at most `seconds`."""
    deadline = time.monotonic() + seconds
    while any(p.is_running for p in programs) and time.monotonic() < deadline and not is_urgent():
        time.sleep(0.01)
