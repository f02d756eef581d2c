"""The compare grid and the plain pages, in a real Chromium under a strict CSP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

import pytest
import uvicorn
from playwright.async_api import Browser, BrowserContext, Route, expect

from jobs.views.form_types import CellView
from tests.support.compare_page import Site, grid, ready, show, song, sounds, until
from ui.components.song_compare import whole_cell
from ui.templates import render

HOSTILE = '"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>\u202e שלום 🎁 ' + "W" * 100


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    site = Site(tmp_path_factory.mktemp("audio"))
    server = uvicorn.Server(uvicorn.Config(site.app, port=site.port, log_level="error", timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield site
    server.should_exit = True
    await serving


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(viewport={"width": 1000, "height": 700}, reduced_motion="reduce")
    yield context
    await context.close()


async def test_a_changed_cell_leaves_the_playing_audio_alone(context: BrowserContext, site: Site) -> None:
    page = await show(
        context, site, grid(song("Song 1: for Mia", ready(1), {"variation": 2, "status": "generating", "progress": 20}))
    )
    await page.get_by_role("button", name="Play variation 1").click()
    await sounds(page, "0:1")
    await page.evaluate("window.before = audio(0, 1); before.addEventListener('pause', () => { window.stopped = true })")
    for cell in (ready(2), ready(1, title="A new title")):
        await page.evaluate("(cell) => update(cell)", cell)
    await page.get_by_role("heading", name="A new title").wait_for()
    await page.get_by_role("button", name="Play variation 2").wait_for()
    assert await page.evaluate("audio(0, 1) === before && !before.paused && !window.stopped && before.currentTime > 0")
    await page.get_by_role("status").get_by_text("Song 1: for Mia: variation 2 is ready.").wait_for(state="attached")


async def test_a_url_signed_anew_interrupts_nothing_and_loads_nothing(context: BrowserContext, site: Site) -> None:
    page = await show(context, site, grid(song("Song 1", ready(1))))
    await page.get_by_role("button", name="Play variation 1").click()
    await sounds(page, "0:1")
    await page.evaluate("(cell) => update(cell)", ready(1, audioUrl="/audio/1.wav?signature=new"))
    await page.get_by_role("button", name="Pause variation 1").click()
    assert await page.evaluate("audio(0, 1).src.endsWith('/1.wav') && audio(0, 1).currentTime > 0")


async def test_another_file_waits_until_the_music_pauses(context: BrowserContext, site: Site) -> None:
    page = await show(context, site, grid(song("Song 1", ready(1))))
    await page.get_by_role("button", name="Play variation 1").click()
    await sounds(page, "0:1")
    await page.evaluate("(cell) => update(cell)", ready(1, audioUrl="/audio/3.wav"))
    assert await page.evaluate("!audio(0, 1).paused && audio(0, 1).src.endsWith('/1.wav')")
    await page.get_by_role("button", name="Pause variation 1").click()
    await page.get_by_role("button", name="Play variation 1").click()
    await until(page, "audio(0, 1).src.endsWith('/3.wav') && audio(0, 1).currentTime > 0")


async def test_only_one_sound_in_the_whole_page(context: BrowserContext, site: Site) -> None:
    plain = '<audio controls src="/audio/3.wav" id="plain"></audio>'
    page = await show(
        context, site, grid(song("Song 1", *map(ready, (1, 2, 3))), song("Song 2", *map(ready, (1, 2, 3))), plain)
    )
    await page.get_by_role("button", name="Play variation 1").nth(0).click()
    await sounds(page, "0:1")
    await page.get_by_role("button", name="Play variation 2").nth(1).click()
    await sounds(page, "1:2")
    await page.evaluate("document.getElementById('plain').play()")
    await sounds(page, "plain")
    await page.get_by_role("button", name="Play variation 3").nth(0).click()
    await sounds(page, "0:3")


async def test_the_keys_1_2_3_go_on_at_the_same_moment(context: BrowserContext, site: Site) -> None:
    page = await show(context, site, grid(song("Song 1", *map(ready, (1, 2, 3)))))
    await page.evaluate(
        """() => [1, 2, 3].forEach((n) => {
          audio(0, n).addEventListener("pause", () => {
            window.left = audio(0, n).currentTime;
            window.arrived = [1, 2, 3].map((m) => audio(0, m)).find((one) => !one.paused && !one.muted)?.currentTime;
          });
        })"""
    )
    await page.keyboard.press("1")
    await sounds(page, "0:1")
    await page.keyboard.press("ArrowRight")
    await until(page, "audio(0, 1).currentTime > 5.2")
    for key in ("2", "3", "1"):
        await page.evaluate("window.left = window.arrived = undefined")
        await page.keyboard.press(key)
        await sounds(page, f"0:{key}")
        await until(page, "window.left !== undefined && window.arrived !== undefined")
        gap = await page.evaluate("Math.abs(arrived - left)")
        assert gap <= 0.15, f"variation {key} went on {gap:.3f} s away"


async def test_a_switch_to_a_sound_not_yet_loaded_leaves_no_silence(context: BrowserContext, site: Site) -> None:
    page = await show(context, site, grid(song("Song 1", ready(1))))
    await page.keyboard.press("1")
    await sounds(page, "0:1")
    await until(page, "audio(0, 1).currentTime > 1")
    await page.evaluate("(cell) => update(cell)", ready(2))
    await page.evaluate(
        "audio(0, 1).onpause = () => { window.left = audio(0, 1).currentTime; window.arrived = audio(0, 2).currentTime; }"
    )
    await page.keyboard.press("2")
    await sounds(page, "0:2")
    await until(page, "window.left !== undefined")
    assert await page.evaluate("Math.abs(window.arrived - window.left) < 1 && window.left > 1")


async def test_a_switch_still_loading_can_be_taken_back(context: BrowserContext, site: Site) -> None:
    arrived = asyncio.Event()

    async def slowly(route: Route) -> None:
        await arrived.wait()
        await route.continue_()

    held = ready(2, audioUrl=f"/audio/2.wav?{uuid4()}")  # an address of its own: Chromium shares what it loaded between pages
    await context.route("**/2.wav?*", slowly)  # before the page opens: a page that is open already sometimes slips past it
    page = await show(context, site, grid(song("Song 1", ready(1), held, ready(3))))
    await page.keyboard.press("1")
    await sounds(page, "0:1")
    await page.keyboard.press("2")
    await sounds(page, "0:1")
    await page.keyboard.press("Space")
    arrived.set()
    await until(page, "audio(0, 2).readyState >= 2")
    await sounds(page)
    await page.get_by_role("button", name="Play variation 2").click()
    await sounds(page, "0:2")


async def test_hearing_most_of_it_is_reported_once(context: BrowserContext, site: Site) -> None:
    page = await show(context, site, grid(song("Song 1", ready(1))))
    await page.keyboard.press("1")
    await sounds(page, "0:1")
    for _ in range(4):
        await page.keyboard.press("ArrowRight")
    await until(page, "audio(0, 1).ended")
    assert await page.evaluate("heard") == [["played", "Song 1", {"variation": 1, "percent": 80}]]


async def test_everything_works_by_keyboard_alone(context: BrowserContext, site: Site) -> None:
    failed = {"variation": 3, "status": "failed", "message": "The second singer is trying.", "canRetry": True}
    page = await show(context, site, grid(song("Song 1", ready(1), ready(2), failed), song("Song 2", ready(1))))
    await page.keyboard.press("2")
    await sounds(page, "0:2")
    await page.keyboard.press("Enter")
    assert await page.evaluate("heard.at(-1)") == ["pick", "Song 1", {"variation": 2}]
    assert await page.get_by_role("radio", name="Chosen: variation 2").is_checked()
    await page.keyboard.press("Space")
    await sounds(page)
    retry = page.get_by_role("button", name="Try again: variation 3")
    for _ in range(30):
        await page.keyboard.press("Tab")
        if await retry.evaluate("(node) => node.getRootNode().activeElement === node"):
            break
    await page.keyboard.press("Enter")
    assert await page.evaluate("heard.at(-1)") == ["retry", "Song 1", {"variation": 3}]
    await page.keyboard.press("ArrowDown")
    assert await page.evaluate("document.activeElement.getAttribute('label')") == "Song 2"
    await page.keyboard.press("Space")
    await sounds(page, "1:1")
    await page.keyboard.press("Enter")
    assert await page.evaluate("heard.at(-1)") == ["pick", "Song 2", {"variation": 1}]


async def test_keys_stay_out_of_fields_and_can_be_switched_off(context: BrowserContext, site: Site) -> None:
    page = await show(
        context, site, grid(song("Song 1", ready(1), keys="off"), '<div class="field"><input aria-label="Name"></div>')
    )
    await page.keyboard.press("1")
    await page.evaluate("document.querySelector('song-compare').removeAttribute('keys')")
    await page.get_by_label("Name").fill("")
    await page.get_by_label("Name").press("1")
    await page.get_by_label("Name").press("Space")
    assert await page.get_by_label("Name").input_value() == "1 "
    assert await page.evaluate("sounding()") == []


async def test_after_payment_nothing_can_be_chosen(context: BrowserContext, site: Site) -> None:
    page = await show(context, site, grid(song("Song 1", *map(ready, (1, 2, 3)), selected="2", locked="")))
    await page.keyboard.press("1")
    await sounds(page, "0:1")
    await page.keyboard.press("Enter")
    assert await page.get_by_role("radio", name="Chosen: variation 2").is_disabled()
    assert await page.evaluate("heard") == []


async def test_waiting_is_described_honestly(context: BrowserContext, site: Site) -> None:
    queued = {"variation": 1, "status": "queued", "place": 3, "etaSeconds": 40}
    busy = {"variation": 2, "status": "generating", "stage": "Recording the chorus", "progress": 62, "etaSeconds": 20}
    late = {"variation": 3, "status": "generating", "stage": "Mixing", "progress": 90, "etaSeconds": 0}
    page = await show(context, site, grid(song("Song 1", queued, busy, late)))
    text = await page.get_by_role("radiogroup").inner_text()
    assert "3rd in line" in text
    assert "about 40 s" in text
    assert "62 %, about 20 s left" in text
    assert "90 %, taking longer than usual" in text
    bar = page.get_by_role("progressbar", name="variation 2 is being made")
    assert await bar.get_attribute("aria-valuenow") == "62"


async def test_blind_mode_hides_every_name_and_keeps_the_music(context: BrowserContext, site: Site) -> None:
    page = await show(context, site, grid(song("Song 1", *map(ready, (1, 2, 3)))))
    await page.keyboard.press("1")
    await sounds(page, "0:1")
    await page.keyboard.press("b")
    assert "Dancing Home" not in await page.get_by_role("radiogroup").inner_text()
    await sounds(page, "0:1")
    await page.keyboard.press("b")
    assert await page.get_by_role("heading", name="Dancing Home").count() == 3


def test_a_cell_names_the_words_that_were_hummed() -> None:
    words = ["ありがとう", "ありがとう", "עולם", "Ж" * 90, "four"]
    lines = [{"level": "hummed", "start_ms": i, "end_ms": i + 1, "text": word} for i, word in enumerate(words)]
    sung = [{"level": "word", "start_ms": 0, "end_ms": 1, "text": "Mia"}]
    seen = CellView("task", 1, 1, 1, "ready", title="For Mia", timed_lyrics=[*sung, *lines])
    assert f"how ありがとう, עולם, {'Ж' * 30}… is said" in str(whole_cell(seen)["note"])
    assert whole_cell(replace(seen, timed_lyrics=sung))["note"] is None


async def test_what_was_hummed_and_what_was_checked_is_said_in_its_own_cell(context: BrowserContext, site: Site) -> None:
    page = await show(
        context,
        site,
        grid(song("Song 1", ready(1, note=f"Our singer hums {HOSTILE}"), ready(2, checked="Checked: 1:36 long."))),
    )
    assert await page.get_by_text("Our singer hums").count() == 1
    assert HOSTILE in await page.get_by_role("group", name="Variation 1 of 3").get_by_text("Our singer hums").inner_text()
    assert await page.get_by_text("Checked:").count() == 1
    assert await page.get_by_role("group", name="Variation 2 of 3").get_by_text("Checked: 1:36 long.").is_visible()


async def test_the_lyrics_follow_the_voice(context: BrowserContext, site: Site) -> None:
    page = await show(context, site, grid(song("Song 1", ready(1))))
    await page.keyboard.press("1")
    await sounds(page, "0:1")
    await page.keyboard.press("ArrowRight")
    await until(page, "part(0, '.now')?.textContent === 'and danced all the way home'")
    assert await page.get_by_role("slider").get_attribute("aria-valuetext") == "0:05 of 0:20"


async def test_hostile_text_stays_text(context: BrowserContext, site: Site) -> None:
    cell = ready(
        1, title=HOSTILE, style=HOSTILE, lyrics=HOSTILE, timedLyrics=[], sections=[{"name": HOSTILE, "startMs": 0, "endMs": 9}]
    )
    broken = {"variation": 2, "status": "failed", "message": HOSTILE}
    for content in (grid(song(HOSTILE, cell, broken)), render("message.html", heading=HOSTILE, text=HOSTILE)):
        page = await show(context, site, content)
        await page.set_viewport_size({"width": 320, "height": 700})
        assert await page.evaluate("window.hacked") is None
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320
        assert await page.evaluate("document.querySelectorAll('img').length") == 0


async def test_the_answer_to_an_earlier_press_takes_nothing_back(context: BrowserContext, site: Site) -> None:
    page = await show(context, site, grid(song("Song 1", *map(ready, (1, 2, 3)))))
    radios = page.get_by_role("radio")
    await radios.nth(0).check()
    await radios.nth(1).check()
    await page.evaluate("document.querySelector('song-compare').setAttribute('selected', '1')")
    await expect(radios.nth(1)).to_be_checked()
    await page.evaluate("document.querySelector('song-compare').settle('1', 1)")  # on its way when the second was pressed
    await expect(radios.nth(1)).to_be_checked()
    await page.evaluate("document.querySelector('song-compare').settle('1', 2)")  # the second was refused
    await expect(radios.nth(0)).to_be_checked()
