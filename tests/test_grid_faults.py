"""What the grid says when something fails, and what every question of the form does with hostile text."""

from __future__ import annotations

import asyncio
import os
import threading
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from playwright.async_api import Browser, expect

from models import ComposeForm, database
from tests.support.copies import a_ready_form
from tests.support.guided import all_questions
from tests.support.stack import Stack

HOSTILE = "<img src=x onerror=alert(1)>\"'`{{7*7}} ‮مرحبا‬ ❤️‍🔥 ' ; DROP TABLE compose_forms;--"


def a_form_whose_second_variation_fails(stack: Stack) -> str:
    """The studio fails on purpose when the style asks for it."""
    styles = [["Folk, calm", "Folk, fault:fail", "Folk, bright"]]
    form_id = stack.create(generatedPrompts=["A song for Mia"], variationStyles=styles)
    stack.generate(form_id)
    return form_id


async def test_a_failed_cell_says_so_and_retry_works(stack: Stack, browser: Browser) -> None:
    form_id = await asyncio.to_thread(a_form_whose_second_variation_fails, stack)
    page = await (await browser.new_context()).new_page()
    await page.goto(f"{stack.url}/compose/variations?formId={form_id}")
    song = page.locator("song-compare")
    again = song.get_by_role("button", name="Try again")
    await expect(again).to_be_visible(timeout=120_000)
    await expect(song.locator(".fail", has_text="This recording did not work out")).to_be_visible()
    await expect(song.get_by_role("button", name="Play").nth(1)).to_be_visible(timeout=120_000)
    with database.connection_context():  # whatever broke it is over
        ComposeForm.update(variation_styles=[["Folk, calm", "Folk, gentle", "Folk, bright"]]).where(
            ComposeForm.id == form_id
        ).execute()
    with stack.studio_pace("held"):
        await again.click()
        await expect(song.locator(".cell.waiting")).to_have_count(1)
    await expect(song.locator(".cell.waiting")).to_have_count(0, timeout=120_000)
    await expect(song.locator(".cell.failed")).to_have_count(0)
    form = await asyncio.to_thread(stack.form, form_id)
    assert [one["status"] for one in form["songs"][0]["variations"]] == ["ready", "ready", "ready"]
    await page.context.close()


async def test_hostile_text_in_every_question_stays_text(stack: Stack, browser: Browser) -> None:
    page = await (await browser.new_context()).new_page()
    alarms: list[str] = []
    page.on("dialog", lambda dialog: alarms.append(dialog.message))
    await page.goto(f"{stack.url}/compose/create?package=solo-serenade")
    await page.wait_for_url("**formId=form_**")
    await all_questions(page)
    await page.evaluate("() => document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    boxes = page.locator("#song-0 input[type=text], #song-0 textarea, #f-senderName, #f-senderMessage")
    count = await boxes.count()
    assert count >= 16
    for index in range(count):
        await boxes.nth(index).fill(HOSTILE[: int(await boxes.nth(index).get_attribute("maxlength") or 50)])
    await page.locator("input[name='songs.0.theme'][value='birthday']").check()
    await page.locator("#f-senderEmail").fill("dad@example.com")
    await expect(page.locator("#saved")).to_have_text("Saved")
    await page.reload()
    for index in range(count):
        wanted = HOSTILE[: int(await boxes.nth(index).get_attribute("maxlength") or 50)].strip()
        await expect(boxes.nth(index)).to_have_value(wanted)
    await page.locator("#compose").click()
    await page.wait_for_url("**/compose/lyrics?formId=**")
    await page.locator("#make").click()
    await page.wait_for_url("**/compose/variations?formId=**")
    await expect(page.locator("song-compare .cell.waiting")).to_have_count(0, timeout=240_000)
    assert alarms == []
    await page.context.close()


async def test_a_choice_that_a_busy_database_does_not_take_is_taken_back_and_made_again(stack: Stack, browser: Browser) -> None:
    form_id = await asyncio.to_thread(a_ready_form, stack)
    page = await (await browser.new_context()).new_page()
    await page.goto(f"{stack.url}/compose/variations?formId={form_id}")
    second = page.locator("song-compare").get_by_role("radio").nth(1)
    with closing(psycopg2.connect(os.environ["DATABASE_URL"])) as busy, busy.cursor() as cursor:
        cursor.execute("SELECT 1 FROM compose_forms WHERE id = %s FOR UPDATE", (form_id,))
        await second.check(force=True)
        await expect(page.get_by_role("alert").filter(has_text="We cannot reach our server right now")).to_be_visible()
    await expect(second).not_to_be_checked()
    await second.check(force=True)
    await expect(page.locator("#chosen")).to_have_text("Chosen")
    await expect(page.locator(".unreached")).to_be_hidden()
    with database.connection_context():
        assert ComposeForm.find(form_id).selected_variations == {"0": 2}
    await page.context.close()


@pytest.mark.parametrize("rounds", range(3))
def test_paying_from_many_tabs_at_once_is_one_session_and_one_charge(stack: Stack, rounds: int) -> None:
    form_id = a_ready_form(stack)
    stack.call("PATCH", "/api/compose/forms", json={"formId": form_id, "selectedVariations": {"0": 1}})
    barrier, answers = threading.Barrier(8), list[dict[str, Any]]()

    def press() -> None:
        barrier.wait()
        answers.append(stack.call("POST", "/api/stripe/checkout", json={"formId": form_id}).json())

    tabs = [threading.Thread(target=press) for _ in range(8)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert len({answer["sessionId"] for answer in answers}) == 1
    pay = answers[0]["url"].removeprefix(stack.url) + "/pay"
    paying = [threading.Thread(target=stack.call, args=("POST", pay), kwargs={"data": {"outcome": "paid"}}) for _ in range(4)]
    for tab in paying:
        tab.start()
    for tab in paying:
        tab.join()
    form = stack.await_status(form_id, "delivered")
    assert form["amountPaid"] == 999


def test_nothing_can_be_paid_before_it_is_chosen(stack: Stack) -> None:
    form_id = stack.create()
    for when in ("before anything is made", "while it is made"):
        answer = stack.call("POST", "/api/stripe/checkout", json={"formId": form_id})
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "wrong_moment"), when
        stack.generate(form_id)
