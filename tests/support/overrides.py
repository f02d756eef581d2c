"""One place to change a setting for a test, and one to see what was enqueued."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import NamedTuple

import pytest

import jobs.queue
from settings import settings

Override = Callable[..., None]


class Enqueued(NamedTuple):
    """A job that would wait in Redis now."""

    name: str
    ids: tuple[object, ...]
    queue: str


@pytest.fixture
def override_settings() -> Iterator[Override]:
    """`override_settings(max_revisions=1)`: from here to the end of the test, for everybody in this process."""
    with ExitStack() as stack:
        yield lambda **changes: stack.enter_context(settings.override(**changes))


@pytest.fixture
def patient_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """For races: who comes last waits a minute for its row, not three seconds, in which a busy machine has not served them all.
    A customer whom the database turns away presses again."""
    waits = "SET LOCAL statement_timeout = 60000; SET LOCAL lock_timeout = 60000; "
    monkeypatch.setattr(
        "records.connections.NEEDS", f"{waits}SET LOCAL timezone = 'UTC'; SET LOCAL serenade.knows_steps = 'on'; "
    )


@pytest.fixture
def recorded_queue(monkeypatch: pytest.MonkeyPatch) -> list[Enqueued]:
    """No worker listens: what is enqueued is only recorded here, each job as often as it is asked for."""
    noted: list[Enqueued] = []

    def note(name: str, ids: tuple[object, ...], queue: str, once_in: int | None) -> bool:
        noted.append(Enqueued(name, ids, queue))
        return True

    monkeypatch.setattr(jobs.queue, "_put", note)
    return noted
