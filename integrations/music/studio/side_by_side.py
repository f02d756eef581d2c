"""Side by side: parts of a song, made by this process from the first on and, while a core is idle, by a fork from the last.

Each part comes out the same whoever makes it. The fork claims a part by a byte that both see, and writes what it made into a
file in memory; both go with the processes, so that a fork that is killed leaves nothing, and what it owed is made here.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import signal
import struct
import sys
from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_Part = TypeVar("_Part", bound=Hashable)
_HEAD = struct.Struct("<II")  # before each part in the file: its place and its length
_FREE, _HERE, _FORK = range(3)  # who makes a part
_PR_SET_PDEATHSIG = 1
CAN_SHARE = sys.platform == "linux"  # elsewhere nothing ends a fork whose parent was killed


def die_with(parent: int) -> None:
    """Ask the kernel to kill this process when its parent dies, however it dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


class OneCore:
    """Whoever knows whether a second core is idle. This one has none."""

    def is_offered(self) -> bool:
        """Whether a fork may begin now; asked between two parts, until the answer is yes."""
        return False

    def give_back(self) -> None:
        """No fork works any more, and none is wanted for this song."""


class SideBySide(Generic[_Part]):
    """Parts in the order in which they are needed, and how one is made."""

    def __init__(self, parts: Iterable[_Part], make: Callable[[_Part], NDArray[np.float32]], core: OneCore) -> None:
        self.parts = list(dict.fromkeys(parts))
        self.places = {part: place for place, part in enumerate(self.parts)}
        self.make, self.core = make, core
        self.maker = mmap.mmap(-1, len(self.parts) + 1)
        self.found: dict[int, NDArray[np.float32]] = {}
        self.fork = self.file = -1
        self.is_over = False

    def made(self, part: _Part) -> NDArray[np.float32]:
        """The part, whoever makes it."""
        self.accept()
        place = self.places.get(part)
        if place is None:
            return self.make(part)
        if self.maker[place] == _FORK:
            self._collect()  # the two have met: it ends as soon as the part that it is at is made
        if place in self.found:
            return self.found[place]
        self.maker[place] = _HERE
        return self.make(part)

    def accept(self) -> None:
        """Begin a fork if a core is offered."""
        if CAN_SHARE and self.fork < 0 and not self.is_over and self.core.is_offered():
            with suppress(OSError):
                self._begin()

    def _begin(self) -> None:
        here, self.file = os.getpid(), os.memfd_create("parts")
        self.fork = os.fork()
        if self.fork:
            return
        try:
            die_with(here)
            for pipe in (0, 1):  # whoever waits for the parent's end must not wait for ours
                os.close(pipe)
            self._make_from_the_last()
        finally:
            os._exit(0)

    def _make_from_the_last(self) -> None:
        """What the fork does: until it comes to a part that the parent has made. One that both begin is made twice."""
        for place in reversed(range(len(self.parts))):
            if self.maker[place] != _FREE:
                return
            self.maker[place] = _FORK
            sound = self.make(self.parts[place]).tobytes()
            os.write(self.file, _HEAD.pack(place, len(sound)) + sound)

    def _collect(self) -> None:
        """Wait until the fork has ended; what it wrote whole is found."""
        if self.fork < 0:
            return
        import numpy as np  # not above: a child has told the kernel whom it dies with before it loads this

        os.waitpid(self.fork, 0)
        at, end = 0, os.fstat(self.file).st_size
        while at + _HEAD.size <= end:
            place, size = _HEAD.unpack(os.pread(self.file, _HEAD.size, at))
            if (at := at + _HEAD.size + size) <= end:
                self.found[place] = np.frombuffer(os.pread(self.file, size, at - size), np.float32)
        self._end()

    def _end(self) -> None:
        if self.file >= 0:
            os.close(self.file)
        self.fork, self.file, self.is_over = -1, -1, True
        self.core.give_back()

    def close(self) -> None:
        """No more parts are needed. A fork that still works is killed."""
        if self.fork >= 0:
            os.kill(self.fork, signal.SIGKILL)
            os.waitpid(self.fork, 0)
        if not self.is_over:
            self._end()
