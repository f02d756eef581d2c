"""What tests have sung."""

from __future__ import annotations

from functools import cache

import numpy as np

from integrations.music import SongRequest
from integrations.music.studio.singing.line import SungSyllable
from integrations.music.studio.singing.pitch import Manner
from integrations.music.studio.singing.singer import sing_line
from integrations.music.studio.singing.voice_bank import load

VOICE = "en-female"
LINE = [
    ("hh ae", 0.4, 62),
    ("p iy", 0.2, 62),
    ("b er th", 0.6, 64),
    ("d ey", 0.6, 62),
    ("m iy", 0.6, 67),
    ("ax", 1.6, 66),
]


def a_line() -> list[SungSyllable]:
    """ "Happy birthday Mia", by hand."""
    notes, at = [], 0.5
    for phones, length, pitch in LINE:
        notes.append(SungSyllable(at, at + length, pitch, 0.8, tuple(phones.split())))
        at += length
    return notes


def a_song(lyrics: str, language: str = "en", variation: int = 1, **more: str) -> SongRequest:
    return SongRequest("r", "For Mia", lyrics, "Folk", "", variation, language, "female", **more)


@cache
def sung() -> np.ndarray:
    return sing_line(load(VOICE), a_line(), Manner(), "test")
