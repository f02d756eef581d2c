"""Real songs of the studio: another variation goes on at the same moment, alone, as loud. Figures: `make bench-pages`."""

from __future__ import annotations

import asyncio

from playwright.async_api import Browser, expect

from bench.switching import spread
from tests.support.copies import a_ready_form
from tests.support.stack import Stack

STATE = """() => {
  const players = [...document.querySelector('song-compare').shadowRoot.querySelectorAll('audio')];
  const heard = players.filter((one) => !one.paused && !one.muted);
  return { heard: heard.map((one) => Number(one.dataset.variation)), at: heard[0]?.currentTime,
    paused: players.filter((one) => one.paused).length };
}"""


async def test_another_variation_goes_on_at_the_same_moment_alone_and_as_loud(stack: Stack, browser: Browser) -> None:
    form_id = await asyncio.to_thread(a_ready_form, stack, real=True)
    page = await (await browser.new_context()).new_page()
    await page.goto(f"{stack.url}/compose/variations?formId={form_id}")
    await page.locator("song-compare").get_by_role("button", name="Play").first.click()
    for number in (2, 3, 1, 3):
        await page.wait_for_function(f"({STATE})().at > 1.5")
        before = (await page.evaluate(STATE))["at"]
        await page.keyboard.press(str(number))
        await page.wait_for_function(f"({STATE})().heard.join() === '{number}'")
        after = await page.evaluate(STATE)
        assert after["at"] >= before, "it does not go back"
        paused = (await page.evaluate(STATE))["paused"]
        assert paused == 2, "nothing plays on unheard"
    await page.keyboard.press("Space")
    await expect(page.locator("song-compare").get_by_role("button", name="Pause")).to_have_count(0)
    assert await asyncio.to_thread(spread, stack, form_id) <= 1
    await page.context.close()
