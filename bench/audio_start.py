"""A gift opened on a phone: how long from the tap that unwraps it until it sounds. Promise: 1 s, at 1.6 Mbit/s and 150 ms.

The phone is Lighthouse's: Chromium with that network and a processor four times slower.
"""

from __future__ import annotations

import asyncio
from statistics import median

from playwright.async_api import Browser, Page, async_playwright

from bench.shared_stores import stack_on_stores
from tests.support.stack import Stack
from tools.install_browser import find_browser

RUNS = 9
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
HEAR = """() => {
  window.heard = new Promise((done) => {
    document.querySelector('song-compare audio').addEventListener('playing', () => done(performance.now()), { once: true });
    addEventListener('click', () => { window.tapped = performance.now(); }, { capture: true, once: true });
  });
}"""


def main() -> None:
    """Print the table."""
    with stack_on_stores() as stack:
        asyncio.run(measure(stack))


def a_gift(seconds: int = 180) -> str:
    """The token of a gift whose song is as long, as large and as tagged as a real one."""
    from integrations.storage import storage
    from jobs.generation.mastering import make_recording
    from models import Variation, database
    from tests.support.fakes.tones import song
    from tests.support.gifts import give, tokens

    form_id = give()
    with database.connection_context():
        key = Variation.get(Variation.form == form_id).master_key
    storage().put(key, make_recording(song(seconds), "For Mia").master)
    return tokens(form_id)[0]


async def measure(stack: Stack, runs: int = RUNS, seconds: int = 180) -> None:
    """A phone of its own for each run: nothing is cached."""
    token = await asyncio.to_thread(a_gift, seconds)
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=find_browser(whole=True), args=["--no-sandbox", "--disable-gpu"]
        )
        took = sorted([await unwrapped(chromium, f"{stack.url}/s/{token}") for _ in range(runs)])
        await chromium.close()
    show("tap on Open -> it sounds", took, "<= 1000 ms")


def show(what: str, took: list[float], promise: str) -> None:
    """One row."""
    print(f"{what:48} median {median(took):5.0f} ms, worst {took[-1]:5.0f} ms   {promise}")


async def phone(chromium: Browser, url: str) -> Page:
    """The gift, still wrapped, on a phone that has seen nothing yet."""
    context = await chromium.new_context(viewport={"width": 412, "height": 823}, has_touch=True, is_mobile=True)
    page = await context.new_page()
    device = await context.new_cdp_session(page)
    await device.send("Network.enable")
    await device.send("Network.emulateNetworkConditions", SLOW)
    await device.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    await page.goto(url)
    return page


async def unwrapped(chromium: Browser, url: str) -> float:
    """Milliseconds from the tap on the wrapped gift to the first sound."""
    page = await phone(chromium, url)
    await page.evaluate(HEAR)
    await page.get_by_role("link", name="Open your gift").tap()
    return await heard(page)


async def heard(page: Page) -> float:
    """What the page measured; the phone goes with it."""
    took = float(await page.evaluate("async () => await heard - tapped"))
    await page.context.close()
    return took


if __name__ == "__main__":
    main()
