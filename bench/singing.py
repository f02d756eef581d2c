"""Measures the singing: pitch and level of real songs, voice alone and in the mix.

.venv/bin/python -m bench.singing            six briefs of each language, alternating voices and styles
.venv/bin/python -m bench.singing 50         fifty of each language
.venv/bin/python -m bench.singing 1 PICTURE.png     and a picture of the first: spectrogram with the score (needs matplotlib)
"""

from __future__ import annotations

import io
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp())

import numpy as np
import pyworld
import soundfile as sf

from integrations.music import SongRequest
from integrations.music.studio.bank import RATE, Bank
from integrations.music.studio.composer import compose
from integrations.music.studio.loudness import integrated
from integrations.music.studio.render import record, render
from integrations.music.studio.sampler import Desk
from integrations.music.studio.score import Score, chance
from integrations.music.studio.singing.cast import names, voice_for
from integrations.music.studio.singing.front import add_voice
from integrations.music.studio.singing.line import SungSyllable
from integrations.music.studio.singing.vocals import lines_of, sing_score
from integrations.music.studio.singing.voices import load
from integrations.writer import Brief
from integrations.writer.lyricist import Lyricist

NAMES = {
    "en": "Mia Oliver Anna Zoe Liam Charlotte Noah Grace Theodore Priya Sean Kaelyn Marcus Eleanor Jack Siobhan",
    "es": "Lucía Mateo Sofía Javier Carmen Diego Valeria Alejandro Guadalupe Tomás Inés Raúl Ximena Pablo",
}
STYLES = (
    "Pop, Upbeat, Energetic",
    "Acoustic Ballad, Soft, Intimate",
    "Soul, R&B",
    "Folk",
    "Romantic Ballad, Emotional, Tender",
    "Jazz, Swing",
    "Country",
    "Lullaby",
)
THEMES = ("birthday", "anniversary", "mothers-day", "thank-you", "christmas")


def a_song(number: int, language: str) -> SongRequest:
    """A brief, written by the built-in lyricist."""
    luck = chance("bench", language, number)
    name = luck.choice(NAMES[language].split())
    options = {"theme": luck.choice(THEMES), "relationship": luck.choice(("friend", "mother", "daughter", "husband"))}
    song = Lyricist(number).write(Brief(recipient_name=name, language=language, emotions=("love",), **options))
    style = STYLES[number % len(STYLES)]
    return SongRequest(f"bench-{number}", song.title, song.lyrics, style, "", 1 + number % 3, language, recipient_name=name)


def hertz(pitch: float) -> float:
    """The frequency of a MIDI number."""
    return float(440 * 2 ** ((pitch - 69) / 12))


def pitch_of(track: np.ndarray, notes: list[SungSyllable]) -> tuple[int, int, list[float]]:
    """Voiced frames within 35 cents of the score outside glides, all such frames, and every note's median error in cents."""
    low, high = min(n.pitch for n in notes), max(n.pitch for n in notes)
    sound = track[::2].astype(np.float64)
    found, times = pyworld.harvest(sound, RATE // 2, f0_floor=hertz(low - 5), f0_ceil=hertz(high + 5), frame_period=5)
    good, total, medians = 0, 0, []
    voiced = np.convolve(found > 0, np.ones(9), "same") > 8.5  # 20 ms away from where the voice starts and stops
    for note in notes:
        inside = (times > note.start + 0.1) & (times < note.end - 0.13) & voiced
        if inside.sum() < 4:
            continue
        cents = 1200 * np.log2(found[inside] / hertz(note.pitch))
        good, total = good + int((np.abs(cents) <= 35).sum()), total + len(cents)
        medians.append(abs(float(np.median(cents))))
    return good, total, medians


def stems(score: Score, bank: Bank) -> tuple[np.ndarray, np.ndarray]:
    """Voice and band as they stand in the mix, dry and mono. The mix is linear: inverting the band separates them."""
    track = sing_score(score, lambda share: None)
    band = Desk(int((score.length + 0.2) * RATE))
    voice, score.voice = score.voice, ""
    played, score.vocal, vocal = [], [], score.vocal
    record(score, bank, band, lambda share: None)
    score.voice, score.vocal = voice, vocal
    for sign in (1, -1):
        desk = Desk(len(band.left))
        desk.left, desk.right = band.left * sign, band.right * sign
        add_voice(desk, track, score)
        played.append((desk.left + desk.right) / 2)
    return (played[0] + played[1]) / 2, (played[0] - played[1]) / 2


def band_level(sound: np.ndarray, where: np.ndarray) -> float:
    """dB of what lies between 300 and 3400 Hz in the frames of `where` (one flag per 100 ms)."""
    rows = sound[: len(sound) // 4410 * 4410].reshape(-1, 4410)
    power = np.abs(np.fft.rfft(rows * np.hanning(4410))) ** 2
    hz = np.fft.rfftfreq(4410, 1 / RATE)
    inside = power[:, (hz > 300) & (hz < 3400)].sum(1)
    return float(10 * np.log10(inside[: len(where)][where[: len(inside)]].mean() + 1e-9))


def measure(request: SongRequest, bank: Bank) -> tuple[int, int, list[float]]:
    """Print one song's line; answers its pitch figures."""
    score = compose(request)
    voice = load(score.voice)
    voice.missing.clear()
    began = time.process_time()
    track = sing_score(score, lambda share: None)
    sung = score.length / (time.process_time() - began)
    notes = [n for line in lines_of(score, voice.inventory) for n in line]
    good, total, medians = pitch_of(track, notes)
    alone, band = stems(score, bank)
    singing = np.zeros(len(alone) // 4410 + 1, bool)
    for note in notes:
        singing[int(note.start * 10) : int(note.end * 10) + 1] = True
    front = band_level(alone, singing) - band_level(band, singing)
    began = time.process_time()
    song = render(request, bank, lambda stage, percent: None)
    whole = song.seconds / (time.process_time() - began)
    frames, _ = sf.read(io.BytesIO(song.mp3), dtype="float32")
    level = np.abs(frames).max(axis=1)[: len(frames) // 4410 * 4410].reshape(-1, 4410).max(axis=1)
    loudness = integrated(*np.ascontiguousarray(frames.T))
    inner = level[5 : int((song.seconds - 3) * 10)]
    print(
        f"{request.reference:9} {score.voice:9} {score.manner:9} pitch {100 * good / max(1, total):5.1f} % "
        f"worst {max(medians):5.1f} c, sung {sung:3.0f}x whole {whole:3.0f}x, {loudness:6.2f} LUFS, "
        f"peak {20 * np.log10(np.abs(frames).max()):5.2f} dB, silence {100 * (inner < 10**-2.5).mean():3.1f} %, "
        f"correlation {np.corrcoef(frames.T)[0, 1]:4.2f}, voice band {front:+5.1f} dB, "
        f"missing {sum(voice.missing.values())} of {sum(len(n.phones) for n in notes)}"
    )
    return good, total, medians


def picture(request: SongRequest, path: str) -> None:
    """Twenty seconds of the voice alone with its score."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    score = compose(request)
    track = sing_score(score, lambda share: None)
    notes = [n for line in lines_of(score, load(score.voice).inventory) for n in line]
    begin = notes[0].start - 1
    _, axes = plt.subplots(2, 1, figsize=(20, 11), sharex=True)
    piece = track[int(begin * RATE) : int((begin + 20) * RATE)]
    axes[0].specgram(piece + 1e-9, NFFT=2048, noverlap=1536, Fs=RATE, cmap="magma", vmin=-150)
    axes[0].set_ylim(0, 14_000)
    found, times = pyworld.harvest(piece[::2].astype(np.float64), RATE // 2, f0_floor=65, f0_ceil=900)
    axes[1].plot(times[found > 0], 69 + 12 * np.log2(found[found > 0] / 440), "c.", markersize=2)
    for note in (n for n in notes if n.start < begin + 19.5):
        axes[1].plot([note.start - begin, note.end - begin], [note.pitch] * 2, "r", linewidth=3, alpha=0.5)
        axes[0].axvline(note.start - begin, color="g", linewidth=0.5)
        axes[0].text(note.start - begin, 12_500, " ".join(note.phones), color="w", fontsize=8, rotation=60)
    plt.tight_layout()
    plt.savefig(path, dpi=60)


def main() -> None:
    """The command; see the module's docstring."""
    count = next((int(word) for word in sys.argv[1:] if word.isdecimal()), 6)
    bank, began = Bank(), time.perf_counter()
    print("voices:", ", ".join(names()))
    for language in ("en", "es"):
        if not voice_for(language, "", 1):
            continue
        rows = [measure(a_song(i, language), bank) for i in range(count)]
        medians = sorted(m for row in rows for m in row[2])
        print(
            f"{language}: {100 * sum(r[0] for r in rows) / sum(r[1] for r in rows):.1f} % of voiced frames within 35 cents, "
            f"note medians: half under {medians[len(medians) // 2]:.1f}, 99 % under {medians[int(len(medians) * 0.99)]:.1f}, "
            f"worst {medians[-1]:.1f} cents"
        )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB, {time.perf_counter() - began:.0f} s")
    if sys.argv[-1].endswith(".png"):
        picture(a_song(0, "en"), sys.argv[-1])


if __name__ == "__main__":
    main()
