"""How much a giver does on a phone from the front page until the words are written: taps, and keys beside the story's own.

.venv/bin/python -m bench.form_taps        a story of sixty words that says nearly everything, and one that says little

The giver tells the story, gives a name and an address, and presses *Next* (or *Make it now*) where nothing else is asked.
It also walks the form of before the one box, where each question has a screen of its own.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

from playwright.async_api import Locator, Page, ViewportSize, async_playwright

from bench import table
from bench.shared_stores import stack_on_stores
from bench.table import Row, show
from tests.support.stack import Stack
from tools.install_browser import find_browser

SMALL_SCREEN: ViewportSize = {"width": 390, "height": 844}
MOST_TAPS = 12
TOLD = (
    "My sister Rosa turns forty next week and this is for her birthday. She is patient, funny and a little stubborn, and we "
    "all call her Rosie. The night we missed the last train we walked home singing and laughed until sunrise. She taught "
    "me to swim when I was six, and she still dances in the kitchen whenever it rains."
)
SPARING = (
    "We met in a queue for coffee and moved three times in five years, and now there is a garden with far too many tomatoes. "
    "The night we missed the last train we walked home singing and laughed until sunrise. She alone would have carried "
    "that lamp across half the city in the rain, or waited an hour with me for a bus that never came."
)
ANSWERS = {"recipientName": "Rosa", "relationship": "sister", "senderName": "Ana", "senderEmail": "ana@example.com"}
NOW = ".step[data-now]"


@dataclass
class Hand:
    """What a giver does, counted."""

    taps: int = 0
    keys: int = 0
    screens: int = 0

    async def tap(self, target: Locator) -> None:
        """One tap."""
        await target.tap()
        self.taps += 1

    async def write(self, field: Locator, words: str, *, counted: bool = True) -> None:
        """Write into a field; one that has not the focus yet is tapped first."""
        if not await field.evaluate("(field) => field === document.activeElement"):
            await self.tap(field)
        await field.fill(words)
        self.keys += len(words) if counted else 0


async def walk(page: Page, url: str, story: str) -> Hand:
    """From the front page to the words, by the shortest way that tells this story."""
    hand = Hand()
    await page.goto(url)
    await hand.tap(page.locator("a[href='/compose/create']").first)
    await page.wait_for_url(re.compile("formId="))
    while "/compose/create" in page.url and hand.screens < 40:
        hand.screens += 1
        await answer(page, hand, story)
        await onward(page, hand)
    return hand


async def answer(page: Page, hand: Hand, story: str) -> None:
    """Give what this screen asks for, where it is required or the story."""
    for path in await page.eval_on_selector_all(f"{NOW} :is(input, textarea)", "(all) => all.map((one) => one.name)"):
        name, field = path.rpartition(".")[2], page.locator(f"{NOW} [name='{path}']").first
        if name == "theme":
            if not await page.locator(f"{NOW} [name='{path}']:checked").count():
                await hand.tap(page.locator(f"{NOW} label:has([name='{path}'][value=birthday])"))
            return
        if name == "story" or (name == "storySummary" and not await page.locator("story-box").count()):
            await hand.write(field, story, counted=False)
        elif name in ANSWERS and not await field.input_value():
            await hand.write(field, ANSWERS[name])


async def onward(page: Page, hand: Hand) -> None:
    """Leave this screen, once the page has said what it has to say about it."""
    here = await page.locator(NOW).get_attribute("id")
    make = page.locator("#compose:visible")
    if await make.count():
        await hand.tap(make)
        await page.wait_for_url(re.compile("/compose/lyrics"))
        return
    await hand.tap(page.locator("#next"))
    await page.wait_for_function("([now, here]) => document.querySelector(now).id !== here", arg=[NOW, here])
    if (await page.locator(NOW).get_attribute("id") or "").endswith("-found"):
        await page.locator(f"{NOW} .found:not(:empty)").wait_for()
        await page.wait_for_function("() => !document.querySelector('.found').textContent.startsWith('Reading')")
        await page.wait_for_timeout(600)  # nobody reads faster; a press sooner counts as half of a double one


async def measure(stack: Stack) -> None:
    """One row for each story."""
    async with async_playwright() as started:
        browser = await started.chromium.launch(executable_path=str(find_browser()))
        for said, story in (("a story that says nearly everything", TOLD), ("a story that says little", SPARING)):
            context = await browser.new_context(viewport=SMALL_SCREEN, has_touch=True, is_mobile=True)
            page = await context.new_page()
            hand = await walk(page, stack.url, story)
            ours = f"{hand.taps} taps, {hand.keys} keys, {hand.screens} screens"
            show(Row(f"{said} ({len(story.split())} words)", ours, f"<= {MOST_TAPS} taps", hand.taps <= MOST_TAPS))
            await context.close()
        await browser.close()


def main() -> None:
    """Print the table."""
    with stack_on_stores() as stack:
        show(table.HEADING)
        asyncio.run(measure(stack))


if __name__ == "__main__":
    main()
