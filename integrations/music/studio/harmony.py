"""Harmony: chord symbols, progressions per mood, and voicings that move as little as possible."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from random import Random

MAJOR, MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)
NUMERALS = ("i", "ii", "iii", "iv", "v", "vi", "vii")
SYMBOL = re.compile(r"(b?)(vii|iii|ii|iv|vi|v|i)(maj7|m7b5|add9|sus4|7sus4|dim|9|7|6)?(?:/(\d))?$", re.IGNORECASE)
EXTRAS = {"": (), "7": (10,), "maj7": (11,), "add9": (14,), "6": (9,), "9": (10, 14), "m7b5": (10,)}
NOTE_NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


@dataclass(frozen=True)
class Chord:
    """A chord in the song's key: pitch classes are absolute (0 = C), the root first."""

    symbol: str
    pcs: tuple[int, ...]
    bass: int
    tonic: int
    minor_key: bool

    @property
    def root(self) -> int:
        """The root's pitch class."""
        return self.pcs[0]

    @property
    def scale(self) -> frozenset[int]:
        """Pitch classes that a melody may use over this chord."""
        steps = {(self.tonic + s) % 12 for s in (MINOR if self.minor_key else MAJOR)}
        foreign = {p for p in self.pcs if p not in steps}
        clash = {(f + d) % 12 for f in foreign for d in (-1, 1)}
        return frozenset((steps - clash) | set(self.pcs))


def chord(symbol: str, tonic: int, minor_key: bool) -> Chord:
    """Read a Roman numeral such as I, vi7, IVmaj7, V7sus4, bVII or I/3 (the third in the bass)."""
    match = SYMBOL.match(symbol)
    if not match:
        raise ValueError(f"not a chord: {symbol!r}")
    flat, numeral, extra, over = match[1], match[2], match[3] or "", match[4]
    root = tonic + (MINOR if minor_key else MAJOR)[NUMERALS.index(numeral.lower())] - len(flat)
    minor = numeral.islower()
    third, fifth = (3, 7) if minor else (4, 7)
    if extra in ("dim", "m7b5"):
        third, fifth = 3, 6
    if "sus4" in extra:
        third = 5
    intervals = [0, third, fifth, *EXTRAS.get(extra.replace("sus4", ""), ())]
    pcs = tuple((root + i) % 12 for i in intervals)
    return Chord(symbol, pcs, pcs[{"3": 1, "5": 2, "7": 3}.get(over or "", 0) % len(pcs)], tonic % 12, minor_key)


# per mood and section: what may be played, one word per bar, commas share a bar
MAJOR_BOOK: dict[str, dict[str, tuple[str, ...]]] = {
    "pop": {
        "verse": ("I vi IV V", "I V/3 vi IV", "vi IV I V", "I IVadd9 vi V"),
        "chorus": ("IV V I vi", "I V vi IV", "IV I V vi", "I IV vi V"),
        "bridge": ("ii vi IV V", "vi iii IV V", "IV V vi I/3"),
    },
    "ballad": {
        "verse": ("I V/3 vi IV", "I iii7 IV V7sus4,V", "Iadd9 IV/3,V/3 vi IV", "I vi7 ii7 V7sus4,V7"),
        "chorus": ("IV V iii7 vi", "I V/3 vi IVmaj7", "vi IV I/3 V", "I III7 vi,I/5 IV"),
        "bridge": ("vi iii7 IV I/3", "ii7 V iii7 vi", "IVmaj7 iii7 ii7 V7sus4"),
    },
    "classic": {
        "verse": ("I vi ii V7", "I iii IV iv6", "I,I/3 IV V7 I", "I V/3 vi,I/5 IV,V7"),
        "chorus": ("I III7 vi IV,iv", "IV V7 iii7,vi ii7,V7", "I I7/3 IV iv6"),
        "bridge": ("IV iv I VI7", "vi III7 vi II7", "ii V7 iii VI7"),
    },
    "folk": {
        "verse": ("I IV I V", "I V/3 vi IV", "I I IV V", "I bVII IV I"),
        "chorus": ("IV I V vi", "IV V I vi", "I IV V I"),
        "bridge": ("vi iii IV I", "ii IV I/3 V", "vi V IV V"),
    },
    "festive": {
        "verse": ("I IV/5,V I/3 V", "I,V/3 vi,iii IV,I/3 ii7,V", "I vi ii7,II7 V"),
        "chorus": ("I V/3 vi,iii IV,V", "IV,V I,vi ii7 V7sus4,V7", "I IV II7 V"),
        "bridge": ("vi III7 vi IV", "iv I/3 II7 V7", "bVI bVII I V7sus4"),
    },
    "soul": {
        "verse": ("Imaj7 iii7 IVmaj7 V7sus4", "Imaj7 vi7 ii9 V7sus4", "IVmaj7 iii7 ii7 Imaj7"),
        "chorus": ("IVmaj7 V7 iii7 vi7", "ii9 V9 Imaj7 VI7", "IVmaj7 iii7,vi7 ii7 V7sus4"),
        "bridge": ("vi7 ii9 V9 Imaj7", "IVmaj7 iv6 iii7 VI7", "ii7 iii7 IVmaj7 V7sus4"),
    },
    "jazz": {
        "verse": ("I6,vi7 ii7,V7 iii7,VI7 ii9,V9", "Imaj7 VI7 ii9 V9", "Imaj7,I7 IVmaj7,iv6 iii7,VI7 ii7,V7"),
        "chorus": ("IVmaj7 iv6 iii7,VI7 ii9,V9", "ii9 V9 Imaj7,vi7 ii7,V7", "I6 II9 ii9 V9"),
        "bridge": ("III7 VI7 II9 V9", "v7,I7 IVmaj7 vi7,II9 ii9,V9"),
    },
    "lullaby": {
        "verse": ("I V7 V7 I", "I IV I V7", "I vi IV V"),
        "chorus": ("IV I V7 I", "IV I/3 ii V7", "I/3 IV V7 I"),
        "bridge": ("vi iii IV I/3", "IV V vi V"),
    },
}
MINOR_BOOK: dict[str, tuple[str, ...]] = {
    "verse": ("i VI III VII", "i iv VI V", "i VII VI V"),
    "chorus": ("VI VII i III", "i VI III VII", "III VII i VI"),
    "bridge": ("iv i VI V", "VI III iv V7sus4,V"),
}
SIMPLER = {"prechorus": "bridge", "intro": "verse", "outro": "chorus", "solo": "chorus"}


def progression(book: str, kind: str, minor_key: bool, luck: Random) -> list[list[str]]:
    """The bars of one turn, each a list of one or two symbols."""
    kind = SIMPLER.get(kind, kind)
    choices = MINOR_BOOK[kind] if minor_key else MAJOR_BOOK[book][kind]
    return [bar.split(",") for bar in luck.choice(choices).split()]


def voicing(pcs: tuple[int, ...], count: int, centre: float, before: list[int] | None) -> list[int]:
    """`count` pitches around `centre` (MIDI), as near as possible to the voicing `before`, without semitone clusters."""
    wanted = list(dict.fromkeys(pcs))
    if len(wanted) > count:  # the fifth says least
        wanted = (
            [wanted[0], wanted[1], *wanted[3:]][-count:] if count < 4 else [p for i, p in enumerate(wanted) if i != 2][:count]
        )
    best: list[int] = []
    lowest_cost = 1e9
    for bottom in range(int(centre) - 12, int(centre) + 7):
        if bottom % 12 not in wanted:
            continue
        pitches, pitch = [bottom], bottom
        while len(pitches) < count:
            pitch += 1
            if pitch % 12 in wanted:
                pitches.append(pitch)
        cost = abs(sum(pitches) / count - centre) * 0.8 + sum(1.5 for a, b in pairwise(pitches) if b - a == 1)
        if before:
            cost += sum(abs(a - b) for a, b in zip(pitches, before, strict=False))
        if cost < lowest_cost:
            lowest_cost, best = cost, pitches
    return best
