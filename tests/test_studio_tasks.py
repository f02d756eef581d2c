"""The studio's tasks: one for each request, and nothing is lost when processes die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from integrations.music import MusicError, Reason, State, TaskState
from integrations.music.studio import provider
from integrations.music.studio.provider import Studio
from integrations.music.studio.spool import Spool, task_of
from tests.support.stack import MADE, wait_for
from tests.support.studio_requests import a_request

ROOT = Path(__file__).resolve().parents[1]


# the spool


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Spool:
    """A spool folder of its own; Studio() uses it."""
    spool = Spool(tmp_path / "studio")
    monkeypatch.setattr(provider, "spool", lambda: spool)
    return spool


def test_the_same_reference_twice_is_one_task(spool: Spool) -> None:
    studio = Studio()
    first, again, other = (studio.submit(a_request(reference=r)).task_id for r in ("a", "a", "b"))
    assert first == again != other
    assert spool.waiting() == [first, other]
    assert [said.state for said in studio.statuses([first, other]).values()] == [State.QUEUED] * 2
    spool.finish(first, {"state": "succeeded", "title": "", "lines": [], "sections": []}, b"mp3")
    assert studio.submit(a_request(reference="a")).task_id == first
    assert spool.waiting() == [other]


def test_a_request_says_that_nobody_sings_only_where_that_is_asked(spool: Spool) -> None:
    """An engine of the release before does not know the word."""
    sung, played = a_request(reference="sung"), replace(a_request(reference="played"), instrumental=True)
    texts = [spool.path("open", spool.hand_in(request)[0]).read_text() for request in (sung, played)]
    assert ["instrumental" in text for text in texts] == [False, True]
    assert spool.request(task_of("played")) == played


def test_strange_task_ids_open_no_files(spool: Spool) -> None:
    studio = Studio()
    strange = ["../../etc/passwd", "studio_" + "0" * 32, "studio_../x", "", "studio_" + "a" * 32 + "\n"]
    assert {s.state for s in studio.statuses(strange).values()} == {State.LOST}
    for name in strange:
        with pytest.raises(MusicError):
            spool.audio(name)


def test_finished_tasks_go_after_two_days(spool: Spool) -> None:
    task, _ = spool.hand_in(a_request())
    spool.finish(task, {"state": "succeeded", "title": "", "lines": [], "sections": []}, b"mp3")
    spool.tidy()
    assert spool.audio(task) == b"mp3"
    spool.tidy(time.time() + 49 * 3600)
    assert spool.statuses([task])[task].state == State.LOST


# the engine


class Engine:
    """A real engine process on its own data folder."""

    def __init__(self, data: Path) -> None:
        self.env = {**os.environ, "DATA_DIR": str(data), "WORKERS": "1", "ENV": "development"}
        self.spool = Spool(data / "studio")
        self.start()

    def start(self) -> None:
        script = (  # whoever listens for changes fails every time: that must not stop the music
            "import os; from integrations.music.studio import run_studio\n"
            "def changed(task): open(os.environ['DATA_DIR'] + '/changed', 'a').write(task + '\\n'); raise ValueError\n"
            "run_studio(on_change=changed)"
        )
        self.process = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env=self.env)

    def children(self) -> list[int]:
        text = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in text.split()]

    def state(self, task: str) -> TaskState:
        return self.spool.statuses([task])[task]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    running = Engine(tmp_path)
    yield running
    running.process.kill()
    running.process.wait()


def await_engine(question: Callable[[], bool]) -> None:
    wait_for(question, "the engine to come so far", MADE)


def test_a_request_becomes_a_song_and_a_killed_child_or_engine_loses_nothing(engine: Engine, tmp_path: Path) -> None:
    task, _ = engine.spool.hand_in(a_request(1, lyrics="Hi", reference="x"))
    await_engine(lambda: engine.state(task).stage == "recording")
    (child,) = engine.children()
    os.kill(child, signal.SIGKILL)  # a child dies in the middle of the song
    await_engine(lambda: engine.children() not in ([], [child]))
    await_engine(lambda: engine.state(task).stage == "recording")
    (child,) = engine.children()
    engine.process.kill()  # the engine itself dies
    engine.process.wait()
    await_engine(lambda: not _alive(child))
    engine.start()
    seen: list[int] = []

    def finished() -> bool:
        now = engine.state(task)
        if now.progress is not None and now.state == State.RUNNING:
            seen.append(now.progress)
        return now.state == State.SUCCEEDED

    await_engine(finished)
    assert len(set(seen)) > 3
    clip = engine.state(task).clips[0]
    assert len(engine.spool.audio(clip.location)) > 500_000
    assert clip.sections
    assert set((tmp_path / "changed").read_text().split()) == {task}
    await_engine(lambda: engine.spool.waiting() == [])  # it leaves the queue after its end is written down


def test_faults_can_be_asked_for_and_sigterm_stops_at_once(engine: Engine) -> None:
    failing, _ = engine.spool.hand_in(a_request(style="Pop fault:fail", reference="f"))
    await_engine(lambda: engine.state(failing).state == State.FAILED)
    error = engine.state(failing).error
    assert error is not None
    assert error.reason == Reason.TRANSIENT
    slow, _ = engine.spool.hand_in(a_request(style="Pop fault:slow", reference="s"))
    await_engine(lambda: engine.state(slow).state == State.RUNNING)
    children, began = engine.children(), time.monotonic()
    engine.process.terminate()
    engine.process.wait(5)
    assert time.monotonic() - began < 1.5
    assert not any(_alive(pid) for pid in children)
    assert engine.spool.waiting() == [slow]
    assert engine.state(slow).state == State.QUEUED


def test_the_idle_engine_is_light(engine: Engine) -> None:
    await_engine(lambda: engine.spool.wake_fifo.exists())
    time.sleep(0.2)
    status = Path(f"/proc/{engine.process.pid}/status").read_text()
    assert int(status.split("VmRSS:")[1].split()[0]) < 22_000  # kB
    script = "import sys; from integrations.music import studio; assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=engine.env, check=True)


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


GIVING_WAY = """
import os, sys
from pathlib import Path
from integrations.music.studio.giving_way import give_way
group = Path("/proc/self/autogroup")
own_group = lambda: group.read_text() if group.exists() else ""  # empty too, for a session that has no group
before = own_group()
give_way(int(sys.argv[1]))
print(os.sched_getscheduler(0) == os.SCHED_IDLE, own_group() != before, before != "")
"""


@pytest.mark.skipif(not hasattr(os, "SCHED_IDLE"), reason="Linux alone has idle priority; elsewhere the studio runs without")
@pytest.mark.parametrize(("steps", "own_session"), [(19, True), (10, True), (19, False)])
def test_who_gives_way_does_so_for_every_session_and_takes_nobody_along(steps: int, own_session: bool) -> None:
    """Where the kernel groups by session, niceness inside one says nothing to the others."""
    command = [sys.executable, "-c", GIVING_WAY, str(steps)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, start_new_session=own_session)
    idle, moved, grouped = (word == "True" for word in done.stdout.split())
    niceness = os.nice(0) + steps  # the tests themselves may have been asked to give way
    assert (idle, moved) == (niceness >= 19, own_session and grouped)
