"""Silence at the ends of a song: where the first sound that matters begins and the last one is over."""

from __future__ import annotations

import numpy as np

_BLOCK = 0.05  # seconds
_FLOOR_DB, _BELOW_DB = -60.0, 40.0  # silent: below -60 dBFS, or 40 dB below the song's own loudness
_BLIP, _APART = 0.3, 2.0  # seconds: a sound this short is a click, if silence this long separates it from the song
_BEFORE, _AFTER = 0.2, 1.0  # seconds of silence that stay
_WORTH = (0.6, 2.0)  # seconds of silence at the beginning and the end from which on they are cut


def sounding(samples: np.ndarray, rate: int, level: float) -> tuple[int, int]:
    """First and last sample (exclusive) to keep of a song of `level` LUFS; all of it where its ends are not silent.

    A fade-out is kept down to 40 dB below the song, a quiet beginning from there on.
    """
    heard = _heard(samples, rate, level)
    if heard is None:
        return 0, len(samples)
    first, last = heard
    start = first - _BEFORE if first > _WORTH[0] else 0.0
    end = last + _AFTER if len(samples) / rate - last > _WORTH[1] else len(samples) / rate
    return round(start * rate), min(len(samples), round(end * rate))


def _heard(samples: np.ndarray, rate: int, level: float) -> tuple[float, float] | None:
    """When the song begins and ends, in seconds; None where nothing is heard."""
    step = max(1, round(rate * _BLOCK))
    count = len(samples) // step
    power = np.square(samples[: count * step]).reshape(count, -1).mean(axis=1, dtype=np.float64)
    threshold = 10 ** (max(_FLOOR_DB, level - _BELOW_DB) / 10)
    at = np.flatnonzero(power > threshold)
    runs = np.split(at, np.flatnonzero(np.diff(at) > _APART / _BLOCK) + 1) if len(at) else []
    while len(runs) > 1 and len(runs[0]) < _BLIP / _BLOCK:
        runs.pop(0)
    while len(runs) > 1 and len(runs[-1]) < _BLIP / _BLOCK:
        runs.pop()
    if not runs:
        return None
    return float(runs[0][0]) * step / rate, float(runs[-1][-1] + 1) * step / rate
