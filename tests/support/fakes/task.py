"""A task at a vendor that we imitate, and what its dialect needs to know of that vendor."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Protocol


class TaskKeeper(Protocol):
    """A vendor, as far as its answers tell of it."""

    name: str
    latency: float
    tasks: dict[str, Task]

    def file(self) -> bytes:
        """The audio of any clip."""
        ...

    def file_url(self, task: Task, index: int) -> str:
        """Where a clip's file is."""
        ...


@dataclass
class Task:
    """One submit that was accepted (and billed)."""

    fake: TaskKeeper
    id: str
    body: dict[str, Any]
    n: int
    fate: str
    made: float = field(default_factory=time.time)

    def state(self) -> str:
        """running, done or failed."""
        over = time.time() - self.made >= self.fake.latency
        if self.fate == "never" or not over:
            return "running"
        return "failed" if self.fate in ("fail", "moderated", "existing") else "done"

    def finished(self) -> list[int]:
        """The clips whose file is there."""
        if self.fate == "one_early":
            return [0]
        done = list(range(self.n)) if self.state() == "done" else []
        return done[1:] if self.fate == "one_fails" else done
