"""What tests of lost and found things share: a browser that reports errors, a web process to kill, what a browser keeps.

A pytest plugin, named in tests/conftest.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page

from tests.support.journey import PHONE
from tests.support.lone_web import LoneWeb
from tests.support.stack import Stack

COPY = "(id) => JSON.parse(localStorage.getItem('songForm_' + id))"


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A browser of its own; the test fails on any error that a page reports."""
    context = await browser.new_context(viewport=PHONE)
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context
    await context.close()
    assert errors == []


@pytest.fixture(scope="module")
def web(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoneWeb]:
    """A web process that may be killed and started again; the running stack's workers serve it too."""
    web = LoneWeb(tmp_path_factory.mktemp("web"))
    yield web
    web.stop()


async def form_of(stack: Stack, form_id: str) -> dict[str, Any]:
    return await asyncio.to_thread(stack.form, form_id)


async def copy_of(page: Page, form_id: str, only_if: str = "true") -> dict[str, Any]:
    """The browser's copy, once there is one and `only_if` holds for the `copy`: a script keeps it after the page is drawn."""
    there_is_one = f"(id) => {{ const copy = ({COPY})(id); return copy && ({only_if}) && copy; }}"
    copy: dict[str, Any] = await (await page.wait_for_function(there_is_one, arg=form_id)).json_value()
    return copy
