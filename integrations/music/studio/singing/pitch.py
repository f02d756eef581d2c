"""The pitch of a sung line: steady notes, glides that arrive with the vowel, vibrato on long ones, a slow drift."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from integrations.music.studio.arrays import Floats
from integrations.music.studio.score import chance
from integrations.music.studio.singing.line import SungSyllable

GLIDE = 0.09  # seconds from one note to the next
_DRIFTS = 1.25  # of `drift`, at most: on a short note a slow drift is a wrong pitch
BEFORE = 0.07  # how long before the vowel a glide begins
LONG = 0.5  # seconds: shorter notes have no vibrato


@dataclass(frozen=True)
class Manner:
    """How a style is sung. Cents and hertz of the vibrato, cents of the scoop into a line, and the breath in the sound."""

    depth: float = 24.0
    speed: float = 5.5
    scoop: float = 60.0
    drift: float = 4.0
    breath: float = 0.0  # 0 clear .. 1 whispered


def curve(notes: list[SungSyllable], times: Floats, manner: Manner, seed: str) -> Floats:
    """Hertz at each of `times` (seconds of the line)."""
    semitones = np.full(len(times), float(notes[0].pitch))
    steps = [step for n in notes for step in ((n.start, n.pitch), *n.turns)]
    for (_, a), (start, b) in itertools.pairwise(steps):
        if a != b:
            way = np.clip((times - (start - BEFORE)) / GLIDE, 0, 1)
            semitones += (b - a) * way * way * (3 - 2 * way)
    cents = np.zeros(len(times))
    into = np.clip((times - (notes[0].start - 0.02)) / 0.08, 0, 1)
    cents -= manner.scoop * (1 - into) ** 2
    for note in notes:
        held = note.turns[-1][0] if note.turns else note.start
        length = note.end - held
        if length > LONG:
            begin = held + max(0.22, 0.38 * length if length < 1.2 else 0.42)
            grown = np.clip((times - begin) / 0.4, 0, 1) * np.clip((note.end - times) / 0.09, 0, 1)
            cents += grown * manner.depth * np.sin(2 * np.pi * manner.speed * (times - begin))
    luck = chance(seed, "drift")
    knots = np.arange(times[0], times[-1] + 0.5, 0.25)
    wander = np.clip([luck.gauss(0, manner.drift) for _ in knots], -_DRIFTS * manner.drift, _DRIFTS * manner.drift)
    cents += np.interp(times, knots, wander)
    return np.asarray(440 * 2 ** ((semitones + cents / 100 - 69) / 12))
