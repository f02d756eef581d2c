"""People can take theirs along or have it removed, and what is removed is found nowhere."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import traceback
import zipfile
from pathlib import Path

import pytest
import redis
from peewee import IntegrityError

from integrations.storage import storage
from jobs.privacy import retention
from models import BonusClip, ComposeForm, Email, FormEvent, ShareToken, database, in_database, new_form_id, new_id
from tests.support.forms import a_stored_form as a_form
from tests.support.forms import find_in_database
from tests.support.stack import ROOT, Stack, example_form_data, wait_for
from tests.support.traces import NOTHING, PAST, files_of, row_of, tasks_of


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
    wait_for(lambda: row_of(form_id).purged_at, "the sweep to purge the form", 60)  # every 5 s, and it does all else before
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
