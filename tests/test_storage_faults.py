"""What happens to a song when its storage is full, broken or away: nothing half is served, nothing paid is given up early."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rq.timeouts import JobTimeoutException

import jobs.generation.collecting
import jobs.gifts.gift
from integrations.storage import Storage, StorageError
from integrations.storage.folder import Folder
from jobs.gifts.gift import missing_songs
from jobs.mail.sending import send_email
from jobs.outbox import put
from jobs.payments.delivery_guarantee import undelivered
from models import CheckoutSession, ComposeForm, Email, Variation, in_database, new_id, now
from tests.support.forms import a_form, a_variation, insert

KEY = "task_1/master-0123456789abcdef.mp3"


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Storage:
    found: Storage = Folder(tmp_path) if request.param == "folder" else request.getfixturevalue("bucket")
    monkeypatch.setattr(jobs.gifts.gift, "storage", lambda: found)
    return found


def a_paid_form(place: Storage) -> tuple[str, str]:
    """A form that was paid two days ago and not delivered yet; and the key of its song."""
    early = "2026-01-01"
    form_id = a_form(
        status="payment_completed", amount_paid=999, paid_at=early, selected_variations={"0": 1}, guest_email="dad@example.com"
    )
    task = a_variation(form_id, status="ready", master_bytes=4)
    key = f"{task}/master-0123456789abcdef.mp3"
    in_database(Variation.update(master_key=key).where(Variation.id == task).execute)
    place.put(key, b"song")
    checkout = {"attempt": 1, "idempotency_key": new_id("key"), "amount": 999, "currency": "usd", "expires_at": "2099-01-01"}
    paid = {"status": "fulfilled", "fulfilled_at": early, "amount_paid": 999, "payment_intent_id": new_id("pi")}
    insert(
        "checkout_sessions",
        {"id": new_id("checkout"), "form_id": form_id, "selected_variations": {}, "selected_task_ids": {}, **checkout, **paid},
    )
    return form_id, key


def refund_due(form_id: str) -> str | None:
    return in_database(lambda: CheckoutSession.get(CheckoutSession.form == form_id).refund_due)


@pytest.mark.usefixtures("migrated")
def test_a_song_counts_as_there_only_as_it_was_written(place: Storage) -> None:
    """docs/reliability.md row 89: wherever it is stored."""
    form_id, key = a_paid_form(place)

    def missing() -> list[str]:
        return in_database(lambda: missing_songs(ComposeForm.find(form_id)))

    assert missing() == []
    place.put(key, b"so")
    assert missing() == ["0"]
    place.remove(key.partition("/")[0])
    assert missing() == ["0"]


@pytest.mark.usefixtures("migrated")
def test_money_goes_back_for_a_song_that_is_gone_but_not_while_nobody_can_say(
    place: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    form_id, key = a_paid_form(place)
    in_database(undelivered)
    assert refund_due(form_id) is None, "the song is there: the mail alone is late"
    with monkeypatch.context() as away:
        away.setattr(type(place), "size", _away)
        with pytest.raises(StorageError):
            in_database(undelivered)
        email_id = in_database(put, form_id, "delivery", "dad@example.com")
        send_email(str(email_id))
        row = in_database(Email.find, email_id)
        assert (row.status, row.next_try_at > now()) == ("queued", True), "the email waits"
    assert refund_due(form_id) is None
    place.remove(key.partition("/")[0])
    in_database(undelivered)
    assert refund_due(form_id) == "undelivered"


def _away(*_: Any) -> int:
    raise StorageError("the storage is away")


def test_a_full_disk_leaves_what_was_there_and_nothing_half(tmp_path: Path) -> None:
    """docs/reliability.md row 87: the file system refuses in the middle of the file."""
    Folder(tmp_path).put(KEY, b"as before")
    code = (
        "import resource, signal, sys; from pathlib import Path; from integrations.storage.folder import Folder\n"
        "from integrations.storage import StorageError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try: Folder(Path(sys.argv[1])).put(sys.argv[2], b'x' * 1_000_000)\n"
        "except StorageError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path), KEY], capture_output=True, text=True, timeout=60)
    assert "could not write" in done.stdout, done.stderr
    assert Folder(tmp_path).get(KEY) == b"as before"
    assert [path.name for path in (tmp_path / "task_1").iterdir()] == [KEY.partition("/")[2]]


def test_where_not_even_a_folder_can_be_made_the_storage_is_what_fails(tmp_path: Path) -> None:
    """A full disk refuses that first; taken for a fault of the song it cost another one at the vendor."""
    (tmp_path / "task_1").write_bytes(b"in the way")
    with pytest.raises(StorageError, match="could not write"):
        Folder(tmp_path).put(KEY, b"song")


def test_killed_in_the_middle_of_writing_no_half_file_has_its_name(tmp_path: Path) -> None:
    """docs/reliability.md row 88."""
    code = (
        "import os, sys; from pathlib import Path; from integrations.storage.folder import Folder\n"
        "def stuck(handle): print('written', flush=True); sys.stdin.read()\n"
        "os.fsync = stuck\n"
        "Folder(Path(sys.argv[1])).put(sys.argv[2], b'x' * 1_000_000)"
    )
    writer = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path), KEY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "written\n"
    writer.send_signal(signal.SIGKILL)
    writer.communicate(timeout=30)
    assert Folder(tmp_path).size(KEY) is None
    Folder(tmp_path).put(KEY, b"whole")
    assert Folder(tmp_path).get(KEY) == b"whole"


@pytest.mark.usefixtures("migrated")
def test_a_job_that_is_out_of_time_really_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/reliability.md row 76: the timeout is an exception, and nobody who expects any exception may keep it."""
    row = in_database(
        Variation.find, a_variation(a_form(status="variations_generating"), status="generating", provider="studio")
    )

    def too_long(*_: Any, **__: Any) -> None:
        raise JobTimeoutException

    monkeypatch.setattr(jobs.generation.collecting, "_sound", lambda *_: b"")
    monkeypatch.setattr(jobs.generation.collecting, "make_recording", too_long)
    with pytest.raises(JobTimeoutException):
        jobs.generation.collecting._collect(row)
    assert in_database(Variation.find, row.id).status == "generating", "its lease runs out, and the sweep finds it"
