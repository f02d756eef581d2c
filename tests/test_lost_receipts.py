"""A receipt that got lost, comes late, or comes for an attempt that is over: what was bought is found and kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg2
import pytest

import jobs.clock
import jobs.generation.dispatching
import jobs.generation.failures
import jobs.generation.providers
import jobs.generation.submitting
from integrations.music import Reason
from integrations.storage import StorageError
from jobs.generation import uncertain_submits, variations
from models import (
    BonusClip,
    RepeatedSubmit,
    Variation,
)
from settings import settings
from tests.support.fakes.vendor import FakeVendor
from tests.support.generation import Setup, decide, hurry, order, rows_of, statuses, work

pytestmark = pytest.mark.usefixtures("migrated", "no_variations", "recorded_queue")


def test_a_task_whose_receipt_was_lost_is_found_again_and_not_bought_twice(
    set_up: Setup, fakes: Callable[..., FakeVendor]
) -> None:
    fake = fakes("musicgpt")
    fake.faults = ["accept_then_close"]
    set_up(fake)
    form_id = order()
    jobs.generation.dispatching._dispatch()
    jobs.generation.submitting.submit_next()
    uncertain_submits.look_for_task(rows_of(form_id)[0].submit_leader)
    work("musicgpt")
    assert statuses(form_id) == ["ready"] * 3
    assert fake.submits == len(fake.tasks) == 2


def test_when_the_provider_knows_of_no_such_task_one_counted_attempt_follows(
    set_up: Setup, fakes: Callable[..., FakeVendor]
) -> None:
    fake = fakes("musicgpt")
    fake.faults = ["close"]
    set_up(fake)
    form_id = order()
    jobs.generation.dispatching._dispatch()
    jobs.generation.submitting.submit_next()
    first = rows_of(form_id)[0]
    uncertain_submits.look_for_task(first.submit_leader)
    assert Variation.find(first.id).step == "uncertain", "the grace period is not over"
    hurry()
    uncertain_submits.look_for_task(first.submit_leader)
    again = Variation.find(first.id)
    assert (again.status, again.attempt, again.failures) == ("queued", 2, {"musicgpt": 1})
    work("musicgpt", rounds=2)
    assert statuses(form_id) == ["ready"] * 3


def test_a_crash_between_submit_and_receipt_costs_nothing(
    set_up: Setup, fakes: Callable[..., FakeVendor], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = fakes("musicgpt")
    set_up(fake)
    form_id = order()
    jobs.generation.dispatching._dispatch()

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("jobs.generation.submitting._receipt", die)
        with pytest.raises(KeyboardInterrupt):
            jobs.generation.submitting.submit_next()
    assert len(fake.tasks) == 1
    hurry()
    jobs.clock.cut_short()
    uncertain_submits.look_for_task(rows_of(form_id)[0].submit_leader)
    work("musicgpt", rounds=2)
    assert statuses(form_id) == ["ready"] * 3
    assert fake.submits == 2


def slow_to_answer(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], object]) -> None:
    """The vendor takes the order, and `meanwhile` happens before we read its receipt."""
    music = jobs.generation.providers.provider("mureka")
    submit = music.submit

    def slow(request: Any) -> Any:
        receipt = submit(request)
        meanwhile()
        return receipt

    monkeypatch.setattr(music, "submit", slow)


def test_a_receipt_that_comes_after_all_ends_the_uncertainty(
    set_up: Setup, fakes: Callable[..., FakeVendor], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = fakes("mureka")
    set_up(fake)

    def sweep() -> None:
        hurry()  # the worker was held up for longer than its lease
        jobs.clock.cut_short()
        assert {row.step for row in rows_of(form_id)} == {"uncertain"}

    slow_to_answer(monkeypatch, sweep)
    form_id = order()
    work("mureka", rounds=2)
    assert (statuses(form_id), fake.submits) == (["ready"] * 3, 1)


OVER: dict[str, Callable[[Variation], object]] = {
    "tried again": lambda row: variations.requeue(row, by="test", why="lost"),
    "given up": lambda row: (
        jobs.generation.failures.mark_uncertain(row),
        jobs.generation.failures.give_up(row, Reason.SUBMIT_UNCERTAIN),
    ),
}


@pytest.mark.parametrize("end", OVER.values(), ids=OVER)
def test_a_receipt_for_an_attempt_that_is_over_is_kept_as_a_bonus(
    end: Callable[[Variation], object], set_up: Setup, fakes: Callable[..., FakeVendor], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = fakes("mureka")
    set_up(fake)
    slow_to_answer(monkeypatch, lambda: [end(row) for row in rows_of(form_id)])
    form_id = order()
    jobs.generation.dispatching._dispatch()
    jobs.generation.submitting.submit_one()
    assert [row.provider_task_id for row in rows_of(form_id)] == [None] * 3
    task = next(iter(fake.tasks))
    kept = BonusClip.select().where(BonusClip.why == "late").order_by(BonusClip.clip_index)
    assert [(row.provider_task_id, row.clip_index) for row in kept] == [(task, 0), (task, 1), (task, 2)]


def test_a_sound_that_could_not_be_stored_is_not_bought_again_by_itself(
    set_up: Setup, fakes: Callable[..., FakeVendor], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = fakes("elevenlabs")
    set_up(fake)

    class Full:
        def put(self, key: str, content: bytes) -> None:
            raise StorageError("no space left")

    monkeypatch.setattr("jobs.generation.submitting.storage", Full)
    form_id = order()
    jobs.generation.dispatching._dispatch()
    jobs.generation.submitting.submit_next()
    assert {row.step for row in rows_of(form_id)} <= {"uncertain", None}
    bought = fake.submits
    assert bought == sum(row.step == "uncertain" for row in rows_of(form_id)) > 0
    hurry()
    decide(form_id)
    assert statuses(form_id).count("failed") == 1
    assert RepeatedSubmit.select().where(RepeatedSubmit.form == form_id).count() == 0, "it would surely be bought twice"


def test_two_workers_never_hold_one_row_each_of_the_same_submit(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    """They would wait for each other: a deadlock, seen in the wild. Whoever comes second leaves the whole submit alone."""
    fake = fakes("mureka")
    set_up(fake)
    form_id = order()
    jobs.generation.dispatching._dispatch()
    first = rows_of(form_id)[0]
    with psycopg2.connect(settings.database_url) as other, other.cursor() as cursor:
        cursor.execute("SELECT 1 FROM variations WHERE id = %s FOR UPDATE", (first.submit_leader,))
        jobs.generation.submitting.submit_next()
        assert fake.submits == 0
    jobs.generation.submitting.submit_next()
    assert fake.submits == 1
