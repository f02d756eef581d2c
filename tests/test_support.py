"""What the other tests stand on: no test finds what an earlier one left behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jobs.monitoring.invariants import waiting_jobs
from jobs.queue import enqueue
from jobs.queue_names import DISPATCH, QUEUES
from tests.support import stores


def jobs_waiting() -> int:
    return sum(stores.Queue(name, connection=stores.wire(), serializer=stores.JSONSerializer).count for name in QUEUES)


@pytest.fixture(scope="class")
def server() -> Iterator[None]:
    """As a web process does that saves what was typed last while it stops."""
    yield
    assert enqueue(DISPATCH, "form_1")


class TestAJobThatAFixtureLeavesBehindAfterTheLastTest:
    def test_it_is_left_now(self, migrated: None, server: None) -> None:
        assert jobs_waiting() == 0


def test_the_next_test_does_not_find_it(migrated: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert jobs_waiting() == 0
    assert waiting_jobs().count == 0


def test_dropping_what_waits_leaves_workers_registered(migrated: None) -> None:
    stores.wire().sadd("rq:workers", "rq:worker:one")
    assert enqueue(DISPATCH, "form_2")
    stores.drop_waiting_jobs()
    assert (jobs_waiting(), stores.wire().smembers("rq:workers")) == (0, {b"rq:worker:one"})
