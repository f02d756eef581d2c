"""What the tests share: real stores, the whole product as real processes, one real Chromium.

The stores are started once, before any module that reads the environment is imported. Set TEST_DATABASE_URL and
TEST_REDIS_URL to run everything on separately installed servers, then in one process. Where pytest-xdist runs
several, each imports this module and so has stores, a port, a data folder and a running product of its own.
TESTS_WITHOUT_STORES=1 starts none: for `make test-quick`, which leaves out what is marked `system`.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI, HTTPException
from peewee import OperationalError

from embedded.forked import CAN_FORK
from tests.support import stripe_contract
from tests.support.sorting import GROUPS, needs_stack, sort_and_mark
from tests.support.stack import Stack, free_port
from tests.support.stores import drop_waiting_jobs, empty_queues, stores_of_tests
from tools.install_browser import find_browser

if TYPE_CHECKING:
    from integrations.storage.s3 import Bucket

gc.disable()  # until the tests are collected: imports make no garbage, and the looking is a fifth of what collecting costs
pytest_plugins = [
    f"tests.support.{name}"
    for name in ("durations", "sharing", "shop_fixtures", "smtp", "sandbox_server", "generation", "recovery", "supervised")
]

SCRATCH = Path(tempfile.mkdtemp(prefix="serenade-test-"))
SCRATCH.chmod(0o755)  # as root, PostgreSQL's own user must reach its data below it


PORT = free_port()
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores Ctrl-C, as all that it starts would
for name in [name for name in os.environ if name.startswith(("NICEGUI_", "STRIPE_", "SMTP_"))]:
    del os.environ[name]
os.environ |= {
    "ENV": "development",
    "DATA_DIR": str(SCRATCH / "data"),
    "PORT": str(PORT),
    "PUBLIC_URL": f"http://localhost:{PORT}",
    "WORKERS": "2",
    "SERVICE_TOKEN": "a-token-for-tests-that-is-long-enough-0123456789",
    "STAFF_EMAILS": "ann@staff.example=admin, sam@staff.example, vic@staff.example=viewer",
    "SANDBOX_CALL_LOG": str(SCRATCH / "stripe-calls.jsonl"),
    "EMBED_ORIGINS": "https://blog.example.com",
    "EXTRA_VERSIONS_PRICE": "499",
    "INSTRUMENTAL_PRICE": "299",
    "MOST_WORDS_A_MINUTE": "100000",  # songs of tests are tones of a few seconds
}

if os.environ.get("PYTEST_XDIST_WORKER") and (os.environ.get("TEST_DATABASE_URL") or os.environ.get("TEST_REDIS_URL")):
    raise pytest.UsageError("on the servers of TEST_DATABASE_URL and TEST_REDIS_URL only one process may run: -n 0")
UNDER_PYTEST = "PYTEST_VERSION" in os.environ  # benches import this module too, and measure the real thing
_arguments = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
_arguments.add_argument("-n", "--numprocesses", default="0")
ONLY_HANDS_OUT = (  # pytest-xdist's own process runs no test: stores of its own would be three seconds of a processor
    UNDER_PYTEST and "PYTEST_XDIST_WORKER" not in os.environ and _arguments.parse_known_args()[0].numprocesses != "0"
)
if ONLY_HANDS_OUT:
    os.environ[GROUPS] = str(SCRATCH / "groups.json")
WITHOUT_STORES = ONLY_HANDS_OUT or os.environ.get("TESTS_WITHOUT_STORES") == "1"
_stores = (
    None if WITHOUT_STORES else stores_of_tests(SCRATCH / "stores", careless=UNDER_PYTEST)
)  # sets DATABASE_URL and REDIS_URL

if UNDER_PYTEST:
    Stack.renderer, Stack.is_warm = "tests.support.quick_studio", CAN_FORK

from playwright.async_api import Browser, async_playwright, expect  # noqa: E402

from tests.support.overrides import override_settings, patient_database, recorded_queue  # noqa: E402, F401 fixtures for all

expect.set_options(timeout=30_000)  # as long as Playwright waits for everything else: five seconds are few on a busy machine


def pytest_sessionfinish() -> None:
    """Nothing is left running, nothing is left lying around."""
    if _stores:
        _stores.stop()
    shutil.rmtree(SCRATCH, ignore_errors=True)


@pytest.hookimpl(tryfirst=True)  # before pytest leaves out what is not marked
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """See tests/support/sorting.py."""
    sort_and_mark(items)


def pytest_collection_finish() -> None:
    """What was imported stays, so it is not looked at during the tests either."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def migrated() -> None:
    """The tables, for tests that need rows but no processes."""
    from migrations import migrate_database

    migrate_database()


@pytest.fixture(scope="module", autouse=True)
def rows_of_this_module_only() -> Iterator[None]:
    """Rows that a module made up, and jobs about them, are gone before the next one starts: the running product would go on
    working on them. This is the first fixture of a module and ends last: after servers that a module stops."""
    yield
    if WITHOUT_STORES:
        return
    drop_waiting_jobs()
    from models import database
    from tests.support.rows import forget_rows

    with database.connection_context():
        for _ in range(5):
            try:
                forget_rows()
                break
            except OperationalError:  # a deadlock with the running stack's clock, and we were the victim
                database.rollback()


@pytest.fixture(autouse=True)
def no_job_is_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test without workers leaves no job for those of a later test, which would do hundreds of them first; nor does it find
    one that a fixture of an earlier module or class left behind after its last test."""
    without_workers = not WITHOUT_STORES and not needs_stack(request.node)
    if without_workers:
        empty_queues()
    yield
    if without_workers:
        empty_queues()


@pytest.fixture(scope="session")
def stack(migrated: None) -> Iterator[Stack]:
    """The whole product on the shared stores: web, clock, workers, studio, sandbox, as `make run` starts them."""
    drop_waiting_jobs()
    with Stack(Path(os.environ["DATA_DIR"]), PORT) as stack:
        yield stack


@pytest.fixture(scope="session", autouse=True)
def every_call_keeps_stripes_contract() -> Iterator[None]:
    """After all tests: each request that any of them made the product send is one that Stripe would accept as spelled."""
    yield
    contract, log = stripe_contract.load(), SCRATCH / "stripe-calls.jsonl"
    if contract is not None and log.exists():
        calls = {line for line in log.read_text().splitlines() if "/v1/" in line}
        problems = {line: contract.problems_of_request(*json.loads(line)) for line in calls}
        assert {line: found for line, found in problems.items() if found and not _meant_wrong(line)} == {}


def _meant_wrong(call: str) -> bool:
    """What tests send by hand, past the SDK, to see it refused."""
    return any(odd in call for odd in ("sucess_url", "aaaaaaaa", "ffffffff", "evt_no", "subscription", "[x]"))


@pytest.fixture(scope="session")
def bucket() -> Iterator[Bucket]:
    """A real S3-compatible server on loopback, and a bucket in it."""
    from moto.server import ThreadedMotoServer

    from integrations.storage.s3 import Bucket

    os.environ |= {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"}  # loopback only
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    place = Bucket(f"s3://songs/shop?endpoint=http://{host}:{port}")
    place.client.create_bucket(Bucket="songs")
    yield place
    server.stop()


@pytest.fixture(scope="session")
def application() -> FastAPI:
    """The web application in this process, once: NiceGUI knows only one. `/wrong/{status}` goes wrong on purpose."""
    from ui.app import create_app

    def go_wrong(status: int) -> None:
        if status == 500:
            raise ValueError("secret detail")
        raise HTTPException(status, "machine words")

    return create_app(lambda app: app.add_api_route("/wrong/{status}", go_wrong))


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One Chromium for all tests."""
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    flags += ["--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required"]
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=find_browser(), args=flags)
        yield chromium
        await chromium.close()


@pytest.fixture
async def browser(chromium: Browser) -> AsyncIterator[Browser]:
    """Chromium, in which each test takes a context of its own; what it left open is closed: an open page goes on drawing."""
    before = chromium.contexts
    yield chromium
    for context in [one for one in chromium.contexts if one not in before]:
        await context.close()
