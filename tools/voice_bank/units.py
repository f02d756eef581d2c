"""Units: what a diphone is in the bank. WORLD's spectrum and aperiodicity every 5 ms, from middle to middle."""

from __future__ import annotations

import itertools
import json
import lzma
import math
import struct
from dataclasses import dataclass

import numpy as np
import pyworld

from integrations.music.studio.singing.phones import SILENCE, Inventory
from tools.voice_bank.carriers import PhonePair
from tools.voice_bank.marks import FRAME_SECONDS, STOPS, PhoneMark
from tools.voice_bank.teacher import TEACHER_RATE, Array, Spoken

_ENVELOPE = 40  # values that describe the spectrum of one frame
_MAGIC = b"SVB1"
LEVEL = -30.0  # dB that every vowel's power is brought to
_LEAD, _TAIL = 0.06, 0.10  # seconds of silence kept before and after a word
UNEVEN = 4.0  # dB that a vowel's gain may differ from the others of its carrier
SWALLOWED = 0.7  # of the takes' median: where the shorter half of one is less, it is not taken
ATTACK = 0.07  # seconds of a first vowel that are kept


@dataclass(frozen=True)
class CutUnit:
    """One diphone: frames of (envelope, aperiodicity), and the frame where the second phone begins."""

    frames: Array
    border: int


def cut(
    word: list[str], marks: list[PhoneMark], spoken: Spoken, hertz: float, inventory: Inventory
) -> dict[PhonePair, CutUnit]:
    """All diphones of one carrier; those with silence only where the carrier says so."""
    count = int(len(spoken.sound) / TEACHER_RATE / FRAME_SECONDS) + 1
    times = np.arange(count) * FRAME_SECONDS
    voiced = np.interp(times * 80 - 0.5, np.arange(len(spoken.voiced)), spoken.voiced.astype(float)) > 0.5
    pitch = np.where(voiced, hertz, 0.0)
    spectrum = pyworld.cheaptrick(spoken.sound, pitch, times, TEACHER_RATE)
    rough = pyworld.d4c(spoken.sound, pitch, times, TEACHER_RATE, threshold=0.5)
    vowels = [m for m in marks if inventory.is_vowel(m.phone)]
    at = [min(count - 1, int(m.middle / FRAME_SECONDS)) for m in vowels]
    gains = [LEVEL - 10 * math.log10(spectrum[max(0, i - 1) : i + 2].mean()) for i in at]
    usual = float(np.median(gains))
    gain = np.interp(np.arange(count), at, np.clip(gains, usual - UNEVEN, usual + UNEVEN))
    spectrum = spectrum * 10 ** (gain / 10)[:, None]
    envelope = pyworld.code_spectral_envelope(spectrum, TEACHER_RATE, _ENVELOPE)
    frames = np.hstack([envelope, pyworld.code_aperiodicity(rough, TEACHER_RATE)]).astype(np.float32)

    def unit(start: float, border: float, end: float) -> CutUnit:
        first = max(0, round(start / FRAME_SECONDS))
        last = min(count - 1, max(first + 2, round(end / FRAME_SECONDS)))
        return CutUnit(frames[first : last + 1], min(last - first, max(0, round(border / FRAME_SECONDS) - first)))

    pairs = list(itertools.pairwise(marks))
    inner = pairs if word[0] == SILENCE else pairs[1:-1]  # the weak syllables at both ends are only a frame
    found = {(a.phone, b.phone): unit(a.middle, a.end, b.middle) for a, b in inner}
    if word[0] == SILENCE:
        first = marks[0]  # what the teacher does before a first vowel (a breath, a hiss) is left out
        begin = max(first.start, first.middle - ATTACK) if inventory.is_vowel(first.phone) else first.start
        end = begin if first.phone in STOPS else first.middle  # a stop bursts in the next unit; here it would a second time
        found[SILENCE, first.phone] = unit(max(0.0, begin - _LEAD), begin, end)
    if word[-1] == SILENCE:
        found[marks[-1].phone, SILENCE] = unit(marks[-1].middle, marks[-1].end, marks[-1].end + _TAIL)
    return found


def usual(takes: dict[PhonePair, list[CutUnit]]) -> dict[PhonePair, CutUnit]:
    """Of each diphone the take whose ends are most like where all units of these phones meet, none with a half swallowed."""
    ends: dict[str, list[Array]] = {}
    for (a, b), units in takes.items():
        ends.setdefault(a, []).extend(unit.frames[0] for unit in units)
        ends.setdefault(b, []).extend(unit.frames[-1] for unit in units)
    typical = {phone: np.median(frames, axis=0) for phone, frames in ends.items() if phone != SILENCE}

    def half(unit: CutUnit) -> int:
        return min(unit.border, len(unit.frames) - unit.border)

    def strange(pair: PhonePair, unit: CutUnit) -> float:
        sides = [(phone, frame) for phone, frame in zip(pair, unit.frames[[0, -1]], strict=True) if phone != SILENCE]
        return sum(float(np.abs(frame - typical[phone])[1:_ENVELOPE].sum()) for phone, frame in sides)

    chosen = {}
    for pair, units in takes.items():
        least = SWALLOWED * float(np.median([half(unit) for unit in units]))
        chosen[pair] = min((unit for unit in units if half(unit) >= least), key=lambda unit: strange(pair, unit))
    return chosen


def pack(units: dict[PhonePair, CutUnit], head: dict[str, object]) -> bytes:
    """The bank's file: every value in 8 bits, each the difference from the frame before, all compressed. See voices.py."""
    names = sorted(units)
    frames = np.concatenate([units[n].frames for n in names])
    low, high = np.percentile(frames, 0.02, axis=0), np.percentile(frames, 99.98, axis=0)
    step = np.maximum(high - low, 1e-6) / 255
    levels = np.clip(np.round((frames - low) / step), 0, 255).astype(np.uint8)
    changes = levels.copy()
    changes[1:] -= levels[:-1]
    rows = [[a, b, len(units[a, b].frames), units[a, b].border] for a, b in names]
    described = {**head, "units": rows, "low": low.round(5).tolist(), "step": step.round(7).tolist()}
    text = json.dumps(described, sort_keys=True, separators=(",", ":")).encode()
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 0, "lp": 0, "pb": 0}]
    body = lzma.compress(np.ascontiguousarray(changes.T).tobytes(), format=lzma.FORMAT_XZ, filters=filters)
    packed_head = lzma.compress(text)
    return _MAGIC + struct.pack("<I", len(packed_head)) + packed_head + body
