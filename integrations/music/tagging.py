"""Tags: every file that we give out says what it is, and that it was made with AI."""

from __future__ import annotations

import io
from importlib import import_module
from typing import Any

from settings import settings

id3: Any = import_module("mutagen.id3")  # it has no types
MADE_WITH_AI = "This song was made with AI."


def tagged(mp3: bytes, title: str, lyrics: str = "") -> bytes:
    """The same frames with our own ID3v2.3 tag in front and no other. `mp3` is frames alone: a vendor's tags are gone."""
    tags = id3.ID3()
    tags.add(id3.TXXX(encoding=3, desc="Made with AI", text=[MADE_WITH_AI]))  # TXXX: ID3's own-text frame
    tags.add(id3.TPE1(encoding=3, text=[settings.brand_name]))
    tags.add(id3.TCON(encoding=3, text=["Personalised song"]))
    if title:
        tags.add(id3.TIT2(encoding=3, text=[title]))
    if lyrics:
        tags.add(id3.USLT(encoding=3, lang="und", desc="", text=lyrics))
    file = io.BytesIO(mp3)
    tags.save(file, v2_version=3, v1=0)
    return file.getvalue()
