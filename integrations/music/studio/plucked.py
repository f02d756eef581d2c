"""Plucked: how guitars, banjo and harp turn one bar of harmony into notes."""

from __future__ import annotations

from integrations.music.studio.bars import Bar, Hand
from integrations.music.studio.score import Note
from integrations.music.studio.touch import loud, struck

STROKES = {
    "4/4": ((0.0, "D"), (1.0, "D"), (1.5, "U"), (2.5, "U"), (3.0, "D"), (3.5, "U")),
    "3/4": ((0.0, "D"), (1.0, "D"), (1.5, "U"), (2.0, "D"), (2.5, "U")),
    "6/8": ((0.0, "D"), (1.0, "U"), (1.5, "D"), (2.0, "D"), (2.5, "U")),
}


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
                notes += struck(bar, pitches, beat, until - beat + 0.15, 0.58 if beat == start else 0.48, 0.022)
            else:
                notes += struck(bar, pitches[:1:-1], beat, until - beat + 0.1, 0.38, 0.016)
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
            notes.append(Note(start + i / 2, min(2.0, end - start - i / 2 + 0.2), pitch, loud(bar, 0.58 if low else 0.5)))
            if i == 0:
                notes.append(Note(start, 1.5, pitches[-1], loud(bar, 0.48)))
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
                    loud(bar, 0.56 if i % 2 == 0 else 0.46),
                )
            )
    return notes


def chunk(bar: Bar, hand: Hand) -> list[Note]:
    """Guitar: short chords on the back beats."""
    beats = (1.0, 3.0) if bar.length == 4 else (1.5,) if bar.metre == "6/8" else (1.0, 2.0)
    notes = []
    for start, end, here in bar.chords:
        pitches = hand.take(here)
        for beat in beats:
            if start <= bar.start + beat < end:
                notes += struck(bar, pitches, bar.start + beat, 0.28, 0.52, 0.012)
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
        for n in struck(bar, hand.take(here), bar.start + beat, 0.8, 0.54, 0.008)
    ]


def roll(bar: Bar, hand: Hand) -> list[Note]:
    """Banjo: a forward roll in eighths."""
    notes = []
    hand.count = 4
    for start, end, here in bar.chords:
        p = hand.take(here)
        order = (p[0], p[2], p[3], p[1], p[2], p[3], p[1], p[3])
        for i in range(int((end - start) * 2)):
            notes.append(Note(start + i / 2, 0.6, order[i % 8], loud(bar, 0.52 if i % 3 == 0 else 0.42)))
    return notes


def oompah(bar: Bar, hand: Hand) -> list[Note]:
    """A low note, then light chords on the other beats."""
    notes = []
    for start, end, here in bar.chords:
        pitches = hand.take(here)
        notes += [Note(start, 1.0, hand.bass(here.bass, 40, 52), loud(bar, 0.58))]
        beat = start + 1
        while beat < end - 0.01:
            notes += struck(bar, pitches, beat, 0.7, 0.46, 0.012)
            beat += 1
    return notes
