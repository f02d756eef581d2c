"""Patterns: every way to play a bar of harmony, by name."""

from __future__ import annotations

from collections.abc import Callable

from integrations.music.studio import keys, plucked
from integrations.music.studio.bars import Bar, Hand
from integrations.music.studio.score import Note

_Pattern = Callable[[Bar, Hand], list[Note]]
_BROKEN: dict[str, _Pattern] = {"broken": keys.broken_chord}
PATTERNS: dict[str, _Pattern] = _BROKEN | {
    f.__name__: f
    for f in (
        keys.ballad,
        keys.pulse,
        keys.triplets,
        keys.stabs,
        keys.pad,
        keys.high,
        keys.hits,
        keys.sparkle,
        keys.spicc,
        keys.comp,
        plucked.strum,
        plucked.pick,
        plucked.arp,
        plucked.chunk,
        plucked.bossa,
        plucked.roll,
        plucked.oompah,
    )
}
