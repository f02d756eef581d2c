"""Waiting for the songs: something to read, a tab that says how far it is, a notification or an email for those who leave."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import Browser, expect

from api.form_json import as_json
from i18n import speaking
from jobs.mail.ready_notice import ask_for_mail, songs_asked_for
from jobs.views.form_view import read_form
from models import ComposeForm, VariationStep, WrongMomentError, in_database
from tests.support.forms import a_form, a_variation, sql
from tests.support.stack import MADE, Stack, wait_for
from ui.components.song_compare import preview_cell

NOTES = """
  window.notes = [];
  window.Notification = class { constructor(title, more) { notes.push([title, more.body]); } };
  Notification.permission = 'default';
  Notification.requestPermission = async () => (Notification.permission = 'granted');
  Object.defineProperty(document, 'hidden', { get: () => true });
"""


def emails_of(form_id: str) -> list[str]:
    return [row[0] for row in sql("SELECT kind FROM emails WHERE form_id = %s", form_id)]


def test_one_email_for_whoever_asked_and_only_when_all_is_ready(migrated: None) -> None:
    asked, silent = a_form(status="variations_generating"), a_form(status="variations_ready")
    assert in_database(ask_for_mail, asked) == "dad@example.com"
    in_database(ask_for_mail, asked)
    in_database(songs_asked_for)
    assert emails_of(asked) == [], "it is not ready"
    sql("UPDATE compose_forms SET status = 'variations_ready' WHERE id = %s", asked)
    in_database(songs_asked_for)
    in_database(songs_asked_for)
    assert emails_of(asked) == ["song_ready"]
    assert emails_of(silent) == []


def test_nobody_is_written_to_for_what_is_ready_already(migrated: None) -> None:
    with pytest.raises(WrongMomentError):
        in_database(ask_for_mail, a_form(status="variations_ready"))
    with pytest.raises(WrongMomentError):
        in_database(ask_for_mail, a_form(status="variations_generating", guest_email=None))


@pytest.mark.parametrize(
    ("stage", "step", "seen", "in_json"),
    [
        ("mixing", "waiting", "mezclando", "mixing"),
        ("a word of theirs", "waiting", "", "a word of theirs"),
        *((ours, "waiting", "", ours) for ours in VariationStep),  # a provider that speaks our words is not taken for us
        ("mixing", "finishing", "terminando", "finishing"),
    ],
)
def test_what_machines_tell_each_other_is_no_word_for_a_customer(
    migrated: None, stage: str, step: str, seen: str, in_json: str
) -> None:
    form_id = a_form(status="variations_generating", generated_titles=["For Mia"])
    a_variation(form_id, status="generating", stage=stage, step=step)
    form = in_database(read_form, form_id)
    assert form
    with speaking("es"):
        assert preview_cell(form.cells[0], form.songs[0])["stage"] == seen
    assert as_json(form)["songs"][0]["variations"][0]["stage"] == in_json


async def test_a_waiting_customer_reads_is_notified_and_gets_the_email(stack: Stack, browser: Browser) -> None:
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    await page.add_init_script(NOTES)
    form_id = await asyncio.to_thread(stack.create)
    section = page.locator("section", has=page.locator("#waiting"))
    with stack.studio_pace("held"):
        await asyncio.to_thread(stack.generate, form_id)
        await page.goto(f"{stack.url}/compose/variations?formId={form_id}")
        await expect(section.locator(".lyrics")).to_contain_text("Mia")
        await expect(section.locator(".versions li")).to_have_count(3)
        await expect(page).to_have_title(re.compile("^(Being made|. of 3 ready) · "))
        await page.locator("#mail-me").click()
        await expect(section.get_by_text("We write to dad@example.com")).to_be_visible()
        await page.get_by_role("button", name="Tell me on this device").click()
        await expect(section.get_by_text("We will tell you here")).to_be_visible()
    await expect(page).to_have_title(re.compile("^Ready · "), timeout=120_000)
    await expect(section).to_be_hidden()
    assert await page.evaluate("notes.map(([title, body]) => body)") == ["Your songs can be heard now."]
    sent = "SELECT 1 FROM emails WHERE form_id = %s AND kind = 'song_ready' AND status = 'sent'"
    await asyncio.to_thread(wait_for, lambda: sql(sent, form_id), "the email, behind others' songs", MADE)
    assert in_database(ComposeForm.find, form_id).mail_asked_at is not None
    await expect(page.locator("#consent")).to_be_hidden()
    box = await page.locator(".stickybar").bounding_box()
    assert box
    assert box["height"] <= 0.15 * 844, "what waits for a choice does not cover the songs"
    await page.locator("song-compare").get_by_role("radio").first.check()
    await expect(page.locator("#chosen")).to_have_text("Chosen")
    box = await page.locator(".stickybar").bounding_box()
    assert box
    assert box["height"] <= 0.15 * 844, "nor does what waits for the wish to pay"
    await page.locator("#pay").click()
    await expect(page.locator("#consent")).to_be_visible()
    await context.close()
