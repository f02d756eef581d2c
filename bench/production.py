"""`python -m bench.production`: an order on a phone through nginx and https, while the web processes behind it die.

The process that serves the page is killed on the words page and while songs are made; then both web processes are restarted one
after the other (SIGTERM) with pages of seven visitors open. Promise: a page is loaded once more for each loss of its process,
never again, nobody sees a 5xx, nothing typed is lost, what plays goes on, and the gift opens. 1 if anything of that is missed.

Without arguments everything is started here with ENV=production (bench/installation.py). An installation that runs on this
machine already, under something that restarts what dies:

    python -m bench.production --nginx 127.0.0.1:443 --pay 127.0.0.2:443 --log /var/log/nginx/access.log \\
        --web PORT=8081@127.0.0.1:8081 --web PORT=8082@127.0.0.1:8082
"""

from __future__ import annotations

import argparse
import asyncio
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright, expect

from bench.installation import installed
from bench.production_site import PAY, SHOP, Site, Web
from bench.table import Row, show
from bench.visitor_lines import Line
from tests.support.guided import check, fill, reach
from tests.support.journey import DECODE, PHONE, PLAYING, agree
from tests.support.stack import wait_for
from tools.install_browser import find_browser

VISITORS = 6  # beside the one who orders; each at an address of their own
QUIET = 8.0  # seconds after a restart in which a page that loads itself again and again would be seen


@dataclass
class Visitor:
    """One browser's page, and what happened to it."""

    page: Page
    source: str
    loads: int = 0
    wrong: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Count from here on."""
        self.page.on("load", self._loaded)
        self.page.on("response", self._answered)
        self.page.on("pageerror", lambda error: self.wrong.append(f"error in the page: {error}"))

    def _loaded(self, _page: Page) -> None:
        self.loads += 1

    def _answered(self, response: object) -> None:
        status, url = getattr(response, "status", 0), str(getattr(response, "url", ""))
        if status >= 500:
            self.wrong.append(f"{status} at {url.partition('?')[0]}")


@asynccontextmanager
async def visitor(browser: Browser, site: Site, number: int) -> AsyncIterator[Visitor]:
    """Somebody at an address of their own, with a phone."""
    line = Line({SHOP: site.nginx, PAY: site.pay}, f"{site.visitors}{100 + number}")
    context = await browser.new_context(viewport=PHONE, ignore_https_errors=True, proxy={"server": await line.open()})
    context.set_default_timeout(45_000)
    found = Visitor(await context.new_page(), line.source)
    found.watch()
    yield found
    await context.close()
    line.close()


async def tell(page: Page, name: str) -> None:
    """From the front page to a form with a name in it, saved."""
    await page.goto(f"https://{SHOP}/")
    await page.locator("a[href$='package=solo-serenade']").click()
    await page.wait_for_url(re.compile(r"formId=form_"))
    await fill(page, "#f-songs-0-recipientName", name)
    await expect(page.locator("#saved")).to_have_text("Saved")


async def compose(page: Page) -> None:
    """The rest of the form, and on to the words."""
    await fill(page, "#f-songs-0-relationship", "best friend")
    await check(page, "input[name='songs.0.theme'][value='birthday']")
    await fill(page, "#f-senderName", "Dad")
    await fill(page, "#f-senderEmail", "dad@example.com")
    await fill(page, "#f-songs-0-favoriteMemory", "the night we missed the last train")
    await reach(page, "#compose")
    await page.locator("#compose").click()
    await page.wait_for_url(re.compile(r"/compose/lyrics\?formId="))
    await expect(page.locator("#heading")).to_have_text("Here are your words")


async def lose_its_process(site: Site, one: Visitor, by: signal.Signals = signal.SIGKILL) -> None:
    """The process behind a page dies; until the page has connected to another one."""
    before = one.loads
    site.serving(one.source).strike(by)
    await asyncio.to_thread(wait_for, lambda: one.loads > before, "the page to be loaded from another process")
    await one.page.wait_for_function("window.did_handshake === true")


async def words(site: Site, one: Visitor) -> None:
    """Somebody changes a line and the title while the process is killed."""
    line, title = one.page.get_by_label("Verse 1, line 1", exact=True), one.page.get_by_label("Title")
    await line.fill("We sang it in the rain")
    losing = asyncio.create_task(lose_its_process(site, one))
    await title.fill("The Last Train")
    await losing
    await asyncio.sleep(QUIET)
    kept = (await line.input_value(), await title.input_value())
    told("words page, its process killed while somebody types", f"kept: {' / '.join(kept)}", kept == TYPED, one, 1)


TYPED = ("We sang it in the rain", "The Last Train")


async def songs(site: Site, one: Visitor) -> None:
    """The first version plays, the process is killed, the others are made all the same."""
    page = one.page
    await page.locator("#make").click()
    await page.wait_for_url(re.compile(r"/compose/variations\?formId="))
    play = page.locator("song-compare").first.get_by_role("button", name=re.compile("^Play")).first
    await expect(play).to_be_enabled(timeout=240_000)
    await play.click()
    await page.wait_for_function(f"({PLAYING})().some((at) => at > 2)")
    one.loads = 0
    waiting = await page.locator("song-compare .cell.waiting").count()
    await lose_its_process(site, one)
    await page.wait_for_function(f"({PLAYING})().some((at) => at > 2.5)")
    await expect(page.locator("song-compare .cell.waiting")).to_have_count(0, timeout=300_000)
    title = await page.locator("song-compare").get_by_role("heading", name=TYPED[1]).count()
    others = f"songs page, killed while {waiting} of 3 are not there yet"
    told(others, "plays on, all made, title kept", bool(waiting and title), one, 1)


async def rolling(site: Site, visitors: list[Visitor]) -> None:
    """Each web process is restarted as a unit would be, the next one once the one before is ready again."""
    homes = [site.serving(one.source).mark for one in visitors]
    for web in site.webs:
        for one in visitors:
            one.loads = 0
        old = web.pid()
        web.strike(signal.SIGTERM)
        await asyncio.to_thread(wait_for, lambda web=web, old=old: web.is_ready() and web.pid() != old, "the next one", 60)
        await asyncio.sleep(QUIET)
        loads = [one.loads for one in visitors]
        wrong = [problem for one in visitors for problem in one.wrong]
        ours = f"{loads} loads, {len(wrong)} wrong {' '.join(wrong)}".strip()
        note(
            f"rolling restart of {web.mark}, {len(visitors)} pages open", ours, "<= 1 load each", max(loads) <= 1 and not wrong
        )
    note("  which the pages were on before", f"{sorted(set(homes))}", "both", len(set(homes)) == len(site.webs))
    for number, one in enumerate(visitors[1:]):
        await expect(one.page.locator("#f-songs-0-recipientName")).to_have_value(f"Zora {number}")


async def pay_and_open(browser: Browser, site: Site, one: Visitor) -> None:
    """Choose, pay at the stand-in, and somebody else opens the gift."""
    page = one.page
    await page.locator("song-compare").first.get_by_role("radio").nth(1).check()
    await expect(page.locator("#chosen")).to_have_text("Chosen")
    await agree(page)
    await page.locator("#pay").click()
    await page.wait_for_url(re.compile(f"https://{PAY}/"))
    await page.locator("button[value=paid]").click()
    await page.wait_for_url(re.compile("/compose/success"))
    await expect(page.locator("#heading")).to_have_text("Here is your gift", timeout=60_000)
    link = await page.locator("#link-0").input_value()
    async with visitor(browser, site, 50) as friend:
        await friend.page.goto(link)
        await expect(friend.page.get_by_role("heading", name="Mia, somebody made you a song")).to_be_visible()
        await friend.page.get_by_text("Open your gift").click()
        source = await friend.page.locator("audio").first.get_attribute("src")
        sound = await friend.page.evaluate(DECODE, source)
        one.wrong += friend.wrong
    told("paid, and the gift opens", f"{sound['seconds']:.0f} s of sound", sound["seconds"] > 55, one, None)


missed: list[str] = []


def note(what: str, ours: str, target: str, met: bool) -> None:
    """One line of the table."""
    if not met:
        missed.append(what)
    show(Row(what, ours, target, met))


def told(what: str, ours: str, met: bool, one: Visitor, most: int | None) -> None:
    """One line about one page; `most`: how often it may have been loaded since the line before."""
    text = f"{ours}; {one.loads} loads, {len(one.wrong)} wrong {' '.join(one.wrong)}".strip()
    note(what, text, "" if most is None else f"<= {most} load", met and not one.wrong and (most is None or one.loads <= most))


async def journey(site: Site) -> int:
    """The whole of it; 1 if a promise was missed."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=find_browser(whole=True), args=["--no-sandbox", "--disable-gpu"]
        )
        async with visitor(chromium, site, 0) as one:
            await tell(one.page, "Mia")
            await compose(one.page)
            one.loads = 0
            await words(site, one)
            await songs(site, one)
            others = [await stay(chromium, site, number) for number in range(VISITORS)]
            await rolling(site, [one, *others])
            await pay_and_open(chromium, site, one)
        await chromium.close()
    return int(bool(missed))


async def stay(browser: Browser, site: Site, number: int) -> Visitor:
    """Another visitor, who has begun a form and leaves it open."""
    found = await visitor(browser, site, 1 + number).__aenter__()
    await tell(found.page, f"Zora {number}")
    return found


def _place(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)


def main() -> int:
    """Read the arguments, or start an installation."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nginx", type=_place)
    parser.add_argument("--pay", type=_place)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--web", action="append", default=[])
    parser.add_argument("--visitors", default=Site.visitors)
    asked = parser.parse_args()
    if asked.nginx:
        webs = [Web(*one.split("@")) for one in asked.web]
        return asyncio.run(journey(Site(asked.nginx, asked.pay, asked.log, webs, asked.visitors)))
    with installed() as site:
        return asyncio.run(journey(site))


if __name__ == "__main__":
    sys.exit(main())
