"""*How is the name said?*: the studio sings it to the giver, before there is a song. Nothing of it is stored."""

from __future__ import annotations

from integrations.music.studio.singing.cast import voice_for
from integrations.music.studio.singing.name_line import sung_name
from integrations.music.studio.words import clean_line
from jobs.rate_limits import spend
from settings import settings

_LONGEST = 80


def hear_name(text: str, language: str, voice: str, address: str) -> bytes | None:
    """An MP3 of this name; None where the song's singer is not our studio's, or has no voice in this language.

    Raises ValueError where nothing can be sung, TooManyError, NotSungError.
    """
    text = clean_line(text, _LONGEST)
    singer = voice_for(language, voice, 1) if "studio" in settings.music_providers else ""
    if not singer:
        return None
    spend("names", address)
    sound = sung_name(text, singer.partition("-")[0], singer) if text else b""
    if not sound:
        raise ValueError("there is nothing to sing")
    return sound
