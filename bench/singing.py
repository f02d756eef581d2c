"""Measures the singing of random briefs: pitch, onsets, levels, the key that is heard, how different three variations are.

.venv/bin/python -m bench.singing            six briefs of each language, alternating voices and styles
.venv/bin/python -m bench.singing 50         fifty of each language
.venv/bin/python -m bench.singing 36-49 es   those numbers only, of one language: a long run can be continued
.venv/bin/python -m bench.singing 6 it       six Italian songs of our own (`bench/songs_it.txt`); `pt`: Portuguese ones
.venv/bin/python -m bench.singing 3 FOLDER   and a picture of each there (`bench/song_pictures.py`)
.venv/bin/python -m bench.singing 50 --pace    how fast the lines are, without a sound: half a minute for a hundred songs
.venv/bin/python -m bench.singing 3 --clips FOLDER   and each line there, mixed and alone: `bench/words_heard.py` reads them
"""

from __future__ import annotations

import io
import itertools
import os
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp())

import numpy as np
import soundfile as sf
from numpy.typing import NDArray

from bench.song_briefs import NAMES, a_song
from bench.song_lines import LineRow, judged, report, save_clips
from bench.song_measures import Found, band_level, differing, heard, key_heard, stems
from bench.song_pictures import draw_song
from integrations.music import SongRequest
from integrations.music.studio.composer import compose
from integrations.music.studio.instrument_bank import RATE, Bank
from integrations.music.studio.loudness import integrated
from integrations.music.studio.render import render_song
from integrations.music.studio.singing.cast import names, voice_for
from integrations.music.studio.singing.line import SungSyllable
from integrations.music.studio.singing.vocals import breath_lines
from integrations.music.studio.singing.voice_bank import load


@dataclass
class SongRow:
    """One song's line of the table."""

    found: Found
    key: bool
    loudness: float
    peak: float
    silence: float
    correlation: float
    front: float
    missing: float  # share of the phones that were sung by a substitute
    speed: float
    least: int  # of `differing`, between its three variations
    lines: list[LineRow]


def measure(request: SongRequest, bank: Bank, clips: Path | None = None) -> SongRow:
    """Print one song's line; clips of its sung lines into a folder."""
    score = compose(request)
    voice = load(score.voice)
    voice.missing.clear()
    began = time.process_time()
    track, alone, band, desk = stems(score, bank)
    speed = score.length / (time.process_time() - began)
    lines = list(breath_lines(score, voice.inventory))
    found = heard(track, lines, voice)
    notes = [n for line in lines for n in line]
    both = np.stack([desk.left, desk.right])
    singing = _tenths(notes, len(alone))
    until = next((start for start, lift in score.lifts if lift), score.beats)  # a last chorus may stand in another key
    heard_key = key_heard(both.mean(0)[: int(score.seconds(until) * RATE)])
    versions = [compose(replace(request, variation=v)) for v in (1, 2, 3)]
    row = SongRow(
        found=Found.of(found),
        key=heard_key == score.key,
        loudness=integrated(desk.left, desk.right),
        peak=20 * float(np.log10(np.abs(both).max())),
        silence=_silence(both, score.length),
        correlation=float(np.corrcoef(both)[0, 1]),
        front=band_level(alone, singing) - band_level(band, singing),
        missing=sum(voice.missing.values()) / sum(len(n.phones) for n in notes),
        speed=speed,
        least=min(differing(a, b) for a, b in itertools.combinations(versions, 2)),
        lines=judged(request.reference, score, lines, found, alone, band),
    )
    if clips:
        save_clips(clips, row.lines, both.mean(0), track)
    key = score.key if row.key else f"{score.key} heard as {heard_key}"
    _print_line(f"{request.reference:6} {score.voice:9} {score.manner:9}", row, key)
    return row


def _tenths(notes: Sequence[SungSyllable], samples: int) -> NDArray[np.bool_]:
    """Of a second, those in which somebody sings."""
    singing = np.zeros(samples // 4410 + 1, bool)
    for note in notes:
        singing[int(note.start * 10) : int(note.end * 10) + 1] = True
    return singing


def _silence(both: NDArray[np.float32], seconds: float) -> float:
    """Per cent of a song, its begin and its end not counted."""
    level = np.abs(both).max(axis=0)[: both.shape[1] // 4410 * 4410].reshape(-1, 4410).max(axis=1)
    return 100 * float((level[5 : int((seconds - 3) * 10)] < 10**-2.5).mean())


def _print_line(song: str, row: SongRow, key: str) -> None:
    print(
        f"{song} pitch {row.found.share:5.1f} % worst {max(row.found.medians):4.1f} c, "
        f"{row.loudness:6.2f} LUFS, peak {row.peak:5.2f} dB, silence {row.silence:3.1f} %, correlation {row.correlation:4.2f}, "
        f"voice band {row.front:+5.1f} dB, versions differ in {row.least} of 6, {100 * row.missing:.1f} % substitutes, "
        f"{row.speed:3.0f}x, {key}",
        flush=True,
    )


def summary(language: str, rows: list[SongRow]) -> None:
    """All songs of a language together, beside what is promised."""
    found = Found.of(row.found for row in rows)
    medians, onsets = np.array(found.medians), np.array(found.onsets)
    half, most, worst = np.percentile(medians, (50, 99, 100))

    def span(name: str) -> str:
        values = [getattr(row, name) for row in rows]
        return f"{min(values):.2f} to {max(values):.2f}"

    for text in (
        f"{language}: {len(rows)} songs, {len(medians)} notes, load {os.getloadavg()[0]:.0f} (promised in brackets)",
        f"  voiced frames within 35 cents: {found.share:.1f} % (95)",
        f"  notes' medians: half under {half:.1f}, 99 % under {most:.1f}, worst {worst:.1f} cents (15)",
        f"  voice begins after a voiceless consonant: median {np.median(onsets):.0f} (20), "
        f"p90 {np.percentile(onsets, 90):.0f} ms (60) off the note, {len(onsets)} notes",
        f"  key heard as composed: {100 * np.mean([row.key for row in rows]):.0f} % (90)",
        f"  loudness {span('loudness')} LUFS (-16 +- 1), peak {span('peak')} dB (-1), silence {span('silence')} % (3)",
        f"  stereo correlation {span('correlation')} (0.3 to 0.9), voice against band {span('front')} dB (+3)",
        f"  versions of a song differ in {min(row.least for row in rows)} of 6 things or more",
        f"  substitutes {100 * np.mean([row.missing for row in rows]):.2f} % of the phones",
        f"  made at {np.median([row.speed for row in rows]):.0f} times real time, no MP3, bench's second voice mix included",
    ):
        print(text, flush=True)
    report([line for row in rows for line in row.lines])


def as_mp3(request: SongRequest, bank: Bank) -> None:
    """The finished file of one song: the coder changes its peak."""
    frames, _ = sf.read(io.BytesIO(render_song(request, bank, lambda stage, percent: None).mp3), dtype="float32")
    peak = 20 * np.log10(np.abs(frames).max())
    print(f"    its MP3: {integrated(*np.ascontiguousarray(frames.T)):.2f} LUFS, peak {peak:.2f} dB (-1)")


def run(
    numbers: range, folder: Path | None = None, languages: tuple[str, ...] = ("en", "es"), clips: Path | None = None
) -> None:
    """The briefs of these numbers (they are the seeds) in each language, with pictures or clips where a folder is named."""
    bank, began = Bank(), time.perf_counter()
    print(f"voices: {', '.join(names())}; briefs {numbers.start} to {numbers.stop - 1} of {', '.join(languages)}")
    for language in (code for code in languages if voice_for(code, "", 1)):
        rows = [measure(a_song(i, language), bank, clips) for i in numbers]
        summary(language, rows)
        as_mp3(a_song(numbers.start, language), bank)
        for i in numbers if folder else ():
            draw_song(a_song(i, language), (folder or Path()) / f"{language}-{i}.png")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB, {time.perf_counter() - began:.0f} s")


def pace(numbers: range, languages: tuple[str, ...]) -> None:
    """Songs with a line of more than 5.5 syllables a second, a syllable of less than 0.1 s or more than 8 s in one breath."""
    paces, lengths, hurried = [], [], 0
    for language, number in itertools.product(languages, numbers):
        score = compose(a_song(number, language))
        lines = list(breath_lines(score, load(score.voice).inventory))
        lasting = [line[-1].end - line[0].start for line in lines]
        found = [len(line) / seconds for line, seconds in zip(lines, lasting, strict=True)]
        shortest = [min(note.end - note.start for note in line) for line in lines]
        wrong = sum(p > 5.5 or s < 0.1 or t > 8 for p, s, t in zip(found, shortest, lasting, strict=True))
        if wrong:
            print(f"  {language}-{number}: {wrong} of {len(lines)} lines, {max(found):.1f} a second, {min(shortest):.2f} s")
        paces, lengths, hurried = paces + found, [*lengths, score.length], hurried + wrong
    half, most, fastest = np.percentile(np.array(paces), (50, 99, 100))
    print(
        f"{len(lengths)} songs of {np.mean(lengths):.1f} s on average: {hurried} of {len(paces)} lines; syllables a second: "
        f"half under {half:.1f}, 99 % under {most:.1f}, fastest {fastest:.1f}"
    )


def numbers_from(words: list[str]) -> range:
    """`50` is the first fifty briefs, `36-49` the fourteen of these numbers; nothing is the first six."""
    for word in words:
        first, _, last = word.partition("-")
        if first.isdecimal() and last.isdecimal():
            return range(int(first), int(last) + 1)
        if word.isdecimal():
            return range(int(word))
    return range(6)


def main() -> None:
    """The command; see the module's docstring."""
    words = sys.argv[1:]
    languages = tuple(word for word in words if word in (*NAMES, "it", "pt")) or ("en", "es")
    if "--pace" in words:
        pace(numbers_from(words), languages)
        return
    clips = "--clips" in words
    if clips:
        Path(words[-1]).mkdir(parents=True, exist_ok=True)
    folder = Path(words[-1]) if words and Path(words[-1]).is_dir() else None
    run(numbers_from(words), None if clips else folder, languages, folder if clips else None)


if __name__ == "__main__":
    main()
