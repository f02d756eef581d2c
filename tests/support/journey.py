"""The steps of an order in a real Chromium: tell, choose, pay, open the gift."""

from __future__ import annotations

import re

from playwright.async_api import Browser, Page, expect

from tests.support.guided import check, fill, reach
from tests.support.stack import Stack

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
NAMES = ("Mia", "Ben <b>Bold</b>", "Rosa ❤")
DECODE = """async (url) => {
  const bytes = await (await fetch(url)).arrayBuffer();
  const sound = await new OfflineAudioContext(2, 44100, 44100).decodeAudioData(bytes);
  const samples = sound.getChannelData(0);
  let sum = 0, clipped = 0;
  for (const s of samples) { sum += s * s; clipped += Math.abs(s) >= 1; }
  return {seconds: sound.duration, rms: Math.sqrt(sum / samples.length), clipped, bytes: bytes.byteLength};
}"""
PLAYING = """() => [...document.querySelectorAll('song-compare')].flatMap((song) =>
  [...song.shadowRoot.querySelectorAll('audio')]).filter((audio) => !audio.paused).map((audio) => audio.currentTime)"""


async def tell(stack: Stack, page: Page, package: str, songs: int) -> str:
    await page.goto(stack.url)
    await page.locator(f"a[href$='package={package}']").click()
    await page.wait_for_url(re.compile(r"formId=form_"))
    form_id = page.url.rpartition("=")[2]
    for index in range(songs):
        await open_song(page, index, songs)
        await reach(page, f"#f-songs-{index}-recipientName")
        await page.locator(f"#f-songs-{index}-recipientName").press_sequentially(NAMES[index], delay=5)
        await fill(page, f"#f-songs-{index}-relationship", "best friend")
        await check(page, f"input[name='songs.{index}.theme'][value='birthday']")
    await fill(page, "#f-senderName", "Dad")
    await fill(page, "#f-senderEmail", "not an address")
    for index in range(songs):
        await open_song(page, index, songs)
        await fill(page, f"#f-songs-{index}-favoriteMemory", "the night we missed the last train")
    await fill(page, "#f-senderMessage", "Play it loud.")
    await reach(page, "#compose")
    await page.locator("#compose").click()
    await expect(page.locator("#f-senderEmail-error")).to_have_text("This does not look like an e-mail address.")
    await expect(page.locator("#f-senderEmail")).to_be_focused()
    await page.locator("#f-senderEmail").fill("dad@example.com")
    await expect(page.locator("#saved")).to_have_text("Saved")
    await page.reload()  # everything is in the row by now
    await expect(page.locator("#f-songs-0-recipientName")).to_have_value(NAMES[0])
    await expect(page.locator("#f-senderEmail")).to_have_value("dad@example.com")
    await expect(page.locator("input[name='songs.0.theme'][value='birthday']")).to_be_checked()
    await reach(page, "#compose")
    await page.locator("#compose").click()
    await page.wait_for_url(re.compile(r"/compose/lyrics\?formId="))
    await page.locator("#make").click()
    await page.wait_for_url(re.compile(r"/compose/variations\?formId="))
    return form_id


async def open_song(page: Page, index: int, songs: int) -> None:
    """Its tab, where there are several; on a phone one comes to each by *Next* as well."""
    if songs > 1 and page.viewport_size == DESKTOP:
        await page.locator(f"#tab-{index}").click()


async def choose(page: Page, songs: int) -> None:
    await page.locator("#pay").click(force=True)  # it is only marked as disabled: pressing it says what is missing
    await expect(page.get_by_text("Choose one version of every song first")).to_be_visible()
    for song in range(songs):
        cells = page.locator("song-compare").nth(song)
        await cells.get_by_role("radio").nth(0).check()
        await cells.get_by_role("radio").nth(1).check()  # a change of mind
    await expect(page.locator("#chosen")).to_have_text("Chosen" if songs == 1 else f"{songs} of {songs} chosen")
    await expect(page.locator("#consent")).not_to_be_checked()
    await page.locator("#pay").click()
    await expect(page.get_by_text("Please tick the box above the button")).to_be_visible()
    await page.locator("#consent").check()
    other = await page.context.new_page()  # a second tab, the same link, the same state
    await other.goto(page.url)
    await expect(other.locator("#chosen")).to_have_text("Chosen" if songs == 1 else f"{songs} of {songs} chosen")
    await expect(other.locator("song-compare").first.get_by_role("radio").nth(1)).to_be_checked()
    await other.close()


async def agree(page: Page) -> None:
    """Tick the box; on a phone it comes with the first press of the button."""
    if not await page.locator("#consent").is_visible():
        await page.locator("#pay").click()
    await page.locator("#consent").check()


async def decline_then_pay(page: Page) -> None:
    await page.locator("#pay").dblclick()
    await page.wait_for_url(re.compile("/sandbox/stripe/pay/"))
    await page.locator("button[value=declined]").click()
    await expect(page.get_by_text("declined").first).to_be_visible()
    await page.locator("button[value=paid]").click()
    await page.wait_for_url(re.compile("/compose/success"))


async def open_the_gift(browser: Browser, link: str, name: str) -> None:
    """Whoever has the link hears the whole song, also without JavaScript; nothing leads back to the order."""
    context = await browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = await context.new_page()
    answer = await page.goto(link)
    assert answer is not None
    assert answer.status == 200
    content = await page.content()
    for secret in ("form_", "example.com", "last train and", "$"):
        assert secret not in content.replace(link, ""), f"{secret!r} has no place on a gift"
    await expect(page.get_by_role("heading", name=f"{name}, somebody made you a song")).to_be_visible()
    await page.get_by_text("Open your gift").click()
    await expect(page.locator("audio").first).to_be_visible()
    source = await page.locator("audio").first.get_attribute("src")
    await expect(page.get_by_text("Play it loud.")).to_be_visible()
    await context.close()
    listener = await (await browser.new_context(viewport=PHONE)).new_page()
    await listener.goto(link)
    sound = await listener.evaluate(DECODE, source)
    assert sound["seconds"] > 55, "the whole song"
    assert sound["rms"] > 0.02
    await listener.context.close()
