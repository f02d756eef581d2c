"""Stories: what the one box of the form asks for: the fields that a free story tells."""

from __future__ import annotations

from functools import cache

from integrations.writer.story_fields.find_fields import FoundFields, StoryReader, fields_of_story
from jobs.rate_limits import TooManyError, spend
from settings import settings


def read_story(story: str, address: str, language_hint: str = "") -> FoundFields:
    """The form's fields in this story, by the chat model that settings name, else by rules. Nothing of it is stored.

    Call it in a thread: with a chat model it may take `READING_DEADLINE` seconds. It never raises; over the limit of this
    network address the rules read alone.
    """
    reader = _reader()
    if reader is not None:
        try:
            spend("stories", address)
        except TooManyError:
            reader = None
    return fields_of_story(story, reader, language_hint=language_hint)


@cache
def _reader() -> StoryReader | None:
    if not settings.writer_base_url:
        return None
    from integrations.writer.dialect import SharedNotes
    from integrations.writer.story_fields.asking import ChatReader

    return ChatReader(settings.writer_base_url, settings.writer_api_key, settings.writer_model, SharedNotes())
