"""Render: one SongRequest from lyrics to a finished MP3, with progress reports. Runs in a render child."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace

from integrations.music import Section, SongRequest, TimedLine
from integrations.music.studio.composer import compose
from integrations.music.studio.counter import answers
from integrations.music.studio.instrument_bank import RATE, Bank
from integrations.music.studio.loudness import integrated
from integrations.music.studio.mixing import master_mix
from integrations.music.studio.mp3 import encode_recording, tagged_recording
from integrations.music.studio.repair import changed_seconds, spliced
from integrations.music.studio.sampler import Desk, play
from integrations.music.studio.score import Note, Part, Score
from integrations.music.studio.side_by_side import OneCore
from integrations.music.studio.stage import LEAD_ROOM, gain
from integrations.music.studio.styles import arrangement
from integrations.music.studio.timed_lines import timed_lines

Report = Callable[[str, int], None]  # stage and progress 0..100
_ALONE = OneCore()


@dataclass(frozen=True)
class Recording:
    """A finished song."""

    mp3: bytes
    seconds: float
    loudness: float  # LUFS
    style: str
    lines: tuple[TimedLine, ...]
    sections: tuple[Section, ...]


def render_song(request: SongRequest, bank: Bank, report: Report, core: OneCore = _ALONE) -> Recording:
    """Compose, record, mix and encode."""
    report("composing", 1)
    return render_score(compose(request), request, bank, report, core)


def render_score(score: Score, request: SongRequest, bank: Bank, report: Report, core: OneCore = _ALONE) -> Recording:
    """Record, mix and encode what was composed for this request. Where a line changed, all else is as it was heard before."""
    report("recording", 4)
    former = compose(replace(request, lyrics=request.tune_of, tune_of="")) if request.tune_of else score
    spans, sung = changed_seconds(former, score), not request.instrumental
    desk, loudness = mixed_score(
        score, bank, lambda share: report("recording", 4 + int((17 if spans else 34) * share)), sung=sung, core=core
    )
    if spans:
        before, _ = mixed_score(former, bank, lambda share: report("recording", 21 + int(17 * share)), sung=sung)
        desk = spliced(before, desk, spans)
        loudness = integrated(desk.left, desk.right)
    report("mixing", 48)
    mp3 = encode_recording(desk.left, desk.right, lambda part: report("mixing", 48 + int(50 * part)))
    style = arrangement(request.style, request.variation, request.voice).described()
    return Recording(tagged_recording(mp3, request), score.length, loudness, style, timed_lines(score), sections(score))


def mixed_score(
    score: Score, bank: Bank, on_progress: Callable[[float], None], *, sung: bool = True, core: OneCore = _ALONE
) -> tuple[Desk, float]:
    """The finished sound of a score before it is encoded, and its loudness in LUFS."""
    desk = Desk(int((score.length + 0.2) * RATE))
    record_parts(score, bank, desk, on_progress, sung=sung, core=core)
    return desk, master_mix(desk, score.length)


def record_parts(
    score: Score,
    bank: Bank,
    desk: Desk,
    on_progress: Callable[[float], None],
    *,
    sung: bool = True,
    core: OneCore = _ALONE,
) -> None:
    """Play every part into the mixing desk and sing over it; calls `on_progress` with the share that is done, 0..1.

    Not `sung`: what is played is the same, and its singer is silent.
    """
    if not (sung and score.voice):
        core.give_back()
        _play_parts(score, bank, desk, on_progress)
        return
    from integrations.music.studio.singing.front import add_voice
    from integrations.music.studio.singing.vocals import lines_of, sing_backing, sing_score

    played = 0.5  # the band's share of the work
    first = 0.8 if score.backing else 1.0  # the first singer's share of the rest
    with closing(lines_of(score, core)) as lines:
        lines.accept()
        _play_parts(score, bank, desk, lambda share: on_progress(played * share))
        track = sing_score(score, lambda share: on_progress(played + (1 - played) * first * share), lines)
        backing = sing_backing(score, lambda share: None, lines) if score.backing else None
    add_voice(desk, track, score, backing)


def _play_parts(score: Score, bank: Bank, desk: Desk, on_progress: Callable[[float], None]) -> None:
    """The band."""
    parts = [*score.parts, *voice_parts(score)]
    total = max(1, sum(len(p.notes) for p in parts))
    done = 0

    def tick(notes: int) -> None:
        nonlocal done
        done += notes
        on_progress(min(1.0, done / total))

    for part in parts:
        play(part, score, bank, desk, tick)
        tick(len(part.notes) % 64)


def voice_parts(score: Score) -> list[Part]:
    """Who plays the vocal melody where nobody sings it: the lead, doubled by a key instrument where the lead is a choir.

    Where somebody sings, the lead only answers between the phrases.
    """
    if score.voice:
        return [Part(score.lead, "solo", gain(score.lead, "solo") - 2.0, 0.3, LEAD_ROOM, answers(score))]
    notes = [Note(n.start, n.duration, n.pitch, n.velocity) for n in score.vocal]
    parts = [Part(score.lead, "lead", gain(score.lead, "lead"), 0.05, LEAD_ROOM, notes)]
    if score.lead in ("oohs", "choir"):
        played = {p.instrument for p in score.parts}
        double = next((i for i in ("nylon", "piano", "epiano", "harp") if i in played), "piano")
        parts.append(Part(double, "double", gain(double, "double"), -0.08, 0.3, notes))
    return parts


def sections(score: Score) -> tuple[Section, ...]:
    """The song's sections in milliseconds; the last one lasts until the sound ends."""
    rows = [(s.name, score.seconds(s.start), score.seconds(s.end)) for s in score.spans]
    rows[-1] = (rows[-1][0], rows[-1][1], score.length)
    return tuple(Section(name, round(start * 1000), round(end * 1000)) for name, start, end in rows)
