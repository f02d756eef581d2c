"""The second voice: long guide tones under the melody, an answer where it breathes, and thirds in the last chorus."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

from integrations.music.studio.bars import Bar, Changes
from integrations.music.studio.harmony import NOTE_NAMES, chord
from integrations.music.studio.score import Note, Score, SungNote


def counter_melody(bars: list[Bar], tune: list[SungNote], threshold: float, centre: int) -> list[Note]:
    """One long tone per chord, each a small step from the one before, never the melody's own; answers in the gaps."""
    notes: list[Note] = []
    last = centre
    gaps = [(a.start + a.duration, b.start) for a, b in pairwise(tune) if a.closes]
    for bar in bars:
        if bar.energy < threshold or bar.final:
            continue
        for start, end, here in bar.chords:
            sung = {n.pitch % 12 for n in tune if n.start < start + 1 and n.start + n.duration > start}
            low, high = centre - 8, centre + 9
            choices = [p for p in range(low, high) if p % 12 in here.pcs and p % 12 not in sung]
            last = min(choices or [last], key=lambda p: abs(p - last) + 0.25 * abs(p - centre))
            answer = next((g for g in gaps if start <= g[0] < end and g[1] - g[0] >= 1.0), None)
            stop = min(end, answer[0]) if answer and answer[0] > start + 0.9 else end
            notes.append(Note(start, max(0.5, stop - start), last, 0.5 + 0.2 * bar.energy))
            if answer and stop < end - 0.9:
                scale = sorted(p for p in range(low, high + 4) if p % 12 in here.scale)
                place = min(range(len(scale)), key=lambda i: abs(scale[i] - last))
                run = [scale[max(0, min(len(scale) - 1, place + d))] for d in (1, 2, 0, -1)]
                inside = [stop + i / 2 for i in range(4) if stop + i / 2 < min(end, answer[1]) - 0.2]
                beats = [round(b * 2) / 2 for b in inside]
                notes += [Note(b, 0.5, p, 0.5 + 0.15 * bar.energy) for b, p in zip(beats, run, strict=False)]
    return notes


def thirds_below(tune: list[SungNote], changes: Changes, since: float, until: float) -> list[Note]:
    """The nearest chord tone three to seven semitones under every melody note."""
    notes = []
    for sung in tune:
        if since <= sung.start < until:
            here = changes(sung.start)
            below = next((sung.pitch - d for d in (3, 4, 5, 6, 7, 8) if (sung.pitch - d) % 12 in here.pcs), None)
            if below is not None:
                notes.append(Note(sung.start, sung.duration, below, sung.velocity * 0.8))
    return notes


def sung_below(tune: list[SungNote], changes: Changes, since: float, until: float, centre: int) -> list[SungNote]:
    """The same words for a second singer: thirds below, in the octave that lies well around `centre`."""
    by_start = {note.start: note.pitch for note in thirds_below(tune, changes, since, until)}
    found = []
    for sung in tune:
        if sung.start in by_start and since <= sung.start < until:
            pitch = by_start[sung.start]
            pitch += 12 if pitch < centre - 9 else -12 if pitch > centre + 12 else 0
            found.append(replace(sung, pitch=pitch, second=True))
    return found


def answers(score: Score) -> list[Note]:
    """What the lead plays between two sung phrases: the end of the phrase again, in quavers, where the chord allows it."""
    tonic, minor = NOTE_NAMES.index(score.key.split()[0]), "minor" in score.key
    notes: list[Note] = []
    phrase: list[SungNote] = []
    for sung, following in zip(score.vocal, [*score.vocal[1:], None], strict=True):
        phrase.append(sung)
        if not sung.closes:
            continue
        begin = math.ceil(2 * (sung.start + sung.duration) + 0.5) / 2
        end = following.start - 0.5 if following else begin
        beats = [begin + i / 2 for i in range(4) if begin + i / 2 <= end - 0.5]
        if len(beats) > 1:
            notes += _echo(phrase, beats, score, tonic, minor)
        phrase = []
    return notes


def _echo(phrase: list[SungNote], beats: list[float], score: Score, tonic: int, minor: bool) -> list[Note]:
    """The last pitches of a phrase on these beats, moved to the nearest tone of the chord's scale; the last one held."""
    out = []
    for beat, sung in zip(beats, phrase[-len(beats) :], strict=False):
        symbol = next((s for start, stop, s in score.harmony if start - 1e-6 <= beat < stop - 1e-6), None)
        lift = next((lift for start, lift in reversed(score.lifts) if beat >= start - 1e-6), 0)
        if symbol is None:
            break
        scale = chord(symbol, tonic + lift, minor).scale
        pitch = sung.pitch + 12 if sung.pitch < 60 else sung.pitch
        near = min(range(pitch - 2, pitch + 3), key=lambda p: (p % 12 not in scale, abs(p - pitch)))
        out.append(Note(beat, 0.5, near, 0.55))
    return out
