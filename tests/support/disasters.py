"""A running product of its own with remote music vendors, and what may happen to it in the middle of an order."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import redis
import requests

from tests.support.fakes.vendor import FakeVendor
from tests.support.ready_data import ready_data
from tests.support.stack import HEALED, MADE, Stack, free_port, wait_for

QUICK = {
    "MUSICGPT_POLL_SECONDS": "1",
    "MUREKA_POLL_SECONDS": "1",
    "UNCERTAIN_SECONDS": "4",
    "RESTART_YOUNG_SECONDS": "1",
    "MOST_WORDS_A_MINUTE": "100000",  # songs are tones of a few seconds
}


@contextlib.contextmanager
def living(providers: str, *fakes: FakeVendor, **more: str) -> Iterator[Stack]:
    """The product on stores of its own, working with these fakes."""
    environment: dict[str, str | None] = {
        "DATABASE_URL": None,
        "REDIS_URL": None,
        "MUSIC_PROVIDERS": providers,
        "DEMO": "false",
        **QUICK,
        **more,
    }
    for fake in fakes:
        environment |= fake.environment()
    with ready_data() as data, Stack(data, free_port(), **environment) as stack:
        yield stack


def cells(form: dict[str, Any]) -> list[dict[str, Any]]:
    """Its variations, song by song."""
    return [one for song in form["songs"] for one in song["variations"]]


def kill(stack: Stack, part: str, work_horse: bool = False) -> None:
    """Kill a part with SIGKILL; `horse`: only the child that runs a job."""
    for pid in stack.pids(part):
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            if not work_horse or parent_of(pid) in stack.pids(part):
                os.kill(pid, signal.SIGKILL)


def parent_of(pid: int) -> int:
    """The process that started this one."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def url_of(stack: Stack, name: str) -> str:
    """DATABASE_URL or REDIS_URL of a stack on its own stores."""
    published = stack.data_dir / "stores.json"
    return stack.environment.get(name) or str(json.loads(published.read_text())["environment"][name])


def flush(stack: Stack) -> None:
    """Redis forgets everything."""
    redis.Redis.from_url(url_of(stack, "REDIS_URL")).flushall()


def restart_postgres(stack: Stack) -> None:
    """PostgreSQL is asked to stop: every connection is cut, and the supervisor starts it again."""
    with contextlib.closing(psycopg2.connect(url_of(stack, "DATABASE_URL"))) as connection:
        os.kill(parent_of(connection.get_backend_pid()), signal.SIGINT)


def everything(stack: Stack) -> None:
    """The power goes out."""
    stack.kill()
    stack.start()


DISASTERS = {
    "worker": lambda stack: kill(stack, "worker"),
    "horse": lambda stack: kill(stack, "worker", work_horse=True),
    "flush": flush,
    "postgres": restart_postgres,
    "everything": everything,
}


def takes_orders(stack: Stack) -> bool:
    """Whether the web process and its database answer."""
    with contextlib.suppress(requests.RequestException):
        return bool(stack.call("GET", "/readyz").json()["database"])
    return False


def strike(stack: Stack, disaster: str, dice: random.Random) -> str:
    """One form, and one disaster at a random moment while it is made; the form's id."""
    wait_for(lambda: takes_orders(stack), "the stack to take the next form", HEALED)
    form_id = stack.create()
    stack.generate(form_id)
    time.sleep(dice.uniform(0.0, 2.0))  # the random moment is the point
    DISASTERS[disaster](stack)
    return form_id


def await_end(stack: Stack, form_id: str) -> list[dict[str, Any]]:
    """The three variations once each is ready or shown as failed."""

    def over() -> list[dict[str, Any]]:
        answer = stack.call("GET", "/api/compose/forms", params={"formId": form_id})
        made = cells(answer.json()["form"]) if answer.status_code == 200 else []  # 503 while the database is away
        return made if len(made) == 3 and all(one["status"] in ("ready", "failed") for one in made) else []

    return wait_for(over, f"{form_id} to be over", MADE)


def ask(stack: Stack, statement: str) -> list[tuple[Any, ...]]:
    """One statement in the database of a stack on its own stores."""
    with (
        contextlib.closing(psycopg2.connect(url_of(stack, "DATABASE_URL"))) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []
