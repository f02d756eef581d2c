"""The whole journey in a real Chromium: tell, hear it being made, choose, pay, give. Both packages, phone and desktop."""

from __future__ import annotations

import asyncio
import email
import email.policy
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from bench.switching import spread
from models import ComposeForm, Variation, database
from tests.support.copies import a_ready_form, keep_pattern
from tests.support.journey import DECODE, DESKTOP, NAMES, PHONE, PLAYING, choose, decline_then_pay, open_the_gift, tell
from tests.support.stack import Stack

WATCH_INTERRUPTIONS = """() => {
  window.interrupted = false;
  for (const song of document.querySelectorAll('song-compare')) {
    for (const audio of song.shadowRoot.querySelectorAll('audio')) {
      if (audio.paused) continue;
      for (const event of ['pause', 'emptied', 'seeking']) {
        audio.addEventListener(event, () => { window.interrupted ||= audio.currentTime < audio.duration - 1; });
      }
    }
  }
}"""


@pytest.fixture
def neighbour(stack: Stack) -> Any:
    """A table of an older system in the same database, with rows that nobody may touch."""
    with database.connection_context():
        database.execute_sql("DROP TABLE IF EXISTS music_generations")
        database.execute_sql(
            "CREATE TABLE music_generations (id text PRIMARY KEY, task_id text UNIQUE, audio_url_1 text, raw jsonb)"
        )
        database.execute_sql(
            """INSERT INTO music_generations SELECT i, 't' || i, NULL, '{"a": 1}' FROM generate_series(1, 50) i"""
        )
    yield _fingerprint
    with database.connection_context():
        database.execute_sql("DROP TABLE music_generations")


def _fingerprint() -> tuple[Any, ...]:
    with database.connection_context():
        rows = "SELECT md5(string_agg(m::text || m.xmin::text, '|' ORDER BY id)), count(*) FROM music_generations m"
        columns = (
            "SELECT string_agg(column_name || data_type, ',' ORDER BY ordinal_position) FROM information_schema.columns"
            " WHERE table_name = 'music_generations'"
        )
        return (*database.execute_sql(rows).fetchone(), *database.execute_sql(columns).fetchone())


@pytest.fixture
async def page(request: pytest.FixtureRequest, browser: Browser) -> AsyncIterator[Page]:
    """A fresh browser; the test fails on any error that the page reports."""
    context = await browser.new_context(viewport=request.param, is_mobile=False)
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    await context.close()
    assert errors == []


# Pairs: each package and each size once. What the two have to do with each other, tests/test_song_compare.py and others tell.
# The studio really renders one song; a hamper's nine renderings would promise no more, so they are tones as long as songs.
@pytest.mark.slow("the studio really renders, and the browser waits for it as a customer would")
@pytest.mark.parametrize(
    ("page", "package", "songs", "pace"),
    [
        pytest.param(PHONE, "solo-serenade", 1, "real", id="solo, phone"),
        pytest.param(DESKTOP, "holiday-hamper", 3, "2 60", id="hamper, desktop"),
    ],
    indirect=["page"],
)
async def test_a_newcomer_orders_hears_pays_and_gives(
    stack: Stack, page: Page, browser: Browser, neighbour: Any, package: str, songs: int, pace: str
) -> None:
    before = neighbour()
    with stack.studio_pace(pace):
        form_id = await tell(stack, page, package, songs)
        await hear_it_being_made(page, songs)
    if pace == "real":
        keep_pattern(form_id, real=True)
    await the_master_is_out_of_reach(stack, page, form_id)
    await choose(page, songs)
    await decline_then_pay(page)
    links = await receive(stack, page, form_id, songs)
    for index, link in enumerate(links):
        await open_the_gift(browser, link, NAMES[index])
    assert neighbour() == before, "music_generations belongs to another system"


async def hear_it_being_made(page: Page, songs: int) -> None:
    """The first one plays while others are still being made; then all are there, and only one sounds at a time."""
    requests: list[str] = []
    first = page.locator("song-compare").first.get_by_role("button", name=re.compile("^Play")).first
    await expect(first).to_be_enabled(timeout=300_000)
    still_waiting = await page.locator("song-compare .cell.waiting").count()
    assert still_waiting > 0, "the first variation should be playable before the last is made"
    await first.click()
    await page.wait_for_function(f"({PLAYING})().some((at) => at > 0.5)")
    await page.evaluate(WATCH_INTERRUPTIONS)
    page.on("request", lambda request: requests.append(request.url))
    await expect(page.locator("song-compare .cell.waiting")).to_have_count(0, timeout=240_000)
    assert await page.evaluate("window.interrupted") is False, "audio that plays is not touched by other cells becoming ready"
    assert [url for url in requests if "/media/" not in url] == [], "a waiting page asks for nothing"
    await expect(page.locator("#heading")).to_have_text("Listen, and choose")
    for song in range(songs):
        cells = page.locator("song-compare").nth(song)
        for variation in (1, 2, 3) if songs == 1 else (song + 1,):
            sound = await page.evaluate(DECODE, await _source(cells, variation))
            assert 44 <= sound["seconds"] <= 46, "a preview is 45 seconds long"
            assert sound["rms"] > 0.02, "and not silent"
            assert sound["clipped"] == 0
        await cells.get_by_role("button", name=re.compile("^Play")).last.click()
        await page.wait_for_function(f"({PLAYING})().length === 1")


async def _source(song: Any, variation: int) -> str:
    cell = await song.evaluate("(song, n) => JSON.parse(song.getAttribute(`cell-${n}`))", variation)
    return str(cell["audioUrl"])


async def the_master_is_out_of_reach(stack: Stack, page: Page, form_id: str) -> None:
    """Nothing that the browser holds before payment leads to a whole song."""
    assert "/media/master" not in await page.content()
    form = stack.form(form_id)
    assert all(one["audioUrl"] is None for song in form["songs"] for one in song["variations"])
    for song in form["songs"]:
        for one in song["variations"]:
            assert one["durationMs"] > one["previewMs"] + 10_000, "the preview is really shorter"
            for trick in ("", "?expires=99999999999&signature=", "?expires=99999999999&signature=" + "0" * 43):
                assert stack.call("GET", f"/media/master/{one['taskId']}.mp3{trick}").status_code == 403


async def receive(stack: Stack, page: Page, form_id: str, songs: int) -> list[str]:
    """Links on the page, in the mail and in the row are the same; what was bought is the chosen one, once."""
    await expect(page.locator("#heading")).to_have_text("Here is your gift")
    links = [await page.locator(f"#link-{index}").input_value() for index in range(songs)]
    form = stack.await_status(form_id, "delivered")  # once the e-mail is sent
    assert form["amountPaid"] == {1: 999, 3: 2499}[songs]
    assert form["selectedVariations"] == {str(index): 2 for index in range(songs)}
    assert [form["shareUrls"][str(index)] for index in range(songs)] == links
    emails = [_email_text(path) for path in (stack.data_dir / "outbox").glob("*.eml")]
    assert sum(all(link in text for link in links) for text in emails) == 1, "one mail, with every link"
    with database.connection_context():
        row = ComposeForm.find(form_id)
        assert row.stripe_session_id
        assert row.stripe_payment_intent_id
        assert row.paid_at is not None
        urls = {(str(v.song_index), str(v.variation)) for v in Variation.select().where(Variation.form == form_id)}
        shown = {(song, one) for song, cells in row.variation_audio_urls.items() for one in cells}
        assert shown == urls, "the read model shows every cell"
    return links


def _email_text(path: Path) -> str:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


HEARD = """() => {
  const players = [...document.querySelector('song-compare').shadowRoot.querySelectorAll('audio')];
  const heard = players.filter((one) => !one.paused && !one.muted);
  return { heard: heard.map((one) => Number(one.dataset.variation)), at: heard[0]?.currentTime,
    paused: players.filter((one) => one.paused).length };
}"""


async def test_another_variation_goes_on_at_the_same_moment_alone_and_as_loud(stack: Stack, browser: Browser) -> None:
    """Real songs of the studio, those of the journey above where it ran. Figures: `make bench-pages`."""
    form_id = await asyncio.to_thread(a_ready_form, stack, real=True)
    page = await (await browser.new_context()).new_page()
    await page.goto(f"{stack.url}/compose/variations?formId={form_id}")
    await page.locator("song-compare").get_by_role("button", name="Play").first.click()
    for number in (2, 3, 1, 3):
        await page.wait_for_function(f"({HEARD})().at > 1.5")
        before = (await page.evaluate(HEARD))["at"]
        await page.keyboard.press(str(number))
        await page.wait_for_function(f"({HEARD})().heard.join() === '{number}'")
        after = await page.evaluate(HEARD)
        assert after["at"] >= before, "it does not go back"
        await page.wait_for_function(f"({HEARD})().paused === 2")  # nothing plays on unheard
    await page.keyboard.press("Space")
    await expect(page.locator("song-compare").get_by_role("button", name="Pause")).to_have_count(0)
    assert await asyncio.to_thread(spread, stack, form_id) <= 1
    await page.context.close()


async def test_two_devices_see_every_move_live(stack: Stack, browser: Browser) -> None:
    """A choice made in one browser shows in the other without a request, and after Back everything is as it was."""
    form_id = await asyncio.to_thread(a_ready_form, stack)
    url = f"{stack.url}/compose/variations?formId={form_id}"
    here = await (await browser.new_context(viewport=PHONE)).new_page()
    there = await (await browser.new_context(viewport=DESKTOP)).new_page()
    await here.goto(url)
    await there.goto(url)
    await expect(there.locator("#chosen")).to_have_text("Choose the one you love")
    await here.locator("song-compare").get_by_role("radio").nth(2).check()
    await expect(there.locator("#chosen")).to_have_text("Chosen")
    await expect(there.locator("song-compare").get_by_role("radio").nth(2)).to_be_checked()
    await there.locator("#consent").check()
    await there.locator("#pay").click()
    await there.wait_for_url(re.compile("/sandbox/stripe/pay/"))
    await there.go_back()
    await expect(there.locator("song-compare").get_by_role("radio").nth(2)).to_be_checked()
    await expect(there.locator("#pay")).to_have_text("Order and pay $9.99")
    await here.context.close()
    await there.context.close()
