"""How tests move through the form: on a phone one question per screen, on a desktop all of them at once."""

from __future__ import annotations

from contextlib import suppress

from playwright.async_api import Page, TimeoutError, expect


async def reach(page: Page, selector: str) -> None:
    """Press *Next* until the field is on the screen, and *Tell more* for what is not required."""
    field = page.locator(selector).first
    await page.locator("story-box").first.wait_for(state="attached")
    for _ in range(60):
        if await field.is_visible():
            return
        fold = page.locator("details:not([open]):visible", has=page.locator(selector))
        if await fold.count():
            await fold.locator("summary").click()
            continue
        onward = page.locator("#next:visible, #tell-more:visible").first
        await expect(field.or_(onward).filter(visible=True).first).to_be_visible()  # between two screens there is neither
        if not await field.is_visible():
            with suppress(TimeoutError):  # it may go again before it is pressed
                await onward.click(timeout=3_000)
    await expect(field).to_be_visible()


async def all_questions(page: Page) -> None:
    """Open the long form, where it is not open yet: each question of it can be answered from now on."""
    await page.locator("story-box").first.wait_for(state="attached")
    if await page.locator("guided-form:not([data-all])").count():
        await page.locator("story-box [data-all]:visible").click()
    await page.locator("#f-senderMessage").wait_for(state="attached")  # the last to be drawn


async def fill(page: Page, selector: str, words: str) -> None:
    """Type an answer."""
    await reach(page, selector)
    await page.locator(selector).fill(words)


async def check(page: Page, selector: str) -> None:
    """Choose an answer."""
    await reach(page, selector)
    await page.locator(selector).check()
