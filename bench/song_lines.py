"""A song judged line by line: pitch, beginnings, level against the band, evenness, pace. And its lines as clips."""

from __future__ import annotations

import itertools
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import soundfile as sf

from bench.song_measures import Found, band_level
from integrations.music.studio.instrument_bank import RATE
from integrations.music.studio.score import Score
from integrations.music.studio.singing.line import SungSyllable

STEP = 4410  # frames of 100 ms, as `band_level` has them
AROUND = 0.4  # seconds of a clip before and after its line


@dataclass(frozen=True)
class LineRow:
    """What one line, from breath to breath, measured. Its faults are judged by `faults`."""

    song: str
    voice: str  # the bank it is sung with
    start: float
    end: float
    words: str
    share: float  # per cent of its voiced frames within 35 cents; 100 where none is long enough
    cents: float  # the worst note's median
    onset: float  # the latest or earliest voice after a voiceless consonant, ms
    front: float  # dB of the voice above the band
    uneven: float  # dB between the loudest and the softest note
    hole: float  # seconds without voice, at most
    pace: float  # syllables a second
    shortest: float  # seconds of its shortest syllable
    leap: int  # semitones, the largest step

    def faults(self) -> list[str]:
        """What is beyond the limits that `docs/studio.md` names."""
        checks = (
            ("pitch", self.share < 95 or self.cents > 15),
            ("onset", self.onset > 60),
            ("behind the band", self.front < 3),
            ("uneven", self.uneven > 12),
            ("hole", self.hole > 0.25),
            ("hurried", self.shortest < 0.1 or self.pace > 5.5),
            ("leap", self.leap > 9),
            ("breathless", self.end - self.start > 8),
        )
        return [name for name, wrong in checks if wrong]


def words_of(score: Score, line: list[SungSyllable]) -> str:
    """The words that begin on the notes of this line."""
    starts = {round(note.start, 3) for note in line}
    sung = [n for n in score.vocal if n.word >= 0 and round(score.seconds(n.start), 3) in starts]
    places = dict.fromkeys(place for n in sung for place in (n.word, n.also) if place >= 0)
    return " ".join(score.words[place][1] for place in places)


def judged(
    song: str, score: Score, lines: list[list[SungSyllable]], found: list[Found], alone: np.ndarray, band: np.ndarray
) -> list[LineRow]:
    """Every line of a song; `alone` and `band` as they stand in its mix."""
    rows = []
    for line, figures in zip(lines, found, strict=True):
        start, end = line[0].start, line[-1].end
        voice, bed = (sound[int(start * RATE) : int(end * RATE)] for sound in (alone, band))
        whole = np.ones(len(voice) // STEP, bool)
        levels = [_level(alone, note) for note in line if note.end - note.start > 0.12]
        rows.append(
            LineRow(
                song=song,
                voice=score.voice,
                start=round(start, 2),
                end=round(end, 2),
                words=words_of(score, line),
                share=figures.share if figures.frames else 100.0,
                cents=max(figures.medians, default=0.0),
                onset=max(figures.onsets, default=0.0),
                front=band_level(voice, whole) - band_level(bed, whole),
                uneven=max(levels, default=0.0) - min(levels, default=0.0),
                hole=_hole(voice),
                pace=len(line) / (end - start),
                shortest=min(note.end - note.start for note in line),
                leap=max((abs(a.pitch - b.pitch) for a, b in itertools.pairwise(line)), default=0),
            )
        )
    return rows


def _level(alone: np.ndarray, note: SungSyllable) -> float:
    """dB of the first two thirds of a note."""
    piece = alone[int(note.start * RATE) : int((note.start + (note.end - note.start) * 2 / 3) * RATE)]
    return float(10 * np.log10((piece.astype(np.float64) ** 2).mean() + 1e-9))


def _hole(voice: np.ndarray) -> float:
    """The longest time inside in which the voice is 40 dB under its loudest moment."""
    rows = voice[: len(voice) // 441 * 441].reshape(-1, 441)
    level = np.sqrt((rows.astype(np.float64) ** 2).mean(axis=1))
    runs = [len(list(group)) for silent, group in itertools.groupby(level < level.max() * 0.01) if silent]
    return 0.01 * max(runs, default=0)


def report(rows: list[LineRow]) -> None:
    """Every line with a fault, and the songs by their share of such lines."""
    by_song: dict[str, list[LineRow]] = {}
    for row in rows:
        by_song.setdefault(row.song, []).append(row)
        if row.faults():
            print(
                f"  {row.song:6} {row.start:6.1f} {', '.join(row.faults())}: {row.share:.0f} % {row.cents:.0f} c, "
                f"onset {row.onset:.0f} ms, band {row.front:+.1f} dB, uneven {row.uneven:.0f} dB, hole {row.hole:.2f} s, "
                f"{row.pace:.1f} a second, shortest {row.shortest:.2f} s, leap {row.leap}: {row.words}"
            )
    worst = sorted(by_song.items(), key=lambda item: -sum(bool(r.faults()) for r in item[1]) / len(item[1]))
    for song, mine in worst:
        names = [fault for row in mine for fault in row.faults()]
        counts = ", ".join(f"{names.count(name)} {name}" for name in dict.fromkeys(names))
        print(f"  {song}: {sum(bool(r.faults()) for r in mine)} of {len(mine)} lines have a fault; {counts or 'none'}")


def save_clips(folder: Path, rows: list[LineRow], mix: np.ndarray, solo: np.ndarray) -> None:
    """Each different line of a song as a WAV, in the mix and alone, and what was sung; and all rows as JSON."""
    seen = set()
    for number, row in enumerate(rows):
        if row.words and row.words not in seen:
            seen.add(row.words)
            begin, end = max(0, int((row.start - AROUND) * RATE)), int((row.end + AROUND) * RATE)
            for kind, sound in (("mix", mix), ("solo", solo)):
                piece = sound[begin:end]
                sf.write(folder / f"{row.song}_{number:02}_{kind}.wav", piece / (np.abs(piece).max() + 1e-9) * 0.8, RATE)
    (folder / f"{rows[0].song}.json").write_text(json.dumps([asdict(row) for row in rows], ensure_ascii=False, default=float))
