"""The whole journey in Chromium with remote providers only, and what survives when everything dies in the middle."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis
import requests
from playwright.async_api import Browser, expect

from tests.support.fakes.vendor import FakeVendor
from tests.support.stack import Stack, free_port, wait_for
from tests.test_journey import DECODE, DESKTOP, PHONE, PLAYING, choose, decline_then_pay, open_the_gift, tell

QUICK = {"MUSICGPT_POLL_SECONDS": "1", "MUREKA_POLL_SECONDS": "1", "UNCERTAIN_SECONDS": "20"}


@contextlib.contextmanager
def living(providers: str, *fakes: FakeVendor, **more: str) -> Iterator[Stack]:
    """A house on its own stores that works with these fakes."""
    data = Path(tempfile.mkdtemp(prefix="serenade-remote-"))
    data.chmod(0o755)
    environment: dict[str, str | None] = {
        "DATABASE_URL": None,
        "REDIS_URL": None,
        "MUSIC_PROVIDERS": providers,
        **QUICK,
        **more,
    }
    for fake in fakes:
        environment |= fake.environment()
    with Stack(data, free_port(), **environment) as stack:
        yield stack


def cells(form: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for song in form["songs"] for one in song["variations"]]


async def journey(stack: Stack, browser: Browser, package: str, songs: int, size: Any, patience: float = 90) -> dict[str, Any]:
    """Tell, listen while it is made, choose, pay, give, and open the gift."""
    page = await (await browser.new_context(viewport=size)).new_page()
    page.set_default_timeout(20_000)
    form_id = await tell(stack, page, package, songs)
    await expect(page.locator("#heading")).to_have_text("Listen, and choose", timeout=patience * 1000)
    for song in range(songs):
        await page.locator("song-compare").nth(song).get_by_role("button", name="Play").first.click()
        await page.wait_for_function(f"({PLAYING})().length === 1")
    for one in cells(stack.form(form_id)):
        sound = await page.evaluate(DECODE, one["previewUrl"])
        assert 44 <= sound["seconds"] <= 46
        assert sound["rms"] > 0.02
    await choose(page, songs)
    await decline_then_pay(page)
    await expect(page.locator("#heading")).to_have_text("Here is your gift", timeout=20_000)
    await open_the_gift(browser, await page.locator("#link-0").input_value(), "Mia")
    await page.context.close()
    return stack.form(form_id)


async def test_the_whole_journey_with_musicgpt_alone(browser: Browser) -> None:
    with FakeVendor("musicgpt", latency=2.0, audio="long", callbacks=3) as fake, living("musicgpt", fake) as stack:
        form = await journey(stack, browser, "holiday-hamper", 3, PHONE)
        assert form["status"] == "delivered"
        assert fake.submits == len(fake.tasks) == 6, "two clips a call, both used"
        assert "key-of-the-test" not in stack.read_log()
        secrets = [task.body["webhook_url"].rpartition("/")[2] for task in fake.tasks.values()]
        assert not any(secret in stack.read_log() for secret in secrets)


async def test_the_whole_journey_when_mureka_fails_and_the_studio_takes_over(browser: Browser) -> None:
    with FakeVendor("mureka", latency=0.5) as fake, living("mureka,studio", fake) as stack:
        fake.fates = ["fail"] * 50
        form = await journey(stack, browser, "solo-serenade", 1, DESKTOP, patience=180)  # two looks, 45 s after each submit
        assert form["status"] == "delivered"
        assert fake.submits == 2


def kill(stack: Stack, part: str, horse: bool = False) -> None:
    """Kill a part with SIGKILL; `horse`: only the child that runs a job."""
    for pid in stack.pids(part):
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            if not horse or parent_of(pid) in stack.pids(part):
                os.kill(pid, signal.SIGKILL)


def parent_of(pid: int) -> int:
    """The process that started this one."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def url_of(stack: Stack, name: str) -> str:
    """DATABASE_URL or REDIS_URL of a house on its own stores."""
    return next(
        value.partition(b"=")[2].decode()
        for pid in stack.pids("web")
        for value in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        if value.startswith(f"{name}=".encode())
    )


def flush(stack: Stack) -> None:
    """Redis forgets everything."""
    redis.Redis.from_url(url_of(stack, "REDIS_URL")).flushall()


def restart_postgres(stack: Stack) -> None:
    """PostgreSQL is told to stop: every connection is cut, and the house starts it again."""
    with contextlib.closing(psycopg2.connect(url_of(stack, "DATABASE_URL"))) as connection:
        os.kill(parent_of(connection.get_backend_pid()), signal.SIGINT)


def everything(stack: Stack) -> None:
    """The power goes out."""
    stack.kill()
    stack.start()


DISASTERS = {
    "worker": lambda stack: kill(stack, "worker"),
    "horse": lambda stack: kill(stack, "worker", horse=True),
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
    wait_for(lambda: takes_orders(stack), "the house to take the next form", 60)
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

    return wait_for(over, f"{form_id} to be over", 150)


@pytest.mark.parametrize("disaster", DISASTERS)
def test_a_form_gets_ready_and_nothing_is_bought_twice_whatever_dies(disaster: str) -> None:
    """Fault table rows 72, 73, 77, 81 and 91, once each; `make chaos-generation` does each twenty times."""
    with FakeVendor("musicgpt", latency=0.8, callbacks=3) as fake, living("musicgpt", fake) as stack:
        made = await_end(stack, strike(stack, disaster, random.Random(1)))
        assert [one["status"] for one in made] == ["ready"] * 3
        assert fake.submits == 2
        wait_for(stack.is_ready, "the house to say that it is well", 30)
