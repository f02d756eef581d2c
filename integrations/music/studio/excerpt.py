"""An excerpt: the eight bars in which the first lyrics are sung, cut out of a score before anything is recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from integrations.music import SongRequest, TimedLine
from integrations.music.studio.composer import compose
from integrations.music.studio.instrument_bank import RATE, Bank
from integrations.music.studio.mixing import master_mix
from integrations.music.studio.mp3 import encode_recording, tagged_recording
from integrations.music.studio.render import record_parts
from integrations.music.studio.sampler import Desk
from integrations.music.studio.score import Note, Score, SungNote, tempo_map
from integrations.music.studio.timed_lines import timed_lines

_BARS = 8
LEAD_IN = 0.35  # seconds before the first beat, for the consonants that are sung before it
_RING = 1.8  # seconds that the last chord sounds


@dataclass(frozen=True)
class Excerpt:
    """A few bars as sound."""

    mp3: bytes
    seconds: float
    lines: tuple[TimedLine, ...]


def eight_bars(request: SongRequest, bank: Bank, quiet: Callable[[int], None] = lambda notes: None) -> Excerpt:
    """Compose the whole song, record eight bars of it."""
    score = cut_to_first_word(compose(request))
    desk = Desk(int((score.length + 0.2) * RATE))
    record_parts(score, bank, desk, lambda share: quiet(1))
    master_mix(desk, score.length)
    mp3 = encode_recording(desk.left, desk.right, lambda part: None)
    return Excerpt(tagged_recording(mp3, request), score.length, timed_lines(score))


def cut_to_first_word(score: Score) -> Score:
    """The score from the bar of the first sung word on; everything before and after is not there."""
    beats = {"3/4": 3.0, "6/8": 3.0}.get(score.metre, 4.0)
    first = next(
        (span for span in score.spans if any(span.start <= n.start < span.end and n.line >= 0 for n in score.vocal)), None
    )
    begin = first.start if first else 0.0
    length = min(_BARS * beats, score.beats - begin)

    def inside(start: float) -> bool:
        return begin <= start < begin + length - 1e-6

    def played(note: Note) -> Note:
        return replace(note, start=note.start - begin, duration=min(note.duration, begin + length - note.start + 2.0))

    def sung(note: SungNote) -> SungNote:
        return replace(note, start=note.start - begin, duration=min(note.duration, begin + length - note.start))

    parts = [replace(part, notes=[played(n) for n in part.notes if inside(n.start)]) for part in score.parts]
    return replace(
        score,
        vocal=[sung(n) for n in score.vocal if inside(n.start)],
        backing=[sung(n) for n in score.backing if inside(n.start)],
        parts=[part for part in parts if part.notes],
        spans=[replace(first, start=0.0, end=length)] if first else [],
        lifts=[(0.0, next((lift for at, lift in reversed(score.lifts) if at <= begin), 0))],
        harmony=[(s - begin, e - begin, symbol) for s, e, symbol in score.harmony if inside(s)],
        beats=length,
        tempo_map=[(beat, second + (LEAD_IN if score.voice else 0)) for beat, second in tempo_map(score.tempo, length, 2.0)],
        ring=_RING,
    )


__all__ = ["Excerpt", "eight_bars"]
