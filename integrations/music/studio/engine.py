"""The engine: a light parent that hands requests, first come first, to render children (`python main.py studio`).

The parent imports no numpy. Children start when there is work, stay 20 s for more, and die with the parent.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from integrations.music.studio.provider import spool
from integrations.music.studio.spool import TASK, Spool
from settings import settings

log = logging.getLogger("serenade.studio")
IDLE_SECONDS = 20.0
NICE = 15  # the renderers give way to everything that somebody watches a page for
_ROOT = Path(__file__).resolve().parents[3]
Changed = Callable[[str], None]


class Child:
    """One render child and what it works on."""

    def __init__(self, folder: Path, nice: int) -> None:
        theirs, self.inlet = os.pipe()
        self.outlet, ours = os.pipe()
        environ = {
            **os.environ,
            "PYTHONPATH": f"{_ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
            "OPENBLAS_NUM_THREADS": "1",
            "MALLOC_MMAP_THRESHOLD_": str(32 << 20),  # glibc: a song's buffers are used again, not given back and
            "MALLOC_TRIM_THRESHOLD_": str(256 << 20),  # fetched anew a hundred times: 7 % of the processor time
        }
        moves = [(os.POSIX_SPAWN_DUP2, theirs, 0), (os.POSIX_SPAWN_DUP2, ours, 1)]
        command = [sys.executable, "-m", settings.studio_renderer, str(os.getpid()), str(folder), str(nice)]
        self.pid = os.posix_spawn(sys.executable, command, environ, file_actions=moves, setsigmask=[])
        os.close(theirs)
        os.close(ours)
        os.set_blocking(self.outlet, False)
        self.task: str | None = None
        self.free = False
        self.wants = self.has_second = False  # a second core for its song
        self.has_worked = False
        self.idle_since = time.monotonic()
        self.heard = b""

    def give(self, task_id: str) -> None:
        """Let it render a task."""
        self.task, self.free, self.wants = task_id, False, True
        self._write(task_id)

    def offer(self) -> None:
        """Let it use a second core until it gives that back."""
        self.has_second = True
        self._write("+")

    def give_back(self) -> None:
        """It uses one core from now on."""
        self.wants = self.has_second = False

    def cores(self) -> int:
        """How many it may use; one that starts uses one."""
        return 0 if self.free else 1 + self.has_second

    def _write(self, line: str) -> None:
        with suppress(BrokenPipeError):  # it just died; the engine notices when its pipe closes
            os.write(self.inlet, line.encode() + b"\n")

    def lines(self) -> list[str] | None:
        """What it said since last time; None when it is gone."""
        with suppress(BlockingIOError):
            chunk = os.read(self.outlet, 65536)
            if not chunk:
                return None
            *lines, self.heard = (self.heard + chunk).split(b"\n")
            return [line.decode() for line in lines]
        return []

    def end(self) -> None:
        """Kill it and wait until it is gone."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        for pipe in (self.inlet, self.outlet):
            os.close(pipe)
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


class Engine:
    """Keeps up to `workers` cores busy, with a child on each; the lines of one song may be sung by two processes."""

    def __init__(self, spool: Spool, workers: int, on_change: Changed | None, nice: int = NICE) -> None:
        self.nice = nice
        self.spool, self.workers, self.on_change = spool, workers, on_change
        self.children: list[Child] = []
        self.elsewhere: dict[str, float] = {}  # tasks that another engine seems to render, and when to look again
        with suppress(FileExistsError):
            os.mkfifo(spool.wake_fifo, 0o600)
        self.wake_fifo = os.open(spool.wake_fifo, os.O_RDWR | os.O_NONBLOCK)
        self.tidy_at = 0.0
        self.start_at = 0.0  # not before this may another child be started

    def turn(self, timeout: float) -> None:
        """Hand out work, then wait for the wake FIFO, a line from a child, or `timeout` seconds."""
        self._hand_out()
        outlets = {child.outlet: child for child in self.children}
        ready, _, _ = select.select([self.wake_fifo, *outlets], [], [], timeout)
        for source in ready:
            if source == self.wake_fifo:
                with suppress(BlockingIOError):
                    os.read(self.wake_fifo, 4096)
            else:
                self._listen(outlets[source])
        self._end_idle()
        if time.monotonic() >= self.tidy_at:
            self.tidy_at = time.monotonic() + 3600
            self.spool.tidy()

    def _hand_out(self) -> None:
        """A core that is idle goes to the only song that is being made, else to the next, else to one that can use a second."""
        now = time.monotonic()
        busy = {child.task for child in self.children}
        self.elsewhere = {task: until for task, until in self.elsewhere.items() if until > now}
        tasks = [t for t in self.spool.waiting() if t not in busy and t not in self.elsewhere]
        tasks = tasks[: self.workers]
        while sum(child.cores() for child in self.children) < self.workers:
            making = [child for child in self.children if child.task]
            second = next((child for child in making if child.wants and not child.has_second), None)
            free = next((child for child in self.children if child.free), None)
            if second and (len(making) == 1 or not tasks):
                second.offer()
            elif tasks and free:
                free.give(tasks.pop(0))
            elif self._is_one_missing(len(tasks), now):
                self.children.append(Child(self.spool.folder, self.nice))
            else:
                return

    def _is_one_missing(self, tasks: int, now: float) -> bool:
        starting = sum(child.task is None and not child.free for child in self.children)
        return starting < tasks and len(self.children) < self.workers and now >= self.start_at

    def _listen(self, child: Child) -> None:
        lines = child.lines()
        if lines is None:
            self._replace_dead(child)
            return
        for line in lines:
            if line == "-":
                child.give_back()
                continue
            if line != "=":
                self._tell(line)
                continue
            child.give_back()
            if child.task and child.task in self.spool.waiting():
                self.elsewhere[child.task] = time.monotonic() + 1.0
            child.task, child.free, child.has_worked, child.idle_since = None, True, True, time.monotonic()

    def _replace_dead(self, child: Child) -> None:
        """A child died: its task waits again, and another child takes it."""
        self.children.remove(child)
        child.end()
        if not child.has_worked:  # it cannot even start: do not try as fast as the machine can
            self.start_at = time.monotonic() + 1.0
        if child.task and not self.spool.is_done(child.task):
            self.spool.forget_progress(child.task)
            self._tell(child.task)

    def _end_idle(self) -> None:
        for child in [c for c in self.children if c.free and time.monotonic() - c.idle_since > IDLE_SECONDS]:
            self.children.remove(child)
            child.end()

    def _tell(self, task_id: str) -> None:
        if self.on_change is not None and TASK.fullmatch(task_id):
            try:
                self.on_change(task_id)
            except Exception:  # a failing callback must not stop the rendering
                log.exception("the callback for a changed task failed")

    def close(self) -> None:
        """Stop at once. What was being rendered is begun again by the next engine."""
        for child in self.children:
            child.end()
            if child.task and not self.spool.is_done(child.task):
                self.spool.forget_progress(child.task)
                self.spool.path("claims", child.task, "").unlink(missing_ok=True)  # a stop counts as no attempt
        self.children.clear()
        os.close(self.wake_fifo)


def run_studio(
    stop: threading.Event | None = None,
    on_change: Changed | None = None,
    workers: int | None = None,
    own_spool: Spool | None = None,
    nice: int = NICE,
) -> None:
    """Run until `stop` is set or SIGTERM or SIGINT arrives (only when called in the main thread).

    `on_change(task_id)` is called in this thread after a task's state or progress was written; its exceptions stop nothing.
    """
    stop = stop or threading.Event()
    engine = Engine(own_spool or spool(), max(1, workers or settings.workers), on_change, nice)
    before: dict[int, object] = {}

    def end(number: int, frame: object) -> None:
        stop.set()
        with suppress(OSError):
            os.write(engine.wake_fifo, b"!")

    if threading.current_thread() is threading.main_thread():
        before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        while not stop.is_set():
            engine.turn(0.5)
    finally:
        engine.close()
        for number, previous in before.items():
            signal.signal(number, previous)  # type: ignore[arg-type]


if __name__ == "__main__":
    run_studio()
