"""The copy that a browser keeps: words typed while the server is dead reach the row, and a lie in it moves nothing."""

from __future__ import annotations

import asyncio
import json
import os
import re
from contextlib import closing
from typing import Any

import psycopg2
from playwright.async_api import BrowserContext, Page, expect

from jobs.generation.lyrics import write_line
from models import ComposeForm, in_database, new_form_id, now
from tests.support.forms import a_form as a_form_row
from tests.support.forms import a_stored_form as a_form
from tests.support.guided import all_questions
from tests.support.journey import DESKTOP, agree
from tests.support.lone_web import LoneWeb
from tests.support.recovery import COPY, copy_of, form_of
from tests.support.stack import Stack, example_form_data, wait_for


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


async def test_a_stale_or_tampered_copy_never_overrides_the_row(stack: Stack, context: BrowserContext) -> None:
    page = await context.new_page()
    await page.set_viewport_size(DESKTOP)
    await page.goto(f"{stack.url}/robots.txt")  # no page of ours that looks at copies
    for kind in garbage(""):
        draft = {"packageType": "solo-serenade", "formData": example_form_data(), "draft": True}
        answer = await asyncio.to_thread(stack.call, "POST", "/api/compose/forms", json=draft)
        form_id = answer.json()["form"]["id"]
        await plant(page, form_id, garbage(form_id)[kind])
        await page.goto(f"{stack.url}/compose/create?formId={form_id}")
        await expect(page.locator("#f-senderName"), kind).to_have_value("Dad")
        await page.locator("#f-senderMessage").fill("Play it louder.")  # by now everything the copy would say was said
        await expect(page.locator("#saved"), kind).to_have_text("Saved")
        await expect(page.locator("#f-senderName"), kind).to_have_value("Dad")
        form = await form_of(stack, form_id)
        assert form["formData"] == {**example_form_data(), "senderMessage": "Play it louder."}, kind
        assert form["status"] == "created", kind
        copy = await copy_of(page, form_id)
        assert (copy["formData"]["senderName"], copy["status"]) == ("Dad", "created"), kind


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


PRESSES_AT_ONCE = """if (sessionStorage.hurry) new MutationObserver((_, watching) => {
  const button = document.getElementById("compose");
  if (button) { watching.disconnect(); button.click(); }
}).observe(document, { childList: true, subtree: true });"""


async def test_make_it_now_waits_for_what_the_browser_has_kept(stack: Stack, context: BrowserContext) -> None:
    """Whoever presses it as soon as it is there sees all answers on the page; none of them is called missing."""
    form_id = await asyncio.to_thread(stack.create, draft=True)
    page = await context.new_page()
    await page.set_viewport_size(DESKTOP)
    await page.add_init_script(PRESSES_AT_ONCE)
    await page.goto(f"{stack.url}/compose/create?formId={form_id}")
    await page.wait_for_function("window.did_handshake === true")
    await page.locator("#f-senderEmail").fill("")
    await expect(page.locator("#saved")).to_have_text("Saved")
    await page.evaluate("window.socket.disconnect()")
    await page.locator("#f-senderEmail").fill("mum@example.com")
    await page.evaluate("sessionStorage.hurry = 1")
    await page.reload()
    await page.wait_for_url("**/compose/lyrics?formId=*")
    assert (await asyncio.to_thread(stack.form, form_id))["formData"]["senderEmail"] == "mum@example.com"


TYPES_AT_ONCE = """new MutationObserver((_, watching) => {
  const name = document.getElementById("f-songs-0-recipientName");
  if (!name) return;
  watching.disconnect();
  name.value = "Zora";
  for (const event of ["input", "change"]) name.dispatchEvent(new Event(event, { bubbles: true }));
}).observe(document, { childList: true, subtree: true });"""


async def test_what_is_typed_before_a_draft_has_its_row_waits_for_it(stack: Stack, context: BrowserContext) -> None:
    """It used to be taken for an answer to a form that was submitted: the page was left, and loaded anew."""
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    for _ in range(3):
        page = await context.new_page()
        await page.add_init_script(TYPES_AT_ONCE)
        with closing(psycopg2.connect(os.environ["DATABASE_URL"])) as busy, busy.cursor() as cursor:
            cursor.execute("LOCK TABLE compose_forms IN SHARE MODE")  # read, not written
            await page.goto(f"{stack.url}/compose/create")
            await expect(page.locator("#saved")).to_have_text("Saving")
        await page.wait_for_url(re.compile("formId=form_"))
        await await_in_row(page.url.rpartition("=")[2], "recipientName", "Zora")
    assert [url for url in asked if "/compose/lyrics" in url] == []
