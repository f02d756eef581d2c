"""Voices: the diphone banks (`voices/*.bin`, made by tools/build_voice_bank.py) and what is sung where a diphone is missing.

A file is: "SVB1", the length of a compressed JSON head, the head, and all values in 8 bits (each the difference from the frame
before), one row per value, compressed. A frame is 5 ms: an envelope of 40 values and an aperiodicity of 3.
"""

from __future__ import annotations

import json
import lzma
import struct
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from integrations.music.studio.arrays import Floats
from integrations.music.studio.singing.cast import VOICES_FOLDER, names
from integrations.music.studio.singing.phones import INVENTORIES, RHOTIC, SILENCE, Inventory

MAGIC = b"SVB1"
LOWER = 0.85  # of the resonances of a female voice: about those of a tenor
TOPS = {"en": 11_800.0, "es": 9_800.0, "fr": 11_500.0, "it": 9_800.0, "pt": 9_900.0}  # hertz where the teachers' sound ends
SILENT = 30.0  # how far the first envelope value falls where nothing sounds
GLIDES = {  # a vowel before another vowel: what slips in between
    "iy": "y", "ay": "y", "ey": "y", "oy": "y", "uw": "w", "ow": "w", "aw": "w", "er": "r",
}  # fmt: skip
NEAREST = {"zh": "z", "th": "s", "dh": "d", "ng": "n", "jh": "ch", "oy": "ao", "uh": "ax", "ny": "n", "gh": "g", "bh": "b"}
NEAREST |= {"ly": "l", "ts": "s", "dz": "z", "z": "s", "rr": "r", "eh": "e", "oh": "o"}
LONG_CONSONANTS = frozenset(("it",))  # languages in which one may take twice its time ("notte")
OPENED = {"it": {"e": "eh", "o": "oh"}}  # the teachers' closed e and o, held, are heard as i and u ("firma" for "ferma")
_HELD = 12  # frames that make a consonant long


@dataclass(frozen=True)
class Unit:
    """A diphone: `frames` of (envelope, aperiodicity), the second phone begins at `border`."""

    frames: Floats
    border: int


@dataclass
class Voice:
    """One bank in memory. `missing` counts what was sung by a substitute."""

    language: str
    inventory: Inventory
    rate: int
    hertz: float
    levels: NDArray[np.uint8]
    low: Floats
    step: Floats
    places: dict[tuple[str, str], tuple[int, int, int]]
    tract: float = 1.0  # what every resonance's frequency is multiplied by: a longer throat sounds lower
    top: float = TOPS["en"]
    missing: Counter[tuple[str, str]] = field(default_factory=Counter)

    def has(self, a: str, b: str) -> bool:
        """Whether the bank holds this diphone."""
        return (a, b) in self.places

    def unit(self, a: str, b: str) -> Unit:
        """A diphone, or the best substitute: the nearest phones, else the end of one word and the beginning of another."""
        if place := self.places.get((a, b)):
            first, count, border = place
            return Unit(self.low + self.levels[first : first + count] * self.step, border)
        if a == b and not self.inventory.is_vowel(a):
            return self._held(a)
        both_vowels = self.inventory.is_vowel(a) and self.inventory.is_vowel(b)
        if not both_vowels:
            self.missing[a, b] += 1
            for pair in ((NEAREST.get(a, a), b), (a, NEAREST.get(b, b)), (NEAREST.get(a, a), NEAREST.get(b, b))):
                if pair in self.places:
                    return self.unit(*pair)
        if (a, SILENCE) in self.places and (SILENCE, b) in self.places:
            return self._through_silence(a, b, 5 if both_vowels else 2)
        return Unit(np.repeat(self.low[None] + 128 * self.step, 4, axis=0), 2)

    def _held(self, phone: str) -> Unit:
        """The middle of a consonant, for as long as makes it a long one: of a stop its silence."""
        before = self.unit("a", phone)
        return Unit(np.repeat(before.frames[-1:], _HELD, axis=0), _HELD // 2)

    def _through_silence(self, a: str, b: str, blend: int) -> Unit:
        """The end of `a` before a pause and the beginning of `b` after one, joined without the pause."""
        end, begin = self.unit(a, SILENCE), self.unit(SILENCE, b)
        head = end.frames[: max(2, int(end.border * 0.6))]
        tail = begin.frames[min(begin.border + 2, len(begin.frames) - 2) :]
        share = ((np.arange(blend) + 1) / (blend + 1))[:, None].astype(np.float32)
        between = head[-1] * (1 - share) + tail[0] * share
        return Unit(np.concatenate([head, between, tail]).astype(np.float32), len(head) + blend // 2)

    def joined(self, phones: list[tuple[str, int]]) -> list[tuple[str, int]]:
        """Phones and their notes as they follow each other: doubled consonants single, glides between vowels, r linked."""
        vowel, opened = self.inventory.is_vowel, OPENED.get(self.language, {})
        phones = [(opened.get(phone, phone), note) for phone, note in phones]
        held = {note for phone, note in phones if vowel(phone)}  # the other notes are held on a consonant
        out: list[tuple[str, int]] = []
        for phone, note in phones:
            last, before = out[-1] if out else ("", -1)
            if phone == SILENCE and last in ("", SILENCE):
                continue
            if phone == last and not vowel(phone) and {note, before} <= held and self.language not in LONG_CONSONANTS:
                continue
            if last in RHOTIC and (phone == "r" or vowel(phone)):
                out[-1] = (RHOTIC[last], before)
                out += [("r", note)] if phone != "r" else []
            elif vowel(phone) and vowel(last) and last in GLIDES and not self.has(last, phone):
                out.append((GLIDES[last], note))
            out.append((phone, note))
        return out


@cache
def load(name: str) -> Voice:
    """A voice by name; kept for the next song. One without a bank is the language's other voice with another throat."""
    if name not in names():
        other, tract = ("female", LOWER) if name.endswith("-male") else ("male", 1 / LOWER)
        return replace(load(f"{name.split('-')[0]}-{other}"), tract=tract, missing=Counter())
    raw = (VOICES_FOLDER / f"{name}.bin").read_bytes()
    if raw[:4] != MAGIC:
        raise ValueError(f"{name}.bin is no voice bank")
    (size,) = struct.unpack_from("<I", raw, 4)
    head = json.loads(lzma.decompress(raw[8 : 8 + size]))
    low, step = (np.array(head[k], np.float32) for k in ("low", "step"))
    changes = np.frombuffer(lzma.decompress(raw[8 + size :]), np.uint8).reshape(len(low), -1)
    levels = np.ascontiguousarray(np.cumsum(changes, axis=1, dtype=np.uint8).T)
    places, first = {}, 0
    for a, b, count, border in head["units"]:
        places[a, b] = (first, count, border)
        first += count
    language = head["language"]
    top = TOPS[language]
    return Voice(language, INVENTORIES[language], head["rate"], head["hertz"], levels, low, step, places, top=top)
