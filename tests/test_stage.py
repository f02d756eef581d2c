"""The opening of a gift: the tap starts the song, and its words appear one line at a time, in time."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote, unquote

import pytest
from PIL import Image
from playwright.async_api import Browser, Page, expect

from jobs.gifts.giver_actions import NotPossibleError, switch_off, write_back
from models import in_database
from tests.support.axe import AXE, RUN
from tests.support.gifts import LINES, give, tokens
from tests.support.stack import Stack
from tests.support.visitors import visitor

DESKTOP, LANDSCAPE = {"width": 1280, "height": 800}, {"width": 844, "height": 390}
SOUND = "document.querySelector('song-compare audio')"
# When each line was first painted, and where the sound's clock stood then.
WATCH = """() => {
  window.seen = [];
  const look = () => {
    const text = document.querySelector('.stage .line')?.textContent;
    const sound = document.querySelector('song-compare audio');
    if (text && text !== window.seen.at(-1)?.text) window.seen.push({text, at: sound.currentTime});
    requestAnimationFrame(look);
  };
  look();
}"""

ALL_IS_KEPT = """async () => {
  const last = '/static/gift-answers.js';
  while (!await caches.match(last, {ignoreSearch: true})) await new Promise((later) => setTimeout(later, 50));
}"""
KEPT = """caches.open('gifts-1').then((kept) => kept.keys())
  .then((all) => all.map((one) => new URL(one.url).pathname).filter((path) => path.startsWith('/s/')))"""


@pytest.fixture
async def opened(stack: Stack, browser: Browser, request: Any) -> AsyncIterator[Page]:
    """A phone, or the browser that the test asks for."""
    async with visitor(browser, **getattr(request, "param", {})) as page:
        yield page


async def test_the_tap_starts_the_song_and_each_line_appears_with_its_sound(stack: Stack, opened: Page) -> None:
    await opened.goto(f"{stack.url}/s/{tokens(give(message='Play it loud.'))[0]}")
    await opened.evaluate(WATCH)
    await opened.evaluate(f"{SOUND}.playbackRate = 1 / 16")  # what a busy machine draws a second late is right within the tenth
    await opened.get_by_text("Open your gift").click()
    stage = opened.locator(".stage")
    assert await opened.evaluate(f"!{SOUND}.paused"), "the unwrapping is the first bars"
    await expect(stage.locator(".message-text")).to_have_text("Play it loud.")
    for n, line in enumerate(LINES):
        await opened.evaluate(f"{SOUND}.currentTime = {1 + 3 * n} - 0.1")
        await expect(stage.locator(".line")).to_have_text(line)
        await opened.wait_for_function("(n) => window.seen.length > n", arg=n)  # seen by the watch too, before the next jump
    for n, (line, seen) in enumerate(zip(LINES, await opened.evaluate("window.seen"), strict=True)):
        assert seen["text"] == line
        assert seen["at"] == pytest.approx(1 + 3 * n, abs=0.12)
    await opened.evaluate(f"{SOUND}.playbackRate = 1; {SOUND}.currentTime = 11.5")
    await expect(stage.get_by_role("button", name="Hear it again")).to_be_visible()
    assert await opened.evaluate(f"{SOUND}.volume") == 1


@pytest.mark.parametrize("opened", [{"viewport": DESKTOP}], indirect=True, ids=["desktop"])
async def test_a_tap_pauses_and_the_whole_page_goes_on_playing(stack: Stack, opened: Page) -> None:
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    await opened.goto(f"{stack.url}/s/{tokens(give())[0]}")
    assert not any("song-compare.js" in url for url in asked), "what the tap does not need comes after it"
    await opened.get_by_text("Open your gift").click()
    stage = opened.locator(".stage")
    await stage.locator(".scene").click()
    await expect(stage.get_by_role("button", name="Play")).to_be_visible()
    assert await opened.evaluate(f"{SOUND}.paused")
    await stage.get_by_role("button", name="Play").press(" ")
    assert not await opened.evaluate(f"{SOUND}.paused")
    at = await opened.evaluate(f"{SOUND}.currentTime")
    await opened.keyboard.press("Escape")
    await expect(stage).to_be_hidden()
    player = opened.locator("song-compare")
    await expect(player.get_by_role("button", name="Pause")).to_be_visible()
    assert await opened.evaluate(f"{SOUND}.currentTime") >= at, "the same sound goes on in the player"
    await opened.get_by_role("button", name="Play it with the words in large").click()
    await expect(stage).to_be_visible()
    await opened.go_back()
    await expect(opened.get_by_text("Open your gift")).to_be_visible()
    assert await opened.evaluate(f"{SOUND}.paused"), "a gift that is wrapped again is silent"


@pytest.mark.parametrize(
    "opened", [{"viewport": LANDSCAPE, "reduced_motion": "reduce", "bypass_csp": True}], indirect=True, ids=["still"]
)
async def test_without_motion_the_songs_of_a_hamper_follow_one_another(stack: Stack, opened: Page) -> None:
    await opened.goto(f"{stack.url}/s/{tokens(give(3))[0]}")
    await opened.get_by_text("Open your gift").click()
    stage = opened.locator(".stage")
    for number in range(3):
        await expect(stage.locator(".title")).to_have_text(f"Song number {number + 1}")
        sound = opened.locator("song-compare audio").nth(number)
        await expect(sound).to_have_js_property("paused", False)
        assert await opened.evaluate("document.querySelector('.stage').getAnimations({subtree: true}).length") == 0
        if number == 0:
            await opened.evaluate(AXE)
            assert await opened.evaluate(RUN) == [], "what axe finds on the open stage"
        await sound.evaluate("(a) => { a.currentTime = 11.8 }")
    await stage.get_by_role("button", name="Say something back").click()
    await expect(opened.get_by_label("A thank you, or what you felt")).to_be_focused()


async def test_where_the_song_does_not_start_the_stage_says_so_and_the_next_tap_tries_again(stack: Stack, opened: Page) -> None:
    await opened.add_init_script("""const play = HTMLMediaElement.prototype.play;
      HTMLMediaElement.prototype.play = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
      window.allow = () => { HTMLMediaElement.prototype.play = play; }""")
    await opened.goto(f"{stack.url}/s/{tokens(give())[0]}")
    await opened.get_by_text("Open your gift").click()
    stage = opened.locator(".stage")
    await expect(stage.get_by_role("status")).to_have_text("The song did not start. Tap to try again.")
    await opened.evaluate("window.allow()")
    await stage.locator(".scene").click()
    await expect(stage.get_by_role("button", name="Pause")).to_be_visible()
    await expect(stage.locator(".trouble")).to_be_empty()


async def test_what_was_heard_plays_without_a_network_until_its_giver_takes_it_back(stack: Stack, opened: Page) -> None:
    form_id = give()
    (token,) = tokens(form_id)
    await opened.goto(f"{stack.url}/s/{token}")
    await opened.get_by_text("Open your gift").click()
    await opened.evaluate(f"{SOUND}.currentTime = 11.5")
    await opened.evaluate(ALL_IS_KEPT)
    await opened.context.set_offline(True)
    await opened.goto(f"{stack.url}/s/{token}")
    await opened.get_by_text("Open your gift").click()
    await opened.wait_for_function(f"() => {SOUND}.currentTime > 0.2")
    await opened.context.set_offline(False)
    in_database(switch_off, form_id)
    await opened.goto(f"{stack.url}/s/{token}")
    await expect(opened.get_by_role("heading", name="This gift is no longer here")).to_be_visible()
    await opened.wait_for_function(f"async () => (await {KEPT}).length === 0")  # the worker forgets beside the page


def test_a_home_screen_gets_a_picture_and_a_title_that_names_nobody(stack: Stack) -> None:
    (token,) = tokens(give(name="Mia"))
    manifest = stack.call("GET", f"/s/{token}/manifest.webmanifest")
    assert manifest.headers["content-type"] == "application/manifest+json"
    assert manifest.json()["name"] == "Somebody made you a song"
    assert manifest.json()["scope"] == f"/s/{token}"
    picture = Image.open(io.BytesIO(stack.call("GET", manifest.json()["icons"][0]["src"]).content))
    assert picture.size == (512, 512)


async def test_a_reply_knows_its_moment_and_its_giver_answers_once(stack: Stack, browser: Browser, opened: Page) -> None:
    form_id = give()
    giver = await (await browser.new_context(viewport=DESKTOP)).new_page()
    await giver.goto(f"{stack.url}/compose/success?formId={form_id}")
    await expect(giver.locator("#gift-status")).to_have_text("Not opened yet.")
    assert await giver.locator("#giver-answer").count() == 0, "there is nothing to answer yet"
    await opened.goto(f"{stack.url}/s/{tokens(form_id)[0]}")
    await opened.get_by_text("Open your gift").click()
    await opened.get_by_role("button", name="See the whole page").click()
    await opened.wait_for_function(f"() => {SOUND}.currentTime > 1")
    await opened.get_by_label("A thank you, or what you felt").fill("I cried")
    await opened.get_by_role("button", name="Send", exact=True).click()
    await expect(giver.locator("#gift-replies")).to_contain_text("at 0:0")
    await giver.get_by_label("Write back, once").fill("So did I")
    await giver.get_by_role("button", name="Write back").click()
    await expect(giver.locator("#gift-answer")).to_contain_text("You wrote back")
    await giver.context.close()
    with pytest.raises(NotPossibleError, match="answered_already"):
        in_database(write_back, form_id, "And again")
    await opened.reload()
    await expect(opened.locator("#gift")).to_contain_text("Dad wrote back: So did I")


async def test_the_link_goes_where_people_write_and_names_nobody(stack: Stack, opened: Page) -> None:
    form_id = give(name="Mia", sender="Dad")
    (token,) = tokens(form_id)
    await opened.add_init_script("""navigator.share = (what) => { window.shared = what; return Promise.resolve(); };
      navigator.canShare = () => true""")
    await opened.goto(f"{stack.url}/compose/success?formId={form_id}")
    for name, begins in {"WhatsApp": "https://wa.me/?text=", "Telegram": "https://t.me/", "Text message": "sms:"}.items():
        href = await opened.get_by_role("link", name=name).get_attribute("href")
        assert href
        assert href.startswith(begins)
        assert quote(f"/s/{token}", safe="") in href
        assert not {"Mia", "Dad"} & set(re.findall(r"\w+", unquote(href)))
    await opened.get_by_role("button", name="Send the song itself").click()
    await opened.wait_for_function("() => window.shared?.files?.[0].size > 10_000")
