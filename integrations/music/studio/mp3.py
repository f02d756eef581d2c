"""MP3: encode two channels and write the tags that say who made it, and that a machine did."""

from __future__ import annotations

import io

import numpy as np
import soundfile as sf
from mutagen.id3 import ID3, TIT2, TLAN, TPE1, TXXX, USLT

from integrations.music import SongRequest
from integrations.music.studio.bank import RATE, Floats
from integrations.music.studio.words import clean

ARTIST = "Serenade Studio"
NOTE = "AI-Generated: yes / made with AI"
LANGUAGES = {"en": "eng", "de": "deu", "nl": "nld", "fr": "fra", "es": "spa", "it": "ita", "pt": "por", "pl": "pol", "ru": "rus", "sv": "swe"}
SLICE = 10 * RATE


def encode(left: Floats, right: Floats, tick: object = None) -> bytes:
    """Variable bitrate around 130-160 kbit/s; libsndfile's quickest mode that keeps the top octave."""
    out = io.BytesIO()
    with sf.SoundFile(out, "w", RATE, 2, "MPEG_LAYER_III", format="MP3", bitrate_mode="VARIABLE", compression_level=0.4) as file:
        for start in range(0, len(left), SLICE):
            file.write(np.stack([left[start : start + SLICE], right[start : start + SLICE]], axis=1))
            if callable(tick):
                tick(min(1.0, (start + SLICE) / len(left)))
    return out.getvalue()


def tagged(mp3: bytes, request: SongRequest) -> bytes:
    """The same file with an ID3v2.3 tag in front. Every text is cleaned first: names are hostile."""
    tags = ID3()
    code = LANGUAGES.get(request.language[:2].lower(), "und")
    lyrics = "\n".join(clean(line) for line in request.lyrics[:6000].splitlines())
    tags.add(TIT2(encoding=1, text=clean(request.title) or "A song for you"))
    tags.add(TPE1(encoding=1, text=ARTIST))
    tags.add(TXXX(encoding=1, desc="AI-Generated", text="yes / made with AI"))
    tags.add(TLAN(encoding=0, text=code))
    tags.add(USLT(encoding=1, lang=code, desc="", text=lyrics))
    out = io.BytesIO(mp3)
    tags.save(out, v2_version=3, v1=0)
    return out.getvalue()
