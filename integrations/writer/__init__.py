"""Writing: one small interface for whoever turns a customer's story into title, lyrics and styles.

The one without a key is `built_in_lyricist.Lyricist`; a chat API can stand beside it behind the same `Writer`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Brief:
    """The customer's answers about one song. Plain values; '' or () means: not answered."""

    recipient_name: str = ""
    pronunciation: str = ""
    nicknames: tuple[str, ...] = ()
    relationship: str = ""
    theme: str = ""
    emotions: tuple[str, ...] = ()
    overall_message: str = ""
    story_summary: str = ""
    qualities: str = ""
    characteristics: str = ""
    grateful_for: str = ""
    activities_together: str = ""
    favorite_memory: str = ""
    location_details: str = ""
    short_phrase: str = ""
    child_friendly: bool = False
    faith_based: bool = False
    festive_lyrics_level: str = ""
    festive_sound_level: str = ""
    voice_type: str = ""
    style: str = ""
    vibe: str = ""
    language: str = "en"
    must_include: str = ""
    never_mention: str = ""
    sender_name: str = ""
    sender_message: str = ""


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a song. `by`: 'model' or 'lyricist'; `why` the lyricist, for staff and without anything personal.

    `mend`: the setting that the operator should look at, '' where a later song may go well by itself.
    """

    by: str = "lyricist"
    why: str = "no chat model is set"
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Writing:
    """One song's lyrics, and how it should sound. `sources` names the brief's field behind each line of `lyrics`."""

    title: str
    lyrics: str
    prompt: str
    music_style: str
    variation_styles: tuple[str, str, str]
    sources: tuple[str, ...]
    author: Author = field(default=Author(), compare=False)


OnDraft = Callable[[str, str], None]


def ignore_draft(title: str, lyrics: str) -> None:
    """Ignore the text while it is written."""


class Writer(Protocol):
    languages: tuple[str, ...]  # codes of those it writes

    def write(self, brief: Brief, on_draft: OnDraft = ignore_draft) -> Writing:
        """The song. A slow writer calls `on_draft` with the title and the lines so far, from the thread that writes."""
