"""Races with real connections and a real barrier: nothing is lost, and where only one may win, one wins."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from typing import Any, TypeVar

import psycopg2
import pytest
import redis
import requests
from rq import Queue
from rq.serializers import JSONSerializer

import jobs.mail.sending
import jobs.queue
from integrations.music import Clip
from jobs import clock, outbox
from jobs.forms.drafts import write_field
from jobs.forms.form_data import SENDER_FIELDS, TYPED_FIELDS
from jobs.generation import prompts
from jobs.generation.collecting import _publish
from jobs.generation.line_repair import change_line
from jobs.generation.mastering import LevelledAudio
from jobs.generation.selection import choose_task
from jobs.generation.variations import begin_variations
from jobs.mail.sending import send_email
from jobs.monitoring.timeline_check import contradictions
from jobs.payments.stripe_events import handle_stripe_event
from jobs.queue_names import QUEUES
from models import (
    ComposeForm,
    NotFoundError,
    Variation,
    WrongMomentError,
    database,
    in_database,
    move,
    new_id,
    now,
    transaction,
)
from tests.support.forms import a_form, a_variation, sql
from tests.support.gifts import give
from tests.support.revisions import NEW, make, rows, seen
from tests.support.shop import FakeMail, ready_form
from tests.support.stack import Stack

pytestmark = pytest.mark.usefixtures("migrated", "patient_database")
T = TypeVar("T")


@pytest.fixture
def many_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many processes would have: the pool of one process would make its threads queue up."""
    monkeypatch.setattr(database, "_max_connections", 60)


def at_once(*works: Callable[[], T]) -> list[T]:
    """Run them all, each with a connection of its own, started by one barrier; their answers in order."""
    barrier = threading.Barrier(len(works))

    def run(work: Callable[[], T]) -> T:
        with database.connection_context():
            database.execute_sql("SELECT 1")
            barrier.wait(20)
            return work()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))


@pytest.fixture
def queued_jobs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[tuple[str, list[str]]]]]:
    """A queue that no worker listens to; what waits in it."""
    valkey = redis.Redis.from_url(os.environ["REDIS_URL"], db=6)
    monkeypatch.setattr(jobs.queue, "_enqueuing", lambda: valkey)

    def waiting() -> list[tuple[str, list[str]]]:
        queues = [Queue(name, connection=valkey, serializer=JSONSerializer) for name in QUEUES]
        return [(str(job.func_name), list(job.args)) for queue in queues for job in queue.get_jobs()]

    yield waiting
    valkey.flushdb()


def test_nobody_is_sent_to_a_row_that_is_not_committed(queued_jobs: Callable[[], list[Any]]) -> None:
    """docs/reliability.md row 79: a job is asked for after the commit, and never for what was rolled back."""
    form_id = a_form()
    with transaction():
        email_id = outbox.put(form_id, "delivery", "dad@example.com")
        assert queued_jobs() == []
    assert queued_jobs() == [("send_email", [email_id])]
    with suppress(ZeroDivisionError), transaction():
        outbox.put(form_id, "delivery", "dad@example.com")
        raise ZeroDivisionError
    assert len(queued_jobs()) == 1


def test_a_worker_that_comes_before_the_commit_has_not_done_the_job(
    queued_jobs: Callable[[], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """docs/reliability.md row 79: two real transactions; the job that sees no row yet leaves it to be found by the sweep."""
    post = FakeMail()
    monkeypatch.setattr(jobs.mail.sending, "post", lambda: post)
    email_id, event = new_id("mail"), f"evt_{secrets.token_hex(8)}"
    form_id = give()
    with closing(psycopg2.connect(os.environ["DATABASE_URL"])) as writer, writer.cursor() as cursor:
        cursor.execute(
            "INSERT INTO emails (id, form_id, kind, to_address, message_id) VALUES (%s, %s, 'delivery', 'a@example.com', %s)",
            (email_id, form_id, email_id),
        )
        cursor.execute(
            "INSERT INTO stripe_events (id, type, livemode, payload) VALUES (%s, 'charge.refunded', false, '{}')", (event,)
        )
        send_email(email_id)
        with pytest.raises(NotFoundError):
            handle_stripe_event(event)  # the job fails, it is not done
        assert (post.messages, queued_jobs()) == ([], [])
        writer.commit()
    in_database(clock.unsent_mail)
    in_database(clock.unhandled_events)
    assert {("send_email", email_id), ("handle_stripe_event", event)} <= {(job, *ids) for job, ids in queued_jobs()}
    send_email(email_id)
    send_email(email_id)
    assert len(post.messages) == 1


@pytest.mark.usefixtures("many_connections")
def test_forty_writers_on_one_form_lose_nothing() -> None:
    form_id = a_form(songs=3, form_data={"senderName": "", "senderEmail": "", "songs": [{}, {}, {}]})
    free = [name for name in sorted(TYPED_FIELDS) if name not in ("childFriendly", "faithBased", "emotions")]
    paths = [f"songs.{song}.{name}" for song in range(3) for name in free][:36] + sorted(SENDER_FIELDS)[:4]
    assert len(paths) == 40

    def write(path: str) -> Callable[[], Any]:
        return lambda: write_field(form_id, path, f"from {path}"[:40])

    at_once(*(write(path) for path in paths))
    form_data = sql("SELECT form_data FROM compose_forms WHERE id = %s", form_id)[0][0]
    for path in paths:
        *prefix, name = path.split(".")
        place = form_data["songs"][int(prefix[1])] if prefix else form_data
        assert place[name] == f"from {path}"[:40]


@pytest.mark.usefixtures("recorded_queue")
def test_a_writer_that_comes_when_the_lyrics_are_written_holds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Submitting and generating ask for the writer each, and two workers begin at once. What the slower one held was held for a
    minute, in which nobody purged the form."""
    form_id = a_form(submitted_at=now())
    take = prompts.take_lease

    def take_late(row: ComposeForm, *how: Any, **more: Any) -> bool:
        monkeypatch.setattr(prompts, "take_lease", take)
        in_database(prompts.write_prompts, form_id)  # the other worker, between the look at the row and the lease
        return take(row, *how, **more)

    monkeypatch.setattr(prompts, "take_lease", take_late)
    in_database(prompts.write_prompts, form_id)
    form = in_database(ComposeForm.find, form_id)
    assert (bool(form.generated_lyrics), form.lease_until) == (True, None)


@pytest.mark.usefixtures("many_connections")
def test_nine_songs_that_finish_together_are_all_kept() -> None:
    form_id = a_form(songs=3, status="prompts_generated")
    in_database(move, (ComposeForm, form_id), "variations_generating", by="test")
    cells = [(song, number) for song in range(3) for number in (1, 2, 3)]
    for song, number in cells:
        in_database(move, (Variation, a_variation(form_id, song, number, title=f"{song}/{number}")), "submitted", by="test")
    rows = in_database(lambda: list(Variation.select().where(Variation.form == form_id)))
    recording = LevelledAudio(
        master=b"m", preview=b"p", duration_ms=1000, preview_ms=500, loudness_lufs=-14.0, master_peaks=[1], preview_peaks=[1]
    )

    def finish(row: Variation) -> Callable[[], None]:
        clip = Clip("", title=f"{row.song_index}/{row.variation}")
        return lambda: _publish(row, (clip, ()), recording, ("m", "p", "sha"))

    at_once(*(finish(row) for row in rows))
    urls, titles, status = sql(
        "SELECT variation_audio_urls, variation_titles, status FROM compose_forms WHERE id = %s", form_id
    )[0]
    by_cell = {(str(row.song_index), str(row.variation)): row.id for row in rows}
    shown = {(song, number): url for song, cells_of in urls.items() for number, url in cells_of.items()}
    assert {place: url.rpartition("/")[2].removesuffix(".mp3") for place, url in shown.items()} == by_cell
    assert titles == {str(song): {str(number): f"{song}/{number}" for number in (1, 2, 3)} for song in range(3)}
    assert status == "variations_ready"
    assert sql("SELECT count(*) FROM form_events WHERE form_id = %s AND to_status = 'variations_ready'", form_id) == [(1,)]
    assert [line for line in in_database(contradictions, form_id) if "form" in line.split()[0]] == []


@pytest.mark.usefixtures("many_connections")
def test_of_eight_racing_movers_exactly_one_wins() -> None:
    for _ in range(5):
        form_id = a_form(status="variations_ready")
        won = at_once(*[lambda: move((ComposeForm, form_id), "payment_initiated", by="test")] * 8)  # noqa: B023 used at once
        assert sorted(won) == [False] * 7 + [True]
        assert sql("SELECT count(*) FROM form_events WHERE form_id = %s", form_id) == [(1,)]


@pytest.mark.usefixtures("many_connections")
def test_generation_asked_for_twenty_times_starts_three_versions_of_each_song_once() -> None:
    form_id = a_form(songs=3, status="prompts_generated")
    answers = at_once(*[lambda: {row.id for row in begin_variations(form_id)}] * 20)
    rows = sql("SELECT song_index, variation, id FROM variations WHERE form_id = %s ORDER BY 1, 2", form_id)
    assert [row[:2] for row in rows] == [(song, number) for song in range(3) for number in (1, 2, 3)]
    assert all(answer == {row[2] for row in rows} for answer in answers)
    shown = sql("SELECT variation_task_ids FROM compose_forms WHERE id = %s", form_id)[0][0]
    assert [task for song in ("0", "1", "2") for task in shown[song]] == [row[2] for row in rows]


def test_pay_pressed_in_ten_tabs_at_once_opens_one_session(stack: Stack) -> None:
    form_id = a_form(status="variations_ready", selected_variations={"0": 1})
    a_variation(form_id, status="ready")
    barrier = threading.Barrier(10)

    def pay(_: int) -> Any:
        barrier.wait(20)
        return requests.post(f"{stack.url}/api/stripe/checkout", json={"formId": form_id}, timeout=30)

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(pay, range(10)))
    opened = {answer.json()["sessionId"] for answer in answers if answer.status_code == 200}
    assert len(opened) == 1
    assert {answer.status_code for answer in answers} <= {200, 503}
    assert sql("SELECT count(*) FROM checkout_sessions WHERE form_id = %s", form_id) == [(1,)]
    log = stack.read_log()
    assert form_id not in log, "an id is a key: the log shows a part of it"


def test_of_versions_of_different_words_that_are_chosen_at_once_one_wins_whole(many_connections: None) -> None:
    """Two tabs and a payment page: whatever wins, the choice, the words and what stands beside it are of one revision."""
    form_id = ready_form(variation_styles=[["a", "b", "c"]], generated_prompts=["p"], generated_lyrics=[NEW])
    for line, text in (("We missed the last train and walked home singing", "We took the bus"), ("We took the bus", "We flew")):
        in_database(change_line, form_id, 0, 1, line, text)
        make(form_id)
    ids = [row.id for row in rows(form_id)]
    for _ in range(3):
        at_once(*(lambda task=task: choose_task(form_id, task) for task in ids))  # type: ignore[misc]
        form = seen(form_id)
        (chosen,) = form.selected_task_ids.values()
        assert {one.revision for one in form.songs[0].variations} == {form.songs[0].revision}
        assert chosen in [one.task_id for one in form.songs[0].variations]
        assert form.songs[0].lyrics == next(one.asked_lyrics for one in form.songs[0].variations)
        assert set(form.variation_lyrics["0"].values()) == {"" if form.songs[0].revision == 1 else form.songs[0].lyrics}
    assert in_database(contradictions, form_id) == []


def test_a_line_changed_in_two_tabs_at_once_is_changed_once(many_connections: None) -> None:
    form_id = ready_form(generated_lyrics=[NEW])
    line = "We missed the last train and walked home singing"

    def change(text: str) -> bool:
        with suppress(WrongMomentError):
            change_line(form_id, 0, 1, line, text)
            return True
        return False

    assert sorted(at_once(lambda: change("We took the bus"), lambda: change("We flew"), lambda: change("We ran"))) == [
        False, False, True,
    ]  # fmt: skip
    assert [row.revision for row in rows(form_id)] == [1, 1, 1, 2, 2, 2]
