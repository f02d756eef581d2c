"""Providers that fail: who takes over, what waits, and what the customer is asked."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest

import jobs.generation.dispatching
import jobs.generation.failures
import jobs.generation.polling
import jobs.generation.submitting
import jobs.views.form_view
from customer_texts import failed_recording
from jobs.generation import variations
from models import (
    ComposeForm,
    GoneError,
    ProviderPause,
    WrongMomentError,
    database,
    now,
)
from tests.support.fakes.vendor import FakeVendor
from tests.support.generation import Setup, hurry, order, rows_of, statuses, work
from tests.support.overrides import Enqueued

pytestmark = pytest.mark.usefixtures("migrated", "no_variations", "recorded_queue")


@pytest.mark.parametrize("fault", ["402", "auth"])
def test_a_provider_without_credit_or_key_is_paused_and_the_next_one_takes_over(
    fault: str, set_up: Setup, fakes: Callable[..., FakeVendor]
) -> None:
    broke, fine = fakes("mureka"), fakes("musicgpt")
    broke.always = fault
    set_up(broke, fine)
    form_id = order()
    work("mureka", "musicgpt", rounds=3)
    assert statuses(form_id) == ["ready"] * 3
    assert broke.submits == 1, "asked once, not for every song"
    assert ProviderPause.get().provider == "mureka"
    assert ComposeForm.find(form_id).attention.startswith("provider_")


def test_with_every_provider_paused_the_work_waits_in_line(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes("mureka")
    fake.faults = ["402"]
    set_up(fake)
    form_id = order()
    work("mureka", rounds=3)
    assert statuses(form_id) == ["queued"] * 3
    assert fake.submits == 1
    ProviderPause.update(until=now()).execute()
    work("mureka")
    assert statuses(form_id) == ["ready"] * 3


def test_after_two_failures_the_next_provider_takes_over(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    bad, fine = fakes("mureka"), fakes("acestep")
    bad.fates = ["fail"] * 9
    set_up(bad, fine)
    form_id = order()
    work("mureka", "acestep", rounds=5)
    assert statuses(form_id) == ["ready"] * 3
    assert {row.provider for row in rows_of(form_id)} == {"acestep"}
    assert bad.submits == 2


def test_one_failed_clip_of_a_call_is_replaced_alone(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes("musicgpt")
    fake.fates = ["one_fails"]
    set_up(fake)
    form_id = order()
    work("musicgpt", rounds=3)
    assert statuses(form_id) == ["ready"] * 3
    assert fake.submits == 3
    assert sorted(row.attempt for row in rows_of(form_id)) == [1, 1, 2]


def test_a_clip_that_is_there_early_is_ready_before_its_sibling(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes("musicgpt", latency=60)
    fake.fates = ["one_early"]
    set_up(fake)
    form_id = order()
    work("musicgpt", rounds=2)
    assert statuses(form_id)[0] == "ready"
    assert "ready" not in statuses(form_id)[1:]


def test_what_always_fails_is_shown_as_failed_and_retry_works(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes("mureka")
    fake.fates = ["fail"] * 3
    set_up(fake)
    form_id = order()
    work("mureka", rounds=6)
    assert statuses(form_id) == ["failed"] * 3
    assert fake.submits == 3, "bounded"
    form = jobs.views.form_view.read_form(form_id)
    assert form
    assert "Try again" in failed_recording(str(form.cells[0].error_code))
    assert ComposeForm.find(form_id).attention == "generation_failed"
    assert variations.retry(form_id, 0, 2)
    work("mureka")
    assert statuses(form_id) == ["failed", "ready", "failed"]


def test_who_names_a_failed_variation_starts_it_anew_and_twice_is_harmless(
    set_up: Setup, fakes: Callable[..., FakeVendor]
) -> None:
    fake = fakes("mureka")
    fake.fates = ["fail"] * 3
    set_up(fake)
    form_id = order()
    work("mureka", rounds=6)
    variations.begin_variations(form_id)
    assert statuses(form_id) == ["failed"] * 3, "what is missing is started, and none is"
    for _ in range(2):
        variations.begin_variations(form_id, 0, 2)
        assert statuses(form_id) == ["failed", "queued", "failed"]
    work("mureka")
    assert statuses(form_id) == ["failed", "ready", "failed"]
    assert fake.submits == 4


@pytest.mark.parametrize("status", ["payment_completed", "delivered", "expired", "refunded"])
def test_nothing_is_tried_again_for_a_form_that_is_paid_or_over(
    status: str, set_up: Setup, fakes: Callable[..., FakeVendor]
) -> None:
    set_up(fakes("mureka"))
    form_id = order()
    database.execute_sql("UPDATE variations SET status = 'failed', error_code = 'lost' WHERE form_id = %s", (form_id,))
    over = "UPDATE compose_forms SET status = %s, amount_paid = 999, paid_at = now() WHERE id = %s"
    database.execute_sql(over, (status, form_id))
    with pytest.raises((WrongMomentError, GoneError)):
        variations.retry(form_id, 0, 1)
    with contextlib.suppress(WrongMomentError, GoneError):
        variations.begin_variations(form_id, 0, 1)
    assert statuses(form_id) == ["failed"] * 3


def test_what_failed_together_waits_together_before_anybody_is_sent(
    set_up: Setup, fakes: Callable[..., FakeVendor], monkeypatch: pytest.MonkeyPatch, recorded_queue: list[Enqueued]
) -> None:
    """A dispatch that begins after the first of three would give it a submit of its own."""
    fake = fakes("mureka")
    fake.fates = ["fail"] * 3
    set_up(fake)
    order()
    jobs.generation.dispatching._dispatch()
    jobs.generation.submitting.submit_next()
    hurry()
    recorded_queue.clear()
    sent: list[int] = []
    requeue = jobs.generation.failures.requeue

    def noted(*row: Any, **more: Any) -> bool:
        sent.append(len(recorded_queue))
        return requeue(*row, **more)

    monkeypatch.setattr(jobs.generation.failures, "requeue", noted)
    jobs.generation.polling.poll_provider("mureka")
    assert sent == [0, 0, 0]
    assert "dispatch" in [one.name for one in recorded_queue]
