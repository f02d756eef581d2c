"""Signals as events to wait for: a wait ends early when a child exits, and raises when a stop signal arrives."""

from __future__ import annotations

import os
import select
import signal
from types import FrameType, TracebackType

_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopAsked(Exception):
    """Ctrl-C, SIGTERM or a closed terminal."""


class Interrupts:
    """While entered, stop signals are counted instead of interrupting the code. Main thread only."""

    def __init__(self) -> None:
        self.stop_count = 0

    def __enter__(self) -> Interrupts:
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)
        self._wakeup = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        wanted = [s for s in _STOP if signal.getsignal(s) != signal.SIG_IGN]  # nohup ignores SIGHUP on purpose
        self._before = {s: signal.signal(s, self._count) for s in wanted}
        self._before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda number, frame: None)  # only ends a wait
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)
        signal.set_wakeup_fd(self._wakeup)
        os.close(self._read)
        os.close(self._write)

    def pause(self, seconds: float) -> None:
        """Wait that long, or until any signal. Raises StopAsked after a stop signal."""
        if not self.stop_count and select.select([self._read], [], [], seconds)[0]:
            os.read(self._read, 4096)
        if self.stop_count:
            raise StopAsked

    def _count(self, number: int, frame: FrameType | None) -> None:
        self.stop_count += 1
