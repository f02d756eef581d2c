"""The singer: one line of notes with phones becomes sound. WORLD does the synthesis; the same line is the same bytes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyworld
from numpy.typing import NDArray

from integrations.music.studio.arrays import Floats
from integrations.music.studio.singing.line import FRAME_STEP, Place, SungSyllable, join, spread_frames
from integrations.music.studio.singing.phones import SILENCE
from integrations.music.studio.singing.pitch import Manner, curve
from integrations.music.studio.singing.voice_bank import Voice

VOICE_RATE = 44_100
ENVELOPE = 40
Spectrum = NDArray[np.complexfloating[Any]]
LEAD, TAIL = 0.5, 0.4  # seconds of a line's sound before its first note and after its last
PRESENCE = 4.0  # dB around 3.6 kHz
PARTIALS = 6
_SIZE = 512  # samples of a pulse: 40 values need no more, and WORLD's usual 1024 take nearly twice the time
_MARGIN = 0.05  # seconds: a pulse sounds 11 ms to both sides of itself
_ROWS = 256  # frames of which the phase is held at once: those of a long line would take 80 MB
MOST_MOVED = 0.03  # of the pitch: 51 cents
TOP = 11_800.0  # hertz that the banks can know
NEAR_AIR = 0.6  # how loud what fills a bank up to there is against its source
AIR = 0.22  # how loud what is above 12 kHz is against the octave below it


def sing_line(voice: Voice, notes: list[SungSyllable], manner: Manner, seed: str) -> Floats:
    """The sound of one line at 44.1 kHz; frame 0 is `LEAD` seconds before the first note starts."""
    begin = notes[0].start - LEAD
    moved = [
        replace(n, start=n.start - begin, end=n.end - begin, turns=tuple((at - begin, to) for at, to in n.turns)) for n in notes
    ]
    phones = voice.joined([(p, i) for i, n in enumerate(moved) for p in n.phones])
    row, places = join(voice, [SILENCE, *(p for p, _ in phones), SILENCE])
    owner = [note for _, note in phones]
    anchors, sources = spread_frames(voice, places, moved, owner)
    times = np.arange(int((moved[-1].end + TAIL) / FRAME_STEP)) * FRAME_STEP
    heard = _heard(anchors, len(times))
    where = np.clip(np.interp(times[heard], anchors, sources), 0, len(row) - 1.001)
    whole = where.astype(int)
    part = (where - whole)[:, None].astype(np.float32)
    frames = (row[whole] * (1 - part) + row[whole + 1] * part).astype(np.float64)
    voiced = _voiced(voice, places, where)
    frames[:, 0] += _loudness(moved, times[heard])
    spectrum = pyworld.decode_spectral_envelope(np.ascontiguousarray(frames[:, :ENVELOPE]), voice.rate, _SIZE)
    if voice.tract != 1.0:
        spectrum = _other_throat(spectrum, voice.tract)
    pitch = np.where(voiced, heard_as(curve(moved, times, manner, seed)[heard], spectrum, voice.rate), 0.0)
    rough = pyworld.decode_aperiodicity(np.ascontiguousarray(frames[:, ENVELOPE:]), voice.rate, _SIZE)
    rough = np.clip(rough + manner.breath * (1 - rough), 0, 1)
    sound = pyworld.synthesize(pitch, spectrum, rough, voice.rate, FRAME_STEP * 1000)
    sound = brighter(sound[: round(len(where) * FRAME_STEP * voice.rate)], voice.rate, voice.top)
    line = np.zeros(int(len(times) * FRAME_STEP * VOICE_RATE), np.float32)
    at = round(heard.start * FRAME_STEP * VOICE_RATE)
    line[at : at + len(sound)] = sound[: len(line) - at]
    return _levelled(line, moved, anchors)


def _heard(anchors: list[float], frames: int) -> slice:
    """The frames of a line that are synthesised: before its first anchor and after its last it is silent.

    Whole periods of the pulses that WORLD puts where nobody swings (500 Hz) are left out, so that all others stay.
    """
    first = int((anchors[0] - _MARGIN) / FRAME_STEP) // 2 * 2
    return slice(max(0, first), min(frames, int((anchors[-1] + _MARGIN) / FRAME_STEP)))


def heard_as(pitch: Floats, spectrum: NDArray[np.float64], rate: int) -> Floats:
    """The pitch at which the folds must swing so that `pitch` is heard.

    While a resonance moves, its delay changes, and every partial near it sounds a little lower or higher (an "ay" up to 30
    cents). The phase of each partial follows from the spectrum (WORLD's filter has minimum phase); the first six count, by
    their loudness, as they do for the ear.
    """
    partials = np.arange(1, PARTIALS + 1)[:, None]
    blocks = [slice(at, at + _ROWS) for at in range(0, len(pitch), _ROWS)]
    found = [_partials(partials * pitch[rows] / rate, spectrum[rows]) for rows in blocks]
    phase, level = (np.concatenate(parts, axis=1) for parts in zip(*found, strict=True))
    moved = (level * np.gradient(phase, FRAME_STEP, axis=1)).sum(0) / (2 * np.pi * (level * partials).sum(0))
    smooth = np.convolve(moved, np.ones(3) / 3, "same")
    return np.asarray(pitch - np.clip(smooth, -MOST_MOVED * pitch, MOST_MOVED * pitch))


def _partials(at: NDArray[np.floating[Any]], spectrum: NDArray[np.float64]) -> tuple[Floats, Floats]:
    """The phase and the amplitude of each partial (`at`: of the sample rate) in a few frames of a spectrum of power."""
    size = 2 * (spectrum.shape[1] - 1)
    cepstrum = np.fft.irfft(0.5 * np.log(spectrum), size)
    cepstrum[:, 1 : size // 2] *= 2
    cepstrum[:, size // 2 + 1 :] = 0
    phase = np.fft.rfft(cepstrum).imag
    where = np.minimum(at * size, size // 2 - 1.001)
    whole = where.astype(int)
    part = where - whole
    rows = np.arange(len(spectrum))
    return phase[rows, whole] * (1 - part) + phase[rows, whole + 1] * part, np.sqrt(spectrum[rows, whole])


def _other_throat(spectrum: NDArray[np.float64], tract: float) -> NDArray[np.float64]:
    """Every resonance moved to `tract` times its frequency."""
    bins = spectrum.shape[1]
    where = np.minimum(np.arange(bins) / tract, bins - 1.001)
    whole = where.astype(int)
    part = where - whole
    return np.ascontiguousarray(spectrum[:, whole] * (1 - part) + spectrum[:, whole + 1] * part)


def _voiced(voice: Voice, places: list[Place], where: Floats) -> NDArray[np.bool_]:
    """Whether the vocal folds swing, by the phone that sounds at each source frame."""
    edges = np.array([p.start for p in places] + [places[-1].end])
    mute = voice.inventory.unvoiced | {SILENCE}
    on = np.array([False, *(p.phone not in mute for p in places), False])
    return np.asarray(on[np.searchsorted(edges, where, side="right")])


def _loudness(notes: list[SungSyllable], times: Floats) -> Floats:
    """What is added to the first envelope value: each note's loudness, a swell in long ones, a softer end of the line."""
    at: list[float] = []
    decibels: list[float] = []
    for note in notes:
        level, length = 9 * (note.velocity - 0.75), note.end - note.start
        swell = min(2.0, 1.6 * max(0.0, length - 0.4))
        at += [note.start + 0.02, note.start + 0.6 * length, note.end - 0.03]
        decibels += [level, level + swell, level + swell * 0.3]
    decibels[-1] -= 4
    return np.asarray(np.interp(times, at, decibels) * NEPER, np.float32)


NEPER = 0.2303  # of power, in one decibel: the unit of the first envelope value


def brighter(sound: Floats, rate: int, known: float) -> Floats:
    """The sound at 44.1 kHz; above what the bank knows (hertz), shifted, softer copies of what lies below."""
    count = len(sound)
    size = -(-count // 160) * 160
    spectrum = np.fft.rfft(sound, size)
    bins = size / rate  # of one hertz
    if known < TOP:
        _copied(spectrum, spectrum, known, TOP - known + 500, (NEAR_AIR, NEAR_AIR), bins, TOP)
    length = size * VOICE_RATE // rate
    out = np.zeros(length // 2 + 1, complex)
    top = int(TOP * bins)
    out[:top] = spectrum[:top] * _presence(np.arange(top) / bins)
    _copied(spectrum, out, TOP, 5_200, (AIR, AIR / 10), bins, VOICE_RATE / 2)
    return (np.fft.irfft(out, length) * (VOICE_RATE / rate)).astype(np.float32)[: count * VOICE_RATE // rate]


def _copied(
    source: Spectrum, out: Spectrum, top: float, shift: float, level: tuple[float, float], bins: float, end: float
) -> None:
    """Let `out` fade at `top` hertz into what lies `shift` hertz lower, so loud at first and at last, up to `end` at most."""
    edge, dark, lower = int((top - 400) * bins), int(400 * bins), int(shift * bins)
    reach = min(lower, len(out) - edge, int(end * bins) - edge)
    piece = source[edge - lower : edge - lower + reach] * np.linspace(*level, reach)
    out[edge : edge + dark] *= np.linspace(1, 0, dark)
    out[edge + dark :] = 0
    out[edge : edge + reach] += piece * np.minimum(1, np.arange(reach) / dark)


def _presence(hz: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """The voice's tone in a mix: no rumble, less chest where the band is thick, more of what tells consonants apart."""
    octaves = np.log2(np.maximum(hz, 20))
    decibels = PRESENCE * np.exp(-(((octaves - np.log2(3600)) / 0.9) ** 2)) - 1.5 * np.exp(
        -(((octaves - np.log2(350)) / 0.7) ** 2)
    )
    return np.asarray(10 ** (decibels / 20) / np.sqrt(1 + (95 / np.maximum(hz, 1)) ** 6))


def _levelled(sound: Floats, notes: list[SungSyllable], anchors: list[float]) -> Floats:
    """Bring the notes half-way to one level, and begin and end without a click."""
    levels = []
    for note in notes:
        piece = sound[int((note.start + 0.03) * VOICE_RATE) : max(1, int((note.end - 0.05) * VOICE_RATE))]
        levels.append(10 * np.log10((piece.astype(np.float64) ** 2).mean() + 1e-9) if len(piece) else -60.0)
    wanted = float(np.median(levels))
    gains = np.clip((wanted - np.array(levels)) * 0.5, -6, 6)
    at = [x for n in notes for x in (n.start, max(n.start + 0.01, n.end - 0.06))]
    ride = np.interp(np.arange(len(sound)) / VOICE_RATE, at, np.repeat(gains, 2))
    edge = np.interp(
        np.arange(len(sound)) / VOICE_RATE, [anchors[0], anchors[0] + 0.02, anchors[-1] - 0.03, anchors[-1]], [0, 1, 1, 0]
    )
    return (sound * 10 ** (ride / 20) * edge).astype(np.float32)
