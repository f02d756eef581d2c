"""Keys and ensembles: how pianos, bells, strings and brass turn one bar of harmony into notes."""

from __future__ import annotations

from integrations.music.studio.bars import Bar, Hand
from integrations.music.studio.score import Note
from integrations.music.studio.touch import loud, low_root, struck


def ballad(bar: Bar, hand: Hand) -> list[Note]:
    """Piano: a low root, chords in quarters, softer off the beat."""
    notes = []
    for start, end, here in bar.chords:
        notes += low_root(bar, hand, here, start, end - start, 0.62)
        pitches = hand.take(here)
        beat = start
        while beat < end - 0.01:
            notes += struck(bar, pitches, beat, min(1.4, end - beat), 0.6 if beat == start else 0.46)
            beat += 1.0 if bar.metre != "6/8" else 1.5
    return notes


def broken_chord(bar: Bar, hand: Hand) -> list[Note]:
    """Piano: a chord broken into eighths over a low root, everything rings until the chord changes."""
    notes = []
    for start, end, here in bar.chords:
        pitches = hand.take(here)
        root = hand.bass(here.bass, 36, 48)
        fifth = next((p for p in range(root + 5, root + 13) if p % 12 in here.pcs[2:3]), root + 12)
        run = [root, fifth, pitches[0], pitches[1], pitches[-1], pitches[1], pitches[0], pitches[1]]
        for i in range(int((end - start) * 2)):
            velocity = 0.66 if i == 0 else 0.5 if i % 2 == 0 else 0.42
            notes.append(Note(start + i / 2, end - start - i / 2 + 0.1, run[i % 8], loud(bar, velocity)))
            if i == 0 and bar.energy > 0.8:
                notes.append(Note(start, end - start, max(28, root - 12), loud(bar, 0.5)))
            if i in (2, 4) and bar.energy > 0.65:
                notes.append(Note(start + i / 2, 1.0, pitches[-1], loud(bar, 0.45)))
    return notes


def pulse(bar: Bar, hand: Hand) -> list[Note]:
    """Repeated chords: quarters in calm sections, eighths in lively ones."""
    step = 0.5 if bar.energy > 0.75 else 1.0
    notes = []
    for start, end, here in bar.chords:
        notes += low_root(bar, hand, here, start, end - start, 0.6)
        pitches = hand.take(here)
        for i in range(int((end - start) / step)):
            notes += struck(bar, pitches, start + i * step, step * 0.85, 0.58 if (i * step) % 1 == 0 else 0.42)
    return notes


def triplets(bar: Bar, hand: Hand) -> list[Note]:
    """The slow-dance right hand: every eighth of a 6/8 bar."""
    return [
        n
        for start, end, here in bar.chords
        for pitches in [hand.take(here)]
        for i in range(int((end - start) * 2))
        for n in struck(bar, pitches, start + i / 2, 0.45, 0.56 if i % 3 == 0 else 0.4)
    ]


def stabs(bar: Bar, hand: Hand) -> list[Note]:
    """Short syncopated chords with a root below."""
    hits = {4: (0.0, 1.5, 3.0) if bar.number % 2 else (0.0, 1.5, 2.5, 3.5), 3: (0.0, 1.0, 2.0)}[bar.length]
    notes = []
    for start, end, here in bar.chords:
        pitches = hand.take(here)
        notes += low_root(bar, hand, here, start, min(1.5, end - start), 0.56)
        inside = [bar.start + h for h in hits if start <= bar.start + h < end] or [start]
        for beat in inside:
            notes += struck(bar, pitches, beat, min(0.9, end - beat), 0.64 if beat == start else 0.54)
    return notes


def pad(bar: Bar, hand: Hand) -> list[Note]:
    """Held chords, each voice moving as little as it can."""
    return [n for start, end, here in bar.chords for n in struck(bar, hand.take(here), start, end - start + 0.08, 0.6)]


def high(bar: Bar, hand: Hand) -> list[Note]:
    """Two high voices over the song."""
    hand.count = 2
    return [n for start, end, here in bar.chords for n in struck(bar, hand.take(here), start, end - start + 0.05, 0.56)]


def hits(bar: Bar, hand: Hand) -> list[Note]:
    """Brass: an accent on the first beat of every other bar and a push into the next."""
    start, _, here = bar.chords[0]
    notes = struck(bar, hand.take(here), start, 0.7, 0.66) if bar.number % 2 == 0 else []
    if bar.number % 4 == 3 or bar.number == bar.of - 1:
        _push, end, there = bar.chords[-1]
        pitches = hand.take(there)
        notes += struck(bar, pitches, end - 1.0, 0.4, 0.6) + struck(bar, pitches, end - 0.5, 0.45, 0.68)
    return notes


def sparkle(bar: Bar, hand: Hand) -> list[Note]:
    """Bells: a high note on the one, and a small run upwards into every second bar."""
    start, end, here = bar.chords[-1]
    hand.count = 4
    pitches = hand.take(here)
    notes = [Note(bar.start, 2.0, hand.take(bar.chords[0][2])[-1], loud(bar, 0.5))]
    if bar.number % 2:
        notes += [
            Note(end - 2.0 + i / 2, 1.2, p, loud(bar, 0.36 + 0.05 * i))
            for i, p in enumerate(pitches)
            if end - 2.0 + i / 2 >= start
        ]
    elif bar.length == 4:
        notes.append(Note(bar.start + 2, 1.5, hand.take(bar.chords[-1][2])[1], loud(bar, 0.4)))
    return notes


def spicc(bar: Bar, hand: Hand) -> list[Note]:
    """Short repeated strings in eighths."""
    notes = []
    for start, end, here in bar.chords:
        pitches = hand.take(here)
        for i in range(int((end - start) * 2)):
            notes.append(Note(start + i / 2, 0.3, pitches[(0, 1, 2, 1)[i % 4]], loud(bar, 0.6 if i % 2 == 0 else 0.48)))
            if i % 4 == 0:
                notes.append(Note(start + i / 2, 0.3, pitches[-1], loud(bar, 0.5)))
    return notes


def comp(bar: Bar, hand: Hand) -> list[Note]:
    """Jazz piano: a different short comment every bar, without roots (the bass has them)."""
    figure = bar.luck.choice(((0.0, 1.5), (0.5, 2.0), (1.5, 3.0), (0.0, 2.5), (1.0, 2.5, 3.5)))
    notes = []
    hand.count = 4
    for start, end, here in bar.chords:
        for beat in figure:
            if start <= bar.start + beat < end:
                notes += struck(bar, hand.take(here), bar.start + beat, bar.luck.choice((0.4, 0.9)), 0.54)
    return notes
