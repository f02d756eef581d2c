"""From the front page to the words by the one box alone: on a phone in at most twelve taps, and on a desktop."""

from __future__ import annotations

import re

from playwright.async_api import Browser, Locator, Page, expect

from bench.form_taps import MOST_TAPS, TOLD, walk
from tests.support.axe import find_nothing
from tests.support.journey import DESKTOP, PHONE
from tests.support.stack import Stack

# A recogniser that understands one sentence, or is refused.
RECOGNISER = """
  window.SpeechRecognition = class {
    start() {
      if (window.refuses) return setTimeout(() => { this.onerror({ error: 'not-allowed' }); this.onend(); });
      const words = Object.assign([{ transcript: 'She is kind.' }], { isFinal: true });
      setTimeout(() => this.onresult({ resultIndex: 0, results: [words] }));
    }
    stop() { this.onend(); }
  };"""


def song_of(stack: Stack, page: Page) -> dict[str, str]:
    """What the row says of the first song."""
    form_id = re.search(r"form_\w+", page.url)
    assert form_id
    return dict(stack.form(form_id[0])["formData"]["songs"][0])


async def test_a_phone_goes_from_the_front_page_to_the_words_by_the_one_box(stack: Stack, browser: Browser) -> None:
    context = await browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page = await context.new_page()
    hand = await walk(page, stack.url, TOLD)
    assert hand.taps <= MOST_TAPS
    song = song_of(stack, page)
    assert (song["recipientName"], song["relationship"], song["theme"]) == ("Rosa", "sister", "birthday")
    assert song["story"] == TOLD
    await expect(page.locator(".sheet .line").first).to_be_visible()
    await context.close()


async def tell_it_aloud_and_by_a_file(page: Page) -> Locator:
    """Each fails once; the box."""
    box = page.get_by_role("textbox", name="Tell us about them, as you would tell a friend")
    await page.evaluate("window.refuses = true")
    await page.get_by_role("button", name="Speak").click()
    await expect(page.get_by_text("The browser may not listen here")).to_be_visible()
    await page.evaluate("window.refuses = false")
    await page.get_by_role("button", name="Speak").click()
    await expect(box).to_have_value("She is kind.")
    await page.get_by_role("button", name="Speak").click()
    files = [{"name": "big.txt", "mimeType": "text/plain", "buffer": b"a" * 100_001}]
    await page.locator("story-box [type=file]").set_input_files(files)  # type: ignore[arg-type] # plain dictionaries will do
    await expect(page.get_by_text("This file is too large")).to_be_visible()
    files = [{"name": "story.txt", "mimeType": "text/plain", "buffer": TOLD.encode()}]
    await page.locator("story-box [type=file]").set_input_files(files)  # type: ignore[arg-type]
    await expect(box).to_have_value(f"She is kind. {TOLD}")
    return box


async def test_a_desktop_shows_what_was_found_and_each_answer_can_be_corrected_or_removed(
    stack: Stack, browser: Browser
) -> None:
    context = await browser.new_context(viewport=DESKTOP, bypass_csp=True)
    page = await context.new_page()
    await page.add_init_script(RECOGNISER)
    await page.goto(stack.url)
    await page.get_by_role("link", name="Start their song").first.click()
    await page.wait_for_url(re.compile("formId="))
    box = await tell_it_aloud_and_by_a_file(page)
    found = page.locator(".field", has=page.locator("#f-songs-0-recipientName"))
    await expect(page.locator("#f-songs-0-recipientName")).to_have_value("Rosa")
    await expect(found).to_contain_text("From your story: “My sister Rosa turns forty next”")
    await expect(page.locator("[role=status].found")).to_contain_text(re.compile(r"We found \d+ answers"))
    await find_nothing(page)
    await page.locator("#f-songs-0-recipientName").fill("Rosalía")
    await expect(found.locator(".origin")).to_have_count(0)
    await page.get_by_role("button", name="Remove: What do you call them?").click()
    await expect(page.locator("#f-songs-0-recipientNickname")).to_have_value("")
    await box.press("End")
    await box.press_sequentially(" My sister Rosa sings.")
    await page.locator("#f-senderName").fill("Ana")
    await page.locator("#f-senderEmail").fill("ana@example.com")
    await expect(page.locator("#saved")).to_have_text("Saved")
    await page.reload()
    await expect(page.locator("#f-songs-0-recipientName")).to_have_value("Rosalía")
    await expect(page.locator("#f-songs-0-relationship")).to_have_value("sister")
    await expect(page.locator("#f-songs-0-qualities")).to_be_visible()
    await expect(page.locator("#f-songs-0-gratefulFor")).to_be_hidden()
    await page.get_by_role("button", name="All questions").click()
    await expect(page.locator("#f-songs-0-shortPhrase")).to_be_attached()
    await expect(page.locator("#f-songs-0-recipientNickname")).to_have_value("")
    await page.locator("#compose").click()
    await page.wait_for_url(re.compile("/compose/lyrics"))
    await expect(page.locator(".sheet .line").first).to_be_visible()
    song = song_of(stack, page)
    assert (song["recipientName"], song["recipientNickname"], song["theme"]) == ("Rosalía", "", "birthday")
    await context.close()
