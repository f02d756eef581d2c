"""What a page does with its audio, for test_revisions_page."""

from __future__ import annotations

from playwright.async_api import Page

PHONE = {"width": 390, "height": 844}

# A tone of twelve seconds is over before a busy machine has switched three times.
ENDLESS = """{
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () { this.loop = true; return play.call(this); };
}"""

NEARLY_OVER = """() => {
  const song = document.querySelector("song-compare[data-song]").shadowRoot;
  const audio = [...song.querySelectorAll("audio")].find((one) => !one.paused && !one.muted);
  return audio?.duration && (audio.currentTime = audio.duration - 0.4);
}"""


async def the_bar_is_low(page: Page) -> None:
    bar = await page.locator(".stickybar").bounding_box()
    assert bar
    assert bar["height"] <= 0.15 * PHONE["height"], "the bar does not cover the songs"
