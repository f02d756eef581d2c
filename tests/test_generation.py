"""Generation with remote providers: rows first, nothing paid twice, nothing lost, and the truth in every cell.

The jobs run here one by one, as workers would; the providers are our fakes, over HTTP.
"""

from __future__ import annotations

import collections
import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg2
import pytest

import jobs.clock
import jobs.generation.audio
import jobs.generation.collecting
import jobs.generation.dispatching
import jobs.generation.eta
import jobs.generation.failures
import jobs.generation.polling
import jobs.generation.provider_callbacks
import jobs.generation.providers
import jobs.generation.repeats
import jobs.generation.submitting
import jobs.views.form_view
from api.metrics import OrderCollector
from customer_texts import failed_recording
from integrations.music import Capabilities, Reason
from integrations.storage import StorageError, storage
from jobs.forms import drafts, form_data
from jobs.generation import bonus_clips, prompts, revisions, uncertain_submits, variations
from jobs.staff import diagnosis, order_report
from models import (
    Alert,
    BonusClip,
    ComposeForm,
    FormEvent,
    GoneError,
    ProviderPause,
    RepeatedSubmit,
    Variation,
    VariationStep,
    WrongMomentError,
    database,
    in_database,
    now,
)
from provider_settings import read_vendors
from settings import settings
from tests.support.fakes.vendor import FakeVendor
from tests.support.overrides import Enqueued, Override
from tests.support.stack import example_form_data

pytestmark = pytest.mark.usefixtures("migrated")
Setup = Callable[..., None]


@pytest.fixture(autouse=True)
def connected() -> Iterator[None]:
    with database.connection_context():
        for table in ("alerts", "bonus_clips", "provider_pauses", "repeated_submits", "variations"):
            database.execute_sql(f"DELETE FROM {table}")
        yield


@pytest.fixture(autouse=True)
def quiet(recorded_queue: list[Enqueued]) -> list[Enqueued]:
    """No worker listens here: jobs are only recorded."""
    return recorded_queue


@pytest.fixture
def set_up(override_settings: Override) -> Setup:
    """Work with these fakes, in this order."""

    def set_up(*fakes: FakeVendor, **changes: Any) -> None:
        environ: dict[str, str] = {}
        for fake in fakes:
            name = fake.name.replace("kie", "suno").upper()
            environ |= {
                **fake.environment(),
                f"{name}_LOST_GRACE": "1",
                f"{name}_POLL_SECONDS": "1",
            }
        environ |= changes.pop("environ", {})
        names = tuple(fake.name.replace("kie", "suno") for fake in fakes)
        override_settings(
            music_providers=names,
            vendors=read_vendors(environ, names, []),
            allow_private_hosts=True,
            least_song_seconds=1,
            **changes,
        )
        jobs.generation.providers.provider.cache_clear()
        jobs.generation.eta._measured.clear()

    return set_up


@pytest.fixture
def fakes() -> Iterator[Callable[..., FakeVendor]]:
    with ExitStack() as stack:
        yield lambda name, **more: stack.enter_context(FakeVendor(name, **{"audio": "instant", **more}))


def order(songs: int = 1, data: dict[str, Any] | None = None) -> str:
    """A form whose lyrics are written and whose variations are in line."""
    package = {1: "solo-serenade", 3: "holiday-hamper"}[songs]
    form = drafts.create_form(package, data or form_data.check(example_form_data(songs), songs))
    prompts._write(form)
    variations.begin_variations(form.id)
    prompts.start_generating(form.id)
    return str(form.id)


def rows_of(form_id: str) -> list[Variation]:
    return list(Variation.select().where(Variation.form == form_id).order_by(Variation.song_index, Variation.variation))


def statuses(form_id: str) -> list[str]:
    return [row.status for row in rows_of(form_id)]


def hurry(**changes: Any) -> None:
    """Time passes: whatever waits for a moment is due."""
    Variation.update(next_poll_at=now(), not_before=None).execute()
    Variation.update(lease_until=now() - timedelta(seconds=1)).where(Variation.lease_until.is_null(False)).execute()
    if changes:
        Variation.update(**changes).execute()


def work(*names: str, rounds: int = 1) -> None:
    """What workers do, until nothing is left to do."""
    for _ in range(rounds):
        jobs.generation.dispatching._dispatch()
        jobs.generation.submitting.submit_next()
        hurry()
        for name in names:
            jobs.generation.polling.poll_provider(name)
        jobs.generation.collecting.collect_ready()


@pytest.mark.parametrize("name", ["musicgpt", "suno", "kie", "mureka", "acestep", "elevenlabs"])
def test_every_variation_gets_ready_with_as_few_submits_as_the_provider_allows(
    name: str, set_up: Setup, fakes: Callable[..., FakeVendor]
) -> None:
    fake = fakes(name)
    set_up(fake)
    form_id = order(songs=3)
    mine = name.replace("kie", "suno")
    work(mine, rounds=5)
    assert statuses(form_id) == ["ready"] * 9
    assert fake.submits == {"musicgpt": 6, "suno": 6, "mureka": 3, "acestep": 3, "elevenlabs": 9}[mine]
    assert ComposeForm.find(form_id).status == "variations_ready"
    places = {(row.provider_task_id, row.clip_index) for row in rows_of(form_id)}
    assert len(places) == 9, "each variation has its own clip"
    if mine in ("musicgpt", "suno"):
        assert BonusClip.select().count() == 3, "the spare clip of each third variation is kept"


def test_a_spare_clip_is_brought_home(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    set_up(fakes("musicgpt"))
    order()
    work("musicgpt", rounds=2)
    BonusClip.update(next_poll_at=now()).execute()
    bonus_clips.collect_bonus()
    kept = BonusClip.get()
    assert kept.state == "kept"
    assert kept.master_key


@pytest.mark.parametrize("fault", ["429", "500", "redirect"])
def test_a_submit_that_surely_started_nothing_is_tried_again(
    fault: str, set_up: Setup, fakes: Callable[..., FakeVendor]
) -> None:
    fake = fakes("mureka")
    fake.faults = [fault]
    set_up(fake)
    form_id = order()
    work("mureka")
    assert statuses(form_id) == ["queued"] * 3
    work("mureka", rounds=2)
    assert statuses(form_id) == ["ready"] * 3
    assert (fake.submits, len(fake.tasks)) == (2, 1)


def test_a_rate_limit_is_waited_out_as_long_as_the_provider_says(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes("mureka")
    fake.faults = ["429"]
    set_up(fake)
    form_id = order()
    jobs.generation.dispatching._dispatch()
    jobs.generation.submitting.submit_next()
    waits = [(row.not_before - row.queued_at).total_seconds() for row in rows_of(form_id)]
    assert all(0.9 <= wait <= 1.1 for wait in waits)
    jobs.generation.dispatching._dispatch()
    assert statuses(form_id) == ["queued"] * 3, "nobody goes before it is time"
    assert all("mureka" not in row.failures for row in rows_of(form_id)), "being busy is no failure"


def lose_answer(fake: FakeVendor, times: int = 1) -> None:
    """The answers of the next submits are lost, and the time to look for their tasks is over."""
    fake.faults = ["accept_then_close"] * times
    jobs.generation.dispatching._dispatch()
    jobs.generation.submitting.submit_next()
    hurry()


def decide(form_id: str) -> None:
    """What the clock asks for: look for the task, and decide."""
    uncertain_submits.look_for(next(row.submit_leader for row in rows_of(form_id) if row.submit_leader))


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


def test_clock_twins_repeat_a_submit_once(set_up: Setup, fakes: Callable[..., FakeVendor], quiet: list[Enqueued]) -> None:
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
            repeated.append(jobs.generation.repeats.repeat(stale))
            uncertain_submits.look_for(leader)

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


def test_a_task_whose_receipt_was_lost_is_found_again_and_not_bought_twice(
    set_up: Setup, fakes: Callable[..., FakeVendor]
) -> None:
    fake = fakes("musicgpt")
    fake.faults = ["accept_then_close"]
    set_up(fake)
    form_id = order()
    jobs.generation.dispatching._dispatch()
    jobs.generation.submitting.submit_next()
    uncertain_submits.look_for(rows_of(form_id)[0].submit_leader)
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
    uncertain_submits.look_for(first.submit_leader)
    assert Variation.find(first.id).step == "uncertain", "the grace period is not over"
    hurry()
    uncertain_submits.look_for(first.submit_leader)
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
    uncertain_submits.look_for(rows_of(form_id)[0].submit_leader)
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
    assert statuses(form_id) == ["failed"] * 3


def test_refused_lyrics_get_one_fallback_and_then_the_customer_is_asked(
    set_up: Setup, fakes: Callable[..., FakeVendor]
) -> None:
    fake = fakes("mureka")
    fake.faults = ["moderation"]
    set_up(fake)
    form_id = order()
    work("mureka", rounds=2)
    assert statuses(form_id) == ["ready"] * 3
    assert all(row.softened and "Mia" in row.lyrics for row in rows_of(form_id))
    sung = next(iter(fake.tasks.values())).body["lyrics"]
    assert "last train" not in sung, "the customer's own phrases are left out"
    fake.faults = ["moderation"] * 20
    other = order()
    work("mureka", rounds=4)
    assert {row.error_code for row in rows_of(other)} == {"moderation"}
    form = jobs.views.form_view.read_form(other)
    assert form
    assert "change them" in failed_recording(str(form.cells[0].error_code))


def test_what_never_finishes_is_given_up_at_its_deadline_and_kept_if_it_comes_late(
    set_up: Setup, fakes: Callable[..., FakeVendor]
) -> None:
    fake = fakes("mureka")
    fake.fates = ["never"]
    set_up(fake)
    form_id = order()
    work("mureka", rounds=2)
    assert set(statuses(form_id)) <= {"submitted", "generating"}
    usual = (rows_of(form_id)[0].deadline_at - rows_of(form_id)[0].submitted_at).total_seconds()
    assert 899 <= usual <= 905
    late = next(iter(fake.tasks.values()))
    hurry(deadline_at=now() - timedelta(seconds=1))
    work("mureka", rounds=2)
    assert statuses(form_id) == ["ready"] * 3
    assert BonusClip.select().where(BonusClip.why == "late").count() == 3
    late.fate = "ok"
    BonusClip.update(next_poll_at=now()).execute()
    bonus_clips.collect_bonus()
    assert {row.state for row in BonusClip.select()} == {"kept"}
    assert statuses(form_id) == ["ready"] * 3, "the cells are as they were"


def test_a_stack_that_was_off_overnight_finds_its_songs_ready_and_buys_nothing_again(
    set_up: Setup, fakes: Callable[..., FakeVendor]
) -> None:
    fake = fakes("mureka")
    set_up(fake)
    form_id = order()
    jobs.generation.dispatching._dispatch()
    jobs.generation.submitting.submit_next()
    hurry(deadline_at=now() - timedelta(hours=8))
    jobs.clock.overdue()  # the clock is there sooner than the workers
    assert statuses(form_id) == ["submitted"] * 3
    work("mureka")
    assert (statuses(form_id), fake.submits) == (["ready"] * 3, 1)


def test_a_last_look_that_dies_in_the_middle_is_no_reason_to_wait_for_ever(
    set_up: Setup, fakes: Callable[..., FakeVendor], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = fakes("mureka")
    fake.fates = ["never"]
    set_up(fake)
    form_id = order()
    jobs.generation.dispatching._dispatch()
    jobs.generation.submitting.submit_next()
    hurry(deadline_at=now() - timedelta(minutes=3))
    monkeypatch.setattr(jobs.generation.providers.provider("mureka"), "statuses", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        jobs.generation.polling.poll_provider("mureka")
    jobs.clock.overdue()
    assert statuses(form_id) == ["submitted"] * 3, "it may still be at it"
    Variation.update(next_poll_at=now() + timedelta(seconds=30)).execute()  # a minute and a half later
    jobs.clock.overdue()
    assert statuses(form_id) == ["queued"] * 3
    assert BonusClip.select().where(BonusClip.why == "late").count() == 3


SINGLE = Capabilities(max_parallel=5, poll_interval=15, max_lyrics=1, max_style=1, batch_status=False)


def test_while_few_tasks_are_open_each_is_looked_at_more_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """One customer's three tasks at Mureka are seen within its poll interval; forty tasks share one look a second."""
    clock = now()
    monkeypatch.setattr("jobs.generation.eta.now", lambda: clock)
    monkeypatch.setattr("jobs.generation.eta.measured", lambda name: None)
    for tasks, wait in ((3, 15), (40, 40), (500, 45)):
        monkeypatch.setattr("jobs.generation.eta.open_tasks", lambda name, tasks=tasks: tasks)
        assert (jobs.generation.eta.first_look("mureka", SINGLE, 45.0) - clock).total_seconds() == wait
    calls = replace(SINGLE, callbacks=True)
    for tasks, wait in ((3, 60), (3000, 180)):  # a call may be lost
        monkeypatch.setattr("jobs.generation.eta.open_tasks", lambda name, tasks=tasks: tasks)
        assert (jobs.generation.eta.first_look("musicgpt", calls, 120.0) - clock).total_seconds() == wait


@pytest.mark.parametrize(("usual", "latest"), [(None, 60), ((45.0, 70.0), 30), ((100.0, 150.0), 60), ((40.0, 50.0), 24)])
def test_a_vendor_that_never_calls_is_asked_once_a_minute_under_load_and_when_its_songs_are_usually_done(
    monkeypatch: pytest.MonkeyPatch, usual: tuple[float, float] | None, latest: float
) -> None:
    """Mureka: at most one status read in each minute of a task; nine of ten songs are seen `latest` seconds after their end."""
    began = clock = now()
    monkeypatch.setattr("jobs.generation.eta.now", lambda: clock)
    monkeypatch.setattr("jobs.generation.eta.measured", lambda name: usual)
    monkeypatch.setattr("jobs.generation.eta.open_tasks", lambda name: 3000)
    clock = jobs.generation.eta.first_look("mureka", SINGLE, 45.0)
    looks = [(clock - began).total_seconds()]
    while looks[-1] < 600:
        clock = jobs.generation.eta.next_look("mureka", SINGLE, began)
        looks.append((clock - began).total_seconds())
    assert all(later - sooner >= 15 for sooner, later in itertools.pairwise(looks))
    assert max(collections.Counter(look // 60 for look in looks).values()) == 1, looks
    assert looks[0] == (usual[0] * 0.9 if usual else 45.0)
    done = range(10, int(usual[1] if usual else 600))
    assert max(next(look for look in looks if look >= end) - end for end in done if end >= looks[0]) <= latest


def test_eta_is_three_times_waited_for(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    assert 15 * 60 - 1 <= (jobs.generation.eta.deadline(None) - now()).total_seconds() <= 15 * 60
    assert 1799 <= (jobs.generation.eta.deadline(600.0) - now()).total_seconds() <= 1800


BAD_FILES = {"zero": "no_audio", "html": "no_audio", "truncated": "no_song", "silent": "no_song", "short": "no_song"}
BAD_FILES |= {"m4a": "audio_format", "404": "provider_bug", "huge": "provider_bug"}


@pytest.mark.parametrize("audio", BAD_FILES)
def test_a_bad_file_is_looked_at_again_and_never_stored_as_ready(
    audio: str,
    set_up: Setup,
    fakes: Callable[..., FakeVendor],
    override_settings: Override,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake = fakes("mureka", audio=audio)
    set_up(fake, max_attempts=1)
    override_settings(least_song_seconds=10)
    monkeypatch.setattr("integrations.music.download.MOST_AUDIO_BYTES", 4_000_000)
    form_id = order()
    work("mureka", rounds=4)
    assert statuses(form_id) == ["failed"] * 3
    assert {row.error_code for row in rows_of(form_id)} == {BAD_FILES[audio]}
    assert all(row.master_key is None for row in rows_of(form_id))
    assert fake.submits == 1, "looking again costs nothing, submitting does"


def test_a_song_that_is_too_short_for_its_words_is_another_attempt(
    set_up: Setup, fakes: Callable[..., FakeVendor], override_settings: Override
) -> None:
    fake = fakes("mureka")
    set_up(fake)
    override_settings(most_words_a_minute=300)  # two seconds of sound have room for ten words
    form_id = order()
    work("mureka", rounds=4)
    assert [(row.attempt, row.failures) for row in rows_of(form_id)] == [(2, {"mureka": 1})] * 3
    override_settings(most_words_a_minute=100_000)
    work("mureka")
    assert statuses(form_id) == ["ready"] * 3


@pytest.mark.parametrize("pronunciation", ["Sharn", ""])
def test_a_name_is_sung_as_it_is_said_and_read_as_it_is_written(
    pronunciation: str, set_up: Setup, fakes: Callable[..., FakeVendor], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = fakes("mureka")
    monkeypatch.setattr("tests.support.fakes.dialects.SUNG", pronunciation or "Siân")
    set_up(fake)
    data = form_data.check(example_form_data(1), 1)
    data["songs"][0] |= {"recipientName": "Siân", "pronunciation": pronunciation}
    form_id = order(data=data)
    work("mureka")
    sung = next(iter(fake.tasks.values())).body["lyrics"]
    assert ("Sharn" in sung, "Siân" in sung) == (bool(pronunciation), not pronunciation)
    for row in rows_of(form_id):
        assert row.status == "ready"
        assert "Siân" in row.lyrics
        assert [line["text"] for line in row.timed_lyrics if line["level"] == "word"] == ["Siân"]
        assert "Sharn" not in f"{row.lyrics}{row.title}{row.timed_lyrics}{ComposeForm.find(form_id).variation_lyrics}"
        assert b"Sharn" not in storage().get(row.master_key)


def test_times_follow_a_beginning_that_was_cut(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes("mureka", audio="late")
    set_up(fake)
    form_id = order()
    work("mureka")
    for row in rows_of(form_id):
        assert row.status == "ready"
        assert row.duration_ms < 3000
        (verse,) = row.sections
        assert verse["start_ms"] == 0
        assert 1000 <= verse["end_ms"] <= 1300, "six seconds, of which 4.8 were cut off"


def test_a_file_that_becomes_right_is_taken(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes("mureka", audio="500")
    set_up(fake)
    form_id = order()
    work("mureka")
    assert "ready" not in statuses(form_id)
    fake.audio = "wav"
    work("mureka")
    assert statuses(form_id) == ["ready"] * 3
    assert fake.submits == 1


@pytest.mark.parametrize("name", ["mureka", "suno", "musicgpt"])
def test_a_link_that_ran_out_is_asked_for_anew(name: str, set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes(name)
    set_up(fake)
    form_id = order()
    jobs.generation.dispatching._dispatch()
    jobs.generation.submitting.submit_next()
    hurry()
    jobs.generation.polling.poll_provider(name)
    fake.link = "?signed=later"
    jobs.generation.collecting.collect_ready()
    assert "ready" not in statuses(form_id)
    work(name, rounds=3)
    assert statuses(form_id) == ["ready"] * 3
    assert fake.submits == len(fake.tasks) == (1 if name == "mureka" else 2)


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
    set_up: Setup, fakes: Callable[..., FakeVendor], quiet: list[Enqueued]
) -> None:
    fake = fakes("musicgpt")
    set_up(fake)
    form_id = order()
    jobs.generation.dispatching._dispatch()
    jobs.generation.submitting.submit_next()
    Variation.update(next_poll_at=now() + timedelta(hours=1)).execute()
    secret = next(iter(fake.tasks.values())).body["webhook_url"].rpartition("/")[2]
    quiet.clear()
    lie = b'{"task_id": "other", "success": false, "status": "FAILED", "conversion_path": "http://169.254.169.254/x.mp3"}'
    assert not jobs.generation.provider_callbacks.take_callback("musicgpt", "x" * 32, lie)
    assert not jobs.generation.provider_callbacks.take_callback("mureka", secret, lie)
    assert quiet == []
    assert jobs.generation.provider_callbacks.take_callback("musicgpt", secret, lie)
    assert quiet == [("poll_provider", ("musicgpt",), "urgent")]
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
    jobs.clock.uncertain()
    jobs.generation.collecting.collect_ready()
    assert statuses(form_id) == ["generating"] * 3
    fake.latency = 0
    work("mureka")
    assert (statuses(form_id), fake.submits) == (["ready"] * 3, 1)


def test_who_left_the_line_meanwhile_takes_no_clip_of_a_shared_submit(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes("mureka")
    set_up(fake)
    rows = rows_of(order())
    group = [jobs.generation.dispatching._Waiting(row.id, row.form_id, [], {}, 1) for row in rows]
    jobs.generation.failures.give_up(rows[0], Reason.BAD_REQUEST)
    music = jobs.generation.providers.provider("mureka")
    assert jobs.generation.dispatching._give_place(group, music)
    placed = rows_of(rows[0].form_id)[1:]
    assert [(row.submit_leader, row.clip_index) for row in placed] == [(placed[0].id, 0), (placed[0].id, 1)]
    assert not jobs.generation.dispatching._give_place(group, music), "nobody is left"


def test_one_customers_nine_do_not_starve_anothers_one(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes("elevenlabs")
    set_up(fake, environ={"ELEVENLABS_MAX_PARALLEL": "2"})
    big = order(songs=3)
    small = order()
    jobs.generation.dispatching._dispatch()
    given = {form_id: sum(status == "submitted" for status in statuses(form_id)) for form_id in (big, small)}
    assert given == {big: 1, small: 1}


def test_a_provider_never_has_more_tasks_than_its_limit(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes("mureka", latency=60)
    set_up(fake, environ={"MUREKA_MAX_PARALLEL": "2"})
    for _ in range(3):
        order(songs=3)
    for _ in range(3):
        work("mureka")
    assert len(fake.tasks) == 2


def test_past_the_ninetieth_percentile_the_cell_says_that_it_is_late(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes("mureka")
    set_up(fake)
    form_id = order()
    work("mureka")
    jobs.generation.eta._measured.clear()
    fake.latency = 600
    other = order()
    jobs.generation.dispatching._dispatch()
    jobs.generation.submitting.submit_next()

    def late() -> list[bool]:
        form = jobs.views.form_view.read_form(other)
        assert form is not None
        return [cell.late for cell in form.songs[0].variations]

    Variation.update(submitted_at=now()).where(Variation.form == other).execute()
    Variation.update(submitted_at=Variation.ready_at - timedelta(seconds=30)).where(Variation.form == form_id).execute()
    jobs.generation.eta._measured.clear()
    assert late() == [False] * 3
    Variation.update(submitted_at=now() - timedelta(seconds=40)).where(Variation.form == other).execute()
    assert late() == [True] * 3


def test_what_failed_together_waits_together_before_anybody_is_sent(
    set_up: Setup, fakes: Callable[..., FakeVendor], monkeypatch: pytest.MonkeyPatch, quiet: list[Enqueued]
) -> None:
    """A dispatch that begins after the first of three would give it a submit of its own."""
    fake = fakes("mureka")
    fake.fates = ["fail"] * 3
    set_up(fake)
    order()
    jobs.generation.dispatching._dispatch()
    jobs.generation.submitting.submit_next()
    hurry()
    quiet.clear()
    sent: list[int] = []
    requeue = jobs.generation.failures.requeue

    def noted(*row: Any, **more: Any) -> bool:
        sent.append(len(quiet))
        return requeue(*row, **more)

    monkeypatch.setattr(jobs.generation.failures, "requeue", noted)
    jobs.generation.polling.poll_provider("mureka")
    assert sent == [0, 0, 0]
    assert "dispatch" in [one.name for one in quiet]


def test_a_worker_that_finishes_after_its_attempt_is_over_changes_nothing(
    set_up: Setup, fakes: Callable[..., FakeVendor]
) -> None:
    fake = fakes("mureka")
    set_up(fake)
    form_id = order()
    jobs.generation.dispatching._dispatch()
    jobs.generation.submitting.submit_next()
    hurry()
    jobs.generation.polling.poll_provider("mureka")
    orphan = jobs.generation.collecting._claim()
    assert orphan is not None
    assert variations.requeue(orphan, by="test", why="lost")
    jobs.generation.collecting._collect(orphan)
    row = Variation.find(orphan.id)
    assert (row.status, row.attempt, row.master_key) == ("queued", 2, None)
    assert form_id


def test_the_whole_pass_of_jobs_uses_few_statements(
    set_up: Setup, fakes: Callable[..., FakeVendor], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = fakes("mureka")
    set_up(fake)
    order(songs=3)
    statements: list[str] = []
    real = database.execute_sql
    monkeypatch.setattr(database, "execute_sql", lambda sql, *a, **k: statements.append(sql) or real(sql, *a, **k))
    jobs.generation.dispatching._dispatch()
    jobs.generation.submitting.submit_next()
    Variation.update(next_poll_at=now()).execute()
    jobs.generation.polling.poll_provider("mureka")
    jobs.generation.collecting.collect_ready()
    assert len(statements) / 9 <= 14  # X
    assert in_database(lambda: Variation.select().where(Variation.status == "ready").count()) == 9


def test_one_more_version_keeps_the_old_one_and_has_a_limit(set_up: Setup, fakes: Callable[..., FakeVendor]) -> None:
    fake = fakes("mureka")
    set_up(fake)
    form_id = order()
    with pytest.raises(WrongMomentError):
        revisions.one_more(form_id, 0, 1)  # it is not ready yet
    work("mureka")
    more = revisions.one_more(form_id, 0, 1)
    assert revisions.one_more(form_id, 0, 1).id == more.id, "pressing twice asks once"
    work("mureka")
    assert statuses(form_id) == ["ready"] * 4
    assert ComposeForm.find(form_id).status == "variations_ready"
    assert revisions.one_more(form_id, 0, 1).take == 3
    work("mureka")
    with pytest.raises(WrongMomentError):
        revisions.one_more(form_id, 0, 1)
    assert fake.submits == 3


def test_three_callbacks_at_once_lose_nothing_and_nothing_goes_backwards(
    set_up: Setup, fakes: Callable[..., FakeVendor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """30 trials; each callback polls and collects as its own worker would."""
    fake = fakes("musicgpt")
    set_up(fake)
    made = jobs.generation.audio.record(fake.file())  # the sound is not what this is about
    monkeypatch.setattr("jobs.generation.collecting.record", lambda *a, **k: made)

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
