"""Whose form it is, in two browsers: looking claims nothing, the holder keeps it by asking, and a credit pays."""

from __future__ import annotations

import asyncio

from playwright.async_api import Browser, BrowserContext, expect

from jobs.payments.credits import grant_credits
from models import ComposeForm, in_database
from tests.support.axe import find_nothing
from tests.support.forms import a_stored_form as a_form
from tests.support.journey import DESKTOP
from tests.support.login import ask
from tests.support.stack import Stack


async def test_a_viewer_never_becomes_the_owner_and_the_holder_does_by_asking(
    stack: Stack, context: BrowserContext, browser: Browser
) -> None:
    """Two browsers: one began the form, the other only looked at its link. Both sign in."""
    form_id = await asyncio.to_thread(a_form, "variations_ready", guest_email=None)
    holder, viewer = await context.new_page(), await (await browser.new_context(viewport=DESKTOP)).new_page()
    await holder.goto(f"{stack.url}/compose/variations?formId={form_id}")
    await holder.locator("song-compare").get_by_role("radio").nth(0).check()
    await expect(holder.locator("#chosen")).to_have_text("Chosen")
    await viewer.goto(await asyncio.to_thread(ask, stack, "viewer@example.com"))
    await viewer.get_by_role("button", name="Sign in").click()
    await expect(viewer.get_by_text("Nothing here yet")).to_be_visible()
    await viewer.goto(f"{stack.url}/compose/variations?formId={form_id}")
    await expect(viewer.locator("#kept-until")).to_be_visible()
    await viewer.goto(f"{stack.url}/library")
    await expect(viewer.get_by_role("button", name="Keep them here")).to_be_hidden()
    await viewer.goto(await asyncio.to_thread(ask, stack, "viewer@example.com"))
    await expect(viewer.get_by_text("Also keep the songs I began")).to_be_hidden()
    await viewer.get_by_role("button", name="Sign in").click()
    await expect(viewer.get_by_text("Nothing here yet")).to_be_visible()
    assert (await asyncio.to_thread(in_database, ComposeForm.find, form_id)).user_id is None, "looking claims nothing"
    await holder.goto(await asyncio.to_thread(ask, stack, "holder@example.com"))
    await expect(holder.get_by_text("Also keep the songs I began in this browser")).to_be_visible()
    await holder.get_by_role("button", name="Sign in").click()
    await expect(holder.locator(f"[data-form={form_id}]")).to_be_visible()
    await viewer.goto(f"{stack.url}/compose/variations?formId={form_id}")
    await viewer.locator("song-compare").get_by_role("radio").nth(1).check()
    await expect(viewer.locator("song-compare").get_by_role("radio").nth(1)).to_be_checked()
    await viewer.goto(f"{stack.url}/library")  # too late: it has an owner
    await viewer.get_by_role("button", name="Keep them here").click()
    await expect(viewer.get_by_text("Nothing here yet")).to_be_visible()
    await holder.get_by_role("button", name="Sign out", exact=True).click()
    await holder.goto(f"{stack.url}/library")
    await expect(holder.get_by_role("button", name="Send me the link")).to_be_visible()
    await viewer.context.close()


async def test_axe_finds_nothing_on_the_pages_of_accounts(stack: Stack, browser: Browser) -> None:
    context = await browser.new_context(viewport={"width": 320, "height": 640}, bypass_csp=True)
    page = await context.new_page()
    address = "reader@example.com"
    await asyncio.to_thread(a_form, "delivered", guest_email=address)
    await asyncio.to_thread(a_form, "variations_ready", guest_email=address)
    await page.goto(f"{stack.url}/login")
    await find_nothing(page, where="login")
    await page.goto(await asyncio.to_thread(ask, stack, address))
    await find_nothing(page, where="link")
    await page.get_by_role("button", name="Sign in").click()
    await page.locator(".order").first.wait_for()
    await find_nothing(page, where="library")
    await context.close()


async def test_a_song_is_paid_with_a_credit(stack: Stack, context: BrowserContext) -> None:
    address = "lucky@example.com"
    await asyncio.to_thread(in_database, grant_credits, address, 1)
    form_id = await asyncio.to_thread(a_form, "variations_ready", selected_variations={"0": 2})
    page = await context.new_page()
    await page.goto(f"{stack.url}/compose/variations?formId={form_id}")
    await expect(page.locator("#kept-until")).to_be_visible()
    await expect(page.locator("#pay-credits")).to_have_count(0)
    await page.goto(await asyncio.to_thread(ask, stack, address, next=f"/compose/variations?formId={form_id}"))
    await page.get_by_role("button", name="Sign in").click()
    await page.locator("#pay-credits").click()
    await expect(page.locator("#heading")).to_have_text("Here is your gift")
    form = await asyncio.to_thread(stack.await_status, form_id, "delivered")
    assert form["amountPaid"] == 0
