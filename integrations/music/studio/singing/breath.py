"""Breaths: the air that a singer takes in before a line, where there is time for it."""

from __future__ import annotations

import numpy as np

from integrations.music.studio.arrays import Floats
from integrations.music.studio.singing.pitch import Manner
from integrations.music.studio.singing.singer import VOICE_RATE

_LEAST, _LONGEST = 0.16, 0.42  # seconds: a shorter pause has no breath in it; no breath is longer
_BEFORE = 0.03  # seconds between a breath and the first sound
_LEVEL = -29.0  # dB against the line
_NEAR = 40.0  # dB more for a voice that is all breath: a lullaby is sung near the microphone
_RESONANCES = ((700, 300, 0.5), (1500, 500, 1.0), (2600, 700, 0.7), (4200, 1500, 0.35))  # hertz, width, share


def breath_before(heard: float, pause: float, line: Floats, manner: Manner) -> tuple[Floats, float]:
    """A breath for a line that is heard from this second on after so long a pause, and when it begins; empty where none fits.

    The same line gets the same breath.
    """
    if pause < _LEAST:
        return np.zeros(0, np.float32), heard
    seconds = min(_LONGEST, 0.75 * pause)
    frames = int(seconds * VOICE_RATE)
    noise = np.random.default_rng(len(line)).normal(size=frames)
    hz = np.fft.rfftfreq(frames, 1 / VOICE_RATE)
    shape = sum(share * np.exp(-(((hz - at) / wide) ** 2)) for at, wide, share in _RESONANCES)
    sound = np.fft.irfft(np.fft.rfft(noise) * shape, frames)
    rise = np.linspace(0, 1, frames) ** 1.5
    fall = np.minimum(1, np.linspace(frames / (0.05 * VOICE_RATE), 0, frames))
    sound *= rise * fall
    loud = np.sqrt((line.astype(np.float64) ** 2).mean() / max(1e-12, (sound**2).mean()))
    level = 10 ** ((_LEVEL + _NEAR * manner.breath) / 20)
    return (sound * loud * level).astype(np.float32), heard - _BEFORE - seconds
