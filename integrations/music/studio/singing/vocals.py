"""The vocals of a song: its score becomes one track of singing, line by line. The same line again comes from a cache."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from integrations.music.studio.arrays import Floats
from integrations.music.studio.score import Score, SungNote
from integrations.music.studio.side_by_side import OneCore, SideBySide
from integrations.music.studio.singing.breath import breath_before
from integrations.music.studio.singing.line import SungSyllable
from integrations.music.studio.singing.phones import Inventory
from integrations.music.studio.singing.pitch import Manner
from integrations.music.studio.singing.singer import LEAD, VOICE_RATE, sing_line
from integrations.music.studio.singing.voice_bank import load

BREATH = 0.2  # seconds of silence after which a new line begins
_REST, _SHORTEST = 0.4, 0.35  # seconds between two phrases, and what is left of the note that gives way to it
_LONG, _SHORTER = 4.5, 0.24  # seconds without a breath after which less is left of that note
_LONGEST = 12.0  # seconds of one line, at most: an end is put where no breath was written
LOUDER = 9.0  # dB between a line at velocity 0 and one at 1
_QUIET = 0.02  # of a line's loudest moment: where it begins to be heard
_KEPT_BYTES = 24_000_000
MANNERS = {  # how each kind of music is sung
    "pop": Manner(22, 5.6, 50),
    "soul": Manner(30, 5.4, 90),
    "jazz": Manner(28, 5.2, 70),
    "romantic": Manner(28, 5.3, 60, breath=0.04),
    "ballad": Manner(24, 5.3, 60, breath=0.05),
    "lullaby": Manner(14, 5.0, 40, breath=0.1),
    "festive": Manner(24, 5.8, 40),
    "country": Manner(18, 5.6, 80),
    "folk": Manner(14, 5.4, 40),
}


class BreathLine(NamedTuple):
    """All that a line's sound comes from: who sings it, how, and its syllables as plain values, their times from its start."""

    singer: str
    manner: Manner
    rows: tuple[tuple[Any, ...], ...]


Lines = SideBySide[BreathLine]
_kept: OrderedDict[BreathLine, Floats] = OrderedDict()


def lines_of(score: Score, core: OneCore) -> Lines:
    """The song's lines that are not kept from before, in the order in which they are sung."""
    sung = [*_by_singer(score), (score.second, score.backing)] if score.backing else _by_singer(score)
    lines = [
        _line(name, notes, _manner_of(score)) for name, own in sung for notes in breath_lines(score, load(name).inventory, own)
    ]
    return SideBySide([line for line in lines if line not in _kept], sound_of_line, core)


def sing_score(score: Score, on_progress: Callable[[float], None], lines: Lines | None = None) -> Floats:
    """The whole vocal, mono, as long as the song; `on_progress(share)` after every line. Its loudest tenth is near level 1."""
    singers = _by_singer(score)
    track = np.zeros(int((score.length + 0.2) * VOICE_RATE), np.float32)
    for number, (name, notes) in enumerate(singers):
        _sing(track, score, name, notes, lines, True, lambda share, number=number: on_progress((number + share) / len(singers)))  # type: ignore[misc]
    return track


def sing_backing(score: Score, on_progress: Callable[[float], None], lines: Lines | None = None) -> Floats:
    """The sung harmony, as `sing_score`."""
    track = np.zeros(int((score.length + 0.2) * VOICE_RATE), np.float32)
    _sing(track, score, score.second, score.backing, lines, False, on_progress)
    return track


def _by_singer(score: Score) -> list[tuple[str, list[SungNote]]]:
    by_singer = [[n for n in score.vocal if n.second == second] for second in (False, True)]
    return [(name, notes) for name, notes in zip((score.voice, score.second), by_singer, strict=True) if notes]


def _manner_of(score: Score) -> Manner:
    return MANNERS.get(score.manner, Manner())


def _sing(
    track: Floats,
    score: Score,
    name: str,
    sung: list[SungNote],
    known: Lines | None,
    breathes: bool,
    on_progress: Callable[[float], None],
) -> None:
    """Add these notes, sung by the voice of this name, to the track."""
    manner = _manner_of(score)
    lines = list(breath_lines(score, load(name).inventory, sung))
    ended = -1.0
    for number, notes in enumerate(lines):
        sound = _sung(_line(name, notes, manner), known) * np.float32(10 ** (LOUDER * (_usual(notes) - 0.75) / 20))
        begins = notes[0].start - LEAD
        _add(track, sound, begins)
        loud = np.abs(sound)
        heard = begins + float(np.argmax(loud > _QUIET * loud.max())) / VOICE_RATE
        if breathes:
            _add(track, *breath_before(heard, heard - ended, sound, manner))
        ended = notes[-1].end
        on_progress((number + 1) / len(lines))


def _add(track: Floats, sound: Floats, second: float) -> None:
    at = round(second * VOICE_RATE)
    first = max(0, -at)
    length = min(len(sound) - first, len(track) - max(0, at))
    if length > 0:
        track[max(0, at) : max(0, at) + length] += sound[first : first + length]


def breath_lines(score: Score, inventory: Inventory, sung: list[SungNote] | None = None) -> Iterator[list[SungSyllable]]:
    """The notes between two breaths, in seconds of the song; one nucleus each. `sung`: of these notes, else of the vocal."""
    line: list[SungSyllable] = []
    notes = score.vocal if sung is None else sung
    for note, following in zip(notes, [*notes[1:], None], strict=False):
        start, end = score.seconds(note.start), score.seconds(note.start + note.duration)
        if note.closes and following:
            least = _SHORTER if line and end - line[0].start > _LONG else _SHORTEST
            end = max(min(end, start + least), min(end, score.seconds(following.start) - _REST))
        if not note.phones:
            if line and note.word >= 0 and not note.syllable and start - line[-1].end < BREATH:
                line[-1] = replace(line[-1], end=end, turns=(*line[-1].turns, (start, note.pitch)))
            continue
        if line and (start - line[-1].end > BREATH or end - line[0].start > _LONGEST):
            yield line
            line = []
        line += _syllables(note, start, end, inventory)
    if line:
        yield line


def _syllables(note: SungNote, start: float, end: float, inventory: Inventory) -> list[SungSyllable]:
    """A note's syllable; where a note carries several, each has its share of the time."""
    groups: list[list[str]] = [[]]
    seen = False
    for phone in note.phones:
        if inventory.is_vowel(phone):
            if seen:
                taken = [groups[-1].pop()] if len(groups[-1]) > 1 and not inventory.is_vowel(groups[-1][-1]) else []
                groups.append(taken)
            seen = True
        groups[-1].append(phone)
    share = (end - start) / len(groups)
    return [
        SungSyllable(start + i * share, start + (i + 1) * share, note.pitch, note.velocity, tuple(g))
        for i, g in enumerate(groups)
    ]


def _usual(notes: list[SungSyllable]) -> float:
    """How loud a line is: a louder chorus is the same singing, turned up."""
    return sum(n.velocity for n in notes) / len(notes)


def _line(name: str, notes: list[SungSyllable], manner: Manner) -> BreathLine:
    """A line at the usual loudness."""
    begin, usual = notes[0].start, _usual(notes)
    rows = tuple(
        (
            round(n.start - begin, 4),
            round(n.end - begin, 4),
            n.pitch,
            round(25 * (n.velocity - usual)) / 25 + 0.75,
            n.phones,
            tuple((round(at - begin, 4), to) for at, to in n.turns),
        )
        for n in notes
    )
    return BreathLine(name, manner, rows)


def sound_of_line(line: BreathLine) -> Floats:
    """Sing it."""
    return sing_line(load(line.singer), [SungSyllable(*row) for row in line.rows], line.manner, str(line.rows))


def _sung(line: BreathLine, known: Lines | None) -> Floats:
    """A line's sound, from the cache where the same line was sung before."""
    if line in _kept:
        _kept.move_to_end(line)
        return _kept[line]
    sound = known.made(line) if known else sound_of_line(line)
    _kept[line] = sound
    while sum(kept.nbytes for kept in _kept.values()) > _KEPT_BYTES:
        _kept.popitem(last=False)
    return sound
