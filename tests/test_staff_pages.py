"""Support at work in a real Chromium: a stuck recording, a wrong address, a payment made twice; no developer is needed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.async_api import Browser, Page, expect

from tests.support.axe import find_nothing
from tests.support.copies import a_ready_form
from tests.support.forms import sql
from tests.support.gifts import give, tokens
from tests.support.stack import Stack, wait_for
from tests.support.staff_pages import PHONE, acts, shoot, signed_in_staff


async def find_order(page: Page, stack: Stack, asked: str) -> None:
    """From the front of the tool to the one order."""
    await page.goto(stack.url + "/internal")
    await page.locator("#term").fill(asked)
    await page.keyboard.press("Enter")
    await expect(page.locator(".orders tbody tr")).to_have_count(1)
    await page.locator(".orders th a").first.click()
    await page.wait_for_url(re.compile("/internal/order/"))


PRESS_AGAIN_ONCE_REFUSED = """() => {
  const dialog = document.querySelector("dialog");
  new MutationObserver((_, observer) => {
    if (!dialog.querySelector("[role=alert]")) return;
    observer.disconnect();
    dialog.querySelector("#confirm").click();
  }).observe(dialog, {childList: true, subtree: true});
}"""


async def confirm(page: Page, reason: str, fields: dict[str, str] | None = None) -> None:
    for field, value in (fields or {}).items():
        await page.locator(f"dialog #{field}").fill(value)
    await page.locator("dialog #reason").fill(reason)
    await page.locator("dialog #confirm").dblclick()  # always twice: it must count once


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
    async with signed_in_staff(browser, stack) as page:
        await find_order(page, stack, "stuckley")
        verdict = page.locator(".verdict.bad")
        await expect(verdict).to_contain_text("Version 2 of song 1 is stuck: at studio for 40 minutes")
        await shoot(page, "stuck")
        await verdict.get_by_role("button", name="Retry recording").click()
        await expect(page.locator("dialog#action")).to_be_visible()
        await page.locator("dialog #confirm").click()
        await expect(page.locator("dialog [role=alert]")).to_contain_text("give a reason")
        await shoot(page, "asks", full=False)
        await confirm(page, "stuck for 40 minutes")
        await expect(page.locator(".toast")).to_contain_text("Queued again")
        await expect(page.locator(".recording").nth(1).locator(".status")).to_have_text(
            "ready", timeout=90_000
        )  # live, untouched
        await expect(page.locator(".verdict")).to_have_count(1)
        await expect(page.locator(".verdict.good")).to_be_visible()
        await expect(page.locator(".timeline .staff")).to_contain_text("stuck for 40 minutes")
        await page.locator(".recording .play").nth(1).click()
        await expect(page.locator(".recording .play").nth(1)).to_have_attribute("aria-pressed", "true")
        await shoot(page, "mended")
    assert len(await asyncio.to_thread(acts, form_id, "retry")) == 1


async def test_a_misspelled_name_is_mended_in_the_lyrics_and_sung_anew(
    stack: Stack, browser: Browser, recorded: Callable[..., str]
) -> None:
    form_id = await asyncio.to_thread(recorded, "Wilma Wordy")
    async with signed_in_staff(browser, stack) as page:
        await find_order(page, stack, "wordy")
        await page.get_by_role("button", name="Edit lyrics").click()
        lyrics = page.locator("dialog #lyrics")
        await expect(lyrics).to_have_value(re.compile(r"^\[Verse 1\]"))
        await shoot(page, "words", full=False)
        fresh = "[Verse 1]\nSiobhan, with an accent on the a\n[Chorus]\nSiobhan, we sing it all the day"
        await lyrics.fill(fresh)
        await confirm(page, "she spells it Siobhan", {"title": "For Siobhan"})
        await expect(page.locator(".toast")).to_contain_text("Song 1 has new lyrics")
        ready = page.locator(".recording:not(.older) .status")
        await expect(page.locator("#song-0")).to_contain_text("For Siobhan")
        await expect(ready).to_have_text(["ready"] * 3, timeout=90_000)  # live, untouched
        old = page.locator(".recording.older")
        await expect(old).to_have_count(3)
        await old.locator(".play").first.click()
        await expect(old.locator(".play").first).to_have_attribute("aria-pressed", "true")
        changed = page.locator(".tree .revision .revision.now")
        await expect(changed).to_contain_text("Lyrics 2: “For Siobhan”")
        await expect(changed).to_contain_text("changed by staff")
        await changed.get_by_text("lines changed").click()
        await expect(changed.locator("ins").first).to_be_visible()
        await changed.locator(".play").last.click()
        await expect(page.locator(".play[aria-pressed=true]")).to_have_count(2)  # there, and in the list of recordings
        recorded_line = page.locator(".timeline .staff")
        await expect(recorded_line).to_contain_text("she spells it Siobhan")
        await expect(recorded_line).to_contain_text("sam@staff.example")
        await shoot(page, "reworded")
        await page.set_viewport_size(PHONE)
        await page.get_by_role("button", name="Edit lyrics").click()
        await expect(lyrics).to_have_value(fresh)
        await shoot(page, "words", full=False)
    assert len(await asyncio.to_thread(acts, form_id, "edit_lyrics")) == 1


async def test_a_wrong_address_is_corrected_and_the_link_goes_to_the_right_one(
    stack: Stack, browser: Browser, recorded: Callable[..., str]
) -> None:
    form_id = await asyncio.to_thread(recorded, "Wanda Wrong", guestEmail="wanda@exmaple.org")
    await asyncio.to_thread(pay, stack, form_id)
    await asyncio.to_thread(stack.await_status, form_id, "delivered")
    async with signed_in_staff(browser, stack) as page:
        await find_order(page, stack, "wanda@exm")
        await expect(page.locator(".verdict.good")).to_contain_text("No problems")
        await page.get_by_role("button", name="Correct e-mail address").click()
        await page.evaluate(PRESS_AGAIN_ONCE_REFUSED)
        await confirm(page, "typed exmaple", {"address": "wanda"})
        await expect(page.locator("dialog [role=alert]")).to_contain_text("does not look like an e-mail address")
        await confirm(page, "typed exmaple", {"address": "Wanda@Example.org"})
        await expect(page.locator(".toast")).to_contain_text("queued again")
        await expect(page.get_by_text("to wanda@example.org · sent")).to_be_visible()
        await shoot(page, "readdressed")

    def delivery_email() -> str | None:
        found = [path.read_text() for path in Path(stack.data_dir / "outbox").glob("*.eml")]
        return next((one for one in found if re.search(r"^To: wanda@example\.org", one, re.M)), None)

    assert "is ready" in await asyncio.to_thread(wait_for, delivery_email, "the e-mail to the right address")
    assert [one.outcome[:11] for one in await asyncio.to_thread(acts, form_id, "readdress")] == ["Not done: T", "The e-mail "]
    assert (await asyncio.to_thread(stack.form, form_id))["guestEmail"] == "wanda@example.org"


async def test_a_reported_hamper_is_read_and_its_link_for_all_songs_replaced(stack: Stack, browser: Browser) -> None:
    form_id = await asyncio.to_thread(give, 3)
    whole, first, *_ = tokens(form_id)
    headers, words = {"Sec-Fetch-Site": "same-origin"}, {"words": "this is about my <b>ex</b>"}
    await asyncio.to_thread(stack.call, "POST", f"/s/{whole}/report", headers=headers, data=words)
    async with signed_in_staff(browser, stack) as page:
        await page.goto(f"{stack.url}/internal/order/{form_id}")
        await expect(page.locator(".timeline .report")).to_contain_text(words["words"])
        await expect(page.locator(".verdict").filter(has_text="reported the gift page")).to_be_visible()
        await page.locator("li").filter(has_text="All songs").get_by_role("button", name="New share link").click()
        await confirm(page, "taken back")
        await expect(page.locator(".toast")).to_contain_text("The old link is revoked")
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
    async with signed_in_staff(browser, stack) as page:
        session = first.rpartition("/")[2]
        await find_order(page, stack, session)
        await expect(page.locator(".verdict.good")).to_contain_text("No problems")
        late = {"data": {"outcome": "late"}, "allow_redirects": False}
        await asyncio.to_thread(stack.call, "POST", first.removeprefix(stack.url) + "/pay", **late)
        await expect(page.get_by_text("Duplicate payment: $9.99 was refunded automatically")).to_be_visible()  # live
        await expect(page.locator(".side").get_by_text("bought the order")).to_be_visible()
        await page.get_by_role("button", name="Add note").click()
        await confirm(page, "told her: five to ten days")
        await expect(page.locator(".timeline .staff")).to_contain_text("told her")
        await shoot(page, "double")
        link = page.get_by_role("link", name="Open in Stripe").first
        assert (await link.get_attribute("href")) == "/sandbox/stripe/dashboard"
    form = await asyncio.to_thread(stack.form, form_id)
    assert (form["status"], form["amountPaid"]) == ("delivered", 999)
    assert len(await asyncio.to_thread(acts, form_id, "note")) == 1


async def test_who_is_signed_out_elsewhere_does_nothing_more(
    stack: Stack, browser: Browser, recorded: Callable[..., str]
) -> None:
    form_id = await asyncio.to_thread(recorded, "Olga Over")
    async with signed_in_staff(browser, stack) as page:
        await page.goto(f"{stack.url}/internal/order/{form_id}")
        await expect(page.locator(".verdict")).to_be_visible()
        cookies = {one["name"]: one["value"] for one in await page.context.cookies()}
        session = {"serenade_session": cookies["serenade_session"]}
        await asyncio.to_thread(requests.post, stack.url + "/logout", cookies=session, timeout=30, allow_redirects=False)
        await page.get_by_role("button", name="Extend expiry by a week").click()
        await confirm(page, "they are away")
        await expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    assert await asyncio.to_thread(acts, form_id, "extend") == []


@pytest.mark.parametrize("who", ["viewer"])
async def test_a_viewer_sees_everything_and_is_offered_nothing(
    stack: Stack, browser: Browser, recorded: Callable[..., str], who: str
) -> None:
    form_id = await asyncio.to_thread(recorded, "Vera View")
    async with signed_in_staff(browser, stack, who) as page:
        await page.goto(f"{stack.url}/internal/order/{form_id}")
        await expect(page.locator(".recording")).to_have_count(3)
        assert await page.locator("[data-act]").count() == 0
        await page.get_by_text("Sound check", exact=True).click()
        await expect(page.get_by_text("no recogniser is configured")).to_be_visible()
        await expect(page.get_by_role("row").filter(has_text="LUFS")).to_have_count(3)


async def test_the_list_is_live_and_keeps_what_was_asked_on_the_way_back(stack: Stack, browser: Browser) -> None:
    await asyncio.to_thread(stack.create)
    async with signed_in_staff(browser, stack, size=PHONE) as page:
        await page.goto(stack.url + "/internal")
        await expect(page.locator(".orders tbody tr").first).to_be_visible()
        form_id = await asyncio.to_thread(stack.create)
        named = "UPDATE compose_forms SET form_data = jsonb_set(form_data, '{senderName}', '\"Livia List\"') WHERE id = %s"
        await asyncio.to_thread(sql, named, form_id)
        await expect(page.locator(f"a[href='/internal/order/{form_id}']")).to_be_visible()
        await shoot(page, "find")
        await page.locator("#term").fill("Livia")
        await page.keyboard.press("Enter")
        await expect(page.locator(".orders tbody tr")).to_have_count(1)
        assert "Livia" not in page.url
        await page.locator(".orders th a").click()
        await expect(page.locator(".verdict")).to_be_visible()
        await shoot(page, "order")
        await page.go_back()
        await expect(page.locator(".orders tbody tr")).to_have_count(1)
        await expect(page.locator("#term")).to_have_value("Livia")


@pytest.mark.parametrize("path", ["", "/order/{id}"])
async def test_axe_finds_nothing(stack: Stack, browser: Browser, recorded: Callable[..., str], path: str) -> None:
    form_id = await asyncio.to_thread(recorded, "Alma Axe") if "{id}" in path else ""
    async with signed_in_staff(browser, stack, "admin", {"width": 320, "height": 640}, bypass_csp=True) as page:
        await page.goto(stack.url + "/internal" + path.format(id=form_id))
        await find_nothing(page)
