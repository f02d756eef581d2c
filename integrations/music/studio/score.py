"""The score: what is played, sung and shown, before any sound exists. Times are beats (quarter notes) until mapped."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from dataclasses import asdict, dataclass, field
from random import Random


def chance(*parts: object) -> Random:
    """A random source that depends only on `parts`, the same in every process and on every machine."""
    text = "\x1f".join(str(p) for p in parts)
    return Random(int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()))  # noqa: S311 music


@dataclass(frozen=True)
class Note:
    """One played note: start and duration in beats, pitch in MIDI numbers, velocity 0..1. Drums name their piece instead."""

    start: float
    duration: float
    pitch: int
    velocity: float
    piece: str = ""


@dataclass(frozen=True)
class SungNote:
    """One note of the vocal melody with what is sung on it. `line` is -1 where the melody is wordless."""

    start: float
    duration: float
    pitch: int
    velocity: float
    syllable: str = ""
    line: int = -1
    word: int = -1
    closes: bool = False  # the last note of its phrase
    phones: tuple[str, ...] = ()  # how the syllable is said; none: the one before is still held, or nobody can say it
    second: bool = False  # the second singer has it
    also: int = -1  # the word that begins within this note, in Spanish, where two vowels meet


@dataclass
class Part:
    """One player. `gain` in dB against the lead, `pan` -1 left .. 1 right, `room` 0..1 how much reverberation."""

    instrument: str
    role: str
    gain: float
    pan: float
    room: float
    notes: list[Note] = field(default_factory=list)


@dataclass(frozen=True)
class Span:
    """A section in beats. `energy` 0..1."""

    name: str
    kind: str
    start: float
    end: float
    energy: float


@dataclass
class Score:
    """A whole arrangement."""

    title: str
    key: str
    tempo: float
    metre: str
    swing: float  # where the off-beat eighth falls inside its beat: 0.5 straight, 0.66 triplets
    lead: str
    vocal: list[SungNote]
    harmony: list[tuple[float, float, str]]  # start, end, chord symbol
    lifts: list[tuple[float, int]]  # from which beat the music stands how many semitones above the key
    parts: list[Part]
    spans: list[Span]
    lines: list[str]
    words: list[tuple[int, str]]  # line index and text of each word
    beats: float
    tempo_map: list[tuple[float, float]]  # (beat, second), both rising
    ring: float  # seconds that the last chord may sound after `beats`
    voice: str = ""  # who sings `vocal`, a bank of singing/voice_bank.py; '' where the lead plays it
    hummed: list[int] = field(default_factory=list)  # places in `words` of those that are hummed, as nobody can say them
    second: str = ""  # the other singer of a duet, else the same one; sings `backing`, and of `vocal` what is marked
    backing: list[SungNote] = field(default_factory=list)  # sung harmony under `vocal`
    manner: str = ""  # the kind of music, which decides how it is sung

    def seconds(self, beat: float) -> float:
        """When a beat is heard, swing and ritardando included."""
        whole, part = divmod(beat, 1.0)
        if self.swing != 0.5:
            part = part * 2 * self.swing if part < 0.5 else self.swing + (part - 0.5) * 2 * (1 - self.swing)
        beat = whole + part
        place = max(0, min(bisect_right(self.tempo_map, (beat, 1e9)) - 1, len(self.tempo_map) - 2))
        (b0, s0), (b1, s1) = self.tempo_map[place], self.tempo_map[place + 1]
        return s0 + (beat - b0) * (s1 - s0) / (b1 - b0)

    @property
    def length(self) -> float:
        """Seconds, the ringing of the last chord included."""
        return self.seconds(self.beats) + self.ring

    def as_bytes(self) -> bytes:
        """The whole score as JSON: the same request gives the same bytes."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":")).encode()


def tempo_map(tempo: float, beats: float, slowing: float) -> list[tuple[float, float]]:
    """Steady at `tempo`, then slower and slower over the last `slowing` beats, down to about 70 %."""
    knots = [(0.0, 0.0), (beats - slowing, (beats - slowing) * 60 / tempo)]
    steps = max(1, round(slowing * 2))
    for i in range(steps):
        pace = tempo * (1 - 0.32 * ((i + 1) / steps) ** 1.5)
        beat, second = knots[-1]
        knots.append((beat + slowing / steps, second + slowing / steps * 60 / pace))
    beat, second = knots[-1]
    return [*knots, (beat + 64, second + 64 * 60 / tempo)]
