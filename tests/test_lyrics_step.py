"""Between *Compose* and the music: the lyrics appear, can be changed line by line, and one button goes on."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from queue import Queue
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from integrations.writer.another import another_line, other_days, section_of
from integrations.writer.chat import ChatWriter
from integrations.writer.lyricist import Lyricist
from jobs.generation.lyrics import (
    TooLongError,
    keep_line,
    newly_mentioned,
    write_another_line,
    write_line,
    write_the_rest_anew,
    write_title,
)
from jobs.generation.prompts import brief_of, write_prompts
from models import ComposeForm, WrongMomentError, in_database, now
from tests.support.axe import find_nothing
from tests.support.fakes.chat import FakeChat
from tests.support.forms import a_form, a_variation, sql
from tests.support.guided import reach
from tests.support.stack import Stack, example_form_data

BRIEF = brief_of(example_form_data(), 0)


@pytest.fixture
def form_id(migrated: None) -> str:
    """Written, and nobody has pressed *Make the song* yet."""
    words = Lyricist().write(BRIEF)
    written = {"generated_titles": [words.title], "generated_lyrics": [words.lyrics], "lyric_sources": [list(words.sources)]}
    return a_form(status="prompts_generated", **written)


def row(form_id: str) -> ComposeForm:
    return in_database(ComposeForm.find, form_id)


def lines(form_id: str) -> list[str]:
    return str(row(form_id).generated_lyrics[0]).split("\n")


def at_of(form_id: str, part: str) -> int:
    return next(n for n, line in enumerate(lines(form_id)) if part in line)


def test_another_line_is_new_to_the_song_and_written_from_the_same_answer() -> None:
    words, days = Lyricist().write(BRIEF), other_days(BRIEF)
    sung = words.lyrics.split("\n")
    at = words.sources.index("favorite_memory")
    seen: set[str] = set()
    while found := another_line(days, sung, words.sources, at, seen):
        assert found not in sung
        assert found not in seen
        seen.add(found)
    assert seen, "there is at least one other way to tell it"
    assert all("the night we missed the last" in line for line in seen), "what the customer wrote stays"
    assert section_of(sung, len(sung) - 1) == "Chorus"


def test_a_changed_line_is_kept_and_a_chorus_changes_wherever_it_comes_again(form_id: str) -> None:
    before = lines(form_id)
    at = at_of(form_id, "it's your day")
    again = [n for n, line in enumerate(before) if line == before[at]]
    assert len(again) == 3
    in_database(write_line, form_id, 0, at, before[at], "  Mia [ours],  sing it\nloud ")
    assert [lines(form_id)[n] for n in again] == ["Mia (ours), sing it loud"] * 3
    assert row(form_id).lyric_kept == [again], "what somebody wrote themselves is not written over"
    assert {row(form_id).lyric_sources[0][n] for n in again} == {"yours"}


def test_what_should_never_be_mentioned_is_written_all_the_same_and_asked_about(form_id: str) -> None:
    answers = example_form_data()
    answers["songs"][0]["neverMention"] = "my ex-husband, Jose"
    in_database(ComposeForm.update(form_data=answers).where(ComposeForm.id == form_id).execute)
    first = lines(form_id)[1]
    assert in_database(write_line, form_id, 0, 1, first, "José's ex husband") == "ex-husband"
    assert lines(form_id)[1] == "José's ex husband", "it is their song"
    assert in_database(write_line, form_id, 0, 1, "José's ex husband", "José again") == "", "that was asked before"
    assert in_database(write_line, form_id, 0, 1, "José again", "Joseph") == ""
    assert in_database(write_title, form_id, 0, "For José") == "Jose"
    assert in_database(newly_mentioned, form_id, 0, "Words", "Words for jose") == "Jose"


def test_a_line_without_words_leaves_the_song_and_the_marks_stay_on_theirs(form_id: str) -> None:
    first, last = lines(form_id)[1], len(lines(form_id)) - 1
    mine = lines(form_id)[last]
    in_database(keep_line, form_id, 0, last, mine, True)
    in_database(write_line, form_id, 0, 1, first, " ")
    assert first not in lines(form_id)
    assert lines(form_id)[row(form_id).lyric_kept[0][0]] == mine
    assert len(row(form_id).lyric_sources[0]) == len(lines(form_id))


def test_the_rest_anew_leaves_what_is_marked_and_keeps_every_section(form_id: str) -> None:
    before = lines(form_id)
    at = at_of(form_id, "Mia, my daughter")
    in_database(keep_line, form_id, 0, at, before[at], True)
    assert in_database(write_the_rest_anew, form_id, 0) > 3
    after = lines(form_id)
    assert after[at] == before[at]
    assert after != before
    tags = [line for line in before if line.startswith("[")]
    assert [line for line in after if line.startswith("[")] == tags


def test_a_change_never_lands_on_a_line_that_was_replaced_meanwhile(form_id: str) -> None:
    first = lines(form_id)[1]
    in_database(write_line, form_id, 0, 1, first, "One tab was first")
    for verb, more in ((write_line, ("the other tab",)), (keep_line, (True,)), (write_another_line, ())):
        with pytest.raises(WrongMomentError):
            in_database(verb, form_id, 0, 1, first, *more)
    with pytest.raises(WrongMomentError):
        in_database(write_line, form_id, 0, 0, "[Verse 1]", "no section is a line")
    assert lines(form_id)[1] == "One tab was first"


def test_lyrics_are_not_changed_here_once_the_music_began(form_id: str) -> None:
    a_variation(form_id)
    with pytest.raises(WrongMomentError):
        in_database(write_title, form_id, 0, "Too late")


def test_a_song_has_an_end(form_id: str) -> None:
    def sing_on_and_on() -> None:
        for at, line in enumerate(lines(form_id)):
            if line and not line.startswith("["):
                in_database(write_line, form_id, 0, at, lines(form_id)[at], f"{at} " + "la " * 60)

    with pytest.raises(TooLongError):
        sing_on_and_on()
    assert len("\n".join(lines(form_id))) <= 3000


def test_the_old_way_over_http_goes_straight_to_the_music(stack: Stack) -> None:
    form_id = stack.create()
    stack.generate(form_id)
    form = stack.await_status(form_id, "variations_generating", "variations_ready")
    assert len(form["songs"][0]["lyricSources"]) == len(form["songs"][0]["lyrics"].split("\n"))


async def compose(stack: Stack, page: Page) -> str:
    form_id: Any = stack.create(draft=True)
    await page.goto(f"{stack.url}/compose/create?formId={form_id}")
    await page.wait_for_function("window.did_handshake === true || window.socket?.connected === true")
    await reach(page, "#compose")
    await page.locator("#compose").click()
    await page.wait_for_url("**/compose/lyrics?formId=*")
    return str(form_id)


async def asked_about_a_word_that_should_not_be_mentioned(page: Page, form_id: str) -> None:
    sql(
        """UPDATE compose_forms SET form_data = jsonb_set(form_data, '{songs,0,neverMention}', '"Jose"') WHERE id = %s""",
        form_id,
    )
    line = page.get_by_label("Verse 1, line 1", exact=True)
    await line.fill("We sang it with José")
    await line.press("Enter")
    await expect(page.locator(".notice")).to_contain_text("never to mention “Jose”, and now the song does. Is that meant?")
    await page.locator("#put-back").click()
    await expect(line).to_have_value("We sang it in the rain")
    await expect(page.locator("#put-back")).to_be_hidden()


async def test_the_lyrics_are_edited_line_by_line_and_then_sung(stack: Stack, browser: Browser) -> None:
    page = await (await browser.new_context()).new_page()
    form_id = await compose(stack, page)
    await expect(page.locator("#heading")).to_have_text("Here are your words")
    line = page.locator(".line", has=page.get_by_label("Verse 2, line 3"))
    words = line.locator("textarea")
    await words.click()
    await expect(line.locator(".origin")).to_have_text(re.compile("^from “the night we missed the last train.*A memory you"))
    before = await words.input_value()
    await line.get_by_role("button", name="Another line here").click()
    await expect(words).not_to_have_value(before)
    other = page.get_by_label("Verse 1, line 1", exact=True)
    await other.fill("We sang it in the rain")
    await other.press("Enter")
    mark = page.get_by_role("button", name="Must stay: Verse 1, line 1")
    await expect(mark).to_have_attribute("aria-pressed", "true")
    await page.get_by_label("Title").fill("The Last Train")
    now_there = [await one.input_value() for one in await page.locator(".line textarea").all()]
    await page.get_by_role("button", name="Write all unmarked lines anew").click()
    await page.wait_for_function(
        "(old) => JSON.stringify([...document.querySelectorAll('.line textarea')].map((one) => one.value)) !== old",
        arg=json.dumps(now_there, ensure_ascii=False, separators=(",", ":")),
    )
    await expect(other).to_have_value("We sang it in the rain")
    await asked_about_a_word_that_should_not_be_mentioned(page, form_id)
    await page.reload()
    await expect(other).to_have_value("We sang it in the rain")
    await expect(page.get_by_label("Title")).to_have_value("The Last Train")
    await page.locator("#make").click()
    await page.wait_for_url("**/compose/variations?formId=*")
    form = stack.form(form_id)
    assert "We sang it in the rain" in form["generatedLyrics"][0]
    assert form["generatedTitles"] == ["The Last Train"]
    await page.goto(f"{stack.url}/compose/lyrics?formId={form_id}")
    await page.wait_for_url("**/compose/variations?formId=*")
    await page.context.close()


SONG = {
    "title": "Last Train",
    "lyrics": "[Verse 1]\n" + "".join(f"Mia, the last train left, line {n}\n" for n in range(9)) + "[Chorus]\nOh Mia",
    "prompt": "A song for Mia", "style_1": "bright pop", "style_2": "soft folk", "style_3": "slow soul",
}  # fmt: skip


class Dictation:
    """A chat API that says only as much of the first song as the test lets it say."""

    def __init__(self) -> None:
        self.may_say: Queue[int] = Queue()

    def say(self, body: dict[str, Any]) -> tuple[int, Any]:
        name = json.loads(body["messages"][1]["content"].split("\n")[1])["recipient_name"]
        text = json.dumps(SONG).replace("Mia", name)
        return 200, self.dictated(text) if name == "Mia" else text

    def dictated(self, text: str) -> Iterator[str]:
        said = 0
        while count := self.may_say.get(timeout=60):
            end = text.index(f"line {count}\\n") + 8
            yield text[said:end]
            said = end
        yield text[said:]


@pytest.fixture
def dictation(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dictation]:
    """Orders of this process are written by this API."""
    dictation = Dictation()
    with FakeChat(dictation.say) as fake:
        monkeypatch.setattr("jobs.generation.prompts.writer", lambda demo: ChatWriter(fake.url, "", "m", Lyricist()))
        yield dictation
        dictation.may_say.put(0)


async def test_the_lyrics_can_be_read_while_they_are_written(stack: Stack, browser: Browser, dictation: Dictation) -> None:
    form_id = a_form(3, submitted_at=now())
    writing = asyncio.create_task(asyncio.to_thread(write_prompts, form_id))
    context = await browser.new_context(viewport={"width": 390, "height": 844}, bypass_csp=True)
    page = await context.new_page()
    await page.goto(f"{stack.url}/compose/lyrics?formId={form_id}")
    sheet = page.get_by_role("region", name="Song 1: for Mia")
    await expect(page.locator("#heading")).to_have_text("We are writing your words")
    dictation.may_say.put(2)
    await expect(sheet.locator("p.draft.title")).to_have_text("Last Train")
    await expect(sheet.locator("div.draft p")).to_have_text(
        ["Verse 1", *(f"Mia, the last train left, line {n}" for n in range(3))]
    )
    await sheet.locator("div.draft p").nth(1).evaluate("(line) => { window.firstLine = line }")
    other = page.get_by_role("region", name="Song 2: for Ben")
    await expect(other.locator("div.draft p")).to_have_count(12)
    await expect(other.get_by_role("status")).to_contain_text("This one is written")
    dictation.may_say.put(5)
    await expect(sheet.locator("div.draft p")).to_have_count(7)
    assert await page.evaluate("firstLine.isConnected"), "what is being read stays where it is"
    await find_nothing(page, schemes=("light",), where="lyrics that are being written")
    await page.reload()
    await expect(sheet.locator("div.draft p")).to_have_count(7)
    assert stack.form(form_id)["version"] == 1, "nobody's changes go stale by it"
    dictation.may_say.put(0)
    await writing
    await expect(page.locator("#heading")).to_have_text("Here are your words")
    await expect(sheet.get_by_label("Verse 1, line 9", exact=True)).to_have_value("Mia, the last train left, line 8")
    await expect(page.locator("div.draft p:visible")).to_have_count(0)
    assert row(form_id).lyric_drafts == []
    await context.close()


async def test_whoever_goes_on_at_once_reads_along_while_waiting(stack: Stack, browser: Browser, dictation: Dictation) -> None:
    form_id = a_form(submitted_at=now())
    for number in (1, 2, 3):
        a_variation(form_id, variation=number, status="queued", master_key=None, preview_key=None, duration_ms=None)
    writing = asyncio.create_task(asyncio.to_thread(write_prompts, form_id))
    page = await (await browser.new_context()).new_page()
    await page.goto(f"{stack.url}/compose/variations?formId={form_id}")
    dictation.may_say.put(4)
    await expect(page.locator(".reading .draft p:not(.part)")).to_have_count(5)
    dictation.may_say.put(0)
    await writing
    await expect(page.locator(".reading .lyrics")).to_contain_text("Oh Mia")
    await page.context.close()


async def test_axe_finds_nothing_on_the_lyrics_by_day_and_by_night(stack: Stack, browser: Browser) -> None:
    context = await browser.new_context(viewport={"width": 320, "height": 640}, bypass_csp=True)
    page = await context.new_page()
    await compose(stack, page)
    await page.get_by_label("Verse 2, line 3", exact=True).click()
    await find_nothing(page, where="the lyrics")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    await context.close()
