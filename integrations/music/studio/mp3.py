"""MP3: encode two channels and write the tags that say who made it, and that a machine did."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import lameenc
import numpy as np
from mutagen import id3
from numpy.typing import NDArray

from integrations.music import SongRequest
from integrations.music.studio.arrays import Floats
from integrations.music.studio.instrument_bank import RATE
from integrations.music.studio.words import clean_line

ARTIST = "Serenade Studio"
_LANGUAGES = {
    "en": "eng",
    "de": "deu",
    "nl": "nld",
    "fr": "fra",
    "es": "spa",
    "it": "ita",
    "pt": "por",
    "pl": "pol",
    "ru": "rus",
    "sv": "swe",
}
SLICE = 10 * RATE


def encode_recording(left: Floats, right: Floats, tick: Callable[[float], None]) -> bytes:
    """An MP3 of 160 kbit/s; `tick` hears which part (0..1) is done. LAME itself: libsndfile takes six times as long."""
    encoder = lameenc.Encoder()
    encoder.set_in_sample_rate(RATE)
    encoder.set_channels(2)
    encoder.set_bit_rate(160)
    encoder.set_quality(7)
    encoder.silence()
    chunks = [bytes(encoder.encode((f * 32767).astype(np.int16).tobytes())) for f in _slices(left, right, tick)]
    return b"".join([*chunks, bytes(encoder.flush())])


def _slices(left: Floats, right: Floats, tick: Callable[[float], None]) -> Iterator[NDArray[np.float32]]:
    """Ten seconds at a time, as frames of two channels."""
    for start in range(0, len(left), SLICE):
        yield np.stack([left[start : start + SLICE], right[start : start + SLICE]], axis=1)
        tick(min(1.0, (start + SLICE) / len(left)))


def tagged_recording(mp3: bytes, request: SongRequest) -> bytes:
    """The same file with an ID3v2.3 tag in front. Every text is cleaned first: names are hostile."""
    kinds: Any = id3  # mutagen has no types
    tags = kinds.ID3()
    code = _LANGUAGES.get(request.language[:2].lower(), "und")
    lyrics = "\n".join(clean_line(line) for line in request.lyrics[:6000].splitlines())
    tags.add(kinds.TIT2(encoding=1, text=clean_line(request.title) or "A song for you"))
    tags.add(kinds.TPE1(encoding=1, text=ARTIST))
    tags.add(kinds.TXXX(encoding=1, desc="AI-Generated", text="yes / made with AI"))  # TXXX: ID3's own-text frame
    tags.add(kinds.TLAN(encoding=0, text=code))
    tags.add(kinds.USLT(encoding=1, lang=code, desc="", text=lyrics))
    out = io.BytesIO(mp3)
    tags.save(out, v2_version=3, v1=0)
    return out.getvalue()
