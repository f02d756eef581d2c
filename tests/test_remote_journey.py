"""The whole journey in Chromium with remote providers only, and with the studio where they fail."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.support.disasters import ask, cells, living
from tests.support.fakes.vendor import FakeVendor
from tests.support.journey import DECODE, DESKTOP, PHONE, PLAYING, choose, decline_then_pay, open_the_gift, tell
from tests.support.stack import Stack


async def journey(stack: Stack, browser: Browser, package: str, songs: int, size: Any, patience: float = 90) -> dict[str, Any]:
    """Tell, listen while it is made, choose, pay, give, and open the gift."""
    page = await (await browser.new_context(viewport=size)).new_page()
    form_id = await tell(stack, page, package, songs)
    await expect(page.locator("#heading")).to_have_text("Listen, and choose", timeout=patience * 1000)
    for song in range(songs):
        await page.locator("song-compare").nth(song).get_by_role("button", name="Play").first.click()
        await page.wait_for_function(f"({PLAYING})().length === 1")
    for one in cells(stack.form(form_id))[:: 1 if songs == 1 else 4]:  # of a hamper one of each song
        sound = await page.evaluate(DECODE, one["previewUrl"])
        assert 44 <= sound["seconds"] <= 46
        assert sound["rms"] > 0.02
    await choose(page, songs)
    await decline_then_pay(page)
    await expect(page.locator("#heading")).to_have_text("Here is your gift")
    await open_the_gift(browser, await page.locator("#link-0").input_value(), "Mia")
    await page.context.close()
    return await asyncio.to_thread(stack.await_status, form_id, "delivered")


@pytest.mark.slow("a stack of its own, and a hamper from the first word to the opened gift")
async def test_the_whole_journey_with_musicgpt_alone(browser: Browser) -> None:
    with FakeVendor("musicgpt", latency=2.0, audio="long", callbacks=3) as fake, living("musicgpt", fake) as stack:
        form = await journey(stack, browser, "holiday-hamper", 3, PHONE)
        assert form["status"] == "delivered"
        assert fake.submits == len(fake.tasks) == 6, "two clips a call, both used"
        assert "key-of-the-test" not in stack.read_log()
        secrets = [task.body["webhook_url"].rpartition("/")[2] for task in fake.tasks.values()]
        assert not any(secret in stack.read_log() for secret in secrets)


async def look_at_once(stack: Stack, provider: str) -> None:
    """Its songs are usually done after 45 s, so nobody looks at one before; here the wait is over within a second."""
    due = "now() AT TIME ZONE 'utc'"
    while True:
        look = f"UPDATE variations SET next_poll_at = {due} WHERE provider = '{provider}' AND next_poll_at > {due}"
        await asyncio.to_thread(ask, stack, look)
        await asyncio.sleep(1)


@pytest.mark.slow("a stack of its own, two failed attempts at a vendor, and a whole order after them")
async def test_the_whole_journey_when_mureka_fails_and_the_studio_takes_over(browser: Browser) -> None:
    with FakeVendor("mureka", latency=0.5) as fake, living("mureka,studio", fake) as stack, stack.studio_pace("0.4 60"):
        fake.fates = ["fail"] * 50
        time_flies = asyncio.create_task(look_at_once(stack, "mureka"))
        form = await journey(stack, browser, "solo-serenade", 1, DESKTOP)
        time_flies.cancel()
        assert form["status"] == "delivered"
        assert fake.submits == 2
