"""How well "the same moment in another variation" is met, in a real Chromium: position, gap, level.

The page's own sound is recorded: every player is led through one audio graph, whose samples say when the old one fell
silent and when the new one began. Positions are the players' own.
"""

from __future__ import annotations

import asyncio
import io
from typing import Any

import numpy as np
import soundfile
from playwright.async_api import Page, async_playwright

from bench import table
from jobs.generation.mastering import loudness
from tests.support.stack import Stack
from tools.install_browser import find_browser

SWITCHES = 12
FLAGS = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
LISTEN = """async () => {
  const players = [...document.querySelector('song-compare').shadowRoot.querySelectorAll('audio')];
  const context = new AudioContext({ latencyHint: 'interactive' });
  window.players = players;
  window.heard = players.map((player) => {
    const meter = context.createAnalyser();
    meter.fftSize = 256;
    const source = context.createMediaElementSource(player);
    source.connect(meter);
    source.connect(context.destination);
    return meter;
  });
  await context.resume();
}"""
# Looked at in every frame of sound that the page can see (about every 3 ms): is anything to be heard, and from whom?
SWITCH = """async (to) => {
  const from = players.findIndex((player) => !player.paused && !player.muted), wave = new Float32Array(256);
  const sounds = (n) => {
    if (players[n].paused || players[n].muted) return false;
    heard[n].getFloatTimeDomainData(wave);
    return wave.some((sample) => Math.abs(sample) > 1e-4);
  };
  const pressed = performance.now(), at = players[from].currentTime;
  let silentSince = null, gap = 0, begun = null;
  document.dispatchEvent(new KeyboardEvent('keydown', { key: String(to + 1), bubbles: true }));
  const channel = new MessageChannel();
  await new Promise((done) => {
    channel.port1.onmessage = () => {
      const now = performance.now(), old = sounds(from), fresh = sounds(to);
      if (!old && !fresh && silentSince === null) silentSince = now;
      if ((old || fresh) && silentSince !== null) { gap = Math.max(gap, now - silentSince); silentSince = null; }
      if (fresh && begun === null) begun = now;
      if ((begun !== null && now - begun > 250) || now - pressed > 4000) return done();
      channel.port2.postMessage(0);
    };
    channel.port2.postMessage(0);
  });
  const expected = at + (performance.now() - pressed) / 1000;
  return { error: Math.abs(players[to].currentTime - expected) * 1000, gap, switched: begun !== null };
}"""


def measure_switches(stack: Stack, path: str) -> list[table.Row]:
    """The lines of the table. The worst switch counts."""
    return asyncio.run(_measure(stack, path))


async def _measure(stack: Stack, path: str) -> list[table.Row]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=find_browser(whole=True), args=FLAGS)
        page = await chromium.new_page()
        await page.goto(stack.url + path)
        found = await switches(page)
        levels = await asyncio.to_thread(spread, stack, path.partition("=")[2])
        await chromium.close()
    rows = []
    for name, called, promise in (("error", "position error", 60), ("gap", "gap", 80)):
        took = sorted(one[name] for one in found)
        ours = f"{took[-1]:.0f} ms (median {took[len(took) // 2]:.0f})"
        what = f"switch of variation, {called}, worst of {SWITCHES}"
        rows.append(table.Row(what, ours, f"<= {promise} ms", took[-1] <= promise, table.SWITCH))
    return [*rows, table.Row("switch of variation, level difference", f"{levels:.2f} LU", "<= 1 LU", levels <= 1, table.SWITCH)]


async def switches(page: Page) -> list[dict[str, Any]]:
    """Play the first, and go round."""
    song = page.locator("song-compare").first
    await song.get_by_role("button", name="Play").first.click()
    await page.evaluate(LISTEN)
    ready = "() => players.every((one) => one.readyState >= 3) && players.some((one) => one.currentTime > 2)"
    await page.wait_for_function(ready)
    found = []
    for turn in range(1, SWITCHES + 1):
        one = await page.evaluate(SWITCH, turn % 3)
        assert one["switched"], "the other variation is heard"
        found.append(one)
        await page.wait_for_timeout(400)
    return found


def spread(stack: Stack, form_id: str) -> float:
    """How far apart in loudness the three previews of a song are, at most."""
    worst = 0.0
    for song in stack.form(form_id)["songs"]:
        levels = []
        for one in song["variations"]:
            sound, rate = soundfile.read(
                io.BytesIO(stack.call("GET", one["previewUrl"]).content), dtype="float32", always_2d=True
            )
            levels.append(loudness(np.repeat(sound, 2, axis=1) if sound.shape[1] == 1 else sound, rate))
        worst = max(worst, max(levels) - min(levels))
    return worst
