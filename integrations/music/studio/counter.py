"""The second voice: long guide tones under the melody, an answer where it breathes, and thirds in the last chorus."""

from __future__ import annotations

from itertools import pairwise

from integrations.music.studio.bars import Bar, Changes
from integrations.music.studio.score import Note, SungNote


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
