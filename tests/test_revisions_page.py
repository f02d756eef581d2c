"""Changing the lyrics on the page of the songs, in real Chromium, with two tabs that follow each other."""

from __future__ import annotations

import asyncio
import os
import re
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from models import database
from tests.support.axe import find_nothing
from tests.support.copies import a_ready_form
from tests.support.forms import sql
from tests.support.journey import agree
from tests.support.revisions_page import ENDLESS, NEARLY_OVER, PHONE, the_bar_is_low
from tests.support.stack import Stack, wait_for

DESKTOP = {"width": 1280, "height": 900}
NEW = "[Verse]\nWe missed the last train and walked home singing\n\n[Chorus]\nMia, Mia, louder than the rain"
SHOTS = os.environ.get("SHOTS", "")


async def opened(context: BrowserContext, stack: Stack, form_id: str) -> Page:
    page = await context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"page error: {error}"))
    await page.goto(f"{stack.url}/compose/variations?formId={form_id}")
    await expect(page.locator("#kept-until")).to_be_visible()
    await page.wait_for_function("window.socket?.connected === true || window.did_handshake === true")
    return page


async def shot(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def choice(song: Locator, number: int) -> Locator:
    return song.get_by_role("radio", name=re.compile(f"variation {number}$"))


async def ask_for_new_words(page: Page, form_id: str, lyrics: str) -> None:
    """Too few at first, then words that they never wanted to hear."""
    await page.locator("#open-words-0").click()
    await expect(page.locator("#words-0-lyrics")).to_have_value(lyrics)
    await shot(page, "editor-390")
    await expect(page.locator("#words-0-question")).to_contain_text(
        "Make three new versions with these words? The versions you have now stay one click away."
    )
    await expect(page.locator("#words-0-question")).to_contain_text("Your choice for this song is open again")
    await page.locator("#words-0-lyrics").fill("La")
    await page.locator("#words-0-yes").click()
    await expect(page.locator("#words-0-lyrics-error")).to_contain_text("these have 2")
    await expect(page.locator("#words-0-lyrics")).to_be_focused()
    await page.locator("#words-0-title").fill("Last train home")
    await page.locator("#words-0-lyrics").fill(NEW)
    # They asked never to hear a word of it: a question, and the same press again means yes.
    never = """UPDATE compose_forms SET form_data = jsonb_set(form_data, '{songs,0,neverMention}', '"Louder"') WHERE id = %s"""
    await asyncio.to_thread(sql, never, form_id)
    await page.locator("#words-0-yes").click()
    await expect(page.locator("#words-0-lyrics-error")).to_contain_text("never to mention “Louder”, and this does")
    await page.locator("#words-0-yes").click()


async def pay_for_it(page: Page) -> None:
    await agree(page)
    await page.locator("#pay").click()
    await page.locator("button[value=paid]").click()
    await expect(page.locator("#heading")).to_have_text("Here is your gift")


async def test_new_lyrics_are_asked_for_made_and_taken_back_on_a_phone_and_a_desktop(stack: Stack, browser: Browser) -> None:
    form_id = await asyncio.to_thread(a_ready_form, stack)
    before = (await asyncio.to_thread(stack.form, form_id))["songs"][0]
    here, there = await browser.new_context(viewport=PHONE), await browser.new_context(viewport=DESKTOP)
    one, two = await opened(here, stack, form_id), await opened(there, stack, form_id)
    await choice(one.locator("song-compare"), 2).check(force=True)
    await expect(two.locator("#chosen")).to_have_text("Chosen")
    await ask_for_new_words(one, form_id, before["lyrics"])
    for page in (one, two):
        await expect(page.locator("#versions-said-0")).to_contain_text("We are making three new versions with the new words.")
        await expect(page.locator("#versions-said-0")).to_contain_text("Your choice for this song is open again.")
        await expect(page.locator("#chosen")).to_have_text("Choose the one you love")
        await expect(page.locator("#open-earlier-0")).to_have_text("Earlier versions (3)")
    await expect(one.locator("#open-words-0")).to_be_focused()
    await shot(one, "making-390")
    await two.locator("#open-earlier-0").click()
    earlier = two.locator("#earlier-0 song-compare")
    await expect(earlier.get_by_role("button", name=re.compile("^Play"))).to_have_count(3)
    await shot(two, "earlier-1280")
    await expect(one.locator("song-compare .cell.waiting")).to_have_count(0, timeout=180_000)
    await expect(one.locator("song-compare h3").first).to_have_text("Last train home")
    await choice(one.locator("song-compare"), 1).check(force=True)
    await expect(two.locator("#chosen")).to_have_text("Chosen")
    await shot(one, "ready-390")
    await choice(earlier, 3).check(force=True)
    for page in (one, two):
        await expect(page.locator("#versions-said-0")).to_contain_text("These are the versions with your other words again.")
        await expect(choice(page.locator("song-compare[data-song]"), 3)).to_be_checked()
        await expect(page.locator("#open-earlier-0")).to_have_text("Your other versions (3)")
    form = await asyncio.to_thread(stack.form, form_id)
    assert form["selectedTaskIds"] == {"0": before["variations"][2]["taskId"]}
    assert form["songs"][0]["lyrics"] == before["lyrics"]
    await shot(two, "back-1280")
    await pay_for_it(one)
    await two.wait_for_url("**/compose/success**")
    form = await asyncio.to_thread(stack.form, form_id)
    assert form["selectedTaskIds"] == {"0": before["variations"][2]["taskId"]}
    await here.close()
    await there.close()


async def listen_and_choose(page: Page) -> None:
    """On a phone: from one version to the next, and the way on when the last one is nearly over."""
    song = page.locator("song-compare[data-song]")
    await song.get_by_role("button", name="Play variation 1", exact=True).click()
    await expect(page.locator("song-switch")).to_be_visible()
    for name in ("Go on with variation 2", "Go on with variation 3", "Go on with variation 1"):
        button = page.locator("song-switch").get_by_role("button", name=name)
        await button.click()
        await expect(button).to_have_attribute("aria-pressed", "true")
        box = await button.bounding_box()
        assert box
        assert box["y"] >= 0.4 * PHONE["height"], "in the lower three fifths, where a thumb is"
        assert box["y"] + box["height"] <= PHONE["height"]
        assert min(box["height"], box["width"]) >= 44
    await shot(page, "tree-switch-390")
    await the_bar_is_low(page)
    focus = await page.evaluate("document.activeElement.tagName")
    await page.wait_for_function(NEARLY_OVER)
    on = page.locator("song-switch .on")
    await expect(on).to_have_class(re.compile("now"))
    await expect(on).to_be_in_viewport(ratio=1)
    assert await page.evaluate("document.activeElement.tagName") == focus, "the focus stays where it was"
    await the_bar_is_low(page)
    await shot(page, "tree-way-on-390")
    await on.click()
    await expect(page.locator("#chosen")).to_have_text("Chosen")
    await expect(page.locator("#pay")).to_be_in_viewport(ratio=1)
    await shot(page, "tree-chosen-390")


async def change_a_line(page: Page, line: str) -> None:
    await page.locator("#open-line-0").click()
    await page.get_by_role("button", name=f"Change this line: {line}").first.click()
    field = page.locator("#line-0 textarea")
    await expect(field).to_be_focused()
    await expect(page.locator("#line-0")).to_contain_text("The rest of each stays just as you heard it, unless")
    await expect(page.locator("#line-0")).to_contain_text("It costs nothing. You can do this 2 more times.")
    await shot(page, "tree-line-390")
    await find_nothing(page, schemes=("light",), where="a line is changed")
    await field.fill(" ")
    await page.locator("#line-0-yes").click()
    await expect(page.locator("#line-0 .error")).to_contain_text("A line has 1 to 160 characters")
    await field.fill("We missed the last train <b> and sang 🎂")
    await page.locator("#line-0-yes").click()
    await expect(page.locator("#versions-said-0")).to_contain_text("We are making three new versions with the new words.")
    await expect(page.locator("#open-line-0")).to_be_focused()


async def test_one_line_is_changed_on_a_phone_and_the_way_on_is_always_in_reach(stack: Stack, browser: Browser) -> None:
    form_id = await asyncio.to_thread(a_ready_form, stack)
    before = (await asyncio.to_thread(stack.form, form_id))["songs"][0]
    line = next(one for one in before["lyrics"].split("\n") if one and not one.startswith("["))
    context = await browser.new_context(viewport=PHONE, bypass_csp=True)
    await context.add_init_script(ENDLESS)
    page = await opened(context, stack, form_id)
    song = page.locator("song-compare[data-song]")
    await listen_and_choose(page)
    await change_a_line(page, line)
    await expect(song.locator(".cell.waiting")).to_have_count(0, timeout=180_000)
    await page.locator("#open-earlier-0").click()
    tree = page.locator("#earlier-0 .tree").first
    await expect(tree.get_by_role("heading", name="With your second words")).to_be_visible()
    await expect(tree.locator(".changes ins").last).to_contain_text("<b>")
    await expect(tree.locator(".revision .revision.now")).to_contain_text("You changed one line.")
    changed = await tree.locator(".changes p").first.inner_text()
    assert "We missed the last train <b> and sang 🎂" in changed.replace(line, ""), "words apart, also when they are read aloud"
    await tree.get_by_role("button", name="Play Version 2").last.click()
    await shot(page, "tree-390")
    await find_nothing(page, schemes=("light",), where="the tree")
    await page.set_viewport_size(DESKTOP)
    await shot(page, "tree-1280")
    await choice(tree.locator("song-compare"), 3).check(force=True)
    await expect(tree.locator(".revision.now").first).to_contain_text("With your first words")
    await expect(page.locator("#chosen")).to_have_text("Chosen")
    await expect(page.locator("song-switch .on")).to_have_text("Chosen")
    form = await asyncio.to_thread(stack.form, form_id)
    assert form["selectedTaskIds"] == {"0": before["variations"][2]["taskId"]}
    assert form["songs"][0]["lyrics"] == before["lyrics"]
    await context.close()


async def test_lyrics_that_are_being_changed_outlive_a_reload(stack: Stack, browser: Browser) -> None:
    form_id = await asyncio.to_thread(a_ready_form, stack)
    context = await browser.new_context(viewport=PHONE)
    page = await opened(context, stack, form_id)
    await page.locator("#open-words-0").click()
    await page.locator("#words-0-lyrics").fill(NEW)
    await page.reload()
    await expect(page.locator("#kept-until")).to_be_visible()
    await page.locator("#open-words-0").click()
    await expect(page.locator("#words-0-lyrics")).to_have_value(NEW)
    await page.get_by_role("button", name="Keep the words").click()
    await expect(page.locator("#open-words-0")).to_be_focused()
    await page.locator("#open-words-0").click()
    await expect(page.locator("#words-0-lyrics")).not_to_have_value(NEW)
    assert len((await asyncio.to_thread(stack.form, form_id))["songs"][0]["earlier"]) == 0
    await context.close()


async def test_one_more_version_by_keyboard_alone(stack: Stack, browser: Browser) -> None:
    form_id = await asyncio.to_thread(a_ready_form, stack, 3)
    before = (await asyncio.to_thread(stack.form, form_id))["songs"][1]["variations"]
    context = await browser.new_context(viewport=PHONE)
    page = await opened(context, stack, form_id)
    await expect(page.locator("#open-more-1")).to_be_visible()
    await page.locator("#open-more-1").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#more-1")).to_contain_text("2 extra versions are left.")
    await expect(page.locator("#open-more-1")).to_have_attribute("aria-expanded", "true")
    await page.locator("#more-1 input[type=radio]").first.focus()
    await page.keyboard.press("ArrowDown")
    await shot(page, "more-390")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#versions-said-1")).to_contain_text("We are making one more version in place 2.")
    await expect(page.locator("#open-more-1")).to_be_focused()
    form = await asyncio.to_thread(stack.await_status, form_id, "variations_ready")
    now = [one["taskId"] for one in form["songs"][1]["variations"]]
    assert (now[0], now[2]) == (before[0]["taskId"], before[2]["taskId"])
    assert now[1] != before[1]["taskId"]
    await page.locator("#open-earlier-1").click()
    cells = page.locator("#earlier-1 song-compare .cell")
    await expect(cells.nth(1)).to_be_visible()
    assert [await cells.nth(n).is_visible() for n in range(3)] == [False, True, False]
    await shot(page, "earlier-one-390")
    await context.close()


async def test_a_choice_made_offline_for_older_lyrics_is_not_moved_to_newer_ones(stack: Stack, browser: Browser) -> None:
    """The tab slept while another one changed the lyrics: what it chose is no longer there, and nothing else is chosen."""
    form_id = await asyncio.to_thread(a_ready_form, stack)
    context = await browser.new_context(viewport=DESKTOP)
    page = await opened(context, stack, form_id)
    task = (await asyncio.to_thread(stack.form, form_id))["songs"][0]["variations"][1]["taskId"]
    await page.goto(f"{stack.url}/api/docs")
    lie = {"formId": form_id, "unsent": {"selections.0": {"value": 2, "task": task, "base": "", "sent": [2], "at": 4e12}}}
    await page.evaluate("([id, copy]) => localStorage.setItem('songForm_' + id, JSON.stringify(copy))", [form_id, lie])
    body = {"formId": form_id, "songIndex": 0, "title": "Last train home", "lyrics": NEW}
    assert (await asyncio.to_thread(stack.call, "POST", "/api/compose/revisions", json=body)).status_code == 202
    await asyncio.to_thread(stack.await_status, form_id, "variations_ready")
    await page.goto(f"{stack.url}/compose/variations?formId={form_id}")
    await page.wait_for_function(f"!JSON.parse(localStorage.getItem('songForm_{form_id}')).unsent['selections.0']")
    await expect(page.locator("#chosen")).to_have_text("Choose the one you love")
    assert (await asyncio.to_thread(stack.form, form_id))["selectedVariations"] == {}
    await context.close()


async def test_an_open_payment_page_is_closed_and_that_is_said_before(stack: Stack, browser: Browser) -> None:
    form_id = await asyncio.to_thread(a_ready_form, stack)
    context = await browser.new_context(viewport=DESKTOP)
    page = await opened(context, stack, form_id)
    await choice(page.locator("song-compare"), 1).check(force=True)
    await page.locator("#consent").check()
    await page.locator("#pay").click()
    await page.locator("button[value=paid]").wait_for()
    payment = page.url
    await page.goto(f"{stack.url}/compose/variations?formId={form_id}&canceled=1")
    await page.locator("#open-words-0").click()
    await expect(page.locator("#words-0-question")).to_contain_text("The payment page that you opened is closed")
    await page.locator("#words-0-lyrics").fill(NEW)
    await page.locator("#words-0-yes").click()
    await expect(page.locator("#versions-said-0")).to_contain_text("We are making three new versions")
    answer: Any = await page.goto(payment)
    assert "button" not in await page.content() or answer.status >= 400 or not await page.locator("button[value=paid]").count()
    await context.close()


def test_after_all_this_the_doctor_finds_nothing(stack: Stack) -> None:
    from jobs.monitoring.invariants import findings, torn_timelines

    with database.connection_context():
        wait_for(lambda: not any(one.count for one in findings()), "every invariant to hold", 60)  # for all orders of all tests
        assert torn_timelines().ids == ()
