"""Audio as vendors send it: a song of any length, and files that are none."""

from __future__ import annotations

import io
from functools import cache

import lameenc
import numpy as np
import soundfile

RATE = 44_100


@cache
def song(seconds: float = 12.0, level: float = 0.2, kind: str = "MP3") -> bytes:
    """A chord with a slow beat, stereo."""
    t = np.arange(int(seconds * RATE)) / RATE
    tone = sum(np.sin(2 * np.pi * f * t) for f in (220.0, 277.2, 329.6)) * (0.6 + 0.4 * np.sin(2 * np.pi * 2 * t))
    samples = (np.stack([tone, tone * 0.9], axis=1) / 3 * level).astype(np.float32)
    if kind == "MP3":  # LAME itself: libsndfile takes six times as long
        encoder = lameenc.Encoder()
        encoder.set_in_sample_rate(RATE)
        encoder.set_channels(2)
        encoder.set_bit_rate(128)
        encoder.set_quality(7)
        encoder.silence()
        return bytes(encoder.encode((samples * 32767).astype("<i2").tobytes())) + bytes(encoder.flush())
    out = io.BytesIO()
    soundfile.write(out, samples, RATE, format=kind)
    return out.getvalue()


def file_of(mode: str) -> bytes:
    """What the file of a finished clip is in this mode."""
    match mode:
        case "zero":
            return b""
        case "html":
            return b"<!doctype html><html><body>Sorry, come back later.</body></html>"
        case "truncated":
            return song()[:3000]
        case "silent":
            return song(12.0, 0.0)
        case "short":
            return song(1.0)
        case "wav":
            return song(12.0, 0.2, "WAV")
        case "m4a":
            return b"\0\0\0\x20ftypM4A " + b"\0" * 5000
        case "late":  # five seconds of nothing first
            return song(5.0, 0.0) + song(2.0)
        case "hole":  # nine seconds of nothing inside
            return song(2.0) + song(9.0, 0.0) + song(2.0)
        case "long":
            return song(60.0, 0.506)  # as loud as a master: kept as it is
        case "instant":
            return song(2.0)
    return song()
