"""Nothing is lost: not when the browser forgets, not on another device, not when the server dies, not six days later."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from i18n import day
from jobs.generation.lyrics import write_line
from jobs.payments.credits import grant_credits
from models import ComposeForm, in_database, new_form_id, now
from tests.support.axe import find_nothing
from tests.support.forms import a_form as a_form_row
from tests.support.forms import a_stored_form as a_form
from tests.support.guided import all_questions
from tests.support.journey import DESKTOP, PHONE, PLAYING, agree
from tests.support.login import ask
from tests.support.lone_web import LoneWeb
from tests.support.stack import Stack, example_form_data, wait_for

COPY = "(id) => JSON.parse(localStorage.getItem('songForm_' + id))"
SPEC_KEYS = {
    "formId", "formData", "generatedPrompt", "allPrompts", "variationTaskIds", "variationAudioUrls", "selections", "status",
}  # fmt: skip
CELLS = """() => [...document.querySelectorAll('song-compare')].flatMap((song) =>
  [1, 2, 3].map((n) => JSON.parse(song.getAttribute(`cell-${n}`)))).map(({status, audioUrl}) => ({status, audioUrl}))"""


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A browser of its own; the test fails on any error that a page reports."""
    context = await browser.new_context(viewport=PHONE)
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context
    await context.close()
    assert errors == []


@pytest.fixture
def web(stack: Stack, tmp_path: Any) -> Iterator[LoneWeb]:
    """A web process that may be killed; the running stack's workers serve it too."""
    web = LoneWeb(tmp_path)
    yield web
    web.stop()


async def form_of(stack: Stack, form_id: str) -> dict[str, Any]:
    return await asyncio.to_thread(stack.form, form_id)


async def copy_of(page: Page, form_id: str, only_if: str = "true") -> dict[str, Any]:
    """The browser's copy, once there is one and `only_if` holds for the `copy`: a script keeps it after the page is drawn."""
    there_is_one = f"(id) => {{ const copy = ({COPY})(id); return copy && ({only_if}) && copy; }}"
    copy: dict[str, Any] = await (await page.wait_for_function(there_is_one, arg=form_id)).json_value()
    return copy


async def being_generated(stack: Stack, songs: int) -> str:
    """A form in the middle of generation, with at least one variation ready. A single song takes ten seconds more."""
    slow = {"generatedPrompts": ["A song for Mia"], "variationStyles": [["Folk, calm", "Folk, bright", "Folk, fault:slow"]]}
    form_id = await asyncio.to_thread(stack.create, songs, **(slow if songs == 1 else {}))
    await asyncio.to_thread(stack.generate, form_id)

    def one_is_ready() -> bool:
        form = stack.form(form_id)
        return any(cell["status"] == "ready" for song in form["songs"] for cell in song["variations"])

    await asyncio.to_thread(wait_for, one_is_ready, "the first variation")
    return form_id


async def assert_restored_and_live(stack: Stack, page: Page, form_id: str) -> None:
    """Form data, task ids, finished audio and status are back; the page follows to the end by itself."""
    form = await form_of(stack, form_id)
    await expect(page.locator("song-compare")).to_have_count(form["songCount"])
    copy = await copy_of(page, form_id)
    assert set(copy) >= SPEC_KEYS
    assert copy["formData"] == form["formData"]
    assert copy["variationTaskIds"] == form["variationTaskIds"]
    assert all(len(tasks) == 3 for tasks in copy["variationTaskIds"].values())
    assert copy["status"] in ("variations_generating", "variations_ready")
    cells = await page.evaluate(CELLS)
    assert any(cell["audioUrl"] for cell in cells), "what is finished can be heard"
    await expect(page.locator("#heading")).to_have_text("Listen, and choose", timeout=120_000)
    # The heading changes with the last cell, the form's status a moment later.
    done = await asyncio.to_thread(stack.await_status, form_id, "variations_ready")
    assert all(cell["status"] == "ready" for cell in await page.evaluate(CELLS))
    copy = await copy_of(page, form_id, "copy.status === 'variations_ready'")
    assert copy["variationAudioUrls"] == done["variationAudioUrls"]


async def test_browser_storage_is_cleared_in_the_middle_of_generation(stack: Stack, context: BrowserContext) -> None:
    """A return with an empty browser, step by step."""
    form_id = await being_generated(stack, 3)
    page = await context.new_page()
    url = f"{stack.url}/compose/variations?formId={form_id}"
    await page.goto(url)
    await expect(page.locator("song-compare")).to_have_count(3)
    await copy_of(page, form_id)
    await page.evaluate("localStorage.clear(); sessionStorage.clear()")  # 1. localStorage is LOST
    await context.clear_cookies()
    await page.goto("about:blank")
    await page.goto(url)  # 2. user returns to /compose/variations
    await assert_restored_and_live(stack, page, form_id)  # 3. to 7.


async def test_another_device_sees_the_same_and_stays_live(stack: Stack, context: BrowserContext, browser: Browser) -> None:
    form_id = await being_generated(stack, 1)
    url = f"{stack.url}/compose/variations?formId={form_id}"
    here = await context.new_page()
    await here.goto(url)
    there = await (await browser.new_context(viewport=DESKTOP)).new_page()
    await there.goto(url)
    await assert_restored_and_live(stack, there, form_id)
    await there.locator("song-compare").first.get_by_role("radio").nth(1).check()
    await expect(here.locator("song-compare").first.get_by_role("radio").nth(1)).to_be_checked()
    await there.context.close()


@pytest.mark.slow("a server is killed and started again, and the slowest of the songs is waited for")
async def test_the_server_is_restarted_while_somebody_waits(stack: Stack, web: LoneWeb, context: BrowserContext) -> None:
    with stack.studio_pace("1 75"):
        form_id = await being_generated(stack, 1)
    page = await context.new_page()
    await page.goto(f"{web.url}/compose/variations?formId={form_id}")
    await page.locator("song-compare").get_by_role("button", name=re.compile("^Play")).first.click()
    await page.wait_for_function(f"({PLAYING})().some((at) => at > 1)")
    await asyncio.to_thread(web.kill)
    # A new process does not know the page, so the page is loaded once more.
    async with page.expect_event("framenavigated", timeout=60_000):
        await asyncio.to_thread(web.start)
    await page.wait_for_function(f"({PLAYING})().some((at) => at > 1)")
    await assert_restored_and_live(stack, page, form_id)


async def test_lines_typed_while_the_server_is_dead_are_there_afterwards_and_reach_the_row(
    migrated: None, web: LoneWeb, context: BrowserContext
) -> None:
    written = {"generated_titles": ["Slow Train"], "generated_lyrics": ["[Verse 1]\nOne\nTwo\nThree"]}
    form_id = await asyncio.to_thread(a_form_row, status="prompts_generated", **written, lyric_sources=[["", "", "", ""]])
    page = await context.new_page()
    await page.goto(f"{web.url}/compose/lyrics?formId={form_id}")
    await expect(page.get_by_label("Title")).to_have_value("Slow Train")
    await asyncio.to_thread(web.kill)
    await page.get_by_label("Title").fill("Last Train")
    await page.get_by_label("Verse 1, line 1", exact=True).fill("We sang")
    await page.get_by_label("Verse 1, line 3", exact=True).fill("in the rain")
    in_database(write_line, form_id, 0, 3, "Three", "Somebody else was here")
    await asyncio.to_thread(web.start)
    row = "[Verse 1]\nWe sang\nTwo\nSomebody else was here"
    await asyncio.to_thread(wait_for, lambda: in_database(ComposeForm.find, form_id).generated_lyrics == [row], "the line")
    await asyncio.to_thread(
        wait_for, lambda: in_database(ComposeForm.find, form_id).generated_titles == ["Last Train"], "the title"
    )
    await expect(page.get_by_label("Title")).to_have_value("Last Train")
    await expect(page.get_by_label("Verse 1, line 3", exact=True)).to_have_value("Somebody else was here")


async def test_the_link_is_opened_six_days_later(stack: Stack, context: BrowserContext) -> None:
    form_id = await asyncio.to_thread(a_form, "variations_ready", selected_variations={"0": 2})

    tomorrow = now() + timedelta(days=1)

    def six_days_ago() -> None:
        ComposeForm.update(created_at=now() - timedelta(days=6), expires_at=tomorrow).where(ComposeForm.id == form_id).execute()

    await asyncio.to_thread(in_database, six_days_ago)
    page = await context.new_page()
    await page.goto(f"{stack.url}/compose/variations?formId={form_id}")
    await expect(page.locator("song-compare").get_by_role("radio").nth(1)).to_be_checked()
    await expect(page.locator("#kept-until")).to_contain_text(day(tomorrow))
    await page.locator("#extend").click()
    await expect(page.locator("#kept-until")).to_contain_text(day(tomorrow + timedelta(days=7)))


async def test_the_owner_deletes_at_once_after_being_asked_once_more(
    stack: Stack, context: BrowserContext, browser: Browser
) -> None:
    form_id = await asyncio.to_thread(a_form)
    url = f"{stack.url}/compose/variations?formId={form_id}"
    page, other = await context.new_page(), await (await browser.new_context()).new_page()
    for one in (page, other):
        await one.goto(url)
        await expect(one.locator("#delete")).to_be_visible()
    await page.locator("#delete").click()
    await page.locator("#keep").click()
    await expect(page.locator("#delete")).to_be_visible()
    await page.locator("#delete").click()
    await page.locator("#really-delete").click()
    for one in (page, other):  # the other open page learns it by itself
        await expect(one.get_by_role("heading", name="This order is over")).to_be_visible()
        await one.wait_for_function(f"id => ({COPY})(id) === null", arg=form_id)  # a module runs after the text is there
    assert (await asyncio.to_thread(in_database, ComposeForm.find, form_id)).purged_at is not None
    await other.context.close()


# ---------------------------------------------------------------- the instant copy


async def a_draft(web: LoneWeb, page: Page) -> str:
    await page.set_viewport_size(DESKTOP)  # all questions at once
    await page.goto(f"{web.url}/compose/create")
    await page.wait_for_url(re.compile("formId=form_"))
    form_id = page.url.rpartition("=")[2]
    await all_questions(page)
    return form_id


def answer_in_row(form_id: str, name: str) -> Any:
    form = in_database(ComposeForm.find, form_id)
    return form.form_data["songs"][0].get(name) if name != "senderName" else form.form_data.get(name)


async def await_in_row(form_id: str, name: str, value: Any) -> None:
    await asyncio.to_thread(wait_for, lambda: answer_in_row(form_id, name) == value, f"{name} to be {value!r} in the row")


async def test_words_typed_while_the_server_is_dead_are_there_afterwards_and_reach_the_row(
    web: LoneWeb, context: BrowserContext
) -> None:
    page = await context.new_page()
    form_id = await a_draft(web, page)
    story = page.locator("#f-songs-0-storySummary")
    await story.fill("We met on a train")
    await expect(page.locator("#saved")).to_have_text("Saved")
    await asyncio.to_thread(web.kill)
    await story.press_sequentially(" in the rain", delay=2)
    await page.locator("#f-songs-0-recipientName").fill("Mia")
    await page.locator("input[name='songs.0.theme'][value='birthday']").check(force=True)
    await page.locator("input[name='songs.0.emotions']").first.check(force=True)
    emotion = await page.locator("input[name='songs.0.emotions']").first.get_attribute("value")
    copy = await copy_of(page, form_id)
    assert copy["unsent"]["songs.0.storySummary"]["value"] == "We met on a train in the rain"
    await asyncio.to_thread(web.start)
    await await_in_row(form_id, "storySummary", "We met on a train in the rain")
    await await_in_row(form_id, "recipientName", "Mia")
    await await_in_row(form_id, "theme", "birthday")
    await await_in_row(form_id, "emotions", [emotion])
    await expect(story).to_have_value("We met on a train in the rain")
    await expect(page.locator("#f-songs-0-recipientName")).to_have_value("Mia")
    await expect(page.locator("input[name='songs.0.theme'][value='birthday']")).to_be_checked()
    await page.wait_for_function(f"Object.keys(({COPY})('{form_id}').unsent).length === 0")


async def test_the_page_paints_unsent_words_before_its_connection_stands(web: LoneWeb, context: BrowserContext) -> None:
    page = await context.new_page()
    form_id = await a_draft(web, page)
    await asyncio.to_thread(web.kill)
    await page.locator("#f-senderName").fill("Dad")
    await page.close()
    await asyncio.to_thread(web.start)
    page = await context.new_page()
    await page.route_web_socket(re.compile("_nicegui_ws"), lambda socket: None)  # never answers
    await page.route(re.compile("_nicegui_ws"), lambda route: route.abort())
    await page.goto(f"{web.url}/compose/create?formId={form_id}")
    await expect(page.locator("#f-senderName")).to_have_value("Dad")
    assert await asyncio.to_thread(answer_in_row, form_id, "senderName") == "", "there was no connection"


async def plant(page: Page, form_id: str, copy: Any) -> None:
    text = copy if isinstance(copy, str) else json.dumps(copy)
    await page.evaluate("([id, text]) => localStorage.setItem('songForm_' + id, text)", [form_id, text])


def unsent(value: Any, base: Any, path: str = "senderName") -> dict[str, Any]:
    at = int(now().timestamp() * 1000) + 86_400_000
    return {path: {"value": value, "base": base, "sent": [value], "at": at}}


def garbage(form_id: str) -> dict[str, Any]:
    """Copies that somebody tampered with, or that are simply old."""
    example_form_data = {
        "formId": form_id,
        "formData": {"senderName": "Mallory"},
        "status": "delivered",
        "selections": {"0": 3},
    }
    return {
        "stale": {**example_form_data, "unsent": unsent("Old words", "Even older words")},
        "tampered": example_form_data,
        "of another form": {**example_form_data, "formId": new_form_id(), "unsent": unsent("Mallory", "Dad")},
        "too old": {**example_form_data, "unsent": {"senderName": {"value": "Mallory", "base": "Dad", "sent": [], "at": 1}}},
        "unknown paths": {**example_form_data, "unsent": unsent("x", "", "status") | unsent("x", "", "__proto__.polluted")},
        "no shape": {**example_form_data, "unsent": [1, None, {"a": 1}]},
        "no json": "{{{",
        "null": "null",
    }


@pytest.mark.parametrize("kind", garbage(""))
async def test_a_stale_or_tampered_copy_never_overrides_the_row(stack: Stack, context: BrowserContext, kind: str) -> None:
    draft = {"packageType": "solo-serenade", "formData": example_form_data(), "draft": True}
    answer = await asyncio.to_thread(stack.call, "POST", "/api/compose/forms", json=draft)
    form_id = answer.json()["form"]["id"]
    page = await context.new_page()
    await page.goto(stack.url)
    await page.set_viewport_size(DESKTOP)
    await plant(page, form_id, garbage(form_id)[kind])
    await page.goto(f"{stack.url}/compose/create?formId={form_id}")
    await expect(page.locator("#f-senderName")).to_have_value("Dad")
    await page.locator("#f-senderMessage").fill("Play it louder.")  # by now everything the copy would say was said
    await expect(page.locator("#saved")).to_have_text("Saved")
    await expect(page.locator("#f-senderName")).to_have_value("Dad")
    form = await form_of(stack, form_id)
    assert form["formData"] == {**example_form_data(), "senderMessage": "Play it louder."}
    assert form["status"] == "created"
    copy = await copy_of(page, form_id)
    assert (copy["formData"]["senderName"], copy["status"]) == ("Dad", "created")


async def test_a_tampered_copy_moves_nothing_on_the_songs_page(stack: Stack, context: BrowserContext) -> None:
    form_id = await asyncio.to_thread(a_form, "variations_ready", selected_variations={"0": 2})
    page = await context.new_page()
    await page.goto(stack.url)
    lie = {"formId": form_id, "status": "delivered", "selections": {"0": 3}, "unsent": unsent(3, 1, "selections.0")}
    await plant(page, form_id, lie)
    await page.goto(f"{stack.url}/compose/variations?formId={form_id}")
    await expect(page.locator("song-compare").get_by_role("radio").nth(1)).to_be_checked()
    await page.locator("#extend").click()
    await page.wait_for_function(f"({COPY})('{form_id}').status === 'variations_ready'")
    form = await form_of(stack, form_id)
    assert (form["status"], form["selectedVariations"]) == ("variations_ready", {"0": 2})


async def test_a_choice_made_while_the_server_is_dead_reaches_the_row(web: LoneWeb, context: BrowserContext) -> None:
    form_id = await asyncio.to_thread(a_form, "variations_ready")
    page = await context.new_page()
    await page.goto(f"{web.url}/compose/variations?formId={form_id}")
    await expect(page.locator("#chosen")).to_have_text("Choose the one you love")
    await asyncio.to_thread(web.kill)
    await page.locator("song-compare").get_by_role("radio").nth(2).check(force=True)
    await asyncio.to_thread(web.start)
    await asyncio.to_thread(
        wait_for, lambda: in_database(ComposeForm.find, form_id).selected_variations == {"0": 3}, "the choice in the row", 30
    )
    await expect(page.locator("#chosen")).to_have_text("Chosen")


async def test_the_copy_goes_when_the_form_is_paid(stack: Stack, context: BrowserContext) -> None:
    form_id = await asyncio.to_thread(a_form, "variations_ready", selected_variations={"0": 2})
    page = await context.new_page()
    await page.goto(f"{stack.url}/compose/variations?formId={form_id}")
    await expect(page.locator("#kept-until")).to_be_visible()
    await copy_of(page, form_id)
    await agree(page)
    await page.locator("#pay").click()
    await page.locator("button[value=paid]").click()
    await expect(page.locator("#heading")).to_have_text("Here is your gift")
    await page.wait_for_function(f"localStorage.getItem('songForm_{form_id}') === null")


# ---------------------------------------------------------------- whose form it is, in two browsers


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
