"""What the tests share: real stores, the whole house as real processes, one real Chromium.

The stores are started once, before any module that reads the environment is imported. Set TEST_DATABASE_URL and
TEST_REDIS_URL to run everything on separately installed servers.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.house import House, free_port
from tests.install_browser import find_browser

SCRATCH = Path(tempfile.mkdtemp(prefix="serenade-test-"))
SCRATCH.chmod(0o755)  # as root, PostgreSQL's own user must reach its data below it


PORT = free_port()
for name in [name for name in os.environ if name.startswith(("NICEGUI_", "STRIPE_", "SMTP_"))]:
    del os.environ[name]
os.environ |= {
    "ENV": "development",
    "DATA_DIR": str(SCRATCH / "data"),
    "PORT": str(PORT),
    "PUBLIC_URL": f"http://localhost:{PORT}",
    "WORKERS": "2",
    "EMBED_ORIGINS": "https://blog.example.com",
}

from embedded.stores import start_stores  # noqa: E402 after the environment is set

_stores = start_stores(SCRATCH / "stores", not os.environ.get("TEST_DATABASE_URL"), not os.environ.get("TEST_REDIS_URL"))
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or _stores.database_url
os.environ["REDIS_URL"] = os.environ.get("TEST_REDIS_URL") or _stores.redis_url

from playwright.async_api import Browser, async_playwright  # noqa: E402


def pytest_sessionfinish() -> None:
    """Nothing is left running, nothing is left lying around."""
    _stores.stop()
    shutil.rmtree(SCRATCH, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated() -> None:
    """The tables, for tests that need rows but no processes."""
    from migrations import migrate_database

    migrate_database()


@pytest.fixture(scope="session")
def house(migrated: None) -> Iterator[House]:
    """The whole product on the shared stores: web, clock, workers, studio, sandbox, as `make run` starts them."""
    with House(Path(os.environ["DATA_DIR"]), PORT) as house:
        yield house


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all tests; each test takes its own context."""
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    flags += ["--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required"]
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=find_browser(), args=flags)
        yield chromium
        await chromium.close()
