"""A render child: reads task ids from its standard input, renders one at a time, reports changes on standard output.

Lines it writes: `<task id>` when a task's state changed, `=` when it is free, `-` when a second core is of no more use to its
song. It reads `+` where one is idle. It ends when its input closes or the engine dies; the engine ends it after 20 idle
seconds.
"""

from __future__ import annotations

import fcntl
import os
import select
import sys
import time
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING

from integrations.music import MusicError, Reason, SongRequest, State
from integrations.music.studio.giving_way import give_way
from integrations.music.studio.side_by_side import OneCore, die_with
from integrations.music.studio.spool import Spool
from settings import settings

if TYPE_CHECKING:
    from integrations.music.studio.instrument_bank import Bank

MOST_ATTEMPTS = 6  # a request that kills its renderer every time is given up


def tell_engine(line: str) -> None:
    """Write one line to the engine; exit if there is none."""
    try:
        os.write(1, line.encode() + b"\n")
    except OSError:
        os._exit(0)


class Inlet(OneCore):
    """What the engine writes: tasks, and that a second core is idle."""

    def __init__(self, source: int = 0) -> None:
        self.source = source
        self.lines: list[str] = []
        self.rest = b""
        self.is_over = True

    def next_task(self) -> str | None:
        """Wait for a task; None when there will be no more. An offer that came before it was for the song before."""
        self.is_over = False
        while self.lines or self._read():
            while self.lines:
                if (line := self.lines.pop(0)) != "+":
                    return line
        return None

    def is_offered(self) -> bool:
        """Whether a core was offered for this song."""
        if not self.is_over and select.select([self.source], [], [], 0)[0]:
            self._read()
        return not self.is_over and "+" in self.lines

    def give_back(self) -> None:
        """Tell the engine; once for each song."""
        if not self.is_over:
            self.is_over = True
            tell_engine("-")

    def _read(self) -> bool:
        chunk = os.read(self.source, 4096)
        *lines, self.rest = (self.rest + chunk).split(b"\n")
        self.lines += [line.decode() for line in lines]
        return bool(chunk)


def claim_task(spool: Spool, task_id: str) -> int | None:
    """Lock a task for this process, or None when somebody else has it. The lock dies with the process."""
    lock = os.open(spool.path("claims", task_id, ""), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def attempts(lock: int) -> int:
    """How often this task was begun, this time included."""
    count = int(os.pread(lock, 8, 0) or b"0") + 1
    os.pwrite(lock, str(count).encode(), 0)
    return count


def render_task(spool: Spool, task_id: str, bank: Bank, parent: int, core: OneCore) -> None:
    """Render one task, unless it is done, gone or somebody else's."""
    if (lock := claim_task(spool, task_id)) is None:
        return
    try:
        request = spool.request(task_id)
        if request is None or spool.is_done(task_id):
            spool.leave(task_id)
            return
        if attempts(lock) > MOST_ATTEMPTS:
            raise MusicError(Reason.PROVIDER_BUG, f"rendering stopped {MOST_ATTEMPTS} times without an end")
        perform(spool, task_id, request, bank, parent, core)
    except Exception as error:
        transient = isinstance(error, OSError)
        reason = error.reason if isinstance(error, MusicError) else Reason.TRANSIENT if transient else Reason.PROVIDER_BUG
        spool.finish(task_id, {"state": State.FAILED, "reason": reason, "detail": f"{type(error).__name__}: {error}"[:500]})
    finally:
        os.close(lock)
        tell_engine(task_id)


def perform(spool: Spool, task_id: str, request: SongRequest, bank: Bank, parent: int, core: OneCore) -> None:
    """The rendering itself, with progress at most ten times a second."""
    from integrations.music.studio.render import render_song

    last = (0.0, "", -1)

    def report(stage: str, percent: int) -> None:
        nonlocal last
        if os.getppid() != parent:
            os._exit(0)
        now = time.monotonic()
        if stage != last[1] or (percent > last[2] and now - last[0] >= 0.1):
            last = (now, stage, max(percent, last[2]))
            spool.progress(task_id, stage, last[2])
            tell_engine(task_id)

    report("composing", 0)
    misbehave(request.style, report)
    song = render_song(request, bank, report, core)
    result = {
        "state": State.SUCCEEDED,
        "title": request.title,
        "style": song.style,
        "seconds": song.seconds,
        "loudness": song.loudness,
        "lines": [astuple(line) for line in song.lines],
        "sections": [astuple(section) for section in song.sections],
    }
    spool.finish(task_id, result, song.mp3)


def misbehave(style: str, report: object) -> None:
    """The faults that tests ask for; never in production."""
    if settings.is_production:
        return
    if "fault:fail" in style:
        raise MusicError(Reason.TRANSIENT, "asked to fail")
    if "fault:slow" in style and callable(report):
        for _ in range(100):
            time.sleep(0.1)
            report("composing", 1)


def main() -> None:
    """Work until there is no more."""
    parent = int(sys.argv[1])
    die_with(parent)
    give_way(int(sys.argv[3]))
    from integrations.music.studio.instrument_bank import Bank
    from integrations.music.studio.mixing import room

    spool, bank = Spool(Path(sys.argv[2])), Bank()
    room()
    inlet = Inlet()
    tell_engine("=")
    while (name := inlet.next_task()) is not None:
        render_task(spool, name, bank, parent, inlet)
        tell_engine("=")


if __name__ == "__main__":
    main()
