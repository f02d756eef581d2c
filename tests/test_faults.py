"""What must not be lost when something dies in the middle: nobody presses anything, and nothing is generated twice."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import Any

import pytest
import redis

from models import FormEvent, Variation, database
from tests.conftest import SCRATCH
from tests.house import House, free_port, wait_for


def being_made(form: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for song in form["songs"] for one in song["variations"] if one["status"] == "generating"]


def studio_tasks(house: House) -> set[str]:
    """Every task that the studio was ever asked for, finished or not."""
    spool = house.data_dir / "studio"
    return {path.stem for kind in ("open", "done") for path in (spool / kind).glob("*.json")}


def await_some_being_made(house: House, form_id: str) -> None:
    wait_for(lambda: being_made(house.form(form_id)), "a variation to be in the middle of being made")


def assert_made_exactly_once(form: dict[str, Any], asked: set[str]) -> None:
    """Every variation is ready, and each cost one task and no more."""
    cells = [one for song in form["songs"] for one in song["variations"]]
    assert [one["status"] for one in cells] == ["ready"] * len(cells)
    assert len(asked) == len(cells), "one provider task per variation"
    with database.connection_context():
        rows = list(Variation.select().where(Variation.form == form["id"]))
        submits = FormEvent.select().where(
            FormEvent.form_id == form["id"], FormEvent.noun == "variation", FormEvent.to_status == "ready"
        )
        if rows:  # a house on its own stores is not in this database
            assert {row.attempt for row in rows} == {1}
            assert submits.count() == len(rows), "each became ready once"


def kill_all(house: House, *parts: str) -> None:
    for part in parts:
        for pid in house.pids(part):
            with_group = os.getpgid(pid) == pid
            (os.killpg if with_group else os.kill)(pid, signal.SIGKILL)


@pytest.mark.parametrize("victims", [("worker",), ("studio",), ("worker", "studio", "clock", "web")], ids="-".join)
def test_a_form_gets_ready_although_its_makers_are_killed_in_the_middle(house: House, victims: tuple[str, ...]) -> None:
    before = studio_tasks(house)
    form_id = house.create()
    house.generate(form_id)
    await_some_being_made(house, form_id)
    kill_all(house, *victims)
    wait_for(house.is_ready, "the house to recover")
    form = house.await_status(form_id, "variations_ready")
    assert_made_exactly_once(form, studio_tasks(house) - before)


def test_a_form_gets_ready_although_valkey_is_flushed_in_the_middle(house: House) -> None:
    """Flushed again and again, from before the first job until the last variation is ready."""
    before = studio_tasks(house)
    valkey = redis.Redis.from_url(os.environ["REDIS_URL"])
    stop = threading.Event()

    def flush() -> None:
        while not stop.wait(0.7):
            valkey.flushall()

    flusher = threading.Thread(target=flush)
    flusher.start()
    try:
        form_id = house.create()
        house.generate(form_id)
        form = house.await_status(form_id, "variations_ready")
    finally:
        stop.set()
        flusher.join()
    assert_made_exactly_once(form, studio_tasks(house) - before)


def test_a_form_gets_ready_although_the_power_goes_out_and_the_stores_with_it() -> None:
    """The whole of `make run`, PostgreSQL and Valkey included, is killed and started again on the same data."""
    with House(Path(SCRATCH / "dark"), free_port(), DATABASE_URL=None, REDIS_URL=None) as house:
        form_id = house.create(songs=3)
        house.generate(form_id)
        await_some_being_made(house, form_id)
        house.kill()
        house.start()
        form = house.await_status(form_id, "variations_ready")
        assert_made_exactly_once(form, studio_tasks(house))
