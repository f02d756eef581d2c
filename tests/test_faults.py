"""What must not be lost when something dies in the middle: nobody presses anything, and nothing is generated twice."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis

from models import FormEvent, Variation, database
from tests.support.disasters import DISASTERS, QUICK, ask, await_end, living, parent_of, strike, url_of
from tests.support.fakes.vendor import FakeVendor
from tests.support.ready_data import ready_data
from tests.support.stack import HEALED, MADE, Stack, free_port, wait_for


def being_made(form: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for song in form["songs"] for one in song["variations"] if one["status"] == "generating"]


def studio_tasks(stack: Stack) -> set[str]:
    """Every task that the studio was ever asked for, finished or not."""
    spool = stack.data_dir / "studio"
    return {path.stem for kind in ("open", "done") for path in (spool / kind).glob("*.json")}


def await_some_being_made(stack: Stack, form_id: str) -> None:
    wait_for(lambda: being_made(stack.form(form_id)), "a variation to be in the middle of being made", MADE)


def assert_made_exactly_once(form: dict[str, Any], asked: set[str]) -> None:
    """Every variation is ready, and each cost one task and no more."""
    cells = [one for song in form["songs"] for one in song["variations"]]
    assert [one["status"] for one in cells] == ["ready"] * len(cells)
    assert len(asked) == len(cells), "one provider task per variation"


def assert_ready_at_the_first_attempt(form: dict[str, Any]) -> None:
    """So say the rows and the timeline, in the database that the tests share with the running stack."""
    with database.connection_context():
        rows = list(Variation.select().where(Variation.form == form["id"]))
        ended = FormEvent.select().where(
            FormEvent.form_id == form["id"], FormEvent.noun == "variation", FormEvent.to_status == "ready"
        )
        assert {row.attempt for row in rows} == {1}
        assert ended.count() == len(rows), "each became ready once"


def kill_all(stack: Stack, *parts: str) -> None:
    for part in parts:
        for pid in stack.pids(part):
            with suppress(ProcessLookupError):  # a worker's job may end in between
                with_group = os.getpgid(pid) == pid
                (os.killpg if with_group else os.kill)(pid, signal.SIGKILL)


@pytest.mark.parametrize("victims", [("worker",), ("studio",), ("worker", "studio", "clock", "web")], ids="-".join)
def test_a_form_gets_ready_although_its_makers_are_killed_in_the_middle(stack: Stack, victims: tuple[str, ...]) -> None:
    before = studio_tasks(stack)
    form_id = stack.create()
    with stack.studio_pace("2"):  # long enough to be in the middle
        stack.generate(form_id)
        await_some_being_made(stack, form_id)
        kill_all(stack, *victims)
        wait_for(stack.is_ready, "the product to recover", HEALED)
        form = stack.await_status(form_id, "variations_ready")
    assert_made_exactly_once(form, studio_tasks(stack) - before)
    assert_ready_at_the_first_attempt(form)


def test_a_form_gets_ready_although_valkey_is_flushed_in_the_middle(stack: Stack) -> None:
    """Flushed again and again, from before the first job until the last variation is ready."""
    before = studio_tasks(stack)
    valkey = redis.Redis.from_url(os.environ["REDIS_URL"])
    stop = threading.Event()

    def flush() -> None:
        while not stop.wait(0.7):
            valkey.flushall()

    flusher = threading.Thread(target=flush)
    flusher.start()
    try:
        form_id = stack.create()
        stack.generate(form_id)
        form = stack.await_status(form_id, "variations_ready")
    finally:
        stop.set()
        flusher.join()
    assert_made_exactly_once(form, studio_tasks(stack) - before)
    assert_ready_at_the_first_attempt(form)


def test_a_form_gets_ready_although_the_power_goes_out_and_the_stores_with_it() -> None:
    """The whole of `make run`, PostgreSQL and Valkey included, is killed and started again on the same data."""
    with ready_data() as data, Stack(data, free_port(), DATABASE_URL=None, REDIS_URL=None, DEMO="false") as stack:
        form_id = stack.create(songs=3)
        with stack.studio_pace("1"):
            stack.generate(form_id)
            await_some_being_made(stack, form_id)
            stack.kill()
            stack.start()
            form = stack.await_status(form_id, "variations_ready")
        assert_made_exactly_once(form, studio_tasks(stack))


@pytest.fixture(scope="module")
def remote() -> Iterator[tuple[Stack, FakeVendor]]:
    """The product with one worker on stores of its own, and the vendor that it buys from."""
    with FakeVendor("musicgpt", latency=0.8, callbacks=3) as fake, living("musicgpt", fake, WORKERS="1") as stack:
        yield stack, fake


def await_grown_up(stack: Stack) -> None:
    """The supervisor gives up what dies three times in a row, young: each test begins afresh."""
    wait_for(stack.is_ready, "a worker", HEALED)
    old = float(QUICK["RESTART_YOUNG_SECONDS"]) + 0.2

    def is_grown_up(pid: int) -> bool:
        return time.time() - Path(f"/proc/{pid}").stat().st_mtime > old

    wait_for(lambda: all(is_grown_up(pid) for pid in stack.pids("worker")), "an older worker")


def is_running(pid: int) -> bool:
    with suppress(OSError):
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return False


@pytest.mark.parametrize("times", [1, 2], ids=["asked once", "asked twice"])
def test_a_deploy_in_the_middle_of_a_submit_buys_nothing_twice(remote: tuple[Stack, FakeVendor], times: int) -> None:
    """docs/reliability.md row 75: a worker asked to stop ends its job first; asked again it ends at once, the job later."""
    stack, fake = remote
    await_grown_up(stack)
    before = fake.submits
    fake.receipts_released.clear()
    fake.faults = ["accept_and_wait"]
    form_id = stack.create()
    stack.generate(form_id)
    wait_for(lambda: fake.submits > before, "the vendor to be asked")
    workers = stack.pids("worker")
    worker = next(pid for pid in workers if parent_of(pid) not in workers)
    (work_horse,) = set(workers) - {worker}
    os.kill(worker, signal.SIGTERM)
    if times == 2:

        def is_gone() -> bool:
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGTERM)  # RQ takes a second signal only after a second
            return not is_running(worker)

        wait_for(is_gone, "the worker to give up its job")
        assert not is_running(work_horse)
        ask(stack, "UPDATE variations SET lease_until = now() AT TIME ZONE 'utc' WHERE provider_task_id IS NULL")
    assert (is_running(worker), is_running(work_horse)) == (times == 1, times == 1)
    fake.receipts_released.set()
    wait_for(lambda: not is_running(worker), "the worker to be gone")
    assert [one["status"] for one in await_end(stack, form_id)] == ["ready"] * 3
    assert fake.submits - before == 2, "two clips a call, three versions: as without a deploy"
    uncertain = ask(stack, f"SELECT count(*) FROM variations WHERE form_id = '{form_id}' AND uncertain_at IS NOT NULL")
    assert (uncertain[0][0] > 0) == (times == 2)


REFUSALS = {
    "OOM": (("CONFIG", "SET", "maxmemory", "1mb"), ("CONFIG", "SET", "maxmemory", "0")),
    "READONLY": (("REPLICAOF", "127.0.0.1", "1"), ("REPLICAOF", "NO", "ONE")),
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_while_valkey_takes_nothing_orders_are_taken_and_made_later(remote: tuple[Stack, FakeVendor], refusal: str) -> None:
    """docs/reliability.md row 78: the rows are the truth, so a customer only has to wait; staff are alerted by the clock."""
    stack, fake = remote
    await_grown_up(stack)
    before, said = fake.submits, len(stack.read_log())
    ask(stack, "DELETE FROM alerts")
    valkey = redis.Redis.from_url(url_of(stack, "REDIS_URL"))
    refuse, heal = REFUSALS[refusal]
    valkey.execute_command(*refuse)
    try:
        with pytest.raises(redis.ResponseError, match="maxmemory" if refusal == "OOM" else "read only"):
            valkey.set("x", 1)
        kill_all(stack, "worker")  # the next one starts while nothing can be taken
        form_id = stack.create()
        stack.generate(form_id)
        changed = stack.call("PATCH", "/api/compose/forms", json={"formId": form_id, "guestEmail": "mum@example.com"})
        assert changed.status_code == 200
        alerted = "SELECT 1 FROM alerts WHERE kind = 'redis_refuses' AND sent_at > '2000-01-01'"
        wait_for(lambda: ask(stack, alerted), "an alert", HEALED)
        assert any("redis_refuses" in email.read_text() for email in stack.data_dir.glob("outbox/*.eml"))
        assert stack.call("GET", "/readyz").status_code == 503
        wait_for(lambda: "no work can be taken" in stack.read_log()[said:], "a worker that waits instead of dying", HEALED)
        assert fake.submits == before
    finally:
        valkey.execute_command(*heal)
    assert [one["status"] for one in await_end(stack, form_id)] == ["ready"] * 3
    assert fake.submits - before == 2
    assert stack.process.poll() is None, "nothing gave up meanwhile"


def jobs_of(stack: Stack) -> list[int]:
    """The processes that run a job right now."""
    workers, found = stack.pids("worker"), []
    for pid in workers:
        with suppress(OSError):
            if parent_of(pid) in workers:
                found.append(pid)
    return found


def end_leases_of_the_dead(stack: Stack, fake: FakeVendor, form_id: str) -> None:
    """What a dead job had claimed is free after 40 or 90 s; here once no job of then lives and the vendor has called."""
    jobs = jobs_of(stack)
    wait_for(lambda: not any(map(is_running, jobs)), "the jobs of that moment to be over", HEALED)
    called = fake.latency + 2
    wait_for(lambda: all(time.time() - task.made > called for task in list(fake.tasks.values())), "the vendor's calls")
    end = "SET lease_until = now() AT TIME ZONE 'utc' WHERE lease_until IS NOT NULL"

    def ended() -> bool:
        with suppress(psycopg2.OperationalError, StopIteration):  # the database or the web process is not back yet
            ask(stack, f"UPDATE compose_forms {end} AND id = '{form_id}'")
            ask(stack, f"UPDATE variations {end} AND form_id = '{form_id}' AND uncertain_at IS NULL")
            return True
        return False

    wait_for(ended, "the database to be back", HEALED)


@pytest.mark.parametrize("disaster", DISASTERS)
def test_a_form_gets_ready_and_nothing_is_bought_twice_whatever_dies(remote: tuple[Stack, FakeVendor], disaster: str) -> None:
    """docs/reliability.md rows 72, 73, 77, 81 and 91, once each; `make chaos-generation` does each twenty times."""
    stack, fake = remote
    await_grown_up(stack)
    before = fake.submits
    form_id = strike(stack, disaster, random.Random(1))
    if disaster != "flush":  # it ends no job
        end_leases_of_the_dead(stack, fake, form_id)
    made = await_end(stack, form_id)
    assert [one["status"] for one in made] == ["ready"] * 3
    assert fake.submits - before == 2
    wait_for(stack.is_ready, "the product to say that it is well", HEALED)
