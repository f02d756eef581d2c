"""Nothing is lost: not when the browser forgets, not on another device, not when the server dies, not six days later."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from i18n import day
from models import ComposeForm, in_database, now
from tests.support.forms import a_stored_form as a_form
from tests.support.journey import DESKTOP, PLAYING
from tests.support.lone_web import LoneWeb
from tests.support.recovery import COPY, copy_of, form_of
from tests.support.stack import Stack, wait_for

SPEC_KEYS = {
    "formId", "formData", "generatedPrompt", "allPrompts", "variationTaskIds", "variationAudioUrls", "selections", "status",
}  # fmt: skip
CELLS = """() => [...document.querySelectorAll('song-compare')].flatMap((song) =>
  [1, 2, 3].map((n) => JSON.parse(song.getAttribute(`cell-${n}`)))).map(({status, audioUrl}) => ({status, audioUrl}))"""


async def being_generated(stack: Stack, songs: int) -> str:
    """A form in the middle of generation, with at least one variation ready. A single song takes ten seconds more."""
    slow = {"generatedPrompts": ["A song for Mia"], "variationStyles": [["Folk, calm", "Folk, bright", "Folk, fault:slow"]]}
    form_id = await asyncio.to_thread(stack.create, songs, **(slow if songs == 1 else {}))
    await asyncio.to_thread(stack.generate, form_id)

    def one_is_ready() -> bool:
        form = stack.form(form_id)
        return any(cell["status"] == "ready" for song in form["songs"] for cell in song["variations"])

    await asyncio.to_thread(wait_for, one_is_ready, "the first variation")
    return form_id


async def assert_restored_and_live(stack: Stack, page: Page, form_id: str) -> None:
    """Form data, task ids, finished audio and status are back; the page follows to the end by itself."""
    form = await form_of(stack, form_id)
    await expect(page.locator("song-compare")).to_have_count(form["songCount"])
    copy = await copy_of(page, form_id)
    assert set(copy) >= SPEC_KEYS
    assert copy["formData"] == form["formData"]
    assert copy["variationTaskIds"] == form["variationTaskIds"]
    assert all(len(tasks) == 3 for tasks in copy["variationTaskIds"].values())
    assert copy["status"] in ("variations_generating", "variations_ready")
    cells = await page.evaluate(CELLS)
    assert any(cell["audioUrl"] for cell in cells), "what is finished can be heard"
    await expect(page.locator("#heading")).to_have_text("Listen, and choose", timeout=120_000)
    # The heading changes with the last cell, the form's status a moment later.
    done = await asyncio.to_thread(stack.await_status, form_id, "variations_ready")
    assert all(cell["status"] == "ready" for cell in await page.evaluate(CELLS))
    copy = await copy_of(page, form_id, "copy.status === 'variations_ready'")
    assert copy["variationAudioUrls"] == done["variationAudioUrls"]


async def test_browser_storage_is_cleared_in_the_middle_of_generation(stack: Stack, context: BrowserContext) -> None:
    """A return with an empty browser, step by step."""
    form_id = await being_generated(stack, 3)
    page = await context.new_page()
    url = f"{stack.url}/compose/variations?formId={form_id}"
    await page.goto(url)
    await expect(page.locator("song-compare")).to_have_count(3)
    await copy_of(page, form_id)
    await page.evaluate("localStorage.clear(); sessionStorage.clear()")  # 1. localStorage is LOST
    await context.clear_cookies()
    await page.goto("about:blank")
    await page.goto(url)  # 2. user returns to /compose/variations
    await assert_restored_and_live(stack, page, form_id)  # 3. to 7.


async def test_another_device_sees_the_same_and_stays_live(stack: Stack, context: BrowserContext, browser: Browser) -> None:
    form_id = await being_generated(stack, 1)
    url = f"{stack.url}/compose/variations?formId={form_id}"
    here = await context.new_page()
    await here.goto(url)
    there = await (await browser.new_context(viewport=DESKTOP)).new_page()
    await there.goto(url)
    await assert_restored_and_live(stack, there, form_id)
    await there.locator("song-compare").first.get_by_role("radio").nth(1).check()
    await expect(here.locator("song-compare").first.get_by_role("radio").nth(1)).to_be_checked()
    await there.context.close()


@pytest.mark.slow("a server is killed and started again, and the slowest of the songs is waited for")
async def test_the_server_is_restarted_while_somebody_waits(stack: Stack, web: LoneWeb, context: BrowserContext) -> None:
    with stack.studio_pace("1 60"):
        form_id = await being_generated(stack, 1)
    page = await context.new_page()
    await page.goto(f"{web.url}/compose/variations?formId={form_id}")
    await page.locator("song-compare").get_by_role("button", name=re.compile("^Play")).first.click()
    await page.wait_for_function(f"({PLAYING})().some((at) => at > 1)")
    await asyncio.to_thread(web.kill)
    # A new process does not know the page, so the page is loaded once more.
    async with page.expect_event("framenavigated", timeout=60_000):
        await asyncio.to_thread(web.start)
    await page.wait_for_function(f"({PLAYING})().some((at) => at > 1)")
    await assert_restored_and_live(stack, page, form_id)


async def test_the_link_is_opened_six_days_later(stack: Stack, context: BrowserContext) -> None:
    form_id = await asyncio.to_thread(a_form, "variations_ready", selected_variations={"0": 2})

    tomorrow = now() + timedelta(days=1)

    def six_days_ago() -> None:
        ComposeForm.update(created_at=now() - timedelta(days=6), expires_at=tomorrow).where(ComposeForm.id == form_id).execute()

    await asyncio.to_thread(in_database, six_days_ago)
    page = await context.new_page()
    await page.goto(f"{stack.url}/compose/variations?formId={form_id}")
    await expect(page.locator("song-compare").get_by_role("radio").nth(1)).to_be_checked()
    await expect(page.locator("#kept-until")).to_contain_text(day(tomorrow))
    await page.locator("#extend").click()
    await expect(page.locator("#kept-until")).to_contain_text(day(tomorrow + timedelta(days=7)))


async def test_the_owner_deletes_at_once_after_being_asked_once_more(
    stack: Stack, context: BrowserContext, browser: Browser
) -> None:
    form_id = await asyncio.to_thread(a_form)
    url = f"{stack.url}/compose/variations?formId={form_id}"
    page, other = await context.new_page(), await (await browser.new_context()).new_page()
    for one in (page, other):
        await one.goto(url)
        await expect(one.locator("#delete")).to_be_visible()
    await page.locator("#delete").click()
    await page.locator("#keep").click()
    await expect(page.locator("#delete")).to_be_visible()
    await page.locator("#delete").click()
    await page.locator("#really-delete").click()
    for one in (page, other):  # the other open page learns it by itself
        await expect(one.get_by_role("heading", name="This order is over")).to_be_visible()
        await one.wait_for_function(f"id => ({COPY})(id) === null", arg=form_id)  # a module runs after the text is there
    assert (await asyncio.to_thread(in_database, ComposeForm.find, form_id)).purged_at is not None
    await other.context.close()
