"""How tests move through the form: on a phone one question per screen, on a desktop all of them at once."""

from __future__ import annotations

from playwright.async_api import Page, expect


async def reach(page: Page, selector: str) -> None:
    """Press *Next* until the field is on the screen; on a desktop it is there already."""
    field = page.locator(selector).first
    await field.wait_for(state="attached")
    for _ in range(60):
        if await field.is_visible():
            return
        fold = page.locator("details:not([open]):visible", has=page.locator(selector))
        if await fold.count():
            await fold.locator("summary").click()
            continue
        if not await page.locator("#next").is_visible():
            break
        await page.locator("#next").click()
    await expect(field).to_be_visible()


async def fill(page: Page, selector: str, words: str) -> None:
    """Type an answer."""
    await reach(page, selector)
    await page.locator(selector).fill(words)


async def check(page: Page, selector: str) -> None:
    """Choose an answer."""
    await reach(page, selector)
    await page.locator(selector).check()
