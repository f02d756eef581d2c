"""Bars: the chords of every bar of the song, with cadences, and what else a player must know to play one."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from random import Random

from integrations.music.studio.form import Block
from integrations.music.studio.harmony import Chord, chord, progression, voicing
from integrations.music.studio.score import chance
from integrations.music.studio.styles import Arrangement


@dataclass
class Bar:
    """One bar. `chords` are (start, end, chord) in beats of the song."""

    start: float
    length: int
    metre: str
    chords: list[tuple[float, float, Chord]]
    energy: float
    kind: str
    number: int  # inside its section
    of: int  # bars in the section
    rising: bool  # the next section is at least as lively
    final: bool  # the last bar of the song
    luck: Random


@dataclass
class Hand:
    """A player's hand: where it lies on the instrument, so that the next chord is near."""

    centre: float
    count: int = 3
    held: list[int] | None = None
    low: int = 40  # the last bass note
    memory: dict[str, int] = field(default_factory=dict)

    def take(self, harmony: Chord) -> list[int]:
        """The nearest voicing of a chord, low to high."""
        self.held = voicing(harmony.pcs, self.count, self.centre, self.held)
        return self.held

    def bass(self, pc: int, low: int = 29, high: int = 46) -> int:
        """The nearest low note of a pitch class."""
        near = [p for p in range(low, high + 1) if p % 12 == pc]
        self.low = min(near, key=lambda p: abs(p - self.low) + 0.3 * abs(p - 36))
        return self.low


def write_bars(blocks: list[Block], plan: Arrangement, seed: str, tonic: int, minor: bool, lifts: list[int]) -> list[Bar]:
    """All bars of the song; `lifts` are semitones of modulation per block."""
    bars: list[Bar] = []
    turns: dict[str, list[list[str]]] = {}
    luck = chance(seed, "harmony", plan.book, minor)
    for kind in ("verse", "chorus", "bridge", "prechorus", "solo", "intro", "outro"):
        twin = {"solo": "chorus", "intro": "verse", "outro": "chorus"}.get(kind)
        turns[kind] = turns[twin] if twin else progression(plan.book, kind, minor, luck)
    start = 0.0
    for i, block in enumerate(blocks):
        symbols = [turns[block.kind][n % len(turns[block.kind])] for n in range(block.bars)]
        _cadence(symbols, block.kind, plan.book, minor, i == len(blocks) - 1)
        following = blocks[i + 1].energy if i + 1 < len(blocks) else 0.0
        for n, names in enumerate(symbols):
            chords = _spread(names, start, plan, (tonic + lifts[i]) % 12, minor)
            final = i == len(blocks) - 1 and n == block.bars - 1
            dice = chance(seed, plan.metre, plan.shift, "bar", len(bars))
            rising = following >= block.energy
            bars.append(Bar(start, plan.bar, plan.metre, chords, block.energy, block.kind, n, block.bars, rising, final, dice))
            start += plan.bar
    return bars


def _cadence(symbols: list[list[str]], kind: str, book: str, minor: bool, last: bool) -> None:
    """Verses lean on the dominant, choruses come home."""
    home = "i" if minor else {"jazz": "I6", "soul": "Imaj7"}.get(book, "I")
    dominant = ["V"] if minor else {"jazz": ["ii9", "V9"], "soul": ["IVmaj7", "V7sus4"]}.get(book, ["V7sus4", "V"])
    if kind in ("chorus", "solo", "outro"):
        symbols[-1] = [home]
        if len(symbols) > 2 and not symbols[-2][-1].startswith("V"):
            symbols[-2] = ["iv" if minor else "ii7" if book in ("jazz", "soul") else "IV", "V" if minor else "V7"]
    elif kind == "intro":
        symbols[0] = [home]
        symbols[-1] = dominant
    else:
        symbols[-1] = dominant
    if last:
        symbols[-1] = [home]


def _spread(names: list[str], start: float, plan: Arrangement, tonic: int, minor: bool) -> list[tuple[float, float, Chord]]:
    """One or two chords in a bar."""
    end = start + plan.bar
    if len(names) == 1:
        return [(start, end, chord(names[0], tonic, minor))]
    middle = start + {"4/4": 2.0, "3/4": 2.0, "6/8": 1.5}[plan.metre]
    return [(start, middle, chord(names[0], tonic, minor)), (middle, end, chord(names[1], tonic, minor))]


class Changes:
    """The chord at any beat."""

    def __init__(self, bars: list[Bar]) -> None:
        self.rows = [row for bar in bars for row in bar.chords]
        self.starts = [row[0] for row in self.rows]

    def __call__(self, beat: float) -> Chord:
        """The chord that sounds at `beat`."""
        return self.rows[max(0, bisect_right(self.starts, beat + 1e-6) - 1)][2]
