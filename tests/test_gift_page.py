"""The gift in a real browser: with and without JavaScript, in the giver's panel, and from a file with the network off."""

from __future__ import annotations

import io
import json
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from math import ceil
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageChops
from playwright.async_api import Browser, Error, Page, Route, expect

from jobs.views.gift_view import read_gift_view
from models import Email, Gift, database, in_database, now
from tests.support.gifts import give, tokens
from tests.support.stack import Stack
from tests.support.visitors import PHONE, visitor

SOUND = "document.querySelector('song-compare audio')"
HEAR = """(a) => new Promise((heard) => {
  a.muted = true;
  a.ontimeupdate = () => a.currentTime > 0 && heard(a.duration);
  a.play();
})"""
PLAYING = "() => [...document.querySelectorAll('song-compare audio')].some((a) => !a.paused)"


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A phone."""
    async with visitor(browser) as page:
        yield page


async def test_a_gift_is_opened_played_and_answered(stack: Stack, page: Page) -> None:
    form_id = give(3)
    await page.goto(f"{stack.url}/s/{tokens(form_id)[0]}")
    await page.get_by_text("Open your gift").click()
    await page.get_by_role("button", name="See the whole page").click()
    await expect(page.get_by_role("heading", name="3 songs for Mia, Ben, and Rosa")).to_be_visible()
    song = page.locator("song-compare").first
    await song.get_by_role("button", name=re.compile("^Chorus")).click()
    await page.wait_for_function(PLAYING)
    await page.wait_for_function(f"() => {SOUND}.currentTime > 6.2")
    await page.get_by_role("button", name="Send a heart for this moment").first.click()
    await expect(page.get_by_role("button", name="Sent")).to_be_visible()
    await page.get_by_label("A thank you, or what you felt").fill("I cried")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator("[data-said]")).to_have_text("Sent. Thank you.")
    view = in_database(read_gift_view, form_id)
    assert view
    assert (view.opened, view.played) == (1, 1)
    assert [one.kind for one in view.replies] == ["text", "heart"]
    assert 6000 < view.replies[1].at_ms < 12_000, "the heart knows its moment"


async def test_a_gift_needs_no_javascript(stack: Stack, browser: Browser) -> None:
    form_id = give()
    context = await browser.new_context(viewport=PHONE, java_script_enabled=False, accept_downloads=True)
    page = await context.new_page()
    await page.goto(f"{stack.url}/s/{tokens(form_id)[0]}")
    await expect(page.get_by_text("Play it loud.")).not_to_be_visible()
    await page.get_by_text("Open your gift").click()
    audio = page.locator("audio")
    await expect(audio).to_be_visible()
    await audio.evaluate("(a) => { a.muted = true; a.currentTime = 11.5; a.play() }")
    await expect(audio).to_have_js_property("ended", True)  # of twelve seconds: it was sought, and played
    await expect(page.get_by_role("link", name="Chorus 0:06")).to_have_attribute("href", re.compile(r"/audio/0\.mp3#t=6$"))
    async with page.expect_download() as waiting:
        await page.get_by_text("Keep it: download the song").click()
    assert (await waiting.value).suggested_filename == "Song number 1.mp3"
    await page.get_by_label("A thank you, or what you felt").fill("Thank you, Dad")
    async with page.expect_request("**/words") as caught:
        await page.get_by_role("button", name="Send", exact=True).click()
    origin = (await (await caught.value).all_headers())["origin"]
    assert origin == stack.url, "older browsers say nothing else of where they come from, and `null` is refused"
    await expect(page.get_by_text("Your words are on their way.")).to_be_visible()
    await context.close()
    view = in_database(read_gift_view, form_id)
    assert view
    assert [one.words for one in view.replies] == ["Thank you, Dad"]


def seal(form_id: str, seconds: int) -> None:
    """It opens in so many seconds."""
    with database.connection_context():
        sealed = {"opens_at": now() + timedelta(seconds=seconds), "opens_on": "2030-01-01T00:00", "zone": "Europe/Berlin"}
        Gift.update(updated_at=now(), **sealed).where(Gift.form == form_id).execute()


async def test_a_sealed_gift_counts_down_and_opens_by_itself(stack: Stack, page: Page) -> None:
    form_id = give()
    seal(form_id, seconds=50)
    await page.add_init_script("const clock = Date.now; Date.now = () => clock() + (window.slept ?? 0);")
    await page.goto(f"{stack.url}/s/{tokens(form_id)[0]}")
    await expect(page.locator("[data-countdown]")).to_have_text(re.compile(r"\d seconds? to go"))
    seal(form_id, seconds=0)
    await page.evaluate("window.slept = 50_000")
    await expect(page.get_by_text("Open your gift")).to_be_visible()


async def test_a_countdown_that_slept_with_its_phone_is_right_when_it_wakes(stack: Stack, page: Page) -> None:
    """`performance.now` stands still meanwhile, a night long; the clock on the wall does not."""
    form_id = give()
    seal(form_id, seconds=50)
    await page.add_init_script(
        "const begun = Date.now(); performance.now = () => 0; Date.now = () => begun + (window.slept ?? 0);"
    )
    await page.goto(f"{stack.url}/s/{tokens(form_id)[0]}")
    left = float(str(await page.locator("[data-opens-in]").get_attribute("data-opens-in")))
    assert 20 < left <= 50, "what the server says"
    await expect(page.locator("[data-countdown]")).to_have_text(f"{ceil(left)} seconds to go")
    await page.evaluate("window.slept = 20_000")
    await expect(page.locator("[data-countdown]")).to_have_text(f"{ceil(left - 20)} seconds to go")


async def test_a_gift_on_a_usb_stick_plays_with_the_network_off(stack: Stack, browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "gift.html").write_bytes(stack.call("GET", f"/s/{tokens(give(3))[0]}/keep.html").content)
    context = await browser.new_context(viewport=PHONE, offline=True)
    page = await context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if not request.url.startswith(("file:", "data:")) else None)
    await page.goto((tmp_path / "gift.html").as_uri())
    await expect(page.get_by_role("heading", name="3 songs for")).to_be_visible()
    for number in range(3):
        audio = page.locator("audio").nth(number)
        assert await audio.evaluate(HEAR) == pytest.approx(12, abs=0.3)
        await audio.evaluate("(a) => a.pause()")
    await page.get_by_text("The card", exact=True).click()
    await expect(page.get_by_role("img", name="3 songs for Mia, Ben, and Rosa")).to_be_visible()
    assert asked == []
    await context.close()


async def test_the_card_on_its_page_is_in_our_letters_its_words_are_text_and_its_code_leads_to_the_gift(
    stack: Stack, page: Page
) -> None:
    form_id = give(sender="Ana", message="Play it loud.")
    (token,) = tokens(form_id)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"{stack.url}/s/{token}/card")
    card = page.get_by_role("img", name="The card: a gift, a waveform")
    await expect(card).to_have_accessible_description(
        re.compile("A song for Mia.*with love from Ana.*Play it loud.", re.DOTALL)
    )
    await expect(page.locator("#card-words")).to_contain_text("Play it loud.")
    assert await card.evaluate("(img) => img.decode().then(() => [img.naturalWidth, img.naturalHeight])") == [794, 1123]
    seen = Image.open(io.BytesIO(await card.screenshot()))
    ours = pypdfium2.PdfDocument(stack.call("GET", f"/s/{token}/card.pdf").content)[0].render(scale=2).to_pil().convert("RGB")
    apart = ImageChops.difference(seen.convert("RGB"), ours.resize(seen.size)).convert("L")
    assert sum(level * count for level, count in enumerate(apart.histogram())) / (apart.width * apart.height) < 6, "of 255"
    await page.set_viewport_size({"width": 1280, "height": 1400})
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(await card.screenshot())))
    assert code.text.endswith(f"/s/{token}")


async def have_it_mailed_later(page: Page) -> None:
    await page.locator("#giver-to").fill("mia@example.com")
    await page.locator("#giver-post-on").fill("2050-12-24T18:00")
    await page.locator("#giver-post-zone").fill("Atlantis/City")
    await page.locator("#giver-post [type=submit]").click()
    await expect(page.locator("#giver-post").get_by_role("status")).to_have_text("Please choose the time zone from the list.")
    await page.locator("#giver-post-zone").fill("Europe/Berlin")
    await page.locator("#giver-post [type=submit]").dblclick()
    await expect(page.locator("#gift-mails")).to_contain_text("The mail to them, to mia@example.com, goes out Saturday")


async def test_the_giver_sees_answers_live_and_changes_the_gift(stack: Stack, page: Page) -> None:
    form_id = give()
    await page.goto(f"{stack.url}/compose/success?formId={form_id}")
    await expect(page.locator("#gift-status")).to_have_text("Not opened yet.")
    (token,) = tokens(form_id)
    ours = {"Sec-Fetch-Site": "same-origin"}
    stack.call("POST", f"/s/{token}/opened", headers=ours)
    stack.call("POST", f"/s/{token}/words", data={"words": "I <b>cried</b>"}, headers=ours)
    await expect(page.locator("#gift-status")).to_have_text("Opened once, played not yet.")
    await expect(page.locator("#gift-replies")).to_contain_text("I <b>cried</b>")
    for name in ("words", "seal", "post", "links"):
        await page.locator(f"#fold-{name} > summary").click()
    await page.get_by_label("Your message on the gift page").fill("Changed my mind")
    await page.get_by_label("They may download the song").uncheck()
    await page.locator("#giver-words [type=submit]").click()
    await expect(page.locator("#giver-words").get_by_role("status")).to_have_text("Done.")
    gift = stack.call("GET", f"/s/{token}").text
    assert "Changed my mind" in gift
    assert "download" not in gift
    assert await page.locator("#giver-seal-zone").input_value() != "", "the browser's own zone is suggested"
    await page.locator("#giver-seal-on").fill("2050-12-24T18:00")
    await page.locator("#giver-seal-zone").fill("Europe/Berlin")
    await page.locator("#giver-seal [type=submit]").click()
    await expect(page.locator("#gift-sealed")).to_have_text("Opens on Saturday, December 24, 2050, 6:00 PM (Europe/Berlin).")
    assert stack.call("GET", f"/s/{token}/audio/0.mp3").status_code == 403
    await have_it_mailed_later(page)
    page.on("dialog", lambda dialog: dialog.accept())
    await page.locator("#giver-rotate").click()
    await expect(page.locator("#link-0")).not_to_have_value(re.compile(token))
    assert stack.call("GET", f"/s/{token}").status_code == 410
    await page.locator("#giver-off").click()
    await expect(page.locator("#gift-status")).to_have_text("The links are switched off. Nobody can open the gift.")
    with database.connection_context():
        assert Email.select().where(Email.form == form_id, Email.kind == "gift").count() == 1, "a double click is one email"


@pytest.mark.parametrize(
    ("device", "filled"), [("Europe/Kyiv", "Europe/Kyiv"), ("CET", "CET"), ("Etc/Unknown", ""), (None, "")]
)
async def test_the_device_s_own_time_zone_is_filled_in_only_where_we_know_it(
    stack: Stack, page: Page, device: str | None, filled: str
) -> None:
    said = f"Intl.DateTimeFormat.prototype.resolvedOptions = () => ({{timeZone: {json.dumps(device)} ?? undefined}})"
    await page.add_init_script(said)
    await page.goto(f"{stack.url}/compose/success?formId={give()}")
    await expect(page.locator("#giver-post-zone[data-filled]")).to_have_value(filled)
    offered = await page.locator("#zones option").evaluate_all("(all) => all.map((one) => one.value)")
    assert offered[0] == "Africa/Abidjan"
    assert offered.index("Pacific/Wallis") < offered.index("CET") < offered.index("Etc/GMT+5"), "cities first"


@pytest.mark.parametrize(("host", "allowed"), [("https://blog.example.com", True), ("https://evil.example.com", False)])
async def test_a_real_web_page_frames_the_player_only_where_settings_allow_it(
    stack: Stack, browser: Browser, host: str, allowed: bool
) -> None:
    context = await browser.new_context(viewport=PHONE)
    page = await context.new_page()
    ours = "https://songs.example.com"  # browsers keep pages of the internet from framing localhost

    async def from_the_product(route: Route) -> None:
        with suppress(Error):  # the page may be closed before the last small thing is there
            await route.fulfill(response=await route.fetch(url=route.request.url.replace(ours, stack.url)))

    await context.route(f"{ours}/**", from_the_product)
    frame = f'<!doctype html><title>Post</title><iframe src="{ours}/embed/{tokens(give())[0]}" allow="autoplay"></iframe>'
    await context.route(f"{host}/post", lambda route: route.fulfill(body=frame, content_type="text/html"))
    button = page.frame_locator("iframe").locator("song-compare").get_by_role("button", name=re.compile("^Play"))
    if allowed:
        await page.goto(f"{host}/post")
        await button.click()
        inside = page.frames[1]
        await inside.wait_for_function(PLAYING)
        assert await inside.evaluate("document.cookie") == ""
    else:
        async with page.expect_console_message(lambda message: "frame-ancestors" in message.text):  # the browser says why
            await page.goto(f"{host}/post")
        await expect(button).to_have_count(0)
    await context.close()
