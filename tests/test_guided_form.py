"""The guided form in real Chromium: one question per screen on a phone, and nothing is lost or hidden on the way."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.axe import find_nothing
from tests.support.guided import all_questions, fill, reach
from tests.support.stack import Stack

SWIPE = """([by]) => {
  const form = document.querySelector('guided-form');
  const at = (x) => new Touch({identifier: 1, target: form, clientX: x, clientY: 300});
  form.dispatchEvent(new TouchEvent('touchstart', {touches: [at(200)], bubbles: true}));
  form.dispatchEvent(new TouchEvent('touchend', {changedTouches: [at(200 + by)], bubbles: true}));
}"""


COUNT_CHANGES_OF_NOTICE = """() => {
  window.changes = 0;
  new MutationObserver(() => changes++).observe(document.getElementById("notice"), {childList: true, subtree: true});
}"""
SEEN = """(name) => {
  const { top, bottom } = document.querySelector(name).getBoundingClientRect();
  return top >= 0 && bottom <= document.querySelector('.stickybar').getBoundingClientRect().top;
}"""


@pytest.fixture
async def phone(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, bypass_csp=True)
    page = await context.new_page()
    yield page
    await context.close()


async def begin(stack: Stack, page: Page, package: str = "solo-serenade") -> None:
    await page.goto(f"{stack.url}/compose/create?package={package}")
    await page.wait_for_url(re.compile("formId=form_"))


async def test_a_phone_asks_the_five_required_questions_and_then_leaves_the_choice(stack: Stack, phone: Page) -> None:
    await begin(stack, phone)
    await expect(phone.locator("story-box textarea")).to_be_visible()
    await expect(phone.locator(".pager .count")).to_have_text("")
    await phone.locator("#next").click()
    for number in range(1, 6):
        await expect(phone.locator("guided-form .step:visible")).to_have_count(1)
        await expect(phone.locator(".pager .count")).to_have_text(f"{number} of 5")
        await phone.locator("#next").click()
        await phone.locator("#next").click()  # twice, as an answer is required
    await expect(phone.get_by_role("heading", name="Enough to begin")).to_be_visible()
    await expect(phone.get_by_text("Something is still missing")).to_be_visible()
    await expect(phone.get_by_role("group", name="How many songs?").first).to_be_visible()
    await expect(phone.locator("#compose")).to_be_visible()
    await phone.get_by_role("button", name="Tell more").click()
    while await phone.locator("#next").is_visible():
        await expect(phone.locator("guided-form .step:visible")).to_have_count(1)
        await expect(phone.locator("#compose")).to_be_visible()
        await expect(phone.locator(".pager .count")).to_have_text("")
        await phone.locator("#next").click()
    await expect(phone.locator("#f-senderMessage")).to_be_visible()


async def test_next_says_once_what_is_missing_and_then_lets_people_go_on(stack: Stack, phone: Page) -> None:
    await begin(stack, phone)
    await phone.locator("#next").click()
    await phone.locator("#next").click()
    await expect(phone.locator(".nudge:visible")).to_have_text("Who is the song for?")
    await expect(phone.locator("#f-songs-0-recipientName")).to_be_focused()
    await phone.locator("#next").click()
    await expect(phone.locator("#f-songs-0-relationship")).to_be_visible()


async def test_back_swipe_and_refresh_lose_nothing(stack: Stack, phone: Page) -> None:
    await begin(stack, phone)
    await fill(phone, "#f-songs-0-recipientName", "Mia")
    await phone.locator("#next").click()
    await phone.locator("#f-songs-0-relationship").fill("daughter")
    await phone.evaluate(SWIPE, [-150])
    await expect(phone.locator("[name='songs.0.theme']").first).to_be_visible()
    await phone.go_back()
    await expect(phone.locator("#f-songs-0-relationship")).to_have_value("daughter")
    await expect(phone.locator("#f-songs-0-relationship")).to_be_visible()
    await phone.evaluate(SWIPE, [150])
    await expect(phone.locator("#f-songs-0-recipientName")).to_be_visible()
    await phone.locator("#next").click()
    await expect(phone.locator("#saved")).to_have_text("Saved")
    await expect(phone.locator("#saved")).to_be_visible()
    await phone.evaluate("document.getElementById('popup').ariaHidden = 'false'")
    await expect(phone.locator("#saved")).not_to_be_visible()  # nothing is, while the connection is lost
    await phone.reload()
    await expect(phone.locator("#f-songs-0-relationship")).to_be_visible()
    await expect(phone.locator("#f-songs-0-relationship")).to_have_value("daughter")
    await phone.locator("[data-back]").click()
    await expect(phone.locator("#f-songs-0-recipientName")).to_have_value("Mia")
    await phone.locator("[data-back]").click()
    await phone.locator("story-box textarea").fill("Mia is patient and funny. This is for her birthday.")
    await phone.locator("#next").dblclick()
    await expect(phone.get_by_role("heading", name="What we found")).to_be_visible()


async def test_moving_and_tabs_need_no_server(stack: Stack, phone: Page) -> None:
    await begin(stack, phone, "holiday-hamper")
    await expect(phone.locator("#tab-2")).to_be_attached()
    await phone.context.set_offline(True)
    await reach(phone, "#f-songs-0-recipientName")
    await phone.locator("#tab-2").click()
    await expect(phone.locator("#f-songs-2-story")).to_be_visible()
    await expect(phone.locator("#tab-2")).to_have_attribute("aria-selected", "true")
    await expect(phone.locator(".pager .count")).to_have_text("Song 3")
    await phone.locator("#next").click()
    await expect(phone.locator("#f-songs-2-recipientName")).to_be_visible()
    await expect(phone.locator(".pager .count")).to_have_text("Song 3: 1 of 3")
    await phone.locator("#tab-2").press("ArrowLeft")
    await expect(phone.locator("#f-songs-1-story")).to_be_visible()


async def test_mistakes_are_seen_from_every_tab_and_lead_to_their_screen(stack: Stack, phone: Page) -> None:
    await begin(stack, phone, "holiday-hamper")
    for index, name in enumerate(("Mia", "", "Rosa")):
        await reach(phone, f"#tab-{index}")
        await phone.locator(f"#tab-{index}").click()
        await fill(phone, f"#f-songs-{index}-recipientName", name)
        await fill(phone, f"#f-songs-{index}-relationship", "friend")
        await reach(phone, f"[name='songs.{index}.theme'][value='birthday']")
        await phone.locator(f"[name='songs.{index}.theme'][value='birthday']").check()
    await fill(phone, "#f-senderName", "Dad")
    await reach(phone, "#compose")
    await phone.locator("#compose").click()
    await expect(phone.locator("#f-songs-1-recipientName")).to_be_focused()
    await expect(phone.locator("#tab-1")).to_have_class(re.compile("has-error"))
    links = phone.locator("#notice a")
    await expect(links).to_have_text(["Song 2: Who is it for?", "Your e-mail"])
    await links.last.click()
    await expect(phone.locator("#f-senderEmail")).to_be_focused()
    await phone.evaluate(COUNT_CHANGES_OF_NOTICE)
    await phone.locator("#f-senderEmail").fill("dad@")
    await expect(phone.locator("#f-senderEmail-error")).to_have_text("This does not look like an e-mail address.")
    await phone.locator("#f-senderEmail").fill("dad@example.com")
    await expect(links).to_have_text(["Song 2: Who is it for?"])
    assert await phone.evaluate("changes") == 1, "a link that is drawn anew while it is pressed leads nowhere"
    await links.first.click()
    await phone.locator("#f-songs-1-recipientName").fill("Ben")
    await expect(phone.locator("#notice")).to_be_hidden()
    await expect(phone.locator("#tab-1")).not_to_have_class(re.compile("has-error"))
    await expect(phone.locator("#tab-1")).to_have_text("2. Ben")


async def test_who_types_quickly_and_presses_compose_at_once_is_understood(stack: Stack, browser: Browser) -> None:
    """The last characters typed are on their way while the button is pressed; they arrive before it counts."""
    page = await (await browser.new_context(viewport={"width": 1280, "height": 900})).new_page()
    form_id = stack.create(draft=True)
    await page.goto(f"{stack.url}/compose/create?formId={form_id}")
    await expect(page.locator("#compose")).to_have_text("Make it now")
    await page.wait_for_function("window.did_handshake === true || window.socket?.connected === true")
    await page.locator("#f-senderEmail").fill("")
    await page.locator("#f-senderEmail").press_sequentially("mum@example.com")
    await page.locator("#compose").click()
    await page.wait_for_url("**/compose/lyrics?formId=*")
    assert stack.form(form_id)["formData"]["senderEmail"] == "mum@example.com"
    await page.context.close()


async def test_where_something_is_missing_it_is_in_view(stack: Stack, browser: Browser) -> None:
    page = await (await browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")).new_page()
    await page.goto(f"{stack.url}/compose/create?formId={stack.create(draft=True)}")
    await page.wait_for_function("window.did_handshake === true || window.socket?.connected === true")
    for field in ("#f-senderEmail", "#f-songs-0-recipientName"):
        before = await page.locator(field).input_value()
        await page.locator(field).fill("")
        await page.locator("#compose").click()
        await expect(page.locator(field)).to_be_focused()
        await page.wait_for_function(SEEN, arg=field)
        await page.locator(field).fill(before)
    await page.context.close()


async def test_an_example_is_only_taken_over_by_a_second_press(stack: Stack, phone: Page) -> None:
    await begin(stack, phone)
    await reach(phone, "#f-songs-0-favoriteMemory")
    step = phone.locator(".step[data-now]")
    await step.get_by_role("button", name="Inspire me").click()
    first = await step.locator(".example").inner_text()
    await step.get_by_role("button", name="Inspire me").click()
    second = await step.locator(".example").inner_text()
    assert first
    assert second not in ("", first)
    await expect(phone.locator("#f-songs-0-favoriteMemory")).to_have_value("")
    await step.get_by_role("button", name="Use it").click()
    await expect(phone.locator("#f-songs-0-favoriteMemory")).to_have_value(second)
    await expect(phone.locator(".strength p")).to_contain_text("A start.")


async def test_a_story_that_is_too_long_is_cut_with_a_word_and_never_in_the_middle_of_an_emoji(
    stack: Stack, phone: Page
) -> None:
    await begin(stack, phone)
    box, full = phone.locator("#f-songs-0-storySummary"), phone.locator(".field:has(#f-songs-0-storySummary) .full")
    await fill(phone, "#f-songs-0-storySummary", "We met at a fair.")
    await expect(full).to_be_hidden()
    await phone.keyboard.insert_text("🎉👩‍👩‍👧‍👦 ja " * 1000)
    await expect(full).to_contain_text("This box is full: 500 characters")
    await expect(phone.locator("#saved")).to_have_text("Saved")
    kept = await box.input_value()
    assert 440 < len(kept.encode("utf-16-le")) / 2 <= 500
    await phone.reload()
    await expect(box).to_have_value(kept)
    await box.fill("We met at a fair.")
    await expect(full).to_be_hidden()


async def test_a_style_is_heard_only_when_asked_for_and_one_at_a_time(stack: Stack, phone: Page) -> None:
    sounds: list[str] = []
    phone.on("request", lambda request: sounds.append(request.url) if ".mp3" in request.url else None)
    await begin(stack, phone)
    await reach(phone, "[data-sample]")
    assert sounds == []
    one, two = phone.get_by_role("button", name="Hear Folk"), phone.get_by_role("button", name="Hear Jazz")
    await one.click()
    await expect(one).to_have_attribute("aria-pressed", "true")
    await two.click()
    await expect(two).to_have_attribute("aria-pressed", "true")
    await expect(one).to_have_attribute("aria-pressed", "false")
    await two.click()
    await expect(two).to_have_attribute("aria-pressed", "false")
    assert {re.sub(r".*/style-(.*)\.mp3.*", r"\1", url) for url in sounds} == {"folk-storytelling", "smooth-jazz"}


@pytest.mark.parametrize("voices", [0, 1])
async def test_a_name_that_nobody_can_sing_is_said_or_a_kind_word_says_why_not(stack: Stack, phone: Page, voices: int) -> None:
    await phone.route("**/heard-name", lambda route: route.fulfill(status=204))
    await phone.add_init_script(
        f"window.said = []; speechSynthesis.getVoices = () => Array({voices}).fill({{}});"
        "speechSynthesis.speak = (one) => said.push([one.text, one.lang]);"
    )
    await begin(stack, phone)
    await all_questions(phone)
    await fill(phone, "#f-songs-0-recipientName", "Siobhan")
    await fill(phone, "#f-songs-0-pronunciation", "Shivawn")
    await phone.get_by_role("button", name="Hear it").click()
    if voices:
        await phone.wait_for_function("said.length === 1")
        assert await phone.evaluate("said") == [["Shivawn", "en"]]
    await expect(phone.get_by_text("This browser has no voice")).to_be_visible(visible=not voices)


async def test_the_name_is_sung_as_it_is_said_in_the_voice_that_was_chosen(stack: Stack, phone: Page) -> None:
    await phone.add_init_script("window.said = []; speechSynthesis.speak = (one) => said.push(one.text);")
    await begin(stack, phone)
    await all_questions(phone)
    await fill(phone, "#f-songs-0-recipientName", "Siobhan")
    await fill(phone, "#f-songs-0-pronunciation", "Shivawn")
    async with phone.expect_request("**/heard-name") as asked:
        await phone.get_by_role("button", name="Hear it").click()
    request = await asked.value
    assert request.post_data_json == {"name": "Shivawn", "voice": "", "language": "en"}
    assert "hivawn" not in request.url
    await expect(phone.locator("[data-sung]")).to_have_attribute("data-sung", "Shivawn")
    assert await phone.evaluate("said") == []


@pytest.mark.slow("seven screens of the largest form, each looked at by day and by night")
async def test_axe_finds_nothing_on_any_screen_by_day_and_by_night(stack: Stack, browser: Browser) -> None:
    context = await browser.new_context(viewport={"width": 320, "height": 640}, bypass_csp=True)
    page = await context.new_page()
    await begin(stack, page, "holiday-hamper")
    first = ("#f-songs-0-story", "#f-songs-0-recipientName", "#f-senderEmail", "#compose")
    for field in (*first, "#f-songs-0-storySummary", "[data-sample]"):
        await reach(page, field)
        await find_nothing(page, where=field)
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    await page.locator("#compose").click()
    await expect(page.locator("#notice")).to_be_visible()
    await find_nothing(page, where="what is missing")
    await context.close()
