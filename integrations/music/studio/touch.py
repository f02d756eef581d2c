"""Touch: what every chordal player shares: loudness by energy, chords with a spread, a low root."""

from __future__ import annotations

from integrations.music.studio.bars import Bar, Hand
from integrations.music.studio.harmony import Chord
from integrations.music.studio.score import Note


def loud(bar: Bar, amount: float) -> float:
    """`amount` (0..1) as this section wants it."""
    return amount * (0.62 + 0.42 * bar.energy)


def struck(bar: Bar, pitches: list[int], start: float, length: float, velocity: float, spread: float = 0.0) -> list[Note]:
    """A chord; `spread` beats lie between one note and the next higher one."""
    v = loud(bar, velocity)
    return [
        Note(start + i * spread, max(0.1, length - i * spread), p, v * (0.92 + 0.08 * (i == len(pitches) - 1)))
        for i, p in enumerate(pitches)
    ]


def low_root(bar: Bar, hand: Hand, here: Chord, start: float, length: float, velocity: float) -> list[Note]:
    """The left hand's note: the chord's bass, near where the hand was."""
    root = hand.bass(here.bass, 36, 50)
    return [Note(start, length, root, loud(bar, velocity))]
