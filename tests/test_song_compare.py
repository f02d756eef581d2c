"""The compare grid and the plain pages, in a real Chromium under a strict CSP."""

from __future__ import annotations

import asyncio
import html
import json
import os
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
import soundfile
import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, Route, async_playwright, expect
from starlette import routing
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from jobs.views.form_types import CellView
from tests.support.stack import free_port, wait_for
from ui.components.song_compare import whole_cell
from ui.components.theme import STATIC_DIR, head_html
from ui.templates import render

SECONDS = 20
HOSTILE = '"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>\u202e שלום 🎁 ' + "W" * 100
SOURCES = "; ".join(f"{kind}-src 'self'" for kind in ("script", "style", "font", "img", "media"))
CSP = f"default-src 'none'; base-uri 'none'; {SOURCES}"
PEAKS = [int(20 + 75 * abs(np.sin(i / 9) * np.cos(i / 31))) for i in range(200)]


def ready(variation: int, **changes: Any) -> dict[str, Any]:
    """A cell one can play."""
    lines = ("Mia, you left your shoe at the concert", "and danced all the way home", "Mia, you are the light in the hall")
    timed = [{"startMs": i * 4000, "endMs": i * 4000 + 3900, "text": line} for i, line in enumerate(lines)]
    sections = [
        {"name": name, "startMs": at, "endMs": at + 5000} for name, at in (("Intro", 0), ("Verse 1", 4000), ("Chorus", 11000))
    ]
    return {
        "variation": variation,
        "status": "ready",
        "title": "Dancing Home",
        "style": f"{('Warm folk', 'Piano ballad', 'Bright pop')[variation - 1]} with a soft voice",
        "durationMs": SECONDS * 1000,
        "audioUrl": f"/audio/{variation}.wav",
        "peaks": PEAKS[variation * 7 :] + PEAKS[: variation * 7],
        "sections": sections,
        "lyrics": "\n".join(lines),
        "timedLyrics": timed,
        **changes,
    }


def song(label: str, *cells: dict[str, Any], **attributes: str) -> str:
    """One <song-compare> as HTML."""
    named = {"label": label, **{f"cell-{c['variation']}": json.dumps(c) for c in cells}, **attributes}
    return "<song-compare " + " ".join(f'{k}="{html.escape(v)}"' for k, v in named.items()) + "></song-compare>"


def grid(*songs: str) -> str:
    """A page of songs, without a single inline script or style."""
    head = f"<head><title>Grid</title>{head_html('song-compare.js')}</head>"
    return f'<!doctype html><html lang="en">{head}<body><main class="page stack">{"".join(songs)}</main></body></html>'


class Site:
    """Serves whatever page a test sets, with real static files and three real tones."""

    def __init__(self, audio: Path) -> None:
        self.pages: dict[str, str] = {}
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        routes = [
            routing.Mount("/static", StaticFiles(directory=STATIC_DIR)),
            routing.Mount("/audio", StaticFiles(directory=audio)),
            routing.Route("/{name}", self.page),
        ]
        self.app = Starlette(routes=routes)
        for variation, pitch in enumerate((220, 330, 440), start=1):
            tone = 0.3 * np.sin(2 * np.pi * pitch * np.arange(SECONDS * 8000) / 8000)
            soundfile.write(audio / f"{variation}.wav", tone, 8000, subtype="PCM_16")

    async def page(self, request: Request) -> Response:
        found = self.pages.get(request.path_params["name"])
        return HTMLResponse(found or "", 200 if found else 404, headers={"Content-Security-Policy": CSP})


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


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-background-networking"]
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        yield browser
        await browser.close()


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(viewport={"width": 1000, "height": 700}, reduced_motion="reduce")
    yield context
    await context.close()


async def show(context: BrowserContext, site: Site, content: str) -> Page:
    """Open a page and collect what a customer would never see: errors and CSP violations."""
    site.pages["page"] = content
    page = await context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"page error: {error}"))
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None)
    await page.goto(f"{site.url}/page")
    await page.evaluate(
        """() => {
          const songs = [...document.querySelectorAll("song-compare")];
          const tell = (e) => heard.push([e.type, e.target.getAttribute("label"), e.detail]);
          const loud = (node) => [...node.querySelectorAll("audio")].filter((a) => !a.paused && !a.muted);
          window.heard = [];
          for (const name of ["pick", "retry", "played"]) document.addEventListener(name, tell);
          window.part = (song, selector) => songs[song].shadowRoot.querySelector(selector);
          window.audio = (song, n) => part(song, `audio[data-variation="${n}"]`);
          window.sounding = () => songs.flatMap((s, i) => loud(s.shadowRoot).map((a) => `${i}:${a.dataset.variation}`))
            .concat(loud(document).map(() => "plain"));
          window.update = (cell) => songs[0].setAttribute(`cell-${cell.variation}`, JSON.stringify(cell));
        }"""
    )
    assert complaints == []
    return page


async def until(page: Page, expression: str, arg: Any = None) -> None:
    """Wait for something to become true (Playwright's own wait needs eval, which our CSP forbids)."""
    async with asyncio.timeout(30):  # two shared cores may be busy
        while not await page.evaluate(expression, arg):  # noqa: ASYNC110 the event is in the browser
            await asyncio.sleep(0.01)


async def sounds(page: Page, *names: str) -> None:
    """Wait until exactly these sound ("song:variation"), and the playhead moves."""
    await until(page, "(names) => JSON.stringify(sounding()) === names", json.dumps(list(names), separators=(",", ":")))
    for song_index, variation in (name.split(":") for name in names if ":" in name):
        await until(page, f"audio({song_index}, {variation}).currentTime > 0.05")


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


NICEGUI_PAGE = """
from nicegui import app, ui
from ui.components.song_compare import SongCompare
from jobs.views.form_types import CellView
from ui.components.song_compare import whole_cell
from ui.components.theme import STATIC_DIR, head_html
app.add_static_files("/static", STATIC_DIR)
@ui.page("/")
def index():
    ui.add_head_html(head_html("song-compare.js"))
    song = SongCompare("Song 1: for Mia")
    song.set_cell(1, {"status": "queued", "place": 1})
    song.set_cell(2, {"status": "ready", "title": "It's \\"hers\\" <b>", "audioUrl": "/x.mp3", "durationMs": 1000})
    def picked(n, task):
        song.set_cell(1, {"status": "generating", "progress": 50, "stage": f"picked {n}"})
    song.set_cell(3, {"status": "ready", "title": "Refused", "audioUrl": "/x.mp3", "durationMs": 1000})
    async def look_again():
        song.set_selected(2)  # this server refuses everything else
    song.on_pick(picked, look_again)
ui.run(port=PORT, show=False, reload=False, tailwind=False)
"""


def is_served(port: int) -> bool:
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    return False


async def test_a_nicegui_page_pushes_one_cell_and_hears_the_choice(context: BrowserContext, tmp_path: Path) -> None:
    port = free_port()
    script = tmp_path / "page.py"
    script.write_text(NICEGUI_PAGE.replace("PORT", str(port)))
    root = str(STATIC_DIR.parent.parent)
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": root, "DATA_DIR": str(tmp_path), "HOME": str(tmp_path)}
    server = await asyncio.create_subprocess_exec(
        sys.executable, str(script), cwd=tmp_path, env=environ, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        page = await context.new_page()
        await asyncio.to_thread(wait_for, lambda: is_served(port), "the page's server", 60)
        await page.goto(f"http://127.0.0.1:{port}/")
        await page.get_by_text("Next in line").wait_for()
        node = "document.querySelector('song-compare').shadowRoot.querySelector('audio[data-variation=\"2\"]')"
        await page.evaluate(f"window.node = {node}")
        await page.get_by_role("group", name="Variation 2 of 3").get_by_text("Choose this one").click()
        await page.get_by_text("picked 2").wait_for()
        await expect(page.get_by_role("radio", name="Chosen: variation 2")).to_be_checked()
        await expect(page.get_by_role("heading", name='It\'s "hers" <b>')).to_be_visible()
        await page.get_by_role("group", name="Variation 3 of 3").get_by_text("Choose this one").click()
        await page.get_by_text("picked 3").wait_for()
        await page.get_by_role("group", name="Variation 3 of 3, ready, 0:01, not chosen").wait_for()
        assert await page.get_by_role("radio", name="Chosen: variation 2").is_checked()
        assert await page.evaluate(f"window.node === {node}")
    finally:
        server.terminate()
        await server.wait()
