"""Callbacks wake the poll and are never believed: early, forged, three at once, or in words of our own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import jobs.clock
import jobs.generation.collecting
import jobs.generation.dispatching
import jobs.generation.mastering
import jobs.generation.polling
import jobs.generation.provider_callbacks
import jobs.generation.providers
import jobs.generation.submitting
import jobs.views.form_view
from models import (
    FormEvent,
    Variation,
    VariationStep,
    database,
    now,
)
from tests.support.fakes.vendor import FakeVendor
from tests.support.generation import Setup, hurry, order, rows_of, statuses, work
from tests.support.overrides import Enqueued

pytestmark = pytest.mark.usefixtures("migrated", "no_variations", "recorded_queue")


def test_a_callback_that_comes_before_the_answer_is_not_lost(
    set_up: Setup, fakes: Callable[..., FakeVendor], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = fakes("suno")
    set_up(fake)
    music = jobs.generation.providers.provider("suno")
    submit = music.submit

    def answer_late(request: Any) -> Any:
        receipt = submit(request)
        secret = request.callback_url.rpartition("/")[2]
        body = b'{"data": {"task_id": "%s"}}' % receipt.task_id.encode()
        assert jobs.generation.provider_callbacks.take_callback("suno", secret, body)
        return receipt

    monkeypatch.setattr(music, "submit", answer_late)
    form_id = order()
    jobs.generation.dispatching._dispatch()
    jobs.generation.submitting.submit_next()
    assert all(row.next_poll_at <= now() for row in rows_of(form_id)), "the status is read at once"


def test_a_provider_that_does_not_answer_status_reads_loses_nothing(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes("mureka")
    fake.read_faults = ["500", "html", "close"]
    set_up(fake)
    form_id = order()
    work("mureka", rounds=4)
    assert statuses(form_id) == ["ready"] * 3
    assert fake.submits == 1


def test_a_callback_wakes_the_poll_and_its_body_is_never_believed(
    set_up: Setup, fakes: Callable[..., FakeVendor], recorded_queue: list[Enqueued]
) -> None:
    fake = fakes("musicgpt")
    set_up(fake)
    form_id = order()
    jobs.generation.dispatching._dispatch()
    jobs.generation.submitting.submit_next()
    Variation.update(next_poll_at=now() + timedelta(hours=1)).execute()
    secret = next(iter(fake.tasks.values())).body["webhook_url"].rpartition("/")[2]
    recorded_queue.clear()
    lie = b'{"task_id": "other", "success": false, "status": "FAILED", "conversion_path": "http://169.254.169.254/x.mp3"}'
    assert not jobs.generation.provider_callbacks.take_callback("musicgpt", "x" * 32, lie)
    assert not jobs.generation.provider_callbacks.take_callback("mureka", secret, lie)
    assert recorded_queue == []
    assert jobs.generation.provider_callbacks.take_callback("musicgpt", secret, lie)
    assert recorded_queue == [("poll_provider", ("musicgpt",), "urgent")]
    jobs.generation.polling.poll_provider("musicgpt")
    jobs.generation.collecting.collect_ready()
    assert statuses(form_id).count("ready") == 2, "the truth was read from the provider"
    assert not jobs.generation.provider_callbacks.take_callback("musicgpt", secret, lie), "late ones change nothing"


def test_a_callback_names_the_task_of_an_uncertain_submit(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes("suno")  # it cannot list its tasks, but it calls back
    fake.faults = ["accept_then_close"]
    set_up(fake)
    form_id = order()
    jobs.generation.dispatching._dispatch()
    jobs.generation.submitting.submit_next()
    task = next(iter(fake.tasks.values()))
    secret = task.body["callBackUrl"].rpartition("/")[2]
    body = b'{"code": 200, "data": {"callbackType": "complete", "task_id": "%s"}}' % task.id.encode()
    assert jobs.generation.provider_callbacks.take_callback("suno", secret, body)
    work("suno", rounds=2)
    assert statuses(form_id) == ["ready"] * 3
    assert fake.submits == 2


@pytest.mark.parametrize("word", list(VariationStep))
def test_a_provider_that_speaks_our_words_is_not_taken_for_us(
    word: str, set_up: Setup, fakes: Callable[..., FakeVendor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever an adapter calls its stage, the song is asked about, brought home, and given up at its end as any other."""
    fake = fakes("mureka", latency=60)
    set_up(fake)
    music = jobs.generation.providers.provider("mureka")
    real = music.statuses
    says = lambda tasks: {task: replace(state, stage=word) for task, state in real(tasks).items()}  # noqa: E731
    monkeypatch.setattr(music, "statuses", says)
    form_id = order()
    work("mureka")
    assert {(row.status, row.stage, row.step) for row in rows_of(form_id)} == {("generating", word, "waiting")}
    shown = jobs.views.form_view.read_form(form_id)
    assert shown
    assert shown.songs[0].variations[0].eta_seconds != 2, "nothing is finishing"
    hurry()
    jobs.clock.cut_short()
    jobs.clock.ask_for_uncertain()
    jobs.generation.collecting.collect_ready()
    assert statuses(form_id) == ["generating"] * 3
    fake.latency = 0
    work("mureka")
    assert (statuses(form_id), fake.submits) == (["ready"] * 3, 1)


def test_three_callbacks_at_once_lose_nothing_and_nothing_goes_backwards(
    set_up: Setup, fakes: Callable[..., FakeVendor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """30 trials; each callback polls and collects as its own worker would."""
    fake = fakes("musicgpt")
    set_up(fake)
    made = jobs.generation.mastering.make_recording(fake.file())  # the sound is not what this is about
    monkeypatch.setattr("jobs.generation.collecting.make_recording", lambda *a, **k: made)

    def called(secret: str) -> None:
        with database.connection_context():
            jobs.generation.provider_callbacks.take_callback("musicgpt", secret, b"{}")
            jobs.generation.polling.poll_provider("musicgpt")
            jobs.generation.collecting.collect_ready()

    for _ in range(30):
        fake.tasks.clear()
        form_id = order()
        jobs.generation.dispatching._dispatch()
        jobs.generation.submitting.submit_next()
        secrets = [task.body["webhook_url"].rpartition("/")[2] for task in list(fake.tasks.values())]
        threads = [threading.Thread(target=called, args=(secret,)) for secret in secrets * 3]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert statuses(form_id) == ["ready"] * 3
        for row in rows_of(form_id):
            moves = FormEvent.select().where(FormEvent.noun_id == row.id, FormEvent.noun == "variation").order_by(FormEvent.id)
            path = [move.to_status for move in moves]
            assert path in (["submitted", "ready"], ["submitted", "generating", "ready"])
    assert fake.submits == 60
