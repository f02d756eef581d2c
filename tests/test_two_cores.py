"""While a core is idle two processes sing a song's lines: the same sound, nothing is left behind, no core has two at work."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from integrations.music.studio import child as child_module
from integrations.music.studio import engine as engine_module
from integrations.music.studio.child import Inlet
from integrations.music.studio.engine import Child, Engine
from integrations.music.studio.instrument_bank import Bank
from integrations.music.studio.render import render_song
from integrations.music.studio.side_by_side import CAN_SHARE, OneCore, SideBySide
from integrations.music.studio.singing import vocals
from integrations.music.studio.spool import Spool
from tests.support.stack import MADE
from tests.support.studio_requests import CHORUS, a_request

ROOT = Path(__file__).resolve().parents[1]
FORK = 2  # in `SideBySide.maker`: the fork makes this part, or has made it
needs_forks = pytest.mark.skipif(not CAN_SHARE, reason="elsewhere one process sings a song")


class Offered(OneCore):
    """A core that is idle all the time."""

    def __init__(self, kills: bool = False) -> None:
        self.given_back = 0
        self.kills = kills

    def is_offered(self) -> bool:
        return True

    def give_back(self) -> None:
        self.given_back += 1


def wait_until(question: Callable[[], bool]) -> None:
    until = time.monotonic() + MADE
    while not question():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.001)


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def children() -> str:
    return Path("/proc/thread-self/children").read_text()


# the two processes


@needs_forks
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("killed", [False, True])
def test_each_part_is_made_once_and_what_a_killed_fork_owes_is_made_here(killed: bool) -> None:
    here, core, files, before = os.getpid(), Offered(), open_files(), children()
    last = 9

    def make(part: int) -> np.ndarray:
        if os.getpid() == here and part == 0:
            wait_until(lambda: side.maker[last - 2] == FORK)
            if killed:
                os.kill(side.fork, signal.SIGKILL)
        if os.getpid() != here and part == last - 2:
            while killed or side.maker[2] == 0:  # in the middle of its third part
                time.sleep(0.001)
        return np.array([part, os.getpid() == here], np.float32)

    side = SideBySide([*range(last + 1), 0, 1], make, core)
    made = [side.made(part) for part in range(last + 1)]
    side.close()
    assert [int(part) for part, _ in made] == list(range(last + 1))
    assert [bool(mine) for _, mine in made[last - 2 :]] == [killed, False, False], "its whole parts are kept"
    assert [bool(mine) for _, mine in made[:3]] == [True, True, True]
    assert core.given_back == 1
    assert (open_files(), children()) == (files, before), "nothing is left"


@needs_forks
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_song_that_is_given_up_takes_its_fork_along() -> None:
    here, core, files, before = os.getpid(), Offered(), open_files(), children()

    def make(part: int) -> np.ndarray:
        if os.getpid() != here:
            signal.pause()
        return np.zeros(1, np.float32)

    side = SideBySide(range(5), make, core)
    side.made(0)
    side.close()
    side.close()
    assert core.given_back == 1
    assert (open_files(), children()) == (files, before)


ORPHAN = """
import os, signal
from integrations.music.studio.side_by_side import OneCore, SideBySide
class Offered(OneCore):
    def is_offered(self): return True
here = os.getpid()
side = SideBySide(range(5), lambda part: signal.pause(), Offered())
side.accept()
print(side.fork, flush=True)
signal.pause()
"""


@needs_forks
def test_a_fork_dies_with_its_parent() -> None:
    with subprocess.Popen([sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE, text=True, cwd=ROOT) as parent:
        assert parent.stdout
        fork = int(parent.stdout.readline())
        assert Path(f"/proc/{fork}").exists()
        parent.kill()
    wait_until(lambda: not Path(f"/proc/{fork}").exists() or "\nState:\tZ" in Path(f"/proc/{fork}/status").read_text())


@needs_forks
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_song_is_the_same_bytes_with_a_second_process_without_one_and_with_one_that_is_killed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found: list[int] = []
    accept, end = SideBySide.accept, SideBySide._end

    def accepted(self: SideBySide[object]) -> None:
        accept(self)
        if self.fork > 0 and isinstance(self.core, Offered):
            wait_until(lambda: self.maker[len(self.parts) - 2] == FORK)  # the last line is sung
            if self.core.kills:
                os.kill(self.fork, signal.SIGKILL)

    def ended(self: SideBySide[object]) -> None:
        found.append(len(self.found))
        end(self)

    monkeypatch.setattr(SideBySide, "accept", accepted)
    monkeypatch.setattr(SideBySide, "_end", ended)
    request, bank, songs = a_request(2, "Pop, Upbeat", lyrics=CHORUS), Bank(), []
    for core in (OneCore(), Offered(), Offered(kills=True)):
        monkeypatch.setattr(vocals, "_kept", type(vocals._kept)())
        songs.append(render_song(request, bank, lambda stage, percent: None, core).mp3)
    alone, shared, cut = found
    assert (alone, bool(shared), bool(cut)) == (0, True, True)
    assert songs[0] == songs[1] == songs[2]


# the engine


def test_an_offer_for_a_song_that_is_over_is_none_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(child_module, "tell_engine", said.append)
    theirs, ours = os.pipe()
    inlet = Inlet(theirs)
    os.write(ours, b"one\n")
    assert inlet.next_task() == "one"
    assert not inlet.is_offered()
    os.write(ours, b"+\n")
    assert inlet.is_offered()
    inlet.give_back()
    inlet.give_back()
    assert said == ["-"]
    assert not inlet.is_offered()
    os.write(ours, b"+\ntwo\n")  # it crossed with what was given back
    assert inlet.next_task() == "two"
    assert not inlet.is_offered()
    os.close(ours)
    assert inlet.next_task() is None
    os.close(theirs)


class Puppet(Child):
    """A child without a process, that says what the test lets it say."""

    said = ""

    def __init__(self, *_: object) -> None:
        self.theirs, self.inlet = os.pipe()
        self.outlet, self.ours = os.pipe()
        os.set_blocking(self.outlet, False)
        self.task, self.free, self.wants, self.has_second, self.has_worked = None, False, False, False, False
        self.idle_since, self.heard = time.monotonic(), b""

    def says(self, line: str) -> None:
        os.write(self.ours, line.encode() + b"\n")

    def end(self) -> None:
        for pipe in (self.theirs, self.inlet, self.outlet, self.ours):
            os.close(pipe)


def an_engine(folder: Path, monkeypatch: pytest.MonkeyPatch, workers: int) -> tuple[Engine, Spool]:
    monkeypatch.setattr(engine_module, "Child", Puppet)
    spool = Spool(folder)
    return Engine(spool, workers, None), spool


def turn(engine: Engine) -> list[Puppet]:
    """Until nothing changes any more."""
    for _ in range(8):
        engine.turn(0)
    return [child for child in engine.children if isinstance(child, Puppet)]


def test_the_first_song_of_an_order_gets_both_cores_then_the_next_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, spool = an_engine(tmp_path, monkeypatch, workers=2)
    tasks = [spool.hand_in(a_request(reference=str(n)))[0] for n in range(3)]
    first, second = turn(engine)
    for child in (first, second):
        child.says("=")
        turn(engine)
    assert (first.task, first.cores(), second.task) == (tasks[0], 2, None)
    first.says("-")
    turn(engine)
    assert (first.task, first.cores(), second.task, second.cores()) == (tasks[0], 1, tasks[1], 1)
    spool.finish(tasks[0], {"state": "succeeded"}, b"mp3")
    first.says("=")
    turn(engine)
    assert (first.task, second.cores()) == (None, 2), "the song that is alone is helped first"
    second.says("-")
    turn(engine)
    assert (first.task, first.cores(), second.cores()) == (tasks[2], 1, 1)
    engine.close()


@pytest.mark.parametrize("workers", [1, 2, 3, 4])
def test_never_is_more_at_work_than_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int) -> None:
    luck, (engine, spool) = random.Random(workers), an_engine(tmp_path, monkeypatch, workers)
    waiting = [f"song {n}" for n in range(40)]
    shared = 0
    while waiting or spool.waiting():
        if waiting and luck.random() < 0.5:
            spool.hand_in(a_request(reference=waiting.pop()))
        children = turn(engine)
        working = [child for child in children if not child.free]
        assert len(working) + sum(child.has_second for child in working) <= workers
        assert len(children) <= workers
        shared += any(child.has_second for child in working)
        if working:
            child = luck.choice(working)
            if child.task and luck.random() < 0.5:
                child.says("-")
                continue
            if child.task:
                spool.finish(child.task, {"state": "succeeded"}, b"mp3")
            child.says("=")
    assert bool(shared) == (workers > 1)
    engine.close()
