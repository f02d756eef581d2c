"""The spool: where requests are handed in and recordings fetched. Plain files; every change is one atomic rename.

open/<task>.json   a request that is not finished; its modification time is its place in the queue
claims/<task>      locked (flock) by the process that renders it; holds how often that was begun
state/<task>.json  stage and progress while it is rendered
done/<task>.json   how it ended, with done/<task>.mp3 beside it when it succeeded
wake               a FIFO that wakes the engine
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from integrations.music import Clip, MusicError, Reason, Section, SongRequest, State, TaskState, TimedLine

TASK = re.compile(r"studio_[0-9a-f]{32}")
KEEP_SECONDS = 48 * 3600
SECONDS_PER_SONG = 5.0  # a cautious guess for estimates


def task_of(reference: str) -> str:
    """The task id of a reference, always the same."""
    return "studio_" + hashlib.blake2b(reference.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def checked_task(task_id: str) -> str:
    """The id itself when it is one of ours; anything else would be a path made by a stranger."""
    if not TASK.fullmatch(task_id):
        raise MusicError(Reason.BAD_REQUEST, f"not a task of the studio: {task_id[:80]!r}")
    return task_id


class Spool:
    """The folder. Any number of processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wake_fifo = folder / "wake"
        for name in ("open", "claims", "state", "done", "new"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def path(self, kind: str, task_id: str, suffix: str = ".json") -> Path:
        """Where a task's file of one kind is."""
        return self.folder / kind / (checked_task(task_id) + suffix)

    def hand_in(self, request: SongRequest) -> tuple[str, int]:
        """Write a request down, once per reference; answers its task and how many are before it. A failed one starts again."""
        task_id = task_of(request.reference)
        ended = self._read(self.path("done", task_id))
        if ended and ended["state"] == State.SUCCEEDED:
            return task_id, 0
        self.path("done", task_id).unlink(missing_ok=True)
        words = {name: value for name, value in asdict(request).items() if name != "instrumental" or value}  # an older engine
        fresh = self._written(json.dumps(words).encode(), sync=True)
        try:
            os.link(fresh, self.path("open", task_id))
        except FileExistsError:
            pass  # the same reference again: it is already on its way
        finally:
            fresh.unlink()
        self.wake()
        waiting = self.waiting()
        return task_id, waiting.index(task_id) if task_id in waiting else 0

    def wake(self) -> None:
        """Wake the engine, if one is listening; otherwise it finds the request when it starts."""
        with suppress(OSError):
            fifo = os.open(self.wake_fifo, os.O_WRONLY | os.O_NONBLOCK)
            try:
                os.write(fifo, b"!")
            finally:
                os.close(fifo)

    def waiting(self) -> list[str]:
        """All unfinished tasks, first come first."""
        found = []
        for entry in os.scandir(self.folder / "open"):
            with suppress(FileNotFoundError):
                if TASK.fullmatch(entry.name[:-5]):
                    found.append((entry.stat().st_mtime_ns, entry.name[:-5]))
        return [name for _, name in sorted(found)]

    def request(self, task_id: str) -> SongRequest | None:
        """The request of an unfinished task."""
        row = self._read(self.path("open", task_id))
        return SongRequest(**row) if row else None

    def is_done(self, task_id: str) -> bool:
        """Whether it ended, well or not."""
        return self.path("done", task_id).exists()

    def progress(self, task_id: str, stage: str, percent: int) -> None:
        """Write down how far a rendering is."""
        self._written(json.dumps({"stage": stage, "progress": percent}).encode()).replace(self.path("state", task_id))

    def forget_progress(self, task_id: str) -> None:
        """The rendering stopped half-way: the task waits again."""
        self.path("state", task_id).unlink(missing_ok=True)

    def finish(self, task_id: str, result: Mapping[str, Any], audio: bytes = b"") -> None:
        """Write the end of a task down: first the audio, then the state that names it, then it leaves the queue."""
        if audio:
            self._written(audio, sync=True).replace(self.path("done", task_id, ".mp3"))
        self._written(json.dumps(result).encode(), sync=True).replace(self.path("done", task_id))
        if not self.path("open", task_id).exists():  # removed while it was being made: nothing of it may be kept
            self.remove(task_id)
        self.leave(task_id)

    def remove(self, task_id: str) -> None:
        """Remove a task, its lyrics and its sound, in any state. Idempotent; a rendering that ends later is removed too."""
        self.leave(task_id)
        for suffix in (".json", ".mp3"):
            self.path("done", task_id, suffix).unlink(missing_ok=True)

    def leave(self, task_id: str) -> None:
        """Take an ended task out of the queue."""
        for kind, suffix in (("open", ".json"), ("state", ".json"), ("claims", "")):
            self.path(kind, task_id, suffix).unlink(missing_ok=True)

    def statuses(self, task_ids: Sequence[str]) -> dict[str, TaskState]:
        """Where each task is."""
        answer = {}
        for task_id in task_ids:
            if not TASK.fullmatch(task_id):
                answer[task_id] = TaskState(State.LOST)
                continue
            if (ended := self._read(self.path("done", task_id))) is not None:
                answer[task_id] = _ended(task_id, ended)
            elif (running := self._read(self.path("state", task_id))) is not None:
                answer[task_id] = TaskState(State.RUNNING, running["progress"], running["stage"])
            elif self.path("open", task_id).exists():
                answer[task_id] = TaskState(State.QUEUED)
            else:  # it may have ended between the reads
                ended = self._read(self.path("done", task_id))
                answer[task_id] = _ended(task_id, ended) if ended else TaskState(State.LOST)
        return answer

    def audio(self, task_id: str) -> bytes:
        """The finished MP3."""
        try:
            return self.path("done", task_id, ".mp3").read_bytes()
        except FileNotFoundError:
            raise MusicError(Reason.LOST, "the recording is no longer here") from None

    def tidy(self, now: float | None = None) -> int:
        """Remove what ended more than 48 hours ago and what dead processes left; answers how many files went."""
        limit = (time.time() if now is None else now) - KEEP_SECONDS
        gone = 0
        for kind in ("done", "new", "state", "claims"):
            for entry in os.scandir(self.folder / kind):
                with suppress(FileNotFoundError):
                    if entry.stat().st_mtime < limit:
                        os.unlink(entry.path)
                        gone += 1
        return gone

    def _written(self, content: bytes, sync: bool = False) -> Path:
        """A new file in `new/`, to be renamed to its place."""
        path = self.folder / "new" / f"{os.getpid()}-{time.monotonic_ns()}-{os.urandom(4).hex()}"
        with path.open("wb") as file:
            file.write(content)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        return path

    @staticmethod
    def _read(path: Path) -> dict[str, Any] | None:
        try:
            row: dict[str, Any] = json.loads(path.read_bytes())
        except FileNotFoundError:
            return None
        return row


def _ended(task_id: str, row: Mapping[str, Any]) -> TaskState:
    """A done file as the interface's TaskState."""
    if row["state"] != State.SUCCEEDED:
        return TaskState(State.FAILED, error=MusicError(Reason(row["reason"]), row["detail"]))
    lines = tuple(TimedLine(*line) for line in row["lines"])
    sections = tuple(Section(*section) for section in row["sections"])
    clip = Clip(task_id, row["title"], row["style"], lines, sections)
    return TaskState(State.SUCCEEDED, 100, "", (clip,))
