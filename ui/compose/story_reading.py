"""Reading a story on the page: what it says already is filled in, each answer with its words; nobody waits for the writer."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from peewee import OperationalError

from i18n import _, spoken
from integrations.writer.story_fields.find_fields import FoundField, FoundFields, find_fields
from jobs.forms.drafts import no_answers
from jobs.forms.told_story import BETWEEN_WORDS, FoundAnswer, answers_of, fill_from_story
from jobs.generation.stories import read_story
from models import WrongMomentError, in_database
from settings import settings
from ui.compose.song_form import SongForm
from ui.compose.story_box import READING

SHORT = 24  # characters


class Reading:
    """Reads the stories of one page, one at a time; a text that was read already is not read again."""

    def __init__(self, address: str, form_id: str) -> None:
        self.address, self.form_id = address, form_id  # the customer's network address: the writer is asked so often by each
        self.read: dict[int, str] = {}  # per song the text that was read last
        self.turn = asyncio.Lock()

    async def of(self, song: SongForm) -> None:
        """Read the story of this song as the row has it."""
        async with self.turn:
            try:
                await self._read(song)
            except (WrongMomentError, OperationalError):
                return  # it was submitted, or is read when it is told further

    async def _read(self, song: SongForm) -> None:
        answers = await asyncio.to_thread(in_database, answers_of, self.form_id, song.index)
        story = str(answers.get("story") or "")
        if story == self.read.get(song.index, ""):
            return
        self.read[song.index] = story
        song.tell.say(_(READING))
        hint = spoken()
        marks = await self._fill(song, story, await asyncio.to_thread(find_fields, story, language_hint=hint))
        if not story:
            song.tell.say("")
            return
        if not settings.writer_base_url:
            song.tell.say_found(marks)
            return
        song.tell.say_found(marks, is_closer_to_come=True)
        closer = await asyncio.to_thread(read_story, story, self.address, hint)
        song.tell.say_found(await self._fill(song, story, closer, only_more=True))

    async def _fill(self, song: SongForm, story: str, found: FoundFields, *, only_more: bool = False) -> dict[str, Any]:
        """What stands in the row afterwards: for each answer that was found, its words."""
        said = {name: FoundAnswer(one.value, words_shown(found.story, one)) for name, one in found.fields.items()}
        default = str(no_answers(1)["songs"][0].get("language") or "en")
        answers = await asyncio.to_thread(
            in_database, fill_from_story, self.form_id, song.index, story, said, default, only_more
        )
        return dict(answers.get("foundInStory") or {})


def words_shown(story: str, field: FoundField) -> str:
    """The words of the story behind an answer; a single word with its neighbours, as one reads it there."""
    if len(field.spans) != 1 or len(field.quotes[0]) > SHORT:
        return BETWEEN_WORDS.join(field.quotes)
    (start, end), *_ = field.spans
    before, after = re.split(r"(?<=[.!?…\n])\s", story[:start])[-1], re.split(r"[.!?…\n]", story[end:])[0]
    return (" ".join(before.split(" ")[-3:]) + story[start:end] + " ".join(after.split(" ")[:4])).strip(" ,;:")
