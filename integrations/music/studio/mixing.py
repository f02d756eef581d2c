"""Mixing: the room, gentle compression, loudness -16 LUFS, a limiter, the fade at the end."""

from __future__ import annotations

from functools import cache

import numpy as np

from integrations.music.studio.arrays import Floats
from integrations.music.studio.instrument_bank import RATE
from integrations.music.studio.loudness import integrated
from integrations.music.studio.sampler import Desk

_TARGET = -16.0  # LUFS
_CEILING = 10 ** (-2.2 / 20)  # the MP3 coder adds up to 1 dB
WIDER = 1.2  # the difference of the sides, times
SIZE = 1 << 18  # frames of one FFT


@cache
def room(seconds: float = 1.9) -> tuple[Floats, Floats]:
    """The spectra of a hall for the left and the right ear: early echoes, then noise that dies and darkens."""
    random = np.random.default_rng(20)
    frames = int(seconds * RATE)
    t = np.arange(frames) / RATE
    out = []
    for ear in range(2):
        noise = random.normal(size=frames)
        spectrum = np.fft.rfft(noise)
        hz = np.fft.rfftfreq(frames, 1 / RATE)
        dark = np.fft.irfft(spectrum / (1 + (hz / 2600) ** 2), frames)
        light = np.fft.irfft(spectrum / (1 + (hz / 7500) ** 4) * (hz > 200), frames)
        tail = (dark * 10 ** (-3 * t / seconds) + 0.7 * light * 10 ** (-3 * t / (seconds * 0.45))) * np.minimum(1, t / 0.03)
        tail *= (t > 0.018) / np.sqrt((tail**2).sum())
        for echo in range(6):
            at = int((0.011 + 0.0093 * echo + 0.0037 * ear * (1 + echo % 3)) * RATE)
            tail[at] += 0.22 * 0.8**echo * (-1) ** echo
        shape = np.fft.rfft(tail, SIZE)
        low = np.fft.rfftfreq(SIZE, 1 / RATE)
        out.append((shape / (1 + (140 / np.maximum(low, 1)) ** 4)).astype(np.complex64))
    return out[0], out[1]


def add_room(desk: Desk, wet: float = 0.34) -> None:
    """Convolve the send with the hall, overlap and add."""
    left, right = room()
    step = SIZE - int(1.95 * RATE)
    frames = len(desk.send)
    for start in range(0, frames, step):
        spectrum = np.fft.rfft(desk.send[start : start + step], SIZE)
        for bus, shape in ((desk.left, left), (desk.right, right)):
            echo = np.fft.irfft(spectrum * shape, SIZE)
            part = bus[start : start + SIZE]
            part += echo[: len(part)] * np.float32(wet)


def _ridden(desk: Desk, gains: Floats, block: int) -> None:
    """Multiply both channels by a gain per block, joined by straight lines. `gains` has one value more than blocks."""
    slope = np.linspace(0, 1, block, endpoint=False, dtype=np.float32)
    curve = (gains[:-1, None] + (gains[1:] - gains[:-1])[:, None] * slope).reshape(-1)[: len(desk.left)]
    desk.left *= curve
    desk.right *= curve


def _blocks(desk: Desk, block: int) -> Floats:
    """Both channels as rows of `block` frames (the last padded with silence): the larger magnitude of the two."""
    rows = -(-len(desk.left) // block)
    both = np.zeros(rows * block, np.float32)
    np.maximum(np.abs(desk.left), np.abs(desk.right), out=both[: len(desk.left)])
    return both.reshape(rows, block)


def compress(desk: Desk) -> None:
    """2:1 above the song's own median level, about 30 ms in and 250 ms out: quiet and loud sections move closer."""
    block = 441
    level = np.sqrt((_blocks(desk, block) ** 2).mean(axis=1)) + 1e-6
    decibels = 20 * np.log10(level)
    threshold = np.percentile(decibels, 50)
    over = np.maximum(0, decibels - threshold) * 0.5
    kernel = np.concatenate([np.zeros(25), np.exp(-np.arange(25) / 10)])
    over = np.convolve(over, kernel / kernel.sum(), "same")
    gains = (10 ** (-np.minimum(over, 6) / 20)).astype(np.float32)
    _ridden(desk, np.append(gains, gains[-1]), block)


def limit(desk: Desk, ceiling: float = _CEILING) -> None:
    """Keep every peak under the ceiling: looks 4 ms ahead, lets go at 60 dB a second."""
    block = 64
    peaks = _blocks(desk, block).max(axis=1)
    needed = 20 * np.log10(np.minimum(1, ceiling / np.maximum(peaks, 1e-9)))
    needed = _release(needed, 60 * block / RATE)
    wide = np.pad(needed, 3, constant_values=0)
    ahead = np.lib.stride_tricks.sliding_window_view(wide, 7).min(axis=1)
    smooth = np.convolve(np.pad(ahead, 1, mode="edge"), np.ones(3) / 3, "valid")
    gains = (10 ** (smooth / 20)).astype(np.float32)
    _ridden(desk, np.append(gains, gains[-1]), block)


def _release(needed: Floats, step: float) -> Floats:
    """Gain reductions in dB that may rise only `step` per block: y[k] = min(x[k], y[k-1] + step)."""
    index = np.arange(len(needed)) * step
    return np.asarray(np.minimum.accumulate(needed - index) + index)


def _widen(desk: Desk) -> None:
    """Turn up what differs between the sides: voice, bass and drums stand in the middle, the whole would be nearly mono."""
    side = (desk.left - desk.right) * np.float32((WIDER - 1) / 2)
    desk.left += side
    desk.right -= side


def master_mix(desk: Desk, length: float) -> float:
    """Room, compression, loudness and limiter; cuts to `length` seconds with a fade. Answers the loudness reached, in LUFS."""
    add_room(desk)
    frames = min(len(desk.left), int(length * RATE))
    desk.left, desk.right = desk.left[:frames], desk.right[:frames]
    fade = np.cos(np.linspace(0, np.pi / 2, int(2.2 * RATE), dtype=np.float32)) ** 2
    for bus in (desk.left, desk.right):
        bus[-len(fade) :] *= fade
    _widen(desk)
    compress(desk)
    for turn in range(3):
        loudness = integrated(desk.left, desk.right)
        if turn and abs(loudness - _TARGET) < 0.12:  # a mix that is as loud as it should be at once has peaks too
            return loudness
        gain = np.float32(10 ** ((_TARGET - loudness) / 20))
        desk.left *= gain
        desk.right *= gain
        limit(desk)
    return integrated(desk.left, desk.right)
