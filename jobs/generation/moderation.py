"""Moderation fallback: lyrics without the customer's own phrases, for one more try after a provider refused the first ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from integrations.writer.built_in_lyricist import Lyricist
from integrations.writer.phrases import written_language
from jobs.generation.prompts import brief_of
from models import ComposeForm, Variation


def after_moderation(row: Variation) -> dict[str, Any]:
    """What another attempt changes after a provider refused the lyrics; nothing where no other attempt would help."""
    plain = "" if row.softened else fallback_lyrics(row.form_id, row.song_index)
    return {"softened": True, "lyrics": plain} if plain else {}


def fallback_lyrics(form_id: str, song_index: int) -> str:
    """The same occasion, name and feeling, without the customer's own phrases. The title and the style stay.

    '' where the lyricist does not write the song's language: nobody is given a song in another one.
    """
    form = ComposeForm.find(form_id)
    brief = brief_of(form.form_data, song_index)
    if not written_language(brief.language):
        return ""
    plain = replace(
        brief,
        nicknames=(),
        overall_message="",
        story_summary="",
        qualities="",
        characteristics="",
        grateful_for="",
        activities_together="",
        favorite_memory="",
        location_details="",
        short_phrase="",
        must_include="",
        sender_message="",
    )
    return Lyricist().write(plain).lyrics
