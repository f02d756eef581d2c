"""A page of NiceGUI pushes one cell of the compare grid, and hears the choice."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path

from playwright.async_api import Browser, expect

from tests.support.stack import STARTING, free_port, wait_for
from ui.components.theme import STATIC_DIR

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


async def test_a_nicegui_page_pushes_one_cell_and_hears_the_choice(browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    script = tmp_path / "page.py"
    script.write_text(NICEGUI_PAGE.replace("PORT", str(port)))
    root = str(STATIC_DIR.parent.parent)
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": root, "DATA_DIR": str(tmp_path), "HOME": str(tmp_path)}
    server = await asyncio.create_subprocess_exec(
        sys.executable, str(script), cwd=tmp_path, env=environ, stdout=asyncio.subprocess.DEVNULL
    )
    context = await browser.new_context(viewport={"width": 1000, "height": 700}, reduced_motion="reduce")
    try:
        page = await context.new_page()
        await asyncio.to_thread(wait_for, lambda: is_served(port), "the page's server", STARTING)
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
        await context.close()
        server.terminate()
        await server.wait()
