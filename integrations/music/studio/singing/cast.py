"""The cast: who sings a song. Imports no numpy."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from integrations.music.studio.singing.say import sayable_languages, sung_language

VOICES_FOLDER = Path(__file__).resolve().parents[1] / "voices"
_CENTRES = {"female": 61, "male": 52}  # the middle of a verse, MIDI; the melody reaches 8 below and 13 above


@cache
def names() -> tuple[str, ...]:
    """The voices that are here, e.g. 'en-female'."""
    return tuple(sorted(path.stem for path in VOICES_FOLDER.glob("*.bin")))


def sung_languages() -> tuple[str, ...]:
    """The codes of the languages that somebody here can sing."""
    return tuple(code for code in sayable_languages() if any(name.startswith(f"{code}-") for name in names()))


def voice_for(language: str, wanted: str, variation: int) -> str:
    """The voice of a variation: the wanted one, else the second variation has the low voice; '' where nobody can sing.

    A voice without a bank of its own borrows the language's other one (see `voices.load`).
    """
    code = sung_language(language)
    sex = wanted if wanted in _CENTRES else "male" if variation % 3 == 2 else "female"
    return f"{code}-{sex}" if code in sung_languages() else ""


def other_of(voice: str) -> str:
    """Who sings a duet with this voice."""
    language, sex = voice.split("-")
    return f"{language}-{'female' if sex == 'male' else 'male'}"


def centre_of(voice: str) -> int:
    """Where the melody of a voice lies."""
    return _CENTRES["male" if voice.endswith("-male") else "female"]
