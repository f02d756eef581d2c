"""Patterns: how chordal players turn one bar of harmony into notes."""

from __future__ import annotations

from collections.abc import Callable

from integrations.music.studio.bars import Bar, Hand
from integrations.music.studio.harmony import Chord
from integrations.music.studio.score import Note

STROKES = {
    "4/4": ((0.0, "D"), (1.0, "D"), (1.5, "U"), (2.5, "U"), (3.0, "D"), (3.5, "U")),
    "3/4": ((0.0, "D"), (1.0, "D"), (1.5, "U"), (2.0, "D"), (2.5, "U")),
    "6/8": ((0.0, "D"), (1.0, "U"), (1.5, "D"), (2.0, "D"), (2.5, "U")),
}
Pattern = Callable[[Bar, Hand], list[Note]]


def _loud(bar: Bar, amount: float) -> float:
    return amount * (0.62 + 0.42 * bar.energy)


def _chord(bar: Bar, pitches: list[int], start: float, length: float, velocity: float, spread: float = 0.0) -> list[Note]:
    v = _loud(bar, velocity)
    return [
        Note(start + i * spread, max(0.1, length - i * spread), p, v * (0.92 + 0.08 * (i == len(pitches) - 1)))
        for i, p in enumerate(pitches)
    ]


def _left(bar: Bar, hand: Hand, here: Chord, start: float, length: float, velocity: float) -> list[Note]:
    root = hand.bass(here.bass, 36, 50)
    return [Note(start, length, root, _loud(bar, velocity))]


def ballad(bar: Bar, hand: Hand) -> list[Note]:
    """Piano: a low root, chords in quarters, softer off the beat."""
    notes = []
    for start, end, here in bar.chords:
        notes += _left(bar, hand, here, start, end - start, 0.62)
        pitches = hand.take(here)
        beat = start
        while beat < end - 0.01:
            notes += _chord(bar, pitches, beat, min(1.4, end - beat), 0.6 if beat == start else 0.46)
            beat += 1.0 if bar.metre != "6/8" else 1.5
    return notes


def broken(bar: Bar, hand: Hand) -> list[Note]:
    """Piano: a chord broken into eighths over a low root, everything rings until the chord changes."""
    notes = []
    for start, end, here in bar.chords:
        pitches = hand.take(here)
        root = hand.bass(here.bass, 36, 48)
        fifth = next((p for p in range(root + 5, root + 13) if p % 12 in here.pcs[2:3]), root + 12)
        run = [root, fifth, pitches[0], pitches[1], pitches[-1], pitches[1], pitches[0], pitches[1]]
        for i in range(int((end - start) * 2)):
            velocity = 0.66 if i == 0 else 0.5 if i % 2 == 0 else 0.42
            notes.append(Note(start + i / 2, end - start - i / 2 + 0.1, run[i % 8], _loud(bar, velocity)))
            if i == 0 and bar.energy > 0.8:
                notes.append(Note(start, end - start, max(28, root - 12), _loud(bar, 0.5)))
            if i in (2, 4) and bar.energy > 0.65:
                notes.append(Note(start + i / 2, 1.0, pitches[-1], _loud(bar, 0.45)))
    return notes


def pulse(bar: Bar, hand: Hand) -> list[Note]:
    """Repeated chords: quarters in calm sections, eighths in lively ones."""
    step = 0.5 if bar.energy > 0.75 else 1.0
    notes = []
    for start, end, here in bar.chords:
        notes += _left(bar, hand, here, start, end - start, 0.6)
        pitches = hand.take(here)
        for i in range(int((end - start) / step)):
            notes += _chord(bar, pitches, start + i * step, step * 0.85, 0.58 if (i * step) % 1 == 0 else 0.42)
    return notes


def triplets(bar: Bar, hand: Hand) -> list[Note]:
    """The slow-dance right hand: every eighth of a 6/8 bar."""
    return [
        n
        for start, end, here in bar.chords
        for pitches in [hand.take(here)]
        for i in range(int((end - start) * 2))
        for n in _chord(bar, pitches, start + i / 2, 0.45, 0.56 if i % 3 == 0 else 0.4)
    ]


def stabs(bar: Bar, hand: Hand) -> list[Note]:
    """Short syncopated chords with a root below."""
    hits = {4: (0.0, 1.5, 3.0) if bar.number % 2 else (0.0, 1.5, 2.5, 3.5), 3: (0.0, 1.0, 2.0)}[bar.length]
    notes = []
    for start, end, here in bar.chords:
        pitches = hand.take(here)
        notes += _left(bar, hand, here, start, min(1.5, end - start), 0.56)
        inside = [bar.start + h for h in hits if start <= bar.start + h < end] or [start]
        for beat in inside:
            notes += _chord(bar, pitches, beat, min(0.9, end - beat), 0.64 if beat == start else 0.54)
    return notes


def strum(bar: Bar, hand: Hand) -> list[Note]:
    """Guitar: down on the beats, up between them; upward strokes touch only the high strings."""
    beats = STROKES[bar.metre]
    notes = []
    hand.count = 5
    for start, end, here in bar.chords:
        pitches = hand.take(here)
        mine = [(bar.start + t, s) for t, s in beats if start <= bar.start + t < end]
        for i, (beat, stroke) in enumerate(mine):
            until = mine[i + 1][0] if i + 1 < len(mine) else end
            if stroke == "D":
                notes += _chord(bar, pitches, beat, until - beat + 0.15, 0.58 if beat == start else 0.48, 0.022)
            else:
                notes += _chord(bar, pitches[:1:-1], beat, until - beat + 0.1, 0.38, 0.016)
    return notes


def pick(bar: Bar, hand: Hand) -> list[Note]:
    """Fingerpicking: the thumb alternates low strings on the beats, the fingers answer between them."""
    notes = []
    hand.count = 4
    for start, end, here in bar.chords:
        pitches = hand.take(here)
        root = hand.bass(here.bass, 40, 52)
        fifth = next((p for p in range(root + 3, root + 9) if p % 12 in here.pcs), root + 7)
        fingers = (pitches[2], pitches[3], pitches[1], pitches[3])
        for i in range(int((end - start) * 2)):
            low = i % 2 == 0
            pitch = (root if i % 4 == 0 else fifth) if low else fingers[(i // 2) % 4]
            notes.append(Note(start + i / 2, min(2.0, end - start - i / 2 + 0.2), pitch, _loud(bar, 0.58 if low else 0.5)))
            if i == 0:
                notes.append(Note(start, 1.5, pitches[-1], _loud(bar, 0.48)))
    return notes


def arp(bar: Bar, hand: Hand) -> list[Note]:
    """Up and down through four voices in eighths."""
    notes = []
    hand.count = 4
    for start, end, here in bar.chords:
        p = hand.take(here)
        run = (p[0], p[1], p[2], p[3], p[2], p[1]) if bar.length == 3 else (p[0], p[2], p[1], p[2], p[3], p[2], p[1], p[2])
        for i in range(int((end - start) * 2)):
            notes.append(
                Note(
                    start + i / 2,
                    min(1.5, end - start - i / 2 + 0.3),
                    run[i % len(run)],
                    _loud(bar, 0.56 if i % 2 == 0 else 0.46),
                )
            )
    return notes


def pad(bar: Bar, hand: Hand) -> list[Note]:
    """Held chords, each voice moving as little as it can."""
    return [n for start, end, here in bar.chords for n in _chord(bar, hand.take(here), start, end - start + 0.08, 0.6)]


def high(bar: Bar, hand: Hand) -> list[Note]:
    """Two high voices over the song."""
    hand.count = 2
    return [n for start, end, here in bar.chords for n in _chord(bar, hand.take(here), start, end - start + 0.05, 0.56)]


def hits(bar: Bar, hand: Hand) -> list[Note]:
    """Brass: an accent on the first beat of every other bar and a push into the next."""
    start, _, here = bar.chords[0]
    notes = _chord(bar, hand.take(here), start, 0.7, 0.66) if bar.number % 2 == 0 else []
    if bar.number % 4 == 3 or bar.number == bar.of - 1:
        _push, end, there = bar.chords[-1]
        pitches = hand.take(there)
        notes += _chord(bar, pitches, end - 1.0, 0.4, 0.6) + _chord(bar, pitches, end - 0.5, 0.45, 0.68)
    return notes


def sparkle(bar: Bar, hand: Hand) -> list[Note]:
    """Bells: a high note on the one, and a small run upwards into every second bar."""
    start, end, here = bar.chords[-1]
    hand.count = 4
    pitches = hand.take(here)
    notes = [Note(bar.start, 2.0, hand.take(bar.chords[0][2])[-1], _loud(bar, 0.5))]
    if bar.number % 2:
        notes += [
            Note(end - 2.0 + i / 2, 1.2, p, _loud(bar, 0.36 + 0.05 * i))
            for i, p in enumerate(pitches)
            if end - 2.0 + i / 2 >= start
        ]
    elif bar.length == 4:
        notes.append(Note(bar.start + 2, 1.5, hand.take(bar.chords[-1][2])[1], _loud(bar, 0.4)))
    return notes


def spicc(bar: Bar, hand: Hand) -> list[Note]:
    """Short repeated strings in eighths."""
    notes = []
    for start, end, here in bar.chords:
        pitches = hand.take(here)
        for i in range(int((end - start) * 2)):
            notes.append(Note(start + i / 2, 0.3, pitches[(0, 1, 2, 1)[i % 4]], _loud(bar, 0.6 if i % 2 == 0 else 0.48)))
            if i % 4 == 0:
                notes.append(Note(start + i / 2, 0.3, pitches[-1], _loud(bar, 0.5)))
    return notes


def chunk(bar: Bar, hand: Hand) -> list[Note]:
    """Guitar: short chords on the back beats."""
    beats = (1.0, 3.0) if bar.length == 4 else (1.5,) if bar.metre == "6/8" else (1.0, 2.0)
    notes = []
    for start, end, here in bar.chords:
        pitches = hand.take(here)
        for beat in beats:
            if start <= bar.start + beat < end:
                notes += _chord(bar, pitches, bar.start + beat, 0.28, 0.52, 0.012)
    return notes


def comp(bar: Bar, hand: Hand) -> list[Note]:
    """Jazz piano: a different short comment every bar, without roots (the bass has them)."""
    figure = bar.luck.choice(((0.0, 1.5), (0.5, 2.0), (1.5, 3.0), (0.0, 2.5), (1.0, 2.5, 3.5)))
    notes = []
    hand.count = 4
    for start, end, here in bar.chords:
        for beat in figure:
            if start <= bar.start + beat < end:
                notes += _chord(bar, hand.take(here), bar.start + beat, bar.luck.choice((0.4, 0.9)), 0.54)
    return notes


def bossa(bar: Bar, hand: Hand) -> list[Note]:
    """Nylon guitar: the two-bar bossa nova figure."""
    beats = (0.0, 1.0, 2.5) if bar.number % 2 == 0 else (0.5, 1.5, 3.0)
    hand.count = 4
    return [
        n
        for start, end, here in bar.chords
        for beat in beats
        if start <= bar.start + beat < end
        for n in _chord(bar, hand.take(here), bar.start + beat, 0.8, 0.54, 0.008)
    ]


def roll(bar: Bar, hand: Hand) -> list[Note]:
    """Banjo: a forward roll in eighths."""
    notes = []
    hand.count = 4
    for start, end, here in bar.chords:
        p = hand.take(here)
        order = (p[0], p[2], p[3], p[1], p[2], p[3], p[1], p[3])
        for i in range(int((end - start) * 2)):
            notes.append(Note(start + i / 2, 0.6, order[i % 8], _loud(bar, 0.52 if i % 3 == 0 else 0.42)))
    return notes


def oompah(bar: Bar, hand: Hand) -> list[Note]:
    """A low note, then light chords on the other beats."""
    notes = []
    for start, end, here in bar.chords:
        pitches = hand.take(here)
        notes += [Note(start, 1.0, hand.bass(here.bass, 40, 52), _loud(bar, 0.58))]
        beat = start + 1
        while beat < end - 0.01:
            notes += _chord(bar, pitches, beat, 0.7, 0.46, 0.012)
            beat += 1
    return notes


PATTERNS: dict[str, Pattern] = {
    f.__name__: f
    for f in (
        ballad,
        broken,
        pulse,
        triplets,
        stabs,
        strum,
        pick,
        arp,
        pad,
        high,
        hits,
        sparkle,
        spicc,
        chunk,
        comp,
        bossa,
        roll,
        oompah,
    )
}
