"""A page with <song-compare> under a strict CSP, and its sounds, for test_song_compare."""

from __future__ import annotations

import asyncio
import html
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from playwright.async_api import BrowserContext, Page
from starlette import routing
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from tests.support.stack import free_port
from ui.components.theme import STATIC_DIR, head_html

SECONDS = 20

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
