"""Tags: every file that we give out says what it is, and that it was made with AI."""

from __future__ import annotations

import io
from importlib import import_module
from typing import Any

import mutagen

from settings import settings

id3: Any = import_module("mutagen.id3")  # it has no types
MADE_WITH_AI = "This song was made with AI."


def tagged(mp3: bytes, title: str) -> bytes:
    """The same sound with ID3v2.3 tags. A file that already says that AI made it is kept byte for byte."""
    file = io.BytesIO(mp3)
    try:
        tags = id3.ID3(file)
    except mutagen.MutagenError:
        tags = id3.ID3()
    if any("AI" in str(frame) for key, frame in tags.items() if key.startswith(("TXXX", "COMM"))):  # ID3 frame names
        return mp3
    frames: list[Any] = [
        id3.TXXX(encoding=3, desc="Made with AI", text=[MADE_WITH_AI]),  # TXXX: ID3's own-text frame
        id3.TPE1(encoding=3, text=[settings.brand_name]),
        id3.TCON(encoding=3, text=["Personalised song"]),
    ]
    for frame in [*frames, *([id3.TIT2(encoding=3, text=[title])] if title else [])]:
        tags.add(frame)
    file.seek(0)
    tags.save(file, v2_version=3)
    return file.getvalue()
