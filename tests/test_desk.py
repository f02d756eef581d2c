"""Support at work in a real Chromium: a stuck recording, a wrong address, a payment made twice; no developer is needed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.async_api import Browser, Page, expect

from models import StaffAction, in_database
from tests.support.copies import a_ready_form
from tests.support.forms import sql
from tests.support.gifts import give, tokens
from tests.support.stack import Stack, wait_for
from tests.support.staff import session_of
from tests.test_accessibility import AXE, OVERFLOW, RUN
from tests.test_paying import SHOTS

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@asynccontextmanager
async def at_the_desk(
    browser: Browser, stack: Stack, who: str = "support", size: Any = DESKTOP, **more: Any
) -> AsyncIterator[Page]:
    """A browser in which somebody of staff is signed in."""
    context = await browser.new_context(viewport=size, **more)
    session = await asyncio.to_thread(session_of, who)
    await context.add_cookies([{"name": "serenade_session", "value": session, "url": stack.url}])
    page = await context.new_page()
    page.set_default_timeout(20_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    await context.close()
    assert errors == []


async def shoot(page: Page, name: str, full: bool = True) -> None:
    size = page.viewport_size
    assert size is not None
    SHOTS.mkdir(exist_ok=True)
    await page.screenshot(path=SHOTS / f"desk-{name}-{size['width']}.png", full_page=full)
    assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]


async def find_order(page: Page, stack: Stack, asked: str) -> None:
    """From the front of the tool to the one order."""
    await page.goto(stack.url + "/internal")
    await page.locator("#asked").fill(asked)
    await page.keyboard.press("Enter")
    await expect(page.locator(".orders tbody tr")).to_have_count(1)
    await page.locator(".orders th a").first.click()
    await page.wait_for_url(re.compile("/internal/order/"))


async def confirm(page: Page, reason: str, fields: dict[str, str] | None = None) -> None:
    for field, value in (fields or {}).items():
        await page.locator(f"dialog #{field}").fill(value)
    await page.locator("dialog #reason").fill(reason)
    await page.locator("dialog #do-it").dblclick()  # always twice: it must count once


def acts(form_id: str, action: str) -> list[StaffAction]:
    query = StaffAction.select().where(StaffAction.form_id == form_id, StaffAction.action == action)
    return in_database(lambda: list(query))


@pytest.fixture(scope="module")
def recorded(stack: Stack) -> Callable[..., str]:
    """An order of its own name, its three variations as the studio made them."""

    def make(name: str, **more: Any) -> str:
        form_id = a_ready_form(stack)
        sql(
            "UPDATE compose_forms SET form_data = jsonb_set(form_data, '{senderName}', to_jsonb(%s::text)), guest_email = %s"
            " WHERE id = %s",
            name,
            more.get("guestEmail", "dad@example.com"),
            form_id,
        )
        return form_id

    return make


def pay(stack: Stack, form_id: str, variation: int = 1, outcome: str = "paid", press: bool = True) -> str:
    body = {"formId": form_id, "selectedVariations": {"0": variation}, "consent": True}
    url = str(stack.call("POST", "/api/stripe/checkout", json=body).json()["url"])
    if press:
        stack.call("POST", url.removeprefix(stack.url) + "/pay", data={"outcome": outcome}, allow_redirects=False)
    return url


async def test_a_stuck_recording_is_found_understood_and_made_anew(
    stack: Stack, browser: Browser, recorded: Callable[..., str]
) -> None:
    form_id = await asyncio.to_thread(recorded, "Quentin Stuckley")
    await asyncio.to_thread(
        sql,
        "UPDATE variations SET status = 'generating', step = 'waiting', provider_task_id = 'gone', ready_at = NULL,"
        " master_key = NULL, preview_key = NULL, submitted_at = localtimestamp - interval '40 min',"
        " next_poll_at = localtimestamp + interval '1 hour',"
        " deadline_at = localtimestamp + interval '1 hour' WHERE form_id = %s AND variation = 2",
        form_id,
    )
    await asyncio.to_thread(sql, "UPDATE compose_forms SET status = 'variations_generating' WHERE id = %s", form_id)
    async with at_the_desk(browser, stack) as page:
        await find_order(page, stack, "stuckley")
        verdict = page.locator(".verdict.bad")
        await expect(verdict).to_contain_text("Version 2 of song 1 has been with studio for 40 minutes")
        await shoot(page, "stuck")
        await verdict.get_by_role("button", name="Record again").click()
        await expect(page.locator("dialog#ask")).to_be_visible()
        await page.locator("dialog #do-it").click()
        await expect(page.locator("dialog [role=alert]")).to_contain_text("say why")
        await shoot(page, "asks", full=False)
        await confirm(page, "stuck for 40 minutes")
        await expect(page.locator(".toast")).to_contain_text("in line again")
        await expect(page.locator(".take").nth(1).locator(".status")).to_have_text("ready", timeout=90_000)  # live, untouched
        await expect(page.locator(".verdict")).to_have_count(1)
        await expect(page.locator(".verdict.good")).to_be_visible()
        await expect(page.locator(".timeline .staff")).to_contain_text("stuck for 40 minutes")
        await page.locator(".take .play").nth(1).click()
        await expect(page.locator(".take .play").nth(1)).to_have_attribute("aria-pressed", "true")
        await shoot(page, "mended")
    assert len(await asyncio.to_thread(acts, form_id, "retry")) == 1


async def test_a_misspelled_name_is_mended_in_the_words_and_sung_anew(
    stack: Stack, browser: Browser, recorded: Callable[..., str]
) -> None:
    form_id = await asyncio.to_thread(recorded, "Wilma Wordy")
    async with at_the_desk(browser, stack) as page:
        await find_order(page, stack, "wordy")
        await page.get_by_role("button", name="Change the words").click()
        lyrics = page.locator("dialog #lyrics")
        await expect(lyrics).to_have_value(re.compile(r"^\[Verse 1\]"))
        await shoot(page, "words", full=False)
        fresh = "[Verse 1]\nSiobhan, with an accent on the a\n[Chorus]\nSiobhan, we sing it all the day"
        await lyrics.fill(fresh)
        await confirm(page, "she spells it Siobhan", {"title": "For Siobhan"})
        await expect(page.locator(".toast")).to_contain_text("Song 1 has new words")
        ready = page.locator(".take:not(.older) .status")
        await expect(page.locator("#song-0")).to_contain_text("For Siobhan")
        await expect(ready).to_have_text(["ready"] * 3, timeout=90_000)  # live, untouched
        old = page.locator(".take.older")
        await expect(old).to_have_count(3)
        await old.locator(".play").first.click()
        await expect(old.locator(".play").first).to_have_attribute("aria-pressed", "true")
        told = page.locator(".timeline .staff")
        await expect(told).to_contain_text("she spells it Siobhan")
        await expect(told).to_contain_text("sam@staff.example")
        await shoot(page, "reworded")
        await page.set_viewport_size(PHONE)
        await page.get_by_role("button", name="Change the words").click()
        await expect(lyrics).to_have_value(fresh)
        await shoot(page, "words", full=False)
    assert len(await asyncio.to_thread(acts, form_id, "words")) == 1


async def test_a_wrong_address_is_corrected_and_the_link_goes_to_the_right_one(
    stack: Stack, browser: Browser, recorded: Callable[..., str]
) -> None:
    form_id = await asyncio.to_thread(recorded, "Wanda Wrong", guestEmail="wanda@exmaple.org")
    await asyncio.to_thread(pay, stack, form_id)
    await asyncio.to_thread(stack.await_status, form_id, "delivered")
    async with at_the_desk(browser, stack) as page:
        await find_order(page, stack, "wanda@exm")
        await expect(page.locator(".verdict.good")).to_contain_text("Nothing is wrong")
        await page.get_by_role("button", name="Correct the address").click()
        await confirm(page, "typed exmaple", {"address": "wanda"})
        await expect(page.locator("dialog [role=alert]")).to_contain_text("does not look like an e-mail address")
        await confirm(page, "typed exmaple", {"address": "Wanda@Example.org"})
        await expect(page.locator(".toast")).to_contain_text("on its way again")
        await expect(page.get_by_text("to wanda@example.org · sent")).to_be_visible()
        await shoot(page, "readdressed")

    def letter() -> str | None:
        found = [path.read_text() for path in Path(stack.data_dir / "outbox").glob("*.eml")]
        return next((one for one in found if re.search(r"^To: wanda@example\.org", one, re.M)), None)

    assert "is ready" in await asyncio.to_thread(wait_for, letter, "the mail to the right address")
    assert [one.outcome[:11] for one in await asyncio.to_thread(acts, form_id, "readdress")] == ["Not done: T", "The address"]
    assert (await asyncio.to_thread(stack.form, form_id))["guestEmail"] == "wanda@example.org"


async def test_a_reported_hamper_is_read_and_its_link_for_all_songs_replaced(stack: Stack, browser: Browser) -> None:
    form_id = await asyncio.to_thread(give, 3)
    whole, first, *_ = tokens(form_id)
    headers, words = {"Sec-Fetch-Site": "same-origin"}, {"words": "this is about my <b>ex</b>"}
    await asyncio.to_thread(stack.call, "POST", f"/s/{whole}/report", headers=headers, data=words)
    async with at_the_desk(browser, stack) as page:
        await page.goto(f"{stack.url}/internal/order/{form_id}")
        await expect(page.locator(".timeline .report")).to_contain_text(words["words"])
        await expect(page.locator(".verdict").filter(has_text="reported the gift page")).to_be_visible()
        await page.locator("li").filter(has_text="All songs").get_by_role("button", name="New share link").click()
        await confirm(page, "taken back")
        await expect(page.locator(".toast")).to_contain_text("The old link is dead")
    fresh, still, *_ = tokens(form_id)
    assert (fresh != whole, still) == (True, first), "the links of single songs are as they were"
    assert (await asyncio.to_thread(stack.call, "GET", f"/s/{whole}")).status_code == 410
    assert (await asyncio.to_thread(stack.call, "GET", f"/s/{fresh}")).status_code == 200


async def test_who_paid_twice_hears_at_once_where_the_money_is(
    stack: Stack, browser: Browser, recorded: Callable[..., str]
) -> None:
    form_id = await asyncio.to_thread(recorded, "Dora Double")
    first = await asyncio.to_thread(pay, stack, form_id, 1, press=False)
    await asyncio.to_thread(pay, stack, form_id, 2)
    await asyncio.to_thread(stack.await_status, form_id, "delivered")
    async with at_the_desk(browser, stack) as page:
        session = first.rpartition("/")[2]
        await find_order(page, stack, session)
        await expect(page.locator(".verdict.good")).to_contain_text("Nothing is wrong")
        late = {"data": {"outcome": "late"}, "allow_redirects": False}
        await asyncio.to_thread(stack.call, "POST", first.removeprefix(stack.url) + "/pay", **late)
        await expect(page.get_by_text("Paid twice: the $9.99 that bought nothing went back by itself")).to_be_visible()  # live
        await expect(page.locator(".side").get_by_text("bought the song")).to_be_visible()
        await page.get_by_role("button", name="Add note").click()
        await confirm(page, "told her: five to ten days")
        await expect(page.locator(".timeline .staff")).to_contain_text("told her")
        await shoot(page, "double")
        link = page.get_by_role("link", name="See at Stripe").first
        assert (await link.get_attribute("href")) == "/sandbox/stripe/dashboard"
    form = await asyncio.to_thread(stack.form, form_id)
    assert (form["status"], form["amountPaid"]) == ("delivered", 999)
    assert len(await asyncio.to_thread(acts, form_id, "note")) == 1


async def test_who_is_signed_out_elsewhere_does_nothing_more(
    stack: Stack, browser: Browser, recorded: Callable[..., str]
) -> None:
    form_id = await asyncio.to_thread(recorded, "Olga Over")
    async with at_the_desk(browser, stack) as page:
        await page.goto(f"{stack.url}/internal/order/{form_id}")
        await expect(page.locator(".verdict")).to_be_visible()
        cookies = {one["name"]: one["value"] for one in await page.context.cookies()}
        session = {"serenade_session": cookies["serenade_session"]}
        await asyncio.to_thread(requests.post, stack.url + "/logout", cookies=session, timeout=10, allow_redirects=False)
        await page.get_by_role("button", name="Keep a week longer").click()
        await confirm(page, "they are away")
        await expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    assert await asyncio.to_thread(acts, form_id, "extend") == []


@pytest.mark.parametrize("who", ["viewer"])
async def test_a_viewer_sees_everything_and_is_offered_nothing(
    stack: Stack, browser: Browser, recorded: Callable[..., str], who: str
) -> None:
    form_id = await asyncio.to_thread(recorded, "Vera View")
    async with at_the_desk(browser, stack, who) as page:
        await page.goto(f"{stack.url}/internal/order/{form_id}")
        await expect(page.locator(".take")).to_have_count(3)
        assert await page.locator("[data-act]").count() == 0


async def test_the_list_is_live_and_keeps_what_was_asked_on_the_way_back(stack: Stack, browser: Browser) -> None:
    await asyncio.to_thread(stack.create)
    async with at_the_desk(browser, stack, size=PHONE) as page:
        await page.goto(stack.url + "/internal")
        await expect(page.locator(".orders tbody tr").first).to_be_visible()
        form_id = await asyncio.to_thread(stack.create)
        named = "UPDATE compose_forms SET form_data = jsonb_set(form_data, '{senderName}', '\"Livia List\"') WHERE id = %s"
        await asyncio.to_thread(sql, named, form_id)
        await expect(page.locator(f"a[href='/internal/order/{form_id}']")).to_be_visible()
        await shoot(page, "find")
        await page.locator("#asked").fill("Livia")
        await page.keyboard.press("Enter")
        await expect(page.locator(".orders tbody tr")).to_have_count(1)
        assert "Livia" not in page.url
        await page.locator(".orders th a").click()
        await expect(page.locator(".verdict")).to_be_visible()
        await shoot(page, "order")
        await page.go_back()
        await expect(page.locator(".orders tbody tr")).to_have_count(1)
        await expect(page.locator("#asked")).to_have_value("Livia")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("room", ["", "/order/{id}"])
async def test_axe_finds_nothing(stack: Stack, browser: Browser, recorded: Callable[..., str], room: str, scheme: str) -> None:
    form_id = await asyncio.to_thread(recorded, "Alma Axe") if "{id}" in room else ""
    size = {"width": 320, "height": 640}
    async with at_the_desk(browser, stack, "admin", size, color_scheme=scheme, bypass_csp=True) as page:
        await page.goto(stack.url + "/internal" + room.format(id=form_id), wait_until="networkidle")
        await page.locator("h1").first.wait_for(state="attached")
        await page.evaluate(AXE)
        assert await page.evaluate(RUN) == []
        assert await page.evaluate(OVERFLOW) <= 0, "320 px wide, and nothing sticks out"
