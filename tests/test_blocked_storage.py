"""A browser that stores nothing: cookies off, private webviews, storage whose very mention is an error."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from tests.support.forms import a_stored_form
from tests.support.gifts import give, tokens
from tests.support.guided import fill
from tests.support.stack import Stack

# What a document gets where its user blocks storage; and what a webview without DOM storage has (null).
FORBIDDEN = """const forbid = (owner, name) => Object.defineProperty(
  owner, name, {configurable: true, get() { throw new DOMException("Access is denied", "SecurityError"); }});
for (const name of ["sessionStorage", "caches", "indexedDB"]) forbid(window, name);
forbid(navigator, "serviceWorker");
Object.defineProperty(window, "localStorage", {configurable: true, value: null});"""


async def without_cookies(route: Route) -> None:
    if route.request.resource_type != "document":
        await route.continue_()
        return
    answer = await route.fetch(max_redirects=0)
    await route.fulfill(
        response=answer, headers={name: value for name, value in answer.headers.items() if name != "set-cookie"}
    )


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """No cookie stays, no storage answers; the test fails on any error that a page reports."""
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    await context.add_init_script(FORBIDDEN)
    await context.route("**/*", without_cookies)
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(f"{error.page.url if error.page else 0}: {error.error.stack}"))
    yield context
    await context.close()
    assert errors == []


async def test_every_page_works_where_the_browser_stores_nothing(stack: Stack, context: BrowserContext) -> None:
    form_id, gift = a_stored_form(), give()
    page = await context.new_page()
    for path, shown in (
        ("/", "main"),
        (f"/compose/variations?formId={form_id}", "song-compare"),
        (f"/s/{tokens(gift)[0]}", "text=Open your gift"),
        ("/library", "main"),
        ("/demo", "main"),
        ("/demo/widget", "body"),
    ):
        await context.clear_cookies()  # those that came with a page's own requests
        await page.goto(stack.url + path)
        await expect(page.locator(shown).first).to_be_visible()
    await answer_the_form(stack, page)


async def answer_the_form(stack: Stack, page: Page) -> None:
    """What is typed reaches the row, and is there when the page is loaded again."""
    await page.goto(f"{stack.url}/compose/create")
    await page.wait_for_url("**formId=*")
    form_id = page.url.partition("formId=")[2]
    await fill(page, "#f-songs-0-recipientName", "Mia")
    await expect(page.locator("#saved")).to_have_text("Saved")
    await page.context.clear_cookies()
    await page.reload()
    await expect(page.locator("#f-songs-0-recipientName")).to_have_value("Mia")
    assert (await asyncio.to_thread(stack.form, form_id))["formData"]["songs"][0]["recipientName"] == "Mia"
