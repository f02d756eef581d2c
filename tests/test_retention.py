"""What is kept, and for how long: unpaid forms leave no trace but an id, paid songs stay, and people can take theirs along."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import threading
import traceback
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from peewee import IntegrityError

from integrations.storage import StorageError, storage
from jobs.generation.collecting import collect_ready
from jobs.generation.prompts import write_prompts
from jobs.generation.submitting import submit_next
from jobs.privacy import expiry, personal_data, retention
from models import (
    UNPAID,
    BonusClip,
    CheckoutSession,
    ComposeForm,
    Email,
    FormEvent,
    ShareToken,
    Variation,
    WrongMomentError,
    database,
    in_database,
    new_form_id,
    new_id,
    now,
)
from tests.support.forms import a_stored_form as a_form
from tests.support.forms import checkout_session, find_in_database
from tests.support.stack import ROOT, Stack, example_form_data, wait_for

PAST = now() - timedelta(days=1)


NOTHING = {"songs": [{}]}  # how a form reads in which nothing was filled in


def row_of(form_id: str) -> ComposeForm:
    return in_database(ComposeForm.find, form_id)


def tasks_of(form_id: str) -> list[str]:
    return in_database(lambda: [row.id for row in Variation.select().where(Variation.form == form_id)])


def files_of(tasks: list[str]) -> list[str]:
    kept = {folder for folder, _ in storage().folders()}
    return [task for task in tasks if task in kept]


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


def test_files_that_no_row_owns_are_found_and_those_with_an_owner_are_kept(migrated: None) -> None:
    form_id = a_form()
    lost = new_id("task")
    storage().put(f"{lost}/master-1.mp3", b"sound")
    in_database(retention.remove_unowned_files)
    assert files_of([lost]) == [lost], "a worker may be about to write its row"
    in_database(retention.remove_unowned_files, -1.0)
    assert files_of([lost]) == []
    assert len(files_of(tasks_of(form_id))) == 3


def command(*words: str) -> str:
    done = subprocess.run([sys.executable, "main.py", *words], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_export_gives_everything_and_forget_leaves_only_the_accounts(migrated: None, tmp_path: Path) -> None:
    address = f"{secrets.token_hex(6)}@example.com"
    canary = f"canary-{secrets.token_hex(8)}"
    story = {**example_form_data(), "senderEmail": address}
    story["songs"][0]["storySummary"] = canary
    paid, unpaid = a_form("delivered", guest_email=address, form_data=story), a_form(guest_email=address, form_data=story)
    tasks = tasks_of(paid) + tasks_of(unpaid)
    with database.connection_context():
        ShareToken.insert(token=secrets.token_urlsafe(22), form=paid, song_index=0).execute()
        Email.insert(id=new_id("mail"), form=paid, kind="delivery", to_address=address, message_id=new_id("m")).execute()
        late = {"provider": "mureka", "provider_task_id": new_id("t"), "clip_index": 0, "why": "late", "state": "kept"}
        place = {"song_index": 0, "variation_id": tasks[0], "master_key": f"{tasks[0]}/master-1.mp3"}
        BonusClip.insert(form=paid, **place, **late).execute()
    assert "2 orders" in command("export", address.upper(), str(tmp_path / "all.zip"))
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        everything = json.loads(archive.read("data.json"))
        assert {form["id"] for form in everything["forms"]} == {paid, unpaid}
        assert canary in json.dumps(everything)
        assert len([name for name in archive.namelist() if name.endswith(".mp3")]) == 13
    assert "2 orders removed, 0 wait" in command("forget", address)
    assert find_in_database(canary) == []
    assert find_in_database(address) == []
    assert files_of(tasks) == []
    row = row_of(paid)
    assert (row.status, row.amount_paid, row.form_data) == ("delivered", 999, NOTHING), "what the tax office wants is kept"
    with database.connection_context():
        assert ShareToken.get(ShareToken.form == paid).revoked_at is not None
    assert "0 orders removed" in command("forget", address), "twice is harmless"


def test_what_the_database_refuses_stands_in_no_log(migrated: None) -> None:
    """Whatever breaks: what somebody wrote in the form is in the statement, and PostgreSQL would log it for ever."""
    canary = f"canary-{secrets.token_hex(8)}"
    refused = {"form_data": {"senderName": canary}, "status": canary}
    with database.connection_context(), pytest.raises(IntegrityError) as caught:
        ComposeForm.insert(id=new_form_id(), package_type="solo-serenade", song_count=1, **refused).execute()
    seen: BaseException | None = caught.value
    assert "compose_forms_status_check" in str(seen)
    assert canary not in "".join(traceback.format_exception(seen))
    folder = Path(os.environ["DATA_DIR"]).parent / "stores" / "logs"
    if not os.environ.get("TEST_DATABASE_URL"):
        assert "compose_forms_status_check" in (folder / "postgres.log").read_text()
        assert find_on_disk(canary, folder) == []


def find_in_redis(word: str) -> list[str]:
    store = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True, encoding_errors="replace")
    readers = {
        "string": store.get,
        "hash": store.hgetall,
        "list": lambda key: store.lrange(key, 0, -1),
        "set": store.smembers,
        "zset": lambda key: store.zrange(key, 0, -1),
        "stream": store.xrange,
    }
    kinds = {key: store.type(key) for key in store.scan_iter()}
    return [key for key, kind in kinds.items() if kind in readers and word in key + str(readers[kind](key))]


def find_on_disk(word: str, folder: Path) -> list[str]:
    return [str(path) for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]


def test_after_the_purge_no_word_of_the_story_is_found_anywhere(stack: Stack) -> None:
    """A whole journey up to the songs, then seven days later: not on disk, not in the database, not in Redis, in no log."""
    canary = f"Zq{secrets.token_hex(6)}"
    story = example_form_data()
    story["songs"][0] |= {"storySummary": f"We met at {canary}.", "mustInclude": f"{canary} for ever", "recipientName": canary}
    story["senderEmail"] = f"{canary.lower()}@example.com"
    answer = stack.call("POST", "/api/compose/forms", json={"packageType": "solo-serenade", "formData": story})
    form_id = answer.json()["form"]["id"]
    stack.generate(form_id)
    stack.await_status(form_id, "variations_ready")
    assert find_in_database(canary), "the canary sings before the purge"
    assert find_in_redis(canary) == [], "jobs carry ids only"
    log = stack.read_log()
    secrets_kept = [path.read_text() for path in (stack.data_dir / "secrets").iterdir()]
    assert [word for word in (canary, form_id, *secrets_kept) if word.lower() in log.lower()] == []
    assert find_on_disk(canary, stack.data_dir)
    with database.connection_context():
        ComposeForm.update(expires_at=PAST).where(ComposeForm.id == form_id).execute()
    wait_for(lambda: row_of(form_id).purged_at, "the sweep to purge the form", 60)
    assert stack.call("GET", "/api/compose/forms", params={"formId": form_id}).status_code == 410
    for page in ("create", "variations", "success"):
        answer = stack.call("GET", f"/compose/{page}", params={"formId": form_id})
        assert (answer.status_code, "This order is over" in answer.text) == (410, True)
    for word in (canary, canary.lower()):
        assert (find_in_database(word), find_in_redis(word), find_on_disk(word, stack.data_dir)) == ([], [], [])
    with database.connection_context():
        about = FormEvent.form_id == form_id, FormEvent.noun == "form"
        moves = [event.to_status for event in FormEvent.select().where(*about).order_by(FormEvent.id)]
    assert moves[-1] == "expired"
