"""Every page, light and dark, 320 px wide: axe-core (WCAG 2.2 AA and best practices) finds nothing, and nothing overflows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from jobs.gifts import giver_actions
from jobs.gifts.photos import add_photo, describe_photo
from jobs.gifts.video_rows import want_video
from models import in_database, now
from tests.support.axe import OVERFLOW, find_nothing
from tests.support.copies import a_ready_form
from tests.support.forms import a_form, a_variation, sql
from tests.support.gifts import give, tokens
from tests.support.stack import Stack, wait_for

WATCH = """globalThis.blocked = [];
addEventListener("securitypolicyviolation", (event) => blocked.push(`${event.effectiveDirective} ${event.blockedURI}`));"""
PHOTO = Path(__file__).parent / "data" / "photo.heic"
NAMES = ["landing", "create", "variations", "success", "gift sealed", "gift opened", "not there", "legal"]
NAMES += [
    "gift waiting",
    "hamper opened",
    "embed",
    "card",
    "report",
    "videos",
    "video being made",
    "being made",
    "lyrics",
    "removed",
    "offline",
    "login",
    "library",
]


@pytest.fixture(scope="module")
def pages(stack: Stack) -> dict[str, str]:
    """One of each: a draft, a form to choose from, a paid one, its gift, and the plain pages."""
    chosen, paid, read = a_ready_form(stack), a_ready_form(stack), stack.create()
    opened = stack.call("POST", "/api/stripe/checkout", json={"formId": paid, "selectedVariations": {"0": 1}}).json()
    stack.call("POST", opened["url"].removeprefix(stack.url) + "/pay", data={"outcome": "paid"}, allow_redirects=False)
    form = wait_for(lambda: (form := stack.form(paid)) and form["status"] == "delivered" and form, "the gift")
    sealed, hamper = give(), give(3)
    whole = tokens(hamper)[0]
    in_database(describe_photo, hamper, add_photo(hamper, PHOTO.read_bytes()), "Mia at the sea")
    in_database(want_video, hamper, 0, "tall", timedelta(days=1))
    in_database(giver_actions.seal, sealed, "2050-12-24T18:00", "Europe/Berlin")
    return {
        "landing": "/",
        "create": "/compose/create?package=holiday-hamper",
        "variations": f"/compose/variations?formId={chosen}",
        "lyrics": f"/compose/lyrics?formId={read}",
        "success": f"/compose/success?formId={paid}",
        "gift sealed": form["shareUrls"]["0"].removeprefix(stack.url),
        "gift opened": form["shareUrls"]["0"].removeprefix(stack.url) + "#gift",
        "gift waiting": f"/s/{tokens(sealed)[0]}",
        "hamper opened": f"/s/{whole}#gift",
        "embed": f"/embed/{whole}",
        "card": f"/s/{whole}/card",
        "report": f"/s/{whole}/report",
        "videos": f"/s/{whole}/video",
        "video being made": f"/s/{whole}/video.mp4",
        "being made": f"/compose/variations?formId={_held_open()}",
        "removed": f"/s/{_switched_off()}",
        "offline": "/offline",
        "login": "/login",
        "library": "/library",
        "not there": "/nope",
        "legal": "/terms",
    }


def _held_open() -> str:
    """One cell in each state that is not over: in line, being made by a vendor that nobody asks, failed."""
    form_id = a_form(status="variations_generating", generated_titles=["Mia"], generated_lyrics=["[Verse 1]\nOh Mia"])
    later = {"next_poll_at": now() + timedelta(days=1), "submitted_at": now(), "provider": "mureka", "provider_task_id": "t"}
    a_variation(form_id, variation=1, status="queued", not_before=now() + timedelta(days=1))
    a_variation(form_id, variation=2, status="generating", progress=40, stage="mixing", **later)
    a_variation(form_id, variation=3, status="failed")
    return form_id


def _switched_off() -> str:
    form_id = give()
    token = tokens(form_id)[0]
    sql("UPDATE share_tokens SET revoked_at = now() AT TIME ZONE 'utc' WHERE form_id = %s", form_id)
    return token


@pytest.fixture(scope="module")
async def window(chromium: Browser) -> AsyncIterator[Page]:
    """One narrow page, from which each test starts anew: a new one costs as much again as what it shows."""
    async with narrow(chromium) as page:
        yield page


@pytest.fixture(scope="module")
async def german_window(chromium: Browser) -> AsyncIterator[Page]:
    async with narrow(chromium, locale="de-DE") as page:
        yield page


@pytest.mark.parametrize("name", NAMES)
async def test_axe_finds_nothing_by_day_and_by_night(stack: Stack, window: Page, pages: dict[str, str], name: str) -> None:
    await look(window, stack.url + pages[name], "light", "dark")


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("gift sealed", "gift opened")])
async def test_axe_finds_nothing_in_german(stack: Stack, german_window: Page, pages: dict[str, str], name: str) -> None:
    """Its words are the longest of our languages, and lang must say what they are."""
    await look(german_window, stack.url + pages[name], "light", colours_are_known=True)


async def look(page: Page, address: str, *schemes: str, colours_are_known: bool = False) -> None:
    await page.goto("about:blank")
    await page.context.clear_cookies()
    await page.goto(address)
    await find_nothing(page, schemes=schemes, colours_are_known=colours_are_known)


@asynccontextmanager
async def narrow(browser: Browser, **as_seen: Any) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 320, "height": 640}, bypass_csp=True, **as_seen)
    yield await context.new_page()
    await context.close()


@pytest.mark.parametrize("name", ["create", "lyrics", "variations"])
async def test_zoomed_to_400_percent_nothing_floats_over_what_it_is_about(
    stack: Stack, browser: Browser, pages: dict[str, str], name: str
) -> None:
    """A window of 1280 x 1024 at 400 % has 320 x 256 pixels: the bar with the price would fill them."""
    context = await browser.new_context(viewport={"width": 320, "height": 256})
    page = await context.new_page()
    await page.goto(stack.url + pages[name])
    if name == "variations":
        await page.locator("song-compare").get_by_role("radio").first.check()
        await page.locator("#pay").click()
        await page.locator("#consent").wait_for()
    await page.locator(".stickybar").wait_for()
    assert await page.locator(".stickybar").evaluate("(bar) => getComputedStyle(bar).position") == "static"
    assert await page.evaluate(OVERFLOW) <= 0
    await context.close()


PLAIN = ["landing", "gift sealed", "gift opened", "gift waiting", "hamper opened", "embed", "card", "videos"]
PLAIN += ["video being made", "not there", "legal", "offline", "login"]


async def test_no_plain_page_breaks_its_own_policy(stack: Stack, browser: Browser, pages: dict[str, str]) -> None:
    """In one window after the other: everything that a page needs is allowed by its Content-Security-Policy."""
    context = await browser.new_context()
    await context.add_init_script(WATCH)
    page = await context.new_page()
    for path in [*(pages[name] for name in PLAIN), "/status", "/api/docs", "/demo", "/demo/tour", "/demo/widget"]:
        await page.goto(stack.url + path, wait_until="load")
        assert await page.evaluate("document.styleSheets.length") > 0, path
        assert await page.evaluate("blocked") == [], path
    await context.close()
