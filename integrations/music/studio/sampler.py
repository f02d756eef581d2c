"""The sampler: plays a Part into a stereo bus and a reverberation send, note by note."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

import numpy as np

from integrations.music.studio.arrays import Floats
from integrations.music.studio.instrument_bank import RATE, Bank, held
from integrations.music.studio.score import Note, Part, Score, chance
from integrations.music.studio.stage import EXPRESSIVE, PIECES
from integrations.music.studio.tone import TONES, Tone

RAMPS: dict[int, Floats] = {}
LOOSE = {"kit": 0.003, "lead": 0.004, "solo": 0.004}  # seconds of human unevenness (standard deviation)


def ramp(frames: int) -> Floats:
    """A falling half cosine of so many frames."""
    if frames not in RAMPS:
        RAMPS[frames] = (0.5 + 0.5 * np.cos(np.linspace(0, math.pi, frames))).astype(np.float32)
    return RAMPS[frames]


class Desk:
    """The mixing desk of one song, its buses: `left` and `right` dry, `send` into the room; float32, one value per frame."""

    def __init__(self, frames: int) -> None:
        self.left = np.zeros(frames, np.float32)
        self.right = np.zeros(frames, np.float32)
        self.send = np.zeros(frames, np.float32)

    def add(self, at: int, sound: Floats, other: Floats | None, gain: float, pan: float, room: float) -> None:
        """Add a mono sound at a frame, or two: one for each ear. Equal power pan."""
        if at < 0:
            at = 0
        length = min(len(sound), len(self.left) - at)
        if length <= 0:
            return
        sound = sound[:length]
        angle = (pan + 1) * math.pi / 4
        left, right = np.float32(gain * math.cos(angle)), np.float32(gain * math.sin(angle))
        where = slice(at, at + length)
        if other is None:
            self.left[where] += sound * left
            self.right[where] += sound * right
        else:
            other = other[:length]
            self.left[where] += sound * (left * 1.25)
            self.right[where][: len(other)] += other * (right * 1.25)
        if room:
            self.send[where] += sound * np.float32(gain * room)


def play(part: Part, score: Score, bank: Bank, desk: Desk, tick: Callable[[int], None]) -> None:
    """Render every note of a part; `tick(notes done)` now and then."""
    luck = chance(score.title, score.tempo, part.instrument, part.role)
    gain = 10 ** (part.gain / 20)
    loose = LOOSE.get("kit" if part.instrument == "kit" else part.role, 0.005)
    expressive = part.role in ("lead", "solo", "counter", "harmony") and part.instrument in EXPRESSIVE
    before: tuple[float, int] | None = None
    for number, note in enumerate(sorted(part.notes, key=lambda n: (n.start, n.pitch))):
        start = score.seconds(note.start)
        length = score.seconds(note.start + note.duration) - start
        start = max(0.0, start + luck.gauss(0, loose))
        if note.piece:
            _strike(note, start, bank, desk, gain, luck)
        elif expressive:
            legato = before is not None and start - before[0] < 0.09
            _phrase(part, note, start, length, before[1] if legato and before else None, bank, desk, gain)
            before = (start + length, note.pitch)
        else:
            _key(part, note, start, length, bank, desk, gain)
        if number % 64 == 63:
            tick(64)


def _strike(note: Note, start: float, bank: Bank, desk: Desk, gain: float, luck: Random) -> None:
    """A drum: rings as long as it likes."""
    level, pan, room = PIECES[note.piece]
    sound, _, _ = bank.pitched(note.piece, 60, 1 << 20)
    loud = gain * 10 ** (level / 20) * note.velocity**1.5 * (0.95 + 0.1 * luck.random()) * 2.0
    desk.add(round(start * RATE), sound, None, loud, pan, room)


def _shaped(sound: Floats, length: int, attack: int, release: int) -> Floats:
    """A copy of at most `length + release` frames that starts and stops without a click."""
    sound = sound[: length + release].copy()
    if attack and len(sound) > attack:
        sound[:attack] *= ramp(attack)[::-1]
    tail = min(release, len(sound))
    if len(sound) == length + release:
        sound[-tail:] *= ramp(release)[-tail:]
    return sound


def _key(part: Part, note: Note, start: float, length: float, bank: Bank, desk: Desk, gain: float) -> None:
    """A note of a key, string or ensemble instrument."""
    tone = TONES[part.instrument]
    frames, release = int(length * RATE), int(tone.release * RATE)
    attack = int(min(tone.attack, length / 3) * RATE)
    soft = tone.layered and note.velocity < 0.46
    sounds = [
        _shaped(
            held(bank.pitched(part.instrument, note.pitch, frames + release, soft, rank), frames + release),
            frames,
            attack,
            release,
        )
        for rank in range(2 if tone.wide else 1)
    ]
    pan = part.pan + tone.spread * max(-1.0, min(1.0, (note.pitch - 62) / 24))
    loud = gain * note.velocity**1.5
    desk.add(round(start * RATE), sounds[0], sounds[1] if tone.wide else None, loud, max(-0.9, min(0.9, pan)), part.room)


def _phrase(
    part: Part, note: Note, start: float, length: float, before: int | None, bank: Bank, desk: Desk, gain: float
) -> None:
    """A sung or bowed note: it slides in from the note before, swells a little and gets vibrato when it is long."""
    tone = TONES[part.instrument]
    release = int(tone.release * RATE)
    frames = int(max(0.09, length) * RATE) + release
    steps = _bend(tone, frames, length, None if before is None else before - note.pitch)
    skip = 0 if before is None else int(0.03 * RATE)
    sounds = []
    for rank in range(2 if tone.wide else 1):
        wanted = frames + skip + 2000
        source = held(bank.pitched(part.instrument, note.pitch, wanted, False, rank), wanted)
        place = np.minimum(steps + np.float32(skip), len(source) - 2)
        whole = place.astype(np.int32)
        sound = source[whole]
        sound += (place - whole) * (source[whole + 1] - sound)
        sounds.append(_swell(sound, tone, release, before is not None))
    desk.add(round(start * RATE), sounds[0], sounds[1] if tone.wide else None, gain * note.velocity**1.4, part.pan, part.room)


def _bend(tone: Tone, frames: int, length: float, slide: int | None) -> Floats:
    """Where in the sample each frame is read: one frame per frame, a little more or less while the pitch moves."""
    t = np.arange(frames, dtype=np.float32) / np.float32(RATE)
    semitones = np.zeros(frames, np.float32)
    near = min(frames, int(0.07 * RATE))
    reach = -0.25 if slide is None else max(-2.0, min(2.0, slide * 0.6))
    semitones[:near] = reach * ramp(near)
    if tone.vibrato and length > 0.4:
        grow = np.clip((t - 0.22) / 0.35, 0, 1)
        semitones += np.float32(tone.vibrato) * grow * np.sin(np.float32(2 * math.pi * 5.2) * t)
    return np.cumsum(1 + semitones * np.float32(math.log(2) / 12), dtype=np.float64).astype(np.float32)


def _swell(sound: Floats, tone: Tone, release: int, legato: bool) -> Floats:
    """The loudness of one sung note over its time."""
    attack = int((0.028 if legato else tone.attack + 0.006) * RATE)
    attack = min(attack, len(sound) // 3)
    sound[:attack] *= ramp(attack)[::-1]
    sound[-release:] *= ramp(release)
    return sound * np.interp(np.arange(len(sound)), (0, len(sound) * 0.35, len(sound)), (0.88, 1.0, 0.86)).astype(np.float32)
