"""Repair: a song in which lines changed is the former recording, with the new one only where those lines are sung."""

from __future__ import annotations

import numpy as np

from integrations.music.studio.instrument_bank import RATE
from integrations.music.studio.sampler import Desk
from integrations.music.studio.score import Score, SungNote

_LEAD_IN, _ECHO = 0.6, 1.6  # seconds around a changed note: consonants and a breath before it, most of its echo after it
_CROSSING = 0.05  # seconds in which one recording gives way to the other
Spans = list[tuple[float, float]]


def changed_seconds(former: Score, score: Score) -> Spans:
    """Where the singing differs, in seconds, in order and apart; nothing where both are the same or no part fits the other."""
    if (former.tempo_map, former.spans, former.voice) != (score.tempo_map, score.spans, score.voice):
        return []
    old, new = ({_as_sung(note) for note in one.vocal} for one in (former, score))
    spans: Spans = []
    for start, end in sorted((score.seconds(note[0]), score.seconds(note[0] + note[1])) for note in old ^ new):
        begin, end = max(0.0, start - _LEAD_IN), min(score.length, end + _ECHO)
        if spans and begin <= spans[-1][1]:
            begin, end = spans[-1][0], max(end, spans.pop()[1])
        spans.append((begin, end))
    return spans


def _as_sung(note: SungNote) -> tuple[float, float, int, float, str, tuple[str, ...], bool]:
    """What is heard of a note, when it starts and how long it lasts first; not which line of the text it belongs to."""
    return (note.start, note.duration, note.pitch, note.velocity, note.syllable, note.phones, note.second)


def spliced(before: Desk, fresh: Desk, spans: Spans) -> Desk:
    """The recording from before, sample for sample, except in these seconds: there it is the fresh one."""
    frames = min(len(before.left), len(fresh.left))
    share = np.zeros(frames, np.float32)
    for start, end in spans:
        first, last = (min(frames, int(second * RATE)) for second in (start, end))
        fade = min(int(_CROSSING * RATE), (last - first) // 2)
        share[first:last] = 1
        share[first : first + fade] = np.linspace(0, 1, fade, dtype=np.float32)
        if last < frames:
            share[last - fade : last] = np.linspace(1, 0, fade, dtype=np.float32)
    desk = Desk(0)
    desk.left = before.left[:frames] + share * (fresh.left[:frames] - before.left[:frames])
    desk.right = before.right[:frames] + share * (fresh.right[:frames] - before.right[:frames])
    return desk
