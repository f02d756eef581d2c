"""The voice in the mix: in front of the band, which gives way a little while somebody sings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from integrations.music.studio.arrays import Floats
from integrations.music.studio.instrument_bank import RATE
from integrations.music.studio.loudness import HOP, integrated
from integrations.music.studio.sampler import Desk
from integrations.music.studio.score import Score

ABOVE = 1.0  # LU of the voice above the band
GIVE_WAY = 3.5  # dB that the band steps back under the voice
_CLEAR = 8.0  # dB of the voice above the band, within _SPEECH
_MORE = 4.0  # dB, at most, that the band steps back further where it would cover the words
_SPEECH = (300, 3400)  # hertz
ROOM = 0.2
BLOCK = 441  # frames: 10 ms
DOUBLES = ((0.021, -0.75, 0.0021, 0.31), (0.029, 0.75, 0.0026, 0.23))  # delay s, pan, sway s, hertz of the sway
DOUBLE_LEVEL = 0.15
BACKING, BESIDE = 0.42, -0.4  # of the harmony: how loud it is against the voice, and where it stands


def add_voice(desk: Desk, track: Floats, score: Score, backing: Floats | None = None) -> None:
    """Add the singing to a mixing desk that holds the band, dry; the sung harmony beside and under it."""
    frames = min(len(track), len(desk.left))
    track = track[:frames]
    level = _level(track)
    if not level.any():
        return
    track = _compressed(track, level)
    in_the_middle = track * np.float32(0.7071)
    loudness = integrated(in_the_middle, in_the_middle)
    band = max(-45.0, integrated(desk.left, desk.right))
    loud = np.float32(10 ** ((band + ABOVE - loudness) / 20))
    track = track * loud
    _give_way(desk, level, _covered(desk, track, level))
    desk.add(0, track, None, 1.0, 0.0, ROOM)
    _double(desk, track, score)
    if backing is not None:
        desk.add(0, backing * loud, None, BACKING, BESIDE, 1.5 * ROOM)


def _level(track: Floats) -> Floats:
    """The root mean square of every 10 ms."""
    rows = -(-len(track) // BLOCK)
    padded = np.zeros(rows * BLOCK, np.float32)
    padded[: len(track)] = track
    return np.asarray(np.sqrt((padded.reshape(rows, BLOCK) ** 2).mean(axis=1)))


def _compressed(track: Floats, level: Floats) -> Floats:
    """3:1 above the usual level of the singing, about 20 ms in and 150 ms out."""
    sounding = level[level > level.max() * 0.03]
    threshold = 20 * np.log10(np.percentile(sounding, 45))
    over = np.maximum(0, 20 * np.log10(level + 1e-9) - threshold) * (2 / 3)
    kernel = np.concatenate([np.zeros(15), np.exp(-np.arange(15) / 6)])
    over = np.convolve(over, kernel / kernel.sum(), "same")
    return track * _curve(10 ** (-np.minimum(over, 12) / 20), len(track))


def _curve(gains: NDArray[np.float64], frames: int) -> Floats:
    """A gain for every frame from one for every block, by straight lines between the blocks' edges."""
    edges = np.concatenate([gains[:1], (gains[:-1] + gains[1:]) / 2, gains[-1:]]).astype(np.float32)
    slope = np.linspace(0, 1, BLOCK, endpoint=False, dtype=np.float32)
    curve = (edges[:-1, None] + np.diff(edges)[:, None] * slope).reshape(-1)[:frames]
    return np.pad(curve, (0, frames - len(curve)), mode="edge")


def _give_way(desk: Desk, level: Floats, covered: NDArray[np.float64]) -> None:
    """Turn the band down while somebody sings, further where it covers them: 80 ms down, 300 ms up again."""
    singing = (level > level.max() * 0.05).astype(float)
    wide = np.convolve(singing, np.ones(41), "same") > 0
    soft = np.convolve(wide, np.hanning(33) / np.hanning(33).sum(), "same")
    curve = _curve(10 ** (-(GIVE_WAY + covered) * soft / 20), len(desk.left))
    desk.left *= curve
    desk.right *= curve
    desk.send *= curve


def _covered(desk: Desk, track: Floats, level: Floats) -> NDArray[np.float64]:
    """For every block, dB that the band must step back further so that the voice is _CLEAR above it, over about a line."""
    voice, band = _speech(track), _speech((desk.left + desk.right) * np.float32(0.5))
    sung = (level > level.max() * 0.05)[: 10 * len(voice)].reshape(-1, 10).mean(axis=1)
    near = np.hanning(25)  # of 100 ms each
    if len(sung) < len(near):
        return np.zeros(len(level))
    powers = [np.convolve(power[: len(sung)] * sung, near, "same") + 1e-12 for power in (voice, band)]
    lacking = np.clip(_CLEAR - GIVE_WAY - 10 * np.log10(powers[0] / powers[1]), 0, _MORE)
    return np.asarray(np.interp(np.arange(len(level)), 10 * np.arange(len(sung)) + 4.5, lacking))


def _speech(sound: Floats) -> NDArray[np.float64]:
    """The power of every 100 ms where speech is."""
    rows = sound[: len(sound) // HOP * HOP].reshape(-1, HOP)
    first, last = (round(hertz * HOP / RATE) for hertz in _SPEECH)
    out = []
    for i in range(0, len(rows), 20):  # in slices that stay in the cache
        spectrum = np.fft.rfft(rows[i : i + 20])[:, first:last]
        out.append((spectrum.real**2 + spectrum.imag**2).sum(axis=1, dtype=np.float64))
    return np.concatenate(out) if out else np.zeros(0)


def _double(desk: Desk, track: Floats, score: Score) -> None:
    """In choruses a second and a third voice, a little late and never quite together, at the sides."""
    for span in (s for s in score.spans if s.kind == "chorus"):
        first, last = (min(len(track) - 1, int(score.seconds(b) * RATE)) for b in (span.start - 0.5, span.end))
        first = max(0, first)
        if last - first < RATE:
            continue
        count = last - first
        times = np.arange(count, dtype=np.float32) / np.float32(RATE)
        fade = np.interp(times, [0, 0.1, times[-1] - 0.2, times[-1]], [0, 1, 1, 0]).astype(np.float32)
        for delay, pan, sway, speed in DOUBLES:
            late = np.float32(delay * RATE) + np.float32(sway * RATE) * np.sin(np.float32(2 * np.pi * speed) * times)
            whole = np.ceil(late)
            part = whole - late
            at = np.clip(np.arange(first, last) - whole.astype(np.int32), 0, len(track) - 2)
            sound = track[at]
            sound += (track[at + 1] - sound) * part
            sound *= fade
            desk.add(first, sound, None, DOUBLE_LEVEL, pan, ROOM)
