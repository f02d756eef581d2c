"""What a video shows and when: plain values, from which the fingerprint of a video is made and which its process reads."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

LOOK = 1  # raised when the same script would be filmed differently: what was made before is stale
COVER_MS, TEASER_COVER_MS, TEASER_MS = 3000, 2000, 15_000
_CARD_MS, _LONG_END_MS = 5000, 12_000
_BEFORE, _AFTER = 200, 700  # ms that a line is seen before and after it is sung


@dataclass(frozen=True)
class FilmedPiece:
    """A word with the space behind it; `start_ms` is None where it has no time of its own."""

    text: str
    start_ms: int | None


@dataclass(frozen=True)
class FilmedLine:
    """A line of the song."""

    start_ms: int
    end_ms: int
    pieces: tuple[FilmedPiece, ...]


@dataclass(frozen=True)
class VideoScript:
    """All that is to be seen. Texts are in letters that our fonts have; times are those of the song."""

    width: int
    height: int
    fps: int
    language: str
    brand: str
    heading: str
    sender: str
    message: str
    made: str
    song_sha: str
    song_ms: int
    peaks: tuple[int, ...]
    lines: tuple[FilmedLine, ...]
    photos: tuple[tuple[int, str], ...]  # (from when on, key in the storage)
    teaser_from_ms: int | None = None  # of a cut of 15 s: where it begins

    def fingerprint(self) -> str:
        """Equal scripts make equal videos."""
        return hashlib.sha256(f"{LOOK}{self.as_json()}".encode()).hexdigest()[:32]

    def as_json(self) -> str:
        """For the process that films it."""
        return json.dumps(asdict(self), ensure_ascii=False)


def read_script(text: str) -> VideoScript:
    """The script from its JSON."""
    told: dict[str, Any] = json.loads(text)
    lines = [
        FilmedLine(line["start_ms"], line["end_ms"], tuple(FilmedPiece(**piece) for piece in line["pieces"]))
        for line in told["lines"]
    ]
    photos = tuple((start, key) for start, key in told["photos"])
    return VideoScript(**{**told, "lines": tuple(lines), "photos": photos, "peaks": tuple(told["peaks"])})


def pieces_of(text: str, words: list[tuple[int, str]]) -> tuple[FilmedPiece, ...]:
    """A line cut where its timed words begin. Words that do not stand in it one after another have no times."""
    cuts: list[tuple[int, int]] = []
    at = 0
    for start_ms, word in words:
        found = text.find(word.strip(), at)
        if found < 0 or not word.strip():
            return (FilmedPiece(text, None),)
        cuts.append((found if cuts else 0, start_ms))
        at = found + len(word.strip())
    if not cuts:
        return (FilmedPiece(text, None),)
    ends = [place for place, _ in cuts[1:]] + [len(text)]
    return tuple(FilmedPiece(text[place:end], start) for (place, start), end in zip(cuts, ends, strict=True))


@dataclass(frozen=True)
class Cue:
    """Which page of a line is seen, in ms of the video."""

    start_ms: int
    end_ms: int
    line: int
    states: tuple[int, ...]  # of each piece: 0 to come, 1 being sung, 2 sung
    first: bool  # of its line: it fades in
    last: bool


@dataclass(frozen=True)
class Timeline:
    """When what is seen, in ms of the video. The song's `begin_ms` is heard at `lead_ms`."""

    begin_ms: int
    lead_ms: int
    cover_until_ms: int
    card_from_ms: int | None
    length_ms: int
    cues: tuple[Cue, ...]

    def video_ms(self, song_ms: int) -> int:
        """The moment of the video at which a moment of the song is heard."""
        return song_ms - self.begin_ms + self.lead_ms


def timeline(script: VideoScript) -> Timeline:
    """The cover comes first, then the song's words in time, then a card with the giver's words."""
    if script.teaser_from_ms is not None:
        begin = max(0, min(script.teaser_from_ms - TEASER_COVER_MS, script.song_ms - TEASER_MS))
        length = min(TEASER_MS, script.song_ms - begin)
        return _with_cues(script, Timeline(begin, 0, min(TEASER_COVER_MS, length), None, length, ()))
    first = script.lines[0].start_ms if script.lines else COVER_MS
    lead = max(0, COVER_MS + _BEFORE - first)  # the cover hides no word
    end = lead + script.song_ms
    sung = lead + script.lines[-1].end_ms + _AFTER + 300 if script.lines else end - _CARD_MS
    card = max(min(sung, end), end - _LONG_END_MS, min(COVER_MS, end))
    return _with_cues(script, Timeline(0, lead, min(COVER_MS, end), card, max(end, card + _CARD_MS), ()))


def _with_cues(script: VideoScript, plan: Timeline) -> Timeline:
    cues: list[Cue] = []
    over = plan.card_from_ms if plan.card_from_ms is not None else plan.length_ms
    for number, line in enumerate(script.lines):
        start = max(plan.video_ms(line.start_ms) - _BEFORE, plan.cover_until_ms)
        following = script.lines[number + 1].start_ms if number + 1 < len(script.lines) else line.end_ms + 60_000
        end = min(plan.video_ms(line.end_ms) + _AFTER, plan.video_ms(following) - _BEFORE, over)
        if start < end:
            cues += _cues_of(number, line, start, end, plan)
    return Timeline(plan.begin_ms, plan.lead_ms, plan.cover_until_ms, plan.card_from_ms, plan.length_ms, tuple(cues))


def _cues_of(number: int, line: FilmedLine, start: int, end: int, plan: Timeline) -> list[Cue]:
    count = len(line.pieces)
    if line.pieces[0].start_ms is None:
        return [Cue(start, end, number, (2,) * count, True, True)]
    turns = [start, *(plan.video_ms(piece.start_ms or 0) for piece in line.pieces), plan.video_ms(line.end_ms)]
    turns = [max(start, min(turn, end)) for turn in turns] + [end]
    found = []
    for sung in range(count + 2):  # before the first word, at each word, after the last
        states = tuple(2 if piece < sung - 1 else 1 if piece == sung - 1 else 0 for piece in range(count))
        if turns[sung] < turns[sung + 1]:
            found.append((turns[sung], turns[sung + 1], states))
    return [
        Cue(begin, until, number, states, place == 0, place == len(found) - 1)
        for place, (begin, until, states) in enumerate(found)
    ]
