"""What is kept, and for how long: unpaid forms leave no trace but an id, and paid songs stay."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from integrations.storage import StorageError, storage
from jobs.generation.collecting import collect_ready
from jobs.generation.prompts import write_prompts
from jobs.generation.submitting import submit_next
from jobs.privacy import expiry, personal_data, retention
from models import UNPAID, CheckoutSession, ComposeForm, Variation, WrongMomentError, database, in_database, now
from tests.support.forms import a_stored_form as a_form
from tests.support.forms import checkout_session
from tests.support.stack import wait_for
from tests.support.traces import NOTHING, PAST, files_of, row_of, tasks_of


def sweep() -> None:
    for step in (expiry.expire_forms, retention.purge_expired, retention.remove_old_stories):
        in_database(step)


@pytest.mark.parametrize("status", UNPAID)
def test_an_unpaid_form_is_gone_after_its_time_and_only_its_id_is_left(migrated: None, status: str) -> None:
    form_id = a_form(status, expires_at=PAST)
    tasks = tasks_of(form_id)
    sweep()
    wait_for(lambda: row_of(form_id).purged_at, "the purge (a stack that runs beside may be at it already)")
    row = row_of(form_id)
    assert (row.status, row.form_data, row.generated_prompts, row.guest_email) == ("expired", NOTHING, [], None)
    assert tasks_of(form_id) == []
    assert files_of(tasks) == []


def test_forms_within_their_time_and_paid_forms_are_left_alone(migrated: None) -> None:
    young, paid = a_form(), a_form("delivered", expires_at=PAST)
    sweep()
    for form_id in (young, paid):
        assert row_of(form_id).form_data["senderName"] == "Dad"
        assert len(files_of(tasks_of(form_id))) == 3


@pytest.mark.parametrize("status", ["open", "payment_pending"])
def test_a_form_waits_for_a_payment_that_is_under_way(migrated: None, status: str) -> None:
    form_id = a_form("payment_initiated", expires_at=PAST)
    checkout_session(form_id, status)
    sweep()
    assert row_of(form_id).status == "payment_initiated"
    with pytest.raises(WrongMomentError):
        in_database(retention.delete_now, form_id)
    in_database(lambda: CheckoutSession.update(status="expired").where(CheckoutSession.form == form_id).execute())
    sweep()
    wait_for(lambda: row_of(form_id).status == "expired", "the form to expire")


def test_a_row_that_somebody_holds_is_skipped_and_taken_next_time(migrated: None) -> None:
    form_id = a_form(expires_at=PAST)
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with database.connection_context(), database.atomic():
            ComposeForm.select().where(ComposeForm.id == form_id).for_update().get()
            held.set()
            release.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    sweep()
    assert row_of(form_id).status == "variations_ready"
    release.set()
    holder.join()
    sweep()
    assert row_of(form_id).status == "expired"


def test_a_purge_that_crashes_half_way_is_finished_by_the_next_one(migrated: None, monkeypatch: pytest.MonkeyPatch) -> None:
    form_id = a_form(expires_at=PAST)
    tasks = tasks_of(form_id)
    real, removed = type(storage()).remove, []

    def dies_at_the_second(self: Any, folder: str) -> None:
        if removed:
            raise RuntimeError("power cut")
        removed.append(folder)
        real(self, folder)

    with monkeypatch.context() as crash:
        crash.setattr(type(storage()), "remove", dies_at_the_second)
        with pytest.raises(RuntimeError):
            sweep()
    assert row_of(form_id).status == "expired", "nobody gets in any more"
    assert len(files_of(tasks)) == 2
    assert len(tasks_of(form_id)) == 3, "the rows still say which files are left"
    sweep()
    assert (files_of(tasks), tasks_of(form_id)) == ([], [])


def test_a_file_that_stays_holds_up_its_own_form_alone_and_forget_says_so(
    migrated: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck, other = a_form(expires_at=PAST, guest_email="stuck@example.com"), a_form(expires_at=PAST)
    kept, real = tasks_of(stuck)[0], type(storage()).remove

    def locked_away(self: Any, folder: str) -> None:
        if folder == kept:
            raise StorageError("AccessDenied")
        real(self, folder)

    with monkeypatch.context() as lock:
        lock.setattr(type(storage()), "remove", locked_away)
        sweep()
        assert (row_of(stuck).purged_at is None, row_of(other).purged_at is None) == (True, False)
        with database.connection_context():
            assert personal_data.forget_person("stuck@example.com") == (0, 1)
    with database.connection_context():
        assert personal_data.forget_person("stuck@example.com") == (1, 0)
    assert row_of(stuck).purged_at


def test_workers_that_meet_a_purged_form_stop_without_an_error_and_leave_nothing(migrated: None) -> None:
    form_id = a_form(expires_at=PAST)
    tasks = tasks_of(form_id)
    sweep()
    assert tasks
    submit_next()
    collect_ready()
    write_prompts(form_id)
    assert (row_of(form_id).generated_lyrics, tasks_of(form_id)) == ([], [])


def test_a_purge_waits_for_a_worker_that_is_at_it(migrated: None) -> None:
    form_id = a_form("variations_generating", expires_at=PAST)
    task = tasks_of(form_id)[0]
    soon = now() + timedelta(seconds=60)
    with database.connection_context():
        Variation.update(status="generating", lease_until=soon).where(Variation.id == task).execute()
    sweep()
    assert (row_of(form_id).status, row_of(form_id).purged_at) == ("expired", None)
    with database.connection_context():
        Variation.update(lease_until=PAST).where(Variation.id == task).execute()
    sweep()
    assert row_of(form_id).purged_at is not None


def test_90_days_after_payment_the_song_stays_and_the_story_goes(migrated: None) -> None:
    form_id = a_form("delivered", paid_at=now() - timedelta(days=91), generated_prompts=["a story"], generated_lyrics=["la"])
    fresh = a_form("delivered")
    sweep()
    row = row_of(form_id)
    assert row.form_data["songs"] == [{"recipientName": "Mia", "theme": "birthday", "relationship": "daughter"}], (
        "names that the gift page shows, and nothing of the form data"
    )
    assert (row.form_data["senderMessage"], row.generated_prompts, row.status) == ("Play it loud.", [], "delivered")
    assert len(files_of(tasks_of(form_id))) == 3
    assert "qualities" in row_of(fresh).form_data["songs"][0]


def test_a_customer_may_ask_for_another_week_three_times(migrated: None) -> None:
    form_id = a_form()
    before = row_of(form_id).expires_at
    for _ in range(expiry.MOST_EXTENSIONS):
        in_database(expiry.extend, form_id)
    assert row_of(form_id).expires_at - before == timedelta(days=21)
    with pytest.raises(WrongMomentError):
        in_database(expiry.extend, form_id)
