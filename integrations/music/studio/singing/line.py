"""A sung line: phones joined into one row of frames, then laid on the times of the notes."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from integrations.music.studio.arrays import Floats
from integrations.music.studio.singing.phones import SILENCE
from integrations.music.studio.singing.voice_bank import SILENT, Voice

FRAME_STEP = 0.005  # seconds of a frame
BLEND = 3  # frames on each side of a join that move towards each other
VOWEL_BLEND, CALM = 10, 4  # inside a vowel, and how many of these are where both sides meet: what is held is one sound
LONGER = 1.12  # consonants against speech
_MOST = 0.45  # of the note before: what the consonants may take of it
_STOP = 4  # frames on each side of a silence inside a line
STEADY = 0.018  # seconds to and fro in the source while a vowel is held
CODA = 0.4  # of its note: what the consonants that end a line may take


@dataclass(frozen=True)
class SungSyllable:
    """One note with its phones: seconds from the start of the line, pitch in MIDI, loudness 0..1."""

    start: float
    end: float
    pitch: int
    velocity: float
    phones: tuple[str, ...]
    turns: tuple[tuple[float, int], ...] = ()  # where the held vowel moves to another pitch: seconds and MIDI


@dataclass(frozen=True)
class Place:
    """One phone in the joined row: frames where it begins, where its two halves meet, and where it ends."""

    phone: str
    start: int
    middle: int
    end: int


def join(voice: Voice, phones: list[str]) -> tuple[Floats, list[Place]]:
    """The frames of '#', phones ..., '#' one after the other, their joins smoothed."""
    rows: list[Floats] = []
    borders, ends, total = [], [], 0
    for number, (a, b) in enumerate(itertools.pairwise(phones)):
        unit = voice.unit(a, b)
        frames, border = unit.frames.copy(), unit.border
        if a == SILENCE:
            frames[:border, 0] -= SILENT
            cut = max(0, border - _STOP) if number else 0
            frames, border = frames[cut:], border - cut
        if b == SILENCE:
            frames = frames[: border + _STOP] if number + 2 < len(phones) else frames
            frames[border:] = frames[max(0, border - 1)]
            frames[border:, 0] -= np.linspace(3, 60, len(frames) - border, dtype=np.float32)
        if rows:
            _soften(rows[-1], frames, voice.inventory.is_vowel(a))
        rows.append(frames)
        borders.append(total + border)
        total += len(frames)
        ends.append(total)
    places = [
        Place(phone, borders[i], ends[i], borders[i + 1]) for i, phone in enumerate(phones[1:-1])
    ]  # fmt: skip
    return np.concatenate(rows), places


def _soften(before: Floats, after: Floats, vowel: bool) -> None:
    """Let the end of one unit and the beginning of the next meet half-way."""
    middle = (before[-1] + after[0]) / 2
    for side, away in ((before[::-1], middle - before[-1]), (after, middle - after[0])):
        k = min(VOWEL_BLEND, int(0.6 * len(side))) if vowel else min(BLEND, len(side))
        steps = max(1, k - CALM) if vowel else k + 1
        share = np.minimum(1, (k - np.arange(k)) / steps).astype(np.float32)
        side[:k] += away * share[:, None]


def spread_frames(
    voice: Voice, places: list[Place], notes: list[SungSyllable], owner: list[int]
) -> tuple[list[float], list[float]]:
    """Anchors: seconds of the line, and the source frame that sounds there. `owner` tells the note of each phone.

    The nucleus of a note begins on it; consonants before it are taken from the note before, those at the end end with it.
    """
    nuclei = nucleus_of(voice, places, owner, len(notes))
    times: list[float] = []
    frames: list[float] = []

    def anchor(second: float, frame: float) -> None:
        times.append(max(second, times[-1] + 1e-4) if times else second)
        frames.append(frame)

    first = nuclei[0]
    lead = sum(p.end - p.start for p in places[:first]) * FRAME_STEP * LONGER
    anchor(notes[0].start - lead - 0.06, places[0].start - 12)
    anchor(notes[0].start - lead, places[0].start)
    for n, i in enumerate(nuclei):
        note, here = notes[n], places[i]
        last = n + 1 == len(nuclei)
        after = places[i + 1 : nuclei[n + 1]] if not last else places[i + 1 :]
        natural = sum(p.end - p.start for p in after) * FRAME_STEP * LONGER
        until = notes[n + 1].start if not last else note.end
        taken = min(natural, (CODA if last else _MOST) * (until - note.start))
        _vowel(anchor, here, note.start, until - taken, here.phone in voice.inventory.diphthongs)
        scale = taken / natural if natural else 0
        at = until - taken
        for p in after:
            middle = at + (p.middle - p.start) * FRAME_STEP * LONGER * scale
            anchor(middle, p.middle)
            at += (p.end - p.start) * FRAME_STEP * LONGER * scale
            anchor(at, p.end)
    end = places[-1].end
    anchor(times[-1] + 0.09, end + 18)
    return times, frames


def _vowel(anchor: Callable[[float, float], None], here: Place, start: float, end: float, diphthong: bool) -> None:
    """A held phone: its beginning and its end as spoken, its middle for as long as it takes."""
    rise, fall = (here.middle - here.start) * FRAME_STEP, (here.end - here.middle) * FRAME_STEP
    rise, fall = min(rise, 0.12), min(fall, 0.24 if diphthong else 0.12)
    anchor(start, here.start)
    if end - start > rise + fall + 0.01:
        away = STEADY / FRAME_STEP
        low = max(here.start + 0.5 * (here.middle - here.start), here.middle - away)
        high = min(here.middle + (0.1 if diphthong else 0.5) * (here.end - here.middle), here.middle + away)
        anchor(start + rise, low)
        anchor(end - fall, high)
    anchor(end, here.end)


def nucleus_of(voice: Voice, places: list[Place], owner: list[int], notes: int) -> list[int]:
    """The phone that each note is held on: its vowel, else its first voiced consonant, else its first phone."""
    out = []
    for n in range(notes):
        mine = [i for i, o in enumerate(owner) if o == n]
        vowel = next((i for i in mine if voice.inventory.is_vowel(places[i].phone)), None)
        voiced = next((i for i in mine if places[i].phone not in voice.inventory.unvoiced), mine[0])
        out.append(vowel if vowel is not None else voiced)
    return out
