"""A submit whose answer got lost: nobody knows whether it was paid for, so it is not simply sent again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

import jobs.generation.dispatching
import jobs.generation.polling
import jobs.generation.provider_callbacks
import jobs.generation.repeated_submits
import jobs.generation.submitting
from api.metrics import OrderCollector
from jobs.generation import bonus_clips, uncertain_submits, variations
from jobs.staff import diagnosis, order_report
from models import (
    Alert,
    BonusClip,
    ComposeForm,
    FormEvent,
    RepeatedSubmit,
    Variation,
    database,
    now,
)
from tests.support.fakes.vendor import FakeVendor
from tests.support.generation import Setup, decide, hurry, order, rows_of, statuses, work
from tests.support.overrides import Enqueued

pytestmark = pytest.mark.usefixtures("migrated", "no_variations", "recorded_queue")


def lose_answer(fake: FakeVendor, times: int = 1) -> None:
    """The answers of the next submits are lost, and the time to look for their tasks is over."""
    fake.faults = ["accept_then_close"] * times
    jobs.generation.dispatching._dispatch()
    jobs.generation.submitting.submit_next()
    hurry()


@pytest.mark.parametrize("fault", ["html", "empty", "wrong_json", "close", "502"])
def test_an_uncertain_submit_is_not_repeated_where_the_day_has_no_room(
    fault: str, set_up: Setup, fakes: Callable[..., FakeVendor]
) -> None:
    fake = fakes("mureka")  # it cannot list its tasks
    fake.faults = [fault]
    set_up(fake, repeats_per_day=0)
    form_id = order()
    for _ in range(3):
        jobs.generation.dispatching._dispatch()
        jobs.generation.submitting.submit_next()
        jobs.generation.polling.poll_provider("mureka")
    assert fake.submits == 1
    hurry()
    decide(form_id)
    assert statuses(form_id) == ["failed"] * 3
    assert {row.error_code for row in rows_of(form_id)} == {"submit_uncertain"}
    assert fake.submits == 1
    listed = FormEvent.select().where(FormEvent.form_id == form_id, FormEvent.why == "submit_uncertain")
    assert listed.count() >= 3, "listed apart"
    assert variations.retry(form_id, 0, 1), "Retry works"
    work("mureka")
    assert statuses(form_id)[0] == "ready"


@pytest.mark.parametrize("name", ["mureka", "acestep", "elevenlabs", "suno"])
def test_a_lost_answer_does_not_cost_the_customer_the_song(name: str, set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes(name)
    set_up(fake)
    form_id = order()
    lose_answer(fake)
    before = fake.submits
    decide(form_id)
    assert fake.submits == before, "the repeat stands in line like every submit"
    work(name, rounds=4)
    assert statuses(form_id) == ["ready"] * 3
    (twice,) = RepeatedSubmit.select().where(RepeatedSubmit.form == form_id)
    assert (twice.provider, twice.variations) == (name, {"mureka": 3, "acestep": 3, "suno": 2, "elevenlabs": 1}[name])
    said = [one.sentence for one in diagnosis.diagnose(order_report.read_order(form_id))]
    assert any(sentence.startswith("Possibly bought twice") and name in sentence for sentence in said)
    counted = {one.name: one for one in OrderCollector().from_rows()}["serenade_possibly_bought_twice"]
    assert [(s.labels, s.value) for s in counted.samples] == [({"provider": name}, 1.0)]


def test_a_submit_is_repeated_once_and_no_more(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes("mureka")
    set_up(fake)
    form_id = order()
    for _ in range(2):
        lose_answer(fake)
        decide(form_id)
    assert (statuses(form_id), fake.submits) == (["failed"] * 3, 2)
    assert variations.retry(form_id, 0, 1)
    lose_answer(fake)
    decide(form_id)
    assert statuses(form_id)[0] == "queued", "whoever presses Retry begins anew"


def test_beyond_the_days_limit_a_retry_button_is_shown_and_staff_know(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes("mureka")
    set_up(fake, repeats_per_day=1)
    first, second = order(), order()
    lose_answer(fake, 2)
    for form_id in (first, second):
        decide(form_id)
    assert sorted([statuses(first)[0], statuses(second)[0]]) == ["failed", "queued"]
    assert Alert.select().where(Alert.kind == "repeats_used_up").count() == 1
    RepeatedSubmit.update(at=now() - timedelta(hours=25)).execute()
    work("mureka")  # the repeat of the first
    third = order()
    lose_answer(fake)
    decide(third)
    assert statuses(third) == ["queued"] * 3, "another day"


def test_clock_twins_repeat_a_submit_once(
    set_up: Setup, fakes: Callable[..., FakeVendor], recorded_queue: list[Enqueued]
) -> None:
    fake = fakes("mureka")
    set_up(fake)
    form_id = order()
    lose_answer(fake)
    leader, together = rows_of(form_id)[0].submit_leader, threading.Barrier(4)
    stale = uncertain_submits.uncertain(leader)
    repeated: list[set[str]] = []

    def twin() -> None:
        with database.connection_context():
            together.wait()
            repeated.append(jobs.generation.repeated_submits.repeat(stale))
            uncertain_submits.look_for_task(leader)

    threads = [threading.Thread(target=twin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(len, repeated)) == [0, 0, 0, 3], "one of them, and nobody fell over"
    assert [(row.status, row.attempt) for row in rows_of(form_id)] == [("queued", 2)] * 3
    assert RepeatedSubmit.select().where(RepeatedSubmit.form == form_id).count() == 1
    work("mureka")
    assert (statuses(form_id), fake.submits) == (["ready"] * 3, 2)


@pytest.mark.parametrize("room", [20, 0], ids=["repeated", "given up"])
def test_a_late_callback_of_the_first_submit_brings_home_what_it_made(
    room: int, set_up: Setup, fakes: Callable[..., FakeVendor]
) -> None:
    fake = fakes("suno")
    set_up(fake, repeats_per_day=room)
    form_id = order()
    lose_answer(fake)
    decide(form_id)
    task = next(iter(fake.tasks.values()))
    secret = task.body["callBackUrl"].rpartition("/")[2]
    body = b'{"data": {"callbackType": "complete", "task_id": "%s"}}' % task.id.encode()
    assert not jobs.generation.provider_callbacks.take_callback("mureka", secret, body)
    assert not jobs.generation.provider_callbacks.take_callback("suno", secret, b"{}")
    for _ in range(2):
        assert jobs.generation.provider_callbacks.take_callback("suno", secret, body)
    work("suno", rounds=3)
    assert statuses(form_id).count("ready") == (3 if room else 1)
    assert task.id not in {row.provider_task_id for row in rows_of(form_id)}
    late = BonusClip.select().where(BonusClip.why == "late").order_by(BonusClip.clip_index)
    assert [(one.provider_task_id, one.clip_index) for one in late] == [(task.id, 0), (task.id, 1)]
    BonusClip.update(next_poll_at=now()).execute()
    bonus_clips.collect_bonus()
    assert {one.state for one in late.clone()} == {"kept"}


def test_an_answer_that_comes_before_the_time_is_over_ends_the_doubt(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes("suno")
    set_up(fake)
    form_id = order()
    lose_answer(fake)
    Variation.update(lease_until=now() + timedelta(minutes=1)).where(Variation.step == "uncertain").execute()
    decide(form_id)
    assert statuses(form_id).count("queued") == 0, "it is looked for as long as settings say"
    assert RepeatedSubmit.select().where(RepeatedSubmit.form == form_id).count() == 0


def test_once_paid_only_what_was_chosen_is_bought_again(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes("mureka")
    set_up(fake)
    form_id = order()
    lose_answer(fake)
    ComposeForm.update(selected_variations={"0": 2}).where(ComposeForm.id == form_id).execute()
    paid = "UPDATE compose_forms SET status = 'payment_completed', amount_paid = 999, paid_at = now() WHERE id = %s"
    database.execute_sql(paid, (form_id,))
    decide(form_id)
    assert statuses(form_id) == ["failed", "queued", "failed"]
