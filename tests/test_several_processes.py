"""What holds when a part runs more than once: a web process that is deaf says so, and of several clocks one sweeps."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import aclosing
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from fastapi import Response

from api.health import ready
from jobs import clock
from models import Mark, in_database, now
from pubsub import CHANNEL, publish, subscribe
from tests.support.overrides import Override
from tests.support.stack import wait_for
from tests.support.stores import wire

NAME, PASSWORD = "deaf", "of-the-test"


@pytest.fixture
def deaf_url(migrated: None) -> Iterator[str]:
    """REDIS_URL for a user who may do everything but hear."""
    wire().execute_command("ACL", "SETUSER", NAME, "reset", "on", f">{PASSWORD}", "~*", "+@all", "resetchannels")
    url = os.environ["REDIS_URL"]
    if url.startswith("unix:"):
        yield f"{url}{'&' if '?' in url else '?'}username={NAME}&password={PASSWORD}"
    else:
        parts = urlsplit(url)
        yield parts._replace(netloc=f"{NAME}:{PASSWORD}@{parts.netloc.rpartition('@')[2]}").geturl()
    wire().execute_command("ACL", "DELUSER", NAME)


def hears() -> bool:
    """What /readyz says of notifications; without them it says that the process is not ready."""
    response = Response()
    checks = ready(response)
    assert checks["notifications"] or response.status_code == 503
    assert checks["redis"], "Redis itself is there all the time"
    return bool(checks["notifications"])


async def test_a_process_that_lost_its_subscription_says_that_it_is_not_ready(
    deaf_url: str, override_settings: Override
) -> None:
    override_settings(redis_url=deaf_url)
    heard: list[str | None] = []

    async def listen() -> None:
        async with aclosing(subscribe()) as notifications:  # type: ignore[type-var]  # a generator, typed as an iterator
            async for one in notifications:
                heard.append(one)

    listening = asyncio.create_task(listen())
    await asyncio.to_thread(wait_for, lambda: not hears(), "the refused subscription")
    wire().execute_command("ACL", "SETUSER", NAME, f"&{CHANNEL}")
    await asyncio.to_thread(wait_for, hears, "the subscription")
    publish("form_x")
    await asyncio.to_thread(wait_for, lambda: heard == [None, "form_x"], "what it hears")
    wire().execute_command("ACL", "SETUSER", NAME, "resetchannels")  # Redis cuts who may not listen any more
    await asyncio.to_thread(wait_for, lambda: not hears(), "the lost subscription")
    listening.cancel()


def test_of_two_clocks_one_sweeps_and_the_other_goes_on_where_it_dies(migrated: None, monkeypatch: pytest.MonkeyPatch) -> None:
    swept: list[str] = []
    monkeypatch.setattr(clock, "sweep", lambda: swept.append("swept"))
    in_database(Mark.delete().where(Mark.name == "sweep").execute)
    assert [in_database(clock.sweep_in_turn) for _ in ("one", "the other", "one again")] == [True, False, False]
    in_database(Mark.update(at=now() - timedelta(seconds=5)).where(Mark.name == "sweep").execute)
    assert in_database(clock.sweep_in_turn), "the one that swept is gone: nobody waits for longer than a turn"
    in_database(Mark.update(at=now() + timedelta(hours=1)).where(Mark.name == "sweep").execute)
    assert in_database(clock.sweep_in_turn), "the database's clock was set back"
    assert len(swept) == 3
