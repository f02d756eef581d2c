"""The whole journey by keyboard alone, as somebody does who cannot use a mouse: Tab, Space, Enter, arrows, typed words."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.copies import a_ready_form
from tests.support.stack import Stack

HERE = """() => {
  let here = document.activeElement;
  while (here?.shadowRoot?.activeElement) here = here.shadowRoot.activeElement;
  if (!here || here === document.body) return {};
  const {top, bottom, height} = here.getBoundingClientRect();
  const bar = document.querySelector('.stickybar')?.getBoundingClientRect();
  const inBar = !bar || here.closest('.stickybar') || here.getRootNode().host?.closest('.stickybar');
  const covered = inBar ? 0 : Math.max(0, Math.min(bottom, bar.bottom) - Math.max(top, bar.top));
  const seen = bottom > 0 && top < innerHeight && covered < Math.max(1, height);
  return {id: here.id, name: here.name || '', text: (here.getAttribute('aria-label') || here.textContent).trim(), seen};
}"""
META = """() => {
  const { title, artist, album, artwork } = navigator.mediaSession.metadata;
  return [title, artist, album, artwork[0].src];
}"""


async def tab_to(page: Page, most: int = 90, **wanted: str) -> dict[str, Any]:
    """Press Tab until the focus is on it; whatever has the focus on the way is in view and not under the bar."""
    for _ in range(most):
        await page.keyboard.press("Tab")
        here: dict[str, Any] = await page.evaluate(HERE)
        assert not here or here["seen"], f"the focus is on something that nobody sees: {here}"
        if here and all(re.search(pattern, here[what]) for what, pattern in wanted.items()):
            return here
    raise AssertionError(f"no Tab leads to {wanted}")


@pytest.fixture
async def page(browser: Browser) -> Any:
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    yield page
    await context.close()


async def test_from_the_front_page_to_the_lyrics(stack: Stack, page: Page) -> None:
    await page.goto(stack.url)
    await tab_to(page, text="Start their song")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile("formId=form_"))
    for field, words in (("f-songs-0-recipientName", "Mia"), ("f-songs-0-relationship", "daughter")):
        await tab_to(page, id=f"^{field}$")
        await page.keyboard.type(words)
    await tab_to(page, name=r"\.theme$")
    await page.keyboard.press("Space")
    for field, words in (("f-senderName", "Dad"), ("f-senderEmail", "dad@example.com")):
        await tab_to(page, id=f"^{field}$")
        await page.keyboard.type(words)
    await tab_to(page, id="^tell-more$")
    await page.keyboard.press("Enter")
    await tab_to(page, name=r"\.emotions$")
    await page.keyboard.press("Space")
    await tab_to(page, name=r"\.style$")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("#saved")).to_have_text("Saved")
    await tab_to(page, id="^compose$")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile("/compose/lyrics"))
    await expect(page.locator("#make")).to_be_visible()
    await tab_to(page, 250, id="^make$")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile("/compose/variations"))


async def test_from_the_songs_to_the_gift_with_the_song_on_the_lock_screen(stack: Stack, page: Page) -> None:
    form_id = await asyncio.to_thread(a_ready_form, stack)
    await page.goto(f"{stack.url}/compose/variations?formId={form_id}")
    await expect(page.locator("#heading")).to_have_text("Listen, and choose")
    await tab_to(page, text="^Play variation 1$")
    await page.keyboard.press("Enter")
    await page.wait_for_function("navigator.mediaSession.metadata?.artist === 'Variation 1'")
    await page.keyboard.press("2")
    await page.wait_for_function("navigator.mediaSession.metadata?.artist === 'Variation 2'")
    title, _artist, album, picture = await page.evaluate(META)
    assert (bool(title), album) == (True, "A song for Mia")
    assert (await page.request.get(picture)).ok
    await page.keyboard.press("Enter")
    await expect(page.locator("#chosen")).to_have_text("Chosen")
    await tab_to(page, id="^consent$")
    await page.keyboard.press("Space")
    await tab_to(page, id="^pay$")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile("/sandbox/stripe/pay/"))
    await tab_to(page, text="^Pay")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile("/compose/success"))
    await expect(page.locator("#heading")).to_have_text("Here is your gift")
    await tab_to(page, text="^Copy the link$")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Copied")).to_be_visible()
    await tab_to(page, text="^Play ")
    await page.keyboard.press("Space")
    await page.wait_for_function(
        "[...document.querySelector('song-compare').shadowRoot.querySelectorAll('audio')].some((a) => !a.paused)"
    )
    await tab_to(page, text="^Receipt$")
    await page.keyboard.press("Enter")
    await expect(page.locator("#receipt")).to_contain_text("Paid: $9.99")
