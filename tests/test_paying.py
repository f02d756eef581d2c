"""Paying as it looks in a real Chromium: declined, cancelled, slow, in two tabs, given back. Every page fits a phone."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.async_api import Browser, Page, expect

from models import CheckoutSession, in_database
from tests.support.journey import agree
from tests.support.lone_web import LoneWeb
from tests.support.pictures import SHOTS
from tests.support.shop import ready_form
from tests.support.stack import Stack, wait_for

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


# Each test in one size, half of them in each; what `shoot` sees is looked at in both.
ON_A_PHONE = pytest.mark.parametrize("page", [PHONE], ids=["phone"], indirect=True)
ON_A_DESKTOP = pytest.mark.parametrize("page", [DESKTOP], ids=["desktop"], indirect=True)


@pytest.fixture
async def page(request: pytest.FixtureRequest, browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport=request.param)
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    await context.close()
    assert errors == []


async def come_to_pay(stack: Stack, page: Page) -> str:
    """A form whose songs are chosen; the buyer agrees and presses the button."""
    form_id = await asyncio.to_thread(ready_form)
    await page.goto(f"{stack.url}/compose/variations?formId={form_id}")
    await expect(page.locator("#pay")).to_have_text("Order and pay $9.99")
    await expect(page.get_by_text("incl. tax")).to_be_visible()
    await agree(page)
    await shoot(page, "consent")
    await page.locator("#pay").click()
    await page.wait_for_url(re.compile("/sandbox/stripe/pay/"))
    return form_id


async def shoot(page: Page, name: str) -> None:
    """Pictures for people to look at, and no page wider than its screen, on a phone and on a desktop."""
    mine = page.viewport_size
    assert mine is not None
    SHOTS.mkdir(exist_ok=True)
    for size in (DESKTOP, PHONE) if mine["width"] == PHONE["width"] else (PHONE, DESKTOP):
        await page.set_viewport_size({"width": size["width"], "height": size["height"]})
        await page.screenshot(path=SHOTS / f"{name}-{size['width']}.png")
        assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]


async def dashboard(page: Page, stack: Stack, button: str) -> None:
    """Press a button of the sandbox's dashboard, at the newest payment."""
    await page.goto(f"{stack.url}/sandbox/stripe/dashboard")
    await shoot(page, "dashboard")
    await page.get_by_role("button", name=button).first.click()


async def sessions(form_id: str) -> list[CheckoutSession]:
    query = CheckoutSession.select().where(CheckoutSession.form == form_id)
    return await asyncio.to_thread(lambda: in_database(lambda: list(query)))


@ON_A_DESKTOP
async def test_a_declined_card_may_be_followed_by_another(stack: Stack, page: Page) -> None:
    form_id = await come_to_pay(stack, page)
    await page.locator("button[value=declined]").click()
    await expect(page.get_by_role("alert")).to_contain_text("Your card was declined")
    await page.locator("button[value=paid]").click()
    await page.wait_for_url(re.compile("/compose/success"))
    await expect(page.locator("#heading")).to_have_text("Here is your gift")
    (row,) = await sessions(form_id)
    assert (row.status, row.consent_version) == ("fulfilled", "2026-11")


async def keep_the_other_two(page: Page) -> None:
    """Asked for consent first; paid on Stripe's page; then both are on the page, to play and to download."""
    keep = page.locator("#keep-0-versions")
    await expect(keep).to_have_text("Keep the other two versions: $4.99")
    await keep.click()
    await expect(page.get_by_text("Please tick the box")).to_be_visible()
    await shoot(page, "keep-offer")
    await page.locator("#keep-consent").check()
    await keep.click()
    await expect(page.get_by_text("The other two versions of your song")).to_be_visible()
    await page.locator("button[value=paid]").click()
    await expect(page.locator("#kept song-compare")).to_have_count(2)
    await expect(page.locator("#kept h2").first).to_be_in_viewport()
    await expect(keep).to_have_count(0)
    async with page.expect_download() as download:
        await page.locator("#kept").get_by_role("link", name="Download the song: Version 3").click()
    assert (await download.value).suggested_filename.endswith(".mp3")


SHARES = """navigator.share = async (what) => { window.shared = what; }"""


@ON_A_PHONE
async def test_what_was_paid_is_handed_on_by_the_phone_and_kept_as_a_receipt(stack: Stack, page: Page) -> None:
    """Success: copy, the device's own way to share, download, receipt, and the way to another song."""
    await page.add_init_script(SHARES)
    await come_to_pay(stack, page)
    await page.locator("button[value=paid]").click()
    link = await page.locator("#link-0").input_value()
    share = page.get_by_role("button", name="Share the link")
    await share.click()
    shared = await (await page.wait_for_function("window.shared")).json_value()
    assert (shared["url"], shared["title"]) == (link, "A song for you"), "it names nobody"
    await keep_the_other_two(page)
    receipt = page.locator("#receipt")
    await receipt.locator("summary").click()
    await expect(receipt).to_contain_text("Receipt for order")
    await expect(receipt).to_contain_text("Paid: $9.99 including tax")
    await expect(receipt).to_contain_text("you agreed")
    await expect(receipt).to_contain_text("The other two versions of the song for")
    await shoot(page, "receipt")
    await page.evaluate("document.documentElement.classList.remove('can-share')")  # a browser that cannot
    await expect(share).to_be_hidden()
    await page.get_by_role("link", name="Make another song").click()
    await page.wait_for_url(re.compile(r"/compose/create"))


@ON_A_DESKTOP
async def test_who_cancels_is_back_with_the_songs_and_nothing_was_charged(stack: Stack, page: Page) -> None:
    form_id = await come_to_pay(stack, page)
    await page.locator("button[value=cancel]").click()
    await page.wait_for_url(re.compile("canceled=1"))
    await expect(page.get_by_text("Nothing was charged. Your songs are waiting here.")).to_be_visible()
    await expect(page.locator("#consent")).not_to_be_checked()
    await asyncio.to_thread(stack.await_status, form_id, "variations_ready")
    await agree(page)
    await page.locator("#pay").click()
    await page.wait_for_url(re.compile("/sandbox/stripe/pay/"))
    assert len(await sessions(form_id)) == 1, "the same session is still good"


@pytest.mark.parametrize(
    ("page", "end"), [(PHONE, "settled"), (DESKTOP, "bounced")], ids=["phone, settled", "desktop, bounced"], indirect=["page"]
)
async def test_a_slow_payment_is_shown_as_what_it_is(stack: Stack, page: Page, end: str) -> None:
    form_id = await come_to_pay(stack, page)
    payment = page.url
    await page.locator("button[value=delayed]").click()
    await page.wait_for_url(re.compile("/compose/success"))
    await expect(page.locator("#heading")).to_have_text("Your payment is on its way")
    await shoot(page, "pending")
    other = await page.context.new_page()
    await other.goto(f"{stack.url}/compose/variations?formId={form_id}")
    await other.wait_for_url(re.compile("/compose/success"))  # nobody is asked to pay a second time
    await other.goto(payment)
    await other.locator(f"button[value={end}]").click()
    if end == "settled":
        await expect(page.locator("#heading")).to_have_text("Here is your gift")
    else:
        await expect(page.locator("#heading")).to_have_text("The payment did not arrive")
        await shoot(page, "bounced")
        await page.get_by_role("link", name="Back to your songs").click()
        await expect(page.locator("#pay")).to_have_text("Order and pay $9.99")


@ON_A_DESKTOP
async def test_two_tabs_and_a_double_click_pay_once(stack: Stack, page: Page) -> None:
    form_id = await come_to_pay(stack, page)
    first = page.url
    other = await page.context.new_page()
    await other.goto(f"{stack.url}/compose/variations?formId={form_id}")
    await agree(other)
    await other.locator("#pay").dblclick()
    await other.wait_for_url(re.compile("/sandbox/stripe/pay/"))
    assert other.url == first
    await page.locator("button[value=paid]").click()
    await expect(page.locator("#heading")).to_have_text("Here is your gift")
    await other.locator("button[value=paid]").click()
    await expect(other.locator("#heading")).to_have_text("Here is your gift")
    assert [row.status for row in await sessions(form_id)] == ["fulfilled"]
    await page.goto(f"{stack.url}/compose/variations?formId={form_id}&canceled=1")  # the cancel address, after paying
    await expect(page.locator("#heading")).to_have_text("Here is your gift")
    await asyncio.to_thread(stack.await_status, form_id, "delivered")


@ON_A_PHONE
async def test_a_refund_shows_at_once_and_the_link_turns_into_an_error_page(stack: Stack, page: Page) -> None:
    await come_to_pay(stack, page)
    await page.locator("button[value=paid]").click()
    await expect(page.locator("#heading")).to_have_text("Here is your gift")
    link = await page.locator("#link-0").input_value()
    assert (await answer(link)).status_code == 200
    other = await page.context.new_page()
    await dashboard(other, stack, "Give everything back")
    await expect(page.locator("#heading")).to_have_text("This order was refunded")
    await expect(page.locator("#link-0")).to_have_count(0)
    await shoot(page, "refunded")
    gone = await answer(link)
    assert (gone.status_code, "no longer here" in gone.text, "og:title" in gone.text) == (410, True, False)
    await asyncio.to_thread(wait_for, lambda: was_emailed(stack, "Your refund of $9.99"), "the email about the refund")


def was_emailed(stack: Stack, words: str) -> bool:
    return any(words in path.read_text() for path in Path(stack.data_dir / "outbox").glob("*.eml"))


async def answer(url: str) -> requests.Response:
    return await asyncio.to_thread(requests.get, url, timeout=30)


@ON_A_PHONE
@pytest.mark.parametrize("query", ["", "&session_id=", "&session_id=cs_test_invented", "&session_id=%00"])
async def test_coming_to_the_success_page_proves_nothing(stack: Stack, page: Page, query: str) -> None:
    """docs/reliability.md row 52: without a payment there is no gift, whatever the address says."""
    form_id = await asyncio.to_thread(ready_form)
    await page.goto(f"{stack.url}/compose/success?formId={form_id}{query}")
    await expect(page.locator("#heading")).to_have_text("Not paid yet")
    shown: Any = await asyncio.to_thread(stack.form, form_id)
    assert (shown["status"], shown["shareUrls"]) == ("variations_ready", {})


SHORT_PATIENCE = "import ui.compose.success as page; assert sum(page.ASKING) == 30; page.ASKING = (0.1, 0.1, 0.2)"


async def test_whoever_is_back_before_the_payment_is_confirmed_is_told_that_we_will_write(
    stack: Stack, browser: Browser, tmp_path: Path
) -> None:
    """docs/reliability.md row 53: the page looks for 30 s (here half a second), says so, and still changes by itself."""
    web = LoneWeb(tmp_path, before=SHORT_PATIENCE)
    try:
        form_id = await asyncio.to_thread(ready_form)
        body = {"formId": form_id, "consent": True}
        session = (await asyncio.to_thread(stack.call, "POST", "/api/stripe/checkout", json=body)).json()
        page = await (await browser.new_context()).new_page()
        await page.goto(f"{web.url}/compose/success?formId={form_id}")
        await expect(page.locator("#heading")).to_have_text("This takes a little longer")
        await expect(page.locator("#lead")).to_contain_text("we will e-mail you")
        pay = session["url"].removeprefix(stack.url) + "/pay"
        await asyncio.to_thread(stack.call, "POST", pay, data={"outcome": "paid"})
        await expect(page.locator("#heading")).to_have_text("Here is your gift")
        await page.context.close()
    finally:
        web.stop()
