"""Bass lines: the low end of one bar, always landing on the chord's bass note when the chord changes."""

from __future__ import annotations

from integrations.music.studio.bars import Bar, Hand
from integrations.music.studio.harmony import Chord
from integrations.music.studio.score import Note

# (beat, length, what) in a bar of its own; r root, f fifth, o octave, a approach to the next chord
FIGURES: dict[str, dict[int, tuple[tuple[float, float, str], ...]]] = {
    "roots": {4: ((0, 2.9, "r"), (3, 0.9, "f")), 3: ((0, 2.8, "r"),), 2: ((0, 1.9, "r"),)},
    "bassline": {4: ((0, 1.9, "r"), (2, 1.9, "f")), 3: ((0, 1.0, "r"), (2, 0.9, "f")), 2: ((0, 1.9, "r"),)},
    "boom": {4: ((0, 1.6, "r"), (2, 1.6, "f")), 3: ((0, 1.5, "r"),), 2: ((0, 1.6, "r"),)},
    "waltz": {3: ((0, 1.4, "r"), (1.5, 0.45, "f"), (2, 0.9, "f")), 2: ((0, 1.4, "r"),)},
    "sync": {4: ((0, 1.4, "r"), (1.5, 0.45, "r"), (2, 1.4, "r"), (3.5, 0.45, "a")), 2: ((0, 1.4, "r"), (1.5, 0.45, "a"))},
    "bossa": {4: ((0, 1.4, "r"), (1.5, 0.45, "f"), (2, 1.4, "f"), (3.5, 0.45, "r")), 2: ((0, 1.4, "r"), (1.5, 0.45, "f"))},
    "funk": {
        4: ((0, 0.9, "r"), (1.5, 0.4, "o"), (1.75, 0.7, "r"), (2.5, 0.9, "r"), (3.5, 0.4, "a")),
        2: ((0, 0.9, "r"), (1.5, 0.4, "o")),
    },
}


def bass_bar(name: str, bar: Bar, hand: Hand, following: Chord | None) -> list[Note]:
    """The notes of one bar; `following` is the first chord of the next bar."""
    notes: list[Note] = []
    for i, (start, end, here) in enumerate(bar.chords):
        then = bar.chords[i + 1][2] if i + 1 < len(bar.chords) else following
        notes += _under(name, bar, hand, start, end, here, then)
    return notes


def _under(name: str, bar: Bar, hand: Hand, start: float, end: float, here: Chord, then: Chord | None) -> list[Note]:
    length = end - start
    loud = 0.6 + 0.25 * bar.energy
    if name == "walk":
        return _walk(hand, start, end, here, then, loud)
    root = hand.bass(here.bass)
    if name == "drive":
        step = 0.5 if bar.energy > 0.6 else 1.0
        return [Note(start + i * step, step * 0.88, root, loud * (1.0 if i == 0 else 0.86)) for i in range(int(length / step))]
    figures = FIGURES[name]
    figure = figures.get(int(length)) if length == int(length) else None
    if figure is None or (name == "waltz" and bar.energy < 0.6):
        return [Note(start, length * 0.95, root, loud)]
    fifth = next((p for p in (root + 7, root + 6, root - 5) if p % 12 in here.pcs and 28 <= p <= 50), root)
    octave = root + 12 if root < 38 else root
    notes = []
    for beat, held, what in figure:
        if name == "waltz" and beat == (2 if bar.metre == "6/8" else 1.5):
            continue
        pitch = {"r": root, "f": fifth, "o": octave}.get(what) or _approach(root, here, then)
        if name == "roots" and what == "f" and bar.energy < 0.7:
            continue
        notes.append(Note(start + beat, held, pitch, loud * (1.0 if beat == 0 else 0.85)))
    if name == "roots" and len(notes) == 1:
        notes[0] = Note(start, length * 0.97, root, loud)
    return notes


def _approach(root: int, here: Chord, then: Chord | None) -> int:
    """A scale step next to where the bass goes."""
    if then is None or then.bass == root % 12:
        return root
    target = min((p for p in range(29, 47) if p % 12 == then.bass), key=lambda p: abs(p - root))
    near = [p for p in (target - 1, target + 1, target - 2, target + 2) if p % 12 in here.scale]
    return min(near, key=lambda p: abs(p - root), default=root)


def _walk(hand: Hand, start: float, end: float, here: Chord, then: Chord | None, loud: float) -> list[Note]:
    """Quarters: the root, chord tones, and a step into the next chord."""
    root = hand.bass(here.bass)
    tones = sorted(p for p in range(root - 5, root + 13) if p % 12 in here.pcs and 28 <= p <= 50 and p != root)
    count = round(end - start)
    pitches = [root]
    for i in range(1, count - 1):
        pitches.append(min(tones, key=lambda p: abs(p - pitches[-1] - (3 if i == 1 else -2)) + 9 * (p == pitches[-1])))
    if count > 1:
        pitches.append(_approach(pitches[-1], here, then))
    hand.low = pitches[-1]
    return [Note(start + i, 0.9, p, loud * (1.0 if i % 2 == 0 else 0.92)) for i, p in enumerate(pitches)]
